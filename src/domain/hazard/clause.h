/*
** Judgement standards: the clauses by which a hazard is a major one, in our own short words, each with the days between
** which it was in force. The date a hazard was found chooses the edition (hazard reference §8 to §15).
*/
#pragma once
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clause {
    const char *code;   /* "GM-13-2": stable, written into the hazard */
    const char *sector; /* code of the list "sector" */
    const char *text;
    const char *standard; /* source and article */
    const char *article;
    int valid_from, valid_to; /* 20230515; 0 = open */
};

extern const struct clause clauses[];
extern const size_t clause_count;

/* A standard of which the library does not have every clause: whoever judges reads the standard itself. */
struct clause_gap {
    const char *code; /* "XF-0": its key among the records; never a clause, and refused as one */
    const char *sector;
    const char *prefix; /* of the codes of those clauses of it that are here */
    const char *text;   /* what is not here, and what to do */
    const char *standard;
    int items; /* how many the standard has itself; 0: the reference does not say */
    int valid_from, valid_to;
};
extern const struct clause_gap clause_gaps[];
extern const size_t clause_gap_count;

/* Gaps of a sector on a day, at most `most`; sector NULL: of all. */
size_t clause_gaps_on(const char *sector, int64_t day, const struct clause_gap **out, size_t most);

/* The clause of that code in force on the day; NULL when there is none. */
const struct clause *clause_on(const char *code, int64_t day);

/* What a hazard found on the day may be judged by; FAULT_INVALID naming the field. Words that are shaped like a code must be
** a clause in force then. A major one may be judged in one's own words only by a standard that the library does not hold
** whole, and they must give its number; of a general one anything may be said. */
int clause_check(const char *field, const char *words, bool major, int64_t day, struct error *err);

enum { CLAUSE_SUGGESTIONS = 10 };
struct clause_hit {
    const struct clause *clause;
    int score; /* of 1000: how much of the clause's words the description has; a candidate, not a verdict */
};

/* Clauses in force on the day that share words with the description, best first. Those of the sector count before others,
** which a description has to be much more like; sector NULL: all are alike. Ties by code. */
size_t clause_suggest(const char *sector, const char *text, int64_t day, struct clause_hit out[CLAUSE_SUGGESTIONS]);
