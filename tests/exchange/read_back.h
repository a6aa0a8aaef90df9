/* Files the program wrote, read the way an import reads them. */
#pragma once
#include "domain/town.h"

#include "exchange/package.h"
#include "exchange/sheet.h"

#include <unistd.h>

struct table_read {
    const char ***rows; /* the header first */
    size_t count, columns;
};

static inline struct table_read read_sheet(struct town *t, int fd, size_t index)
{
    enum { ROWS = 50000 };
    struct error err = { 0 };
    struct sheet *sheet;
    struct sheet_row row;
    struct table_read out = { .rows = ARENA_ARRAY(&t->arena, const char **, ROWS) };
    int got;
    lseek(fd, 0, SEEK_SET);
    must(sheet_open(fd, "ledger", index, &sheet, &err), &err);
    while ((got = sheet_next(sheet, &row, &err)) == 1) {
        assert_true(out.count < ROWS);
        if (!out.columns)
            out.columns = row.count;
        out.rows[out.count] = ARENA_ARRAY(&t->arena, const char *, out.columns);
        for (size_t i = 0; i < out.columns; i++) {
            out.rows[out.count][i] = arena_str(&t->arena, i < row.count ? row.cells[i].at : "");
            assert_int_equal(i < row.count ? row.cells[i].trouble : CELL_FINE, CELL_FINE);
        }
        out.count++;
    }
    sheet_close(sheet);
    must(got, &err);
    return out;
}

static inline const char *part_text(struct town *t, int fd, const char *name)
{
    enum { ROOM = 8 << 20 };
    struct error err = { 0 };
    struct package package;
    struct part *part;
    char *text = arena_alloc(&t->arena, ROOM);
    int64_t used = 0, got;
    must(package_open(fd, &package, &err), &err);
    assert_int_equal(part_open(&package, name, &part, &err), 1);
    while ((got = part_read(part, text + used, (size_t)(ROOM - 1 - used), &err)) > 0)
        used += got;
    part_close(part);
    must((int)got, &err);
    return text;
}
