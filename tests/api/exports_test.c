/*
** Exports made in the background: asked for in words, made with the rights of the moment, fetched by their owner alone;
** the columns each person wants; the empty ledger.
*/
#include "api/office.h"

#include "base/utf8.h"
#include "exchange/sheet.h"
#include "jobs/jobs.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void run_jobs(struct office *o)
{
    struct error err = { 0 };
    must(jobs_run_all(o->house.jobs, &err), &err);
}

/* Asked for, made, and as its owner sees it then. */
static struct reply *exported(struct office *o, enum who who, const char *body)
{
    struct reply *r = expect(post(o, who, body, "/api/v1/hazards/export"), 202);
    assert_string_equal(text_at(r, "state"), "waiting");
    assert_string_equal(text_at(r, "type"), "export");
    assert_string_equal(text_at(r, "label.zh"), "导出隐患");
    run_jobs(o);
    r = expect(get(o, who, "/api/v1/jobs/%lld", (long long)number_at(r, "id")), 200);
    if (strcmp(text_at(r, "state"), "done") != 0)
        fail_msg("the export of %s failed: %s", office_names[who], r->body);
    return r;
}

static struct reply *file_of(struct office *o, enum who who, const struct reply *job)
{
    return expect(get(o, who, "/api/v1/jobs/%lld/file", (long long)number_at(job, "id")), 200);
}

static void expect_bytes(const struct reply *a, const struct reply *b)
{
    if (a->size != b->size || memcmp(a->body, b->body, a->size) != 0)
        fail_msg("%s\nis not\n%s", a->body, b->body);
}

static void the_file_of_a_job_holds_what_the_streamed_export_holds_for_everybody(void **state)
{
    struct office *o = OFFICE(state);
    make_hazard(o, OFFICE, o->firm_a, "后台导出");
    for (enum who who = OFFICE; who < OFFICER; who++) {
        struct reply *job = exported(o, who, "{\"format\":\"csv\"}"), *file = file_of(o, who, job);
        expect_bytes(file, expect(get(o, who, "/api/v1/hazards/export"), 200));
        assert_int_equal(number_at(job, "result.rows"),
                         number_at(get(o, who, "/api/v1/hazards?limit=1&count=exact"), "total.count"));
        assert_int_equal(number_at(job, "done"), number_at(job, "result.rows"));
        assert_int_equal(number_at(job, "file.size"), file->size);
        assert_string_equal(file->rs.type, "text/csv; charset=utf-8");
        assert_non_null(strstr(header_of(file, "Content-Disposition"), "attachment; filename*=UTF-8''%E9%9A%90"));
    }
}

static void filter_sort_columns_and_language_are_those_asked_for(void **state)
{
    struct office *o = OFFICE(state);
    const char *query = "level.in=major%2Cgeneral&q=%E9%9A%90%E6%82%A3&found_on.after=2020-01-01";
    struct reply *job =
        exported(o, OFFICE,
                 say(o,
                     "{\"format\":\"csv\",\"columns\":[\"row\",\"due\",\"description\"],\"filter\":\"%s\","
                     "\"sort\":\"-due\",\"language\":\"en\"}",
                     query));
    struct reply *streamed =
        expect(ASK(o, .who = OFFICE, .method = "GET", .headers = "Accept-Language: en",
                   .path = say(o, "/api/v1/hazards/export?%s&sort=-due&columns=row,due,description", query)),
               200);
    expect_bytes(file_of(o, OFFICE, job), streamed);
    assert_true(number_at(job, "result.rows") < number_at(exported(o, OFFICE, "{\"format\":\"csv\"}"), "result.rows"));
}

/* The second cell of the row that begins with the name. */
static const char *cell_beside(struct office *o, const struct reply *file, int page, const char *name)
{
    struct error err = { 0 };
    struct sheet *sheet;
    struct sheet_row row;
    const char *found = NULL;
    int fd = memfd_create("book", MFD_CLOEXEC);
    assert_int_equal(write(fd, file->body, file->size), file->size);
    must(sheet_open(fd, "book.xlsx", page, &sheet, &err), &err);
    while (sheet_next(sheet, &row, &err) > 0)
        if (row.count > 1 && strcmp(row.cells[0].at, name) == 0)
            found = say(o, "%s", row.cells[1].at);
    sheet_close(sheet);
    close(fd);
    must(err.fault ? -1 : 0, &err);
    assert_non_null(found);
    return found;
}

