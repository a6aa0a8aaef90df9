/* Export and import over the interface. */
#include "api/office.h"

#include "base/text.h"
#include "exchange/csv.h"
#include "geo/datum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char header[] = "企业名称,统一社会信用代码,所属乡镇,联系电话,职工人数\n";

/* Uploaded and checked. */
static struct reply *check(struct office *o, enum who who, const char *sheet)
{
    return ASK(o, .who = who, .method = "POST", .path = "/api/v1/enterprises/import?name=台账.csv", .body = sheet,
               .type = "text/csv");
}

static long long id_of(const struct reply *r)
{
    return number_at(r, "id");
}

static struct reply *correct(struct office *o, enum who who, const struct reply *r, const char *what)
{
    return patch(o, who, 0, what, "/api/v1/imports/%lld", id_of(r));
}

static struct reply *rows_of(struct office *o, enum who who, const struct reply *r, const char *query)
{
    return get(o, who, "/api/v1/imports/%lld/rows?%s", id_of(r), query);
}

/* What was checked is imported, to its end. */
static struct reply *run(struct office *o, enum who who, const struct reply *r)
{
    expect(post(o, who, "{}", "/api/v1/imports/%lld/run", id_of(r)), 200);
    work_off(o);
    return expect(get(o, who, "/api/v1/imports/%lld", id_of(r)), 200);
}

static struct reply *import(struct office *o, enum who who, const char *duplicates, const char *sheet)
{
    struct reply *r = expect(check(o, who, sheet), 201);
    if (duplicates)
        r = expect(correct(o, who, r, say(o, "{\"duplicates\":\"%s\"}", duplicates)), 200);
    r = run(o, who, r);
    assert_string_equal(text_at(r, "state"), "imported");
    return r;
}

static void check_sums(const struct reply *r, int64_t rows, int64_t imported, int64_t duplicates, int64_t rejected)
{
    assert_int_equal(number_at(r, "rows"), rows);
    assert_int_equal(number_at(r, "imported"), imported);
    assert_int_equal(number_at(r, "duplicates_found"), duplicates);
    assert_int_equal(number_at(r, "rejected"), rejected);
}

static int64_t firms(struct office *o)
{
    return count_rows(o, "SELECT count(*) FROM enterprise");
}

/* ---- export ---- */

static size_t lines_of(const struct reply *r)
{
    size_t lines = 0;
    for (const char *now = r->body; (now = memchr(now, '\n', (size_t)(r->body + r->size - now))) != NULL; now++)
        lines++;
    return lines;
}

static void an_export_has_the_rows_of_the_list_for_each_person_and_filter(void **state)
{
    static const char *const filters[] = { "", "state=found", "enterprise.sector=HAZCHEM", "q=电", "removed=true" };
    struct office *o = OFFICE(state);
    for (enum who who = OFFICE; who < OFFICER; who++)
        for (size_t i = 0; i < COUNT(filters); i++) {
            struct reply *list = expect(get(o, who, "/api/v1/hazards?count=exact&limit=1&%s", filters[i]), 200);
            struct reply *sheet = expect(get(o, who, "/api/v1/hazards/export?%s", filters[i]), 200);
            assert_int_equal(lines_of(sheet), number_at(list, "total.count") + 1);
        }
    expect_code(get(o, OFFICER, "/api/v1/hazards/export"), 403, "verb.missing");
}

static void an_export_is_a_file_a_spreadsheet_opens(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(get(o, OFFICE, "/api/v1/enterprises/export?columns=name,staff"), 200);
    static const char start[] = "\xef\xbb\xbf企业名称,从业人数（人）,编号,版本\r\n";
    assert_int_equal(strncmp(r->body, start, strlen(start)), 0);
    assert_string_equal(r->rs.type, "text/csv; charset=utf-8");
    assert_int_equal(
        strncmp(header_of(r, "Content-Disposition"), "attachment; filename*=UTF-8''%E4%BC%81%E4%B8%9A-", 45), 0);
    expect_field(get(o, OFFICE, "/api/v1/enterprises/export?columns=name,nothing"), "columns");
    expect_field(get(o, OFFICE, "/api/v1/enterprises/export?columns=key_persons"), "columns");
    r = ASK(o, .who = OFFICE, .method = "GET", .path = "/api/v1/enterprises/export?columns=name",
            .headers = "Accept-Language: en");
    assert_int_equal(strncmp(r->body, "\xef\xbb\xbfName,Number,Version\r\n", 24), 0);
}

static void what_looks_like_a_formula_leaves_as_text_and_comes_back_unchanged(void **state)
{
    static const char *const names[] = { "=1+1厂", "@SUM厂", "+8613厂", "-5厂", "=cmd|' /C calc'!A0", "\\t=厂" };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(names); i++) {
        json_t *body = json_pack("{s:s, s:s, s:s, s:s}", "name", names[i], "no_code_reason", "new", "region",
                                 "990102001001", "remark", "公式");
        char *text = json_dumps(body, 0);
        expect(post(o, OFFICE, text, "/api/v1/enterprises"), 201);
        free(text);
        json_decref(body);
    }
    struct reply *r = expect(get(o, OFFICE, "/api/v1/enterprises/export?columns=name,no_code_reason,region&q=厂"), 200);
    for (size_t i = 0; i < 4; i++) {
        assert_non_null(memmem(r->body, r->size, say(o, "\n'%s", names[i]), strlen(names[i]) + 2));
        assert_null(memmem(r->body, r->size, say(o, "\n%s", names[i]), strlen(names[i]) + 1));
    }
    struct reply *back = expect(check(o, OFFICE, r->body), 201);
    assert_int_equal(number_at(back, "duplicates_found"),
                     number_at(back, "rows")); /* every row is recognised as itself */
}

