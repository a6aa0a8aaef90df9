/*
** The HTTP server: libmicrohttpd moves bytes, workers run handlers. Only exchange.h and the files it
** names know the library.
**
** A request is read whole by the library's threads (pool of 2, epoll), the connection is suspended, one of
** options.workers threads runs the handler (it may block on the database), the connection is resumed and the reply
** sent. Bodies up to LIMIT_BODY are kept in memory; a request that options.is_upload marks as an upload is spooled to
** an unlinked temporary file ($TMPDIR or /tmp) up to LIMIT_UPLOAD. Both ceilings are refused from Content-Length with
** 413 before a byte is read, and while reading when there is no length. A head that is too large for the connection's
** memory is answered by the library itself (431, plain HTML).
**
** Event streams: a handler that sets response->stream hands the connection to the stream pump: `next` is asked for the
** next piece of text after http_wake_streams, and a comment line is written every 15 s as heartbeat so that a vanished
** client is noticed. At most LIMIT_STREAMS; one more gets 503.
**
** Threads: the handler runs on a worker thread; each worker has its own struct http_worker (with a slot for the app's
** per-thread state). request and its arena live until the reply has been sent.
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_method { HTTP_GET, HTTP_POST, HTTP_PATCH, HTTP_PUT, HTTP_DELETE, HTTP_HEAD, HTTP_OPTIONS, HTTP_OTHER };

struct http_pair {
    const char *name, *value; /* query names are decoded, in the order sent */
};

struct request {
    struct arena *arena;
    enum http_method method;
    const char *path;              /* decoded, without the query; valid UTF-8 without NUL or control characters */
    const struct http_pair *query; /* at most LIMIT_QUERY */
    size_t query_count;
    const char *body; /* NUL-terminated for convenience; NULL when there is none or it was spooled */
    size_t body_size;
    int body_fd; /* spooled upload, positioned at 0; -1 otherwise. A handler that keeps the file sets it to -1 */
    unsigned char body_sha256[32]; /* of the body, kept in memory or spooled alike; zero when there is none */
    const char *peer;              /* numeric address of the socket's other end */
    bool tls;                      /* it came over the server's own TLS */
    void *impl;                    /* the server's; NULL in a request made by hand (tests), which brings its headers */
    const struct http_pair *headers;
    size_t header_count;
};

const char *request_header(const struct request *rq, const char *name); /* NULL when absent */
const char *request_cookie(const struct request *rq, const char *name); /* NULL when absent */
const char *request_query(const struct request *rq, const char *name);  /* first of that name, NULL when absent */

struct http_header {
    const char *name, *value;
};

struct http_stream {
    /* Appends the next whole event ("data: …\n\n") to out. Returns false to end the stream. Appending nothing means
    ** nothing new. Called on a library thread, at once and after every wake: must not block. */
    bool (*next)(void *state, struct text *out);
    void (*done)(void *state); /* may be NULL; on a library or worker thread */
    void *state;
};

struct response {
    int status;       /* 200 when the handler leaves it */
    const char *type; /* Content-Type; when NULL application/json for a body, text/event-stream for a stream */
    struct text body;
    const void *fixed; /* instead of body: bytes that live as long as the process (embedded pages) */
    size_t fixed_size;
    int fd; /* instead of body: a file sent from its beginning and closed; -1 otherwise */
    int64_t fd_size;
    struct http_header headers[24];
    size_t header_count;
    struct http_stream *stream; /* in the request's arena or on the heap; done() is called exactly once */
};

/* name and value must live until the reply is sent: constants or the request's arena. */
void response_header(struct response *rs, const char *name, const char *value);

struct http_worker {
    int number;
    void *app; /* the application's per-thread state, filled by options.worker_start */
};

struct http_options {
    const char *address; /* numeric: "127.0.0.1"; "::" serves IPv6 and IPv4 */
    uint16_t port;       /* 0: any free one, see http_port */
    int workers;
    void *app;
    /* Both optional; run on the worker's thread. */
    int (*worker_start)(void *app, struct http_worker *worker, struct error *err);
    void (*worker_stop)(void *app, struct http_worker *worker);
    /* Decides from method and path alone whether a body is an upload to spool. Must not block. */
    bool (*is_upload)(void *app, enum http_method method, const char *path);
    void (*handle)(void *app, struct http_worker *worker, struct request *rq, struct response *rs);
    /* Writes the reply for failures the application does not see (400, 413, 500, 503, 507). Runs on library and worker
    ** threads: must not block. A status left 0 becomes fault_status(err->fault). */
    void (*refuse)(void *app, const struct error *err, struct response *rs);
    int idle_s;      /* 0: 30; a connection that neither sends nor takes anything for so long is closed */
    int heartbeat_s; /* 0: 15 */
    int max_streams; /* 0: LIMIT_STREAMS */
    const char *tls_cert, *tls_key; /* PEM texts, as long as the server runs; both or neither. TLS 1.2 and 1.3 */
    size_t upload_limit;            /* 0: LIMIT_UPLOAD; bytes of one upload, never more than that */
    int drain_ms; /* 0: 500; so long http_stop lets workers take up what already waits; the rest is told to come back */
};

struct http_server;

int http_start(const struct http_options *options, struct http_server **out, struct error *err);
uint16_t http_port(const struct http_server *server);
void http_wake_streams(struct http_server *server); /* from any thread: streams have something new */
int http_stream_count(const struct http_server *server);
struct http_load {
    int connections, waiting, running, streams; /* waiting for a worker; a worker is at them */
};
void http_load(struct http_server *server, struct http_load *out); /* all zero for NULL */
/* Takes nothing new (503), lets running handlers end and works off the queue for drain_ms, ends every stream, waits a second
** for clients to take their replies, stops. NULL is fine. Whoever calls http_wake_streams must have been told to stop
** before (hub_listen with NULL). */
void http_stop(struct http_server *server);
