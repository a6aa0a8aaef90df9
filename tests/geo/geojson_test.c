/* Boundaries as they come in, and everything that is wrong with them, told with its place and a remedy. */
#include "table.h"

#include "base/limits.h"
#include "base/text.h"
#include "geo/area.h"
#include "geo/geojson.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

static const char *root;

struct row {
    const char *says, *json;
    const char *code; /* NULL: accepted */
    const char *zh;   /* stands in the sentence */
};

#define POLYGON(rings)  "{\"type\":\"Polygon\",\"coordinates\":" rings "}"
#define MULTI(polygons) "{\"type\":\"MultiPolygon\",\"coordinates\":" polygons "}"
#define SQUARE          "[[120,36],[120.1,36],[120.1,36.1],[120,36.1],[120,36]]"
#define FEATURE(g)      "{\"type\":\"Feature\",\"properties\":{\"adcode\":370211},\"geometry\":" g "}"

static const struct row rows[] = {
    { "a polygon", POLYGON("[" SQUARE "]"), NULL, NULL },
    { "a multipolygon", MULTI("[[" SQUARE "]]"), NULL, NULL },
    { "a feature", FEATURE(POLYGON("[" SQUARE "]")), NULL, NULL },
    { "a collection of one", "{\"features\":[" FEATURE(POLYGON("[" SQUARE "]")) "],\"type\":\"FeatureCollection\"}",
      NULL, NULL },
    { "heights are left out", POLYGON("[[[120,36,5.5],[120.1,36,5],[120.1,36.1,5],[120,36,5.5]]]"), NULL, NULL },
    { "the mark of UTF-8 before it", "\xEF\xBB\xBF" POLYGON("[" SQUARE "]"), NULL, NULL },
    { "coordinates before the type", "{\"coordinates\":[" SQUARE "],\"type\":\"Polygon\"}", NULL, NULL },
    { "the type with an escape", "{\"type\":\"Pol\\u0079gon\",\"coordinates\":[" SQUARE "]}", NULL, NULL },
    { "a clockwise outline", POLYGON("[[[120,36],[120,36.1],[120.1,36.1],[120.1,36],[120,36]]]"), NULL, NULL },
    { "a point given twice", POLYGON("[[[120,36],[120,36],[120.1,36],[120.1,36.1],[120,36.1],[120,36]]]"), NULL, NULL },
    { "an outline that touches itself", POLYGON("[[[0,0],[2,0],[2,2],[1,0],[0,2],[0,0]]]"), NULL, NULL },
    { "exponents are numbers", POLYGON("[[[1.2e2,36],[120.1,36],[120.1,36.1],[1.2E+2,36]]]"), NULL, NULL },

    { "nothing at all", "", "geojson.json", "第 1 行第 1 列" },
    { "no JSON", "PK\003\004", "geojson.json", "GeoJSON" },
    { "half a file", "{\"type\":\"Polygon\",\"coordinates\":[[[120,36],", "geojson.json", "合法的 JSON" },
    { "something after it", POLYGON("[" SQUARE "]") "x", "geojson.json", "合法的 JSON" },
    { "NaN is no number", POLYGON("[[[NaN,36],[120.1,36],[120.1,36.1],[120,36]]]"), "geojson.json", "第 1 行" },
    { "Infinity neither", POLYGON("[[[Infinity,36],[120.1,36],[120.1,36.1],[120,36]]]"), "geojson.json", "第 1 行" },
    { "a number as large as can be", POLYGON("[[[1e308,36],[120.1,36],[120.1,36.1],[1e308,36]]]"), "geojson.degrees",
      "第 1 个多边形第 1 个环第 1 个点" },
    { "a number larger than can be", POLYGON("[[[120,36],[120.1,1e999],[120.1,36.1],[120,36]]]"), "geojson.degrees",
      "第 2 个点" },
    { "metres instead of degrees",
      POLYGON("[[[40500000,3980000],[40500100,3980000],[40500100,3980100],"
              "[40500000,3980000]]]"),
      "geojson.degrees", "转换成经纬度" },
    { "a latitude beyond the pole", POLYGON("[[[-50,95],[-49,95],[-49,96],[-50,95]]]"), "geojson.degrees", "纬度" },
    { "longitude and latitude swapped", POLYGON("[[[36,120],[36,120.1],[36.1,120.1],[36,120]]]"), "geojson.swapped",
      "写反" },
    { "swapped where both could be", POLYGON("[[[39,76],[39,76.1],[39.1,76.1],[39,76]]]"), "geojson.swapped", "写反" },
    { "an open ring", POLYGON("[[[120,36],[120.1,36],[120.1,36.1],[120,36.1]]]"), "geojson.unclosed", "没有闭合" },
    { "a ring of three points", POLYGON("[[[120,36],[120.1,36],[120,36]]]"), "geojson.ring", "只有 3 个点" },
    { "an empty ring", POLYGON("[[]]"), "geojson.ring", "只有 0 个点" },
    { "a polygon without rings", POLYGON("[]"), "geojson.empty", "空的" },
    { "a multipolygon without polygons", MULTI("[]"), "geojson.empty", "没有任何多边形" },
    { "the second polygon empty", MULTI("[[" SQUARE "],[]]"), "geojson.empty", "第 2 个多边形" },
    { "no coordinates", "{\"type\":\"Polygon\"}", "geojson.coordinates", "coordinates" },
    { "one bracket too few", "{\"type\":\"Polygon\",\"coordinates\":" SQUARE "}", "geojson.point", "[经度,纬度]" },
    { "one bracket too many", POLYGON("[[" SQUARE "]]"), "geojson.point", "点应写成两个数" },
    { "coordinates that are a text", POLYGON("\"x\""), "geojson.coordinates", "层数" },
    { "a point of one number", POLYGON("[[[120],[120.1,36],[120.1,36.1],[120]]]"), "geojson.point", "两个数" },
    { "a point of texts", POLYGON("[[[\"120\",\"36\"],[120.1,36],[120.1,36.1],[120,36]]]"), "geojson.point", "两个数" },
    { "a point of five numbers", POLYGON("[[[1,2,3,4,5],[120.1,36],[120.1,36.1],[120,36]]]"), "geojson.point", "点" },
    { "a point", "{\"type\":\"Point\",\"coordinates\":[120,36]}", "geojson.type", "Polygon" },
    { "a line", "{\"type\":\"LineString\",\"coordinates\":[[120,36],[121,36]]}", "geojson.type", "转换成面" },
    { "a collection of geometries in itself",
      "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"GeometryCollection\",\"geometries\":[]}]}",
      "geojson.type", "GeometryCollection" },
    { "a feature without a geometry", FEATURE("null"), "geojson.geometry", "geometry" },
    { "a collection of none", "{\"type\":\"FeatureCollection\",\"features\":[]}", "geojson.empty", "没有要素" },
    { "a collection without features", "{\"type\":\"FeatureCollection\"}", "geojson.features", "features" },
    { "a collection of two",
      "{\"type\":\"FeatureCollection\",\"features\":[" FEATURE(POLYGON("[" SQUARE "]")) "," FEATURE(
          POLYGON("[" SQUARE "]")) "]}",
      "geojson.one", "一个区划" },
    { "a collection of something else", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Polygon\"}]}",
      "geojson.feature", "第 1 个要素" },
    { "an array", "[1,2]", "geojson.object", "GeoJSON 对象" },
    { "a name given twice", "{\"type\":\"Polygon\",\"type\":\"Polygon\",\"coordinates\":[" SQUARE "]}", "geojson.twice",
      "两次" },
    { "a thousand brackets",
      "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
      "geojson.depth", "32 层" },

    { "edges that cross", POLYGON("[[[120,36],[120.2,36.1],[120.2,36],[120,36.1],[120,36]]]"), "geo.invalid",
      "第 1 个多边形第 1 个环" },
    { "a hole outside the outline", POLYGON("[" SQUARE ",[[121,36],[121.1,36],[121.1,36.1],[121,36]]]"), "geo.invalid",
      "第 2 个环" },
    { "polygons over each other", MULTI("[[" SQUARE "],[[[120.05,36],[120.2,36],[120.2,36.1],[120.05,36]]]]"),
      "geo.invalid", "个点附近" },
    { "a polygon without a surface", POLYGON("[[[120,36],[120.1,36],[120.2,36],[120,36]]]"), "geo.invalid", "附近" },
};

