/* The import itself, going on after a crash where it was, and taking it back. */
#include "base/clock.h"
#include "base/memory.h"
#include "exchange/session.h"
#include "record/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- running ---- */

/*
** How many rows a transaction takes. Pages that many rows share are written once for all of them, so many are good as long
** as nobody waits; somebody who writes meanwhile waits for FEWEST_ROWS and their commit. So a transaction ends early when a
** change waits, and the next one is small; each one nobody waited for doubles the next.
*/
enum { FEWEST_ROWS = 200, FIRST_ROWS = 1000 };

struct run {
    struct job *job;
    struct db *db; /* a reader: saved mappings */
    struct arena arena;
    struct session s;
    struct ledger *ledger;
    struct intake *intake;
    struct blocks *results;
    struct chunk *chunk; /* under way */
    size_t from, to;     /* its rows of one transaction */
    size_t most;         /* rows of the next transaction */
    bool pressed;        /* the transaction has ended early, because somebody waits */
    bool tried, put;     /* of the chunk: its transaction ran before; its verdicts stand in the file */
    bool careful;        /* each row in a savepoint, since one was refused half written (intake.h) */
    bool undone;         /* of the chunk, taken carefully: a row was */
    int64_t skip, total; /* rows an earlier process has committed; rows the check has counted */
    struct import_sum next;
};

static struct intake *new_intake(const struct run *r)
{
    return intake_new(&(struct intake_order){ .ledger = r->ledger,
                                              .cells = json_object_get(r->s.settings, "cells"),
                                              .duplicates = session_duplicates(&r->s) });
}

static int keep_touch(struct db *db, int64_t import, const struct intake_row *row, struct error *err)
{
    return db_run(db, "INSERT INTO import_touch (import, record, version) VALUES (?, ?, ?)",
                  BIND(value_int(import), value_int(row->verdict.record), value_int(row->updated_version)), NULL, err);
}

static bool ends_here(struct run *r, size_t taken, const struct text *verdicts)
{
    r->pressed = taken && taken % FEWEST_ROWS == 0 && store_people_wait(r->job->house->store);
    return r->pressed || taken == r->most || verdicts->used > VERDICT_BYTES;
}

/* The rows, their verdicts and how far the import is become true together. */
static int run_rows(struct change *c, void *args, struct error *err)
{
    struct run *r = args;
    struct chunk *chunk = r->chunk;
    AUTO_TEXT block = TEXT_LIMIT(BLOCK_BYTES);
    if (r->tried) { /* ids found while a transaction ran that was rolled back stand for nothing */
        intake_free(r->intake);
        r->intake = new_intake(r);
        if (r->put)
            blocks_take_back(r->results);
    }
    r->tried = true;
    r->put = false;
    r->next = r->s.sum;
    unsigned undone = db_undone(c->db);
    intake_careful(r->intake, r->careful);
    c->quiet = true;
    c->import_id = r->s.id;
    size_t left = chunk->count - r->from;
    if (row_expect(c->db, r->s.kind, left < r->most ? left : r->most, err) < 0)
        return -1;
    for (r->to = r->from; r->to < chunk->count && !ends_here(r, r->to - r->from, &block); r->to++) {
        struct intake_row *row = &chunk->rows[r->to];
        if (intake_take(r->intake, c, row, &chunk->arena, err) < 0 ||
            (row->updated && keep_touch(c->db, r->s.id, row, err) < 0))
            return -1;
        staged_put_verdict(&block, &row->verdict);
        sum_add(&r->next, row);
    }
    if (blocks_put(r->results, text_get(&block), block.used, err) < 0)
        return -1;
    r->put = true;
    r->undone = db_undone(c->db) != undone;
    return db_run(
        c->db,
        "UPDATE import SET row_count = ?, imported = ?, updated = ?, duplicates = ?, rejected = ?, pending = ?, "
        "log_size = ? WHERE id = ?",
        BIND(value_int(r->next.rows), value_int(r->next.imported), value_int(r->next.updated),
             value_int(r->next.duplicates), value_int(r->next.rejected), value_int(r->next.pending),
             value_int(blocks_size(r->results)), value_int(r->s.id)),
        NULL, err);
}

static void tell_many(const struct job *job)
{
    if (job->house->hub)
        hub_publish(job->house->hub,
                    &(struct hub_event){ .kind = job->kind->name, .many = true, .actor = job->actor->id });
}

