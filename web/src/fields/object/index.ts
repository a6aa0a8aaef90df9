import reference from '../reference'
import type { FieldType } from '../type'

const object: FieldType = { ...reference, width: 208 }
export default object
