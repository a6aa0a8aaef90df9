#include "store/engine.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- the sentences both engines use ---- */

int store_unavailable(struct error *err, const char *reason)
{
    fail(err, FAULT_UNAVAILABLE, "store.unavailable", "数据库暂时不可用，请稍后再试（%s）",
         "The database cannot be used just now; try again shortly (%s)", reason);
    err->retry_after_s = 2;
    return -1;
}

int store_full(struct error *err, const char *reason)
{
    return fail(err, FAULT_FULL, "store.full", "磁盘空间不足，没有保存；请管理员清理磁盘后再试（%s）",
                "No room left on the disk, nothing was saved; free some space and try again (%s)", reason);
}

int store_unique(struct error *err, const char *which)
{
    return fail(err, FAULT_CONFLICT, "store.unique", "已有相同的内容，不能重复保存（%s）",
                "The same value is already there and may not be stored twice (%s)", which);
}

int store_refused(struct error *err, const char *reason)
{
    return fail(err, FAULT_INTERNAL, "store.sql", "数据库不接受程序的一条语句，请联系管理员（%s）",
                "The database does not accept a statement of the program; tell the administrator (%s)", reason);
}

bool store_is_unique(const struct error *err)
{
    return err->fault == FAULT_CONFLICT && strcmp(err->code, "store.unique") == 0;
}

/* ---- pool ---- */

struct pool_waiter {
    struct pool_waiter *next;
    pthread_cond_t given;
    struct db *db;
};

void pool_init(struct pool *pool, int size, int max_waiting)
{
    *pool = (struct pool){ .max_waiting = max_waiting, .wait_ms = TAKE_WAIT_MS };
    pthread_mutex_init(&pool->lock, NULL);
    pool->all = memory_new(sizeof(struct db *) * (size_t)size);
    pool->idle = memory_new(sizeof(struct db *) * (size_t)size);
    pool->last = &pool->first;
}

void pool_add(struct pool *pool, struct db *db)
{
    pool->all[pool->count++] = db;
    pool->idle[pool->idle_count++] = db;
}

void pool_done(struct pool *pool)
{
    if (!pool->all)
        return;
    pthread_mutex_destroy(&pool->lock);
    memory_free(pool->all);
    memory_free(pool->idle);
    *pool = (struct pool){ 0 };
}

static void waiter_leave(struct pool *pool, struct pool_waiter *waiter)
{
    struct pool_waiter **at = &pool->first;
    while (*at != waiter)
        at = &(*at)->next;
    *at = waiter->next;
    if (!*at)
        pool->last = at;
    pool->waiting--;
}

static struct db *pool_wait(struct pool *pool)
{
    struct pool_waiter waiter = { 0 };
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&waiter.given, &attributes);
    pthread_condattr_destroy(&attributes);
    int64_t until = clock_ticks_us() + (int64_t)pool->wait_ms * 1000;
    struct timespec deadline = { .tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000 };

    *pool->last = &waiter;
    pool->last = &waiter.next;
    pool->waiting++;
    int rc = 0;
    while (!waiter.db && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&waiter.given, &pool->lock, &deadline);
    if (!waiter.db)
        waiter_leave(pool, &waiter);
    pthread_cond_destroy(&waiter.given);
    return waiter.db;
}

int pool_take(struct pool *pool, struct db **out, struct error *err)
{
    struct db *db = NULL;
    pthread_mutex_lock(&pool->lock);
    bool crowded = pool->waiting >= pool->max_waiting;
    if (pool->idle_count > 0)
        db = pool->idle[--pool->idle_count];
    else if (!crowded)
        db = pool_wait(pool);
    pthread_mutex_unlock(&pool->lock);
    if (!db)
        return store_unavailable(err, crowded ? "too many requests wait" : "all connections are busy");
    *out = db;
    return 0;
}

