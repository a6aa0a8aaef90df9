#include "domain/object/object.h"

#include "access/query.h"
#include "record/table.h"
#include "search/search.h"

#include <string.h>

/* Rows of a kind that follow an object within its own change; beyond, in chunks that let others write in between. */
enum { OBJECT_ROWS = 5000, FOLLOW_ROWS = 1000, OBJECTS_COUNTED = 100, OWNERS_KNOWN = 512 };

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
/* Objects whose rows have not all followed yet. */
static const struct column follow_columns[] = { { "object", COLUMN_INT, COLUMN_NOT_NULL } };
const struct table object_follow_table = { .name = "object_follow",
                                           LISTED(follow_columns),
                                           .primary_key = NAMES("object") };

/* The place of an object among those asked for in this change. What a change has asked for is locked, so nobody else moves it;
** a part that is rolled back lets go of its locks. */
static struct owner *known_owner(struct change *c, int64_t object)
{
    if (!c->known || c->known_undone != db_undone(c->db))
        c->known = ARENA_ARRAY(c->arena, struct owner, OWNERS_KNOWN);
    c->known_undone = db_undone(c->db);
    return &c->known[(uint64_t)object % OWNERS_KNOWN];
}

int object_owner(struct change *c, int64_t object, const char *field, struct owner *owner, struct error *err)
{
    bool live = false;
    struct owner *known = known_owner(c, object);
    if (object && known->object == object) {
        *owner = *known;
        return 0;
    }
    /* Whoever keeps the rights of others aims them at objects that the keeper never sees. */
    struct actor keeper = actor_program();
    const struct actor *actor = actor_can(c->actor, "manage") ? &keeper : c->actor;
    for (const struct kind *const *k = all_kinds; *k && !live; k++)
        if ((*k)->scope == SCOPE_IS_OBJECT && record_is_live(c->db, actor, *k, object, &live, err) < 0)
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
    *known = *owner;
    return 0;
}

static bool follows(const struct kind *kind)
{
    return kind->scope == SCOPE_OBJECT || kind->scope == SCOPE_TARGET;
}

/* Rows of an object follow it (decision 13: access goes with the current owner, statistics stay where it happened).
** ids has room for `most`; *more: some are left. */
static int follow(struct db *db, const struct owner *own, int64_t *ids, size_t most, int64_t *moved, bool *more,
                  struct error *err)
{
    *more = false;
    *moved = 0;
    for (const struct kind *const *k = all_kinds; *k; k++) {
        size_t count = 0;
        if (!follows(*k))
            continue;
        if (row_follow(db, *k, own, ids, most, &count, err) < 0)
            return -1;
        *more |= count == most;
        *moved += (int64_t)count;
        for (size_t i = 0; i < count; i++) {
            AUTO_TEXT tokens = TEXT_LIMIT(1024);
            search_tokens(&tokens, (*k)->name, own->county, own->town, own->village, own->object, own->sector);
            if (search_move(db, (*k)->name, ids[i], text_get(&tokens), err) < 0)
                return -1;
        }
    }
    return 0;
}

static int move_rows(struct change *c, const struct record *r, struct error *err)
{
    int64_t *ids = ARENA_ARRAY(c->arena, int64_t, OBJECT_ROWS), moved;
    if (follow(c->db, &r->own, ids, OBJECT_ROWS, &moved, &c->follows, err) < 0)
        return -1;
    if (!c->follows)
        return 0;
    if (db_run(c->db, "DELETE FROM object_follow WHERE object = ?", BIND(value_int(r->id)), NULL, err) < 0)
        return -1;
    return db_run(c->db, "INSERT INTO object_follow (object) VALUES (?)", BIND(value_int(r->id)), NULL, err);
}

static struct owner waiting_owner(const struct rows *rows, struct arena *arena)
{
    return (struct owner){ .object = rows_int(rows, 0),
                           .county = rows_int(rows, 1),
                           .town = rows_int(rows, 2),
                           .village = rows_int(rows, 3),
                           .sector = arena_str(arena, rows_text(rows, 4)) };
}

static const char waiting_sql[] =
    "SELECT o.id, o.county, o.town, o.village, o.sector FROM object_follow f JOIN object o "
    "ON o.id = f.object ORDER BY o.id LIMIT ?";

struct following {
    bool more; /* rows of this object, or another object */
    int64_t moved, ids[FOLLOW_ROWS];
};

static int follow_some(struct db *db, void *args, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct following *f = args;
    struct owner own = { 0 };
    struct rows rows;
    f->more = false;
    f->moved = 0;
    if (db_query(db, &rows, waiting_sql, BIND(value_int(1)), err) < 0)
        return -1;
    if (rows_next(&rows))
        own = waiting_owner(&rows, &arena);
    if (rows_done(&rows, err) < 0)
        return -1;
    if (!own.object)
        return 0;
    bool left;
    if (follow(db, &own, f->ids, FOLLOW_ROWS, &f->moved, &left, err) < 0)
        return -1;
    f->more = true;
    return left ? 0 : db_run(db, "DELETE FROM object_follow WHERE object = ?", BIND(value_int(own.object)), NULL, err);
}

int object_follow_step(struct house *house, int64_t *moved, bool *more, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct following *f = ARENA_NEW(&arena, struct following);
    if (store_write_large(house->store, follow_some, f, err) < 0)
        return -1;
    *moved = f->moved;
    *more = f->more;
    return 0;
}

int object_follow_left(struct db *db, int64_t *left, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct owner waiting[OBJECTS_COUNTED];
    struct rows rows;
    size_t count = 0;
    *left = 0;
    if (db_query(db, &rows, waiting_sql, BIND(value_int(OBJECTS_COUNTED)), err) < 0)
        return -1;
    while (count < OBJECTS_COUNTED && rows_next(&rows))
        waiting[count++] = waiting_owner(&rows, &arena);
    if (rows_done(&rows, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        for (const struct kind *const *k = all_kinds; *k; k++) {
            int64_t rows_left = 0;
            if (follows(*k) && row_follow_left(db, *k, &waiting[i], &rows_left, err) < 0)
                return -1;
            *left += rows_left;
        }
    return 0;
}

void object_follow_tell(struct house *house)
{
    for (const struct kind *const *k = all_kinds; house->hub && *k; k++)
        if (follows(*k))
            hub_publish(house->hub, &(struct hub_event){ .kind = (*k)->name, .many = true });
}

int object_follow(struct house *house, struct error *err)
{
    int64_t moved;
    bool more;
    do
        if (object_follow_step(house, &moved, &more, err) < 0)
            return -1;
    while (more);
    object_follow_tell(house);
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
    if (c->before && !owner_equal(&record_of_const(c->before)->own, &r->own))
        return move_rows(c, r, err);
    return 0;
}
