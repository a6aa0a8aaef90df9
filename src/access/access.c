#include "access/access.h"

#include "base/clock.h"
#include "base/text.h"
#include "record/type.h"

#include <string.h>

/* ---- verbs ---- */

const char *const verb_names[] = { "read",   "create",  "change",  "remove", "import", "export",  "unmask",  "classify",
                                   "assign", "rectify", "recheck", "manage", "audit",  "operate", "approve", NULL };
const struct label verb_labels[] = {
    { "查看", "read" },    { "登记", "create" },      { "修改", "change" },   { "移入回收站", "remove" },
    { "导入", "import" },  { "导出", "export" },      { "看全号", "unmask" }, { "定级", "classify" },
    { "交办", "assign" },  { "整改", "rectify" },     { "复查", "recheck" },  { "管理人员", "manage" },
    { "查审计", "audit" }, { "管理系统", "operate" }, { "审批", "approve" },
};

uint64_t verb_bit(const char *verb)
{
    for (size_t i = 0; verb_names[i]; i++)
        if (strcmp(verb_names[i], verb) == 0)
            return (uint64_t)1 << i;
    return 0;
}

uint64_t verbs_parse(const char *list)
{
    if (strcmp(list, "all") == 0)
        return ((uint64_t)1 << (COUNT(verb_names) - 1)) - 1;
    uint64_t bits = 0;
    while (*list) {
        char word[32];
        size_t n = strcspn(list, ",");
        if (n > 0 && n < sizeof word) {
            memcpy(word, list, n);
            word[n] = '\0';
            bits |= verb_bit(word);
        }
        list += n + (list[n] == ',');
    }
    return bits;
}

/* ---- tables ---- */

static const struct column grant_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "kinds", COLUMN_TEXT, 0 },
    { "verbs", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "area", COLUMN_INT, COLUMN_NOT_NULL },
    { "sectors", COLUMN_TEXT, 0 },
    { "object", COLUMN_INT, COLUMN_NOT_NULL },
    { "named", COLUMN_INT, COLUMN_NOT_NULL },
};
static const struct column party_columns[] = {
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "id", COLUMN_INT, COLUMN_NOT_NULL },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "why", COLUMN_TEXT, COLUMN_NOT_NULL },
};
#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct index_decl grant_indexes[] = { { "access_grant_of_account", NAMES("account"), false, NULL } };
static const struct index_decl party_indexes[] = { { "record_party_of_account", NAMES("account", "kind", "id"), false,
                                                     NULL } };

const struct table access_tables[] = {
    { .name = "access_grant", LISTED(grant_columns), .indexes = grant_indexes, .index_count = 1 },
    { .name = "record_party",
      LISTED(party_columns),
      .primary_key = NAMES("kind", "id", "account", "why"),
      LISTED(party_indexes) },
};
const size_t access_table_count = COUNT(access_tables);

/* ---- people ---- */

static const char *as_set(struct arena *arena, const char *list)
{
    return list && list[0] ? arena_printf(arena, ",%s,", list) : NULL;
}

static bool in_set(const char *set, const char *word)
{
    if (!set)
        return true;
    if (!word)
        return false;
    size_t n = strlen(word);
    for (const char *at = set; (at = strstr(at, word)) != NULL; at++)
        if (at > set && at[-1] == ',' && at[n] == ',')
            return true;
    return false;
}

