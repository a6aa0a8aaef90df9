/* Names of records that stand in the address as bare ids or codes. Learnt from answers, asked for once when unknown. */
import { reactive, watch } from 'vue'
import { get, list } from '@/api/records'
import type { Json } from '@/api/types'
import { kindOf } from '@/session/meta'
import { me } from '@/session/session'

const known = reactive(new Map<string, string>())
const asked = new Set<string>()

// the next person may not see the same names
watch(me, (now, before) => {
  if (now?.id === before?.id) return
  known.clear()
  asked.clear()
})

export const OBJECT_KINDS = ['enterprise', 'facility']

export function learn(kind: string, id: number | string, name: string | null): void {
  if (name) known.set(`${kind}:${id}`, name)
}

function titleText(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

async function ask(kind: string, id: string): Promise<void> {
  const kinds = kind === 'object' ? OBJECT_KINDS : [kind]
  for (const name of kinds) {
    const k = kindOf(name)
    if (!k) continue
    try {
      if (kind === 'region') {
        const page = await list(k.plural, { 'code.in': id, limit: 1, count: 'none' })
        const found = page.items[0]
        if (found) learn(kind, id, titleText(found[k.title]))
      } else {
        const found = await get(k.plural, Number(id))
        learn(kind, id, titleText(found[k.title]))
      }
      if (known.has(`${kind}:${id}`)) return
    } catch {
      // outside the reader's scope: the number has to do
    }
  }
}

export function nameOf(kind: string, id: string): string {
  const key = `${kind}:${id}`
  const name = known.get(key)
  if (name) return name
  if (!asked.has(key)) {
    asked.add(key)
    void ask(kind, id)
  }
  return id
}
