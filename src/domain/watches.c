/* The deadlines that run in this program: each area declares its own. */
#include "domain/hazard/hazard.h"
#include "domain/ladder.h"

const struct watch *const all_watches[] = { &hazard_rectify, &hazard_recheck, NULL };
