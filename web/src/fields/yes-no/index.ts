import { w } from '@/i18n'
import PlainView from '../PlainView.vue'
import YesNoFilter from '../filters/YesNoFilter.vue'
import type { FieldType } from '../type'
import Input from './Input.vue'

const yesNo: FieldType = {
  input: Input,
  view: PlainView,
  filter: YesNoFilter,
  say: (v) => (typeof v === 'boolean' ? (v ? w.value.yes : w.value.no) : ''),
  width: 72,
  order: 'text',
}
export default yesNo
