/*
** The store: one database behind one header. SQLite (WAL) or PostgreSQL, chosen by the address.
**
**   sqlite:/path/anlan.db      one writer thread; write jobs wait in a queue, each runs in its own savepoint, one
**                              commit (synchronous=FULL) for all that wait, callers are answered after the commit;
**                              a job that is alone, or large, is a transaction of its own
**   postgresql://…             each write job is one transaction on a pooled connection (synchronous_commit=on),
**                              run again at most 3 times on 40001 and 40P01
**
** SQL is portable and written with `?` placeholders; values are bound, never printed. What must differ goes through
** dialect.h. The store knows columns and struct value, nothing of fields or kinds.
**
** Threads: struct store is shared. A struct db belongs to one thread at a time. Rows are valid until rows_done.
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/value.h"

#include <stdbool.h>
#include <stdint.h>

enum store_engine { STORE_SQLITE, STORE_POSTGRES };

struct store;
struct db; /* one connection */

struct store_options {
    const char *url;
    int readers;        /* connections kept for reading, at least 1 */
    int writers;        /* PostgreSQL: connections for write jobs; SQLite has one writer */
    int64_t max_pages;  /* SQLite max_page_count; 0 = no ceiling. For the full-disk test */
    int flush_delay_ms; /* bench: added to every commit, to stand for a slow disk; 0 in production */
    bool read_only;     /* beside a running program: readers alone, store_write is refused */
    int max_waiting;    /* write jobs that may wait for their turn; 0 = LIMIT_WRITERS */
};

int store_open(const struct store_options *options, struct store **out, struct error *err);
void store_close(struct store *store); /* waits for the write jobs already taken; NULL is fine */
enum store_engine store_engine(const struct store *store);

/* What has happened since the start, and what stands now: for /metrics. */
enum { STORE_GROUPS = 9 };
extern const int store_group_bounds[STORE_GROUPS - 1]; /* 1, 2, 5 … 200; the last group is beyond all */
struct store_stats {
    uint64_t jobs, failed;          /* write jobs answered, and those of them that answered with an error */
    uint64_t commits, commit_us;    /* commits made, and how long they took together */
    uint64_t alone;                 /* groups that were lost and run again one by one */
    uint64_t grouped[STORE_GROUPS]; /* commits by how many jobs one was for */
    int waiting;                    /* write jobs not begun */
    int readers, readers_idle;
};
void store_stats(struct store *store, struct store_stats *out);
int db_size(struct db *db, int64_t *bytes, struct error *err); /* of the whole database, without its log */

/* ---- reading ----
** Takes a reader connection (waits at most 5 s, then FAULT_UNAVAILABLE) and gives it back. Between snapshot_begin and
** snapshot_end all queries see one state of the database (decision 26). */
int store_reader(struct store *store, struct db **out, struct error *err);
void store_reader_back(struct store *store, struct db *db);
int db_snapshot_begin(struct db *db, struct error *err);
void db_snapshot_end(struct db *db);

/* ---- writing ----
** Runs fn inside a transaction and returns after the commit is on disk. fn returns 0 to commit, -1 (with *err filled)
** to roll back; it may run more than once (retry, or alone after a failed group commit), so it must have no effect
** outside db until store_write has returned 0. store_write returns what fn returned; FAULT_FULL when the disk is full,
** FAULT_UNAVAILABLE when the database is gone or LIMIT_WRITERS jobs already wait. A job that takes over 20 ms is logged,
** a large one only beyond a second: that it is long is known, and a load of thousands would drown what else is said.
** On SQLite fn runs on the writer thread, elsewhere on the caller's. A write job must not call store_write. */
typedef int (*store_job)(struct db *db, void *args, struct error *err);
int store_write(struct store *store, store_job fn, void *args, struct error *err);

/* The same for a job of hundreds of rows and more: it shares its transaction with no other, and takes turns with those. */
int store_write_large(struct store *store, store_job fn, void *args, struct error *err);
/* Whether others than large jobs wait for their turn: a large one that may end sooner then does. */
bool store_people_wait(struct store *store);

