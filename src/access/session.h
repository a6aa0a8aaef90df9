/*
** Signing in: passwords (Argon2id), sessions, API keys, lock-out.
**
** A session token is 256 random bits in a cookie; the store keeps only its SHA-256. It ends after 12 hours, or after
** 60 minutes without a request (streams and autosave do not count; decision 23). Five wrong passwords lock the account
** for 15 minutes; beside that an address may try 30 times in 15 minutes, whatever the names (kept in memory).
** Password hashing runs outside the write transaction: it takes tens of milliseconds on purpose.
*/
#pragma once
#include "access/access.h"
#include "base/seal.h"

enum {
    SESSION_LIFE_MS = 12 * 3600 * 1000,
    SESSION_IDLE_MS = 60 * 60 * 1000,
    LOCK_TRIES = 5,
    LOCK_MS = 15 * 60 * 1000,
    PEER_TRIES = 30,
    PASSWORD_LEAST = 10, /* characters */
};

/* Would it do as the password of that sign-in name? FAULT_INVALID on "password" when not. */
int password_check(const char *name, const char *password, struct error *err);
/* Sets the password of an account (first start, demo, later the account page). Refuses one that is too short, too long
** or contains the sign-in name. */
int password_set(struct store *store, int64_t account, const char *name, const char *password, int64_t now_ms,
                 struct error *err);

/* Checks name and password; on success makes a session and fills token and account. The sentence of the refusal is the
** same whether the name or the password is wrong. */
int session_begin(struct store *store, const char *name, const char *password, const char *peer, const char *agent,
                  int64_t now_ms, char token[TOKEN_TEXT], int64_t *account, struct error *err);
/* Without a password: the demo's one-click sign-in. The caller has checked that it is allowed. */
int session_begin_demo(struct store *store, const char *name, const char *peer, int64_t now_ms, char token[TOKEN_TEXT],
                       int64_t *account, struct error *err);
/* The account behind a token. touch: this request counts as activity. FAULT_UNAUTHENTICATED when there is none. */
int session_account(struct store *store, struct db *db, const char *token, int64_t now_ms, bool touch, int64_t *account,
                    struct error *err);
int session_end(struct store *store, const char *token, struct error *err);

/* API keys: made once, shown once. */
int api_key_make(struct store *store, int64_t account, const char *name, int64_t now_ms, int64_t days,
                 char token[TOKEN_TEXT], struct error *err);
int api_key_account(struct db *db, const char *token, int64_t now_ms, int64_t *account, struct error *err);

/* Who looked at what personal value: append-only. */
int audit_write(struct store *store, int64_t now_ms, int64_t account, const char *act, const char *kind, int64_t record,
                const char *detail, const char *peer, struct error *err);
