#include "exchange/xlsx.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "exchange/package.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    ROW_BYTES = CSV_COLUMNS * (LIMIT_CELL + 2),
    LAST_COLUMN = 16384, /* XFD */
    NUMBER_TEXT = 400,
    FORMATS = 4096,
    FORMAT_TEXT = 256,
};

/* ---- how a number looks ---- */

enum look_is {
    LOOK_NUMBER,
    LOOK_DAY,
    LOOK_DAY_TIME,
    LOOK_TIME,
    LOOK_MONTH,
    LOOK_YEAR,
    LOOK_PERCENT,
    LOOK_ZEROS,
};

struct look {
    unsigned char is, zeros;
};

/* Past one section of a format without what says nothing about its kind: quoted words, colours, fillers. Gives the next
** letter that counts, '[' for an elapsed time, '\0' at the end. */
static char next_sign(const char **at)
{
    while (**at && **at != ';') {
        char c = *(*at)++;
        if (c == '"') {
            *at += strcspn(*at, "\"");
            *at += **at != '\0';
        } else if (c == '[') {
            bool elapsed = strchr("hHmMsS", **at) && **at != '\0' && ((*at)[1] == ']' || (*at)[1] == **at);
            *at += strcspn(*at, "]");
            *at += **at != '\0';
            if (elapsed)
                return '[';
        } else if (c == '\\' || c == '_' || c == '*') {
            *at += **at != '\0';
        } else if (strncasecmp(*at - 1, "General", 7) == 0) {
            *at += 6;
        } else if (strncasecmp(*at - 1, "AM/PM", 5) == 0) {
            *at += 4;
        } else if (strncasecmp(*at - 1, "A/P", 3) == 0) {
            *at += 2;
        } else if ((c == 'E' || c == 'e') && (**at == '+' || **at == '-')) {
            *at += 1;
        } else {
            return c;
        }
    }
    return '\0';
}

static struct look look_of_format(const char *format)
{
    bool year = false, month = false, day = false, time = false, percent = false, only_zeros = true;
    size_t zeros = 0;
    char before = '\0';
    for (const char *at = format;;) {
        char c = next_sign(&at), small = (char)(c | 0x20);
        if (!c)
            break;
        only_zeros = only_zeros && c == '0';
        zeros += c == '0';
        if (c == '[' || small == 'h' || small == 's') {
            time = true;
        } else if (small == 'y' || small == 'e' || small == 'b') {
            year = true;
        } else if (small == 'd' || small == 'a') {
            day = true;
        } else if (small == 'm' && before != 'm') {
            const char *ahead = at;
            char next = next_sign(&ahead);
            while ((next | 0x20) == 'm' || next == ':')
                next = next_sign(&ahead);
            if (before == 'h' || before == '[' || (next | 0x20) == 's')
                time = true; /* minutes */
            else
                month = true;
        }
        percent = percent || c == '%';
        if (c != ':')
            before = c == '[' ? '[' : small;
    }
    if (year || month || day)
        return (struct look){ .is = time                      ? LOOK_DAY_TIME
                                    : day || (month && !year) ? LOOK_DAY
                                    : month                   ? LOOK_MONTH
                                                              : LOOK_YEAR };
    if (time)
        return (struct look){ .is = LOOK_TIME };
    if (percent)
        return (struct look){ .is = LOOK_PERCENT };
    if (only_zeros && zeros > 1 && zeros <= 20 && format[strcspn(format, ";.")] == '\0')
        return (struct look){ .is = LOOK_ZEROS, .zeros = (unsigned char)zeros };
    return (struct look){ .is = LOOK_NUMBER };
}

