#include "access/password.h"

#include "base/seal.h"
#include "base/utf8.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

_Static_assert(PASSWORD_HASH >= crypto_pwhash_STRBYTES, "a hash must fit");

/* Moderate cost that a small machine bears while people sign in; the hash carries its own parameters. */
static const unsigned long long hash_ops = 3;
static const size_t hash_memory = 32 << 20;

/* ---- tables ---- */

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct column credential_columns[] = {
    { "account", COLUMN_INT, COLUMN_NOT_NULL },      { "password", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "changed_at", COLUMN_INT, COLUMN_NOT_NULL },   { "wrong_tries", COLUMN_INT, COLUMN_NOT_NULL },
    { "locked_until", COLUMN_INT, COLUMN_NOT_NULL }, { "must_change", COLUMN_INT, 0 },
};
static const struct column past_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "password", COLUMN_TEXT, COLUMN_NOT_NULL },
};
static const struct index_decl past_indexes[] = { { "password_past_of_account", NAMES("account", "id"), false, NULL } };

const struct table password_tables[] = {
    { .name = "credential", LISTED(credential_columns), .primary_key = NAMES("account") },
    { .name = "password_past", LISTED(past_columns), .indexes = past_indexes, .index_count = COUNT(past_indexes) },
};
const size_t password_table_count = COUNT(password_tables);

/* ---- rules ---- */

int password_check(const char *field, const char *name, const char *password, struct error *err)
{
    size_t size = strlen(password);
    if (size > LIMIT_PASSWORD || !utf8_valid(password, size) || utf8_chars(password) < PASSWORD_LEAST)
        return fail_field(err, field, "密码用 %d 个以上字符，最多 %d 字节",
                          "Use at least %d characters, at most %d bytes", PASSWORD_LEAST, LIMIT_PASSWORD);
    if (strcasestr(password, name))
        return fail_field(err, field, "密码不能包含登录名", "The password must not contain the sign-in name");
    if (password_is_weak(password))
        return fail_field(
            err, field, "这个密码太常见，容易被猜中，请换成几个不相干的词",
            "Many people use such a password; choose a few words that have nothing to do with each other");
    return 0;
}

int password_hash(const char *password, char out[PASSWORD_HASH], struct error *err)
{
    if (crypto_pwhash_str_alg(out, password, strlen(password), hash_ops, hash_memory, crypto_pwhash_ALG_ARGON2ID13) !=
        0)
        return fail(err, FAULT_UNAVAILABLE, "password.memory", "内存不足，请稍后再试",
                    "Short of memory; try again soon");
    return 0;
}

bool password_matches(const char *hash, const char *password)
{
    static const char nobody[] = "$argon2id$v=19$m=32768,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    return crypto_pwhash_str_verify(*hash ? hash : nobody, password, strlen(password)) == 0 && *hash;
}

/* ---- the row ---- */

#define CREDENTIAL                                                                                        \
    "SELECT c.account, c.password, c.changed_at, c.locked_until, c.must_change, f.confirmed_at "          \
    "FROM credential c JOIN account a ON a.id = c.account LEFT JOIN second_factor f ON f.account = a.id " \
    "WHERE a.removed_at IS NULL AND a.active = 1 AND "

static int credential_read(struct store *store, const char *sql, const struct value *key, struct credential *out,
                           struct error *err)
{
    struct db *db;
    struct rows rows;
    *out = (struct credential){ 0 };
    if (store_reader(store, &db, err) < 0)
        return -1;
    int got = db_query(db, &rows, sql, key, 1, err);
    if (got == 0) {
        if (rows_next(&rows)) {
            out->account = rows_int(&rows, 0);
            snprintf(out->hash, sizeof out->hash, "%s", rows_text(&rows, 1));
            out->changed_at = rows_int(&rows, 2);
            out->locked_until = rows_int(&rows, 3);
            out->must_change = rows_int(&rows, 4) != 0;
            out->second = rows_int(&rows, 5) != 0;
        }
        got = rows_done(&rows, err);
    }
    store_reader_back(store, db);
    return got;
}

int credential_named(struct store *store, const char *name, struct credential *out, struct error *err)
{
    return credential_read(store, CREDENTIAL "a.name = ?", &(struct value){ VALUE_TEXT, 0, name, strlen(name) }, out,
                           err);
}

int credential_of(struct store *store, int64_t account, struct credential *out, struct error *err)
{
    return credential_read(store, CREDENTIAL "a.id = ?", &(struct value){ VALUE_INT, account, NULL, 0 }, out, err);
}

