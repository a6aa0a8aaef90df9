#include "base/memory.h"
#include "base/utf8.h"
#include "exchange/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { LONG = 64 << 20 };

/* ---- sources ---- */

enum source { FROM_MEMORY, FROM_FILE, FROM_PIPE, SOURCES };

static int file_of(const void *bytes, size_t size)
{
    char path[] = "/tmp/anlan-csv-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(write(fd, bytes, size), size);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

/* Only for what a pipe holds without a reader. */
static int pipe_of(const void *bytes, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, size), size);
    close(ends[1]);
    return ends[0];
}

static int open_from(enum source source, const void *bytes, size_t size, int *fd, struct csv **csv, struct error *err)
{
    *fd = -1;
    if (source == FROM_MEMORY)
        return csv_open_memory(bytes, size, csv, err);
    *fd = source == FROM_FILE ? file_of(bytes, size) : pipe_of(bytes, size);
    return csv_open_fd(*fd, csv, err);
}

static void close_source(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* A message has to fit its room: one that was cut ends without its last word. */
static void assert_whole_message(const struct error *err)
{
    assert_true(utf8_valid(err->zh, strlen(err->zh)) && utf8_valid(err->en, strlen(err->en)));
    assert_true(strlen(err->zh) > 10 && strlen(err->zh) < ERROR_SENTENCE - 8);
    assert_true(strlen(err->en) > 10 && strlen(err->en) < ERROR_SENTENCE - 8);
}

/* ---- reading: bytes -> "1[a][b]\n2[c][]\n" ---- */

struct reading {
    const char *name, *bytes;
    size_t size; /* 0: as long as the text */
    const char *rows, *encoding, *separator;
};

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct reading readings[] = {
    { "rows_end_in_line_feeds", BYTES("a,b\nc,d\n"), "1[a][b]\n2[c][d]\n", "UTF-8", "," },
    { "rows_end_in_carriage_return_and_line_feed", BYTES("a,b\r\nc,d\r\n"), "1[a][b]\n2[c][d]\n", "UTF-8", "," },
    { "rows_end_in_carriage_returns", BYTES("a,b\rc,d\r"), "1[a][b]\n2[c][d]\n", "UTF-8", "," },
    { "the_last_row_needs_no_line_end", BYTES("a,b\nc,d"), "1[a][b]\n2[c][d]\n", "UTF-8", "," },
    { "a_separator_at_the_end_makes_an_empty_cell", BYTES("a,b,\n1,2,"), "1[a][b][]\n2[1][2][]\n", "UTF-8", "," },
    { "blank_rows_are_counted_as_a_spreadsheet_does", BYTES("a,b\n\n\nc,d\n"), "1[a][b]\n2[][]\n3[][]\n4[c][d]\n",
      "UTF-8", "," },
    { "quotes_hide_separators_and_line_ends", BYTES("a,b\n\"x,\ny\",\"2\"\n3,4\n"), "1[a][b]\n2[x,\ny][2]\n3[3][4]\n",
      "UTF-8", "," },
    { "carriage_returns_inside_quotes_stay", BYTES("a,b\n\"x\r\ny\",\"\r\"\n"), "1[a][b]\n2[x\r\ny][\r]\n", "UTF-8",
      "," },
    { "a_doubled_quote_is_one_quote", BYTES("a,\"he said \"\"yes\"\"\"\n\"\"\"\",\"\"\n"),
      "1[a][he said \"yes\"]\n2[\"][]\n", "UTF-8", "," },
    { "a_quote_inside_an_unquoted_cell_is_itself", BYTES("a,b\n3\" pipe,5'\n"), "1[a][b]\n2[3\" pipe][5']\n", "UTF-8",
      "," },
    { "text_behind_a_closing_quote_belongs_to_the_cell", BYTES("a,b\n\"x\"y,2\n"), "1[a][b]\n2[xy][2]\n", "UTF-8",
      "," },
    { "a_short_row_is_filled_with_empty_cells", BYTES("a,b,c\n1\n4,5,6\n"), "1[a][b][c]\n2[1][][]\n3[4][5][6]\n",
      "UTF-8", "," },
    { "a_long_row_keeps_all_its_cells", BYTES("a,b\n1,2\n3,4\n5,6,7\n"), "1[a][b]\n2[1][2]\n3[3][4]\n4[5][6][7]\n",
      "UTF-8", "," },
    { "spaces_around_a_cell_are_kept", BYTES("a , b\n 1,2 \n"), "1[a ][ b]\n2[ 1][2 ]\n", "UTF-8", "," },
    { "a_byte_order_mark_is_no_part_of_the_first_cell", BYTES("\xEF\xBB\xBF名称,x\n甲,1\n"), "1[名称][x]\n2[甲][1]\n",
      "UTF-8", "," },
    { "chinese_without_a_mark_is_utf8_when_it_is_valid", BYTES("名称,x\n甲,1\n"), "1[名称][x]\n2[甲][1]\n", "UTF-8",
      "," },
    { "bytes_that_are_not_utf8_are_gb18030", BYTES("\xC3\xFB\xB3\xC6,x\n\xBC\xD7,1\n"), "1[名称][x]\n2[甲][1]\n",
      "GB 18030", "," },
    { "gb18030_characters_of_four_bytes_are_read", BYTES("\xD0\xD5\xC3\xFB,x\n\x95\x34\xB2\x35,1\n"),
      "1[姓名][x]\n2[\xF0\xA0\xAE\xB7][1]\n", "GB 18030", "," },
    { "little_endian_utf16_is_read",
      BYTES("\xFF\xFE\x0D\x54,\0x\0\n\0\x32\x75,\0"
            "1\0\n\0"),
      "1[名][x]\n2[甲][1]\n", "UTF-16LE", "," },
    { "big_endian_utf16_is_read",
      BYTES("\xFE\xFF\x54\x0D\0,\0x\0\n\x75\x32\0,\0"
            "1\0\n"),
      "1[名][x]\n2[甲][1]\n", "UTF-16BE", "," },
    { "tabs_separate", BYTES("a\tb\n1,5\t2,5\n3\t4\n"), "1[a][b]\n2[1,5][2,5]\n3[3][4]\n", "UTF-8", "\t" },
    { "semicolons_separate", BYTES("a;b\n1,5;2\n3,5;4\n"), "1[a][b]\n2[1,5][2]\n3[3,5][4]\n", "UTF-8", ";" },
    { "full_width_commas_separate", BYTES("甲，乙\n1，2\n"), "1[甲][乙]\n2[1][2]\n", "UTF-8", "，" },
    { "commas_win_although_the_notes_hold_semicolons", BYTES("a,note\n1,x;y;z\n2,x;y;z\n3,u\n"),
      "1[a][note]\n2[1][x;y;z]\n3[2][x;y;z]\n4[3][u]\n", "UTF-8", "," },
    { "separators_in_quotes_do_not_mislead_the_guess", BYTES("a;\"b,c,d\"\n1;\"2,3,4\"\n"),
      "1[a][b,c,d]\n2[1][2,3,4]\n", "UTF-8", ";" },
    { "a_title_above_the_header_does_not_mislead_the_guess", BYTES("检查计划\n单位;日期\n甲;3\n"),
      "1[检查计划]\n2[单位][日期]\n3[甲][3]\n", "UTF-8", ";" },
    { "one_column_needs_no_separator", BYTES("name\nx\ny\n"), "1[name]\n2[x]\n3[y]\n", "UTF-8", "," },
    { "prose_in_one_column_is_not_cut", BYTES("描述\n箱门未关，线路裸露\n气瓶超期\n无\n"),
      "1[描述]\n2[箱门未关，线路裸露]\n3[气瓶超期]\n4[无]\n", "UTF-8", "," },
    { "only_a_quoted_empty_cell_is_a_row", BYTES("\"\"\n"), "1[]\n", "UTF-8", "," },
};

static void print_rows(struct csv *csv, struct text *out)
{
    struct csv_row row;
    struct error err = { 0 };
    int result;
    while ((result = csv_next(csv, &row, &err)) == 1) {
        text_int(out, row.number);
        for (size_t i = 0; i < row.count; i++) {
            assert_int_equal(strlen(row.cells[i].at), row.cells[i].size);
            text_printf(out, "[%s]", row.cells[i].at);
        }
        text_char(out, '\n');
    }
    if (result < 0)
        fail_msg("%s", err.en);
    assert_int_equal(csv_next(csv, &row, &err), 0);
}

static void reading_test(void **state)
{
    const struct reading *t = *state;
    for (int source = 0; source < SOURCES; source++) {
        struct csv *csv;
        struct error err = { 0 };
        int fd;
        AUTO_TEXT rows = TEXT_LIMIT(LONG);
        if (open_from((enum source)source, t->bytes, t->size, &fd, &csv, &err) < 0)
            fail_msg("%s", err.en);
        print_rows(csv, &rows);
        assert_string_equal(text_get(&rows), t->rows);
        assert_string_equal(csv_encoding_name(csv), t->encoding);
        assert_string_equal(csv_separator(csv), t->separator);
        csv_close(csv);
        close_source(fd);
    }
}

/* ---- refusals: bytes -> code and the place in the sentence ---- */

struct refusal {
    const char *name, *bytes;
    size_t size;
    const char *code, *zh;
};

static const struct refusal refusals[] = {
    { "an_empty_file_is_refused", BYTES(""), "csv.empty", "文件是空的" },
    { "a_file_of_nothing_but_a_mark_is_empty", BYTES("\xEF\xBB\xBF"), "csv.empty", "文件是空的" },
    { "a_file_of_blank_rows_is_empty", BYTES(" \r\n\t\r\n\n"), "csv.empty", "文件是空的" },
    { "an_xls_or_et_file_is_named", BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0"), "csv.is_xls", "另存为 .xlsx" },
    { "an_xlsx_file_is_named", BYTES("PK\x03\x04\x14\0\x06\0[Content_Types].xml"), "csv.is_xlsx", ".xlsx 结尾" },
    { "a_zip_archive_is_named", BYTES("PK\x03\x04\x14\0\0\0photos/1.jpg"), "csv.is_zip", "先解压" },
    { "a_pdf_is_named", BYTES("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"), "csv.is_pdf", "PDF" },
    { "a_web_page_called_xls_is_named", BYTES("\r\n<HTML><table><tr><td>1"), "csv.is_page", "网页" },
    { "a_spreadsheet_saved_as_xml_is_named", BYTES("\xEF\xBB\xBF<?xml version=\"1.0\"?><Workbook>"), "csv.is_page",
      "XML" },
    { "a_quote_never_closed_names_the_row_it_began_in", BYTES("a,b\n1,2\n3,\"4\n5,6\n7,8\n"), "csv.quote",
      "第 3 行 B 列的引号没有结尾" },
    { "a_quote_at_the_very_end_is_not_closed", BYTES("a,b\n1,\""), "csv.quote", "第 2 行 B 列" },
    { "a_nul_byte_is_placed", BYTES("a,b\n1,2\nx,y\0z\n"), "csv.nul", "第 3 行 B 列" },
    { "utf16_without_a_mark_is_refused_at_its_first_nul", BYTES("a\0,\0b\0\n\0"), "csv.nul", "第 1 行 A 列" },
    { "a_nul_in_gb18030_is_placed", BYTES("\xC3\xFB\xB3\xC6,x\n\0,1\n"), "csv.nul", "第 2 行 A 列" },
    { "a_broken_byte_in_utf8_is_placed", BYTES("名称,地址,电话\n甲,乙,丙\n丁,戊\xFF己,庚\n"), "csv.encoding",
      "第 3 行 B 列有无法识别的字节（FF E5 B7 B1，按 UTF-8 读取）" },
    { "utf8_that_ends_inside_a_character_is_refused", BYTES("名称,地址\n甲,乙\xE4\xB8"), "csv.encoding",
      "第 2 行 B 列有无法识别的字节（E4 B8，" },
    { "a_byte_that_is_no_gb18030_is_placed", BYTES("\xC3\xFB\xB3\xC6,x\n1,2\n\xFF,4\n"), "csv.encoding",
      "第 3 行 A 列有无法识别的字节（FF 2C 34 0A，按 GB 18030 读取）" },
    { "gb18030_that_ends_inside_a_character_is_refused", BYTES("\xC3\xFB\xB3\xC6,x\n1,\xC3"), "csv.encoding",
      "第 2 行 B 列" },
    { "half_a_surrogate_pair_is_refused",
      BYTES("\xFF\xFE"
            "a\0,\0\x3D\xD8"
            "b\0"),
      "csv.encoding", "第 1 行 B 列" },
    { "an_odd_byte_at_the_end_of_utf16_is_refused",
      BYTES("\xFF\xFE"
            "a\0,\0b\0c"),
      "csv.encoding", "第 1 行 B 列" },
};

static void refusal_test(void **state)
{
    const struct refusal *t = *state;
    for (int source = 0; source < SOURCES; source++) {
        struct csv *csv = NULL;
        struct csv_row row;
        struct error err = { 0 };
        int fd;
        int result = open_from((enum source)source, t->bytes, t->size, &fd, &csv, &err);
        if (result < 0)
            assert_null(csv);
        for (int i = 0; result >= 0 && i < 100; i++)
            result = csv_next(csv, &row, &err);
        assert_int_equal(result, -1);
        assert_string_equal(err.code, t->code);
        if (!strstr(err.zh, t->zh))
            fail_msg("%s", err.zh);
        assert_whole_message(&err);
        if (csv) {
            struct error again = { 0 };
            assert_int_equal(csv_next(csv, &row, &again), -1);
            assert_string_equal(again.zh, err.zh);
        }
        csv_close(csv);
        close_source(fd);
    }
}

/* ---- ceilings ---- */

/* Reads memory to the end; returns the number of rows, or -1 with the error. */
static int64_t count_rows(const struct text *bytes, struct error *err)
{
    struct csv *csv;
    struct csv_row row;
    int64_t rows = 0;
    int result;
    if (csv_open_memory(bytes->at, bytes->used, &csv, err) < 0)
        return -1;
    while ((result = csv_next(csv, &row, err)) == 1)
        rows++;
    csv_close(csv);
    return result < 0 ? -1 : rows;
}

static void fill_text(struct text *out, char c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_char(out, c);
}

/* A cell of `count` times the text, quoted or not, read back as 1 row or refused. */
static void expect_cell(const char *text, size_t count, bool quoted, bool fits)
{
    AUTO_TEXT bytes = TEXT_LIMIT(LONG);
    struct error err = { 0 };
    text_str(&bytes, quoted ? "a,b\n1,\"" : "a,b\n1,");
    for (size_t i = 0; i < count; i++)
        text_str(&bytes, text);
    text_str(&bytes, quoted ? "\"\n" : "\n");
    if ((count_rows(&bytes, &err) == 2) != fits)
        fail_msg("%zu times %s: %s", count, text, err.en);
    if (fits)
        return;
    assert_string_equal(err.code, "csv.cell_too_long");
    assert_non_null(strstr(err.zh, "第 2 行 B 列的内容超过 32767 个字"));
    assert_whole_message(&err);
}

static void a_cell_may_have_limit_cell_characters_and_not_one_more(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t units; /* as a spreadsheet counts */
    } cases[] = { { "x", 1 }, { "é", 1 }, { "患", 1 }, { "𠮷", 2 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int quoted = 0; quoted < 2; quoted++)
            for (size_t over = 0; over < 2; over++)
                expect_cell(cases[i].text, LIMIT_CELL / cases[i].units + over, quoted, !over);
}

static void a_missing_closing_quote_in_a_long_file_is_suspected(void **state)
{
    (void)state;
    AUTO_TEXT bytes = TEXT_LIMIT(LONG);
    struct error err = { 0 };
    text_str(&bytes, "a,b\n1,\"2\n");
    for (int i = 0; i < 200000; i++)
        text_str(&bytes, "3,4\n");
    assert_int_equal(count_rows(&bytes, &err), -1);
    assert_string_equal(err.code, "csv.cell_too_long");
    assert_non_null(strstr(err.zh, "第 2 行 B 列从引号开始"));
}

static void a_row_may_have_512_cells_and_not_one_more(void **state)
{
    (void)state;
    for (size_t columns = CSV_COLUMNS; columns <= CSV_COLUMNS + 1; columns++) {
        AUTO_TEXT bytes = TEXT_LIMIT(LONG);
        struct error err = { 0 };
        text_str(&bytes, "h\n");
        fill_text(&bytes, ',', columns - 1);
        text_str(&bytes, "\nx\n");
        assert_int_equal(count_rows(&bytes, &err), columns == CSV_COLUMNS ? 3 : -1);
        if (columns == CSV_COLUMNS)
            continue;
        assert_string_equal(err.code, "csv.too_many_columns");
        assert_non_null(strstr(err.zh, "第 2 行到 SS 列"));
        assert_whole_message(&err);
    }
}

static void a_full_row_of_the_longest_cells_is_read(void **state)
{
    (void)state;
    AUTO_TEXT bytes = TEXT_LIMIT(LONG);
    struct error err = { 0 };
    for (int i = 0; i < CSV_COLUMNS; i++) {
        fill_text(&bytes, 'x', LIMIT_CELL);
        text_char(&bytes, i + 1 < CSV_COLUMNS ? ',' : '\n');
    }
    assert_true(text_ok(&bytes));
    assert_int_equal(count_rows(&bytes, &err), 1);
}

static void a_file_may_have_limit_import_rows_and_not_one_more(void **state)
{
    (void)state;
    AUTO_TEXT bytes = TEXT_LIMIT(LONG);
    struct error err = { 0 };
    for (int i = 0; i < LIMIT_IMPORT_ROWS; i++)
        text_str(&bytes, "1\n");
    assert_int_equal(count_rows(&bytes, &err), LIMIT_IMPORT_ROWS);
    text_str(&bytes, "1");
    assert_int_equal(count_rows(&bytes, &err), -1);
    assert_string_equal(err.code, "csv.too_many_rows");
    assert_non_null(strstr(err.zh, "1000001"));
    assert_whole_message(&err);
}

/* ---- buffers: characters of every width cross every buffer end ---- */

static void put_gb18030(struct text *out, int i)
{
    text_add(out, i % 5 == 0 ? "\x95\x34\xB2\x35" : "\xBC\xD7\xD2\xD2", 4);
}

static void put_utf8(struct text *out, int i)
{
    text_str(out, i % 5 == 0 ? "\xF0\xA0\xAE\xB7" : "甲乙");
}

static void put_utf16(struct text *out, int i)
{
    text_add(out, i % 5 == 0 ? "\x42\xD8\xB7\xDF" : "\x32\x75\x59\x4E", 4);
}

static void characters_may_stand_across_the_end_of_a_buffer(void **state)
{
    (void)state;
    static const struct {
        const char *encoding, *mark;
        void (*put)(struct text *, int);
        size_t mark_size, unit;
    } kinds[] = {
        { "UTF-8", "", put_utf8, 0, 1 },
        { "GB 18030", "", put_gb18030, 0, 1 },
        { "UTF-16LE", "\xFF\xFE", put_utf16, 2, 2 },
    };
    enum { CHARACTERS = 150000, PER_ROW = 100 };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t pad = 0; pad < 4; pad++) {
            AUTO_TEXT bytes = TEXT_LIMIT(LONG);
            AUTO_TEXT expected = TEXT_LIMIT(LONG);
            AUTO_TEXT seen = TEXT_LIMIT(LONG);
            text_add(&bytes, kinds[k].mark, kinds[k].mark_size);
            for (size_t i = 0; i < pad; i++)
                text_add(&bytes, "p\0", kinds[k].unit);
            fill_text(&expected, 'p', pad);
            for (int i = 0; i < CHARACTERS; i++) {
                kinds[k].put(&bytes, i);
                put_utf8(&expected, i);
                if (i % PER_ROW == PER_ROW - 1)
                    text_add(&bytes, "\n\0", kinds[k].unit);
            }
            int fd = file_of(bytes.at, bytes.used);
            struct csv *csv;
            struct csv_row row;
            struct error err = { 0 };
            int result;
            assert_int_equal(csv_open_fd(fd, &csv, &err), 0);
            assert_string_equal(csv_encoding_name(csv), kinds[k].encoding);
            while ((result = csv_next(csv, &row, &err)) == 1) {
                assert_int_equal(row.given, 1);
                text_add(&seen, row.cells[0].at, row.cells[0].size);
            }
            assert_int_equal(result, 0);
            assert_int_equal(seen.used, expected.used);
            assert_memory_equal(seen.at, expected.at, expected.used);
            csv_close(csv);
            close(fd);
        }
}

static void full_width_commas_and_line_ends_may_stand_there_too(void **state)
{
    (void)state;
    for (size_t pad = 0; pad < 8; pad++) {
        AUTO_TEXT bytes = TEXT_LIMIT(LONG);
        struct csv *csv;
        struct csv_row row;
        struct error err = { 0 };
        int64_t rows = 0;
        int result;
        text_str(&bytes, "甲，乙\r\n");
        fill_text(&bytes, 'p', pad);
        while (bytes.used < 400000)
            text_str(&bytes, "1，\"2\"\"3\"\r\n");
        assert_int_equal(csv_open_memory(bytes.at, bytes.used, &csv, &err), 0);
        while ((result = csv_next(csv, &row, &err)) == 1) {
            assert_int_equal(row.given, 2);
            assert_string_equal(row.cells[1].at, rows == 0 ? "乙" : "2\"3");
            rows++;
        }
        assert_int_equal(result, 0);
        assert_true(rows > 20000);
        csv_close(csv);
    }
}

/* Many lines of plain letters, then one Chinese character in GB 18030. */
static void late_gb18030(struct text *bytes)
{
    while (bytes->used < 600000)
        text_str(bytes, "abc,def\n");
    text_str(bytes, "\xBC\xD7,x\n");
}

static void gb18030_is_noticed_however_late_it_comes_in_a_file(void **state)
{
    (void)state;
    AUTO_TEXT bytes = TEXT_LIMIT(LONG);
    late_gb18030(&bytes);
    struct csv *csv;
    struct csv_row row;
    struct error err = { 0 };
    int fd = file_of(bytes.at, bytes.used), result;
    AUTO_TEXT last = TEXT_LIMIT(100);
    assert_int_equal(csv_open_fd(fd, &csv, &err), 0);
    assert_string_equal(csv_encoding_name(csv), "GB 18030");
    while ((result = csv_next(csv, &row, &err)) == 1) {
        text_clear(&last);
        text_str(&last, row.cells[0].at);
    }
    assert_int_equal(result, 0);
    assert_string_equal(text_get(&last), "甲");
    csv_close(csv);
    close(fd);
}

static void a_character_cut_by_the_first_buffer_does_not_count_as_broken(void **state)
{
    (void)state;
    AUTO_TEXT bytes = TEXT_LIMIT(LONG);
    for (size_t pad = 0; pad < 3; pad++) {
        struct csv *csv;
        struct error err = { 0 };
        text_clear(&bytes);
        fill_text(&bytes, 'p', pad);
        while (bytes.used < 256 * 1024 - 2)
            text_str(&bytes, bytes.used % 1000 < 2 ? "\n" : "a");
        text_str(&bytes, "甲,1\n2,3\n");
        int fd = file_of(bytes.at, bytes.used);
        assert_int_equal(csv_open_fd(fd, &csv, &err), 0);
        assert_string_equal(csv_encoding_name(csv), "UTF-8");
        csv_close(csv);
        close(fd);
    }
}

static void reading_starts_where_the_file_descriptor_stands(void **state)
{
    (void)state;
    int fd = file_of("skip,this\na,b\n", 14);
    struct csv *csv;
    struct csv_row row;
    struct error err = { 0 };
    assert_int_equal(lseek(fd, 10, SEEK_SET), 10);
    assert_int_equal(csv_open_fd(fd, &csv, &err), 0);
    assert_int_equal(csv_next(csv, &row, &err), 1);
    assert_string_equal(row.cells[0].at, "a");
    assert_int_equal(row.number, 1);
    csv_close(csv);
    close(fd);
}

static void what_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    struct csv *csv = NULL;
    struct error err = { 0 };
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(csv_open_fd(ends[1], &csv, &err), -1); /* the end for writing */
    assert_string_equal(err.code, "encoding.unreadable");
    assert_null(csv);
    close(ends[0]);
    close(ends[1]);
}

