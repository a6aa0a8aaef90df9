/*
 ** Which rows of a list are chosen: some by their numbers, or all that the conditions hold, but for some taken out again.
 ** What acts on many rows takes `chosen()` and nothing else.
 */
import type { Query } from '@/api/client'
import type { Rec } from '@/api/types'

/* rows: number -> version as it was when it was chosen. */
export type Selection = { all: false; rows: Map<number, number> } | { all: true; but: Set<number> }

/* filter: the list's query without sort; but: rows taken out of it; count: how many that is, null when not counted yet. */
export type Chosen =
  { rows: { id: number; version: number }[] } | { filter: Query; but: number[]; count: number | null }

export const NOTHING: Selection = { all: false, rows: new Map() }

export function holds(s: Selection, id: number): boolean {
  return s.all ? !s.but.has(id) : s.rows.has(id)
}

export function isNothing(s: Selection): boolean {
  return !s.all && s.rows.size === 0
}

/* The same with these rows chosen, or not. */
export function withRows(s: Selection, rows: Rec[], on: boolean): Selection {
  if (s.all) {
    const but = new Set(s.but)
    for (const r of rows)
      if (on) but.delete(r.id)
      else but.add(r.id)
    return { all: true, but }
  }
  const chosen = new Map(s.rows)
  for (const r of rows)
    if (on) chosen.set(r.id, r.version)
    else chosen.delete(r.id)
  return { all: false, rows: chosen }
}

export function chosen(s: Selection, query: Query, total: number | null): Chosen {
  if (!s.all) return { rows: [...s.rows].map(([id, version]) => ({ id, version })) }
  const filter: Query = { ...query }
  delete filter.sort
  return { filter, but: [...s.but], count: total === null ? null : Math.max(0, total - s.but.size) }
}

export function howMany(s: Selection, total: number | null): number | null {
  return s.all ? (total === null ? null : Math.max(0, total - s.but.size)) : s.rows.size
}

/* ---- kept with the place of a list ---- */

export type Written = { rows?: [number, number][]; but?: number[] }

export function write(s: Selection): Written {
  return s.all ? { but: [...s.but] } : { rows: [...s.rows] }
}

export function read(w: Written | undefined): Selection {
  if (w?.but) return { all: true, but: new Set(w.but) }
  return { all: false, rows: new Map(w?.rows ?? []) }
}