/* Formats a workbook names by number alone; those from 27 on as Excel has them in Chinese. */
static struct look look_of_number(int64_t id)
{
    static const struct {
        unsigned char from, to, is;
    } known[] = {
        { 9, 10, LOOK_PERCENT },   { 14, 16, LOOK_DAY },   { 17, 17, LOOK_MONTH }, { 18, 21, LOOK_TIME },
        { 22, 22, LOOK_DAY_TIME }, { 27, 27, LOOK_MONTH }, { 28, 31, LOOK_DAY },   { 32, 35, LOOK_TIME },
        { 36, 36, LOOK_MONTH },    { 45, 47, LOOK_TIME },  { 50, 50, LOOK_MONTH }, { 51, 51, LOOK_DAY },
        { 52, 52, LOOK_MONTH },    { 53, 54, LOOK_DAY },   { 55, 56, LOOK_TIME },  { 57, 57, LOOK_MONTH },
        { 58, 58, LOOK_DAY },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (id >= known[i].from && id <= known[i].to)
            return (struct look){ .is = known[i].is };
    return (struct look){ .is = LOOK_NUMBER };
}

/* The 15 digits a spreadsheet keeps, without an exponent. */
static void print_number(double value, char out[NUMBER_TEXT])
{
    char *exponent;
    snprintf(out, NUMBER_TEXT, "%.15g", value);
    if (!(exponent = strchr(out, 'e')))
        return;
    int power = (int)strtol(exponent + 1, NULL, 10); /* two or three digits, just printed */
    if (power > 0) {
        snprintf(out, NUMBER_TEXT, "%.0f", value);
        return;
    }
    int digits = 14 - power;
    snprintf(out, NUMBER_TEXT, "%.*f", digits < NUMBER_TEXT - 8 ? digits : NUMBER_TEXT - 8, value);
    for (size_t n = strlen(out); n > 0 && out[n - 1] == '0'; n--)
        out[n - 1] = '\0';
}

/* Whether a number may stand as it was written: digits, at most 15 of them, one point. */
static bool is_plain(const char *at)
{
    size_t digits = 0, points = 0;
    at += *at == '-';
    if (*at < '0' || *at > '9')
        return false;
    for (; *at; at++) {
        if (*at == '.' && at[1] && !points)
            points++;
        else if (*at >= '0' && *at <= '9')
            digits++;
        else
            return false;
    }
    return digits <= 15;
}

static void print_clock(int64_t seconds, char *out, size_t room)
{
    if (seconds % 60)
        snprintf(out, room, "%02" PRId64 ":%02" PRId64 ":%02" PRId64, seconds / 3600, seconds / 60 % 60, seconds % 60);
    else
        snprintf(out, room, "%02" PRId64 ":%02" PRId64, seconds / 3600, seconds / 60 % 60);
}

/* A day of the spreadsheet's calendar; the ones that never were are printed as the spreadsheet shows them. */
static void print_serial(int64_t serial, bool from_1904, int *year, int *month, int *day)
{
    if (!from_1904 && (serial == 0 || serial == 60)) {
        *year = 1900;
        *month = serial ? 2 : 1;
        *day = serial ? 29 : 0;
        return;
    }
    int64_t first = from_1904 ? day_from_ymd(1904, 1, 1) : day_from_ymd(1899, 12, serial < 60 ? 31 : 30);
    day_to_ymd(first + serial, year, month, day);
}

static bool print_moment(double value, enum look_is look, bool from_1904, char out[NUMBER_TEXT])
{
    int year, month, dom;
    char clock[40];
    if (!(value >= 0 && value < 2958466))
        return false;
    int64_t serial = (int64_t)value, seconds = (int64_t)((value - (double)serial) * 86400 + 0.5);
    if (look == LOOK_TIME) {
        print_clock(serial * 86400 + seconds, out, NUMBER_TEXT);
        return true;
    }
    if (seconds == 86400) {
        seconds = 0;
        serial++;
    }
    print_serial(serial, from_1904, &year, &month, &dom);
    print_clock(seconds, clock, sizeof clock);
    if (look == LOOK_DAY_TIME)
        snprintf(out, NUMBER_TEXT, "%04d-%02d-%02d %s", year, month, dom, clock);
    else if (look == LOOK_MONTH)
        snprintf(out, NUMBER_TEXT, "%04d-%02d", year, month);
    else if (look == LOOK_YEAR)
        snprintf(out, NUMBER_TEXT, "%04d", year);
    else
        snprintf(out, NUMBER_TEXT, "%04d-%02d-%02d", year, month, dom);
    return true;
}

/* What a person sees of a number. False when it is none, and then the text stays what it is. */
static bool print_look(const char *raw, struct look look, bool from_1904, char out[NUMBER_TEXT],
                       enum cell_trouble *trouble)
{
    char *end;
    if (raw[strspn(raw, "0123456789+-.eE")])
        return false;
    double value = strtod(raw, &end);
    if (end == raw || *end || !isfinite(value))
        return false;
    if (look.is != LOOK_NUMBER && look.is != LOOK_PERCENT && look.is != LOOK_ZEROS &&
        print_moment(value, look.is, from_1904, out))
        return true;
    if (look.is == LOOK_PERCENT) {
        char number[NUMBER_TEXT];
        print_number(value * 100, number);
        snprintf(out, NUMBER_TEXT, "%.*s%%", NUMBER_TEXT - 2, number);
    } else if (is_plain(raw) || !raw[strspn(raw, "0123456789")]) {
        snprintf(out, NUMBER_TEXT, "%s", raw);
    } else {
        print_number(value, out);
    }
    if (fabs(value) >= 1e15)
        *trouble = CELL_LOST_DIGITS;
    size_t size = strlen(out);
    if (look.is == LOOK_ZEROS && size < look.zeros && strspn(out, "0123456789") == size) {
        memmove(out + look.zeros - size, out, size + 1);
        memset(out, '0', look.zeros - size);
    }
    return true;
}

/* ---- the workbook ---- */

enum rel_is { REL_OTHER, REL_WORKBOOK, REL_SHEET, REL_STRINGS, REL_STYLES };

struct rel {
    enum rel_is is;
    const char *id;
    const char *part;
};

struct book {
    struct package package;
    struct arena arena;
    const char *part; /* of the workbook */
    struct rel rels[XLSX_PARTS];
    size_t rel_count;
    struct {
        const char *name, *part;
        bool hidden;
    } sheets[SHEET_COUNT];
    size_t sheet_count;
    bool from_1904;
    struct look *looks;
    size_t look_count;
};

static int no_workbook(struct error *err)
{
    return fail(
        err, FAULT_INVALID, "xlsx.other",
        "这不是 Excel 工作簿（.xlsx）。请用 Excel 或 WPS 打开原来的表格，另存为 .xlsx 或“CSV UTF-8”后再导入",
        "This is no Excel workbook (.xlsx). Open the table in Excel or WPS, save it as .xlsx or “CSV UTF-8” and "
        "import that file");
}

static bool ends_in(const char *text, const char *end)
{
    size_t a = strlen(text), b = strlen(end);
    return a >= b && strcmp(text + a - b, end) == 0;
}

struct rels_reader {
    struct xml xml;
    struct book *book;
    const char *base;
};

static void rels_start(struct xml *xml, const char *name, const char **attributes)
{
    struct rels_reader *r = (struct rels_reader *)xml;
    struct book *book = r->book;
    char part[PACKAGE_NAME];
    if (strcmp(name, "Relationship") != 0 || book->rel_count == XLSX_PARTS)
        return;
    const char *type = xml_attribute(attributes, "Type"), *id = xml_attribute(attributes, "Id");
    const char *target = xml_attribute(attributes, "Target"), *mode = xml_attribute(attributes, "TargetMode");
    if (!type || !id || !target || (mode && strcmp(mode, "External") == 0))
        return;
    enum rel_is is = ends_in(type, "/officeDocument")  ? REL_WORKBOOK
                     : ends_in(type, "/worksheet")     ? REL_SHEET
                     : ends_in(type, "/sharedStrings") ? REL_STRINGS
                     : ends_in(type, "/styles")        ? REL_STYLES
                                                       : REL_OTHER;
    if (is == REL_OTHER)
        return;
    package_resolve(r->base, target, part);
    book->rels[book->rel_count++] =
        (struct rel){ .is = is, .id = arena_str(&book->arena, id), .part = arena_str(&book->arena, part) };
}

static const char *rel_part(const struct book *book, enum rel_is is, const char *id)
{
    for (size_t i = 0; i < book->rel_count; i++)
        if (book->rels[i].is == is && (!id || strcmp(book->rels[i].id, id) == 0))
            return book->rels[i].part;
    return NULL;
}

static bool is_true(const char *value)
{
    return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "on") == 0);
}

