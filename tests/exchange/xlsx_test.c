/* Workbooks as offices and their programs write them, and as nobody should send them: every file is built here. */
#include "workbook.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "exchange/package.h"
#include "exchange/xlsx.h"

#include <stdio.h>

enum { WHOLE = 64 << 20 };

/* Rows as "number:cell|cell;", a hidden row with "h", what is wrong with a cell behind it, a merged one as <text>. */
static int read_all(int fd, struct text *out, struct error *err)
{
    static const char *const marks[] = { "", "#digits", "#error", "#none", "#formula" };
    struct sheet *sheet;
    struct sheet_row row;
    if (sheet_open(fd, "台账.xlsx", 0, &sheet, err) < 0)
        return -1;
    int got;
    while ((got = sheet_next(sheet, &row, err)) == 1) {
        text_printf(out, "%d%s:", (int)row.number, row.hidden ? "h" : "");
        for (size_t i = 0; i < row.given; i++) {
            assert_int_equal(strlen(row.cells[i].at), row.cells[i].size);
            assert_true(utf8_valid(row.cells[i].at, row.cells[i].size));
            text_str(out, i ? "|" : "");
            if (row.cells[i].merged)
                text_printf(out, "<%s>", row.cells[i].merged);
            text_str(out, row.cells[i].at);
            text_str(out, marks[row.cells[i].trouble]);
        }
        text_char(out, ';');
    }
    sheet_close(sheet);
    return got;
}

/* ---- what cells say ---- */

struct cells_row {
    const char *says;
    const char *sheet, *strings, *styles, *book;
    const char *expected;
};

#define SST(items)  "<sst " MAIN ">" items "</sst>"
#define STYLES(xfs) "<styleSheet " MAIN ">" xfs "</styleSheet>"
#define DATES                                                                                                         \
    STYLES("<numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@\"/>" \
           "<numFmt numFmtId=\"171\" formatCode=\"yyyy/m/d\\ h:mm\"/>"                                                \
           "<numFmt numFmtId=\"172\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>"                            \
           "<numFmt numFmtId=\"173\" formatCode=\"000000\"/><numFmt numFmtId=\"174\" formatCode=\"h:mm:ss\"/>"        \
           "<numFmt numFmtId=\"175\" formatCode=\"0.00E+00\"/>"                                                       \
           "<numFmt numFmtId=\"176\" formatCode=\"[Red]#,##0.00&quot;days&quot;\"/>"                                  \
           "<numFmt numFmtId=\"177\" formatCode=\"yyyy\"/><numFmt numFmtId=\"178\" formatCode=\"[h]:mm\"/>"           \
           "<numFmt numFmtId=\"179\" formatCode=\"[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy\"/></numFmts>"                \
           "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"                                                       \
           "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/>"           \
           "<xf numFmtId=\"172\"/><xf numFmtId=\"173\"/><xf numFmtId=\"174\"/><xf numFmtId=\"175\"/>"                 \
           "<xf numFmtId=\"176\"/><xf numFmtId=\"9\"/><xf numFmtId=\"177\"/><xf numFmtId=\"178\"/>"                   \
           "<xf numFmtId=\"22\"/><xf numFmtId=\"57\"/><xf numFmtId=\"179\"/><xf numFmtId=\"49\" quotePrefix=\"1\"/>"  \
           "</cellXfs>")

