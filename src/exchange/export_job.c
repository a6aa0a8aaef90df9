#include "exchange/export_job.h"

#include "base/clock.h"
#include "domain/notice.h"
#include "domain/render.h"
#include "exchange/columns.h"
#include "record/table.h"
#include "record/type.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

struct listing {
    struct filter filter;
    struct scope scope;
    struct list_query query;
};

static int read_listing(const struct actor *actor, const struct kind *kind, const char *filter, const char *sort,
                        struct arena *arena, struct listing *out, struct error *err)
{
    struct filter_pair *pairs = ARENA_ARRAY(arena, struct filter_pair, LIMIT_QUERY);
    size_t count;
    if (filter_split(filter ? filter : "", arena, pairs, &count, err) < 0)
        return -1;
    filter_days(kind, pairs, count, actor->day, arena);
    if (filter_parse(kind, pairs, count, arena, &out->filter, err) < 0 ||
        list_scope(actor, kind, "export", &out->filter, &out->scope, err) < 0)
        return -1;
    out->query = (struct list_query){
        .kind = kind, .actor = actor, .scope = &out->scope, .filter = &out->filter, .limit = LIMIT_PAGE
    };
    return list_sort_parse(kind, sort, &out->query.sort, &out->query.descending, err);
}

/* ---- the filter in words, for the sheet that says what this is ---- */

static int64_t number_of(const struct condition *c, size_t at)
{
    return c->values[at].number;
}

/* Whose names the values are: NULL when they are no numbers of records. */
static bool is_name(const struct condition *c)
{
    return c->op != OP_NONE && c->op != OP_SOME &&
           (c->op == OP_WITHIN || (c->field && (c->field->type == &type_reference || c->field->type == &type_object)));
}

static const struct kind *kind_named_by(const struct condition *c)
{
    return c->op == OP_WITHIN ? kind_find("region") : c->field->type == &type_object ? NULL : kind_find(c->field->ref);
}

static void put_value(struct text *out, const struct condition *c, size_t at, const struct names *names,
                      const struct kind *kind, bool english, struct arena *arena)
{
    const struct field *f = c->field;
    struct type_context ctx = { .arena = arena, .kind = c->hop ? c->hop : kind, .name = f ? f->name : "region" };
    int64_t member = 0; /* every member is 8 bytes */
    if (is_name(c)) {
        const char *name = names_get(names, kind_named_by(c), number_of(c, at));
        if (name)
            text_str(out, name);
        else
            text_int(out, number_of(c, at));
    } else if (f->type->personal) {
        text_str(out, "***");
    } else if (f->type->column_count == 1 && f->type->from_values(f, &ctx, &c->values[at], &member)) {
        f->type->to_text(f, &ctx, arena_copy(arena, &member, sizeof member), english, out);
    }
}

static void next_part(struct text *out, bool english)
{
    if (out->used)
        text_str(out, english ? "; " : "；");
}

static void put_condition(struct text *out, const struct condition *c, const struct names *names,
                          const struct kind *kind, bool english, struct arena *arena)
{
    static const struct label area = { "所在区域", "Area" };
    static const struct label said[] = {
        [OP_EQUAL] = { "：", ": " },           [OP_IN] = { "：", ": " },
        [OP_BEFORE] = { "早于 ", " before " }, [OP_AFTER] = { "晚于 ", " after " },
        [OP_MIN] = { "不低于 ", " from " },    [OP_MAX] = { "不高于 ", " up to " },
        [OP_NONE] = { "未填", " is empty" },   [OP_SOME] = { "已填", " is filled" },
        [OP_WITHIN] = { "：", ": " },          [OP_CONTAINS] = { "：", ": " },
    };
    const struct label *label = c->field ? &c->field->label : &area;
    next_part(out, english);
    if (c->hop)
        text_printf(out, english ? "%s, " : "%s的", english ? c->hop->label.en : c->hop->label.zh);
    text_str(out, english ? label->en : label->zh);
    text_str(out, english ? said[c->op].en : said[c->op].zh);
    for (size_t i = 0; i < c->count; i++) {
        text_str(out, i == 0 ? "" : english ? ", " : "、");
        put_value(out, c, i, names, kind, english, arena);
    }
}

