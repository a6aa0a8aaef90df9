#include "access/query.h"

#include "base/base64.h"
#include "base/seal.h"
#include "base/text.h"
#include "record/table.h"
#include "record/type.h"
#include "search/search.h"

#include <string.h>

enum { SQL_MAX = 256 * 1024, BINDS_MAX = 2048, SORT_FEW = 2000 };

/* A statement under construction: text and binds grow together, so their order cannot differ. */
struct statement {
    struct arena *arena;
    enum store_engine engine;
    struct text sql;
    struct value *binds; /* grows in the arena; BINDS_MAX at most */
    size_t bind_count, bind_room;
};

static struct statement *statement_new(struct arena *arena, enum store_engine engine)
{
    struct statement *s = ARENA_NEW(arena, struct statement);
    s->arena = arena;
    s->engine = engine;
    s->sql.limit = SQL_MAX;
    return s;
}

static void statement_done(struct statement **s)
{
    if (*s)
        text_done(&(*s)->sql);
}
#define AUTO_STATEMENT __attribute__((cleanup(statement_done))) struct statement

static void sql(struct statement *s, const char *words)
{
    text_str(&s->sql, words);
}

static void add_bind(struct statement *s, struct value v)
{
    if (s->bind_count == BINDS_MAX) {
        s->sql.bad = true;
        return;
    }
    if (s->bind_count == s->bind_room) {
        size_t room = s->bind_room ? s->bind_room * 2 : 16;
        struct value *grown = ARENA_ARRAY(s->arena, struct value, room);
        if (s->bind_count)
            memcpy(grown, s->binds, s->bind_count * sizeof *grown);
        s->binds = grown;
        s->bind_room = room;
    }
    s->binds[s->bind_count++] = v;
}

static void put(struct statement *s, struct value v)
{
    text_char(&s->sql, '?');
    add_bind(s, v);
}

static int sound(const struct statement *s, struct error *err)
{
    return text_ok(&s->sql) ? 0 : fail_field(err, "filter", "条件太多，请减少后再查", "Too many conditions; use fewer");
}

/* ---- scope and filter as conditions; table aliases are given by the caller ---- */

static void put_sectors(struct statement *s, const char *alias, const char *sectors)
{
    if (!sectors)
        return;
    text_printf(&s->sql, " AND %sown_sector IN (", alias);
    bool first = true;
    for (const char *at = sectors + 1; *at;) {
        size_t n = strcspn(at, ",");
        if (!first)
            text_char(&s->sql, ',');
        put(s, value_text(arena_strn(s->arena, at, n)));
        first = false;
        at += n + (at[n] == ',');
    }
    text_char(&s->sql, ')');
}

/* plain: the sort index is to be walked, so that a range must not choose another. */
static void put_level(struct statement *s, const char *alias, enum scope_level level, int64_t code, int64_t end,
                      bool plain)
{
    static const char *const columns[] = { [LEVEL_COUNTY] = "own_county",
                                           [LEVEL_TOWN] = "own_town",
                                           [LEVEL_VILLAGE] = "own_village",
                                           [LEVEL_OBJECT] = "own_object" };
    switch (level) {
    case LEVEL_RANGE:
        text_printf(&s->sql, "%s%sown_county BETWEEN ", plain && s->engine == STORE_SQLITE ? "+" : "", alias);
        put(s, value_int(code));
        sql(s, " AND ");
        put(s, value_int(end));
        break;
    case LEVEL_COUNTY:
    case LEVEL_TOWN:
    case LEVEL_VILLAGE:
    case LEVEL_OBJECT:
        text_printf(&s->sql, "%s%s = ", alias, columns[level]);
        put(s, value_int(code));
        break;
    case LEVEL_ALL:
    case LEVEL_PARTY:
    case LEVEL_SUPERVISED: sql(s, "1 = 1"); break;
    }
}

