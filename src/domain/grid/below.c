#include "domain/grid/below.h"

#define SHOWN                                                                                                      \
    "SELECT id, name, level FROM region WHERE removed_at IS NULL AND (valid_from IS NULL OR valid_from <= ?) AND " \
    "(valid_to IS NULL OR valid_to >= ?) AND "

int areas_below(struct db *db, int64_t parent, int64_t day, size_t most, struct arena *arena, struct area_below **out,
                size_t *count, struct error *err)
{
    struct value on = value_int(day), limit = value_int((int64_t)most);
    struct area_below *list = ARENA_ARRAY(arena, struct area_below, most);
    struct rows rows;
    size_t n = 0;
    int got = parent ? db_query(db, &rows, SHOWN "parent = ? ORDER BY id LIMIT ?",
                                BIND(on, on, value_int(parent), limit), err)
                     : db_query(db, &rows, SHOWN "parent IS NULL ORDER BY id LIMIT ?", BIND(on, on, limit), err);
    if (got < 0)
        return -1;
    while (n < most && rows_next(&rows))
        list[n++] = (struct area_below){ .region = rows_int(&rows, 0),
                                         .name = arena_str(arena, rows_text(&rows, 1)),
                                         .level = arena_str(arena, rows_text(&rows, 2)) };
    *out = list;
    *count = n;
    return rows_done(&rows, err);
}
