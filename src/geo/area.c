#include "geo/area.h"

#include "base/memory.h"

#define GEOS_USE_ONLY_R_API
#include <geos_c.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHY = 160 };

/* What a point costs: its coordinates in GEOS (24), the index a prepared geometry builds (about 72). */
enum { BYTES_PER_POINT = 96, BYTES_PER_AREA = 1024 };

struct area {
    GEOSGeometry *geometry; /* a polygon, a multipolygon or empty */
    const GEOSPreparedGeometry *prepared;
    size_t points;
    struct area_box box;
};

/* ---- one context per call ---- */

struct geos {
    GEOSContextHandle_t h;
    char why[WHY];
};

static void note(const char *message, void *arg)
{
    struct geos *g = arg;
    snprintf(g->why, sizeof g->why, "%s", message);
}

static void geos_begin(struct geos *g)
{
    g->h = GEOS_init_r();
    g->why[0] = '\0';
    GEOSContext_setErrorMessageHandler_r(g->h, note, g);
}

static void geos_end(struct geos *g)
{
    GEOS_finish_r(g->h);
}

#define AUTO_GEOS __attribute__((cleanup(geos_end))) struct geos

/* GEOS gave up: not about the data, which was checked when it came in, but about memory or its own limits. */
static int geos_failed(const struct geos *g, struct error *err)
{
    return fail(err, FAULT_INTERNAL, "geo.failed", "图形计算失败：%s", "The geometry could not be computed: %s",
                g->why[0] ? g->why : "GEOS");
}

/* ---- wrapping ---- */

/* Polygons of any result: an overlay may leave points and lines, which have no surface. Takes the geometry over. */
static GEOSGeometry *only_polygons(struct geos *g, GEOSGeometry *geometry)
{
    int type = GEOSGeomTypeId_r(g->h, geometry);
    if (type == GEOS_POLYGON || type == GEOS_MULTIPOLYGON)
        return geometry;
    int count = type == GEOS_GEOMETRYCOLLECTION ? GEOSGetNumGeometries_r(g->h, geometry) : 0;
    GEOSGeometry **kept = memory_new(sizeof *kept * (size_t)(count + 1));
    unsigned n = 0;
    for (int i = 0; i < count; i++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(g->h, geometry, i);
        int of = GEOSGeomTypeId_r(g->h, part);
        for (int k = 0; (of == GEOS_POLYGON || of == GEOS_MULTIPOLYGON) && k < GEOSGetNumGeometries_r(g->h, part);
             k++) {
            kept = memory_resize(kept, sizeof *kept * (n + 2));
            kept[n++] = GEOSGeom_clone_r(g->h, GEOSGetGeometryN_r(g->h, part, k));
        }
    }
    GEOSGeom_destroy_r(g->h, geometry);
    GEOSGeometry *all = GEOSGeom_createCollection_r(g->h, GEOS_MULTIPOLYGON, kept, n);
    memory_free(kept);
    return all;
}

/* Takes the geometry over; NULL is a failure of GEOS. */
static int wrap(struct geos *g, GEOSGeometry *geometry, struct area **out, struct error *err)
{
    if (geometry)
        geometry = only_polygons(g, geometry);
    if (!geometry)
        return geos_failed(g, err);
    struct area *area = memory_new(sizeof *area);
    area->geometry = geometry;
    int points = GEOSGetNumCoordinates_r(g->h, geometry);
    area->points = points > 0 ? (size_t)points : 0;
    if (area->points) {
        GEOSGeom_getXMin_r(g->h, geometry, &area->box.west);
        GEOSGeom_getYMin_r(g->h, geometry, &area->box.south);
        GEOSGeom_getXMax_r(g->h, geometry, &area->box.east);
        GEOSGeom_getYMax_r(g->h, geometry, &area->box.north);
    }
    area->prepared = GEOSPrepare_r(g->h, geometry);
    *out = area;
    return 0;
}

