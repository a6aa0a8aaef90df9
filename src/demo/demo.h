/*
** The demonstration: a small fictional city (codes 99…) with the boundaries of its grid, two organisations, six people, a few firms and places, and
** hazards in every state of the loop, all made through the ordinary write path. Deterministic but for the passwords,
** which are random and written to DIR/demo-accounts.json (0600). No place, firm or person is real.
*/
#pragma once
#include "domain/change.h"

/* Does nothing when the folder already holds a demonstration. scale > 0 adds that many hazards beside (load tests). */
int demo_load(struct house *house, int64_t now_ms, int64_t scale, struct error *err);
