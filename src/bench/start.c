/* How long the program takes to answer, and what it holds after each kind was listed once. */
#include "base/clock.h"
#include "base/text.h"
#include "bench/bench.h"
#include "bench/program.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 5, START_BUDGET_MS = 300, MEMORY_BUDGET_MB = 60 };

/* The yardstick: the same program that only says its name. */
static double bare_ms(void)
{
    int64_t began = clock_ticks_us();
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, STDOUT_FILENO);
        execl("/proc/self/exe", "anlan", "--help", (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    return (double)(clock_ticks_us() - began) / 1000;
}

/* One line of /proc/PID/smaps_rollup, in KiB; 0 when it is not there. */
static long memory_kib(pid_t pid, const char *name)
{
    char path[64], line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            kib = strtol(line + strlen(name), NULL, 10);
    if (file)
        fclose(file);
    return kib;
}

static int list_all(const struct bench_start *b, int port, int *listed, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct client client = { .port = port, .fd = -1, .room = ARENA_ARRAY(&arena, char, CLIENT_REPLY + 1) };
    *listed = 0;
    for (const struct kind *const *k = all_kinds; *k; k++) {
        AUTO_TEXT path = TEXT_LIMIT(256);
        size_t bytes;
        text_printf(&path, "/api/v1/%s?limit=50", (*k)->plural);
        int status = client_ask(&client, b->token, text_get(&path), &bytes);
        if (status == 0)
            return fail(err, FAULT_INTERNAL, "bench.start", "没有回答：%s", "No answer: %s", (*k)->plural);
        *listed += status == 200;
    }
    client_close(&client);
    return 0;
}

static int measure(const struct bench_start *b, double *ms, bool list, struct error *err)
{
    struct program p = { .folder = b->folder, .db = b->db };
    struct error ended = { 0 };
    int listed = 0, got = 0;
    if (program_start(&p, err) < 0)
        return -1;
    *ms = p.ready_ms;
    if (list && (got = list_all(b, p.port, &listed, err)) == 0) {
        long resident = memory_kib(p.pid, "Rss:"), own = memory_kib(p.pid, "Anonymous:");
        printf(
            "idle after %d kinds listed  resident %.1f MB, of it the program's own %.1f MB  budget %d MB  ratio %.2f\n",
            listed, (double)resident / 1024, (double)own / 1024, MEMORY_BUDGET_MB,
            (double)resident / 1024 / MEMORY_BUDGET_MB);
    }
    if (program_stop(&p, &ended) < 0 && got == 0) {
        *err = ended;
        got = -1;
    }
    return got;
}

int bench_start(const struct bench_start *b, struct error *err)
{
    double ms[ROUNDS], bare = bare_ms(), worst = 0, best = 1e9;
    int got = 0;
    for (int i = 0; got == 0 && i < ROUNDS; i++) {
        got = measure(b, &ms[i], i == ROUNDS - 1, err);
        worst = got == 0 && ms[i] > worst ? ms[i] : worst;
        best = got == 0 && ms[i] < best ? ms[i] : best;
    }
    if (got == 0)
        printf("start with %" PRId64
               " hazards  best %.0f ms  worst of %d %.0f ms  budget %d ms  ratio %.2f; bare start %.0f "
               "ms, ratio %.1f\n",
               b->hazards, best, ROUNDS, worst, START_BUDGET_MS, worst / START_BUDGET_MS, bare, worst / bare);
    return got;
}
