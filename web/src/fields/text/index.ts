import type { Field, Json } from '@/api/types'
import { w } from '@/i18n'
import PlainView from '../PlainView.vue'
import { asText, type FieldType } from '../type'

export function tooLong(value: Json, field: Field): string {
  const now = [...asText(value)].length
  return field.max > 0 && now > field.max ? w.value.form.tooLong(field.max, now) : ''
}

const text: FieldType = {
  view: PlainView,
  say: asText,
  check: tooLong,
  width: 180,
  order: 'text',
}
export default text
