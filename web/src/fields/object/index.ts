import reference from '../reference'
import type { FieldType } from '../type'
import Input from './Input.vue'

const object: FieldType = { ...reference, input: Input, width: 208 }
export default object
