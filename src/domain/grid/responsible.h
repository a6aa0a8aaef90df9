/*
** Who answers for an object or an area on a day, read from the assignments in force; and which objects nobody, or more
** than one, supervises directly (安全生产法 (2021) art 10.2).
**
** The nearest direct supervisor counts: one named for the object itself takes over from one of its village, that from one
** of its town, county, city. Several at the same nearness are in each other's way, and the office rules (claim.c).
*/
#pragma once
#include "access/roles.h"
#include "base/arena.h"
#include "base/error.h"
#include "record/record.h"
#include "store/store.h"

enum duty_level { DUTY_CITY, DUTY_COUNTY, DUTY_TOWN, DUTY_VILLAGE, DUTY_OBJECT };
extern const char *const duty_level_words[]; /* "city", … */

enum { RESPONSIBLE_MOST = 200, GAPS_MOST = 16 };

struct responsible {
    int64_t assignment;
    struct owner own; /* of the assignment: who may open it */
    const struct role *role;
    const char *holder_kind; /* "account", "post" (nobody holds it), "organisation" */
    int64_t holder;
    const char *holder_name;
    const char *post; /* through which a person holds it; NULL */
    int64_t post_id;
    const char *sectors; /* ",A,B,"; NULL: all */
    int64_t from, to;    /* to: 0 = open */
    const char *basis;
    enum duty_level level;
};

struct duty_gap {
    const char *role;
    enum duty_level level;
};

/* own: of the object, or of an area (object 0). From the city down to the object, then in the order of the roles; at most
** RESPONSIBLE_MOST. */
int responsible_read(struct db *db, int64_t day, const struct owner *own, struct arena *arena, struct responsible **out,
                     size_t *count, struct error *err);
/* Roles that every area and object of that place is expected to have and nobody holds. */
size_t responsible_gaps(const struct owner *own, const struct responsible *list, size_t count,
                        struct duty_gap out[GAPS_MOST]);

/* ---- direct supervision of many objects ---- */

struct supervisor {
    int64_t organisation, area, object;
    const char *name, *basis, *sectors;
};
struct supervision {
    struct supervisor *areas; /* by area and sectors, of the whole house; at most LIMIT_SUPERVISED */
    size_t count;
};
int supervision_read(struct db *db, int64_t day, struct arena *arena, struct supervision *out, struct error *err);
/* Those of single objects whose ids lie in first–last. */
int supervision_of_objects(struct db *db, int64_t day, int64_t first, int64_t last, struct arena *arena,
                           struct supervision *out, struct error *err);
/* The nearest direct supervisors of one object, each organisation once: at most `most`. */
size_t supervisors_of(const struct supervision *areas, const struct supervision *objects, const struct owner *own,
                      const struct supervisor **out, size_t most);
