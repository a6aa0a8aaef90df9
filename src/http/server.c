/*
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
#include "http/server.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    POOL = 2,                     /* library threads */
    CONNECTIONS = 4096,           /* open at once: the streams and as many again */
    CONNECTION_MEMORY = 32 << 10, /* a head of LIMIT_HEADER and the reply's head beside it */
    IDLE_S = 30,
    QUEUE = 4096, /* requests waiting for a worker */
    WORKER_STACK = 512 << 10,
    HEARTBEAT_S = 15,
    STREAM_TEXT = 1 << 20, /* bytes one call of next() may add */
    STREAM_KEEP = 4 << 10, /* a sleeping stream keeps no larger buffer than this */
    LINGERS = 64,          /* refused connections being drained */
    LINGER_MS = 5000,
    DRAIN_MS = 2000, /* http_stop waits this long for clients to take their replies */
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
    size_t unfinished; /* queued at some time and not completed */
    bool stopping;
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

/* ---- what handlers ask of a request ---- */

const char *request_header(const struct request *rq, const char *name)
{
    const struct exchange *x = rq->impl;
    if (x)
        return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
    for (size_t i = 0; i < rq->header_count; i++)
        if (strcasecmp(rq->headers[i].name, name) == 0)
            return rq->headers[i].value;
    return NULL;
}

const char *request_cookie(const struct request *rq, const char *name)
{
    const struct exchange *x = rq->impl;
    if (x)
        return MHD_lookup_connection_value(x->connection, MHD_COOKIE_KIND, name);
    const char *header = request_header(rq, "Cookie");
    size_t n = strlen(name);
    while (header && *header) {
        header += strspn(header, "; ");
        size_t size = strcspn(header, ";");
        if (size > n && strncmp(header, name, n) == 0 && header[n] == '=')
            return arena_strn(rq->arena, header + n + 1, size - n - 1);
        header += size;
    }
    return NULL;
}

const char *request_query(const struct request *rq, const char *name)
{
    for (size_t i = 0; i < rq->query_count; i++)
        if (strcmp(rq->query[i].name, name) == 0)
            return rq->query[i].value;
    return NULL;
}

void response_header(struct response *rs, const char *name, const char *value)
{
    if (rs->header_count == sizeof rs->headers / sizeof rs->headers[0]) {
        log_event(LOG_ERROR, "http.headers_full", "name", name, NULL);
        return;
    }
    rs->headers[rs->header_count++] = (struct http_header){ name, value };
}

/* ---- refusing ---- */

static void response_start(struct response *rs)
{
    *rs = (struct response){ .fd = -1, .body = TEXT_LIMIT(LIMIT_REPLY) };
}

static void response_drop(struct response *rs)
{
    if (rs->stream && rs->stream->done)
        rs->stream->done(rs->stream->state);
    rs->stream = NULL;
    if (rs->fd >= 0)
        close(rs->fd);
    rs->fd = -1;
    text_done(&rs->body);
}

/* Replaces whatever reply there was by the application's words for err. */
static void refuse(struct exchange *x, const struct error *err)
{
    const struct http_options *o = &x->server->options;
    response_drop(&x->rs);
    response_start(&x->rs);
    if (o->refuse)
        o->refuse(o->app, err, &x->rs);
    if (x->rs.status == 0)
        x->rs.status = fault_status(err->fault);
}

/* The first refusal stands. */
static struct error *refusal(struct exchange *x)
{
    struct error *err = ARENA_NEW(&x->arena, struct error);
    if (!x->refused)
        x->refused = err;
    return err;
}

static void refuse_size(struct exchange *x)
{
    fail(refusal(x), FAULT_TOO_LARGE, "http.too_large", "请求内容超过 %d MB 的上限，请缩小后重新提交",
         "The request is over the limit of %d MB; make it smaller and send it again", (int)(x->body_limit >> 20));
}

static void refuse_length(struct exchange *x)
{
    fail(refusal(x), FAULT_MALFORMED, "http.length", "请求没有说清内容的长度，请检查发送程序或代理",
         "The request does not say clearly how long its body is; check the sending program or the proxy");
}

/* ---- path and query ---- */

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* NULL when an escape is broken or the result is not UTF-8 without NUL. */
static char *decode(struct arena *arena, const char *at, size_t size, bool plus_is_space)
{
    char *out = arena_alloc(arena, size + 1);
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        if (at[i] == '%') {
            int high = size - i > 2 ? hex(at[i + 1]) : -1;
            int low = high >= 0 ? hex(at[i + 2]) : -1;
            if (low < 0)
                return NULL;
            out[used++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[used++] = at[i] == '+' && plus_is_space ? ' ' : at[i];
        }
    }
    return utf8_valid(out, used) ? out : NULL;
}

