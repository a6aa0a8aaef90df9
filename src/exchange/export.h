/*
** A list as CSV (UTF-8 with BOM) in an unlinked temporary file: header of labels, one record a row, in list order.
** Personal fields are masked. Columns: comma list of field names, NULL = every field that fits a cell.
*/
#pragma once
#include "access/query.h"

/* The caller owns *fd, positioned at 0. */
int export_csv(struct db *db, const struct list_query *query, const char *columns, bool english, int *fd, int64_t *size,
               int64_t *rows, struct error *err);

/* Heads of the first and the last column: number and version of the record. An import knows its rows by them. */
extern const struct label export_number, export_version;
