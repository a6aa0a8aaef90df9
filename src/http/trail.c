#include "http/trail.h"

#include "base/clock.h"
#include "domain/render.h"
#include "domain/trail.h"
#include "exchange/csv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is asked ---- */

/* A day or an instant. A day that ends a span is meant to be in it. */
static int64_t instant_of(struct visit *v, const char *name, bool end, struct error *err)
{
    const char *text = request_query(v->rq, name);
    int64_t day, ms;
    if (!text)
        return 0;
    if (day_parse(text, strlen(text), &day))
        return day_end_ms(end ? day : day - 1);
    if (!instant_parse(text, strlen(text), &ms))
        fail_field(err, name, "日期写成 2026-03-17", "A date is written 2026-03-17");
    else
        return ms;
    return 0;
}

static int64_t number_of(struct visit *v, const char *name, int64_t least, int64_t most, int64_t absent,
                         struct error *err)
{
    const char *text = request_query(v->rq, name);
    char *end;
    if (!text)
        return absent;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end || n < least || n > most)
        fail_field(err, name, "请填写正确的数字", "Give a number in range");
    return n;
}

static int query_parse(struct visit *v, struct trail_query *q, struct error *err)
{
    static const char *const known[] = { "from", "to", "account", "act", "kind", "record", "after", "limit" };
    if (!actor_can(&v->actor, "audit"))
        return fail(err, FAULT_FORBIDDEN, "verb.missing", "只有审计管理员可以查阅审计记录",
                    "Only the audit administrator reads the audit trail");
    for (size_t i = 0; i < v->rq->query_count; i++)
        if (!name_listed(known, COUNT(known), v->rq->query[i].name))
            fail_field(err, v->rq->query[i].name, "没有这个条件", "There is no such condition");
    *q = (struct trail_query){ .from = instant_of(v, "from", false, err),
                               .to = instant_of(v, "to", true, err),
                               .account = number_of(v, "account", 1, INT64_MAX, 0, err),
                               .act = request_query(v->rq, "act"),
                               .kind = request_query(v->rq, "kind"),
                               .record = number_of(v, "record", 1, INT64_MAX, 0, err),
                               .after = request_query(v->rq, "after"),
                               .limit = (int)number_of(v, "limit", 1, LIMIT_PAGE, 50, err) };
    if (q->act && !audit_label(q->act))
        fail_field(err, "act", "没有这种操作", "There is no such act");
    if (q->kind && !kind_find(q->kind))
        fail_field(err, "kind", "没有这类记录", "There is no such kind");
    if (q->record && !q->kind)
        fail_field(err, "kind", "按编号查阅时请写明是哪类记录", "Name the kind beside the record");
    return err->fault ? -1 : 0;
}

/* What was asked, kept beside the reading: names and values of the conditions, none of them personal. */
static const char *asked(struct visit *v)
{
    AUTO_TEXT out = TEXT_LIMIT(1024);
    for (size_t i = 0; i < v->rq->query_count; i++)
        if (strcmp(v->rq->query[i].name, "after") != 0)
            text_printf(&out, "%s%s=%s", out.used ? " " : "", v->rq->query[i].name, v->rq->query[i].value);
    return out.used && text_ok(&out) ? arena_str(v->arena, text_get(&out)) : NULL;
}

/* ---- what is answered ---- */

static struct label act_label(const struct trail_row *r)
{
    const struct kind *kind = r->kind ? kind_find(r->kind) : NULL;
    const struct move *move = kind && r->move ? move_find(kind, r->move) : NULL;
    const struct label *label = move ? &move->label : audit_label(r->act);
    return label ? *label : (struct label){ r->act, r->act };
}

/* "隐患 2026-000123": kind and number, never what the record is called. */
static const char *title_of(struct visit *v, const struct trail_row *r)
{
    const struct kind *kind = r->kind ? kind_find(r->kind) : NULL;
    if (!r->record)
        return NULL;
    const char *number = r->number ? r->number : arena_printf(v->arena, "%" PRId64, r->record);
    return arena_printf(v->arena, "%s %s", kind ? visit_word(v, &kind->label) : r->kind ? r->kind : "", number);
}

