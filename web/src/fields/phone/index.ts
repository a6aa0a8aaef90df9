import MaskedView from '../MaskedView.vue'
import TextFilter from '../filters/TextFilter.vue'
import { asText, type FieldType } from '../type'
import Input from './Input.vue'

const phone: FieldType = { input: Input, view: MaskedView, filter: TextFilter, say: asText, width: 112, order: 'text' }
export default phone
