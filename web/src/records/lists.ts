/*
 ** Lists as they are walked: pages by cursor, from the top down or from the end up. Every cursor is remembered, rows are
 ** held only around the place that is looked at, so a list of a hundred thousand rows costs no more than one of a
 ** thousand. Lists that were looked at stay in memory with their place, selection and row, so that going back shows the
 ** same thing at once; a page loaded anew has them from the session.
 **
 ** A row has a place: 0 is the topmost row that is known. Walked from the end, places move when rows are found above.
 */
import { ref, shallowReactive, watch } from 'vue'
import { isAbort, type Query } from '@/api/client'
import { get, list, type Count } from '@/api/records'
import type { Kind, Page, Rec, Total } from '@/api/types'
import { listen, type Change } from '@/live/stream'
import { kindOf } from '@/session/meta'
import { me } from '@/session/session'
import { NOTHING, read as readSelection, write as writeSelection, type Selection, type Written } from './selection'

const KEPT = 12 /* lists */
const PAGE = 100
const FIRST_AT_ONCE = 200
const HELD = 30 /* pages with rows in the list that is looked at */
const HELD_ASIDE = 4 /* in one that is not */
const PLACE = 'anlan.place'

/* rows null: let go, to be asked for again by the cursor before them. last: id of its last row, where the next begins. */
type Piece = { after: string; size: number; last: number; rows: Rec[] | null }

export type ListState = {
  key: string
  kind: Kind
  query: Query
  sort: string
  /* What it is called where it is spoken of from a record: the name of a saved view, or ''. */
  label: string
  /* Its query as it stands in the address. */
  address: { [name: string]: string } | null
  /* Walked from the end: the order is turned round and places are counted from the other side. */
  fromEnd: boolean
  pieces: Piece[]
  next: string | null
  length: number
  total: Total | null
  asOf: string
  busy: 'first' | 'more' | ''
  failure: unknown
  /* Changes heard of that may concern rows not shown. */
  news: number
  /* Scrolled so far, in rows; the row that has the keyboard; where Shift began. */
  top: number
  row: number
  began: number
  selection: Selection
  started: boolean
  /* Rows have come or gone that were not heard of one by one: ask anew before it is shown. */
  old: boolean
  /* Counted up with every change of rows: what draws them reads it. */
  tick: number
}

const kept = new Map<string, ListState>()
/* Counted up when any list changes: who looks for a record among all of them reads it. */
const shelf = ref(0)
const running = new Map<string, AbortController>()
const asked = new Map<string, Set<number>>()

function keyOf(kind: Kind, query: Query): string {
  const parts = Object.entries(query).map(([k, v]) => `${k}=${String(v)}`)
  return `${kind.plural}?${parts.sort().join('&')}`
}

/* sort: as it is when the query names none. */
export function openList(kind: Kind, query: Query, sort: string): ListState {
  const key = keyOf(kind, query)
  for (const s of kept.values()) if (s.key !== key) letGo(s, Math.floor(s.top), HELD_ASIDE)
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
    sort,
    label: '',
    address: null,
    fromEnd: false,
    pieces: [],
    next: null,
    length: 0,
    total: null,
    asOf: '',
    busy: '',
    failure: null,
    news: 0,
    top: 0,
    row: -1,
    began: -1,
    selection: NOTHING,
    started: false,
    old: false,
    tick: 0,
  })
  kept.set(key, state)
  for (const first of kept.keys()) {
    if (kept.size <= KEPT) break
    kept.delete(first)
  }
  return state
}

/* The list a record was opened from: the newest one of the kind that holds it. */
export function listHolding(kind: Kind, id: number): { list: ListState; at: number } | undefined {
  void shelf.value
  for (const s of [...kept.values()].reverse()) {
    if (s.kind.name !== kind.name) continue
    const at = placeOfId(s, id)
    if (at >= 0) return { list: s, at }
  }
  return undefined
}

/* Another person's lists are nobody's business. */
watch(me, (now, before) => {
  if (now?.id === before?.id) return
  for (const c of running.values()) c.abort()
  running.clear()
  asked.clear()
  kept.clear()
  if (before) sessionStorage.removeItem(PLACE)
})

/* ---- rows by their place ---- */

/* Pieces in the order they are seen. */
function walk(s: ListState, place: number): number {
  return s.fromEnd ? s.length - 1 - place : place
}

