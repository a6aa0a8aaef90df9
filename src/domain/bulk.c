#include "domain/bulk.h"

#include "base/limits.h"
#include "domain/ladder.h"
#include "domain/render.h"
#include "record/table.h"
#include "record/type.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading what is asked for ---- */

static int too_many(struct error *err)
{
    return fail(err, FAULT_TOO_LARGE, "bulk.many", "一次最多 %d 条，请缩小条件",
                "At most %d rows at once; narrow it down", LIMIT_BULK);
}

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const struct bulk_row *)a)->id, y = ((const struct bulk_row *)b)->id;
    return (x > y) - (x < y);
}

static int check_twice(const struct bulk *b, struct arena *arena, struct error *err)
{
    struct bulk_row *sorted = arena_copy(arena, b->rows, (b->count + 1) * sizeof *sorted);
    qsort(sorted, b->count, sizeof *sorted, by_id);
    for (size_t i = 1; i < b->count; i++)
        if (sorted[i].id == sorted[i - 1].id)
            return fail_field(err, "rows", "同一条记录列了两次", "A record is named twice");
    return 0;
}

static int read_rows(const json_t *rows, struct arena *arena, struct bulk *out, struct error *err)
{
    size_t count = json_array_size(rows);
    if (!json_is_array(rows) || count == 0)
        return fail_field(err, "rows", "请列出记录：[{id, version}]", "List the records: [{id, version}]");
    if (count > LIMIT_BULK)
        return too_many(err);
    out->rows = ARENA_ARRAY(arena, struct bulk_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(rows, i);
        out->rows[i] = (struct bulk_row){ json_integer_value(json_object_get(one, "id")),
                                          json_integer_value(json_object_get(one, "version")) };
        if (out->rows[i].id <= 0 || out->rows[i].version <= 0)
            return fail_field(err, "rows", "每条都要写 id 和您看到的 version",
                              "Each needs its id and the version you saw");
    }
    out->count = count;
    return check_twice(out, arena, err);
}

static int read_move(const json_t *body, struct bulk *out, struct error *err)
{
    const char *name = json_string_value(json_object_get(body, "move"));
    out->move = name ? move_find(out->kind, name) : NULL;
    if (!out->move)
        return fail_field(err, "move", "没有“%s”这一步", "There is no move \"%s\"", name ? name : "");
    out->fields = json_object_get(body, "fields");
    return 0;
}

/* A file belongs to one record. */
static int check_fields(const struct bulk *b, struct error *err)
{
    const char *name;
    json_t *value;
    if (b->fields && !json_is_null(b->fields) && !json_is_object(b->fields))
        return fail_field(err, "fields", "应是一个对象", "It must be an object");
    json_object_foreach((json_t *)b->fields, name, value)
    {
        const struct field *f = field_find(b->kind, name);
        if (f && (f->type == &type_files || f->type == &type_lines) && !type_nothing(value))
            return fail_field(err, name, "文件和明细只能逐条填写", "Files and lines are given record by record");
    }
    const json_t *note = json_object_get(b->fields, "note");
    if (note && !json_is_null(note) && (!json_is_string(note) || json_string_length(note) > 2000))
        return fail_field(err, "note", "说明最多 2000 字节", "The note takes at most 2000 bytes");
    return 0;
}

int bulk_parse(const struct kind *kind, const json_t *body, struct arena *arena, struct bulk *out, struct error *err)
{
    struct bulk b = { .kind = kind };
    int acts = 0;
    if (json_object_get(body, "move") && ++acts && read_move(body, &b, err) < 0)
        return -1;
    if (json_object_get(body, "change") && ++acts) {
        b.act = BULK_CHANGE;
        b.fields = json_object_get(body, "change");
        if (json_object_size(b.fields) != 1)
            return fail_field(err, "change", "一次改一项", "One field at a time");
    }
    if (json_is_true(json_object_get(body, "remove")) && ++acts)
        b.act = BULK_REMOVE;
    if (json_is_true(json_object_get(body, "restore")) && ++acts)
        b.act = BULK_RESTORE;
    if (acts != 1)
        return fail_field(err, "move", "move、change、remove、restore 写一个",
                          "Give one of move, change, remove, restore");
    const json_t *rows = json_object_get(body, "rows");
    if (check_fields(&b, err) < 0 || (rows && read_rows(rows, arena, &b, err) < 0))
        return -1;
    *out = b;
    return 0;
}

