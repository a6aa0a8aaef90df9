/* Lists: every kind, sort, direction and reader; pages are whole, cursors belong to their list. */
#include "domain/town.h"

#include "access/query.h"
#include "base/text.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "record/table.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 7, ROWS = 100, MOST = 400 };

/* ---- rows with many equal sort values, nulls, and texts that order differently by language and by byte ---- */

static const char *const titles[] = { "阿胶厂",
                                      "阿胶厂二",
                                      "阿",
                                      "重庆",
                                      "中山",
                                      "a",
                                      "A",
                                      "aB",
                                      "Ab",
                                      "ab",
                                      "é",
                                      "Z",
                                      "z",
                                      "１号",
                                      "1号",
                                      "10号",
                                      "2号",
                                      "-",
                                      "中",
                                      "中 山",
                                      "一",
                                      "丁",
                                      "\xF0\xA0\x80\x80" };

struct filler {
    const struct town *town;
};

static const char *title(struct change *c, int i)
{
    return i % 3 ? titles[(size_t)i % COUNT(titles)]
                 : arena_printf(c->arena, "%s%d", titles[(size_t)i % COUNT(titles)], i % 5);
}

static int fill(struct change *c, void *args, struct error *err)
{
    const struct town *t = ((struct filler *)args)->town;
    for (int i = 0; i < ROWS; i++) {
        struct hazard *h = change_new(c, &hazard_kind);
        set(h, description, title(c, i));
        set(h, object, t->spots[i % TOWN_SPOTS]);
        set(h, found_on, TODAY - i % 4);
        set(h, source, "grid");
        if (i % 3)
            set(h, due, TODAY + i % 5);
        if (i % 10 == 0)
            set(h, level, "general");
        if (i % 9 == 0)
            set(h, responsible, t->people[MIXED].id);
        struct enterprise *e = change_new(c, &enterprise_kind);
        set(e, name, title(c, i));
        set(e, no_code_reason, "new");
        set(e, region, i % 2 ? village_a1 : i % 3 ? village_b1 : village_c1);
        set(e, sector, i % 4 ? "HAZCHEM" : "FIRE");
        struct facility *f = change_new(c, &facility_kind);
        set(f, name, title(c, i));
        set(f, type, "other");
        set(f, region, i % 2 ? village_a2 : i % 3 ? village_b1 : town_d);
        struct organisation *o = change_new(c, &organisation_kind);
        set(o, name, arena_printf(c->arena, "%s %d", title(c, i), i));
        struct account *a = change_new(c, &account_kind);
        set(a, display_name, title(c, i));
        set(a, name, arena_printf(c->arena, "extra-%d", i));
        struct region *r = change_new(c, &region_kind);
        set(r, code, village_a1 + 100 + i);
        set(r, name, title(c, i));
        if (change_create(c, &hazard_kind, h, err) < 0 || change_create(c, &enterprise_kind, e, err) < 0 ||
            change_create(c, &facility_kind, f, err) < 0 || change_create(c, &organisation_kind, o, err) < 0 ||
            change_create(c, &account_kind, a, err) < 0 || change_create(c, &region_kind, r, err) < 0)
            return -1;
        if (i % 25 == 7 &&
            (change_remove(c, &hazard_kind, h, err) < 0 || change_remove(c, &enterprise_kind, e, err) < 0))
            return -1;
    }
    return 0;
}

static void a_hundred_rows_of_every_kind_are_made(void **state)
{
    struct town *t = TOWN(state);
    struct filler filler = { t };
    struct change_order order = { .actor = &t->people[PROGRAM], .now_ms = town_noon, .cause = "test" };
    struct error err = { 0 };
    must(change_run(&t->house, &order, fill, &filler, NULL, &err), &err);
}

/* ---- what should come out, by brute force ---- */

struct oracle {
    const struct kind *kind;
    const char *sort;
    bool descending;
    struct value values[MOST];
    int64_t ids[MOST];
    size_t count;
};

static const struct oracle *sorting;

