#include "access/plan.h"

#include "base/text.h"
#include "record/table.h"
#include "record/type.h"
#include "search/search.h"

#include <string.h>

enum { SCOPE_TOKENS = 64, FEW_VALUES = 30000, FEW_OF_PART = 5000 };
/* How many rows of an index are met in the time that one row, with its text (SQLite), is looked at; and up to how many numbers
** that the search index finds SQLite holds as a set. */
enum { LOOK_COST = 5, TEXT_COST = 10, SET_MOST = 20000 };
/* SQLite: fewer entries are looked at one by one, sooner than the search index cuts them with those of a place; and fewer that
** are left of them are put in order, sooner than found again for a set. */
enum { CUT_FROM = 2000, SET_FROM = 500 };
/* So many numbers found are remembered sooner than asked for again. */
enum { KEPT_MOST = 6000, KEPT_MOST_POSTGRES = LIMIT_COUNT };

struct statement *plan_statement(struct db *db, const struct plan *p)
{
    struct statement *s = statement_new(p->arena, db_engine(db));
    s->following = p->following;
    s->by_field = p->by_field;
    return s;
}

static void put_limited(struct statement *s, int64_t most)
{
    sql(s, " LIMIT ");
    put(s, value_int(most));
}

/* The rows of "SELECT count(*) FROM (SELECT …" that the statement holds so far, counted no further than `most`. */
static int get_count(struct db *db, struct statement *s, int64_t most, int64_t *out, struct error *err)
{
    bool found;
    put_limited(s, most);
    sql(s, ") c");
    return statement_sound(s, err) < 0 ? -1
                                       : db_get_int(db, text_get(&s->sql), s->binds, s->bind_count, out, &found, err);
}

/* ---- what leads to the rows of one part of the scope ---- */

static bool is_narrow(const struct scope_part *p)
{
    return p->level == LEVEL_OBJECT || p->level == LEVEL_PARTY || p->level == LEVEL_SUPERVISED || p->object;
}

static bool is_value(const struct list_query *q, const struct condition *c)
{
    if (c->op != OP_EQUAL && c->op != OP_IN)
        return false;
    return c->hop ? condition_by_owner(q->kind, c) && strcmp(c->column, "sector") == 0
                  : c->field && !c->via && (c->field->flags & INDEXED) && !(c->field->flags & UNIQUE) &&
                        !c->field->type->personal;
}

static bool has_value(const struct list_query *q, const struct scope_part *part)
{
    bool found = part->sectors || q->filter->todo || q->filter->told || q->filter->import;
    for (size_t i = 0; i < q->filter->count && !found; i++)
        found = is_value(q, &q->filter->items[i]);
    return found;
}

/* Is there an index that begins with what it asks of the state, and goes on with the sector where the scope has some? */
static bool asks_state(const struct list_query *q)
{
    const struct field *state = field_state(q->kind);
    if (!state || !(state->flags & INDEXED))
        return false;
    if (q->filter->todo)
        return true;
    for (size_t i = 0; i < q->filter->count; i++)
        if (is_value(q, &q->filter->items[i]) && q->filter->items[i].field == state)
            return true;
    return false;
}

/* Rows of some sectors with some value: which of the two indexes is shorter? SQLite has nothing to tell it by. */
static int choose_value(struct db *db, struct plan *p, struct error *err)
{
    const struct list_query *q = p->query;
    struct filter one = { 0 };
    const struct list_query alone = { .kind = q->kind, .actor = q->actor, .filter = &one };
    bool sectors = false;
    int64_t count = 0;
    for (size_t i = 0; i < q->scope->count; i++)
        sectors |= q->scope->parts[i].sectors != NULL;
    for (size_t i = 0; i < q->filter->count && one.count == 0; i++)
        if (is_value(q, &q->filter->items[i]) && !q->filter->items[i].hop)
            one.items[one.count++] = q->filter->items[i];
    if (!sectors || one.count == 0 || asks_state(q) || db_engine(db) != STORE_SQLITE)
        return 0;
    AUTO_STATEMENT *s = plan_statement(db, p);
    text_printf(&s->sql, "SELECT count(*) FROM (SELECT 1 FROM %s h WHERE ", q->kind->name);
    put_conditions(s, &alone, "h.", BY_VALUE);
    if (get_count(db, s, FEW_VALUES + 1, &count, err) < 0)
        return -1;
    p->by_field = count <= FEW_VALUES;
    return 0;
}

