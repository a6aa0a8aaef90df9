/*
** The only write path (decision 2). change_run executes fn inside one transaction of the store; fn reads (locked),
** checks and writes through the functions below and nothing else writes a kind's table. Each write validates types,
** required fields, choices at the date of the fact, scope and verb, saves with version + 1, keeps history (one row per
** version), the named parties, the search text and, after the commit, publishes an event.
**
** fn may run more than once (see store.h): it must have no effect outside the change. Memory of a run is c->arena;
** what the caller wants to keep it takes from change_result after change_run returned 0.
**
** Time and actor are arguments (decision 6). A repeated Idempotency-Key does not run fn again: out->replayed is set and
** kind and id are the first run's (decision 7).
*/
#pragma once
#include "access/access.h"
#include "calendar/calendar.h"
#include "live/hub.h"
#include "record/kind.h"
#include "store/store.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct jobs; /* jobs/jobs.h */

/* What every part of a running installation shares. */
struct house {
    struct store *store;
    struct hub *hub;                 /* NULL in commands without pages */
    const char *folder;              /* the data folder */
    bool demo;                       /* the folder is marked as a demonstration */
    const struct calendar *calendar; /* working days in force; NULL = as published */
    struct jobs *jobs;               /* NULL where none are worked off */
    /* Lets rows follow a moved object in the background, for whoever moved it (jobs/follow_job.h); NULL: at once, before the
    ** change is answered. */
    int (*follow)(struct house *house, const struct actor *actor, struct error *err);
    const char *public_url; /* where it is reached from outside, without a slash at its end; NULL = not known */
};

struct once {
    const char *key;        /* NULL = not repeated-safe */
    unsigned char body[32]; /* SHA-256 over address and body */
};

/* From where, and by which session or key (ids, 0 = by none): kept beside every version, for the audit trail. */
struct via {
    const char *peer;
    int64_t session, key;
};

struct change_order {
    const struct actor *actor;
    int64_t now_ms;
    const char *cause; /* "web", "key", "import 12", "demo" */
    struct via via;
    struct once once;
    bool large; /* hundreds of rows and more (store_write_large) */
};

struct change_result {
    const char *kind; /* static */
    int64_t id, version;
    bool replayed;
    bool unchanged; /* nothing differed: no new version */
};

enum { CHANGE_EVENTS = 32 }; /* of one change; what goes beyond is told as "many of this kind" */

struct change {
    struct db *db;
    struct arena *arena;
    const struct actor *actor;
    int64_t now;
    const char *cause;
    struct via via;
    int64_t import_id;
    const struct calendar *calendar;
    /* what check functions look at */
    const struct kind *kind;
    const void *before; /* NULL when created */
    void *after;
    const struct move *move; /* NULL outside moves */
    const char *note;
    struct change_result result;
    struct hub_event *events;
    size_t event_count;
    int64_t *told; /* accounts with a new notice (notice.h), each once */
    size_t told_count, told_room;
    struct owner *known; /* owners of objects asked for already (object_owner), by object; NULL: none */
    unsigned known_undone;
    bool quiet;          /* imports: no event per row */
    bool calendar_moved; /* days off have changed: reloaded after the commit */
    bool follows;        /* more rows follow a moved object, after the commit */
    bool dry;            /* change_check: every rule is asked, nothing is written */
};

typedef int (*change_fn)(struct change *c, void *args, struct error *err);
int change_run(struct house *house, const struct change_order *order, change_fn fn, void *args,
               struct change_result *out, struct error *err);

/* Runs fn on a reader connection, with c->dry set: every act below asks every rule, uniqueness included, and
** stops before the first write, so people's changes go on meanwhile. What fn would have made is not there afterwards, and
** not within fn either. */
int change_check(struct db *reader, const struct change_order *order, change_fn fn, void *args, struct error *err);

/* ---- inside fn ---- */

