/*
** An act over more records than a request waits for (domain/bulk.h), as a job: the preview leaves what it would have
** answered (JSON), the act a sheet of every row with its result (csv). Both can be stopped; what is done stays done, and
** the sheet says up to where.
*/
#pragma once
#include "domain/bulk.h"
#include "jobs/jobs.h"

struct bulk_wish {
    const json_t *body; /* as it was asked for */
    const struct bulk *bulk;
    bool preview, english;
    struct via via;
};

int bulk_ask(struct house *house, const struct actor *actor, const struct bulk_wish *wish, int64_t *job,
             struct error *err);

extern const struct job_type bulk_job, bulk_preview_job;
