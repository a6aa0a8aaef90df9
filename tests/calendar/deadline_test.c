/* The worked examples of the rules, by the date of the fact, and the day a licence stops being valid. */
#include "calendar/deadline.h"
#include "table.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

static const struct calendar *const cal = &calendar_published;

static const struct example {
    const char *says;
    const char *rule; /* NULL: the period as it stands */
    struct period period;
    int from, last;
} examples[] = {
    { "a case filed on 3 March 2025 is decided by 3 June: day 90 lies in a holiday",
      "penalty.decide",
      { 0 },
      20250303,
      20250603 },
    { "without rolling, day 90 is that Sunday", NULL, { 90, PERIOD_DAYS, false }, 20250303, 20250601 },
    { "a notice of 25 April 2025: five working days end on 6 May",
      NULL,
      { 5, PERIOD_WORKING_DAYS, false },
      20250425,
      20250506 },
    { "an accident of 1 March 2025 is reported on by 30 April", "accident.report", { 0 }, 20250301, 20250430 },
    { "extended by 60 days, by 29 June", NULL, { 60, PERIOD_DAYS, false }, 20250430, 20250629 },
    { "a report received on 20 June is replied to by 5 July", "accident.reply", { 0 }, 20250620, 20250705 },
    { "a plan published on 21 April 2025 is filed by 21 May", "plan.filing", { 0 }, 20250421, 20250521 },
    { "death within 30 days counts to 31 March", NULL, { 30, PERIOD_DAYS, false }, 20250301, 20250331 },
    { "on the road within 7 days, to 8 March", NULL, { 7, PERIOD_DAYS, false }, 20250301, 20250308 },
    { "what a firm finds itself is fixed within 15 days", "hazard.self_fix", { 0 }, 20260301, 20260316 },
    { "a repair is re-checked within 10 days", "hazard.recheck", { 0 }, 20260309, 20260319 },
    { "an objection has three working days, over a weekend", "hazard.objection", { 0 }, 20260306, 20260311 },
    { "statistics of the first quarter are due on 15 April", "hazard.quarter_statistics", { 0 }, 20260331, 20260415 },
    { "those of the last quarter in January", "hazard.quarter_statistics", { 0 }, 20261001, 20270115 },
    { "statistics of the year by 31 January", "hazard.year_statistics", { 0 }, 20260309, 20270131 },
    { "a major hazard is reported within 24 hours, on the next day", "hazard.major_report", { 0 }, 20260309, 20260310 },
    { "a cut of power is told 24 hours before", "power.cut_notice", { 0 }, 20260309, 20260308 },
    { "what takes longer than three months is listed by the city", "listing.too_long", { 0 }, 20260131, 20260430 },
    { "what is 30 days late is listed", "listing.overdue", { 0 }, 20260309, 20260408 },
    { "resuming production is checked within 10 days", "hazard.resume_check", { 0 }, 20260309, 20260319 },
    { "a coal mine's within 20", "coal.resume_check", { 0 }, 20260309, 20260329 },
    { "a coal mine reports each quarter, by its end", "coal.major_report", { 0 }, 20260309, 20260331 },
    { "a major hazard is looked back at within half a year", "hazard.look_back", { 0 }, 20250831, 20260228 },
    { "a general one that was drawn within three", "hazard.look_back_sample", { 0 }, 20251130, 20260228 },
    { "a hazard is a repeated one when the last lies within a year", "hazard.repeat", { 0 }, 20260309, 20250309 },
    { "a year from 29 February ends on the 28th", NULL, { 1, PERIOD_YEARS, false }, 20240229, 20250228 },
    { "three years as well", NULL, { 3, PERIOD_YEARS, false }, 20240229, 20270228 },
    { "seven working days over National Day", "evidence.decide", { 0 }, 20250930, 20251016 },
    { "a period that ends on a working day does not roll", NULL, { 10, PERIOD_DAYS, true }, 20260309, 20260319 },
    { "24 hours end on the next day", NULL, { 24, PERIOD_HOURS, false }, 20260309, 20260310 },
};

