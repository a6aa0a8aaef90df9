/*
** A workbook (.xlsx) on its way into a file: what exports and empty ledgers share. Written row by row, each from left to
** right, by libxlsxwriter in constant memory; what it sets aside lies unlinked in TMPDIR. Sheets are filled one after
** another.
**
** Text is always a string cell. What looks like a formula has quotePrefix besides, as if typed behind an apostrophe, so
** that a spreadsheet keeps it text when the cell is edited (decision 10). The library cannot say that, so book_close
** writes it into the styles of the finished file.
*/
#pragma once
#include "base/error.h"

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
/* Days since 1970; an earlier one than spreadsheets can count becomes text. */
void book_day(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, int64_t day);
/* Places on the screen: a Chinese character takes two. */
int book_width(const char *text);
