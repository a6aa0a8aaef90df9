/* What takes longer than a request (jobs/jobs.h), as its owner sees it. */
#pragma once
#include "http/web.h"

/* FAULT_UNAVAILABLE where none are worked off. */
int jobs_needed(const struct visit *v, struct error *err);

int jobs_list(struct visit *v, struct error *err);
int job_read(struct visit *v, struct error *err);
int job_cancel(struct visit *v, struct error *err);
int job_download(struct visit *v, struct error *err);
