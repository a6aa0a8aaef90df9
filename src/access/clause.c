#include "access/clause.h"

#include "base/text.h"
#include "record/type.h"

#include <string.h>

enum { SQL_MAX = 256 * 1024 };

/* ---- statements ---- */

struct statement *statement_new(struct arena *arena, enum store_engine engine)
{
    struct statement *s = ARENA_NEW(arena, struct statement);
    s->arena = arena;
    s->engine = engine;
    s->sql.limit = SQL_MAX;
    return s;
}

void statement_done(struct statement **s)
{
    if (*s)
        text_done(&(*s)->sql);
}

void sql(struct statement *s, const char *words)
{
    text_str(&s->sql, words);
}

void statement_bind(struct statement *s, struct value v)
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

void put(struct statement *s, struct value v)
{
    text_char(&s->sql, '?');
    statement_bind(s, v);
}

int statement_sound(const struct statement *s, struct error *err)
{
    return text_ok(&s->sql) ? 0 : fail_field(err, "filter", "条件太多，请减少后再查", "Too many conditions; use fewer");
}

/* ---- scope ---- */

/* SQLite takes no index for a column behind a plus. */
static const char *guard(const struct statement *s, bool guarded)
{
    return guarded && s->engine == STORE_SQLITE ? "+" : "";
}

/* PostgreSQL takes none for a condition in brackets that is asked to be true; it reckons its rows as well as without. */
static bool open_guard(struct statement *s, bool guarded)
{
    guarded &= s->engine == STORE_POSTGRES;
    sql(s, guarded ? "(" : "");
    return guarded;
}

static void close_guard(struct statement *s, bool opened)
{
    sql(s, opened ? ") IS TRUE" : "");
}

static void put_sectors(struct statement *s, const char *alias, const char *sectors, enum clause_way way)
{
    if (!sectors)
        return;
    bool guarded = way == BY_SORT || way == BY_SCOPE || s->by_field;
    sql(s, " AND ");
    bool opened = open_guard(s, guarded);
    text_printf(&s->sql, "%s%sown_sector IN (", guard(s, guarded), alias);
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
    close_guard(s, opened);
}

static void put_equal(struct statement *s, const char *alias, const char *column, int64_t code)
{
    text_printf(&s->sql, "%s%s = ", alias, column);
    put(s, value_int(code));
}

static void put_level(struct statement *s, const char *alias, enum scope_level level, int64_t code, int64_t end,
                      enum clause_way way)
{
    switch (level) {
    case LEVEL_RANGE:
        text_printf(&s->sql, "%s%sown_county BETWEEN ", guard(s, way == BY_SORT), alias);
        put(s, value_int(code));
        sql(s, " AND ");
        put(s, value_int(end));
        break;
    case LEVEL_COUNTY: put_equal(s, alias, "own_county", code); break;
    case LEVEL_VILLAGE:
    case LEVEL_TOWN:
        /* An index of values goes from the county down. */
        if (way == BY_VALUE) {
            put_equal(s, alias, "own_county", region_at(code, REGION_COUNTY));
            sql(s, " AND ");
        }
        if (way == BY_VALUE && level == LEVEL_VILLAGE) {
            put_equal(s, alias, "own_town", region_at(code, REGION_TOWN));
            sql(s, " AND ");
        }
        put_equal(s, alias, level == LEVEL_TOWN ? "own_town" : "own_village", code);
        break;
    case LEVEL_OBJECT: put_equal(s, alias, "own_object", code); break;
    case LEVEL_ALL:
    case LEVEL_PARTY:
    case LEVEL_SUPERVISED: sql(s, "1 = 1"); break;
    }
}

bool leads(const struct scope_part *p)
{
    return p->level == LEVEL_COUNTY || p->level == LEVEL_TOWN || p->level == LEVEL_OBJECT;
}

void put_lead(struct statement *s, const char *alias, const struct scope_part *p)
{
    if (!leads(p))
        return;
    sql(s, " AND ");
    put_level(s, alias, p->level, p->code, p->code_end, BY_SORT);
}

