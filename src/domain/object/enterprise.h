/*
** 企业: any responsible organisation — firm, sole trader, school, hospital, property manager, village committee
** (decision 44). Codes: GB 32100-2015. Fields: enterprise reference §5.
*/
#pragma once
#include "record/kind.h"

struct watch; /* domain/ladder.h */

extern const struct kind enterprise_kind, key_person_kind, site_kind, safety_cost_kind;
extern const struct watch insurance_ends;

enum operating_state {
    OPERATING,
    OPERATING_TRIAL,
    OPERATING_BUILT, /* being built */
    OPERATING_STOPPED,
    OPERATING_SUSPENDED,
    OPERATING_CLOSED,
};
/* Nothing is asked of a firm that does not work. */
bool enterprise_works(int64_t state);

struct key_person {
    struct record is;
    const char *name;
    const char *post;
    const char *phone;
};

/* 经营场所: a place of the firm without a code of its own. Its key is the firm's code and two digits (enterprise
** reference §1): the number stays with the place. */
struct site {
    struct record is;
    const char *name;
    const char *used_for;
    const char *address;
    struct place place;
    int64_t site_no;
    const char *site_key;
};

/* 安全生产费用 of one year (财资〔2022〕136号). */
struct safety_cost {
    struct record is;
    int64_t year;
    int64_t required, used; /* fen */
};

struct enterprise {
    struct record is;
    const char *name;
    const char *credit_code;
    const char *no_code_reason;
    const char *external_no;
    const char *unit_type;
    const char *sector;
    const char *flags;
    const char *industry;
    const char *size;
    int64_t operating_state;
    int64_t region;
    const char *address;
    const char *registered_address;
    struct place place;
    struct lines *sites;
    const char *legal_representative;
    const char *controller; /* 实际控制人 */
    const char *head;
    const char *head_id_number;
    const char *phone;
    const char *safety_head;
    int64_t head_since, safety_head_since;       /* 任职日期 */
    int64_t head_exam_by, safety_head_exam_by;   /* 考核期限, by tenure.h */
    int64_t head_examined, safety_head_examined; /* a certificate by that name is in force */
    int64_t staff;
    int64_t dispatched, contractors; /* dispatched workers are part of the staff */
    int64_t dust_workers;            /* 粉尘涉爆: who works in the zone */
    int64_t ammonia;                 /* 涉氨制冷: stock, tonnes · 1000 */
    /* coal mine, tonnes: approved for a year, brought up in the last whole year and in the highest month of this one */
    int64_t coal_approved, coal_year, coal_month;
    int64_t floor_area;
    int64_t capital;
    int64_t founded_on;
    int64_t insured;
    const char *policy_no;
    int64_t insurance_end;
    struct lines *safety_costs;
    const char *rescue;
    int64_t drilled_on;
    struct lines *key_persons;
    const char *papers;
    const char *remark;
    /* of the last change of the operating state */
    int64_t state_since;
    const char *state_document;
    const char *state_reason;
    int64_t end_hazards;   /* with the closure, what is still open ends */
    int64_t ended_hazards; /* how many did */
    /* what the authority thinks of it (firm_grade.h) */
    const char *supervision_grade, *risk_level, *credit_grade;
    int64_t grade_on, risk_on, credit_on;
    const char *grade_by, *risk_by, *credit_by;
    const char *grade_document, *risk_document, *credit_document;
    const char *grade_reason, *risk_reason, *credit_reason;
};
