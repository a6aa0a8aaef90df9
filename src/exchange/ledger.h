/*
** What the columns of a foreign ledger mean: where its header is, over one row or two, and which field each column goes
** to. Guesses come from the labels, from what offices write instead (synonyms), from a sheet exported here, or from a
** mapping saved earlier; what the person says wins.
**
** Three columns 区县, 乡镇街道, 村居 are one region field: each of them says the field, and their cells are joined. So are
** 经度 and 纬度 in two columns one place; where neither header says which it is, longitude comes first.
*/
#pragma once
#include "exchange/staging.h"
#include "geo/datum.h"

#include <jansson.h>

enum { LEDGER_COLUMNS = CSV_COLUMNS, LEDGER_HEAD = 30, LEDGER_SAMPLES = 3 };

enum ledger_half { HALF_NONE, HALF_LON, HALF_LAT };

struct mapped_column {
    const char *header;
    const struct field *field; /* NULL: not imported */
    bool guessed;              /* nobody said so */
    bool known;                /* guessed, and no guess: the header is the field's own name */
    enum ledger_half half;     /* of a place, by its header */
    const json_t *values;      /* {"严重":"major"}; NULL */
};

struct ledger {
    const struct kind *kind;
    struct arena *arena;
    int64_t header_row; /* of the sheet; 0 when the sheet is empty */
    int header_rows;    /* 1 or 2 */
    size_t count;
    bool ours;              /* exported here: its rows are known by their number */
    size_t number, version; /* ours: the columns of the number and of the record's version */
    enum datum datum;       /* in which its places are written; WGS-84 unless somebody says otherwise */
    struct mapped_column columns[LEDGER_COLUMNS];
};

/* May a column go to this field at all? */
bool ledger_takes(const struct field *f);
/* Only where the record is new: what moves write, and the state. */
bool ledger_only_new(const struct field *f);

/* Finds the header among the first rows of the sheet, or takes the row the person names (0: find it). */
void ledger_head(struct ledger *ledger, const struct staged_row *rows, size_t count, int64_t header_row);

/* {"B":"name","C":null}: what the person says. FAULT_INVALID names the column. */
int ledger_map(struct ledger *ledger, const json_t *mapping, struct error *err);
void ledger_values(struct ledger *ledger, const json_t *values);
bool ledger_has_place(const struct ledger *ledger); /* does a column go to a field that is a place? */
/* A saved mapping: {"columns":{"单位":"name"}, "values":{"级别":{"严重":"major"}}, "datum":"gcj02"}, by header; the datum
** where a column holds places. */
bool ledger_fits(const struct ledger *ledger, const json_t *saved); /* every header it names is there */
void ledger_use(struct ledger *ledger, const json_t *saved);
json_t *ledger_save(const struct ledger *ledger); /* a new reference */
