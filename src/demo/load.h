/* What the parts of the demonstration share while it is made. */
#pragma once
#include "demo/boundary.h"
#include "demo/demo.h"
#include "domain/change.h"

struct load_place {
    int64_t code;
    const char *name;
};

struct load {
    struct house *house;
    const struct demo_order *order;
    int64_t begin;                   /* the instant since when everything but the hazards is there */
    const struct load_place *places; /* by code; whatever lies below another comes after it */
    size_t place_count;
    struct arena *arena; /* of the whole making */
};

/* What a place is of the place above it: each level is cut into equal parts in the order of the list. */
struct land load_land(const struct load *load, int64_t code);
/* Somewhere in the place, for the same n always at the same spot. */
struct place load_spot(const struct load *load, int64_t region, size_t n);
/* A valid code: registration by a market regulator (9), firm (1), area, nine characters, GB 32100 check character. */
const char *load_credit_code(struct arena *arena, int64_t region, int n);
/* Tells how far the making is; nothing without a listener. */
void load_tell(const struct load *load, const char *zh, int64_t done, int64_t all);
