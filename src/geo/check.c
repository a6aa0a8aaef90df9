#include "geo/check.h"

#include <stdlib.h>
#include <string.h>

/* Neighbours of a hole touch it exactly; what was computed may lie a rounding aside. */
static const double NEAR_DEGREES = 1e-7;

/* Below a square decimetre nothing was drawn: it is rounding. */
static const double ROUNDING = 0.01;

struct work {
    const struct check_order *order;
    struct arena *arena;
    struct check_result *out;
    const struct area **areas;
    size_t done, all;
};

static int step(struct work *w, struct error *err)
{
    if (w->order->go_on && !w->order->go_on(w->order->arg, w->done, w->all))
        return fail(err, FAULT_CONFLICT, "check.stopped", "核对已停止", "The check was stopped");
    w->done++;
    return 0;
}

/* True when it is large enough to be listed. */
static bool listed(struct work *w, double square_metres)
{
    if (square_metres >= w->order->threshold)
        return true;
    if (square_metres >= ROUNDING) {
        w->out->slivers++;
        w->out->sliver_metres += square_metres;
    }
    return false;
}

/* ---- order ---- */

static int by_size(double a, double b)
{
    return a > b ? -1 : a < b;
}

static int by_code(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int order_holes(const void *a, const void *b)
{
    const struct check_hole *x = a, *y = b;
    int got = by_size(x->square_metres, y->square_metres);
    if (got == 0)
        got = -by_size(x->shape.points[0].lon, y->shape.points[0].lon);
    return got ? got : -by_size(x->shape.points[0].lat, y->shape.points[0].lat);
}

static int order_overlaps(const void *a, const void *b)
{
    const struct check_overlap *x = a, *y = b;
    int got = by_size(x->square_metres, y->square_metres);
    if (got == 0)
        got = by_code(x->codes[0], y->codes[0]);
    return got ? got : by_code(x->codes[1], y->codes[1]);
}

static int order_outside(const void *a, const void *b)
{
    const struct check_outside *x = a, *y = b;
    int got = by_size(x->square_metres, y->square_metres);
    return got ? got : by_code(x->code, y->code);
}

/* ---- the three questions ---- */

static void name_neighbours(struct work *w, const struct area *hole, struct check_hole *out)
{
    struct area_box h = area_box(hole);
    for (size_t i = 0; i < w->order->count && out->between_count < CHECK_BETWEEN; i++) {
        struct area_box b = area_box(w->areas[i]);
        if (area_is_empty(w->areas[i]) || b.west > h.east + NEAR_DEGREES || b.east < h.west - NEAR_DEGREES ||
            b.south > h.north + NEAR_DEGREES || b.north < h.south - NEAR_DEGREES)
            continue;
        if (area_touches(w->areas[i], hole, NEAR_DEGREES))
            out->between[out->between_count++] = w->order->children[i].code;
    }
}

static int list_holes(struct work *w, const struct area *missing, struct error *err)
{
    struct area **parts;
    size_t count;
    int got = 0;
    if (area_parts(missing, w->arena, &parts, &count, err) < 0)
        return -1;
    w->out->holes = ARENA_ARRAY(w->arena, struct check_hole, count + 1);
    for (size_t i = 0; i < count; i++) {
        double size = area_square_metres(parts[i]);
        if (got == 0 && listed(w, size)) {
            struct check_hole *hole = &w->out->holes[w->out->hole_count++];
            hole->square_metres = size;
            area_shape(parts[i], DATUM_WGS84, w->arena, &hole->shape);
            got = step(w, err);
            if (got == 0)
                name_neighbours(w, parts[i], hole);
        }
        area_free(parts[i]);
    }
    qsort(w->out->holes, w->out->hole_count, sizeof *w->out->holes, order_holes);
    return got;
}

static int find_holes(struct work *w, struct error *err)
{
    struct area *covered = NULL, *whole = NULL, *missing = NULL;
    if (step(w, err) < 0 || area_union(w->areas, w->order->count, &covered, err) < 0)
        return -1;
    int got = step(w, err);
    if (got == 0 && !w->order->parent)
        got = area_filled(covered, &whole, err);
    if (got == 0)
        got = area_difference(w->order->parent ? w->order->parent : whole, covered, &missing, err);
    if (got == 0)
        got = list_holes(w, missing, err);
    area_free(covered);
    area_free(whole);
    area_free(missing);
    return got;
}

static int find_overlaps(struct work *w, struct error *err)
{
    struct area_pair *pairs;
    size_t count;
    if (area_pairs(w->areas, w->order->count, w->arena, &pairs, &count, err) < 0)
        return -1;
    w->all += count;
    w->out->overlaps = ARENA_ARRAY(w->arena, struct check_overlap, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct area *both;
        if (step(w, err) < 0 || area_intersection(w->areas[pairs[i].i], w->areas[pairs[i].j], &both, err) < 0)
            return -1;
        double size = area_square_metres(both);
        if (listed(w, size)) {
            struct check_overlap *overlap = &w->out->overlaps[w->out->overlap_count++];
            int64_t a = w->order->children[pairs[i].i].code, b = w->order->children[pairs[i].j].code;
            overlap->square_metres = size;
            overlap->codes[0] = a < b ? a : b;
            overlap->codes[1] = a < b ? b : a;
            area_shape(both, DATUM_WGS84, w->arena, &overlap->shape);
        }
        area_free(both);
    }
    qsort(w->out->overlaps, w->out->overlap_count, sizeof *w->out->overlaps, order_overlaps);
    return 0;
}

static int find_outside(struct work *w, struct error *err)
{
    w->out->outside = ARENA_ARRAY(w->arena, struct check_outside, w->order->count + 1);
    for (size_t i = 0; w->order->parent && i < w->order->count; i++) {
        struct area *beyond;
        if (step(w, err) < 0 || area_difference(w->areas[i], w->order->parent, &beyond, err) < 0)
            return -1;
        double size = area_square_metres(beyond);
        area_free(beyond);
        if (listed(w, size))
            w->out->outside[w->out->outside_count++] = (struct check_outside){ size, w->order->children[i].code };
    }
    qsort(w->out->outside, w->out->outside_count, sizeof *w->out->outside, order_outside);
    return 0;
}

int geo_check(const struct check_order *order, struct arena *arena, struct check_result *out, struct error *err)
{
    struct check_result result = { 0 };
    struct work w = { .order = order,
                      .arena = arena,
                      .out = &result,
                      .areas = ARENA_ARRAY(arena, const struct area *, order->count + 1),
                      .all = 2 + order->count };
    for (size_t i = 0; i < order->count; i++)
        w.areas[i] = order->children[i].area;
    if (find_overlaps(&w, err) < 0 || find_holes(&w, err) < 0 || find_outside(&w, err) < 0)
        return -1;
    *out = result;
    return 0;
}
