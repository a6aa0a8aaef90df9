/*
** The one search box: full text by bigrams made by the program (decision 18), because two-character words are most
** Chinese queries and SQLite's trigram index answers them wrongly.
**
** One row of search_doc per record: kind, record id, scope tokens, folded text without personal fields. Beside it the index:
** SQLite FTS5 with external content, PostgreSQL a tsvector of positioned bigrams. The index row is always derived from
** the search_doc row, so "delete old" recomputes from what is stored and 10,000 random edits equal a rebuild.
**
** Tokens: text is folded (full-width to ASCII, A–Z to a–z), split into runs; a run of CJK characters gives its
** overlapping bigrams (a single character gives itself) and a run of letters and digits gives its overlapping bigrams
** too, so that "8342" finds the end of a number. Query: the words between spaces must all match, each as a phrase of
** its bigrams; a one-character word matches as a prefix of the bigrams beginning with it. So that this is exact, CJK
** characters, letters and digits side by side form one run ("2号库") and the last character of a run stands for itself
** as well: a word is found exactly where it is a substring of the folded text of one field (search/bigrams.h).
**
** Ceilings. The text of a record is cut at 4,000 characters; what stands behind is neither kept nor found (a tsvector
** knows 16,383 places). PostgreSQL remembers the first 256 places of a bigram within one record: a phrase that begins
** only behind the 256th repetition of one of its bigrams is not found there. Of a query the first 256 characters count.
*/
#pragma once
#include "base/arena.h"
#include "base/text.h"
#include "store/dialect.h"
#include "store/store.h"

extern const struct table search_table; /* search_doc and, as extras, its index */
/* The same without PostgreSQL's index of the grams: of many rows it is made quicker when all are there. */
extern const struct table search_table_bare;

/* Scope tokens let the index answer a scoped search by itself: "t370211005000" (town), "c…" (county), "o12" (object),
** "k…" (kind name). Built by search_tokens into a space-separated text. 0 leaves a part out. */
void search_tokens(struct text *out, const char *kind, int64_t county, int64_t town, int64_t village, int64_t object,
                   const char *sector);

/* Inside the change's transaction. text may hold several field values separated by '\n' (no phrase crosses it). */
int search_put(struct db *db, const char *kind, int64_t id, const char *tokens, const char *text, struct error *err);
/* New scope tokens for a record whose words stay as they are; nothing happens when it is not indexed. */
int search_move(struct db *db, const char *kind, int64_t id, const char *tokens, struct error *err);
int search_remove(struct db *db, const char *kind, int64_t id, struct error *err);

/* Builds the engine's match expression for user words. False when nothing searchable is in them. scope_tokens: a
** disjunction of conjunctions, one text per grant ("ktown t370211005000"); count 0 means everywhere. kind may be NULL. */
bool search_expression(struct text *out, enum store_engine engine, const char *kind, const char *const *scope_tokens,
                       size_t scope_count, const char *words);

/* The words of a query as they are looked for: folded, at most `most`. A record is found when each of them is a substring
** of its kept text, so one row is tested without the index: instr (strpos) of search_doc.text. */
size_t search_words(struct arena *arena, const char *words, const char **out, size_t most);

/* The number of a record's row: of one kind they lie between search_doc(kind, 0) and 2^40 behind it, in order of id. */
int64_t search_doc(const char *kind, int64_t id);

/* "SELECT … AS id …": ids of the records of one kind an expression (without kind) finds, answered by the index alone; and
** the values of its placeholders. */
enum { SEARCH_BINDS = 4 };
const char *search_source(enum store_engine engine);
void search_source_binds(const char *kind, const char *expression, struct value out[SEARCH_BINDS]);

struct search_hit {
    char kind[32];
    int64_t id;
};
/* Of a kind the newest first, at most limit. The caller re-checks every hit against the scope. */
int search_find(struct db *db, const char *expression, int limit, struct search_hit *out, size_t *count,
                struct error *err);
/* The index made anew from search_doc; rows of an earlier edition (search_is_old) get their numbers. In parts of 5,000 entries,
** a commit each: what was not come to is not found meanwhile. */
int search_rebuild(struct store *store, struct error *err);
/* The same where rows of an earlier build are; after a process that ended in between only what is left. */
int search_renew(struct store *store, struct error *err);
int search_is_old(struct db *db, bool *out, struct error *err);
