/*
 ** What follows once a step is made that others wait for too: the next row of the list the record was opened from that
 ** takes the same step, else the next of the reader's to-do group. Ten are judged without going back between.
 */
import { shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import type { Kind, Move, Rec } from '@/api/types'
import { asText } from '@/fields/type'
import { say, w } from '@/i18n'
import { askTodo, counted, waiting } from '@/live/todo'
import { moveOf } from '@/session/meta'
import { keepPlace, listHolding, neighbour } from './lists'

/* left: how many wait, in words; '' where the list alone knows. */
export type Following = { id: number; move: string; title: string; left: string }

const FAR = 50 /* rows of a list that are looked at */

export function useFollowing(kind: Kind, id: number) {
  const router = useRouter()
  const following = shallowRef<Following | null>(null)

  /* Another step through the record's neighbours keeps the page they were opened from. */
  function heldBy(of: number) {
    const from = String(window.history.state?.back ?? '').split('?')[0]
    return from === `/${kind.plural}` ? listHolding(kind, of) : undefined
  }

  async function inList(move: Move): Promise<Following | null> {
    const held = heldBy(id)
    if (!held) return null
    for (let at = held.at + 1; at <= held.at + FAR; at += 1) {
      const r = await neighbour(held.list, at)
      if (!r) return null
      if (r.moves.includes(move.name)) return { id: r.id, move: move.name, title: titleOf(r), left: '' }
    }
    return null
  }

  const titleOf = (r: Rec) => asText(r[kind.title]) || (r.number ?? String(r.id))
  const groupOf = (move: Move) => waiting.value?.groups.find((g) => g.kind === kind.name && g.move === move.name)

  async function inTodo(move: Move): Promise<Following | null> {
    const before = groupOf(move)?.items.map((i) => i.id) ?? []
    await askTodo()
    const group = groupOf(move)
    const there = group?.items.filter((i) => i.id !== id) ?? []
    const after = before.slice(before.indexOf(id) + 1)
    const next = after.map((n) => there.find((i) => i.id === n)).find((i) => i !== undefined) ?? there[0]
    if (!group || !next) return null
    return {
      id: next.id,
      move: move.name,
      title: next.title,
      left: w.value.record.leftOf(say(group.label), counted(group.all)),
    }
  }

  /* made: the step just made; both outcomes of a decision wait in one group. */
  async function look(made: Move): Promise<void> {
    const move = moveOf(kind, made.other_of ?? made.name)
    following.value = move?.expected ? ((await inList(move)) ?? (await inTodo(move))) : null
  }

  async function goOn(): Promise<void> {
    const next = following.value
    if (!next) return
    const held = heldBy(next.id)
    if (held) {
      held.list.row = held.at
      keepPlace(held.list)
    }
    await router.replace(`/${kind.plural}/${next.id}?decide=${next.move}`)
  }

  return { following, look, goOn }
}
