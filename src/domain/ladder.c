#include "domain/ladder.h"

#include "access/duty.h"
#include "base/clock.h"
#include "domain/notice.h"

#include <string.h>

enum { CHUNK = 20 }; /* deadlines of one change: a few milliseconds of the writer */

/* ---- tables ---- */

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column watch_columns[] = {
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "id", COLUMN_INT, COLUMN_NOT_NULL },
    { "watch", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "version", COLUMN_INT, COLUMN_NOT_NULL }, /* of the deadline: one more with every new day */
    { "due", COLUMN_INT, COLUMN_NOT_NULL },
    { "set_on", COLUMN_INT, COLUMN_NOT_NULL },
    { "running", COLUMN_INT, COLUMN_NOT_NULL },
    { "next_on", COLUMN_INT, COLUMN_NOT_NULL },      /* day of the next rung, by the calendar of … */
    { "counted_with", COLUMN_INT, COLUMN_NOT_NULL }, /* … this stamp */
};
static const struct column fired_columns[] = {
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "id", COLUMN_INT, COLUMN_NOT_NULL },
    { "watch", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "version", COLUMN_INT, COLUMN_NOT_NULL },
    { "rung", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "planned_on", COLUMN_INT, COLUMN_NOT_NULL },
    { "fired_at", COLUMN_INT, COLUMN_NOT_NULL },
    { "late", COLUMN_INT, COLUMN_NOT_NULL },
    { "role", COLUMN_TEXT, 0 }, /* NULL: nobody up to the top */
    { "climbed", COLUMN_INT, COLUMN_NOT_NULL },
    { "told", COLUMN_INT, COLUMN_NOT_NULL },
};
static const struct column told_columns[] = {
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "id", COLUMN_INT, COLUMN_NOT_NULL },
    { "watch", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "version", COLUMN_INT, COLUMN_NOT_NULL },
    { "rung", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "at", COLUMN_INT, COLUMN_NOT_NULL },
    { "made_up", COLUMN_INT, 0 }, /* enum made_up (notice.h); null in rows of an earlier build: MADE_UP_NOT */
};
static const struct index_decl watch_indexes[] = {
    { "ladder_watch_next", NAMES("next_on", "kind", "id", "watch"), false, "running = 1" },
    { "ladder_watch_counted", NAMES("counted_with", "kind", "id", "watch"), false, "running = 1" },
};
static const struct index_decl told_indexes[] = {
    { "ladder_told_of", NAMES("kind", "id", "watch", "version", "rung"), false, NULL },
    { "ladder_told_made_up", NAMES("account", "at", "made_up", "kind", "id"), false, "made_up > 0" },
};
const struct table ladder_tables[] = {
    { .name = "ladder_watch",
      LISTED(watch_columns),
      .primary_key = NAMES("kind", "id", "watch"),
      LISTED(watch_indexes) },
    { .name = "ladder_fired", LISTED(fired_columns), .primary_key = NAMES("kind", "id", "watch", "version", "rung") },
    { .name = "ladder_told",
      LISTED(told_columns),
      .primary_key = NAMES("account", "kind", "id", "watch", "version", "rung"),
      LISTED(told_indexes) },
};
const size_t ladder_table_count = COUNT(ladder_tables);

/* ---- the watches ---- */

int watches_check(struct error *err)
{
    for (const struct watch *const *w = all_watches; *w; w++) {
        if (ladder_check((*w)->ladder, err) < 0)
            return -1;
        for (const struct watch *const *o = all_watches; o != w; o++)
            if ((*o)->kind == (*w)->kind && strcmp((*o)->name, (*w)->name) == 0)
                return fail(err, FAULT_INTERNAL, "ladder.twice", "时限 %s.%s 声明了两次",
                            "The watch %s.%s stands twice", (*w)->kind->name, (*w)->name);
    }
    return 0;
}