void pool_back(struct pool *pool, struct db *db)
{
    pthread_mutex_lock(&pool->lock);
    struct pool_waiter *waiter = pool->first;
    if (waiter) {
        waiter_leave(pool, waiter);
        waiter->db = db;
        pthread_cond_signal(&waiter->given);
    } else {
        pool->idle[pool->idle_count++] = db;
    }
    pthread_mutex_unlock(&pool->lock);
}

int pool_waiting(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    int waiting = pool->waiting;
    pthread_mutex_unlock(&pool->lock);
    return waiting;
}

/* ---- open results ---- */

void cursor_open(struct cursor *cursor, struct db *db)
{
    cursor->next = db->cursors;
    cursor->link = &db->cursors;
    if (cursor->next)
        cursor->next->link = &cursor->next;
    db->cursors = cursor;
}

void cursor_close(struct cursor *cursor)
{
    *cursor->link = cursor->next;
    if (cursor->next)
        cursor->next->link = cursor->link;
    arena_done(&cursor->row);
    memory_free(cursor->error);
}

int cursor_failed(struct cursor *cursor, const struct error *err)
{
    cursor->error = memory_new(sizeof *err);
    *cursor->error = *err;
    return -1;
}

static void close_left_open(struct db *db)
{
    if (!db->cursors)
        return;
    log_event(LOG_ERROR, "store.rows_left_open", "writing", db->writing ? "true" : "false", NULL);
    while (db->cursors)
        db->store->engine->finish(db->cursors);
}

/* ---- opening and closing ---- */

int store_open(const struct store_options *options, struct store **out, struct error *err)
{
    const char *url = options->url;
    const struct engine *engine = NULL;
    if (strncmp(url, "sqlite:", 7) == 0)
        engine = &sqlite_engine;
    else if (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0)
        engine = &postgres_engine;
    else
        return fail(err, FAULT_INVALID, "store.address", "数据库地址应以 sqlite: 或 postgresql:// 开头",
                    "A database address begins with sqlite: or postgresql://");

    struct store_options set = *options;
    set.readers = set.readers > 0 ? set.readers : 1;
    set.writers = set.writers > 0 ? set.writers : 1;
    set.max_waiting = set.max_waiting > 0 ? set.max_waiting : LIMIT_WRITERS;
    struct store *store = memory_new(sizeof *store);
    store->engine = engine;
    store->max_waiting = set.max_waiting;
    store->flush_delay_ms = set.flush_delay_ms;
    pool_init(&store->readers, set.readers, LIMIT_WRITERS);
    if (engine->open(store, &set, err) < 0) {
        store_close(store);
        return -1;
    }
    *out = store;
    return 0;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    store->engine->close(store);
    pool_done(&store->readers);
    memory_free(store);
}

enum store_engine store_engine(const struct store *store)
{
    return store->engine->id;
}

enum store_engine db_engine(const struct db *db)
{
    return db->store->engine->id;
}

bool db_writing(const struct db *db)
{
    return db->writing;
}

/* ---- reading ---- */

int store_reader(struct store *store, struct db **out, struct error *err)
{
    struct db *db;
    if (pool_take(&store->readers, &db, err) < 0)
        return -1;
    if (store->engine->ready(db, err) < 0) {
        pool_back(&store->readers, db);
        return -1;
    }
    *out = db;
    return 0;
}

void store_reader_back(struct store *store, struct db *db)
{
    if (!db)
        return;
    close_left_open(db);
    db_snapshot_end(db);
    pool_back(&store->readers, db);
}

int db_snapshot_begin(struct db *db, struct error *err)
{
    if (db->writing || db->snapshot)
        return store_refused(err, db->writing ? "a snapshot inside a write job" : "a snapshot inside a snapshot");
    if (db->store->engine->snapshot_begin(db, err) < 0)
        return -1;
    db->snapshot = true;
    return 0;
}

void db_snapshot_end(struct db *db)
{
    if (!db->snapshot)
        return;
    db->snapshot = false;
    db->store->engine->snapshot_end(db);
}

