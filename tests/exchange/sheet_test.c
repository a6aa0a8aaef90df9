#include "exchange/sheet.h"

#include "../table.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int file_of(const void *bytes, size_t size)
{
    char path[] = "/tmp/anlan-sheet-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(write(fd, bytes, size), size);
    return fd;
}

/* ---- csv as a sheet ---- */

static void test_csv_is_one_sheet_named_like_the_file(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct sheet_info *sheets = NULL;
    size_t count = 0;
    int fd = file_of("名称,数量\r\n甲,2\r\n", strlen("名称,数量\r\n甲,2\r\n"));
    assert_int_equal(sheet_list(fd, "台账.csv", &arena, &sheets, &count, &err), 0);
    assert_int_equal(count, 1);
    assert_string_equal(sheets[0].name, "台账.csv");
    assert_false(sheets[0].hidden);

    struct sheet *sheet;
    assert_int_equal(sheet_open(fd, "台账.csv", 1, &sheet, &err), -1);
    assert_string_equal(err.fields[0].name, "sheet");
    error_clear(&err);
    assert_int_equal(sheet_open(fd, "台账.csv", 0, &sheet, &err), 0);
    assert_string_equal(sheet_encoding(sheet), "UTF-8");
    assert_string_equal(sheet_separator(sheet), ",");
    struct sheet_row row;
    assert_int_equal(sheet_next(sheet, &row, &err), 1);
    assert_int_equal(row.number, 1);
    assert_int_equal(row.given, 2);
    assert_string_equal(row.cells[0].at, "名称");
    assert_int_equal(sheet_next(sheet, &row, &err), 1);
    assert_string_equal(row.cells[1].at, "2");
    assert_int_equal(row.cells[1].trouble, CELL_FINE);
    assert_null(row.cells[1].merged);
    assert_false(row.blank);
    assert_int_equal(sheet_next(sheet, &row, &err), 0);
    sheet_close(sheet);
    close(fd);
}

static void test_csv_loses_the_apostrophe_that_protects_a_formula(void **state)
{
    (void)state;
    static const char text[] = "a,b\n'=1+1,''=x\n";
    struct error err = { 0 };
    struct sheet *sheet;
    struct sheet_row row;
    int fd = file_of(text, sizeof text - 1);
    assert_int_equal(sheet_open(fd, "a.csv", 0, &sheet, &err), 0);
    assert_int_equal(sheet_next(sheet, &row, &err), 1);
    assert_int_equal(sheet_next(sheet, &row, &err), 1);
    assert_string_equal(row.cells[0].at, "=1+1");
    assert_string_equal(row.cells[1].at, "'=x");
    sheet_close(sheet);
    close(fd);
}

static void test_a_row_beyond_the_expected_columns_is_told(void **state)
{
    (void)state;
    static const char text[] = "a,b\n1,2,3\n1,2\n";
    struct error err = { 0 };
    struct sheet *sheet;
    struct sheet_row row;
    int fd = file_of(text, sizeof text - 1);
    assert_int_equal(sheet_open(fd, "a.csv", 0, &sheet, &err), 0);
    sheet_expect(sheet, 2);
    assert_int_equal(sheet_next(sheet, &row, &err), 1);
    assert_int_equal(sheet_row_check(sheet, &row, &err), 0);
    assert_int_equal(sheet_next(sheet, &row, &err), 1);
    assert_int_equal(sheet_row_check(sheet, &row, &err), -1);
    assert_non_null(strstr(err.zh, "C 列"));
    error_clear(&err);
    assert_int_equal(sheet_next(sheet, &row, &err), 1);
    assert_int_equal(sheet_row_check(sheet, &row, &err), 0);
    sheet_close(sheet);
    close(fd);
}

static void test_the_error_of_a_row_stays(void **state)
{
    (void)state;
    static const char text[] = "a,b\n1,\"open\n";
    struct error err = { 0 };
    struct sheet *sheet;
    struct sheet_row row;
    int fd = file_of(text, sizeof text - 1);
    assert_int_equal(sheet_open(fd, "a.csv", 0, &sheet, &err), 0);
    assert_int_equal(sheet_next(sheet, &row, &err), 1);
    for (int i = 0; i < 2; i++) {
        error_clear(&err);
        assert_int_equal(sheet_next(sheet, &row, &err), -1);
        assert_string_equal(err.code, "csv.quote");
        assert_int_equal(err.fault, FAULT_INVALID);
        assert_string_equal(err.fields[0].name, "file");
    }
    sheet_close(sheet);
    close(fd);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv_is_one_sheet_named_like_the_file),
        cmocka_unit_test(test_csv_loses_the_apostrophe_that_protects_a_formula),
        cmocka_unit_test(test_a_row_beyond_the_expected_columns_is_told),
        cmocka_unit_test(test_the_error_of_a_row_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
