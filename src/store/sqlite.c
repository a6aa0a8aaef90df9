/*
** SQLite behind store.h.
**
** Threads: readers are lent to one thread at a time by the pool. The writing connection belongs to the writer thread
** alone: it takes every job that waits, runs each in its own savepoint, commits once and only then answers the callers.
** While it commits, new jobs gather for the next group. Group lock: `lock`; it guards the queues and the answers.
**
**   caller ── job on its own stack ──> queue ──> writer: BEGIN, (SAVEPOINT, job, RELEASE)*, COMMIT ──> answers
**
** A job by itself needs no savepoint: its transaction is it. A large one is never put together with others, so that none of
** the thousands of pages it changes has to be kept for a savepoint; it takes turns with the groups.
**
** When the transaction as a whole dies (disk full, input/output error, a commit that fails) nobody was answered yet:
** every job of the group runs once more, alone in a transaction of its own, and gets its own result.
*/
#include "store/engine.h"

#include "base/clock.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BUSY_MS = 5000, READER_CACHE_KIB = 16 << 10, LOG_BYTES = 64 << 20 };

/* Pages in the write-ahead log at which it is written back into the database. Large jobs change more than SQLite's own 1,000
** in one commit, so that the same pages were written back after each: while there are any, and for some groups after one, it
** may grow to LOG_LARGE_PAGES. When nobody has written for a while it is written back to LOG_PAGES again: readers find a
** short log and the file's own pages. */
enum { LOG_PAGES = 1000, LOG_LARGE_PAGES = 12000, LARGE_GROUPS = 16, IDLE_MS = 500 };

/* As much as SQLite maps at most. A page of the file is then read where the system keeps it, without a call and a copy of
** its own: a list that has to look at 6,000 rows takes half the time. What is not touched costs no memory. Readers alone:
** what the writer reads it mostly writes too, and that needs its copy. */
enum { MMAP_BYTES = 0x7fff0000 };

struct job {
    struct job *next;
    store_job fn;
    void *args;
    struct error *err;
    pthread_cond_t answered;
    int result;
    bool large, done;
};

enum { PROGRESS_STEPS = 100000, QUERY_MOST_US = 20 * 1000 * 1000 };

struct connection {
    struct db db;
    sqlite3 *handle;
    int64_t deadline_us; /* readers: when the running query is cut; PostgreSQL has statement_timeout for that */
    int lost;            /* the result code that ended the whole transaction under a running job; 0 while it lives */
};

struct statement {
    struct cached cached;
    sqlite3_stmt *stmt;
};

struct reading {
    struct cursor cursor;
    struct connection *connection;
    struct statement *cached; /* NULL: the statement is this result's own */
    sqlite3_stmt *stmt;
    enum { BEFORE_FIRST, ON_ROW, AT_END } at; /* the first step is taken when the query starts */
};

struct queue {
    struct job *first, **last;
};

struct sqlite_store {
    struct connection *writer;
    pthread_t thread;
    bool running, closing;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct queue people, large;
    bool large_next;
    int waiting, people_waiting; /* both queues; the one of them */
    int log_pages;               /* the writer's own: in the log, not written back */
    int large_left;              /* the writer's own: groups for which the log may be long */
};

/* ---- errors ---- */

static bool no_room(int system)
{
    return system == ENOSPC || system == EDQUOT || system == EFBIG;
}

/* Only ENOSPC is SQLITE_FULL by itself; a quota or a file size limit is a failed write like any other, and at a commit
** sqlite3_system_errno is not set. The log file still knows. */
static bool log_has_no_room(struct connection *c)
{
    sqlite3_file *log = NULL;
    int system = 0;
    if (sqlite3_file_control(c->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log &&
        log->pMethods)
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &system);
    return no_room(system);
}

