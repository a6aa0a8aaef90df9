/* Areas are put together, taken apart and measured, and a grid drawn over them is told where it does not fit. */
#include "table.h"

#include "demo/boundary.h"
#include "geo/area.h"
#include "geo/check.h"

#include <math.h>
#include <string.h>

enum { PARTS = 12, PLACES = 3000, MOST = 16 };

static void must(int got, const struct error *err)
{
    if (got < 0)
        fail_msg("%s: %s", err->code, err->en);
}

static struct area *land_area(struct land land)
{
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct area *area = NULL;
    struct geo_shape shape = land_shape(land, &arena);
    must(area_make(&shape, DATUM_WGS84, &area, &err), &err);
    return area;
}

static struct area *box_area(double west, double south, double east, double north)
{
    struct lonlat points[] = { { west, south }, { east, south }, { east, north }, { west, north }, { west, south } };
    struct geo_span ring = { 0, 5 }, polygon = { 0, 1 };
    struct geo_shape shape = { points, 5, &ring, 1, &polygon, 1 };
    struct error err = { 0 };
    struct area *area = NULL;
    must(area_make(&shape, DATUM_WGS84, &area, &err), &err);
    return area;
}

static struct area *square(struct lonlat middle, double half)
{
    return box_area(middle.lon - half, middle.lat - half, middle.lon + half, middle.lat + half);
}

/* Replaces *area. */
static void cut(struct area **area, const struct area *piece)
{
    struct error err = { 0 };
    struct area *left = NULL;
    must(area_difference(*area, piece, &left, &err), &err);
    area_free(*area);
    *area = left;
}

static void grow(struct area **area, const struct area *piece)
{
    struct error err = { 0 };
    struct area *more = NULL;
    must(area_union((const struct area *const[]){ *area, piece }, 2, &more, &err), &err);
    area_free(*area);
    *area = more;
}

static double shared(const struct area *a, const struct area *b)
{
    struct error err = { 0 };
    struct area *both = NULL;
    must(area_intersection(a, b, &both, &err), &err);
    double size = area_square_metres(both);
    area_free(both);
    return size;
}

static void expect_within(double is, double want, double part)
{
    if (!(fabs(is - want) <= part * want))
        fail_msg("%.3f instead of %.3f", is, want);
}

/* ---- a city of parts ---- */

struct city {
    struct area *whole, *parts[MOST];
    struct check_child children[MOST];
    size_t count;
    struct arena arena;
};

static void city_open(struct city *c, size_t count)
{
    *c = (struct city){ .whole = land_area(land_city), .count = count };
    for (size_t i = 0; i < count; i++)
        c->parts[i] = land_area(land_part(land_city, count, i));
}

static void city_close(struct city *c)
{
    for (size_t i = 0; i < c->count; i++)
        area_free(c->parts[i]);
    area_free(c->whole);
    arena_done(&c->arena);
}

static struct check_order city_order(struct city *c)
{
    for (size_t i = 0; i < c->count; i++)
        c->children[i] = (struct check_child){ 100 + (int64_t)i, c->parts[i] };
    return (struct check_order){ c->whole, c->children, c->count, 100, NULL, NULL };
}

static struct check_result city_check(struct city *c)
{
    struct error err = { 0 };
    struct check_result result;
    struct check_order order = city_order(c);
    must(geo_check(&order, &c->arena, &result, &err), &err);
    return result;
}

static void expect_found(const struct check_result *r, size_t holes, size_t overlaps, size_t outside)
{
    if (r->hole_count != holes || r->overlap_count != overlaps || r->outside_count != outside)
        fail_msg("%zu holes, %zu overlaps, %zu outside instead of %zu, %zu, %zu", r->hole_count, r->overlap_count,
                 r->outside_count, holes, overlaps, outside);
}

/* In the middle of the line between part 0 and part 2 of four. */
static struct lonlat on_the_line(void)
{
    AUTO_ARENA arena = { 0 };
    struct land west = land_part(land_city, 4, 0);
    size_t wide = (size_t)(west.east - west.west), high = (size_t)(west.north - west.south);
    return land_shape(west, &arena).points[wide + high / 2];
}

