/* What the program says of itself: /meta, OpenAPI, and what every answer carries whatever became of it. */
#include "api/office.h"

#include "record/filter.h"
#include "record/type.h"

#include <string.h>

static const char *const method_words[] = { "get", "post", "patch", "put", "delete" };

static struct reply *openapi(struct office *o)
{
    return expect(get(o, NOBODY, "/api/openapi.json"), 200);
}

/* "/api/v1/{kind}/{id}" -> "/api/v1/hazards/{id}" */
static const char *filled(struct office *o, const char *pattern, const struct kind *k, const struct move *m)
{
    const char *kind = strstr(pattern, "{kind}"), *move = strstr(pattern, "{move}");
    if (!kind)
        return pattern;
    const char *tail = kind + strlen("{kind}");
    return say(o, "%.*s%s%.*s%s", (int)(kind - pattern), pattern, k->plural,
               (int)(move ? move - tail : (long)strlen(tail)), tail, move && m ? m->name : "");
}

/* ---- OpenAPI ---- */

static bool is_described(const struct reply *api, const char *path, enum http_method method)
{
    return json_object_get(json_object_get(at(api, "paths"), path), method_words[method]) != NULL;
}

static void every_route_is_described_for_every_kind_that_serves_it(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *api = openapi(o);
    size_t found = 0, described = 0;
    for (size_t i = 0; i < route_count; i++)
        for (const struct kind *const *k = all_kinds; *k; k++) {
            bool by_kind = strstr(routes[i].pattern, "{kind}"), by_move = strstr(routes[i].pattern, "{move}");
            if ((*k)->child || (!by_kind && k != all_kinds))
                continue;
            for (size_t m = 0; m < (by_move ? (*k)->move_count : 1); m++) {
                const char *path = filled(o, routes[i].pattern, *k, by_move ? &(*k)->moves[m] : NULL);
                /* Whether the kind serves it is asked of the program itself: 405 says that it does not. */
                const char *real = say(o, "%s", path);
                char *id = strstr((char *)(uintptr_t)real, "{id}");
                bool serves = true;
                if (by_kind && !id)
                    serves = ASK(o, .who = OFFICE, .method = routes[i].method == HTTP_GET ? "GET" : "POST",
                                 .path = real, .body = routes[i].method == HTTP_GET ? NULL : "{}")
                                 ->status != 405;
                else if (id && (routes[i].method == HTTP_PATCH || routes[i].method == HTTP_DELETE))
                    serves = ASK(o, .who = OFFICE, .method = routes[i].method == HTTP_PATCH ? "PATCH" : "DELETE",
                                 .path = say(o, "/api/v1/%s/99999999", (*k)->plural), .body = "{}", .version = 1)
                                 ->status != 405;
                else if (strstr(path, "/transfer") && !by_move)
                    serves = (*k)->scope == SCOPE_IS_OBJECT;
                else if (strstr(path, "{id}/verify"))
                    serves = ((*k)->verbs & CAN_VERIFY) != 0;
                else if (strstr(path, "/restore"))
                    serves = ((*k)->verbs & CAN_REMOVE) != 0;
                else if (strstr(path, "/undo"))
                    serves = ((*k)->verbs & CAN_CHANGE) != 0;
                if (is_described(api, path, routes[i].method) != serves)
                    fail_msg("%s %s: described %d, served %d", method_words[routes[i].method], path, !serves, serves);
                found += serves;
            }
        }
    const char *path;
    json_t *methods;
    json_object_foreach((json_t *)at(api, "paths"), path, methods) described += json_object_size(methods);
    assert_int_equal(described, found);
}

static void check_refs(const struct reply *api, const json_t *node)
{
    const char *key;
    size_t i;
    json_t *child;
    json_object_foreach((json_t *)node, key, child)
    {
        if (strcmp(key, "$ref") == 0) {
            const char *ref = json_string_value(child);
            assert_int_equal(strncmp(ref, "#/components/schemas/", 21), 0);
            if (!json_object_get(at(api, "components.schemas"), ref + 21))
                fail_msg("nothing stands at %s", ref);
        }
        check_refs(api, child);
    }
    json_array_foreach((json_t *)node, i, child) check_refs(api, child);
}

