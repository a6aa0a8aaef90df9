// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 节假日安排 Holiday */
export interface Holiday {
  id: number
  version: number
  /** 名称 Name */
  name: string | null
  /** 起始日期 From */
  first_on: string | null
  /** 截止日期 Until */
  last_on: string | null
  /** 调休上班 Worked weekend */
  work: boolean | null
  /** 依据 Basis */
  source: string | null
  /** 英文名称 English name */
  name_en: string | null
}
