#include "domain/object/licence.h"

#include "base/clock.h"
#include "domain/change.h"
#include "domain/ladder.h"
#include "domain/lists.h"
#include "domain/object/decision.h"
#include "record/type.h"

#include <string.h>

enum { RENEWED_MOST = 200 }; /* papers of one type and holder that change sides at once */

bool licence_replaces(const char *type)
{
    return type && strcmp(type, "equipment_registration") != 0 && strcmp(type, "other") != 0;
}

struct credential_life licence_credential(const struct licence *l)
{
    return (struct credential_life){ .until = has(l, valid_until) ? l->valid_until : 0,
                                     .state = (enum credential_state)l->state,
                                     .decided_on = has(l, decided_on) ? l->decided_on : 0 };
}

static const struct credential_rule *rule_of(const struct licence *l)
{
    return has(l, type) && has(l, valid_from) ? credential_rule_on(l->type, l->valid_from) : NULL;
}

/* What the rule says the paper need not: its last day, and by when renewal is asked for. */
static void licence_tidy(struct change *c, void *record)
{
    struct licence *l = record;
    const struct choice *type = has(l, type) ? choice_find(&licence_types, l->type, 0) : NULL;
    const struct credential_rule *rule = rule_of(l);
    if (!has(l, valid_until) && credential_last_day(rule, has(l, valid_from) ? l->valid_from : 0))
        set(l, valid_until, credential_last_day(rule, l->valid_from));
    if (rule && rule->lead_months && has(l, valid_until))
        set(l, renew_by, day_add_months(l->valid_until, -rule->lead_months));
    else
        unset(l, renew_by);
    set(l, title,
        arena_printf(c->arena, "%s%s%s", type ? type->label.zh : "许可证照", has(l, licence_no) ? " " : "",
                     has(l, licence_no) ? l->licence_no : ""));
}

static int licence_check(struct change *c, struct error *err)
{
    struct licence *l = c->after;
    const struct credential_rule *rule = rule_of(l);
    if (has(l, valid_from) && has(l, valid_until) && l->valid_until < l->valid_from)
        return fail_field(err, "valid_until", "到期日早于生效日，请核对证书",
                          "It ends before it begins; see the paper");
    if (has(l, issued_on) && l->issued_on > day_of_ms(c->now))
        fail_field(err, "issued_on", "发证日期不能晚于今天", "It cannot have been issued after today");
    /* One day more: papers print the day of the month either way. */
    if (rule && rule->months && has(l, valid_until) && l->valid_until > day_add_months(l->valid_from, rule->months))
        fail_field(err, "valid_until", "有效期最长 %d 个月（%s），请核对起止日期",
                   "It holds for at most %d months (%s); check both days", rule->months, rule->basis);
    return err->fault ? -1 : 0;
}

/* The mark of the paper l says something else than the others do. A later paper begins before the day after the earlier
** one's last, or has begun by the day asked: between two papers the firm is without one. */
#define MARKED_WRONGLY                                                                                     \
    "l.removed_at IS NULL AND coalesce(l.renewed, 0) <> CASE WHEN EXISTS (SELECT 1 FROM licence n "        \
    "WHERE n.own_object = l.own_object AND n.type = l.type AND n.removed_at IS NULL AND n.id <> l.id AND " \
    "n.state = 'in_force' AND (n.valid_until IS NULL OR n.valid_until > l.valid_until) AND "               \
    "(n.valid_from IS NULL OR n.valid_from <= ? OR n.valid_from <= l.valid_until + 1)) THEN 1 ELSE 0 END "

