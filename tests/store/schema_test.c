/* Declared schemas against live databases, on both engines. */
#include "store/world.h"

#include "store/dialect.h"

#include <string.h>

static const char *const by_code[] = { "code", NULL }, *const by_site[] = { "site", "due DESC", NULL };
static const char *const by_site_only[] = { "site", NULL }, *const pair[] = { "kind", "member", NULL };

static const struct column hazard_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "version", COLUMN_INT, COLUMN_NOT_NULL },
    { "code", COLUMN_TEXT, 0 },
    { "site", COLUMN_INT, 0 },
    { "due", COLUMN_INT, 0 },
    { "sealed", COLUMN_BYTES, 0 },
    { "note", COLUMN_TEXT, 0 }, /* the last: an earlier build does not have it */
};
enum { HAZARD_COLUMNS = sizeof hazard_columns / sizeof hazard_columns[0] };

static const struct index_decl hazard_indexes[] = {
    { "hazard_code_unique", by_code, true, "code <> 'a''b' AND code IS NOT NULL" },
    { "hazard_by_site", by_site, false, NULL },
};

static const struct column link_columns[] = {
    { "kind", COLUMN_TEXT, 0 },
    { "member", COLUMN_INT, COLUMN_NOT_NULL },
};

static const struct table hazard = {
    "hazard", hazard_columns, HAZARD_COLUMNS, NULL, hazard_indexes, 2, NULL, NULL, NULL
};
static const struct table link_table = { "link", link_columns, 2, pair, NULL, 0, NULL, NULL, NULL };

static const struct column doc_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "body", COLUMN_TEXT, COLUMN_NOT_NULL },
};
static const struct table doc = {
    .name = "doc",
    .columns = doc_columns,
    .column_count = 2,
    .sqlite_extra =
        "CREATE VIRTUAL TABLE IF NOT EXISTS doc_words USING fts5(body, content='doc', content_rowid='id');\n"
        "CREATE TRIGGER IF NOT EXISTS doc_added AFTER INSERT ON doc BEGIN\n"
        "    UPDATE doc SET body = trim(body) WHERE id = new.id;\n"
        "END;\n",
    .postgres_extra = "ALTER TABLE doc ADD COLUMN IF NOT EXISTS words TSVECTOR;\n"
                      "CREATE INDEX IF NOT EXISTS doc_by_words ON doc USING gin (words);\n",
    .extra_creates = "doc_words doc_added words doc_by_words",
};

static const struct table *const all_tables[] = { &hazard, &link_table, &doc };
static const struct schema whole = { all_tables, 3 };

static int apply(struct world *world, const struct schema *schema)
{
    struct error err = { 0 };
    int changes = -1;
    must(schema_apply(world->store, schema, &changes, &err), &err);
    return changes;
}

/* The differences as text; the caller's text is filled. */
static void differences(struct world *world, const struct schema *schema, struct text *out)
{
    struct error err = { 0 };
    struct db *db = NULL;
    must(store_reader(world->store, &db, &err), &err);
    int result = schema_differences(db, schema, out, &err);
    store_reader_back(world->store, db);
    must(result, &err);
}

static void assert_equal_to(struct world *world, const struct schema *schema)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 16);
    differences(world, schema, &out);
    assert_string_equal(text_get(&out), "");
}

static void assert_refused(struct world *world, const struct schema *schema, const char *table, const char *column)
{
    struct error err = { 0 };
    AUTO_TEXT out = TEXT_LIMIT(1 << 16);
    int changes = -1;
    assert_int_equal(schema_apply(world->store, schema, &changes, &err), -1);
    assert_int_equal(err.fault, FAULT_REFUSED);
    assert_string_equal(err.code, "store.schema");
    assert_non_null(strstr(err.en, table));
    assert_non_null(strstr(err.zh, table));
    assert_non_null(strstr(err.en, column));
    assert_non_null(strstr(err.zh, column));
    assert_int_equal(changes, -1);
    differences(world, schema, &out);
    assert_non_null(strstr(text_get(&out), column));
}

static void an_empty_database_gets_everything_and_then_nothing(void **state)
{
    struct world *world = WORLD(state);
    AUTO_TEXT before = TEXT_LIMIT(1 << 16);
    differences(world, &whole, &before);
    assert_non_null(strstr(text_get(&before), "hazard_by_site"));
    assert_non_null(strstr(text_get(&before), "缺少表 doc / there is no table doc\n"));
    assert_true(apply(world, &whole) >= 6);
    assert_int_equal(apply(world, &whole), 0);
    assert_equal_to(world, &whole);
}