static int refuse(struct connection *c, int rc, const char *message, struct error *err)
{
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return store_unique(err, message);
    default: break;
    }
    switch (rc & 0xff) {
    case SQLITE_FULL: return store_full(err, message);
    case SQLITE_IOERR:
        if (no_room(sqlite3_system_errno(c->handle)) || (rc == SQLITE_IOERR_WRITE && log_has_no_room(c)))
            return store_full(err, message);
        return store_unavailable(err, message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT: return store_unavailable(err, message);
    case SQLITE_READONLY:
        return c->db.writing ? store_unavailable(err, message) : store_refused(err, "a read connection may not write");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return fail(err, FAULT_INTERNAL, "store.corrupt", "数据库文件已损坏，请用最近的备份恢复（%s）",
                    "The database file is damaged; restore the latest backup (%s)", message);
    default: return store_refused(err, message);
    }
}

/* Every failed call passes here, so that a transaction which SQLite ended by itself is noticed at once. */
static int failed(struct connection *c, int rc, struct error *err)
{
    char message[200];
    snprintf(message, sizeof message, "%s", sqlite3_errmsg(c->handle));
    if (c->db.writing && c->handle && c->lost == 0 && sqlite3_get_autocommit(c->handle))
        c->lost = rc;
    return refuse(c, rc, message, err);
}

/* After SQLite rolled back by itself a statement would commit on its own: it must not run. */
static int still_inside(struct connection *c, struct error *err)
{
    if (!c->db.writing || !sqlite3_get_autocommit(c->handle))
        return 0;
    return refuse(c, c->lost ? c->lost : SQLITE_ABORT, "the transaction has ended", err);
}

/* ---- statements ---- */

static void statement_free(struct cache *cache, struct statement *statement)
{
    cache_remove(cache, &statement->cached);
    sqlite3_finalize(statement->stmt);
    memory_free(statement);
}

static int compile(struct connection *c, const char *sql, unsigned flags, sqlite3_stmt **out, struct error *err)
{
    const char *rest = NULL;
    int rc = sqlite3_prepare_v3(c->handle, sql, -1, flags, out, &rest);
    if (rc != SQLITE_OK)
        return failed(c, rc, err);
    if (!*out || rest[strspn(rest, " \t\r\n;")] != '\0') {
        sqlite3_finalize(*out);
        *out = NULL;
        return store_refused(err, "exactly one statement is expected");
    }
    return 0;
}

/* *cached is NULL when the statement of this text is in use; then *stmt belongs to the caller. */
static int prepare(struct connection *c, const char *sql, struct statement **cached, sqlite3_stmt **stmt,
                   struct error *err)
{
    struct cache *cache = &c->db.cache;
    uint64_t hash = cache_hash(sql);
    struct statement *found = (struct statement *)cache_find(cache, sql, hash);
    if (found && !found->cached.busy) {
        cache_used(cache, &found->cached);
        *cached = found;
        *stmt = found->stmt;
        return 0;
    }
    if (!found && cache->count >= STATEMENT_CACHE) {
        struct cached *victim = cache_victim(cache);
        if (victim)
            statement_free(cache, (struct statement *)victim);
    }
    bool keep = !found && cache->count < STATEMENT_CACHE;
    if (compile(c, sql, keep ? SQLITE_PREPARE_PERSISTENT : 0, stmt, err) < 0)
        return -1;
    *cached = NULL;
    if (keep) {
        struct statement *statement = memory_new(sizeof *statement);
        statement->stmt = *stmt;
        cache_add(cache, &statement->cached, sql, hash);
        *cached = statement;
    }
    return 0;
}

