/*
** 企业: any responsible organisation — firm, sole trader, school, hospital, property manager, village committee
** (decision 44). Codes: GB 32100-2015. Fields: enterprise reference §5.
*/
#pragma once
#include "record/kind.h"

extern const struct kind enterprise_kind, key_person_kind;

struct key_person {
    struct record is;
    const char *name;
    const char *post;
    const char *phone;
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
    const char *operating_state;
    int64_t region;
    const char *address;
    struct place place;
    const char *legal_representative;
    const char *head;
    const char *head_id_number;
    const char *phone;
    int64_t staff;
    int64_t floor_area;
    int64_t capital;
    int64_t founded_on;
    int64_t insured;
    int64_t insurance_end;
    struct lines *key_persons;
    const char *papers;
    const char *remark;
};
