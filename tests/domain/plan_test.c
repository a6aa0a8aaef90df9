/* Lists of a large kind walk an index for every reader and sort: never a full scan, never a temporary sort. */
#include "store/world.h"

#include "access/query.h"
#include "app/house.h"
#include "base/log.h"
#include "base/seal.h"
#include "base/text.h"
#include "demo/demo.h"
#include "domain/hazard/hazard.h"
#include "record/table.h"
#include "search/search.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many through the ordinary write path; each of them COPIES times, on other days, by SQL. */
enum { MADE = 2000, COPIES = 50, ROWS = MADE * COPIES, PARTY_OF = 77 };

static const int64_t town = 990102001000, other_town = 990121001000, county = 990102000000, city = 990100000000,
                     village = 990102001001, now = 1790000000000;

struct reader {
    const char *name;
    struct actor actor;
};

static struct actor with_grants(size_t count, const struct grant *grants)
{
    struct actor actor = { .id = PARTY_OF, .name = "reader", .display_name = "reader", .grant_count = count };
    for (size_t i = 0; i < count; i++) {
        actor.grants[i] = grants[i];
        actor.grants[i].verbs = ~(uint64_t)0;
    }
    return actor;
}
#define GRANTS(...) with_grants(COUNT(((const struct grant[]){ __VA_ARGS__ })), (const struct grant[]){ __VA_ARGS__ })

static const struct table *hazard_table(void)
{
    const struct schema *s = house_schema();
    for (size_t i = 0; i < s->table_count; i++)
        if (strcmp(s->tables[i]->name, "hazard") == 0)
            return s->tables[i];
    return NULL;
}

/* The same row on another day; what is due in no time stays so. */
static void multiply(struct world *w)
{
    AUTO_TEXT names = TEXT_LIMIT(16384);
    AUTO_TEXT values = TEXT_LIMIT(16384);
    AUTO_TEXT sql = TEXT_LIMIT(65536);
    const struct table *t = hazard_table();
    for (size_t i = 0; i < t->column_count; i++) {
        const char *name = t->columns[i].name;
        if (strcmp(name, "id") == 0)
            continue;
        bool moves = strcmp(name, "found_on") == 0 || strcmp(name, "due") == 0;
        text_printf(&names, "%s%s", names.used ? "," : "", name);
        if (strcmp(name, "sort_due") == 0)
            text_str(&values, ",CASE WHEN h.due IS NULL THEN h.sort_due ELSE h.due - n.k END");
        else
            text_printf(&values, "%sh.%s%s", values.used ? "," : "", name, moves ? " - n.k" : "");
    }
    text_printf(&sql,
                "WITH n(k) AS (SELECT CAST(? AS BIGINT)) INSERT INTO hazard (%s) SELECT %s FROM n CROSS JOIN hazard h "
                "WHERE h.id BETWEEN ? AND ? AND h.import_id IS NOT NULL ORDER BY h.id",
                text_get(&names), text_get(&values));
    int64_t first = must_count(w->store, "SELECT min(id) FROM hazard WHERE import_id IS NOT NULL", NO_BINDS),
            last = must_count(w->store, "SELECT max(id) FROM hazard", NO_BINDS);
    /* One day at a time: a statement has a time limit. */
    for (int64_t k = 1; k < COPIES; k++)
        must_write(w->store, text_get(&sql), BIND(value_int(k), value_int(first), value_int(last)));
    must_write(w->store,
               "INSERT INTO record_party (kind, id, account, why) SELECT 'hazard', id, ?, 'responsible' FROM hazard "
               "WHERE id % 501 = 3",
               BIND(value_int(PARTY_OF)));
}

/* A word that one row in fifteen has: too many to be looked at, too few to be met soon. */
static int say_words(struct db *db, void *args, struct error *err)
{
    struct rows rows;
    (void)args;
    if (db_query(db, &rows,
                 "SELECT id, own_county, own_town, own_village, own_object, own_sector FROM hazard "
                 "WHERE id % 15 = 0 AND removed_at IS NULL ORDER BY id",
                 NO_BINDS, err) < 0)
        return -1;
    int got = 0;
    while (got == 0 && rows_next(&rows)) {
        AUTO_TEXT tokens = TEXT_LIMIT(512);
        search_tokens(&tokens, "hazard", rows_int(&rows, 1), rows_int(&rows, 2), rows_int(&rows, 3), rows_int(&rows, 4),
                      rows_text(&rows, 5));
        got = search_put(db, "hazard", rows_int(&rows, 0), text_get(&tokens), "围栏倒伏", err);
    }
    return rows_done(&rows, err) < 0 ? -1 : got;
}

