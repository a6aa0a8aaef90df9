import { w } from '@/i18n'
import { grouped } from '@/i18n/format'
import PlainView from '../PlainView.vue'
import { asText, type FieldType } from '../type'

const decimal: FieldType = {
  view: PlainView,
  say: (v) => grouped(asText(v)),
  check: (v, field) => {
    const m = /^-?\d{1,15}(?:\.(\d+))?$/.exec(asText(v))
    return m && (m[1] ?? '').length <= field.scale ? '' : w.value.form.badDecimal(field.scale)
  },
  width: 96,
  align: 'right',
  order: 'number',
}
export default decimal
