import PlainView from '../PlainView.vue'
import NoneFilter from '../filters/NoneFilter.vue'
import { tooLong } from '../text'
import { asText, type FieldType } from '../type'
import Input from './Input.vue'

const longText: FieldType = {
  input: Input,
  view: PlainView,
  filter: NoneFilter,
  say: (v) => asText(v).replace(/\s*\n\s*/g, ' '),
  check: tooLong,
  width: 240,
  order: 'text',
}
export default longText
