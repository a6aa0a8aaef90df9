/*
** 安全生产标准化: the grade of a firm, by which standard, with which score, until when (应急〔2021〕83号; GB/T 33000-2016,
** from 2025-10-31 GB/T 33000-2025; enterprise reference §10). Its status on a day is a function of these (credential.h),
** never stored. What differs from level to level is a row with the days it holds; what was not confirmed in the text says
** so and is shown, never enforced.
*/
#pragma once
#include "domain/object/credential.h"
#include "record/kind.h"

struct watch; /* domain/ladder.h */

extern const struct kind standardization_kind;
extern const struct watch standardization_ends;

enum standardization_state { STANDARDIZATION_IN_FORCE, STANDARDIZATION_WITHDRAWN };

struct standardization {
    struct record is;
    const char *title;
    int64_t state; /* enum standardization_state */
    int64_t object;
    const char *level;    /* one, two, three: high to low */
    const char *round;    /* first, renewal */
    const char *standard; /* the edition: by the day of grading */
    int64_t score;        /* tenths, of 100 */
    const char *certificate_no;
    const char *issuer;
    int64_t applied_on, graded_on, announced_on;
    int64_t valid_from, valid_until;
    int64_t renew_by; /* by the rule */
    const char *papers;
    const char *external_no;
    const char *remark;
    const char *withdraw_cause;
    const char *decision_no;
    int64_t decided_on;
    const char *decision_reason;
};

struct credential_life standardization_credential(const struct standardization *grade);

struct standardization_rule {
    const char *level;
    struct label authority; /* who grades it */
    int64_t floor;          /* tenths: the usual least score */
    bool floor_settled;
    const char *basis;
    int valid_from, valid_to; /* 20260215; 0: open */
};
/* The rule of a level in force on a day; NULL when there is none. */
const struct standardization_rule *standardization_rule_on(const char *level, int64_t day);
/* How long a grade of that day holds, and when its renewal is asked for. */
const struct credential_rule *standardization_validity_on(int64_t day);
/* What a standard is made of: "目标职责、制度化管理、…"; NULL when the program does not know. */
const char *standardization_elements(const char *standard);
