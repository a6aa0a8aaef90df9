/* Duties before anything else, sessions, keys, limits and the first start, asked over the interface. */
#include "api/office.h"

#include "access/session.h"
#include "base/clock.h"
#include "http/rate.h"
#include "http/setup.h"

#include <string.h>

static const char password[] = "correct horse 7", origin[] = "Origin: http://localhost:8787";

static struct reply *as(struct office *o, enum who who, const char *method, const char *path, const char *body)
{
    return ASK(o, .who = who, .cookie = true, .method = method, .path = path, .body = body, .headers = origin);
}

static struct reply *sign_in(struct office *o, const char *name, const char *word)
{
    return ASK(o, .method = "POST", .path = "/api/v1/session", .peer = say(o, "10.7.%d.1", o->engine),
               .body = say(o, "{\"name\":\"%s\",\"password\":\"%s\"}", name, word));
}

static const char *cookie_of(struct office *o, const struct reply *r)
{
    const char *set = header_of(r, "Set-Cookie");
    return say(o, "Cookie: %.*s\n%s", (int)strcspn(set, ";"), set, origin);
}

static void a_reset_password_must_be_changed_before_anything_else(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r =
        expect(post(o, SECURITY, "{}", "/api/v1/accounts/%lld/password", (long long)o->people[LEADER].id), 200);
    assert_string_equal(header_of(r, "Cache-Control"), "no-store");
    const char *once = text_at(r, "password");
    r = expect(sign_in(o, "wuchengdong", once), 200);
    assert_true(json_is_true(at(r, "must_change_password")));
    const char *cookie = cookie_of(o, r);
    expect_code(ASK(o, .method = "GET", .path = "/api/v1/hazards", .headers = cookie), 403, "password.change");
    expect(ASK(o, .method = "GET", .path = "/api/v1/me", .headers = cookie), 200);
    expect(ASK(o, .method = "POST", .path = "/api/v1/me/password", .headers = cookie,
               .body = say(o, "{\"old\":\"%s\",\"new\":\"%s\"}", once, password)),
           204);
    expect(ASK(o, .method = "GET", .path = "/api/v1/hazards", .headers = cookie), 200);
}

static void an_old_password_must_be_changed_where_the_house_says_so(void **state)
{
    struct office *o = OFFICE(state);
    o->web.rules.password_days = 90;
    clock_shift_by(91LL * DAY_MS);
    char token[TOKEN_TEXT];
    int64_t account;
    struct error err = { 0 };
    must(session_begin_demo(o->house.store,
                            &(struct sign_in){ .name = "xujing", .peer = "127.0.0.1", .now = clock_now_ms() }, token,
                            &account, &err),
         &err);
    struct reply *r =
        ASK(o, .method = "GET", .path = "/api/v1/hazards", .headers = say(o, "Cookie: anlan_session=%s", token));
    clock_shift_by(-91LL * DAY_MS);
    o->web.rules.password_days = 0;
    expect_code(r, 403, "password.change");
}

static void administrators_enrol_a_second_factor_first_unless_it_is_a_demonstration(void **state)
{
    struct office *o = OFFICE(state);
    expect(as(o, SECURITY, "GET", "/api/v1/accounts", NULL), 200);
    o->house.demo = false;
    struct reply *due = as(o, SECURITY, "GET", "/api/v1/accounts", NULL);
    struct reply *me = as(o, SECURITY, "GET", "/api/v1/me", NULL);
    struct reply *other = as(o, GRID_A, "GET", "/api/v1/accounts", NULL);
    struct reply *enrol = as(o, SECURITY, "POST", "/api/v1/me/totp", "{}");
    o->house.demo = true;
    expect_code(due, 403, "totp.enrol");
    assert_true(json_is_true(at(me, "totp_due")));
    expect(other, 200); /* who administers nothing need not */
    expect(enrol, 200);
    assert_int_equal(strlen(text_at(enrol, "secret")), 32);
    assert_int_equal(strncmp(text_at(enrol, "qr"), "<svg ", 5), 0);
    assert_non_null(strstr(text_at(enrol, "uri"), text_at(enrol, "secret")));
    assert_string_equal(header_of(enrol, "Cache-Control"), "no-store");
    expect_field(as(o, SECURITY, "POST", "/api/v1/me/totp/confirm", "{\"code\":\"000000\"}"), "code");
}

