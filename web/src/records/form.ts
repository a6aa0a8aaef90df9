/* What a form asks for, starts from, checks and sends. */
import type { Field, Kind, Label, Move, Proposal, Rec, Values } from '@/api/types'
import { same, typeOf, written } from '@/fields'
import { isEmpty } from '@/fields/type'
import { inSentence, w } from '@/i18n'

const CHOSEN = new Set(['choice', 'choices', 'reference', 'object', 'region', 'date', 'date-time', 'yes-no', 'files'])

/* Of a record or a form, or of both together. */
type Known = { readonly [field: string]: unknown }

export type Errors = { [path: string]: string }

/* A state changes by moves only. */
function enterable(f: Field): boolean {
  return f.type !== 'state' && !f.flags.includes('derived') && !f.flags.includes('move_only')
}

/* Of several records it depends on each of them: the field is asked for, and nobody has to answer. */
export function depends(f: Field, values: Known): boolean {
  return !!f.when && !(f.when.field in values)
}

/* A field of another type of the record is neither asked for nor shown. */
export function applies(f: Field, values: Known): boolean {
  if (depends(f, values)) return true
  const code = f.when ? values[f.when.field] : undefined
  return !f.when || (typeof code === 'string' && f.when.codes.includes(code))
}

/* The words of a ledger are asked for only where the field they stand in for is. */
export function createFields(kind: Kind): Field[] {
  const spare = new Set(kind.fields.filter((f) => !enterable(f)).map((f) => f.companion))
  return kind.fields.filter((f) => enterable(f) && !spare.has(f.name))
}

export function editFields(kind: Kind): Field[] {
  return kind.fields.filter((f) => enterable(f) && !f.flags.includes('fixed'))
}

export function namedFields(kind: Kind, names: string[]): Field[] {
  return names
    .map((n) => kind.fields.find((f) => f.name === n))
    .filter((f) => f !== undefined)
    .filter((f) => f.type !== 'state')
}

/* Is it known, or said by its companion, or by the reference it is the companion of? */
function stands(kind: Kind, f: Field, record: Rec): boolean {
  return kind.fields.some(
    (o) => (o === f || o.name === f.companion || o.companion === f.name) && !isEmpty(record[o.name]),
  )
}

/* What a move asks of a record: one that only adds asks for what is missing. */
export function moveFields(kind: Kind, move: Move, record: Rec): Field[] {
  const all = namedFields(kind, move.accepts)
  return move.fills ? all.filter((f) => !stands(kind, f, record)) : all
}

export function requiredOf(fields: Field[]): Set<string> {
  return new Set(fields.filter((f) => f.flags.includes('required')).map((f) => f.name))
}

/* What may stay empty now and is asked for by a step that follows from that state: by field the first such step. */
export function neededLater(kind: Kind, state: string | undefined): Map<string, Move> {
  const follows = kind.moves.filter((m) => state !== undefined && m.from.includes(state))
  return new Map(follows.reverse().flatMap((m) => m.must.map((name) => [name, m])))
}

export function startValues(fields: Field[], from?: Rec | Values): Values {
  const out: Values = {}
  for (const f of fields) out[f.name] = from?.[f.name] ?? null
  return out
}

/* What a move begins from: the record without what speaks of the last round alone. */
export function moveBase(record: Rec, move: Move | null): Rec {
  const out: Rec = { ...record }
  for (const name of move?.fresh ?? []) out[name] = null
  return out
}

/* Under a field that was filled in by a rule: which rule, on what basis, and that it is a default. */
export function proposalHint(p: Proposal): Label {
  return {
    zh: `按“${p.rule.zh}”（${p.basis}）算出${p.settled ? '' : '的缺省期限'}，可以改`,
    en: `By “${p.rule.en}” (${p.basis})${p.settled ? '' : ', a default'}; you may change it`,
  }
}

/* Who is no account here is named by the companion, where the form takes it. */
function inWords(f: Field, fields: Field[], values: Values): boolean {
  return fields.some((x) => x.name === f.companion && !isEmpty(values[x.name]))
}

/* record: whatever the form is about and does not ask for. */
export function check(fields: Field[], values: Values, required: Set<string>, record?: Rec): Errors {
  const out: Errors = {}
  const all = { ...record, ...values }
  for (const f of fields) {
    const v = values[f.name]
    if (!applies(f, all)) continue
    if (isEmpty(v)) {
      if (required.has(f.name) && !depends(f, all) && !inWords(f, fields, values)) {
        const what = inSentence(f.label)
        out[f.name] = CHOSEN.has(f.type) ? w.value.form.needChoose(what) : w.value.form.need(what)
      }
      continue
    }
    const wrong = typeOf(f).check?.(v ?? null, f)
    if (wrong) out[f.name] = wrong
  }
  return out
}

/* Everything that is known, in the server's form. */
export function filled(fields: Field[], values: Values): Values {
  const out: Values = {}
  for (const f of fields) if (applies(f, values) && !isEmpty(values[f.name])) out[f.name] = written(f, values[f.name] ?? null)
  return out
}

export function changed(fields: Field[], base: Rec | Values, values: Values): Values {
  const out: Values = {}
  const all = { ...base, ...values }
  for (const f of fields) if (applies(f, all) && !same(f, base[f.name], values[f.name])) out[f.name] = written(f, values[f.name] ?? null)
  return out
}
