/*
** 网格覆盖: which areas have the people every area of their level is expected to have (responsibility reference §5): a
** county its first responsible person, a town that, a grid head and a grid member, a village a grid head and a grid member
** of its own. Only who can act counts: an assignment in force on the day whose holder is active, or a post that somebody
** active holds.
*/
#pragma once
#include "domain/grid/responsible.h"

enum { COVERAGE_AREAS = 20000, COVERAGE_ROLES = 3 };

struct coverage_area {
    int64_t region;
    const char *name, *level;
    size_t missing_count;
    const char *missing[COVERAGE_ROLES]; /* roles nobody holds; a duty_roles code */
};

/* The areas from county to village within `within` (0: everywhere) that hold on the day, by code: at most COVERAGE_AREAS. */
int coverage_read(struct db *db, int64_t within, int64_t day, struct arena *arena, struct coverage_area **out,
                  size_t *count, struct error *err);
