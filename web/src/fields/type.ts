import type { Component, ComputedRef, InjectionKey } from 'vue'
import type { Field, Json, Kind, Rec } from '@/api/types'

/* What one field type knows of itself. The folder of a type holds its view, this description and its input (listed in
   ./inputs.ts); what narrows a list by it stands in ./filters/all.ts. */
export type FieldType = {
  view: Component
  /* The value in one line of plain text; '' when unknown. */
  say: (value: Json | undefined, field: Field) => string
  /* What is wrong with an entry before the server is asked; '' when nothing. Empty values do not come here. */
  check?: (value: Json, field: Field) => string
  /* The form the server takes; the same value where left out. */
  write?: (value: Json) => Json
  width: number
  align?: 'right'
  order: 'date' | 'number' | 'text'
}

export type InputProps = {
  field: Field
  id: string
  wrong?: boolean
  /* id of the hint or error text */
  describedby?: string
  /* Refusals below this field: "people.2.title". */
  errors?: { [path: string]: string }
  /* Day that chooses the edition of lists. */
  day?: string
  /* One of several in a row: no room to spread answers out. */
  dense?: boolean
}

export type ViewProps = {
  field: Field
  value: Json | undefined
  kind?: Kind
  record?: Rec
}

/* One field's conditions as they stand in the address: eq "state=…", in "level.in=…", and so on. */
export type FilterValue = {
  eq?: string
  in?: string
  before?: string
  after?: string
  min?: string
  max?: string
  none?: string
}

export type FilterProps = { field: Field }

export function isEmpty(value: Json | undefined): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

export type NamedValue = { id: number; name: string | null; kind?: string }

export function asNamed(value: Json | undefined): NamedValue | null {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return null
  const { id, name, kind } = value
  if (typeof id !== 'number') return null
  return { id, name: typeof name === 'string' ? name : null, ...(typeof kind === 'string' ? { kind } : {}) }
}

/* path: the way down from the county, "澜北区临河镇柳湾村"; only in answers. */
export type RegionValue = { code: string; name: string | null; path?: string }

export function asRegion(value: Json | undefined): RegionValue | null {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return null
  const { code, name, path } = value
  if (typeof code !== 'string') return null
  return { code, name: typeof name === 'string' ? name : null, ...(typeof path === 'string' ? { path } : {}) }
}

export function asText(value: Json | undefined): string {
  if (value === null || value === undefined || typeof value === 'object') return ''
  return String(value)
}

/* The object whose record a form is about: its own people stand first where the form asks for a person. */
export const formObject: InjectionKey<ComputedRef<number | null>> = Symbol('form object')

/* The kind of the record a form is about, by name. */
export const formKind: InjectionKey<ComputedRef<string>> = Symbol('form kind')

/* The area of the form a field stands in, where the form has one: a place can propose it. */
export type FormArea = { value: ComputedRef<RegionValue | null>; put: (region: RegionValue) => void }
export const formArea: InjectionKey<FormArea> = Symbol('form area')
