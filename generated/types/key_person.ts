// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 关键人员 Key person */
export interface KeyPerson {
  /** 姓名 Name */
  name: string | null
  /** 岗位 Post */
  post: string | null
  /** 电话 Phone */
  phone: string | null
}
