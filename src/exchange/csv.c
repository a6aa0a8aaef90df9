#include "exchange/csv.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "exchange/encoding.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    HEAD = 64 * 1024, /* decoded bytes held, and what the separator is guessed from */
    GUESS_ROWS = 20,
    ROW_BYTES = CSV_COLUMNS * (LIMIT_CELL_BYTES + 2),
};

#define FULL_WIDTH_COMMA "\xEF\xBC\x8C"

/* In the order in which they win a tie. */
static const char *const separators[] = { ",", "\t", ";", FULL_WIDTH_COMMA };
enum { SEPARATORS = sizeof separators / sizeof *separators };

struct csv {
    struct decoder decoder;
    enum decoded state; /* what the decoder said last */
    char buffer[HEAD];  /* whole characters only, so a separator is never cut */
    size_t at, end;
    const char *separator;
    size_t separator_size;

    struct text bytes; /* the cells of the row, each with a final NUL */
    size_t starts[CSV_COLUMNS + 1];
    struct csv_span cells[CSV_COLUMNS];
    int64_t number;
    size_t expected;
    bool expects;

    bool failed;
    struct error failure;
};

/* ---- bytes ---- */

static void fill(struct csv *csv)
{
    memmove(csv->buffer, csv->buffer + csv->at, csv->end - csv->at);
    csv->end -= csv->at;
    csv->at = 0;
    while (csv->state == DECODED_SOME && sizeof csv->buffer - csv->end >= 8) {
        size_t got;
        csv->state = decoder_read(&csv->decoder, csv->buffer + csv->end, sizeof csv->buffer - csv->end, &got);
        csv->end += got;
    }
}

/* The next byte, or -1 when there is none: at the end of the file, or where the decoder stopped. */
static int peek(struct csv *csv)
{
    if (csv->at == csv->end)
        fill(csv);
    return csv->at < csv->end ? (unsigned char)csv->buffer[csv->at] : -1;
}

static bool at_separator(const struct csv *csv)
{
    return csv->end - csv->at >= csv->separator_size &&
           memcmp(csv->buffer + csv->at, csv->separator, csv->separator_size) == 0;
}

/* ---- what the file is ---- */

static bool begins(const unsigned char *head, size_t size, const char *word)
{
    return size >= strlen(word) && strncasecmp((const char *)head, word, strlen(word)) == 0;
}

static bool contains(const unsigned char *head, size_t size, const char *word)
{
    return memmem(head, size, word, strlen(word)) != NULL;
}

static int refuse_other_formats(const struct decoder *decoder, struct error *err)
{
    size_t size;
    const unsigned char *head = decoder_head(decoder, &size);
    if (size >= 4 && memcmp(head, "\xD0\xCF\x11\xE0", 4) == 0)
        return fail(
            err, FAULT_MEDIA, "csv.is_xls",
            "这是旧格式的表格（.xls，或 WPS 的 .et），不是 CSV。请用 Excel 或 WPS 打开，另存为 .xlsx 或“CSV "
            "UTF-8”后再导入",
            "This is an old spreadsheet format (.xls, or .et of WPS), not CSV. Open it in Excel or WPS, save it as "
            ".xlsx or “CSV UTF-8” and import that file");
    if (size >= 4 && memcmp(head, "PK", 2) == 0 && (head[2] == 3 || head[2] == 5)) {
        if (contains(head, size, "xl/") || contains(head, size, "[Content_Types].xml"))
            return fail(
                err, FAULT_MEDIA, "csv.is_xlsx",
                "这是 .xlsx 文件，不是 CSV。请把文件名改成以 .xlsx 结尾再导入，或用 Excel、WPS 打开后另存为“CSV UTF-8”",
                "This is an .xlsx file, not CSV. Give it a name ending in .xlsx and import it, or open it in Excel "
                "or WPS and save it as “CSV UTF-8”");
        return fail(err, FAULT_MEDIA, "csv.is_zip",
                    "这是压缩文件，不是 CSV。请先解压，再把里面的表格用 Excel 或 WPS 另存为 .xlsx 或“CSV UTF-8”后导入",
                    "This is a zip archive, not CSV. Unpack it, open the table in Excel or WPS, save it as .xlsx or "
                    "“CSV UTF-8” and import that file");
    }
    if (begins(head, size, "%PDF-"))
        return fail(
            err, FAULT_MEDIA, "csv.is_pdf",
            "这是 PDF 文件，不是 CSV。请找到它原来的表格，用 Excel 或 WPS 另存为 .xlsx 或“CSV UTF-8”后导入",
            "This is a PDF, not CSV. Find the spreadsheet it was made from, save it in Excel or WPS as .xlsx or "
            "“CSV UTF-8” and import that file");
    if (begins(head, size, "\x89PNG") || begins(head, size, "\xFF\xD8\xFF"))
        return fail(err, FAULT_MEDIA, "csv.is_picture",
                    "这是图片，不是 CSV。请找到它原来的表格，用 Excel 或 WPS 另存为 .xlsx 或“CSV UTF-8”后导入",
                    "This is a picture, not CSV. Find the spreadsheet it shows, save it in Excel or WPS as .xlsx or "
                    "“CSV UTF-8” and import that file");
    size_t skip = begins(head, size, "\xEF\xBB\xBF") ? 3 : 0;
    while (skip < size && head[skip] > 0 && head[skip] <= ' ')
        skip++;
    const char *const pages[] = { "<html", "<!doctype", "<table", "<?xml", "<meta", "<head" };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (begins(head + skip, size - skip, pages[i]))
            return fail(
                err, FAULT_MEDIA, "csv.is_page",
                "这是网页或 XML 格式的表格，不是 CSV。请用 Excel 或 WPS 打开，另存为 .xlsx 或“CSV UTF-8”后再导入",
                "This is a table saved as a web page or XML, not CSV. Open it in Excel or WPS, save it as .xlsx or "
                "“CSV UTF-8” and import that file");
    return 0;
}

