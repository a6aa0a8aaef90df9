#include "http/grid.h"

#include "access/query.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "domain/grid/boundary.h"
#include "domain/grid/grid.h"
#include "geo/check.h"
#include "record/type.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    DRAWN_STEPS = 4000, /* an outline for drawing is true to this part of the side of what is drawn */
    DRAWN_DECIMALS = 6, /* a hand's breadth */
    KEPT_DECIMALS = 9,
    LEAST_M2 = 100, /* holes and overlaps from this size on are listed */
    BATCH = 50,     /* boundaries stored in one transaction */
    KEY_LONGEST = 64,
    SOURCE_LONGEST = 200,
    REASON_LONGEST = 1000,
};

/* ---- what is asked ---- */

static int only_known(struct visit *v, const char *const *known, size_t count, struct error *err)
{
    for (size_t i = 0; i < v->rq->query_count; i++)
        if (!name_listed(known, count, v->rq->query[i].name))
            fail_field(err, v->rq->query[i].name, "没有这个参数", "There is no such parameter");
    return err->fault ? -1 : 0;
}
#define ONLY(...) \
    only_known(v, (const char *const[]){ __VA_ARGS__ }, COUNT(((const char *const[]){ __VA_ARGS__ })), err)

static int may(struct visit *v, const char *verb, struct error *err)
{
    v->kind = &region_kind;
    if (actor_may(&v->actor, &region_kind, verb_bit("read")) && actor_may(&v->actor, &region_kind, verb_bit(verb)))
        return 0;
    return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限，可向管理员申请",
                "You are not entitled to do this; ask the administrator");
}

static int datum_param(struct visit *v, enum datum *out, struct error *err)
{
    const char *text = request_query(v->rq, "datum");
    *out = DATUM_WGS84;
    if (text && !datum_parse(text, out))
        return fail_field(err, "datum", "坐标系只能写 wgs84（CGCS2000 相同）、gcj02（高德、腾讯）或 bd09（百度）",
                          "The datum is wgs84 (or CGCS2000), gcj02 (Gaode, Tencent) or bd09 (Baidu)");
    return 0;
}

static int day_param(struct visit *v, const char *name, int64_t absent, int64_t *out, struct error *err)
{
    const char *text = request_query(v->rq, name);
    *out = absent;
    if (text && !day_parse(text, strlen(text), out))
        return fail_field(err, name, "日期写成 2026-03-17", "A date is written 2026-03-17");
    return 0;
}

int grid_area_param(struct visit *v, const char *name, int64_t *out, struct error *err)
{
    const char *text = request_query(v->rq, name);
    *out = 0;
    if (text && !region_parse(text, out))
        return fail_field(err, name, "区划代码是 2、4、6、9 或 12 位数字，例：370211",
                          "A region's code has 2, 4, 6, 9 or 12 digits, e.g. 370211");
    return 0;
}

static const char *source_param(struct visit *v, struct error *err)
{
    const char *text = request_query(v->rq, "source");
    if (text && strlen(text) > SOURCE_LONGEST)
        fail_field(err, "source", "来源不超过 %d 个字节", "At most %d bytes for the source", SOURCE_LONGEST);
    return text;
}

/* ---- what is answered ---- */

static void put_code(struct json *j, struct arena *arena, int64_t code)
{
    json_key_str(j, "code", arena_printf(arena, "%012" PRId64, code));
}

static void put_region(struct visit *v, const struct grid_region *r)
{
    struct json *j = &v->json;
    json_open(j, '{');
    put_code(j, v->arena, r->code);
    json_key_str(j, "name", r->name);
    json_key_str(j, "level", r->level);
    json_close(j, '}');
}

static void put_regions(struct visit *v, const char *key, const struct grid_region *list, size_t count)
{
    json_key(&v->json, key);
    json_open(&v->json, '[');
    for (size_t i = 0; i < count; i++)
        put_region(v, &list[i]);
    json_close(&v->json, ']');
}

static void put_metres(struct json *j, const char *key, double square_metres)
{
    json_key_int(j, key, llround(square_metres));
}

static void put_geometry(struct json *j, const struct geo_shape *shape, int decimals)
{
    json_key(j, "geometry");
    json_before(j);
    geojson_write(shape, decimals, j->out);
    json_wrote(j);
}

