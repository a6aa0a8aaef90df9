#include "domain/lists.h"

#include "domain/object/dangerous_goods.h"
#include "domain/object/credential.h"

#define ITEM(c, zh_, en_)                     \
    {                                         \
        .code = (c), .label = {(zh_), (en_) } \
    }
#define LIST(n, zh_, en_, array)                                                        \
    {                                                                                   \
        .name = (n), .label = { (zh_), (en_) }, .items = (array), .count = COUNT(array) \
    }

/* Statistical division codes, GB/T 2260 and GB/T 10114: five levels of the grid below the nation. */
static const struct choice region_level_items[] = {
    ITEM("province", "省级", "Province"), ITEM("city", "市级", "City"),       ITEM("county", "县级", "County"),
    ITEM("town", "乡级", "Town"),         ITEM("village", "村级", "Village"),
};
const struct choices region_levels = LIST("region_level", "区划级别", "Level of region", region_level_items);

static const struct choice organisation_type_items[] = {
    ITEM("government", "人民政府", "Government"),
    ITEM("department", "政府部门", "Department"),
    ITEM("town_office", "乡镇（街道）安全监管机构", "Town safety office"),
    ITEM("park", "园区管理机构", "Park administration"),
    ITEM("committee", "安委会及专业委员会", "Committee"),
    ITEM("enforcement", "执法队伍", "Enforcement team"),
    ITEM("rescue", "救援队伍", "Rescue team"),
    ITEM("association", "行业协会", "Association"),
    ITEM("service", "技术服务机构", "Service body"),
    ITEM("volunteers", "志愿者队伍", "Volunteers"),
    ITEM("enterprise", "生产经营单位", "Enterprise"),
    ITEM("other", "其他", "Other"),
};
const struct choices organisation_types =
    LIST("organisation_type", "组织类型", "Type of organisation", organisation_type_items);

/* 行业领域 with a lead supervision department each: responsibility reference §4. */
static const struct choice sector_items[] = {
    ITEM("HAZCHEM", "危险化学品", "Hazardous chemicals"),
    ITEM("COAL", "煤矿", "Coal mines"),
    ITEM("MINE", "非煤矿山", "Non-coal mines"),
    ITEM("TAILINGS", "尾矿库", "Tailings ponds"),
    ITEM("FIREWORK", "烟花爆竹", "Fireworks"),
    ITEM("INDUSTRY", "工贸", "Industry and trade"),
    ITEM("BUILD", "房屋市政施工", "Building works"),
    ITEM("GAS", "城镇燃气", "Town gas"),
    ITEM("ROADTRANS", "道路运输", "Road transport"),
    ITEM("ROADTRAFFIC", "道路交通", "Road traffic"),
    ITEM("FIRE", "消防", "Fire safety"),
    ITEM("SPECEQ", "特种设备", "Special equipment"),
    ITEM("CIVEXP", "民用爆炸物品", "Civil explosives"),
    ITEM("SCHOOL", "教育", "Schools"),
    ITEM("HEALTH", "卫生健康", "Health care"),
    ITEM("ELDER", "养老", "Elderly care"),
    ITEM("TOUR", "旅游", "Tourism"),
    ITEM("CULTURE", "文化体育", "Culture and sport"),
    ITEM("AGRIMACH", "农机", "Farm machinery"),
    ITEM("FISHVESSEL", "渔船", "Fishing vessels"),
    ITEM("RAILSIDE", "铁路沿线", "Railway side"),
    ITEM("HEATPOWER", "供热供电", "Heat and power"),
    ITEM("OCCHEALTH", "职业健康", "Occupational health"),
    ITEM("OTHER", "其他", "Other"),
};
const struct choices sectors = LIST("sector", "行业领域", "Sector", sector_items);

