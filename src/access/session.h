/*
** Signing in and sessions.
**
** A session token is 256 random bits in a cookie; the store keeps only its SHA-256, and what is shown of a session is
** its id, which opens nothing. A session ends SESSION_LIFE_MS after it began, or after the house's idle time (60 minutes
** unless it says otherwise) without a request; streams and autosave do not count (decision 23). A new one is made at
** every sign-in, so a token planted before is worth nothing.
**
** Beside the lock per account (password.h) an address may try so many times while a lock lasts, whatever the names (kept in
** memory). A name nobody has costs the same hash, the same write and the same lock as one that somebody has.
*/
#pragma once
#include "access/second.h"
#include "base/seal.h"

enum {
    SESSION_LIFE_MS = 12 * 3600 * 1000,
    SESSION_IDLE_MS = 60 * 60 * 1000,
};

/* What a house may settle for itself; zero is the usual. */
enum second_needed { SECOND_USUAL, SECOND_NOBODY, SECOND_ADMINISTRATORS, SECOND_EVERYBODY };
struct sign_in_rules {
    int64_t idle_ms;           /* without a request; 0: SESSION_IDLE_MS */
    int64_t password_days;     /* after which a password must be changed; 0: never */
    enum second_needed second; /* SECOND_USUAL: administrators, but in a demonstration nobody */
};

struct sign_in {
    const char *name, *password;
    const char *code; /* one-time or recovery code; NULL when none was given */
    const char *peer, *agent;
    int64_t now;
    int64_t ahead_ms; /* as in struct origin */
};

/* On success makes a session and fills token and account. The sentence of the refusal is the same whether the name or
** the password is wrong; FAULT_UNAUTHENTICATED session.code comes only after the right password. */
int session_begin(struct store *store, const struct sign_in *in, char token[TOKEN_TEXT], int64_t *account,
                  struct error *err);
/* Without a password: the demo's one-click sign-in. The caller has checked that it is allowed. */
int session_begin_demo(struct store *store, const struct sign_in *in, char token[TOKEN_TEXT], int64_t *account,
                       struct error *err);

struct session {
    int64_t id, account, began_at;
    bool must_change; /* the password, before anything else */
    int64_t password_at;
    bool second; /* a second factor is in force */
};
struct session_use {
    int64_t now;
    int64_t idle_ms; /* 0: SESSION_IDLE_MS */
    bool touch;      /* this request counts as activity */
};
/* The session behind a token. FAULT_UNAUTHENTICATED when there is none. */
int session_find(struct store *store, struct db *db, const char *token, const struct session_use *use,
                 struct session *out, struct error *err);
int nobody_signed_in(struct error *err); /* 401 session.none; returns -1 */

struct session_row {
    int64_t id, began_at, seen_at;
    const char *peer, *agent;
};
int session_count(struct db *db, int64_t now, int64_t idle_ms, int64_t *out, struct error *err); /* in force, of all */
int session_list(struct db *db, int64_t account, int64_t now, int64_t idle_ms, struct arena *arena,
                 struct session_row **out, size_t *count, struct error *err);
/* One of an account, or with session 0 all of them. FAULT_MISSING when it is not the account's. */
int session_end(struct store *store, const struct origin *by, int64_t account, int64_t session, struct error *err);

/* The clock of a demonstration jumped by ms: whoever is signed in stays so. */
int sessions_follow(struct store *store, int64_t ms, struct error *err);

extern const struct table session_tables[];
extern const size_t session_table_count;
