// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 隐患 Hazard */
export interface Hazard {
  id: number
  version: number
  /** 隐患内容 Description */
  description: string | null
  /** 隐患级别 Level */
  level: "general" | "major" | null
  /** 隐患状态 State */
  state: string | null
  /** 责任单位 Responsible unit */
  object: { id: number; name: string | null; kind: string | null } | null
  /** 排查日期 Found on */
  found_on: string | null
  /** 整改期限 Fix by */
  due: string | null
  /** 责任人 Responsible person */
  responsible: { id: number; name: string | null } | null
  /** 排查人 Found by */
  finder: string | null
  /** 报告人 Reported by */
  reporter: { id: number; name: string | null } | null
  /** 具体位置 Location */
  location: string | null
  /** 坐标 Coordinates */
  place: { lon: string; lat: string } | null
  /** 发现方式 How found */
  source: "self" | "grid" | "inspection" | "report" | "monitoring" | "group" | "expert" | "import" | null
  /** 隐患类型 Category */
  category: "person" | "thing" | "environment" | "management" | null
  /** 现场照片 Photos */
  photos: { id: number; name: string; type: string; size: number; sha256: string }[] | null
  /** 原系统编号 Source number */
  external_no: string | null
  /** 原系统分类 Source type */
  external_type: string | null
  /** 罚款金额 Fine */
  fine: number | null
  /** 最初罚款金额 Fine at first */
  fine_first: number | null
  /** 判定依据 Clause */
  clause: string | null
  /** 定为重大日期 Major since */
  major_on: string | null
  /** 报告日期 Reported on */
  reported_on: string | null
  /** 报告部门 Reported to */
  reported_to: { id: number; name: string | null } | null
  /** 职工大会报告日期 Told to the staff congress on */
  congress_on: string | null
  /** 现状及产生原因 Present state and cause */
  report_cause: string | null
  /** 危害程度和整改难易程度 Harm and effort */
  report_analysis: string | null
  /** 整改措施 Measures */
  measures: string | null
  /** 整改资金 Funds */
  funds: number | null
  /** 应急预案 Contingency plan */
  contingency: string | null
  /** 五落实缺项 Arrangements missing */
  lacks: ("measures" | "responsible" | "funds" | "due" | "contingency")[] | null
  /** 责任人姓名 Name of the responsible person */
  responsible_name: string | null
  /** 治理目标 Aim of the treatment plan */
  plan_goal: string | null
  /** 治理方案签署日期 Plan signed on */
  plan_signed_on: string | null
  /** 交办人 Assigner */
  assigner: { id: number; name: string | null } | null
  /** 交办日期 Assigned on */
  assigned_on: string | null
  /** 责令整改日期 Ordered on */
  ordered_on: string | null
  /** 交办层级 Level that assigned it */
  set_level: "unit" | "unit_head" | "town" | "town_office" | "county" | "county_office" | "city" | "city_office" | "province" | "province_office" | null
  /** 理由 Reason */
  reason: string | null
  /** 申请延期至 Extension asked to */
  extension_to: string | null
  /** 延期申请人 Extension asked by */
  extension_by: { id: number; name: string | null } | null
  /** 延期次数 Extensions */
  extensions: number | null
  /** 治理评估 Assessment */
  assessment: string | null
  /** 整改情况 What was done */
  rectification: string | null
  /** 整改后照片 Evidence */
  evidence: { id: number; name: string; type: string; size: number; sha256: string }[] | null
  /** 整改人 Rectifier */
  rectifier: { id: number; name: string | null } | null
  /** 整改完成日期 Fixed on */
  fixed_on: string | null
  /** 复查意见 Opinion */
  opinion: string | null
  /** 现场审查日期 Reviewed on site */
  site_review_on: string | null
  /** 复查人 Re-checker */
  rechecker: { id: number; name: string | null } | null
  /** 复查日期 Re-checked on */
  recheck_on: string | null
  /** 复查人姓名 Name of the re-checker */
  rechecker_name: string | null
  /** 退回次数 Returns */
  returns: number | null
  /** 销号日期 Closed on */
  closed_on: string | null
  /** 复查起算日期 Re-check counts from */
  recheck_from: string | null
  /** 回头看结果 What the look-back found */
  look_back_result: "holds" | "relapsed" | null
  /** 回头看情况 What was seen */
  look_back_opinion: string | null
  /** 回头看日期 Looked back on */
  look_back_on: string | null
  /** 回头看人员 Looked back by */
  look_back_by: { id: number; name: string | null } | null
  /** 回头看照片 Photos of the look-back */
  look_back_photos: { id: number; name: string; type: string; size: number; sha256: string }[] | null
  /** 回头看期限 Look back by */
  look_back_due: string | null
  /** 回头看次数 Times looked back at */
  look_backs: number | null
  /** 回头看反弹次数 Times reopened */
  reopened: number | null
  /** 重复隐患 Repeated */
  repeated: boolean | null
  /** 前次隐患 Repeats */
  repeat_of: { id: number; name: string | null } | null
  /** 首次销号人 First closed by */
  first_closer: { id: number; name: string | null } | null
  /** 首次销号日期 First closed on */
  first_closed_on: string | null
  /** 应由哪级挂牌 Listed by */
  lists: "county" | "city" | "province" | null
  /** 挂牌督办级别 Level of listing */
  listed_level: "county" | "city" | "province" | null
  /** 督办通知书文号 Listing notice */
  listing_no: string | null
  /** 挂牌日期 Listed on */
  listed_on: string | null
  /** 摘牌日期 Delisted on */
  delisted_on: string | null
  /** 关闭取缔文号 Closure document */
  closure_document: string | null
}
