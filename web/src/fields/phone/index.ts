import MaskedView from '../MaskedView.vue'
import { asText, type FieldType } from '../type'

const phone: FieldType = { view: MaskedView, say: asText, width: 112, order: 'text' }
export default phone