static void personal_numbers_leave_masked(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(post(o, OFFICE,
                                  "{\"name\":\"打码厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\","
                                  "\"phone\":\"13612345678\",\"head_id_number\":\"11010519491231002X\"}",
                                  "/api/v1/enterprises"),
                             201);
    expect_silent(r, "13612345678");
    static const char *const doors[] = { "/api/v1/enterprises/export", "/api/v1/enterprises",
                                         "/api/v1/enterprises?phone=13612345678", "/api/v1/search?q=打码厂" };
    for (size_t i = 0; i < COUNT(doors); i++) {
        struct reply *said = expect(get(o, OFFICE, "%s", doors[i]), 200);
        expect_silent(said, "13612345678");
        expect_silent(said, "11010519491231002X");
    }
    /* The whole number finds its owner for who may see it in clear, and is not said back. */
    struct reply *by_phone = expect(get(o, OFFICE, "/api/v1/search?q=13612345678"), 200);
    assert_int_equal(count_at(by_phone, "items"), 1);
    expect_silent(by_phone, "13612345678");
    assert_int_equal(count_at(get(o, OFFICE, "/api/v1/enterprises?q=13612345678"), "items"), 0);
    assert_int_equal(count_at(get(o, OFFICE, "/api/v1/enterprises?phone=5678"), "items"), 1);
    int64_t looked = count_rows(o, "SELECT count(*) FROM audit WHERE act = 'unmask'");
    struct reply *clear = expect(
        post(o, OFFICE, "{\"field\":\"phone\"}", "/api/v1/enterprises/%lld/unmask", (long long)number_at(r, "id")),
        200);
    assert_string_equal(text_at(clear, "value"), "13612345678");
    assert_int_equal(count_rows(o, "SELECT count(*) FROM audit WHERE act = 'unmask'"), looked + 1);
    expect_field(
        post(o, OFFICE, "{\"field\":\"name\"}", "/api/v1/enterprises/%lld/unmask", (long long)number_at(r, "id")),
        "field");
}

/* ---- import ---- */

static void a_check_tells_everything_and_stores_nothing(void **state)
{
    struct office *o = OFFICE(state);
    const char *sheet = say(o,
                            "%s甲一厂,91350100M000100Y43,临河镇,13800000001,20\n甲二厂,91350100M000100Y44,临河镇,,\n"
                            "甲三厂,,没有这个镇,123,-5\n甲一厂,91350100M000100Y43,临河镇,,\n甲四厂,,,,\n",
                            header);
    int64_t before = firms(o), history = count_rows(o, "SELECT count(*) FROM history");
    struct reply *r = expect(check(o, OFFICE, sheet), 201);
    check_sums(r, 5, 2, 1, 2);
    assert_string_equal(text_at(r, "state"), "checked");
    assert_int_equal(number_at(r, "pending"), 2);
    assert_true(json_is_null(at(r, "receipt")));
    assert_true(json_is_null(at(r, "undo")));
    assert_string_equal(text_at(r, "file.name"), "台账.csv");
    assert_string_equal(text_at(r, "columns.1.field"), "credit_code");
    assert_string_equal(text_at(r, "columns.0.samples.1"), "甲二厂");
    static const struct {
        const char *letter;
        int row, item, problem;
    } problems[] = { { "B", 3, 0, 0 }, { "C", 4, 1, 0 }, { "D", 4, 1, 1 }, { "E", 4, 1, 2 } };
    struct reply *rejected = expect(rows_of(o, OFFICE, r, "verdict=reject"), 200);
    assert_int_equal(count_at(rejected, "items"), 2);
    assert_int_equal(count_at(r, "problem_groups"), COUNT(problems));
    for (size_t i = 0; i < COUNT(problems); i++) {
        const char *one = say(o, "items.%d.problems.%d", problems[i].item, problems[i].problem);
        assert_int_equal(number_at(rejected, say(o, "items.%d.row", problems[i].item)), problems[i].row);
        assert_string_equal(text_at(rejected, say(o, "%s.letter", one)), problems[i].letter);
        /* The same words in the row and in its group; the rows of a group are found. */
        assert_string_equal(text_at(rejected, say(o, "%s.message", one)),
                            text_at(r, say(o, "problem_groups.%zu.message", i)));
        assert_string_equal(text_at(rejected, say(o, "%s.level", one)), "error");
        struct reply *found = expect(rows_of(o, OFFICE, r, say(o, "problem=%zu", i)), 200);
        assert_int_equal(count_at(found, "items"), 1);
        assert_int_equal(number_at(found, "items.0.row"), problems[i].row);
    }
    struct reply *all = expect(rows_of(o, OFFICE, r, "limit=4"), 200);
    assert_string_equal(text_at(all, "items.3.verdict"), "duplicate");
    assert_int_equal(number_at(all, "items.3.same.row"), 2);
    assert_true(json_is_null(at(all, "items.3.same.record")));
    assert_true(json_is_null(at(all, "items.0.same")));
    assert_int_equal(number_at(all, "next"), 5);
    assert_true(json_is_null(at(rows_of(o, OFFICE, r, "after=5"), "next")));
    assert_int_equal(firms(o), before);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM history"), history);
}

