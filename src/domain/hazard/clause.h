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
