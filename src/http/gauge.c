#include "http/gauge.h"

#include "base/clock.h"
#include "domain/ladder.h"
#include "jobs/jobs.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PLACES = 512, OTHERS = 3, BUCKETS = 12, METRICS_BYTES = 4 << 20 };

static const int statuses[] = { 200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 405, 409,
                                410, 412, 413, 415, 422, 428, 429, 500, 503, 507, 0 /* any other */ };
static const int bounds_ms[BUCKETS] = { 1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10000 };

static struct {
    _Atomic uint64_t by_status[COUNT(statuses)];
    _Atomic uint64_t by_time[BUCKETS + 1];
    _Atomic uint64_t us;
} counts[PLACES + OTHERS];

void gauge_count(long place, int status, int64_t took_us)
{
    size_t at = place >= 0 && place < PLACES ? (size_t)place : PLACES + (size_t)(place < 0 ? -1 - place : 1);
    size_t word = 0, bucket = 0;
    while (statuses[word] && statuses[word] != status)
        word++;
    while (bucket < BUCKETS && took_us > bounds_ms[bucket] * 1000LL)
        bucket++;
    atomic_fetch_add(&counts[at].by_status[word], 1);
    atomic_fetch_add(&counts[at].by_time[bucket], 1);
    atomic_fetch_add(&counts[at].us, (uint64_t)took_us);
}

/* ---- health ---- */

static int64_t free_mb(const struct web *web)
{
    struct statvfs disk;
    return statvfs(web->house->folder, &disk) == 0 ? (int64_t)(disk.f_bavail * (disk.f_frsize >> 10)) >> 10 : -1;
}

static bool store_answers(const struct web *web)
{
    struct error err = { 0 };
    struct db *db = NULL;
    int64_t one;
    bool found;
    bool ready = store_reader(web->house->store, &db, &err) == 0 &&
                 db_get_int(db, "SELECT 1", NO_BINDS, &one, &found, &err) == 0;
    if (db)
        store_reader_back(web->house->store, db);
    return ready;
}

bool gauge_health(const struct web *web, const struct request *rq, struct response *rs)
{
    bool ready = strcmp(rq->path, "/readyz") == 0;
    if (!ready && strcmp(rq->path, "/healthz") != 0)
        return false;
    rs->type = "text/plain; charset=utf-8";
    const char *lacks = !ready ? NULL : !store_answers(web) ? "store" : free_mb(web) < web->min_free_mb ? "disk" : NULL;
    rs->status = lacks ? 503 : 200;
    if (lacks)
        response_header(rs, "Retry-After", "2");
    text_printf(&rs->body, "%s\n", lacks ? lacks : "ok");
    return true;
}

/* ---- figures ---- */

static void head(struct text *out, const char *name, const char *type, const char *help)
{
    text_printf(out, "# HELP anlan_%s %s\n# TYPE anlan_%s %s\n", name, help, name, type);
}

static void figure(struct text *out, const char *name, const char *type, const char *help, int64_t value)
{
    head(out, name, type, help);
    text_printf(out, "anlan_%s %" PRId64 "\n", name, value);
}

static void put_place(struct text *out, size_t at)
{
    static const char *const methods[] = { "GET", "POST", "PATCH", "PUT", "DELETE" };
    static const char *const others[OTHERS] = { "pages", "unknown", "refused" };
    if (at >= PLACES)
        text_printf(out, "method=\"\",route=\"%s\"", others[at - PLACES]);
    else
        text_printf(out, "method=\"%s\",route=\"%s\"", methods[routes[at].method], routes[at].pattern);
}

static uint64_t count_of(size_t at)
{
    uint64_t all = 0;
    for (size_t i = 0; i <= BUCKETS; i++)
        all += atomic_load(&counts[at].by_time[i]);
    return all;
}

