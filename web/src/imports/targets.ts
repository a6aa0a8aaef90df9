/* Fields a column may go to, and how a sheet's cells belong to them. */
import type { Import, ImportColumn } from '@/api/imports'
import type { Field, Kind } from '@/api/types'
import { createFields } from '@/records/form'
import { choiceItems, fieldOf } from '@/session/meta'
import { say } from '@/i18n'

/* What a person may enter, and what moves would write or the program derive (a ledger of finished cases). */
export function targets(kind: Kind, columns: ImportColumn[]): Field[] {
  const own = createFields(kind)
  const rest = kind.fields.filter(
    (f) => f.type === 'state' || f.flags.includes('move_only') || f.flags.includes('ledger'),
  )
  const all = [...own, ...rest].filter((f) => !['files', 'lines'].includes(f.type))
  // what the server recognised stays choosable even where the form would not ask for it
  const known = new Set(columns.map((c) => c.field))
  return [...all, ...kind.fields.filter((f) => known.has(f.name) && !all.includes(f))]
}

export function missingFields(kind: Kind, item: Import): Field[] {
  const mapped = new Set(item.columns.map((c) => c.field))
  // what an import says by itself is not missing
  return createFields(kind).filter(
    (f) => f.flags.includes('required') && !f.flags.includes('imported') && !mapped.has(f.name),
  )
}

/* Where the first row under the head stands. */
export function firstRow(item: Import): number {
  return item.header_row + item.header_rows
}

/* The words a cell of this field may hold; empty where anything may be written. */
export function choicesOf(kind: Kind, name: string | null): { code: string; label: string }[] {
  const field = name ? fieldOf(kind, name) : undefined
  if (!field) return []
  if (field.type === 'state') return kind.states.map((s) => ({ code: s.code, label: say(s.label) }))
  if (field.type !== 'choice' && field.type !== 'choices') return []
  return choiceItems(field.choices).map((c) => ({ code: c.code, label: say(c.label) }))
}
