import { onBeforeUnmount, ref, watch, type Ref } from 'vue'
import type { Field, Values } from '@/api/types'
import { clockTime, instantShort } from '@/i18n/format'
import { draftKey, dropDraft, loadDraft, saveDraft } from './draft'

const WAIT = 800

/* Keeps a form's values while they are typed. `back` says when the values that were found again had been kept. */
export function useDraft(
  parts: () => (string | number)[],
  fields: () => Field[],
  values: Ref<Values>,
  version?: () => number,
) {
  const saved = ref('')
  const failed = ref(false)
  const back = ref('')
  let timer = 0
  let resting = true

  function start(): void {
    stop()
    const d = loadDraft(draftKey(...parts()))
    back.value = ''
    if (d) {
      values.value = { ...values.value, ...d.values }
      back.value = instantShort(new Date(d.at).toISOString())
    }
    resting = false
  }

  function keep(): void {
    window.clearTimeout(timer)
    timer = 0
    const at = saveDraft(draftKey(...parts()), fields(), values.value, version?.())
    failed.value = at === 0
    if (at) saved.value = clockTime(at)
  }

  function stop(): void {
    window.clearTimeout(timer)
    timer = 0
    resting = true
    saved.value = ''
  }

  /* Saved for good, or not wanted any more. */
  function drop(): void {
    stop()
    back.value = ''
    dropDraft(draftKey(...parts()))
  }

  watch(
    values,
    () => {
      if (resting) return
      window.clearTimeout(timer)
      timer = window.setTimeout(keep, WAIT)
    },
    { flush: 'sync' },
  )

  const flush = () => {
    if (timer) keep()
  }
  window.addEventListener('pagehide', flush)
  onBeforeUnmount(() => {
    flush()
    window.removeEventListener('pagehide', flush)
  })

  return { saved, failed, back, start, drop, resume: () => (resting = false), stop }
}
