/*
** 许可证照: what a firm or place may work under, with its last day and the decision that took it out of force
** (enterprise reference §6; 安全生产许可证条例). The status on a day is a function of these (credential.h), never stored.
*/
#pragma once
#include "domain/object/credential.h"
#include "record/kind.h"

struct watch; /* domain/ladder.h */

extern const struct kind licence_kind;
extern const struct watch licence_ends;

struct licence {
    struct record is;
    const char *title;
    int64_t state; /* enum credential_state */
    int64_t object;
    const char *type;
    const char *licence_no;
    const char *covers; /* 许可范围 */
    const char *issuer;
    int64_t issued_on;
    int64_t valid_from, valid_until;
    int64_t renew_by; /* by the rule of the type */
    int64_t renewed;  /* a later paper of the type holds: kept by the program with every change of one of them */
    const char *papers;
    const char *decision_no;
    int64_t decided_on;
    const char *decision_reason;
    const char *external_no;
    const char *remark;
};

/* One paper of the type is enough for a firm, and a later one takes the place of an earlier. Not so where each machine has
** its own, or where nobody knows what the paper is. */
bool licence_replaces(const char *type);

/* Marks what a change of a sibling did not: papers stored before the mark was kept, and those whose successor has begun
** since, after a gap. Nothing where all agree. At each start and once an hour. */
struct house; /* domain/change.h */
int licences_keep(struct house *house, int64_t now_ms, struct error *err);

struct credential_life licence_credential(const struct licence *licence);
