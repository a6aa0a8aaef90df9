/*
** What a move proposes for a record (struct proposal of record/kind.h): a day by the rule in force on the day it counts
** from. A default, not a limit: whoever makes the move may give another day.
*/
#pragma once
#include "calendar/deadline.h"
#include "record/kind.h"

struct proposed {
    const struct field *field;
    const struct deadline_rule *rule;
    int64_t day;
};

/* False when the move proposes nothing for the record as it is: another kind of record, a field that is known already, no
** rule in force, or a day that lies before `today`. */
bool move_proposes(const struct calendar *calendar, const struct kind *kind, const struct move *move,
                   const void *record, int64_t today, struct proposed *out);
/* Every rule a move proposes by exists and counts from the field it says. Asked at the start. */
int proposals_check(struct error *err);
