/* Which rungs of a ladder have come, are to come and never will. */
#include "calendar/ladder.h"
#include "table.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

static const struct calendar *const cal = &calendar_published;

static const struct rung rungs[] = {
    { "soon", -3, true, "responsible", "提醒", "remind" },
    { "today", 0, false, "responsible", "当天", "today" },
    { "late", 1, false, "safety", "逾期", "late" },
    { "later", 5, false, "safety", "再次", "later" },
    { "office", 31, false, "office", "安委办", "the office" },
};
static const struct ladder small = { "small", rungs, 5 };

/* f future, d due, x fired, s skipped */
static const struct row {
    const char *says;
    int due, set_on;
    uint32_t fired;
    int today;
    const char *states;
    int64_t late_of_first_due;
    int next;
} rows[] = {
    { "the whole ladder lies ahead", 20260320, 20260301, 0, 20260302, "fffff", 0, 20260317 },
    { "a working-day rung comes on its day", 20260320, 20260301, 0, 20260317, "dffff", 0, 20260317 },
    { "counted back over Spring Festival", 20260225, 20260101, 0, 20260212, "fffff", 0, 20260213 },
    { "what has fired stays fired", 20260320, 20260301, 1, 20260320, "xdfff", 0, 20260320 },
    { "the first day late", 20260320, 20260301, 3, 20260321, "xxdff", 0, 20260321 },
    { "ten days of standstill: all of them, each with its lateness", 20260320, 20260301, 1, 20260330, "xdddf", 10,
      20260320 },
    { "all has been said", 20260320, 20260301, 31, 20260530, "xxxxx", 0, 0 },
    { "a clock set back takes nothing back", 20260320, 20260301, 7, 20260310, "xxxff", 0, 20260325 },
    { "a deadline set for tomorrow has no reminder three days before", 20260310, 20260309, 0, 20260309, "sffff", 0,
      20260310 },
    { "an old deadline entered today tells the highest rung alone", 20260101, 20260309, 0, 20260309, "ssssd", 0,
      20260201 },
    { "one entered three days late tells the first rung of lateness", 20260306, 20260309, 0, 20260309, "ssdff", 0,
      20260307 },
};

static void stands_so(void **state)
{
    const struct row *r = *state;
    struct ladder_view v;
    struct ladder_case at = { day_of_number(r->due), day_of_number(r->set_on), r->fired };
    char got[RUNGS_MOST + 1] = "";
    int64_t late = -1;
    ladder_view(&small, cal, &at, day_of_number(r->today), &v);
    for (size_t i = 0; i < v.count; i++) {
        got[i] = "fdxs"[v.rungs[i].state];
        if (v.rungs[i].state == RUNG_DUE && late < 0)
            late = v.rungs[i].late;
    }
    assert_string_equal(got, r->states);
    if (strchr(got, 'd'))
        assert_int_equal(late, r->late_of_first_due);
    assert_int_equal(v.next, r->next ? day_of_number(r->next) : INT64_MAX);
}

static void due_rungs_come_in_the_order_of_their_days(void **state)
{
    (void)state;
    const struct ladder *all[] = { &ladder_rectify, &ladder_recheck, &ladder_report, &ladder_certificate };
    for (size_t l = 0; l < 3; l++)
        for (int64_t due = day_of_number(20240101); due < day_of_number(20270101); due++) {
            struct ladder_view v;
            ladder_view(all[l], cal, &(struct ladder_case){ .due = due }, due, &v);
            for (size_t i = 1; i < v.count; i++)
                assert_true(v.rungs[i - 1].day < v.rungs[i].day);
        }
}

static void a_day_passing_changes_nothing_but_future_into_due(void **state)
{
    (void)state;
    struct ladder_case at = { day_of_number(20260320), day_of_number(20260301), 2 };
    for (int64_t today = day_of_number(20260225); today < day_of_number(20260501); today++) {
        struct ladder_view a, b;
        ladder_view(&small, cal, &at, today, &a);
        ladder_view(&small, cal, &at, today + 1, &b);
        for (size_t i = 0; i < a.count; i++)
            assert_true(a.rungs[i].state == b.rungs[i].state ||
                        (a.rungs[i].state == RUNG_FUTURE && b.rungs[i].state == RUNG_DUE));
    }
}

