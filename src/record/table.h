/*
** Kind <-> table. Which columns and indexes a kind's table has, and how a struct becomes a row and back.
**
** Besides its fields' columns every table has: id, version, created_at/by, changed_at/by, removed_at (NULL = live),
** import_id, own_county/town/village/object/sector (access; decision 13) and, for kinds that belong to an object,
** fact_… (statistics). A sort field that may be null has a column sort_<field> that never is (decision 15).
** Indexes on live rows: (sort, id), and the same behind own_county, own_town, own_object; (own_village, id); UNIQUE fields
** and references where they are known. An INDEXED field, and own_sector, has one that begins with it and holds the owner
** columns and the sorts, so that a filter by it is counted and put in order inside the index; an INDEXED state ends every
** other index too. The one by id alone holds the owner columns and the sorts as well: rows found by words are judged and put
** in order inside it.
** A LINES field has a table <kind>_<field>: record, line, and the child's columns.
*/
#pragma once
#include "record/kind.h"
#include "store/dialect.h"

/* Built in the arena, which must outlive the result. Tables of all kinds and their lines, in declaration order. */
size_t kind_tables(struct arena *arena, const struct table **out, size_t room);

/* "id,version,…": what row_read expects, each name behind prefix ("h." or ""). wanted: two words, the bits of the slots of
** the fields that are read; the others stay unknown, and so do own and fact. NULL: everything. */
const char *row_columns(struct arena *arena, const struct kind *kind, const char *prefix, const uint64_t *wanted);
int row_read(const struct kind *kind, const uint64_t *wanted, const struct rows *rows, struct arena *arena,
             void *record, struct error *err);

/* INSERT and UPDATE of a whole record. row_insert fills is.id unless the kind takes its id from a field or the caller
** has set it (objects). Only domain/change calls these. */
int row_insert(struct db *db, const struct kind *kind, void *record, int64_t import_id, struct error *err);
/* The job will insert so many of them (db_expect). Not where two rows may not have the same value: who is refused then has to
** be known at once. */
int row_expect(struct db *db, const struct kind *kind, size_t rows, struct error *err);
int row_update(struct db *db, const struct kind *kind, const void *record, struct error *err);

/* Id of the first live row with that value in a column ("id" or a field of one column); 0 when there is none. For
** identity and uniqueness only: it asks the whole table, so what it finds is never shown. */
int row_find(struct db *db, const struct kind *kind, const char *column, struct value value, int64_t *id,
             struct error *err);

/* Live records an import has made, from the last to the first, below a number. */
int row_imported(struct db *db, const struct kind *kind, int64_t import, int64_t below, int64_t *ids, size_t most,
                 size_t *count, struct error *err);

/* Live rows that belong to an object. */
int row_count_of(struct db *db, const struct kind *kind, int64_t object, int64_t *count, struct error *err);
/* Gives rows of an object its current owner columns, live or in the bin, where they differ: at most `most` of them, whose
** ids it fills. The fact columns stay. */
int row_follow(struct db *db, const struct kind *kind, const struct owner *own, int64_t *ids, size_t most,
               size_t *count, struct error *err);
/* How many are still where the object was. */
int row_follow_left(struct db *db, const struct kind *kind, const struct owner *own, int64_t *count, struct error *err);

int lines_read(struct db *db, const struct kind *kind, void *record, struct arena *arena, struct error *err);
int lines_write(struct db *db, const struct kind *kind, const void *record, struct error *err);

/* The column a sort uses, and the value that never is null. */
const char *sort_column(struct arena *arena, const struct kind *kind, const char *sort);
/* By what lists of what waits are sorted: the first deadline a move of the kind is expected by; "id" without one. */
const char *waiting_sort(const struct kind *kind);
/* The field whose known values have an index of their own, <kind>_waits_<field>, by which the rows that wait for the move are
** found; NULL: they are found in the state's. */
const char *waiting_index(const struct move *move);
bool sort_is_text(const struct kind *kind, const char *sort);
struct value sort_value(struct arena *arena, const struct kind *kind, const char *sort, const void *record);

/* Edition of choices for this record. */
int64_t fact_day(const struct kind *kind, const void *record);
/* 2026-000123; NULL for kinds without numbers. */
const char *record_number(struct arena *arena, const struct kind *kind, const void *record);
