/* What store.h promises, on both engines. */
#include "store/world.h"

#include "base/clock.h"
#include "store/dialect.h"
#include "store/engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void make_items(struct world *world)
{
    static const struct column columns[] = {
        { "id", COLUMN_INT, COLUMN_IDENTITY },
        { "number", COLUMN_INT, 0 },
        { "title", COLUMN_TEXT, 0 },
        { "bytes", COLUMN_BYTES, 0 },
    };
    static const char *const number[] = { "number", NULL }, *const title[] = { "title", NULL };
    static const struct index_decl indexes[] = {
        { "item_number", number, false, NULL },
        { "item_title_unique", title, true, NULL },
    };
    static const struct table item = { "item", columns, 4, NULL, indexes, 2, NULL, NULL, NULL };
    static const struct table *const tables[] = { &item };
    struct error err = { 0 };
    must(schema_apply(world->store, &(struct schema){ tables, 1 }, NULL, &err), &err);
}

static const char INSERT_ITEM[] = "INSERT INTO item (number, title, bytes) VALUES (?, ?, ?)";
static const char INSERT_NUMBER[] = "INSERT INTO item (number) VALUES (?)";

static int64_t items(struct world *world)
{
    return must_count(world->store, "SELECT count(*) FROM item", NO_BINDS);
}

static struct db *reader(struct world *world)
{
    struct error err = { 0 };
    struct db *db = NULL;
    must(store_reader(world->store, &db, &err), &err);
    return db;
}

/* ---- values ---- */

static void every_value_comes_back_as_it_went_in(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    static const char text[] = "安澜，危险源";
    static const char bytes[] = { 0, 1, '\'', '\\', (char)0xff, 0 };
    const struct value sets[][3] = {
        { value_null(), value_null(), value_null() },
        { value_int(0), value_text(""), value_bytes("", 0) },
        { value_int(INT64_MIN), value_text(text), value_bytes(bytes, sizeof bytes) },
        { value_int(INT64_MAX), value_text("a'b\"c?d\\e\n"), value_bytes("\\x00", 4) },
        { value_int(-1), value_text("NULL"), value_bytes("\0", 1) },
    };
    enum { SETS = sizeof sets / sizeof sets[0] };
    for (int i = 0; i < SETS; i++)
        must_write(world->store, INSERT_ITEM, sets[i], 3);

    struct error err = { 0 };
    struct rows rows;
    struct db *db = reader(world);
    int seen = 0;
    must(db_query(db, &rows, "SELECT number, title, bytes FROM item ORDER BY id", NO_BINDS, &err), &err);
    assert_int_equal(rows.columns, 3);
    for (; rows_next(&rows); seen++) {
        for (int column = 0; column < 3; column++) {
            struct value got = rows_value(&rows, column);
            assert_true(value_same(&got, &sets[seen][column]));
        }
        struct value title = rows_value(&rows, 1);
        if (title.is == VALUE_TEXT)
            assert_int_equal(title.at[title.size], '\0');
        assert_int_equal(rows_int(&rows, 0), sets[seen][0].number);
        assert_true((rows_text(&rows, 1) == NULL) == (sets[seen][1].is == VALUE_NULL));
    }
    assert_false(rows_next(&rows));
    must(rows_done(&rows, &err), &err);
    must(rows_done(&rows, &err), &err);
    assert_int_equal(seen, SETS);
    store_reader_back(world->store, db);
}

static void every_bound_value_finds_its_row_again(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    must_write(world->store, INSERT_ITEM, BIND(value_int(INT64_MIN), value_text("水库"), value_bytes("a\0b", 3)));
    assert_int_equal(must_count(world->store, "SELECT count(*) FROM item WHERE number = ? AND title = ? AND bytes = ?",
                                BIND(value_int(INT64_MIN), value_text("水库"), value_bytes("a\0b", 3))),
                     1);
    assert_int_equal(
        must_count(world->store, "SELECT count(*) FROM item WHERE bytes = ?", BIND(value_bytes("a\0c", 3))), 0);
}

static void text_is_ordered_by_bytes(void **state)
{
    struct world *world = WORLD(state);
    static const char *const ordered[] = { "", "A", "B", "Z", "_", "a", "b", "z", "é", "一", "安", "阿" };
    enum { COUNT = sizeof ordered / sizeof ordered[0] };
    make_items(world);
    for (int i = 0; i < COUNT; i++)
        must_write(world->store, INSERT_ITEM,
                   BIND(value_int(i), value_text(ordered[(i * 7 + 3) % COUNT]), value_null()));
    struct error err = { 0 };
    struct rows rows;
    struct db *db = reader(world);
    must(db_query(db, &rows, "SELECT title FROM item WHERE title >= ? ORDER BY title", BIND(value_text("")), &err),
         &err);
    for (int i = 0; i < COUNT; i++) {
        assert_true(rows_next(&rows));
        assert_string_equal(rows_text(&rows, 0), ordered[i]);
    }
    assert_false(rows_next(&rows));
    must(rows_done(&rows, &err), &err);
    store_reader_back(world->store, db);
}

