/*
** An export as a job (jobs/jobs.h): checked when it is asked for, made in the background from one snapshot, with the
** rights its owner has then. The file waits for its owner for a day; that it was made is in the audit trail.
*/
#pragma once
#include "access/audit.h"
#include "exchange/export.h"
#include "jobs/jobs.h"

#define EXPORT_XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

struct export_wish {
    const struct kind *kind;
    enum export_format format;
    const json_t *columns; /* an array of names (columns.h); NULL = the kind's own */
    const char *filter;    /* the query string of the list; NULL = none */
    const char *sort;      /* "-due"; NULL = the kind's own */
    bool english;
    struct origin by;
};

/* Does its filter compare a personal value? The caller counts such questions (decision 19); export_ask records them. */
int export_is_personal(const struct actor *actor, const struct export_wish *wish, bool *out, struct error *err);
int export_ask(struct house *house, const struct actor *actor, const struct export_wish *wish, int64_t *job,
               struct error *err);

extern const struct job_type export_job;
