/* The declarations as JSON: /api/v1/meta for the pages, OpenAPI 3.1 for programs. Both walk the tables, nothing else. */
#include "domain/lists.h"
#include "domain/render.h"
#include "base/clock.h"
#include "http/describe.h"
#include "http/web.h"
#include "record/type.h"

#include <stdlib.h>
#include <string.h>

static void put_strings(struct json *j, const char *key, const char *const *list, size_t most)
{
    json_key(j, key);
    json_open(j, '[');
    for (size_t i = 0; i < most && list[i]; i++)
        json_put_str(j, list[i]);
    json_close(j, ']');
}

static void put_flags(struct json *j, const char *key, unsigned flags, const char *const *names, const unsigned *bits,
                      size_t count)
{
    json_key(j, key);
    json_open(j, '[');
    for (size_t i = 0; i < count; i++)
        if (flags & bits[i])
            json_put_str(j, names[i]);
    json_close(j, ']');
}

static void put_field(struct json *j, const struct field *f)
{
    static const char *const flag_names[] = { "required",  "search",  "list",  "unique", "fixed",
                                              "move_only", "derived", "title", "wide" };
    static const unsigned flag_bits[] = { REQUIRED, SEARCH, LIST, UNIQUE, FIXED, MOVE_ONLY, DERIVED, TITLE, WIDE };
    static const char *const op_names[] = { "equal", "in", "range", "none" };
    static const unsigned op_bits[] = { FILTER_EQUAL, FILTER_IN, FILTER_RANGE, FILTER_NONE };
    json_open(j, '{');
    json_key_str(j, "name", f->name);
    json_key_str(j, "type", f->type->name);
    render_label(j, "label", &f->label);
    render_label(j, "hint", &f->hint);
    render_label(j, "unit", &f->unit);
    put_flags(j, "flags", f->flags, flag_names, flag_bits, COUNT(flag_names));
    json_key_int(j, "min", f->min);
    json_key_int(j, "max", f->max);
    json_key_int(j, "scale", f->scale);
    json_key_str(j, "ref", f->ref);
    json_key_str(j, "choices", f->choices ? f->choices->name : NULL);
    json_key_str(j, "lines", f->lines ? f->lines->name : NULL);
    json_key_str(j, "group", f->group);
    put_flags(j, "filter", f->type->filter, op_names, op_bits, COUNT(op_names));
    json_close(j, '}');
}