static void an_import_stores_the_good_rows_as_one_act_and_a_second_time_nothing(void **state)
{
    struct office *o = OFFICE(state);
    const char *sheet = say(o, "%s乙一厂,,临河镇,13800000001,20\n乙二厂,,没有这个镇,,\n", header);
    int64_t before = firms(o);
    struct reply *r = import(o, GRID_A, NULL, sheet);
    check_sums(r, 2, 1, 0, 1);
    assert_int_equal(number_at(r, "receipt.imported"), 1);
    assert_int_equal(number_at(r, "job.result.import"), id_of(r));
    assert_int_equal(firms(o), before + 1);
    struct reply *made = get(o, GRID_A, "/api/v1/enterprises?name=乙一厂");
    assert_int_equal(count_at(made, "items"), 1);
    made = get(o, GRID_A, "/api/v1/enterprises/%lld/history", (long long)number_at(made, "items.0.id"));
    assert_string_equal(text_at(made, "items.0.act"), "import");
    assert_int_equal(number_at(made, "items.0.actor.id"), o->people[GRID_A].id);
    /* Asked to run again, it is what it is. */
    check_sums(run(o, GRID_A, r), 2, 1, 0, 1);
    expect_code(correct(o, GRID_A, r, "{\"duplicates\":\"new\"}"), 409, "import.state");
    check_sums(import(o, GRID_A, NULL, sheet), 2, 0, 1, 1);
    assert_int_equal(firms(o), before + 1);
}

static void a_cell_is_corrected_and_a_column_mapped(void **state)
{
    struct office *o = OFFICE(state);
    const char *sheet = "单位,地方,甲列\n丙一厂,没有这个镇,x\n";
    struct reply *r = expect(check(o, OFFICE, sheet), 201);
    check_sums(r, 1, 0, 0, 1);
    assert_string_equal(text_at(r, "problem_groups.0.remedy.kind"), "map");
    assert_string_equal(text_at(r, "problem_groups.0.remedy.field"), "name");
    r = expect(correct(o, OFFICE, r, "{\"mapping\":{\"A\":\"name\",\"B\":\"region\",\"C\":null}}"), 200);
    check_sums(r, 1, 0, 0, 1);
    assert_true(json_is_null(at(r, "columns.2.field")));
    assert_string_equal(text_at(r, "problem_groups.0.remedy.kind"), "value");
    assert_string_equal(text_at(r, "problem_groups.0.remedy.letter"), "B");
    assert_string_equal(text_at(r, "problem_groups.0.remedy.value"), "没有这个镇");
    /* A word is given its meaning, or the cell another text; what was said before stays said. */
    struct reply *word = expect(correct(o, OFFICE, r, "{\"values\":{\"B\":{\"没有这个镇\":\"临河镇\"}}}"), 200);
    check_sums(word, 1, 1, 0, 0);
    check_sums(expect(correct(o, OFFICE, r, "{\"values\":{\"B\":null}}"), 200), 1, 0, 0, 1);
    r = expect(correct(o, OFFICE, r, "{\"cells\":{\"B2\":\"临河镇\"}}"), 200);
    r = expect(correct(o, OFFICE, r, "{\"cells\":{\"C2\":\"y\"}}"), 200);
    check_sums(r, 1, 1, 0, 0);
    assert_string_equal(text_at(r, "cells.B2"), "临河镇");
    assert_string_equal(text_at(rows_of(o, OFFICE, r, ""), "items.0.cells.1"), "临河镇");
    check_sums(run(o, OFFICE, r), 1, 1, 0, 0);
    r = get(o, OFFICE, "/api/v1/enterprises?name=丙一厂");
    assert_string_equal(text_at(r, "items.0.region.code"), "990102001000");
    static const char *const wrong[][2] = {
        { "{\"mapping\":{\"A\":\"nothing\"}}", "mapping" },
        { "{\"mapping\":{\"A\":\"id\"}}", "mapping" },
        { "{\"mapping\":[]}", "mapping" },
        { "{\"mapping\":\"x\"}", "mapping" },
        { "{\"cells\":[]}", "cells" },
        { "{\"values\":{\"A\":5}}", "values" },
        { "{\"duplicates\":\"all\"}", "duplicates" },
        { "{\"sheet\":-1}", "sheet" },
        { "{\"datum\":\"beijing54\"}", "datum" },
        { "{\"datum\":2}", "datum" },
        { "{\"header_row\":0}", "header_row" },
        { "{\"dry\":true}", "dry" },
    };
    struct reply *fresh = expect(check(o, OFFICE, "企业名称\n甲\n"), 201);
    for (size_t i = 0; i < COUNT(wrong); i++)
        expect_field(correct(o, OFFICE, fresh, wrong[i][0]), wrong[i][1]);
    expect_field(rows_of(o, OFFICE, fresh, "verdict=good"), "verdict");
    expect_field(rows_of(o, OFFICE, fresh, "limit=201"), "limit");
    expect_field(rows_of(o, OFFICE, fresh, "problem=99"), "problem");
}

