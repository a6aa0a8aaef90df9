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
struct founder {
    const char *name, *display_name, *password;
};
/* True as long as nobody can sign in: the house may still be founded. */
int staff_is_open(struct house *house, bool *out, struct error *err);
/* Makes the three accounts, their assignments and passwords. FAULT_CONFLICT (setup.closed) when somebody can sign in
** already; FAULT_INVALID on "system.password", "security.name" … when an entry will not do. A run that was cut off is
** finished by the next. */
int staff_found(struct house *house, const struct founder who[FOUNDERS], int64_t now_ms, struct error *err);
