/* The server seen from the wire: a client of bare sockets against a small application. */
#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/seal.h"
#include "base/text.h"
#include "http/server.h"
#include "live/hub.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_S = 60, WORKERS = 2, STREAMS = 200, EVENTS = 50 };

/* ---- the application ---- */

struct app {
    struct http_server *server;
    struct hub *hub;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool open; /* the latch /wait stands at */
    int inside;
    _Atomic int starts, stops, stream_starts, stream_ends, fail_worker;
};

struct subscription {
    struct app *app;
    uint64_t cursor;
};

static const char page[] = "<!doctype html><title>安澜</title>";

static void hex_of(const unsigned char *bytes, char out[65])
{
    for (int i = 0; i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static int64_t file_size(int fd)
{
    char bytes[65536];
    int64_t size = 0;
    for (ssize_t n; (n = read(fd, bytes, sizeof bytes)) > 0;)
        size += n;
    return size;
}

static void echo(struct request *rq, struct response *rs)
{
    char sha[65];
    hex_of(rq->body_sha256, sha);
    int64_t seen = rq->body_fd >= 0 ? file_size(rq->body_fd) : rq->body ? (int64_t)strlen(rq->body) : 0;
    rs->type = "text/plain";
    text_printf(&rs->body, "%d %zu %" PRId64 " %s %s %s", (int)rq->method, rq->body_size, seen, sha,
                rq->body_fd >= 0 ? "file"
                : rq->body       ? "memory"
                                 : "none",
                rq->peer);
}

static bool subscription_next(void *state, struct text *out)
{
    struct subscription *sub = state;
    struct hub_event event;
    if (hub_next(sub->app->hub, &sub->cursor, &event) > 0)
        text_printf(out, "data: %" PRIu64 " %" PRId64 "\n\n", event.seq, event.id);
    return true;
}

static void subscription_done(void *state)
{
    struct subscription *sub = state;
    atomic_fetch_add(&sub->app->stream_ends, 1);
}

static bool count_down(void *state, struct text *out)
{
    int *left = state;
    text_printf(out, "data: %d\n\n", *left);
    return --*left > 0;
}

static bool flood_next(void *state, struct text *out)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        text_str(out, "data: much to say\n\n");
    return true;
}

/* Has nothing, but while it is still looking something comes; the pause lets the pump's round pass before the answer. */
static bool late_next(void *state, struct text *out)
{
    struct subscription *sub = state;
    if (sub->cursor++ == 0) {
        http_wake_streams(sub->app->server);
        poll(NULL, 0, 100);
        return true;
    }
    text_str(out, "data: late\n\n");
    return false;
}

static void stream(struct app *app, struct request *rq, struct response *rs, const char *what)
{
    struct http_stream *s = ARENA_NEW(rq->arena, struct http_stream);
    struct subscription *sub = ARENA_NEW(rq->arena, struct subscription);
    *sub = (struct subscription){ app, hub_now(app->hub) };
    *s = (struct http_stream){ subscription_next, subscription_done, sub };
    if (strcmp(what, "short") == 0) {
        int *left = ARENA_NEW(rq->arena, int);
        *left = 3;
        *s = (struct http_stream){ count_down, NULL, left };
    } else if (strcmp(what, "flood") == 0) {
        s->next = flood_next;
    } else if (strcmp(what, "late") == 0) {
        sub->cursor = 0;
        s->next = late_next;
    }
    atomic_fetch_add(&app->stream_starts, 1);
    response_header(rs, "Cache-Control", "no-store");
    rs->stream = s;
}

static void wait_at_latch(struct app *app, struct response *rs)
{
    pthread_mutex_lock(&app->lock);
    app->inside++;
    pthread_cond_broadcast(&app->changed);
    while (!app->open)
        pthread_cond_wait(&app->changed, &app->lock);
    app->inside--;
    pthread_mutex_unlock(&app->lock);
    text_str(&rs->body, "\"waited\"");
}

static void send_file(struct response *rs)
{
    rs->fd = memfd_create("reply", MFD_CLOEXEC);
    rs->fd_size = 300000;
    rs->type = "application/octet-stream";
    for (int i = 0; i < 3000; i++)
        if (write(
                rs->fd,
                "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
                100) != 100)
            rs->status = 500;
}

static void handle(void *arg, struct http_worker *worker, struct request *rq, struct response *rs)
{
    struct app *app = arg;
    const char *p = rq->path;
    if (worker->app != &app->starts)
        rs->status = 500;
    else if (strcmp(p, "/hello") == 0)
        text_str(&rs->body, "{\"hello\":\"世界\"}");
    else if (strcmp(p, "/echo") == 0 || strcmp(p, "/upload") == 0)
        echo(rq, rs);
    else if (strcmp(p, "/query") == 0)
        for (size_t i = 0; i < rq->query_count; i++)
            text_printf(&rs->body, "[%s=%s]", rq->query[i].name, rq->query[i].value);
    else if (strcmp(p, "/first") == 0)
        text_str(&rs->body, request_query(rq, "a") ? request_query(rq, "a") : "absent");
    else if (strcmp(p, "/header") == 0)
        text_printf(&rs->body, "%s|%s|%s|%s", request_header(rq, "x-one"), request_header(rq, "X-Two") ? "?" : "absent",
                    request_cookie(rq, "session"), request_cookie(rq, "sess") ? "?" : "absent");
    else if (strcmp(p, "/wait") == 0)
        wait_at_latch(app, rs);
    else if (strcmp(p, "/fixed") == 0)
        rs->fixed = page, rs->fixed_size = sizeof page - 1, rs->type = "text/html; charset=utf-8";
    else if (strcmp(p, "/file") == 0)
        send_file(rs);
    else if (strcmp(p, "/made") == 0)
        rs->status = 201, response_header(rs, "Location", "/api/v1/hazards/7"),
        response_header(rs, "Set-Cookie", "a=1"), response_header(rs, "Set-Cookie", "b=2"),
        response_header(rs, "X-Broken", "a\r\nb");
    else if (strcmp(p, "/none") == 0)
        rs->status = 204;
    else if (strcmp(p, "/wide") == 0)
        for (int i = 0; i <= LIMIT_REPLY / 1000; i++)
            text_printf(&rs->body, "%1000d", i);
    else if (strcmp(p, "/events") == 0 || strcmp(p, "/short") == 0 || strcmp(p, "/flood") == 0 ||
             strcmp(p, "/late") == 0)
        stream(app, rq, rs, p + 1);
    else {
        rs->status = 404;
        rs->type = "text/plain";
        text_str(&rs->body, p);
    }
}

static void refuse(void *app, const struct error *err, struct response *rs)
{
    (void)app;
    text_printf(&rs->body, "{\"code\":\"%s\"}", err->code);
}

static bool is_upload(void *app, enum http_method method, const char *path)
{
    (void)app;
    return method == HTTP_POST && strcmp(path, "/upload") == 0;
}

static int worker_start(void *arg, struct http_worker *worker, struct error *err)
{
    struct app *app = arg;
    /* In parentheses it is ours, not the test library's macro. */
    if (app->fail_worker && worker->number == 1)
        return (fail)(err, FAULT_INTERNAL, "test.worker", "数据库未打开", "The database is not open");
    worker->app = &app->starts;
    atomic_fetch_add(&app->starts, 1);
    return 0;
}

static void worker_stop(void *arg, struct http_worker *worker)
{
    struct app *app = arg;
    assert_ptr_equal(worker->app, &app->starts);
    atomic_fetch_add(&app->stops, 1);
}

static void wake(void *server)
{
    http_wake_streams(server);
}

static struct http_options options_for(struct app *app)
{
    return (struct http_options){ .address = "127.0.0.1",
                                  .workers = WORKERS,
                                  .app = app,
                                  .worker_start = worker_start,
                                  .worker_stop = worker_stop,
                                  .is_upload = is_upload,
                                  .handle = handle,
                                  .refuse = refuse,
                                  .heartbeat_s = 1,
                                  .max_streams = STREAMS };
}

/* What is not named is as options_for has it. */
static int app_start_with(void **state, const struct http_options *other)
{
    struct app *app = memory_new(sizeof *app);
    struct error err = { 0 };
    pthread_mutex_init(&app->lock, NULL);
    pthread_cond_init(&app->changed, NULL);
    app->hub = hub_new();
    struct http_options options = options_for(app);
    options.address = other->address ? other->address : options.address;
    options.idle_s = other->idle_s;
    options.heartbeat_s = other->heartbeat_s ? other->heartbeat_s : options.heartbeat_s;
    options.drain_ms = other->drain_ms;
    if (http_start(&options, &app->server, &err) < 0) {
        print_error("%s\n", err.en);
        return -1;
    }
    hub_listen(app->hub, wake, app->server);
    *state = app;
    return 0;
}

static int app_start(void **state)
{
    return app_start_with(state, &(struct http_options){ 0 });
}

static int app_start_impatient(void **state)
{
    return app_start_with(state, &(struct http_options){ .idle_s = 1 });
}

static int app_start_for_everybody(void **state)
{
    return app_start_with(state, &(struct http_options){ .address = "::" });
}

/* No heartbeat comes to the rescue of a stream that missed its wake. */
static int app_start_without_heartbeat(void **state)
{
    return app_start_with(state, &(struct http_options){ .heartbeat_s = 3600 });
}

static int app_start_to_drain(void **state)
{
    return app_start_with(state, &(struct http_options){ .drain_ms = PATIENCE_S * 1000 });
}

static int app_start_to_leave_at_once(void **state)
{
    return app_start_with(state, &(struct http_options){ .drain_ms = 1 });
}

static void app_end_server(struct app *app)
{
    hub_listen(app->hub, NULL, NULL);
    http_stop(app->server);
    app->server = NULL;
}

static int app_stop(void **state)
{
    struct app *app = *state;
    app_end_server(app);
    hub_free(app->hub);
    int result = app->stops == WORKERS && app->stream_ends == app->stream_starts ? 0 : -1;
    pthread_cond_destroy(&app->changed);
    pthread_mutex_destroy(&app->lock);
    memory_free(app);
    return result;
}

static void open_latch(struct app *app)
{
    pthread_mutex_lock(&app->lock);
    app->open = true;
    pthread_cond_broadcast(&app->changed);
    pthread_mutex_unlock(&app->lock);
}

static void await_inside(struct app *app, int count)
{
    pthread_mutex_lock(&app->lock);
    while (app->inside < count)
        pthread_cond_wait(&app->changed, &app->lock);
    pthread_mutex_unlock(&app->lock);
}

/* ---- the client ---- */

struct reply {
    int status;
    char head[4096];
    struct text body;
};

static int dial_port(uint16_t port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval patience = { .tv_sec = PATIENCE_S };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static int dial(struct app *app)
{
    return dial_port(http_port(app->server));
}

/* False when the server has closed before everything was taken. */
static bool give(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

static bool say(int fd, const char *text)
{
    return give(fd, text, strlen(text));
}

static char take_char(int fd)
{
    char c;
    assert_int_equal(recv(fd, &c, 1, 0), 1);
    return c;
}

static void take_line(int fd, char *out, size_t room)
{
    size_t used = 0;
    while ((out[used] = take_char(fd)) != '\n') {
        used++;
        assert_true(used + 1 < room);
    }
    out[used > 0 && out[used - 1] == '\r' ? used - 1 : used] = '\0';
}

static void take_bytes(int fd, struct text *out, size_t size)
{
    char bytes[16384];
    while (size > 0) {
        ssize_t n = recv(fd, bytes, size < sizeof bytes ? size : sizeof bytes, 0);
        assert_true(n > 0);
        text_add(out, bytes, (size_t)n);
        size -= (size_t)n;
    }
}

static const char *header_of(const struct reply *r, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = r->head; *at; at = strchr(at, '\n') + 1)
        if (strncasecmp(at, name, size) == 0 && at[size] == ':')
            return at + size + 2;
    return NULL;
}

static void take_head(int fd, struct reply *r)
{
    char line[4096];
    *r = (struct reply){ .body = TEXT_LIMIT(32 << 20) };
    take_line(fd, line, sizeof line);
    assert_memory_equal(line, "HTTP/1.1 ", 9);
    r->status = (int)strtol(line + 9, NULL, 10);
    for (size_t used = 0;;) {
        take_line(fd, line, sizeof line);
        if (!*line)
            return;
        used += (size_t)snprintf(r->head + used, sizeof r->head - used, "%s\n", line);
    }
}

/* False after the last chunk. */
static bool take_chunk(int fd, struct text *out)
{
    char line[128];
    take_line(fd, line, sizeof line);
    size_t size = strtoul(line, NULL, 16);
    take_bytes(fd, out, size);
    take_line(fd, line, sizeof line);
    return size > 0;
}

static void take_reply(int fd, struct reply *r)
{
    take_head(fd, r);
    const char *length = header_of(r, "Content-Length"), *encoding = header_of(r, "Transfer-Encoding");
    if (length)
        take_bytes(fd, &r->body, strtoul(length, NULL, 10));
    else if (encoding && strncmp(encoding, "chunked", 7) == 0)
        while (take_chunk(fd, &r->body))
            ;
}

static bool closed_by_server(int fd)
{
    char c;
    return recv(fd, &c, 1, 0) <= 0;
}

/* One request on an open connection; its status is checked, its body compared unless NULL. */
static void ask(int fd, const char *request, int status, const char *body)
{
    struct reply r;
    assert_true(say(fd, request));
    take_reply(fd, &r);
    if (r.status != status || (body && strcmp(text_get(&r.body), body) != 0))
        fail_msg("%.60s: %d %s", request, r.status, text_get(&r.body));
    text_done(&r.body);
}

static void ask_once(struct app *app, const char *request, int status, const char *body)
{
    int fd = dial(app);
    ask(fd, request, status, body);
    close(fd);
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static void post_head(int fd, const char *path, size_t size, const char *more)
{
    char head[512];
    snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n%s\r\n", path, size, more);
    assert_true(say(fd, head));
}

static char *bytes_of(size_t size)
{
    char *bytes = memory_new(size + 1);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)('a' + i * 7 % 26);
    return bytes;
}

static void expect_echo(int fd, const char *bytes, size_t size, const char *where)
{
    unsigned char sha[32] = { 0 };
    char shown[65], want[256];
    if (size > 0)
        sha256(bytes, size, sha);
    hex_of(sha, shown);
    snprintf(want, sizeof want, "%d %zu %zu %s %s 127.0.0.1", (int)HTTP_POST, size, size, shown, where);
    struct reply r;
    take_reply(fd, &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(text_get(&r.body), want);
    text_done(&r.body);
}

static int open_files(void)
{
    int count = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static void pause_shortly(void)
{
    poll(NULL, 0, 5);
}

/* Comes back when *value has become wanted; gives up long after any machine would have got there. */
static void await_int(_Atomic int *value, int wanted)
{
    for (int64_t end = clock_ticks_us() + PATIENCE_S * 1000000LL; *value != wanted; pause_shortly())
        if (clock_ticks_us() > end)
            fail_msg("still %d, not %d", *value, wanted);
}

static void await_streams(struct app *app, int wanted)
{
    for (int64_t end = clock_ticks_us() + PATIENCE_S * 1000000LL; http_stream_count(app->server) != wanted;
         pause_shortly())
        if (clock_ticks_us() > end)
            fail_msg("still %d streams, not %d", http_stream_count(app->server), wanted);
}

static void await_open_files(int wanted)
{
    for (int64_t end = clock_ticks_us() + PATIENCE_S * 1000000LL; open_files() != wanted; pause_shortly())
        if (clock_ticks_us() > end)
            fail_msg("still %d open files, not %d", open_files(), wanted);
}

/* ---- requests and replies ---- */

static void two_requests_share_one_connection(void **state)
{
    int fd = dial(*state);
    for (int i = 0; i < 2; i++) {
        struct reply r;
        assert_true(say(fd, GET("/hello")));
        take_reply(fd, &r);
        assert_int_equal(r.status, 200);
        assert_string_equal(text_get(&r.body), "{\"hello\":\"世界\"}");
        assert_null(header_of(&r, "Connection"));
        assert_non_null(header_of(&r, "Date"));
        assert_memory_equal(header_of(&r, "Content-Type"), "application/json\n", 17);
        text_done(&r.body);
    }
    close(fd);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    int fd = dial(*state);
    struct reply r;
    assert_true(say(fd, GET("/hello") GET("/query?n=1") GET("/query?n=2") GET("/fixed")));
    const char *bodies[] = { "{\"hello\":\"世界\"}", "[n=1]", "[n=2]", page };
    for (int i = 0; i < 4; i++) {
        take_reply(fd, &r);
        assert_int_equal(r.status, 200);
        assert_string_equal(text_get(&r.body), bodies[i]);
        text_done(&r.body);
    }
    close(fd);
}

static void status_and_headers_are_the_handlers(void **state)
{
    int fd = dial(*state);
    struct reply r;
    assert_true(say(fd, GET("/made")));
    take_reply(fd, &r);
    assert_int_equal(r.status, 201);
    assert_memory_equal(header_of(&r, "Location"), "/api/v1/hazards/7\n", 18);
    assert_non_null(strstr(r.head, "Set-Cookie: a=1\nSet-Cookie: b=2\n"));
    assert_null(header_of(&r, "X-Broken")); /* a value that would split the head is not sent */
    assert_null(header_of(&r, "Content-Type"));
    assert_memory_equal(header_of(&r, "Content-Length"), "0\n", 2);
    ask(fd, GET("/none"), 204, "");
    ask(fd, GET("/nowhere/%E9%9A%90%E6%82%A3"), 404, "/nowhere/隐患");
    close(fd);
}

static void head_is_answered_without_a_body(void **state)
{
    int fd = dial(*state);
    struct reply r;
    assert_true(say(fd, "HEAD /fixed HTTP/1.1\r\nHost: a\r\n\r\n"));
    take_head(fd, &r);
    assert_int_equal(r.status, 200);
    assert_int_equal(strtol(header_of(&r, "Content-Length"), NULL, 10), sizeof page - 1);
    assert_true(say(fd, "HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n"));
    take_head(fd, &r);
    assert_int_equal(r.status, 200);
    ask(fd, GET("/hello"), 200, NULL); /* nothing stands between the replies */
    close(fd);
}

static void a_file_is_sent_whole_and_closed(void **state)
{
    int fd = dial(*state);
    ask(fd, GET("/hello"), 200, NULL);
    int before = open_files();
    for (int i = 0; i < 2; i++) {
        struct reply r;
        assert_true(say(fd, GET("/file")));
        take_reply(fd, &r);
        assert_int_equal(r.status, 200);
        assert_int_equal(r.body.used, 300000);
        assert_memory_equal(r.body.at + 299990, "0123456789", 10);
        text_done(&r.body);
    }
    await_open_files(before);
    close(fd);
}

static void headers_and_cookies_are_found_by_name(void **state)
{
    ask_once(*state,
             "GET /header HTTP/1.1\r\nHost: a\r\nX-ONE: eins\r\nCookie: other=1; session=x-y_z=; last=3\r\n\r\n", 200,
             "eins|absent|x-y_z=|absent");
}

static void a_reply_over_the_ceiling_becomes_an_error(void **state)
{
    ask_once(*state, GET("/wide"), 500, "{\"code\":\"http.reply_too_large\"}");
}

static void a_head_of_the_allowed_size_is_read_and_a_larger_one_refused(void **state)
{
    char *filler = bytes_of(64 << 10);
    AUTO_TEXT request = TEXT_LIMIT(128 << 10);
    text_printf(&request, "GET /hello HTTP/1.1\r\nHost: a\r\nX-Filler: %.*s\r\n\r\n", LIMIT_HEADER - 64, filler);
    ask_once(*state, text_get(&request), 200, NULL);
    text_clear(&request);
    text_printf(&request, "GET /hello HTTP/1.1\r\nHost: a\r\nX-Filler: %s\r\n\r\n", filler);
    int fd = dial(*state);
    struct reply r;
    say(fd, text_get(&request));
    take_head(fd, &r);
    assert_int_equal(r.status, 431);
    close(fd);
    memory_free(filler);
}

/* ---- addresses ---- */

static void queries_are_decoded_in_the_order_sent(void **state)
{
    static const struct {
        const char *query, *seen;
    } rows[] = {
        { "a=1&b=2&a=3", "[a=1][b=2][a=3]" },
        { "q=%E9%9A%90%E6%82%A3", "[q=隐患]" },
        { "q=a+b%2Bc%20d", "[q=a b+c d]" },
        { "empty=&bare&x=y=z", "[empty=][bare=][x=y=z]" },
        { "&&a=1&", "[a=1]" },
        { "%E5%90%8D=%26%3D%25", "[名=&=%]" },
        { "", "" },
    };
    int fd = dial(*state);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char request[256];
        snprintf(request, sizeof request, "GET /query?%s HTTP/1.1\r\nHost: a\r\n\r\n", rows[i].query);
        ask(fd, request, 200, rows[i].seen);
    }
    ask(fd, GET("/first?b=0&a=one&a=two"), 200, "one");
    ask(fd, GET("/first?A=one"), 200, "absent");
    close(fd);
}

static void sixty_four_parameters_pass_and_one_more_does_not(void **state)
{
    AUTO_TEXT request = TEXT_LIMIT(4096);
    text_str(&request, "GET /query?x=1");
    for (int i = 1; i < LIMIT_QUERY; i++)
        text_printf(&request, "&p%d=%d", i, i);
    struct text more = TEXT_LIMIT(4096);
    text_printf(&more, "%s&last=1 HTTP/1.1\r\nHost: a\r\n\r\n", text_get(&request));
    text_str(&request, " HTTP/1.1\r\nHost: a\r\n\r\n");
    int fd = dial(*state);
    ask(fd, text_get(&request), 200, NULL);
    ask(fd, text_get(&more), 400, "{\"code\":\"http.query_count\"}");
    ask(fd, GET("/hello"), 200, NULL); /* refused, yet the connection lives on */
    text_done(&more);
    close(fd);
}

static void broken_addresses_are_refused(void **state)
{
    static const struct {
        const char *uri, *code;
    } rows[] = {
        { "/%zz", "http.path" },        { "/%4", "http.path" },           { "/%", "http.path" },
        { "/a%00b", "http.path" },      { "/%FF%FE", "http.path" },       { "/%0a", "http.path" },
        { "/a%7F", "http.path" },       { "/%C2%85", "http.path" },       { "/\xff", "http.path" },
        { "/%C0%AF", "http.path" },     { "/%ED%A0%80", "http.path" },    { "hello", "http.path" },
        { "/query?a=%", "http.query" }, { "/query?a=%00", "http.query" }, { "/query?%FF=1", "http.query" },
    };
    int fd = dial(*state);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char request[256], want[64];
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", rows[i].uri);
        snprintf(want, sizeof want, "{\"code\":\"%s\"}", rows[i].code);
        ask(fd, request, 400, want);
    }
    close(fd);
    ask_once(*state, "POST /%zz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 400,
             "{\"code\":\"http.path\"}");
}

static void a_body_of_unclear_length_is_refused(void **state)
{
    static const char *const rows[] = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "Transfer-Encoding: gzip\r\n\r\nhello",
        "Content-Length: -5\r\n\r\nhello",
        "Content-Length: 5, 6\r\n\r\nhello",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char request[256];
        snprintf(request, sizeof request, "POST /echo HTTP/1.1\r\nHost: a\r\n%s", rows[i]);
        ask_once(*state, request, 400, NULL);
    }
}

/* ---- bodies ---- */

static void bodies_up_to_the_ceiling_arrive_whole(void **state)
{
    static const size_t sizes[] = { 0, 1, 64 << 10, LIMIT_BODY };
    int fd = dial(*state);
    char *bytes = bytes_of(LIMIT_BODY);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        post_head(fd, "/echo", sizes[i], "");
        assert_true(give(fd, bytes, sizes[i]));
        char kept = bytes[sizes[i]];
        expect_echo(fd, bytes, sizes[i], sizes[i] ? "memory" : "none");
        bytes[sizes[i]] = kept;
    }
    memory_free(bytes);
    close(fd);
}

