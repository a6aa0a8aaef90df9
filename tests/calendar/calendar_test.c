/* Working days of the published years, what may be laid over them, and the laws that hold for any table. */
#include "calendar/calendar.h"
#include "table.h"

#include "base/clock.h"

#include <string.h>

static const struct calendar *const cal = &calendar_published;

static const struct kind_of_day {
    const char *says;
    int day;
    bool working;
} kinds_of_day[] = {
    { "an ordinary Monday is worked", 20260309, true },
    { "an ordinary Saturday is off", 20260307, false },
    { "New Year 2024 is off", 20240101, false },
    { "a Sunday before Spring Festival 2024 is worked", 20240204, true },
    { "the last day of Spring Festival 2024 is off", 20240217, false },
    { "the Sunday after it is worked", 20240218, true },
    { "Dragon Boat 2024 is a Monday off", 20240610, false },
    { "the Saturday before Mid-Autumn 2024 is worked", 20240914, true },
    { "12 October 2024, a Saturday, is worked", 20241012, true },
    { "27 April 2025, a Sunday, is worked", 20250427, true },
    { "8 October 2025 is the eighth day of the holiday", 20251008, false },
    { "9 October 2025 is worked", 20251009, true },
    { "2 January 2026, a Friday, is off", 20260102, false },
    { "4 January 2026, a Sunday, is worked", 20260104, true },
    { "23 February 2026, a Monday, is off", 20260223, false },
    { "28 February 2026, a Saturday, is worked", 20260228, true },
    { "9 May 2026, a Saturday, is worked", 20260509, true },
    { "20 September 2026, a Sunday, is worked", 20260920, true },
    { "the law's own holiday of 2027 is off", 20270609, false },
    { "a year without a table knows its weekends", 20310705, false },
    { "a year without a table works on the first of October", 20301001, true },
};

static void day_is(void **state)
{
    const struct kind_of_day *row = *state;
    assert_int_equal(calendar_is_working(cal, day_of_number(row->day)), row->working);
}

static const struct step {
    const char *says;
    int from, count, to;
} steps[] = {
    { "none is the day itself, worked or not", 20260307, 0, 20260307 },
    { "the next working day after a Friday is Monday", 20260306, 1, 20260309 },
    { "20 working days from 21 April 2025 end on 21 May", 20250421, 20, 20250521 },
    { "5 working days from 25 April 2025 end on 6 May", 20250425, 5, 20250506 },
    { "one working day from the eve of a holiday", 20260930, 1, 20261008 },
    { "a make-up Saturday counts", 20261009, 1, 20261010 },
    { "back over Spring Festival 2026", 20260224, -1, 20260214 },
    { "3 back from a Wednesday", 20260311, -3, 20260306 },
    { "over the end of a year", 20251231, 1, 20260104 },
};

static void step_leads_there(void **state)
{
    const struct step *row = *state;
    assert_int_equal(working_days_add(cal, day_of_number(row->from), row->count), day_of_number(row->to));
}

static const struct months {
    const char *says;
    int from, months, to;
} months[] = {
    { "a month keeps the day", 20260309, 1, 20260409 },
    { "31 January has no 31 February", 20260131, 1, 20260228 },
    { "nor in a leap year", 20240131, 1, 20240229 },
    { "29 February a year later is the 28th", 20240229, 12, 20250228 },
    { "29 February a year before is the 28th", 20240229, -12, 20230228 },
    { "29 February four years later is the 29th", 20240229, 48, 20280229 },
    { "three months back over the new year", 20260115, -3, 20251015 },
    { "twelve months are a year", 20251231, 12, 20261231 },
};

static void months_lead_there(void **state)
{
    const struct months *row = *state;
    assert_int_equal(day_add_months(day_of_number(row->from), row->months), day_of_number(row->to));
}

/* Every year the notices say how many days off in a row there are; ours must add up. */
static void the_published_years_have_their_days(void **state)
{
    (void)state;
    static const struct {
        int year, working;
    } counts[] = { { 2024, 251 }, { 2025, 248 }, { 2026, 248 } };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        assert_int_equal(working_days_between(cal, day_of_number((counts[i].year - 1) * 10000 + 1231),
                                              day_of_number(counts[i].year * 10000 + 1231)),
                         counts[i].working);
}

static void every_built_in_table_is_sound(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct calendar out;
    const struct calendar nothing = { 0 };
    if (calendar_over(&arena, &nothing, cal->years, cal->count, &out, &err) < 0)
        fail_msg("%s", err.en);
    assert_int_equal(out.count, cal->count);
    for (size_t i = 0; i < cal->count; i++)
        assert_true(cal->years[i].source && *cal->years[i].source);
}

static void trust_is_that_of_the_worst_year_touched(void **state)
{
    (void)state;
    assert_int_equal(calendar_trust(cal, day_of_number(20240101), day_of_number(20261231)), CALENDAR_SETTLED);
    assert_int_equal(calendar_trust(cal, day_of_number(20261231), day_of_number(20270101)), CALENDAR_PROVISIONAL);
    assert_int_equal(calendar_trust(cal, day_of_number(20270101), day_of_number(20261231)), CALENDAR_PROVISIONAL);
    assert_int_equal(calendar_trust(cal, day_of_number(20260101), day_of_number(20280101)), CALENDAR_UNKNOWN);
    assert_int_equal(calendar_trust(cal, day_of_number(20231231), day_of_number(20240101)), CALENDAR_UNKNOWN);
}