/* What one import brought leads to its rows, unless the part has fewer. */
static bool finds_by_import(const struct list_query *q, const struct scope_part *part)
{
    return q->filter->import && !is_narrow(part);
}

static enum clause_way few_way(const struct list_query *q, const struct scope_part *part)
{
    if (finds_by_import(q, part))
        return BY_SORT;
    if (q->filter->removed)
        return BY_ANY;
    return is_narrow(part) ? BY_SCOPE : has_value(q, part) ? BY_VALUE : BY_ANY;
}

/* The rows a list is made of. Those of a state are counted and put in order inside the state's index (record/table.c), but
** SQLite would take the narrower one in order of deadlines, which begins alike, and look at every row. walked: in the
** order of the page. */
static void put_table(struct statement *s, const struct list_query *q, const struct scope_part *part,
                      enum clause_way way, bool walked)
{
    bool sector = q->kind->scope == SCOPE_OBJECT || q->kind->scope == SCOPE_TARGET;
    const char *few = q->filter->todo ? waiting_index(q->filter->todo) : NULL;
    s->by_import = !walked && finds_by_import(q, part);
    if (s->by_import) {
        text_char(&s->sql, '(');
        put_import_ids(s, q);
        text_printf(&s->sql, ") w %s JOIN %s h ON h.id = w.id", s->engine == STORE_SQLITE ? "CROSS" : "",
                    q->kind->name);
        return;
    }
    text_printf(&s->sql, "%s h", q->kind->name);
    if (s->engine == STORE_SQLITE && way == BY_VALUE && few)
        text_printf(&s->sql, " INDEXED BY %s_waits_%s", q->kind->name, few);
    else if (s->engine == STORE_SQLITE && way == BY_VALUE && asks_state(q) && (sector || !part->sectors))
        text_printf(&s->sql, " INDEXED BY %s_of_%s%s", q->kind->name, field_state(q->kind)->name,
                    part->sectors ? "_sector" : "");
}

/* ---- words ---- */

/* Does the range hold every live row? A city's platform knows one city. */
static int covers_all(struct db *db, const struct kind *kind, const struct scope_part *part, bool *out,
                      struct error *err)
{
    const struct {
        const char *word;
        int64_t bound;
    } ends[] = { { "<", part->code }, { ">", part->code_end } };
    *out = true;
    for (size_t i = 0; i < COUNT(ends) && *out; i++) {
        AUTO_TEXT text = TEXT_LIMIT(1024);
        int64_t ignored;
        bool found;
        text_printf(&text, "SELECT id FROM %s WHERE removed_at IS NULL AND own_county %s ? LIMIT 1", kind->name,
                    ends[i].word);
        if (db_get_int(db, text_get(&text), BIND(value_int(ends[i].bound)), &ignored, &found, err) < 0)
            return -1;
        *out = !found;
    }
    return 0;
}

static void add_tokens(struct arena *arena, const struct scope_part *p, const char *sector, const char **out,
                       size_t *count)
{
    AUTO_TEXT tokens = TEXT_LIMIT(512);
    search_tokens(&tokens, NULL, p->level == LEVEL_COUNTY ? p->code : 0, p->level == LEVEL_TOWN ? p->code : 0,
                  p->level == LEVEL_VILLAGE ? p->code : 0, p->level == LEVEL_OBJECT ? p->code : 0, sector);
    out[(*count)++] = arena_str(arena, text_get(&tokens));
}

/* The scope as tokens of the search index. False when it says more than they can. */
static int scope_tokens(struct db *db, const struct scope *scope, struct arena *arena, const char **out, size_t *count,
                        bool *exact, struct error *err)
{
    *count = 0;
    *exact = !scope->within && scope->kind->scope != SCOPE_OPEN;
    for (size_t i = 0; i < scope->count && *exact; i++) {
        const struct scope_part *p = &scope->parts[i];
        *exact = p->level != LEVEL_PARTY && p->level != LEVEL_SUPERVISED && p->area_level == LEVEL_ALL && !p->object &&
                 p->drafts == DRAFTS_ALL && !p->level_field && !p->above;
        if (*exact && p->level == LEVEL_RANGE && covers_all(db, scope->kind, p, exact, err) < 0)
            return -1;
        if (!*exact)
            break;
        if (!p->sectors)
            add_tokens(arena, p, NULL, out, count);
        for (const char *at = p->sectors ? p->sectors + 1 : ""; *at;) {
            size_t n = strcspn(at, ",");
            if (*count == SCOPE_TOKENS) {
                *exact = false;
                break;
            }
            add_tokens(arena, p, arena_strn(arena, at, n), out, count);
            at += n + (at[n] == ',');
        }
        if (*count == SCOPE_TOKENS)
            *exact = false;
    }
    return 0;
}

