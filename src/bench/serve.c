/*
** Lists as people at browsers ask for them: over loopback, with the page's own addresses, many at once. Beside it a bare handler
** of the same library with as many threads, which runs the same statements and sends as many bytes.
*/
#include "access/query.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "bench/bench.h"
#include "bench/program.h"
#include "domain/hazard/hazard.h"
#include "domain/ladder.h"

#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A client that waits asks once a second: a list a second from each of them is more than people ask. */
enum { PACE_US = 1000000, SAMPLES = 200000, BARE_THREADS = 8, THREAD_ROOM = 256 * 1024 };

static const struct narrowing {
    const char *name, *field, *value, *written; /* written: as it stands in an address */
} narrowings[] = {
    { "no filter", NULL, NULL, "" },
    { "rare state", "state.in", "found", "&state.in=found" },
    { "sector", "enterprise.sector", "HAZCHEM", "&enterprise.sector=HAZCHEM" },
    { "word 损坏", "q", "损坏", "&q=%E6%8D%9F%E5%9D%8F" },
};

/* ---- what is asked ---- */

struct question {
    const struct bench_reader *reader;
    const struct narrowing *by;
    const char *sort;
    bool descending;
    char path[160];
    size_t bytes; /* of the program's answer */
    struct actor actor;
    struct filter filter;
};

enum { QUESTIONS = BENCH_READERS * COUNT(narrowings) * 6 };
struct questions {
    struct question at[QUESTIONS];
    size_t count;
};

static struct questions *questions_new(struct arena *arena, const struct bench_serve *b)
{
    struct questions *all = ARENA_NEW(arena, struct questions);
    for (size_t r = 0; r < b->reader_count; r++)
        for (size_t f = 0; f < COUNT(narrowings); f++)
            for (size_t s = 0; s < 6 && hazard_kind.sorts[s / 2]; s++) {
                struct question *q = &all->at[all->count++];
                *q = (struct question){ .reader = &b->readers[r],
                                        .by = &narrowings[f],
                                        .sort = hazard_kind.sorts[s / 2],
                                        .descending = s % 2 == 0 };
                snprintf(q->path, sizeof q->path, "/api/v1/hazards?sort=%s%s%s&limit=50&count=capped",
                         q->descending ? "-" : "", q->sort, q->by->written);
            }
    return all;
}

/* ---- who asks ---- */

struct sample {
    int32_t question, us;
};

struct load {
    int port;
    bool bare;
    int64_t pace_us; /* 0: the next question at once */
    int64_t until_us;
    const struct questions *questions;
    int clients;
};

struct asker {
    const struct load *load;
    pthread_t thread;
    int number;
    struct sample *samples;
    size_t count, room;
    char *reply;
    int failed; /* the status that was not 200; -1 when the connection broke */
    bool running;
};

static void sleep_until(int64_t us)
{
    int64_t left = us - clock_ticks_us();
    struct timespec wait = { left / 1000000, left % 1000000 * 1000 };
    if (left > 0)
        nanosleep(&wait, NULL);
}

static void *ask_on(void *args)
{
    struct asker *a = args;
    const struct load *load = a->load;
    struct client client = { .port = load->port, .fd = -1, .room = a->reply };
    int64_t next = clock_ticks_us() + load->pace_us * a->number / load->clients;
    for (size_t i = (size_t)a->number * 7; !a->failed && a->count < a->room; i++) {
        size_t at = i % load->questions->count, bytes;
        const struct question *q = &load->questions->at[at];
        char bare[32];
        snprintf(bare, sizeof bare, "/%zu", at);
        if (load->pace_us)
            sleep_until(next);
        int64_t began = clock_ticks_us();
        if (began >= load->until_us)
            break;
        int status = client_ask(&client, load->bare ? NULL : q->reader->token, load->bare ? bare : q->path, &bytes);
        if (status != 200)
            a->failed = status ? status : -1;
        /* A client that had to wait for its turn has waited since then. */
        int64_t since = load->pace_us ? next : began;
        a->samples[a->count++] = (struct sample){ (int32_t)at, (int32_t)(clock_ticks_us() - since) };
        next += load->pace_us;
    }
    client_close(&client);
    return NULL;
}

struct told {
    double per_second;
    int64_t p50, p99, most;
    size_t count;
    int32_t worst; /* the question with the highest median */
    int64_t worst_p50;
};

