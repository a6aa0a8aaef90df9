/* Boundaries are drawn inside a change of their region, hold from a day on, and tell which area a place lies in. */
#include "domain/town.h"

#include "base/clock.h"
#include "demo/boundary.h"
#include "domain/grid/areas.h"
#include "domain/grid/boundary.h"
#include "domain/grid/grid.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "exchange/import.h"
#include "record/type.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PLACES = 400 };

/* ---- drawing ---- */

struct drawing {
    int64_t region, version, from;
    struct land land;
    bool withdraw;
};

static int draw_in_change(struct change *c, void *args, struct error *err)
{
    const struct drawing *d = args;
    struct area *area = NULL;
    if (d->withdraw)
        return boundary_withdraw(c, d->region, d->version, d->from, "测试", err);
    struct geo_shape shape = land_shape(d->land, c->arena);
    if (area_make(&shape, DATUM_WGS84, &area, err) < 0)
        return -1;
    struct boundary_new b = { area, DATUM_WGS84, "测试", d->from, d->version };
    int got = boundary_put(c, d->region, &b, err);
    area_free(area);
    return got;
}

static int draw_as(struct town *t, enum who who, const struct drawing *d, int64_t day, struct change_result *out,
                   struct error *err)
{
    struct change_order order = { .actor = &t->people[who],
                                  .now_ms = town_noon + (day - TODAY) * (int64_t)DAY_MS,
                                  .cause = "test" };
    struct drawing copy = *d;
    return change_run(&t->house, &order, draw_in_change, &copy, out, err);
}

static struct change_result draw(struct town *t, int64_t region, struct land land, int64_t from, int64_t day)
{
    struct drawing d = { .region = region, .from = from, .land = land };
    struct change_result done = { 0 };
    struct error err = { 0 };
    must(draw_as(t, OFFICE, &d, day, &done, &err), &err);
    return done;
}

static void withdraw(struct town *t, int64_t region, int64_t from)
{
    struct drawing d = { .region = region, .from = from, .withdraw = true };
    struct change_result done;
    struct error err = { 0 };
    must(draw_as(t, OFFICE, &d, TODAY, &done, &err), &err);
}

/* The town's city, of two counties, the first of two towns, and so on down to five villages. */
static struct land land_of(int64_t region)
{
    struct land north = land_part(land_city, 2, 0), south = land_part(land_city, 2, 1);
    struct land a = land_part(north, 2, 0), b = land_part(north, 2, 1);
    return region == city         ? land_city
           : region == county     ? north
           : region == county_c   ? south
           : region == town_a     ? a
           : region == town_b     ? b
           : region == village_a1 ? land_part(a, 2, 0)
           : region == village_a2 ? land_part(a, 2, 1)
           : region == village_b1 ? b
                                  : south; /* one town, one village */
}

/* Drawing the same again changes nothing, so that every test may begin with it. */
static void draw_city(struct town *t)
{
    const int64_t drawn[] = { city,   county,     county_c,   town_a,     town_b,
                              town_c, village_a1, village_a2, village_b1, village_c1 };
    for (size_t i = 0; i < COUNT(drawn); i++)
        draw(t, drawn[i], land_of(drawn[i]), BOUNDARY_UNDATED, TODAY);
}

/* A region of its own for one test, far from the city. */
static int64_t fresh_village(struct town *t, int64_t code)
{
    must_create(t, OFFICE, &region_kind,
                say(t, "{\"code\":\"%012lld\",\"name\":\"新村%lld\"}", (long long)code, (long long)code % 1000));
    return code;
}

static struct land far_land(int i)
{
    return (struct land){ 300 + 20 * i, 0, 320 + 20 * i, 20 };
}

static struct place place_of(struct lonlat p)
{
    return (struct place){ (int32_t)lround(p.lon * 1e7), (int32_t)lround(p.lat * 1e7) };
}

