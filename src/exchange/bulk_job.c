#include "exchange/bulk_job.h"

#include "base/clock.h"
#include "exchange/csv.h"
#include "exchange/export.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { PREVIEW_STEP = 50, SHEET_BYTES = 64 << 20 };

/* ---- asking ---- */

int bulk_ask(struct house *house, const struct actor *actor, const struct bulk_wish *wish, int64_t *job,
             struct error *err)
{
    json_t *rows = json_array(), *body = json_copy((json_t *)wish->body);
    for (size_t i = 0; i < wish->bulk->count; i++)
        json_array_append_new(rows, json_pack("{s:I, s:I}", "id", (json_int_t)wish->bulk->rows[i].id, "version",
                                              (json_int_t)wish->bulk->rows[i].version));
    json_object_del(body, "filter");
    json_object_set_new(body, "rows", rows);
    json_t *args =
        json_pack("{s:o, s:b, s:I}", "body", body, "english", wish->english, "session", (json_int_t)wish->via.session);
    if (wish->via.peer)
        json_object_set_new(args, "peer", json_string(wish->via.peer));
    int got = jobs_add(house->jobs, actor, wish->preview ? bulk_preview_job.name : bulk_job.name, wish->bulk->kind,
                       args, job, err);
    json_decref(args);
    return got;
}

/* ---- running ---- */

struct work {
    struct bulk bulk;
    struct change_order order;
    bool english;
};

/* Rights are those its owner has now. */
static int begin(struct job *job, struct work *w, struct error *err)
{
    const json_t *args = job->args;
    w->english = json_is_true(json_object_get(args, "english"));
    if (!job->kind)
        return fail(err, FAULT_MISSING, "bulk.kind", "没有这类记录了", "There is no such kind any more");
    if (bulk_parse(job->kind, json_object_get(args, "body"), job->arena, &w->bulk, err) < 0 ||
        bulk_may(job->actor, &w->bulk, err) < 0)
        return -1;
    w->order =
        (struct change_order){ .actor = job->actor,
                               .now_ms = job_now(job),
                               .cause = job->actor->key ? "key" : "web",
                               .via = { json_string_value(json_object_get(args, "peer")),
                                        json_integer_value(json_object_get(args, "session")), job->actor->key } };
    return export_file(&job->file_fd, err);
}

static int keep_sum(const struct job *job, const struct bulk_sum *sum, int64_t total)
{
    json_object_set_new(job->result, "total", json_integer(total));
    json_object_set_new(job->result, "ok", json_integer(sum->done));
    json_object_set_new(job->result, "unchanged", json_integer(sum->unchanged));
    json_object_set_new(job->result, "refused", json_integer(sum->refused));
    return 0;
}

