import { address, json, request, type Query } from './client'
import type { Found, FoundGroup, HistoryItem, Page, Rec, Spread, StoredFile, Values } from './types'

export type Count = 'capped' | 'exact' | 'none'

export function list(plural: string, query: Query, signal?: AbortSignal): Promise<Page> {
  return json('GET', `/${plural}`, { query, signal })
}

/* The same list counted in each of the areas below the reader's own. */
export function spread(plural: string, query: Query): Promise<Spread> {
  return json('GET', `/${plural}/spread`, { query })
}

export function get(plural: string, id: number, signal?: AbortSignal): Promise<Rec> {
  return json('GET', `/${plural}/${id}`, { signal })
}

export function create(plural: string, values: Values, key: string): Promise<Rec> {
  return json('POST', `/${plural}`, { json: values, key })
}

export function change(plural: string, id: number, version: number, values: Values): Promise<Rec> {
  return json('PATCH', `/${plural}/${id}`, { json: values, version })
}

export async function remove(plural: string, id: number, version: number): Promise<void> {
  await request('DELETE', `/${plural}/${id}`, { version })
}

export function restore(plural: string, id: number): Promise<Rec> {
  return json('POST', `/${plural}/${id}/restore`, { json: {} })
}

/* Takes back the last change of a record: an edit, or its way into the bin. */
export function undo(plural: string, id: number, version: number): Promise<Rec> {
  return json('POST', `/${plural}/${id}/undo`, { json: { version } })
}

export function move(
  plural: string,
  id: number,
  version: number,
  name: string,
  values: Values,
  key: string,
): Promise<Rec> {
  return json('POST', `/${plural}/${id}/moves/${name}`, { json: values, version, key })
}

export async function history(plural: string, id: number): Promise<HistoryItem[]> {
  return (await json<{ items: HistoryItem[] }>('GET', `/${plural}/${id}/history`)).items
}

export async function unmask(plural: string, id: number, field: string): Promise<string> {
  return (await json<{ value: string }>('POST', `/${plural}/${id}/unmask`, { json: { field } })).value
}

export function search(words: string, signal?: AbortSignal): Promise<{ items: Found[]; groups: FoundGroup[] }> {
  return json('GET', '/search', { query: { q: words }, signal })
}

export function fileAddress(plural: string, id: number, file: number): string {
  return address(`/${plural}/${id}/files/${file}`)
}

export function newKey(): string {
  // crypto.randomUUID exists in secure contexts only; offices reach the server by plain address too
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

/* Every file the record ever had. */
export async function filesOf(plural: string, id: number): Promise<StoredFile[]> {
  return (await json<{ items: StoredFile[] }>('GET', `/${plural}/${id}/files`)).items
}

export function asFiles(value: unknown): StoredFile[] {
  return Array.isArray(value) ? (value as StoredFile[]).filter((f) => typeof f === 'object') : []
}
