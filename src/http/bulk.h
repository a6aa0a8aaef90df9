/* One act over many records: previewed row by row, then done row by row (domain/bulk.h). */
#pragma once
#include "http/web.h"

int bulk_run(struct visit *v, struct error *err);
