#include "exchange/sheet.h"

#include "base/memory.h"
#include "exchange/xlsx.h"

#include <string.h>
#include <unistd.h>

struct sheet {
    struct csv *csv; /* one of the two */
    struct xlsx *xlsx;
    struct sheet_cell cells[CSV_COLUMNS];
    bool failed;
    struct error failure;
};

/* Both faults of a file nobody can read become a wrong entry of the form's only field, with the same sentence. */
static int refuse_file(struct error *err)
{
    if (err->fault != FAULT_MEDIA && err->fault != FAULT_INVALID && err->fault != FAULT_TOO_LARGE)
        return -1;
    err->fault = FAULT_INVALID;
    if (!err->field_count)
        fail_field(err, "file", "这个文件不能导入，原因和办法见上面的说明",
                   "The file cannot be imported; why, and what to do, is said above");
    return -1;
}

/* A pipe has no other place to read from than where it is. */
static void rewind_file(int fd)
{
    (void)lseek(fd, 0, SEEK_SET);
}

int sheet_list(int fd, const char *file_name, struct arena *arena, struct sheet_info **out, size_t *count,
               struct error *err)
{
    struct csv *csv;
    enum xlsx_is is = xlsx_sniff(fd);
    if (is != XLSX_NO)
        return (is == XLSX_LOCKED ? xlsx_refuse_locked(err) : xlsx_list(fd, arena, out, count, err)) < 0
                   ? refuse_file(err)
                   : 0;
    rewind_file(fd);
    if (csv_open_fd(fd, &csv, err) < 0)
        return refuse_file(err);
    csv_close(csv);
    rewind_file(fd);
    *out = ARENA_NEW(arena, struct sheet_info);
    **out = (struct sheet_info){ .name = arena_str(arena, file_name) };
    *count = 1;
    return 0;
}

static int open_table(int fd, const char *file_name, size_t index, struct sheet *sheet, struct error *err)
{
    enum xlsx_is is = xlsx_sniff(fd);
    if (is == XLSX_LOCKED)
        return xlsx_refuse_locked(err);
    if (is == XLSX_YES)
        return xlsx_open(fd, index, &sheet->xlsx, err);
    if (index > 0)
        return fail_field(err, "sheet", "文件 %s 只有一张表", "The file %s has one table only", file_name);
    rewind_file(fd);
    return csv_open_fd(fd, &sheet->csv, err);
}

int sheet_open(int fd, const char *file_name, size_t index, struct sheet **out, struct error *err)
{
    struct sheet *sheet = memory_new(sizeof *sheet);
    if (open_table(fd, file_name, index, sheet, err) < 0) {
        sheet_close(sheet);
        return refuse_file(err);
    }
    *out = sheet;
    return 0;
}

void sheet_close(struct sheet *sheet)
{
    if (!sheet)
        return;
    csv_close(sheet->csv);
    xlsx_close(sheet->xlsx);
    memory_free(sheet);
}

static int next_of_csv(struct sheet *sheet, struct sheet_row *row, struct error *err)
{
    struct csv_row from;
    int got = csv_next(sheet->csv, &from, err);
    if (got != 1)
        return got;
    for (size_t i = 0; i < from.count; i++) {
        struct csv_span cell = from.cells[i];
        csv_unprotect(&cell);
        sheet->cells[i] = (struct sheet_cell){ .at = cell.at, .size = cell.size };
    }
    *row = (struct sheet_row){
        .number = from.number, .cells = sheet->cells, .count = from.count, .given = from.given, .blank = from.blank
    };
    return 1;
}

int sheet_next(struct sheet *sheet, struct sheet_row *row, struct error *err)
{
    if (!sheet->failed) {
        int got = sheet->xlsx ? xlsx_next(sheet->xlsx, row, &sheet->failure) : next_of_csv(sheet, row, &sheet->failure);
        if (got >= 0)
            return got;
        sheet->failed = true;
        refuse_file(&sheet->failure);
    }
    *err = sheet->failure;
    return -1;
}

void sheet_expect(struct sheet *sheet, size_t columns)
{
    if (sheet->xlsx)
        xlsx_expect(sheet->xlsx, columns);
    else
        csv_expect(sheet->csv, columns);
}

int sheet_row_check(const struct sheet *sheet, const struct sheet_row *row, struct error *err)
{
    struct csv_span cells[CSV_COLUMNS];
    if (sheet->xlsx)
        return xlsx_row_check(sheet->xlsx, row, err);
    for (size_t i = 0; i < row->given; i++)
        cells[i] = (struct csv_span){ row->cells[i].at, row->cells[i].size };
    struct csv_row as_csv = {
        .number = row->number, .cells = cells, .count = row->count, .given = row->given, .blank = row->blank
    };
    return csv_row_check(sheet->csv, &as_csv, err);
}

const char *sheet_encoding(const struct sheet *sheet)
{
    return sheet->xlsx ? "xlsx" : csv_encoding_name(sheet->csv);
}

const char *sheet_separator(const struct sheet *sheet)
{
    return sheet->xlsx ? NULL : csv_separator(sheet->csv);
}
