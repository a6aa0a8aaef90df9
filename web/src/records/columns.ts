/*
 ** Which columns a list shows: the kind's own choice, or what this person chose. The server keeps the choice; this device
 ** remembers it too, so that a list has its columns at once.
 */
import type { Field, Kind, Rec } from '@/api/types'
import { typeOf } from '@/fields'
import { isDeadline } from '@/fields/date/late'
import { say, w } from '@/i18n'
import { instantShort } from '@/i18n/format'
import { scale } from '@/session/look'
import { choiceItems, fieldOf } from '@/session/meta'
import { me } from '@/session/session'
import { fetchColumns, rememberColumns } from './useOwnColumns'

export type Column = {
  key: string
  label: string
  width: number
  right: boolean
  field: Field | null
  title: boolean
  /* Name in sort=; '' when the list cannot be sorted by it. */
  sort: string
  text: (r: Rec) => string
}

function wordWidth(text: string): number {
  let n = 0
  for (const c of text) n += c.charCodeAt(0) > 0x2e80 ? 13 : 7
  return n
}

const widest = (words: string[], least: number, most: number) =>
  Math.min(most, Math.max(least, ...words.map((t) => Math.ceil(wordWidth(t)))))

/* Lists with few words are as wide as their longest one, in either language; a deadline has its delay beside it. */
function widthOf(kind: Kind, f: Field): number {
  const head = wordWidth(say(f.label)) + (kind.sorts.includes(f.name) ? 14 : 0)
  if (f.type === 'state')
    return (
      widest(
        kind.states.map((s) => say(s.label)),
        40,
        150,
      ) + 18
    )
  if (f.type === 'choice' && f.choices?.includes('risk')) return Math.max(24, head)
  if (f.type === 'choice')
    return Math.max(
      head,
      widest(
        choiceItems(f.choices).map((c) => say(c.label)),
        32,
        140,
      ) + 14,
    )
  return Math.max(isDeadline(f) ? 112 : typeOf(f).width, Math.min(head, 160))
}

/* Of an area what the reader cannot take for granted: a town's own people know the town. */
function withinScope(path: string): string {
  const own = me.value?.scope.zh ?? ''
  return own && path.startsWith(own) && path.length > own.length ? path.slice(own.length) : path
}

const NEVER = new Set(['files', 'lines', 'place'])

export function allColumns(kind: Kind): Column[] {
  const out: Column[] = []
  if (kind.number)
    out.push({
      key: 'number',
      label: w.value.list.number,
      width: 104,
      right: false,
      field: null,
      title: false,
      sort: kind.sorts.includes('id') ? 'id' : '',
      text: (r) => r.number ?? '',
    })
  const title = fieldOf(kind, kind.title)
  const fields = [...(title ? [title] : []), ...kind.fields.filter((f) => f !== title && !NEVER.has(f.type))]
  for (const f of fields)
    out.push({
      key: f.name,
      label: say(f.label),
      width: widthOf(kind, f),
      right: typeOf(f).align === 'right',
      field: f,
      title: f === title,
      sort: kind.sorts.includes(f.name) ? f.name : '',
      text: (r) => (f.type === 'region' ? withinScope(typeOf(f).say(r[f.name], f)) : typeOf(f).say(r[f.name], f)),
    })
  if (kind.scope === 'object')
    out.push({
      key: 'owner',
      label: w.value.list.owner,
      width: 152,
      right: false,
      field: null,
      title: false,
      sort: '',
      text: (r) => {
        const n = r.owner?.names
        return withinScope([n?.county, n?.town, n?.village].filter(Boolean).join(''))
      },
    })
  out.push({
    key: 'changed_at',
    label: w.value.list.changedAt,
    width: 104,
    right: false,
    field: null,
    title: false,
    sort: '',
    text: (r) => instantShort(r.changed_at),
  })
  return out
}

const store = (kind: Kind) => `anlan.columns.${me.value?.id ?? 0}.${kind.name}`

export function chosenColumns(kind: Kind): string[] | null {
  try {
    const v: unknown = JSON.parse(localStorage.getItem(store(kind)) ?? 'null')
    return Array.isArray(v) && v.every((x) => typeof x === 'string') ? v : null
  } catch {
    return null
  }
}

