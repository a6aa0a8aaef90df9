// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 重大危险源 Major hazard source */
export interface MajorHazardSource {
  id: number
  version: number
  /** 单元名称 Unit */
  name: string | null
  /** 所在单位 Firm */
  object: { id: number; name: string | null; kind: string | null } | null
  /** 单元类型 Type */
  unit_type: "production" | "storage" | null
  /** 位置 Location */
  location: string | null
  /** 坐标 Coordinates */
  place: { lon: string; lat: string } | null
  /** 危险化学品存量 Inventory */
  inventory: { good: "ammonia" | "chlorine" | "hydrogen_sulphide" | "hydrogen_fluoride" | "hydrogen_chloride" | "sulphur_dioxide" | "nitrogen_dioxide" | "hydrogen_cyanide" | "phosgene" | "phosphine" | "methyl_isocyanate" | "ethylene_oxide" | "methyl_bromide" | "coal_gas" | "hydrogen" | "acetylene" | "methane" | "lpg" | "ethylene" | "vinyl_chloride" | "butadiene" | "dimethyl_ether" | "methylamine" | "oxygen" | "benzene" | "toluene" | "styrene" | "methanol" | "ethanol" | "acetone" | "petrol" | "ethyl_acetate" | "cyclohexane" | "hexane" | "ether" | "propylene_oxide" | "carbon_disulphide" | "acrylonitrile" | "tdi" | "epichlorohydrin" | "ammonium_nitrate_high" | "ammonium_nitrate_low" | "ammonium_nitrate_fertiliser" | "tnt" | "nitroglycerine" | "white_phosphorus" | "potassium_chlorate" | "sodium_chlorate" | "sodium_peroxide" | "calcium_carbide" | "triethylaluminium" | "potassium" | "sodium" | "bromine" | "diesel" | "J1" | "J2" | "J3" | "J4" | "J5" | "W1.1" | "W1.2" | "W1.3" | "W2" | "W3" | "W4" | "W5.1" | "W5.2" | "W5.3" | "W5.4" | "W6.1" | "W6.2" | "W7.1" | "W7.2" | "W8" | "W9.1" | "W9.2" | "W10" | "W11"; tonnes: string; product: string | null; beta: string | null; beta_reason: string | null }[] | null
  /** 500 米内常住人口 People within 500 m */
  people: number | null
  /** 辨识值 S S */
  s_value: string | null
  /** 分级值 R R */
  r_value: string | null
  /** 级别 Grade */
  grade: "one" | "two" | "three" | "four" | "none" | null
  /** 安全评估日期 Assessed on */
  assessed_on: string | null
  /** 应重新评估日期 Re-assess by */
  reassess_by: string | null
  /** 评估机构 Assessed by */
  assessor: string | null
  /** 备案编号 Filing number */
  filing_no: string | null
  /** 备案日期 Filed on */
  filed_on: string | null
  /** 毒性气体、液化气体或剧毒液体 Toxic or liquefied */
  toxic: boolean | null
  /** 24 小时监测监控 Monitored day and night */
  monitored: boolean | null
  /** 紧急停车（切断）系统 Emergency shut-down */
  shut_down: boolean | null
  /** 独立安全仪表系统 Independent SIS */
  independent_sis: boolean | null
  /** 评估报告与备案材料 Papers */
  papers: { id: number; name: string; type: string; size: number; sha256: string }[] | null
  /** 备注 Remark */
  remark: string | null
}
