/* What leaves as csv or workbook: the columns asked for, cells that read back as they were, nothing a spreadsheet runs. */
#include "domain/town.h"

#include "access/query.h"
#include "base/clock.h"
#include "base/text.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "exchange/export.h"
#include "exchange/package.h"
#include "exchange/sheet.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- making and reading ---- */

struct made {
    int fd;
    struct export_sum sum;
};

static int run_order(struct town *t, enum who who, const struct kind *kind, struct export_order order, struct made *out,
                     struct error *err)
{
    struct error opening = { 0 };
    struct scope scope;
    struct filter filter = { 0 };
    scope_compile(&t->people[who], kind, verb_bit("read") | verb_bit("export"), &scope);
    struct list_query q = { .kind = kind, .actor = &t->people[who], .scope = &scope, .filter = &filter, .sort = "id" };
    order.query = &q;
    order.now_ms = town_noon;
    must(export_file(&order.fd, &opening), &opening);
    must(store_reader(t->house.store, &order.db, &opening), &opening);
    out->fd = order.fd;
    int got = export_run(&order, &out->sum, err);
    store_reader_back(t->house.store, order.db);
    return got;
}

static struct made export_as(struct town *t, enum who who, const struct kind *kind, enum export_format format,
                             const char *columns, bool english)
{
    struct error err = { 0 };
    struct made made;
    struct export_order order = {
        .format = format, .columns = columns, .english = english, .filter = "状态为“已发现”"
    };
    must(run_order(t, who, kind, order, &made, &err), &err);
    assert_int_equal(made.sum.size, lseek(made.fd, 0, SEEK_END));
    return made;
}

struct table_read {
    const char ***rows; /* the header first */
    size_t count, columns;
};

static struct table_read read_sheet(struct town *t, int fd, size_t index)
{
    enum { ROWS = 4000 };
    struct error err = { 0 };
    struct sheet *sheet;
    struct sheet_row row;
    struct table_read out = { .rows = ARENA_ARRAY(&t->arena, const char **, ROWS) };
    int got;
    lseek(fd, 0, SEEK_SET);
    must(sheet_open(fd, "ledger", index, &sheet, &err), &err);
    while ((got = sheet_next(sheet, &row, &err)) == 1) {
        assert_true(out.count < ROWS);
        if (!out.columns)
            out.columns = row.count;
        out.rows[out.count] = ARENA_ARRAY(&t->arena, const char *, out.columns);
        for (size_t i = 0; i < out.columns; i++) {
            out.rows[out.count][i] = arena_str(&t->arena, i < row.count ? row.cells[i].at : "");
            assert_int_equal(i < row.count ? row.cells[i].trouble : CELL_FINE, CELL_FINE);
        }
        out.count++;
    }
    sheet_close(sheet);
    must(got, &err);
    return out;
}

static const char *part_text(struct town *t, int fd, const char *name)
{
    enum { ROOM = 8 << 20 };
    struct error err = { 0 };
    struct package package;
    struct part *part;
    char *text = arena_alloc(&t->arena, ROOM);
    int64_t used = 0, got;
    must(package_open(fd, &package, &err), &err);
    assert_int_equal(part_open(&package, name, &part, &err), 1);
    while ((got = part_read(part, text + used, (size_t)(ROOM - 1 - used), &err)) > 0)
        used += got;
    part_close(part);
    must((int)got, &err);
    return text;
}

static size_t column_called(const struct table_read *table, const char *head)
{
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->rows[0][i], head) == 0)
            return i;
    fail_msg("there is no column %s", head);
    return 0;
}

static const char *const *row_of(const struct table_read *table, size_t column, const char *cell)
{
    for (size_t i = 1; i < table->count; i++)
        if (strcmp(table->rows[i][column], cell) == 0)
            return table->rows[i];
    fail_msg("no row has %s", cell);
    return NULL;
}

/* ---- cells ---- */

