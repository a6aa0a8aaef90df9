#include "access/query.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/bench.h"
#include "domain/hazard/hazard.h"
#include "domain/ladder.h"
#include "domain/render.h"
#include "domain/todo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { READERS = 5, AREA_PARTS = 100000000 };

struct reader {
    const char *name;
    struct actor actor;
};

static struct actor reader_of(const struct grant *grants, size_t count)
{
    struct actor a = { .id = ACCOUNT_SYSTEM, .name = "bench", .display_name = "bench", .grant_count = count };
    for (size_t i = 0; i < count; i++) {
        a.grants[i] = grants[i];
        a.grants[i].verbs = ~(uint64_t)0;
    }
    return a;
}
#define GRANTS(...) reader_of((const struct grant[]){ __VA_ARGS__ }, COUNT(((const struct grant[]){ __VA_ARGS__ })))

/* The most loaded county, town and firm of whatever the folder holds. The department leads two sectors in its county and
** another in the whole city. */
static int find_readers(struct db *db, struct reader out[READERS], struct error *err)
{
#define MOST(column) \
    "SELECT " column " FROM hazard WHERE removed_at IS NULL GROUP BY " column " ORDER BY count(*) DESC LIMIT 1"
    static const char *const asks[] = { MOST("own_county"), MOST("own_town"), MOST("own_object") };
#undef MOST
    int64_t found[COUNT(asks)] = { 0 };
    for (size_t i = 0; i < COUNT(asks); i++) {
        bool any;
        if (db_get_int(db, asks[i], NO_BINDS, &found[i], &any, err) < 0)
            return -1;
    }
    int64_t city = found[0] - found[0] % AREA_PARTS;
    out[0] = (struct reader){ "city", GRANTS({ .area = city }) };
    out[1] = (struct reader){ "county", GRANTS({ .area = found[0] }) };
    out[2] = (struct reader){ "town", GRANTS({ .area = found[1] }) };
    out[3] = (struct reader){ "department", GRANTS({ .area = found[0], .sectors = ",HAZCHEM,INDUSTRY," },
                                                   { .area = city, .sectors = ",FIRE," }) };
    out[4] = (struct reader){ "enterprise", GRANTS({ .object = found[2] }) };
    return 0;
}

struct ask {
    const struct reader *reader;
    const struct filter *filter;
    const char *sort;
    bool descending;
};

struct took {
    int64_t wall, processor; /* processor: of this thread, so all of SQLite's work and none of PostgreSQL's */
};

/* bare: the statements alone, every value fetched. */
static int one_list(struct db *db, const struct ask *ask, bool bare, struct took *took, size_t *bytes,
                    struct error *err)
{
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT out = TEXT_LIMIT(LIMIT_REPLY);
    struct json j = { .out = &out };
    const struct actor *actor = &ask->reader->actor;
    struct scope scope;
    struct list_page page;
    int64_t began = clock_ticks_us(), began_processor = clock_thread_us();
    if (list_scope(actor, &hazard_kind, "read", ask->filter, &scope, err) < 0)
        return -1;
    struct list_query query = { .kind = &hazard_kind,
                                .actor = actor,
                                .scope = &scope,
                                .filter = ask->filter,
                                .sort = ask->sort,
                                .descending = ask->descending,
                                .limit = 50,
                                .count = COUNT_CAPPED };
    if (bare) {
        if (list_step(db, &query, &arena, bytes, err) < 0)
            return -1;
    } else {
        if (list_run(db, &query, &arena, &page, err) < 0 ||
            render_records(db, actor, &hazard_kind, page.rows, page.count, NULL, &arena, &j, err) < 0)
            return -1;
        *bytes = out.used;
    }
    *took = (struct took){ clock_ticks_us() - began, clock_thread_us() - began_processor };
    return 0;
}

struct measured {
    int64_t least, p50, p99, processor50, processor99;
};

static int measure(struct db *db, const struct ask *ask, bool bare, int rounds, struct measured *out, size_t *bytes,
                   struct error *err)
{
    AUTO_ARENA arena = { 0 };
    size_t count = (size_t)rounds;
    int64_t *wall = ARENA_ARRAY(&arena, int64_t, count), *processor = ARENA_ARRAY(&arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        struct took took;
        if (one_list(db, ask, bare, &took, bytes, err) < 0)
            return -1;
        wall[i] = took.wall;
        processor[i] = took.processor;
    }
    *out = (struct measured){ bench_percentile(wall, count, 0), bench_percentile(wall, count, 50),
                              bench_percentile(wall, count, 99), bench_percentile(processor, count, 50),
                              bench_percentile(processor, count, 99) };
    return 0;
}

static void print_row(const char *name, const struct measured *m, const struct measured *bare, size_t bytes)
{
    printf("%s", name);
    for (int i = 0; i < 2; i++) {
        const struct measured *one = i ? bare : m;
        printf(" %7" PRId64 " %7" PRId64 " %7" PRId64 " | %7" PRId64 " %7" PRId64 " |", one->least, one->p50, one->p99,
               one->processor50, one->processor99);
    }
    printf(" %6zu bytes\n", bytes);
}

struct worst {
    int64_t us;
    char name[64];
};