/* ---- rows that do not fit ---- */

static void rows_of_another_width_are_reported_one_by_one(void **state)
{
    (void)state;
    static const char bytes[] = "a,b,c\n1,2,3\n1,2\n\n1,2,3,,\n1,2,3,,x\n4,5,6\n";
    static const char *const codes[] = { "", "", "csv.row_short", "", "", "csv.row_long", "" };
    static const char *const places[] = { "", "", "第 3 行只有 2 个单元格，应有 3 个，从 C 列起缺少",
                                          "", "", "第 6 行有 5 个单元格，应有 3 个，E 列多出内容",
                                          "" };
    struct csv *csv;
    struct csv_row row;
    struct error err = { 0 };
    assert_int_equal(csv_open_memory(bytes, sizeof bytes - 1, &csv, &err), 0);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct error note = { 0 };
        assert_int_equal(csv_next(csv, &row, &err), 1);
        assert_int_equal(csv_row_check(csv, &row, &note), codes[i][0] ? -1 : 0);
        assert_string_equal(note.code, codes[i]);
        assert_non_null(strstr(note.zh, places[i]));
        assert_int_equal(row.blank, i == 3);
        if (codes[i][0])
            assert_whole_message(&note);
    }
    assert_int_equal(csv_next(csv, &row, &err), 0);
    csv_close(csv);
}

