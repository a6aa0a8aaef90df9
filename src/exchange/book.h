/*
** A workbook (.xlsx) on its way into a file: what exports and empty ledgers share. Written row by row, each from left to
** right, by libxlsxwriter in constant memory; what it sets aside lies unlinked in TMPDIR. Sheets are filled one after
** another. The many rows of a table are written by book_rows (decision 0032), everything else by the library.
**
** Text is always a string cell. What looks like a formula has quotePrefix besides, as if typed behind an apostrophe, so
** that a spreadsheet keeps it text when the cell is edited (decision 10). The library cannot say that, so book_close
** writes it into the styles of the finished file.
*/
#pragma once
#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <xlsxwriter.h>

enum book_look {
    BOOK_TEXT,
    BOOK_TEXT_QUOTED,
    BOOK_LONG, /* wrapped */
    BOOK_LONG_QUOTED,
    BOOK_WHOLE,
    BOOK_MONEY,
    BOOK_DECIMAL,
    BOOK_DATE,
    BOOK_HEAD, /* of a table, coloured */
    BOOK_MUST, /* the same of a column that has to be filled */
    BOOK_NAME, /* of a line: bold */
    BOOK_LOOKS
};

enum { BOOK_SHEETS = 4, BOOK_FIRST_DAY = -25508 /* 1900-03-01: before it spreadsheets count a day that never was */ };

struct book {
    lxw_workbook *workbook;
    lxw_worksheet *sheets[BOOK_SHEETS];
    int sheet_count;
    lxw_format *looks[BOOK_LOOKS];
    int fd;
    bool quoted;
};

struct book_words {
    const char *title, *author;
    int64_t now_ms;
};

/* fd: a regular file opened for reading and writing, the caller's; what it held is gone. */
int book_open(struct book *book, int fd, const struct book_words *words, struct error *err);
/* Writes the file. book_drop gives up what was not closed; after book_close it does nothing. */
int book_close(struct book *book, struct error *err);
void book_drop(struct book *book);

lxw_worksheet *book_sheet(struct book *book, const char *name);

/* "" writes nothing. look is one of the four of text, or a heading; the quoted ones are chosen here. */
void book_text(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
               enum book_look look);
/* A pick-list whose entries a formula names; check holds everything else. The library's own way leaks the formula. */
lxw_error book_pick(lxw_worksheet *sheet, lxw_row_t first, lxw_row_t last, lxw_col_t column, lxw_data_validation *check,
                    const char *formula);

/* Does "_x0041_", the format's own way to spell a character, begin here? */
bool book_is_escape(const char *at);
/* The look a text has to have: what reads like a formula is quoted, and the book remembers that something was. */
enum book_look book_look_of(struct book *book, const char *text, enum book_look look);

/* Rows of a table, one after another, each from left to right. Between begin and the last next the sheet is not written in
** any other way. */
struct book_rows {
    struct book *book;
    lxw_worksheet *sheet;
    lxw_row_t row;
    struct text xml; /* of the row under way: at most 64 MiB */
    bool open;       /* it has a cell */
};
void book_rows_begin(struct book_rows *rows, struct book *book, lxw_worksheet *sheet, lxw_row_t first);
/* Ends the row. FAULT_TOO_LARGE when it was too long. */
int book_rows_next(struct book_rows *rows, struct error *err);
void book_rows_done(struct book_rows *rows);

/* "" writes nothing. look: BOOK_TEXT or BOOK_LONG. */
void book_rows_text(struct book_rows *rows, lxw_col_t column, const char *text, enum book_look look);
/* number / 10^places. false, and nothing written, when it has more than the 15 digits a spreadsheet keeps. */
bool book_rows_number(struct book_rows *rows, lxw_col_t column, int64_t number, int places, enum book_look look);
/* Days since 1970; an earlier one than spreadsheets can count becomes text. */
void book_rows_day(struct book_rows *rows, lxw_col_t column, int64_t day);

/* Places on the screen: a Chinese character takes two. */
int book_width(const char *text);
