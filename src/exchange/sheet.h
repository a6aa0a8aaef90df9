/*
** A table of cells, whatever file it came in: csv (csv.h) or one sheet of an xlsx workbook (xlsx.h). Import reads only
** this. Rows are numbered and columns named as a spreadsheet does it. A reader holds one row (and, for xlsx, the shared
** strings up to SHEET_STRINGS bytes), whatever the size of the file.
**
** A cell is the text a person sees, in the form the field types read (record/type.h): numbers without grouping and in
** full ("370211", "12.5"), dates as 2026-03-17, instants as 2026-03-17 09:30, yes/no as 是/否. What a spreadsheet has
** spoiled is said beside the cell, so that import can refuse the row by cell:
**   CELL_LOST_DIGITS  a number of more than 15 digits kept as a number: its last digits are gone (decision 11)
**   CELL_ERROR        #REF!, #N/A …
**   CELL_NO_VALUE     a formula without a stored result
**   CELL_FORMULA      a formula with a stored result, which is what stands in the cell (import warns)
** The ' that a csv of ours has before what looks like a formula (decision 10) is taken off here already; in a workbook it
** belongs to the text.
**
** Refused at once, nothing half read, each with the remedy (FAULT_INVALID, field "file"): .xls and .et, encrypted or
** truncated workbooks, zip bombs, more than LIMIT_IMPORT_ROWS rows, cells beyond LIMIT_CELL, NUL, broken UTF-8.
** One reader belongs to one thread. The file descriptor stays the caller's.
*/
#pragma once
#include "base/arena.h"
#include "exchange/csv.h"

enum { SHEET_STRINGS = 64 << 20, SHEET_COUNT = 64 };

struct sheet;

struct sheet_info {
    const char *name; /* of the sheet; the file's own name for csv */
    bool hidden;
};

enum cell_trouble { CELL_FINE, CELL_LOST_DIGITS, CELL_ERROR, CELL_NO_VALUE, CELL_FORMULA };

struct sheet_cell {
    const char *at; /* NUL-terminated valid UTF-8 without NUL inside; never NULL */
    size_t size;
    enum cell_trouble trouble;
    /* The text of the merged area's first cell where this cell is another one of that area (its own text is empty then),
    ** else NULL: a header over several columns or rows reads as `merged ? merged : at`. */
    const char *merged;
};

/* Valid until the next sheet_next or sheet_close. */
struct sheet_row {
    int64_t number;
    const struct sheet_cell *cells;
    size_t count; /* cells to look at: those of the file, filled up with empty ones to the expected number */
    size_t given; /* cells the file has in this row */
    bool blank;
    bool hidden; /* a row the office has hidden or filtered away; read all the same, import tells it */
};

/* The sheets of the file in order; csv has one. */
int sheet_list(int fd, const char *file_name, struct arena *arena, struct sheet_info **out, size_t *count,
               struct error *err);

int sheet_open(int fd, const char *file_name, size_t index, struct sheet **out, struct error *err);
void sheet_close(struct sheet *sheet); /* NULL is fine */

/* 1 with a row, 0 at the end, -1 with *err; after -1 every further call gives the same error. */
int sheet_next(struct sheet *sheet, struct sheet_row *row, struct error *err);

/* How many cells a row should have; until it is called, as many as the first row that is not blank. */
void sheet_expect(struct sheet *sheet, size_t columns);
/* Whether the row has no more filled cells than expected; the error is meant for the list of refused rows. */
int sheet_row_check(const struct sheet *sheet, const struct sheet_row *row, struct error *err);

/* "UTF-8", "GB 18030" … for csv, "xlsx" for a workbook; the separator of csv, NULL for a workbook. */
const char *sheet_encoding(const struct sheet *sheet);
const char *sheet_separator(const struct sheet *sheet);
