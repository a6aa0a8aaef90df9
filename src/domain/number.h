/*
** Numbers that leave no gap: one series per organisation, word and year (inspection reference §6). Drawn inside the change
** that uses it, as the last lock it takes (decision 2), so a change that is rolled back has drawn nothing and two that
** run at once get two numbers that follow each other. What was drawn by a change that stands is never given again.
*/
#pragma once
#include "domain/change.h"

extern const struct table number_table;

/* The next number of the series, from 1. */
int number_draw(struct change *c, int64_t organisation, const char *word, int year, int64_t *out, struct error *err);
