#include "domain/grid/boundary.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/seal.h"
#include "domain/grid/areas.h"
#include "domain/grid/grid.h"
#include "record/type.h"

#include <math.h>
#include <string.h>

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column boundary_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "region", COLUMN_INT, COLUMN_NOT_NULL },
    { "valid_from", COLUMN_INT, COLUMN_NOT_NULL },
    { "valid_to", COLUMN_INT, 0 },
    { "source", COLUMN_TEXT, 0 },
    { "datum", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "west", COLUMN_INT, COLUMN_NOT_NULL },
    { "south", COLUMN_INT, COLUMN_NOT_NULL },
    { "east", COLUMN_INT, COLUMN_NOT_NULL },
    { "north", COLUMN_INT, COLUMN_NOT_NULL },
    { "mark", COLUMN_BYTES, COLUMN_NOT_NULL },
    { "wkb", COLUMN_BYTES, COLUMN_NOT_NULL },
    { "version", COLUMN_INT, COLUMN_NOT_NULL },
    { "withdrawn", COLUMN_INT, 0 },
};
static const struct index_decl boundary_indexes[] = {
    { "region_boundary_by_region", NAMES("region", "valid_from"), false, NULL },
};
const struct table boundary_table = { .name = "region_boundary",
                                      LISTED(boundary_columns),
                                      .indexes = boundary_indexes,
                                      .index_count = COUNT(boundary_indexes) };

static const struct column cell_columns[] = {
    { "cell", COLUMN_INT, COLUMN_NOT_NULL },
    { "boundary", COLUMN_INT, COLUMN_NOT_NULL },
};
static const struct index_decl cell_indexes[] = { { "boundary_cell_by_boundary", NAMES("boundary"), false, NULL } };
const struct table boundary_cell_table = {
    .name = "boundary_cell", LISTED(cell_columns), .primary_key = NAMES("cell", "boundary"), LISTED(cell_indexes)
};

/* ---- cells ---- */

/* A cell of level n is 2^n ten-millionths of a degree wide: 0.0066 degrees to the whole globe. */
enum { CELL_LEAST = 16, CELL_MOST = 32, CELL_LEVELS = CELL_MOST - CELL_LEAST + 1, CELL_BITS = 20 };
static const int64_t origin = 1800000000;

static int64_t cell_id(int level, int64_t x, int64_t y)
{
    return ((int64_t)level << CELL_BITS | x) << CELL_BITS | y;
}

struct box {
    int64_t west, south, east, north;
};

static struct box box_of(const struct area *area)
{
    struct area_box b = area_box(area);
    return (struct box){ (int64_t)floor(b.west * 1e7), (int64_t)floor(b.south * 1e7), (int64_t)ceil(b.east * 1e7),
                         (int64_t)ceil(b.north * 1e7) };
}

static int add_cells(struct change *c, int64_t boundary, const struct box *b, struct error *err)
{
    int level = CELL_LEAST;
    while (level < CELL_MOST && (b->east - b->west > (int64_t)1 << level || b->north - b->south > (int64_t)1 << level))
        level++;
    int64_t x1 = (b->east + origin) >> level, y1 = (b->north + origin) >> level;
    for (int64_t x = (b->west + origin) >> level; x <= x1; x++)
        for (int64_t y = (b->south + origin) >> level; y <= y1; y++)
            if (db_run(c->db, "INSERT INTO boundary_cell (cell, boundary) VALUES (?, ?)",
                       BIND(value_int(cell_id(level, x, y)), value_int(boundary)), NULL, err) < 0)
                return -1;
    return 0;
}

/* ---- writing ---- */

enum { MARK_SHOWN = 8 }; /* bytes of the hash in the region's history */

static const char *mark_words(struct arena *arena, const unsigned char *mark)
{
    AUTO_TEXT out = TEXT_LIMIT(64);
    for (int i = 0; i < MARK_SHOWN; i++)
        text_printf(&out, "%02x", mark[i]);
    return arena_str(arena, text_get(&out));
}

