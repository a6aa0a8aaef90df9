/* The product behind the real server, over bare sockets: what only the wire can show. */
#include "api/office.h"

#include "base/limits.h"
#include "base/memory.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WORKERS = 4, PATIENCE_S = 60, SLOW = 24 };

/* ---- a server and a client ---- */

static struct http_server *serve(struct office *o)
{
    struct error err = { 0 };
    struct http_options options = { .address = "127.0.0.1",
                                    .workers = WORKERS,
                                    .app = &o->web,
                                    .is_upload = web_is_upload,
                                    .handle = web_handle,
                                    .refuse = web_refuse };
    must(http_start(&options, &o->web.server, &err), &err);
    return o->web.server;
}

static void leave(struct office *o)
{
    http_stop(o->web.server);
    o->web.server = NULL;
}

static int dial(const struct http_server *server)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(http_port(server)),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    struct timeval patience = { .tv_sec = PATIENCE_S };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* refused before it was all sent: the answer tells */
        bytes += n;
        size -= (size_t)n;
    }
}

struct answer {
    int status;
    char *all; /* head and body */
    const char *body;
};

static struct answer receive(int fd)
{
    struct text in = TEXT_LIMIT(32 << 20);
    char piece[65536];
    for (ssize_t n; (n = recv(fd, piece, sizeof piece, 0)) > 0;)
        text_add(&in, piece, (size_t)n);
    close(fd);
    struct answer a = { .all = in.used ? text_take(&in) : memory_str("") };
    const char *end = strstr(a.all, "\r\n\r\n");
    a.body = end ? end + 4 : "";
    a.status = strncmp(a.all, "HTTP/1.1 ", 9) == 0 ? (int)strtol(a.all + 9, NULL, 10) : 0;
    return a;
}

static struct answer talk(struct office *o, const char *head, const char *body, size_t size)
{
    int fd = dial(o->web.server);
    const char *all = say(o, "%sHost: 127.0.0.1\r\nConnection: close\r\n\r\n", head);
    send_all(fd, all, strlen(all));
    send_all(fd, body, size);
    return receive(fd);
}

static const char *key_line(struct office *o, enum who who)
{
    return say(o, "Authorization: Bearer %s\r\n", o->people[who].key);
}

static void check_answer(struct answer *a, int status, const char *code)
{
    static const char *const safe[] = { "X-Content-Type-Options: nosniff",
                                        "Content-Security-Policy: default-src 'self'", "X-Frame-Options: DENY",
                                        "Cache-Control: no" };
    if (a->status != status || (code && !strstr(a->body, code)))
        fail_msg("expected %d %s, got %.600s", status, code ? code : "", a->all);
    for (size_t i = 0; i < COUNT(safe); i++)
        if (!strcasestr(a->all, safe[i]))
            fail_msg("no %s in %.600s", safe[i], a->all);
    memory_free(a->all);
}

/* ---- sizes ---- */

static void a_body_of_one_megabyte_is_read_and_one_byte_more_is_not(void **state)
{
    struct office *o = OFFICE(state);
    char *body = memory_new(LIMIT_BODY + 2);
    memset(body, ' ', LIMIT_BODY + 1);
    memcpy(body, "{\"colour\":1}", 12);
    serve(o);
    for (int more = 0; more < 2; more++) {
        const char *head =
            say(o, "POST /api/v1/hazards HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n",
                key_line(o, GRID_A), LIMIT_BODY + more);
        struct answer a = talk(o, head, body, (size_t)LIMIT_BODY + (size_t)more);
        check_answer(&a, more ? 413 : 422, more ? "http.too_large" : "invalid");
    }
    leave(o);
    memory_free(body);
}

static void an_upload_over_twenty_megabytes_is_refused_from_its_length(void **state)
{
    struct office *o = OFFICE(state);
    int64_t files = count_rows(o, "SELECT count(*) FROM file");
    serve(o);
    static const char *const paths[] = { "/api/v1/files?name=a.png", "/api/v1/enterprises/import" };
    for (size_t i = 0; i < COUNT(paths); i++) {
        const char *head = say(o, "POST %s HTTP/1.1\r\n%sContent-Type: image/png\r\nContent-Length: %d\r\n", paths[i],
                               key_line(o, GRID_A), LIMIT_UPLOAD + 1);
        struct answer a = talk(o, head, "", 0); /* not one byte of it is needed */
        check_answer(&a, 413, "http.too_large");
    }
    leave(o);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM file"), files);
}

static void an_upload_of_twenty_megabytes_is_kept(void **state)
{
    struct office *o = OFFICE(state);
    char *bytes = memory_new(LIMIT_UPLOAD);
    serve(o);
    const char *head =
        say(o, "POST /api/v1/files?name=a.png HTTP/1.1\r\n%sContent-Type: image/png\r\nContent-Length: %d\r\n",
            key_line(o, GRID_A), LIMIT_UPLOAD);
    struct answer a = talk(o, head, bytes, LIMIT_UPLOAD);
    check_answer(&a, 201, "20971520");
    leave(o);
    memory_free(bytes);
}