/* ---- which area holds a place ---- */

/* Read as a record reads it, so the same mistakes are told in the same words. */
static int place_param(struct visit *v, struct place *out, struct error *err)
{
    static const struct field place_field = { .name = "place", .type = &type_place };
    const char *lon = request_query(v->rq, "lon"), *lat = request_query(v->rq, "lat");
    struct type_context ctx = { .arena = v->arena, .kind = &region_kind, .name = "lon" };
    if (!lon || !lat)
        return fail_field(err, lon ? "lat" : "lon", "请写明经度 lon 和纬度 lat，例：lon=120.35&lat=36.1",
                          "Give lon and lat, e.g. lon=120.35&lat=36.1");
    return type_place.read_text(&place_field, &ctx, arena_printf(v->arena, "%s,%s", lon, lat), out, err);
}

static void put_place(struct visit *v, struct place place)
{
    AUTO_TEXT text = TEXT_LIMIT(128);
    json_key(&v->json, "place");
    type_place.to_json(NULL, NULL, &place, false, &text);
    json_put_raw(&v->json, text_get(&text));
}

int grid_place(struct visit *v, struct error *err)
{
    enum datum datum;
    int64_t day;
    struct place place;
    struct grid_at at;
    if (may(v, "read", err) < 0 || ONLY("lon", "lat", "datum", "on") < 0 || datum_param(v, &datum, err) < 0 ||
        day_param(v, "on", day_of_ms(v->now), &day, err) < 0 || place_param(v, &place, err) < 0)
        return -1;
    place_from_datum(datum, &place.lon, &place.lat);
    if (grid_at(v->db, place, day, v->arena, &at, err) < 0)
        return -1;
    json_open(&v->json, '{');
    put_regions(v, "regions", at.chain, at.count);
    put_regions(v, "others", at.others, at.other_count);
    put_place(v, place);
    json_close(&v->json, '}');
    return 0;
}

/* ---- one boundary ---- */

static int region_of(struct visit *v, const struct region **out, struct error *err)
{
    struct scope scope;
    void *record;
    scope_compile(&v->actor, &region_kind, verb_bit("read"), &scope);
    if (record_read(v->db, &scope, v->id, false, false, v->arena, &record, err) < 0)
        return -1;
    *out = record;
    return 0;
}

static void put_day(struct json *j, const char *key, int64_t day)
{
    char text[DAY_TEXT];
    if (day)
        day_print(day, text);
    json_key_str(j, key, day ? text : NULL);
}

/* A GeoJSON feature; its geometry is null where nobody drew one. version: of its region; 0 = not told. */
static int put_feature(struct visit *v, const struct boundary *b, double degrees, enum datum datum, int decimals,
                       int64_t version, struct error *err)
{
    struct json *j = &v->json;
    struct area *simple = NULL;
    struct lonlat middle;
    if (b->area && ((degrees > 0 && area_simplify(b->area, degrees, &simple, err) < 0) ||
                    area_middle(simple ? simple : b->area, &middle, err) < 0)) {
        area_free(simple);
        return -1;
    }
    json_open(j, '{');
    json_key_str(j, "type", "Feature");
    if (version)
        json_key_int(j, "version", version);
    json_key(j, "properties");
    json_open(j, '{');
    put_code(j, v->arena, b->region);
    json_key_str(j, "name", b->name);
    json_key_str(j, "level", b->level);
    if (b->area) {
        middle = datum_from_wgs84(datum, middle);
        json_key(j, "middle");
        json_put_raw(j, arena_printf(v->arena, "[%.6f,%.6f]", middle.lon, middle.lat));
        put_metres(j, "area_m2", area_square_metres(b->area));
        put_day(j, "from", b->from);
        put_day(j, "to", b->to);
        json_key_str(j, "source", b->source);
        json_key_str(j, "datum", b->datum);
    }
    json_close(j, '}');
    if (b->area) {
        AUTO_ARENA arena = { 0 };
        struct geo_shape shape;
        area_shape(simple ? simple : b->area, datum, &arena, &shape);
        put_geometry(j, &shape, decimals);
    } else {
        json_key_str(j, "geometry", NULL);
    }
    json_close(j, '}');
    area_free(simple);
    return 0;
}

