#include "geo/geojson.h"

#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 32, KEY_MAX = 64, NUMBER_MAX = 64, PROPERTY_MAX = 4096 };

struct scan {
    const char *begin, *at, *end;
};

struct slice {
    const char *at;
    size_t size; /* 0: the member is not there */
};

/* ---- JSON ---- */

static int broken(const struct scan *s, struct error *err)
{
    size_t line = 1, column = 1;
    for (const char *p = s->begin; p < s->at; p++) {
        column = *p == '\n' ? 1 : column + 1;
        line += *p == '\n';
    }
    return fail(err, FAULT_MALFORMED, "geojson.json",
                "第 %zu 行第 %zu 列不是合法的 JSON；请用地图软件重新导出 GeoJSON（UTF-8）",
                "Line %zu column %zu is not JSON; export the GeoJSON once more (UTF-8)", line, column);
}

static void skip_blank(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
        s->at++;
}

static char peek(struct scan *s)
{
    skip_blank(s);
    return s->at < s->end ? *s->at : '\0';
}

static bool take(struct scan *s, char c)
{
    if (peek(s) != c)
        return false;
    s->at++;
    return true;
}

/* Over a string, quotes included; escapes are looked at by string_text. */
static int skip_string(struct scan *s, struct error *err)
{
    if (!take(s, '"'))
        return broken(s, err);
    for (; s->at < s->end && (unsigned char)*s->at >= 0x20; s->at++) {
        if (*s->at == '"') {
            s->at++;
            return 0;
        }
        if (*s->at == '\\' && ++s->at == s->end)
            break;
    }
    return broken(s, err);
}

static bool digits(struct scan *s)
{
    const char *from = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return s->at > from;
}

static int skip_number(struct scan *s, struct error *err)
{
    const char *from = s->at;
    s->at += s->at < s->end && *s->at == '-';
    const char *whole = s->at;
    if (!digits(s) || (*whole == '0' && s->at - whole > 1))
        return broken(s, err);
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (!digits(s))
            return broken(s, err);
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        s->at++;
        s->at += s->at < s->end && (*s->at == '+' || *s->at == '-');
        if (!digits(s))
            return broken(s, err);
    }
    return s->at - from < NUMBER_MAX ? 0 : broken(s, err);
}

static int skip_word(struct scan *s, struct error *err)
{
    static const char *const words[] = { "true", "false", "null" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(s->end - s->at) >= n && memcmp(s->at, words[i], n) == 0) {
            s->at += n;
            return 0;
        }
    }
    return broken(s, err);
}

static int skip_value(struct scan *s, int depth, struct error *err)
{
    char c = peek(s);
    if (depth > DEPTH)
        return fail(err, FAULT_MALFORMED, "geojson.depth", "嵌套超过 %d 层，这不是边界文件",
                    "It is nested deeper than %d levels; this is no boundary file", DEPTH);
    if (c == '"')
        return skip_string(s, err);
    if (c == '-' || (c >= '0' && c <= '9'))
        return skip_number(s, err);
    if (c != '{' && c != '[')
        return skip_word(s, err);
    char close = c == '{' ? '}' : ']';
    s->at++;
    if (take(s, close))
        return 0;
    do {
        if (c == '{' && (skip_string(s, err) < 0 || (!take(s, ':') && broken(s, err) < 0)))
            return -1;
        if (skip_value(s, depth + 1, err) < 0)
            return -1;
    } while (take(s, ','));
    return take(s, close) ? 0 : broken(s, err);
}

static int hex4(const char *at)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* What stands between the quotes, escapes resolved. False when it is not a text or longer than out's limit. */
static bool string_text(struct slice slice, struct text *out)
{
    static const char escapes[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    if (slice.size < 2 || *slice.at != '"')
        return false;
    const char *end = slice.at + slice.size - 1;
    for (const char *at = slice.at + 1; at < end; at++) {
        if (*at != '\\') {
            text_char(out, *at);
            continue;
        }
        at++;
        const char *escape = at < end ? strchr(escapes, *at) : NULL;
        if (escape && *escape) {
            text_char(out, means[escape - escapes]);
            continue;
        }
        int code = at + 4 < end && *at == 'u' ? hex4(at + 1) : -1;
        if (code <= 0)
            return false;
        at += 4;
        if (code >= 0xD800 && code < 0xDC00 && at + 6 < end && at[1] == '\\' && at[2] == 'u') {
            int low = hex4(at + 3);
            if (low < 0xDC00 || low > 0xDFFF)
                return false;
            code = 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00);
            at += 6;
        }
        if (code >= 0xD800 && code < 0xE000)
            return false;
        utf8_put(out, code);
    }
    return text_ok(out) && utf8_valid(text_get(out), out->used);
}

