import { address, json, request } from './client'
import type { Job } from './jobs'
import type { Datum } from './grid'
import type { Named } from './types'
import { send, type Sending } from './upload'

export type Duplicates = 'skip' | 'update' | 'new'
export type Verdict = 'import' | 'duplicate' | 'reject'
/* error: the row is not imported; warning: it is, look at it; note: good to know */
export type Level = 'error' | 'warning' | 'note'

export type ImportState =
  'checking' | 'checked' | 'importing' | 'imported' | 'cancelled' | 'failed' | 'undoing' | 'undone' | 'discarded'

export type ImportColumn = {
  letter: string
  header: string
  field: string | null
  guessed: boolean
  samples: string[]
}

/* What one touch would do about a whole group of problems. */
export type Remedy = {
  kind: 'map' | 'value' | 'ignore'
  letter?: string
  field?: string
  /* the word found in the sheet, and the code it probably means */
  value?: string
  code?: string
}

export type ProblemGroup = {
  field: string | null
  header: string | null
  message: string
  level: Level
  count: number
  remedy: Remedy | null
}

export type Receipt = {
  rows: number
  imported: number
  updated: number
  duplicates: number
  rejected: number
  pending: number
  seconds: number
  rows_per_second: number
  ended_at: string
}

/* One file on its way into a ledger, kept by the server from the first check to the receipt. */
export type ImportItem = {
  id: number
  kind: string
  file: { name: string; size: number; encoding: string | null; separator: string | null }
  duplicates: Duplicates
  state: ImportState
  job: Job | null
  rows: number
  imported: number
  /* of the duplicates: those whose record is changed */
  updated: number
  duplicates_found: number
  rejected: number
  pending: number
  started_by: Named
  at: string
  receipt: Receipt | null
  undo: { possible: boolean; reason: string | null; undone: number; left: number } | null
}

export type Import = ImportItem & {
  sheets: { name: string; hidden: boolean }[]
  sheet: number
  header_row: number
  header_rows: number
  columns: ImportColumn[]
  /* of the places in the sheet; null: no column holds any */
  datum: Datum | null
  mapping: { saved: { id: number; name: string }[]; used: number | null }
  problem_groups: ProblemGroup[]
}

export type CellProblem = { letter: string | null; field: string | null; message: string; level: Level }

/* What a repeated row repeats: a row of the same sheet, a record; both null where the record went out of sight. */
export type SameRecord = { id: number; number: string | null; title: string }
export type Same = { row: number | null; record: SameRecord | null }

export type ImportRow = {
  row: number
  verdict: Verdict
  pending: boolean
  cells: string[]
  problems: CellProblem[]
  same: Same | null
}

export type ImportChanges = {
  sheet?: number
  header_row?: number
  mapping?: { [letter: string]: string | null }
  values?: { [letter: string]: { [word: string]: string | null } }
  cells?: { [cell: string]: string | null }
  duplicates?: Duplicates
  datum?: Datum
  use_mapping?: number
}

export type SavedMapping = {
  id: number
  name: string
  kind: string
  columns: { [header: string]: string | null }
  shared: boolean
}

export function startImport(plural: string, file: File, language: string, progress: (share: number) => void) {
  return send<Import>(`/${plural}/import`, { name: file.name }, file, language, progress) satisfies Sending<Import>
}

export async function listImports(kind: string): Promise<ImportItem[]> {
  return (await json<{ items: ImportItem[] }>('GET', '/imports', { query: { kind } })).items
}

export function getImport(id: number, signal?: AbortSignal): Promise<Import> {
  return json('GET', `/imports/${id}`, { signal })
}

export function changeImport(id: number, changes: ImportChanges): Promise<Import> {
  return json('PATCH', `/imports/${id}`, { json: changes })
}

export function importRows(
  id: number,
  query: { verdict?: Verdict; after?: number; limit: number },
  signal?: AbortSignal,
): Promise<{ items: ImportRow[]; next: number | null }> {
  return json('GET', `/imports/${id}/rows`, { query, signal })
}

export function runImport(id: number, key: string): Promise<Import> {
  return json('POST', `/imports/${id}/run`, { json: {}, key })
}

export function undoImport(id: number): Promise<Import> {
  return json('POST', `/imports/${id}/undo`, { json: {} })
}

export async function discardImport(id: number): Promise<void> {
  await request('DELETE', `/imports/${id}`)
}

export function rejectedAddress(id: number): string {
  return address(`/imports/${id}/rejected`)
}

export function templateAddress(plural: string): string {
  return address(`/${plural}/template.xlsx`)
}

export async function savedMappings(kind: string): Promise<SavedMapping[]> {
  return (await json<{ items: SavedMapping[] }>('GET', '/import-mappings', { query: { kind } })).items
}

export function saveMapping(kind: string, name: string, from: number, shared: boolean): Promise<SavedMapping> {
  return json('POST', '/import-mappings', { json: { kind, name, import: from, shared } })
}

export async function deleteMapping(id: number): Promise<void> {
  await request('DELETE', `/import-mappings/${id}`)
}