static void put_row(struct visit *v, const struct trail_row *r)
{
    struct json *j = &v->json;
    char at[INSTANT_TEXT];
    struct label label = act_label(r);
    instant_print(r->at, at);
    json_open(j, '{');
    json_key_str(j, "id", r->id);
    json_key_str(j, "at", at);
    json_key(j, "account");
    if (r->account) {
        json_open(j, '{');
        json_key_int(j, "id", r->account);
        json_key_str(j, "name", r->account_name);
        json_close(j, '}');
    } else {
        json_put_null(j);
    }
    json_key_str(j, "act", r->act);
    render_label(j, "label", &label);
    json_key_str(j, "kind", r->kind);
    json_key(j, "record");
    if (r->record)
        json_put_int(j, r->record);
    else
        json_put_null(j);
    json_key(j, "version");
    if (r->version)
        json_put_int(j, r->version);
    else
        json_put_null(j);
    json_key_str(j, "title", title_of(v, r));
    json_key_str(j, "detail", r->detail);
    json_key_str(j, "peer", r->peer);
    json_key_str(j, "by",
                 r->session ? arena_printf(v->arena, "session %" PRId64, r->session)
                 : r->key   ? arena_printf(v->arena, "key %" PRId64, r->key)
                            : NULL);
    json_close(j, '}');
}

int audit_list(struct visit *v, struct error *err)
{
    struct trail_query q;
    struct trail_page page;
    if (query_parse(v, &q, err) < 0 || db_snapshot_begin(v->db, err) < 0)
        return -1;
    int got = trail_read(v->db, &q, v->arena, &page, err);
    db_snapshot_end(v->db);
    /* Reading the trail is in the trail, before it is answered. */
    if (got < 0 || visit_audit(v, "audit.read", NULL, 0, asked(v), err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    for (size_t i = 0; i < page.count; i++)
        put_row(v, &page.rows[i]);
    json_close(&v->json, ']');
    json_key_str(&v->json, "next", page.next);
    json_close(&v->json, '}');
    return 0;
}

/* ---- the sheet ---- */

static void put_cell(struct visit *v, const char *text)
{
    csv_cell(&v->rs->body, text ? text : "", text ? strlen(text) : 0, CSV_TEXT);
}

static void put_line(struct visit *v, const struct trail_row *r)
{
    char at[INSTANT_TEXT];
    struct label label = act_label(r);
    instant_print(r->at, at);
    put_cell(v, at);
    put_cell(v, r->account_name);
    put_cell(v, visit_word(v, &label));
    put_cell(v, title_of(v, r));
    put_cell(v, r->version ? arena_printf(v->arena, "%" PRId64, r->version) : NULL);
    put_cell(v, r->detail);
    put_cell(v, r->peer);
    put_cell(v, r->session ? arena_printf(v->arena, "session %" PRId64, r->session)
                : r->key   ? arena_printf(v->arena, "key %" PRId64, r->key)
                           : NULL);
    csv_end_row(&v->rs->body);
}

int audit_sheet(struct visit *v, struct error *err)
{
    static const struct label heads[] = {
        { "时间", "Time" },    { "人员", "Person" }, { "操作", "Act" },         { "对象", "Record" },
        { "版本", "Version" }, { "说明", "Detail" }, { "来源地址", "Address" }, { "凭据", "By" },
    };
    struct trail_query q;
    struct trail_page page = { 0 };
    size_t rows = 0;
    if (query_parse(v, &q, err) < 0 || db_snapshot_begin(v->db, err) < 0)
        return -1;
    csv_begin(&v->rs->body);
    for (size_t i = 0; i < COUNT(heads); i++)
        put_cell(v, visit_word(v, &heads[i]));
    csv_end_row(&v->rs->body);
    q.limit = LIMIT_PAGE;
    int got;
    do {
        AUTO_ARENA arena = { 0 };
        got = trail_read(v->db, &q, &arena, &page, err);
        for (size_t i = 0; got == 0 && i < page.count; i++)
            put_line(v, &page.rows[i]);
        rows += got == 0 ? page.count : 0;
        q.after = got == 0 ? arena_str(v->arena, page.next) : NULL;
        if (got == 0 && q.after && (rows >= LIMIT_AUDIT_ROWS || !text_ok(&v->rs->body)))
            got = fail(err, FAULT_TOO_LARGE, "audit.rows", "超过 %d 行，请缩小时间范围后导出",
                       "More than %d rows; narrow the span", LIMIT_AUDIT_ROWS);
    } while (got == 0 && q.after);
    db_snapshot_end(v->db);
    const char *what = asked(v);
    const char *detail = arena_printf(v->arena, "%zu rows%s%s", rows, what ? " " : "", what ? what : "");
    if (got < 0 || visit_audit(v, "audit.export", NULL, 0, detail, err) < 0)
        return -1;
    v->rs->type = "text/csv; charset=utf-8";
    response_header(v->rs, "Content-Disposition", "attachment; filename=\"audit.csv\"");
    return 0;
}
