#include "http/signin.h"

#include "base/clock.h"
#include "domain/render.h"
#include "report/qr.h"

#include <string.h>

enum { QR_MAX = 64 << 10 };

static const char *body_text(const struct visit *v, const char *name)
{
    const char *text = json_string_value(json_object_get(v->body, name));
    return text && *text ? text : NULL;
}

static int done(struct visit *v)
{
    v->rs->status = 204;
    return 0;
}

static int ended(struct visit *v, int64_t account)
{
    visit_rights_end(v, account);
    return done(v);
}

/* The account of the path, for whoever manages accounts. The program's own is nobody's to manage. */
static int managed(struct visit *v, struct error *err)
{
    int64_t one;
    bool found;
    if (!actor_can(&v->actor, "manage"))
        return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限，可向管理员申请",
                    "You are not entitled to do this; ask the administrator");
    if (db_get_int(v->db, "SELECT id FROM account WHERE id = ? AND id <> ?",
                   BIND(value_int(v->id), value_int(ACCOUNT_SYSTEM)), &one, &found, err) < 0)
        return -1;
    return found ? 0 : fail(err, FAULT_MISSING, "account.missing", "没有这个账号", "There is no such account");
}

/* ---- passwords ---- */

int my_password(struct visit *v, struct error *err)
{
    const char *old = body_text(v, "old"), *fresh = body_text(v, "new");
    struct origin by = visit_by(v);
    if (!old)
        fail_field(err, "old", "请填写原密码", "Please give your old password");
    if (!fresh)
        fail_field(err, "new", "请填写新密码", "Please give a new password");
    if (err->fault)
        return -1;
    return password_change(v->web->house->store, &by, v->actor.name, old, fresh, err) < 0 ? -1 : ended(v, v->actor.id);
}

int account_password(struct visit *v, struct error *err)
{
    char password[PASSWORD_ONCE];
    struct origin by = visit_by(v);
    if (managed(v, err) < 0)
        return -1;
    if (v->id == v->actor.id)
        return fail(err, FAULT_REFUSED, "password.own", "自己的密码请在“我的”里修改",
                    "Change your own password on your own page");
    if (password_reset(v->web->house->store, &by, v->id, password, err) < 0)
        return -1;
    visit_rights_end(v, v->id);
    json_open(&v->json, '{');
    json_key_str(&v->json, "password", password);
    json_close(&v->json, '}');
    return 0;
}

int account_unlocked(struct visit *v, struct error *err)
{
    struct origin by = visit_by(v);
    return managed(v, err) < 0 || account_unlock(v->web->house->store, &by, v->id, err) < 0 ? -1 : done(v);
}

/* ---- second factor ---- */

