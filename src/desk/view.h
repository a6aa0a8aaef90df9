/*
** Saved views of a list: a filter under a name, with sort, columns and density, shown as a tab. They are their maker's;
** shared ones are seen in the maker's organisation, or by everybody where the office shares them. Which of them comes
** first and in which order they stand is each reader's own. A convenience, not a record: no history.
**
** A filter is kept as a query string in the language of lists (record/filter.h); days may move ("today-7").
*/
#pragma once
#include "access/access.h"
#include "record/json.h"

#include <jansson.h>

enum { VIEW_NAME = 20 /* characters */ };

/* What the reader sees of a kind, in the reader's order, as elements of an open array:
** {id, kind, name, filter, sort, columns, density, shared, own, by, first, total}. total is counted within the reader's
** scope up to LIMIT_VIEW_COUNT when `counts`, else null; null too where the reader may not compare by that filter.
** one: that view alone (0 = all); FAULT_MISSING when the reader has no such view. */
int views_put(struct db *db, const struct actor *actor, const struct kind *kind, int64_t one, bool counts,
              struct json *j, struct error *err);
/* How many rows of the kind the reader sees, counted like a view's: {count, capped}. */
int views_put_all(struct db *db, const struct actor *actor, const struct kind *kind, struct json *j, struct error *err);
/* The kind of a view the reader sees; FAULT_MISSING else. */
int view_kind(struct db *db, const struct actor *actor, int64_t id, const struct kind **out, struct error *err);

/* body: {name, filter, sort|null, columns|null, density|null, shared|null}. FAULT_INVALID names what is wrong;
** FAULT_REFUSED "view.many" beyond LIMIT_VIEWS; FAULT_FORBIDDEN "view.share" for whoever may not share like that. */
int view_make(struct store *store, const struct actor *actor, const struct kind *kind, const json_t *body, int64_t *id,
              struct error *err);
/* The same members, those that are there; first (bool) and place (from 0) are the reader's own and may be said of any
** view that is seen, the others only of one's own (FAULT_FORBIDDEN "view.other"). */
int view_change(struct store *store, struct db *db, const struct actor *actor, const struct kind *kind, int64_t id,
                const json_t *body, struct error *err);
/* One's own; FAULT_MISSING else. */
int view_remove(struct store *store, const struct actor *actor, int64_t id, struct error *err);

extern const struct table view_tables[];
extern const size_t view_table_count;
