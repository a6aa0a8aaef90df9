#include "access/key.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "base/utf8.h"

#include <string.h>

enum { TOUCH_MS = 60 * 1000 };

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct column key_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "token", COLUMN_BYTES, COLUMN_NOT_NULL },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "name", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "made_at", COLUMN_INT, COLUMN_NOT_NULL },
    { "ends_at", COLUMN_INT, COLUMN_NOT_NULL },
    { "used_at", COLUMN_INT, 0 },
    { "verbs", COLUMN_TEXT, 0 },
    { "kinds", COLUMN_TEXT, 0 },
    { "per_minute", COLUMN_INT, COLUMN_NOT_NULL },
};
static const struct index_decl key_indexes[] = {
    { "api_key_by_token", NAMES("token"), true, NULL },
    { "api_key_of_account", NAMES("account", "id"), false, NULL },
};
const struct table key_tables[] = {
    { .name = "api_key", LISTED(key_columns), .indexes = key_indexes, .index_count = COUNT(key_indexes) }
};
const size_t key_table_count = COUNT(key_tables);

/* ---- making ---- */

static bool known_verb(const char *word)
{
    return verb_bit(word) != 0;
}

static bool known_kind(const char *word)
{
    const struct kind *kind = kind_find(word);
    return kind && !kind->child;
}

/* Every word of a comma list is known; NULL is fine. */
static int check_words(const char *field, const char *list, bool (*known)(const char *), struct error *err)
{
    for (const char *at = list; at && *at;) {
        char word[64] = "";
        size_t n = strcspn(at, ",");
        memcpy(word, at, n < sizeof word ? n : 0);
        if (!known(word))
            return fail_field(err, field, "没有“%.40s”", "There is no \"%.40s\"", word);
        at += n + (at[n] == ',');
    }
    return list && !*list
               ? fail_field(err, field, "至少选一项，或不填表示全部", "Name at least one, or leave it out for all")
               : 0;
}

static void check_terms(const struct key_terms *t, struct error *err)
{
    size_t n = t->name ? strlen(t->name) : 0;
    if (n == 0 || !utf8_valid(t->name, n) || utf8_chars(t->name) > KEY_NAME_MOST)
        fail_field(err, "name", "请写明密钥给谁用，最多 %d 字", "Say what the key is for, in at most %d characters",
                   KEY_NAME_MOST);
    if (t->days < 1 || t->days > KEY_DAYS_MOST)
        fail_field(err, "days", "有效期取 1 至 %d 天", "A key is valid for 1 to %d days", KEY_DAYS_MOST);
    check_words("verbs", t->verbs, known_verb, err);
    check_words("kinds", t->kinds, known_kind, err);
    if (t->per_minute < 0 || t->per_minute > LIMIT_KEY_RATE)
        fail_field(err, "per_minute", "每分钟 1 至 %d 次", "1 to %d requests a minute", LIMIT_KEY_RATE);
}

struct key_order {
    const struct origin *by;
    const struct key_terms *terms;
    unsigned char token[32];
    int64_t account, id, made;
};

static int make_job(struct db *db, void *args, struct error *err)
{
    struct key_order *o = args;
    const struct key_terms *t = o->terms;
    int64_t live;
    bool found;
    if (db_get_int(db, "SELECT count(*) FROM api_key WHERE account = ? AND ends_at > ?",
                   BIND(value_int(o->account), value_int(o->by->now)), &live, &found, err) < 0)
        return -1;
    if (live >= LIMIT_KEYS)
        return fail(err, FAULT_REFUSED, "key.many", "一个人最多 %d 个有效密钥，请先停用不再使用的",
                    "A person has at most %d valid keys; end those nobody uses", LIMIT_KEYS);
    if (db_get_int(db,
                   "INSERT INTO api_key (token, account, name, made_at, ends_at, verbs, kinds, per_minute) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                   BIND(value_bytes(o->token, sizeof o->token), value_int(o->account), value_text(t->name),
                        value_int(o->by->now), value_int(o->by->now + t->days * DAY_MS), value_text(t->verbs),
                        value_text(t->kinds), value_int(t->per_minute ? t->per_minute : LIMIT_KEY_RATE)),
                   &o->made, &found, err) < 0)
        return -1;
    AUTO_TEXT detail = TEXT_LIMIT(64);
    text_printf(&detail, "key %lld", (long long)o->made);
    return audit_add(db, o->by, "key.new", "account", o->account, text_get(&detail), err);
}

int key_make(struct store *store, const struct origin *by, int64_t account, const struct key_terms *terms,
             char token[TOKEN_TEXT], int64_t *id, struct error *err)
{
    struct key_order o = { .by = by, .terms = terms, .account = account };
    char made[TOKEN_TEXT];
    check_terms(terms, err);
    if (err->fault)
        return -1;
    token_make(made);
    sha256(made, strlen(made), o.token);
    if (store_write(store, make_job, &o, err) < 0)
        return -1;
    memcpy(token, made, sizeof made);
    *id = o.made;
    return 0;
}

/* ---- in use ---- */

static int touch_job(struct db *db, void *args, struct error *err)
{
    const struct key_order *o = args;
    return db_run(db, "UPDATE api_key SET used_at = ? WHERE id = ?", BIND(value_int(o->by->now), value_int(o->id)),
                  NULL, err);
}

#define KEY_SQL "SELECT id, account, verbs, kinds, per_minute, used_at FROM api_key "

