/* The saved view a list is looked at in, with the columns and the density of that view, else one's own. */
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { View, ViewBody } from '@/api/desk'
import type { Kind } from '@/api/types'
import { w } from '@/i18n'
import { listen } from '@/live/stream'
import { sayDone } from '@/live/toast'
import { roomy as ownRoomy } from '@/session/look'
import { allColumns, chooseColumns, chosenColumns, defaultColumns, fetchChosenColumns } from './columns'
import { VIEW } from './filters'
import type { ListAddress } from './useListAddress'
import { addressOf, filterText, sameConditions, useViews } from './views'

const RECOUNT_MS = 3000

export function useListView(kind: Kind, address: ListAddress) {
  const { filters, query, said, inView } = address
  const route = useRoute()
  const router = useRouter()
  const views = useViews(kind)
  const now = computed<View | undefined>(() => {
    const id = route.query[VIEW]
    const named = views.items.value.find((v) => String(v.id) === id)
    return named ?? (id ? undefined : views.items.value.find((v) => sameConditions(addressOf(v), query.value)))
  })
  const whole = computed(() => !now.value && !said.value.length && !filters.value.sort)

  /* A kind opened plainly shows the view that comes first. */
  watch(views.loaded, () => {
    const first = views.items.value.find((v) => v.first)
    if (first && address.shown() && !Object.keys(route.query).length) void router.replace({ query: addressOf(first) })
  })

  /* ---- columns and density ---- */

  const columns = computed(() => allColumns(kind))
  const own = ref(chosenColumns(kind))
  const inHand = shallowRef<{ view: number; columns: string[] | null; roomy: boolean } | null>(null)
  watch(
    now,
    (v) => {
      if (v?.id === inHand.value?.view) return
      inHand.value = v ? { view: v.id, columns: v.columns, roomy: v.density === 'roomy' } : null
    },
    { immediate: true },
  )
  const chosen = computed<string[] | null>({
    get: () => (inHand.value ? inHand.value.columns : own.value),
    set: (keys) => {
      if (inHand.value) inHand.value = { ...inHand.value, columns: keys }
      else {
        own.value = keys
        chooseColumns(kind, keys)
      }
    },
  })
  const roomy = computed<boolean>({
    get: () => (now.value?.density && inHand.value ? inHand.value.roomy : ownRoomy.value),
    set: (yes) => {
      if (now.value?.density && inHand.value) inHand.value = { ...inHand.value, roomy: yes }
      else ownRoomy.value = yes
    },
  })
  const edited = computed(() => {
    const v = now.value
    if (!v) return false
    return (
      !sameConditions(addressOf(v), query.value) ||
      JSON.stringify(v.columns) !== JSON.stringify(chosen.value) ||
      (v.density !== null && (v.density === 'roomy') !== roomy.value)
    )
  })
  /* What was chosen on another device wins over what this one remembers. */
  void fetchChosenColumns(kind).then((keys) => {
    if (keys !== undefined && JSON.stringify(keys) !== JSON.stringify(own.value)) own.value = keys
  })
  const standard = computed(() => defaultColumns(kind))
  const shownColumns = computed(() => {
    const keys = chosen.value ?? standard.value
    return columns.value.filter((c) => c.title || keys.includes(c.key))
  })

  /* ---- saving ---- */

  const failure = shallowRef<unknown>(null)

  function body(name: string): ViewBody {
    return {
      name,
      filter: filterText(query.value),
      sort: filters.value.sort || null,
      columns: chosen.value,
      density: roomy.value ? 'roomy' : 'compact',
      shared: null,
    }
  }

  async function save(name: string): Promise<void> {
    const from = route.fullPath
    failure.value = null
    try {
      const made = await views.make(body(name))
      // whoever has gone on meanwhile stays where he is
      if (route.fullPath === from) await router.replace({ query: addressOf(made) })
      sayDone(w.value.desk.viewSaved(name))
    } catch (e) {
      failure.value = e
    }
  }

  async function keep(): Promise<void> {
    const v = now.value
    if (!v) return
    failure.value = null
    try {
      const { filter, sort, columns: keys, density } = body(v.name)
      await views.change(v, { filter, sort, columns: keys, density })
      sayDone(w.value.desk.viewKept(v.name))
    } catch (e) {
      failure.value = e
    }
  }

  /* Dropping all conditions stays in the view that is looked at. */
  function reset(): void {
    const v = now.value
    void router.replace({ query: v ? addressOf(v) : inView() })
  }

  /* ---- counts of the views ---- */

  let recounting = 0
  const stop = listen({
    change: (c) => {
      if (c.kind !== kind.name || !views.items.value.length) return
      window.clearTimeout(recounting)
      recounting = window.setTimeout(() => void views.load(), RECOUNT_MS)
    },
  })
  onMounted(() => void views.load())
  onBeforeUnmount(() => {
    stop()
    window.clearTimeout(recounting)
  })

  return { views, now, whole, columns, chosen, roomy, edited, standard, shownColumns, failure, save, keep, reset }
}
