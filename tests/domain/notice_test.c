/* Notices: who is told by which move and by which rung, what a notice holds, and what becomes of it. */
#include "domain/town.h"

#include "access/query.h"
#include "base/clock.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/ladder.h"
#include "domain/notice.h"
#include "jobs/jobs.h"

#include <string.h>

enum { DUE = TODAY + 11 };

/* The county has two inspectors, the firm A1 a safety officer; department and head are empty posts. */
static void give_roles(struct town *t)
{
    static const enum who inspectors[] = { COUNTY, CHECKER };
    if (count_of(t, "SELECT count(*) FROM assignment WHERE role = 'inspector'") > 0)
        return;
    for (size_t i = 0; i < COUNT(inspectors); i++)
        must_create(t, PROGRAM, &assignment_kind,
                    say(t,
                        "{\"role\":\"inspector\",\"holder_account\":%lld,\"valid_from\":\"2026-01-01\",\"area\":"
                        "\"%012lld\"}",
                        (long long)t->people[inspectors[i]].id, (long long)county));
}

static int64_t told(struct town *t, enum who who, int64_t id, const char *cause)
{
    return count_of(t, "SELECT count(*) FROM notice WHERE account = %lld AND record = %lld AND cause = '%s'",
                    (long long)t->people[who].id, (long long)id, cause);
}

static int64_t all_told(struct town *t, int64_t id)
{
    return count_of(t, "SELECT count(*) FROM notice WHERE record = %lld", (long long)id);
}

/* Whoever is made responsible leaves the firm the same day: on those that follow its posts are empty. */
static int64_t assigned_by(struct town *t, enum who by, enum who responsible)
{
    if (responsible != OFFICE)
        town_employ(t, responsible, FIRM_A1, "2026-03-09");
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_A1], "告知");
    must_move(t, OFFICE, id, "classify", "{\"level\":\"general\"}");
    must_move(
        t, by, id, "assign",
        say(t, "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-03-20\",\"contingency\":\"停\",\"responsible\":%lld}",
            (long long)t->people[responsible].id));
    return id;
}

static int64_t assigned(struct town *t, enum who responsible)
{
    return assigned_by(t, OFFICE, responsible);
}

static void submit(struct town *t, enum who who, int64_t id)
{
    must_move(t, who, id, "submit",
              say(t, "{\"rectification\":\"已改\",\"evidence\":[%lld]}", (long long)must_file(t, who, "after")));
}

