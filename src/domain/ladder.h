/*
** Deadlines that run and the people who are told about them (decision 24).
**
** A watch says which deadline of a kind runs for a record and which ladder it climbs. Every saved record passes
** ladder_keep, which starts, renews or stops its watches in the record's own transaction; ladder_run, called each minute
** by whoever owns a clock, fires what has come. A rung fires once per (record, watch, version of the deadline, rung):
** that is the key of ladder_fired, so neither a restart, a clock set back nor another holiday table fires one again.
*/
#pragma once
#include "calendar/ladder.h"
#include "domain/change.h"

struct watch {
    const char *name; /* "rectify"; unique within the kind */
    struct label label;
    const struct kind *kind;
    const struct ladder *ladder;
    /* Last day of the deadline while it runs for the record, true; false when none runs. */
    bool (*runs)(const struct calendar *calendar, const void *record, int64_t *due);
    /* The account "responsible" stands for; 0 when the record names nobody. NULL: records of the kind never do. */
    int64_t (*responsible)(const void *record);
};

extern const struct watch *const all_watches[]; /* NULL at the end; defined in domain/watches.c */

int watches_check(struct error *err);
const struct watch *watch_find(const char *kind, const char *name); /* NULL when there is none */
/* Last day of that deadline, true, while it runs for the record. */
bool watch_due(const struct calendar *calendar, const struct kind *kind, const char *name, const void *record,
               int64_t *due);
/* A role of a ladder in words; "responsible" too. */
struct label ladder_role(const char *code);
const struct calendar *house_calendar(const struct house *house);

/* Inside a change, after the record was saved. */
int ladder_keep(struct change *c, struct error *err);

struct ladder_run {
    int64_t looked; /* deadlines looked at */
    int64_t fired, late;
    int64_t climbed;  /* fired past an empty post */
    int64_t unheard;  /* fired with nobody to tell up to the top */
    int64_t put_off;  /* could not be looked at, and are again tomorrow: they hold nobody up */
    struct error why; /* of the last one put off */
    bool more;        /* deadlines are left for the next step, or LIMIT_LADDER is reached: the next run goes on */
};

/* Looks at a few deadlines whose day has come by now_ms, in one change, and fires their rungs in order; those whose day
** passed while nobody ran are marked late. Rungs counted with another holiday table are counted again first. -1 only when
** the store fails; what is done stays done. */
int ladder_step(struct house *house, int64_t now_ms, struct ladder_run *out, struct error *err);

/* sum += did; more is the last step's. */
void ladder_add_up(struct ladder_run *sum, const struct ladder_run *did);
/* Steps until nothing is left; out is their sum. */
int ladder_run(struct house *house, int64_t now_ms, struct ladder_run *out, struct error *err);

/* Days the oldest rung that should have fired by `today` is behind; 0: none is. For /metrics. */
int ladder_lag(struct db *db, int64_t today, int64_t *days, struct error *err);

/* The ladders of one record as they stand today, for whoever may read the record: what has been told, when, to how many,
** and what lies ahead. */
struct ladder_line {
    const struct watch *watch;
    struct rung_view rung;
    int64_t due, version;
    int64_t fired_at; /* RUNG_FIRED: when, and how many days late */
    int64_t fired_late;
    const char *role; /* who was told; above the rung's own when that post was empty */
    int64_t told;
};
int ladder_lines(struct db *db, const struct calendar *calendar, const struct kind *kind, int64_t id, int64_t today,
                 struct arena *arena, struct ladder_line **out, size_t *count, struct error *err);

/* Whom a line told, or would tell if its day were today. The record is the one the lines were asked for. */
struct ladder_hearers {
    const char *role; /* whose turn it is: above the rung's own where that post is empty; NULL: nobody up to the top */
    bool climbed;     /* it is not the rung's own */
    int64_t people[LIMIT_TOLD];
    size_t count;
};
int ladder_hearers(struct db *db, const void *record, int64_t today, const struct ladder_line *line,
                   struct ladder_hearers *out, struct error *err);

extern const struct table ladder_tables[];
extern const size_t ladder_table_count;
