/* A deadline is late only while something is still expected of the record. */
import type { Field, Json, Kind, Rec } from '@/api/types'
import { daysBetween, todayOf } from '@/i18n/format'
import { stateField, stateOf } from '@/session/meta'

export function isDeadline(field: Field): boolean {
  return field.type === 'date' && (field.flags.includes('deadline') || field.name === 'due')
}

/* Days left; negative when late; null when the day does not matter any more. */
export function daysLeft(field: Field, value: Json | undefined, kind?: Kind, record?: Rec): number | null {
  if (!isDeadline(field) || typeof value !== 'string' || !kind || !record) return null
  const f = stateField(kind)
  const code = f ? record[f.name] : undefined
  const state = typeof code === 'string' ? stateOf(kind, code) : undefined
  if (!state || state.end || state.tone === 'done' || state.tone === 'stopped') return null
  return daysBetween(todayOf(), value)
}
