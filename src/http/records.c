#include "http/records.h"

#include "access/query.h"
#include "base/clock.h"
#include "domain/enforcement/paper.h"
#include "domain/files.h"
#include "domain/render.h"
#include "exchange/export.h"
#include "http/papers.h"
#include "record/table.h"
#include "record/type.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- lists ---- */

struct listing {
    struct scope scope;
    struct filter filter;
    struct list_query query;
};

static int listing_parse(struct visit *v, const char *verb, struct listing *l, struct error *err)
{
    const struct request *rq = v->rq;
    struct filter_pair *pairs = ARENA_ARRAY(v->arena, struct filter_pair, rq->query_count + 1);
    for (size_t i = 0; i < rq->query_count; i++)
        pairs[i] = (struct filter_pair){ rq->query[i].name, rq->query[i].value };
    filter_days(v->kind, pairs, rq->query_count, v->actor.day, v->arena);
    if (filter_parse(v->kind, pairs, rq->query_count, v->arena, &l->filter, err) < 0 ||
        list_scope(&v->actor, v->kind, verb, &l->filter, &l->scope, err) < 0)
        return -1;
    /* Every comparison of a personal value is counted and recorded (decision 19). A further page is no new question: its
    ** cursor was made for this filter alone. */
    if (l->filter.personal && ((!request_query(rq, "after") && visit_look_up(v, err) < 0) ||
                               visit_audit(v, "look-up", v->kind->name, 0, NULL, err) < 0))
        return -1;
    l->query = (struct list_query){ .kind = v->kind,
                                    .actor = &v->actor,
                                    .scope = &l->scope,
                                    .filter = &l->filter,
                                    .limit = 50,
                                    .after = request_query(rq, "after") };
    if (list_sort_parse(v->kind, request_query(rq, "sort"), &l->query.sort, &l->query.descending, err) < 0)
        return -1;
    const char *limit = request_query(rq, "limit");
    if (limit) {
        char *end;
        long n = strtol(limit, &end, 10);
        if (end == limit || *end || n < 1 || n > LIMIT_PAGE)
            return fail_field(err, "limit", "每页 1 至 %d 条", "Between 1 and %d rows a page", LIMIT_PAGE);
        l->query.limit = (int)n;
    }
    const char *count = request_query(rq, "count");
    if (!count)
        l->query.count = l->query.after ? COUNT_NONE : COUNT_CAPPED;
    else if (strcmp(count, "exact") == 0 || strcmp(count, "true") == 0)
        l->query.count = COUNT_EXACT;
    else if (strcmp(count, "capped") == 0)
        l->query.count = COUNT_CAPPED;
    else if (strcmp(count, "none") != 0)
        return fail_field(err, "count", "只能写 capped、exact 或 none", "Write capped, exact or none");
    return 0;
}

static void put_page(struct visit *v, const struct list_page *page)
{
    struct json *j = &v->json;
    char now[INSTANT_TEXT];
    json_close(j, ']');
    json_key_str(j, "next", page->next);
    json_key(j, "total");
    if (page->total >= 0) {
        json_open(j, '{');
        json_key_int(j, "count", page->total);
        json_key_bool(j, "capped", page->capped);
        json_close(j, '}');
    } else {
        json_put_null(j);
    }
    instant_print(v->now, now);
    json_key_str(j, "as_of", now);
    json_close(j, '}');
}

