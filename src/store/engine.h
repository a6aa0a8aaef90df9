/*
** Inside the store only: what store.c asks of sqlite.c and postgres.c, and the parts the two share — the pool of
** connections, the cache of prepared statements, the bookkeeping of open results. Nobody outside this folder and its
** tests includes this header.
*/
#pragma once
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    STATEMENT_CACHE = 256,
    TAKE_WAIT_MS = 5000,
    SLOW_JOB_MS = 20,
    SLOW_LARGE_JOB_MS = 1000,
    WRITER_CACHE_KIB = 64 << 10 /* SQLite */
};

/* ---- prepared statements of one connection, least recently used first out ---- */

struct cached {
    struct cached *chain;         /* same bucket */
    struct cached *older, *newer; /* order of use */
    uint64_t hash;
    char *sql;
    bool busy; /* an open result uses it: never thrown out */
};

struct cache {
    struct cached *buckets[STATEMENT_CACHE];
    struct cached *newest, *oldest;
    int count;
};

uint64_t cache_hash(const char *sql);
struct cached *cache_find(struct cache *cache, const char *sql, uint64_t hash); /* NULL when there is none */
struct cached *cache_find_next(const struct cached *entry);                     /* another one of the same text */
void cache_used(struct cache *cache, struct cached *entry);                     /* it is the newest now */
void cache_add(struct cache *cache, struct cached *entry, const char *sql, uint64_t hash);
struct cached *cache_victim(const struct cache *cache);       /* the oldest that is not busy */
void cache_remove(struct cache *cache, struct cached *entry); /* frees the text, not the entry */

/* ---- connections ---- */

/* The part of an open result both engines have; the engine's own struct begins with it. */
struct cursor {
    struct cursor *next, **link; /* all open results of the connection */
    struct arena row;            /* lives until the next row */
    struct error *error;         /* set when reading failed half way; owned */
};

/* Work put off until the commit, oldest first. */
struct late {
    struct late *next;
    store_job fn;
    void *args;
};

/* Ids fetched beforehand for the rows a job will insert. */
struct expected {
    char table[64];
    int64_t *ids;
    size_t count, used;
};

struct db {
    struct store *store;
    struct expected expected;
    unsigned undone;               /* parts rolled back */
    unsigned writes;               /* statements run that write */
    struct late *late, **late_end; /* end: where the next one goes; NULL while there was none */
    struct arena late_memory;
    struct cursor *cursors;
    struct cache cache;
    bool writing;  /* runs write jobs; the others only read */
    bool snapshot; /* between db_snapshot_begin and db_snapshot_end */
};

/* Hands out connections in the order in which they were asked for. */
struct pool {
    pthread_mutex_t lock;
    struct db **all, **idle;
    int count, idle_count;
    int waiting, max_waiting, wait_ms;
    struct pool_waiter *first, **last;
};

void pool_init(struct pool *pool, int size, int max_waiting);
void pool_add(struct pool *pool, struct db *db);
int pool_take(struct pool *pool, struct db **out, struct error *err);
void pool_back(struct pool *pool, struct db *db);
int pool_waiting(struct pool *pool);
void pool_done(struct pool *pool); /* the connections themselves are closed by whoever opened them */

struct engine {
    enum store_engine id;
    int (*open)(struct store *store, const struct store_options *options, struct error *err);
    void (*close)(struct store *store); /* also after an open that failed half way */
    int (*write)(struct store *store, store_job fn, void *args, bool large, struct error *err);
    int (*waiting)(struct store *store, bool large_too);             /* write jobs not begun */
    int (*ready)(struct db *db, struct error *err);                  /* a reader is about to be lent */
    int (*plain)(struct db *db, const char *sql, struct error *err); /* SAVEPOINT and its like: nothing bound or read */
    int (*snapshot_begin)(struct db *db, struct error *err);
    void (*snapshot_end)(struct db *db);
    int (*query)(struct db *db, struct rows *rows, const char *sql, const struct value *binds, size_t count,
                 struct error *err);
    bool (*next)(struct cursor *cursor);
    struct value (*value)(const struct cursor *cursor, int column);
    void (*finish)(struct cursor *cursor); /* frees it */
    int (*run)(struct db *db, const char *sql, const struct value *binds, size_t count, int64_t *changed,
               struct error *err);
    int (*insert)(struct db *db, const char *sql, const struct value *binds, size_t count, int64_t *id,
                  struct error *err);
    int (*put)(struct db *db, const char *sql, const struct value *binds, size_t count, struct error *err);
    int (*settle)(struct db *db, struct error *err); /* waits for what was put */
    int (*script)(struct db *db, const char *sql, struct error *err);
};

int store_waiting(struct store *store); /* write jobs that wait just now */

extern const struct engine sqlite_engine, postgres_engine;

struct store {
    const struct engine *engine;
    struct pool readers;
    int max_waiting, flush_delay_ms;
    void *impl; /* the engine's own */
    struct {
        _Atomic uint64_t jobs, failed, commits, commit_us, alone, grouped[STORE_GROUPS];
    } counts;
};

void count_commit(struct store *store, int jobs, int64_t began_us);

void cursor_open(struct cursor *cursor, struct db *db);
void cursor_close(struct cursor *cursor); /* unlinks and empties it; the engine frees it */
int cursor_failed(struct cursor *cursor, const struct error *err);

/* Where the put-off work ends now; cut there again it forgets what came later. */
struct late **late_mark(struct db *db);
void late_cut(struct db *db, struct late **mark);
void late_forget(struct db *db);
int late_run(struct db *db, struct error *err); /* all of it, then there is none */

/* Runs one job: marks the thread, closes results the job left open, logs a job that was slow. */
int store_run_job(struct db *db, store_job fn, void *args, bool large, struct error *err);

void store_flush_delay(const struct store *store);
int store_unavailable(struct error *err, const char *reason); /* FAULT_UNAVAILABLE with a Retry-After */
int store_full(struct error *err, const char *reason);
int store_unique(struct error *err, const char *which);
int store_refused(struct error *err, const char *reason); /* FAULT_INTERNAL: a statement the database does not accept */
