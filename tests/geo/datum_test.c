#include "table.h"

#include "geo/datum.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *root;

static double pair(const json_t *row, const char *name, size_t i)
{
    return json_number_value(json_array_get(json_object_get(row, name), i));
}

/* The published single step back: one round of the search, made here from the way there. */
static struct lonlat single_step(struct lonlat p)
{
    struct lonlat there = datum_from_wgs84(DATUM_GCJ02, p);
    return (struct lonlat){ 2 * p.lon - there.lon, 2 * p.lat - there.lat };
}

static struct lonlat convert(const char *op, struct lonlat p)
{
    if (strcmp(op, "bd09_to_gcj02") == 0)
        return datum_bd09_guess(p);
    if (strcmp(op, "gcj02_to_wgs84_single_step") == 0)
        return single_step(p);
    if (strcmp(op, "wgs84_to_gcj02") == 0)
        return datum_from_wgs84(DATUM_GCJ02, p);
    if (strcmp(op, "wgs84_to_bd09") == 0)
        return datum_from_wgs84(DATUM_BD09, p);
    fail_msg("the vectors ask for %s", op);
    return p;
}

static void the_published_vectors_come_out_to_the_digit(void **state)
{
    (void)state;
    char path[4096], line[4096];
    int rows = 0;
    snprintf(path, sizeof path, "%s/tests/cases/coordinates.jsonl", root);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (; fgets(line, sizeof line, file); rows++) {
        json_t *row = json_loads(line, 0, NULL);
        assert_non_null(row);
        struct lonlat got = convert(json_string_value(json_object_get(row, "op")),
                                    (struct lonlat){ pair(row, "input", 0), pair(row, "input", 1) });
        double most = json_number_value(json_object_get(row, "tolerance"));
        if (fabs(got.lon - pair(row, "output", 0)) > most || fabs(got.lat - pair(row, "output", 1)) > most)
            fail_msg("%s: %.10f, %.10f", json_string_value(json_object_get(row, "id")), got.lon, got.lat);
        json_decref(row);
    }
    fclose(file);
    assert_int_equal(rows, 7);
}

struct way {
    const char *says;
    double lon, lat;
    double gcj_lon, gcj_lat; /* to 1e-6 */
};

static const struct way ways[] = {
    { "Beijing", 116.404, 39.915, 116.410244, 39.916404 },
    { "Shanghai", 121.4737, 31.2304, 121.478223, 31.228458 },
    { "Guangzhou", 113.2644, 23.1291, 113.269730, 23.126423 },
    { "Chengdu", 104.0665, 30.5723, 104.069005, 30.569846 },
    { "Urumqi", 87.6168, 43.8256, 87.619650, 43.826805 },
    { "Harbin", 126.535, 45.8038, 126.541040, 45.805782 },
    { "Lhasa", 91.1322, 29.6603, 91.133743, 29.657580 },
    { "Haikou", 110.3312, 20.0311, 110.335571, 20.029054 },
    { "New York stays where it is", -74.006, 40.7128, -74.006, 40.7128 },
    { "so does Sydney", 151.2093, -33.8688, 151.2093, -33.8688 },
    { "and the corner of the rectangle", 73.66, 3.86, 73.66, 3.86 },
};

static void goes_there(void **state)
{
    const struct way *w = *state;
    struct lonlat got = datum_from_wgs84(DATUM_GCJ02, (struct lonlat){ w->lon, w->lat });
    assert_true(fabs(got.lon - w->gcj_lon) < 1e-6 && fabs(got.lat - w->gcj_lat) < 1e-6);
    struct lonlat back = datum_to_wgs84(DATUM_GCJ02, got);
    assert_true(fabs(back.lon - w->lon) < 1e-8 && fabs(back.lat - w->lat) < 1e-8);
}

static void every_place_of_the_land_comes_back(void **state)
{
    (void)state;
    int places = 0;
    for (double lon = 74; lon < 135; lon += 0.73)
        for (double lat = 4; lat < 53.5; lat += 0.61, places++)
            for (enum datum d = DATUM_WGS84; d <= DATUM_BD09; d++) {
                struct lonlat there = datum_from_wgs84(d, (struct lonlat){ lon, lat });
                struct lonlat back = datum_to_wgs84(d, there);
                if (fabs(back.lon - lon) > 1e-7 || fabs(back.lat - lat) > 1e-7)
                    fail_msg("%s %f, %f comes back as %.9f, %.9f", datum_names[d], lon, lat, back.lon, back.lat);
            }
    assert_true(places > 6000);
}

static void a_place_is_converted_in_its_own_units(void **state)
{
    (void)state;
    int32_t lon = 1164102445, lat = 399164043;
    place_from_datum(DATUM_GCJ02, &lon, &lat);
    assert_in_range(lon, 1164040000 - 1, 1164040000 + 1);
    assert_in_range(lat, 399150000 - 1, 399150000 + 1);
    place_from_datum(DATUM_WGS84, &lon, &lat);
    assert_in_range(lon, 1164040000 - 1, 1164040000 + 1);
}

struct name {
    const char *text;
    bool known;
    enum datum is;
};

static const struct name names[] = {
    { "wgs84", true, DATUM_WGS84 },
    { "WGS-84", true, DATUM_WGS84 },
    { "CGCS2000", true, DATUM_WGS84 },
    { "CGCS 2000", true, DATUM_WGS84 },
    { "gcj02", true, DATUM_GCJ02 },
    { "GCJ-02", true, DATUM_GCJ02 },
    { "BD_09", true, DATUM_BD09 },
    { "", false, DATUM_WGS84 },
    { "beijing54", false, DATUM_WGS84 },
    { "gcj022", false, DATUM_WGS84 },
    { "                    wgs84", true, DATUM_WGS84 },
    { "wgs84wgs84wgs84wgs84", false, DATUM_WGS84 },
};

static void is_a_name(void **state)
{
    const struct name *n = *state;
    enum datum got = DATUM_WGS84;
    assert_int_equal(datum_parse(n->text, &got), n->known);
    assert_int_equal(got, n->is);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors_come_out_to_the_digit),
        cmocka_unit_test(every_place_of_the_land_comes_back),
        cmocka_unit_test(a_place_is_converted_in_its_own_units),
    };
    if (argc != 2) {
        fprintf(stderr, "usage: datum_test FOLDER_OF_SOURCES\n");
        return 2;
    }
    root = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL) + RUN_TABLE(ways, goes_there) + RUN_TABLE(names, is_a_name);
}