static const struct choice unit_type_items[] = {
    ITEM("company", "企业", "Company"),
    ITEM("sole_trader", "个体工商户", "Sole trader"),
    ITEM("cooperative", "农民专业合作社", "Farmers' cooperative"),
    ITEM("institution", "事业单位", "Public institution"),
    ITEM("school", "学校", "School"),
    ITEM("hospital", "医院", "Hospital"),
    ITEM("property", "物业服务人", "Property manager"),
    ITEM("village", "村（居）民委员会", "Village committee"),
    ITEM("social", "社会组织", "Social organisation"),
    ITEM("other", "其他", "Other"),
};
const struct choices unit_types = LIST("unit_type", "单位类型", "Type of unit", unit_type_items);

static const struct choice firm_size_items[] = {
    ITEM("large", "大型", "Large"),
    ITEM("medium", "中型", "Medium"),
    ITEM("small", "小型", "Small"),
    ITEM("micro", "微型", "Micro"),
};
const struct choices firm_sizes = LIST("firm_size", "规模", "Size", firm_size_items);

/* Enterprise reference §4; 两客一危 are ROAD_PASS, ROAD_TOUR and ROAD_HAZ. */
static const struct choice firm_flag_items[] = {
    ITEM("HZ_PROD", "危化生产", "Makes hazardous chemicals"),
    ITEM("HZ_OPER", "危化经营", "Trades hazardous chemicals"),
    ITEM("HZ_USE", "危化使用", "Uses hazardous chemicals"),
    ITEM("HZ_STOR", "危化储存", "Stores hazardous chemicals"),
    ITEM("KEY2_1", "两重点一重大", "Two keys and one major"),
    ITEM("COAL", "煤矿", "Coal mine"),
    ITEM("MINE_UG", "地下矿山", "Underground mine"),
    ITEM("MINE_OP", "露天矿山", "Open-pit mine"),
    ITEM("TAILINGS", "尾矿库", "Tailings pond"),
    ITEM("OILGAS", "石油开采", "Oil extraction"),
    ITEM("FW_PROD", "烟花爆竹生产", "Makes fireworks"),
    ITEM("FW_WHOLE", "烟花爆竹批发", "Fireworks wholesale"),
    ITEM("FW_RETAIL", "烟花爆竹零售", "Fireworks retail"),
    ITEM("BUILD", "建筑施工", "Building works"),
    ITEM("ROAD_PASS", "班线客运", "Scheduled coaches"),
    ITEM("ROAD_TOUR", "旅游包车", "Tourist coaches"),
    ITEM("ROAD_HAZ", "危险货物运输", "Carries dangerous goods"),
    ITEM("ROAD_GOODS", "普通货运", "Carries other goods"),
    ITEM("METAL", "金属冶炼", "Metal smelting"),
    ITEM("DUST", "粉尘涉爆", "Explosive dust"),
    ITEM("CONF", "有限空间", "Confined space"),
    ITEM("NH3", "涉氨制冷", "Ammonia cooling"),
    ITEM("CROWD", "人员密集场所", "Crowd place"),
    ITEM("GAS", "燃气经营或使用", "Sells or uses gas"),
    ITEM("SPECEQ", "特种设备使用", "Uses special equipment"),
    ITEM("OTHER", "其他", "Other"),
};
const struct choices firm_flags = LIST("firm_flag", "监管标签", "Supervision flag", firm_flag_items);

static const struct choice facility_type_items[] = {
    ITEM("park", "化工园区", "Chemical park"),
    ITEM("high_rise", "高层建筑", "High-rise"),
    ITEM("mall", "大型商业综合体", "Shopping mall"),
    ITEM("underground", "地下空间", "Underground space"),
    ITEM("old_estate", "老旧小区", "Old estate"),
    ITEM("crowd", "人员密集场所", "Crowd place"),
    ITEM("tailings", "尾矿库", "Tailings pond"),
    ITEM("closed_mine", "关闭矿井", "Closed mine"),
    ITEM("fireworks", "烟花零售点", "Fireworks point"),
    ITEM("works_site", "建设工地", "Works site"),
    ITEM("pipe", "管道", "Pipeline"),
    ITEM("road", "路段", "Road segment"),
    ITEM("other", "其他", "Other"),
};
const struct choices facility_types = LIST("facility_type", "设施类型", "Type of facility", facility_type_items);

