/*
** Comparing a live database with the declared schema, and making it equal.
**
** The catalogue is read into lists; each difference becomes a step: a statement that mends it, or a refusal. Applying
** runs the statements, unless there is a refusal; reporting prints what each step says.
**
** What makes a new database, or may fail over what the rows hold (a unique index), runs in one write job: all of it or
** nothing. After it, an index of a table that was there has a job of its own, so that neither the log nor what a savepoint
** keeps in memory holds more than one of them; a process that ends in between leaves the others to the next start.
*/
#include "store/schema.h"

#include "store/engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAME_BYTES = 63, STATEMENT_BYTES = 1 << 16, SORTING_KIB = 2 << 10 };

struct live_column {
    struct live_column *next;
    const char *name, *type;
    bool not_null, identity;
    int key; /* place in the primary key from 1; 0: not in it */
};

struct live_table {
    struct live_table *next;
    const char *name;
    bool strict; /* what the dialect makes of a table on this engine */
    struct live_column *columns;
};

struct live_index {
    struct live_index *next;
    const char *name, *table, *where; /* where: "" when not partial */
    bool unique, valid;
    struct text columns; /* as declared, joined with ", " */
};

struct live_name {
    struct live_name *next;
    const char *name;
};

struct step {
    struct step *next;
    const char *sql; /* NULL: cannot be mended here */
    const char *zh, *en;
    bool long_one; /* goes over the rows of a table, and cannot fail for what they hold */
};

struct comparison {
    struct db *db;
    enum store_engine engine;
    const struct schema *schema;
    struct arena arena;
    struct live_table *tables;
    struct live_index *indexes;
    struct live_name *names; /* triggers, views, functions */
    struct step *steps, **last;
    bool over_rows; /* the steps being added are long ones */
};

/* ---- reading the catalogue ---- */

static const char SQLITE_TABLES[] =
    "SELECT l.name, l.strict OR l.type = 'virtual' FROM pragma_table_list l "
    "WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND substr(l.name, 1, 7) <> 'sqlite_' ORDER BY l.name";

static const char SQLITE_COLUMNS[] =
    "SELECT m.name, c.name, upper(c.type), c.\"notnull\", c.pk, c.pk > 0 AND instr(m.sql, 'AUTOINCREMENT') > 0 "
    "FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid";

/* What SQLite keeps of an index is the statement that made it. Asking it for the columns, index by index, took three quarters
** of the start. */
static const char SQLITE_INDEXES[] = "SELECT tbl_name, name, sql LIKE 'CREATE UNIQUE %', "
                                     "CASE WHEN instr(sql, ') WHERE ') THEN sql ELSE '' END, 1, "
                                     "substr(sql, instr(sql, '(') + 1), 0 "
                                     "FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";

static const char SQLITE_NAMES[] = "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view')";

#define OURS "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"

static const char POSTGRES_TABLES[] =
    "SELECT relname::text, 1 FROM pg_class WHERE relnamespace = " OURS " AND relkind IN ('r', 'p') ORDER BY relname";

static const char POSTGRES_COLUMNS[] =
    "SELECT t.relname::text, a.attname::text, upper(format_type(a.atttypid, a.atttypmod)) || "
    "CASE WHEN c.collname IS NULL THEN '' ELSE ' COLLATE \"' || c.collname || '\"' END, a.attnotnull::int, "
    "coalesce(array_position(x.indkey::int2[], a.attnum) + 1, 0), (a.attidentity <> '')::int "
    "FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "LEFT JOIN pg_collation c ON c.oid = a.attcollation "
    "LEFT JOIN pg_index x ON x.indrelid = t.oid AND x.indisprimary "
    "WHERE t.relnamespace = " OURS " AND t.relkind IN ('r', 'p') ORDER BY t.relname, a.attnum";

