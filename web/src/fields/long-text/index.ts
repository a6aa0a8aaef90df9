import PlainView from '../PlainView.vue'
import { tooLong } from '../text'
import { asText, type FieldType } from '../type'

const longText: FieldType = {
  view: PlainView,
  say: (v) => asText(v).replace(/\s*\n\s*/g, ' '),
  check: tooLong,
  width: 240,
  order: 'text',
}
export default longText