static void the_printed_schema_makes_the_declared_database(void **state)
{
    struct world *world = WORLD(state);
    AUTO_TEXT sql = TEXT_LIMIT(1 << 16), again = TEXT_LIMIT(1 << 16);
    dialect_schema(&sql, world->engine, &whole);
    dialect_schema(&again, world->engine, &whole);
    assert_string_equal(text_get(&sql), text_get(&again));
    must_script(world->store, text_get(&sql));
    assert_equal_to(world, &whole);
    assert_int_equal(apply(world, &whole), 0);
}

static void what_the_extra_statements_made_works(void **state)
{
    struct world *world = WORLD(state);
    apply(world, &whole);
    must_write(world->store, "INSERT INTO doc (body) VALUES (?)", BIND(value_text(" dam gate pump ")));
    if (world->engine == STORE_SQLITE) {
        must_write(world->store, "INSERT INTO doc_words (rowid, body) SELECT id, body FROM doc", NO_BINDS);
        assert_int_equal(must_count(world->store,
                                    "SELECT length(d.body) FROM doc_words w JOIN doc d ON d.id = w.rowid "
                                    "WHERE doc_words MATCH ?",
                                    BIND(value_text("gate"))),
                         13);
    } else {
        must_write(world->store, "UPDATE doc SET words = to_tsvector('simple', body)", NO_BINDS);
        assert_int_equal(must_count(world->store, "SELECT count(*) FROM doc WHERE words @@ to_tsquery('simple', ?)",
                                    BIND(value_text("gate"))),
                         1);
    }
}

static void an_extra_object_that_went_missing_comes_back(void **state)
{
    struct world *world = WORLD(state);
    apply(world, &whole);
    must_script(world->store, world->engine == STORE_SQLITE ? "DROP TRIGGER doc_added" : "DROP INDEX doc_by_words");
    assert_int_equal(apply(world, &whole), 1);
    assert_equal_to(world, &whole);
}

static void a_new_nullable_column_is_added_and_old_rows_stay(void **state)
{
    struct world *world = WORLD(state);
    struct table older = hazard;
    older.column_count = HAZARD_COLUMNS - 1;
    const struct table *const tables[] = { &older, &link_table, &doc };
    apply(world, &(struct schema){ tables, 3 });
    must_write(world->store, "INSERT INTO hazard (version, code) VALUES (1, 'A-1')", NO_BINDS);
    assert_int_equal(apply(world, &whole), 1);
    assert_equal_to(world, &whole);
    assert_int_equal(must_count(world->store, "SELECT count(*) FROM hazard WHERE note IS NULL", NO_BINDS), 1);
}

static void a_statement_prepared_before_a_column_came_is_prepared_anew(void **state)
{
    struct world *world = WORLD(state);
    struct table older = hazard;
    older.column_count = HAZARD_COLUMNS - 1;
    const struct table *const tables[] = { &older, &link_table, &doc };
    apply(world, &(struct schema){ tables, 3 });
    struct error err = { 0 };
    struct rows rows;
    struct db *db = NULL;
    must(store_reader(world->store, &db, &err), &err);
    for (int round = 0; round < 2; round++) {
        must(db_query(db, &rows, "SELECT * FROM hazard", NO_BINDS, &err), &err);
        assert_int_equal(rows.columns, HAZARD_COLUMNS - 1 + round);
        must(rows_done(&rows, &err), &err);
        apply(world, &whole);
    }
    store_reader_back(world->store, db);
}

static void a_missing_changed_or_undeclared_index_is_put_right(void **state)
{
    static const struct index_decl older[][2] = {
        { { "hazard_code_unique", by_code, true, "code <> 'a''b' AND code IS NOT NULL" } },
        { { "hazard_code_unique", by_code, true, "code IS NOT NULL" }, { "hazard_by_site", by_site, false, NULL } },
        { { "hazard_code_unique", by_code, true, NULL }, { "hazard_by_site", by_site, false, NULL } },
        { { "hazard_code_unique", by_code, false, "code <> 'a''b' AND code IS NOT NULL" },
          { "hazard_by_site", by_site, false, NULL } },
        { { "hazard_code_unique", by_code, true, "code <> 'a''b' AND code IS NOT NULL" },
          { "hazard_by_site", by_site_only, false, NULL } },
        { { "hazard_code_unique", by_code, true, "code <> 'a''b' AND code IS NOT NULL" },
          { "hazard_by_site", by_site, false, "site > 0" } },
    };
    struct world *world = WORLD(state);
    apply(world, &whole);
    for (size_t i = 0; i < sizeof older / sizeof older[0]; i++) {
        struct table table = hazard;
        table.indexes = older[i];
        table.index_count = older[i][1].name ? 2 : 1;
        const struct table *const tables[] = { &table, &link_table, &doc };
        assert_int_equal(apply(world, &(struct schema){ tables, 3 }), 1);
        assert_equal_to(world, &(struct schema){ tables, 3 });
        assert_int_equal(apply(world, &whole), 1);
        assert_equal_to(world, &whole);
    }
}

