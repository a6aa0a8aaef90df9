/* The filter language: what is understood, what is refused by name, and what comes out of the rows. */
#include "domain/town.h"

#include "access/query.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/seal.h"
#include "base/text.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"

#include <stdlib.h>
#include <string.h>

/* ---- refused by name ---- */

static const struct bad {
    const char *says;
    const struct kind *kind;
    const char *name, *value;
} bad[] = {
    { "an unknown field", &hazard_kind, "colour", "red" },
    { "an unknown comparison", &hazard_kind, "due.like", "2026" },
    { "a comparison the type does not have", &hazard_kind, "level.before", "general" },
    { "equality of a text that has none", &hazard_kind, "measures", "x" },
    { "a column that is no field", &hazard_kind, "own_town", "1" },
    { "a column that is no field, by a comparison", &hazard_kind, "sort_due.min", "1" },
    { "the version", &hazard_kind, "version", "1" },
    { "an empty value", &hazard_kind, "level", "" },
    { "a value of blanks", &hazard_kind, "level", "  " },
    { "an empty list", &hazard_kind, "level.in", "" },
    { "a list of commas", &hazard_kind, "level.in", ",,," },
    { "a choice there is not", &hazard_kind, "level", "grave" },
    { "a state there is not", &hazard_kind, "state", "gone" },
    { "a date that is none", &hazard_kind, "due.before", "2026-02-30" },
    { "a number that is none", &enterprise_kind, "staff.min", "many" },
    { "neither true nor false", &hazard_kind, "due.none", "maybe" },
    { "neither true nor false for the bin", &hazard_kind, "removed", "yes" },
    { "a hop through something else", &hazard_kind, "region.name", "x" },
    { "a hop to a kind that is no object", &hazard_kind, "account.name", "x" },
    { "a hop to an unknown field", &hazard_kind, "enterprise.colour", "x" },
    { "two hops", &hazard_kind, "enterprise.region.name", "x" },
    { "an area that is none", &hazard_kind, "region", "37021" },
    { "an area of nobody", &enterprise_kind, "region", "abc" },
    { "SQL in a name", &hazard_kind, "level) OR (1=1", "general" },
    { "SQL in a hop", &hazard_kind, "enterprise.name = '' --", "x" },
    { "half a phone number", &enterprise_kind, "phone", "139" },
    { "a masked number", &enterprise_kind, "phone", "139****4321" },
};

static void check_bad(void **state)
{
    const struct bad *b = *state;
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct filter filter;
    expect_field(filter_parse(b->kind, &(struct filter_pair){ b->name, b->value }, 1, &arena, &filter, &err), &err,
                 b->name);
    assert_true(strlen(err.fields[0].zh) > 0 && strlen(err.fields[0].en) > 0);
}

static void there_is_a_ceiling_for_conditions_and_values(void **state)
{
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct filter filter;
    struct filter_pair pairs[FILTER_CONDITIONS + 1];
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++)
        pairs[i] = (struct filter_pair){ "level", "general" };
    must(filter_parse(&hazard_kind, pairs, FILTER_CONDITIONS, &arena, &filter, &err), &err);
    expect_field(filter_parse(&hazard_kind, pairs, FILTER_CONDITIONS + 1, &arena, &filter, &err), &err, "level");
    error_clear(&err);
    AUTO_TEXT many = TEXT_LIMIT(1 << 16);
    for (int i = 0; i <= FILTER_VALUES; i++)
        text_str(&many, "general,");
    expect_field(
        filter_parse(&hazard_kind, &(struct filter_pair){ "level.in", text_get(&many) }, 1, &arena, &filter, &err),
        &err, "level.in");
}

static void what_steers_a_list_is_no_filter(void **state)
{
    static const struct filter_pair pairs[] = { { "sort", "-due" },  { "limit", "5" },       { "after", "x" },
                                                { "count", "none" }, { "columns", "state" }, { "lang", "en" } };
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct filter filter;
    (void)state;
    must(filter_parse(&hazard_kind, pairs, COUNT(pairs), &arena, &filter, &err), &err);
    assert_int_equal(filter.count, 0);
    assert_null(filter.words);
}

static void days_that_move_become_the_day_they_mean(void **state)
{
    static const struct {
        const char *name, *value, *meant;
    } rows[] = {
        { "due.before", "today", "2026-03-17" },
        { "due.after", "today-17", "2026-02-28" },
        { "found_on.before", "today+15", "2026-04-01" },
        { "due.before", "today+99999", "today+99999" },
        { "due.before", "today+", "today+" },
        { "due.before", "today 1", "today 1" },
        { "due", "today", "today" },
        { "description", "today", "today" },
        { "level.before", "today", "today" },
        { "q", "today", "today" },
    };
    AUTO_ARENA arena = { 0 };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct filter_pair pair = { rows[i].name, rows[i].value };
        filter_days(&hazard_kind, &pair, 1, day_from_ymd(2026, 3, 17), &arena);
        assert_string_equal(pair.value, rows[i].meant);
    }
}

