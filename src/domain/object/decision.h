/*
** A decision that takes a licence, a certificate or a grade out of force, or back into it: by which document, on which
** day, why. Every kind it befalls declares the same three fields in the same order, and of these moves those that its law
** knows. The moves need the verb "approve"; a decision is never of a day to come.
*/
#pragma once
#include "domain/object/credential.h"
#include "record/kind.h"

/* Fields of T: const char *decision_no; int64_t decided_on; const char *decision_reason; */
#define DECISION_FIELDS(T)                                                                                             \
    { TEXT(T, decision_no), .label = { "决定文号", "Decision" }, .max = 80, .flags = MOVE_ONLY, .group = "decision" }, \
        { DATE(T, decided_on), .label = { "决定日期", "Decided on" }, .flags = MOVE_ONLY, .group = "decision" },       \
    {                                                                                                                  \
        LONG_TEXT(T, decision_reason), .label = { "决定理由", "Reason" }, .max = 1000, .flags = MOVE_ONLY | WIDE,      \
                                       .group = "decision"                                                             \
    }
#define DECISION_GROUP             \
    {                              \
        "decision",                \
        {                          \
            "处理决定", "Decision" \
        }                          \
    }

/* to: an enum credential_state; behind the hint the states it leaves. */
#define DECISION_MOVE(name_, zh, en, hint_zh, hint_en, to_, ...)                                                \
    {                                                                                                           \
        .name = (name_), .label = { (zh), (en) }, .hint = { (hint_zh), (hint_en) }, .from = { __VA_ARGS__ },    \
        .from_count = (int)(sizeof((int[]){ __VA_ARGS__ }) / sizeof(int)), .to = (to_), .needs = "approve",     \
        .accepts = { "decision_no", "decided_on", "decision_reason" }, .must = { "decision_no", "decided_on" }, \
        .fresh = { "decision_no", "decided_on", "decision_reason" }, .danger = (to_) != CREDENTIAL_IN_FORCE,    \
        .check = decision_check                                                                                 \
    }
/* What befalls licences and certificates alike; the last two are worded by their own law. */
#define DECISION_MOVES(withdraw_zh, withdraw_en, cancel_zh, cancel_en)                                             \
    DECISION_MOVE("suspend", "暂扣", "Suspend", "写明决定文号和日期。", "Give the decision and its day.",          \
                  CREDENTIAL_SUSPENDED, CREDENTIAL_IN_FORCE),                                                      \
        DECISION_MOVE("restore", "恢复有效", "Restore", "暂扣期满或决定撤回后恢复。",                              \
                      "After the suspension has ended.", CREDENTIAL_IN_FORCE, CREDENTIAL_SUSPENDED),               \
        DECISION_MOVE("revoke", "吊销", "Revoke", "作为行政处罚吊销的，写明决定文号。",                            \
                      "As a penalty; give the decision.", CREDENTIAL_REVOKED, CREDENTIAL_IN_FORCE,                 \
                      CREDENTIAL_SUSPENDED),                                                                       \
        DECISION_MOVE("withdraw", "撤销", "Withdraw", withdraw_zh, withdraw_en, CREDENTIAL_WITHDRAWN,              \
                      CREDENTIAL_IN_FORCE, CREDENTIAL_SUSPENDED),                                                  \
        DECISION_MOVE("cancel", "注销", "Cancel", cancel_zh, cancel_en, CREDENTIAL_CANCELLED, CREDENTIAL_IN_FORCE, \
                      CREDENTIAL_SUSPENDED)

int decision_check(struct change *c, struct error *err);
