/* What running deadlines tell, and what a person was told. */
import { json } from './client'
import type { Label } from './types'

export type Role = { code: string; label: Label }

export type Rung = {
  rung: string
  words: Label
  state: 'ahead' | 'due' | 'told' | 'skipped'
  on: string
  at: string | null
  late: number
  role: Role | null
  instead_of: Role | null
  people: { id: number; name: string | null }[]
}

export type Ladder = { watch: string; label: Label; due: string; late: number; rungs: Rung[] }

export async function ladder(plural: string, id: number): Promise<Ladder[]> {
  return (await json<{ items: Ladder[] }>('GET', `/${plural}/${id}/ladder`)).items
}
