/*
** Work that takes longer than a request: checking and importing a ledger, taking an import back, an export.
**
** A job is a row of table `job`, made by jobs_add and run by one of a few worker threads (jobs_start, in `anlan serve`)
** or by whoever calls jobs_run (commands, tests). It acts for the person who asked for it: the actor is loaded anew when
** the job begins, narrowed by the API key it was asked for with, so a right withdrawn meanwhile stops it. Only that
** person sees the job, its result and its file. A person's jobs run one after the other, in the order asked for.
**
**   waiting -> running -> done | failed | cancelled
**
** After a crash a running job of a type that `resumes` is run again (it goes on from what it has committed itself);
** any other has failed and says so. The same goes for a house restored from a backup: files and staged bytes are not in
** it, so what needs them fails with their sentence. Results are kept JOB_KEPT_MS, files (DIR/jobs/ID, whole or not there)
** JOB_FILE_MS; the threads clear both. How far a running job is stands in memory alone. Arguments are sealed.
**
** Threads: every function from any thread. Nothing here reads the wall clock: options.now does.
*/
#pragma once
#include "domain/change.h"
#include "record/json.h"

#include <jansson.h>

enum {
    JOB_THREADS = 2,
    JOB_KEPT_MS = 7 * 24 * 3600 * 1000,
    JOB_FILE_MS = 24 * 3600 * 1000,
};

struct jobs;

/* What a running job is given. */
struct job {
    struct house *house;
    struct arena *arena; /* until the job has ended */
    const struct actor *actor;
    const struct kind *kind; /* NULL when it has none */
    const json_t *args;      /* an object, as jobs_add was given it */
    int64_t id;
    json_t *result; /* an object the job fills; it is kept in the clear */
    int file_fd;    /* a file it made, kept for its owner; -1: none. Closed afterwards */
    const char *file_name, *file_type;
    struct job_slot *slot;
};

struct job_type {
    const char *name;
    struct label label; /* "导入": the kind's own name is put behind it */
    bool resumes;
    int (*run)(struct job *job, struct error *err);
    /* May be NULL. Told when the job ends without run having had a say: cancelled while it waited, its account gone, or
    ** broken off by a crash and not taken up. It adds no jobs. */
    void (*dropped)(struct house *house, const json_t *args);
    /* What its owner is told when it is done or has failed (domain/notice.h), in the transaction that says so; NULL: nothing.
    ** A cause about an import takes the number in the job's result. One that was cancelled tells nothing. */
    const char *tells_done, *tells_failed;
};

void job_progress(struct job *job, int64_t done, int64_t total); /* total 0: unknown */
bool job_cancelled(const struct job *job);
bool job_leaving(
    const struct job *job); /* the process is going down; by job_stopped it is taken up at the next start */
/* What a run function that was asked to stop returns: FAULT_CONFLICT "job.cancelled". */
int job_stopped(struct error *err);
int64_t job_now(const struct job *job); /* wall clock, milliseconds */

struct jobs_options {
    struct house *house;
    const struct job_type *const *types; /* NULL at the end */
    int threads;                         /* 0: nobody but jobs_run works them off */
    int64_t (*now)(void);
    /* Clears what else has grown old, once an hour; may be NULL. */
    void (*tidy)(struct house *house, int64_t now);
};

/* Takes up what an earlier process left, sets house->jobs and starts the threads (at most JOB_THREADS). */
int jobs_start(const struct jobs_options *options, struct jobs **out, struct error *err);
void jobs_stop(struct jobs *jobs); /* running jobs are asked to stop and are taken up again at the next start */

/* FAULT_LIMITED when the person has LIMIT_JOBS_PERSON waiting or running, or all together LIMIT_JOBS. args is borrowed. */
int jobs_add(struct jobs *jobs, const struct actor *actor, const char *type, const struct kind *kind,
             const json_t *args, int64_t *id, struct error *err);
/* Without threads: runs one waiting job to its end, here; what the job failed with is its own affair (job_put). */
int jobs_run(struct jobs *jobs, int64_t id, struct error *err);
/* Runs all that wait. */
int jobs_run_all(struct jobs *jobs, struct error *err);

/* What the threads do once an hour: clears what has grown old, and settles rows that say running while nobody runs. */
void jobs_tidy(struct jobs *jobs);

/* One that waits is cancelled, one that runs is asked to stop; one that has ended, or is somebody else's, stays. */
int jobs_cancel(struct jobs *jobs, const struct actor *actor, int64_t id, struct error *err);

/* Writes one job of the reader; FAULT_MISSING when it is somebody else's. */
int job_put(struct jobs *jobs, struct db *db, const struct actor *actor, int64_t id, bool english, struct json *j,
            struct error *err);
/* Those of the last seven days, newest first, into an open array. */
int jobs_put(struct jobs *jobs, struct db *db, const struct actor *actor, bool english, struct json *j,
             struct error *err);
/* The bytes a job made; *fd is the caller's. FAULT_MISSING "job.no_file" when there are none (any more). */
int job_file(struct jobs *jobs, struct db *db, const struct actor *actor, int64_t id, struct arena *arena, int *fd,
             int64_t *size, const char **name, const char **type, struct error *err);

extern const struct table job_table;

/* How many of everybody's wait and run: for /metrics. */
int jobs_count(struct db *db, int64_t *waiting, int64_t *running, struct error *err);
