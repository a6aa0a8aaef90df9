#include "base/clock.h"
#include "base/log.h"
#include "base/seal.h"
#include "base/utf8.h"
#include "access/query.h"
#include "domain/grid/grid.h"
#include "domain/ladder.h"
#include "domain/render.h"
#include "http/pages.h"
#include "http/rate.h"
#include "http/gauge.h"
#include "http/web.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { SLOW_US = 1000000, RUNNING = 256, SEEN_AS_MS = 3600 * 1000 };

/* ---- routes ---- */

static const char *segment(struct arena *arena, const char **at)
{
    while (**at == '/')
        (*at)++;
    size_t n = strcspn(*at, "/");
    const char *out = n ? arena_strn(arena, *at, n) : NULL;
    *at += n;
    return out;
}

static bool number_of(const char *text, int64_t *out)
{
    size_t n = strlen(text);
    if (n == 0 || n > 18 || strspn(text, "0123456789") != n || (text[0] == '0' && n > 1))
        return false;
    *out = strtoll(text, NULL, 10);
    return *out > 0;
}

/* Fills the parts of the path a pattern names. Kind and move must exist for the pattern to match. */
static bool matches(struct visit *v, const char *pattern)
{
    const char *a = pattern, *b = v->rq->path, *want, *got;
    struct arena *arena = v->arena;
    v->kind = NULL;
    v->move = NULL;
    while ((want = segment(arena, &a)) != NULL) {
        if ((got = segment(arena, &b)) == NULL)
            return false;
        if (strcmp(want, "{kind}") == 0)
            v->kind = kind_of_plural(got);
        else if (strcmp(want, "{kind-name}") == 0)
            v->kind = kind_find(got);
        else if (strcmp(want, "{move}") == 0)
            v->move = v->kind ? move_find(v->kind, got) : NULL;
        bool ok = strncmp(want, "{kind", 5) == 0 ? v->kind != NULL
                  : strcmp(want, "{move}") == 0  ? v->move != NULL
                  : strcmp(want, "{id}") == 0    ? number_of(got, &v->id)
                  : strcmp(want, "{file}") == 0  ? number_of(got, &v->file)
                  : strcmp(want, "{code}") == 0  ? (v->code = got) != NULL
                  : strcmp(want, "{key}") == 0   ? number_of(got, &v->key_id)
                                                 : strcmp(want, got) == 0;
        if (!ok)
            return false;
    }
    return segment(arena, &b) == NULL;
}

static int find_route(struct visit *v, struct error *err)
{
    bool other_method = false;
    enum http_method method = v->rq->method == HTTP_HEAD ? HTTP_GET : v->rq->method;
    for (size_t i = 0; i < route_count; i++) {
        if (!matches(v, routes[i].pattern))
            continue;
        if (routes[i].method == method) {
            v->route = &routes[i];
            return 0;
        }
        other_method = true;
    }
    if (other_method)
        return fail(err, FAULT_METHOD, "method", "这个地址不支持这种请求方法",
                    "This address does not take that method");
    return fail(err, FAULT_MISSING, "address", "没有这个地址", "There is no such address");
}

bool web_is_upload(void *app, enum http_method method, const char *path)
{
    (void)app;
    size_t n = strlen(path);
    if (method == HTTP_PUT)
        return n > 9 && strcmp(path + n - 9, "/boundary") == 0;
    return method == HTTP_POST && (strcmp(path, "/api/v1/files") == 0 || strcmp(path, "/api/v1/grid/boundaries") == 0 ||
                                   (n > 7 && strcmp(path + n - 7, "/import") == 0));
}

/* ---- who is it ---- */

static bool listed_address(const char *list, const char *address)
{
    size_t n = strlen(address);
    for (const char *at = list; at && *at;) {
        at += strspn(at, ", ");
        size_t word = strcspn(at, ", ");
        if (word == n && strncmp(at, address, n) == 0)
            return true;
        at += word;
    }
    return false;
}

