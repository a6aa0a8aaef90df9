#include "http/imports.h"

#include "exchange/import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 200, ROWS_MOST = 200 };

static struct house *house_of(struct visit *v)
{
    return v->web->house;
}

static int reply_import(struct visit *v, int64_t id, int status, struct error *err)
{
    v->rs->status = status;
    return import_put(house_of(v), v->db, &v->actor, id, v->english, &v->json, err);
}

int imports_begin(struct visit *v, struct error *err)
{
    const char *name = request_query(v->rq, "name");
    int64_t id;
    struct import_upload upload = { .kind = v->kind,
                                    .file_name = name && *name && strlen(name) <= NAME_MOST ? name : "ledger.csv",
                                    .fd = v->rq->body_fd,
                                    .size = (int64_t)v->rq->body_size };
    if (v->rq->body_fd < 0 || v->rq->body_size == 0)
        return fail_field(err, "file", "文件是空的", "The file is empty");
    if (import_begin(house_of(v), v->db, &v->actor, &upload, v->now, upload.size <= IMPORT_AT_ONCE, &id, err) < 0)
        return -1;
    return reply_import(v, id, 201, err);
}

/* By its name or by the word of its address. */
static const struct kind *kind_called(const char *name)
{
    const struct kind *kind = name ? kind_find(name) : NULL;
    return kind && !kind->child ? kind : name ? kind_of_plural(name) : NULL;
}

static int no_kind(struct error *err)
{
    return fail_field(err, "kind", "没有这类记录，例：enterprise、hazard",
                      "There is no such kind; e.g. enterprise, hazard");
}

int imports_list(struct visit *v, struct error *err)
{
    const char *name = request_query(v->rq, "kind");
    const struct kind *kind = kind_called(name);
    if (name && !kind)
        return no_kind(err);
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    int got = imports_put(house_of(v), v->db, &v->actor, kind, v->english, &v->json, err);
    json_close(&v->json, ']');
    json_close(&v->json, '}');
    return got;
}

int imports_read(struct visit *v, struct error *err)
{
    return reply_import(v, v->id, 200, err);
}

int imports_correct(struct visit *v, struct error *err)
{
    return import_correct(house_of(v), v->db, &v->actor, v->id, v->body, v->now, err) < 0
               ? -1
               : reply_import(v, v->id, 200, err);
}

static int number_param(struct visit *v, const char *name, int64_t least, int64_t most, int64_t otherwise, int64_t *out,
                        struct error *err)
{
    const char *text = request_query(v->rq, name);
    char *end;
    *out = otherwise;
    if (!text)
        return 0;
    *out = strtoll(text, &end, 10);
    return *text && !*end && *out >= least && *out <= most
               ? 0
               : fail_field(err, name, "请写 %" PRId64 " 至 %" PRId64 " 的数",
                            "Give a number from %" PRId64 " to %" PRId64, least, most);
}

int imports_rows(struct visit *v, struct error *err)
{
    const char *verdict = request_query(v->rq, "verdict");
    int64_t limit, problem;
    struct import_rows which = { .verdict = -1 };
    for (int i = 0; verdict && verdict_words[i]; i++)
        if (strcmp(verdict_words[i], verdict) == 0)
            which.verdict = i;
    if (verdict && which.verdict < 0)
        return fail_field(err, "verdict", "只能写 import、duplicate 或 reject", "Write import, duplicate or reject");
    if (number_param(v, "after", 0, LIMIT_IMPORT_ROWS, 0, &which.after, err) < 0 ||
        number_param(v, "limit", 1, ROWS_MOST, ROWS_MOST, &limit, err) < 0 ||
        number_param(v, "problem", 0, LIMIT_IMPORT_ROWS, -1, &problem, err) < 0)
        return -1;
    which.limit = (int)limit;
    which.problem = (int)problem;
    return import_rows_put(house_of(v), v->db, &v->actor, v->id, &which, v->english, &v->json, err);
}

int imports_run(struct visit *v, struct error *err)
{
    return import_start(house_of(v), &v->actor, v->id, v->now, err) < 0 ? -1 : reply_import(v, v->id, 200, err);
}

int imports_undo(struct visit *v, struct error *err)
{
    return import_undo(house_of(v), &v->actor, v->id, err) < 0 ? -1 : reply_import(v, v->id, 200, err);
}

int imports_discard(struct visit *v, struct error *err)
{
    v->rs->status = 204;
    return import_discard(house_of(v), &v->actor, v->id, err);
}

int imports_rejected(struct visit *v, struct error *err)
{
    if (import_rejected(house_of(v), v->db, &v->actor, v->id, v->english, &v->rs->fd, &v->rs->fd_size, err) < 0)
        return -1;
    v->rs->type = "text/csv; charset=utf-8";
    const char *name = v->english ? arena_printf(v->arena, "rejected-%" PRId64 ".csv", v->id)
                                  : arena_printf(v->arena, "未导入的行-%" PRId64 ".csv", v->id);
    response_header(v->rs, "Content-Disposition", disposition(v->arena, "attachment", name));
    return 0;
}

/* ---- saved mappings ---- */

int mappings_list(struct visit *v, struct error *err)
{
    const struct kind *kind = kind_called(request_query(v->rq, "kind"));
    if (!kind)
        return no_kind(err);
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    int got = mappings_put(v->db, &v->actor, kind, 0, &v->json, err);
    json_close(&v->json, ']');
    json_close(&v->json, '}');
    return got;
}

int mappings_make(struct visit *v, struct error *err)
{
    const struct kind *kind = kind_called(json_string_value(json_object_get(v->body, "kind")));
    const char *name = json_string_value(json_object_get(v->body, "name"));
    int64_t import = json_integer_value(json_object_get(v->body, "import")), id;
    if (!kind)
        return no_kind(err);
    if (!name || !*name || strlen(name) > NAME_MOST)
        return fail_field(err, "name", "请给这份对应起个名字，%d 字节以内",
                          "Give the mapping a name of at most %d bytes", NAME_MOST);
    if (mapping_save(house_of(v), v->db, &v->actor, import, name, json_is_true(json_object_get(v->body, "shared")),
                     v->now, &id, err) < 0)
        return -1;
    v->rs->status = 201;
    return mappings_put(v->db, &v->actor, kind, id, &v->json, err);
}

int mappings_end(struct visit *v, struct error *err)
{
    v->rs->status = 204;
    return mapping_remove(house_of(v), &v->actor, v->id, err);
}
