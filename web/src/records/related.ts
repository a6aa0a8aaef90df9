/* Which other lists name this record, and by which field. */
import type { Field, Kind, Rec } from '@/api/types'
import { asRegion } from '@/fields/type'
import { say, w } from '@/i18n'
import { readableKinds } from '@/session/session'

export type Relation = { name: string; kind: Kind; field: Field; value: string; label: string }

export function relations(kind: Kind, record: Rec): Relation[] {
  const out: Relation[] = []
  const code = asRegion(record.code)?.code
  for (const other of readableKinds()) {
    const fields = other.fields.filter((f) => {
      if (!f.filter.includes('equal')) return false
      if (f.type === 'object') return kind.scope === 'is_object'
      if (f.type === 'reference') return f.ref === kind.name
      return (
        f.type === 'region' &&
        kind.name === 'region' &&
        code !== undefined &&
        !(other.name === 'region' && f.name === 'code')
      )
    })
    for (const f of fields) {
      const plain = w.value.kinds[other.name] ?? say(other.label)
      out.push({
        name: `${other.plural}.${f.name}`,
        kind: other,
        field: f,
        value: f.type === 'region' ? (code ?? '') : String(record.id),
        label: fields.length > 1 || other.name === kind.name ? `${plain}${w.value.dot}${say(f.label)}` : plain,
      })
    }
  }
  return out
}
