/* Saved mappings of columns and words. */
#include "exchange/session.h"

#include "base/seal.h"

#include <stdlib.h>
#include <string.h>

int mappings_put(struct db *db, const struct actor *actor, const struct kind *kind, int64_t one, struct json *j,
                 struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct rows rows;
    if (db_query(db, &rows,
                 "SELECT id, name, shared, mapping FROM import_mapping WHERE kind = ? AND (account = ? OR shared = 1) "
                 "AND (? = 0 OR id = ?) ORDER BY id DESC LIMIT 200",
                 BIND(value_text(kind->name), value_int(actor->id), value_int(one), value_int(one)), err) < 0)
        return -1;
    while (rows_next(&rows)) {
        json_t *mapping = session_opened(&arena, session_mapping_seal, rows_value(&rows, 3));
        char *columns = json_dumps(json_object_get(mapping, "columns"), JSON_COMPACT);
        json_open(j, '{');
        json_key_int(j, "id", rows_int(&rows, 0));
        json_key_str(j, "name", rows_text(&rows, 1));
        json_key_str(j, "kind", kind->name);
        json_key(j, "columns");
        json_put_raw(j, columns ? columns : "{}");
        json_key_bool(j, "shared", rows_int(&rows, 2) != 0);
        json_close(j, '}');
        free(columns);
        json_decref(mapping);
    }
    return rows_done(&rows, err);
}

struct mapping_row {
    const struct actor *actor;
    const struct kind *kind;
    const char *name;
    const void *sealed;
    size_t size;
    bool shared;
    int64_t now, id;
};

static int insert_mapping(struct db *db, void *args, struct error *err)
{
    struct mapping_row *m = args;
    int64_t own = 0;
    bool found;
    /* A name saved again is saved over. */
    if (db_run(db, "DELETE FROM import_mapping WHERE kind = ? AND account = ? AND name = ?",
               BIND(value_text(m->kind->name), value_int(m->actor->id), value_text(m->name)), NULL, err) < 0 ||
        db_get_int(db, "SELECT count(*) FROM import_mapping WHERE account = ?", BIND(value_int(m->actor->id)), &own,
                   &found, err) < 0)
        return -1;
    if (own >= LIMIT_MAPPINGS)
        return fail(err, FAULT_LIMITED, "mapping.many", "您已存了 %d 份对应，请先删去不用的",
                    "You have saved %d mappings; remove some first", LIMIT_MAPPINGS);
    return db_get_int(db,
                      "INSERT INTO import_mapping (name, kind, account, shared, at, mapping) VALUES (?, ?, ?, ?, ?, ?) "
                      "RETURNING id",
                      BIND(value_text(m->name), value_text(m->kind->name), value_int(m->actor->id),
                           value_int(m->shared), value_int(m->now), value_bytes(m->sealed, m->size)),
                      &m->id, &found, err);
}

int mapping_save(struct house *house, struct db *db, const struct actor *actor, int64_t import, const char *name,
                 bool shared, int64_t now, int64_t *id, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct session s;
    struct ledger *l = ARENA_NEW(&arena, struct ledger);
    int64_t used;
    if (session_read(db, actor, import, true, &arena, &s, err) < 0)
        return -1;
    int got = session_ledger(house, &s, db, &arena, l, &used, err);
    if (got == 0) {
        json_t *saved = ledger_save(l);
        char *text = json_dumps(saved, JSON_COMPACT);
        struct mapping_row m = { .actor = actor, .kind = s.kind, .name = name, .shared = shared, .now = now };
        m.sealed = seal(&arena, session_mapping_seal, text ? text : "{}", text ? strlen(text) : 2, &m.size);
        got = store_write(house->store, insert_mapping, &m, err);
        *id = m.id;
        free(text);
        json_decref(saved);
    }
    session_done(&s);
    return got;
}

struct mapping_end {
    int64_t id, account, changed;
};

static int delete_mapping(struct db *db, void *args, struct error *err)
{
    struct mapping_end *m = args;
    return db_run(db, "DELETE FROM import_mapping WHERE id = ? AND account = ?",
                  BIND(value_int(m->id), value_int(m->account)), &m->changed, err);
}

int mapping_remove(struct house *house, const struct actor *actor, int64_t id, struct error *err)
{
    struct mapping_end m = { id, actor->id, 0 };
    if (store_write(house->store, delete_mapping, &m, err) < 0)
        return -1;
    return m.changed ? 0 : fail(err, FAULT_MISSING, "mapping.missing", "没有这份对应", "There is no such mapping");
}