static void put_requests(struct text *out)
{
    head(out, "http_requests_total", "counter", "Requests answered, by route and status.");
    for (size_t at = 0; at < COUNT(counts); at++) {
        for (size_t i = 0; i < COUNT(statuses); i++) {
            uint64_t n = atomic_load(&counts[at].by_status[i]);
            if (n == 0)
                continue;
            text_str(out, "anlan_http_requests_total{");
            put_place(out, at);
            if (statuses[i])
                text_printf(out, ",status=\"%d\"} %" PRIu64 "\n", statuses[i], n);
            else
                text_printf(out, ",status=\"other\"} %" PRIu64 "\n", n);
        }
    }
    head(out, "http_request_seconds", "histogram", "Time in the handler, by route.");
    for (size_t at = 0; at < COUNT(counts); at++) {
        uint64_t all = count_of(at), sum = 0;
        for (size_t i = 0; all && i <= BUCKETS; i++) {
            sum += atomic_load(&counts[at].by_time[i]);
            text_str(out, "anlan_http_request_seconds_bucket{");
            put_place(out, at);
            if (i < BUCKETS)
                text_printf(out, ",le=\"%d.%03d\"} %" PRIu64 "\n", bounds_ms[i] / 1000, bounds_ms[i] % 1000, sum);
            else
                text_printf(out, ",le=\"+Inf\"} %" PRIu64 "\n", sum);
        }
        if (!all)
            continue;
        uint64_t us = atomic_load(&counts[at].us);
        text_str(out, "anlan_http_request_seconds_sum{");
        put_place(out, at);
        text_printf(out, "} %" PRIu64 ".%06" PRIu64 "\nanlan_http_request_seconds_count{", us / 1000000, us % 1000000);
        put_place(out, at);
        text_printf(out, "} %" PRIu64 "\n", sum);
    }
}

static void put_server(struct text *out, const struct web *web)
{
    struct http_load load;
    http_load(web->server, &load);
    figure(out, "http_connections", "gauge", "Connections open.", load.connections);
    figure(out, "http_waiting", "gauge", "Requests that wait for a worker.", load.waiting);
    figure(out, "http_running", "gauge", "Requests a worker is at.", load.running);
    figure(out, "streams", "gauge", "Event streams open.", load.streams);
}

static void put_store(struct text *out, const struct web *web)
{
    struct store_stats s;
    uint64_t sum = 0;
    store_stats(web->house->store, &s);
    figure(out, "store_waiting", "gauge", "Write jobs not begun.", s.waiting);
    figure(out, "store_readers", "gauge", "Connections kept for reading.", s.readers);
    figure(out, "store_readers_idle", "gauge", "Those of them nobody uses.", s.readers_idle);
    figure(out, "store_jobs_total", "counter", "Write jobs answered.", (int64_t)s.jobs);
    figure(out, "store_jobs_failed_total", "counter", "Write jobs answered with an error, refusals of a rule included.",
           (int64_t)s.failed);
    figure(out, "store_groups_lost_total", "counter", "Groups that could not be committed together and ran one by one.",
           (int64_t)s.alone);
    head(out, "store_commit_seconds_total", "counter", "Time spent in commits.");
    text_printf(out, "anlan_store_commit_seconds_total %" PRIu64 ".%06" PRIu64 "\n", s.commit_us / 1000000,
                s.commit_us % 1000000);
    head(out, "store_commit_jobs", "histogram", "Jobs that one commit was for.");
    for (int i = 0; i < STORE_GROUPS - 1; i++)
        text_printf(out, "anlan_store_commit_jobs_bucket{le=\"%d\"} %" PRIu64 "\n", store_group_bounds[i],
                    sum += s.grouped[i]);
    text_printf(out,
                "anlan_store_commit_jobs_bucket{le=\"+Inf\"} %" PRIu64 "\nanlan_store_commit_jobs_sum %" PRIu64
                "\nanlan_store_commit_jobs_count %" PRIu64 "\n",
                s.commits, s.jobs, s.commits);
}