/* Those of the holder and type. */
static int read_unmarked(struct change *c, int64_t object, const char *type, int64_t *ids, size_t *count,
                         struct error *err)
{
    struct rows rows;
    *count = 0;
    if (db_query(c->db, &rows,
                 "SELECT l.id FROM licence l WHERE l.own_object = ? AND l.type = ? AND " MARKED_WRONGLY
                 "ORDER BY l.id LIMIT ?",
                 BIND(value_int(object), value_text(type), value_int(day_of_ms(c->now)), value_int(RENEWED_MOST)),
                 err) < 0)
        return -1;
    while (*count < RENEWED_MOST && rows_next(&rows))
        ids[(*count)++] = rows_int(&rows, 0);
    return rows_done(&rows, err);
}

static int mark(struct change *c, int64_t id, struct error *err)
{
    void *before;
    if (change_get(c, &licence_kind, id, 0, "read", &before, err) < 0)
        return -1;
    struct licence *l = change_copy(c, &licence_kind, before);
    set(l, renewed, !(has(l, renewed) && l->renewed));
    return change_save(c, &licence_kind, before, l, err);
}

static int mark_type(struct change *c, int64_t object, const char *type, struct error *err)
{
    int64_t ids[RENEWED_MOST];
    size_t count = 0;
    if (!licence_replaces(type))
        return 0;
    int got = read_unmarked(c, object, type, ids, &count, err);
    for (size_t i = 0; got == 0 && i < count; i++)
        got = mark(c, ids[i], err);
    return got;
}

/* The same of all holders: what was stored before the mark was kept, and what a day alone has brought into force. */
static const char stale_sql[] =
    "SELECT l.id FROM licence l WHERE l.type NOT IN ('equipment_registration', 'other') AND " MARKED_WRONGLY
    "ORDER BY l.id LIMIT ?";

struct stale {
    int64_t ids[RENEWED_MOST];
    size_t count, marked;
};

static int read_stale(struct db *db, int64_t day, struct stale *out, struct error *err)
{
    struct rows rows;
    out->count = 0;
    if (db_query(db, &rows, stale_sql, BIND(value_int(day), value_int(RENEWED_MOST)), err) < 0)
        return -1;
    while (out->count < RENEWED_MOST && rows_next(&rows))
        out->ids[out->count++] = rows_int(&rows, 0);
    return rows_done(&rows, err);
}

/* A paper that breaks another rule keeps nobody else's from its mark. */
static int mark_stale(struct change *c, void *args, struct error *err)
{
    struct stale *s = args;
    c->quiet = true;
    s->marked = 0;
    if (read_stale(c->db, day_of_ms(c->now), s, err) < 0)
        return -1;
    for (size_t i = 0; i < s->count; i++) {
        if (mark(c, s->ids[i], err) == 0)
            s->marked++;
        else if (err->fault != FAULT_INVALID)
            return -1;
        error_clear(err);
    }
    return 0;
}

int licences_keep(struct house *house, int64_t now_ms, struct error *err)
{
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = now_ms, .cause = "renewal" };
    struct stale s = { .marked = 1 };
    struct db *db;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = read_stale(db, day_of_ms(now_ms), &s, err);
    store_reader_back(house->store, db);
    while (got == 0 && s.count && s.marked)
        got = change_run(house, &order, mark_stale, &s, NULL, err);
    return got;
}

static bool is_renewed(const struct licence *l)
{
    return has(l, renewed) && l->renewed;
}

/* What is said of the earlier papers follows from this one, each a version of its own; the change remains this one's. */
static int licence_kept(struct change *c, struct error *err)
{
    const struct licence *l = c->after, *was = c->before;
    if (was && is_renewed(was) != is_renewed(l)) /* the mark itself */
        return 0;
    struct change own = *c;
    int got = mark_type(c, l->object, l->type, err);
    if (got == 0 && was && strcmp(was->type, l->type) != 0)
        got = mark_type(c, l->object, was->type, err);
    size_t events = c->event_count;
    *c = own;
    c->event_count = events;
    return got;
}

static const struct move licence_moves[] = { DECISION_MOVES(
    "不应许可而许可的，撤销许可。", "It should not have been issued.", "到期未延续、单位终止等情形办理注销。",
    "Not renewed, or the unit has ended.") };

