#include "domain/render.h"

#include "access/query.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "domain/grid/grid.h"
#include "domain/propose.h"
#include "domain/todo.h"
#include "record/table.h"
#include "record/type.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

struct name_entry {
    const struct kind *kind; /* NULL: an object */
    int64_t id;
    const char *name, *object_kind;
};

struct names {
    struct arena *arena;
    struct name_entry *entries;
    size_t count, room;
    size_t *slots; /* hash of (kind, id) -> entry + 1 */
    size_t slot_count;
};

struct names *names_new(struct arena *arena)
{
    struct names *n = ARENA_NEW(arena, struct names);
    n->arena = arena;
    return n;
}

static size_t slot_of(const struct names *n, const struct kind *kind, int64_t id)
{
    uint64_t h = ((uint64_t)id * 0x9E3779B97F4A7C15u) ^ ((uintptr_t)kind >> 4) * 0xC2B2AE3D27D4EB4Fu;
    size_t at = (size_t)(h >> 20) & (n->slot_count - 1);
    while (n->slots[at]) {
        const struct name_entry *e = &n->entries[n->slots[at] - 1];
        if (e->kind == kind && e->id == id)
            break;
        at = (at + 1) & (n->slot_count - 1);
    }
    return at;
}

static void grow(struct names *n)
{
    size_t room = n->room ? n->room * 2 : 64;
    struct name_entry *entries = ARENA_ARRAY(n->arena, struct name_entry, room);
    if (n->count)
        memcpy(entries, n->entries, n->count * sizeof *entries);
    n->entries = entries;
    n->room = room;
    n->slot_count = room * 4;
    n->slots = ARENA_ARRAY(n->arena, size_t, n->slot_count);
    for (size_t i = 0; i < n->count; i++)
        n->slots[slot_of(n, entries[i].kind, entries[i].id)] = i + 1;
}

void names_want(struct names *n, const struct kind *kind, int64_t id)
{
    if (id == 0)
        return;
    if (n->count == n->room)
        grow(n);
    size_t at = slot_of(n, kind, id);
    if (n->slots[at])
        return;
    n->entries[n->count] = (struct name_entry){ .kind = kind, .id = id };
    n->slots[at] = ++n->count;
}

static int load_one(struct names *n, struct db *db, const struct actor *actor, const struct kind *kind,
                    struct error *err)
{
    enum { CHUNK = 200 };
    int64_t ids[CHUNK];
    const char *names[CHUNK], *kinds[CHUNK] = { NULL };
    size_t from = 0;
    while (from < n->count) {
        size_t which[CHUNK], count = 0;
        for (; from < n->count && count < CHUNK; from++)
            if (n->entries[from].kind == kind) {
                which[count] = from;
                ids[count++] = n->entries[from].id;
            }
        if ((kind ? labels_read(db, actor, kind, ids, count, n->arena, names, err)
                  : labels_objects(db, actor, ids, count, n->arena, names, kinds, err)) < 0)
            return -1;
        for (size_t i = 0; i < count; i++) {
            n->entries[which[i]].name = names[i];
            n->entries[which[i]].object_kind = kinds[i];
        }
    }
    return 0;
}

int names_load(struct names *n, struct db *db, const struct actor *actor, struct error *err)
{
    if (load_one(n, db, actor, NULL, err) < 0)
        return -1;
    for (const struct kind *const *k = all_kinds; *k; k++)
        if (!(*k)->child && load_one(n, db, actor, *k, err) < 0)
            return -1;
    return 0;
}

static const struct name_entry *entry(const struct names *n, const struct kind *kind, int64_t id)
{
    if (!id || !n->slot_count)
        return NULL;
    size_t at = slot_of(n, kind, id);
    return n->slots[at] ? &n->entries[n->slots[at] - 1] : NULL;
}

const char *names_get(const struct names *n, const struct kind *kind, int64_t id)
{
    const struct name_entry *e = entry(n, kind, id);
    return e ? e->name : NULL;
}

const char *names_object_kind(const struct names *n, int64_t id)
{
    const struct name_entry *e = entry(n, NULL, id);
    return e ? e->object_kind : NULL;
}

static const struct kind *target_of(const struct field *f)
{
    return f->type == &type_region ? &region_kind : f->type == &type_reference ? kind_find(f->ref) : NULL;
}

static bool names_something(const struct field *f)
{
    return f->type == &type_reference || f->type == &type_region || f->type == &type_object;
}

