#include "http/people.h"

#include "base/clock.h"
#include "base/memory.h"
#include "domain/lists.h"
#include "domain/render.h"

#include <string.h>

enum { STREAM_LIFE_MS = 10 * 60 * 1000 };

/* Each role that carries rights, once, in the order held. */
static void put_roles(struct visit *v)
{
    const struct actor *a = &v->actor;
    struct json *j = &v->json;
    json_key(j, "roles");
    json_open(j, '[');
    for (size_t i = 0; i < a->grant_count; i++) {
        const struct role *role = role_find(a->grants[i].role);
        bool told = !role;
        for (size_t k = 0; k < i && !told; k++)
            told = a->grants[k].role && strcmp(a->grants[k].role, role->code) == 0;
        if (told)
            continue;
        struct label label = role_label(role->code);
        json_open(j, '{');
        json_key_str(j, "role", role->code);
        render_label(j, "label", &label);
        render_label(j, "words", &role->words);
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* What belongs to no kind of record. */
static void put_rights(struct visit *v)
{
    static const char *const rights[] = { "manage", "audit", "operate" };
    json_key(&v->json, "rights");
    json_open(&v->json, '[');
    for (size_t i = 0; i < COUNT(rights); i++)
        if (actor_can(&v->actor, rights[i]))
            json_put_str(&v->json, rights[i]);
    json_close(&v->json, ']');
}

static void put_as(struct visit *v)
{
    json_key(&v->json, "as");
    if (!v->as) {
        json_put_null(&v->json);
        return;
    }
    json_open(&v->json, '{');
    json_key_int(&v->json, "id", v->actor.id);
    json_key_str(&v->json, "name", v->actor.display_name);
    json_close(&v->json, '}');
}

static int put_me(struct visit *v, struct error *err)
{
    struct json *j = &v->json;
    struct label scope;
    char now[INSTANT_TEXT], day[DAY_TEXT];
    if (actor_scope_words(v->db, &v->actor, v->arena, &scope, err) < 0)
        return -1;
    json_open(j, '{');
    json_key_int(j, "id", v->actor.id);
    json_key_str(j, "name", v->actor.name);
    json_key_str(j, "display_name", v->actor.display_name);
    json_key_str(j, "post", v->actor.post);
    json_key_str(j, "role", v->actor.role);
    json_key(j, "organisation");
    json_open(j, '{');
    json_key_int(j, "id", v->actor.organisation);
    json_key_str(j, "name", v->actor.organisation_name);
    json_close(j, '}');
    render_label(j, "scope", &scope);
    json_key(j, "verbs");
    json_open(j, '{');
    for (const struct kind *const *k = all_kinds; *k; k++) {
        uint64_t verbs = actor_verbs(&v->actor, *k);
        if ((*k)->child || !verbs)
            continue;
        json_key(j, (*k)->name);
        json_open(j, '[');
        for (size_t i = 0; verb_names[i]; i++)
            if (verbs >> i & 1)
                json_put_str(j, verb_names[i]);
        json_close(j, ']');
    }
    json_close(j, '}');
    put_roles(v);
    put_rights(v);
    put_as(v);
    json_key_bool(j, "must_change_password", visit_password_due(v));
    json_key_bool(j, "totp", v->session.second);
    json_key_bool(j, "totp_due", visit_second_due(v));
    json_key_bool(j, "demo", v->web->house->demo);
    json_key_bool(j, "next_day", v->web->next_day && !v->as && visit_is_local_demo(v));
    json_key_str(j, "version", v->web->version);
    instant_print(v->now, now);
    day_print(day_of_ms(v->now), day);
    json_key_str(j, "now", now);
    json_key_str(j, "server_day", day);
    json_close(j, '}');
    return 0;
}

int me_read(struct visit *v, struct error *err)
{
    return put_me(v, err);
}

static int welcome(struct visit *v, const char *token, int64_t account, struct error *err)
{
    const char *secure = request_header(v->rq, "X-Forwarded-Proto");
    bool tls = v->rq->tls || (secure && strcmp(secure, "https") == 0 && v->peer != v->rq->peer);
    response_header(v->rs, "Set-Cookie",
                    arena_printf(v->arena, "anlan_session=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s", token,
                                 SESSION_LIFE_MS / 1000, tls ? "; Secure" : ""));
    struct session_use use = { .now = v->now, .idle_ms = v->web->rules.idle_ms };
    if (session_find(v->web->house->store, v->db, token, &use, &v->session, err) < 0 ||
        actor_load(v->db, account, day_of_ms(v->now), v->arena, &v->actor, err) < 0)
        return -1;
    return put_me(v, err);
}

int session_create(struct visit *v, struct error *err)
{
    const char *name = json_string_value(json_object_get(v->body, "name"));
    const char *password = json_string_value(json_object_get(v->body, "password"));
    char *token = arena_alloc(v->arena, TOKEN_TEXT);
    int64_t account;
    if (!name || !*name)
        fail_field(err, "name", "请填写登录名", "Please give your name");
    if (!password || !*password)
        fail_field(err, "password", "请填写密码", "Please give your password");
    if (err->fault)
        return -1;
    const char *code = json_string_value(json_object_get(v->body, "code"));
    struct sign_in in = { .name = name,
                          .password = password,
                          .code = code && *code ? code : NULL,
                          .peer = v->peer,
                          .agent = request_header(v->rq, "User-Agent"),
                          .now = v->now,
                          .ahead_ms = v->ahead_ms };
    if (session_begin(v->web->house->store, &in, token, &account, err) < 0)
        return -1;
    return welcome(v, token, account, err);
}

void visit_rights_end(const struct visit *v, int64_t account)
{
    if (v->web->house->hub)
        hub_publish(v->web->house->hub, &(struct hub_event){ .kind = "session", .only = account, .rights = true });
}

int session_delete(struct visit *v, struct error *err)
{
    struct origin by = visit_by(v);
    if (v->session.id && session_end(v->web->house->store, &by, v->actor.id, v->session.id, err) < 0)
        return -1;
    visit_rights_end(v, v->actor.id);
    response_header(v->rs, "Set-Cookie", "anlan_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    v->rs->status = 204;
    return 0;
}

static int only_local_demo(const struct visit *v, struct error *err)
{
    return visit_is_local_demo(v) ? 0 : fail(err, FAULT_MISSING, "address", "没有这个地址", "There is no such address");
}

int demo_accounts(struct visit *v, struct error *err)
{
    struct rows rows;
    int64_t ids[64];
    size_t count = 0;
    if (only_local_demo(v, err) < 0)
        return -1;
    if (db_query(v->db, &rows,
                 "SELECT a.id FROM account a JOIN credential c ON c.account = a.id WHERE a.removed_at IS NULL AND "
                 "a.active = 1 ORDER BY a.id LIMIT 64",
                 NO_BINDS, err) < 0)
        return -1;
    while (count < COUNT(ids) && rows_next(&rows))
        ids[count++] = rows_int(&rows, 0);
    if (rows_done(&rows, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    for (size_t i = 0; i < count; i++) {
        struct actor actor;
        struct label scope;
        if (actor_load(v->db, ids[i], day_of_ms(v->now), v->arena, &actor, err) < 0 ||
            actor_scope_words(v->db, &actor, v->arena, &scope, err) < 0)
            return -1;
        struct label role = role_label(actor.role);
        json_open(&v->json, '{');
        json_key_str(&v->json, "name", actor.name);
        json_key_str(&v->json, "display_name", actor.display_name);
        json_key_str(&v->json, "post", actor.post);
        render_label(&v->json, "role", &role);
        render_label(&v->json, "scope", &scope);
        json_close(&v->json, '}');
    }
    json_close(&v->json, ']');
    json_close(&v->json, '}');
    return 0;
}

int demo_session(struct visit *v, struct error *err)
{
    const char *name = json_string_value(json_object_get(v->body, "name"));
    char *token = arena_alloc(v->arena, TOKEN_TEXT);
    int64_t account;
    if (only_local_demo(v, err) < 0)
        return -1;
    if (!name)
        return fail_field(err, "name", "请选择一个演示账号", "Choose a demo account");
    if (session_begin_demo(
            v->web->house->store,
            &(struct sign_in){
                .name = name, .peer = v->peer, .agent = request_header(v->rq, "User-Agent"), .now = v->now },
            token, &account, err) < 0)
        return -1;
    return welcome(v, token, account, err);
}

/* Whoever is signed in at this machine turns the page of the calendar; open pages everywhere look anew. */
int demo_next_day(struct visit *v, struct error *err)
{
    char now[INSTANT_TEXT], day[DAY_TEXT];
    if (only_local_demo(v, err) < 0)
        return -1;
    if (!v->web->next_day)
        return fail(err, FAULT_UNAVAILABLE, "day.none", "这里的时钟不能拨动", "The clock here is not to be moved");
    if (v->web->next_day(v->web->house, err) < 0)
        return -1;
    int64_t at = clock_now_ms();
    instant_print(at, now);
    day_print(day_of_ms(at), day);
    json_open(&v->json, '{');
    json_key_str(&v->json, "now", now);
    json_key_str(&v->json, "server_day", day);
    json_close(&v->json, '}');
    return 0;
}

/* ---- events ---- */

/* What one stream keeps: the reader's scopes, compiled once. A stream ends when somebody's rights change, and after ten
** minutes in any case (a day may begin on which others are responsible); the browser comes back by itself, signing in
** anew. */
struct stream {
    struct http_stream base;
    struct arena arena;
    struct hub *hub;
    uint64_t cursor;
    int64_t ends;
    int64_t account;
    struct scope *scopes; /* one per kind, in the order of all_kinds */
};

static const struct scope *stream_scope(const struct stream *s, const char *kind)
{
    for (size_t i = 0; all_kinds[i]; i++)
        if (strcmp(all_kinds[i]->name, kind) == 0)
            return &s->scopes[i];
    return NULL;
}

static bool stream_next(void *state, struct text *out)
{
    struct stream *s = state;
    struct hub_event event;
    if (clock_ticks_us() / 1000 > s->ends)
        return false;
    for (int got; (got = hub_next(s->hub, &s->cursor, &event)) != 0;) {
        if (got < 0) {
            text_str(out, "event: resync\ndata: {}\n\n");
            return true;
        }
        if (event.only && event.only != s->account)
            continue;
        if (event.only && !event.rights) {
            text_printf(out, "event: %s\ndata: {\"id\":%lld}\n\n", event.kind, (long long)event.id);
            return true;
        }
        if (event.rights) {
            /* What the reader may see may be another now: the browser looks anew and comes back signing in anew. */
            text_str(out, "event: resync\ndata: {}\n\n");
            s->ends = 0;
            return true;
        }
        const struct scope *scope = stream_scope(s, event.kind);
        if (!scope || !scope_covers_event(scope, &event))
            continue;
        if (event.many) {
            text_str(out, "event: resync\ndata: {}\n\n");
            return true;
        }
        text_printf(out, "event: change\ndata: {\"kind\":\"%s\",\"id\":%lld,\"version\":%lld}\n\n", event.kind,
                    (long long)event.id, (long long)event.version);
        return true;
    }
    return true;
}

static void stream_done(void *state)
{
    struct stream *s = state;
    arena_done(&s->arena);
    memory_free(s);
}

int events_open(struct visit *v, struct error *err)
{
    struct stream *s = memory_new(sizeof *s);
    size_t kinds = 0;
    while (all_kinds[kinds])
        kinds++;
    s->scopes = ARENA_ARRAY(&s->arena, struct scope, kinds);
    /* The actor is loaded anew into the stream's own memory: the visit's ends with the reply. */
    struct actor actor;
    if (visit_actor(v, &s->arena, &actor, err) < 0) {
        stream_done(s);
        return -1;
    }
    for (size_t i = 0; i < kinds; i++)
        scope_compile(&actor, all_kinds[i], verb_bit("read"), &s->scopes[i]);
    s->hub = v->web->house->hub;
    s->account = v->actor.id;
    s->cursor = hub_now(s->hub);
    s->ends = clock_ticks_us() / 1000 + STREAM_LIFE_MS;
    s->base = (struct http_stream){ stream_next, stream_done, s };
    v->rs->type = "text/event-stream";
    v->rs->stream = &s->base;
    return 0;
}