void area_free(struct area *area)
{
    if (!area)
        return;
    AUTO_GEOS g;
    geos_begin(&g);
    if (area->prepared)
        GEOSPreparedGeom_destroy_r(g.h, area->prepared);
    GEOSGeom_destroy_r(g.h, area->geometry);
    memory_free(area);
}

/* ---- making ---- */

static GEOSGeometry *ring_of(struct geos *g, const struct geo_shape *s, const struct geo_span *ring, enum datum datum)
{
    GEOSCoordSequence *points = GEOSCoordSeq_create_r(g->h, (unsigned)ring->count, 2);
    for (size_t i = 0; points && i < ring->count; i++) {
        struct lonlat p = datum_to_wgs84(datum, s->points[ring->at + i]);
        GEOSCoordSeq_setXY_r(g->h, points, (unsigned)i, p.lon, p.lat);
    }
    return points ? GEOSGeom_createLinearRing_r(g->h, points) : NULL;
}

static GEOSGeometry *polygon_of(struct geos *g, const struct geo_shape *s, const struct geo_span *polygon,
                                enum datum datum)
{
    GEOSGeometry *shell = ring_of(g, s, &s->rings[polygon->at], datum);
    GEOSGeometry **holes = memory_new(sizeof *holes * polygon->count);
    unsigned n = 0;
    for (size_t i = 1; shell && i < polygon->count; i++) {
        holes[n] = ring_of(g, s, &s->rings[polygon->at + i], datum);
        n += holes[n] != NULL;
    }
    bool complete = shell && n == polygon->count - 1;
    GEOSGeometry *made = complete ? GEOSGeom_createPolygon_r(g->h, shell, holes, n) : NULL;
    if (!complete) {
        while (n)
            GEOSGeom_destroy_r(g->h, holes[--n]);
        GEOSGeom_destroy_r(g->h, shell);
    }
    memory_free(holes);
    return made;
}

static GEOSGeometry *geometry_of(struct geos *g, const struct geo_shape *s, enum datum datum)
{
    GEOSGeometry **polygons = memory_new(sizeof *polygons * s->polygon_count);
    unsigned n = 0;
    while (n < s->polygon_count && (polygons[n] = polygon_of(g, s, &s->polygons[n], datum)) != NULL)
        n++;
    GEOSGeometry *made = NULL;
    if (n == s->polygon_count && n == 1)
        made = polygons[0];
    else if (n == s->polygon_count)
        made = GEOSGeom_createCollection_r(g->h, GEOS_MULTIPOLYGON, polygons, n);
    else
        while (n)
            GEOSGeom_destroy_r(g->h, polygons[--n]);
    memory_free(polygons);
    return made;
}

/* ---- what is wrong with it ---- */

static const struct {
    const char *geos, *zh, *en;
} faults[] = {
    { "Ring Self-intersection", "这一环碰到自己", "the ring touches itself" },
    { "Self-intersection", "边线自相交", "its edges cross" },
    { "Hole lies outside shell", "洞在外环之外", "a hole lies outside the outline" },
    { "Holes are nested", "洞里还有洞", "a hole lies inside a hole" },
    { "Nested shells", "一个多边形在另一个里面", "a polygon lies inside another" },
    { "Interior is disconnected", "洞把面切断了", "holes cut the area apart" },
    { "Duplicate Rings", "同一个环出现了两次", "a ring is there twice" },
    { "Too few points", "有效的点太少", "too few different points" },
};