static const char *peer_of(const struct visit *v)
{
    const char *forwarded = request_header(v->rq, "X-Forwarded-For");
    if (!forwarded || !listed_address(v->web->trusted_proxy, v->rq->peer))
        return v->rq->peer;
    const char *last = strrchr(forwarded, ',');
    last = last ? last + 1 : forwarded;
    last += strspn(last, " ");
    struct in6_addr ignored;
    return inet_pton(AF_INET, last, &ignored) == 1 || inet_pton(AF_INET6, last, &ignored) == 1 ? last : v->rq->peer;
}

/* An address, not a name that looks like one: 127.0.0.1.example resolves wherever its owner likes. */
static bool is_loopback(const char *address)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, address, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, address, &six) != 1)
        return false;
    return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
}

bool visit_is_local_demo(const struct visit *v)
{
    static const char *const forwarding[] = { "Forwarded",         "X-Forwarded-For", "X-Forwarded-Host",
                                              "X-Forwarded-Proto", "X-Real-IP",       "Via" };
    if (!v->web->house->demo || !is_loopback(v->rq->peer))
        return false;
    for (size_t i = 0; i < COUNT(forwarding); i++)
        if (request_header(v->rq, forwarding[i]))
            return false;
    const char *host = request_header(v->rq, "Host");
    if (!host)
        return false;
    size_t n = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    const char *name = arena_strn(v->arena, host, n);
    return strcmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0 || is_loopback(name);
}

/* A page of another site can make a browser send our cookie; it cannot make it send our origin. */
static int check_origin(const struct visit *v, struct error *err)
{
    const char *origin = request_header(v->rq, "Origin"), *host = request_header(v->rq, "Host");
    const char *name = origin ? strstr(origin, "://") : NULL;
    if (name && host && strcmp(name + 3, host) == 0)
        return 0;
    return fail(err, FAULT_FORBIDDEN, "origin", "请求来自别的网站，已拒绝", "The request comes from another site");
}

/* ---- how often ---- */

int visit_rate(const struct visit *v, const char *who, int64_t settled, int64_t usual, struct error *err)
{
    int wait = rate_take(who, settled ? settled : usual, v->now);
    if (!wait)
        return 0;
    err->retry_after_s = wait;
    return fail(err, FAULT_LIMITED, "rate", "请求太频繁，请 %d 秒后再试", "Too many requests; try again in %d seconds",
                wait);
}

/* ---- who ---- */

int visit_actor(const struct visit *v, struct arena *arena, struct actor *out, struct error *err)
{
    int64_t day = day_of_ms(v->now);
    if (actor_load(v->db, v->key.id ? v->key.account : v->session.account, day, arena, out, err) < 0)
        return -1;
    if (v->key.id)
        key_narrow(&v->key, arena, out);
    if (!v->as)
        return 0;
    struct actor *self = ARENA_NEW(arena, struct actor);
    *self = *out;
    if (actor_load(v->db, v->as, day, arena, out, err) < 0)
        return -1;
    out->viewer = self;
    return 0;
}

/* The house's ceiling, or less where the key was made for less. */
static int check_key_rate(const struct visit *v, struct error *err)
{
    int64_t most = v->web->rates.key ? v->web->rates.key : LIMIT_KEY_RATE, own = v->key.per_minute;
    return visit_rate(v, arena_printf(v->arena, "key %" PRId64, v->key.id), own < most ? own : most, LIMIT_KEY_RATE,
                      err);
}

static int sign_in_with_key(struct visit *v, const char *token, struct error *err)
{
    if (key_find(v->web->house->store, v->db, token, v->now, v->arena, &v->key, err) < 0 || check_key_rate(v, err) < 0)
        return -1;
    return visit_actor(v, v->arena, &v->actor, err);
}

static int sign_in_with_cookie(struct visit *v, const char *token, struct error *err)
{
    bool reads = v->rq->method == HTTP_GET || v->rq->method == HTTP_HEAD;
    struct session_use use = { .now = v->now,
                               .idle_ms = v->web->rules.idle_ms,
                               .touch = !(v->route->flags & ROUTE_QUIET) };
    if (!reads && check_origin(v, err) < 0)
        return -1;
    if (session_find(v->web->house->store, v->db, token, &use, &v->session, err) < 0 ||
        visit_rate(v, arena_printf(v->arena, "session %" PRId64, v->session.id), v->web->rates.session,
                   LIMIT_SESSION_RATE, err) < 0)
        return -1;
    return visit_actor(v, v->arena, &v->actor, err);
}

