/*
** Judgement standards: the clauses by which a hazard is a major one, in our own short words, each with the days between
** which it was in force. The date a hazard was found chooses the edition (hazard reference §8 to §15).
*/
#pragma once
#include "base/error.h"

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

/* Words in `clause` that are shaped like a code must be a clause in force on the day: FAULT_INVALID naming the field. A
** sentence of one's own (a standard that is not in the library) is left to whoever classifies. */
int clause_check(const char *field, const char *words, int64_t day, struct error *err);

enum { CLAUSE_SUGGESTIONS = 10 };
struct clause_hit {
    const struct clause *clause;
    int score; /* of 1000: how much of the clause's words the description has; a candidate, not a verdict */
};

/* Clauses in force on the day that share words with the description, best first. Those of the sector count before others,
** which a description has to be much more like; sector NULL: all are alike. Ties by code. */
size_t clause_suggest(const char *sector, const char *text, int64_t day, struct clause_hit out[CLAUSE_SUGGESTIONS]);
