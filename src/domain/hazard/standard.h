/*
** 判定标准: the library of clauses (clause.h) as records that everybody may look up. The program keeps them: each start
** brings in what is new, and closes an edition that has ended; nobody writes them by hand. What a standard has and the
** library does not (clause_gaps) is a record as well, not `held`: it says so to whoever looks for the sector and day.
*/
#pragma once
#include "domain/change.h"

extern const struct kind clause_kind;

struct standard {
    struct record is;
    const char *content; /* in short words of our own; the text in force is the standard named */
    const char *code;    /* "GM-13-2"; an edition is a code and the day it began */
    const char *sector;
    const char *standard;
    const char *article;
    int64_t held; /* 0: the words of the standard itself are needed */
    int64_t valid_from, valid_to;
};

/* Writes what the records lack of the library; nothing when they are alike. */
int standards_keep(struct house *house, int64_t now_ms, struct error *err);