/* What a firm shows of itself: enterprise reference §6 to §9. */
static const struct choice licence_type_items[] = {
    ITEM("work_safety", "安全生产许可证", "Work safety licence"),
    ITEM("hazchem_trade", "危险化学品经营许可证", "Licence to trade dangerous chemicals"),
    ITEM("hazchem_use", "危险化学品安全使用许可证", "Licence to use dangerous chemicals"),
    ITEM("hazchem_registration", "危险化学品登记证", "Registration of dangerous chemicals"),
    ITEM("fireworks_wholesale", "烟花爆竹经营（批发）许可证", "Fireworks wholesale licence"),
    ITEM("fireworks_retail", "烟花爆竹经营（零售）许可证", "Fireworks retail licence"),
    ITEM("safety_evaluation", "安全评价报告", "Safety evaluation"),
    ITEM("source_filing", "重大危险源备案", "Filing of a major hazard"),
    ITEM("plan_filing", "应急预案备案", "Filing of the emergency plan"),
    ITEM("equipment_registration", "特种设备使用登记", "Registration of special equipment"),
    ITEM("gas_trade", "燃气经营许可证", "Gas trade licence"),
    ITEM("road_transport", "道路运输经营许可证", "Road transport licence"),
    ITEM("other", "其他", "Other"),
};
const struct choices licence_types = LIST("licence_type", "证照类型", "Type of licence", licence_type_items);

/* 应急〔2021〕83号; the edition of the standard by the day of grading. */
static const struct choice standardization_level_items[] = {
    ITEM("one", "一级", "Level one"),
    ITEM("two", "二级", "Level two"),
    ITEM("three", "三级", "Level three"),
};
const struct choices standardization_levels =
    LIST("standardization_level", "标准化等级", "Level of standardisation", standardization_level_items);

static const struct choice standardization_round_items[] = {
    ITEM("first", "初次定级", "First"),
    ITEM("renewal", "期满复评", "Renewal"),
};
const struct choices standardization_rounds =
    LIST("standardization_round", "评定类别", "Round", standardization_round_items);

enum { EDITION_2025 = 20392 /* 2025-10-31 */ };
static const struct choice standardization_standard_items[] = {
    { .code = "gbt33000_2016", .label = { "GB/T 33000-2016", "GB/T 33000-2016" }, .valid_to = EDITION_2025 - 1 },
    { .code = "gbt33000_2025", .label = { "GB/T 33000-2025", "GB/T 33000-2025" }, .valid_from = EDITION_2025 },
    ITEM("sector", "行业评定标准", "Standard of the sector"),
};
const struct choices standardization_standards =
    LIST("standardization_standard", "评定标准", "Standard", standardization_standard_items);

static const struct choice withdraw_cause_items[] = {
    ITEM("death", "发生生产安全死亡事故", "A death in an accident"),
    ITEM("injuries", "12 个月内累计重伤 3 人以上", "Three serious injuries in 12 months"),
    ITEM("loss", "12 个月内直接经济损失 100 万元以上", "A million yuan of loss in 12 months"),
    ITEM("concealed", "瞒报、谎报、迟报、漏报事故", "An accident was concealed"),
    ITEM("false_material", "提供虚假材料", "False material"),
    ITEM("licence_revoked", "许可证被撤销、吊销", "The licence was revoked"),
    ITEM("hazard_unfixed", "重大事故隐患未按期整改", "A major hazard was not fixed in time"),
    ITEM("dishonest", "列入严重失信名单", "On the dishonest list"),
    ITEM("other", "其他情形", "Other"),
};
const struct choices withdraw_causes = LIST("withdraw_cause", "撤销情形", "Cause of withdrawal", withdraw_cause_items);