static const char *note_of(struct office *o, const struct reply *file, const char *name)
{
    return cell_beside(o, file, 1, name);
}

static void a_workbook_says_in_words_by_which_filter_it_was_made(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *job = exported(o, INSPECTOR,
                                 say(o,
                                     "{\"format\":\"xlsx\",\"filter\":\"level=major&object=%lld&due.before=2026-04-01&"
                                     "region=990102001000&finder.none=true&q=%%E6%%B0%%A8+%%E6%%BC%%8F\"}",
                                     (long long)o->firm_a));
    struct reply *file = file_of(o, INSPECTOR, job);
    assert_memory_equal(file->body, "PK", 2);
    assert_non_null(strstr(header_of(file, "Content-Disposition"), ".xlsx"));
    assert_string_equal(note_of(o, file, "筛选"),
                        "隐患级别：重大隐患；责任单位：澜北禾川精细化工有限公司；整改期限早于 "
                        "2026-04-01；所在区域：临河镇；排查人未填；关键词：氨 漏");
}

static const char *filter_words(struct office *o, enum who who, const char *filter, const char *language)
{
    struct reply *job =
        exported(o, who, say(o, "{\"format\":\"xlsx\",\"language\":\"%s\",\"filter\":\"%s\"}", language, filter));
    return note_of(o, file_of(o, who, job), strcmp(language, "en") == 0 ? "Filter" : "筛选");
}

static void a_workbook_of_what_waits_or_was_told_says_so(void **state)
{
    struct office *o = OFFICE(state);
    const char *at = "1771300800000"; /* 2026-02-17, noon */
    run_sql(o, say(o, "INSERT INTO notice (account, at, cause, record) VALUES (%lld, %s, 'caught_up', 0)",
                   (long long)o->people[INSPECTOR].id, at));
    int64_t id = count_rows(o, "SELECT max(id) FROM notice");
    assert_string_equal(filter_words(o, INSPECTOR, "todo=classify&q=%E6%B0%A8", "zh"), "待我定级；关键词：氨");
    assert_string_equal(filter_words(o, INSPECTOR, "todo=classify", "en"), "To classify");
    assert_string_equal(filter_words(o, INSPECTOR, say(o, "level=major&told=%lld", (long long)id), "zh"),
                        "系统停止期间到了日子的期限提醒（2026-02-17 的消息）；隐患级别：重大隐患");
    assert_string_equal(filter_words(o, INSPECTOR, say(o, "told=%lld", (long long)id), "en"),
                        "Deadlines that came up while the system was stopped (notice of 2026-02-17)");
    assert_string_equal(filter_words(o, OFFICE, say(o, "told=%lld", (long long)id), "zh"), "一条消息汇总的");
    assert_string_equal(filter_words(o, OFFICE, "level=major&import=12", "zh"), "导入编号 12；隐患级别：重大隐患");
}

static const char *times(struct office *o, const char *text, int count)
{
    const char *out = "";
    for (int i = 0; i < count; i++)
        out = say(o, "%s%s", out, text);
    return out;
}

/* 99 sites in one cell, then the job that exports them. */
static struct reply *export_of_sites(struct office *o, const char *site, const char *format)
{
    AUTO_TEXT sites = TEXT_LIMIT(LIMIT_BODY);
    for (int i = 1; i < 100; i++)
        text_printf(&sites, "%s%s", i > 1 ? "," : "{\"sites\":[", site);
    text_str(&sites, "]}");
    struct reply *firm = expect(get(o, OFFICE, "/api/v1/enterprises/%lld", (long long)o->firm_b), 200);
    expect(patch(o, OFFICE, number_at(firm, "version"), text_get(&sites), "/api/v1/enterprises/%lld",
                 (long long)o->firm_b),
           200);
    struct reply *job = post(o, OFFICE, say(o, "{\"format\":\"%s\",\"columns\":[\"name\",\"sites\"]}", format),
                             "/api/v1/enterprises/export");
    run_jobs(o);
    return get(o, OFFICE, "/api/v1/jobs/%lld", (long long)number_at(expect(job, 202), "id"));
}

