#include "store/pg_fixture.h"

#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START_TRIES = 600, TRY_MS = 50, DATABASES = 256 };

/* One private server. The keeper is a child of the test; the server and initdb are children of the keeper. */
static struct {
    char folder[96], bin[96], url[160];
    int pipe; /* the test's end; -1 before the first start */
    pid_t keeper, owner;
} server = { .pipe = -1 };

static struct {
    char *server, *name;
} made[DATABASES];
static int made_count;
static pid_t made_by;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "pg_fixture: %s (errno: %s; server log: %s/log)\n", what, strerror(errno), server.folder);
    exit(1);
}

/* ---- the keeper ---- */

static void become_postgres(void)
{
    if (geteuid() != 0)
        return; /* the server refuses to run as root, anybody else may run it */
    const struct passwd *user = getpwnam("postgres");
    if (!user || setgid(user->pw_gid) < 0 || initgroups("postgres", user->pw_gid) < 0 || setuid(user->pw_uid) < 0)
        _exit(126);
}

static pid_t start_program(char *const argv[])
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    become_postgres();
    prctl(PR_SET_PDEATHSIG, SIGQUIT); /* changing the user cleared it */
    char log[128];
    snprintf(log, sizeof log, "%s/log", server.folder);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0 || chdir(server.folder) < 0)
        _exit(126);
    execv(argv[0], argv);
    _exit(127);
}

static int wait_for(pid_t pid)
{
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

static bool make_cluster(void)
{
    char program[128], data[128];
    snprintf(program, sizeof program, "%s/initdb", server.bin);
    snprintf(data, sizeof data, "%s/data", server.folder);
    char *argv[] = { program,
                     "-D",
                     data,
                     "-U",
                     "anlan",
                     "-A",
                     "trust",
                     "-E",
                     "UTF8",
                     "--locale=C.UTF-8",
                     "--locale-provider=icu",
                     "--icu-locale=zh",
                     "--no-sync",
                     "--no-instructions",
                     NULL };
    return wait_for(start_program(argv)) == 0;
}

static pid_t start_server(void)
{
    char program[128], data[128], sockets[160];
    snprintf(program, sizeof program, "%s/postgres", server.bin);
    snprintf(data, sizeof data, "%s/data", server.folder);
    snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", server.folder);
    char *argv[] = { program,
                     "-D",
                     data,
                     "-c",
                     sockets,
                     "-c",
                     "listen_addresses=",
                     "-c",
                     "fsync=on",
                     "-c",
                     "shared_buffers=32MB",
                     "-c",
                     "max_connections=100",
                     "-c",
                     "deadlock_timeout=200ms",
                     "-c",
                     "jit=off",
                     "-c",
                     "autovacuum=off",
                     NULL };
    return start_program(argv);
}

/* Orders from the test, a byte each, answered by a byte: 's' start, 'k' kill. The end of the pipe ends everything. */
static _Noreturn void keep(int orders)
{
    pid_t running = 0;
    char order;
    setsid(); /* an interrupt at the terminal is for the test; its end is noticed by the pipe */
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 1024; fd++) {
        if (fd <= STDERR_FILENO)
            dup2(null, fd);
        else if (fd != orders)
            close(fd);
    }
    char answer = make_cluster() ? 'y' : 'n';
    while (write(orders, &answer, 1) == 1 && read(orders, &order, 1) == 1) {
        if (order == 's' && running == 0)
            running = start_server();
        if (order == 'k' && running > 0) {
            kill(running, SIGQUIT);
            wait_for(running);
            running = 0;
        }
        answer = running >= 0 ? 'y' : 'n';
    }
    if (running > 0) {
        kill(running, SIGQUIT);
        wait_for(running);
    }
    pid_t remover = fork();
    if (remover == 0) {
        execl("/bin/rm", "rm", "-rf", server.folder, (char *)NULL);
        _exit(127);
    }
    wait_for(remover);
    _exit(0);
}

/* ---- the test's side ---- */

