#include "access/clause.h"
#include "record/table.h"
#include "record/type.h"

#include <string.h>

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
    put_condition(s, actor, c->kind, "h.", &names, BY_ANY);
    sql(s, " AND ");
    put_scope(s, "h.", &scope, BY_SORT);
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
    if (statement_sound(s, err) < 0 || db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
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
    text_printf(&s->sql, "SELECT %s FROM %s h WHERE h.id = ", row_columns(arena, kind, "h.", NULL), kind->name);
    put(s, value_int(id));
    if (!bin)
        sql(s, " AND h.removed_at IS NULL");
    sql(s, " AND ");
    put_scope(s, "h.", scope, BY_ANY);
    if (lock && s->engine == STORE_POSTGRES)
        sql(s, " FOR UPDATE OF h");
    struct rows rows;
    if (db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
        return -1;
    void *record = arena_alloc(arena, kind->size);
    bool found = rows_next(&rows);
    int got = found ? row_read(kind, NULL, &rows, arena, record, err) : 0;
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
    put_scope(s, "h.", &scope, BY_ANY);
    sql(s, " ORDER BY h.id LIMIT ");
    put(s, value_int((int64_t)most));
    if (statement_sound(s, err) < 0 || db_query(db, &rows, text_get(&s->sql), s->binds, s->bind_count, err) < 0)
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
        put_scope(s, "h.", &scope, BY_ANY);
    }
    if (s->engine == STORE_POSTGRES && db_writing(db))
        sql(s, " FOR SHARE OF h");
    if (statement_sound(s, err) < 0)
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
        put_scope(s, "h.", &scope, BY_ANY);
    }
    if (statement_sound(s, err) < 0)
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
