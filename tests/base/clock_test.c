#include "table.h"

#include "base/clock.h"

#include <stdbool.h>
#include <string.h>

struct ymd_row {
    const char *says;
    int year, month, day;
    bool valid;
};

static const struct ymd_row dates[] = {
    { "the first day", 1900, 1, 1, true },
    { "the last day", 2200, 12, 31, true },
    { "the day before the first", 1899, 12, 31, false },
    { "the day after the last", 2201, 1, 1, false },
    { "29 February of a leap year", 2024, 2, 29, true },
    { "29 February of an ordinary year", 2023, 2, 29, false },
    { "29 February 1900: divisible by 100", 1900, 2, 29, false },
    { "29 February 2000: divisible by 400", 2000, 2, 29, true },
    { "29 February 2100: divisible by 100", 2100, 2, 29, false },
    { "30 February", 2024, 2, 30, false },
    { "31 April", 2026, 4, 31, false },
    { "31 December", 2026, 12, 31, true },
    { "32 January", 2026, 1, 32, false },
    { "month 0", 2026, 0, 1, false },
    { "month 13", 2026, 13, 1, false },
    { "day 0", 2026, 1, 0, false },
    { "a negative day", 2026, 1, -1, false },
};

static void knows_real_dates(void **state)
{
    const struct ymd_row *row = *state;
    assert_int_equal(ymd_valid(row->year, row->month, row->day), row->valid);
}

static void every_day_from_1900_to_2200_goes_round(void **state)
{
    (void)state;
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t expected = day_from_ymd(1900, 1, 1);
    assert_int_equal(expected, -25567);
    for (int year = 1900; year <= 2200; year++)
        for (int month = 1; month <= 12; month++) {
            bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            int last = lengths[month - 1] + (month == 2 && leap ? 1 : 0);
            for (int day = 1; day <= last; day++, expected++) {
                int y, m, d;
                char text[DAY_TEXT];
                int64_t parsed = 0;
                day_to_ymd(expected, &y, &m, &d);
                day_print(expected, text);
                if (day_from_ymd(year, month, day) != expected || y != year || m != month || d != day ||
                    !ymd_valid(year, month, day) || ymd_valid(year, month, last + 1) ||
                    !day_parse(text, strlen(text), &parsed) || parsed != expected)
                    fail_msg("%d-%d-%d does not go round", year, month, day);
            }
        }
    assert_int_equal(expected, day_from_ymd(2201, 1, 1));
}

static void known_days_have_their_numbers(void **state)
{
    (void)state;
    assert_int_equal(day_from_ymd(1970, 1, 1), 0);
    assert_int_equal(day_from_ymd(2000, 3, 1), 11017);
    assert_int_equal(day_from_ymd(2026, 3, 17), 20529);
    assert_int_equal(day_from_ymd(1969, 12, 31), -1);
}

struct parse_row {
    const char *says;
    const char *text;
    bool valid;
    const char *printed; /* of the same day or instant */
};

static const struct parse_row days[] = {
    { "an ordinary day", "2026-03-17", true, "2026-03-17" },
    { "a leap day", "2024-02-29", true, "2024-02-29" },
    { "a leap day that is none", "2023-02-29", false, NULL },
    { "a month with one digit", "2026-3-17", false, NULL },
    { "dots", "2026.03.17", false, NULL },
    { "a sign in the year", "+026-03-17", false, NULL },
    { "a space in the day", "2026-03- 7", false, NULL },
    { "a time behind it", "2026-03-17T00", false, NULL },
    { "nothing", "", false, NULL },
    { "full-width digits", "２０２６-03-17", false, NULL },
};

static void reads_days(void **state)
{
    const struct parse_row *row = *state;
    int64_t day = 12345;
    assert_int_equal(day_parse(row->text, strlen(row->text), &day), row->valid);
    if (row->valid) {
        char text[DAY_TEXT];
        day_print(day, text);
        assert_string_equal(text, row->printed);
    } else {
        assert_int_equal(day, 12345);
    }
}

static const struct parse_row instants[] = {
    { "universal time", "2026-03-17T01:12:04Z", true, "2026-03-17T01:12:04.000Z" },
    { "a small z", "2026-03-17T01:12:04z", true, "2026-03-17T01:12:04.000Z" },
    { "a space for the T", "2026-03-17 01:12:04Z", true, "2026-03-17T01:12:04.000Z" },
    { "milliseconds", "2026-03-17T01:12:04.123Z", true, "2026-03-17T01:12:04.123Z" },
    { "tenths", "2026-03-17T01:12:04.1Z", true, "2026-03-17T01:12:04.100Z" },
    { "nanoseconds are cut to milliseconds", "2026-03-17T01:12:04.123456789Z", true, "2026-03-17T01:12:04.123Z" },
    { "China time", "2026-03-17T01:12:04+08:00", true, "2026-03-16T17:12:04.000Z" },
    { "China time with milliseconds", "2026-03-17T08:00:00.007+08:00", true, "2026-03-17T00:00:00.007Z" },
    { "an offset west", "2026-12-31T23:30:00-01:30", true, "2027-01-01T01:00:00.000Z" },
    { "an offset of zero", "2026-03-17T01:12:04+00:00", true, "2026-03-17T01:12:04.000Z" },
    { "the last second of a leap day", "2024-02-29T23:59:59Z", true, "2024-02-29T23:59:59.000Z" },
    { "before 1970", "1969-12-31T23:59:59.999Z", true, "1969-12-31T23:59:59.999Z" },
    { "the first instant", "1900-01-01T00:00:00Z", true, "1900-01-01T00:00:00.000Z" },
    { "no zone", "2026-03-17T01:12:04", false, NULL },
    { "no zone after milliseconds", "2026-03-17T01:12:04.123", false, NULL },
    { "a point without digits", "2026-03-17T01:12:04.Z", false, NULL },
    { "hour 24", "2026-03-17T24:00:00Z", false, NULL },
    { "minute 60", "2026-03-17T23:60:00Z", false, NULL },
    { "second 60", "2026-03-17T23:59:60Z", false, NULL },
    { "an offset without colon", "2026-03-17T01:12:04+0800", false, NULL },
    { "an offset cut short", "2026-03-17T01:12:04+08:0", false, NULL },
    { "an offset of 24 hours", "2026-03-17T01:12:04+24:00", false, NULL },
    { "an offset of 60 minutes", "2026-03-17T01:12:04+08:60", false, NULL },
    { "letters behind the zone", "2026-03-17T01:12:04Zx", false, NULL },
    { "a bad day", "2026-02-30T01:12:04Z", false, NULL },
    { "no seconds", "2026-03-17T01:12Z", false, NULL },
    { "a comma for the point", "2026-03-17T01:12:04,123Z", false, NULL },
    { "digits to the very end", "2026-03-17T01:12:04.123456", false, NULL },
};

