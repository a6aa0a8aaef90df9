#include "http/whom.h"

#include "access/duty.h"
#include "access/query.h"
#include "domain/grid/grid.h"
#include "domain/render.h"
#include "http/duty.h"
#include "record/type.h"

#include <string.h>

enum { WHOM_MOST = 20, WHOM_LISTED = RESPONSIBLE_MOST };

enum nearness { OF_OBJECT, OF_ORGANISATION, ELSEWHERE };
static const char *const nearness_words[] = { "object", "organisation", NULL };

struct one {
    const struct account *account;
    enum nearness nearness;
    bool able; /* may be named there: nobody would refuse it */
    const char *firm_name;
};

struct whom {
    struct owner own; /* object 0: not asked about one */
    const char *words;
    const struct kind *kind;   /* asked for a field that names whoever answers for a record (field.answers); NULL */
    const struct field *field; /* of that kind */
    struct one found[WHOM_MOST];
    size_t count;
    struct value people[WHOM_LISTED], organisations[WHOM_LISTED];
    size_t people_count, organisation_count;
};

static void add_id(struct value *list, size_t *count, int64_t id)
{
    for (size_t i = 0; i < *count; i++)
        if (list[i].number == id)
            return;
    list[(*count)++] = value_int(id);
}

/* People named for the object itself, and the organisations that supervise it. */
static int read_nearest(struct visit *v, struct whom *w, struct error *err)
{
    struct responsible *list;
    size_t count;
    if (responsible_read(v->db, v->actor.day, &w->own, v->arena, &list, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (list[i].level == DUTY_OBJECT && strcmp(list[i].holder_kind, "account") == 0)
            add_id(w->people, &w->people_count, list[i].holder);
        else if (strcmp(list[i].holder_kind, "organisation") == 0)
            add_id(w->organisations, &w->organisation_count, list[i].holder);
    return 0;
}

/* Active people that have the words, further those of the condition where one is given. */
static int take(struct visit *v, struct whom *w, const struct condition *only, enum nearness nearness,
                struct error *err)
{
    struct filter_pair pairs[] = { { "active", "true" }, { "q", w->words } };
    struct filter *filter = ARENA_NEW(v->arena, struct filter);
    struct scope scope;
    struct list_page page;
    if (filter_parse(&account_kind, pairs, w->words ? 2 : 1, v->arena, filter, err) < 0)
        return -1;
    if (only)
        filter->items[filter->count++] = *only;
    scope_compile(&v->actor, &account_kind, verb_bit("read"), &scope);
    struct list_query query = { .kind = &account_kind,
                                .actor = &v->actor,
                                .scope = &scope,
                                .filter = filter,
                                .sort = "display_name",
                                .limit = WHOM_MOST };
    if (list_run(v->db, &query, v->arena, &page, err) < 0)
        return -1;
    for (size_t i = 0; i < page.count && w->count < WHOM_MOST; i++) {
        const struct account *a = page.rows[i];
        bool there = a->is.id == ACCOUNT_SYSTEM;
        for (size_t j = 0; j < w->count && !there; j++)
            there = w->found[j].account->is.id == a->is.id;
        if (!there)
            w->found[w->count++] = (struct one){ .account = a, .nearness = nearness, .able = true };
    }
    return 0;
}

/* hazard.responsible */
static int read_field(const char *name, struct whom *w, struct error *err)
{
    char kind[64];
    const char *dot = strchr(name, '.');
    size_t n = dot ? (size_t)(dot - name) : sizeof kind;
    if (n < sizeof kind) {
        memcpy(kind, name, n);
        kind[n] = '\0';
        w->kind = kind_find(kind);
        w->field = w->kind ? field_find(w->kind, dot + 1) : NULL;
    }
    return w->field ? 0
                    : fail_field(err, "field", "请写种类和项的名称，如 hazard.responsible",
                                 "Give a kind and a field of it: hazard.responsible");
}

/* Who would be refused is not in the list; asked for by name he is there, and said to be refused. */
static int ask_able(struct visit *v, struct whom *w, struct error *err)
{
    size_t kept = 0;
    if (!w->field || !w->field->answers || !w->own.object)
        return 0;
    for (size_t i = 0; i < w->count; i++) {
        struct one *one = &w->found[i];
        if (duty_may_answer(v->db, one->account->is.id, v->actor.day, w->kind, w->field->answers, &w->own, &one->able,
                            err) < 0)
            return -1;
        if (one->able || w->words)
            w->found[kept++] = *one;
    }
    w->count = kept;
    return 0;
}

/* The people of the object stand in the order of their roles: who heads it, who looks after its safety, who works there. */
static void by_role(struct whom *w)
{
    size_t n = 0;
    for (size_t i = 0; i < w->people_count; i++)
        for (size_t j = n; j < w->count; j++)
            if (w->found[j].account->is.id == w->people[i].number) {
                struct one one = w->found[j];
                memmove(&w->found[n + 1], &w->found[n], (j - n) * sizeof one);
                w->found[n++] = one;
            }
}

static int find(struct visit *v, struct whom *w, struct error *err)
{
    struct condition people = {
        .field = field_title(&account_kind), .column = "id", .op = OP_IN, .values = w->people, .count = w->people_count
    };
    if (!w->words && people.count > WHOM_MOST)
        people.count = WHOM_MOST;
    struct condition organisations = { .field = field_find(&account_kind, "organisation"),
                                       .column = "organisation",
                                       .op = OP_IN,
                                       .values = w->organisations,
                                       .count = w->organisation_count };
    if (people.count && take(v, w, &people, OF_OBJECT, err) < 0)
        return -1;
    by_role(w);
    if (organisations.count && take(v, w, &organisations, OF_ORGANISATION, err) < 0)
        return -1;
    /* Everybody else is found by name: a list from A on is picked from by mistake. */
    return w->own.object && !w->words ? 0 : take(v, w, NULL, ELSEWHERE, err);
}

/* Whoever works at a firm is of that firm, by an assignment; it is named as far as the reader may see it. */
static int read_firms(struct visit *v, struct whom *w, struct error *err)
{
    AUTO_TEXT firms = TEXT_LIMIT(1024);
    struct value binds[WHOM_MOST + 2];
    struct rows rows;
    int64_t ids[WHOM_MOST] = { 0 };
    const char *names[WHOM_MOST], *kinds[WHOM_MOST];
    if (w->count == 0)
        return 0;
    binds[0] = binds[1] = value_int(v->actor.day);
    text_str(&firms, "SELECT holder_account, object FROM assignment WHERE object IS NOT NULL AND role IN ('head', "
                     "'safety', 'worker') AND removed_at IS NULL AND valid_from <= ? AND (valid_to IS NULL OR "
                     "valid_to >= ?) AND holder_account IN (?");
    for (size_t i = 0; i < w->count; i++) {
        text_str(&firms, i ? ", ?" : "");
        binds[i + 2] = value_int(w->found[i].account->is.id);
    }
    text_str(&firms, ") ORDER BY id DESC"); /* the first of several stands last, and stays */
    if (db_query(v->db, &rows, text_get(&firms), binds, w->count + 2, err) < 0)
        return -1;
    while (rows_next(&rows))
        for (size_t i = 0; i < w->count; i++)
            if (w->found[i].account->is.id == rows_int(&rows, 0))
                ids[i] = rows_int(&rows, 1);
    if (rows_done(&rows, err) < 0 || labels_objects(v->db, &v->actor, ids, w->count, v->arena, names, kinds, err) < 0)
        return -1;
    for (size_t i = 0; i < w->count; i++)
        w->found[i].firm_name = names[i];
    return 0;
}

static int put_found(struct visit *v, const struct whom *w, struct error *err)
{
    struct json *j = &v->json;
    struct names *names = names_new(v->arena);
    for (size_t i = 0; i < w->count; i++)
        names_want_record(names, &account_kind, w->found[i].account);
    if (names_load(names, v->db, &v->actor, err) < 0)
        return -1;
    json_open(j, '{');
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < w->count; i++) {
        const struct one *one = &w->found[i];
        const struct account *a = one->account;
        json_open(j, '{');
        json_key_int(j, "id", a->is.id);
        json_key_str(j, "display_name", a->display_name);
        json_key_str(j, "post", a->post);
        const char *organisation = a->organisation ? names_get(names, &organisation_kind, a->organisation) : NULL;
        json_key_str(j, "organisation", one->firm_name ? one->firm_name : organisation);
        json_key_str(j, "of", nearness_words[one->nearness]);
        json_key_bool(j, "able", one->able);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
    return 0;
}

int account_candidates(struct visit *v, struct error *err)
{
    struct whom *w = ARENA_NEW(v->arena, struct whom);
    const char *object = request_query(v->rq, "object"), *words = request_query(v->rq, "q"),
               *field = request_query(v->rq, "field");
    if (!actor_may(&v->actor, &account_kind, verb_bit("read")))
        return fail(err, FAULT_FORBIDDEN, "account.read", "您不能查看人员，请向安全管理员申请",
                    "You may not look people up; ask a security administrator");
    w->words = words && *words ? words : NULL;
    if (object && (duty_read_object(v, object, &w->own, err) < 0 || read_nearest(v, w, err) < 0))
        return -1;
    if ((field && read_field(field, w, err) < 0) || find(v, w, err) < 0 || ask_able(v, w, err) < 0 ||
        read_firms(v, w, err) < 0)
        return -1;
    return put_found(v, w, err);
}
