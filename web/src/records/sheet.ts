/* The sheet of an import as the office knows it: rows, letters, and what is wrong where. */
import type { ImportProblem, ImportReport, Verdict } from '@/api/types'

export type SheetRow = {
  row: number
  verdict: Verdict
  /* null: the server did not send this row's cells, only its faults */
  cells: string[] | null
  faults: { [letter: string]: ImportProblem[] }
  worst: 'error' | 'warning' | ''
}

export function sheetOf(report: ImportReport): SheetRow[] {
  const rows = new Map<number, SheetRow>()
  for (const p of report.preview)
    rows.set(p.row, { row: p.row, verdict: p.verdict, cells: p.cells, faults: {}, worst: '' })
  for (const p of report.problems) {
    let r = rows.get(p.row)
    if (!r) {
      r = { row: p.row, verdict: p.level === 'error' ? 'reject' : 'import', cells: null, faults: {}, worst: '' }
      rows.set(p.row, r)
    }
    ;(r.faults[p.letter] ??= []).push(p)
    if (p.level === 'error') r.verdict = 'reject'
    if (r.worst !== 'error') r.worst = p.level
  }
  return [...rows.values()].sort((a, b) => a.row - b.row)
}

export type FaultKind = {
  key: string
  level: 'error' | 'warning'
  message: string
  header: string
  letter: string
  count: number
}

export function faultKinds(report: ImportReport): FaultKind[] {
  const kinds = new Map<string, FaultKind>()
  for (const p of report.problems) {
    const key = `${p.level}|${p.letter}|${p.message}`
    const k = kinds.get(key)
    if (k) k.count += 1
    else kinds.set(key, { key, level: p.level, message: p.message, header: p.header, letter: p.letter, count: 1 })
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count)
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell
}

/* Spreadsheets read these as formulas when they stand first in a cell. */
function harmless(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
}

/* The rows to be corrected, whole where they are known, with their faults in a last column. */
export function faultyCsv(report: ImportReport, words: { row: string; fault: string }): string {
  const rows = sheetOf(report).filter((r) => r.verdict === 'reject')
  const out = [[words.row, ...report.columns.map((c) => c.header), words.fault]]
  for (const r of rows) {
    const faults = Object.values(r.faults).flat()
    const cells = report.columns.map((c, i) => r.cells?.[i] ?? r.faults[c.letter]?.[0]?.value ?? '')
    out.push([String(r.row), ...cells, faults.map((p) => `${p.header} ${p.message}`).join(' / ')])
  }
  return '\uFEFF' + out.map((cells) => cells.map((c) => quoted(harmless(c))).join(',')).join('\r\n') + '\r\n'
}
