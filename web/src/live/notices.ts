/* One's own notices: how many are unread and the newest of them, kept up to date by the event stream. */
import { ref, shallowRef, watch } from 'vue'
import { notices as ask, readNotice, readNotices, type Notice } from '@/api/notices'
import { me } from '@/session/session'
import { listen } from './stream'

const GATHER = 300
const NEWEST = 20

export const newest = shallowRef<Notice[]>([])
export const unread = ref(0)
/* Goes up whenever something came or was marked: pages that show more than the newest load anew. */
export const told = ref(0)

let timer = 0

async function load(): Promise<void> {
  const who = me.value?.id
  if (!who || me.value?.as) return // notices are one's own, and these eyes are not
  try {
    const page = await ask({ limit: NEWEST })
    if (who !== me.value?.id) return
    newest.value = page.items
    unread.value = page.unread
    told.value += 1
  } catch {
    // the bar at the top says that there is no connection; the stream resyncs afterwards
  }
}

function soon(): void {
  window.clearTimeout(timer)
  timer = window.setTimeout(() => void load(), GATHER)
}

listen({ notice: soon, resync: soon })

export async function markRead(notice: Notice): Promise<void> {
  if (notice.read_at) return
  await readNotice(notice.id)
  soon()
}

export async function markAllRead(): Promise<void> {
  const last = newest.value[0]
  if (!last) return
  await readNotices(last.id)
  await load()
}

watch(
  () => me.value?.id,
  (id) => {
    newest.value = []
    unread.value = 0
    if (id) void load()
  },
  { immediate: true },
)
