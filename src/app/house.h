/*
** Opening a data folder: keys, lock, store, schema, declarations checked. One process per data folder (decision 35).
**
** DIR/anlan.db      SQLite store, unless --db names another
** DIR/keys/master   key of personal values and cursors (0600); without it they cannot be read
** DIR/files/        uploaded files by content
** DIR/imports/      ledgers on their way in, sealed; cleared away a week after the last act
** DIR/jobs/         files made by jobs, by the job's number, for a day
** DIR/lock          held while a process uses the folder
** DIR/demo          marks a demonstration: one-click sign-in on this machine
** DIR/clock         of a demonstration: how far its clock runs ahead (app/day.h)
*/
#pragma once
#include "domain/change.h"
#include "jobs/jobs.h"

struct house_options {
    const char *folder;
    const char *db_url; /* NULL: sqlite in the folder */
    int readers;
    /* How: as the one process that serves the folder; beside it, for reading alone (backup, check): no lock, nothing
    ** made or changed; or empty, to be filled by a restore: not even the program's own account. */
    enum { HOUSE_OWN, HOUSE_BESIDE, HOUSE_EMPTY } how;
};

int house_open(const struct house_options *options, struct house *house, struct error *err);
int house_make_folder(const char *folder, struct error *err);
void house_close(struct house *house); /* stops its jobs first */

/* Takes up what an earlier process left, rows that still had to follow a moved object included, and works jobs off in so
** many threads; 0: whoever adds one runs it (jobs_run). */
int house_start_jobs(struct house *house, int threads, int64_t (*now)(void), struct error *err);
/* Every type of job, NULL at the end. */
extern const struct job_type *const house_job_types[];

/* Makes the account that stands for the program itself, if it is not there. */
int house_first_account(struct house *house, int64_t now_ms, struct error *err);

/* The whole schema: kinds and the fixed tables of the folders. Lives as long as the process. */
const struct schema *house_schema(void);
