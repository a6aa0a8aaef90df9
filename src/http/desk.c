#include "http/desk.h"

#include "base/clock.h"
#include "desk/draft.h"
#include "desk/view.h"

#include <string.h>

/* ---- saved views ---- */

/* A kind the reader reads; its name names the field that is wrong. */
static int kind_read(const struct visit *v, const char *name, const struct kind **out, struct error *err)
{
    const struct kind *kind = name ? kind_find(name) : NULL;
    if (!kind || kind->child)
        return fail_field(err, "kind", "没有这类记录", "There is no such kind of record");
    if (!actor_may(&v->actor, kind, verb_bit("read")))
        return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限", "You are not entitled to do this");
    *out = kind;
    return 0;
}

int views_list(struct visit *v, struct error *err)
{
    const struct kind *kind = NULL;
    const char *asked = request_query(v->rq, "counts");
    bool counts = asked && strcmp(asked, "true") == 0;
    if (kind_read(v, request_query(v->rq, "kind"), &kind, err) < 0 || db_snapshot_begin(v->db, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    int got = views_put(v->db, &v->actor, kind, 0, counts, &v->json, err);
    json_close(&v->json, ']');
    json_key(&v->json, "all");
    if (!counts)
        json_put_null(&v->json);
    else if (got == 0)
        got = views_put_all(v->db, &v->actor, kind, &v->json, err);
    db_snapshot_end(v->db);
    json_close(&v->json, '}');
    return got;
}

int views_make(struct visit *v, struct error *err)
{
    const struct kind *kind = NULL;
    int64_t id;
    if (kind_read(v, json_string_value(json_object_get(v->body, "kind")), &kind, err) < 0 ||
        view_make(v->web->house->store, &v->actor, kind, v->body, &id, err) < 0)
        return -1;
    v->rs->status = 201;
    return views_put(v->db, &v->actor, kind, id, true, &v->json, err);
}

int views_change(struct visit *v, struct error *err)
{
    const struct kind *kind = NULL;
    if (view_kind(v->db, &v->actor, v->id, &kind, err) < 0 || kind_read(v, kind->name, &kind, err) < 0 ||
        view_change(v->web->house->store, v->db, &v->actor, kind, v->id, v->body, err) < 0)
        return -1;
    return views_put(v->db, &v->actor, kind, v->id, true, &v->json, err);
}

int views_end(struct visit *v, struct error *err)
{
    v->rs->status = 204;
    return view_remove(v->web->house->store, &v->actor, v->id, err);
}

/* ---- unfinished forms ---- */

static int form_of(const struct visit *v, const char **out, struct error *err)
{
    *out = request_query(v->rq, "form");
    return draft_form_ok(*out) ? 0
                               : fail_field(err, "form", "应是表单的名称，例：hazard.new",
                                            "It must be the name of a form, e.g. hazard.new");
}

static int put_draft(struct visit *v, const char *form, struct error *err)
{
    json_open(&v->json, '{');
    json_key(&v->json, "draft");
    int got = draft_put(v->db, v->actor.id, form, v->now, &v->json, err);
    json_close(&v->json, '}');
    return got;
}

int draft_read(struct visit *v, struct error *err)
{
    const char *form;
    return form_of(v, &form, err) < 0 ? -1 : put_draft(v, form, err);
}

int draft_write(struct visit *v, struct error *err)
{
    const char *form, *seen = json_string_value(json_object_get(v->body, "seen"));
    int64_t at = 0;
    char now[INSTANT_TEXT];
    if (form_of(v, &form, err) < 0)
        return -1;
    if (seen && !instant_parse(seen, strlen(seen), &at))
        return fail_field(err, "seen", "应是上次保存的时间", "It must be the time it was kept last");
    if (draft_keep(v->web->house->store, v->actor.id, form, json_object_get(v->body, "values"),
                   json_integer_value(json_object_get(v->body, "version")), at, v->now, err) < 0)
        return -1;
    instant_print(v->now, now);
    json_open(&v->json, '{');
    json_key_str(&v->json, "at", now);
    json_close(&v->json, '}');
    return 0;
}

int draft_end(struct visit *v, struct error *err)
{
    const char *form;
    v->rs->status = 204;
    return form_of(v, &form, err) < 0 ? -1 : draft_drop(v->web->house->store, v->actor.id, form, err);
}
