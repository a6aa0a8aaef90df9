#include "base/clock.h"
#include "domain/change.h"
#include "domain/grid/grid.h"
#include "domain/grid/staff.h"
#include "domain/lists.h"
#include "record/type.h"

#include <string.h>

/* The role names it until the holder is known to exist. */
static void assignment_tidy(struct change *c, void *record)
{
    struct assignment *a = record;
    struct label label = role_label(has(a, role) ? a->role : NULL);
    (void)c;
    if (!has(a, title))
        set(a, title, label.zh ? label.zh : "责任关系");
}

static int check_holder(const struct assignment *a, const struct role *role, struct error *err)
{
    unsigned holders = (has(a, holder_account) ? HOLDER_ACCOUNT : 0) | (has(a, holder_post) ? HOLDER_POST : 0) |
                       (has(a, holder_organisation) ? HOLDER_ORGANISATION : 0);
    const char *field = role->holders & HOLDER_ACCOUNT ? "holder_account" : "holder_organisation";
    if (holders == 0 || (holders & (holders - 1)))
        return fail_field(err, field, "人员、岗位、单位只填一项，作为责任人",
                          "Name exactly one holder: a person, a post or an organisation");
    if (holders & ~role->holders)
        return fail_field(err,
                          has(a, holder_account) ? "holder_account"
                          : has(a, holder_post)  ? "holder_post"
                                                 : "holder_organisation",
                          "%s不能由这类责任人承担，请改选%s%.0s%.0s",
                          "%.0s%.0s%s is not held by such a holder; name %s", role_label(role->code).zh,
                          role->holders & HOLDER_ORGANISATION ? "单位" : "人员或岗位", role_label(role->code).en,
                          role->holders & HOLDER_ORGANISATION ? "an organisation" : "a person or a post");
    return 0;
}

static int check_target(const struct assignment *a, const struct role *role, struct error *err)
{
    static const struct {
        unsigned target;
        const char *field, *zh, *en;
    } targets[] = { { TARGET_AREA, "area", "区域", "an area" },
                    { TARGET_SECTORS, "sectors", "行业领域", "sectors" },
                    { TARGET_OBJECT, "object", "监管对象", "an object" },
                    { TARGET_POST, "post", "担任的岗位", "the post" } };
    unsigned aims = (has(a, area) ? TARGET_AREA : 0) | (has(a, sectors) ? TARGET_SECTORS : 0) |
                    (has(a, object) ? TARGET_OBJECT : 0) | (has(a, post) ? TARGET_POST : 0);
    struct label label = role_label(role->code);
    for (size_t i = 0; i < COUNT(targets); i++)
        if (aims & targets[i].target & ~role->may)
            return fail_field(err, targets[i].field, "“%s”不按%s确定范围，请清空%.0s%.0s",
                              "%.0s%.0s“%s” is not aimed at %s; leave it out", label.zh, targets[i].zh, label.en,
                              targets[i].en);
    if (role->must && !(aims & role->must))
        for (size_t i = 0; i < COUNT(targets); i++)
            if (role->must & targets[i].target)
                return fail_field(err, targets[i].field, "“%s”须写明%s%.0s%.0s", "%.0s%.0s“%s” needs %s", label.zh,
                                  targets[i].zh, label.en, targets[i].en);
    if ((aims & TARGET_OBJECT) && (aims & (TARGET_AREA | TARGET_SECTORS)))
        return fail_field(err, "object", "已写明监管对象的，不再写区域和行业领域",
                          "An object has its area and sector; leave those out");
    if (strcmp(role->code, "grid") == 0 && region_level(a->area) < REGION_TOWN)
        return fail_field(err, "area", "网格员的区域应是乡镇（街道）或村（社区）",
                          "A grid member has a town or a village");
    return 0;
}

/* Rights are given by whoever keeps them, and never to oneself. */
static int check_writer(struct change *c, const struct assignment *a, struct error *err)
{
    bool carries, own;
    if (c->actor->program)
        return 0;
    if (staff_carries_rights(c->db, a, &carries, err) < 0 || staff_is_held_by(c->db, a, c->actor->id, &own, err) < 0)
        return -1;
    if (carries && !actor_can(c->actor, "manage"))
        return fail(err, FAULT_FORBIDDEN, "rights.manage", "带权限的角色由安全管理员登记，请向安全管理员申请",
                    "Roles that carry rights are given by the security administrator; ask there");
    if (carries && own)
        return refuse(err, "rights.own", "不能改动自己的权限，请由另一名安全管理员办理",
                      "Nobody changes the own rights; ask another security administrator");
    return 0;
}

static int name_of(struct change *c, const char *sql, int64_t id, const char **out, struct error *err)
{
    struct rows rows;
    if (db_query(c->db, &rows, sql, BIND(value_int(id)), err) < 0)
        return -1;
    if (rows_next(&rows))
        *out = arena_str(c->arena, rows_text(&rows, 0));
    return rows_done(&rows, err);
}