static void a_sum_is_a_number_and_a_fraction_is_a_text(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    must_write(world->store, INSERT_NUMBER, BIND(value_int(3)));
    must_write(world->store, INSERT_NUMBER, BIND(value_int(4)));
    struct error err = { 0 };
    struct rows rows;
    struct db *db = reader(world);
    must(db_query(db, &rows, "SELECT sum(number), avg(number), count(*), sum(number) FROM item WHERE number > ?",
                  BIND(value_int(0)), &err),
         &err);
    assert_true(rows_next(&rows));
    assert_int_equal(rows_value(&rows, 0).is, VALUE_INT);
    assert_int_equal(rows_int(&rows, 0), 7);
    assert_int_equal(rows_value(&rows, 1).is, VALUE_TEXT);
    assert_int_equal(rows_int(&rows, 1), 3);
    assert_string_equal(rows_text(&rows, 2), "2");
    assert_string_equal(rows_text(&rows, 3), "7");
    must(rows_done(&rows, &err), &err);
    store_reader_back(world->store, db);
}

struct bad_bind {
    const char *sql;
    struct value value;
    enum fault fault;
};

static int insert_value(struct db *db, void *args, struct error *err)
{
    const struct bad_bind *bad = args;
    return db_run(db, bad->sql, &bad->value, 1, NULL, err);
}

static void a_value_neither_engine_can_keep_is_refused(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    struct bad_bind bad[] = {
        { "INSERT INTO item (title) VALUES (?)", { .is = VALUE_TEXT, .at = "a\0b", .size = 3 }, FAULT_INVALID },
        { "INSERT INTO item (title) VALUES (?)", value_text("broken \xe5\xae"), FAULT_INVALID },
        { INSERT_NUMBER, value_text("a word"), FAULT_INTERNAL },
        { "INSERT INTO item (bytes) VALUES (?)", value_int(1), FAULT_INTERNAL },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct error err = { 0 };
        assert_int_equal(store_write(world->store, insert_value, &bad[i], &err), -1);
        assert_int_equal(err.fault, bad[i].fault);
    }
    assert_int_equal(items(world), 0);
}

/* ---- statements ---- */

static void a_question_mark_in_quotes_is_not_a_placeholder(void **state)
{
    struct world *world = WORLD(state);
    struct error err = { 0 };
    struct rows rows;
    struct db *db = reader(world);
    must(db_query(db, &rows,
                  "SELECT 'what?', 'it''s ?', ? + 1 AS \"why?\" -- not here?\n"
                  "/* nor ? here */ WHERE 'a?' <> ?",
                  BIND(value_int(41), value_text("b?")), &err),
         &err);
    assert_true(rows_next(&rows));
    assert_string_equal(rows_text(&rows, 0), "what?");
    assert_string_equal(rows_text(&rows, 1), "it's ?");
    assert_int_equal(rows_int(&rows, 2), 42);
    must(rows_done(&rows, &err), &err);
    store_reader_back(world->store, db);
}

static void the_number_of_values_must_be_the_number_of_placeholders(void **state)
{
    struct world *world = WORLD(state);
    struct error err = { 0 };
    int64_t number = 7;
    struct db *db = reader(world);
    assert_int_equal(db_get_int(db, "SELECT 1 WHERE 1 = ?", NO_BINDS, &number, NULL, &err), -1);
    assert_int_equal(err.fault, FAULT_INTERNAL);
    assert_int_equal(db_get_int(db, "SELECT 1 WHERE 1 = ?", BIND(value_int(1), value_int(2)), &number, NULL, &err), -1);
    assert_int_equal(number, 7);
    must(db_get_int(db, "SELECT 1 WHERE 1 = ?", BIND(value_int(1)), &number, NULL, &err), &err);
    assert_int_equal(number, 1);
    store_reader_back(world->store, db);
}

static void a_failed_query_stays_failed_until_it_is_done(void **state)
{
    struct world *world = WORLD(state);
    struct error err = { 0 };
    struct rows rows;
    struct db *db = reader(world);
    assert_int_equal(db_query(db, &rows, "SELECT nothing FROM nowhere", NO_BINDS, &err), -1);
    assert_int_equal(err.fault, FAULT_INTERNAL);
    assert_string_equal(err.code, "store.sql");
    assert_false(rows_next(&rows));
    assert_int_equal(rows_done(&rows, &err), -1);
    assert_int_equal(rows_done(&rows, &err), -1);
    store_reader_back(world->store, db);
    assert_int_equal(must_count(world->store, "SELECT 5", NO_BINDS), 5);
}

static void one_row_is_asked_for_and_may_be_absent_or_null(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    struct error err = { 0 };
    int64_t number = 7;
    bool found = true;
    struct db *db = reader(world);
    must(db_get_int(db, "SELECT id FROM item", NO_BINDS, &number, &found, &err), &err);
    assert_false(found);
    assert_int_equal(number, 7);
    must(db_get_int(db, "SELECT max(number) FROM item", NO_BINDS, &number, &found, &err), &err);
    assert_true(found);
    assert_int_equal(number, 0);
    store_reader_back(world->store, db);
}

static int insert_returning(struct db *db, void *args, struct error *err)
{
    return db_get_int(db, "INSERT INTO item (number) VALUES (?), (?) RETURNING id", BIND(value_int(1), value_int(2)),
                      args, NULL, err);
}