static void a_filter_kept_as_text_is_what_the_browser_wrote(void **state)
{
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct filter_pair pairs[LIMIT_QUERY];
    size_t count;
    (void)state;
    must(filter_split("q=%E6%B0%A8+%E6%BC%8F&&due.before=today%2B7&x", &arena, pairs, &count, &err), &err);
    assert_int_equal(count, 3);
    assert_string_equal(pairs[0].value, "氨 漏");
    assert_string_equal(pairs[1].value, "today+7");
    assert_string_equal(pairs[2].name, "x");
    assert_string_equal(pairs[2].value, "");
    expect_field(filter_split("q=%E6%B0", &arena, pairs, &count, &err), &err, "filter");
    error_clear(&err);
    AUTO_TEXT many = TEXT_LIMIT(FILTER_TEXT * 2);
    for (int i = 0; i <= LIMIT_QUERY; i++)
        text_str(&many, "a=b&");
    expect_field(filter_split(text_get(&many), &arena, pairs, &count, &err), &err, "filter");
}

static void a_filter_by_a_personal_value_says_so(void **state)
{
    static const struct {
        const char *name, *value;
        bool personal;
    } rows[] = { { "phone", "13912345678", true },
                 { "phone", "5678", true },
                 { "head_id_number", "11010519491231002X", true },
                 { "phone.none", "true", false },
                 { "sector", "GAS", false } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO_ARENA arena = { 0 };
        struct error err = { 0 };
        struct filter filter;
        const struct filter_pair pair = { rows[i].name, rows[i].value };
        must(filter_parse(&enterprise_kind, &pair, 1, &arena, &filter, &err), &err);
        assert_int_equal(filter.personal, rows[i].personal);
        /* The number itself goes into no statement. */
        for (size_t c = 0; rows[i].personal && c < filter.count; c++)
            assert_int_equal(filter.items[c].values[0].is, VALUE_BYTES);
    }
}

static void the_canonical_text_knows_one_filter_from_another(void **state)
{
    static const struct filter_pair lists[][2] = {
        { { "level", "general" }, { "state", "found" } },
        { { "level", "general" }, { "state", "fixed" } },
        { { "level", "general" }, { "removed", "true" } },
        { { "level", "general" }, { "q", "found" } },
        { { "level", "general" }, { "level", "major" } },
        { { "level.in", "general,major" }, { "q", "" } },
        { { "due.before", "2026-04-01" }, { "q", "" } },
        { { "due.after", "2026-04-01" }, { "q", "" } },
        { { "due.none", "true" }, { "q", "" } },
        { { "due.none", "false" }, { "q", "" } },
        { { "enterprise.sector", "GAS" }, { "q", "" } },
        { { "facility.sector", "GAS" }, { "q", "" } },
        { { "external_no", "a" }, { "q", "b removed=0" } },
        { { "external_no", "a" }, { "q", "b" } },
        { { "external_no", "a\nb" }, { "q", "" } },
    };
    AUTO_ARENA arena = { 0 };
    const char *texts[COUNT(lists)];
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct error err = { 0 };
        struct filter there, back;
        const struct filter_pair turned[] = { lists[i][1], lists[i][0] };
        must(filter_parse(&hazard_kind, lists[i], 2, &arena, &there, &err), &err);
        must(filter_parse(&hazard_kind, turned, 2, &arena, &back, &err), &err);
        texts[i] = filter_canonical(&there, &arena);
        assert_string_equal(texts[i], filter_canonical(&back, &arena));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(texts[k], texts[i]);
    }
}

/* ---- what comes out ---- */

