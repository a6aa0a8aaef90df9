/* Whose grants reach which rows, and that nothing beside the rows tells more. */
#include "domain/town.h"

#include "access/query.h"
#include "access/session.h"
#include "base/text.h"
#include "domain/grid/grid.h"
#include "domain/enforcement/paper.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "domain/render.h"

#include <string.h>

/* One hazard at every spot, and four that name somebody. */
enum { AT_A2_NAMED = TOWN_SPOTS, AT_B2_NAMED_IN_B, AT_C1_NAMED_IN_B, AT_D1_MIXED, HAZARDS };
#define BIT(n)     (1u << (n))
#define IN_A       (BIT(FIRM_A1) | BIT(FIRM_A2) | BIT(FIRM_A3) | BIT(PLACE_A1) | BIT(AT_A2_NAMED))
#define IN_B       (BIT(FIRM_B1) | BIT(FIRM_B2) | BIT(AT_B2_NAMED_IN_B))
#define IN_C       (BIT(FIRM_C1) | BIT(AT_C1_NAMED_IN_B))
#define IN_D       (BIT(FIRM_D1) | BIT(AT_D1_MIXED))
#define EVERYWHERE (BIT(HAZARDS) - 1)

static const struct reach {
    const char *says;
    enum who who;
    unsigned hazards;
} reaches[] = {
    { "the program sees all", PROGRAM, EVERYWHERE },
    { "the office sees all", OFFICE, EVERYWHERE },
    { "a province is a range", PROVINCE, EVERYWHERE },
    { "a city is a range", CITY, IN_A | IN_B | IN_C },
    { "a city without counties is a range too", FLAT_CITY, BIT(FIRM_F1) },
    { "a county", COUNTY, IN_A | IN_B },
    { "a town", GRID_A, IN_A },
    { "the other town", GRID_B, IN_B },
    { "a village, not its town", VILLAGE, BIT(FIRM_A1) | BIT(PLACE_A1) },
    { "one firm", SAFETY, BIT(FIRM_A1) },
    { "what names the reader", NAMED, BIT(AT_A2_NAMED) },
    { "a sector within a county", SECTOR, BIT(FIRM_A1) | BIT(FIRM_B1) },
    { "what names the reader within a town alone", NAMED_IN_B, BIT(AT_B2_NAMED_IN_B) },
    { "a firm within a town where it is not", OBJECT_IN_B, 0 },
    { "two towns", TWO_TOWNS, IN_A | IN_C },
    { "town, firm, names and a sector together", MIXED, IN_B | IN_C | BIT(FIRM_A1) | BIT(AT_D1_MIXED) },
    { "a reader of the city", READER, IN_A | IN_B | IN_C },
    { "nobody", NOBODY, 0 },
};

static int64_t hazards[HAZARDS];

static void assign_to(struct town *t, int64_t hazard, enum who who)
{
    must_move(t, OFFICE, hazard, "classify", "{\"level\":\"general\"}");
    must_move(
        t, OFFICE, hazard, "assign",
        say(t, "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-05-01\",\"contingency\":\"停\",\"responsible\":%lld}",
            (long long)t->people[who].id));
}

static void make_hazards(void **state)
{
    static const struct {
        enum spot spot;
        enum who who;
    } named[] = { { FIRM_A2, NAMED }, { FIRM_B2, NAMED_IN_B }, { FIRM_C1, NAMED_IN_B }, { FIRM_D1, MIXED } };
    struct town *t = TOWN(state);
    for (int i = 0; i < TOWN_SPOTS; i++)
        hazards[i] = must_hazard(t, OFFICE, t->spots[i], say(t, "隐患第%d件", i));
    for (size_t i = 0; i < COUNT(named); i++) {
        hazards[TOWN_SPOTS + i] = must_hazard(t, OFFICE, t->spots[named[i].spot], say(t, "交办 %zu 号", i));
        town_employ(t, named[i].who, named[i].spot, NULL);
        assign_to(t, hazards[TOWN_SPOTS + i], named[i].who);
    }
}