static void put_part(struct statement *s, const char *alias, const struct kind *kind, const struct scope_part *p,
                     bool plain)
{
    if (p->level == LEVEL_PARTY) {
        text_printf(&s->sql, "%sid IN (SELECT p.id FROM record_party p WHERE p.account = ", alias);
        put(s, value_int(p->code));
        sql(s, " AND p.kind = ");
        put(s, value_text(kind->name));
        text_char(&s->sql, ')');
    } else if (p->level == LEVEL_SUPERVISED) {
        text_printf(&s->sql,
                    "%sown_object IN (SELECT d.object FROM assignment d WHERE d.removed_at IS NULL AND d.role IN "
                    "('industry', 'direct', 'general') AND d.holder_organisation = ",
                    alias);
        put(s, value_int(p->code));
        sql(s, " AND d.valid_from <= ");
        put(s, value_int(p->code_end));
        sql(s, " AND (d.valid_to IS NULL OR d.valid_to >= ");
        put(s, value_int(p->code_end));
        sql(s, "))");
    } else {
        put_level(s, alias, p->level, p->code, p->code_end, plain);
    }
    if (p->area_level != LEVEL_ALL) {
        sql(s, " AND ");
        put_level(s, alias, p->area_level, p->area, p->area_end, true);
    }
    if (p->object) {
        sql(s, " AND ");
        put_level(s, alias, LEVEL_OBJECT, p->object, 0, false);
    }
    put_sectors(s, alias, p->sectors);
}

static void put_parts(struct statement *s, const char *alias, const struct kind *kind, const struct scope_part *parts,
                      size_t count, bool plain)
{
    if (count == 0)
        sql(s, "1 = 0");
    for (size_t i = 0; i < count; i++) {
        sql(s, i ? " OR (" : count > 1 ? "((" : "(");
        put_part(s, alias, kind, &parts[i], plain);
        text_char(&s->sql, ')');
    }
    if (count > 1)
        text_char(&s->sql, ')');
}

static void put_scope(struct statement *s, const char *alias, const struct scope *scope, bool plain)
{
    put_parts(s, alias, scope->kind, scope->parts, scope->count, plain);
    if (scope->within) {
        sql(s, " AND ");
        put_parts(s, alias, scope->kind, scope->within_parts, scope->within_count, true);
    }
}

/* plain: the comparison must not choose the index, because the sort index is to be walked. */
static void put_compare(struct statement *s, const char *alias, const struct condition *c, bool plain)
{
    bool sqlite = s->engine == STORE_SQLITE;
    const char *guard = plain && sqlite ? "+" : "";
    switch (c->op) {
    case OP_EQUAL:
        /* PostgreSQL never uses an index for IS NOT DISTINCT FROM: the counterpart of SQLite's unary plus. */
        text_printf(&s->sql, "%s%s%s %s ", guard, alias, c->column, plain && !sqlite ? "IS NOT DISTINCT FROM" : "=");
        put(s, c->values[0]);
        return;
    case OP_IN:
        text_printf(&s->sql, "%s%s%s IN (", guard, alias, c->column);
        for (size_t i = 0; i < c->count; i++) {
            if (i)
                text_char(&s->sql, ',');
            put(s, c->values[i]);
        }
        text_char(&s->sql, ')');
        return;
    case OP_BEFORE:
    case OP_AFTER:
    case OP_MIN:
    case OP_MAX: {
        const char *word = c->op == OP_BEFORE ? "<" : c->op == OP_AFTER ? ">" : c->op == OP_MIN ? ">=" : "<=";
        text_printf(&s->sql, "%s%s%s %s ", guard, alias, c->column, word);
        put(s, c->values[0]);
        return;
    }
    case OP_NONE: text_printf(&s->sql, "%s%s IS NULL", alias, c->column); return;
    case OP_SOME: text_printf(&s->sql, "%s%s IS NOT NULL", alias, c->column); return;
    case OP_CONTAINS:
        text_printf(&s->sql, "%s(%s%s, ", sqlite ? "instr" : "strpos", alias, c->column);
        put(s, c->values[0]);
        sql(s, ") > 0");
        return;
    case OP_WITHIN: {
        int64_t code = c->values[0].number;
        static const int64_t span[] = { 0, 9999999999, 99999999, 999999, 999, 0 };
        text_printf(&s->sql, "%s%s%s BETWEEN ", guard, alias, c->column);
        put(s, value_int(code));
        sql(s, " AND ");
        put(s, value_int(code + span[region_level(code)]));
        return;
    }
    }
}

