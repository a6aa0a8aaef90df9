// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 文书条目 Item of a paper */
export interface PaperItem {
  /** 隐患 Hazard */
  hazard: { id: number; name: string | null } | null
  /** 存在的问题 What is wrong */
  text: string | null
  /** 依据 Basis */
  basis: string | null
  /** 重大隐患 Major */
  major: boolean | null
  /** 整改期限 Fix by */
  due: string | null
  /** 复查结果 Result */
  result: "passed" | "part" | "failed" | null
}