static void every_reference_names_something(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *api = openapi(o);
    assert_string_equal(text_at(api, "openapi"), "3.1.0");
    check_refs(api, api->json);
}

static bool is_parameter(const json_t *list, const char *name, const char *in)
{
    size_t i, found = 0;
    json_t *p;
    json_array_foreach((json_t *)list, i, p) found +=
        strcmp(json_string_value(json_object_get(p, "name")), name) == 0 &&
        strcmp(json_string_value(json_object_get(p, "in")), in) == 0;
    assert_true(found < 2);
    return found;
}

static void every_operation_declares_the_parts_of_its_path_and_its_headers(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *api = openapi(o);
    const char *path, *method;
    json_t *methods, *operation;
    json_object_foreach((json_t *)at(api, "paths"), path, methods)
    {
        assert_int_equal(path[0], '/');
        json_object_foreach(methods, method, operation)
        {
            const json_t *parameters = json_object_get(operation, "parameters");
            assert_int_equal(is_parameter(parameters, "id", "path"), strstr(path, "{id}") != NULL);
            assert_int_equal(is_parameter(parameters, "file", "path"), strstr(path, "{file}") != NULL);
            assert_int_equal(is_parameter(parameters, "key", "path"), strstr(path, "{key}") != NULL);
            assert_int_equal(is_parameter(parameters, "kind-name", "path"), strstr(path, "{kind-name}") != NULL);
            assert_null(strstr(path, "{kind}"));
            assert_null(strstr(path, "{move}"));
            assert_true(json_object_size(json_object_get(operation, "responses")) == 2);
            assert_non_null(json_object_get(operation, "summary"));
            bool version = strstr(path, "/moves/") || strstr(path, "{id}/verify") ||
                           (strstr(path, "/transfer") && strcmp(method, "post") == 0) ||
                           (strcmp(method, "patch") == 0 && !strstr(path, "/imports/") && !strstr(path, "/views/")) ||
                           (strcmp(method, "put") == 0 && !strstr(path, "/me/")) ||
                           (strcmp(method, "delete") == 0 && strstr(path, "{id}") && !strstr(path, "/import") &&
                            !strstr(path, "/accounts/{id}/") && !strstr(path, "/me/") && !strstr(path, "/views/"));
            assert_int_equal(is_parameter(parameters, "If-Match", "header"), version);
        }
    }
}

/* A value that a filter of the type reads. */
static const char *plausible(const struct field *f)
{
    return f->type == &type_date                                 ? "2026-01-05"
           : f->type == &type_date_time                          ? "2026-01-05T00:00:00Z"
           : f->type == &type_yes_no                             ? "true"
           : f->type == &type_choice || f->type == &type_choices ? f->choices->items[0].code
           : f->type == &type_region                             ? "990102001000"
           : f->type == &type_phone                              ? "13800000000"
           : f->type == &type_id_number                          ? "11010519491231002X"
           : f->type == &type_text && f->min == 18               ? "91350100M000100Y43"
                                                                 : "12";
}

/* Every field × comparison is tried on the list and on the export: it works exactly where it is declared. */
static void a_filter_works_exactly_where_it_is_declared(void **state)
{
    static const char *const suffixes[] = { "", ".in", ".before", ".after", ".min", ".max", ".none", ".like" };
    struct office *o = OFFICE(state);
    struct reply *api = openapi(o);
    for (const struct kind *const *k = all_kinds; *k; k++) {
        if ((*k)->child)
            continue;
        const json_t *path = json_object_get(at(api, "paths"), say(o, "/api/v1/%s", (*k)->plural));
        const json_t *list = json_object_get(json_object_get(path, "get"), "parameters");
        path = json_object_get(at(api, "paths"), say(o, "/api/v1/%s/export", (*k)->plural));
        const json_t *export = json_object_get(json_object_get(path, "get"), "parameters");
        for (size_t i = 0; i < (*k)->field_count; i++)
            for (size_t s = 0; s < COUNT(suffixes); s++) {
                const struct field *f = &(*k)->fields[i];
                const char *name = say(o, "%s%s", f->name, suffixes[s]);
                const char *value = strcmp(suffixes[s], ".none") == 0 ? "false"
                                    : f->type == &type_state          ? (*k)->states[0].code
                                                                      : plausible(f);
                bool declared = is_parameter(list, name, "query");
                struct reply *r = get(o, OFFICE, "/api/v1/%s?%s=%s", (*k)->plural, name, value);
                if (declared)
                    expect(r, 200);
                else
                    expect_field(r, name);
                assert_int_equal(is_parameter(export, name, "query"), declared);
            }
    }
}

