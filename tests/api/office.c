#include "api/office.h"

#include "base/clock.h"
#include "base/memory.h"
#include "demo/demo.h"
#include "store/pg_fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READERS = 12, HEADERS = 24, KEY_DAYS = 30 };

const char *const office_names[MET] = { "nobody",  "office",   "leader",  "inspector",  "grid-a", "grid-b",
                                        "officer", "security", "auditor", "department", "worker" };

/* ---- the house ---- */

static enum store_engine engine_now;

static int64_t find_id(struct office *o, const char *sql)
{
    int64_t id = count_rows(o, sql);
    assert_true(id > 0);
    return id;
}

static void meet_people(struct office *o)
{
    static const char *const names[MET] = { NULL,         "xujing",     "wuchengdong",   "zhoumingyuan",
                                            "hezhicheng", "wanghaitao", "zhenghaisheng", "secadmin",
                                            "auditadmin", "gaoyuan",    "luoxiaofang" };
    struct error err = { 0 };
    for (int i = OFFICE; i < MET; i++) {
        struct person *p = &o->people[i];
        p->name = names[i];
        int64_t key;
        must(session_begin_demo(o->house.store,
                                &(struct sign_in){ .name = p->name, .peer = "127.0.0.1", .now = clock_now_ms() },
                                p->token, &p->id, &err),
             &err);
        struct origin by = { .now = clock_now_ms(), .account = p->id };
        must(key_make(o->house.store, &by, p->id, &(struct key_terms){ .name = "test", .days = KEY_DAYS }, p->key, &key,
                      &err),
             &err);
    }
    o->firm_a = find_id(o, "SELECT id FROM enterprise WHERE name = '澜北禾川精细化工有限公司'");
    o->firm_b = find_id(o, "SELECT id FROM enterprise WHERE name = '望潮锦悦商业管理有限公司'");
}

static int open_office(void **state)
{
    struct office *o = memory_new(sizeof *o);
    struct error err = { 0 };
    const char *base = getenv("TMPDIR");
    o->engine = engine_now;
    pthread_mutex_init(&o->lock, NULL);
    snprintf(o->folder, sizeof o->folder, "%s/anlan-api-XXXXXX", base && strlen(base) < 60 ? base : "/tmp");
    if (!mkdtemp(o->folder))
        return -1;
    o->url = o->engine == STORE_POSTGRES ? pg_fixture_database() : NULL;
    must(house_open(&(struct house_options){ o->folder, o->url, READERS, HOUSE_OWN }, &o->house, &err), &err);
    must(house_start_jobs(&o->house, 0, clock_now_ms, &err), &err);
    must(demo_load(&o->house, &(struct demo_order){ .now_ms = clock_now_ms() }, &err), &err);
    o->web = (struct web){ .house = &o->house, .version = "0.0.0" };
    meet_people(o);
    *state = o;
    return 0;
}

static int remove_one(const char *path, const struct stat *about, int flag, struct FTW *where)
{
    (void)about;
    (void)flag;
    (void)where;
    return remove(path);
}

static int close_office(void **state)
{
    struct office *o = *state;
    house_close(&o->house);
    nftw(o->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    memory_free(o->url);
    pthread_mutex_destroy(&o->lock);
    memory_free(o);
    return 0;
}

static int clear_replies(void **state)
{
    struct office *o = *state;
    while (o->replies) {
        struct reply *r = o->replies;
        o->replies = r->next;
        if (r->rs.stream)
            r->rs.stream->done(r->rs.stream->state);
        if (r->rs.fd >= 0)
            close(r->rs.fd);
        if (r->rq.body_fd >= 0)
            close(r->rq.body_fd);
        json_decref(r->json);
        text_done(&r->rs.body);
        arena_done(&r->arena);
        memory_free(r);
    }
    return 0;
}

static int run_office(enum store_engine engine, const struct both *tests, size_t count)
{
    const char *name = engine == STORE_SQLITE ? "sqlite" : "postgres";
    struct CMUnitTest *list = memory_new(sizeof *list * count);
    AUTO_ARENA arena = { 0 };
    engine_now = engine;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct CMUnitTest){ .name = arena_printf(&arena, "%s: %s", name, tests[i].says),
                                       .test_func = tests[i].body,
                                       .teardown_func = clear_replies };
    int failed = _cmocka_run_group_tests(name, list, count, open_office, close_office);
    memory_free(list);
    return failed;
}