/* The point of the shape next to where GEOS found the fault, as a person counts. */
static int name_fault(const struct geo_shape *s, enum datum datum, const char *reason, struct lonlat where,
                      struct error *err)
{
    const char *zh = "图形不成立", *en = "the shape contradicts itself";
    size_t best[3] = { 1, 1, 1 };
    double least = INFINITY;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (reason && strncmp(reason, faults[i].geos, strlen(faults[i].geos)) == 0) {
            zh = faults[i].zh;
            en = faults[i].en;
            break;
        }
    for (size_t p = 0; p < s->polygon_count; p++)
        for (size_t r = 0; r < s->polygons[p].count; r++) {
            const struct geo_span *ring = &s->rings[s->polygons[p].at + r];
            for (size_t i = 0; i < ring->count; i++) {
                struct lonlat at = datum_to_wgs84(datum, s->points[ring->at + i]);
                double far = hypot(at.lon - where.lon, at.lat - where.lat);
                if (far >= least)
                    continue;
                least = far;
                best[0] = p + 1;
                best[1] = r + 1;
                best[2] = i + 1;
            }
        }
    return fail(err, FAULT_INVALID, "geo.invalid",
                "第 %zu 个多边形第 %zu 个环第 %zu 个点附近：%s%.0s（%.6f,%.6f）。请在地图软件里修正后再上传",
                "Polygon %zu, ring %zu, near point %zu: %.0s%s (%.6f,%.6f). Correct it and upload again", best[0],
                best[1], best[2], zh, en, where.lon, where.lat);
}

/* Mending is safe when it covers as much as before. The lobes of an eight have opposite signs, so there it does not. */
static GEOSGeometry *mended(struct geos *g, const GEOSGeometry *broken)
{
    const double same = 1e-9;
    double before = 0, after = 0;
    GEOSGeometry *whole = GEOSMakeValid_r(g->h, broken);
    if (whole)
        whole = only_polygons(g, whole);
    if (whole && GEOSArea_r(g->h, broken, &before) && GEOSArea_r(g->h, whole, &after) && before > 0 &&
        fabs(after - before) <= same * before)
        return whole;
    GEOSGeom_destroy_r(g->h, whole);
    return NULL;
}

int area_make(const struct geo_shape *shape, enum datum datum, struct area **out, struct error *err)
{
    AUTO_GEOS g;
    geos_begin(&g);
    GEOSGeometry *made = geometry_of(&g, shape, datum), *where = NULL;
    char *reason = NULL;
    if (!made)
        return geos_failed(&g, err);
    if (GEOSisValidDetail_r(g.h, made, 0, &reason, &where) != 1) {
        GEOSGeometry *whole = mended(&g, made);
        struct lonlat at = shape->points[0];
        if (where) {
            GEOSGeomGetX_r(g.h, where, &at.lon);
            GEOSGeomGetY_r(g.h, where, &at.lat);
        }
        if (!whole)
            name_fault(shape, datum, reason, at, err);
        GEOSGeom_destroy_r(g.h, made);
        made = whole;
    }
    GEOSGeom_destroy_r(g.h, where);
    GEOSFree_r(g.h, reason);
    return made ? wrap(&g, made, out, err) : -1;
}

/* ---- bytes ---- */

int area_from_wkb(const void *bytes, size_t size, struct area **out, struct error *err)
{
    AUTO_GEOS g;
    geos_begin(&g);
    GEOSWKBReader *reader = GEOSWKBReader_create_r(g.h);
    GEOSGeometry *made = GEOSWKBReader_read_r(g.h, reader, bytes, size);
    GEOSWKBReader_destroy_r(g.h, reader);
    return wrap(&g, made, out, err);
}

int area_to_wkb(const struct area *area, struct arena *arena, const void **bytes, size_t *size, struct error *err)
{
    AUTO_GEOS g;
    geos_begin(&g);
    GEOSWKBWriter *writer = GEOSWKBWriter_create_r(g.h);
    size_t n = 0;
    GEOSWKBWriter_setOutputDimension_r(g.h, writer, 2);
    GEOSWKBWriter_setByteOrder_r(g.h, writer, GEOS_WKB_NDR);
    unsigned char *made = GEOSWKBWriter_write_r(g.h, writer, area->geometry, &n);
    GEOSWKBWriter_destroy_r(g.h, writer);
    if (!made)
        return geos_failed(&g, err);
    *bytes = arena_copy(arena, made, n);
    *size = n;
    GEOSFree_r(g.h, made);
    return 0;
}