static void put_states(struct json *j, const struct kind *k)
{
    static const char *const tones[] = { "idle", "running", "judge", "request", "returned", "done", "stopped" };
    json_key(j, "states");
    json_open(j, '[');
    for (size_t i = 0; i < k->state_count; i++) {
        json_open(j, '{');
        json_key_str(j, "code", k->states[i].code);
        render_label(j, "label", &k->states[i].label);
        json_key_str(j, "tone", tones[k->states[i].tone]);
        json_key_bool(j, "end", k->states[i].end);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key(j, "moves");
    json_open(j, '[');
    for (size_t i = 0; i < k->move_count; i++) {
        const struct move *m = &k->moves[i];
        json_open(j, '{');
        json_key_str(j, "name", m->name);
        render_label(j, "label", &m->label);
        render_label(j, "hint", &m->hint);
        json_key(j, "from");
        json_open(j, '[');
        for (int s = 0; s < m->from_count; s++)
            json_put_str(j, k->states[m->from[s]].code);
        json_close(j, ']');
        json_key_str(j, "to", k->states[m->to].code);
        put_strings(j, "accepts", m->accepts, MOVE_FIELDS_MAX);
        put_strings(j, "must", m->must, MOVE_FIELDS_MAX);
        json_key_bool(j, "danger", m->danger);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_kind(struct json *j, const struct kind *k)
{
    static const char *const scopes[] = { "open", "region", "object", "is_object" };
    static const char *const verb_words[] = { "create", "change", "remove", "import", "export" };
    static const unsigned verb_bits[] = { CAN_CREATE, CAN_CHANGE, CAN_REMOVE, CAN_IMPORT, CAN_EXPORT };
    json_open(j, '{');
    json_key_str(j, "name", k->name);
    json_key_str(j, "plural", k->plural);
    render_label(j, "label", &k->label);
    put_flags(j, "verbs", k->verbs, verb_words, verb_bits, COUNT(verb_words));
    json_key_str(j, "scope", scopes[k->scope]);
    json_key_str(j, "scope_field", k->scope_field);
    json_key_bool(j, "open_label", k->open_label);
    json_key_str(j, "title", k->child ? NULL : field_title(k)->name);
    json_key_bool(j, "number", k->numbered);
    put_strings(j, "sorts", k->sorts, COUNT(k->sorts));
    json_key_bool(j, "newest_first", k->newest_first);
    json_key(j, "groups");
    json_open(j, '[');
    for (size_t i = 0; i < k->group_count; i++) {
        json_open(j, '{');
        json_key_str(j, "name", k->groups[i].name);
        render_label(j, "label", &k->groups[i].label);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key(j, "fields");
    json_open(j, '[');
    for (size_t i = 0; i < k->field_count; i++)
        put_field(j, &k->fields[i]);
    json_close(j, ']');
    put_states(j, k);
    json_close(j, '}');
}

static void put_day(struct json *j, const char *key, int64_t day)
{
    char text[DAY_TEXT];
    if (day)
        day_print(day, text);
    json_key_str(j, key, day ? text : NULL);
}

void meta_write(struct json *j)
{
    json_open(j, '{');
    for (int child = 0; child < 2; child++) {
        json_key(j, child ? "children" : "kinds");
        json_open(j, '[');
        for (const struct kind *const *k = all_kinds; *k; k++)
            if ((*k)->child == (child == 1))
                put_kind(j, *k);
        json_close(j, ']');
    }
    json_key(j, "choices");
    json_open(j, '{');
    for (const struct choices *const *c = all_choices; *c; c++) {
        json_key(j, (*c)->name);
        json_open(j, '{');
        render_label(j, "label", &(*c)->label);
        json_key(j, "items");
        json_open(j, '[');
        for (size_t i = 0; i < (*c)->count; i++) {
            json_open(j, '{');
            json_key_str(j, "code", (*c)->items[i].code);
            render_label(j, "label", &(*c)->items[i].label);
            put_day(j, "valid_from", (*c)->items[i].valid_from);
            put_day(j, "valid_to", (*c)->items[i].valid_to);
            json_close(j, '}');
        }
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, '}');
    json_close(j, '}');
}

/* ---- OpenAPI 3.1 ---- */

/* Values of a record as written (input) and as read. References are read as objects with the name. */
static void put_schema_of(struct json *j, const struct kind *k, const struct field *f, bool read)
{
    if (read && (f->type == &type_reference || f->type == &type_object)) {
        json_put_raw(j, f->type == &type_object
                            ? "{\"type\":[\"object\",\"null\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":{"
                              "\"type\":[\"string\",\"null\"]},\"kind\":{\"type\":[\"string\",\"null\"]}}}"
                            : "{\"type\":[\"object\",\"null\"],\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":{"
                              "\"type\":[\"string\",\"null\"]}}}");
        return;
    }
    if (read && f->type == &type_region) {
        json_put_raw(j, "{\"type\":[\"object\",\"null\"],\"properties\":{\"code\":{\"type\":\"string\"},\"name\":{"
                        "\"type\":[\"string\",\"null\"]}}}");
        return;
    }
    json_before(j);
    json_open(j, '{');
    json_key(j, "anyOf");
    json_open(j, '[');
    json_before(j);
    f->type->schema(f, k, j->out);
    json_wrote(j);
    json_put_raw(j, "{\"type\":\"null\"}");
    json_close(j, ']');
    json_key_str(j, "title", f->label.en);
    json_key_str(j, "description", f->label.zh);
    json_close(j, '}');
}

static void put_object_schema(struct json *j, const struct kind *k, bool read)
{
    json_open(j, '{');
    json_key_str(j, "type", "object");
    json_key_str(j, "title", k->label.en);
    json_key_str(j, "description", k->label.zh);
    json_key(j, "properties");
    json_open(j, '{');
    if (read) {
        json_key(j, "id");
        json_put_raw(j, "{\"type\":\"integer\"}");
        json_key(j, "version");
        json_put_raw(j, "{\"type\":\"integer\"}");
        json_key(j, "moves");
        json_put_raw(j, "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}");
    }
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        if (!read && ((f->flags & DERIVED) || f->type == &type_state))
            continue;
        json_key(j, f->name);
        put_schema_of(j, k, f, read);
    }
    json_close(j, '}');
    json_close(j, '}');
}

void describe_kind_openapi(struct json *j, const struct kind *kind)
{
    AUTO_TEXT input = TEXT_LIMIT(128);
    text_printf(&input, "%s_input", kind->name);
    json_open(j, '{');
    json_key(j, kind->name);
    put_object_schema(j, kind, true);
    json_key(j, text_get(&input));
    put_object_schema(j, kind, false);
    json_close(j, '}');
}

static void put_parameters(struct json *j, const struct route *r, const struct kind *k)
{
    json_key(j, "parameters");
    json_open(j, '[');
    if (strstr(r->pattern, "{id}"))
        json_put_raw(j, "{\"name\":\"id\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"integer\"}}");
    if (strstr(r->pattern, "{file}"))
        json_put_raw(j, "{\"name\":\"file\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"integer\"}}");
    if (r->flags & ROUTE_VERSION)
        json_put_raw(j, "{\"name\":\"If-Match\",\"in\":\"header\",\"required\":true,\"schema\":{\"type\":\"string\"}}");
    if (r->flags & ROUTE_ONCE)
        json_put_raw(j, "{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"schema\":{\"type\":\"string\","
                        "\"minLength\":8,\"maxLength\":64}}");
    bool list =
        k && (strcmp(r->pattern, "/api/v1/{kind}") == 0 || strstr(r->pattern, "/export")) && r->method == HTTP_GET;
    static const char *const suffixes[] = { "", ".in", ".before", ".after", ".min", ".max", ".none" };
    static const unsigned needs[] = { FILTER_EQUAL, FILTER_IN,    FILTER_RANGE, FILTER_RANGE,
                                      FILTER_RANGE, FILTER_RANGE, FILTER_NONE };
    static const char *const control[] = { "q", "sort", "limit", "after", "count", "removed" };
    for (size_t i = 0; list && i < COUNT(control); i++) {
        json_open(j, '{');
        json_key_str(j, "name", control[i]);
        json_key_str(j, "in", "query");
        json_key(j, "schema");
        json_put_raw(j, "{\"type\":\"string\"}");
        json_close(j, '}');
    }
    for (size_t i = 0; list && i < k->field_count; i++)
        for (size_t s = 0; s < COUNT(suffixes); s++) {
            const struct field *f = &k->fields[i];
            bool date = f->type == &type_date || f->type == &type_date_time;
            if (!(f->type->filter & needs[s]) || (needs[s] == FILTER_RANGE && date != (s == 2 || s == 3)))
                continue;
            AUTO_TEXT name = TEXT_LIMIT(128);
            text_printf(&name, "%s%s", f->name, suffixes[s]);
            json_open(j, '{');
            json_key_str(j, "name", text_get(&name));
            json_key_str(j, "in", "query");
            json_key_str(j, "description", f->label.zh);
            json_key(j, "schema");
            json_put_raw(j, "{\"type\":\"string\"}");
            json_close(j, '}');
        }
    json_close(j, ']');
}

static void put_operation(struct json *j, const struct route *r, const struct kind *k, const struct move *m)
{
    static const char *const methods[] = { "get", "post", "patch", "put", "delete" };
    AUTO_TEXT ref = TEXT_LIMIT(256);
    json_key(j, methods[r->method]);
    json_open(j, '{');
    json_key_str(j, "summary", m ? m->label.en : r->about);
    if (k)
        put_strings(j, "tags", (const char *const[]){ k->plural, NULL }, 2);
    put_parameters(j, r, k);
    if (r->flags & ROUTE_JSON) {
        bool record = k && (strcmp(r->pattern, "/api/v1/{kind}") == 0 || r->method == HTTP_PATCH || m);
        text_printf(&ref,
                    record ? "{\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/"
                             "%s_input\"}}}}"
                           : "{\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\"}}}}",
                    record ? k->name : "");
        json_key(j, "requestBody");
        json_put_raw(j, text_get(&ref));
    }
    if (r->flags & ROUTE_UPLOAD) {
        json_key(j, "requestBody");
        json_put_raw(j, "{\"content\":{\"application/octet-stream\":{}}}");
    }
    json_key(j, "responses");
    json_open(j, '{');
    text_clear(&ref);
    bool whole = k && (strcmp(r->pattern, "/api/v1/{kind}/{id}") == 0 || m || strstr(r->pattern, "/restore") ||
                       (strcmp(r->pattern, "/api/v1/{kind}") == 0 && r->method == HTTP_POST));
    if (whole && r->method != HTTP_DELETE)
        text_printf(&ref,
                    "{\"description\":\"the record\",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/"
                    "components/schemas/%s\"}}}}",
                    k->name);
    else
        text_str(&ref, "{\"description\":\"done\"}");
    json_key(j, r->method == HTTP_DELETE                                                   ? "204"
                : r->method == HTTP_POST && k && strcmp(r->pattern, "/api/v1/{kind}") == 0 ? "201"
                                                                                           : "200");
    json_put_raw(j, text_get(&ref));
    json_key(j, "default");
    json_put_raw(j, "{\"description\":\"a problem\",\"content\":{\"application/problem+json\":{\"schema\":{\"$ref\":"
                    "\"#/components/schemas/problem\"}}}}");
    json_close(j, '}');
    if (r->flags & ROUTE_OPEN) {
        json_key(j, "security");
        json_put_raw(j, "[]");
    }
    json_close(j, '}');
}

/* "/api/v1/{kind}/{id}" for hazards -> "/api/v1/hazards/{id}". */
static void put_path(struct text *out, const char *pattern, const struct kind *k, const struct move *m)
{
    for (const char *at = pattern; *at;) {
        if (k && strncmp(at, "{kind}", 6) == 0) {
            text_str(out, k->plural);
            at += 6;
        } else if (m && strncmp(at, "{move}", 6) == 0) {
            text_str(out, m->name);
            at += 6;
        } else {
            text_char(out, *at++);
        }
    }
}

static bool first_of_pattern(size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(routes[k].pattern, routes[i].pattern) == 0)
            return false;
    return true;
}

static bool serves(const struct route *r, const struct kind *k)
{
    static const struct {
        const char *verb;
        unsigned needs;
    } generic[] = { { "create", CAN_CREATE },
                    { "change", CAN_CHANGE },
                    { "remove", CAN_REMOVE },
                    { "import", CAN_IMPORT },
                    { "export", CAN_EXPORT } };
    for (size_t i = 0; i < COUNT(generic); i++)
        if (r->verb && strcmp(r->verb, generic[i].verb) == 0)
            return (k->verbs & generic[i].needs) != 0;
    return true;
}

static void put_paths_of(struct json *j, size_t i, const struct kind *k, const struct move *m)
{
    AUTO_TEXT path = TEXT_LIMIT(512);
    bool any = false;
    for (size_t r = i; r < route_count && !any; r++)
        any = strcmp(routes[r].pattern, routes[i].pattern) == 0 && (!k || serves(&routes[r], k));
    if (!any)
        return;
    put_path(&path, routes[i].pattern, k, m);
    json_key(j, text_get(&path));
    json_open(j, '{');
    for (size_t r = i; r < route_count; r++)
        if (strcmp(routes[r].pattern, routes[i].pattern) == 0 && (!k || serves(&routes[r], k)))
            put_operation(j, &routes[r], k, m);
    json_close(j, '}');
}

void openapi_write(struct json *j)
{
    json_open(j, '{');
    json_key_str(j, "openapi", "3.1.0");
    json_key(j, "info");
    json_put_raw(j, "{\"title\":\"Anlan 安澜\",\"version\":\"1\",\"description\":\"Work-safety platform: records, "
                    "moves, history, files, import and export. Errors are RFC 9457 problem details.\"}");
    json_key(j, "security");
    json_put_raw(j, "[{\"session\":[]},{\"key\":[]}]");
    json_key(j, "paths");
    json_open(j, '{');
    for (size_t i = 0; i < route_count; i++) {
        if (!first_of_pattern(i))
            continue;
        if (!strstr(routes[i].pattern, "{kind}")) {
            put_paths_of(j, i, NULL, NULL);
            continue;
        }
        for (const struct kind *const *k = all_kinds; *k; k++) {
            if ((*k)->child)
                continue;
            if (!strstr(routes[i].pattern, "{move}"))
                put_paths_of(j, i, *k, NULL);
            else
                for (size_t m = 0; m < (*k)->move_count; m++)
                    put_paths_of(j, i, *k, &(*k)->moves[m]);
        }
    }
    json_close(j, '}');
    json_key(j, "components");
    json_open(j, '{');
    json_key(j, "securitySchemes");
    json_put_raw(j, "{\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"anlan_session\"},\"key\":{\"type\":"
                    "\"http\",\"scheme\":\"bearer\"}}");
    json_key(j, "schemas");
    json_open(j, '{');
    json_key(j, "problem");
    json_put_raw(j,
                 "{\"type\":\"object\",\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
                 "\"status\":{\"type\":\"integer\"},\"code\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"},"
                 "\"fields\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}}}");
    for (const struct kind *const *k = all_kinds; *k; k++) {
        AUTO_TEXT input = TEXT_LIMIT(128);
        text_printf(&input, "%s_input", (*k)->name);
        json_key(j, (*k)->name);
        put_object_schema(j, *k, true);
        json_key(j, text_get(&input));
        put_object_schema(j, *k, false);
    }
    json_close(j, '}');
    json_close(j, '}');
    json_close(j, '}');
}

/* ---- TypeScript ---- */

static const char *read_type(const struct field *f, struct arena *arena)
{
    if (f->type == &type_reference)
        return "{ id: number; name: string | null }";
    if (f->type == &type_object)
        return "{ id: number; name: string | null; kind: string | null }";
    if (f->type == &type_region)
        return "{ code: string; name: string | null }";
    return f->type->typescript(f, arena);
}

void describe_typescript(struct text *out, const struct kind *k)
{
    AUTO_ARENA arena = { 0 };
    char *name = arena_str(&arena, k->name);
    name[0] = (char)(name[0] - 'a' + 'A');
    for (char *at = name; *at; at++)
        if (*at == '_') {
            memmove(at, at + 1, strlen(at));
            *at = (char)(*at - 'a' + 'A');
        }
    text_printf(out, "// Printed by `anlan describe` from src/domain; run tools/regenerate after a change there.\n");
    text_printf(out, "/** %s %s */\nexport interface %s {\n", k->label.zh, k->label.en, name);
    if (!k->child)
        text_str(out, "  id: number\n  version: number\n");
    for (size_t i = 0; i < k->field_count; i++)
        text_printf(out, "  /** %s %s */\n  %s: %s | null\n", k->fields[i].label.zh, k->fields[i].label.en,
                    k->fields[i].name, read_type(&k->fields[i], &arena));
    text_str(out, "}\n");
}