/* ---- writing ---- */

static _Thread_local const struct store *job_of; /* whose write job this thread is running */

static int write_job(struct store *store, store_job fn, void *args, bool large, struct error *err)
{
    if (job_of == store)
        return store_refused(err, "store_write inside a write job");
    int result = store->engine->write(store, fn, args, large, err);
    atomic_fetch_add(&store->counts.jobs, 1);
    if (result < 0)
        atomic_fetch_add(&store->counts.failed, 1);
    return result;
}

int store_write(struct store *store, store_job fn, void *args, struct error *err)
{
    return write_job(store, fn, args, false, err);
}

int store_write_large(struct store *store, store_job fn, void *args, struct error *err)
{
    return write_job(store, fn, args, true, err);
}

int store_waiting(struct store *store)
{
    return store->engine->waiting(store, true);
}

bool store_people_wait(struct store *store)
{
    return store->engine->waiting(store, false) > 0;
}

const int store_group_bounds[STORE_GROUPS - 1] = { 1, 2, 5, 10, 20, 50, 100, 200 };

void count_commit(struct store *store, int jobs, int64_t began_us)
{
    int group = 0;
    while (group < STORE_GROUPS - 1 && jobs > store_group_bounds[group])
        group++;
    atomic_fetch_add(&store->counts.commits, 1);
    atomic_fetch_add(&store->counts.grouped[group], 1);
    atomic_fetch_add(&store->counts.commit_us, (uint64_t)(clock_ticks_us() - began_us));
}

void store_stats(struct store *store, struct store_stats *out)
{
    *out = (struct store_stats){ .jobs = atomic_load(&store->counts.jobs),
                                 .failed = atomic_load(&store->counts.failed),
                                 .commits = atomic_load(&store->counts.commits),
                                 .commit_us = atomic_load(&store->counts.commit_us),
                                 .alone = atomic_load(&store->counts.alone),
                                 .waiting = store_waiting(store) };
    for (int i = 0; i < STORE_GROUPS; i++)
        out->grouped[i] = atomic_load(&store->counts.grouped[i]);
    pthread_mutex_lock(&store->readers.lock);
    out->readers = store->readers.count;
    out->readers_idle = store->readers.idle_count;
    pthread_mutex_unlock(&store->readers.lock);
}

int db_size(struct db *db, int64_t *bytes, struct error *err)
{
    bool found;
    return db_get_int(db,
                      db_engine(db) == STORE_SQLITE
                          ? "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
                          : "SELECT pg_database_size(current_database())",
                      NO_BINDS, bytes, &found, err);
}

static void forget_expected(struct db *db)
{
    memory_free(db->expected.ids);
    db->expected = (struct expected){ 0 };
}

int store_run_job(struct db *db, store_job fn, void *args, bool large, struct error *err)
{
    const struct store *outer = job_of;
    error_clear(err);
    int64_t began = clock_ticks_us();
    job_of = db->store;
    int result = fn(db, args, err);
    job_of = outer;
    close_left_open(db);
    forget_expected(db);
    int64_t ms = (clock_ticks_us() - began) / 1000;
    if (ms > (large ? SLOW_LARGE_JOB_MS : SLOW_JOB_MS)) {
        char number[24];
        snprintf(number, sizeof number, "%" PRId64, ms);
        log_event(LOG_WARN, "store.slow_job", "ms", number, NULL);
    }
    return result;
}

void store_flush_delay(const struct store *store)
{
    if (store->flush_delay_ms <= 0)
        return;
    struct timespec delay = { .tv_sec = store->flush_delay_ms / 1000,
                              .tv_nsec = (long)(store->flush_delay_ms % 1000) * 1000000 };
    while (nanosleep(&delay, &delay) < 0 && errno == EINTR)
        continue;
}

/* ---- work put off until the commit ---- */

struct late **late_mark(struct db *db)
{
    if (!db->late_end)
        db->late_end = &db->late;
    return db->late_end;
}

