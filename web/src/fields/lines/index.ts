import type { Json, Values } from '@/api/types'
import { w } from '@/i18n'
import { typeOf } from '../index'
import { isEmpty, type FieldType } from '../type'
import { asLines, childKind } from './lines'
import View from './View.vue'

const lines: FieldType = {
  view: View,
  say: (v, field) => {
    const child = childKind(field)
    return asLines(v)
      .map((l) =>
        (child?.fields ?? [])
          .map((f) => typeOf(f).say(l[f.name], f))
          .filter(Boolean)
          .join(' '),
      )
      .join(w.value.semicolon)
  },
  width: 160,
  order: 'text',
}
export default lines

/* Rows written by hand hold {id,name} where the server wants ids; a row left empty is none. */
export function writeLines(field: Parameters<FieldType['say']>[1], value: Json): Json {
  const child = childKind(field)
  if (!child) return value
  const lines = asLines(value).filter((line) => child.fields.some((f) => !isEmpty(line[f.name])))
  return lines.map((line): Values => {
    const out: Values = {}
    for (const f of child.fields) {
      const v = line[f.name]
      if (v === undefined || f.flags.includes('derived')) continue
      out[f.name] = v === null ? null : (typeOf(f).write?.(v) ?? v)
    }
    return out
  })
}
