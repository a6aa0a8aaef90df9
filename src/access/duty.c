#include "access/duty.h"

static const char *as_set(struct arena *arena, const char *list)
{
    return list && list[0] ? arena_printf(arena, ",%s,", list) : NULL;
}

int duty_holders(struct db *db, const struct kind *kind, const char *role, const struct owner *own,
                 int64_t out[DUTY_MOST], size_t *count, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct rows rows;
    *count = 0;
    if (db_query(db, &rows,
                 "SELECT a.id, g.kinds, g.verbs, g.area, g.sectors, g.object FROM account a "
                 "JOIN access_grant g ON g.account = a.id WHERE a.role = ? AND a.removed_at IS NULL AND a.active = 1 "
                 "AND g.named = 0 ORDER BY a.id, g.id",
                 BIND(value_text(role)), err) < 0)
        return -1;
    while (*count < DUTY_MOST && rows_next(&rows)) {
        int64_t id = rows_int(&rows, 0);
        if (*count && out[*count - 1] == id)
            continue;
        struct actor holder = { .id = id,
                                .grants = { { .kinds = as_set(&arena, rows_text(&rows, 1)),
                                              .verbs = verbs_parse(rows_text(&rows, 2)),
                                              .area = rows_int(&rows, 3),
                                              .sectors = as_set(&arena, rows_text(&rows, 4)),
                                              .object = rows_int(&rows, 5) } },
                                .grant_count = 1 };
        struct scope scope;
        scope_compile(&holder, kind, verb_bit("read"), &scope);
        if (scope_covers(&scope, own, false))
            out[(*count)++] = id;
    }
    return rows_done(&rows, err);
}

int duty_is_active(struct db *db, int64_t account, bool *out, struct error *err)
{
    int64_t ignored;
    return db_get_int(db, "SELECT 1 FROM account WHERE id = ? AND removed_at IS NULL AND active = 1",
                      BIND(value_int(account)), &ignored, out, err);
}
