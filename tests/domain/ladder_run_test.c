/* Ladders in the store: each rung once, after a standstill, a clock set back, another holiday table, two runs at once. */
#include "domain/town.h"

#include "access/query.h"
#include "base/clock.h"
#include "domain/enforcement/paper.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/ladder.h"

#include <pthread.h>
#include <string.h>

enum { DUE = TODAY + 11 }; /* Friday 2026-03-20; three working days before: the 17th */

/* The firm has a safety officer and no head; the towns have their grid members (town.c); nobody is a duty officer. */
static void give_roles(struct town *t)
{
    static const struct {
        enum who who;
        const char *role;
        int64_t area;
        const char *sectors;
    } roles_of[] = { { SAFETY, "safety", 0, NULL },
                     { COUNTY, "inspector", county, NULL },
                     { CHECKER, "inspector", county, NULL },
                     { SECTOR, "department", county, "HAZCHEM" } };
    if (count_of(t, "SELECT count(*) FROM assignment WHERE role = 'safety'") > 0)
        return;
    for (size_t i = 0; i < COUNT(roles_of); i++) {
        const char *where = roles_of[i].who == SAFETY ? say(t, ",\"object\":%lld", (long long)t->spots[FIRM_A1])
                            : roles_of[i].area        ? say(t, ",\"area\":\"%012lld\"", (long long)roles_of[i].area)
                                                      : "";
        const char *sectors = roles_of[i].sectors ? say(t, ",\"sectors\":[\"%s\"]", roles_of[i].sectors) : "";
        must_create(t, PROGRAM, &assignment_kind,
                    say(t, "{\"role\":\"%s\",\"holder_account\":%lld,\"valid_from\":\"2026-01-01\"%s%s}",
                        roles_of[i].role, (long long)t->people[roles_of[i].who].id, where, sectors));
    }
}

/* Whoever is made responsible beside the safety officer leaves the firm the same day. */
static int64_t assigned_to(struct town *t, enum spot firm, enum who responsible)
{
    if (responsible != SAFETY)
        town_employ(t, responsible, firm, "2026-03-09");
    int64_t id = must_hazard(t, OFFICE, t->spots[firm], "催办");
    must_move(t, OFFICE, id, "classify", "{\"level\":\"general\"}");
    must_move(
        t, OFFICE, id, "assign",
        say(t, "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-03-20\",\"contingency\":\"停\",\"responsible\":%lld}",
            (long long)t->people[responsible].id));
    return id;
}

static void move_at(struct town *t, enum who who, int64_t day, int64_t id, const char *move, const char *body)
{
    struct error err = { 0 };
    struct act act = { .who = who, .now = town_noon + (day - TODAY) * DAY_MS };
    must(town_act(t, &act, &hazard_kind, id, move, body, NULL, &err), &err);
}

static void hand_in(struct town *t, int64_t day, int64_t id)
{
    int64_t photo = must_file_at(t, OFFICE, "after", town_noon + (day - TODAY) * DAY_MS);
    move_at(t, OFFICE, day, id, "submit", say(t, "{\"rectification\":\"已改\",\"evidence\":[%lld]}", (long long)photo));
}

static struct ladder_run run_on_day(struct town *t, int64_t day)
{
    struct error err = { 0 };
    struct ladder_run did;
    must(ladder_run(&t->house, town_noon + (day - TODAY) * DAY_MS, &did, &err), &err);
    return did;
}

static int64_t fired(struct town *t, int64_t id)
{
    return count_of(t, "SELECT count(*) FROM ladder_fired WHERE kind = 'hazard' AND id = %lld", (long long)id);
}

static int64_t fired_rung(struct town *t, int64_t id, int64_t version, const char *rung)
{
    return count_of(t, "SELECT count(*) FROM ladder_fired WHERE id = %lld AND version = %lld AND rung = '%s'",
                    (long long)id, (long long)version, rung);
}