static unsigned listed(struct town *t, enum who who, const char *words, int64_t *count)
{
    struct error err = { 0 };
    struct db *db;
    struct scope scope;
    struct filter filter = { .words = words };
    struct list_page page = { 0 };
    unsigned seen = 0;
    scope_compile(&t->people[who], &hazard_kind, verb_bit("read"), &scope);
    struct list_query q = { .kind = &hazard_kind,
                            .actor = &t->people[who],
                            .scope = &scope,
                            .filter = &filter,
                            .sort = "found_on",
                            .limit = LIMIT_PAGE,
                            .count = COUNT_EXACT };
    must(store_reader(t->house.store, &db, &err), &err);
    int got = list_run(db, &q, &t->arena, &page, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    *count = page.total;
    for (size_t i = 0; i < page.count; i++)
        for (int h = 0; h < HAZARDS; h++)
            if (record_of(page.rows[i])->id == hazards[h]) {
                assert_false(seen & BIT(h));
                seen |= BIT(h);
            }
    if ((int64_t)page.count != page.total)
        fail_msg("%s: %zu rows, counted as %lld", t->people[who].name ? t->people[who].name : "?", page.count,
                 (long long)page.total);
    return seen;
}

static void expect_reach(struct town *t, const struct reach *r)
{
    int64_t count, found;
    unsigned seen = listed(t, r->who, NULL, &count);
    if (seen != r->hazards)
        fail_msg("%s: lists %x instead of %x", r->says, seen, r->hazards);
    assert_int_equal(count, __builtin_popcount(r->hazards));
    unsigned with_words = listed(t, r->who, "隐患", &found);
    if (with_words != (r->hazards & (BIT(TOWN_SPOTS) - 1)))
        fail_msg("%s: search lists %x instead of %x", r->says, with_words, r->hazards & (BIT(TOWN_SPOTS) - 1));
    struct scope scope;
    scope_compile(&t->people[r->who], &hazard_kind, verb_bit("read"), &scope);
    for (int i = 0; i < HAZARDS; i++) {
        struct error err = { 0 };
        void *record;
        bool mine = r->hazards >> i & 1, party = false;
        int got = town_read(t, r->who, &hazard_kind, hazards[i], &record, &err);
        if ((got == 0) != mine)
            fail_msg("%s: hazard %d read: %d %s", r->says, i, got, err.code);
        /* The same in memory, for events and rights. */
        struct db *db;
        must(store_reader(t->house.store, &db, &err), &err);
        got = party_named(db, &hazard_kind, hazards[i], t->people[r->who].id, &party, &err);
        store_reader_back(t->house.store, db);
        const struct record *row = must_read(t, OFFICE, &hazard_kind, hazards[i]);
        assert_int_equal(scope_covers(&scope, &row->own, party), mine);
        struct hub_event e = { .kind = "hazard",
                               .county = row->own.county,
                               .town = row->own.town,
                               .village = row->own.village,
                               .object = row->own.object };
        if (row->own.sector)
            memcpy(e.sector, row->own.sector, strlen(row->own.sector));
        assert_int_equal(scope_covers_event(&scope, &e), scope_covers(&scope, &row->own, false));
    }
}

/* "Why can I see this" names no ground that would not show the draft. */
static void a_grant_covers_a_draft_of_its_own_office_and_hand_alone(void **state)
{
    (void)state;
    enum { ME = 5, MINE = 9, FIRM = 7 };
    static const struct actor person = {
        .id = ME,
        .organisation = MINE,
        .grants = { { .object = FIRM, .role = "safety" }, { .area = 370211000000, .role = "inspector" } },
        .grant_count = 2,
    };
    static const struct {
        const char *says;
        struct drafted draft;
        bool safety, inspector;
    } cases[] = {
        { "issued", { 0 }, true, true },
        { "a draft of the own office", { true, MINE, 6 }, false, true },
        { "a draft of the own hand", { true, 8, ME }, false, true },
        { "a draft of another office", { true, 8, 6 }, false, false },
        { "a draft of no office", { true, 0, 6 }, false, false },
    };
    struct actor actor = person, program = actor_program();
    struct owner own = { .county = 370211000000, .object = FIRM };
    for (size_t i = 0; i < actor.grant_count; i++)
        actor.grants[i].verbs = verb_bit("read");
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool by[2];
        for (size_t g = 0; g < 2; g++)
            by[g] = grant_covers(&actor, &actor.grants[g], &paper_kind, verb_bit("read"), &own, false, &cases[i].draft);
        if (by[0] != cases[i].safety || by[1] != cases[i].inspector)
            fail_msg("%s: the firm's right %d, the office's %d", cases[i].says, by[0], by[1]);
        assert_true(
            grant_covers(&program, &program.grants[0], &paper_kind, verb_bit("read"), &own, false, &cases[i].draft));
    }
}

