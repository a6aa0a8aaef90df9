/* The queue: adding, taking, running, what was left behind, clearing. */
#include "jobs/inside.h"

#include "access/key.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/seal.h"
#include "domain/notice.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TELL_US = 250 * 1000, TIDY_S = 3600 };
enum { IDLE_S = 60, FAILED_S = 5, END_TRIES = 5 };

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column job_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "type", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "kind", COLUMN_TEXT, 0 },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "api_key", COLUMN_INT, 0 },
    { "state", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "args", COLUMN_BYTES, COLUMN_NOT_NULL }, /* sealed: what an export is filtered by may be a telephone number */
    { "done", COLUMN_INT, COLUMN_NOT_NULL },
    { "total", COLUMN_INT, 0 },
    { "created_at", COLUMN_INT, COLUMN_NOT_NULL },
    { "began_at", COLUMN_INT, 0 },
    { "ended_at", COLUMN_INT, 0 },
    { "result", COLUMN_TEXT, 0 },
    { "problem_code", COLUMN_TEXT, 0 },
    { "problem_zh", COLUMN_TEXT, 0 },
    { "problem_en", COLUMN_TEXT, 0 },
    { "file_name", COLUMN_TEXT, 0 },
    { "file_type", COLUMN_TEXT, 0 },
    { "file_size", COLUMN_INT, 0 },
};
static const struct index_decl job_indexes[] = {
    { "job_of_account", NAMES("account", "id"), false, NULL },
    { "job_open", NAMES("id"), false, "ended_at IS NULL" },
    { "job_by_end", NAMES("ended_at"), false, "ended_at IS NOT NULL" },
};
const struct table job_table = {
    .name = "job", LISTED(job_columns), .indexes = job_indexes, .index_count = COUNT(job_indexes)
};

struct store *jobs_store(const struct jobs *jobs)
{
    return jobs->options.house->store;
}

const struct job_type *jobs_type(const struct jobs *jobs, const char *name)
{
    for (const struct job_type *const *t = jobs->options.types; *t; t++)
        if (strcmp((*t)->name, name) == 0)
            return *t;
    return NULL;
}

void jobs_tell(const struct jobs *jobs, int64_t id, int64_t account)
{
    if (jobs->options.house->hub)
        hub_publish(jobs->options.house->hub, &(struct hub_event){ .kind = "job", .id = id, .only = account });
}

void jobs_path(const struct jobs *jobs, int64_t id, char out[JOB_PATH])
{
    snprintf(out, JOB_PATH, "%s/jobs/%" PRId64, jobs->options.house->folder, id);
}

/* ---- what a job says while it runs ---- */

void job_progress(struct job *job, int64_t done, int64_t total)
{
    struct job_slot *slot = job->slot;
    int64_t now = clock_ticks_us();
    pthread_mutex_lock(&slot->jobs->lock);
    slot->done = done;
    slot->total = total;
    if (!slot->first_us) {
        slot->first_done = done;
        slot->first_us = now;
    }
    bool due = now - slot->told_us >= TELL_US;
    if (due)
        slot->told_us = now;
    pthread_mutex_unlock(&slot->jobs->lock);
    if (due)
        jobs_tell(slot->jobs, slot->id, slot->account);
}

bool job_cancelled(const struct job *job)
{
    return atomic_load(&job->slot->cancel) || atomic_load(&job->slot->jobs->stopping);
}

bool job_leaving(const struct job *job)
{
    return atomic_load(&job->slot->jobs->stopping);
}

int job_stopped(struct error *err)
{
    return fail(err, FAULT_CONFLICT, "job.cancelled", "任务已停止", "The job was stopped");
}

int64_t job_now(const struct job *job)
{
    return job->slot->jobs->options.now();
}

/* ---- rows ---- */

static const char args_place[] = "job.args";

struct entry {
    const struct actor *actor;
    const char *type, *kind;
    const void *args;
    size_t args_size;
    int64_t id, now;
};

