/* Event streams, lingering connections, and the pump that wakes the ones and drains the others. */
#include "http/exchange.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    STREAM_KEEP = 4 << 10, /* a sleeping stream keeps no larger buffer than this */
    LINGER_MS = 5000,
};

void pump_call(struct http_server *s)
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
    pump_call(server);
}

int http_stream_count(const struct http_server *server)
{
    struct http_server *s = (struct http_server *)(uintptr_t)server;
    pthread_mutex_lock(&s->streams);
    int count = s->stream_count;
    pthread_mutex_unlock(&s->streams);
    return count;
}

int exchange_socket(const struct exchange *x)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

int stream_admit(struct exchange *x, struct error *err)
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
        setsockopt(exchange_socket(x), IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, sizeof patience_ms);
        return 0;
    }
    err->retry_after_s = 60;
    return fail(err, FAULT_UNAVAILABLE, "http.streams",
                "实时更新的连接已达 %d 个的上限，页面可手动刷新，稍后会自动重连",
                "All %d live connections are taken; refresh by hand, the page connects again later", s->max_streams);
}

void stream_leave(struct exchange *x)
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
    ssize_t n = recv(exchange_socket(x), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
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

ssize_t stream_read(void *cls, uint64_t position, char *out, size_t room)
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

void exchange_linger(struct exchange *x)
{
    struct http_server *s = x->server;
    int fd = fcntl(exchange_socket(x), F_DUPFD_CLOEXEC, 3);
    if (fd < 0)
        return;
    shutdown(fd, SHUT_WR);
    pthread_mutex_lock(&s->streams);
    bool room = s->linger_count < LINGERS;
    if (room)
        s->lingers[s->linger_count++] = (struct lingering){ fd, clock_ticks_us() + LINGER_MS * 1000LL };
    pthread_mutex_unlock(&s->streams);
    if (room)
        pump_call(s);
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

void *pump_main(void *arg)
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
