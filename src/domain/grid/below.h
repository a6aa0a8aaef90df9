/* The areas directly below one, by name alone: for trees and for numbers area by area (boundary.h has their outlines). */
#pragma once
#include "store/store.h"

struct area_below {
    int64_t region;
    const char *name, *level;
};

/* Those that hold on the day, by code, at most `most`; parent 0: those below none. */
int areas_below(struct db *db, int64_t parent, int64_t day, size_t most, struct arena *arena, struct area_below **out,
                size_t *count, struct error *err);