static void find_programs(void)
{
    DIR *dir = opendir("/usr/lib/postgresql");
    int newest = 0;
    for (const struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        int version = (int)strtol(entry->d_name, NULL, 10);
        newest = version > newest ? version : newest;
    }
    if (dir)
        closedir(dir);
    if (newest < 15)
        give_up("no PostgreSQL 15 or newer under /usr/lib/postgresql; install the package postgresql");
    snprintf(server.bin, sizeof server.bin, "/usr/lib/postgresql/%d/bin", newest);
}

static void make_folder(void)
{
    const char *base = getenv("TMPDIR");
    if (!base || strlen(base) > 40) /* the address of a UNIX socket holds 107 bytes */
        base = "/tmp";
    snprintf(server.folder, sizeof server.folder, "%s/anlan-pg-XXXXXX", base);
    if (!mkdtemp(server.folder))
        give_up("no folder for the server");
    const struct passwd *user = geteuid() == 0 ? getpwnam("postgres") : NULL;
    if (geteuid() == 0 && (!user || chown(server.folder, user->pw_uid, user->pw_gid) < 0))
        give_up("the folder cannot be given to the user postgres");
}

static void stop_server(void)
{
    if (server.pipe < 0 || server.owner != getpid())
        return;
    close(server.pipe);
    server.pipe = -1;
    wait_for(server.keeper);
}

static void order(char what)
{
    char answer = 'n';
    if (write(server.pipe, &what, 1) != 1 || read(server.pipe, &answer, 1) != 1 || answer != 'y')
        give_up("the server does not obey");
}

void pg_fixture_private_start(void)
{
    order('s');
    for (int i = 0; i < START_TRIES; i++) {
        if (PQping(server.url) == PQPING_OK)
            return;
        nanosleep(&(struct timespec){ .tv_nsec = TRY_MS * 1000000L }, NULL);
    }
    give_up("the server does not come up");
}

void pg_fixture_private_kill(void)
{
    order('k');
}

static const char *private_url(void)
{
    if (server.pipe >= 0)
        return server.url;
    int ends[2];
    char answer = 'n';
    find_programs();
    make_folder();
    snprintf(server.url, sizeof server.url, "postgresql:///postgres?host=%s&user=anlan", server.folder);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 || (server.keeper = fork()) < 0)
        give_up("no keeper process");
    if (server.keeper == 0)
        keep(ends[1]);
    close(ends[1]);
    server.pipe = ends[0];
    server.owner = getpid();
    atexit(stop_server);
    if (read(server.pipe, &answer, 1) != 1 || answer != 'y')
        give_up("initdb failed");
    pg_fixture_private_start();
    return server.url;
}

const char *pg_fixture_url(void)
{
    const char *given = getenv("ANLAN_TEST_PG");
    return given && *given ? given : private_url();
}

static bool command(const char *url, const char *sql)
{
    PGconn *conn = PQconnectdb(url);
    PGresult *result = PQexec(conn, sql);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!ok)
        fprintf(stderr, "pg_fixture: %s\n", PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
    return ok;
}

/* A shared server would fill up otherwise; a private one takes its databases with it. */
static void drop_databases(void)
{
    if (made_by != getpid())
        return;
    while (made_count > 0) {
        char sql[96];
        made_count--;
        snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", made[made_count].name);
        if (strcmp(made[made_count].server, server.url) != 0)
            command(made[made_count].server, sql);
        memory_free(made[made_count].server);
        memory_free(made[made_count].name);
    }
}

static char *fresh_database(const char *url)
{
    unsigned long long number;
    char name[48], sql[96];
    if (made_count == DATABASES || getrandom(&number, sizeof number, 0) != sizeof number)
        give_up("too many databases in one test");
    if (made_by == 0)
        atexit(drop_databases);
    made_by = getpid();
    snprintf(name, sizeof name, "anlan_%ld_%llx", (long)getpid(), number);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE template0", name);
    if (!command(url, sql))
        give_up("no fresh database");
    made[made_count].server = memory_str(url);
    made[made_count++].name = memory_str(name);
    struct text out = TEXT_LIMIT(1024);
    text_printf(&out, "%s%cdbname=%s", url, strchr(url, '?') ? '&' : '?', name);
    return text_take(&out);
}

char *pg_fixture_database(void)
{
    return fresh_database(pg_fixture_url());
}

char *pg_fixture_private_database(void)
{
    return fresh_database(private_url());
}
