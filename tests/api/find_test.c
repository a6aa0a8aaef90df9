/* The one search box: two characters, numbers, pieces of a credit code, ends of telephones; counts are the lists'. */
#include "api/office.h"

#include <string.h>

static bool finds(struct office *o, enum who who, const char *words, const char *kind, int64_t id, const char *by)
{
    struct reply *r = expect(get(o, who, "/api/v1/search?q=%s", words), 200);
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(r->json, "items"), i,
                       item) if (json_integer_value(json_object_get(item, "id")) == id &&
                                 strcmp(json_string_value(json_object_get(item, "kind")), kind) == 0 &&
                                 strcmp(json_string_value(json_object_get(item, "by")), by) == 0) return true;
    return false;
}

static void two_characters_find_a_record_in_scope_alone(void **state)
{
    struct office *o = OFFICE(state);
    int64_t id = number_at(make_hazard(o, OFFICE, o->firm_a, "铂槽边的踏板松动"), "id");
    assert_true(finds(o, GRID_A, "铂槽", "hazard", id, "words"));
    assert_true(finds(o, GRID_A, "  踏板 铂槽 ", "hazard", id, "words"));
    assert_false(finds(o, GRID_B, "铂槽", "hazard", id, "words"));
}

static void a_number_finds_its_record_whole_or_by_its_end(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = make_hazard(o, OFFICE, o->firm_a, "按编号找");
    int64_t id = number_at(h, "id");
    const char *number = text_at(h, "number");
    assert_true(finds(o, GRID_A, number, "hazard", id, "number"));
    assert_true(finds(o, GRID_A, number + 5, "hazard", id, "number"));
    assert_true(finds(o, GRID_A, say(o, "%lld", (long long)id), "hazard", id, "number"));
    assert_false(finds(o, GRID_B, number, "hazard", id, "number"));
    assert_false(finds(o, GRID_A, say(o, "1999%s", number + 4), "hazard", id, "number"));
}

static void a_piece_of_a_credit_code_finds_the_firm(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *firm = expect(get(o, OFFICE, "/api/v1/enterprises/%lld", (long long)o->firm_a), 200);
    const char *code = text_at(firm, "credit_code");
    assert_non_null(code);
    assert_true(finds(o, OFFICE, code, "enterprise", o->firm_a, "words"));
    assert_true(finds(o, OFFICE, say(o, "%.8s", code + 4), "enterprise", o->firm_a, "words"));
    assert_true(finds(o, OFFICE, say(o, "%s", code + 12), "enterprise", o->firm_a, "words"));
}

static void the_number_of_the_old_ledger_finds_its_record_in_scope_alone(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = make_hazard(o, OFFICE, o->firm_a, "旧台账里的一条");
    int64_t id = number_at(h, "id");
    expect(patch(o, OFFICE, number_at(h, "version"), "{\"external_no\":\"LB-2019-0412/7\"}", "/api/v1/hazards/%lld",
                 (long long)id),
           200);
    assert_true(finds(o, GRID_A, "LB-2019-0412/7", "hazard", id, "words"));
    assert_true(finds(o, GRID_A, "2019-0412", "hazard", id, "words"));
    assert_false(finds(o, GRID_B, "LB-2019-0412/7", "hazard", id, "words"));
}

static void only_who_meant_to_save_is_told_that_nothing_was_saved(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = make_hazard(o, OFFICE, o->firm_a, "改错一处");
    struct reply *r = expect_field(get(o, OFFICE, "/api/v1/hazards?nothing=1"), "nothing");
    expect_silent(r, "保存");
    r = expect_field(patch(o, OFFICE, number_at(h, "version"), "{\"found_on\":\"yesterday\"}", "/api/v1/hazards/%lld",
                           (long long)number_at(h, "id")),
                     "found_on");
    assert_string_equal(text_at(r, "title"), "没有保存：有内容需要更正");
}

static void the_end_of_a_telephone_finds_its_owner_for_who_sees_numbers_in_clear(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *firm = expect(get(o, OFFICE, "/api/v1/enterprises/%lld", (long long)o->firm_a), 200);
    expect(patch(o, OFFICE, number_at(firm, "version"), "{\"phone\":\"13812347659\"}", "/api/v1/enterprises/%lld",
                 (long long)o->firm_a),
           200);
    int64_t recorded = count_rows(o, "SELECT count(*) FROM audit WHERE act = 'look-up'");
    assert_true(finds(o, OFFICE, "7659", "enterprise", o->firm_a, "phone"));
    assert_true(finds(o, OFFICE, "13812347659", "enterprise", o->firm_a, "phone"));
    assert_int_equal(count_rows(o, "SELECT count(*) FROM audit WHERE act = 'look-up'"), recorded + 2);
    /* A grid member sees it masked: not found by it, and nothing of a look-up. */
    assert_false(finds(o, GRID_A, "7659", "enterprise", o->firm_a, "phone"));
    assert_int_equal(count_rows(o, "SELECT count(*) FROM audit WHERE act = 'look-up'"), recorded + 2);
    expect_silent(get(o, OFFICE, "/api/v1/search?q=7659"), "13812347659");
}

static void telephones_are_not_looked_for_without_end(void **state)
{
    struct office *o = OFFICE(state);
    for (int i = 0; i < 100; i++)
        expect(get(o, INSPECTOR, "/api/v1/search?q=%04d", 8000 + i), 200);
    int64_t recorded = count_rows(o, say(o, "SELECT count(*) FROM audit WHERE act = 'look-up' AND account = %lld",
                                         (long long)o->people[INSPECTOR].id));
    assert_true(recorded < 100);
}

static void every_count_is_the_length_of_its_list(void **state)
{
    struct office *o = OFFICE(state);
    for (int i = 0; i < 23; i++)
        make_hazard(o, OFFICE, i % 2 ? o->firm_a : o->firm_b, "成堆的锡罐");
    static const enum who people[] = { OFFICE, GRID_A, GRID_B, OFFICER };
    for (size_t w = 0; w < COUNT(people); w++) {
        struct reply *r = expect(get(o, people[w], "/api/v1/search?q=锡罐"), 200);
        assert_int_equal(count_at(r, "groups"), 1);
        assert_string_equal(text_at(r, "groups.0.kind"), "hazard");
        struct reply *list =
            expect(get(o, people[w], "/api/v1/hazards?%s&count=exact&limit=5", text_at(r, "groups.0.query")), 200);
        assert_int_equal(number_at(list, "total.count"), number_at(r, "groups.0.count"));
        /* The page of all results goes on from there. */
        assert_non_null(text_at(list, "next"));
    }
}

static const struct both tests[] = {
    { "two characters find a record, in scope alone", two_characters_find_a_record_in_scope_alone },
    { "a number finds its record, whole or by its end", a_number_finds_its_record_whole_or_by_its_end },
    { "a piece of a credit code finds the firm", a_piece_of_a_credit_code_finds_the_firm },
    { "the number of the old ledger finds its record, in scope alone",
      the_number_of_the_old_ledger_finds_its_record_in_scope_alone },
    { "only who meant to save is told that nothing was saved", only_who_meant_to_save_is_told_that_nothing_was_saved },
    { "the end of a telephone finds its owner, for who sees numbers in clear",
      the_end_of_a_telephone_finds_its_owner_for_who_sees_numbers_in_clear },
    { "telephones are not looked for without end", telephones_are_not_looked_for_without_end },
    { "every count is the length of its list", every_count_is_the_length_of_its_list },
};

int main(void)
{
    return RUN_OFFICES(tests);
}
