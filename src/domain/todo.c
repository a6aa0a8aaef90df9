#include "domain/todo.h"

#include "access/duty.h"
#include "access/roles.h"
#include "base/clock.h"
#include "base/text.h"
#include "calendar/deadline.h"
#include "record/table.h"

#include <stdio.h>
#include <string.h>

enum { PERIOD_MOST = 800 }; /* days: no period a to-do waits for is longer than two years */

/* ---- at the start ---- */

static int check_roles(const struct kind *k, const struct move *m, struct error *err)
{
    char role[64];
    for (const char *at = m->expected.roles + 1; *at;) {
        size_t n = strcspn(at, ",");
        snprintf(role, sizeof role, "%.*s", (int)n, at);
        if (!role_find(role))
            return fail(err, FAULT_INTERNAL, "todo.role", "%s 的 %s 由不存在的角色 %s 办理",
                        "%s.%s is expected of a role nobody can hold: %s", k->name, m->name, role);
        at += n + (at[n] == ',');
    }
    return 0;
}

static int check_period(const struct kind *k, const struct move *m, struct error *err)
{
    bool found = false;
    for (size_t i = 0; m->expected.period && i < deadline_rules.count; i++) {
        const struct deadline_rule *r = &deadline_rules.rules[i];
        found |=
            strcmp(r->code, m->expected.period) == 0 && strcmp(r->fact, m->expected.since) == 0 && r->period.count >= 0;
    }
    if (m->expected.period && !found)
        return fail(err, FAULT_INTERNAL, "todo.period", "%s 的 %s 没有时限规则 %s",
                    "%s.%s is due by a rule that does not run from its field: %s", k->name, m->name,
                    m->expected.period);
    return 0;
}

int todo_check(struct error *err)
{
    size_t count = 0;
    for (const struct kind *const *k = all_kinds; *k; k++)
        for (size_t i = 0; i < (*k)->move_count; i++) {
            const struct move *m = &(*k)->moves[i];
            if (!m->expected.label.zh)
                continue;
            count++;
            if (check_roles(*k, m, err) < 0 || check_period(*k, m, err) < 0)
                return -1;
        }
    return count <= TODO_GROUPS ? 0
                                : fail(err, FAULT_INTERNAL, "todo.groups", "待办的类别多于 %d 个",
                                       "There are more than %d groups of things to do", TODO_GROUPS);
}

/* ---- last days ---- */

/* Last day for a fact of that day; 0 when no rule was in force. */
static int64_t last_day(const struct calendar *c, const struct expected *e, int64_t fact)
{
    const struct deadline_rule *r = deadline_rule_on(&deadline_rules, e->period, fact);
    return r ? period_last_day(c, fact, &r->period) : 0;
}

/* The earliest day of the field whose last day is `day` or later: a span of last days as a span of the column. */
static int64_t from_day(const struct calendar *c, const struct expected *e, int64_t day)
{
    int64_t from = day;
    for (int i = 0; e->period && i < PERIOD_MOST && last_day(c, e, from - 1) >= day; i++)
        from--;
    return from;
}

static const char *dated_by(const struct expected *e)
{
    return e->due ? e->due : e->since;
}

static int64_t due_of(const struct calendar *c, const struct kind *kind, const struct expected *e, const void *record)
{
    const struct field *f = dated_by(e) ? field_find(kind, dated_by(e)) : NULL;
    if (!f || !record_bit(record_of_const(record)->known, field_slot(f)))
        return 0;
    int64_t day = *(const int64_t *)field_member_const(f, record);
    return e->period ? last_day(c, e, day) : day;
}

/* ---- the groups ---- */

/* One group being worked out. */
struct asked {
    struct todo_group group;
    struct filter filter;
    struct scope scope;
    struct list_query query;
};

static bool ask(struct asked *a, const struct actor *actor, const struct kind *kind, const struct move *move,
                struct error *err)
{
    a->group = (struct todo_group){ .kind = kind, .move = move, .dated = dated_by(&move->expected) != NULL };
    a->filter = (struct filter){ .todo = move };
    if (list_scope(actor, kind, "read", &a->filter, &a->scope, err) < 0)
        return false;
    a->query = (struct list_query){ .kind = kind,
                                    .actor = actor,
                                    .scope = &a->scope,
                                    .filter = &a->filter,
                                    .sort = waiting_sort(kind),
                                    .count = COUNT_NONE };
    return a->scope.count > 0;
}

int todo_expects(struct db *db, const struct actor *actor, const struct kind *kind, const struct move *move, int64_t id,
                 struct arena *arena, bool *out, struct error *err)
{
    struct asked a;
    struct value own = value_int(id);
    int64_t rows = 0;
    *out = false;
    if (move->other_of)
        move = move_find(kind, move->other_of);
    if (!move->expected.label.zh || !ask(&a, actor, kind, move, err))
        return err->fault ? -1 : 0;
    a.filter.items[a.filter.count++] = (struct condition){ .column = "id", .op = OP_EQUAL, .values = &own, .count = 1 };
    if (list_count(db, &a.query, 1, arena, &rows, err) < 0)
        return -1;
    *out = rows > 0;
    return 0;
}

