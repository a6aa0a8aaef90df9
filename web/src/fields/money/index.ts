import { w } from '@/i18n'
import { money as show } from '@/i18n/format'
import PlainView from '../PlainView.vue'
import RangeFilter from '../filters/RangeFilter.vue'
import { outside } from '../integer'
import type { FieldType } from '../type'
import Input from './Input.vue'

const money: FieldType = {
  input: Input,
  view: PlainView,
  filter: RangeFilter,
  say: (v) => (typeof v === 'number' ? show(v) : ''),
  check: (v, field) => (typeof v === 'number' ? outside(v, field, show) : w.value.form.badMoney),
  width: 104,
  align: 'right',
  order: 'number',
}
export default money
