import { w } from '@/i18n'
import NamedView from '../NamedView.vue'
import { asNamed, type FieldType } from '../type'

const reference: FieldType = {
  view: NamedView,
  say: (v) => {
    const named = asNamed(v)
    return named ? (named.name ?? w.value.unknownName) : ''
  },
  write: (v) => asNamed(v)?.id ?? null,
  width: 104,
  order: 'text',
}
export default reference