static void what_is_there_already_is_skipped_updated_or_made_anew(void **state)
{
    struct office *o = OFFICE(state);
    const char *first = say(o, "%s丁一厂,,临河镇,13800000001,20\n", header);
    const char *second = say(o, "%s丁一厂,,临河镇,,33\n", header);
    import(o, OFFICE, NULL, first);
    int64_t before = firms(o);
    check_sums(import(o, OFFICE, "skip", second), 1, 0, 1, 0);
    struct reply *r = get(o, OFFICE, "/api/v1/enterprises?name=丁一厂");
    assert_int_equal(number_at(r, "items.0.staff"), 20);
    r = expect(correct(o, OFFICE, expect(check(o, OFFICE, second), 201), "{\"duplicates\":\"update\"}"), 200);
    check_sums(r, 1, 0, 1, 0);
    assert_int_equal(number_at(r, "updated"), 1); /* said by the check, before anything is */
    r = import(o, OFFICE, "update", second);
    check_sums(r, 1, 0, 1, 0);
    assert_int_equal(number_at(r, "receipt.updated"), 1);
    r = get(o, OFFICE, "/api/v1/enterprises?name=丁一厂");
    assert_int_equal(number_at(r, "items.0.staff"), 33);
    assert_int_equal(number_at(r, "items.0.version"), 2);
    assert_string_equal(text_at(r, "items.0.phone"), "138****0001"); /* an empty cell erases nothing */
    check_sums(import(o, OFFICE, "update", second), 1, 0, 1, 0);
    assert_int_equal(number_at(get(o, OFFICE, "/api/v1/enterprises?name=丁一厂"), "items.0.version"), 2);
    assert_int_equal(firms(o), before);
    check_sums(import(o, OFFICE, "new", second), 1, 1, 0, 0);
    assert_int_equal(firms(o), before + 1);
}

static void an_export_imports_back_unchanged(void **state)
{
    struct office *o = OFFICE(state);
    int64_t versions = count_rows(o, "SELECT sum(version) FROM enterprise");
    struct reply *sheet = expect(get(o, OFFICE, "/api/v1/enterprises/export"), 200);
    struct reply *r = import(o, OFFICE, "update", sheet->body);
    assert_int_equal(number_at(r, "duplicates_found"), number_at(r, "rows"));
    assert_int_equal(count_rows(o, "SELECT sum(version) FROM enterprise"), versions);
}

static void an_exported_workbook_imports_back_unchanged(void **state)
{
    struct office *o = OFFICE(state);
    int64_t versions = count_rows(o, "SELECT sum(version) FROM hazard");
    struct reply *r = expect(post(o, OFFICE,
                                  "{\"format\":\"xlsx\",\"columns\":[\"number\",\"description\",\"object\","
                                  "\"found_on\",\"due\",\"level\"]}",
                                  "/api/v1/hazards/export"),
                             202);
    work_off(o);
    struct reply *book = expect(get(o, OFFICE, "/api/v1/jobs/%lld/file", id_of(r)), 200);
    r = expect(ASK(o, .who = OFFICE, .method = "POST", .path = "/api/v1/hazards/import?name=隐患.xlsx",
                   .body = book->body, .size = book->size, .type = "application/octet-stream"),
               201);
    assert_string_equal(text_at(r, "file.encoding"), "xlsx");
    assert_true(count_at(r, "sheets") > 0);
    r = expect(correct(o, OFFICE, r, "{\"duplicates\":\"update\"}"), 200);
    assert_true(number_at(r, "rows") > 5);
    assert_int_equal(number_at(r, "duplicates_found"), number_at(r, "rows"));
    assert_int_equal(number_at(run(o, OFFICE, r), "receipt.updated"), 0);
    assert_int_equal(count_rows(o, "SELECT sum(version) FROM hazard"), versions);
}

static void a_large_file_is_checked_by_a_job(void **state)
{
    struct office *o = OFFICE(state);
    AUTO_TEXT sheet = TEXT_LIMIT(1 << 20);
    text_str(&sheet, header);
    for (int i = 0; i < 3000; i++)
        text_printf(&sheet, "很长很长的一个企业名称第 %d 号,,没有这个镇,,\n", i);
    struct reply *r = expect(check(o, GRID_A, text_get(&sheet)), 201);
    assert_string_equal(text_at(r, "state"), "checking");
    expect_code(post(o, GRID_A, "{}", "/api/v1/imports/%lld/run", id_of(r)), 409, "import.state");
    work_off(o);
    r = expect(get(o, GRID_A, "/api/v1/imports/%lld", id_of(r)), 200);
    assert_string_equal(text_at(r, "state"), "checked");
    check_sums(r, 3000, 0, 0, 3000);
    assert_int_equal(number_at(r, "problem_groups.0.count"), 3000);
    /* One cancelled before it began can be asked for again. */
    r = expect(post(o, GRID_A, "{}", "/api/v1/imports/%lld/run", id_of(r)), 200);
    expect(post(o, GRID_A, "{}", "/api/v1/jobs/%lld/cancel", (long long)number_at(r, "job.id")), 200);
    assert_string_equal(text_at(get(o, GRID_A, "/api/v1/imports/%lld", id_of(r)), "state"), "cancelled");
    check_sums(run(o, GRID_A, r), 3000, 0, 0, 3000);
}

