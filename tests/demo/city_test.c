/* The city of the demonstration: complete, fitting together, made by the moves, and the same whenever it is made. */
#include "store/world.h"

#include "app/house.h"
#include "base/seal.h"
#include "base/text.h"
#include "demo/boundary.h"
#include "demo/demo.h"
#include "demo/phrases.h"
#include "domain/grid/boundary.h"
#include "domain/hazard/clause.h"
#include "domain/hazard/hazard.h"
#include "domain/lists.h"

#include <ftw.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TOLD = 700, CORE = 24 };
static const int64_t now = 1790000000000;

static int remove_one(const char *path, const struct stat *about, int flag, struct FTW *where)
{
    (void)about;
    (void)flag;
    (void)where;
    return remove(path);
}

static void fill(struct world *w)
{
    char folder[64] = "/tmp/anlan-city-XXXXXX";
    struct error err = { 0 };
    struct house house = { .store = w->store, .folder = folder };
    unsigned char key[32] = { 7 };
    seal_open_with(key);
    assert_non_null(mkdtemp(folder));
    must(schema_apply(w->store, house_schema(), NULL, &err), &err);
    must(house_first_account(&house, now, &err), &err);
    must(demo_load(&house, &(struct demo_order){ .now_ms = now, .seed = 5, .hazards = TOLD }, &err), &err);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int64_t count(struct world *w, const char *sql)
{
    return must_count(w->store, sql, NO_BINDS);
}

static void check_size(struct world *w)
{
    assert_int_equal(count(w, "SELECT count(*) FROM region WHERE level = 'county'"), 6);
    assert_int_equal(count(w, "SELECT count(*) FROM region WHERE level = 'town'"), 40);
    assert_int_equal(count(w, "SELECT count(*) FROM region WHERE level = 'village'"), 400);
    assert_int_equal(count(w, "SELECT count(*) FROM region WHERE id / 10000000000 <> 99"), 0);
    assert_int_equal(count(w, "SELECT count(*) FROM enterprise"), 2000);
    assert_int_equal(count(w, "SELECT count(*) FROM facility"), 300);
    assert_int_equal(count(w, "SELECT count(*) FROM account WHERE id <> 1"), 150);
    assert_int_equal(count(w, "SELECT count(*) FROM hazard"), TOLD + CORE);
    assert_int_equal(count(w, "SELECT count(DISTINCT sector) FROM enterprise"), 14);
    assert_int_equal(count(w, "SELECT count(DISTINCT name) FROM enterprise"), 2000);
}

/* Every place in the city lies in one area of each level, none beside it. */
static void check_land(struct world *w)
{
    AUTO_ARENA arena = { 0 };
    struct db *db;
    struct error err = { 0 };
    must(store_reader(w->store, &db, &err), &err);
    for (int x = 0; x < 30; x++)
        for (int y = 0; y < 30; y++) {
            struct lonlat p = land_point(land_city, (x + 0.37) / 30, (y + 0.61) / 30);
            /* Off the nodes, where the lines meet. */
            struct place place = { (int32_t)lround((p.lon + 0.0017) * 1e7), (int32_t)lround((p.lat + 0.0013) * 1e7) };
            struct grid_at at;
            must(grid_at(db, place, now / 86400000, &arena, &at, &err), &err);
            assert_int_equal(at.count, 5);
            assert_int_equal(at.other_count, 0);
        }
    store_reader_back(w->store, db);
}

static void check_stories(struct world *w)
{
    /* In every state; majors by a clause; two people for repair and re-check; nothing happens in the future or backwards. */
    for (size_t i = 0; i < hazard_kind.state_count; i++)
        assert_true(must_count(w->store, "SELECT count(*) FROM hazard WHERE state = ?",
                               BIND(value_text(hazard_kind.states[i].code))) > 0);
    assert_int_equal(count(w, "SELECT count(*) FROM hazard WHERE level = 'major' AND clause IS NULL"), 0);
    assert_true(count(w, "SELECT count(*) FROM hazard WHERE level = 'major'") >= 8);
    /* Reported as majors are: nearly all of them, on the day, and the rest have a deadline that runs. */
    assert_true(count(w, "SELECT count(*) FROM hazard WHERE level = 'major' AND reported_on IS NOT NULL") * 10 >=
                count(w, "SELECT count(*) FROM hazard WHERE level = 'major'") * 8);
    assert_int_equal(count(w, "SELECT count(*) FROM hazard WHERE reported_on < major_on"), 0);
    assert_int_equal(count(w, "SELECT count(*) FROM hazard WHERE reported_on IS NOT NULL AND level <> 'major'"), 0);
    assert_int_equal(count(w, "SELECT count(*) FROM hazard WHERE rechecker = rectifier"), 0);
    assert_int_equal(count(w, "SELECT count(*) FROM hazard WHERE state = 'closed' AND evidence IS NULL"), 0);
    assert_int_equal(must_count(w->store, "SELECT count(*) FROM history WHERE at > ?", BIND(value_int(now))), 0);
    assert_int_equal(count(w, "SELECT count(*) FROM history a JOIN history b ON b.kind = a.kind AND b.id = a.id AND "
                              "b.version = a.version + 1 WHERE a.kind = 'hazard' AND b.at < a.at"),
                     0);
    assert_true(count(w, "SELECT count(*) FROM history WHERE kind = 'hazard'") > 4 * TOLD);
    assert_int_equal(count(w, "SELECT count(*) FROM history WHERE kind = 'hazard' AND actor = 1"), 0);
    /* What ended with its unit did: the unit is closed, and nothing is open there. */
    assert_int_equal(count(w, "SELECT count(*) FROM hazard h JOIN enterprise e ON e.id = h.object WHERE "
                              "(h.state = 'closed_by_closure' AND e.operating_state <> 'closed') OR (h.state NOT IN "
                              "('closed', 'closed_by_closure') AND e.operating_state = 'closed')"),
                     0);
    /* Believable: most is closed, some is late, some was sent back, some came again. */
    assert_in_range(count(w, "SELECT count(*) FROM hazard WHERE state = 'closed'"), TOLD * 7 / 10, TOLD);
    assert_true(count(w, "SELECT count(*) FROM hazard WHERE returns > 0") > TOLD / 50);
    assert_true(count(w, "SELECT count(*) FROM hazard WHERE listed_on IS NOT NULL") > 0);
    /* Majors were looked back at, some are due, and so are one in eight of the general ones. */
    assert_true(count(w, "SELECT count(*) FROM hazard WHERE level = 'major' AND look_back_result = 'holds'") > 0);
    assert_true(count(w, "SELECT count(*) FROM hazard WHERE level = 'major' AND look_back_due IS NOT NULL") > 0);
    assert_int_equal(count(w, "SELECT count(*) FROM hazard WHERE look_back_due IS NOT NULL AND state <> 'closed'"), 0);
    assert_in_range(count(w, "SELECT count(*) FROM hazard WHERE level = 'general' AND (look_backs > 0 OR look_back_due "
                             "IS NOT NULL)"),
                    TOLD / 12, TOLD / 6);
    assert_true(count(w, "SELECT count(*) FROM hazard WHERE look_back_result = 'relapsed'") > 0);
    /* Bytes of a picture are kept once, a row for each record that shows it. */
    assert_true(count(w, "SELECT count(*) FROM file WHERE type = 'image/png'") > TOLD);
    assert_true(count(w, "SELECT count(DISTINCT sha256) FROM file WHERE type = 'image/png'") <= 28);
}

/* Written by two officers of one office, answered where they stand, a few left drafts, a few void; printed by nobody yet. */
static void check_papers(struct world *w)
{
    static const char instructions[] = "SELECT count(*) FROM paper WHERE type = 'instruction' AND state ",
                      opinions[] = "SELECT count(*) FROM paper WHERE type = 'recheck' AND state ";
    int64_t orders = count(
                w, "SELECT count(DISTINCT i.hazard) FROM paper_items i JOIN paper p ON p.id = i.record JOIN hazard "
                   "h ON h.id = i.hazard WHERE p.type = 'instruction' AND p.state <> 'draft' AND h.level = "
                   "'major'"),
            majors = count(w, "SELECT count(*) FROM hazard WHERE level = 'major'");
    char sql[160];
    assert_in_range(orders, majors / 6, majors * 6 / 10);
    snprintf(sql, sizeof sql, "%s IN ('issued', 'served')", instructions);
    assert_true(count(w, sql) >= 4);
    snprintf(sql, sizeof sql, "%s = 'draft'", instructions);
    assert_in_range(count(w, sql), 2, 8);
    snprintf(sql, sizeof sql, "%s = 'void'", instructions);
    assert_in_range(count(w, sql), 1, 5);
    snprintf(sql, sizeof sql, "%s IN ('issued', 'served')", opinions);
    assert_true(count(w, sql) >= 1);
    assert_int_equal(count(w, "SELECT count(*) FROM paper WHERE doc_number IS NULL AND state <> 'draft'"), 0);
    assert_int_equal(count(w, "SELECT count(*) FROM paper WHERE doc_number IS NOT NULL AND state = 'draft'"), 0);
    /* The core's one is by an officer of the district and one of the city. */
    assert_int_equal(count(w,
                           "SELECT count(*) FROM paper p JOIN account a ON a.id = p.officer JOIN account b ON b.id = "
                           "p.second_officer WHERE a.organisation <> b.organisation OR a.organisation <> "
                           "p.organisation"),
                     1);
    assert_int_equal(
        count(w, "SELECT count(*) FROM paper p JOIN paper q ON q.id = p.instruction WHERE q.type <> "
                 "'instruction' OR q.state NOT IN ('issued', 'served') OR q.object <> p.object OR p.issued_at "
                 "< q.issued_at"),
        0);
    assert_int_equal(must_count(w->store, "SELECT count(*) FROM paper WHERE issued_at > ?", BIND(value_int(now))), 0);
    assert_int_equal(count(w, "SELECT count(*) FROM paper WHERE document IS NOT NULL"), 0);
    assert_int_equal(count(w, "SELECT count(*) FROM history WHERE kind = 'paper' AND actor = 1"), 0);
}

static void check_duties(struct world *w)
{
    static const char direct[] =
        "SELECT count(*) FROM assignment WHERE role = 'direct' AND area = ? AND sectors LIKE ?";
    /* Nobody, one, two. */
    static const struct {
        int64_t area;
        const char *sectors;
        int64_t count;
    } expected[] = { { 990124000000, "%,ELDER,%", 0 },
                     { 990121000000, "%,ELDER,%", 1 },
                     { 990124000000, "%,TOUR,%", 2 } };
    for (size_t i = 0; i < COUNT(expected); i++)
        assert_int_equal(
            must_count(w->store, direct, BIND(value_int(expected[i].area), value_text(expected[i].sectors))),
            expected[i].count);
    assert_int_equal(count(w, "SELECT count(*) FROM assignment WHERE role = 'grid'"), 40);
    assert_true(count(w, "SELECT count(*) FROM enterprise WHERE sector = 'ELDER' AND own_county = 990124000000") > 0);
}

/* FNV-1a over the columns of the rows. */
static uint64_t digest_of(struct world *w, const char *sql, uint64_t sum)
{
    struct db *db;
    struct rows rows;
    struct error err = { 0 };
    must(store_reader(w->store, &db, &err), &err);
    must(db_query(db, &rows, sql, NO_BINDS, &err), &err);
    while (rows_next(&rows))
        for (int i = 0; i < 5; i++) {
            char number[32];
            const char *text = number;
            if (i == 2 || i == 3)
                snprintf(number, sizeof number, "%lld", (long long)rows_int(&rows, i));
            else
                text = rows_text(&rows, i);
            for (; *text; text++)
                sum = (sum ^ (unsigned char)*text) * 1099511628211u;
        }
    must(rows_done(&rows, &err), &err);
    store_reader_back(w->store, db);
    return sum;
}

/* What was told, in the order of the records. The check code of a paper is drawn at random. */
static uint64_t digest(struct world *w)
{
    uint64_t sum = digest_of(w,
                             "SELECT h.description, h.state, h.found_on, COALESCE(h.due, 0), o.name FROM hazard h JOIN "
                             "object o ON o.id = h.object ORDER BY h.id",
                             1469598103934665603u);
    return digest_of(w,
                     "SELECT p.title, p.state, COALESCE(p.issued_at, 0), COALESCE(p.served_on, 0), "
                     "COALESCE(p.doc_number, '') FROM paper p ORDER BY p.id",
                     sum);
}

static void the_city_is_complete_and_the_same_on_both_engines(void **state)
{
    static uint64_t first;
    struct world *w = WORLD(state);
    fill(w);
    check_size(w);
    check_land(w);
    check_stories(w);
    check_papers(w);
    check_duties(w);
    uint64_t sum = digest(w);
    if (first)
        assert_true(first == sum);
    first = sum;
}

static bool is_settled(const char *text)
{
    return !strpbrk(text, "{}|~");
}

static void every_phrase_can_be_said(void **state)
{
    AUTO_ARENA arena = { 0 };
    uint64_t random = 1;
    (void)state;
    assert_true(phrase_count >= 200);
    for (size_t i = 0; i < phrase_count; i++) {
        const struct phrase *p = &phrases[i];
        const char *const said[] = { p->place, p->finding, p->measure, p->done };
        for (int times = 0; times < 6; times++)
            for (size_t k = 0; k < COUNT(said); k++)
                assert_true(is_settled(phrase_say(&arena, said[k], &random)));
        assert_non_null(choice_find(&hazard_categories, p->category, 0));
        bool known = !p->clause;
        for (size_t k = 0; k < clause_count && !known; k++)
            known = strcmp(clauses[k].code, p->clause) == 0;
        assert_true(known);
    }
}

int main(void)
{
    const struct both tests[] = { SAYS(the_city_is_complete_and_the_same_on_both_engines) };
    const struct CMUnitTest plain[] = { cmocka_unit_test(every_phrase_can_be_said) };
    return cmocka_run_group_tests(plain, NULL, NULL) + RUN_BOTH(tests);
}
