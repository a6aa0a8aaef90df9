import { ref, shallowRef } from 'vue'
import type { Choice, Field, Kind, Meta, Move, Rec, State } from '@/api/types'

/* The declarations everything is made from. Set once after signing in. */
const meta = shallowRef<Meta>({ kinds: [], choices: {}, children: [] })

export function setMeta(next: Meta): void {
  meta.value = next
}

/* Plural of the kind a page belongs to where its address does not say so: the menu marks it. */
export const kindOfPage = ref('')

export function allKinds(): Kind[] {
  return meta.value.kinds
}

export function kindOf(name: string): Kind | undefined {
  return meta.value.kinds.find((k) => k.name === name) ?? meta.value.children.find((k) => k.name === name)
}

export function kindOfPlural(plural: string): Kind | undefined {
  return meta.value.kinds.find((k) => k.plural === plural)
}

export function fieldOf(kind: Kind, name: string): Field | undefined {
  return kind.fields.find((f) => f.name === name)
}

export function stateField(kind: Kind): Field | undefined {
  return kind.fields.find((f) => f.type === 'state')
}

export function stateOf(kind: Kind, code: string): State | undefined {
  return kind.states.find((s) => s.code === code)
}

/* The state a record is in. */
export function stateIn(kind: Kind, record: Rec): State | undefined {
  const code = record[stateField(kind)?.name ?? '']
  return typeof code === 'string' ? stateOf(kind, code) : undefined
}

export function moveOf(kind: Kind, name: string): Move | undefined {
  return kind.moves.find((m) => m.name === name)
}

export function choiceItems(list: string | null): Choice[] {
  return list ? (meta.value.choices[list]?.items ?? []) : []
}

export function choiceOf(list: string | null, code: string): Choice | undefined {
  return choiceItems(list).find((c) => c.code === code)
}

/* Those that may be chosen for a fact of that day; both ends count. */
export function choicesOn(list: string | null, day: string): Choice[] {
  return choiceItems(list).filter((c) => (!c.valid_from || c.valid_from <= day) && (!c.valid_to || day <= c.valid_to))
}
