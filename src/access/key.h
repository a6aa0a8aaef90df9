/*
** API keys: made once, shown once, kept as SHA-256. A key acts as its owner within its own scope: at every request the
** owner's grants of that moment are cut down to the verbs and kinds the key names, so a key never outlives a right.
** Rights that belong to no record (manage, audit, operate) come with a key only when its verbs name them or it names
** neither verbs nor kinds.
*/
#pragma once
#include "access/audit.h"
#include "base/seal.h"

enum { KEY_DAYS_MOST = 3650, KEY_NAME_MOST = 60 };

struct key_terms {
    const char *name;
    int64_t days;       /* 1 to KEY_DAYS_MOST */
    const char *verbs;  /* "read,export"; NULL = all */
    const char *kinds;  /* "hazard,enterprise"; NULL = all */
    int64_t per_minute; /* requests; 0 = LIMIT_KEY_RATE */
};

struct key {
    int64_t id, account;
    uint64_t verbs; /* 0 = all */
    const char *kinds;
    int64_t per_minute;
};

/* Checks the terms (FAULT_INVALID names the field), makes the key and fills token. At most LIMIT_KEYS live ones. */
int key_make(struct store *store, const struct origin *by, int64_t account, const struct key_terms *terms,
             char token[TOKEN_TEXT], int64_t *id, struct error *err);
/* The key behind a token; its use is noted at most once a minute. FAULT_UNAUTHENTICATED when there is none. */
int key_find(struct store *store, struct db *db, const char *token, int64_t now, struct arena *arena, struct key *out,
             struct error *err);
/* The same key later on, by its number: for work its owner asked for with it. */
int key_load(struct db *db, int64_t id, int64_t now, struct arena *arena, struct key *out, struct error *err);
/* Cuts the owner's grants down to the key's. */
void key_narrow(const struct key *key, struct arena *arena, struct actor *actor);

struct key_row {
    int64_t id, made_at, ends_at, used_at, per_minute;
    const char *name, *verbs, *kinds;
};
/* Live and ended ones, newest first. */
int key_list(struct db *db, int64_t account, struct arena *arena, struct key_row **out, size_t *count,
             struct error *err);
int key_end(struct store *store, const struct origin *by, int64_t account, int64_t id, struct error *err);

extern const struct table key_tables[];
extern const size_t key_table_count;
