#include "domain/grid/coverage.h"

#include "record/type.h"

#include <string.h>

static const struct {
    const char *level, *roles[COVERAGE_ROLES];
} expected[] = {
    { "county", { "first_responsible" } },
    { "town", { "first_responsible", "grid_head", "grid" } },
    { "village", { "grid_head", "grid" } },
};

/* One row per area and role somebody active holds there, by area. */
static const char held_sql[] =
    "SELECT DISTINCT a.area, a.role FROM assignment a "
    "LEFT JOIN assignment h ON h.post = a.holder_post AND h.role = 'holds' AND h.removed_at IS NULL AND "
    "h.valid_from <= ? AND (h.valid_to IS NULL OR h.valid_to >= ?) "
    "JOIN account p ON p.id = coalesce(a.holder_account, h.holder_account) AND p.removed_at IS NULL AND p.active = 1 "
    "WHERE a.removed_at IS NULL AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?) AND "
    "a.role IN ('first_responsible', 'grid_head', 'grid') AND a.area >= ? AND a.area <= ? ORDER BY a.area, a.role";

static const char areas_sql[] = "SELECT id, name, level FROM region WHERE removed_at IS NULL AND id >= ? AND id <= ? "
                                "AND level IN ('county', 'town', "
                                "'village') AND (valid_from IS NULL OR valid_from <= ?) AND (valid_to IS NULL OR "
                                "valid_to >= ?) ORDER BY id LIMIT ?";

static void expect_all(struct coverage_area *area)
{
    for (size_t i = 0; i < COUNT(expected); i++)
        if (strcmp(expected[i].level, area->level) == 0)
            for (size_t r = 0; r < COVERAGE_ROLES && expected[i].roles[r]; r++)
                area->missing[area->missing_count++] = expected[i].roles[r];
}

static void take_out(struct coverage_area *area, const char *role)
{
    size_t kept = 0;
    for (size_t i = 0; i < area->missing_count; i++)
        if (strcmp(area->missing[i], role) != 0)
            area->missing[kept++] = area->missing[i];
    area->missing_count = kept;
}

int coverage_read(struct db *db, int64_t within, int64_t day, struct arena *arena, struct coverage_area **out,
                  size_t *count, struct error *err)
{
    struct coverage_area *list = ARENA_ARRAY(arena, struct coverage_area, COVERAGE_AREAS);
    struct value first = value_int(within), last = value_int(within ? region_last(within) : INT64_MAX);
    struct value on = value_int(day);
    struct rows rows;
    size_t n = 0, at = 0;
    if (db_query(db, &rows, areas_sql, BIND(first, last, on, on, value_int(COVERAGE_AREAS)), err) < 0)
        return -1;
    while (n < COVERAGE_AREAS && rows_next(&rows)) {
        list[n] = (struct coverage_area){ .region = rows_int(&rows, 0),
                                          .name = arena_str(arena, rows_text(&rows, 1)),
                                          .level = arena_str(arena, rows_text(&rows, 2)) };
        expect_all(&list[n++]);
    }
    if (rows_done(&rows, err) < 0 || db_query(db, &rows, held_sql, BIND(on, on, on, on, first, last), err) < 0)
        return -1;
    while (rows_next(&rows)) { /* both by area: one walk */
        while (at < n && list[at].region < rows_int(&rows, 0))
            at++;
        if (at < n && list[at].region == rows_int(&rows, 0))
            take_out(&list[at], rows_text(&rows, 1));
    }
    *out = list;
    *count = n;
    return rows_done(&rows, err);
}
