#include "http/bulk.h"

#include "access/query.h"
#include "exchange/bulk_job.h"
#include "http/jobs.h"

#include <string.h>

enum { AT_ONCE = 200 }; /* more than a request waits for are a job */

/* ---- whose rows ---- */

struct finding {
    struct bulk *bulk;
    size_t room;
};

static int take_page(void *const *rows, size_t count, void *arg, struct error *err)
{
    struct finding *f = arg;
    for (size_t i = 0; i < count; i++) {
        const struct record *r = record_of_const(rows[i]);
        if (f->bulk->count == f->room)
            return fail(err, FAULT_TOO_LARGE, "bulk.many", "一次最多 %d 条，请缩小条件",
                        "At most %d rows at once; narrow it down", LIMIT_BULK);
        f->bulk->rows[f->bulk->count++] = (struct bulk_row){ r->id, r->version };
    }
    return 0;
}

/* Rows of a list, as they are now: the preview names them by id and version for the act. */
static int find_rows(struct visit *v, struct bulk *b, struct error *err)
{
    const json_t *given = json_object_get(v->body, "filter");
    struct filter_pair *pairs = ARENA_ARRAY(v->arena, struct filter_pair, LIMIT_QUERY);
    struct filter filter;
    struct scope scope;
    struct finding f = { b, LIMIT_BULK };
    size_t count;
    if (!json_is_string(given))
        return fail_field(err, "rows", "请列出记录，或写明筛选条件", "List the records, or give a filter");
    if (filter_split(json_string_value(given), v->arena, pairs, &count, err) < 0)
        return -1;
    filter_days(v->kind, pairs, count, v->actor.day, v->arena);
    if (filter_parse(v->kind, pairs, count, v->arena, &filter, err) < 0 ||
        list_scope(&v->actor, v->kind, "read", &filter, &scope, err) < 0)
        return -1;
    if (filter.personal)
        return fail_field(err, "filter", "按证件号、电话查到的记录请逐条选择",
                          "Select what a personal number found row by row");
    struct list_query query = { .kind = v->kind, .actor = &v->actor, .scope = &scope, .filter = &filter, .sort = "id" };
    b->rows = ARENA_ARRAY(v->arena, struct bulk_row, LIMIT_BULK);
    if (db_snapshot_begin(v->db, err) < 0)
        return -1;
    int got = list_each(v->db, &query, take_page, &f, err);
    db_snapshot_end(v->db);
    return got;
}

/* ---- at once ---- */

static void put_sum(struct json *j, const struct bulk_sum *sum, size_t total)
{
    json_key_int(j, "total", (int64_t)total);
    json_key_int(j, "ok", sum->done);
    json_key_int(j, "unchanged", sum->unchanged);
    json_key_int(j, "refused", sum->refused);
}

static int preview_now(struct visit *v, const struct bulk *b, const struct change_order *order, struct error *err)
{
    struct bulk_sum sum = { 0 };
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    if (bulk_preview(v->web->house, v->db, order, b, 0, b->count, v->english, &v->json, &sum, err) < 0)
        return -1;
    json_close(&v->json, ']');
    put_sum(&v->json, &sum, b->count);
    json_close(&v->json, '}');
    return 0;
}

static void put_result(struct visit *v, const struct bulk_row *row, const struct bulk_result *r)
{
    struct json *j = &v->json;
    json_open(j, '{');
    json_key_int(j, "id", row->id);
    json_key_int(j, "version", r->ok ? r->version : row->version);
    json_key_str(j, "number", r->number);
    json_key_str(j, "title", r->title);
    json_key_bool(j, "ok", r->ok);
    json_key_bool(j, "unchanged", r->unchanged);
    json_key_str(j, "code", r->ok ? NULL : r->why.code);
    json_key_str(j, "detail", r->ok ? NULL : v->english ? r->why.en : r->why.zh);
    json_key(j, "fields");
    json_open(j, '{');
    for (size_t i = 0; !r->ok && i < r->why.field_count && i < ERROR_FIELDS; i++)
        json_key_str(j, r->why.fields[i].name, v->english ? r->why.fields[i].en : r->why.fields[i].zh);
    json_close(j, '}');
    json_close(j, '}');
}

static int do_now(struct visit *v, const struct bulk *b, const struct change_order *order, struct error *err)
{
    struct bulk_sum sum = { 0 };
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    for (size_t i = 0; i < b->count; i++) {
        struct bulk_result r;
        if (bulk_do(v->web->house, order, b, i, false, v->arena, &r, err) < 0)
            return -1;
        put_result(v, &b->rows[i], &r);
        sum.done += r.ok && !r.unchanged;
        sum.unchanged += r.ok && r.unchanged;
        sum.refused += !r.ok;
    }
    json_close(&v->json, ']');
    put_sum(&v->json, &sum, b->count);
    json_close(&v->json, '}');
    return 0;
}

/* ---- the address ---- */

static int as_job(struct visit *v, const struct bulk *b, bool preview, struct error *err)
{
    struct bulk_wish wish = { .body = v->body,
                              .bulk = b,
                              .preview = preview,
                              .english = v->english,
                              .via = { v->peer, v->session.id, v->key.id } };
    if (jobs_needed(v, err) < 0 || bulk_ask(v->web->house, &v->actor, &wish, &v->id, err) < 0)
        return -1;
    v->rs->status = 202;
    return job_read(v, err);
}

static int check_words(const struct visit *v, struct error *err)
{
    static const char *const known[] = { "move", "change", "remove", "restore", "rows", "filter", "fields", "preview" };
    const char *name;
    json_t *value;
    json_object_foreach(v->body, name, value) if (!name_listed(known, COUNT(known), name)) return fail_field(
        err, name, "没有“%s”这一项", "There is no \"%s\"", name);
    return 0;
}

int bulk_run(struct visit *v, struct error *err)
{
    bool preview = json_is_true(json_object_get(v->body, "preview"));
    struct bulk b;
    struct once never = { 0 };
    if (check_words(v, err) < 0 || bulk_parse(v->kind, v->body, v->arena, &b, err) < 0 ||
        bulk_may(&v->actor, &b, err) < 0)
        return -1;
    /* What is done is what was looked at: rows by id and version. A filter may hold others by then. */
    if (b.count == 0 && !preview)
        return fail_field(err, "rows", "请先预览，再按 id 和 version 执行",
                          "Preview first, then act on ids and versions");
    if (b.count == 0 && find_rows(v, &b, err) < 0)
        return -1;
    if (b.count > AT_ONCE)
        return as_job(v, &b, preview, err);
    struct change_order order = visit_order(v, &never);
    return preview ? preview_now(v, &b, &order, err) : do_now(v, &b, &order, err);
}
