// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 从业人员 Person */
export interface Person {
  id: number
  version: number
  /** 姓名 Name */
  name: string | null
  /** 所在单位 Works for */
  object: { id: number; name: string | null; kind: string | null } | null
  /** 证件号 ID number */
  id_number: string | null
  /** 联系电话 Phone */
  phone: string | null
  /** 人员类别 Class */
  category: "head" | "manager" | "worker" | "dispatched" | null
  /** 岗位 Post */
  post: string | null
  /** 安全管理 Looks after safety */
  safety_role: "full_time" | "part_time" | null
  /** 注册安全工程师 Registered safety engineer */
  engineer: boolean | null
  /** 入职日期 Hired on */
  hired_on: string | null
  /** 离职日期 Left on */
  left_on: string | null
  /** 责任书签订日期 Duty signed on */
  duty_signed_on: string | null
  /** 培训记录 Training */
  trainings: { held_on: string; purpose: "initial" | "yearly" | "transfer" | "new_technology"; hours: string; topic: string | null; passed: boolean | null }[] | null
  /** 培训档案 Papers */
  papers: { id: number; name: string; type: string; size: number; sha256: string }[] | null
  /** 备注 Remark */
  remark: string | null
}