static bool string_is(struct slice slice, const char *word)
{
    AUTO_TEXT text = TEXT_LIMIT(KEY_MAX);
    return string_text(slice, &text) && strcmp(text_get(&text), word) == 0;
}

/* Finds the named members of an object. A name that stands there twice is refused: nobody can tell which is meant. */
static int members(struct slice object, const char *const *names, struct slice *out, size_t count, struct error *err)
{
    struct scan s = { object.at, object.at, object.at + object.size };
    memset(out, 0, sizeof *out * count);
    if (!take(&s, '{'))
        return fail(err, FAULT_INVALID, "geojson.object", "这里应是一个 GeoJSON 对象，请上传 .geojson 文件",
                    "A GeoJSON object is expected here; upload a .geojson file");
    if (take(&s, '}'))
        return 0;
    do {
        skip_blank(&s);
        struct slice key = { s.at, 0 }, value;
        if (skip_string(&s, err) < 0)
            return -1;
        key.size = (size_t)(s.at - key.at);
        if (!take(&s, ':'))
            return broken(&s, err);
        skip_blank(&s);
        value.at = s.at;
        if (skip_value(&s, 1, err) < 0)
            return -1;
        value.size = (size_t)(s.at - value.at);
        for (size_t i = 0; i < count; i++) {
            if (!string_is(key, names[i]))
                continue;
            if (out[i].size)
                return fail(err, FAULT_MALFORMED, "geojson.twice", "“%s”在同一个对象里出现了两次",
                            "\"%s\" stands twice in one object", names[i]);
            out[i] = value;
        }
    } while (take(&s, ','));
    return take(&s, '}') ? 0 : broken(&s, err);
}

/* ---- coordinates ---- */

struct reader {
    struct scan s;
    struct geo_shape *shape;
    struct lonlat *points; /* grows; moved into the arena at the end */
    struct geo_span *rings, *polygons;
    size_t point_room, ring_room, polygon_room;
};

static void *grow(void *at, size_t used, size_t *room, size_t size)
{
    if (used < *room)
        return at;
    *room = *room ? *room * 2 : 64;
    return memory_resize(at, *room * size);
}

/* Which point of which ring, as a person counts. */
static int at_point(const struct reader *r, const char *code, const char *zh, const char *en, struct error *err)
{
    const struct geo_shape *sh = r->shape;
    const struct geo_span *polygon = &r->polygons[sh->polygon_count - 1], *ring = &r->rings[sh->ring_count - 1];
    return fail(err, FAULT_INVALID, code, "第 %zu 个多边形第 %zu 个环第 %zu 个点：%s%.0s",
                "Polygon %zu, ring %zu, point %zu: %.0s%s", sh->polygon_count, polygon->count, ring->count, zh, en);
}

static bool in_china(double lon, double lat)
{
    return lon > 73 && lon < 136 && lat > 3 && lat < 54;
}

static int check_point(const struct reader *r, struct lonlat p, struct error *err)
{
    if (!isfinite(p.lon) || !isfinite(p.lat) || fabs(p.lon) > 180 || fabs(p.lat) > 180)
        return at_point(r, "geojson.degrees", "坐标不是经纬度。投影坐标（以米为单位）请先转换成经纬度再上传",
                        "these are no degrees; convert projected coordinates (metres) to longitude and latitude first",
                        err);
    if ((fabs(p.lat) > 90 || !in_china(p.lon, p.lat)) && in_china(p.lat, p.lon))
        return at_point(r, "geojson.swapped", "经度和纬度写反了，应先写经度，例：[120.35,36.1]",
                        "longitude and latitude are swapped; longitude comes first, e.g. [120.35,36.1]", err);
    if (fabs(p.lat) > 90)
        return at_point(r, "geojson.degrees", "纬度应在 -90 到 90 之间", "the latitude must lie between -90 and 90",
                        err);
    return 0;
}