static int add_row(struct db *db, void *args, struct error *err)
{
    struct entry *e = args;
    int64_t own = 0, all = 0;
    bool found;
    if (db_get_int(db, "SELECT count(*) FROM job WHERE ended_at IS NULL AND account = ?", BIND(value_int(e->actor->id)),
                   &own, &found, err) < 0 ||
        db_get_int(db, "SELECT count(*) FROM job WHERE ended_at IS NULL", NO_BINDS, &all, &found, err) < 0)
        return -1;
    if (own >= LIMIT_JOBS_PERSON || all >= LIMIT_JOBS) {
        err->retry_after_s = 10;
        return own >= LIMIT_JOBS_PERSON
                   ? fail(err, FAULT_LIMITED, "job.many", "您已有 %d 个任务在办，请等其中一个完成或取消后再试",
                          "You have %d jobs under way; wait for one or cancel one", LIMIT_JOBS_PERSON)
                   : fail(err, FAULT_LIMITED, "job.crowded", "系统里已有 %d 个任务在排队，请稍后再试",
                          "%d jobs are waiting already; try again later", LIMIT_JOBS);
    }
    return db_get_int(
        db,
        "INSERT INTO job (type, kind, account, api_key, state, args, done, created_at) VALUES (?, ?, ?, ?, "
        "'waiting', ?, 0, ?) RETURNING id",
        BIND(value_text(e->type), value_text(e->kind), value_int(e->actor->id),
             e->actor->key ? value_int(e->actor->key) : value_null(), value_bytes(e->args, e->args_size),
             value_int(e->now)),
        &e->id, &found, err);
}

static void announce(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->news++;
    pthread_cond_broadcast(&jobs->more);
    pthread_mutex_unlock(&jobs->lock);
}

int jobs_add(struct jobs *jobs, const struct actor *actor, const char *type, const struct kind *kind,
             const json_t *args, int64_t *id, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct entry e = { .actor = actor, .type = type, .kind = kind ? kind->name : NULL, .now = jobs->options.now() };
    char *text = json_dumps(args, JSON_COMPACT);
    const char *plain = text ? text : "{}";
    e.args = seal(&arena, args_place, plain, strlen(plain), &e.args_size);
    free(text);
    pthread_mutex_lock(&jobs->turn);
    int got = store_write(jobs_store(jobs), add_row, &e, err);
    pthread_mutex_unlock(&jobs->turn);
    if (got < 0)
        return -1;
    *id = e.id;
    announce(jobs);
    return 0;
}

const char job_row_sql[] = "SELECT id, type, kind, account, api_key, state, args, done, total, created_at, began_at, "
                           "ended_at, result, problem_code, problem_zh, problem_en, file_name, file_type, file_size "
                           "FROM job ";

struct job_row job_row_take(const struct rows *rows, struct arena *arena)
{
    struct value args = rows_value(rows, 6);
    struct job_row r = {
        .id = rows_int(rows, 0),
        .type = arena_str(arena, rows_text(rows, 1)),
        .kind = arena_str(arena, rows_text(rows, 2)),
        .account = rows_int(rows, 3),
        .key = rows_int(rows, 4),
        .state = arena_str(arena, rows_text(rows, 5)),
        .done = rows_int(rows, 7),
        .total = rows_int(rows, 8),
        .created_at = rows_int(rows, 9),
        .began_at = rows_int(rows, 10),
        .ended_at = rows_int(rows, 11),
        .result = arena_str(arena, rows_text(rows, 12)),
        .code = arena_str(arena, rows_text(rows, 13)),
        .zh = arena_str(arena, rows_text(rows, 14)),
        .en = arena_str(arena, rows_text(rows, 15)),
        .file_name = arena_str(arena, rows_text(rows, 16)),
        .file_type = arena_str(arena, rows_text(rows, 17)),
        .file_size = rows_int(rows, 18),
    };
    if (!unseal(arena, args_place, args.at, args.size, &r.args))
        r.args = NULL;
    return r;
}

