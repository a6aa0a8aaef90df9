/*
 ** One event stream per browser. The tab that holds the lock reads the stream and tells the others; when it closes,
 ** the next one takes over and everybody loads again, because something may have been missed in between.
 ** Without locks (plain http by address) every tab has its own stream.
 */

export type Change = { kind: string; id: number; version: number }
type Message =
  { type: 'change'; change: Change } | { type: 'job'; id: number } | { type: 'notice' } | { type: 'resync' }
type Listener = {
  change?: (c: Change) => void
  job?: (id: number) => void
  notice?: () => void
  resync?: () => void
}

const NAME = 'anlan.live'
const RETRY = 10_000

const listeners = new Set<Listener>()
let channel: BroadcastChannel | null = null
let source: EventSource | null = null
let release: (() => void) | null = null
let waiting: AbortController | null = null
let timer = 0
let running = false

function tell(message: Message): void {
  for (const l of listeners)
    if (message.type === 'change') l.change?.(message.change)
    else if (message.type === 'job') l.job?.(message.id)
    else if (message.type === 'notice') l.notice?.()
    else l.resync?.()
}

function spread(message: Message): void {
  channel?.postMessage(message)
  tell(message)
}

function connect(again: boolean): void {
  if (!running) return
  source = new EventSource('/api/v1/events')
  source.onopen = () => {
    if (again) spread({ type: 'resync' })
    again = true
  }
  source.addEventListener('change', (e: MessageEvent<string>) => {
    spread({ type: 'change', change: JSON.parse(e.data) as Change })
  })
  source.addEventListener('job', (e: MessageEvent<string>) => {
    spread({ type: 'job', id: (JSON.parse(e.data) as { id: number }).id })
  })
  source.addEventListener('notice', () => spread({ type: 'notice' }))
  source.addEventListener('resync', () => spread({ type: 'resync' }))
  source.onerror = () => {
    // the browser reconnects by itself unless the server refused; then ask again later
    if (source?.readyState !== EventSource.CLOSED) return
    source.close()
    window.clearTimeout(timer)
    timer = window.setTimeout(() => connect(true), RETRY)
  }
}

export function startLive(): void {
  if (running) return
  running = true
  if (!('locks' in navigator) || !('BroadcastChannel' in window)) {
    connect(false)
    return
  }
  channel = new BroadcastChannel(NAME)
  channel.onmessage = (e: MessageEvent<Message>) => tell(e.data)
  waiting = new AbortController()
  let waited = false
  const late = window.setTimeout(() => {
    waited = true
  }, 500)
  navigator.locks
    .request(NAME, { signal: waiting.signal }, () => {
      window.clearTimeout(late)
      connect(waited)
      if (waited) spread({ type: 'resync' })
      return new Promise<void>((done) => {
        release = done
      })
    })
    .catch(() => undefined) // stopped while waiting
}

export function stopLive(): void {
  running = false
  window.clearTimeout(timer)
  source?.close()
  source = null
  waiting?.abort()
  waiting = null
  release?.()
  release = null
  channel?.close()
  channel = null
}

export function listen(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
