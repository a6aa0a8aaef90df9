/*
** Any bytes at all go through the CSV reader. Beyond not crashing: what was read, written by our writer and read again
** is the same, cell by cell, formulas included.
*/
#include "base/utf8.h"
#include "exchange/csv.h"

#include <stdlib.h>
#include <string.h>

enum { WRITTEN = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Reads everything there is, appending what the writer makes of it. True when the end was reached without an error. */
static bool read_and_write(struct csv *csv, struct text *out, bool unprotect, bool *visible)
{
    struct csv_row row;
    struct error err = { 0 };
    int64_t number = 0;
    int result;
    while ((result = csv_next(csv, &row, &err)) == 1) {
        must(row.number == ++number && row.given >= 1 && row.count >= row.given && row.count <= CSV_COLUMNS);
        *visible = *visible || !row.blank;
        for (size_t i = 0; i < row.given; i++) {
            struct csv_span cell = row.cells[i];
            must(cell_fits(cell.at, cell.size) && cell.at[cell.size] == '\0' && utf8_valid(cell.at, cell.size));
            if (unprotect)
                csv_unprotect(&cell);
            csv_cell(out, cell.at, cell.size < LIMIT_CELL ? cell.size : 0, CSV_TEXT);
        }
        csv_end_row(out);
    }
    if (result < 0)
        must(err.fault != FAULT_NONE && err.zh[0] && err.en[0] && utf8_valid(err.zh, strlen(err.zh)));
    return result == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct csv *csv;
    struct error err = { 0 };
    if (csv_open_memory(bytes, size, &csv, &err) < 0)
        return 0;
    AUTO_TEXT first = TEXT_LIMIT(WRITTEN);
    AUTO_TEXT second = TEXT_LIMIT(WRITTEN);
    bool visible = false;
    csv_begin(&first);
    bool whole = read_and_write(csv, &first, false, &visible);
    csv_close(csv);
    if (!whole || !visible || !text_ok(&first))
        return 0;
    if (csv_open_memory(first.at, first.used, &csv, &err) < 0) {
        must(strcmp(err.code, "csv.is_page") == 0); /* the first cell with anything in it reads like a web page */
        return 0;
    }
    must(strcmp(csv_separator(csv), ",") == 0 && strcmp(csv_encoding_name(csv), "UTF-8") == 0);
    csv_begin(&second);
    must(read_and_write(csv, &second, true, &visible));
    csv_close(csv);
    must(first.used == second.used && memcmp(first.at, second.at, first.used) == 0);
    return 0;
}
