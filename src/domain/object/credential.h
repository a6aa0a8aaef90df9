/*
** Licences and certificates on a day (enterprise reference §6, §9): pure functions of dates, no store and no clock.
** Rules are chosen by the day on which the paper begins to hold, so that an old paper is judged by the rule of its time.
*/
#pragma once
#include "record/kind.h"

enum credential_state {
    CREDENTIAL_IN_FORCE,
    CREDENTIAL_SUSPENDED,
    CREDENTIAL_REVOKED,
    CREDENTIAL_WITHDRAWN,
    CREDENTIAL_CANCELLED
};
enum { CREDENTIAL_STATES = 5 };
extern const struct state credential_states[CREDENTIAL_STATES]; /* 有效, 暂扣, 吊销, 撤销, 注销 */

enum credential_status {
    STATUS_VALID,
    STATUS_EXPIRING, /* 90 days or fewer to its last day, which is still valid */
    STATUS_URGENT,   /* 30 or fewer */
    STATUS_EXPIRED,
    STATUS_REVIEW_DUE,     /* 60 days or fewer to its review */
    STATUS_REVIEW_OVERDUE, /* not reviewed in time: nobody works on it */
    STATUS_SUSPENDED,
    STATUS_REVOKED, /* 吊销, 撤销, 注销 */
};
extern const struct choices credential_statuses; /* in the order of the enum */

struct credential_life {
    int64_t until; /* last day; 0: none is known */
    enum credential_state state;
    int64_t decided_on; /* day of the decision that took it out of force; 0: unknown, so it was never in force since */
    /* Certificates that are reviewed: */
    int64_t review_by;   /* last day of the review; 0: none */
    int64_t reviewed_on; /* 0: not yet */
};

enum credential_status credential_status_on(const struct credential_life *life, int64_t day);
/* Days from day to the last day of what the status is about; false where it is about none. */
bool credential_days_left(const struct credential_life *life, int64_t day, int64_t *days);
bool credential_holds(enum credential_status status); /* may be worked on */

struct credential_rule {
    const char *type;  /* code of the list licence_type or certificate_type; "standardization" */
    int months;        /* how long it holds; 0: the paper says it */
    bool at_most;      /* may be issued for less: the last day is not worked out */
    int lead_months;   /* renewal is asked for so long before the end; 0: no rule */
    int review_months; /* reviewed once in this time; 0: not */
    const char *basis;
    bool settled; /* false: the text was not confirmed */
    int valid_from, valid_to;
};

/* The rule in force on a day for papers of a type; NULL when there is none. */
const struct credential_rule *credential_rule_on(const char *type, int64_t day);
/* No two rows of a type hold on the same day. */
int credential_rules_check(struct error *err);
/* Last day of a paper that begins on a day: 3 years from 2025-07-01 end on 2028-06-30. 0 when the rule does not say. */
int64_t credential_last_day(const struct credential_rule *rule, int64_t from);
