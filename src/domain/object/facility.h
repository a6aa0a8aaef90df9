/* 设施/场所: a supervised place that is no organisation of its own: park, mall, pond, site, pipe (decision 44). */
#pragma once
#include "record/kind.h"

extern const struct kind facility_kind;

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
    const char *external_no;
    const char *remark;
};