static void put_condition(struct statement *s, const struct actor *actor, const struct kind *kind, const char *alias,
                          const struct condition *c, bool plain)
{
    if (!c->hop && c->via) {
        text_printf(&s->sql, "%s%sid IN (SELECT z.record FROM %s_%s z WHERE ",
                    plain && s->engine == STORE_SQLITE ? "+" : "", alias, kind->name, c->via->name);
        put_compare(s, "z.", c, false);
        text_char(&s->sql, ')');
        return;
    }
    if (!c->hop) {
        put_compare(s, alias, c, plain);
        return;
    }
    /* Only rows the reader may see answer a one-hop question, else the answer would tell about the others. */
    struct scope scope;
    scope_compile(actor, c->hop, verb_bit("read") | (c->field->type->personal ? verb_bit("unmask") : 0), &scope);
    text_printf(&s->sql, "%s%s%s IN (SELECT z.id FROM %s z WHERE z.removed_at IS NULL AND ",
                plain && s->engine == STORE_SQLITE ? "+" : "", alias, c->via->name, c->hop->name);
    put_scope(s, "z.", &scope, false);
    sql(s, " AND ");
    put_compare(s, "z.", c, false);
    text_char(&s->sql, ')');
}

/* A region condition on the field that owns the row is an equality on the owner column: the indexes begin with it. */
static bool put_owner_region(struct statement *s, const struct kind *kind, const char *alias, const struct condition *c,
                             bool plain)
{
    if (c->hop || c->op != OP_WITHIN ||
        (c->field && (!kind->scope_field || strcmp(kind->scope_field, c->field->name) != 0)))
        return false;
    int64_t code = c->values[0].number;
    const char *column = NULL;
    switch (region_level(code)) {
    case REGION_COUNTY: column = "own_county"; break;
    case REGION_TOWN: column = "own_town"; break;
    case REGION_VILLAGE: column = "own_village"; break;
    case REGION_NATION:
    case REGION_PROVINCE:
    case REGION_CITY: return false;
    }
    text_printf(&s->sql, "%s%s%s = ", plain && s->engine == STORE_SQLITE ? "+" : "", alias, column);
    put(s, value_int(code));
    return true;
}

/* The reader is the one who is expected to make the move: what list_scope leaves open of `expected`. */
static void put_todo(struct statement *s, const struct list_query *q, const char *alias, bool plain)
{
    const struct move *m = q->filter->todo;
    const struct expected *e = &m->expected;
    text_printf(&s->sql, " AND %s%s%s IN (", plain && s->engine == STORE_SQLITE ? "+" : "", alias,
                field_state(q->kind)->name);
    for (int i = 0; i < m->from_count; i++) {
        if (i)
            text_char(&s->sql, ',');
        put(s, value_text(q->kind->states[m->from[i]].code));
    }
    text_char(&s->sql, ')');
    for (int i = 0; i < EXPECTED_NEVER && e->never[i]; i++) {
        text_printf(&s->sql, " AND (%s%s IS NULL OR %s%s <> ", alias, e->never[i], alias, e->never[i]);
        put(s, value_int(q->actor->id));
        text_char(&s->sql, ')');
    }
    if (!e->whose)
        return;
    struct scope by_role;
    scope_expected(q->actor, q->kind, m, &by_role);
    text_printf(&s->sql, " AND (%s%s = ", alias, e->whose);
    put(s, value_int(q->actor->id));
    if (by_role.count) {
        text_printf(&s->sql, " OR (%s%s IS NULL AND ", alias, e->whose);
        put_scope(s, alias, &by_role, true);
        text_char(&s->sql, ')');
    }
    text_char(&s->sql, ')');
}

static int put_filter(struct statement *s, const struct list_query *q, const char *alias, bool plain, struct error *err)
{
    text_printf(&s->sql, "%sremoved_at IS %s", alias, q->filter->removed ? "NOT NULL" : "NULL");
    if (q->filter->todo)
        put_todo(s, q, alias, plain);
    for (size_t i = 0; i < q->filter->count; i++) {
        sql(s, " AND ");
        if (!put_owner_region(s, q->kind, alias, &q->filter->items[i], plain))
            put_condition(s, q->actor, q->kind, alias, &q->filter->items[i], plain);
    }
    if (q->filter->words) {
        AUTO_TEXT expression = TEXT_LIMIT(64 * 1024);
        if (!search_expression(&expression, s->engine, q->kind->name, NULL, 0, q->filter->words))
            return fail_field(err, "q", "搜索词里没有可搜的字", "There is nothing to search for in these words");
        text_printf(&s->sql, " AND %sid IN (%s)", alias, search_subquery(s->engine));
        add_bind(s, value_text(arena_str(s->arena, text_get(&expression))));
    }
    return sound(s, err);
}