static const char *address_of(struct arena *arena, const struct asked *a, int64_t from, int64_t before)
{
    AUTO_TEXT out = TEXT_LIMIT(512);
    char day[DAY_TEXT];
    text_printf(&out, "todo=%s", a->group.move->name);
    const char *field = dated_by(&a->group.move->expected);
    if (from > 0) {
        day_print(from - 1, day);
        text_printf(&out, "&%s.after=%s", field, day);
    }
    if (before > 0) {
        day_print(before, day);
        text_printf(&out, "&%s.before=%s", field, day);
    }
    text_printf(&out, "&sort=%s", a->query.sort);
    return arena_str(arena, text_get(&out));
}

static struct todo_count counted(int64_t n, const char *query)
{
    bool capped = n >= LIMIT_TODO;
    return (struct todo_count){ .count = capped ? LIMIT_TODO - 1 : n, .capped = capped, .query = query };
}

/* Rows without a last day: all of a group that has none, else those whose date is not known. */
static void take_undated(struct arena *arena, struct asked *a, int64_t outside)
{
    const struct expected *e = &a->group.move->expected;
    if (!a->group.dated)
        a->group.undated = a->group.all;
    else
        a->group.undated = counted(outside, arena_printf(arena, "todo=%s&%s.none=true&sort=%s", a->group.move->name,
                                                         dated_by(e), a->query.sort));
}

static void take_counts(struct arena *arena, struct asked *a, const struct list_tally *t)
{
    a->group.all = counted(t->total, address_of(arena, a, 0, 0));
    for (int i = 0; a->group.dated && i < TALLY_SPANS; i++)
        a->group.in[i] = counted(
            t->in[i], address_of(arena, a, i == TODO_LATE ? 0 : t->spans[i][0], i == TODO_LATER ? 0 : t->spans[i][1]));
    take_undated(arena, a, t->outside < LIMIT_TODO ? t->outside : LIMIT_TODO);
}

/* ---- the first rows ---- */

static int add_rows(struct db *db, const struct asked *a, const struct filter *filter, int64_t about, int most,
                    struct arena *arena, struct todo_group *g, struct error *err)
{
    struct list_query q = a->query;
    struct list_page page;
    q.filter = filter;
    q.limit = most;
    q.about = about;
    if (most <= 0 || about == 0)
        return 0;
    if (list_run(db, &q, arena, &page, err) < 0)
        return -1;
    for (size_t i = 0; i < page.count; i++)
        g->rows[g->row_count++] = page.rows[i];
    return 0;
}

