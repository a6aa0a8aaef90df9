#include "exchange/print_job.h"

#include "access/query.h"
#include "base/clock.h"
#include "exchange/export.h"
#include "report/compose.h"
#include "report/paper.h"
#include "report/render.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

int print_ask(struct house *house, const struct actor *actor, const struct print_wish *wish, int64_t *job,
              struct error *err)
{
    size_t count = json_array_size(wish->ids), i;
    json_t *id;
    if (count == 0 || count > PAPER_BATCH)
        return fail_field(err, "ids", "一次打印 1 至 %d 份，请重新选择", "Print 1 to %d at a time; choose again",
                          PAPER_BATCH);
    json_array_foreach(wish->ids, i, id) if (!json_is_integer(id) || json_integer_value(id) <= 0) return fail_field(
        err, "ids", "第 %zu 个不是记录的编号", "Number %zu is no id of a record", i + 1);
    json_t *args =
        json_pack("{s:O, s:I}", "ids", (json_t *)(uintptr_t)wish->ids, "session", (json_int_t)wish->by.session);
    if (wish->by.peer)
        json_object_set_new(args, "peer", json_string(wish->by.peer));
    int got = jobs_add(house->jobs, actor, print_job.name, wish->kind, args, job, err);
    json_decref(args);
    return got;
}

static int compose_one(const struct compose *c, const struct job *job, int64_t id, json_t *document, bool *left_out,
                       struct error *err)
{
    struct scope scope;
    struct error why = { 0 };
    void *record;
    scope_compile(job->actor, job->kind, verb_bit("read"), &scope);
    *left_out = false;
    if (record_read(c->db, &scope, id, false, false, job->arena, &record, &why) < 0) {
        *left_out = why.fault == FAULT_MISSING;
        if (!*left_out)
            *err = why;
        return *left_out ? 0 : -1;
    }
    return job->kind == &paper_kind ? compose_paper(c, record, document, err)
                                    : compose_card(c, job->kind, record, document, err);
}

static int compose_all(struct job *job, struct db *db, json_t *document, struct error *err)
{
    const json_t *ids = json_object_get(job->args, "ids");
    struct compose c = {
        .db = db, .actor = job->actor, .now_ms = job_now(job), .public_url = job->house->public_url, .arena = job->arena
    };
    int64_t missing = 0;
    size_t count = json_array_size(ids);
    for (size_t i = 0; i < count; i++) {
        bool left_out;
        if (job_cancelled(job))
            return job_stopped(err);
        if (compose_one(&c, job, json_integer_value(json_array_get(ids, i)), document, &left_out, err) < 0)
            return -1;
        missing += left_out;
        job_progress(job, (int64_t)i, (int64_t)count);
    }
    json_object_set_new(job->result, "rows", json_integer((json_int_t)count - missing));
    json_object_set_new(job->result, "missing", json_integer(missing));
    return json_array_size(json_object_get(document, "items")) > 0
               ? 0
               : fail(err, FAULT_MISSING, "print.none", "选的记录都看不到了，没有可打印的",
                      "None of them can be read any more; there is nothing to print");
}

static int record_it(const struct job *job, struct error *err)
{
    struct origin by = { .now = job_now(job),
                         .account = job->actor->id,
                         .session = json_integer_value(json_object_get(job->args, "session")),
                         .key = job->actor->key,
                         .peer = json_string_value(json_object_get(job->args, "peer")) };
    return audit_write(job->house->store, &by, "print", job->kind->name, 0,
                       arena_printf(job->arena, "%" JSON_INTEGER_FORMAT " rows",
                                    json_integer_value(json_object_get(job->result, "rows"))),
                       err);
}

static int run_print(struct job *job, struct error *err)
{
    struct db *db;
    char day[DAY_TEXT];
    AUTO_TEXT pdf = TEXT_LIMIT(PRINT_BYTES);
    if (!job->kind || !actor_may(job->actor, job->kind, verb_bit("export")))
        return fail(err, FAULT_FORBIDDEN, "verb.missing", "您已没有导出的权限，任务没有进行",
                    "You are no longer entitled to export; it was not done");
    if (export_file(&job->file_fd, err) < 0 || store_reader(job->house->store, &db, err) < 0)
        return -1;
    json_t *document = compose_document(job->kind == &paper_kind ? "papers" : "cards", job_now(job));
    int got = compose_all(job, db, document, err);
    store_reader_back(job->house->store, db);
    if (got == 0)
        got = render_pdf(document, RENDER_PAPER_MS, &pdf, err);
    json_decref(document);
    if (got < 0 || record_it(job, err) < 0)
        return -1;
    if (write(job->file_fd, pdf.at, pdf.used) != (ssize_t)pdf.used)
        return fail(err, FAULT_FULL, "export.write", "文件无法写入", "The file cannot be written");
    day_print(day_of_ms(job_now(job)), day);
    job->file_name = arena_printf(job->arena, "%s-%s.pdf",
                                  job->kind == &paper_kind ? job->kind->label.zh
                                                           : arena_printf(job->arena, "%s登记卡", job->kind->label.zh),
                                  day);
    job->file_type = "application/pdf";
    return 0;
}

const struct job_type print_job = { .name = "print", .label = { "打印", "Print" }, .run = run_print };
