/* Export and import over the interface. */
#include "api/office.h"

#include "exchange/csv.h"

#include <string.h>

static const char header[] = "企业名称,统一社会信用代码,所属乡镇,联系电话,职工人数\n";

static struct reply *import(struct office *o, enum who who, const char *query, const char *sheet)
{
    return ASK(o, .who = who, .method = "POST", .path = say(o, "/api/v1/enterprises/import?name=台账.csv&%s", query),
               .body = sheet, .type = "text/csv");
}

static void check_sums(const struct reply *r, int64_t rows, int64_t imported, int64_t duplicates, int64_t rejected)
{
    assert_int_equal(number_at(r, "rows"), rows);
    assert_int_equal(number_at(r, "imported"), imported);
    assert_int_equal(number_at(r, "duplicates"), duplicates);
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
    struct reply *back = expect(import(o, OFFICE, "dry=true", r->body), 200);
    assert_int_equal(number_at(back, "duplicates"), number_at(back, "rows")); /* every row is recognised as itself */
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
    assert_int_equal(count_at(get(o, OFFICE, "/api/v1/search?q=13612345678"), "items"), 0);
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

static void a_dry_run_tells_everything_and_stores_nothing(void **state)
{
    struct office *o = OFFICE(state);
    const char *sheet = say(o,
                            "%s甲一厂,91350100M000100Y43,临河镇,13800000001,20\n甲二厂,91350100M000100Y44,临河镇,,\n"
                            "甲三厂,,没有这个镇,123,-5\n甲一厂,91350100M000100Y43,临河镇,,\n甲四厂,,,,\n",
                            header);
    int64_t before = firms(o), history = count_rows(o, "SELECT count(*) FROM history");
    struct reply *r = expect(import(o, OFFICE, "dry=true", sheet), 200);
    check_sums(r, 5, 2, 1, 2);
    assert_int_equal(number_at(r, "pending"), 2);
    assert_true(json_is_null(at(r, "receipt")));
    assert_string_equal(text_at(r, "file.name"), "台账.csv");
    assert_string_equal(text_at(r, "columns.1.field"), "credit_code");
    static const struct {
        const char *letter;
        int row;
    } problems[] = { { "B", 3 }, { "C", 4 }, { "D", 4 }, { "E", 4 } };
    assert_int_equal(count_at(r, "problems"), COUNT(problems));
    for (size_t i = 0; i < COUNT(problems); i++) {
        assert_string_equal(text_at(r, say(o, "problems.%zu.letter", i)), problems[i].letter);
        assert_int_equal(number_at(r, say(o, "problems.%zu.row", i)), problems[i].row);
        assert_true(strlen(text_at(r, say(o, "problems.%zu.message", i))) > 0);
    }
    assert_string_equal(text_at(r, "preview.3.verdict"), "duplicate");
    assert_int_equal(firms(o), before);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM history"), history);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM import"), 0);
}

static void an_import_stores_the_good_rows_as_one_act_and_a_second_time_nothing(void **state)
{
    struct office *o = OFFICE(state);
    const char *sheet = say(o, "%s乙一厂,,临河镇,13800000001,20\n乙二厂,,没有这个镇,,\n", header);
    int64_t before = firms(o);
    struct reply *r = expect(import(o, GRID_A, "dry=false", sheet), 200);
    check_sums(r, 2, 1, 0, 1);
    assert_true(number_at(r, "receipt") > 0);
    assert_int_equal(firms(o), before + 1);
    struct reply *made = get(o, GRID_A, "/api/v1/enterprises?name=乙一厂");
    assert_int_equal(count_at(made, "items"), 1);
    made = get(o, GRID_A, "/api/v1/enterprises/%lld/history", (long long)number_at(made, "items.0.id"));
    assert_string_equal(text_at(made, "items.0.act"), "import");
    assert_int_equal(number_at(made, "items.0.actor.id"), o->people[GRID_A].id);
    r = expect(import(o, GRID_A, "dry=false", sheet), 200);
    check_sums(r, 2, 0, 1, 1);
    assert_int_equal(firms(o), before + 1);
}

