/*
** `anlan bench`: what the machine does today, as ratios to a limit measured in the same run (decision 42). Never part of
** a test. Each row prints its own worst case; a yardstick (SHA-256 of 64 KiB blocks) is timed beside every measurement,
** and a run in which it fell below 85 % of its first value is called void.
**
**   list    city, county, town, two-grant department and enterprise readers × no filter, a rare state, one-hop sector,
**           two-character words (of the full city a third of the rows, 2, 1.5, 0.5 and 0.05 % have them) × each sort and
**           direction, asked as the page asks: list_run and rendering in process, p50 and p99; beside it the same statements
**           stepped without building records
**   serve   the same readers over loopback with the page's addresses, --clients of them at once: one list a second each, then as
**           fast as they are answered; beside it a bare handler of the same HTTP library with the same statements and bytes
**   todo    what waits for the office, a department, an inspector, a grid member and a firm's officer: all kinds together
**   write   writers creating hazards at once: rate, p50, p99; beside it append + fdatasync on the same disk
**   start   `anlan serve` from the fork until it answers, five times; what it holds after each kind was listed once
**   export  every hazard as csv and xlsx: cells a second and how far memory peaked; beside it the library alone writing
**           the same cells
**   import  a workbook of hazards (--scale of them) made up and checked, then imported: rows a second, by the clock and by
**           the processor, which on a machine that others use says more, and how far memory peaked; then as many again while
**           eight people write, and how long those wait
*/
#pragma once
#include "domain/change.h"

#include <pthread.h>
#include <stdatomic.h>

int bench_list(struct house *house, int rounds, struct error *err);
int bench_todo(struct house *house, int rounds, struct error *err);
int bench_write(struct house *house, int writers, int seconds, struct error *err);
int bench_export(struct house *house, struct error *err);
int bench_import(struct house *house, const struct actor *actor, int64_t rows, struct error *err);

/* The house is closed meanwhile: another process opens it. */
struct bench_start {
    const char *folder, *db; /* db: NULL for the folder's own */
    const char *token;       /* an API key of whoever lists */
    int64_t hazards;
};
int bench_start(const struct bench_start *b, struct error *err);

/* Opens and closes the house itself: while the program runs nobody else may. */
enum { BENCH_READERS = 5 };
struct bench_reader {
    const char *role;
    int64_t account;
    const char *token; /* an API key of that account */
};
struct bench_serve {
    const char *folder, *db;
    struct bench_reader readers[BENCH_READERS];
    size_t reader_count;
    int clients, seconds; /* seconds: of each of the three runs */
    int (*open)(const void *options, struct house *house, struct error *err);
    void (*close)(struct house *house);
    const void *options;
};
int bench_serve(const struct bench_serve *b, struct error *err);

/* People who write while something is measured: hazards, one after another, each with a pause. Live in the arena; end() waits
** for them. At most 2^20 samples are kept. */
struct bench_writers {
    struct bench_writer *at;
    size_t count;
    atomic_bool ended;
    int64_t began_us;
};
struct bench_written {
    size_t count;
    double per_second, p50_ms, p99_ms;
};
int bench_writers_begin(struct bench_writers *all, struct house *house, int writers, int64_t pause_us,
                        struct arena *arena, struct error *err);
int bench_writers_end(struct bench_writers *all, struct arena *arena, struct bench_written *out, struct error *err);

/* Sorts the samples; 0 without any. */
int64_t bench_percentile(int64_t *samples, size_t count, int percent);

/* MB/s of SHA-256 over 64 KiB blocks. */
double bench_yardstick(void);

/* How far this process's memory rises between the two, looked at every few milliseconds. Own is what it has asked for;
** resident counts the pages of mapped files too, of the database above all, which the system takes back as it likes. */
struct bench_memory {
    pthread_t thread;
    atomic_bool ended;
    bool running;
    double own_before, own, resident; /* MiB; own and resident are the most that was seen */
};
void bench_memory_begin(struct bench_memory *memory);
void bench_memory_end(struct bench_memory *memory);
