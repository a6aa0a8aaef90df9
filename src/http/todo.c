#include "http/todo.h"

#include "base/clock.h"
#include "domain/ladder.h"
#include "domain/render.h"
#include "domain/todo.h"
#include "record/table.h"

#include <stdlib.h>

enum { ROWS_USUAL = 20 };

static void put_day(struct json *j, const char *key, int64_t day)
{
    char text[DAY_TEXT];
    if (day)
        day_print(day, text);
    json_key_str(j, key, day ? text : NULL);
}

static void put_count(struct json *j, const char *key, const struct todo_count *c)
{
    json_key(j, key);
    json_open(j, '{');
    json_key_int(j, "count", c->count);
    json_key_bool(j, "capped", c->capped);
    json_key_str(j, "query", c->query);
    json_close(j, '}');
}

static void put_row(struct visit *v, const struct names *n, const struct todo_group *g, size_t i)
{
    struct json *j = &v->json;
    const struct kind *kind = g->kind;
    const void *record = g->rows[i];
    const struct record *r = record_of_const(record);
    const struct field *state = field_state(kind);
    json_open(j, '{');
    json_key_int(j, "id", r->id);
    json_key_int(j, "version", r->version);
    json_key_str(j, "number", record_number(v->arena, kind, record));
    json_key_str(j, "title", *(const char *const *)field_member_const(field_title(kind), record));
    json_key_str(j, "state", kind->states[*(const int64_t *)field_member_const(state, record)].code);
    json_key_str(j, "object", names_get(n, NULL, r->own.object));
    json_key_str(j, "area",
                 names_get(n, kind_find("region"),
                           r->own.village ? r->own.village
                           : r->own.town  ? r->own.town
                                          : r->own.county));
    put_day(j, "due", g->due[i]);
    json_close(j, '}');
}

static void put_group(struct visit *v, const struct names *n, const struct todo_group *g)
{
    static const char *const spans[] = { "late", "today", "week", "later" };
    struct json *j = &v->json;
    json_open(j, '{');
    json_key_str(j, "kind", g->kind->name);
    json_key_str(j, "move", g->move->name);
    render_label(j, "label", &g->move->expected.label);
    put_count(j, "all", &g->all);
    for (int i = 0; i < TALLY_SPANS; i++)
        if (g->dated) {
            put_count(j, spans[i], &g->in[i]);
        } else {
            json_key(j, spans[i]);
            json_put_null(j);
        }
    if (g->undated.query) {
        put_count(j, "undated", &g->undated);
    } else {
        json_key(j, "undated");
        json_put_null(j);
    }
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < g->row_count; i++)
        put_row(v, n, g, i);
    json_close(j, ']');
    json_close(j, '}');
}

static int put_todo(struct visit *v, const struct todo *t, struct error *err)
{
    struct names *n = names_new(v->arena);
    char now[INSTANT_TEXT];
    for (size_t g = 0; g < t->count; g++)
        for (size_t i = 0; i < t->groups[g].row_count; i++) {
            const struct owner *own = &record_of_const(t->groups[g].rows[i])->own;
            names_want(n, NULL, own->object);
            names_want(n, kind_find("region"), own->village ? own->village : own->town ? own->town : own->county);
        }
    if (names_load(n, v->db, &v->actor, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key(&v->json, "groups");
    json_open(&v->json, '[');
    for (size_t g = 0; g < t->count; g++)
        put_group(v, n, &t->groups[g]);
    json_close(&v->json, ']');
    instant_print(v->now, now);
    json_key_str(&v->json, "as_of", now);
    put_day(&v->json, "day", day_of_ms(v->now));
    json_close(&v->json, '}');
    return 0;
}

int todo_list(struct visit *v, struct error *err)
{
    const char *rows = request_query(v->rq, "rows");
    struct todo *todo = ARENA_NEW(v->arena, struct todo);
    int most = ROWS_USUAL;
    if (rows) {
        char *end;
        long n = strtol(rows, &end, 10);
        if (end == rows || *end || n < 0 || n > TODO_ROWS)
            return fail_field(err, "rows", "每类 0 至 %d 条", "Between 0 and %d rows of each group", TODO_ROWS);
        most = (int)n;
    }
    if (db_snapshot_begin(v->db, err) < 0)
        return -1;
    int got = todo_read(v->db, &v->actor, house_calendar(v->web->house), day_of_ms(v->now), most, v->arena, todo, err);
    if (got == 0)
        got = put_todo(v, todo, err);
    db_snapshot_end(v->db);
    return got;
}
