#include "access/access.h"

#include "base/clock.h"
#include "base/text.h"
#include "record/type.h"

#include <string.h>

/* ---- verbs ---- */

const char *const verb_names[] = { "read",     "create",   "change",  "remove",  "import", "export", "unmask",
                                   "classify", "assign",   "rectify", "recheck", "manage", "audit",  "operate",
                                   "approve",  "transfer", "claim",   "rule",    "verify", "issue",  NULL };
const struct label verb_labels[] = {
    { "查看", "read" },    { "登记", "create" },      { "修改", "change" },   { "移入回收站", "remove" },
    { "导入", "import" },  { "导出", "export" },      { "看全号", "unmask" }, { "定级", "classify" },
    { "交办", "assign" },  { "整改", "rectify" },     { "复查", "recheck" },  { "管理人员", "manage" },
    { "查审计", "audit" }, { "管理系统", "operate" }, { "审批", "approve" },  { "移交", "transfer" },
    { "认领", "claim" },   { "裁定", "rule" },        { "核实", "verify" },   { "签发", "issue" },
};

uint64_t verb_bit(const char *verb)
{
    for (size_t i = 0; verb_names[i]; i++)
        if (strcmp(verb_names[i], verb) == 0)
            return (uint64_t)1 << i;
    return 0;
}

struct label verb_label(const char *verb)
{
    size_t i = 0;
    while (verb_names[i] && strcmp(verb_names[i], verb) != 0)
        i++;
    return verb_labels[i];
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

static const struct column party_columns[] = {
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "id", COLUMN_INT, COLUMN_NOT_NULL },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "why", COLUMN_TEXT, COLUMN_NOT_NULL },
};
#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct index_decl party_indexes[] = { { "record_party_of_account", NAMES("account", "kind", "id"), false,
                                                     NULL } };

const struct table access_tables[] = {
    { .name = "record_party",
      LISTED(party_columns),
      .primary_key = NAMES("kind", "id", "account", "why"),
      LISTED(party_indexes) },
};
const size_t access_table_count = COUNT(access_tables);

/* ---- people ---- */

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

/* An assignment in force, as far as rights follow from it. */
struct duty {
    int64_t id, area, object;
    const char *role, *sectors;
};

enum { DUTIES = 256, DUTY_ROWS = DUTIES * 2 };

/* Of the person, of the posts held, of the organisation: whatever is in force on the day. */
static const char duties_sql[] =
    "SELECT 0, a.id, a.role, a.area, a.sectors, a.object FROM assignment a WHERE a.holder_account = ? AND "
    "a.removed_at IS NULL AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?) "
    "UNION ALL "
    "SELECT 0, a.id, a.role, a.area, a.sectors, a.object FROM assignment h JOIN assignment a ON a.holder_post = h.post "
    "WHERE h.holder_account = ? AND h.role = 'holds' AND h.removed_at IS NULL AND h.valid_from <= ? AND "
    "(h.valid_to IS NULL OR h.valid_to >= ?) AND a.removed_at IS NULL AND a.valid_from <= ? AND "
    "(a.valid_to IS NULL OR a.valid_to >= ?) "
    "UNION ALL "
    "SELECT 1, a.id, a.role, a.area, a.sectors, a.object FROM assignment a WHERE a.holder_organisation = ? AND "
    "a.removed_at IS NULL AND a.role IN ('industry', 'direct', 'general') AND a.valid_from <= ? AND "
    "(a.valid_to IS NULL OR a.valid_to >= ?) "
    "ORDER BY 1, 2 LIMIT ?";

static void add_grant(struct actor *a, const struct right *r, const struct role *role, const struct duty *d,
                      int64_t supervisor)
{
    if ((r->valid_from && a->day < r->valid_from) || (r->valid_to && a->day > r->valid_to) ||
        a->grant_count == ACTOR_GRANTS)
        return;
    struct grant *g = &a->grants[a->grant_count++];
    *g = (struct grant){ .kinds = r->kinds,
                         .but = r->but,
                         .verbs = verbs_parse(r->verbs),
                         .named = r->named,
                         .role = role ? role->code : NULL,
                         .assignment = d && !supervisor ? d->id : 0 };
    if (d && !r->everywhere) {
        g->area = supervisor ? 0 : d->area;
        g->sectors = supervisor ? NULL : d->sectors;
        g->object = supervisor ? 0 : d->object;
        g->supervisor = supervisor;
    }
}

