import { json, request } from './client'
import type { DemoAccount, Me, Meta } from './types'

export function me(quiet = true): Promise<Me> {
  return json('GET', '/me', { quiet })
}

export function meta(): Promise<Meta> {
  return json('GET', '/meta')
}

export function signIn(name: string, password: string, code?: string): Promise<Me> {
  return json('POST', '/session', { json: { name, password, ...(code ? { code } : {}) }, quiet: true })
}

export async function signOut(): Promise<void> {
  await request('DELETE', '/session', { quiet: true })
}

/* Empty where there are none: 404 everywhere but on a demonstration folder reached from its own machine. */
export async function demoAccounts(): Promise<DemoAccount[]> {
  try {
    return (await json<{ items: DemoAccount[] }>('GET', '/demo-accounts', { quiet: true })).items
  } catch {
    return []
  }
}

export function demoSignIn(name: string): Promise<Me> {
  return json('POST', '/demo-session', { json: { name }, quiet: true })
}

export function nextDay(): Promise<{ now: string; server_day: string }> {
  return json('POST', '/demo/next-day', { json: {} })
}
