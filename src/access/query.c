#include "access/query.h"

#include "access/plan.h"
#include "base/text.h"
#include "record/table.h"
#include "record/type.h"

#include <string.h>

/* ---- lists ---- */

int list_scope(const struct actor *actor, const struct kind *kind, const char *verb, const struct filter *filter,
               struct scope *out, struct error *err)
{
    bool own_personal = false;
    for (size_t i = 0; i < filter->count; i++) {
        const struct condition *c = &filter->items[i];
        if (!c->field || !c->field->type->personal)
            continue;
        if (filter->personal && !actor_may(actor, c->hop ? c->hop : kind, verb_bit("unmask")))
            return fail(err, FAULT_FORBIDDEN, "filter.masked", "您看到的是打码的号码，不能按它查找",
                        "You see this number masked and may not search by it");
        own_personal |= !c->hop && c->op != OP_NONE;
    }
    uint64_t verbs = verb_bit("read") | verb_bit(verb) | (own_personal ? verb_bit("unmask") : 0);
    if (filter->todo && !filter->todo->expected.whose) {
        scope_expected(actor, kind, filter->todo, out);
        if (!actor_may(actor, kind, verbs))
            out->count = 0;
        return 0;
    }
    scope_compile(actor, kind, verbs | (filter->todo ? verb_bit(filter->todo->needs) : 0), out);
    return 0;
}

int list_sort_parse(const struct kind *kind, const char *text, const char **sort, bool *descending, struct error *err)
{
    if (!text || !*text) {
        *sort = kind->sorts[0];
        *descending = kind->newest_first;
        return 0;
    }
    const char *name = text + (*text == '-');
    for (size_t i = 0; i < COUNT(kind->sorts) && kind->sorts[i]; i++)
        if (strcmp(kind->sorts[i], name) == 0) {
            *sort = kind->sorts[i];
            *descending = *text == '-';
            return 0;
        }
    AUTO_TEXT names = TEXT_LIMIT(512);
    for (size_t i = 0; i < COUNT(kind->sorts) && kind->sorts[i]; i++)
        text_printf(&names, "%s%s", i ? ", " : "", kind->sorts[i]);
    return fail_field(err, "sort", "不能按“%s”排序，可用：%s", "Cannot sort by \"%s\"; use %s", name, text_get(&names));
}

/* ---- counts of several lists at once ---- */

/* One pass over the rows: how many there are, and how many of those lie in each span. */
static void put_tally(struct statement *s, const struct list_tally *t, const struct plan *p, int64_t most)
{
    sql(s, "SELECT count(*)");
    for (int i = 0; i < TALLY_SPANS; i++) {
        if (!t->column) {
            sql(s, ", 0");
            continue;
        }
        sql(s, ", coalesce(sum(CASE WHEN x >= ");
        put(s, value_int(t->spans[i][0]));
        sql(s, " AND x < ");
        put(s, value_int(t->spans[i][1]));
        sql(s, " THEN 1 ELSE 0 END), 0)");
    }
    sql(s, " FROM (");
    /* In the indexes a date that may be missing has its place in the column of its sort: nothing lies behind every span. */
    const struct kind *kind = p->query->kind;
    bool sorted = t->column && name_listed(kind->sorts, COUNT(kind->sorts), t->column);
    plan_put_counted(s, p, sorted ? sort_column(p->arena, kind, t->column) : t->column, most);
    sql(s, ") c");
}

/* All tallies of `wanted` in one statement, each of at most `most` rows. */
static int read_tallies(struct db *db, struct list_tally *tallies, const struct plan *plans, const bool *wanted,
                        size_t count, int64_t most, struct arena *arena, struct error *err)
{
    AUTO_STATEMENT *s = statement_new(arena, db_engine(db));
    struct rows rows;
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (!wanted[i])
            continue;
        s->following = plans[i].following;
        s->by_field = plans[i].by_field;
        text_printf(&s->sql, "%sSELECT %d AS n, t.* FROM (", any ? " UNION ALL " : "", (int)i);
        put_tally(s, &tallies[i], &plans[i], most);
        sql(s, ") t");
        any = true;
    }
    if (!any)
        return 0;
    if (statement_sound(s, err) < 0 || db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
        return -1;
    while (rows_next(&rows)) {
        struct list_tally *t = &tallies[rows_int(&rows, 0)];
        t->total = rows_int(&rows, 1);
        for (int i = 0; i < TALLY_SPANS; i++)
            t->in[i] = rows_int(&rows, 2 + i);
    }
    return rows_done(&rows, err);
}

int list_tallies(struct db *db, struct list_tally *tallies, size_t count, int64_t most, struct arena *arena,
                 struct error *err)
{
    struct plan *plans = ARENA_ARRAY(arena, struct plan, count + 1);
    bool *wanted = ARENA_ARRAY(arena, bool, count + 1);
    for (size_t i = 0; i < count; i++) {
        wanted[i] = true;
        if (plan_begin(db, tallies[i].query, arena, &plans[i], err) < 0)
            return -1;
    }
    /* A list without dates needs no more rows than are counted of it. */
    for (int turn = 0; turn < 2; turn++) {
        if (read_tallies(db, tallies, plans, wanted, count, turn ? INT64_MAX : most, arena, err) < 0)
            return -1;
        for (size_t i = 0; i < count; i++)
            wanted[i] = wanted[i] && tallies[i].column && tallies[i].total == most;
    }
    for (size_t i = 0; i < count; i++) {
        struct list_tally *t = &tallies[i];
        t->outside = t->total;
        for (int n = 0; n < TALLY_SPANS; n++) {
            t->outside -= t->in[n];
            t->in[n] = t->in[n] < most ? t->in[n] : most;
        }
        t->total = t->total < most ? t->total : most;
    }
    return 0;
}