static void reads_instants(void **state)
{
    const struct parse_row *row = *state;
    size_t size = strlen(row->text);
    char *exact = malloc(size ? size : 1); /* no final zero: reading past the end is seen */
    assert_non_null(exact);
    memcpy(exact, row->text, size);
    int64_t ms = 12345;
    bool valid = instant_parse(exact, size, &ms);
    free(exact);
    assert_int_equal(valid, row->valid);
    if (row->valid) {
        char text[INSTANT_TEXT];
        instant_print(ms, text);
        assert_string_equal(text, row->printed);
    } else {
        assert_int_equal(ms, 12345);
    }
}

struct day_row {
    const char *says;
    const char *instant;
    const char *day;
};

static const struct day_row midnights[] = {
    { "the last millisecond before midnight in China", "2026-03-16T15:59:59.999Z", "2026-03-16" },
    { "midnight in China", "2026-03-16T16:00:00.000Z", "2026-03-17" },
    { "noon in China", "2026-03-17T04:00:00.000Z", "2026-03-17" },
    { "midnight universal is morning in China", "2026-03-17T00:00:00.000Z", "2026-03-17" },
    { "new year in China", "2025-12-31T16:00:00.000Z", "2026-01-01" },
    { "the leap day begins", "2024-02-28T16:00:00.000Z", "2024-02-29" },
    { "the leap day ends", "2024-02-29T15:59:59.999Z", "2024-02-29" },
    { "1970 before its first midnight", "1969-12-31T15:59:59.999Z", "1969-12-31" },
    { "1970 from its first midnight", "1969-12-31T16:00:00.000Z", "1970-01-01" },
    { "a day long before 1970", "1949-09-30T15:59:59.999Z", "1949-09-30" },
    { "midnight long before 1970", "1949-09-30T16:00:00.000Z", "1949-10-01" },
};

static void finds_the_china_day(void **state)
{
    const struct day_row *row = *state;
    int64_t ms;
    char text[DAY_TEXT];
    assert_true(instant_parse(row->instant, strlen(row->instant), &ms));
    day_print(day_of_ms(ms), text);
    assert_string_equal(text, row->day);
}

static void a_day_ends_where_the_next_begins(void **state)
{
    (void)state;
    for (int64_t day = day_from_ymd(1900, 1, 1); day <= day_from_ymd(2200, 12, 31); day++) {
        int64_t end = day_end_ms(day);
        if (day_of_ms(end) != day + 1 || day_of_ms(end - 1) != day)
            fail_msg("day %lld does not end at its end", (long long)day);
    }
}

static void every_millisecond_pattern_prints_and_parses(void **state)
{
    (void)state;
    int64_t from = day_from_ymd(1900, 1, 1) * DAY_MS, to = day_from_ymd(2200, 12, 31) * DAY_MS;
    for (int64_t ms = from; ms < to; ms += 86413579) {
        char text[INSTANT_TEXT];
        int64_t back = 0;
        instant_print(ms, text);
        if (strlen(text) != INSTANT_TEXT - 1 || !instant_parse(text, strlen(text), &back) || back != ms)
            fail_msg("%s does not go round", text);
    }
}

static void the_clock_can_be_moved_and_goes_on_from_there(void **state)
{
    (void)state;
    int64_t target = day_from_ymd(2030, 1, 1) * DAY_MS;
    clock_shift_to(target);
    int64_t now = clock_now_ms();
    assert_true(now >= target && now < target + DAY_MS);
    clock_shift_by(10LL * DAY_MS);
    assert_true(clock_now_ms() >= now + 10LL * DAY_MS);
    clock_shift_by(-20LL * DAY_MS);
    assert_true(clock_now_ms() < now);
    int64_t before = clock_ticks_us();
    clock_shift_by(DAY_MS);
    int64_t after = clock_ticks_us();
    assert_true(after >= before && after - before < (int64_t)DAY_MS * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_from_1900_to_2200_goes_round),
        cmocka_unit_test(known_days_have_their_numbers),
        cmocka_unit_test(a_day_ends_where_the_next_begins),
        cmocka_unit_test(every_millisecond_pattern_prints_and_parses),
        cmocka_unit_test(the_clock_can_be_moved_and_goes_on_from_there),
    };
    int failed = RUN_TABLE(dates, knows_real_dates) + RUN_TABLE(days, reads_days) +
                 RUN_TABLE(instants, reads_instants) + RUN_TABLE(midnights, finds_the_china_day);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
