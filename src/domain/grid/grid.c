#include "domain/grid/grid.h"

#include "domain/change.h"
#include "domain/lists.h"
#include "record/type.h"

#include <string.h>

/* ---- region ---- */

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

/* ---- organisation ---- */

static const struct field organisation_fields[] = {
    { TEXT(struct organisation, name), .label = { "名称", "Name" }, .max = 100,
      .flags = REQUIRED | TITLE | SEARCH | LIST | UNIQUE },
    { TEXT(struct organisation, short_name), .label = { "简称", "Short name" }, .max = 30, .flags = SEARCH | LIST },
    { REGION(struct organisation, region), .label = { "属地", "Area" }, .flags = LIST },
    { PHONE(struct organisation, phone), .label = { "值班电话", "Duty phone" }, .flags = LIST },
};

const struct kind organisation_kind = {
    .name = "organisation",
    .plural = "organisations",
    .label = { "组织", "Organisation" },
    .size = sizeof(struct organisation),
    .fields = LISTED(organisation_fields),
    .scope = SCOPE_OPEN,
    .sorts = { "name" },
    .identity = "name",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_EXPORT,
    .open_label = true,
};

/* ---- account ---- */

static int account_check(struct change *c, struct error *err)
{
    struct account *a = c->after;
    size_t n = strlen(a->name);
    if (n < 3 || strspn(a->name, "abcdefghijklmnopqrstuvwxyz0123456789._-") != n)
        return fail_field(err, "name", "登录名用 3 个以上小写字母、数字、点或横线",
                          "Use at least 3 lower-case letters, digits, dots or dashes");
    if (!has(a, active))
        set(a, active, 1);
    return 0;
}

static const struct field account_fields[] = {
    { TEXT(struct account, display_name), .label = { "姓名", "Name" }, .max = 40,
      .flags = REQUIRED | TITLE | SEARCH | LIST },
    { TEXT(struct account, name), .label = { "登录名", "Sign-in name" }, .max = 40,
      .flags = REQUIRED | UNIQUE | FIXED | LIST },
    { TEXT(struct account, post), .label = { "职务", "Post" }, .max = 60, .flags = SEARCH | LIST },
    { CHOICE(struct account, role), .label = { "角色", "Role" }, .choices = &roles, .flags = LIST },
    { REFERENCE(struct account, organisation), .label = { "单位", "Organisation" }, .ref = "organisation",
      .flags = LIST },
    { PHONE(struct account, phone), .label = { "手机", "Mobile" }, .flags = LIST },
    { YES_NO(struct account, active), .label = { "启用", "Active" }, .flags = LIST },
};

const struct kind account_kind = {
    .name = "account",
    .plural = "accounts",
    .label = { "人员", "Person" },
    .size = sizeof(struct account),
    .fields = LISTED(account_fields),
    .scope = SCOPE_OPEN,
    .sorts = { "display_name", "id" },
    .identity = "name",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_EXPORT,
    .open_label = true,
    .check = account_check,
};
