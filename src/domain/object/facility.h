/* 设施/场所: a supervised place that is no organisation of its own: park, mall, pond, site, pipe (decision 44). */
#pragma once
#include "record/kind.h"

struct watch; /* domain/ladder.h */

extern const struct kind facility_kind;
extern const struct watch facility_licence_ends;

struct facility {
    struct record is;
    const char *name;
    const char *type;
    const char *sector;
    int64_t enterprise; /* who runs it */
    int64_t region;
    const char *address;
    struct place place;
    int64_t built_on;
    /* tailings pond */
    const char *pond_grade;
    int64_t dam_height, dam_design, capacity; /* m · 10, 10⁴ m³ · 100 */
    int64_t overhead;                         /* 头顶库 */
    int64_t downstream;                       /* people */
    /* closed mine */
    const char *mineral;
    int64_t closed_on;
    const char *closure_document;
    int64_t sealed;
    const char *guardian;
    /* mall, high-rise, crowd place, underground space, old estate */
    int64_t floor_area, height, floors, basements, people_most, households;
    /* works site */
    const char *works_type, *works_permit, *builder, *supervisor;
    int64_t works_area, works_cost, starts_on, ends_on;
    int64_t labourers, labour_safety; /* of the subcontractors of labour: people on site, safety staff among them */
    /* pipe segment, road segment */
    const char *medium;
    int64_t pressure, diameter, length;
    const char *begins_at, *ends_at;
    /* fireworks point */
    const char *licence_no;
    int64_t licence_until, stock_most;
    const char *external_no;
    const char *remark;
};
