/*
** Who holds a role where a record lies, which is what the ladder asks about people, and whether a person can answer for a
** record. The answers come from the assignments in force on a day.
*/
#pragma once
#include "access/access.h"

enum { DUTY_MOST = LIMIT_TOLD };

/* Active accounts that hold the role there on that day, themselves or through a post, so that they read records of the
** kind at that place: at most DUTY_MOST ids, in ascending order. Named grants ("rows that name me") do not count: a role
** is not a name. */
int duty_holders(struct db *db, int64_t day, const struct kind *kind, const char *role, const struct owner *own,
                 int64_t out[DUTY_MOST], size_t *count, struct error *err);
/* Can that account answer for a record there (field.answers): on that day it is active and, named on the record, holds read
** and the verb on it as whoever makes a move must. False for an account that is gone. */
int duty_may_answer(struct db *db, int64_t account, int64_t day, const struct kind *kind, const char *verb,
                    const struct owner *own, bool *out, struct error *err);
/* One account that a record names: found only while it is active. */
int duty_is_active(struct db *db, int64_t account, bool *out, struct error *err);
