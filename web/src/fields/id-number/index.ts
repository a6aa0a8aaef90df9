import MaskedView from '../MaskedView.vue'
import TextFilter from '../filters/TextFilter.vue'
import { asText, type FieldType } from '../type'
import Input from './Input.vue'

const idNumber: FieldType = {
  input: Input,
  view: MaskedView,
  filter: TextFilter,
  say: asText,
  width: 160,
  order: 'text',
}
export default idNumber
