import { shallowRef } from 'vue'
import { asProblem } from '@/api/client'

/*
 ** Only for the success of an act whose result is already visible; failures are said where they happened. The one act a
 ** toast offers is to take the last one back: when that fails, it is said here, and stays until it is read.
 */
export type Toast = { id: number; text: string; undo?: () => void | Promise<void>; failed?: boolean }

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

export async function undoToast(): Promise<void> {
  const act = toast.value?.undo
  closeToast()
  try {
    await act?.()
  } catch (e) {
    last += 1
    toast.value = { id: last, text: asProblem(e).message, failed: true }
  }
}
