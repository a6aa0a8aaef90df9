import type { Field, Json } from '@/api/types'
import { w } from '@/i18n'
import { count } from '@/i18n/format'
import PlainView from '../PlainView.vue'
import type { FieldType } from '../type'

export function outside(value: number, field: Field, show: (n: number) => string): string {
  if (field.min === 0 && field.max === 0) return ''
  if (value < field.min) return w.value.form.min(show(field.min))
  return field.max > field.min && value > field.max ? w.value.form.max(show(field.max)) : ''
}

/* What counts nothing, a year, keeps its digits together. */
export function digits(value: number, field: Field): string {
  return field.flags.includes('plain') ? String(value) : count(value)
}

const integer: FieldType = {
  view: PlainView,
  say: (v, field) => (typeof v === 'number' ? digits(v, field) : ''),
  check: (v: Json, field) => (typeof v === 'number' ? outside(v, field, (n) => digits(n, field)) : w.value.form.badInteger),
  width: 88,
  align: 'right',
  order: 'number',
}
export default integer
