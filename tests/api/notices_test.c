/* The ladder of a record and one's own notices, asked over the interface. */
#include "api/office.h"

#include <string.h>

static struct reply *assigned(struct office *o, const char *description)
{
    struct reply *r = make_hazard(o, OFFICE, o->firm_a, description);
    r = expect(move(o, OFFICE, r->json, "classify", "{\"level\":\"general\"}"), 200);
    return expect(move(o, OFFICE, r->json, "assign",
                       say(o,
                           "{\"measures\":\"改\",\"funds\":0,\"due\":\"2099-03-20\",\"contingency\":\"停\","
                           "\"responsible\":%lld}",
                           (long long)o->people[OFFICER].id)),
                  200);
}

static int64_t unread(struct office *o, enum who who)
{
    return number_at(expect(get(o, who, "/api/v1/me/notices/unread"), 200), "unread");
}

static void a_deadline_tells_beforehand_whom_it_will_tell_and_when(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = assigned(o, "看得见的阶梯");
    struct reply *r = expect(get(o, GRID_A, "/api/v1/hazards/%lld/ladder", (long long)number_at(h, "id")), 200);
    assert_int_equal(count_at(r, "items"), 1);
    assert_string_equal(text_at(r, "items.0.watch"), "rectify");
    assert_string_equal(text_at(r, "items.0.due"), "2099-03-20");
    assert_int_equal(count_at(r, "items.0.rungs"), 8);
    assert_string_equal(text_at(r, "items.0.rungs.1.on"), "2099-03-20");
    assert_string_equal(text_at(r, "items.0.rungs.1.state"), "ahead");
    assert_string_equal(text_at(r, "items.0.rungs.1.role.label.zh"), "责任人");
    assert_string_equal(text_at(r, "items.0.rungs.1.people.0.name"), "郑海生");
    assert_null(text_at(r, "items.0.rungs.1.at"));
    assert_string_equal(text_at(r, "items.0.rungs.3.people.0.name"), "范国林");
}

static void a_ladder_is_as_far_away_as_its_record(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = assigned(o, "别处的阶梯");
    expect_code(get(o, GRID_B, "/api/v1/hazards/%lld/ladder", (long long)number_at(h, "id")), 404, "record.missing");
    expect(get(o, SECURITY, "/api/v1/hazards/%lld/ladder", (long long)number_at(h, "id")), 403);
    expect(get(o, NOBODY, "/api/v1/hazards/%lld/ladder", (long long)number_at(h, "id")), 401);
    struct reply *none = make_hazard(o, OFFICE, o->firm_a, "没有期限");
    assert_int_equal(
        count_at(expect(get(o, GRID_A, "/api/v1/hazards/%lld/ladder", (long long)number_at(none, "id")), 200), "items"),
        0);
}

/* "贺志成 周明远": all people of a turn. */
static const char *people_of(struct office *o, const struct reply *r, int turn)
{
    const char *all = "";
    for (size_t i = 0; i < count_at(r, say(o, "turns.%d.roles", turn)); i++)
        for (size_t n = 0; n < count_at(r, say(o, "turns.%d.roles.%zu.people", turn, i)); n++)
            all = say(o, "%s%s%s", all, *all ? " " : "",
                      text_at(r, say(o, "turns.%d.roles.%zu.people.%zu.name", turn, i, n)));
    return all;
}

