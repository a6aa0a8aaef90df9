/* Inside the store only: the single statements dialect.c prints for schema.c. Each ends with ";\n". */
#pragma once
#include "store/dialect.h"

const char *dialect_type(enum store_engine engine, enum column_type type);
bool table_key_has(const struct table *table, const char *column);
void dialect_add_column(struct text *out, enum store_engine engine, const struct table *table,
                        const struct column *column); /* a nullable one */
void dialect_create_index(struct text *out, const struct table *table, const struct index_decl *index);
void dialect_comment_index(struct text *out, const struct index_decl *index); /* PostgreSQL, partial index */
