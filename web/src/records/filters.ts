/* The conditions of a list as they stand in the address, and as a sentence. */
import type { LocationQuery } from 'vue-router'
import type { Query } from '@/api/client'
import type { Field, Kind } from '@/api/types'
import { isDeadline } from '@/fields/date/late'
import { nameOf } from '@/fields/names'
import type { FilterValue } from '@/fields/type'
import { language, say, w } from '@/i18n'
import { addDays, dayFull, dayMeant, grouped, money, todayOf } from '@/i18n/format'
import { choiceOf, moveOf, stateOf } from '@/session/meta'

export type Filters = {
  fields: { [name: string]: FilterValue }
  words: string
  removed: boolean
  sort: string
  /* Conditions over another record ("enterprise.sector"): kept and shown, set by links only. */
  other: { [name: string]: string }
}

/* In the address beside the conditions: which saved view they came from. */
export const VIEW = 'view'

/* Conditions of every kind that no field answers. */
const WITHOUT_FIELD = ['todo', 'told', 'import']

const OPS = ['in', 'before', 'after', 'min', 'max', 'none'] as const

/* Rows of an object or area know where they are though they have no field of that name. */
const OWNER_REGION: Field = {
  name: 'region',
  type: 'region',
  label: { zh: '属地', en: 'Area' },
  hint: null,
  unit: null,
  flags: [],
  min: 0,
  max: 0,
  scale: 0,
  ref: null,
  choices: null,
  lines: null,
  group: '',
  companion: null,
  shows_on: null,
  filter: ['equal'],
}

export function filterable(kind: Kind): Field[] {
  const own = kind.fields.filter((f) => f.filter.length > 0 && f.type !== 'lines')
  if (kind.scope === 'object' && !own.some((f) => f.name === OWNER_REGION.name)) return [OWNER_REGION, ...own]
  return own
}

function rank(f: Field): number {
  const listed = f.flags.includes('list')
  if (f.type === 'state') return 0
  if (f.type === 'region') return 1
  if (f.type === 'choice' && listed) return 2
  if (isDeadline(f)) return 3
  if (f.type === 'object') return 4
  if (f.type === 'date' && listed) return 5
  if (f.type === 'choice') return 6
  if (f.type === 'reference' && listed) return 7
  if (f.type === 'choices' || f.type === 'yes-no') return 8
  return 99
}

/* The few that are always in view. */
export function primary(kind: Kind): Field[] {
  return filterable(kind)
    .map((f, i) => ({ f, i, r: rank(f) }))
    .filter((x) => x.r < 99)
    .sort((a, b) => a.r - b.r || a.i - b.i)
    .slice(0, 6)
    .map((x) => x.f)
}

function one(value: LocationQuery[string]): string {
  const v = Array.isArray(value) ? value[0] : value
  return v ?? ''
}

export function parse(kind: Kind, query: LocationQuery): Filters {
  const out: Filters = { fields: {}, words: '', removed: false, sort: '', other: {} }
  const fields = filterable(kind)
  for (const [name, raw] of Object.entries(query)) {
    const value = one(raw)
    if (!value) continue
    if (name === 'q') out.words = value
    else if (name === 'sort') out.sort = value
    else if (name === 'removed') out.removed = value === 'true'
    else if (name === VIEW) continue
    else {
      const [head = '', tail] = name.split('.', 2)
      const field = fields.find((f) => f.name === head)
      const op = OPS.find((o) => o === tail)
      if (field && (tail === undefined || op)) {
        const conditions = (out.fields[head] ??= {})
        conditions[op ?? 'eq'] = value
      } else if (tail !== undefined || WITHOUT_FIELD.includes(name)) out.other[name] = value
    }
  }
  return out
}

export function toQuery(f: Filters): { [name: string]: string } {
  const out: { [name: string]: string } = {}
  if (f.words) out.q = f.words
  for (const [name, v] of Object.entries(f.fields))
    for (const [op, value] of Object.entries(v)) if (value) out[op === 'eq' ? name : `${name}.${op}`] = value
  Object.assign(out, f.other)
  if (f.removed) out.removed = 'true'
  if (f.sort) out.sort = f.sort
  return out
}

export function isSet(v: FilterValue | undefined): boolean {
  return v !== undefined && Object.values(v).some((x) => x)
}

export function defaultSort(kind: Kind): string {
  return (kind.newest_first ? '-' : '') + (kind.sorts[0] ?? 'id')
}