static void another_holiday_table_moves_only_what_has_not_fired(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    static const struct holiday days[] = { { 20260316, 20260318, false, "台风停工", "Typhoon" } };
    struct holiday_year y = { .year = 2026, .version = 2, .source = "通知", .days = days, .count = 1 };
    struct calendar over;
    struct ladder_view v;
    struct ladder_case at = { day_of_number(20260320), day_of_number(20260301), 0 };
    assert_int_equal(calendar_over(&arena, cal, &y, 1, &over, &err), 0);
    ladder_view(&small, &over, &at, day_of_number(20260312), &v);
    assert_int_equal(v.rungs[0].day, day_of_number(20260312)); /* five days earlier than by the old table */
    assert_int_equal(v.rungs[0].state, RUNG_DUE);
    at.fired = 1;
    ladder_view(&small, cal, &at, day_of_number(20260312), &v);
    assert_int_equal(v.rungs[0].state, RUNG_FIRED);
}

static int filled_above(void *args, const char *role, bool *filled, struct error *err)
{
    (void)err;
    *filled = strcmp(role, args) == 0;
    return 0;
}

static const struct climb {
    const char *says, *filled;
    size_t rung, to;
} climbs[] = {
    { "a filled post is told itself", "responsible", 0, 0 },
    { "nobody is responsible: the safety officer", "safety", 0, 2 },
    { "nobody at all in the firm: the office", "office", 2, 4 },
    { "nobody anywhere", "", 0, 5 },
    { "never downwards", "responsible", 2, 5 },
};

static void climbs_to(void **state)
{
    const struct climb *c = *state;
    struct error err = { 0 };
    size_t to = 99;
    assert_int_equal(ladder_climb(&small, c->rung, filled_above, (void *)c->filled, &to, &err), 0);
    assert_int_equal(to, c->to);
}

static void broken_ladders_are_refused(void **state)
{
    (void)state;
    struct error err = { 0 };
    struct rung bad[2] = { rungs[1], rungs[2] };
    struct ladder l = { "bad", bad, 2 };
    assert_int_equal(ladder_check(&l, &err), 0);
    bad[1].offset = 0;
    assert_int_equal(ladder_check(&l, &err), -1);
    assert_string_equal(err.code, "ladder.rungs");
    bad[1] = bad[0];
    bad[1].offset = 9;
    assert_int_equal(ladder_check(&l, &err), -1);
    bad[1] = rungs[2];
    bad[1].role = NULL;
    assert_int_equal(ladder_check(&l, &err), -1);
    assert_int_equal(ladder_check(&ladder_rectify, &err), 0);
    assert_int_equal(ladder_check(&ladder_recheck, &err), 0);
    assert_int_equal(ladder_check(&ladder_report, &err), 0);
    assert_int_equal(ladder_check(&ladder_certificate, &err), 0);
}

/* Reminders of a licence: 90, 60 and 30 days before its end. */
static void a_licence_is_spoken_of_three_times_before_its_end(void **state)
{
    (void)state;
    struct ladder_view v;
    struct ladder_case at = { .due = day_of_number(20250630) };
    ladder_view(&ladder_certificate, cal, &at, day_of_number(20250101), &v);
    assert_int_equal(v.rungs[0].day, day_of_number(20250401));
    assert_int_equal(v.rungs[1].day, day_of_number(20250501));
    assert_int_equal(v.rungs[2].day, day_of_number(20250531));
    assert_int_equal(v.rungs[3].day, day_of_number(20250701));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(due_rungs_come_in_the_order_of_their_days),
        cmocka_unit_test(a_day_passing_changes_nothing_but_future_into_due),
        cmocka_unit_test(another_holiday_table_moves_only_what_has_not_fired),
        cmocka_unit_test(broken_ladders_are_refused),
        cmocka_unit_test(a_licence_is_spoken_of_three_times_before_its_end),
    };
    int failed = RUN_TABLE(rows, stands_so);
    failed += RUN_TABLE(climbs, climbs_to);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