static int sign_in(struct visit *v, struct error *err)
{
    const char *bearer = request_header(v->rq, "Authorization");
    const char *cookie = request_cookie(v->rq, "anlan_session");
    if (bearer && strncasecmp(bearer, "Bearer ", 7) == 0)
        return sign_in_with_key(v, bearer + 7, err);
    return cookie ? sign_in_with_cookie(v, cookie, err) : nobody_signed_in(err);
}

bool visit_password_due(const struct visit *v)
{
    int64_t days = v->web->rules.password_days;
    return v->session.id && (v->session.must_change || (days && v->session.password_at + days * DAY_MS < v->now));
}

bool visit_second_due(const struct visit *v)
{
    enum second_needed needed = v->web->rules.second;
    bool administers =
        actor_can(&v->actor, "manage") || actor_can(&v->actor, "audit") || actor_can(&v->actor, "operate");
    if (!v->session.id || v->session.second || needed == SECOND_NOBODY)
        return false;
    return needed == SECOND_EVERYBODY || (administers && (needed == SECOND_ADMINISTRATORS || !v->web->house->demo));
}

static bool looks(const struct visit *v)
{
    return request_header(v->rq, "X-Anlan-As") && !(v->route->flags & ROUTE_OUT);
}

static int check_duties(const struct visit *v, struct error *err)
{
    if ((v->route->flags & ROUTE_SELF) && !v->session.id)
        return fail(err, FAULT_FORBIDDEN, "session.needed", "接口密钥不能做这件事，请用密码登录后操作",
                    "A key cannot do this; sign in with your password");
    if ((v->route->flags & ROUTE_FIRST) && !looks(v))
        return 0;
    if (visit_password_due(v))
        return fail(err, FAULT_FORBIDDEN, "password.change", "请先修改密码", "Change your password first");
    if (visit_second_due(v))
        return fail(err, FAULT_FORBIDDEN, "totp.enrol", "请先绑定动态口令", "Enrol a second factor first");
    return 0;
}

struct origin visit_by(const struct visit *v)
{
    const struct actor *self = v->actor.viewer ? v->actor.viewer : &v->actor;
    return (struct origin){ .now = v->now,
                            .ahead_ms = v->ahead_ms,
                            .account = self->id,
                            .session = v->session.id,
                            .key = v->key.id,
                            .peer = v->peer };
}

int visit_look_up(const struct visit *v, struct error *err)
{
    return visit_rate(v, arena_printf(v->arena, "look-up %" PRId64, visit_by(v).account), v->web->rates.look_up,
                      LIMIT_LOOK_UP_RATE, err);
}

static int check_look(const struct visit *v, int64_t *account, struct error *err)
{
    if (v->rq->method != HTTP_GET && v->rq->method != HTTP_HEAD)
        return fail(err, FAULT_FORBIDDEN, "as.readonly", "以他人身份查看时只能看，回到本人后再办理",
                    "Seeing as somebody else is for reading; go back to yourself first");
    if (!(v->route->flags & ROUTE_AS))
        return fail(err, FAULT_FORBIDDEN, "as.own", "这里是本人的内容，回到本人后再看",
                    "This is about oneself; go back to yourself first");
    if (!actor_may_look(&v->actor))
        return fail(err, FAULT_FORBIDDEN, "as.forbidden", "只有安委办和安全管理员可以以他人身份查看",
                    "Only the office and the security administrator see as somebody else");
    if (!number_of(request_header(v->rq, "X-Anlan-As"), account))
        return fail(err, FAULT_MALFORMED, "as.form", "X-Anlan-As 应为人员编号",
                    "X-Anlan-As must be the id of an account");
    return 0;
}

/* It is in the trail before anything is shown: once an hour for a session or key and whom it looks through. */
static int look_through(struct visit *v, struct error *err)
{
    struct origin by = visit_by(v);
    struct error why = { 0 };
    if (check_look(v, &v->as, err) < 0)
        return -1;
    if (v->as == ACCOUNT_SYSTEM || visit_actor(v, v->arena, &v->actor, &why) < 0) {
        if (why.fault && why.fault != FAULT_UNAUTHENTICATED) {
            *err = why;
            return -1;
        }
        return fail(err, FAULT_MISSING, "as.missing", "没有这个人员，或账号已停用",
                    "There is no such person, or the account is disabled");
    }
    return audit_write_once(v->web->house->store, v->db, &by, "see-as", account_kind.name, v->as, v->now - SEEN_AS_MS,
                            err);
}

