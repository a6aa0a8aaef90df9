/* Workers, replies, the library's callbacks, starting and stopping. */
#include "http/exchange.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    POOL = 2,           /* library threads */
    CONNECTIONS = 4096, /* open at once: the streams and as many again */
    IDLE_S = 30,
    QUEUE = 4096, /* requests waiting for a worker */
    WORKER_STACK = 512 << 10,
    HEARTBEAT_S = 15,
    DRAIN_MS = 500,    /* http_stop works off the queue for so long */
    REPLIES_MS = 1000, /* and then waits this long for clients to take their replies */
};

/* ---- the reply ---- */

static struct MHD_Response *make_response(struct exchange *x)
{
    struct response *rs = &x->rs;
    struct MHD_Response *made;
    if (x->streaming) {
        made = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, CONNECTION_MEMORY / 4, stream_read, x, NULL);
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
    exchange_refuse(x, err);
    return send_reply(x);
}

/* ---- workers ---- */

static void run_job(struct worker *w, struct exchange *x, bool stopping)
{
    const struct http_options *o = &w->server->options;
    struct error err = { 0 };
    if (stopping) {
        err.retry_after_s = 1;
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
        exchange_refuse(x, &err);
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
        s->running++;
        bool stopping = s->stopping && clock_ticks_us() > s->queue_until_us;
        pthread_mutex_unlock(&s->jobs);
        run_job(w, x, stopping);
        pthread_mutex_lock(&s->jobs);
        s->running--;
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
    body_finish(x);
    struct error *err = NULL;
    pthread_mutex_lock(&s->jobs);
    if (s->stopping || s->waiting >= QUEUE) {
        err = exchange_refusal(x);
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
    x->body_limit = x->upload ? o->upload_limit : LIMIT_BODY;
    crypto_hash_sha256_init(&x->hash);
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, on_framing_header, &framing);
    bool unclear = framing.bad || framing.lengths + framing.encodings > 1;
    if (unclear)
        exchange_refuse_length(x);
    else if (framing.length > x->body_limit)
        exchange_refuse_size(x);
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
    return body_take(x, bytes, piece);
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
        exchange_linger(x);
    stream_leave(x);
    body_room_back(x);
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

static const char tls_versions[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

static int start_daemon(struct http_server *s, struct error *err)
{
    const struct http_options *o = &s->options;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | (o->tls_cert ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls[] = { { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->tls_cert },
                                    { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->tls_key },
                                    { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_versions },
                                    { MHD_OPTION_END, 0, NULL } };
    if (!o->tls_cert)
        tls[0].option = MHD_OPTION_END;
    else if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
        return fail(err, FAULT_INVALID, "http.tls",
                    "这里的 libmicrohttpd 不带 TLS，请去掉 tls-cert，用反向代理提供 HTTPS",
                    "libmicrohttpd here has no TLS; take tls-cert out and let a reverse proxy serve HTTPS");
    /* Also what ends a connection whose client left right behind its last bytes: the library reads the bytes, does
    ** not look for the end behind them, and no further event comes. */
    unsigned idle_s = s->options.idle_s > 0 ? (unsigned)s->options.idle_s : IDLE_S;
    s->daemon = MHD_start_daemon(flags, s->port, NULL, NULL, on_call, s, MHD_OPTION_LISTEN_SOCKET, s->listener,
                                 MHD_OPTION_THREAD_POOL_SIZE, (unsigned)POOL, MHD_OPTION_CONNECTION_LIMIT,
                                 (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
                                 MHD_OPTION_CONNECTION_TIMEOUT, idle_s, MHD_OPTION_URI_LOG_CALLBACK, exchange_new, s,
                                 MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
    s->listener = -1; /* the library's now; where it failed it has closed it or not, depending on how far it came */
    if (!s->daemon && o->tls_cert)
        return fail(err, FAULT_INVALID, "http.tls_pair",
                    "HTTPS 无法启动，请检查 tls-cert 和 tls-key 是否是一对 PEM 文件",
                    "HTTPS does not start; check that tls-cert and tls-key are PEM files that belong together");
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
    if (s->options.upload_limit == 0 || s->options.upload_limit > LIMIT_UPLOAD)
        s->options.upload_limit = LIMIT_UPLOAD;
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

void http_load(struct http_server *server, struct http_load *out)
{
    *out = (struct http_load){ 0 };
    if (!server)
        return;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    out->connections = info ? (int)info->num_connections : 0;
    out->streams = http_stream_count(server);
    pthread_mutex_lock(&server->jobs);
    out->waiting = (int)server->waiting;
    out->running = (int)server->running;
    pthread_mutex_unlock(&server->jobs);
}

uint16_t http_port(const struct http_server *server)
{
    return server->port;
}

static void stop_workers(struct http_server *s)
{
    int drain_ms = s->options.drain_ms > 0 ? s->options.drain_ms : DRAIN_MS;
    pthread_mutex_lock(&s->jobs);
    s->stopping = true;
    s->queue_until_us = clock_ticks_us() + drain_ms * 1000LL;
    pthread_cond_broadcast(&s->work);
    pthread_mutex_unlock(&s->jobs);
    for (int i = 0; s->workers && i < s->options.workers; i++)
        if (s->workers[i].running)
            pthread_join(s->workers[i].thread, NULL);
    memory_free(s->workers);
}

static void await_replies(struct http_server *s)
{
    int64_t until_us = clock_ticks_us() + REPLIES_MS * 1000LL;
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
        pump_call(s);
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