static void add_role(struct actor *a, const struct role *role, const struct duty *d, int64_t supervisor, size_t *rights)
{
    /* One more than may be in force is refused when it is written; the rows of another day stay out all the same. */
    if (!role || role->right_count == 0 || *rights == LIMIT_GRANTS)
        return;
    if (!a->role)
        a->role = role->code;
    (*rights)++;
    for (size_t i = 0; i < role->right_count; i++)
        add_grant(a, &role->rights[i], role, d, supervisor);
}

struct duties {
    struct duty own[DUTIES], organisation[DUTIES];
    size_t own_count, organisation_count;
};

static int read_duties(struct db *db, const struct actor *a, struct arena *arena, struct duties *out, struct error *err)
{
    struct rows rows;
    struct value id = value_int(a->id), day = value_int(a->day);
    if (db_query(db, &rows, duties_sql,
                 BIND(id, day, day, id, day, day, day, day, value_int(a->organisation), day, day, value_int(DUTY_ROWS)),
                 err) < 0)
        return -1;
    while (rows_next(&rows)) {
        bool organisation = rows_int(&rows, 0) != 0;
        size_t *count = organisation ? &out->organisation_count : &out->own_count;
        if (*count == DUTIES)
            continue;
        const struct role *role = role_find(rows_text(&rows, 2));
        struct duty *d = organisation ? &out->organisation[*count] : &out->own[*count];
        *d = (struct duty){ .id = rows_int(&rows, 1),
                            .role = role ? role->code : "",
                            .area = rows_int(&rows, 3),
                            .sectors = arena_str(arena, rows_text(&rows, 4)),
                            .object = rows_int(&rows, 5) };
        (*count)++;
    }
    return rows_done(&rows, err);
}

/* Objects an organisation supervises one by one: ascending, for the questions that are asked in memory. */
static int read_supervised(struct db *db, struct actor *a, struct arena *arena, struct error *err)
{
    struct rows rows;
    a->supervised = ARENA_ARRAY(arena, int64_t, LIMIT_SUPERVISED);
    if (db_query(db, &rows,
                 "SELECT DISTINCT object FROM assignment WHERE holder_organisation = ? AND object IS NOT NULL AND "
                 "removed_at IS NULL AND role IN ('industry', 'direct', 'general') AND valid_from <= ? AND "
                 "(valid_to IS NULL OR valid_to >= ?) ORDER BY object LIMIT ?",
                 BIND(value_int(a->organisation), value_int(a->day), value_int(a->day), value_int(LIMIT_SUPERVISED)),
                 err) < 0)
        return -1;
    while (a->supervised_count < LIMIT_SUPERVISED && rows_next(&rows))
        a->supervised[a->supervised_count++] = rows_int(&rows, 0);
    return rows_done(&rows, err);
}

static int add_rights(struct db *db, struct actor *a, struct arena *arena, struct error *err)
{
    struct duties *duties = ARENA_NEW(arena, struct duties);
    const struct role *member = NULL;
    size_t rights = 0;
    bool one_by_one = false;
    if (read_duties(db, a, arena, duties, err) < 0)
        return -1;
    for (size_t i = 0; i < duties->own_count; i++) {
        const struct duty *d = &duties->own[i];
        const struct role *role = role_find(d->role);
        /* A member of a department without an aim of its own has that of the organisation. */
        if (role && strcmp(role->code, "department") == 0 && !d->area && !d->sectors)
            member = role;
        else
            add_role(a, role, d, 0, &rights);
    }
    for (size_t i = 0; member && i < duties->organisation_count; i++) {
        if (duties->organisation[i].object)
            one_by_one = true;
        else
            add_role(a, member, &duties->organisation[i], 0, &rights);
    }
    if (one_by_one) {
        struct duty all = { 0 };
        if (read_supervised(db, a, arena, err) < 0)
            return -1;
        add_role(a, member, &all, a->organisation, &rights);
    }
    if (rights || member)
        add_grant(a, &look_up, NULL, NULL, 0);
    return 0;
}