struct book_reader {
    struct xml xml;
    struct book *book;
};

static void book_start(struct xml *xml, const char *name, const char **attributes)
{
    struct book_reader *r = (struct book_reader *)xml;
    struct book *book = r->book;
    if (xml->depth == 1 && strcmp(name, "workbook") != 0) {
        no_workbook(&xml->failure);
        xml_stop(xml);
    } else if (strcmp(name, "workbookPr") == 0) {
        book->from_1904 = is_true(xml_attribute(attributes, "date1904"));
    } else if (strcmp(name, "sheet") == 0 && book->sheet_count < SHEET_COUNT) {
        const char *called = xml_attribute(attributes, "name"), *state = xml_attribute(attributes, "state");
        const char *id = xml_attribute(attributes, "id");
        const char *part = id ? rel_part(book, REL_SHEET, id) : NULL;
        if (!called || !part) /* a chart or a macro sheet */
            return;
        book->sheets[book->sheet_count].name = arena_str(&book->arena, called);
        book->sheets[book->sheet_count].part = part;
        book->sheets[book->sheet_count++].hidden = state && strcmp(state, "visible") != 0;
    }
}

/* Ends at the sheets: what a sheet needs beyond its own part is read when it is opened. */
static int read_book(struct book *book, int fd, struct error *err)
{
    char rels[PACKAGE_NAME + 16];
    if (package_open(fd, &book->package, err) < 0)
        return -1;
    struct rels_reader top = { .xml.start = rels_start, .book = book, .base = "" };
    if (xml_run(&top.xml, &book->package, "_rels/.rels", false, err) < 0)
        return -1;
    book->part = rel_part(book, REL_WORKBOOK, NULL);
    if (!book->part || ends_in(book->part, ".bin"))
        return no_workbook(err);
    const char *slash = strrchr(book->part, '/');
    int folder = slash ? (int)(slash - book->part) + 1 : 0;
    const char *base = arena_strn(&book->arena, book->part, (size_t)folder);
    snprintf(rels, sizeof rels, "%s_rels/%s.rels", base, book->part + folder);
    book->rel_count = 0;
    struct rels_reader own = { .xml.start = rels_start, .book = book, .base = base };
    struct book_reader reader = { .xml.start = book_start, .book = book };
    if (xml_run(&own.xml, &book->package, rels, false, err) < 0 ||
        xml_run(&reader.xml, &book->package, book->part, true, err) < 0)
        return -1;
    if (book->sheet_count == 0)
        return package_broken(err, book->part);
    return 0;
}