/* "(…) w": ids the search index finds. */
static void put_source(struct statement *s, const struct plan *p)
{
    struct value binds[SEARCH_BINDS];
    if (p->ids) {
        bool sqlite = s->engine == STORE_SQLITE;
        sql(s, sqlite ? "(SELECT value AS id FROM json_each(" : "(SELECT unnest(");
        put(s, value_text(p->ids));
        sql(s, sqlite ? ")) w" : "::bigint[]) AS id) w");
        return;
    }
    for (size_t i = 0; i == 0 || i < p->apart_count; i++) {
        search_source_binds(p->query->kind->name, p->apart ? p->apart[i] : p->expression, binds);
        text_printf(&s->sql, "%s%s", i ? " UNION ALL " : "(", search_source(s->engine));
        for (size_t n = 0; n < SEARCH_BINDS; n++)
            statement_bind(s, binds[n]);
    }
    sql(s, ") w");
}

static int count_found(struct db *db, const struct plan *p, int64_t most, int64_t *out, struct error *err)
{
    AUTO_STATEMENT *s = plan_statement(db, p);
    sql(s, "SELECT count(*) FROM (SELECT 1 FROM ");
    put_source(s, p);
    return get_count(db, s, most, out, err);
}

/* A record has one county, one sector and so on: no record has both of two that differ in one of them. */
static bool are_apart(const char *a, const char *b)
{
    for (; *a; a += strcspn(a, " "), a += *a == ' ')
        for (const char *at = b; *at; at += strcspn(at, " "), at += *at == ' ') {
            size_t n = strcspn(a, " ");
            if (*at == *a && (strcspn(at, " ") != n || memcmp(at, a, n) != 0))
                return true;
        }
    return false;
}

/* PostgreSQL reads the index to the end before it gives the first row. Asked for one place after the other, it need not ask
** for those behind the place that fills the count. */
static void ask_apart(struct plan *p, const char *const *tokens, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (!are_apart(tokens[i], tokens[j]))
                return;
    if (count < 2)
        return;
    p->apart = ARENA_ARRAY(p->arena, const char *, count);
    p->apart_count = count;
    for (size_t i = 0; i < count; i++) {
        AUTO_TEXT one = TEXT_LIMIT(64 * 1024);
        search_expression(&one, STORE_POSTGRES, NULL, &tokens[i], 1, p->query->filter->words);
        p->apart[i] = arena_str(p->arena, text_get(&one));
    }
}

static int plan_words(struct db *db, struct plan *p, struct error *err)
{
    const struct list_query *q = p->query;
    const char *tokens[SCOPE_TOKENS];
    size_t count;
    int64_t found = 0;
    AUTO_TEXT bare = TEXT_LIMIT(64 * 1024);
    AUTO_TEXT cut = TEXT_LIMIT(64 * 1024);
    if (scope_tokens(db, q->scope, p->arena, tokens, &count, &p->exact, err) < 0)
        return -1;
    if (!search_expression(&bare, db_engine(db), NULL, NULL, 0, q->filter->words))
        return fail_field(err, "q", "搜索词里没有可搜的字", "There is nothing to search for in these words");
    p->word_count = search_words(p->arena, q->filter->words, p->words, SEARCHED_WORDS);
    p->expression = arena_str(p->arena, text_get(&bare));
    /* A scope without parts has no tokens: the index alone would count what nobody may see. */
    p->exact &= q->scope->count > 0;
    p->bare = true;
    if (p->exact) {
        search_expression(&cut, db_engine(db), NULL, tokens, count, q->filter->words);
        p->bare = strcmp(text_get(&cut), p->expression) == 0;
    }
    if (!p->bare && db_engine(db) == STORE_SQLITE) {
        if (count_found(db, p, CUT_FROM, &found, err) < 0)
            return -1;
        p->exact = found == CUT_FROM;
        p->bare = !p->exact;
    }
    if (!p->bare)
        p->expression = arena_str(p->arena, text_get(&cut));
    if (!p->bare && db_engine(db) == STORE_POSTGRES)
        ask_apart(p, tokens, count);
    p->indexed = p->exact && q->filter->count == 0 && !q->filter->removed && !q->filter->todo && !q->filter->told &&
                 !q->filter->import;
    return 0;
}

