// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 责任关系 Assignment */
export interface Assignment {
  id: number
  version: number
  /** 责任关系 Duty */
  title: string | null
  /** 角色 Role */
  role: "leader" | "office" | "department" | "inspector" | "grid" | "duty" | "head" | "safety" | "worker" | "system_admin" | "security_admin" | "audit_admin" | "holds" | "first_responsible" | "committee_chair" | "committee_deputy" | "committee_member" | "portfolio" | "area_contact" | "guarantor" | "grid_head" | "industry" | "direct" | "general" | "principal" | "technical" | "operational" | null
  /** 人员 Person */
  holder_account: { id: number; name: string | null } | null
  /** 岗位 Post */
  holder_post: { id: number; name: string | null } | null
  /** 单位 Organisation */
  holder_organisation: { id: number; name: string | null } | null
  /** 区域 Area */
  area: { code: string; name: string | null } | null
  /** 行业领域 Sectors */
  sectors: ("HAZCHEM" | "COAL" | "MINE" | "TAILINGS" | "FIREWORK" | "INDUSTRY" | "BUILD" | "GAS" | "ROADTRANS" | "ROADTRAFFIC" | "FIRE" | "SPECEQ" | "CIVEXP" | "SCHOOL" | "HEALTH" | "ELDER" | "TOUR" | "CULTURE" | "AGRIMACH" | "FISHVESSEL" | "RAILSIDE" | "HEATPOWER" | "OCCHEALTH" | "OTHER")[] | null
  /** 监管对象 Object */
  object: { id: number; name: string | null; kind: string | null } | null
  /** 担任的岗位 Post held */
  post: { id: number; name: string | null } | null
  /** 起始日期 From */
  valid_from: string | null
  /** 截止日期 Until */
  valid_to: string | null
  /** 依据 Basis */
  basis: string | null
  /** 文件 Document */
  document: { id: number; name: string; type: string; size: number; sha256: string }[] | null
}
