/* The declarations as JSON: /api/v1/meta for the pages, OpenAPI 3.1 for programs. Both walk the tables, nothing else. */
#include "domain/lists.h"
#include "domain/object/standing.h"
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

/* The choice on which a field depends, and the codes with which it is there; nothing when it always is. */
static void put_when(struct json *j, const char *key, const struct field *f)
{
    if (!f->when)
        return;
    json_key(j, key);
    json_open(j, '{');
    json_key_str(j, "field", f->when);
    json_key(j, "codes");
    json_open(j, '[');
    for (const char *at = f->when_codes + 1; *at; at += strcspn(at, ",") + 1) {
        AUTO_TEXT code = TEXT_LIMIT(64);
        text_add(&code, at, strcspn(at, ","));
        json_put_str(j, text_get(&code));
    }
    json_close(j, ']');
    json_close(j, '}');
}

static void put_field(struct json *j, const struct field *f)
{
    static const char *const flag_names[] = { "required",  "search",  "list",    "unique", "fixed",
                                              "move_only", "derived", "title",   "wide",   "plain",
                                              "passing",   "ledger",  "imported" };
    static const unsigned flag_bits[] = { REQUIRED, SEARCH, LIST,  UNIQUE,  FIXED,  MOVE_ONLY, DERIVED,
                                          TITLE,    WIDE,   PLAIN, PASSING, LEDGER, IMPORTED };
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
    json_key_str(j, "companion", f->companion);
    json_key_str(j, "shows_on", f->shows_on);
    json_key_str(j, "answers", f->answers);
    put_when(j, "when", f);
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
        json_key_str(j, "to", m->to == MOVE_STAYS ? NULL : k->states[m->to].code);
        put_strings(j, "accepts", m->accepts, MOVE_FIELDS_MAX);
        put_strings(j, "must", m->must, MOVE_FIELDS_MAX);
        put_strings(j, "fresh", m->fresh, MOVE_FIELDS_MAX);
        json_key(j, "calls");
        if (m->calls.field) {
            json_open(j, '{');
            json_key_str(j, "field", m->calls.field);
            render_label(j, "label", &m->calls.label);
            json_close(j, '}');
        } else {
            json_put_null(j);
        }
        json_key_bool(j, "fills", m->fills);
        json_key_str(j, "needs", m->needs);
        json_key_bool(j, "danger", m->danger);
        json_key_str(j, "other_of", m->other_of);
        render_label(j, "expected", &m->expected.label);
        render_label(j, "go", &m->expected.go);
        render_label(j, "barred", m->barred ? &m->barred->in_place : NULL);
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* The columns an export has unless others are asked for; null: every field that fits a cell. */
static void put_ledger(struct json *j, const struct kind *k)
{
    json_key(j, "ledger");
    if (!k->ledger) {
        json_put_null(j);
        return;
    }
    json_open(j, '[');
    for (size_t i = 0; i < k->ledger_count; i++) {
        json_open(j, '{');
        json_key_str(j, "field", k->ledger[i].field);
        render_label(j, "header", &k->ledger[i].header);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_kind(struct json *j, const struct kind *k)
{
    static const char *const scopes[] = { "open", "region", "object", "is_object", "target" };
    static const char *const verb_words[] = { "create", "change", "remove", "import", "export", "verify" };
    static const unsigned verb_bits[] = { CAN_CREATE, CAN_CHANGE, CAN_REMOVE, CAN_IMPORT, CAN_EXPORT, CAN_VERIFY };
    json_open(j, '{');
    json_key_str(j, "name", k->name);
    json_key_str(j, "plural", k->plural);
    render_label(j, "label", &k->label);
    put_flags(j, "verbs", k->verbs, verb_words, verb_bits, COUNT(verb_words));
    json_key_str(j, "scope", scopes[k->scope]);
    json_key_str(j, "scope_field", k->scope_field);
    json_key_bool(j, "open_label", k->open_label);
    json_key_str(j, "menu", k->menu);
    json_key_str(j, "title", k->child ? NULL : field_title(k)->name);
    json_key_bool(j, "number", k->numbered);
    put_strings(j, "sorts", k->sorts, COUNT(k->sorts));
    json_key_bool(j, "newest_first", k->newest_first);
    json_key_bool(j, "on_the_spot", k->on_the_spot);
    json_key_bool(j, "standing", standing_is_known(k));
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
    put_ledger(j, k);
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

#define REF(name) "{\"$ref\":\"#/components/schemas/" name "\"}"

/* What a record's values are written for: an answer, a creation, a change. */
enum use { USE_READ, USE_CREATE, USE_CHANGE };

static bool writes(const struct field *f, enum use use)
{
    unsigned never = DERIVED | MOVE_ONLY | (use == USE_CHANGE ? FIXED : 0);
    return !(f->flags & never) && f->type != &type_state;
}

/* References are read as objects with the name, files with what is known of them; both are written as ids. */
static void put_schema_of(struct json *j, const struct kind *k, const struct field *f, bool read)
{
    const char *special = !read                        ? NULL
                          : f->type == &type_reference ? REF("named")
                          : f->type == &type_object    ? REF("named_object")
                          : f->type == &type_region    ? REF("named_region")
                          : f->type == &type_files
                              ? "{\"type\":\"array\",\"items\":{\"oneOf\":[" REF("file") ",{\"type\":\"integer\"}]}}"
                              : NULL;
    json_open(j, '{');
    json_key(j, "anyOf");
    json_open(j, '[');
    if (special) {
        json_put_raw(j, special);
    } else {
        json_before(j);
        f->type->schema(f, k, j->out);
        json_wrote(j);
    }
    json_put_raw(j, "{\"type\":\"null\"}");
    json_close(j, ']');
    json_key_str(j, "title", f->label.en);
    json_key_str(j, "description", f->label.zh);
    put_when(j, "x-when", f);
    json_close(j, '}');
}

/* What every record says of itself beside its fields. */
static void put_common_properties(struct json *j)
{
    static const char *const common[][2] = {
        { "id", "{\"type\":\"integer\"}" },
        { "version", "{\"type\":\"integer\"}" },
        { "number", "{\"type\":[\"string\",\"null\"]}" },
        { "created_at", "{\"type\":\"string\",\"format\":\"date-time\"}" },
        { "created_by", "{\"anyOf\":[" REF("named") ",{\"type\":\"null\"}]}" },
        { "changed_at", "{\"type\":\"string\",\"format\":\"date-time\"}" },
        { "changed_by", REF("named") },
        { "removed_at", "{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}" },
        { "owner", REF("owner") },
        { "moves", "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}" },
        { "may", "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}" },
        { "expected", "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}" },
        { "barred", "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}" },
        { "proposes", "{\"type\":\"array\",\"items\":" REF("proposal") "}" },
    };
    for (size_t i = 0; i < COUNT(common); i++) {
        json_key(j, common[i][0]);
        json_put_raw(j, common[i][1]);
    }
}

static void put_object_schema(struct json *j, const struct kind *k, enum use use)
{
    json_open(j, '{');
    json_key_str(j, "type", "object");
    json_key_str(j, "title", k->label.en);
    json_key_str(j, "description", k->label.zh);
    json_key(j, "properties");
    json_open(j, '{');
    if (use == USE_READ && !k->child)
        put_common_properties(j);
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        if (use != USE_READ && !writes(f, use))
            continue;
        json_key(j, f->name);
        put_schema_of(j, k, f, use == USE_READ);
    }
    json_close(j, '}');
    if (use == USE_CREATE) {
        json_key(j, "required");
        json_open(j, '[');
        for (size_t i = 0; i < k->field_count; i++)
            if ((k->fields[i].flags & REQUIRED) && writes(&k->fields[i], use))
                json_put_str(j, k->fields[i].name);
        json_close(j, ']');
    }
    if (use != USE_READ)
        json_key_bool(j, "additionalProperties", false);
    json_close(j, '}');
}

static void put_schemas_of(struct json *j, const struct kind *k)
{
    static const char *const suffixes[] = { "", "_input", "_change" };
    for (int use = USE_READ; use <= USE_CHANGE; use++) {
        AUTO_TEXT name = TEXT_LIMIT(128);
        text_printf(&name, "%s%s", k->name, suffixes[use]);
        json_key(j, text_get(&name));
        put_object_schema(j, k, (enum use)use);
    }
}

void describe_kind_openapi(struct json *j, const struct kind *kind)
{
    json_open(j, '{');
    put_schemas_of(j, kind);
    json_close(j, '}');
}

static void put_parameter(struct json *j, const char *name, const char *in, bool required, const char *schema,
                          const char *about)
{
    json_open(j, '{');
    json_key_str(j, "name", name);
    json_key_str(j, "in", in);
    if (required)
        json_key_bool(j, "required", true);
    if (about)
        json_key_str(j, "description", about);
    json_key(j, "schema");
    json_put_raw(j, schema);
    json_close(j, '}');
}

/* The parameters of one address beside filters, in the order of docs/http.md. */
static void put_own_parameters(struct json *j, const struct route *r)
{
    static const char text[] = "{\"type\":\"string\"}";
    static const char day[] = "{\"type\":\"string\",\"format\":\"date\"}";
    static const char datum[] = "{\"type\":\"string\",\"enum\":[\"wgs84\",\"gcj02\",\"bd09\"]}";
    static const char level[] =
        "{\"type\":\"string\",\"enum\":[\"province\",\"city\",\"county\",\"town\",\"village\"]}";
    static const struct {
        enum http_method method;
        const char *end, *name, *schema;
        bool required;
    } own[] = {
        { HTTP_GET, "/todo", "rows", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":50}", false },
        { HTTP_GET, "/search", "q", text, true },
        { HTTP_GET, "/clauses/suggest", "q", text, true },
        { HTTP_GET, "/clauses/suggest", "sector", text, false },
        { HTTP_GET, "/clauses/suggest", "object", "{\"type\":\"integer\",\"minimum\":1}", false },
        { HTTP_GET, "/clauses/suggest", "on", day, false },
        { HTTP_POST, "/files", "name", text, true },
        { HTTP_POST, "/import", "name", text, false },
        { HTTP_GET, "/imports", "kind", text, false },
        { HTTP_GET, "/rows", "verdict", "{\"type\":\"string\",\"enum\":[\"import\",\"duplicate\",\"reject\"]}", false },
        { HTTP_GET, "/rows", "problem", "{\"type\":\"integer\",\"minimum\":0}", false },
        { HTTP_GET, "/rows", "after", "{\"type\":\"integer\",\"minimum\":0}", false },
        { HTTP_GET, "/rows", "limit", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":200}", false },
        { HTTP_GET, "/import-mappings", "kind", text, true },
        { HTTP_GET, "/views", "kind", text, true },
        { HTTP_GET, "/views", "counts", "{\"type\":\"boolean\"}", false },
        { HTTP_GET, "/me/drafts", "form", text, true },
        { HTTP_PUT, "/me/drafts", "form", text, true },
        { HTTP_DELETE, "/me/drafts", "form", text, true },
        { HTTP_GET, "/export", "columns", text, false },
        { HTTP_GET, "/{kind}", "limit", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":200}", false },
        { HTTP_GET, "/{kind}", "after", text, false },
        { HTTP_GET, "/{kind}", "count", "{\"type\":\"string\",\"enum\":[\"capped\",\"exact\",\"none\"]}", false },
        { HTTP_GET, "/standing", "on", day, false },
        { HTTP_GET, "/as-candidates", "q", text, false },
        { HTTP_GET, "/account-candidates", "q", text, false },
        { HTTP_GET, "/account-candidates", "object", "{\"type\":\"integer\",\"minimum\":1}", false },
        { HTTP_GET, "/account-candidates", "field", text, false },
        { HTTP_GET, "/grid/at", "lon", text, true },
        { HTTP_GET, "/grid/at", "lat", text, true },
        { HTTP_GET, "/grid/at", "datum", datum, false },
        { HTTP_GET, "/grid/at", "on", day, false },
        { HTTP_GET, "/grid/boundaries", "within", text, false },
        { HTTP_GET, "/grid/boundaries", "level", level, false },
        { HTTP_GET, "/grid/boundaries", "datum", datum, false },
        { HTTP_GET, "/grid/boundaries", "on", day, false },
        { HTTP_POST, "/grid/boundaries", "datum", datum, false },
        { HTTP_POST, "/grid/boundaries", "key", text, false },
        { HTTP_POST, "/grid/boundaries", "from", day, false },
        { HTTP_POST, "/grid/boundaries", "source", text, false },
        { HTTP_GET, "/grid/coverage", "within", text, false },
        { HTTP_GET, "/grid/coverage", "on", day, false },
        { HTTP_GET, "/grid/tree", "within", text, false },
        { HTTP_GET, "/grid/tree", "on", day, false },
        { HTTP_GET, "/grid/check", "within", text, true },
        { HTTP_GET, "/grid/check", "on", day, false },
        { HTTP_GET, "/boundary", "datum", datum, false },
        { HTTP_GET, "/boundary", "on", day, false },
        { HTTP_PUT, "/boundary", "datum", datum, false },
        { HTTP_PUT, "/boundary", "from", day, false },
        { HTTP_PUT, "/boundary", "source", text, false },
        { HTTP_DELETE, "/boundary", "from", day, false },
    };
    size_t n = strlen(r->pattern);
    for (size_t i = 0; i < COUNT(own); i++) {
        size_t end = strlen(own[i].end);
        if (n > end && r->method == own[i].method && strcmp(r->pattern + n - end, own[i].end) == 0)
            put_parameter(j, own[i].name, "query", own[i].required, own[i].schema, NULL);
    }
}

/* Which comparisons of a field an address may ask for: as record/filter reads them. */
static void put_filters(struct json *j, const struct kind *k)
{
    static const char *const suffixes[] = { "", ".in", ".before", ".after", ".min", ".max", ".none" };
    static const unsigned needs[] = { FILTER_EQUAL, FILTER_IN,    FILTER_RANGE, FILTER_RANGE,
                                      FILTER_RANGE, FILTER_RANGE, FILTER_NONE };
    static const char *const control[] = { "q", "sort", "removed", "todo" };
    for (size_t i = 0; i < COUNT(control); i++)
        put_parameter(j, control[i], "query", false, "{\"type\":\"string\"}", NULL);
    if (k->scope == SCOPE_OBJECT && !field_find(k, "region"))
        put_parameter(j, "region", "query", false, "{\"type\":\"string\"}", "属地");
    for (size_t i = 0; i < k->field_count; i++)
        for (size_t s = 0; s < COUNT(suffixes); s++) {
            const struct field *f = &k->fields[i];
            bool date = f->type == &type_date || f->type == &type_date_time;
            if (!(f->type->filter & needs[s]) || (needs[s] == FILTER_RANGE && date != (s == 2 || s == 3)))
                continue;
            AUTO_TEXT name = TEXT_LIMIT(128);
            text_printf(&name, "%s%s", f->name, suffixes[s]);
            put_parameter(j, text_get(&name), "query", false, "{\"type\":\"string\"}", f->label.zh);
        }
}

/* What lines of the record refer to: items.hazard=12. */
static void put_line_filters(struct json *j, const struct kind *k)
{
    for (size_t i = 0; i < k->field_count; i++)
        for (size_t n = 0; k->fields[i].lines && n < k->fields[i].lines->field_count; n++) {
            const struct field *f = &k->fields[i].lines->fields[n];
            AUTO_TEXT name = TEXT_LIMIT(256);
            text_printf(&name, "%s.%s", k->fields[i].name, f->name);
            if (f->type == &type_reference)
                put_parameter(j, text_get(&name), "query", false, "{\"type\":\"integer\"}", f->label.zh);
        }
}

static void put_parameters(struct json *j, const struct route *r, const struct kind *k)
{
    json_key(j, "parameters");
    json_open(j, '[');
    if (strstr(r->pattern, "{id}"))
        put_parameter(j, "id", "path", true, "{\"type\":\"integer\"}", NULL);
    if (strstr(r->pattern, "{kind-name}"))
        put_parameter(j, "kind-name", "path", true, "{\"type\":\"string\"}", NULL);
    if (strstr(r->pattern, "{file}"))
        put_parameter(j, "file", "path", true, "{\"type\":\"integer\"}", NULL);
    if (strstr(r->pattern, "{code}"))
        put_parameter(j, "code", "path", true, "{\"type\":\"string\"}", NULL);
    if (strstr(r->pattern, "{key}"))
        put_parameter(j, "key", "path", true, "{\"type\":\"integer\"}", NULL);
    if (r->flags & ROUTE_VERSION)
        put_parameter(j, "If-Match", "header", true, "{\"type\":\"string\"}", NULL);
    if (r->flags & ROUTE_ONCE)
        put_parameter(j, "Idempotency-Key", "header", false, "{\"type\":\"string\",\"minLength\":8,\"maxLength\":64}",
                      NULL);
    if (r->flags & ROUTE_AS)
        put_parameter(j, "X-Anlan-As", "header", false, "{\"type\":\"integer\"}",
                      "id of an account: read through its eyes, within one's own scope");
    put_own_parameters(j, r);
    if (k && r->method == HTTP_GET && (strcmp(r->pattern, "/api/v1/{kind}") == 0 || strstr(r->pattern, "/export"))) {
        put_filters(j, k);
        put_line_filters(j, k);
    }
    json_close(j, ']');
}

/* A move takes the fields its row accepts, and a note. */
static void put_move_schema(struct json *j, const struct kind *k, const struct move *m)
{
    json_open(j, '{');
    json_key_str(j, "type", "object");
    json_key(j, "properties");
    json_open(j, '{');
    for (size_t i = 0; i < MOVE_FIELDS_MAX && m->accepts[i]; i++) {
        json_key(j, m->accepts[i]);
        put_schema_of(j, k, field_find(k, m->accepts[i]), false);
    }
    json_key(j, "note");
    json_put_raw(j, "{\"type\":[\"string\",\"null\"]}");
    json_close(j, '}');
    json_key_bool(j, "additionalProperties", false);
    json_close(j, '}');
}

static void put_body(struct json *j, const struct route *r, const struct kind *k, const struct move *m)
{
    bool create = k && strcmp(r->pattern, "/api/v1/{kind}") == 0, change = k && r->method == HTTP_PATCH;
    if (!(r->flags & (ROUTE_JSON | ROUTE_UPLOAD)))
        return;
    json_key(j, "requestBody");
    json_open(j, '{');
    json_key(j, "content");
    json_open(j, '{');
    if (r->flags & ROUTE_UPLOAD) {
        json_key(j, "application/octet-stream");
        json_put_raw(j, "{}");
    } else {
        json_key(j, "application/json");
        json_open(j, '{');
        json_key(j, "schema");
        if (m) {
            put_move_schema(j, k, m);
        } else if (create || change) {
            AUTO_TEXT ref = TEXT_LIMIT(256);
            text_printf(&ref, REF("%s%s"), k->name, create ? "_input" : "_change");
            json_put_raw(j, text_get(&ref));
        } else {
            json_put_raw(j, "{\"type\":\"object\"}");
        }
        json_close(j, '}');
    }
    json_close(j, '}');
    json_close(j, '}');
}

/* What a good answer holds, by the end of the address; %s is the kind. */
static const struct {
    enum http_method method;
    const char *end, *status, *type, *schema;
} answers[] = {
    { HTTP_DELETE, "", "204", NULL, NULL },
    { HTTP_GET, "/events", "200", "text/event-stream", NULL },
    { HTTP_GET, "/export", "200", "text/csv", NULL },
    { HTTP_GET, "/files/{file}", "200", "application/octet-stream", NULL },
    { HTTP_POST, "/import", "201", "application/json", REF("import") },
    { HTTP_GET, "/imports", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":" REF("import") "}}}" },
    { HTTP_GET, "/imports/{id}", "200", "application/json", REF("import") },
    { HTTP_PATCH, "/imports/{id}", "200", "application/json", REF("import") },
    { HTTP_POST, "/imports/{id}/run", "200", "application/json", REF("import") },
    { HTTP_POST, "/imports/{id}/undo", "200", "application/json", REF("import") },
    { HTTP_GET, "/rows", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
      "\"next\":{\"type\":[\"integer\",\"null\"]}}}" },
    { HTTP_GET, "/rejected", "200", "text/csv", NULL },
    { HTTP_GET, "/import-mappings", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}" },
    { HTTP_GET, "/views", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":" REF(
          "view") "},\"all\":{\"type\":["
                  "\"object\",\"null\"]}}}" },
    { HTTP_POST, "/views", "201", "application/json", REF("view") },
    { HTTP_PATCH, "/views/{id}", "200", "application/json", REF("view") },
    { HTTP_GET, "/me/drafts", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"draft\":{\"type\":[\"object\",\"null\"]}}}" },
    { HTTP_PUT, "/me/drafts", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"at\":{\"type\":\"string\",\"format\":\"date-time\"}}}" },
    { HTTP_POST, "/import-mappings", "201", "application/json", "{\"type\":\"object\"}" },
    { HTTP_POST, "/files", "201", "application/json", REF("file") },
    { HTTP_GET, "/files", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":" REF("file") "}}}" },
    { HTTP_GET, "/history", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":" REF("history") "}}}" },
    { HTTP_GET, "/why", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
      "\"properties\":{"
      "\"assignment\":{\"type\":[\"integer\",\"null\"]},\"role\":{\"type\":\"object\"},\"holder\":{\"type\":\"object\"}"
      ","
      "\"where\":{\"type\":\"object\"},\"from\":{\"type\":[\"string\",\"null\"]},\"to\":{\"type\":[\"string\",\"null\"]"
      "},"
      "\"basis\":{\"type\":[\"string\",\"null\"]},\"verbs\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}}}"
      "}" },
    { HTTP_GET, "/ladder", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":" REF("ladder") "}}}" },
    { HTTP_GET, "/counts", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
      "\"properties\":{\"kind\":{\"type\":\"string\"},\"field\":{\"type\":\"string\"},\"count\":{\"type\":"
      "\"integer\"},\"capped\":{\"type\":\"boolean\"}}}}}}" },
    { HTTP_GET, "/standing", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"on\":{\"type\":\"string\",\"format\":\"date\"},\"status\":{\"type\":"
      "[\"object\",\"null\"]},\"lamps\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"hidden\":{\"type\":"
      "\"boolean\"},\"findings\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"sheet\":{\"type\":[\"object\","
      "\"null\"]}}}" },
    { HTTP_GET, "/sources", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
      "\"properties\":{\"field\":{\"type\":\"string\"},\"act\":{\"type\":\"string\"},\"version\":{\"type\":"
      "\"integer\"},\"at\":{\"type\":\"string\",\"format\":\"date-time\"},\"by\":{\"type\":\"object\"},"
      "\"verified\":{\"type\":[\"object\",\"null\"]}}}}}}" },
    { HTTP_POST, "/verify", "200", "application/json", REF("%s") },
    { HTTP_POST, "/unmask", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"value\":{\"type\":[\"string\",\"null\"]}}}" },
    { HTTP_GET, "/jobs", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":" REF("job") "}}}" },
    { HTTP_GET, "/jobs/{id}", "200", "application/json", REF("job") },
    { HTTP_POST, "/cancel", "200", "application/json", REF("job") },
    { HTTP_POST, "/export", "202", "application/json", REF("job") },
    { HTTP_GET, "/jobs/{id}/file", "200", "application/octet-stream", NULL },
    { HTTP_GET, "/template.xlsx", "200", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", NULL },
    { HTTP_GET, "/{kind}", "200", "application/json",
      "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":" REF(
          "%s") "},\"next\":{\"type\":[\"string\",\"null\"]},\"total\":{\"type\":[\"object\",\"null\"],\"properties\":{"
                "\"count\":{\"type\":\"integer\"},\"capped\":{\"type\":\"boolean\"}}},\"as_of\":{\"type\":\"string\","
                "\"format\":\"date-time\"}}}" },
    { HTTP_POST, "/{kind}", "201", "application/json", REF("%s") },
    { HTTP_GET, "/{id}", "200", "application/json", REF("%s") },
    { HTTP_PATCH, "/{id}", "200", "application/json", REF("%s") },
    { HTTP_POST, "/restore", "200", "application/json", REF("%s") },
    { HTTP_POST, "/{move}", "200", "application/json", REF("%s") },
};

static void put_answer(struct json *j, const struct route *r, const struct kind *k)
{
    size_t n = strlen(r->pattern), i = 0;
    for (; i < COUNT(answers); i++) {
        size_t end = strlen(answers[i].end);
        if (answers[i].method == r->method && n > end && strcmp(r->pattern + n - end, answers[i].end) == 0)
            break;
    }
    bool known = i < COUNT(answers);
    const char *type = known ? answers[i].type : "application/json";
    const char *schema = known && answers[i].schema ? answers[i].schema : "{}";
    json_key(j, known ? answers[i].status : "200");
    json_open(j, '{');
    json_key_str(j, "description", "done");
    if (type) {
        AUTO_TEXT body = TEXT_LIMIT(2048);
        const char *hole = strstr(schema, "%s");
        text_add(&body, schema, hole ? (size_t)(hole - schema) : strlen(schema));
        if (hole)
            text_printf(&body, "%s%s", k ? k->name : "", hole + 2);
        json_key(j, "content");
        json_open(j, '{');
        json_key(j, type);
        json_open(j, '{');
        json_key(j, "schema");
        json_put_raw(j, text_get(&body));
        json_close(j, '}');
        json_close(j, '}');
    }
    json_close(j, '}');
}

static void put_operation(struct json *j, const struct route *r, const struct kind *k, const struct move *m)
{
    static const char *const methods[] = { "get", "post", "patch", "put", "delete" };
    json_key(j, methods[r->method]);
    json_open(j, '{');
    json_key_str(j, "summary", m ? m->label.en : r->about);
    if (k)
        put_strings(j, "tags", (const char *const[]){ k->plural, NULL }, 2);
    put_parameters(j, r, k);
    put_body(j, r, k, m);
    json_key(j, "responses");
    json_open(j, '{');
    put_answer(j, r, k);
    json_key(j, "default");
    json_put_raw(j, "{\"description\":\"a problem\",\"content\":{\"application/problem+json\":{\"schema\":" REF(
                        "problem") "}}}");
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
    } generic[] = { { "create", CAN_CREATE }, { "change", CAN_CHANGE }, { "remove", CAN_REMOVE },
                    { "import", CAN_IMPORT }, { "export", CAN_EXPORT }, { "verify", CAN_VERIFY } };
    if ((r->flags & ROUTE_OBJECT) && k->scope != SCOPE_IS_OBJECT)
        return false;
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

#define NULLABLE_TEXT "{\"type\":[\"string\",\"null\"]}"
static const char *const shared_schemas[][2] = {
    { "problem", "{\"type\":\"object\",\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
                 "\"status\":{\"type\":\"integer\"},\"code\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"},"
                 "\"fields\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}},"
                 "\"id\":{\"type\":\"string\"},\"current\":{\"type\":\"object\"}}}" },
    { "named", "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":" NULLABLE_TEXT "}}" },
    { "named_object", "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":" NULLABLE_TEXT
                      ",\"kind\":" NULLABLE_TEXT "}}" },
    { "named_region",
      "{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"},\"name\":" NULLABLE_TEXT "}}" },
    { "owner", "{\"type\":\"object\",\"properties\":{\"county\":" NULLABLE_TEXT ",\"town\":" NULLABLE_TEXT
               ",\"village\":" NULLABLE_TEXT ",\"object\":{\"anyOf\":[" REF(
                   "named_object") ",{\"type\":\"null\"}]},\"sector\":" NULLABLE_TEXT
                                   ",\"names\":{\"type\":\"object\",\"additionalProperties\":" NULLABLE_TEXT "}}}" },
    { "file",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},"
      "\"type\":{\"type\":\"string\"},\"size\":{\"type\":\"integer\"},\"sha256\":{\"type\":\"string\"},"
      "\"field\":" NULLABLE_TEXT ",\"at\":{\"type\":\"string\",\"format\":\"date-time\"},\"by\":" REF(
          "named") ",\"taken\":"
                   "{\"type\":[\"object\",\"null\"],\"description\":\"what the photo says of "
                   "itself\",\"properties\":{\"at\":{\"type\":"
                   "[\"string\",\"null\"],\"format\":\"date-time\"},\"zone\":" NULLABLE_TEXT
                   ",\"place\":{\"type\":[\"object\","
                   "\"null\"],\"properties\":{\"lon\":{\"type\":\"string\"},\"lat\":{\"type\":\"string\"}}}}}}}" },
    { "history",
      "{\"type\":\"object\",\"properties\":{\"version\":{\"type\":\"integer\"},\"at\":{\"type\":\"string\",\"format\":"
      "\"date-time\"},\"actor\":{\"type\":\"object\"},\"act\":{\"type\":\"string\",\"enum\":[\"create\",\"change\","
      "\"remove\",\"restore\",\"import\",\"move\",\"verify\"]},\"move\":" NULLABLE_TEXT ",\"note\":" NULLABLE_TEXT
      ",\"changes\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"field\":{\"type\":\"string\"},"
      "\"old\":{},\"new\":{}}}}}}" },
    { "job",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"type\":{\"type\":\"string\"},\"label\":{"
      "\"type\":\"object\"},\"kind\":" NULLABLE_TEXT ",\"state\":{\"type\":\"string\",\"enum\":[\"waiting\","
      "\"running\",\"done\",\"failed\",\"cancelled\"]},\"done\":{\"type\":\"integer\"},\"total\":{\"type\":["
      "\"integer\","
      "\"null\"]},\"per_second\":{\"type\":[\"integer\",\"null\"]},\"seconds_left\":{\"type\":[\"integer\",\"null\"]},"
      "\"created_at\":{\"type\":\"string\",\"format\":\"date-time\"},\"began_at\":" NULLABLE_TEXT
      ",\"ended_at\":" NULLABLE_TEXT ",\"result\":{\"type\":[\"object\",\"null\"]},\"problem\":{\"type\":[\"object\","
      "\"null\"]},\"file\":{\"type\":[\"object\",\"null\"]}}}" },
    { "ladder",
      "{\"type\":\"object\",\"properties\":{\"watch\":{\"type\":\"string\"},\"label\":{\"type\":\"object\"},\"due\":{"
      "\"type\":\"string\",\"format\":\"date\"},\"late\":{\"type\":\"integer\"},\"rungs\":{\"type\":\"array\","
      "\"items\":{"
      "\"type\":\"object\",\"properties\":{\"rung\":{\"type\":\"string\"},\"words\":{\"type\":\"object\"},\"state\":{"
      "\"type\":\"string\",\"enum\":[\"ahead\",\"due\",\"told\",\"skipped\"]},\"on\":{\"type\":\"string\",\"format\":"
      "\"date\"},\"at\":" NULLABLE_TEXT ",\"late\":{\"type\":\"integer\"},\"role\":{\"type\":[\"object\",\"null\"]},"
      "\"instead_of\":{\"type\":[\"object\",\"null\"]},\"people\":{\"type\":\"array\",\"items\":" REF(
          "named") "}}}}}}" },
    { "proposal",
      "{\"type\":\"object\",\"properties\":{\"move\":{\"type\":\"string\"},\"field\":{\"type\":\"string\"},\"value\":{"
      "\"type\":\"string\",\"format\":\"date\"},\"rule\":{\"type\":\"object\"},\"basis\":{\"type\":\"string\"},"
      "\"settled\":{"
      "\"type\":\"boolean\"}}}" },
    { "view", "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"kind\":{\"type\":\"string\"},"
              "\"name\":{\"type\":\"string\"},\"filter\":{\"type\":\"string\"},\"sort\":" NULLABLE_TEXT ",\"columns\":{"
              "\"type\":[\"array\",\"null\"]},\"density\":" NULLABLE_TEXT ",\"shared\":" NULLABLE_TEXT
              ",\"own\":{\"type\":\"boolean\"},\"by\":" REF("named") ",\"first\":{\"type\":\"boolean\"},\"total\":{"
                                                                     "\"type\":[\"object\",\"null\"]}}}" },
    { "import",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"kind\":{\"type\":\"string\"},"
      "\"file\":{\"type\":\"object\"},\"state\":{\"type\":\"string\",\"enum\":[\"checking\",\"checked\",\"importing\","
      "\"imported\",\"cancelled\",\"failed\",\"undoing\",\"undone\",\"discarded\"]},\"rows\":{\"type\":\"integer\"},"
      "\"imported\":{\"type\":\"integer\"},\"updated\":{\"type\":\"integer\"},\"duplicates_found\":{\"type\":"
      "\"integer\"},\"rejected\":{\"type\":\"integer\"},\"pending\":{\"type\":\"integer\"},\"columns\":{\"type\":"
      "\"array\"},\"problem_groups\":{\"type\":"
      "\"array\"},\"receipt\":{\"type\":[\"object\",\"null\"]},\"undo\":{\"type\":[\"object\",\"null\"]}}}" },
};

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
    for (size_t i = 0; i < COUNT(shared_schemas); i++) {
        json_key(j, shared_schemas[i][0]);
        json_put_raw(j, shared_schemas[i][1]);
    }
    for (const struct kind *const *k = all_kinds; *k; k++)
        put_schemas_of(j, *k);
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