int records_list(struct visit *v, struct error *err)
{
    struct listing l;
    struct list_page page;
    if (listing_parse(v, "read", &l, err) < 0 || db_snapshot_begin(v->db, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    int got = list_run(v->db, &l.query, v->arena, &page, err);
    if (got == 0)
        got = render_records(v->db, &v->actor, v->kind, page.rows, page.count, NULL, v->arena, &v->json, err);
    db_snapshot_end(v->db);
    if (got == 0)
        put_page(v, &page);
    return got;
}

int records_read(struct visit *v, struct error *err)
{
    return reply_record(v, v->kind, v->id, 200, err);
}

/* ---- writing ---- */

struct edit {
    struct visit *v;
};

static int create_in_change(struct change *c, void *args, struct error *err)
{
    struct visit *v = ((struct edit *)args)->v;
    void *record = change_new(c, v->kind);
    /* Required fields are named together with wrong ones: one round for the person, not two. */
    change_apply_json(c, v->kind, v->body, FROM_CREATE, NULL, record, err);
    if (err->fault && err->fault != FAULT_INVALID)
        return -1;
    return change_create(c, v->kind, record, err);
}

int records_create(struct visit *v, struct error *err)
{
    struct edit e = { v };
    struct change_result done;
    if (visit_change(v, create_in_change, &e, &done, err) < 0)
        return -1;
    return reply_record(v, v->kind, done.id, 201, err);
}

static int change_in_change(struct change *c, void *args, struct error *err)
{
    struct visit *v = ((struct edit *)args)->v;
    void *before;
    if (change_get(c, v->kind, v->id, v->if_match, "change", &before, err) < 0)
        return -1;
    void *after = change_copy(c, v->kind, before);
    change_apply_json(c, v->kind, v->body, FROM_PATCH, NULL, after, err);
    if (err->fault && err->fault != FAULT_INVALID)
        return -1;
    return change_save(c, v->kind, before, after, err);
}

int records_change(struct visit *v, struct error *err)
{
    struct edit e = { v };
    struct change_result done;
    if (visit_change(v, change_in_change, &e, &done, err) < 0)
        return -1;
    return reply_record(v, v->kind, done.id, 200, err);
}

static int remove_in_change(struct change *c, void *args, struct error *err)
{
    struct visit *v = ((struct edit *)args)->v;
    void *before;
    if (change_get(c, v->kind, v->id, v->if_match, "remove", &before, err) < 0)
        return -1;
    return change_remove(c, v->kind, before, err);
}

int records_remove(struct visit *v, struct error *err)
{
    struct edit e = { v };
    struct change_result done;
    if (visit_change(v, remove_in_change, &e, &done, err) < 0)
        return -1;
    v->rs->status = 204;
    return 0;
}

static int restore_in_change(struct change *c, void *args, struct error *err)
{
    struct visit *v = ((struct edit *)args)->v;
    void *before;
    if (change_get(c, v->kind, v->id, 0, "remove", &before, err) < 0)
        return -1;
    return change_restore(c, v->kind, before, err);
}

int records_restore(struct visit *v, struct error *err)
{
    struct edit e = { v };
    struct change_result done;
    if (visit_change(v, restore_in_change, &e, &done, err) < 0)
        return -1;
    return reply_record(v, v->kind, done.id, 200, err);
}

static int undo_in_change(struct change *c, void *args, struct error *err)
{
    struct visit *v = ((struct edit *)args)->v;
    return change_undo(c, v->kind, v->id, json_integer_value(json_object_get(v->body, "version")), err);
}

int records_undo(struct visit *v, struct error *err)
{
    struct edit e = { v };
    struct change_result done;
    if (json_integer_value(json_object_get(v->body, "version")) <= 0)
        return fail_field(err, "version", "请写明要撤销的版本", "Name the version to be taken back");
    if (visit_change(v, undo_in_change, &e, &done, err) < 0)
        return -1;
    return reply_record(v, v->kind, v->id, 200, err);
}

static int move_in_change(struct change *c, void *args, struct error *err)
{
    struct visit *v = ((struct edit *)args)->v;
    void *before;
    if (change_get_to_move(c, v->kind, v->id, v->if_match, v->move, &before, err) < 0)
        return -1;
    void *after = change_copy(c, v->kind, before);
    const json_t *note = json_object_get(v->body, "note");
    if (note && !json_is_null(note) && (!json_is_string(note) || json_string_length(note) > 2000))
        fail_field(err, "note", "说明最多 2000 字节", "The note takes at most 2000 bytes");
    change_apply_json(c, v->kind, v->body, FROM_MOVE, v->move, after, err);
    if (err->fault && err->fault != FAULT_INVALID)
        return -1;
    return change_move(c, v->kind, v->move, before, after,
                       json_is_string(note) ? arena_str(c->arena, json_string_value(note)) : NULL, err);
}

int records_move(struct visit *v, struct error *err)
{
    struct edit e = { v };
    struct change_result done;
    if (visit_change(v, move_in_change, &e, &done, err) < 0)
        return -1;
    if (v->kind == &paper_kind)
        paper_moved(v);
    return reply_record(v, v->kind, done.id, 200, err);
}

/* ---- beside a record ---- */

/* Nothing beside a record is shown before the record itself has been read in scope. */
static int read_first(struct visit *v, void **record, struct error *err)
{
    struct scope scope;
    scope_compile(&v->actor, v->kind, verb_bit("read"), &scope);
    return record_read(v->db, &scope, v->id, true, false, v->arena, record, err);
}

bool records_knew_draft(const struct visit *v, const void *record)
{
    struct scope scope;
    scope_compile(&v->actor, v->kind, verb_bit("read"), &scope);
    return scope_knew_draft(&scope, record);
}

int records_history(struct visit *v, struct error *err)
{
    void *record;
    struct history_row *rows;
    size_t count;
    if (read_first(v, &record, err) < 0 || history_read(v->db, v->kind, v->id, v->arena, &rows, &count, err) < 0)
        return -1;
    if (!records_knew_draft(v, record))
        count = history_since_open(v->kind, rows, count);
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    if (render_history(v->db, &v->actor, v->kind, v->id, rows, count, v->arena, &v->json, err) < 0)
        return -1;
    json_close(&v->json, ']');
    json_close(&v->json, '}');
    return 0;
}

int records_files(struct visit *v, struct error *err)
{
    void *record;
    struct file_row *rows;
    size_t count;
    if (read_first(v, &record, err) < 0 || file_rows_of(v->db, v->kind, v->id, v->arena, &rows, &count, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    if (render_files(v->db, &v->actor, rows, count, v->arena, &v->json, err) < 0)
        return -1;
    json_close(&v->json, ']');
    json_close(&v->json, '}');
    return 0;
}

/* Only these are shown inside the page; everything else is offered for saving, so that no upload can act as a page. */
static bool is_shown(const char *type)
{
    static const char *const shown[] = { "image/jpeg", "image/png", "image/gif", "image/webp", NULL };
    return name_listed(shown, COUNT(shown), type);
}

const char *disposition(struct arena *arena, const char *how, const char *name)
{
    AUTO_TEXT out = TEXT_LIMIT(4096);
    text_printf(&out, "%s; filename*=UTF-8''", how);
    for (const unsigned char *at = (const unsigned char *)name; *at; at++)
        if ((*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z') || *at == '.' ||
            *at == '-' || *at == '_')
            text_char(&out, (char)*at);
        else
            text_printf(&out, "%%%02X", *at);
    return arena_str(arena, text_get(&out));
}

int records_file(struct visit *v, struct error *err)
{
    void *record;
    struct file_row row;
    if (read_first(v, &record, err) < 0 || file_row(v->db, v->file, v->arena, &row, err) < 0)
        return -1;
    if (row.record != v->id || strcmp(row.kind, v->kind->name) != 0)
        return fail(err, FAULT_MISSING, "file.missing", "没有这个文件", "There is no such file");
    /* The browser asks every time, so whoever lost the right to see it loses the copy too; unchanged bytes stay there. */
    const char *tag = arena_printf(v->arena, "\"%s\"", row.sha256), *match = request_header(v->rq, "If-None-Match");
    response_header(v->rs, "ETag", tag);
    response_header(v->rs, "Cache-Control", "private, no-cache");
    if (match && strcmp(match, tag) == 0) {
        v->rs->status = 304;
        return 0;
    }
    if (visit_audit(v, "file", v->kind->name, v->id, arena_printf(v->arena, "file %" PRId64, row.id), err) < 0 ||
        file_open(v->web->house, row.sha256, &v->rs->fd, err) < 0)
        return -1;
    v->rs->fd_size = row.size;
    v->rs->type = is_shown(row.type) ? row.type : "application/octet-stream";
    response_header(v->rs, "Content-Disposition",
                    disposition(v->arena, is_shown(row.type) ? "inline" : "attachment", row.name));
    return 0;
}

int files_upload(struct visit *v, struct error *err)
{
    const char *name = request_query(v->rq, "name"), *type = request_header(v->rq, "Content-Type");
    struct file_row row = { .size = (int64_t)v->rq->body_size, .at = v->now };
    if (!name || !*name || strlen(name) > 200 || strchr(name, '/') || strchr(name, '\\'))
        return fail_field(err, "name", "请在 name 里写文件名，最多 200 字节，不含斜线",
                          "Give the file name in name: at most 200 bytes, no slashes");
    if (v->rq->body_fd < 0 || v->rq->body_size == 0)
        return fail_field(err, "body", "文件是空的", "The file is empty");
    row.name = name;
    row.type = type && strlen(type) < 100 ? type : "application/octet-stream";
    if (file_keep(v->web->house, &v->actor, v->now, v->rq->body_fd, name, row.type, v->rq->body_sha256, row.size,
                  &row.id, err) < 0 ||
        file_row(v->db, row.id, v->arena, &row, err) < 0)
        return -1;
    v->rs->status = 201;
    return render_files(v->db, &v->actor, &row, 1, v->arena, &v->json, err);
}

int records_unmask(struct visit *v, struct error *err)
{
    void *record;
    const char *name = json_string_value(json_object_get(v->body, "field"));
    const struct field *f = name ? field_find(v->kind, name) : NULL;
    struct scope scope;
    if (!f || !f->type->personal)
        return fail_field(err, "field", "请写明要查看的证件号或电话字段", "Name the personal field to be shown");
    scope_compile(&v->actor, v->kind, verb_bit("read") | verb_bit("unmask"), &scope);
    if (record_read(v->db, &scope, v->id, false, false, v->arena, &record, err) < 0)
        return -1;
    /* The reading is on record before the value leaves. */
    if (visit_audit(v, "unmask", v->kind->name, v->id, f->name, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key(&v->json, "value");
    if (record_bit(record_of(record)->known, field_slot(f)))
        json_put_str(&v->json, *(const char *const *)field_member_const(f, record));
    else
        json_put_null(&v->json);
    json_close(&v->json, '}');
    return 0;
}

/* ---- export ---- */

int records_export(struct visit *v, struct error *err)
{
    struct listing l;
    if (listing_parse(v, "export", &l, err) < 0 || db_snapshot_begin(v->db, err) < 0)
        return -1;
    struct export_sum sum = { 0 };
    struct export_order order = { .db = v->db,
                                  .query = &l.query,
                                  .format = EXPORT_CSV,
                                  .columns = request_query(v->rq, "columns"),
                                  .english = v->english,
                                  .now_ms = v->now };
    int got = export_file(&order.fd, err);
    if (got == 0 && (got = export_run(&order, &sum, err)) < 0)
        close(order.fd);
    db_snapshot_end(v->db);
    if (got < 0 || lseek(order.fd, 0, SEEK_SET) < 0)
        return -1;
    v->rs->fd = order.fd;
    v->rs->fd_size = sum.size;
    char day[DAY_TEXT];
    day_print(day_of_ms(v->now), day);
    v->rs->type = "text/csv; charset=utf-8";
    const char *name = arena_printf(v->arena, "%s-%s.csv", visit_word(v, &v->kind->label), day);
    response_header(v->rs, "Content-Disposition", disposition(v->arena, "attachment", name));
    return visit_audit(v, "export", v->kind->name, 0, export_detail(&sum, v->arena), err);
}
