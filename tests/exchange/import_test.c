/* Ledgers as offices send them, read by the same checks as the form; what was exported comes back unchanged. */
#include "domain/town.h"

#include "access/query.h"
#include "base/text.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "domain/object/major_hazard_source.h"
#include "domain/object/person.h"
#include "exchange/export.h"
#include "exchange/import.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const char *cases; /* the folder of the sheets */

struct answer {
    int64_t id;
    struct import_sum sum;
    json_t *json, *rows; /* the import, and all its rows */
};

static json_t *held(struct town *t, const char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    if (!t->held)
        t->held = json_array();
    json_array_append_new(t->held, json);
    return json;
}

static json_t *rows_of(struct town *t, struct db *db, enum who who, int64_t id)
{
    struct import_rows which = { .verdict = -1, .problem = -1, .limit = 100 };
    json_t *all = held(t, "[]");
    for (;;) {
        struct error err = { 0 };
        AUTO_TEXT text = TEXT_LIMIT(16 << 20);
        struct json j = { .out = &text };
        must(import_rows_put(&t->house, db, &t->people[who], id, &which, true, &j, &err), &err);
        json_t *page = held(t, text_get(&text));
        json_array_extend(all, json_object_get(page, "items"));
        const json_t *next = json_object_get(page, "next");
        if (json_is_null(next))
            return all;
        which.after = json_integer_value(next);
    }
}

static void tell(struct town *t, struct db *db, enum who who, struct answer *out)
{
    struct error err = { 0 };
    AUTO_TEXT text = TEXT_LIMIT(16 << 20);
    struct json j = { .out = &text };
    must(import_put(&t->house, db, &t->people[who], out->id, true, &j, &err), &err);
    must(import_sum(&t->house, out->id, &out->sum, &err), &err);
    out->json = held(t, text_get(&text));
    out->rows = rows_of(t, db, who, out->id);
    assert_int_equal(out->sum.rows, out->sum.imported + out->sum.duplicates + out->sum.rejected);
    assert_int_equal(json_integer_value(json_object_get(out->json, "rows")), out->sum.rows);
    assert_int_equal(json_array_size(out->rows), out->sum.rows);
}

static int check_fd(struct town *t, struct db *db, enum who who, const struct import_upload *upload,
                    enum import_duplicates duplicates, const char *cells, int64_t *id, struct error *err)
{
    static const char *const words[] = { "skip", "update", "new" };
    json_t *patch = held(t, say(t, "{\"duplicates\":\"%s\",\"cells\":%s}", words[duplicates], cells ? cells : "{}"));
    if (import_begin(&t->house, db, &t->people[who], upload, town_noon, true, id, err) < 0)
        return -1;
    return duplicates || cells ? import_correct(&t->house, db, &t->people[who], *id, patch, town_noon, err) : 0;
}

static int run_fd(struct town *t, enum who who, const struct kind *kind, int fd, bool dry,
                  enum import_duplicates duplicates, const char *cells, struct answer *out, struct error *err)
{
    struct db *db;
    struct import_upload upload = { kind, "ledger.csv", fd, lseek(fd, 0, SEEK_END) };
    *out = (struct answer){ 0 };
    must(store_reader(t->house.store, &db, err), err);
    int got = check_fd(t, db, who, &upload, duplicates, cells, &out->id, err);
    if (got == 0 && !dry &&
        (import_start(&t->house, &t->people[who], out->id, town_noon, err) < 0 ||
         import_wait(&t->house, out->id, err) < 0))
        got = -1;
    if (got == 0)
        tell(t, db, who, out);
    store_reader_back(t->house.store, db);
    if (got == 0)
        assert_int_equal(json_is_null(json_object_get(out->json, "receipt")), dry);
    return got;
}

static int file_of(const void *bytes, size_t size)
{
    int fd = memfd_create("sheet", MFD_CLOEXEC);
    assert_int_equal(write(fd, bytes, size), size);
    return fd;
}

static struct answer run_text(struct town *t, enum who who, const struct kind *kind, const char *sheet, bool dry,
                              enum import_duplicates duplicates)
{
    struct error err = { 0 };
    struct answer a;
    int fd = file_of(sheet, strlen(sheet));
    int got = run_fd(t, who, kind, fd, dry, duplicates, NULL, &a, &err);
    close(fd);
    must(got, &err);
    return a;
}

static const json_t *row_at(const struct answer *a, int64_t row)
{
    size_t i;
    json_t *one;
    json_array_foreach(a->rows, i, one) if (json_integer_value(json_object_get(one, "row")) == row) return one;
    fail_msg("there is no row %lld", (long long)row);
    return NULL;
}

static const json_t *problem_at(const struct answer *a, int64_t row, const char *field)
{
    size_t i;
    json_t *p;
    json_array_foreach(json_object_get(row_at(a, row), "problems"), i, p)
    {
        const char *name = json_string_value(json_object_get(p, "field"));
        if (name && strcmp(name, field) == 0)
            return p;
    }
    return NULL;
}

static size_t problem_count(const struct answer *a)
{
    size_t i, n = 0;
    json_t *row;
    json_array_foreach(a->rows, i, row) n += json_array_size(json_object_get(row, "problems"));
    return n;
}

static void expect_sum(const struct answer *a, int64_t imported, int64_t duplicates, int64_t rejected, int64_t pending)
{
    if (a->sum.imported != imported || a->sum.duplicates != duplicates || a->sum.rejected != rejected ||
        a->sum.pending != pending) {
        char *groups = json_dumps(json_object_get(a->json, "problem_groups"), JSON_INDENT(1));
        print_error("%s\n", groups);
        free(groups);
        fail_msg("imported %lld, duplicates %lld, rejected %lld, pending %lld", (long long)a->sum.imported,
                 (long long)a->sum.duplicates, (long long)a->sum.rejected, (long long)a->sum.pending);
    }
}

