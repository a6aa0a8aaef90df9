/*
** Files of records. Bytes lie under DIR/files/ab/cdef… by SHA-256 (one copy per content, written before the row);
** a row of `file` says name, type, size, who, when, and which record and field it belongs to. An uploaded file belongs
** to nobody until a change puts its id into a files field; then whoever may read the record may read the file.
**
** An upload no record has taken is forgotten after a day, its bytes an hour later, so that a backup under way still finds
** them. Bytes that no row names for another reason (a crash between bytes and row) lie for 30 days (decision 36).
**
** What a photo says of itself (photo/photo.h) is read once, when it is uploaded, and stands in its row; whoever may read
** the file may read that. The bytes are kept and given back as they came. Rows from before it was read say nothing.
*/
#pragma once
#include "domain/change.h"
#include "photo/photo.h"

extern const struct table file_table;

struct file_row {
    int64_t id, size, at, by;
    const char *name, *type, *sha256, *kind, *field;
    int64_t record; /* 0: uploaded, not yet used */
    struct photo_facts says;
};

/* Copies fd into the file store and makes a row. The bytes are on disk before the row is committed. */
int file_keep(struct house *house, const struct actor *actor, int64_t now_ms, int fd, const char *name,
              const char *type, const unsigned char sha256[32], int64_t size, int64_t *id, struct error *err);
/* Inside a change: content that is kept already gets another row, an upload of the actor's that a record may take in the
** same change. like says name, type, sha256, size and what the photo says. */
int file_again(struct change *c, const struct file_row *like, int64_t *id, struct error *err);
int file_row(struct db *db, int64_t id, struct arena *arena, struct file_row *out, struct error *err);
int file_rows_of(struct db *db, const struct kind *kind, int64_t record, struct arena *arena, struct file_row **out,
                 size_t *count, struct error *err);
int file_open(const struct house *house, const char *sha256, int *fd, struct error *err);
/* Inside a change: every id in the field is the actor's own unused upload or already this record's. */
int files_attach(struct change *c, const struct kind *kind, const void *before, const void *after, struct error *err);
/* Once an hour: forgets uploads nobody took and collects bytes nobody names. */
void files_tidy(struct house *house, int64_t now_ms);