/* Figures the store has to be asked for; when it does not answer they are left out and anlan_store_up says so. */
static void put_rows(struct text *out, const struct web *web, int64_t now)
{
    struct error err = { 0 };
    struct db *db = NULL;
    int64_t sessions, waiting, running, lag, bytes;
    bool up = store_reader(web->house->store, &db, &err) == 0 &&
              session_count(db, now, web->rules.idle_ms, &sessions, &err) == 0 &&
              jobs_count(db, &waiting, &running, &err) == 0 && ladder_lag(db, day_of_ms(now), &lag, &err) == 0 &&
              db_size(db, &bytes, &err) == 0;
    if (db)
        store_reader_back(web->house->store, db);
    figure(out, "store_up", "gauge", "1 when the store answers.", up);
    if (!up)
        return;
    figure(out, "sessions", "gauge", "Sessions in force.", sessions);
    head(out, "jobs", "gauge", "Background jobs that have not ended.");
    text_printf(out, "anlan_jobs{state=\"waiting\"} %" PRId64 "\nanlan_jobs{state=\"running\"} %" PRId64 "\n", waiting,
                running);
    figure(out, "ladder_lag_days", "gauge", "Days the oldest rung of an escalation is behind.", lag);
    figure(out, "database_bytes", "gauge", "Size of the database.", bytes);
}

static int64_t resident_bytes(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file)
        return 0;
    int got = fscanf(file, "%*d %ld", &pages);
    fclose(file);
    return got == 1 ? pages * sysconf(_SC_PAGESIZE) : 0;
}

static void put_process(struct text *out, const struct gauge *gauge, int64_t now)
{
    head(out, "info", "gauge", "Version of the program.");
    text_printf(out, "anlan_info{version=\"%s\",engine=\"%s\"} 1\n", gauge->web->version,
                store_engine(gauge->web->house->store) == STORE_SQLITE ? "sqlite" : "postgresql");
    figure(out, "uptime_seconds", "gauge", "Since the start.", (now - gauge->started_ms) / 1000);
    figure(out, "resident_bytes", "gauge", "Memory of the process.", resident_bytes());
    figure(out, "disk_free_bytes", "gauge", "Room on the disk of the data folder.", free_mb(gauge->web) << 20);
}

static bool may_read(const struct gauge *gauge, const struct request *rq)
{
    const char *given = request_header(rq, "Authorization");
    if (!gauge->key)
        return true;
    if (!given || strncasecmp(given, "Bearer ", 7) != 0)
        return false;
    unsigned char a[crypto_generichash_BYTES], b[crypto_generichash_BYTES];
    crypto_generichash(a, sizeof a, (const unsigned char *)given + 7, strlen(given + 7), NULL, 0);
    crypto_generichash(b, sizeof b, (const unsigned char *)gauge->key, strlen(gauge->key), NULL, 0);
    return sodium_memcmp(a, b, sizeof a) == 0;
}

void gauge_handle(void *app, struct http_worker *worker, struct request *rq, struct response *rs)
{
    const struct gauge *gauge = app;
    int64_t now = clock_now_ms();
    (void)worker;
    rs->type = "text/plain; version=0.0.4; charset=utf-8";
    rs->body.limit = METRICS_BYTES;
    response_header(rs, "Cache-Control", "no-store");
    if (strcmp(rq->path, "/metrics") != 0) {
        rs->status = 404;
    } else if (rq->method != HTTP_GET && rq->method != HTTP_HEAD) {
        rs->status = 405;
        response_header(rs, "Allow", "GET, HEAD");
    } else if (!may_read(gauge, rq)) {
        rs->status = 401;
        response_header(rs, "WWW-Authenticate", "Bearer");
    } else {
        put_process(&rs->body, gauge, now);
        put_server(&rs->body, gauge->web);
        put_requests(&rs->body);
        put_store(&rs->body, gauge->web);
        put_rows(&rs->body, gauge->web, now);
    }
}