static void every_declared_parameter_is_understood(void **state)
{
    static const struct {
        const char *name, *value;
    } rows[] = { { "q", "隐患" },       { "sort", "-id" },      { "limit", "5" },
                 { "count", "exact" },  { "count", "capped" },  { "count", "none" },
                 { "removed", "true" }, { "removed", "false" }, { "region", "990102001000" } };
    struct office *o = OFFICE(state);
    const json_t *path = json_object_get(at(openapi(o), "paths"), "/api/v1/hazards");
    const json_t *list = json_object_get(json_object_get(path, "get"), "parameters");
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(is_parameter(list, rows[i].name, "query"));
        expect(get(o, OFFICE, "/api/v1/hazards?%s=%s", rows[i].name, rows[i].value), 200);
    }
    static const struct {
        const char *ask, *field;
    } wrong[] = { { "colour=red", "colour" },
                  { "sort=colour", "sort" },

                  { "limit=0", "limit" },
                  { "limit=201", "limit" },
                  { "limit=x", "limit" },
                  { "count=all", "count" },
                  { "removed=yes", "removed" },
                  { "region=12345", "region" },
                  { "due.before=soon", "due.before" },
                  { "level.in=,", "level.in" },
                  { "state=lost", "state" },
                  { "due.before=", "due.before" },
                  { "note.none=maybe", "note.none" } };
    for (size_t i = 0; i < COUNT(wrong); i++)
        expect_field(get(o, OFFICE, "/api/v1/hazards?%s", wrong[i].ask), wrong[i].field);
}

static bool is_offered(const struct reply *api, const char *schema, const char *field)
{
    const json_t *found = json_object_get(at(api, "components.schemas"), schema);
    assert_non_null(found);
    return json_object_get(json_object_get(found, "properties"), field) != NULL;
}

/* The words of a field that may not be written this way, whatever its value. */
static bool is_never_written(const struct reply *r, const char *field)
{
    static const char *const words[] = { "由系统产生，不能填写", "只能在办理时填写", "登记后不能修改" };
    const char *why = json_string_value(json_object_get(json_object_get(r->json, "fields"), field));
    for (size_t i = 0; why && i < COUNT(words); i++)
        if (strcmp(why, words[i]) == 0)
            return true;
    return false;
}

static struct reply *one_of(struct office *o, const struct kind *kind)
{
    struct reply *one = expect(get(o, OFFICE, "/api/v1/%s?limit=1", kind->plural), 200);
    if (count_at(one, "items") == 0)
        fail_msg("the demonstration has no %s: let src/demo make one", kind->plural);
    return one;
}

static void the_schemas_offer_exactly_what_may_be_read_created_and_changed(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *api = openapi(o);
    for (const struct kind *const *k = all_kinds; *k; k++)
        for (size_t i = 0; i < (*k)->field_count; i++) {
            const struct field *f = &(*k)->fields[i];
            if (!is_offered(api, (*k)->name, f->name))
                fail_msg("%s.%s is not described", (*k)->name, f->name);
            if ((*k)->child)
                continue;
            const char *body = say(o, "{\"%s\":null}", f->name);
            struct reply *one = one_of(o, *k);
            assert_non_null(json_object_get(at(one, "items.0"), f->type == &type_lines ? "id" : f->name));
            enum who who = strcmp((*k)->name, "account") == 0 ? SECURITY : OFFICE; /* who writes it */
            struct reply *created = post(o, who, body, "/api/v1/%s", (*k)->plural);
            assert_int_equal(is_never_written(created, f->name),
                             !is_offered(api, say(o, "%s_input", (*k)->name), f->name));
            struct reply *changed = patch(o, who, number_at(one, "items.0.version"), body, "/api/v1/%s/%lld",
                                          (*k)->plural, (long long)number_at(one, "items.0.id"));
            assert_int_equal(is_never_written(changed, f->name),
                             !is_offered(api, say(o, "%s_change", (*k)->name), f->name));
        }
}