static struct notice *list_of(struct town *t, enum who who, size_t *count)
{
    struct error err = { 0 };
    struct db *db;
    struct notice *list;
    struct notice_query q = { .account = t->people[who].id, .limit = LIMIT_PAGE };
    must(store_reader(t->house.store, &db, &err), &err);
    int got = notice_list(db, &q, &t->arena, &list, count, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    return list;
}

static void whoever_is_given_a_hazard_is_told_with_its_last_day(void **state)
{
    struct town *t = TOWN(state);
    size_t count;
    give_roles(t);
    int64_t id = assigned(t, SAFETY);
    assert_int_equal(told(t, SAFETY, id, "assigned"), 1);
    assert_int_equal(all_told(t, id), 1);
    struct notice *n = list_of(t, SAFETY, &count);
    assert_int_equal(n->record, id);
    assert_int_equal(n->due, DUE);
    assert_int_equal(n->read_at, 0);
}

static void whoever_does_it_is_not_told_of_it(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    int64_t id = assigned(t, OFFICE);
    assert_int_equal(all_told(t, id), 0);
}

static void a_repair_handed_in_tells_who_assigned_it_and_the_inspectors(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    int64_t id = assigned(t, SAFETY);
    submit(t, SAFETY, id);
    assert_int_equal(told(t, OFFICE, id, "recheck_wanted"), 1);
    assert_int_equal(told(t, COUNTY, id, "recheck_wanted") + told(t, CHECKER, id, "recheck_wanted"), 2);
    assert_int_equal(told(t, SAFETY, id, "recheck_wanted"), 0);
    must_move(t, CHECKER, id, "recheck-fail", "{\"opinion\":\"再改\",\"due\":\"2026-04-20\"}");
    assert_int_equal(told(t, SAFETY, id, "returned"), 1); /* responsible and rectifier are one */
    submit(t, SAFETY, id);
    must_move(t, CHECKER, id, "recheck-pass", "{\"opinion\":\"到位\"}");
    assert_int_equal(told(t, SAFETY, id, "closed"), 1);
}

static void more_time_is_asked_of_those_who_may_decide_and_answered_to_who_asked(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    int64_t id = assigned_by(t, GRID_A, SAFETY);
    must_move(t, OFFICE, id, "start", "{}");
    must_move(t, SAFETY, id, "extend-request", "{\"reason\":\"慢\",\"extension_to\":\"2026-04-20\"}");
    assert_int_equal(told(t, COUNTY, id, "extension_asked"), 1);
    assert_int_equal(told(t, OFFICE, id, "extension_asked"), 0); /* the inspectors stand above the town */
    int64_t county_s = assigned_by(t, COUNTY, SAFETY);
    must_move(t, SAFETY, county_s, "extend-request", "{\"reason\":\"慢\",\"extension_to\":\"2026-04-20\"}");
    assert_int_equal(told(t, CHECKER, county_s, "extension_asked"), 0); /* no higher than who assigned it */
    assert_int_equal(told(t, OFFICE, county_s, "extension_asked"), 1);
    assert_int_equal(
        count_of(t, "SELECT count(*) FROM notice WHERE record = %lld AND instead_of IS NOT NULL", (long long)county_s),
        0);
    must_move(t, CITY, id, "extend-approve", "{}");
    assert_int_equal(told(t, SAFETY, id, "extension_granted"), 1);
    assert_int_equal(count_of(t,
                              "SELECT count(*) FROM notice WHERE record = %lld AND cause = 'extension_granted' AND due "
                              "= %lld",
                              (long long)id, (long long)day_from_ymd(2026, 4, 20)),
                     1);
}

static void an_objection_goes_past_an_empty_post_and_says_so(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    town_employ(t, MIXED, FIRM_C1, NULL);
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_C1], "异议"); /* another county: no inspector there */
    must_move(t, OFFICE, id, "classify", "{\"level\":\"general\"}");
    must_move(
        t, CITY, id, "assign",
        say(t, "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-03-20\",\"contingency\":\"停\",\"responsible\":%lld}",
            (long long)t->people[MIXED].id));
    must_move(t, MIXED, id, "object", "{\"reason\":\"不属实\"}");
    assert_int_equal(told(t, OFFICE, id, "objected"), 1);
    assert_int_equal(
        count_of(t, "SELECT count(*) FROM notice WHERE record = %lld AND instead_of = 'inspector'", (long long)id), 1);
    must_move(t, OFFICE, id, "objection-refuse", "{\"reason\":\"属实\"}");
    assert_int_equal(told(t, MIXED, id, "objection_refused"), 1);
}

static void a_rung_tells_its_people_in_the_transaction_that_fires_it(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct ladder_run did;
    size_t count;
    give_roles(t);
    must_write(t->house.store, "UPDATE ladder_watch SET running = 0", NO_BINDS); /* those of the tests before */
    int64_t id = assigned(t, NAMED);
    must(ladder_run(&t->house, town_noon + 8 * DAY_MS, &did, &err), &err);
    must(ladder_run(&t->house, town_noon + 8 * DAY_MS, &did, &err), &err);
    assert_int_equal(told(t, NAMED, id, "rung"), 1);
    struct notice *n = list_of(t, NAMED, &count);
    assert_string_equal(n->rung, "rectify.soon");
    assert_string_equal(notice_words(n).en, "Three working days before: the person responsible");
    must(ladder_run(&t->house, town_noon + 14 * DAY_MS, &did, &err), &err);
    /* No safety officer at A1 by assignment, no head: the grid member hears it, and why. */
    assert_int_equal(count_of(t,
                              "SELECT count(*) FROM notice WHERE record = %lld AND account = %lld AND instead_of = "
                              "'safety' AND rung = 'rectify.late'",
                              (long long)id, (long long)t->people[GRID_A].id),
                     1);
    assert_int_equal(count_of(t, "SELECT count(*) FROM ladder_told WHERE id = %lld", (long long)id),
                     count_of(t, "SELECT count(*) FROM notice WHERE record = %lld AND cause = 'rung'", (long long)id));
}