/* The four colours of risk; the eight special works of GB 30871. */
static const struct choice risk_level_items[] = {
    ITEM("red", "重大风险（红）", "Major (red)"),
    ITEM("orange", "较大风险（橙）", "Considerable (orange)"),
    ITEM("yellow", "一般风险（黄）", "Ordinary (yellow)"),
    ITEM("blue", "低风险（蓝）", "Low (blue)"),
};
const struct choices risk_levels = LIST("risk_level", "风险等级", "Risk", risk_level_items);

/* How closely the authority supervises a firm, and what it is trusted with: A best, D worst. */
static const struct choice supervision_grade_items[] = {
    ITEM("A", "A级", "Grade A"),
    ITEM("B", "B级", "Grade B"),
    ITEM("C", "C级", "Grade C"),
    ITEM("D", "D级", "Grade D"),
};
const struct choices supervision_grades =
    LIST("supervision_grade", "监管等级", "Supervision grade", supervision_grade_items);
const struct choices credit_grades = LIST("credit_grade", "信用等级", "Credit grade", supervision_grade_items);

static const struct choice special_work_items[] = {
    ITEM("hot", "动火", "Hot work"),     ITEM("confined", "受限空间", "Confined space"),
    ITEM("blind", "盲板抽堵", "Blinds"), ITEM("height", "高处", "At height"),
    ITEM("lifting", "吊装", "Lifting"),  ITEM("electric", "临时用电", "Temporary power"),
    ITEM("digging", "动土", "Digging"),  ITEM("road", "断路", "Closing a road"),
};
const struct choices special_works = LIST("special_work", "特殊作业", "Special work", special_work_items);

static const struct choice certificate_type_items[] = {
    ITEM("special_operation", "特种作业操作证", "Special operation"),
    ITEM("building_operation", "建筑施工特种作业操作资格证", "Special operation in building"),
    ITEM("equipment_operation", "特种设备作业人员证", "Special equipment"),
    ITEM("head_fitness", "主要负责人安全合格证", "Fitness of the head"),
    ITEM("manager_fitness", "安全管理人员合格证", "Fitness of safety staff"),
    ITEM("safety_engineer", "注册安全工程师", "Registered safety engineer"),
    ITEM("other", "其他", "Other"),
};
const struct choices certificate_types =
    LIST("certificate_type", "证书类型", "Type of certificate", certificate_type_items);

static const struct choice special_operation_items[] = {
    ITEM("electric", "电工作业", "Electric work"),
    ITEM("welding", "焊接与热切割作业", "Welding and cutting"),
    ITEM("height", "高处作业", "Work at height"),
    ITEM("cooling", "制冷与空调作业", "Cooling"),
    ITEM("coal", "煤矿安全作业", "Coal mines"),
    ITEM("mine", "金属非金属矿山安全作业", "Other mines"),
    ITEM("oil", "石油天然气安全作业", "Oil and gas"),
    ITEM("metal", "冶金（有色）生产安全作业", "Metallurgy"),
    ITEM("hazchem", "危险化学品安全作业", "Dangerous chemicals"),
    ITEM("fireworks", "烟花爆竹安全作业", "Fireworks"),
    ITEM("other", "其他经认定的作业", "Other, as determined"),
};
const struct choices special_operations =
    LIST("special_operation", "特种作业类别", "Special operation", special_operation_items);

static const struct choice person_category_items[] = {
    ITEM("head", "主要负责人", "Head"),
    ITEM("manager", "安全管理人员", "Safety staff"),
    ITEM("worker", "其他从业人员", "Worker"),
    ITEM("dispatched", "被派遣劳动者", "Dispatched worker"),
};
const struct choices person_categories = LIST("person_category", "人员类别", "Class of person", person_category_items);

static const struct choice safety_role_items[] = {
    ITEM("full_time", "专职", "Full time"),
    ITEM("part_time", "兼职", "Part time"),
};
const struct choices safety_roles = LIST("safety_role", "安全管理方式", "Safety work", safety_role_items);

