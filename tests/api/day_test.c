/* The next day of a demonstration: who may turn it, and what goes along. */
#include "api/office.h"

#include "app/day.h"
#include "app/minute.h"
#include "base/clock.h"
#include "phone.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NEXT .method = "POST", .path = "/api/v1/demo/next-day", .body = "{}"
#define HERE .headers = "Origin: http://localhost:8787"

static int64_t today(struct office *o)
{
    int64_t day;
    const char *text = text_at(expect(get(o, OFFICE, "/api/v1/me"), 200), "server_day");
    assert_true(day_parse(text, strlen(text), &day));
    return day;
}

static void back(struct office *o)
{
    char path[160];
    clock_shift_by(-clock_shift());
    snprintf(path, sizeof path, "%s/clock", o->folder);
    unlink(path);
}

static void a_day_goes_by_and_its_rungs_are_told_before_the_answer(void **state)
{
    struct office *o = OFFICE(state);
    o->web.next_day = day_next;
    int64_t day = today(o);
    struct reply *h = make_hazard(o, OFFICE, o->firm_a, "明天到期");
    h = expect(move(o, OFFICE, h->json, "classify", "{\"level\":\"general\"}"), 200);
    char due[DAY_TEXT];
    day_print(day + 1, due);
    h = expect(
        move(o, OFFICE, h->json, "assign",
             say(o, "{\"measures\":\"改\",\"funds\":0,\"due\":\"%s\",\"contingency\":\"停\",\"responsible\":%lld}", due,
                 (long long)o->people[OFFICER].id)),
        200);
    struct reply *r = expect(ASK(o, .who = GRID_A, .cookie = true, NEXT, HERE), 200);
    day_print(day + 1, due);
    assert_string_equal(text_at(r, "server_day"), due);
    assert_int_equal(today(o), day + 1);
    r = expect(get(o, GRID_A, "/api/v1/hazards/%lld/ladder", (long long)number_at(h, "id")), 200);
    assert_string_equal(text_at(r, "items.0.rungs.1.state"), "told");
    r = expect(get(o, OFFICER, "/api/v1/me/notices?limit=1"), 200);
    assert_string_equal(text_at(r, "items.0.cause"), "rung");
    back(o);
}

static void nobody_is_signed_out_by_it_and_the_folder_remembers(void **state)
{
    struct office *o = OFFICE(state);
    struct error err = { 0 };
    o->web.next_day = day_next;
    expect(ASK(o, .who = GRID_A, .cookie = true, NEXT, HERE), 200);
    expect(ASK(o, .who = GRID_A, .cookie = true, NEXT, HERE), 200);
    expect(ASK(o, .who = OFFICER, .cookie = true, .method = "GET", .path = "/api/v1/me"), 200);
    clock_shift_by(-clock_shift());
    must(day_open(o->folder, &err), &err);
    assert_int_equal(clock_shift(), 2LL * DAY_MS);
    back(o);
    must(day_open(o->folder, &err), &err);
    assert_int_equal(clock_shift(), 0);
    expect(ASK(o, .who = OFFICER, .cookie = true, .method = "GET", .path = "/api/v1/me"), 200);
}

/* A code of the phone at that instant, typed with the password. */
static struct reply *signs_in(struct office *o, const char *secret, int64_t at)
{
    char code[OTP_DIGITS + 1] = "";
    if (secret)
        phone_code(secret, at, code);
    return ASK(o, .method = "POST", .path = "/api/v1/session", .peer = "10.3.3.3",
               .headers = "Origin: http://localhost:8787",
               .body = say(o, "{\"name\":\"gaoyuan\",\"password\":\"Kq7-vine-harbour\",\"code\":\"%s\"}", code));
}

static int64_t phone_now(void)
{
    return clock_now_ms() - clock_shift();
}