static void whoever_reads_a_record_hears_whose_turn_it_is(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = make_hazard(o, OFFICE, o->firm_a, "轮到谁");
    struct reply *r = expect(get(o, OFFICER, "/api/v1/hazards/%lld/ladder", (long long)number_at(h, "id")), 200);
    assert_int_equal(count_at(r, "turns"), 1);
    assert_string_equal(text_at(r, "turns.0.move"), "classify");
    assert_string_equal(text_at(r, "turns.0.roles.0.role.label.zh"), "网格员");
    assert_null(text_at(r, "turns.0.due"));
    assert_non_null(strstr(people_of(o, r, 0), "贺志成"));
    assert_non_null(strstr(people_of(o, r, 0), "周明远"));
    assert_null(strstr(people_of(o, r, 0), "汪海涛"));
    /* The record names who repairs: nobody else's turn. */
    h = assigned(o, "轮到郑海生");
    r = expect(get(o, GRID_A, "/api/v1/hazards/%lld/ladder", (long long)number_at(h, "id")), 200);
    assert_string_equal(people_of(o, r, 0), "郑海生");
    assert_int_equal(count_at(r, "turns"), 1); /* a general hazard is listed by nobody */
    assert_string_equal(text_at(r, "turns.0.due"), "2099-03-20");
    /* Not whoever repaired, and nobody's any more in the bin. */
    h = make_fixed(o, OFFICER, "轮到复查");
    r = expect(get(o, OFFICER, "/api/v1/hazards/%lld/ladder", (long long)number_at(h, "id")), 200);
    assert_string_equal(text_at(r, "turns.0.move"), "recheck-pass");
    assert_non_null(text_at(r, "turns.0.due"));
    assert_null(strstr(people_of(o, r, 0), "郑海生"));
    h = make_hazard(o, OFFICE, o->firm_a, "不再轮到谁");
    expect(ASK(o, .who = OFFICE, .method = "DELETE", .version = number_at(h, "version"),
               .path = say(o, "/api/v1/hazards/%lld", (long long)number_at(h, "id"))),
           204);
    r = expect(get(o, OFFICE, "/api/v1/hazards/%lld/ladder", (long long)number_at(h, "id")), 200);
    assert_int_equal(count_at(r, "turns"), 0);
}

static void one_reads_one_s_own_notices_with_what_they_are_about(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = assigned(o, "交给郑海生的一条");
    struct reply *r = expect(get(o, OFFICER, "/api/v1/me/notices?limit=1"), 200);
    assert_string_equal(text_at(r, "items.0.cause"), "assigned");
    assert_string_equal(text_at(r, "items.0.words.zh"), "交给您整改");
    assert_string_equal(text_at(r, "items.0.due"), "2099-03-20");
    assert_string_equal(text_at(r, "items.0.record.title"), "交给郑海生的一条");
    assert_int_equal(number_at(r, "items.0.record.id"), number_at(h, "id"));
    assert_null(text_at(r, "items.0.read_at"));
    expect_silent(get(o, GRID_B, "/api/v1/me/notices"), "交给郑海生的一条");
    expect(get(o, NOBODY, "/api/v1/me/notices"), 401);
}

static void what_is_no_longer_one_s_own_shows_nothing_of_itself(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = assigned(o, "后来移走的一条");
    run_sql(o, say(o, "UPDATE hazard SET removed_at = 1 WHERE id = %lld", (long long)number_at(h, "id")));
    struct reply *r = expect(get(o, OFFICER, "/api/v1/me/notices?limit=1"), 200);
    assert_true(json_is_true(at(r, "items.0.gone")));
    assert_true(json_is_null(at(r, "items.0.record")));
    assert_true(json_is_null(at(r, "items.0.cause")));
    assert_true(json_is_null(at(r, "items.0.due")));
    expect_silent(r, "后来移走的一条");
    run_sql(o, say(o, "UPDATE hazard SET removed_at = NULL WHERE id = %lld", (long long)number_at(h, "id")));
}

static void marking_takes_them_off_the_count(void **state)
{
    struct office *o = OFFICE(state);
    assigned(o, "一");
    assigned(o, "二");
    int64_t before = unread(o, OFFICER);
    struct reply *r = expect(get(o, OFFICER, "/api/v1/me/notices?limit=2"), 200);
    int64_t newest = number_at(r, "items.0.id"), next = number_at(r, "next");
    assert_int_equal(next, number_at(r, "items.1.id"));
    expect(post(o, OFFICER, "{}", "/api/v1/me/notices/%lld/read", (long long)newest), 204);
    assert_int_equal(unread(o, OFFICER), before - 1);
    expect(post(o, GRID_A, say(o, "{\"up_to\":%lld}", (long long)newest), "/api/v1/me/notices/read"), 204);
    assert_int_equal(unread(o, OFFICER), before - 1);
    expect(post(o, OFFICER, say(o, "{\"up_to\":%lld}", (long long)next), "/api/v1/me/notices/read"), 204);
    assert_int_equal(unread(o, OFFICER), 0);
    assert_int_equal(count_at(expect(get(o, OFFICER, "/api/v1/me/notices?unread=true"), 200), "items"), 0);
    expect_field(post(o, OFFICER, "{}", "/api/v1/me/notices/read"), "up_to");
    expect_field(get(o, OFFICER, "/api/v1/me/notices?after=x"), "after");
    expect_field(get(o, OFFICER, "/api/v1/me/notices?limit=201"), "limit");
}