/* ---- walking its rings ---- */

typedef void (*each_ring)(struct geos *g, const GEOSCoordSequence *points, unsigned count, size_t polygon, bool hole,
                          void *arg);

static void walk(struct geos *g, const GEOSGeometry *geometry, each_ring each, void *arg)
{
    int polygons = GEOSGetNumGeometries_r(g->h, geometry);
    for (int p = 0; p < polygons; p++) {
        const GEOSGeometry *polygon = GEOSGetGeometryN_r(g->h, geometry, p);
        if (GEOSisEmpty_r(g->h, polygon))
            continue;
        int holes = GEOSGetNumInteriorRings_r(g->h, polygon);
        for (int i = -1; i < holes; i++) {
            const GEOSGeometry *ring =
                i < 0 ? GEOSGetExteriorRing_r(g->h, polygon) : GEOSGetInteriorRingN_r(g->h, polygon, i);
            const GEOSCoordSequence *points = GEOSGeom_getCoordSeq_r(g->h, ring);
            unsigned count = 0;
            GEOSCoordSeq_getSize_r(g->h, points, &count);
            each(g, points, count, (size_t)p, i >= 0, arg);
        }
    }
}

/* Lambert's cylindrical equal-area projection of WGS-84, in metres. */
static struct lonlat equal_area(double lon, double lat)
{
    const double axis = 6378137.0, e2 = 0.00669437999014132, e = sqrt(e2);
    double sine = sin(lat * M_PI / 180);
    double q = (1 - e2) * (sine / (1 - e2 * sine * sine) - log((1 - e * sine) / (1 + e * sine)) / (2 * e));
    return (struct lonlat){ axis * lon * M_PI / 180, axis * q / 2 };
}

static void add_ring_area(struct geos *g, const GEOSCoordSequence *points, unsigned count, size_t polygon, bool hole,
                          void *arg)
{
    (void)polygon;
    double *sum = arg, twice = 0, x, y;
    struct lonlat first = { 0, 0 }, last = { 0, 0 };
    for (unsigned i = 0; i < count; i++) {
        GEOSCoordSeq_getXY_r(g->h, points, i, &x, &y);
        struct lonlat p = equal_area(x, y);
        if (i == 0)
            first = p;
        /* Beside the first point, so that no digits are lost to the distance from Greenwich. */
        p.lon -= first.lon;
        p.lat -= first.lat;
        if (i)
            twice += last.lon * p.lat - p.lon * last.lat;
        last = p;
    }
    *sum += hole ? -fabs(twice) / 2 : fabs(twice) / 2;
}

double area_square_metres(const struct area *area)
{
    double sum = 0;
    AUTO_GEOS g;
    geos_begin(&g);
    walk(&g, area->geometry, add_ring_area, &sum);
    return sum;
}

struct filling {
    struct geo_shape *shape;
    enum datum datum;
    size_t polygon; /* of the ring before */
};

static void add_ring_points(struct geos *g, const GEOSCoordSequence *points, unsigned count, size_t polygon, bool hole,
                            void *arg)
{
    struct filling *f = arg;
    struct geo_shape *s = f->shape;
    (void)polygon;
    if (!hole)
        s->polygons[s->polygon_count++] = (struct geo_span){ .at = s->ring_count };
    s->polygons[s->polygon_count - 1].count++;
    s->rings[s->ring_count++] = (struct geo_span){ s->point_count, count };
    for (unsigned i = 0; i < count; i++) {
        struct lonlat p;
        GEOSCoordSeq_getXY_r(g->h, points, i, &p.lon, &p.lat);
        s->points[s->point_count++] = datum_from_wgs84(f->datum, p);
    }
}

static void count_ring(struct geos *g, const GEOSCoordSequence *points, unsigned count, size_t polygon, bool hole,
                       void *arg)
{
    (void)g, (void)points, (void)count, (void)polygon, (void)hole;
    ++*(size_t *)arg;
}

