// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 设施场所 Facility */
export interface Facility {
  id: number
  version: number
  /** 名称 Name */
  name: string | null
  /** 类型 Type */
  type: "park" | "high_rise" | "mall" | "underground" | "old_estate" | "crowd" | "tailings" | "closed_mine" | "fireworks" | "works_site" | "pipe" | "road" | "other" | null
  /** 行业领域 Sector */
  sector: "HAZCHEM" | "COAL" | "MINE" | "TAILINGS" | "FIREWORK" | "INDUSTRY" | "BUILD" | "GAS" | "ROADTRANS" | "ROADTRAFFIC" | "FIRE" | "SPECEQ" | "CIVEXP" | "SCHOOL" | "HEALTH" | "ELDER" | "TOUR" | "CULTURE" | "AGRIMACH" | "FISHVESSEL" | "RAILSIDE" | "HEATPOWER" | "OCCHEALTH" | "OTHER" | null
  /** 管理单位 Run by */
  enterprise: { id: number; name: string | null } | null
  /** 属地 Area */
  region: { code: string; name: string | null } | null
  /** 地址 Address */
  address: string | null
  /** 坐标 Coordinates */
  place: { lon: string; lat: string } | null
  /** 建成日期 Built on */
  built_on: string | null
  /** 原系统编号 Source number */
  external_no: string | null
  /** 备注 Remark */
  remark: string | null
}
