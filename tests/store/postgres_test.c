/* What only PostgreSQL has: conflicts that want another try, connections that break, prepared types. */
#include "store/world.h"

#include "base/memory.h"
#include "store/engine.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

static void make_pairs(struct world *world)
{
    must_script(world->store, "CREATE TABLE pair (id BIGINT PRIMARY KEY, n BIGINT, t TEXT, b BYTEA);"
                              "INSERT INTO pair (id, n) VALUES (1, 0), (2, 0)");
}

struct meeting {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int arrived;
};

struct crossing {
    struct store *store;
    struct meeting *meeting;
    int64_t first, second;
    int runs, result;
    struct error err;
    pthread_t thread;
};

/* Waits for the other one, on the first run only: on the second there may be nobody left to wait for. */
static void meet(struct meeting *meeting)
{
    pthread_mutex_lock(&meeting->lock);
    meeting->arrived++;
    pthread_cond_broadcast(&meeting->moved);
    while (meeting->arrived < 2)
        pthread_cond_wait(&meeting->moved, &meeting->lock);
    pthread_mutex_unlock(&meeting->lock);
}

static int cross(struct db *db, void *args, struct error *err)
{
    struct crossing *c = args;
    c->runs++;
    if (db_run(db, "UPDATE pair SET n = n + 1 WHERE id = ?", BIND(value_int(c->first)), NULL, err) < 0)
        return -1;
    if (c->runs == 1)
        meet(c->meeting);
    return db_run(db, "UPDATE pair SET n = n + 1 WHERE id = ?", BIND(value_int(c->second)), NULL, err);
}

static int cross_deaf(struct db *db, void *args, struct error *err)
{
    struct error unheard;
    (void)err;
    db_try(db, cross, args, &unheard);
    return 0;
}

static store_job crossing_job;

static void *cross_thread(void *arg)
{
    struct crossing *c = arg;
    c->result = store_write(c->store, crossing_job, c, &c->err);
    return NULL;
}

static void run_crossing(struct world *world, store_job job)
{
    make_pairs(world);
    struct meeting meeting = { .lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER };
    struct crossing two[2] = { { .store = world->store, .meeting = &meeting, .first = 1, .second = 2 },
                               { .store = world->store, .meeting = &meeting, .first = 2, .second = 1 } };
    crossing_job = job;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&two[i].thread, NULL, cross_thread, &two[i]), 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(two[i].thread, NULL);
        must(two[i].result, &two[i].err);
    }
    assert_int_equal(two[0].runs + two[1].runs, 3); /* exactly one was the victim, and ran again */
    assert_int_equal(must_count(world->store, "SELECT sum(n) FROM pair", NO_BINDS), 4);
}

static void the_victim_of_a_deadlock_runs_again(void **state)
{
    run_crossing(WORLD(state), cross);
}

static void a_deadlock_inside_a_part_runs_the_whole_job_again(void **state)
{
    run_crossing(WORLD(state), cross_deaf);
}

static int always_conflicts(struct db *db, void *args, struct error *err)
{
    ++*(int *)args;
    if (db_run(db, "UPDATE pair SET n = n + 100 WHERE id = 1", NO_BINDS, NULL, err) < 0)
        return -1;
    return db_script(db, "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$", err);
}

static void a_conflict_that_never_ends_is_given_up_after_three_more_tries(void **state)
{
    struct world *world = WORLD(state);
    make_pairs(world);
    struct error err = { 0 };
    int runs = 0;
    assert_int_equal(store_write(world->store, always_conflicts, &runs, &err), -1);
    assert_int_equal(runs, 4);
    assert_int_equal(err.fault, FAULT_UNAVAILABLE);
    assert_int_equal(must_count(world->store, "SELECT sum(n) FROM pair", NO_BINDS), 0);
}

static int deaf_job(struct db *db, void *args, struct error *err)
{
    struct error unheard;
    (void)args;
    if (db_run(db, "UPDATE pair SET n = 7", NO_BINDS, NULL, err) < 0)
        return -1;
    db_run(db, "INSERT INTO pair (id) VALUES (1)", NO_BINDS, NULL, &unheard);
    return 0;
}

