#include "bench/bench.h"

#include "access/query.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/seal.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/ladder.h"
#include "domain/render.h"
#include "domain/todo.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WRITERS_MAX = 512, SAMPLES_MAX = 1 << 20 };

/* ---- yardsticks ---- */

double bench_yardstick(void)
{
    static unsigned char block[64 * 1024];
    unsigned char digest[32];
    int64_t began = clock_ticks_us();
    for (int i = 0; i < 400; i++)
        sha256(block, sizeof block, digest);
    return 400.0 * sizeof block / 1e6 / ((double)(clock_ticks_us() - began) / 1e6);
}

static int flush_rate(const char *folder, double *out, struct error *err)
{
    char block[4096] = { 1 };
    AUTO_TEXT path = TEXT_LIMIT(4096);
    text_printf(&path, "%s/bench-flush", folder);
    int fd = open(text_get(&path), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(err, FAULT_INTERNAL, "bench.file", "无法写入 %s：%s", "Cannot write %s: %s", text_get(&path),
                    strerror(errno));
    int64_t began = clock_ticks_us(), took = 0;
    int count = 0;
    for (; took < 1000000; took = clock_ticks_us() - began, count++)
        if (write(fd, block, sizeof block) != sizeof block || fdatasync(fd) < 0)
            break;
    close(fd);
    unlink(text_get(&path));
    *out = took ? count / ((double)took / 1e6) : 0;
    return 0;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t percentile(int64_t *samples, size_t count, int percent)
{
    qsort(samples, count, sizeof samples[0], by_number);
    return count ? samples[(count - 1) * (size_t)percent / 100] : 0;
}

/* ---- lists ---- */

struct reader {
    const char *name;
    struct actor actor;
};

static struct actor reader_of(int64_t area, int64_t area2, int64_t object)
{
    struct actor a = { .id = ACCOUNT_SYSTEM, .name = "bench", .display_name = "bench" };
    a.grants[a.grant_count++] = (struct grant){ .verbs = ~(uint64_t)0, .area = area, .object = object };
    if (area2)
        a.grants[a.grant_count++] = (struct grant){ .verbs = ~(uint64_t)0, .area = area2 };
    return a;
}

/* The most loaded county, two towns and a firm of whatever the folder holds. */
static int find_readers(struct db *db, struct reader out[5], struct error *err)
{
#define MOST(column, skip)                                                                               \
    "SELECT " column " FROM hazard WHERE removed_at IS NULL GROUP BY " column " ORDER BY count(*) DESC " \
    "LIMIT 1 OFFSET " skip
    static const char *const asks[] = { MOST("own_county", "0"), MOST("own_town", "0"), MOST("own_town", "1"),
                                        MOST("own_object", "0") };
#undef MOST
    int64_t found[COUNT(asks)] = { 0 };
    for (size_t i = 0; i < COUNT(asks); i++) {
        bool any;
        if (db_get_int(db, asks[i], NO_BINDS, &found[i], &any, err) < 0)
            return -1;
    }
    out[0] = (struct reader){ "city", reader_of(0, 0, 0) };
    out[1] = (struct reader){ "county", reader_of(found[0], 0, 0) };
    out[2] = (struct reader){ "town", reader_of(found[1], 0, 0) };
    out[3] = (struct reader){ "two towns", reader_of(found[1], found[2], 0) };
    out[4] = (struct reader){ "enterprise", reader_of(0, 0, found[3]) };
    return 0;
}

static int one_list(struct db *db, const struct reader *reader, const struct filter *filter, const char *sort,
                    bool render, int64_t *took, size_t *bytes, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT out = TEXT_LIMIT(LIMIT_REPLY);
    struct json j = { .out = &out };
    struct scope scope;
    struct list_page page;
    int64_t began = clock_ticks_us();
    scope_compile(&reader->actor, &hazard_kind, verb_bit("read"), &scope);
    struct list_query query = { .kind = &hazard_kind,
                                .actor = &reader->actor,
                                .scope = &scope,
                                .filter = filter,
                                .sort = sort,
                                .descending = true,
                                .limit = 50,
                                .count = render ? COUNT_CAPPED : COUNT_NONE };
    if (list_run(db, &query, &arena, &page, err) < 0)
        return -1;
    if (render && render_records(db, &reader->actor, &hazard_kind, page.rows, page.count, false, &arena, &j, err) < 0)
        return -1;
    *took = clock_ticks_us() - began;
    *bytes = out.used;
    return 0;
}

int bench_list(struct house *house, int rounds, struct error *err)
{
    static const struct {
        const char *name, *field, *value;
    } filters[] = { { "no filter", NULL, NULL },
                    { "rare state", "state", "found" },
                    { "one-hop sector", "enterprise.sector", "HAZCHEM" },
                    { "two characters", "q", "锈蚀" } };
    AUTO_ARENA arena = { 0 };
    struct reader readers[5];
    struct db *db;
    int64_t worst = 0, *samples = ARENA_ARRAY(&arena, int64_t, (size_t)rounds);
    char worst_name[128] = "";
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = find_readers(db, readers, err);
    double sha = bench_yardstick();
    printf("%-12s %-16s %-10s %10s %10s %10s %8s\n", "reader", "filter", "sort", "p50 us", "p99 us", "rows us",
           "bytes");
    for (size_t r = 0; got == 0 && r < COUNT(readers); r++)
        for (size_t f = 0; got == 0 && f < COUNT(filters); f++)
            for (size_t s = 0; got == 0 && s < COUNT(hazard_kind.sorts) && hazard_kind.sorts[s]; s++) {
                struct filter_pair pair = { filters[f].field, filters[f].value };
                struct filter filter;
                size_t bytes = 0;
                int64_t bare = 0, median = 0, high = 0;
                got = filter_parse(&hazard_kind, &pair, filters[f].field ? 1 : 0, &arena, &filter, err);
                for (int i = 0; got == 0 && i < rounds; i++)
                    got = one_list(db, &readers[r], &filter, hazard_kind.sorts[s], true, &samples[i], &bytes, err);
                median = percentile(samples, (size_t)rounds, 50);
                high = percentile(samples, (size_t)rounds, 99);
                size_t ignored;
                for (int i = 0; got == 0 && i < rounds; i++)
                    got = one_list(db, &readers[r], &filter, hazard_kind.sorts[s], false, &samples[i], &ignored, err);
                bare = percentile(samples, (size_t)rounds, 50);
                printf("%-12s %-16s %-10s %10" PRId64 " %10" PRId64 " %10" PRId64 " %8zu\n", readers[r].name,
                       filters[f].name, hazard_kind.sorts[s], median, high, bare, bytes);
                if (high > worst) {
                    worst = high;
                    snprintf(worst_name, sizeof worst_name, "%s, %s, by %s", readers[r].name, filters[f].name,
                             hazard_kind.sorts[s]);
                }
            }
    store_reader_back(house->store, db);
    double after = bench_yardstick();
    if (got == 0)
        printf("worst p99 %.1f ms: %s; yardstick %.0f MB/s then %.0f MB/s%s\n", (double)worst / 1000, worst_name, sha,
               after, after < sha * 0.85 ? " (void)" : "");
    return got;
}

/* ---- what waits ---- */

static int find_working(struct db *db, struct reader out[5], struct error *err)
{
    static const char *const roles[] = { "office", "inspector", "grid", "department", "safety" };
    struct reader everyday[5];
    if (find_readers(db, everyday, err) < 0)
        return -1;
    for (int i = 0; i < 5; i++) {
        /* the readers of the lists, by place: city, county, town, city again for the department, firm */
        out[i] = (struct reader){ roles[i], everyday[i == 3 ? 0 : i].actor };
        out[i].actor.grant_count = 1;
        out[i].actor.grants[0].role = roles[i];
    }
    out[3].actor.grants[0].sectors = ",HAZCHEM,MINE,FIREWORK,";
    return 0;
}

int bench_todo(struct house *house, int rounds, struct error *err)
{
    AUTO_ARENA kept = { 0 };
    struct reader readers[5];
    struct db *db;
    int64_t worst = 0, today = day_of_ms(clock_now_ms());
    int64_t *samples = ARENA_ARRAY(&kept, int64_t, (size_t)rounds);
    double sha = bench_yardstick();
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = find_working(db, readers, err);
    printf("%-12s %8s %8s %10s %10s\n", "reader", "groups", "rows", "p50 us", "p99 us");
    for (size_t r = 0; got == 0 && r < COUNT(readers); r++) {
        size_t groups = 0;
        int64_t rows = 0;
        for (int i = 0; got == 0 && i < rounds; i++) {
            AUTO_ARENA arena = { 0 };
            struct todo *todo = ARENA_NEW(&arena, struct todo);
            int64_t began = clock_ticks_us();
            got = todo_read(db, &readers[r].actor, house_calendar(house), today, 20, &arena, todo, err);
            samples[i] = clock_ticks_us() - began;
            groups = todo->count;
            rows = 0;
            for (size_t g = 0; g < todo->count; g++)
                rows += todo->groups[g].all.count;
        }
        int64_t median = percentile(samples, (size_t)rounds, 50), high = percentile(samples, (size_t)rounds, 99);
        printf("%-12s %8zu %8" PRId64 " %10" PRId64 " %10" PRId64 "\n", readers[r].name, groups, rows, median, high);
        worst = high > worst ? high : worst;
    }
    store_reader_back(house->store, db);
    double after = bench_yardstick();
    if (got == 0)
        printf("worst p99 %.1f ms; yardstick %.0f MB/s then %.0f MB/s%s\n", (double)worst / 1000, sha, after,
               after < sha * 0.85 ? " (void)" : "");
    return got;
}

/* ---- writers ---- */

struct writing {
    struct house *house;
    int64_t object;
    int64_t until_us;
    int64_t *samples;
    size_t count, room;
    struct error err;
};

static int create_one(struct change *c, void *args, struct error *err)
{
    const struct writing *w = args;
    struct hazard *h = change_new(c, &hazard_kind);
    set(h, description, "压力表超期未检定（写入测量）");
    set(h, object, w->object);
    set(h, found_on, day_of_ms(c->now));
    set(h, source, "self");
    return change_create(c, &hazard_kind, h, err);
}

static void *write_until(void *arg)
{
    struct writing *w = arg;
    struct actor program = actor_program();
    while (clock_ticks_us() < w->until_us && w->count < w->room) {
        struct change_order order = { .actor = &program, .now_ms = clock_now_ms(), .cause = "bench" };
        int64_t began = clock_ticks_us();
        if (change_run(w->house, &order, create_one, w, NULL, &w->err) < 0)
            break;
        w->samples[w->count++] = clock_ticks_us() - began;
    }
    return NULL;
}

int bench_write(struct house *house, int writers, int seconds, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct db *db;
    int64_t object = 0;
    bool found = false;
    double flush;
    if (writers < 1 || writers > WRITERS_MAX || seconds < 1 || seconds > 600)
        return fail(err, FAULT_MALFORMED, "bench.options", "--clients 取 1 至 %d，--seconds 取 1 至 600",
                    "--clients takes 1 to %d, --seconds 1 to 600", WRITERS_MAX);
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = db_get_int(db, "SELECT id FROM object ORDER BY id LIMIT 1", NO_BINDS, &object, &found, err);
    store_reader_back(house->store, db);
    if (got < 0 || flush_rate(house->folder, &flush, err) < 0)
        return -1;
    if (!found)
        return fail(err, FAULT_REFUSED, "bench.empty", "请先装入演示数据", "Load the demonstration first");
    struct writing *w = ARENA_ARRAY(&arena, struct writing, (size_t)writers);
    pthread_t *threads = ARENA_ARRAY(&arena, pthread_t, (size_t)writers);
    int64_t began = clock_ticks_us();
    for (int i = 0; i < writers; i++) {
        w[i] = (struct writing){ .house = house,
                                 .object = object,
                                 .until_us = began + seconds * (int64_t)1000000,
                                 .room = SAMPLES_MAX / (size_t)writers };
        w[i].samples = ARENA_ARRAY(&arena, int64_t, w[i].room);
        if (pthread_create(&threads[i], NULL, write_until, &w[i]) != 0)
            return fail(err, FAULT_UNAVAILABLE, "bench.thread", "线程无法启动", "A thread does not start");
    }
    size_t total = 0;
    int64_t *all = ARENA_ARRAY(&arena, int64_t, SAMPLES_MAX);
    for (int i = 0; i < writers; i++) {
        pthread_join(threads[i], NULL);
        if (w[i].err.fault)
            *err = w[i].err;
        memcpy(all + total, w[i].samples, w[i].count * sizeof *all);
        total += w[i].count;
    }
    double rate = (double)total / ((double)(clock_ticks_us() - began) / 1e6);
    if (err->fault)
        return -1;
    printf("writers %d  creations/s %.0f  p50 %.1f ms  p99 %.1f ms  flushes/s %.0f  ratio %.2f\n", writers, rate,
           (double)percentile(all, total, 50) / 1000, (double)percentile(all, total, 99) / 1000, flush, rate / flush);
    return 0;
}
