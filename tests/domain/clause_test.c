/* The library of judgement standards: complete, in force by the day, and candidates for a description. */
#include "domain/hazard/clause.h"
#include "domain/hazard/coal.h"
#include "table.h"

#include "calendar/calendar.h"
#include "record/kind.h"

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
}

/* What the library has of each standard, beside the standard's own count (hazard reference §8 to §14; 0: not given). */
static const struct counted {
    const char *says, *standard, *prefix;
    int count, own;
} counted[] = {
    { "hazardous chemicals", "安监总管三〔2017〕121号", "HC-", 20, 20 },
    { "fireworks", "安监总管三〔2017〕121号", "FW-", 20, 20 },
    { "industry and trade", "应急管理部令第10号", "GM-", 64, 64 },
    { "coal mines, categories", "应急管理部令第4号", "CM-", 15, 15 },
    { "underground mines", "矿安〔2022〕88号", "MU-", 11, 32 },
    { "open-pit mines", "矿安〔2022〕88号", "MO-", 4, 15 },
    { "tailings ponds", "矿安〔2022〕88号", "MT-", 7, 19 },
    { "building works, what both editions have", NULL, "FJ-", 17, 0 },
    { "fire, direct elements of 2017", "GB 35181-2017", "XF-", 10, 0 },
    { "road transport", "交办运〔2023〕52号", "DL-", 5, 0 },
};

static const struct clause_gap *gap_of(const char *prefix, const char *standard)
{
    for (size_t i = 0; i < clause_gap_count; i++)
        if (strcmp(clause_gaps[i].prefix, prefix) == 0 && (!standard || strcmp(clause_gaps[i].standard, standard) == 0))
            return &clause_gaps[i];
    return NULL;
}

/* Every clause the standard has is here, or the library itself says how many are not. */
static void a_standard_is_complete_or_says_what_is_missing(void **state)
{
    const struct counted *row = *state;
    const struct clause_gap *gap = gap_of(row->prefix, row->standard);
    int count = 0;
    for (size_t i = 0; i < clause_count; i++)
        if (strncmp(clauses[i].code, row->prefix, strlen(row->prefix)) == 0) {
            count++;
            if (row->standard)
                assert_string_equal(clauses[i].standard, row->standard);
        }
    assert_int_equal(count, row->count);
    assert_int_equal(gap == NULL, row->count == row->own);
    if (gap) {
        char held[32];
        assert_int_equal(gap->items, row->own);
        snprintf(held, sizeof held, "%d 项", count);
        assert_non_null(strstr(gap->text, held));
    }
}

static const struct unheld {
    const char *says, *sector, *standard;
    int day;
    bool named;
} unheld[] = {
    { "fire: what adds up to a major hazard by the edition of 2017", "FIRE", "GB 35181-2017", 20251031, true },
    { "which ends with October 2025", "FIRE", "GB 35181-2017", 20251101, false },
    { "fire by the edition of 2025", "FIRE", "GB 35181-2025", 20251101, true },
    { "which does not hold before", "FIRE", "GB 35181-2025", 20251031, false },
    { "town gas", "GAS", "建城规〔2023〕4号", ON, true },
    { "special equipment", "SPECEQ", "GB 45067-2024", ON, true },
    { "coal: the list of the regulations", "COAL", "国务院令第774号第三十六条", 20240501, true },
    { "the day before they held", "COAL", "国务院令第774号第三十六条", 20240430, false },
    { "building works of 2024", "BUILD", "建质规〔2024〕5号", ON, true },
    { "a list that is whole names nothing", "HAZCHEM", "安监总管三〔2017〕121号", ON, false },
};

static void the_library_says_what_it_lacks_for_sector_and_day(void **state)
{
    const struct unheld *row = *state;
    const struct clause_gap *gaps[32];
    size_t n = clause_gaps_on(row->sector, day_of_number(row->day), gaps, COUNT(gaps));
    bool named = false;
    for (size_t i = 0; i < n; i++)
        named = named || strcmp(gaps[i]->standard, row->standard) == 0;
    assert_int_equal(named, row->named);
}

