#include "access/session.h"

#include "base/log.h"
#include "base/text.h"
#include "base/utf8.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { PEERS = 1024, TOUCH_MS = 60 * 1000, AGENT_MAX = 300 };

/* ---- tables ---- */

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct column session_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY }, /* what is shown: it opens nothing */
    { "token", COLUMN_BYTES, COLUMN_NOT_NULL },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "began_at", COLUMN_INT, COLUMN_NOT_NULL },
    { "seen_at", COLUMN_INT, COLUMN_NOT_NULL },
    { "peer", COLUMN_TEXT, 0 },
    { "agent", COLUMN_TEXT, 0 },
};
static const struct index_decl session_indexes[] = {
    { "session_by_token", NAMES("token"), true, NULL },
    { "session_of_account", NAMES("account", "seen_at"), false, NULL },
    { "session_by_age", NAMES("began_at"), false, NULL },
};
const struct table session_tables[] = {
    { .name = "session", LISTED(session_columns), .indexes = session_indexes, .index_count = COUNT(session_indexes) },
};
const size_t session_table_count = COUNT(session_tables);

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
    if (peers[slot].since + lock_rules().ms < now_ms) {
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
    return tries_of(peer, now_ms, wrong) >= lock_rules().peer_tries;
}

/* A name nobody has locks like one that somebody has, so that the lock does not tell them apart. */
static bool unknown_over(const char *name, int64_t now_ms)
{
    char what[64];
    unsigned char digest[32];
    sha256(name, strlen(name), digest);
    snprintf(what, sizeof what, "name %02x%02x%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3], digest[4],
             digest[5]);
    return tries_of(what, now_ms, true) > lock_rules().tries;
}

/* ---- beginning ---- */

static void token_digest(const char *token, unsigned char out[32])
{
    sha256(token, strlen(token), out);
}

static int refused(struct error *err)
{
    struct lock_rules rules = lock_rules();
    return fail(err, FAULT_UNAUTHENTICATED, "session.wrong", "登录名或密码不对，输错 %d 次锁定 %d 分钟",
                "Wrong name or password; %d wrong tries lock the account for %d minutes", (int)rules.tries,
                (int)(rules.ms / 60000));
}

/* 401, and the field beside it, so that the page asks for the code and nothing else. */
static int code_refused(bool given, struct error *err)
{
    if (given)
        fail_field(err, "code", "动态口令不对，请输入新的一组", "The code is wrong; enter the next one");
    else
        fail_field(err, "code", "请输入动态口令或恢复码", "Enter the code of your app, or a recovery code");
    return fail(err, FAULT_UNAUTHENTICATED, "session.code", given ? "动态口令不对" : "请输入动态口令",
                given ? "The one-time code is wrong" : "A one-time code is needed");
}

struct begin_order {
    struct origin by;
    int64_t account;
    bool right, demo; /* demo: a lock of the password is no lock of the one-click sign-in */
    bool second;      /* a code is needed */
    const char *code, *agent;
    unsigned char token[32];
    bool code_wrong; /* out */
};

static int keep_session(struct db *db, const struct begin_order *o, struct error *err)
{
    struct origin by = o->by;
    bool found;
    if (db_run(db, "DELETE FROM session WHERE began_at < ?", BIND(value_int(by.now - SESSION_LIFE_MS)), NULL, err) < 0)
        return -1;
    /* Whoever has forgotten to sign out everywhere loses the session that rested longest. */
    if (db_run(db,
               "DELETE FROM session WHERE account = ? AND id NOT IN "
               "(SELECT id FROM session WHERE account = ? ORDER BY seen_at DESC, id DESC LIMIT ?)",
               BIND(value_int(o->account), value_int(o->account), value_int(LIMIT_SESSIONS - 1)), NULL, err) < 0)
        return -1;
    if (db_get_int(db,
                   "INSERT INTO session (token, account, began_at, seen_at, peer, agent) VALUES (?, ?, ?, ?, ?, ?) "
                   "RETURNING id",
                   BIND(value_bytes(o->token, sizeof o->token), value_int(o->account), value_int(by.now),
                        value_int(by.now), value_text(by.peer), value_text(o->agent)),
                   &by.session, &found, err) < 0)
        return -1;
    return audit_add(db, &by, "session.begin", "account", o->account, o->demo ? "demo" : NULL, err);
}

