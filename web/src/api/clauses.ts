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

export async function candidates(
  q: string,
  about: { sector: string | null; on: string | null },
  signal?: AbortSignal,
): Promise<Candidate[]> {
  const query: { [name: string]: string } = { q }
  if (about.sector) query.sector = about.sector
  if (about.on) query.on = about.on
  return (await json<{ items: Candidate[] }>('GET', '/clauses/suggest', { query, signal })).items
}
