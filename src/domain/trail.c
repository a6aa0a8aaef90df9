#include "domain/trail.h"

#include "base/base64.h"
#include "base/seal.h"
#include "record/record.h"
#include "record/table.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Where each source stands: rows strictly before these come next. */
struct place_in_trail {
    int64_t history_at, history_id, history_version;
    char history_kind[64];
    int64_t audit_at, audit_id;
};

/* ---- the cursor: position and a keyed hash over it and the question, so that it fits no other list ---- */

static void cursor_hash(const struct trail_query *q, const char *position, unsigned char out[SEAL_HASH])
{
    AUTO_TEXT all = TEXT_LIMIT(4096);
    text_printf(&all, "%s|%" PRId64 "|%" PRId64 "|%" PRId64 "|%s|%s|%" PRId64, position, q->from, q->to, q->account,
                q->act ? q->act : "", q->kind ? q->kind : "", q->record);
    seal_hash("trail.cursor", text_get(&all), all.used, out);
}

static const char *cursor_put(const struct trail_query *q, const struct place_in_trail *p, struct arena *arena)
{
    unsigned char hash[SEAL_HASH];
    const char *position = arena_printf(arena, "%" PRId64 " %s %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
                                        p->history_at, p->history_kind[0] ? p->history_kind : "-", p->history_id,
                                        p->history_version, p->audit_at, p->audit_id);
    size_t n = strlen(position);
    char *bytes = arena_alloc(arena, SEAL_HASH + n);
    cursor_hash(q, position, hash);
    memcpy(bytes, hash, SEAL_HASH);
    memcpy(bytes + SEAL_HASH, position, n);
    return base64_put(arena, bytes, SEAL_HASH + n);
}

static int cursor_get(const struct trail_query *q, struct arena *arena, struct place_in_trail *out, struct error *err)
{
    const void *bytes;
    size_t size;
    unsigned char hash[SEAL_HASH];
    *out = (struct place_in_trail){ .history_at = q->to ? q->to : INT64_MAX, .audit_at = q->to ? q->to : INT64_MAX };
    if (!q->after)
        return 0;
    if (base64_get(arena, q->after, &bytes, &size) && size > SEAL_HASH && size < 512) {
        const char *position = arena_strn(arena, (const char *)bytes + SEAL_HASH, size - SEAL_HASH);
        cursor_hash(q, position, hash);
        if (seal_equal(hash, bytes, SEAL_HASH) &&
            sscanf(position, "%" SCNd64 " %63s %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64, &out->history_at,
                   out->history_kind, &out->history_id, &out->history_version, &out->audit_at, &out->audit_id) == 6)
            return 0;
    }
    return fail_field(err, "after", "翻页标记不属于这个列表", "This cursor belongs to another list");
}

/* ---- reading one source ---- */

#define HISTORY                                                                                               \
    "SELECT h.at, h.actor, h.act, h.move, h.kind, h.id, h.version, h.changes, h.peer, h.session, h.api_key, " \
    "a.display_name, c.at FROM history h LEFT JOIN account a ON a.id = h.actor "                              \
    "LEFT JOIN history c ON c.kind = h.kind AND c.id = h.id AND c.version = 1 WHERE "
#define HISTORY_REST                                                                             \
    "h.at >= ? AND (h.at, h.kind, h.id, h.version) < (?, ?, ?, ?) AND (? = 0 OR h.act = ?) AND " \
    "(? = 0 OR h.kind = ?) ORDER BY h.at DESC, h.kind DESC, h.id DESC, h.version DESC LIMIT ?"
#define AUDIT                                                                                               \
    "SELECT t.at, t.account, t.act, NULL, t.kind, t.record, t.id, t.detail, t.peer, t.session, t.api_key, " \
    "a.display_name, c.at FROM audit t LEFT JOIN account a ON a.id = t.account "                            \
    "LEFT JOIN history c ON c.kind = t.kind AND c.id = t.record AND c.version = 1 WHERE "
#define AUDIT_REST                                                                            \
    "t.at >= ? AND (t.at, t.id) < (?, ?) AND (? = 0 OR t.act = ?) AND (? = 0 OR t.kind = ?) " \
    "ORDER BY t.at DESC, t.id DESC LIMIT ?"

enum { BY_TIME, BY_ACCOUNT, BY_RECORD };

/* The first condition chooses the index; what else was asked narrows the walk. */
static const char *const history_sql[] = {
    [BY_TIME] = HISTORY HISTORY_REST,
    [BY_ACCOUNT] = HISTORY "h.actor = ? AND " HISTORY_REST,
    [BY_RECORD] = HISTORY "h.kind = ? AND h.id = ? AND (? = 0 OR h.actor = ?) AND " HISTORY_REST,
};
static const char *const audit_sql[] = {
    [BY_TIME] = AUDIT AUDIT_REST,
    [BY_ACCOUNT] = AUDIT "t.account = ? AND " AUDIT_REST,
    [BY_RECORD] = AUDIT "t.kind = ? AND t.record = ? AND (? = 0 OR t.account = ?) AND " AUDIT_REST,
};