static void put_drafts(struct statement *s, const char *alias, const struct kind *kind, const struct scope_part *p)
{
    if (p->drafts == DRAFTS_ALL)
        return;
    text_printf(&s->sql, " AND (%s%s IN (", alias, field_state(kind)->name);
    for (size_t i = 0, count = 0; i < kind->state_count; i++) {
        if (!kind_is_open(kind, (int)i))
            continue;
        if (count++)
            text_char(&s->sql, ',');
        put(s, value_text(kind->states[i].code));
    }
    text_char(&s->sql, ')');
    if (p->office) {
        text_printf(&s->sql, " OR %s%s = ", alias, kind->drafted_by);
        put(s, value_int(p->office));
    }
    if (p->person) {
        text_printf(&s->sql, " OR %screated_by = ", alias);
        put(s, value_int(p->person));
    }
    text_char(&s->sql, ')');
}

void put_part(struct statement *s, const char *alias, const struct kind *kind, const struct scope_part *p,
              enum clause_way way)
{
    text_char(&s->sql, '(');
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
        put_level(s, alias, p->level, p->code, p->code_end, way);
    }
    if (p->area_level != LEVEL_ALL) {
        sql(s, " AND ");
        put_level(s, alias, p->area_level, p->area, p->area_end, BY_SORT);
    }
    if (p->object) {
        sql(s, " AND ");
        put_level(s, alias, LEVEL_OBJECT, p->object, 0, way);
    }
    put_sectors(s, alias, p->sectors, way);
    put_drafts(s, alias, kind, p);
    if (p->above) {
        text_printf(&s->sql, " AND (%s%s IS NULL", alias, p->above);
        for (int i = 0; i < p->above_reach; i++) {
            text_printf(&s->sql, i ? "," : " OR %s%s IN (", alias, p->above);
            put(s, value_text(standings.items[i].code));
        }
        sql(s, p->above_reach ? "))" : ")");
    }
    if (p->level_field) {
        text_printf(&s->sql, " AND %s%s = ", alias, p->level_field);
        put(s, value_text(p->level_code));
    }
    text_char(&s->sql, ')');
}

static void put_parts(struct statement *s, const char *alias, const struct kind *kind, const struct scope_part *parts,
                      size_t count, enum clause_way way)
{
    if (count == 0)
        sql(s, "1 = 0");
    if (count > 1)
        text_char(&s->sql, '(');
    for (size_t i = 0; i < count; i++) {
        if (i)
            sql(s, " OR ");
        put_part(s, alias, kind, &parts[i], way);
    }
    if (count > 1)
        text_char(&s->sql, ')');
}

void put_within(struct statement *s, const char *alias, const struct scope *scope)
{
    if (!scope->within)
        return;
    sql(s, " AND ");
    put_parts(s, alias, scope->kind, scope->within_parts, scope->within_count, BY_SORT);
}

void put_scope(struct statement *s, const char *alias, const struct scope *scope, enum clause_way way)
{
    put_parts(s, alias, scope->kind, scope->parts, scope->count, way);
    put_within(s, alias, scope);
}

/* ---- conditions ---- */

static void put_values(struct statement *s, const struct condition *c)
{
    for (size_t i = 0; i < c->count; i++) {
        if (i)
            text_char(&s->sql, ',');
        put(s, c->values[i]);
    }
}

/* plain: the comparison must not choose the index. */
static void put_compare(struct statement *s, const char *alias, const char *column, const struct condition *c,
                        bool plain)
{
    bool sqlite = s->engine == STORE_SQLITE;
    switch (c->op) {
    case OP_IN:
        if (c->count > 1) {
            text_printf(&s->sql, "%s%s%s IN (", guard(s, plain), alias, column);
            put_values(s, c);
            text_char(&s->sql, ')');
            return;
        }
        /* fall through */
    case OP_EQUAL:
        /* PostgreSQL never uses an index for IS NOT DISTINCT FROM: the counterpart of SQLite's unary plus. */
        text_printf(&s->sql, "%s%s%s %s ", guard(s, plain), alias, column,
                    plain && !sqlite ? "IS NOT DISTINCT FROM" : "=");
        put(s, c->values[0]);
        return;
    case OP_BEFORE:
    case OP_AFTER:
    case OP_MIN:
    case OP_MAX: {
        const char *word = c->op == OP_BEFORE ? "<" : c->op == OP_AFTER ? ">" : c->op == OP_MIN ? ">=" : "<=";
        text_printf(&s->sql, "%s%s%s %s ", guard(s, plain), alias, column, word);
        put(s, c->values[0]);
        return;
    }
    case OP_NONE: text_printf(&s->sql, "%s%s IS NULL", alias, column); return;
    case OP_SOME: text_printf(&s->sql, "%s%s IS NOT NULL", alias, column); return;
    case OP_CONTAINS:
        text_printf(&s->sql, "%s(%s%s, ", sqlite ? "instr" : "strpos", alias, column);
        put(s, c->values[0]);
        sql(s, ") > 0");
        return;
    case OP_WITHIN: {
        int64_t code = c->values[0].number;
        static const int64_t span[] = { 0, 9999999999, 99999999, 999999, 999, 0 };
        text_printf(&s->sql, "%s%s%s BETWEEN ", guard(s, plain), alias, column);
        put(s, value_int(code));
        sql(s, " AND ");
        put(s, value_int(code + span[region_level(code)]));
        return;
    }
    }
}