/* The group of problems a row's problem belongs to: the same words. */
static const json_t *group_of(const struct answer *a, const json_t *problem)
{
    size_t i;
    json_t *g;
    json_array_foreach(json_object_get(a->json, "problem_groups"), i,
                       g) if (json_equal(json_object_get(g, "field"), json_object_get(problem, "field")) &&
                              json_equal(json_object_get(g, "message"), json_object_get(problem, "message")) &&
                              json_equal(json_object_get(g, "level"), json_object_get(problem, "level"))) return g;
    fail_msg("a problem belongs to no group");
    return NULL;
}

/* ---- twenty dirty firms ---- */

static const struct {
    int64_t row;
    const char *letter, *field;
} told[] = {
    { 5, "C", "credit_code" }, { 8, "D", "region" }, { 9, "E", "sector" },      { 10, "C", "credit_code" },
    { 14, "B", "name" },       { 15, "G", "phone" }, { 17, "I", "founded_on" }, { 18, "H", "staff" },
    { 22, "B", "name" },       { 22, "G", "phone" }, /* all wrong cells of a row at once */
};

enum { DIRTY_IMPORTED = 8, DIRTY_DUPLICATES = 3, DIRTY_REJECTED = 9, DIRTY_PENDING = 2 };

static void expect_dirty(const struct answer *a)
{
    expect_sum(a, DIRTY_IMPORTED, DIRTY_DUPLICATES, DIRTY_REJECTED, DIRTY_PENDING);
    for (size_t i = 0; i < COUNT(told); i++) {
        const json_t *p = problem_at(a, told[i].row, told[i].field);
        if (!p)
            fail_msg("nothing is said about %s in row %lld", told[i].field, (long long)told[i].row);
        assert_string_equal(json_string_value(json_object_get(p, "letter")), told[i].letter);
        assert_true(json_string_length(json_object_get(p, "message")) > 10);
        assert_true(json_string_length(json_object_get(group_of(a, p), "header")) > 0);
    }
    assert_non_null(
        strstr(json_string_value(json_object_get(problem_at(a, 10, "credit_code"), "message")), "lost digits"));
    assert_int_equal(problem_count(a), COUNT(told));
    static const struct {
        int64_t row;
        const char *verdict;
    } verdicts[] = { { 3, "import" }, { 11, "duplicate" }, { 12, "duplicate" }, { 23, "duplicate" }, { 22, "reject" } };
    assert_int_equal(json_array_size(a->rows), 20);
    for (size_t i = 0; i < COUNT(verdicts); i++)
        assert_string_equal(json_string_value(json_object_get(row_at(a, verdicts[i].row), "verdict")),
                            verdicts[i].verdict);
}

static struct answer run_case(struct town *t, const char *name, bool dry, const char *cells)
{
    struct error err = { 0 };
    struct answer a;
    int fd = open(say(t, "%s/%s", cases, name), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    int got = run_fd(t, OFFICE, &enterprise_kind, fd, dry, IMPORT_SKIP, cells, &a, &err);
    close(fd);
    must(got, &err);
    return a;
}

struct store_sizes {
    int64_t firms, objects, history, words, files, once;
};

static struct store_sizes sizes_of(struct town *t)
{
    return (struct store_sizes){
        count_of(t, "SELECT count(*) FROM enterprise"), count_of(t, "SELECT count(*) FROM object"),
        count_of(t, "SELECT count(*) FROM history"),    count_of(t, "SELECT count(*) FROM search_doc"),
        count_of(t, "SELECT count(*) FROM file"),       count_of(t, "SELECT count(*) FROM idempotency")
    };
}

static void a_check_tells_all_and_stores_nothing(void **state)
{
    static const struct {
        const char *name, *encoding;
    } sheets[] = { { "enterprises-dirty.csv", "UTF-8" }, { "enterprises-dirty-gb18030.csv", "GB 18030" } };
    struct town *t = TOWN(state);
    struct store_sizes before = sizes_of(t);
    for (size_t i = 0; i < COUNT(sheets); i++) {
        struct answer a = run_case(t, sheets[i].name, true, NULL);
        expect_dirty(&a);
        assert_string_equal(json_string_value(json_object_get(json_object_get(a.json, "file"), "encoding")),
                            sheets[i].encoding);
    }
    struct store_sizes after = sizes_of(t);
    assert_memory_equal(&before, &after, sizeof before);
}

static const struct enterprise *firm_named(struct town *t, const char *name)
{
    return must_read(t, OFFICE, &enterprise_kind,
                     count_of(t, "SELECT id FROM enterprise WHERE name = '%s' AND removed_at IS NULL", name));
}

static void the_import_says_what_the_check_said(void **state)
{
    struct town *t = TOWN(state);
    int64_t before = count_of(t, "SELECT count(*) FROM enterprise");
    struct answer a = run_case(t, "enterprises-dirty-gb18030.csv", false, NULL);
    expect_dirty(&a);
    assert_int_equal(count_of(t, "SELECT count(*) FROM enterprise"), before + DIRTY_IMPORTED);
    assert_int_equal(count_of(t, "SELECT count(*) FROM enterprise WHERE import_id = %lld", (long long)a.id),
                     DIRTY_IMPORTED);
    assert_int_equal(count_of(t, "SELECT count(*) FROM history WHERE act = 'import' AND kind = 'enterprise'"),
                     DIRTY_IMPORTED);
    assert_int_equal(count_of(t, "SELECT imported FROM import WHERE id = %lld", (long long)a.id), DIRTY_IMPORTED);
    const struct enterprise *e = firm_named(t, "河口鑫旺家具厂");
    assert_int_equal(e->staff, 19);
    assert_int_equal(e->region, village_a2);
    assert_string_equal(e->sector, "INDUSTRY");
    assert_string_equal(e->phone, "13912340003");
    assert_int_equal(strspn(e->credit_code, "0123456789ABCDEFGHJKLMNPQRTUWXY"), 18);
    e = firm_named(t, "河口永固水泥制品厂");
    assert_int_equal(e->region, town_a);
    assert_int_equal(e->founded_on, 19787); /* 2024-03-05 */
    e = firm_named(t, "=1+1 商行");
    assert_int_equal(e->region, town_c);
    e = firm_named(t, "河口老五修车铺");
    assert_string_equal(e->no_code_reason, "ledger");
    e = firm_named(t, "北区兴隆商贸有限公司");
    assert_false(has(e, region));
    assert_int_equal(firm_named(t, "潮头滨海养老院")->region, village_b1);
}

static void the_second_run_imports_nothing(void **state)
{
    struct town *t = TOWN(state);
    int64_t history = count_of(t, "SELECT count(*) FROM history");
    struct answer a = run_case(t, "enterprises-dirty.csv", false, NULL);
    expect_sum(&a, 0, DIRTY_IMPORTED + DIRTY_DUPLICATES, DIRTY_REJECTED, 0);
    assert_int_equal(count_of(t, "SELECT count(*) FROM history"), history);
}

static void a_cell_corrected_in_place_is_read_as_corrected(void **state)
{
    struct town *t = TOWN(state);
    struct answer a = run_case(t, "enterprises-dirty.csv", false,
                               "{\"D8\":\"河口镇\",\"E9\":\"工贸\",\"H18\":\"30\",\"Z99\":\"x\",\"A1\":\"5\"}");
    expect_sum(&a, 3, DIRTY_IMPORTED + DIRTY_DUPLICATES, DIRTY_REJECTED - 3, 0);
    assert_int_equal(firm_named(t, "潮头和顺物流有限公司")->staff, 30);
}

/* ---- a check over the limit of one transaction agrees with the import ---- */

enum { LONG_ROWS = 1200 }; /* more than the first transaction takes */

static const char *long_sheet(struct town *t)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    text_str(&out, "企业名称,原系统编号,属地,行业领域,联系电话\n");
    for (int i = 0; i < LONG_ROWS; i++) {
        /* Every seventh repeats the number 210 rows before it; every thirteenth is wrong, also those that would be
        ** repeated: what was rejected is no duplicate of itself. */
        int n = i % 420 >= 210 && i % 7 == 0 ? i - 210 : i;
        text_printf(&out, "长表 %d,L-%d,河口镇,工贸,%s\n", i, n, i % 13 == 0 ? "12" : "");
    }
    return say(t, "%s", text_get(&out));
}