static const char *const strange[] = { "-5",
                                       "+8613912345678",
                                       "=1+1",
                                       "@x",
                                       "007",
                                       "'quoted",
                                       "''x",
                                       "a,b",
                                       "say \"so\"",
                                       "1E5",
                                       "TRUE",
                                       "2024.3.5",
                                       "_x0041_",
                                       "_x005F_",
                                       "=cmd|'/C'!A0",
                                       "91990102MA9T000119",
                                       "370211198511304526",
                                       "<b>&amp;</b>",
                                       "“引号”",
                                       "a  b" };
static const char two_lines[] = "第一行\n=第二行\n第三行";

static void strange_firms(struct town *t)
{
    for (size_t i = 0; i < COUNT(strange); i++)
        must_create(
            t, OFFICE, &enterprise_kind,
            said(t, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:b, s:o, s:o}", "name",
                              say(t, "表格 %zu", i), "address", strange[i], "remark", i % 2 ? two_lines : strange[i],
                              "no_code_reason", "new", "region", "990102001001", "phone", "13911112222", "founded_on",
                              i % 2 ? "1969-12-31" : "1900-02-28", "capital", (int)i * 333, "floor_area", "0.10",
                              "industry", "C2614", "insured", (int)i % 2, "flags", json_pack("[s,s]", "DUST", "CONF"),
                              "place", json_pack("{s:s,s:s}", "lon", "120.3500001", "lat", "36.1"))));
}

static bool same_number(const char *a, const char *b)
{
    char *end_a, *end_b;
    double x = strtod(a, &end_a), y = strtod(b, &end_b);
    return *a && *b && !*end_a && !*end_b && x == y;
}

/* The text of the csv is what the types print, so a workbook that reads as the same holds what was stored. */
static void a_workbook_reads_back_as_the_csv_of_the_same_list(void **state)
{
    struct town *t = TOWN(state);
    static const struct kind *const kinds[] = { &enterprise_kind, &hazard_kind };
    strange_firms(t);
    must_move(t, OFFICE, must_hazard(t, OFFICE, t->spots[FIRM_A1], "已定级"), "classify", "{\"level\":\"general\"}");
    for (size_t k = 0; k < COUNT(kinds); k++)
        for (int english = 0; english < 2; english++) {
            struct made csv = export_as(t, OFFICE, kinds[k], EXPORT_CSV, NULL, english);
            struct made book = export_as(t, OFFICE, kinds[k], EXPORT_XLSX, NULL, english);
            struct table_read a = read_sheet(t, csv.fd, 0), b = read_sheet(t, book.fd, 0);
            assert_int_equal(csv.sum.rows, book.sum.rows);
            assert_int_equal(a.count, csv.sum.rows + 1);
            assert_int_equal(a.count, b.count);
            assert_int_equal(a.columns, b.columns);
            for (size_t i = 0; i < a.count; i++)
                for (size_t c = 0; c < a.columns; c++)
                    if (strcmp(a.rows[i][c], b.rows[i][c]) != 0 && !same_number(a.rows[i][c], b.rows[i][c]))
                        fail_msg("row %zu, %s: %s became %s", i, a.rows[0][c], a.rows[i][c], b.rows[i][c]);
            close(csv.fd);
            close(book.fd);
        }
}

static void strange_texts_leave_and_come_back_character_by_character(void **state)
{
    struct town *t = TOWN(state);
    strange_firms(t);
    for (int format = 0; format < 2; format++) {
        struct made made = export_as(t, OFFICE, &enterprise_kind, format ? EXPORT_XLSX : EXPORT_CSV, NULL, false);
        struct table_read table = read_sheet(t, made.fd, 0);
        size_t name = column_called(&table, "企业名称"), address = column_called(&table, "地址"),
               remark = column_called(&table, "备注");
        for (size_t i = 0; i < COUNT(strange); i++) {
            const char *const *row = row_of(&table, name, say(t, "表格 %zu", i));
            assert_string_equal(row[address], strange[i]);
            assert_string_equal(row[remark], i % 2 ? two_lines : strange[i]);
            assert_string_equal(row[column_called(&table, "成立日期")], i % 2 ? "1969-12-31" : "1900-02-28");
        }
        close(made.fd);
    }
}

/* The whole element of the cell that holds the text. */
static const char *cell_with(struct town *t, const char *sheet, const char *text)
{
    const char *at = strstr(sheet, text);
    assert_non_null(at);
    const char *from = at;
    while (strncmp(from, "<c ", 3) != 0)
        from--;
    return arena_strn(&t->arena, from, (size_t)(at - from));
}