void late_cut(struct db *db, struct late **mark)
{
    *mark = NULL;
    db->late_end = mark;
}

void late_forget(struct db *db)
{
    late_cut(db, &db->late);
    arena_done(&db->late_memory);
}

int late_run(struct db *db, struct error *err)
{
    int result = 0;
    for (const struct late *l = db->late; l && result == 0; l = l->next)
        result = l->fn(db, l->args, err);
    late_forget(db);
    return result;
}

int db_before_commit(struct db *db, store_job fn, const void *args, size_t size, struct error *err)
{
    if (!db->writing)
        return store_refused(err, "db_before_commit outside a write job");
    if (db_engine(db) == STORE_POSTGRES)
        return fn(db, arena_copy(&db->late_memory, args, size), err);
    struct late **end = late_mark(db);
    struct late *l = ARENA_NEW(&db->late_memory, struct late);
    l->fn = fn;
    l->args = arena_copy(&db->late_memory, args, size);
    *end = l;
    db->late_end = &l->next;
    return 0;
}

int db_try(struct db *db, store_job fn, void *args, struct error *err)
{
    const struct engine *engine = db->store->engine;
    if (!db->writing)
        return store_refused(err, "db_try outside a write job");
    if (engine->put(db, "SAVEPOINT part", NO_BINDS, err) < 0)
        return -1;
    struct late **mark = late_mark(db);
    struct error undo;
    int result = fn(db, args, err);
    if (result == 0 && engine->put(db, "RELEASE SAVEPOINT part", NO_BINDS, err) == 0 && engine->settle(db, err) == 0)
        return 0;
    db->undone++;
    engine->settle(db, &undo); /* what the part has put */
    late_cut(db, mark);
    /* When these fail the whole transaction is gone; the engine sees that by itself at the end of the job. */
    if (engine->plain(db, "ROLLBACK TO SAVEPOINT part", &undo) == 0)
        engine->plain(db, "RELEASE SAVEPOINT part", &undo);
    return -1;
}

unsigned db_undone(const struct db *db)
{
    return db->undone;
}

unsigned db_writes(const struct db *db)
{
    return db->writes;
}

/* ---- statements ---- */

/* The engines differ in what they let through: a text with a NUL or broken UTF-8 is stored by one and refused by the
** other. Here both refuse. */
static int check_binds(const struct value *binds, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct value *bind = &binds[i];
        if (bind->is == VALUE_TEXT && bind->size > 0 && !utf8_valid(bind->at, bind->size))
            return fail(err, FAULT_INVALID, "store.text", "文字含有不能保存的字符（第 %zu 项）",
                        "A text holds bytes that cannot be stored (value %zu)", i + 1);
    }
    return 0;
}

int db_query(struct db *db, struct rows *rows, const char *sql, const struct value *binds, size_t count,
             struct error *err)
{
    *rows = (struct rows){ .db = db };
    db->writes += strncmp(sql, "SELECT", 6) != 0; /* INSERT … RETURNING */
    if (check_binds(binds, count, err) < 0 || db->store->engine->query(db, rows, sql, binds, count, err) < 0) {
        rows->failed = true;
        return -1;
    }
    return 0;
}

bool rows_next(struct rows *rows)
{
    struct cursor *cursor = rows->impl;
    if (!cursor || rows->failed)
        return false;
    if (cursor->row.block)
        arena_done(&cursor->row);
    bool more = rows->db->store->engine->next(cursor);
    rows->failed = cursor->error != NULL;
    return more;
}

struct value rows_value(const struct rows *rows, int column)
{
    return rows->db->store->engine->value(rows->impl, column);
}

int64_t rows_int(const struct rows *rows, int column)
{
    struct value value = rows_value(rows, column);
    if (value.is == VALUE_INT)
        return value.number;
    return value.is == VALUE_TEXT ? strtoll(value.at, NULL, 10) : 0;
}