static const struct choice training_purpose_items[] = {
    ITEM("initial", "岗前（初次）培训", "Before the work"),
    ITEM("yearly", "每年再培训", "Yearly"),
    ITEM("transfer", "转岗或离岗一年以上", "New post, or away for a year"),
    ITEM("new_technology", "新工艺、新技术、新材料、新设备", "New technology"),
};
const struct choices training_purposes =
    LIST("training_purpose", "培训性质", "Purpose of training", training_purpose_items);

static const struct choice source_unit_items[] = {
    ITEM("production", "生产单元", "Production"),
    ITEM("storage", "储存单元", "Storage"),
};
const struct choices source_units = LIST("source_unit", "单元类型", "Type of unit", source_unit_items);

static const struct choice rescue_items[] = {
    ITEM("own", "自有应急救援队伍", "Own rescue team"),
    ITEM("agreement", "签订救援协议", "Rescue agreement"),
    ITEM("none", "无", "None"),
};
const struct choices rescues = LIST("rescue", "应急救援力量", "Rescue", rescue_items);

static const struct choice pond_grade_items[] = {
    ITEM("1", "一等", "Grade 1"), ITEM("2", "二等", "Grade 2"), ITEM("3", "三等", "Grade 3"),
    ITEM("4", "四等", "Grade 4"), ITEM("5", "五等", "Grade 5"),
};
const struct choices pond_grades = LIST("pond_grade", "尾矿库等别", "Grade of pond", pond_grade_items);

static const struct choice pipe_medium_items[] = {
    ITEM("gas", "燃气", "Gas"),
    ITEM("oil", "原油、成品油", "Oil"),
    ITEM("chemical", "危险化学品", "Chemicals"),
    ITEM("steam", "蒸汽、热水", "Steam, hot water"),
    ITEM("other", "其他", "Other"),
};
const struct choices pipe_media = LIST("pipe_medium", "输送介质", "Medium", pipe_medium_items);

static const struct choice works_type_items[] = {
    ITEM("house", "房屋建筑", "House building"),
    ITEM("civil", "土木、线路管道、设备安装", "Civil, pipeline and installation"),
};
const struct choices works_types = LIST("works_type", "工程类别", "Type of works", works_type_items);

static const struct choice hazard_level_items[] = {
    ITEM("general", "一般隐患", "General"),
    ITEM("major", "重大隐患", "Major"),
};
const struct choices hazard_levels = LIST("hazard_level", "隐患级别", "Level of hazard", hazard_level_items);

/* GB/T 13861 classes of hazard factors. */
static const struct choice hazard_category_items[] = {
    ITEM("person", "人的因素", "People"),
    ITEM("thing", "物的因素", "Things"),
    ITEM("environment", "环境因素", "Environment"),
    ITEM("management", "管理因素", "Management"),
};
const struct choices hazard_categories = LIST("hazard_category", "隐患类型", "Category", hazard_category_items);

static const struct choice hazard_source_items[] = {
    ITEM("self", "企业自查", "Self-check"),       ITEM("grid", "网格巡查", "Grid patrol"),
    ITEM("inspection", "执法检查", "Inspection"), ITEM("report", "群众举报", "Tip-off"),
    ITEM("monitoring", "监测预警", "Monitoring"), ITEM("group", "督导检查", "Supervision group"),
    ITEM("expert", "专家会诊", "Experts"),        ITEM("import", "台账导入", "Imported ledger"),
};
const struct choices hazard_sources = LIST("hazard_source", "发现方式", "How found", hazard_source_items);

static const struct choice look_back_result_items[] = {
    ITEM("holds", "无反弹", "Nothing found back"),
    ITEM("relapsed", "反弹", "Found back"),
};
const struct choices look_back_results =
    LIST("look_back_result", "回头看结果", "Result of a look-back", look_back_result_items);

static const struct choice listing_level_items[] = {
    ITEM("county", "县级", "County"),
    ITEM("city", "市级", "City"),
    ITEM("province", "省级", "Province"),
};
const struct choices listing_levels = LIST("listing_level", "挂牌督办级别", "Level of listing", listing_level_items);

