/*
 ** The rows of an import, fetched by pages as they come into view. The whole sheet is addressed by row number, so that
 ** the scroll bar reaches any row at once; rows of one verdict come in their order, page after page.
 */
import { computed, ref, shallowRef } from 'vue'
import { isAbort } from '@/api/client'
import { importRows, type ImportRow, type ProblemGroup, type Verdict } from '@/api/imports'

const PAGE = 200
/* More corrected rows than this are fetched again by pages, not one by one. */
const ONE_BY_ONE = 24

/* Rows to put right, rows found twice, all, or those of one group of faults. */
export type Shown = 'fix' | 'dup' | 'all' | 'group'

export type Selection = { verdict: Verdict | ''; group: ProblemGroup | null }

export function inGroup(r: ImportRow, g: ProblemGroup): boolean {
  return r.problems.some((p) => p.level === g.level && p.field === g.field && p.message === g.message)
}

export function useRows(id: number) {
  const byRow = new Map<number, ImportRow>()
  const loaded = new Set<number>()
  const asked = new Set<number>()
  const listed = shallowRef<ImportRow[]>([])
  const next = ref<number | null>(0)
  const first = ref(1)
  const last = ref(0)
  const changes = ref(0)
  const busy = ref(false)
  const failure = shallowRef<unknown>(null)
  const selection = shallowRef<Selection>({ verdict: '', group: null })
  let stop = new AbortController()

  const whole = computed(() => selection.value.verdict === '' && selection.value.group === null)
  const lines = computed(() => (whole.value ? Math.max(0, last.value - first.value + 1) : listed.value.length))

  function at(line: number): ImportRow | undefined {
    if (!whole.value) return listed.value[line]
    return changes.value >= 0 ? byRow.get(first.value + line) : undefined
  }

  /* Line of a row in what is shown now; −1 where it is not. */
  function lineOf(row: number): number {
    return whole.value ? row - first.value : listed.value.findIndex((r) => r.row === row)
  }

  /* A row without an answer is one the reader skipped: it was empty. */
  function isKnown(line: number): boolean {
    return !whole.value || (changes.value >= 0 && loaded.has(Math.floor(line / PAGE)))
  }

  async function page(chunk: number): Promise<void> {
    if (loaded.has(chunk) || asked.has(chunk)) return
    asked.add(chunk)
    const signal = stop.signal
    try {
      const start = first.value + chunk * PAGE
      const answer = await importRows(id, { after: start - 1, limit: PAGE }, signal)
      for (let n = start; n < start + PAGE; n += 1) byRow.delete(n)
      for (const r of answer.items) byRow.set(r.row, r)
      loaded.add(chunk)
      const end = answer.items[answer.items.length - 1]?.row ?? start - 1
      // skipped empty rows make the sheet longer than its rows
      if (end > last.value) last.value = end
      if (answer.next !== null && end >= last.value) last.value = end + PAGE
      else if (answer.next === null && answer.items.length && end < last.value) last.value = end
      failure.value = null
      changes.value += 1
    } catch (e) {
      if (!isAbort(e)) failure.value = e
    } finally {
      if (signal === stop.signal) asked.delete(chunk)
    }
  }

  async function more(wanted: number): Promise<void> {
    if (busy.value) return
    busy.value = true
    const signal = stop.signal
    try {
      while (next.value !== null && listed.value.length < wanted) {
        const { verdict, group } = selection.value
        const answer = await importRows(
          id,
          { verdict: verdict || undefined, after: next.value || undefined, limit: PAGE },
          signal,
        )
        const fresh = group ? answer.items.filter((r) => inGroup(r, group)) : answer.items
        listed.value = listed.value.concat(fresh)
        next.value = answer.next
      }
      failure.value = null
    } catch (e) {
      if (!isAbort(e)) failure.value = e
    } finally {
      if (signal === stop.signal) busy.value = false
    }
  }

  /* These lines are in view. */
  function need(from: number, to: number): void {
    if (failure.value) return
    if (!whole.value) {
      if (to + 50 > listed.value.length) void more(to + PAGE)
      return
    }
    for (let c = Math.floor(Math.max(0, from) / PAGE); c <= Math.floor(Math.max(0, to) / PAGE); c += 1) void page(c)
  }

  function begin(): void {
    stop.abort()
    stop = new AbortController()
    asked.clear()
    busy.value = false
    failure.value = null
  }

  function select(s: Selection): void {
    begin()
    selection.value = s
    listed.value = []
    next.value = 0
  }

  /* The sheet was read anew: nothing known holds any more. */
  function restart(firstRow: number, count: number): void {
    begin()
    byRow.clear()
    loaded.clear()
    first.value = firstRow
    last.value = firstRow + count - 1
    listed.value = []
    next.value = 0
    changes.value += 1
  }

  /* Checked anew: rows keep their place and take the new verdicts. Corrected rows stay listed until another choice. */
  async function refresh(rows: number[] | null): Promise<void> {
    if (rows && rows.length <= ONE_BY_ONE) {
      const signal = stop.signal
      try {
        const fresh = await Promise.all(rows.map((n) => importRows(id, { after: n - 1, limit: 1 }, signal)))
        const news = new Map(fresh.flatMap((a) => a.items).map((r) => [r.row, r]))
        for (const [n, r] of news) if (byRow.has(n)) byRow.set(n, r)
        listed.value = listed.value.map((r) => news.get(r.row) ?? r)
        changes.value += 1
      } catch (e) {
        if (!isAbort(e)) failure.value = e
      }
      return
    }
    begin()
    loaded.clear()
    changes.value += 1
    if (whole.value) return
    const there = listed.value.length
    const old = listed.value
    listed.value = []
    next.value = 0
    await more(Math.max(PAGE, Math.min(there, 2000)))
    if (failure.value) listed.value = old
  }

  return { lines, whole, selection, busy, failure, changes, next, at, lineOf, isKnown, need, select, restart, refresh }
}

export type Rows = ReturnType<typeof useRows>
