/* One box over all kinds: words of the text index, numbers of records, ends of telephone numbers. */
#include "http/search.h"

#include "access/query.h"
#include "domain/render.h"
#include "record/table.h"
#include "record/type.h"
#include "search/search.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEARCH_HITS = 20, /* of a kind, shown in the box; the page of all results goes on with the lists */
    SEARCH_GROUPS = 64,
};

/* ---- what is shown of a record ---- */

static int put_hits(struct visit *v, const struct kind *kind, const char *by, const struct search_hit *hits,
                    size_t count, struct error *err)
{
    struct scope scope;
    scope_compile(&v->actor, kind, verb_bit("read"), &scope);
    for (size_t i = 0; i < count; i++) {
        void *record;
        struct error missing = { 0 };
        if (record_read(v->db, &scope, hits[i].id, false, false, v->arena, &record, &missing) < 0) {
            if (missing.fault == FAULT_MISSING)
                continue; /* the index is a hint; the scope decides */
            *err = missing;
            return -1;
        }
        struct names *n = names_new(v->arena);
        const struct record *r = record_of(record);
        const struct field *state = field_state(kind);
        names_want_record(n, kind, record);
        if (names_load(n, v->db, &v->actor, err) < 0)
            return -1;
        json_open(&v->json, '{');
        json_key_str(&v->json, "kind", kind->name);
        json_key_str(&v->json, "by", by);
        json_key_int(&v->json, "id", r->id);
        json_key_str(&v->json, "title", *(const char *const *)field_member_const(field_title(kind), record));
        json_key_str(&v->json, "number", record_number(v->arena, kind, record));
        json_key_str(&v->json, "state",
                     state ? kind->states[*(const int64_t *)field_member_const(state, record)].code : NULL);
        json_key_str(&v->json, "where", kind->scope == SCOPE_OBJECT ? names_get(n, NULL, r->own.object) : NULL);
        json_close(&v->json, '}');
    }
    return 0;
}

/* ---- by words ---- */

static const char *part_tokens(struct arena *arena, const struct kind *kind, const struct scope_part *p)
{
    AUTO_TEXT out = TEXT_LIMIT(256);
    search_tokens(&out, kind->name, p->level == LEVEL_COUNTY ? p->code : 0, p->level == LEVEL_TOWN ? p->code : 0,
                  p->level == LEVEL_VILLAGE ? p->code : 0, p->level == LEVEL_OBJECT ? p->code : 0, NULL);
    return arena_str(arena, text_get(&out));
}

/* What the index cannot narrow down by a token (ranges, sectors, rows that name the reader, drafts, the scope of whoever
** looks through the reader's eyes) is asked as a list. */
static bool needs_list(const struct scope *scope)
{
    if (scope->within)
        return true;
    for (size_t i = 0; i < scope->count; i++)
        if (scope->parts[i].level == LEVEL_RANGE || scope->parts[i].level == LEVEL_PARTY || scope->parts[i].sectors ||
            scope->parts[i].drafts != DRAFTS_ALL)
            return true;
    return false;
}

static int find_hits(struct visit *v, const struct scope *scope, const char *words, struct search_hit *hits,
                     size_t *count, struct error *err)
{
    const char *tokens[LIMIT_GRANTS];
    AUTO_TEXT expression = TEXT_LIMIT(64 * 1024);
    if (needs_list(scope)) {
        struct filter filter = { .words = words };
        struct list_page page;
        struct list_query query = { .kind = scope->kind,
                                    .actor = &v->actor,
                                    .scope = scope,
                                    .filter = &filter,
                                    .sort = scope->kind->sorts[0],
                                    .descending = scope->kind->newest_first,
                                    .limit = SEARCH_HITS };
        if (list_run(v->db, &query, v->arena, &page, err) < 0)
            return -1;
        for (; *count < page.count; (*count)++)
            hits[*count].id = record_of(page.rows[*count])->id;
        return 0;
    }
    for (size_t i = 0; i < scope->count; i++)
        tokens[i] = part_tokens(v->arena, scope->kind, &scope->parts[i]);
    search_expression(&expression, db_engine(v->db), scope->kind->name, tokens, scope->count, words);
    return search_find(v->db, text_get(&expression), SEARCH_HITS, hits, count, err);
}

