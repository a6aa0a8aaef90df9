/*
** A row of a ledger becomes a record: corrected cells, mapped values, names that stand for ids, identity with what is
** there. The same steps for the check (dry: on a reader connection, nothing written) and for the import itself.
**
** The same one: a row of a sheet exported here by its number; else by the kind's identity field, else by the source
** number, else — for objects alone — by the title. With IMPORT_UPDATE an exported row whose record has changed since is
** rejected, unless it would change nothing. A missing credit code or area makes a pending record, not a rejected row; a cell
** that goes with another choice than the row's (WHEN of record/kind.h) is left out with a warning; cells that contradict the
** rules reject the row.
*/
#pragma once
#include "exchange/ledger.h"

enum import_duplicates { IMPORT_SKIP, IMPORT_UPDATE, IMPORT_NEW };

struct intake;

struct intake_order {
    const struct ledger *ledger; /* must outlive the intake */
    const json_t *cells;         /* {"C5":"new text"}; NULL = none */
    enum import_duplicates duplicates;
    bool dry;
};

struct intake *intake_new(const struct intake_order *order);
void intake_free(struct intake *intake); /* NULL is fine */

/* A row as it will be read: made once, outside any transaction. */
struct intake_row {
    int64_t number;
    const char **cells; /* corrected and mapped; as many as the ledger has columns */
    const char **read;  /* the same, with the columns of one area joined in the last of them */
    bool wide;          /* something stands beyond the header, in column `beyond` */
    size_t beyond;
    const struct staged_row *staged;
    struct row_verdict verdict; /* filled by intake_take */
    bool updated;
    int64_t updated_version;
};

/* False for what is no record: the header and what stands above it, empty rows, and totals (*total is set then). */
bool intake_read(struct intake *intake, const struct staged_row *staged, struct arena *arena, struct intake_row *out,
                 bool *total);

/* Inside a change. The verdict is filled whatever happens; -1 only when the whole chunk cannot go on. Problems lie in
** the arena.
**
** A savepoint around every row is dear, and few rows are refused after something of them was written. So none is made at
** first: such a row fails the whole chunk, whose transaction is rolled back. Run again from its beginning, carefully, each
** row has its savepoint and is refused alone. */
int intake_take(struct intake *intake, struct change *c, struct intake_row *row, struct arena *arena,
                struct error *err);
void intake_careful(struct intake *intake, bool careful);

/* Tables of areas are worked off from the province down, so that a parent may stand anywhere in the same file. Level of
** the row, 0 to INTAKE_LEVELS - 1; other kinds have the level 0 only. */
enum { INTAKE_LEVELS = 6 };
int intake_level(const struct intake *intake, const struct intake_row *row);