static void keep_worst(struct worst *worst, int64_t us, const char *name)
{
    if (us > worst->us) {
        worst->us = us;
        snprintf(worst->name, sizeof worst->name, "%s", name);
    }
}

int bench_list(struct house *house, int rounds, struct error *err)
{
    static const struct {
        const char *name, *field, *value;
    } filters[] = { { "no filter", NULL, NULL },
                    { "rare state", "state.in", "found" },
                    { "sector", "enterprise.sector", "HAZCHEM" },
                    { "word 压力", "q", "压力" },
                    { "word 损坏", "q", "损坏" },
                    { "word 罐区", "q", "罐区" },
                    { "word 使用", "q", "使用" },
                    { "word 锈蚀", "q", "锈蚀" } };
    AUTO_ARENA arena = { 0 };
    struct reader readers[READERS];
    struct db *db;
    struct worst p99 = { 0 }, processor99 = { 0 }, least = { 0 };
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = find_readers(db, readers, err);
    double sha = bench_yardstick();
    printf("us: wall least, p50, p99; processor p50, p99; the bare statements likewise\n");
    for (size_t r = 0; got == 0 && r < READERS; r++)
        for (size_t f = 0; got == 0 && f < COUNT(filters); f++) {
            struct filter_pair pair = { filters[f].field, filters[f].value };
            struct filter filter;
            got = filter_parse(&hazard_kind, &pair, filters[f].field ? 1 : 0, &arena, &filter, err);
            for (size_t s = 0; got == 0 && s < 2 * COUNT(hazard_kind.sorts) && hazard_kind.sorts[s / 2]; s++) {
                const struct ask ask = { &readers[r], &filter, hazard_kind.sorts[s / 2], s % 2 == 0 };
                struct measured m, bare;
                size_t bytes, ignored;
                char name[64];
                if ((got = measure(db, &ask, false, rounds, &m, &bytes, err)) < 0 ||
                    (got = measure(db, &ask, true, rounds, &bare, &ignored, err)) < 0)
                    break;
                snprintf(name, sizeof name, "%-11s %-14s %s%-9s", ask.reader->name, filters[f].name,
                         ask.descending ? "-" : " ", ask.sort);
                print_row(name, &m, &bare, bytes);
                fflush(stdout);
                keep_worst(&p99, m.p99, name);
                keep_worst(&processor99, m.processor99, name);
                keep_worst(&least, m.least, name);
            }
        }
    store_reader_back(house->store, db);
    double after = bench_yardstick();
    if (got == 0)
        printf("worst p99 %.1f ms: %s\nworst p99 of the processor %.1f ms: %s\nworst least %.1f ms: %s\n"
               "yardstick %.0f MB/s then %.0f MB/s%s\n",
               (double)p99.us / 1000, p99.name, (double)processor99.us / 1000, processor99.name,
               (double)least.us / 1000, least.name, sha, after, after < sha * 0.85 ? " (void)" : "");
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
    int64_t worst = 0, worst_processor = 0, today = day_of_ms(clock_now_ms());
    int64_t *samples = ARENA_ARRAY(&kept, int64_t, (size_t)rounds);
    int64_t *processor = ARENA_ARRAY(&kept, int64_t, (size_t)rounds);
    double sha = bench_yardstick();
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = find_working(db, readers, err);
    printf("%-12s %8s %8s %10s %10s   processor: p50 us, p99 us\n", "reader", "groups", "rows", "p50 us", "p99 us");
    for (size_t r = 0; got == 0 && r < COUNT(readers); r++) {
        size_t groups = 0;
        int64_t rows = 0;
        for (int i = 0; got == 0 && i < rounds; i++) {
            AUTO_ARENA arena = { 0 };
            struct todo *todo = ARENA_NEW(&arena, struct todo);
            int64_t began = clock_ticks_us(), began_processor = clock_thread_us();
            got = todo_read(db, &readers[r].actor, house_calendar(house), today, 20, &arena, todo, err);
            samples[i] = clock_ticks_us() - began;
            processor[i] = clock_thread_us() - began_processor;
            groups = todo->count;
            rows = 0;
            for (size_t g = 0; g < todo->count; g++)
                rows += todo->groups[g].all.count;
        }
        size_t n = (size_t)rounds;
        int64_t high = bench_percentile(samples, n, 99), high_processor = bench_percentile(processor, n, 99);
        printf("%-12s %8zu %8" PRId64 " %10" PRId64 " %10" PRId64 " %10" PRId64 " %10" PRId64 "\n", readers[r].name,
               groups, rows, bench_percentile(samples, n, 50), high, bench_percentile(processor, n, 50),
               high_processor);
        worst = high > worst ? high : worst;
        worst_processor = high_processor > worst_processor ? high_processor : worst_processor;
    }
    store_reader_back(house->store, db);
    double after = bench_yardstick();
    if (got == 0)
        printf("worst p99 %.1f ms, of the processor %.1f ms; yardstick %.0f MB/s then %.0f MB/s%s\n",
               (double)worst / 1000, (double)worst_processor / 1000, sha, after, after < sha * 0.85 ? " (void)" : "");
    return got;
}