/* Does the index of ids hold all that is asked of a row (record/table.c)? */
static bool is_beside_id(const struct list_query *q)
{
    if (!name_listed(q->kind->sorts, COUNT(q->kind->sorts), "id") || q->filter->removed || q->filter->todo ||
        q->filter->told || q->filter->import || q->scope->within)
        return false;
    for (size_t i = 0; i < q->filter->count; i++)
        if (!is_value(q, &q->filter->items[i]) || q->filter->items[i].field != field_state(q->kind))
            return false;
    for (size_t i = 0; i < q->scope->count; i++) {
        const struct scope_part *p = &q->scope->parts[i];
        if (p->level == LEVEL_PARTY || p->level == LEVEL_SUPERVISED || p->drafts != DRAFTS_ALL || p->level_field ||
            p->above)
            return false;
    }
    return true;
}

/* The rows behind them, in the scope and with the filter. SQLite would look at each row by its number. */
static void put_found(struct statement *s, const struct plan *p)
{
    const struct list_query *q = p->query;
    bool sqlite = s->engine == STORE_SQLITE;
    put_source(s, p);
    text_printf(&s->sql, " %s JOIN %s h", sqlite ? "CROSS" : "", q->kind->name);
    if (sqlite && is_beside_id(q))
        text_printf(&s->sql, " INDEXED BY %s_by_all_id", q->kind->name);
    sql(s, " ON h.id = w.id WHERE ");
    put_scope(s, "h.", q->scope, BY_SORT);
    sql(s, " AND ");
    put_conditions(s, q, "h.", BY_SORT);
}

static void put_words(struct statement *s, const struct plan *p)
{
    for (size_t i = 0; i < p->word_count; i++) {
        text_printf(&s->sql, " AND %s(d.text, ", s->engine == STORE_SQLITE ? "instr" : "strpos");
        put(s, value_text(p->words[i]));
        sql(s, ") > 0");
    }
}

/* One row that is met in its order: has it all words? */
static void put_has_words(struct statement *s, const struct plan *p, const char *id)
{
    text_printf(&s->sql, "EXISTS (SELECT 1 FROM search_doc d WHERE d.doc = %s + ", id);
    put(s, value_int(search_doc(p->query->kind->name, 0)));
    put_words(s, p);
    text_char(&s->sql, ')');
}

/* The same as a join: SQLite asks what stands in EXISTS last. */
static void put_text_join(struct statement *s, const struct plan *p, const char *id)
{
    text_printf(&s->sql, " CROSS JOIN search_doc d ON d.doc = %s + ", id);
    put(s, value_int(search_doc(p->query->kind->name, 0)));
    put_words(s, p);
}

/* ---- pages ---- */

static void put_order(struct statement *s, const struct plan *p, const char *alias, bool walked)
{
    const char *direction = p->query->descending ? " DESC" : "";
    bool sqlite = s->engine == STORE_SQLITE;
    sql(s, " ORDER BY ");
    /* The few rows are found by the filter; the sort index would be walked from end to end. */
    const char *before = walked || !sqlite ? "" : "+";
    if (!p->by_id)
        text_printf(&s->sql, "%s%s%s%s%s, ", before, alias, p->column,
                    walked || sqlite ? ""
                    : p->sort_text   ? " || ''"
                                     : " + 0",
                    direction);
    text_printf(&s->sql, "%s%sid%s%s", p->by_id ? before : "", alias, walked || sqlite ? "" : " + 0", direction);
}

