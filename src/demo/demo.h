/*
** The demonstration: a fictional city (codes 99…) with the boundaries of its grid, its organisations and people, firms and
** places, and hazards in every state of the loop, all made through the ordinary write path, with actors and times of the
** past: two years of hazards with the papers about them, instructions and the opinions on their re-checks, some 280, whose
** originals are printed when somebody first asks. The same order makes the same city; only the passwords and the check codes
** of papers are random; the passwords are written to DIR/demo-accounts.json (0600). No place, firm or person is real, and
** nobody has an accident.
**
** The small city is the core of the large one: 2 counties, 12 firms, 24 hazards, the people who sign in.
*/
#pragma once
#include "domain/change.h"

enum { DEMO_HAZARDS = 12000 };

struct demo_order {
    int64_t now_ms;
    uint64_t seed;               /* another seed, another city around the same core */
    int64_t hazards;             /* of the city beyond its core; 0: the core alone */
    int64_t scale;               /* so many hazards beside, as a ledger of past years would bring them (load tests) */
    const struct schema *schema; /* of the house: many rows go in before their indexes are made; NULL: with them */
    void (*tell)(const char *zh, int64_t done, int64_t all); /* how far it is; NULL: nobody listens */
};

/* What the folder already holds of a demonstration stays as it is; scale is added each time. */
int demo_load(struct house *house, const struct demo_order *order, struct error *err);
