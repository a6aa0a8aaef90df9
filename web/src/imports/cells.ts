/* What one cell of the sheet shows and what may be done about it; the sheet and the phone's single cell share it. */
import type { CellProblem, Import, ImportRow, Level } from '@/api/imports'

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
