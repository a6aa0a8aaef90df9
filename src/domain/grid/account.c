#include "domain/grid/grid.h"

#include "domain/change.h"
#include "domain/grid/staff.h"
#include "record/type.h"

#include <string.h>

/* Whether somebody may sign in and what the organisation opens to the person is for others to say. */
static bool gains_by_it(const struct change *c)
{
    const struct account *was = c->before, *a = c->after;
    bool same_organisation = has(was, organisation) == has(a, organisation) &&
                             (!has(a, organisation) || was->organisation == a->organisation);
    return was->active != a->active || !same_organisation;
}

static int account_check(struct change *c, struct error *err)
{
    struct account *a = c->after;
    size_t n = strlen(a->name);
    if (n < 3 || strspn(a->name, "abcdefghijklmnopqrstuvwxyz0123456789._-") != n)
        return fail_field(err, "name", "登录名用 3 个以上小写字母、数字、点或横线",
                          "Use at least 3 lower-case letters, digits, dots or dashes");
    if (!has(a, active))
        set(a, active, 1);
    if (c->before && a->is.id == c->actor->id && !c->actor->program && gains_by_it(c))
        return refuse(err, "rights.own", "不能改动自己的启用状态和所属单位，请由另一名安全管理员办理",
                      "Nobody changes what the own rights hang on; ask another security administrator");
    return 0;
}

static int account_kept(struct change *c, struct error *err)
{
    const struct account *a = c->after;
    if (c->before && a->is.removed_at != record_of_const(c->before)->removed_at && a->is.id == c->actor->id)
        return refuse(err, "rights.own", "不能把自己移入回收站，请由另一名安全管理员办理",
                      "Nobody takes the own account away; ask another security administrator");
    if (!c->before || a->is.removed_at)
        return 0;
    return staff_check_rights(c, a->is.id, 0, 0, err);
}

static const struct field account_fields[] = {
    { TEXT(struct account, display_name), .label = { "姓名", "Name" }, .max = 40,
      .flags = REQUIRED | TITLE | SEARCH | LIST },
    { TEXT(struct account, name), .label = { "登录名", "Sign-in name" }, .max = 40,
      .flags = REQUIRED | UNIQUE | FIXED | LIST },
    { TEXT(struct account, post), .label = { "职务", "Post" }, .max = 60, .flags = SEARCH | LIST },
    { TEXT(struct account, certificate), .label = { "执法证号", "Officer's certificate" }, .max = 30 },
    { REFERENCE(struct account, organisation), .label = { "单位", "Organisation" }, .ref = "organisation",
      .flags = LIST | RIGHTS },
    { PHONE(struct account, phone), .label = { "手机", "Mobile" }, .flags = LIST },
    { YES_NO(struct account, active), .label = { "启用", "Active" }, .flags = LIST | RIGHTS },
};

const struct kind account_kind = {
    .name = "account",
    .plural = "accounts",
    .label = { "人员", "Person" },
    .menu = "system",
    .size = sizeof(struct account),
    .fields = LISTED(account_fields),
    .scope = SCOPE_OPEN,
    .sorts = { "display_name", "id" },
    .identity = "name",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_EXPORT,
    .open_label = true,
    .check = account_check,
    .kept = account_kept,
};