static const char POSTGRES_INDEXES[] =
    "SELECT t.relname::text, i.relname::text, x.indisunique::int, CASE WHEN x.indpred IS NULL THEN '' ELSE "
    "coalesce(obj_description(i.oid, 'pg_class'), 'WHERE ' || pg_get_expr(x.indpred, x.indrelid)) END, "
    "(x.indisvalid AND m.amname = 'btree')::int, a.attname::text, x.indoption[k.place - 1] & 1 "
    "FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid "
    "JOIN pg_am m ON m.oid = i.relam "
    "CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY k (attnum, place) "
    "LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum AND a.attnum > 0 "
    "WHERE t.relnamespace = " OURS " AND NOT x.indisprimary ORDER BY i.relname, k.place";

static const char POSTGRES_NAMES[] =
    "SELECT tgname::text FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid "
    "WHERE t.relnamespace = " OURS " AND NOT tgisinternal "
    "UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = " OURS
    " UNION ALL SELECT relname::text FROM pg_class WHERE relnamespace = " OURS " AND relkind IN ('v', 'm', 'S')";

static struct live_table *live_table_find(const struct comparison *c, const char *name)
{
    struct live_table *table = c->tables;
    while (table && strcmp(table->name, name) != 0)
        table = table->next;
    return table;
}

static struct live_column *live_column_find(const struct live_table *table, const char *name)
{
    struct live_column *column = table->columns;
    while (column && strcmp(column->name, name) != 0)
        column = column->next;
    return column;
}

static int read_tables(struct comparison *c, struct error *err)
{
    struct rows rows;
    struct live_table **last = &c->tables;
    db_query(c->db, &rows, c->engine == STORE_SQLITE ? SQLITE_TABLES : POSTGRES_TABLES, NO_BINDS, err);
    while (rows_next(&rows)) {
        struct live_table *table = ARENA_NEW(&c->arena, struct live_table);
        table->name = arena_str(&c->arena, rows_text(&rows, 0));
        table->strict = rows_int(&rows, 1) != 0;
        *last = table;
        last = &table->next;
    }
    return rows_done(&rows, err);
}

static int read_columns(struct comparison *c, struct error *err)
{
    struct rows rows;
    struct live_table *table = NULL;
    struct live_column **last = NULL;
    db_query(c->db, &rows, c->engine == STORE_SQLITE ? SQLITE_COLUMNS : POSTGRES_COLUMNS, NO_BINDS, err);
    while (rows_next(&rows)) {
        struct live_table *of = live_table_find(c, rows_text(&rows, 0));
        if (!of)
            continue;
        if (of != table)
            last = &of->columns;
        table = of;
        struct live_column *column = ARENA_NEW(&c->arena, struct live_column);
        column->name = arena_str(&c->arena, rows_text(&rows, 1));
        column->type = arena_str(&c->arena, rows_text(&rows, 2));
        column->key = (int)rows_int(&rows, 4);
        column->not_null = rows_int(&rows, 3) != 0 || column->key > 0;
        column->identity = rows_int(&rows, 5) != 0;
        *last = column;
        last = &column->next;
    }
    return rows_done(&rows, err);
}

/* SQLite keeps the statement, PostgreSQL our comment; both hold the condition behind the first WHERE. */
static const char *condition(const char *text)
{
    const char *where = text ? strstr(text, "WHERE ") : NULL;
    return where ? where + strlen("WHERE ") : "";
}

static int read_indexes(struct comparison *c, struct error *err)
{
    struct rows rows;
    struct live_index *index = NULL, **last = &c->indexes;
    db_query(c->db, &rows, c->engine == STORE_SQLITE ? SQLITE_INDEXES : POSTGRES_INDEXES, NO_BINDS, err);
    while (rows_next(&rows)) {
        const char *name = rows_text(&rows, 1);
        if (!index || strcmp(index->name, name) != 0) {
            index = ARENA_NEW(&c->arena, struct live_index);
            index->columns.limit = STATEMENT_BYTES;
            index->name = arena_str(&c->arena, name);
            index->table = arena_str(&c->arena, rows_text(&rows, 0));
            index->unique = rows_int(&rows, 2) != 0;
            index->where = arena_str(&c->arena, condition(rows_text(&rows, 3)));
            index->valid = rows_int(&rows, 4) != 0;
            *last = index;
            last = &index->next;
        }
        const char *column = rows_text(&rows, 5);
        if (c->engine == STORE_SQLITE) /* all of them, as they stand in the statement */
            text_add(&index->columns, column, strcspn(column, ")"));
        else
            text_printf(&index->columns, "%s%s%s", index->columns.used ? ", " : "", column ? column : "(expression)",
                        rows_int(&rows, 6) ? " DESC" : "");
    }
    return rows_done(&rows, err);
}

