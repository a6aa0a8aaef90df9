import { w } from '@/i18n'
import { money as show } from '@/i18n/format'
import PlainView from '../PlainView.vue'
import { outside } from '../integer'
import type { FieldType } from '../type'

const money: FieldType = {
  view: PlainView,
  say: (v) => (typeof v === 'number' ? show(v) : ''),
  check: (v, field) => (typeof v === 'number' ? outside(v, field, show) : w.value.form.badMoney),
  width: 104,
  align: 'right',
  order: 'number',
}
export default money
