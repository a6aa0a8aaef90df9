#include "http/firm.h"

#include "access/query.h"
#include "base/clock.h"
#include "domain/grid/grid.h"
#include "domain/lists.h"
#include "domain/object/major_hazard_source.h"
#include "domain/object/standing.h"
#include "domain/render.h"
#include "domain/sources.h"
#include "http/records.h"
#include "record/table.h"
#include "record/type.h"

#include <string.h>

static int read_record(struct visit *v, void **record, struct error *err)
{
    struct scope scope;
    scope_compile(&v->actor, v->kind, verb_bit("read"), &scope);
    return record_read(v->db, &scope, v->id, false, false, v->arena, record, err);
}

/* ---- how many rows of other kinds name it ---- */

static bool names_it(const struct visit *v, const struct kind *other, const struct field *f)
{
    if (f->type == &type_object)
        return v->kind->scope == SCOPE_IS_OBJECT;
    if (f->type == &type_reference)
        return strcmp(f->ref, v->kind->name) == 0;
    return f->type == &type_region && v->kind == &region_kind &&
           !(other->id_field && strcmp(other->id_field, f->name) == 0);
}

int counts_read(struct visit *v, struct error *err)
{
    struct counted list[COUNTED_KINDS];
    size_t count = 0;
    void *record;
    if (read_record(v, &record, err) < 0)
        return -1;
    for (const struct kind *const *k = all_kinds; *k; k++)
        for (size_t i = 0; i < (*k)->field_count && count < COUNTED_KINDS; i++)
            if (!(*k)->child && names_it(v, *k, &(*k)->fields[i]) && actor_may(&v->actor, *k, verb_bit("read")))
                list[count++] = (struct counted){ .kind = *k, .field = &(*k)->fields[i], .value = v->id };
    if (list_counts(v->db, &v->actor, list, count, v->arena, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(&v->json, '{');
        json_key_str(&v->json, "kind", list[i].kind->name);
        json_key_str(&v->json, "field", list[i].field->name);
        json_key_int(&v->json, "count", list[i].count);
        json_key_bool(&v->json, "capped", list[i].capped);
        json_close(&v->json, '}');
    }
    json_close(&v->json, ']');
    json_close(&v->json, '}');
    return 0;
}

/* ---- where it stands on a day ---- */

static void put_finding(struct json *j, const struct finding *f)
{
    json_open(j, '{');
    json_key_str(j, "code", f->code);
    render_label(j, "label", &f->label);
    json_key_bool(j, "met", f->met);
    json_key_bool(j, "advisory", f->advisory);
    render_label(j, "text", &f->text);
    json_key_str(j, "basis", f->basis);
    json_key(j, "fill");
    if (f->fill_field || f->fill_kind) {
        json_open(j, '{');
        json_key_str(j, "field", f->fill_field);
        json_key_str(j, "kind", f->fill_kind ? f->fill_kind->name : NULL);
        json_key_str(j, "query", f->fill_query);
        json_close(j, '}');
    } else {
        json_put_null(j);
    }
    json_close(j, '}');
}

static void put_findings(struct json *j, const struct finding *list, size_t count)
{
    json_key(j, "findings");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++)
        put_finding(j, &list[i]);
    json_close(j, ']');
}

static void put_status(struct json *j, const struct standing *s)
{
    json_key(j, "status");
    if (!s->has_status) {
        json_put_null(j);
        return;
    }
    json_open(j, '{');
    json_key_str(j, "code", credential_statuses.items[s->status].code);
    render_label(j, "label", &credential_statuses.items[s->status].label);
    json_key(j, "days");
    if (s->has_days)
        json_put_int(j, s->days);
    else
        json_put_null(j);
    json_key_bool(j, "holds", credential_holds(s->status));
    json_close(j, '}');
}

static void put_number(struct json *j, const char *key, int64_t number, int scale)
{
    AUTO_TEXT text = TEXT_LIMIT(64);
    text_fixed(&text, number, scale);
    json_key_str(j, key, text_get(&text));
}