static void check_and_import_agree_over_many_chunks(void **state)
{
    struct town *t = TOWN(state);
    const char *sheet = long_sheet(t);
    struct answer dry = run_text(t, OFFICE, &enterprise_kind, sheet, true, IMPORT_SKIP);
    struct answer real = run_text(t, OFFICE, &enterprise_kind, sheet, false, IMPORT_SKIP);
    assert_int_equal(dry.sum.rows, LONG_ROWS);
    assert_int_equal(dry.sum.imported, real.sum.imported);
    assert_int_equal(dry.sum.duplicates, real.sum.duplicates);
    assert_int_equal(dry.sum.rejected, real.sum.rejected);
    assert_int_equal(dry.sum.pending, real.sum.pending);
    assert_true(real.sum.duplicates > 60 && real.sum.rejected == (LONG_ROWS + 12) / 13);
    assert_int_equal(count_of(t, "SELECT count(*) FROM enterprise WHERE external_no LIKE 'L-%%'"), real.sum.imported);
}

/* That it lies outside the scope is found when the object of the row stands already. */
static void a_row_refused_half_way_leaves_nothing_of_itself_and_all_of_the_others(void **state)
{
    struct town *t = TOWN(state);
    static const char sheet[] =
        "企业名称,属地\n半途一,河口镇\n半途界外,潮头街道\n半途二,河口镇\n半途也在界外,潮头街道\n"
        "半途一,河口镇\n半途三,河口镇\n";
    struct answer a = run_text(t, GRID_A, &enterprise_kind, sheet, false, IMPORT_SKIP);
    expect_sum(&a, 3, 1, 2, 3);
    assert_non_null(problem_at(&a, 3, "region"));
    assert_non_null(problem_at(&a, 5, "region"));
    assert_int_equal(count_of(t, "SELECT count(*) FROM enterprise WHERE name LIKE '半途%%'"), 3);
    assert_int_equal(count_of(t, "SELECT count(*) FROM object WHERE name LIKE '半途%%'"), 3);
    assert_int_equal(count_of(t, "SELECT count(*) FROM search_doc WHERE text LIKE '%%半途%%'"), 3);
    assert_int_equal(
        count_of(t,
                 "SELECT count(*) FROM history h JOIN enterprise e ON h.kind = 'enterprise' AND h.id = e.id "
                 "AND h.version = 1 WHERE e.name LIKE '半途%%' AND h.cause = 'import %lld'",
                 (long long)a.id),
        3);
}

/* ---- a whole tree of areas ---- */

enum { COUNTIES = 19, TOWNS = 180, VILLAGES = 1800, AREAS = 1 + COUNTIES + TOWNS + VILLAGES, AREAS_MOST_S = 10 };
static const int64_t new_city = 990700000000;
static const long long new_city_part = 9907; /* the digits its areas begin with */

static void say_area(struct text *out, int64_t code, int digits, const char *what, int n)
{
    char written[24];
    snprintf(written, sizeof written, "%lld", (long long)code);
    text_printf(out, "%.*s,%s%d\n", digits, written, what, n);
}

