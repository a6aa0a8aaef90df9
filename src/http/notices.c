#include "http/notices.h"

#include "base/clock.h"
#include "domain/ladder.h"
#include "domain/notice.h"
#include "domain/render.h"
#include "record/table.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 50 };

/* ---- list ---- */

static void put_instant(struct json *j, const char *key, int64_t at)
{
    char text[INSTANT_TEXT];
    if (at)
        instant_print(at, text);
    json_key_str(j, key, at ? text : NULL);
}

static void put_number(struct json *j, const char *key, int64_t number)
{
    json_key(j, key);
    if (number)
        json_put_int(j, number);
    else
        json_put_null(j);
}

static void put_record(struct visit *v, const struct notice *n, const void *record)
{
    const struct field *state = field_state(n->kind);
    struct json *j = &v->json;
    json_key(j, "record");
    json_open(j, '{');
    json_key_str(j, "kind", n->kind->name);
    json_key_int(j, "id", n->record);
    json_key_str(j, "number", record_number(v->arena, n->kind, record));
    json_key_str(j, "title", *(const char *const *)field_member_const(field_title(n->kind), record));
    json_key_str(j, "state", state ? n->kind->states[*(const int64_t *)field_member_const(state, record)].code : NULL);
    json_close(j, '}');
}

/* Of a record that has left the reader's scope nothing is told but that it has. */
static void put_gone(struct json *j)
{
    json_key_bool(j, "gone", true);
    static const char *const nothing[] = { "cause",  "words", "due",    "instead_of", "kind",
                                           "record", "job",   "import", "gathers" };
    for (size_t i = 0; i < COUNT(nothing); i++) {
        json_key(j, nothing[i]);
        json_put_null(j);
    }
}

/* [{"kind":"hazard","count":17}]: as many as the list of the kind shows with told=ID, "999+" beyond. */
static void put_gathered(struct json *j, const struct gathered *gathered, size_t count)
{
    json_key(j, "gathers");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, '{');
        json_key_str(j, "kind", gathered[i].kind->name);
        json_key_int(j, "count", gathered[i].count);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_told(struct visit *v, const struct notice *n, const void *record, const struct gathered *gathered,
                     size_t count)
{
    struct json *j = &v->json;
    struct label words = notice_words(n), instead = ladder_role(n->instead_of);
    enum notice_of of = n->cause ? n->cause->of : NOTICE_RECORD;
    char day[DAY_TEXT];
    if (n->due)
        day_print(n->due, day);
    json_key_bool(j, "gone", false);
    json_key_str(j, "cause", n->cause ? n->cause->code : NULL);
    render_label(j, "words", &words);
    json_key_str(j, "due", n->due ? day : NULL);
    render_label(j, "instead_of", &instead);
    json_key_str(j, "kind", n->kind ? n->kind->name : NULL);
    if (record) {
        put_record(v, n, record);
    } else {
        json_key(j, "record");
        json_put_null(j);
    }
    put_number(j, "job", of == NOTICE_JOB ? n->record : 0);
    put_number(j, "import", of == NOTICE_IMPORT ? n->record : 0);
    put_gathered(j, gathered, count);
}

static int put_notice(struct visit *v, const struct notice *n, struct error *err)
{
    struct json *j = &v->json;
    struct gathered gathered[GATHERED_KINDS];
    enum notice_of of = n->cause ? n->cause->of : NOTICE_RECORD;
    size_t count = 0;
    void *record;
    if (notice_record(v->db, &v->actor, n, v->arena, &record, err) < 0 ||
        (of == NOTICE_GATHERED && notice_gathered(v->db, &v->actor, n, v->arena, gathered, &count, err) < 0))
        return -1;
    json_open(j, '{');
    json_key_int(j, "id", n->id);
    put_instant(j, "at", n->at);
    put_instant(j, "read_at", n->read_at);
    if ((of == NOTICE_RECORD && !record) || (of == NOTICE_GATHERED && count == 0))
        put_gone(j);
    else
        put_told(v, n, record, gathered, count);
    json_close(j, '}');
    return 0;
}

static int whole(struct visit *v, const char *name, int64_t absent, int64_t most, int64_t *out, struct error *err)
{
    const char *text = request_query(v->rq, name);
    char *end;
    *out = absent;
    if (!text)
        return 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end || n < 1 || n > most)
        return fail_field(err, name, "取 1 至 %lld 的整数", "Takes a whole number from 1 to %lld", (long long)most);
    *out = n;
    return 0;
}

