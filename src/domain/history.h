/*
** What every version of a record changed: one row a version, written by change.c inside the change, never rewritten
** (decision 5). Personal values are sealed in it; creation stores no copy of the record.
*/
#pragma once
#include "domain/change.h"

/* The row of c's act: {"field":[old,new]} of what differs between c->before and c->after. FAULT_TOO_LARGE beyond 2 MB. */
int history_keep(struct change *c, const char *act, struct error *err);
/* The same with the changes already written as JSON. */
int history_put(struct change *c, const char *act, const char *changes, struct error *err);

extern const struct table history_table;