/* Takes back what begins on that day or later, and ends the day before what is in force then. */
static int clear_from(struct change *c, int64_t region, int64_t from, int64_t version, struct error *err)
{
    if (db_run(c->db,
               "DELETE FROM boundary_cell WHERE boundary IN (SELECT id FROM region_boundary WHERE region = ? AND "
               "withdrawn IS NULL AND valid_from >= ?)",
               BIND(value_int(region), value_int(from)), NULL, err) < 0 ||
        db_run(c->db,
               "UPDATE region_boundary SET withdrawn = ? WHERE region = ? AND withdrawn IS NULL AND valid_from >= ?",
               BIND(value_int(version), value_int(region), value_int(from)), NULL, err) < 0)
        return -1;
    return db_run(c->db,
                  "UPDATE region_boundary SET valid_to = ? WHERE region = ? AND withdrawn IS NULL AND "
                  "(valid_to IS NULL OR valid_to >= ?)",
                  BIND(value_int(from - 1), value_int(region), value_int(from)), NULL, err);
}

static int insert(struct change *c, const struct region *r, const struct boundary_new *b, int64_t from,
                  struct value mark, struct value wkb, struct error *err)
{
    struct box box = box_of(b->area);
    int64_t id;
    bool found;
    if (db_get_int(
            c->db,
            "INSERT INTO region_boundary (region, valid_from, source, datum, west, south, east, north, mark, wkb, "
            "version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            BIND(value_int(r->code), value_int(from), value_text(b->source), value_text(datum_names[b->datum]),
                 value_int(box.west), value_int(box.south), value_int(box.east), value_int(box.north), mark, wkb,
                 value_int(r->is.version)),
            &id, &found, err) < 0)
        return -1;
    return add_cells(c, id, &box, err);
}

/* Was one ever drawn that still counts on some day? A later one must not reach back over it. */
static int was_drawn(struct change *c, int64_t region, bool *out, struct error *err)
{
    int64_t one;
    return db_get_int(c->db, "SELECT 1 FROM region_boundary WHERE region = ? AND withdrawn IS NULL LIMIT 1",
                      BIND(value_int(region)), &one, out, err);
}

int boundary_put(struct change *c, int64_t region, const struct boundary_new *b, struct error *err)
{
    void *before;
    const void *wkb;
    size_t size;
    bool drawn = false;
    unsigned char *mark = arena_alloc(c->arena, AREA_MARK);
    if (change_get(c, &region_kind, region, b->version, "change", &before, err) < 0 ||
        was_drawn(c, region, &drawn, err) < 0 || area_to_wkb(b->area, c->arena, &wkb, &size, err) < 0)
        return -1;
    sha256(wkb, size, mark);
    struct region *r = change_copy(c, &region_kind, before);
    const char *words = mark_words(c->arena, mark);
    bool same = has(r, boundary_mark) && strcmp(r->boundary_mark, words) == 0;
    int64_t was = has(r, boundary_from) ? r->boundary_from : BOUNDARY_ALWAYS, from = b->from;
    if (from == BOUNDARY_UNDATED)
        from = same ? was : drawn ? day_of_ms(c->now) : has(r, valid_from) ? r->valid_from : BOUNDARY_ALWAYS;
    set(r, boundary_mark, words);
    set(r, boundary_area, llround(area_square_metres(b->area) / 100));
    if (from == BOUNDARY_ALWAYS)
        unset(r, boundary_from);
    else
        set(r, boundary_from, from);
    if (change_save(c, &region_kind, before, r, err) < 0)
        return -1;
    if (c->result.unchanged)
        return 0;
    if (clear_from(c, region, from, r->is.version, err) < 0)
        return -1;
    return insert(c, r, b, from, value_bytes(mark, AREA_MARK), value_bytes(wkb, size), err);
}

int boundary_withdraw(struct change *c, int64_t region, int64_t version, int64_t from, const char *reason,
                      struct error *err)
{
    void *before;
    if (change_get(c, &region_kind, region, version, "change", &before, err) < 0)
        return -1;
    struct region *r = change_copy(c, &region_kind, before);
    if (!has(r, boundary_mark))
        return fail(err, FAULT_MISSING, "boundary.missing", "这个区划还没有边界", "This area has no boundary");
    unset(r, boundary_mark);
    unset(r, boundary_area);
    unset(r, boundary_from);
    if (change_save_because(c, &region_kind, before, r, reason, err) < 0)
        return -1;
    return clear_from(c, region, from, r->is.version, err);
}

/* ---- reading ---- */

