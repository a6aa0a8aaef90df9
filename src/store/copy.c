#include "store/copy.h"

#include "base/memory.h"

#include <string.h>

enum { KEY = 8, COLUMNS = 512, SQL_MAX = 64 << 10 };

/* The columns rows are ordered by: the key as declared, or the identity. */
static size_t key_columns(const struct table *table, size_t at[KEY])
{
    size_t count = 0;
    for (const char *const *name = table->primary_key; name && *name && count < KEY; name++)
        for (size_t i = 0; i < table->column_count; i++)
            if (strcmp(table->columns[i].name, *name) == 0)
                at[count++] = i;
    for (size_t i = 0; !table->primary_key && i < table->column_count; i++)
        if (table->columns[i].flags & COLUMN_IDENTITY)
            at[count++] = i;
    return count;
}

static void put_columns(struct text *sql, const struct table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        text_printf(sql, "%s%s", i ? ", " : "", table->columns[i].name);
}

static void put_key(struct text *sql, const struct table *table, const size_t *key, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_printf(sql, "%s%s", i ? ", " : "", table->columns[key[i]].name);
}

static void page_sql(struct text *sql, const struct table *table, const size_t *key, size_t count, bool first)
{
    text_str(sql, "SELECT ");
    put_columns(sql, table);
    text_printf(sql, " FROM %s", table->name);
    if (!first) {
        text_str(sql, " WHERE (");
        put_key(sql, table, key, count);
        text_str(sql, ") > (");
        for (size_t i = 0; i < count; i++)
            text_str(sql, i ? ", ?" : "?");
        text_char(sql, ')');
    }
    text_str(sql, " ORDER BY ");
    put_key(sql, table, key, count);
    text_str(sql, " LIMIT ?");
}

/* Where the next page begins: the key of the last row, in memory of its own. */
static void remember_key(struct arena *arena, const size_t *key, size_t count, const struct value *row,
                         struct value out[KEY])
{
    for (size_t i = 0; i < count; i++) {
        out[i] = row[key[i]];
        if (out[i].is == VALUE_TEXT || out[i].is == VALUE_BYTES)
            out[i].at = arena_strn(arena, out[i].at, out[i].size);
    }
}

int copy_out(struct db *db, const struct table *table, copy_row fn, void *arg, struct error *err)
{
    AUTO_TEXT first = TEXT_LIMIT(SQL_MAX);
    AUTO_TEXT next = TEXT_LIMIT(SQL_MAX);
    struct value binds[KEY + 1] = { 0 };
    struct arena held = { 0 };
    size_t key[KEY], count = key_columns(table, key);
    struct value *row = memory_new(sizeof *row * COLUMNS);
    page_sql(&first, table, key, count, true);
    page_sql(&next, table, key, count, false);
    int got =
        text_ok(&first) && text_ok(&next) && table->column_count <= COLUMNS
            ? 0
            : fail(err, FAULT_INTERNAL, "copy.wide", "表 %s 的列太多", "Table %s has too many columns", table->name);
    size_t read = COPY_PAGE;
    for (bool begun = false; got == 0 && read == COPY_PAGE; begun = true) {
        struct arena arena = { 0 };
        struct rows rows;
        read = 0;
        binds[begun ? count : 0] = value_int(COPY_PAGE);
        got = db_query(db, &rows, text_get(begun ? &next : &first), binds, begun ? count + 1 : 1, err);
        if (got < 0)
            break;
        while (got == 0 && rows_next(&rows)) {
            for (size_t i = 0; i < table->column_count; i++)
                row[i] = rows_value(&rows, (int)i);
            got = fn(row, arg, err);
            if (++read == COPY_PAGE)
                remember_key(&arena, key, count, row, binds);
        }
        struct error late = { 0 };
        if (rows_done(&rows, &late) < 0 && got == 0) {
            *err = late;
            got = -1;
        }
        arena_done(&held);
        held = arena;
    }
    arena_done(&held);
    memory_free(row);
    return got;
}

int copy_in(struct db *db, const struct table *table, const struct value *values, struct error *err)
{
    AUTO_TEXT sql = TEXT_LIMIT(SQL_MAX);
    text_printf(&sql, "INSERT INTO %s (", table->name);
    put_columns(&sql, table);
    text_str(&sql, ") VALUES (");
    for (size_t i = 0; i < table->column_count; i++)
        text_str(&sql, i ? ", ?" : "?");
    text_char(&sql, ')');
    return db_run(db, text_get(&sql), values, table->column_count, NULL, err);
}

int copy_end(struct db *db, const struct table *table, struct error *err)
{
    const char *identity = NULL;
    bool found;
    int64_t ignored;
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].flags & COLUMN_IDENTITY)
            identity = table->columns[i].name;
    if (!identity || db_engine(db) == STORE_SQLITE) /* AUTOINCREMENT remembers the highest by itself */
        return 0;
    AUTO_TEXT sql = TEXT_LIMIT(SQL_MAX);
    text_printf(&sql, "SELECT setval(pg_get_serial_sequence('%s', '%s'), coalesce(max(%s), 0) + 1, false) FROM %s",
                table->name, identity, identity, table->name);
    return db_get_int(db, text_get(&sql), NO_BINDS, &ignored, &found, err);
}

int copy_is_empty(struct db *db, const struct table *table, bool *empty, struct error *err)
{
    AUTO_TEXT sql = TEXT_LIMIT(SQL_MAX);
    int64_t one;
    bool found;
    text_printf(&sql, "SELECT 1 FROM %s LIMIT 1", table->name);
    if (db_get_int(db, text_get(&sql), NO_BINDS, &one, &found, err) < 0)
        return -1;
    *empty = !found;
    return 0;
}
