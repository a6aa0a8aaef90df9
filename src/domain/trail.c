#include "domain/trail.h"

#include "base/base64.h"
#include "base/limits.h"
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
#define HISTORY_REST(at)                                                                             \
    at " >= ? AND (" at ", h.kind, h.id, h.version) < (?, ?, ?, ?) AND (? = 0 OR h.actor = ?) AND "  \
       "(? = 0 OR h.act = ?) AND (? = 0 OR h.kind = ?) ORDER BY h.at DESC, h.kind DESC, h.id DESC, " \
       "h.version DESC LIMIT ?"
#define AUDIT                                                                                               \
    "SELECT t.at, t.account, t.act, NULL, t.kind, t.record, t.id, t.detail, t.peer, t.session, t.api_key, " \
    "a.display_name, c.at FROM audit t LEFT JOIN account a ON a.id = t.account "                            \
    "LEFT JOIN history c ON c.kind = t.kind AND c.id = t.record AND c.version = 1 WHERE "
#define AUDIT_REST                                                                                   \
    "t.at >= ? AND (t.at, t.id) < (?, ?) AND (? = 0 OR t.account = ?) AND (? = 0 OR t.act = ?) AND " \
    "(? = 0 OR t.kind = ?) ORDER BY t.at DESC, t.id DESC LIMIT ?"

enum lead { BY_TIME, BY_ACCOUNT, BY_KIND, BY_ACT, BY_RECORD, LEADS };

/* The first condition chooses the index; what else was asked narrows the walk. The versions of one record are
** few and put in order: the plus keeps SQLite from all of its kind. `few` looks whether a condition leaves few rows. */
static const struct source {
    const char *walk[LEADS], *few[LEADS];
} sources[] = {
    { { [BY_TIME] = HISTORY HISTORY_REST("h.at"),
        [BY_ACCOUNT] = HISTORY "h.actor = ? AND " HISTORY_REST("h.at"),
        [BY_KIND] = HISTORY "h.kind = ? AND " HISTORY_REST("h.at"),
        [BY_ACT] = HISTORY "h.act = ? AND " HISTORY_REST("h.at"),
        [BY_RECORD] = HISTORY "h.kind = ? AND h.id = ? AND " HISTORY_REST("+h.at") },
      { [BY_ACCOUNT] = "SELECT 1 FROM history WHERE actor = ? LIMIT 1 OFFSET ?",
        [BY_KIND] = "SELECT 1 FROM history WHERE kind = ? LIMIT 1 OFFSET ?",
        [BY_ACT] = "SELECT 1 FROM history WHERE act = ? LIMIT 1 OFFSET ?" } },
    { { [BY_TIME] = AUDIT AUDIT_REST,
        [BY_ACCOUNT] = AUDIT "t.account = ? AND " AUDIT_REST,
        [BY_KIND] = AUDIT "t.kind = ? AND " AUDIT_REST,
        [BY_ACT] = AUDIT "t.act = ? AND " AUDIT_REST,
        [BY_RECORD] = AUDIT "t.kind = ? AND t.record = ? AND " AUDIT_REST },
      { [BY_ACCOUNT] = "SELECT 1 FROM audit WHERE account = ? LIMIT 1 OFFSET ?",
        [BY_KIND] = "SELECT 1 FROM audit WHERE kind = ? LIMIT 1 OFFSET ?",
        [BY_ACT] = "SELECT 1 FROM audit WHERE act = ? LIMIT 1 OFFSET ?" } },
};
enum { FROM_HISTORY, FROM_AUDIT };

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

static struct value lead_value(const struct trail_query *q, enum lead lead)
{
    return lead == BY_ACCOUNT ? value_int(q->account) : value_text(lead == BY_ACT ? q->act : q->kind);
}

/* Of several conditions the first that leaves few rows, else the first: what many rows have is met soon. */
static int choose_lead(struct db *db, const struct trail_query *q, const struct source *from, enum lead *out,
                       struct error *err)
{
    const bool asked[LEADS] = { [BY_ACCOUNT] = q->account != 0, [BY_KIND] = q->kind, [BY_ACT] = q->act };
    int count = asked[BY_ACCOUNT] + asked[BY_KIND] + asked[BY_ACT];
    *out = q->record && q->kind ? BY_RECORD : BY_TIME;
    for (enum lead lead = BY_ACCOUNT; *out != BY_RECORD && lead <= BY_ACT; lead++) {
        int64_t ignored;
        bool many = count > 1;
        if (!asked[lead])
            continue;
        if (*out == BY_TIME)
            *out = lead;
        if (many && db_get_int(db, from->few[lead], BIND(lead_value(q, lead), value_int(LIMIT_COUNT)), &ignored, &many,
                               err) < 0)
            return -1;
        if (!many) {
            *out = lead;
            break;
        }
    }
    return 0;
}

struct asked {
    const char *sql;
    struct value binds[16];
    size_t count;
};

static void bind(struct asked *a, struct value v)
{
    a->binds[a->count++] = v;
}

static int ask(struct db *db, const struct trail_query *q, const struct place_in_trail *from, bool history,
               struct asked *out, struct error *err)
{
    const struct source *source = &sources[history ? FROM_HISTORY : FROM_AUDIT];
    enum lead lead;
    *out = (struct asked){ 0 };
    if (choose_lead(db, q, source, &lead, err) < 0)
        return -1;
    out->sql = source->walk[lead];
    if (lead != BY_TIME)
        bind(out, lead_value(q, lead));
    if (lead == BY_RECORD)
        bind(out, value_int(q->record));
    bind(out, value_int(q->from));
    bind(out, value_int(history ? from->history_at : from->audit_at));
    if (history)
        bind(out, value_text(from->history_kind));
    bind(out, value_int(history ? from->history_id : from->audit_id));
    if (history)
        bind(out, value_int(from->history_version));
    bind(out, value_int(q->account != 0));
    bind(out, value_int(q->account));
    bind(out, value_int(q->act != NULL));
    bind(out, value_text(q->act ? q->act : ""));
    bind(out, value_int(q->kind != NULL));
    bind(out, value_text(q->kind ? q->kind : ""));
    bind(out, value_int(q->limit + 1));
    return 0;
}

static int read_source(struct db *db, const struct trail_query *q, const struct place_in_trail *from, bool history,
                       struct arena *arena, struct trail_row **out, size_t *count, struct error *err)
{
    struct asked a;
    struct rows rows;
    *out = ARENA_ARRAY(arena, struct trail_row, (size_t)q->limit + 1);
    *count = 0;
    if (ask(db, q, from, history, &a, err) < 0 || db_query(db, &rows, a.sql, a.binds, a.count, err) < 0)
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

char *trail_explain(struct db *db, const struct trail_query *query, struct arena *arena, struct error *err)
{
    struct place_in_trail at;
    struct asked versions, acts;
    char *first, *second;
    if (cursor_get(query, arena, &at, err) < 0 || ask(db, query, &at, true, &versions, err) < 0 ||
        ask(db, query, &at, false, &acts, err) < 0 ||
        !(first = db_explain(db, arena, versions.sql, versions.binds, versions.count, err)) ||
        !(second = db_explain(db, arena, acts.sql, acts.binds, acts.count, err)))
        return NULL;
    return arena_printf(arena, "%s%s", first, second);
}
