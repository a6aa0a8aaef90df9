/* The grid over the interface: which area holds a place, boundaries in and out, and what does not fit. */
#include "api/office.h"

#include "base/clock.h"
#include "demo/boundary.h"
#include "domain/grid/boundary.h"
#include "geo/area.h"

#include <math.h>
#include <string.h>

/* Regions nobody of the demonstration stands in; each test makes its own. */
static void make_region(struct office *o, const char *code, const char *name)
{
    expect(post(o, OFFICE, say(o, "{\"code\":\"%s\",\"name\":\"%s\"}", code, name), "/api/v1/regions"), 201);
}

static const char *land_json(struct office *o, struct land land)
{
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    struct geo_shape shape = land_shape(land, &arena);
    geojson_write(&shape, 9, &out);
    return say(o, "%s", text_get(&out));
}

static const char *feature(struct office *o, const char *key, const char *code, const char *geometry)
{
    return say(o, "{\"type\":\"Feature\",\"properties\":{\"%s\":%s},\"geometry\":%s}", key, code, geometry);
}

static const char *collection(struct office *o, const char *features)
{
    return say(o, "{\"type\":\"FeatureCollection\",\"features\":[%s]}", features);
}

static struct reply *put(struct office *o, enum who who, const char *code, const char *query, const char *body,
                         int64_t version)
{
    return ASK(o, .who = who, .method = "PUT", .path = say(o, "/api/v1/regions/%s/boundary%s", code, query),
               .body = body, .type = "application/geo+json", .version = version);
}

static struct land far_land(int i)
{
    return (struct land){ 600 + 20 * i, 0, 620 + 20 * i, 20 };
}

static struct reply *where(struct office *o, struct lonlat p, const char *more)
{
    return get(o, GRID_A, "/api/v1/grid/at?lon=%.7f&lat=%.7f%s", p.lon, p.lat, more);
}

/* ---- which area ---- */

static void every_firm_of_the_demonstration_lies_in_its_village(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *firms = expect(get(o, OFFICE, "/api/v1/enterprises?limit=12&sort=id"), 200);
    size_t placed = 0;
    for (size_t i = 0; i < count_at(firms, "items"); i++) {
        struct reply *firm = expect(
            get(o, OFFICE, "/api/v1/enterprises/%lld", (long long)number_at(firms, say(o, "items.%zu.id", i))), 200);
        if (!json_is_object(json_object_get(firm->json, "place")))
            continue;
        struct reply *r = expect(
            get(o, OFFICE, "/api/v1/grid/at?lon=%s&lat=%s", text_at(firm, "place.lon"), text_at(firm, "place.lat")),
            200);
        size_t depth = count_at(r, "regions");
        assert_int_equal(depth, 5);
        assert_string_equal(text_at(r, "regions.0.level"), "province");
        assert_string_equal(text_at(r, say(o, "regions.%zu.code", depth - 1)), text_at(firm, "region.code"));
        assert_int_equal(count_at(r, "others"), 0);
        placed++;
    }
    assert_true(placed >= 12);
}

static void a_place_of_another_datum_is_turned_before_it_is_looked_up(void **state)
{
    struct office *o = OFFICE(state);
    make_region(o, "990121002101", "坐标村");
    expect(put(o, OFFICE, "990121002101", "", land_json(o, far_land(0)), 1), 200);
    struct lonlat p = land_point(far_land(0), 0.5, 0.5);
    assert_int_equal(count_at(expect(where(o, p, ""), 200), "regions"), 1);
    for (enum datum datum = DATUM_GCJ02; datum <= DATUM_BD09; datum++) {
        struct reply *r = expect(where(o, datum_from_wgs84(datum, p), say(o, "&datum=%s", datum_names[datum])), 200);
        assert_string_equal(text_at(r, "regions.0.code"), "990121002101");
        assert_true(fabs(strtod(text_at(r, "place.lon"), NULL) - p.lon) < 2e-7);
        assert_true(fabs(strtod(text_at(r, "place.lat"), NULL) - p.lat) < 2e-7);
    }
    assert_int_equal(count_at(expect(where(o, (struct lonlat){ 100, 30 }, ""), 200), "regions"), 0);
}

