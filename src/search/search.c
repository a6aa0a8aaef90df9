#include "search/search.h"

#include "search/bigrams.h"

#include <stdio.h>
#include <string.h>

/*
** SQLite keeps the grams in an FTS5 table beside search_doc. Its content option names search_doc, but FTS5 never reads
** it: rows go in by INSERT and out by the 'delete' command with the grams made again from the stored row. The columns
** of the index do not exist in search_doc, so FTS5's own 'rebuild' and 'integrity-check' cannot be used on it.
** PostgreSQL keeps them in a column of search_doc itself, so an index row and its record cannot part.
**
** A doc number is made of kind and record: those of a kind follow one another in the order of their ids, so the index
** alone answers for one kind and gives ids without a look at search_doc. It begins with the edition of what the index holds:
** entries of an earlier one lie below and are renewed at the start. 2: county and sector are a token together.
*/

enum { SEARCH_PART = 5000, DOC_SHIFT = 40, DOC_KINDS = 1 << 22 }; /* ids, region codes too, stay below 2^40 */
#define DOC_IDS   ((int64_t)1 << DOC_SHIFT)
#define FIRST_DOC ((int64_t)1 << 62)

static const struct column columns[] = {
    { "doc", COLUMN_INT, COLUMN_IDENTITY | COLUMN_NOT_NULL },
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "id", COLUMN_INT, COLUMN_NOT_NULL },
    { "tokens", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "text", COLUMN_TEXT, COLUMN_NOT_NULL },
};

#define SQLITE_INDEX                                                                    \
    "CREATE VIRTUAL TABLE search_index USING fts5(scope, grams, content='search_doc', " \
    "content_rowid='doc', columnsize=0, tokenize=\"ascii tokenchars '_'\");\n"
#define SQLITE_MAKES "search_index search_index_data search_index_idx search_index_config"
#define GRAMS        "ALTER TABLE search_doc ADD COLUMN IF NOT EXISTS bigrams tsvector;\n"

const struct table search_table = {
    .name = "search_doc",
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
    .sqlite_extra = SQLITE_INDEX,
    .postgres_extra = GRAMS "CREATE INDEX IF NOT EXISTS search_doc_bigrams ON search_doc USING gin (bigrams);\n",
    .extra_creates = SQLITE_MAKES " bigrams search_doc_bigrams",
};

const struct table search_table_bare = { .name = "search_doc",
                                         .columns = columns,
                                         .column_count = sizeof columns / sizeof *columns,
                                         .sqlite_extra = SQLITE_INDEX,
                                         .postgres_extra = GRAMS,
                                         .extra_creates = SQLITE_MAKES " bigrams" };

int64_t search_doc(const char *kind, int64_t id)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *at = kind; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    return FIRST_DOC + ((int64_t)(hash % DOC_KINDS) << DOC_SHIFT) + id;
}

/* ---- tokens and expressions ---- */

static void add_token(struct text *out, char letter, int64_t number)
{
    if (number == 0)
        return;
    if (out->used)
        text_char(out, ' ');
    text_char(out, letter);
    text_int(out, number);
}

static void add_name(struct text *out, char letter, const char *name)
{
    if (!name || !*name)
        return;
    if (out->used)
        text_char(out, ' ');
    text_char(out, letter);
    bigrams_token(out, name, strlen(name));
}

void search_tokens(struct text *out, const char *kind, int64_t county, int64_t town, int64_t village, int64_t object,
                   const char *sector)
{
    add_name(out, 'k', kind);
    add_token(out, 'c', county);
    add_token(out, 't', town);
    add_token(out, 'v', village);
    add_token(out, 'o', object);
    add_name(out, 's', sector);
}

bool search_expression(struct text *out, enum store_engine engine, const char *kind, const char *const *scope_tokens,
                       size_t scope_count, const char *words)
{
    return bigrams_expression(out, engine, kind, scope_tokens, scope_count, words);
}

size_t search_words(struct arena *arena, const char *words, const char **out, size_t most)
{
    AUTO_TEXT word = TEXT_LIMIT(BIGRAMS_INDEX);
    const char *at = words, *end = words + strlen(words);
    int left = BIGRAMS_WORDS;
    size_t count = 0;
    while (count < most && bigrams_word(&at, end, &left, &word))
        if (word.used)
            out[count++] = arena_str(arena, text_get(&word));
    return count;
}