static const char *verb_of(const struct bulk *b)
{
    switch (b->act) {
    case BULK_MOVE: return b->move->needs;
    case BULK_CHANGE: return "change";
    case BULK_REMOVE:
    case BULK_RESTORE: break;
    }
    return "remove";
}

int bulk_may(const struct actor *actor, const struct bulk *b, struct error *err)
{
    if ((b->act == BULK_CHANGE && !(b->kind->verbs & CAN_CHANGE)) ||
        ((b->act == BULK_REMOVE || b->act == BULK_RESTORE) && !(b->kind->verbs & CAN_REMOVE)))
        return fail(err, FAULT_METHOD, "kind.verb", "这类记录不支持这个操作", "This kind does not allow that");
    bool bars = b->act == BULK_MOVE && b->move->never[0];
    if (bars && actor_may(actor, b->kind, verb_bit("read")))
        return 0;
    if (!actor_may(actor, b->kind, verb_bit("read")) || !actor_may(actor, b->kind, verb_bit(verb_of(b))))
        return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限，可向管理员申请",
                    "You are not entitled to do this; ask the administrator");
    return 0;
}

/* ---- one row ---- */

static int do_row(struct change *c, const struct bulk *b, const struct bulk_row *row, void **before, struct error *err)
{
    int got = b->act == BULK_MOVE ? change_get_to_move(c, b->kind, row->id, row->version, b->move, before, err)
                                  : change_get(c, b->kind, row->id, row->version, verb_of(b), before, err);
    if (got < 0)
        return -1;
    if (b->act == BULK_REMOVE)
        return change_remove(c, b->kind, *before, err);
    if (b->act == BULK_RESTORE)
        return change_restore(c, b->kind, *before, err);
    void *after = change_copy(c, b->kind, *before);
    if (b->fields && !json_is_null(b->fields))
        change_apply_json(c, b->kind, b->fields, b->act == BULK_MOVE ? FROM_MOVE : FROM_PATCH, b->move, after, err);
    if (err->fault && err->fault != FAULT_INVALID)
        return -1;
    if (b->act == BULK_CHANGE)
        return change_save(c, b->kind, *before, after, err);
    const json_t *note = json_object_get(b->fields, "note");
    return change_move(c, b->kind, b->move, *before, after,
                       json_is_string(note) ? arena_str(c->arena, json_string_value(note)) : NULL, err);
}

/* What is wrong beyond the row: nothing else will go better. */
static bool is_beyond(const struct error *err)
{
    return err->fault == FAULT_INTERNAL || err->fault == FAULT_UNAVAILABLE || err->fault == FAULT_FULL;
}

static const char *title_of(const struct kind *kind, const void *record)
{
    return record ? *(const char *const *)field_member_const(field_title(kind), record) : NULL;
}

/* ---- preview ---- */

struct seen {
    const void *before, *after; /* NULL: not to be seen; not changed */
    uint64_t changed[2];
    bool unchanged;
    struct error why;
};

struct previewing {
    const struct bulk *bulk;
    const struct calendar *calendar;
    size_t from, to;
    bool english;
    struct json *j;
    struct bulk_sum *sum;
};

/* A row somebody changed meanwhile is shown by its name all the same. */
static const void *look(struct change *c, const struct bulk *b, int64_t id)
{
    struct error ignored = { 0 };
    void *record = NULL;
    return change_get(c, b->kind, id, 0, "read", &record, &ignored) == 0 ? record : NULL;
}

static int try_row(struct change *c, const struct previewing *p, size_t at, struct seen *out, struct error *err)
{
    const struct bulk_row *row = &p->bulk->rows[at];
    void *before = NULL;
    struct error why = { 0 };
    c->before = c->after = NULL;
    c->move = NULL;
    c->note = NULL;
    c->result = (struct change_result){ 0 };
    if (do_row(c, p->bulk, row, &before, &why) < 0) {
        if (is_beyond(&why)) {
            *err = why;
            return -1;
        }
        *out = (struct seen){ .before = before ? before : look(c, p->bulk, row->id), .why = why };
        p->sum->refused++;
        return 0;
    }
    *out = (struct seen){ .before = before, .after = c->after, .unchanged = c->result.unchanged };
    if (out->unchanged)
        p->sum->unchanged++;
    else
        p->sum->done++;
    for (size_t i = 0; !out->unchanged && i < p->bulk->kind->field_count; i++)
        if (change_differs(c, &p->bulk->kind->fields[i]))
            record_set_bit(out->changed, i, true);
    return 0;
}

