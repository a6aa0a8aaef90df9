#include "exchange/sheet.h"

#include "base/memory.h"

#include <string.h>
#include <unistd.h>

struct sheet {
    struct csv *csv;
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

int sheet_open(int fd, const char *file_name, size_t index, struct sheet **out, struct error *err)
{
    struct csv *csv;
    if (index > 0)
        return fail_field(err, "sheet", "文件 %s 只有一张表", "The file %s has one table only", file_name);
    rewind_file(fd);
    if (csv_open_fd(fd, &csv, err) < 0)
        return refuse_file(err);
    struct sheet *sheet = memory_new(sizeof *sheet);
    sheet->csv = csv;
    *out = sheet;
    return 0;
}

void sheet_close(struct sheet *sheet)
{
    if (!sheet)
        return;
    csv_close(sheet->csv);
    memory_free(sheet);
}

int sheet_next(struct sheet *sheet, struct sheet_row *row, struct error *err)
{
    struct csv_row from;
    if (sheet->failed) {
        *err = sheet->failure;
        return -1;
    }
    int got = csv_next(sheet->csv, &from, err);
    if (got < 0) {
        refuse_file(err);
        sheet->failed = true;
        sheet->failure = *err;
    }
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

void sheet_expect(struct sheet *sheet, size_t columns)
{
    csv_expect(sheet->csv, columns);
}

int sheet_row_check(const struct sheet *sheet, const struct sheet_row *row, struct error *err)
{
    struct csv_span cells[CSV_COLUMNS];
    for (size_t i = 0; i < row->given; i++)
        cells[i] = (struct csv_span){ row->cells[i].at, row->cells[i].size };
    struct csv_row as_csv = {
        .number = row->number, .cells = cells, .count = row->count, .given = row->given, .blank = row->blank
    };
    return csv_row_check(sheet->csv, &as_csv, err);
}

const char *sheet_encoding(const struct sheet *sheet)
{
    return csv_encoding_name(sheet->csv);
}

const char *sheet_separator(const struct sheet *sheet)
{
    return csv_separator(sheet->csv);
}