/* [lon,lat] or [lon,lat,height]. */
static int read_point(struct reader *r, struct error *err)
{
    struct scan *s = &r->s;
    double value[4];
    size_t count = 0;
    struct geo_shape *sh = r->shape;
    r->rings[sh->ring_count - 1].count++;
    if (!take(s, '['))
        return at_point(r, "geojson.point", "这里应是 [经度,纬度]", "[longitude,latitude] is expected here", err);
    while (peek(s) != ']') {
        char c = peek(s);
        if (count == 4 || !(c == '-' || (c >= '0' && c <= '9')))
            return at_point(r, "geojson.point", "点应写成两个数 [经度,纬度]",
                            "a point is two numbers, [longitude,latitude]", err);
        char number[NUMBER_MAX];
        const char *from = s->at;
        if (skip_number(s, err) < 0)
            return -1;
        memcpy(number, from, (size_t)(s->at - from));
        number[s->at - from] = '\0';
        value[count++] = strtod(number, NULL);
        if (!take(s, ','))
            break;
        if (peek(s) == ']')
            return broken(s, err);
    }
    if (!take(s, ']'))
        return broken(s, err);
    if (count < 2)
        return at_point(r, "geojson.point", "点应写成两个数 [经度,纬度]",
                        "a point is two numbers, [longitude,latitude]", err);
    struct lonlat p = { value[0], value[1] };
    if (check_point(r, p, err) < 0)
        return -1;
    if (sh->point_count == LIMIT_VERTICES)
        return fail(err, FAULT_TOO_LARGE, "geojson.vertices", "边界超过 %d 个点，请先简化再上传",
                    "The boundary has more than %d points; simplify it first", LIMIT_VERTICES);
    r->points = grow(r->points, sh->point_count, &r->point_room, sizeof *r->points);
    r->points[sh->point_count++] = p;
    return 0;
}

/* Elements of an array, each read by `item`. An array that is empty has none. */
static int read_array(struct reader *r, int (*item)(struct reader *r, struct error *err), struct error *err)
{
    if (!take(&r->s, '['))
        return fail(err, FAULT_INVALID, "geojson.coordinates",
                    "coordinates 的层数不对：Polygon 是环的数组，MultiPolygon 是多边形的数组",
                    "coordinates has the wrong nesting: a Polygon is an array of rings, a MultiPolygon of polygons");
    if (take(&r->s, ']'))
        return 0;
    do
        if (item(r, err) < 0)
            return -1;
    while (take(&r->s, ','));
    return take(&r->s, ']') ? 0 : broken(&r->s, err);
}

static int read_ring(struct reader *r, struct error *err)
{
    struct geo_shape *sh = r->shape;
    r->rings = grow(r->rings, sh->ring_count, &r->ring_room, sizeof *r->rings);
    struct geo_span *ring = &r->rings[sh->ring_count++];
    *ring = (struct geo_span){ .at = sh->point_count };
    r->polygons[sh->polygon_count - 1].count++;
    size_t number = r->polygons[sh->polygon_count - 1].count;
    if (read_array(r, read_point, err) < 0)
        return -1;
    ring->count = sh->point_count - ring->at;
    if (ring->count < 4)
        return fail(err, FAULT_INVALID, "geojson.ring",
                    "第 %zu 个多边形第 %zu 个环只有 %zu 个点，至少要 3 个点并首尾相同",
                    "Polygon %zu, ring %zu has %zu points; 3 and the first once more are needed", sh->polygon_count,
                    number, ring->count);
    const struct lonlat *first = &r->points[ring->at], *last = first + ring->count - 1;
    if (first->lon != last->lon || first->lat != last->lat)
        return fail(err, FAULT_INVALID, "geojson.unclosed",
                    "第 %zu 个多边形第 %zu 个环没有闭合，最后一个点（第 %zu 个）应与第一个点相同",
                    "Polygon %zu, ring %zu is not closed; its last point (%zu) must equal the first", sh->polygon_count,
                    number, ring->count);
    return 0;
}

static int read_polygon(struct reader *r, struct error *err)
{
    struct geo_shape *sh = r->shape;
    r->polygons = grow(r->polygons, sh->polygon_count, &r->polygon_room, sizeof *r->polygons);
    r->polygons[sh->polygon_count++] = (struct geo_span){ .at = sh->ring_count };
    if (read_array(r, read_ring, err) < 0)
        return -1;
    if (r->polygons[sh->polygon_count - 1].count == 0)
        return fail(err, FAULT_INVALID, "geojson.empty", "第 %zu 个多边形是空的", "Polygon %zu is empty",
                    sh->polygon_count);
    return 0;
}

static int read_coordinates(struct slice coordinates, bool many, struct arena *arena, struct geo_shape *out,
                            struct error *err)
{
    struct geo_shape shape = { 0 };
    struct reader r = { .s = { coordinates.at, coordinates.at, coordinates.at + coordinates.size }, .shape = &shape };
    int got = many ? read_array(&r, read_polygon, err) : read_polygon(&r, err);
    if (got == 0 && shape.polygon_count == 0)
        got = fail(err, FAULT_INVALID, "geojson.empty", "边界是空的，没有任何多边形", "The boundary has no polygon");
    if (got == 0) {
        shape.points = arena_copy(arena, r.points, sizeof *r.points * shape.point_count);
        shape.rings = arena_copy(arena, r.rings, sizeof *r.rings * shape.ring_count);
        shape.polygons = arena_copy(arena, r.polygons, sizeof *r.polygons * shape.polygon_count);
        *out = shape;
    }
    memory_free(r.points);
    memory_free(r.rings);
    memory_free(r.polygons);
    return got;
}