const struct watch *watch_find(const char *kind, const char *name)
{
    for (const struct watch *const *w = all_watches; *w; w++)
        if (strcmp((*w)->kind->name, kind) == 0 && strcmp((*w)->name, name) == 0)
            return *w;
    return NULL;
}

const struct calendar *house_calendar(const struct house *house)
{
    const struct calendar *calendar = __atomic_load_n(&house->calendar, __ATOMIC_ACQUIRE);
    return calendar ? calendar : &calendar_published;
}

static bool is_running(const struct watch *w, const struct calendar *calendar, const void *record, int64_t *due)
{
    return record && !record_of_const(record)->removed_at && w->runs(calendar, record, due);
}

bool watch_due(const struct calendar *calendar, const struct kind *kind, const char *name, const void *record,
               int64_t *due)
{
    const struct watch *w = watch_find(kind->name, name);
    return w && is_running(w, calendar, record, due);
}

struct label ladder_role(const char *code)
{
    return code && strcmp(code, "responsible") == 0 ? (struct label){ "责任人", "Responsible person" }
                                                    : role_label(code);
}

/* ---- kept with the record ---- */

struct stored {
    bool found;
    int64_t version, due, set_on, running;
};

static int read_stored(struct db *db, const struct watch *w, int64_t id, struct stored *out, struct error *err)
{
    struct rows rows;
    *out = (struct stored){ 0 };
    if (db_query(db, &rows,
                 "SELECT version, due, set_on, running FROM ladder_watch WHERE kind = ? AND id = ? AND watch = ?",
                 BIND(value_text(w->kind->name), value_int(id), value_text(w->name)), err) < 0)
        return -1;
    if (rows_next(&rows))
        *out = (struct stored){ true, rows_int(&rows, 0), rows_int(&rows, 1), rows_int(&rows, 2), rows_int(&rows, 3) };
    return rows_done(&rows, err);
}

static int stop(struct db *db, const struct watch *w, int64_t id, struct error *err)
{
    return db_run(db, "UPDATE ladder_watch SET running = 0 WHERE kind = ? AND id = ? AND watch = ?",
                  BIND(value_text(w->kind->name), value_int(id), value_text(w->name)), NULL, err);
}

static int put(struct change *c, const struct watch *w, int64_t id, const struct stored *s, int64_t next,
               struct error *err)
{
    struct value stamp = value_int(calendar_stamp(c->calendar));
    if (s->found)
        return db_run(c->db,
                      "UPDATE ladder_watch SET version = ?, due = ?, set_on = ?, running = 1, next_on = ?, "
                      "counted_with = ? WHERE kind = ? AND id = ? AND watch = ?",
                      BIND(value_int(s->version), value_int(s->due), value_int(s->set_on), value_int(next), stamp,
                           value_text(w->kind->name), value_int(id), value_text(w->name)),
                      NULL, err);
    return db_run(c->db,
                  "INSERT INTO ladder_watch (kind, id, watch, version, due, set_on, running, next_on, counted_with) "
                  "VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)",
                  BIND(value_text(w->kind->name), value_int(id), value_text(w->name), value_int(s->version),
                       value_int(s->due), value_int(s->set_on), value_int(next), stamp),
                  NULL, err);
}

static int keep_one(struct change *c, const struct watch *w, struct error *err)
{
    int64_t id = record_of_const(c->after)->id, was = 0, is = 0;
    bool ran = is_running(w, c->calendar, c->before, &was), runs = is_running(w, c->calendar, c->after, &is);
    struct stored s;
    if (ran == runs && was == is)
        return 0;
    if (!runs)
        return stop(c->db, w, id, err);
    if (read_stored(c->db, w, id, &s, err) < 0)
        return -1;
    if (s.found && s.due == is) /* stopped for a while, the same deadline goes on */
        return put(c, w, id, &s, 0, err);
    s.version++;
    s.due = is;
    s.set_on = day_of_ms(c->now);
    struct ladder_view view;
    ladder_view(w->ladder, c->calendar, &(struct ladder_case){ .due = s.due, .set_on = s.set_on }, s.set_on, &view);
    return put(c, w, id, &s, view.next, err);
}