/* ---- by number ---- */

/* "2026-000123", or its end without the year: the id inside; 0 for anything else. */
static int64_t number_in(const char *words, bool *year)
{
    size_t n = strlen(words);
    *year = n >= 11 && words[4] == '-';
    const char *digits = *year ? words + 5 : words;
    size_t left = strlen(digits);
    if (left < 1 || left > 12 || strspn(digits, "0123456789") != left || (*year && strspn(words, "0123456789") != 4))
        return 0;
    return strtoll(digits, NULL, 10);
}

static int by_number(struct visit *v, const struct kind *kind, const struct scope *scope, const char *words,
                     struct search_hit *hit, size_t *count, struct error *err)
{
    bool year;
    int64_t id = number_in(words, &year);
    void *record;
    struct error missing = { 0 };
    if (!kind->numbered || id == 0)
        return 0;
    if (record_read(v->db, scope, id, false, false, v->arena, &record, &missing) < 0) {
        if (missing.fault == FAULT_MISSING)
            return 0;
        *err = missing;
        return -1;
    }
    if (year && strcmp(record_number(v->arena, kind, record), words) != 0)
        return 0;
    *hit = (struct search_hit){ .id = id };
    *count = 1;
    return 0;
}

/* ---- by telephone ---- */

static const struct field *phone_of(const struct kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].type == &type_phone)
            return &kind->fields[i];
    return NULL;
}

/* The last four digits, or the whole of a mobile number. */
static bool is_phone(const char *words)
{
    size_t n = strlen(words);
    return (n == 4 || n == 11) && strspn(words, "0123456789") == n;
}

struct found_group {
    const struct kind *kind;
    const char *by, *query;
    struct filter filter;
    struct scope scope;
    struct list_query list;
};

struct found {
    struct found_group groups[SEARCH_GROUPS];
    struct list_tally tallies[SEARCH_GROUPS];
    size_t count;
};

static struct found_group *add_group(struct visit *v, struct found *f, const struct kind *kind, const char *by,
                                     const char *query)
{
    if (f->count == SEARCH_GROUPS)
        return NULL;
    struct found_group *g = &f->groups[f->count++];
    *g = (struct found_group){ .kind = kind, .by = by, .query = query };
    g->list = (struct list_query){ .kind = kind, .actor = &v->actor, .scope = &g->scope, .filter = &g->filter };
    f->tallies[f->count - 1] = (struct list_tally){ .query = &g->list };
    return g;
}

/* Who sees the numbers masked is not told whose they are; whoever is told is on record, and not without end. */
static int by_phone(struct visit *v, struct found *f, const struct kind *kind, const char *words, bool *recorded,
                    struct error *err)
{
    const struct field *phone = phone_of(kind);
    struct list_page page;
    if (!phone || !is_phone(words) || !actor_may(&v->actor, kind, verb_bit("read") | verb_bit("unmask")))
        return 0;
    if (!*recorded) {
        struct error often = { 0 };
        if (visit_look_up(v, &often) < 0)
            return 0; /* the words are searched all the same */
        if (visit_audit(v, "look-up", kind->name, 0, NULL, err) < 0)
            return -1;
        *recorded = true;
    }
    struct filter_pair pair = { phone->name, words };
    /* The number is not said back: what was typed belongs behind the sign. */
    struct found_group *g = add_group(v, f, kind, "phone", arena_printf(v->arena, "%s=", phone->name));
    if (!g)
        return 0;
    struct error wrong = { 0 };
    if (filter_parse(kind, &pair, 1, v->arena, &g->filter, &wrong) < 0) {
        f->count--; /* eleven digits that are no telephone number */
        return 0;
    }
    if (list_scope(&v->actor, kind, "read", &g->filter, &g->scope, err) < 0)
        return -1;
    g->list.sort = kind->sorts[0];
    g->list.limit = SEARCH_HITS;
    if (list_run(v->db, &g->list, v->arena, &page, err) < 0)
        return -1;
    struct search_hit hits[SEARCH_HITS] = { 0 };
    for (size_t i = 0; i < page.count; i++)
        hits[i].id = record_of(page.rows[i])->id;
    if (page.count == 0)
        f->count--;
    return put_hits(v, kind, "phone", hits, page.count, err);
}

