/*
** Passwords (Argon2id), the rules they follow, and the lock after wrong tries.
**
** Hashing takes tens of milliseconds on purpose and runs outside the write transaction. Rules: PASSWORD_LEAST characters
** or more, not containing the sign-in name, not among those everybody tries first (weak.c), none of the last
** PASSWORD_PAST of the same person. There is no rule of character classes and, unless the house sets one, no age:
** both make people write passwords down.
**
** LOCK_TRIES wrong tries (password or one-time code) lock the account for LOCK_MS, unless the house settles otherwise
** (lock_settle). Tries are counted inside the transaction, so that many at once count one by one.
*/
#pragma once
#include "access/audit.h"

enum {
    PASSWORD_LEAST = 10, /* characters */
    PASSWORD_PAST = 5,
    PASSWORD_HASH = 128, /* bytes of a hash in text, with its final NUL */
    PASSWORD_ONCE = 20,  /* a one-time password: four groups of four, signs between, and the final NUL */
    LOCK_TRIES = 5,
    LOCK_MS = 15 * 60 * 1000,
    PEER_TRIES = 30,
};

/* When wrong tries lock. What a house may settle for itself; a zero is the usual. */
struct lock_rules {
    int64_t tries;      /* of one account */
    int64_t ms;         /* how long */
    int64_t peer_tries; /* of one address within that time, whatever the names (session.h) */
};
/* Before the first sign-in, for the whole process; NULL is the usual. */
void lock_settle(const struct lock_rules *rules);
struct lock_rules lock_rules(void);

/* The rules but the last: those of one person's past need the store. */
int password_check(const char *field, const char *name, const char *password, struct error *err);
bool password_is_weak(const char *password);

int password_hash(const char *password, char out[PASSWORD_HASH], struct error *err);
/* Costs the same when hash is empty (nobody): time must not tell whether a name exists. */
bool password_matches(const char *hash, const char *password);

/* What the store knows of an account's password; account 0 when there is none. */
struct credential {
    int64_t account, changed_at, locked_until;
    bool must_change;
    bool second; /* a second factor is in force */
    char hash[PASSWORD_HASH];
};
int credential_named(struct store *store, const char *name, struct credential *out, struct error *err);
int credential_of(struct store *store, int64_t account, struct credential *out, struct error *err);

/* Inside a write job: writes the hash, keeps it among the last ones, forgets wrong tries. Ends no session. */
int credential_put(struct db *db, int64_t account, const char *hash, bool must_change, int64_t now, struct error *err);
/* Inside a write job: holds the row until the commit and says until when it is locked (0: it is not). */
int credential_hold(struct db *db, int64_t account, int64_t *tries, int64_t *locked_until, struct error *err);
/* Inside a write job, after credential_hold: counts a wrong try and records it, and the lock it may bring. */
int credential_wrong(struct db *db, const struct origin *by, int64_t account, const char *act, int64_t tries,
                     int64_t locked_until, struct error *err);
int credential_locked(struct error *err, int64_t until, int64_t now); /* 429; returns -1 */

/* First start, demo and commands: sets it whatever it was, ends every session of the account. */
int password_set(struct store *store, int64_t account, const char *name, const char *password, int64_t now,
                 struct error *err);
/* The person's own: ends their other sessions. A wrong old password counts as a wrong try. */
int password_change(struct store *store, const struct origin *by, const char *name, const char *old, const char *fresh,
                    struct error *err);
/* By an administrator: a random one that must be changed at the first sign-in. Ends every session of the account. */
int password_reset(struct store *store, const struct origin *by, int64_t account, char out[PASSWORD_ONCE],
                   struct error *err);
int account_unlock(struct store *store, const struct origin *by, int64_t account, struct error *err);

extern const struct table password_tables[];
extern const size_t password_table_count;