static void what_is_wrong_with_a_question_is_told_by_its_name(void **state)
{
    struct office *o = OFFICE(state);
    expect_field(get(o, GRID_A, "/api/v1/grid/at"), "lon");
    expect_field(get(o, GRID_A, "/api/v1/grid/at?lon=120.1"), "lat");
    expect_field(get(o, GRID_A, "/api/v1/grid/at?lon=36.1&lat=120.35"), "lon");
    expect_field(get(o, GRID_A, "/api/v1/grid/at?lon=120&lat=36&datum=beijing54"), "datum");
    expect_field(get(o, GRID_A, "/api/v1/grid/at?lon=120&lat=36&on=gestern"), "on");
    expect_field(get(o, GRID_A, "/api/v1/grid/at?lon=120&lat=36&x=1"), "x");
    expect_field(get(o, GRID_A, "/api/v1/grid/boundaries?within=37x"), "within");
    expect_field(get(o, GRID_A, "/api/v1/grid/boundaries?within=9901&level=street"), "level");
    expect_field(get(o, GRID_A, "/api/v1/grid/check"), "within");
    expect(get(o, GRID_A, "/api/v1/grid/check?within=9977"), 404);
    expect(get(o, NOBODY, "/api/v1/grid/at?lon=120&lat=36"), 401);
}

/* ---- one boundary ---- */

static void a_boundary_comes_back_as_it_went_in_and_its_version_guards_it(void **state)
{
    struct office *o = OFFICE(state);
    make_region(o, "990121002111", "往返村");
    const char *geometry = land_json(o, far_land(1));
    expect_code(get(o, OFFICE, "/api/v1/regions/990121002111/boundary"), 404, "boundary.missing");
    expect_code(put(o, OFFICE, "990121002111", "", geometry, 0), 428, "version.missing");
    struct reply *r = expect(put(o, OFFICE, "990121002111", "?source=%E6%B5%8B%E7%BB%98", geometry, 1), 200);
    assert_int_equal(number_at(r, "version"), 2);
    expect(put(o, OFFICE, "990121002111", "", land_json(o, far_land(2)), 1), 412);
    r = expect(get(o, GRID_A, "/api/v1/regions/990121002111/boundary"), 200);
    assert_string_equal(header_of(r, "ETag"), "\"2\"");
    assert_int_equal(number_at(r, "version"), 2);
    assert_string_equal(text_at(r, "properties.code"), "990121002111");
    assert_string_equal(text_at(r, "properties.source"), "测绘");
    AUTO_ARENA arena = { 0 };
    struct geo_shape want, got;
    struct error err = { 0 };
    must(geojson_shape(geometry, strlen(geometry), &arena, &want, &err), &err);
    must(geojson_shape(r->body, r->size, &arena, &got, &err), &err);
    assert_int_equal(got.point_count, want.point_count);
    assert_true(number_at(r, "properties.area_m2") > 1000000);
    expect_field(
        ASK(o, .who = OFFICE, .method = "DELETE", .path = "/api/v1/regions/990121002111/boundary", .version = 2),
        "reason");
    expect_field(ASK(o, .who = OFFICE, .method = "DELETE",
                     .path = "/api/v1/regions/990121002111/boundary?reason=%E3%80%80%09", .version = 2),
                 "reason");
    const char *withdrawn = "/api/v1/regions/990121002111/boundary?reason=%E6%92%A4%E6%9D%91%E5%B9%B6%E5%B1%85";
    expect(ASK(o, .who = GRID_A, .method = "DELETE", .path = withdrawn, .version = 2), 403);
    expect(ASK(o, .who = OFFICE, .method = "DELETE", .path = withdrawn, .version = 1), 412);
    expect(ASK(o, .who = OFFICE, .method = "DELETE", .path = withdrawn, .version = 2), 204);
    r = expect(get(o, OFFICE, "/api/v1/regions/990121002111/history"), 200);
    assert_int_equal(number_at(r, "items.0.version"), 3);
    assert_string_equal(text_at(r, "items.0.note"), "撤村并居");
    expect_code(get(o, OFFICE, "/api/v1/regions/990121002111/boundary"), 404, "boundary.missing");
    expect(get(o, OFFICE, "/api/v1/regions/990121002111/boundary?on=2020-01-01"), 200);
}