function pieceAt(s: ListState, step: number): { piece: Piece; index: number; from: number } | null {
  let from = 0
  for (const [index, piece] of s.pieces.entries()) {
    if (step < from + piece.size) return { piece, index, from }
    from += piece.size
  }
  return null
}

export function rowAt(s: ListState, place: number): Rec | null {
  return rowsBetween(s, place, place + 1)[0] ?? null
}

/* Rows of places [first, last); null where they are on their way. */
export function rowsBetween(s: ListState, first: number, last: number): (Rec | null)[] {
  const out: (Rec | null)[] = []
  const begin = walk(s, s.fromEnd ? last - 1 : first)
  const count = last - first
  let found = pieceAt(s, Math.max(0, begin))
  for (let step = Math.max(0, begin); step < begin + count && found; step += 1) {
    while (found && step >= found.from + found.piece.size) {
      const next: Piece | undefined = s.pieces[found.index + 1]
      found = next ? { piece: next, index: found.index + 1, from: found.from + found.piece.size } : null
    }
    if (!found) break
    out.push(found.piece.rows?.[step - found.from] ?? null)
  }
  return s.fromEnd ? out.reverse() : out
}

export function placeOfId(s: ListState, id: number): number {
  let from = 0
  for (const p of s.pieces) {
    const at = p.rows?.findIndex((r) => r.id === id) ?? -1
    if (at >= 0) return walk(s, from + at)
    from += p.size
  }
  return -1
}

/* Rows above the first known one; null while nobody knows how many. */
export function aboveOf(s: ListState): number | null {
  if (!s.fromEnd || !s.next) return 0
  return s.total && !s.total.capped ? Math.max(0, s.total.count - s.length) : null
}

function changed(s: ListState): void {
  s.length = s.pieces.reduce((n, p) => n + p.size, 0)
  s.tick += 1
  shelf.value += 1
}

/* Rows far from the place are let go; their cursors stay. */
function letGo(s: ListState, place: number, most: number): void {
  const held = s.pieces.filter((p) => p.rows).length
  if (held <= most) return
  const here = pieceAt(s, Math.max(0, Math.min(s.length - 1, walk(s, place))))?.index ?? 0
  const half = Math.floor(most / 2)
  for (const [i, p] of s.pieces.entries()) if (Math.abs(i - here) > half) p.rows = null
}

/* ---- asking ---- */

function turned(sort: string): string {
  return sort.startsWith('-') ? sort.slice(1) : `-${sort}`
}

function queryOf(s: ListState): Query {
  return s.fromEnd ? { ...s.query, sort: turned(s.sort) } : s.query
}

function begin(s: ListState): AbortSignal {
  running.get(s.key)?.abort()
  const c = new AbortController()
  running.set(s.key, c)
  asked.delete(s.key)
  return c.signal
}

function pieceOf(after: string, rows: Rec[]): Piece {
  return { after, size: rows.length, last: rows[rows.length - 1]?.id ?? 0, rows }
}

function fail(s: ListState, e: unknown): void {
  if (isAbort(e)) return
  s.failure = e
  s.started = true
  s.busy = ''
}

/* From the top (or the end) anew. Old rows stay until the new ones have come. */
async function walkAnew(s: ListState, fromEnd: boolean, count: Count, wanted = PAGE): Promise<void> {
  const signal = begin(s)
  s.busy = 'first'
  s.failure = null
  try {
    const query = { ...s.query, ...(fromEnd ? { sort: turned(s.sort) } : {}) }
    let page = await list(s.kind.plural, { ...query, limit: Math.min(wanted, FIRST_AT_ONCE), count }, signal)
    const pieces = [pieceOf('', page.items)]
    const { total, as_of } = page
    let n = page.items.length
    while (page.next && n < wanted) {
      const after = page.next
      page = await list(s.kind.plural, { ...query, limit: FIRST_AT_ONCE, after, count: 'none' }, signal)
      pieces.push(pieceOf(after, page.items))
      n += page.items.length
    }
    s.fromEnd = fromEnd
    s.pieces = pieces
    s.next = page.next
    s.total = total ?? s.total
    s.asOf = as_of
    s.news = 0
    s.started = true
    s.busy = ''
    changed(s)
  } catch (e) {
    fail(s, e)
  }
}

const NEAR_TOP = 1000

