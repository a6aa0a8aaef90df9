/*
 ** The reader's own background jobs, kept up to date by the event stream. A job that says nothing for a while is asked
 ** about: the stream may have been down at the moment it ended.
 */
import { computed, ref, shallowRef, watch } from 'vue'
import { getJob, isOpen, ownJobs, type Job } from '@/api/jobs'
import { serverNow } from '@/i18n/format'
import { me } from '@/session/session'
import { listen } from './stream'

const QUIET = 4_000
const GATHER = 200

/* Newest first. */
export const jobs = shallowRef<Job[]>([])
export const openJobs = computed(() => jobs.value.filter(isOpen))
/* Checks end on the page of their import, where the result is; only one that goes on, or failed, is told here. */
export const worthTelling = computed(() =>
  jobs.value.filter((j) => j.type !== 'import_check' || isOpen(j) || j.state === 'failed'),
)

/* Jobs that ended since the reader last looked, told on this device. */
const seenAt = ref('')
/* The page that asked for them shows how they went: no news. */
const shownElsewhere = ref(new Set<number>())
export const newlyEnded = computed(() =>
  worthTelling.value.filter((j) => j.ended_at !== null && j.ended_at > seenAt.value && !shownElsewhere.value.has(j.id)),
)

export function shownByPage(id: number, yes = true): void {
  const next = new Set(shownElsewhere.value)
  if (yes) next.add(id)
  else next.delete(id)
  shownElsewhere.value = next
}

const key = () => `anlan.jobs.${me.value?.id ?? 0}`

export function lookedAtJobs(): void {
  const last = jobs.value.map((j) => j.ended_at ?? '').reduce((a, b) => (a > b ? a : b), seenAt.value)
  seenAt.value = last
  localStorage.setItem(key(), last)
}

const heardAt = new Map<number, number>()
const timers = new Map<number, number>()

export function takeJob(job: Job): void {
  heardAt.set(job.id, Date.now())
  const known = jobs.value.some((j) => j.id === job.id)
  jobs.value = known ? jobs.value.map((j) => (j.id === job.id ? job : j)) : [job, ...jobs.value]
}

export function jobOf(id: number | null | undefined): Job | undefined {
  return id ? jobs.value.find((j) => j.id === id) : undefined
}

async function ask(id: number): Promise<void> {
  heardAt.set(id, Date.now())
  try {
    takeJob(await getJob(id))
  } catch {
    // asked again when it is quiet for too long
  }
}

async function load(): Promise<void> {
  const who = me.value?.id
  if (me.value?.as) return // jobs are one's own, and these eyes are not
  try {
    const all = await ownJobs()
    if (who === me.value?.id) jobs.value = all
  } catch {
    // the bar at the top says that there is no connection; the stream resyncs afterwards
  }
}

listen({
  job: (id) => {
    if (timers.has(id)) return
    timers.set(
      id,
      window.setTimeout(() => {
        timers.delete(id)
        void ask(id)
      }, GATHER),
    )
  },
  resync: () => void load(),
})

let beat = 0
watch(openJobs, (now) => {
  if (now.length && !beat)
    beat = window.setInterval(() => {
      for (const j of openJobs.value) if (Date.now() - (heardAt.get(j.id) ?? 0) > QUIET) void ask(j.id)
    }, 1_000)
  else if (!now.length) {
    window.clearInterval(beat)
    beat = 0
  }
})

watch(
  () => me.value?.id,
  (id) => {
    jobs.value = []
    heardAt.clear()
    if (!id) return
    // what ended before this device was used for the first time is no news
    seenAt.value = localStorage.getItem(key()) ?? new Date(serverNow()).toISOString()
    void load()
  },
  { immediate: true },
)
