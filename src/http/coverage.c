#include "http/coverage.h"

#include "access/query.h"
#include "access/roles.h"
#include "base/clock.h"
#include "domain/grid/below.h"
#include "domain/grid/boundary.h"
#include "domain/grid/coverage.h"
#include "domain/grid/grid.h"
#include "domain/render.h"
#include "http/duty.h"
#include "http/grid.h"
#include "record/type.h"

#include <stdlib.h>
#include <string.h>

enum { GAPS_TOLD = 200, TREE_COUNTED = 200, COUNTED_AT_ONCE = COUNTED_KINDS / 2 };

static int read_params(struct visit *v, int64_t *within, int64_t *day, struct error *err)
{
    const char *on = request_query(v->rq, "on");
    *day = day_of_ms(v->now);
    for (size_t i = 0; i < v->rq->query_count; i++)
        if (strcmp(v->rq->query[i].name, "within") != 0 && strcmp(v->rq->query[i].name, "on") != 0)
            return fail_field(err, v->rq->query[i].name, "没有这个参数", "There is no such parameter");
    if (grid_area_param(v, "within", within, err) < 0)
        return -1;
    if (on && !day_parse(on, strlen(on), day))
        return fail_field(err, "on", "日期写成 2026-03-17", "A date is written 2026-03-17");
    return 0;
}

/* Who answers for an area is told to whoever reads what lies in all of it. */
static bool sees(const struct scope *scope, int64_t region)
{
    struct owner own = duty_owner_at(region);
    return scope_covers(scope, &own, false);
}

static void put_area(struct visit *v, int64_t region, const char *name, const char *level)
{
    render_region_code(&v->json, "code", region);
    json_key_str(&v->json, "name", name);
    json_key_str(&v->json, "level", level);
}

static void put_missing(struct visit *v, const char *const *roles, size_t count)
{
    json_key(&v->json, "missing");
    json_open(&v->json, '[');
    for (size_t i = 0; i < count; i++) {
        struct label label = role_label(roles[i]);
        json_open(&v->json, '{');
        json_key_str(&v->json, "role", roles[i]);
        render_label(&v->json, "label", &label);
        json_close(&v->json, '}');
    }
    json_close(&v->json, ']');
}

static bool misses(const struct coverage_area *area, const char *role)
{
    for (size_t i = 0; i < area->missing_count; i++)
        if (strcmp(area->missing[i], role) == 0)
            return true;
    return false;
}

/* Of each level: how many areas, how many have everybody, how many have a grid member (网格覆盖率 counts villages). */
static void put_levels(struct visit *v, const struct coverage_area *list, size_t count)
{
    static const char *const levels[] = { "county", "town", "village" };
    struct json *j = &v->json;
    json_key(j, "levels");
    json_open(j, '[');
    for (size_t l = 0; l < COUNT(levels); l++) {
        int64_t areas = 0, whole = 0, members = 0;
        for (size_t i = 0; i < count; i++) {
            if (strcmp(list[i].level, levels[l]) != 0)
                continue;
            areas++;
            whole += list[i].missing_count == 0;
            members += !misses(&list[i], "grid");
        }
        json_open(j, '{');
        json_key_str(j, "level", levels[l]);
        json_key_int(j, "areas", areas);
        json_key_int(j, "whole", whole);
        json_key(j, "with_member");
        if (l == 0)
            json_put_null(j); /* a county has none of its own */
        else
            json_put_int(j, members);
        json_close(j, '}');
    }
    json_close(j, ']');
}