static void each_grant_reaches_its_rows_and_no_other(void **state)
{
    for (size_t i = 0; i < COUNT(reaches); i++)
        expect_reach(TOWN(state), &reaches[i]);
}

static void every_person_of_the_town_is_in_that_table(void **state)
{
    (void)state;
    for (enum who who = PROGRAM; who < TOWN_PEOPLE; who++) {
        size_t found = who == CHECKER; /* has the county's grants */
        for (size_t i = 0; i < COUNT(reaches); i++)
            found += reaches[i].who == who;
        if (!found)
            fail_msg("no row for %s", town_names[who]);
    }
}

static void outside_the_scope_is_told_as_what_does_not_exist(void **state)
{
    struct town *t = TOWN(state);
    for (size_t i = 0; i < COUNT(reaches); i++)
        for (int h = 0; h < HAZARDS; h++) {
            struct error outside = { 0 }, missing = { 0 };
            void *record;
            if (reaches[i].hazards >> h & 1)
                continue;
            expect_fault(town_read(t, reaches[i].who, &hazard_kind, hazards[h], &record, &outside), &outside,
                         FAULT_MISSING, "record.missing");
            assert_int_equal(town_read(t, reaches[i].who, &hazard_kind, 987654321, &record, &missing), -1);
            assert_memory_equal(&outside, &missing, sizeof outside);
            /* Nor does trying to write tell them apart. */
            error_clear(&outside);
            error_clear(&missing);
            assert_int_equal(
                town_patch(t, reaches[i].who, &hazard_kind, hazards[h], 99, "{\"colour\":1}", NULL, &outside), -1);
            assert_int_equal(
                town_patch(t, reaches[i].who, &hazard_kind, 987654321, 99, "{\"colour\":1}", NULL, &missing), -1);
            assert_memory_equal(&outside, &missing, sizeof outside);
        }
}

static void seeing_is_not_doing(void **state)
{
    static const struct {
        enum who who;
        const char *move;
    } rows[] = { { READER, NULL },    { SAFETY, "classify" },  { GRID_A, "submit" },
                 { COUNTY, "start" }, { VILLAGE, "classify" }, { SAFETY, "recheck-pass" } };
    struct town *t = TOWN(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = { 0 };
        int got = rows[i].move ? town_move(t, rows[i].who, hazards[FIRM_A1], rows[i].move, 0, "{}", &err)
                               : town_patch(t, rows[i].who, &hazard_kind, hazards[FIRM_A1], 0, "{}", NULL, &err);
        expect_fault(got, &err, FAULT_FORBIDDEN, "verb.missing");
    }
}

