/* Inside jobs only: the row of a job, what is known of a running one, and what jobs.c and ask.c share. */
#pragma once
#include "jobs/jobs.h"

#include <pthread.h>
#include <stdatomic.h>

enum { JOB_SLOTS = 16, JOB_PATH = 4096 };

/* What is known of a running job beside its row. */
struct job_slot {
    struct jobs *jobs;
    int64_t id, account; /* id 0: free */
    atomic_bool cancel;  /* its owner asked */
    int64_t done, total, told_us;
    int64_t first_done, first_us; /* the first report: how fast it goes is counted from there. 0: none yet */
};

struct jobs {
    struct jobs_options options;
    pthread_mutex_t turn; /* one at a time adds, takes, cancels or clears: no job is taken twice, nor past its cancel */
    pthread_mutex_t lock; /* all below; taken inside turn */
    pthread_cond_t more;
    uint64_t news; /* counts what may give a thread work: a new job, or one that ended */
    atomic_bool stopping;
    int64_t tidy_at_us;
    pthread_t threads[JOB_THREADS];
    int thread_count;
    struct job_slot slots[JOB_SLOTS];
};

struct job_row {
    int64_t id, account, key, done, total, created_at, began_at, ended_at, file_size;
    int64_t per_second; /* 0: unknown */
    const char *type, *kind, *state, *args, *result, *code, *zh, *en, *file_name, *file_type;
};

extern const char job_row_sql[]; /* SELECT … FROM job, without a condition */
struct job_row job_row_take(const struct rows *rows, struct arena *arena);
/* where: a condition with one ? for id; without id, with none. */
int job_row_read(struct db *db, const char *where, int64_t id, struct arena *arena, struct job_row *out, bool *found,
                 struct error *err);

struct store *jobs_store(const struct jobs *jobs);
const struct job_type *jobs_type(const struct jobs *jobs, const char *name);
void jobs_path(const struct jobs *jobs, int64_t id, char out[JOB_PATH]);
void jobs_tell(const struct jobs *jobs, int64_t id, int64_t account); /* its owner's open pages */
void jobs_tell_dropped(const struct jobs *jobs, const struct job_row *row);
