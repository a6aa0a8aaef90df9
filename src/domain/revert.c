/* Taking a change back: the history holds the old values, personal ones sealed. */
#include "base/base64.h"
#include "base/seal.h"
#include "domain/change.h"
#include "record/type.h"

#include <string.h>

/* A value of the history as change_apply_json would have got it: sealed values opened. A new reference, or NULL. */
static json_t *reveal(struct change *c, const struct kind *kind, const struct field *f, json_t *value)
{
    const char *sealed = json_string_value(json_object_get(value, "sealed"));
    if (f->type->personal && sealed) {
        const char *context = arena_printf(c->arena, "history.%s.%s", kind->name, f->name), *plain;
        const void *bytes;
        size_t size;
        return base64_get(c->arena, sealed, &bytes, &size) && unseal(c->arena, context, bytes, size, &plain)
                   ? json_string(plain)
                   : NULL;
    }
    if (f->type != &type_lines)
        return json_incref(value);
    json_t *lines = json_array(), *line;
    size_t i;
    json_array_foreach(value, i, line)
    {
        json_t *clear = json_object(), *one;
        const char *name;
        json_object_foreach(line, name, one)
        {
            const struct field *child = field_find(f->lines, name);
            json_t *shown = child ? reveal(c, f->lines, child, one) : NULL;
            if (shown && !json_is_null(shown))
                json_object_set_new(clear, name, shown);
            else
                json_decref(shown);
        }
        json_array_append_new(lines, clear);
    }
    return lines;
}

static int put_back(struct change *c, const struct kind *kind, const struct field *f, json_t *old, void *after,
                    struct error *err)
{
    struct record *r = record_of(after);
    if (type_nothing(old)) {
        record_set_bit(r->known, field_slot(f), false);
        record_set_bit(r->given, field_slot(f), true);
        return 0;
    }
    struct type_context ctx = { .arena = c->arena, .kind = kind, .name = f->name };
    json_t *clear = reveal(c, kind, f, old);
    int64_t member = 0;
    int got = clear ? f->type->read_json(f, &ctx, clear, &member, err)
                    : fail(err, FAULT_INTERNAL, "undo.sealed", "原值无法读出，请检查密钥",
                           "The old value cannot be read; check the keys");
    json_decref(clear);
    if (got < 0)
        return -1;
    memcpy(field_member(f, after), &member, sizeof member);
    record_set_bit(r->known, field_slot(f), true);
    record_set_bit(r->given, field_slot(f), true);
    return 0;
}

int change_revert(struct change *c, const struct kind *kind, const void *before, const char *changes, struct error *err)
{
    json_t *pairs = json_loads(changes, 0, NULL), *pair;
    void *after = change_copy(c, kind, before);
    const char *name;
    int got = pairs ? 0
                    : fail(err, FAULT_INTERNAL, "undo.history", "修改记录无法读出，请从备份恢复",
                           "The history cannot be read; restore it from a backup");
    json_object_foreach(pairs, name, pair)
    {
        const struct field *f = field_find(kind, name);
        if (got == 0 && f && f->type != &type_state)
            got = put_back(c, kind, f, json_array_get(pair, 0), after, err);
    }
    json_decref(pairs);
    return got < 0 ? -1 : change_save(c, kind, before, after, err);
}

struct last {
    const char *act, *changes;
    int64_t version;
};

static int last_act(struct change *c, const struct kind *kind, int64_t id, struct last *out, struct error *err)
{
    struct rows rows;
    *out = (struct last){ "", "", 0 };
    if (db_query(c->db, &rows,
                 "SELECT act, changes, version FROM history WHERE kind = ? AND id = ? ORDER BY version DESC LIMIT 1",
                 BIND(value_text(kind->name), value_int(id)), err) < 0)
        return -1;
    if (rows_next(&rows))
        *out = (struct last){ arena_str(c->arena, rows_text(&rows, 0)), arena_str(c->arena, rows_text(&rows, 1)),
                              rows_int(&rows, 2) };
    return rows_done(&rows, err);
}

/* Nothing but what the program derives: an area's outline lies elsewhere, and putting the traces back would part them. */
static bool by_program_alone(const struct kind *kind, const char *changes)
{
    json_t *pairs = json_loads(changes, 0, NULL), *pair;
    const char *name;
    bool any = false, alone = true;
    json_object_foreach(pairs, name, pair)
    {
        const struct field *f = field_find(kind, name);
        any = true;
        alone = alone && f && (f->flags & DERIVED);
    }
    json_decref(pairs);
    return any && alone;
}

int change_undo(struct change *c, const struct kind *kind, int64_t id, int64_t version, struct error *err)
{
    struct last last;
    void *before;
    /* Locked first, so that the last version stays the last. */
    if (change_get(c, kind, id, version, "read", &before, err) < 0 || last_act(c, kind, id, &last, err) < 0)
        return -1;
    if (by_program_alone(kind, last.changes))
        return refuse(err, "undo.derived", "最近一次改动是系统随其他内容产生的，请在产生它的地方撤回",
                      "The last change was made by the program with something else; take it back there");
    bool edit = strcmp(last.act, "change") == 0, removed = strcmp(last.act, "remove") == 0,
         restored = strcmp(last.act, "restore") == 0;
    if (strcmp(last.act, "move") == 0)
        return refuse(err, "undo.move", "办理过的步骤不能直接撤销，请用相应的退回操作",
                      "A move is not taken back; use the move that leads back");
    if (strcmp(last.act, "verify") == 0)
        return refuse(err, "undo.verify", "核实不能撤销；资料有误的，改正后核实自然失效",
                      "A verification is not taken back; correct the value and it falls by itself");
    if (!edit && !removed && !restored)
        return refuse(err, "undo.create", "新登记的记录不能撤销，需要时请移入回收站",
                      "What was created is not taken back; move it to the bin if need be");
    if (last.version != record_of(before)->version)
        return fail(err, FAULT_STALE, "record.stale", "这条记录刚被别人修改，请比较差别后再撤销",
                    "Somebody has just changed this record; compare before undoing");
    if (change_get(c, kind, id, version, edit ? "change" : "remove", &before, err) < 0)
        return -1;
    return edit      ? change_revert(c, kind, before, last.changes, err)
           : removed ? change_restore(c, kind, before, err)
                     : change_remove(c, kind, before, err);
}
