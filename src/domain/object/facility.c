#include "domain/object/facility.h"

#include "domain/change.h"
#include "domain/grid/boundary.h"
#include "domain/ladder.h"
#include "domain/lists.h"
#include "record/type.h"

static void facility_tidy(struct change *c, void *record)
{
    struct facility *f = record;
    int64_t found = f->is.id == 0 && has(f, place) && !has(f, region) ? grid_propose(c, f->place) : 0;
    if (found)
        set(f, region, found);
}

static int facility_check(struct change *c, struct error *err)
{
    const struct facility *f = c->after;
    (void)c;
    if (has(f, starts_on) && has(f, ends_on) && f->ends_on < f->starts_on)
        fail_field(err, "ends_on", "计划竣工日期早于开工日期，请核对", "It ends before it starts; check both days");
    if (has(f, dam_height) && has(f, dam_design) && f->dam_height > f->dam_design)
        fail_field(err, "dam_height", "现状坝高超过设计坝高，请核对；确已超过的属重大隐患，请登记隐患",
                   "The dam is higher than designed; check it, and report a hazard where it is so");
    if (has(f, labourers) && has(f, labour_safety) && f->labour_safety > f->labourers)
        fail_field(err, "labour_safety", "劳务专职安全员不能多于劳务人数，请核对",
                   "There are more safety staff than labourers; check both numbers");
    return err->fault ? -1 : 0;
}

static const struct group facility_groups[] = { { "basic", { "基本信息", "Basics" } },
                                                { "type", { "类型专项", "Of this type" } } };