int list_count(struct db *db, const struct list_query *q, int64_t most, struct arena *arena, int64_t *out,
               struct error *err)
{
    struct plan plan;
    return plan_begin(db, q, arena, &plan, err) < 0 ? -1 : plan_count(db, &plan, most, out, err);
}

/* The rows of a page, and one more when there is one. */
static int read_page(struct db *db, const struct plan *plan, struct list_page *page, bool *more, struct error *err)
{
    const struct list_query *q = plan->query;
    AUTO_STATEMENT *s = plan_statement(db, plan);
    struct rows rows;
    int got = 0;
    page->count = 0;
    *more = false;
    if (plan_put_list(s, plan, err) < 0 || db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
        return -1;
    while (rows_next(&rows)) {
        if (page->count == (size_t)q->limit) {
            *more = true;
            continue;
        }
        void *record = arena_alloc(plan->arena, q->kind->size);
        if ((got = row_read(q->kind, q->wanted, &rows, plan->arena, record, err)) < 0)
            break;
        page->rows[page->count++] = record;
    }
    struct error ended = { 0 };
    if (rows_done(&rows, &ended) < 0 && got == 0) {
        *err = ended;
        got = -1;
    }
    return got;
}

/* The query with its order said. */
static struct list_query ordered(const struct list_query *query)
{
    struct list_query q = *query;
    if (!q.sort) {
        q.sort = q.kind->sorts[0];
        q.descending = q.kind->newest_first;
    }
    return q;
}

int list_run(struct db *db, const struct list_query *query, struct arena *arena, struct list_page *out,
             struct error *err)
{
    const struct list_query said = ordered(query), *q = &said;
    struct list_page page = { 0 };
    struct plan plan;
    bool more;
    if (plan_make(db, q, arena, &plan, &page, err) < 0)
        return -1;
    page.rows = ARENA_ARRAY(arena, void *, (size_t)q->limit);
    if (read_page(db, &plan, &page, &more, err) < 0)
        return -1;
    if ((plan.way == PLAN_SIEVE || plan.way == PLAN_SET) && !more) {
        plan.way = plan.after_sieve;
        if (read_page(db, &plan, &page, &more, err) < 0)
            return -1;
    }
    if (more) {
        const void *last = page.rows[page.count - 1];
        struct value sort = sort_value(arena, q->kind, q->sort, last);
        page.next = cursor_make(q, arena, &sort, record_of_const(last)->id);
    }
    *out = page;
    return 0;
}

char *list_explain(struct db *db, const struct list_query *query, struct arena *arena, struct error *err)
{
    const struct list_query said = ordered(query), *q = &said;
    struct list_page page;
    struct plan plan;
    char *counted, *listed;
    if (plan_make(db, q, arena, &plan, &page, err) < 0)
        return NULL;
    AUTO_STATEMENT *count = plan_statement(db, &plan);
    AUTO_STATEMENT *list = plan_statement(db, &plan);
    if (plan_put_count(count, &plan, LIMIT_COUNT + 1, err) < 0 || plan_put_list(list, &plan, err) < 0 ||
        !(counted = db_explain(db, arena, text_get(&count->sql), count->binds, count->bind_count, err)) ||
        !(listed = db_explain(db, arena, text_get(&list->sql), list->binds, list->bind_count, err)))
        return NULL;
    return arena_printf(arena, "%s%s%s", counted, LIST_EXPLAINED, listed);
}

int list_step(struct db *db, const struct list_query *query, struct arena *arena, size_t *bytes, struct error *err)
{
    const struct list_query said = ordered(query), *q = &said;
    struct list_page page;
    struct plan plan;
    struct rows rows;
    *bytes = 0;
    if (plan_make(db, q, arena, &plan, &page, err) < 0)
        return -1;
    AUTO_STATEMENT *s = plan_statement(db, &plan);
    if (plan_put_list(s, &plan, err) < 0 || db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
        return -1;
    while (rows_next(&rows))
        for (int i = 0; i < rows.columns; i++) {
            struct value v = rows_value(&rows, i);
            *bytes += v.is == VALUE_INT ? sizeof v.number : v.size;
        }
    return rows_done(&rows, err);
}

int list_each(struct db *db, const struct list_query *query,
              int (*page)(void *const *rows, size_t count, void *arg, struct error *err), void *arg, struct error *err)
{
    struct list_query q = ordered(query);
    uint64_t wanted[2];
    if (query->wanted) { /* the cursor is made of the sort */
        const struct field *sort = field_find(query->kind, q.sort);
        memcpy(wanted, query->wanted, sizeof wanted);
        if (sort)
            record_set_bit(wanted, field_slot(sort), true);
        q.wanted = wanted;
    }
    q.limit = LIMIT_PAGE;
    q.count = COUNT_NONE;
    q.walk = true;
    struct arena arenas[2] = { { 0 }, { 0 } }; /* the cursor of one page is read while the next is built */
    int got = 0;
    for (int turn = 0; got == 0; turn ^= 1) {
        struct list_page rows;
        arena_done(&arenas[turn]);
        if ((got = list_run(db, &q, &arenas[turn], &rows, err)) < 0)
            break;
        got = page(rows.rows, rows.count, arg, err);
        if (!rows.next)
            break;
        q.after = rows.next;
    }
    arena_done(&arenas[0]);
    arena_done(&arenas[1]);
    return got;
}