static void a_job_that_goes_on_after_a_failed_statement_is_not_acknowledged(void **state)
{
    struct world *world = WORLD(state);
    make_pairs(world);
    struct error err = { 0 };
    assert_int_equal(store_write(world->store, deaf_job, NULL, &err), -1);
    assert_int_equal(err.fault, FAULT_INTERNAL);
    assert_int_equal(must_count(world->store, "SELECT sum(n) FROM pair", NO_BINDS), 0);
}

static int insert_patterns(struct db *db, void *args, struct error *err)
{
    for (int64_t i = 0; i < 8; i++) {
        struct value binds[4] = { value_int(10 + i), i & 1 ? value_int(i) : value_null(),
                                  i & 2 ? value_text("t") : value_null(), i & 4 ? value_bytes("b", 1) : value_null() };
        if (db_run(db, "INSERT INTO pair (id, n, t, b) VALUES (?, ?, ?, ?)", binds, 4, NULL, err) < 0)
            return -1;
    }
    return db_get_int(db, "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE ?",
                      BIND(value_text("INSERT INTO pair (id, n%")), args, NULL, err);
}

static void nulls_anywhere_share_one_prepared_statement(void **state)
{
    struct world *world = WORLD(state);
    make_pairs(world);
    struct error err = { 0 };
    int64_t prepared = 0;
    must(store_write(world->store, insert_patterns, &prepared, &err), &err);
    assert_int_equal(prepared, 1);
    assert_int_equal(must_count(world->store,
                                "SELECT count(*) FROM pair WHERE id >= 10 AND "
                                "(n IS NOT NULL) = ((id - 10) & 1 = 1) AND "
                                "(t IS NOT NULL) = ((id - 10) & 2 = 2) AND "
                                "(b IS NOT NULL) = ((id - 10) & 4 = 4)",
                                NO_BINDS),
                     8);
}

static void the_same_text_with_another_type_is_prepared_beside_it(void **state)
{
    struct world *world = WORLD(state);
    struct error err = { 0 };
    struct rows rows;
    struct db *db = NULL;
    const struct value binds[] = { value_int(5), value_text("five"), value_null(), value_int(6) };
    must(store_reader(world->store, &db, &err), &err);
    for (size_t i = 0; i < sizeof binds / sizeof binds[0]; i++) {
        must(db_query(db, &rows, "SELECT ?", &binds[i], 1, &err), &err);
        assert_true(rows_next(&rows));
        struct value got = rows_value(&rows, 0);
        assert_true(value_same(&got, &binds[i]));
        must(rows_done(&rows, &err), &err);
    }
    store_reader_back(world->store, db);
}

static void settings_are_those_a_commit_relies_on(void **state)
{
    struct world *world = WORLD(state);
    assert_int_equal(must_count(world->store,
                                "SELECT count(*) FROM pg_settings WHERE (name, setting) IN "
                                "(('synchronous_commit', 'on'), ('TimeZone', 'UTC'), ('client_encoding', 'UTF8'), "
                                "('application_name', 'anlan'), ('default_transaction_read_only', 'on'))",
                                NO_BINDS),
                     5);
}

