/* What running deadlines tell, and what a person was told. */
import { json, request } from './client'
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

/* A move that is expected of somebody now. No role: whom the record names; no people: nobody holds the role. */
export type Turn = {
  move: string
  due: string | null
  roles: { role: Role | null; unit: string | null; people: { id: number; name: string | null }[] }[]
}

export type Deadlines = { items: Ladder[]; turns: Turn[] }

export function ladder(plural: string, id: number): Promise<Deadlines> {
  return json('GET', `/${plural}/${id}/ladder`)
}

export type Notice = {
  id: number
  at: string
  read_at: string | null
  /* The record has left the reader's scope: nothing else is told. */
  gone: boolean
  cause: string | null
  words: Label | null
  due: string | null
  instead_of: Label | null
  kind: string | null
  record: { kind: string; id: number; number: string | null; title: string | null; state: string | null } | null
  job: number | null
  import: number | null
  /* What a standstill missed: as many of each kind as its list shows with told=ID; 1000 stands for more. */
  gathers: { kind: string; count: number }[] | null
}

export type NoticePage = { items: Notice[]; next: number | null; unread: number }

export function notices(query: { after?: number; limit?: number; unread?: boolean } = {}): Promise<NoticePage> {
  return json('GET', '/me/notices', { query })
}

export async function unreadNotices(): Promise<number> {
  return (await json<{ unread: number }>('GET', '/me/notices/unread')).unread
}

export async function readNotice(id: number): Promise<void> {
  await request('POST', `/me/notices/${id}/read`, { json: {} })
}

/* All up to that one: what came meanwhile stays unread. */
export async function readNotices(up_to: number): Promise<void> {
  await request('POST', '/me/notices/read', { json: { up_to } })
}

export type NoticeSettings = {
  address: string | null
  language: 'zh' | 'en'
  groups: { label: Label; causes: string[]; mail: boolean }[]
  /* False where no mail server is set: nothing is sent. */
  posted: boolean
}

export function noticeSettings(): Promise<NoticeSettings> {
  return json('GET', '/me/notice-settings')
}

export function keepNoticeSettings(s: {
  address: string | null
  language: string
  causes: string[]
}): Promise<NoticeSettings> {
  return json('PUT', '/me/notice-settings', { json: s })
}

export type MailState = 'dead' | 'waiting' | 'sent' | 'void'
export type Mail = {
  id: number
  account: { id: number; name: string | null }
  state: MailState
  made_at: string
  tries: number
  next_at: string | null
  ended_at: string | null
  problem: { code: string; detail: string } | null
}
export type MailPage = { posted: boolean; waiting: number; dead: number; items: Mail[] }

export function mails(state: MailState): Promise<MailPage> {
  return json('GET', '/mails', { query: { state } })
}

export async function mailAgain(id: number): Promise<void> {
  await request('POST', `/mails/${id}/again`, { json: {} })
}
