// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.
/** 企业 Enterprise */
export interface Enterprise {
  id: number
  version: number
  /** 企业名称 Name */
  name: string | null
  /** 统一社会信用代码 Credit code */
  credit_code: string | null
  /** 无代码原因 Why no code */
  no_code_reason: "new" | "none" | "foreign" | "ledger" | null
  /** 原系统编号 Source number */
  external_no: string | null
  /** 单位类型 Type of unit */
  unit_type: "company" | "sole_trader" | "cooperative" | "institution" | "school" | "hospital" | "property" | "village" | "social" | "other" | null
  /** 行业领域 Sector */
  sector: "HAZCHEM" | "COAL" | "MINE" | "TAILINGS" | "FIREWORK" | "INDUSTRY" | "BUILD" | "GAS" | "ROADTRANS" | "ROADTRAFFIC" | "FIRE" | "SPECEQ" | "CIVEXP" | "SCHOOL" | "HEALTH" | "ELDER" | "TOUR" | "CULTURE" | "AGRIMACH" | "FISHVESSEL" | "RAILSIDE" | "HEATPOWER" | "OCCHEALTH" | "OTHER" | null
  /** 监管标签 Flags */
  flags: ("HZ_PROD" | "HZ_OPER" | "HZ_USE" | "HZ_STOR" | "KEY2_1" | "COAL" | "MINE_UG" | "MINE_OP" | "TAILINGS" | "OILGAS" | "FW_PROD" | "FW_WHOLE" | "FW_RETAIL" | "BUILD" | "ROAD_PASS" | "ROAD_TOUR" | "ROAD_HAZ" | "ROAD_GOODS" | "METAL" | "DUST" | "CONF" | "NH3" | "CROWD" | "GAS" | "SPECEQ" | "OTHER")[] | null
  /** 行业代码 Industry code */
  industry: string | null
  /** 规模 Size */
  size: "large" | "medium" | "small" | "micro" | null
  /** 经营状态 Operating state */
  operating_state: string | null
  /** 监管等级 Supervision grade */
  supervision_grade: "A" | "B" | "C" | "D" | null
  /** 风险等级 Risk */
  risk_level: "red" | "orange" | "yellow" | "blue" | null
  /** 属地 Area */
  region: { code: string; name: string | null } | null
  /** 地址 Address */
  address: string | null
  /** 注册地址 Registered address */
  registered_address: string | null
  /** 坐标 Coordinates */
  place: { lon: string; lat: string } | null
  /** 经营场所 Sites */
  sites: { name: string; used_for: string | null; address: string | null; place: { lon: string; lat: string } | null; site_no: number | null; site_key: string | null }[] | null
  /** 法定代表人 Legal representative */
  legal_representative: string | null
  /** 实际控制人 Controlled by */
  controller: string | null
  /** 主要负责人 Head */
  head: string | null
  /** 负责人证件号 Head's ID number */
  head_id_number: string | null
  /** 联系电话 Phone */
  phone: string | null
  /** 主要负责人任职日期 Head since */
  head_since: string | null
  /** 主要负责人考核期限 Head examined by */
  head_exam_by: string | null
  /** 主要负责人已考核合格 Head examined */
  head_examined: boolean | null
  /** 安全负责人 In charge of safety */
  safety_head: string | null
  /** 安全负责人任职日期 In charge since */
  safety_head_since: string | null
  /** 安全负责人考核期限 Examined by */
  safety_head_exam_by: string | null
  /** 安全负责人已考核合格 Examined */
  safety_head_examined: boolean | null
  /** 从业人数 Staff */
  staff: number | null
  /** 其中被派遣人数 Dispatched */
  dispatched: number | null
  /** 外包人数 Contractors */
  contractors: number | null
  /** 粉尘作业人数 In the dust zone */
  dust_workers: number | null
  /** 关键人员 Key persons */
  key_persons: { name: string; post: string; phone: string | null }[] | null
  /** 占地面积 Area */
  floor_area: string | null
  /** 液氨存量 Ammonia */
  ammonia: string | null
  /** 核定生产能力 Approved capacity */
  coal_approved: string | null
  /** 上年原煤产量 Coal of last year */
  coal_year: string | null
  /** 今年最高月产量 Coal of the highest month */
  coal_month: string | null
  /** 注册资本 Capital */
  capital: number | null
  /** 成立日期 Founded on */
  founded_on: string | null
  /** 已投安责险 Liability insurance */
  insured: boolean | null
  /** 保险单号 Policy */
  policy_no: string | null
  /** 保险到期日 Insured until */
  insurance_end: string | null
  /** 安全生产费用 Safety costs */
  safety_costs: { year: number; required: number; used: number | null }[] | null
  /** 应急救援力量 Rescue */
  rescue: "own" | "agreement" | "none" | null
  /** 最近演练日期 Last drill */
  drilled_on: string | null
  /** 证照附件 Papers */
  papers: { id: number; name: string; type: string; size: number; sha256: string }[] | null
  /** 备注 Remark */
  remark: string | null
  /** 状态起始日期 Since */
  state_since: string | null
  /** 文号 Document */
  state_document: string | null
  /** 原因 Reason */
  state_reason: string | null
  /** 同时终结未销号隐患 End open hazards */
  end_hazards: boolean | null
  /** 随关闭终结的隐患 Hazards ended */
  ended_hazards: number | null
  /** 监管等级评定日期 Graded on */
  grade_on: string | null
  /** 监管等级评定单位 Graded by */
  grade_by: string | null
  /** 监管等级文号 Document of the grade */
  grade_document: string | null
  /** 监管等级理由 Reason of the grade */
  grade_reason: string | null
  /** 风险评定日期 Risk rated on */
  risk_on: string | null
  /** 风险评定单位 Risk rated by */
  risk_by: string | null
  /** 风险评定文号 Document of the rating */
  risk_document: string | null
  /** 风险评定依据 What the rating rests on */
  risk_reason: string | null
  /** 信用等级 Credit grade */
  credit_grade: "A" | "B" | "C" | "D" | null
  /** 信用评价日期 Credit rated on */
  credit_on: string | null
  /** 信用评价单位 Credit rated by */
  credit_by: string | null
  /** 信用评价文号 Document of the credit */
  credit_document: string | null
  /** 信用评价依据 What the credit rests on */
  credit_reason: string | null
}
