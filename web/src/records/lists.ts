/*
 ** Lists that were looked at stay in memory with their rows and place, so that going back shows the same thing at the
 ** same place at once. A reloaded page asks again for as many rows as were there.
 */
import { shallowReactive, watch } from 'vue'
import { isAbort } from '@/api/client'
import { get, list, type Count } from '@/api/records'
import type { Kind, Rec, Total } from '@/api/types'
import type { Query } from '@/api/client'
import { listen, type Change } from '@/live/stream'
import { kindOf } from '@/session/meta'
import { me } from '@/session/session'

const KEPT = 12
const PAGE = 100
const MOST_AT_ONCE = 200
const PLACE = 'anlan.place'

export type ListState = {
  key: string
  kind: Kind
  query: Query
  items: Rec[]
  next: string | null
  total: Total | null
  asOf: string
  busy: 'first' | 'more' | ''
  failure: unknown
  /* Changes heard of that may concern rows not shown. */
  news: number
  top: number
  row: number
  started: boolean
}

const kept = new Map<string, ListState>()
const running = new Map<string, AbortController>()

function keyOf(kind: Kind, query: Query): string {
  const parts = Object.entries(query).map(([k, v]) => `${k}=${String(v)}`)
  return `${kind.plural}?${parts.sort().join('&')}`
}

export function openList(kind: Kind, query: Query): ListState {
  const key = keyOf(kind, query)
  const old = kept.get(key)
  if (old) {
    kept.delete(key)
    kept.set(key, old)
    return old
  }
  const state = shallowReactive<ListState>({
    key,
    kind,
    query,
    items: [],
    next: null,
    total: null,
    asOf: '',
    busy: '',
    failure: null,
    news: 0,
    top: 0,
    row: -1,
    started: false,
  })
  kept.set(key, state)
  for (const first of kept.keys()) {
    if (kept.size <= KEPT) break
    kept.delete(first)
  }
  return state
}

/* The list a record was opened from: the newest one of the kind that holds it. */
export function listHolding(kind: Kind, id: number): ListState | undefined {
  return [...kept.values()].reverse().find((s) => s.kind.name === kind.name && s.items.some((r) => r.id === id))
}

/* Another person's lists are nobody's business. */
watch(me, (now, before) => {
  if (now?.id === before?.id) return
  for (const c of running.values()) c.abort()
  running.clear()
  kept.clear()
  if (before) sessionStorage.removeItem(PLACE)
})

function begin(s: ListState): AbortSignal {
  running.get(s.key)?.abort()
  const c = new AbortController()
  running.set(s.key, c)
  return c.signal
}

/* From the top, as many rows as are there now. Old rows stay until the new ones have come. */
export async function reload(s: ListState, rows = 0): Promise<void> {
  const wanted = Math.max(PAGE, rows, Math.min(s.items.length, 1000))
  const signal = begin(s)
  s.busy = 'first'
  s.failure = null
  try {
    const limit = Math.min(MOST_AT_ONCE, wanted)
    let page = await list(s.kind.plural, { ...s.query, limit, count: 'capped' satisfies Count }, signal)
    let items = page.items
    const { total, as_of } = page
    while (page.next && items.length < wanted) {
      page = await list(s.kind.plural, { ...s.query, limit, after: page.next, count: 'none' satisfies Count }, signal)
      items = items.concat(page.items)
    }
    s.items = items
    s.next = page.next
    s.total = total ?? s.total
    s.asOf = as_of
    s.news = 0
    s.started = true
    s.busy = ''
  } catch (e) {
    if (isAbort(e)) return
    s.failure = e
    s.started = true
    s.busy = ''
  }
}

export async function more(s: ListState): Promise<void> {
  if (!s.next || s.busy || s.failure) return
  const signal = begin(s)
  s.busy = 'more'
  try {
    const page = await list(s.kind.plural, { ...s.query, limit: PAGE, after: s.next, count: 'none' }, signal)
    const there = new Set(s.items.map((r) => r.id))
    s.items = s.items.concat(page.items.filter((r) => !there.has(r.id)))
    s.next = page.next
    s.busy = ''
  } catch (e) {
    if (isAbort(e)) return
    s.failure = e
    s.busy = ''
  }
}

export async function countAll(s: ListState): Promise<void> {
  const page = await list(s.kind.plural, { ...s.query, limit: 1, count: 'exact' satisfies Count })
  if (page.total) s.total = page.total
}

/* ---- staying up to date ---- */

const GATHER = 300
const ONE_BY_ONE = 12
let heard: Change[] = []
let timer = 0

async function refreshRow(s: ListState, id: number): Promise<void> {
  try {
    const fresh = await get(s.kind.plural, id)
    s.items = s.items.map((r) => (r.id === id && r.version <= fresh.version ? fresh : r))
  } catch {
    s.items = s.items.filter((r) => r.id !== id)
  }
}

function work(): void {
  const changes = heard
  heard = []
  const newest = [...kept.values()].slice(-3)
  for (const s of newest) {
    const mine = changes.filter((c) => c.kind === s.kind.name)
    if (!mine.length || !s.started) continue
    const known = new Map(s.items.map((r) => [r.id, r.version]))
    const stale = mine.filter((c) => (known.get(c.id) ?? Infinity) < c.version)
    const unknown = mine.filter((c) => !known.has(c.id))
    if (s.top === 0 && s.items.length <= MOST_AT_ONCE && !s.busy && unknown.length) {
      void reload(s)
      continue
    }
    s.news += unknown.length
    if (stale.length > ONE_BY_ONE) void reload(s)
    else for (const c of stale) void refreshRow(s, c.id)
  }
}

listen({
  change: (c) => {
    heard.push(c)
    window.clearTimeout(timer)
    timer = window.setTimeout(work, GATHER)
  },
  resync: () => {
    for (const s of [...kept.values()].slice(-3)) if (s.started && !s.busy) void reload(s)
  },
})

/* A record the reader just changed shows its new face without waiting for the stream. */
export function put(kindName: string, fresh: Rec): void {
  const kind = kindOf(kindName)
  if (!kind) return
  for (const s of kept.values())
    if (s.kind.name === kindName) s.items = s.items.map((r) => (r.id === fresh.id ? fresh : r))
}

export function staleLists(kindName: string): void {
  for (const [key, s] of kept) if (s.kind.name === kindName) kept.delete(key)
}

/* ---- a page loaded anew ---- */

type Place = { key: string; rows: number; top: number }

export function keepPlace(s: ListState): void {
  sessionStorage.setItem(PLACE, JSON.stringify({ key: s.key, rows: s.items.length, top: s.top } satisfies Place))
}

export function placeOf(s: ListState): Place | null {
  try {
    const p = JSON.parse(sessionStorage.getItem(PLACE) ?? 'null') as Place | null
    return p?.key === s.key ? p : null
  } catch {
    return null
  }
}
