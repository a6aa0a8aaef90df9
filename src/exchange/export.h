/*
** A list as a file: csv (UTF-8 with BOM) or xlsx for a spreadsheet, pdf for paper; one record a row, in list order.
**
** Columns: the caller's, in its order (field names, LEDGER_ROW for 序号, "number" for 编号), or the kind's own ledger, or,
** where it has none, every field that fits a cell. A reference nobody here is named by shows its companion. The last
** columns are 编号 (unless it was asked for elsewhere) and 版本: an import knows its rows by them. Personal fields are
** masked.
**
** xlsx: a frozen bold header with filters, dates as dates, numbers as numbers, everything else text (book.h), and a second
** sheet 说明: what it is, by which filter, of when, for whom, how many rows.
**
** pdf: the ledger across A4 (report/paper.h), at most LEDGER_ROWS rows and EXPORT_PDF_COLUMNS columns; without 版本, and
** without 编号 unless it was asked for: nobody imports from paper.
*/
#pragma once
#include "access/query.h"

enum export_format { EXPORT_CSV, EXPORT_XLSX, EXPORT_PDF };

enum { EXPORT_PDF_COLUMNS = 20 };

struct export_order {
    struct db *db; /* in a snapshot, if the rows are to be of one moment */
    const struct list_query *query;
    enum export_format format;
    const char *columns; /* comma list; NULL = the kind's own */
    bool english;
    const char *filter; /* in words, for 说明; NULL = none */
    int64_t now_ms;
    int fd; /* the caller's; written from its start. xlsx: a regular file open for reading and writing */
    /* After each page with the rows written so far; false stops the export with FAULT_CONFLICT export.cancelled. May be
    ** NULL. */
    bool (*tick)(void *arg, int64_t rows);
    void *arg;
};

struct export_sum {
    int64_t rows, size; /* size: bytes of the file */
    char personal[256]; /* names of columns with personal values, comma-separated; "" when there are none */
};
/* What the trail keeps of an export: "12 rows", "12 rows; personal: phone,id_number". */
const char *export_detail(const struct export_sum *sum, struct arena *arena);

int export_run(const struct export_order *order, struct export_sum *sum, struct error *err);

/* An unlinked temporary file for a result that is sent at once. */
int export_file(int *fd, struct error *err);

/* Whether a header is one of an export of ours: where its number stands. Its version is the last column. */
bool export_is_ours(const char *const *headers, size_t count, size_t *number);