static int refuse_empty(const struct csv *csv, struct error *err)
{
    if (csv->state != DECODED_END)
        return 0;
    for (size_t i = 0; i < csv->end; i++)
        if (!strchr(" \t\r\n", csv->buffer[i]))
            return 0;
    return fail(err, FAULT_INVALID, "csv.empty", "文件是空的，没有一行数据。请检查是否选错了文件，或保存时没有写入内容",
                "The file is empty. Check whether it is the right file and was saved with its contents");
}

/* ---- the separator ----
** In a real table most rows have the same number of separators, and words in cells do not follow suit.
*/

static size_t separator_at(const struct csv *csv, size_t i, const char *separator)
{
    size_t size = strlen(separator);
    return csv->end - i >= size && memcmp(csv->buffer + i, separator, size) == 0 ? size : 0;
}

/* Counts the candidate outside quotes in the first rows of the head; blank rows are left out. A quote opens behind any
** of the separators, so that all candidates agree on what is quoted. */
static size_t count_in_rows(const struct csv *csv, const char *candidate, size_t counts[GUESS_ROWS])
{
    size_t rows = 0, count = 0;
    bool quoted = false, cell_begins = true, row_has_text = false;
    for (size_t i = 0, step; i < csv->end && rows < GUESS_ROWS; i += step) {
        char c = csv->buffer[i];
        step = 1;
        if (quoted) {
            quoted = c != '"'; /* a doubled quote closes and opens again, because the next one stands at once */
            cell_begins = !quoted;
        } else if (c == '"' && cell_begins) {
            quoted = row_has_text = true;
        } else if (c == '\n' || c == '\r') {
            if (row_has_text)
                counts[rows++] = count;
            count = 0;
            cell_begins = true;
            row_has_text = false;
        } else {
            row_has_text = true;
            cell_begins = false;
            for (size_t s = 0; s < SEPARATORS && !cell_begins; s++) {
                size_t size = separator_at(csv, i, separators[s]);
                if (!size)
                    continue;
                cell_begins = true;
                step = size;
                count += strcmp(candidate, separators[s]) == 0;
            }
        }
    }
    if (row_has_text && rows < GUESS_ROWS && (rows == 0 || csv->state != DECODED_SOME))
        counts[rows++] = count; /* a last row cut by the end of the head says nothing, unless it is the only one */
    return rows;
}

static const char *guess_separator(const struct csv *csv)
{
    const char *best = separators[0];
    size_t best_rows = 0, best_count = 0;
    for (size_t s = 0; s < SEPARATORS; s++) {
        size_t counts[GUESS_ROWS];
        size_t rows = count_in_rows(csv, separators[s], counts);
        for (size_t i = 0; i < rows; i++) {
            size_t same = 0;
            for (size_t j = 0; j < rows; j++)
                same += counts[j] == counts[i];
            if (counts[i] == 0 || same * 2 < rows)
                continue;
            if (same > best_rows || (same == best_rows && counts[i] > best_count)) {
                best = separators[s];
                best_rows = same;
                best_count = counts[i];
            }
        }
    }
    return best;
}

/* ---- opening ---- */