/* Gives a statement back as it was: unfinished reading would pin the write-ahead log. */
static void release(struct statement *cached, sqlite3_stmt *stmt)
{
    if (!cached) {
        sqlite3_finalize(stmt);
        return;
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    cached->cached.busy = false;
}

static int bind(struct connection *c, sqlite3_stmt *stmt, const struct value *binds, size_t count,
                sqlite3_destructor_type lifetime, struct error *err)
{
    if ((size_t)sqlite3_bind_parameter_count(stmt) != count)
        return store_refused(err, "the number of values is not the number of placeholders");
    for (size_t i = 0; i < count; i++) {
        const struct value *value = &binds[i];
        const char *bytes = value->at ? value->at : "";
        int rc = SQLITE_OK, at = (int)i + 1;
        switch (value->is) {
        case VALUE_NULL: rc = sqlite3_bind_null(stmt, at); break;
        case VALUE_INT: rc = sqlite3_bind_int64(stmt, at, value->number); break;
        case VALUE_TEXT: rc = sqlite3_bind_text64(stmt, at, bytes, value->size, lifetime, SQLITE_UTF8); break;
        case VALUE_BYTES: rc = sqlite3_bind_blob64(stmt, at, bytes, value->size, lifetime); break;
        }
        if (rc != SQLITE_OK)
            return failed(c, rc, err);
    }
    return 0;
}

/* Runs a statement that returns nothing of interest, through the cache. */
static int execute(struct connection *c, const char *sql, struct error *err)
{
    struct statement *cached;
    sqlite3_stmt *stmt;
    if (prepare(c, sql, &cached, &stmt, err) < 0)
        return -1;
    int rc;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
        continue;
    int result = rc == SQLITE_DONE ? 0 : failed(c, rc, err);
    release(cached, stmt);
    return result;
}

static int sqlite_plain(struct db *db, const char *sql, struct error *err)
{
    struct connection *c = (struct connection *)db;
    return still_inside(c, err) < 0 ? -1 : execute(c, sql, err);
}

static int sqlite_run(struct db *db, const char *sql, const struct value *binds, size_t count, int64_t *changed,
                      struct error *err)
{
    struct connection *c = (struct connection *)db;
    struct statement *cached;
    sqlite3_stmt *stmt;
    if (still_inside(c, err) < 0 || prepare(c, sql, &cached, &stmt, err) < 0)
        return -1;
    int result = bind(c, stmt, binds, count, SQLITE_STATIC, err);
    if (result == 0) {
        sqlite3_int64 before = sqlite3_total_changes64(c->handle);
        int rc;
        while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
            continue;
        if (rc != SQLITE_DONE)
            result = failed(c, rc, err);
        else if (sqlite3_total_changes64(c->handle) != before)
            *changed = sqlite3_changes64(c->handle); /* of the last statement that wrote: only then it is this one */
    }
    release(cached, stmt);
    return result;
}

/* RETURNING would open a table of its own for the one row, with a cache and a file behind it. */
static int sqlite_insert(struct db *db, const char *sql, const struct value *binds, size_t count, int64_t *id,
                         struct error *err)
{
    int64_t changed;
    if (sqlite_run(db, sql, binds, count, &changed, err) < 0)
        return -1;
    *id = sqlite3_last_insert_rowid(((struct connection *)db)->handle);
    return 0;
}

static int sqlite_script(struct db *db, const char *sql, struct error *err)
{
    struct connection *c = (struct connection *)db;
    for (const char *rest = sql; *rest;) {
        sqlite3_stmt *stmt;
        if (still_inside(c, err) < 0)
            return -1;
        int rc = sqlite3_prepare_v2(c->handle, rest, -1, &stmt, &rest);
        while (rc == SQLITE_OK && stmt && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
            rc = SQLITE_OK;
        int result = rc == SQLITE_OK || rc == SQLITE_DONE ? 0 : failed(c, rc, err);
        sqlite3_finalize(stmt);
        if (result < 0)
            return -1;
    }
    return 0;
}

static int sqlite_put(struct db *db, const char *sql, const struct value *binds, size_t count, struct error *err)
{
    int64_t ignored;
    return sqlite_run(db, sql, binds, count, &ignored, err);
}

static int sqlite_settle(struct db *db, struct error *err)
{
    (void)db;
    (void)err;
    return 0;
}

/* ---- results ---- */

static int step(struct reading *r, struct error *err)
{
    int rc = sqlite3_step(r->stmt);
    if (rc == SQLITE_ROW)
        return 1;
    int result = rc == SQLITE_DONE ? 0 : failed(r->connection, rc, err);
    sqlite3_reset(r->stmt);
    return result;
}

static int sqlite_query(struct db *db, struct rows *rows, const char *sql, const struct value *binds, size_t count,
                        struct error *err)
{
    struct connection *c = (struct connection *)db;
    struct statement *cached;
    sqlite3_stmt *stmt;
    if (still_inside(c, err) < 0 || prepare(c, sql, &cached, &stmt, err) < 0)
        return -1;
    c->deadline_us = clock_ticks_us() + QUERY_MOST_US;
    struct reading *r = memory_new(sizeof *r);
    r->connection = c;
    r->cached = cached;
    r->stmt = stmt;
    if (cached)
        cached->cached.busy = true;
    /* The caller's values may be gone when the next row is asked for, so SQLite keeps copies. */
    int more = bind(c, stmt, binds, count, SQLITE_TRANSIENT, err);
    if (more == 0)
        more = step(r, err);
    if (more < 0) {
        release(cached, stmt);
        memory_free(r);
        return -1;
    }
    r->at = more ? BEFORE_FIRST : AT_END;
    cursor_open(&r->cursor, db);
    rows->impl = r;
    rows->columns = sqlite3_column_count(stmt);
    return 0;
}

static bool sqlite_next(struct cursor *cursor)
{
    struct reading *r = (struct reading *)cursor;
    if (r->at == BEFORE_FIRST) {
        r->at = ON_ROW;
        return true;
    }
    if (r->at == AT_END)
        return false;
    struct error err = { 0 };
    int more = step(r, &err);
    if (more < 0)
        cursor_failed(cursor, &err);
    if (more <= 0)
        r->at = AT_END;
    return more > 0;
}

static struct value sqlite_value(const struct cursor *cursor, int column)
{
    sqlite3_stmt *stmt = ((const struct reading *)cursor)->stmt;
    struct value value = { .is = VALUE_NULL };
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER: return value_int(sqlite3_column_int64(stmt, column));
    case SQLITE_FLOAT: /* nothing stored is a fraction; a computed one is read as text */
    case SQLITE_TEXT:
        value.is = VALUE_TEXT;
        value.at = (const char *)sqlite3_column_text(stmt, column);
        break;
    case SQLITE_BLOB:
        value.is = VALUE_BYTES;
        value.at = sqlite3_column_blob(stmt, column);
        break;
    default: return value;
    }
    value.size = (size_t)sqlite3_column_bytes(stmt, column);
    if (!value.at)
        value.at = "";
    return value;
}

static void sqlite_finish(struct cursor *cursor)
{
    struct reading *r = (struct reading *)cursor;
    release(r->cached, r->stmt);
    cursor_close(cursor);
    memory_free(r);
}

/* ---- snapshots ---- */

static int sqlite_ready(struct db *db, struct error *err)
{
    (void)db;
    (void)err;
    return 0;
}

static int sqlite_snapshot_begin(struct db *db, struct error *err)
{
    struct connection *c = (struct connection *)db;
    if (execute(c, "BEGIN", err) < 0)
        return -1;
    /* BEGIN alone reads nothing: the state is fixed by the first reading. */
    if (execute(c, "SELECT 1 FROM sqlite_schema LIMIT 1", err) == 0)
        return 0;
    sqlite3_exec(c->handle, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

static void sqlite_snapshot_end(struct db *db)
{
    struct error err;
    execute((struct connection *)db, "COMMIT", &err); /* a result still open may be read to its end */
}

/* ---- the writer ---- */

static void roll_back(struct connection *c)
{
    struct error err;
    late_forget(&c->db);
    if (!sqlite3_get_autocommit(c->handle))
        execute(c, "ROLLBACK", &err);
}

static int begin(struct connection *c, struct error *err)
{
    c->lost = 0;
    return execute(c, "BEGIN IMMEDIATE", err);
}

static int commit(struct connection *c, int jobs, struct error *err)
{
    int64_t began = clock_ticks_us();
    store_flush_delay(c->db.store);
    if (late_run(&c->db, err) == 0 && execute(c, "COMMIT", err) == 0) {
        count_commit(c->db.store, jobs, began);
        return 0;
    }
    roll_back(c);
    return -1;
}

static void run_alone(struct connection *c, struct job *job)
{
    struct error lost;
    job->result = begin(c, job->err);
    if (job->result < 0)
        return;
    job->result = store_run_job(&c->db, job->fn, job->args, job->large, job->err);
    if (still_inside(c, &lost) < 0) {
        *job->err = lost; /* whatever the job made of it, this is the reason */
        job->result = -1;
    } else if (job->result == 0) {
        job->result = commit(c, 1, job->err);
    } else {
        roll_back(c);
    }
}

/* 0: the job is inside the transaction or has left no trace in it. -1: the transaction itself is lost. */
static int run_in_group(struct connection *c, struct job *job)
{
    struct error err;
    struct late **mark = late_mark(&c->db);
    if (execute(c, "SAVEPOINT job", &err) < 0)
        return -1;
    job->result = store_run_job(&c->db, job->fn, job->args, false, job->err);
    if (still_inside(c, &err) < 0)
        return -1;
    if (job->result < 0) {
        late_cut(&c->db, mark);
        if (execute(c, "ROLLBACK TO SAVEPOINT job", &err) < 0)
            return -1;
    }
    return execute(c, "RELEASE SAVEPOINT job", &err);
}

static void run_group(struct connection *c, struct job *first)
{
    struct error err;
    if (!first->next) {
        run_alone(c, first);
        return;
    }
    if (begin(c, &err) < 0) { /* another process holds the file: nothing ran, so there is nothing to run again */
        for (struct job *job = first; job; job = job->next) {
            *job->err = err;
            job->result = -1;
        }
        return;
    }
    bool lost = false;
    int jobs = 0;
    for (struct job *job = first; job && !lost; job = job->next, jobs++)
        lost = run_in_group(c, job) < 0;
    if (!lost && commit(c, jobs, &err) == 0)
        return;
    roll_back(c);
    atomic_fetch_add(&c->db.store->counts.alone, 1);
    for (struct job *job = first; job; job = job->next)
        run_alone(c, job);
}

/* ---- the log ---- */

static int log_grew(void *args, sqlite3 *handle, const char *name, int pages)
{
    struct sqlite_store *s = args;
    (void)handle;
    (void)name;
    s->log_pages = pages;
    return SQLITE_OK;
}

/* Behind a reader that is still at an old state, or with a disk that is full, it stays as it is for another time. */
static void write_back(struct sqlite_store *s)
{
    int pages = 0, done = -1;
    int rc = sqlite3_wal_checkpoint_v2(s->writer->handle, "main", SQLITE_CHECKPOINT_PASSIVE, &pages, &done);
    if (rc == SQLITE_OK && done == pages)
        s->log_pages = 0;
}

/* ---- its thread ---- */

static void queue_put(struct queue *queue, struct job *job)
{
    *queue->last = job;
    queue->last = &job->next;
}

/* All that wait of people's jobs, or one large one: by turns, so that neither holds the other up for long. */
static struct job *next_group(struct sqlite_store *s)
{
    bool large = s->large.first && (s->large_next || !s->people.first);
    struct queue *from = large ? &s->large : &s->people;
    struct job *group = from->first, *end = group;
    while (!large && end->next)
        end = end->next;
    s->waiting = large ? s->waiting - 1 : s->waiting - s->people_waiting;
    s->people_waiting = large ? s->people_waiting : 0;
    from->first = end->next;
    if (!from->first)
        from->last = &from->first;
    end->next = NULL;
    s->large_next = !large;
    s->large_left = large ? LARGE_GROUPS : s->large_left > 0 ? s->large_left - 1 : 0;
    return group;
}

static void wait_for_work(struct sqlite_store *s)
{
    while (!s->people.first && !s->large.first && !s->closing) {
        int64_t until = clock_ticks_us() + IDLE_MS * (int64_t)1000;
        struct timespec deadline = { .tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000 };
        if (s->log_pages < LOG_PAGES) {
            pthread_cond_wait(&s->work, &s->lock);
        } else if (pthread_cond_timedwait(&s->work, &s->lock, &deadline) == ETIMEDOUT) {
            pthread_mutex_unlock(&s->lock);
            write_back(s);
            pthread_mutex_lock(&s->lock);
        }
    }
}

static void *writer_main(void *arg)
{
    struct store *store = arg;
    struct sqlite_store *s = store->impl;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        wait_for_work(s);
        if (!s->people.first && !s->large.first)
            break;
        struct job *group = next_group(s);
        pthread_mutex_unlock(&s->lock);
        run_group(s->writer, group);
        pthread_mutex_lock(&s->lock);
        for (struct job *job = group, *next; job; job = next) {
            next = job->next; /* an answered job is gone as soon as the lock is let go */
            job->done = true;
            pthread_cond_signal(&job->answered);
        }
        pthread_mutex_unlock(&s->lock);
        if (s->log_pages >= (s->large_left > 0 ? LOG_LARGE_PAGES : LOG_PAGES))
            write_back(s);
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static int sqlite_write(struct store *store, store_job fn, void *args, bool large, struct error *err)
{
    struct sqlite_store *s = store->impl;
    struct job job = { .fn = fn, .args = args, .large = large, .err = err };
    if (!s->running)
        return store_unavailable(err, "opened for reading alone");
    pthread_mutex_lock(&s->lock);
    if (s->closing || s->waiting >= store->max_waiting) {
        bool closing = s->closing;
        pthread_mutex_unlock(&s->lock);
        return store_unavailable(err, closing ? "the program is stopping" : "too many changes wait");
    }
    pthread_cond_init(&job.answered, NULL);
    queue_put(large ? &s->large : &s->people, &job);
    s->waiting++;
    s->people_waiting += !large;
    pthread_cond_signal(&s->work);
    while (!job.done)
        pthread_cond_wait(&job.answered, &s->lock);
    pthread_mutex_unlock(&s->lock);
    pthread_cond_destroy(&job.answered);
    return job.result;
}

static int sqlite_waiting(struct store *store, bool large_too)
{
    struct sqlite_store *s = store->impl;
    pthread_mutex_lock(&s->lock);
    int waiting = large_too ? s->waiting : s->people_waiting;
    pthread_mutex_unlock(&s->lock);
    return waiting;
}

/* ---- opening and closing ---- */

static void connection_close(struct connection *c)
{
    if (!c)
        return;
    late_forget(&c->db);
    for (struct cached *entry; (entry = c->db.cache.oldest) != NULL;)
        statement_free(&c->db.cache, (struct statement *)entry);
    sqlite3_close(c->handle);
    memory_free(c);
}

static int set_up(struct connection *c, const struct store_options *options, struct error *err)
{
    char pragmas[512];
    sqlite3_extended_result_codes(c->handle, 1);
    sqlite3_busy_timeout(c->handle, BUSY_MS);
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL); /* "word" is a name, as on PostgreSQL */
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL);
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF; "
             "PRAGMA mmap_size = %d; PRAGMA journal_size_limit = %d; PRAGMA cache_size = -%d; PRAGMA query_only = %s;",
             c->db.writing ? 0 : (int)MMAP_BYTES, (int)LOG_BYTES,
             c->db.writing ? (int)WRITER_CACHE_KIB : (int)READER_CACHE_KIB, c->db.writing ? "OFF" : "ON");
    int rc = sqlite3_exec(c->handle, pragmas, NULL, NULL, NULL);
    if (rc == SQLITE_OK && c->db.writing && options->max_pages > 0) {
        snprintf(pragmas, sizeof pragmas, "PRAGMA max_page_count = %lld;", (long long)options->max_pages);
        rc = sqlite3_exec(c->handle, pragmas, NULL, NULL, NULL);
    }
    return rc == SQLITE_OK ? 0 : failed(c, rc, err);
}

/* Some file systems (network drives) cannot keep a write-ahead log; SQLite then quietly stays in another mode. */
static int set_wal(struct connection *c, struct error *err)
{
    sqlite3_stmt *stmt;
    if (compile(c, "PRAGMA journal_mode = WAL", 0, &stmt, err) < 0)
        return -1;
    int rc = sqlite3_step(stmt);
    const unsigned char *mode = rc == SQLITE_ROW ? sqlite3_column_text(stmt, 0) : NULL;
    int result = 0;
    if (rc != SQLITE_ROW)
        result = failed(c, rc, err);
    else if (!mode || strcmp((const char *)mode, "wal") != 0)
        result = fail(err, FAULT_UNAVAILABLE, "store.wal", "数据目录所在的磁盘不支持预写日志，请换用本机磁盘",
                      "The disk of the data folder cannot keep a write-ahead log; use a local disk");
    sqlite3_finalize(stmt);
    return result;
}

/* One question must not hold a worker for ever. Asked every few milliseconds of work. */
static int past_deadline(void *arg)
{
    const struct connection *c = arg;
    return clock_ticks_us() > c->deadline_us;
}

static int open_connection(struct store *store, const struct store_options *options, bool writing,
                           struct connection **out, struct error *err)
{
    const char *path = options->url + strlen("sqlite:");
    struct connection *c = memory_new(sizeof *c);
    c->db.store = store;
    c->db.writing = writing;
    *out = c;
    int rc = sqlite3_open_v2(path, &c->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return failed(c, rc, err);
    if (set_up(c, options, err) < 0)
        return -1;
    if (writing)
        return set_wal(c, err);
    sqlite3_progress_handler(c->handle, PROGRESS_STEPS, past_deadline, c);
    return 0;
}

/* What a savepoint may have to put back stays in memory. Beyond 64 KiB SQLite would move it to a file, 72 small writes for
** every row of a change; a higher limit is worse: the memory comes in one block of that size for every change, and such a
** block never reaches the file, since one write of SQLite's is shorter than 128 KiB and a whole multiple of that is cut to
** nothing, which it calls a full disk. It is a page of 4 KiB as it was for each one changed under a savepoint, that is by
** people's jobs that share a commit and by parts (db_try); large jobs have none. What goes over whole tables is cut into jobs
** all the same (store/schema.c, search_rebuild).
** How much memory the library has in all is not counted: each piece it takes or gives back would lock the whole library
** for that, an eighth of what writing a row costs. Both are only possible before the library is first used. */
static void configure_library(void)
{
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/*
** SQLite sorts what is larger than its cache, the rows of a new index above all, in files of its own; by default in
** /var/tmp or /tmp, which may be small where the disk of the database is not: making an index then says "database or disk
** is full" on a disk with room. They go beside the database (SQLITE_TMPDIR says otherwise). The place is one for the
** process and must not change while a database is open, so it is that of the first; tests alone open several.
*/
static pthread_mutex_t temporary_lock = PTHREAD_MUTEX_INITIALIZER;
static int temporary_users;

static void temporary_begin(const char *path)
{
    const char *slash = strrchr(path, '/');
    int folder = !slash ? 0 : slash == path ? 1 : (int)(slash - path); /* bytes of path; the root keeps its slash */
    pthread_mutex_lock(&temporary_lock);
    if (temporary_users++ == 0 && !getenv("SQLITE_TMPDIR"))
        sqlite3_temp_directory = slash ? sqlite3_mprintf("%.*s", folder, path) : sqlite3_mprintf(".");
    pthread_mutex_unlock(&temporary_lock);
}

static void temporary_end(void)
{
    pthread_mutex_lock(&temporary_lock);
    if (--temporary_users == 0) {
        sqlite3_free(sqlite3_temp_directory);
        sqlite3_temp_directory = NULL;
    }
    pthread_mutex_unlock(&temporary_lock);
}

static int open_readers(struct store *store, const struct store_options *options, struct error *err)
{
    for (int i = 0; i < options->readers; i++) {
        struct connection *reader = NULL;
        if (open_connection(store, options, false, &reader, err) < 0) {
            connection_close(reader);
            return error_add(err, "打开数据库", "opening the database");
        }
        pool_add(&store->readers, &reader->db);
    }
    return 0;
}

static int sqlite_open(struct store *store, const struct store_options *options, struct error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_library);
    struct sqlite_store *s = memory_new(sizeof *s);
    store->impl = s;
    s->people.last = &s->people.first;
    s->large.last = &s->large.first;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&s->work, &attributes);
    pthread_condattr_destroy(&attributes);

    /* A new file is made here and not by SQLite, so that only its owner may read it; log and index inherit that.
    ** O_EXCL matters: closing any descriptor of a database that is open drops the locks this process holds on it. */
    const char *path = options->url + strlen("sqlite:");
    temporary_begin(path);
    if (options->read_only)
        return open_readers(store, options, err);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    else if (errno != EEXIST)
        return fail(err, no_room(errno) ? FAULT_FULL : FAULT_UNAVAILABLE, "store.open",
                    "无法建立数据库文件 %s：%s；请检查目录是否存在、是否有读写权限",
                    "Cannot create the database file %s: %s; check that the folder exists and may be written", path,
                    strerror(errno));
    if (open_connection(store, options, true, &s->writer, err) < 0)
        return error_add(err, "打开数据库", "opening the database");
    sqlite3_wal_hook(s->writer->handle, log_grew, s);
    if (open_readers(store, options, err) < 0)
        return -1;
    if (pthread_create(&s->thread, NULL, writer_main, store) != 0)
        return store_unavailable(err, "no thread for writing");
    s->running = true;
    return 0;
}

static void sqlite_close(struct store *store)
{
    struct sqlite_store *s = store->impl;
    if (s->running) {
        pthread_mutex_lock(&s->lock);
        s->closing = true;
        pthread_cond_signal(&s->work);
        pthread_mutex_unlock(&s->lock);
        pthread_join(s->thread, NULL);
    }
    for (int i = 0; i < store->readers.count; i++)
        connection_close((struct connection *)store->readers.all[i]);
    if (s->running)
        sqlite3_wal_checkpoint_v2(s->writer->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    connection_close(s->writer);
    pthread_cond_destroy(&s->work);
    pthread_mutex_destroy(&s->lock);
    memory_free(s);
    temporary_end();
}

const struct engine sqlite_engine = {
    .id = STORE_SQLITE,
    .open = sqlite_open,
    .close = sqlite_close,
    .write = sqlite_write,
    .waiting = sqlite_waiting,
    .ready = sqlite_ready,
    .plain = sqlite_plain,
    .snapshot_begin = sqlite_snapshot_begin,
    .snapshot_end = sqlite_snapshot_end,
    .query = sqlite_query,
    .next = sqlite_next,
    .value = sqlite_value,
    .finish = sqlite_finish,
    .run = sqlite_run,
    .insert = sqlite_insert,
    .put = sqlite_put,
    .settle = sqlite_settle,
    .script = sqlite_script,
};