static int insert_one(struct db *db, void *args, struct error *err)
{
    return db_insert(db, INSERT_NUMBER, BIND(value_int(1)), args, err);
}

static void an_insert_tells_the_id_it_made_and_never_uses_it_again(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    struct error err = { 0 };
    int64_t first = 0, second = 0;
    must(store_write(world->store, insert_returning, &first, &err), &err);
    assert_int_equal(items(world), 2);
    must_write(world->store, "DELETE FROM item", NO_BINDS);
    must(store_write(world->store, insert_returning, &second, &err), &err);
    assert_int_equal(second, first + 2);
    must(store_write(world->store, insert_one, &first, &err), &err);
    assert_int_equal(first, second + 2);
}

static int count_changes(struct db *db, void *args, struct error *err)
{
    int64_t *changed = args;
    if (db_run(db, "UPDATE item SET title = NULL WHERE number >= ?", BIND(value_int(2)), &changed[0], err) < 0)
        return -1;
    if (db_run(db, "UPDATE item SET title = NULL WHERE number > ?", BIND(value_int(99)), &changed[1], err) < 0)
        return -1;
    if (db_run(db, "CREATE TABLE other (id BIGINT)", NO_BINDS, &changed[2], err) < 0)
        return -1;
    if (db_run(db, "SELECT id FROM item", NO_BINDS, &changed[3], err) < 0)
        return -1;
    return db_run(db, "DELETE FROM item", NO_BINDS, &changed[4], err);
}

static void a_statement_tells_how_many_rows_it_wrote(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    for (int i = 0; i < 5; i++)
        must_write(world->store, INSERT_NUMBER, BIND(value_int(i)));
    struct error err = { 0 };
    int64_t changed[5] = { -1, -1, -1, -1, -1 };
    must(store_write(world->store, count_changes, changed, &err), &err);
    const int64_t expected[5] = { 3, 0, 0, 0, 5 };
    assert_memory_equal(changed, expected, sizeof expected);
}

static void the_statement_cache_forgets_and_stays_right(void **state)
{
    struct world *world = WORLD(state);
    struct error err = { 0 };
    struct db *db = reader(world);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2 * STATEMENT_CACHE + 50; i++) {
            char sql[64];
            int64_t number = -1;
            snprintf(sql, sizeof sql, "SELECT %d + ?", i);
            must(db_get_int(db, sql, BIND(value_int(round)), &number, NULL, &err), &err);
            assert_int_equal(number, i + round);
            assert_true(db->cache.count <= STATEMENT_CACHE);
        }
    }
    assert_int_equal(db->cache.count, STATEMENT_CACHE);
    if (world->engine == STORE_POSTGRES) { /* the server forgot as many as we did; this question is one of them */
        int64_t kept = 0;
        must(db_get_int(db, "SELECT count(*) FROM pg_prepared_statements", NO_BINDS, &kept, NULL, &err), &err);
        assert_int_equal(kept, STATEMENT_CACHE);
    }
    store_reader_back(world->store, db);
}

static void the_same_statement_may_run_inside_itself(void **state)
{
    struct world *world = WORLD(state);
    static const char BELOW[] = "SELECT number FROM item WHERE number < ? ORDER BY number";
    make_items(world);
    for (int i = 0; i < 4; i++)
        must_write(world->store, INSERT_NUMBER, BIND(value_int(i)));
    struct error err = { 0 };
    struct rows outer, inner;
    int64_t sum = 0;
    struct db *db = reader(world);
    must(db_query(db, &outer, BELOW, BIND(value_int(4)), &err), &err);
    while (rows_next(&outer)) {
        must(db_query(db, &inner, BELOW, BIND(value_int(rows_int(&outer, 0))), &err), &err);
        while (rows_next(&inner))
            sum += rows_int(&inner, 0) + 10 * rows_int(&outer, 0);
        must(rows_done(&inner, &err), &err);
    }
    must(rows_done(&outer, &err), &err);
    assert_int_equal(sum, 10 + 41 + 93);
    store_reader_back(world->store, db);
}

static void values_may_be_gone_before_the_rows_are_read(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    must_write(world->store, INSERT_ITEM, BIND(value_int(1), value_text("w"), value_null()));
    must_write(world->store, INSERT_ITEM, BIND(value_int(2), value_text("x"), value_null()));
    must_write(world->store, INSERT_ITEM, BIND(value_int(3), value_text("y"), value_null()));
    struct error err = { 0 };
    struct rows rows;
    struct db *db = reader(world);
    char pattern[] = "x";
    int seen = 0;
    must(db_query(db, &rows, "SELECT id FROM item WHERE title >= ?", BIND(value_text(pattern)), &err), &err);
    memset(pattern, 'z', sizeof pattern - 1);
    while (rows_next(&rows))
        seen++;
    must(rows_done(&rows, &err), &err);
    assert_int_equal(seen, 2);
    store_reader_back(world->store, db);
}

static void results_left_open_are_closed_when_the_reader_goes_back(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    must_write(world->store, INSERT_NUMBER, BIND(value_int(1)));
    must_write(world->store, INSERT_NUMBER, BIND(value_int(2)));
    struct error err = { 0 };
    struct rows first, second;
    struct db *db = reader(world);
    must(db_query(db, &first, "SELECT id FROM item", NO_BINDS, &err), &err);
    must(db_query(db, &second, "SELECT number FROM item", NO_BINDS, &err), &err);
    assert_true(rows_next(&first));
    store_reader_back(world->store, db);
    assert_null(db->cursors);
    assert_int_equal(items(world), 2);
}