int ladder_keep(struct change *c, struct error *err)
{
    for (const struct watch *const *w = all_watches; *w; w++)
        if ((*w)->kind == c->kind && keep_one(c, *w, err) < 0)
            return -1;
    return 0;
}

/* ---- what has fired ---- */

static int read_fired(struct db *db, const struct watch *w, int64_t id, int64_t version, uint32_t *fired,
                      struct error *err)
{
    struct rows rows;
    *fired = 0;
    if (db_query(db, &rows, "SELECT rung FROM ladder_fired WHERE kind = ? AND id = ? AND watch = ? AND version = ?",
                 BIND(value_text(w->kind->name), value_int(id), value_text(w->name), value_int(version)), err) < 0)
        return -1;
    while (rows_next(&rows))
        for (size_t i = 0; i < w->ladder->count; i++)
            if (strcmp(w->ladder->rungs[i].code, rows_text(&rows, 0)) == 0)
                *fired |= (uint32_t)1 << i;
    return rows_done(&rows, err);
}

/* ---- whom to tell ---- */

struct asking {
    struct db *db;
    int64_t day;
    const struct watch *w;
    const void *record;
    int64_t people[DUTY_MOST]; /* of the role asked last */
    size_t count;
};

static int ask_role(void *args, const char *role, bool *filled, struct error *err)
{
    struct asking *a = args;
    a->count = 0;
    if (strcmp(role, "responsible") != 0) {
        if (duty_holders(a->db, a->day, a->w->kind, role, &record_of_const(a->record)->own, a->people, &a->count, err) <
            0)
            return -1;
    } else {
        bool active = false;
        a->people[0] = a->w->responsible ? a->w->responsible(a->record) : 0;
        if (a->people[0] && duty_is_active(a->db, a->people[0], &active, err) < 0)
            return -1;
        a->count = active;
    }
    *filled = a->count > 0;
    return 0;
}

/* ---- firing ---- */

struct pick {
    char kind[64], watch[32];
    int64_t id;
};

struct put_off {
    const struct pick *pick;
    int64_t until, stamp;
};

struct chunk {
    struct pick picks[CHUNK];
    size_t count;
    struct ladder_run did;
};

static enum made_up made_up(const struct rung_view *v, int64_t today)
{
    return v->late > 0 ? MADE_UP_MISSED : v->day < today ? MADE_UP_ENTERED : MADE_UP_NOT;
}

static int fire(struct change *c, struct asking *a, const struct stored *s, const struct rung_view *v,
                struct ladder_run *did, struct error *err)
{
    size_t own = (size_t)(v->rung - a->w->ladder->rungs), up;
    const char *kind = a->w->kind->name;
    int64_t id = record_of_const(a->record)->id, stored = 0;
    if (ladder_climb(a->w->ladder, own, ask_role, a, &up, err) < 0)
        return -1;
    bool heard = up < a->w->ladder->count;
    if (db_run(c->db,
               "INSERT INTO ladder_fired (kind, id, watch, version, rung, planned_on, fired_at, late, role, climbed, "
               "told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
               BIND(value_text(kind), value_int(id), value_text(a->w->name), value_int(s->version),
                    value_text(v->rung->code), value_int(v->day), value_int(c->now), value_int(v->late),
                    value_text(heard ? a->w->ladder->rungs[up].role : NULL), value_int((int64_t)(up - own)),
                    value_int(heard ? (int64_t)a->count : 0)),
               &stored, err) < 0)
        return -1;
    if (stored == 0)
        return 0;
    for (size_t i = 0; heard && i < a->count; i++) {
        struct notice_new n = { .account = a->people[i],
                                .at = c->now,
                                .cause = "rung",
                                .kind = kind,
                                .id = id,
                                .due = s->due,
                                .made_up = made_up(v, a->day),
                                .rung = arena_printf(c->arena, "%s.%s", a->w->name, v->rung->code),
                                .instead_of = up > own ? v->rung->role : NULL };
        if (db_run(c->db,
                   "INSERT INTO ladder_told (account, kind, id, watch, version, rung, at, made_up) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                   BIND(value_int(a->people[i]), value_text(kind), value_int(id), value_text(a->w->name),
                        value_int(s->version), value_text(v->rung->code), value_int(c->now),
                        value_int(made_up(v, a->day))),
                   NULL, err) < 0 ||
            notice_tell(c, &n, err) < 0)
            return -1;
    }
    did->fired++;
    did->late += v->late > 0;
    did->climbed += heard && up > own;
    did->unheard += !heard;
    return 0;
}