static void the_expected_width_can_be_set_behind_a_title(void **state)
{
    (void)state;
    static const char bytes[] = "title\na,b\n1\n";
    struct csv *csv;
    struct csv_row row;
    struct error err = { 0 };
    assert_int_equal(csv_open_memory(bytes, sizeof bytes - 1, &csv, &err), 0);
    assert_int_equal(csv_next(csv, &row, &err), 1);
    assert_int_equal(row.count, 1);
    assert_int_equal(csv_next(csv, &row, &err), 1);
    csv_expect(csv, row.given);
    assert_int_equal(csv_next(csv, &row, &err), 1);
    assert_int_equal(row.given, 1);
    assert_int_equal(row.count, 2);
    assert_string_equal(row.cells[1].at, "");
    csv_close(csv);
}

static void columns_are_named_as_a_spreadsheet_names_them(void **state)
{
    (void)state;
    static const struct {
        size_t index;
        const char *name;
    } names[] = { { 0, "A" },   { 1, "B" },   { 25, "Z" },   { 26, "AA" },  { 27, "AB" },
                  { 51, "AZ" }, { 52, "BA" }, { 511, "SR" }, { 701, "ZZ" }, { 702, "AAA" } };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[CSV_COLUMN_NAME];
        csv_column_name(names[i].index, name);
        assert_string_equal(name, names[i].name);
    }
}

