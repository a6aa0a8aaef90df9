/*
** Records a person keeps at hand: those he follows and those he opened last. A convenience, not a record: no history, and
** whoever may not see a record any more is not shown it, whatever stands here.
*/
#pragma once
#include "access/access.h"

enum { MARKS_FOLLOWED = 200, MARKS_OPENED = 20 }; /* of one person; beyond, the oldest opened is forgotten */

struct mark {
    const struct kind *kind;
    int64_t id, at;
};

/* FAULT_LIMITED "follow.many" when MARKS_FOLLOWED are followed already. The caller has read the record in scope. */
int mark_follow(struct store *store, int64_t account, const struct kind *kind, int64_t id, int64_t now, bool follow,
                struct error *err);
int mark_opened(struct store *store, int64_t account, const struct kind *kind, int64_t id, int64_t now,
                struct error *err);

/* Newest first. followed: those followed, else those opened last. */
int marks_read(struct db *db, int64_t account, bool followed, struct arena *arena, struct mark **out, size_t *count,
               struct error *err);
int mark_is_followed(struct db *db, int64_t account, const struct kind *kind, int64_t id, bool *out, struct error *err);

extern const struct table mark_table;
