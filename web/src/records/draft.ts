/*
 ** What was typed and not yet sent to the server, on this device, per person: the seconds between two keepings, and a time
 ** without connection. Personal numbers are left out: a shared computer must not keep them in clear. The whole form is
 ** kept by the server, sealed.
 */
import type { Field, Values } from '@/api/types'
import { serverNow } from '@/i18n/format'
import { me } from '@/session/session'

export type LocalDraft = { at: number; values: Values }

const PREFIX = 'anlan.draft.'
const KEPT_DAYS = 30

function key(form: string): string {
  return `${PREFIX}${me.value?.id ?? 0}.${form}`
}

export function loadLocal(form: string): LocalDraft | null {
  try {
    const d = JSON.parse(localStorage.getItem(key(form)) ?? 'null') as LocalDraft | null
    return d && serverNow() - d.at < KEPT_DAYS * 86_400_000 ? d : null
  } catch {
    return null
  }
}

/* False when this device has no room. */
export function saveLocal(form: string, fields: Field[], values: Values): boolean {
  const open = new Set(fields.filter((f) => f.type !== 'id-number' && f.type !== 'phone').map((f) => f.name))
  const lines = new Set(fields.filter((f) => f.type === 'lines').map((f) => f.name)) // people with their phones
  const kept = Object.fromEntries(Object.entries(values).filter(([name]) => open.has(name) && !lines.has(name)))
  try {
    localStorage.setItem(key(form), JSON.stringify({ at: serverNow(), values: kept } satisfies LocalDraft))
    return true
  } catch {
    return false
  }
}

export function dropLocal(form: string): void {
  localStorage.removeItem(key(form))
}