/* Rows of an object carry its sector, unless some have yet to follow it. */
static bool is_own_sector(const struct statement *s, const struct kind *kind, const struct condition *c)
{
    return c->hop && !s->following && (c->op == OP_EQUAL || c->op == OP_IN) && condition_by_owner(kind, c) &&
           strcmp(c->column, "sector") == 0;
}

bool condition_by_owner(const struct kind *kind, const struct condition *c)
{
    return c->hop && c->hop->scope == SCOPE_IS_OBJECT && kind->scope == SCOPE_OBJECT &&
           strcmp(c->via->name, kind->scope_field) == 0;
}

/* A condition on a field of what the row names. */
static void put_hop(struct statement *s, const struct actor *actor, const struct kind *kind, const char *alias,
                    const struct condition *c, enum clause_way way)
{
    /* Only rows the reader may see answer a one-hop question, else the answer would tell about the others. */
    struct scope scope;
    bool plain = way == BY_SORT || way == BY_SCOPE, sector = is_own_sector(s, kind, c);
    scope_compile(actor, c->hop, verb_bit("read") | (c->field->type->personal ? verb_bit("unmask") : 0), &scope);
    if (sector) {
        put_compare(s, alias, "own_sector", c, plain);
        sql(s, " AND ");
    }
    /* Nearly every row of the sector has its owner there: PostgreSQL looks the owner up behind each, sooner than it guesses
    ** from both conditions together that hardly a row is left, and reads them all. */
    bool opened = open_guard(s, plain && sector);
    const char *column = condition_by_owner(kind, c) ? "own_object" : c->via->name;
    if (opened)
        text_printf(&s->sql, "EXISTS (SELECT 1 FROM %s z WHERE z.id = %s%s AND ", c->hop->name, alias, column);
    else
        text_printf(&s->sql, "%s%s%s IN (SELECT z.id FROM %s z WHERE ", guard(s, plain || sector), alias, column,
                    c->hop->name);
    sql(s, "z.removed_at IS NULL AND ");
    put_scope(s, "z.", &scope, scope.count == 1 && (c->field->flags & INDEXED) ? BY_VALUE : BY_ANY);
    sql(s, " AND ");
    put_compare(s, "z.", c->column, c, false);
    text_char(&s->sql, ')');
    close_guard(s, opened);
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
    text_printf(&s->sql, "%s%s%s = ", guard(s, plain), alias, column);
    put(s, value_int(code));
    return true;
}

/* A condition on lines of the record. */
static void put_lines(struct statement *s, const struct kind *kind, const char *alias, const struct condition *c,
                      bool plain)
{
    text_printf(&s->sql, "%s%sid IN (SELECT z.record FROM %s_%s z WHERE ", guard(s, plain), alias, kind->name,
                c->via->name);
    put_compare(s, "z.", c->column, c, false);
    text_char(&s->sql, ')');
}

void put_condition(struct statement *s, const struct actor *actor, const struct kind *kind, const char *alias,
                   const struct condition *c, enum clause_way way)
{
    bool plain = way == BY_SORT || way == BY_SCOPE;
    if (c->hop)
        put_hop(s, actor, kind, alias, c, way);
    else if (c->via)
        put_lines(s, kind, alias, c, plain);
    else if (!put_owner_region(s, kind, alias, c, plain))
        put_compare(s, alias, c->column, c, plain);
}