/* It is run again from its beginning when it has to be taken carefully. */
static int commit_rows(struct run *r, const struct change_order *order, struct error *err)
{
    r->tried = r->put = false;
    if (change_run(r->job->house, order, run_rows, r, NULL, err) == 0)
        return 0;
    if (r->careful || err->fault == FAULT_UNAVAILABLE || err->fault == FAULT_FULL)
        return -1;
    error_clear(err);
    r->careful = true;
    return change_run(r->job->house, order, run_rows, r, NULL, err);
}

static int run_some(struct run *r, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct change_order order = { .actor = r->job->actor,
                                  .now_ms = job_now(r->job),
                                  .cause = arena_printf(&arena, "import %" PRId64, r->s.id),
                                  .large = true };
    if (job_cancelled(r->job))
        return job_stopped(err);
    if (commit_rows(r, &order, err) < 0) {
        if (r->put)
            blocks_take_back(r->results);
        return -1;
    }
    r->careful = r->careful && r->undone;
    r->most = r->pressed ? FEWEST_ROWS : 2 * r->most < CHUNK_ROWS ? 2 * r->most : CHUNK_ROWS;
    r->s.sum = r->next;
    job_progress(r->job, r->s.sum.rows, r->total);
    return 0;
}

static int run_chunk(void *args, struct chunk *chunk, struct error *err)
{
    struct run *r = args;
    r->chunk = chunk;
    r->from = (size_t)r->skip < chunk->count ? (size_t)r->skip : chunk->count;
    r->skip -= (int64_t)r->from;
    for (; r->from < chunk->count; r->from = r->to)
        if (run_some(r, err) < 0)
            return -1;
    return 0;
}

static int run_session(struct run *r, struct error *err)
{
    struct house *house = r->job->house;
    int64_t used;
    r->total = json_integer_value(json_object_get(r->s.report, "rows"));
    if (r->s.log_size == 0)
        r->s.sum = (struct import_sum){ 0 };
    r->skip = r->s.sum.rows;
    r->most = FIRST_ROWS;
    r->ledger = ARENA_NEW(&r->arena, struct ledger);
    if (session_ledger(house, &r->s, r->db, &r->arena, r->ledger, &used, err) < 0 ||
        staging_resume(house, r->s.id, STAGED_RESULT, r->s.log_size, &r->results, err) < 0)
        return -1;
    r->intake = new_intake(r);
    struct session_walk walk = { house, &r->s, NULL, run_chunk, NULL, r };
    /* Reading a row asks nothing of the store, so the walk has an intake of its own: run_rows may change the other. */
    walk.intake = new_intake(r);
    int got = session_walk(&walk, err);
    intake_free(walk.intake);
    struct error unsynced = { 0 };
    if (blocks_sync(r->results, &unsynced) < 0 && got == 0) {
        *err = unsynced;
        got = -1;
    }
    tell_many(r->job);
    return got;
}

static bool was_stopped(const struct error *why)
{
    return why->fault && strcmp(why->code, "job.cancelled") == 0;
}

/* The state says where a run, or taking back, has ended. */
static void end_session(const struct job *job, int64_t id, const char *from, const char *to, int64_t ended_at)
{
    struct error ignored = { 0 };
    session_step(job->house,
                 &(struct session_step){ .id = id, .from = from, .to = to, .job = job->id, .ended_at = ended_at },
                 &ignored);
}

static int may_import(const struct job *job, struct error *err)
{
    return job->kind && actor_may(job->actor, job->kind, verb_bit("import"))
               ? 0
               : fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限", "You are not entitled to do this");
}

static int run_job(struct job *job, struct error *err)
{
    int64_t id = json_integer_value(json_object_get(job->args, "import"));
    struct run *r = memory_new(sizeof *r);
    r->job = job;
    json_object_set_new(job->result, "import", json_integer(id));
    int got = may_import(job, err);
    if (got == 0)
        got = store_reader(job->house->store, &r->db, err);
    if (got == 0)
        got = session_read(r->db, job->actor, id, true, &r->arena, &r->s, err);
    /* A job that was put back when the process went down finds the import as cancelled. */
    if (got == 0)
        got = session_step(
            job->house,
            &(struct session_step){ .id = id, .from = ",importing,cancelled,", .to = "importing", .job = job->id },
            err);
    if (got == 0)
        got = run_session(r, err);
    end_session(job, id, ",importing,",
                got == 0           ? "imported"
                : was_stopped(err) ? "cancelled"
                                   : "failed",
                job_now(job));
    if (r->db)
        store_reader_back(job->house->store, r->db);
    intake_free(r->intake);
    blocks_close(r->results);
    session_done(&r->s);
    arena_done(&r->arena);
    memory_free(r);
    return got;
}

