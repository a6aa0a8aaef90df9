import { say } from '@/i18n'
import { choiceOf } from '@/session/meta'
import type { FieldType } from '../type'
import View from './View.vue'

const choice: FieldType = {
  view: View,
  say: (v, field) => (typeof v === 'string' ? say(choiceOf(field.choices, v)?.label) || v : ''),
  width: 76,
  order: 'text',
}
export default choice