int actor_load(struct db *db, int64_t account, int64_t day, struct arena *arena, struct actor *out, struct error *err)
{
    struct actor a = { .id = account, .day = day };
    struct rows rows;
    if (db_query(db, &rows,
                 "SELECT a.name, a.display_name, a.post, a.organisation, o.name FROM account a "
                 "LEFT JOIN organisation o ON o.id = a.organisation "
                 "WHERE a.id = ? AND a.removed_at IS NULL AND a.active = 1",
                 BIND(value_int(account)), err) < 0)
        return -1;
    bool found = rows_next(&rows);
    if (found) {
        a.name = arena_str(arena, rows_text(&rows, 0));
        a.display_name = arena_str(arena, rows_text(&rows, 1));
        a.post = arena_str(arena, rows_text(&rows, 2));
        a.organisation = rows_int(&rows, 3);
        a.organisation_name = arena_str(arena, rows_text(&rows, 4));
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    if (!found)
        return fail(err, FAULT_UNAUTHENTICATED, "session.none", "请先登录", "Please sign in");
    if (add_rights(db, &a, arena, err) < 0)
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

static bool is_limited(const struct grant *g)
{
    return g->area || g->object || g->named || g->sectors || g->supervisor;
}

static bool speaks_of(const struct grant *g, const struct kind *kind)
{
    return in_set(g->kinds, kind->name) && !(g->but && in_set(g->but, kind->name));
}

static uint64_t verbs_of(const struct actor *actor, const struct kind *kind)
{
    uint64_t verbs = 0;
    for (size_t i = 0; i < actor->grant_count; i++) {
        const struct grant *g = &actor->grants[i];
        if (speaks_of(g, kind))
            verbs |= kind->scope == SCOPE_OPEN && is_limited(g) ? g->verbs & verb_bit("read") : g->verbs;
    }
    return verbs;
}

uint64_t actor_verbs(const struct actor *actor, const struct kind *kind)
{
    uint64_t verbs = verbs_of(actor, kind);
    return actor->viewer ? verbs & verbs_of(actor->viewer, kind) & verb_bit("read") : verbs;
}

bool actor_may(const struct actor *actor, const struct kind *kind, uint64_t verb)
{
    return verb && (actor_verbs(actor, kind) & verb) == verb;
}

bool actor_can(const struct actor *actor, const char *verb)
{
    uint64_t bit = verb_bit(verb);
    for (size_t i = 0; i < actor->grant_count && !actor->viewer; i++) {
        const struct grant *g = &actor->grants[i];
        if (bit && (g->verbs & bit) && !is_limited(g))
            return true;
    }
    return false;
}

bool actor_may_look(const struct actor *actor)
{
    bool office = false;
    for (size_t i = 0; i < actor->grant_count && !actor->viewer; i++) {
        const struct grant *g = &actor->grants[i];
        office |= g->role && strcmp(g->role, "office") == 0 && (g->verbs & verb_bit("read"));
    }
    return office || actor_can(actor, "manage");
}

static const struct choice *sector_of(const char *code)
{
    const struct kind *kind = kind_find("enterprise");
    const struct field *f = kind ? field_find(kind, "sector") : NULL;
    return f ? choice_find(f->choices, code, 0) : NULL;
}

static void put_sector_words(const char *sectors, struct text *zh, struct text *en)
{
    for (const char *at = sectors + 1; *at;) {
        char code[64];
        size_t n = strcspn(at, ",");
        snprintf(code, sizeof code, "%.*s", (int)n, at);
        const struct choice *c = sector_of(code);
        text_printf(zh, "%s%s", at > sectors + 1 ? "、" : "（", c ? c->label.zh : code);
        text_printf(en, "%s%s", at > sectors + 1 ? ", " : " (", c ? c->label.en : code);
        at += n + (at[n] == ',');
    }
    text_str(zh, "）");
    text_str(en, ")");
}

int grant_words(struct db *db, const struct grant *g, bool objects, struct arena *arena, struct label *out,
                struct error *err)
{
    *out = (struct label){ "全市", "the whole city" };
    if (g->named) {
        *out = (struct label){ "与我有关的", "reported by me or naming me" };
        return 0;
    }
    if (g->supervisor) {
        *out = (struct label){ "本部门负责的对象", "what the organisation is responsible for" };
        return 0;
    }
    AUTO_TEXT zh = TEXT_LIMIT(2048);
    AUTO_TEXT en = TEXT_LIMIT(2048);
    if (g->object && !objects) {
        *out = (struct label){ "一个监管对象", "one object" };
        return 0;
    }
    if (g->area || g->object) {
        struct rows rows;
        if (db_query(db, &rows,
                     g->object
                         ? "SELECT name, NULL FROM object WHERE id = ?"
                         : "SELECT r.name, p.name FROM region r LEFT JOIN region p ON p.id = r.parent AND p.level "
                           "NOT IN ('nation', 'province', 'city') WHERE r.id = ?",
                     BIND(value_int(g->object ? g->object : g->area)), err) < 0)
            return -1;
        if (rows_next(&rows)) {
            const char *parent = rows_text(&rows, 1);
            text_printf(&zh, "%s%s", parent ? parent : "", rows_text(&rows, 0));
            text_str(&en, text_get(&zh));
        }
        if (rows_done(&rows, err) < 0)
            return -1;
    } else {
        text_str(&zh, out->zh);
        text_str(&en, out->en);
    }
    if (g->sectors)
        put_sector_words(g->sectors, &zh, &en);
    *out = (struct label){ arena_str(arena, text_get(&zh)), arena_str(arena, text_get(&en)) };
    return 0;
}

int actor_scope_words(struct db *db, const struct actor *actor, struct arena *arena, struct label *out,
                      struct error *err)
{
    AUTO_TEXT zh = TEXT_LIMIT(2048);
    AUTO_TEXT en = TEXT_LIMIT(2048);
    for (size_t i = 0; i < actor->grant_count; i++) {
        const struct grant *g = &actor->grants[i];
        struct label words;
        if (!in_set(g->kinds, "hazard") || !(g->verbs & verb_bit("read")))
            continue;
        /* Whoever looks through these eyes may not know the object. */
        if (grant_words(db, g, !actor->viewer, arena, &words, err) < 0)
            return -1;
        if (strstr(text_get(&zh), words.zh))
            continue;
        text_printf(&zh, "%s%s", zh.used ? "、" : "", words.zh);
        text_printf(&en, "%s%s", en.used ? ", " : "", words.en);
    }
    *out = (struct label){ arena_str(arena, zh.used ? text_get(&zh) : "不看业务数据"),
                           arena_str(arena, en.used ? text_get(&en) : "no business records") };
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
    if (g->supervisor) {
        p.level = LEVEL_SUPERVISED;
        p.code = g->supervisor;
        p.code_end = actor->day;
        p.objects = actor->supervised;
        p.object_count = actor->supervised_count;
        return p;
    }
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

static void put_drafts(struct scope_part *p, const struct actor *actor, const struct grant *g, const struct kind *kind)
{
    if (!kind->open_states || actor->program)
        return;
    p->drafts = g->object ? DRAFTS_NONE : DRAFTS_OWN;
    p->office = g->object ? 0 : actor->organisation;
    p->person = g->object ? 0 : actor->id;
}

/* The level of government a part speaks for; NULL: it speaks for none. */
static const char *government_of(const struct scope_part *p)
{
    switch (p->level) {
    case LEVEL_ALL: return "city";
    case LEVEL_RANGE: return region_level(p->code) == REGION_CITY ? "city" : "province";
    case LEVEL_COUNTY: return "county";
    case LEVEL_TOWN:
    case LEVEL_VILLAGE:
    case LEVEL_OBJECT:
    case LEVEL_PARTY:
    case LEVEL_SUPERVISED: break;
    }
    return NULL;
}

/* Where nobody is to be found by the area (an organisation's own objects, everywhere), the city's level is taken. */
static int standing_of(const struct scope_part *p, const char *role)
{
    enum standing_level level = STANDS_CITY;
    switch (p->level) {
    case LEVEL_RANGE: level = region_level(p->code) == REGION_PROVINCE ? STANDS_PROVINCE : STANDS_CITY; break;
    case LEVEL_COUNTY: level = STANDS_COUNTY; break;
    case LEVEL_TOWN:
    case LEVEL_VILLAGE: level = STANDS_TOWN; break;
    case LEVEL_OBJECT:
    case LEVEL_PARTY: level = STANDS_UNIT; break;
    case LEVEL_ALL:
    case LEVEL_SUPERVISED: break;
    }
    return standing_at(level, role);
}

static bool same_part(const struct scope_part *a, const struct scope_part *b)
{
    return a->level == b->level && a->code == b->code && a->area_level == b->area_level && a->area == b->area &&
           a->object == b->object && a->above_reach == b->above_reach && a->drafts == b->drafts &&
           a->office == b->office && a->person == b->person &&
           (a->sectors == b->sectors || (a->sectors && b->sectors && strcmp(a->sectors, b->sectors) == 0));
}

/* The parts of one person for a kind and a verb, as far as the move they are expected to make (NULL: any) asks for them;
** returns how many. */
static size_t compile(const struct actor *actor, const struct kind *kind, uint64_t verb, const struct move *move,
                      struct scope_part parts[LIMIT_GRANTS])
{
    const struct expected *expected = move ? &move->expected : NULL;
    size_t count = 0;
    for (size_t i = 0; i < actor->grant_count; i++) {
        const struct grant *g = &actor->grants[i];
        if (!verb || (g->verbs & verb) != verb || !speaks_of(g, kind) ||
            (expected && !(g->role && in_set(expected->roles, g->role))))
            continue;
        if (kind->scope == SCOPE_OPEN && is_limited(g) && (verb & ~verb_bit("read")))
            continue; /* rows that belong to no area are written by whoever is limited to none */
        struct scope_part p = kind->scope == SCOPE_OPEN ? (struct scope_part){ .level = LEVEL_ALL } : part_of(actor, g);
        put_drafts(&p, actor, g, kind);
        if (kind->scope == SCOPE_REGION && (p.level == LEVEL_OBJECT || p.level == LEVEL_SUPERVISED))
            continue; /* rows of an area do not belong to one object */
        if (expected && expected->level) {
            p.level_field = expected->level;
            p.level_code = government_of(&p);
            if (!p.level_code)
                continue;
        }
        if (move && move->above) {
            p.above = move->above;
            p.above_reach = standing_reach(standing_of(&p, g->role));
        }
        if (p.level == LEVEL_ALL && !p.sectors && !p.level_field &&
            !p.above) { /* the object's own part shows no draft that this one does not */
            parts[0] = p;
            return 1;
        }
        bool twice = false;
        for (size_t j = 0; j < count; j++)
            twice |= same_part(&parts[j], &p);
        if (!twice && count < LIMIT_GRANTS)
            parts[count++] = p;
    }
    return count;
}

void scope_compile(const struct actor *actor, const struct kind *kind, uint64_t verb, struct scope *out)
{
    *out = (struct scope){ .kind = kind };
    if (actor->viewer && (verb & ~verb_bit("read")))
        return; /* whoever sees as another reads */
    out->count = compile(actor, kind, verb, NULL, out->parts);
    if (!actor->viewer)
        return;
    out->within = true;
    out->within_count = compile(actor->viewer, kind, verb, NULL, out->within_parts);
    if (out->within_count == 0)
        out->count = 0;
}

void scope_expected(const struct actor *actor, const struct kind *kind, const struct move *move, struct scope *out)
{
    *out = (struct scope){ .kind = kind };
    if (!actor->viewer) /* nothing waits for whoever only looks */
        out->count = compile(actor, kind, verb_bit("read") | verb_bit(move->needs), move, out->parts);
}

bool scope_is_all(const struct scope *scope)
{
    return scope->count == 1 && scope->parts[0].level == LEVEL_ALL && !scope->parts[0].sectors &&
           scope->parts[0].drafts == DRAFTS_ALL && !scope->within;
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
    case LEVEL_PARTY:
    case LEVEL_SUPERVISED: break;
    }
    return false;
}

static bool is_supervised(const struct scope_part *p, int64_t object)
{
    size_t low = 0, high = p->object_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->objects[middle] < object)
            low = middle + 1;
        else
            high = middle;
    }
    return low < p->object_count && p->objects[low] == object;
}