static void a_record_says_nothing_that_its_schema_does_not(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *api = openapi(o);
    for (const struct kind *const *k = all_kinds; *k; k++) {
        const char *key;
        json_t *value;
        if ((*k)->child)
            continue;
        struct reply *one = one_of(o, *k);
        one = expect(get(o, OFFICE, "/api/v1/%s/%lld", (*k)->plural, (long long)number_at(one, "items.0.id")), 200);
        json_object_foreach(one->json, key, value) if (!is_offered(api, (*k)->name, key))
            fail_msg("%s.%s is not described", (*k)->name, key);
        assert_int_equal(json_object_size(one->json),
                         json_object_size(json_object_get(json_object_get(at(api, "components.schemas"), (*k)->name),
                                                          "properties")));
    }
}

/* ---- meta ---- */

static const json_t *named(const json_t *list, const char *key, const char *name)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)list, i,
                       one) if (strcmp(json_string_value(json_object_get(one, key)), name) == 0) return one;
    fail_msg("%s is not declared", name);
    return NULL;
}

static void both_languages(const json_t *label)
{
    assert_true(json_string_length(json_object_get(label, "zh")) > 0);
    assert_true(json_string_length(json_object_get(label, "en")) > 0);
}

static void meta_declares_every_kind_field_choice_state_and_move(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *meta = expect(get(o, OFFICER, "/api/v1/meta"), 200);
    for (const struct kind *const *k = all_kinds; *k; k++) {
        const json_t *kind = named(at(meta, (*k)->child ? "children" : "kinds"), "name", (*k)->name);
        both_languages(json_object_get(kind, "label"));
        assert_int_equal(json_array_size(json_object_get(kind, "fields")), (*k)->field_count);
        assert_int_equal(json_array_size(json_object_get(kind, "states")), (*k)->state_count);
        assert_int_equal(json_array_size(json_object_get(kind, "moves")), (*k)->move_count);
        const json_t *ledger = json_object_get(kind, "ledger");
        assert_true((*k)->ledger ? json_array_size(ledger) == (*k)->ledger_count : json_is_null(ledger));
        for (size_t i = 0; i < (*k)->ledger_count; i++)
            both_languages(json_object_get(named(ledger, "field", (*k)->ledger[i].field), "header"));
        for (size_t i = 0; i < (*k)->field_count; i++) {
            const struct field *f = &(*k)->fields[i];
            const json_t *field = named(json_object_get(kind, "fields"), "name", f->name);
            both_languages(json_object_get(field, "label"));
            assert_string_equal(json_string_value(json_object_get(field, "type")), f->type->name);
            if (f->choices)
                assert_int_equal(
                    json_array_size(json_object_get(json_object_get(at(meta, "choices"), f->choices->name), "items")),
                    f->choices->count);
        }
        for (size_t i = 0; i < (*k)->move_count; i++) {
            const json_t *m = named(json_object_get(kind, "moves"), "name", (*k)->moves[i].name);
            both_languages(json_object_get(m, "label"));
            if ((*k)->moves[i].expected.label.zh)
                both_languages(json_object_get(m, "go"));
            if ((*k)->moves[i].never[0])
                both_languages(json_object_get(m, "barred"));
            if ((*k)->moves[i].to == MOVE_STAYS)
                assert_true(json_is_null(json_object_get(m, "to")));
            else
                named(json_object_get(kind, "states"), "code", json_string_value(json_object_get(m, "to")));
        }
    }
}