#define BUILDINGS ",mall,high_rise,crowd,underground,old_estate,"
static const struct field facility_fields[] = {
    { TEXT(struct facility, name), .label = { "名称", "Name" }, .max = 120,
      .flags = REQUIRED | TITLE | SEARCH | LIST | WIDE, .group = "basic" },
    { CHOICE(struct facility, type), .label = { "类型", "Type" }, .choices = &facility_types, .flags = REQUIRED | LIST,
      .group = "basic" },
    { CHOICE(struct facility, sector), .label = { "行业领域", "Sector" }, .choices = &sectors, .flags = LIST,
      .group = "basic" },
    { REFERENCE(struct facility, enterprise), .label = { "管理单位", "Run by" }, .ref = "enterprise", .flags = LIST,
      .group = "basic" },
    { REGION(struct facility, region), .label = { "属地", "Area" }, .flags = REQUIRED | LIST, .group = "basic" },
    { TEXT(struct facility, address), .label = { "地址", "Address" }, .max = 200, .flags = SEARCH | WIDE,
      .group = "basic" },
    { PLACE(struct facility, place), .label = { "坐标", "Coordinates" },
      .hint = { "WGS-84 经纬度", "WGS-84 longitude and latitude" }, .group = "basic" },
    { DATE(struct facility, built_on), .label = { "建成日期", "Built on" }, .group = "basic" },
    { TEXT(struct facility, external_no), .label = { "原系统编号", "Source number" }, .max = 60,
      .flags = UNIQUE | SEARCH, .group = "basic" },
    { LONG_TEXT(struct facility, remark), .label = { "备注", "Remark" }, .max = 2000, .flags = WIDE, .group = "basic" },
    { CHOICE(struct facility, pond_grade), .label = { "等别", "Grade of pond" }, .choices = &pond_grades,
      .group = "type", WHEN("type", ",tailings,") },
    { DECIMAL(struct facility, dam_height), .label = { "现状坝高", "Height of dam" }, .scale = 1, .max = 500,
      .unit = { "米", "m" }, .group = "type", WHEN("type", ",tailings,") },
    { DECIMAL(struct facility, dam_design), .label = { "设计坝高", "Designed height" }, .scale = 1, .max = 500,
      .unit = { "米", "m" }, .group = "type", WHEN("type", ",tailings,") },
    { DECIMAL(struct facility, capacity), .label = { "总库容", "Capacity" }, .scale = 2, .max = 1000000,
      .unit = { "万立方米", "10⁴ m³" }, .group = "type", WHEN("type", ",tailings,") },
    { YES_NO(struct facility, overhead), .label = { "头顶库", "Above people" }, .group = "type",
      .hint = { "下游 1 公里内有居民或重要设施", "People or works within 1 km downstream" },
      WHEN("type", ",tailings,") },
    { INTEGER(struct facility, downstream), .label = { "下游影响人数", "People downstream" }, .max = 10000000,
      .unit = { "人", "people" }, .group = "type", WHEN("type", ",tailings,") },
    { TEXT(struct facility, mineral), .label = { "矿种", "Mineral" }, .max = 40, .group = "type",
      WHEN("type", ",tailings,closed_mine,") },
    { DATE(struct facility, closed_on), .label = { "关闭日期", "Closed on" }, .group = "type",
      WHEN("type", ",closed_mine,") },
    { TEXT(struct facility, closure_document), .label = { "关闭文号", "Closure document" }, .max = 80, .group = "type",
      WHEN("type", ",closed_mine,") },
    { YES_NO(struct facility, sealed), .label = { "井口已封闭", "Shafts sealed" }, .group = "type",
      WHEN("type", ",closed_mine,") },
    { TEXT(struct facility, guardian), .label = { "看护责任人", "Guarded by" }, .max = 40, .group = "type",
      WHEN("type", ",closed_mine,") },
    { DECIMAL(struct facility, floor_area), .label = { "建筑面积", "Floor area" }, .scale = 2, .max = 100000000,
      .unit = { "平方米", "m²" }, .group = "type", WHEN("type", BUILDINGS) },
    { DECIMAL(struct facility, height), .label = { "建筑高度", "Height" }, .scale = 1, .max = 1000,
      .unit = { "米", "m" }, .group = "type", WHEN("type", ",mall,high_rise,") },
    { INTEGER(struct facility, floors), .label = { "地上层数", "Floors" }, .max = 200, .unit = { "层", "floors" },
      .group = "type", WHEN("type", ",mall,high_rise,crowd,old_estate,") },
    { INTEGER(struct facility, basements), .label = { "地下层数", "Basements" }, .max = 20, .unit = { "层", "floors" },
      .group = "type", WHEN("type", ",mall,high_rise,underground,") },
    { INTEGER(struct facility, people_most), .label = { "最大容纳人数", "People at most" }, .max = 1000000,
      .unit = { "人", "people" }, .group = "type", WHEN("type", ",mall,crowd,underground,") },
    { INTEGER(struct facility, households), .label = { "户数", "Households" }, .max = 100000,
      .unit = { "户", "households" }, .group = "type", WHEN("type", ",high_rise,old_estate,") },
    { CHOICE(struct facility, works_type), .label = { "工程类别", "Type of works" }, .choices = &works_types,
      .group = "type", WHEN("type", ",works_site,") },
    { TEXT(struct facility, works_permit), .label = { "施工许可证号", "Works permit" }, .max = 60, .group = "type",
      WHEN("type", ",works_site,") },
    { TEXT(struct facility, builder), .label = { "施工单位", "Builder" }, .max = 120, .group = "type",
      WHEN("type", ",works_site,") },
    { TEXT(struct facility, supervisor), .label = { "监理单位", "Supervising firm" }, .max = 120, .group = "type",
      WHEN("type", ",works_site,") },
    { DECIMAL(struct facility, works_area), .label = { "施工面积", "Area built" }, .scale = 2, .max = 100000000,
      .unit = { "平方米", "m²" }, .group = "type", WHEN("type", ",works_site,") },
    { MONEY(struct facility, works_cost), .label = { "合同价", "Price" }, .unit = { "元", "yuan" }, .group = "type",
      WHEN("type", ",works_site,") },
    { DATE(struct facility, starts_on), .label = { "开工日期", "Starts on" }, .group = "type",
      WHEN("type", ",works_site,") },
    { DATE(struct facility, ends_on), .label = { "计划竣工日期", "Ends on" }, .group = "type",
      WHEN("type", ",works_site,") },
    { INTEGER(struct facility, labourers), .label = { "劳务人数", "Labourers" }, .max = 100000,
      .unit = { "人", "people" }, .group = "type", .hint = { "劳务分包单位在场施工人数", "Of subcontractors, on site" },
      WHEN("type", ",works_site,") },
    { INTEGER(struct facility, labour_safety), .label = { "劳务专职安全员", "Their safety staff" }, .max = 10000,
      .unit = { "人", "people" }, .group = "type",
      .hint = { "劳务分包单位的专职安全生产管理人员", "Full-time safety staff of the subcontractors" },
      WHEN("type", ",works_site,") },
    { CHOICE(struct facility, medium), .label = { "输送介质", "Medium" }, .choices = &pipe_media, .group = "type",
      WHEN("type", ",pipe,") },
    { DECIMAL(struct facility, pressure), .label = { "设计压力", "Pressure" }, .scale = 2, .max = 100,
      .unit = { "兆帕", "MPa" }, .group = "type", WHEN("type", ",pipe,") },
    { INTEGER(struct facility, diameter), .label = { "管径", "Diameter" }, .max = 5000, .unit = { "毫米", "mm" },
      .group = "type", WHEN("type", ",pipe,") },
    { DECIMAL(struct facility, length), .label = { "长度", "Length" }, .scale = 3, .max = 100000,
      .unit = { "公里", "km" }, .group = "type", WHEN("type", ",pipe,road,") },
    { TEXT(struct facility, begins_at), .label = { "起点", "Begins at" }, .max = 100, .group = "type",
      WHEN("type", ",pipe,road,") },
    { TEXT(struct facility, ends_at), .label = { "终点", "Ends at" }, .max = 100, .group = "type",
      WHEN("type", ",pipe,road,") },
    { TEXT(struct facility, licence_no), .label = { "零售许可证号", "Retail licence" }, .max = 60, .group = "type",
      WHEN("type", ",fireworks,") },
    { DATE(struct facility, licence_until), .label = { "许可证有效期止", "Licence until" }, .group = "type",
      WHEN("type", ",fireworks,") },
    { INTEGER(struct facility, stock_most), .label = { "限存量", "Stock at most" }, .max = 100000,
      .unit = { "箱", "boxes" }, .group = "type", WHEN("type", ",fireworks,") },
};

const struct kind facility_kind = {
    .name = "facility",
    .plural = "facilities",
    .label = { "设施场所", "Facility" },
    .menu = "objects",
    .size = sizeof(struct facility),
    .fields = LISTED(facility_fields),
    .groups = LISTED(facility_groups),
    .scope = SCOPE_IS_OBJECT,
    .scope_field = "region",
    .sorts = { "name", "id" },
    .identity = "external_no",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_IMPORT | CAN_EXPORT | CAN_VERIFY,
    .tidy = facility_tidy,
    .check = facility_check,
};

/* The licence of a fireworks point is fields of the point: another type has no such day. */
static bool licence_runs(const struct calendar *calendar, const void *record, int64_t *due)
{
    const struct facility *f = record;
    (void)calendar;
    if (!has(f, licence_until))
        return false;
    *due = f->licence_until;
    return true;
}

const struct watch facility_licence_ends = {
    .name = "licence",
    .label = { "零售许可证有效期", "Retail licence ends" },
    .kind = &facility_kind,
    .ladder = &ladder_certificate,
    .runs = licence_runs,
};
