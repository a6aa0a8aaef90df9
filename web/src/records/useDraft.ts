/*
 ** Keeps a form's values while they are typed: by the server, sealed, so that they survive a reload, another window and
 ** another device; what is not personal on this device too, until the server has it.
 */
import { computed, onBeforeUnmount, ref, shallowRef, watch, type Ref } from 'vue'
import { asProblem } from '@/api/client'
import * as api from '@/api/desk'
import type { Field, Values } from '@/api/types'
import { clockTime, instantShort } from '@/i18n/format'
import { dropLocal, loadLocal, saveLocal } from './draft'

const WAIT = 800

export type DraftState = ReturnType<typeof useDraft>

export function useDraft(
  parts: () => (string | number)[],
  fields: () => Field[],
  values: Ref<Values>,
  version?: () => number,
) {
  const saved = ref('')
  const failed = ref(false)
  /* When what was found again had been kept; '' when nothing was. */
  const back = ref('')
  /* The record is newer than what was found. */
  const outdated = ref(false)
  /* Another window has kept the same form later. */
  const other = shallowRef<api.Draft | null>(null)
  let form = ''
  let seen: string | null = null
  let timer = 0
  let resting = true
  /* One request after the other: what is dropped must not come back by one that was under way. */
  let line: Promise<unknown> = Promise.resolve()

  function next<T>(act: () => Promise<T>): Promise<T> {
    const done = line.then(act, act)
    line = done.catch(() => undefined)
    return done
  }

  function fill(found: Values): void {
    const known = new Set(fields().map((f) => f.name))
    values.value = { ...values.value, ...Object.fromEntries(Object.entries(found).filter(([n]) => known.has(n))) }
  }

  /* Looks for what was typed before; what is typed meanwhile stays. */
  async function start(): Promise<void> {
    stop()
    form = parts().join('.')
    const mine = form
    const before = { ...values.value }
    const local = loadLocal(form)
    back.value = ''
    outdated.value = false
    other.value = null
    seen = null
    resting = false
    let kept: api.Draft | null = null
    try {
      kept = await next(() => api.draft(mine))
    } catch {
      // without the server there is what this device has
    }
    if (form !== mine || resting) return
    seen = kept?.at ?? null
    const newer = local && local.at > Date.parse(kept?.at ?? '1970-01-01T00:00:00Z') ? local : null
    const found = { ...kept?.values, ...newer?.values }
    if (!Object.keys(found).length) return
    const typed = Object.fromEntries(
      Object.entries(values.value).filter(([n, v]) => JSON.stringify(v) !== JSON.stringify(before[n])),
    )
    fill({ ...found, ...typed })
    back.value = instantShort(newer ? new Date(newer.at).toISOString() : (kept?.at ?? ''))
    outdated.value = !!kept?.version && !!version && kept.version < version()
  }

  async function send(): Promise<void> {
    const mine = form
    const body = JSON.parse(JSON.stringify(values.value)) as Values
    try {
      const at = await next(() => api.keepDraft(mine, body, version?.() ?? null, seen))
      if (form !== mine || resting) return
      seen = at
      failed.value = false
      saved.value = clockTime(at)
      if (!timer) dropLocal(mine)
    } catch (e) {
      if (form !== mine || resting) return
      if (asProblem(e).body.code === 'draft.newer') other.value = await api.draft(mine).catch(() => null)
      else failed.value = true
    }
  }

  function keep(): void {
    window.clearTimeout(timer)
    timer = 0
    saveLocal(form, fields(), values.value)
    if (!other.value) void send()
  }

  function stop(): void {
    window.clearTimeout(timer)
    timer = 0
    resting = true
    saved.value = ''
    failed.value = false
  }

  /* Saved for good, or not wanted any more. */
  function drop(): void {
    const mine = form
    stop()
    back.value = ''
    outdated.value = false
    other.value = null
    seen = null
    dropLocal(mine)
    void next(() => api.dropDraft(mine)).catch(() => undefined)
  }

  function takeOther(): void {
    const o = other.value
    if (!o) return
    seen = o.at
    other.value = null
    resting = true
    fill(o.values)
    back.value = instantShort(o.at)
    resting = false
  }

  function keepMine(): void {
    seen = other.value?.at ?? null
    other.value = null
    keep()
  }

  watch(
    values,
    () => {
      if (resting) return
      window.clearTimeout(timer)
      timer = window.setTimeout(keep, WAIT)
    },
    { flush: 'sync' },
  )

  const flush = () => {
    if (timer) keep()
  }
  window.addEventListener('pagehide', flush)
  onBeforeUnmount(() => {
    flush()
    window.removeEventListener('pagehide', flush)
  })

  return {
    saved,
    failed,
    back,
    outdated,
    otherAt: computed(() => (other.value ? instantShort(other.value.at) : '')),
    start,
    drop,
    takeOther,
    keepMine,
    resume: () => (resting = false),
    stop,
  }
}