int job_row_read(struct db *db, const char *where, int64_t id, struct arena *arena, struct job_row *out, bool *found,
                 struct error *err)
{
    AUTO_TEXT sql = TEXT_LIMIT(2048);
    struct rows rows;
    text_str(&sql, job_row_sql);
    text_str(&sql, where);
    struct value bind = value_int(id);
    if (db_query(db, &rows, text_get(&sql), &bind, id ? 1 : 0, err) < 0)
        return -1;
    *found = rows_next(&rows);
    if (*found)
        *out = job_row_take(&rows, arena);
    return rows_done(&rows, err);
}

/* ---- taking one ---- */

struct busy {
    int64_t jobs[JOB_SLOTS], accounts[JOB_SLOTS];
    size_t count;
};

/* Under turn: until it is given back nothing joins them. */
static struct job_slot *look_at_slots(struct jobs *jobs, struct busy *busy)
{
    struct job_slot *free_one = NULL;
    busy->count = 0;
    pthread_mutex_lock(&jobs->lock);
    for (size_t i = 0; i < JOB_SLOTS; i++) {
        struct job_slot *slot = &jobs->slots[i];
        if (slot->id) {
            busy->jobs[busy->count] = slot->id;
            busy->accounts[busy->count++] = slot->account;
        } else if (!free_one) {
            free_one = slot;
        }
    }
    pthread_mutex_unlock(&jobs->lock);
    return free_one;
}

static bool is_among(const int64_t *list, size_t count, int64_t one)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == one)
            return true;
    return false;
}

struct take {
    struct jobs *jobs;
    struct arena *arena;
    struct job_row row;
    struct busy busy;
    int64_t want; /* 0: the oldest that may run */
    bool found;
};

/* One job of a person at a time, in the order asked for: a check, its import and taking that back never overlap, and
** nobody's five ledgers keep everybody else waiting. */
static int choose(struct db *db, struct take *t, int64_t *id, struct error *err)
{
    struct rows rows;
    *id = 0;
    if (db_query(db, &rows, "SELECT id, account FROM job WHERE ended_at IS NULL AND state = 'waiting' ORDER BY id",
                 NO_BINDS, err) < 0)
        return -1;
    while (!*id && rows_next(&rows))
        if (!is_among(t->busy.accounts, t->busy.count, rows_int(&rows, 1)))
            *id = rows_int(&rows, 0);
    return rows_done(&rows, err);
}

static int take_row(struct db *db, void *args, struct error *err)
{
    struct take *t = args;
    int64_t id = t->want;
    t->found = false;
    if (!id && choose(db, t, &id, err) < 0)
        return -1;
    if (!id)
        return 0;
    if (job_row_read(db, "WHERE state = 'waiting' AND id = ?", id, t->arena, &t->row, &t->found, err) < 0)
        return -1;
    if (!t->found)
        return 0;
    return db_run(db, "UPDATE job SET state = 'running', began_at = COALESCE(began_at, ?) WHERE id = ?",
                  BIND(value_int(t->jobs->options.now()), value_int(id)), NULL, err);
}

static int take(struct jobs *jobs, struct take *t, struct job_slot **slot, struct error *err)
{
    pthread_mutex_lock(&jobs->turn);
    *slot = look_at_slots(jobs, &t->busy);
    int got = *slot ? store_write(jobs_store(jobs), take_row, t, err)
                    : fail(err, FAULT_UNAVAILABLE, "job.busy", "同时进行的任务太多，请稍后再试",
                           "Too many jobs run at once; try again shortly");
    if (got == 0 && t->found) {
        pthread_mutex_lock(&jobs->lock);
        **slot = (struct job_slot){ .jobs = jobs,
                                    .id = t->row.id,
                                    .account = t->row.account,
                                    .done = t->row.done,
                                    .total = t->row.total,
                                    .told_us = clock_ticks_us() };
        pthread_mutex_unlock(&jobs->lock);
    }
    pthread_mutex_unlock(&jobs->turn);
    return got;
}

