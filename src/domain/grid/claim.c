#include "base/clock.h"
#include "domain/change.h"
#include "domain/grid/grid.h"
#include "domain/lists.h"
#include "record/type.h"

#include <string.h>

enum { OTHERS_MOST = 20 };

static void claim_tidy(struct change *c, void *record)
{
    struct claim *m = record;
    (void)c;
    if (!has(m, title))
        set(m, title, "监管职责认领");
}

static int claim_check(struct change *c, struct error *err)
{
    struct claim *m = c->after;
    if (has(m, object) == has(m, sector))
        return fail_field(err, "object", "写一个监管对象，或写行业领域和区域，两者取其一",
                          "Name an object, or a sector and an area: one of the two");
    if (has(m, object) ? has(m, region) : !has(m, region))
        return fail_field(err, "region", has(m, object) ? "已写明监管对象的，不再写区域" : "写行业领域时须写明区域",
                          has(m, object) ? "An object has its area; leave it out" : "A sector needs an area");
    const struct choice *sector = has(m, sector) ? choice_find(&sectors, m->sector, 0) : NULL;
    set(m, title,
        arena_printf(c->arena, "%s%s", sector ? sector->label.zh : "监管对象",
                     has(m, object) ? "的监管职责" : "行业的监管职责"));
    return 0;
}

/* A department speaks for itself; the office may name any. */
static int may_claim(struct change *c, struct error *err)
{
    const struct claim *m = c->after;
    if (c->actor->program || m->claimant == c->actor->organisation ||
        actor_may(c->actor, &claim_kind, verb_bit("rule")))
        return 0;
    return fail_field(err, "claimant", "只能为本单位认领，请选择本单位", "Claim for the own organisation; choose it");
}

/* Another record made or ended inside the move; the move goes on as if nothing had been in between. */
static int beside_the_move(struct change *c, int (*act)(struct change *c, const void *arg, struct error *err),
                           const void *arg, struct error *err)
{
    struct change outer = *c;
    int got = act(c, arg, err);
    c->kind = outer.kind;
    c->before = outer.before;
    c->after = outer.after;
    c->move = outer.move;
    c->note = outer.note;
    return got;
}

static int make_duty(struct change *c, const void *arg, struct error *err)
{
    struct assignment *a = (struct assignment *)arg;
    return change_create(c, &assignment_kind, a, err);
}

/* Ends the day before; one that began today, today. One that was to begin later ends before it began and holds no day. */
static int end_duty(struct change *c, const void *arg, struct error *err)
{
    const struct claim_other *o = arg;
    void *before;
    if (change_get(c, &assignment_kind, o->assignment, 0, "change", &before, err) < 0)
        return -1;
    struct assignment *a = change_copy(c, &assignment_kind, before);
    int64_t today = day_of_ms(c->now), last = a->valid_from == today ? today : today - 1;
    if (strcmp(a->role, "direct") != 0)
        return fail_field(err, "others", "只能结束“直接监管”的责任关系", "Only direct supervision is ended here");
    if (!has(a, valid_to) || a->valid_to > last)
        set(a, valid_to, last);
    return change_save(c, &assignment_kind, before, a, err);
}

static bool is_named(const struct lines *others, int64_t assignment)
{
    const struct claim_other *rows = others->rows;
    for (size_t i = 0; i < others->count; i++)
        if (rows[i].assignment == assignment)
            return true;
    return false;
}

/* Direct supervision of the same, from today on: two at the same nearness would be in each other's way again
** (grid/responsible.h). */
static const char same_sql[] =
    "SELECT a.id, a.sectors, a.holder_organisation, o.name FROM assignment a JOIN organisation o ON "
    "o.id = a.holder_organisation WHERE a.role = 'direct' AND a.removed_at IS NULL AND (a.valid_to IS NULL OR "
    "a.valid_to >= ?) AND (a.object = ? OR (a.object IS NULL AND a.area = ? AND (a.sectors IS NULL OR a.sectors LIKE "
    "?))) ORDER BY a.id LIMIT ?";

