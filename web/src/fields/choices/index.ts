import { say, w } from '@/i18n'
import { choiceOf } from '@/session/meta'
import PlainView from '../PlainView.vue'
import ChoiceFilter from '../filters/ChoiceFilter.vue'
import { asText, type FieldType } from '../type'
import Input from './Input.vue'

const choices: FieldType = {
  input: Input,
  view: PlainView,
  filter: ChoiceFilter,
  say: (v, field) =>
    Array.isArray(v)
      ? v.map((c) => say(choiceOf(field.choices, asText(c))?.label) || asText(c)).join(w.value.listComma)
      : '',
  width: 160,
  order: 'text',
}
export default choices
