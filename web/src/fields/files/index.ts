import { asFiles } from '@/api/records'
import { w } from '@/i18n'
import NoneFilter from '../filters/NoneFilter.vue'
import type { FieldType } from '../type'
import Input from './Input.vue'
import View from './View.vue'

const files: FieldType = {
  input: Input,
  view: View,
  filter: NoneFilter,
  say: (v) =>
    asFiles(v)
      .map((f) => (typeof f === 'object' ? f.name : String(f)))
      .join(w.value.listComma),
  write: (v) => asFiles(v).map((f) => f.id),
  width: 120,
  order: 'text',
}
export default files
