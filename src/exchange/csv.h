/*
** CSV as offices send it and as we write it.
**
** Reading is RFC 4180 with the kindness of a spreadsheet: rows end in CRLF, LF or CR; a quote inside an unquoted cell
** is an ordinary character; what follows a closing quote belongs to the cell. The separator (comma, tab, semicolon or
** full-width comma) is guessed from the head, the encoding by exchange/encoding.h. Rows are numbered as a spreadsheet
** numbers them: the first record is 1, blank rows count, a line end inside quotes does not. Columns are named A, B, …
**
** Ceilings, each with an error naming row and column: LIMIT_CELL characters in a cell, CSV_COLUMNS cells in a row,
** LIMIT_IMPORT_ROWS records (the header is one of them). The reader holds one row and 320 KiB, whatever the file size.
**
** Writing: UTF-8 with byte order mark, comma, CRLF, because that is what Excel opens without a question. A text that a
** spreadsheet would take for a formula gets a leading ' (decision 10), which csv_unprotect takes off again:
**   protect    ['…] followed by = + - @ tab CR   gets one more ' in front
**   unprotect  ' followed by ['…] and one of them loses the first '
** so the pair is exact for every text. One reader belongs to one thread.
*/
#pragma once
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CSV_COLUMNS = 512, CSV_COLUMN_NAME = 8 };

struct csv;

struct csv_span {
    const char *at; /* NUL-terminated valid UTF-8 without NUL inside; never NULL */
    size_t size;
};

/* Does a valid text fit one cell (LIMIT_CELL)? */
bool cell_fits(const char *at, size_t size);

/* Valid until the next csv_next or csv_close. */
struct csv_row {
    int64_t number;
    const struct csv_span *cells;
    size_t count; /* cells to look at: those of the file, filled up with empty ones to the expected number */
    size_t given; /* cells the file has in this row */
    bool blank;   /* every cell is empty or white space */
};

/* The file descriptor stays the caller's; the memory must outlive the reader. A file that is no CSV at all (.xls, .xlsx,
** PDF, a web page, nothing) is refused here, in a sentence that says how to save it. */
int csv_open_fd(int fd, struct csv **out, struct error *err);
int csv_open_memory(const void *bytes, size_t size, struct csv **out, struct error *err);
void csv_close(struct csv *csv); /* NULL is fine */

/* 1 with a row, 0 at the end, -1 with *err; after -1 every further call gives the same error. */
int csv_next(struct csv *csv, struct csv_row *row, struct error *err);

/* How many cells a row should have; until it is called, as many as the first row that is not blank. */
void csv_expect(struct csv *csv, size_t columns);

/* Whether the row has as many cells as expected; blank rows and empty extra cells pass. The error is meant for the
** list of refused rows: reading goes on. */
int csv_row_check(const struct csv *csv, const struct csv_row *row, struct error *err);

const char *csv_encoding_name(const struct csv *csv);
const char *csv_separator(const struct csv *csv);
void csv_column_name(size_t index, char out[CSV_COLUMN_NAME]); /* 0 -> A, 26 -> AA */

/* ---- writing ----
** csv_begin once, then per row its cells and csv_end_row. What is in `out` may be sent and cleared between rows. */
enum csv_as {
    CSV_TEXT,   /* protected when it looks like a formula */
    CSV_NUMBER, /* the text of a numeric field, -5 or +86…; protected all the same if it holds anything else */
};

void csv_begin(struct text *out);
void csv_cell(struct text *out, const char *value, size_t size, enum csv_as as);
void csv_end_row(struct text *out);

void csv_unprotect(struct csv_span *cell);
