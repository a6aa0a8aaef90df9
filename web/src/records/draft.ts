/*
 ** What was typed and not yet saved, on this device, per person. Personal numbers are left out: a shared computer must
 ** not keep them in clear.
 */
import type { Field, Values } from '@/api/types'
import { me } from '@/session/session'

type Draft = { at: number; values: Values; version?: number }

const PREFIX = 'anlan.draft.'
const KEPT_DAYS = 30

export function draftKey(...parts: (string | number)[]): string {
  return `${PREFIX}${me.value?.id ?? 0}.${parts.join('.')}`
}

export function loadDraft(key: string): Draft | null {
  try {
    const d = JSON.parse(localStorage.getItem(key) ?? 'null') as Draft | null
    return d && Date.now() - d.at < KEPT_DAYS * 86_400_000 ? d : null
  } catch {
    return null
  }
}

/* When it was kept, or 0 when this device has no room. */
export function saveDraft(key: string, fields: Field[], values: Values, version?: number): number {
  const open = new Set(fields.filter((f) => f.type !== 'id-number' && f.type !== 'phone').map((f) => f.name))
  const kept = Object.fromEntries(Object.entries(values).filter(([name]) => open.has(name)))
  const at = Date.now()
  try {
    localStorage.setItem(key, JSON.stringify({ at, values: kept, version } satisfies Draft))
    return at
  } catch {
    return 0
  }
}

export function dropDraft(key: string): void {
  localStorage.removeItem(key)
}
