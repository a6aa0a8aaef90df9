// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 判定标准 Judgement standard */
export interface Clause {
  id: number
  version: number
  /** 判定情形 What makes it major */
  content: string | null
  /** 条款编码 Code */
  code: string | null
  /** 行业领域 Sector */
  sector: "HAZCHEM" | "COAL" | "MINE" | "TAILINGS" | "FIREWORK" | "INDUSTRY" | "BUILD" | "GAS" | "ROADTRANS" | "ROADTRAFFIC" | "FIRE" | "SPECEQ" | "CIVEXP" | "SCHOOL" | "HEALTH" | "ELDER" | "TOUR" | "CULTURE" | "AGRIMACH" | "FISHVESSEL" | "RAILSIDE" | "HEATPOWER" | "OCCHEALTH" | "OTHER" | null
  /** 标准 Standard */
  standard: string | null
  /** 条款 Article */
  article: string | null
  /** 已收录条文 Words held */
  held: boolean | null
  /** 施行日期 In force from */
  valid_from: string | null
  /** 废止前最后一日 Last day in force */
  valid_to: string | null
}