/* A verb of one grant does not reach the rows of another. */
static void a_verb_works_only_where_its_own_grant_reaches(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    must_patch(t, TWO_TOWNS, &hazard_kind, hazards[FIRM_A1], "{\"location\":\"可改\"}");
    expect_fault(town_patch(t, TWO_TOWNS, &hazard_kind, hazards[FIRM_C1], 0, "{\"location\":\"不可\"}", NULL, &err),
                 &err, FAULT_FORBIDDEN, "verb.missing");
    error_clear(&err);
    must_patch(t, MIXED, &hazard_kind, hazards[FIRM_B1], "{\"location\":\"可改\"}");
    expect_fault(town_patch(t, MIXED, &hazard_kind, hazards[FIRM_A1], 0, "{\"location\":\"不可\"}", NULL, &err), &err,
                 FAULT_FORBIDDEN, "verb.missing");
}

static void nothing_is_made_or_moved_outside_the_scope(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id;
    expect_field(town_create(t, GRID_A, &hazard_kind,
                             say(t,
                                 "{\"description\":\"越界\",\"object\":%lld,\"found_on\":\"2026-03-01\","
                                 "\"source\":\"grid\"}",
                                 (long long)t->spots[FIRM_B1]),
                             &id, &err),
                 &err, "object");
    error_clear(&err);
    expect_field(town_create(t, GRID_A, &enterprise_kind,
                             "{\"name\":\"越界\",\"no_code_reason\":\"new\",\"region\":\"990102002001\"}", &id, &err),
                 &err, "region");
    error_clear(&err);
    expect_field(
        town_patch(t, GRID_A, &enterprise_kind, t->spots[FIRM_A3], 0, "{\"region\":\"990102002001\"}", NULL, &err),
        &err, "region");
    error_clear(&err);
    /* By a sector: the same firm, another line of business. */
    expect_field(town_patch(t, SECTOR, &enterprise_kind, t->spots[FIRM_A1], 0, "{\"sector\":\"FIRE\"}", NULL, &err),
                 &err, "region");
    error_clear(&err);
    /* Lists that belong to no area are written by whoever is limited to none. */
    expect_fault(town_create(t, COUNTY, &organisation_kind, "{\"name\":\"越权\"}", &id, &err), &err, FAULT_FORBIDDEN,
                 NULL);
}

static void an_object_outside_reads_like_one_that_does_not_exist(void **state)
{
    struct town *t = TOWN(state);
    struct error outside = { 0 }, missing = { 0 };
    int64_t id;
    static const char body[] =
        "{\"description\":\"越界\",\"object\":%lld,\"found_on\":\"2026-03-01\",\"source\":\"grid\"}";
    town_create(t, GRID_A, &hazard_kind, say(t, body, (long long)t->spots[FIRM_B1]), &id, &outside);
    town_create(t, GRID_A, &hazard_kind, say(t, body, 987654321LL), &id, &missing);
    assert_memory_equal(&outside, &missing, sizeof outside);
}

/* ---- names ---- */

