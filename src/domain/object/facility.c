#include "domain/object/facility.h"

#include "domain/change.h"
#include "domain/grid/boundary.h"
#include "domain/lists.h"
#include "record/type.h"

static void facility_tidy(struct change *c, void *record)
{
    struct facility *f = record;
    int64_t found = f->is.id == 0 && has(f, place) && !has(f, region) ? grid_propose(c, f->place) : 0;
    if (found)
        set(f, region, found);
}

static const struct field facility_fields[] = {
    { TEXT(struct facility, name), .label = { "名称", "Name" }, .max = 120,
      .flags = REQUIRED | TITLE | SEARCH | LIST | WIDE },
    { CHOICE(struct facility, type), .label = { "类型", "Type" }, .choices = &facility_types,
      .flags = REQUIRED | LIST },
    { CHOICE(struct facility, sector), .label = { "行业领域", "Sector" }, .choices = &sectors, .flags = LIST },
    { REFERENCE(struct facility, enterprise), .label = { "管理单位", "Run by" }, .ref = "enterprise", .flags = LIST },
    { REGION(struct facility, region), .label = { "属地", "Area" }, .flags = REQUIRED | LIST },
    { TEXT(struct facility, address), .label = { "地址", "Address" }, .max = 200, .flags = SEARCH | WIDE },
    { PLACE(struct facility, place), .label = { "坐标", "Coordinates" },
      .hint = { "WGS-84 经纬度", "WGS-84 longitude and latitude" } },
    { DATE(struct facility, built_on), .label = { "建成日期", "Built on" } },
    { TEXT(struct facility, external_no), .label = { "原系统编号", "Source number" }, .max = 60, .flags = UNIQUE },
    { LONG_TEXT(struct facility, remark), .label = { "备注", "Remark" }, .max = 2000, .flags = WIDE },
};

const struct kind facility_kind = {
    .name = "facility",
    .plural = "facilities",
    .label = { "设施场所", "Facility" },
    .menu = "objects",
    .size = sizeof(struct facility),
    .fields = LISTED(facility_fields),
    .scope = SCOPE_IS_OBJECT,
    .scope_field = "region",
    .sorts = { "name", "id" },
    .identity = "external_no",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_IMPORT | CAN_EXPORT,
    .tidy = facility_tidy,
};