static bool part_covers(const struct scope_part *p, const struct owner *own, bool party)
{
    if (!in_set(p->sectors, own->sector) || !level_covers(p->area_level, p->area, p->area_end, own) ||
        (p->object && own->object != p->object))
        return false;
    if (p->level == LEVEL_SUPERVISED)
        return is_supervised(p, own->object);
    return p->level == LEVEL_PARTY ? party : level_covers(p->level, p->code, p->code_end, own);
}

static bool any_covers(const struct scope_part *parts, size_t count, const struct owner *own, bool party)
{
    for (size_t i = 0; i < count; i++)
        if (part_covers(&parts[i], own, party))
            return true;
    return false;
}

struct drafted drafted_of(const struct kind *kind, const void *record)
{
    const struct field *office = kind->open_states ? field_find(kind, kind->drafted_by) : NULL;
    const struct record *r = record_of_const(record);
    if (!office)
        return (struct drafted){ 0 };
    return (struct drafted){
        .still = !kind_is_open(kind, (int)*(const int64_t *)field_member_const(field_state(kind), record)),
        .office = record_bit(r->known, field_slot(office)) ? *(const int64_t *)field_member_const(office, record) : 0,
        .person = r->created_by,
    };
}

static bool shows_draft(const struct scope_part *p, const struct drafted *draft)
{
    return p->drafts == DRAFTS_ALL ||
           (p->drafts == DRAFTS_OWN && ((p->office && p->office == draft->office) || p->person == draft->person));
}