/* ---- writing ---- */

static int tokens_too_long(struct error *err)
{
    return fail(err, FAULT_INTERNAL, "search.too_long", "检索条目的范围标记过长，无法写入检索库",
                "The scope tokens of a search entry are too long for the index");
}

static const char FTS_INSERT[] = "INSERT INTO search_index (rowid, scope, grams) VALUES (?, ?, ?)";
static const char FTS_DELETE[] =
    "INSERT INTO search_index (search_index, rowid, scope, grams) VALUES ('delete', ?, ?, ?)";

/* Puts a stored row into the index or takes it out; both make the same grams, or old ones would stay behind. */
static int index_row(struct db *db, const char *sql, int64_t doc, const char *kind, const char *tokens,
                     const char *text, struct error *err)
{
    AUTO_TEXT scope = TEXT_LIMIT(BIGRAMS_INDEX);
    AUTO_TEXT grams = TEXT_LIMIT(BIGRAMS_INDEX);
    bigrams_fts_scope(&scope, kind, tokens);
    bigrams_fts_grams(&grams, text);
    if (!text_ok(&scope) || !text_ok(&grams))
        return tokens_too_long(err);
    return db_run(db, sql, BIND(value_int(doc), value_text(text_get(&scope)), value_text(text_get(&grams))), NULL, err);
}

/* The same, for all changes of a commit at once: the index writes its new terms out at every savepoint, which were a third
** of the writer's work when every job did it by itself. */
struct late_entry {
    const char *sql;
    int64_t doc;
    size_t tokens, text; /* where they begin in words */
    char words[];        /* kind, tokens, text, each with its NUL */
};

static int index_late(struct db *db, void *args, struct error *err)
{
    const struct late_entry *e = args;
    return index_row(db, e->sql, e->doc, e->words, e->words + e->tokens, e->words + e->text, err);
}

static int index_at_commit(struct db *db, const char *sql, int64_t doc, const char *kind, const char *tokens,
                           const char *text, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    size_t k = strlen(kind) + 1, t = strlen(tokens) + 1, x = strlen(text) + 1;
    struct late_entry *e = arena_alloc(&arena, sizeof *e + k + t + x);
    *e = (struct late_entry){ .sql = sql, .doc = doc, .tokens = k, .text = k + t };
    memcpy(e->words, kind, k);
    memcpy(e->words + k, tokens, t);
    memcpy(e->words + k + t, text, x);
    return db_before_commit(db, index_late, e, sizeof *e + k + t + x, err);
}

/* A stored row; doc is 0 when there is none. */
struct entry {
    int64_t doc;
    const char *kind, *tokens, *text;
};

