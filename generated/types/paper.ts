// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 文书 Paper */
export interface Paper {
  id: number
  version: number
  /** 名称 Title */
  title: string | null
  /** 文号 Number */
  doc_number: string | null
  /** 文书状态 State */
  state: string | null
  /** 文书种类 Type */
  type: "instruction" | "recheck" | null
  /** 被检查单位 Inspected unit */
  object: { id: number; name: string | null; kind: string | null } | null
  /** 文书抬头 Addressed to */
  recipient: string | null
  /** 所复查的指令书 Answers */
  instruction: { id: number; name: string | null } | null
  /** 条目 Items */
  items: { hazard: { id: number; name: string | null }; text: string | null; basis: string | null; major: boolean | null; due: string | null; result: "passed" | "part" | "failed" | null }[] | null
  /** 整改期限 Fix by */
  due: string | null
  /** 复查意见 Opinion */
  opinion: string | null
  /** 签发单位 Issued by */
  organisation: { id: number; name: string | null } | null
  /** 签发单位名称 Name of the issuer */
  issuer: string | null
  /** 复议机关 Review by */
  remedy: string | null
  /** 执法人员 Officer */
  officer: { id: number; name: string | null } | null
  /** 执法证号 Certificate */
  officer_certificate: string | null
  /** 第二名执法人员 Second officer */
  second_officer: { id: number; name: string | null } | null
  /** 第二人执法证号 Second certificate */
  second_certificate: string | null
  /** 签发时间 Issued at */
  issued_at: string | null
  /** 签发人 Signed by */
  issued_by: { id: number; name: string | null } | null
  /** 签发人姓名 Name of the signer */
  issued_name: string | null
  /** 送达日期 Served on */
  served_on: string | null
  /** 送达方式 Way of service */
  service_mode: "direct" | "left" | "post" | "entrusted" | "electronic" | "announced" | null
  /** 签收人 Signed for by */
  receiver: string | null
  /** 送达情况 Remarks on service */
  service_note: string | null
  /** 送达回执 Receipt */
  receipt: { id: number; name: string; type: string; size: number; sha256: string }[] | null
  /** 作废原因 Why void */
  void_reason: string | null
  /** 作废时间 Void since */
  voided_at: string | null
  /** 核验码 Check code */
  check_code: string | null
  /** 文书原件 Document */
  document: { id: number; name: string; type: string; size: number; sha256: string }[] | null
  /** SHA-256 SHA-256 */
  digest: string | null
}
