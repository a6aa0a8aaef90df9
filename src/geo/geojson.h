/*
** Reading GeoJSON (RFC 7946) as offices and map sites hand it out: a polygon or multipolygon, bare, as a feature or as
** a collection of features. The text is scanned in place, coordinates go straight into arrays, so a hostile body costs
** no more memory than its points. A third coordinate (height) is read and left out. What is wrong is told with the
** place of it: feature, polygon, ring, point.
**
** Ceilings: LIMIT_VERTICES points a shape, LIMIT_FEATURES features a collection, 32 levels of nesting.
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "geo/datum.h"

#include <stddef.h>

/* A slice of the arrays it belongs to. */
struct geo_span {
    size_t at, count;
};

/* As written: no ring has been checked beyond its points being pairs of degrees. */
struct geo_shape {
    struct lonlat *points;
    size_t point_count;
    struct geo_span *rings; /* of points; the first point of a ring is also its last */
    size_t ring_count;
    struct geo_span *polygons; /* of rings; the first is the outline, the rest are holes */
    size_t polygon_count;
};

struct geo_feature {
    size_t number; /* from 1 */
    const char *properties;
    size_t properties_size; /* 0 when there are none */
    const char *geometry;
    size_t geometry_size;
};

/* One shape: a geometry, a feature, or a collection of exactly one feature. */
int geojson_shape(const char *bytes, size_t size, struct arena *arena, struct geo_shape *out, struct error *err);

/* The features of a collection, in order. `each` returns 0 to go on, -1 (err filled) to stop. */
typedef int (*geojson_each)(const struct geo_feature *feature, void *arg, struct error *err);
int geojson_features(const char *bytes, size_t size, geojson_each each, void *arg, struct error *err);
int geojson_feature_shape(const struct geo_feature *feature, struct arena *arena, struct geo_shape *out,
                          struct error *err);

/* A property of the feature as text, whether it was written as one or as a number. NULL when there is none. */
const char *geojson_property(const struct geo_feature *feature, const char *name, struct arena *arena);

/* A MultiPolygon (a Polygon when it is one), outlines counter-clockwise as RFC 7946 wants them. A degree has 6 decimals
** (a hand's breadth) for drawing, 9 for keeping. */
void geojson_write(const struct geo_shape *shape, int decimals, struct text *out);
