/*
** The one way rows are read. Every function takes a compiled scope; there is no unscoped variant.
**
** Lists: keyset pages over (sort, id). A bounded count decides how a page is found (decision 14): up to LIMIT_COUNT rows
** that the filter leaves are found by its index and put in order, else the sort index is walked. Several grants are
** counted one after the other and listed as a UNION of per-grant top-N. Words are counted by the search index; rows that
** have them are found by it, or sieved from the rows in their order (on SQLite by a set of what it finds), whichever is less
** work. The cursor is sealed and holds sort, direction and the hash of filter and scope, so a cursor of another list is
** refused.
*/
#pragma once
#include "access/access.h"
#include "record/filter.h"

struct list_query {
    const struct kind *kind;
    const struct actor *actor; /* for one-hop conditions: the other kind's own scope */
    const struct scope *scope;
    const struct filter *filter;
    const char *sort; /* NULL = the kind's default, its direction too */
    bool descending;
    int limit;
    const char *after; /* cursor or NULL */
    int64_t about;     /* so many rows the caller has counted already, INT64_MAX for many; 0: not counted */
    bool walk;         /* every page will be read: walk the sort index, count nothing */
    /* list_each alone: the fields its caller looks at (row_read); NULL: all. */
    const uint64_t *wanted;
    enum { COUNT_NONE, COUNT_CAPPED, COUNT_EXACT } count;
};

struct list_page {
    void **rows;
    size_t count;
    const char *next; /* NULL at the end */
    int64_t total;    /* -1 when not counted */
    bool capped;      /* total is a floor */
};

/* Whose rows a list, or an export (verb), compared by this filter may hold. Who sees a field masked may not compare it
** (FAULT_FORBIDDEN "filter.masked"); compared by a personal value, only those rows answer whose value the actor may see in
** clear. */
int list_scope(const struct actor *actor, const struct kind *kind, const char *verb, const struct filter *filter,
               struct scope *out, struct error *err);

/* "-due" -> sort and direction; NULL -> the default. Refuses a sort the kind does not declare. */
int list_sort_parse(const struct kind *kind, const char *text, const char **sort, bool *descending, struct error *err);

int list_run(struct db *db, const struct list_query *query, struct arena *arena, struct list_page *out,
             struct error *err);
/* How many rows there are, counted no further than `most`: for numbers on tabs. Uses kind, actor, scope and filter. */
int list_count(struct db *db, const struct list_query *query, int64_t most, struct arena *arena, int64_t *out,
               struct error *err);
/* The statements list_run would run, the count and the page, explained by the engine: for tests. */
#define LIST_EXPLAINED "\n-- page\n"
char *list_explain(struct db *db, const struct list_query *query, struct arena *arena, struct error *err);

/* How many rows a list has, and how many of them in each of some spans of a date: [from, before). Every number stops at
** `most`. All lists of one call are one statement, those with a date and more rows than `most` a second one. */
enum { TALLY_SPANS = 4 };
struct list_tally {
    const struct list_query *query; /* kind, actor, scope, filter */
    const char *column;             /* a column of the kind; NULL: no spans */
    int64_t spans[TALLY_SPANS][2];
    int64_t total, in[TALLY_SPANS];
    int64_t outside; /* in no span: the date is not known */
};
int list_tallies(struct db *db, struct list_tally *tallies, size_t count, int64_t most, struct arena *arena,
                 struct error *err);

/* The statements list_run would run, every value fetched and nothing built of them: the bare measure of the bench. */
int list_step(struct db *db, const struct list_query *query, struct arena *arena, size_t *bytes, struct error *err);

/* All rows in sort order, a page of at most LIMIT_PAGE at a time: export. A page's rows live until `page` returns; it
** returns -1 (err filled) to stop. */
int list_each(struct db *db, const struct list_query *query,
              int (*page)(void *const *rows, size_t count, void *arg, struct error *err), void *arg, struct error *err);

/* How many live rows of other kinds name a record, one statement for all of them. field: of kind, a reference or an
** object (value is the record's id) or a region (rows within value). A count stops at COUNTED_MOST: then `capped`. */
enum { COUNTED_MOST = 999, COUNTED_KINDS = 64 };
struct counted {
    const struct kind *kind;
    const struct field *field;
    int64_t value;
    int64_t count;
    bool capped;
};
int list_counts(struct db *db, const struct actor *actor, struct counted *list, size_t count, struct arena *arena,
                struct error *err);

/* One row, with its lines. FAULT_MISSING when it does not exist or lies outside the scope: never tells which.
** In the bin: found, with removed_at set, when bin is true; else missing. lock: FOR UPDATE (inside a change). */
int record_read(struct db *db, const struct scope *scope, int64_t id, bool bin, bool lock, struct arena *arena,
                void **out, struct error *err);

/* Ids of live rows in the actor's scope with that title, appended to ids up to `most` in all. */
int record_ids_named(struct db *db, const struct actor *actor, const struct kind *kind, const char *title, int64_t *ids,
                     size_t most, size_t *count, struct error *err);

/* Is there a live row the actor may name? Inside a write job it is held until the end of the transaction, so that nobody
** removes it meanwhile. */
int record_is_live(struct db *db, const struct actor *actor, const struct kind *kind, int64_t id, bool *out,
                   struct error *err);

/* Names for ids of one kind, as far as the reader may see them (open_label kinds: always). names[i] stays NULL when
** unseen. kind "object" is asked by labels_objects, which fills kinds[i] too. */
int labels_read(struct db *db, const struct actor *actor, const struct kind *kind, const int64_t *ids, size_t count,
                struct arena *arena, const char **names, struct error *err);
int labels_objects(struct db *db, const struct actor *actor, const int64_t *ids, size_t count, struct arena *arena,
                   const char **names, const char **kinds, struct error *err);