static int read_entry(struct db *db, struct arena *arena, const char *sql, const struct value *binds, size_t count,
                      struct entry *out, struct error *err)
{
    struct rows rows;
    struct entry entry = { 0 };
    if (db_query(db, &rows, sql, binds, count, err) < 0)
        return -1;
    if (rows_next(&rows)) {
        entry.doc = rows_int(&rows, 0);
        entry.kind = arena_str(arena, rows_text(&rows, 1));
        entry.tokens = arena_str(arena, rows_text(&rows, 2));
        entry.text = arena_str(arena, rows_text(&rows, 3));
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    *out = entry;
    return 0;
}

static const char ENTRY[] = "SELECT doc, kind, tokens, text FROM search_doc WHERE doc = ?";

static int put_sqlite(struct db *db, const char *kind, int64_t id, const char *tokens, const char *text,
                      struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct entry old;
    int64_t doc = search_doc(kind, id);
    if (read_entry(db, &arena, ENTRY, BIND(value_int(doc)), &old, err) < 0)
        return -1;
    if (!old.doc) {
        if (db_run(db, "INSERT INTO search_doc (doc, kind, id, tokens, text) VALUES (?, ?, ?, ?, ?)",
                   BIND(value_int(doc), value_text(kind), value_int(id), value_text(tokens), value_text(text)), NULL,
                   err) < 0)
            return -1;
        return index_at_commit(db, FTS_INSERT, doc, kind, tokens, text, err);
    }
    if (strcmp(old.tokens, tokens) == 0 && strcmp(old.text, text) == 0)
        return 0;
    if (index_at_commit(db, FTS_DELETE, doc, kind, old.tokens, old.text, err) < 0 ||
        db_run(db, "UPDATE search_doc SET tokens = ?, text = ? WHERE doc = ?",
               BIND(value_text(tokens), value_text(text), value_int(doc)), NULL, err) < 0)
        return -1;
    return index_at_commit(db, FTS_INSERT, doc, kind, tokens, text, err);
}

static int put_postgres(struct db *db, const char *kind, int64_t id, const char *tokens, const char *text,
                        struct error *err)
{
    AUTO_TEXT grams = TEXT_LIMIT(BIGRAMS_INDEX);
    bigrams_tsvector(&grams, kind, tokens, text);
    if (!text_ok(&grams))
        return tokens_too_long(err);
    return db_put(db,
                  "INSERT INTO search_doc (doc, kind, id, tokens, text, bigrams) VALUES (?, ?, ?, ?, ?, ?::tsvector) "
                  "ON CONFLICT (doc) DO UPDATE "
                  "SET tokens = excluded.tokens, text = excluded.text, bigrams = excluded.bigrams "
                  "WHERE search_doc.tokens <> excluded.tokens OR search_doc.text <> excluded.text",
                  BIND(value_int(search_doc(kind, id)), value_text(kind), value_int(id), value_text(tokens),
                       value_text(text), value_text(text_get(&grams))),
                  err);
}

int search_put(struct db *db, const char *kind, int64_t id, const char *tokens, const char *text, struct error *err)
{
    AUTO_TEXT kept = TEXT_LIMIT(BIGRAMS_INDEX);
    bigrams_fold(&kept, text, bigrams_cut(text));
    if (db_engine(db) == STORE_SQLITE)
        return put_sqlite(db, kind, id, tokens, text_get(&kept), err);
    return put_postgres(db, kind, id, tokens, text_get(&kept), err);
}

int search_move(struct db *db, const char *kind, int64_t id, const char *tokens, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct entry entry;
    if (read_entry(db, &arena, ENTRY, BIND(value_int(search_doc(kind, id))), &entry, err) < 0)
        return -1;
    return entry.doc ? search_put(db, kind, id, tokens, entry.text, err) : 0;
}

int search_remove(struct db *db, const char *kind, int64_t id, struct error *err)
{
    if (db_engine(db) == STORE_SQLITE) {
        AUTO_ARENA arena = { 0 };
        struct entry old;
        if (read_entry(db, &arena, ENTRY, BIND(value_int(search_doc(kind, id))), &old, err) < 0)
            return -1;
        if (old.doc && index_at_commit(db, FTS_DELETE, old.doc, kind, old.tokens, old.text, err) < 0)
            return -1;
    }
    return db_run(db, "DELETE FROM search_doc WHERE doc = ?", BIND(value_int(search_doc(kind, id))), NULL, err);
}

/* An entry of an earlier edition, of the first kept as it was written: it gets its number and *doc is that. */
static int renumber(struct db *db, struct arena *arena, struct entry *entry, struct error *err)
{
    AUTO_TEXT kept = TEXT_LIMIT(BIGRAMS_INDEX);
    int64_t id, old = entry->doc;
    bool found;
    bigrams_fold(&kept, entry->text, bigrams_cut(entry->text));
    if (db_get_int(db, "SELECT id FROM search_doc WHERE doc = ?", BIND(value_int(old)), &id, &found, err) < 0)
        return -1;
    entry->doc = search_doc(entry->kind, id);
    entry->text = arena_str(arena, text_get(&kept));
    return db_run(db, "UPDATE search_doc SET doc = ?, text = ? WHERE doc = ?",
                  BIND(value_int(entry->doc), value_text(entry->text), value_int(old)), NULL, err);
}

/* Indexes the last row before *doc and moves *doc there; 0 when there is none. */
static int rebuild_next(struct db *db, int64_t *doc, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT grams = TEXT_LIMIT(BIGRAMS_INDEX);
    struct entry entry;
    if (read_entry(db, &arena, "SELECT doc, kind, tokens, text FROM search_doc WHERE doc < ? ORDER BY doc DESC LIMIT 1",
                   BIND(value_int(*doc)), &entry, err) < 0)
        return -1;
    *doc = entry.doc;
    if (!entry.doc)
        return 0;
    if (entry.doc < FIRST_DOC && renumber(db, &arena, &entry, err) < 0)
        return -1;
    if (db_engine(db) == STORE_SQLITE)
        return index_row(db, FTS_INSERT, entry.doc, entry.kind, entry.tokens, entry.text, err);
    bigrams_tsvector(&grams, entry.kind, entry.tokens, entry.text);
    if (!text_ok(&grams))
        return tokens_too_long(err);
    return db_put(db, "UPDATE search_doc SET bigrams = ?::tsvector WHERE doc = ?",
                  BIND(value_text(text_get(&grams)), value_int(entry.doc)), err);
}

/* From the last entry to the first: one that gets its number lands behind, where it is not met again. */
struct part {
    int64_t from, next; /* below which; 0: nothing is left */
};

static int rebuild_part(struct db *db, void *args, struct error *err)
{
    struct part *p = args;
    p->next = p->from;
    if (p->from == INT64_MAX && db_engine(db) == STORE_SQLITE &&
        db_run(db, "INSERT INTO search_index (search_index) VALUES ('delete-all')", NO_BINDS, NULL, err) < 0)
        return -1;
    for (int i = 0; i < SEARCH_PART && p->next; i++)
        if (rebuild_next(db, &p->next, err) < 0)
            return -1;
    return 0;
}

static int rebuild_from(struct store *store, int64_t from, struct error *err)
{
    for (struct part p = { .from = from }; p.from; p.from = p.next)
        if (store_write_large(store, rebuild_part, &p, err) < 0)
            return -1;
    return 0;
}

int search_rebuild(struct store *store, struct error *err)
{
    return rebuild_from(store, INT64_MAX, err);
}

/* Entries that have their number came into the index with it: the work goes on with those that have none. */
int search_renew(struct store *store, struct error *err)
{
    struct db *db;
    bool old = false, begun = false;
    int64_t ignored;
    if (store_reader(store, &db, err) < 0)
        return -1;
    int got = search_is_old(db, &old, err);
    if (got == 0)
        got = db_get_int(db, "SELECT doc FROM search_doc WHERE doc >= ? LIMIT 1", BIND(value_int(FIRST_DOC)), &ignored,
                         &begun, err);
    store_reader_back(store, db);
    return got < 0 || !old ? got : rebuild_from(store, begun ? FIRST_DOC : INT64_MAX, err);
}

int search_is_old(struct db *db, bool *out, struct error *err)
{
    int64_t ignored;
    return db_get_int(db, "SELECT doc FROM search_doc WHERE doc < ? LIMIT 1", BIND(value_int(FIRST_DOC)), &ignored, out,
                      err);
}

/* ---- finding ---- */

const char *search_source(enum store_engine engine)
{
    return engine == STORE_SQLITE
               ? "SELECT rowid - ? AS id FROM search_index WHERE search_index MATCH ? AND rowid BETWEEN ? AND ?"
               : "SELECT doc - ? AS id FROM search_doc WHERE bigrams @@ ?::tsquery AND doc BETWEEN ? AND ?";
}

void search_source_binds(const char *kind, const char *expression, struct value out[SEARCH_BINDS])
{
    int64_t first = search_doc(kind, 0);
    out[0] = value_int(first);
    out[1] = value_text(expression);
    out[2] = value_int(first);
    out[3] = value_int(first + (DOC_IDS - 1));
}

static const char FIND_SQLITE[] = "SELECT kind, id FROM search_index JOIN search_doc ON doc = search_index.rowid "
                                  "WHERE search_index MATCH ? ORDER BY search_index.rowid DESC LIMIT ?";
static const char FIND_POSTGRES[] =
    "SELECT kind, id FROM search_doc WHERE bigrams @@ ?::tsquery ORDER BY doc DESC LIMIT ?";

int search_find(struct db *db, const char *expression, int limit, struct search_hit *out, size_t *count,
                struct error *err)
{
    struct rows rows;
    const char *sql = db_engine(db) == STORE_SQLITE ? FIND_SQLITE : FIND_POSTGRES;
    if (db_query(db, &rows, sql, BIND(value_text(expression), value_int(limit)), err) < 0)
        return -1;
    size_t found = 0;
    while (found < (size_t)limit && rows_next(&rows)) {
        snprintf(out[found].kind, sizeof out[found].kind, "%s", rows_text(&rows, 0));
        out[found++].id = rows_int(&rows, 1);
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    *count = found;
    return 0;
}