static void put_step(struct json *j, const struct inventory *line, const struct stock *stock,
                     const struct source_step *step)
{
    const struct choice *good = choice_find(&dangerous_goods, stock->good->code, 0);
    json_open(j, '{');
    json_key_str(j, "good", stock->good->code);
    render_label(j, "label", &good->label);
    json_key_str(j, "cas", stock->good->cas);
    json_key_str(j, "product", has(line, product) ? line->product : NULL);
    put_number(j, "tonnes", stock->tonnes, 6);
    put_number(j, "critical", stock->good->critical, 6);
    put_number(j, "ratio", step->ratio, 6);
    put_number(j, "beta", step->beta, 1);
    put_number(j, "beta_of_standard", stock->good->beta, 1);
    json_key_bool(j, "settled", stock->good->settled);
    json_key_str(j, "beta_reason", has(line, beta_reason) ? line->beta_reason : NULL);
    put_number(j, "term", step->term, 6);
    json_close(j, '}');
}

/* The sheet of GB 18218, each step of it. */
static void put_sheet(struct visit *v, const struct major_hazard_source *m)
{
    struct json *j = &v->json;
    struct stock *stocks = ARENA_ARRAY(v->arena, struct stock, STOCKS_MOST);
    struct source_step *steps = ARENA_ARRAY(v->arena, struct source_step, STOCKS_MOST);
    struct source_sheet sheet;
    size_t count = source_sheet_of(m, stocks, steps, &sheet);
    json_open(j, '{');
    json_key_str(j, "standard", "GB 18218-2018");
    json_key(j, "lines");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++)
        put_step(j, (const struct inventory *)m->inventory->rows + i, &stocks[i], &steps[i]);
    json_close(j, ']');
    put_number(j, "s", sheet.s, 6);
    json_key_bool(j, "major", sheet.major);
    put_number(j, "sum", sheet.sum, 6);
    json_key(j, "people");
    if (has(m, people))
        json_put_int(j, m->people);
    else
        json_put_null(j);
    put_number(j, "alpha", sheet.alpha, 1);
    put_number(j, "r", sheet.r, 6);
    json_key_str(j, "grade", sheet.grade);
    render_label(j, "grade_label", &choice_find(&source_grades, sheet.grade, 0)->label);
    json_close(j, '}');
}

