/*
** Unfinished forms: what a person has typed and not yet saved, kept by the server so that it is there after a reload, in
** another tab and on another device. What is typed may be personal, so the values are sealed as a whole. Kept for
** DRAFT_DAYS; a person has at most LIMIT_DRAFTS, one more forgets the oldest.
**
** Two windows may hold the same form: whoever keeps says which state it had seen (`seen`), and is told (FAULT_CONFLICT
** "draft.newer") when another one has been kept since.
*/
#pragma once
#include "record/json.h"
#include "store/dialect.h"
#include "store/store.h"

#include <jansson.h>

enum { DRAFT_DAYS = 30, DRAFT_FORM = 80 /* bytes of a form's name */ };

/* "hazard.new", "hazard.12", "hazard.12.assign": letters, digits, '.', '-' and '_'. */
bool draft_form_ok(const char *form);

/* {form, at, version, values} or null. */
int draft_put(struct db *db, int64_t account, const char *form, int64_t now_ms, struct json *j, struct error *err);
/* values: a JSON object; version: of the record it began from, 0 for a new one. seen: the `at` of the state that was
** known, 0 for none. FAULT_INVALID names "values" when it is no object or over LIMIT_DRAFT. */
int draft_keep(struct store *store, int64_t account, const char *form, const json_t *values, int64_t version,
               int64_t seen, int64_t now_ms, struct error *err);
int draft_drop(struct store *store, int64_t account, const char *form, struct error *err); /* none is fine */

extern const struct table draft_table;