static void the_hazard_ledger_has_the_columns_of_the_county_s_own(void **state)
{
    static const char *const headers[] = { "序号",     "隐患内容", "排查日期", "隐患类型",       "隐患级别",
                                           "责任单位", "责任人",   "整改期限", "整改措施与要求", "排查人",
                                           "复查日期", "复查人",   "隐患状态" };
    struct office *o = OFFICE(state);
    struct reply *meta = expect(get(o, OFFICER, "/api/v1/meta"), 200);
    const json_t *hazard = named(at(meta, "kinds"), "name", "hazard"), *ledger = json_object_get(hazard, "ledger");
    assert_int_equal(json_array_size(ledger), COUNT(headers));
    for (size_t i = 0; i < COUNT(headers); i++) {
        const json_t *header = json_object_get(json_array_get(ledger, i), "header");
        assert_string_equal(json_string_value(json_object_get(header, "zh")), headers[i]);
    }
    const json_t *responsible = named(json_object_get(hazard, "fields"), "name", "responsible");
    assert_string_equal(json_string_value(json_object_get(responsible, "companion")), "responsible_name");
}

/* ---- every answer ---- */

static void check_safe(const struct reply *r)
{
    static const struct {
        const char *name, *value;
    } rows[] = { { "X-Content-Type-Options", "nosniff" },
                 { "Referrer-Policy", "same-origin" },
                 { "X-Frame-Options", "DENY" },
                 { "Cross-Origin-Opener-Policy", "same-origin" } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *value = header_of(r, rows[i].name);
        if (!value || strcmp(value, rows[i].value) != 0)
            fail_msg("%s lacks %s", r->rq.path, rows[i].name);
    }
    const char *policy = header_of(r, "Content-Security-Policy"), *cache = header_of(r, "Cache-Control");
    assert_non_null(policy);
    assert_non_null(strstr(policy, "default-src 'self'"));
    assert_null(strstr(policy, "unsafe"));
    assert_non_null(cache);
    assert_true(strstr(cache, "no-store") || strstr(cache, "no-cache"));
    for (size_t i = 0; i < r->rs.header_count; i++)
        assert_null(strpbrk(r->rs.headers[i].value, "\r\n"));
    if (r->status < 400)
        return;
    assert_string_equal(r->rs.type, "application/problem+json");
    if (r->rq.method == HTTP_HEAD)
        return;
    assert_int_equal(number_at(r, "status"), r->status);
    assert_string_equal(text_at(r, "type"), "about:blank");
    assert_true(strlen(text_at(r, "title")) > 0 && strlen(text_at(r, "detail")) > 0 && strlen(text_at(r, "code")) > 0);
}

