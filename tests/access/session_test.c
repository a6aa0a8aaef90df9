/* Signing in, sessions, keys, and how often somebody may be wrong. */
#include "domain/town.h"

#include "access/key.h"
#include "access/session.h"
#include "domain/grid/grid.h"

#include <stdio.h>
#include <string.h>

enum { MINUTE = 60 * 1000, AT_ONCE = 8 };
/* Wrong tries of an address are remembered by the process: each engine has its own days. */
static int64_t noon(const struct town *t)
{
    return town_noon + (t->engine == STORE_POSTGRES ? 10 * (int64_t)24 * 60 * MINUTE : 0);
}

static const char right[] = "Kq7-vine-harbour", wrong[] = "Kq7-vine-harbor!";

static int sign_in(struct town *t, const char *name, const char *password, const char *peer, int64_t now,
                   char token[TOKEN_TEXT], struct error *err)
{
    int64_t account;
    struct sign_in in = { .name = name, .password = password, .peer = peer, .agent = "test", .now = now };
    return session_begin(t->house.store, &in, token, &account, err);
}

static int who_is(struct town *t, const char *token, int64_t now, bool touch, int64_t *account, struct error *err)
{
    struct db *db;
    if (store_reader(t->house.store, &db, err) < 0)
        return -1;
    struct session session = { 0 };
    int got =
        session_find(t->house.store, db, token, &(struct session_use){ .now = now, .touch = touch }, &session, err);
    store_reader_back(t->house.store, db);
    *account = session.account;
    return got;
}

/* A new account with the right password. */
static int64_t person(struct town *t, const char *name)
{
    struct error err = { 0 };
    int64_t id = must_create(t, PROGRAM, &account_kind, say(t, "{\"name\":\"%s\",\"display_name\":\"某人\"}", name));
    must(password_set(t->house.store, id, name, right, noon(t), &err), &err);
    return id;
}

static int make_key(struct town *t, int64_t account, int64_t days, char token[TOKEN_TEXT], struct error *err)
{
    struct origin by = { .now = noon(t), .account = account };
    int64_t id;
    return key_make(t->house.store, &by, account, &(struct key_terms){ .name = "ledger", .days = days }, token, &id,
                    err);
}

static void the_right_password_opens_a_session(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char token[TOKEN_TEXT];
    int64_t account = 0, id = person(t, "anna");
    must(sign_in(t, "anna", right, "10.0.0.1", noon(t), token, &err), &err);
    must(who_is(t, token, noon(t), true, &account, &err), &err);
    assert_int_equal(account, id);
    assert_int_equal(strlen(token), TOKEN_TEXT - 1);
    struct origin by = { .now = noon(t), .account = id };
    must(session_end(t->house.store, &by, id, count_of(t, "SELECT id FROM session WHERE account = %lld", (long long)id),
                     &err),
         &err);
    expect_fault(who_is(t, token, noon(t), true, &account, &err), &err, FAULT_UNAUTHENTICATED, "session.none");
}

