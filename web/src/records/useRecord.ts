/* One record while it is looked at: what is stored, its course, where it stands today and who supplied what. */
import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'
import { asProblem } from '@/api/client'
import { sources as readSources, standing as readStanding, type Source, type Standing } from '@/api/firm'
import { ladder, type Ladder, type Turn } from '@/api/notices'
import * as api from '@/api/records'
import type { HistoryItem, Kind, Rec } from '@/api/types'
import { learn } from '@/fields/names'
import { w } from '@/i18n'
import { clockTime } from '@/i18n/format'
import { listen } from '@/live/stream'
import { me } from '@/session/session'
import { listHolding, put, rowAt } from './lists'
import { useRelated } from './useRelated'

/* ownMove: one's own move is under way and is told by its own message. */
export function useRecord(kind: Kind, id: number, ownMove: () => boolean) {
  const held = listHolding(kind, id)
  const record = shallowRef<Rec | null>(held ? rowAt(held.list, held.at) : null)
  /* Until then it is the row of a list: as it was when the list was read. */
  const isRead = ref(false)
  const history = shallowRef<HistoryItem[]>([])
  const ladders = shallowRef<Ladder[]>([])
  const turns = shallowRef<Turn[]>([])
  const standing = shallowRef<Standing | null>(null)
  const sources = shallowRef<Source[]>([])
  const failure = shallowRef<unknown>(null)
  /* What happened to it meanwhile. */
  const note = ref('')
  const hasSources = kind.verbs.includes('verify')
  const related = useRelated(kind, id, record)
  /* False once the reader has left this record. */
  const here = ref(true)

  /* Deadlines and turns belong to kinds that have a flow. */
  async function loadLadders(): Promise<void> {
    if (!kind.moves.length) return
    const now = await ladder(kind.plural, id).catch(() => null)
    if (!now) return
    ladders.value = now.items
    turns.value = now.turns
  }

  async function loadBeside(): Promise<void> {
    const [now, from] = await Promise.all([
      kind.standing ? readStanding(kind.plural, id).catch(() => standing.value) : null,
      hasSources ? readSources(kind.plural, id).catch(() => sources.value) : [],
    ])
    standing.value = now
    sources.value = from
  }

  async function load(): Promise<void> {
    void loadLadders()
    try {
      const [r, h] = await Promise.all([
        api.get(kind.plural, id),
        api.history(kind.plural, id).catch(() => history.value),
      ])
      record.value = r
      history.value = h
      failure.value = null
      isRead.value = true
      put(kind.name, r)
      const t = r[kind.title]
      learn(kind.scope === 'is_object' ? 'object' : kind.name, id, typeof t === 'string' ? t : null)
    } catch (e) {
      if (!record.value || asProblem(e).status === 404) failure.value = e
    }
  }

  /* As an act of the reader's has left it. */
  async function took(fresh: Rec): Promise<void> {
    void loadLadders()
    void loadBeside()
    record.value = fresh
    put(kind.name, fresh)
    history.value = await api.history(kind.plural, id).catch(() => history.value)
  }

  async function stale(current: Rec | null): Promise<void> {
    note.value = w.value.record.stale
    if (current) await took(current)
    else await load()
  }

  async function changedElsewhere(): Promise<void> {
    const before = record.value?.version ?? 0
    await load()
    const r = record.value
    const by = r?.changed_by
    const own = ownMove() && by?.id === me.value?.id
    if (r && by && r.version > before && !own)
      note.value = w.value.record.refreshed(by.name ?? w.value.unknownName, clockTime(r.changed_at))
  }

  let timer = 0
  let besideTimer = 0
  const stop = listen({
    change: (c) => {
      if (c.kind === kind.name && c.id === id && c.version > (record.value?.version ?? 0)) {
        window.clearTimeout(timer)
        timer = window.setTimeout(() => void changedElsewhere(), 400)
      } else if (related.related.value.some((r) => r.kind.name === c.kind)) {
        window.clearTimeout(besideTimer)
        besideTimer = window.setTimeout(() => {
          related.refresh(c.kind)
          void loadBeside()
        }, 1000)
      }
    },
    resync: () => void load(),
  })

  onMounted(async () => {
    await load()
    await Promise.all([loadBeside(), related.start()])
  })
  onBeforeUnmount(() => {
    here.value = false
    stop()
    window.clearTimeout(timer)
    window.clearTimeout(besideTimer)
  })

  return { record, isRead, history, ladders, turns, standing, sources, hasSources, failure, note, related, here, took, stale }
}
