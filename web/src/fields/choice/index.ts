import { say } from '@/i18n'
import { choiceOf } from '@/session/meta'
import ChoiceFilter from '../filters/ChoiceFilter.vue'
import type { FieldType } from '../type'
import Input from './Input.vue'
import View from './View.vue'

const choice: FieldType = {
  input: Input,
  view: View,
  filter: ChoiceFilter,
  say: (v, field) => (typeof v === 'string' ? say(choiceOf(field.choices, v)?.label) || v : ''),
  width: 76,
  order: 'text',
}
export default choice
