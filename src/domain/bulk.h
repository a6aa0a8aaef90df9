/*
** One act over many records (decision 8): a move, a change of one field, into the bin, out of it. Every row is named by id
** and version and has a result of its own; one that is refused keeps no other from being done.
**
** The preview asks every rule of every row on a reader and writes nothing (change_check); what it says is what the act
** would do now, row by row.
*/
#pragma once
#include "domain/change.h"
#include "record/json.h"

enum bulk_act { BULK_MOVE, BULK_CHANGE, BULK_REMOVE, BULK_RESTORE };

struct bulk_row {
    int64_t id, version; /* as the person saw it */
};

struct bulk {
    const struct kind *kind;
    enum bulk_act act;
    const struct move *move; /* BULK_MOVE */
    const json_t *fields;    /* of the move, or the one that changes; borrowed */
    struct bulk_row *rows;
    size_t count; /* at most LIMIT_BULK */
};

struct bulk_sum {
    int64_t done, unchanged, refused;
};

/* {"move":"recheck-pass","fields":{…}} | {"change":{"due":…}} | {"remove":true} | {"restore":true}, and "rows":
** [{"id","version"}…], which may be missing (count 0: the caller finds them by a filter). Borrows from body. */
int bulk_parse(const struct kind *kind, const json_t *body, struct arena *arena, struct bulk *out, struct error *err);
/* Does the actor hold the verb anywhere? FAULT_FORBIDDEN "verb.missing". Not asked of a move the rows may bar him from: each
** row answers as it would alone, by that rule before the missing right is spoken of. */
int bulk_may(const struct actor *actor, const struct bulk *bulk, struct error *err);

/* Appends an object per row from..to into an open array: {id, version, number, title, ok, unchanged, changes: [{field, old,
** new}], code, detail, fields}. Personal values are masked. english: of the sentences. */
int bulk_preview(struct house *house, struct db *db, const struct change_order *order, const struct bulk *bulk,
                 size_t from, size_t to, bool english, struct json *j, struct bulk_sum *sum, struct error *err);

struct bulk_result {
    int64_t version; /* after it */
    bool ok, unchanged;
    const char *number, *title; /* NULL when the row is not the actor's to see */
    struct error why;           /* when it was refused */
};
/* Does one row, as a change of its own. Returns -1 only for what is wrong beyond the row (disk, store). quiet: no event. */
int bulk_do(struct house *house, const struct change_order *order, const struct bulk *bulk, size_t at, bool quiet,
            struct arena *arena, struct bulk_result *out, struct error *err);