static int read_names(struct comparison *c, struct error *err)
{
    struct rows rows;
    db_query(c->db, &rows, c->engine == STORE_SQLITE ? SQLITE_NAMES : POSTGRES_NAMES, NO_BINDS, err);
    while (rows_next(&rows)) {
        struct live_name *name = ARENA_NEW(&c->arena, struct live_name);
        name->name = arena_str(&c->arena, rows_text(&rows, 0));
        name->next = c->names;
        c->names = name;
    }
    return rows_done(&rows, err);
}

/* ---- steps ---- */

/* Takes over *sql. Both sentences take the same arguments; a step without a statement is a refusal. */
__attribute__((format(printf, 3, 5), format(printf, 4, 5))) static void add_step(struct comparison *c, struct text *sql,
                                                                                 const char *zh, const char *en, ...)
{
    char line[2][ERROR_SENTENCE];
    va_list args;
    va_start(args, en);
    vsnprintf(line[1], sizeof line[1], en, args);
    va_end(args);
    va_start(args, en);
    vsnprintf(line[0], sizeof line[0], zh, args);
    va_end(args);
    struct step *step = ARENA_NEW(&c->arena, struct step);
    step->zh = arena_str(&c->arena, line[0]);
    step->en = arena_str(&c->arena, line[1]);
    step->long_one = c->over_rows;
    if (sql) {
        step->sql = arena_str(&c->arena, text_get(sql));
        text_clear(sql);
    }
    *c->last = step;
    c->last = &step->next;
}

/* ---- extra statements of one engine ---- */

static const char *extra_of(const struct comparison *c, const struct table *table)
{
    return c->engine == STORE_SQLITE ? table->sqlite_extra : table->postgres_extra;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool has_word(const char *text, const char *word, size_t size)
{
    for (const char *at = text; at && (at = strstr(at, word)) != NULL; at++) {
        if ((at == text || !is_word(at[-1])) && !is_word(at[size]))
            return true;
    }
    return false;
}

static bool made_by_extra(const struct schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->table_count; i++) {
        if (has_word(schema->tables[i]->extra_creates, name, strlen(name)))
            return true;
    }
    return false;
}

static bool exists(const struct comparison *c, const struct live_table *table, const char *name)
{
    if (live_table_find(c, name) || live_column_find(table, name))
        return true;
    for (const struct live_index *index = c->indexes; index; index = index->next) {
        if (strcmp(index->name, name) == 0)
            return true;
    }
    for (const struct live_name *known = c->names; known; known = known->next) {
        if (strcmp(known->name, name) == 0)
            return true;
    }
    return false;
}

static void check_extra(struct comparison *c, const struct table *table, const struct live_table *live)
{
    const char *extra = extra_of(c, table);
    for (const char *at = table->extra_creates; extra && at && *at;) {
        size_t size = strcspn(at, " ");
        const char *name = arena_strn(&c->arena, at, size);
        if (size > 0 && has_word(extra, name, size) && !exists(c, live, name)) {
            struct text sql = TEXT_LIMIT(STATEMENT_BYTES);
            text_str(&sql, extra);
            add_step(c, &sql, "表 %s 缺少 %s", "table %s lacks %s", table->name, name);
            text_done(&sql);
            return;
        }
        at += size + strspn(at + size, " ");
    }
}

/* ---- comparing ---- */

