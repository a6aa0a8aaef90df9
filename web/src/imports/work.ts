/*
 ** One import as this page works on it: what the server knows, the changes on their way, the job that runs. Changes go
 ** one after the other; corrected cells are gathered for a moment and sent together.
 */
import { computed, onBeforeUnmount, ref, shallowRef, watch } from 'vue'
import { asProblem } from '@/api/client'
import {
  changeImport,
  getImport,
  runImport,
  undoImport,
  type Import,
  type ImportChanges,
  type ImportState,
} from '@/api/imports'
import { isOpen } from '@/api/jobs'
import { newKey } from '@/api/records'
import { jobOf, shownByPage, takeJob } from '@/live/jobs'

const GATHER = 500
const AGAIN = 700

const WORKING: ImportState[] = ['checking', 'importing', 'undoing']

/* What has to be looked at again after a check: the whole sheet, all verdicts, or a few rows. */
export type Checked = { sheet: boolean; rows: number[] | null }

export function useImport(id: number, checked: (what: Checked) => void) {
  const item = shallowRef<Import | null>(null)
  const failure = shallowRef<unknown>(null)
  const actFailure = shallowRef<{ act: 'change' | 'run' | 'undo'; error: unknown } | null>(null)
  const changing = ref(false)
  const starting = ref(false)
  const cells = ref<{ [cell: string]: string }>({})
  const runKey = newKey()

  let waiting: { [cell: string]: string | null } = {}
  let gather = 0
  let again = 0
  let line: Promise<void> = Promise.resolve()
  let gone = false
  /* Changes that were sent while the check of the one before still ran. */
  let due: Checked | null = null
  let read = false // how long the sheet is, is known from its first finished check on

  const working = computed(() => item.value !== null && WORKING.includes(item.value.state))
  const job = computed(() => {
    const j = item.value?.job
    return j ? (jobOf(j.id) ?? j) : null
  })

  function took(fresh: Import): void {
    item.value = fresh
    if (fresh.job && isOpen(fresh.job)) {
      takeJob(fresh.job)
      shownByPage(fresh.job.id)
    }
    if (WORKING.includes(fresh.state)) return follow()
    if (due) {
      const what = due
      due = null
      checked(what)
    }
    // what was corrected while a long check ran
    if (fresh.state === 'checked') sendCells()
  }

  /* The job tells when it ends; the import is asked for then, and once more where it is not told yet. */
  function follow(): void {
    window.clearTimeout(again)
    if (gone || (job.value && isOpen(job.value))) return
    again = window.setTimeout(() => void load(), AGAIN)
  }
  watch(
    () => (job.value ? isOpen(job.value) : false),
    (open, before) => {
      if (before && !open && working.value) void load()
    },
  )

  async function load(): Promise<void> {
    const first = item.value === null
    const was = item.value?.state
    try {
      const fresh = await getImport(id)
      if (gone) return
      failure.value = null
      if ((first || was === 'checking') && fresh.state === 'checked') {
        due = read ? (due ?? { sheet: false, rows: null }) : { sheet: true, rows: null }
        read = true
      }
      took(fresh)
    } catch (e) {
      if (gone) return
      if (item.value === null || asProblem(e).status === 404) failure.value = e
      else follow()
    }
  }

  function send(changes: ImportChanges, what: Checked): Promise<void> {
    line = line.then(async () => {
      changing.value = true
      try {
        const fresh = await changeImport(id, changes)
        if (gone) return
        actFailure.value = null
        due = due ? { sheet: due.sheet || what.sheet, rows: joined(due.rows, what.rows) } : what
        took(fresh)
      } catch (e) {
        actFailure.value = { act: 'change', error: e }
        // what was not stored must not look stored
        if (changes.cells)
          cells.value = Object.fromEntries(Object.entries(cells.value).filter(([c]) => !(c in (changes.cells ?? {}))))
      } finally {
        changing.value = false
      }
    })
    return line
  }

  function joined(a: number[] | null, b: number[] | null): number[] | null {
    return a && b ? [...new Set([...a, ...b])] : null
  }

  function sendCells(): void {
    window.clearTimeout(gather)
    const some = waiting
    if (!Object.keys(some).length || item.value?.state === 'checking') return
    waiting = {}
    const rows = Object.keys(some).map((c) => Number(c.replace(/\D/g, '')))
    void send({ cells: some }, { sheet: false, rows: [...new Set(rows)] })
  }

  /* null: as the file has it. */
  function fix(some: { [cell: string]: string | null }): void {
    const next = { ...cells.value }
    for (const [cell, text] of Object.entries(some)) {
      if (text === null) delete next[cell]
      else next[cell] = text
      waiting[cell] = text
    }
    cells.value = next
    window.clearTimeout(gather)
    gather = window.setTimeout(sendCells, GATHER)
  }

  function change(changes: ImportChanges): Promise<void> {
    sendCells()
    const sheet = changes.sheet !== undefined || changes.header_row !== undefined
    if (sheet) cells.value = {}
    return send(changes, { sheet, rows: null })
  }

  async function act(name: 'run' | 'undo'): Promise<void> {
    sendCells()
    await line
    if (actFailure.value?.act === 'change' || starting.value) return
    starting.value = true
    actFailure.value = null
    try {
      took(await (name === 'run' ? runImport(id, runKey) : undoImport(id)))
    } catch (e) {
      actFailure.value = { act: name, error: e }
    } finally {
      starting.value = false
    }
  }

  /* On a second device, or after the laptop slept: as it is now. */
  function visible(): void {
    if (document.visibilityState === 'visible' && !changing.value && item.value) void load()
  }

  document.addEventListener('visibilitychange', visible)
  window.addEventListener('pagehide', sendCells)
  onBeforeUnmount(() => {
    sendCells()
    gone = true
    // the end of what still runs is told in the top bar instead
    if (job.value && isOpen(job.value)) shownByPage(job.value.id, false)
    window.clearTimeout(again)
    document.removeEventListener('visibilitychange', visible)
    window.removeEventListener('pagehide', sendCells)
  })

  return { item, failure, actFailure, changing, starting, working, job, cells, load, fix, change, act }
}
