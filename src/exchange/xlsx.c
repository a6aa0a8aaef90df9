/* The sheet of a workbook: merged areas first, then row by row. */
#include "exchange/xlsx_inside.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ROW_BYTES = CSV_COLUMNS * (LIMIT_CELL_BYTES + 2),
    LAST_COLUMN = 16384, /* XFD */
};

/* ---- the sheet ---- */

struct merge {
    uint32_t row, last_row;
    uint16_t column, last_column;
};

/* A merged area the rows have reached. */
struct covering {
    struct merge area;
    char *text; /* NULL when its first cell is empty */
};

struct cell {
    const char *shared; /* into the shared strings; else the text is in bytes */
    size_t at, size;
    enum cell_trouble trouble;
};

enum cell_type { TYPE_NUMBER, TYPE_SHARED, TYPE_INLINE, TYPE_TEXT, TYPE_BOOLEAN, TYPE_ERROR, TYPE_DATE };

struct xlsx {
    struct xml xml;
    struct book book;
    struct strings strings;
    struct merge *merges;
    size_t merge_count, merge_room, merge_next;
    struct covering covering[CSV_COLUMNS];
    size_t covering_count;

    enum place places[XML_DEPTH + 1];
    int64_t number; /* of the row at hand */
    bool hidden, row_done;
    struct text bytes; /* the cells of the row, each with a final NUL */
    struct cell found[CSV_COLUMNS];
    struct sheet_cell cells[CSV_COLUMNS];
    size_t filled; /* one more than the last cell with something in it */
    size_t expected;
    bool expects;

    /* the cell at hand */
    int64_t column; /* may lie beyond what is kept */
    enum cell_type type;
    size_t style, cell_start;
    bool has_formula, has_value;
};

static void sheet_stop(struct xlsx *x)
{
    xml_stop(&x->xml);
}

/* Letters of a cell's name as a column from 0, -1 when there are none or too many; *at moves past them. */
static int64_t take_column(const char **at)
{
    int64_t column = 0;
    for (; **at >= 'A' && **at <= 'Z' && column <= LAST_COLUMN; ++*at)
        column = column * 26 + (**at - 'A' + 1);
    return column >= 1 && column <= LAST_COLUMN ? column - 1 : -1;
}

static int64_t take_row(const char **at)
{
    int64_t row = 0;
    for (; **at >= '0' && **at <= '9' && row < 100000000; ++*at)
        row = row * 10 + (**at - '0');
    return row;
}

/* ---- first pass: is it whole, and what is merged ---- */

static void merge_start(struct xml *xml, const char *name, const char **attributes)
{
    struct xlsx *x = (struct xlsx *)xml;
    if (xml->depth == 1 && strcmp(name, "worksheet") != 0) {
        package_broken(&xml->failure, xml->name);
        sheet_stop(x);
    }
    if (xml->depth != 3 || strcmp(name, "mergeCell") != 0)
        return;
    const char *at = xml_attribute(attributes, "ref");
    if (!at)
        return;
    int64_t column = take_column(&at), row = take_row(&at);
    at += *at == ':';
    int64_t last_column = take_column(&at), last_row = take_row(&at);
    if (column < 0 || last_column < column || row < 1 || last_row < row || *at || column >= CSV_COLUMNS ||
        (column == last_column && row == last_row))
        return;
    if (x->merge_count == XLSX_MERGES) {
        fail(&xml->failure, FAULT_INVALID, "xlsx.merges", "工作表里的合并单元格超过 %d 处，请取消合并后再导入",
             "The sheet has more than %d merged areas; unmerge them and import the file again", XLSX_MERGES);
        sheet_stop(x);
        return;
    }
    if (x->merge_count == x->merge_room) {
        x->merge_room = x->merge_room ? 2 * x->merge_room : 64;
        x->merges = memory_resize(x->merges, x->merge_room * sizeof *x->merges);
    }
    x->merges[x->merge_count++] =
        (struct merge){ .row = (uint32_t)row,
                        .last_row = (uint32_t)last_row,
                        .column = (uint16_t)column,
                        .last_column = (uint16_t)(last_column < CSV_COLUMNS ? last_column : CSV_COLUMNS - 1) };
}