static void put_limit(struct statement *s, const struct plan *p)
{
    put_limited(s, p->rows);
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

/* One branch: rows of one part of the scope, in order, at most p->rows. */
static void put_branch(struct statement *s, const struct plan *p, size_t i, const char *columns)
{
    const struct list_query *q = p->query;
    const struct scope_part *part = &q->scope->parts[i];
    bool walked = p->way == PLAN_WALK && !p->few[i];
    enum clause_way way = p->waits ? BY_ANY : walked ? BY_SORT : few_way(q, part);
    text_printf(&s->sql, "SELECT %s FROM ", columns);
    put_table(s, q, part, way, walked);
    sql(s, " WHERE ");
    put_part(s, "h.", q->kind, part, way);
    put_within(s, "h.", q->scope);
    sql(s, " AND ");
    put_conditions(s, q, "h.", way);
    s->by_import = false;
    if (p->expression) {
        sql(s, " AND ");
        put_has_words(s, p, "h.id");
    }
    put_after(s, p, "h.");
    put_order(s, p, "h.", walked);
    put_limit(s, p);
}

/* PostgreSQL. The first rows in their order, at most `reach`, and of them those with the words (PLAN_SIEVE) or among the numbers
** found (PLAN_SET). It is asked for the order they come in already, so it stops when the page is full. */
static void put_sieved(struct statement *s, const struct plan *p)
{
    const struct list_query *q = p->query;
    const char *direction = q->descending ? " DESC" : "";
    bool set = p->way == PLAN_SET;
    sql(s, "SELECT w.id FROM (SELECT h.id");
    if (!p->by_id)
        text_printf(&s->sql, ", h.%s AS x", p->column);
    text_printf(&s->sql, " FROM %s h WHERE ", q->kind->name);
    if (set) {
        sql(s, "h.removed_at IS NULL");
        if (q->scope->count == 1)
            put_lead(s, "h.", &q->scope->parts[0]);
    } else {
        put_conditions(s, q, "h.", BY_SORT);
        sql(s, " AND ");
        put_scope(s, "h.", q->scope, BY_SORT);
    }
    put_after(s, p, "h.");
    put_order(s, p, "h.", true);
    put_limited(s, p->reach);
    sql(s, ") w");
    if (set) {
        text_printf(&s->sql, " JOIN %s h ON h.id = w.id WHERE (w.id IN (SELECT w.id FROM ", q->kind->name);
        put_source(s, p);
        sql(s, ")) IS TRUE AND ");
        put_scope(s, "h.", q->scope, BY_SORT);
        sql(s, " AND ");
        put_conditions(s, q, "h.", BY_SORT);
    } else {
        sql(s, " WHERE ");
        put_has_words(s, p, "w.id");
    }
    sql(s, " ORDER BY ");
    if (!p->by_id)
        text_printf(&s->sql, "w.x%s, ", direction);
    text_printf(&s->sql, "w.id%s", direction);
    put_limit(s, p);
}

/* SQLite: rows of an index in its order, and no look at any before it is known to have the words. The first hits are the first
** rows of the list because the index is read no further than hits are asked for, which is how this engine works. */
static void put_met(struct statement *s, const struct plan *p)
{
    const struct list_query *q = p->query;
    bool set = p->way == PLAN_SET;
    text_printf(&s->sql, "SELECT w.id FROM (SELECT h.id FROM %s h WHERE ", q->kind->name);
    /* The state stands in the index; for another condition a row is looked at, which is less than at its text. */
    if (set)
        sql(s, "h.removed_at IS NULL");
    else
        put_conditions(s, q, "h.", BY_SORT);
    if (q->scope->count == 1)
        put_lead(s, "h.", &q->scope->parts[0]);
    put_after(s, p, "h.");
    put_order(s, p, "h.", true);
    put_limited(s, p->reach);
    sql(s, ") w");
    if (!set)
        put_text_join(s, p, "w.id");
    if (!set || !p->indexed)
        text_printf(&s->sql, " CROSS JOIN %s h ON h.id = w.id", q->kind->name);
    sql(s, " WHERE ");
    if (set) {
        sql(s, "+w.id IN (SELECT id FROM ");
        put_source(s, p);
        text_char(&s->sql, ')');
    }
    if (!set || !p->indexed) {
        sql(s, set ? " AND " : "");
        put_scope(s, "h.", q->scope, BY_SORT);
        if (set) {
            sql(s, " AND ");
            put_conditions(s, q, "h.", BY_SORT);
        }
    }
    put_limit(s, p);
}

static void put_ids(struct statement *s, const struct plan *p)
{
    const struct scope *scope = p->query->scope;
    if (s->engine == STORE_SQLITE && (p->way == PLAN_SET || p->way == PLAN_SIEVE)) {
        put_met(s, p);
        return;
    }
    if (p->way == PLAN_SIEVE || p->way == PLAN_SET) {
        put_sieved(s, p);
        return;
    }
    if (p->way == PLAN_WORDS) {
        sql(s, "SELECT h.id FROM ");
        put_found(s, p);
        put_after(s, p, "h.");
        put_order(s, p, "h.", false);
        put_limit(s, p);
        return;
    }
    for (size_t i = 0; i < scope->count; i++) {
        text_printf(&s->sql, "%sSELECT * FROM (", i ? " UNION " : "");
        put_branch(s, p, i, "h.id");
        text_printf(&s->sql, ") b%d", (int)i);
    }
}

int plan_put_list(struct statement *s, const struct plan *p, struct error *err)
{
    const struct list_query *q = p->query;
    const char *columns = row_columns(s->arena, q->kind, "h.", q->wanted);
    if (q->scope->count == 0) {
        text_printf(&s->sql, "SELECT %s FROM %s h WHERE 1 = 0", columns, q->kind->name);
    } else if (q->scope->count == 1 && p->way == PLAN_WALK) {
        put_branch(s, p, 0, columns);
    } else {
        text_printf(&s->sql, "SELECT %s FROM (", columns);
        put_ids(s, p);
        text_printf(&s->sql, ") u %s JOIN %s h ON u.id = h.id", s->engine == STORE_SQLITE ? "CROSS" : "",
                    q->kind->name);
        put_order(s, p, "h.", false);
        put_limit(s, p);
    }
    return statement_sound(s, err);
}

/* ---- counting ---- */

/* The column is called x; NULL: none is needed. */
static void put_counted_head(struct statement *s, const char *column)
{
    if (column)
        text_printf(&s->sql, "SELECT h.%s AS x FROM ", column);
    else
        sql(s, "SELECT 1 AS x FROM ");
}

static void put_part_counted(struct statement *s, const struct plan *p, size_t i, const char *column)
{
    const struct list_query *q = p->query;
    const struct scope_part *part = &q->scope->parts[i];
    enum clause_way way = few_way(q, part);
    put_counted_head(s, column);
    put_table(s, q, part, way, false);
    sql(s, " WHERE ");
    put_part(s, "h.", q->kind, part, way);
    put_within(s, "h.", q->scope);
    sql(s, " AND ");
    put_conditions(s, q, "h.", way);
    s->by_import = false;
}

/* Part by part, each without what the ones before it hold: as one OR no index answers them. */
static void put_parts_counted(struct statement *s, const struct plan *p, const char *column)
{
    const struct scope *scope = p->query->scope;
    if (scope->count == 0)
        sql(s, "SELECT 1 AS x WHERE 1 = 0");
    for (size_t i = 0; i < scope->count; i++) {
        sql(s, i ? " UNION ALL " : "");
        put_part_counted(s, p, i, column);
        for (size_t j = 0; j < i; j++) {
            sql(s, " AND ");
            put_part(s, "h.", p->query->kind, &scope->parts[j], BY_SORT);
            sql(s, " IS NOT TRUE");
        }
    }
}

/* "SELECT … AS x …": the rows of the list, at most `most`. */
void plan_put_counted(struct statement *s, const struct plan *p, const char *column, int64_t most)
{
    bool by_id = column && strcmp(column, "id") == 0;
    if (p->indexed && (!column || by_id)) {
        sql(s, by_id ? "SELECT id AS x FROM " : "SELECT 1 AS x FROM ");
        put_source(s, p);
    } else if (p->expression) {
        put_counted_head(s, column);
        put_found(s, p);
    } else {
        put_parts_counted(s, p, column);
    }
    put_limited(s, most);
}

int plan_put_count(struct statement *s, const struct plan *p, int64_t most, struct error *err)
{
    sql(s, "SELECT count(*) FROM (");
    plan_put_counted(s, p, NULL, most);
    sql(s, ") c");
    return statement_sound(s, err);
}

int plan_count(struct db *db, const struct plan *p, int64_t most, int64_t *out, struct error *err)
{
    AUTO_STATEMENT *s = plan_statement(db, p);
    bool found;
    if (plan_put_count(s, p, most, err) < 0)
        return -1;
    return db_get_int(db, text_get(&s->sql), s->binds, s->bind_count, out, &found, err);
}

/* ---- the plan ---- */

/* A list is long, but one part of the scope may hold little of it, or nothing: met in order, that part's rows would be looked
** for among all there are. */
static int find_few(struct db *db, struct plan *p, struct error *err)
{
    const struct list_query *q = p->query;
    for (size_t i = 0; i < q->scope->count && q->scope->count > 1; i++) {
        int64_t count;
        if (is_narrow(&q->scope->parts[i]) || !has_value(q, &q->scope->parts[i]))
            continue;
        AUTO_STATEMENT *s = plan_statement(db, p);
        sql(s, "SELECT count(*) FROM (");
        put_part_counted(s, p, i, NULL);
        if (get_count(db, s, FEW_OF_PART + 1, &count, err) < 0)
            return -1;
        p->few[i] = count <= FEW_OF_PART;
    }
    return 0;
}

/* Do the indexes that begin with a level hold more rows than the scope? */
static bool scope_filters(const struct scope *scope)
{
    if (scope->within)
        return true;
    for (size_t i = 0; i < scope->count; i++) {
        const struct scope_part *p = &scope->parts[i];
        if (p->level == LEVEL_RANGE || p->level == LEVEL_PARTY || p->level == LEVEL_SUPERVISED ||
            p->area_level != LEVEL_ALL || p->sectors || p->drafts != DRAFTS_ALL)
            return true;
    }
    return false;
}

static bool asks_sector(const struct list_query *q)
{
    for (size_t i = 0; i < q->filter->count; i++)
        if (condition_by_owner(q->kind, &q->filter->items[i]) && strcmp(q->filter->items[i].column, "sector") == 0)
            return true;
    return false;
}

/* Counts the rows, at most LIMIT_COUNT + 1, and remembers the numbers of few. On SQLite cutting words with places takes longer
** than that; on PostgreSQL every number the index finds costs a page of its table. Scope and filter are asked of the rows of the
** page once more. */
static int find_ids(struct db *db, struct plan *p, int64_t *count, struct error *err)
{
    AUTO_STATEMENT *s = plan_statement(db, p);
    bool sqlite = db_engine(db) == STORE_SQLITE;
    struct rows rows;
    sql(s, "SELECT count(*), CASE WHEN count(*) <= ");
    put(s, value_int(sqlite ? KEPT_MOST : KEPT_MOST_POSTGRES));
    text_printf(&s->sql, " THEN %s END FROM (", sqlite ? "json_group_array(x)" : "coalesce(array_agg(x)::text, '{}')");
    plan_put_counted(s, p, "id", LIMIT_COUNT + 1);
    sql(s, ") c");
    if (statement_sound(s, err) < 0 || db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
        return -1;
    *count = 0;
    if (rows_next(&rows)) {
        *count = rows_int(&rows, 0);
        if (rows_value(&rows, 1).is != VALUE_NULL)
            p->ids = arena_str(p->arena, rows_text(&rows, 1));
    }
    return rows_done(&rows, err);
}

/* SQLite. Where one place leads the sort's index, how many rows it has is not known: it is tried, by a set, for less than
** what looking at all that is found costs. */
static int plan_meet(struct db *db, struct plan *p, int64_t count, int64_t met, struct error *err)
{
    const struct scope *scope = p->query->scope;
    int64_t found = count;
    bool led = count > SET_FROM && scope->count == 1 && leads(&scope->parts[0]);
    if (!p->bare && count > LIMIT_COUNT)
        found = SET_MOST + 1; /* what is cut with a place takes longer to find than the few rows that have to be met */
    else if (!p->indexed && count_found(db, p, SET_MOST + 1, &found, err) < 0)
        return -1;
    bool set = found <= SET_MOST && (led || found + met < met * TEXT_COST);
    if (count > LIMIT_COUNT && !set) {
        p->way = PLAN_SIEVE;
        p->reach = INT64_MAX;
    } else if (set && (led || met < found * LOOK_COST)) {
        p->way = PLAN_SET;
        p->after_sieve = PLAN_WORDS;
        p->reach = found * LOOK_COST / (led ? 2 : 1);
    } else if (met * TEXT_COST < found * LOOK_COST) {
        p->way = PLAN_SIEVE;
        p->reach = met * 3 / 2;
    }
    return 0;
}

/* How many rows have to be met until a page of those with the words is full, were they spread evenly. Where that is less
** work than looking at all that the index finds, the rows are met in their order, half as many again as that. */
static int plan_sieve(struct db *db, struct plan *p, int64_t count, struct error *err)
{
    const struct list_query *q = p->query;
    AUTO_TEXT text = TEXT_LIMIT(256);
    int64_t most = 0;
    bool any, sqlite = db_engine(db) == STORE_SQLITE;
    if (count <= p->rows || (!sqlite && count > LIMIT_COUNT && q->scope->count == 1))
        return 0;
    text_printf(&text, "SELECT id FROM %s WHERE removed_at IS NULL ORDER BY id DESC LIMIT 1", q->kind->name);
    if (db_get_int(db, text_get(&text), NO_BINDS, &most, &any, err) < 0)
        return -1;
    int64_t met = p->rows * (most / count + 1);
    if (sqlite)
        return plan_meet(db, p, count, met, err);
    bool led = q->scope->count == 1 && leads(&q->scope->parts[0]);
    if (p->ids && (led || met < count * LOOK_COST)) {
        p->way = PLAN_SET;
        p->reach = count * LOOK_COST / (led ? 2 : 1);
    } else if (any && met * 3 / 2 < count) {
        p->way = PLAN_SIEVE;
        p->reach = met * 3 / 2;
    }
    return 0;
}

/* What counting needs. */
int plan_begin(struct db *db, const struct list_query *q, struct arena *arena, struct plan *p, struct error *err)
{
    int64_t one;
    *p = (struct plan){ .query = q, .arena = arena };
    if (q->filter->words && plan_words(db, p, err) < 0)
        return -1;
    if (asks_sector(q) &&
        db_get_int(db, "SELECT object FROM object_follow LIMIT 1", NO_BINDS, &one, &p->following, err) < 0)
        return -1;
    return choose_value(db, p, err);
}

int plan_make(struct db *db, const struct list_query *q, struct arena *arena, struct plan *p, struct list_page *page,
              struct error *err)
{
    if (plan_begin(db, q, arena, p, err) < 0)
        return -1;
    p->rows = q->limit + 1;
    p->column = sort_column(arena, q->kind, q->sort);
    p->by_id = strcmp(p->column, "id") == 0;
    p->sort_text = sort_is_text(q->kind, q->sort);
    page->total = -1;
    if (q->after && cursor_read(q, arena, &p->after_sort, &p->after_id, err) < 0)
        return -1;
    bool filtered = q->filter->count > 0 || q->filter->words || q->filter->removed || q->filter->todo ||
                    q->filter->told || q->filter->import || scope_filters(q->scope);
    bool walk = q->walk && !q->filter->words;
    int64_t count = q->about;
    if (!walk && !q->about && (q->count != COUNT_NONE || filtered)) {
        bool sqlite = db_engine(db) == STORE_SQLITE;
        int64_t most = p->indexed && p->bare && sqlite ? SET_MOST : LIMIT_COUNT;
        bool kept = p->expression && q->count != COUNT_EXACT && (!sqlite || (p->indexed && !p->bare));
        if (kept ? find_ids(db, p, &count, err) < 0
                 : plan_count(db, p, q->count == COUNT_EXACT ? INT64_MAX : most + 1, &count, err) < 0)
            return -1;
        if (q->count != COUNT_NONE) {
            page->capped = q->count == COUNT_CAPPED && count > LIMIT_COUNT;
            page->total = page->capped ? LIMIT_COUNT : count;
        }
    }
    p->waits = q->filter->todo && !waiting_index(q->filter->todo) && !q->filter->removed && q->filter->count == 0 &&
               strcmp(q->sort, waiting_sort(q->kind)) == 0;
    /* The rest of a group is found in the state's index, however long it is: in the order of deadlines it may lie far apart. */
    bool few = count <= LIMIT_COUNT || q->filter->todo;
    if (!p->waits && (q->filter->removed || (filtered && !walk && few)))
        p->way = p->expression ? PLAN_WORDS : PLAN_FEW;
    p->after_sieve = p->way;
    if (p->expression)
        return q->filter->removed ? 0 : plan_sieve(db, p, count, err);
    return p->way == PLAN_WALK && !p->waits ? find_few(db, p, err) : 0;
}
