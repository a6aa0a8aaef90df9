/*
** A whole installation in one file, while it runs, and back again into either database (decision 36).
**
** The file is a gzipped tar that any tool can list:
**   anlan.json              format, program version, when, rows and digest of every table: written last, read last
**   keys/wrapped            the master key, opened by the recovery passphrase alone (base/seal.h)
**   tables/NAME/000001      first line the columns, then a row a line: JSON arrays; bytes are {"b": base64}
**   files/ab/cdef…          attached files by SHA-256
** Rows come from one snapshot of the database, then the files they name are added: a file is only ever collected 30
** days after nothing names it any more, so none can be missing. Sessions are left out: nobody stays signed in.
**
** The digest of a table is SHA-256 over its rows as written, in key order: the same on both databases, so a restore is
** proved by reading back what it wrote (backup_restore does) and two installations can be compared (`anlan check`).
*/
#pragma once
#include "store/copy.h"

enum { BACKUP_DIGEST = 65, BACKUP_PART = 4 << 20 /* bytes of one part of a table */ };

struct backup_place {
    struct store *store;
    const struct schema *schema;
    const char *folder;
};

struct backup_sum {
    int64_t tables, rows, files, bytes; /* bytes of the attached files */
};

/* Writes the file to fd. */
int backup_write(const struct backup_place *place, const char *version, int64_t now_ms, int fd, struct backup_sum *sum,
                 struct error *err);

/* Puts the keys of the file into DIR/keys, which must be empty. Before the store is opened: what it keeps is sealed with
** them. */
int backup_restore_keys(int fd, const char *folder, const char *passphrase, struct error *err);
/* Fills empty tables and the file store, then proves every table by its digest. Anything wrong leaves a store that
** must be thrown away, and says so. */
int backup_restore(const struct backup_place *place, int fd, struct backup_sum *sum, struct error *err);

/* Rows and digest of one table, as a backup would have them. */
int backup_digest(struct db *db, const struct table *table, int64_t *rows, char digest[BACKUP_DIGEST],
                  struct error *err);
bool backup_holds(const struct table *table);