static const char *style_of(struct town *t, const char *styles, const char *cell)
{
    const char *at = strstr(styles, "<cellXfs");
    const char *s = strstr(cell, " s=\"");
    assert_non_null(at);
    assert_non_null(s);
    for (long i = strtol(s + 4, NULL, 10); i >= 0; i--) {
        at = strstr(at + 1, "<xf ");
        assert_non_null(at);
    }
    return arena_strn(&t->arena, at, strcspn(at, ">"));
}

static void what_looks_like_a_formula_is_quoted_text_and_the_rest_is_not(void **state)
{
    struct town *t = TOWN(state);
    strange_firms(t);
    struct made made = export_as(t, OFFICE, &enterprise_kind, EXPORT_XLSX, "name,address", false);
    const char *sheet = part_text(t, made.fd, "xl/worksheets/sheet1.xml"),
               *styles = part_text(t, made.fd, "xl/styles.xml");
    assert_null(strstr(sheet, "<f>"));
    static const char *const quoted[] = { ">=1+1<", ">-5<", ">@x<", ">+8613912345678<" };
    for (size_t i = 0; i < COUNT(quoted); i++) {
        const char *cell = cell_with(t, sheet, quoted[i]);
        assert_non_null(strstr(cell, "t=\"inlineStr\""));
        assert_non_null(strstr(style_of(t, styles, cell), "quotePrefix=\"1\""));
    }
    assert_null(strstr(style_of(t, styles, cell_with(t, sheet, ">007<")), "quotePrefix"));
    close(made.fd);
    /* A list without any is left as the library made it. */
    made = export_as(t, OFFICE, &enterprise_kind, EXPORT_XLSX, "staff", false);
    assert_null(strstr(part_text(t, made.fd, "xl/styles.xml"), "quotePrefix"));
    close(made.fd);
}

static void dates_and_numbers_are_what_a_spreadsheet_counts_with(void **state)
{
    struct town *t = TOWN(state);
    must_create(
        t, OFFICE, &enterprise_kind,
        "{\"name\":\"数字厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"founded_on\":\"2026-03-09\","
        "\"capital\":123456,\"staff\":12}");
    struct made made = export_as(t, OFFICE, &enterprise_kind, EXPORT_XLSX, "name,founded_on,capital,staff", false);
    const char *sheet = part_text(t, made.fd, "xl/worksheets/sheet1.xml"),
               *styles = part_text(t, made.fd, "xl/styles.xml"), *row = strstr(sheet, "数字厂");
    assert_non_null(row);
    const char *date = strstr(row, "<v>46090</v>"), *money = strstr(row, "<v>1234.56</v>"),
               *staff = strstr(row, "<v>12</v>");
    assert_true(date && money && staff);
    assert_non_null(strstr(styles, "formatCode=\"yyyy-mm-dd\""));
    assert_null(strstr(cell_with(t, row, "<v>46090</v>"), "t="));
    assert_non_null(strstr(sheet, "ySplit=\"1\""));
    assert_non_null(strstr(sheet, "<autoFilter ref=\"A1:F"));
    close(made.fd);
}

/* ---- columns ---- */

static void expect_heads(const struct table_read *table, const char *heads)
{
    AUTO_TEXT got = TEXT_LIMIT(4096);
    for (size_t i = 0; i < table->columns; i++)
        text_printf(&got, "%s%s", i ? " " : "", table->rows[0][i]);
    assert_string_equal(text_get(&got), heads);
}