static int64_t told(struct town *t, enum who who, int64_t id, const char *rung)
{
    return count_of(t, "SELECT count(*) FROM ladder_told WHERE account = %lld AND id = %lld AND rung = '%s'",
                    (long long)t->people[who].id, (long long)id, rung);
}

static size_t lines_of(struct town *t, int64_t id, int64_t day, struct ladder_line **out)
{
    struct error err = { 0 };
    struct db *db;
    size_t count = 0;
    must(store_reader(t->house.store, &db, &err), &err);
    int got = ladder_lines(db, house_calendar(&t->house), &hazard_kind, id, day, &t->arena, out, &count, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    return count;
}

static void the_whole_ladder_is_seen_the_moment_a_deadline_is_set(void **state)
{
    struct town *t = TOWN(state);
    struct ladder_line *lines;
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A1, SAFETY);
    assert_int_equal(lines_of(t, id, TODAY, &lines), ladder_rectify.count);
    assert_int_equal(lines[0].rung.day, DUE - 3);
    for (size_t i = 0; i < ladder_rectify.count; i++) {
        assert_int_equal(lines[i].rung.state, RUNG_FUTURE);
        assert_int_equal(lines[i].due, DUE);
        assert_string_equal(lines[i].role, ladder_rectify.rungs[i].role);
    }
    assert_int_equal(fired(t, id), 0);
}

static void a_rung_tells_its_person_once(void **state)
{
    struct town *t = TOWN(state);
    struct ladder_line *lines;
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A1, NAMED);
    run_on_day(t, DUE - 4);
    assert_int_equal(fired(t, id), 0);
    run_on_day(t, DUE - 3);
    run_on_day(t, DUE - 3);
    run_on_day(t, DUE - 2);
    assert_int_equal(fired(t, id), 1);
    assert_int_equal(told(t, NAMED, id, "soon"), 1);
    assert_int_equal(count_of(t, "SELECT late FROM ladder_fired WHERE id = %lld", (long long)id), 0);
    run_on_day(t, DUE + 1);
    assert_int_equal(told(t, SAFETY, id, "late"), 1);
    assert_int_equal(told(t, NAMED, id, "late"), 0);
    lines_of(t, id, DUE + 1, &lines);
    assert_int_equal(lines[2].rung.state, RUNG_FIRED);
    assert_int_equal(lines[2].told, 1);
    assert_int_equal(lines[3].rung.state, RUNG_FUTURE);
}

static void ten_days_of_standstill_are_made_up_in_order_and_marked(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A1, SAFETY);
    run_on_day(t, DUE - 3);
    struct ladder_run did = run_on_day(t, DUE + 7);
    assert_true(did.late >= 4);
    assert_int_equal(fired(t, id), 5); /* soon, today, late, late_head, late_grid */
    assert_int_equal(count_of(t, "SELECT count(*) FROM ladder_fired WHERE id = %lld AND late > 0", (long long)id), 4);
    assert_int_equal(count_of(t, "SELECT late FROM ladder_fired WHERE id = %lld AND rung = 'today'", (long long)id), 7);
    assert_int_equal(count_of(t, "SELECT late FROM ladder_fired WHERE id = %lld AND rung = 'late_grid'", (long long)id),
                     2);
    assert_int_equal(run_on_day(t, DUE + 7).fired, 0);
}

static void a_clock_set_back_fires_nothing_again(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A1, SAFETY);
    run_on_day(t, DUE + 1);
    assert_int_equal(fired(t, id), 3);
    for (int64_t day = DUE - 5; day <= DUE + 1; day++)
        run_on_day(t, day);
    assert_int_equal(fired(t, id), 3);
    run_on_day(t, DUE + 3);
    assert_int_equal(fired(t, id), 4);
}

static void a_new_deadline_voids_the_old_rungs(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A1, SAFETY);
    run_on_day(t, DUE);
    assert_int_equal(fired(t, id), 2);
    hand_in(t, DUE + 1, id);
    move_at(t, CHECKER, DUE + 1, id, "recheck-fail", "{\"opinion\":\"再改\",\"due\":\"2026-05-20\"}");
    run_on_day(t, DUE + 20);
    assert_int_equal(
        count_of(t, "SELECT count(*) FROM ladder_fired WHERE id = %lld AND watch = 'rectify'", (long long)id), 2);
    run_on_day(t, day_from_ymd(2026, 5, 15));
    assert_int_equal(fired_rung(t, id, 2, "soon"), 1);
    assert_int_equal(fired_rung(t, id, 1, "late"), 0);
}