static void labels(struct town *t, enum who who, const struct kind *kind, const int64_t *ids, size_t count,
                   const char **names)
{
    struct error err = { 0 };
    const char *kinds[16];
    struct db *db;
    must(store_reader(t->house.store, &db, &err), &err);
    int got = kind ? labels_read(db, &t->people[who], kind, ids, count, &t->arena, names, &err)
                   : labels_objects(db, &t->people[who], ids, count, &t->arena, names, kinds, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    for (size_t i = 0; !kind && i < count; i++)
        assert_int_equal(names[i] != NULL, kinds[i] != NULL);
}

static void names_outside_the_scope_stay_unknown(void **state)
{
    struct town *t = TOWN(state);
    const char *names[TOWN_SPOTS];
    for (size_t i = 0; i < COUNT(reaches); i++) {
        enum who who = reaches[i].who;
        labels(t, who, NULL, t->spots, TOWN_SPOTS, names);
        for (int s = 0; s < TOWN_SPOTS; s++) {
            bool mine = reaches[i].hazards >> s & 1;
            if ((names[s] != NULL) != mine)
                fail_msg("%s: name of spot %d is %s", reaches[i].says, s, names[s] ? names[s] : "unknown");
        }
    }
    labels(t, GRID_A, &hazard_kind, hazards, 2, names);
    assert_non_null(names[0]);
    labels(t, GRID_B, &hazard_kind, hazards, 2, names);
    assert_null(names[0]);
    /* Areas and people may be named to whoever sees a row that names them. */
    const int64_t people[] = { t->people[OFFICE].id, t->people[GRID_B].id }, areas[] = { town_b, county_d };
    labels(t, NOBODY, &account_kind, people, 2, names);
    assert_string_equal(names[1], "人员 grid-b");
    labels(t, GRID_A, &region_kind, areas, 2, names);
    assert_string_equal(names[1], "西区");
}

static void a_reference_out_of_sight_shows_no_name(void **state)
{
    struct town *t = TOWN(state);
    int64_t site = must_create(t, OFFICE, &facility_kind,
                               say(t,
                                   "{\"name\":\"跨镇管道\",\"type\":\"pipe\",\"region\":\"990102001001\","
                                   "\"enterprise\":%lld}",
                                   (long long)t->spots[FIRM_B1]));
    const json_t *seen = json_object_get(must_render(t, COUNTY, &facility_kind, site), "enterprise");
    assert_string_equal(json_string_value(json_object_get(seen, "name")), "潮头化工有限公司");
    const json_t *hidden = json_object_get(must_render(t, GRID_A, &facility_kind, site), "enterprise");
    assert_true(json_is_null(json_object_get(hidden, "name")));
    /* Nor can it be named by whoever does not see it. */
    struct error err = { 0 };
    int64_t id;
    expect_field(town_create(t, GRID_A, &facility_kind,
                             say(t,
                                 "{\"name\":\"另一管道\",\"type\":\"pipe\",\"region\":\"990102001001\","
                                 "\"enterprise\":%lld}",
                                 (long long)t->spots[FIRM_B1]),
                             &id, &err),
                 &err, "enterprise");
    must_patch(t, GRID_A, &facility_kind, site, "{\"remark\":\"可改别处\"}");
    assert_int_equal(json_integer_value(json_object_get(
                         json_object_get(must_render(t, OFFICE, &facility_kind, site), "enterprise"), "id")),
                     t->spots[FIRM_B1]);
}

/* ---- one hop ---- */

static int64_t hop_count(struct town *t, enum who who, const char *name, const char *value)
{
    struct error err = { 0 };
    struct filter filter;
    struct db *db;
    struct scope scope;
    struct list_page page;
    const struct filter_pair pair = { name, value };
    must(filter_parse(&facility_kind, &pair, 1, &t->arena, &filter, &err), &err);
    scope_compile(&t->people[who], &facility_kind, verb_bit("read"), &scope);
    struct list_query q = { .kind = &facility_kind,
                            .actor = &t->people[who],
                            .scope = &scope,
                            .filter = &filter,
                            .sort = "name",
                            .limit = 10,
                            .count = COUNT_EXACT };
    must(store_reader(t->house.store, &db, &err), &err);
    int got = list_run(db, &q, &t->arena, &page, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    return page.total;
}

static void a_hop_asks_only_rows_the_reader_sees(void **state)
{
    struct town *t = TOWN(state);
    int64_t firm = must_create(t, OFFICE, &enterprise_kind,
                               "{\"name\":\"隔镇管理公司\",\"no_code_reason\":\"new\",\"region\":\"990102002001\","
                               "\"sector\":\"TOUR\",\"phone\":\"13700009999\"}");
    must_create(t, OFFICE, &facility_kind,
                say(t, "{\"name\":\"隔镇景区\",\"type\":\"crowd\",\"region\":\"990102001001\",\"enterprise\":%lld}",
                    (long long)firm));
    assert_int_equal(hop_count(t, COUNTY, "enterprise.sector", "TOUR"), 1);
    assert_int_equal(hop_count(t, GRID_A, "enterprise.sector", "TOUR"), 0);
    assert_int_equal(hop_count(t, COUNTY, "enterprise.phone", "13700009999"), 1);
    /* Whoever may not see the number in clear gets no answer out of it. */
    assert_int_equal(hop_count(t, GRID_B, "enterprise.phone", "13700009999"), 0);
}

/* ---- a firm that moves ---- */

static void rows_follow_the_firm_and_so_does_who_sees_them(void **state)
{
    struct town *t = TOWN(state);
    int64_t count;
    must_patch(t, COUNTY, &enterprise_kind, t->spots[FIRM_A1], "{\"region\":\"990102002001\"}");
    assert_int_equal(listed(t, GRID_A, NULL, &count), IN_A & ~BIT(FIRM_A1));
    assert_int_equal(listed(t, GRID_B, NULL, &count), IN_B | BIT(FIRM_A1));
    assert_int_equal(listed(t, OBJECT_IN_B, NULL, &count), BIT(FIRM_A1));
    assert_int_equal(listed(t, SAFETY, NULL, &count), BIT(FIRM_A1));
    assert_int_equal(listed(t, GRID_B, "第0件", &count), BIT(FIRM_A1));
    const struct record *row = must_read(t, OFFICE, &hazard_kind, hazards[FIRM_A1]);
    assert_int_equal(row->own.town, town_b);
    assert_int_equal(row->fact.town, town_a); /* where it happened stays */
    must_patch(t, COUNTY, &enterprise_kind, t->spots[FIRM_A1], "{\"region\":\"990102001001\"}");
    assert_int_equal(listed(t, GRID_A, NULL, &count), IN_A);
    assert_int_equal(listed(t, OBJECT_IN_B, NULL, &count), 0);
}

/* ---- grants themselves ---- */

static void the_same_grant_twice_is_one_part(void **state)
{
    struct town *t = TOWN(state);
    struct actor actor = t->people[NOBODY];
    for (size_t i = 0; i < LIMIT_GRANTS; i++)
        actor.grants[actor.grant_count++] =
            (struct grant){ .kinds = ",hazard,", .verbs = verb_bit("read"), .area = town_a };
    struct scope scope;
    scope_compile(&actor, &hazard_kind, verb_bit("read"), &scope);
    assert_int_equal(scope.count, 1); /* eight times the same is once */
    scope_compile(&actor, &hazard_kind, verb_bit("change"), &scope);
    assert_int_equal(scope.count, 0);
    scope_compile(&actor, &hazard_kind, verb_bit("no such verb"), &scope);
    assert_int_equal(scope.count, 0);
    scope_compile(&actor, &enterprise_kind, verb_bit("read"), &scope);
    assert_int_equal(scope.count, 0);
}

int main(void)
{
    static const struct both tests[] = {
        { "hazards are made at every spot", make_hazards },
        SAYS(a_grant_covers_a_draft_of_its_own_office_and_hand_alone),
        SAYS(each_grant_reaches_its_rows_and_no_other),
        SAYS(every_person_of_the_town_is_in_that_table),
        SAYS(outside_the_scope_is_told_as_what_does_not_exist),
        SAYS(seeing_is_not_doing),
        SAYS(a_verb_works_only_where_its_own_grant_reaches),
        SAYS(nothing_is_made_or_moved_outside_the_scope),
        SAYS(an_object_outside_reads_like_one_that_does_not_exist),
        SAYS(names_outside_the_scope_stay_unknown),
        SAYS(a_reference_out_of_sight_shows_no_name),
        SAYS(a_hop_asks_only_rows_the_reader_sees),
        SAYS(rows_follow_the_firm_and_so_does_who_sees_them),
        SAYS(the_same_grant_twice_is_one_part),
    };
    return RUN_TOWNS(tests);
}
