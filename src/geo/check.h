/*
** Do the areas below a parent fill it? Whatever of the parent no child covers is a hole, whatever two children share is
** an overlap, whatever of a child lies beyond the parent is outside. Boundaries drawn by hand never meet exactly, so
** what is smaller than a threshold is a sliver: counted, not listed.
**
** Pure: same input, same answer in the same order (larger first, then by place). Work is told piece by piece and stops
** when the caller says so.
*/
#pragma once
#include "geo/area.h"

struct check_child {
    int64_t code;
    const struct area *area;
};

enum { CHECK_BETWEEN = 8 }; /* neighbours of a hole that are named */

struct check_hole {
    double square_metres;
    struct geo_shape shape; /* WGS-84 */
    int64_t between[CHECK_BETWEEN];
    size_t between_count;
};

struct check_overlap {
    double square_metres;
    struct geo_shape shape;
    int64_t codes[2]; /* the smaller first */
};

struct check_outside {
    double square_metres;
    int64_t code;
};

struct check_order {
    const struct area *parent; /* NULL: nobody drew it; then holes are those inside the children together */
    const struct check_child *children;
    size_t count;
    double threshold; /* square metres */
    /* Asked before each piece of work; false stops. NULL: nobody asks. */
    bool (*go_on)(void *arg, size_t done, size_t all);
    void *arg;
};

struct check_result {
    struct check_hole *holes;
    struct check_overlap *overlaps;
    struct check_outside *outside;
    size_t hole_count, overlap_count, outside_count;
    size_t slivers; /* holes, overlaps and edges beyond the parent below the threshold */
    double sliver_metres;
};

/* FAULT_CONFLICT "check.stopped" when go_on said so. The result lies in the arena. */
int geo_check(const struct check_order *order, struct arena *arena, struct check_result *out, struct error *err);
