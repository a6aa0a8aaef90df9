/*
** The product behind the HTTP server: what every handler gets and the gate in front of them.
**
** A route is a row (routes.c): method, pattern, handler, and either the verb it needs or `.open = true`. The gate
** (gate.c) finds the route, signs the visitor in, checks origin and verb, reads the body, and turns an error into
** problem details (RFC 9457). Handlers take a visit and return 0 or -1 with the error filled; they touch no socket, so
** tests call them through web_handle with a request made by hand.
*/
#pragma once
#include "access/access.h"
#include "access/key.h"
#include "access/session.h"
#include "domain/change.h"
#include "http/server.h"
#include "record/json.h"
#include "report/print.h"

#include <jansson.h>

struct pages; /* pages.h */
struct mail;  /* notify/mail.h */
struct setup; /* setup.h */

/* Requests a minute: what a house may settle for itself. A zero is the usual (base/limits.h). */
struct rates {
    int64_t session, key, address; /* of one of them; a key may have been made for less */
    int64_t verify;                /* check codes of one address */
    int64_t look_up;               /* questions of one person by a personal value */
};

struct web {
    struct house *house;
    const struct pages *pages;
    const char *version;
    const char *trusted_proxy; /* comma list of addresses whose X-Forwarded-* count; NULL = none */
    struct http_server *server;
    struct sign_in_rules rules;
    struct rates rates;
    int64_t min_free_mb; /* of disk, below which /readyz says no */
    struct mail *mail;   /* NULL: no letters are sent */
    /* A demonstration's next day: moves the clock on and does what the day brings. NULL: time passes by itself. */
    int (*next_day)(struct house *house, struct error *err);
    struct setup *setup; /* NULL: there are accounts, nothing is to be set up */
};

struct route;

struct visit {
    struct web *web;
    const struct request *rq;
    struct response *rs;
    struct arena *arena;
    struct db *db; /* a reader, for the length of the visit */
    struct actor actor;
    struct session session; /* id 0 with a key */
    struct key key;         /* id 0 with a session */
    int64_t as;             /* whom the person looks through (X-Anlan-As); 0 = nobody: actor.viewer is the person */
    const char *peer;       /* the visitor's address, behind a trusted proxy the forwarded one */
    int64_t now;
    int64_t ahead_ms; /* how far `now` runs ahead of the true time */
    bool english;
    const struct route *route;
    const struct kind *kind; /* from {kind}, its plural, or {kind-name} */
    int64_t id;              /* from {id} */
    const struct move *move; /* from {move} */
    int64_t file;            /* from {file} */
    int64_t key_id;          /* from {key} */
    const char *code;        /* from {code}, as it was typed */
    json_t *body;            /* parsed JSON; NULL when the route takes none */
    int64_t if_match;        /* version of If-Match; 0 when absent */
    struct json json;        /* over rs->body */
};

typedef int (*web_handler)(struct visit *v, struct error *err);

enum route_flags {
    ROUTE_OPEN = 1,     /* without signing in */
    ROUTE_JSON = 2,     /* takes a JSON body */
    ROUTE_UPLOAD = 4,   /* body spooled to a file */
    ROUTE_VERSION = 8,  /* needs If-Match */
    ROUTE_ONCE = 16,    /* honours Idempotency-Key */
    ROUTE_QUIET = 32,   /* does not extend the idle time-out */
    ROUTE_FIRST = 64,   /* also before a password that must be changed is, and before a due second factor is enrolled */
    ROUTE_OBJECT = 256, /* kinds that are objects alone */
    ROUTE_SELF = 128,   /* the person at a page: a key can neither prolong itself nor change a password */
    ROUTE_AS = 512,     /* may be read through somebody else's eyes (X-Anlan-As) */
    ROUTE_OUT = 1024,   /* signing out: of oneself, whoever is looked through */
};

struct route {
    enum http_method method;
    const char *pattern; /* {kind} {kind-name} {id} {move} {file} {key} {code} */
    web_handler handler;
    const char *verb; /* on the kind of the path; NULL when the handler asks itself */
    unsigned flags;
    const char *about; /* one line for OpenAPI */
};

extern const struct route routes[];
extern const size_t route_count;

/* http_options callbacks; app is a struct web. */
void web_handle(void *app, struct http_worker *worker, struct request *rq, struct response *rs);
bool web_is_upload(void *app, enum http_method method, const char *path);
void web_refuse(void *app, const struct error *err, struct response *rs);

/* For handlers. */
/* The person who asks, looking through whomever they look through, in memory of the caller's. */
int visit_actor(const struct visit *v, struct arena *arena, struct actor *out, struct error *err);
struct change_order visit_order(const struct visit *v, struct once *once);
struct origin visit_by(const struct visit *v);
/* What they owe before anything else: 403 password.change or totp.enrol. The first question of /me too. */
bool visit_password_due(const struct visit *v);
bool visit_second_due(const struct visit *v);
/* Into the audit trail: kind and record may be NULL and 0. */
int visit_audit(const struct visit *v, const char *act, const char *kind, int64_t record, const char *detail,
                struct error *err);
/* A session, key or password of an account is no longer: its event streams end and come back signing in anew. */
void visit_rights_end(const struct visit *v, int64_t account);
/* One of so many a minute (settled, or where that is zero the usual): 429 "rate" with Retry-After. */
int visit_rate(const struct visit *v, const char *who, int64_t settled, int64_t usual, struct error *err);
/* One more question by a personal value, of the person who is there (decision 19). */
int visit_look_up(const struct visit *v, struct error *err);
const char *visit_word(const struct visit *v, const struct label *label);
int visit_change(struct visit *v, change_fn fn, void *args, struct change_result *out, struct error *err);
/* Reads the record in the actor's scope and writes it as the reply. */
int reply_record(struct visit *v, const struct kind *kind, int64_t id, int status, struct error *err);
/* The value of Content-Disposition; how: "inline" or "attachment". */
const char *disposition(struct arena *arena, const char *how, const char *name);
void reply_problem(struct visit *v, const struct error *err);

/* One-click sign-in is for a demo folder and a browser on this very machine (decision 21). */
bool visit_is_local_demo(const struct visit *v);

/* Printed by `anlan describe` and served: the declarations as JSON. */
void meta_write(struct json *j);
void openapi_write(struct json *j);