int notices_list(struct visit *v, struct error *err)
{
    struct json *j = &v->json;
    struct notice *list;
    const char *unread = request_query(v->rq, "unread");
    size_t count;
    int64_t before, limit, left;
    if (whole(v, "after", 0, INT64_MAX, &before, err) < 0 || whole(v, "limit", PAGE, LIMIT_PAGE, &limit, err) < 0)
        return -1;
    struct notice_query q = {
        .account = v->actor.id, .before = before, .unread = unread && strcmp(unread, "true") == 0, .limit = (int)limit
    };
    if (notice_list(v->db, &q, v->arena, &list, &count, err) < 0 || notice_unread(v->db, v->actor.id, &left, err) < 0)
        return -1;
    json_open(j, '{');
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++)
        if (put_notice(v, &list[i], err) < 0)
            return -1;
    json_close(j, ']');
    put_number(j, "next", count == (size_t)limit ? list[count - 1].id : 0);
    json_key_int(j, "unread", left);
    json_close(j, '}');
    return 0;
}

/* ---- count and marks ---- */

int notices_unread(struct visit *v, struct error *err)
{
    int64_t left;
    if (notice_unread(v->db, v->actor.id, &left, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key_int(&v->json, "unread", left);
    json_close(&v->json, '}');
    return 0;
}

/* The person's other tabs count anew. */
static int marked(struct visit *v, int64_t id, bool all, struct error *err)
{
    struct house *house = v->web->house;
    if (notice_read(house->store, v->actor.id, id, all, v->now, err) < 0)
        return -1;
    if (house->hub)
        hub_publish(house->hub, &(struct hub_event){ .kind = "notice", .only = v->actor.id });
    v->rs->status = 204;
    return 0;
}

int notices_one_read(struct visit *v, struct error *err)
{
    return marked(v, v->id, false, err);
}

int notices_all_read(struct visit *v, struct error *err)
{
    int64_t up_to = json_integer_value(json_object_get(v->body, "up_to"));
    if (up_to <= 0)
        return fail_field(err, "up_to", "请写明看到哪一条为止", "Name the newest one that was seen");
    return marked(v, up_to, true, err);
}

/* ---- settings ---- */

static bool holds(const char *list, const char *code)
{
    AUTO_TEXT word = TEXT_LIMIT(80);
    text_printf(&word, ",%s,", code);
    return strstr(list, text_get(&word)) != NULL;
}

/* Causes of one group stand together on the page and are settled together. */
static void put_groups(struct json *j, const struct notice_setting *s)
{
    json_key(j, "groups");
    json_open(j, '[');
    for (size_t i = 0; i < notice_cause_count; i++) {
        const char *group = notice_causes[i].group.zh;
        bool first = true, mail = false;
        for (size_t k = 0; k < i; k++)
            first = first && strcmp(notice_causes[k].group.zh, group) != 0;
        if (!first)
            continue;
        json_open(j, '{');
        render_label(j, "label", &notice_causes[i].group);
        json_key(j, "causes");
        json_open(j, '[');
        for (size_t k = i; k < notice_cause_count; k++) {
            if (strcmp(notice_causes[k].group.zh, group) != 0)
                continue;
            json_put_str(j, notice_causes[k].code);
            mail |= holds(s->causes, notice_causes[k].code);
        }
        json_close(j, ']');
        json_key_bool(j, "mail", mail);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static int put_settings(struct visit *v, struct error *err)
{
    struct notice_setting s;
    struct json *j = &v->json;
    if (notice_setting(v->db, v->actor.id, v->arena, &s, err) < 0)
        return -1;
    json_open(j, '{');
    json_key_str(j, "address", s.address);
    json_key_str(j, "language", s.english ? "en" : "zh");
    put_groups(j, &s);
    json_key_bool(j, "posted", v->web->mail != NULL);
    json_close(j, '}');
    return 0;
}

int notice_settings(struct visit *v, struct error *err)
{
    return put_settings(v, err);
}

int notice_settings_keep(struct visit *v, struct error *err)
{
    const json_t *address = json_object_get(v->body, "address"), *causes = json_object_get(v->body, "causes");
    const char *language = json_string_value(json_object_get(v->body, "language"));
    AUTO_TEXT list = TEXT_LIMIT(4096);
    size_t i;
    json_t *one;
    if (address && !json_is_null(address) && !json_is_string(address))
        fail_field(err, "address", "请填写邮箱地址", "Give an e-mail address");
    if (!json_is_array(causes))
        fail_field(err, "causes", "请写明哪些提醒同时发邮件", "Say which notices come by e-mail too");
    if (language && strcmp(language, "zh") != 0 && strcmp(language, "en") != 0)
        fail_field(err, "language", "取 zh 或 en", "Takes zh or en");
    text_char(&list, ',');
    json_array_foreach(causes, i, one) text_printf(&list, "%s,", json_is_string(one) ? json_string_value(one) : "?");
    if (!err->fault && !text_ok(&list))
        fail_field(err, "causes", "提醒太多", "Too many notices");
    if (err->fault)
        return -1;
    const char *given = json_string_value(address);
    struct notice_setting s = { .address = given && *given ? given : NULL,
                                .causes = text_get(&list),
                                .english = language && strcmp(language, "en") == 0 };
    if (notice_setting_keep(v->web->house->store, v->actor.id, &s, v->now, err) < 0)
        return -1;
    return put_settings(v, err);
}