/* The notice whose rows they are, by what it said and its day; one of somebody else's says nothing. */
static int put_notice(struct db *db, const struct listing *l, bool english, struct text *out, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows, "SELECT cause, at FROM notice WHERE id = ? AND account = ?",
                 BIND(value_int(l->filter.told), value_int(l->query.actor->id)), err) < 0)
        return -1;
    const struct notice_cause *cause = rows_next(&rows) ? notice_cause(rows_text(&rows, 0)) : NULL;
    next_part(out, english);
    if (cause) {
        char day[DAY_TEXT];
        day_print(day_of_ms(rows_int(&rows, 1)), day);
        text_printf(out, english ? "%s (notice of %s)" : "%s（%s 的消息）", english ? cause->words.en : cause->words.zh,
                    day);
    } else {
        text_str(out, english ? "Gathered in one notice" : "一条消息汇总的");
    }
    return rows_done(&rows, err);
}

static int in_words(struct db *db, const struct listing *l, bool english, struct arena *arena, const char **out,
                    struct error *err)
{
    AUTO_TEXT text = TEXT_LIMIT(LIMIT_CELL_BYTES);
    struct names *names = names_new(arena);
    for (size_t i = 0; i < l->filter.count; i++)
        for (size_t k = 0; is_name(&l->filter.items[i]) && k < l->filter.items[i].count; k++)
            names_want(names, kind_named_by(&l->filter.items[i]), number_of(&l->filter.items[i], k));
    if (names_load(names, db, l->query.actor, err) < 0)
        return -1;
    if (l->filter.removed)
        text_str(&text, english ? "In the bin" : "回收站中");
    if (l->filter.todo) {
        next_part(&text, english);
        text_str(&text, english ? l->filter.todo->expected.label.en : l->filter.todo->expected.label.zh);
    }
    if (l->filter.told && put_notice(db, l, english, &text, err) < 0)
        return -1;
    if (l->filter.import) {
        next_part(&text, english);
        text_printf(&text, english ? "Import %" PRId64 : "导入编号 %" PRId64, l->filter.import);
    }
    for (size_t i = 0; i < l->filter.count; i++)
        put_condition(&text, &l->filter.items[i], names, l->query.kind, english, arena);
    if (l->filter.words) {
        next_part(&text, english);
        text_printf(&text, english ? "words: %s" : "关键词：%s", l->filter.words);
    }
    *out = text_ok(&text) && text.used ? arena_str(arena, text_get(&text)) : NULL;
    return 0;
}

/* ---- asking ---- */

static const struct {
    const char *name, *type;
} formats[] = {
    [EXPORT_CSV] = { "csv", "text/csv; charset=utf-8" },
    [EXPORT_XLSX] = { "xlsx", EXPORT_XLSX_TYPE },
    [EXPORT_PDF] = { "pdf", "application/pdf" },
};

static void put_word(json_t *args, const char *name, const char *word)
{
    if (word)
        json_object_set_new(args, name, json_string(word));
}

int export_is_personal(const struct actor *actor, const struct export_wish *wish, bool *out, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct listing l;
    if (read_listing(actor, wish->kind, wish->filter, wish->sort, &arena, &l, err) < 0)
        return -1;
    *out = l.filter.personal;
    return 0;
}

int export_ask(struct house *house, const struct actor *actor, const struct export_wish *wish, int64_t *job,
               struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct listing l;
    if (wish->columns && columns_check(wish->kind, COLUMNS_EXPORT, wish->columns, "columns", err) < 0)
        return -1;
    if (read_listing(actor, wish->kind, wish->filter, wish->sort, &arena, &l, err) < 0)
        return -1;
    if (l.filter.personal && audit_write(house->store, &wish->by, "look-up", wish->kind->name, 0, NULL, err) < 0)
        return -1;
    json_t *args = json_pack("{s:s, s:b, s:I}", "format", formats[wish->format].name, "english", wish->english,
                             "session", (json_int_t)wish->by.session);
    if (wish->columns)
        json_object_set(args, "columns", (json_t *)wish->columns);
    put_word(args, "filter", wish->filter);
    put_word(args, "sort", wish->sort);
    put_word(args, "peer", wish->by.peer);
    int got = jobs_add(house->jobs, actor, export_job.name, wish->kind, args, job, err);
    json_decref(args);
    return got;
}

