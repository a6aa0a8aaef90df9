/* The rows of a list as its address asks for them, and what hides them where there are none. */
import { computed, ref, shallowRef, watch } from 'vue'
import { list as fetchList } from '@/api/records'
import type { Kind } from '@/api/types'
import { w } from '@/i18n'
import { count } from '@/i18n/format'
import { defaultSort, toQuery, without, type Phrase } from './filters'
import { countAll, openList, reload, start } from './lists'
import type { ListAddress } from './useListAddress'

/* Which conditions hide the rows: those whose absence alone brings some back, and how many. */
export type Hider = { key: string; text: string; count: string }

/* One count per condition, all at once; more are not asked. */
const ASKED = 8

export function useListRows(kind: Kind, address: ListAddress) {
  const { filters, query, sort, said } = address
  /* null: not known yet */
  const hiders = shallowRef<Hider[] | null>(null)
  const list = shallowRef(openList(kind, query.value, defaultSort(kind)))
  /* Rows of the conditions before stay, grey, until the new ones have come. */
  const seen = shallowRef(list.value)
  const stale = computed(() => seen.value !== list.value || (list.value.busy === 'first' && list.value.length > 0))

  async function show(): Promise<void> {
    const next = openList(kind, query.value, sort.value)
    list.value = next
    if (!next.started && !next.busy) await start(next)
    else if (next.old) await reload(next)
    if (list.value === next) {
      seen.value = next
      hiders.value = null
      if (!next.length && said.value.length) void whyEmpty()
    }
  }

  watch(
    query,
    () => {
      if (address.shown()) void show()
    },
    { immediate: true },
  )
  watch(
    () => list.value.started,
    (yes) => {
      if (yes) seen.value = list.value
    },
  )

  async function hider(p: Phrase): Promise<Hider | null> {
    const q = toQuery(without(filters.value, p.key))
    const page = await fetchList(kind.plural, { ...q, limit: 1, count: 'capped' })
    if (!page.total?.count) return null
    return {
      key: p.key,
      text: p.key === 'q' ? filters.value.words : p.label + (p.plain ? w.value.gap : w.value.is) + p.text,
      count: count(page.total.count) + (page.total.capped ? '+' : ''),
    }
  }

  async function whyEmpty(): Promise<void> {
    const asked = query.value
    try {
      const found = await Promise.all(
        said.value
          .filter((p) => p.key !== 'removed')
          .slice(0, ASKED)
          .map(hider),
      )
      if (query.value === asked) hiders.value = found.filter((h) => h !== null)
    } catch {
      // the empty list says what it can without numbers
    }
  }

  const totalText = computed(() => {
    const t = seen.value.total
    return t ? count(t.count) + (t.capped ? '+' : '') : ''
  })
  const counting = ref(false)

  async function countExactly(): Promise<void> {
    counting.value = true
    try {
      await countAll(seen.value)
    } finally {
      counting.value = false
    }
  }

  return { list, seen, stale, hiders, totalText, counting, countExactly }
}
