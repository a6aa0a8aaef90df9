/* The second factor: enrolling, signing in with it, recovery codes, removing it; and keys cut down to their scope. */
#include "domain/town.h"

#include "access/key.h"
#include "access/session.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "phone.h"

#include <string.h>

static const char right[] = "Kq7-vine-harbour";

static int64_t person(struct town *t, const char *name)
{
    struct error err = { 0 };
    int64_t id = must_create(t, PROGRAM, &account_kind, say(t, "{\"name\":\"%s\",\"display_name\":\"某人\"}", name));
    must(password_set(t->house.store, id, name, right, town_noon, &err), &err);
    return id;
}

static int begin(struct town *t, const char *name, const char *code, int64_t now, struct error *err)
{
    char token[TOKEN_TEXT];
    int64_t account;
    struct sign_in in = { .name = name, .password = right, .code = code, .peer = "10.2.1.1", .now = now };
    error_clear(err);
    return session_begin(t->house.store, &in, token, &account, err);
}

static const char *app_code(struct town *t, const char *base32, int64_t now)
{
    char code[OTP_DIGITS + 1];
    phone_code(base32, now, code);
    return say(t, "%s", code);
}

static int64_t enrolled(struct town *t, const char *name, char secret[OTP_BASE32],
                        char recovery[SPARE_CODES][SPARE_TEXT])
{
    struct error err = { 0 };
    int64_t id = person(t, name);
    struct origin by = { .now = town_noon, .account = id };
    must(second_begin(t->house.store, &by, secret, &err), &err);
    must(second_confirm(t->house.store, &by, app_code(t, secret, town_noon), recovery, &err), &err);
    return id;
}

static void a_code_is_asked_for_after_the_right_password_and_works_once(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char secret[OTP_BASE32], recovery[SPARE_CODES][SPARE_TEXT];
    int64_t later = town_noon + 60000;
    enrolled(t, "vera", secret, recovery);
    expect_fault(begin(t, "vera", NULL, later, &err), &err, FAULT_UNAUTHENTICATED, "session.code");
    assert_string_equal(err.fields[0].name, "code");
    expect_fault(begin(t, "vera", "000000", later, &err), &err, FAULT_UNAUTHENTICATED, "session.code");
    must(begin(t, "vera", app_code(t, secret, later), later, &err), &err);
    expect_fault(begin(t, "vera", app_code(t, secret, later), later, &err), &err, FAULT_UNAUTHENTICATED,
                 "session.code");
    later += OTP_STEP_MS;
    must(begin(t, "vera", app_code(t, secret, later), later, &err), &err);
}

static void the_code_that_enrolled_does_not_sign_in(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char secret[OTP_BASE32], recovery[SPARE_CODES][SPARE_TEXT];
    enrolled(t, "wanda", secret, recovery);
    expect_fault(begin(t, "wanda", app_code(t, secret, town_noon), town_noon, &err), &err, FAULT_UNAUTHENTICATED,
                 "session.code");
}

static void a_recovery_code_works_once(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char secret[OTP_BASE32], recovery[SPARE_CODES][SPARE_TEXT];
    int64_t id = enrolled(t, "xenia", secret, recovery);
    must(begin(t, "xenia", recovery[3], town_noon, &err), &err);
    expect_fault(begin(t, "xenia", recovery[3], town_noon, &err), &err, FAULT_UNAUTHENTICATED, "session.code");
    must(begin(t, "xenia", recovery[9], town_noon, &err), &err);
    assert_int_equal(count_of(t, "SELECT count(*) FROM recovery_code WHERE account = %lld", (long long)id),
                     SPARE_CODES - 2);
    assert_int_equal(
        count_of(t, "SELECT count(*) FROM audit WHERE act = 'totp.recovery' AND record = %lld", (long long)id), 2);
}

static void wrong_codes_lock_like_wrong_passwords(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char secret[OTP_BASE32], recovery[SPARE_CODES][SPARE_TEXT];
    enrolled(t, "yara", secret, recovery);
    for (int i = 0; i < LOCK_TRIES; i++)
        expect_fault(begin(t, "yara", "000000", town_noon, &err), &err, FAULT_UNAUTHENTICATED, "session.code");
    expect_fault(begin(t, "yara", recovery[0], town_noon, &err), &err, FAULT_LIMITED, "session.locked");
}

static void removing_it_needs_password_and_code(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char secret[OTP_BASE32], recovery[SPARE_CODES][SPARE_TEXT];
    int64_t id = enrolled(t, "zita", secret, recovery);
    struct origin by = { .now = town_noon + 60000, .account = id };
    const char *code = app_code(t, secret, by.now);
    assert_int_equal(second_end(t->house.store, &by, "wrong", code, &err), -1);
    assert_int_equal(err.field_count, 2); /* not told which of the two */
    error_clear(&err);
    assert_int_equal(second_end(t->house.store, &by, right, "000000", &err), -1);
    error_clear(&err);
    expect_fault(second_begin(t->house.store, &by, secret, &err), &err, FAULT_CONFLICT, "totp.on");
    error_clear(&err);
    must(second_end(t->house.store, &by, right, code, &err), &err);
    must(begin(t, "zita", NULL, by.now, &err), &err);
    assert_int_equal(count_of(t, "SELECT count(*) FROM recovery_code WHERE account = %lld", (long long)id), 0);
}