static bool has_control(const char *text)
{
    const char *end = text + strlen(text);
    while (text < end) {
        int32_t code = utf8_next(&text, end);
        if (code < 0x20 || (code >= 0x7F && code < 0xA0))
            return true;
    }
    return false;
}

static void read_path(struct exchange *x, const char *uri, size_t size)
{
    char *path = decode(&x->arena, uri, size, false);
    x->rq.path = path ? path : "";
    if (!path || (path[0] != '/' && strcmp(path, "*") != 0) || has_control(path)) {
        fail(refusal(x), FAULT_MALFORMED, "http.path", "地址无法识别，请检查网址是否完整",
             "The address cannot be read; check that it is complete");
    }
}

static void read_query(struct exchange *x, const char *query)
{
    struct http_pair *pair = ARENA_ARRAY(&x->arena, struct http_pair, LIMIT_QUERY);
    x->rq.query = pair;
    while (*query) {
        size_t size = strcspn(query, "&");
        if (size > 0) {
            if (x->rq.query_count == LIMIT_QUERY) {
                fail(refusal(x), FAULT_MALFORMED, "http.query_count", "地址中的查询参数超过 %d 个，请减少条件",
                     "The address has more than %d query parameters; use fewer", LIMIT_QUERY);
                return;
            }
            const char *equals = memchr(query, '=', size);
            size_t name = equals ? (size_t)(equals - query) : size;
            pair->name = decode(&x->arena, query, name, true);
            pair->value = equals ? decode(&x->arena, equals + 1, size - name - 1, true) : "";
            if (!pair->name || !pair->value) {
                fail(refusal(x), FAULT_MALFORMED, "http.query", "地址中的查询参数无法识别，请检查网址是否完整",
                     "A query parameter of the address cannot be read; check that the address is complete");
                return;
            }
            pair++;
            x->rq.query_count++;
        }
        query += size;
        query += *query == '&';
    }
}

/* The library would decode escapes its own way (and stop at %00), so the exchange begins with the raw address. */
static void *on_raw_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *x = memory_new(sizeof *x);
    x->server = cls;
    x->connection = connection;
    x->rq.arena = &x->arena;
    x->rq.body_fd = -1;
    x->rq.peer = x->peer;
    x->rq.impl = x;
    x->body.limit = LIMIT_BODY;
    x->pending.limit = STREAM_TEXT;
    response_start(&x->rs);
    size_t path = strcspn(uri, "?");
    read_path(x, uri, path);
    if (uri[path] == '?')
        read_query(x, uri + path + 1);
    return x;
}

/* ---- the body ---- */

static int open_spool(const char *dir)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    char name[sizeof((struct http_server *)0)->spool_dir + 32];
    snprintf(name, sizeof name, "%s/upload-XXXXXX", dir);
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    return fd;
}

