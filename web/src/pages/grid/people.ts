/* People of an area in the order one would ask them, each once. */
import type { Duty } from '@/api/duty'

const FIRST = ['first_responsible', 'grid_head', 'grid']

function rank(d: Duty): number {
  const at = FIRST.indexOf(d.role)
  return at < 0 ? FIRST.length : at
}

export function inOrder(list: Duty[]): Duty[] {
  return [...list].sort((a, b) => rank(a) - rank(b))
}

/* Somebody with all that he is here. */
export type Holder = { key: string; duty: Duty; roles: Duty[] }

export function holders(list: Duty[]): Holder[] {
  const found = new Map<string, Holder>()
  for (const d of inOrder(list)) {
    const key = `${d.holder.kind}-${d.holder.id}`
    const known = found.get(key)
    if (!known) found.set(key, { key, duty: d, roles: [d] })
    else if (!known.roles.some((r) => r.role === d.role)) known.roles.push(d)
  }
  return [...found.values()]
}