/* From the county down: village names repeat all over a city. */
void names_region_path(const struct names *n, int64_t code, struct text *out)
{
    static const enum region_level way[] = { REGION_COUNTY, REGION_TOWN, REGION_VILLAGE };
    size_t before = out->used;
    int64_t last = 0;
    for (size_t i = 0; i < COUNT(way); i++) {
        int64_t at = region_at(code, way[i]);
        const char *name = at && at != last ? names_get(n, &region_kind, at) : NULL;
        if (name && region_level(at) >= REGION_COUNTY)
            text_str(out, name);
        last = at;
    }
    if (out->used == before && names_get(n, &region_kind, code))
        text_str(out, names_get(n, &region_kind, code));
}

void names_want_record(struct names *n, const struct kind *kind, const void *record)
{
    const struct record *r = record_of_const(record);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        if (names_something(f) && record_bit(r->known, field_slot(f)))
            names_want(n, target_of(f), *(const int64_t *)field_member_const(f, record));
        if (f->type == &type_region && record_bit(r->known, field_slot(f))) {
            int64_t code = *(const int64_t *)field_member_const(f, record);
            names_want(n, &region_kind, region_at(code, REGION_COUNTY));
            names_want(n, &region_kind, region_at(code, REGION_TOWN));
        }
    }
    names_want(n, &account_kind, r->created_by);
    names_want(n, &account_kind, r->changed_by);
    names_want(n, &region_kind, r->own.county);
    names_want(n, &region_kind, r->own.town);
    names_want(n, &region_kind, r->own.village);
    names_want(n, NULL, r->own.object);
}

/* ---- values ---- */

void render_label(struct json *j, const char *key, const struct label *label)
{
    json_key(j, key);
    if (!label || !label->zh) {
        json_put_null(j);
        return;
    }
    json_open(j, '{');
    json_key_str(j, "zh", label->zh);
    json_key_str(j, "en", label->en);
    json_close(j, '}');
}

static void put_code(struct json *j, int64_t code)
{
    json_before(j);
    text_printf(j->out, "\"%012lld\"", (long long)code);
    json_wrote(j);
}

void render_region_code(struct json *j, const char *key, int64_t code)
{
    json_key(j, key);
    if (code)
        put_code(j, code);
    else
        json_put_null(j);
}

static void put_path(const struct names *n, int64_t code, struct json *j)
{
    AUTO_TEXT path = TEXT_LIMIT(1024);
    names_region_path(n, code, &path);
    json_key_str(j, "path", path.used ? text_get(&path) : NULL);
}

static void put_named(const struct names *n, const struct field *f, int64_t id, struct json *j)
{
    json_open(j, '{');
    if (f->type == &type_region) {
        json_key(j, "code");
        put_code(j, id);
    } else {
        json_key_int(j, "id", id);
    }
    json_key_str(j, "name", names_get(n, target_of(f), id));
    if (f->type == &type_object)
        json_key_str(j, "kind", names_object_kind(n, id));
    if (f->type == &type_region)
        put_path(n, id, j);
    json_close(j, '}');
}

void render_value(const struct names *n, const struct kind *kind, const struct field *f, const void *record,
                  bool masked, struct arena *arena, struct json *j)
{
    if (!record_bit(record_of_const(record)->known, field_slot(f))) {
        json_put_raw(j, f->type == &type_files ? "[]" : "null");
        return;
    }
    if (names_something(f)) {
        put_named(n, f, *(const int64_t *)field_member_const(f, record), j);
        return;
    }
    struct type_context ctx = { .arena = arena, .kind = kind, .name = f->name };
    json_before(j);
    f->type->to_json(f, &ctx, field_member_const(f, record), masked, j->out);
    json_wrote(j);
}

/* ---- records ---- */

/* Which verbs the actor holds on a row, per verb one compiled scope for the whole page. */
struct rights {
    const struct kind *kind;
    struct scope scopes[64];
    bool party;
    int64_t account;
    const struct actor *actor;
};

static void rights_compile(struct rights *r, const struct actor *actor, const struct kind *kind)
{
    r->kind = kind;
    r->account = actor->id;
    r->actor = actor;
    for (size_t i = 0; verb_names[i]; i++) {
        scope_compile(actor, kind, verb_bit("read") | verb_bit(verb_names[i]), &r->scopes[i]);
        r->party |= scope_has_party(&r->scopes[i]);
    }
}