/* ---- running ---- */

struct ending {
    const struct job *job;
    const char *state;
    const char *tells; /* cause of a notice; NULL: none */
    char *result;
    const struct error *err;
    int64_t now, done, total, file_size;
};

static int tell_owner(struct db *db, const struct ending *e, struct error *err)
{
    const struct notice_cause *cause = notice_cause(e->tells);
    const json_t *import = json_object_get(e->job->result, "import");
    if (!cause)
        return 0;
    return notice_add(
        db,
        &(struct notice_new){ .account = e->job->slot->account,
                              .at = e->now,
                              .cause = cause->code,
                              .kind = e->job->kind ? e->job->kind->name : NULL,
                              .id = cause->of == NOTICE_IMPORT ? json_integer_value(import) : e->job->id },
        err);
}

static int end_row(struct db *db, void *args, struct error *err)
{
    const struct ending *e = args;
    const struct error *why = e->err;
    bool failed = why->fault != FAULT_NONE, file = e->job->file_fd >= 0 && !failed;
    if (tell_owner(db, e, err) < 0)
        return -1;
    return db_run(
        db,
        "UPDATE job SET state = ?, ended_at = ?, done = ?, total = ?, result = ?, problem_code = ?, problem_zh = ?, "
        "problem_en = ?, file_name = ?, file_type = ?, file_size = ? WHERE id = ?",
        BIND(value_text(e->state), value_int(e->now), value_int(e->done), e->total ? value_int(e->total) : value_null(),
             value_text(e->result), value_text(failed ? why->code : NULL), value_text(failed ? why->zh : NULL),
             value_text(failed ? why->en : NULL), value_text(file ? e->job->file_name : NULL),
             value_text(file ? e->job->file_type : NULL), file ? value_int(e->file_size) : value_null(),
             value_int(e->job->id)),
        NULL, err);
}

static int put_back(struct db *db, void *args, struct error *err)
{
    const struct ending *e = args;
    return db_run(db, "UPDATE job SET state = 'waiting' WHERE id = ?", BIND(value_int(e->job->id)), NULL, err);
}

static int disk_failed(struct error *err)
{
    return errno == ENOSPC || errno == EDQUOT
               ? fail(err, FAULT_FULL, "job.full", "服务器存储已满，文件没有生成，请联系管理员",
                      "The server's disk is full; the file was not made. Tell the administrator")
               : fail(err, FAULT_INTERNAL, "job.file", "结果文件无法保存：%s", "The result cannot be kept: %s",
                      strerror(errno));
}

static int copy_bytes(int from, int to, int64_t *size, struct error *err)
{
    char buffer[64 * 1024];
    *size = 0;
    for (ssize_t n; (n = pread(from, buffer, sizeof buffer, (off_t)*size)) != 0;) {
        if (n < 0)
            return disk_failed(err);
        for (ssize_t put = 0; put < n;) {
            ssize_t one = write(to, buffer + put, (size_t)(n - put));
            if (one < 0)
                return disk_failed(err);
            put += one;
        }
        *size += n;
    }
    return fsync(to) < 0 ? disk_failed(err) : 0;
}

/* Beside its place and moved there: a file with the job's number is whole. */
static int keep_file(const struct jobs *jobs, const struct job *job, int64_t *size, struct error *err)
{
    char path[JOB_PATH], part[JOB_PATH + 8];
    jobs_path(jobs, job->id, path);
    snprintf(part, sizeof part, "%s.part", path);
    int out = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0)
        return disk_failed(err);
    int got = copy_bytes(job->file_fd, out, size, err);
    if (got == 0 && rename(part, path) < 0)
        got = disk_failed(err);
    close(out);
    if (got < 0)
        unlink(part);
    return got;
}