static const struct cells_row cells_rows[] = {
    { .says = "shared strings are found although they stand behind the sheet",
      .sheet = ROW1("<c r=\"A1\" t=\"s\"><v>1</v></c><c r=\"B1\" t=\"s\"><v>0</v></c>"),
      .strings = SST("<si><t>乙</t></si><si><t>甲</t></si>"),
      .expected = "1:甲|乙;" },
    { .says = "runs of a rich text are one text, and how it is spoken is left out",
      .sheet = ROW1("<c r=\"A1\" t=\"s\"><v>0</v></c>"),
      .strings = SST("<si><r><rPr><b/></rPr><t>安全</t></r><r><t xml:space=\"preserve\"> 生产</t></r>"
                     "<rPh sb=\"0\" eb=\"2\"><t>アン</t></rPh></si>"),
      .expected = "1:安全 生产;" },
    { .says = "inline strings, with and without runs",
      .sheet = ROW1("<c r=\"A1\" t=\"inlineStr\"><is><t>一</t></is></c>"
                    "<c r=\"B1\" t=\"inlineStr\"><is><r><t>二</t></r><r><t>三</t></r></is></c>"),
      .expected = "1:一|二三;" },
    { .says = "white space that was meant is kept",
      .sheet = ROW1("<c r=\"A1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">  a\nb </t></is></c>"),
      .expected = "1:  a\nb ;" },
    { .says = "an escaped character is the character, and its escape too",
      .sheet =
          ROW1("<c r=\"A1\" t=\"inlineStr\"><is><t>a_x000D_b_x005F_x000D_c_xD83D__xDE00__xD83D__x12G4_</t></is></c>"),
      .expected = "1:a\rb_x000D_c\xF0\x9F\x98\x80_xD83D__x12G4_;" },
    { .says = "a number is written in full, never with an exponent",
      .sheet = ROW1("<c><v>370211</v></c><c><v>1.5E3</v></c><c><v>1E-7</v></c><c><v>0.30000000000000004</v></c>"
                    "<c><v>-12.50</v></c><c><v>123456789012345</v></c><c><v>9.1370211E+14</v></c>"),
      .expected = "1:370211|1500|0.0000001|0.3|-12.50|123456789012345|913702110000000;" },
    { .says = "a number of more than 15 digits has lost its last ones",
      .sheet = ROW1("<c><v>3.7021119900101122E+17</v></c><c><v>370211199001011234</v></c><c><v>1E+15</v></c>"),
      .expected = "1:370211199001011200#digits|370211199001011234#digits|1000000000000000#digits;" },
    { .says = "an 18-digit code kept as text is whole",
      .sheet = ROW1("<c t=\"inlineStr\"><is><t>370211199001011234</t></is></c>"),
      .expected = "1:370211199001011234;" },
    { .says = "yes and no", .sheet = ROW1("<c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c>"), .expected = "1:是|否;" },
    { .says = "an error of the spreadsheet is told",
      .sheet = ROW1("<c t=\"e\"><v>#REF!</v></c><c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>"),
      .expected = "1:#REF!#error|#DIV/0!#error;" },
    { .says = "a formula says its result, or that it has none",
      .sheet = ROW1("<c><f>1+1</f><v>2</v></c><c><f>A1</f></c><c t=\"str\"><f>A1&amp;\"\"</f><v>x</v></c>"),
      .expected = "1:2#formula|#none|x#formula;" },
    { .says = "a text that begins with an equals sign is a text",
      .sheet = ROW1("<c s=\"15\" t=\"inlineStr\"><is><t>=1+1</t></is></c><c t=\"inlineStr\"><is><t>'x</t></is></c>"),
      .styles = DATES,
      .expected = "1:=1+1|'x;" },
    { .says = "dates by their style, with the hour where the style shows it",
      .sheet = ROW1("<c s=\"1\"><v>46098</v></c><c s=\"2\"><v>46098.75</v></c><c s=\"3\"><v>46098.395833333336</v></c>"
                    "<c s=\"12\"><v>46098</v></c><c s=\"14\"><v>46098</v></c>"),
      .styles = DATES,
      .expected = "1:2026-03-17|2026-03-17|2026-03-17 09:30|2026-03-17 00:00|2026-03-17;" },
    { .says = "a style that shows no day gives no day",
      .sheet = ROW1("<c s=\"4\"><v>46098</v></c><c s=\"13\"><v>46098</v></c><c s=\"10\"><v>46098</v></c>"),
      .styles = DATES,
      .expected = "1:2026-03|2026-03|2026;" },
    { .says = "a time of day, and hours that go past it",
      .sheet = ROW1("<c s=\"6\"><v>0.39583333333333331</v></c><c s=\"6\"><v>0.39584490740740741</v></c>"
                    "<c s=\"11\"><v>1.0625</v></c>"),
      .styles = DATES,
      .expected = "1:09:30|09:30:01|25:30;" },
    { .says = "the calendar from 1900 with the day that never was",
      .sheet = ROW1("<c s=\"1\"><v>1</v></c><c s=\"1\"><v>59</v></c><c s=\"1\"><v>60</v></c><c s=\"1\"><v>61</v></c>"
                    "<c s=\"1\"><v>0</v></c><c s=\"1\"><v>-1</v></c>"),
      .styles = DATES,
      .expected = "1:1900-01-01|1900-02-28|1900-02-29|1900-03-01|1900-01-00|-1;" },
    { .says = "the calendar from 1904",
      .sheet = ROW1("<c s=\"1\"><v>0</v></c><c s=\"1\"><v>44636</v></c>"),
      .styles = DATES,
      .book = "<workbook " MAIN
              "><workbookPr date1904=\"1\"/><sheets><sheet name=\"a\" r:id=\"rId1\"/></sheets></workbook>",
      .expected = "1:1904-01-01|2026-03-17;" },
    { .says = "a date another program wrote as text",
      .sheet = ROW1("<c t=\"d\"><v>2026-03-17T09:30:00Z</v></c><c t=\"d\"><v>2026-03-17T00:00:00</v></c>"
                    "<c t=\"d\"><v>2026-03-17</v></c>"),
      .expected = "1:2026-03-17 09:30|2026-03-17|2026-03-17;" },
    { .says = "styles that are no dates leave numbers alone, leading zeros and percent are shown",
      .sheet = ROW1("<c s=\"5\"><v>123</v></c><c s=\"7\"><v>1500</v></c><c s=\"8\"><v>12</v></c>"
                    "<c s=\"9\"><v>0.155</v></c><c s=\"99\"><v>7</v></c>"),
      .styles = DATES,
      .expected = "1:000123|1500|12|15.5%|7;" },
    { .says = "rows and cells without a place follow the one before, gaps stay gaps",
      .sheet = SHEET("<row><c><v>1</v></c><c r=\"D1\"><v>4</v></c><c><v>5</v></c></row>"
                     "<row r=\"5\"><c r=\"B5\"><v>2</v></c></row><row><c><v>6</v></c></row>"),
      .expected = "1:1|||4|5;5:|2;6:6;" },
    { .says = "hidden rows are read and told",
      .sheet = SHEET("<row r=\"1\"><c><v>1</v></c></row><row r=\"2\" hidden=\"1\"><c><v>2</v></c></row>"),
      .expected = "1:1;2h:2;" },
    { .says = "rows and cells with nothing but a look do not count",
      .sheet = SHEET("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"XFD1\" s=\"1\"/></row>"
                     "<row r=\"1048576\"><c r=\"A1048576\" s=\"1\"/></row>"),
      .expected = "1:1;" },
    { .says = "a header over two rows says what it covers, and a covered cell says nothing itself",
      .sheet = "<worksheet " MAIN "><sheetData>"
               "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>序号</t></is></c><c r=\"B1\" "
               "t=\"inlineStr\"><is><t>整改</t></is></c>"
               "<c r=\"C1\" s=\"1\"/></row>"
               "<row r=\"2\"><c r=\"A2\"><v>9</v></c><c r=\"B2\" t=\"inlineStr\"><is><t>期限</t></is></c>"
               "<c r=\"C2\" t=\"inlineStr\"><is><t>责任人</t></is></c></row>"
               "<row r=\"3\"><c r=\"A3\"><v>1</v></c></row></sheetData>"
               "<mergeCells count=\"2\"><mergeCell ref=\"B1:C1\"/><mergeCell ref=\"A1:A2\"/></mergeCells></worksheet>",
      .expected = "1:序号|整改|<整改>;2:<序号>|期限|责任人;3:1;" },
    { .says = "elements with a prefix are the same elements",
      .sheet = "<x:worksheet xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><x:sheetData>"
               "<x:row r=\"1\"><x:c r=\"A1\"><x:v>7</x:v></x:c></x:row></x:sheetData>"
               "<x:mergeCells><x:mergeCell ref=\"A1:B1\"/></x:mergeCells></x:worksheet>",
      .expected = "1:7|<7>;" },
    { .says = "a sheet without rows has none",
      .sheet = "<worksheet " MAIN "><sheetData/></worksheet>",
      .expected = "" },
    { .says = "a number that is none stays the text it is",
      .sheet = ROW1("<c><v>NaN</v></c><c><v>0x10</v></c>"),
      .expected = "1:NaN|0x10;" },
};

static void check_cells(void **state)
{
    const struct cells_row *row = *state;
    AUTO_TEXT out = TEXT_LIMIT(WHOLE);
    struct error err = { 0 };
    int fd = made_workbook(row->book, row->sheet, row->strings, row->styles);
    if (read_all(fd, &out, &err) < 0)
        fail_msg("%s: %s", err.code, err.zh);
    assert_string_equal(text_get(&out), row->expected);
    close(fd);
}

/* ---- what is refused ---- */

struct bad_row {
    const char *says;
    const char *sheet, *strings, *styles, *book;
    const char *code, *zh; /* zh: a part of the sentence */
};

static const struct bad_row bad_rows[] = {
    { .says = "a sheet that ends in the middle",
      .sheet = "<worksheet " MAIN "><sheetData><row><c><v>1</v></c></row>",
      .code = "xlsx.broken" },
    { .says = "a document type, with which a small file could become a huge one",
      .sheet = "<!DOCTYPE lolz [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]>" ROW1("<c t=\"str\"><v>&b;</v></c>"),
      .code = "xlsx.doctype" },
    { .says = "a document type in the shared strings",
      .sheet = ROW1("<c><v>1</v></c>"),
      .strings = "<!DOCTYPE sst SYSTEM \"file:///etc/passwd\"><sst/>",
      .code = "xlsx.doctype" },
    { .says = "bytes that are no UTF-8", .sheet = ROW1("<c t=\"str\"><v>\xFF\xFE</v></c>"), .code = "xlsx.broken" },
    { .says = "a NUL behind an escape",
      .sheet = ROW1("<c t=\"inlineStr\"><is><t>a_x0000_b</t></is></c>"),
      .code = "xlsx.nul",
      .zh = "第 1 行 A 列" },
    { .says = "a NUL in the shared strings",
      .sheet = ROW1("<c t=\"s\"><v>0</v></c>"),
      .strings = SST("<si><t>_x0000_</t></si>"),
      .code = "xlsx.nul" },
    { .says = "a NUL as a character reference", .sheet = ROW1("<c t=\"str\"><v>&#0;</v></c>"), .code = "xlsx.broken" },
    { .says = "a shared string that is not there",
      .sheet = ROW1("<c t=\"s\"><v>5</v></c>"),
      .strings = SST("<si><t>a</t></si>"),
      .code = "xlsx.broken" },
    { .says = "rows that run backwards",
      .sheet = SHEET("<row r=\"2\"><c><v>1</v></c></row><row r=\"1\"><c><v>1</v></c></row>"),
      .code = "xlsx.broken" },
    { .says = "a cell beyond the last column there is",
      .sheet = ROW1("<c r=\"XFE1\"><v>1</v></c>"),
      .code = "xlsx.broken" },
    { .says = "a filled cell beyond the columns that are read",
      .sheet = ROW1("<c r=\"A1\"><v>1</v></c><c r=\"XFD1\"><v>1</v></c>"),
      .code = "xlsx.too_many_columns",
      .zh = "第 1 行 XFD 列" },
    { .says = "a filled row beyond a million",
      .sheet = SHEET("<row r=\"1\"><c><v>1</v></c></row><row r=\"1048576\"><c><v>1</v></c></row>"),
      .code = "xlsx.too_many_rows",
      .zh = "第 1048576 行" },
    { .says = "elements nested without end",
      .sheet =
          "<worksheet><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>"
          "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>",
      .code = "xlsx.broken" },
    { .says = "a sheet that is something else", .sheet = "<chartsheet/>", .code = "xlsx.broken" },
    { .says = "a document of another program under this name",
      .sheet = ROW1(""),
      .book = "<w:document xmlns:w=\"urn:w\"><w:body/></w:document>",
      .code = "xlsx.other" },
    { .says = "a workbook without sheets",
      .sheet = ROW1(""),
      .book = "<workbook " MAIN "><sheets/></workbook>",
      .code = "xlsx.broken" },
};

static void assert_refused(int fd, const char *code, const char *zh)
{
    AUTO_TEXT out = TEXT_LIMIT(WHOLE);
    struct error err = { 0 };
    assert_int_equal(read_all(fd, &out, &err), -1);
    assert_string_equal(err.code, code);
    assert_int_equal(err.fault, FAULT_INVALID);
    assert_string_equal(err.fields[0].name, "file");
    assert_true(err.zh[0] && err.en[0] && utf8_valid(err.zh, strlen(err.zh)));
    assert_true(strlen(err.zh) < ERROR_SENTENCE - 1 && strlen(err.en) < ERROR_SENTENCE - 1);
    if (zh && !strstr(err.zh, zh))
        fail_msg("no “%s” in: %s", zh, err.zh);
    close(fd);
}

static void check_bad(void **state)
{
    const struct bad_row *row = *state;
    assert_refused(made_workbook(row->book, row->sheet, row->strings, row->styles), row->code, row->zh);
}

/* ---- files that are no whole workbook ---- */

static int cut_file(int whole, off_t size)
{
    int fd = made_file();
    char *bytes = memory_new((size_t)size + 1);
    assert_int_equal(pread(whole, bytes, (size_t)size, 0), size);
    assert_int_equal(write(fd, bytes, (size_t)size), size);
    memory_free(bytes);
    return fd;
}

static void test_a_workbook_cut_anywhere_is_refused_whole(void **state)
{
    (void)state;
    int fd = made_workbook(NULL, ROW1("<c t=\"s\"><v>0</v></c>"), SST("<si><t>甲</t></si>"), DATES);
    off_t size = lseek(fd, 0, SEEK_END);
    for (off_t cut = 40; cut < size; cut += 97) {
        AUTO_TEXT out = TEXT_LIMIT(WHOLE);
        struct error err = { 0 };
        int part = cut_file(fd, cut);
        assert_int_equal(read_all(part, &out, &err), -1);
        assert_true(strcmp(err.code, "xlsx.broken") == 0 || strcmp(err.code, "xlsx.other") == 0);
        assert_int_equal(out.used, 0);
        close(part);
    }
    close(fd);
}

static void test_a_changed_byte_never_crashes_the_reader(void **state)
{
    (void)state;
    int fd = made_workbook(NULL, ROW1("<c t=\"s\"><v>0</v></c>"), SST("<si><t>甲</t></si>"), DATES);
    off_t size = lseek(fd, 0, SEEK_END);
    for (off_t at = 0; at < size; at += 3) {
        AUTO_TEXT out = TEXT_LIMIT(WHOLE);
        struct error err = { 0 };
        unsigned char byte;
        int part = cut_file(fd, size);
        assert_int_equal(pread(part, &byte, 1, at), 1);
        byte ^= 0x55;
        assert_int_equal(pwrite(part, &byte, 1, at), 1);
        if (read_all(part, &out, &err) < 0)
            assert_true(err.fault != FAULT_NONE && err.zh[0]);
        close(part);
    }
    close(fd);
}

static char *repeated(const char *begin, const char *piece, size_t count, const char *end, size_t *size)
{
    struct text out = TEXT_LIMIT((size_t)512 << 20);
    text_str(&out, begin);
    for (size_t i = 0; i < count; i++)
        text_str(&out, piece);
    text_str(&out, end);
    assert_true(text_ok(&out));
    *size = out.used;
    return text_take(&out);
}

static int made_with(const char *sheet, size_t size, const char *strings, size_t strings_size)
{
    struct made_part parts[] = { { "_rels/.rels", TOP_RELS, 0 },
                                 { "xl/workbook.xml", BOOK, 0 },
                                 { "xl/_rels/workbook.xml.rels", BOOK_RELS, 0 },
                                 { "xl/worksheets/sheet1.xml", sheet, size },
                                 { "xl/sharedStrings.xml", strings, strings_size } };
    return made_zip(parts, strings ? 5 : 4);
}

static void test_a_zip_bomb_is_stopped_by_its_ratio(void **state)
{
    (void)state;
    size_t size;
    char *sheet =
        repeated("<worksheet><sheetData>", "<row><c/><c/><c/><c/></row>", 3000000, "</sheetData></worksheet>", &size);
    assert_true(size > PACKAGE_FREE);
    assert_refused(made_with(sheet, size, NULL, 0), "xlsx.bomb", NULL);
    memory_free(sheet);
}

static void test_a_cell_of_ten_megabytes_is_named(void **state)
{
    (void)state;
    size_t size;
    char *sheet = repeated("<worksheet><sheetData><row r=\"7\"><c r=\"C7\" t=\"inlineStr\"><is><t>", "0123456789",
                           1 << 20, "</t></is></c></row></sheetData></worksheet>", &size);
    assert_refused(made_with(sheet, size, NULL, 0), "xlsx.cell_too_long", "第 7 行 C 列");
    memory_free(sheet);
    char *strings = repeated("<sst><si><t>", "0123456789", 1 << 20, "</t></si></sst>", &size);
    static const char named[] = SHEET("<row r=\"2\"><c r=\"B2\" t=\"s\"><v>0</v></c></row>");
    assert_refused(made_with(named, sizeof named - 1, strings, size), "xlsx.cell_too_long", "第 2 行 B 列");
    memory_free(strings);
}

/* The one row is what stands before and so many characters behind it. */
static void assert_long_cell(int fd, const char *before, size_t count)
{
    AUTO_TEXT out = TEXT_LIMIT(WHOLE);
    struct error err = { 0 };
    if (read_all(fd, &out, &err) < 0)
        fail_msg("%s", err.en);
    assert_memory_equal(text_get(&out), before, strlen(before));
    assert_int_equal(utf8_chars(text_get(&out)), strlen(before) + count + strlen(";"));
    close(fd);
}

static void test_a_cell_may_have_limit_cell_characters_and_not_one_more(void **state)
{
    (void)state;
    static const char named[] = SHEET("<row r=\"2\"><c r=\"B2\" t=\"s\"><v>0</v></c></row>");
    for (size_t over = 0; over < 2; over++) {
        size_t size;
        char *sheet = repeated("<worksheet><sheetData><row r=\"7\"><c r=\"C7\" t=\"inlineStr\"><is><t>", "患",
                               LIMIT_CELL + over, "</t></is></c></row></sheetData></worksheet>", &size);
        int inside = made_with(sheet, size, NULL, 0);
        memory_free(sheet);
        char *strings = repeated("<sst><si><t>", "患", LIMIT_CELL + over, "</t></si></sst>", &size);
        int beside = made_with(named, sizeof named - 1, strings, size);
        memory_free(strings);
        if (over) {
            assert_refused(inside, "xlsx.cell_too_long", "超过 32767 个字");
            assert_refused(beside, "xlsx.cell_too_long", "第 2 行 B 列");
        } else {
            assert_long_cell(inside, "7:||", LIMIT_CELL);
            assert_long_cell(beside, "2:|", LIMIT_CELL);
        }
    }
}

static void test_a_tag_of_many_megabytes_is_refused(void **state)
{
    (void)state;
    size_t size;
    char *sheet = repeated("<worksheet a=\"", "0123456789", 1 << 19, "\"><sheetData/></worksheet>", &size);
    assert_refused(made_with(sheet, size, NULL, 0), "xlsx.broken", NULL);
    memory_free(sheet);
}

static void test_shared_strings_over_their_ceiling_are_refused(void **state)
{
    (void)state;
    size_t size;
    struct text out = TEXT_LIMIT((size_t)512 << 20);
    uint64_t seed = 1;
    text_str(&out, "<sst>");
    for (int k = 0; k < 1 << 20; k++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        text_printf(&out, "<si><t>%016llx 安全生产隐患排查治理台账，第二次复查</t></si>", (unsigned long long)seed);
    }
    text_str(&out, "</sst>");
    assert_true(text_ok(&out));
    size = out.used;
    char *strings = text_take(&out);
    static const char sheet[] = ROW1("<c><v>1</v></c>");
    assert_refused(made_with(sheet, sizeof sheet - 1, strings, size), "xlsx.strings", NULL);
    memory_free(strings);
}

static void test_the_text_of_a_row_over_many_blocks_is_whole(void **state)
{
    (void)state;
    size_t size;
    AUTO_TEXT out = TEXT_LIMIT(WHOLE);
    struct error err = { 0 };
    char *sheet =
        repeated("<worksheet><sheetData>", "<row><c t=\"inlineStr\"><is><t>安澜</t></is></c><c><v>12</v></c></row>",
                 20000, "</sheetData><mergeCells><mergeCell ref=\"A1:A2\"/></mergeCells></worksheet>", &size);
    int fd = made_with(sheet, size, NULL, 0);
    assert_int_equal(read_all(fd, &out, &err), 0);
    static const char begin[] = "1:安澜|12;2:<安澜>|12;3:安澜|12;";
    assert_int_equal(strncmp(text_get(&out), begin, sizeof begin - 1), 0);
    assert_non_null(strstr(text_get(&out), "20000:安澜|12;"));
    close(fd);
    memory_free(sheet);
}

static void test_other_files_are_told_what_to_do(void **state)
{
    (void)state;
    struct made_part plain = { "readme.txt", "hello", 0 };
    struct made_part ods = { "mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0 };
    assert_refused(made_zip(&plain, 1), "xlsx.other", "另存为 .xlsx");
    assert_refused(made_zip(&ods, 1), "xlsx.other", "另存为 .xlsx");

    struct made_part binary[] = { { "_rels/.rels",
                                    "<Relationships><Relationship Id=\"a\" Type=\"" REL
                                    "officeDocument\" Target=\"xl/workbook.bin\"/></Relationships>",
                                    0 },
                                  { "xl/workbook.bin", "\x01\x02", 0 } };
    assert_refused(made_zip(binary, 2), "xlsx.other", "另存为 .xlsx");

    char ole[4096] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    int fd = made_file();
    assert_int_equal(write(fd, ole, sizeof ole), sizeof ole);
    assert_refused(fd, "csv.is_xls", ".et");
    memcpy(ole + 1024, "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e", 32);
    fd = made_file();
    assert_int_equal(write(fd, ole, sizeof ole), sizeof ole);
    assert_refused(fd, "xlsx.encrypted", "密码");
}

/* ---- names of parts ---- */

static void test_names_of_parts_lead_nowhere_but_into_the_archive(void **state)
{
    (void)state;
    static const struct {
        const char *base, *target, *part;
    } rows[] = { { "xl/", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml" },
                 { "xl/", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml" },
                 { "xl/", "../xl/./sheet1.xml", "xl/sheet1.xml" },
                 { "xl/", "../../../../etc/passwd", "etc/passwd" },
                 { "xl/", "..\\..\\etc\\passwd", "etc/passwd" },
                 { "", "//etc//passwd", "etc/passwd" },
                 { "", "", "" } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[PACKAGE_NAME];
        package_resolve(rows[i].base, rows[i].target, out);
        assert_string_equal(out, rows[i].part);
    }
}

static void test_absolute_names_other_case_and_backslashes_are_found(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(WHOLE);
    struct error err = { 0 };
    struct made_part parts[] = {
        { "_rels/.rels",
          "<Relationships><Relationship Id=\"a\" Type=\"" REL
          "officeDocument\" Target=\"/xl/Workbook.xml\"/></Relationships>",
          0 },
        { "xl/workbook.xml", BOOK, 0 },
        { "xl/_rels/workbook.xml.rels",
          "<Relationships><Relationship Id=\"rId1\" Type=\"" REL
          "worksheet\" Target=\"/xl/sheets/a.xml\"/></Relationships>",
          0 },
        { "xl\\sheets\\a.xml", ROW1("<c><v>3</v></c>"), 0 },
    };
    int fd = made_zip(parts, 4);
    assert_int_equal(read_all(fd, &out, &err), 0);
    assert_string_equal(text_get(&out), "1:3;");
    close(fd);
}

static void test_a_sheet_outside_the_archive_is_not_followed(void **state)
{
    (void)state;
    struct made_part parts[] = {
        { "_rels/.rels", TOP_RELS, 0 },
        { "xl/workbook.xml", BOOK, 0 },
        { "xl/_rels/workbook.xml.rels",
          "<Relationships><Relationship Id=\"rId1\" Type=\"" REL
          "worksheet\" TargetMode=\"External\" Target=\"file:///etc/passwd\"/></Relationships>",
          0 },
    };
    assert_refused(made_zip(parts, 3), "xlsx.broken", NULL);
}

static void test_sheets_are_listed_in_order_and_hidden_ones_told(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct sheet_info *sheets = NULL;
    size_t count = 0;
    struct made_part parts[] = {
        { "_rels/.rels", TOP_RELS, 0 },
        { "xl/workbook.xml",
          "<workbook><sheets><sheet name=\"说明 &amp; 其他\" state=\"hidden\" r:id=\"b\"/><sheet name=\"图\" "
          "r:id=\"c\"/>"
          "<sheet name=\"台账\" r:id=\"a\"/></sheets></workbook>",
          0 },
        { "xl/_rels/workbook.xml.rels",
          "<Relationships><Relationship Id=\"a\" Type=\"" REL
          "worksheet\" Target=\"a.xml\"/><Relationship Id=\"b\" Type=\"" REL
          "worksheet\" Target=\"b.xml\"/><Relationship Id=\"c\" Type=\"" REL
          "chartsheet\" Target=\"c.xml\"/></Relationships>",
          0 },
        { "xl/a.xml", ROW1("<c><v>1</v></c>"), 0 },
        { "xl/b.xml", ROW1("<c><v>2</v></c>"), 0 },
    };
    int fd = made_zip(parts, 5);
    assert_int_equal(sheet_list(fd, "a.xlsx", &arena, &sheets, &count, &err), 0);
    assert_int_equal(count, 2);
    assert_string_equal(sheets[0].name, "说明 & 其他");
    assert_true(sheets[0].hidden);
    assert_string_equal(sheets[1].name, "台账");
    assert_false(sheets[1].hidden);
    struct sheet *sheet;
    struct sheet_row row;
    assert_int_equal(sheet_open(fd, "a.xlsx", 1, &sheet, &err), 0);
    assert_string_equal(sheet_encoding(sheet), "xlsx");
    assert_null(sheet_separator(sheet));
    assert_int_equal(sheet_next(sheet, &row, &err), 1);
    assert_string_equal(row.cells[0].at, "1");
    sheet_close(sheet);
    assert_int_equal(sheet_open(fd, "a.xlsx", 2, &sheet, &err), -1);
    assert_string_equal(err.fields[0].name, "sheet");
    close(fd);
}

static void test_a_cell_beyond_the_header_is_told(void **state)
{
    (void)state;
    struct error err = { 0 };
    struct sheet *sheet;
    struct sheet_row row;
    int fd = made_workbook(NULL, SHEET("<row><c><v>1</v></c></row><row><c r=\"C2\"><v>1</v></c></row>"), NULL, NULL);
    assert_int_equal(sheet_open(fd, "a.xlsx", 0, &sheet, &err), 0);
    sheet_expect(sheet, 2);
    assert_int_equal(sheet_next(sheet, &row, &err), 1);
    assert_int_equal(row.count, 2);
    assert_int_equal(sheet_row_check(sheet, &row, &err), 0);
    assert_int_equal(sheet_next(sheet, &row, &err), 1);
    assert_int_equal(sheet_row_check(sheet, &row, &err), -1);
    assert_non_null(strstr(err.zh, "第 2 行 C 列"));
    sheet_close(sheet);
    close(fd);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_workbook_cut_anywhere_is_refused_whole),
        cmocka_unit_test(test_a_changed_byte_never_crashes_the_reader),
        cmocka_unit_test(test_a_zip_bomb_is_stopped_by_its_ratio),
        cmocka_unit_test(test_a_cell_of_ten_megabytes_is_named),
        cmocka_unit_test(test_a_cell_may_have_limit_cell_characters_and_not_one_more),
        cmocka_unit_test(test_a_tag_of_many_megabytes_is_refused),
        cmocka_unit_test(test_shared_strings_over_their_ceiling_are_refused),
        cmocka_unit_test(test_the_text_of_a_row_over_many_blocks_is_whole),
        cmocka_unit_test(test_other_files_are_told_what_to_do),
        cmocka_unit_test(test_names_of_parts_lead_nowhere_but_into_the_archive),
        cmocka_unit_test(test_absolute_names_other_case_and_backslashes_are_found),
        cmocka_unit_test(test_a_sheet_outside_the_archive_is_not_followed),
        cmocka_unit_test(test_sheets_are_listed_in_order_and_hidden_ones_told),
        cmocka_unit_test(test_a_cell_beyond_the_header_is_told),
    };
    return RUN_TABLE(cells_rows, check_cells) + RUN_TABLE(bad_rows, check_bad) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