static void a_phone_goes_by_the_true_time_whatever_the_day_of_the_demonstration(void **state)
{
    struct office *o = OFFICE(state);
    struct error err = { 0 };
    struct reply *r;
    char code[OTP_DIGITS + 1];
    o->web.next_day = day_next;
    must(password_set(o->house.store, o->people[DEPARTMENT].id, "gaoyuan", "Kq7-vine-harbour", clock_now_ms(), &err),
         &err);
    r = expect(signs_in(o, NULL, 0), 200);
    const char *cookie = header_of(r, "Set-Cookie");
    const char *mine = say(o, "Origin: http://localhost:8787\nCookie: %.*s", (int)strcspn(cookie, ";"), cookie);
    expect(ASK(o, .who = GRID_A, .cookie = true, NEXT, HERE), 200);
    r = expect(ASK(o, .method = "POST", .path = "/api/v1/me/totp", .body = "{}", .headers = mine), 200);
    const char *secret = text_at(r, "secret");
    phone_code(secret, phone_now(), code);
    expect(ASK(o, .method = "POST", .path = "/api/v1/me/totp/confirm", .headers = mine,
               .body = say(o, "{\"code\":\"%s\"}", code)),
           200);
    expect(ASK(o, .who = GRID_A, .cookie = true, NEXT, HERE), 200);
    expect(signs_in(o, secret, phone_now() + OTP_STEP_MS), 200); /* a code works once, so the next one */
    expect_code(signs_in(o, secret, clock_now_ms()), 401, "session.code");
    back(o);
}

static void only_a_person_at_this_machine_turns_a_demonstration_s_day(void **state)
{
    struct office *o = OFFICE(state);
    o->web.next_day = day_next;
    int64_t day = today(o);
    expect(ASK(o, .who = NOBODY, NEXT), 401);
    expect_code(ASK(o, .who = OFFICE, NEXT), 403, "session.needed");
    expect_code(ASK(o, .who = OFFICE, .cookie = true, NEXT), 403, "origin");
    expect(ASK(o, .who = OFFICE, .cookie = true, NEXT, .peer = "10.0.0.9", HERE), 404);
    expect(ASK(o, .who = OFFICE, .cookie = true, NEXT,
               .headers = "Origin: http://localhost:8787\nX-Forwarded-For: 10.0.0.9"),
           404);
    expect(ASK(o, .who = OFFICE, .cookie = true, NEXT, .host = "anlan.example.cn",
               .headers = "Origin: http://anlan.example.cn"),
           404);
    o->house.demo = false;
    expect(ASK(o, .who = OFFICE, .cookie = true, NEXT, HERE), 404);
    o->house.demo = true;
    o->web.next_day = NULL;
    expect_code(ASK(o, .who = OFFICE, .cookie = true, NEXT, HERE), 503, "day.none");
    assert_int_equal(today(o), day);
}

static void whether_the_day_may_be_turned_stands_in_me(void **state)
{
    struct office *o = OFFICE(state);
    o->web.next_day = day_next;
    assert_true(
        json_is_true(at(ASK(o, .who = OFFICE, .cookie = true, .method = "GET", .path = "/api/v1/me"), "next_day")));
    assert_true(json_is_false(at(
        ASK(o, .who = OFFICE, .cookie = true, .method = "GET", .path = "/api/v1/me", .peer = "10.0.0.9"), "next_day")));
    o->web.next_day = NULL;
    assert_true(
        json_is_false(at(ASK(o, .who = OFFICE, .cookie = true, .method = "GET", .path = "/api/v1/me"), "next_day")));
}

static void a_broken_clock_file_is_told_and_not_guessed_at(void **state)
{
    struct office *o = OFFICE(state);
    struct error err = { 0 };
    char path[160];
    snprintf(path, sizeof path, "%s/clock", o->folder);
    FILE *f = fopen(path, "w");
    fputs("gestern\n", f);
    fclose(f);
    assert_int_equal(day_open(o->folder, &err), -1);
    assert_string_equal(err.code, "day.file");
    back(o);
}