/* The account, and the key it was asked for with, as they are now. */
static int load_actor(const struct jobs *jobs, const struct job_row *row, struct arena *arena, struct actor *out,
                      struct error *err)
{
    struct db *db;
    struct key key;
    if (row->account == ACCOUNT_SYSTEM) { /* a command without --user */
        *out = actor_program();
        return 0;
    }
    if (store_reader(jobs_store(jobs), &db, err) < 0)
        return -1;
    int got = actor_load(db, row->account, day_of_ms(jobs->options.now()), arena, out, err);
    if (got == 0 && row->key && (got = key_load(db, row->key, jobs->options.now(), arena, &key, err)) == 0)
        key_narrow(&key, arena, out);
    store_reader_back(jobs_store(jobs), db);
    if (got < 0 && err->fault == FAULT_UNAUTHENTICATED)
        fail(err, FAULT_FORBIDDEN, "job.account", "发起任务的账号或接口密钥已停用，任务没有进行",
             "The account or key that asked for the job is no longer valid; it was not done");
    return got;
}

/* Waits for `seconds`, with `seen` only until there is news after it. False when the process goes down. */
static bool rest(struct jobs *jobs, int seconds, const uint64_t *seen)
{
    int64_t at = clock_ticks_us() + (int64_t)seconds * 1000000;
    struct timespec until = { .tv_sec = at / 1000000, .tv_nsec = at % 1000000 * 1000 };
    pthread_mutex_lock(&jobs->lock);
    for (int rc = 0; rc == 0 && !(seen && jobs->news != *seen) && !atomic_load(&jobs->stopping);)
        rc = pthread_cond_timedwait(&jobs->more, &jobs->lock, &until);
    pthread_mutex_unlock(&jobs->lock);
    return !atomic_load(&jobs->stopping);
}

/* A row that cannot be written (a full disk, a database away) is tried again; what then still stands as running is found
** by the hourly clearing. */
static void write_end(struct jobs *jobs, store_job fn, struct ending *e)
{
    for (int tries = 0; tries < END_TRIES && (tries == 0 || rest(jobs, 1, NULL)); tries++) {
        struct error err = { 0 };
        if (store_write(jobs_store(jobs), fn, e, &err) == 0)
            return;
        log_event(LOG_ERROR, "job.end", "code", err.code, "why", err.en, NULL);
    }
}

static void finish(struct jobs *jobs, const struct job_type *type, struct job *job, struct error *why)
{
    int64_t size = 0;
    if (!why->fault && job->file_fd >= 0)
        keep_file(jobs, job, &size, why);
    bool stopped = why->fault && strcmp(why->code, "job.cancelled") == 0;
    bool tells = type && !stopped && job->slot->account != ACCOUNT_SYSTEM;
    char *result = json_object_size(job->result) ? json_dumps(job->result, JSON_COMPACT) : NULL;
    struct ending e = { .job = job,
                        .state = stopped      ? "cancelled"
                                 : why->fault ? "failed"
                                              : "done",
                        .tells = !tells       ? NULL
                                 : why->fault ? type->tells_failed
                                              : type->tells_done,
                        .result = result,
                        .err = why,
                        .now = jobs->options.now(),
                        .file_size = size };
    pthread_mutex_lock(&jobs->lock);
    e.done = job->slot->done;
    e.total = job->slot->total;
    pthread_mutex_unlock(&jobs->lock);
    /* The process is going down: whoever asked for the job did not stop it. */
    bool again = stopped && !atomic_load(&job->slot->cancel);
    write_end(jobs, again ? put_back : end_row, &e);
    if (e.tells && jobs->options.house->hub)
        hub_publish(jobs->options.house->hub, &(struct hub_event){ .kind = "notice", .only = job->slot->account });
    if (why->fault == FAULT_INTERNAL)
        log_event(LOG_ERROR, "job.failed", "code", why->code, "why", why->en, NULL);
    free(result);
}

