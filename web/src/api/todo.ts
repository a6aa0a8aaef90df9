import { json, request } from './client'
import type { Label } from './types'

export type Counted = { count: number; capped: boolean; query: string }

export type TodoItem = {
  id: number
  version: number
  number: string | null
  title: string
  state: string
  object: string | null
  area: string | null
  due: string | null
}

export type TodoGroup = {
  kind: string
  move: string
  label: Label
  all: Counted
  late: Counted | null
  today: Counted | null
  week: Counted | null
  later: Counted | null
  undated: Counted | null
  items: TodoItem[]
}

export type Todo = { groups: TodoGroup[]; as_of: string; day: string }

export function todo(rows: number): Promise<Todo> {
  return json('GET', '/todo', { query: { rows } })
}

export type Marked = {
  kind: string
  id: number
  title: string
  number: string | null
  state: string | null
  changed_at: string
  at: string
}

export function marks(): Promise<{ followed: Marked[]; opened: Marked[] }> {
  return json('GET', '/me/marks')
}

/* Tells that the record was opened; answers whether it is followed. */
export async function opened(plural: string, id: number): Promise<boolean> {
  return (await json<{ followed: boolean }>('POST', `/${plural}/${id}/opened`, { json: {} })).followed
}

export async function follow(plural: string, id: number, yes: boolean): Promise<void> {
  await request('PUT', `/me/follows/${plural}/${id}`, { json: { follow: yes } })
}