static void the_plan_names_the_index(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct db *db = reader(world);
    if (world->engine == STORE_POSTGRES)
        must(db_script(db, "SET enable_seqscan = off", &err), &err); /* it rightly scans an empty table */
    char *plan = db_explain(db, &arena, "SELECT id FROM item WHERE number = ?", BIND(value_int(3)), &err);
    assert_non_null(plan);
    assert_non_null(strstr(plan, "item_number"));
    assert_null(db_explain(db, &arena, "SELECT nothing FROM nowhere", NO_BINDS, &err));
    store_reader_back(world->store, db);
}

static void a_script_runs_all_its_statements_or_fails(void **state)
{
    struct world *world = WORLD(state);
    must_script(world->store, "CREATE TABLE a (n BIGINT);\nCREATE TABLE b (n BIGINT);\n-- the end\n"
                              "INSERT INTO a VALUES (1);\nINSERT INTO b VALUES (2);\n");
    assert_int_equal(must_count(world->store, "SELECT a.n + b.n FROM a, b", NO_BINDS), 3);
    must_script(world->store, "");
    must_script(world->store, " ;\n");
}

/* ---- reading ---- */

static void a_snapshot_sees_one_state(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    must_write(world->store, INSERT_NUMBER, BIND(value_int(1)));
    struct error err = { 0 };
    int64_t count = 0;
    struct db *db = reader(world);
    must(db_snapshot_begin(db, &err), &err);
    must_write(world->store, INSERT_NUMBER, BIND(value_int(2)));
    for (int i = 0; i < 3; i++) {
        must(db_get_int(db, "SELECT count(*) FROM item", NO_BINDS, &count, NULL, &err), &err);
        assert_int_equal(count, 1);
        must_write(world->store, INSERT_NUMBER, BIND(value_int(3)));
    }
    db_snapshot_end(db);
    must(db_get_int(db, "SELECT count(*) FROM item", NO_BINDS, &count, NULL, &err), &err);
    assert_int_equal(count, 5);
    must(db_snapshot_begin(db, &err), &err);
    assert_int_equal(db_snapshot_begin(db, &err), -1);
    store_reader_back(world->store, db); /* ends the snapshot too */
    assert_int_equal(items(world), 5);
}

static void a_reader_may_not_write(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    struct error err = { 0 };
    struct db *db = reader(world);
    assert_int_equal(db_run(db, INSERT_NUMBER, BIND(value_int(1)), NULL, &err), -1);
    assert_int_equal(err.fault, FAULT_INTERNAL);
    assert_int_equal(db_try(db, insert_returning, &(int64_t){ 0 }, &err), -1);
    store_reader_back(world->store, db);
    assert_int_equal(items(world), 0);
}

static void *take_a_reader(void *arg)
{
    struct store *store = arg;
    struct error err = { 0 };
    struct db *db = NULL;
    int64_t number = 0;
    for (int i = 0; i < 50; i++) {
        if (store_reader(store, &db, &err) < 0)
            return "no reader";
        int result = db_get_int(db, "SELECT 1 + ?", BIND(value_int(i)), &number, NULL, &err);
        store_reader_back(store, db);
        if (result < 0 || number != i + 1)
            return "wrong answer";
    }
    return NULL;
}

static void more_threads_than_readers_take_turns(void **state)
{
    struct world *world = WORLD(state);
    pthread_t threads[20];
    for (int i = 0; i < 20; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_a_reader, world->store), 0);
    for (int i = 0; i < 20; i++) {
        void *wrong = NULL;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
}

static void when_all_readers_stay_away_the_next_one_is_told(void **state)
{
    struct world *world = WORLD(state);
    struct error err = { 0 };
    struct db *held[3], *db = NULL;
    world->store->readers.wait_ms = 20;
    for (int i = 0; i < 3; i++)
        held[i] = reader(world);
    assert_int_equal(store_reader(world->store, &db, &err), -1);
    assert_int_equal(err.fault, FAULT_UNAVAILABLE);
    assert_true(err.retry_after_s > 0);
    for (int i = 0; i < 3; i++)
        store_reader_back(world->store, held[i]);
    store_reader_back(world->store, NULL);
    store_reader_back(world->store, reader(world));
}

/* ---- writing ---- */

static int insert_then_fail(struct db *db, void *args, struct error *err)
{
    (void)args;
    if (db_run(db, INSERT_NUMBER, BIND(value_int(666)), NULL, err) < 0)
        return -1;
    return fail(err, FAULT_REFUSED, "test.no", "不行", "no");
}

static void a_job_that_fails_leaves_nothing_behind_and_keeps_its_reason(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    struct error err = { 0 };
    assert_int_equal(store_write(world->store, insert_then_fail, NULL, &err), -1);
    assert_int_equal(err.fault, FAULT_REFUSED);
    assert_string_equal(err.code, "test.no");
    assert_int_equal(items(world), 0);
}