/* ---- writing ---- */

struct writing {
    const char *name, *value;
    enum csv_as as;
    const char *written;
};

static const struct writing writings[] = {
    { "plain_text_is_written_as_it_is", "青岛 7 号库", CSV_TEXT, "青岛 7 号库" },
    { "an_empty_text_is_an_empty_cell", "", CSV_TEXT, "" },
    { "a_comma_is_quoted", "a,b", CSV_TEXT, "\"a,b\"" },
    { "a_semicolon_is_quoted", "a;b", CSV_TEXT, "\"a;b\"" },
    { "a_full_width_comma_is_quoted", "甲，乙", CSV_TEXT, "\"甲，乙\"" },
    { "a_quote_is_doubled", "say \"yes\"", CSV_TEXT, "\"say \"\"yes\"\"\"" },
    { "a_lone_quote_is_doubled", "\"", CSV_TEXT, "\"\"\"\"" },
    { "line_ends_are_quoted", "a\r\nb\nc\rd", CSV_TEXT, "\"a\r\nb\nc\rd\"" },
    { "an_equals_sign_is_protected", "=1+1", CSV_TEXT, "'=1+1" },
    { "a_plus_sign_is_protected_in_text", "+8613800000000", CSV_TEXT, "'+8613800000000" },
    { "a_minus_sign_is_protected_in_text", "-5", CSV_TEXT, "'-5" },
    { "an_at_sign_is_protected", "@x", CSV_TEXT, "'@x" },
    { "a_leading_tab_is_protected", "\tx", CSV_TEXT, "\"'\tx\"" },
    { "a_leading_carriage_return_is_protected", "\rx", CSV_TEXT, "\"'\rx\"" },
    { "a_formula_with_a_comma_is_protected_inside_the_quotes", "=SUM(A1,B1)", CSV_TEXT, "\"'=SUM(A1,B1)\"" },
    { "an_apostrophe_before_a_formula_gets_another", "'=1", CSV_TEXT, "''=1" },
    { "two_apostrophes_before_a_formula_get_a_third", "''@x", CSV_TEXT, "'''@x" },
    { "an_apostrophe_before_a_word_is_left_alone", "'tis", CSV_TEXT, "'tis" },
    { "a_lone_apostrophe_is_left_alone", "'", CSV_TEXT, "'" },
    { "a_formula_sign_further_in_is_left_alone", "a=b", CSV_TEXT, "a=b" },
    { "leading_zeros_stay", "00123", CSV_TEXT, "00123" },
    { "a_code_of_18_digits_stays", "370211199001011234", CSV_TEXT, "370211199001011234" },
    { "a_negative_number_is_not_protected", "-5", CSV_NUMBER, "-5" },
    { "a_number_with_a_plus_is_not_protected", "+8613800000000", CSV_NUMBER, "+8613800000000" },
    { "a_number_with_an_exponent_is_not_protected", "-1.5e-7", CSV_NUMBER, "-1.5e-7" },
    { "what_is_called_a_number_and_is_none_is_protected", "-cmd|'/c calc'!A0", CSV_NUMBER, "'-cmd|'/c calc'!A0" },
};