int visit_audit(const struct visit *v, const char *act, const char *kind, int64_t record, const char *detail,
                struct error *err)
{
    struct origin by = visit_by(v);
    return audit_write(v->web->house->store, &by, act, kind, record, detail, err);
}

/* Whom the record itself bars from the move is told that rule, not to ask for a right that would not help. */
static int check_barred(const struct visit *v, struct error *err)
{
    struct scope scope;
    struct error unread = { 0 };
    void *record;
    if (!v->move || !v->move->never[0] || !v->id)
        return 0;
    scope_compile(&v->actor, v->kind, verb_bit("read"), &scope);
    if (record_read(v->db, &scope, v->id, true, false, v->arena, &record, &unread) < 0) {
        if (unread.fault == FAULT_MISSING)
            return 0;
        *err = unread;
        return -1;
    }
    return move_refuse_barred(v->kind, v->move, record, v->actor.id, err);
}

static int check_verb(const struct visit *v, struct error *err)
{
    const char *verb = v->move ? v->move->needs : v->route->verb;
    if (!verb || !v->kind)
        return 0;
    static const struct {
        const char *verb;
        unsigned needs;
    } generic[] = { { "create", CAN_CREATE }, { "change", CAN_CHANGE }, { "remove", CAN_REMOVE },
                    { "import", CAN_IMPORT }, { "export", CAN_EXPORT }, { "verify", CAN_VERIFY } };
    bool possible = !(v->route->flags & ROUTE_OBJECT) || v->kind->scope == SCOPE_IS_OBJECT;
    for (size_t i = 0; i < COUNT(generic); i++)
        possible &= strcmp(generic[i].verb, verb) != 0 || (v->kind->verbs & generic[i].needs);
    if (!possible)
        return fail(err, FAULT_METHOD, "kind.verb", "这类记录不支持这个操作", "This kind does not allow that");
    bool reads = actor_may(&v->actor, v->kind, verb_bit("read"));
    if (reads && actor_may(&v->actor, v->kind, verb_bit(verb)))
        return 0;
    if (reads && check_barred(v, err) < 0)
        return -1;
    return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限，可向管理员申请",
                "You are not entitled to do this; ask the administrator");
}

/* ---- what it brings ---- */

static int read_body(struct visit *v, struct error *err)
{
    if (!(v->route->flags & ROUTE_JSON))
        return 0;
    const char *type = request_header(v->rq, "Content-Type");
    if (v->rq->body_size == 0) {
        v->body = json_object();
        return 0;
    }
    size_t word = type ? strcspn(type, "; ") : 0;
    if (word != strlen("application/json") || strncasecmp(type, "application/json", word) != 0)
        return fail(err, FAULT_MEDIA, "body.type", "请求内容应为 application/json", "Send application/json");
    json_error_t why;
    v->body = json_loadb(v->rq->body, v->rq->body_size, JSON_REJECT_DUPLICATES, &why);
    if (!v->body)
        return fail(err, FAULT_MALFORMED, "body.json", "第 %d 行第 %d 列不是合法的 JSON",
                    "Line %d column %d is not JSON", why.line, why.column);
    if (!json_is_object(v->body))
        return fail(err, FAULT_MALFORMED, "body.object", "请求内容应是一个 JSON 对象",
                    "The body must be a JSON object");
    return 0;
}

static int read_version(struct visit *v, struct error *err)
{
    const char *match = request_header(v->rq, "If-Match");
    if (!(v->route->flags & ROUTE_VERSION))
        return 0;
    if (!match)
        return fail(err, FAULT_PRECONDITION, "version.missing", "请在 If-Match 里写明您看到的版本",
                    "State the version you saw in If-Match");
    const char *digits = match + (match[0] == 'W' && match[1] == '/' ? 2 : 0);
    digits += *digits == '"';
    char *end;
    v->if_match = strtoll(digits, &end, 10);
    if (end == digits || v->if_match <= 0 || (*end && strcmp(end, "\"") != 0))
        return fail(err, FAULT_MALFORMED, "version.form", "If-Match 应为 \"版本号\"", "If-Match must be \"version\"");
    return 0;
}

