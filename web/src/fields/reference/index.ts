import { w } from '@/i18n'
import NamedView from '../NamedView.vue'
import NamedFilter from '../filters/NamedFilter.vue'
import { asNamed, type FieldType } from '../type'
import Input from './Input.vue'

const reference: FieldType = {
  input: Input,
  view: NamedView,
  filter: NamedFilter,
  say: (v) => {
    const named = asNamed(v)
    return named ? (named.name ?? w.value.unknownName) : ''
  },
  write: (v) => asNamed(v)?.id ?? null,
  width: 104,
  order: 'text',
}
export default reference
