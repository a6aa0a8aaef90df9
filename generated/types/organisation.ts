// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 组织 Organisation */
export interface Organisation {
  id: number
  version: number
  /** 名称 Name */
  name: string | null
  /** 简称 Short name */
  short_name: string | null
  /** 发文代字 Word in its numbers */
  document_word: string | null
  /** 类型 Type */
  type: "government" | "department" | "town_office" | "park" | "committee" | "enforcement" | "rescue" | "association" | "service" | "volunteers" | "enterprise" | "other" | null
  /** 上级单位 Belongs to */
  parent: { id: number; name: string | null } | null
  /** 属地 Area */
  region: { code: string; name: string | null } | null
  /** 值班电话 Duty phone */
  phone: string | null
}
