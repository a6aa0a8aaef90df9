// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 区划 Region */
export interface Region {
  id: number
  version: number
  /** 区划代码 Code */
  code: { code: string; name: string | null } | null
  /** 名称 Name */
  name: string | null
  /** 级别 Level */
  level: "province" | "city" | "county" | "town" | "village" | null
  /** 上级 Parent */
  parent: { id: number; name: string | null } | null
  /** 启用日期 Valid from */
  valid_from: string | null
  /** 停用日期 Valid until */
  valid_to: string | null
  /** 并入 Successor */
  successor: { id: number; name: string | null } | null
  /** 边界启用日期 Boundary from */
  boundary_from: string | null
  /** 边界面积 Boundary's area */
  boundary_area: string | null
  /** 边界指纹 Boundary's mark */
  boundary_mark: string | null
}