void area_shape(const struct area *area, enum datum datum, struct arena *arena, struct geo_shape *out)
{
    size_t rings = 0;
    AUTO_GEOS g;
    geos_begin(&g);
    walk(&g, area->geometry, count_ring, &rings);
    *out = (struct geo_shape){ .points = ARENA_ARRAY(arena, struct lonlat, area->points + 1),
                               .rings = ARENA_ARRAY(arena, struct geo_span, rings + 1),
                               .polygons = ARENA_ARRAY(arena, struct geo_span, rings + 1) };
    struct filling f = { out, datum, 0 };
    walk(&g, area->geometry, add_ring_points, &f);
}

/* ---- asking ---- */

size_t area_points(const struct area *area)
{
    return area->points;
}

size_t area_bytes(const struct area *area)
{
    return BYTES_PER_AREA + area->points * BYTES_PER_POINT;
}

struct area_box area_box(const struct area *area)
{
    return area->box;
}

bool area_is_empty(const struct area *area)
{
    return area->points == 0;
}

bool area_holds(const struct area *area, struct lonlat p)
{
    const struct area_box *b = &area->box;
    if (area->points == 0 || p.lon < b->west || p.lon > b->east || p.lat < b->south || p.lat > b->north)
        return false;
    AUTO_GEOS g;
    geos_begin(&g);
    GEOSGeometry *point = GEOSGeom_createPointFromXY_r(g.h, p.lon, p.lat);
    bool holds = GEOSPreparedIntersects_r(g.h, area->prepared, point) == 1;
    GEOSGeom_destroy_r(g.h, point);
    return holds;
}

int area_middle(const struct area *area, struct lonlat *out, struct error *err)
{
    AUTO_GEOS g;
    geos_begin(&g);
    GEOSGeometry *point = GEOSPointOnSurface_r(g.h, area->geometry);
    struct lonlat p;
    bool found = point && GEOSGeomGetX_r(g.h, point, &p.lon) == 1 && GEOSGeomGetY_r(g.h, point, &p.lat) == 1;
    GEOSGeom_destroy_r(g.h, point);
    if (!found)
        return geos_failed(&g, err);
    *out = p;
    return 0;
}

bool area_touches(const struct area *a, const struct area *b, double degrees)
{
    AUTO_GEOS g;
    geos_begin(&g);
    return GEOSPreparedDistanceWithin_r(g.h, a->prepared, b->geometry, degrees) == 1;
}

/* ---- combining ---- */

int area_union(const struct area *const *areas, size_t count, struct area **out, struct error *err)
{
    AUTO_GEOS g;
    geos_begin(&g);
    GEOSGeometry **all = memory_new(sizeof *all * (count + 1));
    for (size_t i = 0; i < count; i++)
        all[i] = GEOSGeom_clone_r(g.h, areas[i]->geometry);
    GEOSGeometry *collection = GEOSGeom_createCollection_r(g.h, GEOS_GEOMETRYCOLLECTION, all, (unsigned)count);
    GEOSGeometry *made = collection ? GEOSUnaryUnion_r(g.h, collection) : NULL;
    GEOSGeom_destroy_r(g.h, collection);
    memory_free(all);
    return wrap(&g, made, out, err);
}

int area_difference(const struct area *a, const struct area *b, struct area **out, struct error *err)
{
    AUTO_GEOS g;
    geos_begin(&g);
    return wrap(&g, GEOSDifference_r(g.h, a->geometry, b->geometry), out, err);
}

int area_intersection(const struct area *a, const struct area *b, struct area **out, struct error *err)
{
    AUTO_GEOS g;
    geos_begin(&g);
    return wrap(&g, GEOSIntersection_r(g.h, a->geometry, b->geometry), out, err);
}

int area_simplify(const struct area *area, double degrees, struct area **out, struct error *err)
{
    AUTO_GEOS g;
    geos_begin(&g);
    return wrap(&g, GEOSTopologyPreserveSimplify_r(g.h, area->geometry, degrees), out, err);
}

