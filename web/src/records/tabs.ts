/* Conditions a person keeps under a name, on this device. */
import type { Kind } from '@/api/types'
import { me } from '@/session/session'

export type SavedTab = { name: string; query: { [name: string]: string } }

const key = (kind: Kind) => `anlan.tabs.${me.value?.id ?? 0}.${kind.name}`

export function savedTabs(kind: Kind): SavedTab[] {
  try {
    return JSON.parse(localStorage.getItem(key(kind)) ?? '[]') as SavedTab[]
  } catch {
    return []
  }
}

export function saveTabs(kind: Kind, tabs: SavedTab[]): void {
  localStorage.setItem(key(kind), JSON.stringify(tabs))
}

export function sameQuery(a: { [name: string]: string }, b: { [name: string]: string }): boolean {
  const text = (q: { [name: string]: string }) => JSON.stringify(Object.entries(q).sort(([x], [y]) => (x < y ? -1 : 1)))
  return text(a) === text(b)
}