static int write_out(int fd, const struct text *out, struct error *err)
{
    const char *at = text_get(out);
    size_t left = out->used;
    if (!text_ok(out))
        return fail(err, FAULT_TOO_LARGE, "bulk.size", "结果太大", "The result is too large");
    while (left) {
        ssize_t n = write(fd, at, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail(err, FAULT_FULL, "bulk.write", "结果写不进磁盘：%s", "The result cannot be written: %s",
                        strerror(errno));
        at += n;
        left -= (size_t)n;
    }
    return 0;
}

static int preview_all(struct job *job, struct work *w, struct db *db, struct bulk_sum *sum, struct error *err)
{
    AUTO_TEXT out = TEXT_LIMIT(SHEET_BYTES);
    struct json j = { .out = &out };
    json_open(&j, '{');
    json_key(&j, "items");
    json_open(&j, '[');
    for (size_t i = 0; i < w->bulk.count; i += PREVIEW_STEP) {
        size_t to = i + PREVIEW_STEP < w->bulk.count ? i + PREVIEW_STEP : w->bulk.count;
        if (job_cancelled(job))
            return job_stopped(err);
        if (bulk_preview(job->house, db, &w->order, &w->bulk, i, to, w->english, &j, sum, err) < 0)
            return -1;
        job_progress(job, (int64_t)to, (int64_t)w->bulk.count);
    }
    json_close(&j, ']');
    json_close(&j, '}');
    return write_out(job->file_fd, &out, err);
}

static int run_preview(struct job *job, struct error *err)
{
    struct work w = { 0 };
    struct bulk_sum sum = { 0 };
    struct db *db;
    if (begin(job, &w, err) < 0 || store_reader(job->house->store, &db, err) < 0)
        return -1;
    int got = preview_all(job, &w, db, &sum, err);
    store_reader_back(job->house->store, db);
    job->file_name = "preview.json";
    job->file_type = "application/json";
    return got < 0 ? -1 : keep_sum(job, &sum, (int64_t)w.bulk.count);
}

static void put_cell(struct text *out, const char *text)
{
    csv_cell(out, text ? text : "", text ? strlen(text) : 0, CSV_TEXT);
}

static void put_head(struct text *out, bool english)
{
    static const struct label heads[] = {
        { "编号", "Number" }, { "名称", "Title" }, { "结果", "Result" }, { "原因", "Reason" }
    };
    csv_begin(out);
    for (size_t i = 0; i < COUNT(heads); i++)
        put_cell(out, english ? heads[i].en : heads[i].zh);
    csv_end_row(out);
}

static void put_result(struct text *out, const struct bulk_result *r, bool english)
{
    put_cell(out, r->number);
    put_cell(out, r->title);
    put_cell(out, !r->ok         ? english ? "refused" : "未办理"
                  : r->unchanged ? english ? "unchanged" : "没有变化"
                  : english      ? "done"
                                 : "已办理");
    put_cell(out, r->ok ? NULL : english ? r->why.en : r->why.zh);
    csv_end_row(out);
}

static int do_all(struct job *job, struct work *w, struct bulk_sum *sum, struct text *out, struct error *err)
{
    int64_t total = (int64_t)w->bulk.count;
    put_head(out, w->english);
    for (size_t i = 0; i < w->bulk.count && !job_cancelled(job); i++) {
        AUTO_ARENA arena = { 0 };
        struct bulk_result r;
        w->order.now_ms = job_now(job);
        if (bulk_do(job->house, &w->order, &w->bulk, i, true, &arena, &r, err) < 0)
            return -1;
        put_result(out, &r, w->english);
        sum->done += r.ok && !r.unchanged;
        sum->unchanged += r.ok && r.unchanged;
        sum->refused += !r.ok;
        job_progress(job, (int64_t)i + 1, total);
    }
    return write_out(job->file_fd, out, err);
}

static int run_bulk(struct job *job, struct error *err)
{
    struct work w = { 0 };
    struct bulk_sum sum = { 0 };
    AUTO_TEXT out = TEXT_LIMIT(SHEET_BYTES);
    char day[DAY_TEXT];
    if (begin(job, &w, err) < 0)
        return -1;
    int got = do_all(job, &w, &sum, &out, err);
    if (sum.done && job->house->hub)
        hub_publish(job->house->hub,
                    &(struct hub_event){ .kind = job->kind->name, .many = true, .actor = job->actor->id });
    day_print(day_of_ms(w.order.now_ms), day);
    job->file_name = arena_printf(job->arena, "%s-%s.csv", w.english ? "result" : "办理结果", day);
    job->file_type = "text/csv; charset=utf-8";
    keep_sum(job, &sum, (int64_t)w.bulk.count);
    if (got == 0 && job_cancelled(job))
        return job_stopped(err);
    return got;
}

const struct job_type bulk_job = { .name = "bulk", .label = { "批量办理", "Bulk act" }, .run = run_bulk };
const struct job_type bulk_preview_job = { .name = "bulk_preview",
                                           .label = { "批量预览", "Bulk preview" },
                                           .run = run_preview };