/* What it is called. The object stays out of it: its name is for those who see the object. */
static int name_it(struct change *c, struct assignment *a, struct error *err)
{
    const char *holder = "", *where = NULL;
    int got = has(a, holder_account)
                  ? name_of(c, "SELECT display_name FROM account WHERE id = ?", a->holder_account, &holder, err)
              : has(a, holder_post)
                  ? name_of(c, "SELECT name FROM post WHERE id = ?", a->holder_post, &holder, err)
                  : name_of(c, "SELECT name FROM organisation WHERE id = ?", a->holder_organisation, &holder, err);
    if (got == 0 && has(a, post))
        got = name_of(c, "SELECT name FROM post WHERE id = ?", a->post, &where, err);
    else if (got == 0 && has(a, area))
        got = name_of(c, "SELECT name FROM region WHERE id = ?", a->area, &where, err);
    if (got < 0)
        return -1;
    set(a, title,
        arena_printf(c->arena, "%s·%s%s%s", role_label(a->role).zh, holder, where ? "·" : "", where ? where : ""));
    return 0;
}

/* What was to begin later may be ended until then: it holds no day. Its last day lies in the past, so that no date typed for
** a day to come is taken for that. */
static bool never_begins(const struct change *c, const struct assignment *a)
{
    int64_t today = day_of_ms(c->now);
    return c->before && a->valid_from > today && a->valid_to < today;
}

static int assignment_check(struct change *c, struct error *err)
{
    struct assignment *a = c->after;
    const struct role *role = role_find(a->role);
    if (check_holder(a, role, err) < 0 || check_target(a, role, err) < 0)
        return -1;
    if (has(a, valid_to) && a->valid_to < a->valid_from && !never_begins(c, a))
        return fail_field(err, "valid_to", "截止日期早于起始日期", "The end is before the beginning");
    if (check_writer(c, a, err) < 0)
        return -1;
    return c->before ? 0 : name_it(c, a, err);
}

static int assignment_kept(struct change *c, struct error *err)
{
    return staff_check_holders(c, c->after, err);
}

static const struct group assignment_groups[] = { { "who", { "谁", "Who" } },
                                                  { "what", { "对什么负责", "For what" } },
                                                  { "when", { "期限和依据", "When and why" } } };

static const struct field assignment_fields[] = {
    { TEXT(struct assignment, title), .label = { "责任关系", "Duty" }, .max = 300,
      .flags = REQUIRED | TITLE | DERIVED | SEARCH | LIST, .group = "who" },
    { CHOICE(struct assignment, role), .label = { "角色", "Role" }, .choices = &duty_roles,
      .flags = REQUIRED | FIXED | LIST | INDEXED, .group = "who" },
    { REFERENCE(struct assignment, holder_account), .label = { "人员", "Person" }, .ref = "account",
      .flags = FIXED | LIST, .group = "who" },
    { REFERENCE(struct assignment, holder_post), .label = { "岗位", "Post" }, .ref = "post", .flags = FIXED | LIST,
      .group = "who" },
    { REFERENCE(struct assignment, holder_organisation), .label = { "单位", "Organisation" }, .ref = "organisation",
      .flags = FIXED | LIST, .group = "who" },
    { REGION(struct assignment, area), .label = { "区域", "Area" }, .flags = FIXED | LIST | INDEXED, .group = "what" },
    { CHOICES(struct assignment, sectors), .label = { "行业领域", "Sectors" }, .choices = &sectors,
      .flags = FIXED | LIST, .group = "what" },
    { OBJECT(struct assignment, object), .label = { "监管对象", "Object" }, .flags = FIXED | LIST, .group = "what" },
    { REFERENCE(struct assignment, post), .label = { "担任的岗位", "Post held" }, .ref = "post", .flags = FIXED,
      .group = "what", .hint = { "角色为“任职”时填写", "For the role “holds the post”" } },
    { DATE(struct assignment, valid_from), .label = { "起始日期", "From" }, .flags = REQUIRED | FIXED | LIST,
      .group = "when" },
    { DATE(struct assignment, valid_to), .label = { "截止日期", "Until" }, .flags = LIST | RIGHTS, .group = "when",
      .hint = { "当天仍有效；长期有效的不填", "That day is included; leave it empty when open" } },
    { TEXT(struct assignment, basis), .label = { "依据", "Basis" }, .max = 300, .flags = WIDE, .group = "when",
      .hint = { "文件名、文号或条款", "Document, number or clause" } },
    { FILES(struct assignment, document), .label = { "文件", "Document" }, .max = 10, .flags = WIDE, .group = "when" },
};

const struct kind assignment_kind = {
    .name = "assignment",
    .plural = "assignments",
    .label = { "责任关系", "Assignment" },
    .menu = "duty",
    .size = sizeof(struct assignment),
    .fields = LISTED(assignment_fields),
    .groups = LISTED(assignment_groups),
    .scope = SCOPE_TARGET,
    .scope_field = "object",
    .scope_area = "area",
    .sorts = { "valid_from", "id" },
    .newest_first = true,
    .fact_date = "valid_from",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_EXPORT, /* it ends, it never disappears */
    .rights = true,
    .tidy = assignment_tidy,
    .check = assignment_check,
    .kept = assignment_kept,
};
