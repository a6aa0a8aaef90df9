/*
 ** Levels that have a look of their own in the design guide. Risk is a square with the colour's own name; everything
 ** else is a word, with an edge only where it is bad news.
 */
import type { Language } from '@/i18n'

type RiskMark = { rank: 1 | 2 | 3 | 4; letter: { [l in Language]: string } }

const RISK: { [code: string]: RiskMark } = {
  red: { rank: 1, letter: { zh: '红', en: 'R' } },
  orange: { rank: 2, letter: { zh: '橙', en: 'O' } },
  yellow: { rank: 3, letter: { zh: '黄', en: 'Y' } },
  blue: { rank: 4, letter: { zh: '蓝', en: 'B' } },
}

export function riskMark(list: string | null, code: string): RiskMark | null {
  return list?.includes('risk') ? (RISK[code] ?? null) : null
}

export function isGrave(list: string | null, code: string): boolean {
  return (list === 'hazard_level' && code === 'major') || (isGrade(list) && code === 'D')
}

/* A letter alone says little: beside a title it is named. */
export function isGrade(list: string | null): boolean {
  return list === 'supervision_grade' || list === 'credit_grade'
}

/* What stands beside the title of a record. */
export function standsOut(list: string | null, code: string): boolean {
  return isGrave(list, code) || isGrade(list) || riskMark(list, code) !== null
}