static void every_answer_carries_the_safe_headers(void **state)
{
    static const struct {
        enum who who;
        const char *method, *path, *body;
        int64_t version;
        int status;
    } rows[] = {
        { OFFICE, "GET", "/api/v1/me", NULL, 0, 200 },
        { OFFICE, "GET", "/api/v1/hazards", NULL, 0, 200 },
        { OFFICE, "GET", "/api/v1/hazards/export", NULL, 0, 200 },
        { OFFICE, "GET", "/api/v1/events", NULL, 0, 200 },
        { OFFICE, "GET", "/healthz", NULL, 0, 200 },
        { NOBODY, "GET", "/readyz", NULL, 0, 200 },
        { OFFICE, "DELETE", "/api/v1/session", NULL, 0, 204 },
        { OFFICE, "POST", "/api/v1/hazards", "{", 0, 400 },
        { NOBODY, "GET", "/api/v1/me", NULL, 0, 401 },
        { GRID_A, "DELETE", "/api/v1/hazards/1", NULL, 1, 403 },
        { OFFICE, "GET", "/api/v1/hazards/99999999", NULL, 0, 404 },
        { OFFICE, "HEAD", "/api/v1/hazards/99999999", NULL, 0, 404 },
        { OFFICE, "GET", "/api/v1/hazards/0", NULL, 0, 404 },
        { OFFICE, "GET", "/api/v1/hazards/-1", NULL, 0, 404 },
        { OFFICE, "GET", "/api/v1/hazards/1x", NULL, 0, 404 },
        { OFFICE, "GET", "/api/v1/hazards/01", NULL, 0, 404 },
        { OFFICE, "GET", "/api/v1/hazards/99999999999999999999999", NULL, 0, 404 },
        { OFFICE, "GET", "/api/v1/nothing", NULL, 0, 404 },
        { OFFICE, "GET", "/api/v1/hazard", NULL, 0, 404 },
        { OFFICE, "GET", "/api/v1/key-persons", NULL, 0, 404 },
        { OFFICE, "GET", "/api/v1", NULL, 0, 404 },
        { OFFICE, "GET", "/api/", NULL, 0, 404 },
        { OFFICE, "POST", "/", "{}", 0, 404 },
        { NOBODY, "GET", "/api/v2/me", NULL, 0, 404 },
        { OFFICE, "PUT", "/api/v1/hazards/1", "{}", 0, 405 },
        { OFFICE, "OPTIONS", "/api/v1/hazards", NULL, 0, 405 },
        { OFFICE, "TRACE", "/api/v1/hazards", NULL, 0, 405 },
        { OFFICE, "POST", "/api/v1/me", "{}", 0, 405 },
        { OFFICE, "PATCH", "/api/v1/hazards/99999999", "{}", 1, 404 },
        { OFFICE, "PATCH", "/api/v1/hazards/1", "{}", 0, 428 },
        { OFFICE, "PATCH", "/api/v1/hazards/1", "{}", 999, 412 },
        { OFFICE, "POST", "/api/v1/hazards", "{}", 0, 422 },
    };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(rows); i++)
        check_safe(expect(ASK(o, .who = rows[i].who, .method = rows[i].method, .path = rows[i].path,
                              .body = rows[i].body, .version = rows[i].version),
                          rows[i].status));
}

static void a_known_address_says_which_methods_it_takes(void **state)
{
    static const struct {
        const char *path, *methods;
    } rows[] = { { "/api/v1/hazards", "GET, HEAD, POST" }, { "/api/v1/hazards/1", "GET, HEAD, PATCH, DELETE" },
                 { "/api/v1/hazards/1/restore", "POST" },  { "/api/v1/hazards/1/moves/classify", "POST" },
                 { "/api/v1/session", "POST, DELETE" },    { "/api/openapi.json", "GET, HEAD" } };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(rows); i++)
        for (enum who who = NOBODY; who <= OFFICE; who++) {
            struct reply *r = expect_code(ASK(o, .who = who, .method = "PUT", .path = rows[i].path), 405, "method");
            assert_string_equal(header_of(r, "Allow"), rows[i].methods);
        }
}

static void a_problem_speaks_the_reader_s_language(void **state)
{
    static const struct {
        const char *header, *detail;
    } rows[] = { { NULL, "没有这个地址" },
                 { "Accept-Language: zh-CN,en;q=0.5", "没有这个地址" },
                 { "Accept-Language: de", "没有这个地址" },
                 { "Accept-Language: en", "There is no such address" },
                 { "Accept-Language: en-GB,zh;q=0.5", "There is no such address" } };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(
            text_at(ASK(o, .who = OFFICE, .method = "GET", .path = "/api/v1/x", .headers = rows[i].header), "detail"),
            rows[i].detail);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(every_route_is_described_for_every_kind_that_serves_it),
        SAYS(every_reference_names_something),
        SAYS(every_operation_declares_the_parts_of_its_path_and_its_headers),
        SAYS(a_filter_works_exactly_where_it_is_declared),
        SAYS(every_declared_parameter_is_understood),
        SAYS(the_schemas_offer_exactly_what_may_be_read_created_and_changed),
        SAYS(a_record_says_nothing_that_its_schema_does_not),
        SAYS(meta_declares_every_kind_field_choice_state_and_move),
        SAYS(the_hazard_ledger_has_the_columns_of_the_county_s_own),
        SAYS(every_answer_carries_the_safe_headers),
        SAYS(a_known_address_says_which_methods_it_takes),
        SAYS(a_problem_speaks_the_reader_s_language),
    };
    return RUN_OFFICES(tests);
}