/* ---- together ---- */

static const char *word_query(struct arena *arena, const char *words)
{
    AUTO_TEXT out = TEXT_LIMIT(4096);
    text_str(&out, "q=");
    for (const unsigned char *at = (const unsigned char *)words; *at; at++)
        text_printf(&out, "%%%02X", *at);
    return arena_str(arena, text_get(&out));
}

static int search_kind(struct visit *v, struct found *f, const struct kind *kind, const char *words, bool searchable,
                       bool *recorded, struct error *err)
{
    struct search_hit hits[SEARCH_HITS], number[1];
    struct scope scope;
    size_t count = 0, numbered = 0;
    scope_compile(&v->actor, kind, verb_bit("read"), &scope);
    if (kind->child || scope.count == 0)
        return 0;
    if (by_number(v, kind, &scope, words, number, &numbered, err) < 0 ||
        put_hits(v, kind, "number", number, numbered, err) < 0)
        return -1;
    if (searchable && find_hits(v, &scope, words, hits, &count, err) < 0)
        return -1;
    if (count) {
        struct found_group *g = add_group(v, f, kind, "words", word_query(v->arena, words));
        if (g) {
            g->filter = (struct filter){ .words = words };
            g->scope = scope;
        }
    }
    if (put_hits(v, kind, "words", hits, count, err) < 0)
        return -1;
    return by_phone(v, f, kind, words, recorded, err);
}

static int put_groups(struct visit *v, struct found *f, struct error *err)
{
    struct json *j = &v->json;
    if (list_tallies(v->db, f->tallies, f->count, LIMIT_TODO, v->arena, err) < 0)
        return -1;
    json_key(j, "groups");
    json_open(j, '[');
    for (size_t i = 0; i < f->count; i++) {
        int64_t total = f->tallies[i].total;
        json_open(j, '{');
        json_key_str(j, "kind", f->groups[i].kind->name);
        json_key_str(j, "by", f->groups[i].by);
        json_key_int(j, "count", total < LIMIT_TODO ? total : LIMIT_TODO - 1);
        json_key_bool(j, "capped", total >= LIMIT_TODO);
        json_key_str(j, "query", f->groups[i].query);
        json_close(j, '}');
    }
    json_close(j, ']');
    return 0;
}

int search_everything(struct visit *v, struct error *err)
{
    const char *words = request_query(v->rq, "q");
    AUTO_TEXT probe = TEXT_LIMIT(64 * 1024);
    struct found *found = ARENA_NEW(v->arena, struct found);
    bool recorded = false;
    if (!words || strlen(words) > 400)
        return fail_field(err, "q", "请输入搜索词，最多 400 字节", "Give search words, at most 400 bytes");
    while (*words == ' ')
        words++;
    size_t size = strlen(words);
    while (size && words[size - 1] == ' ')
        size--;
    words = arena_strn(v->arena, words, size);
    bool searchable = search_expression(&probe, db_engine(v->db), NULL, NULL, 0, words);
    json_open(&v->json, '{');
    json_key(&v->json, "items");
    json_open(&v->json, '[');
    for (const struct kind *const *k = all_kinds; *k; k++)
        if (search_kind(v, found, *k, words, searchable, &recorded, err) < 0)
            return -1;
    json_close(&v->json, ']');
    if (put_groups(v, found, err) < 0)
        return -1;
    json_close(&v->json, '}');
    return 0;
}
