/* The conditions and the order of a list: its address holds them, so that a link, a reload and the way back show the same. */
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Kind } from '@/api/types'
import { defaultSort, parse, phrases, toQuery, VIEW, type Filters } from './filters'
import type { Plain } from './views'

export function useListAddress(kind: Kind) {
  const route = useRoute()
  const router = useRouter()

  /* What stays in the address when conditions change. */
  function inView(): Plain {
    const id = route.query[VIEW]
    return typeof id === 'string' ? { [VIEW]: id } : {}
  }

  const filters = computed<Filters>({
    get: () => parse(kind, route.query),
    set: (f) => void router.replace({ query: { ...toQuery(f), ...inView() } }),
  })
  const query = computed(() => toQuery(filters.value))
  const sort = computed(() => filters.value.sort || defaultSort(kind))
  const said = computed(() => phrases(kind, filters.value))

  function sortBy(next: string): void {
    filters.value = { ...filters.value, sort: next === defaultSort(kind) ? '' : next }
  }

  /* Another list, or none, may have the address while this one is left. */
  const shown = () => route.name === 'list'

  return { filters, query, sort, said, inView, sortBy, shown }
}

export type ListAddress = ReturnType<typeof useListAddress>
