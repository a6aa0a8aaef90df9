import { shallowRef, type Component } from 'vue'
import type { Field, FieldTypeName } from '@/api/types'

/* Filters and the pickers behind them are a file of their own, fetched when the first of them is opened: a list is on a
   phone's screen without them. */
const fetched = shallowRef<{ [name in FieldTypeName]: Component | null }>()

export async function fetchFilters(): Promise<void> {
  fetched.value ??= (await import('./all')).filters
}

/* null: a list cannot be narrowed by it, or fetchFilters() has not ended yet. */
export function filterOf(field: Field): Component | null {
  return fetched.value?.[field.type] ?? null
}
