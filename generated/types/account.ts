// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 人员 Person */
export interface Account {
  id: number
  version: number
  /** 姓名 Name */
  display_name: string | null
  /** 登录名 Sign-in name */
  name: string | null
  /** 职务 Post */
  post: string | null
  /** 执法证号 Officer's certificate */
  certificate: string | null
  /** 单位 Organisation */
  organisation: { id: number; name: string | null } | null
  /** 手机 Mobile */
  phone: string | null
  /** 启用 Active */
  active: boolean | null
}
