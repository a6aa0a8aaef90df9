/* What the program knows and shows as records: clauses nobody writes, days off the office keeps. */
#include "domain/town.h"

#include "base/clock.h"
#include "calendar/deadline.h"
#include "domain/change.h"
#include "domain/hazard/clause.h"
#include "domain/hazard/standard.h"
#include "domain/holiday.h"
#include "domain/ladder.h"

#include <string.h>

static int64_t count(struct town *t, const char *sql)
{
    return must_count(t->house.store, sql, NO_BINDS);
}

static void stock(struct town *t)
{
    struct error err = { 0 };
    must(standards_keep(&t->house, town_noon, &err), &err);
    must(holidays_keep(&t->house, town_noon, &err), &err);
    must(holidays_load(&t->house, &err), &err);
}

static void every_clause_of_the_library_is_a_record_once(void **state)
{
    struct town *t = TOWN(state);
    stock(t);
    assert_int_equal(count(t, "SELECT count(*) FROM clause WHERE held = 1"), clause_count);
    assert_int_equal(count(t, "SELECT count(*) FROM clause WHERE held = 0"), clause_gap_count);
    assert_int_equal(count(t, "SELECT count(*) FROM clause WHERE code LIKE 'GM-%'"), 64);
    assert_int_equal(count(t, "SELECT count(*) FROM clause WHERE held = 1 AND valid_to IS NOT NULL"), 10);
    int64_t versions = count(t, "SELECT count(*) FROM history WHERE kind = 'clause'");
    stock(t);
    assert_int_equal(count(t, "SELECT count(*) FROM clause"), clause_count + clause_gap_count);
    assert_int_equal(count(t, "SELECT count(*) FROM history WHERE kind = 'clause'"), versions);
}

static void a_clause_that_reads_otherwise_is_brought_up_to_date(void **state)
{
    struct town *t = TOWN(state);
    stock(t);
    must_script(t->house.store, "UPDATE clause SET content = 'old words', valid_to = 20000 WHERE code = 'GM-13-2';");
    stock(t);
    assert_int_equal(count(t, "SELECT count(*) FROM clause WHERE content = 'old words'"), 0);
    assert_int_equal(count(t, "SELECT count(*) FROM clause WHERE code = 'GM-13-2' AND valid_to IS NULL"), 1);
    assert_int_equal(count(t, "SELECT count(*) FROM clause"), clause_count + clause_gap_count);
}

static void the_published_years_are_records(void **state)
{
    struct town *t = TOWN(state);
    size_t rows = 0;
    stock(t);
    for (size_t i = 0; i < calendar_published.count; i++)
        rows += calendar_published.years[i].count;
    assert_int_equal(count(t, "SELECT count(*) FROM holiday"), rows);
    const struct calendar *own = house_calendar(&t->house);
    assert_ptr_not_equal(own, &calendar_published);
    for (int64_t day = day_of_number(20240101); day <= day_of_number(20271231); day++)
        assert_int_equal(calendar_is_working(own, day), calendar_is_working(&calendar_published, day));
    assert_int_equal(calendar_trust(own, day_of_number(20270101), day_of_number(20270101)), CALENDAR_PROVISIONAL);
}

static int64_t objection_ends(struct town *t, int assigned)
{
    struct error err = { 0 };
    int64_t last;
    must(deadline_day(house_calendar(&t->house), &deadline_rules, "hazard.objection", day_of_number(assigned), &last,
                      &err),
         &err);
    return last;
}

static void a_day_off_of_the_office_moves_the_deadlines_at_once(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    stock(t);
    int64_t before = objection_ends(t, 20260514);
    assert_int_equal(before, day_of_number(20260519));
    int64_t id = must_create(t, OFFICE, &holiday_kind,
                             "{\"name\":\"全市停工日\",\"first_on\":\"2026-05-18\",\"last_on\":\"2026-05-18\",\"work\":"
                             "false,\"source\":\"市政府通知\"}");
    assert_int_equal(objection_ends(t, 20260514), before + 1);
    must_patch(t, OFFICE, &holiday_kind, id, "{\"first_on\":\"2026-05-15\",\"last_on\":\"2026-05-18\"}");
    assert_int_equal(objection_ends(t, 20260514), before + 2);
    must(town_remove(t, OFFICE, &holiday_kind, id, &err), &err);
    assert_int_equal(objection_ends(t, 20260514), before);
}

static void a_year_the_office_has_touched_is_settled(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    stock(t);
    int64_t id =
        must_create(t, OFFICE, &holiday_kind,
                    "{\"name\":\"春节调休\",\"first_on\":\"2027-02-09\",\"last_on\":\"2027-02-11\",\"work\":false}");
    assert_int_equal(calendar_trust(house_calendar(&t->house), day_of_number(20270101), day_of_number(20270101)),
                     CALENDAR_SETTLED);
    must(town_remove(t, OFFICE, &holiday_kind, id, &err), &err);
}

static const struct refused {
    const char *says, *body, *field;
} refused[] = {
    { "a day named twice",
      "{\"name\":\"再放一天\",\"first_on\":\"2026-10-03\",\"last_on\":\"2026-10-03\",\"work\":false}", "first_on" },
    { "a worked day that is no weekend",
      "{\"name\":\"补班\",\"first_on\":\"2026-11-04\",\"last_on\":\"2026-11-04\",\"work\":true}", "first_on" },
    { "over New Year in one row",
      "{\"name\":\"元旦\",\"first_on\":\"2027-12-31\",\"last_on\":\"2028-01-02\",\"work\":false}", "last_on" },
    { "the end before the beginning",
      "{\"name\":\"倒过来\",\"first_on\":\"2026-11-05\",\"last_on\":\"2026-11-04\",\"work\":false}", "first_on" },
};

static void a_table_that_contradicts_itself_is_refused_and_nothing_moves(void **state)
{
    struct town *t = TOWN(state);
    stock(t);
    int64_t stamp = calendar_stamp(house_calendar(&t->house));
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct error err = { 0 };
        int64_t id;
        if (town_create(t, OFFICE, &holiday_kind, refused[i].body, &id, &err) == 0)
            fail_msg("taken: %s", refused[i].says);
        if (strcmp(err.fields[0].name, refused[i].field) != 0)
            fail_msg("%s: names %s", refused[i].says, err.fields[0].name);
    }
    assert_int_equal(calendar_stamp(house_calendar(&t->house)), stamp);
}

static void others_look_them_up_and_write_nothing(void **state)
{
    struct town *t = TOWN(state);
    static const enum who others[] = { GRID_A, SAFETY, READER };
    for (size_t i = 0; i < COUNT(others); i++) {
        struct error err = { 0 };
        int64_t id;
        assert_int_equal(
            town_create(t, others[i], &holiday_kind,
                        "{\"name\":\"放假\",\"first_on\":\"2026-11-06\",\"last_on\":\"2026-11-06\",\"work\":"
                        "false}",
                        &id, &err),
            -1);
        assert_int_equal(err.fault, FAULT_FORBIDDEN);
    }
}

int main(void)
{
    const struct both tests[] = {
        SAYS(every_clause_of_the_library_is_a_record_once),
        SAYS(a_clause_that_reads_otherwise_is_brought_up_to_date),
        SAYS(the_published_years_are_records),
        SAYS(a_day_off_of_the_office_moves_the_deadlines_at_once),
        SAYS(a_year_the_office_has_touched_is_settled),
        SAYS(a_table_that_contradicts_itself_is_refused_and_nothing_moves),
        SAYS(others_look_them_up_and_write_nothing),
    };
    return RUN_TOWNS(tests);
}
