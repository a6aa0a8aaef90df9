#include "domain/object/object.h"

#include "access/query.h"
#include "record/type.h"

#include <string.h>

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
    const char *name, *kind;
    if (labels_objects(c->db, c->actor, &object, 1, c->arena, &name, &kind, err) < 0)
        return -1;
    struct rows rows;
    if (db_query(c->db, &rows, "SELECT county, town, village, sector FROM object WHERE id = ?", BIND(value_int(object)),
                 err) < 0)
        return -1;
    bool found = rows_next(&rows);
    if (found)
        *owner = (struct owner){ .county = rows_int(&rows, 0),
                                 .town = rows_int(&rows, 1),
                                 .village = rows_int(&rows, 2),
                                 .object = object,
                                 .sector = arena_str(c->arena, rows_text(&rows, 3)) };
    if (rows_done(&rows, err) < 0)
        return -1;
    if (!found || !name)
        return fail_field(err, field, "没有这个监管对象，或它不在您的数据范围内，请重新选择",
                          "There is no such object in your scope; choose again");
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
    return 0;
}