static void put_why(struct json *j, const struct error *why, bool english)
{
    bool bad = why->fault != FAULT_NONE;
    json_key_str(j, "code", bad ? why->code : NULL);
    json_key_str(j, "detail", bad ? english ? why->en : why->zh : NULL);
    json_key(j, "fields");
    json_open(j, '{');
    for (size_t i = 0; i < why->field_count && i < ERROR_FIELDS; i++)
        json_key_str(j, why->fields[i].name, english ? why->fields[i].en : why->fields[i].zh);
    json_close(j, '}');
}

static void put_seen(struct change *c, const struct previewing *p, const struct names *names, size_t at,
                     const struct seen *s)
{
    const struct kind *kind = p->bulk->kind;
    struct json *j = p->j;
    json_open(j, '{');
    json_key_int(j, "id", p->bulk->rows[at].id);
    json_key_int(j, "version", p->bulk->rows[at].version);
    json_key_str(j, "number", s->before ? record_number(c->arena, kind, s->before) : NULL);
    json_key_str(j, "title", title_of(kind, s->before));
    json_key_bool(j, "ok", s->why.fault == FAULT_NONE);
    json_key_bool(j, "unchanged", s->unchanged);
    json_key(j, "changes");
    json_open(j, '[');
    for (size_t i = 0; i < kind->field_count; i++) {
        if (!record_bit(s->changed, i))
            continue;
        json_open(j, '{');
        json_key_str(j, "field", kind->fields[i].name);
        json_key(j, "old");
        render_value(names, kind, &kind->fields[i], s->before, true, c->arena, j);
        json_key(j, "new");
        render_value(names, kind, &kind->fields[i], s->after, true, c->arena, j);
        json_close(j, '}');
    }
    json_close(j, ']');
    put_why(j, &s->why, p->english);
    json_close(j, '}');
}

static int preview_rows(struct change *c, void *args, struct error *err)
{
    const struct previewing *p = args;
    struct seen *seen = ARENA_ARRAY(c->arena, struct seen, p->to - p->from + 1);
    struct names *names = names_new(c->arena);
    c->calendar = p->calendar;
    for (size_t i = p->from; i < p->to; i++) {
        struct seen *s = &seen[i - p->from];
        if (try_row(c, p, i, s, err) < 0)
            return -1;
        if (s->before && s->after) {
            names_want_record(names, p->bulk->kind, s->before);
            names_want_record(names, p->bulk->kind, s->after);
        }
    }
    if (names_load(names, c->db, c->actor, err) < 0)
        return -1;
    for (size_t i = p->from; i < p->to; i++)
        put_seen(c, p, names, i, &seen[i - p->from]);
    return 0;
}

int bulk_preview(struct house *house, struct db *db, const struct change_order *order, const struct bulk *bulk,
                 size_t from, size_t to, bool english, struct json *j, struct bulk_sum *sum, struct error *err)
{
    struct previewing p = {
        .bulk = bulk, .calendar = house_calendar(house), .from = from, .to = to, .english = english, .j = j, .sum = sum
    };
    return change_check(db, order, preview_rows, &p, err);
}

/* ---- doing ---- */

struct doing {
    const struct bulk *bulk;
    size_t at;
    bool quiet;
    struct arena *arena;
    const char *number, *title;
};

static int do_one(struct change *c, void *args, struct error *err)
{
    struct doing *d = args;
    void *before = NULL;
    c->quiet = d->quiet;
    int got = do_row(c, d->bulk, &d->bulk->rows[d->at], &before, err);
    const void *seen = before ? before : look(c, d->bulk, d->bulk->rows[d->at].id);
    if (seen) {
        d->number = arena_str(d->arena, record_number(c->arena, d->bulk->kind, seen));
        d->title = arena_str(d->arena, title_of(d->bulk->kind, seen));
    }
    return got;
}

int bulk_do(struct house *house, const struct change_order *order, const struct bulk *bulk, size_t at, bool quiet,
            struct arena *arena, struct bulk_result *out, struct error *err)
{
    struct doing d = { .bulk = bulk, .at = at, .quiet = quiet, .arena = arena };
    struct change_result done = { 0 };
    struct error why = { 0 };
    int got = change_run(house, order, do_one, &d, &done, &why);
    if (got < 0 && is_beyond(&why)) {
        *err = why;
        return -1;
    }
    *out = (struct bulk_result){ .version = done.version,
                                 .ok = got == 0,
                                 .unchanged = done.unchanged,
                                 .number = d.number,
                                 .title = d.title,
                                 .why = why };
    return 0;
}
