import PlainView from '../PlainView.vue'
import RegionFilter from '../filters/RegionFilter.vue'
import { asRegion, type FieldType } from '../type'
import Input from './Input.vue'

const region: FieldType = {
  input: Input,
  view: PlainView,
  filter: RegionFilter,
  say: (v) => {
    const r = asRegion(v)
    return r ? (r.path ?? r.name ?? r.code) : ''
  },
  write: (v) => asRegion(v)?.code ?? null,
  width: 128,
  order: 'text',
}
export default region