/* Tries are counted inside the transaction: many at once, hashed side by side, count one by one, and a right one among
** them that comes after the lock does not open it. */
static int begin_job(struct db *db, void *args, struct error *err)
{
    struct begin_order *o = args;
    int64_t tries, locked_until;
    bool right = o->right;
    o->code_wrong = false;
    if (credential_hold(db, o->account, &tries, &locked_until, err) < 0)
        return -1;
    if (locked_until > o->by.now && !o->demo)
        return credential_locked(err, locked_until, o->by.now);
    if (right && o->second && !o->demo) {
        if (second_check(db, &o->by, o->account, o->code, &right, err) < 0)
            return -1;
        o->code_wrong = !right;
    }
    if (!right)
        return credential_wrong(db, &o->by, o->account, "session.failed", tries, locked_until, err);
    if (db_run(db, "UPDATE credential SET wrong_tries = 0, locked_until = 0 WHERE account = ?",
               BIND(value_int(o->account)), NULL, err) < 0)
        return -1;
    return keep_session(db, o, err);
}

/* Typed into the box of the name may be anything, a password too: kept as a hash only this house can make. */
static int record_unknown(struct store *store, const struct origin *by, const char *name, struct error *err)
{
    unsigned char hash[SEAL_HASH];
    char detail[32];
    seal_hash("audit.name", name, strlen(name), hash);
    snprintf(detail, sizeof detail, "name #%02x%02x%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3], hash[4],
             hash[5]);
    return audit_write(store, by, "session.failed", NULL, 0, detail, err);
}

int session_begin(struct store *store, const struct sign_in *in, char token[TOKEN_TEXT], int64_t *account,
                  struct error *err)
{
    struct credential c;
    if (strlen(in->password) > LIMIT_PASSWORD)
        return refused(err);
    if (peer_over(in->peer, in->now, false))
        return credential_locked(err, in->now + lock_rules().ms, in->now);
    if (credential_named(store, in->name, &c, err) < 0)
        return -1;
    if (c.account && c.locked_until > in->now)
        return credential_locked(err, c.locked_until, in->now);
    bool right = password_matches(c.hash, in->password);
    struct begin_order o = { .by = { .now = in->now, .ahead_ms = in->ahead_ms, .account = c.account, .peer = in->peer },
                             .account = c.account,
                             .right = right,
                             .second = c.second,
                             .code = in->code };
    o.agent =
        in->agent && strlen(in->agent) <= AGENT_MAX && utf8_valid(in->agent, strlen(in->agent)) ? in->agent : NULL;
    if (!c.account && unknown_over(in->name, in->now))
        return credential_locked(err, in->now + lock_rules().ms, in->now);
    if (right && c.second && !in->code)
        return code_refused(false, err);
    if (right) {
        token_make(token);
        token_digest(token, o.token);
    } else {
        peer_over(in->peer, in->now, true);
    }
    if ((c.account ? store_write(store, begin_job, &o, err) : record_unknown(store, &o.by, in->name, err)) < 0)
        return -1;
    if (!right)
        return refused(err);
    if (o.code_wrong) {
        peer_over(in->peer, in->now, true);
        return code_refused(true, err);
    }
    *account = c.account;
    return 0;
}

int session_begin_demo(struct store *store, const struct sign_in *in, char token[TOKEN_TEXT], int64_t *account,
                       struct error *err)
{
    struct credential c;
    if (credential_named(store, in->name, &c, err) < 0)
        return -1;
    if (!c.account)
        return refused(err);
    struct begin_order o = {
        .by = { .now = in->now, .account = c.account, .peer = in->peer },
        .agent = in->agent,
        .account = c.account,
        .right = true,
        .demo = true,
    };
    token_make(token);
    token_digest(token, o.token);
    if (store_write(store, begin_job, &o, err) < 0)
        return -1;
    *account = c.account;
    return 0;
}

/* ---- in use ---- */

struct touch_order {
    int64_t session, now;
};

static int touch_job(struct db *db, void *args, struct error *err)
{
    const struct touch_order *o = args;
    return db_run(db, "UPDATE session SET seen_at = ? WHERE id = ?", BIND(value_int(o->now), value_int(o->session)),
                  NULL, err);
}

static int follow_job(struct db *db, void *args, struct error *err)
{
    const int64_t *ms = args;
    return db_run(db, "UPDATE session SET began_at = began_at + ?, seen_at = seen_at + ?",
                  BIND(value_int(*ms), value_int(*ms)), NULL, err);
}

int sessions_follow(struct store *store, int64_t ms, struct error *err)
{
    return store_write(store, follow_job, &ms, err);
}

int nobody_signed_in(struct error *err)
{
    return fail(err, FAULT_UNAUTHENTICATED, "session.none", "请先登录", "Please sign in");
}