static void drop_run(struct house *house, const json_t *args)
{
    session_drop(house, args, ",importing,", "cancelled");
}

const struct job_type import_run_job = { .name = "import",
                                         .label = { "导入", "Import" },
                                         .resumes = true,
                                         .run = run_job,
                                         .dropped = drop_run,
                                         .tells_done = "import_done",
                                         .tells_failed = "import_failed" };

/* ---- taking back ---- */

enum { UNDO_ROWS = 100 };

struct undo {
    struct job *job;
    const struct kind *kind;
    int64_t id;
    int64_t before, undone, left;  /* goes down from the last record; as committed */
    int64_t next, more, more_left; /* of the transaction under way */
    bool any;
};

struct undo_one {
    struct undo *u;
    struct change *c;
    int64_t record, version;
};

static int touched(struct error *err)
{
    return fail(err, FAULT_CONFLICT, "import.touched", "导入后已有人办理", "It was worked on after the import");
}

/* What has been entered of a firm or a place since stays with it. */
static int check_unused(struct change *c, const struct kind *kind, int64_t object, struct error *err)
{
    struct owner own = { .object = object };
    int64_t ids[1];
    size_t count = 0;
    for (const struct kind *const *k = all_kinds; *k && kind->scope == SCOPE_IS_OBJECT; k++)
        if ((*k)->scope == SCOPE_OBJECT && row_follow(c->db, *k, &own, ids, 1, &count, err) < 0)
            return -1;
    return count ? touched(err) : 0;
}

/* A record nobody has touched since goes to the bin. */
static int undo_created(struct db *db, void *args, struct error *err)
{
    (void)db;
    const struct undo_one *o = args;
    void *before;
    if (change_get(o->c, o->u->kind, o->record, 0, "remove", &before, err) < 0)
        return -1;
    if (record_of(before)->version != 1)
        return touched(err);
    if (check_unused(o->c, o->u->kind, o->record, err) < 0)
        return -1;
    return change_remove(o->c, o->u->kind, before, err);
}

/* A record the import has changed, and nobody since, gets its old values back. */
static int undo_updated(struct db *db, void *args, struct error *err)
{
    const struct undo_one *o = args;
    void *before;
    struct rows rows;
    const char *changes = NULL;
    if (change_get(o->c, o->u->kind, o->record, 0, "change", &before, err) < 0)
        return -1;
    if (record_of(before)->version != o->version)
        return touched(err);
    if (db_query(db, &rows, "SELECT changes FROM history WHERE kind = ? AND id = ? AND version = ?",
                 BIND(value_text(o->u->kind->name), value_int(o->record), value_int(o->version)), err) < 0)
        return -1;
    if (rows_next(&rows))
        changes = arena_str(o->c->arena, rows_text(&rows, 0));
    if (rows_done(&rows, err) < 0)
        return -1;
    return change_revert(o->c, o->u->kind, before, changes ? changes : "{}", err);
}

static int take_back(struct undo *u, struct change *c, store_job how, int64_t record, int64_t version,
                     struct error *err)
{
    struct undo_one one = { u, c, record, version };
    struct error why = { 0 };
    c->kind = u->kind;
    if (db_try(c->db, how, &one, &why) == 0) {
        u->more++;
        return 1;
    }
    if (why.fault == FAULT_INTERNAL || why.fault == FAULT_UNAVAILABLE || why.fault == FAULT_FULL) {
        *err = why;
        return -1;
    }
    u->more_left++;
    return 0;
}

struct undo_list {
    int64_t records[UNDO_ROWS], versions[UNDO_ROWS];
    size_t count;
};

static int list_touched(struct db *db, const struct undo *u, struct undo_list *list, struct error *err)
{
    struct rows rows;
    if (db_query(
            db, &rows,
            "SELECT record, max(version) FROM import_touch WHERE import = ? AND record < ? GROUP BY record ORDER BY "
            "record DESC LIMIT ?",
            BIND(value_int(u->id), value_int(u->before), value_int(UNDO_ROWS)), err) < 0)
        return -1;
    while (list->count < UNDO_ROWS && rows_next(&rows)) {
        list->records[list->count] = rows_int(&rows, 0);
        list->versions[list->count++] = rows_int(&rows, 1);
    }
    return rows_done(&rows, err);
}

