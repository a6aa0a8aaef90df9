/*
** The rows of a moved object follow it as a job of whoever moved it: in chunks, with progress, taken up again after a
** crash. It is not cancelled: an object whose rows lie half there and half here helps nobody. Asked to stop while it
** waits, it is done at once.
*/
#pragma once
#include "jobs/jobs.h"

extern const struct job_type follow_job;

/* For house.follow. FAULT_LIMITED as jobs_add. */
int follow_later(struct house *house, const struct actor *actor, struct error *err);
/* Rows that an earlier process left behind without a job (killed between the move and asking for one) get one of the
** program's own. */
int follow_resume(struct house *house, struct error *err);