int actor_load(struct db *db, int64_t account, struct arena *arena, struct actor *out, struct error *err)
{
    struct actor a = { .id = account };
    struct rows rows;
    if (db_query(db, &rows,
                 "SELECT a.name, a.display_name, a.post, a.role, a.organisation, o.name FROM account a "
                 "LEFT JOIN organisation o ON o.id = a.organisation "
                 "WHERE a.id = ? AND a.removed_at IS NULL AND a.active = 1",
                 BIND(value_int(account)), err) < 0)
        return -1;
    bool found = rows_next(&rows);
    if (found) {
        a.name = arena_str(arena, rows_text(&rows, 0));
        a.display_name = arena_str(arena, rows_text(&rows, 1));
        a.post = arena_str(arena, rows_text(&rows, 2));
        a.role = arena_str(arena, rows_text(&rows, 3));
        a.organisation = rows_int(&rows, 4);
        a.organisation_name = arena_str(arena, rows_text(&rows, 5));
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    if (!found)
        return fail(err, FAULT_UNAUTHENTICATED, "session.none", "请先登录", "Please sign in");
    if (db_query(db, &rows,
                 "SELECT kinds, verbs, area, sectors, object, named FROM access_grant WHERE account = ? "
                 "ORDER BY id LIMIT ?",
                 BIND(value_int(account), value_int(LIMIT_GRANTS)), err) < 0)
        return -1;
    while (a.grant_count < LIMIT_GRANTS && rows_next(&rows)) {
        struct grant *g = &a.grants[a.grant_count++];
        g->kinds = as_set(arena, rows_text(&rows, 0));
        g->verbs = verbs_parse(rows_text(&rows, 1));
        g->area = rows_int(&rows, 2);
        g->sectors = as_set(arena, rows_text(&rows, 3));
        g->object = rows_int(&rows, 4);
        g->named = rows_int(&rows, 5) != 0;
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    *out = a;
    return 0;
}

struct actor actor_program(void)
{
    return (struct actor){ .id = ACCOUNT_SYSTEM,
                           .name = "system",
                           .display_name = "系统",
                           .program = true,
                           .grants = { { .verbs = ~(uint64_t)0 } },
                           .grant_count = 1 };
}

uint64_t actor_verbs(const struct actor *actor, const struct kind *kind)
{
    uint64_t verbs = 0;
    for (size_t i = 0; i < actor->grant_count; i++) {
        const struct grant *g = &actor->grants[i];
        bool limited = g->area || g->object || g->named || g->sectors;
        if (in_set(g->kinds, kind->name))
            verbs |= kind->scope == SCOPE_OPEN && limited ? g->verbs & verb_bit("read") : g->verbs;
    }
    return verbs;
}

bool actor_may(const struct actor *actor, const struct kind *kind, uint64_t verb)
{
    return verb && (actor_verbs(actor, kind) & verb) == verb;
}

bool actor_can(const struct actor *actor, const char *verb)
{
    uint64_t bit = verb_bit(verb);
    for (size_t i = 0; i < actor->grant_count; i++) {
        const struct grant *g = &actor->grants[i];
        if (bit && (g->verbs & bit) && !g->area && !g->object && !g->named && !g->sectors)
            return true;
    }
    return false;
}

static int area_words(struct db *db, const struct grant *g, struct arena *arena, struct label *out, struct error *err)
{
    *out = (struct label){ "全市", "the whole city" };
    if (g->named) {
        *out = (struct label){ "写明由我办理的", "records naming me" };
        return 0;
    }
    if (g->area == 0 && g->object == 0)
        return 0;
    struct rows rows;
    if (db_query(db, &rows,
                 g->object ? "SELECT name, NULL FROM object WHERE id = ?"
                           : "SELECT r.name, p.name FROM region r LEFT JOIN region p ON p.id = r.parent AND p.level "
                             "NOT IN ('nation', 'province', 'city') WHERE r.id = ?",
                 BIND(value_int(g->object ? g->object : g->area)), err) < 0)
        return -1;
    if (rows_next(&rows)) {
        const char *parent = rows_text(&rows, 1);
        const char *words = arena_printf(arena, "%s%s", parent ? parent : "", rows_text(&rows, 0));
        *out = (struct label){ words, words };
    }
    return rows_done(&rows, err);
}

int actor_scope_words(struct db *db, const struct actor *actor, struct arena *arena, struct label *out,
                      struct error *err)
{
    AUTO_TEXT zh = TEXT_LIMIT(2048);
    AUTO_TEXT en = TEXT_LIMIT(2048);
    for (size_t i = 0; i < actor->grant_count; i++) {
        const struct grant *g = &actor->grants[i];
        if (!in_set(g->kinds, "hazard"))
            continue;
        struct label words;
        if (area_words(db, g, arena, &words, err) < 0)
            return -1;
        if (strstr(text_get(&zh), words.zh))
            continue;
        text_printf(&zh, "%s%s", zh.used ? "、" : "", words.zh);
        text_printf(&en, "%s%s", en.used ? ", " : "", words.en);
    }
    *out = (struct label){ arena_str(arena, zh.used ? text_get(&zh) : "无"),
                           arena_str(arena, en.used ? text_get(&en) : "nothing") };
    return 0;
}

/* ---- scope ---- */

/* An area as a comparison over the owner columns. */
static enum scope_level level_of(int64_t area, int64_t *end)
{
    *end = 0;
    switch (area ? region_level(area) : REGION_NATION) {
    case REGION_VILLAGE: return LEVEL_VILLAGE;
    case REGION_TOWN: return LEVEL_TOWN;
    case REGION_COUNTY: return LEVEL_COUNTY;
    case REGION_CITY: *end = area + 99999999; return LEVEL_RANGE;
    case REGION_PROVINCE: *end = area + 9999999999; return LEVEL_RANGE;
    case REGION_NATION: break;
    }
    return LEVEL_ALL;
}

static struct scope_part part_of(const struct actor *actor, const struct grant *g)
{
    struct scope_part p = { .sectors = g->sectors };
    if (!g->named && !g->object) {
        p.code = g->area;
        p.level = level_of(g->area, &p.code_end);
        return p;
    }
    p.area = g->area;
    p.area_level = level_of(g->area, &p.area_end);
    p.level = g->named ? LEVEL_PARTY : LEVEL_OBJECT;
    p.code = g->named ? actor->id : g->object;
    p.object = g->named ? g->object : 0;
    return p;
}

static bool same_part(const struct scope_part *a, const struct scope_part *b)
{
    return a->level == b->level && a->code == b->code && a->area_level == b->area_level && a->area == b->area &&
           a->object == b->object &&
           (a->sectors == b->sectors || (a->sectors && b->sectors && strcmp(a->sectors, b->sectors) == 0));
}

void scope_compile(const struct actor *actor, const struct kind *kind, uint64_t verb, struct scope *out)
{
    *out = (struct scope){ .kind = kind };
    for (size_t i = 0; i < actor->grant_count; i++) {
        const struct grant *g = &actor->grants[i];
        if (!verb || (g->verbs & verb) != verb || !in_set(g->kinds, kind->name))
            continue;
        bool limited = g->area || g->object || g->named || g->sectors;
        if (kind->scope == SCOPE_OPEN && limited && (verb & ~verb_bit("read")))
            continue; /* rows that belong to no area are written by whoever is limited to none */
        struct scope_part p = kind->scope == SCOPE_OPEN ? (struct scope_part){ .level = LEVEL_ALL } : part_of(actor, g);
        if (kind->scope == SCOPE_REGION && p.level == LEVEL_OBJECT)
            continue; /* rows of an area do not belong to one object */
        if (p.level == LEVEL_ALL && !p.sectors) {
            out->parts[0] = p;
            out->count = 1;
            return;
        }
        bool twice = false;
        for (size_t j = 0; j < out->count; j++)
            twice |= same_part(&out->parts[j], &p);
        if (!twice)
            out->parts[out->count++] = p;
    }
}

bool scope_is_all(const struct scope *scope)
{
    return scope->count == 1 && scope->parts[0].level == LEVEL_ALL && !scope->parts[0].sectors;
}

bool scope_has_party(const struct scope *scope)
{
    for (size_t i = 0; i < scope->count; i++)
        if (scope->parts[i].level == LEVEL_PARTY)
            return true;
    return false;
}

static bool level_covers(enum scope_level level, int64_t code, int64_t end, const struct owner *own)
{
    switch (level) {
    case LEVEL_ALL: return true;
    case LEVEL_COUNTY: return own->county == code;
    case LEVEL_TOWN: return own->town == code;
    case LEVEL_VILLAGE: return own->village == code;
    case LEVEL_OBJECT: return own->object == code;
    case LEVEL_RANGE: return own->county >= code && own->county <= end;
    case LEVEL_PARTY: break;
    }
    return false;
}

static bool part_covers(const struct scope_part *p, const struct owner *own, bool party)
{
    if (!in_set(p->sectors, own->sector) || !level_covers(p->area_level, p->area, p->area_end, own) ||
        (p->object && own->object != p->object))
        return false;
    return p->level == LEVEL_PARTY ? party : level_covers(p->level, p->code, p->code_end, own);
}

int scope_reason(const struct scope *scope, const struct owner *own, bool party)
{
    for (size_t i = 0; i < scope->count; i++)
        if (part_covers(&scope->parts[i], own, party))
            return (int)i;
    return -1;
}

bool scope_covers(const struct scope *scope, const struct owner *own, bool party)
{
    return scope_reason(scope, own, party) >= 0;
}

bool scope_covers_event(const struct scope *scope, const struct hub_event *event)
{
    if (event->many)
        return scope->count > 0;
    struct owner own = { .county = event->county,
                         .town = event->town,
                         .village = event->village,
                         .object = event->object,
                         .sector = event->sector[0] ? event->sector : NULL };
    return scope_covers(scope, &own, false);
}

int party_named(struct db *db, const struct kind *kind, int64_t id, int64_t account, bool *out, struct error *err)
{
    int64_t ignored;
    return db_get_int(db, "SELECT 1 FROM record_party WHERE kind = ? AND id = ? AND account = ?",
                      BIND(value_text(kind->name), value_int(id), value_int(account)), &ignored, out, err);
}
