import type { ProblemBody } from './types'

const BASE = '/api/v1'

/* A refusal in the reader's words. status 0: the server was not reached. */
export class Problem extends Error {
  readonly status: number
  readonly body: ProblemBody

  constructor(body: ProblemBody) {
    super(body.detail || body.title)
    this.name = 'Problem'
    this.status = body.status
    this.body = body
  }

  get fields(): { [field: string]: string } {
    return this.body.fields ?? {}
  }
}

/* "See as": every reading goes out with the other person's number, and nothing else goes out at all. */
let as = 0

export function setSeeAs(account: number): void {
  as = account
}

type Hooks = { language: () => string; signedOut: () => void; reached: (yes: boolean) => void }

const hooks: Hooks = { language: () => 'zh-CN', signedOut: () => undefined, reached: () => undefined }

export function setHooks(some: Partial<Hooks>): void {
  Object.assign(hooks, some)
}

export type Query = { [name: string]: string | number | boolean | null | undefined }

export function address(path: string, query?: Query): string {
  const parts = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== null && value !== undefined && value !== '') parts.append(name, String(value))
  const tail = parts.toString()
  return BASE + path + (tail ? `?${tail}` : '')
}

export type Options = {
  query?: Query
  json?: unknown
  body?: Blob
  version?: number
  key?: string
  signal?: AbortSignal
  /* A 401 here is an answer, not the end of the session. */
  quiet?: boolean
}

export function offlineProblem(): Problem {
  const zh = hooks.language().startsWith('zh')
  return new Problem({
    title: 'offline',
    status: 0,
    code: 'net.offline',
    detail: zh
      ? '网络断开，没有连上服务器。已填内容存在本机，连上后再提交'
      : 'No connection to the server. Your entries are kept here; send them once it is back',
  })
}

async function problemOf(answer: Response): Promise<Problem> {
  try {
    const body = (await answer.json()) as ProblemBody
    if (typeof body.status === 'number') return new Problem(body)
  } catch {
    // not a problem document: say what is known
  }
  const zh = hooks.language().startsWith('zh')
  return new Problem({
    title: answer.statusText,
    status: answer.status,
    code: `http.${answer.status}`,
    detail: zh ? `服务器回答 ${answer.status}，没有说明原因` : `The server answered ${answer.status} without a reason`,
  })
}

export async function request(method: string, path: string, options: Options = {}): Promise<Response> {
  const headers = new Headers({ 'Accept-Language': hooks.language(), Accept: 'application/json' })
  let body: BodyInit | undefined
  if (as) headers.set('X-Anlan-As', String(as))
  if (options.json !== undefined) {
    headers.set('Content-Type', 'application/json')
    body = JSON.stringify(options.json)
  } else if (options.body) {
    headers.set('Content-Type', options.body.type || 'application/octet-stream')
    body = options.body
  }
  if (options.version !== undefined) headers.set('If-Match', `"${options.version}"`)
  if (options.key) headers.set('Idempotency-Key', options.key)
  let answer: Response
  try {
    answer = await fetch(address(path, options.query), { method, headers, body, signal: options.signal })
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    hooks.reached(false)
    throw offlineProblem()
  }
  hooks.reached(true)
  if (answer.ok) return answer
  const problem = await problemOf(answer)
  if (problem.status === 401 && !options.quiet) hooks.signedOut()
  throw problem
}

export async function json<T>(method: string, path: string, options?: Options): Promise<T> {
  const answer = await request(method, path, options)
  return (await answer.json()) as T
}

export function isAbort(e: unknown): boolean {
  return e instanceof DOMException && e.name === 'AbortError'
}

export function asProblem(e: unknown): Problem {
  if (e instanceof Problem) return e
  return new Problem({ title: 'error', status: -1, code: 'page', detail: e instanceof Error ? e.message : String(e) })
}
