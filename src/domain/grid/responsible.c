#include "domain/grid/responsible.h"

#include "base/limits.h"
#include "record/type.h"

#include <stdlib.h>
#include <string.h>

const char *const duty_level_words[] = { "city", "county", "town", "village", "object" };

static bool in_sectors(const char *sectors, const char *sector)
{
    if (!sectors || !sectors[0])
        return true;
    if (!sector)
        return false;
    size_t n = strlen(sector);
    for (const char *at = sectors; (at = strstr(at, sector)) != NULL; at++)
        if (at > sectors && at[-1] == ',' && at[n] == ',')
            return true;
    return false;
}

static enum duty_level level_of(int64_t area, int64_t object)
{
    if (object)
        return DUTY_OBJECT;
    switch (area ? region_level(area) : REGION_NATION) {
    case REGION_VILLAGE: return DUTY_VILLAGE;
    case REGION_TOWN: return DUTY_TOWN;
    case REGION_COUNTY: return DUTY_COUNTY;
    case REGION_CITY:
    case REGION_PROVINCE:
    case REGION_NATION: break;
    }
    return DUTY_CITY;
}

/* ---- one object or area ---- */

static const char responsible_sql[] =
    "SELECT a.id, a.role, a.area, a.sectors, a.object, a.valid_from, a.valid_to, a.basis, a.own_county, a.own_town, "
    "a.own_village, a.own_object, a.own_sector, p.id, p.display_name, s.id, s.name, o.id, o.name FROM assignment a "
    "LEFT JOIN assignment h ON h.post = a.holder_post AND h.role = 'holds' AND h.removed_at IS NULL AND "
    "h.valid_from <= ? AND (h.valid_to IS NULL OR h.valid_to >= ?) "
    "LEFT JOIN account p ON p.id = coalesce(a.holder_account, h.holder_account) AND p.removed_at IS NULL "
    "LEFT JOIN post s ON s.id = a.holder_post LEFT JOIN organisation o ON o.id = a.holder_organisation "
    "WHERE a.removed_at IS NULL AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?) AND "
    "(a.object = ? OR (a.object IS NULL AND (a.area IS NULL OR a.area IN (?, ?, ?, ?, ?)))) ORDER BY a.id LIMIT ?";

static struct responsible read_one(const struct rows *rows, struct arena *arena)
{
    struct responsible r = { .assignment = rows_int(rows, 0),
                             .role = role_find(rows_text(rows, 1)),
                             .level = level_of(rows_int(rows, 2), rows_int(rows, 4)),
                             .sectors = arena_str(arena, rows_text(rows, 3)),
                             .from = rows_int(rows, 5),
                             .to = rows_int(rows, 6),
                             .basis = arena_str(arena, rows_text(rows, 7)),
                             .own = { .county = rows_int(rows, 8),
                                      .town = rows_int(rows, 9),
                                      .village = rows_int(rows, 10),
                                      .object = rows_int(rows, 11),
                                      .sector = arena_str(arena, rows_text(rows, 12)) },
                             .post = arena_str(arena, rows_text(rows, 16)),
                             .post_id = rows_int(rows, 15) };
    int at = rows_int(rows, 13) ? 13 : rows_int(rows, 15) ? 15 : 17;
    r.holder_kind = at == 13 ? "account" : at == 15 ? "post" : "organisation";
    r.holder = rows_int(rows, at);
    r.holder_name = arena_str(arena, rows_text(rows, at + 1));
    return r;
}

/* An administrator's role and a post held are nobody's duty towards a place; a department without an aim of its own
** answers for what its organisation does, which stands there already. */
static bool answers_for(const struct responsible *r, int64_t area)
{
    if (!r->role || r->role->alone || r->role->may == TARGET_POST || !r->holder_name)
        return false;
    return strcmp(r->role->code, "department") != 0 || area || r->sectors;
}

static int from_the_top(const void *a, const void *b)
{
    const struct responsible *x = a, *y = b;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    if (x->role != y->role)
        return x->role < y->role ? -1 : 1;
    return x->assignment < y->assignment ? -1 : x->assignment > y->assignment;
}

int responsible_read(struct db *db, int64_t day, const struct owner *own, struct arena *arena, struct responsible **out,
                     size_t *count, struct error *err)
{
    struct responsible *list = ARENA_ARRAY(arena, struct responsible, RESPONSIBLE_MOST);
    struct value on = value_int(day);
    struct rows rows;
    size_t n = 0;
    if (db_query(db, &rows, responsible_sql,
                 BIND(on, on, on, on, value_int(own->object), value_int(own->village), value_int(own->town),
                      value_int(own->county), value_int(own->county ? region_at(own->county, REGION_CITY) : 0),
                      value_int(own->county ? region_at(own->county, REGION_PROVINCE) : 0),
                      value_int(LIMIT_SUPERVISED)),
                 err) < 0)
        return -1;
    while (n < RESPONSIBLE_MOST && rows_next(&rows)) {
        struct responsible r = read_one(&rows, arena);
        if (answers_for(&r, rows_int(&rows, 2)) && (!own->object || in_sectors(r.sectors, own->sector)))
            list[n++] = r;
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    qsort(list, n, sizeof *list, from_the_top);
    *out = list;
    *count = n;
    return 0;
}

/* ---- what is missing ---- */

static bool is_held(const struct responsible *list, size_t count, const char *role, enum duty_level from,
                    enum duty_level to)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].role->code, role) == 0 && list[i].level >= from && list[i].level <= to &&
            strcmp(list[i].holder_kind, "post") != 0)
            return true;
    return false;
}