static const struct group licence_groups[] = { { "paper", { "证照信息", "Paper" } }, DECISION_GROUP };

static const struct field licence_fields[] = {
    { TEXT(struct licence, title), .label = { "证照", "Paper" }, .max = 200,
      .flags = REQUIRED | TITLE | DERIVED | SEARCH | LIST, .group = "paper" },
    { STATE(struct licence, state), .label = { "状态", "State" }, .flags = LIST | INDEXED, .group = "paper" },
    { OBJECT(struct licence, object), .label = { "持证单位", "Held by" }, .flags = REQUIRED | FIXED | LIST,
      .group = "paper" },
    { CHOICE(struct licence, type), .label = { "证照类型", "Type" }, .choices = &licence_types,
      .flags = REQUIRED | INDEXED, .group = "paper" },
    { TEXT(struct licence, licence_no), .label = { "证书编号", "Number" }, .max = 80, .flags = UNIQUE | SEARCH,
      .group = "paper" },
    { TEXT(struct licence, covers), .label = { "许可范围", "Covers" }, .max = 500, .flags = WIDE, .group = "paper" },
    { TEXT(struct licence, issuer), .label = { "发证机关", "Issued by" }, .max = 80, .flags = LIST, .group = "paper" },
    { DATE(struct licence, issued_on), .label = { "发证日期", "Issued on" }, .group = "paper" },
    { DATE(struct licence, valid_from), .label = { "有效期起", "Valid from" }, .flags = LIST, .group = "paper" },
    { DATE(struct licence, valid_until), .label = { "有效期止", "Valid until" }, .flags = LIST | INDEXED,
      .group = "paper",
      .hint = { "不填按该类证照的法定有效期推算", "Worked out by the rule of the type, when empty" } },
    { DATE(struct licence, renew_by), .label = { "最迟申请延期日", "Renewal by" }, .flags = DERIVED, .group = "paper" },
    { YES_NO(struct licence, renewed), .label = { "已换新证", "Renewed" }, .flags = DERIVED, .group = "paper",
      .hint = { "同类型的新证已接续有效，本证不再提醒",
                "A later paper of the type holds: nobody is reminded of this one" } },
    { FILES(struct licence, papers), .label = { "证照扫描件", "Scans" }, .max = 10, .flags = WIDE, .group = "paper" },
    { TEXT(struct licence, external_no), .label = { "原系统编号", "Source number" }, .max = 60,
      .flags = UNIQUE | SEARCH, .group = "paper" },
    { LONG_TEXT(struct licence, remark), .label = { "备注", "Remark" }, .max = 1000, .flags = WIDE, .group = "paper" },
    DECISION_FIELDS(struct licence),
};

const struct kind licence_kind = {
    .name = "licence",
    .plural = "licences",
    .label = { "许可证照", "Licence" },
    .menu = "objects",
    .size = sizeof(struct licence),
    .fields = LISTED(licence_fields),
    .groups = LISTED(licence_groups),
    .states = credential_states,
    .state_count = CREDENTIAL_STATES,
    .moves = LISTED(licence_moves),
    .scope = SCOPE_OBJECT,
    .scope_field = "object",
    .sorts = { "valid_until", "id" },
    .identity = "licence_no",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_IMPORT | CAN_EXPORT | CAN_VERIFY,
    .tidy = licence_tidy,
    .check = licence_check,
    .kept = licence_kept,
};

static bool ends(const struct calendar *calendar, const void *record, int64_t *due)
{
    const struct licence *l = record;
    (void)calendar;
    if (l->state != CREDENTIAL_IN_FORCE || !has(l, valid_until) || is_renewed(l))
        return false;
    *due = l->valid_until;
    return true;
}

const struct watch licence_ends = {
    .name = "ends",
    .label = { "许可证有效期", "Licence ends" },
    .kind = &licence_kind,
    .ladder = &ladder_certificate,
    .runs = ends,
};