static bool rights_hold(const struct rights *r, const char *verb, const struct owner *own, bool party)
{
    for (size_t i = 0; verb_names[i]; i++)
        if (strcmp(verb_names[i], verb) == 0)
            return scope_covers(&r->scopes[i], own, party);
    return false;
}

/* Is it, now and of this record, somebody's to make? */
static bool is_next(const struct rights *r, const struct move *m, const void *record)
{
    const struct field *state = field_state(r->kind);
    return state && !record_of_const(record)->removed_at &&
           move_leaves(m, (int)*(const int64_t *)field_member_const(state, record)) && (!m->fits || m->fits(record));
}

static bool offers(const struct rights *r, const struct move *m, const void *record, bool party)
{
    return is_next(r, m, record) && rights_hold(r, m->needs, &record_of_const(record)->own, party) &&
           !move_bars(r->kind, m, record, r->account) && !actor_too_low(r->actor, r->kind, m, record, party);
}

/* Who wrote a draft is told to those who were shown the draft (decision 35). */
static bool tells_author(const struct rights *r, const void *record)
{
    for (size_t i = 0; verb_names[i]; i++)
        if (strcmp(verb_names[i], "read") == 0)
            return scope_knew_draft(&r->scopes[i], record);
    return false;
}

/* Whoever is named hears the rule, and whoever lacks the verb besides hears it first: a right would not help. */
static void put_barred(const struct rights *r, const void *record, bool party, struct json *j)
{
    json_key(j, "barred");
    json_open(j, '[');
    for (size_t i = 0; i < r->kind->move_count; i++) {
        const struct move *m = &r->kind->moves[i];
        if (is_next(r, m, record) && (move_bars(r->kind, m, record, r->account) ||
                                      (rights_hold(r, m->needs, &record_of_const(record)->own, party) &&
                                       actor_too_low(r->actor, r->kind, m, record, party))))
            json_put_str(j, m->name);
    }
    json_close(j, ']');
}

/* Of what is offered the moves that are expected of the reader: by the list of what waits (domain/todo.h). */
static int put_expected(struct db *db, const struct actor *actor, const struct rights *r, const void *record,
                        bool party, struct arena *arena, struct json *j, struct error *err)
{
    json_key(j, "expected");
    json_open(j, '[');
    for (size_t i = 0; i < r->kind->move_count; i++) {
        const struct move *m = &r->kind->moves[i];
        bool expected = false;
        if (offers(r, m, record, party) &&
            todo_expects(db, actor, r->kind, m, record_of_const(record)->id, arena, &expected, err) < 0)
            return -1;
        if (expected)
            json_put_str(j, m->name);
    }
    json_close(j, ']');
    return 0;
}

static void put_rights(const struct rights *r, const void *record, bool party, struct json *j)
{
    static const struct {
        const char *verb;
        unsigned needs;
        bool settled; /* of a settled record as well */
    } generic[] = { { "change", CAN_CHANGE, false }, { "remove", CAN_REMOVE, false }, { "unmask", 0, true } };
    const struct kind *kind = r->kind;
    const struct owner *own = &record_of_const(record)->own;
    bool settled = kind->settled && kind->settled(record);
    json_key(j, "moves");
    json_open(j, '[');
    for (size_t i = 0; i < kind->move_count; i++)
        if (offers(r, &kind->moves[i], record, party))
            json_put_str(j, kind->moves[i].name);
    json_close(j, ']');
    json_key(j, "may");
    json_open(j, '[');
    for (size_t i = 0; i < COUNT(generic); i++)
        if ((!settled || generic[i].settled) && (kind->verbs & generic[i].needs) == generic[i].needs &&
            rights_hold(r, generic[i].verb, own, party))
            json_put_str(j, generic[i].verb);
    json_close(j, ']');
}

static void put_person(const struct names *n, const char *key, int64_t id, struct json *j)
{
    json_key(j, key);
    json_open(j, '{');
    json_key_int(j, "id", id);
    json_key_str(j, "name", names_get(n, &account_kind, id));
    json_close(j, '}');
}

static void put_instant(struct json *j, const char *key, int64_t ms)
{
    char text[INSTANT_TEXT];
    if (ms)
        instant_print(ms, text);
    json_key_str(j, key, ms ? text : NULL);
}

