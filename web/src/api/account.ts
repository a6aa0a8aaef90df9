import { json, request } from './client'
import type { Label } from './types'

export type SessionRow = {
  id: string | number
  began_at: string
  seen_at: string
  peer: string | null
  agent: string | null
  current: boolean
}

export type ApiKey = {
  id: string | number
  name: string
  made_at: string
  ends_at: string
  used_at: string | null
  verbs: string[] | null
  kinds: string[] | null
  per_minute: number | null
}

export type Enrolment = { secret: string; uri: string; qr: string }

export type AuditRow = {
  id: string | number
  at: string
  account: { id: number | null; name: string | null } | null
  act: string
  label: Label | null
  kind: string | null
  record: number | null
  version: number | null
  title: string | null
  detail: string | null
  peer: string | null
}

type Items<T> = { items: T[] }

export async function changePassword(old: string, next: string): Promise<void> {
  await request('POST', '/me/password', { json: { old, new: next } })
}

export async function mySessions(): Promise<SessionRow[]> {
  return (await json<Items<SessionRow>>('GET', '/me/sessions')).items
}

export async function endSession(id: string | number): Promise<void> {
  await request('DELETE', `/me/sessions/${id}`)
}

export function startSecond(): Promise<Enrolment> {
  return json('POST', '/me/totp', { json: {} })
}

export function confirmSecond(code: string): Promise<{ recovery: string[] }> {
  return json('POST', '/me/totp/confirm', { json: { code } })
}

export async function stopSecond(password: string, code: string): Promise<void> {
  await request('DELETE', '/me/totp', { json: { password, code } })
}

export async function myKeys(): Promise<ApiKey[]> {
  return (await json<Items<ApiKey>>('GET', '/me/keys')).items
}

export type KeyOrder = { name: string; days: number; verbs?: string[]; kinds?: string[]; per_minute?: number }

export function makeKey(order: KeyOrder): Promise<ApiKey & { key: string }> {
  return json('POST', '/me/keys', { json: order })
}

export async function endKey(id: string | number): Promise<void> {
  await request('DELETE', `/me/keys/${id}`)
}

export type AuditQuery = {
  from?: string
  to?: string
  account?: string
  act?: string
  kind?: string
  after?: string
  limit?: number
}

export function auditPage(query: AuditQuery): Promise<{ items: AuditRow[]; next: string | null }> {
  return json('GET', '/audit', { query })
}

export async function setupOpen(): Promise<boolean> {
  return (await json<{ open: boolean }>('GET', '/setup', { quiet: true })).open
}

export type FirstPerson = { name: string; display_name: string; password: string }

export async function setup(
  code: string,
  people: { system: FirstPerson; security: FirstPerson; audit: FirstPerson },
): Promise<void> {
  await request('POST', '/setup', { json: { code, ...people }, quiet: true })
}