static int by_first_cell(const void *a, const void *b)
{
    const struct merge *x = a, *y = b;
    return x->row != y->row ? (x->row > y->row) - (x->row < y->row) : (int)x->column - (int)y->column;
}

/* ---- second pass: rows ---- */

static void cell_refuse(struct xlsx *x, const char *code, const char *zh, const char *en)
{
    char name[CSV_COLUMN_NAME];
    csv_column_name((size_t)x->column, name);
    fail(&x->xml.failure, FAULT_INVALID, code, "第 %" PRId64 " 行 %s 列%s%.0s", "Row %" PRId64 ", column %s %.0s%s",
         x->number, name, zh, en);
    sheet_stop(x);
}

static void row_begins(struct xlsx *x, const char **attributes)
{
    const char *r = xml_attribute(attributes, "r");
    int64_t number = x->number + 1;
    if (r) {
        number = take_row(&r);
        if (*r || number <= x->number) {
            package_broken(&x->xml.failure, x->xml.name);
            sheet_stop(x);
            return;
        }
    }
    x->number = number;
    x->hidden = xlsx_is_true(xml_attribute(attributes, "hidden"));
    x->column = -1;
    x->filled = 0;
    text_clear(&x->bytes);
}

static enum cell_type type_of(const char *name)
{
    static const struct {
        const char *name;
        enum cell_type type;
    } types[] = { { "n", TYPE_NUMBER }, { "s", TYPE_SHARED },  { "inlineStr", TYPE_INLINE },
                  { "str", TYPE_TEXT }, { "b", TYPE_BOOLEAN }, { "e", TYPE_ERROR },
                  { "d", TYPE_DATE } };
    for (size_t i = 0; name && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    return TYPE_NUMBER;
}

static void cell_begins(struct xlsx *x, const char **attributes)
{
    const char *r = xml_attribute(attributes, "r"), *style = xml_attribute(attributes, "s");
    x->column++;
    if (r && (x->column = take_column(&r)) < 0)
        x->column = LAST_COLUMN;
    if (x->column >= LAST_COLUMN) {
        package_broken(&x->xml.failure, x->xml.name);
        sheet_stop(x);
        return;
    }
    x->type = type_of(xml_attribute(attributes, "t"));
    x->style = style ? (size_t)strtoul(style, NULL, 10) : 0;
    x->cell_start = x->bytes.used;
    x->has_formula = x->has_value = false;
}

static struct look look_at(const struct xlsx *x)
{
    return x->style < x->book.look_count ? x->book.looks[x->style] : (struct look){ .is = LOOK_NUMBER };
}

/* Replaces the text of the cell at hand, which is what stands in its <v>. */
static void cell_says(struct xlsx *x, const char *text)
{
    x->bytes.used = x->cell_start;
    text_str(&x->bytes, text);
}

static const char *cell_text(const struct xlsx *x)
{
    return x->bytes.used > x->cell_start ? x->bytes.at + x->cell_start : "";
}

static void cell_number(struct xlsx *x, struct cell *cell)
{
    char out[NUMBER_TEXT];
    if (x->bytes.used > x->cell_start && x->bytes.used - x->cell_start < NUMBER_TEXT &&
        look_print(cell_text(x), look_at(x), x->book.from_1904, out, &cell->trouble))
        cell_says(x, out);
}

/* 2026-03-17T09:30:00Z as other programs write it. */
static void cell_date(struct xlsx *x)
{
    char out[32];
    snprintf(out, sizeof out, "%.19s", cell_text(x));
    if (strlen(out) > 10 && out[10] == 'T')
        out[10] = ' ';
    size_t size = strlen(out);
    if (size == 19 && strcmp(out + 16, ":00") == 0)
        out[size = 16] = '\0';
    if (size == 16 && strcmp(out + 10, " 00:00") == 0 && look_at(x).is != LOOK_DAY_TIME)
        out[10] = '\0';
    cell_says(x, out);
}

/* Turns what the file says into what a person sees. False after sheet_stop. */
static bool cell_value(struct xlsx *x, struct cell *cell)
{
    bool sound = true;
    switch (x->type) {
    case TYPE_NUMBER: cell_number(x, cell); break;
    case TYPE_SHARED:
        if (x->bytes.used > x->cell_start) {
            char *end;
            unsigned long index = strtoul(cell_text(x), &end, 10);
            sound = *end == '\0' && index < x->strings.count;
            if (!sound)
                break;
            cell->shared = x->strings.bytes.at + x->strings.starts[index];
            cell->size = x->strings.starts[index + 1] - x->strings.starts[index] - 1;
        }
        break;
    case TYPE_BOOLEAN:
        if (x->bytes.used > x->cell_start)
            cell_says(x, xlsx_is_true(cell_text(x)) ? "是" : "否");
        break;
    case TYPE_ERROR: cell->trouble = CELL_ERROR; break;
    case TYPE_DATE: cell_date(x); break;
    case TYPE_INLINE:
    case TYPE_TEXT:
        if (x->bytes.used - x->cell_start <= LIMIT_CELL_BYTES && !xlsx_unescape(&x->bytes, x->cell_start)) {
            cell_refuse(x, "xlsx.nul", "有空字符（NUL），请删去后再导入", "holds a NUL character; remove it");
            return false;
        }
        break;
    }
    if (!sound) {
        package_broken(&x->xml.failure, x->xml.name);
        sheet_stop(x);
    }
    return sound;
}

static void cell_ends(struct xlsx *x)
{
    struct cell cell = { .at = x->cell_start };
    if (!cell_value(x, &cell))
        return;
    if (!cell.shared)
        cell.size = x->bytes.used - x->cell_start;
    else
        x->bytes.used = x->cell_start;
    if (!text_ok(&x->bytes) || !cell_fits(cell.shared ? cell.shared : cell_text(x), cell.size)) {
        char zh[128], en[128];
        snprintf(zh, sizeof zh, "的内容超过 %d 个字，请缩短或拆到附件里", LIMIT_CELL);
        snprintf(en, sizeof en, "is longer than %d characters; shorten it or move the text to an attachment",
                 LIMIT_CELL);
        cell_refuse(x, "xlsx.cell_too_long", zh, en);
        return;
    }
    if (x->has_formula && cell.trouble == CELL_FINE)
        cell.trouble = x->has_value ? CELL_FORMULA : CELL_NO_VALUE;
    text_char(&x->bytes, '\0');
    bool empty = cell.size == 0 && (cell.trouble == CELL_FINE || cell.trouble == CELL_FORMULA);
    if (x->column >= CSV_COLUMNS) {
        char zh[128], en[128];
        if (empty)
            return;
        snprintf(zh, sizeof zh, "还有内容，最多 %d 列。请删去多余的列", CSV_COLUMNS);
        snprintf(en, sizeof en, "is filled; at most %d columns are read. Remove the columns nobody needs", CSV_COLUMNS);
        cell_refuse(x, "xlsx.too_many_columns", zh, en);
        return;
    }
    for (size_t column = (size_t)x->column; x->filled <= column && !empty; x->filled++)
        x->found[x->filled] = (struct cell){ 0 };
    if ((size_t)x->column < x->filled)
        x->found[x->column] = cell;
}

static void sheet_start(struct xml *xml, const char *name, const char **attributes)
{
    struct xlsx *x = (struct xlsx *)xml;
    enum place place = x->places[xml->depth] = xlsx_place_in(x->places[xml->depth - 1], name);
    if (place == ROW)
        row_begins(x, attributes);
    else if (place == CELL)
        cell_begins(x, attributes);
    else if (place == VALUE)
        x->has_value = true;
    else if (place == FORMULA)
        x->has_formula = true;
}

static void sheet_text(struct xml *xml, const char *at, size_t size)
{
    struct xlsx *x = (struct xlsx *)xml;
    enum place place = x->places[xml->depth];
    if (place != VALUE && place != WORDS)
        return;
    size_t used = x->bytes.used - x->cell_start, room = used > LIMIT_CELL_BYTES ? 0 : LIMIT_CELL_BYTES + 1 - used;
    text_add(&x->bytes, at, size < room ? size : room);
}

static void sheet_end(struct xml *xml, const char *name)
{
    struct xlsx *x = (struct xlsx *)xml;
    (void)name;
    if (x->places[xml->depth] == CELL) {
        cell_ends(x);
    } else if (x->places[xml->depth] == ROW && x->filled) {
        x->row_done = true;
        xml_pause(xml);
    }
}

/* ---- handing out ---- */

static void forget_merges(struct xlsx *x, int64_t number)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->covering_count; i++) {
        if (x->covering[i].area.last_row >= number)
            x->covering[kept++] = x->covering[i];
        else
            memory_free(x->covering[i].text);
    }
    x->covering_count = kept;
}