static void put_owner(const struct names *n, const struct record *r, struct json *j)
{
    json_key(j, "owner");
    json_open(j, '{');
    render_region_code(j, "county", r->own.county);
    render_region_code(j, "town", r->own.town);
    render_region_code(j, "village", r->own.village);
    json_key(j, "object");
    if (r->own.object) {
        json_open(j, '{');
        json_key_int(j, "id", r->own.object);
        json_key_str(j, "name", names_get(n, NULL, r->own.object));
        json_key_str(j, "kind", names_object_kind(n, r->own.object));
        json_close(j, '}');
    } else {
        json_put_null(j);
    }
    json_key_str(j, "sector", r->own.sector);
    json_key(j, "names");
    json_open(j, '{');
    json_key_str(j, "county", names_get(n, &region_kind, r->own.county));
    json_key_str(j, "town", names_get(n, &region_kind, r->own.town));
    json_key_str(j, "village", names_get(n, &region_kind, r->own.village));
    json_close(j, '}');
    json_close(j, '}');
}

static void put_taken(const struct photo_facts *says, struct json *j)
{
    char zone[8];
    const struct place place = { says->lon, says->lat };
    int minutes = says->zone_min < 0 ? -says->zone_min : says->zone_min;
    json_key(j, "taken");
    if (!says->timed && !says->placed) {
        json_put_null(j);
        return;
    }
    json_open(j, '{');
    put_instant(j, "at", says->timed ? says->taken_ms : 0);
    snprintf(zone, sizeof zone, "%c%02d:%02d", says->zone_min < 0 ? '-' : '+', minutes / 60 % 100, minutes % 60);
    json_key_str(j, "zone", says->zoned ? zone : NULL);
    json_key(j, "place");
    if (says->placed) {
        json_before(j);
        type_place.to_json(NULL, NULL, &place, false, j->out);
        json_wrote(j);
    } else {
        json_put_null(j);
    }
    json_close(j, '}');
}

static void put_file(const struct names *n, const struct file_row *row, struct json *j)
{
    json_open(j, '{');
    json_key_int(j, "id", row->id);
    json_key_str(j, "name", row->name);
    json_key_str(j, "type", row->type);
    json_key_int(j, "size", row->size);
    json_key_str(j, "sha256", row->sha256);
    json_key_str(j, "field", row->field);
    put_instant(j, "at", row->at);
    put_person(n, "by", row->by, j);
    put_taken(&row->says, j);
    json_close(j, '}');
}

int render_files(struct db *db, const struct actor *actor, const struct file_row *files, size_t count,
                 struct arena *arena, struct json *j, struct error *err)
{
    struct names *n = names_new(arena);
    for (size_t i = 0; i < count; i++)
        names_want(n, &account_kind, files[i].by);
    if (names_load(n, db, actor, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        put_file(n, &files[i], j);
    return 0;
}

/* Files of a record in the order of the field's list. */
static void put_files(const struct names *n, const struct field *f, const void *record, const struct file_row *files,
                      size_t file_count, struct json *j)
{
    json_open(j, '[');
    if (record_bit(record_of_const(record)->known, field_slot(f)))
        for (const char *at = *(const char *const *)field_member_const(f, record) + 1; *at;) {
            char *end;
            int64_t id = strtoll(at, &end, 10);
            for (size_t i = 0; i < file_count; i++)
                if (files[i].id == id)
                    put_file(n, &files[i], j);
            at = *end ? end + 1 : end;
        }
    json_close(j, ']');
}

static bool has_files(const struct kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].type == &type_files)
            return true;
    return false;
}

struct page {
    struct db *db;
    const struct actor *actor;
    const struct names *names;
    const struct rights *rights;
    const struct file_row *files; /* of the single record, when whole */
    size_t file_count;
    const struct calendar *whole; /* NULL: rows of a list */
    struct arena *arena;
};