int outline_read(struct visit *v, struct error *err)
{
    const struct region *region;
    struct boundary b;
    enum datum datum;
    int64_t day;
    if (may(v, "read", err) < 0 || ONLY("datum", "on") < 0 || datum_param(v, &datum, err) < 0 ||
        day_param(v, "on", day_of_ms(v->now), &day, err) < 0 || region_of(v, &region, err) < 0 ||
        boundary_read(v->db, v->id, day, v->arena, &b, err) < 0)
        return -1;
    if (!b.area)
        return fail(err, FAULT_MISSING, "boundary.missing", "这个区划还没有边界", "This area has no boundary");
    response_header(v->rs, "ETag", arena_printf(v->arena, "\"%" PRId64 "\"", region->is.version));
    v->rs->type = "application/geo+json";
    int got = put_feature(v, &b, 0, datum, KEPT_DECIMALS, region->is.version, err);
    boundary_free(&b, 1);
    return got;
}

/* What was uploaded, in the arena. */
static int read_upload(struct visit *v, size_t most, const char **out, size_t *size, struct error *err)
{
    size_t n = v->rq->body_fd < 0 ? 0 : (size_t)v->rq->body_size, have = 0;
    if (n == 0)
        return fail_field(err, "file", "文件是空的", "The file is empty");
    if (n > most)
        return fail(err, FAULT_TOO_LARGE, "boundary.size", "边界文件不超过 %zu MB，请先在地图软件里简化",
                    "A boundary has at most %zu MB; simplify it first", most >> 20);
    char *bytes = arena_alloc(v->arena, n);
    while (have < n) {
        ssize_t got = pread(v->rq->body_fd, bytes + have, n - have, (off_t)have);
        if (got <= 0)
            return fail(err, FAULT_INTERNAL, "file.read", "读不到上传的文件", "The upload cannot be read");
        have += (size_t)got;
    }
    *out = bytes;
    *size = n;
    return 0;
}

struct outline {
    int64_t region, version, from;
    const char *reason; /* of a withdrawal */
    struct boundary_new boundary;
};

static int put_in_change(struct change *c, void *args, struct error *err)
{
    const struct outline *o = args;
    return boundary_put(c, o->region, &o->boundary, err);
}

int outline_put(struct visit *v, struct error *err)
{
    const char *bytes;
    size_t size;
    struct geo_shape shape;
    struct area *area = NULL;
    struct change_result done;
    struct outline o = { .region = v->id };
    const struct region *region;
    enum datum datum;
    if (may(v, "change", err) < 0 || ONLY("datum", "from", "source") < 0 || datum_param(v, &datum, err) < 0 ||
        day_param(v, "from", BOUNDARY_UNDATED, &o.from, err) < 0)
        return -1;
    o.boundary = (struct boundary_new){ NULL, datum, source_param(v, err), o.from, v->if_match };
    if (err->fault || region_of(v, &region, err) < 0 || read_upload(v, LIMIT_BOUNDARY, &bytes, &size, err) < 0 ||
        geojson_shape(bytes, size, v->arena, &shape, err) < 0 || area_make(&shape, datum, &area, err) < 0)
        return -1;
    o.boundary.area = area;
    int got = visit_change(v, put_in_change, &o, &done, err);
    area_free(area);
    return got < 0 ? -1 : reply_record(v, &region_kind, v->id, 200, err);
}

static int remove_in_change(struct change *c, void *args, struct error *err)
{
    const struct outline *o = args;
    return boundary_withdraw(c, o->region, o->version, o->from, o->reason, err);
}

int outline_remove(struct visit *v, struct error *err)
{
    struct outline o = { .region = v->id, .version = v->if_match, .reason = request_query(v->rq, "reason") };
    AUTO_TEXT said = TEXT_LIMIT(LIMIT_BODY);
    struct change_result done;
    if (may(v, "change", err) < 0 || ONLY("from", "reason") < 0 ||
        day_param(v, "from", day_of_ms(v->now), &o.from, err) < 0)
        return -1;
    if (o.reason)
        utf8_plain(&said, o.reason, strlen(o.reason));
    if (!said.used || strlen(o.reason) > REASON_LONGEST)
        return fail_field(err, "reason", "请写明撤回原因，最多 %d 个字节", "Say why, at most %d bytes", REASON_LONGEST);
    if (visit_change(v, remove_in_change, &o, &done, err) < 0)
        return -1;
    v->rs->status = 204;
    return 0;
}

