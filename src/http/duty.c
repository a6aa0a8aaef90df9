#include "http/duty.h"

#include "access/query.h"
#include "base/clock.h"
#include "domain/grid/grid.h"
#include "domain/grid/responsible.h"
#include "domain/object/object.h"
#include "domain/render.h"
#include "record/table.h"
#include "record/type.h"

#include <stdlib.h>
#include <string.h>

enum { OWNERS_PAGE = 50, OWNERS_PAGES = 100, SUPERVISORS_MOST = 8, REASON_MOST = 1000, WATCHERS_MOST = 200 };

static int no_such_record(struct error *err)
{
    return fail(err, FAULT_MISSING, "record.missing", "没有这条记录，或它不在您的数据范围内",
                "There is no such record in your scope");
}

static int read_day(struct visit *v, int64_t *day, struct error *err)
{
    const char *on = request_query(v->rq, "on");
    *day = day_of_ms(v->now);
    if (on && !day_parse(on, strlen(on), day))
        return fail_field(err, "on", "请写日期，如 2026-03-17", "Give a day, such as 2026-03-17");
    return 0;
}

static int read_region(struct visit *v, int64_t *region, struct error *err)
{
    const char *text = request_query(v->rq, "region");
    *region = 0;
    if (text && !region_parse(text, region))
        return fail_field(err, "region", "请写 12 位区划代码", "Give a 12-digit code of an area");
    return 0;
}

struct owner duty_owner_at(int64_t region)
{
    return (struct owner){ .county = region_at(region, REGION_COUNTY),
                           .town = region_at(region, REGION_TOWN),
                           .village = region_at(region, REGION_VILLAGE) };
}

/* ---- who answers for it ---- */

int duty_read_object(struct visit *v, const char *text, struct owner *own, struct error *err)
{
    struct rows rows;
    const struct kind *kind = NULL;
    struct scope scope;
    void *record;
    char *end;
    long long id = strtoll(text, &end, 10);
    if (end == text || *end || id <= 0)
        return fail_field(err, "object", "请写监管对象的编号", "Give the id of an object");
    if (db_query(v->db, &rows, "SELECT kind FROM object WHERE id = ?", BIND(value_int(id)), err) < 0)
        return -1;
    if (rows_next(&rows))
        kind = kind_find(rows_text(&rows, 0));
    if (rows_done(&rows, err) < 0)
        return -1;
    if (!kind)
        return no_such_record(err);
    scope_compile(&v->actor, kind, verb_bit("read"), &scope);
    if (record_read(v->db, &scope, id, false, false, v->arena, &record, err) < 0)
        return -1;
    *own = record_of(record)->own;
    own->object = id;
    return 0;
}

/* An area is asked about by whoever reads what lies in all of it. */
static int read_area(struct visit *v, int64_t region, struct owner *own, struct error *err)
{
    struct scope scope;
    *own = duty_owner_at(region);
    scope_compile(&v->actor, &assignment_kind, verb_bit("read"), &scope);
    if (!scope_covers(&scope, own, false))
        return no_such_record(err);
    return 0;
}

/* The phone of the holder, masked whoever asks: the record shows it in full to whoever may see it. */
static int put_phone(struct visit *v, const struct responsible *r, struct error *err)
{
    const struct kind *kind = kind_find(r->holder_kind);
    struct actor program = actor_program();
    struct scope scope;
    void *record;
    const struct field *f = field_find(kind, "phone");
    scope_compile(&program, kind, verb_bit("read"), &scope);
    json_key(&v->json, "phone_masked");
    if (record_read(v->db, &scope, r->holder, true, false, v->arena, &record, err) < 0)
        return -1;
    render_value(NULL, kind, f, record, true, v->arena, &v->json);
    return 0;
}

int duty_put_responsible(struct visit *v, const struct responsible *r, const struct scope *scope, struct error *err)
{
    struct json *j = &v->json;
    char day[DAY_TEXT];
    struct label label = role_label(r->role->code);
    json_open(j, '{');
    json_key_str(j, "role", r->role->code);
    render_label(j, "label", &label);
    json_key(j, "holder");
    json_open(j, '{');
    json_key_str(j, "kind", r->holder_kind);
    json_key_int(j, "id", r->holder);
    json_key_str(j, "name", r->holder_name);
    json_close(j, '}');
    json_key_str(j, "post", r->post);
    if (put_phone(v, r, err) < 0)
        return -1;
    day_print(r->from, day);
    json_key_str(j, "from", day);
    day_print(r->to, day);
    json_key_str(j, "to", r->to ? day : NULL);
    json_key_str(j, "basis", r->basis);
    json_key(j, "assignment");
    if (scope_covers(scope, &r->own, false))
        json_put_int(j, r->assignment);
    else
        json_put_null(j); /* of a higher level: known by what it says, not opened */
    json_key_str(j, "level", duty_level_words[r->level]);
    json_close(j, '}');
    return 0;
}

