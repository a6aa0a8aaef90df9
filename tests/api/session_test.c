/* Who is it: passwords, cookies, keys, origins, proxies, and the demonstration's one click. */
#include "api/office.h"

#include "access/session.h"
#include "base/clock.h"

#include <string.h>

static const char password[] = "correct horse 7";

static struct reply *sign_in(struct office *o, const char *name, const char *word, const char *peer)
{
    return ASK(o, .method = "POST", .path = "/api/v1/session", .peer = peer,
               .body = say(o, "{\"name\":\"%s\",\"password\":\"%s\"}", name, word));
}

static void set_password(struct office *o, enum who who)
{
    struct error err = { 0 };
    must(password_set(o->house.store, o->people[who].id, o->people[who].name, password, clock_now_ms(), &err), &err);
}

/* What is remembered per address and name in memory outlives an office: every test uses addresses of its own. */
static const char *peer_of(struct office *o, int n)
{
    return say(o, "10.%d.0.%d", o->engine == STORE_SQLITE ? 1 : 2, n);
}

static const char *cookie_of(struct office *o, const struct reply *r)
{
    const char *set = header_of(r, "Set-Cookie");
    assert_non_null(set);
    return say(o, "Cookie: %.*s", (int)strcspn(set, ";"), set);
}

static struct reply *me(struct office *o, const char *headers)
{
    return ASK(o, .method = "GET", .path = "/api/v1/me", .headers = headers);
}

static struct reply *one_click(struct office *o)
{
    return expect(ASK(o, .method = "POST", .path = "/api/v1/demo-session", .body = "{\"name\":\"xujing\"}"), 200);
}

/* ---- passwords ---- */

static void a_wrong_password_and_an_unknown_name_get_the_same_sentence(void **state)
{
    struct office *o = OFFICE(state);
    set_password(o, LEADER);
    struct reply *wrong = expect_code(sign_in(o, "wuchengdong", "wrong password", peer_of(o, 1)), 401, "session.wrong");
    expect_same(wrong, sign_in(o, say(o, "nobody-%d", o->engine), "wrong password", peer_of(o, 1)));
    struct reply *r = expect(sign_in(o, "wuchengdong", password, peer_of(o, 1)), 200);
    assert_string_equal(text_at(r, "name"), "wuchengdong");
    expect(me(o, cookie_of(o, r)), 200);
}

static void five_wrong_tries_lock_even_the_right_password_out(void **state)
{
    struct office *o = OFFICE(state);
    const char *unknown = say(o, "ghost-%d", o->engine);
    set_password(o, GRID_B);
    for (int i = 0; i < LOCK_TRIES; i++) {
        expect_code(sign_in(o, "wanghaitao", "wrong password", peer_of(o, 2)), 401, "session.wrong");
        expect_code(sign_in(o, unknown, "wrong password", peer_of(o, 2)), 401, "session.wrong");
    }
    struct reply *r = expect_code(sign_in(o, "wanghaitao", password, peer_of(o, 3)), 429, "session.locked");
    long wait = strtol(header_of(r, "Retry-After"), NULL, 10);
    assert_true(wait > 0 && wait <= LOCK_MS / 1000 + 1);
    /* A name nobody has locks like one that somebody has. */
    r = expect_code(sign_in(o, unknown, "wrong password", peer_of(o, 3)), 429, "session.locked");
    assert_non_null(header_of(r, "Retry-After"));
    expect(me(o, say(o, "Authorization: Bearer %s", o->people[GRID_B].key)), 200); /* the key goes on */
    clock_shift_by(LOCK_MS + 1000);
    r = sign_in(o, "wanghaitao", password, peer_of(o, 3));
    clock_shift_by(-(LOCK_MS + 1000));
    expect(r, 200);
}

static void a_right_password_forgets_the_wrong_ones_before(void **state)
{
    struct office *o = OFFICE(state);
    set_password(o, GRID_A);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < LOCK_TRIES - 1; i++)
            expect(sign_in(o, "hezhicheng", "wrong password", peer_of(o, 4)), 401);
        expect(sign_in(o, "hezhicheng", password, peer_of(o, 4)), 200);
    }
}

static void an_address_that_tries_many_names_is_stopped_and_others_are_not(void **state)
{
    struct office *o = OFFICE(state);
    set_password(o, INSPECTOR);
    for (int i = 0; i < PEER_TRIES; i++)
        expect(sign_in(o, say(o, "guess-%d-%d", o->engine, i), "wrong password", peer_of(o, 5)), 401);
    expect_code(sign_in(o, "zhoumingyuan", password, peer_of(o, 5)), 429, "session.locked");
    expect(sign_in(o, "zhoumingyuan", password, peer_of(o, 6)), 200);
}