static void a_published_year_replaces_the_provisional_one(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    static const struct holiday days[] = { { 20270205, 20270211, false, "春节", "Spring Festival" },
                                           { 20270213, 20270213, true, "调休上班", "Make-up working day" } };
    struct holiday_year y = { .year = 2027, .version = 2, .source = "公布", .days = days, .count = 2 };
    struct calendar over, again;
    assert_int_equal(calendar_over(&arena, cal, &y, 1, &over, &err), 0);
    assert_false(calendar_is_working(&over, day_of_number(20270210)));
    assert_true(calendar_is_working(&over, day_of_number(20270213)));
    assert_true(calendar_is_working(&over, day_of_number(20270609))); /* replaced whole */
    assert_int_equal(calendar_trust(&over, day_of_number(20270101), day_of_number(20271231)), CALENDAR_SETTLED);
    assert_int_not_equal(calendar_stamp(&over), calendar_stamp(cal));
    y.version = 1; /* an older one changes nothing */
    assert_int_equal(calendar_over(&arena, &over, &y, 1, &again, &err), 0);
    assert_int_equal(calendar_stamp(&again), calendar_stamp(&over));
    y.year = 2031; /* a year nobody knew joins */
    y.count = 0;
    assert_int_equal(calendar_over(&arena, cal, &y, 1, &again, &err), 0);
    assert_int_equal(calendar_trust(&again, day_of_number(20310101), day_of_number(20311231)), CALENDAR_SETTLED);
}

static const struct broken {
    const char *says;
    struct holiday days[2];
    size_t count;
} broken[] = {
    { "a day of another year", { { 20280101, 20280101, false, "", "" } }, 1 },
    { "no such day", { { 20270230, 20270230, false, "", "" } }, 1 },
    { "the end before the beginning", { { 20270105, 20270101, false, "", "" } }, 1 },
    { "a day named twice", { { 20270101, 20270103, false, "", "" }, { 20270103, 20270103, false, "", "" } }, 2 },
    { "a Wednesday to make up for", { { 20270106, 20270106, true, "", "" } }, 1 },
    { "half the year off", { { 20270101, 20270630, false, "", "" } }, 1 },
};

static void table_is_refused(void **state)
{
    const struct broken *row = *state;
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct calendar out = { 0 };
    struct holiday_year y = { .year = 2027, .version = 9, .source = "x", .days = row->days, .count = row->count };
    assert_int_equal(calendar_over(&arena, cal, &y, 1, &out, &err), -1);
    assert_int_equal(err.fault, FAULT_INVALID);
    assert_string_equal(err.code, "calendar.table");
    assert_null(out.years);
}

/* ---- laws ---- */

static uint64_t next(uint64_t *seed)
{
    uint64_t x = *seed += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static void working_days_never_end_on_a_day_off(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        int64_t from = day_of_number(20231001) + (int64_t)(next(&seed) % 1700);
        int n = (int)(next(&seed) % 61) - 30;
        int64_t to = working_days_add(cal, from, n);
        assert_true(n == 0 ? to == from : calendar_is_working(cal, to));
        assert_true(n > 0 ? to > from : n < 0 ? to < from : true);
        assert_true(calendar_is_working(cal, working_day_from(cal, from)) && working_day_from(cal, from) >= from);
        assert_true(calendar_is_working(cal, working_day_until(cal, from)) && working_day_until(cal, from) <= from);
    }
}

static void working_days_add_up(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (int i = 0; i < 20000; i++) {
        int64_t from = day_of_number(20231001) + (int64_t)(next(&seed) % 1700);
        int a = (int)(next(&seed) % 20), b = (int)(next(&seed) % 20);
        assert_int_equal(working_days_add(cal, working_days_add(cal, from, a), b), working_days_add(cal, from, a + b));
        assert_int_equal(working_days_add(cal, working_days_add(cal, from, -a), -b),
                         working_days_add(cal, from, -a - b));
        assert_int_equal(working_days_between(cal, from, working_days_add(cal, from, a)), a);
        int64_t to = from + (int64_t)(next(&seed) % 90);
        assert_int_equal(working_days_between(cal, to, from), -working_days_between(cal, from, to));
    }
}

static void a_later_start_never_ends_earlier(void **state)
{
    (void)state;
    for (int n = -15; n <= 30; n += 5)
        for (int64_t day = day_of_number(20231201); day < day_of_number(20280201); day++) {
            assert_true(working_days_add(cal, day, n) <= working_days_add(cal, day + 1, n));
            assert_true(day_add_months(day, n) <= day_add_months(day + 1, n));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_years_have_their_days),
        cmocka_unit_test(every_built_in_table_is_sound),
        cmocka_unit_test(trust_is_that_of_the_worst_year_touched),
        cmocka_unit_test(a_published_year_replaces_the_provisional_one),
        cmocka_unit_test(working_days_never_end_on_a_day_off),
        cmocka_unit_test(working_days_add_up),
        cmocka_unit_test(a_later_start_never_ends_earlier),
    };
    int failed = RUN_TABLE(kinds_of_day, day_is);
    failed += RUN_TABLE(steps, step_leads_there);
    failed += RUN_TABLE(months, months_lead_there);
    failed += RUN_TABLE(broken, table_is_refused);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
