/*
** Inside the HTTP server only: the exchange and what server.c, incoming.c and streams.c share.
** One exchange per request, from the request line to the last byte of the reply:
**
**   raw_uri      (library thread)  makes the exchange, decodes path and query
**   first call   (library thread)  method, body ceilings; a refusal here closes the connection
**   pieces       (library thread)  body to memory or to the spool file, hashed as it passes
**   last piece   (library thread)  suspends the connection, exchange goes to the queue
**   worker                         handle(), then resumes the connection; the exchange is the library's again
**   next call    (library thread)  the reply is queued; never before the body is whole, the library forbids it
**   completed    (library thread)  the exchange is freed
**
** Locks: `jobs` guards the queue, `streams` guards who is suspended as a stream. A stream goes to sleep only under
** `streams` and only if nobody woke the streams since it last looked, so no event is lost; the library's own lock is
** taken inside ours, never the other way round. The pump thread alone resumes streams, so a publisher pays for one
** write to an eventfd however many streams are open.
*/
#pragma once
#include "http/server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>

enum {
    CONNECTION_MEMORY = 32 << 10, /* a head of LIMIT_HEADER and the reply's head beside it */
    STREAM_TEXT = 1 << 20,        /* bytes one call of next() may add */
    LINGERS = 64,                 /* refused connections being drained */
};

enum stage { STAGE_NEW, STAGE_READING, STAGE_WAITING, STAGE_REPLIED };

struct exchange {
    struct http_server *server;
    struct MHD_Connection *connection;
    enum stage stage;
    struct arena arena;
    struct request rq;
    struct response rs;
    const struct error *refused; /* what stands in the way of a handler; in the arena */
    bool upload, queued, linger;
    bool has_spool;   /* counts in server->spools */
    size_t body_held; /* counts in server->body_bytes */
    size_t body_limit, body_seen;
    struct text body;
    crypto_hash_sha256_state hash;
    char peer[INET6_ADDRSTRLEN];
    struct exchange *next_job;

    /* streams; `asleep` and the links belong to server->streams, the rest to the connection's library thread */
    struct exchange *next_stream, *prev_stream;
    bool streaming, asleep, stream_over;
    uint64_t beat; /* the heartbeat last written */
    struct text pending;
    size_t sent;
};

struct worker {
    struct http_worker is;
    struct http_server *server;
    pthread_t thread;
    bool running;
    struct error err; /* of worker_start */
};

struct lingering {
    int fd;
    int64_t until_us;
};

struct http_server {
    struct http_options options;
    int heartbeat_s, max_streams;
    uint16_t port;
    int listener;
    char spool_dir[256];
    struct MHD_Daemon *daemon;

    pthread_mutex_t jobs;
    pthread_cond_t work, settled; /* settled: a worker has started or failed; the last queued exchange is complete */
    struct exchange *first_job, *last_job;
    size_t waiting;    /* in the queue */
    size_t running;    /* at a worker */
    size_t unfinished; /* queued at some time and not completed */
    bool stopping;
    int64_t queue_until_us; /* while stopping: what waits is worked off until then */
    struct worker *workers;
    int started, failed;

    pthread_mutex_t streams;
    struct exchange *stream_list;
    int stream_count;
    struct lingering lingers[LINGERS];
    int linger_count;
    bool pump_running;
    pthread_t pump;
    int pump_fd;              /* eventfd */
    _Atomic bool pump_called; /* the eventfd is already raised */
    _Atomic bool streams_ending;
    _Atomic int64_t body_bytes;    /* of all bodies in memory now; LIMIT_BODIES at most */
    _Atomic int spools;            /* uploads on disk now; LIMIT_SPOOLS at most */
    _Atomic uint64_t wakes, beats; /* how often streams were woken, how many heartbeats were due */
};

/* incoming.c: from the request line to the last byte of the body */
void *exchange_new(void *cls, const char *uri, struct MHD_Connection *connection); /* raw_uri */
struct error *exchange_refusal(struct exchange *x);                                /* the first one stands */
void exchange_refuse(struct exchange *x, const struct error *err); /* instead of whatever reply there was */
void exchange_refuse_size(struct exchange *x);
void exchange_refuse_length(struct exchange *x);
int exchange_socket(const struct exchange *x); /* -1: none */
void response_start(struct response *rs);
void response_drop(struct response *rs);
enum MHD_Result body_take(struct exchange *x, const char *bytes, size_t size); /* MHD_NO cuts the connection */
void body_finish(struct exchange *x);
void body_room_back(struct exchange *x);

/* streams.c: event streams, connections drained after a refusal, and the thread that looks after both */
int stream_admit(struct exchange *x, struct error *err);
void stream_leave(struct exchange *x);
ssize_t stream_read(void *exchange, uint64_t position, char *out, size_t room); /* the library's content reader */
void exchange_linger(struct exchange *x);
void pump_call(struct http_server *s);
void *pump_main(void *server);