/* ---- objects ---- */

static int read_geometry(struct slice geometry, struct arena *arena, struct geo_shape *out, struct error *err)
{
    enum { TYPE, COORDINATES, COUNT };
    struct slice got[COUNT];
    if (geometry.size == 0 || *geometry.at == 'n')
        return fail(err, FAULT_INVALID, "geojson.geometry", "没有几何图形（geometry 为空）", "There is no geometry");
    if (members(geometry, (const char *const[]){ "type", "coordinates" }, got, COUNT, err) < 0)
        return -1;
    bool many = string_is(got[TYPE], "MultiPolygon");
    if (!many && !string_is(got[TYPE], "Polygon"))
        return fail(err, FAULT_INVALID, "geojson.type",
                    "只接受 Polygon 或 MultiPolygon；点、线和 GeometryCollection 请先转换成面",
                    "Only Polygon and MultiPolygon are taken; turn points, lines and collections into areas first");
    if (got[COORDINATES].size == 0)
        return fail(err, FAULT_INVALID, "geojson.coordinates", "缺少 coordinates", "There are no coordinates");
    return read_coordinates(got[COORDINATES], many, arena, out, err);
}

static int whole(const char *bytes, size_t size, struct slice *out, struct error *err)
{
    static const char mark[] = "\xEF\xBB\xBF";
    if (size >= 3 && memcmp(bytes, mark, 3) == 0) {
        bytes += 3;
        size -= 3;
    }
    struct scan s = { bytes, bytes, bytes + size };
    skip_blank(&s);
    const char *from = s.at;
    if (skip_value(&s, 0, err) < 0)
        return -1;
    *out = (struct slice){ from, (size_t)(s.at - from) };
    skip_blank(&s);
    return s.at == s.end ? 0 : broken(&s, err);
}

static int read_feature(struct slice object, struct geo_feature *out, struct error *err)
{
    enum { TYPE, GEOMETRY, PROPERTIES, COUNT };
    struct slice got[COUNT];
    if (members(object, (const char *const[]){ "type", "geometry", "properties" }, got, COUNT, err) < 0)
        return -1;
    if (!string_is(got[TYPE], "Feature"))
        return fail(err, FAULT_INVALID, "geojson.feature", "features 里应都是 Feature",
                    "features must hold Feature objects");
    out->geometry = got[GEOMETRY].at;
    out->geometry_size = got[GEOMETRY].size;
    out->properties = got[PROPERTIES].at;
    out->properties_size = got[PROPERTIES].size && *got[PROPERTIES].at == '{' ? got[PROPERTIES].size : 0;
    return 0;
}

static int in_feature(size_t number, struct error *err)
{
    char zh[40], en[40];
    snprintf(zh, sizeof zh, "第 %zu 个要素", number);
    snprintf(en, sizeof en, "Feature %zu", number);
    return error_add(err, zh, en);
}

static int each_feature(struct slice array, geojson_each each, void *arg, struct error *err)
{
    struct scan s = { array.at, array.at, array.at + array.size };
    if (array.size == 0 || !take(&s, '['))
        return fail(err, FAULT_INVALID, "geojson.features", "FeatureCollection 里没有 features",
                    "The FeatureCollection has no features");
    if (take(&s, ']'))
        return 0;
    size_t number = 0;
    do {
        struct geo_feature feature = { .number = ++number };
        skip_blank(&s);
        struct slice object = { s.at, 0 };
        if (number > LIMIT_FEATURES)
            return fail(err, FAULT_TOO_LARGE, "geojson.many", "一个文件最多 %d 个要素，请分几次上传",
                        "A file holds at most %d features; upload it in parts", LIMIT_FEATURES);
        if (skip_value(&s, 0, err) < 0)
            return -1;
        object.size = (size_t)(s.at - object.at);
        if (read_feature(object, &feature, err) < 0)
            return in_feature(number, err);
        if (each(&feature, arg, err) < 0)
            return -1;
    } while (take(&s, ','));
    return 0;
}