static int put_region_named(struct visit *v, int64_t region, struct error *err)
{
    struct json *j = &v->json;
    const char *name = NULL;
    if (region && labels_read(v->db, &v->actor, &region_kind, &region, 1, v->arena, &name, err) < 0)
        return -1;
    json_key(j, "region");
    if (!region) {
        json_put_null(j);
        return 0;
    }
    json_open(j, '{');
    render_region_code(j, "code", region);
    json_key_str(j, "name", name);
    json_close(j, '}');
    return 0;
}

/* What was asked about, by its name; the other one is null. */
static int put_asked(struct visit *v, int64_t object, int64_t region, struct error *err)
{
    struct json *j = &v->json;
    const char *name = NULL, *kind = NULL;
    if (object && labels_objects(v->db, &v->actor, &object, 1, v->arena, &name, &kind, err) < 0)
        return -1;
    json_key(j, "object");
    if (object) {
        json_open(j, '{');
        json_key_int(j, "id", object);
        json_key_str(j, "kind", kind);
        json_key_str(j, "name", name);
        json_close(j, '}');
    } else {
        json_put_null(j);
    }
    return put_region_named(v, region, err);
}

int responsible_answer(struct visit *v, struct error *err)
{
    const char *object = request_query(v->rq, "object");
    struct json *j = &v->json;
    struct responsible *list;
    struct duty_gap gaps[GAPS_MOST];
    struct owner own;
    struct scope scope;
    int64_t day, region;
    size_t count;
    char on[DAY_TEXT];
    if (read_day(v, &day, err) < 0 || read_region(v, &region, err) < 0)
        return -1;
    if (!object == !region)
        return fail_field(err, "object", "写 object 或 region，两者取其一", "Give object or region: one of the two");
    if ((object ? duty_read_object(v, object, &own, err) : read_area(v, region, &own, err)) < 0 ||
        responsible_read(v->db, day, &own, v->arena, &list, &count, err) < 0)
        return -1;
    scope_compile(&v->actor, &assignment_kind, verb_bit("read"), &scope);
    day_print(day, on);
    json_open(j, '{');
    json_key_str(j, "on", on);
    if (put_asked(v, object ? own.object : 0, region, err) < 0)
        return -1;
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++)
        if (duty_put_responsible(v, &list[i], &scope, err) < 0)
            return -1;
    json_close(j, ']');
    json_key(j, "gaps");
    json_open(j, '[');
    size_t missing = responsible_gaps(&own, list, count, gaps);
    for (size_t i = 0; i < missing; i++) {
        struct label label = role_label(gaps[i].role);
        json_open(j, '{');
        json_key_str(j, "role", gaps[i].role);
        render_label(j, "label", &label);
        json_key_str(j, "level", duty_level_words[gaps[i].level]);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
    return 0;
}

/* ---- objects that nobody or several supervise ---- */

struct owners {
    bool many;
    int64_t day;
    struct supervision areas;
    size_t found;
};

static void put_claim(struct visit *v, const struct rows *claims, bool found)
{
    json_key(&v->json, "claim");
    if (!found) {
        json_put_null(&v->json);
        return;
    }
    json_open(&v->json, '{');
    json_key_int(&v->json, "id", rows_int(claims, 0));
    json_key_str(&v->json, "state", rows_text(claims, 1));
    json_close(&v->json, '}');
}

static int put_owned(struct visit *v, const void *record, const struct supervisor *const *by, size_t count,
                     struct error *err)
{
    struct json *j = &v->json;
    const struct record *r = record_of_const(record);
    const struct owner *own = &r->own;
    struct rows claims;
    json_open(j, '{');
    json_key(j, "object");
    json_open(j, '{');
    json_key_int(j, "id", r->id);
    json_key_str(j, "kind", v->kind->name);
    json_key_str(j, "name", *(const char *const *)field_member_const(field_title(v->kind), record));
    json_close(j, '}');
    if (put_region_named(v, own->village ? own->village : own->town ? own->town : own->county, err) < 0)
        return -1;
    json_key_str(j, "sector", own->sector);
    json_key(j, "organisations");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, '{');
        json_key_int(j, "id", by[i]->organisation);
        json_key_str(j, "name", by[i]->name);
        json_key_str(j, "basis", by[i]->basis);
        json_close(j, '}');
    }
    json_close(j, ']');
    if (db_query(
            v->db, &claims,
            "SELECT id, state FROM claim WHERE own_object = ? AND removed_at IS NULL AND state IN ('open', 'claimed') "
            "ORDER BY id DESC LIMIT 1",
            BIND(value_int(r->id)), err) < 0)
        return -1;
    put_claim(v, &claims, rows_next(&claims));
    json_close(j, '}');
    return rows_done(&claims, err);
}

