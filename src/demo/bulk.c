#include "demo/bulk.h"

#include "base/clock.h"
#include "demo/phrases.h"
#include "domain/hazard/hazard.h"
#include "record/table.h"
#include "search/search.h"

#include <string.h>

/* Nobody else is at the data folder: a chunk may be long, and from so many rows on indexes are made when all are there. */
enum { CHUNK = 2000, FIRMS = 4096, SPAN_DAYS = 730, UNINDEXED_FROM = 20000 };

static const char *const things[] = { "灭火器", "配电箱",   "压力表", "安全出口", "警示标志", "防护罩",
                                      "气瓶",   "通风设施", "接地线", "应急照明", "电缆桥架", "消火栓" };
static const char *const faults[] = { "缺失", "损坏", "超期未检", "被遮挡", "未按规定设置", "锈蚀严重", "记录不全" };
static const char *const sources[] = { "self", "grid", "inspection", "report", "group" };
static const char *const categories[] = { "person", "thing", "environment", "management" };

struct bulk {
    int64_t firms[FIRMS];
    const char *sectors[FIRMS];
    bool plain; /* around the small city: few words, the same everywhere */
    size_t firm_count;
    int64_t now, next, until;
};

/* SplitMix64: the same rows for the same number, on every machine. */
static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static int find_firms(struct db *db, struct bulk *b, struct arena *arena, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows, "SELECT id, sector FROM object ORDER BY id LIMIT ?", BIND(value_int(FIRMS)), err) < 0)
        return -1;
    while (b->firm_count < FIRMS && rows_next(&rows)) {
        const char *sector = rows_text(&rows, 1);
        b->sectors[b->firm_count] = arena_str(arena, sector ? sector : "");
        b->firms[b->firm_count++] = rows_int(&rows, 0);
    }
    return rows_done(&rows, err);
}

/* What is found in the firm's trade, or in any firm. */
static const struct phrase *phrase_for(const char *sector, uint64_t random)
{
    for (size_t i = 0, at = random % phrase_count;; i++, at = (at + 1) % phrase_count)
        if (!phrases[at].clause && (strcmp(phrases[at].trade, sector) == 0 || (!*phrases[at].trade && i > 40)))
            return &phrases[at];
}

static void say_finding(struct change *c, const struct bulk *b, uint64_t r, size_t firm, struct hazard *h)
{
    const struct phrase *p = phrase_for(b->sectors[firm], r >> 8);
    set(h, description, phrase_say(c->arena, p->finding, &r));
    set(h, location, phrase_say(c->arena, p->place, &r));
    set(h, category, p->category);
}

/* States are given directly: what a ledger of past years holds, not a story of moves. */
static void fill(struct change *c, const struct bulk *b, uint64_t n, struct hazard *h)
{
    uint64_t r = mix(n);
    int64_t days = (int64_t)(r % SPAN_DAYS);
    uint64_t fate = (r >> 32) % 100;
    size_t firm = (size_t)((r >> 20) % b->firm_count);
    set(h, description,
        arena_printf(c->arena, "%s%s（%llu 号点位）", things[r >> 8 & 7], faults[(r >> 16) % COUNT(faults)],
                     (unsigned long long)(r >> 40 & 0xFFF)));
    set(h, object, b->firms[firm]);
    set(h, found_on, day_of_ms(b->now) - days);
    set(h, source, sources[(r >> 12) % COUNT(sources)]);
    set(h, category, categories[r >> 28 & 3]);
    if (!b->plain)
        say_finding(c, b, r, firm, h);
    set(h, level, (r >> 48) % 40 == 0 ? "major" : "general");
    if (strcmp(h->level, "major") == 0)
        set(h, clause, "GB 35181-2025，条款见台账");
    set(h, due, h->found_on + 5 + (int64_t)((r >> 52) % 25));
    set(h, state,
        fate < 84   ? HAZARD_CLOSED
        : fate < 90 ? HAZARD_RECTIFYING
        : fate < 94 ? HAZARD_FIXED
        : fate < 97 ? HAZARD_ASSIGNED
                    : HAZARD_FOUND);
    if (h->state == HAZARD_CLOSED)
        set(h, closed_on, h->due < day_of_ms(b->now) ? h->due : day_of_ms(b->now));
}

static int chunk(struct change *c, void *args, struct error *err)
{
    struct bulk *b = args;
    c->import_id = INT64_MAX; /* no receipt: these rows are no import of anybody's */
    c->quiet = true;
    int64_t end = b->next + CHUNK < b->until ? b->next + CHUNK : b->until;
    if (row_expect(c->db, &hazard_kind, (size_t)(end - b->next), err) < 0)
        return -1;
    for (int64_t i = b->next; i < end; i++) {
        struct hazard *h = change_new(c, &hazard_kind);
        fill(c, b, (uint64_t)i, h);
        if (change_create(c, &hazard_kind, h, err) < 0)
            return -1;
    }
    return 0;
}

/* An index kept row by row is written all over: of a million rows that is nine tenths of the work. A load that stops halfway
** leaves them to the next start, which makes what the schema lacks. */
static int drop_indexes(struct house *house, const struct schema *schema, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    const struct table **tables = arena_copy(&arena, schema->tables, schema->table_count * sizeof *schema->tables);
    for (size_t i = 0; i < schema->table_count; i++) {
        struct table *bare = arena_copy(&arena, tables[i], sizeof *tables[i]);
        struct index_decl *kept = ARENA_ARRAY(&arena, struct index_decl, bare->index_count + 1);
        size_t count = 0;
        if (tables[i] == &search_table)
            tables[i] = &search_table_bare;
        if (strcmp(bare->name, hazard_kind.name) != 0 && strcmp(bare->name, "history") != 0)
            continue;
        for (size_t k = 0; k < bare->index_count; k++)
            if (bare->indexes[k].unique)
                kept[count++] = bare->indexes[k];
        bare->indexes = kept;
        bare->index_count = count;
        tables[i] = bare;
    }
    return schema_apply(house->store, &(struct schema){ tables, schema->table_count }, NULL, err);
}

int bulk_hazards(struct house *house, const struct demo_order *order, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct bulk *b = ARENA_NEW(&arena, struct bulk);
    struct actor program = actor_program();
    struct change_order change = { .actor = &program, .now_ms = order->now_ms, .cause = "bulk", .large = true };
    struct db *db;
    *b = (struct bulk){ .now = order->now_ms, .until = order->scale, .plain = !order->hazards };
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = find_firms(db, b, &arena, err);
    store_reader_back(house->store, db);
    if (got < 0)
        return -1;
    if (b->firm_count == 0)
        return fail(err, FAULT_REFUSED, "bulk.firms", "还没有企业，请先装入演示数据",
                    "There are no firms; load the demonstration first");
    bool unindexed = order->schema && order->scale >= UNINDEXED_FROM;
    if (unindexed && drop_indexes(house, order->schema, err) < 0)
        return -1;
    for (; b->next < b->until; b->next += CHUNK) {
        if (order->tell)
            order->tell("台账隐患", b->next, b->until);
        if (change_run(house, &change, chunk, b, NULL, err) < 0)
            return -1;
    }
    return unindexed ? schema_apply(house->store, order->schema, NULL, err) : 0;
}
