/*
** 任职考核: whoever becomes head of a firm, or in charge of its safety, is examined within a time from the appointment
** (enterprise reference §5; 安全生产法 27; 总局令3号 24). The clock begins anew with another name, and stops with a
** certificate in force by that name. It runs in the trades that the law names; of others nothing is asked.
*/
#pragma once
#include "calendar/deadline.h"
#include "domain/change.h"
#include "domain/object/enterprise.h"
#include "domain/object/headcount.h"

struct watch; /* domain/ladder.h */
extern const struct watch head_exam, safety_head_exam;

/* The rule for an appointment on that day; NULL: none is asked for in the trade. */
const struct deadline_rule *tenure_rule_on(enum trade trade, int64_t since);

/* Does a certificate of that type count for the head (safety false) or for who is in charge of safety? */
bool tenure_counts(const char *type, bool safety);

/* Inside a check of the firm: the day of a new name, the deadlines and whether each has been examined. */
int tenure_keep(struct change *c, struct enterprise *e, struct error *err);
/* After a certificate of that object was saved: its firm is saved again where that stops or starts a clock. */
int tenure_follow(struct change *c, int64_t object, struct error *err);