/* As such lists are published: short codes for what is above the towns, no word about parents. */
static const char *tree_sheet(struct town *t)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    text_str(&out, "区划代码,名称\n");
    say_area(&out, new_city, 4, "新市", 0);
    for (int i = 0; i < COUNTIES; i++)
        say_area(&out, new_city + (i + 1) * 1000000LL, 6, "新县", i);
    for (int i = 0; i < TOWNS; i++)
        say_area(&out, new_city + (i % COUNTIES + 1) * 1000000LL + (i / COUNTIES + 1) * 1000LL, 9, "新镇", i);
    for (int i = 0; i < VILLAGES; i++) {
        int town = i % TOWNS;
        say_area(&out, new_city + (town % COUNTIES + 1) * 1000000LL + (town / COUNTIES + 1) * 1000LL + i / TOWNS + 1,
                 12, "新村", i);
    }
    return say(t, "%s", text_get(&out));
}

static int64_t areas_of(struct town *t, const char *level)
{
    return count_of(t, "SELECT count(*) FROM region WHERE id / 100000000 = %lld AND level = '%s'", new_city_part,
                    level);
}

/* Whose parent is missing or is not the area one step up. */
static int64_t areas_lost(struct town *t)
{
    return count_of(t,
                    "SELECT count(*) FROM region r LEFT JOIN region p ON p.id = r.parent WHERE r.id / 100000000 = %lld "
                    "AND (p.id IS NULL OR p.level <> CASE r.level WHEN 'city' THEN 'province' WHEN 'county' THEN "
                    "'city' WHEN 'town' THEN 'county' ELSE 'town' END)",
                    new_city_part);
}

static void two_thousand_areas_come_in_as_a_tree_within_seconds(void **state)
{
    struct town *t = TOWN(state);
    const char *sheet = tree_sheet(t);
    clock_t began = clock(); /* of the processor: others are at the machine */
    struct answer a = run_text(t, OFFICE, &region_kind, sheet, false, IMPORT_SKIP);
    double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
    expect_sum(&a, AREAS, 0, 0, 0);
    if (seconds > AREAS_MOST_S)
        fail_msg("%d areas took %.1f s of the processor", AREAS, seconds);
    assert_int_equal(areas_of(t, "city"), 1);
    assert_int_equal(areas_of(t, "county"), COUNTIES);
    assert_int_equal(areas_of(t, "town"), TOWNS);
    assert_int_equal(areas_of(t, "village"), VILLAGES);
    assert_int_equal(areas_lost(t), 0);
    must_create(t, OFFICE, &enterprise_kind, /* and they are areas like others */
                "{\"name\":\"新村的厂\",\"no_code_reason\":\"new\",\"region\":\"990701001001\"}");
    struct answer again = run_text(t, OFFICE, &region_kind, sheet, false, IMPORT_SKIP);
    expect_sum(&again, 0, AREAS, 0, 0);
}

/* ---- scope ---- */

static void names_outside_the_scope_are_not_confirmed(void **state)
{
    struct town *t = TOWN(state);
    static const char sheet[] = "隐患内容,责任单位,排查日期\n"
                                "界内,河口化工有限公司,2026-03-01\n"
                                "界外,潮头化工有限公司,2026-03-01\n"
                                "没有,从来没有的公司,2026-03-01\n"
                                "编号界外,%lld,2026-03-01\n"
                                "编号没有,987654,2026-03-01\n";
    struct answer a = run_text(t, GRID_A, &hazard_kind, say(t, sheet, (long long)t->spots[FIRM_B1]), true, IMPORT_SKIP);
    expect_sum(&a, 1, 0, 4, 0);
    const char *const words[] = {
        json_string_value(json_object_get(problem_at(&a, 3, "object"), "message")),
        json_string_value(json_object_get(problem_at(&a, 4, "object"), "message")),
        json_string_value(json_object_get(problem_at(&a, 5, "object"), "message")),
        json_string_value(json_object_get(problem_at(&a, 6, "object"), "message")),
    };
    assert_string_equal(words[0], words[1]);
    assert_string_equal(words[2], words[3]);
    /* A firm of the same name outside is no duplicate; one outside the own area cannot be made. */
    static const char firms[] = "企业名称,属地\n潮头商业广场,河口镇\n新来的,潮头街道\n无属地的,\n";
    a = run_text(t, GRID_A, &enterprise_kind, firms, true, IMPORT_SKIP);
    expect_sum(&a, 1, 0, 2, 1);
    assert_non_null(problem_at(&a, 3, "region"));
}

static void who_may_not_import_is_refused(void **state)
{
    struct town *t = TOWN(state);
    static const char sheet[] = "隐患内容,责任单位,排查日期\n只看,河口化工有限公司,2026-03-01\n";
    struct answer a = run_text(t, READER, &hazard_kind, sheet, true, IMPORT_SKIP);
    struct error err = { 0 };
    int64_t before = count_of(t, "SELECT count(*) FROM hazard");
    expect_sum(&a, 0, 0, 1, 0);
    must(import_start(&t->house, &t->people[READER], a.id, town_noon, &err), &err);
    assert_int_equal(import_wait(&t->house, a.id, &err), -1);
    assert_non_null(strstr(err.en, "not entitled"));
    assert_int_equal(count_of(t, "SELECT count(*) FROM hazard"), before);
}

/* ---- updating ---- */

static void an_update_changes_what_differs_and_nothing_else(void **state)
{
    struct town *t = TOWN(state);
    static const char sheet[] = "企业名称,原系统编号,属地,行业领域,职工人数,备注\n"
                                "更新一,U-1,河口镇,工贸,5,旧\n更新二,U-2,河口镇,工贸,6,旧\n",
                      again[] = "企业名称,原系统编号,属地,行业领域,职工人数,备注\n"
                                "更新一,U-1,河口镇,工贸,5,旧\n更新二,U-2,河口镇,工贸,7,\n更新三,U-3,河口镇,工贸,8,\n";
    run_text(t, OFFICE, &enterprise_kind, sheet, false, IMPORT_SKIP);
    struct answer a = run_text(t, OFFICE, &enterprise_kind, again, false, IMPORT_UPDATE);
    expect_sum(&a, 1, 2, 0, 1);
    const struct enterprise *one = firm_named(t, "更新一"), *two = firm_named(t, "更新二");
    assert_int_equal(one->is.version, 1);
    assert_int_equal(two->is.version, 2);
    assert_int_equal(two->staff, 7);
    assert_string_equal(two->remark, "旧"); /* an empty cell says nothing */
    a = run_text(t, OFFICE, &enterprise_kind, again, false, IMPORT_NEW);
    expect_sum(&a, 0, 0, 3, 0); /* the number is taken */
    /* A reader of the rows who may not change them: told, not done. */
    a = run_text(t, VILLAGE, &enterprise_kind, "企业名称,原系统编号,属地\n河口化工有限公司,,河口社区\n", true,
                 IMPORT_UPDATE);
    expect_sum(&a, 0, 0, 1, 0);
}