static void what_is_handed_in_is_the_checkers_to_hurry(void **state)
{
    struct town *t = TOWN(state);
    struct ladder_line *lines;
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A1, SAFETY);
    hand_in(t, DUE, id);
    assert_int_equal(lines_of(t, id, DUE, &lines), ladder_recheck.count);
    assert_string_equal(lines[0].watch->name, "recheck");
    run_on_day(t, DUE + 11);
    assert_int_equal(fired_rung(t, id, 1, "late"), 1);
    assert_int_equal(told(t, COUNTY, id, "late") + told(t, CHECKER, id, "late"), 2);
    assert_int_equal(told(t, SAFETY, id, "late"), 0);
    move_at(t, CHECKER, DUE + 12, id, "recheck-pass", "{\"opinion\":\"到位\"}");
    int64_t before = fired(t, id);
    run_on_day(t, DUE + 90);
    assert_int_equal(fired(t, id), before);
    assert_int_equal(lines_of(t, id, DUE + 90, &lines), 0);
}

/* The firm is pressed to repair and the authority to re-check, each by a ladder of its own, though nothing was handed in. */
static void an_order_nobody_obeys_is_the_checkers_to_follow_up(void **state)
{
    struct town *t = TOWN(state);
    struct ladder_line *lines;
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A1, SAFETY), other = assigned_to(t, FIRM_A1, SAFETY);
    int64_t unit =
        must_create(t, PROGRAM, &organisation_kind, "{\"name\":\"到期复查的局\",\"region\":\"990102000000\"}");
    int64_t was = t->people[OFFICE].organisation;
    t->people[OFFICE].organisation = unit;
    int64_t paper = must_create(t, OFFICE, &paper_kind,
                                say(t, "{\"type\":\"instruction\",\"items\":[{\"hazard\":%lld}]}", (long long)id));
    struct error err = { 0 };
    must(town_act(t, &(struct act){ .who = OFFICE }, &paper_kind, paper, "issue",
                  say(t, "{\"second_officer\":%lld}", (long long)t->people[CHECKER].id), NULL, &err),
         &err);
    assert_int_equal(lines_of(t, other, TODAY, &lines), ladder_rectify.count);
    assert_int_equal(lines_of(t, id, TODAY, &lines), ladder_rectify.count + ladder_recheck.count);
    assert_string_equal(lines[ladder_rectify.count].watch->name, "recheck");
    assert_int_equal(lines[ladder_rectify.count].due, DUE + 10);
    run_on_day(t, DUE + 11);
    assert_int_equal(fired(t, other), 6); /* soon, today, late, late_head, late_grid, late_inspector */
    assert_int_equal(fired(t, id), 8);    /* and of the re-check: two working days before, the first day late */
    assert_int_equal(
        count_of(t, "SELECT count(*) FROM ladder_fired WHERE id = %lld AND watch = 'recheck'", (long long)id), 2);
    /* Handed in late, it is due as before: nothing fires again. A new day begins both anew. */
    hand_in(t, DUE + 11, id);
    assert_int_equal(lines_of(t, id, DUE + 11, &lines), ladder_recheck.count);
    assert_int_equal(lines[0].due, DUE + 10);
    run_on_day(t, DUE + 11);
    assert_int_equal(fired(t, id), 8);
    move_at(t, CHECKER, DUE + 11, id, "recheck-fail", "{\"opinion\":\"再改\",\"due\":\"2026-04-30\"}");
    assert_int_equal(lines_of(t, id, DUE + 11, &lines), ladder_rectify.count + ladder_recheck.count);
    assert_int_equal(lines[ladder_rectify.count].due, day_from_ymd(2026, 5, 10));
    /* A void order binds nobody. */
    must(town_act(t, &(struct act){ .who = OFFICE, .now = town_noon + (DUE + 12 - TODAY) * (int64_t)DAY_MS },
                  &paper_kind, paper, "void", "{\"void_reason\":\"文号有误\"}", NULL, &err),
         &err);
    assert_int_equal(lines_of(t, id, DUE + 12, &lines), ladder_rectify.count);
    t->people[OFFICE].organisation = was;
}

