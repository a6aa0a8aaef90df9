// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 资格证书 Certificate */
export interface Certificate {
  id: number
  version: number
  /** 证书 Certificate */
  title: string | null
  /** 状态 State */
  state: string | null
  /** 所在单位 Unit */
  object: { id: number; name: string | null; kind: string | null } | null
  /** 持证人 Holder */
  holder: { id: number; name: string | null } | null
  /** 持证人姓名 Name of the holder */
  holder_name: string | null
  /** 持证人证件号 Holder's ID number */
  holder_id_number: string | null
  /** 证书类型 Type */
  type: "special_operation" | "building_operation" | "equipment_operation" | "head_fitness" | "manager_fitness" | "safety_engineer" | "other" | null
  /** 作业类别 Operation */
  category: "electric" | "welding" | "height" | "cooling" | "coal" | "mine" | "oil" | "metal" | "hazchem" | "fireworks" | "other" | null
  /** 准操项目 Item */
  item: string | null
  /** 证书编号 Number */
  certificate_no: string | null
  /** 发证机关 Issued by */
  issuer: string | null
  /** 初领日期 Issued on */
  issued_on: string | null
  /** 有效期止 Valid until */
  valid_until: string | null
  /** 应复审日期 Review by */
  review_by: string | null
  /** 复审日期 Reviewed on */
  reviewed_on: string | null
  /** 同意 6 年复审 Reviewed after 6 years */
  long_review: boolean | null
  /** 证书扫描件 Scans */
  papers: { id: number; name: string; type: string; size: number; sha256: string }[] | null
  /** 备注 Remark */
  remark: string | null
  /** 决定文号 Decision */
  decision_no: string | null
  /** 决定日期 Decided on */
  decided_on: string | null
  /** 决定理由 Reason */
  decision_reason: string | null
}
