/*
** 事故隐患: found → classified → assigned (五落实) → rectifying → fixed → re-checked by another → closed.
** 安全生产法 (2021) art 41, 65; 安全生产事故隐患排查治理暂行规定 (总局令16号). States and guards: hazard reference §4.
*/
#pragma once
#include "record/kind.h"

extern const struct kind hazard_kind;

enum hazard_state {
    HAZARD_FOUND,
    HAZARD_CLASSIFIED,
    HAZARD_ASSIGNED,
    HAZARD_RECTIFYING,
    HAZARD_FIXED,
    HAZARD_CLOSED,
};

struct hazard {
    struct record is;
    int64_t state;
    const char *description;
    int64_t object;
    const char *location;
    struct place place;
    int64_t found_on;
    const char *source;
    const char *category;
    const char *level;
    const char *clause;
    const char *photos;
    const char *external_no;
    /* 五落实: measures, responsible person, funds, deadline, contingency plan */
    const char *measures;
    int64_t responsible;
    int64_t funds; /* fen; 0 is "no cost", said explicitly */
    int64_t due;   /* the whole day belongs to the period */
    const char *contingency;
    /* rectification */
    const char *rectification;
    const char *evidence;
    int64_t rectifier;
    int64_t fixed_on;
    /* re-check */
    const char *opinion;
    int64_t rechecker;
    int64_t returns;
    int64_t closed_on;
};