/* What is on the screen, and how many there are, as it is now. Deep in a long list the place stays. */
export async function reload(s: ListState): Promise<void> {
  s.old = false
  if (s.fromEnd || s.length > NEAR_TOP) {
    const signal = begin(s)
    s.failure = null
    s.busy = 'first'
    try {
      const page = await list(s.kind.plural, { ...s.query, limit: 1, count: 'capped' }, signal)
      if (!s.total || s.total.capped || !page.total?.capped) s.total = page.total
      s.asOf = page.as_of
      s.news = 0
      s.busy = ''
      for (const p of s.pieces) p.rows = null
      s.tick += 1
    } catch (e) {
      fail(s, e)
    }
    return
  }
  await walkAnew(s, false, 'capped', Math.max(PAGE, s.length))
}

export async function toTop(s: ListState): Promise<void> {
  if (s.fromEnd) await walkAnew(s, false, 'capped')
}

/* The end of the list, and how many rows there are exactly: both from one answer. */
export async function toEnd(s: ListState): Promise<void> {
  if (!s.fromEnd && s.next) await walkAnew(s, true, 'exact')
}

export async function more(s: ListState): Promise<void> {
  if (!s.next || s.busy || s.failure) return
  const signal = begin(s)
  const after = s.next
  s.busy = 'more'
  try {
    const page = await list(s.kind.plural, { ...queryOf(s), limit: PAGE, after, count: 'none' }, signal)
    s.pieces.push(pieceOf(after, page.items))
    s.next = page.next
    s.busy = ''
    if (s.fromEnd) {
      // rows were found above: everything below has moved down
      s.top += page.items.length
      if (s.row >= 0) s.row += page.items.length
      if (s.began >= 0) s.began += page.items.length
    }
    letGo(s, s.fromEnd ? 0 : s.length - 1, HELD)
    changed(s)
  } catch (e) {
    fail(s, e)
  }
}

/*
 ** A piece that was let go is asked for again. It ends where the next one begins; when that row is gone from the order,
 ** what follows is walked anew.
 */
function refill(s: ListState, index: number, page: Page): void {
  const piece = s.pieces[index]
  if (!piece) return
  const end = page.items.findIndex((r) => r.id === piece.last)
  const isLast = index === s.pieces.length - 1
  if (end >= 0 && !isLast) piece.rows = page.items.slice(0, end + 1)
  else {
    piece.rows = page.items
    if (!isLast || page.next !== s.next) {
      s.pieces.splice(index + 1)
      s.next = page.next
    }
  }
  piece.size = piece.rows.length
  piece.last = piece.rows[piece.rows.length - 1]?.id ?? 0
}

async function ask(s: ListState, index: number): Promise<void> {
  const piece = s.pieces[index]
  const mine = asked.get(s.key) ?? new Set<number>()
  if (!piece || mine.has(index)) return
  asked.set(s.key, mine)
  mine.add(index)
  try {
    const query = { ...queryOf(s), limit: FIRST_AT_ONCE, after: piece.after, count: 'none' as Count }
    const page = await list(s.kind.plural, query)
    if (asked.get(s.key) !== mine || s.pieces[index] !== piece) return
    refill(s, index, page)
    changed(s)
  } catch (e) {
    fail(s, e)
  } finally {
    mine.delete(index)
  }
}

