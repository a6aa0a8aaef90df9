/* Many believable rows through the ordinary write path, for load tests and the bench. */
#pragma once
#include "demo/demo.h"

/* Adds order->scale hazards to the firms that exist, in chunks of 2,000; deterministic. */
int bulk_hazards(struct house *house, const struct demo_order *order, struct error *err);
