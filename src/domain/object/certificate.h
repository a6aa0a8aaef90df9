/*
** 资格证书 of a person: special operation certificates with their review (总局令30号; enterprise reference §9) and the
** other qualifications. The number of a special operation certificate is "T" and the holder's identity number: it is kept
** sealed as such, and shown with its middle masked.
*/
#pragma once
#include "domain/object/credential.h"
#include "record/kind.h"

struct watch; /* domain/ladder.h */

extern const struct kind certificate_kind;
extern const struct watch certificate_ends, certificate_review;

struct certificate {
    struct record is;
    const char *title;
    int64_t state; /* enum credential_state */
    int64_t object;
    int64_t holder; /* person; of the same object */
    const char *holder_name;
    const char *holder_id_number;
    const char *type;
    const char *category; /* special operations */
    const char *item;     /* 准操项目 */
    const char *certificate_no;
    const char *issuer;
    int64_t issued_on;
    int64_t reviewed_on;
    int64_t long_review; /* 连续从事满 10 年，同意 6 年复审 */
    int64_t review_by;
    int64_t valid_until;
    const char *papers;
    const char *decision_no;
    int64_t decided_on;
    const char *decision_reason;
    const char *remark;
};

struct credential_life certificate_credential(const struct certificate *certificate);