/* ---- styles ---- */

struct style_reader {
    struct xml xml;
    struct book *book;
    struct {
        int64_t id;
        struct look look;
    } formats[FORMATS];
    size_t format_count;
    bool in_formats, in_cells;
    size_t room;
};

static void style_start(struct xml *xml, const char *name, const char **attributes)
{
    struct style_reader *r = (struct style_reader *)xml;
    struct book *book = r->book;
    if (xml->depth == 2) {
        r->in_formats = strcmp(name, "numFmts") == 0;
        r->in_cells = strcmp(name, "cellXfs") == 0;
    } else if (xml->depth == 3 && r->in_formats && strcmp(name, "numFmt") == 0 && r->format_count < FORMATS) {
        const char *id = xml_attribute(attributes, "numFmtId"), *code = xml_attribute(attributes, "formatCode");
        if (!id || !code)
            return;
        r->formats[r->format_count].id = strtoll(id, NULL, 10);
        r->formats[r->format_count++].look = look_of_format(code);
    } else if (xml->depth == 3 && r->in_cells && strcmp(name, "xf") == 0 && book->look_count < XLSX_LOOKS) {
        const char *id = xml_attribute(attributes, "numFmtId");
        int64_t wanted = id ? strtoll(id, NULL, 10) : 0;
        struct look look = look_of_number(wanted);
        for (size_t i = 0; i < r->format_count; i++)
            if (r->formats[i].id == wanted)
                look = r->formats[i].look;
        if (book->look_count == r->room) {
            r->room = r->room ? 2 * r->room : 64;
            book->looks = memory_resize(book->looks, r->room * sizeof *book->looks);
        }
        book->looks[book->look_count++] = look;
    }
}

static int read_styles(struct book *book, struct error *err)
{
    const char *part = rel_part(book, REL_STYLES, NULL);
    if (!part)
        return 0;
    struct style_reader *reader = memory_new(sizeof *reader);
    reader->xml.start = style_start;
    reader->book = book;
    int got = xml_run(&reader->xml, &book->package, part, false, err);
    memory_free(reader);
    return got;
}

/* ---- the places of a sheet and of the shared strings ---- */