static void a_cell_may_have_as_many_characters_as_a_spreadsheet_takes_and_no_more(void **state)
{
    struct office *o = OFFICE(state);
    const char *address = times(o, "临河镇滨河路十号院区", 20);
    const char *site = say(o, "{\"name\":\"门店\",\"address\":\"%s\"}", address);
    const char *longer = say(o, "{\"name\":\"%s\",\"used_for\":\"%s\",\"address\":\"%s\"}", times(o, "仓储门店", 20),
                             times(o, "零售", 30), address);
    struct reply *job = export_of_sites(o, site, "xlsx");
    assert_string_equal(text_at(job, "state"), "done");
    const char *cell = cell_beside(o, file_of(o, OFFICE, job), 0, "望潮锦悦商业管理有限公司");
    assert_true(strlen(cell) > LIMIT_CELL && utf8_chars(cell) > 99 * 200);
    job = export_of_sites(o, longer, "xlsx");
    assert_string_equal(text_at(job, "state"), "failed");
    assert_string_equal(text_at(job, "problem.code"), "export.cell");
    /* As the sentence says: csv has no such end, and nothing of it is left out. */
    job = export_of_sites(o, longer, "csv");
    assert_string_equal(text_at(job, "state"), "done");
    struct reply *file = file_of(o, OFFICE, job);
    size_t found = 0;
    for (const char *at = file->body; (at = strstr(at, address)) != NULL; at++)
        found++;
    assert_int_equal(found, 99);
    export_of_sites(o, "{\"name\":\"门店\"}", "csv");
}

static void what_is_wrong_is_named_when_the_export_is_asked_for(void **state)
{
    struct office *o = OFFICE(state);
    static const struct {
        const char *body, *field;
    } wrong[] = {
        { "{}", "format" },
        { "{\"format\":\"doc\"}", "format" },
        { "{\"format\":\"csv\",\"language\":\"fr\"}", "language" },
        { "{\"format\":\"csv\",\"columns\":[]}", "columns" },
        { "{\"format\":\"csv\",\"columns\":\"due\"}", "columns" },
        { "{\"format\":\"csv\",\"columns\":[\"colour\"]}", "columns" },
        { "{\"format\":\"csv\",\"columns\":[\"photos\"]}", "columns" },
        { "{\"format\":\"csv\",\"columns\":[\"due\",\"due\"]}", "columns" },
        { "{\"format\":\"csv\",\"filter\":7}", "filter" },
        { "{\"format\":\"csv\",\"filter\":\"q=%ff\"}", "filter" },
        { "{\"format\":\"csv\",\"filter\":\"colour=red\"}", "colour" },
        { "{\"format\":\"csv\",\"filter\":\"due.before=soon\"}", "due.before" },
        { "{\"format\":\"csv\",\"sort\":\"-description\"}", "sort" },
    };
    int64_t jobs = count_rows(o, "SELECT count(*) FROM job");
    for (size_t i = 0; i < COUNT(wrong); i++)
        expect_field(post(o, OFFICE, wrong[i].body, "/api/v1/hazards/export"), wrong[i].field);
    expect_code(
        post(o, GRID_A, "{\"format\":\"csv\",\"filter\":\"enterprise.phone=13800000000\"}", "/api/v1/hazards/export"),
        403, "filter.masked");
    assert_int_equal(count_rows(o, "SELECT count(*) FROM job"), jobs);
}

static void a_right_withdrawn_meanwhile_stops_the_export(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(post(o, LEADER, "{\"format\":\"csv\"}", "/api/v1/hazards/export"), 202);
    long long account = (long long)o->people[LEADER].id;
    run_sql(o,
            say(o, "UPDATE assignment SET removed_at = 1 WHERE removed_at IS NULL AND holder_account = %lld", account));
    run_jobs(o);
    run_sql(o,
            say(o, "UPDATE assignment SET removed_at = NULL WHERE removed_at = 1 AND holder_account = %lld", account));
    r = expect(get(o, LEADER, "/api/v1/jobs/%lld", (long long)number_at(r, "id")), 200);
    assert_string_equal(text_at(r, "state"), "failed");
    assert_string_equal(text_at(r, "problem.code"), "verb.missing");
}

