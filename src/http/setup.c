#include "http/setup.h"

#include "base/memory.h"
#include "domain/grid/staff.h"

#include <ctype.h>
#include <pthread.h>
#include <string.h>

enum { TRIES = 10, TRIES_MS = 15 * 60 * 1000 };

struct setup {
    pthread_mutex_t lock;
    char code[SETUP_CODE];
    bool done;
    int tries;
    int64_t since;
};

int setup_open(struct house *house, struct setup **out, struct error *err)
{
    static const char signs[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    unsigned char raw[16];
    bool open;
    *out = NULL;
    int got = staff_is_open(house, &open, err);
    if (got < 0 || !open)
        return got;
    struct setup *s = memory_new(sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    random_bytes(raw, sizeof raw);
    for (size_t i = 0, n = 0; i < sizeof raw; i++) {
        if (i > 0 && i % 4 == 0)
            s->code[n++] = '-';
        s->code[n++] = signs[raw[i] % 32];
    }
    *out = s;
    return 0;
}

const char *setup_code(const struct setup *setup)
{
    return setup->code;
}

void setup_close(struct setup *setup)
{
    if (!setup)
        return;
    pthread_mutex_destroy(&setup->lock);
    memory_free(setup);
}

/* ---- the door ---- */

static bool is_open(struct setup *s)
{
    if (!s)
        return false;
    pthread_mutex_lock(&s->lock);
    bool open = !s->done;
    pthread_mutex_unlock(&s->lock);
    return open;
}

/* Typed in either case, with or without the dashes. */
static bool same_code(const char *code, const char *typed)
{
    char plain[SETUP_CODE] = "", given[SETUP_CODE] = "";
    size_t n = 0, m = 0;
    for (; *code; code++)
        if (*code != '-')
            plain[n++] = *code;
    for (; *typed && m + 1 < sizeof given; typed++)
        if (isalnum((unsigned char)*typed))
            given[m++] = (char)toupper((unsigned char)*typed);
    return seal_equal(plain, given, sizeof plain);
}

static int check_code(struct setup *s, const char *typed, int64_t now, struct error *err)
{
    pthread_mutex_lock(&s->lock);
    if (s->since + TRIES_MS < now) {
        s->since = now;
        s->tries = 0;
    }
    bool over = s->tries >= TRIES, right = !over && same_code(s->code, typed);
    s->tries += !over && !right;
    int64_t until = s->since + TRIES_MS;
    pthread_mutex_unlock(&s->lock);
    if (over) {
        err->retry_after_s = (int)((until - now) / 1000) + 1;
        return fail(err, FAULT_LIMITED, "setup.locked", "输错次数太多，请 %d 分钟后再试，或重新启动程序",
                    "Too many wrong codes; try again in %d minutes, or start the program anew",
                    (err->retry_after_s + 59) / 60);
    }
    return right ? 0
                 : fail_field(err, "code", "设置码不对，请看程序启动时控制台上的显示",
                              "The code is wrong; it is shown on the console where the program started");
}

int setup_read(struct visit *v, struct error *err)
{
    (void)err;
    json_open(&v->json, '{');
    json_key_bool(&v->json, "open", is_open(v->web->setup));
    json_close(&v->json, '}');
    return 0;
}

/* ---- the three ---- */

struct founding {
    struct visit *v;
    struct founder who[FOUNDERS];
    const char *password[FOUNDERS];
    char hash[FOUNDERS][PASSWORD_HASH];
};

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && *text ? text : NULL;
}

static void read_person(struct founding *f, int i, struct error *err)
{
    const json_t *body = json_object_get(f->v->body, founder_words[i]);
    struct arena *arena = f->v->arena;
    f->who[i].name = text_of(body, "name");
    f->who[i].display_name = text_of(body, "display_name");
    f->password[i] = text_of(body, "password");
    if (!f->who[i].name)
        fail_field(err, arena_printf(arena, "%s.name", founder_words[i]), "请填写登录名", "Please give a sign-in name");
    if (!f->who[i].display_name)
        fail_field(err, arena_printf(arena, "%s.display_name", founder_words[i]), "请填写姓名", "Please give a name");
    const char *field = arena_printf(arena, "%s.password", founder_words[i]);
    if (!f->password[i])
        fail_field(err, field, "请填写密码", "Please give a password");
    else
        password_check(field, f->who[i].name ? f->who[i].name : "\n", f->password[i], err);
    for (int k = 0; k < i; k++) {
        if (f->who[i].name && f->who[k].name && strcmp(f->who[i].name, f->who[k].name) == 0)
            fail_field(err, arena_printf(arena, "%s.name", founder_words[i]), "三员应由不同的人担任，登录名不能相同",
                       "The three are different people; choose another name");
        if (f->password[i] && f->password[k] && strcmp(f->password[i], f->password[k]) == 0)
            fail_field(err, field, "三员的密码不能相同", "Each of the three has a password of their own");
    }
}

static int found_three(struct change *c, void *args, struct error *err)
{
    const struct founding *f = args;
    const char *hashes[FOUNDERS];
    int64_t ids[FOUNDERS];
    for (int i = 0; i < FOUNDERS; i++)
        hashes[i] = f->hash[i];
    if (staff_found(c, f->who, hashes, ids, err) < 0)
        return -1;
    for (int i = 0; i < FOUNDERS; i++) {
        struct origin by = visit_by(f->v);
        by.account = ids[i];
        if (audit_add(c->db, &by, "setup", "account", ids[i], founder_words[i], err) < 0)
            return -1;
    }
    return 0;
}

int setup_run(struct visit *v, struct error *err)
{
    struct setup *s = v->web->setup;
    const char *code = text_of(v->body, "code");
    struct founding *f = ARENA_NEW(v->arena, struct founding);
    if (!is_open(s))
        return fail(err, FAULT_CONFLICT, "setup.done", "已经设置过了，请直接登录",
                    "This was done already; please sign in");
    if (!code)
        return fail_field(err, "code", "请输入控制台上显示的设置码", "Enter the code shown on the console");
    if (check_code(s, code, v->now, err) < 0)
        return -1;
    f->v = v;
    for (int i = 0; i < FOUNDERS; i++)
        read_person(f, i, err);
    if (err->fault)
        return -1;
    for (int i = 0; i < FOUNDERS; i++)
        if (password_hash(f->password[i], f->hash[i], err) < 0)
            return -1;
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = v->now, .cause = "setup", .via = { .peer = v->peer } };
    if (change_run(v->web->house, &order, found_three, f, NULL, err) < 0)
        return -1;
    pthread_mutex_lock(&s->lock);
    s->done = true;
    pthread_mutex_unlock(&s->lock);
    v->rs->status = 204;
    return 0;
}