static int in_order(const void *a, const void *b)
{
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    const struct value *x = &sorting->values[i], *y = &sorting->values[j];
    int by = 0;
    if (x->is == VALUE_INT) {
        by = (x->number > y->number) - (x->number < y->number);
    } else {
        size_t least = x->size < y->size ? x->size : y->size;
        by = memcmp(x->at, y->at, least);
        if (by == 0)
            by = (x->size > y->size) - (x->size < y->size);
    }
    if (by == 0)
        by = (sorting->ids[i] > sorting->ids[j]) - (sorting->ids[i] < sorting->ids[j]);
    return sorting->descending ? -by : by;
}

typedef bool (*wanted_fn)(const void *record);

static bool any(const void *record)
{
    return !record_of_const(record)->removed_at;
}
static bool removed(const void *record)
{
    return record_of_const(record)->removed_at != 0;
}
static bool general(const void *record)
{
    const struct hazard *h = record;
    return any(record) && has(h, level) && strcmp(h->level, "general") == 0;
}
static bool overdue(const void *record)
{
    const struct hazard *h = record;
    return any(record) && has(h, due) && h->due < TODAY + 2;
}
static bool undated(const void *record)
{
    const struct hazard *h = record;
    return any(record) && !has(h, due);
}

/* Every row of the kind, read one by one by the program, and what this reader should see of it. */
static void ask_oracle(struct town *t, enum who who, wanted_fn wanted, struct oracle *o)
{
    struct error err = { 0 };
    struct db *db;
    struct rows rows;
    struct scope scope;
    int64_t ids[MOST];
    size_t all = 0;
    scope_compile(&t->people[who], o->kind, verb_bit("read"), &scope);
    must(store_reader(t->house.store, &db, &err), &err);
    must(db_query(db, &rows, say(t, "SELECT id FROM %s", o->kind->name), NO_BINDS, &err), &err);
    while (all < MOST && rows_next(&rows))
        ids[all++] = rows_int(&rows, 0);
    must(rows_done(&rows, &err), &err);
    assert_true(all < MOST);
    o->count = 0;
    for (size_t i = 0; i < all; i++) {
        const struct record *r = must_read(t, PROGRAM, o->kind, ids[i]);
        bool party;
        must(party_named(db, o->kind, r->id, t->people[who].id, &party, &err), &err);
        bool mine = o->kind->scope == SCOPE_OPEN ? scope.count > 0 : scope_covers(&scope, &r->own, party);
        if (!mine || !wanted(r))
            continue;
        o->values[o->count] = sort_value(&t->arena, o->kind, o->sort, r);
        o->ids[o->count++] = r->id;
    }
    store_reader_back(t->house.store, db);
    size_t order[MOST];
    int64_t sorted[MOST];
    for (size_t i = 0; i < o->count; i++)
        order[i] = i;
    sorting = o;
    qsort(order, o->count, sizeof order[0], in_order);
    for (size_t i = 0; i < o->count; i++)
        sorted[i] = o->ids[order[i]];
    memcpy(o->ids, sorted, sizeof sorted);
}

/* ---- reading page by page ---- */

static struct list_query query_of(struct town *t, enum who who, const struct oracle *o, const struct filter *filter,
                                  struct scope *scope)
{
    scope_compile(&t->people[who], o->kind, verb_bit("read"), scope);
    return (struct list_query){ .kind = o->kind,
                                .actor = &t->people[who],
                                .scope = scope,
                                .filter = filter,
                                .sort = o->sort,
                                .descending = o->descending,
                                .limit = PAGE };
}

static int take_page(void *const *rows, size_t count, void *arg, struct error *err)
{
    struct oracle *is = arg;
    (void)err;
    for (size_t i = 0; i < count; i++)
        is->ids[is->count++] = record_of(rows[i])->id;
    return 0;
}

static void expect_same_rows(const struct oracle *is, const struct oracle *should, enum who who, const char *how)
{
    for (size_t i = 0; i < is->count || i < should->count; i++)
        if (i >= is->count || i >= should->count || is->ids[i] != should->ids[i])
            fail_msg("%s by %s%s for %s, %s: row %zu is %lld of %zu instead of %lld of %zu", should->kind->name,
                     should->descending ? "-" : "", should->sort, town_names[who], how, i,
                     i < is->count ? (long long)is->ids[i] : 0, is->count,
                     i < should->count ? (long long)should->ids[i] : 0, should->count);
}