static void assert_round_trip(const char *const *values, size_t count)
{
    AUTO_TEXT out = TEXT_LIMIT(LONG);
    csv_begin(&out);
    csv_cell(&out, "h", 1, CSV_TEXT);
    for (size_t i = 0; i < count; i++)
        csv_cell(&out, values[i], strlen(values[i]), CSV_TEXT);
    csv_end_row(&out);
    struct csv *csv;
    struct csv_row row;
    struct error err = { 0 };
    assert_int_equal(csv_open_memory(out.at, out.used, &csv, &err), 0);
    assert_int_equal(csv_next(csv, &row, &err), 1);
    assert_int_equal(row.given, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct csv_span cell = row.cells[i + 1];
        csv_unprotect(&cell);
        assert_string_equal(cell.at, values[i]);
        assert_int_equal(cell.size, strlen(values[i]));
    }
    assert_int_equal(csv_next(csv, &row, &err), 0);
    csv_close(csv);
}

static void writing_test(void **state)
{
    const struct writing *t = *state;
    AUTO_TEXT out = TEXT_LIMIT(1000);
    AUTO_TEXT expected = TEXT_LIMIT(1000);
    csv_cell(&out, t->value, strlen(t->value), t->as);
    csv_cell(&out, "z", 1, CSV_TEXT);
    csv_end_row(&out);
    text_printf(&expected, "%s,z\r\n", t->written);
    assert_string_equal(text_get(&out), text_get(&expected));
    assert_round_trip(&t->value, 1);
}

static uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void any_text_comes_back_exactly(void **state)
{
    (void)state;
    static const char *const pieces[] = { "'",  "=", "+", "-",  "@",  "\t", "\r", "\n",
                                          "\"", ",", ";", "，", "甲", "x",  " ",  "5" };
    uint64_t seed = 88172645463325252u;
    for (int round = 0; round < 2000; round++) {
        struct text cells[6];
        const char *values[6];
        for (size_t i = 0; i < 6; i++) {
            cells[i] = (struct text)TEXT_LIMIT(1000);
            for (uint64_t n = random_next(&seed) % 7; n > 0; n--)
                text_str(&cells[i], pieces[random_next(&seed) % (sizeof pieces / sizeof *pieces)]);
            values[i] = text_get(&cells[i]);
        }
        assert_round_trip(values, 6);
        for (size_t i = 0; i < 6; i++)
            text_done(&cells[i]);
    }
}

static void empty_cells_at_both_ends_of_a_row_survive(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(1000);
    csv_cell(&out, NULL, 0, CSV_TEXT);
    csv_cell(&out, "a", 1, CSV_TEXT);
    csv_cell(&out, "", 0, CSV_NUMBER);
    csv_end_row(&out);
    csv_cell(&out, "", 0, CSV_TEXT);
    csv_end_row(&out);
    assert_string_equal(text_get(&out), ",a,\r\n\r\n");
}

