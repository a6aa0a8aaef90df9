import MaskedView from '../MaskedView.vue'
import { asText, type FieldType } from '../type'

const idNumber: FieldType = {
  view: MaskedView,
  say: asText,
  width: 160,
  order: 'text',
}
export default idNumber
