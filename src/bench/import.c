#include "base/clock.h"
#include "base/text.h"
#include "bench/bench.h"
#include "exchange/export.h"
#include "exchange/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { FIRMS = 2000, PEOPLE = 8, PAUSE_US = 100000 };

/* A county's ledger of hazards: nothing in it is known yet, the firms are. */
static int ledger_write(struct db *db, int fd, int turn, int64_t rows, int64_t today, struct error *err)
{
    static const char *const heads[] = { "序号",     "隐患内容", "排查日期",       "隐患类型", "隐患级别",
                                         "责任单位", "整改期限", "整改措施与要求", "排查人" };
    AUTO_ARENA arena = { 0 };
    const char **firms = ARENA_ARRAY(&arena, const char *, FIRMS);
    size_t count = 0;
    struct rows found;
    if (db_query(db, &found, "SELECT name FROM enterprise WHERE removed_at IS NULL ORDER BY id LIMIT 2000", NO_BINDS,
                 err) < 0)
        return -1;
    while (rows_next(&found) && count < FIRMS)
        firms[count++] = arena_str(&arena, rows_text(&found, 0));
    if (rows_done(&found, err) < 0)
        return -1;
    if (count == 0)
        return fail(err, FAULT_REFUSED, "bench.empty", "请先装入演示数据", "Load the demonstration first");
    char path[64], day[DAY_TEXT];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    lxw_workbook_options options = { .constant_memory = LXW_TRUE };
    lxw_workbook *book = workbook_new_opt(path, &options);
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    for (size_t i = 0; i < COUNT(heads); i++)
        worksheet_write_string(sheet, 0, (lxw_col_t)i, heads[i], NULL);
    for (int64_t i = 0; i < rows; i++) {
        lxw_row_t at = (lxw_row_t)i + 1;
        AUTO_TEXT text = TEXT_LIMIT(256);
        worksheet_write_number(sheet, at, 0, (double)at, NULL);
        text_printf(&text, "配电箱防护门缺失，线路裸露（导入测量第 %d 次 %" PRId64 " 号点位）", turn, i);
        worksheet_write_string(sheet, at, 1, text_get(&text), NULL);
        day_print(today - 1 - i % 300, day);
        worksheet_write_string(sheet, at, 2, day, NULL);
        worksheet_write_string(sheet, at, 3, i % 3 ? "物的因素" : "人的因素", NULL);
        worksheet_write_string(sheet, at, 4, "一般隐患", NULL);
        worksheet_write_string(sheet, at, 5, firms[(size_t)(i * 7919) % count], NULL);
        day_print(today + 30, day);
        worksheet_write_string(sheet, at, 6, day, NULL);
        worksheet_write_string(sheet, at, 7, "立即更换防护门，绝缘处理后复测", NULL);
        worksheet_write_string(sheet, at, 8, "周明远", NULL);
    }
    lxw_error wrong = workbook_close(book);
    return wrong ? fail(err, FAULT_FULL, "bench.library", "文件没有写完：%s", "The file was not written: %s",
                        lxw_strerror(wrong))
                 : 0;
}

/* Seconds, of the processor's those of all threads. */
struct spent {
    double clock, user, system;
    struct bench_memory memory;
};

static void spent_now(struct spent *s)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    s->clock = (double)clock_ticks_us() / 1e6;
    s->user = (double)use.ru_utime.tv_sec + (double)use.ru_utime.tv_usec / 1e6;
    s->system = (double)use.ru_stime.tv_sec + (double)use.ru_stime.tv_usec / 1e6;
}

static void spend(struct spent *s)
{
    spent_now(s);
    bench_memory_begin(&s->memory);
}

static void spent(struct spent *s)
{
    struct spent before = *s;
    bench_memory_end(&s->memory);
    spent_now(s);
    s->clock -= before.clock;
    s->user -= before.user;
    s->system -= before.system;
}

static void say(const char *what, int64_t rows, const struct spent *s)
{
    printf("%-6s rows %" PRId64 "  %.2f s  rows/s %.0f  user %.2f s  system %.2f s  rows/user s %.0f  "
           "memory at most %.1f MiB, of it the program's own %.1f MiB\n",
           what, rows, s->clock, (double)rows / s->clock, s->user, s->system, (double)rows / s->user,
           s->memory.resident, s->memory.own);
}

static int measure_at(struct house *house, struct db *db, const struct actor *actor, int fd, int turn, int64_t rows,
                      struct import_sum *sum, struct error *err)
{
    struct stat file;
    struct spent s;
    int64_t id;
    if (ledger_write(db, fd, turn, rows, day_of_ms(clock_now_ms()), err) < 0)
        return -1;
    struct import_upload upload = { kind_find("hazard"), "bench.xlsx", fd, fstat(fd, &file) < 0 ? 0 : file.st_size };
    spend(&s);
    int got = import_begin(house, db, actor, &upload, clock_now_ms(), true, &id, err);
    spent(&s);
    if (got < 0)
        return -1;
    say("check", rows, &s);
    spend(&s);
    if ((got = import_start(house, actor, id, clock_now_ms(), err)) == 0)
        got = import_wait(house, id, err);
    spent(&s);
    if (got < 0 || import_sum(house, id, sum, err) < 0)
        return -1;
    say("run", sum->imported, &s);
    return 0;
}

static int measure(struct house *house, struct db *db, const struct actor *actor, int turn, int64_t rows,
                   struct import_sum *sum, struct error *err)
{
    int fd, got = export_file(&fd, err);
    if (got == 0) {
        got = measure_at(house, db, actor, fd, turn, rows, sum, err);
        close(fd);
    }
    return got;
}

int bench_import(struct house *house, const struct actor *actor, int64_t rows, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct bench_writers people;
    struct bench_written written;
    struct error ended = { 0 };
    struct db *db;
    struct import_sum alone = { 0 }, beside = { 0 };
    double sha = bench_yardstick();
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = measure(house, db, actor, 1, rows, &alone, err);
    if (got == 0 && (got = bench_writers_begin(&people, house, PEOPLE, PAUSE_US, &arena, err)) == 0) {
        got = measure(house, db, actor, 2, rows, &beside, err);
        if (bench_writers_end(&people, &arena, &written, &ended) < 0 && got == 0) {
            *err = ended;
            got = -1;
        }
    }
    store_reader_back(house->store, db);
    if (got == 0)
        printf("people meanwhile %d  creations %zu  p50 %.1f ms  p99 %.1f ms\nrejected %" PRId64
               "; yardstick %.0f MB/s then %.0f MB/s\n",
               PEOPLE, written.count, written.p50_ms, written.p99_ms, alone.rejected + beside.rejected, sha,
               bench_yardstick());
    return got;
}
