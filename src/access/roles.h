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
    bool supervises;    /* an organisation's: its people of the department see what it is aimed at */
    const struct right *rights;
    size_t right_count;
};

extern const struct role role_table[];
extern const size_t role_count;

const struct role *role_find(const char *code); /* NULL when there is none */
struct label role_label(const char *code);
/* What everybody who holds any right may look up: areas, organisations, people, posts. */
extern const struct right look_up;