static const json_t *read_args(const char *text, json_t **owned)
{
    *owned = text ? json_loads(text, 0, NULL) : NULL;
    return *owned;
}

static int run_type(const struct job_type *type, const struct job_row *row, struct job *job, struct actor *actor,
                    struct error *err)
{
    const struct jobs *jobs = job->slot->jobs;
    if (!type || !job->args)
        return fail(err, FAULT_INTERNAL, "job.type", "这个任务（%s）无法读取，请重新发起",
                    "This job (%s) cannot be read; start it again", row->type);
    int got = load_actor(jobs, row, job->arena, actor, err);
    if (got == 0)
        return type->run(job, err);
    if (type->dropped)
        type->dropped(job->house, job->args);
    return got;
}

static void run(struct jobs *jobs, const struct job_row *row, struct job_slot *slot, struct arena *arena)
{
    struct error err = { 0 };
    struct actor actor;
    json_t *args;
    struct job job = { .house = jobs->options.house,
                       .arena = arena,
                       .actor = &actor,
                       .kind = row->kind ? kind_find(row->kind) : NULL,
                       .args = read_args(row->args, &args),
                       .id = row->id,
                       .result = json_object(),
                       .file_fd = -1,
                       .slot = slot };
    const struct job_type *type = jobs_type(jobs, row->type);
    jobs_tell(jobs, row->id, row->account);
    if (run_type(type, row, &job, &actor, &err) < 0 && !err.fault)
        fail(&err, FAULT_INTERNAL, "job.silent", "任务失败", "The job failed");
    finish(jobs, type, &job, &err);
    if (job.file_fd >= 0)
        close(job.file_fd);
    json_decref(job.result);
    json_decref(args);
    pthread_mutex_lock(&jobs->lock);
    slot->id = 0;
    pthread_mutex_unlock(&jobs->lock);
    announce(jobs);
    jobs_tell(jobs, row->id, row->account);
}

/* 1 when one was run, 0 when none waits. */
static int run_next(struct jobs *jobs, int64_t want, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct take t = { .jobs = jobs, .arena = &arena, .want = want };
    struct job_slot *slot;
    if (take(jobs, &t, &slot, err) < 0)
        return -1;
    if (t.found)
        run(jobs, &t.row, slot, &arena);
    return t.found;
}

int jobs_run(struct jobs *jobs, int64_t id, struct error *err)
{
    return run_next(jobs, id, err) < 0 ? -1 : 0;
}

int jobs_run_all(struct jobs *jobs, struct error *err)
{
    int got;
    while ((got = run_next(jobs, 0, err)) > 0)
        continue;
    return got;
}

/* ---- what was left behind ---- */

struct stray {
    const struct jobs *jobs;
    struct arena *arena;
    struct busy busy;
    int64_t now;
    struct job_row failed[LIMIT_JOBS];
    size_t failed_count;
};

static int find_strays(struct db *db, const struct stray *s, int64_t ids[LIMIT_JOBS], size_t *count, struct error *err)
{
    struct rows rows;
    *count = 0;
    if (db_query(db, &rows, "SELECT id FROM job WHERE ended_at IS NULL AND state = 'running' ORDER BY id LIMIT ?",
                 BIND(value_int(LIMIT_JOBS)), err) < 0)
        return -1;
    while (*count < LIMIT_JOBS && rows_next(&rows))
        if (!is_among(s->busy.jobs, s->busy.count, rows_int(&rows, 0)))
            ids[(*count)++] = rows_int(&rows, 0);
    return rows_done(&rows, err);
}