static void sessions_are_listed_and_ended_one_by_one(void **state)
{
    struct office *o = OFFICE(state);
    struct error err = { 0 };
    char token[TOKEN_TEXT];
    int64_t account, other = 0;
    must(session_begin_demo(o->house.store,
                            &(struct sign_in){ .name = "hezhicheng", .peer = "10.8.8.8", .now = clock_now_ms() }, token,
                            &account, &err),
         &err);
    struct reply *r = expect(as(o, GRID_A, "GET", "/api/v1/me/sessions", NULL), 200);
    expect_silent(r, o->people[GRID_A].token);
    for (size_t i = 0; i < count_at(r, "items"); i++)
        if (strcmp(text_at(r, say(o, "items.%zu.peer", i)), "10.8.8.8") == 0)
            other = number_at(r, say(o, "items.%zu.id", i));
    assert_true(other > 0);
    /* Not somebody else's. */
    expect(as(o, GRID_B, "DELETE", say(o, "/api/v1/me/sessions/%lld", (long long)other), NULL), 404);
    expect(as(o, GRID_A, "DELETE", say(o, "/api/v1/me/sessions/%lld", (long long)other), NULL), 204);
    const char *cookie = say(o, "Cookie: anlan_session=%s", token);
    expect(ASK(o, .method = "GET", .path = "/api/v1/me", .headers = cookie), 401);
    expect(as(o, GRID_A, "GET", "/api/v1/me", NULL), 200);
    /* The number shown opens nothing. */
    cookie = say(o, "Cookie: anlan_session=%lld", (long long)other);
    expect(ASK(o, .method = "GET", .path = "/api/v1/me", .headers = cookie), 401);
}

static void a_key_reaches_what_it_names_and_no_further(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(as(o, OFFICE, "POST", "/api/v1/me/keys",
                                "{\"name\":\"大屏\",\"days\":30,\"verbs\":[\"read\"],\"kinds\":[\"hazard\"]}"),
                             201);
    const char *bearer = say(o, "Authorization: Bearer %s", text_at(r, "key"));
    expect(ASK(o, .method = "GET", .path = "/api/v1/hazards", .headers = bearer), 200);
    expect_code(ASK(o, .method = "GET", .path = "/api/v1/enterprises", .headers = bearer), 403, "verb.missing");
    expect_code(ASK(o, .method = "POST", .path = "/api/v1/hazards", .headers = bearer, .body = "{}"), 403,
                "verb.missing");
    expect_code(ASK(o, .method = "POST", .path = "/api/v1/me/keys", .headers = bearer, .body = "{}"), 403,
                "session.needed");
    struct reply *list = expect(as(o, OFFICE, "GET", "/api/v1/me/keys", NULL), 200);
    expect_silent(list, text_at(r, "key"));
    assert_non_null(text_at(list, "items.0.used_at"));
    expect(as(o, OFFICE, "DELETE", say(o, "/api/v1/me/keys/%lld", (long long)number_at(r, "id")), NULL), 204);
    expect(ASK(o, .method = "GET", .path = "/api/v1/hazards", .headers = bearer), 401);
    expect_field(as(o, OFFICE, "POST", "/api/v1/me/keys", "{\"name\":\"a\",\"days\":1,\"verbs\":[\"fly\"]}"), "verbs");
    expect_field(as(o, OFFICE, "POST", "/api/v1/me/keys", "{\"name\":\"a\",\"days\":1,\"kinds\":\"hazard\"}"), "kinds");
}

static void a_key_that_asks_too_often_is_told_when_to_come_back(void **state)
{
    struct office *o = OFFICE(state);
    /* Buckets are the process's, ids the house's: the second house comes when those of the first are full again. */
    const int64_t apart = o->engine == STORE_POSTGRES ? 10 * 60000 : 0;
    clock_shift_by(apart);
    struct reply *r =
        expect(as(o, OFFICE, "POST", "/api/v1/me/keys", "{\"name\":\"慢\",\"days\":1,\"per_minute\":3}"), 201);
    const char *bearer = say(o, "Authorization: Bearer %s", text_at(r, "key"));
    for (int i = 0; i < 3; i++)
        expect(ASK(o, .method = "GET", .path = "/api/v1/me", .headers = bearer), 200);
    r = ASK(o, .method = "GET", .path = "/api/v1/me", .headers = bearer);
    while (r->status == 200) /* a slow machine has earned another one meanwhile */
        r = ASK(o, .method = "GET", .path = "/api/v1/me", .headers = bearer);
    expect_code(r, 429, "rate");
    assert_true(strtol(header_of(r, "Retry-After"), NULL, 10) > 0);
    expect(get(o, OFFICE, "/api/v1/me"), 200); /* others are not told so */
    clock_shift_by(60000);
    r = ASK(o, .method = "GET", .path = "/api/v1/me", .headers = bearer);
    clock_shift_by(-60000 - apart);
    expect(r, 200);
}