/* Reads and locks. FAULT_MISSING outside the actor's read scope, FAULT_FORBIDDEN when seen but without the verb there,
** FAULT_STALE when version is not 0 and not the stored one. */
int change_get(struct change *c, const struct kind *kind, int64_t id, int64_t version, const char *verb, void **out,
               struct error *err);

/* The same for a move, by its verb. Whom the record bars from it hears that rule before he hears that he lacks the verb or
** saw an older version. */
int change_get_to_move(struct change *c, const struct kind *kind, int64_t id, int64_t version, const struct move *move,
                       void **out, struct error *err);

/* An empty record of the kind, in c->arena. */
void *change_new(struct change *c, const struct kind *kind);

/* Applies a JSON object to record (known and given bits). allow says which fields may come from outside. Unknown names,
** wrong types and forbidden fields are collected in err->fields. before is the stored record or NULL. */
enum change_source { FROM_CREATE, FROM_PATCH, FROM_MOVE };
int change_apply_json(struct change *c, const struct kind *kind, const json_t *body, enum change_source source,
                      const struct move *move, void *record, struct error *err);

int change_create(struct change *c, const struct kind *kind, void *record, struct error *err);
/* before: as change_get gave it; after: an edited copy (change_copy). */
void *change_copy(struct change *c, const struct kind *kind, const void *record);
/* Both take over what change_apply_json has collected in err: missing fields join it, nothing is saved. */
int change_save(struct change *c, const struct kind *kind, const void *before, void *after, struct error *err);
/* The note says why; it stands in the history. */
int change_save_because(struct change *c, const struct kind *kind, const void *before, void *after, const char *note,
                        struct error *err);
/* An object goes to another area, with the verb "transfer" there and here; the note says why. */
int change_transfer(struct change *c, const struct kind *kind, const void *before, void *after, const char *note,
                    struct error *err);
int change_move(struct change *c, const struct kind *kind, const struct move *move, const void *before, void *after,
                const char *note, struct error *err);
/* The named fields were looked at and found right: a version of its own whose history names them and changes nothing
** (domain/sources.h folds it). */
int change_verify(struct change *c, const struct kind *kind, const void *before, const char *const *fields,
                  size_t count, struct error *err);
int change_remove(struct change *c, const struct kind *kind, const void *before, struct error *err);
int change_restore(struct change *c, const struct kind *kind, const void *before, struct error *err);

/* After one of these: is the field another than before? Meant for whoever shows what an act does. */
bool change_differs(struct change *c, const struct field *f);

/* Takes back the record's last version: old values from the history, or out of the bin. Moves are not taken back
** (FAULT_REFUSED, "undo.move"); what was made is removed instead ("undo.create"). version as for change_get. */
int change_undo(struct change *c, const struct kind *kind, int64_t id, int64_t version, struct error *err);
/* The old values of one history row (its `changes`) put back over the record as it is now. */
int change_revert(struct change *c, const struct kind *kind, const void *before, const char *changes,
                  struct error *err);

/* After the commit the open pages of that account look at its notices. */
void change_tells(struct change *c, int64_t account);

/* Field by field, in the words of the API: used by check functions. Returns -1. */
#define refuse(err, code, ...) fail((err), FAULT_REFUSED, (code), __VA_ARGS__)

/* ---- tables of this folder ---- */
extern const struct table domain_tables[];
extern const size_t domain_table_count;

/* ---- history ---- */
struct history_row {
    int64_t version, at, actor;
    const char *act, *move, *note, *cause;
    const char *changes; /* JSON object: field -> [old, new] */
};
/* Newest first, at most 500. The caller has read the record in scope before. */
int history_read(struct db *db, const struct kind *kind, int64_t id, struct arena *arena, struct history_row **out,
                 size_t *count, struct error *err);
/* How many of them, the newest, are left for whoever never saw the draft (kind.open_states): those from its opening on. */
size_t history_since_open(const struct kind *kind, const struct history_row *rows, size_t count);
/* Did the version with these changes (JSON, as in a row) open it: was it a draft before? */
bool history_opened(const struct kind *kind, const json_t *changes);
