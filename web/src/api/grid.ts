/* The grid: outlines, which area holds a place, what does not fit (docs/http.md). */
import { json, request } from './client'
import type { Duty } from './duty'
import type { Label, Rec } from './types'

export type Datum = 'wgs84' | 'gcj02' | 'bd09'
export const datums: Datum[] = ['wgs84', 'gcj02', 'bd09']

export type Point = [number, number]
export type Geometry =
  { type: 'Polygon'; coordinates: Point[][] } | { type: 'MultiPolygon'; coordinates: Point[][][] }

export type AreaName = { code: string; name: string; level: string }
export type Feature = {
  type: 'Feature'
  version?: number
  properties: AreaName & { middle?: Point; area_m2?: number; from?: string | null; source?: string | null }
  geometry: Geometry | null
}

/* An area with the people of its own level. people null: beyond what the reader reads in full. */
export type Branch = AreaName & {
  people: Duty[] | null
  missing: { role: string; label: Label }[]
  counts: { [kind: string]: { count: number; capped: boolean } } | null
}
export type Tree = { on: string; items: Branch[]; here: (Branch & { drawn: boolean }) | null }

export type Check = {
  holes: { area_m2: number; geometry: Geometry; between: AreaName[] }[]
  overlaps: { area_m2: number; geometry: Geometry; regions: AreaName[] }[]
  missing: AreaName[]
  outside: { code: string; name: string; area_m2: number }[]
  drawn: boolean
  slivers: { count: number; area_m2: number }
}

export type Taken = {
  read: number
  stored: number
  unchanged: number
  unknown: string[]
  invalid: { feature: number; reason: string }[]
}

export type At = { regions: AreaName[]; others: AreaName[]; place: { lon: string; lat: string } }

export async function below(within: string | null, signal?: AbortSignal): Promise<Feature[]> {
  const all = await json<{ features: Feature[] }>('GET', '/grid/boundaries', { query: { within }, signal })
  return all.features
}

export function boundary(code: string, signal?: AbortSignal): Promise<Feature> {
  return json<Feature>('GET', `/regions/${code}/boundary`, { signal })
}

export function check(within: string): Promise<Check> {
  return json<Check>('GET', '/grid/check', { query: { within } })
}

export function at(lon: string, lat: string, signal?: AbortSignal): Promise<At> {
  return json<At>('GET', '/grid/at', { query: { lon, lat }, signal })
}

export type Sending = { datum: Datum; source: string }

export function sendMany(file: Blob, key: string, how: Sending): Promise<Taken> {
  return json<Taken>('POST', '/grid/boundaries', { query: { key, ...how }, body: file })
}

export function sendOne(code: string, version: number, file: Blob, how: Sending): Promise<Rec> {
  return json<Rec>('PUT', `/regions/${code}/boundary`, { query: { ...how }, body: file, version })
}

export function tree(within: string | null, signal?: AbortSignal): Promise<Tree> {
  return json<Tree>('GET', '/grid/tree', { query: { within }, signal })
}

export async function withdraw(code: string, version: number, reason: string): Promise<void> {
  await request('DELETE', `/regions/${code}/boundary`, { query: { reason }, version })
}
