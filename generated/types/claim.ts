// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 监管职责认领 Claim */
export interface Claim {
  id: number
  version: number
  /** 事项 Matter */
  title: string | null
  /** 状态 State */
  state: string | null
  /** 监管对象 Object */
  object: { id: number; name: string | null; kind: string | null } | null
  /** 区域 Area */
  region: { code: string; name: string | null } | null
  /** 行业领域 Sector */
  sector: "HAZCHEM" | "COAL" | "MINE" | "TAILINGS" | "FIREWORK" | "INDUSTRY" | "BUILD" | "GAS" | "ROADTRANS" | "ROADTRAFFIC" | "FIRE" | "SPECEQ" | "CIVEXP" | "SCHOOL" | "HEALTH" | "ELDER" | "TOUR" | "CULTURE" | "AGRIMACH" | "FISHVESSEL" | "RAILSIDE" | "HEATPOWER" | "OCCHEALTH" | "OTHER" | null
  /** 情况说明 What is unclear */
  matter: string | null
  /** 认领单位 Claimed by */
  claimant: { id: number; name: string | null } | null
  /** 依据 Basis */
  basis: string | null
  /** 意见 Opinion */
  opinion: string | null
  /** 同时结束的责任关系 Ends with it */
  others: { assignment: { id: number; name: string | null } }[] | null
  /** 形成的责任关系 Assignment made */
  assignment: { id: number; name: string | null } | null
}
