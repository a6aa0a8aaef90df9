// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 许可证照 Licence */
export interface Licence {
  id: number
  version: number
  /** 证照 Paper */
  title: string | null
  /** 状态 State */
  state: string | null
  /** 持证单位 Held by */
  object: { id: number; name: string | null; kind: string | null } | null
  /** 证照类型 Type */
  type: "work_safety" | "hazchem_trade" | "hazchem_use" | "hazchem_registration" | "fireworks_wholesale" | "fireworks_retail" | "safety_evaluation" | "source_filing" | "plan_filing" | "equipment_registration" | "gas_trade" | "road_transport" | "other" | null
  /** 证书编号 Number */
  licence_no: string | null
  /** 许可范围 Covers */
  covers: string | null
  /** 发证机关 Issued by */
  issuer: string | null
  /** 发证日期 Issued on */
  issued_on: string | null
  /** 有效期起 Valid from */
  valid_from: string | null
  /** 有效期止 Valid until */
  valid_until: string | null
  /** 最迟申请延期日 Renewal by */
  renew_by: string | null
  /** 已换新证 Renewed */
  renewed: boolean | null
  /** 证照扫描件 Scans */
  papers: { id: number; name: string; type: string; size: number; sha256: string }[] | null
  /** 原系统编号 Source number */
  external_no: string | null
  /** 备注 Remark */
  remark: string | null
  /** 决定文号 Decision */
  decision_no: string | null
  /** 决定日期 Decided on */
  decided_on: string | null
  /** 决定理由 Reason */
  decision_reason: string | null
}