#define IN_FORCE "b.withdrawn IS NULL AND b.valid_from <= ? AND (b.valid_to IS NULL OR b.valid_to >= ?)"
#define STANDS \
    "r.removed_at IS NULL AND (r.valid_from IS NULL OR r.valid_from <= ?) AND (r.valid_to IS NULL OR r.valid_to >= ?)"
#define SHOWN "r.id, r.name, r.level, b.valid_from, b.valid_to, b.source, b.datum, b.wkb"

static int read_row(struct rows *rows, struct arena *arena, struct boundary *out, struct error *err)
{
    *out = (struct boundary){ .region = rows_int(rows, 0),
                              .name = arena_str(arena, rows_text(rows, 1)),
                              .level = arena_str(arena, rows_text(rows, 2)),
                              .from = rows_int(rows, 3),
                              .to = rows_int(rows, 4),
                              .source = arena_str(arena, rows_text(rows, 5)),
                              .datum = arena_str(arena, rows_text(rows, 6)) };
    struct value wkb = rows_value(rows, 7);
    return wkb.is == VALUE_BYTES ? area_from_wkb(wkb.at, wkb.size, &out->area, err) : 0;
}

void boundary_free(struct boundary *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        area_free(list[i].area);
}

static int read_all(struct db *db, const char *sql, const struct value *binds, size_t bind_count, struct arena *arena,
                    struct boundary **out, size_t *count, struct error *err)
{
    struct rows rows;
    struct boundary *list = ARENA_ARRAY(arena, struct boundary, LIMIT_FEATURES);
    size_t n = 0, bytes = 0;
    int got = 0;
    if (db_query(db, &rows, sql, binds, bind_count, err) < 0)
        return -1;
    while (got == 0 && n < LIMIT_FEATURES && rows_next(&rows)) {
        got = read_row(&rows, arena, &list[n], err);
        n += got == 0;
        bytes += got == 0 && list[n - 1].area ? area_bytes(list[n - 1].area) : 0;
        if (bytes > LIMIT_AREAS)
            got = fail(err, FAULT_TOO_LARGE, "boundary.many", "边界太多，请选小一些的范围",
                       "Too many boundaries at once; choose a smaller area");
    }
    if (got == 0)
        got = rows_done(&rows, err);
    else
        rows_done(&rows, &(struct error){ 0 });
    if (got < 0) {
        boundary_free(list, n);
        return -1;
    }
    *out = list;
    *count = n;
    return 0;
}

int boundary_read(struct db *db, int64_t region, int64_t day, struct arena *arena, struct boundary *out,
                  struct error *err)
{
    struct boundary *list;
    size_t count;
    if (read_all(db,
                 "SELECT " SHOWN " FROM region r LEFT JOIN region_boundary b ON b.region = r.id AND " IN_FORCE
                 " WHERE r.id = ? AND r.removed_at IS NULL LIMIT 1",
                 BIND(value_int(day), value_int(day), value_int(region)), arena, &list, &count, err) < 0)
        return -1;
    if (count == 0)
        return fail(err, FAULT_MISSING, "record.missing", "没有这个区划", "There is no such area");
    *out = list[0];
    return 0;
}

int boundary_children(struct db *db, int64_t parent, int64_t day, struct arena *arena, struct boundary **out,
                      size_t *count, struct error *err)
{
    if (!parent)
        return read_all(db,
                        "SELECT " SHOWN " FROM region r LEFT JOIN region_boundary b ON b.region = r.id AND " IN_FORCE
                        " WHERE r.parent IS NULL AND " STANDS " ORDER BY r.id LIMIT ?",
                        BIND(value_int(day), value_int(day), value_int(day), value_int(day), value_int(LIMIT_FEATURES)),
                        arena, out, count, err);
    return read_all(db,
                    "SELECT " SHOWN " FROM region r LEFT JOIN region_boundary b ON b.region = r.id AND " IN_FORCE
                    " WHERE r.parent = ? AND " STANDS " ORDER BY r.id LIMIT ?",
                    BIND(value_int(day), value_int(day), value_int(parent), value_int(day), value_int(day),
                         value_int(LIMIT_FEATURES)),
                    arena, out, count, err);
}

