import { json, type Query } from './client'
import { jobFileAddress, type Job } from './jobs'
import type { Json, Values } from './types'

/* Which rows: some by what they were when they were chosen, or all of a list but some. */
export type Chosen =
  { rows: { id: number; version: number }[] } | { filter: Query; but: number[]; count: number | null }

export type BulkAct =
  { act: 'move'; move: string } | { act: 'change'; field: string } | { act: 'remove' } | { act: 'restore' }

export type BulkItem = {
  id: number
  version: number
  number: string | null
  title: string | null
  ok: boolean
  unchanged: boolean
  changes?: { field: string; old: Json; new: Json }[]
  code: string | null
  detail: string | null
  fields: { [field: string]: string }
}

export type BulkAnswer = { items: BulkItem[]; total: number; ok: number; unchanged: number; refused: number }

function body(act: BulkAct, values: Values): { [name: string]: Json } {
  if (act.act === 'move') return { move: act.move, fields: values }
  if (act.act === 'change') return { change: { [act.field]: values[act.field] ?? null } }
  return act.act === 'remove' ? { remove: true } : { restore: true }
}

function filterText(filter: Query): string {
  const parts = new URLSearchParams()
  for (const [name, value] of Object.entries(filter))
    if (value !== null && value !== undefined && value !== '') parts.append(name, String(value))
  return parts.toString()
}

/* Over 200 rows the answer is a job; its file then holds the items of a preview. */
export function preview(
  plural: string,
  act: BulkAct,
  values: Values,
  chosen: Chosen,
): Promise<BulkAnswer | Job> {
  const rows = 'rows' in chosen ? { rows: chosen.rows } : { filter: filterText(chosen.filter) }
  return json('POST', `/${plural}/bulk`, { json: { ...body(act, values), ...rows, preview: true } })
}

export function run(
  plural: string,
  act: BulkAct,
  values: Values,
  rows: { id: number; version: number }[],
): Promise<BulkAnswer | Job> {
  return json('POST', `/${plural}/bulk`, { json: { ...body(act, values), rows, preview: false } })
}

export function isJob(answer: BulkAnswer | Job): answer is Job {
  return 'state' in answer
}

export async function previewOf(job: Job): Promise<BulkItem[]> {
  const answer = await fetch(jobFileAddress(job.id))
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
  return ((await answer.json()) as { items: BulkItem[] }).items
}