static void page_through(struct town *t, enum who who, struct oracle *should, const struct filter *filter,
                         wanted_fn wanted)
{
    struct error err = { 0 };
    struct scope scope;
    struct db *db;
    struct oracle is = { 0 };
    struct list_page page;
    ask_oracle(t, who, wanted, should);
    struct list_query q = query_of(t, who, should, filter, &scope);
    q.count = COUNT_EXACT;
    must(store_reader(t->house.store, &db, &err), &err);
    do {
        must(list_run(db, &q, &t->arena, &page, &err), &err);
        if (q.count != COUNT_NONE)
            assert_int_equal(page.total, should->count);
        assert_true(page.count <= PAGE && (page.count == PAGE || !page.next) && is.count < MOST - PAGE);
        take_page(page.rows, page.count, &is, &err);
        q.count = COUNT_NONE;
        q.after = page.next;
    } while (page.next);
    expect_same_rows(&is, should, who, "page by page");
    is.count = 0;
    q.after = NULL;
    must(list_each(db, &q, take_page, &is, &err), &err);
    store_reader_back(t->house.store, db);
    expect_same_rows(&is, should, who, "in one walk");
}

static void parse_filter(struct town *t, const struct kind *kind, const char *name, const char *value,
                         struct filter *out)
{
    struct error err = { 0 };
    must(filter_parse(kind, &(struct filter_pair){ name, value }, 1, &t->arena, out, &err), &err);
}

static const enum who readers[] = { OFFICE, CITY,      COUNTY, GRID_A,     VILLAGE, SAFETY,
                                    SECTOR, TWO_TOWNS, MIXED,  NAMED_IN_B, NOBODY };

static void all_pages_together_are_every_row_once_in_order(void **state)
{
    struct town *t = TOWN(state);
    struct oracle *should = arena_alloc(&t->people_arena, sizeof *should);
    const struct filter none = { 0 };
    for (const struct kind *const *k = all_kinds; *k; k++)
        for (size_t s = 0; !(*k)->child && s < COUNT((*k)->sorts) && (*k)->sorts[s]; s++)
            for (size_t r = 0; r < COUNT(readers); r++)
                for (int descending = 0; descending < 2; descending++) {
                    if ((*k)->scope == SCOPE_OPEN && r > 0 && readers[r] != NOBODY && readers[r] != GRID_A)
                        continue;
                    *should = (struct oracle){ .kind = *k, .sort = (*k)->sorts[s], .descending = descending };
                    page_through(t, readers[r], should, &none, any);
                    arena_done(&t->arena);
                }
}

static void filtered_pages_are_whole_too(void **state)
{
    static const struct {
        const char *name, *value;
        wanted_fn wanted;
    } filters[] = { { "level", "general", general },
                    { "due.before", "2026-03-11", overdue },
                    { "due.none", "true", undated },
                    { "removed", "true", removed } };
    struct town *t = TOWN(state);
    struct oracle *should = arena_alloc(&t->people_arena, sizeof *should);
    for (size_t f = 0; f < COUNT(filters); f++)
        for (size_t s = 0; s < COUNT(hazard_kind.sorts) && hazard_kind.sorts[s]; s++)
            for (size_t r = 0; r < COUNT(readers); r++)
                for (int descending = 0; descending < 2; descending++) {
                    struct filter filter;
                    parse_filter(t, &hazard_kind, filters[f].name, filters[f].value, &filter);
                    *should =
                        (struct oracle){ .kind = &hazard_kind, .sort = hazard_kind.sorts[s], .descending = descending };
                    page_through(t, readers[r], should, &filter, filters[f].wanted);
                    arena_done(&t->arena);
                }
}

