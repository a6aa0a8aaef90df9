/*
** 从业人员: who works for a firm, and the training each has had (生产经营单位安全培训规定; enterprise reference §7, §8).
** A person of a firm is no account: they need not sign in. Identity number and phone are sealed.
*/
#pragma once
#include "domain/object/headcount.h"
#include "record/kind.h"

extern const struct kind person_kind, training_kind;

struct training {
    struct record is;
    int64_t held_on;
    const char *purpose;
    int64_t hours; /* tenths */
    const char *topic;
    int64_t passed; /* unknown: no examination */
};

struct person {
    struct record is;
    const char *name;
    int64_t object;
    const char *category; /* head, manager, worker, dispatched */
    const char *post;
    const char *safety_role; /* full_time, part_time */
    int64_t engineer;        /* 注册安全工程师 */
    const char *id_number;
    const char *phone;
    int64_t hired_on, left_on;
    int64_t duty_signed_on; /* 安全生产责任书 */
    struct lines *trainings;
    const char *papers;
    const char *remark;
};

bool person_works_on(const struct person *p, int64_t day);

/* Hours a person has had on a day, in tenths, beside what the rule asks. */
struct trained {
    struct training_rule rule;
    int64_t initial; /* ever, before the day */
    int64_t yearly;  /* in the twelve months up to the day */
    bool initial_met, yearly_met, yearly_due;
};
struct trained training_judge(enum trade trade, enum post_class post, int64_t initial, int64_t yearly, int64_t hired_on,
                              int64_t day); /* hired_on 0: unknown */
struct trained person_trained_on(const struct person *p, enum trade trade, int64_t day);
