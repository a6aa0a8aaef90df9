import { address, json } from './client'
import type { Job } from './jobs'
import type { Label, Values } from './types'

export const PRINT_MOST = 200

/* What anybody may learn of a paper by its check code. */
export type Verified = {
  code: string
  number: string
  title: Label
  issuer: string
  issued_on: string
  sha256: string | null
  void: boolean
  void_on: string | null
}

export function paperAddress(id: number): string {
  return address(`/papers/${id}/pdf`)
}

export function cardAddress(id: number): string {
  return address(`/hazards/${id}/card.pdf`)
}

/* Pages of a draft before it is made, each a PNG; at most ten of `pages`. */
export type Preview = { pages: number; pictures: string[] }

export function preview(body: Values): Promise<Preview> {
  return json('POST', '/papers/preview', { json: body })
}

export function printMany(plural: string, ids: number[]): Promise<Job> {
  return json('POST', `/${plural}/print`, { json: { ids } })
}

export function verify(code: string): Promise<Verified> {
  return json('GET', `/verify/${encodeURIComponent(code)}`, { quiet: true })
}