static void a_unique_index_over_doubles_fails_and_changes_nothing(void **state)
{
    struct world *world = WORLD(state);
    struct table older = hazard;
    older.index_count = 0;
    older.column_count = HAZARD_COLUMNS - 1;
    const struct table *const tables[] = { &older, &link_table, &doc };
    const struct schema old = { tables, 3 };
    struct error err = { 0 };
    apply(world, &old);
    must_write(world->store, "INSERT INTO hazard (version, code) VALUES (1, 'A'), (1, 'A')", NO_BINDS);
    assert_int_equal(schema_apply(world->store, &whole, NULL, &err), -1);
    assert_true(store_is_unique(&err));
    assert_non_null(strstr(err.en, "hazard_code_unique"));
    assert_equal_to(world, &old);
}

/* The last of three indexes is stopped, here by a view of its name: the two before it stay. */
static void indexes_of_a_table_that_was_there_are_committed_one_by_one(void **state)
{
    static const struct column columns[] = { { "id", COLUMN_INT, COLUMN_IDENTITY }, { "site", COLUMN_INT, 0 } };
    static const struct index_decl indexes[] = { { "zz_lane_x", by_site_only, false, NULL },
                                                 { "zz_lane_y", by_site_only, false, "site > 0" },
                                                 { "zz_lane_z", by_site_only, false, "site > 1" } };
    static const struct table bare = { .name = "lane", .columns = columns, .column_count = 2 };
    static const struct table full = {
        .name = "lane", .columns = columns, .column_count = 2, .indexes = indexes, .index_count = 3
    };
    const struct table *const before[] = { &bare }, *const after[] = { &full };
    struct world *world = WORLD(state);
    struct error err = { 0 };
    apply(world, &(struct schema){ before, 1 });
    must_script(world->store, "CREATE VIEW zz_lane_z AS SELECT 1 AS one;");
    assert_int_equal(schema_apply(world->store, &(struct schema){ after, 1 }, NULL, &err), -1);
    must_script(world->store, "DROP VIEW zz_lane_z;");
    assert_int_equal(apply(world, &(struct schema){ after, 1 }), 1);
    assert_equal_to(world, &(struct schema){ after, 1 });
}

struct refusal {
    const char *says;
    const char *script; /* what somebody did to the database */
    const char *table, *column;
    const char *sqlite; /* another spelling, or NULL */
};

static void whatever_needs_a_migration_is_refused_by_name(void **state)
{
    static const struct refusal refusals[] = {
        { "a column nobody declares", "ALTER TABLE hazard ADD COLUMN extra BIGINT", "hazard", "extra",
          "ALTER TABLE hazard ADD COLUMN extra INTEGER" },
        { "a table nobody declares", "CREATE TABLE stranger (n BIGINT)", "stranger", "stranger", NULL },
        { "a lost column that may not be null", "ALTER TABLE hazard DROP COLUMN version", "hazard", "version", NULL },
        { "a changed type", "ALTER TABLE hazard DROP COLUMN note; ALTER TABLE hazard ADD COLUMN note BIGINT", "hazard",
          "note", "ALTER TABLE hazard DROP COLUMN note; ALTER TABLE hazard ADD COLUMN note INTEGER" },
        { "a column that may be null no longer",
          "ALTER TABLE hazard DROP COLUMN note; "
          "ALTER TABLE hazard ADD COLUMN note TEXT COLLATE \"C\" NOT NULL DEFAULT ''",
          "hazard", "note",
          "ALTER TABLE hazard DROP COLUMN note; ALTER TABLE hazard ADD COLUMN note TEXT NOT NULL DEFAULT ''" },
        { "another primary key",
          "DROP TABLE link; CREATE TABLE link (kind TEXT COLLATE \"C\" NOT NULL, "
          "member BIGINT NOT NULL, PRIMARY KEY (member, kind))",
          "link", "link",
          "DROP TABLE link; CREATE TABLE link (kind TEXT NOT NULL, member INTEGER NOT NULL, "
          "PRIMARY KEY (member, kind)) STRICT" },
        { "an id the database no longer makes", "ALTER TABLE doc ALTER COLUMN id DROP IDENTITY", "doc", "id",
          "DROP TABLE doc; CREATE TABLE doc (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT" },
        { "text that is not compared by bytes",
          "ALTER TABLE hazard DROP COLUMN note; ALTER TABLE hazard ADD COLUMN note TEXT", "hazard", "note",
          "DROP TABLE hazard; CREATE TABLE hazard (id INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL, "
          "code TEXT, site INTEGER, due INTEGER, sealed BLOB, note VARCHAR(20))" },
    };
    struct world *world = WORLD(state);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *refusal = &refusals[i];
        print_message("    %s\n", refusal->says);
        apply(world, &whole);
        must_script(world->store, world->engine == STORE_SQLITE && refusal->sqlite ? refusal->sqlite : refusal->script);
        assert_refused(world, &whole, refusal->table, refusal->column);
        if (world->engine == STORE_SQLITE)
            must_script(world->store, "DROP TABLE IF EXISTS doc_words");
        must_script(world->store, "DROP TABLE IF EXISTS stranger; DROP TABLE hazard; DROP TABLE link; DROP TABLE doc");
    }
}

