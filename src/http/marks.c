#include "http/marks.h"

#include "access/query.h"
#include "base/clock.h"
#include "desk/marks.h"
#include "domain/render.h"
#include "record/table.h"

static int put_mark(struct visit *v, const struct mark *m, struct error *err)
{
    struct scope scope;
    struct error missing = { 0 };
    void *record;
    struct json *j = &v->json;
    scope_compile(&v->actor, m->kind, verb_bit("read"), &scope);
    if (scope.count == 0)
        return 0;
    if (record_read(v->db, &scope, m->id, false, false, v->arena, &record, &missing) < 0) {
        if (missing.fault == FAULT_MISSING)
            return 0; /* out of sight, or in the bin */
        *err = missing;
        return -1;
    }
    const struct record *r = record_of(record);
    const struct field *state = field_state(m->kind);
    char at[INSTANT_TEXT];
    json_open(j, '{');
    json_key_str(j, "kind", m->kind->name);
    json_key_int(j, "id", r->id);
    json_key_str(j, "title", *(const char *const *)field_member_const(field_title(m->kind), record));
    json_key_str(j, "number", record_number(v->arena, m->kind, record));
    json_key_str(j, "state", state ? m->kind->states[*(const int64_t *)field_member_const(state, record)].code : NULL);
    instant_print(r->changed_at, at);
    json_key_str(j, "changed_at", at);
    instant_print(m->at, at);
    json_key_str(j, "at", at);
    json_close(j, '}');
    return 0;
}

int my_marks(struct visit *v, struct error *err)
{
    json_open(&v->json, '{');
    for (int followed = 1; followed >= 0; followed--) {
        struct mark *marks;
        size_t count;
        if (marks_read(v->db, v->actor.id, followed, v->arena, &marks, &count, err) < 0)
            return -1;
        json_key(&v->json, followed ? "followed" : "opened");
        json_open(&v->json, '[');
        for (size_t i = 0; i < count; i++)
            if (put_mark(v, &marks[i], err) < 0)
                return -1;
        json_close(&v->json, ']');
    }
    json_close(&v->json, '}');
    return 0;
}

static int read_first(struct visit *v, struct error *err)
{
    struct scope scope;
    void *record;
    scope_compile(&v->actor, v->kind, verb_bit("read"), &scope);
    return record_read(v->db, &scope, v->id, true, false, v->arena, &record, err);
}

int mark_opening(struct visit *v, struct error *err)
{
    bool followed = false;
    if (read_first(v, err) < 0 || mark_opened(v->web->house->store, v->actor.id, v->kind, v->id, v->now, err) < 0 ||
        mark_is_followed(v->db, v->actor.id, v->kind, v->id, &followed, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key_bool(&v->json, "followed", followed);
    json_close(&v->json, '}');
    return 0;
}

int follow_put(struct visit *v, struct error *err)
{
    const json_t *yes = json_object_get(v->body, "follow");
    if (!json_is_boolean(yes))
        return fail_field(err, "follow", "请写 true 或 false", "Write true or false");
    if (read_first(v, err) < 0 ||
        mark_follow(v->web->house->store, v->actor.id, v->kind, v->id, v->now, json_is_true(yes), err) < 0)
        return -1;
    v->rs->status = 204;
    return 0;
}