struct writing {
    struct store *store;
    struct gate *gate;
    store_job job;
    int64_t number;
    int result;
    struct error err;
    pthread_t thread;
};

static void *write_thread(void *arg)
{
    struct writing *w = arg;
    w->result = store_write(w->store, w->job, w, &w->err);
    return NULL;
}

static int hold_job(struct db *db, void *args, struct error *err)
{
    (void)db;
    (void)err;
    gate_pass(((struct writing *)args)->gate);
    return 0;
}

static int number_job(struct db *db, void *args, struct error *err)
{
    const struct writing *w = args;
    if (db_run(db, INSERT_NUMBER, BIND(value_int(w->number)), NULL, err) < 0)
        return -1;
    return w->number % 2 ? fail(err, FAULT_REFUSED, "test.odd", "奇数", "odd") : 0;
}

static void start_writing(struct writing *w)
{
    assert_int_equal(pthread_create(&w->thread, NULL, write_thread, w), 0);
}

static void jobs_that_fail_leave_their_group_mates_committed(void **state)
{
    enum { MATES = 12 };
    struct world *world = WORLD(state);
    make_items(world);
    struct gate gate;
    gate_init(&gate);
    struct writing holder = { .store = world->store, .gate = &gate, .job = hold_job };
    struct writing *mates = calloc(MATES, sizeof *mates);
    start_writing(&holder); /* everything that comes while it runs makes up the next group */
    gate_wait(&gate, 1);
    for (int i = 0; i < MATES; i++) {
        mates[i] = (struct writing){ .store = world->store, .job = number_job, .number = i };
        start_writing(&mates[i]);
    }
    gate_open(&gate);
    pthread_join(holder.thread, NULL);
    for (int i = 0; i < MATES; i++) {
        pthread_join(mates[i].thread, NULL);
        assert_int_equal(mates[i].result, i % 2 ? -1 : 0);
        if (i % 2)
            assert_string_equal(mates[i].err.code, "test.odd");
    }
    free(mates);
    assert_int_equal(holder.result, 0);
    assert_int_equal(items(world), MATES / 2);
    assert_int_equal(must_count(world->store, "SELECT count(*) FROM item WHERE number % 2 = 1", NO_BINDS), 0);
}

static int add_one(struct db *db, void *args, struct error *err)
{
    (void)args;
    int64_t number = 0;
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT number FROM item WHERE id = 1%s", dialect_for_update(db_engine(db)));
    if (db_get_int(db, sql, NO_BINDS, &number, NULL, err) < 0)
        return -1;
    return db_run(db, "UPDATE item SET number = ? WHERE id = 1", BIND(value_int(number + 1)), NULL, err);
}

enum { COUNTERS = 50, COUNTS = 40 };

static void *count_thread(void *arg)
{
    struct writing *w = arg;
    for (int i = 0; i < COUNTS && w->result == 0; i++)
        w->result = store_write(w->store, add_one, w, &w->err);
    return NULL;
}

static void fifty_writers_lose_no_update(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    must_write(world->store, "INSERT INTO item (id, number) VALUES (1, 0)", NO_BINDS);
    struct writing *writers = calloc(COUNTERS, sizeof *writers);
    for (int i = 0; i < COUNTERS; i++) {
        writers[i].store = world->store;
        assert_int_equal(pthread_create(&writers[i].thread, NULL, count_thread, &writers[i]), 0);
    }
    for (int i = 0; i < COUNTERS; i++) {
        pthread_join(writers[i].thread, NULL);
        must(writers[i].result, &writers[i].err);
    }
    free(writers);
    assert_int_equal(must_count(world->store, "SELECT number FROM item WHERE id = 1", NO_BINDS), COUNTERS * COUNTS);
}

static int insert_title(struct db *db, void *args, struct error *err)
{
    return db_run(db, "INSERT INTO item (title) VALUES (?)", BIND(value_text(args)), NULL, err);
}

static int insert_title_returning(struct db *db, void *args, struct error *err)
{
    struct rows rows;
    int asked = db_query(db, &rows, "INSERT INTO item (title) VALUES (?) RETURNING id", BIND(value_text(args)), err);
    return rows_done(&rows, err) < 0 ? -1 : asked;
}

static void a_violated_unique_index_is_a_conflict_that_can_be_told_apart(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    static char title[] = "一号水库", other[] = "二号水库";
    struct error err = { 0 };
    must(store_write(world->store, insert_title, title, &err), &err);
    const store_job jobs[] = { insert_title, insert_title_returning };
    for (int i = 0; i < 2; i++) {
        assert_int_equal(store_write(world->store, jobs[i], title, &err), -1);
        assert_true(store_is_unique(&err));
        assert_int_equal(err.fault, FAULT_CONFLICT);
        assert_non_null(strstr(err.en, "title"));
        assert_null(strstr(err.en, title));
    }
    must(store_write(world->store, insert_title_returning, other, &err), &err);
    assert_int_equal(store_write(world->store, insert_then_fail, NULL, &err), -1);
    assert_false(store_is_unique(&err));
    assert_int_equal(items(world), 2);
}

struct part_args {
    int64_t kept, lost;
    int inner_result;
    struct error inner_err;
};

