/*
** The minute: a thread that does what time alone brings about, in `anlan serve` and nowhere else.
**
** Order: at the start at once, then MINUTE_MS after the last round ended: the ladders (domain/ladder.h),
** chunk by chunk in the order of the days on which rungs were due, until nothing is left; then, once an hour, the
** clearing of old notices. What fell into a standstill is thus made up in the first round, marked late.
**
** Retries: when the store fails, the round ends with a line in the log and the next minute begins anew; what was done
** stays done and is never done twice. A single deadline that cannot be looked at is put off until the next day by the
** ladder itself and named in the log; it holds up none of the others.
**
** Stopping: minute_stop lets the chunk under way end (some milliseconds) and joins the thread. It must come before the
** store is closed.
**
** Threads: minute_start and minute_stop from the thread that owns the house; minute_round from any.
*/
#pragma once
#include "domain/change.h"

enum { MINUTE_MS = 60 * 1000 };

struct minute;

/* now: the clock the house goes by; pause_ms: between two rounds, MINUTE_MS but in tests. */
int minute_start(struct house *house, int64_t (*now)(void), int64_t pause_ms, struct minute **out, struct error *err);
void minute_stop(struct minute *minute); /* NULL is fine */

/* One round of the ladders by the caller, beside the thread: "next day" of a demonstration. */
int minute_round(struct house *house, int64_t now_ms, struct error *err);