static void every_place_in_the_whole_lies_in_exactly_one_part(void **state)
{
    struct city c;
    (void)state;
    city_open(&c, PARTS);
    struct area_box box = area_box(c.whole);
    uint64_t dice = 1;
    size_t inside = 0;
    for (int i = 0; i < PLACES; i++) {
        dice = dice * 6364136223846793005u + 1442695040888963407u;
        double x = (double)(dice >> 40) / (1 << 24);
        dice = dice * 6364136223846793005u + 1442695040888963407u;
        double y = (double)(dice >> 40) / (1 << 24);
        struct lonlat p = { box.west + x * (box.east - box.west), box.south + y * (box.north - box.south) };
        size_t holding = 0;
        for (size_t k = 0; k < c.count; k++)
            holding += area_holds(c.parts[k], p);
        if (holding != area_holds(c.whole, p))
            fail_msg("%.9f,%.9f lies in %zu parts", p.lon, p.lat, holding);
        inside += holding;
    }
    assert_true(inside > PLACES / 2 && inside < PLACES);
    city_close(&c);
}

static void a_grid_that_fits_is_without_findings(void **state)
{
    struct city c;
    (void)state;
    for (size_t n = 1; n <= MOST; n++) {
        city_open(&c, n);
        struct check_result r = city_check(&c);
        expect_found(&r, 0, 0, 0);
        assert_int_equal(r.slivers, 0);
        city_close(&c);
    }
}

static void a_hole_cut_into_one_part_is_found_with_its_size_and_its_neighbour(void **state)
{
    struct city c;
    (void)state;
    city_open(&c, PARTS);
    struct area *piece = square(land_point(land_part(land_city, PARTS, 5), 0.5, 0.5), 0.002);
    cut(&c.parts[5], piece);
    struct check_result r = city_check(&c);
    expect_found(&r, 1, 0, 0);
    expect_within(r.holes[0].square_metres, area_square_metres(piece), 0.01);
    assert_int_equal(r.holes[0].between_count, 1);
    assert_int_equal(r.holes[0].between[0], 105);
    assert_int_equal(r.holes[0].shape.polygon_count, 1);
    area_free(piece);
    city_close(&c);
}

static void a_hole_between_two_names_both_and_the_larger_comes_first(void **state)
{
    struct city c;
    (void)state;
    city_open(&c, 4);
    struct area *small = square(land_point(land_part(land_city, 4, 3), 0.5, 0.5), 0.001);
    struct area *large = square(on_the_line(), 0.004);
    cut(&c.parts[3], small);
    cut(&c.parts[0], large);
    cut(&c.parts[2], large);
    struct check_result r = city_check(&c);
    expect_found(&r, 2, 0, 0);
    expect_within(r.holes[0].square_metres, area_square_metres(large), 0.01);
    assert_int_equal(r.holes[0].between_count, 2);
    assert_int_equal(r.holes[0].between[0], 100);
    assert_int_equal(r.holes[0].between[1], 102);
    expect_within(r.holes[1].square_metres, area_square_metres(small), 0.01);
    area_free(small);
    area_free(large);
    city_close(&c);
}

static void an_overlap_is_found_once_with_its_size_and_both_codes(void **state)
{
    struct city c;
    (void)state;
    city_open(&c, 4);
    struct area *piece = square(on_the_line(), 0.004);
    double want = shared(c.parts[0], piece);
    assert_true(want > 0);
    grow(&c.parts[2], piece);
    struct check_result r = city_check(&c);
    expect_found(&r, 0, 1, 0);
    expect_within(r.overlaps[0].square_metres, want, 0.01);
    assert_int_equal(r.overlaps[0].codes[0], 100);
    assert_int_equal(r.overlaps[0].codes[1], 102);
    area_free(piece);
    city_close(&c);
}

static void what_lies_beyond_the_whole_is_found_with_its_size(void **state)
{
    struct city c;
    (void)state;
    city_open(&c, 4);
    struct area_box box = area_box(c.whole);
    struct area *piece = box_area(box.west - 0.02, box.south + 0.1, box.west + 0.03, box.south + 0.11);
    double want = area_square_metres(piece) - shared(c.whole, piece);
    grow(&c.parts[0], piece);
    struct check_result r = city_check(&c);
    expect_found(&r, 0, 0, 1);
    expect_within(r.outside[0].square_metres, want, 0.01);
    assert_int_equal(r.outside[0].code, 100);
    area_free(piece);
    city_close(&c);
}