static void how_much_one_may_ask_is_the_house_s_to_settle(void **state)
{
    struct office *o = OFFICE(state);
    const char *code = "/api/v1/verify/7K3M-9Q2F", *phone = "/api/v1/enterprises?phone=13800000000&count=none";
    int64_t apart = (int64_t)(2 + o->engine) * 5 * 60 * 1000; /* both engines fill the same buckets */
    clock_shift_by(apart);
    o->web.rates = (struct rates){ .verify = 2, .look_up = 2, .session = 60 };
    for (int i = 0; i < 2; i++)
        expect_code(ASK(o, .method = "GET", .path = code, .peer = "10.7.7.7"), 404, "verify.none");
    expect_code(ASK(o, .method = "GET", .path = code, .peer = "10.7.7.7"), 429, "rate");
    expect_code(ASK(o, .method = "GET", .path = code, .peer = "10.7.7.8"), 404, "verify.none");
    for (int i = 0; i < 2; i++)
        expect(as(o, INSPECTOR, "GET", phone, NULL), 200);
    expect_code(as(o, INSPECTOR, "GET", phone, NULL), 429, "rate");
    /* Neither through a file that is made later. */
    expect_code(
        post(o, INSPECTOR, "{\"format\":\"csv\",\"filter\":\"phone=13800000000\"}", "/api/v1/enterprises/export"), 429,
        "rate");
    expect(as(o, INSPECTOR, "GET", "/api/v1/enterprises?count=none", NULL),
           200);           /* by no personal value: not counted */
    clock_shift_by(apart); /* what the key asked before is forgotten */
    o->web.rates = (struct rates){ .key = 2 };
    for (int i = 0; i < 2; i++)
        expect(get(o, GRID_B, "/api/v1/me/notices/unread"), 200);
    struct reply *over = get(o, GRID_B, "/api/v1/me/notices/unread");
    o->web.rates = (struct rates){ 0 };
    clock_shift_by(-2 * apart);
    expect_code(over, 429, "rate");
}

static void a_bucket_fills_evenly(void **state)
{
    const char *who = say(OFFICE(state), "test %d", OFFICE(state)->engine);
    const int64_t now = 1000000;
    for (int i = 0; i < 60; i++)
        assert_int_equal(rate_take(who, 60, now), 0);
    assert_int_equal(rate_take(who, 60, now), 2);
    assert_true(rate_take(who, 60, now + 999) > 0);
    assert_int_equal(rate_take(who, 60, now + 1000), 0);
    assert_true(rate_take(who, 60, now + 1000) > 0);
    for (int i = 0; i < 60; i++)
        assert_int_equal(rate_take(who, 60, now + 100000), 0);
    assert_true(rate_take(who, 60, now + 100000) > 0);
}

/* ---- the first start ---- */

static void a_house_with_accounts_has_no_door_for_the_first_start(void **state)
{
    struct office *o = OFFICE(state);
    struct error err = { 0 };
    expect_code(ASK(o, .method = "POST", .path = "/api/v1/setup", .body = "{\"code\":\"x\"}"), 409, "setup.done");
    assert_true(json_is_false(at(ASK(o, .method = "GET", .path = "/api/v1/setup"), "open")));
    assert_null(o->web.setup);
    struct setup *none;
    must(setup_open(&o->house, &none, &err), &err);
    assert_null(none); /* there are accounts */
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_reset_password_must_be_changed_before_anything_else),
        SAYS(administrators_enrol_a_second_factor_first_unless_it_is_a_demonstration),
        SAYS(sessions_are_listed_and_ended_one_by_one),
        SAYS(a_key_reaches_what_it_names_and_no_further),
        SAYS(a_key_that_asks_too_often_is_told_when_to_come_back),
        SAYS(how_much_one_may_ask_is_the_house_s_to_settle),
        SAYS(a_bucket_fills_evenly),
        SAYS(a_house_with_accounts_has_no_door_for_the_first_start),
        SAYS(an_old_password_must_be_changed_where_the_house_says_so), /* last: sessions from before the jump end */
    };
    return RUN_OFFICES(tests);
}