static void a_list_without_a_sort_comes_in_the_order_of_its_kind(void **state)
{
    static const struct kind *const kinds[] = { &hazard_kind, &enterprise_kind, &region_kind };
    struct town *t = TOWN(state);
    const struct filter none = { 0 };
    for (size_t k = 0; k < COUNT(kinds); k++) {
        struct oracle should = { .kind = kinds[k], .sort = kinds[k]->sorts[0], .descending = kinds[k]->newest_first };
        struct oracle is = { 0 };
        struct error err = { 0 };
        struct scope scope;
        struct list_page page;
        struct db *db;
        ask_oracle(t, OFFICE, any, &should);
        struct list_query q = query_of(t, OFFICE, &should, &none, &scope);
        q.sort = NULL;
        q.descending = !kinds[k]->newest_first;
        must(store_reader(t->house.store, &db, &err), &err);
        do {
            must(list_run(db, &q, &t->arena, &page, &err), &err);
            take_page(page.rows, page.count, &is, &err);
            q.after = page.next;
        } while (page.next);
        expect_same_rows(&is, &should, OFFICE, "without a sort");
        is.count = 0;
        q.after = NULL;
        q.wanted = (const uint64_t[2]){ 0 };
        must(list_each(db, &q, take_page, &is, &err), &err);
        store_reader_back(t->house.store, db);
        expect_same_rows(&is, &should, OFFICE, "in one walk without a sort");
    }
}

/* ---- cursors ---- */