/* Areas that begin in this row take their text from it; those that began in a row without content have none. */
static int reach_merges(struct xlsx *x, struct error *err)
{
    forget_merges(x, x->number);
    for (; x->merge_next < x->merge_count && x->merges[x->merge_next].row <= x->number; x->merge_next++) {
        const struct merge *m = &x->merges[x->merge_next];
        if (m->last_row < x->number)
            continue;
        if (x->covering_count == CSV_COLUMNS) /* they overlap, which no spreadsheet writes */
            return package_broken(err, x->xml.name);
        struct covering *c = &x->covering[x->covering_count++];
        *c = (struct covering){ .area = *m };
        if (m->row == x->number && m->column < x->filled && x->cells[m->column].size)
            c->text = memory_str(x->cells[m->column].at);
    }
    return 0;
}

static size_t cover(struct xlsx *x)
{
    size_t given = x->filled;
    for (size_t i = 0; i < x->covering_count; i++) {
        const struct covering *c = &x->covering[i];
        for (size_t column = c->area.column; column <= c->area.last_column; column++) {
            if (column == c->area.column && c->area.row == x->number)
                continue;
            for (; given <= column && c->text; given++)
                x->cells[given] = (struct sheet_cell){ .at = "" };
            if (column < given)
                x->cells[column] = (struct sheet_cell){ .at = "", .merged = c->text };
        }
    }
    return given;
}

