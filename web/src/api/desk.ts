/* What a person keeps at hand: saved views of lists, unfinished forms (docs/http.md). */
import { json, request } from './client'
import type { Named, Total, Values } from './types'

export type Density = 'compact' | 'roomy'
export type Sharing = 'organisation' | 'everyone'

export type View = {
  id: number
  kind: string
  name: string
  /* the query string of the list, without sort */
  filter: string
  sort: string | null
  columns: string[] | null
  density: Density | null
  shared: Sharing | null
  own: boolean
  by: Named
  first: boolean
  total: Total | null
}

export type ViewBody = {
  name: string
  filter: string
  sort: string | null
  columns: string[] | null
  density: Density | null
  shared: Sharing | null
}

export type ViewChange = Partial<ViewBody> & { first?: boolean; place?: number }

export function views(kind: string): Promise<{ items: View[]; all: Total | null }> {
  return json('GET', '/views', { query: { kind, counts: true } })
}

export function makeView(kind: string, body: ViewBody): Promise<View> {
  return json('POST', '/views', { json: { kind, ...body } })
}

export function changeView(id: number, body: ViewChange): Promise<View> {
  return json('PATCH', `/views/${id}`, { json: body })
}

export async function removeView(id: number): Promise<void> {
  await request('DELETE', `/views/${id}`)
}

export type Draft = { form: string; at: string; version: number | null; values: Values }

export async function draft(form: string): Promise<Draft | null> {
  return (await json<{ draft: Draft | null }>('GET', '/me/drafts', { query: { form } })).draft
}

/* seen: the `at` of the state that was known; the server refuses (409) when another window has kept a later one. */
export async function keepDraft(
  form: string,
  values: Values,
  version: number | null,
  seen: string | null,
): Promise<string> {
  return (await json<{ at: string }>('PUT', '/me/drafts', { query: { form }, json: { values, version, seen } })).at
}

export async function dropDraft(form: string): Promise<void> {
  await request('DELETE', '/me/drafts', { query: { form } })
}
