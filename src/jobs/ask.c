/* What is asked of jobs: one's own, one of them, cancelling, its file. */
#include "jobs/inside.h"

#include "base/clock.h"

#include <fcntl.h>
#include <string.h>

enum { LIST_MOST = 100 };

static int missing(struct error *err)
{
    return fail(err, FAULT_MISSING, "job.missing", "没有这个任务", "There is no such job");
}

static int own_row(struct db *db, const struct actor *actor, int64_t id, struct arena *arena, struct job_row *out,
                   struct error *err)
{
    bool found;
    if (job_row_read(db, "WHERE id = ?", id, arena, out, &found, err) < 0)
        return -1;
    return found && out->account == actor->id ? 0 : missing(err);
}

struct cancel {
    struct arena *arena;
    int64_t id, account, now;
    struct job_row row;
    bool found;
};

static int cancel_row(struct db *db, void *args, struct error *err)
{
    struct cancel *c = args;
    if (job_row_read(db, "WHERE state = 'waiting' AND id = ?", c->id, c->arena, &c->row, &c->found, err) < 0)
        return -1;
    c->found = c->found && c->row.account == c->account;
    return c->found ? db_run(db, "UPDATE job SET state = 'cancelled', ended_at = ? WHERE id = ?",
                             BIND(value_int(c->now), value_int(c->id)), NULL, err)
                    : 0;
}

static bool ask_running(struct jobs *jobs, int64_t account, int64_t id)
{
    bool running = false;
    pthread_mutex_lock(&jobs->lock);
    for (size_t i = 0; i < JOB_SLOTS; i++)
        if (jobs->slots[i].id == id && jobs->slots[i].account == account) {
            atomic_store(&jobs->slots[i].cancel, true);
            running = true;
        }
    pthread_mutex_unlock(&jobs->lock);
    return running;
}

int jobs_cancel(struct jobs *jobs, const struct actor *actor, int64_t id, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct cancel c = { .arena = &arena, .id = id, .account = actor->id, .now = jobs->options.now() };
    pthread_mutex_lock(&jobs->turn); /* it is waiting or in its slot, never between */
    int got = ask_running(jobs, actor->id, id) ? 0 : store_write(jobs_store(jobs), cancel_row, &c, err);
    pthread_mutex_unlock(&jobs->turn);
    if (got == 0 && c.found)
        jobs_tell_dropped(jobs, &c.row);
    return got;
}

static void put_instant(struct json *j, const char *key, int64_t ms)
{
    char text[INSTANT_TEXT];
    if (ms)
        instant_print(ms, text);
    json_key_str(j, key, ms ? text : NULL);
}

static void put_number(struct json *j, const char *key, int64_t number)
{
    json_key(j, key);
    if (number)
        json_put_int(j, number);
    else
        json_put_null(j);
}

/* How far it is and how fast it goes: by its slot while it runs, by its row afterwards. */
static void look_at_progress(struct jobs *jobs, struct job_row *r)
{
    int64_t ran_ms = r->ended_at - r->began_at;
    if (r->ended_at && r->began_at && ran_ms > 0)
        r->per_second = r->done * 1000 / ran_ms;
    pthread_mutex_lock(&jobs->lock);
    for (size_t i = 0; i < JOB_SLOTS; i++) {
        const struct job_slot *slot = &jobs->slots[i];
        int64_t ran_us = slot->first_us ? clock_ticks_us() - slot->first_us : 0;
        if (slot->id != r->id)
            continue;
        r->done = slot->done;
        r->total = slot->total;
        r->per_second = ran_us > 0 ? (slot->done - slot->first_done) * 1000000 / ran_us : 0;
    }
    pthread_mutex_unlock(&jobs->lock);
}

static int64_t seconds_left(const struct job_row *r)
{
    bool counts = strcmp(r->state, "running") == 0 && r->per_second > 0 && r->total > r->done;
    return counts ? (r->total - r->done + r->per_second - 1) / r->per_second : 0;
}

static bool has_file(const struct jobs *jobs, const struct job_row *r)
{
    return r->file_name && r->ended_at + JOB_FILE_MS > jobs->options.now();
}