static void what_is_missing_or_of_the_wrong_type_is_named(void **state)
{
    static const struct {
        const char *body, *field;
    } rows[] = { { "{\"password\":\"x\"}", "name" },
                 { "{\"name\":\"xujing\"}", "password" },
                 { "{\"name\":5,\"password\":\"x\"}", "name" },
                 { "{\"name\":\"xujing\",\"password\":null}", "password" },
                 { "{\"name\":\"\",\"password\":\"x\"}", "name" } };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_field(ASK(o, .method = "POST", .path = "/api/v1/session", .body = rows[i].body), rows[i].field);
    char longer[LIMIT_PASSWORD + 2];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    expect_code(sign_in(o, "xujing", longer, peer_of(o, 7)), 401, "session.wrong");
}

/* ---- cookies ---- */

static void the_cookie_is_out_of_reach_of_scripts_and_other_sites(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = one_click(o);
    const char *set = header_of(r, "Set-Cookie");
    static const char *const parts[] = { "anlan_session=", "; HttpOnly", "; SameSite=Strict", "; Path=/",
                                         "; Max-Age=" };
    for (size_t i = 0; i < COUNT(parts); i++)
        if (!set || !strstr(set, parts[i]))
            fail_msg("the cookie lacks %s: %s", parts[i], set ? set : "none");
    assert_null(strstr(set, "Domain"));
    assert_null(strstr(set, "Secure")); /* this connection is not encrypted */
    const char *token = strchr(cookie_of(o, r), '=') + 1;
    assert_int_equal(strlen(token), TOKEN_TEXT - 1);
    assert_int_equal(count_rows(o, say(o, "SELECT count(*) FROM session WHERE CAST(token AS TEXT) = '%s'", token)), 0);
    expect_silent(expect(me(o, cookie_of(o, r)), 200), token);
}

static void signing_out_ends_this_session_alone(void **state)
{
    struct office *o = OFFICE(state);
    const char *one = cookie_of(o, one_click(o));
    const char *two = cookie_of(o, one_click(o));
    struct reply *r = expect(ASK(o, .method = "DELETE", .path = "/api/v1/session",
                                 .headers = say(o, "%s\nOrigin: http://localhost:8787", one)),
                             204);
    assert_non_null(strstr(header_of(r, "Set-Cookie"), "Max-Age=0"));
    assert_int_equal(r->size, 0);
    expect_code(me(o, one), 401, "session.none");
    expect(me(o, two), 200);
}

static void a_session_left_alone_ends_and_one_in_use_goes_on(void **state)
{
    struct office *o = OFFICE(state);
    const char *idle = cookie_of(o, one_click(o));
    const char *used = cookie_of(o, one_click(o));
    const char *streaming = cookie_of(o, one_click(o));
    const char *typing = cookie_of(o, one_click(o));
    const char *typing_at_home = say(o, "%s\nOrigin: http://localhost:8787", typing);
    const char *draft = "/api/v1/me/drafts?form=enterprise.new";
    const int64_t most = SESSION_IDLE_MS - 60 * 1000;
    clock_shift_by(most);
    int touched = me(o, used)->status;
    int streamed = ASK(o, .method = "GET", .path = "/api/v1/events", .headers = streaming)->status;
    int saved = ASK(o, .method = "PUT", .path = draft, .headers = typing_at_home,
                    .body = "{\"values\":{\"name\":\"未写完的厂\"}}")
                    ->status;
    int asked = ASK(o, .method = "GET", .path = draft, .headers = typing)->status;
    int dropped = ASK(o, .method = "DELETE", .path = draft, .headers = typing_at_home)->status;
    clock_shift_by(most);
    int left = me(o, idle)->status, kept = me(o, used)->status, quiet = me(o, streaming)->status;
    int unsaved = me(o, typing)->status;
    clock_shift_by(-2 * most);
    assert_int_equal(touched, 200);
    assert_int_equal(streamed, 200);
    assert_int_equal(left, 401);
    assert_int_equal(kept, 200);
    assert_int_equal(quiet, 401); /* an open stream is no activity */
    assert_int_equal(saved, 200);
    assert_int_equal(asked, 200);
    assert_int_equal(dropped, 204);
    assert_int_equal(unsaved, 401); /* a page that keeps what was typed may stand open with nobody before it */
}