static void an_empty_post_climbs_and_says_so(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A2, NAMED); /* neither safety officer nor head */
    run_on_day(t, DUE + 1);
    assert_int_equal(told(t, GRID_A, id, "late"), 1);
    assert_int_equal(told(t, GRID_B, id, "late"), 0);
    assert_int_equal(told(t, SAFETY, id, "late"), 0);
    assert_int_equal(count_of(t, "SELECT climbed FROM ladder_fired WHERE id = %lld AND rung = 'late'", (long long)id),
                     2);
    assert_int_equal(count_of(t,
                              "SELECT count(*) FROM ladder_fired WHERE id = %lld AND rung = 'late' AND role = 'grid'",
                              (long long)id),
                     1);
}

static void a_disabled_person_is_an_empty_post(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A1, NAMED);
    must_patch(t, PROGRAM, &account_kind, t->people[NAMED].id, "{\"active\":false}");
    run_on_day(t, DUE - 3);
    must_patch(t, PROGRAM, &account_kind, t->people[NAMED].id, "{\"active\":true}");
    assert_int_equal(told(t, NAMED, id, "soon"), 0);
    assert_int_equal(told(t, SAFETY, id, "soon"), 1);
}

static void nobody_up_to_the_top_is_kept_as_unheard(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_D1, NAMED); /* another city: the office alone sees it */
    int64_t office = count_of(t, "SELECT id FROM assignment WHERE role = 'office'");
    must_patch(t, PROGRAM, &assignment_kind, office, "{\"valid_to\":\"2026-03-01\"}");
    struct ladder_run did = run_on_day(t, DUE + 1);
    must_patch(t, PROGRAM, &assignment_kind, office, "{\"valid_to\":null}");
    assert_true(did.unheard >= 1);
    assert_int_equal(
        count_of(t, "SELECT count(*) FROM ladder_fired WHERE id = %lld AND rung = 'late' AND role IS NULL AND told = 0",
                 (long long)id),
        1);
}

static void another_holiday_table_counts_again_and_fires_nothing_twice(void **state)
{
    struct town *t = TOWN(state);
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    static const struct holiday days[] = { { 20260316, 20260318, false, "台风停工", "Typhoon" } };
    const struct holiday_year year = { .year = 2026, .version = 2, .source = "通知", .days = days, .count = 1 };
    struct calendar over;
    struct ladder_line *lines;
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A1, SAFETY), other = assigned_to(t, FIRM_A1, SAFETY);
    run_on_day(t, TODAY + 1);
    must(calendar_over(&arena, &calendar_published, &year, 1, &over, &err), &err);
    t->house.calendar = &over;
    lines_of(t, id, TODAY, &lines);
    assert_int_equal(lines[0].rung.day, TODAY + 3); /* the 12th: the 16th to the 18th are off now */
    run_on_day(t, TODAY + 3);
    assert_int_equal(fired(t, id), 1);
    t->house.calendar = NULL;
    run_on_day(t, TODAY + 4);
    run_on_day(t, DUE - 3);
    assert_int_equal(fired(t, id), 1);
    assert_int_equal(fired(t, other), 1);
}

static bool is_told(struct town *t, enum who who, int64_t id, const char *cause)
{
    return count_of(t, "SELECT count(*) FROM notice WHERE account = %lld AND record = %lld AND cause = '%s'",
                    (long long)t->people[who].id, (long long)id, cause) > 0;
}