const char *rows_text(const struct rows *rows, int column)
{
    struct cursor *cursor = rows->impl;
    struct value value = rows_value(rows, column);
    switch (value.is) {
    case VALUE_NULL: return NULL;
    case VALUE_INT: return arena_printf(&cursor->row, "%" PRId64, value.number);
    case VALUE_TEXT: return value.at;
    case VALUE_BYTES: return arena_strn(&cursor->row, value.at, value.size);
    }
    return NULL;
}

int rows_done(struct rows *rows, struct error *err)
{
    struct cursor *cursor = rows->impl;
    if (cursor) {
        if (cursor->error)
            *err = *cursor->error;
        rows->db->store->engine->finish(cursor);
        rows->impl = NULL;
    }
    return rows->failed ? -1 : 0;
}

int db_run(struct db *db, const char *sql, const struct value *binds, size_t count, int64_t *changed, struct error *err)
{
    int64_t written = 0;
    db->writes++;
    if (check_binds(binds, count, err) < 0 || db->store->engine->run(db, sql, binds, count, &written, err) < 0)
        return -1;
    if (changed)
        *changed = written;
    return 0;
}

int db_insert(struct db *db, const char *sql, const struct value *binds, size_t count, int64_t *id, struct error *err)
{
    db->writes++;
    return check_binds(binds, count, err) < 0 ? -1 : db->store->engine->insert(db, sql, binds, count, id, err);
}

int db_put(struct db *db, const char *sql, const struct value *binds, size_t count, struct error *err)
{
    db->writes++;
    return check_binds(binds, count, err) < 0 ? -1 : db->store->engine->put(db, sql, binds, count, err);
}

int db_expect(struct db *db, const char *table, size_t rows, struct error *err)
{
    struct expected *e = &db->expected;
    struct rows got;
    forget_expected(db);
    if (db_engine(db) == STORE_SQLITE || rows == 0)
        return 0;
    e->ids = memory_new(rows * sizeof *e->ids);
    snprintf(e->table, sizeof e->table, "%s", table);
    db_query(db, &got, "SELECT nextval(pg_get_serial_sequence(?, 'id')) FROM generate_series(1, ?)",
             BIND(value_text(table), value_int((int64_t)rows)), err);
    while (e->count < rows && rows_next(&got))
        e->ids[e->count++] = rows_int(&got, 0);
    return rows_done(&got, err);
}

int64_t db_expected(struct db *db, const char *table)
{
    struct expected *e = &db->expected;
    return e->used < e->count && strcmp(e->table, table) == 0 ? e->ids[e->used++] : 0;
}

int db_get_int(struct db *db, const char *sql, const struct value *binds, size_t count, int64_t *out, bool *found,
               struct error *err)
{
    struct rows rows;
    int64_t number = 0;
    bool any = false;
    if (db_query(db, &rows, sql, binds, count, err) == 0 && rows_next(&rows)) {
        any = true;
        number = rows_int(&rows, 0);
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    if (any)
        *out = number;
    if (found)
        *found = any;
    return 0;
}

int db_script(struct db *db, const char *sql, struct error *err)
{
    return db->store->engine->script(db, sql, err);
}

char *db_explain(struct db *db, struct arena *arena, const char *sql, const struct value *binds, size_t count,
                 struct error *err)
{
    bool sqlite = db_engine(db) == STORE_SQLITE;
    const char *asked = arena_printf(arena, "%s %s", sqlite ? "EXPLAIN QUERY PLAN" : "EXPLAIN", sql);
    AUTO_TEXT plan = TEXT_LIMIT(1 << 20);
    struct rows rows;
    if (db_query(db, &rows, asked, binds, count, err) == 0) {
        while (rows_next(&rows)) {
            text_str(&plan, rows_text(&rows, sqlite ? 3 : 0));
            text_char(&plan, '\n');
        }
    }
    if (rows_done(&rows, err) < 0)
        return NULL;
    return arena_str(arena, text_get(&plan));
}
