/* Numbers about the reader's area: each is a list, and shows how many rows that list has. */
import type { Query } from '@/api/client'
import type { Values } from '@/api/types'
import { addDays, todayOf } from '@/i18n/format'
import { parse, phrases, sayPhrases } from '@/records/filters'
import { kindOf } from '@/session/meta'

export type Figure = { name: string; kind: string; query: { [name: string]: string }; bad?: boolean }

const RUNNING = 'assigned,objected,rectifying,extension_pending'
const OPEN = `found,classified,${RUNNING},suspended,fixed`

/* Monday of the next week: 1970-01-01 was a Thursday. */
export function nextMonday(day: string): string {
  const n = Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000)
  return addDays(day, 7 - ((n + 3) % 7))
}

export function figures(today: string): Figure[] {
  return [
    {
      name: 'late',
      kind: 'hazard',
      query: { 'state.in': RUNNING, 'due.before': today, sort: 'due' },
      bad: true,
    },
    { name: 'major', kind: 'hazard', query: { level: 'major', 'state.in': OPEN, sort: 'due' } },
    {
      name: 'week',
      kind: 'hazard',
      query: { 'state.in': RUNNING, 'due.after': addDays(today, -1), 'due.before': nextMonday(today), sort: 'due' },
    },
    { name: 'fixed', kind: 'hazard', query: { state: 'fixed', sort: 'due' } },
    { name: 'month', kind: 'hazard', query: { 'found_on.after': addDays(`${today.slice(0, 8)}01`, -1) } },
  ]
}

/* Its list, further narrowed. */
export function addressOf(f: Figure, more: { [name: string]: string } = {}): string {
  return `/${kindOf(f.kind)?.plural}?${new URLSearchParams({ ...f.query, ...more }).toString()}`
}

/* What it counts, in the words of its list. */
export function basisOf(f: Figure): string {
  const kind = kindOf(f.kind)
  return kind ? sayPhrases(phrases(kind, parse(kind, f.query))) : ''
}

export function asQuery(f: Figure): Query {
  return { ...f.query, limit: 1, count: 'capped' }
}

/* What a new record of the kind starts from, whichever page led to its form. */
export function usualValues(kind: string, roles: string[]): Values {
  return kind === 'hazard' ? { found_on: todayOf(), source: usualSource(roles) ?? null } : {}
}

/* How somebody with that role usually finds a hazard. */
function usualSource(roles: string[]): string | undefined {
  if (roles.includes('grid')) return 'grid'
  if (roles.includes('inspector') || roles.includes('department') || roles.includes('office')) return 'inspection'
  return roles.some((r) => ['head', 'safety', 'worker'].includes(r)) ? 'self' : undefined
}