static void cut_connections(const struct world *world)
{
    PGconn *other = PQconnectdb(world->url);
    PGresult *result = PQexec(other, "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
                                     "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    PQclear(result);
    PQfinish(other);
}

static void a_connection_cut_while_idle_is_opened_again_unnoticed(void **state)
{
    struct world *world = WORLD(state);
    make_pairs(world);
    cut_connections(world);
    must_write(world->store, "UPDATE pair SET n = 1", NO_BINDS);
    assert_int_equal(must_count(world->store, "SELECT sum(n) FROM pair", NO_BINDS), 2);
}

static void a_connection_cut_while_lent_fails_once(void **state)
{
    struct world *world = WORLD(state);
    make_pairs(world);
    struct error err = { 0 };
    struct db *db = NULL;
    int64_t number = 0;
    must(store_reader(world->store, &db, &err), &err);
    must(db_snapshot_begin(db, &err), &err);
    cut_connections(world);
    assert_int_equal(db_get_int(db, "SELECT 1", NO_BINDS, &number, NULL, &err), -1);
    assert_int_equal(err.fault, FAULT_UNAVAILABLE);
    store_reader_back(world->store, db);
    assert_int_equal(must_count(world->store, "SELECT count(*) FROM pair", NO_BINDS), 2);
}

static int cut_myself(struct db *db, void *args, struct error *err)
{
    const struct world *world = args;
    if (db_run(db, "UPDATE pair SET n = 9", NO_BINDS, NULL, err) < 0)
        return -1;
    cut_connections(world);
    return 0;
}

static void a_connection_lost_before_the_commit_acknowledges_nothing(void **state)
{
    struct world *world = WORLD(state);
    make_pairs(world);
    struct error err = { 0 };
    assert_int_equal(store_write(world->store, cut_myself, world, &err), -1);
    assert_int_equal(err.fault, FAULT_UNAVAILABLE);
    assert_int_equal(must_count(world->store, "SELECT sum(n) FROM pair", NO_BINDS), 0);
    must_write(world->store, "UPDATE pair SET n = 1", NO_BINDS);
}

static int set_nine(struct db *db, void *args, struct error *err)
{
    (void)args;
    return db_run(db, "UPDATE pair SET n = 9", NO_BINDS, NULL, err);
}

static void the_server_may_go_and_come_back(void **state)
{
    struct world *world = WORLD(state);
    world_close(world);
    memory_free(world->url);
    world->url = pg_fixture_private_database();
    world->options.url = world->url;
    world_open(world);
    make_pairs(world);

    struct error err = { 0 };
    struct db *db = NULL;
    pg_fixture_private_kill();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(store_write(world->store, set_nine, NULL, &err), -1);
        assert_int_equal(err.fault, FAULT_UNAVAILABLE);
        assert_true(err.retry_after_s > 0);
        assert_int_equal(store_reader(world->store, &db, &err), -1);
        assert_int_equal(err.fault, FAULT_UNAVAILABLE);
    }
    struct store *second = NULL;
    assert_int_equal(store_open(&world->options, &second, &err), -1);
    assert_int_equal(err.fault, FAULT_UNAVAILABLE);
    assert_null(second);

    pg_fixture_private_start();
    must_write(world->store, "UPDATE pair SET n = n + 1", NO_BINDS);
    assert_int_equal(must_count(world->store, "SELECT sum(n) FROM pair", NO_BINDS), 2);
}

static int wait_for_lock(struct db *db, void *args, struct error *err)
{
    (void)args;
    if (db_script(db, "SET LOCAL lock_timeout = '20ms'", err) < 0)
        return -1;
    return db_run(db, "UPDATE pair SET n = 5 WHERE id = 1", NO_BINDS, NULL, err);
}

static void a_row_somebody_keeps_locked_is_given_up(void **state)
{
    struct world *world = WORLD(state);
    make_pairs(world);
    PGconn *other = PQconnectdb(world->url);
    PQclear(PQexec(other, "BEGIN; UPDATE pair SET n = 3 WHERE id = 1"));
    struct error err = { 0 };
    assert_int_equal(store_write(world->store, wait_for_lock, NULL, &err), -1);
    assert_int_equal(err.fault, FAULT_UNAVAILABLE);
    PQfinish(other);
    must_write(world->store, "UPDATE pair SET n = 5 WHERE id = 1", NO_BINDS);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(the_victim_of_a_deadlock_runs_again),
        SAYS(a_deadlock_inside_a_part_runs_the_whole_job_again),
        SAYS(a_conflict_that_never_ends_is_given_up_after_three_more_tries),
        SAYS(a_job_that_goes_on_after_a_failed_statement_is_not_acknowledged),
        SAYS(nulls_anywhere_share_one_prepared_statement),
        SAYS(the_same_text_with_another_type_is_prepared_beside_it),
        SAYS(settings_are_those_a_commit_relies_on),
        SAYS(a_connection_cut_while_idle_is_opened_again_unnoticed),
        SAYS(a_connection_cut_while_lent_fails_once),
        SAYS(a_connection_lost_before_the_commit_acknowledges_nothing),
        SAYS(the_server_may_go_and_come_back),
        SAYS(a_row_somebody_keeps_locked_is_given_up),
    };
    return RUN_ON(STORE_POSTGRES, tests);
}
