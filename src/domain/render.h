/*
** Records as the API shows them: fields from the kind's table, references with the names the reader may see, and what
** the reader may do with each record now. All names of a page are fetched with one query per kind.
*/
#pragma once
#include "domain/change.h"
#include "domain/files.h"
#include "record/json.h"

/* Names by (kind, id): say what is wanted, load once, ask. Objects are wanted under kind NULL. */
struct names;
struct names *names_new(struct arena *arena);
void names_want(struct names *n, const struct kind *kind, int64_t id);
int names_load(struct names *n, struct db *db, const struct actor *actor, struct error *err);
const char *names_get(const struct names *n, const struct kind *kind, int64_t id);
const char *names_object_kind(const struct names *n, int64_t id);
/* "澜北区临河镇柳湾村" of a region that names_want_record wanted; the name alone above the county. Nothing when unseen. */
void names_region_path(const struct names *n, int64_t code, struct text *out);

/* Everything the fields of a record refer to. */
void names_want_record(struct names *n, const struct kind *kind, const void *record);

/* Appends one JSON object per record, comma-separated, into an open array of j. whole: a single record with
** lines, files, which moves are expected of the reader, which are barred to him, and what they propose by that calendar on
** the reader's day. NULL: rows of a list, which leave lines out and give file ids only. */
int render_records(struct db *db, const struct actor *actor, const struct kind *kind, void *const *records,
                   size_t count, const struct calendar *whole, struct arena *arena, struct json *j, struct error *err);

/* Appends one JSON object per file into an open array of j. */
int render_files(struct db *db, const struct actor *actor, const struct file_row *files, size_t count,
                 struct arena *arena, struct json *j, struct error *err);

/* One field's value with names resolved. */
void render_value(const struct names *n, const struct kind *kind, const struct field *f, const void *record,
                  bool masked, struct arena *arena, struct json *j);

int render_history(struct db *db, const struct actor *actor, const struct kind *kind, int64_t id,
                   const struct history_row *rows, size_t count, struct arena *arena, struct json *j,
                   struct error *err);

void render_label(struct json *j, const char *key, const struct label *label); /* null when empty */
void render_region_code(struct json *j, const char *key, int64_t code);        /* null when 0 */
