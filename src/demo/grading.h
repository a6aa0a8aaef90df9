/* How the authorities of the demonstration grade its firms: by trade and number, always alike. */
#pragma once
#include "domain/change.h"
#include "domain/object/enterprise.h"

/* As an old ledger brought them, with a firm that is new here: on the day of the change. */
void grading_begin(struct change *c, struct enterprise *firm, size_t n);

/* What the office found later, as moves; `again`: the year's second look, at one firm in four. */
int grading_look(struct change *c, int64_t firm, size_t n, bool again, struct error *err);