static void a_hazard_list_has_the_header_of_the_paper_ledger(void **state)
{
    struct town *t = TOWN(state);
    must_hazard(t, GRID_A, t->spots[FIRM_A1], "台账一");
    must_hazard(t, GRID_A, t->spots[FIRM_A1], "台账二");
    for (int format = 0; format < 2; format++) {
        struct made made = export_as(t, OFFICE, &hazard_kind, format ? EXPORT_XLSX : EXPORT_CSV, NULL, false);
        struct table_read table = read_sheet(t, made.fd, 0);
        expect_heads(&table, "序号 隐患内容 排查日期 隐患类型 隐患级别 责任单位 责任人 整改期限 整改措施与要求 排查人 "
                             "复查日期 复查人 隐患状态 编号 版本");
        for (size_t i = 1; i < table.count; i++)
            assert_string_equal(table.rows[i][0], say(t, "%zu", i));
        const char *const *row = row_of(&table, 1, "台账一");
        assert_string_equal(row[2], "2026-03-01");
        assert_string_equal(row[9], t->people[GRID_A].display_name);
        assert_string_equal(row[12], "已发现");
        close(made.fd);
    }
}

static void columns_stand_in_the_order_asked_for(void **state)
{
    struct town *t = TOWN(state);
    must_hazard(t, OFFICE, t->spots[FIRM_A1], "一条");
    static const struct {
        const char *columns, *heads;
    } rows[] = { { "state,description", "隐患状态 隐患内容 编号 版本" },
                 { "number,row,description", "编号 序号 隐患内容 版本" },
                 { "funds", "整改资金（元） 编号 版本" } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct made made = export_as(t, OFFICE, &hazard_kind, EXPORT_XLSX, rows[i].columns, false);
        struct table_read table = read_sheet(t, made.fd, 0);
        expect_heads(&table, rows[i].heads);
        size_t number;
        assert_true(export_is_ours(table.rows[0], table.columns, &number));
        assert_string_equal(table.rows[0][number], "编号");
        close(made.fd);
    }
    static const char *const refused[] = { "nothing", "photos", "state,state", "number,number", "version" };
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct error err = { 0 };
        struct made made;
        struct export_order order = { .columns = refused[i] };
        expect_field(run_order(t, OFFICE, &hazard_kind, order, &made, &err), &err, "columns");
        close(made.fd);
    }
}

static void somebody_without_an_account_is_shown_as_the_ledger_said(void **state)
{
    struct town *t = TOWN(state);
    must_create(t, OFFICE, &hazard_kind,
                say(t,
                    "{\"description\":\"外来台账\",\"object\":%lld,\"found_on\":\"2026-03-01\",\"source\":\"import\","
                    "\"responsible_name\":\"厂长王某\",\"rechecker_name\":\"镇里李某\",\"fine\":50000}",
                    (long long)t->spots[FIRM_A1]));
    struct made made = export_as(t, OFFICE, &hazard_kind, EXPORT_XLSX, "description,responsible,rechecker,fine", false);
    struct table_read table = read_sheet(t, made.fd, 0);
    const char *const *row = row_of(&table, 0, "外来台账");
    assert_string_equal(row[1], "厂长王某");
    assert_string_equal(row[2], "镇里李某");
    assert_string_equal(row[3], "500");
    close(made.fd);
}

/* ---- the rest of the workbook ---- */

static void the_second_sheet_says_what_by_whom_of_when_and_how_many(void **state)
{
    struct town *t = TOWN(state);
    must_hazard(t, OFFICE, t->spots[FIRM_A1], "说明");
    struct made made = export_as(t, OFFICE, &hazard_kind, EXPORT_XLSX, NULL, false);
    struct table_read notes = read_sheet(t, made.fd, 1);
    static const char *const heads[] = { "内容", "筛选", "导出人", "数据截至", "行数", "注意" };
    assert_int_equal(notes.count, COUNT(heads));
    for (size_t i = 0; i < COUNT(heads); i++)
        assert_string_equal(notes.rows[i][0], heads[i]);
    assert_string_equal(notes.rows[0][1], "隐患台账");
    assert_string_equal(notes.rows[1][1], "状态为“已发现”");
    assert_string_equal(notes.rows[2][1], t->people[OFFICE].display_name);
    assert_string_equal(notes.rows[3][1], "2026-03-09 12:00");
    assert_string_equal(notes.rows[4][1], say(t, "%lld", (long long)made.sum.rows));
    close(made.fd);
}