static int spool(struct exchange *x, const char *bytes, size_t size)
{
    if (x->rq.body_fd < 0)
        x->rq.body_fd = open_spool(x->server->spool_dir);
    while (size > 0 && x->rq.body_fd >= 0) {
        ssize_t n = write(x->rq.body_fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        bytes += n;
        size -= (size_t)n;
    }
    if (size == 0)
        return 0;
    if (errno == ENOSPC || errno == EDQUOT)
        return fail(refusal(x), FAULT_FULL, "http.spool_full", "服务器磁盘空间不足，文件未收下，请通知管理员清理磁盘",
                    "The server's disk is full and the file was not taken; ask the administrator to make room");
    const char *why = strerror(errno);
    log_event(LOG_ERROR, "http.spool", "dir", x->server->spool_dir, "why", why, NULL);
    return fail(refusal(x), FAULT_INTERNAL, "http.spool", "文件无法暂存：%s，请通知管理员检查临时目录",
                "The file cannot be stored for now: %s; ask the administrator to check the temporary folder", why);
}

/* Bodies come before anybody has signed in, so what all of them together may take has a ceiling of its own. */
static int take_room(struct exchange *x, size_t size)
{
    struct http_server *s = x->server;
    bool over;
    if (x->upload) {
        over = !x->has_spool && atomic_fetch_add(&s->spools, 1) >= LIMIT_SPOOLS;
        x->has_spool = true;
    } else {
        over = atomic_fetch_add(&s->body_bytes, (int64_t)size) + (int64_t)size > LIMIT_BODIES;
        x->body_held += size;
    }
    if (!over)
        return 0;
    text_done(&x->body);
    return fail(refusal(x), FAULT_UNAVAILABLE, "http.bodies", "服务器正忙，请稍后再提交",
                "The server is busy; send it again soon");
}

static void give_room_back(struct exchange *x)
{
    if (x->has_spool)
        atomic_fetch_sub(&x->server->spools, 1);
    atomic_fetch_sub(&x->server->body_bytes, (int64_t)x->body_held);
}

/* MHD_NO cuts the connection. */
static enum MHD_Result take_piece(struct exchange *x, const char *bytes, size_t size)
{
    x->body_seen += size;
    if (x->body_seen > x->body_limit * 2) /* swallowed enough */
        return MHD_NO;
    if (x->refused)
        return MHD_YES;
    if (x->body_seen > x->body_limit) {
        refuse_size(x);
        text_done(&x->body);
        return MHD_YES;
    }
    if (take_room(x, size) < 0)
        return MHD_YES;
    crypto_hash_sha256_update(&x->hash, (const unsigned char *)bytes, size);
    if (x->upload)
        spool(x, bytes, size);
    else
        text_add(&x->body, bytes, size);
    return MHD_YES;
}

static void finish_body(struct exchange *x)
{
    x->rq.body_size = x->body_seen;
    if (x->body_seen == 0)
        return;
    crypto_hash_sha256_final(&x->hash, x->rq.body_sha256);
    if (x->upload)
        lseek(x->rq.body_fd, 0, SEEK_SET);
    else
        x->rq.body = text_get(&x->body);
}

/* ---- streams ---- */

static void call_pump(struct http_server *s)
{
    if (atomic_exchange(&s->pump_called, true))
        return;
    uint64_t one = 1;
    while (write(s->pump_fd, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

void http_wake_streams(struct http_server *server)
{
    atomic_fetch_add(&server->wakes, 1);
    call_pump(server);
}

int http_stream_count(const struct http_server *server)
{
    struct http_server *s = (struct http_server *)(uintptr_t)server;
    pthread_mutex_lock(&s->streams);
    int count = s->stream_count;
    pthread_mutex_unlock(&s->streams);
    return count;
}

static int socket_of(const struct exchange *x)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

static int stream_admit(struct exchange *x, struct error *err)
{
    struct http_server *s = x->server;
    pthread_mutex_lock(&s->streams);
    bool full = s->stream_count >= s->max_streams;
    if (!full) {
        s->stream_count++;
        x->streaming = true;
        x->beat = atomic_load(&s->beats);
        x->next_stream = s->stream_list;
        if (x->next_stream)
            x->next_stream->prev_stream = x;
        s->stream_list = x;
    }
    pthread_mutex_unlock(&s->streams);
    if (!full) {
        /* A cable that was pulled never says goodbye: give up once heartbeats stay unacknowledged. */
        unsigned patience_ms = (unsigned)s->heartbeat_s * 3000;
        setsockopt(socket_of(x), IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, sizeof patience_ms);
        return 0;
    }
    err->retry_after_s = 60;
    return fail(err, FAULT_UNAVAILABLE, "http.streams",
                "实时更新的连接已达 %d 个的上限，页面可手动刷新，稍后会自动重连",
                "All %d live connections are taken; refresh by hand, the page connects again later", s->max_streams);
}

static void stream_leave(struct exchange *x)
{
    struct http_server *s = x->server;
    if (!x->streaming)
        return;
    pthread_mutex_lock(&s->streams);
    if (x->prev_stream)
        x->prev_stream->next_stream = x->next_stream;
    else
        s->stream_list = x->next_stream;
    if (x->next_stream)
        x->next_stream->prev_stream = x->prev_stream;
    s->stream_count--;
    pthread_mutex_unlock(&s->streams);
}

/* The other end has closed or broken the connection. One that only closed its sending half counts as gone too:
** no reader of event streams does that. */
static bool client_gone(const struct exchange *x)
{
    char byte;
    ssize_t n = recv(socket_of(x), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

/* Fills pending with what is due. False: the stream has to end without another word. */
static bool stream_gather(struct exchange *x, size_t room)
{
    uint64_t beats = atomic_load(&x->server->beats);
    if (x->beat != beats) {
        if (client_gone(x))
            return false;
        x->beat = beats;
        text_str(&x->pending, ": \n\n");
    }
    while (!x->stream_over && x->pending.used < room) {
        size_t before = x->pending.used;
        x->stream_over = !x->rs.stream->next(x->rs.stream->state, &x->pending);
        if (x->pending.used == before)
            break;
    }
    if (text_ok(&x->pending))
        return true;
    log_event(LOG_ERROR, "http.stream_text", "path", x->rq.path, NULL);
    return false;
}

/* True when the connection now sleeps until the pump wakes it. */
static bool stream_sleep(struct exchange *x, uint64_t seen)
{
    struct http_server *s = x->server;
    pthread_mutex_lock(&s->streams);
    bool quiet =
        !atomic_load(&s->streams_ending) && atomic_load(&s->wakes) == seen && atomic_load(&s->beats) == x->beat;
    if (quiet) {
        x->asleep = true;
        MHD_suspend_connection(x->connection);
    }
    pthread_mutex_unlock(&s->streams);
    return quiet;
}

static ssize_t on_stream(void *cls, uint64_t position, char *out, size_t room)
{
    struct exchange *x = cls;
    (void)position;
    for (;;) {
        size_t left = x->pending.used - x->sent;
        if (left > 0) {
            size_t size = left < room ? left : room;
            memcpy(out, x->pending.at + x->sent, size);
            x->sent += size;
            return (ssize_t)size;
        }
        text_clear(&x->pending);
        x->sent = 0;
        if (x->stream_over || atomic_load(&x->server->streams_ending))
            return MHD_CONTENT_READER_END_OF_STREAM;
        uint64_t seen = atomic_load(&x->server->wakes);
        if (!stream_gather(x, room))
            return MHD_CONTENT_READER_END_WITH_ERROR;
        if (x->pending.used > 0 || x->stream_over)
            continue;
        if (x->pending.room > STREAM_KEEP)
            text_done(&x->pending);
        if (stream_sleep(x, seen))
            return 0;
    }
}

static void resume_streams(struct http_server *s)
{
    pthread_mutex_lock(&s->streams);
    for (struct exchange *x = s->stream_list; x; x = x->next_stream) {
        if (x->asleep) {
            x->asleep = false;
            MHD_resume_connection(x->connection);
        }
    }
    pthread_mutex_unlock(&s->streams);
}

/* ---- lingering ----
** A connection refused before its body was read must not be closed at once: unread bytes make the kernel reset it, and
** the reset destroys the reply on its way. The library closes its descriptor; the pump keeps a duplicate and reads the
** rest away until the client has closed or LINGER_MS have passed. */

static void linger(struct exchange *x)
{
    struct http_server *s = x->server;
    int fd = fcntl(socket_of(x), F_DUPFD_CLOEXEC, 3);
    if (fd < 0)
        return;
    shutdown(fd, SHUT_WR);
    pthread_mutex_lock(&s->streams);
    bool room = s->linger_count < LINGERS;
    if (room)
        s->lingers[s->linger_count++] = (struct lingering){ fd, clock_ticks_us() + LINGER_MS * 1000LL };
    pthread_mutex_unlock(&s->streams);
    if (room)
        call_pump(s);
    else
        close(fd);
}

static bool drained(int fd)
{
    char bytes[16384];
    for (int i = 0; i < 16; i++) {
        ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return true;
        if (n < 0)
            return false;
    }
    return false;
}

static void drain_lingers(struct http_server *s)
{
    int64_t now = clock_ticks_us();
    pthread_mutex_lock(&s->streams);
    for (int i = s->linger_count - 1; i >= 0; i--) {
        if (drained(s->lingers[i].fd) || now >= s->lingers[i].until_us) {
            close(s->lingers[i].fd);
            s->lingers[i] = s->lingers[--s->linger_count];
        }
    }
    pthread_mutex_unlock(&s->streams);
}

/* ---- the pump: wakes streams, beats, drains ---- */

static int pump_wait(struct http_server *s, int64_t next_beat_us)
{
    struct pollfd fds[1 + LINGERS] = { { .fd = s->pump_fd, .events = POLLIN } };
    nfds_t count = 1;
    int64_t until = next_beat_us;
    pthread_mutex_lock(&s->streams);
    for (int i = 0; i < s->linger_count; i++) {
        fds[count++] = (struct pollfd){ .fd = s->lingers[i].fd, .events = POLLIN };
        if (s->lingers[i].until_us < until)
            until = s->lingers[i].until_us;
    }
    pthread_mutex_unlock(&s->streams);
    int64_t ms = (until - clock_ticks_us()) / 1000 + 1;
    if (poll(fds, count, ms < 0 ? 0 : (int)ms) > 0 && (fds[0].revents & POLLIN)) {
        uint64_t calls;
        return read(s->pump_fd, &calls, sizeof calls) == sizeof calls;
    }
    return 0;
}

static void *pump_main(void *arg)
{
    struct http_server *s = arg;
    int64_t period_us = s->heartbeat_s * 1000000LL;
    int64_t next_beat = clock_ticks_us() + period_us;
    uint64_t done = 0;
    for (;;) {
        if (pump_wait(s, next_beat))
            atomic_store(&s->pump_called, false);
        bool ending = atomic_load(&s->streams_ending);
        bool beat = clock_ticks_us() >= next_beat;
        if (beat) {
            atomic_fetch_add(&s->beats, 1);
            next_beat = clock_ticks_us() + period_us;
        }
        uint64_t wakes = atomic_load(&s->wakes);
        if (ending || beat || wakes != done)
            resume_streams(s);
        done = wakes;
        drain_lingers(s);
        if (ending)
            return NULL;
    }
}

/* ---- the reply ---- */

static struct MHD_Response *make_response(struct exchange *x)
{
    struct response *rs = &x->rs;
    struct MHD_Response *made;
    if (x->streaming) {
        made = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, CONNECTION_MEMORY / 4, on_stream, x, NULL);
    } else if (rs->fd >= 0) {
        made = MHD_create_response_from_fd64((uint64_t)rs->fd_size, rs->fd);
        if (made)
            rs->fd = -1;
    } else if (rs->fixed) {
        made = MHD_create_response_from_buffer(rs->fixed_size, (void *)(uintptr_t)rs->fixed, MHD_RESPMEM_PERSISTENT);
    } else if (rs->body.used > 0) {
        size_t size = rs->body.used;
        char *bytes = text_take(&rs->body);
        made = MHD_create_response_from_buffer_with_free_callback(size, bytes, memory_free);
        if (!made)
            memory_free(bytes);
    } else {
        made = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    }
    return made;
}

static void add_header(struct exchange *x, struct MHD_Response *made, const char *name, const char *value)
{
    if (MHD_add_response_header(made, name, value) != MHD_YES)
        log_event(LOG_ERROR, "http.header", "path", x->rq.path, "name", name, NULL);
}

static enum MHD_Result send_reply(struct exchange *x)
{
    struct response *rs = &x->rs;
    bool has_body = rs->fd >= 0 || rs->fixed || rs->body.used > 0;
    struct MHD_Response *made = make_response(x);
    if (!made)
        return MHD_NO;
    const char *type = rs->type ? rs->type : rs->stream ? "text/event-stream" : has_body ? "application/json" : NULL;
    if (type)
        add_header(x, made, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    for (size_t i = 0; i < rs->header_count; i++)
        add_header(x, made, rs->headers[i].name, rs->headers[i].value);
    x->stage = STAGE_REPLIED;
    enum MHD_Result queued = MHD_queue_response(x->connection, rs->status ? (unsigned)rs->status : 200, made);
    MHD_destroy_response(made);
    return queued;
}

static enum MHD_Result refuse_now(struct exchange *x, const struct error *err)
{
    refuse(x, err);
    return send_reply(x);
}

/* ---- workers ---- */

static void run_job(struct worker *w, struct exchange *x, bool stopping)
{
    const struct http_options *o = &w->server->options;
    struct error err = { 0 };
    if (stopping) {
        fail(&err, FAULT_UNAVAILABLE, "http.stopping", "服务正在停止，请求没有执行，请稍后重试",
             "The server is stopping and did nothing with this request; try again shortly");
    } else {
        o->handle(o->app, &w->is, &x->rq, &x->rs);
        if (!text_ok(&x->rs.body)) {
            log_event(LOG_ERROR, "http.reply_too_large", "path", x->rq.path, NULL);
            fail(&err, FAULT_INTERNAL, "http.reply_too_large", "结果超过 %d MB 的上限，请缩小查询范围",
                 "The result is over the limit of %d MB; ask for less at once", LIMIT_REPLY >> 20);
        } else if (x->rs.stream && x->rq.method != HTTP_HEAD) { /* the library would end a HEAD with an empty chunk */
            stream_admit(x, &err);
        }
    }
    if (err.fault != FAULT_NONE)
        refuse(x, &err);
    MHD_resume_connection(x->connection);
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    struct http_server *s = w->server;
    const struct http_options *o = &s->options;
    bool ready = !o->worker_start || o->worker_start(o->app, &w->is, &w->err) == 0;
    pthread_mutex_lock(&s->jobs);
    if (ready)
        s->started++;
    else
        s->failed++;
    pthread_cond_broadcast(&s->settled);
    while (ready) {
        while (!s->first_job && !s->stopping)
            pthread_cond_wait(&s->work, &s->jobs);
        struct exchange *x = s->first_job;
        if (!x)
            break;
        s->first_job = x->next_job;
        s->waiting--;
        bool stopping = s->stopping;
        pthread_mutex_unlock(&s->jobs);
        run_job(w, x, stopping);
        pthread_mutex_lock(&s->jobs);
    }
    pthread_mutex_unlock(&s->jobs);
    if (ready && o->worker_stop)
        o->worker_stop(o->app, &w->is);
    return NULL;
}

/* The request is whole: hand it to a worker, or say why not. */
static enum MHD_Result dispatch(struct exchange *x)
{
    struct http_server *s = x->server;
    if (x->refused)
        return refuse_now(x, x->refused);
    finish_body(x);
    struct error *err = NULL;
    pthread_mutex_lock(&s->jobs);
    if (s->stopping || s->waiting >= QUEUE) {
        err = refusal(x);
        err->retry_after_s = 1;
        fail(err, FAULT_UNAVAILABLE, "http.busy", "服务器繁忙，请求没有执行，请稍后重试",
             "The server is busy and did nothing with this request; try again shortly");
    } else {
        x->stage = STAGE_WAITING;
        x->queued = true;
        s->unfinished++;
        s->waiting++;
        MHD_suspend_connection(x->connection);
        if (s->first_job)
            s->last_job->next_job = x;
        else
            s->first_job = x;
        s->last_job = x;
        pthread_cond_signal(&s->work);
    }
    pthread_mutex_unlock(&s->jobs);
    return err ? refuse_now(x, err) : MHD_YES;
}

/* ---- the library's callbacks ---- */

static enum http_method method_of(const char *name)
{
    static const char *const names[] = { "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS" };
    for (int i = 0; i < HTTP_OTHER; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum http_method)i;
    return HTTP_OTHER;
}

static void read_peer(struct exchange *x)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    if (address && address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, x->peer, sizeof x->peer);
    } else if (address && address->sa_family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(six))
            inet_ntop(AF_INET, six->s6_addr + 12, x->peer, sizeof x->peer);
        else
            inet_ntop(AF_INET6, six, x->peer, sizeof x->peer);
    }
}

struct framing {
    int lengths, encodings;
    bool bad;
    uint64_t length;
};

static enum MHD_Result on_framing_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct framing *f = cls;
    (void)kind;
    if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
        f->lengths++;
        f->bad |= !value || !*value;
        for (const char *at = value; at && *at; at++) {
            if (*at < '0' || *at > '9')
                f->bad = true;
            else if (f->length < UINT64_MAX / 16) /* beyond every limit already */
                f->length = f->length * 10 + (uint64_t)(*at - '0');
        }
    } else if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        f->encodings++;
        f->bad |= !value || strcasecmp(value, "chunked") != 0;
    }
    return MHD_YES;
}