static bool any_shows(const struct scope_part *parts, size_t count, const struct owner *own,
                      const struct drafted *draft)
{
    for (size_t i = 0; i < count; i++)
        if (part_covers(&parts[i], own, false) && (!draft->still || shows_draft(&parts[i], draft)))
            return true;
    return false;
}

bool scope_covers(const struct scope *scope, const struct owner *own, bool party)
{
    /* Being named counts for whom the row names, not for whoever looks through those eyes. */
    return any_covers(scope->parts, scope->count, own, party) &&
           (!scope->within || any_covers(scope->within_parts, scope->within_count, own, false));
}

bool grant_covers(const struct actor *actor, const struct grant *grant, const struct kind *kind, uint64_t verb,
                  const struct owner *own, bool party, const struct drafted *draft)
{
    if ((grant->verbs & verb) != verb || !speaks_of(grant, kind))
        return false;
    if (kind->scope == SCOPE_OPEN)
        return !is_limited(grant) || verb == verb_bit("read");
    struct scope_part p = part_of(actor, grant);
    put_drafts(&p, actor, grant, kind);
    return part_covers(&p, own, party) && (!draft->still || shows_draft(&p, draft));
}

int actor_standing(const struct actor *actor, const struct kind *kind, uint64_t verb, const struct owner *own,
                   bool party)
{
    int highest = -1;
    for (size_t i = 0; i < actor->grant_count; i++) {
        const struct grant *g = &actor->grants[i];
        struct scope_part p = part_of(actor, g);
        if (grant_covers(actor, g, kind, verb_bit("read") | verb, own, party, &(struct drafted){ 0 }) &&
            standing_of(&p, g->role) > highest)
            highest = standing_of(&p, g->role);
    }
    return highest;
}