/* ---- repeated requests ---- */

static pthread_mutex_t running_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    int64_t account;
    char key[65];
} running[RUNNING];

/* Marks a key as being worked on. -1: its twin is; RUNNING: no room, so not marked. */
static int running_begin(int64_t account, const char *key)
{
    int room = RUNNING;
    pthread_mutex_lock(&running_lock);
    for (int i = 0; i < RUNNING; i++) {
        if (running[i].account == account && strcmp(running[i].key, key) == 0) {
            pthread_mutex_unlock(&running_lock);
            return -1;
        }
        if (running[i].account == 0 && room == RUNNING)
            room = i;
    }
    if (room < RUNNING) {
        running[room].account = account;
        memcpy(running[room].key, key, strlen(key) + 1);
    }
    pthread_mutex_unlock(&running_lock);
    return room;
}

static void running_end(int slot)
{
    if (slot < 0 || slot >= RUNNING)
        return;
    pthread_mutex_lock(&running_lock);
    running[slot].account = 0;
    running[slot].key[0] = '\0';
    pthread_mutex_unlock(&running_lock);
}

static int read_once(const struct visit *v, struct once *once, struct error *err)
{
    const char *key = request_header(v->rq, "Idempotency-Key");
    *once = (struct once){ 0 };
    if (!key || !(v->route->flags & ROUTE_ONCE))
        return 0;
    size_t n = strlen(key);
    if (n < 8 || n > 64 || strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != n)
        return fail(err, FAULT_MALFORMED, "idempotency.form", "Idempotency-Key 用 8 至 64 个字母、数字、点或横线",
                    "Idempotency-Key takes 8 to 64 letters, digits, dots or dashes");
    once->key = key;
    AUTO_TEXT all = TEXT_LIMIT(8192);
    text_printf(&all, "%d %s\n", (int)v->rq->method, v->rq->path);
    text_add(&all, v->rq->body_sha256, sizeof v->rq->body_sha256);
    sha256(text_get(&all), all.used, once->body);
    return 0;
}

struct change_order visit_order(const struct visit *v, struct once *once)
{
    return (struct change_order){ .actor = &v->actor,
                                  .now_ms = v->now,
                                  .cause = v->key.id ? "key" : "web",
                                  .via = { v->peer, v->session.id, v->key.id },
                                  .once = *once };
}

int visit_change(struct visit *v, change_fn fn, void *args, struct change_result *out, struct error *err)
{
    struct once once;
    if (read_once(v, &once, err) < 0)
        return -1;
    int slot = once.key ? running_begin(v->actor.id, once.key) : RUNNING;
    if (slot < 0) {
        err->retry_after_s = 1;
        return fail(err, FAULT_CONFLICT, "idempotency.running", "同一份提交正在处理，请稍候",
                    "The same request is being worked on");
    }
    struct change_order order = visit_order(v, &once);
    int got = change_run(v->web->house, &order, fn, args, out, err);
    running_end(slot);
    return got;
}

/* ---- replies ---- */

const char *visit_word(const struct visit *v, const struct label *label)
{
    return v->english ? label->en : label->zh;
}

int reply_record(struct visit *v, const struct kind *kind, int64_t id, int status, struct error *err)
{
    struct scope scope;
    void *record;
    scope_compile(&v->actor, kind, verb_bit("read"), &scope);
    if (record_read(v->db, &scope, id, true, false, v->arena, &record, err) < 0 ||
        render_records(v->db, &v->actor, kind, &record, 1, house_calendar(v->web->house), v->arena, &v->json, err) < 0)
        return -1;
    v->rs->status = status;
    response_header(v->rs, "ETag", arena_printf(v->arena, "\"%" PRId64 "\"", record_of(record)->version));
    if (status == 201)
        response_header(v->rs, "Location", arena_printf(v->arena, "/api/v1/%s/%" PRId64, kind->plural, id));
    return 0;
}

