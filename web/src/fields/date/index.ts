import { w } from '@/i18n'
import { dayFull } from '@/i18n/format'
import { asText, type FieldType } from '../type'
import View from './View.vue'

function wrongDay(text: string): string {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!m) return w.value.form.badDate('2026-03-20')
  const [month, day] = [Number(m[2]), Number(m[3])]
  const there = new Date(Date.UTC(Number(m[1]), month - 1, day))
  return there.getUTCMonth() === month - 1 && there.getUTCDate() === day ? '' : w.value.form.noSuchDay(month, day)
}

const date: FieldType = {
  view: View,
  say: (v) => (typeof v === 'string' ? dayFull(v) : ''),
  check: (v) => wrongDay(asText(v)),
  width: 88,
  order: 'date',
}
export default date
