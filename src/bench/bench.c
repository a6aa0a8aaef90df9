#include "bench/bench.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/seal.h"
#include "domain/hazard/hazard.h"

#include <errno.h>
#include <fcntl.h>
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

int64_t bench_percentile(int64_t *samples, size_t count, int percent)
{
    qsort(samples, count, sizeof samples[0], by_number);
    return count ? samples[(count - 1) * (size_t)percent / 100] : 0;
}

/* ---- memory ---- */

static void memory_look(struct bench_memory *m)
{
    long resident = 0, shared = 0;
    double mib = (double)sysconf(_SC_PAGESIZE) / (1 << 20);
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%*d %ld %ld", &resident, &shared) == 2) {
        double own = (double)(resident - shared) * mib;
        m->own = own > m->own ? own : m->own;
        m->resident = (double)resident * mib > m->resident ? (double)resident * mib : m->resident;
    }
    if (file)
        fclose(file);
}

static void *memory_watch(void *args)
{
    struct bench_memory *m = args;
    while (!atomic_load(&m->ended)) {
        memory_look(m);
        usleep(5000);
    }
    return NULL;
}

void bench_memory_begin(struct bench_memory *m)
{
    *m = (struct bench_memory){ 0 };
    memory_look(m);
    m->own_before = m->own;
    m->running = pthread_create(&m->thread, NULL, memory_watch, m) == 0;
}

void bench_memory_end(struct bench_memory *m)
{
    atomic_store(&m->ended, true);
    if (m->running)
        pthread_join(m->thread, NULL);
    memory_look(m);
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
           (double)bench_percentile(all, total, 50) / 1000, (double)bench_percentile(all, total, 99) / 1000, flush,
           rate / flush);
    return 0;
}
