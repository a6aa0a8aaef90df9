/* What a record page asks beside the record: related rows counted, where it stands on a day, who supplied what. */
import { json } from './client'
import type { Label, Rec } from './types'

export type Counted = { kind: string; field: string; count: number; capped: boolean }

export async function counts(plural: string, id: number): Promise<Counted[]> {
  return (await json<{ items: Counted[] }>('GET', `/${plural}/${id}/counts`)).items
}

export type Finding = {
  code: string
  label: Label
  met: boolean
  /* a gap that is shown and darkens no lamp */
  advisory: boolean
  text: Label | null
  basis: string | null
  fill: { field: string | null; kind: string | null; query: string | null } | null
}

export type Lamp = { code: string; label: Label; on: boolean; findings: Finding[] }

export type SheetLine = {
  good: string
  label: Label
  cas: string | null
  product: string | null
  tonnes: string
  critical: string
  ratio: string
  beta: string
  beta_of_standard: string
  settled: boolean
  beta_reason: string | null
  term: string
}

export type Sheet = {
  standard: string
  lines: SheetLine[]
  s: string
  major: boolean
  sum: string
  people: number | null
  alpha: string
  r: string
  grade: string
  grade_label: Label
}

export type Standing = {
  on: string
  status: { code: string; label: Label; days: number | null; holds: boolean } | null
  lamps: Lamp[]
  /* the lamps follow from rows that the reader does not see */
  hidden: boolean
  findings: Finding[]
  sheet: Sheet | null
}

export function standing(plural: string, id: number): Promise<Standing> {
  return json('GET', `/${plural}/${id}/standing`)
}

export type By = { at: string; by: { id: number; name: string | null; organisation: string | null } }

export type Source = By & { field: string; act: string; version: number; verified: By | null }

export async function sources(plural: string, id: number): Promise<Source[]> {
  return (await json<{ items: Source[] }>('GET', `/${plural}/${id}/sources`)).items
}

export function verify(plural: string, id: number, version: number, fields: string[], key: string): Promise<Rec> {
  return json('POST', `/${plural}/${id}/verify`, { json: { fields }, version, key })
}