static void a_row_for_another_town_is_rejected_by_its_cell(void **state)
{
    struct office *o = OFFICE(state);
    int64_t before = firms(o);
    struct reply *r = import(o, GRID_B, NULL, say(o, "%s戊一厂,,临河镇,,\n戊二厂,,望潮街道,,\n", header));
    check_sums(r, 2, 1, 0, 1);
    assert_string_equal(text_at(rows_of(o, GRID_B, r, "verdict=reject"), "items.0.problems.0.letter"), "C");
    assert_int_equal(firms(o), before + 1);
}

static void a_file_that_is_no_table_is_refused_and_nothing_is_stored(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } rows[] = { { "", 0 },
                 { "PK\x03\x04 workbook", 0 },
                 { "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old workbook", 0 },
                 { "a\0b,c\n1,2\n", 11 },
                 { "企业名称\n\"没有收尾\n", 0 },
                 { "\x89PNG\r\n\x1a\n", 0 } };
    struct office *o = OFFICE(state);
    int64_t before = firms(o), stored = count_rows(o, "SELECT count(*) FROM import");
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_field(ASK(o, .who = OFFICE, .method = "POST", .path = "/api/v1/enterprises/import",
                         .body = rows[i].bytes, .size = rows[i].size, .type = "text/csv"),
                     "file");
    assert_int_equal(firms(o), before);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM import"), stored);
    /* A table of something else is none of these: nothing of it is known, every row is told, none is stored. */
    struct reply *r = expect(check(o, OFFICE, "随便,什么\n1,2\n"), 201);
    check_sums(r, 1, 0, 0, 1);
    check_sums(run(o, OFFICE, r), 1, 0, 0, 1);
    assert_int_equal(firms(o), before);
}

static void what_somebody_else_imports_is_not_there(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(check(o, GRID_A, say(o, "%s己一厂,,临河镇,13800000001,20\n", header)), 201);
    /* Whoever may import everything sees that there is one, but not what stands in it. */
    struct reply *seen = expect(get(o, OFFICE, "/api/v1/imports/%lld", id_of(r)), 200);
    check_sums(seen, 1, 1, 0, 0);
    expect_silent(seen, "己一厂");
    assert_non_null(strstr(expect(get(o, OFFICE, "/api/v1/imports?kind=enterprise"), 200)->body,
                           say(o, "{\"id\":%lld,\"kind\"", id_of(r))));
    expect_code(rows_of(o, OFFICE, r, ""), 404, "import.missing");
    expect_code(correct(o, OFFICE, r, "{}"), 404, "import.missing");
    const enum who others[] = { GRID_B, LEADER, OFFICER };
    for (size_t i = 0; i < COUNT(others); i++) {
        struct reply *none = get(o, others[i], "/api/v1/imports/99999999");
        expect_same(expect_code(get(o, others[i], "/api/v1/imports/%lld", id_of(r)), 404, "import.missing"), none);
        expect_code(rows_of(o, others[i], r, ""), 404, "import.missing");
        expect_code(post(o, others[i], "{}", "/api/v1/imports/%lld/run", id_of(r)), 404, "import.missing");
        expect_code(post(o, others[i], "{}", "/api/v1/imports/%lld/undo", id_of(r)), 404, "import.missing");
        expect_code(get(o, others[i], "/api/v1/imports/%lld/rejected", id_of(r)), 404, "import.missing");
        expect_silent(expect(get(o, others[i], "/api/v1/imports"), 200), say(o, "{\"id\":%lld,\"kind\"", id_of(r)));
    }
    expect(ASK(o, .who = GRID_A, .method = "DELETE", .path = say(o, "/api/v1/imports/%lld", id_of(r))), 204);
    assert_string_equal(text_at(get(o, GRID_A, "/api/v1/imports/%lld", id_of(r)), "state"), "discarded");
}

static void rejected_rows_come_back_corrected(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r =
        import(o, OFFICE, NULL, say(o, "%s庚一厂,,临河镇,,\n庚二厂,,没有这个镇,,-1\n庚三厂,,,,\n", header));
    check_sums(r, 3, 2, 0, 1);
    struct reply *file = expect(get(o, OFFICE, "/api/v1/imports/%lld/rejected", id_of(r)), 200);
    assert_int_equal(lines_of(file), 2);
    assert_non_null(strstr(file->body, "职工人数,原因\r\n庚二厂,"));
    assert_non_null(strstr(file->body, "没有这个区划"));
    AUTO_TEXT fixed = TEXT_LIMIT(4096);
    for (const char *now = file->body; *now;) {
        static const char *const words[][2] = { { "没有这个镇", "临河镇" }, { "'-1", "1" } };
        size_t i = 0;
        while (i < COUNT(words) && strncmp(now, words[i][0], strlen(words[i][0])) != 0)
            i++;
        if (i < COUNT(words)) {
            text_str(&fixed, words[i][1]);
            now += strlen(words[i][0]);
        } else {
            text_char(&fixed, *now++);
        }
    }
    check_sums(import(o, OFFICE, NULL, text_get(&fixed)), 1, 1, 0, 0);
}

static int64_t listed(struct office *o, enum who who, const char *kinds, const struct reply *r)
{
    struct reply *list = expect(get(o, who, "/api/v1/%s?import=%lld&limit=1", kinds, id_of(r)), 200);
    return number_at(list, "total.count");
}

