#include "http/ladder.h"

#include "access/query.h"
#include "base/clock.h"
#include "domain/grid/grid.h"
#include "domain/ladder.h"
#include "domain/render.h"

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

static void put_people(struct visit *v, const struct ladder_hearers *h, const struct names *names)
{
    struct json *j = &v->json;
    json_key(j, "people");
    json_open(j, '[');
    for (size_t i = 0; i < h->count; i++) {
        json_open(j, '{');
        json_key_int(j, "id", h->people[i]);
        json_key_str(j, "name", names_get(names, &account_kind, h->people[i]));
        json_close(j, '}');
    }
    json_close(j, ']');
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
    struct names *names = names_new(v->arena);
    for (size_t i = 0; i < h.count; i++)
        names_want(names, &account_kind, h.people[i]);
    if (names_load(names, v->db, &v->actor, err) < 0)
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
    put_people(v, &h, names);
    json_close(j, '}');
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
    json_close(j, '}');
    return 0;
}
