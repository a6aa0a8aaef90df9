/* The library of judgement standards: complete, in force by the day, and candidates for a description. */
#include "domain/hazard/clause.h"
#include "table.h"

#include "calendar/calendar.h"

#include <stdio.h>
#include <string.h>

enum { ON = 20260309 };

static void the_rules_of_industry_have_their_sixty_four_items(void **state)
{
    (void)state;
    static const int items[] = {
        [3] = 3, [4] = 8, [5] = 13, [6] = 8, [7] = 7, [8] = 7, [9] = 2, [10] = 2, [11] = 10, [12] = 2, [13] = 2
    };
    char prefix[16];
    int all = 0;
    for (int article = 3; article <= 13; article++) {
        int count = 0;
        snprintf(prefix, sizeof prefix, "GM-%d-", article);
        for (size_t i = 0; i < clause_count; i++)
            count += strncmp(clauses[i].code, prefix, strlen(prefix)) == 0;
        assert_int_equal(count, items[article]);
        all += count;
    }
    assert_int_equal(all, 64);
    assert_int_equal(clause_count, 64 + 20);
}

static void no_code_is_in_force_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < clause_count; i++) {
        assert_ptr_equal(clause_on(clauses[i].code, day_of_number(ON)), &clauses[i]);
        assert_true(clauses[i].text[0] && clauses[i].standard[0] && clauses[i].article[0]);
    }
}

static const struct judged {
    const char *says, *words;
    int day;
    int refused;
} judged[] = {
    { "a clause in force is taken", "GM-13-2", ON, 0 },
    { "on the first day it is in force", "GM-13-2", 20230515, 0 },
    { "the day before it is not", "GM-13-2", 20230514, 1 },
    { "a clause nobody knows is not taken", "GM-99-1", ON, 1 },
    { "one's own words are left to the person", "GB 35181-2025 第6.2条", ON, 0 },
};

static void clause_is_judged(void **state)
{
    const struct judged *row = *state;
    struct error err = { 0 };
    assert_int_equal(clause_check("clause", row->words, day_of_number(row->day), &err), row->refused ? -1 : 0);
    if (row->refused)
        assert_string_equal(err.fields[0].name, "clause");
}

static const struct described {
    const char *says, *sector, *text, *best;
    int day;
} described[] = {
    { "a confined space entered without approval", "INDUSTRY", "污水池有限空间作业未审批，现场无监护人员", "GM-13-2",
      ON },
    { "without a sector all are asked", NULL, "污水池有限空间作业未审批，现场无监护人员", "GM-13-2", ON },
    { "dust not cleaned away", "INDUSTRY", "打磨车间粉尘积聚严重，未执行清扫制度", "GM-11-10", ON },
    { "loading liquid ammonia by hose", "HAZCHEM", "液氨充装未使用万向管道，用软管连接", "HC-7", ON },
    { "full-width digits and punctuation do not matter", "INDUSTRY", "快速冻结装置作业间人数超过９人！", "GM-12-2",
      ON },
    { "nothing alike gives nothing", "INDUSTRY", "办公楼窗户玻璃破裂", NULL, ON },
    { "nothing was in force before its day", "INDUSTRY", "有限空间作业未审批，无监护人员", NULL, 20230514 },
};

static void candidate_is_found(void **state)
{
    const struct described *row = *state;
    struct clause_hit hits[CLAUSE_SUGGESTIONS];
    size_t n = clause_suggest(row->sector, row->text, day_of_number(row->day), hits);
    if (!row->best) {
        assert_int_equal(n, 0);
        return;
    }
    assert_true(n > 0);
    assert_string_equal(hits[0].clause->code, row->best);
    for (size_t i = 1; i < n; i++)
        assert_true(hits[i - 1].score >= hits[i].score);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rules_of_industry_have_their_sixty_four_items),
        cmocka_unit_test(no_code_is_in_force_twice),
    };
    int failed = RUN_TABLE(judged, clause_is_judged);
    failed += RUN_TABLE(described, candidate_is_found);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