/* 安全生产法 art 41: seen from the classification on, told to the firm, climbing, and over with the report. */
static void a_major_hazard_that_is_not_reported_climbs_until_it_is(void **state)
{
    struct town *t = TOWN(state);
    struct ladder_line *lines;
    give_roles(t);
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_A1], "重大"),
            small = must_hazard(t, OFFICE, t->spots[FIRM_A1], "小");
    must_move(t, COUNTY, small, "classify", "{\"level\":\"general\"}");
    must_move(t, COUNTY, id, "classify", "{\"level\":\"major\",\"clause\":\"HC-1\"}");
    assert_true(is_told(t, SAFETY, id, "report_wanted"));
    assert_false(is_told(t, SAFETY, small, "report_wanted"));
    assert_true(is_told(t, SECTOR, id, "major_found"));
    assert_false(is_told(t, SAFETY, id, "major_found") || is_told(t, SECTOR, small, "major_found"));
    assert_int_equal(lines_of(t, small, TODAY, &lines), 0);
    assert_int_equal(lines_of(t, id, TODAY, &lines), ladder_report.count);
    assert_string_equal(lines[0].watch->name, "report");
    assert_int_equal(lines[0].due, TODAY + 1);
    assert_int_equal(lines[0].rung.state, RUNG_FUTURE);
    run_on_day(t, TODAY);
    assert_int_equal(fired(t, id), 0);
    run_on_day(t, TODAY + 1);
    assert_int_equal(told(t, SAFETY, id, "today"), 1);
    run_on_day(t, TODAY + 6); /* nobody ran on the days between: the firm has no head, so the inspectors hear of both */
    assert_int_equal(told(t, COUNTY, id, "late"), 1);
    assert_int_equal(count_of(t, "SELECT late FROM ladder_fired WHERE id = %lld AND rung = 'late'", (long long)id), 4);
    assert_int_equal(told(t, COUNTY, id, "late_inspector"), 1);
    int64_t bureau = must_create(t, PROGRAM, &organisation_kind, "{\"name\":\"收报告的局\"}");
    move_at(t, SAFETY, TODAY + 6, id, "report",
            say(t, "{\"reported_to\":%lld,\"report_cause\":\"锈蚀\",\"report_analysis\":\"可停用整改\"}",
                (long long)bureau));
    assert_true(is_told(t, SECTOR, id, "major_reported") || is_told(t, COUNTY, id, "major_reported"));
    run_on_day(t, TODAY + 30);
    assert_int_equal(fired(t, id), 3);
    assert_int_equal(lines_of(t, id, TODAY + 30, &lines), 0);
}

/* A look-back that nobody makes is the inspectors' to hurry, from a month before its last day on; made, it is over. */
static void a_look_back_on_a_major_hazard_climbs_until_it_is_made(void **state)
{
    struct town *t = TOWN(state);
    struct ladder_line *lines;
    give_roles(t);
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_A1], "回头看"), last = day_from_ymd(2026, 9, 9);
    must_move(t, COUNTY, id, "classify", "{\"level\":\"major\",\"clause\":\"HC-1\"}");
    must_move(t, OFFICE, id, "assign",
              say(t,
                  "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-03-20\",\"contingency\":\"停\",\"responsible\":%lld,"
                  "\"plan_goal\":\"消除\",\"plan_signed_on\":\"2026-03-09\"}",
                  (long long)t->people[SAFETY].id));
    must_move(t, SAFETY, id, "submit",
              say(t, "{\"rectification\":\"已改\",\"assessment\":\"合格\",\"evidence\":[%lld]}",
                  (long long)must_file(t, SAFETY, "after")));
    must_move(t, CHECKER, id, "recheck-pass", "{\"opinion\":\"好\",\"site_review_on\":\"2026-03-09\"}");
    assert_int_equal(lines_of(t, id, TODAY, &lines), ladder_look_back.count);
    assert_string_equal(lines[0].watch->name, "look_back");
    assert_int_equal(lines[0].due, last);
    assert_int_equal(lines[0].rung.day, last - 30);
    run_on_day(t, last - 31);
    assert_int_equal(fired(t, id), 0);
    run_on_day(t, last - 30);
    assert_int_equal(told(t, COUNTY, id, "d30") + told(t, CHECKER, id, "d30"), 2);
    assert_int_equal(told(t, SAFETY, id, "d30"), 0);
    run_on_day(t, last + 10);
    assert_int_equal(fired(t, id), 4); /* a month and five working days before, the first day late, the tenth */
    assert_int_equal(told(t, SECTOR, id, "late_department"), 1);
    move_at(t, CHECKER, last + 11, id, "look-back", "{\"look_back_opinion\":\"无反弹\"}");
    run_on_day(t, last + 60);
    assert_int_equal(fired(t, id), 4);
    assert_int_equal(lines_of(t, id, last + 60, &lines), 0);
}

