import { say } from '@/i18n'
import { allKinds } from '@/session/meta'
import type { FieldType } from '../type'
import View from './View.vue'

const state: FieldType = {
  view: View,
  say: (v, field) => {
    const kind = allKinds().find((k) => k.fields.includes(field))
    return typeof v === 'string' ? say(kind?.states.find((s) => s.code === v)?.label) || v : ''
  },
  width: 100,
  order: 'text',
}
export default state