static void a_boundary_that_contradicts_itself_is_refused_with_the_place_of_it(void **state)
{
    struct office *o = OFFICE(state);
    make_region(o, "990121002121", "错图村");
    struct reply *r = put(o, OFFICE, "990121002121", "",
                          "{\"type\":\"Polygon\",\"coordinates\":[[[120,36],[121,37],[121,36],[120,37],[120,36]]]}", 1);
    expect_code(r, 422, "geo.invalid");
    assert_non_null(strstr(r->body, "边线自相交"));
    expect(put(o, OFFICE, "990121002121", "", "{", 1), 400);
    expect_field(put(o, OFFICE, "990121002121", "", "", 1), "file");
    expect_field(put(o, OFFICE, "990121002121", "?datum=x", land_json(o, far_land(3)), 1), "datum");
    char *large = calloc(1, LIMIT_BOUNDARY + 2);
    memset(large, ' ', LIMIT_BOUNDARY + 1);
    r = put(o, OFFICE, "990121002121", "", large, 1);
    free(large);
    expect_code(r, 413, "boundary.size");
    assert_int_equal(number_at(expect(get(o, OFFICE, "/api/v1/regions/990121002121"), 200), "version"), 1);
}

/* ---- many ---- */

static void a_collection_stores_what_it_can_and_tells_the_rest_feature_by_feature(void **state)
{
    struct office *o = OFFICE(state);
    make_region(o, "990122000000", "集合县");
    make_region(o, "990122001000", "集合镇");
    const char *crossing = "{\"type\":\"Polygon\",\"coordinates\":[[[120,36],[121,37],[121,36],[120,37],[120,36]]]}";
    const char *one = feature(o, "adcode", "990122", land_json(o, far_land(4)));
    const char *features =
        say(o, "%s,%s,%s,%s,%s,%s", one, feature(o, "adcode", "\"990122001\"", land_json(o, far_land(5))),
            feature(o, "adcode", "\"990188000000\"", land_json(o, far_land(6))),
            feature(o, "name", "\"无代码\"", land_json(o, far_land(6))), feature(o, "adcode", "\"990122\"", crossing),
            feature(o, "adcode", "990101", crossing));
    struct reply *r =
        expect(post(o, OFFICE, collection(o, features), "/api/v1/grid/boundaries?datum=gcj02&key=adcode"), 200);
    assert_int_equal(number_at(r, "read"), 6);
    assert_int_equal(number_at(r, "stored"), 2);
    assert_int_equal(number_at(r, "unchanged"), 0);
    assert_int_equal(count_at(r, "unknown"), 1);
    assert_string_equal(text_at(r, "unknown.0"), "990188000000");
    assert_int_equal(count_at(r, "invalid"), 3);
    assert_int_equal(number_at(r, "invalid.0.feature"), 4);
    assert_non_null(strstr(text_at(r, "invalid.0.reason"), "adcode"));
    assert_non_null(strstr(text_at(r, "invalid.1.reason"), "两次"));
    assert_non_null(strstr(text_at(r, "invalid.2.reason"), "自相交"));
    /* Given in GCJ-02, kept in WGS-84. */
    struct lonlat p = datum_to_wgs84(DATUM_GCJ02, land_point(far_land(4), 0.5, 0.5));
    assert_string_equal(text_at(expect(where(o, p, ""), 200), "regions.0.code"), "990122000000");
    r = expect(post(o, OFFICE, collection(o, one), "/api/v1/grid/boundaries?datum=gcj02&key=adcode"), 200);
    assert_int_equal(number_at(r, "unchanged"), 1);
    assert_int_equal(number_at(r, "stored"), 0);
}

/* ---- drawing and fitting ---- */