static void a_cell_is_corrected_and_a_column_mapped_in_the_request(void **state)
{
    struct office *o = OFFICE(state);
    const char *sheet = "单位,地方,甲列\n丙一厂,没有这个镇,x\n";
    expect_field(import(o, OFFICE, "dry=true", sheet), "file");
    expect_field(import(o, OFFICE, "dry=true", "所属乡镇,人数\n临河镇,3\n"), "mapping");
    const char *mapping = "{\"A\":\"name\",\"B\":\"region\",\"C\":null}";
    struct reply *r = expect(import(o, OFFICE, say(o, "dry=true&mapping=%s", mapping), sheet), 200);
    check_sums(r, 1, 0, 0, 1);
    assert_true(json_is_null(at(r, "columns.2.field")));
    r = expect(import(o, OFFICE, say(o, "dry=false&mapping=%s&cells={\"B2\":\"临河镇\"}", mapping), sheet), 200);
    check_sums(r, 1, 1, 0, 0);
    assert_string_equal(text_at(r, "preview.0.cells.1"), "临河镇");
    r = get(o, OFFICE, "/api/v1/enterprises?name=丙一厂");
    assert_string_equal(text_at(r, "items.0.region.code"), "990102001000");
    static const char *const wrong[][2] = {
        { "dry=true&mapping={\"A\":\"nothing\"}", "mapping" },
        { "dry=true&mapping={\"A\":\"id\"}", "mapping" },
        { "dry=true&mapping=[]", "mapping" },
        { "dry=true&mapping=x", "mapping" },
        { "dry=true&cells=[]", "cells" },
        { "dry=true&duplicates=all", "duplicates" },
        { "dry=maybe", "dry" },
        { "duplicates=skip", "dry" },
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        expect_field(import(o, OFFICE, wrong[i][0], "企业名称\n甲\n"), wrong[i][1]);
}

static void what_is_there_already_is_skipped_updated_or_made_anew(void **state)
{
    struct office *o = OFFICE(state);
    const char *first = say(o, "%s丁一厂,,临河镇,13800000001,20\n", header);
    const char *second = say(o, "%s丁一厂,,临河镇,,33\n", header);
    expect(import(o, OFFICE, "dry=false", first), 200);
    int64_t before = firms(o);
    check_sums(expect(import(o, OFFICE, "dry=false&duplicates=skip", second), 200), 1, 0, 1, 0);
    struct reply *r = get(o, OFFICE, "/api/v1/enterprises?name=丁一厂");
    assert_int_equal(number_at(r, "items.0.staff"), 20);
    check_sums(expect(import(o, OFFICE, "dry=false&duplicates=update", second), 200), 1, 0, 1, 0);
    r = get(o, OFFICE, "/api/v1/enterprises?name=丁一厂");
    assert_int_equal(number_at(r, "items.0.staff"), 33);
    assert_int_equal(number_at(r, "items.0.version"), 2);
    assert_string_equal(text_at(r, "items.0.phone"), "138****0001"); /* an empty cell erases nothing */
    check_sums(expect(import(o, OFFICE, "dry=false&duplicates=update", second), 200), 1, 0, 1, 0);
    assert_int_equal(number_at(get(o, OFFICE, "/api/v1/enterprises?name=丁一厂"), "items.0.version"), 2);
    assert_int_equal(firms(o), before);
    check_sums(expect(import(o, OFFICE, "dry=false&duplicates=new", second), 200), 1, 1, 0, 0);
    assert_int_equal(firms(o), before + 1);
}

static void an_export_imports_back_unchanged(void **state)
{
    struct office *o = OFFICE(state);
    int64_t versions = count_rows(o, "SELECT sum(version) FROM enterprise");
    struct reply *sheet = expect(get(o, OFFICE, "/api/v1/enterprises/export"), 200);
    struct reply *r = expect(import(o, OFFICE, "dry=false&duplicates=update", sheet->body), 200);
    assert_int_equal(number_at(r, "duplicates"), number_at(r, "rows"));
    assert_int_equal(count_rows(o, "SELECT sum(version) FROM enterprise"), versions);
}

static void a_row_for_another_town_is_rejected_by_its_cell(void **state)
{
    struct office *o = OFFICE(state);
    int64_t before = firms(o);
    struct reply *r =
        expect(import(o, GRID_B, "dry=false", say(o, "%s戊一厂,,临河镇,,\n戊二厂,,望潮街道,,\n", header)), 200);
    check_sums(r, 2, 1, 0, 1);
    assert_string_equal(text_at(r, "problems.0.letter"), "C");
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
                 { "随便,什么\n1,2\n", 0 },
                 { "企业名称\n\"没有收尾\n", 0 },
                 { "\x89PNG\r\n\x1a\n", 0 } };
    struct office *o = OFFICE(state);
    int64_t before = firms(o), stored = count_rows(o, "SELECT sum(imported) FROM import");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct reply *r = ASK(o, .who = OFFICE, .method = "POST", .path = "/api/v1/enterprises/import?dry=false",
                              .body = rows[i].bytes, .size = rows[i].size, .type = "text/csv");
        if (r->status < 400 || r->status >= 500)
            fail_msg("row %zu: %d %s", i, r->status, r->body);
    }
    assert_int_equal(firms(o), before);
    assert_int_equal(count_rows(o, "SELECT sum(imported) FROM import"), stored);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_dry_run_tells_everything_and_stores_nothing),
        SAYS(an_export_has_the_rows_of_the_list_for_each_person_and_filter),
        SAYS(an_export_is_a_file_a_spreadsheet_opens),
        SAYS(what_looks_like_a_formula_leaves_as_text_and_comes_back_unchanged),
        SAYS(personal_numbers_leave_masked),
        SAYS(an_import_stores_the_good_rows_as_one_act_and_a_second_time_nothing),
        SAYS(a_cell_is_corrected_and_a_column_mapped_in_the_request),
        SAYS(what_is_there_already_is_skipped_updated_or_made_anew),
        SAYS(an_export_imports_back_unchanged),
        SAYS(a_row_for_another_town_is_rejected_by_its_cell),
        SAYS(a_file_that_is_no_table_is_refused_and_nothing_is_stored),
    };
    return RUN_OFFICES(tests);
}