/* ---- cursors ---- */

static void list_hash(const struct list_query *q, struct arena *arena, unsigned char out[SEAL_HASH])
{
    AUTO_TEXT all = TEXT_LIMIT(4 << 20);
    text_printf(&all, "%s %s %d %lld\n%s", q->kind->name, q->sort, q->descending, (long long)q->actor->id,
                filter_canonical(q->filter, arena));
    seal_hash("cursor", text_get(&all), all.used, out);
}

enum { CURSOR_HASH = 16 };

static const char *cursor_make(const struct list_query *q, struct arena *arena, const struct value *sort, int64_t id)
{
    unsigned char hash[SEAL_HASH];
    AUTO_TEXT plain = TEXT_LIMIT(64 * 1024);
    list_hash(q, arena, hash);
    text_add(&plain, hash, CURSOR_HASH);
    text_add(&plain, &id, sizeof id);
    text_char(&plain, sort->is == VALUE_INT ? 'i' : 't');
    if (sort->is == VALUE_INT)
        text_add(&plain, &sort->number, sizeof sort->number);
    else
        text_add(&plain, sort->at, sort->size);
    size_t size;
    const void *sealed = seal(arena, "cursor", text_get(&plain), plain.used, &size);
    return base64_put(arena, sealed, size);
}

static int cursor_read(const struct list_query *q, struct arena *arena, struct value *sort, int64_t *id,
                       struct error *err)
{
    const void *sealed;
    const char *plain;
    size_t size;
    unsigned char hash[SEAL_HASH];
    if (!base64_get(arena, q->after, &sealed, &size) || !unseal(arena, "cursor", sealed, size, &plain))
        return fail_field(err, "after", "翻页位置无效，请从第一页重新开始",
                          "The page position is not valid; start again");
    size -= SEAL_EXTRA;
    list_hash(q, arena, hash);
    if (size < CURSOR_HASH + 9 || !seal_equal(plain, hash, CURSOR_HASH))
        return fail_field(err, "after", "翻页位置属于另一个条件或排序，请从第一页重新开始",
                          "The page position belongs to another filter or sort; start again");
    memcpy(id, plain + CURSOR_HASH, sizeof *id);
    const char *value = plain + CURSOR_HASH + 9;
    size_t left = size - CURSOR_HASH - 9;
    if (plain[CURSOR_HASH + 8] == 'i') {
        int64_t number;
        memcpy(&number, value, sizeof number);
        *sort = value_int(number);
    } else {
        *sort = (struct value){ .is = VALUE_TEXT, .at = value, .size = left };
    }
    return 0;
}

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

struct plan {
    const struct list_query *query;
    const char *column; /* sort column */
    bool by_id, few;
    bool plain; /* the sort index is walked: no comparison may choose another */
    struct value after_sort;
    int64_t after_id;
    int rows; /* LIMIT */
};

static void put_order(struct statement *s, const struct plan *p, const char *alias)
{
    const char *direction = p->query->descending ? " DESC" : "";
    sql(s, " ORDER BY ");
    if (p->few && s->engine == STORE_SQLITE)
        sql(s, "+"); /* the few rows are found by the filter; the sort index would be walked from end to end */
    if (!p->by_id)
        text_printf(&s->sql, "%s%s%s, ", alias, p->column, direction);
    text_printf(&s->sql, "%sid%s", alias, direction);
}

static void put_after(struct statement *s, const struct plan *p, const char *alias)
{
    if (!p->query->after)
        return;
    const char *word = p->query->descending ? "<" : ">";
    if (p->by_id) {
        text_printf(&s->sql, " AND %sid %s ", alias, word);
        put(s, value_int(p->after_id));
        return;
    }
    text_printf(&s->sql, " AND (%s%s, %sid) %s (", alias, p->column, alias, word);
    put(s, p->after_sort);
    text_char(&s->sql, ',');
    put(s, value_int(p->after_id));
    text_char(&s->sql, ')');
}

/* One branch: rows of one grant, in order, at most p->rows. */
static int put_branch(struct statement *s, const struct plan *p, const struct scope *scope, const char *columns,
                      struct error *err)
{
    const struct list_query *q = p->query;
    text_printf(&s->sql, "SELECT %s FROM %s h WHERE ", columns, q->kind->name);
    put_scope(s, "h.", scope, p->plain);
    sql(s, " AND ");
    if (put_filter(s, q, "h.", p->plain, err) < 0)
        return -1;
    put_after(s, p, "h.");
    put_order(s, p, "h.");
    sql(s, " LIMIT ");
    put(s, value_int(p->rows));
    return 0;
}