static int put_owners_page(struct visit *v, struct owners *o, const struct list_page *page, struct error *err)
{
    struct supervision objects = { 0 };
    int64_t first = INT64_MAX, last = 0;
    for (size_t i = 0; i < page->count; i++) {
        int64_t id = record_of(page->rows[i])->id;
        first = id < first ? id : first;
        last = id > last ? id : last;
    }
    if (page->count && supervision_of_objects(v->db, o->day, first, last, v->arena, &objects, err) < 0)
        return -1;
    for (size_t i = 0; i < page->count; i++) {
        const struct supervisor *by[SUPERVISORS_MOST];
        struct owner own = record_of(page->rows[i])->own;
        own.object = record_of(page->rows[i])->id;
        size_t count = supervisors_of(&o->areas, &objects, &own, by, SUPERVISORS_MOST);
        if (o->many ? count < 2 : count > 0)
            continue;
        o->found++;
        if (put_owned(v, page->rows[i], by, count, err) < 0)
            return -1;
    }
    return 0;
}

/* Whole pages are looked through until enough are found; `next` goes on where this answer stopped. */
static int owners_list(struct visit *v, bool many, struct error *err)
{
    struct owners o = { .many = many };
    const char *kind = request_query(v->rq, "kind"), *region = request_query(v->rq, "region");
    struct filter_pair pairs[] = { { "region", region } };
    struct filter filter;
    struct scope scope;
    struct list_page page = { .next = request_query(v->rq, "after") };
    bool whole = !page.next;
    v->kind = kind_find(kind ? kind : "enterprise");
    if (!v->kind || v->kind->scope != SCOPE_IS_OBJECT)
        return fail_field(err, "kind", "写 enterprise 或 facility", "Write enterprise or facility");
    if (!actor_may(&v->actor, v->kind, verb_bit("read")) || !actor_may(&v->actor, &claim_kind, verb_bit("read")))
        return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限，可向管理员申请",
                    "You are not entitled to do this; ask the administrator");
    if (read_day(v, &o.day, err) < 0 || filter_parse(v->kind, pairs, region ? 1 : 0, v->arena, &filter, err) < 0 ||
        supervision_read(v->db, o.day, v->arena, &o.areas, err) < 0)
        return -1;
    scope_compile(&v->actor, v->kind, verb_bit("read"), &scope);
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    for (int i = 0; i < OWNERS_PAGES && o.found < OWNERS_PAGE && (i == 0 || page.next); i++) {
        struct list_query q = { .kind = v->kind,
                                .actor = &v->actor,
                                .scope = &scope,
                                .filter = &filter,
                                .sort = "id",
                                .limit = LIMIT_PAGE,
                                .after = page.next,
                                .walk = true };
        if (list_run(v->db, &q, v->arena, &page, err) < 0 || put_owners_page(v, &o, &page, err) < 0)
            return -1;
    }
    json_close(&v->json, ']');
    json_key(&v->json, "total");
    if (whole && !page.next)
        json_put_int(&v->json, (int64_t)o.found);
    else
        json_put_null(&v->json);
    json_key_str(&v->json, "next", page.next);
    json_close(&v->json, '}');
    return 0;
}

int owners_none(struct visit *v, struct error *err)
{
    return owners_list(v, false, err);
}

int owners_many(struct visit *v, struct error *err)
{
    return owners_list(v, true, err);
}

/* ---- to another area ---- */

static int read_target(struct visit *v, int64_t region, struct owner *from, struct owner *to, struct error *err)
{
    struct scope read, move;
    void *record;
    scope_compile(&v->actor, v->kind, verb_bit("read"), &read);
    scope_compile(&v->actor, v->kind, verb_bit("transfer"), &move);
    if (record_read(v->db, &read, v->id, false, false, v->arena, &record, err) < 0)
        return -1;
    *from = record_of(record)->own;
    *to = duty_owner_at(region);
    to->object = from->object;
    to->sector = from->sector;
    if (!scope_covers(&move, from, false))
        return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限，可向管理员申请",
                    "You are not entitled to do this; ask the administrator");
    if (!scope_covers(&move, to, false))
        return fail_field(err, "region", "不在您的数据范围内，请重新选择", "Outside your scope; choose another");
    return 0;
}

static int put_rows_that_follow(struct visit *v, struct error *err)
{
    json_key(&v->json, "rows");
    json_open(&v->json, '{');
    for (const struct kind *const *k = all_kinds; *k; k++) {
        int64_t count;
        if (((*k)->scope != SCOPE_OBJECT && (*k)->scope != SCOPE_TARGET) || !actor_may(&v->actor, *k, verb_bit("read")))
            continue;
        if (row_count_of(v->db, *k, v->id, &count, err) < 0)
            return -1;
        if (count)
            json_key_int(&v->json, (*k)->name, count);
    }
    json_close(&v->json, '}');
    return 0;
}

