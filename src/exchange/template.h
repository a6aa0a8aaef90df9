/*
** The empty ledger of a kind as a workbook: what an import takes, a column each, with pick-lists, dates and numbers the
** spreadsheet checks, and a sheet 填写说明 that says of each column whether it must be filled, how, and an example. Its
** header is one the import knows.
**
** The area is three columns, 区县, 乡镇街道 and 村居, each offering what lies in the one before. Only areas in which the actor
** may import are in the file. The lists stand on a hidden sheet, sorted by what they lie in, so that the few formulas
** find their part by MATCH and COUNTIF however many villages there are; beyond TEMPLATE_VILLAGES the last column is typed.
*/
#pragma once
#include "access/access.h"

enum { TEMPLATE_VILLAGES = 100000 };

/* fd: a regular file open for reading and writing. now_ms: which areas and choices are in force. */
int template_write(struct db *db, const struct actor *actor, const struct kind *kind, int64_t now_ms, bool english,
                   int fd, struct error *err);
