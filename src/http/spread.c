#include "http/spread.h"

#include "access/query.h"
#include "base/clock.h"
#include "domain/grid/below.h"
#include "domain/render.h"
#include "http/grid.h"
#include "record/type.h"

#include <inttypes.h>
#include <string.h>

enum { AREAS = 200, AT_ONCE = 16 /* lists of one statement */ };

/* The filter as a list of the kind takes it; within is not part of it. */
static int read_filter(struct visit *v, struct filter *filter, struct scope *scope, int64_t *within, struct error *err)
{
    const struct request *rq = v->rq;
    struct filter_pair *pairs = ARENA_ARRAY(v->arena, struct filter_pair, rq->query_count + 1);
    size_t count = 0;
    if (grid_area_param(v, "within", within, err) < 0)
        return -1;
    for (size_t i = 0; i < rq->query_count; i++)
        if (strcmp(rq->query[i].name, "within") != 0)
            pairs[count++] = (struct filter_pair){ rq->query[i].name, rq->query[i].value };
    filter_days(v->kind, pairs, count, v->actor.day, v->arena);
    if (v->kind->scope != SCOPE_OBJECT && v->kind->scope != SCOPE_IS_OBJECT)
        return fail(err, FAULT_REFUSED, "spread.kind", "这类记录不按区划分布，不能按区划统计",
                    "Records of this kind lie in no area: there is nothing to count area by area");
    if (filter_parse(v->kind, pairs, count, v->arena, filter, err) < 0 ||
        list_scope(&v->actor, v->kind, "read", filter, scope, err) < 0)
        return -1;
    if (filter->personal)
        return fail_field(err, "within", "按个人信息查的列表不按区划统计，请去掉这项条件",
                          "A list found by personal data is not counted area by area: leave that condition out");
    return 0;
}

/* The smallest area that holds all the areas the reader's rows lie in; 0: anywhere. False: given by no area at all, as to
** the people of a firm. */
static bool own_area(const struct scope *scope, int64_t *out)
{
    bool any = false;
    int64_t all = 0;
    for (size_t i = 0; i < scope->count; i++) {
        const struct scope_part *p = &scope->parts[i];
        int64_t code = p->level == LEVEL_ALL ? 0 : p->code;
        if (p->level == LEVEL_OBJECT || p->level == LEVEL_PARTY || p->level == LEVEL_SUPERVISED)
            continue;
        for (all = any ? all : code; all && !region_within(code, all);)
            all = region_parent(all);
        any = true;
    }
    *out = all;
    return any;
}

/* Down to where there is a choice: a city's own ledger begins with one province that has one city. */
static int find_areas(struct visit *v, int64_t *within, bool given, struct area_below **list, size_t *count,
                      struct error *err)
{
    for (int depth = 0;; depth++) {
        if (areas_below(v->db, *within, v->actor.day, AREAS, v->arena, list, count, err) < 0)
            return -1;
        if (given || *count != 1 || depth == REGION_VILLAGE)
            return 0;
        *within = (*list)[0].region;
    }
}

static int count_areas(struct visit *v, const struct filter *filter, const struct scope *scope,
                       const struct area_below *list, size_t count, struct list_tally *tallies, struct error *err)
{
    struct filter *filters = ARENA_ARRAY(v->arena, struct filter, count);
    struct list_query *queries = ARENA_ARRAY(v->arena, struct list_query, count);
    for (size_t i = 0; i < count; i++) {
        struct filter place;
        struct filter_pair pair = { "region", arena_printf(v->arena, "%012" PRId64, list[i].region) };
        if (filter_parse(v->kind, &pair, 1, v->arena, &place, err) < 0)
            return -1;
        if (filter->count == FILTER_CONDITIONS)
            return fail_field(err, "within", "条件太多，最多 %d 个", "Too many conditions; at most %d",
                              FILTER_CONDITIONS - 1);
        filters[i] = *filter;
        filters[i].items[filters[i].count++] = place.items[0];
        queries[i] = (struct list_query){ .kind = v->kind, .actor = &v->actor, .scope = scope, .filter = &filters[i] };
        tallies[i] = (struct list_tally){ .query = &queries[i] };
    }
    for (size_t i = 0; i < count; i += AT_ONCE)
        if (list_tallies(v->db, tallies + i, count - i < AT_ONCE ? count - i : AT_ONCE, LIMIT_TODO, v->arena, err) < 0)
            return -1;
    return 0;
}

static void put_area(struct visit *v, const struct area_below *area, int64_t total)
{
    struct json *j = &v->json;
    json_open(j, '{');
    render_region_code(j, "code", area->region);
    json_key_str(j, "name", area->name);
    json_key_str(j, "level", area->level);
    json_key_int(j, "count", total < LIMIT_TODO ? total : LIMIT_TODO - 1);
    json_key_bool(j, "capped", total >= LIMIT_TODO);
    json_close(j, '}');
}

int spread_read(struct visit *v, struct error *err)
{
    struct area_below *list = NULL;
    struct list_tally *tallies = ARENA_ARRAY(v->arena, struct list_tally, AREAS);
    struct json *j = &v->json;
    struct filter filter;
    struct scope scope;
    int64_t within;
    size_t count = 0;
    char now[INSTANT_TEXT];
    if (read_filter(v, &filter, &scope, &within, err) < 0 || db_snapshot_begin(v->db, err) < 0)
        return -1;
    bool given = within != 0;
    int got = given || own_area(&scope, &within) ? find_areas(v, &within, given, &list, &count, err) : 0;
    if (got == 0)
        got = count_areas(v, &filter, &scope, list, count, tallies, err);
    db_snapshot_end(v->db);
    if (got < 0)
        return -1;
    json_open(j, '{');
    render_region_code(j, "within", within);
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++)
        put_area(v, &list[i], tallies[i].total);
    json_close(j, ']');
    instant_print(v->now, now);
    json_key_str(j, "as_of", now);
    json_close(j, '}');
    return 0;
}