static int read_area(const char *json, size_t size, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct geo_shape shape;
    struct area *area;
    /* Exactly as many bytes as there are, so that reading beyond is seen. */
    char *exact = arena_copy(&arena, json, size);
    if (geojson_shape(exact, size, &arena, &shape, err) < 0 || area_make(&shape, DATUM_WGS84, &area, err) < 0)
        return -1;
    assert_true(area_square_metres(area) > 0);
    area_free(area);
    return 0;
}

static void is_told(void **state)
{
    const struct row *row = *state;
    struct error err = { 0 };
    int got = read_area(row->json, strlen(row->json), &err);
    if (!row->code && got < 0)
        fail_msg("refused: %s %s", err.code, err.zh);
    if (row->code && (got == 0 || strcmp(err.code, row->code) != 0 || !strstr(err.zh, row->zh)))
        fail_msg("expected %s with %s, got %s: %s", row->code, row->zh, err.code, err.zh);
}

static void every_beginning_of_a_file_is_refused_without_harm(void **state)
{
    (void)state;
    static const char whole[] = "{\"type\":\"FeatureCollection\",\"features\":[" FEATURE(POLYGON("[" SQUARE "]")) "]}";
    struct error err = { 0 };
    for (size_t n = 0; n + 1 < sizeof whole; n++) {
        error_clear(&err);
        assert_int_equal(read_area(whole, n, &err), -1);
        assert_int_not_equal(err.fault, FAULT_NONE);
    }
    assert_int_equal(read_area(whole, sizeof whole - 1, &err), 0);
}