static const char *first_cursor(struct town *t, enum who who, const struct oracle *o, const struct filter *filter)
{
    struct error err = { 0 };
    struct scope scope;
    struct db *db;
    struct list_page page;
    struct list_query q = query_of(t, who, o, filter, &scope);
    must(store_reader(t->house.store, &db, &err), &err);
    int got = list_run(db, &q, &t->arena, &page, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    assert_non_null(page.next);
    return page.next;
}

static int with_cursor(struct town *t, enum who who, const struct oracle *o, const struct filter *filter,
                       const char *cursor, struct error *err)
{
    struct scope scope;
    struct db *db;
    struct list_page page;
    struct list_query q = query_of(t, who, o, filter, &scope);
    q.after = cursor;
    must(store_reader(t->house.store, &db, err), err);
    int got = list_run(db, &q, &t->arena, &page, err);
    store_reader_back(t->house.store, db);
    return got;
}

static void a_cursor_belongs_to_one_list_of_one_reader(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct filter none = { 0 }, general_only, two, one_with_comma;
    const struct oracle by_due = { .kind = &hazard_kind, .sort = "due" },
                        by_due_down = { .kind = &hazard_kind, .sort = "due", .descending = true },
                        by_id = { .kind = &hazard_kind, .sort = "id" },
                        by_name = { .kind = &enterprise_kind, .sort = "name" },
                        sites = { .kind = &facility_kind, .sort = "name" };
    const char *cursor = first_cursor(t, COUNTY, &by_due, &none);
    parse_filter(t, &hazard_kind, "level", "general", &general_only);
    must(with_cursor(t, COUNTY, &by_due, &none, cursor, &err), &err);
    expect_field(with_cursor(t, COUNTY, &by_due_down, &none, cursor, &err), &err, "after");
    error_clear(&err);
    expect_field(with_cursor(t, COUNTY, &by_id, &none, cursor, &err), &err, "after");
    error_clear(&err);
    expect_field(with_cursor(t, COUNTY, &by_due, &general_only, cursor, &err), &err, "after");
    error_clear(&err);
    expect_field(with_cursor(t, CHECKER, &by_due, &none, cursor, &err), &err, "after");
    error_clear(&err);
    cursor = first_cursor(t, COUNTY, &by_name, &none);
    expect_field(with_cursor(t, COUNTY, &sites, &none, cursor, &err), &err, "after");
    error_clear(&err);
    /* One value that reads like two is another filter. */
    parse_filter(t, &enterprise_kind, "sector.in", "HAZCHEM,FIRE", &two);
    cursor = first_cursor(t, COUNTY, &by_name, &two);
    must(with_cursor(t, COUNTY, &by_name, &two, cursor, &err), &err);
    one_with_comma = two;
    static const struct value joined = { .is = VALUE_TEXT, .at = "HAZCHEM=4:FIRE", .size = 14 };
    one_with_comma.items[0].values = &joined;
    one_with_comma.items[0].count = 1;
    expect_field(with_cursor(t, COUNTY, &by_name, &one_with_comma, cursor, &err), &err, "after");
}

static void the_same_filter_in_another_order_keeps_its_cursor(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct filter a, b;
    const struct oracle by_name = { .kind = &enterprise_kind, .sort = "name" };
    const struct filter_pair one[] = { { "sector", "HAZCHEM" }, { "region", "990102" } },
                             other[] = { { "region", "990102000000" }, { "sector", "危险化学品" } };
    must(filter_parse(&enterprise_kind, one, 2, &t->arena, &a, &err), &err);
    must(filter_parse(&enterprise_kind, other, 2, &t->arena, &b, &err), &err);
    const char *cursor = first_cursor(t, OFFICE, &by_name, &a);
    must(with_cursor(t, OFFICE, &by_name, &b, cursor, &err), &err);
}

static void a_cursor_somebody_touched_is_refused(void **state)
{
    struct town *t = TOWN(state);
    const struct filter none = { 0 };
    const struct oracle by_due = { .kind = &hazard_kind, .sort = "due" };
    const char *cursor = first_cursor(t, COUNTY, &by_due, &none);
    size_t size = strlen(cursor);
    static const char *const strange[] = { "x", "====", "null", "中", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
    for (size_t i = 0; i < size; i++) {
        struct error err = { 0 };
        char *touched = arena_str(&t->arena, cursor);
        touched[i] = touched[i] == 'A' ? 'B' : 'A';
        if (i == size - 1)
            continue; /* the last letter may hold bits nobody reads */
        expect_field(with_cursor(t, COUNTY, &by_due, &none, touched, &err), &err, "after");
    }
    for (size_t cut = 1; cut < size; cut += 5) {
        struct error err = { 0 };
        expect_field(with_cursor(t, COUNTY, &by_due, &none, arena_strn(&t->arena, cursor, cut), &err), &err, "after");
    }
    for (size_t i = 0; i < COUNT(strange); i++) {
        struct error err = { 0 };
        expect_field(with_cursor(t, COUNTY, &by_due, &none, strange[i], &err), &err, "after");
    }
}

static void a_sort_nobody_declared_is_refused(void **state)
{
    static const char *const names[] = { "description", "-description", "--due", "ID", "due desc", "due;", "sort_due" };
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct error err = { 0 };
        const char *sort;
        bool descending;
        expect_field(list_sort_parse(&hazard_kind, names[i], &sort, &descending, &err), &err, "sort");
    }
    struct error err = { 0 };
    const char *sort;
    bool descending;
    must(list_sort_parse(&hazard_kind, NULL, &sort, &descending, &err), &err);
    assert_string_equal(sort, "found_on");
    assert_true(descending);
    must(list_sort_parse(&hazard_kind, "-due", &sort, &descending, &err), &err);
    assert_string_equal(sort, "due");
    assert_true(descending);
}

/* ---- counts ---- */

static void a_capped_count_is_exact_below_the_cap(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct db *db;
    struct scope scope;
    struct list_page page;
    const struct filter none = { 0 };
    const struct oracle by_due = { .kind = &hazard_kind, .sort = "due" };
    struct list_query q = query_of(t, OFFICE, &by_due, &none, &scope);
    must(store_reader(t->house.store, &db, &err), &err);
    q.count = COUNT_CAPPED;
    must(list_run(db, &q, &t->arena, &page, &err), &err);
    int64_t total = page.total;
    assert_false(page.capped);
    q.count = COUNT_NONE;
    must(list_run(db, &q, &t->arena, &page, &err), &err);
    assert_int_equal(page.total, -1);
    store_reader_back(t->house.store, db);
    assert_int_equal(total, count_of(t, "SELECT count(*) FROM hazard WHERE removed_at IS NULL"));
}

/* Rows with a date are told apart by it however many they are; each number stops by itself. */
static void spans_are_counted_to_the_end_of_a_long_list(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct db *db;
    struct scope scope;
    const struct filter none = { 0 };
    const struct oracle by_due = { .kind = &hazard_kind, .sort = "due" };
    struct list_query q = query_of(t, OFFICE, &by_due, &none, &scope);
    const int64_t ends[] = { INT32_MIN, TODAY, TODAY + 1, TODAY + 3, INT32_MAX };
    static const char *const columns[] = { "due", "found_on", "fixed_on", NULL };
    must(store_reader(t->house.store, &db, &err), &err);
    for (int64_t most = 1; most <= 1000; most *= 10)
        for (size_t c = 0; c < COUNT(columns); c++) {
            struct list_tally tally = { .query = &q, .column = columns[c] };
            int64_t all = count_of(t, "SELECT count(*) FROM hazard WHERE removed_at IS NULL"), outside = all;
            for (int i = 0; i < TALLY_SPANS; i++)
                memcpy(tally.spans[i], &ends[i], sizeof tally.spans[i]);
            must(list_tallies(db, &tally, 1, most, &t->arena, &err), &err);
            assert_int_equal(tally.total, all < most ? all : most);
            for (int i = 0; columns[c] && i < TALLY_SPANS; i++) {
                int64_t in =
                    must_count(t->house.store,
                               say(t, "SELECT count(*) FROM hazard WHERE removed_at IS NULL AND %s >= ? AND %s < ?",
                                   columns[c], columns[c]),
                               BIND(value_int(ends[i]), value_int(ends[i + 1])));
                assert_int_equal(tally.in[i], in < most ? in : most);
                outside -= in;
            }
            if (columns[c])
                assert_int_equal(tally.outside, outside);
        }
    store_reader_back(t->house.store, db);
}

/* Nearly every hazard is closed at last: the few of those that wait for something are found without a look at the others. */
static void what_waits_where_few_rows_have_a_field_is_found_in_an_index_of_those(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct db *db;
    size_t asked = 0;
    const struct oracle by_due = { .kind = &hazard_kind, .sort = waiting_sort(&hazard_kind) };
    static const enum who people[] = { OFFICE, COUNTY, GRID_A, SECTOR };
    must(store_reader(t->house.store, &db, &err), &err);
    for (size_t m = 0; m < hazard_kind.move_count; m++)
        for (size_t r = 0; r < COUNT(people) && waiting_index(&hazard_kind.moves[m]); r++) {
            const struct filter filter = { .todo = &hazard_kind.moves[m] };
            struct scope scope;
            struct list_query q = query_of(t, people[r], &by_due, &filter, &scope);
            const char *plan = list_explain(db, &q, &t->arena, &err);
            if (!plan)
                fail_msg("%s", err.en);
            const char *index = say(t, "INDEX hazard_waits_%s", waiting_index(&hazard_kind.moves[m])),
                       *page = strstr(plan, LIST_EXPLAINED);
            if (t->engine == STORE_SQLITE &&
                (!strstr(plan, index) || strstr(plan, index) > page || !strstr(page, index)))
                fail_msg("%s for %s:\n%s", hazard_kind.moves[m].name, town_names[people[r]], plan);
            asked++;
        }
    store_reader_back(t->house.store, db);
    assert_true(asked >= COUNT(people));
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_hundred_rows_of_every_kind_are_made),
        SAYS(all_pages_together_are_every_row_once_in_order),
        SAYS(filtered_pages_are_whole_too),
        SAYS(a_list_without_a_sort_comes_in_the_order_of_its_kind),
        SAYS(a_cursor_belongs_to_one_list_of_one_reader),
        SAYS(the_same_filter_in_another_order_keeps_its_cursor),
        SAYS(a_cursor_somebody_touched_is_refused),
        SAYS(a_sort_nobody_declared_is_refused),
        SAYS(a_capped_count_is_exact_below_the_cap),
        SAYS(spans_are_counted_to_the_end_of_a_long_list),
        SAYS(what_waits_where_few_rows_have_a_field_is_found_in_an_index_of_those),
    };
    return RUN_TOWNS(tests);
}