static void sum_up(struct asker *askers, int clients, size_t questions, double seconds, struct told *out)
{
    AUTO_ARENA arena = { 0 };
    size_t count = 0, n = 0;
    for (int i = 0; i < clients; i++)
        count += askers[i].count;
    int64_t *all = ARENA_ARRAY(&arena, int64_t, count + 1);
    *out = (struct told){ .per_second = (double)count / seconds, .count = count };
    for (size_t q = 0; q < questions; q++) {
        size_t from = n;
        for (int i = 0; i < clients; i++)
            for (size_t k = 0; k < askers[i].count; k++)
                if (askers[i].samples[k].question == (int32_t)q)
                    all[n++] = askers[i].samples[k].us;
        int64_t median = bench_percentile(all + from, n - from, 50);
        if (median > out->worst_p50) {
            out->worst_p50 = median;
            out->worst = (int32_t)q;
        }
    }
    out->p50 = bench_percentile(all, n, 50);
    out->p99 = bench_percentile(all, n, 99);
    out->most = n ? all[n - 1] : 0;
}

static int run_load(struct load *load, int seconds, struct told *out, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct asker *askers = ARENA_ARRAY(&arena, struct asker, (size_t)load->clients);
    pthread_attr_t attributes;
    int got = 0;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, THREAD_ROOM);
    int64_t began = clock_ticks_us();
    load->until_us = began + (int64_t)seconds * 1000000;
    for (int i = 0; i < load->clients; i++) {
        size_t room = (size_t)(SAMPLES / load->clients);
        askers[i] = (struct asker){ .load = load, .number = i, .room = room };
        askers[i].samples = ARENA_ARRAY(&arena, struct sample, room);
        askers[i].reply = ARENA_ARRAY(&arena, char, CLIENT_REPLY + 1);
        askers[i].running = pthread_create(&askers[i].thread, &attributes, ask_on, &askers[i]) == 0;
    }
    pthread_attr_destroy(&attributes);
    for (int i = 0; i < load->clients; i++) {
        if (askers[i].running)
            pthread_join(askers[i].thread, NULL);
        if (got == 0 && (askers[i].failed || !askers[i].running))
            got = fail(err, FAULT_INTERNAL, "bench.serve", "第 %d 个客户端没有得到列表（%d）",
                       "Client %d got no list (%d)", i + 1, askers[i].failed);
    }
    if (got == 0)
        sum_up(askers, load->clients, load->questions->count, (double)(clock_ticks_us() - began) / 1e6, out);
    return got;
}

static void say(const char *who, const char *how, const struct questions *questions, const struct told *t)
{
    const struct question *q = &questions->at[t->worst];
    printf("%-8s %-12s %6zu lists  %7.0f/s  p50 %.1f ms  p99 %.1f ms  most %.1f ms; highest median %.1f ms: %s, %s, "
           "%s%s\n",
           who, how, t->count, t->per_second, (double)t->p50 / 1000, (double)t->p99 / 1000, (double)t->most / 1000,
           (double)t->worst_p50 / 1000, q->reader->role, q->by->name, q->descending ? "-" : "", q->sort);
    fflush(stdout);
}

/* ---- the bare handler ---- */

struct bare {
    struct store *store;
    const struct questions *questions;
    char *bytes; /* as many as the longest answer has */
};

static int bare_list(struct db *db, const struct question *q, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct scope scope;
    size_t bytes;
    if (list_scope(&q->actor, &hazard_kind, "read", &q->filter, &scope, err) < 0)
        return -1;
    struct list_query query = { .kind = &hazard_kind,
                                .actor = &q->actor,
                                .scope = &scope,
                                .filter = &q->filter,
                                .sort = q->sort,
                                .descending = q->descending,
                                .limit = 50,
                                .count = COUNT_CAPPED };
    return list_step(db, &query, &arena, &bytes, err);
}

