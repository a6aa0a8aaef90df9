/* A record as it was: its history taken back step by step. */
import type { HistoryItem, Json, Rec } from '@/api/types'

export type Values = { [field: string]: Json | undefined }

/* items: newest first, as the server gives them. */
export function asOfVersion(record: Rec, items: HistoryItem[], version: number): Values {
  const out: Values = { ...record }
  for (const item of items) {
    if (item.version <= version) break
    for (const c of item.changes) out[c.field] = c.old
  }
  return out
}

const CHINA = 8 * 3600 * 1000

/* The version that was the newest at the end of that day; null when there was none yet. */
export function versionOnDay(items: HistoryItem[], day: string): number | null {
  const end = Date.parse(`${day}T00:00:00Z`) + 24 * 3600 * 1000 - CHINA
  return items.find((i) => Date.parse(i.at) < end)?.version ?? null
}