/* ---- there and back ---- */

static enum export_format export_format = EXPORT_CSV;

static int export_fd(struct town *t, enum who who, const struct kind *kind, const char *columns, bool english,
                     int64_t *rows)
{
    struct error err = { 0 };
    struct scope scope;
    struct filter filter = { 0 };
    struct db *db;
    struct export_sum sum = { 0 };
    scope_compile(&t->people[who], kind, verb_bit("read") | verb_bit("export"), &scope);
    struct list_query q = { .kind = kind, .actor = &t->people[who], .scope = &scope, .filter = &filter, .sort = "id" };
    must(store_reader(t->house.store, &db, &err), &err);
    struct export_order order = {
        .db = db, .query = &q, .columns = columns, .english = english, .format = export_format
    };
    must(export_file(&order.fd, &err), &err);
    int got = export_run(&order, &sum, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    *rows = sum.rows;
    return order.fd;
}

static const char *const strange[] = {
    "-5",         "+8613912345678",    "=1+1", "@x", "007", "'quoted", "''x",   "a,b",
    "say \"so\"", "1.2E+17",           "-",    "无", "/",   "  ",      "a\\nb", "“引号”",
    "2024.3.5",   "91990102MA9T000119"
};

static const char all_of_hazard[] =
    "description,level,state,object,found_on,due,responsible,location,place,source,category,"
    "external_no,external_type,finder,fine,measures,recheck_on,rechecker";

static void expect_round_trip(struct town *t, const struct kind *kind, const char *columns, bool english)
{
    struct error err = { 0 };
    struct answer a;
    int64_t rows;
    int fd = export_fd(t, OFFICE, kind, columns, english, &rows);
    int64_t history = count_of(t, "SELECT count(*) FROM history");
    int64_t count = count_of(t, "SELECT count(*) FROM %s WHERE removed_at IS NULL", kind->name);
    assert_int_equal(rows, count);
    const enum import_duplicates ways[] = { IMPORT_SKIP, IMPORT_UPDATE };
    for (size_t i = 0; i < COUNT(ways); i++)
        for (int dry = 1; dry >= 0; dry--) {
            must(run_fd(t, OFFICE, kind, fd, dry, ways[i], NULL, &a, &err), &err);
            expect_sum(&a, 0, count, 0, 0);
        }
    close(fd);
    assert_int_equal(count_of(t, "SELECT count(*) FROM history"), history);
    assert_int_equal(count_of(t, "SELECT count(*) FROM %s WHERE removed_at IS NULL", kind->name), count);
}

static void what_was_exported_imports_back_unchanged(void **state)
{
    struct town *t = TOWN(state);
    for (size_t i = 0; i < COUNT(strange); i++) {
        json_t *hazard =
            json_pack("{s:s, s:s, s:I, s:s, s:s}", "description", say(t, "内容 %zu", i), "location", strange[i],
                      "object", (json_int_t)t->spots[i % TOWN_SPOTS], "found_on", "2026-03-01", "source", "grid");
        if (i % 2)
            json_object_set_new(hazard, "external_no", json_string(say(t, "%s/%zu", strange[i], i)));
        must_create(t, OFFICE, &hazard_kind, said(t, hazard));
        json_t *firm = json_pack(
            "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:b, s:o, s:o}", "name", say(t, "往返 %zu", i), "address",
            strange[i], "remark", strange[i], "no_code_reason", "new", "region", "990102001001", "phone", "13911112222",
            "founded_on", "1969-12-31", "capital", (int)i * 333, "floor_area", "0.10", "insured", (int)i % 2, "flags",
            json_pack("[s,s]", "DUST", "CONF"), "place", json_pack("{s:s,s:s}", "lon", "120.3500001", "lat", "36.1"));
        must_create(t, OFFICE, &enterprise_kind, said(t, firm));
    }
    must_create(
        t, OFFICE, &enterprise_kind,
        "{\"name\":\"有明细的单位\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"sites\":[{\"name\":"
        "\"一店 | "
        "东\",\"used_for\":\"反\\\\斜杠\"},{\"name\":\"二店\",\"place\":{\"lon\":\"120.35\",\"lat\":\"36.1\"}}],"
        "\"safety_costs\":[{\"year\":2025,\"required\":1234567}]}");
    for (size_t i = 0; i < 3; i++)
        must_create(
            t, OFFICE, &person_kind,
            say(t,
                "{\"object\":%lld,\"name\":\"学员%zu\",\"category\":\"worker\",\"trainings\":["
                "{\"held_on\":\"2024-01-05\",\"purpose\":\"initial\",\"hours\":\"71.5\",\"topic\":\"=1+1\",\"passed\":"
                "true},{\"held_on\":\"2025-06-01\",\"purpose\":\"yearly\",\"hours\":\"20.0\"}]}",
                (long long)t->spots[FIRM_A1], i));
    must_create(t, OFFICE, &major_hazard_source_kind,
                say(t,
                    "{\"object\":%lld,\"name\":\"罐区\",\"unit_type\":\"storage\",\"people\":60,\"inventory\":["
                    "{\"good\":\"ammonia\",\"tonnes\":\"8.125\"},{\"good\":\"chlorine\",\"tonnes\":\"2\",\"product\":"
                    "\"液氯\"}]}",
                    (long long)t->spots[FIRM_A1]));
    /* Two of one name and without any number: known by the record's own. */
    must_create(t, OFFICE, &enterprise_kind,
                "{\"name\":\"往返 1\",\"no_code_reason\":\"new\",\"region\":\"990102002001\"}");
    must_move(t, OFFICE, must_hazard(t, OFFICE, t->spots[FIRM_A1], "已定级"), "classify", "{\"level\":\"general\"}");
    for (int english = 0; english < 2; english++) {
        expect_round_trip(t, &hazard_kind, NULL, english);
        expect_round_trip(t, &hazard_kind, all_of_hazard, english);
        expect_round_trip(t, &hazard_kind, "row,number,location,description", english);
        expect_round_trip(t, &enterprise_kind, NULL, english);
        expect_round_trip(t, &facility_kind, NULL, english);
        for (int book = 0; book < 2; book++) {
            export_format = book ? EXPORT_XLSX : EXPORT_CSV;
            expect_round_trip(t, &enterprise_kind, "name,region,sites,safety_costs", english);
            expect_round_trip(t, &person_kind, NULL, english);
            expect_round_trip(t, &major_hazard_source_kind, NULL, english);
        }
        export_format = EXPORT_CSV;
    }
}

static const char *read_all(struct town *t, int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = arena_alloc(&t->arena, (size_t)size + 1);
    assert_int_equal(pread(fd, text, (size_t)size, 0), size);
    return text;
}

/* What was edited in the exported sheet is taken over by number; what somebody else changed meanwhile is not lost. */
static void an_edited_export_updates_by_number_and_never_over_newer_work(void **state)
{
    struct town *t = TOWN(state);
    int64_t rows, one = must_hazard(t, OFFICE, t->spots[FIRM_A1], "改前甲"),
                  two = must_hazard(t, OFFICE, t->spots[FIRM_A1], "改前乙");
    int fd = export_fd(t, OFFICE, &hazard_kind, all_of_hazard, false, &rows);
    AUTO_TEXT edited = TEXT_LIMIT(1 << 20);
    for (const char *at = read_all(t, fd); *at;) {
        static const char was[] = "改前";
        bool here = strncmp(at, was, strlen(was)) == 0;
        text_str(&edited, here ? "改后" : "");
        text_add(&edited, here ? "" : at, here ? 0 : 1);
        at += here ? strlen(was) : 1;
    }
    close(fd);
    must_patch(t, OFFICE, &hazard_kind, two, "{\"location\":\"别人刚改\"}");
    struct answer a = run_text(t, OFFICE, &hazard_kind, text_get(&edited), false, IMPORT_UPDATE);
    expect_sum(&a, 0, rows - 1, 1, 0);
    const struct hazard *h = must_read(t, OFFICE, &hazard_kind, one);
    assert_string_equal(h->description, "改后甲");
    assert_int_equal(h->is.version, 2);
    h = must_read(t, OFFICE, &hazard_kind, two);
    assert_string_equal(h->description, "改前乙");
    assert_string_equal(h->location, "别人刚改");
}

static const char *with(struct town *t, const char *text, const char *was, const char *is)
{
    const char *at = strstr(text, was);
    assert_non_null(at);
    return say(t, "%.*s%s%s", (int)(at - text), text, is, at + strlen(was));
}

/* The lines of a record stand in one cell: edited there they are replaced together, and taken back together. */
static void lines_are_edited_in_their_cell_and_undone_with_the_import(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t rows, id = must_create(t, OFFICE, &person_kind,
                                   say(t,
                                       "{\"object\":%lld,\"name\":\"改学时\",\"category\":\"worker\",\"trainings\":["
                                       "{\"held_on\":\"2024-01-05\",\"purpose\":\"initial\",\"hours\":\"77.5\"},"
                                       "{\"held_on\":\"2025-06-01\",\"purpose\":\"yearly\",\"hours\":\"20.0\"}]}",
                                       (long long)t->spots[FIRM_A1]));
    int fd = export_fd(t, OFFICE, &person_kind, "name,trainings", false, &rows);
    const char *sheet = read_all(t, fd);
    close(fd);
    struct answer bad = run_text(t, OFFICE, &person_kind, with(t, sheet, "77.5", "很多"), true, IMPORT_UPDATE);
    expect_sum(&bad, 0, rows - 1, 1, 0);
    problem_at(&bad, 1 + rows, "trainings.1.hours");
    struct answer a = run_text(t, OFFICE, &person_kind, with(t, sheet, "77.5", "66.5"), false, IMPORT_UPDATE);
    expect_sum(&a, 0, rows, 0, 0);
    const struct person *p = must_read(t, OFFICE, &person_kind, id);
    assert_int_equal(p->trainings->count, 2);
    assert_int_equal(((const struct training *)p->trainings->rows)[0].hours, 665);
    must(import_undo(&t->house, &t->people[OFFICE], a.id, &err), &err);
    must(import_wait(&t->house, a.id, &err), &err);
    p = must_read(t, OFFICE, &person_kind, id);
    assert_int_equal(p->trainings->count, 2);
    assert_int_equal(((const struct training *)p->trainings->rows)[0].hours, 775);
}

static void a_number_outside_the_scope_is_no_number(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_B1], "界外编号");
    const char *sheet = say(
        t, "编号,隐患内容,责任单位,排查日期,版本\n2026-%06lld,抢编号,河口化工有限公司,2026-03-01,1\n", (long long)id);
    struct answer a = run_text(t, GRID_A, &hazard_kind, sheet, false, IMPORT_UPDATE);
    expect_sum(&a, 1, 0, 0, 0);
    const struct hazard *h = must_read(t, OFFICE, &hazard_kind, id);
    assert_string_equal(h->description, "界外编号");
}

