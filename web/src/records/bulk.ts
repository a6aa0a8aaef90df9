/* What can be done with many rows of a kind at once, and by whom. */
import type { BulkAct } from '@/api/bulk'
import type { Field, Kind, Move } from '@/api/types'
import { typeOf } from '@/fields'
import { say, w } from '@/i18n'
import { can, may } from '@/session/session'
import { editFields, namedFields } from './form'

/* A file belongs to one record, lines too: moves that must have some are made one by one. */
function singly(f: Field): boolean {
  return f.type === 'files' || f.type === 'lines'
}

export function fitsMany(kind: Kind, m: Move): boolean {
  return !namedFields(kind, m.must).some(singly)
}

export function moveFields(kind: Kind, m: Move): Field[] {
  return namedFields(kind, m.accepts).filter((f) => !singly(f))
}

export function changeable(kind: Kind): Field[] {
  return editFields(kind).filter((f) => !singly(f) && !f.flags.includes('unique') && !f.flags.includes('title'))
}

/* Moves somebody with these rights may make, those expected of people first. */
export function manyMoves(kind: Kind): Move[] {
  const verbs = (m: Move) => !m.needs || can(kind.name, m.needs)
  return kind.moves
    .filter((m) => fitsMany(kind, m) && verbs(m))
    .sort((a, b) => Number(!!b.expected) - Number(!!a.expected) || Number(a.danger) - Number(b.danger))
}

export function actLabel(kind: Kind, act: BulkAct): string {
  if (act.act === 'move') return say(kind.moves.find((m) => m.name === act.move)?.label)
  if (act.act === 'change') return w.value.bulk.changeOf(say(kind.fields.find((f) => f.name === act.field)?.label))
  return act.act === 'remove' ? w.value.bulk.remove : w.value.bulk.restore
}

export function mayMany(kind: Kind): boolean {
  return may(kind, 'change') || may(kind, 'remove') || manyMoves(kind).length > 0
}

export function sayValue(field: Field, value: Parameters<ReturnType<typeof typeOf>['say']>[0]): string {
  return typeOf(field).say(value, field)
}
