// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 安全生产费用 Safety cost */
export interface SafetyCost {
  /** 年度 Year */
  year: number | null
  /** 应提取 Required */
  required: number | null
  /** 实际使用 Used */
  used: number | null
}