int my_totp_begin(struct visit *v, struct error *err)
{
    char secret[OTP_BASE32];
    struct origin by = visit_by(v);
    AUTO_TEXT qr = TEXT_LIMIT(QR_MAX);
    if (second_begin(v->web->house->store, &by, secret, err) < 0)
        return -1;
    const char *uri = arena_printf(v->arena, "otpauth://totp/Anlan:%s?secret=%s&issuer=Anlan", v->actor.name, secret);
    if (qr_svg(uri, v->english ? "QR code for the authenticator app" : "动态口令二维码", &qr, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key_str(&v->json, "secret", secret);
    json_key_str(&v->json, "uri", uri);
    json_key_str(&v->json, "qr", text_get(&qr));
    json_close(&v->json, '}');
    return 0;
}

int my_totp_confirm(struct visit *v, struct error *err)
{
    char recovery[SPARE_CODES][SPARE_TEXT];
    const char *code = body_text(v, "code");
    struct origin by = visit_by(v);
    if (!code)
        return fail_field(err, "code", "请输入手机上显示的 6 位动态口令", "Enter the six figures your app shows");
    if (second_confirm(v->web->house->store, &by, code, recovery, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key(&v->json, "recovery");
    json_open(&v->json, '[');
    for (size_t i = 0; i < SPARE_CODES; i++)
        json_put_str(&v->json, recovery[i]);
    json_close(&v->json, ']');
    json_close(&v->json, '}');
    return 0;
}

int my_totp_end(struct visit *v, struct error *err)
{
    const char *password = body_text(v, "password"), *code = body_text(v, "code");
    struct origin by = visit_by(v);
    if (!password)
        fail_field(err, "password", "请填写密码", "Please give your password");
    if (!code)
        fail_field(err, "code", "请输入动态口令或恢复码", "Enter the code of your app, or a recovery code");
    if (err->fault)
        return -1;
    return second_end(v->web->house->store, &by, password, code, err) < 0 ? -1 : done(v);
}

int account_totp_end(struct visit *v, struct error *err)
{
    struct origin by = visit_by(v);
    return managed(v, err) < 0 || second_reset(v->web->house->store, &by, v->id, err) < 0 ? -1 : done(v);
}

/* ---- sessions ---- */

static void put_instant(struct json *j, const char *key, int64_t at)
{
    char text[INSTANT_TEXT];
    if (at)
        instant_print(at, text);
    json_key_str(j, key, at ? text : NULL);
}

static int put_sessions(struct visit *v, int64_t account, struct error *err)
{
    struct session_row *rows;
    struct json *j = &v->json;
    size_t count;
    if (session_list(v->db, account, v->now, v->web->rules.idle_ms, v->arena, &rows, &count, err) < 0)
        return -1;
    json_open(j, '{');
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, '{');
        json_key_int(j, "id", rows[i].id);
        put_instant(j, "began_at", rows[i].began_at);
        put_instant(j, "seen_at", rows[i].seen_at);
        json_key_str(j, "peer", rows[i].peer);
        json_key_str(j, "agent", rows[i].agent);
        json_key_bool(j, "current", rows[i].id == v->session.id);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
    return 0;
}

int my_sessions(struct visit *v, struct error *err)
{
    return put_sessions(v, v->actor.id, err);
}

int my_session_end(struct visit *v, struct error *err)
{
    struct origin by = visit_by(v);
    return session_end(v->web->house->store, &by, v->actor.id, v->id, err) < 0 ? -1 : ended(v, v->actor.id);
}

int account_sessions(struct visit *v, struct error *err)
{
    return managed(v, err) < 0 ? -1 : put_sessions(v, v->id, err);
}

int account_sessions_end(struct visit *v, struct error *err)
{
    struct origin by = visit_by(v);
    return managed(v, err) < 0 || session_end(v->web->house->store, &by, v->id, 0, err) < 0 ? -1 : ended(v, v->id);
}

/* ---- keys ---- */

static void put_words(struct json *j, const char *key, const char *list)
{
    json_key(j, key);
    if (!list) {
        json_put_null(j);
        return;
    }
    json_open(j, '[');
    for (const char *at = list; *at;) {
        size_t n = strcspn(at, ",");
        AUTO_TEXT word = TEXT_LIMIT(256);
        text_add(&word, at, n);
        json_put_str(j, text_get(&word));
        at += n + (at[n] == ',');
    }
    json_close(j, ']');
}

static void put_key(struct json *j, const struct key_row *k, const char *token)
{
    json_open(j, '{');
    json_key_int(j, "id", k->id);
    json_key_str(j, "name", k->name);
    put_instant(j, "made_at", k->made_at);
    put_instant(j, "ends_at", k->ends_at);
    put_instant(j, "used_at", k->used_at);
    put_words(j, "verbs", k->verbs);
    put_words(j, "kinds", k->kinds);
    json_key_int(j, "per_minute", k->per_minute);
    if (token)
        json_key_str(j, "key", token);
    json_close(j, '}');
}

static int put_keys(struct visit *v, int64_t account, struct error *err)
{
    struct key_row *rows;
    size_t count;
    if (key_list(v->db, account, v->arena, &rows, &count, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    for (size_t i = 0; i < count; i++)
        put_key(&v->json, &rows[i], NULL);
    json_close(&v->json, ']');
    json_close(&v->json, '}');
    return 0;
}

int my_keys(struct visit *v, struct error *err)
{
    return put_keys(v, v->actor.id, err);
}

/* ["read","export"] as "read,export"; absent and null are NULL. */
static const char *word_list(struct visit *v, const char *name, struct error *err)
{
    const json_t *list = json_object_get(v->body, name);
    AUTO_TEXT out = TEXT_LIMIT(4096);
    size_t i;
    json_t *word;
    if (!list || json_is_null(list))
        return NULL;
    bool good = json_is_array(list);
    json_array_foreach(list, i, word)
    {
        good = good && json_is_string(word) && !strchr(json_string_value(word), ',');
        text_printf(&out, "%s%s", i ? "," : "", good ? json_string_value(word) : "");
    }
    if (!good || !text_ok(&out))
        fail_field(err, name, "请填写一组代码", "Give a list of words");
    return arena_str(v->arena, text_get(&out));
}

static int64_t whole(struct visit *v, const char *name, int64_t absent, struct error *err)
{
    const json_t *number = json_object_get(v->body, name);
    if (!number || json_is_null(number))
        return absent;
    if (!json_is_integer(number))
        fail_field(err, name, "请填写整数", "Give a whole number");
    return json_integer_value(number);
}

int my_key_make(struct visit *v, struct error *err)
{
    char *token = arena_alloc(v->arena, TOKEN_TEXT);
    struct origin by = visit_by(v);
    int64_t id;
    struct key_terms terms = { .name = body_text(v, "name"),
                               .days = whole(v, "days", 0, err),
                               .verbs = word_list(v, "verbs", err),
                               .kinds = word_list(v, "kinds", err),
                               .per_minute = whole(v, "per_minute", 0, err) };
    if (err->fault || key_make(v->web->house->store, &by, v->actor.id, &terms, token, &id, err) < 0)
        return -1;
    v->rs->status = 201;
    put_key(&v->json,
            &(struct key_row){ .id = id,
                               .name = terms.name,
                               .made_at = v->now,
                               .ends_at = v->now + terms.days * DAY_MS,
                               .verbs = terms.verbs,
                               .kinds = terms.kinds,
                               .per_minute = terms.per_minute ? terms.per_minute : LIMIT_KEY_RATE },
            token);
    return 0;
}

int my_key_end(struct visit *v, struct error *err)
{
    struct origin by = visit_by(v);
    return key_end(v->web->house->store, &by, v->actor.id, v->id, err) < 0 ? -1 : ended(v, v->actor.id);
}

int account_keys(struct visit *v, struct error *err)
{
    return managed(v, err) < 0 ? -1 : put_keys(v, v->id, err);
}

int account_key_end(struct visit *v, struct error *err)
{
    struct origin by = visit_by(v);
    return managed(v, err) < 0 || key_end(v->web->house->store, &by, v->id, v->key_id, err) < 0 ? -1 : ended(v, v->id);
}