/* ---- many boundaries ---- */

struct taken {
    size_t number;
    int64_t code;
    struct area *area; /* NULL: not to be stored */
    bool unknown, stored;
    const char *why; /* NULL: nothing is wrong with it */
};

struct taking {
    struct visit *v;
    const char *key;
    struct boundary_new as; /* of each */
    struct taken *list;
    size_t count, from, to;
    size_t points;
};

static const char *why_of(struct visit *v, const struct error *err)
{
    const struct field_error *field = err->field_count ? &err->fields[0] : NULL;
    return arena_str(v->arena, v->english ? field ? field->en : err->en : field ? field->zh : err->zh);
}

static bool listed_before(const struct taking *t, int64_t code)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->list[i].code == code)
            return true;
    return false;
}

static int take_feature(const struct geo_feature *feature, void *arg, struct error *err)
{
    struct taking *t = arg;
    struct visit *v = t->v;
    AUTO_ARENA arena = { 0 };
    struct error why = { 0 };
    struct geo_shape shape;
    struct taken one = { .number = feature->number };
    const char *code = geojson_property(feature, t->key, &arena);
    if (!code)
        fail(&why, FAULT_INVALID, "key", "没有属性“%s”", "It has no property “%s”", t->key);
    else if (!region_parse(code, &one.code))
        fail(&why, FAULT_INVALID, "key", "“%.40s”不是区划代码", "“%.40s” is no region's code", code);
    else if (listed_before(t, one.code))
        fail(&why, FAULT_INVALID, "twice", "%s 在文件里出现了两次，请先合并成一个多边形",
             "%s is there twice; make it one multipolygon", code);
    else if (geojson_feature_shape(feature, &arena, &shape, &why) == 0 &&
             area_make(&shape, t->as.datum, &one.area, &why) == 0)
        t->points += area_points(one.area);
    if (why.fault)
        one.why = why_of(v, &why);
    t->list[t->count++] = one;
    if (t->points > LIMIT_AREAS / sizeof(struct lonlat))
        return fail(err, FAULT_TOO_LARGE, "boundary.many", "边界太多，请分成几个文件",
                    "Too many boundaries at once; make several files of them");
    return 0;
}

static int store_batch(struct change *c, void *args, struct error *err)
{
    struct taking *t = args;
    for (size_t i = t->from; i < t->to; i++) {
        struct taken *one = &t->list[i];
        int64_t version;
        bool found;
        one->stored = one->unknown = false; /* this may run again */
        if (!one->area)
            continue;
        if (db_get_int(c->db, "SELECT version FROM region WHERE id = ? AND removed_at IS NULL",
                       BIND(value_int(one->code)), &version, &found, err) < 0)
            return -1;
        one->unknown = !found;
        if (!found)
            continue;
        struct boundary_new b = t->as;
        b.area = one->area;
        if (boundary_put(c, one->code, &b, err) < 0)
            return -1;
        one->stored = !c->result.unchanged;
    }
    return 0;
}

static int store_all(struct taking *t, struct error *err)
{
    struct change_result done;
    for (t->from = 0; t->from < t->count; t->from = t->to) {
        t->to = t->from + BATCH < t->count ? t->from + BATCH : t->count;
        if (visit_change(t->v, store_batch, t, &done, err) < 0)
            return -1;
    }
    return 0;
}

static void put_taken(struct taking *t)
{
    struct json *j = &t->v->json;
    int64_t stored = 0, same = 0;
    for (size_t i = 0; i < t->count; i++) {
        stored += t->list[i].stored;
        same += t->list[i].area && !t->list[i].stored && !t->list[i].unknown;
    }
    json_open(j, '{');
    json_key_int(j, "read", (int64_t)t->count);
    json_key_int(j, "stored", stored);
    json_key_int(j, "unchanged", same);
    json_key(j, "unknown");
    json_open(j, '[');
    for (size_t i = 0; i < t->count; i++)
        if (t->list[i].unknown)
            json_put_str(j, arena_printf(t->v->arena, "%012" PRId64, t->list[i].code));
    json_close(j, ']');
    json_key(j, "invalid");
    json_open(j, '[');
    for (size_t i = 0; i < t->count; i++)
        if (t->list[i].why) {
            json_open(j, '{');
            json_key_int(j, "feature", (int64_t)t->list[i].number);
            json_key_str(j, "reason", t->list[i].why);
            json_close(j, '}');
        }
    json_close(j, ']');
    json_close(j, '}');
}