/* A date by which the list is not sorted, or a period after one: its late rows are asked for first. */
static int first_rows(struct db *db, struct asked *a, int64_t late_before, int most, struct arena *arena,
                      const struct calendar *calendar, struct error *err)
{
    struct todo_group *g = &a->group;
    const struct expected *e = &g->move->expected;
    int64_t about = g->all.capped ? INT64_MAX : g->all.count;
    g->rows = ARENA_ARRAY(arena, void *, (size_t)most);
    g->due = ARENA_ARRAY(arena, int64_t, (size_t)most);
    if (!dated_by(e) || (e->due && strcmp(e->due, a->query.sort) == 0)) {
        if (add_rows(db, a, &a->filter, about, most, arena, g, err) < 0)
            return -1;
    } else {
        struct value *bound = ARENA_NEW(arena, struct value);
        struct filter *part = ARENA_NEW(arena, struct filter);
        const struct field *f = field_find(g->kind, dated_by(e));
        *bound = value_int(late_before);
        *part = a->filter;
        part->items[0] =
            (struct condition){ .field = f, .column = f->name, .op = OP_BEFORE, .values = bound, .count = 1 };
        part->count = 1;
        int64_t late = g->in[TODO_LATE].capped ? INT64_MAX : g->in[TODO_LATE].count;
        if (add_rows(db, a, part, late, most, arena, g, err) < 0)
            return -1;
        part->items[0].op = OP_MIN;
        int64_t rest = about == INT64_MAX ? about : about - late;
        if (add_rows(db, a, part, rest, most - (int)g->row_count, arena, g, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < g->row_count; i++)
        g->due[i] = due_of(calendar, g->kind, e, g->rows[i]);
    return 0;
}

int todo_read(struct db *db, const struct actor *actor, const struct calendar *calendar, int64_t today, int rows,
              struct arena *arena, struct todo *out, struct error *err)
{
    struct asked *asked = ARENA_ARRAY(arena, struct asked, TODO_GROUPS);
    struct list_tally *tallies = ARENA_ARRAY(arena, struct list_tally, TODO_GROUPS);
    int64_t monday = today + 7 - (today + 3) % 7; /* 1970-01-01 was a Thursday */
    size_t count = 0;
    out->count = 0;
    for (const struct kind *const *k = all_kinds; *k; k++)
        for (size_t i = 0; i < (*k)->move_count && count < TODO_GROUPS; i++) {
            const struct expected *e = &(*k)->moves[i].expected;
            if (!e->label.zh || !ask(&asked[count], actor, *k, &(*k)->moves[i], err)) {
                if (err->fault)
                    return -1;
                continue;
            }
            int64_t now = e->due || e->since ? from_day(calendar, e, today) : 0;
            int64_t next = now ? from_day(calendar, e, today + 1) : 0;
            int64_t week = now ? from_day(calendar, e, monday) : 0;
            tallies[count] = (struct list_tally){
                .query = &asked[count].query,
                .column = dated_by(e),
                .spans = { { INT32_MIN, now }, { now, next }, { next, week }, { week, INT32_MAX } },
            };
            count++;
        }
    if (list_tallies(db, tallies, count, LIMIT_TODO, arena, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (tallies[i].total == 0)
            continue;
        take_counts(arena, &asked[i], &tallies[i]);
        if (first_rows(db, &asked[i], tallies[i].spans[TODO_LATE][1], rows, arena, calendar, err) < 0)
            return -1;
        out->groups[out->count++] = asked[i].group;
    }
    return 0;
}

/* ---- whose turn it is ---- */

static bool is_known(const struct kind *kind, const char *field, const void *record)
{
    return record_bit(record_of_const(record)->known, field_slot(field_find(kind, field)));
}

static bool waits(const struct kind *kind, const struct move *m, const void *record, int64_t today)
{
    const struct expected *e = &m->expected;
    const struct field *state = field_state(kind), *since = e->past ? field_find(kind, e->since) : NULL;
    if (since && (!is_known(kind, e->since, record) || *(const int64_t *)field_member_const(since, record) >= today))
        return false;
    return e->label.zh && !record_of_const(record)->removed_at &&
           move_leaves(m, (int)*(const int64_t *)field_member_const(state, record)) && (!m->fits || m->fits(record)) &&
           (!e->unless || !is_known(kind, e->unless, record)) && (!e->where || is_known(kind, e->where, record)) &&
           (!e->level || is_known(kind, e->level, record));
}

static bool is_in(const struct turn *t, int64_t account)
{
    for (size_t r = 0; r < t->role_count; r++)
        for (size_t i = 0; i < t->roles[r].count; i++)
            if (t->roles[r].people[i] == account)
                return true;
    return false;
}

/* Of those people the ones on whose own list it stands. */
static int add_people(struct db *db, int64_t today, const struct kind *kind, const void *record, const int64_t *people,
                      size_t count, struct turn *t, struct turn_role *role, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_ARENA arena = { 0 };
        struct actor *person = ARENA_NEW(&arena, struct actor);
        bool expected = false;
        struct error gone = { 0 };
        if (is_in(t, people[i]))
            continue;
        if (actor_load(db, people[i], today, &arena, person, &gone) < 0) {
            if (gone.fault == FAULT_UNAUTHENTICATED)
                continue;
            *err = gone;
            return -1;
        }
        if (todo_expects(db, person, kind, t->move, record_of_const(record)->id, &arena, &expected, err) < 0)
            return -1;
        if (expected)
            role->people[role->count++] = people[i];
    }
    return 0;
}

static int find_turn(struct db *db, int64_t today, const struct kind *kind, const void *record, struct arena *arena,
                     struct turn *t, struct error *err)
{
    const struct expected *e = &t->move->expected;
    struct turn_role role = { 0 };
    if (e->whose && is_known(kind, e->whose, record)) {
        role.people[0] = *(const int64_t *)field_member_const(field_find(kind, e->whose), record);
        role.count = 1; /* nobody else's, whether or not he still may */
        t->roles[t->role_count++] = role;
        return 0;
    }
    size_t vacant = 0;
    struct turn_role empty[TURN_ROLES];
    for (const char *at = e->roles + 1; *at && t->role_count < TURN_ROLES && vacant < TURN_ROLES;) {
        size_t n = strcspn(at, ","), count = 0;
        int64_t people[DUTY_MOST];
        role = (struct turn_role){ .code = arena_strn(arena, at, n) };
        if (duty_holders(db, today, kind, role.code, &record_of_const(record)->own, people, &count, err) < 0 ||
            add_people(db, today, kind, record, people, count, t, &role, err) < 0)
            return -1;
        if (role.count)
            t->roles[t->role_count++] = role;
        else
            empty[vacant++] = role;
        at += n + (at[n] == ',');
    }
    t->vacant = t->role_count == 0;
    for (size_t i = 0; t->vacant && i < vacant; i++)
        t->roles[t->role_count++] = empty[i];
    return 0;
}

int todo_turns(struct db *db, const struct calendar *calendar, int64_t today, const struct kind *kind,
               const void *record, struct arena *arena, struct turn *out, size_t *count, struct error *err)
{
    *count = 0;
    for (size_t i = 0; field_state(kind) && i < kind->move_count && *count < TURNS_MOST; i++) {
        const struct move *m = &kind->moves[i];
        if (!waits(kind, m, record, today))
            continue;
        struct turn *t = &out[*count];
        *t = (struct turn){ .move = m, .due = due_of(calendar, kind, &m->expected, record) };
        if (find_turn(db, today, kind, record, arena, t, err) < 0)
            return -1;
        (*count)++;
    }
    return 0;
}