int run_offices(const struct both *tests, size_t count)
{
    const char *engines = getenv("ANLAN_TEST_ENGINES");
    int failed = run_office(STORE_SQLITE, tests, count);
    if (!engines || strcmp(engines, "sqlite") != 0)
        failed += run_office(STORE_POSTGRES, tests, count);
    return failed;
}

/* ---- asking ---- */

static struct reply *new_reply(struct office *o)
{
    struct reply *r = memory_new(sizeof *r);
    r->rs = (struct response){ .fd = -1, .body = TEXT_LIMIT(LIMIT_REPLY) };
    r->rq = (struct request){ .arena = &r->arena, .body_fd = -1 };
    pthread_mutex_lock(&o->lock);
    r->next = o->replies;
    o->replies = r;
    pthread_mutex_unlock(&o->lock);
    return r;
}

static enum http_method method_of(const char *word)
{
    static const char *const words[] = { "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS" };
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(words[i], word) == 0)
            return (enum http_method)i;
    return HTTP_OTHER;
}

/* Addresses are written as they read; only what an address cannot hold otherwise is escaped. */
static char *unescape(struct arena *arena, const char *in, size_t size)
{
    char *out = arena_alloc(arena, size + 1);
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned byte;
        if (in[i] == '%' && i + 2 < size && sscanf(in + i + 1, "%2x", &byte) == 1) {
            out[n++] = (char)byte;
            i += 2;
        } else {
            out[n++] = in[i];
        }
    }
    return out;
}

static void take_path(struct request *rq, const char *path)
{
    size_t n = strcspn(path, "?");
    struct http_pair *pairs = ARENA_ARRAY(rq->arena, struct http_pair, LIMIT_QUERY);
    rq->path = unescape(rq->arena, path, n);
    rq->query = pairs;
    for (const char *at = path[n] ? path + n + 1 : ""; *at;) {
        size_t size = strcspn(at, "&"), name = strcspn(at, "=&");
        assert_true(rq->query_count < LIMIT_QUERY);
        pairs[rq->query_count++] =
            (struct http_pair){ unescape(rq->arena, at, name),
                                name < size ? unescape(rq->arena, at + name + 1, size - name - 1) : "" };
        at += size + (at[size] == '&');
    }
}

static void add_header(struct request *rq, struct http_pair *headers, const char *name, const char *value)
{
    assert_true(rq->header_count < HEADERS);
    headers[rq->header_count++] = (struct http_pair){ name, value };
}

static void take_headers(const struct office *o, const struct ask *ask, struct request *rq)
{
    struct http_pair *headers = ARENA_ARRAY(rq->arena, struct http_pair, HEADERS);
    const struct person *p = &o->people[ask->who];
    rq->headers = headers;
    for (const char *at = ask->headers ? ask->headers : ""; *at;) {
        size_t line = strcspn(at, "\n"), name = strcspn(at, ":");
        add_header(rq, headers, arena_strn(rq->arena, at, name), arena_strn(rq->arena, at + name + 2, line - name - 2));
        at += line + (at[line] == '\n');
    }
    if (!ask->host || *ask->host)
        add_header(rq, headers, "Host", ask->host ? ask->host : "localhost:8787");
    if (ask->who && ask->cookie)
        add_header(rq, headers, "Cookie", arena_printf(rq->arena, "other=1; anlan_session=%s", p->token));
    else if (ask->who)
        add_header(rq, headers, "Authorization", arena_printf(rq->arena, "Bearer %s", p->key));
    if (ask->body || ask->type)
        add_header(rq, headers, "Content-Type", ask->type ? ask->type : "application/json");
    if (ask->version)
        add_header(rq, headers, "If-Match", arena_printf(rq->arena, "\"%lld\"", (long long)ask->version));
    if (ask->once)
        add_header(rq, headers, "Idempotency-Key", ask->once);
}