static void problem_body(struct json *j, const struct error *err, bool english, const char *id)
{
    json_open(j, '{');
    json_key_str(j, "type", "about:blank");
    json_key_int(j, "status", fault_status(err->fault));
    json_key_str(j, "code", err->code);
    json_key_str(j, "title", english ? err->en : err->zh);
    json_key_str(j, "detail", english ? err->en : err->zh);
    if (err->field_count) {
        json_key(j, "fields");
        json_open(j, '{');
        for (size_t i = 0; i < err->field_count && i < ERROR_FIELDS; i++)
            json_key_str(j, err->fields[i].name, english ? err->fields[i].en : err->fields[i].zh);
        json_close(j, '}');
    }
    if (id)
        json_key_str(j, "id", id);
}

/* Somebody else's version, so that the page can show both (412). */
static void put_current(struct visit *v)
{
    struct scope scope;
    struct error ignored = { 0 };
    void *record;
    AUTO_TEXT text = TEXT_LIMIT(LIMIT_REPLY);
    struct json j = { .out = &text };
    scope_compile(&v->actor, v->kind, verb_bit("read"), &scope);
    if (record_read(v->db, &scope, v->id, true, false, v->arena, &record, &ignored) == 0 &&
        render_records(v->db, &v->actor, v->kind, &record, 1, house_calendar(v->web->house), v->arena, &j, &ignored) ==
            0 &&
        text_ok(&text)) {
        json_key(&v->json, "current");
        json_put_raw(&v->json, text_get(&text));
    }
}

static const char *allowed_methods(struct visit *v)
{
    static const char *const names[] = { "GET, HEAD", "POST", "PATCH", "PUT", "DELETE" };
    AUTO_TEXT out = TEXT_LIMIT(256);
    struct visit probe = *v; /* matching fills in the parts of the path */
    for (size_t i = 0; i < route_count; i++)
        if (matches(&probe, routes[i].pattern))
            text_printf(&out, "%s%s", out.used ? ", " : "", names[routes[i].method]);
    return arena_str(v->arena, text_get(&out));
}

void reply_problem(struct visit *v, const struct error *err)
{
    struct response *rs = v->rs;
    const char *id = NULL;
    if (err->fault == FAULT_INTERNAL || err->fault == FAULT_NONE) {
        unsigned char raw[4];
        random_bytes(raw, sizeof raw);
        id = arena_printf(v->arena, "%02x%02x%02x%02x", raw[0], raw[1], raw[2], raw[3]);
        log_event(LOG_ERROR, "request.failed", "id", id, "path", v->rq->path, "code", err->code, "why", err->en, NULL);
    }
    text_clear(&rs->body);
    if (rs->fd >= 0)
        close(rs->fd);
    rs->fd = -1;
    rs->fixed = NULL;
    rs->header_count = 0;
    rs->status = err->fault == FAULT_NONE ? 500 : fault_status(err->fault);
    rs->type = "application/problem+json";
    v->json = (struct json){ .out = &rs->body };
    problem_body(&v->json, err, v->english, id);
    if (err->fault == FAULT_STALE && v->kind && v->id && v->db)
        put_current(v);
    json_close(&v->json, '}');
    if (err->fault == FAULT_UNAUTHENTICATED)
        response_header(rs, "WWW-Authenticate", "Bearer");
    if (err->fault == FAULT_METHOD)
        response_header(rs, "Allow", allowed_methods(v));
    if (err->retry_after_s > 0)
        response_header(rs, "Retry-After", arena_printf(v->arena, "%d", err->retry_after_s));
}

static bool has_header(const struct response *rs, const char *name)
{
    for (size_t i = 0; i < rs->header_count; i++)
        if (strcmp(rs->headers[i].name, name) == 0)
            return true;
    return false;
}

static void safe_headers(struct response *rs)
{
    static const struct http_header always[] = {
        { "X-Content-Type-Options", "nosniff" },
        { "Referrer-Policy", "same-origin" },
        { "X-Frame-Options", "DENY" },
        { "Cross-Origin-Opener-Policy", "same-origin" },
        { "Content-Security-Policy",
          "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
          "frame-ancestors 'none'" },
    };
    for (size_t i = 0; i < COUNT(always); i++)
        if (!has_header(rs, always[i].name))
            response_header(rs, always[i].name, always[i].value);
    if (!has_header(rs, "Cache-Control"))
        response_header(rs, "Cache-Control", "no-store");
}

