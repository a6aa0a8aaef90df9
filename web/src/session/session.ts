import { ref, shallowRef } from 'vue'
import { Problem, setHooks, setSeeAs } from '@/api/client'
import * as api from '@/api/session'
import type { Kind, Me } from '@/api/types'
import { languageTag } from '@/i18n'
import { setServerClock } from '@/i18n/format'
import { listen, startLive, stopLive } from '@/live/stream'
import { allKinds, setMeta } from './meta'

export const me = shallowRef<Me | null>(null)
export const ended = ref(false)
export const online = ref(true)

let started: Promise<boolean> | null = null

/* The person looked through, for this tab alone: a reload goes on, a new tab is oneself. */
const AS = 'anlan.as'
setSeeAs(Number(sessionStorage.getItem(AS) ?? 0))

export function seeAs(account: number): void {
  if (account) sessionStorage.setItem(AS, String(account))
  else sessionStorage.removeItem(AS)
  location.assign('/')
}

async function enter(who: Me): Promise<void> {
  setServerClock(who.now)
  setMeta(await api.meta())
  me.value = who
  ended.value = false
  startLive()
}

/* A demonstration's clock may have been moved on by somebody else. */
listen({
  resync: () => {
    if (me.value?.demo)
      void api
        .me()
        .then((who) => setServerClock(who.now))
        .catch(() => undefined)
  },
})

export async function nextDay(): Promise<void> {
  setServerClock((await api.nextDay()).now)
}

/* True when somebody is signed in. Asks the server once; a failure to reach it is thrown and may be tried again. */
export function ready(): Promise<boolean> {
  if (me.value) return Promise.resolve(true)
  started ??= (async () => {
    try {
      await enter(await api.me())
      return true
    } catch (e) {
      if (e instanceof Problem && e.status === 401) return false
      throw e
    } finally {
      started = null
    }
  })()
  return started
}

export async function signIn(name: string, password: string, code?: string): Promise<void> {
  await enter(await api.signIn(name, password, code))
}

export async function demoSignIn(name: string): Promise<void> {
  await enter(await api.demoSignIn(name))
}

export async function signOut(): Promise<void> {
  try {
    await api.signOut()
  } finally {
    leave()
  }
}

function leave(): void {
  sessionStorage.removeItem(AS)
  setSeeAs(0)
  stopLive()
  me.value = null
}

/* Through somebody else's eyes one only reads. */
export function can(kind: string, verb: string): boolean {
  if (me.value?.as && verb !== 'read') return false
  return me.value?.verbs[kind]?.includes(verb) ?? false
}

/* What belongs to no record: "manage" people, read the "audit" trail, "operate" the program. */
export function hasRight(right: string): boolean {
  return (!me.value?.as && me.value?.rights?.includes(right)) ?? false
}

/* Asked anew after something about oneself has changed. */
export async function refreshMe(): Promise<void> {
  me.value = await api.me()
}

/* The kind allows it and the person may. */
export function may(kind: Kind, verb: string): boolean {
  return kind.verbs.includes(verb) && can(kind.name, verb)
}

export function readableKinds(): Kind[] {
  return allKinds().filter((k) => can(k.name, 'read'))
}

/* Another tab may have signed in as somebody else meanwhile: what stands here is then not this person's. */
async function checkPerson(): Promise<void> {
  if (document.visibilityState !== 'visible' || !me.value) return
  try {
    const now = await api.me(false)
    setServerClock(now.now)
    if (now.id !== me.value.id) location.reload()
  } catch {
    // signed out is handled where the answer arrives; no connection is told by the bar
  }
}

document.addEventListener('visibilitychange', () => void checkPerson())

/* Signed in elsewhere, the cookie ran out, or the server was restarted: the router shows the sign-in page. */
export function onSignedOut(act: () => void): void {
  setHooks({
    language: languageTag,
    reached: (yes) => {
      online.value = yes
    },
    signedOut: () => {
      if (!me.value) return
      leave()
      ended.value = true
      act()
    },
  })
}