static void take_body(const struct ask *ask, struct request *rq)
{
    size_t size = ask->size ? ask->size : ask->body ? strlen(ask->body) : 0;
    rq->body_size = size;
    if (size == 0)
        return;
    sha256(ask->body, size, rq->body_sha256);
    if (web_is_upload(NULL, rq->method, rq->path)) {
        rq->body_fd = memfd_create("upload", MFD_CLOEXEC);
        assert_int_equal(write(rq->body_fd, ask->body, size), size);
        lseek(rq->body_fd, 0, SEEK_SET);
    } else {
        rq->body = arena_strn(rq->arena, ask->body, size);
    }
}

static void read_file(struct reply *r)
{
    char *bytes = arena_alloc(&r->arena, (size_t)r->rs.fd_size + 1);
    size_t got = 0;
    for (ssize_t n; (n = pread(r->rs.fd, bytes + got, (size_t)r->rs.fd_size - got, (off_t)got)) > 0;)
        got += (size_t)n;
    r->body = bytes;
    r->size = got;
}

struct reply *office_ask(struct office *o, const struct ask *ask)
{
    struct reply *r = new_reply(o);
    struct http_worker worker = { 0 };
    r->rq.method = method_of(ask->method);
    r->rq.peer = ask->peer ? ask->peer : "127.0.0.1";
    take_path(&r->rq, ask->path);
    take_headers(o, ask, &r->rq);
    take_body(ask, &r->rq);
    web_handle(&o->web, &worker, &r->rq, &r->rs);
    r->status = r->rs.status ? r->rs.status : 200;
    r->body = text_get(&r->rs.body);
    r->size = r->rs.body.used;
    if (r->rs.fd >= 0)
        read_file(r);
    if (r->size && (!r->rs.type || strstr(r->rs.type, "json"))) {
        r->json = json_loadb(r->body, r->size, 0, NULL);
        if (!r->json)
            fail_msg("%s %s: not JSON: %s", ask->method, ask->path, r->body);
    }
    return r;
}

void work_off(struct office *o)
{
    struct error err = { 0 };
    must(jobs_run_all(o->house.jobs, &err), &err);
}

const char *say(struct office *o, const char *format, ...)
{
    struct reply *r = new_reply(o);
    AUTO_TEXT out = TEXT_LIMIT(64 << 10);
    char *line = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&line, format, args);
    va_end(args);
    assert_true(n >= 0);
    text_str(&out, line);
    free(line);
    return arena_str(&r->arena, text_get(&out));
}

#define PATH_OF(path, format)                       \
    char path[1024];                                \
    va_list args;                                   \
    va_start(args, format);                         \
    vsnprintf(path, sizeof path, (format), (args)); \
    va_end(args)

struct reply *get(struct office *o, enum who who, const char *path, ...)
{
    PATH_OF(full, path);
    return ASK(o, .who = who, .method = "GET", .path = full);
}

struct reply *post(struct office *o, enum who who, const char *body, const char *path, ...)
{
    PATH_OF(full, path);
    return ASK(o, .who = who, .method = "POST", .path = full, .body = body);
}

struct reply *patch(struct office *o, enum who who, int64_t version, const char *body, const char *path, ...)
{
    PATH_OF(full, path);
    return ASK(o, .who = who, .method = "PATCH", .path = full, .version = version, .body = body);
}

struct reply *move(struct office *o, enum who who, const json_t *record, const char *move, const char *body)
{
    return ASK(o, .who = who, .method = "POST", .body = body,
               .path = say(o, "/api/v1/hazards/%lld/moves/%s",
                           (long long)json_integer_value(json_object_get(record, "id")), move),
               .version = json_integer_value(json_object_get(record, "version")));
}

/* ---- looking at the answer ---- */

static void show(const struct reply *r, const char *why)
{
    print_error("%s: %d %s -> %d %s\n", why, (int)r->rq.method, r->rq.path, r->status, r->body ? r->body : "");
}

struct reply *expect(struct reply *r, int status)
{
    if (r->status != status) {
        show(r, "unexpected");
        fail_msg("expected %d", status);
    }
    return r;
}

struct reply *expect_code(struct reply *r, int status, const char *code)
{
    expect(r, status);
    if (strcmp(text_at(r, "code"), code) != 0) {
        show(r, "unexpected");
        fail_msg("expected %s", code);
    }
    return r;
}

