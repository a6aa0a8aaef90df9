import type { Field, Json, Kind, Values } from '@/api/types'
import { kindOf } from '@/session/meta'

export function childKind(field: Field): Kind | undefined {
  return field.lines ? kindOf(field.lines) : undefined
}

export function asLines(value: Json | undefined): Values[] {
  return Array.isArray(value)
    ? value.filter((l): l is Values => l !== null && typeof l === 'object' && !Array.isArray(l))
    : []
}
