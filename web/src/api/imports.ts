import { json } from './client'
import type { ImportReport } from './types'

export type Duplicates = 'skip' | 'update' | 'new'

export type ImportChoices = {
  mapping: { [letter: string]: string | null }
  duplicates: Duplicates
  cells: { [cell: string]: string }
}

function run(plural: string, file: File, choices: ImportChoices, dry: boolean, key?: string): Promise<ImportReport> {
  const some = (map: object) => (Object.keys(map).length ? JSON.stringify(map) : undefined)
  return json('POST', `/${plural}/import`, {
    query: {
      name: file.name,
      dry,
      duplicates: choices.duplicates,
      mapping: some(choices.mapping),
      cells: some(choices.cells),
    },
    body: new Blob([file], { type: 'text/csv' }),
    key,
  })
}

export function preflight(plural: string, file: File, choices: ImportChoices): Promise<ImportReport> {
  return run(plural, file, choices, true)
}

export function importNow(plural: string, file: File, choices: ImportChoices, key: string): Promise<ImportReport> {
  return run(plural, file, choices, false, key)
}