static void a_list_of_one_import_has_what_it_made_and_changed_in_scope(void **state)
{
    struct office *o = OFFICE(state);
    import(o, OFFICE, NULL, say(o, "%s癸一厂,,临河镇,,20\n癸二厂,,临河镇,,20\n", header));
    struct reply *r =
        import(o, OFFICE, "update",
               say(o, "%s癸一厂,,临河镇,,31\n癸二厂,,临河镇,,20\n癸三厂,,临河镇,,\n癸四厂,,望潮街道,,\n", header));
    check_sums(r, 4, 2, 2, 0);
    assert_int_equal(listed(o, OFFICE, "enterprises", r), 3); /* the one that differed in nothing was not touched */
    assert_int_equal(listed(o, GRID_A, "enterprises", r), 2);
    assert_int_equal(listed(o, OFFICER, "enterprises", r), 0);
    /* Numbers of another kind are no numbers of this one. */
    run_sql(
        o, say(o, "INSERT INTO import_touch (import, record, version) SELECT %lld, id, version FROM hazard", id_of(r)));
    assert_int_equal(listed(o, OFFICE, "hazards", r), 0);
    struct reply *list = expect(get(o, OFFICE, "/api/v1/enterprises?import=%lld&name=癸一厂", id_of(r)), 200);
    assert_int_equal(count_at(list, "items"), 1);
    expect_field(get(o, OFFICE, "/api/v1/enterprises?import=x"), "import");
}

static void a_repeated_row_names_what_it_repeats(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r =
        import(o, OFFICE, NULL, say(o, "%s申一厂,,临河镇,,20\n申二厂,,望潮街道,,20\n申一厂,,临河镇,,21\n", header));
    struct reply *rows = expect(rows_of(o, OFFICE, r, "verdict=duplicate"), 200);
    struct reply *firm = get(o, OFFICE, "/api/v1/enterprises?name=申一厂");
    assert_int_equal(number_at(rows, "items.0.same.row"), 2);
    assert_int_equal(number_at(rows, "items.0.same.record.id"), number_at(firm, "items.0.id"));
    assert_string_equal(text_at(rows, "items.0.same.record.title"), "申一厂");
    /* Said by the check of a later sheet, and by its receipt, which knows when the rows were in. */
    r = expect(check(o, GRID_A, say(o, "%s申一厂,,临河镇,,20\n", header)), 201);
    for (int i = 0; i < 2; i++) {
        rows = expect(rows_of(o, GRID_A, r, "verdict=duplicate"), 200);
        assert_true(json_is_null(at(rows, "items.0.same.row")));
        assert_int_equal(number_at(rows, "items.0.same.record.id"), number_at(firm, "items.0.id"));
        r = run(o, GRID_A, r);
    }
    assert_non_null(text_at(r, "receipt.ended_at"));
    /* Moved out of sight since, it is named no more. */
    run_sql(o, say(o, "UPDATE enterprise SET own_town = 990102002000, own_village = 0 WHERE id = %lld",
                   (long long)number_at(firm, "items.0.id")));
    rows = expect(rows_of(o, GRID_A, r, "verdict=duplicate"), 200);
    assert_true(json_is_null(at(rows, "items.0.same.record")));
}

static void an_import_is_taken_back_but_not_what_was_worked_on_since(void **state)
{
    struct office *o = OFFICE(state);
    int64_t before = firms(o);
    import(o, OFFICE, NULL, say(o, "%s辛一厂,,临河镇,,20\n", header));
    struct reply *r =
        import(o, OFFICE, "update", say(o, "%s辛一厂,,临河镇,,30\n辛二厂,,临河镇,,\n辛三厂,,临河镇,,\n", header));
    check_sums(r, 3, 2, 1, 0);
    assert_int_equal(firms(o), before + 3);
    assert_true(json_is_true(at(r, "undo.possible")));
    struct reply *touched = get(o, OFFICE, "/api/v1/enterprises?name=辛三厂");
    expect(
        patch(o, OFFICE, 1, "{\"staff\":7}", "/api/v1/enterprises/%lld", (long long)number_at(touched, "items.0.id")),
        200);
    /* And a firm a hazard was found at. */
    struct reply *used = import(o, OFFICE, NULL, say(o, "%s辛四厂,,临河镇,,\n", header));
    struct reply *firm = get(o, OFFICE, "/api/v1/enterprises?name=辛四厂");
    make_hazard(o, OFFICE, number_at(firm, "items.0.id"), "辛四厂的隐患");
    expect(post(o, OFFICE, "{}", "/api/v1/imports/%lld/undo", id_of(used)), 200);
    work_off(o);
    assert_int_equal(number_at(get(o, OFFICE, "/api/v1/imports/%lld", id_of(used)), "undo.left"), 1);
    assert_int_equal(count_at(get(o, OFFICE, "/api/v1/enterprises?name=辛四厂"), "items"), 1);
    r = expect(post(o, OFFICE, "{}", "/api/v1/imports/%lld/undo", id_of(r)), 200);
    assert_string_equal(text_at(r, "state"), "undoing");
    work_off(o);
    r = expect(get(o, OFFICE, "/api/v1/imports/%lld", id_of(r)), 200);
    assert_string_equal(text_at(r, "state"), "undone");
    assert_int_equal(number_at(r, "undo.undone"), 2);
    assert_int_equal(number_at(r, "undo.left"), 1);
    assert_true(json_is_false(at(r, "undo.possible")));
    assert_int_equal(number_at(get(o, OFFICE, "/api/v1/enterprises?name=辛一厂"), "items.0.staff"), 20);
    assert_int_equal(count_at(get(o, OFFICE, "/api/v1/enterprises?name=辛二厂"), "items"), 0);
    assert_int_equal(number_at(get(o, OFFICE, "/api/v1/enterprises?name=辛三厂"), "items.0.staff"), 7);
    expect_code(post(o, OFFICE, "{}", "/api/v1/imports/%lld/run", id_of(r)), 409, "import.state");
}