/* Running by its row, but by nobody: an earlier process broke off, or this one could not write the end. */
static int settle_strays(struct db *db, void *args, struct error *err)
{
    struct stray *s = args;
    int64_t ids[LIMIT_JOBS];
    size_t count;
    s->failed_count = 0;
    if (find_strays(db, s, ids, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct job_row row;
        bool found;
        if (job_row_read(db, "WHERE id = ?", ids[i], s->arena, &row, &found, err) < 0)
            return -1;
        const struct job_type *type = jobs_type(s->jobs, row.type);
        if (type && type->resumes) {
            if (db_run(db, "UPDATE job SET state = 'waiting' WHERE id = ?", BIND(value_int(row.id)), NULL, err) < 0)
                return -1;
            continue;
        }
        if (db_run(db,
                   "UPDATE job SET state = 'failed', ended_at = ?, problem_code = 'job.restart', problem_zh = ?, "
                   "problem_en = ? WHERE id = ?",
                   BIND(value_int(s->now), value_text("服务在任务进行中重启，任务没有完成，请重新发起"),
                        value_text("The server was restarted while the job ran; start it again"), value_int(row.id)),
                   NULL, err) < 0)
            return -1;
        s->failed[s->failed_count++] = row;
    }
    return 0;
}

void jobs_tell_dropped(const struct jobs *jobs, const struct job_row *row)
{
    const struct job_type *type = jobs_type(jobs, row->type);
    json_t *args;
    if (type && type->dropped && read_args(row->args, &args)) {
        type->dropped(jobs->options.house, args);
        json_decref(args);
    }
    jobs_tell(jobs, row->id, row->account);
}

/* Under turn. */
static int recover(struct jobs *jobs, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct stray *s = memory_new(sizeof *s);
    *s = (struct stray){ .jobs = jobs, .arena = &arena, .now = jobs->options.now() };
    look_at_slots(jobs, &s->busy);
    int got = store_write(jobs_store(jobs), settle_strays, s, err);
    for (size_t i = 0; got == 0 && i < s->failed_count; i++)
        jobs_tell_dropped(jobs, &s->failed[i]);
    memory_free(s);
    return got;
}

/* ---- clearing ---- */

static int forget_rows(struct db *db, void *args, struct error *err)
{
    const int64_t *now = args;
    if (db_run(
            db,
            "UPDATE job SET file_name = NULL, file_type = NULL, file_size = NULL WHERE ended_at <= ? AND file_size IS "
            "NOT NULL",
            BIND(value_int(*now - JOB_FILE_MS)), NULL, err) < 0)
        return -1;
    return db_run(db, "DELETE FROM job WHERE ended_at <= ?", BIND(value_int(*now - JOB_KEPT_MS)), NULL, err);
}

/* Every file no row speaks of goes, whatever became of its row: a crash between the two leaves nothing behind. */
static int sweep_files(const struct jobs *jobs, const struct busy *busy, struct db *db, struct error *err)
{
    char path[JOB_PATH];
    snprintf(path, sizeof path, "%s/jobs", jobs->options.house->folder);
    DIR *folder = opendir(path);
    if (!folder)
        return disk_failed(err);
    int got = 0;
    for (struct dirent *entry; got == 0 && (entry = readdir(folder)) != NULL;) {
        int64_t id = strtoll(entry->d_name, NULL, 10), one;
        bool kept;
        if (id <= 0 || is_among(busy->jobs, busy->count, id))
            continue;
        got = db_get_int(db, "SELECT id FROM job WHERE id = ? AND file_size IS NOT NULL", BIND(value_int(id)), &one,
                         &kept, err);
        if (got == 0 && (!kept || strchr(entry->d_name, '.')))
            unlinkat(dirfd(folder), entry->d_name, 0);
    }
    closedir(folder);
    return got;
}

static int clear_old(struct jobs *jobs, struct error *err)
{
    int64_t now = jobs->options.now();
    struct busy busy;
    struct db *db;
    if (recover(jobs, err) < 0 || store_write(jobs_store(jobs), forget_rows, &now, err) < 0 ||
        store_reader(jobs_store(jobs), &db, err) < 0)
        return -1;
    look_at_slots(jobs, &busy);
    int got = sweep_files(jobs, &busy, db, err);
    store_reader_back(jobs_store(jobs), db);
    return got;
}

void jobs_tidy(struct jobs *jobs)
{
    struct error err = { 0 };
    pthread_mutex_lock(&jobs->turn);
    int got = clear_old(jobs, &err);
    pthread_mutex_unlock(&jobs->turn);
    if (got < 0)
        log_event(LOG_WARN, "job.tidy", "code", err.code, "why", err.en, NULL);
    if (jobs->options.tidy)
        jobs->options.tidy(jobs->options.house, jobs->options.now());
    announce(jobs);
}

/* ---- threads ---- */

static bool time_to_tidy(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    bool due = clock_ticks_us() >= jobs->tidy_at_us;
    if (due)
        jobs->tidy_at_us = clock_ticks_us() + (int64_t)TIDY_S * 1000000;
    pthread_mutex_unlock(&jobs->lock);
    return due;
}

static uint64_t news_now(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    uint64_t news = jobs->news;
    pthread_mutex_unlock(&jobs->lock);
    return news;
}

static void *work(void *arg)
{
    struct jobs *jobs = arg;
    bool go_on = true;
    while (go_on) {
        if (time_to_tidy(jobs))
            jobs_tidy(jobs);
        uint64_t seen = news_now(jobs); /* before looking: what comes meanwhile is seen next time */
        struct error err = { 0 };
        int got = run_next(jobs, 0, &err);
        if (got < 0)
            log_event(LOG_WARN, "job.take", "code", err.code, "why", err.en, NULL);
        go_on = got > 0 ? !atomic_load(&jobs->stopping) : rest(jobs, got < 0 ? FAILED_S : IDLE_S, &seen);
    }
    return NULL;
}

/* ---- starting ---- */

static void make_locks(struct jobs *jobs)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_mutex_init(&jobs->turn, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&jobs->more, &attributes);
    pthread_condattr_destroy(&attributes);
}