static void put_label(struct json *j, const struct job_row *r, const struct job_type *type)
{
    const struct kind *kind = r->kind ? kind_find(r->kind) : NULL;
    AUTO_TEXT zh = TEXT_LIMIT(256);
    AUTO_TEXT en = TEXT_LIMIT(256);
    text_printf(&zh, "%s%s", type ? type->label.zh : r->type, kind ? kind->label.zh : "");
    text_printf(&en, "%s%s%s", type ? type->label.en : r->type, kind ? ": " : "", kind ? kind->label.en : "");
    json_key(j, "label");
    json_open(j, '{');
    json_key_str(j, "zh", text_get(&zh));
    json_key_str(j, "en", text_get(&en));
    json_close(j, '}');
}

static void put_end(struct json *j, const struct jobs *jobs, const struct job_row *r, bool english)
{
    json_key(j, "result");
    if (r->result)
        json_put_raw(j, r->result);
    else
        json_put_null(j);
    json_key(j, "problem");
    if (r->code) {
        json_open(j, '{');
        json_key_str(j, "code", r->code);
        json_key_str(j, "detail", english ? r->en : r->zh);
        json_close(j, '}');
    } else {
        json_put_null(j);
    }
    json_key(j, "file");
    if (has_file(jobs, r)) {
        json_open(j, '{');
        json_key_str(j, "name", r->file_name);
        json_key_str(j, "type", r->file_type);
        json_key_int(j, "size", r->file_size);
        json_close(j, '}');
    } else {
        json_put_null(j);
    }
}

static void put_row(struct jobs *jobs, struct job_row *r, bool english, struct json *j)
{
    look_at_progress(jobs, r);
    json_open(j, '{');
    json_key_int(j, "id", r->id);
    json_key_str(j, "type", r->type);
    put_label(j, r, jobs_type(jobs, r->type));
    json_key_str(j, "kind", r->kind);
    json_key_str(j, "state", r->state);
    json_key_int(j, "done", r->done);
    put_number(j, "total", r->total);
    put_number(j, "per_second", r->per_second);
    put_number(j, "seconds_left", seconds_left(r));
    put_instant(j, "created_at", r->created_at);
    put_instant(j, "began_at", r->began_at);
    put_instant(j, "ended_at", r->ended_at);
    put_end(j, jobs, r, english);
    json_close(j, '}');
}

int job_put(struct jobs *jobs, struct db *db, const struct actor *actor, int64_t id, bool english, struct json *j,
            struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct job_row row;
    if (own_row(db, actor, id, &arena, &row, err) < 0)
        return -1;
    put_row(jobs, &row, english, j);
    return 0;
}

int jobs_put(struct jobs *jobs, struct db *db, const struct actor *actor, bool english, struct json *j,
             struct error *err)
{
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT sql = TEXT_LIMIT(2048);
    struct rows rows;
    text_str(&sql, job_row_sql);
    text_str(&sql, "WHERE account = ? AND created_at > ? ORDER BY id DESC LIMIT ?");
    if (db_query(db, &rows, text_get(&sql),
                 BIND(value_int(actor->id), value_int(jobs->options.now() - JOB_KEPT_MS), value_int(LIST_MOST)),
                 err) < 0)
        return -1;
    while (rows_next(&rows)) {
        struct job_row row = job_row_take(&rows, &arena);
        put_row(jobs, &row, english, j);
    }
    return rows_done(&rows, err);
}

int job_file(struct jobs *jobs, struct db *db, const struct actor *actor, int64_t id, struct arena *arena, int *fd,
             int64_t *size, const char **name, const char **type, struct error *err)
{
    char path[JOB_PATH];
    struct job_row row;
    if (own_row(db, actor, id, arena, &row, err) < 0)
        return -1;
    jobs_path(jobs, id, path);
    int opened = has_file(jobs, &row) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (opened < 0)
        return fail(err, FAULT_MISSING, "job.no_file", "文件已过期（保留 24 小时）或还没有生成，请重新导出",
                    "The file has expired (kept 24 hours) or is not there yet; export again");
    *fd = opened;
    *size = row.file_size;
    *name = row.file_name;
    *type = row.file_type;
    return 0;
}

int jobs_count(struct db *db, int64_t *waiting, int64_t *running, struct error *err)
{
    int64_t open_ones;
    bool found;
    if (db_get_int(db, "SELECT count(*) FROM job WHERE ended_at IS NULL", NO_BINDS, &open_ones, &found, err) < 0 ||
        db_get_int(db, "SELECT count(*) FROM job WHERE ended_at IS NULL AND state = 'running'", NO_BINDS, running,
                   &found, err) < 0)
        return -1;
    *waiting = open_ones - *running;
    return 0;
}
