/* Which passwords are taken, and what happens when one is changed, reset or forgotten. */
#include "domain/town.h"

#include "access/session.h"
#include "domain/grid/grid.h"

#include <string.h>

static const char first[] = "Kq7-vine-harbour";

static int64_t person(struct town *t, const char *name)
{
    struct error err = { 0 };
    int64_t id = must_create(t, PROGRAM, &account_kind, say(t, "{\"name\":\"%s\",\"display_name\":\"某人\"}", name));
    must(password_set(t->house.store, id, name, first, town_noon, &err), &err);
    return id;
}

static int begin(struct town *t, const char *name, const char *password, int64_t now, char token[TOKEN_TEXT],
                 struct error *err)
{
    struct sign_in in = { .name = name, .password = password, .peer = "10.1.1.1", .now = now };
    int64_t account;
    return session_begin(t->house.store, &in, token, &account, err);
}

static int find(struct town *t, const char *token, int64_t now, struct session *out)
{
    struct error err = { 0 };
    struct db *db;
    must(store_reader(t->house.store, &db, &err), &err);
    int got = session_find(t->house.store, db, token, &(struct session_use){ .now = now }, out, &err);
    store_reader_back(t->house.store, db);
    return got;
}

static void what_everybody_tries_first_is_refused(void **state)
{
    static const char *const weak[] = {
        "1234567890",           "0987654321",    "13812345678",  "20260317202603", "2026-03-17-88", "Admin@1234",
        "admin@12345",          "Adm1n!2026",    "P@ssw0rd123",  "Passw0rd!!1",    "woaini1314",    "woaini520520",
        "5201314520",           "qwertyuiop",    "QWERTYUIOP",   "1qaz2wsx3edc",   "1q2w3e4r5t",    "qazwsxedcrfv",
        "abcdefghij",           "aaaaaaaaaa",    "abababababab", "123123123123",   "asdfghjkl;",    "zxcvbnm,./",
        "Abc1234567890",        "!@#$%^&*()",    "Anlan@2026!",  "anquan123456",   "Zhangsan@123",  "a1234567890",
        "1234567890a",          "Huawei@123456", "Test@1234567", "iloveyou1314",   "yingji@2026",   "147258369147",
        "安安安安安安安安安安",
    };
    static const char *const good[] = {
        "correct horse 7",   "Kq7-vine-harbour", "十个字的密码刚刚好够",
        "tree-Lamp-quiet-9", "wpzt 4kf! ruuds",  "9f#Lm2vX!q",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(weak); i++) {
        struct error err = { 0 };
        if (password_check("password", "xujing", weak[i], &err) == 0)
            fail_msg("%s is taken", weak[i]);
    }
    for (size_t i = 0; i < COUNT(good); i++) {
        struct error err = { 0 };
        if (password_check("password", "xujing", good[i], &err) < 0)
            fail_msg("%s is refused: %s", good[i], err.fields[0].en);
    }
    struct error err = { 0 };
    expect_field(password_check("new", "xujing", "my-XuJing-4-u", &err), &err, "new");
}

static void a_change_keeps_this_session_and_ends_the_others(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char here[TOKEN_TEXT], there[TOKEN_TEXT];
    struct session s;
    int64_t id = person(t, "pia");
    must(begin(t, "pia", first, town_noon, here, &err), &err);
    must(begin(t, "pia", first, town_noon, there, &err), &err);
    assert_int_equal(find(t, here, town_noon, &s), 0);
    struct origin by = { .now = town_noon, .account = id, .session = s.id };
    expect_field(password_change(t->house.store, &by, "pia", "not the old one", "lamp-tree-quiet-4", &err), &err,
                 "old");
    error_clear(&err);
    must(password_change(t->house.store, &by, "pia", first, "lamp-tree-quiet-4", &err), &err);
    assert_int_equal(find(t, here, town_noon, &s), 0);
    assert_int_equal(find(t, there, town_noon, &s), -1);
    must(begin(t, "pia", "lamp-tree-quiet-4", town_noon, there, &err), &err);
}

static void none_of_the_last_five_comes_back(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = person(t, "rosa");
    struct origin by = { .now = town_noon, .account = id };
    const char *old = first;
    for (int i = 1; i <= PASSWORD_PAST; i++) {
        const char *fresh = say(t, "lamp-tree-quiet-%d", i);
        must(password_change(t->house.store, &by, "rosa", old, fresh, &err), &err);
        old = fresh;
        error_clear(&err);
        if (i < PASSWORD_PAST) {
            expect_field(password_change(t->house.store, &by, "rosa", old, first, &err), &err, "new");
            error_clear(&err);
        }
    }
    must(password_change(t->house.store, &by, "rosa", old, first, &err), &err);
    assert_int_equal(count_of(t, "SELECT count(*) FROM password_past WHERE account = %lld", (long long)id),
                     PASSWORD_PAST);
}

static void wrong_old_passwords_lock_like_those_at_the_door(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = person(t, "tilda");
    struct origin by = { .now = town_noon, .account = id };
    char token[TOKEN_TEXT];
    for (int i = 0; i < LOCK_TRIES; i++) {
        error_clear(&err);
        expect_field(password_change(t->house.store, &by, "tilda", "wrong", "lamp-tree-quiet-4", &err), &err, "old");
    }
    error_clear(&err);
    expect_fault(password_change(t->house.store, &by, "tilda", first, "lamp-tree-quiet-4", &err), &err, FAULT_LIMITED,
                 "session.locked");
    error_clear(&err);
    expect_fault(begin(t, "tilda", first, town_noon, token, &err), &err, FAULT_LIMITED, "session.locked");
    error_clear(&err);
    must(account_unlock(t->house.store, &(struct origin){ .now = town_noon, .account = 1 }, id, &err), &err);
    must(begin(t, "tilda", first, town_noon, token, &err), &err);
    assert_int_equal(
        count_of(t, "SELECT count(*) FROM audit WHERE act = 'session.locked' AND record = %lld", (long long)id), 1);
}

static void a_reset_password_works_once_and_must_be_changed(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    char token[TOKEN_TEXT], once[PASSWORD_ONCE];
    struct session s;
    int64_t id = person(t, "ulla");
    must(begin(t, "ulla", first, town_noon, token, &err), &err);
    must(password_reset(t->house.store, &(struct origin){ .now = town_noon, .account = 1 }, id, once, &err), &err);
    assert_int_equal(find(t, token, town_noon, &s), -1);
    expect_fault(begin(t, "ulla", first, town_noon, token, &err), &err, FAULT_UNAUTHENTICATED, "session.wrong");
    error_clear(&err);
    must(begin(t, "ulla", once, town_noon, token, &err), &err);
    assert_int_equal(find(t, token, town_noon, &s), 0);
    assert_true(s.must_change);
    struct origin by = { .now = town_noon, .account = id, .session = s.id };
    must(password_change(t->house.store, &by, "ulla", once, "lamp-tree-quiet-4", &err), &err);
    assert_int_equal(find(t, token, town_noon, &s), 0);
    assert_false(s.must_change);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(what_everybody_tries_first_is_refused),
        SAYS(a_change_keeps_this_session_and_ends_the_others),
        SAYS(none_of_the_last_five_comes_back),
        SAYS(wrong_old_passwords_lock_like_those_at_the_door),
        SAYS(a_reset_password_works_once_and_must_be_changed),
    };
    return RUN_TOWNS(tests);
}
