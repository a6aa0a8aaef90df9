/* What one cell of the sheet shows and what may be done about it; the sheet and the phone's single cell share it. */
import type { CellProblem, Import, ImportRow, Level, SameRecord } from '@/api/imports'
import { w } from '@/i18n'
import { count } from '@/i18n/format'

export function problemsOf(r: ImportRow, letter: string): CellProblem[] {
  return r.problems.filter((p) => p.letter === letter)
}

/* Problems of the row as a whole stand at its number. */
export function rowProblems(r: ImportRow): CellProblem[] {
  return r.problems.filter((p) => p.letter === null)
}

export function worst(list: CellProblem[]): Level | '' {
  return (['error', 'warning', 'note'] as const).find((level) => list.some((p) => p.level === level)) ?? ''
}

export function textOf(r: ImportRow, item: Import, letter: string, changed: { [cell: string]: string }): string {
  const mine = changed[letter + r.row]
  if (mine !== undefined) return mine
  return r.cells[item.columns.findIndex((c) => c.letter === letter)] ?? ''
}

/* "与第 3 行重复"; the record's name, where it has one, stands beside. */
export function repeats(r: ImportRow): string {
  if (!r.same) return ''
  if (r.same.row) return w.value.import.repeatsRow(count(r.same.row))
  return r.same.record ? w.value.import.repeatsRecord : w.value.import.repeatsUnseen
}

export function recordName(r: SameRecord): string {
  return r.number ? `${r.number} ${r.title}` : r.title
}