static int hand_out(struct xlsx *x, struct sheet_row *row, struct error *err)
{
    bool blank = true;
    x->row_done = false;
    if (x->number > LIMIT_IMPORT_ROWS)
        return fail(err, FAULT_INVALID, "xlsx.too_many_rows",
                    "第 %" PRId64 " 行超出限制：一个文件最多 %d 行，请拆成几个文件分别导入",
                    "Row %" PRId64 " is over the limit: at most %d rows are read; split the file and import the parts",
                    x->number, LIMIT_IMPORT_ROWS);
    for (size_t i = 0; i < x->filled; i++) {
        const struct cell *cell = &x->found[i];
        const char *own = cell->size && !cell->shared ? x->bytes.at + cell->at : "";
        x->cells[i] = (struct sheet_cell){ .at = cell->shared ? cell->shared : own,
                                           .size = cell->size,
                                           .trouble = cell->trouble };
    }
    if (reach_merges(x, err) < 0)
        return -1;
    size_t given = cover(x);
    for (size_t i = 0; i < given && blank; i++)
        blank = x->cells[i].at[strspn(x->cells[i].at, " \t\r\n")] == '\0' &&
                (x->cells[i].trouble == CELL_FINE || x->cells[i].trouble == CELL_FORMULA);
    if (!x->expects && !blank)
        xlsx_expect(x, given);
    for (size_t i = given; i < x->expected; i++)
        x->cells[i] = (struct sheet_cell){ .at = "" };
    *row = (struct sheet_row){ .number = x->number,
                               .cells = x->cells,
                               .count = given > x->expected ? given : x->expected,
                               .given = given,
                               .blank = blank,
                               .hidden = x->hidden };
    return 1;
}

int xlsx_next(struct xlsx *x, struct sheet_row *row, struct error *err)
{
    while (!x->row_done) {
        int got = xml_step(&x->xml, err);
        if (got < 0 || (got == 0 && !x->row_done))
            return got;
    }
    return hand_out(x, row, err);
}

void xlsx_expect(struct xlsx *x, size_t columns)
{
    x->expected = columns < CSV_COLUMNS ? columns : CSV_COLUMNS;
    x->expects = true;
}

