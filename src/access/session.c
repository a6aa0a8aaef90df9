#include "access/session.h"

#include "base/log.h"
#include "base/text.h"
#include "base/utf8.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { PEERS = 1024, TOUCH_MS = 60 * 1000 };

/* Moderate cost that a small machine bears while people sign in; the hash carries its own parameters. */
static const unsigned long long hash_ops = 3;
static const size_t hash_memory = 32 << 20;

/* ---- passwords ---- */

static int password_hash(const char *password, char out[crypto_pwhash_STRBYTES], struct error *err)
{
    if (crypto_pwhash_str_alg(out, password, strlen(password), hash_ops, hash_memory, crypto_pwhash_ALG_ARGON2ID13) !=
        0)
        return fail(err, FAULT_UNAVAILABLE, "password.memory", "内存不足，请稍后再试",
                    "Short of memory; try again soon");
    return 0;
}

struct password_order {
    int64_t account, now;
    const char *hash;
};

static int password_write(struct db *db, void *args, struct error *err)
{
    const struct password_order *o = args;
    if (db_run(db, "DELETE FROM credential WHERE account = ?", BIND(value_int(o->account)), NULL, err) < 0)
        return -1;
    if (db_run(db, "DELETE FROM session WHERE account = ?", BIND(value_int(o->account)), NULL, err) < 0)
        return -1;
    return db_run(db,
                  "INSERT INTO credential (account, password, changed_at, wrong_tries, locked_until) "
                  "VALUES (?, ?, ?, 0, 0)",
                  BIND(value_int(o->account), value_text(o->hash), value_int(o->now)), NULL, err);
}

int password_check(const char *name, const char *password, struct error *err)
{
    size_t size = strlen(password);
    if (size > LIMIT_PASSWORD || !utf8_valid(password, size) || utf8_chars(password) < PASSWORD_LEAST)
        return fail_field(err, "password", "密码用 %d 个以上字符，最多 %d 字节",
                          "Use at least %d characters, at most %d bytes", PASSWORD_LEAST, LIMIT_PASSWORD);
    if (strstr(password, name))
        return fail_field(err, "password", "密码不能包含登录名", "The password must not contain the sign-in name");
    return 0;
}

int password_set(struct store *store, int64_t account, const char *name, const char *password, int64_t now_ms,
                 struct error *err)
{
    char hash[crypto_pwhash_STRBYTES];
    if (password_check(name, password, err) < 0)
        return -1;
    if (password_hash(password, hash, err) < 0)
        return -1;
    struct password_order o = { account, now_ms, hash };
    return store_write(store, password_write, &o, err);
}

/* ---- tries per address ---- */

static pthread_mutex_t peers_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    int64_t since;
    int tries;
} peers[PEERS];

/* Counts a wrong try, or only asks. A table of fixed size: a flood of addresses shares slots, which errs towards
** refusing. */
static int tries_of(const char *what, int64_t now_ms, bool wrong)
{
    unsigned char digest[32];
    sha256(what, strlen(what), digest);
    size_t slot = ((size_t)digest[0] << 8 | digest[1]) % PEERS;
    pthread_mutex_lock(&peers_lock);
    if (peers[slot].since + LOCK_MS < now_ms) {
        peers[slot].since = now_ms;
        peers[slot].tries = 0;
    }
    peers[slot].tries += wrong;
    int tries = peers[slot].tries;
    pthread_mutex_unlock(&peers_lock);
    return tries;
}

static bool peer_over(const char *peer, int64_t now_ms, bool wrong)
{
    return tries_of(peer, now_ms, wrong) >= PEER_TRIES;
}

/* A name nobody has locks like one that somebody has, so that the lock does not tell them apart. */
static bool unknown_over(const char *name, int64_t now_ms)
{
    char what[64];
    unsigned char digest[32];
    sha256(name, strlen(name), digest);
    snprintf(what, sizeof what, "name %02x%02x%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3], digest[4],
             digest[5]);
    return tries_of(what, now_ms, true) > LOCK_TRIES;
}

/* ---- sessions ---- */

static void token_digest(const char *token, unsigned char out[32])
{
    sha256(token, strlen(token), out);
}

static int refused(struct error *err)
{
    return fail(err, FAULT_UNAUTHENTICATED, "session.wrong", "登录名或密码不对，输错 %d 次锁定 15 分钟",
                "Wrong name or password; %d wrong tries lock the account for 15 minutes", LOCK_TRIES);
}

static int locked(struct error *err, int64_t until, int64_t now_ms)
{
    err->retry_after_s = (int)((until - now_ms + 999) / 1000);
    return fail(err, FAULT_LIMITED, "session.locked", "输错次数太多，请 %d 分钟后再试",
                "Too many wrong tries; try again in %d minutes", (err->retry_after_s + 59) / 60);
}