static int nested_part(struct db *db, void *args, struct error *err)
{
    struct part_args *p = args;
    struct error inner = { 0 };
    if (db_run(db, INSERT_NUMBER, BIND(value_int(2)), NULL, err) < 0)
        return -1;
    if (db_try(db, insert_then_fail, NULL, &inner) == 0)
        return fail(err, FAULT_INTERNAL, "test.inner", "内层应失败", "the inner part should have failed");
    p->kept++;
    return 0;
}

static int job_of_parts(struct db *db, void *args, struct error *err)
{
    struct part_args *p = args;
    static char title[] = "重复";
    if (db_run(db, INSERT_NUMBER, BIND(value_int(1)), NULL, err) < 0 || insert_title(db, title, err) < 0)
        return -1;
    p->inner_result = db_try(db, insert_title, title, &p->inner_err);
    if (db_try(db, nested_part, p, err) < 0)
        return -1;
    return db_run(db, INSERT_NUMBER, BIND(value_int(3)), NULL, err);
}

static void a_part_that_fails_leaves_the_rest_of_the_job(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    struct part_args parts = { 0 };
    struct error err = { 0 };
    must(store_write(world->store, job_of_parts, &parts, &err), &err);
    assert_int_equal(parts.inner_result, -1);
    assert_true(store_is_unique(&parts.inner_err));
    assert_int_equal(parts.kept, 1);
    assert_int_equal(must_count(world->store, "SELECT sum(number) FROM item", NO_BINDS), 6);
    assert_int_equal(items(world), 4);
}

enum { PUT = 150 };
static const char PUT_ITEM[] = "INSERT INTO item (number, title) VALUES (?, ?)";

static int put_many(struct db *db, void *args, struct error *err)
{
    int64_t seen = 0;
    (void)args;
    for (int64_t i = 0; i < PUT; i++) {
        if (db_put(db, PUT_ITEM, BIND(value_int(i), value_null()), err) < 0)
            return -1;
        if (i % 70 == 0 &&
            (db_get_int(db, "SELECT count(*) FROM item", NO_BINDS, &seen, NULL, err) < 0 || seen != i + 1))
            return fail(err, FAULT_INTERNAL, "test.seen", "没有读到", "a row that was put was not read");
    }
    return 0;
}

static void a_row_that_was_put_is_read_by_the_next_question(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    struct error err = { 0 };
    must(store_write(world->store, put_many, NULL, &err), &err);
    assert_int_equal(items(world), PUT);
}

static char put_title[] = "同名";

/* The second of the same name, and one behind it that the server never looks at. */
static int put_twice(struct db *db, void *args, struct error *err)
{
    const int64_t *begin = args;
    for (int64_t i = 0; i < 3; i++)
        if (db_put(db, PUT_ITEM, BIND(value_int(*begin + i), i < 2 ? value_text(put_title) : value_null()), err) < 0)
            return -1;
    return 0;
}

static int put_in_parts(struct db *db, void *args, struct error *err)
{
    struct error *inner = args;
    int64_t first = 10;
    if (db_put(db, PUT_ITEM, BIND(value_int(1), value_null()), err) < 0)
        return -1;
    if (db_try(db, put_twice, &first, inner) == 0)
        return fail(err, FAULT_INTERNAL, "test.part", "应失败", "the part should have failed");
    return db_put(db, PUT_ITEM, BIND(value_int(2), value_text(put_title)), err);
}

static void what_a_put_row_fails_with_is_told_by_its_part_or_its_job(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    struct error err = { 0 }, inner = { 0 };
    int64_t first = 0;
    assert_int_equal(store_write(world->store, put_twice, &first, &err), -1);
    assert_true(store_is_unique(&err));
    assert_int_equal(items(world), 0);
    must(store_write(world->store, put_in_parts, &inner, &err), &err);
    assert_true(store_is_unique(&inner));
    assert_int_equal(must_count(world->store, "SELECT sum(number) FROM item", NO_BINDS), 3);
}

static int expect_three(struct db *db, void *args, struct error *err)
{
    int64_t *last = args, id;
    if (db_expect(db, "item", 3, err) < 0)
        return -1;
    for (int i = 0; i < 3; i++)
        last[i] = db_expected(db, "item");
    return db_insert(db, INSERT_NUMBER, BIND(value_int(7)), &id, err) < 0 || db_expected(db, "item") || id <= last[2]
               ? -1
               : 0;
}

static void expected_rows_have_their_numbers_before_any_other(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    struct error err = { 0 };
    int64_t ids[3];
    must(store_write(world->store, expect_three, ids, &err), &err);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ids[i], world->engine == STORE_POSTGRES ? i + 1 : 0);
}

static int write_inside(struct db *db, void *args, struct error *err)
{
    struct error inner = { 0 };
    (void)db;
    if (store_write(args, insert_then_fail, NULL, &inner) == 0 || inner.fault != FAULT_INTERNAL)
        return fail(err, FAULT_INTERNAL, "test.nested", "应拒绝", "it should have been refused");
    if (db_snapshot_begin(db, &inner) == 0)
        return fail(err, FAULT_INTERNAL, "test.snapshot", "应拒绝", "it should have been refused");
    return db_run(db, INSERT_NUMBER, BIND(value_int(1)), NULL, err);
}

