// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 设施场所 Facility */
export interface Facility {
  id: number
  version: number
  /** 名称 Name */
  name: string | null
  /** 类型 Type */
  type: "park" | "high_rise" | "mall" | "underground" | "old_estate" | "crowd" | "tailings" | "closed_mine" | "fireworks" | "works_site" | "pipe" | "road" | "other" | null
  /** 行业领域 Sector */
  sector: "HAZCHEM" | "COAL" | "MINE" | "TAILINGS" | "FIREWORK" | "INDUSTRY" | "BUILD" | "GAS" | "ROADTRANS" | "ROADTRAFFIC" | "FIRE" | "SPECEQ" | "CIVEXP" | "SCHOOL" | "HEALTH" | "ELDER" | "TOUR" | "CULTURE" | "AGRIMACH" | "FISHVESSEL" | "RAILSIDE" | "HEATPOWER" | "OCCHEALTH" | "OTHER" | null
  /** 管理单位 Run by */
  enterprise: { id: number; name: string | null } | null
  /** 属地 Area */
  region: { code: string; name: string | null } | null
  /** 地址 Address */
  address: string | null
  /** 坐标 Coordinates */
  place: { lon: string; lat: string } | null
  /** 建成日期 Built on */
  built_on: string | null
  /** 原系统编号 Source number */
  external_no: string | null
  /** 备注 Remark */
  remark: string | null
  /** 等别 Grade of pond */
  pond_grade: "1" | "2" | "3" | "4" | "5" | null
  /** 现状坝高 Height of dam */
  dam_height: string | null
  /** 设计坝高 Designed height */
  dam_design: string | null
  /** 总库容 Capacity */
  capacity: string | null
  /** 头顶库 Above people */
  overhead: boolean | null
  /** 下游影响人数 People downstream */
  downstream: number | null
  /** 矿种 Mineral */
  mineral: string | null
  /** 关闭日期 Closed on */
  closed_on: string | null
  /** 关闭文号 Closure document */
  closure_document: string | null
  /** 井口已封闭 Shafts sealed */
  sealed: boolean | null
  /** 看护责任人 Guarded by */
  guardian: string | null
  /** 建筑面积 Floor area */
  floor_area: string | null
  /** 建筑高度 Height */
  height: string | null
  /** 地上层数 Floors */
  floors: number | null
  /** 地下层数 Basements */
  basements: number | null
  /** 最大容纳人数 People at most */
  people_most: number | null
  /** 户数 Households */
  households: number | null
  /** 工程类别 Type of works */
  works_type: "house" | "civil" | null
  /** 施工许可证号 Works permit */
  works_permit: string | null
  /** 施工单位 Builder */
  builder: string | null
  /** 监理单位 Supervising firm */
  supervisor: string | null
  /** 施工面积 Area built */
  works_area: string | null
  /** 合同价 Price */
  works_cost: number | null
  /** 开工日期 Starts on */
  starts_on: string | null
  /** 计划竣工日期 Ends on */
  ends_on: string | null
  /** 劳务人数 Labourers */
  labourers: number | null
  /** 劳务专职安全员 Their safety staff */
  labour_safety: number | null
  /** 输送介质 Medium */
  medium: "gas" | "oil" | "chemical" | "steam" | "other" | null
  /** 设计压力 Pressure */
  pressure: string | null
  /** 管径 Diameter */
  diameter: number | null
  /** 长度 Length */
  length: string | null
  /** 起点 Begins at */
  begins_at: string | null
  /** 终点 Ends at */
  ends_at: string | null
  /** 零售许可证号 Retail licence */
  licence_no: string | null
  /** 许可证有效期止 Licence until */
  licence_until: string | null
  /** 限存量 Stock at most */
  stock_most: number | null
}