static void a_full_text_stays_failed_and_is_not_touched(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(5);
    csv_cell(&out, "abc", 3, CSV_TEXT);
    csv_cell(&out, "def", 3, CSV_TEXT);
    csv_end_row(&out);
    assert_false(text_ok(&out));
}

/* ---- */

enum {
    READINGS = sizeof readings / sizeof *readings,
    REFUSALS = sizeof refusals / sizeof *refusals,
    WRITINGS = sizeof writings / sizeof *writings,
};

static const struct CMUnitTest single[] = {
    cmocka_unit_test(a_cell_may_have_limit_cell_characters_and_not_one_more),
    cmocka_unit_test(a_missing_closing_quote_in_a_long_file_is_suspected),
    cmocka_unit_test(a_row_may_have_512_cells_and_not_one_more),
    cmocka_unit_test(a_full_row_of_the_longest_cells_is_read),
    cmocka_unit_test(a_file_may_have_limit_import_rows_and_not_one_more),
    cmocka_unit_test(characters_may_stand_across_the_end_of_a_buffer),
    cmocka_unit_test(full_width_commas_and_line_ends_may_stand_there_too),
    cmocka_unit_test(gb18030_is_noticed_however_late_it_comes_in_a_file),
    cmocka_unit_test(a_character_cut_by_the_first_buffer_does_not_count_as_broken),
    cmocka_unit_test(reading_starts_where_the_file_descriptor_stands),
    cmocka_unit_test(what_cannot_be_read_is_an_error),
    cmocka_unit_test(rows_of_another_width_are_reported_one_by_one),
    cmocka_unit_test(the_expected_width_can_be_set_behind_a_title),
    cmocka_unit_test(columns_are_named_as_a_spreadsheet_names_them),
    cmocka_unit_test(any_text_comes_back_exactly),
    cmocka_unit_test(empty_cells_at_both_ends_of_a_row_survive),
    cmocka_unit_test(a_full_text_stays_failed_and_is_not_touched),
};
enum { SINGLE = sizeof single / sizeof *single };

int main(void)
{
    static struct CMUnitTest csv[READINGS + REFUSALS + WRITINGS + SINGLE];
    size_t n = 0;
    for (size_t i = 0; i < READINGS; i++)
        csv[n++] = (struct CMUnitTest){ readings[i].name, reading_test, NULL, NULL, (void *)&readings[i] };
    for (size_t i = 0; i < REFUSALS; i++)
        csv[n++] = (struct CMUnitTest){ refusals[i].name, refusal_test, NULL, NULL, (void *)&refusals[i] };
    for (size_t i = 0; i < WRITINGS; i++)
        csv[n++] = (struct CMUnitTest){ writings[i].name, writing_test, NULL, NULL, (void *)&writings[i] };
    memcpy(csv + n, single, sizeof single);
    return cmocka_run_group_tests(csv, NULL, NULL);
}