/* ---- addresses ---- */

static void an_address_that_cannot_be_read_is_a_problem_in_words(void **state)
{
    static const struct {
        const char *path;
        int status;
    } rows[] = { { "/api/v1/hazards%00", 400 },        { "/api/v1/hazards%ff", 400 },
                 { "/api/v1/hazards?q=%zz", 400 },     { "/api/v1/hazards?q=%00", 400 },
                 { "/api/v1/hazards?%ff=1", 400 },     { "/api/v1/../v1/me", 404 },
                 { "/api/v1/hazards/%2e%2e/me", 404 }, { "/api/v1/hazards%2f1", 0 },
                 { "/api/v1/me?%0a=1", 200 } };
    struct office *o = OFFICE(state);
    serve(o);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer a = talk(o, say(o, "GET %s HTTP/1.1\r\n%s", rows[i].path, key_line(o, OFFICE)), "", 0);
        int want = rows[i].status ? rows[i].status : a.status;
        assert_true(a.status == 200 || (a.status >= 400 && a.status < 500));
        check_answer(&a, want, want >= 400 ? "code" : NULL);
    }
    leave(o);
}

/* ---- people ---- */

static void one_click_gives_a_cookie_that_needs_the_own_origin_to_write(void **state)
{
    struct office *o = OFFICE(state);
    static const char body[] = "{\"name\":\"xujing\"}";
    serve(o);
    struct answer a =
        talk(o,
             say(o, "POST /api/v1/demo-session HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n",
                 sizeof body - 1),
             body, sizeof body - 1);
    assert_int_equal(a.status, 200);
    const char *set = strcasestr(a.all, "Set-Cookie: ");
    assert_non_null(set);
    set += strlen("Set-Cookie: ");
    const char *cookie = say(o, "Cookie: theme=dark; %.*s\r\n", (int)strcspn(set, ";"), set);
    memory_free(a.all);
    a = talk(o, say(o, "GET /api/v1/me HTTP/1.1\r\n%s", cookie), "", 0);
    check_answer(&a, 200, "xujing");
    const char *write = "POST /api/v1/hazards HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n";
    a = talk(o, say(o, "%s%s", write, cookie), "{}", 2);
    check_answer(&a, 403, "origin");
    a = talk(o, say(o, "%s%sOrigin: http://127.0.0.1\r\n", write, cookie), "{}", 2);
    check_answer(&a, 422, "invalid");
    a = talk(o, say(o, "DELETE /api/v1/session HTTP/1.1\r\n%sOrigin: http://127.0.0.1\r\n", cookie), "", 0);
    check_answer(&a, 204, NULL);
    a = talk(o, say(o, "GET /api/v1/me HTTP/1.1\r\n%s", cookie), "", 0);
    check_answer(&a, 401, "session.none");
    leave(o);
}

static void a_head_that_never_ends_keeps_nobody_else_waiting(void **state)
{
    struct office *o = OFFICE(state);
    int slow[SLOW];
    serve(o);
    for (int i = 0; i < SLOW; i++) {
        slow[i] = dial(o->web.server);
        send_all(slow[i], "GET /api/v1/me HT", i % 17 + 1);
    }
    struct answer a = talk(o, say(o, "GET /api/v1/me HTTP/1.1\r\n%s", key_line(o, OFFICE)), "", 0);
    check_answer(&a, 200, "xujing");
    for (int i = 0; i < SLOW; i++)
        close(slow[i]);
    leave(o);
}

static void asked_only_for_the_head_the_server_sends_only_the_head(void **state)
{
    static const char *const paths[] = { "/api/v1/hazards", "/api/v1/hazards/1", "/api/v1/hazards/export",
                                         "/api/v1/events", "/api/v1/none" };
    struct office *o = OFFICE(state);
    serve(o);
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct answer a = talk(o, say(o, "HEAD %s HTTP/1.1\r\n%s", paths[i], key_line(o, OFFICE)), "", 0);
        assert_string_equal(a.body, "");
        check_answer(&a, strstr(paths[i], "none") ? 404 : 200, NULL);
    }
    assert_int_equal(http_stream_count(o->web.server), 0);
    leave(o);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_body_of_one_megabyte_is_read_and_one_byte_more_is_not),
        SAYS(an_upload_over_twenty_megabytes_is_refused_from_its_length),
        SAYS(an_upload_of_twenty_megabytes_is_kept),
        SAYS(an_address_that_cannot_be_read_is_a_problem_in_words),
        SAYS(one_click_gives_a_cookie_that_needs_the_own_origin_to_write),
        SAYS(a_head_that_never_ends_keeps_nobody_else_waiting),
        SAYS(asked_only_for_the_head_the_server_sends_only_the_head),
    };
    return RUN_OFFICES(tests);
}
