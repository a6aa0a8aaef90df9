/*
** Who supplied each field of a record and when, and who verified it: a fold of the history (decision 5), never stored.
** A field is verified as long as its value is the one that was looked at: another value, whoever wrote it, ends it.
*/
#pragma once
#include "domain/change.h"

struct source {
    const struct field *field;
    int64_t version, at, by;          /* of the value that stands */
    const char *act, *cause;          /* "create", "change", "import", "move", … ; "web", "import 12" */
    int64_t verified_at, verified_by; /* 0: not verified */
};

/* A source for each known field, in their order. record: as it stands, read in scope by the caller. draft: the reader
** knew it as a draft (kind.open_states); for others everything comes from the version that opened it, or a later one. */
int sources_read(struct db *db, const struct kind *kind, const void *record, bool draft, struct arena *arena,
                 struct source **out, size_t *count, struct error *err);