static int64_t caught_up(struct town *t, enum who who)
{
    return count_of(t, "SELECT count(*) FROM notice WHERE account = %lld AND cause = 'caught_up'",
                    (long long)t->people[who].id);
}

/* Rows of a list with told=ID, as that person reads it. */
static int64_t listed(struct town *t, enum who who, int64_t notice)
{
    struct error err = { 0 };
    struct db *db;
    struct filter filter;
    struct scope scope;
    struct list_page page;
    const struct filter_pair pair = { "told", say(t, "%lld", (long long)notice) };
    must(filter_parse(&hazard_kind, &pair, 1, &t->arena, &filter, &err), &err);
    must(list_scope(&t->people[who], &hazard_kind, "read", &filter, &scope, &err), &err);
    struct list_query q = { .kind = &hazard_kind,
                            .actor = &t->people[who],
                            .scope = &scope,
                            .filter = &filter,
                            .sort = hazard_kind.sorts[0],
                            .limit = LIMIT_PAGE,
                            .count = COUNT_EXACT };
    must(store_reader(t->house.store, &db, &err), &err);
    int got = list_run(db, &q, &t->arena, &page, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    assert_int_equal(page.count, page.total);
    return page.total;
}

static struct gathered gathered_by(struct town *t, enum who who, const struct notice *n)
{
    struct error err = { 0 };
    struct db *db;
    struct gathered of[GATHERED_KINDS];
    size_t kinds = 0;
    must(store_reader(t->house.store, &db, &err), &err);
    int got = notice_gathered(db, &t->people[who], n, &t->arena, of, &kinds, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    return kinds ? of[0] : (struct gathered){ NULL, 0 };
}

static void what_a_standstill_missed_is_one_notice_to_each_that_opens_exactly_its_rows(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct ladder_run did;
    size_t count;
    give_roles(t);
    must_write(t->house.store, "UPDATE ladder_watch SET running = 0", NO_BINDS);
    must_write(t->house.store, "DELETE FROM notice", NO_BINDS);
    int64_t ids[3];
    for (size_t i = 0; i < COUNT(ids); i++)
        ids[i] = assigned(t, NAMED);
    must_write(t->house.store, "DELETE FROM notice", NO_BINDS);
    /* Three days after the last day, at an instant of its own. */
    must(ladder_run(&t->house, town_noon + 14 * DAY_MS + 1, &did, &err), &err);
    assert_int_equal(did.late, 9); /* soon, today, late of each; late_head is in time */
    assert_int_equal(caught_up(t, NAMED), 1);
    struct notice *n = list_of(t, NAMED, &count);
    assert_int_equal(count, 1);
    assert_string_equal(n->cause->code, "caught_up");
    assert_null(n->kind);
    assert_int_equal(listed(t, NAMED, n->id), 3);
    assert_int_equal(gathered_by(t, NAMED, n).count, 3);
    assert_ptr_equal(gathered_by(t, NAMED, n).kind, &hazard_kind);
    for (size_t i = 0; i < COUNT(ids); i++)
        assert_int_equal(
            count_of(t, "SELECT count(*) FROM ladder_fired WHERE id = %lld AND late > 0", (long long)ids[i]), 3);
    /* The grid member stands in for two empty posts: the late rungs together, those of the day one by one. */
    assert_int_equal(caught_up(t, GRID_A), 1);
    list_of(t, GRID_A, &count);
    assert_int_equal(count, 4);
    assert_int_equal(listed(t, GRID_B, n->id), 0); /* somebody else's notice opens nothing */

    /* What has left the scope is neither counted nor listed; a second standstill is a second notice. */
    must_move(t, OFFICE, ids[0], "transfer",
              say(t, "{\"responsible\":%lld,\"reason\":\"换人\"}", (long long)t->people[SAFETY].id));
    assert_int_equal(listed(t, NAMED, n->id), 2);
    assert_int_equal(gathered_by(t, NAMED, n).count, 2);
    must(ladder_run(&t->house, town_noon + 18 * DAY_MS, &did, &err), &err);
    assert_int_equal(caught_up(t, GRID_A), 2);
}

static void one_late_rung_alone_is_told_as_itself(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct ladder_run did;
    size_t count;
    give_roles(t);
    must_write(t->house.store, "UPDATE ladder_watch SET running = 0", NO_BINDS);
    assigned(t, NAMED);
    must_write(t->house.store, "DELETE FROM notice", NO_BINDS);
    must(ladder_run(&t->house, town_noon + 9 * DAY_MS, &did, &err), &err);
    struct notice *n = list_of(t, NAMED, &count);
    assert_int_equal(count, 1);
    assert_string_equal(n->cause->code, "rung");
}

static void what_was_past_when_it_was_entered_is_one_notice_of_its_own(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct ladder_run did;
    size_t count;
    give_roles(t);
    must_write(t->house.store, "UPDATE ladder_watch SET running = 0", NO_BINDS);
    for (int i = 0; i < 3; i++)
        assigned(t, NAMED);
    /* As if the last day had been entered two days after it. */
    must_write(t->house.store, "UPDATE ladder_watch SET set_on = due + 2 WHERE running = 1", NO_BINDS);
    must_write(t->house.store, "DELETE FROM notice", NO_BINDS);
    must(ladder_run(&t->house, town_noon + 13 * DAY_MS + 1, &did, &err), &err);
    assert_int_equal(did.fired, 3);
    assert_int_equal(did.late, 0);
    struct notice *n = list_of(t, GRID_A, &count);
    assert_int_equal(count, 1);
    assert_string_equal(n->cause->code, "entered_late");
    assert_int_equal(listed(t, GRID_A, n->id), 3);
}

static void a_move_that_is_refused_tells_nobody(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    give_roles(t);
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_A1], "不成");
    must_move(t, OFFICE, id, "classify", "{\"level\":\"general\"}");
    assert_int_equal(town_move(t, OFFICE, id, "assign", 0,
                               say(t, "{\"measures\":\"改\",\"responsible\":%lld}", (long long)t->people[SAFETY].id),
                               &err),
                     -1);
    assert_int_equal(all_told(t, id), 0);
}