static const struct choice arrangement_items[] = {
    ITEM("measures", "整改措施", "Measures"),
    ITEM("responsible", "责任人", "Responsible person"),
    ITEM("funds", "整改资金", "Funds"),
    ITEM("due", "整改期限", "Deadline"),
    ITEM("contingency", "应急预案", "Contingency plan"),
};
const struct choices arrangements = LIST("arrangement", "五落实", "Five arrangements", arrangement_items);

static const struct choice no_code_items[] = {
    ITEM("new", "新办未领", "New, not yet issued"),
    ITEM("none", "依法不办理", "None by law"),
    ITEM("foreign", "境外登记", "Registered abroad"),
    ITEM("ledger", "原台账未登记", "Missing in the source ledger"),
};
const struct choices no_code_reasons = LIST("no_code_reason", "无代码原因", "Why no code", no_code_items);

static const struct choice paper_type_items[] = {
    ITEM("instruction", "责令限期整改指令书", "Order to rectify"),
    ITEM("recheck", "整改复查意见书", "Re-check opinion"),
};
const struct choices paper_types = LIST("paper_type", "文书种类", "Type of paper", paper_type_items);

static const struct choice paper_result_items[] = {
    ITEM("passed", "已整改合格", "Rectified"),
    ITEM("part", "部分整改", "Partly rectified"),
    ITEM("failed", "未整改或不合格", "Not rectified"),
};
const struct choices paper_results = LIST("paper_result", "复查结果", "Result of the re-check", paper_result_items);

static const struct choice service_mode_items[] = {
    ITEM("direct", "直接送达", "In person"),
    ITEM("left", "留置送达", "Left there"),
    ITEM("post", "邮寄送达", "By post"),
    ITEM("entrusted", "委托送达", "Through another office"),
    ITEM("electronic", "电子送达", "Electronically"),
    ITEM("announced", "公告送达", "By announcement"),
};
const struct choices service_modes = LIST("service_mode", "送达方式", "Way of service", service_mode_items);

/* clang-format off */
const struct choices *const all_choices[] = {
    &region_levels,
    &organisation_types,
    &duty_roles,
    &standings,
    &sectors,
    &unit_types,
    &firm_sizes,
    &firm_flags,
    &facility_types,
    &hazard_levels,
    &hazard_categories,
    &hazard_sources,
    &look_back_results,
    &listing_levels,
    &arrangements,
    &no_code_reasons,
    &licence_types,
    &certificate_types,
    &standardization_levels,
    &standardization_rounds,
    &standardization_standards,
    &withdraw_causes,
    &risk_levels,
    &supervision_grades,
    &credit_grades,
    &special_works,
    &special_operations,
    &person_categories,
    &safety_roles,
    &training_purposes,
    &source_units,
    &rescues,
    &pond_grades,
    &pipe_media,
    &works_types,
    &dangerous_goods,
    &source_grades,
    &credential_statuses,
    &paper_types,
    &paper_results,
    &service_modes,
    NULL,
};
/* clang-format on */

static bool is_listed(const struct choices *const *lists, const struct choices *list)
{
    for (; *lists; lists++)
        if (*lists == list)
            return true;
    return false;
}

int lists_check(const struct kind *const *kinds, const struct choices *const *lists, struct error *err)
{
    for (; *kinds; kinds++)
        for (size_t i = 0; i < (*kinds)->field_count; i++) {
            const struct field *f = &(*kinds)->fields[i];
            if (f->choices && !is_listed(lists, f->choices))
                return fail(err, FAULT_INTERNAL, "lists.missing",
                            "%s.%s 的选项表 %s 不在 src/domain/lists.c 的 all_choices 里",
                            "The choices of %s.%s, %s, are missing in all_choices of src/domain/lists.c",
                            (*kinds)->name, f->name, f->choices->name);
        }
    return 0;
}
