/* Areas, organisations and people: the five-level grid and those who stand in it. */
#pragma once
#include "record/kind.h"

extern const struct kind region_kind, organisation_kind, account_kind;

/* A region's id is its 12-digit statistical code (responsibility reference §5). */
struct region {
    struct record is;
    int64_t code;
    const char *name;
    const char *level;
    int64_t parent;
    int64_t valid_from, valid_to;
    int64_t successor;
    /* Of the boundary drawn last (boundary.h): known while there is one. */
    int64_t boundary_from; /* unknown: always */
    int64_t boundary_area; /* 1e-4 km² */
    const char *boundary_mark;
};

struct organisation {
    struct record is;
    const char *name;
    const char *short_name;
    int64_t region;
    const char *phone;
};

/* Who signs in. The password lies in `credential`, the rights in `access_grant`. */
struct account {
    struct record is;
    const char *name; /* what is typed at sign-in */
    const char *display_name;
    const char *post;
    const char *role;
    int64_t organisation;
    const char *phone;
    int64_t active;
};