void web_refuse(void *app, const struct error *err, struct response *rs)
{
    (void)app;
    struct json j = { .out = &rs->body };
    rs->status = fault_status(err->fault);
    rs->type = "application/problem+json";
    problem_body(&j, err, false, NULL);
    json_close(&j, '}');
    /* A header outlives this call, so only words that are always there will do. */
    if (err->retry_after_s > 0)
        response_header(rs, "Retry-After", err->retry_after_s > 1 ? "60" : "1");
    safe_headers(rs);
    gauge_count(GAUGE_REFUSED, rs->status, 0);
}

static bool wants_english(const struct request *rq)
{
    const char *language = request_header(rq, "Accept-Language");
    return language && strncmp(language, "en", 2) == 0;
}

static int visit_run(struct visit *v, struct error *err)
{
    if (visit_rate(v, v->peer, v->web->rates.address, LIMIT_ADDRESS_RATE, err) < 0 || find_route(v, err) < 0 ||
        store_reader(v->web->house->store, &v->db, err) < 0)
        return -1;
    if (!(v->route->flags & ROUTE_OPEN) && (sign_in(v, err) < 0 || check_duties(v, err) < 0))
        return -1;
    if (!(v->route->flags & ROUTE_OPEN) && looks(v) && look_through(v, err) < 0)
        return -1;
    if ((v->route->flags & ROUTE_OPEN) && v->rq->method != HTTP_GET && request_header(v->rq, "Origin") &&
        check_origin(v, err) < 0)
        return -1;
    if (check_verb(v, err) < 0 || read_version(v, err) < 0 || read_body(v, err) < 0)
        return -1;
    return v->route->handler(v, err);
}

/* Whoever meant to save a record is told that nothing was; whoever reads has nothing to lose. */
static void say_unsaved(const struct visit *v, struct error *err)
{
    if (err->fault == FAULT_INVALID && v->route && (v->route->flags & (ROUTE_VERSION | ROUTE_ONCE)))
        error_add(err, "没有保存", "Not saved");
}

/* What every reply gets. Returns how long it took, in microseconds. */
static int64_t finish_reply(struct visit *v, long place, int64_t began)
{
    int64_t took = clock_ticks_us() - began;
    safe_headers(v->rs);
    if (v->rq->tls)
        response_header(v->rs, "Strict-Transport-Security", "max-age=31536000");
    gauge_count(place, v->rs->status ? v->rs->status : 200, took);
    return took;
}

void web_handle(void *app, struct http_worker *worker, struct request *rq, struct response *rs)
{
    (void)worker;
    struct visit v = { .web = app,
                       .rq = rq,
                       .rs = rs,
                       .arena = rq->arena,
                       .now = clock_now_ms(),
                       .ahead_ms = clock_shift(),
                       .english = wants_english(rq) };
    int64_t began = clock_ticks_us();
    struct error err = { 0 };
    rs->body.limit = LIMIT_REPLY;
    v.json.out = &rs->body;
    v.peer = peer_of(&v);
    bool page = strncmp(rq->path, "/api/", 5) != 0;
    if (page && (gauge_health(v.web, rq, rs) || pages_reply(v.web->pages, rq, rs))) {
        finish_reply(&v, GAUGE_PAGE, began);
        return;
    }
    if (visit_run(&v, &err) < 0) {
        say_unsaved(&v, &err);
        reply_problem(&v, &err);
    } else if (!text_ok(&rs->body)) {
        fail(&err, FAULT_TOO_LARGE, "reply.size", "结果太多，请缩小范围", "The answer is too large; narrow it down");
        reply_problem(&v, &err);
    }
    if (v.db)
        store_reader_back(v.web->house->store, v.db);
    json_decref(v.body);
    int64_t took = finish_reply(&v, v.route ? v.route - routes : GAUGE_UNKNOWN, began);
    if (took > SLOW_US)
        log_event(LOG_WARN, "request.slow", "path", rq->path, "ms",
                  arena_printf(v.arena, "%lld", (long long)took / 1000), NULL);
}