/* Everything that can be said before a byte of the body is read. Two programs that disagree about where a body ends
** can be played against each other, so a request that says it twice is refused. */
static enum MHD_Result begin(struct exchange *x, const char *method)
{
    const struct http_options *o = &x->server->options;
    struct framing framing = { 0 };
    x->stage = STAGE_READING;
    x->rq.method = method_of(method);
    read_peer(x);
    x->upload = !x->refused && o->is_upload && o->is_upload(o->app, x->rq.method, x->rq.path);
    x->body_limit = x->upload ? LIMIT_UPLOAD : LIMIT_BODY;
    crypto_hash_sha256_init(&x->hash);
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, on_framing_header, &framing);
    bool unclear = framing.bad || framing.lengths + framing.encodings > 1;
    if (unclear)
        refuse_length(x);
    else if (framing.length > x->body_limit)
        refuse_size(x);
    /* With a body announced this is the only moment to answer before it; the connection then closes. */
    if (x->refused && (unclear || framing.length > 0 || framing.encodings > 0)) {
        x->linger = true;
        return refuse_now(x, x->refused);
    }
    return MHD_YES;
}

static enum MHD_Result on_call(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *bytes, size_t *size, void **context)
{
    struct exchange *x = *context;
    (void)cls, (void)connection, (void)url, (void)version;
    if (x->stage == STAGE_NEW)
        return begin(x, method);
    if (x->stage == STAGE_WAITING)
        return send_reply(x);
    if (*size == 0)
        return dispatch(x);
    size_t piece = *size;
    *size = 0;
    return take_piece(x, bytes, piece);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode how)
{
    struct http_server *s = cls;
    struct exchange *x = *context;
    (void)connection, (void)how;
    *context = NULL;
    if (!x)
        return;
    if (x->linger)
        linger(x);
    stream_leave(x);
    give_room_back(x);
    response_drop(&x->rs);
    if (x->rq.body_fd >= 0)
        close(x->rq.body_fd);
    text_done(&x->body);
    text_done(&x->pending);
    arena_done(&x->arena);
    bool queued = x->queued;
    memory_free(x);
    if (!queued)
        return;
    pthread_mutex_lock(&s->jobs);
    if (--s->unfinished == 0)
        pthread_cond_broadcast(&s->settled);
    pthread_mutex_unlock(&s->jobs);
}

