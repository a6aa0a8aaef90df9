#include "http/imports.h"

#include "exchange/import.h"

#include <string.h>

static int object_param(struct visit *v, const char *name, json_t **out, struct error *err)
{
    const char *text = request_query(v->rq, name);
    *out = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (text && !json_is_object(*out)) {
        json_decref(*out);
        *out = NULL;
        return fail_field(err, name, "应是一个 JSON 对象", "It must be a JSON object");
    }
    return 0;
}

static int duplicates_param(struct visit *v, enum import_duplicates *out, struct error *err)
{
    const char *text = request_query(v->rq, "duplicates");
    if (!text || strcmp(text, "skip") == 0)
        *out = IMPORT_SKIP;
    else if (strcmp(text, "update") == 0)
        *out = IMPORT_UPDATE;
    else if (strcmp(text, "new") == 0)
        *out = IMPORT_NEW;
    else
        return fail_field(err, "duplicates", "只能写 skip、update 或 new", "Write skip, update or new");
    return 0;
}

int records_import(struct visit *v, struct error *err)
{
    const char *dry = request_query(v->rq, "dry"), *name = request_query(v->rq, "name");
    json_t *mapping = NULL, *cells = NULL;
    struct import_order order = { .house = v->web->house,
                                  .actor = &v->actor,
                                  .kind = v->kind,
                                  .now_ms = v->now,
                                  .fd = v->rq->body_fd,
                                  .file_name = name && strlen(name) <= 200 ? name : "ledger.csv",
                                  .english = v->english };
    if (v->rq->body_fd < 0 || v->rq->body_size == 0)
        return fail_field(err, "file", "文件是空的", "The file is empty");
    if (!dry || (strcmp(dry, "true") != 0 && strcmp(dry, "false") != 0))
        return fail_field(err, "dry", "请写明 dry=true（预检）或 dry=false（导入）",
                          "Say dry=true (check) or dry=false (import)");
    order.dry = strcmp(dry, "true") == 0;
    int got = duplicates_param(v, &order.duplicates, err);
    if (got == 0)
        got = object_param(v, "mapping", &mapping, err);
    if (got == 0)
        got = object_param(v, "cells", &cells, err);
    order.mapping = mapping;
    order.cells = cells;
    if (got == 0)
        got = import_run(&order, &v->json, NULL, err);
    json_decref(mapping);
    json_decref(cells);
    return got;
}