static int put_list(struct statement *s, const struct plan *p, struct error *err)
{
    const struct list_query *q = p->query;
    const char *columns = row_columns(s->arena, q->kind, "h.");
    if (q->scope->count <= 1)
        return put_branch(s, p, q->scope, columns, err) < 0 ? -1 : sound(s, err);
    text_printf(&s->sql, "SELECT %s FROM %s h JOIN (", columns, q->kind->name);
    for (size_t i = 0; i < q->scope->count; i++) {
        struct scope one = *q->scope;
        one.count = 1;
        one.parts[0] = q->scope->parts[i];
        text_printf(&s->sql, "%sSELECT * FROM (", i ? " UNION " : "");
        if (put_branch(s, p, &one, "h.id", err) < 0)
            return -1;
        text_printf(&s->sql, ") b%d", (int)i);
    }
    sql(s, ") u ON u.id = h.id");
    put_order(s, p, "h.");
    sql(s, " LIMIT ");
    put(s, value_int(p->rows));
    return sound(s, err);
}

static int count_rows(struct db *db, const struct list_query *q, struct arena *arena, int64_t most, int64_t *out,
                      struct error *err)
{
    AUTO_STATEMENT *s = statement_new(arena, db_engine(db));
    bool found;
    text_printf(&s->sql, "SELECT count(*) FROM (SELECT 1 FROM %s h WHERE ", q->kind->name);
    put_scope(s, "h.", q->scope, false);
    sql(s, " AND ");
    if (put_filter(s, q, "h.", false, err) < 0)
        return -1;
    sql(s, " LIMIT ");
    put(s, value_int(most));
    sql(s, ") c");
    if (sound(s, err) < 0)
        return -1;
    return db_get_int(db, text_get(&s->sql), s->binds, s->bind_count, out, &found, err);
}

/* ---- counts of several lists at once ---- */

static int put_rows_of(struct statement *s, const struct list_tally *t, const char *columns, struct error *err)
{
    text_printf(&s->sql, "SELECT %s FROM %s h WHERE ", columns, t->query->kind->name);
    put_scope(s, "h.", t->query->scope, false);
    sql(s, " AND ");
    return put_filter(s, t->query, "h.", false, err);
}

static void put_limit(struct statement *s, int64_t most)
{
    sql(s, " LIMIT ");
    put(s, value_int(most));
}

/* One pass over the rows: how many there are, and how many of those lie in each span. */
static int put_tally(struct statement *s, const struct list_tally *t, int64_t most, struct error *err)
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
    if (put_rows_of(s, t, t->column ? arena_printf(s->arena, "h.%s AS x", t->column) : "1 AS x", err) < 0)
        return -1;
    put_limit(s, most);
    sql(s, ") c");
    return 0;
}

/* A span of a list too long to be counted in one pass is counted by itself. */
static int count_span(struct db *db, const struct list_tally *t, int span, int64_t most, struct arena *arena,
                      int64_t *out, struct error *err)
{
    AUTO_STATEMENT *s = statement_new(arena, db_engine(db));
    bool found;
    sql(s, "SELECT count(*) FROM (");
    if (put_rows_of(s, t, "1 AS x", err) < 0)
        return -1;
    text_printf(&s->sql, " AND h.%s >= ", t->column);
    put(s, value_int(t->spans[span][0]));
    text_printf(&s->sql, " AND h.%s < ", t->column);
    put(s, value_int(t->spans[span][1]));
    put_limit(s, most);
    sql(s, ") c");
    if (sound(s, err) < 0)
        return -1;
    return db_get_int(db, text_get(&s->sql), s->binds, s->bind_count, out, &found, err);
}