int credential_put(struct db *db, int64_t account, const char *hash, bool must_change, int64_t now, struct error *err)
{
    if (db_run(db, "DELETE FROM credential WHERE account = ?", BIND(value_int(account)), NULL, err) < 0 ||
        db_run(db,
               "INSERT INTO credential (account, password, changed_at, wrong_tries, locked_until, must_change) "
               "VALUES (?, ?, ?, 0, 0, ?)",
               BIND(value_int(account), value_text(hash), value_int(now), value_int(must_change)), NULL, err) < 0 ||
        db_run(db, "INSERT INTO password_past (account, password) VALUES (?, ?)",
               BIND(value_int(account), value_text(hash)), NULL, err) < 0)
        return -1;
    return db_run(db,
                  "DELETE FROM password_past WHERE account = ? AND id NOT IN "
                  "(SELECT id FROM password_past WHERE account = ? ORDER BY id DESC LIMIT ?)",
                  BIND(value_int(account), value_int(account), value_int(PASSWORD_PAST)), NULL, err);
}

int credential_hold(struct db *db, int64_t account, int64_t *tries, int64_t *locked_until, struct error *err)
{
    struct rows rows;
    *tries = *locked_until = 0;
    if (db_query(db, &rows,
                 db_engine(db) == STORE_POSTGRES
                     ? "SELECT wrong_tries, locked_until FROM credential WHERE account = ? FOR UPDATE"
                     : "SELECT wrong_tries, locked_until FROM credential WHERE account = ?",
                 BIND(value_int(account)), err) < 0)
        return -1;
    if (rows_next(&rows)) {
        *tries = rows_int(&rows, 0);
        *locked_until = rows_int(&rows, 1);
    }
    return rows_done(&rows, err);
}

static struct lock_rules settled;

void lock_settle(const struct lock_rules *rules)
{
    settled = rules ? *rules : (struct lock_rules){ 0 };
}

struct lock_rules lock_rules(void)
{
    return (struct lock_rules){ .tries = settled.tries ? settled.tries : LOCK_TRIES,
                                .ms = settled.ms ? settled.ms : LOCK_MS,
                                .peer_tries = settled.peer_tries ? settled.peer_tries : PEER_TRIES };
}

int credential_wrong(struct db *db, const struct origin *by, int64_t account, const char *act, int64_t tries,
                     int64_t locked_until, struct error *err)
{
    /* A lock that has run out begins a new count: the next slip is the first again. */
    tries = locked_until ? 1 : tries + 1;
    struct lock_rules rules = lock_rules();
    bool locks = tries >= rules.tries;
    if (db_run(db, "UPDATE credential SET wrong_tries = ?, locked_until = ? WHERE account = ?",
               BIND(value_int(tries), value_int(locks ? by->now + rules.ms : 0), value_int(account)), NULL, err) < 0 ||
        audit_add(db, by, act, "account", account, NULL, err) < 0)
        return -1;
    return locks ? audit_add(db, by, "session.locked", "account", account, NULL, err) : 0;
}

int credential_locked(struct error *err, int64_t until, int64_t now)
{
    err->retry_after_s = (int)((until - now + 999) / 1000);
    return fail(err, FAULT_LIMITED, "session.locked", "输错次数太多，请 %d 分钟后再试",
                "Too many wrong tries; try again in %d minutes", (err->retry_after_s + 59) / 60);
}

/* ---- setting it ---- */

struct set_order {
    const struct origin *by;
    int64_t account, kept; /* kept: the session that goes on */
    const char *hash, *act;
    bool must_change;
};

static int set_job(struct db *db, void *args, struct error *err)
{
    const struct set_order *o = args;
    if (credential_put(db, o->account, o->hash, o->must_change, o->by->now, err) < 0 ||
        db_run(db, "DELETE FROM session WHERE account = ? AND id <> ?", BIND(value_int(o->account), value_int(o->kept)),
               NULL, err) < 0)
        return -1;
    return audit_add(db, o->by, o->act, "account", o->account, NULL, err);
}

int password_set(struct store *store, int64_t account, const char *name, const char *password, int64_t now,
                 struct error *err)
{
    char hash[PASSWORD_HASH];
    struct origin program = { .now = now, .account = ACCOUNT_SYSTEM };
    if (password_check("password", name, password, err) < 0 || password_hash(password, hash, err) < 0)
        return -1;
    return store_write(store, set_job,
                       &(struct set_order){ .by = &program, .account = account, .hash = hash, .act = "password.reset" },
                       err);
}