function remember(kind: Kind, keys: string[] | null): void {
  if (keys) localStorage.setItem(store(kind), JSON.stringify(keys))
  else localStorage.removeItem(store(kind))
}

export function chooseColumns(kind: Kind, keys: string[] | null): void {
  if (JSON.stringify(keys) === JSON.stringify(chosenColumns(kind))) return
  remember(kind, keys)
  void rememberColumns(kind, { list: keys })
}

/* undefined: the server could not be asked. */
export async function fetchChosenColumns(kind: Kind): Promise<string[] | null | undefined> {
  try {
    const keys = (await fetchColumns(kind)).list
    remember(kind, keys)
    return keys
  } catch {
    return undefined
  }
}

export function defaultColumns(kind: Kind): string[] {
  return allColumns(kind)
    .filter((c) => c.key === 'number' || c.key === 'owner' || c.title || c.field?.flags.includes('list'))
    .map((c) => c.key)
}

const TITLE_LEAST = 220
const EDGE = 12
const CHECK = 32
export const COLUMN_LEAST = 48
export const COLUMN_MOST = 800

/* What a reader cannot do without: which one, what state, until when, whose. */
function stays(c: Column): boolean {
  const f = c.field
  return c.title || c.key === 'number' || (f !== null && (f.type === 'state' || f.type === 'object' || isDeadline(f)))
}

/* Widths drawn by hand, in design pixels, by the key of the column. */
export type Widths = { [key: string]: number }

/* From the left edge of the row, in pixels of the screen. */
export type Placed = { c: Column; left: number; width: number }

/* check: a box to choose the row by stands before the first column. edge: where the frozen columns end. */
export type Layout = { check: boolean; frozen: Placed[]; rest: Placed[]; edge: number; total: number }

function widthIn(c: Column, own: Widths): number {
  return own[c.key] ?? (c.title ? TITLE_LEAST : c.width + 16)
}

function least(columns: Column[], own: Widths, check: boolean): number {
  return (2 * EDGE + (check ? CHECK : 0) + columns.reduce((n, c) => n + widthIn(c, own), 0)) * scale()
}

/* Without a choice of their own nobody should have to scroll sideways: what does not fit folds away from the end. */
export function fitting(columns: Column[], width: number, fold: boolean, own: Widths, check: boolean): Column[] {
  if (!fold || !width) return columns
  const out = [...columns]
  while (out.length > 2 && least(out, own, check) > width) {
    const at = out.map(stays).lastIndexOf(false)
    if (at < 0) break
    out.splice(at, 1)
  }
  return out
}

/* Number and title stay in sight while the others scroll sideways, as long as they leave room for them. */
export function layOut(columns: Column[], width: number, own: Widths, check: boolean): Layout {
  const k = scale()
  const spare = Math.max(0, width - least(columns, own, check))
  const title = columns.findIndex((c) => c.title)
  let left = (EDGE + (check ? CHECK : 0)) * k
  const all = columns.map((c) => {
    const w = Math.round(widthIn(c, own) * k + (c.title && own[c.key] === undefined ? spare : 0))
    const one = { c, left, width: w }
    left += w
    return one
  })
  const total = Math.max(width, left + EDGE * k)
  const end = (n: number) => (all[n - 1] ? (all[n - 1] as Placed).left + (all[n - 1] as Placed).width : 0)
  const frozen = title >= 0 && (total <= width || end(title + 1) < width * 0.6) ? title + 1 : 0
  return { check, frozen: all.slice(0, frozen), rest: all.slice(frozen), edge: end(frozen), total }
}

/* ---- widths drawn by hand, on this device ---- */

const widthStore = (kind: Kind) => `anlan.widths.${me.value?.id ?? 0}.${kind.name}`

export function ownWidths(kind: Kind): Widths {
  try {
    const v: unknown = JSON.parse(localStorage.getItem(widthStore(kind)) ?? '{}')
    return v && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).filter((e): e is [string, number] => typeof e[1] === 'number'))
      : {}
  } catch {
    return {}
  }
}

export function keepWidths(kind: Kind, own: Widths): void {
  localStorage.setItem(widthStore(kind), JSON.stringify(own))
}
