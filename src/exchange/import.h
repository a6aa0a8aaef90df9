/*
** An import as a durable act: a ledger is staged, checked, corrected in place, run, and can be taken back as one.
**
**   checking -> checked -> importing -> imported | failed | cancelled -> undoing -> undone
**      |           |  ^        a failed or cancelled run may be run on
**      failed      v  corrected (checked anew)
**               discarded
**
** The check asks every rule for every row on a reader connection (domain/change.h, change_check): people's writes go on.
** The run works in transactions of at most CHUNK_ROWS rows, fewer while people write too; each commits its rows and how far the import is together,
** so after a crash it goes on exactly there. Always rows = imported + duplicates + rejected (decision 9). Rows are there
** for everyone as soon as their transaction is; the receipt, and taking back, are of the whole.
**
** Whoever uploaded it sees cells and problems; who may import everything of the kind also sees receipts and may take
** the import back. Staged cells are sealed on disk and cleared away IMPORT_KEPT_MS after the last act.
*/
#pragma once
#include "exchange/intake.h"
#include "jobs/jobs.h"

enum {
    CHUNK_ROWS = 2000, /* rows checked together, and at most imported in one transaction */
    IMPORT_KEPT_MS = 7 * 24 * 3600 * 1000,
    IMPORT_AT_ONCE = 128 * 1024 /* bytes: smaller files are checked at once */
};

struct import_upload {
    const struct kind *kind;
    const char *file_name;
    int fd; /* the caller's */
    int64_t size;
};

/* Stages the file. A file nobody can read is refused and leaves nothing. at_once: the check is done on return (reader is
** used for it), else it is a job. */
int import_begin(struct house *house, struct db *reader, const struct actor *actor, const struct import_upload *upload,
                 int64_t now, bool at_once, int64_t *id, struct error *err);
/* Takes a PATCH (docs/http.md, "Import") and checks anew. */
int import_correct(struct house *house, struct db *reader, const struct actor *actor, int64_t id, const json_t *patch,
                   int64_t now, struct error *err);
int import_start(struct house *house, const struct actor *actor, int64_t id, int64_t now, struct error *err);
int import_undo(struct house *house, const struct actor *actor, int64_t id, struct error *err);
int import_discard(struct house *house, const struct actor *actor, int64_t id, struct error *err);

struct import_sum {
    int64_t rows, imported, updated, duplicates, rejected, pending, undone, left;
    char state[16];
    int64_t job; /* under way, or the last; 0: none */
};
int import_sum(struct house *house, int64_t id, struct import_sum *out, struct error *err);
/* Does the import's job that waits in this thread, where no worker does it: commands and tests. What the job failed with
** is the error. */
int import_wait(struct house *house, int64_t id, struct error *err);

/* ---- what readers see ---- */
int import_put(struct house *house, struct db *db, const struct actor *actor, int64_t id, bool english, struct json *j,
               struct error *err);
/* Receipts, newest first, into an open array; kind may be NULL. */
int imports_put(struct house *house, struct db *db, const struct actor *actor, const struct kind *kind, bool english,
                struct json *j, struct error *err);
struct import_rows {
    int verdict; /* -1: all */
    int problem; /* index of a group of problems; -1: any */
    int64_t after;
    int limit;
};
int import_rows_put(struct house *house, struct db *db, const struct actor *actor, int64_t id,
                    const struct import_rows *which, bool english, struct json *j, struct error *err);
/* The rejected rows as they were plus a column 原因, as csv in an unlinked file. */
int import_rejected(struct house *house, struct db *db, const struct actor *actor, int64_t id, bool english, int *fd,
                    int64_t *size, struct error *err);

/* ---- saved mappings ---- */
/* Into an open array: those of the kind the reader may use, or the one of that number. */
int mappings_put(struct db *db, const struct actor *actor, const struct kind *kind, int64_t one, struct json *j,
                 struct error *err);
int mapping_save(struct house *house, struct db *db, const struct actor *actor, int64_t import, const char *name,
                 bool shared, int64_t now, int64_t *id, struct error *err);
int mapping_remove(struct house *house, const struct actor *actor, int64_t id, struct error *err);

/* ---- background ---- */
extern const struct job_type import_check_job, import_run_job, import_undo_job;
void import_tidy(struct house *house, int64_t now); /* clears staged files whose time is up */

extern const struct table import_tables[];
extern const size_t import_table_count;