static int start(struct csv *csv, struct csv **out, struct error *err)
{
    csv->bytes = (struct text)TEXT_LIMIT(ROW_BYTES);
    csv->state = DECODED_SOME;
    int result = refuse_other_formats(&csv->decoder, err);
    if (result == 0) {
        fill(csv);
        result = refuse_empty(csv, err);
    }
    if (result < 0) {
        csv_close(csv);
        return -1;
    }
    csv->separator = guess_separator(csv);
    csv->separator_size = strlen(csv->separator);
    *out = csv;
    return 0;
}

int csv_open_fd(int fd, struct csv **out, struct error *err)
{
    struct csv *csv = memory_new(sizeof *csv);
    if (decoder_open_fd(&csv->decoder, fd, err) < 0) {
        memory_free(csv);
        return -1;
    }
    return start(csv, out, err);
}

int csv_open_memory(const void *bytes, size_t size, struct csv **out, struct error *err)
{
    struct csv *csv = memory_new(sizeof *csv);
    if (decoder_open_memory(&csv->decoder, bytes, size, err) < 0) {
        memory_free(csv);
        return -1;
    }
    return start(csv, out, err);
}

void csv_close(struct csv *csv)
{
    if (!csv)
        return;
    decoder_done(&csv->decoder);
    text_done(&csv->bytes);
    memory_free(csv);
}

const char *csv_encoding_name(const struct csv *csv)
{
    return encoding_name(csv->decoder.encoding);
}

const char *csv_separator(const struct csv *csv)
{
    return csv->separator;
}

void csv_expect(struct csv *csv, size_t columns)
{
    csv->expected = columns < CSV_COLUMNS ? columns : CSV_COLUMNS;
    csv->expects = true;
}

void csv_column_name(size_t index, char out[CSV_COLUMN_NAME])
{
    char letters[CSV_COLUMN_NAME];
    size_t n = 0;
    for (index++; index && n < sizeof letters - 1; index = (index - 1) / 26)
        letters[n++] = (char)('A' + (index - 1) % 26);
    for (size_t i = 0; i < n; i++)
        out[i] = letters[n - 1 - i];
    out[n] = '\0';
}

/* ---- reading ---- */

/* The decoder stopped in the middle of the file: says where and what to do. */
static int stopped(const struct csv *csv, size_t column, struct error *err)
{
    const struct decoder *d = &csv->decoder;
    char name[CSV_COLUMN_NAME], hex[3 * sizeof d->bad + 1] = "";
    csv_column_name(column, name);
    if (csv->state == DECODED_UNREADABLE)
        return fail(err, FAULT_INTERNAL, "csv.unreadable",
                    "读到第 %" PRId64 " 行 %s 列时文件读不出来（%s），请重新上传后再试",
                    "Row %" PRId64 ", column %s: the file cannot be read any further (%s); upload it again",
                    csv->number, name, strerror(d->reason));
    if (csv->state == DECODED_NUL)
        return fail(err, FAULT_INVALID, "csv.nul",
                    "第 %" PRId64
                    " 行 %s 列有空字符（NUL），文件不是普通文本。请用 Excel 或 WPS 打开，另存为“CSV UTF-8”后再导入",
                    "Row %" PRId64
                    ", column %s holds a NUL character, so this is no plain text. Open the file in Excel or "
                    "WPS, save it as “CSV UTF-8” and import that file",
                    csv->number, name);
    for (size_t i = 0; i < d->bad_size; i++)
        snprintf(hex + 3 * i, sizeof hex - 3 * i, i + 1 < d->bad_size ? "%02X " : "%02X", d->bad[i]);
    return fail(
        err, FAULT_INVALID, "csv.encoding",
        "第 %" PRId64 " 行 %s 列有无法识别的字节（%s，按 %s 读取）。请用 Excel 或 WPS 打开，另存为“CSV UTF-8”后再导入",
        "Row %" PRId64 ", column %s holds bytes that are no character (%s, read as %s). Open the file in Excel or "
        "WPS, save it as “CSV UTF-8” and import that file",
        csv->number, name, hex, encoding_name(d->encoding));
}

bool cell_fits(const char *at, size_t size)
{
    return size <= LIMIT_CELL || (size <= LIMIT_CELL_BYTES && utf8_units(at, size) <= LIMIT_CELL);
}

