import { instantFull } from '@/i18n/format'
import PlainView from '../PlainView.vue'
import DayFilter from '../filters/DayFilter.vue'
import type { FieldType } from '../type'
import Input from './Input.vue'

const dateTime: FieldType = {
  input: Input,
  view: PlainView,
  filter: DayFilter,
  say: (v) => (typeof v === 'string' ? instantFull(v) : ''),
  width: 128,
  order: 'date',
}
export default dateTime