/* Names of the fields that changed; their values stay where they are. */
static const char *changed_fields(struct arena *arena, const char *changes)
{
    AUTO_TEXT out = TEXT_LIMIT(16384);
    json_t *object = json_loads(changes, 0, NULL);
    const char *name;
    json_t *ignored;
    json_object_foreach(object, name, ignored) text_printf(&out, "%s%s", out.used ? ", " : "", name);
    json_decref(object);
    return out.used ? arena_str(arena, text_get(&out)) : NULL;
}

static struct trail_row take_row(const struct rows *rows, bool history, struct arena *arena)
{
    struct trail_row r = { .at = rows_int(rows, 0),
                           .account = rows_int(rows, 1),
                           .act = arena_str(arena, rows_text(rows, 2)),
                           .move = arena_str(arena, rows_text(rows, 3)),
                           .kind = arena_str(arena, rows_text(rows, 4)),
                           .record = rows_int(rows, 5),
                           .peer = arena_str(arena, rows_text(rows, 8)),
                           .session = rows_int(rows, 9),
                           .key = rows_int(rows, 10),
                           .account_name = arena_str(arena, rows_text(rows, 11)) };
    if (history) {
        r.version = rows_int(rows, 6);
        r.detail = changed_fields(arena, rows_text(rows, 7));
        r.id = arena_printf(arena, "%s.%" PRId64 ".%" PRId64, r.kind, r.record, r.version);
    } else {
        r.detail = arena_str(arena, rows_text(rows, 7));
        r.id = arena_printf(arena, "a%" PRId64, rows_int(rows, 6));
    }
    /* The number is made of the year a record was made in and its id: no look at the record itself. */
    const struct kind *kind = r.kind ? kind_find(r.kind) : NULL;
    const struct record made = { .id = r.record, .created_at = rows_int(rows, 12) };
    if (kind && made.id && made.created_at)
        r.number = record_number(arena, kind, &made);
    return r;
}

static int read_source(struct db *db, const struct trail_query *q, const struct place_in_trail *from, bool history,
                       struct arena *arena, struct trail_row **out, size_t *count, struct error *err)
{
    struct value binds[16];
    size_t n = 0;
    struct rows rows;
    int by = q->record && q->kind ? BY_RECORD : q->account ? BY_ACCOUNT : BY_TIME;
    if (by == BY_RECORD) {
        binds[n++] = value_text(q->kind);
        binds[n++] = value_int(q->record);
        binds[n++] = value_int(q->account);
    }
    if (by != BY_TIME)
        binds[n++] = value_int(q->account);
    binds[n++] = value_int(q->from);
    binds[n++] = value_int(history ? from->history_at : from->audit_at);
    if (history)
        binds[n++] = value_text(from->history_kind);
    binds[n++] = value_int(history ? from->history_id : from->audit_id);
    if (history)
        binds[n++] = value_int(from->history_version);
    binds[n++] = value_int(q->act != NULL);
    binds[n++] = value_text(q->act ? q->act : "");
    binds[n++] = value_int(q->kind != NULL);
    binds[n++] = value_text(q->kind ? q->kind : "");
    binds[n++] = value_int(q->limit + 1);
    *out = ARENA_ARRAY(arena, struct trail_row, (size_t)q->limit + 1);
    *count = 0;
    if (db_query(db, &rows, (history ? history_sql : audit_sql)[by], binds, n, err) < 0)
        return -1;
    while (*count <= (size_t)q->limit && rows_next(&rows))
        (*out)[(*count)++] = take_row(&rows, history, arena);
    return rows_done(&rows, err);
}

static int account_names(struct db *db, struct trail_page *page, struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < page->count; i++) {
        struct trail_row *r = &page->rows[i];
        struct rows rows;
        if (!r->kind || strcmp(r->kind, "account") != 0 || !r->record)
            continue;
        if (db_query(db, &rows, "SELECT name FROM account WHERE id = ?", BIND(value_int(r->record)), err) < 0)
            return -1;
        if (rows_next(&rows))
            r->number = arena_str(arena, rows_text(&rows, 0));
        if (rows_done(&rows, err) < 0)
            return -1;
    }
    return 0;
}

int trail_read(struct db *db, const struct trail_query *query, struct arena *arena, struct trail_page *out,
               struct error *err)
{
    struct place_in_trail at;
    struct trail_row *versions, *acts;
    size_t version_count, act_count, v = 0, a = 0;
    struct trail_page page = { .rows = ARENA_ARRAY(arena, struct trail_row, (size_t)query->limit) };
    if (cursor_get(query, arena, &at, err) < 0 ||
        read_source(db, query, &at, true, arena, &versions, &version_count, err) < 0 ||
        read_source(db, query, &at, false, arena, &acts, &act_count, err) < 0)
        return -1;
    while (page.count < (size_t)query->limit && (v < version_count || a < act_count)) {
        bool version = a == act_count || (v < version_count && versions[v].at >= acts[a].at);
        const struct trail_row *r = version ? &versions[v++] : &acts[a++];
        page.rows[page.count++] = *r;
        if (version) {
            at.history_at = r->at;
            at.history_id = r->record;
            at.history_version = r->version;
            snprintf(at.history_kind, sizeof at.history_kind, "%s", r->kind);
        } else {
            at.audit_at = r->at;
            at.audit_id = strtoll(r->id + 1, NULL, 10);
        }
    }
    if (v < version_count || a < act_count)
        page.next = cursor_put(query, &at, arena);
    if (account_names(db, &page, arena, err) < 0)
        return -1;
    *out = page;
    return 0;
}