function word(kind: Kind, field: Field, code: string): string {
  if (field.type === 'state') return say(stateOf(kind, code)?.label) || code
  if (field.type === 'choice' || field.type === 'choices') return say(choiceOf(field.choices, code)?.label) || code
  if (field.type === 'yes-no') return code === 'true' ? w.value.yes : w.value.no
  if (field.type === 'region') return nameOf('region', code)
  if (field.type === 'object') return nameOf('object', code)
  if (field.type === 'reference') return nameOf(field.ref ?? '', code)
  return code
}

function dayOfWire(field: Field, text: string, shift: number): string {
  if (field.type === 'date') return addDays(dayMeant(text), shift)
  const at = Date.parse(text) + 8 * 3600 * 1000 + (shift > 0 ? 1 : -1)
  return Number.isNaN(at) ? text : new Date(at).toISOString().slice(0, 10)
}

/* "整改中、已交办", "早于 2026-03-17", "≥ 100". */
export function sayFilter(kind: Kind, field: Field, v: FilterValue, brief = false): string {
  const l = w.value.list
  if (v.none) return v.none === 'true' ? l.isNone : l.isSome
  if (v.in)
    return v.in
      .split(',')
      .map((c) => word(kind, field, c))
      .join(w.value.listComma)
  if (v.eq) return word(kind, field, v.eq)
  if (field.type === 'date' || field.type === 'date-time') {
    if (brief && v.before === 'today' && !v.after) return l.presets.late
    const from = v.after ? dayOfWire(field, v.after, 1) : null
    const to = v.before ? dayOfWire(field, v.before, -1) : null
    if (from && to) return from === to ? dayFull(from) : l.between(dayFull(from), dayFull(to))
    if (to && dayMeant(v.before ?? '') === todayOf()) return l.before(dayFull(todayOf()))
    if (to) return l.toDay(dayFull(to))
    return from ? l.fromDay(dayFull(from)) : ''
  }
  const number = (t: string) =>
    (field.type === 'money' ? money(Number(t)) : field.flags.includes('plain') ? t : grouped(t)) + (field.unit ? w.value.gap + say(field.unit) : '')
  if (v.min && v.max) return `${number(v.min)}–${number(v.max)}`
  if (v.min) return `≥ ${number(v.min)}`
  return v.max ? `≤ ${number(v.max)}` : ''
}

/* plain: the text says by itself how it compares ("早于…"), no "为" between. */
export type Phrase = { key: string; label: string; text: string; plain: boolean }

export function phrases(kind: Kind, filters: Filters): Phrase[] {
  const out: Phrase[] = []
  if (filters.words) out.push({ key: 'q', label: w.value.list.words, text: `“${filters.words}”`, plain: true })
  const fields = filterable(kind)
  for (const [name, v] of Object.entries(filters.fields)) {
    const field = fields.find((f) => f.name === name)
    if (field && isSet(v))
      out.push({ key: name, label: say(field.label), text: sayFilter(kind, field, v), plain: !(v.eq || v.in) })
  }
  for (const [name, value] of Object.entries(filters.other)) {
    const waiting = name === 'todo' ? moveOf(kind, value)?.expected : undefined
    if (waiting) out.push({ key: name, label: '', text: say(waiting), plain: true })
    else if (name === 'told') out.push({ key: name, label: '', text: w.value.notices.together, plain: true })
    else if (name === 'import') out.push({ key: name, label: '', text: w.value.list.ofImport(''), plain: true })
    else out.push({ key: name, label: name, text: value, plain: false })
  }
  if (filters.removed) out.push({ key: 'removed', label: '', text: w.value.list.bin, plain: true })
  return out
}

/* What stands between a condition's name and its text. */
export function joint(p: Phrase): string {
  if (!p.plain) return w.value.is
  return p.label && language.value === 'en' ? ' ' : ''
}

export function sayPhrases(said: Phrase[]): string {
  return said.map((p) => p.label + joint(p) + p.text).join(w.value.and)
}

/* Alone it says how many rows it has: as many as the list. */
export function withCount(said: Phrase[], total: string): Phrase[] {
  const [only] = said
  if (said.length !== 1 || only?.key !== 'import' || !total) return said
  return [{ ...only, text: w.value.list.ofImport(total) }]
}

export function without(filters: Filters, key: string): Filters {
  const out: Filters = { ...filters, fields: { ...filters.fields }, other: { ...filters.other } }
  if (key === 'q') out.words = ''
  else if (key === 'removed') out.removed = false
  else {
    delete out.fields[key]
    delete out.other[key]
  }
  return out
}

export function asRequest(filters: Filters): Query {
  return toQuery(filters)
}