static void one_point_more_than_the_ceiling_is_refused(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(16 << 20);
    AUTO_ARENA arena = { 0 };
    struct geo_shape shape;
    struct error err = { 0 };
    text_str(&out, "{\"type\":\"Polygon\",\"coordinates\":[[[120,36]");
    for (int i = 0; i < LIMIT_VERTICES - 2; i++)
        text_printf(&out, ",[%d.%06d,36.5]", 120 + i / 1000000, i % 1000000);
    size_t full = out.used;
    text_str(&out, ",[120,36]]]}");
    assert_int_equal(geojson_shape(out.at, out.used, &arena, &shape, &err), 0);
    assert_int_equal(shape.point_count, LIMIT_VERTICES);
    out.used = full;
    text_str(&out, ",[120.5,36.5],[120,36]]]}");
    assert_int_equal(geojson_shape(out.at, out.used, &arena, &shape, &err), -1);
    assert_string_equal(err.code, "geojson.vertices");
    assert_int_equal(err.fault, FAULT_TOO_LARGE);
}

struct seen {
    size_t count;
    const char *codes[4], *names[4];
    struct arena arena;
};

static int see(const struct geo_feature *f, void *arg, struct error *err)
{
    struct seen *s = arg;
    (void)err;
    s->codes[s->count] = geojson_property(f, "code", &s->arena);
    s->names[s->count++] = geojson_property(f, "name", &s->arena);
    return 0;
}

static void properties_are_texts_or_numbers(void **state)
{
    (void)state;
    static const char json[] =
        "{\"type\":\"FeatureCollection\",\"features\":["
        "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"code\":370211,\"name\":\"\\u4e1c\\u8425\"}},"
        "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"code\":\"370212005\",\"name\":\"\\ud83d\\ude00\"}},"
        "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"code\":null,\"name\":\"\\ud83d\"}},"
        "{\"type\":\"Feature\",\"geometry\":null,\"properties\":null}]}";
    struct seen s = { 0 };
    struct error err = { 0 };
    assert_int_equal(geojson_features(json, sizeof json - 1, see, &s, &err), 0);
    assert_int_equal(s.count, 4);
    assert_string_equal(s.codes[0], "370211");
    assert_string_equal(s.names[0], "东营");
    assert_string_equal(s.codes[1], "370212005");
    assert_string_equal(s.names[1], "😀");
    assert_null(s.codes[2]);
    assert_null(s.names[2]);
    assert_null(s.codes[3]);
    arena_done(&s.arena);
}

static void every_file_of_the_corpus_is_read_or_told(void **state)
{
    (void)state;
    char path[4096];
    int files = 0;
    snprintf(path, sizeof path, "%s/fuzz/corpus/geojson", root);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *e; (e = readdir(folder)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        static char bytes[1 << 16];
        struct error err = { 0 };
        snprintf(path, sizeof path, "%s/fuzz/corpus/geojson/%s", root, e->d_name);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        size_t n = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        if (read_area(bytes, n, &err) < 0)
            assert_true(err.fault != FAULT_NONE && err.zh[0] && err.en[0]);
        files++;
    }
    closedir(folder);
    assert_true(files >= 8);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_beginning_of_a_file_is_refused_without_harm),
        cmocka_unit_test(one_point_more_than_the_ceiling_is_refused),
        cmocka_unit_test(properties_are_texts_or_numbers),
        cmocka_unit_test(every_file_of_the_corpus_is_read_or_told),
    };
    if (argc != 2) {
        fprintf(stderr, "usage: geojson_test FOLDER_OF_SOURCES\n");
        return 2;
    }
    root = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL) + RUN_TABLE(rows, is_told);
}