bool actor_too_low(const struct actor *actor, const struct kind *kind, const struct move *move, const void *record,
                   bool party)
{
    const struct field *f = move->above ? field_find(kind, move->above) : NULL;
    const struct record *r = record_of_const(record);
    if (!f || actor->program || !record_bit(r->known, field_slot(f)))
        return false;
    int standing = actor_standing(actor, kind, verb_bit(move->needs), &r->own, party);
    return standing >= 0 &&
           standing_find(*(const char *const *)field_member_const(f, record)) >= standing_reach(standing);
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
    struct drafted draft = { event->draft, event->office, event->person };
    return any_shows(scope->parts, scope->count, &own, &draft) &&
           (!scope->within || any_shows(scope->within_parts, scope->within_count, &own, &draft));
}

bool scope_knew_draft(const struct scope *scope, const void *record)
{
    struct drafted draft = drafted_of(scope->kind, record);
    const struct owner *own = &record_of_const(record)->own;
    if (!scope->kind->open_states)
        return true;
    draft.still = true;
    return any_shows(scope->parts, scope->count, own, &draft) &&
           (!scope->within || any_shows(scope->within_parts, scope->within_count, own, &draft));
}

int party_named(struct db *db, const struct kind *kind, int64_t id, int64_t account, bool *out, struct error *err)
{
    int64_t ignored;
    return db_get_int(db, "SELECT 1 FROM record_party WHERE kind = ? AND id = ? AND account = ?",
                      BIND(value_text(kind->name), value_int(id), value_int(account)), &ignored, out, err);
}
