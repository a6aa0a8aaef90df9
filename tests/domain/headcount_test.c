/* Safety staff and hours of training: the tables of the enterprise reference, §7 and §8. */
#include "domain/object/headcount.h"

#include "domain/lists.h"
#include "table.h"

#include <string.h>

static const struct count_case {
    const char *says;
    enum trade trade;
    int64_t staff, safety_staff;
    int64_t full_time, any, engineers;
} counts[] = {
    { "another firm of 100 needs somebody, part time will do", TRADE_OTHER, 100, 0, 0, 1, 0 },
    { "of 101 somebody full time", TRADE_OTHER, 101, 0, 1, 1, 0 },
    { "chemicals, 49: one full time", TRADE_HAZCHEM, 49, 0, 1, 1, 1 },
    { "chemicals, 50: one", TRADE_HAZCHEM, 50, 0, 1, 1, 1 },
    { "chemicals, 51: two", TRADE_HAZCHEM, 51, 0, 2, 2, 1 },
    { "chemicals, 260: six", TRADE_HAZCHEM, 260, 0, 6, 6, 1 },
    { "a small mine needs one full time and an engineer", TRADE_MINE, 8, 0, 1, 1, 1 },
    { "a mine of 300 with 20 for safety needs three engineers", TRADE_MINE, 300, 20, 1, 1, 3 },
    { "one of 300 with six needs one", TRADE_MINE, 300, 6, 1, 1, 1 },
    { "with seven, two", TRADE_MINE, 300, 7, 1, 1, 2 },
    { "who sells chemicals needs two in a hundred and no engineer", TRADE_HAZCHEM_SALES, 51, 0, 2, 2, 0 },
    { "from 300 people a share of its safety staff", TRADE_HAZCHEM_SALES, 300, 7, 6, 6, 2 },
    { "a maker of fireworks needs one full time and an engineer", TRADE_FIREWORKS, 19, 0, 1, 1, 1 },
    { "wholesale keeps stores: one full time and an engineer", TRADE_FIREWORKS_STORE, 18, 0, 1, 1, 1 },
    { "wholesale of 300: a share", TRADE_FIREWORKS_STORE, 300, 8, 1, 1, 2 },
    { "a shop one full time and no engineer", TRADE_FIREWORKS_SALES, 3, 0, 1, 1, 0 },
    { "a transport firm needs one full time and no engineer", TRADE_TRANSPORT, 30, 0, 1, 1, 0 },
    { "a builder of 299 needs no engineer", TRADE_BUILD, 299, 5, 1, 1, 0 },
    { "a builder of 300 one", TRADE_BUILD, 300, 5, 1, 1, 1 },
    { "chemicals, 500: the share counts what is needed where fewer are there", TRADE_HAZCHEM, 500, 3, 10, 10, 2 },
};

static void check_count(void **state)
{
    const struct count_case *c = *state;
    struct headcount h = headcount_required(c->trade, c->staff, c->safety_staff);
    assert_int_equal(h.full_time, c->full_time);
    assert_int_equal(h.any, c->any);
    assert_int_equal(h.engineers, c->engineers);
    assert_non_null(h.basis);
    assert_int_equal(h.basis_engineers != NULL, c->engineers > 0);
}

static const struct works_case {
    const char *says;
    int64_t (*rule)(int64_t);
    int64_t of, people;
} works[] = {
    { "9,999 square metres: one", headcount_building, 9999, 1 },
    { "10,000: two", headcount_building, 10000, 2 },
    { "49,999: two", headcount_building, 49999, 2 },
    { "50,000: three", headcount_building, 50000, 3 },
    { "works under 50 million yuan: one", headcount_works, 49999999, 1 },
    { "of 50 million: two", headcount_works, 50000000, 2 },
    { "of 100 million: three", headcount_works, 100000000, 3 },
    { "labour, 49 on site: one", headcount_labour, 49, 1 },
    { "labour, 50: two", headcount_labour, 50, 2 },
    { "labour, 200: two", headcount_labour, 200, 2 },
    { "labour, 201: three", headcount_labour, 201, 3 },
    { "labour, 1,000: five in a thousand", headcount_labour, 1000, 5 },
};

static void check_works(void **state)
{
    const struct works_case *w = *state;
    assert_int_equal(w->rule(w->of), w->people);
}