static void a_job_may_not_start_another_job_or_a_snapshot(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    struct error err = { 0 };
    must(store_write(world->store, write_inside, world->store, &err), &err);
    assert_int_equal(items(world), 1);
}

static int leave_rows_open(struct db *db, void *args, struct error *err)
{
    struct rows rows;
    (void)args;
    if (db_run(db, INSERT_NUMBER, BIND(value_int(1)), NULL, err) < 0)
        return -1;
    return db_query(db, &rows, "SELECT id FROM item", NO_BINDS, err);
}

static void a_job_that_leaves_rows_open_still_commits(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    struct error err = { 0 };
    must(store_write(world->store, leave_rows_open, NULL, &err), &err);
    must(store_write(world->store, leave_rows_open, NULL, &err), &err);
    assert_int_equal(items(world), 2);
}

static void one_job_too_many_is_turned_away_and_the_waiting_ones_run(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    world_close(world);
    world->options.writers = 1;
    world->options.max_waiting = 2;
    world_open(world);
    struct gate gate;
    gate_init(&gate);
    struct writing holder = { .store = world->store, .gate = &gate, .job = hold_job };
    struct writing waiting[2] = { { .store = world->store, .job = number_job, .number = 2 },
                                  { .store = world->store, .job = number_job, .number = 4 } };
    start_writing(&holder);
    gate_wait(&gate, 1);
    start_writing(&waiting[0]);
    start_writing(&waiting[1]);
    while (store_waiting(world->store) < 2)
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    struct error err = { 0 };
    assert_int_equal(store_write(world->store, insert_then_fail, NULL, &err), -1);
    assert_int_equal(err.fault, FAULT_UNAVAILABLE);
    assert_true(err.retry_after_s > 0);
    gate_open(&gate);
    pthread_join(holder.thread, NULL);
    for (int i = 0; i < 2; i++) {
        pthread_join(waiting[i].thread, NULL);
        must(waiting[i].result, &waiting[i].err);
    }
    assert_int_equal(items(world), 2);
}

static void a_wrong_address_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = { "", "anlan.db", "mysql://localhost/x", "sqlite", "postgresql:/x" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct error err = { 0 };
        struct store *store = NULL;
        assert_int_equal(store_open(&(struct store_options){ .url = wrong[i] }, &store, &err), -1);
        assert_string_equal(err.code, "store.address");
        assert_null(store);
    }
    store_close(NULL);
}

static void what_was_written_is_there_after_closing_and_opening(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    must_write(world->store, INSERT_NUMBER, BIND(value_int(1)));
    assert_int_equal(store_engine(world->store), world->engine);
    world_close(world);
    world->options.flush_delay_ms = 1;
    world_open(world);
    must_write(world->store, INSERT_NUMBER, BIND(value_int(2)));
    assert_int_equal(items(world), 2);
}

static void opened_beside_another_process_a_store_reads_and_never_writes(void **state)
{
    struct world *world = WORLD(state);
    make_items(world);
    must_write(world->store, INSERT_NUMBER, BIND(value_int(1)));
    struct store_options options = { .url = world->url, .readers = 1, .read_only = true };
    struct error err = { 0 };
    struct store *beside = NULL;
    must(store_open(&options, &beside, &err), &err);
    assert_int_equal(must_count(beside, "SELECT count(*) FROM item", NO_BINDS), 1);
    assert_int_equal(store_write(beside, insert_title, (void *)(uintptr_t) "beside", &err), -1);
    assert_int_equal(err.fault, FAULT_UNAVAILABLE);
    store_close(beside);
    assert_int_equal(items(world), 1);
}

/* ---- figures ---- */

static int refuse_it(struct db *db, void *args, struct error *err)
{
    (void)db;
    (void)args;
    return fail(err, FAULT_REFUSED, "test.no", "不行", "No");
}

static int count_writes(struct db *db, void *args, struct error *err)
{
    unsigned *seen = args, before = db_writes(db);
    int64_t ignored;
    bool found;
    if (db_get_int(db, "SELECT count(*) FROM item", NO_BINDS, &ignored, &found, err) < 0)
        return -1;
    seen[0] = db_writes(db) - before;
    if (db_run(db, INSERT_NUMBER, BIND(value_int(1)), NULL, err) < 0 ||
        db_put(db, INSERT_NUMBER, BIND(value_int(2)), err) < 0 ||
        db_get_int(db, "INSERT INTO item (number) VALUES (?) RETURNING number", BIND(value_int(3)), &ignored, &found,
                   err) < 0)
        return -1;
    seen[1] = db_writes(db) - before;
    return 0;
}

static void statements_that_write_are_counted_and_those_that_read_are_not(void **state)
{
    struct world *world = WORLD(state);
    struct error err = { 0 };
    unsigned seen[2] = { 9, 9 };
    make_items(world);
    must(store_write(world->store, count_writes, seen, &err), &err);
    assert_int_equal(seen[0], 0);
    assert_int_equal(seen[1], 3);
}