static void a_saved_mapping_is_used_by_itself(void **state)
{
    struct office *o = OFFICE(state);
    const char *sheet = "厂子,在哪\n壬一厂,河边\n";
    struct reply *r = expect(check(o, OFFICE, sheet), 201);
    r = expect(correct(o, OFFICE, r,
                       "{\"mapping\":{\"A\":\"name\",\"B\":\"region\"},\"values\":{\"B\":{\"河边\":\"临河镇\"}}}"),
               200);
    check_sums(r, 1, 1, 0, 0);
    struct reply *made = expect(
        post(o, OFFICE, say(o, "{\"kind\":\"enterprise\",\"name\":\"县局\",\"import\":%lld,\"shared\":true}", id_of(r)),
             "/api/v1/import-mappings"),
        201);
    assert_string_equal(text_at(made, "columns.在哪"), "region");
    struct reply *again = expect(check(o, GRID_A, sheet), 201);
    check_sums(again, 1, 1, 0, 0);
    assert_int_equal(number_at(again, "mapping.used"), number_at(made, "id"));
    again = expect(correct(o, GRID_A, again, "{\"use_mapping\":null}"), 200);
    check_sums(again, 1, 0, 0, 1);
    expect_code(ASK(o, .who = GRID_A, .method = "DELETE", .path = say(o, "/api/v1/import-mappings/%lld", id_of(made))),
                404, "mapping.missing");
    expect(ASK(o, .who = OFFICE, .method = "DELETE", .path = say(o, "/api/v1/import-mappings/%lld", id_of(made))), 204);
    assert_int_equal(count_at(expect(get(o, OFFICE, "/api/v1/import-mappings?kind=enterprise"), 200), "items"), 0);
    check_sums(expect(check(o, OFFICE, sheet), 201), 1, 0, 0, 1);
}

/* A lon,lat as somebody with a map of that datum would have written it down. */
static const char *place_in(struct office *o, enum datum datum, struct lonlat wgs84)
{
    struct lonlat p = datum_from_wgs84(datum, wgs84);
    return say(o, "%.7f，%.7f", p.lon, p.lat);
}

static const char *place_sheet(struct office *o, int number, const char *place)
{
    return say(o, "厂子,点位\n癸%d厂,\"%s\"\n", number, place);
}

static bool is_near(const struct reply *r, struct lonlat p)
{
    return fabs(strtod(text_at(r, "items.0.place.lon"), NULL) - p.lon) < 2e-7 &&
           fabs(strtod(text_at(r, "items.0.place.lat"), NULL) - p.lat) < 2e-7;
}

static void places_of_another_datum_are_turned_and_a_saved_mapping_remembers_which(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *village = expect(get(o, OFFICE, "/api/v1/regions/990102001001/boundary"), 200);
    struct lonlat p = { json_number_value(at(village, "properties.middle.0")),
                        json_number_value(at(village, "properties.middle.1")) };
    struct reply *r = expect(check(o, OFFICE, place_sheet(o, 0, "x")), 201);
    assert_true(json_is_null(at(r, "datum"))); /* no column holds places yet */
    for (enum datum datum = DATUM_WGS84; datum <= DATUM_BD09; datum++) {
        r = expect(check(o, OFFICE, place_sheet(o, (int)datum + 1, place_in(o, datum, p))), 201);
        r = expect(correct(o, OFFICE, r, "{\"mapping\":{\"A\":\"name\",\"B\":\"place\"}}"), 200);
        assert_string_equal(text_at(r, "datum"), "wgs84");
        if (datum != DATUM_WGS84)
            r = expect(correct(o, OFFICE, r, say(o, "{\"datum\":\"%s\"}", datum_names[datum])), 200);
        assert_string_equal(text_at(r, "datum"), datum_names[datum]);
        check_sums(run(o, OFFICE, r), 1, 1, 0, 0);
        struct reply *firm = get(o, OFFICE, "/api/v1/enterprises?name=癸%d厂", (int)datum + 1);
        assert_true(is_near(firm, p));
        assert_string_equal(text_at(firm, "items.0.region.code"), "990102001001"); /* by the place, once it is turned */
    }
    /* CGCS2000 is the same as WGS-84; what was said of BD-09 goes with the saved mapping, to whoever uses it. */
    struct reply *other = expect(check(o, OFFICE, place_sheet(o, 8, "120.1，36.1")), 201);
    assert_string_equal(
        text_at(expect(correct(o, OFFICE, other, "{\"mapping\":{\"B\":\"place\"},\"datum\":\"CGCS2000\"}"), 200),
                "datum"),
        "wgs84");
    struct reply *made =
        expect(post(o, OFFICE,
                    say(o, "{\"kind\":\"enterprise\",\"name\":\"百度点位\",\"import\":%lld,\"shared\":true}", id_of(r)),
                    "/api/v1/import-mappings"),
               201);
    struct reply *again = expect(check(o, GRID_A, place_sheet(o, 9, place_in(o, DATUM_BD09, p))), 201);
    assert_string_equal(text_at(again, "datum"), "bd09");
    struct reply *own = expect(correct(o, GRID_A, again, "{\"datum\":\"gcj02\"}"), 200);
    assert_string_equal(text_at(own, "datum"), "gcj02"); /* what is said here wins, until the mapping is chosen again */
    own = expect(correct(o, GRID_A, again, say(o, "{\"use_mapping\":%lld}", id_of(made))), 200);
    assert_string_equal(text_at(own, "datum"), "bd09");
    check_sums(run(o, GRID_A, again), 1, 1, 0, 0);
    assert_true(is_near(get(o, GRID_A, "/api/v1/enterprises?name=癸9厂"), p));
    expect(ASK(o, .who = OFFICE, .method = "DELETE", .path = say(o, "/api/v1/import-mappings/%lld", id_of(made))), 204);
}