static int too_long(const struct csv *csv, size_t column, bool quoted, struct error *err)
{
    char name[CSV_COLUMN_NAME];
    csv_column_name(column, name);
    if (quoted)
        return fail(err, FAULT_TOO_LARGE, "csv.cell_too_long",
                    "第 %" PRId64
                    " 行 %s 列从引号开始，超过 %d 个字还没有结束，多半是缺少结尾的引号。请补上引号或缩短内容",
                    "Row %" PRId64
                    ", column %s begins with a quote and does not end within %d characters; most likely the closing "
                    "quote is missing. Add it or shorten the text",
                    csv->number, name, LIMIT_CELL);
    return fail(err, FAULT_TOO_LARGE, "csv.cell_too_long",
                "第 %" PRId64 " 行 %s 列的内容超过 %d 个字，请缩短或拆到附件里",
                "Row %" PRId64 ", column %s is longer than %d characters; shorten it or move the text to an attachment",
                csv->number, name, LIMIT_CELL);
}

/* Appends one cell to csv->bytes and leaves the reader before what ended it: a separator, a line end, or nothing. */
static int read_cell(struct csv *csv, size_t column, struct error *err)
{
    size_t start_at = csv->bytes.used;
    bool quoted = peek(csv) == '"', was_quoted = quoted;
    csv->at += quoted;
    for (;;) {
        int c = peek(csv);
        if (c < 0 && csv->state != DECODED_END)
            return stopped(csv, column, err);
        if (c < 0 && quoted) {
            char name[CSV_COLUMN_NAME];
            csv_column_name(column, name);
            return fail(err, FAULT_INVALID, "csv.quote",
                        "第 %" PRId64 " 行 %s 列的引号没有结尾，后面的内容都被算进了这一格。请在这一格的末尾补上引号",
                        "Row %" PRId64
                        ", column %s: the quote is never closed, so everything after it fell into this cell. Add "
                        "the closing quote",
                        csv->number, name);
        }
        if (c < 0 || (!quoted && (c == '\r' || c == '\n' || at_separator(csv))))
            break;
        if (quoted && c == '"') {
            csv->at++;
            quoted = peek(csv) == '"'; /* doubled: one quote, and still inside */
            if (quoted) {
                text_char(&csv->bytes, '"');
                csv->at++;
            }
        } else {
            const char *from = csv->buffer + csv->at;
            do
                csv->at++;
            while (csv->at < csv->end &&
                   (quoted ? csv->buffer[csv->at] != '"'
                           : csv->buffer[csv->at] != '\r' && csv->buffer[csv->at] != '\n' && !at_separator(csv)));
            text_add(&csv->bytes, from, (size_t)(csv->buffer + csv->at - from));
        }
        if (!text_ok(&csv->bytes) || csv->bytes.used - start_at > LIMIT_CELL_BYTES)
            return too_long(csv, column, was_quoted && quoted, err);
    }
    if (!cell_fits(text_get(&csv->bytes) + start_at, csv->bytes.used - start_at))
        return too_long(csv, column, false, err);
    text_char(&csv->bytes, '\0');
    return 0;
}

static int read_row(struct csv *csv, size_t *given, struct error *err)
{
    text_clear(&csv->bytes);
    for (size_t column = 0;; column++) {
        if (column == CSV_COLUMNS) {
            char name[CSV_COLUMN_NAME];
            csv_column_name(column, name);
            return fail(err, FAULT_TOO_LARGE, "csv.too_many_columns",
                        "第 %" PRId64 " 行到 %s 列还没有结束，最多 %d 列。请删去多余的列，或检查分隔符是否正确",
                        "Row %" PRId64
                        " goes on in column %s; at most %d columns are read. Remove the columns nobody needs or "
                        "check the separator",
                        csv->number, name, CSV_COLUMNS);
        }
        csv->starts[column] = csv->bytes.used;
        if (read_cell(csv, column, err) < 0)
            return -1;
        csv->starts[column + 1] = csv->bytes.used;
        *given = column + 1;
        int c = peek(csv);
        if (c == '\r') {
            csv->at++;
            if (peek(csv) == '\n')
                csv->at++;
            return 0;
        }
        if (c == '\n')
            csv->at++;
        if (c == '\n' || c < 0)
            return 0;
        csv->at += csv->separator_size;
    }
}