static void the_areas_below_one_are_drawn_with_their_names_and_where_to_write_them(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(get(o, GRID_A, "/api/v1/grid/boundaries?within=990102"), 200);
    assert_string_equal(text_at(r, "type"), "FeatureCollection");
    assert_int_equal(count_at(r, "features"), 2);
    assert_string_equal(text_at(r, "features.0.properties.name"), "临河镇");
    assert_int_equal(count_at(r, "features.0.properties.middle"), 2);
    r = expect(get(o, GRID_A, "/api/v1/grid/boundaries?within=990102&level=village"), 200);
    for (size_t i = 0; i < count_at(r, "features"); i++)
        assert_string_equal(text_at(r, say(o, "features.%zu.properties.level", i)), "village");
    assert_true(count_at(r, "features") >= 4);
    r = expect(get(o, GRID_A, "/api/v1/grid/boundaries"), 200);
    assert_string_equal(text_at(r, "features.0.properties.code"), "990000000000");
}

static void a_grid_is_told_its_hole_its_overlap_and_who_is_missing(void **state)
{
    struct office *o = OFFICE(state);
    static const char *const codes[] = { "990123001001", "990123001002", "990123001003" };
    struct land whole = far_land(8), west = whole, east = whole;
    make_region(o, "990123000000", "核对县");
    make_region(o, "990123001000", "核对镇");
    for (size_t i = 0; i < 3; i++)
        make_region(o, codes[i], say(o, "核对村%zu", i + 1));
    west.east = whole.west + 10;
    east.west = whole.west + 10;
    expect(put(o, OFFICE, "990123001000", "", land_json(o, whole), 1), 200);
    expect(put(o, OFFICE, codes[0], "", land_json(o, west), 1), 200);
    expect(put(o, OFFICE, codes[1], "", land_json(o, east), 1), 200);
    struct reply *r = expect(get(o, GRID_A, "/api/v1/grid/check?within=990123001"), 200);
    assert_int_equal(count_at(r, "holes") + count_at(r, "overlaps") + count_at(r, "outside"), 0);
    assert_int_equal(count_at(r, "missing"), 1);
    assert_string_equal(text_at(r, "missing.0.code"), codes[2]);
    east.west++; /* a column nobody has */
    expect(put(o, OFFICE, codes[1], "", land_json(o, east), 2), 200);
    r = expect(get(o, GRID_A, "/api/v1/grid/check?within=990123001"), 200);
    assert_int_equal(count_at(r, "holes"), 1);
    assert_int_equal(count_at(r, "holes.0.between"), 2);
    assert_string_equal(text_at(r, "holes.0.geometry.type"), "Polygon");
    int64_t column = number_at(r, "holes.0.area_m2");
    east.west -= 2; /* a column both have */
    expect(put(o, OFFICE, codes[1], "", land_json(o, east), 3), 200);
    r = expect(get(o, GRID_A, "/api/v1/grid/check?within=990123001"), 200);
    assert_int_equal(count_at(r, "holes"), 0);
    assert_int_equal(count_at(r, "overlaps"), 1);
    assert_string_equal(text_at(r, "overlaps.0.regions.0.code"), codes[0]);
    assert_string_equal(text_at(r, "overlaps.0.regions.1.code"), codes[1]);
    assert_true(labs(number_at(r, "overlaps.0.area_m2") - column) < column / 4);
    east = far_land(8);
    east.west = whole.west + 10;
    east.east++;
    expect(put(o, OFFICE, codes[1], "", land_json(o, east), 4), 200);
    r = expect(get(o, GRID_A, "/api/v1/grid/check?within=990123001"), 200);
    assert_int_equal(count_at(r, "outside"), 1);
    assert_string_equal(text_at(r, "outside.0.code"), codes[1]);
}

static void the_grid_of_the_demonstration_fits(void **state)
{
    struct office *o = OFFICE(state);
    static const char *const codes[] = { "99", "990102001", "990102002", "990121001" };
    for (size_t i = 0; i < COUNT(codes); i++) {
        struct reply *r = expect(get(o, GRID_A, "/api/v1/grid/check?within=%s", codes[i]), 200);
        assert_int_equal(count_at(r, "holes") + count_at(r, "overlaps") + count_at(r, "outside"), 0);
    }
}

/* ---- people of the grid ---- */

static const json_t *item_with(const struct reply *r, const char *list, const char *code)
{
    const json_t *items = at(r, list), *one;
    size_t i;
    json_array_foreach(items, i,
                       one) if (strcmp(json_string_value(json_object_get(one, "code")), code) == 0) return one;
    return NULL;
}