static void a_wrong_name_and_a_wrong_password_read_the_same(void **state)
{
    struct town *t = TOWN(state);
    struct error name = { 0 }, password = { 0 }, length = { 0 };
    char token[TOKEN_TEXT], huge[LIMIT_PASSWORD + 2];
    person(t, "berta");
    memset(huge, 'x', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    expect_fault(sign_in(t, "nobody-of-this-name", right, "10.0.0.2", noon(t), token, &name), &name,
                 FAULT_UNAUTHENTICATED, "session.wrong");
    expect_fault(sign_in(t, "berta", wrong, "10.0.0.2", noon(t), token, &password), &password, FAULT_UNAUTHENTICATED,
                 "session.wrong");
    expect_fault(sign_in(t, "berta", huge, "10.0.0.2", noon(t), token, &length), &length, FAULT_UNAUTHENTICATED,
                 "session.wrong");
    assert_memory_equal(&name, &password, sizeof name);
    assert_memory_equal(&name, &length, sizeof name);
}

static void five_wrong_tries_lock_for_a_quarter_of_an_hour(void **state)
{
    struct town *t = TOWN(state);
    static const char *const names[] = { "carla", "no-such-carla" };
    person(t, "carla");
    for (size_t n = 0; n < COUNT(names); n++) {
        char token[TOKEN_TEXT];
        const char *peer = n ? "10.0.1.1" : "10.0.1.2";
        for (int i = 0; i < LOCK_TRIES; i++) {
            struct error err = { 0 };
            expect_fault(sign_in(t, names[n], wrong, peer, noon(t) + i, token, &err), &err, FAULT_UNAUTHENTICATED,
                         "session.wrong");
        }
        struct error err = { 0 };
        expect_fault(sign_in(t, names[n], right, peer, noon(t) + MINUTE, token, &err), &err, FAULT_LIMITED,
                     "session.locked");
        assert_in_range(err.retry_after_s, 13 * 60, 15 * 60 + 1);
    }
    struct error err = { 0 };
    char token[TOKEN_TEXT];
    must(sign_in(t, "carla", right, "10.0.1.3", noon(t) + LOCK_MS + 10, token, &err), &err);
}

static void when_wrong_tries_lock_is_the_house_s_to_settle(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char token[TOKEN_TEXT];
    int64_t at = noon(t) + 20 * (int64_t)LOCK_MS;
    person(t, "wilma");
    lock_settle(&(struct lock_rules){ .tries = 3, .ms = 2 * MINUTE });
    assert_int_equal(lock_rules().peer_tries, PEER_TRIES);
    for (int i = 0; i < 3; i++) {
        error_clear(&err);
        expect_fault(sign_in(t, "wilma", wrong, "10.0.6.1", at, token, &err), &err, FAULT_UNAUTHENTICATED,
                     "session.wrong");
    }
    assert_non_null(strstr(err.en, "3 wrong tries lock the account for 2 minutes"));
    error_clear(&err);
    expect_fault(sign_in(t, "wilma", right, "10.0.6.2", at, token, &err), &err, FAULT_LIMITED, "session.locked");
    error_clear(&err);
    must(sign_in(t, "wilma", right, "10.0.6.2", at + 2 * MINUTE + 1, token, &err), &err);
    lock_settle(&(struct lock_rules){ .tries = 20, .peer_tries = 4 });
    for (int i = 0; i < 4; i++) {
        error_clear(&err);
        sign_in(t, "wilma", wrong, "10.0.6.3", at + 3 * MINUTE, token, &err);
    }
    error_clear(&err);
    expect_fault(sign_in(t, "wilma", right, "10.0.6.3", at + 3 * MINUTE, token, &err), &err, FAULT_LIMITED,
                 "session.locked");
    lock_settle(NULL);
}

static void a_lock_that_has_run_out_begins_a_new_count(void **state)
{
    struct town *t = TOWN(state);
    char token[TOKEN_TEXT];
    int64_t later = noon(t) + 2 * (int64_t)LOCK_MS;
    person(t, "dora");
    for (int i = 0; i < LOCK_TRIES; i++) {
        struct error err = { 0 };
        sign_in(t, "dora", wrong, "10.0.2.1", noon(t), token, &err);
    }
    for (int i = 0; i < LOCK_TRIES - 1; i++) {
        struct error err = { 0 };
        expect_fault(sign_in(t, "dora", wrong, "10.0.2.2", later, token, &err), &err, FAULT_UNAUTHENTICATED, NULL);
    }
    struct error err = { 0 };
    must(sign_in(t, "dora", right, "10.0.2.2", later, token, &err), &err);
    /* And success forgets the slips before it. */
    for (int i = 0; i < LOCK_TRIES - 1; i++) {
        error_clear(&err);
        sign_in(t, "dora", wrong, "10.0.2.3", later, token, &err);
    }
    error_clear(&err);
    must(sign_in(t, "dora", right, "10.0.2.3", later, token, &err), &err);
}

struct guess {
    struct town *town;
    pthread_t thread;
    char peer[24];
    struct error err;
};

static void *guess_wrong(void *args)
{
    struct guess *g = args;
    char token[TOKEN_TEXT];
    sign_in(g->town, "edith", wrong, g->peer, noon(g->town), token, &g->err);
    return NULL;
}

static void guesses_made_at_once_all_count(void **state)
{
    struct town *t = TOWN(state);
    struct guess guesses[AT_ONCE];
    char token[TOKEN_TEXT];
    person(t, "edith");
    for (int i = 0; i < AT_ONCE; i++) {
        guesses[i] = (struct guess){ .town = t };
        snprintf(guesses[i].peer, sizeof guesses[i].peer, "10.0.3.%d", i);
        assert_int_equal(pthread_create(&guesses[i].thread, NULL, guess_wrong, &guesses[i]), 0);
    }
    for (int i = 0; i < AT_ONCE; i++)
        pthread_join(guesses[i].thread, NULL);
    struct error err = { 0 };
    expect_fault(sign_in(t, "edith", right, "10.0.3.99", noon(t) + MINUTE, token, &err), &err, FAULT_LIMITED,
                 "session.locked");
}

static void an_address_that_guesses_names_is_stopped_too(void **state)
{
    struct town *t = TOWN(state);
    char token[TOKEN_TEXT];
    person(t, "frida");
    int64_t now = noon(t) + 40 * (int64_t)LOCK_MS;
    for (int i = 0; i < PEER_TRIES; i++) {
        struct error err = { 0 };
        sign_in(t, say(t, "guess-%d", i), "x", "10.9.9.9", now, token, &err);
    }
    struct error err = { 0 };
    expect_fault(sign_in(t, "frida", right, "10.9.9.9", now, token, &err), &err, FAULT_LIMITED, "session.locked");
    error_clear(&err);
    must(sign_in(t, "frida", right, "10.9.9.8", now, token, &err), &err);
    must(sign_in(t, "frida", right, "10.9.9.9", now + LOCK_MS + 1, token, &err), &err);
}

static void a_session_ends_when_nobody_uses_it(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char token[TOKEN_TEXT];
    int64_t account, now = noon(t);
    person(t, "gerda");
    must(sign_in(t, "gerda", right, "10.0.4.1", now, token, &err), &err);
    must(who_is(t, token, now + SESSION_IDLE_MS, false, &account, &err), &err);
    expect_fault(who_is(t, token, now + SESSION_IDLE_MS + 1, false, &account, &err), &err, FAULT_UNAUTHENTICATED,
                 "session.none");
    error_clear(&err);
    /* Requests prolong it, to twelve hours and not beyond; streams (touch false) do not. */
    for (int64_t at = now; at < now + SESSION_LIFE_MS; at += 50 * MINUTE)
        must(who_is(t, token, at, true, &account, &err), &err);
    must(who_is(t, token, now + SESSION_LIFE_MS, true, &account, &err), &err);
    expect_fault(who_is(t, token, now + SESSION_LIFE_MS + 1, true, &account, &err), &err, FAULT_UNAUTHENTICATED,
                 "session.none");
}

static void a_token_nobody_was_given_opens_nothing(void **state)
{
    struct town *t = TOWN(state);
    static const char *const tokens[] = { "", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "' OR 1=1 --",
                                          "\xff\xfe" };
    for (size_t i = 0; i < COUNT(tokens); i++) {
        struct error err = { 0 };
        struct db *db;
        int64_t account;
        expect_fault(who_is(t, tokens[i], noon(t), true, &account, &err), &err, FAULT_UNAUTHENTICATED, "session.none");
        error_clear(&err);
        must(store_reader(t->house.store, &db, &err), &err);
        struct key key;
        int got = key_find(t->house.store, db, tokens[i], noon(t), &t->arena, &key, &err);
        store_reader_back(t->house.store, db);
        expect_fault(got, &err, FAULT_UNAUTHENTICATED, "session.none");
    }
}

static void the_store_keeps_no_token_that_opens(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char token[TOKEN_TEXT], key[TOKEN_TEXT];
    int64_t id = person(t, "hilde");
    must(sign_in(t, "hilde", right, "10.0.5.1", noon(t), token, &err), &err);
    must(make_key(t, id, 1, key, &err), &err);
    must_write(t->house.store, "UPDATE session SET agent = 'found' WHERE token = ?",
               BIND(value_bytes(token, strlen(token))));
    assert_int_equal(count_of(t, "SELECT count(*) FROM session WHERE agent = 'found'"), 0);
    must_write(t->house.store, "UPDATE api_key SET name = 'found' WHERE token = ?",
               BIND(value_bytes(key, strlen(key))));
    assert_int_equal(count_of(t, "SELECT count(*) FROM api_key WHERE name = 'found'"), 0);
}

static void a_key_works_until_its_last_day(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct db *db;
    char key[TOKEN_TEXT];
    struct key before, late;
    int64_t id = person(t, "irma"), end = noon(t) + 2 * (int64_t)86400000;
    must(make_key(t, id, 2, key, &err), &err);
    must(store_reader(t->house.store, &db, &err), &err);
    int during = key_find(t->house.store, db, key, end - 1, &t->arena, &before, &err);
    int after = key_find(t->house.store, db, key, end, &t->arena, &late, &err);
    store_reader_back(t->house.store, db);
    assert_int_equal(during, 0);
    assert_int_equal(before.account, id);
    expect_fault(after, &err, FAULT_UNAUTHENTICATED, "session.none");
}

static int load(struct town *t, int64_t id, struct error *err)
{
    struct actor actor;
    struct db *db;
    must(store_reader(t->house.store, &db, err), err);
    int got = actor_load(db, id, TODAY, &t->arena, &actor, err);
    store_reader_back(t->house.store, db);
    return got;
}

static void who_is_disabled_or_removed_is_nobody(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char token[TOKEN_TEXT];
    int64_t id = person(t, "jutta");
    must(load(t, id, &err), &err);
    must_patch(t, OFFICE, &account_kind, id, "{\"active\":false}");
    expect_fault(load(t, id, &err), &err, FAULT_UNAUTHENTICATED, "session.none");
    error_clear(&err);
    expect_fault(sign_in(t, "jutta", right, "10.0.6.1", noon(t), token, &err), &err, FAULT_UNAUTHENTICATED,
                 "session.wrong");
    must_patch(t, OFFICE, &account_kind, id, "{\"active\":true}");
    error_clear(&err);
    must(load(t, id, &err), &err);
    must(town_remove(t, OFFICE, &account_kind, id, &err), &err);
    expect_fault(load(t, id, &err), &err, FAULT_UNAUTHENTICATED, "session.none");
}

static void a_new_password_ends_the_sessions_of_the_old(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char token[TOKEN_TEXT];
    int64_t account, id = person(t, "klara");
    must(sign_in(t, "klara", right, "10.0.7.1", noon(t), token, &err), &err);
    must(password_set(t->house.store, id, "klara", wrong, noon(t), &err), &err);
    expect_fault(who_is(t, token, noon(t), true, &account, &err), &err, FAULT_UNAUTHENTICATED, "session.none");
    error_clear(&err);
    expect_fault(sign_in(t, "klara", right, "10.0.7.1", noon(t), token, &err), &err, FAULT_UNAUTHENTICATED, NULL);
    error_clear(&err);
    must(sign_in(t, "klara", wrong, "10.0.7.1", noon(t), token, &err), &err);
}

static void a_weak_password_is_refused(void **state)
{
    struct town *t = TOWN(state);
    char huge[LIMIT_PASSWORD + 2];
    int64_t id = person(t, "lotte");
    memset(huge, 'x', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    const char *const weak[] = {
        "", "short", "123456789", "九个字的密码不够长", "my-lotte-password", huge, "ten bytes \xff\xfe"
    };
    for (size_t i = 0; i < COUNT(weak); i++) {
        struct error err = { 0 };
        expect_field(password_set(t->house.store, id, "lotte", weak[i], noon(t), &err), &err, "password");
    }
    struct error err = { 0 };
    must(password_set(t->house.store, id, "lotte", "十个字的密码刚刚好够", noon(t), &err), &err);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(the_right_password_opens_a_session),
        SAYS(a_wrong_name_and_a_wrong_password_read_the_same),
        SAYS(five_wrong_tries_lock_for_a_quarter_of_an_hour),
        SAYS(when_wrong_tries_lock_is_the_house_s_to_settle),
        SAYS(a_lock_that_has_run_out_begins_a_new_count),
        SAYS(guesses_made_at_once_all_count),
        SAYS(an_address_that_guesses_names_is_stopped_too),
        SAYS(a_session_ends_when_nobody_uses_it),
        SAYS(a_token_nobody_was_given_opens_nothing),
        SAYS(the_store_keeps_no_token_that_opens),
        SAYS(a_key_works_until_its_last_day),
        SAYS(who_is_disabled_or_removed_is_nobody),
        SAYS(a_new_password_ends_the_sessions_of_the_old),
        SAYS(a_weak_password_is_refused),
    };
    return RUN_TOWNS(tests);
}