struct try_order {
    int64_t account, now;
    bool right, demo; /* demo: a lock of the password is no lock of the one-click sign-in */
    unsigned char token[32];
    const char *peer, *agent;
};

/* Tries are counted inside the transaction: many at once, hashed side by side, count one by one, and a right one among
** them that comes after the lock does not open it. */
static int try_write(struct db *db, void *args, struct error *err)
{
    struct try_order *o = args;
    struct rows rows;
    int64_t tries = 0, locked_until = 0;
    if (db_query(db, &rows,
                 db_engine(db) == STORE_POSTGRES
                     ? "SELECT wrong_tries, locked_until FROM credential WHERE account = ? FOR UPDATE"
                     : "SELECT wrong_tries, locked_until FROM credential WHERE account = ?",
                 BIND(value_int(o->account)), err) < 0)
        return -1;
    if (rows_next(&rows)) {
        tries = rows_int(&rows, 0);
        locked_until = rows_int(&rows, 1);
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    if (locked_until > o->now && !o->demo)
        return locked(err, locked_until, o->now);
    if (!o->right) {
        /* A lock that has run out begins a new count: the next slip is the first again. */
        tries = locked_until ? 1 : tries + 1;
        return db_run(
            db, "UPDATE credential SET wrong_tries = ?, locked_until = ? WHERE account = ?",
            BIND(value_int(tries), value_int(tries >= LOCK_TRIES ? o->now + LOCK_MS : 0), value_int(o->account)), NULL,
            err);
    }
    if (db_run(db, "UPDATE credential SET wrong_tries = 0, locked_until = 0 WHERE account = ?",
               BIND(value_int(o->account)), NULL, err) < 0)
        return -1;
    if (db_run(db, "DELETE FROM session WHERE began_at < ?", BIND(value_int(o->now - SESSION_LIFE_MS)), NULL, err) < 0)
        return -1;
    return db_run(db, "INSERT INTO session (token, account, began_at, seen_at, peer, agent) VALUES (?, ?, ?, ?, ?, ?)",
                  BIND(value_bytes(o->token, sizeof o->token), value_int(o->account), value_int(o->now),
                       value_int(o->now), value_text(o->peer), value_text(o->agent)),
                  NULL, err);
}

struct credential {
    int64_t account, locked_until;
    char password[crypto_pwhash_STRBYTES];
};

static int credential_read(struct store *store, const char *name, struct credential *out, struct error *err)
{
    struct db *db;
    struct rows rows;
    *out = (struct credential){ 0 };
    if (store_reader(store, &db, err) < 0)
        return -1;
    int got = db_query(db, &rows,
                       "SELECT c.account, c.password, c.locked_until FROM credential c JOIN account a ON "
                       "a.id = c.account WHERE a.name = ? AND a.removed_at IS NULL AND a.active = 1",
                       BIND(value_text(name)), err);
    if (got == 0) {
        if (rows_next(&rows)) {
            out->account = rows_int(&rows, 0);
            snprintf(out->password, sizeof out->password, "%s", rows_text(&rows, 1));
            out->locked_until = rows_int(&rows, 2);
        }
        got = rows_done(&rows, err);
    }
    store_reader_back(store, db);
    return got;
}

int session_begin(struct store *store, const char *name, const char *password, const char *peer, const char *agent,
                  int64_t now_ms, char token[TOKEN_TEXT], int64_t *account, struct error *err)
{
    /* A real hash of nothing, so that an unknown name costs the same time as a wrong password. */
    static const char nobody[] = "$argon2id$v=19$m=32768,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    struct credential c;
    if (strlen(password) > LIMIT_PASSWORD)
        return refused(err);
    if (peer_over(peer, now_ms, false))
        return locked(err, now_ms + LOCK_MS, now_ms);
    if (credential_read(store, name, &c, err) < 0)
        return -1;
    if (c.account && c.locked_until > now_ms)
        return locked(err, c.locked_until, now_ms);
    bool right =
        crypto_pwhash_str_verify(c.account ? c.password : nobody, password, strlen(password)) == 0 && c.account;
    struct try_order o = { .account = c.account, .now = now_ms, .right = right, .peer = peer };
    o.agent = agent && utf8_valid(agent, strlen(agent)) && strlen(agent) <= 300 ? agent : NULL;
    if (!c.account && unknown_over(name, now_ms))
        return locked(err, now_ms + LOCK_MS, now_ms);
    if (right) {
        token_make(token);
        token_digest(token, o.token);
    } else {
        peer_over(peer, now_ms, true);
    }
    if (c.account && store_write(store, try_write, &o, err) < 0)
        return -1;
    if (!right)
        return refused(err);
    *account = c.account;
    return 0;
}

int session_begin_demo(struct store *store, const char *name, const char *peer, int64_t now_ms, char token[TOKEN_TEXT],
                       int64_t *account, struct error *err)
{
    struct credential c;
    if (credential_read(store, name, &c, err) < 0)
        return -1;
    if (!c.account)
        return refused(err);
    struct try_order o = { .account = c.account, .now = now_ms, .right = true, .demo = true, .peer = peer };
    token_make(token);
    token_digest(token, o.token);
    if (store_write(store, try_write, &o, err) < 0)
        return -1;
    *account = c.account;
    return 0;
}

struct touch_order {
    unsigned char token[32];
    int64_t now;
};

static int touch_write(struct db *db, void *args, struct error *err)
{
    const struct touch_order *o = args;
    return db_run(db, "UPDATE session SET seen_at = ? WHERE token = ?",
                  BIND(value_int(o->now), value_bytes(o->token, sizeof o->token)), NULL, err);
}

static int nobody_signed_in(struct error *err)
{
    return fail(err, FAULT_UNAUTHENTICATED, "session.none", "请先登录", "Please sign in");
}

int session_account(struct store *store, struct db *db, const char *token, int64_t now_ms, bool touch, int64_t *account,
                    struct error *err)
{
    struct touch_order o = { .now = now_ms };
    struct rows rows;
    int64_t began = 0, seen = 0, who = 0;
    token_digest(token, o.token);
    if (db_query(db, &rows, "SELECT account, began_at, seen_at FROM session WHERE token = ?",
                 BIND(value_bytes(o.token, sizeof o.token)), err) < 0)
        return -1;
    if (rows_next(&rows)) {
        who = rows_int(&rows, 0);
        began = rows_int(&rows, 1);
        seen = rows_int(&rows, 2);
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    if (!who || began + SESSION_LIFE_MS < now_ms || seen + SESSION_IDLE_MS < now_ms)
        return nobody_signed_in(err);
    /* Written at most once a minute: a reader's clicks must not become a write each. */
    struct error ignored = { 0 };
    if (touch && seen + TOUCH_MS < now_ms && store_write(store, touch_write, &o, &ignored) < 0)
        log_event(LOG_WARN, "session.touch", "why", ignored.en, NULL); /* a full disk must not stop reading */
    *account = who;
    return 0;
}

struct token_order {
    unsigned char token[32];
};

static int end_write(struct db *db, void *args, struct error *err)
{
    const struct token_order *o = args;
    return db_run(db, "DELETE FROM session WHERE token = ?", BIND(value_bytes(o->token, sizeof o->token)), NULL, err);
}

int session_end(struct store *store, const char *token, struct error *err)
{
    struct token_order o;
    token_digest(token, o.token);
    return store_write(store, end_write, &o, err);
}

/* ---- API keys ---- */

struct key_order {
    unsigned char token[32];
    int64_t account, now, ends;
    const char *name;
};

static int key_write(struct db *db, void *args, struct error *err)
{
    const struct key_order *o = args;
    return db_run(db, "INSERT INTO api_key (token, account, name, made_at, ends_at) VALUES (?, ?, ?, ?, ?)",
                  BIND(value_bytes(o->token, sizeof o->token), value_int(o->account), value_text(o->name),
                       value_int(o->now), value_int(o->ends)),
                  NULL, err);
}

int api_key_make(struct store *store, int64_t account, const char *name, int64_t now_ms, int64_t days,
                 char token[TOKEN_TEXT], struct error *err)
{
    struct key_order o = { .account = account, .now = now_ms, .ends = now_ms + days * 24 * 3600 * 1000, .name = name };
    token_make(token);
    token_digest(token, o.token);
    return store_write(store, key_write, &o, err);
}

int api_key_account(struct db *db, const char *token, int64_t now_ms, int64_t *account, struct error *err)
{
    unsigned char digest[32];
    bool found;
    token_digest(token, digest);
    if (db_get_int(db, "SELECT account FROM api_key WHERE token = ? AND ends_at > ?",
                   BIND(value_bytes(digest, sizeof digest), value_int(now_ms)), account, &found, err) < 0)
        return -1;
    return found ? 0 : nobody_signed_in(err);
}

/* ---- audit ---- */

struct audit_order {
    int64_t now, account, record;
    const char *act, *kind, *detail, *peer;
};

static int audit_row(struct db *db, void *args, struct error *err)
{
    const struct audit_order *o = args;
    return db_run(db, "INSERT INTO audit (at, account, act, kind, record, detail, peer) VALUES (?, ?, ?, ?, ?, ?, ?)",
                  BIND(value_int(o->now), value_int(o->account), value_text(o->act), value_text(o->kind),
                       value_int(o->record), value_text(o->detail), value_text(o->peer)),
                  NULL, err);
}

int audit_write(struct store *store, int64_t now_ms, int64_t account, const char *act, const char *kind, int64_t record,
                const char *detail, const char *peer, struct error *err)
{
    struct audit_order o = { now_ms, account, record, act, kind, detail, peer };
    return store_write(store, audit_row, &o, err);
}