static bool misses(const json_t *area, const char *role)
{
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(area, "missing"), i,
                       one) if (strcmp(json_string_value(json_object_get(one, "role")), role) == 0) return true;
    return false;
}

static void a_village_without_a_grid_member_is_a_gap_until_it_has_one(void **state)
{
    static const char village[] = "990102001002";
    struct office *o = OFFICE(state);
    struct reply *before = expect(get(o, OFFICE, "/api/v1/grid/coverage?within=990102001"), 200);
    assert_true(misses(item_with(before, "gaps", village), "grid"));
    int64_t had = number_at(before, "levels.2.with_member"), areas = number_at(before, "levels.2.areas");
    assert_true(areas > had);
    expect(post(o, SECURITY,
                say(o,
                    "{\"role\":\"grid\",\"holder_account\":%lld,\"area\":\"%s\","
                    "\"valid_from\":\"2026-01-01\",\"basis\":\"街道文件\"}",
                    (long long)o->people[GRID_A].id, village),
                "/api/v1/assignments"),
           201);
    struct reply *after = expect(get(o, OFFICE, "/api/v1/grid/coverage?within=990102001"), 200);
    assert_int_equal(number_at(after, "levels.2.with_member"), had + 1);
    const json_t *gap = item_with(after, "gaps", village);
    assert_true(!gap || !misses(gap, "grid"));
    /* As of the day before it began nothing has changed. */
    struct reply *then = expect(get(o, OFFICE, "/api/v1/grid/coverage?within=990102001&on=2025-12-31"), 200);
    assert_true(misses(item_with(then, "gaps", village), "grid"));
    /* The tree names the person, the phone masked. */
    struct reply *tree = expect(get(o, OFFICE, "/api/v1/grid/tree?within=990102001"), 200);
    const json_t *branch = item_with(tree, "items", village);
    const json_t *person = json_array_get(json_object_get(branch, "people"), 0);
    assert_string_equal(json_string_value(json_object_get(json_object_get(person, "holder"), "name")), "贺志成");
    const char *phone = json_string_value(json_object_get(person, "phone_masked"));
    assert_true(!phone || strchr(phone, '*'));
    assert_false(misses(branch, "grid"));
    /* Beside them what lies there, as far as the reader sees it, and the area itself in the same form. */
    int64_t firms =
        number_at(get(o, OFFICE, "/api/v1/enterprises?region=990102001&count=exact&limit=1"), "total.count");
    assert_int_equal(number_at(tree, "here.counts.enterprise.count"), firms);
    assert_string_equal(text_at(tree, "here.code"), "990102001000");
    assert_true(json_is_true(at(tree, "here.drawn")));
    assert_true(count_at(tree, "here.people") > 0);
    int64_t below = 0;
    for (size_t i = 0; i < count_at(tree, "items"); i++)
        below += number_at(tree, say(o, "items.%zu.counts.enterprise.count", i));
    assert_in_range(below, 1, firms);
    /* An account that is disabled covers nothing. */
    run_sql(o, say(o, "UPDATE account SET active = 0 WHERE id = %lld", (long long)o->people[GRID_A].id));
    struct reply *gone = expect(get(o, OFFICE, "/api/v1/grid/coverage?within=990102001"), 200);
    run_sql(o, say(o, "UPDATE account SET active = 1 WHERE id = %lld", (long long)o->people[GRID_A].id));
    assert_true(misses(item_with(gone, "gaps", village), "grid"));
}

