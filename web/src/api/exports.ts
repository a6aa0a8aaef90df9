import { json } from './client'
import type { Job } from './jobs'

export type ExportOrder = {
  format: 'xlsx' | 'csv' | 'pdf'
  /* null: the kind's own ledger header */
  columns: string[] | null
  /* the query string of the list */
  filter: string
  sort: string | null
  language: 'zh' | 'en' | null
}

/* The reader's own choice of columns, the same on every device. null: never chosen. */
export type OwnColumns = { list: string[] | null; export: string[] | null }

export function startExport(plural: string, order: ExportOrder): Promise<Job> {
  return json('POST', `/${plural}/export`, { json: order })
}

export function ownColumns(kind: string): Promise<OwnColumns> {
  return json('GET', `/me/columns/${kind}`)
}

export function keepColumns(kind: string, columns: OwnColumns): Promise<OwnColumns> {
  return json('PUT', `/me/columns/${kind}`, { json: columns })
}
