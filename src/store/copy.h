/*
** The rows of a declared table out of one database and into another, whatever the engines: for backup and restore.
** Rows come in the order of the table's key, compared by bytes on both engines, so that the same rows give the same
** sequence everywhere. Values are those of the declared columns, in their order.
*/
#pragma once
#include "store/dialect.h"

enum { COPY_PAGE = 1000 };

/* values are valid until the function returns; -1 (err filled) stops. */
typedef int (*copy_row)(const struct value *values, void *arg, struct error *err);

int copy_out(struct db *db, const struct table *table, copy_row fn, void *arg, struct error *err);
/* Inside a write job. One value per declared column. */
int copy_in(struct db *db, const struct table *table, const struct value *values, struct error *err);
/* Inside a write job, after the last row: the series of ids goes on behind the highest. */
int copy_end(struct db *db, const struct table *table, struct error *err);
int copy_is_empty(struct db *db, const struct table *table, bool *empty, struct error *err);