/* What a ruling ends by itself stands among the others. A duty that reaches further than the ruling is not ended unasked:
** its other sectors would be nobody's. */
static int end_the_same(struct change *c, struct claim *m, struct error *err)
{
    const char *one = has(m, sector) ? arena_printf(c->arena, ",%s,", m->sector) : "";
    struct claim_other *rows = ARENA_ARRAY(c->arena, struct claim_other, OTHERS_MOST);
    struct lines *others = ARENA_NEW(c->arena, struct lines);
    struct rows found;
    *others = (struct lines){ .rows = rows };
    if (has(m, others)) {
        others->count = m->others->count;
        memcpy(rows, m->others->rows, others->count * sizeof *rows);
    }
    if (db_query(c->db, &found, same_sql,
                 BIND(value_int(day_of_ms(c->now)), value_int(has(m, object) ? m->object : 0),
                      value_int(has(m, region) ? m->region : 0),
                      value_text(has(m, sector) ? arena_printf(c->arena, "%%%s%%", one) : ""), value_int(OTHERS_MOST)),
                 err) < 0)
        return -1;
    while (rows_next(&found) && others->count < OTHERS_MOST) {
        const char *reach = rows_text(&found, 1);
        int64_t id = rows_int(&found, 0);
        if (is_named(others, id))
            continue;
        if (!has(m, object) && !(reach && strcmp(reach, one) == 0)) {
            if (rows_int(&found, 2) != m->claimant)
                fail_field(err, "others", "%s还直接监管该区域的其他行业，请先改它的责任关系，或在此选上，随裁定结束",
                           "%s supervises other sectors there too; change that duty first, or name it here to end it",
                           rows_text(&found, 3));
            continue;
        }
        struct claim_other *o = &rows[others->count++];
        set(o, assignment, id);
    }
    if (rows_done(&found, err) < 0 || err->fault)
        return -1;
    if (others->count)
        give(m, others, others);
    return 0;
}

static int rule(struct change *c, struct error *err)
{
    struct claim *m = c->after;
    struct assignment *a = change_new(c, &assignment_kind);
    if (end_the_same(c, m, err) < 0)
        return -1;
    for (size_t i = 0; has(m, others) && i < m->others->count; i++)
        if (beside_the_move(c, end_duty, (const struct claim_other *)m->others->rows + i, err) < 0)
            return -1;
    set(a, role, "direct");
    set(a, holder_organisation, m->claimant);
    set(a, valid_from, day_of_ms(c->now));
    set(a, basis, m->basis);
    if (has(m, object))
        give(a, object, m->object);
    else {
        set(a, area, m->region);
        set(a, sectors, arena_printf(c->arena, ",%s,", m->sector));
    }
    if (beside_the_move(c, make_duty, a, err) < 0)
        return -1;
    set(m, assignment, a->is.id);
    return 0;
}

static const struct field claim_other_fields[] = {
    { REFERENCE(struct claim_other, assignment), .label = { "责任关系", "Assignment" }, .ref = "assignment",
      .flags = REQUIRED },
};

const struct kind claim_other_kind = {
    .name = "claim_other",
    .plural = "claim-others",
    .label = { "同时结束的责任关系", "Ends with it" },
    .size = sizeof(struct claim_other),
    .fields = LISTED(claim_other_fields),
    .child = true,
};

static const struct group claim_groups[] = { { "what", { "认领事项", "What" } },
                                             { "who", { "认领", "Claim" } },
                                             { "ruling", { "裁定", "Ruling" } } };

