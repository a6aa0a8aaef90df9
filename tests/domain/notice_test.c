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

static int64_t assigned(struct town *t, enum who responsible)
{
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_A1], "告知");
    must_move(t, OFFICE, id, "classify", "{\"level\":\"general\"}");
    must_move(
        t, OFFICE, id, "assign",
        say(t, "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-03-20\",\"contingency\":\"停\",\"responsible\":%lld}",
            (long long)t->people[responsible].id));
    return id;
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
    int64_t id = assigned(t, SAFETY);
    must_move(t, OFFICE, id, "start", "{}");
    must_move(t, SAFETY, id, "extend-request", "{\"reason\":\"慢\",\"extension_to\":\"2026-04-20\"}");
    assert_int_equal(told(t, COUNTY, id, "extension_asked"), 1);
    assert_int_equal(told(t, OFFICE, id, "extension_asked"), 0); /* assigned it */
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
        SAYS(a_move_that_is_refused_tells_nobody),
        SAYS(what_left_the_reader_s_scope_is_no_longer_the_reader_s),
        SAYS(a_notice_holds_nothing_out_of_the_record),
        SAYS(one_is_marked_read_or_all_up_to_one),
        SAYS(old_ones_are_forgotten),
        SAYS(an_address_is_checked_and_sealed_and_decides_what_waits_for_a_letter),
    };
    return RUN_TOWNS(tests);
}
