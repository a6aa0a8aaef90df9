/* Inside exchange only: the row of an import and what its parts share (import.c, import_check.c,
** import_mapping.c, import_run.c, import_show.c). */
#pragma once
#include "exchange/import.h"

struct session {
    int64_t id, account, at, size, job, began_at, ended_at, log_size;
    struct import_sum sum;
    const struct kind *kind;
    const char *file, *encoding, *separator;
    json_t *settings, *report; /* owned; session_done */
};

void session_done(struct session *s);
/* owner_only: anybody else's is missing; else whoever may import everything of the kind sees it too. */
int session_read(struct db *db, const struct actor *actor, int64_t id, bool owner_only, struct arena *arena,
                 struct session *out, struct error *err);
int session_load(struct house *house, const struct actor *actor, int64_t id, bool owner_only, struct arena *arena,
                 struct session *out, struct error *err);
/* The ledger as the settings have it, over the head of the staged rows. */
int session_ledger(struct house *house, const struct session *s, struct db *db, struct arena *arena, struct ledger *out,
                   int64_t *used, struct error *err);
enum import_duplicates session_duplicates(const struct session *s);
const void *session_seal(struct arena *arena, const json_t *value, size_t *size);
extern const char session_mapping_seal[]; /* the context saved mappings are sealed under */
/* A sealed JSON object; NULL when it is none. The caller's. */
json_t *session_opened(struct arena *arena, const char *context, struct value sealed);
int session_save(struct db *db, void *session, struct error *err); /* a store_job: the settings as they are now */

/* Reads and checks: the body of the check job, and what is done at once for small files. job may be NULL. */
int session_check(struct house *house, struct db *reader, const struct actor *actor, int64_t id, int64_t now,
                  struct job *job, struct error *err);

/* The rows as the check and the import take them: chunk by chunk, level by level, always in the same order. */
struct chunk {
    struct intake_row rows[CHUNK_ROWS];
    size_t count;
    struct arena arena; /* of these rows */
};

struct session_walk {
    struct house *house;
    const struct session *s;
    struct intake *intake;
    int (*take)(void *args, struct chunk *chunk, struct error *err);
    void (*total)(void *args, int64_t row); /* NULL: rows of totals are not told */
    void *args;
};
int session_walk(const struct session_walk *walk, struct error *err);

void sum_add(struct import_sum *sum, const struct intake_row *row);
/* The foreign word a problem is about; NULL when its column's words stand for nothing. */
const char *session_word(const struct session *s, const struct problem *problem, const char *const *cells,
                         size_t count);

/* From one of the states (comma list with commas at both ends) to another; FAULT_CONFLICT "import.state" else. */
struct session_step {
    int64_t id;
    const char *from, *to;
    int64_t job; /* under way; 0: none */
    int64_t began_at, ended_at;
};
int session_step(struct house *house, const struct session_step *step, struct error *err);
/* A job that ended before it began leaves the import where it would have: the state `to`. */
void session_drop(struct house *house, const json_t *args, const char *from, const char *to);
