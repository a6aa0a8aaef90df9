/* The parts of a workbook beside its sheets: relations, the list of sheets, styles, shared strings. */
#include "exchange/xlsx_inside.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

bool xlsx_is_true(const char *value)
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
        book->from_1904 = xlsx_is_true(xml_attribute(attributes, "date1904"));
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
int xlsx_read_book(struct book *book, int fd, struct error *err)
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

int xlsx_read_styles(struct book *book, struct error *err)
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

enum place xlsx_place_in(enum place parent, const char *name)
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

bool xlsx_unescape(struct text *text, size_t start)
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
    r->places[xml->depth] = xlsx_place_in(r->places[xml->depth - 1], name);
}

static void string_text(struct xml *xml, const char *at, size_t size)
{
    struct string_reader *r = (struct string_reader *)xml;
    struct strings *s = r->strings;
    if (r->places[xml->depth] != WORDS)
        return;
    size_t used = s->bytes.used - s->starts[s->count], room = LIMIT_CELL_BYTES + 1 - used;
    text_add(&s->bytes, at, size < room ? size : room);
}

static void string_end(struct xml *xml, const char *name)
{
    struct string_reader *r = (struct string_reader *)xml;
    struct strings *s = r->strings;
    (void)name;
    if (r->places[xml->depth] != STRING)
        return;
    bool whole = s->bytes.used - s->starts[s->count] <= LIMIT_CELL_BYTES;
    if (whole && !xlsx_unescape(&s->bytes, s->starts[s->count])) {
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

int xlsx_read_strings(const struct book *book, struct strings *strings, struct error *err)
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

void xlsx_book_done(struct book *book)
{
    memory_free(book->looks);
    arena_done(&book->arena);
}