static int used_before(struct store *store, int64_t account, const char *password, bool *used, struct error *err)
{
    char past[PASSWORD_PAST][PASSWORD_HASH];
    size_t count = 0;
    struct db *db;
    struct rows rows;
    if (store_reader(store, &db, err) < 0)
        return -1;
    int got = db_query(db, &rows, "SELECT password FROM password_past WHERE account = ? ORDER BY id DESC LIMIT ?",
                       BIND(value_int(account), value_int(PASSWORD_PAST)), err);
    if (got == 0) {
        while (count < PASSWORD_PAST && rows_next(&rows))
            snprintf(past[count++], sizeof past[0], "%s", rows_text(&rows, 0));
        got = rows_done(&rows, err);
    }
    store_reader_back(store, db); /* hashing takes long; others wait for readers */
    *used = false;
    for (size_t i = 0; got == 0 && i < count && !*used; i++)
        *used = password_matches(past[i], password);
    return got;
}

struct wrong_order {
    const struct origin *by;
    int64_t account;
};

static int wrong_job(struct db *db, void *args, struct error *err)
{
    const struct wrong_order *o = args;
    int64_t tries, locked_until;
    if (credential_hold(db, o->account, &tries, &locked_until, err) < 0)
        return -1;
    if (locked_until > o->by->now)
        return credential_locked(err, locked_until, o->by->now);
    return credential_wrong(db, o->by, o->account, "password.wrong", tries, locked_until, err);
}

int password_change(struct store *store, const struct origin *by, const char *name, const char *old, const char *fresh,
                    struct error *err)
{
    struct credential c;
    char hash[PASSWORD_HASH];
    bool used;
    if (credential_of(store, by->account, &c, err) < 0)
        return -1;
    if (c.locked_until > by->now)
        return credential_locked(err, c.locked_until, by->now);
    if (strlen(old) > LIMIT_PASSWORD || !password_matches(c.hash, old)) {
        if (store_write(store, wrong_job, &(struct wrong_order){ by, by->account }, err) < 0)
            return -1;
        return fail_field(err, "old", "原密码不对", "The old password is wrong");
    }
    if (password_check("new", name, fresh, err) < 0 || used_before(store, by->account, fresh, &used, err) < 0)
        return -1;
    if (used)
        return fail_field(err, "new", "不能使用最近 %d 次用过的密码", "It is one of your last %d passwords",
                          PASSWORD_PAST);
    if (password_hash(fresh, hash, err) < 0)
        return -1;
    return store_write(
        store, set_job,
        &(struct set_order){
            .by = by, .account = by->account, .kept = by->session, .hash = hash, .act = "password.change" },
        err);
}

/* Read aloud over the telephone: no letter that looks like a figure. 16 of 32 signs: 80 bits. */
static void make_once(char out[PASSWORD_ONCE])
{
    static const char signs[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    unsigned char raw[16];
    size_t n = 0;
    random_bytes(raw, sizeof raw);
    for (size_t i = 0; i < sizeof raw; i++) {
        if (i > 0 && i % 4 == 0)
            out[n++] = '-';
        out[n++] = signs[raw[i] % 32];
    }
    out[n] = '\0';
}

int password_reset(struct store *store, const struct origin *by, int64_t account, char out[PASSWORD_ONCE],
                   struct error *err)
{
    char hash[PASSWORD_HASH], once[PASSWORD_ONCE];
    make_once(once);
    if (password_hash(once, hash, err) < 0 ||
        store_write(store, set_job,
                    &(struct set_order){
                        .by = by, .account = account, .hash = hash, .act = "password.reset", .must_change = true },
                    err) < 0)
        return -1;
    memcpy(out, once, sizeof once);
    return 0;
}

static int unlock_job(struct db *db, void *args, struct error *err)
{
    const struct wrong_order *o = args;
    if (db_run(db, "UPDATE credential SET wrong_tries = 0, locked_until = 0 WHERE account = ?",
               BIND(value_int(o->account)), NULL, err) < 0)
        return -1;
    return audit_add(db, o->by, "account.unlock", "account", o->account, NULL, err);
}

int account_unlock(struct store *store, const struct origin *by, int64_t account, struct error *err)
{
    return store_write(store, unlock_job, &(struct wrong_order){ by, account }, err);
}