static const struct found {
    const char *name, *value;
    const char *rows; /* letters of the firms found */
} found[] = {
    { "sector", "GAS", "ac" },
    { "sector", "城镇燃气", "ac" },
    { "sector.in", "GAS,FIRE", "abc" },
    { "sector.none", "true", "de" },
    { "sector.none", "false", "abc" },
    { "staff.min", "10", "ab" },
    { "staff.max", "10", "bc" },
    { "staff.min", "0", "abc" },
    { "staff.none", "true", "de" },
    { "founded_on.before", "2000-01-01", "b" },
    { "founded_on.before", "2000-01-02", "ab" },
    { "founded_on.after", "2000-01-01", "" },
    { "founded_on.after", "1999-12-31", "a" },
    { "insured", "true", "a" },
    { "insured", "false", "b" },
    { "insured", "否", "b" },
    { "insured.none", "true", "cde" },
    { "flags", "DUST", "ab" },
    { "flags", "CONF", "a" },
    { "flags", "GAS", "c" },
    { "phone", "13900000001", "a" },
    { "phone", "139 0000 0001", "a" },
    { "phone", "0001", "ac" },
    { "phone.none", "true", "de" },
    { "head_id_number", "11010519491231002x", "b" },
    { "region", "990102001001", "ab" },
    { "region", "990102001", "abc" },
    { "region", "9901", "abcd" },
    { "region", "99", "abcde" },
    { "region", "990102002001", "d" },
    { "external_no", "F-1", "a" },
    { "external_no", "f-1", "" },
    { "capital.min", "1", "b" },
};

static void make_firms(void **state)
{
    static const char *const bodies[] = {
        "\"name\":\"筛 a\",\"region\":\"990102001001\",\"sector\":\"GAS\",\"staff\":11,\"founded_on\":\"2000-01-01\","
        "\"insured\":true,\"flags\":[\"DUST\",\"CONF\"],\"phone\":\"13900000001\",\"external_no\":\"F-1\"",
        "\"name\":\"筛 b\",\"region\":\"990102001001\",\"sector\":\"FIRE\",\"staff\":10,\"founded_on\":\"1999-12-31\","
        "\"insured\":false,\"flags\":[\"DUST\"],\"phone\":\"13900000002\",\"head_id_number\":\"11010519491231002X\","
        "\"capital\":100",
        "\"name\":\"筛 c\",\"region\":\"990102001002\",\"sector\":\"GAS\",\"staff\":0,\"flags\":[\"GAS\"],"
        "\"phone\":\"13800000001\",\"capital\":0",
        "\"name\":\"筛 d\",\"region\":\"990102002001\"",
        "\"name\":\"筛 e\",\"region\":\"990203001000\"",
    };
    struct town *t = TOWN(state);
    for (size_t i = 0; i < COUNT(bodies); i++)
        must_create(t, OFFICE, &enterprise_kind, say(t, "{\"no_code_reason\":\"new\",%s}", bodies[i]));
}

static void each_comparison_finds_its_rows(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct db *db;
    struct scope scope;
    scope_compile(&t->people[OFFICE], &enterprise_kind, verb_bit("read"), &scope);
    must(store_reader(t->house.store, &db, &err), &err);
    for (size_t i = 0; i < COUNT(found); i++)
        for (int walk = 0; walk < 2; walk++) {
            const struct filter_pair pairs[] = { { found[i].name, found[i].value }, { "q", "筛" } };
            struct filter filter;
            struct list_page page;
            char letters[8] = "";
            size_t n = 0;
            must(filter_parse(&enterprise_kind, pairs, 2, &t->arena, &filter, &err), &err);
            struct list_query q = { .kind = &enterprise_kind,
                                    .actor = &t->people[OFFICE],
                                    .scope = &scope,
                                    .filter = &filter,
                                    .sort = "name",
                                    .limit = 20,
                                    .walk = walk };
            must(list_run(db, &q, &t->arena, &page, &err), &err);
            for (size_t r = 0; r < page.count && n < sizeof letters - 1; r++) {
                const char *name = ((const struct enterprise *)page.rows[r])->name;
                letters[n++] = name[strlen(name) - 1];
            }
            if (strcmp(letters, found[i].rows) != 0)
                fail_msg("%s=%s finds \"%s\" instead of \"%s\"", found[i].name, found[i].value, letters, found[i].rows);
        }
    store_reader_back(t->house.store, db);
}

int main(void)
{
    static const struct CMUnitTest plain[] = {
        cmocka_unit_test(there_is_a_ceiling_for_conditions_and_values),
        cmocka_unit_test(what_steers_a_list_is_no_filter),
        cmocka_unit_test(days_that_move_become_the_day_they_mean),
        cmocka_unit_test(a_filter_kept_as_text_is_what_the_browser_wrote),
        cmocka_unit_test(the_canonical_text_knows_one_filter_from_another),
    };
    static const struct both tests[] = { { "five firms are made", make_firms },
                                         SAYS(each_comparison_finds_its_rows),
                                         SAYS(a_filter_by_a_personal_value_says_so) };
    seal_open_with((const unsigned char[32]){ 7 });
    return RUN_TABLE(bad, check_bad) + cmocka_run_group_tests(plain, NULL, NULL) + RUN_TOWNS(tests);
}