static int fire_watch(struct change *c, const struct pick *p, struct ladder_run *did, struct error *err)
{
    const struct watch *w = watch_find(p->kind, p->watch);
    void *record;
    struct stored s;
    struct ladder_view view;
    struct ladder_case at;
    int64_t due, today = day_of_ms(c->now);
    did->looked++;
    if (!w) /* of an earlier build */
        return db_run(c->db, "UPDATE ladder_watch SET running = 0 WHERE kind = ? AND id = ? AND watch = ?",
                      BIND(value_text(p->kind), value_int(p->id), value_text(p->watch)), NULL, err);
    /* The record first: the order in which everybody locks. */
    if (change_get(c, w->kind, p->id, 0, "read", &record, err) < 0 || read_stored(c->db, w, p->id, &s, err) < 0)
        return -1;
    if (!s.running || !is_running(w, c->calendar, record, &due))
        return stop(c->db, w, p->id, err);
    at = (struct ladder_case){ .due = s.due, .set_on = s.set_on };
    if (read_fired(c->db, w, p->id, s.version, &at.fired, err) < 0)
        return -1;
    ladder_view(w->ladder, c->calendar, &at, today, &view);
    struct asking asking = { .db = c->db, .day = day_of_ms(c->now), .w = w, .record = record };
    for (size_t i = 0; i < view.count; i++) {
        if (view.rungs[i].state != RUNG_DUE)
            continue;
        if (fire(c, &asking, &s, &view.rungs[i], did, err) < 0)
            return -1;
        at.fired |= (uint32_t)1 << i;
    }
    ladder_view(w->ladder, c->calendar, &at, today, &view);
    return put(c, w, p->id, &s, view.next, err);
}

static int fire_chunk(struct change *c, void *args, struct error *err)
{
    struct chunk *k = args;
    k->did = (struct ladder_run){ 0 };
    for (size_t i = 0; i < k->count; i++)
        if (fire_watch(c, &k->picks[i], &k->did, err) < 0)
            return -1;
    return 0;
}

static int pick_some(struct db *db, const char *sql, int64_t than, struct chunk *k, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows, sql, BIND(value_int(than), value_int(CHUNK)), err) < 0)
        return -1;
    while (k->count < CHUNK && rows_next(&rows)) {
        struct pick *p = &k->picks[k->count++];
        snprintf(p->kind, sizeof p->kind, "%s", rows_text(&rows, 0));
        p->id = rows_int(&rows, 1);
        snprintf(p->watch, sizeof p->watch, "%s", rows_text(&rows, 2));
    }
    return rows_done(&rows, err);
}

static int pick_chunk(struct house *house, int64_t today, int64_t stamp, struct chunk *k, struct error *err)
{
    struct db *db;
    k->count = 0;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = pick_some(db,
                        "SELECT kind, id, watch FROM ladder_watch WHERE running = 1 AND next_on <= ? "
                        "ORDER BY next_on, kind, id, watch LIMIT ?",
                        today, k, err);
    /* Two ranges, not "<>": each walks the index. */
    if (got == 0 && k->count == 0)
        got = pick_some(db,
                        "SELECT kind, id, watch FROM ladder_watch WHERE running = 1 AND counted_with < ? "
                        "ORDER BY counted_with, kind, id, watch LIMIT ?",
                        stamp, k, err);
    if (got == 0 && k->count == 0)
        got = pick_some(db,
                        "SELECT kind, id, watch FROM ladder_watch WHERE running = 1 AND counted_with > ? "
                        "ORDER BY counted_with, kind, id, watch LIMIT ?",
                        stamp, k, err);
    store_reader_back(house->store, db);
    return got;
}

