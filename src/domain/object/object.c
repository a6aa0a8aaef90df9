#include "domain/object/object.h"

#include "access/query.h"
#include "record/table.h"
#include "search/search.h"

#include <string.h>

enum { OBJECT_ROWS = 5000 }; /* rows that follow an object in one change */

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column object_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "name", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "county", COLUMN_INT, COLUMN_NOT_NULL },
    { "town", COLUMN_INT, COLUMN_NOT_NULL },
    { "village", COLUMN_INT, COLUMN_NOT_NULL },
    { "sector", COLUMN_TEXT, 0 },
};
static const struct index_decl object_indexes[] = { { "object_by_name", NAMES("name"), false, NULL } };
const struct table object_table = {
    .name = "object", LISTED(object_columns), .indexes = object_indexes, .index_count = 1
};

int object_owner(struct change *c, int64_t object, const char *field, struct owner *owner, struct error *err)
{
    bool live = false;
    for (const struct kind *const *k = all_kinds; *k && !live; k++)
        if ((*k)->scope == SCOPE_IS_OBJECT && record_is_live(c->db, c->actor, *k, object, &live, err) < 0)
            return -1;
    struct rows rows;
    if (db_query(c->db, &rows, "SELECT county, town, village, sector FROM object WHERE id = ?", BIND(value_int(object)),
                 err) < 0)
        return -1;
    bool found = rows_next(&rows);
    if (found && live)
        *owner = (struct owner){ .county = rows_int(&rows, 0),
                                 .town = rows_int(&rows, 1),
                                 .village = rows_int(&rows, 2),
                                 .object = object,
                                 .sector = arena_str(c->arena, rows_text(&rows, 3)) };
    if (rows_done(&rows, err) < 0)
        return -1;
    if (!found || !live)
        return fail_field(err, field, "没有这个监管对象，或它不在您的数据范围内，请重新选择",
                          "There is no such object in your scope; choose again");
    return 0;
}

static bool same_owner(const struct owner *a, const struct owner *b)
{
    bool same_sector = a->sector == b->sector || (a->sector && b->sector && strcmp(a->sector, b->sector) == 0);
    return a->county == b->county && a->town == b->town && a->village == b->village && same_sector;
}

/* Rows of an object follow it (decision 13: access goes with the current owner, statistics stay where it happened). */
static int move_rows(struct change *c, const struct record *r, struct error *err)
{
    for (const struct kind *const *k = all_kinds; *k; k++) {
        int64_t ids[OBJECT_ROWS + 1];
        size_t count = 0;
        if ((*k)->scope != SCOPE_OBJECT)
            continue;
        if (row_follow(c->db, *k, &r->own, ids, COUNT(ids), &count, err) < 0)
            return -1;
        if (count > OBJECT_ROWS)
            return fail_field(err, "region", "名下记录超过 %d 条，请联系管理员办理移交",
                              "It has more than %d records; ask the administrator to move it", OBJECT_ROWS);
        for (size_t i = 0; i < count; i++) {
            AUTO_TEXT tokens = TEXT_LIMIT(1024);
            search_tokens(&tokens, (*k)->name, r->own.county, r->own.town, r->own.village, r->own.object,
                          r->own.sector);
            if (search_move(c->db, (*k)->name, ids[i], text_get(&tokens), err) < 0)
                return -1;
        }
    }
    return 0;
}

int object_keep(struct change *c, const struct kind *kind, void *record, struct error *err)
{
    struct record *r = record_of(record);
    const char *name = *(const char *const *)field_member_const(field_title(kind), record);
    bool found;
    if (r->id == 0) {
        if (db_get_int(c->db,
                       "INSERT INTO object (kind, name, county, town, village, sector) VALUES (?, ?, ?, ?, ?, ?) "
                       "RETURNING id",
                       BIND(value_text(kind->name), value_text(name), value_int(r->own.county), value_int(r->own.town),
                            value_int(r->own.village), value_text(r->own.sector)),
                       &r->id, &found, err) < 0)
            return -1;
    } else if (db_run(c->db, "UPDATE object SET name = ?, county = ?, town = ?, village = ?, sector = ? WHERE id = ?",
                      BIND(value_text(name), value_int(r->own.county), value_int(r->own.town),
                           value_int(r->own.village), value_text(r->own.sector), value_int(r->id)),
                      NULL, err) < 0) {
        return -1;
    }
    r->own.object = r->id;
    if (c->before && !same_owner(&record_of_const(c->before)->own, &r->own))
        return move_rows(c, r, err);
    return 0;
}
