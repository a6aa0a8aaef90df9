#include "domain/history.h"

#include "base/base64.h"
#include "base/seal.h"
#include "base/text.h"
#include "record/json.h"
#include "record/type.h"

#include <jansson.h>
#include <string.h>

enum { HISTORY_MAX = 2 << 20 };

/* ---- table ---- */

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column history_columns[] = {
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "id", COLUMN_INT, COLUMN_NOT_NULL },
    { "version", COLUMN_INT, COLUMN_NOT_NULL },
    { "at", COLUMN_INT, COLUMN_NOT_NULL },
    { "actor", COLUMN_INT, COLUMN_NOT_NULL },
    { "act", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "move", COLUMN_TEXT, 0 },
    { "note", COLUMN_TEXT, 0 },
    { "cause", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "changes", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "peer", COLUMN_TEXT, 0 },
    { "session", COLUMN_INT, 0 },
    { "api_key", COLUMN_INT, 0 },
};
/* For the audit trail (trail.h): by time, person, kind and act. All but the person's grow at few ends alone. */
static const struct index_decl history_indexes[] = {
    { "history_by_time", NAMES("at", "kind", "id", "version"), false, NULL },
    { "history_of_actor", NAMES("actor", "at", "kind", "id", "version"), false, NULL },
    { "history_of_kind", NAMES("kind", "at", "id", "version"), false, NULL },
    { "history_of_act", NAMES("act", "at", "kind", "id", "version"), false, NULL },
};

/* What a version was is never rewritten, whoever asks: the triggers refuse it on either engine. */
const struct table history_table = {
    .name = "history",
    LISTED(history_columns),
    .primary_key = NAMES("kind", "id", "version"),
    LISTED(history_indexes),
    .sqlite_extra = "CREATE TRIGGER IF NOT EXISTS history_no_change BEFORE UPDATE ON history BEGIN "
                    "SELECT RAISE(ABORT, 'history only grows'); END;\n"
                    "CREATE TRIGGER IF NOT EXISTS history_no_delete BEFORE DELETE ON history BEGIN "
                    "SELECT RAISE(ABORT, 'history only grows'); END;\n",
    .postgres_extra = "CREATE OR REPLACE FUNCTION history_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                      "RAISE EXCEPTION 'history only grows'; END $$;\n"
                      "CREATE OR REPLACE TRIGGER history_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON history "
                      "FOR EACH STATEMENT EXECUTE FUNCTION history_only_grows();\n",
    .extra_creates = "history_no_change history_no_delete history_only_grows"
};

/* ---- writing, inside a change ---- */

static void sealed_value(struct change *c, const struct kind *kind, const struct field *f, const char *plain,
                         struct json *j)
{
    const char *context = arena_printf(c->arena, "history.%s.%s", kind->name, f->name);
    size_t size;
    const void *sealed = seal(c->arena, context, plain, strlen(plain), &size);
    json_open(j, '{');
    json_key_str(j, "sealed", base64_put(c->arena, sealed, size));
    json_close(j, '}');
}