static void compare_column(struct comparison *c, const struct table *table, const struct live_table *live,
                           const struct column *column)
{
    const struct live_column *found = live_column_find(live, column->name);
    const char *type = dialect_type(c->engine, column->type);
    bool identity = column->flags & COLUMN_IDENTITY;
    bool not_null = identity || column->flags & COLUMN_NOT_NULL || table_key_has(table, column->name);
    if (!found && !not_null) {
        AUTO_TEXT sql = TEXT_LIMIT(STATEMENT_BYTES);
        dialect_add_column(&sql, c->engine, table, column);
        add_step(c, &sql, "表 %s 缺少列 %s", "table %s lacks column %s", table->name, column->name);
    } else if (!found) {
        add_step(c, NULL, "表 %s 缺少不可为空的列 %s", "table %s lacks column %s, which may not be null", table->name,
                 column->name);
    } else if (strcmp(found->type, type) != 0) {
        add_step(c, NULL, "表 %s 的列 %s 类型是 %s，应为 %s", "column %s.%s is of type %s but should be %s",
                 table->name, column->name, found->type, type);
    } else if (found->identity != identity) {
        add_step(c, NULL, "表 %s 的列 %s 自动编号与声明不符", "column %s.%s differs in whether the database numbers it",
                 table->name, column->name);
    } else if (found->not_null != not_null) {
        add_step(c, NULL, "表 %s 的列 %s 是否可为空与声明不符", "column %s.%s differs in whether it may be null",
                 table->name, column->name);
    }
}

static bool same_key(const struct table *table, const struct live_table *live)
{
    size_t count = 0, live_count = 0;
    for (const struct live_column *column = live->columns; column; column = column->next)
        live_count += column->key > 0;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct live_column *column = live_column_find(live, table->columns[i].name);
        if (table->columns[i].flags & COLUMN_IDENTITY)
            return live_count == 1 && column && column->key == 1;
    }
    for (; table->primary_key && table->primary_key[count]; count++) {
        const struct live_column *column = live_column_find(live, table->primary_key[count]);
        if (!column || column->key != (int)count + 1)
            return false;
    }
    return count == live_count;
}

static void compare_columns(struct comparison *c, const struct table *table, const struct live_table *live)
{
    for (size_t i = 0; i < table->column_count; i++)
        compare_column(c, table, live, &table->columns[i]);
    for (const struct live_column *column = live->columns; column; column = column->next) {
        bool declared = has_word(table->extra_creates, column->name, strlen(column->name));
        for (size_t i = 0; i < table->column_count && !declared; i++)
            declared = strcmp(table->columns[i].name, column->name) == 0;
        if (!declared)
            add_step(c, NULL, "表 %s 有未声明的列 %s", "table %s has column %s, which nobody declares", table->name,
                     column->name);
    }
    if (!same_key(table, live))
        add_step(c, NULL, "表 %s 的主键与声明不符", "the primary key of table %s differs", table->name);
    if (!live->strict)
        add_step(c, NULL, "表 %s 不是严格类型的表", "table %s is not STRICT", table->name);
}

static void create_index(struct comparison *c, struct text *sql, const struct table *table,
                         const struct index_decl *index)
{
    dialect_create_index(sql, table, index);
    if (c->engine == STORE_POSTGRES && index->where)
        dialect_comment_index(sql, index);
}

static void compare_index(struct comparison *c, const struct table *table, const struct index_decl *index)
{
    AUTO_TEXT sql = TEXT_LIMIT(STATEMENT_BYTES);
    AUTO_TEXT columns = TEXT_LIMIT(STATEMENT_BYTES);
    const struct live_index *live = c->indexes;
    while (live && strcmp(live->name, index->name) != 0)
        live = live->next;
    for (size_t i = 0; index->columns[i]; i++)
        text_printf(&columns, "%s%s", i ? ", " : "", index->columns[i]);
    if (!live) {
        create_index(c, &sql, table, index);
        add_step(c, &sql, "表 %s 缺少索引 %s", "table %s lacks index %s", table->name, index->name);
    } else if (strcmp(live->table, table->name) != 0 || live->unique != index->unique || !live->valid ||
               strcmp(text_get(&live->columns), text_get(&columns)) != 0 ||
               strcmp(live->where, index->where ? index->where : "") != 0) {
        text_printf(&sql, "DROP INDEX %s;\n", index->name);
        create_index(c, &sql, table, index);
        add_step(c, &sql, "表 %s 的索引 %s 与声明不符", "table %s: index %s differs", table->name, index->name);
    }
}