/* ---- starting and stopping ---- */

/* "::" means everybody; on a machine without IPv6 everybody comes by IPv4. */
static const char *listening_host(const char *address)
{
    int fd = strcmp(address, "::") == 0 ? socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (fd >= 0)
        close(fd);
    return fd < 0 && strcmp(address, "::") == 0 ? "0.0.0.0" : address;
}

static int listen_on(struct http_server *s, struct error *err)
{
    const char *host = listening_host(s->options.address);
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)s->options.port);
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return fail(err, FAULT_INVALID, "http.address", "监听地址 %s 不是数字地址，请写成 127.0.0.1 或 :: 的形式",
                    "The listening address %s is not a numeric one; write it like 127.0.0.1 or ::", host);
    int on = 1, off = 0;
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (found->ai_family == AF_INET6) /* "::" serves both families */
            setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
    bool ok = fd >= 0 && bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0 &&
              getsockname(fd, (struct sockaddr *)&bound, &size) == 0;
    int why = errno;
    freeaddrinfo(found);
    if (!ok) {
        if (fd >= 0)
            close(fd);
        return fail(err, FAULT_INTERNAL, "http.listen", "无法在 %s 端口 %s 上提供服务：%s，请检查端口是否被占用",
                    "Cannot serve on %s port %s: %s; check whether the port is taken", host, port, strerror(why));
    }
    s->listener = fd;
    s->port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                : ((struct sockaddr_in *)&bound)->sin_port);
    return 0;
}