static const struct trade_case {
    const char *says, *sector, *flags, *industry;
    enum trade trade;
    bool high;
} trades[] = {
    { "the sector alone says that a firm deals in chemicals", "HAZCHEM", NULL, NULL, TRADE_HAZCHEM_SALES, true },
    { "with a making industry, that it makes them", "HAZCHEM", NULL, "C2614", TRADE_HAZCHEM, true },
    { "a flag says it where the sector does not", "INDUSTRY", ",DUST,HZ_STOR,", NULL, TRADE_HAZCHEM, true },
    { "a petrol station sells", "HAZCHEM", ",HZ_OPER,", "F5265", TRADE_HAZCHEM_SALES, true },
    { "the flag is stronger than the industry", "HAZCHEM", ",HZ_OPER,", "C2614", TRADE_HAZCHEM_SALES, true },
    { "who sells and stores, stores", "HAZCHEM", ",HZ_OPER,HZ_STOR,", "F5162", TRADE_HAZCHEM, true },
    { "who only uses chemicals is another firm", "INDUSTRY", ",HZ_USE,", "C1713", TRADE_OTHER, false },
    { "smelting is a flag", "INDUSTRY", ",METAL,", NULL, TRADE_METAL, true },
    { "a smelter that sells its acid is a smelter", "INDUSTRY", ",HZ_OPER,METAL,", NULL, TRADE_METAL, true },
    { "a tailings pond is a mine", "TAILINGS", NULL, NULL, TRADE_MINE, true },
    { "a pit is one by its flag", "INDUSTRY", ",MINE_OP,", NULL, TRADE_MINE, true },
    { "so is oil", NULL, ",OILGAS,", "B0710", TRADE_MINE, true },
    { "a coal mine", NULL, ",COAL,", NULL, TRADE_MINE, true },
    { "fireworks, made", "FIREWORK", ",FW_PROD,", NULL, TRADE_FIREWORKS, true },
    { "made, by the industry", "FIREWORK", NULL, "C2672", TRADE_FIREWORKS, true },
    { "a shop", "FIREWORK", ",FW_RETAIL,", "F5219", TRADE_FIREWORKS_SALES, true },
    { "a supermarket with a shelf of them", "FIRE", ",CROWD,FW_RETAIL,", NULL, TRADE_FIREWORKS_SALES, true },
    { "wholesale stores", "FIREWORK", ",FW_WHOLE,", "F5179", TRADE_FIREWORKS_STORE, true },
    { "and does with a shop beside it", "FIREWORK", ",FW_RETAIL,FW_WHOLE,", "F5179", TRADE_FIREWORKS_STORE, true },
    { "of the sector alone it is not known", "FIREWORK", NULL, "F5179", TRADE_FIREWORKS_SALES, true },
    { "civil explosives, made", "CIVEXP", NULL, "C2671", TRADE_FIREWORKS, true },
    { "civil explosives, sold", "CIVEXP", NULL, "F5169", TRADE_FIREWORKS_SALES, true },
    { "a builder is named by the law, not of high risk", "BUILD", NULL, NULL, TRADE_BUILD, false },
    { "a builder by its flag", "INDUSTRY", ",BUILD,", NULL, TRADE_BUILD, false },
    { "a carrier by its flag", NULL, ",ROAD_HAZ,", NULL, TRADE_TRANSPORT, false },
    { "a school is another firm", "SCHOOL", ",CROWD,", NULL, TRADE_OTHER, false },
    { "so is one of which nothing is known", NULL, NULL, NULL, TRADE_OTHER, false },
};

static void check_trade(void **state)
{
    const struct trade_case *t = *state;
    assert_int_equal(trade_of(t->sector, t->flags, t->industry), t->trade);
    assert_int_equal(trade_is_high_risk(t->trade), t->high);
}

static const struct dust_case {
    const char *says;
    int64_t workers;
    enum dust_tier tier;
} dusts[] = {
    { "nine are few", 9, DUST_FEWER },
    { "ten are supervised as a key firm", 10, DUST_TEN },
    { "29 still by the lower tier", 29, DUST_TEN },
    { "thirty by the upper", 30, DUST_THIRTY },
};

static void check_dust(void **state)
{
    const struct dust_case *d = *state;
    assert_int_equal(dust_tier_of(d->workers), d->tier);
}

static void every_flag_of_the_reference_is_listed(void **state)
{
    (void)state;
    static const char *const codes[] = { "HZ_PROD",   "HZ_OPER", "HZ_USE",    "HZ_STOR",   "KEY2_1",   "COAL",
                                         "MINE_UG",   "MINE_OP", "TAILINGS",  "OILGAS",    "FW_PROD",  "FW_WHOLE",
                                         "FW_RETAIL", "BUILD",   "ROAD_PASS", "ROAD_TOUR", "ROAD_HAZ", "ROAD_GOODS",
                                         "CROWD",     "METAL",   "DUST",      "CONF",      "NH3",      "GAS",
                                         "SPECEQ",    "OTHER" };
    for (size_t i = 0; i < COUNT(codes); i++)
        if (!choice_find(&firm_flags, codes[i], 0))
            fail_msg("%s is missing", codes[i]);
    assert_int_equal(firm_flags.count, COUNT(codes));
}

static const struct hours_case {
    const char *says;
    enum trade trade;
    enum post_class post;
    int64_t initial, yearly;
} hours[] = {
    { "an ordinary manager: 32 and 12", TRADE_OTHER, POST_MANAGER, 320, 120 },
    { "one of chemicals: 48 and 16", TRADE_HAZCHEM, POST_MANAGER, 480, 160 },
    { "an ordinary worker: 24, and no number a year", TRADE_OTHER, POST_WORKER, 240, 0 },
    { "one of chemicals: 72 and 20", TRADE_HAZCHEM, POST_WORKER, 720, 200 },
    { "of a mine as well", TRADE_MINE, POST_WORKER, 720, 200 },
    { "of a builder not", TRADE_BUILD, POST_WORKER, 240, 0 },
};

static void check_hours(void **state)
{
    const struct hours_case *h = *state;
    struct training_rule r = training_required(h->trade, h->post);
    assert_int_equal(r.initial, h->initial);
    assert_int_equal(r.yearly, h->yearly);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_flag_of_the_reference_is_listed) };
    return cmocka_run_group_tests(tests, NULL, NULL) + RUN_TABLE(dusts, check_dust) + RUN_TABLE(counts, check_count) +
           RUN_TABLE(works, check_works) + RUN_TABLE(trades, check_trade) + RUN_TABLE(hours, check_hours);
}