/* A gap is no clause: nothing can be classified by it. */
static void a_gap_is_not_taken_for_a_clause(void **state)
{
    (void)state;
    for (size_t i = 0; i < clause_gap_count; i++) {
        struct error err = { 0 };
        int64_t day = day_of_number(clause_gaps[i].valid_from);
        assert_int_equal(clause_check("clause", clause_gaps[i].code, true, day, &err), -1);
        assert_null(clause_on(clause_gaps[i].code, day));
    }
}

static const struct mined {
    const char *says;
    int64_t approved, year, month;
    enum coal_output is;
} mined[] = {
    { "1.32 Mt of 1.2 approved: exactly 10 % over, and 10%以上 includes it", 1200000, 1320000, 0, COAL_YEAR_OVER },
    { "one tonne less", 1200000, 1319999, 0, COAL_WITHIN },
    { "121 kt in a month, 10.08 %", 1200000, 0, 121000, COAL_MONTH_OVER },
    { "120 kt, exactly 10 %: 大于 does not include it", 1200000, 0, 120000, COAL_WITHIN },
    { "both over: the year is named", 1200000, 1320000, 121000, COAL_YEAR_OVER },
    { "nothing brought up", 1200000, 0, 0, COAL_WITHIN },
};

static void capacity_is_judged(void **state)
{
    const struct mined *row = *state;
    assert_int_equal(coal_output_of(row->approved, row->year, row->month), row->is);
}

static void every_clause_belongs_to_a_standard_counted(void **state)
{
    (void)state;
    size_t all = 0;
    for (size_t i = 0; i < COUNT(counted); i++)
        all += (size_t)counted[i].count;
    assert_int_equal(clause_count, all);
}

static void no_code_is_in_force_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < clause_count; i++) {
        assert_ptr_equal(clause_on(clauses[i].code, day_of_number(clauses[i].valid_from)), &clauses[i]);
        assert_true(clauses[i].text[0] && clauses[i].standard[0] && clauses[i].article[0]);
    }
}

static const struct judged {
    const char *says, *words;
    int day;
    int refused;
    bool general;
} judged[] = {
    { "a clause in force is taken", "GM-13-2", ON, 0, false },
    { "on the first day it is in force", "GM-13-2", 20230515, 0, false },
    { "the day before it is not", "GM-13-2", 20230514, 1, false },
    { "a clause nobody knows is not taken", "GM-99-1", ON, 1, false },
    { "on the last day of an edition", "XF-5", 20251031, 0, false },
    { "the day after the next edition came", "XF-5", 20251101, 1, false },
    { "a standard that is not held is named by its number", "GB 35181-2025 第6.2条", ON, 0, false },
    { "with a dash of print", "GB/T 33000—2025 5.2", ON, 0, false },
    { "without a space", "AQ3013-2008 5.3", ON, 0, false },
    { "of a place", "DB37/T 2971-2017 第4条", ON, 0, false },
    { "by a document", "建质规〔2024〕5号 第三条", ON, 0, false },
    { "a standard of which the library has some clauses", "矿安〔2022〕88号 地下矿山第20项", ON, 0, false },
    { "by an order", "交通运输部令第10号 第七条", ON, 0, false },
    { "a letter is no standard", "x", ON, 1, false },
    { "nor is a code in small letters", "gm-13-2", ON, 1, false },
    { "nor an article of nothing", "第七条", ON, 1, false },
    { "nor a name without a number", "工贸企业重大事故隐患判定标准第七条", ON, 1, false },
    { "nor letters and a dash", "GB-2025", ON, 1, false },
    { "nor a standard without its edition", "GB 35181 第6.2条", ON, 1, false },
    { "nor a year in brackets", "〔2024〕号", ON, 1, false },
    { "what the library holds whole is chosen from it", "应急管理部令第10号 第十三条第二项", ON, 1, false },
    { "before its first day nothing is held", "应急管理部令第10号 第十三条第二项", 20220101, 0, false },
    { "of a general one anything may be said", "第七条", ON, 0, true },
    { "but a code is a code", "GM-99-1", ON, 1, true },
};

