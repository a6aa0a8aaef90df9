#include "http/ladder.h"

#include "access/query.h"
#include "base/clock.h"
#include "domain/grid/grid.h"
#include "domain/ladder.h"
#include "domain/render.h"
#include "domain/todo.h"

static void put_day(struct json *j, const char *key, int64_t day)
{
    char text[DAY_TEXT];
    day_print(day, text);
    json_key_str(j, key, text);
}

static void put_role(struct json *j, const char *key, const char *code)
{
    struct label label =
        code && strcmp(code, "responsible") == 0 ? (struct label){ "责任人", "Responsible person" } : role_label(code);
    json_key(j, key);
    if (!code) {
        json_put_null(j);
        return;
    }
    json_open(j, '{');
    json_key_str(j, "code", code);
    render_label(j, "label", &label);
    json_close(j, '}');
}

static int put_people(struct visit *v, const int64_t *people, size_t count, struct error *err)
{
    struct json *j = &v->json;
    struct names *names = names_new(v->arena);
    for (size_t i = 0; i < count; i++)
        names_want(names, &account_kind, people[i]);
    if (names_load(names, v->db, &v->actor, err) < 0)
        return -1;
    json_key(j, "people");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, '{');
        json_key_int(j, "id", people[i]);
        json_key_str(j, "name", names_get(names, &account_kind, people[i]));
        json_close(j, '}');
    }
    json_close(j, ']');
    return 0;
}

static int put_rung(struct visit *v, const struct ladder_line *l, const void *record, struct error *err)
{
    static const char *const states[] = {
        [RUNG_FUTURE] = "ahead", [RUNG_DUE] = "due", [RUNG_FIRED] = "told", [RUNG_SKIPPED] = "skipped"
    };
    struct json *j = &v->json;
    struct ladder_hearers h;
    char at[INSTANT_TEXT];
    if (ladder_hearers(v->db, record, day_of_ms(v->now), l, &h, err) < 0)
        return -1;
    if (l->rung.state == RUNG_FIRED)
        instant_print(l->fired_at, at);
    json_open(j, '{');
    json_key_str(j, "rung", l->rung.rung->code);
    render_label(j, "words", &(struct label){ l->rung.rung->zh, l->rung.rung->en });
    json_key_str(j, "state", states[l->rung.state]);
    put_day(j, "on", l->rung.day);
    json_key_str(j, "at", l->rung.state == RUNG_FIRED ? at : NULL);
    json_key_int(j, "late", l->rung.state == RUNG_FIRED ? l->fired_late : l->rung.late);
    put_role(j, "role", h.role);
    put_role(j, "instead_of", h.climbed || !h.role ? l->rung.rung->role : NULL);
    if (put_people(v, h.people, h.count, err) < 0)
        return -1;
    json_close(j, '}');
    return 0;
}

/* Is the role held at a firm or place alone? Then its people are that unit's. */
static bool is_units(const char *code)
{
    const struct role *role = code ? role_find(code) : NULL;
    return role && role->must == TARGET_OBJECT;
}

static int put_turn(struct visit *v, const struct turn *t, const struct names *names, int64_t object, struct error *err)
{
    struct json *j = &v->json;
    json_open(j, '{');
    json_key_str(j, "move", t->move->name);
    if (t->due)
        put_day(j, "due", t->due);
    else
        json_key_str(j, "due", NULL);
    json_key(j, "roles");
    json_open(j, '[');
    for (size_t i = 0; i < t->role_count; i++) {
        json_open(j, '{');
        put_role(j, "role", t->roles[i].code);
        json_key_str(j, "unit", is_units(t->roles[i].code) ? names_get(names, NULL, object) : NULL);
        if (put_people(v, t->roles[i].people, t->roles[i].count, err) < 0)
            return -1;
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
    return 0;
}

static int put_turns(struct visit *v, const void *record, struct error *err)
{
    struct json *j = &v->json;
    struct turn *turns = ARENA_ARRAY(v->arena, struct turn, TURNS_MOST);
    struct names *names = names_new(v->arena);
    int64_t object = record_of_const(record)->own.object;
    size_t count;
    names_want(names, NULL, object);
    if (names_load(names, v->db, &v->actor, err) < 0 ||
        todo_turns(v->db, house_calendar(v->web->house), day_of_ms(v->now), v->kind, record, v->arena, turns, &count,
                   err) < 0)
        return -1;
    json_key(j, "turns");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++)
        if (put_turn(v, &turns[i], names, object, err) < 0)
            return -1;
    json_close(j, ']');
    return 0;
}

int ladder_read(struct visit *v, struct error *err)
{
    struct json *j = &v->json;
    struct scope scope;
    void *record;
    struct ladder_line *lines;
    size_t count;
    int64_t today = day_of_ms(v->now);
    scope_compile(&v->actor, v->kind, verb_bit("read"), &scope);
    if (record_read(v->db, &scope, v->id, true, false, v->arena, &record, err) < 0 ||
        ladder_lines(v->db, house_calendar(v->web->house), v->kind, v->id, today, v->arena, &lines, &count, err) < 0)
        return -1;
    json_open(j, '{');
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < count;) {
        const struct watch *w = lines[i].watch;
        json_open(j, '{');
        json_key_str(j, "watch", w->name);
        render_label(j, "label", &w->label);
        put_day(j, "due", lines[i].due);
        json_key_int(j, "late", days_late(lines[i].due, today));
        json_key(j, "rungs");
        json_open(j, '[');
        for (; i < count && lines[i].watch == w; i++)
            if (put_rung(v, &lines[i], record, err) < 0)
                return -1;
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
    int got = put_turns(v, record, err);
    json_close(j, '}');
    return got;
}