struct reply *expect_field(struct reply *r, const char *field)
{
    expect(r, 422);
    const json_t *fields = json_object_get(r->json, "fields");
    if (json_object_size(fields) != 1 || !json_object_get(fields, field)) {
        show(r, "unexpected");
        fail_msg("expected the field %s alone", field);
    }
    return r;
}

void expect_same(const struct reply *a, const struct reply *b)
{
    bool same = a->status == b->status && a->size == b->size && memcmp(a->body, b->body, a->size) == 0 &&
                a->rs.header_count == b->rs.header_count;
    for (size_t i = 0; same && i < a->rs.header_count; i++)
        same = strcmp(a->rs.headers[i].name, b->rs.headers[i].name) == 0 &&
               strcmp(a->rs.headers[i].value, b->rs.headers[i].value) == 0;
    if (!same) {
        show(a, "one");
        show(b, "other");
        fail_msg("these should be the same");
    }
}

void expect_silent(const struct reply *r, const char *word)
{
    bool told = r->size && memmem(r->body, r->size, word, strlen(word));
    for (size_t i = 0; i < r->rs.header_count; i++)
        told |= strstr(r->rs.headers[i].value, word) != NULL;
    if (told) {
        show(r, "told");
        fail_msg("the reply should not say %s", word);
    }
}

static const json_t *find(const struct reply *r, const char *path)
{
    const json_t *at_now = r->json;
    while (at_now && *path) {
        char word[64];
        size_t n = strcspn(path, ".");
        snprintf(word, sizeof word, "%.*s", (int)n, path);
        at_now =
            json_is_array(at_now) ? json_array_get(at_now, strtoul(word, NULL, 10)) : json_object_get(at_now, word);
        path += n + (path[n] == '.');
    }
    return at_now;
}

const json_t *at(const struct reply *r, const char *path)
{
    const json_t *found = find(r, path);
    if (!found) {
        show(r, "no such part");
        fail_msg("there is no %s", path);
    }
    return found;
}

const char *text_at(const struct reply *r, const char *path)
{
    return json_string_value(at(r, path));
}

int64_t number_at(const struct reply *r, const char *path)
{
    const json_t *found = at(r, path);
    if (!json_is_integer(found)) {
        show(r, "not a number");
        fail_msg("%s is not a whole number", path);
    }
    return json_integer_value(found);
}

size_t count_at(const struct reply *r, const char *path)
{
    const json_t *found = at(r, path);
    return json_is_array(found) ? json_array_size(found) : json_object_size(found);
}

const char *header_of(const struct reply *r, const char *name)
{
    for (size_t i = 0; i < r->rs.header_count; i++)
        if (strcasecmp(r->rs.headers[i].name, name) == 0)
            return r->rs.headers[i].value;
    return NULL;
}

/* ---- making ---- */

int64_t make_file(struct office *o, enum who who, const char *name, const char *bytes)
{
    struct reply *r = ASK(o, .who = who, .method = "POST", .path = say(o, "/api/v1/files?name=%s", name), .body = bytes,
                          .type = "image/png");
    return number_at(expect(r, 201), "id");
}

struct reply *make_hazard(struct office *o, enum who who, int64_t object, const char *description)
{
    const char *body =
        say(o, "{\"description\":\"%s\",\"object\":%lld,\"found_on\":\"2026-01-05\",\"source\":\"grid\"}", description,
            (long long)object);
    return expect(post(o, who, body, "/api/v1/hazards"), 201);
}

struct reply *make_fixed(struct office *o, enum who who, const char *description)
{
    struct reply *r = make_hazard(o, OFFICE, o->firm_a, description);
    r = expect(move(o, OFFICE, r->json, "classify", "{\"level\":\"general\"}"), 200);
    const char *body = say(o, "{\"rectification\":\"已整改\",\"evidence\":[%lld]}",
                           (long long)make_file(o, who, "after.png", "after"));
    return expect(move(o, who, r->json, "spot-fix", body), 200);
}

int64_t count_rows(struct office *o, const char *sql)
{
    return must_count(o->house.store, sql, NO_BINDS);
}

void run_sql(struct office *o, const char *sql)
{
    must_write(o->house.store, sql, NO_BINDS);
}