void ladder_add_up(struct ladder_run *sum, const struct ladder_run *did)
{
    sum->looked += did->looked;
    sum->fired += did->fired;
    sum->late += did->late;
    sum->climbed += did->climbed;
    sum->unheard += did->unheard;
    sum->put_off += did->put_off;
    if (did->put_off)
        sum->why = did->why;
    sum->more = did->more;
}

static int put_off_one(struct db *db, void *args, struct error *err)
{
    const struct put_off *p = args;
    return db_run(db, "UPDATE ladder_watch SET next_on = ?, counted_with = ? WHERE kind = ? AND id = ? AND watch = ?",
                  BIND(value_int(p->until), value_int(p->stamp), value_text(p->pick->kind), value_int(p->pick->id),
                       value_text(p->pick->watch)),
                  NULL, err);
}

/* Waiting helps; looking at the deadlines one by one does not. */
static bool is_store(const struct error *err)
{
    return err->fault == FAULT_FULL || err->fault == FAULT_UNAVAILABLE;
}

/* A chunk of which one cannot be looked at: each alone, and that one tomorrow again. */
static int fire_singly(struct house *house, const struct change_order *order, const struct chunk *k,
                       struct ladder_run *out, struct error *err)
{
    for (size_t i = 0; i < k->count; i++) {
        struct chunk one = { .picks = { k->picks[i] }, .count = 1 };
        struct error why = { 0 };
        struct put_off later = { &k->picks[i], day_of_ms(order->now_ms) + 1, calendar_stamp(house_calendar(house)) };
        if (change_run(house, order, fire_chunk, &one, NULL, &why) < 0) {
            if (is_store(&why)) {
                *err = why;
                return -1;
            }
            one.did = (struct ladder_run){ .looked = 1, .put_off = 1, .why = why };
            if (store_write(house->store, put_off_one, &later, err) < 0)
                return -1;
        }
        ladder_add_up(out, &one.did);
    }
    return 0;
}

int ladder_step(struct house *house, int64_t now_ms, struct ladder_run *out, struct error *err)
{
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = now_ms, .cause = "ladder" };
    struct chunk k;
    *out = (struct ladder_run){ 0 };
    if (pick_chunk(house, day_of_ms(now_ms), calendar_stamp(house_calendar(house)), &k, err) < 0)
        return -1;
    if (k.count == 0)
        return 0;
    if (change_run(house, &order, fire_chunk, &k, NULL, err) == 0) {
        ladder_add_up(out, &k.did);
    } else {
        if (is_store(err))
            return -1;
        error_clear(err);
        if (fire_singly(house, &order, &k, out, err) < 0)
            return -1;
    }
    out->more = true;
    return 0;
}

int ladder_run(struct house *house, int64_t now_ms, struct ladder_run *out, struct error *err)
{
    *out = (struct ladder_run){ .more = true };
    while (out->more && out->looked < LIMIT_LADDER) {
        struct ladder_run did;
        if (ladder_step(house, now_ms, &did, err) < 0)
            return -1;
        ladder_add_up(out, &did);
    }
    return 0;
}

/* ---- shown ---- */

static int fill_fired(struct db *db, const struct watch *w, int64_t id, struct arena *arena, struct ladder_line *lines,
                      size_t count, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows,
                 "SELECT rung, planned_on, fired_at, late, role, told FROM ladder_fired WHERE kind = ? AND id = ? AND "
                 "watch = ? AND version = ?",
                 BIND(value_text(w->kind->name), value_int(id), value_text(w->name), value_int(lines[0].version)),
                 err) < 0)
        return -1;
    while (rows_next(&rows))
        for (size_t i = 0; i < count; i++) {
            struct ladder_line *l = &lines[i];
            if (strcmp(l->rung.rung->code, rows_text(&rows, 0)) != 0)
                continue;
            l->rung.day = rows_int(&rows, 1);
            l->fired_at = rows_int(&rows, 2);
            l->fired_late = rows_int(&rows, 3);
            l->role = arena_str(arena, rows_text(&rows, 4));
            l->told = rows_int(&rows, 5);
        }
    return rows_done(&rows, err);
}