int boundary_within(struct db *db, int64_t area, const char *level, int64_t day, struct arena *arena,
                    struct boundary **out, size_t *count, struct error *err)
{
    return read_all(db,
                    "SELECT " SHOWN " FROM region r JOIN region_boundary b ON b.region = r.id AND " IN_FORCE
                    " WHERE r.id >= ? AND r.id <= ? AND r.level = ? AND " STANDS " ORDER BY r.id LIMIT ?",
                    BIND(value_int(day), value_int(day), value_int(area), value_int(region_last(area)),
                         value_text(level), value_int(day), value_int(day), value_int(LIMIT_FEATURES)),
                    arena, out, count, err);
}

/* ---- which area holds a place ---- */

enum { CANDIDATES = 256 };

struct candidate {
    int64_t boundary;
    unsigned char mark[AREA_MARK];
    struct grid_region region;
};

static int find_candidates(struct db *db, struct place place, int64_t day, struct arena *arena, struct candidate *list,
                           size_t *count, struct error *err)
{
    struct rows rows;
    struct value binds[CELL_LEVELS + 8];
    size_t n = 0;
    for (int level = CELL_LEAST; level <= CELL_MOST; level++)
        binds[n++] = value_int(cell_id(level, (place.lon + origin) >> level, (place.lat + origin) >> level));
    for (int i = 0; i < 2; i++)
        binds[n++] = value_int(place.lon);
    for (int i = 0; i < 2; i++)
        binds[n++] = value_int(place.lat);
    for (int i = 0; i < 4; i++)
        binds[n++] = value_int(day);
    if (db_query(
            db, &rows,
            "SELECT b.id, b.mark, r.id, r.name, r.level FROM boundary_cell x JOIN region_boundary b ON b.id = "
            "x.boundary JOIN region r ON r.id = b.region WHERE x.cell IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
            "?, ?, ?) AND b.west <= ? AND b.east >= ? AND b.south <= ? AND b.north >= ? AND " IN_FORCE " AND " STANDS
            " ORDER BY r.id",
            binds, n, err) < 0)
        return -1;
    *count = 0;
    while (*count < CANDIDATES && rows_next(&rows)) {
        struct value mark = rows_value(&rows, 1);
        struct candidate *c = &list[*count];
        if (mark.size != AREA_MARK)
            continue;
        c->boundary = rows_int(&rows, 0);
        memcpy(c->mark, mark.at, AREA_MARK);
        c->region = (struct grid_region){ rows_int(&rows, 2), arena_str(arena, rows_text(&rows, 3)),
                                          arena_str(arena, rows_text(&rows, 4)) };
        ++*count;
    }
    return rows_done(&rows, err);
}

/* The deepest region with the smallest code is where the place belongs; above it stand those it lies in by code. */
static void choose(const struct grid_region *found, size_t count, struct grid_at *out)
{
    const struct grid_region *deepest = NULL;
    *out = (struct grid_at){ 0 };
    for (size_t i = 0; i < count; i++)
        if (!deepest || region_level(found[i].code) > region_level(deepest->code))
            deepest = &found[i];
    for (size_t i = 0; i < count; i++)
        if (region_within(deepest->code, found[i].code) && out->count < GRID_DEPTH)
            out->chain[out->count++] = found[i];
        else if (out->other_count < GRID_DEPTH)
            out->others[out->other_count++] = found[i];
}

int grid_at(struct db *db, struct place place, int64_t day, struct arena *arena, struct grid_at *out, struct error *err)
{
    struct candidate *list = ARENA_ARRAY(arena, struct candidate, CANDIDATES);
    struct grid_region *found = ARENA_ARRAY(arena, struct grid_region, CANDIDATES);
    size_t count, hits = 0;
    if (find_candidates(db, place, day, arena, list, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        bool inside;
        if (areas_hold(db, list[i].boundary, list[i].mark, (struct lonlat){ place.lon / 1e7, place.lat / 1e7 }, &inside,
                       err) < 0)
            return -1;
        if (inside)
            found[hits++] = list[i].region;
    }
    choose(found, hits, out);
    return 0;
}

int64_t grid_propose(struct change *c, struct place place)
{
    struct grid_at at;
    struct error unasked = { 0 }; /* the change itself meets a broken store at its next statement */
    if (grid_at(c->db, place, day_of_ms(c->now), c->arena, &at, &unasked) < 0 || at.count == 0)
        return 0;
    return at.chain[at.count - 1].code;
}
