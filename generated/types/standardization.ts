// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 安全生产标准化 Standardisation */
export interface Standardization {
  id: number
  version: number
  /** 标准化等级 Grade */
  title: string | null
  /** 状态 State */
  state: string | null
  /** 达标单位 Unit */
  object: { id: number; name: string | null; kind: string | null } | null
  /** 等级 Level */
  level: "one" | "two" | "three" | null
  /** 评定类别 Round */
  round: "first" | "renewal" | null
  /** 评定标准 Standard */
  standard: "gbt33000_2016" | "gbt33000_2025" | "sector" | null
  /** 评审得分 Score */
  score: string | null
  /** 申请日期 Applied on */
  applied_on: string | null
  /** 定级日期 Graded on */
  graded_on: string | null
  /** 公告日期 Announced on */
  announced_on: string | null
  /** 定级部门 Graded by */
  issuer: string | null
  /** 证书编号 Number */
  certificate_no: string | null
  /** 有效期起 Valid from */
  valid_from: string | null
  /** 有效期止 Valid until */
  valid_until: string | null
  /** 最迟申请复评日 Renewal by */
  renew_by: string | null
  /** 证书扫描件 Scans */
  papers: { id: number; name: string; type: string; size: number; sha256: string }[] | null
  /** 原系统编号 Source number */
  external_no: string | null
  /** 备注 Remark */
  remark: string | null
  /** 撤销情形 Cause */
  withdraw_cause: "death" | "injuries" | "loss" | "concealed" | "false_material" | "licence_revoked" | "hazard_unfixed" | "dishonest" | "other" | null
  /** 决定文号 Decision */
  decision_no: string | null
  /** 决定日期 Decided on */
  decided_on: string | null
  /** 决定理由 Reason */
  decision_reason: string | null
}