int geojson_features(const char *bytes, size_t size, geojson_each each, void *arg, struct error *err)
{
    enum { TYPE, FEATURES, COUNT };
    struct slice all, got[COUNT];
    if (whole(bytes, size, &all, err) < 0 ||
        members(all, (const char *const[]){ "type", "features" }, got, COUNT, err) < 0)
        return -1;
    if (!string_is(got[TYPE], "FeatureCollection"))
        return fail(err, FAULT_INVALID, "geojson.collection", "文件应是 FeatureCollection（要素集合）",
                    "The file must be a FeatureCollection");
    return each_feature(got[FEATURES], each, arg, err);
}

struct single {
    size_t count;
    struct geo_feature feature;
};

static int keep_single(const struct geo_feature *feature, void *arg, struct error *err)
{
    struct single *one = arg;
    if (++one->count > 1)
        return fail(err, FAULT_INVALID, "geojson.one", "文件里有多个要素，这里只能上传一个区划的边界",
                    "The file holds several features; here goes the boundary of one area");
    one->feature = *feature;
    return 0;
}

int geojson_shape(const char *bytes, size_t size, struct arena *arena, struct geo_shape *out, struct error *err)
{
    enum { TYPE, FEATURES, COUNT };
    struct slice all, got[COUNT];
    struct single one = { 0 };
    if (whole(bytes, size, &all, err) < 0 ||
        members(all, (const char *const[]){ "type", "features" }, got, COUNT, err) < 0)
        return -1;
    if (string_is(got[TYPE], "FeatureCollection")) {
        if (each_feature(got[FEATURES], keep_single, &one, err) < 0)
            return -1;
        if (one.count == 0)
            return fail(err, FAULT_INVALID, "geojson.empty", "文件里没有要素", "The file holds no feature");
        return geojson_feature_shape(&one.feature, arena, out, err);
    }
    if (string_is(got[TYPE], "Feature")) {
        if (read_feature(all, &one.feature, err) < 0)
            return -1;
        return geojson_feature_shape(&one.feature, arena, out, err);
    }
    return read_geometry(all, arena, out, err);
}

int geojson_feature_shape(const struct geo_feature *feature, struct arena *arena, struct geo_shape *out,
                          struct error *err)
{
    return read_geometry((struct slice){ feature->geometry, feature->geometry_size }, arena, out, err);
}

const char *geojson_property(const struct geo_feature *feature, const char *name, struct arena *arena)
{
    struct slice value;
    struct error ignored = { 0 };
    AUTO_TEXT text = TEXT_LIMIT(PROPERTY_MAX);
    if (feature->properties_size == 0 ||
        members((struct slice){ feature->properties, feature->properties_size }, &name, &value, 1, &ignored) < 0 ||
        value.size == 0)
        return NULL;
    if (*value.at == '-' || (*value.at >= '0' && *value.at <= '9'))
        return arena_strn(arena, value.at, value.size);
    return string_text(value, &text) ? arena_str(arena, text_get(&text)) : NULL;
}

/* ---- writing ---- */

/* Twice the signed area: above 0 when it runs counter-clockwise. */
static double turn(const struct lonlat *p, size_t count)
{
    double sum = 0;
    for (size_t i = 1; i < count; i++)
        sum += (p[i - 1].lon - p[0].lon) * (p[i].lat - p[0].lat) - (p[i].lon - p[0].lon) * (p[i - 1].lat - p[0].lat);
    return sum;
}

static void write_ring(const struct geo_shape *s, const struct geo_span *ring, bool hole, int decimals,
                       struct text *out)
{
    const struct lonlat *p = &s->points[ring->at];
    bool backwards = (turn(p, ring->count) < 0) != hole;
    text_char(out, '[');
    for (size_t i = 0; i < ring->count; i++) {
        const struct lonlat *at = &p[backwards ? ring->count - 1 - i : i];
        text_printf(out, "%s[%.*f,%.*f]", i ? "," : "", decimals, at->lon, decimals, at->lat);
    }
    text_char(out, ']');
}

void geojson_write(const struct geo_shape *s, int decimals, struct text *out)
{
    bool single = s->polygon_count == 1;
    text_printf(out, "{\"type\":\"%s\",\"coordinates\":%s", single ? "Polygon" : "MultiPolygon", single ? "" : "[");
    for (size_t i = 0; i < s->polygon_count; i++) {
        text_str(out, i ? ",[" : "[");
        for (size_t k = 0; k < s->polygons[i].count; k++) {
            if (k)
                text_char(out, ',');
            write_ring(s, &s->rings[s->polygons[i].at + k], k > 0, decimals, out);
        }
        text_char(out, ']');
    }
    text_str(out, single ? "}" : "]}");
}
