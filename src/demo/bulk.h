/* Many believable rows through the ordinary write path, for load tests and the bench. */
#pragma once
#include "domain/change.h"

/* Adds hazards to the firms that exist, in chunks of 200 as one import; deterministic. */
int bulk_hazards(struct house *house, int64_t now_ms, int64_t count, struct error *err);