/* ---- ledgers as offices keep them ---- */

static void an_old_ledger_brings_its_states_and_names(void **state)
{
    struct town *t = TOWN(state);
    /* A title, a header over two rows, a person without an account, a line of totals. */
    static const char sheet[] = "北区隐患台账,,,,,,\n"
                                "隐患内容,责任单位,排查日期,整改情况,,复查人,隐患状态\n"
                                ",,,整改期限,责任人,,\n"
                                "旧台账甲,河口化工有限公司,2026-01-05,2026-01-20,王老五,李老六,已销号\n"
                                "旧台账乙,河口化工有限公司,2026-01-05,2026-02-20,,,整改中\n"
                                "合计,2,,,,,\n";
    struct answer a = run_text(t, OFFICE, &hazard_kind, sheet, false, IMPORT_SKIP);
    assert_int_equal(json_integer_value(json_object_get(a.json, "header_row")), 2);
    assert_int_equal(json_integer_value(json_object_get(a.json, "header_rows")), 2);
    expect_sum(&a, 2, 0, 0, 0);
    const struct hazard *h =
        must_read(t, OFFICE, &hazard_kind, count_of(t, "SELECT id FROM hazard WHERE description = '旧台账甲'"));
    assert_int_equal(h->state, HAZARD_CLOSED);
    assert_string_equal(h->responsible_name, "王老五");
    assert_string_equal(h->rechecker_name, "李老六");
    assert_false(has(h, rechecker));
    h = must_read(t, OFFICE, &hazard_kind, count_of(t, "SELECT id FROM hazard WHERE description = '旧台账乙'"));
    assert_int_equal(h->state, HAZARD_RECTIFYING);
}