static void put_proposals(const struct page *p, const void *record, bool party, struct json *j)
{
    const struct kind *kind = p->rights->kind;
    json_key(j, "proposes");
    json_open(j, '[');
    for (size_t i = 0; i < kind->move_count; i++) {
        const struct move *m = &kind->moves[i];
        struct proposed proposed;
        char day[DAY_TEXT];
        if (!offers(p->rights, m, record, party) || !move_proposes(p->whole, kind, m, record, p->actor->day, &proposed))
            continue;
        day_print(proposed.day, day);
        json_open(j, '{');
        json_key_str(j, "move", m->name);
        json_key_str(j, "field", proposed.field->name);
        json_key_str(j, "value", day);
        render_label(j, "rule", &(struct label){ proposed.rule->zh, proposed.rule->en });
        json_key_str(j, "basis", proposed.rule->basis);
        json_key_bool(j, "settled", proposed.rule->settled);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static int put_record(const struct page *p, const void *record, bool party, struct json *j, struct error *err)
{
    const struct kind *kind = p->rights->kind;
    const struct record *r = record_of_const(record);
    json_open(j, '{');
    json_key_int(j, "id", r->id);
    json_key_int(j, "version", r->version);
    json_key_str(j, "number", record_number(p->arena, kind, record));
    put_instant(j, "created_at", r->created_at);
    if (tells_author(p->rights, record))
        put_person(p->names, "created_by", r->created_by, j);
    else
        json_key_str(j, "created_by", NULL);
    put_instant(j, "changed_at", r->changed_at);
    put_person(p->names, "changed_by", r->changed_by, j);
    put_instant(j, "removed_at", r->removed_at);
    put_owner(p->names, r, j);
    put_rights(p->rights, record, party, j);
    if (p->whole) {
        put_barred(p->rights, record, party, j);
        if (put_expected(p->db, p->actor, p->rights, record, party, p->arena, j, err) < 0)
            return -1;
        put_proposals(p, record, party, j);
    }
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        if (f->type == &type_lines && !p->whole)
            continue;
        json_key(j, f->name);
        if (f->type == &type_files && p->whole)
            put_files(p->names, f, record, p->files, p->file_count, j);
        else
            render_value(p->names, kind, f, record, true, p->arena, j);
    }
    json_close(j, '}');
    return 0;
}

int render_records(struct db *db, const struct actor *actor, const struct kind *kind, void *const *records,
                   size_t count, const struct calendar *whole, struct arena *arena, struct json *j, struct error *err)
{
    struct names *n = names_new(arena);
    struct rights *rights = ARENA_NEW(arena, struct rights);
    struct page page = { .db = db, .actor = actor, .names = n, .rights = rights, .whole = whole, .arena = arena };
    struct file_row *files = NULL;
    rights_compile(rights, actor, kind);
    if (whole && count == 1 && has_files(kind) &&
        file_rows_of(db, kind, record_of(records[0])->id, arena, &files, &page.file_count, err) < 0)
        return -1;
    page.files = files;
    for (size_t i = 0; i < page.file_count; i++)
        names_want(n, &account_kind, files[i].by);
    for (size_t i = 0; i < count; i++)
        names_want_record(n, kind, records[i]);
    if (names_load(n, db, actor, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        bool party = false;
        if (rights->party && party_named(db, kind, record_of(records[i])->id, actor->id, &party, err) < 0)
            return -1;
        if (put_record(&page, records[i], party, j, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- history ---- */

static int64_t id_in(const json_t *value, const struct field *f)
{
    int64_t code;
    if (f->type == &type_region)
        return json_is_string(value) && region_parse(json_string_value(value), &code) ? code : 0;
    return json_is_integer(value) ? json_integer_value(value) : 0;
}

struct file_list {
    struct file_row *rows;
    size_t count;
};

static void put_file_names(const struct file_list *files, const json_t *ids, struct json *j)
{
    size_t i;
    json_t *id;
    json_open(j, '[');
    json_array_foreach((json_t *)ids, i, id)
    {
        const char *name = NULL;
        for (size_t k = 0; k < files->count; k++)
            if (files->rows[k].id == json_integer_value(id))
                name = files->rows[k].name;
        json_open(j, '{');
        json_key_int(j, "id", json_integer_value(id));
        json_key_str(j, "name", name);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_history_value(const struct names *n, const struct file_list *files, const struct field *f,
                              const json_t *value, struct json *j)
{
    int64_t id = f && names_something(f) ? id_in(value, f) : 0;
    if (id) {
        put_named(n, f, id, j);
    } else if (f && f->type == &type_files && json_is_array(value)) {
        put_file_names(files, value, j);
    } else if (json_is_object(value) && json_object_get(value, "sealed")) {
        json_put_raw(j, "{\"masked\":true}");
    } else if (json_is_array(value)) {
        size_t i;
        json_t *one;
        json_open(j, '[');
        json_array_foreach((json_t *)value, i, one) put_history_value(n, files, NULL, one, j);
        json_close(j, ']');
    } else if (json_is_object(value)) {
        const char *key;
        json_t *one;
        json_open(j, '{');
        json_object_foreach((json_t *)value, key, one)
        {
            json_key(j, key);
            put_history_value(n, files, NULL, one, j);
        }
        json_close(j, '}');
    } else {
        char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        json_put_raw(j, dump ? dump : "null");
        free(dump);
    }
}

static void put_changes(const struct names *n, const struct file_list *files, const struct kind *kind,
                        const json_t *changes, struct json *j)
{
    json_open(j, '[');
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        const json_t *pair = json_object_get(changes, f->name);
        if (!pair)
            continue;
        json_open(j, '{');
        json_key_str(j, "field", f->name);
        json_key(j, "old");
        put_history_value(n, files, f, json_array_get(pair, 0), j);
        json_key(j, "new");
        put_history_value(n, files, f, json_array_get(pair, 1), j);
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* Post and organisation of the people in a history. */
struct actor_card {
    int64_t id;
    const char *post, *organisation;
};

static int actor_cards(struct db *db, const struct history_row *rows, size_t count, struct arena *arena,
                       struct actor_card **out, size_t *out_count, struct error *err)
{
    struct actor_card *cards = ARENA_ARRAY(arena, struct actor_card, count + 1);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        bool seen = false;
        for (size_t k = 0; k < n; k++)
            seen |= cards[k].id == rows[i].actor;
        if (seen)
            continue;
        struct rows found;
        if (db_query(db, &found,
                     "SELECT a.post, o.name FROM account a LEFT JOIN organisation o ON o.id = a.organisation "
                     "WHERE a.id = ?",
                     BIND(value_int(rows[i].actor)), err) < 0)
            return -1;
        cards[n].id = rows[i].actor;
        if (rows_next(&found)) {
            cards[n].post = arena_str(arena, rows_text(&found, 0));
            cards[n].organisation = arena_str(arena, rows_text(&found, 1));
        }
        n++;
        if (rows_done(&found, err) < 0)
            return -1;
    }
    *out = cards;
    *out_count = n;
    return 0;
}

static void put_actor(const struct names *n, const struct actor_card *card, int64_t id, struct json *j)
{
    json_key(j, "actor");
    json_open(j, '{');
    json_key_int(j, "id", id);
    json_key_str(j, "name", names_get(n, &account_kind, id));
    json_key_str(j, "post", card ? card->post : NULL);
    json_key_str(j, "organisation", card ? card->organisation : NULL);
    json_close(j, '}');
}

int render_history(struct db *db, const struct actor *actor, const struct kind *kind, int64_t id,
                   const struct history_row *rows, size_t count, struct arena *arena, struct json *j, struct error *err)
{
    struct names *n = names_new(arena);
    json_t **parsed = ARENA_ARRAY(arena, json_t *, count + 1);
    struct file_list files = { 0 };
    if (has_files(kind) && file_rows_of(db, kind, id, arena, &files.rows, &files.count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        parsed[i] = json_loads(rows[i].changes, 0, NULL);
        names_want(n, &account_kind, rows[i].actor);
        for (size_t k = 0; k < kind->field_count; k++) {
            const struct field *f = &kind->fields[k];
            const json_t *pair = json_object_get(parsed[i], f->name);
            for (size_t side = 0; pair && names_something(f) && side < 2; side++)
                names_want(n, target_of(f), id_in(json_array_get(pair, side), f));
        }
    }
    int got = names_load(n, db, actor, err);
    struct actor_card *cards = NULL;
    size_t card_count = 0;
    if (got == 0)
        got = actor_cards(db, rows, count, arena, &cards, &card_count, err);
    for (size_t i = 0; got == 0 && i < count; i++) {
        const struct actor_card *card = NULL;
        for (size_t k = 0; k < card_count; k++)
            if (cards[k].id == rows[i].actor)
                card = &cards[k];
        json_open(j, '{');
        json_key_int(j, "version", rows[i].version);
        put_instant(j, "at", rows[i].at);
        put_actor(n, card, rows[i].actor, j);
        json_key_str(j, "act", rows[i].act);
        json_key_str(j, "move", rows[i].move);
        json_key_str(j, "note", rows[i].note);
        json_key(j, "changes");
        put_changes(n, &files, kind, parsed[i], j);
        json_close(j, '}');
    }
    for (size_t i = 0; i < count; i++)
        json_decref(parsed[i]);
    return got;
}
