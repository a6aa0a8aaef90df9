#include "domain/sources.h"

#include <string.h>

/* One version, oldest first. What a version changed is supplied by it; what it verified keeps its source. */
static void fold(struct source *list, const struct kind *kind, const struct source *now, const json_t *changes)
{
    bool verifies = strcmp(now->act, "verify") == 0;
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        if (now->version > 1 && !json_object_get(changes, f->name))
            continue;
        if (verifies) {
            list[i].verified_at = now->at;
            list[i].verified_by = now->by;
        } else {
            list[i] = *now;
            list[i].field = f;
        }
    }
}

/* Who wrote the draft is nobody's outside: what stood in it comes from whoever opened it, by that. */
static void begin_here(struct source *list, const struct kind *kind, const struct source *now)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        list[i] = *now;
        list[i].field = &kind->fields[i];
    }
}

int sources_read(struct db *db, const struct kind *kind, const void *record, bool draft, struct arena *arena,
                 struct source **out, size_t *count, struct error *err)
{
    struct source *list = ARENA_ARRAY(arena, struct source, kind->field_count + 1);
    const struct record *r = record_of_const(record);
    struct rows rows;
    if (db_query(db, &rows,
                 "SELECT version, at, actor, act, cause, changes FROM history WHERE kind = ? AND id = ? "
                 "ORDER BY version",
                 BIND(value_text(kind->name), value_int(r->id)), err) < 0)
        return -1;
    while (rows_next(&rows)) {
        struct source now = { .version = rows_int(&rows, 0),
                              .at = rows_int(&rows, 1),
                              .by = rows_int(&rows, 2),
                              .act = arena_str(arena, rows_text(&rows, 3)),
                              .cause = arena_str(arena, rows_text(&rows, 4)) };
        json_t *changes = json_loads(rows_text(&rows, 5), 0, NULL);
        if (!draft && history_opened(kind, changes))
            begin_here(list, kind, &now);
        else
            fold(list, kind, &now, changes);
        json_decref(changes);
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    *count = 0;
    for (size_t i = 0; i < kind->field_count; i++)
        if (list[i].field && record_bit(r->known, field_slot(&kind->fields[i])))
            list[(*count)++] = list[i];
    *out = list;
    return 0;
}
