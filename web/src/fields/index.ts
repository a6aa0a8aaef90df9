import type { Field, FieldTypeName, Json } from '@/api/types'
import choice from './choice'
import choices from './choices'
import date from './date'
import dateTime from './date-time'
import decimal from './decimal'
import files from './files'
import idNumber from './id-number'
import integer from './integer'
import lines, { writeLines } from './lines'
import longText from './long-text'
import money from './money'
import object from './object'
import phone from './phone'
import place from './place'
import reference from './reference'
import region from './region'
import state from './state'
import text from './text'
import { isEmpty, type FieldType } from './type'
import yesNo from './yes-no'

const types: { [name in FieldTypeName]: FieldType } = {
  text,
  'long-text': longText,
  integer,
  decimal,
  money,
  'yes-no': yesNo,
  date,
  'date-time': dateTime,
  choice,
  choices,
  state,
  reference,
  object,
  region,
  place,
  files,
  'id-number': idNumber,
  phone,
  lines,
}

export function typeOf(field: Field): FieldType {
  return types[field.type]
}

/* The value as the server takes it. */
export function written(field: Field, value: Json): Json {
  if (isEmpty(value)) return Array.isArray(value) ? [] : null
  if (field.type === 'lines') return writeLines(field, value)
  const write = typeOf(field).write
  return write ? write(value) : value
}

/* Two values that the server would store alike. */
export function same(field: Field, a: Json | undefined, b: Json | undefined): boolean {
  if (isEmpty(a) && isEmpty(b)) return true
  return JSON.stringify(written(field, a ?? null)) === JSON.stringify(written(field, b ?? null))
}