static void a_chunked_body_arrives_whole(void **state)
{
    int fd = dial(*state);
    assert_true(say(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"));
    assert_true(say(fd, "6;x=y\r\n world\r\n0\r\n\r\n"));
    expect_echo(fd, "hello world", 11, "memory");
    close(fd);
}

static void one_byte_over_is_refused_even_while_the_client_is_sending(void **state)
{
    static const struct {
        const char *path;
        size_t size;
    } rows[] = { { "/echo", LIMIT_BODY + 1 }, { "/upload", LIMIT_UPLOAD + 1 } };
    for (size_t i = 0; i < 2; i++) {
        struct reply r;
        char *bytes = bytes_of(rows[i].size);
        int before = open_files();
        int fd = dial(*state);
        post_head(fd, rows[i].path, rows[i].size, "");
        assert_true(give(fd, bytes, rows[i].size)); /* taken to the end: a reset would destroy the reply on its way */
        take_reply(fd, &r);
        assert_int_equal(r.status, 413);
        assert_string_equal(text_get(&r.body), "{\"code\":\"http.too_large\"}");
        assert_memory_equal(header_of(&r, "Connection"), "close\n", 6);
        char more;
        assert_int_equal(recv(fd, &more, 1, 0), 0); /* closed, not reset */
        close(fd);
        await_open_files(before);
        text_done(&r.body);
        memory_free(bytes);
    }
}

static void the_ceiling_is_known_from_the_length_alone(void **state)
{
    static const struct {
        const char *path, *more;
        size_t size;
    } rows[] = {
        { "/echo", "", LIMIT_BODY + 1 },
        { "/upload", "", LIMIT_UPLOAD + 1 },
        { "/upload", "Expect: 100-continue\r\n", LIMIT_UPLOAD + 1 },
        { "/upload", "", (size_t)1 << 62 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reply r;
        int fd = dial(*state);
        post_head(fd, rows[i].path, rows[i].size, rows[i].more); /* and not one byte of the body */
        take_reply(fd, &r);
        assert_int_equal(r.status, 413);
        text_done(&r.body);
        close(fd);
    }
}

static void expect_100_is_answered_before_the_body(void **state)
{
    int fd = dial(*state);
    struct reply r;
    post_head(fd, "/echo", 5, "Expect: 100-continue\r\n");
    take_head(fd, &r);
    assert_int_equal(r.status, 100);
    assert_true(say(fd, "hello"));
    expect_echo(fd, "hello", 5, "memory");
    close(fd);
}

static void an_upload_is_spooled_to_a_file(void **state)
{
    static const size_t sizes[] = { 0, 1, 3 << 20, LIMIT_UPLOAD };
    int fd = dial(*state);
    char *bytes = bytes_of(LIMIT_UPLOAD);
    ask(fd, GET("/hello"), 200, NULL);
    int before = open_files();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        post_head(fd, "/upload", sizes[i], "");
        assert_true(give(fd, bytes, sizes[i]));
        expect_echo(fd, bytes, sizes[i], sizes[i] ? "file" : "none");
    }
    await_open_files(before);
    memory_free(bytes);
    close(fd);
}

static bool give_chunks(int fd, const char *path, size_t size)
{
    char head[128];
    char *bytes = bytes_of(64 << 10);
    bool taken = true;
    snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", path);
    assert_true(say(fd, head));
    for (size_t sent = 0; sent < size && taken; sent += 64 << 10)
        taken = say(fd, "10000\r\n") && give(fd, bytes, 64 << 10) && say(fd, "\r\n");
    taken = taken && say(fd, "0\r\n\r\n");
    memory_free(bytes);
    return taken;
}

static void chunks_over_the_ceiling_are_swallowed_and_refused(void **state)
{
    int fd = dial(*state);
    assert_true(give_chunks(fd, "/echo", LIMIT_BODY + (64 << 10)));
    ask(fd, "", 413, "{\"code\":\"http.too_large\"}");
    assert_true(give_chunks(fd, "/upload", LIMIT_UPLOAD + (64 << 10)));
    ask(fd, "", 413, "{\"code\":\"http.too_large\"}");
    ask(fd, GET("/hello"), 200, NULL);
    close(fd);
}

static void chunks_without_end_are_cut_off(void **state)
{
    int fd = dial(*state);
    give_chunks(fd, "/echo", (size_t)LIMIT_BODY * 3);
    assert_true(closed_by_server(fd));
    close(fd);
    ask_once(*state, GET("/hello"), 200, NULL);
}

static void half_a_request_leaves_nothing_behind(void **state)
{
    struct app *app = *state;
    char *bytes = bytes_of(1 << 20);
    int before = open_files();
    for (int i = 0; i < 5; i++) {
        int fd = dial(app);
        if (i == 0)
            assert_true(say(fd, "GET /hel"));
        else if (i == 1)
            assert_true(say(fd, "GET /hello?a=1 HTTP/1.1\r\nHost: a\r\nX-Y"));
        else
            post_head(fd, i == 4 ? "/echo" : "/upload", 900000, "");
        if (i >= 3)
            assert_true(give(fd, bytes, 300000));
        close(fd);
    }
    await_open_files(before); /* sockets and spool files alike */
    ask_once(app, GET("/hello"), 200, NULL);
    memory_free(bytes);
}

static void a_client_that_leaves_while_its_handler_runs_does_no_harm(void **state)
{
    struct app *app = *state;
    int before = open_files();
    int fd = dial(app);
    assert_true(say(fd, GET("/wait")));
    await_inside(app, 1);
    close(fd);
    open_latch(app);
    await_open_files(before);
    ask_once(app, GET("/hello"), 200, NULL);
}

/* ---- workers ---- */

static void a_slow_handler_does_not_hold_the_others(void **state)
{
    struct app *app = *state;
    int slow = dial(app), fd = dial(app);
    assert_true(say(slow, GET("/wait")));
    await_inside(app, 1);
    for (int i = 0; i < 20; i++)
        ask(fd, GET("/hello"), 200, NULL);
    open_latch(app);
    ask(slow, "", 200, "\"waited\"");
    close(slow);
    close(fd);
}

static void *stop_server(void *app)
{
    app_end_server(app);
    return NULL;
}

/* Both workers stand at the latch when the server is told to stop. Requests are sent until one is refused at once: that one
** came after the stop, those before it waited. */
static void stop_while_some_wait(struct app *app, int hold_ms, int waited_status)
{
    enum { MOST = 1000 };
    int busy[WORKERS], late[MOST], count = 0;
    for (int i = 0; i < WORKERS; i++) {
        busy[i] = dial(app);
        assert_true(say(busy[i], GET("/wait")));
    }
    await_inside(app, WORKERS);
    pthread_t stopper;
    struct http_server *server = app->server;
    assert_int_equal(pthread_create(&stopper, NULL, stop_server, app), 0);
    for (bool told = false; !told; count++) {
        assert_true(count < MOST);
        late[count] = dial_port(http_port(server));
        assert_true(say(late[count], GET("/hello")));
        struct pollfd ready = { .fd = late[count], .events = POLLIN };
        told = poll(&ready, 1, 20) == 1;
    }
    struct timespec hold = { .tv_nsec = hold_ms * 1000000L };
    nanosleep(&hold, NULL);
    open_latch(app);
    for (int i = 0; i < WORKERS; i++) {
        ask(busy[i], "", 200, "\"waited\"");
        close(busy[i]);
    }
    for (int i = 0; i < count; i++) {
        ask(late[i], "", i + 1 < count ? waited_status : 503, NULL);
        close(late[i]);
    }
    pthread_join(stopper, NULL);
    assert_int_equal(app->stops, WORKERS);
}

static void stopping_finishes_what_runs_and_what_waits_and_takes_nothing_new(void **state)
{
    stop_while_some_wait(*state, 0, 200);
}

static void stopping_does_not_wait_for_a_queue_without_end(void **state)
{
    stop_while_some_wait(*state, 50, 503);
}

static void everybody_is_named_by_the_plain_address(void **state)
{
    int fd = dial(*state); /* by IPv4, to a server that listens on "::" */
    post_head(fd, "/echo", 5, "");
    assert_true(say(fd, "hello"));
    expect_echo(fd, "hello", 5, "memory"); /* from 127.0.0.1, not ::ffff:127.0.0.1 */
    close(fd);
}

static void a_worker_that_cannot_start_stops_the_start(void **state)
{
    struct app *other = memory_new(sizeof *other);
    struct http_options options = options_for(other);
    struct http_server *server = NULL;
    struct error err = { 0 };
    (void)state;
    other->fail_worker = 1;
    assert_int_equal(http_start(&options, &server, &err), -1);
    assert_string_equal(err.code, "test.worker");
    assert_null(server);
    assert_int_equal(other->stops, other->starts);
    memory_free(other);
}

static void a_taken_port_is_named(void **state)
{
    struct app *app = *state;
    struct http_options options = options_for(app);
    struct http_server *server = NULL;
    struct error err = { 0 };
    options.port = http_port(app->server);
    assert_int_equal(http_start(&options, &server, &err), -1);
    assert_string_equal(err.code, "http.listen");
    options.address = "localhost";
    assert_int_equal(http_start(&options, &server, &err), -1);
    assert_string_equal(err.code, "http.address");
    assert_null(server);
}

/* ---- streams ---- */

static int open_stream(struct app *app, const char *request)
{
    struct reply r;
    int fd = dial(app);
    assert_true(say(fd, request));
    take_head(fd, &r);
    assert_int_equal(r.status, 200);
    assert_memory_equal(header_of(&r, "Content-Type"), "text/event-stream\n", 18);
    return fd;
}

static void publish(struct app *app, int64_t id)
{
    hub_publish(app->hub, &(struct hub_event){ .kind = "hazard", .id = id, .version = 1 });
}

static void a_stream_that_ends_itself_leaves_the_connection_usable(void **state)
{
    int fd = dial(*state);
    ask(fd, GET("/short"), 200, "data: 3\n\ndata: 2\n\ndata: 1\n\n");
    ask(fd, GET("/hello"), 200, NULL);
    struct app *app = *state;
    app->stream_ends++; /* this stream has no done() to count itself */
    close(fd);
}

static void a_wake_while_the_stream_is_looking_is_not_lost(void **state)
{
    ask_once(*state, GET("/late"), 200, "data: late\n\n");
}

/* Takes chunks until `count` events have come; they must be the numbers from first on, each once and in order. */
static void expect_events(int fd, int first, int count)
{
    AUTO_TEXT seen = TEXT_LIMIT(1 << 20);
    size_t at = 0;
    for (int i = 0; i < count;) {
        assert_true(take_chunk(fd, &seen));
        for (const char *end; (end = strstr(text_get(&seen) + at, "\n\n")) != NULL; at = (size_t)(end + 2 - seen.at)) {
            const char *event = seen.at + at;
            if (event[0] == ':')
                continue;
            char want[64];
            int size = snprintf(want, sizeof want, "data: %d %d\n\n", first + i, (first + i) * 10);
            assert_memory_equal(event, want, (size_t)size);
            i++;
        }
    }
    assert_int_equal(at, seen.used);
}

static void every_stream_gets_every_event_once(void **state)
{
    struct app *app = *state;
    int fds[STREAMS];
    for (int i = 0; i < STREAMS; i++)
        fds[i] = open_stream(app, GET("/events"));
    assert_int_equal(http_stream_count(app->server), STREAMS);
    for (int i = 1; i <= EVENTS; i++) {
        publish(app, i * 10);
        if (i % 10 == 0)
            pause_shortly(); /* bursts and single events both occur */
    }
    for (int i = 0; i < STREAMS; i++)
        expect_events(fds[i], 1, EVENTS);
    ask_once(app, GET("/hello"), 200, NULL); /* the same daemon serves on */
    publish(app, (EVENTS + 1) * 10);
    for (int i = 0; i < STREAMS; i++) {
        expect_events(fds[i], EVENTS + 1, 1);
        close(fds[i]);
    }
    await_streams(app, 0);
}

static void a_stream_over_the_ceiling_is_refused(void **state)
{
    struct app *app = *state;
    int fds[STREAMS];
    for (int i = 0; i < STREAMS; i++)
        fds[i] = open_stream(app, GET("/events"));
    int extra = dial(app);
    ask(extra, GET("/events"), 503, "{\"code\":\"http.streams\"}");
    close(fds[0]);
    await_streams(app, STREAMS - 1);
    assert_true(say(extra, GET("/events"))); /* one place is free again */
    struct reply r;
    take_head(extra, &r);
    assert_int_equal(r.status, 200);
    close(extra);
    for (int i = 1; i < STREAMS; i++)
        close(fds[i]);
}

static void a_quiet_stream_gets_heartbeats(void **state)
{
    AUTO_TEXT seen = TEXT_LIMIT(4096);
    int fd = open_stream(*state, GET("/events"));
    for (int i = 0; i < 2; i++)
        assert_true(take_chunk(fd, &seen));
    assert_string_equal(text_get(&seen), ": \n\n: \n\n");
    close(fd);
}

static void a_vanished_client_ends_its_stream(void **state)
{
    struct app *app = *state;
    int fd = open_stream(app, GET("/events"));
    int other = open_stream(app, GET("/events"));
    assert_int_equal(http_stream_count(app->server), 2);
    close(fd);
    await_int(&app->stream_ends, 1);
    await_streams(app, 1);
    publish(app, 10);
    expect_events(other, 1, 1);
    close(other);
}

static void a_client_that_stops_reading_does_not_hold_the_others(void **state)
{
    struct app *app = *state;
    int stuck = open_stream(app, GET("/flood")); /* says more than the sockets between them hold */
    int fd = open_stream(app, GET("/events"));
    for (int i = 1; i <= 20; i++) {
        publish(app, i * 10);
        ask_once(app, GET("/hello"), 200, NULL);
        expect_events(fd, i, 1);
    }
    close(fd);
    close(stuck);
}

static void stopping_ends_open_streams(void **state)
{
    struct app *app = *state;
    int fds[20];
    for (int i = 0; i < 20; i++)
        fds[i] = open_stream(app, GET("/events"));
    app_end_server(app);
    assert_int_equal(app->stream_ends, 20);
    for (int i = 0; i < 20; i++) {
        AUTO_TEXT seen = TEXT_LIMIT(4096);
        while (take_chunk(fds[i], &seen)) /* the last chunk is there: an end, not a break */
            ;
        assert_true(closed_by_server(fds[i]));
        close(fds[i]);
    }
}

static _Atomic bool publishing;

static void *publish_all_the_time(void *arg)
{
    for (int i = 1; publishing; i++) {
        publish(arg, i);
        if (i % 50 == 0)
            pause_shortly();
    }
    return NULL;
}

static void streams_may_come_go_and_stop_while_events_pour_in(void **state)
{
    struct app *app = *state;
    pthread_t publisher;
    publishing = true;
    assert_int_equal(pthread_create(&publisher, NULL, publish_all_the_time, app), 0);
    for (int round = 0; round < 10; round++) {
        int fds[20];
        for (int i = 0; i < 20; i++)
            fds[i] = open_stream(app, GET("/events"));
        for (int i = 0; i < 20; i++) {
            AUTO_TEXT seen = TEXT_LIMIT(1 << 20);
            assert_true(take_chunk(fds[i], &seen));
            close(fds[i]);
        }
    }
    int last[20];
    for (int i = 0; i < 20; i++)
        last[i] = open_stream(app, GET("/events"));
    app_end_server(app);
    publishing = false;
    pthread_join(publisher, NULL);
    assert_int_equal(app->stream_ends, app->stream_starts);
    for (int i = 0; i < 20; i++)
        close(last[i]);
}

#define WITH_APP(name)           cmocka_unit_test_setup_teardown(name, app_start, app_stop)
#define WITH_IMPATIENT_APP(name) cmocka_unit_test_setup_teardown(name, app_start_impatient, app_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_APP(two_requests_share_one_connection),
        WITH_APP(pipelined_requests_are_answered_in_order),
        WITH_APP(status_and_headers_are_the_handlers),
        WITH_APP(head_is_answered_without_a_body),
        WITH_APP(a_file_is_sent_whole_and_closed),
        WITH_APP(headers_and_cookies_are_found_by_name),
        WITH_APP(a_reply_over_the_ceiling_becomes_an_error),
        WITH_APP(a_head_of_the_allowed_size_is_read_and_a_larger_one_refused),
        WITH_APP(queries_are_decoded_in_the_order_sent),
        WITH_APP(sixty_four_parameters_pass_and_one_more_does_not),
        WITH_APP(broken_addresses_are_refused),
        WITH_APP(a_body_of_unclear_length_is_refused),
        WITH_APP(bodies_up_to_the_ceiling_arrive_whole),
        WITH_APP(a_chunked_body_arrives_whole),
        WITH_APP(one_byte_over_is_refused_even_while_the_client_is_sending),
        WITH_APP(the_ceiling_is_known_from_the_length_alone),
        WITH_APP(expect_100_is_answered_before_the_body),
        WITH_APP(an_upload_is_spooled_to_a_file),
        WITH_APP(chunks_over_the_ceiling_are_swallowed_and_refused),
        WITH_APP(chunks_without_end_are_cut_off),
        WITH_IMPATIENT_APP(half_a_request_leaves_nothing_behind),
        WITH_IMPATIENT_APP(a_client_that_leaves_while_its_handler_runs_does_no_harm),
        WITH_APP(a_slow_handler_does_not_hold_the_others),
        cmocka_unit_test_setup_teardown(stopping_finishes_what_runs_and_what_waits_and_takes_nothing_new,
                                        app_start_to_drain, app_stop),
        cmocka_unit_test_setup_teardown(stopping_does_not_wait_for_a_queue_without_end, app_start_to_leave_at_once,
                                        app_stop),
        cmocka_unit_test_setup_teardown(everybody_is_named_by_the_plain_address, app_start_for_everybody, app_stop),
        WITH_APP(a_worker_that_cannot_start_stops_the_start),
        WITH_APP(a_taken_port_is_named),
        WITH_APP(a_stream_that_ends_itself_leaves_the_connection_usable),
        cmocka_unit_test_setup_teardown(a_wake_while_the_stream_is_looking_is_not_lost, app_start_without_heartbeat,
                                        app_stop),
        WITH_APP(every_stream_gets_every_event_once),
        WITH_APP(a_stream_over_the_ceiling_is_refused),
        WITH_APP(a_quiet_stream_gets_heartbeats),
        WITH_APP(a_vanished_client_ends_its_stream),
        WITH_APP(a_client_that_stops_reading_does_not_hold_the_others),
        WITH_APP(stopping_ends_open_streams),
        WITH_APP(streams_may_come_go_and_stop_while_events_pour_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
