#include "http/sight.h"

#include "access/query.h"
#include "base/clock.h"
#include "domain/grid/grid.h"
#include "domain/render.h"

#include <string.h>

enum { CANDIDATES_MOST = 20, GROUNDS_MOST = 8 };

/* ---- why a record is seen ---- */

#define GROUND                                                                                          \
    "SELECT a.id, a.role, a.valid_from, a.valid_to, a.basis, p.display_name, s.name, o.name "           \
    "FROM assignment a LEFT JOIN account p ON p.id = a.holder_account LEFT JOIN post s ON "             \
    "s.id = a.holder_post LEFT JOIN organisation o ON o.id = a.holder_organisation WHERE a.removed_at " \
    "IS NULL AND "
static const char one_ground[] = GROUND "a.id = ?";
static const char supervising_grounds[] =
    GROUND "a.holder_organisation = ? AND a.object = ? AND a.role IN ('industry', 'direct', 'general') AND "
           "a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?) ORDER BY a.id LIMIT ?";

struct ground {
    const struct grant *grant;
    struct label role, holder, where;
    int64_t assignment, from, to;
    const char *basis;
};

static void put_day(struct json *j, const char *key, int64_t day)
{
    char text[DAY_TEXT];
    if (day)
        day_print(day, text);
    json_key_str(j, key, day ? text : NULL);
}

static void put_ground(struct visit *v, const struct ground *g)
{
    struct json *j = &v->json;
    uint64_t verbs = g->grant->verbs & actor_verbs(&v->actor, v->kind);
    json_open(j, '{');
    json_key(j, "assignment");
    if (g->assignment)
        json_put_int(j, g->assignment);
    else
        json_put_null(j);
    render_label(j, "role", &g->role);
    render_label(j, "holder", &g->holder);
    render_label(j, "where", &g->where);
    put_day(j, "from", g->from);
    put_day(j, "to", g->to);
    json_key_str(j, "basis", g->basis);
    json_key(j, "verbs");
    json_open(j, '[');
    for (size_t i = 0; verb_names[i]; i++)
        if (verbs >> i & 1)
            json_put_str(j, verb_names[i]);
    json_close(j, ']');
    json_close(j, '}');
}

static int put_assigned(struct visit *v, const struct owner *own, struct ground *g, struct error *err)
{
    const struct grant *grant = g->grant;
    struct value day = value_int(v->actor.day);
    struct rows rows;
    int got =
        grant->supervisor
            ? db_query(v->db, &rows, supervising_grounds,
                       BIND(value_int(grant->supervisor), value_int(own->object), day, day, value_int(GROUNDS_MOST)),
                       err)
            : db_query(v->db, &rows, one_ground, BIND(value_int(grant->assignment)), err);
    if (got < 0)
        return -1;
    while (rows_next(&rows)) {
        const char *holder = rows_text(&rows, 5);
        for (int i = 6; i <= 7 && !holder; i++)
            holder = rows_text(&rows, i);
        holder = arena_str(v->arena, holder);
        g->assignment = rows_int(&rows, 0);
        g->role = role_label(rows_text(&rows, 1));
        g->from = rows_int(&rows, 2);
        g->to = rows_int(&rows, 3);
        g->basis = arena_str(v->arena, rows_text(&rows, 4));
        g->holder = (struct label){ holder, holder };
        put_ground(v, g);
    }
    return rows_done(&rows, err);
}

/* A ground tells its object's name only to whoever may read that object. */
static int ground_words(struct visit *v, const struct grant *grant, struct label *out, struct error *err)
{
    const char *name = NULL, *kind = NULL;
    if (grant->object && labels_objects(v->db, &v->actor, &grant->object, 1, v->arena, &name, &kind, err) < 0)
        return -1;
    return grant_words(v->db, grant, name != NULL, v->arena, out, err);
}

static int put_grounds(struct visit *v, const void *record, const struct owner *own, bool party, struct error *err)
{
    struct drafted draft = drafted_of(v->kind, record);
    const struct actor *a = &v->actor;
    for (size_t i = 0; i < a->grant_count; i++) {
        struct ground g = { .grant = &a->grants[i],
                            .role = { "登录人员", "Everybody signed in" },
                            .holder = { a->display_name, a->display_name } };
        if (!grant_covers(a, g.grant, v->kind, verb_bit("read"), own, party, &draft))
            continue;
        if (ground_words(v, g.grant, &g.where, err) < 0)
            return -1;
        if (!g.grant->role)
            put_ground(v, &g);
        else if (put_assigned(v, own, &g, err) < 0)
            return -1;
    }
    return 0;
}

int why_seen(struct visit *v, struct error *err)
{
    struct scope scope;
    void *record;
    bool party = false;
    scope_compile(&v->actor, v->kind, verb_bit("read"), &scope);
    if (record_read(v->db, &scope, v->id, true, false, v->arena, &record, err) < 0)
        return -1;
    if (scope_has_party(&scope) && party_named(v->db, v->kind, v->id, v->actor.id, &party, err) < 0)
        return -1;
    struct owner own = record_of(record)->own;
    if (v->kind->scope == SCOPE_IS_OBJECT)
        own.object = v->id;
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    if (put_grounds(v, record, &own, party, err) < 0)
        return -1;
    json_close(&v->json, ']');
    json_close(&v->json, '}');
    return 0;
}

/* ---- whom one may look through ---- */

int as_candidates(struct visit *v, struct error *err)
{
    const char *words = request_query(v->rq, "q");
    struct filter_pair pairs[] = { { "active", "true" }, { "q", words } };
    struct names *names = names_new(v->arena);
    struct filter filter;
    struct scope scope;
    struct list_page page;
    if (!actor_may_look(&v->actor))
        return fail(err, FAULT_FORBIDDEN, "as.forbidden", "只有安委办和安全管理员可以以他人身份查看",
                    "Only the office and the security administrator see as somebody else");
    if (filter_parse(&account_kind, pairs, words && *words ? 2 : 1, v->arena, &filter, err) < 0)
        return -1;
    scope_compile(&v->actor, &account_kind, verb_bit("read"), &scope);
    struct list_query query = { .kind = &account_kind,
                                .actor = &v->actor,
                                .scope = &scope,
                                .filter = &filter,
                                .sort = "display_name",
                                .limit = CANDIDATES_MOST };
    if (list_run(v->db, &query, v->arena, &page, err) < 0)
        return -1;
    for (size_t i = 0; i < page.count; i++)
        names_want_record(names, &account_kind, page.rows[i]);
    if (names_load(names, v->db, &v->actor, err) < 0)
        return -1;
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    for (size_t i = 0; i < page.count; i++) {
        const struct account *a = page.rows[i];
        if (a->is.id == v->actor.id || a->is.id == ACCOUNT_SYSTEM)
            continue;
        json_open(&v->json, '{');
        json_key_int(&v->json, "id", a->is.id);
        json_key_str(&v->json, "display_name", a->display_name);
        json_key_str(&v->json, "post", a->post);
        json_key_str(&v->json, "organisation",
                     a->organisation ? names_get(names, &organisation_kind, a->organisation) : NULL);
        json_close(&v->json, '}');
    }
    json_close(&v->json, ']');
    json_close(&v->json, '}');
    return 0;
}