int jobs_start(const struct jobs_options *options, struct jobs **out, struct error *err)
{
    char folder[JOB_PATH];
    struct jobs *jobs = memory_new(sizeof *jobs);
    jobs->options = *options;
    make_locks(jobs);
    snprintf(folder, sizeof folder, "%s/jobs", options->house->folder);
    int got = mkdir(folder, 0700) < 0 && errno != EEXIST ? fail(err, FAULT_INTERNAL, "job.folder", "无法创建 %s：%s",
                                                                "Cannot create %s: %s", folder, strerror(errno))
                                                         : recover(jobs, err);
    options->house->jobs = jobs; /* before the first thread: a job may ask for another one */
    for (int i = 0; got == 0 && i < options->threads && i < JOB_THREADS; i++) {
        if (pthread_create(&jobs->threads[i], NULL, work, jobs) != 0)
            got = fail(err, FAULT_INTERNAL, "job.thread", "任务线程无法启动", "A worker cannot be started");
        else
            jobs->thread_count++;
    }
    if (got < 0) {
        jobs_stop(jobs);
        return -1;
    }
    *out = jobs;
    return 0;
}

void jobs_stop(struct jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    atomic_store(&jobs->stopping, true);
    pthread_cond_broadcast(&jobs->more);
    pthread_mutex_unlock(&jobs->lock);
    for (int i = 0; i < jobs->thread_count; i++)
        pthread_join(jobs->threads[i], NULL);
    if (jobs->options.house->jobs == jobs)
        jobs->options.house->jobs = NULL;
    pthread_cond_destroy(&jobs->more);
    pthread_mutex_destroy(&jobs->turn);
    pthread_mutex_destroy(&jobs->lock);
    memory_free(jobs);
}