enum place {
    OUTSIDE,
    ROOT,
    DATA,
    ROW,
    CELL,
    VALUE,
    FORMULA,
    STRING, /* is, si */
    RUN,    /* r: a stretch of one look */
    WORDS,  /* t */
    ELSEWHERE,
};

static enum place place_in(enum place parent, const char *name)
{
    switch (parent) {
    case OUTSIDE: return ROOT;
    case ROOT: return strcmp(name, "sheetData") == 0 ? DATA : strcmp(name, "si") == 0 ? STRING : ELSEWHERE;
    case DATA: return strcmp(name, "row") == 0 ? ROW : ELSEWHERE;
    case ROW: return strcmp(name, "c") == 0 ? CELL : ELSEWHERE;
    case CELL:
        return strcmp(name, "v") == 0    ? VALUE
               : strcmp(name, "f") == 0  ? FORMULA
               : strcmp(name, "is") == 0 ? STRING
                                         : ELSEWHERE;
    case STRING:
        return strcmp(name, "t") == 0 ? WORDS : strcmp(name, "r") == 0 ? RUN : ELSEWHERE; /* rPh: how it is spoken */
    case RUN: return strcmp(name, "t") == 0 ? WORDS : ELSEWHERE;
    default: return ELSEWHERE;
    }
}

/* Four hexadecimal digits between _x and _, or -1. */
static int32_t escape_at(const char *at, const char *end)
{
    int32_t code = 0;
    if (end - at < 7 || at[0] != '_' || at[1] != 'x' || at[6] != '_')
        return -1;
    for (int i = 2; i < 6; i++) {
        const char *digits = "0123456789abcdef",
                   *digit = at[i] ? strchr(digits, at[i] >= 'A' && at[i] <= 'F' ? at[i] | 0x20 : at[i]) : NULL;
        if (!digit)
            return -1;
        code = code * 16 + (int32_t)(digit - digits);
    }
    return code;
}

/* Puts what _xHHHH_ stands for in its place, from `start` of the text on. False when that is NUL. Half a pair of
** surrogates stays as it is written. */
static bool unescape(struct text *text, size_t start)
{
    if (text->used == start || !memmem(text->at + start, text->used - start, "_x", 2))
        return true;
    char *to = text->at + start;
    const char *at = to, *end = text->at + text->used;
    while (at < end) {
        int32_t code = escape_at(at, end);
        size_t size = 7;
        if (code == 0)
            return false;
        if (code >= 0xD800 && code < 0xDC00) {
            int32_t low = escape_at(at + 7, end);
            code = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : -1;
            size = 14;
        } else if (code >= 0xDC00 && code < 0xE000) {
            code = -1;
        }
        if (code < 0) {
            *to++ = *at++;
            continue;
        }
        AUTO_TEXT one = TEXT_LIMIT(8);
        utf8_put(&one, code);
        memcpy(to, one.at, one.used);
        to += one.used;
        at += size;
    }
    text->used = (size_t)(to - text->at);
    *to = '\0';
    return true;
}

/* ---- shared strings ---- */

/* Over the ceiling of a cell a string is cut there and one byte longer, so that the cell naming it is refused. */
struct strings {
    struct text bytes; /* each with a final NUL */
    uint32_t *starts;  /* one more than count */
    size_t count, room;
};

struct string_reader {
    struct xml xml;
    struct strings *strings;
    enum place places[XML_DEPTH + 1];
    bool nul;
};

static int too_many_strings(struct error *err)
{
    return fail(err, FAULT_INVALID, "xlsx.strings",
                "工作簿里的文字超过 %d MB，请拆成几个文件分别导入，或另存为“CSV UTF-8”",
                "The workbook holds more than %d MB of text; split it and import the parts, or save it as “CSV UTF-8”",
                SHEET_STRINGS >> 20);
}

static void string_start(struct xml *xml, const char *name, const char **attributes)
{
    struct string_reader *r = (struct string_reader *)xml;
    (void)attributes;
    r->places[xml->depth] = place_in(r->places[xml->depth - 1], name);
}

static void string_text(struct xml *xml, const char *at, size_t size)
{
    struct string_reader *r = (struct string_reader *)xml;
    struct strings *s = r->strings;
    if (r->places[xml->depth] != WORDS)
        return;
    size_t used = s->bytes.used - s->starts[s->count], room = LIMIT_CELL + 1 - used;
    text_add(&s->bytes, at, size < room ? size : room);
}