static struct grid_at ask(struct town *t, struct lonlat p, int64_t day)
{
    struct error err = { 0 };
    struct grid_at at = { 0 };
    struct db *db;
    must(store_reader(t->house.store, &db, &err), &err);
    int got = grid_at(db, place_of(p), day, &t->arena, &at, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    return at;
}

/* The code of the area a place belongs to; 0: none. */
static int64_t lies_in(struct town *t, struct lonlat p, int64_t day)
{
    struct grid_at at = ask(t, p, day);
    return at.count ? at.chain[at.count - 1].code : 0;
}

/* ---- which area holds a place ---- */

static void every_place_of_the_city_lies_in_one_village_and_in_all_above_it(void **state)
{
    struct town *t = TOWN(state);
    uint64_t dice = 7;
    draw_city(t);
    for (int i = 0; i < PLACES; i++) {
        dice = dice * 6364136223846793005u + 1442695040888963407u;
        double x = (double)(dice >> 40) / (1 << 24);
        dice = dice * 6364136223846793005u + 1442695040888963407u;
        double y = (double)(dice >> 40) / (1 << 24);
        struct lonlat p = land_point(land_city, x, y);
        p.lon += 0.0003 * (x - 0.5);
        p.lat += 0.0004 * (y - 0.5);
        struct grid_at at = ask(t, p, TODAY);
        if (at.count != 4 || at.other_count)
            fail_msg("%.7f,%.7f lies in %zu areas and beside %zu", p.lon, p.lat, at.count, at.other_count);
        assert_int_equal(at.chain[0].code, city);
        for (size_t k = 1; k < at.count; k++)
            assert_true(region_within(at.chain[k].code, at.chain[k - 1].code));
        assert_string_equal(at.chain[3].level, "village");
    }
    assert_int_equal(lies_in(t, land_point(land_of(village_a2), 0.5, 0.5), TODAY), village_a2);
    assert_int_equal(lies_in(t, land_point(land_of(village_c1), 0.9, 0.1), TODAY), village_c1);
    assert_int_equal(lies_in(t, (struct lonlat){ 100, 30 }, TODAY), 0);
    assert_int_equal(lies_in(t, (struct lonlat){ -180, -90 }, TODAY), 0);
    assert_int_equal(lies_in(t, (struct lonlat){ 180, 90 }, TODAY), 0);
}

static void a_place_two_villages_claim_belongs_to_one_and_the_other_is_named(void **state)
{
    struct town *t = TOWN(state);
    int64_t one = fresh_village(t, 990102001201), two = fresh_village(t, 990102001202);
    draw(t, two, far_land(0), BOUNDARY_UNDATED, TODAY);
    draw(t, one, far_land(0), BOUNDARY_UNDATED, TODAY);
    struct grid_at at = ask(t, land_point(far_land(0), 0.5, 0.5), TODAY);
    assert_int_equal(at.count, 1);
    assert_int_equal(at.chain[0].code, one);
    assert_int_equal(at.other_count, 1);
    assert_int_equal(at.others[0].code, two);
}

static void a_boundary_holds_from_its_day_until_the_next_begins(void **state)
{
    struct town *t = TOWN(state);
    int64_t village = fresh_village(t, 990102001211);
    struct lonlat before = land_point(far_land(1), 0.5, 0.5), after = land_point(far_land(2), 0.5, 0.5);
    draw(t, village, far_land(1), BOUNDARY_UNDATED, TODAY);
    draw(t, village, far_land(2), TODAY + 10, TODAY);
    assert_int_equal(lies_in(t, before, TODAY - 10000), village);
    assert_int_equal(lies_in(t, before, TODAY + 9), village);
    assert_int_equal(lies_in(t, after, TODAY + 9), 0);
    assert_int_equal(lies_in(t, before, TODAY + 10), 0);
    assert_int_equal(lies_in(t, after, TODAY + 10), village);
    /* Corrected: what begins on the day or later gives way. */
    draw(t, village, far_land(3), TODAY + 5, TODAY);
    assert_int_equal(lies_in(t, before, TODAY + 4), village);
    assert_int_equal(lies_in(t, after, TODAY + 10), 0);
    assert_int_equal(lies_in(t, land_point(far_land(3), 0.5, 0.5), TODAY + 10), village);
    assert_int_equal(count_of(t, "SELECT COUNT(*) FROM region_boundary WHERE region = %lld AND withdrawn IS NULL",
                              (long long)village),
                     2);
}

static void a_withdrawn_boundary_is_not_found_and_the_next_does_not_reach_back(void **state)
{
    struct town *t = TOWN(state);
    int64_t village = fresh_village(t, 990102001221);
    struct lonlat p = land_point(far_land(4), 0.5, 0.5), q = land_point(far_land(5), 0.5, 0.5);
    draw(t, village, far_land(4), BOUNDARY_UNDATED, TODAY - 30);
    withdraw(t, village, TODAY - 20);
    assert_int_equal(lies_in(t, p, TODAY - 21), village);
    assert_int_equal(lies_in(t, p, TODAY - 20), 0);
    const struct region *r = must_read(t, OFFICE, &region_kind, village);
    assert_false(has(r, boundary_mark) || has(r, boundary_area) || has(r, boundary_from));
    draw(t, village, far_land(5), BOUNDARY_UNDATED, TODAY);
    assert_int_equal(lies_in(t, p, TODAY - 21), village);
    assert_int_equal(lies_in(t, q, TODAY - 1), 0);
    assert_int_equal(lies_in(t, q, TODAY), village);
    struct drawing none = { .region = fresh_village(t, 990102001222), .withdraw = true };
    struct change_result done;
    struct error err = { 0 };
    expect_fault(draw_as(t, OFFICE, &none, TODAY, &done, &err), &err, FAULT_MISSING, "boundary.missing");
}

/* ---- written like any other change ---- */

static void a_boundary_is_a_version_of_its_region_with_its_size_in_history(void **state)
{
    struct town *t = TOWN(state);
    int64_t village = fresh_village(t, 990102001231);
    struct change_result first = draw(t, village, far_land(6), BOUNDARY_UNDATED, TODAY);
    assert_int_equal(first.version, 2);
    const json_t *changes = must_changes(t, &region_kind, village, 2);
    assert_int_equal(json_object_size(changes), 2);
    assert_int_equal(json_string_length(json_array_get(json_object_get(changes, "boundary_mark"), 1)), 16);
    const struct region *r = must_read(t, OFFICE, &region_kind, village);
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct area *area = NULL;
    struct geo_shape shape = land_shape(far_land(6), &arena);
    must(area_make(&shape, DATUM_WGS84, &area, &err), &err);
    assert_int_equal(r->boundary_area, llround(area_square_metres(area) / 100));
    area_free(area);
    assert_true(draw(t, village, far_land(6), BOUNDARY_UNDATED, TODAY + 3).unchanged);
    struct change_result second = draw(t, village, far_land(7), BOUNDARY_UNDATED, TODAY + 3);
    assert_int_equal(second.version, 3);
    r = must_read(t, OFFICE, &region_kind, village);
    assert_int_equal(r->boundary_from, TODAY + 3);
}

static int undo_in_change(struct change *c, void *args, struct error *err)
{
    return change_undo(c, &region_kind, *(const int64_t *)args, 0, err);
}

static void the_traces_of_a_boundary_are_not_taken_back_without_it(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t village = fresh_village(t, 990102001232);
    struct change_order order = { .actor = &t->people[OFFICE], .now_ms = town_noon, .cause = "test" };
    draw(t, village, far_land(6), BOUNDARY_UNDATED, TODAY);
    expect_fault(change_run(&t->house, &order, undo_in_change, &village, NULL, &err), &err, FAULT_REFUSED,
                 "undo.derived");
}

static void a_boundary_drawn_over_another_version_is_refused(void **state)
{
    struct town *t = TOWN(state);
    struct drawing d = { .region = fresh_village(t, 990102001241), .version = 1, .land = far_land(8) };
    struct change_result done;
    struct error err = { 0 };
    must(draw_as(t, OFFICE, &d, TODAY, &done, &err), &err);
    d.land = far_land(9);
    expect_fault(draw_as(t, OFFICE, &d, TODAY, &done, &err), &err, FAULT_STALE, NULL);
    d.withdraw = true;
    expect_fault(draw_as(t, OFFICE, &d, TODAY, &done, &err), &err, FAULT_STALE, NULL);
    d.version = 2;
    must(draw_as(t, OFFICE, &d, TODAY, &done, &err), &err);
}

static void who_may_not_change_regions_draws_no_boundary(void **state)
{
    struct town *t = TOWN(state);
    const enum who not [] = { CITY, COUNTY, GRID_A, READER, NOBODY };
    draw_city(t);
    for (size_t i = 0; i < COUNT(not ); i++) {
        struct drawing d = { .region = village_a1, .land = far_land(10) };
        struct change_result done;
        struct error err = { 0 };
        assert_int_equal(draw_as(t, not [i], &d, TODAY, &done, &err), -1);
        assert_true(err.fault == FAULT_FORBIDDEN || err.fault == FAULT_MISSING);
    }
    assert_int_equal(lies_in(t, land_point(far_land(10), 0.5, 0.5), TODAY), 0);
}

static void children_are_listed_with_and_those_within_only_with_a_boundary(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct boundary one, *list;
    struct db *db;
    size_t count, drawn = 0;
    draw_city(t);
    fresh_village(t, 990121001251);
    must(store_reader(t->house.store, &db, &err), &err);
    must(boundary_children(db, town_c, TODAY, &t->arena, &list, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        drawn += list[i].area != NULL;
    assert_int_equal(count, 2);
    assert_int_equal(drawn, 1);
    boundary_free(list, count);
    must(boundary_within(db, city, "town", TODAY, &t->arena, &list, &count, &err), &err);
    assert_int_equal(count, 3);
    assert_int_equal(list[0].region, town_a);
    boundary_free(list, count);
    must(boundary_read(db, village_a1, TODAY, &t->arena, &one, &err), &err);
    assert_non_null(one.area);
    assert_string_equal(one.source, "测试");
    boundary_free(&one, 1);
    expect_fault(boundary_read(db, 990199000000, TODAY, &t->arena, &one, &err), &err, FAULT_MISSING, NULL);
    store_reader_back(t->house.store, db);
}

static void boundaries_in_use_stay_below_their_ceiling(void **state)
{
    struct town *t = TOWN(state);
    draw_city(t);
    lies_in(t, land_point(land_city, 0.5, 0.5), TODAY);
    struct areas_use use = areas_use();
    assert_true(use.count >= 4 && use.bytes > 0 && use.bytes <= LIMIT_AREAS);
    lies_in(t, land_point(land_city, 0.5, 0.5), TODAY);
    assert_int_equal(areas_use().count, use.count);
}

/* ---- a place proposes its area ---- */

static const char *body_at(struct town *t, const char *rest, struct lonlat p)
{
    return say(t, "{%s,\"place\":{\"lon\":\"%.7f\",\"lat\":\"%.7f\"}}", rest, p.lon, p.lat);
}

static void a_new_object_that_knows_its_place_is_given_its_village(void **state)
{
    struct town *t = TOWN(state);
    struct lonlat p = land_point(land_of(village_a2), 0.5, 0.5);
    draw_city(t);
    int64_t firm =
        must_create(t, OFFICE, &enterprise_kind, body_at(t, "\"name\":\"按坐标落户厂\",\"no_code_reason\":\"new\"", p));
    const struct enterprise *e = must_read(t, OFFICE, &enterprise_kind, firm);
    assert_int_equal(e->region, village_a2);
    int64_t site = must_create(t, OFFICE, &facility_kind,
                               body_at(t, "\"name\":\"按坐标落户点\",\"type\":\"crowd\",\"sector\":\"FIRE\"", p));
    const struct facility *f = must_read(t, OFFICE, &facility_kind, site);
    assert_int_equal(f->region, village_a2);
    /* What a person says counts. */
    firm = must_create(t, OFFICE, &enterprise_kind,
                       body_at(t, "\"name\":\"另有说法厂\",\"no_code_reason\":\"new\",\"region\":\"990102002001\"", p));
    e = must_read(t, OFFICE, &enterprise_kind, firm);
    assert_int_equal(e->region, village_b1);
}

static void an_imported_firm_with_a_place_is_given_its_village(void **state)
{
    struct town *t = TOWN(state);
    struct lonlat p = land_point(land_of(village_b1), 0.5, 0.5);
    struct error err = { 0 };
    struct import_sum sum;
    draw_city(t);
    const char *sheet = say(t, "企业名称,坐标,无代码原因\n导入落户厂,\"%.7f,%.7f\",new\n", p.lon, p.lat);
    int fd = memfd_create("sheet", MFD_CLOEXEC);
    assert_int_equal(write(fd, sheet, strlen(sheet)), strlen(sheet));
    struct import_upload upload = { &enterprise_kind, "ledger.csv", fd, (int64_t)strlen(sheet) };
    struct db *db;
    int64_t id;
    must(store_reader(t->house.store, &db, &err), &err);
    must(import_begin(&t->house, db, &t->people[OFFICE], &upload, town_noon, true, &id, &err), &err);
    store_reader_back(t->house.store, db);
    close(fd);
    must(import_start(&t->house, &t->people[OFFICE], id, town_noon, &err), &err);
    must(import_wait(&t->house, id, &err), &err);
    must(import_sum(&t->house, id, &sum, &err), &err);
    assert_int_equal(sum.imported, 1);
    assert_int_equal(count_of(t, "SELECT region FROM enterprise WHERE name = '导入落户厂'"), village_b1);
}

int main(void)
{
    const struct both tests[] = {
        SAYS(every_place_of_the_city_lies_in_one_village_and_in_all_above_it),
        SAYS(a_place_two_villages_claim_belongs_to_one_and_the_other_is_named),
        SAYS(a_boundary_holds_from_its_day_until_the_next_begins),
        SAYS(a_withdrawn_boundary_is_not_found_and_the_next_does_not_reach_back),
        SAYS(a_boundary_is_a_version_of_its_region_with_its_size_in_history),
        SAYS(the_traces_of_a_boundary_are_not_taken_back_without_it),
        SAYS(a_boundary_drawn_over_another_version_is_refused),
        SAYS(who_may_not_change_regions_draws_no_boundary),
        SAYS(children_are_listed_with_and_those_within_only_with_a_boundary),
        SAYS(boundaries_in_use_stay_below_their_ceiling),
        SAYS(a_new_object_that_knows_its_place_is_given_its_village),
        SAYS(an_imported_firm_with_a_place_is_given_its_village),
    };
    return RUN_TOWNS(tests);
}
