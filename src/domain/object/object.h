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
/* Lets the rows follow that were too many for the change in which their object moved: after that change, and once at
** start for what a stop cut off. */
int object_follow(struct house *house, struct error *err);