static void what_left_the_reader_s_scope_is_no_longer_the_reader_s(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct db *db;
    size_t count;
    void *record;
    give_roles(t);
    int64_t id = assigned(t, NAMED);
    struct notice *n = list_of(t, NAMED, &count);
    must(store_reader(t->house.store, &db, &err), &err);
    must(notice_record(db, &t->people[NAMED], n, &t->arena, &record, &err), &err);
    assert_non_null(record);
    must_move(t, OFFICE, id, "transfer",
              say(t, "{\"responsible\":%lld,\"reason\":\"换人\"}", (long long)t->people[SAFETY].id));
    must(notice_record(db, &t->people[NAMED], n, &t->arena, &record, &err), &err);
    assert_null(record);
    store_reader_back(t->house.store, db);
}

static void a_notice_holds_nothing_out_of_the_record(void **state)
{
    struct town *t = TOWN(state);
    give_roles(t);
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_A1], "不该出现在提醒里的标题");
    must_move(t, OFFICE, id, "classify", "{\"level\":\"general\"}");
    must_move(
        t, OFFICE, id, "assign",
        say(t, "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-03-20\",\"contingency\":\"停\",\"responsible\":%lld}",
            (long long)t->people[SAFETY].id));
    assert_int_equal(count_of(t,
                              "SELECT count(*) FROM notice WHERE record = %lld AND (coalesce(rung, '') || cause || "
                              "coalesce(instead_of, '')) LIKE '%%标题%%'",
                              (long long)id),
                     0);
}

static void one_is_marked_read_or_all_up_to_one(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct store *store = t->house.store;
    int64_t me = t->people[SAFETY].id, other = t->people[COUNTY].id;
    size_t count;
    give_roles(t);
    must_write(store, "DELETE FROM notice", NO_BINDS);
    for (int i = 0; i < 3; i++)
        submit(t, SAFETY, assigned(t, SAFETY));
    struct notice *n = list_of(t, SAFETY, &count);
    assert_int_equal(count, 3);
    int64_t newest = n[0].id, middle = n[1].id;
    must(notice_read(store, other, newest, false, town_noon, &err), &err); /* not theirs */
    assert_int_equal(count_of(t, "SELECT count(*) FROM notice WHERE account = %lld AND read_at IS NULL", (long long)me),
                     3);
    must(notice_read(store, me, newest, false, town_noon, &err), &err);
    assert_int_equal(list_of(t, SAFETY, &count)[0].read_at, town_noon);
    must(notice_read(store, me, middle, true, town_noon + 1, &err), &err);
    n = list_of(t, SAFETY, &count);
    assert_int_equal(n[0].read_at, town_noon); /* once read stays as it was */
    assert_int_equal(n[2].read_at, town_noon + 1);
    assert_true(count_of(t, "SELECT count(*) FROM notice WHERE account = %lld AND read_at IS NULL", (long long)other) >
                0);
}