static int start_workers(struct http_server *s, struct error *err)
{
    int count = s->options.workers;
    s->workers = memory_new(sizeof *s->workers * (size_t)count);
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, WORKER_STACK);
    int made = 0;
    for (; made < count; made++) {
        struct worker *w = &s->workers[made];
        w->server = s;
        w->is.number = made;
        w->running = pthread_create(&w->thread, &attr, worker_main, w) == 0;
        if (!w->running)
            break;
    }
    pthread_attr_destroy(&attr);
    pthread_mutex_lock(&s->jobs);
    while (s->started + s->failed < made)
        pthread_cond_wait(&s->settled, &s->jobs);
    pthread_mutex_unlock(&s->jobs);
    for (int i = 0; i < made; i++) {
        if (s->workers[i].err.fault != FAULT_NONE) {
            *err = s->workers[i].err;
            return -1;
        }
    }
    if (made < count || s->failed > 0)
        return fail(err, FAULT_INTERNAL, "http.workers", "工作线程无法启动，请检查系统的线程数限制",
                    "The worker threads do not start; check the system's limit on threads");
    return 0;
}

static int start_pump(struct http_server *s, struct error *err)
{
    s->pump_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    s->pump_running = s->pump_fd >= 0 && pthread_create(&s->pump, NULL, pump_main, s) == 0;
    if (!s->pump_running)
        return fail(err, FAULT_INTERNAL, "http.pump", "实时更新的线程无法启动，请检查系统的线程数限制",
                    "The thread for live connections does not start; check the system's limits");
    return 0;
}