int area_parts(const struct area *area, struct arena *arena, struct area ***out, size_t *count, struct error *err)
{
    AUTO_GEOS g;
    geos_begin(&g);
    int polygons = area->points ? GEOSGetNumGeometries_r(g.h, area->geometry) : 0;
    struct area **parts = ARENA_ARRAY(arena, struct area *, (size_t)polygons + 1);
    for (int i = 0; i < polygons; i++)
        if (wrap(&g, GEOSGeom_clone_r(g.h, GEOSGetGeometryN_r(g.h, area->geometry, i)), &parts[i], err) < 0) {
            while (i)
                area_free(parts[--i]);
            return -1;
        }
    *out = parts;
    *count = (size_t)polygons;
    return 0;
}

int area_filled(const struct area *area, struct area **out, struct error *err)
{
    AUTO_GEOS g;
    geos_begin(&g);
    int polygons = area->points ? GEOSGetNumGeometries_r(g.h, area->geometry) : 0;
    GEOSGeometry **all = memory_new(sizeof *all * ((size_t)polygons + 1));
    for (int i = 0; i < polygons; i++) {
        const GEOSGeometry *polygon = GEOSGetGeometryN_r(g.h, area->geometry, i);
        GEOSGeometry *shell = GEOSGeom_clone_r(g.h, GEOSGetExteriorRing_r(g.h, polygon));
        all[i] = GEOSGeom_createPolygon_r(g.h, shell, NULL, 0);
    }
    GEOSGeometry *collection = GEOSGeom_createCollection_r(g.h, GEOS_GEOMETRYCOLLECTION, all, (unsigned)polygons);
    GEOSGeometry *made = collection ? GEOSUnaryUnion_r(g.h, collection) : NULL;
    GEOSGeom_destroy_r(g.h, collection);
    memory_free(all);
    return wrap(&g, made, out, err);
}

/* ---- neighbours ---- */

struct meeting {
    const struct area *const *areas;
    size_t from;
    struct area_pair *pairs;
    size_t count, room;
};

static void met(void *item, void *arg)
{
    struct meeting *m = arg;
    size_t j = (size_t)((const struct area *const *)item - m->areas);
    if (j <= m->from)
        return;
    if (m->count == m->room) {
        m->room = m->room ? m->room * 2 : 64;
        m->pairs = memory_resize(m->pairs, m->room * sizeof *m->pairs);
    }
    m->pairs[m->count++] = (struct area_pair){ m->from, j };
}

static int by_pair(const void *a, const void *b)
{
    const struct area_pair *x = a, *y = b;
    if (x->i != y->i)
        return x->i < y->i ? -1 : 1;
    return x->j < y->j ? -1 : x->j > y->j;
}

int area_pairs(const struct area *const *areas, size_t count, struct arena *arena, struct area_pair **out,
               size_t *pairs, struct error *err)
{
    AUTO_GEOS g;
    geos_begin(&g);
    GEOSSTRtree *tree = GEOSSTRtree_create_r(g.h, 10);
    struct meeting m = { .areas = areas };
    if (!tree)
        return geos_failed(&g, err);
    for (size_t i = 0; i < count; i++)
        if (areas[i]->points)
            GEOSSTRtree_insert_r(g.h, tree, areas[i]->geometry, (void *)&areas[i]);
    for (m.from = 0; m.from < count; m.from++)
        if (areas[m.from]->points)
            GEOSSTRtree_query_r(g.h, tree, areas[m.from]->geometry, met, &m);
    GEOSSTRtree_destroy_r(g.h, tree);
    if (m.count)
        qsort(m.pairs, m.count, sizeof *m.pairs, by_pair);
    *out = m.count ? arena_copy(arena, m.pairs, sizeof *m.pairs * m.count) : NULL;
    *pairs = m.count;
    memory_free(m.pairs);
    return 0;
}
