/*
** What is supervised: a firm (enterprise) or a place (facility). Both draw their ids from one series and keep one row
** in `object` (decision 44), to which fields of type object refer and from which the owner columns of rows come.
*/
#pragma once
#include "domain/change.h"

extern const struct table object_table, object_follow_table;

/* Fills *owner from the object's row. FAULT_INVALID on field when there is none the actor may name. */
int object_owner(struct change *c, int64_t object, const char *field, struct owner *owner, struct error *err);
/* Makes or renews the row of an enterprise or facility; fills the record's id when it is new. */
int object_keep(struct change *c, const struct kind *kind, void *record, struct error *err);

/*
** Rows that were too many for the change in which their object moved follow it afterwards, a chunk in a transaction, with
** other people's changes in between. At any moment each row has one owner: where its object was, or where it is now.
** What is left is known by the database alone, so that it goes on after a stop, wherever the stop came.
*/
int object_follow_step(struct house *house, int64_t *moved, bool *more, struct error *err); /* one chunk */
int object_follow_left(struct db *db, int64_t *rows, struct error *err); /* of the first hundred objects */
void object_follow_tell(struct house *house);                            /* open pages look anew */
/* All of it, here: at start for what a stop cut off, and where no jobs are worked on. */
int object_follow(struct house *house, struct error *err);
