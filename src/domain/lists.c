#include "domain/lists.h"

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

static const struct choice operating_state_items[] = {
    ITEM("normal", "正常", "Operating"),     ITEM("stopped", "停产", "Production stopped"),
    ITEM("suspended", "停业", "Suspended"),  ITEM("closed", "关闭", "Closed"),
    ITEM("building", "在建", "Being built"), ITEM("trial", "试生产", "Trial production"),
};
const struct choices operating_states = LIST("operating_state", "经营状态", "Operating state", operating_state_items);

static const struct choice firm_flag_items[] = {
    ITEM("HZ_PROD", "危化生产", "Makes hazardous chemicals"),
    ITEM("HZ_OPER", "危化经营", "Trades hazardous chemicals"),
    ITEM("HZ_USE", "危化使用", "Uses hazardous chemicals"),
    ITEM("HZ_STOR", "危化储存", "Stores hazardous chemicals"),
    ITEM("KEY2_1", "两重点一重大", "Two keys and one major"),
    ITEM("METAL", "金属冶炼", "Metal smelting"),
    ITEM("DUST", "粉尘涉爆", "Explosive dust"),
    ITEM("CONF", "有限空间", "Confined space"),
    ITEM("NH3", "涉氨制冷", "Ammonia cooling"),
    ITEM("CROWD", "人员密集场所", "Crowd place"),
    ITEM("GAS", "燃气使用", "Uses gas"),
    ITEM("SPECEQ", "特种设备使用", "Uses special equipment"),
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

static const struct choice listing_level_items[] = {
    ITEM("county", "县级", "County"),
    ITEM("city", "市级", "City"),
    ITEM("province", "省级", "Province"),
};
const struct choices listing_levels = LIST("listing_level", "挂牌督办级别", "Level of listing", listing_level_items);

static const struct choice no_code_items[] = {
    ITEM("new", "新办未领", "New, not yet issued"),
    ITEM("none", "依法不办理", "None by law"),
    ITEM("foreign", "境外登记", "Registered abroad"),
    ITEM("ledger", "原台账未登记", "Missing in the source ledger"),
};
const struct choices no_code_reasons = LIST("no_code_reason", "无代码原因", "Why no code", no_code_items);

const struct choices *const all_choices[] = { &region_levels,    &organisation_types, &duty_roles,
                                              &sectors,          &unit_types,         &firm_sizes,
                                              &operating_states, &firm_flags,         &facility_types,
                                              &hazard_levels,    &hazard_categories,  &hazard_sources,
                                              &listing_levels,   &no_code_reasons,    NULL };
