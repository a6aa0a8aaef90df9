/*
** Rules over all assignments of a person together, and the three administrators who open a new house.
*/
#pragma once
#include "domain/change.h"

/* After something changed: of the assignments that touch the days from–to (0 = open), the person holds at most
** LIMIT_GRANTS with rights on any day, and those of an administrator alone. Counts what comes through posts held and,
** for members of a department, through the organisation. */
int staff_check_rights(struct change *c, int64_t account, int64_t from, int64_t to, struct error *err);
/* The same for everybody an assignment gives something to. */
struct assignment;
int staff_check_holders(struct change *c, const struct assignment *a, struct error *err);
/* Does the assignment carry rights, to whoever holds it: by its role, or by the post it gives? */
int staff_carries_rights(struct db *db, const struct assignment *a, bool *out, struct error *err);
/* Does the person hold it, directly or through a post? */
int staff_is_held_by(struct db *db, const struct assignment *a, int64_t account, bool *out, struct error *err);

/* 三员: who runs the system, who keeps the rights, who reads the audit trail. */
enum { FOUND_SYSTEM, FOUND_SECURITY, FOUND_AUDIT, FOUNDERS };
extern const char *const founder_words[FOUNDERS]; /* "system", … */
struct founder {
    const char *name, *display_name;
};
/* True as long as nobody can sign in: the house may still be founded. */
int staff_is_open(struct house *house, bool *out, struct error *err);
/* Inside a change: makes the three accounts, their assignments and passwords (as hashes); fills their ids.
** FAULT_CONFLICT (setup.done) when somebody can sign in already; FAULT_INVALID on "system.name" … */
int staff_found(struct change *c, const struct founder who[FOUNDERS], const char *const hashes[FOUNDERS],
                int64_t ids[FOUNDERS], struct error *err);