static void a_name_the_engines_would_read_differently_is_refused(void **state)
{
    struct world *world = WORLD(state);
    static const char *const names[] = {
        "", "Hazard", "a b", "a;b", "1st", "隐患", "a_name_of_sixty_four_bytes_is_one_more_than_postgresql_will_keep",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct table table = { .name = names[i], .columns = hazard_columns, .column_count = 1 };
        const struct table *const tables[] = { &table };
        struct error err = { 0 };
        assert_int_equal(schema_apply(world->store, &(struct schema){ tables, 1 }, NULL, &err), -1);
        assert_string_equal(err.code, "store.name");
    }
}

static void the_print_is_stable(void **state)
{
    (void)state;
    AUTO_TEXT sql = TEXT_LIMIT(1 << 16);
    static const struct table *const tables[] = { &hazard, &link_table };
    const struct schema schema = { tables, 2 };
    dialect_schema(&sql, STORE_SQLITE, &schema);
    assert_string_equal(
        text_get(&sql),
        "CREATE TABLE hazard (\n"
        "    id      INTEGER PRIMARY KEY AUTOINCREMENT,\n"
        "    version INTEGER NOT NULL,\n"
        "    code    TEXT,\n"
        "    site    INTEGER,\n"
        "    due     INTEGER,\n"
        "    sealed  BLOB,\n"
        "    note    TEXT\n"
        ") STRICT;\n"
        "CREATE UNIQUE INDEX hazard_code_unique ON hazard (code) WHERE code <> 'a''b' AND code IS NOT NULL;\n"
        "CREATE INDEX hazard_by_site ON hazard (site, due DESC);\n"
        "\n"
        "CREATE TABLE link (\n"
        "    kind   TEXT NOT NULL,\n"
        "    member INTEGER NOT NULL,\n"
        "    PRIMARY KEY (kind, member)\n"
        ") STRICT;\n");
    text_clear(&sql);
    dialect_schema(&sql, STORE_POSTGRES, &schema);
    assert_string_equal(
        text_get(&sql),
        "CREATE TABLE hazard (\n"
        "    id      BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,\n"
        "    version BIGINT NOT NULL,\n"
        "    code    TEXT COLLATE \"C\",\n"
        "    site    BIGINT,\n"
        "    due     BIGINT,\n"
        "    sealed  BYTEA,\n"
        "    note    TEXT COLLATE \"C\"\n"
        ");\n"
        "CREATE UNIQUE INDEX hazard_code_unique ON hazard (code) WHERE code <> 'a''b' AND code IS NOT NULL;\n"
        "COMMENT ON INDEX hazard_code_unique IS 'WHERE code <> ''a''''b'' AND code IS NOT NULL';\n"
        "CREATE INDEX hazard_by_site ON hazard (site, due DESC);\n"
        "\n"
        "CREATE TABLE link (\n"
        "    kind   TEXT COLLATE \"C\" NOT NULL,\n"
        "    member BIGINT NOT NULL,\n"
        "    PRIMARY KEY (kind, member)\n"
        ");\n");
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(an_empty_database_gets_everything_and_then_nothing),
        SAYS(the_printed_schema_makes_the_declared_database),
        SAYS(what_the_extra_statements_made_works),
        SAYS(an_extra_object_that_went_missing_comes_back),
        SAYS(a_new_nullable_column_is_added_and_old_rows_stay),
        SAYS(a_statement_prepared_before_a_column_came_is_prepared_anew),
        SAYS(a_missing_changed_or_undeclared_index_is_put_right),
        SAYS(a_unique_index_over_doubles_fails_and_changes_nothing),
        SAYS(indexes_of_a_table_that_was_there_are_committed_one_by_one),
        SAYS(whatever_needs_a_migration_is_refused_by_name),
        SAYS(a_name_the_engines_would_read_differently_is_refused),
    };
    const struct CMUnitTest prints[] = { cmocka_unit_test(the_print_is_stable) };
    int failures = RUN_BOTH(tests);
    return failures + cmocka_run_group_tests(prints, NULL, NULL);
}