int grid_coverage(struct visit *v, struct error *err)
{
    struct json *j = &v->json;
    struct coverage_area *list;
    struct scope scope;
    int64_t within, day;
    size_t count, seen = 0, gaps = 0;
    char on[DAY_TEXT];
    if (read_params(v, &within, &day, err) < 0 || coverage_read(v->db, within, day, v->arena, &list, &count, err) < 0)
        return -1;
    scope_compile(&v->actor, &assignment_kind, verb_bit("read"), &scope);
    for (size_t i = 0; i < count; i++)
        if (sees(&scope, list[i].region))
            list[seen++] = list[i];
    day_print(day, on);
    json_open(j, '{');
    json_key_str(j, "on", on);
    put_levels(v, list, seen);
    json_key(j, "gaps");
    json_open(j, '[');
    for (size_t i = 0; i < seen; i++) {
        if (list[i].missing_count == 0 || ++gaps > GAPS_TOLD)
            continue;
        json_open(j, '{');
        put_area(v, list[i].region, list[i].name, list[i].level);
        put_missing(v, list[i].missing, list[i].missing_count);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key_int(j, "gap_count", (int64_t)gaps);
    json_close(j, '}');
    return 0;
}

/* ---- the tree ---- */

static enum duty_level duty_level_of(int64_t region)
{
    switch (region_level(region)) {
    case REGION_VILLAGE: return DUTY_VILLAGE;
    case REGION_TOWN: return DUTY_TOWN;
    case REGION_COUNTY: return DUTY_COUNTY;
    default: return DUTY_CITY;
    }
}

/* Enterprises and facilities of an area, as far as the reader sees them. */
struct counts {
    struct counted of[COUNTED_AT_ONCE * 2];
    size_t kinds, count; /* kinds of each area */
};

static int read_counts(struct visit *v, const int64_t *areas, size_t count, struct counts *out, struct error *err)
{
    out->kinds = out->count = 0;
    for (size_t i = 0; i < count; i++)
        for (const struct kind *const *k = all_kinds; *k; k++) {
            if ((*k)->scope != SCOPE_IS_OBJECT || !actor_may(&v->actor, *k, verb_bit("read")))
                continue;
            if (out->count == COUNT(out->of))
                return fail(err, FAULT_INTERNAL, "grid.kinds", "对象种类超过 2 种，请放宽 COUNTED_AT_ONCE",
                            "More than two kinds are objects: COUNTED_AT_ONCE of http/coverage.c must allow for them");
            out->of[out->count++] =
                (struct counted){ .kind = *k, .field = field_find(*k, (*k)->scope_field), .value = areas[i] };
        }
    out->kinds = count ? out->count / count : 0;
    return list_counts(v->db, &v->actor, out->of, out->count, v->arena, err);
}

/* counts NULL: not counted. */
static void put_counts(struct visit *v, const struct counts *counts, size_t area)
{
    struct json *j = &v->json;
    json_key(j, "counts");
    if (!counts) {
        json_put_null(j);
        return;
    }
    json_open(j, '{');
    for (size_t i = area * counts->kinds; i < (area + 1) * counts->kinds; i++) {
        json_key(j, counts->of[i].kind->name);
        json_open(j, '{');
        json_key_int(j, "count", counts->of[i].count);
        json_key_bool(j, "capped", counts->of[i].capped);
        json_close(j, '}');
    }
    json_close(j, '}');
}

/* The area with the people of its own level; those above stand where they belong. Left open for what is counted. */
static int put_branch(struct visit *v, int64_t region, const char *name, const char *area_level, int64_t day,
                      const struct scope *scope, struct error *err)
{
    struct json *j = &v->json;
    struct owner own = duty_owner_at(region);
    enum duty_level level = duty_level_of(region);
    struct responsible *list;
    struct duty_gap gaps[GAPS_MOST];
    const char *missing[GAPS_MOST];
    size_t count, at = 0;
    json_open(j, '{');
    put_area(v, region, name, area_level);
    json_key(j, "people");
    if (!sees(scope, region)) { /* above the reader's own: on the way, and no more */
        json_put_null(j);
        put_missing(v, missing, 0);
        return 0;
    }
    if (responsible_read(v->db, day, &own, v->arena, &list, &count, err) < 0)
        return -1;
    json_open(j, '[');
    for (size_t i = 0; i < count; i++)
        if (list[i].level == level && duty_put_responsible(v, &list[i], scope, err) < 0)
            return -1;
    json_close(j, ']');
    size_t found = responsible_gaps(&own, list, count, gaps);
    for (size_t i = 0; i < found; i++)
        if (gaps[i].level == level)
            missing[at++] = gaps[i].role;
    put_missing(v, missing, at);
    return 0;
}

static int put_here(struct visit *v, int64_t within, int64_t day, const struct scope *scope, struct error *err)
{
    struct json *j = &v->json;
    struct boundary here;
    struct counts counts;
    json_key(j, "here");
    if (!within) {
        json_put_null(j);
        return 0;
    }
    if (boundary_read(v->db, within, day, v->arena, &here, err) < 0)
        return -1;
    bool drawn = here.area != NULL;
    boundary_free(&here, 1);
    if (read_counts(v, &within, 1, &counts, err) < 0 ||
        put_branch(v, within, here.name, here.level, day, scope, err) < 0)
        return -1;
    put_counts(v, &counts, 0);
    json_key_bool(j, "drawn", drawn);
    json_close(j, '}');
    return 0;
}

static int put_below(struct visit *v, const struct area_below *below, size_t count, int64_t day,
                     const struct scope *scope, struct error *err)
{
    int64_t areas[COUNTED_AT_ONCE];
    struct counts counts;
    for (size_t i = 0; i < count; i++) {
        size_t at = i % COUNTED_AT_ONCE;
        for (size_t k = 0; at == 0 && k < COUNTED_AT_ONCE && i + k < count; k++)
            areas[k] = below[i + k].region;
        if (at == 0 && i < TREE_COUNTED &&
            read_counts(v, areas, count - i < COUNTED_AT_ONCE ? count - i : COUNTED_AT_ONCE, &counts, err) < 0)
            return -1;
        if (put_branch(v, below[i].region, below[i].name, below[i].level, day, scope, err) < 0)
            return -1;
        put_counts(v, i / COUNTED_AT_ONCE * COUNTED_AT_ONCE < TREE_COUNTED ? &counts : NULL, at);
        json_close(&v->json, '}');
    }
    return 0;
}

int grid_tree(struct visit *v, struct error *err)
{
    struct json *j = &v->json;
    struct area_below *below;
    struct scope scope;
    int64_t within, day;
    size_t count;
    char on[DAY_TEXT];
    if (read_params(v, &within, &day, err) < 0 ||
        areas_below(v->db, within, day, LIMIT_FEATURES, v->arena, &below, &count, err) < 0)
        return -1;
    scope_compile(&v->actor, &assignment_kind, verb_bit("read"), &scope);
    day_print(day, on);
    json_open(j, '{');
    json_key_str(j, "on", on);
    json_key(j, "items");
    json_open(j, '[');
    int got = put_below(v, below, count, day, &scope, err);
    json_close(j, ']');
    if (got == 0)
        got = put_here(v, within, day, &scope, err);
    json_close(j, '}');
    return got;
}
