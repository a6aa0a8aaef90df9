/* How long the program takes to answer, and what it holds after each kind was listed once. */
#include "bench/bench.h"

#include "base/clock.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 5, START_BUDGET_MS = 300, MEMORY_BUDGET_MB = 60, PATIENCE_MS = 60000 };

static int broken(struct error *err, const char *what)
{
    return fail(err, FAULT_INTERNAL, "bench.start", "无法测量启动：%s（%s）", "The start cannot be measured: %s (%s)",
                what, strerror(errno));
}

/* A port nobody has just now. */
static int free_port(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), port = 0;
    if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
        getsockname(fd, (struct sockaddr *)&at, &size) == 0)
        port = ntohs(at.sin_port);
    if (fd >= 0)
        close(fd);
    return port;
}

static pid_t launch(const struct bench_start *b, int port, const char *notify)
{
    char listen[32];
    snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
    const char *argv[] = {
        "anlan", "serve", "--data", b->folder, "--listen", listen, b->db ? "--db" : NULL, b->db, NULL
    };
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    setenv("NOTIFY_SOCKET", notify, 1);
    execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
    _exit(127);
}

/* Milliseconds from the fork to READY=1; the yardstick: the same program that only says its name. */
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

static int ask(int port, const char *token, const char *path)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    AUTO_TEXT text = TEXT_LIMIT(4096);
    char reply[65536];
    int status = 0;
    bool first = true;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    text_printf(&text, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n",
                path, token);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
        write(fd, text_get(&text), text.used) == (ssize_t)text.used)
        for (ssize_t n; (n = read(fd, reply, sizeof reply - 1)) > 0; first = false) {
            reply[n] = '\0';
            if (first && sscanf(reply, "HTTP/1.1 %d", &status) != 1)
                status = 0;
        }
    if (fd >= 0)
        close(fd);
    return status;
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
    *listed = 0;
    for (const struct kind *const *k = all_kinds; *k; k++) {
        AUTO_TEXT path = TEXT_LIMIT(256);
        text_printf(&path, "/api/v1/%s?limit=50", (*k)->plural);
        int status = ask(port, b->token, text_get(&path));
        if (status == 0)
            return broken(err, (*k)->plural);
        *listed += status == 200;
    }
    return 0;
}

static int measure(const struct bench_start *b, int notify, const char *notify_path, double *ms, bool list,
                   struct error *err)
{
    char said[64] = "";
    int port = free_port(), status = 0, listed = 0, got = 0;
    int64_t began = clock_ticks_us();
    pid_t pid = launch(b, port, notify_path);
    if (pid < 0)
        return broken(err, "fork");
    if (recv(notify, said, sizeof said - 1, 0) <= 0 || strcmp(said, "READY=1") != 0)
        got = broken(err, "READY=1");
    *ms = (double)(clock_ticks_us() - began) / 1000;
    if (got == 0 && list && (got = list_all(b, port, &listed, err)) == 0) {
        long resident = memory_kib(pid, "Rss:"), own = memory_kib(pid, "Anonymous:");
        printf(
            "idle after %d kinds listed  resident %.1f MB, of it the program's own %.1f MB  budget %d MB  ratio %.2f\n",
            listed, (double)resident / 1024, (double)own / 1024, MEMORY_BUDGET_MB,
            (double)resident / 1024 / MEMORY_BUDGET_MB);
    }
    kill(pid, SIGTERM);
    while (recv(notify, said, sizeof said - 1, MSG_DONTWAIT) > 0)
        continue;
    waitpid(pid, &status, 0);
    while (recv(notify, said, sizeof said - 1, MSG_DONTWAIT) > 0)
        continue;
    if (got == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        got = broken(err, "exit status");
    return got;
}

int bench_start(const struct bench_start *b, struct error *err)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
    double ms[ROUNDS], bare = bare_ms(), worst = 0, best = 1e9;
    snprintf(at.sun_path, sizeof at.sun_path, "/tmp/anlan-bench-%d", (int)getpid());
    unlink(at.sun_path);
    int notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), got = 0;
    if (notify < 0 || bind(notify, (struct sockaddr *)&at, sizeof at) < 0)
        got = broken(err, at.sun_path);
    else
        setsockopt(notify, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    for (int i = 0; got == 0 && i < ROUNDS; i++) {
        got = measure(b, notify, at.sun_path, &ms[i], i == ROUNDS - 1, err);
        worst = got == 0 && ms[i] > worst ? ms[i] : worst;
        best = got == 0 && ms[i] < best ? ms[i] : best;
    }
    if (notify >= 0)
        close(notify);
    unlink(at.sun_path);
    if (got == 0)
        printf("start with %" PRId64
               " hazards  best %.0f ms  worst of %d %.0f ms  budget %d ms  ratio %.2f; bare start %.0f "
               "ms, ratio %.1f\n",
               b->hazards, best, ROUNDS, worst, START_BUDGET_MS, worst / START_BUDGET_MS, bare, worst / bare);
    return got;
}
