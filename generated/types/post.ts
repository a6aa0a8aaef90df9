// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 岗位 Post */
export interface Post {
  id: number
  version: number
  /** 岗位名称 Post */
  name: string | null
  /** 所属单位 Organisation */
  organisation: { id: number; name: string | null } | null
  /** 属地 Area */
  region: { code: string; name: string | null } | null
  /** 值班电话 Duty phone */
  phone: string | null
}