/* The clock of the machine is put right by days: what was told is not told again, nobody is signed out, lists go on where
** they were, and what is written now stands behind what was written before. */
static void a_clock_set_back_tells_nothing_twice_and_keeps_the_order(void **state)
{
    struct office *o = OFFICE(state);
    struct error err = { 0 };
    o->web.next_day = day_next;
    int64_t day = today(o);
    char due[DAY_TEXT];
    struct reply *h = make_hazard(o, OFFICE, o->firm_a, "时钟回拨前");
    h = expect(move(o, OFFICE, h->json, "classify", "{\"level\":\"general\"}"), 200);
    day_print(day + 1, due);
    h = expect(
        move(o, OFFICE, h->json, "assign",
             say(o, "{\"measures\":\"改\",\"funds\":0,\"due\":\"%s\",\"contingency\":\"停\",\"responsible\":%lld}", due,
                 (long long)o->people[OFFICER].id)),
        200);
    long long id = number_at(h, "id");
    expect(ASK(o, .who = GRID_A, .cookie = true, NEXT, HERE), 200);
    const char *rungs =
        say(o, "SELECT count(*) FROM notice WHERE kind = 'hazard' AND record = %lld AND cause = 'rung'", id);
    int64_t told = count_rows(o, rungs), fired = count_rows(o, "SELECT count(*) FROM ladder_fired");
    assert_true(told > 0);
    struct reply *first = expect(get(o, OFFICE, "/api/v1/hazards?sort=id&limit=2"), 200);
    const char *next = say(o, "/api/v1/hazards?sort=id&limit=2&after=%s", text_at(first, "next"));
    struct reply *second = expect(get(o, OFFICE, "%s", next), 200);

    clock_shift_by(-3 * (int64_t)DAY_MS);
    assert_int_equal(today(o), day - 2);
    must(minute_round(&o->house, clock_now_ms(), &err), &err);
    assert_int_equal(count_rows(o, rungs), told);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM ladder_fired"), fired);
    expect(ASK(o, .who = GRID_A, .cookie = true, .method = "GET", .path = "/api/v1/me"), 200);
    struct reply *again = expect(get(o, OFFICE, "%s", next), 200);
    assert_int_equal(number_at(again, "items.0.id"), number_at(second, "items.0.id"));
    assert_int_equal(number_at(again, "items.1.id"), number_at(second, "items.1.id"));
    struct reply *later = make_hazard(o, OFFICE, o->firm_a, "时钟回拨后");
    assert_true(number_at(later, "id") > id);
    assert_true(strcmp(text_at(later, "number"), text_at(h, "number")) > 0);
    expect(patch(o, OFFICE, number_at(h, "version"), "{\"location\":\"二号车间\"}", "/api/v1/hazards/%lld", id), 200);
    struct reply *history = expect(get(o, OFFICE, "/api/v1/hazards/%lld/history", id), 200);
    for (size_t i = 0; i < count_at(history, "items"); i++)
        assert_int_equal(number_at(history, say(o, "items.%zu.version", i)), count_at(history, "items") - i);

    /* The days come once more, as far as they had come: the ladders have nothing left to say about them. */
    for (int i = 0; i < 3; i++)
        expect(ASK(o, .who = GRID_A, .cookie = true, NEXT, HERE), 200);
    assert_int_equal(today(o), day + 1);
    assert_int_equal(count_rows(o, rungs), told);
    back(o);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_day_goes_by_and_its_rungs_are_told_before_the_answer),
        SAYS(nobody_is_signed_out_by_it_and_the_folder_remembers),
        SAYS(a_phone_goes_by_the_true_time_whatever_the_day_of_the_demonstration),
        SAYS(only_a_person_at_this_machine_turns_a_demonstration_s_day),
        SAYS(whether_the_day_may_be_turned_stands_in_me),
        SAYS(a_broken_clock_file_is_told_and_not_guessed_at),
        SAYS(a_clock_set_back_tells_nothing_twice_and_keeps_the_order),
    };
    return RUN_OFFICES(tests);
}