/* Part of a job that may fail without losing the rest: a savepoint on both engines. Returns fn's result. */
int db_try(struct db *db, store_job fn, void *args, struct error *err);

/* How many parts of jobs on this connection were rolled back: what was read in one, and locked, may hold no longer. */
unsigned db_undone(const struct db *db);

/* How many statements that may have written there were on this connection: when it is what it was, nothing has been written
** in between. */
unsigned db_writes(const struct db *db);

/* Work of a job that may wait until just before the commit, in the order asked for: what is cheaper done for all waiting
** jobs at once (on SQLite a full-text index writes its new terms out at every savepoint). The bytes of args are copied;
** what they point at must live as long as the process or be part of them. Forgotten when the job, or the part of it, is
** rolled back; when it fails, its transaction fails. On PostgreSQL it runs at once. */
int db_before_commit(struct db *db, store_job fn, const void *args, size_t size, struct error *err);

/* ---- statements ----
** Prepared once per connection and text (a cache of 256, least recently used first out). The values of a query may go
** as soon as db_query returns. PostgreSQL holds a result in memory whole: page long walks by key. A text with a NUL or
** broken UTF-8 is refused (FAULT_INVALID, "store.text"). A number with a fraction is read as text. */
struct rows {
    struct db *db;
    void *impl;
    int columns;
    bool failed;
};

int db_query(struct db *db, struct rows *rows, const char *sql, const struct value *binds, size_t count,
             struct error *err);
/* True while there is a row. False at the end or on failure: ask rows_done, which returns -1 and fills err. */
bool rows_next(struct rows *rows);
struct value rows_value(const struct rows *rows, int column); /* valid until the next rows_next or rows_done */
int64_t rows_int(const struct rows *rows, int column);        /* NULL reads as 0 */
const char *rows_text(const struct rows *rows, int column);   /* NULL stays NULL */
int rows_done(struct rows *rows, struct error *err);          /* always call; safe to call twice */

/* Runs a statement to the end. *changed (may be NULL) is the number of rows written. */
int db_run(struct db *db, const char *sql, const struct value *binds, size_t count, int64_t *changed,
           struct error *err);
/* INSERT of one row into a table whose id the database may choose, without RETURNING: *id is the row's. */
int db_insert(struct db *db, const char *sql, const struct value *binds, size_t count, int64_t *id, struct error *err);
/* INSERT of a row whose making nothing further hangs on. On PostgreSQL it goes out without waiting for its answer, at most
** 64 at a time: what it fails with is told by the next statement that waits, at the latest by the end of the job or of the
** part (db_try) that has put it. In write jobs alone. */
int db_put(struct db *db, const char *sql, const struct value *binds, size_t count, struct error *err);
/* The job will insert so many rows into a table: where the server numbers them, the numbers are fetched at once, so that
** the rows can be put. For one table at a time; a number not used is lost, as with a job rolled back. */
int db_expect(struct db *db, const char *table, size_t rows, struct error *err);
int64_t db_expected(struct db *db,
                    const char *table); /* the next of them; 0: none is left, or the row numbers itself */
/* First column of the first row; *found false when there is none. */
int db_get_int(struct db *db, const char *sql, const struct value *binds, size_t count, int64_t *out, bool *found,
               struct error *err);
/* Several statements separated by ';' and a line end, no binds: schema and migrations. */
int db_script(struct db *db, const char *sql, struct error *err);
enum store_engine db_engine(const struct db *db);
bool db_writing(const struct db *db); /* inside a write job: rows may be locked */

#define BIND(...) \
    ((const struct value[]){ __VA_ARGS__ }), (sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value))
#define NO_BINDS NULL, 0

/* True when the failure was a violated unique index: fault FAULT_CONFLICT, code "store.unique". */
bool store_is_unique(const struct error *err);

/* EXPLAIN (QUERY PLAN) as text, one step per line: for tests and the bench. */
char *db_explain(struct db *db, struct arena *arena, const char *sql, const struct value *binds, size_t count,
                 struct error *err);