static int next_row(struct csv *csv, struct csv_row *row, struct error *err)
{
    int c = peek(csv);
    if (c < 0 && csv->state == DECODED_END)
        return 0;
    csv->number++;
    if (csv->number > LIMIT_IMPORT_ROWS)
        return fail(err, FAULT_TOO_LARGE, "csv.too_many_rows",
                    "从第 %" PRId64 " 行（A 列）起超出限制：一个文件最多 %d 行，请拆成几个文件分别导入",
                    "From row %" PRId64
                    " (column A) on the file is over the limit: at most %d rows are read; split it and "
                    "import the parts",
                    csv->number, LIMIT_IMPORT_ROWS);
    size_t given = 0;
    if (read_row(csv, &given, err) < 0)
        return -1;
    bool blank = true;
    for (size_t i = 0; i < given; i++) {
        const char *at = csv->bytes.at + csv->starts[i];
        csv->cells[i] = (struct csv_span){ at, csv->starts[i + 1] - csv->starts[i] - 1 };
        blank = blank && at[strspn(at, " \t\r\n")] == '\0';
    }
    if (!csv->expects && !blank)
        csv_expect(csv, given);
    for (size_t i = given; i < csv->expected; i++)
        csv->cells[i] = (struct csv_span){ "", 0 };
    *row = (struct csv_row){ .number = csv->number,
                             .cells = csv->cells,
                             .count = given > csv->expected ? given : csv->expected,
                             .given = given,
                             .blank = blank };
    return 1;
}

int csv_next(struct csv *csv, struct csv_row *row, struct error *err)
{
    if (!csv->failed) {
        int result = next_row(csv, row, &csv->failure);
        if (result >= 0)
            return result;
        csv->failed = true;
    }
    *err = csv->failure;
    return -1;
}

int csv_row_check(const struct csv *csv, const struct csv_row *row, struct error *err)
{
    if (row->blank || row->given == csv->expected)
        return 0;
    char name[CSV_COLUMN_NAME];
    if (row->given < csv->expected) {
        csv_column_name(row->given, name);
        return fail(err, FAULT_INVALID, "csv.row_short",
                    "第 %" PRId64 " 行只有 %zu 个单元格，应有 %zu 个，从 %s 列起缺少。请核对这一行的分隔符和引号",
                    "Row %" PRId64
                    " has %zu cells instead of %zu; they are missing from column %s on. Check its separators and "
                    "quotes",
                    row->number, row->given, csv->expected, name);
    }
    for (size_t i = csv->expected; i < row->given; i++) {
        if (row->cells[i].size == 0)
            continue;
        csv_column_name(i, name);
        return fail(
            err, FAULT_INVALID, "csv.row_long",
            "第 %" PRId64 " 行有 %zu 个单元格，应有 %zu 个，%s 列多出内容。请核对这一行，含分隔符的内容要加引号",
            "Row %" PRId64 " has %zu cells instead of %zu; column %s is one too many. Check the row: text that holds a "
            "separator needs quotes",
            row->number, row->given, csv->expected, name);
    }
    return 0;
}

/* ---- writing ---- */

/* A formula sign, perhaps behind apostrophes: what protection has to tell apart. */
static bool looks_like_formula(const char *at, size_t size)
{
    size_t i = 0;
    while (i < size && at[i] == '\'')
        i++;
    return i < size && at[i] != '\0' && strchr("=+-@\t\r", at[i]);
}

static bool is_number(const char *at, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!((at[i] >= '0' && at[i] <= '9') || (at[i] != '\0' && strchr("+-.eE%", at[i]))))
            return false;
    return true;
}

void csv_begin(struct text *out)
{
    text_str(out, "\xEF\xBB\xBF");
}

void csv_cell(struct text *out, const char *value, size_t size, enum csv_as as)
{
    if (!size)
        value = "";
    bool protect = looks_like_formula(value, size) && !(as == CSV_NUMBER && is_number(value, size));
    bool quote = false;
    /* Everything a reader may take for a separator is quoted, so that no guess can go wrong on our own files. */
    for (size_t i = 0; i < size && !quote; i++)
        quote = strchr(",;\t\"\r\n", value[i]) || (size - i >= 3 && memcmp(value + i, FULL_WIDTH_COMMA, 3) == 0);
    if (quote)
        text_char(out, '"');
    if (protect)
        text_char(out, '\'');
    for (size_t from = 0, i = 0; i <= size; i++) {
        if (i < size && value[i] != '"')
            continue;
        text_add(out, value + from, i - from);
        if (i < size)
            text_char(out, '"'); /* the quote itself goes out with the next piece */
        from = i;
    }
    if (quote)
        text_char(out, '"');
    text_char(out, ',');
}

void csv_end_row(struct text *out)
{
    if (text_ok(out) && out->used && out->at[out->used - 1] == ',') {
        out->used--;
        text_str(out, "\r\n");
    }
}

void csv_unprotect(struct csv_span *cell)
{
    if (cell->size && cell->at[0] == '\'' && looks_like_formula(cell->at, cell->size)) {
        cell->at++;
        cell->size--;
    }
}
