import { w } from '@/i18n'
import PlainView from '../PlainView.vue'
import type { FieldType } from '../type'
import { asPlace, rightPlace, shortPlace } from './place'

const place: FieldType = {
  view: PlainView,
  say: (v) => {
    const p = asPlace(v)
    return p ? shortPlace(p) : ''
  },
  check: (v) => {
    const p = asPlace(v)
    return p && rightPlace(p) ? '' : w.value.form.badPlace
  },
  width: 152,
  order: 'text',
}
export default place
