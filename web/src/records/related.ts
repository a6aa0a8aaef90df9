/* Which other lists name this record, and by which field. */
import type { Field, Kind, Rec } from '@/api/types'
import { asRegion } from '@/fields/type'
import { say, w } from '@/i18n'
import { kindOf } from '@/session/meta'
import { readableKinds } from '@/session/session'

/* by: the filter that finds them, a field's own name or that of one in its lines. */
export type Relation = { name: string; kind: Kind; field: Field; by: string; value: string; label: string }

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
        by: f.name,
        value: f.type === 'region' ? (code ?? '') : String(record.id),
        label: fields.length > 1 || other.name === kind.name ? `${plain}${w.value.dot}${say(f.label)}` : plain,
      })
    }
    for (const f of other.fields.filter((x) => x.type === 'lines'))
      for (const c of kindOf(f.lines ?? '')?.fields ?? [])
        if (c.type === 'reference' && c.ref === kind.name)
          out.push({
            name: `${other.plural}.${f.name}.${c.name}`,
            kind: other,
            field: f,
            by: `${f.name}.${c.name}`,
            value: String(record.id),
            label: w.value.kinds[other.name] ?? say(other.label),
          })
  }
  return out
}
