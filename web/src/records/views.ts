/*
 ** Saved views of a list: conditions, sort, columns and density under a name. They are the server's, so they are the same
 ** on every device. Which one is looked at stands in the address beside its conditions; changed conditions stay changed
 ** until they are kept.
 */
import { ref, shallowRef, type Ref } from 'vue'
import * as api from '@/api/desk'
import type { Density, View, ViewBody, ViewChange } from '@/api/desk'
import type { Kind, Total } from '@/api/types'
import { me } from '@/session/session'
import { VIEW } from './filters'

export type Plain = { [name: string]: string }

/* The address of a view: its conditions and its number. */
export function addressOf(v: View): Plain {
  const out: Plain = { [VIEW]: String(v.id) }
  for (const [name, value] of new URLSearchParams(v.filter)) out[name] = value
  if (v.sort) out.sort = v.sort
  return out
}

export function filterText(query: Plain): string {
  const parts = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (name !== 'sort' && name !== VIEW && value) parts.append(name, value)
  return parts.toString()
}

function sorted(query: Plain): string {
  const some = Object.entries(query).filter(([name, value]) => name !== VIEW && value)
  return JSON.stringify(some.sort(([x], [y]) => (x < y ? -1 : 1)))
}

export function sameConditions(a: Plain, b: Plain): boolean {
  return sorted(a) === sorted(b)
}

export type Views = {
  items: Ref<View[]>
  all: Ref<Total | null>
  loaded: Ref<boolean>
  load: () => Promise<void>
  make: (body: ViewBody) => Promise<View>
  change: (v: View, body: ViewChange) => Promise<View>
  remove: (v: View) => Promise<void>
}

export function useViews(kind: Kind): Views {
  const items = shallowRef<View[]>([])
  const all = shallowRef<Total | null>(null)
  const loaded = ref(false)

  /* A view is its owner's alone: through somebody else's eyes there are none. Without them the list works as well. */
  async function load(): Promise<void> {
    if (me.value?.as) return
    try {
      const answer = await api.views(kind.name)
      items.value = answer.items
      all.value = answer.all
    } catch {
      // the list says by itself that the server is not there
    } finally {
      loaded.value = true
    }
  }

  async function make(body: ViewBody): Promise<View> {
    const made = await api.makeView(kind.name, body)
    items.value = [...items.value, made]
    return made
  }

  async function change(v: View, body: ViewChange): Promise<View> {
    const fresh = await api.changeView(v.id, body)
    items.value = items.value.map((x) => (x.id === v.id ? fresh : body.first ? { ...x, first: false } : x))
    if (body.place !== undefined) await load()
    return fresh
  }

  async function remove(v: View): Promise<void> {
    await api.removeView(v.id)
    items.value = items.value.filter((x) => x.id !== v.id)
  }

  return { items, all, loaded, load, make, change, remove }
}

export function capped(t: Total | null): string {
  return t ? (t.capped || t.count > 999 ? '999+' : String(t.count)) : ''
}

export type { Density, View }
