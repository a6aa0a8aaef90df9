#include "bench/program.h"

#include "base/clock.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_S = 60 };

static int broken(struct error *err, const char *what)
{
    return fail(err, FAULT_INTERNAL, "bench.program", "无法启动被测程序：%s（%s）",
                "The program to be measured cannot be started: %s (%s)", what, strerror(errno));
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

static pid_t launch(const struct program *p)
{
    char listen[32];
    snprintf(listen, sizeof listen, "127.0.0.1:%d", p->port);
    const char *argv[] = {
        "anlan", "serve", "--data", p->folder, "--address-rate", "1200000", "--listen", listen, p->db ? "--db" : NULL,
        p->db,   NULL
    };
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    setenv("NOTIFY_SOCKET", p->notify_path, 1);
    execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
    _exit(127);
}

int program_start(struct program *p, struct error *err)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    struct timeval patience = { .tv_sec = PATIENCE_S };
    char said[64] = "";
    snprintf(p->notify_path, sizeof p->notify_path, "/tmp/anlan-bench-%d", (int)getpid());
    snprintf(at.sun_path, sizeof at.sun_path, "%s", p->notify_path);
    unlink(p->notify_path);
    p->port = free_port();
    p->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (p->notify < 0 || bind(p->notify, (struct sockaddr *)&at, sizeof at) < 0)
        return broken(err, p->notify_path);
    setsockopt(p->notify, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    int64_t began = clock_ticks_us();
    if ((p->pid = launch(p)) < 0)
        return broken(err, "fork");
    if (recv(p->notify, said, sizeof said - 1, 0) <= 0 || strcmp(said, "READY=1") != 0) {
        struct error ignored = { 0 };
        program_stop(p, &ignored);
        return broken(err, "READY=1");
    }
    p->ready_ms = (double)(clock_ticks_us() - began) / 1000;
    return 0;
}

int program_stop(struct program *p, struct error *err)
{
    int status = 0;
    kill(p->pid, SIGTERM);
    waitpid(p->pid, &status, 0);
    close(p->notify);
    unlink(p->notify_path);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : broken(err, "exit status");
}

void client_close(struct client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

static bool client_open(struct client *c)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)c->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd >= 0 && connect(c->fd, (struct sockaddr *)&at, sizeof at) == 0) {
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return true;
    }
    client_close(c);
    return false;
}

int client_ask(struct client *c, const char *token, const char *path, size_t *bytes)
{
    AUTO_TEXT text = TEXT_LIMIT(4096);
    size_t used = 0, whole = 0, body = 0;
    int status = 0;
    text_printf(&text, "GET %s HTTP/1.1\r\nHost: localhost\r\n", path);
    if (token)
        text_printf(&text, "Authorization: Bearer %s\r\n", token);
    text_str(&text, "\r\n");
    if (c->fd < 0 && !client_open(c))
        return 0;
    if (write(c->fd, text_get(&text), text.used) != (ssize_t)text.used) {
        client_close(c);
        return 0;
    }
    while (whole == 0 || used < whole) {
        ssize_t n = used < CLIENT_REPLY ? read(c->fd, c->room + used, CLIENT_REPLY - used) : 0;
        if (n <= 0) {
            client_close(c);
            return 0;
        }
        used += (size_t)n;
        c->room[used] = '\0';
        const char *end = whole ? NULL : strstr(c->room, "\r\n\r\n");
        if (!end)
            continue;
        const char *length = strcasestr(c->room, "\r\nContent-Length:");
        if (sscanf(c->room, "HTTP/1.1 %d", &status) != 1 || !length || length > end) {
            client_close(c);
            return 0;
        }
        body = strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
        whole = (size_t)(end - c->room) + 4 + body;
    }
    *bytes = body;
    return status;
}