int ladder_lines(struct db *db, const struct calendar *calendar, const struct kind *kind, int64_t id, int64_t today,
                 struct arena *arena, struct ladder_line **out, size_t *count, struct error *err)
{
    enum { MOST = 4 * RUNGS_MOST };
    struct ladder_line *lines = ARENA_ARRAY(arena, struct ladder_line, MOST);
    size_t n = 0;
    for (const struct watch *const *w = all_watches; *w; w++) {
        struct stored s;
        struct ladder_view view;
        struct ladder_case at;
        if ((*w)->kind != kind)
            continue;
        if (read_stored(db, *w, id, &s, err) < 0)
            return -1;
        if (!s.running || n + (*w)->ladder->count > MOST)
            continue;
        at = (struct ladder_case){ .due = s.due, .set_on = s.set_on };
        if (read_fired(db, *w, id, s.version, &at.fired, err) < 0)
            return -1;
        ladder_view((*w)->ladder, calendar, &at, today, &view);
        for (size_t i = 0; i < view.count; i++)
            lines[n + i] = (struct ladder_line){
                .watch = *w, .rung = view.rungs[i], .due = s.due, .version = s.version, .role = view.rungs[i].rung->role
            };
        if (fill_fired(db, *w, id, arena, &lines[n], view.count, err) < 0)
            return -1;
        n += view.count;
    }
    *out = lines;
    *count = n;
    return 0;
}

static int read_told(struct db *db, const void *record, const struct ladder_line *line, struct ladder_hearers *out,
                     struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows,
                 "SELECT account FROM ladder_told WHERE kind = ? AND id = ? AND watch = ? AND version = ? AND rung = ? "
                 "ORDER BY account LIMIT ?",
                 BIND(value_text(line->watch->kind->name), value_int(record_of_const(record)->id),
                      value_text(line->watch->name), value_int(line->version), value_text(line->rung.rung->code),
                      value_int(LIMIT_TOLD)),
                 err) < 0)
        return -1;
    while (rows_next(&rows))
        out->people[out->count++] = rows_int(&rows, 0);
    return rows_done(&rows, err);
}

int ladder_hearers(struct db *db, const void *record, int64_t today, const struct ladder_line *line,
                   struct ladder_hearers *out, struct error *err)
{
    const struct ladder *l = line->watch->ladder;
    size_t own = (size_t)(line->rung.rung - l->rungs), up;
    struct asking a = { .db = db, .day = today, .w = line->watch, .record = record };
    *out = (struct ladder_hearers){ .role = line->role };
    if (line->rung.state == RUNG_FIRED) {
        out->climbed = line->role && strcmp(line->role, line->rung.rung->role) != 0;
        return read_told(db, record, line, out, err);
    }
    if (ladder_climb(l, own, ask_role, &a, &up, err) < 0)
        return -1;
    out->role = up < l->count ? l->rungs[up].role : NULL;
    out->climbed = up > own && up < l->count;
    out->count = up < l->count ? a.count : 0;
    memcpy(out->people, a.people, sizeof a.people);
    return 0;
}

int ladder_lag(struct db *db, int64_t today, int64_t *days, struct error *err)
{
    int64_t oldest;
    bool found;
    if (db_get_int(db, "SELECT next_on FROM ladder_watch WHERE running = 1 AND next_on < ? ORDER BY next_on LIMIT 1",
                   BIND(value_int(today)), &oldest, &found, err) < 0)
        return -1;
    *days = found ? today - oldest : 0;
    return 0;
}
