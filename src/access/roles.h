/*
** What each role lets its holder do (decision 46: rights are a view of who is responsible for what).
**
** An assignment gives a role to a person, a post or an organisation, aimed at an area, sectors, an object or a post. The
** table here says who may hold a role, what it may be aimed at, and which rights follow; actor_load turns the
** assignments of a day into grants with it. A role without rights says who answers for something and opens nothing.
** Rights have days from which and until which they hold, like the entries of a list: a day's grants are those of the
** table of that day.
*/
#pragma once
#include "record/kind.h"

#include <stdbool.h>
#include <stdint.h>

/* The list of roles; a row of the table for each. */
extern const struct choices duty_roles;

enum role_holder { HOLDER_ACCOUNT = 1, HOLDER_POST = 2, HOLDER_ORGANISATION = 4 };
enum role_target { TARGET_AREA = 1, TARGET_SECTORS = 2, TARGET_OBJECT = 4, TARGET_POST = 8 };

enum { ROLE_RIGHTS = 4 }; /* rights of one role, at most */

struct right {
    const char *kinds; /* ",hazard,enterprise,"; NULL = all; "," = none: the verb belongs to no record */
    const char *but;   /* taken out of `kinds` */
    const char *verbs;
    bool everywhere; /* wherever the role is aimed */
    bool named;      /* only rows that name the holder */
    int64_t valid_from, valid_to;
};

struct role {
    const char *code;
    struct label words; /* what the holder does, a sentence */
    unsigned holders;   /* enum role_holder: who may hold it */
    unsigned may, must; /* enum role_target: what it may be aimed at; of must, at least one */
    bool alone;         /* an administrator's: nobody holds it together with another role */
    bool heads;         /* stands above whoever acts in another role at the same level */
    bool supervises;    /* an organisation's: its people of the department see what it is aimed at */
    const struct right *rights;
    size_t right_count;
};

extern const struct role role_table[];
extern const size_t role_count;

const struct role *role_find(const char *code); /* NULL when there is none */
struct label role_label(const char *code);
/* How high somebody stands, from the lowest; each level and, above it, who heads it. An entry is a place in this list. */
extern const struct choices standings;
enum standing_level { STANDS_UNIT, STANDS_TOWN, STANDS_COUNTY, STANDS_CITY, STANDS_PROVINCE };
int standing_at(enum standing_level level, const char *role); /* role NULL: none that heads it */
int standing_find(const char *code);                          /* -1: none */
/* So many standings, from the lowest, lie under somebody who decides what those there have set: all lower ones and, of whoever
** heads a level, the own one too: there another of the same office decides, since at the top nobody stands above. */
int standing_reach(int standing);
/* What everybody who holds any right may look up: areas, organisations, people, posts. */
extern const struct right look_up;