static void nobody_else_sees_the_job_or_its_file_and_the_trail_says_that_it_was_made(void **state)
{
    struct office *o = OFFICE(state);
    const char *made = "SELECT count(*) FROM audit WHERE act = 'export'";
    int64_t before = count_rows(o, made);
    struct reply *job = exported(o, GRID_A, "{\"format\":\"csv\"}");
    long long id = (long long)number_at(job, "id");
    assert_int_equal(count_rows(o, made), before + 1);
    expect_code(get(o, OFFICE, "/api/v1/jobs/%lld", id), 404, "job.missing");
    expect_code(get(o, OFFICE, "/api/v1/jobs/%lld/file", id), 404, "job.missing");
    expect_code(post(o, OFFICE, "{}", "/api/v1/jobs/%lld/cancel", id), 404, "job.missing");
    assert_int_equal(number_at(get(o, GRID_A, "/api/v1/jobs"), "items.0.id"), id);
    assert_string_equal(text_at(expect(post(o, GRID_A, "{}", "/api/v1/jobs/%lld/cancel", id), 200), "state"), "done");
}

static void a_cancelled_export_makes_no_file(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(post(o, OFFICE, "{\"format\":\"xlsx\"}", "/api/v1/hazards/export"), 202);
    long long id = (long long)number_at(r, "id");
    assert_string_equal(text_at(expect(post(o, OFFICE, "{}", "/api/v1/jobs/%lld/cancel", id), 200), "state"),
                        "cancelled");
    run_jobs(o);
    expect_code(get(o, OFFICE, "/api/v1/jobs/%lld/file", id), 404, "job.no_file");
}

static struct reply *keep(struct office *o, enum who who, const char *body, const char *kind)
{
    return ASK(o, .who = who, .method = "PUT", .path = say(o, "/api/v1/me/columns/%s", kind), .body = body);
}

static void the_columns_a_person_wants_are_kept_for_that_person_and_kind(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(get(o, GRID_B, "/api/v1/me/columns/hazard"), 200);
    assert_true(json_is_null(at(r, "list")));
    assert_true(json_is_null(at(r, "export")));
    r = expect(
        keep(o, GRID_B, "{\"list\":[\"number\",\"owner\",\"due\"],\"export\":[\"row\",\"description\"]}", "hazard"),
        200);
    assert_string_equal(text_at(r, "list.2"), "due");
    r = expect(keep(o, GRID_B, "{\"list\":[],\"export\":null}", "hazard"), 200);
    r = expect(get(o, GRID_B, "/api/v1/me/columns/hazard"), 200);
    assert_int_equal(count_at(r, "list"), 0);
    assert_true(json_is_null(at(r, "export")));
    assert_true(json_is_null(at(get(o, GRID_B, "/api/v1/me/columns/enterprise"), "list")));
    assert_true(json_is_null(at(get(o, GRID_A, "/api/v1/me/columns/hazard"), "list")));
    expect_field(keep(o, GRID_B, "{\"list\":[\"colour\"]}", "hazard"), "list");
    expect_field(keep(o, GRID_B, "{\"list\":[\"row\"]}", "hazard"), "list");
    expect_field(keep(o, GRID_B, "{\"export\":[]}", "hazard"), "export");
    expect_field(keep(o, GRID_B, "{\"export\":[\"owner\"]}", "hazard"), "export");
    expect(keep(o, GRID_B, "{}", "nothing"), 404);
    expect(keep(o, OFFICER, "{}", "facility"), 403);
}

static void the_empty_ledger_is_a_workbook_without_foreign_areas(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(get(o, GRID_A, "/api/v1/hazards/template.xlsx"), 200);
    assert_memory_equal(r->body, "PK", 2);
    assert_non_null(strstr(header_of(r, "Content-Disposition"), ".xlsx"));
    assert_true(expect(get(o, OFFICE, "/api/v1/hazards/template.xlsx"), 200)->size > r->size);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(the_file_of_a_job_holds_what_the_streamed_export_holds_for_everybody),
        SAYS(filter_sort_columns_and_language_are_those_asked_for),
        SAYS(a_workbook_says_in_words_by_which_filter_it_was_made),
        SAYS(a_workbook_of_what_waits_or_was_told_says_so),
        SAYS(a_cell_may_have_as_many_characters_as_a_spreadsheet_takes_and_no_more),
        SAYS(what_is_wrong_is_named_when_the_export_is_asked_for),
        SAYS(a_right_withdrawn_meanwhile_stops_the_export),
        SAYS(nobody_else_sees_the_job_or_its_file_and_the_trail_says_that_it_was_made),
        SAYS(a_cancelled_export_makes_no_file),
        SAYS(the_columns_a_person_wants_are_kept_for_that_person_and_kind),
        SAYS(the_empty_ledger_is_a_workbook_without_foreign_areas),
    };
    return RUN_OFFICES(tests);
}