static const struct table *declared_table(const struct schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->table_count; i++) {
        if (strcmp(schema->tables[i]->name, name) == 0)
            return schema->tables[i];
    }
    return NULL;
}

static bool declared_index(const struct schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->table_count; i++) {
        for (size_t k = 0; k < schema->tables[i]->index_count; k++) {
            if (strcmp(schema->tables[i]->indexes[k].name, name) == 0)
                return true;
        }
    }
    return made_by_extra(schema, name);
}

static void compare_undeclared(struct comparison *c)
{
    for (const struct live_table *live = c->tables; live; live = live->next) {
        if (!declared_table(c->schema, live->name) && !made_by_extra(c->schema, live->name))
            add_step(c, NULL, "数据库中有未声明的表 %s", "there is a table %s, which nobody declares", live->name);
    }
    for (const struct live_index *live = c->indexes; live; live = live->next) {
        if (declared_index(c->schema, live->name) || !declared_table(c->schema, live->table))
            continue;
        AUTO_TEXT sql = TEXT_LIMIT(STATEMENT_BYTES);
        text_printf(&sql, "DROP INDEX %s;\n", live->name);
        add_step(c, &sql, "表 %s 有未声明的索引 %s", "table %s has index %s, which nobody declares", live->table,
                 live->name);
    }
}

static void compare_table(struct comparison *c, const struct table *table)
{
    const struct live_table *live = live_table_find(c, table->name);
    if (live) {
        compare_columns(c, table, live);
    } else {
        AUTO_TEXT sql = TEXT_LIMIT(STATEMENT_BYTES);
        dialect_create_table(&sql, c->engine, table);
        add_step(c, &sql, "缺少表 %s", "there is no table %s", table->name);
    }
    for (size_t i = 0; i < table->index_count; i++) {
        c->over_rows = live && !table->indexes[i].unique;
        compare_index(c, table, &table->indexes[i]);
    }
    c->over_rows = live != NULL;
    if (live && table->extra_creates)
        check_extra(c, table, live);
    c->over_rows = false;
    if (!live && extra_of(c, table)) {
        AUTO_TEXT sql = TEXT_LIMIT(STATEMENT_BYTES);
        text_str(&sql, extra_of(c, table));
        add_step(c, &sql, "表 %s 缺少附属对象", "table %s lacks what goes with it", table->name);
    }
}

static void comparison_done(struct comparison *c)
{
    for (struct live_index *index = c->indexes; index; index = index->next)
        text_done(&index->columns);
    arena_done(&c->arena);
}

static int compare(struct comparison *c, struct db *db, const struct schema *schema, struct error *err)
{
    *c = (struct comparison){ .db = db, .engine = db_engine(db), .schema = schema };
    c->last = &c->steps;
    if (read_tables(c, err) < 0 || read_columns(c, err) < 0 || read_indexes(c, err) < 0 || read_names(c, err) < 0)
        return -1;
    for (size_t i = 0; i < schema->table_count; i++)
        compare_table(c, schema->tables[i]);
    compare_undeclared(c);
    return 0;
}

/* ---- names ---- */

static bool good_name(const char *name, size_t size)
{
    bool good = size > 0 && size <= NAME_BYTES && (name[0] < '0' || name[0] > '9');
    for (size_t i = 0; i < size && good; i++)
        good = is_word(name[i]);
    return good;
}

static int check_name(const char *table, const char *name, struct error *err)
{
    size_t size = strlen(name);
    if (size > 5 && strcmp(name + size - 5, " DESC") == 0)
        size -= 5;
    if (good_name(name, size))
        return 0;
    return fail(err, FAULT_INTERNAL, "store.name",
                "表 %s 声明的名称 %s 不可用：只能用小写字母、数字和下划线，最长 63 字节",
                "Table %s declares the unusable name %s: lower-case letters, digits and underscores, at most 63 bytes",
                table, name);
}