static void without_a_drawn_whole_only_holes_inside_the_parts_are_found(void **state)
{
    struct city c;
    (void)state;
    city_open(&c, 4);
    struct area *piece = square(on_the_line(), 0.004);
    cut(&c.parts[0], piece);
    cut(&c.parts[2], piece);
    area_free(c.whole);
    c.whole = NULL;
    struct check_result r = city_check(&c);
    expect_found(&r, 1, 0, 0);
    expect_within(r.holes[0].square_metres, area_square_metres(piece), 0.01);
    area_free(piece);
    city_close(&c);
}

static void what_is_smaller_than_the_threshold_is_counted_not_listed(void **state)
{
    struct city c;
    struct error err = { 0 };
    struct check_result r;
    (void)state;
    city_open(&c, 4);
    struct area *piece = square(land_point(land_part(land_city, 4, 3), 0.5, 0.5), 0.001);
    cut(&c.parts[3], piece);
    struct check_order order = city_order(&c);
    order.threshold = area_square_metres(piece) * 1.01;
    must(geo_check(&order, &c.arena, &r, &err), &err);
    expect_found(&r, 0, 0, 0);
    assert_int_equal(r.slivers, 1);
    expect_within(r.sliver_metres, area_square_metres(piece), 0.01);
    area_free(piece);
    city_close(&c);
}

static bool twice(void *arg, size_t done, size_t all)
{
    size_t *asked = arg;
    assert_true(done < all);
    return (*asked)++ < 2;
}

static void a_check_stops_when_it_is_told_to(void **state)
{
    struct city c;
    struct error err = { 0 };
    struct check_result r;
    size_t asked = 0;
    (void)state;
    city_open(&c, PARTS);
    struct check_order order = city_order(&c);
    order.go_on = twice;
    order.arg = &asked;
    assert_int_equal(geo_check(&order, &c.arena, &r, &err), -1);
    assert_string_equal(err.code, "check.stopped");
    assert_int_equal(asked, 3);
    city_close(&c);
}

/* ---- measuring and combining ---- */

static void the_whole_globe_has_the_size_of_the_ellipsoid(void **state)
{
    (void)state;
    struct area *globe = box_area(-180, -90, 180, 90);
    expect_within(area_square_metres(globe), 510065621724078.9, 1e-12); /* WGS-84, NIMA TR8350.2 */
    area_free(globe);
}

static void parts_together_are_the_whole_and_each_is_the_whole_without_the_others(void **state)
{
    struct city c;
    struct error err = { 0 };
    struct area *all = NULL, *others = NULL, *left = NULL;
    (void)state;
    city_open(&c, 6);
    double sum = 0, whole = area_square_metres(c.whole);
    for (size_t i = 0; i < c.count; i++)
        sum += area_square_metres(c.parts[i]);
    expect_within(sum, whole, 1e-9);
    must(area_union((const struct area *const *)c.parts, c.count, &all, &err), &err);
    expect_within(area_square_metres(all), whole, 1e-9);
    expect_within(shared(all, c.whole), whole, 1e-9);
    must(area_union((const struct area *const *)c.parts + 1, c.count - 1, &others, &err), &err);
    must(area_difference(c.whole, others, &left, &err), &err);
    expect_within(area_square_metres(left), area_square_metres(c.parts[0]), 1e-9);
    expect_within(shared(left, c.parts[0]), area_square_metres(c.parts[0]), 1e-9);
    area_free(all);
    area_free(others);
    area_free(left);
    city_close(&c);
}

static void neighbours_that_share_an_edge_have_no_intersection(void **state)
{
    struct city c;
    struct error err = { 0 };
    struct area *both = NULL;
    (void)state;
    city_open(&c, 4);
    must(area_intersection(c.parts[0], c.parts[2], &both, &err), &err);
    assert_true(area_is_empty(both));
    assert_true(area_touches(c.parts[0], c.parts[2], 1e-9));
    area_free(both);
    city_close(&c);
}

static void well_known_binary_comes_back_as_the_same_bytes(void **state)
{
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct area *area = land_area(land_city), *again = NULL;
    struct area *piece = square(land_point(land_city, 0.3, 0.3), 0.01), *island = box_area(110, 30, 110.1, 30.1);
    const void *bytes, *twice_bytes;
    size_t size, twice_size;
    (void)state;
    cut(&area, piece);
    grow(&area, island);
    must(area_to_wkb(area, &arena, &bytes, &size, &err), &err);
    must(area_from_wkb(bytes, size, &again, &err), &err);
    must(area_to_wkb(again, &arena, &twice_bytes, &twice_size, &err), &err);
    assert_int_equal(size, twice_size);
    assert_memory_equal(bytes, twice_bytes, size);
    assert_int_equal(area_points(area), area_points(again));
    assert_true(area_square_metres(area) == area_square_metres(again));
    for (size_t n = 0; n < 40; n++)
        assert_int_equal(area_from_wkb(bytes, n, &again, &err), -1);
    area_free(area);
    area_free(again);
    area_free(piece);
    area_free(island);
}