/* People whom an area of one of the two places gives something. */
static const char watchers_sql[] =
    "SELECT p.id FROM account p WHERE p.removed_at IS NULL AND p.active = 1 AND (p.id IN ("
    "SELECT coalesce(a.holder_account, h.holder_account) FROM assignment a LEFT JOIN assignment h ON h.post = "
    "a.holder_post AND h.role = 'holds' AND h.removed_at IS NULL WHERE a.removed_at IS NULL AND a.area IN "
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)) OR p.organisation IN (SELECT a.holder_organisation FROM assignment a WHERE "
    "a.removed_at IS NULL AND a.area IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?))) ORDER BY p.id LIMIT ?";

static int read_watchers(struct visit *v, const struct owner *from, const struct owner *to, int64_t *ids, size_t *count,
                         struct error *err)
{
    struct value binds[21];
    struct rows rows;
    for (size_t i = 0; i < 2; i++) {
        const struct owner *own = i ? to : from;
        int64_t codes[] = { own->village, own->town, own->county, own->county ? region_at(own->county, REGION_CITY) : 0,
                            own->county ? region_at(own->county, REGION_PROVINCE) : 0 };
        for (size_t k = 0; k < COUNT(codes); k++)
            binds[i * 5 + k] = binds[10 + i * 5 + k] = value_int(codes[k]);
    }
    binds[20] = value_int(WATCHERS_MOST);
    *count = 0;
    if (db_query(v->db, &rows, watchers_sql, binds, COUNT(binds), err) < 0)
        return -1;
    while (*count < WATCHERS_MOST && rows_next(&rows))
        ids[(*count)++] = rows_int(&rows, 0);
    return rows_done(&rows, err);
}

static int put_watchers(struct visit *v, const char *key, const int64_t *ids, size_t count, const struct owner *without,
                        const struct owner *with, struct error *err)
{
    json_key(&v->json, key);
    json_open(&v->json, '[');
    for (size_t i = 0; i < count; i++) {
        struct actor person;
        struct scope scope;
        if (actor_load(v->db, ids[i], day_of_ms(v->now), v->arena, &person, err) < 0)
            return -1;
        scope_compile(&person, v->kind, verb_bit("read"), &scope);
        if (scope_covers(&scope, without, false) || !scope_covers(&scope, with, false))
            continue;
        json_open(&v->json, '{');
        json_key_int(&v->json, "id", person.id);
        json_key_str(&v->json, "name", person.display_name);
        json_close(&v->json, '}');
    }
    json_close(&v->json, ']');
    return 0;
}

int transfer_preview(struct visit *v, struct error *err)
{
    struct owner from, to;
    int64_t region, ids[WATCHERS_MOST];
    size_t count;
    if (read_region(v, &region, err) < 0)
        return -1;
    if (!region)
        return fail_field(err, "region", "请写要移交到的区域", "Name the area it goes to");
    if (read_target(v, region, &from, &to, err) < 0 || read_watchers(v, &from, &to, ids, &count, err) < 0)
        return -1;
    json_open(&v->json, '{');
    if (put_rows_that_follow(v, err) < 0 || put_watchers(v, "gains", ids, count, &from, &to, err) < 0 ||
        put_watchers(v, "loses", ids, count, &to, &from, err) < 0)
        return -1;
    json_close(&v->json, '}');
    return 0;
}

static int transfer_in_change(struct change *c, void *args, struct error *err)
{
    struct visit *v = args;
    const char *reason = json_string_value(json_object_get(v->body, "reason"));
    const json_t *region = json_object_get(v->body, "region");
    const struct field *f = field_find(v->kind, v->kind->scope_field);
    void *before;
    if (change_get(c, v->kind, v->id, v->if_match, "transfer", &before, err) < 0)
        return -1;
    if (!reason || !*reason || strlen(reason) > REASON_MOST)
        fail_field(err, "reason", "请写明移交原因，最多 %d 字节", "Say why, at most %d bytes", REASON_MOST);
    if (!region || json_is_null(region))
        return fail_field(err, "region", "请写要移交到的区域", "Name the area it goes to");
    void *after = change_copy(c, v->kind, before);
    json_t *body = json_pack("{s:O}", f->name, region);
    change_apply_json(c, v->kind, body, FROM_PATCH, NULL, after, err);
    json_decref(body);
    if (err->fault)
        return -1;
    return change_transfer(c, v->kind, before, after, arena_str(c->arena, reason), err);
}

int transfer_run(struct visit *v, struct error *err)
{
    struct change_result done;
    if (visit_change(v, transfer_in_change, v, &done, err) < 0)
        return -1;
    return reply_record(v, v->kind, done.id, 200, err);
}