int xlsx_row_check(const struct xlsx *x, const struct sheet_row *row, struct error *err)
{
    char name[CSV_COLUMN_NAME];
    for (size_t i = x->expected; i < row->given; i++) {
        if (row->cells[i].size == 0)
            continue;
        csv_column_name(i, name);
        return fail(err, FAULT_INVALID, "xlsx.row_long",
                    "第 %" PRId64 " 行 %s 列多出内容：表头只到第 %zu 列。请给这一列加上表头，或删去多出的内容",
                    "Row %" PRId64
                    ", column %s is one too many: the header has %zu columns. Give it a header or remove "
                    "what stands there",
                    row->number, name, x->expected);
    }
    return 0;
}

/* ---- opening ---- */

enum xlsx_is xlsx_sniff(int fd)
{
    /* The name of the stream that holds a sealed workbook, as the directory of an OLE file spells it. */
    static const char sealed[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    enum { BLOCK = 64 * 1024 };
    unsigned char head[4];
    enum xlsx_is is = XLSX_NO;
    if (pread(fd, head, sizeof head, 0) != sizeof head)
        return XLSX_NO;
    if (memcmp(head, "PK", 2) == 0 && head[2] < 9)
        return XLSX_YES;
    if (memcmp(head, "\xD0\xCF\x11\xE0", 4) != 0)
        return XLSX_NO;
    char *block = memory_new(BLOCK);
    ssize_t got;
    for (off_t at = 0; is == XLSX_NO && (got = pread(fd, block, BLOCK, at)) > (ssize_t)sizeof sealed;
         at += got - (ssize_t)sizeof sealed)
        if (memmem(block, (size_t)got, sealed, sizeof sealed))
            is = XLSX_LOCKED;
    memory_free(block);
    return is;
}

int xlsx_refuse_locked(struct error *err)
{
    return fail(err, FAULT_INVALID, "xlsx.encrypted",
                "这个文件有密码。请用 Excel 或 WPS 打开，去掉密码后另存为 .xlsx 再导入",
                "This file has a password. Open it in Excel or WPS, take the password off, save it as .xlsx and import "
                "that file");
}

int xlsx_list(int fd, struct arena *arena, struct sheet_info **out, size_t *count, struct error *err)
{
    struct book *book = memory_new(sizeof *book);
    int got = xlsx_read_book(book, fd, err);
    if (got == 0) {
        *count = book->sheet_count;
        *out = ARENA_ARRAY(arena, struct sheet_info, *count);
        for (size_t i = 0; i < *count; i++)
            (*out)[i] = (struct sheet_info){ arena_str(arena, book->sheets[i].name), book->sheets[i].hidden };
    }
    xlsx_book_done(book);
    memory_free(book);
    return got;
}

static int open_sheet(struct xlsx *x, int fd, size_t index, struct error *err)
{
    bool found;
    if (xlsx_read_book(&x->book, fd, err) < 0)
        return -1;
    if (index >= x->book.sheet_count)
        return fail_field(err, "sheet", "文件里没有这张工作表，请重新选择",
                          "The file has no such sheet; choose another");
    if (xlsx_read_styles(&x->book, err) < 0 || xlsx_read_strings(&x->book, &x->strings, err) < 0)
        return -1;
    const char *part = x->book.sheets[index].part;
    x->xml.start = merge_start;
    x->xml.skip = "sheetData";
    if (xml_run(&x->xml, &x->book.package, part, true, err) < 0)
        return -1;
    if (x->merge_count)
        qsort(x->merges, x->merge_count, sizeof *x->merges, by_first_cell);
    x->xml = (struct xml){ .start = sheet_start, .end = sheet_end, .text = sheet_text };
    return xml_open(&x->xml, &x->book.package, part, &found, err);
}

int xlsx_open(int fd, size_t index, struct xlsx **out, struct error *err)
{
    struct xlsx *x = memory_new(sizeof *x);
    x->bytes = (struct text)TEXT_LIMIT(ROW_BYTES);
    if (open_sheet(x, fd, index, err) < 0) {
        xlsx_close(x);
        return -1;
    }
    *out = x;
    return 0;
}

void xlsx_close(struct xlsx *x)
{
    if (!x)
        return;
    xml_close(&x->xml);
    forget_merges(x, INT64_MAX);
    memory_free(x->merges);
    text_done(&x->strings.bytes);
    memory_free(x->strings.starts);
    text_done(&x->bytes);
    xlsx_book_done(&x->book);
    memory_free(x);
}