static void ends_there(void **state)
{
    const struct example *row = *state;
    struct error err = { 0 };
    int64_t last = 0, from = day_of_number(row->from);
    if (!row->rule)
        last = period_last_day(cal, from, &row->period);
    else if (deadline_day(cal, &deadline_rules, row->rule, from, &last, &err) < 0)
        fail_msg("%s", err.en);
    if (last != day_of_number(row->last)) {
        char got[DAY_TEXT];
        day_print(last, got);
        fail_msg("ends on %s", got);
    }
}

static const struct overdue {
    const char *says;
    int due, day;
    int64_t late;
} overdues[] = {
    { "the last day belongs to the period", 20250310, 20250310, 0 },
    { "the day after is one day late", 20250310, 20250311, 1 },
    { "an extension to the 20th takes the lateness away", 20250320, 20250315, 0 },
    { "early is not late", 20250310, 20250301, 0 },
};

static void is_so_late(void **state)
{
    const struct overdue *row = *state;
    assert_int_equal(days_late(day_of_number(row->due), day_of_number(row->day)), row->late);
}

static const struct licence {
    const char *says;
    int day;
    enum validity is;
} licences[] = {
    { "91 days before the end it is valid", 20250331, VALIDITY_VALID },
    { "90 days before, expiring", 20250401, VALIDITY_EXPIRING },
    { "31 days before, expiring", 20250530, VALIDITY_EXPIRING },
    { "30 days before, urgent", 20250531, VALIDITY_URGENT },
    { "on its last day, urgent and valid", 20250630, VALIDITY_URGENT },
    { "the day after, expired", 20250701, VALIDITY_EXPIRED },
};

static void licence_is(void **state)
{
    const struct licence *row = *state;
    assert_int_equal(validity_on(day_of_number(20250630), day_of_number(row->day)), row->is);
}

static void midnight_in_china_ends_the_last_day(void **state)
{
    (void)state;
    struct period p = { 0, PERIOD_DAYS, false };
    int64_t noon = day_end_ms(day_of_number(20250310)) - DAY_MS / 2, end = period_end_ms(cal, noon, &p);
    assert_int_equal(end, day_end_ms(day_of_number(20250310)));
    assert_int_equal(days_late(day_of_number(20250310), day_of_ms(end - 60000)), 0); /* 23:59 */
    assert_int_equal(days_late(day_of_number(20250310), day_of_ms(end)), 1);
}

static void hours_count_from_the_instant(void **state)
{
    (void)state;
    int64_t ten = day_end_ms(day_of_number(20250309)) + 10 * 3600 * 1000LL;
    const struct deadline_rule *r = deadline_rule_on(&deadline_rules, "hazard.major_report", day_of_ms(ten));
    assert_non_null(r);
    assert_int_equal(period_end_ms(cal, ten, &r->period), ten + DAY_MS);
    r = deadline_rule_on(&deadline_rules, "power.cut_notice", day_of_ms(ten));
    assert_int_equal(period_end_ms(cal, ten, &r->period), ten - DAY_MS);
    struct period hour = { 1, PERIOD_HOURS, false };
    assert_int_equal(period_end_ms(cal, ten, &hour), ten + 3600 * 1000); /* told at 10:00, due at 11:00 */
}