static int remove_one(const char *path, const struct stat *about, int flag, struct FTW *where)
{
    (void)about;
    (void)flag;
    (void)where;
    return remove(path);
}

static void fill(struct world *w)
{
    char folder[64] = "/tmp/anlan-plan-XXXXXX";
    struct error err = { 0 };
    struct house house = { .store = w->store, .folder = folder };
    unsigned char key[32] = { 7 };
    seal_open_with(key);
    assert_non_null(mkdtemp(folder));
    must(schema_apply(w->store, house_schema(), NULL, &err), &err);
    must(house_first_account(&house, now, &err), &err);
    must(demo_load(&house, &(struct demo_order){ .now_ms = now, .scale = MADE }, &err), &err);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    must_write(w->store, "UPDATE hazard SET import_id = 4 WHERE import_id IS NOT NULL", NO_BINDS);
    multiply(w);
    must_write(w->store, "UPDATE hazard SET import_id = 5 WHERE id % 1001 = 7 AND import_id IS NOT NULL", NO_BINDS);
    must(store_write(w->store, say_words, NULL, &err), &err);
    assert_true(must_count(w->store, "SELECT count(*) FROM hazard", NO_BINDS) >= ROWS);
    if (w->engine == STORE_POSTGRES)
        must_script(w->store, "ANALYZE;\n");
}

static size_t times(const char *text, const char *word)
{
    size_t count = 0;
    for (; (text = strstr(text, word)) != NULL; text++)
        count++;
    return count;
}

/* One object, or what names a person: its own index leads to few rows, whatever else is asked. */
static bool is_narrow(const struct reader *r)
{
    for (size_t i = 0; i < r->actor.grant_count; i++)
        if (r->actor.grants[i].object || r->actor.grants[i].named)
            return true;
    return false;
}

/* A scan of the whole table, or a sort of more rows than the few that were asked for. */
static bool is_bad(const struct world *w, const struct reader *r, bool filtered, const char *explained)
{
    const struct grant *last = &r->actor.grants[r->actor.grant_count - 1];
    /* A village has few rows and no index per sort; so has what names a person. */
    bool one = r->actor.grant_count == 1, sorts_few = filtered || last->named || last->area == village || last->sectors;
    if (w->engine == STORE_SQLITE) {
        for (const char *at = explained; (at = strstr(at, "SCAN h")) != NULL; at++)
            if (strncmp(at, "SCAN h USING INDEX", 18) != 0 && strncmp(at, "SCAN h USING COVERING INDEX", 27) != 0)
                return true;
        /* The pages of several grants are put together by one sort of at most a page each. */
        return !sorts_few && times(strstr(explained, LIST_EXPLAINED), "TEMP B-TREE FOR ORDER BY") > (one ? 0 : 1);
    }
    /* A count stops at 10,001 rows: where most rows are meant, it may as well read the first of the table. */
    const char *page = strstr(explained, LIST_EXPLAINED);
    return strstr(page, "Seq Scan on hazard") || (one && !sorts_few && strstr(page, "Sort Key"));
}

/* A value with an index of its own is counted inside it: no row is looked at. */
static bool is_counted_outside(const struct world *w, const struct reader *r, const char *index, const char *explained)
{
    char within[64];
    if (w->engine != STORE_SQLITE || !index || is_narrow(r))
        return false;
    /* It does not say "covering": the condition of the index itself, removed_at, is not one of its columns. */
    bool both = r->actor.grants[0].sectors && strcmp(index, "hazard_of_state") == 0;
    snprintf(within, sizeof within, "INDEX %s%s (", index, both ? "_sector" : "");
    const char *found = strstr(explained, within), *page = strstr(explained, LIST_EXPLAINED);
    /* A department's sectors are values too, and have an index together with the state. */
    if (!found && r->actor.grants[0].sectors && !both)
        found = strstr(explained, "INDEX hazard_of_own_sector (");
    return !found || found > page;
}

static struct list_query query_of(const struct reader *r, const char *sort, bool descending, struct scope *scope,
                                  const struct filter *filter)
{
    scope_compile(&r->actor, &hazard_kind, verb_bit("read"), scope);
    return (struct list_query){ .kind = &hazard_kind,
                                .actor = &r->actor,
                                .scope = scope,
                                .filter = filter,
                                .sort = sort,
                                .descending = descending,
                                .limit = 50 };
}

struct narrowing {
    struct filter_pair pair;
    const char *index; /* that begins with the value; NULL when none does */
};

