// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 培训记录 Training */
export interface Training {
  /** 培训日期 Held on */
  held_on: string | null
  /** 培训性质 Purpose */
  purpose: "initial" | "yearly" | "transfer" | "new_technology" | null
  /** 学时 Hours */
  hours: string | null
  /** 内容 Topic */
  topic: string | null
  /** 考核合格 Passed */
  passed: boolean | null
}