static enum MHD_Result bare_answer(void *args, struct MHD_Connection *connection, const char *url, const char *method,
                                   const char *version, const char *upload, size_t *upload_size, void **state)
{
    const struct bare *bare = args;
    struct error err = { 0 };
    struct db *db;
    unsigned number = 0;
    (void)method;
    (void)version;
    (void)upload;
    (void)upload_size;
    /* Answered at its first call the connection would be closed. */
    static char begun;
    if (!*state) {
        *state = &begun;
        return MHD_YES;
    }
    if (sscanf(url, "/%u", &number) != 1 || number >= bare->questions->count)
        return MHD_NO;
    const struct question *q = &bare->questions->at[number];
    if (store_reader(bare->store, &db, &err) < 0)
        return MHD_NO;
    int got = bare_list(db, q, &err);
    store_reader_back(bare->store, db);
    if (got < 0) {
        log_event(LOG_ERROR, "bench.bare", "why", err.en, NULL);
        return MHD_NO;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(q->bytes, bare->bytes, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result sent = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return sent;
}

static int run_bare(struct house *house, struct questions *questions, struct load *load, int seconds, struct told *out,
                    struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct bare bare = { .store = house->store, .questions = questions };
    struct db *db;
    size_t longest = 1;
    int got = 0;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    for (size_t i = 0; got == 0 && i < questions->count; i++) {
        struct question *q = &questions->at[i];
        struct filter_pair pair = { q->by->field, q->by->value };
        longest = q->bytes > longest ? q->bytes : longest;
        if ((got = actor_load(db, q->reader->account, day_of_ms(clock_now_ms()), &arena, &q->actor, err)) == 0)
            got = filter_parse(&hazard_kind, &pair, q->by->field ? 1 : 0, &arena, &q->filter, err);
    }
    store_reader_back(house->store, db);
    if (got < 0)
        return -1;
    bare.bytes = ARENA_ARRAY(&arena, char, longest);
    memset(bare.bytes, ' ', longest);
    /* Each thread of the pool gets its share of the limit, and may be given all connections. */
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)load->port, NULL, NULL, bare_answer, &bare,
                         MHD_OPTION_THREAD_POOL_SIZE, (unsigned)BARE_THREADS, MHD_OPTION_CONNECTION_LIMIT,
                         (unsigned)(load->clients * BARE_THREADS), MHD_OPTION_END);
    if (!daemon)
        return fail(err, FAULT_INTERNAL, "bench.serve", "无法启动对照程序", "The bare handler does not start");
    load->bare = true;
    got = run_load(load, seconds, out, err);
    MHD_stop_daemon(daemon);
    return got;
}

/* ---- the whole ---- */

/* What fell due while nobody ran, days of it in a demonstration made long ago, would be told beside the first lists. */
static int catch_up(const struct bench_serve *b, struct error *err)
{
    struct ladder_run did = { .more = true };
    struct house house;
    int got = 0;
    if (b->open(b->options, &house, err) < 0)
        return -1;
    while (got == 0 && did.more)
        got = ladder_run(&house, clock_now_ms(), &did, err);
    b->close(&house);
    return got;
}

/* Each question once: a reader that may not ask it, or an answer that is none, ends the measurement. */
static int learn_sizes(struct questions *questions, int port, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct client client = { .port = port, .fd = -1, .room = ARENA_ARRAY(&arena, char, CLIENT_REPLY + 1) };
    int got = 0;
    for (size_t i = 0; got == 0 && i < questions->count; i++) {
        struct question *q = &questions->at[i];
        int status = client_ask(&client, q->reader->token, q->path, &q->bytes);
        if (status != 200)
            got = fail(err, FAULT_INTERNAL, "bench.serve", "%s 问 %s：%d", "%s asking %s: %d", q->reader->role, q->path,
                       status);
    }
    client_close(&client);
    return got;
}

int bench_serve(const struct bench_serve *b, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct program p = { .folder = b->folder, .db = b->db };
    struct questions *questions = questions_new(&arena, b);
    struct load load = { .questions = questions, .clients = b->clients };
    struct told calm = { 0 }, flat = { 0 }, bare = { 0 };
    struct error ended = { 0 };
    struct house house;
    double sha = bench_yardstick();
    if (catch_up(b, err) < 0 || program_start(&p, err) < 0)
        return -1;
    load.port = p.port;
    load.pace_us = PACE_US;
    int got = learn_sizes(questions, p.port, err);
    if (got == 0 && (got = run_load(&load, b->seconds, &calm, err)) == 0)
        say("anlan", "one a second", questions, &calm);
    load.pace_us = 0;
    if (got == 0 && (got = run_load(&load, b->seconds, &flat, err)) == 0)
        say("anlan", "at once", questions, &flat);
    if (program_stop(&p, &ended) < 0 && got == 0) {
        *err = ended;
        got = -1;
    }
    if (got < 0 || b->open(b->options, &house, err) < 0)
        return -1;
    got = run_bare(&house, questions, &load, b->seconds, &bare, err);
    b->close(&house);
    if (got < 0)
        return -1;
    say("bare", "at once", questions, &bare);
    double after = bench_yardstick();
    printf("%d clients; of the bare handler's lists the program serves %.0f %%\nyardstick %.0f MB/s then %.0f MB/s%s\n",
           b->clients, 100 * flat.per_second / bare.per_second, sha, after, after < sha * 0.85 ? " (void)" : "");
    return 0;
}