/* 经度 and 纬度 in two columns, in either order, one of them lacking, or one that stands alone. */
static void longitude_and_latitude_in_two_columns_are_one_place(void **state)
{
    struct office *o = OFFICE(state);
    static const char *const heads[][2] = { { "经度", "纬度" },
                                            { "北纬(度)", "东经(度)" },
                                            { "企业经度", "企业纬度" } };
    struct reply *village = expect(get(o, OFFICE, "/api/v1/regions/990102001001/boundary"), 200);
    struct lonlat p = { json_number_value(at(village, "properties.middle.0")),
                        json_number_value(at(village, "properties.middle.1")) };
    for (size_t i = 0; i < COUNT(heads); i++) {
        enum datum datum = (enum datum)(DATUM_WGS84 + (int)i);
        struct lonlat q = datum_from_wgs84(datum, p);
        bool turned = strncmp(heads[i][0], "北纬", strlen("北纬")) == 0;
        struct reply *r = expect(check(o, OFFICE,
                                       say(o, "企业名称,%s,地址,%s\n壬%zu厂,%.7f,临河镇,%.7f\n", heads[i][0],
                                           heads[i][1], i, turned ? q.lat : q.lon, turned ? q.lon : q.lat)),
                                 201);
        assert_string_equal(text_at(r, "columns.1.field"), "place");
        assert_string_equal(text_at(r, "columns.3.field"), "place");
        assert_string_equal(text_at(r, "datum"), "wgs84");
        r = expect(correct(o, OFFICE, r, say(o, "{\"datum\":\"%s\"}", datum_names[datum])), 200);
        check_sums(run(o, OFFICE, r), 1, 1, 0, 0);
        struct reply *firm = get(o, OFFICE, "/api/v1/enterprises?name=壬%zu厂", i);
        assert_true(is_near(firm, p));
        assert_string_equal(text_at(firm, "items.0.region.code"), "990102001001");
    }
    /* Said by hand where no header tells: longitude first. Half a place is none, and the cell says so. */
    struct reply *r = expect(check(o, OFFICE, "企业名称,甲,乙\n壬手厂,120.1,36.1\n壬半厂,120.1,\n壬空厂,,\n"), 201);
    r = expect(correct(o, OFFICE, r, "{\"mapping\":{\"B\":\"place\",\"C\":\"place\"}}"), 200);
    struct reply *rows = expect(get(o, OFFICE, "/api/v1/imports/%lld/rows?verdict=reject", id_of(r)), 200);
    assert_int_equal(count_at(rows, "items"), 1);
    assert_int_equal(number_at(rows, "items.0.row"), 3);
    /* A longitude alone is not taken for a place. */
    r = expect(check(o, OFFICE, "企业名称,经度\n壬单厂,120.1\n"), 201);
    assert_null(text_at(r, "columns.1.field"));
    /* 经纬度 is both in one. */
    r = expect(check(o, OFFICE, "企业名称,经纬度\n壬双厂,\"120.1,36.1\"\n"), 201);
    assert_string_equal(text_at(r, "columns.1.field"), "place");
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_check_tells_everything_and_stores_nothing),
        SAYS(an_export_has_the_rows_of_the_list_for_each_person_and_filter),
        SAYS(an_export_is_a_file_a_spreadsheet_opens),
        SAYS(what_looks_like_a_formula_leaves_as_text_and_comes_back_unchanged),
        SAYS(personal_numbers_leave_masked),
        SAYS(an_import_stores_the_good_rows_as_one_act_and_a_second_time_nothing),
        SAYS(a_cell_is_corrected_and_a_column_mapped),
        SAYS(what_is_there_already_is_skipped_updated_or_made_anew),
        SAYS(a_repeated_row_names_what_it_repeats),
        SAYS(a_list_of_one_import_has_what_it_made_and_changed_in_scope),
        SAYS(an_export_imports_back_unchanged),
        SAYS(an_exported_workbook_imports_back_unchanged),
        SAYS(a_large_file_is_checked_by_a_job),
        SAYS(a_row_for_another_town_is_rejected_by_its_cell),
        SAYS(a_file_that_is_no_table_is_refused_and_nothing_is_stored),
        SAYS(what_somebody_else_imports_is_not_there),
        SAYS(rejected_rows_come_back_corrected),
        SAYS(an_import_is_taken_back_but_not_what_was_worked_on_since),
        SAYS(a_saved_mapping_is_used_by_itself),
        SAYS(longitude_and_latitude_in_two_columns_are_one_place),
        SAYS(places_of_another_datum_are_turned_and_a_saved_mapping_remembers_which),
    };
    return RUN_OFFICES(tests);
}