static void the_bin_stops_the_ladder_and_a_restored_record_goes_on(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A1, SAFETY);
    run_on_day(t, DUE - 3);
    must(town_remove(t, OFFICE, &hazard_kind, id, &err), &err);
    run_on_day(t, DUE);
    assert_int_equal(fired(t, id), 1);
    must(town_restore(t, OFFICE, &hazard_kind, id, &err), &err);
    run_on_day(t, DUE);
    assert_int_equal(fired(t, id), 2);
    assert_int_equal(fired_rung(t, id, 1, "soon"), 1);
}

static void asking_for_more_time_stops_nothing_and_a_suspension_does(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A1, SAFETY);
    must_move(t, OFFICE, id, "start", "{}");
    move_at(t, SAFETY, TODAY, id, "extend-request", "{\"reason\":\"慢\",\"extension_to\":\"2026-04-20\"}");
    run_on_day(t, DUE);
    assert_int_equal(fired(t, id), 2);
    move_at(t, CITY, DUE, id, "extend-approve", "{}");
    run_on_day(t, DUE + 10);
    assert_int_equal(fired(t, id), 2); /* the old rungs are void, the new ones lie ahead */
    move_at(t, CITY, DUE + 10, id, "suspend", "{\"reason\":\"停产\"}");
    run_on_day(t, DUE + 60);
    assert_int_equal(fired(t, id), 2);
    move_at(t, CITY, DUE + 60, id, "resume", "{\"due\":\"2026-06-30\"}");
    assert_int_equal(
        count_of(t, "SELECT version FROM ladder_watch WHERE id = %lld AND watch = 'rectify'", (long long)id), 3);
}

