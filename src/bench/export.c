#include "access/query.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/bench.h"
#include "domain/hazard/hazard.h"
#include "exchange/export.h"
#include "exchange/sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <xlsxwriter.h>

/* The cells of an export in memory: what the library alone is given. */
struct cells {
    struct arena arena;
    struct block {
        struct block *next;
        size_t count; /* rows */
        const char *at[LIMIT_PAGE][CSV_COLUMNS];
    } * first, **last;
    size_t columns;
    int64_t rows;
};

/* On a machine that others use too the processor's time says more than the clock's. */
struct took {
    double clock, user, system; /* seconds */
};

static struct took took_now(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (struct took){ (double)clock_ticks_us() / 1e6,
                          (double)use.ru_utime.tv_sec + (double)use.ru_utime.tv_usec / 1e6,
                          (double)use.ru_stime.tv_sec + (double)use.ru_stime.tv_usec / 1e6 };
}

static struct took took_since(const struct took *began)
{
    struct took now = took_now();
    return (struct took){ now.clock - began->clock, now.user - began->user, now.system - began->system };
}

static int cells_read(int fd, struct cells *out, struct error *err)
{
    struct sheet *sheet;
    struct sheet_row row;
    int got;
    out->last = &out->first;
    lseek(fd, 0, SEEK_SET);
    if (sheet_open(fd, "bench.xlsx", 0, &sheet, err) < 0)
        return -1;
    struct block *block = NULL;
    while ((got = sheet_next(sheet, &row, err)) == 1) {
        if (!block || block->count == LIMIT_PAGE) {
            block = *out->last = ARENA_NEW(&out->arena, struct block);
            out->last = &block->next;
        }
        if (!out->columns)
            out->columns = row.count;
        for (size_t i = 0; i < out->columns; i++)
            block->at[block->count][i] = arena_strn(&out->arena, row.cells[i].at, row.cells[i].size);
        block->count++;
        out->rows++;
    }
    sheet_close(sheet);
    return got;
}

/* Numbers and dates as numbers, as the export writes them. */
static void put_alone(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text, lxw_format *look)
{
    char *end;
    double number = strtod(text, &end);
    bool date = strlen(text) == 10 && text[4] == '-' && text[7] == '-';
    if (!*text)
        return;
    if (date || !*end)
        worksheet_write_number(sheet, row, column, date ? 46000 : number, look);
    else
        worksheet_write_string(sheet, row, column, text, look);
}

static int library_alone(const struct cells *cells, int fd, struct took *took, struct error *err)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    lxw_workbook_options options = { .constant_memory = LXW_TRUE };
    struct took began = took_now();
    lxw_workbook *workbook = workbook_new_opt(path, &options);
    lxw_worksheet *sheet = workbook_add_worksheet(workbook, NULL);
    lxw_format *look = workbook_add_format(workbook);
    format_set_num_format_index(look, 49);
    lxw_row_t at = 0;
    for (const struct block *b = cells->first; b; b = b->next)
        for (size_t r = 0; r < b->count; r++, at++)
            for (size_t i = 0; i < cells->columns; i++)
                put_alone(sheet, at, (lxw_col_t)i, b->at[r][i], look);
    lxw_error wrong = workbook_close(workbook);
    *took = took_since(&began);
    return wrong ? fail(err, FAULT_FULL, "bench.library", "文件没有写完：%s", "The file was not written: %s",
                        lxw_strerror(wrong))
                 : 0;
}

static int one_export(struct db *db, enum export_format format, struct export_order *order, struct export_sum *sum,
                      struct took *took, struct bench_memory *memory, struct error *err)
{
    struct actor actor = actor_program();
    struct scope scope;
    struct filter filter = { 0 };
    scope_compile(&actor, &hazard_kind, verb_bit("export"), &scope);
    struct list_query query = {
        .kind = &hazard_kind, .actor = &actor, .scope = &scope, .filter = &filter, .sort = "id"
    };
    *order = (struct export_order){ .db = db, .query = &query, .format = format, .now_ms = clock_now_ms() };
    struct took began = took_now();
    if (export_file(&order->fd, err) < 0)
        return -1;
    bench_memory_begin(memory);
    int got = export_run(order, sum, err);
    bench_memory_end(memory);
    order->query = NULL;
    *took = took_since(&began);
    if (got < 0)
        close(order->fd);
    return got;
}

int bench_export(struct house *house, struct error *err)
{
    struct export_order order;
    struct export_sum sum = { 0 };
    struct cells cells = { 0 };
    struct db *db;
    struct took took = { 0 }, alone = { 0 };
    struct bench_memory memory;
    double sha = bench_yardstick();
    double columns = (double)hazard_kind.ledger_count + 2;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = 0;
    for (int format = EXPORT_CSV; got == 0 && format <= EXPORT_XLSX; format++) {
        if ((got = one_export(db, (enum export_format)format, &order, &sum, &took, &memory, err)) < 0)
            break;
        double made = (double)sum.rows * columns;
        printf("%-5s rows %" PRId64 "  %.1f MB  %.2f s  cells/s %.0f  user %.2f s  system %.2f s  cells/user s %.0f  "
               "memory at most %.1f MiB, the program's own %.1f MiB higher than before\n",
               format == EXPORT_CSV ? "csv" : "xlsx", sum.rows, (double)sum.size / 1e6, took.clock, made / took.clock,
               took.user, took.system, made / took.user, memory.resident, memory.own - memory.own_before);
        if (format == EXPORT_XLSX)
            got = cells_read(order.fd, &cells, err);
        close(order.fd);
    }
    store_reader_back(house->store, db);
    if (got == 0 && (got = export_file(&order.fd, err)) == 0) {
        got = library_alone(&cells, order.fd, &alone, err);
        close(order.fd);
    }
    arena_done(&cells.arena);
    double after = bench_yardstick();
    if (got == 0)
        printf("library alone %.2f s, user %.2f s  ratio %.2f, user %.2f; yardstick %.0f MB/s then %.0f MB/s%s\n",
               alone.clock, alone.user, took.clock / alone.clock, took.user / alone.user, sha, after,
               after < sha * 0.85 ? " (void)" : "");
    return got;
}