/* The reader is the one who is expected to make the move: what list_scope leaves open of `expected`. */
static void put_todo(struct statement *s, const struct list_query *q, const char *alias, bool plain)
{
    const struct move *m = q->filter->todo;
    const struct expected *e = &m->expected;
    text_printf(&s->sql, " AND %s%s%s IN (", guard(s, plain), alias, field_state(q->kind)->name);
    for (int i = 0; i < m->from_count; i++) {
        if (i)
            text_char(&s->sql, ',');
        put(s, value_text(q->kind->states[m->from[i]].code));
    }
    text_char(&s->sql, ')');
    for (int i = 0; i < MOVE_NEVER && m->never[i]; i++) {
        text_printf(&s->sql, " AND (%s%s IS NULL OR %s%s <> ", alias, m->never[i], alias, m->never[i]);
        put(s, value_int(q->actor->id));
        text_char(&s->sql, ')');
    }
    if (e->unless)
        text_printf(&s->sql, " AND %s%s IS NULL", alias, e->unless);
    if (e->where)
        text_printf(&s->sql, " AND %s%s IS NOT NULL", alias, e->where);
    if (e->past) {
        text_printf(&s->sql, " AND %s%s < ", alias, e->since);
        put(s, value_int(q->actor->day));
    }
    if (!e->whose)
        return;
    struct scope by_role;
    scope_expected(q->actor, q->kind, m, &by_role);
    text_printf(&s->sql, " AND (%s%s = ", alias, e->whose);
    put(s, value_int(q->actor->id));
    if (by_role.count) {
        text_printf(&s->sql, " OR (%s%s IS NULL AND ", alias, e->whose);
        put_scope(s, alias, &by_role, BY_SORT);
        text_char(&s->sql, ')');
    }
    text_char(&s->sql, ')');
}

/* What the reader's own notice of that number gathers (domain/notice.h). */
static void put_told(struct statement *s, const struct list_query *q, const char *alias, bool plain)
{
    text_printf(&s->sql,
                " AND %s%sid IN (SELECT t.id FROM notice n JOIN ladder_told t ON t.account = n.account AND t.at = n.at "
                "AND t.made_up = n.made_up WHERE t.made_up > 0 AND n.id = ",
                guard(s, plain), alias);
    put(s, value_int(q->filter->told));
    sql(s, " AND n.account = ");
    put(s, value_int(q->actor->id));
    sql(s, " AND t.kind = ");
    put(s, value_text(q->kind->name));
    text_char(&s->sql, ')');
}

/* Records that the import has changed. import_touch knows no kind: ids of one kind are those of another. */
static void put_touched(struct statement *s, const struct list_query *q)
{
    sql(s, "FROM import m JOIN import_touch t ON t.import = m.id WHERE m.id = ");
    put(s, value_int(q->filter->import));
    sql(s, " AND m.kind = ");
    put(s, value_text(q->kind->name));
}

void put_import_ids(struct statement *s, const struct list_query *q)
{
    text_printf(&s->sql, "SELECT i.id AS id FROM %s i WHERE i.import_id = ", q->kind->name);
    put(s, value_int(q->filter->import));
    /* Not UNION, which looks for doubles among all of them before it gives the first. */
    sql(s, " UNION ALL SELECT x.id FROM (SELECT DISTINCT t.record AS id ");
    put_touched(s, q);
    text_printf(&s->sql, ") x JOIN %s i ON i.id = x.id AND (i.import_id IS NULL OR i.import_id <> ", q->kind->name);
    put(s, value_int(q->filter->import));
    text_char(&s->sql, ')');
}

/* Asked of rows that are met another way. */
static void put_import(struct statement *s, const struct list_query *q, const char *alias, bool plain)
{
    text_printf(&s->sql, " AND (%s%simport_id = ", guard(s, plain), alias);
    put(s, value_int(q->filter->import));
    text_printf(&s->sql, " OR %s%sid IN (SELECT t.record ", guard(s, plain), alias);
    put_touched(s, q);
    sql(s, "))");
}

void put_conditions(struct statement *s, const struct list_query *q, const char *alias, enum clause_way way)
{
    bool plain = way == BY_SORT || way == BY_SCOPE;
    text_printf(&s->sql, "%sremoved_at IS %s", alias, q->filter->removed ? "NOT NULL" : "NULL");
    if (q->filter->todo)
        put_todo(s, q, alias, plain);
    if (q->filter->told)
        put_told(s, q, alias, plain);
    if (q->filter->import && !s->by_import)
        put_import(s, q, alias, plain);
    for (size_t i = 0; i < q->filter->count; i++) {
        sql(s, " AND ");
        put_condition(s, q->actor, q->kind, alias, &q->filter->items[i], way);
    }
}