static int check_names(const struct schema *schema, struct error *err)
{
    for (size_t i = 0; i < schema->table_count; i++) {
        const struct table *table = schema->tables[i];
        if (check_name(table->name, table->name, err) < 0)
            return -1;
        for (size_t k = 0; k < table->column_count; k++) {
            if (check_name(table->name, table->columns[k].name, err) < 0)
                return -1;
        }
        for (size_t k = 0; k < table->index_count; k++) {
            if (check_name(table->name, table->indexes[k].name, err) < 0)
                return -1;
            for (const char *const *name = table->indexes[k].columns; *name; name++) {
                if (check_name(table->name, *name, err) < 0)
                    return -1;
            }
        }
    }
    return 0;
}

/* ---- applying and reporting ---- */

/* Building an index over a large table may take longer than any other statement is allowed to. */
static const char LONG_STEPS[] = "SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '128MB'";

static int refuse_steps(const struct step *steps, struct error *err)
{
    for (const struct step *step = steps; step; step = step->next) {
        if (!step->sql) {
            fail(err, FAULT_REFUSED, "store.schema", "数据库结构与程序不符，请先迁移数据库，或使用与之相符的程序版本",
                 "the database does not fit this program; migrate it first, or use the version it was made with");
            return error_add(err, step->zh, step->en);
        }
    }
    return 0;
}

/* SQLite sorts the rows of a new index in pieces as large as its cache: pieces that the processor's own cache holds are
** sorted in half the time (1,000,000 rows: 1.6 s, not 2.6 s). */
static int set_cache(struct db *db, int kib, struct error *err)
{
    char pragma[64];
    snprintf(pragma, sizeof pragma, "PRAGMA cache_size = -%d", kib);
    return db_engine(db) == STORE_SQLITE ? db_script(db, pragma, err) : 0;
}

/* What a job runs of the steps: one of the long, or all the others. */
struct portion {
    const struct step *steps, *only;
};

static int run_steps(struct db *db, void *args, struct error *err)
{
    const struct portion *p = args;
    struct error ignored = { 0 };
    if (db_engine(db) == STORE_POSTGRES && db_script(db, LONG_STEPS, err) < 0)
        return -1;
    int got = set_cache(db, SORTING_KIB, err);
    for (const struct step *step = p->steps; step && got == 0; step = step->next)
        if ((p->only ? step == p->only : !step->long_one) && (got = db_script(db, step->sql, err)) < 0)
            error_add(err, step->zh, step->en);
    set_cache(db, WRITER_CACHE_KIB, &ignored);
    return got;
}

static int apply(struct store *store, const struct step *steps, struct error *err)
{
    if (store_write_large(store, run_steps, &(struct portion){ steps, NULL }, err) < 0)
        return -1;
    for (const struct step *step = steps; step; step = step->next)
        if (step->long_one && store_write_large(store, run_steps, &(struct portion){ steps, step }, err) < 0)
            return -1;
    return 0;
}

int schema_apply(struct store *store, const struct schema *schema, int *changes, struct error *err)
{
    struct comparison c;
    struct db *db;
    int steps = 0;
    if (check_names(schema, err) < 0 || store_reader(store, &db, err) < 0)
        return -1;
    int result = compare(&c, db, schema, err);
    store_reader_back(store, db);
    if (result == 0)
        result = refuse_steps(c.steps, err);
    if (result == 0 && c.steps)
        result = apply(store, c.steps, err);
    for (const struct step *step = c.steps; step; step = step->next)
        steps++;
    if (result == 0 && changes)
        *changes = steps;
    comparison_done(&c);
    return result;
}

int schema_differences(struct db *db, const struct schema *schema, struct text *out, struct error *err)
{
    struct comparison c;
    int result = compare(&c, db, schema, err);
    for (const struct step *step = c.steps; step && result == 0; step = step->next)
        text_printf(out, "%s / %s\n", step->zh, step->en);
    comparison_done(&c);
    return result;
}