int grid_take(struct visit *v, struct error *err)
{
    const char *bytes, *key = request_query(v->rq, "key");
    size_t size;
    struct taking t = { .v = v, .key = key ? key : "code" };
    if (may(v, "change", err) < 0 || ONLY("datum", "key", "from", "source") < 0 ||
        datum_param(v, &t.as.datum, err) < 0 || day_param(v, "from", BOUNDARY_UNDATED, &t.as.from, err) < 0)
        return -1;
    if (!*t.key || strlen(t.key) > KEY_LONGEST)
        return fail_field(err, "key", "写明哪个属性是区划代码，例：adcode",
                          "Name the property with the code, e.g. adcode");
    t.as.source = source_param(v, err);
    if (err->fault || read_upload(v, LIMIT_UPLOAD, &bytes, &size, err) < 0)
        return -1;
    t.list = ARENA_ARRAY(v->arena, struct taken, LIMIT_FEATURES);
    int got = geojson_features(bytes, size, take_feature, &t, err);
    if (got == 0)
        got = store_all(&t, err);
    for (size_t i = 0; i < t.count; i++)
        area_free(t.list[i].area);
    if (got == 0)
        put_taken(&t);
    return got;
}

/* ---- drawing ---- */

static double drawn_degrees(const struct boundary *list, size_t count)
{
    struct area_box all = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    for (size_t i = 0; i < count; i++) {
        if (!list[i].area)
            continue;
        struct area_box b = area_box(list[i].area);
        all = (struct area_box){ fmin(all.west, b.west), fmin(all.south, b.south), fmax(all.east, b.east),
                                 fmax(all.north, b.north) };
    }
    return all.east > all.west ? fmax(all.east - all.west, all.north - all.south) / DRAWN_STEPS : 0;
}

int grid_draw(struct visit *v, struct error *err)
{
    struct boundary *list;
    size_t count;
    int64_t within, day;
    enum datum datum;
    const char *level = request_query(v->rq, "level");
    static const char *const levels[] = { "province", "city", "county", "town", "village" };
    if (may(v, "read", err) < 0 || ONLY("within", "level", "on", "datum") < 0 || datum_param(v, &datum, err) < 0 ||
        grid_area_param(v, "within", &within, err) < 0 || day_param(v, "on", day_of_ms(v->now), &day, err) < 0)
        return -1;
    if (level && (!within || !name_listed(levels, COUNT(levels), level)))
        return fail_field(err, "level", "级别只能写 province、city、county、town 或 village，并写明 within",
                          "A level is province, city, county, town or village, beside within");
    if ((level ? boundary_within(v->db, within, level, day, v->arena, &list, &count, err)
               : boundary_children(v->db, within, day, v->arena, &list, &count, err)) < 0)
        return -1;
    double degrees = drawn_degrees(list, count);
    int got = 0;
    v->rs->type = "application/geo+json";
    json_open(&v->json, '{');
    json_key_str(&v->json, "type", "FeatureCollection");
    json_key(&v->json, "features");
    json_open(&v->json, '[');
    for (size_t i = 0; got == 0 && i < count; i++)
        got = put_feature(v, &list[i], degrees, datum, DRAWN_DECIMALS, 0, err);
    json_close(&v->json, ']');
    json_close(&v->json, '}');
    boundary_free(list, count);
    return got;
}

/* ---- do they fit ---- */

struct fitting {
    struct visit *v;
    struct boundary *list; /* the areas below */
    size_t count;
    struct check_child *children; /* those that have a boundary */
    size_t drawn;
};

static void put_named(struct fitting *f, const int64_t *codes, size_t count)
{
    json_open(&f->v->json, '[');
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < f->count; i++)
            if (f->list[i].region == codes[k])
                put_region(f->v, &(struct grid_region){ codes[k], f->list[i].name, f->list[i].level });
    json_close(&f->v->json, ']');
}

