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

struct bench_writer {
    struct house *house;
    pthread_t thread;
    int64_t object, pause_us;
    const atomic_bool *ended;
    int64_t *samples;
    size_t count, room;
    struct error err;
    bool running;
};

static int create_one(struct change *c, void *args, struct error *err)
{
    const struct bench_writer *w = args;
    struct hazard *h = change_new(c, &hazard_kind);
    set(h, description, "压力表超期未检定（写入测量）");
    set(h, object, w->object);
    set(h, found_on, day_of_ms(c->now));
    set(h, source, "self");
    return change_create(c, &hazard_kind, h, err);
}

static void *write_on(void *arg)
{
    struct bench_writer *w = arg;
    struct actor program = actor_program();
    while (!atomic_load(w->ended) && w->count < w->room) {
        struct change_order order = { .actor = &program, .now_ms = clock_now_ms(), .cause = "bench" };
        int64_t began = clock_ticks_us();
        if (change_run(w->house, &order, create_one, w, NULL, &w->err) < 0)
            break;
        w->samples[w->count++] = clock_ticks_us() - began;
        if (w->pause_us)
            usleep((useconds_t)w->pause_us);
    }
    return NULL;
}

int bench_writers_begin(struct bench_writers *all, struct house *house, int writers, int64_t pause_us,
                        struct arena *arena, struct error *err)
{
    struct db *db;
    int64_t object = 0;
    bool found = false;
    *all = (struct bench_writers){ 0 };
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = db_get_int(db, "SELECT id FROM object ORDER BY id LIMIT 1", NO_BINDS, &object, &found, err);
    store_reader_back(house->store, db);
    if (got < 0)
        return -1;
    if (!found)
        return fail(err, FAULT_REFUSED, "bench.empty", "请先装入演示数据", "Load the demonstration first");
    all->began_us = clock_ticks_us();
    all->at = ARENA_ARRAY(arena, struct bench_writer, (size_t)writers);
    for (all->count = 0; all->count < (size_t)writers; all->count++) {
        struct bench_writer *w = &all->at[all->count];
        *w = (struct bench_writer){ .house = house,
                                    .object = object,
                                    .pause_us = pause_us,
                                    .ended = &all->ended,
                                    .room = SAMPLES_MAX / (size_t)writers };
        w->samples = ARENA_ARRAY(arena, int64_t, w->room);
        w->running = pthread_create(&w->thread, NULL, write_on, w) == 0;
    }
    return 0;
}

int bench_writers_end(struct bench_writers *all, struct arena *arena, struct bench_written *out, struct error *err)
{
    int64_t *samples = ARENA_ARRAY(arena, int64_t, SAMPLES_MAX);
    int got = 0;
    *out = (struct bench_written){ 0 };
    atomic_store(&all->ended, true);
    for (size_t i = 0; i < all->count; i++) {
        struct bench_writer *w = &all->at[i];
        if (w->running)
            pthread_join(w->thread, NULL);
        if (got == 0 && !w->running)
            got = fail(err, FAULT_UNAVAILABLE, "bench.thread", "线程无法启动", "A thread does not start");
        if (got == 0 && w->err.fault) {
            *err = w->err;
            got = -1;
        }
        memcpy(samples + out->count, w->samples, w->count * sizeof *samples);
        out->count += w->count;
    }
    out->per_second = (double)out->count / ((double)(clock_ticks_us() - all->began_us) / 1e6);
    out->p50_ms = (double)bench_percentile(samples, out->count, 50) / 1000;
    out->p99_ms = (double)bench_percentile(samples, out->count, 99) / 1000;
    return got;
}

int bench_write(struct house *house, int writers, int seconds, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct bench_writers all;
    struct bench_written w;
    double flush;
    if (writers < 1 || writers > WRITERS_MAX || seconds < 1 || seconds > 600)
        return fail(err, FAULT_MALFORMED, "bench.options", "--clients 取 1 至 %d，--seconds 取 1 至 600",
                    "--clients takes 1 to %d, --seconds 1 to 600", WRITERS_MAX);
    if (flush_rate(house->folder, &flush, err) < 0 || bench_writers_begin(&all, house, writers, 0, &arena, err) < 0)
        return -1;
    sleep((unsigned)seconds);
    if (bench_writers_end(&all, &arena, &w, err) < 0)
        return -1;
    printf("writers %d  creations/s %.0f  p50 %.1f ms  p99 %.1f ms  flushes/s %.0f  ratio %.2f\n", writers,
           w.per_second, w.p50_ms, w.p99_ms, flush, w.per_second / flush);
    return 0;
}