static void the_date_of_the_fact_chooses_the_rule(void **state)
{
    (void)state;
    static const struct deadline_rule rows[] = {
        { "x", "旧", "old", "b", "f", { 10, PERIOD_DAYS, false }, true, 0, 20251031, NULL },
        { "x", "新", "new", "b", "f", { 5, PERIOD_DAYS, false }, true, 20251101, 0, NULL },
    };
    const struct deadline_book book = { rows, 2 };
    struct error err = { 0 };
    int64_t last;
    assert_int_equal(deadline_book_check(&book, &err), 0);
    assert_int_equal(deadline_day(cal, &book, "x", day_of_number(20251031), &last, &err), 0);
    assert_int_equal(last, day_of_number(20251110));
    assert_int_equal(deadline_day(cal, &book, "x", day_of_number(20251101), &last, &err), 0);
    assert_int_equal(last, day_of_number(20251106));
    assert_int_equal(deadline_day(cal, &deadline_rules, "coal.resume_check", day_of_number(20240430), &last, &err), -1);
    assert_int_equal(err.fault, FAULT_MISSING);
    assert_string_equal(err.code, "deadline.rule");
}

static void two_rows_in_force_at_once_are_refused(void **state)
{
    (void)state;
    struct deadline_rule rows[] = {
        { "x", "旧", "old", "b", "f", { 10, PERIOD_DAYS, false }, true, 0, 20251101, NULL },
        { "x", "新", "new", "b", "f", { 5, PERIOD_DAYS, false }, true, 20251101, 0, NULL },
    };
    const struct deadline_book book = { rows, 2 };
    struct error err = { 0 };
    assert_int_equal(deadline_book_check(&book, &err), -1);
    assert_string_equal(err.code, "deadline.rules");
    error_clear(&err);
    rows[0].valid_to = 20251031;
    assert_int_equal(deadline_book_check(&book, &err), 0);
    rows[1].basis = NULL;
    assert_int_equal(deadline_book_check(&book, &err), -1);
}

static void the_built_in_rules_are_sound(void **state)
{
    (void)state;
    struct error err = { 0 };
    if (deadline_book_check(&deadline_rules, &err) < 0)
        fail_msg("%s", err.en);
}

/* 行政处罚法 art 85: in that law two, three, five and seven days are working days, other numbers are not. */
static void short_limits_of_the_penalty_law_are_working_days(void **state)
{
    (void)state;
    int seen = 0;
    for (size_t i = 0; i < deadline_rules.count; i++) {
        const struct deadline_rule *r = &deadline_rules.rules[i];
        if (!strstr(r->basis, "行政处罚法"))
            continue;
        int n = r->period.count;
        bool is_short = n == 2 || n == 3 || n == 5 || n == 7;
        assert_int_equal(r->period.unit, is_short ? PERIOD_WORKING_DAYS : PERIOD_DAYS);
        seen++;
    }
    assert_true(seen > 0);
}

static void a_rolling_period_never_ends_on_a_day_off(void **state)
{
    (void)state;
    static const enum period_unit units[] = { PERIOD_DAYS, PERIOD_WORKING_DAYS, PERIOD_MONTHS, PERIOD_YEARS };
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++)
        for (int n = 1; n <= 3; n++)
            for (int64_t day = day_of_number(20231201); day < day_of_number(20270101); day++) {
                struct period rolling = { n, units[u], true }, plain = { n, units[u], false };
                int64_t last = period_last_day(cal, day, &rolling);
                assert_true(calendar_is_working(cal, last));
                assert_true(last >= period_last_day(cal, day, &plain));
                assert_true(last <= period_last_day(cal, day + 1, &rolling));
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(midnight_in_china_ends_the_last_day),
        cmocka_unit_test(hours_count_from_the_instant),
        cmocka_unit_test(the_date_of_the_fact_chooses_the_rule),
        cmocka_unit_test(two_rows_in_force_at_once_are_refused),
        cmocka_unit_test(the_built_in_rules_are_sound),
        cmocka_unit_test(short_limits_of_the_penalty_law_are_working_days),
        cmocka_unit_test(a_rolling_period_never_ends_on_a_day_off),
    };
    int failed = RUN_TABLE(examples, ends_there);
    failed += RUN_TABLE(overdues, is_so_late);
    failed += RUN_TABLE(licences, licence_is);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