static void explain(struct world *w, struct db *db, const struct reader *r, const char *sort, bool descending,
                    bool deep, const struct narrowing *by)
{
    struct error err = { 0 };
    AUTO_ARENA arena = { 0 };
    struct scope scope;
    struct filter filter = { 0 };
    struct list_page page;
    const struct filter_pair *pair = by ? &by->pair : NULL;
    if (pair)
        must(filter_parse(&hazard_kind, pair, 1, &arena, &filter, &err), &err);
    struct list_query q = query_of(r, sort, descending, &scope, &filter);
    for (int i = 0; deep && i < 4; i++) {
        must(list_run(db, &q, &arena, &page, &err), &err);
        if (!page.next)
            break;
        q.after = page.next;
    }
    const char *plan = list_explain(db, &q, &arena, &err);
    if (!plan)
        fail_msg("%s", err.en);
    if (is_bad(w, r, pair != NULL, plan) || (by && is_counted_outside(w, r, by->index, plan)))
        fail_msg("%s by %s%s%s, %s=%s:\n%s", r->name, descending ? "-" : "", sort, deep ? ", deep page" : "",
                 pair ? pair->name : "", pair ? pair->value : "", plan);
}

/* The first rows of a list by a word, whichever way they were found, are those a plain statement gives: from the numbers that
** the count found, and where it is exact and keeps none from a look at the texts. */
static void compare(struct db *db, const struct reader *r, const char *where, const char *sort, bool descending)
{
    struct error err = { 0 };
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT sql = TEXT_LIMIT(4096);
    struct scope scope;
    struct filter filter;
    struct rows rows;
    int64_t first[50];
    size_t count = 0;
    const char *column = sort_column(&arena, &hazard_kind, sort), *way = descending ? "DESC" : "ASC";
    text_printf(&sql,
                "SELECT h.id FROM hazard h WHERE id %% 15 = 0 AND removed_at IS NULL AND (%s) ORDER BY %s %s, id %s",
                where, column, way, way);
    must(db_query(db, &rows, text_get(&sql), NO_BINDS, &err), &err);
    for (; rows_next(&rows); count++)
        if (count < COUNT(first))
            first[count] = rows_int(&rows, 0);
    must(rows_done(&rows, &err), &err);
    must(filter_parse(&hazard_kind, &(struct filter_pair){ "q", "围栏" }, 1, &arena, &filter, &err), &err);
    struct list_query q = query_of(r, sort, descending, &scope, &filter);
    for (int i = 0; i < 2; i++) {
        struct list_page page;
        q.count = i ? COUNT_EXACT : COUNT_CAPPED;
        must(list_run(db, &q, &arena, &page, &err), &err);
        assert_int_equal(page.total, count);
        assert_int_equal(page.count, count < COUNT(first) ? count : COUNT(first));
        for (size_t n = 0; n < page.count; n++)
            assert_int_equal(record_of(page.rows[n])->id, first[n]);
    }
}

static void compare_all(struct world *w, struct db *db)
{
    struct error err = { 0 };
    AUTO_ARENA arena = { 0 };
    struct scope scope;
    struct filter filter;
    const struct {
        struct reader reader;
        const char *where;
    } asked[] = {
        { { "city", GRANTS({ .area = city }) }, "1 = 1" },
        { { "county", GRANTS({ .area = county }) }, "own_county = 990102000000" },
        { { "town", GRANTS({ .area = town }) }, "own_town = 990102001000" },
        { { "two towns", GRANTS({ .area = town }, { .area = other_town }) },
          "own_town IN (990102001000, 990121001000)" },
        { { "department",
            GRANTS({ .area = county, .sectors = ",HAZCHEM,GAS," }, { .area = city, .sectors = ",FIRE," }) },
          "own_county = 990102000000 AND own_sector IN ('HAZCHEM', 'GAS') OR own_sector = 'FIRE'" },
    };
    for (size_t r = 0; r < COUNT(asked); r++)
        for (size_t s = 0; s < COUNT(hazard_kind.sorts) && hazard_kind.sorts[s]; s++)
            for (int descending = 0; descending < 2; descending++)
                compare(db, &asked[r].reader, asked[r].where, hazard_kind.sorts[s], descending);
    /* Many rows of a county: met in their order by the numbers that the search index found. */
    must(filter_parse(&hazard_kind, &(struct filter_pair){ "q", "围栏" }, 1, &arena, &filter, &err), &err);
    struct list_query q = query_of(&asked[1].reader, "found_on", true, &scope, &filter);
    const char *plan = list_explain(db, &q, &arena, &err);
    if (!plan)
        fail_msg("%s", err.en);
    const char *page = strstr(plan, LIST_EXPLAINED);
    if (w->engine == STORE_SQLITE && (!strstr(page, "INDEX hazard_by_county_found_on (own_county=?)") ||
                                      !strstr(page, "json_each VIRTUAL TABLE") || strstr(page, "search_doc")))
        fail_msg("%s", plan);
    if (w->engine == STORE_POSTGRES && (!strstr(page, "using hazard_by_county_found_on") ||
                                        !strstr(page, "hashed SubPlan") || strstr(page, "search_doc")))
        fail_msg("%s", plan);
}