static void what_was_written_is_counted_by_job_commit_and_size(void **state)
{
    struct world *world = WORLD(state);
    struct store_stats before, after;
    struct error err = { 0 };
    int64_t bytes = 0;
    uint64_t grouped = 0;
    make_items(world);
    store_stats(world->store, &before);
    for (int i = 0; i < 5; i++)
        must_write(world->store, INSERT_NUMBER, BIND(value_int(i)));
    assert_int_equal(store_write(world->store, refuse_it, NULL, &err), -1);
    store_stats(world->store, &after);
    assert_int_equal(after.jobs - before.jobs, 6);
    assert_int_equal(after.failed - before.failed, 1);
    assert_in_range(after.commits - before.commits, 5, 6);
    for (int i = 0; i < STORE_GROUPS; i++)
        grouped += after.grouped[i];
    assert_int_equal(grouped, after.commits);
    assert_int_equal(after.waiting, 0);
    assert_int_equal(after.readers, after.readers_idle);
    struct db *db = reader(world);
    store_stats(world->store, &after);
    assert_int_equal(after.readers, after.readers_idle + 1);
    must(db_size(db, &bytes, &err), &err);
    store_reader_back(world->store, db);
    assert_true(bytes > 4096);
}

/* ---- what is slow ---- */

static int sleep_job(struct db *db, void *args, struct error *err)
{
    (void)db;
    (void)err;
    struct timespec left = { .tv_sec = *(const long *)args / 1000, .tv_nsec = *(const long *)args % 1000 * 1000000 };
    while (nanosleep(&left, &left) < 0)
        continue;
    return 0;
}

/* How long the log says that a job took which lasted for ms; -1: it says nothing. */
static long logged_of(struct world *world, bool large, long ms)
{
    static const char told[] = "\"level\":\"warn\",\"event\":\"store.slow_job\",\"ms\":\"";
    char text[4096] = "";
    struct error err = { 0 };
    FILE *caught = tmpfile();
    int log = dup(STDERR_FILENO);
    assert_non_null(caught);
    dup2(fileno(caught), STDERR_FILENO);
    int result =
        large ? store_write_large(world->store, sleep_job, &ms, &err) : store_write(world->store, sleep_job, &ms, &err);
    dup2(log, STDERR_FILENO);
    close(log);
    assert_true(pread(fileno(caught), text, sizeof text - 1, 0) >= 0);
    fclose(caught);
    must(result, &err);
    const char *at = strstr(text, told);
    return at ? strtol(at + sizeof told - 1, NULL, 10) : -1;
}

static void a_job_over_twenty_milliseconds_is_logged_and_a_large_one_over_a_second(void **state)
{
    struct world *world = WORLD(state);
    assert_true(logged_of(world, false, 25) >= 25);
    assert_int_equal(logged_of(world, true, 25), -1);
    assert_true(logged_of(world, true, 1010) >= 1010);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(every_value_comes_back_as_it_went_in),
        SAYS(every_bound_value_finds_its_row_again),
        SAYS(text_is_ordered_by_bytes),
        SAYS(a_sum_is_a_number_and_a_fraction_is_a_text),
        SAYS(a_value_neither_engine_can_keep_is_refused),
        SAYS(a_question_mark_in_quotes_is_not_a_placeholder),
        SAYS(the_number_of_values_must_be_the_number_of_placeholders),
        SAYS(a_failed_query_stays_failed_until_it_is_done),
        SAYS(one_row_is_asked_for_and_may_be_absent_or_null),
        SAYS(an_insert_tells_the_id_it_made_and_never_uses_it_again),
        SAYS(a_statement_tells_how_many_rows_it_wrote),
        SAYS(the_statement_cache_forgets_and_stays_right),
        SAYS(the_same_statement_may_run_inside_itself),
        SAYS(values_may_be_gone_before_the_rows_are_read),
        SAYS(results_left_open_are_closed_when_the_reader_goes_back),
        SAYS(the_plan_names_the_index),
        SAYS(a_script_runs_all_its_statements_or_fails),
        SAYS(a_snapshot_sees_one_state),
        SAYS(a_reader_may_not_write),
        SAYS(more_threads_than_readers_take_turns),
        SAYS(when_all_readers_stay_away_the_next_one_is_told),
        SAYS(a_job_that_fails_leaves_nothing_behind_and_keeps_its_reason),
        SAYS(jobs_that_fail_leave_their_group_mates_committed),
        SAYS(fifty_writers_lose_no_update),
        SAYS(a_violated_unique_index_is_a_conflict_that_can_be_told_apart),
        SAYS(a_part_that_fails_leaves_the_rest_of_the_job),
        SAYS(a_row_that_was_put_is_read_by_the_next_question),
        SAYS(what_a_put_row_fails_with_is_told_by_its_part_or_its_job),
        SAYS(expected_rows_have_their_numbers_before_any_other),
        SAYS(a_job_may_not_start_another_job_or_a_snapshot),
        SAYS(a_job_that_leaves_rows_open_still_commits),
        SAYS(one_job_too_many_is_turned_away_and_the_waiting_ones_run),
        SAYS(a_wrong_address_is_refused),
        SAYS(what_was_written_is_there_after_closing_and_opening),
        SAYS(opened_beside_another_process_a_store_reads_and_never_writes),
        SAYS(what_was_written_is_counted_by_job_commit_and_size),
        SAYS(a_job_over_twenty_milliseconds_is_logged_and_a_large_one_over_a_second),
        SAYS(statements_that_write_are_counted_and_those_that_read_are_not),
    };
    return RUN_BOTH(tests);
}