static int keep_undone(struct undo *u, struct change *c, const struct undo_list *list, struct error *err)
{
    u->any = list->count > 0;
    if (u->any)
        u->next = list->records[list->count - 1];
    return db_run(c->db, "UPDATE import SET undone = ?, left_over = ? WHERE id = ?",
                  BIND(value_int(u->undone + u->more), value_int(u->left + u->more_left), value_int(u->id)), NULL, err);
}

static void begin_undo(struct undo *u, struct change *c)
{
    u->more = u->more_left = 0;
    u->any = false;
    c->quiet = true;
    c->import_id = u->id; /* a ledger's row may be bare of what a form would ask for, also as it was before */
}

/* From the last made to the first: what lies in a region goes before the region. */
static int undo_created_rows(struct change *c, void *args, struct error *err)
{
    struct undo *u = args;
    struct undo_list list = { .count = 0 };
    begin_undo(u, c);
    if (row_imported(c->db, u->kind, u->id, u->before, list.records, UNDO_ROWS, &list.count, err) < 0)
        return -1;
    for (size_t i = 0; i < list.count; i++)
        if (take_back(u, c, undo_created, list.records[i], 0, err) < 0)
            return -1;
    return keep_undone(u, c, &list, err);
}

static int undo_updated_rows(struct change *c, void *args, struct error *err)
{
    struct undo *u = args;
    struct undo_list list = { .count = 0 };
    begin_undo(u, c);
    if (list_touched(c->db, u, &list, err) < 0)
        return -1;
    for (size_t i = 0; i < list.count; i++) {
        int got = take_back(u, c, undo_updated, list.records[i], list.versions[i], err);
        if (got < 0 || (got > 0 && db_run(c->db, "DELETE FROM import_touch WHERE import = ? AND record = ?",
                                          BIND(value_int(u->id), value_int(list.records[i])), NULL, err) < 0))
            return -1;
    }
    return keep_undone(u, c, &list, err);
}

static int undo_all(struct undo *u, change_fn rows, int64_t total, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct change_order order = { .actor = u->job->actor,
                                  .cause = arena_printf(&arena, "import %" PRId64 " undone", u->id),
                                  .large = true };
    u->before = INT64_MAX;
    do {
        if (job_cancelled(u->job))
            return job_stopped(err);
        order.now_ms = job_now(u->job);
        if (change_run(u->job->house, &order, rows, u, NULL, err) < 0)
            return -1;
        u->undone += u->more;
        u->left += u->more_left;
        u->before = u->next;
        job_progress(u->job, u->undone + u->left, total);
    } while (u->any);
    return 0;
}

static int undo_job(struct job *job, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct session s = { 0 };
    int64_t id = json_integer_value(json_object_get(job->args, "import"));
    json_object_set_new(job->result, "import", json_integer(id));
    int got = may_import(job, err);
    if (got == 0)
        got = session_load(job->house, job->actor, id, false, &arena, &s, err);
    if (got == 0)
        got = session_step(
            job->house,
            &(struct session_step){ .id = id, .from = ",undoing,imported,", .to = "undoing", .job = job->id }, err);
    if (got == 0) {
        /* What was left by an earlier try is tried, and counted, anew. */
        struct undo u = { .job = job, .kind = s.kind, .id = id, .undone = s.sum.undone };
        int64_t total = s.sum.imported + s.sum.updated;
        got = undo_all(&u, undo_created_rows, total, err);
        if (got == 0)
            got = undo_all(&u, undo_updated_rows, total, err);
        tell_many(job);
    }
    /* Stopped half-way it is what it was: imported, of which some is taken back. */
    end_session(job, id, ",undoing,", got == 0 ? "undone" : "imported", 0);
    session_done(&s);
    return got;
}

static void drop_undo(struct house *house, const json_t *args)
{
    session_drop(house, args, ",undoing,", "imported");
}

const struct job_type import_undo_job = {
    .name = "import_undo",
    .label = { "撤销导入", "Taking back an import" },
    .resumes = true,
    .run = undo_job,
    .dropped = drop_undo,
    .tells_done = "import_undone",
    .tells_failed = "import_failed",
};
