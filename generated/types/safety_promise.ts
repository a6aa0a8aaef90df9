// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 安全承诺公告 Safety promise */
export interface SafetyPromise {
  id: number
  version: number
  /** 安全承诺公告 Promise */
  title: string | null
  /** 承诺单位 Unit */
  object: { id: number; name: string | null; kind: string | null } | null
  /** 承诺日期 Promised on */
  promised_on: string | null
  /** 承诺期止 Until */
  covers_until: string | null
  /** 承诺人 Signed by */
  signer: string | null
  /** 今日风险等级 Risk */
  risk: "red" | "orange" | "yellow" | "blue" | null
  /** 承诺内容 Promise */
  statement: string | null
  /** 特殊作业 Special work */
  special_works: ("hot" | "confined" | "blind" | "height" | "lifting" | "electric" | "digging" | "road")[] | null
  /** 作业处数 Places */
  special_work_count: number | null
  /** 作业部位和措施 Where, and how it is guarded */
  special_work_note: string | null
  /** 包保主要负责人 Principal */
  principal: string | null
  /** 包保技术负责人 Technical */
  technical: string | null
  /** 包保操作负责人 Operations */
  operational: string | null
  /** 公告照片 Photographs */
  papers: { id: number; name: string; type: string; size: number; sha256: string }[] | null
  /** 备注 Remark */
  remark: string | null
}
