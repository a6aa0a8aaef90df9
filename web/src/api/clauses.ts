/* Candidates of the judgement standards for a description: docs/http.md. */
import { json } from './client'

export type Candidate = {
  code: string
  sector: string
  text: string
  standard: string
  article: string
  score: number
}

/* A standard of the sector of which not every clause is in the library. */
export type Gap = { standard: string; text: string }

export async function candidates(
  q: string,
  about: { object: number | null; on: string | null },
  signal?: AbortSignal,
): Promise<{ items: Candidate[]; missing: Gap[] }> {
  const query: { [name: string]: string | number } = { q }
  if (about.object) query.object = about.object
  if (about.on) query.on = about.on
  return json('GET', '/clauses/suggest', { query, signal })
}