/* A city without counties has no level between itself and its towns. */
static bool has_level(const struct owner *own, enum duty_level level)
{
    switch (level) {
    case DUTY_CITY: return own->county != 0;
    case DUTY_COUNTY: return own->county && region_level(own->county) == REGION_COUNTY;
    case DUTY_TOWN: return own->town != 0;
    case DUTY_VILLAGE: return own->village != 0;
    case DUTY_OBJECT: break;
    }
    return own->object != 0;
}

size_t responsible_gaps(const struct owner *own, const struct responsible *list, size_t count,
                        struct duty_gap out[GAPS_MOST])
{
    /* at: where it is missed; from–to: where holding it fills the place. */
    static const struct {
        const char *role;
        enum duty_level at, from, to;
    } expected[] = {
        { "first_responsible", DUTY_CITY, DUTY_CITY, DUTY_CITY },
        { "first_responsible", DUTY_COUNTY, DUTY_COUNTY, DUTY_COUNTY },
        { "first_responsible", DUTY_TOWN, DUTY_TOWN, DUTY_TOWN },
        { "grid_head", DUTY_TOWN, DUTY_TOWN, DUTY_TOWN },
        { "grid", DUTY_TOWN, DUTY_TOWN, DUTY_VILLAGE },
        { "grid_head", DUTY_VILLAGE, DUTY_VILLAGE, DUTY_VILLAGE },
        { "first_responsible", DUTY_OBJECT, DUTY_OBJECT, DUTY_OBJECT },
        { "direct", DUTY_OBJECT, DUTY_CITY, DUTY_OBJECT },
    };
    size_t n = 0;
    for (size_t i = 0; i < COUNT(expected) && n < GAPS_MOST; i++)
        if (has_level(own, expected[i].at) && !is_held(list, count, expected[i].role, expected[i].from, expected[i].to))
            out[n++] = (struct duty_gap){ expected[i].role, expected[i].at };
    return n;
}

/* ---- direct supervision of many objects ---- */

static int read_supervisors(struct rows *rows, struct arena *arena, struct supervision *out, struct error *err)
{
    out->areas = ARENA_ARRAY(arena, struct supervisor, LIMIT_SUPERVISED);
    out->count = 0;
    while (out->count < LIMIT_SUPERVISED && rows_next(rows))
        out->areas[out->count++] = (struct supervisor){ .organisation = rows_int(rows, 0),
                                                        .name = arena_str(arena, rows_text(rows, 1)),
                                                        .area = rows_int(rows, 2),
                                                        .sectors = arena_str(arena, rows_text(rows, 3)),
                                                        .object = rows_int(rows, 4),
                                                        .basis = arena_str(arena, rows_text(rows, 5)) };
    return rows_done(rows, err);
}

#define DIRECT                                                                                                   \
    "SELECT o.id, o.name, a.area, a.sectors, a.object, a.basis FROM assignment a JOIN organisation o ON o.id = " \
    "a.holder_organisation WHERE a.role = 'direct' AND a.removed_at IS NULL AND a.valid_from <= ? AND "          \
    "(a.valid_to IS NULL OR a.valid_to >= ?) "

int supervision_read(struct db *db, int64_t day, struct arena *arena, struct supervision *out, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows, DIRECT "AND a.object IS NULL ORDER BY a.id LIMIT ?",
                 BIND(value_int(day), value_int(day), value_int(LIMIT_SUPERVISED)), err) < 0)
        return -1;
    return read_supervisors(&rows, arena, out, err);
}

int supervision_of_objects(struct db *db, int64_t day, int64_t first, int64_t last, struct arena *arena,
                           struct supervision *out, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows, DIRECT "AND a.own_object BETWEEN ? AND ? AND a.object IS NOT NULL ORDER BY a.id LIMIT ?",
                 BIND(value_int(day), value_int(day), value_int(first), value_int(last), value_int(LIMIT_SUPERVISED)),
                 err) < 0)
        return -1;
    return read_supervisors(&rows, arena, out, err);
}

static bool reaches(const struct supervisor *s, const struct owner *own)
{
    if (s->object)
        return s->object == own->object;
    if (!in_sectors(s->sectors, own->sector))
        return false;
    int64_t place = own->village ? own->village : own->town ? own->town : own->county;
    return !s->area || (place && region_within(place, s->area));
}

static size_t add_nearest(const struct supervision *from, const struct owner *own, int *nearest,
                          const struct supervisor **out, size_t count, size_t most)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct supervisor *s = &from->areas[i];
        int near = (int)level_of(s->area, s->object);
        if (near < *nearest || !reaches(s, own))
            continue;
        if (near > *nearest)
            count = 0;
        *nearest = near;
        bool twice = false;
        for (size_t k = 0; k < count; k++)
            twice |= out[k]->organisation == s->organisation;
        if (!twice && count < most)
            out[count++] = s;
    }
    return count;
}

size_t supervisors_of(const struct supervision *areas, const struct supervision *objects, const struct owner *own,
                      const struct supervisor **out, size_t most)
{
    int nearest = DUTY_CITY;
    size_t count = add_nearest(areas, own, &nearest, out, 0, most);
    return add_nearest(objects, own, &nearest, out, count, most);
}
