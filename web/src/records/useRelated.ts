/* What names a record in other lists: counted at once, read when its tab is opened. */
import { computed, shallowRef, type Ref } from 'vue'
import { counts, type Counted } from '@/api/firm'
import { list } from '@/api/records'
import type { Kind, Page, Rec } from '@/api/types'
import { may } from '@/session/session'
import { relations, type Relation } from './related'

export function useRelated(kind: Kind, id: number, record: Ref<Rec | null>) {
  const related = computed(() => (record.value ? relations(kind, record.value) : []))
  const pages = shallowRef<{ [name: string]: Page }>({})
  const counted = shallowRef<Counted[] | null>(null)

  /* One question for all counts. */
  async function loadCounts(): Promise<void> {
    try {
      counted.value = await counts(kind.plural, id)
    } catch {
      counted.value ??= []
    }
  }

  async function load(r: Relation): Promise<void> {
    try {
      const page = await list(r.kind.plural, { [r.by]: r.value, limit: 20, count: 'capped' })
      pages.value = { ...pages.value, [r.name]: page }
    } catch {
      // what cannot be read stays as it was shown last
    }
  }

  /* What is named in the lines of other records is counted by its own list. */
  function countOf(r: Relation): Pick<Counted, 'count' | 'capped'> | undefined {
    if (r.by !== r.field.name) return pages.value[r.name]?.total ?? undefined
    return counted.value?.find((c) => c.kind === r.kind.name && c.field === r.field.name)
  }

  /* An empty tab is for those who may add to it; what the program alone writes, a hazard that comes back, nobody can. */
  function worthTab(r: Relation): boolean {
    const c = countOf(r)
    return c !== undefined && (c.count > 0 || (may(r.kind, 'create') && !r.field.flags.includes('derived')))
  }

  async function start(): Promise<void> {
    await Promise.all([loadCounts(), ...related.value.filter((r) => r.by !== r.field.name).map(load)])
  }

  /* Rows of that kind have changed. */
  function refresh(name: string): void {
    for (const r of related.value) if (r.kind.name === name && pages.value[r.name]) void load(r)
    void loadCounts()
  }

  return { related, pages, countOf, worthTab, load, start, refresh }
}