static void no_use_keeps_a_session_beyond_its_whole_life(void **state)
{
    struct office *o = OFFICE(state);
    const char *cookie = cookie_of(o, one_click(o));
    int64_t shifted = 0, step = SESSION_IDLE_MS / 2;
    int status = 200;
    for (; status == 200 && shifted < 2LL * SESSION_LIFE_MS; shifted += step) {
        clock_shift_by(step);
        status = me(o, cookie)->status;
    }
    clock_shift_by(-shifted);
    assert_int_equal(status, 401);
    assert_true(shifted >= SESSION_LIFE_MS && shifted <= SESSION_LIFE_MS + step);
}

static void nonsense_in_a_cookie_is_nobody(void **state)
{
    static const char *const cookies[] = { "Cookie: anlan_session=", "Cookie: anlan_session=x",
                                           "Cookie: anlan_sessio=abc", "Cookie: ;;;=",
                                           "Cookie: anlan_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(cookies); i++)
        expect_code(me(o, cookies[i]), 401, "session.none");
}

/* ---- every route ---- */

static const char *path_of(struct office *o, const char *pattern)
{
    static const struct {
        const char *part, *is;
    } parts[] = { { "{kind}", "hazards" },  { "{kind-name}", "hazard" }, { "{id}", "1" },
                  { "{move}", "classify" }, { "{file}", "1" },           { "{key}", "1" } };
    AUTO_TEXT out = TEXT_LIMIT(512);
    for (const char *at_now = pattern; *at_now;) {
        size_t i = 0;
        while (i < COUNT(parts) && strncmp(at_now, parts[i].part, strlen(parts[i].part)) != 0)
            i++;
        if (i < COUNT(parts)) {
            text_str(&out, parts[i].is);
            at_now += strlen(parts[i].part);
        } else {
            text_char(&out, *at_now++);
        }
    }
    return say(o, "%s", text_get(&out));
}

static const char *const method_words[] = { "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS" };

static void every_route_but_the_open_ones_asks_who_it_is(void **state)
{
    struct office *o = OFFICE(state);
    size_t open = 0;
    for (size_t i = 0; i < route_count; i++) {
        const struct route *r = &routes[i];
        struct reply *got = ASK(o, .method = method_words[r->method], .path = path_of(o, r->pattern),
                                .body = r->flags & ROUTE_JSON ? "{}" : NULL, .version = 1);
        if (r->flags & ROUTE_OPEN) {
            open++;
            assert_int_not_equal(got->status, 401);
            continue;
        }
        expect_code(got, 401, "session.none");
        assert_string_equal(header_of(got, "WWW-Authenticate"), "Bearer");
        expect_silent(got, "hazard");
    }
    /* session, the demonstration's two, setup's two, OpenAPI, a paper's check code: one more must be meant */
    assert_int_equal(open, 7);
}

static void every_unsafe_route_refuses_a_cookie_from_another_site(void **state)
{
    static const char *const origins[] = { NULL,
                                           "Origin: http://evil.example",
                                           "Origin: null",
                                           "Origin: http://localhost:8788",
                                           "Origin: http://localhost:8787.evil.example",
                                           "Origin: http://evil.example/localhost:8787",
                                           "Origin: " };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < route_count; i++) {
        const struct route *r = &routes[i];
        if (r->method == HTTP_GET || (r->flags & ROUTE_OPEN))
            continue;
        for (size_t k = 0; k < COUNT(origins); k++)
            expect_code(ASK(o, .who = OFFICE, .cookie = true, .method = method_words[r->method],
                            .path = path_of(o, r->pattern), .body = "{}", .version = 1, .headers = origins[k]),
                        403, "origin");
    }
    expect(ASK(o, .who = OFFICE, .cookie = true, .method = "GET", .path = "/api/v1/me"), 200);
    expect(ASK(o, .who = OFFICE, .cookie = true, .method = "HEAD", .path = "/api/v1/me"), 200);
    expect_code(ASK(o, .who = OFFICE, .cookie = true, .method = "POST", .path = "/api/v1/hazards", .body = "{}",
                    .headers = "Origin: http://localhost:8787"),
                422, "invalid");
    expect_code(ASK(o, .method = "POST", .path = "/api/v1/session", .body = "{\"name\":\"a\",\"password\":\"b\"}",
                    .headers = "Origin: http://evil.example"),
                403, "origin");
    expect_code(ASK(o, .method = "POST", .path = "/api/v1/demo-session", .body = "{\"name\":\"xujing\"}",
                    .headers = "Origin: http://evil.example"),
                403, "origin");
}

/* ---- keys ---- */

