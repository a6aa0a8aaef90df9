/* A request as it comes in: path and query, the body to memory or to the spool file; and what handlers ask of it. */
#include "http/exchange.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

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

void response_start(struct response *rs)
{
    *rs = (struct response){ .fd = -1, .body = TEXT_LIMIT(LIMIT_REPLY) };
}

void response_drop(struct response *rs)
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
void exchange_refuse(struct exchange *x, const struct error *err)
{
    const struct http_options *o = &x->server->options;
    response_drop(&x->rs);
    response_start(&x->rs);
    if (o->refuse)
        o->refuse(o->app, err, &x->rs);
    if (x->rs.status == 0)
        x->rs.status = fault_status(err->fault);
}

/* The first exchange_refusal stands. */
struct error *exchange_refusal(struct exchange *x)
{
    struct error *err = ARENA_NEW(&x->arena, struct error);
    if (!x->refused)
        x->refused = err;
    return err;
}

void exchange_refuse_size(struct exchange *x)
{
    fail(exchange_refusal(x), FAULT_TOO_LARGE, "http.too_large", "请求内容超过 %d MB 的上限，请缩小后重新提交",
         "The request is over the limit of %d MB; make it smaller and send it again", (int)(x->body_limit >> 20));
}

void exchange_refuse_length(struct exchange *x)
{
    fail(exchange_refusal(x), FAULT_MALFORMED, "http.length", "请求没有说清内容的长度，请检查发送程序或代理",
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
        fail(exchange_refusal(x), FAULT_MALFORMED, "http.path", "地址无法识别，请检查网址是否完整",
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
                fail(exchange_refusal(x), FAULT_MALFORMED, "http.query_count", "地址中的查询参数超过 %d 个，请减少条件",
                     "The address has more than %d query parameters; use fewer", LIMIT_QUERY);
                return;
            }
            const char *equals = memchr(query, '=', size);
            size_t name = equals ? (size_t)(equals - query) : size;
            pair->name = decode(&x->arena, query, name, true);
            pair->value = equals ? decode(&x->arena, equals + 1, size - name - 1, true) : "";
            if (!pair->name || !pair->value) {
                fail(exchange_refusal(x), FAULT_MALFORMED, "http.query", "地址中的查询参数无法识别，请检查网址是否完整",
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
void *exchange_new(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *x = memory_new(sizeof *x);
    x->server = cls;
    x->connection = connection;
    x->rq.arena = &x->arena;
    x->rq.body_fd = -1;
    x->rq.peer = x->peer;
    x->rq.tls = x->server->options.tls_cert != NULL;
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
        return fail(exchange_refusal(x), FAULT_FULL, "http.spool_full",
                    "服务器磁盘空间不足，文件未收下，请通知管理员清理磁盘",
                    "The server's disk is full and the file was not taken; ask the administrator to make room");
    const char *why = strerror(errno);
    log_event(LOG_ERROR, "http.spool", "dir", x->server->spool_dir, "why", why, NULL);
    return fail(exchange_refusal(x), FAULT_INTERNAL, "http.spool", "文件无法暂存：%s，请通知管理员检查临时目录",
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
    return fail(exchange_refusal(x), FAULT_UNAVAILABLE, "http.bodies", "服务器正忙，请稍后再提交",
                "The server is busy; send it again soon");
}

void body_room_back(struct exchange *x)
{
    if (x->has_spool)
        atomic_fetch_sub(&x->server->spools, 1);
    atomic_fetch_sub(&x->server->body_bytes, (int64_t)x->body_held);
}

/* MHD_NO cuts the connection. */
enum MHD_Result body_take(struct exchange *x, const char *bytes, size_t size)
{
    x->body_seen += size;
    if (x->body_seen > x->body_limit * 2) /* swallowed enough */
        return MHD_NO;
    if (x->refused)
        return MHD_YES;
    if (x->body_seen > x->body_limit) {
        exchange_refuse_size(x);
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

void body_finish(struct exchange *x)
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
