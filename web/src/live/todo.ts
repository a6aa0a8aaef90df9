/*
 ** What waits for the reader, kept up to date by the event stream: the workbench and the counts of the menu show the same
 ** answer. Nothing is remembered here beyond the last answer; the server derives it anew each time.
 */
import { shallowRef, watch } from 'vue'
import { todo, type Todo } from '@/api/todo'
import { todayOf } from '@/i18n/format'
import { kindOf } from '@/session/meta'
import { me } from '@/session/session'
import { listen } from './stream'

const GATHER = 400
/* However busy the house is, a page asks no more often than this. */
const REST = 3_000
const ROWS = 20

export const waiting = shallowRef<Todo | null>(null)
export const waitingFailure = shallowRef<unknown>(null)

let timer = 0
let asked = 0

export async function askTodo(): Promise<void> {
  window.clearTimeout(timer)
  timer = 0
  const who = me.value
  if (!who || who.as) return // what waits for somebody else is not shown through these eyes
  asked = Date.now()
  try {
    const answer = await todo(ROWS)
    if (who.id !== me.value?.id) return
    waiting.value = answer
    waitingFailure.value = null
  } catch (e) {
    waitingFailure.value = e
  }
}

function soon(): void {
  if (timer) return
  timer = window.setTimeout(() => void askTodo(), Math.max(GATHER, REST - (Date.now() - asked)))
}

listen({
  change: (c) => {
    if (kindOf(c.kind)?.moves.some((m) => m.expected)) soon()
  },
  resync: soon,
})

watch(todayOf, soon)
watch(
  () => me.value?.id,
  (id) => {
    waiting.value = null
    waitingFailure.value = null
    window.clearTimeout(timer)
    timer = 0
    if (id) void askTodo()
  },
  { immediate: true },
)

/* Of some kinds together; "999+" once a group is not counted to its end. */
export function waitsFor(kinds: string[]): { count: number; capped: boolean } {
  const groups = waiting.value?.groups.filter((g) => kinds.includes(g.kind)) ?? []
  const count = groups.reduce((n, g) => n + g.all.count, 0)
  return { count: Math.min(count, 999), capped: count > 999 || groups.some((g) => g.all.capped) }
}

export function counted(c: { count: number; capped: boolean }): string {
  return c.count + (c.capped ? '+' : '')
}
