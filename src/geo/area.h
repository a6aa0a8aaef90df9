/*
** Areas: one or more polygons with holes on WGS-84, over GEOS. An area is made once and then only asked; asking is
** for one thread at a time (an index inside is built at the first question). Each call has a GEOS context of its own,
** so different threads may work on different areas.
**
** Geometry is computed in degrees, which is exact for what lies inside what; square metres come from an equal-area
** projection of the ellipsoid (cylindrical, authalic latitude). It takes edges between two points as straight there
** while they are straight in degrees here: for edges up to 10 km the difference is below a millionth of the area.
** A point on the edge is inside.
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "geo/datum.h"
#include "geo/geojson.h"

#include <stdbool.h>
#include <stddef.h>

struct area;

struct area_box {
    double west, south, east, north;
};

/* From a shape as it was read, converted to WGS-84. A shape that contradicts itself is mended where that changes nothing
** of what it covers (rings that touch themselves, points given twice, a hole that shares an edge), so its size stays;
** anything else (edges that cross, a hole outside) is refused naming polygon, ring and point. */
int area_make(const struct geo_shape *shape, enum datum datum, struct area **out, struct error *err);
void area_free(struct area *area); /* NULL is fine */

/* Well-known binary, two dimensions, byte order of the machine named inside. */
int area_from_wkb(const void *bytes, size_t size, struct area **out, struct error *err);
int area_to_wkb(const struct area *area, struct arena *arena, const void **bytes, size_t *size, struct error *err);

size_t area_points(const struct area *area);
size_t area_bytes(const struct area *area); /* what it takes in memory once it was asked: an estimate from above */
double area_square_metres(const struct area *area);
struct area_box area_box(const struct area *area);
bool area_is_empty(const struct area *area);

bool area_holds(const struct area *area, struct lonlat point);
/* A point inside, far from the edge: where its name is written. */
int area_middle(const struct area *area, struct lonlat *out, struct error *err);

/* What is left may be empty. Only what has a surface is kept: neighbours that share an edge have no intersection. */
int area_union(const struct area *const *areas, size_t count, struct area **out, struct error *err);
int area_difference(const struct area *a, const struct area *b, struct area **out, struct error *err);
int area_intersection(const struct area *a, const struct area *b, struct area **out, struct error *err);
/* The same outline with fewer points, none of them further than `degrees` from where it was. For drawing. */
int area_simplify(const struct area *area, double degrees, struct area **out, struct error *err);

/* Its polygons one by one, and the areas inside its holes: arrays in the arena, each area to be freed by the caller. */
int area_parts(const struct area *area, struct arena *arena, struct area ***out, size_t *count, struct error *err);
int area_filled(const struct area *area, struct area **out, struct error *err); /* without its holes */

/* For drawing and for the interface: the points back as a shape, in another datum. */
void area_shape(const struct area *area, enum datum datum, struct arena *arena, struct geo_shape *out);

/* Pairs whose boxes meet, i < j, in order: what has to be looked at closely. */
struct area_pair {
    size_t i, j;
};
int area_pairs(const struct area *const *areas, size_t count, struct arena *arena, struct area_pair **out,
               size_t *pairs, struct error *err);
bool area_touches(const struct area *a, const struct area *b, double degrees); /* nearer than that */
