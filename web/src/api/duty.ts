/* Who answers for what, and who may see what: the answers of docs/http.md. */
import { json, request } from './client'
import type { Label, Rec } from './types'

export type Why = {
  assignment: number | null
  role: Label
  holder: Label
  where: Label
  from: string | null
  to: string | null
  basis: string | null
  verbs: string[]
}

export type Duty = {
  role: string
  label: Label
  holder: { kind: 'account' | 'post' | 'organisation'; id: number; name: string | null }
  post: string | null
  phone_masked: string | null
  from: string | null
  to: string | null
  basis: string | null
  assignment: number
  level: Level
}

export type Level = 'city' | 'county' | 'town' | 'village' | 'object'

export type Responsible = {
  on: string
  object: { id: number; name: string | null; kind: string } | null
  region: { code: string; name: string } | null
  items: Duty[]
  gaps: { role: string; label: Label; level: Level }[]
}

export type OwnerRow = {
  object: { id: number; kind: string; name: string | null }
  region: { code: string; name: string } | null
  sector: string | null
  organisations: { id: number; name: string | null; basis: string | null }[]
  claim: { id: number; state: string } | null
}

/* total: null unless this page is all there is */
export type OwnerPage = { items: OwnerRow[]; total: number | null; next: string | null }

export type TransferPreview = {
  rows: { [kind: string]: number }
  gains: { id: number; name: string | null }[]
  loses: { id: number; name: string | null }[]
}

export type Candidate = { id: number; display_name: string; post: string | null; organisation: string | null }

export async function why(plural: string, id: number): Promise<Why[]> {
  return (await json<{ items: Why[] }>('GET', `/${plural}/${id}/why`)).items
}

export function responsible(query: { object?: number; region?: string; on: string }): Promise<Responsible> {
  return json('GET', '/responsible', { query })
}

export function owners(which: 'none' | 'many', region?: string, after?: string): Promise<OwnerPage> {
  return json('GET', `/owners/${which}`, { query: { region, after } })
}

export function transferPreview(plural: string, id: number, region: string): Promise<TransferPreview> {
  return json('GET', `/${plural}/${id}/transfer`, { query: { region } })
}

export function transfer(plural: string, id: number, version: number, region: string, reason: string): Promise<Rec> {
  return json('POST', `/${plural}/${id}/transfer`, { json: { region, reason }, version })
}

export type Whom = {
  id: number
  display_name: string
  post: string | null
  organisation: string | null
  of: 'object' | 'organisation' | null
  /** false: a move would refuse whom the field names here */
  able: boolean
}

/* Whom a field may name: the people of the object first, everybody else only by words. */
export async function whom(
  object: number | undefined,
  field: string | undefined,
  q: string | undefined,
  signal?: AbortSignal,
): Promise<Whom[]> {
  return (await json<{ items: Whom[] }>('GET', '/account-candidates', { query: { object, field, q }, signal })).items
}

export async function candidates(q: string): Promise<Candidate[]> {
  return (await json<{ items: Candidate[] }>('GET', '/as-candidates', { query: { q } })).items
}

/* ---- what the security administrator does with an account ---- */

export async function resetPassword(id: number): Promise<string> {
  return (await json<{ password: string }>('POST', `/accounts/${id}/password`, { json: {} })).password
}

export async function unlock(id: number): Promise<void> {
  await request('POST', `/accounts/${id}/unlock`, { json: {} })
}

export async function endSessions(id: number): Promise<void> {
  await request('DELETE', `/accounts/${id}/sessions`)
}

export async function removeSecond(id: number): Promise<void> {
  await request('DELETE', `/accounts/${id}/totp`)
}
