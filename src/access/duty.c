#include "access/duty.h"

#include "record/type.h"

#include <string.h>

enum { CANDIDATES = 512 };

/* Whoever may hold the role there: held at the object, at an area around the place, or everywhere; by the person or by
** a post the person holds. Which sectors and kinds it reaches is decided by the person's grants. */
static const char candidates_sql[] =
    "SELECT p.id FROM account p WHERE p.removed_at IS NULL AND p.active = 1 AND p.id IN ("
    "SELECT coalesce(a.holder_account, h.holder_account) FROM assignment a LEFT JOIN assignment h ON "
    "h.post = a.holder_post AND h.role = 'holds' AND h.removed_at IS NULL AND h.valid_from <= ? AND "
    "(h.valid_to IS NULL OR h.valid_to >= ?) "
    "WHERE a.role = ? AND a.removed_at IS NULL AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?) AND "
    "(a.object IS NULL OR a.object = ?) AND (a.area IS NULL OR a.area IN (?, ?, ?, ?, ?))) ORDER BY p.id LIMIT ?";

static int candidates(struct db *db, int64_t day, const char *role, const struct owner *own, int64_t out[CANDIDATES],
                      size_t *count, struct error *err)
{
    struct rows rows;
    struct value on = value_int(day);
    int64_t county = own->county;
    *count = 0;
    if (db_query(db, &rows, candidates_sql,
                 BIND(on, on, value_text(role), on, on, value_int(own->object), value_int(own->village),
                      value_int(own->town), value_int(county), value_int(county ? region_at(county, REGION_CITY) : 0),
                      value_int(county ? region_at(county, REGION_PROVINCE) : 0), value_int(CANDIDATES)),
                 err) < 0)
        return -1;
    while (*count < CANDIDATES && rows_next(&rows))
        out[(*count)++] = rows_int(&rows, 0);
    return rows_done(&rows, err);
}

/* By the grants of that role alone: whatever else the person may see does not make the person responsible. Nobody holds a
** role over a draft: it is its office's own until it speaks to anybody. */
static bool holds(const struct actor *person, const struct kind *kind, const char *role, uint64_t verbs,
                  const struct owner *own)
{
    for (size_t i = 0; i < person->grant_count; i++) {
        const struct grant *g = &person->grants[i];
        if (g->role && strcmp(g->role, role) == 0 && !g->named &&
            grant_covers(person, g, kind, verbs, own, false, &(struct drafted){ 0 }))
            return true;
    }
    return false;
}

int duty_holders(struct db *db, int64_t day, const struct kind *kind, const char *role, const struct owner *own,
                 int64_t out[DUTY_MOST], size_t *count, struct error *err)
{
    int64_t ids[CANDIDATES];
    size_t found;
    *count = 0;
    if (candidates(db, day, role, own, ids, &found, err) < 0)
        return -1;
    for (size_t i = 0; i < found && *count < DUTY_MOST; i++) {
        AUTO_ARENA arena = { 0 };
        struct actor person;
        if (actor_load(db, ids[i], day, &arena, &person, err) < 0)
            return -1;
        if (holds(&person, kind, role, verb_bit("read"), own))
            out[(*count)++] = ids[i];
    }
    return 0;
}

int duty_may_answer(struct db *db, int64_t account, int64_t day, const struct kind *kind, const char *verb,
                    const struct owner *own, bool *out, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct actor person;
    struct scope scope;
    struct error gone = { 0 };
    *out = false;
    if (actor_load(db, account, day, &arena, &person, &gone) < 0) {
        if (gone.fault == FAULT_UNAUTHENTICATED)
            return 0;
        *err = gone;
        return -1;
    }
    scope_compile(&person, kind, verb_bit("read") | verb_bit(verb), &scope);
    *out = scope_covers(&scope, own, true);
    return 0;
}

int duty_is_active(struct db *db, int64_t account, bool *out, struct error *err)
{
    int64_t ignored;
    return db_get_int(db, "SELECT 1 FROM account WHERE id = ? AND removed_at IS NULL AND active = 1",
                      BIND(value_int(account)), &ignored, out, err);
}