static void one_that_was_begun_and_not_confirmed_is_not_asked_for(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char secret[OTP_BASE32], recovery[SPARE_CODES][SPARE_TEXT];
    int64_t id = person(t, "abby");
    struct origin by = { .now = town_noon, .account = id };
    must(second_begin(t->house.store, &by, secret, &err), &err);
    expect_field(second_confirm(t->house.store, &by, "000000", recovery, &err), &err, "code");
    must(begin(t, "abby", NULL, town_noon, &err), &err);
}

static void the_secret_lies_sealed_and_the_recovery_codes_hashed(void **state)
{
    struct town *t = TOWN(state);
    char secret[OTP_BASE32], recovery[SPARE_CODES][SPARE_TEXT];
    struct error err = { 0 };
    struct db *db;
    struct rows rows;
    int64_t id = enrolled(t, "bella", secret, recovery);
    must(store_reader(t->house.store, &db, &err), &err);
    must(db_query(db, &rows, "SELECT secret FROM second_factor WHERE account = ?", BIND(value_int(id)), &err), &err);
    assert_true(rows_next(&rows));
    struct value sealed = rows_value(&rows, 0);
    assert_int_equal(sealed.size, OTP_SECRET + SEAL_EXTRA);
    assert_null(memmem(sealed.at, sealed.size, secret, 8));
    must(rows_done(&rows, &err), &err);
    store_reader_back(t->house.store, db);
    assert_int_equal(
        count_of(t, "SELECT count(*) FROM recovery_code WHERE account = %lld AND length(code) = 32", (long long)id),
        SPARE_CODES);
}

/* ---- keys ---- */

static void a_key_is_its_owner_within_its_own_scope(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct actor a = t->people[OFFICE];
    struct key key = { .id = 1, .verbs = verb_bit("read") | verb_bit("unmask"), .kinds = "hazard,region" };
    key_narrow(&key, &t->arena, &a);
    assert_true(actor_may(&a, &hazard_kind, verb_bit("read")));
    assert_false(actor_may(&a, &hazard_kind, verb_bit("create")));
    assert_false(actor_may(&a, &account_kind, verb_bit("read")));
    assert_false(actor_can(&a, "manage"));
    /* Never more than the owner: a reader's key with every verb still only reads. */
    a = t->people[READER];
    key = (struct key){ .id = 1, .verbs = ~(uint64_t)0 };
    key_narrow(&key, &t->arena, &a);
    assert_false(actor_may(&a, &hazard_kind, verb_bit("create")));
    /* A key for one kind carries no right that belongs to none, unless it names it. */
    a = t->people[OFFICE];
    key = (struct key){ .id = 1, .kinds = "hazard" };
    key_narrow(&key, &t->arena, &a);
    assert_true(actor_may(&a, &hazard_kind, verb_bit("create")));
    assert_false(actor_can(&a, "audit"));
    (void)err;
}

static void terms_nobody_can_keep_are_refused_by_name(void **state)
{
    struct town *t = TOWN(state);
    int64_t account = person(t, "clara"), id;
    struct origin by = { .now = town_noon, .account = account };
    char token[TOKEN_TEXT];
    static const struct {
        struct key_terms terms;
        const char *field;
    } rows[] = {
        { { "", 30, NULL, NULL, 0 }, "name" },           { { "k", 0, NULL, NULL, 0 }, "days" },
        { { "k", 3651, NULL, NULL, 0 }, "days" },        { { "k", 30, "read,fly", NULL, 0 }, "verbs" },
        { { "k", 30, "", NULL, 0 }, "verbs" },           { { "k", 30, NULL, "hazard,dragon", 0 }, "kinds" },
        { { "k", 30, NULL, "key_person", 0 }, "kinds" }, { { "k", 30, NULL, NULL, -1 }, "per_minute" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = { 0 };
        expect_field(key_make(t->house.store, &by, account, &rows[i].terms, token, &id, &err), &err, rows[i].field);
    }
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_code_is_asked_for_after_the_right_password_and_works_once),
        SAYS(the_code_that_enrolled_does_not_sign_in),
        SAYS(a_recovery_code_works_once),
        SAYS(wrong_codes_lock_like_wrong_passwords),
        SAYS(removing_it_needs_password_and_code),
        SAYS(one_that_was_begun_and_not_confirmed_is_not_asked_for),
        SAYS(the_secret_lies_sealed_and_the_recovery_codes_hashed),
        SAYS(a_key_is_its_owner_within_its_own_scope),
        SAYS(terms_nobody_can_keep_are_refused_by_name),
    };
    return RUN_TOWNS(tests);
}