static void old_ones_are_forgotten(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    give_roles(t);
    int64_t id = assigned(t, SAFETY);
    must(notices_forget(t->house.store, town_noon + (int64_t)NOTICE_KEPT_DAYS * DAY_MS, &err), &err);
    assert_int_equal(all_told(t, id), 1);
    must(notices_forget(t->house.store, town_noon + (int64_t)NOTICE_KEPT_DAYS * DAY_MS + 1, &err), &err);
    assert_int_equal(all_told(t, id), 0);
}

static int keep(struct town *t, const char *address, const char *causes, struct error *err)
{
    return notice_setting_keep(t->house.store, t->people[SAFETY].id,
                               &(struct notice_setting){ .address = address, .causes = causes }, town_noon, err);
}

static void an_address_is_checked_and_sealed_and_decides_what_waits_for_a_letter(void **state)
{
    static const char *const wrong[] = { "",        "a",         "@b",       "a@",
                                         "a@b@c",   "a b@c.cn",  "a@c.cn\n", "a@c.cn\r\nBcc: x@y.cn",
                                         "<a@c.cn", "张@例子.cn" };
    struct town *t = TOWN(state);
    struct error err = { 0 };
    give_roles(t);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        error_clear(&err);
        assert_int_equal(keep(t, wrong[i], ",rung,", &err), -1);
        assert_string_equal(err.fields[0].name, "address");
    }
    error_clear(&err);
    assert_int_equal(keep(t, NULL, ",rung,nonsense,", &err), -1);
    assert_string_equal(err.fields[0].name, "causes");
    error_clear(&err);
    must(keep(t, "safety@example.cn", ",assigned,", &err), &err);
    assert_int_equal(count_of(t, "SELECT count(*) FROM notice_setting WHERE address IS NOT NULL"), 1);
    int64_t id = assigned(t, SAFETY);
    assert_int_equal(count_of(t, "SELECT count(*) FROM notice WHERE record = %lld AND mail = 0", (long long)id), 1);
    must(keep(t, "safety@example.cn", ",rung,", &err), &err);
    id = assigned(t, SAFETY);
    assert_int_equal(count_of(t, "SELECT count(*) FROM notice WHERE record = %lld AND mail IS NULL", (long long)id), 1);
    must(keep(t, NULL, ",assigned,", &err), &err);
    id = assigned(t, SAFETY);
    assert_int_equal(count_of(t, "SELECT count(*) FROM notice WHERE record = %lld AND mail IS NULL", (long long)id), 1);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(whoever_is_given_a_hazard_is_told_with_its_last_day),
        SAYS(whoever_does_it_is_not_told_of_it),
        SAYS(a_repair_handed_in_tells_who_assigned_it_and_the_inspectors),
        SAYS(more_time_is_asked_of_those_who_may_decide_and_answered_to_who_asked),
        SAYS(an_objection_goes_past_an_empty_post_and_says_so),
        SAYS(a_rung_tells_its_people_in_the_transaction_that_fires_it),
        SAYS(what_a_standstill_missed_is_one_notice_to_each_that_opens_exactly_its_rows),
        SAYS(one_late_rung_alone_is_told_as_itself),
        SAYS(what_was_past_when_it_was_entered_is_one_notice_of_its_own),
        SAYS(a_move_that_is_refused_tells_nobody),
        SAYS(what_left_the_reader_s_scope_is_no_longer_the_reader_s),
        SAYS(a_notice_holds_nothing_out_of_the_record),
        SAYS(one_is_marked_read_or_all_up_to_one),
        SAYS(old_ones_are_forgotten),
        SAYS(an_address_is_checked_and_sealed_and_decides_what_waits_for_a_letter),
    };
    return RUN_TOWNS(tests);
}
