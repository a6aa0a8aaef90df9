#include "domain/grid/grid.h"

#include "domain/change.h"
#include "domain/lists.h"
#include "record/type.h"

static int region_check(struct change *c, struct error *err)
{
    struct region *r = c->after;
    static const char *const levels[] = { "nation", "province", "city", "county", "town", "village" };
    enum region_level level = region_level(r->code);
    if (level == REGION_NATION)
        return fail_field(err, "code", "区划代码前两位不能是 00", "The code cannot begin with 00");
    set(r, level, levels[level]);
    if (!has(r, parent) && region_parent(r->code))
        set(r, parent, region_parent(r->code));
    if (has(r, parent) && !region_within(r->code, r->parent))
        return fail_field(err, "parent", "上级区划应包含这个代码，例：370211005000 的上级是 370211000000",
                          "The parent must contain this code, e.g. 370211000000 contains 370211005000");
    if (has(r, valid_from) && has(r, valid_to) && r->valid_to < r->valid_from)
        return fail_field(err, "valid_to", "截止日期早于起始日期", "The end is before the beginning");
    return 0;
}

static const struct field region_fields[] = {
    { REGION(struct region, code), .label = { "区划代码", "Code" }, .flags = REQUIRED | FIXED | LIST,
      .hint = { "12 位统计用区划代码", "12-digit statistical code" } },
    { TEXT(struct region, name), .label = { "名称", "Name" }, .max = 60, .flags = REQUIRED | TITLE | SEARCH | LIST },
    { CHOICE(struct region, level), .label = { "级别", "Level" }, .choices = &region_levels, .flags = DERIVED | LIST },
    { REFERENCE(struct region, parent), .label = { "上级", "Parent" }, .ref = "region", .flags = LIST },
    { DATE(struct region, valid_from), .label = { "启用日期", "Valid from" } },
    { DATE(struct region, valid_to), .label = { "停用日期", "Valid until" } },
    { REFERENCE(struct region, successor), .label = { "并入", "Successor" }, .ref = "region" },
    { DATE(struct region, boundary_from), .label = { "边界启用日期", "Boundary from" }, .flags = DERIVED },
    { DECIMAL(struct region, boundary_area), .label = { "边界面积", "Boundary's area" }, .unit = { "平方公里", "km²" },
      .scale = 4, .max = 1000000000000, .flags = DERIVED },
    { TEXT(struct region, boundary_mark), .label = { "边界指纹", "Boundary's mark" }, .max = 16, .flags = DERIVED,
      .hint = { "边界改动后随之改变", "Changes whenever the boundary does" } },
};

const struct kind region_kind = {
    .name = "region",
    .plural = "regions",
    .label = { "区划", "Region" },
    .menu = "system",
    .size = sizeof(struct region),
    .fields = LISTED(region_fields),
    .scope = SCOPE_OPEN,
    .sorts = { "code", "name" },
    .identity = "code",
    .id_field = "code",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_IMPORT | CAN_EXPORT,
    .open_label = true,
    .check = region_check,
};
