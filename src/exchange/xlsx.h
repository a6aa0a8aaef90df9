/*
** One sheet of an .xlsx workbook as rows of cells; import reads it through exchange/sheet.h, which says what a cell is.
**
** Two passes over the sheet: the first finds the merged areas (they stand behind the rows, which it skips) and whether the
** archive holds the sheet whole, the second hands out one row at a time. Held in memory: the shared strings (SHEET_STRINGS bytes), the merged
** areas (XLSX_MERGES), the looks of XLSX_LOOKS styles, one row.
**
** Rows without content are left out and numbers keep their place. A number is written out in full with the 15 digits a
** spreadsheet has; what its style makes of it is kept where it changes the meaning: dates (both calendars, the
** 1900-02-29 that never was included), months, times, percentages and leading zeros (000123).
*/
#pragma once
#include "exchange/sheet.h"

enum { XLSX_MERGES = 200000, XLSX_LOOKS = 65536, XLSX_PARTS = 256 };

enum xlsx_is {
    XLSX_NO,
    XLSX_YES,   /* a zip, so perhaps a workbook: opening it says */
    XLSX_LOCKED /* a workbook sealed by a password */
};
enum xlsx_is xlsx_sniff(int fd);
int xlsx_refuse_locked(struct error *err);

struct xlsx;

int xlsx_list(int fd, struct arena *arena, struct sheet_info **out, size_t *count, struct error *err);
int xlsx_open(int fd, size_t index, struct xlsx **out, struct error *err);
void xlsx_close(struct xlsx *xlsx);                                         /* NULL is fine */
int xlsx_next(struct xlsx *xlsx, struct sheet_row *row, struct error *err); /* as sheet_next; no memory of errors */
void xlsx_expect(struct xlsx *xlsx, size_t columns);
int xlsx_row_check(const struct xlsx *xlsx, const struct sheet_row *row, struct error *err);
