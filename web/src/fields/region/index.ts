import PlainView from '../PlainView.vue'
import { asRegion, type FieldType } from '../type'

const region: FieldType = {
  view: PlainView,
  say: (v) => {
    const r = asRegion(v)
    return r ? (r.path ?? r.name ?? r.code) : ''
  },
  write: (v) => asRegion(v)?.code ?? null,
  width: 128,
  order: 'text',
}
export default region