static void no_personal_value_stands_in_a_workbook(void **state)
{
    struct town *t = TOWN(state);
    strange_firms(t);
    struct made made = export_as(t, OFFICE, &enterprise_kind, EXPORT_XLSX, "name,phone", false);
    const char *sheet = part_text(t, made.fd, "xl/worksheets/sheet1.xml");
    assert_null(strstr(sheet, "13911112222"));
    assert_non_null(strstr(sheet, "2222"));
    close(made.fd);
}

static void everybody_gets_the_rows_of_their_own_scope(void **state)
{
    struct town *t = TOWN(state);
    must_hazard(t, OFFICE, t->spots[FIRM_A1], "甲镇的");
    must_hazard(t, OFFICE, t->spots[FIRM_B1], "乙镇的");
    for (int format = 0; format < 2; format++) {
        struct made made = export_as(t, GRID_A, &hazard_kind, format ? EXPORT_XLSX : EXPORT_CSV, NULL, false);
        struct table_read table = read_sheet(t, made.fd, 0);
        row_of(&table, 1, "甲镇的");
        for (size_t i = 1; i < table.count; i++)
            assert_string_not_equal(table.rows[i][1], "乙镇的");
        close(made.fd);
    }
}

/* ---- stopping ---- */

static bool stop_at_once(void *arg, int64_t rows)
{
    *(int64_t *)arg = rows;
    return false;
}

static bool go_on(void *arg, int64_t rows)
{
    *(int64_t *)arg = rows;
    return true;
}

static void an_export_tells_how_far_it_is_and_can_be_stopped(void **state)
{
    struct town *t = TOWN(state);
    for (int i = 0; i < LIMIT_PAGE + 1; i++)
        must_hazard(t, OFFICE, t->spots[FIRM_A1], "很多");
    for (int format = 0; format < 2; format++) {
        struct error err = { 0 };
        struct made made;
        int64_t told = 0;
        struct export_order order = { .format = format ? EXPORT_XLSX : EXPORT_CSV, .tick = go_on, .arg = &told };
        must(run_order(t, OFFICE, &hazard_kind, order, &made, &err), &err);
        assert_int_equal(told, made.sum.rows);
        close(made.fd);
        order.tick = stop_at_once;
        expect_fault(run_order(t, OFFICE, &hazard_kind, order, &made, &err), &err, FAULT_CONFLICT, "export.cancelled");
        assert_int_equal(told, LIMIT_PAGE);
        close(made.fd);
    }
}

static void a_workbook_that_was_not_written_whole_is_an_error(void **state)
{
    struct town *t = TOWN(state);
    for (int i = 0; i < LIMIT_PAGE; i++)
        must_hazard(t, OFFICE, t->spots[FIRM_A1], say(t, "占地方的内容 %d", i * 7919));
    struct rlimit was, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    /* Each of them cuts off another file: the zip, the rows set aside, the sheet put together. */
    static const rlim_t sizes[] = { 512, 4096, 9000, 20000, 40000 };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct error err = { 0 };
        struct made made;
        struct export_order order = { .format = EXPORT_XLSX };
        small = (struct rlimit){ .rlim_cur = sizes[i], .rlim_max = was.rlim_max };
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        int got = run_order(t, OFFICE, &hazard_kind, order, &made, &err);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
        expect_fault(got, &err, FAULT_FULL, NULL);
        close(made.fd);
    }
    signal(SIGXFSZ, handler);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_workbook_reads_back_as_the_csv_of_the_same_list),
        SAYS(strange_texts_leave_and_come_back_character_by_character),
        SAYS(what_looks_like_a_formula_is_quoted_text_and_the_rest_is_not),
        SAYS(dates_and_numbers_are_what_a_spreadsheet_counts_with),
        SAYS(a_hazard_list_has_the_header_of_the_paper_ledger),
        SAYS(columns_stand_in_the_order_asked_for),
        SAYS(somebody_without_an_account_is_shown_as_the_ledger_said),
        SAYS(the_second_sheet_says_what_by_whom_of_when_and_how_many),
        SAYS(no_personal_value_stands_in_a_workbook),
        SAYS(everybody_gets_the_rows_of_their_own_scope),
        SAYS(an_export_tells_how_far_it_is_and_can_be_stopped),
        SAYS(a_workbook_that_was_not_written_whole_is_an_error),
    };
    return RUN_TOWNS(tests);
}