static void put_lamps(struct json *j, const struct standing *s)
{
    json_key(j, "lamps");
    json_open(j, '[');
    for (size_t i = 0; i < s->lamp_count; i++) {
        json_open(j, '{');
        json_key_str(j, "code", s->lamps[i].code);
        render_label(j, "label", &s->lamps[i].label);
        json_key_bool(j, "on", s->lamps[i].on);
        put_findings(j, s->lamps[i].findings, s->lamps[i].count);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key_bool(j, "hidden", s->hidden);
}

int standing_answer(struct visit *v, struct error *err)
{
    const char *on = request_query(v->rq, "on");
    struct json *j = &v->json;
    struct standing *s = ARENA_NEW(v->arena, struct standing);
    int64_t day = day_of_ms(v->now);
    char text[DAY_TEXT];
    void *record;
    if (on && !day_parse(on, strlen(on), &day))
        return fail_field(err, "on", "请写日期，如 2026-03-17", "Give a day, such as 2026-03-17");
    if (read_record(v, &record, err) < 0 || db_snapshot_begin(v->db, err) < 0)
        return -1;
    int got = standing_read(v->db, &v->actor, v->kind, record, day, v->arena, s, err);
    db_snapshot_end(v->db);
    if (got < 0)
        return -1;
    day_print(day, text);
    json_open(j, '{');
    json_key_str(j, "on", text);
    put_status(j, s);
    put_lamps(j, s);
    put_findings(j, s->findings, s->count);
    json_key(j, "sheet");
    if (v->kind == &major_hazard_source_kind && has((const struct major_hazard_source *)record, inventory))
        put_sheet(v, record);
    else
        json_put_null(j);
    json_close(j, '}');
    return 0;
}

/* ---- who supplied what, and who verified it ---- */

/* Accounts are few in a history: each is asked for once. */
struct card {
    int64_t id;
    const char *name, *organisation;
};

static int card_of(struct visit *v, struct card *cards, size_t *count, size_t most, int64_t id, const struct card **out,
                   struct error *err)
{
    struct rows rows;
    for (size_t i = 0; i < *count; i++)
        if (cards[i].id == id) {
            *out = &cards[i];
            return 0;
        }
    struct card *c = &cards[*count < most ? (*count)++ : most - 1];
    *c = (struct card){ .id = id };
    if (db_query(v->db, &rows,
                 "SELECT a.display_name, o.name FROM account a LEFT JOIN organisation o ON o.id = a.organisation "
                 "WHERE a.id = ?",
                 BIND(value_int(id)), err) < 0)
        return -1;
    if (rows_next(&rows)) {
        c->name = arena_str(v->arena, rows_text(&rows, 0));
        c->organisation = arena_str(v->arena, rows_text(&rows, 1));
    }
    *out = c;
    return rows_done(&rows, err);
}

static void put_card(struct json *j, const struct card *c, int64_t at)
{
    char when[INSTANT_TEXT];
    instant_print(at, when);
    json_key_str(j, "at", when);
    json_key(j, "by");
    json_open(j, '{');
    json_key_int(j, "id", c->id);
    json_key_str(j, "name", c->name);
    json_key_str(j, "organisation", c->organisation);
    json_close(j, '}');
}

int sources_answer(struct visit *v, struct error *err)
{
    struct json *j = &v->json;
    struct source *list;
    size_t count, known = 0;
    void *record;
    if (read_record(v, &record, err) < 0 ||
        sources_read(v->db, v->kind, record, records_knew_draft(v, record), v->arena, &list, &count, err) < 0)
        return -1;
    size_t most = 2 * count + 1;
    struct card *cards = ARENA_ARRAY(v->arena, struct card, most);
    const struct card *card;
    json_open(j, '{');
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, '{');
        json_key_str(j, "field", list[i].field->name);
        json_key_str(j, "act", list[i].act);
        json_key_int(j, "version", list[i].version);
        if (card_of(v, cards, &known, most, list[i].by, &card, err) < 0)
            return -1;
        put_card(j, card, list[i].at);
        json_key(j, "verified");
        if (list[i].verified_at) {
            if (card_of(v, cards, &known, most, list[i].verified_by, &card, err) < 0)
                return -1;
            json_open(j, '{');
            put_card(j, card, list[i].verified_at);
            json_close(j, '}');
        } else {
            json_put_null(j);
        }
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
    return 0;
}

static int verify_in_change(struct change *c, void *args, struct error *err)
{
    struct visit *v = args;
    const json_t *list = json_object_get(v->body, "fields");
    const char *names[LIMIT_FIELDS];
    size_t i, count = 0;
    json_t *one;
    void *before;
    if (change_get(c, v->kind, v->id, v->if_match, "verify", &before, err) < 0)
        return -1;
    json_array_foreach((json_t *)list, i, one) if (json_is_string(one) && count < LIMIT_FIELDS) names[count++] =
        json_string_value(one);
    if (!json_is_array(list) || count != json_array_size(list))
        return fail_field(err, "fields", "应为字段名的数组，如 [\"head\",\"phone\"]",
                          "Must be an array of field names, such as [\"head\",\"phone\"]");
    return change_verify(c, v->kind, before, names, count, err);
}

int verify_run(struct visit *v, struct error *err)
{
    struct change_result done;
    if (visit_change(v, verify_in_change, v, &done, err) < 0)
        return -1;
    return reply_record(v, v->kind, done.id, 200, err);
}
