/* The rows of a table as the XML of a sheet, put where the library collects its own (decision 0032). */
#include "base/clock.h"
#include "exchange/book.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SERIAL_OF_1970 = 25569, ROW_BYTES = 64 << 20, DIGITS_MOST = 15 /* a spreadsheet keeps no more */ };

void book_rows_begin(struct book_rows *r, struct book *book, lxw_worksheet *sheet, lxw_row_t first)
{
    lxw_worksheet_write_single_row(sheet); /* what the library still holds of the row above */
    text_clear(&r->xml);
    r->xml.limit = ROW_BYTES;
    r->book = book;
    r->sheet = sheet;
    r->row = first;
}

void book_rows_done(struct book_rows *r)
{
    text_done(&r->xml);
}

/* <c r="AB12" s="3" and what follows */
static void cell_open(struct book_rows *r, lxw_col_t column, enum book_look look, const char *rest)
{
    char name[4];
    size_t letters = 0;
    if (!r->open) {
        text_str(&r->xml, "<row r=\"");
        text_int(&r->xml, (int64_t)r->row + 1);
        text_str(&r->xml, "\">");
        r->open = true;
    }
    for (unsigned left = column + 1u; left > 0; left = (left - 1) / 26)
        name[sizeof name - ++letters] = (char)('A' + (left - 1) % 26);
    text_str(&r->xml, "<c r=\"");
    text_add(&r->xml, name + sizeof name - letters, letters);
    text_int(&r->xml, (int64_t)r->row + 1);
    text_str(&r->xml, "\" s=\"");
    text_int(&r->xml, lxw_format_get_xf_index(r->book->looks[look]));
    text_str(&r->xml, rest);
}

/* What stands for a character that does not stand for itself; NULL: it does. */
static const char *spelt(const char *at, char control[8])
{
    unsigned char c = (unsigned char)*at;
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '_': return book_is_escape(at) ? "_x005F_" : NULL;
    case '\t':
    case '\n': return NULL;
    }
    if (c >= 0x20)
        return NULL;
    snprintf(control, 8, "_x%04X_", c);
    return control;
}

static bool is_outer_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void book_rows_text(struct book_rows *r, lxw_col_t column, const char *text, enum book_look look)
{
    char control[8];
    size_t size = strlen(text);
    if (size == 0)
        return;
    bool keep = is_outer_space(text[0]) || is_outer_space(text[size - 1]);
    cell_open(r, column, book_look_of(r->book, text, look),
              keep ? "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">" : "\" t=\"inlineStr\"><is><t>");
    const char *run = text, *at = text;
    for (; *at; at++) {
        const char *word = (unsigned char)*at > '_' ? NULL : spelt(at, control);
        if (!word)
            continue;
        text_add(&r->xml, run, (size_t)(at - run));
        text_str(&r->xml, word);
        run = at + 1;
    }
    text_add(&r->xml, run, (size_t)(at - run));
    text_str(&r->xml, "</t></is></c>");
}

bool book_rows_number(struct book_rows *r, lxw_col_t column, int64_t number, int places, enum book_look look)
{
    static const int64_t most = 999999999999999;
    if (number > most || number < -most || places > DIGITS_MOST)
        return false;
    while (places > 0 && number % 10 == 0) {
        number /= 10;
        places--;
    }
    cell_open(r, column, look, "\"><v>");
    text_fixed(&r->xml, number, places);
    text_str(&r->xml, "</v></c>");
    return true;
}

void book_rows_day(struct book_rows *r, lxw_col_t column, int64_t day)
{
    char text[DAY_TEXT];
    if (day >= BOOK_FIRST_DAY) {
        book_rows_number(r, column, day + SERIAL_OF_1970, 0, BOOK_DATE);
        return;
    }
    day_print(day, text);
    book_rows_text(r, column, text, BOOK_TEXT);
}

int book_rows_next(struct book_rows *r, struct error *err)
{
    if (r->open) {
        text_str(&r->xml, "</row>");
        r->sheet->dim_rowmax = r->row;
    }
    if (!text_ok(&r->xml))
        return fail(err, FAULT_TOO_LARGE, "export.row", "有一行内容太长，无法导出", "A row is too long to be exported");
    /* That it went through is seen by book_close, which asks the file and reads the sheet to its end. */
    fwrite(text_get(&r->xml), 1, r->xml.used, r->sheet->optimize_tmpfile);
    text_clear(&r->xml);
    r->open = false;
    r->row++;
    return 0;
}
