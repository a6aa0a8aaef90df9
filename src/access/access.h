/*
** Who may do what, and to which rows.
**
** A grant = kinds ∧ verbs ∧ where; where = area of the five-level grid ∧ sectors ∧ object, "rows that name me", or "what
** my organisation supervises" (decision 12). Grants are computed from the assignments in force on a day (decision 46): a
** person holds at most LIMIT_GRANTS of them that carry rights, and each gives at most one way to a row of a kind by a
** verb. scope_compile turns them into conditions over the owner columns for one kind and one verb; lists, counts, search,
** labels, export, files, history and events all use that one result, so no query reaches rows without it.
**
** An actor is loaded once per request (or per event stream) and never changes while in use.
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/value.h"
#include "access/roles.h"
#include "live/hub.h"
#include "record/kind.h"
#include "record/record.h"
#include "store/dialect.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- verbs ---- */
extern const char *const verb_names[];     /* NULL at the end; at most 64 */
extern const struct label verb_labels[];   /* same order */
uint64_t verb_bit(const char *verb);       /* 0 for an unknown word */
struct label verb_label(const char *verb); /* of a known word */
uint64_t verbs_parse(const char *list);    /* "read,create"; "all" is every verb */

/* ---- people ---- */
enum { ACCOUNT_SYSTEM = 1 }; /* the account that stands for the program itself: imports at first start, ladders */

struct grant {
    const char *kinds; /* ",hazard,enterprise,"; NULL = all */
    const char *but;   /* taken out of kinds; NULL = none */
    uint64_t verbs;
    int64_t area;        /* region code; 0 = everywhere */
    const char *sectors; /* ",HAZCHEM,"; NULL = all */
    int64_t object;      /* 0 = any */
    bool named;          /* only rows whose party fields name the actor */
    int64_t supervisor;  /* only rows of objects this organisation is responsible for one by one; 0 = any */
    const char *role;    /* where it comes from: NULL for what everybody may look up */
    int64_t assignment;  /* 0: none, or several (supervisor) */
};

enum { ACTOR_GRANTS = LIMIT_GRANTS * ROLE_RIGHTS + 1 };

struct actor {
    int64_t id;
    const char *name, *display_name, *post;
    int64_t organisation;
    const char *organisation_name;
    const char *role; /* the first that carries rights; NULL when none does */
    struct grant grants[ACTOR_GRANTS];
    size_t grant_count;
    int64_t *supervised; /* ids of objects, ascending: what a grant's supervisor is responsible for */
    size_t supervised_count;
    int64_t day;                /* the grants are those of this day */
    const struct actor *viewer; /* "see as": who looks through these eyes, in the scope of both and reading only */
    bool program;               /* the program itself: sees and may do everything; never comes from a request */
    int64_t key; /* the API key that narrows it; 0: none. What is done later (jobs/) is narrowed by it again */
};

/* The person with the grants of that day. FAULT_UNAUTHENTICATED when the account is gone, in the bin or disabled. */
int actor_load(struct db *db, int64_t account, int64_t day, struct arena *arena, struct actor *out, struct error *err);
struct actor actor_program(void);

/* True when some grant gives the verb on the kind somewhere: the gate's first question. */
bool actor_may(const struct actor *actor, const struct kind *kind, uint64_t verb);
/* What belongs to no kind of record: "manage" (accounts, rights, sessions and keys of others), "audit" (the trail),
** "operate" (settings, jobs of others). Held by the three administrators, each by one of them. */
bool actor_can(const struct actor *actor, const char *verb);
uint64_t actor_verbs(const struct actor *actor, const struct kind *kind);
/* May look through somebody else's eyes: whoever manages accounts, and the office. Of the rows the person sees whoever
** looks still sees only the own ones. */
bool actor_may_look(const struct actor *actor);
/* What the person sees, in words: "青石县临河镇" / "全市". Fills both languages. */
int actor_scope_words(struct db *db, const struct actor *actor, struct arena *arena, struct label *out,
                      struct error *err);