/* Many rows of one grant, none of the other: those would be looked for among all there are. */
static void explain_few(struct world *w, struct db *db)
{
    struct error err = { 0 };
    AUTO_ARENA arena = { 0 };
    struct scope scope;
    struct filter filter;
    const struct reader reader = { "department", GRANTS({ .area = city, .sectors = ",INDUSTRY," },
                                                        { .area = city, .sectors = ",FIRE," }) };
    must(filter_parse(&hazard_kind, &(struct filter_pair){ "enterprise.sector", "INDUSTRY" }, 1, &arena, &filter, &err),
         &err);
    struct list_query q = query_of(&reader, "found_on", true, &scope, &filter);
    const char *plan = list_explain(db, &q, &arena, &err);
    if (!plan)
        fail_msg("%s", err.en);
    const char *page = strstr(plan, LIST_EXPLAINED);
    if (w->engine == STORE_SQLITE && (times(page, "INDEX hazard_by_all_found_on") != 1 ||
                                      times(page, "INDEX hazard_of_own_sector (own_sector=?") != 1))
        fail_msg("%s", plan);
    if (w->engine == STORE_POSTGRES && times(page, "using hazard_by_all_found_on") != 1)
        fail_msg("%s", plan);
}

static void every_reader_and_sort_walks_an_index_to_the_first_rows(void **state)
{
    static const struct narrowing filters[] = {
        { { "state", "classified" }, "hazard_of_state" },
        { { "state.in", "closed,found" }, "hazard_of_state" },
        { { "level", "major" }, "hazard_of_level" },
        { { "enterprise.sector", "HAZCHEM" }, "hazard_of_own_sector" },
        { { "enterprise.operating_state", "stopped" }, NULL },
        { { "region", "990102" }, NULL },
        { { "due.before", "2026-01-01" }, NULL },
        { { "q", "锈蚀" }, NULL },
        { { "q", "围栏" }, NULL },
        /* Every row but those of the story; few of them, far apart. */
        { { "import", "4" }, NULL },
        { { "import", "5" }, "hazard_of_import" },
    };
    struct world *w = WORLD(state);
    struct error err = { 0 };
    struct db *db;
    fill(w);
    int64_t firm = must_count(w->store, "SELECT min(id) FROM enterprise", NO_BINDS);
    const struct reader readers[] = {
        { "everywhere", GRANTS({ 0 }) },
        { "city", GRANTS({ .area = city }) },
        { "county", GRANTS({ .area = county }) },
        { "town", GRANTS({ .area = town }) },
        { "village", GRANTS({ .area = village }) },
        { "firm", GRANTS({ .object = firm }) },
        { "named", GRANTS({ .named = true }) },
        { "department", GRANTS({ .area = county, .sectors = ",HAZCHEM,GAS," }, { .area = city, .sectors = ",FIRE," }) },
        { "two towns", GRANTS({ .area = town }, { .area = other_town }) },
        { "town, firm and named", GRANTS({ .area = other_town }, { .object = firm }, { .named = true }) },
    };
    must(store_reader(w->store, &db, &err), &err);
    for (size_t r = 0; r < COUNT(readers); r++)
        for (size_t s = 0; s < COUNT(hazard_kind.sorts) && hazard_kind.sorts[s]; s++)
            for (int descending = 0; descending < 2; descending++) {
                for (int deep = 0; deep < 2; deep++)
                    explain(w, db, &readers[r], hazard_kind.sorts[s], descending, deep, NULL);
                for (size_t f = 0; f < COUNT(filters); f++)
                    explain(w, db, &readers[r], hazard_kind.sorts[s], descending, false, &filters[f]);
            }
    compare_all(w, db);
    explain_few(w, db);
    store_reader_back(w->store, db);
}

int main(void)
{
    static const struct both tests[] = { SAYS(every_reader_and_sort_walks_an_index_to_the_first_rows) };
    const char *engines = getenv("ANLAN_TEST_ENGINES");
    log_threshold(LOG_ERROR);
    int failed = RUN_ON(STORE_SQLITE, tests);
    if (!engines || strcmp(engines, "sqlite") != 0)
        failed += RUN_ON(STORE_POSTGRES, tests);
    return failed;
}