static int start_daemon(struct http_server *s, struct error *err)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    /* Also what ends a connection whose client left right behind its last bytes: the library reads the bytes, does
    ** not look for the end behind them, and no further event comes. */
    unsigned idle_s = s->options.idle_s > 0 ? (unsigned)s->options.idle_s : IDLE_S;
    s->daemon = MHD_start_daemon(flags, s->port, NULL, NULL, on_call, s, MHD_OPTION_LISTEN_SOCKET, s->listener,
                                 MHD_OPTION_THREAD_POOL_SIZE, (unsigned)POOL, MHD_OPTION_CONNECTION_LIMIT,
                                 (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
                                 MHD_OPTION_CONNECTION_TIMEOUT, idle_s, MHD_OPTION_URI_LOG_CALLBACK, on_raw_uri, s,
                                 MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_END);
    s->listener = -1; /* the library's now; where it failed it has closed it or not, depending on how far it came */
    if (!s->daemon)
        return fail(err, FAULT_INTERNAL, "http.daemon", "网络服务无法启动，请检查系统的文件句柄和线程数限制",
                    "The HTTP service does not start; check the system's limits on open files and threads");
    return 0;
}

/* Connections are descriptors: the usual soft limit of 1024 would stop short of CONNECTIONS. */
static void raise_open_files(void)
{
    struct rlimit files;
    rlim_t wanted = CONNECTIONS * 2;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= wanted)
        return;
    files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &files);
}