static void clause_is_judged(void **state)
{
    const struct judged *row = *state;
    struct error err = { 0 };
    assert_int_equal(clause_check("clause", row->words, !row->general, day_of_number(row->day), &err),
                     row->refused ? -1 : 0);
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
    { "oxidiser and reducer together", "FIREWORK", "氧化剂与还原剂同库储存", "FW-10", ON },
    { "the beach of a pond", "TAILINGS", "尾矿库干滩长度小于设计值", "MT-4", ON },
    { "a scaffold without ties", "BUILD", "3 号楼脚手架连墙件缺失", "FJ-7", ON },
    { "the clause of the sector comes before one of the same words elsewhere", "FIREWORK", "主要负责人未经考核合格",
      "FW-1", ON },
    { "and the other way round", "HAZCHEM", "主要负责人未经考核合格", "HC-1", ON },
    { "what is plainly meant is found in another sector", "COMMERCE", "有限空间作业未审批，未先通风再检测后作业",
      "GM-13-2", ON },
    { "a lamp that does not work is no gas drainage", "COAL", "应急照明灯不能正常点亮", NULL, ON },
    { "a pump that does not run is no monitoring of a pond", "TAILINGS", "消防水泵不能正常运行", NULL, ON },
    { "nor is it anything where no sector is known", NULL, "消防水泵不能正常运行", NULL, ON },
    { "an extinguisher missing where rules ask for one", "INDUSTRY", "灭火器未按规定设置，数量不符合要求", NULL, ON },
    { "people of whom nothing is said", "HAZCHEM", "作业人员未按要求使用安全设备", NULL, ON },
    { "a monitoring system of a pond that does not run", "TAILINGS", "在线监测系统不能正常运行", "MT-7", ON },
    { "gas drainage that does not run", "COAL", "瓦斯抽采系统不能正常运行", "CM-4", ON },
    { "nothing alike gives nothing", "INDUSTRY", "办公楼窗户玻璃破裂", NULL, ON },
    { "nothing was in force before its day", "INDUSTRY", "有限空间作业未审批，无监护人员", NULL, 20220101 },
    { "until then the clause of another sector", "INDUSTRY", "有限空间作业未审批，无监护人员", "FJ-14", 20230514 },
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

/* What the empty pairs leave of a clause is enough to find it by. */
static void every_clause_is_found_by_its_own_words(void **state)
{
    (void)state;
    struct clause_hit hits[CLAUSE_SUGGESTIONS];
    for (size_t i = 0; i < clause_count; i++) {
        const struct clause *c = &clauses[i];
        size_t n = clause_suggest(c->sector, c->text, day_of_number(c->valid_from), hits);
        bool found = false;
        for (size_t k = 0; k < n && hits[k].score == hits[0].score; k++)
            found = found || hits[k].clause == c;
        if (!found)
            fail_msg("%s: %s", c->code, c->text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rules_of_industry_have_their_sixty_four_items),
        cmocka_unit_test(every_clause_belongs_to_a_standard_counted),
        cmocka_unit_test(no_code_is_in_force_twice),
        cmocka_unit_test(a_gap_is_not_taken_for_a_clause),
        cmocka_unit_test(every_clause_is_found_by_its_own_words),
    };
    int failed = RUN_TABLE(judged, clause_is_judged);
    failed += RUN_TABLE(described, candidate_is_found);
    failed += RUN_TABLE(counted, a_standard_is_complete_or_says_what_is_missing);
    failed += RUN_TABLE(unheld, the_library_says_what_it_lacks_for_sector_and_day);
    failed += RUN_TABLE(mined, capacity_is_judged);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