static const struct field claim_fields[] = {
    { TEXT(struct claim, title), .label = { "事项", "Matter" }, .max = 100,
      .flags = REQUIRED | TITLE | DERIVED | SEARCH | LIST, .group = "what" },
    { STATE(struct claim, state), .label = { "状态", "State" }, .flags = LIST | INDEXED, .group = "what" },
    { OBJECT(struct claim, object), .label = { "监管对象", "Object" }, .flags = FIXED | LIST, .group = "what" },
    { REGION(struct claim, region), .label = { "区域", "Area" }, .flags = FIXED | LIST, .group = "what" },
    { CHOICE(struct claim, sector), .label = { "行业领域", "Sector" }, .choices = &sectors, .flags = FIXED | LIST,
      .group = "what" },
    { LONG_TEXT(struct claim, matter), .label = { "情况说明", "What is unclear" }, .max = 1000, .flags = WIDE,
      .group = "what" },
    { REFERENCE(struct claim, claimant), .label = { "认领单位", "Claimed by" }, .ref = "organisation",
      .flags = MOVE_ONLY | LIST, .group = "who" },
    { TEXT(struct claim, basis), .label = { "依据", "Basis" }, .max = 300, .flags = MOVE_ONLY | WIDE, .group = "who",
      .hint = { "例：安全生产法第十条第二款，按照业务相近的原则确定",
                "e.g. Work Safety Law art 10.2: by the nearest line of business" } },
    { LONG_TEXT(struct claim, opinion), .label = { "意见", "Opinion" }, .max = 1000, .flags = MOVE_ONLY | WIDE,
      .group = "ruling" },
    { LINES(struct claim, others), .label = { "同时结束的责任关系", "Ends with it" }, .lines = &claim_other_kind,
      .max = OTHERS_MOST, .flags = MOVE_ONLY | WIDE, .group = "ruling",
      .hint = { "同一对象或行业原有的直接监管随裁定结束，不必再选",
                "What supervises the same directly ends by itself; no need to name it" } },
    { REFERENCE(struct claim, assignment), .label = { "形成的责任关系", "Assignment made" }, .ref = "assignment",
      .flags = DERIVED, .group = "ruling" },
};

static const struct state claim_states[] = {
    [CLAIM_OPEN] = { "open", { "待认领", "Open" }, TONE_IDLE, false },
    [CLAIM_CLAIMED] = { "claimed", { "已认领待裁定", "Claimed" }, TONE_JUDGE, false },
    [CLAIM_RULED] = { "ruled", { "已明确", "Ruled" }, TONE_DONE, true },
    [CLAIM_WITHDRAWN] = { "withdrawn", { "已撤回", "Withdrawn" }, TONE_STOPPED, true },
};

static const struct move claim_moves[] = {
    { .name = "claim",
      .label = { "认领", "Claim" },
      .hint = { "由监管部门认领，写明依据。", "A department claims it and says why." },
      .from = { CLAIM_OPEN },
      .from_count = 1,
      .to = CLAIM_CLAIMED,
      .needs = "claim",
      .expected = { .label = { "待认领", "To claim" }, .go = { "去认领", "Claim" }, .roles = ",department," },
      .accepts = { "claimant", "basis" },
      .must = { "claimant", "basis" },
      .check = may_claim },
    { .name = "rule",
      .label = { "裁定", "Rule" },
      .hint = { "无人认领或认领有争议的，由安委办提请政府确定；确定后形成直接监管责任，原有的直接监管随之结束。",
                "Decides who supervises; the duty follows from it, and what others held of the same ends." },
      .from = { CLAIM_OPEN, CLAIM_CLAIMED },
      .from_count = 2,
      .to = CLAIM_RULED,
      .needs = "rule",
      .expected = { .label = { "待我裁定", "To rule on" }, .go = { "去裁定", "Rule" }, .roles = ",office," },
      .accepts = { "claimant", "basis", "opinion", "others" },
      .must = { "claimant", "basis" },
      .check = rule },
    { .name = "withdraw",
      .label = { "撤回", "Withdraw" },
      .from = { CLAIM_OPEN, CLAIM_CLAIMED },
      .from_count = 2,
      .to = CLAIM_WITHDRAWN,
      .needs = "claim",
      .accepts = { "opinion" },
      .must = { "opinion" },
      .danger = true },
};

const struct kind claim_kind = {
    .name = "claim",
    .plural = "claims",
    .label = { "监管职责认领", "Claim" },
    .menu = "duty",
    .size = sizeof(struct claim),
    .fields = LISTED(claim_fields),
    .groups = LISTED(claim_groups),
    .states = LISTED(claim_states),
    .moves = LISTED(claim_moves),
    .scope = SCOPE_TARGET,
    .scope_field = "object",
    .scope_area = "region",
    .sorts = { "id" },
    .newest_first = true,
    .numbered = true,
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_EXPORT,
    .tidy = claim_tidy,
    .check = claim_check,
};
