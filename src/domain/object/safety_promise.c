#include "domain/object/safety_promise.h"

#include "base/clock.h"
#include "domain/change.h"
#include "domain/grid/responsible.h"
#include "domain/lists.h"
#include "record/type.h"

#include <string.h>

int promise_head(struct db *db, int64_t object, struct arena *arena, const char **out, struct error *err)
{
    struct rows rows;
    *out = NULL;
    if (db_query(db, &rows, "SELECT head FROM enterprise WHERE id = ? AND removed_at IS NULL", BIND(value_int(object)),
                 err) < 0)
        return -1;
    if (rows_next(&rows))
        *out = arena_str(arena, rows_text(&rows, 0));
    return rows_done(&rows, err);
}

/* The three who vouch for the major hazard on that day, where the firm has not written them. */
static void fill_guarantors(struct change *c, struct safety_promise *p)
{
    struct error none = { 0 };
    struct responsible *list;
    struct owner own = p->is.own;
    size_t count;
    own.object = p->object;
    if ((has(p, principal) && has(p, technical) && has(p, operational)) ||
        responsible_read(c->db, p->promised_on, &own, c->arena, &list, &count, &none) < 0)
        return;
    for (size_t i = 0; i < count; i++) {
        const char *role = list[i].role->code, *who = list[i].holder_name;
        if (list[i].level != DUTY_OBJECT || !who)
            continue;
        if (strcmp(role, "principal") == 0 && !has(p, principal))
            set(p, principal, who);
        if (strcmp(role, "technical") == 0 && !has(p, technical))
            set(p, technical, who);
        if (strcmp(role, "operational") == 0 && !has(p, operational))
            set(p, operational, who);
    }
}

static void promise_tidy(struct change *c, void *record)
{
    struct safety_promise *p = record;
    struct error none = { 0 };
    const char *head = NULL;
    char day[DAY_TEXT];
    if (!has(p, promised_on))
        return;
    if (!c->before && has(p, object)) {
        if (!has(p, signer) && promise_head(c->db, p->object, c->arena, &head, &none) == 0 && head)
            set(p, signer, head);
        fill_guarantors(c, p);
    }
    if (!has(p, covers_until))
        set(p, covers_until, p->promised_on);
    day_print(p->promised_on, day);
    set(p, title, arena_printf(c->arena, "安全承诺公告 %s", day));
}

static int check_once(struct change *c, struct error *err)
{
    const struct safety_promise *p = c->after;
    int64_t other = 0;
    bool found;
    if (db_get_int(c->db,
                   "SELECT id FROM safety_promise WHERE own_object = ? AND promised_on = ? AND removed_at IS NULL AND "
                   "id <> ? LIMIT 1",
                   BIND(value_int(p->object), value_int(p->promised_on), value_int(p->is.id)), &other, &found, err) < 0)
        return -1;
    return found ? fail_field(err, "promised_on", "这一天已有安全承诺公告，请修改原来那一份",
                              "There is a promise of that day; change that one")
                 : 0;
}

static int promise_check(struct change *c, struct error *err)
{
    const struct safety_promise *p = c->after;
    if (p->promised_on > day_of_ms(c->now))
        fail_field(err, "promised_on", "承诺日期不能晚于今天", "It cannot have been promised after today");
    if (!has(p, signer))
        fail_field(err, "signer", "企业资料里没有主要负责人，请写承诺人",
                   "The firm's record names no head: say who signs");
    if (p->covers_until < p->promised_on || p->covers_until - p->promised_on >= PROMISE_DAYS)
        fail_field(err, "covers_until", "承诺期止应在承诺日期之后 %d 天内", "It speaks of at most %d days from its own",
                   PROMISE_DAYS);
    if (has(p, special_work_count) && p->special_work_count > 0 && !has(p, special_works))
        fail_field(err, "special_works", "有特殊作业的，请选择作业类别", "Say which special work it is");
    return err->fault ? -1 : check_once(c, err);
}

static const struct group promise_groups[] = { { "promise", { "承诺", "Promise" } },
                                               { "work", { "特殊作业", "Special work" } },
                                               { "vouch", { "重大危险源包保责任人", "Who vouches" } },
                                               { "more", { "其他", "More" } } };

#define P struct safety_promise
static const struct field promise_fields[] = {
    { TEXT(P, title), .label = { "安全承诺公告", "Promise" }, .max = 200,
      .flags = REQUIRED | TITLE | DERIVED | SEARCH | LIST, .group = "promise" },
    { OBJECT(P, object), .label = { "承诺单位", "Unit" }, .flags = REQUIRED | FIXED | LIST, .group = "promise" },
    { DATE(P, promised_on), .label = { "承诺日期", "Promised on" }, .flags = REQUIRED, .group = "promise" },
    { DATE(P, covers_until), .label = { "承诺期止", "Until" }, .group = "promise",
      .hint = { "每日承诺的不填", "Leave it empty for the day alone" } },
    { TEXT(P, signer), .label = { "承诺人", "Signed by" }, .max = 40, .flags = LIST, .group = "promise",
      .hint = { "主要负责人；不填用企业资料里的主要负责人", "The head; taken from the firm's record when empty" } },
    { CHOICE(P, risk), .label = { "今日风险等级", "Risk" }, .choices = &risk_levels, .flags = REQUIRED | LIST | INDEXED,
      .group = "promise" },
    { LONG_TEXT(P, statement), .label = { "承诺内容", "Promise" }, .max = 1000, .flags = WIDE, .group = "promise" },
    { CHOICES(P, special_works), .label = { "特殊作业", "Special work" }, .choices = &special_works, .flags = LIST,
      .group = "work", .hint = { "没有特殊作业的不选", "None: leave it empty" } },
    { INTEGER(P, special_work_count), .label = { "作业处数", "Places" }, .max = 10000, .unit = { "处", "places" },
      .group = "work" },
    { TEXT(P, special_work_note), .label = { "作业部位和措施", "Where, and how it is guarded" }, .max = 300,
      .flags = WIDE, .group = "work" },
    { TEXT(P, principal), .label = { "包保主要负责人", "Principal" }, .max = 40, .group = "vouch" },
    { TEXT(P, technical), .label = { "包保技术负责人", "Technical" }, .max = 40, .group = "vouch" },
    { TEXT(P, operational), .label = { "包保操作负责人", "Operations" }, .max = 40, .group = "vouch" },
    { FILES(P, papers), .label = { "公告照片", "Photographs" }, .max = 5, .flags = WIDE, .group = "more" },
    { LONG_TEXT(P, remark), .label = { "备注", "Remark" }, .max = 1000, .flags = WIDE, .group = "more" },
};

const struct kind safety_promise_kind = {
    .name = "safety_promise",
    .plural = "safety-promises",
    .label = { "安全承诺公告", "Safety promise" },
    .menu = "objects",
    .size = sizeof(P),
    .fields = LISTED(promise_fields),
    .groups = LISTED(promise_groups),
    .scope = SCOPE_OBJECT,
    .scope_field = "object",
    .sorts = { "promised_on", "id" },
    .newest_first = true,
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_IMPORT | CAN_EXPORT,
    .tidy = promise_tidy,
    .check = promise_check,
};
