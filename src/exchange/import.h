/*
** A ledger in CSV becomes records, through the same checks as the form (domain/change).
**
** Dry: every row is tried in a transaction that is rolled back; nothing is stored. For real: chunks of at most 200 rows
** under one import id, each row in its own savepoint; rejected rows are left out and told by cell. Always
** rows = imported + duplicates + rejected (decision 9).
**
** The same one: a row of a sheet exported here by its number; else by the kind's identity field, else by the source
** number, else by the title. With IMPORT_UPDATE an exported row whose record has changed since is rejected, unless it
** would change nothing. A missing credit code or
** area makes a pending record, not a rejected row; cells that contradict the rules reject the row.
*/
#pragma once
#include "domain/change.h"
#include "record/json.h"

enum import_duplicates { IMPORT_SKIP, IMPORT_UPDATE, IMPORT_NEW };

struct import_order {
    struct house *house;
    const struct actor *actor;
    const struct kind *kind;
    int64_t now_ms;
    int fd;
    const char *file_name;
    const json_t *mapping; /* {"B": "name", "C": null}; NULL = guessed from the header */
    const json_t *cells;   /* {"C5": "new text"}; NULL = none */
    enum import_duplicates duplicates;
    bool dry;
    bool english;
};

struct import_sum {
    int64_t rows, imported, duplicates, rejected, pending;
    int64_t receipt; /* import id; 0 when dry */
};

/* Writes the answer of docs/http.md "Import" into j (may be NULL) and the sums into *sum. */
int import_run(const struct import_order *order, struct json *j, struct import_sum *sum, struct error *err);

extern const struct table import_table;