int session_find(struct store *store, struct db *db, const char *token, const struct session_use *use,
                 struct session *out, struct error *err)
{
    struct session s = { 0 };
    struct rows rows;
    unsigned char digest[32];
    int64_t idle = use->idle_ms ? use->idle_ms : SESSION_IDLE_MS, seen = 0;
    token_digest(token, digest);
    if (db_query(db, &rows,
                 "SELECT s.id, s.account, s.began_at, s.seen_at, c.must_change, c.changed_at, f.confirmed_at "
                 "FROM session s LEFT JOIN credential c ON c.account = s.account "
                 "LEFT JOIN second_factor f ON f.account = s.account WHERE s.token = ?",
                 BIND(value_bytes(digest, sizeof digest)), err) < 0)
        return -1;
    if (rows_next(&rows)) {
        s.id = rows_int(&rows, 0);
        s.account = rows_int(&rows, 1);
        s.began_at = rows_int(&rows, 2);
        seen = rows_int(&rows, 3);
        s.must_change = rows_int(&rows, 4) != 0;
        s.password_at = rows_int(&rows, 5);
        s.second = rows_int(&rows, 6) != 0;
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    if (!s.id || s.began_at + SESSION_LIFE_MS < use->now || seen + idle < use->now)
        return nobody_signed_in(err);
    /* Written at most once a minute: a reader's clicks must not become a write each. */
    struct touch_order o = { s.id, use->now };
    struct error ignored = { 0 };
    if (use->touch && seen + TOUCH_MS < use->now && store_write(store, touch_job, &o, &ignored) < 0)
        log_event(LOG_WARN, "session.touch", "why", ignored.en, NULL); /* a full disk must not stop reading */
    *out = s;
    return 0;
}

int session_count(struct db *db, int64_t now, int64_t idle_ms, int64_t *out, struct error *err)
{
    bool found;
    return db_get_int(db, "SELECT count(*) FROM session WHERE began_at >= ? AND seen_at >= ?",
                      BIND(value_int(now - SESSION_LIFE_MS), value_int(now - (idle_ms ? idle_ms : SESSION_IDLE_MS))),
                      out, &found, err);
}

int session_list(struct db *db, int64_t account, int64_t now, int64_t idle_ms, struct arena *arena,
                 struct session_row **out, size_t *count, struct error *err)
{
    struct session_row *list = ARENA_ARRAY(arena, struct session_row, LIMIT_SESSIONS);
    struct rows rows;
    size_t n = 0;
    int64_t idle = idle_ms ? idle_ms : SESSION_IDLE_MS;
    if (db_query(db, &rows,
                 "SELECT id, began_at, seen_at, peer, agent FROM session WHERE account = ? AND began_at >= ? AND "
                 "seen_at >= ? ORDER BY seen_at DESC, id DESC LIMIT ?",
                 BIND(value_int(account), value_int(now - SESSION_LIFE_MS), value_int(now - idle),
                      value_int(LIMIT_SESSIONS)),
                 err) < 0)
        return -1;
    while (n < LIMIT_SESSIONS && rows_next(&rows))
        list[n++] =
            (struct session_row){ rows_int(&rows, 0), rows_int(&rows, 1), rows_int(&rows, 2),
                                  arena_str(arena, rows_text(&rows, 3)), arena_str(arena, rows_text(&rows, 4)) };
    if (rows_done(&rows, err) < 0)
        return -1;
    *out = list;
    *count = n;
    return 0;
}

/* ---- ending ---- */

struct end_order {
    const struct origin *by;
    int64_t account, session; /* session 0: all of them */
    int64_t ended;
};

static int end_job(struct db *db, void *args, struct error *err)
{
    struct end_order *o = args;
    const char *act = !o->session                    ? "session.end-all"
                      : o->session == o->by->session ? "session.end"
                                                     : "session.end-other";
    int got = o->session
                  ? db_run(db, "DELETE FROM session WHERE account = ? AND id = ?",
                           BIND(value_int(o->account), value_int(o->session)), &o->ended, err)
                  : db_run(db, "DELETE FROM session WHERE account = ?", BIND(value_int(o->account)), &o->ended, err);
    if (got < 0)
        return -1;
    return o->ended || !o->session ? audit_add(db, o->by, act, "account", o->account, NULL, err) : 0;
}

int session_end(struct store *store, const struct origin *by, int64_t account, int64_t session, struct error *err)
{
    struct end_order o = { .by = by, .account = account, .session = session };
    if (store_write(store, end_job, &o, err) < 0)
        return -1;
    if (session && !o.ended)
        return fail(err, FAULT_MISSING, "session.missing", "这处登录已经结束", "This session has ended already");
    return 0;
}
