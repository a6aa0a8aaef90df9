/* Areas, organisations, people, posts, and who is responsible for what. */
#pragma once
#include "record/kind.h"

extern const struct kind region_kind, organisation_kind, account_kind, post_kind, assignment_kind, claim_kind,
    claim_other_kind;

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
    const char *document_word; /* before the kind of paper in its numbers: 澜安监 */
    const char *type;
    int64_t parent;
    int64_t region;
    const char *phone;
};

/* Who signs in. The password lies in `credential`; the rights follow from assignments. */
struct account {
    struct record is;
    const char *name; /* what is typed at sign-in */
    const char *display_name;
    const char *post;
    const char *certificate; /* 执法证号 */
    int64_t organisation;
    const char *phone;
    int64_t active;
};

/* 岗位: what stays when the person goes. Who holds it on a day says an assignment with the role "holds". */
struct post {
    struct record is;
    const char *name;
    int64_t organisation;
    int64_t region;
    const char *phone;
};

/*
** 责任关系: who is responsible for what, from when until when, on which basis (decision 46). Committee rosters,
** portfolios, guarantors, the three supervisors and the rights of people are views of it on a day. What it says is
** fixed; it ends and another begins, so that any past day can be asked.
*/
struct assignment {
    struct record is;
    const char *title;
    const char *role;
    int64_t holder_account, holder_post, holder_organisation; /* exactly one */
    int64_t area;
    const char *sectors;
    int64_t object;
    int64_t post; /* role "holds": the post */
    int64_t valid_from, valid_to;
    const char *basis;
    const char *document;
};

/* 监管职责认领: an object, or a sector of an area, that nobody or several supervise; 安全生产法 (2021) art 10.2. */
enum claim_state { CLAIM_OPEN, CLAIM_CLAIMED, CLAIM_RULED, CLAIM_WITHDRAWN };

struct claim_other {
    struct record is;
    int64_t assignment;
};

struct claim {
    struct record is;
    int64_t state;
    const char *title;
    int64_t object;
    int64_t region;
    const char *sector;
    const char *matter;
    int64_t claimant;
    const char *basis;
    const char *opinion;
    struct lines *others; /* assignments that end with the ruling */
    int64_t assignment;   /* the one it made */
};
