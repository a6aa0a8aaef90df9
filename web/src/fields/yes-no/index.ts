import { w } from '@/i18n'
import PlainView from '../PlainView.vue'
import type { FieldType } from '../type'

const yesNo: FieldType = {
  view: PlainView,
  say: (v) => (typeof v === 'boolean' ? (v ? w.value.yes : w.value.no) : ''),
  width: 72,
  order: 'text',
}
export default yesNo