static void the_people_of_an_area_are_told_to_whoever_reads_all_of_it(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(get(o, GRID_A, "/api/v1/grid/tree"), 200);
    assert_true(count_at(r, "items") > 0);
    assert_true(json_is_null(at(r, "items.0.people")));
    expect_silent(r, "phone_masked");
    assert_true(json_is_null(at(r, "here")));
    r = expect(get(o, GRID_B, "/api/v1/grid/tree?within=990102001"), 200);
    assert_true(json_is_null(at(r, "here.people")));
    assert_int_equal(number_at(r, "here.counts.enterprise.count"), 0);
    expect(get(o, OFFICE, "/api/v1/grid/tree?within=9977"), 404);
    r = expect(get(o, GRID_A, "/api/v1/grid/coverage"), 200);
    assert_int_equal(number_at(r, "levels.0.areas"), 0);
    assert_true(number_at(r, "levels.2.areas") > 0);
    assert_true(number_at(r, "levels.2.areas") <
                number_at(expect(get(o, OFFICE, "/api/v1/grid/coverage"), 200), "levels.2.areas"));
    expect_field(get(o, OFFICE, "/api/v1/grid/coverage?within=99x"), "within");
    expect_field(get(o, OFFICE, "/api/v1/grid/tree?on=today"), "on");
    expect_field(get(o, OFFICE, "/api/v1/grid/tree?level=town"), "level");
}

/* Adds what the areas of an answer hold, each compared with the list it stands for. */
static int64_t add_up(struct office *o, enum who who, struct reply *r)
{
    int64_t all = 0;
    for (size_t i = 0; i < count_at(r, "items"); i++) {
        int64_t n = number_at(r, say(o, "items.%zu.count", i));
        struct reply *same = expect(get(o, who, "/api/v1/hazards?level=general&region=%s&count=exact&limit=1",
                                        text_at(r, say(o, "items.%zu.code", i))),
                                    200);
        assert_int_equal(number_at(same, "total.count"), n);
        all += n;
    }
    return all;
}

static void a_list_is_counted_area_by_area_as_the_reader_sees_it(void **state)
{
    struct office *o = OFFICE(state);
    static const enum who readers[] = { OFFICE, INSPECTOR, GRID_A, GRID_B };
    static const char *const within[] = { "990100000000", "990102000000", "990102001000", "990102002000" };
    for (size_t i = 0; i < COUNT(readers); i++) {
        struct reply *r = expect(get(o, readers[i], "/api/v1/hazards/spread?level=general"), 200);
        struct reply *all = expect(get(o, readers[i], "/api/v1/hazards?level=general&count=exact&limit=1"), 200);
        assert_string_equal(text_at(r, "within"), within[i]);
        assert_int_equal(add_up(o, readers[i], r), number_at(all, "total.count"));
        assert_true(number_at(all, "total.count") > 0);
    }
    struct reply *other = expect(get(o, GRID_B, "/api/v1/hazards/spread?level=general&within=990102001"), 200);
    assert_true(count_at(other, "items") > 0);
    assert_int_equal(add_up(o, GRID_B, other), 0);
    /* The people of a firm stand in no area of their own. */
    struct reply *firm = expect(get(o, OFFICER, "/api/v1/hazards/spread"), 200);
    assert_int_equal(count_at(firm, "items"), 0);
    assert_true(json_is_null(at(firm, "within")));
    expect_field(get(o, OFFICE, "/api/v1/hazards/spread?within=99x"), "within");
    expect_field(get(o, OFFICE, "/api/v1/hazards/spread?levle=general"), "levle");
    expect_code(get(o, OFFICE, "/api/v1/organisations/spread"), 422, "spread.kind");
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(the_grid_of_the_demonstration_fits),
        SAYS(every_firm_of_the_demonstration_lies_in_its_village),
        SAYS(a_place_of_another_datum_is_turned_before_it_is_looked_up),
        SAYS(what_is_wrong_with_a_question_is_told_by_its_name),
        SAYS(a_boundary_comes_back_as_it_went_in_and_its_version_guards_it),
        SAYS(a_boundary_that_contradicts_itself_is_refused_with_the_place_of_it),
        SAYS(a_collection_stores_what_it_can_and_tells_the_rest_feature_by_feature),
        SAYS(the_areas_below_one_are_drawn_with_their_names_and_where_to_write_them),
        SAYS(a_grid_is_told_its_hole_its_overlap_and_who_is_missing),
        SAYS(a_village_without_a_grid_member_is_a_gap_until_it_has_one),
        SAYS(the_people_of_an_area_are_told_to_whoever_reads_all_of_it),
        SAYS(a_list_is_counted_area_by_area_as_the_reader_sees_it),
    };
    return RUN_OFFICES(tests);
}
