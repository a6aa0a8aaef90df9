/*
** The escalation ladder: who is told when a deadline comes near and passes. A pure function of the deadline, the rungs,
** the calendar and the day, so that the whole ladder can be shown the moment a deadline is set.
**
** A rung fires once per (record, version of the deadline, rung); the caller keeps what has fired. A new deadline is a new
** version: what had not fired under the old one never will. Rungs whose day lay before the deadline was set are skipped,
** except the highest one past the deadline: a ledger imported with old deadlines tells each matter once.
*/
#pragma once
#include "calendar/deadline.h"

enum { RUNGS_MOST = 16 };

struct rung {
    const char *code;
    int offset; /* from the last day: -3 before it, 0 on it, 1 the first day late */
    bool working;
    const char *role; /* whom to tell; code of the list "role", or "responsible": whom the record names */
    const char *zh, *en;
};

struct ladder {
    const char *code;
    const struct rung *rungs; /* by offset, lowest first */
    size_t count;
};

/* No two rungs share a code, offsets rise, every rung has somebody to tell. FAULT_INVALID, "ladder.rungs". */
int ladder_check(const struct ladder *ladder, struct error *err);

enum rung_state {
    RUNG_FUTURE,
    RUNG_DUE,     /* its day has come and it has not fired */
    RUNG_FIRED,   /* never again, whatever calendar and clock say now */
    RUNG_SKIPPED, /* its day lay before the deadline was set */
};

struct rung_view {
    const struct rung *rung;
    enum rung_state state;
    int64_t day;  /* on which it fires, counted with today's calendar */
    int64_t late; /* RUNG_DUE: days since then, during which nobody was there to fire it */
};

struct ladder_view {
    struct rung_view rungs[RUNGS_MOST];
    size_t count;
    int64_t next; /* the day of the first rung still to fire; INT64_MAX when none is left */
};

struct ladder_case {
    int64_t due;    /* last day */
    int64_t set_on; /* the day this version of the deadline was set */
    uint32_t fired; /* bit per rung, of this version */
};

void ladder_view(const struct ladder *ladder, const struct calendar *calendar, const struct ladder_case *at,
                 int64_t today, struct ladder_view *out);

/* Whom a rung tells when its own post is empty: the next rung up with another role that is filled. Returns that rung's
** index, or ladder->count when nobody above is there either. */
typedef int (*role_filled)(void *args, const char *role, bool *filled, struct error *err);
int ladder_climb(const struct ladder *ladder, size_t rung, role_filled ask, void *args, size_t *out, struct error *err);

/* A rectification deadline, its re-check, the report of a major hazard, the look-back on it, and a licence's end (90, 60, 30
** days before). */
extern const struct ladder ladder_rectify, ladder_recheck, ladder_report, ladder_look_back, ladder_certificate;
