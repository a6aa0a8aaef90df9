import { say, w } from '@/i18n'
import { choiceOf } from '@/session/meta'
import PlainView from '../PlainView.vue'
import { asText, type FieldType } from '../type'

const choices: FieldType = {
  view: PlainView,
  say: (v, field) =>
    Array.isArray(v)
      ? v.map((c) => say(choiceOf(field.choices, asText(c))?.label) || asText(c)).join(w.value.listComma)
      : '',
  width: 160,
  order: 'text',
}
export default choices