/* ---- scope ---- */
enum scope_level {
    LEVEL_ALL,
    LEVEL_COUNTY,
    LEVEL_TOWN,
    LEVEL_VILLAGE,
    LEVEL_OBJECT,
    LEVEL_RANGE,
    LEVEL_PARTY,
    LEVEL_SUPERVISED,
};

struct scope_part {
    enum scope_level level;
    int64_t code, code_end; /* the code; LEVEL_RANGE: from–to over own_county; LEVEL_PARTY: the account;
                            ** LEVEL_SUPERVISED: the organisation, on the day code_end */
    /* A grant that names an area as well narrows LEVEL_OBJECT and LEVEL_PARTY to it (LEVEL_ALL: anywhere), one that
    ** names an object narrows LEVEL_PARTY to it (0: any). */
    enum scope_level area_level;
    int64_t area, area_end;
    int64_t object;
    /* Of a kind with open_states: which rows in other states lie in the part. */
    enum { DRAFTS_ALL, DRAFTS_OWN /* of the office or the person */, DRAFTS_NONE } drafts;
    int64_t office, person; /* DRAFTS_OWN: an organisation (0: none) and an account */
    const char *above;      /* choice field of standings (move.above); NULL: all rows */
    int above_reach;        /* of those where it is known, only those where one of the lowest so many stands */
    const char *level_field, *level_code; /* rows in whose field that code stands (expected.level); NULL: all */
    const char *sectors;                  /* ",A,B,"; NULL = all */
    const int64_t *objects;               /* LEVEL_SUPERVISED: their ids, ascending */
    size_t object_count;
};

struct scope {
    const struct kind *kind;
    struct scope_part parts[LIMIT_GRANTS];
    size_t count; /* 0: nothing at all */
    bool within;  /* "see as": only rows that lie in these parts as well */
    struct scope_part within_parts[LIMIT_GRANTS];
    size_t within_count;
};

/* Whose a row is while it is a draft (kind.open_states). */
struct drafted {
    bool still;             /* it is one now; all 0 of a kind that has none */
    int64_t office, person; /* an organisation (0: none) and the account that made it */
};
struct drafted drafted_of(const struct kind *kind, const void *record);

void scope_compile(const struct actor *actor, const struct kind *kind, uint64_t verb, struct scope *out);
/* Rows on which the actor holds the move's verb by one of the roles it is expected of. */
void scope_expected(const struct actor *actor, const struct kind *kind, const struct move *move, struct scope *out);
/* How high the actor stands by whom he holds the verb on the row: a place in standings (roles.h), -1 where he does not. */
int actor_standing(const struct actor *actor, const struct kind *kind, uint64_t verb, const struct owner *own,
                   bool party);
/* Is the move for somebody who stands higher than whoever holds its verb here (move.above)? False of who lacks the verb. */
bool actor_too_low(const struct actor *actor, const struct kind *kind, const struct move *move, const void *record,
                   bool party);
bool scope_is_all(const struct scope *scope);
/* Does the row lie in the scope? Of a row that was read by the actor: drafts were looked at there, by the store. party: the
** row's parties include the actor (asked from the store by the caller; only looked at when a part is LEVEL_PARTY). */
bool scope_covers(const struct scope *scope, const struct owner *own, bool party);
/* Did, or does, the scope show the row while it is a draft? Of a kind without drafts: true. */
bool scope_knew_draft(const struct scope *scope, const void *record);
/* The same for an event; party parts never match here, such readers reload on their own to-do. */
bool scope_covers_event(const struct scope *scope, const struct hub_event *event);
bool scope_has_party(const struct scope *scope);
int party_named(struct db *db, const struct kind *kind, int64_t id, int64_t account, bool *out, struct error *err);

/* Is it this grant that lets the actor do that with the row? For "why can I see this". */
bool grant_covers(const struct actor *actor, const struct grant *grant, const struct kind *kind, uint64_t verb,
                  const struct owner *own, bool party, const struct drafted *draft);
/* Where a grant reaches, in words. objects: an object's name may be told to whoever reads them. */
int grant_words(struct db *db, const struct grant *grant, bool objects, struct arena *arena, struct label *out,
                struct error *err);

/* ---- tables of this folder ---- */
extern const struct table access_tables[];
extern const size_t access_table_count;