static void a_key_needs_no_origin_and_ends_on_its_day(void **state)
{
    struct office *o = OFFICE(state);
    expect_code(ASK(o, .who = GRID_A, .method = "POST", .path = "/api/v1/hazards", .body = "{}"), 422, "invalid");
    expect_code(ASK(o, .who = GRID_A, .method = "POST", .path = "/api/v1/hazards", .body = "{}",
                    .headers = "Origin: http://evil.example"),
                422, "invalid");
    const int64_t month = 31LL * DAY_MS;
    clock_shift_by(month);
    int ended = get(o, GRID_A, "/api/v1/me")->status;
    clock_shift_by(-month);
    assert_int_equal(ended, 401);
    expect(me(o, say(o, "Authorization: bearer %s", o->people[GRID_A].key)), 200);
    expect_code(me(o, "Authorization: Bearer "), 401, "session.none");
    expect_code(me(o, "Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 401, "session.none");
    expect_code(me(o, say(o, "Authorization: Basic %s", o->people[GRID_A].key)), 401, "session.none");
    /* A session is no key and a key no session. */
    expect_code(me(o, say(o, "Authorization: Bearer %s", o->people[GRID_A].token)), 401, "session.none");
    expect_code(me(o, say(o, "Cookie: anlan_session=%s", o->people[GRID_A].key)), 401, "session.none");
}

static void whoever_is_switched_off_is_out_at_once(void **state)
{
    struct office *o = OFFICE(state);
    long long id = o->people[LEADER].id;
    struct reply *r = expect(get(o, OFFICE, "/api/v1/accounts/%lld", id), 200);
    expect(get(o, LEADER, "/api/v1/me"), 200);
    r = expect(patch(o, SECURITY, number_at(r, "version"), "{\"active\":false}", "/api/v1/accounts/%lld", id), 200);
    expect(get(o, LEADER, "/api/v1/me"), 401);
    expect(ASK(o, .who = LEADER, .cookie = true, .method = "GET", .path = "/api/v1/me"), 401);
    expect(ASK(o, .method = "POST", .path = "/api/v1/demo-session", .body = "{\"name\":\"wuchengdong\"}"), 401);
    expect_silent(ASK(o, .method = "GET", .path = "/api/v1/demo-accounts"), "wuchengdong");
    r = expect(patch(o, SECURITY, number_at(r, "version"), "{\"active\":true}", "/api/v1/accounts/%lld", id), 200);
    expect(get(o, LEADER, "/api/v1/me"), 200);
    expect(ASK(o, .who = SECURITY, .method = "DELETE", .path = say(o, "/api/v1/accounts/%lld", id),
               .version = number_at(r, "version")),
           204);
    expect(get(o, LEADER, "/api/v1/me"), 401);
    expect(post(o, SECURITY, NULL, "/api/v1/accounts/%lld/restore", id), 200);
    expect(get(o, LEADER, "/api/v1/me"), 200);
}

/* ---- one click ---- */

static void the_one_click_is_for_this_very_machine(void **state)
{
    static const struct {
        const char *peer, *host, *headers;
        bool allowed;
    } rows[] = {
        { "127.0.0.1", "localhost:8787", NULL, true },
        { "127.0.0.1", "127.0.0.1:8787", NULL, true },
        { "127.8.8.8", "127.0.0.1", NULL, true },
        { "::1", "[::1]:8787", NULL, true },
        { "::ffff:127.0.0.1", "localhost", NULL, true },
        { "192.168.1.5", "localhost:8787", NULL, false },
        { "::ffff:192.168.1.5", "localhost:8787", NULL, false },
        { "fe80::1", "localhost:8787", NULL, false },
        { "127.0.0.1", "anlan.example", NULL, false },
        { "127.0.0.1", "anlan.example:8787", NULL, false },
        { "127.0.0.1", "localhost.evil.example", NULL, false },
        { "127.0.0.1", "127.0.0.1.nip.io", NULL, false },
        { "127.0.0.1", "192.168.1.5:8787", NULL, false },
        { "127.0.0.1", "[::2]:8787", NULL, false },
        { "127.0.0.1", "", NULL, false },
        { "127.0.0.1", "localhost", "Forwarded: for=127.0.0.1", false },
        { "127.0.0.1", "localhost", "X-Forwarded-For: 127.0.0.1", false },
        { "127.0.0.1", "localhost", "X-Forwarded-Host: localhost", false },
        { "127.0.0.1", "localhost", "X-Forwarded-Proto: http", false },
        { "127.0.0.1", "localhost", "X-Real-IP: 127.0.0.1", false },
        { "127.0.0.1", "localhost", "Via: 1.1 proxy", false },
    };
    struct office *o = OFFICE(state);
    for (int demo = 1; demo >= 0; demo--) {
        o->house.demo = demo;
        for (size_t i = 0; i < COUNT(rows); i++) {
            struct ask ask = { .method = "GET",
                               .path = "/api/v1/demo-accounts",
                               .peer = rows[i].peer,
                               .host = rows[i].host,
                               .headers = rows[i].headers };
            struct reply *list = office_ask(o, &ask);
            ask.method = "POST";
            ask.path = "/api/v1/demo-session";
            ask.body = "{\"name\":\"xujing\"}";
            struct reply *click = office_ask(o, &ask);
            int want = demo && rows[i].allowed ? 200 : 404;
            if (list->status != want || click->status != want)
                fail_msg("peer %s host %s %s: %d %d", rows[i].peer, rows[i].host,
                         rows[i].headers ? rows[i].headers : "", list->status, click->status);
            expect_silent(list, want == 200 ? "password" : "xujing");
        }
    }
    o->house.demo = true;
    expect_code(ASK(o, .method = "POST", .path = "/api/v1/demo-session", .body = "{\"name\":\"nobody\"}"), 401,
                "session.wrong");
    expect_field(ASK(o, .method = "POST", .path = "/api/v1/demo-session", .body = "{}"), "name");
    struct reply *list = ASK(o, .method = "GET", .path = "/api/v1/demo-accounts");
    assert_int_equal(count_at(list, "items"), 14);
}

/* ---- proxies ---- */

static void only_a_trusted_proxy_speaks_for_others(void **state)
{
    struct office *o = OFFICE(state);
    const char *proxy = peer_of(o, 20), *client = peer_of(o, 21), *other = peer_of(o, 22), *liar = peer_of(o, 23);
    const char *through = say(o, "X-Forwarded-For: 1.1.1.1, %s\nX-Forwarded-Proto: https", client);
    set_password(o, OFFICER);
    o->web.trusted_proxy = say(o, "192.0.2.1, %s", proxy);
    struct ask ask = { .method = "POST", .path = "/api/v1/session", .peer = proxy, .headers = through };
    for (int i = 0; i < PEER_TRIES; i++) {
        ask.body = say(o, "{\"name\":\"proxied-%d-%d\",\"password\":\"x\"}", o->engine, i);
        expect(office_ask(o, &ask), 401);
    }
    ask.body = say(o, "{\"name\":\"zhenghaisheng\",\"password\":\"%s\"}", password);
    expect_code(office_ask(o, &ask), 429, "session.locked"); /* the client behind the proxy is stopped */
    ask.headers = say(o, "X-Forwarded-For: %s\nX-Forwarded-Proto: https", other);
    struct reply *r = expect(office_ask(o, &ask), 200); /* others behind it are not */
    assert_non_null(strstr(header_of(r, "Set-Cookie"), "; Secure"));
    ask.peer = liar; /* who is not trusted is not believed */
    ask.headers = through;
    r = expect(office_ask(o, &ask), 200);
    assert_null(strstr(header_of(r, "Set-Cookie"), "Secure"));
    ask.peer = proxy; /* nor is an address that is none */
    ask.headers = "X-Forwarded-For: <script>";
    expect(office_ask(o, &ask), 200);
    o->web.trusted_proxy = NULL;
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_wrong_password_and_an_unknown_name_get_the_same_sentence),
        SAYS(five_wrong_tries_lock_even_the_right_password_out),
        SAYS(a_right_password_forgets_the_wrong_ones_before),
        SAYS(an_address_that_tries_many_names_is_stopped_and_others_are_not),
        SAYS(what_is_missing_or_of_the_wrong_type_is_named),
        SAYS(the_cookie_is_out_of_reach_of_scripts_and_other_sites),
        SAYS(signing_out_ends_this_session_alone),
        SAYS(a_session_left_alone_ends_and_one_in_use_goes_on),
        SAYS(no_use_keeps_a_session_beyond_its_whole_life),
        SAYS(nonsense_in_a_cookie_is_nobody),
        SAYS(every_route_but_the_open_ones_asks_who_it_is),
        SAYS(every_unsafe_route_refuses_a_cookie_from_another_site),
        SAYS(a_key_needs_no_origin_and_ends_on_its_day),
        SAYS(whoever_is_switched_off_is_out_at_once),
        SAYS(the_one_click_is_for_this_very_machine),
        SAYS(only_a_trusted_proxy_speaks_for_others),
    };
    return RUN_OFFICES(tests);
}