/* ---- making ---- */

static const char *word_of(const struct job *job, const char *name)
{
    return json_string_value(json_object_get(job->args, name));
}

static const char *column_list(const struct job *job)
{
    const json_t *names = json_object_get(job->args, "columns");
    AUTO_TEXT out = TEXT_LIMIT(LIMIT_FIELDS * 66);
    for (size_t i = 0; i < json_array_size(names); i++)
        text_printf(&out, "%s%s", i ? "," : "", json_string_value(json_array_get(names, i)));
    return names ? arena_str(job->arena, text_get(&out)) : NULL;
}

struct progress {
    struct job *job;
    int64_t total;
};

static bool tick(void *arg, int64_t rows)
{
    const struct progress *p = arg;
    job_progress(p->job, rows, p->total > rows ? p->total : rows);
    return !job_cancelled(p->job);
}

static int count_rows(struct db *db, const struct listing *l, struct arena *arena, int64_t *out, struct error *err)
{
    struct list_query query = l->query;
    struct list_page page;
    query.limit = 1;
    query.count = COUNT_EXACT;
    if (list_run(db, &query, arena, &page, err) < 0)
        return -1;
    *out = page.total;
    return 0;
}

static int make(struct job *job, struct db *db, struct export_order *order, const char **detail, struct error *err)
{
    struct listing l;
    struct progress p = { .job = job };
    struct export_sum sum;
    if (read_listing(job->actor, job->kind, word_of(job, "filter"), word_of(job, "sort"), job->arena, &l, err) < 0 ||
        count_rows(db, &l, job->arena, &p.total, err) < 0 ||
        in_words(db, &l, order->english, job->arena, &order->filter, err) < 0)
        return -1;
    order->db = db;
    order->query = &l.query;
    order->tick = tick;
    order->arg = &p;
    job_progress(job, 0, p.total);
    if (export_run(order, &sum, err) < 0)
        return job_cancelled(job) ? job_stopped(err) : -1;
    json_object_set_new(job->result, "rows", json_integer(sum.rows));
    *detail = export_detail(&sum, job->arena);
    return 0;
}

static int record_it(const struct job *job, const char *detail, struct error *err)
{
    struct origin by = { .now = job_now(job),
                         .account = job->actor->id,
                         .session = json_integer_value(json_object_get(job->args, "session")),
                         .key = job->actor->key,
                         .peer = word_of(job, "peer") };
    return audit_write(job->house->store, &by, "export", job->kind->name, 0, detail, err);
}

static int run_export(struct job *job, struct error *err)
{
    bool english = json_is_true(json_object_get(job->args, "english"));
    const char *name = word_of(job, "format");
    int format = EXPORT_CSV;
    for (size_t i = 0; name && i < COUNT(formats); i++)
        if (strcmp(formats[i].name, name) == 0)
            format = (int)i;
    struct export_order order = {
        .format = (enum export_format)format, .columns = column_list(job), .english = english, .now_ms = job_now(job)
    };
    struct db *db;
    const char *detail = "";
    char day[DAY_TEXT];
    if (!job->kind || !actor_may(job->actor, job->kind, verb_bit("export")))
        return fail(err, FAULT_FORBIDDEN, "verb.missing", "您已没有导出的权限，任务没有进行",
                    "You are no longer entitled to export; it was not done");
    if (export_file(&job->file_fd, err) < 0 || store_reader(job->house->store, &db, err) < 0)
        return -1;
    order.fd = job->file_fd;
    int got = db_snapshot_begin(db, err);
    if (got == 0) {
        got = make(job, db, &order, &detail, err);
        db_snapshot_end(db);
    }
    store_reader_back(job->house->store, db);
    if (got < 0 || record_it(job, detail, err) < 0)
        return -1;
    day_print(day_of_ms(order.now_ms), day);
    job->file_name = arena_printf(job->arena, "%s-%s.%s", english ? job->kind->label.en : job->kind->label.zh, day,
                                  formats[format].name);
    job->file_type = formats[format].type;
    return 0;
}

const struct job_type export_job = { .name = "export",
                                     .label = { "导出", "Export" },
                                     .run = run_export,
                                     .tells_done = "job_done",
                                     .tells_failed = "job_failed" };