static void string_end(struct xml *xml, const char *name)
{
    struct string_reader *r = (struct string_reader *)xml;
    struct strings *s = r->strings;
    (void)name;
    if (r->places[xml->depth] != STRING)
        return;
    bool whole = s->bytes.used - s->starts[s->count] <= LIMIT_CELL;
    if (whole && !unescape(&s->bytes, s->starts[s->count])) {
        fail(&xml->failure, FAULT_INVALID, "xlsx.nul", "工作簿的文字里有空字符（NUL），请删去后再导入",
             "A text of the workbook holds a NUL character; remove it and import the file again");
        xml_stop(xml);
        return;
    }
    text_char(&s->bytes, '\0');
    if (!text_ok(&s->bytes) || s->bytes.used + ++s->count * sizeof *s->starts > SHEET_STRINGS) {
        too_many_strings(&xml->failure);
        xml_stop(xml);
        return;
    }
    if (s->count + 1 >= s->room) {
        s->room *= 2;
        s->starts = memory_resize(s->starts, s->room * sizeof *s->starts);
    }
    s->starts[s->count] = (uint32_t)s->bytes.used;
}

static int read_strings(const struct book *book, struct strings *strings, struct error *err)
{
    const char *part = rel_part(book, REL_STRINGS, NULL);
    strings->bytes = (struct text)TEXT_LIMIT(SHEET_STRINGS);
    strings->room = 1024;
    strings->starts = memory_new(strings->room * sizeof *strings->starts);
    if (!part)
        return 0;
    struct string_reader reader = { .xml.start = string_start,
                                    .xml.end = string_end,
                                    .xml.text = string_text,
                                    .strings = strings,
                                    .places = { OUTSIDE } };
    return xml_run(&reader.xml, &book->package, part, false, err);
}

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
    x->hidden = is_true(xml_attribute(attributes, "hidden"));
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
        print_look(cell_text(x), look_at(x), x->book.from_1904, out, &cell->trouble))
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
            cell_says(x, is_true(cell_text(x)) ? "是" : "否");
        break;
    case TYPE_ERROR: cell->trouble = CELL_ERROR; break;
    case TYPE_DATE: cell_date(x); break;
    case TYPE_INLINE:
    case TYPE_TEXT:
        if (x->bytes.used - x->cell_start <= LIMIT_CELL && !unescape(&x->bytes, x->cell_start)) {
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
    if (cell.size > LIMIT_CELL || !text_ok(&x->bytes)) {
        char zh[128], en[128];
        snprintf(zh, sizeof zh, "的内容超过 %d 字节，请缩短或拆到附件里", LIMIT_CELL);
        snprintf(en, sizeof en, "is longer than %d bytes; shorten it or move the text to an attachment", LIMIT_CELL);
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
    enum place place = x->places[xml->depth] = place_in(x->places[xml->depth - 1], name);
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
    size_t used = x->bytes.used - x->cell_start, room = used > LIMIT_CELL ? 0 : LIMIT_CELL + 1 - used;
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

static void book_done(struct book *book)
{
    memory_free(book->looks);
    arena_done(&book->arena);
}

int xlsx_list(int fd, struct arena *arena, struct sheet_info **out, size_t *count, struct error *err)
{
    struct book *book = memory_new(sizeof *book);
    int got = read_book(book, fd, err);
    if (got == 0) {
        *count = book->sheet_count;
        *out = ARENA_ARRAY(arena, struct sheet_info, *count);
        for (size_t i = 0; i < *count; i++)
            (*out)[i] = (struct sheet_info){ arena_str(arena, book->sheets[i].name), book->sheets[i].hidden };
    }
    book_done(book);
    memory_free(book);
    return got;
}

static int open_sheet(struct xlsx *x, int fd, size_t index, struct error *err)
{
    bool found;
    if (read_book(&x->book, fd, err) < 0)
        return -1;
    if (index >= x->book.sheet_count)
        return fail_field(err, "sheet", "文件里没有这张工作表，请重新选择",
                          "The file has no such sheet; choose another");
    if (read_styles(&x->book, err) < 0 || read_strings(&x->book, &x->strings, err) < 0)
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
    book_done(&x->book);
    memory_free(x);
}
