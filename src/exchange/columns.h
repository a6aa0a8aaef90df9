/*
** Which columns a person wants, per kind: of the list on the screen and of an export. Kept by the server, so that they are
** the same on every device; a convenience, not a record: no history.
*/
#pragma once
#include "access/access.h"

#include <jansson.h>

/* May the field stand in one cell of a sheet? No files; lines as "2024-01-05 | initial | 72 | …", one to a line of the cell, where
** none of their items is personal (a mask in the middle of a cell stands for no number) or names another record. */
bool column_fits(const struct field *f);

enum column_use { COLUMNS_LIST, COLUMNS_EXPORT };

/* names: an array of field names; beside them a list knows "number", "owner" and "changed_at", an export "number" and
** LEDGER_ROW. FAULT_INVALID names `member` when one is unknown or stands twice, or an export would have none. */
int columns_check(const struct kind *kind, enum column_use use, const json_t *names, const char *member,
                  struct error *err);

/* {"list": […]|null, "export": […]|null}; the caller frees it. Names the kind no longer has are left out. */
int columns_read(struct db *db, int64_t account, const struct kind *kind, json_t **out, struct error *err);
/* The same form; what is null or missing was never chosen. */
int columns_keep(struct store *store, int64_t account, const struct kind *kind, const json_t *chosen,
                 struct error *err);

extern const struct table column_table;