int list_tallies(struct db *db, struct list_tally *tallies, size_t count, int64_t most, struct arena *arena,
                 struct error *err)
{
    AUTO_STATEMENT *s = statement_new(arena, db_engine(db));
    struct rows rows;
    if (count == 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        text_printf(&s->sql, "%sSELECT %d AS n, t.* FROM (", i ? " UNION ALL " : "", (int)i);
        if (put_tally(s, &tallies[i], LIMIT_COUNT + 1, err) < 0)
            return -1;
        sql(s, ") t");
    }
    if (sound(s, err) < 0 || db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
        return -1;
    while (rows_next(&rows)) {
        struct list_tally *t = &tallies[rows_int(&rows, 0)];
        t->total = rows_int(&rows, 1);
        for (int i = 0; i < TALLY_SPANS; i++)
            t->in[i] = rows_int(&rows, 2 + i);
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        for (int n = 0; tallies[i].column && tallies[i].total > LIMIT_COUNT && n < TALLY_SPANS; n++)
            if (count_span(db, &tallies[i], n, most, arena, &tallies[i].in[n], err) < 0)
                return -1;
    for (size_t i = 0; i < count; i++) {
        tallies[i].outside = tallies[i].total > LIMIT_COUNT ? -1 : tallies[i].total;
        for (int n = 0; n < TALLY_SPANS && tallies[i].outside > 0; n++)
            tallies[i].outside -= tallies[i].in[n];
        tallies[i].total = tallies[i].total < most ? tallies[i].total : most;
        for (int n = 0; n < TALLY_SPANS; n++)
            tallies[i].in[n] = tallies[i].in[n] < most ? tallies[i].in[n] : most;
    }
    return 0;
}

int list_count(struct db *db, const struct list_query *q, int64_t most, struct arena *arena, int64_t *out,
               struct error *err)
{
    return count_rows(db, q, arena, most, out, err);
}

/* Do the indexes that begin with a level hold more rows than the scope? */
static bool scope_filters(const struct scope *scope)
{
    if (scope->within)
        return true;
    for (size_t i = 0; i < scope->count; i++) {
        const struct scope_part *p = &scope->parts[i];
        if (p->level == LEVEL_RANGE || p->level == LEVEL_PARTY || p->area_level != LEVEL_ALL || p->sectors)
            return true;
    }
    return false;
}

static int plan_make(struct db *db, const struct list_query *q, struct arena *arena, struct plan *p,
                     struct list_page *page, struct error *err)
{
    *p = (struct plan){ .query = q, .rows = q->limit + 1 };
    p->column = sort_column(arena, q->kind, q->sort);
    p->by_id = strcmp(p->column, "id") == 0;
    page->total = -1;
    if (q->after && cursor_read(q, arena, &p->after_sort, &p->after_id, err) < 0)
        return -1;
    bool filtered =
        q->filter->count > 0 || q->filter->words || q->filter->removed || q->filter->todo || scope_filters(q->scope);
    int64_t count = q->about;
    if (!q->walk && !q->about && (q->count != COUNT_NONE || filtered)) {
        int64_t most = q->count == COUNT_EXACT ? INT64_MAX : q->count == COUNT_CAPPED ? LIMIT_COUNT + 1 : SORT_FEW + 1;
        if (count_rows(db, q, arena, most, &count, err) < 0)
            return -1;
        if (q->count != COUNT_NONE) {
            page->capped = q->count == COUNT_CAPPED && count > LIMIT_COUNT;
            page->total = page->capped ? LIMIT_COUNT : count;
        }
    }
    p->few = q->filter->removed || (filtered && !q->walk && count <= SORT_FEW);
    /* What waits has an index of its own, by state, place and deadline (record/table.c). */
    bool waits = q->filter->todo && q->sort && strcmp(q->sort, waiting_sort(q->kind)) == 0;
    p->few &= !waits;
    p->plain = !p->few && !waits;
    return 0;
}

int list_run(struct db *db, const struct list_query *q, struct arena *arena, struct list_page *out, struct error *err)
{
    struct list_page page = { 0 };
    struct plan plan;
    if (plan_make(db, q, arena, &plan, &page, err) < 0)
        return -1;
    AUTO_STATEMENT *s = statement_new(arena, db_engine(db));
    if (put_list(s, &plan, err) < 0)
        return -1;
    struct rows rows;
    if (db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
        return -1;
    page.rows = ARENA_ARRAY(arena, void *, (size_t)q->limit);
    bool more = false;
    int got = 0;
    while (rows_next(&rows)) {
        if (page.count == (size_t)q->limit) {
            more = true;
            continue;
        }
        void *record = arena_alloc(arena, q->kind->size);
        if ((got = row_read(q->kind, &rows, arena, record, err)) < 0)
            break;
        page.rows[page.count++] = record;
    }
    struct error ended = { 0 };
    if (rows_done(&rows, &ended) < 0 && got == 0) {
        *err = ended;
        got = -1;
    }
    if (got < 0)
        return -1;
    if (more) {
        const void *last = page.rows[page.count - 1];
        struct value sort = sort_value(arena, q->kind, q->sort, last);
        page.next = cursor_make(q, arena, &sort, record_of_const(last)->id);
    }
    *out = page;
    return 0;
}

char *list_explain(struct db *db, const struct list_query *q, struct arena *arena, struct error *err)
{
    struct list_page page;
    struct plan plan;
    if (plan_make(db, q, arena, &plan, &page, err) < 0)
        return NULL;
    AUTO_STATEMENT *s = statement_new(arena, db_engine(db));
    if (put_list(s, &plan, err) < 0)
        return NULL;
    return db_explain(db, arena, text_get(&s->sql), s->binds, s->bind_count, err);
}

int list_step(struct db *db, const struct list_query *q, struct arena *arena, size_t *bytes, struct error *err)
{
    struct list_page page;
    struct plan plan;
    struct rows rows;
    *bytes = 0;
    if (plan_make(db, q, arena, &plan, &page, err) < 0)
        return -1;
    AUTO_STATEMENT *s = statement_new(arena, db_engine(db));
    if (put_list(s, &plan, err) < 0 || db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
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
    struct list_query q = *query;
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

/* ---- how many rows name a record ---- */

static void put_counted(struct statement *s, const struct actor *actor, const struct counted *c, size_t at)
{
    struct value *value = ARENA_NEW(s->arena, struct value);
    struct condition names = { .field = c->field,
                               .column = c->field->name,
                               .op = c->field->type == &type_region ? OP_WITHIN : OP_EQUAL,
                               .values = value,
                               .count = 1 };
    struct scope scope;
    *value = value_int(c->value);
    scope_compile(actor, c->kind, verb_bit("read"), &scope);
    text_printf(&s->sql, "%sSELECT %d AS place, count(*) FROM (SELECT 1 FROM %s h WHERE h.removed_at IS NULL AND ",
                at ? " UNION ALL " : "", (int)at, c->kind->name);
    if (!put_owner_region(s, c->kind, "h.", &names, false))
        put_compare(s, "h.", &names, false);
    sql(s, " AND ");
    put_scope(s, "h.", &scope, true);
    sql(s, " LIMIT ");
    put(s, value_int(COUNTED_MOST + 1));
    text_printf(&s->sql, ") c%d", (int)at);
}

int list_counts(struct db *db, const struct actor *actor, struct counted *list, size_t count, struct arena *arena,
                struct error *err)
{
    AUTO_STATEMENT *s = statement_new(arena, db_engine(db));
    struct rows rows;
    for (size_t i = 0; i < count; i++)
        put_counted(s, actor, &list[i], i);
    if (count == 0)
        return 0;
    if (sound(s, err) < 0 || db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
        return -1;
    while (rows_next(&rows)) {
        struct counted *c = &list[rows_int(&rows, 0)];
        c->count = rows_int(&rows, 1);
        c->capped = c->count > COUNTED_MOST;
        if (c->capped)
            c->count = COUNTED_MOST;
    }
    return rows_done(&rows, err);
}

/* ---- one row ---- */

int record_read(struct db *db, const struct scope *scope, int64_t id, bool bin, bool lock, struct arena *arena,
                void **out, struct error *err)
{
    AUTO_STATEMENT *s = statement_new(arena, db_engine(db));
    const struct kind *kind = scope->kind;
    text_printf(&s->sql, "SELECT %s FROM %s h WHERE h.id = ", row_columns(arena, kind, "h."), kind->name);
    put(s, value_int(id));
    if (!bin)
        sql(s, " AND h.removed_at IS NULL");
    sql(s, " AND ");
    put_scope(s, "h.", scope, false);
    if (lock && s->engine == STORE_POSTGRES)
        sql(s, " FOR UPDATE OF h");
    struct rows rows;
    if (db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
        return -1;
    void *record = arena_alloc(arena, kind->size);
    bool found = rows_next(&rows);
    int got = found ? row_read(kind, &rows, arena, record, err) : 0;
    struct error ended = { 0 };
    if (rows_done(&rows, &ended) < 0 && got == 0) {
        *err = ended;
        return -1;
    }
    if (got < 0)
        return -1;
    if (!found)
        return fail(err, FAULT_MISSING, "record.missing", "没有这条记录，或它不在您的数据范围内",
                    "There is no such record, or it lies outside your scope");
    if (lines_read(db, kind, record, arena, err) < 0)
        return -1;
    *out = record;
    return 0;
}

int record_ids_named(struct db *db, const struct actor *actor, const struct kind *kind, const char *title, int64_t *ids,
                     size_t most, size_t *count, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    AUTO_STATEMENT *s = statement_new(&arena, db_engine(db));
    struct scope scope;
    struct rows rows;
    scope_compile(actor, kind, verb_bit("read"), &scope);
    text_printf(&s->sql, "SELECT h.id FROM %s h WHERE h.removed_at IS NULL AND h.%s = ", kind->name,
                field_title(kind)->name);
    put(s, value_text(title));
    sql(s, " AND ");
    put_scope(s, "h.", &scope, false);
    sql(s, " ORDER BY h.id LIMIT ");
    put(s, value_int((int64_t)most));
    if (sound(s, err) < 0 || db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
        return -1;
    while (*count < most && rows_next(&rows))
        ids[(*count)++] = rows_int(&rows, 0);
    return rows_done(&rows, err);
}

int record_is_live(struct db *db, const struct actor *actor, const struct kind *kind, int64_t id, bool *out,
                   struct error *err)
{
    AUTO_ARENA arena = { 0 };
    AUTO_STATEMENT *s = statement_new(&arena, db_engine(db));
    int64_t found;
    text_printf(&s->sql, "SELECT h.id FROM %s h WHERE h.id = ", kind->name);
    put(s, value_int(id));
    sql(s, " AND h.removed_at IS NULL");
    if (!kind->open_label) {
        struct scope scope;
        scope_compile(actor, kind, verb_bit("read"), &scope);
        sql(s, " AND ");
        put_scope(s, "h.", &scope, false);
    }
    if (s->engine == STORE_POSTGRES && db_writing(db))
        sql(s, " FOR SHARE OF h");
    if (sound(s, err) < 0)
        return -1;
    return db_get_int(db, text_get(&s->sql), s->binds, s->bind_count, &found, out, err);
}

/* ---- names ---- */

static void put_ids(struct statement *s, const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            text_char(&s->sql, ',');
        put(s, value_int(ids[i]));
    }
}

int labels_read(struct db *db, const struct actor *actor, const struct kind *kind, const int64_t *ids, size_t count,
                struct arena *arena, const char **names, struct error *err)
{
    memset(names, 0, count * sizeof *names);
    if (count == 0)
        return 0;
    AUTO_STATEMENT *s = statement_new(arena, db_engine(db));
    text_printf(&s->sql, "SELECT h.id, h.%s FROM %s h WHERE h.id IN (", field_title(kind)->name, kind->name);
    put_ids(s, ids, count);
    text_char(&s->sql, ')');
    if (!kind->open_label) {
        struct scope scope;
        scope_compile(actor, kind, verb_bit("read"), &scope);
        sql(s, " AND ");
        put_scope(s, "h.", &scope, false);
    }
    if (sound(s, err) < 0)
        return -1;
    struct rows rows;
    if (db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
        return -1;
    while (rows_next(&rows))
        for (size_t i = 0; i < count; i++)
            if (ids[i] == rows_int(&rows, 0))
                names[i] = arena_str(arena, rows_text(&rows, 1));
    return rows_done(&rows, err);
}

int labels_objects(struct db *db, const struct actor *actor, const int64_t *ids, size_t count, struct arena *arena,
                   const char **names, const char **kinds, struct error *err)
{
    memset(names, 0, count * sizeof *names);
    memset(kinds, 0, count * sizeof *kinds);
    for (const struct kind *const *k = all_kinds; *k; k++) {
        if ((*k)->scope != SCOPE_IS_OBJECT)
            continue;
        const char **seen = ARENA_ARRAY(arena, const char *, count + 1);
        if (labels_read(db, actor, *k, ids, count, arena, seen, err) < 0)
            return -1;
        for (size_t i = 0; i < count; i++)
            if (seen[i]) {
                names[i] = seen[i];
                kinds[i] = (*k)->name;
            }
    }
    return 0;
}
