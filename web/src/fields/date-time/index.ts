import { instantFull } from '@/i18n/format'
import PlainView from '../PlainView.vue'
import type { FieldType } from '../type'

const dateTime: FieldType = {
  view: PlainView,
  say: (v) => (typeof v === 'string' ? instantFull(v) : ''),
  width: 128,
  order: 'date',
}
export default dateTime