static void hearers_of(struct town *t, int64_t id, int64_t day, size_t line, struct ladder_hearers *out)
{
    struct error err = { 0 };
    struct db *db;
    struct ladder_line *lines;
    struct scope scope;
    void *record;
    lines_of(t, id, day, &lines);
    must(store_reader(t->house.store, &db, &err), &err);
    scope_compile(&t->people[PROGRAM], &hazard_kind, verb_bit("read"), &scope);
    int got = record_read(db, &scope, id, true, false, &t->arena, &record, &err);
    if (got == 0)
        got = ladder_hearers(db, record, day, &lines[line], out, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
}

static void whom_a_rung_will_tell_is_known_beforehand_and_stays_as_it_was(void **state)
{
    struct town *t = TOWN(state);
    struct ladder_hearers h;
    give_roles(t);
    int64_t id = assigned_to(t, FIRM_A2, NAMED);
    hearers_of(t, id, TODAY + 1, 0, &h);
    assert_string_equal(h.role, "responsible");
    assert_false(h.climbed);
    assert_int_equal(h.people[0], t->people[NAMED].id);
    hearers_of(t, id, TODAY + 1, 2, &h); /* no safety officer, no head: the grid member hears it */
    assert_string_equal(h.role, "grid");
    assert_true(h.climbed);
    assert_int_equal(h.count, 1);
    assert_int_equal(h.people[0], t->people[GRID_A].id);
    run_on_day(t, DUE + 1);
    must_patch(t, PROGRAM, &account_kind, t->people[GRID_A].id, "{\"active\":false}");
    hearers_of(t, id, DUE + 1, 2, &h);
    must_patch(t, PROGRAM, &account_kind, t->people[GRID_A].id, "{\"active\":true}");
    assert_true(h.climbed);
    assert_int_equal(h.people[0], t->people[GRID_A].id);
}

static void a_deadline_that_cannot_be_looked_at_holds_up_none_of_the_others(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    run_on_day(t, DUE + 200);
    int64_t broken = assigned_to(t, FIRM_A1, SAFETY), whole = assigned_to(t, FIRM_A1, SAFETY);
    must_write(t->house.store, say(t, "DELETE FROM hazard WHERE id = %lld", (long long)broken), NO_BINDS);
    struct ladder_run did = run_on_day(t, DUE - 3);
    assert_int_equal(did.put_off, 1);
    assert_string_equal(did.why.code, "record.missing");
    assert_int_equal(fired(t, whole), 1);
    assert_int_equal(run_on_day(t, DUE - 3).put_off, 0);
    assert_int_equal(run_on_day(t, DUE - 2).put_off, 1); /* tomorrow again */
    must_write(t->house.store, say(t, "DELETE FROM ladder_watch WHERE id = %lld", (long long)broken), NO_BINDS);
}

struct racer {
    struct town *town;
    pthread_t thread;
    int64_t now;
    struct ladder_run did;
    struct error err;
    int got;
};

static void *race(void *args)
{
    struct racer *r = args;
    r->got = ladder_run(&r->town->house, r->now, &r->did, &r->err);
    return NULL;
}

static void two_runs_at_once_fire_each_rung_once(void **state)
{
    enum { RACERS = 4, HAZARDS = 30 };
    struct town *t = TOWN(state);
    struct racer racers[RACERS];
    int64_t ids[HAZARDS], fired_before, sum = 0;
    give_roles(t);
    run_on_day(t, DUE + 2);
    for (int i = 0; i < HAZARDS; i++)
        ids[i] = assigned_to(t, FIRM_A1, SAFETY);
    fired_before = count_of(t, "SELECT count(*) FROM ladder_fired");
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){ .town = t, .now = town_noon + 12 * DAY_MS };
        assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < RACERS; i++) {
        pthread_join(racers[i].thread, NULL);
        must(racers[i].got, &racers[i].err);
        sum += racers[i].did.fired;
    }
    for (int i = 0; i < HAZARDS; i++)
        assert_int_equal(fired(t, ids[i]), 3);
    assert_int_equal(sum, 3 * HAZARDS);
    assert_int_equal(count_of(t, "SELECT count(*) FROM ladder_fired"), fired_before + 3 * HAZARDS);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(the_whole_ladder_is_seen_the_moment_a_deadline_is_set),
        SAYS(a_rung_tells_its_person_once),
        SAYS(ten_days_of_standstill_are_made_up_in_order_and_marked),
        SAYS(a_clock_set_back_fires_nothing_again),
        SAYS(a_new_deadline_voids_the_old_rungs),
        SAYS(what_is_handed_in_is_the_checkers_to_hurry),
        SAYS(an_order_nobody_obeys_is_the_checkers_to_follow_up),
        SAYS(an_empty_post_climbs_and_says_so),
        SAYS(a_disabled_person_is_an_empty_post),
        SAYS(nobody_up_to_the_top_is_kept_as_unheard),
        SAYS(another_holiday_table_counts_again_and_fires_nothing_twice),
        SAYS(a_major_hazard_that_is_not_reported_climbs_until_it_is),
        SAYS(a_look_back_on_a_major_hazard_climbs_until_it_is_made),
        SAYS(the_bin_stops_the_ladder_and_a_restored_record_goes_on),
        SAYS(asking_for_more_time_stops_nothing_and_a_suspension_does),
        SAYS(whom_a_rung_will_tell_is_known_beforehand_and_stays_as_it_was),
        SAYS(a_deadline_that_cannot_be_looked_at_holds_up_none_of_the_others),
        SAYS(two_runs_at_once_fire_each_rung_once),
    };
    return RUN_TOWNS(tests);
}
