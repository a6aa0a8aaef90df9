/* What lies below an area, its name and the way up: for the page of the grid and for picking a place. */
import { isAbort } from '@/api/client'
import { below, boundary, type Feature } from '@/api/grid'
import { get } from '@/api/records'
import { asNamed, asText } from '@/fields/type'
import { ref, shallowRef } from 'vue'
import type { MapArea } from './GridMap.vue'

export type Here = { code: string; name: string; version: number; parent: string | null }

export function mapAreas(list: Feature[]): MapArea[] {
  return list.flatMap((f) =>
    f.geometry
      ? [
          {
            code: f.properties.code,
            name: f.properties.name,
            geometry: f.geometry,
            middle: f.properties.middle,
            size: f.properties.area_m2,
          },
        ]
      : [],
  )
}

export function useAreas() {
  const path = shallowRef<Here[]>([])
  const list = shallowRef<Feature[]>([])
  const drawn = shallowRef<MapArea[]>([])
  const busy = ref(true)
  const failure = shallowRef<unknown>(null)
  const known = new Map<string, Here>()
  let asking: AbortController | null = null

  async function about(code: string, anew: boolean): Promise<Here> {
    const old = known.get(code)
    if (old && !anew) return old
    const r = await get('regions', Number(code))
    const parent = asNamed(r.parent)
    // a parent without a name is not there: the ledger of areas may begin below it
    const above = parent?.name ? String(parent.id) : null
    const here = { code, name: asText(r.name), version: r.version, parent: above }
    known.set(code, here)
    return here
  }

  async function wayTo(code: string): Promise<Here[]> {
    const way: Here[] = []
    for (let at: string | null = code; at && way.length < 8; at = way[0]?.parent ?? null)
      way.unshift(await about(at, at === code))
    return way
  }

  /* code null: down from the top to where there is a choice. A city's ledger begins with its one province. */
  async function load(code: string | null): Promise<void> {
    asking?.abort()
    const mine = new AbortController()
    asking = mine
    busy.value = true
    failure.value = null
    try {
      let at = code
      let found = await below(at, mine.signal)
      while (!code && found.length === 1 && found[0]) {
        at = found[0].properties.code
        found = await below(at, mine.signal)
      }
      const way = at ? await wayTo(at) : []
      let areas = mapAreas(found)
      if (!areas.length && at) {
        const own = await boundary(at, mine.signal).catch((e: unknown) => {
          if (isAbort(e)) throw e
          return null // it has none either
        })
        if (own) areas = mapAreas([own])
      }
      if (mine.signal.aborted) return
      path.value = way
      list.value = found
      drawn.value = areas
    } catch (e) {
      if (!mine.signal.aborted) failure.value = e
    } finally {
      if (!mine.signal.aborted) busy.value = false
    }
  }

  return { path, list, drawn, busy, failure, load }
}
