/*
** What the two engines spell differently, in one place, and the comparison of a live database with a declared schema.
** A schema is declared as tables, columns and indexes in engine-neutral terms; record/ and the fixed tables of other
** folders produce it, dialect.c prints it and schema.c compares it with what is there.
**
** Names are lower-case ASCII letters, digits and '_', at most 63 bytes, and none of them is a reserved word. SQLite
** tables are STRICT, so both engines refuse a value of the wrong type. PostgreSQL rewrites the condition of a partial
** index, therefore the condition as declared stands beside it as the index's comment and that is what is compared.
*/
#pragma once
#include "base/text.h"
#include "store/store.h"

enum column_type {
    COLUMN_INT,   /* INTEGER / BIGINT */
    COLUMN_TEXT,  /* TEXT, compared by bytes: BINARY / COLLATE "C" */
    COLUMN_BYTES, /* BLOB / BYTEA */
};

enum { COLUMN_NOT_NULL = 1, COLUMN_IDENTITY = 2 /* the row's own id, made by the database, never reused */ };

struct column {
    const char *name;
    enum column_type type;
    unsigned flags;
};

struct index_decl {
    const char *name;
    const char *const *columns; /* NULL-terminated; a name, or a name and " DESC" */
    bool unique;
    const char *where; /* partial index: portable condition, or NULL */
};

struct table {
    const char *name;
    const struct column *columns;
    size_t column_count;
    const char *const *primary_key; /* NULL-terminated; NULL when a COLUMN_IDENTITY column is the key */
    const struct index_decl *indexes;
    size_t index_count;
    const char *sqlite_extra;   /* statements only this engine needs (FTS5 table, triggers), or NULL. A trigger may
                                   not write to an FTS5 table (trusted_schema is off): the program does that */
    const char *postgres_extra; /* the same for PostgreSQL */
    const char *extra_creates;  /* names of tables, columns, indexes, triggers and functions made by the extra
                                   statements, space separated, so that the catalogue check does not call them
                                   undeclared; NULL when none. The extra statements run again when one of the names
                                   they mention is missing, so write them with IF NOT EXISTS */
};

struct schema {
    const struct table *const *tables;
    size_t table_count;
};

void dialect_create_table(struct text *out, enum store_engine engine, const struct table *table);
void dialect_schema(struct text *out, enum store_engine engine, const struct schema *schema);

/* Put behind a SELECT inside a write job: locks the rows it returns until the commit. " FOR UPDATE" on PostgreSQL,
** nothing on SQLite, where the writer is alone anyway. */
const char *dialect_for_update(enum store_engine engine);

/* Makes the database equal to the schema. An empty database gets everything; a database of an earlier build gets
** missing tables, missing nullable columns and missing or changed indexes, and loses indexes nobody declares; anything
** else (a changed type, a table or column nobody declares, a new NOT NULL column) refuses with a sentence that names
** table and column (FAULT_REFUSED, "store.schema"). *changes (may be NULL) counts statements run. An index of a table that
** was there has a commit of its own: what a killed process has not made, the next call makes. */
int schema_apply(struct store *store, const struct schema *schema, int *changes, struct error *err);

/* Compares the catalogue with the declaration; a line per difference into *out ("中文 / English"), nothing when equal.
*/
int schema_differences(struct db *db, const struct schema *schema, struct text *out, struct error *err);
