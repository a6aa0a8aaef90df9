import { asFiles } from '@/api/records'
import { w } from '@/i18n'
import type { FieldType } from '../type'
import View from './View.vue'

const files: FieldType = {
  view: View,
  say: (v) =>
    asFiles(v)
      .map((f) => (typeof f === 'object' ? f.name : String(f)))
      .join(w.value.listComma),
  write: (v) => asFiles(v).map((f) => f.id),
  width: 120,
  order: 'text',
}
export default files
