/*
** Several papers, or the cards of several hazards, as one PDF: a job (jobs/jobs.h). Each begins on a page of its own and
** counts its own pages; at most PAPER_BATCH. What the owner cannot read (any more) when the job runs is left out and
** counted. The originals of issued papers stay what they are: this is a copy for the hand.
*/
#pragma once
#include "access/audit.h"
#include "jobs/jobs.h"

struct print_wish {
    const struct kind *kind; /* paper, or any kind: its cards */
    const json_t *ids;       /* an array of ids, in the order they will be printed */
    struct origin by;
};

int print_ask(struct house *house, const struct actor *actor, const struct print_wish *wish, int64_t *job,
              struct error *err);

extern const struct job_type print_job;