/* Child rows one by one, so that their personal values are sealed as well. */
static void history_lines(struct change *c, const struct field *f, const void *record, struct json *j)
{
    const struct lines *lines = *(struct lines *const *)field_member_const(f, record);
    json_open(j, '[');
    for (size_t n = 0; n < lines->count; n++) {
        const void *line = (const char *)lines->rows + n * f->lines->size;
        json_open(j, '{');
        for (size_t i = 0; i < f->lines->field_count; i++) {
            const struct field *child = &f->lines->fields[i];
            struct type_context ctx = { .arena = c->arena, .kind = f->lines, .name = child->name };
            json_key(j, child->name);
            if (!record_bit(record_of_const(line)->known, field_slot(child))) {
                json_put_null(j);
            } else if (child->type->personal) {
                sealed_value(c, f->lines, child, *(const char *const *)field_member_const(child, line), j);
            } else {
                json_before(j);
                child->type->to_json(child, &ctx, field_member_const(child, line), false, j->out);
                json_wrote(j);
            }
        }
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* One value of the history row. Personal values are sealed: history never holds them in clear. */
static void history_value(struct change *c, const struct field *f, const void *record, struct json *j)
{
    if (!record || !record_bit(record_of_const(record)->known, field_slot(f))) {
        json_put_null(j);
        return;
    }
    struct type_context ctx = { .arena = c->arena, .kind = c->kind, .name = f->name };
    if (f->type->personal) {
        sealed_value(c, c->kind, f, *(const char *const *)field_member_const(f, record), j);
        return;
    }
    if (f->type == &type_lines) {
        history_lines(c, f, record, j);
        return;
    }
    json_before(j);
    f->type->to_json(f, &ctx, field_member_const(f, record), false, j->out);
    json_wrote(j);
}

bool change_differs(struct change *c, const struct field *f)
{
    const struct record *a = record_of_const(c->before), *b = record_of_const(c->after);
    bool had = record_bit(a->known, field_slot(f)), has_now = record_bit(b->known, field_slot(f));
    if (had != has_now)
        return true;
    if (!had)
        return false;
    struct type_context ctx = { .arena = c->arena, .kind = c->kind, .name = f->name };
    AUTO_TEXT x = TEXT_LIMIT(HISTORY_MAX);
    AUTO_TEXT y = TEXT_LIMIT(HISTORY_MAX);
    f->type->to_json(f, &ctx, field_member_const(f, c->before), false, &x);
    f->type->to_json(f, &ctx, field_member_const(f, c->after), false, &y);
    return x.used != y.used || memcmp(text_get(&x), text_get(&y), x.used) != 0;
}

int history_put(struct change *c, const char *act, const char *changes, struct error *err)
{
    const struct record *r = record_of_const(c->after);
    return db_put(c->db,
                  "INSERT INTO history (kind, id, version, at, actor, act, move, note, cause, changes, peer, session, "
                  "api_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  BIND(value_text(c->kind->name), value_int(r->id), value_int(r->version), value_int(c->now),
                       value_int(c->actor->id), value_text(act), value_text(c->move ? c->move->name : NULL),
                       value_text(c->note), value_text(c->cause), value_text(changes), value_text(c->via.peer),
                       c->via.session ? value_int(c->via.session) : value_null(),
                       c->via.key ? value_int(c->via.key) : value_null()),
                  err);
}

/* Said in this round, be it in the words of the last one. */
static bool said_afresh(const struct change *c, const struct field *f)
{
    const struct record *r = record_of_const(c->after);
    return c->move && name_listed(c->move->fresh, MOVE_FIELDS_MAX, f->name) && record_bit(r->known, field_slot(f));
}

int history_keep(struct change *c, const char *act, struct error *err)
{
    AUTO_TEXT changes = TEXT_LIMIT(HISTORY_MAX);
    struct json j = { .out = &changes };
    json_open(&j, '{');
    for (size_t i = 0; c->before && i < c->kind->field_count; i++) {
        const struct field *f = &c->kind->fields[i];
        if (!change_differs(c, f) && !said_afresh(c, f))
            continue;
        json_key(&j, f->name);
        json_open(&j, '[');
        history_value(c, f, c->before, &j);
        history_value(c, f, c->after, &j);
        json_close(&j, ']');
    }
    json_close(&j, '}');
    if (!text_ok(&changes))
        return fail(err, FAULT_TOO_LARGE, "history.size", "一次修改的内容太多", "Too much changed at once");
    return history_put(c, act, text_get(&changes), err);
}

/* ---- reading ---- */

int history_read(struct db *db, const struct kind *kind, int64_t id, struct arena *arena, struct history_row **out,
                 size_t *count, struct error *err)
{
    enum { MOST = 500 };
    struct rows rows;
    struct history_row *list = ARENA_ARRAY(arena, struct history_row, MOST);
    size_t n = 0;
    if (db_query(db, &rows,
                 "SELECT version, at, actor, act, move, note, cause, changes FROM history WHERE kind = ? AND id = ? "
                 "ORDER BY version DESC LIMIT ?",
                 BIND(value_text(kind->name), value_int(id), value_int(MOST)), err) < 0)
        return -1;
    while (n < MOST && rows_next(&rows))
        list[n++] = (struct history_row){ .version = rows_int(&rows, 0),
                                          .at = rows_int(&rows, 1),
                                          .actor = rows_int(&rows, 2),
                                          .act = arena_str(arena, rows_text(&rows, 3)),
                                          .move = arena_str(arena, rows_text(&rows, 4)),
                                          .note = arena_str(arena, rows_text(&rows, 5)),
                                          .cause = arena_str(arena, rows_text(&rows, 6)),
                                          .changes = arena_str(arena, rows_text(&rows, 7)) };
    if (rows_done(&rows, err) < 0)
        return -1;
    *out = list;
    *count = n;
    return 0;
}

bool history_opened(const struct kind *kind, const json_t *changes)
{
    const struct field *f = kind->open_states ? field_state(kind) : NULL;
    const char *was = f ? json_string_value(json_array_get(json_object_get(changes, f->name), 0)) : NULL;
    int state = was ? state_find(kind, was) : -1;
    return state >= 0 && !kind_is_open(kind, state);
}

size_t history_since_open(const struct kind *kind, const struct history_row *rows, size_t count)
{
    size_t left = 0;
    bool opened = false;
    while (kind->open_states && left < count && !opened) {
        json_t *changes = json_loads(rows[left++].changes, 0, NULL);
        opened = history_opened(kind, changes);
        json_decref(changes);
    }
    return kind->open_states ? left : count;
}