int http_start(const struct http_options *options, struct http_server **out, struct error *err)
{
    if (sodium_init() < 0)
        return fail(err, FAULT_INTERNAL, "http.sodium", "密码库无法启动", "The cryptographic library does not start");
    raise_open_files();
    struct http_server *s = memory_new(sizeof *s);
    s->options = *options;
    if (s->options.workers < 1)
        s->options.workers = 1;
    s->heartbeat_s = options->heartbeat_s > 0 ? options->heartbeat_s : HEARTBEAT_S;
    s->max_streams = options->max_streams > 0 ? options->max_streams : LIMIT_STREAMS;
    s->listener = s->pump_fd = -1;
    const char *dir = getenv("TMPDIR");
    snprintf(s->spool_dir, sizeof s->spool_dir, "%s", dir && *dir ? dir : "/tmp");
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->jobs, NULL);
    pthread_mutex_init(&s->streams, NULL);
    pthread_cond_init(&s->work, NULL);
    pthread_cond_init(&s->settled, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (listen_on(s, err) < 0 || start_workers(s, err) < 0 || start_pump(s, err) < 0 || start_daemon(s, err) < 0) {
        http_stop(s);
        return -1;
    }
    *out = s;
    return 0;
}

uint16_t http_port(const struct http_server *server)
{
    return server->port;
}

static void stop_workers(struct http_server *s)
{
    pthread_mutex_lock(&s->jobs);
    s->stopping = true;
    pthread_cond_broadcast(&s->work);
    pthread_mutex_unlock(&s->jobs);
    for (int i = 0; s->workers && i < s->options.workers; i++)
        if (s->workers[i].running)
            pthread_join(s->workers[i].thread, NULL);
    memory_free(s->workers);
}

static void await_replies(struct http_server *s)
{
    int64_t until_us = clock_ticks_us() + DRAIN_MS * 1000LL;
    struct timespec until = { .tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000 };
    pthread_mutex_lock(&s->jobs);
    while (s->unfinished > 0 && pthread_cond_timedwait(&s->settled, &s->jobs, &until) == 0)
        ;
    pthread_mutex_unlock(&s->jobs);
}

void http_stop(struct http_server *server)
{
    struct http_server *s = server;
    if (!s)
        return;
    /* Not MHD_quiesce_daemon: with epoll and a pool it races with the library's own threads and may abort. Whoever
    ** still comes is told that the server is stopping. */
    stop_workers(s);
    /* From here on no connection goes to sleep, and the pump's last round wakes those that do: stopping the library
    ** with a suspended connection would abort the process. */
    atomic_store(&s->streams_ending, true);
    if (s->pump_running) {
        call_pump(s);
        pthread_join(s->pump, NULL);
    }
    if (s->daemon) {
        await_replies(s);
        MHD_stop_daemon(s->daemon);
    }
    for (int i = 0; i < s->linger_count; i++)
        close(s->lingers[i].fd);
    if (s->pump_fd >= 0)
        close(s->pump_fd);
    if (s->listener >= 0)
        close(s->listener);
    pthread_cond_destroy(&s->settled);
    pthread_cond_destroy(&s->work);
    pthread_mutex_destroy(&s->streams);
    pthread_mutex_destroy(&s->jobs);
    memory_free(s);
}