static void a_simpler_outline_has_fewer_points_and_nearly_the_same_size(void **state)
{
    struct error err = { 0 };
    struct area *area = land_area(land_city), *simple = NULL;
    (void)state;
    must(area_simplify(area, 0.002, &simple, &err), &err);
    assert_true(area_points(simple) * 2 < area_points(area));
    expect_within(area_square_metres(simple), area_square_metres(area), 0.01);
    area_free(area);
    area_free(simple);
}

static void a_shape_that_was_written_is_read_back_the_same(void **state)
{
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT text = TEXT_LIMIT(1 << 20);
    struct error err = { 0 };
    struct geo_shape shape, back;
    struct area *area = land_area(land_city), *again = NULL;
    struct area *piece = square(land_point(land_city, 0.3, 0.3), 0.01), *island = box_area(110, 30, 110.1, 30.1);
    (void)state;
    cut(&area, piece);
    grow(&area, island);
    area_shape(area, DATUM_GCJ02, &arena, &shape);
    geojson_write(&shape, 9, &text);
    assert_true(text_ok(&text));
    must(geojson_shape(text_get(&text), text.used, &arena, &back, &err), &err);
    assert_int_equal(back.polygon_count, 2);
    assert_int_equal(back.ring_count, 3);
    must(area_make(&back, DATUM_GCJ02, &again, &err), &err);
    expect_within(area_square_metres(again), area_square_metres(area), 1e-6);
    expect_within(shared(again, area), area_square_metres(area), 1e-6);
    for (size_t i = 0; i < back.ring_count; i++) {
        double turn = 0;
        const struct lonlat *p = &back.points[back.rings[i].at];
        for (size_t k = 1; k < back.rings[i].count; k++)
            turn +=
                (p[k - 1].lon - p[0].lon) * (p[k].lat - p[0].lat) - (p[k].lon - p[0].lon) * (p[k - 1].lat - p[0].lat);
        bool hole = i != back.polygons[0].at && i != back.polygons[1].at;
        assert_true(hole ? turn < 0 : turn > 0);
    }
    area_free(area);
    area_free(again);
    area_free(piece);
    area_free(island);
}

static void the_middle_of_an_area_lies_inside_it(void **state)
{
    struct error err = { 0 };
    struct lonlat middle = { 0, 0 };
    (void)state;
    struct area *area = land_area(land_city), *piece = square(land_point(land_city, 0.5, 0.5), 0.1);
    cut(&area, piece);
    must(area_middle(area, &middle, &err), &err);
    assert_true(area_holds(area, middle));
    assert_false(area_holds(area, land_point(land_city, 0.5, 0.5)));
    area_free(area);
    area_free(piece);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_place_in_the_whole_lies_in_exactly_one_part),
        cmocka_unit_test(a_grid_that_fits_is_without_findings),
        cmocka_unit_test(a_hole_cut_into_one_part_is_found_with_its_size_and_its_neighbour),
        cmocka_unit_test(a_hole_between_two_names_both_and_the_larger_comes_first),
        cmocka_unit_test(an_overlap_is_found_once_with_its_size_and_both_codes),
        cmocka_unit_test(what_lies_beyond_the_whole_is_found_with_its_size),
        cmocka_unit_test(without_a_drawn_whole_only_holes_inside_the_parts_are_found),
        cmocka_unit_test(what_is_smaller_than_the_threshold_is_counted_not_listed),
        cmocka_unit_test(a_check_stops_when_it_is_told_to),
        cmocka_unit_test(the_whole_globe_has_the_size_of_the_ellipsoid),
        cmocka_unit_test(parts_together_are_the_whole_and_each_is_the_whole_without_the_others),
        cmocka_unit_test(neighbours_that_share_an_edge_have_no_intersection),
        cmocka_unit_test(well_known_binary_comes_back_as_the_same_bytes),
        cmocka_unit_test(a_simpler_outline_has_fewer_points_and_nearly_the_same_size),
        cmocka_unit_test(a_shape_that_was_written_is_read_back_the_same),
        cmocka_unit_test(the_middle_of_an_area_lies_inside_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