/* One shape for all rows: what only a major hazard has stands in the rows of general ones too. */
static void a_cell_that_goes_with_another_choice_is_left_out_and_the_row_is_read(void **state)
{
    struct town *t = TOWN(state);
    const struct hazard *h;
    const char *sheet = "隐患内容,责任单位,排查日期,隐患级别,判定依据,治理目标,治理方案签署日期\n"
                        "一般甲,%s,2026-03-01,一般隐患,,限期消除,2026-03-02\n"
                        "重大乙,%s,2026-03-01,重大隐患,HC-1,限期消除,2026-03-02\n"
                        "未定级丙,%s,2026-03-01,,,限期消除,\n"
                        "级别写错丁,%s,2026-03-01,特大,,限期消除,\n"
                        "一般戊,%s,2026-03-01,一般隐患,,,\n";
    const struct enterprise *firm = must_read(t, OFFICE, &enterprise_kind, t->spots[FIRM_A1]);
    sheet = say(t, sheet, firm->name, firm->name, firm->name, firm->name, firm->name);
    for (int dry = 1; dry >= 0; dry--) {
        struct answer a = run_text(t, OFFICE, &hazard_kind, sheet, dry, IMPORT_SKIP);
        expect_sum(&a, 4, 0, 1, 0);
        assert_int_equal(json_array_size(json_object_get(row_at(&a, 2), "problems")), 2);
        const json_t *p = problem_at(&a, 2, "plan_goal");
        assert_string_equal(json_string_value(json_object_get(p, "level")), "warning");
        assert_string_equal(json_string_value(json_object_get(p, "letter")), "F");
        assert_int_equal(json_integer_value(json_object_get(group_of(&a, p), "count")), 2); /* and that of row 4 */
        assert_true(json_is_null(json_object_get(group_of(&a, p), "remedy")));
        assert_non_null(problem_at(&a, 2, "plan_signed_on"));
        assert_int_equal(json_array_size(json_object_get(row_at(&a, 3), "problems")), 0);
        assert_non_null(problem_at(&a, 4, "plan_goal"));
        /* Of a level that is none nothing follows: that is told alone. */
        assert_int_equal(json_array_size(json_object_get(row_at(&a, 5), "problems")), 1);
        assert_non_null(problem_at(&a, 5, "level"));
        assert_int_equal(json_array_size(json_object_get(row_at(&a, 6), "problems")), 0);
    }
    h = must_read(t, OFFICE, &hazard_kind, count_of(t, "SELECT id FROM hazard WHERE description = '一般甲'"));
    assert_false(has(h, plan_goal));
    assert_false(has(h, plan_signed_on));
    h = must_read(t, OFFICE, &hazard_kind, count_of(t, "SELECT id FROM hazard WHERE description = '重大乙'"));
    assert_string_equal(h->plan_goal, "限期消除");
}

/* What makes a row a major one is asked of a ledger as it is of a person. */
static void a_ledger_names_what_a_major_hazard_is_judged_by(void **state)
{
    struct town *t = TOWN(state);
    static const char sheet[] = "隐患内容,责任单位,排查日期,隐患级别,判定依据,发现方式\n"
                                "库内条款,河口化工有限公司,2026-01-05,重大隐患,HC-1,网格巡查\n"
                                "库外标准,河口化工有限公司,2026-01-05,重大隐患,GB 35181-2025 第6.2条,网格巡查\n"
                                "随口一说,河口化工有限公司,2026-01-05,重大隐患,x,网格巡查\n"
                                "还没生效,河口化工有限公司,2023-05-14,重大隐患,GM-13-2,网格巡查\n"
                                "一般隐患,河口化工有限公司,2026-01-05,一般隐患,厂规第3条,网格巡查\n";
    struct answer a = run_text(t, OFFICE, &hazard_kind, sheet, false, IMPORT_SKIP);
    expect_sum(&a, 3, 0, 2, 0);
    assert_non_null(problem_at(&a, 4, "clause"));
    assert_non_null(problem_at(&a, 5, "clause"));
}

