/*
** What inspectors of a fictional city write: findings by trade, with the measure ordered and the repair reported. A phrase
** may leave something open, which phrase_say settles: {2~6} is a number, {东侧|西侧} one of the words.
*/
#pragma once
#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

struct phrase {
    const char *trade;    /* of the firm or place (city.c); "" fits every firm */
    const char *category; /* code of the list "hazard_category" */
    const char *place;
    const char *finding, *measure, *done;
    const char *clause; /* the clause that makes it a major one; NULL = general */
    int yuan;           /* what the repair costs, about; 0 = nothing */
    int days;           /* what it takes */
};

extern const struct phrase phrases[];
extern const size_t phrase_count;

/* Remarks of those who handle it, each a list that ends with NULL. */
extern const char *const say_contingency[],
    *const say_pass[], *const say_fail[],
                           *const say_extend[],
                               *const say_extend_refused[],
                                   *const say_object[],
                                       *const say_object_refused[],
                                           *const say_object_accepted[],
                                               *const say_suspend[],
                                                   *const say_reopen[],
                                                       *const say_look_back[],
                                                           *const say_unrepaired[],
                                                               *const say_delist[],
                                                                   *const say_assess[],
                                                                       *const say_goal[],
                                                                           *const say_cause[],
                                                                               *const say_analysis[],
                                                                                   *const say_void[],
                                                                                       *const say_transfer[],
                                                                                           *const say_pass_major[];

/* The text with what it leaves open settled by *random, which moves on. */
const char *phrase_say(struct arena *arena, const char *text, uint64_t *random);
/* SplitMix64: the same for the same seed on every machine. */
uint64_t random_next(uint64_t *random);
