/*
** Boundaries kept ready for look-ups, by the hash of what they hold: a boundary that changes has another hash, so what
** lies here is never out of date, whoever asks and inside whatever transaction. At most LIMIT_AREAS bytes; the one used
** longest ago goes first. Shared by all threads: a look-up holds the lock for microseconds, the first one of a boundary
** for as long as its index takes to build (200,000 points: a tenth of a second).
*/
#pragma once
#include "geo/area.h"
#include "store/store.h"

enum { AREA_MARK = 32 };

/* Is the point inside the boundary of that row of region_boundary? mark: its hash. */
int areas_hold(struct db *db, int64_t boundary, const unsigned char mark[AREA_MARK], struct lonlat point, bool *out,
               struct error *err);

struct areas_use {
    size_t count, bytes;
};
struct areas_use areas_use(void);