static void an_area_in_three_columns_is_one(void **state)
{
    struct town *t = TOWN(state);
    struct answer a =
        run_text(t, OFFICE, &enterprise_kind,
                 "企业名称,县区,乡镇,村居\n三列一厂,北区,河口镇,河口社区\n三列二厂,北区,河口镇,\n", false, IMPORT_SKIP);
    expect_sum(&a, 2, 0, 0, 2);
    assert_int_equal(firm_named(t, "三列一厂")->region, village_a1);
    assert_int_equal(firm_named(t, "三列二厂")->region, town_a);
}

/* What is read from the heads of a sheet, and whether somebody has to look at it. */
static void a_head_that_is_the_name_of_a_field_is_no_guess(void **state)
{
    static const struct {
        const char *header, *field;
        bool guessed;
    } heads[] = {
        { "企业名称", "name", false },  { "Area", "region", false },  { " 备注 ", "remark", false },
        { "所属区划", "region", true }, { "单位名称", "name", true }, { "联系电话（手机）", "phone", true },
        { "职工人数", "staff", true },  { "属地", "region", false },  { "天气", NULL, true },
    };
    struct town *t = TOWN(state);
    for (size_t i = 0; i < COUNT(heads); i++) {
        struct answer a = run_text(t, OFFICE, &enterprise_kind,
                                   say(t, "统一社会信用代码,%s,地址\n1,2,3\n", heads[i].header), true, IMPORT_SKIP);
        const json_t *c = json_array_get(json_object_get(a.json, "columns"), 1);
        if (heads[i].field)
            assert_string_equal(json_string_value(json_object_get(c, "field")), heads[i].field);
        else
            assert_true(json_is_null(json_object_get(c, "field")));
        if (json_is_true(json_object_get(c, "guessed")) != heads[i].guessed && heads[i].field)
            fail_msg("%s", heads[i].header);
    }
}

static const char *field_read_from(struct town *t, const struct kind *kind, const char *header)
{
    struct answer a = run_text(t, OFFICE, kind, say(t, "编号列,%s\n1,2\n", header), true, IMPORT_SKIP);
    return json_string_value(json_object_get(json_array_get(json_object_get(a.json, "columns"), 1), "field"));
}

/* Ten hazards of one firm are ten rows with its number: taken for their own, nine of them would be repeated. */
static void the_number_of_a_firm_says_whose_a_hazard_is(void **state)
{
    struct town *t = TOWN(state);
    static const char *const heads[] = { "企业编号", "enterprise_no" };
    for (size_t i = 0; i < COUNT(heads); i++) {
        assert_string_equal(field_read_from(t, &enterprise_kind, heads[i]), "external_no");
        assert_string_equal(field_read_from(t, &hazard_kind, heads[i]), "object");
    }
}

static void what_is_staged_is_cleared_away_after_a_week(void **state)
{
    struct town *t = TOWN(state);
    static const char sheet[] = "企业名称,属地\n一周前,河口镇\n";
    struct answer run = run_text(t, OFFICE, &enterprise_kind, sheet, false, IMPORT_SKIP),
                  only = run_text(t, OFFICE, &enterprise_kind, sheet, true, IMPORT_SKIP);
    const char *file = say(t, "%s/imports/%lld.rows", t->house.folder, (long long)run.id);
    import_tidy(&t->house, town_noon + IMPORT_KEPT_MS);
    assert_int_equal(access(file, F_OK), 0);
    import_tidy(&t->house, town_noon + IMPORT_KEPT_MS + 1);
    assert_int_equal(access(file, F_OK), -1);
    assert_int_equal(count_of(t, "SELECT count(*) FROM import WHERE settings IS NOT NULL"), 0);
    struct error err = { 0 };
    must(import_sum(&t->house, run.id, &run.sum, &err), &err);
    assert_string_equal(run.sum.state, "imported");
    assert_int_equal(run.sum.imported, 1);
    must(import_sum(&t->house, only.id, &only.sum, &err), &err);
    assert_string_equal(only.sum.state, "discarded");
    /* The receipt still takes it back. */
    must(import_undo(&t->house, &t->people[OFFICE], run.id, &err), &err);
    must(import_wait(&t->house, run.id, &err), &err);
    must(import_sum(&t->house, run.id, &run.sum, &err), &err);
    assert_string_equal(run.sum.state, "undone");
    assert_int_equal(run.sum.undone, 1);
}

int main(int count, char **args)
{
    static const struct both tests[] = {
        SAYS(a_check_tells_all_and_stores_nothing),
        SAYS(the_import_says_what_the_check_said),
        SAYS(the_second_run_imports_nothing),
        SAYS(a_cell_corrected_in_place_is_read_as_corrected),
        SAYS(a_row_refused_half_way_leaves_nothing_of_itself_and_all_of_the_others),
        SAYS(names_outside_the_scope_are_not_confirmed),
        SAYS(who_may_not_import_is_refused),
        SAYS(an_update_changes_what_differs_and_nothing_else),
        SAYS(what_was_exported_imports_back_unchanged),
        SAYS(lines_are_edited_in_their_cell_and_undone_with_the_import),
        SAYS(an_edited_export_updates_by_number_and_never_over_newer_work),
        SAYS(a_number_outside_the_scope_is_no_number),
        SAYS(an_old_ledger_brings_its_states_and_names),
        SAYS(a_cell_that_goes_with_another_choice_is_left_out_and_the_row_is_read),
        SAYS(a_ledger_names_what_a_major_hazard_is_judged_by),
        SAYS(an_area_in_three_columns_is_one),
        SAYS(a_head_that_is_the_name_of_a_field_is_no_guess),
        SAYS(the_number_of_a_firm_says_whose_a_hazard_is),
        SAYS(what_is_staged_is_cleared_away_after_a_week),
        SAYS(two_thousand_areas_come_in_as_a_tree_within_seconds),
        SAYS(check_and_import_agree_over_many_chunks), /* the last: its firms are many */
    };
    if (count != 2) {
        fprintf(stderr, "usage: import_test FOLDER_OF_CASES\n");
        return 2;
    }
    cases = args[1];
    return RUN_TOWNS(tests);
}
