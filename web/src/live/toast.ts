import { shallowRef } from 'vue'

/* Only for the success of an act whose result is already visible; failures are said where they happened. */
export type Toast = { id: number; text: string; undo?: () => void | Promise<void> }

export const toast = shallowRef<Toast | null>(null)

let timer = 0
let last = 0

export function sayDone(text: string, undo?: () => void | Promise<void>): void {
  last += 1
  toast.value = { id: last, text, undo }
  window.clearTimeout(timer)
  timer = window.setTimeout(closeToast, undo ? 10_000 : 4_000)
}

export function closeToast(): void {
  window.clearTimeout(timer)
  toast.value = null
}