/* Places [first, last) are about to be seen: what is missing there is asked for, what is far away is let go. */
export function want(s: ListState, first: number, last: number): void {
  if (!s.started || s.failure) return
  const [a, b] = s.fromEnd ? [walk(s, last - 1), walk(s, first)] : [first, last - 1]
  let from = 0
  for (const [i, p] of s.pieces.entries()) {
    if (!p.rows && from <= b && from + p.size > a) void ask(s, i)
    from += p.size
  }
  letGo(s, Math.floor((first + last) / 2), HELD)
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

function eachHeld(s: ListState, act: (rows: Rec[], piece: Piece) => void): void {
  for (const p of s.pieces) if (p.rows) act(p.rows, p)
}

function replaceRow(s: ListState, id: number, fresh: Rec | null): void {
  eachHeld(s, (rows, p) => {
    const at = rows.findIndex((r) => r.id === id)
    const old = rows[at]
    if (!old || (fresh && old.version > fresh.version)) return
    p.rows = fresh ? rows.map((r) => (r.id === id ? fresh : r)) : rows.filter((r) => r.id !== id)
    p.size = p.rows.length
    if (!fresh && p.last === id) p.last = p.rows[p.rows.length - 1]?.id ?? 0
    changed(s)
  })
}

async function refreshRow(s: ListState, id: number): Promise<void> {
  try {
    replaceRow(s, id, await get(s.kind.plural, id))
  } catch {
    replaceRow(s, id, null)
  }
}

function work(): void {
  const changes = heard
  heard = []
  const newest = [...kept.values()].slice(-3)
  for (const s of newest) {
    const mine = changes.filter((c) => c.kind === s.kind.name)
    if (!mine.length || !s.started) continue
    const known = new Map<number, number>()
    eachHeld(s, (rows) => rows.forEach((r) => known.set(r.id, r.version)))
    const stale = mine.filter((c) => (known.get(c.id) ?? Infinity) < c.version)
    const unknown = mine.filter((c) => !known.has(c.id))
    if (s.top === 0 && !s.fromEnd && s.length <= FIRST_AT_ONCE && !s.busy && unknown.length) {
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
  if (!kindOf(kindName)) return
  for (const s of kept.values()) if (s.kind.name === kindName) replaceRow(s, fresh.id, fresh)
}

/* Rows have come or gone: the next look at a list of the kind asks anew, at the same place. */
export function staleLists(kindName: string): void {
  for (const s of kept.values()) if (s.kind.name === kindName) s.old = s.started
}

/* ---- a page loaded anew ---- */

type Place = {
  key: string
  kinds: string
  query: Query
  sort: string
  label: string
  address: { [name: string]: string } | null
  pieces: [string, number, number][]
  next: string | null
  fromEnd: boolean
  total: Total | null
  top: number
  row: number
  selection: Written
}

/* Written down without rows: they are asked for again by their cursors. Too many cursors for the session are left out,
 ** and the list then opens at its top. */
export function keepPlace(s: ListState): void {
  const place: Place = {
    key: s.key,
    kinds: s.kind.plural,
    query: s.query,
    sort: s.sort,
    label: s.label,
    address: s.address,
    pieces: s.pieces.map((p) => [p.after, p.size, p.last]),
    next: s.next,
    fromEnd: s.fromEnd,
    total: s.total,
    top: s.top,
    row: s.row,
    selection: writeSelection(s.selection),
  }
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(place))
  } catch {
    sessionStorage.removeItem(PLACE)
  }
}

function keptPlace(): Place | null {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE) ?? 'null') as Place | null
  } catch {
    return null
  }
}

function placeOf(s: ListState): Place | null {
  const p = keptPlace()
  return p?.key === s.key ? p : null
}

/* A record's page loaded anew still knows the list it was opened from. */
export async function revive(kind: Kind): Promise<void> {
  const p = keptPlace()
  if (p?.kinds !== kind.plural || kept.has(p.key)) return
  const s = openList(kind, p.query, p.sort)
  await start(s)
  want(s, Math.max(0, s.row - 2), s.row + 3)
}

/* The row beside a place, asked for where it is not here; null at the ends. */
export async function neighbour(s: ListState, place: number): Promise<Rec | null> {
  if (place < 0) return null
  if (place >= s.length && !s.fromEnd) await more(s)
  const here = rowAt(s, place)
  if (here || place >= s.length) return here
  const at = pieceAt(s, walk(s, place))
  if (at) await ask(s, at.index)
  return rowAt(s, place)
}

/* Rows for a list nobody has looked at yet: from where it was left, else from the top. */
export async function start(s: ListState): Promise<void> {
  const place = placeOf(s)
  if (!place?.pieces.length) return walkAnew(s, false, 'capped')
  s.selection = readSelection(place.selection)
  s.row = place.row
  s.top = place.top
  s.label = place.label
  s.address = place.address
  if (!place.fromEnd && place.pieces.reduce((n, [, size]) => n + size, 0) <= NEAR_TOP) {
    const rows = place.pieces.reduce((n, [, size]) => n + size, 0)
    return walkAnew(s, false, 'capped', rows)
  }
  const signal = begin(s)
  s.busy = 'first'
  try {
    const page = await list(s.kind.plural, { ...s.query, limit: 1, count: 'capped' }, signal)
    s.pieces = place.pieces.map(([after, size, last]) => ({ after, size, last, rows: null }))
    s.next = place.next
    s.fromEnd = place.fromEnd
    s.total = place.fromEnd ? place.total : page.total
    s.asOf = page.as_of
    s.started = true
    s.busy = ''
    changed(s)
  } catch (e) {
    fail(s, e)
  }
}