static void put_holes(struct fitting *f, const struct check_result *r)
{
    struct json *j = &f->v->json;
    json_key(j, "holes");
    json_open(j, '[');
    for (size_t i = 0; i < r->hole_count; i++) {
        json_open(j, '{');
        put_metres(j, "area_m2", r->holes[i].square_metres);
        put_geometry(j, &r->holes[i].shape, DRAWN_DECIMALS);
        json_key(j, "between");
        put_named(f, r->holes[i].between, r->holes[i].between_count);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_overlaps(struct fitting *f, const struct check_result *r)
{
    struct json *j = &f->v->json;
    json_key(j, "overlaps");
    json_open(j, '[');
    for (size_t i = 0; i < r->overlap_count; i++) {
        json_open(j, '{');
        put_metres(j, "area_m2", r->overlaps[i].square_metres);
        put_geometry(j, &r->overlaps[i].shape, DRAWN_DECIMALS);
        json_key(j, "regions");
        put_named(f, r->overlaps[i].codes, 2);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static const char *name_of(const struct fitting *f, int64_t code)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->list[i].region == code)
            return f->list[i].name;
    return NULL;
}

static void put_outside(struct fitting *f, const struct check_result *r)
{
    struct json *j = &f->v->json;
    json_key(j, "outside");
    json_open(j, '[');
    for (size_t i = 0; i < r->outside_count; i++) {
        json_open(j, '{');
        put_code(j, f->v->arena, r->outside[i].code);
        json_key_str(j, "name", name_of(f, r->outside[i].code));
        put_metres(j, "area_m2", r->outside[i].square_metres);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_missing(struct fitting *f)
{
    struct json *j = &f->v->json;
    json_key(j, "missing");
    json_open(j, '[');
    for (size_t i = 0; i < f->count; i++)
        if (!f->list[i].area)
            put_region(f->v, &(struct grid_region){ f->list[i].region, f->list[i].name, f->list[i].level });
    json_close(j, ']');
}

static int check_children(struct fitting *f, const struct area *parent, struct check_result *out, struct error *err)
{
    f->children = ARENA_ARRAY(f->v->arena, struct check_child, f->count + 1);
    for (size_t i = 0; i < f->count; i++)
        if (f->list[i].area)
            f->children[f->drawn++] = (struct check_child){ f->list[i].region, f->list[i].area };
    struct check_order order = { parent, f->children, f->drawn, LEAST_M2, NULL, NULL };
    *out = (struct check_result){ 0 };
    /* Before anything is drawn below, the whole is not one hole. */
    return f->drawn ? geo_check(&order, f->v->arena, out, err) : 0;
}

int grid_fit(struct visit *v, struct error *err)
{
    struct fitting f = { .v = v };
    struct boundary whole;
    struct check_result r;
    int64_t within, day;
    if (may(v, "read", err) < 0 || ONLY("within", "on") < 0 || grid_area_param(v, "within", &within, err) < 0 ||
        day_param(v, "on", day_of_ms(v->now), &day, err) < 0)
        return -1;
    if (!within)
        return fail_field(err, "within", "请写明核对哪个区划，例：within=370211", "Name the area, e.g. within=370211");
    if (boundary_read(v->db, within, day, v->arena, &whole, err) < 0)
        return -1;
    if (boundary_children(v->db, within, day, v->arena, &f.list, &f.count, err) < 0) {
        boundary_free(&whole, 1);
        return -1;
    }
    int got = check_children(&f, whole.area, &r, err);
    if (got == 0) {
        json_open(&v->json, '{');
        put_holes(&f, &r);
        put_overlaps(&f, &r);
        put_missing(&f);
        put_outside(&f, &r);
        json_key_bool(&v->json, "drawn", whole.area != NULL);
        json_key(&v->json, "slivers");
        json_open(&v->json, '{');
        json_key_int(&v->json, "count", (int64_t)r.slivers);
        put_metres(&v->json, "area_m2", r.sliver_metres);
        json_close(&v->json, '}');
        json_close(&v->json, '}');
    }
    boundary_free(&whole, 1);
    boundary_free(f.list, f.count);
    return got;
}