static void pages_of_notices_lose_none_and_repeat_none(void **state)
{
    struct office *o = OFFICE(state);
    size_t seen = 0, all = (size_t)count_rows(o, say(o, "SELECT count(*) FROM notice WHERE account = %lld",
                                                     (long long)o->people[OFFICER].id));
    int64_t after = 0, last = INT64_MAX;
    do {
        struct reply *r = after ? get(o, OFFICER, "/api/v1/me/notices?limit=3&after=%lld", (long long)after)
                                : get(o, OFFICER, "/api/v1/me/notices?limit=3");
        size_t n = count_at(expect(r, 200), "items");
        for (size_t i = 0; i < n; i++) {
            int64_t id = number_at(r, say(o, "items.%zu.id", i));
            assert_true(id < last);
            last = id;
        }
        seen += n;
        after = json_is_null(at(r, "next")) ? 0 : number_at(r, "next");
    } while (after);
    assert_int_equal(seen, all);
}

static void an_export_that_ended_is_told_to_who_asked_for_it(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *job = expect(
        post(o, INSPECTOR, "{\"format\":\"csv\",\"columns\":null,\"filter\":\"\",\"sort\":null,\"language\":null}",
             "/api/v1/hazards/export"),
        202);
    work_off(o);
    struct reply *r = expect(get(o, INSPECTOR, "/api/v1/me/notices?limit=1"), 200);
    assert_string_equal(text_at(r, "items.0.cause"), "job_done");
    assert_int_equal(number_at(r, "items.0.job"), number_at(job, "id"));
    assert_string_equal(text_at(r, "items.0.kind"), "hazard");
}

static void which_notices_come_by_e_mail_is_one_s_own_to_settle(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(get(o, OFFICER, "/api/v1/me/notice-settings"), 200);
    assert_null(text_at(r, "address"));
    assert_true(json_is_false(at(r, "posted")));
    assert_true(count_at(r, "groups") >= 4);
    r = expect(ASK(o, .who = OFFICER, .cookie = true, .method = "PUT", .path = "/api/v1/me/notice-settings",
                   .headers = "Origin: http://localhost:8787",
                   .body = "{\"address\":\"zheng@example.cn\",\"causes\":[\"rung\"],\"language\":\"en\"}"),
               200);
    assert_string_equal(text_at(r, "address"), "zheng@example.cn");
    assert_string_equal(text_at(r, "language"), "en");
    assert_string_equal(text_at(expect(get(o, OFFICER, "/api/v1/me/notice-settings"), 200), "address"),
                        "zheng@example.cn");
    assert_null(text_at(expect(get(o, GRID_A, "/api/v1/me/notice-settings"), 200), "address"));
    expect_field(ASK(o, .who = OFFICER, .cookie = true, .method = "PUT", .path = "/api/v1/me/notice-settings",
                     .headers = "Origin: http://localhost:8787", .body = "{\"address\":\"nowhere\",\"causes\":[]}"),
                 "address");
    expect_code(ASK(o, .who = OFFICER, .method = "PUT", .path = "/api/v1/me/notice-settings",
                    .body = "{\"address\":null,\"causes\":[]}"),
                403, "session.needed");
    assert_int_equal(count_rows(o, "SELECT count(*) FROM notice_setting WHERE causes LIKE '%zheng@%'"), 0);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_deadline_tells_beforehand_whom_it_will_tell_and_when),
        SAYS(a_ladder_is_as_far_away_as_its_record),
        SAYS(whoever_reads_a_record_hears_whose_turn_it_is),
        SAYS(one_reads_one_s_own_notices_with_what_they_are_about),
        SAYS(what_is_no_longer_one_s_own_shows_nothing_of_itself),
        SAYS(marking_takes_them_off_the_count),
        SAYS(pages_of_notices_lose_none_and_repeat_none),
        SAYS(an_export_that_ended_is_told_to_who_asked_for_it),
        SAYS(which_notices_come_by_e_mail_is_one_s_own_to_settle),
    };
    return RUN_OFFICES(tests);
}