static int one_key(struct rows *rows, struct arena *arena, struct key *out, int64_t *used, struct error *err)
{
    struct key k = { 0 };
    if (rows_next(rows)) {
        const char *verbs = rows_text(rows, 2);
        k = (struct key){ .id = rows_int(rows, 0),
                          .account = rows_int(rows, 1),
                          .verbs = verbs ? verbs_parse(verbs) : 0,
                          .kinds = arena_str(arena, rows_text(rows, 3)),
                          .per_minute = rows_int(rows, 4) };
        *used = rows_int(rows, 5);
    }
    if (rows_done(rows, err) < 0)
        return -1;
    if (!k.id)
        return fail(err, FAULT_UNAUTHENTICATED, "session.none", "请先登录", "Please sign in");
    *out = k;
    return 0;
}

int key_load(struct db *db, int64_t id, int64_t now, struct arena *arena, struct key *out, struct error *err)
{
    struct rows rows;
    int64_t used;
    if (db_query(db, &rows, KEY_SQL "WHERE id = ? AND ends_at > ?", BIND(value_int(id), value_int(now)), err) < 0)
        return -1;
    return one_key(&rows, arena, out, &used, err);
}

int key_find(struct store *store, struct db *db, const char *token, int64_t now, struct arena *arena, struct key *out,
             struct error *err)
{
    struct key k;
    struct rows rows;
    unsigned char digest[32];
    int64_t used = 0;
    sha256(token, strlen(token), digest);
    if (db_query(db, &rows, KEY_SQL "WHERE token = ? AND ends_at > ?",
                 BIND(value_bytes(digest, sizeof digest), value_int(now)), err) < 0)
        return -1;
    if (one_key(&rows, arena, &k, &used, err) < 0)
        return -1;
    struct origin by = { .now = now };
    struct key_order o = { .by = &by, .id = k.id };
    struct error ignored = { 0 };
    if (used + TOUCH_MS < now && store_write(store, touch_job, &o, &ignored) < 0)
        log_event(LOG_WARN, "key.touch", "why", ignored.en, NULL); /* a full disk must not stop reading */
    *out = k;
    return 0;
}

/* The words of both lists; NULL is every kind. A list nobody is in stays a list: "," names nothing. */
static const char *common_kinds(struct arena *arena, const char *set, const char *list)
{
    AUTO_TEXT out = TEXT_LIMIT(4096);
    text_char(&out, ',');
    for (const char *at = list; *at;) {
        size_t n = strcspn(at, ",");
        const char *word = arena_printf(arena, ",%.*s,", (int)n, at);
        if (!set || strstr(set, word))
            text_str(&out, word + 1);
        at += n + (at[n] == ',');
    }
    return arena_str(arena, text_get(&out));
}

void key_narrow(const struct key *key, struct arena *arena, struct actor *actor)
{
    uint64_t of_no_kind = verb_bit("manage") | verb_bit("audit") | verb_bit("operate");
    uint64_t verbs = key->verbs ? key->verbs : key->kinds ? ~of_no_kind : ~(uint64_t)0;
    actor->key = key->id;
    for (size_t i = 0; i < actor->grant_count; i++) {
        struct grant *g = &actor->grants[i];
        g->verbs &= verbs;
        if (key->kinds)
            g->kinds = common_kinds(arena, g->kinds, key->kinds);
    }
}

/* ---- listing and ending ---- */

int key_list(struct db *db, int64_t account, struct arena *arena, struct key_row **out, size_t *count,
             struct error *err)
{
    struct key_row *list = ARENA_ARRAY(arena, struct key_row, LIMIT_PAGE);
    struct rows rows;
    size_t n = 0;
    if (db_query(db, &rows,
                 "SELECT id, name, made_at, ends_at, used_at, verbs, kinds, per_minute FROM api_key WHERE account = ? "
                 "ORDER BY id DESC LIMIT ?",
                 BIND(value_int(account), value_int(LIMIT_PAGE)), err) < 0)
        return -1;
    while (n < LIMIT_PAGE && rows_next(&rows))
        list[n++] = (struct key_row){ .id = rows_int(&rows, 0),
                                      .name = arena_str(arena, rows_text(&rows, 1)),
                                      .made_at = rows_int(&rows, 2),
                                      .ends_at = rows_int(&rows, 3),
                                      .used_at = rows_int(&rows, 4),
                                      .verbs = arena_str(arena, rows_text(&rows, 5)),
                                      .kinds = arena_str(arena, rows_text(&rows, 6)),
                                      .per_minute = rows_int(&rows, 7) };
    if (rows_done(&rows, err) < 0)
        return -1;
    *out = list;
    *count = n;
    return 0;
}

/* It stays in the list: when it ended and when it was used last are asked about later. */
static int end_job(struct db *db, void *args, struct error *err)
{
    struct key_order *o = args;
    if (db_run(db, "UPDATE api_key SET ends_at = ? WHERE id = ? AND account = ? AND ends_at > ?",
               BIND(value_int(o->by->now), value_int(o->id), value_int(o->account), value_int(o->by->now)), &o->made,
               err) < 0)
        return -1;
    AUTO_TEXT detail = TEXT_LIMIT(64);
    text_printf(&detail, "key %lld", (long long)o->id);
    return o->made ? audit_add(db, o->by, "key.end", "account", o->account, text_get(&detail), err) : 0;
}

int key_end(struct store *store, const struct origin *by, int64_t account, int64_t id, struct error *err)
{
    struct key_order o = { .by = by, .account = account, .id = id };
    if (store_write(store, end_job, &o, err) < 0)
        return -1;
    return o.made ? 0 : fail(err, FAULT_MISSING, "key.missing", "没有这个有效的密钥", "There is no such valid key");
}
