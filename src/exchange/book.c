#include "exchange/book.h"

#include "base/memory.h"
#include "exchange/package.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COLOUR_HEAD = 0xE8EEF7, COLOUR_MUST = 0xFDEBD0, COLOUR_LINE = 0xB7C3D4 };

static int cannot_write(struct error *err, const char *why)
{
    return fail(err, FAULT_FULL, "export.write", "文件没有写完（%s），请清理磁盘后重试",
                "The file was not written whole (%s); make room on the disk and try again", why);
}

/* ---- looks ---- */

static lxw_format *look_new(struct book *book, const char *number, bool wrap)
{
    lxw_format *f = workbook_add_format(book->workbook);
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    if (number)
        format_set_num_format(f, number);
    else
        format_set_num_format_index(f, 49); /* @: text, also for what is typed there later */
    if (wrap)
        format_set_text_wrap(f);
    return f;
}

static void looks_make(struct book *book)
{
    lxw_format **l = book->looks;
    for (int i = BOOK_TEXT; i <= BOOK_LONG_QUOTED; i++)
        l[i] = look_new(book, NULL, i >= BOOK_LONG);
    /* "Hidden" means nothing on a sheet that is not protected: it marks the two looks for quote_styles. */
    format_set_hidden(l[BOOK_TEXT_QUOTED]);
    format_set_hidden(l[BOOK_LONG_QUOTED]);
    l[BOOK_WHOLE] = look_new(book, "0", false);
    l[BOOK_MONEY] = look_new(book, "#,##0.00", false);
    l[BOOK_DECIMAL] = look_new(book, "0.##########", false);
    l[BOOK_DATE] = look_new(book, "yyyy-mm-dd", false);
    for (int i = BOOK_HEAD; i <= BOOK_NAME; i++) {
        l[i] = look_new(book, NULL, true);
        format_set_bold(l[i]);
        if (i == BOOK_NAME)
            continue;
        format_set_align(l[i], LXW_ALIGN_VERTICAL_CENTER);
        format_set_pattern(l[i], LXW_PATTERN_SOLID);
        format_set_fg_color(l[i], i == BOOK_HEAD ? COLOUR_HEAD : COLOUR_MUST);
        format_set_bottom(l[i], LXW_BORDER_THIN);
        format_set_bottom_color(l[i], COLOUR_LINE);
    }
}

/* ---- the file ---- */

int book_open(struct book *book, int fd, const struct book_words *words, struct error *err)
{
    const char *folder = getenv("TMPDIR");
    AUTO_TEXT temporary = TEXT_LIMIT(4096);
    AUTO_TEXT path = TEXT_LIMIT(64);
    text_str(&temporary, folder && *folder ? folder : "/tmp");
    text_printf(&path, "/proc/self/fd/%d", fd);
    lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = temporary.at };
    *book = (struct book){ .fd = fd, .workbook = workbook_new_opt(text_get(&path), &options) };
    if (!book->workbook)
        return cannot_write(err, "memory");
    lxw_doc_properties properties = { .title = (char *)words->title,
                                      .author = (char *)words->author,
                                      .created = (time_t)(words->now_ms / 1000) };
    workbook_set_properties(book->workbook, &properties);
    looks_make(book);
    return 0;
}

/* The library leaves the file of rows open when a workbook is given up. */
void book_drop(struct book *book)
{
    if (!book->workbook)
        return;
    for (int i = 0; i < book->sheet_count; i++)
        if (book->sheets[i]->optimize_tmpfile)
            fclose(book->sheets[i]->optimize_tmpfile);
    lxw_workbook_free(book->workbook);
    book->workbook = NULL;
}

lxw_worksheet *book_sheet(struct book *book, const char *name)
{
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, name);
    if (sheet)
        book->sheets[book->sheet_count++] = sheet;
    return sheet;
}

/* ---- quotePrefix, written into the finished file ---- */

enum {
    ZIP_LOCAL = 0x04034b50,
    ZIP_ENTRY = 0x02014b50,
    ZIP_END = 0x06054b50,
    LOCAL_SIZE = 30,
    ENTRY_SIZE = 46,
    END_SIZE = 22,
    TAIL_MOST = 1 << 20, /* bytes behind the rows: styles, properties and the list of parts */
};
#define STYLES "xl/styles.xml"

static uint32_t get32(const unsigned char *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}
static uint16_t get16(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}
static void put32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

static uint32_t crc32_of(const void *bytes, size_t size)
{
    uint32_t crc = ~(uint32_t)0;
    for (const unsigned char *at = bytes; size--; at++) {
        crc ^= *at;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

/* The styles with quotePrefix in every look that is marked. */
static int read_styles(int fd, struct text *out, struct error *err)
{
    static const char mark[] = "<protection hidden=\"1\"/>", opens[] = "<xf ";
    struct package package;
    struct part *part;
    AUTO_TEXT was = TEXT_LIMIT(TAIL_MOST);
    char some[4096];
    int64_t got;
    if (package_open(fd, &package, err) < 0 || part_open(&package, STYLES, &part, err) != 1)
        return err->fault ? -1 : cannot_write(err, STYLES);
    while ((got = part_read(part, some, sizeof some, err)) > 0)
        text_add(&was, some, (size_t)got);
    part_close(part);
    if (got < 0)
        return -1;
    for (const char *at = text_get(&was), *next; *at; at = next) {
        next = strstr(at + 1, opens);
        if (!next)
            next = at + strlen(at);
        const char *marked = strncmp(at, opens, strlen(opens)) == 0 ? strstr(at, mark) : NULL;
        if (marked && marked < next) {
            text_str(out, "<xf quotePrefix=\"1\" ");
            at += strlen(opens);
        }
        text_add(out, at, (size_t)(next - at));
    }
    return text_ok(&was) && text_ok(out) ? 0 : cannot_write(err, STYLES);
}

/* The end of the archive, from the styles on: everything behind the rows. `list` counts from `from`. */
struct tail {
    unsigned char *bytes;
    size_t size, list, list_size; /* where the list of parts begins, and its size */
    off_t from;
};

static bool read_at(int fd, void *bytes, size_t size, off_t at)
{
    return pread(fd, bytes, size, at) == (ssize_t)size;
}

static bool tail_read(int fd, struct tail *t)
{
    struct stat file;
    unsigned char end[END_SIZE];
    if (fstat(fd, &file) < 0 || file.st_size < END_SIZE || file.st_size > INT32_MAX ||
        !read_at(fd, end, sizeof end, file.st_size - END_SIZE) || get32(end) != ZIP_END)
        return false;
    off_t list = get32(end + 16);
    size_t list_size = get32(end + 12);
    if (list + (off_t)list_size + END_SIZE != file.st_size || list_size > TAIL_MOST)
        return false;
    unsigned char *entries = memory_new(list_size + 1);
    bool found = read_at(fd, entries, list_size, list);
    t->from = 0;
    for (size_t at = 0; found && !t->from && at + ENTRY_SIZE <= list_size;) {
        const unsigned char *e = entries + at;
        size_t name = get16(e + 28);
        if (get32(e) != ZIP_ENTRY || at + ENTRY_SIZE + name > list_size)
            break;
        if (name == strlen(STYLES) && memcmp(e + ENTRY_SIZE, STYLES, name) == 0)
            t->from = get32(e + 42);
        at += ENTRY_SIZE + name + get16(e + 30) + get16(e + 32);
    }
    memory_free(entries);
    if (!t->from || t->from > list || file.st_size - t->from > TAIL_MOST)
        return false;
    t->size = (size_t)(file.st_size - t->from);
    t->list = (size_t)(list - t->from);
    t->list_size = list_size;
    t->bytes = memory_new(t->size);
    return read_at(fd, t->bytes, t->size, t->from) && get32(t->bytes) == ZIP_LOCAL;
}

/* Its own entry says how the styles are kept now, those behind it have moved. */
static void list_shift(const struct tail *t, const struct text *styles, uint32_t crc, int64_t by)
{
    for (size_t at = t->list; at + ENTRY_SIZE <= t->list + t->list_size;) {
        unsigned char *e = t->bytes + at;
        off_t offset = get32(e + 42);
        if (offset == t->from) {
            e[10] = e[11] = 0; /* stored as it is */
            put32(e + 16, crc);
            put32(e + 20, (uint32_t)styles->used);
            put32(e + 24, (uint32_t)styles->used);
        } else if (offset > t->from) {
            put32(e + 42, (uint32_t)(offset + by));
        }
        at += (size_t)ENTRY_SIZE + get16(e + 28) + get16(e + 30) + get16(e + 32);
    }
    put32(t->bytes + t->size - END_SIZE + 16, (uint32_t)(t->from + (off_t)t->list + by));
}

static int quote_styles(int fd, struct error *err)
{
    AUTO_TEXT styles = TEXT_LIMIT(TAIL_MOST);
    AUTO_TEXT out = TEXT_LIMIT(3 * TAIL_MOST);
    struct tail t = { 0 };
    if (read_styles(fd, &styles, err) < 0)
        return -1;
    if (!tail_read(fd, &t)) {
        memory_free(t.bytes);
        return cannot_write(err, STYLES);
    }
    size_t head = (size_t)LOCAL_SIZE + get16(t.bytes + 26) + get16(t.bytes + 28);
    size_t rest = head + get32(t.bytes + 18); /* of the tail: what stands behind the old styles */
    uint32_t crc = crc32_of(styles.at, styles.used);
    list_shift(&t, &styles, crc, (int64_t)(head + styles.used) - (int64_t)rest);
    t.bytes[8] = t.bytes[9] = 0;
    put32(t.bytes + 14, crc);
    put32(t.bytes + 18, (uint32_t)styles.used);
    put32(t.bytes + 22, (uint32_t)styles.used);
    text_add(&out, t.bytes, head);
    text_add(&out, styles.at, styles.used);
    text_add(&out, t.bytes + rest, t.size - rest);
    bool written = text_ok(&out) && pwrite(fd, out.at, out.used, t.from) == (ssize_t)out.used &&
                   ftruncate(fd, t.from + (off_t)out.used) == 0;
    memory_free(t.bytes);
    return written ? 0 : cannot_write(err, STYLES);
}

/* Reads one sheet to its end, which also proves its checksum. */
static int sheet_whole(const struct package *package, int number, struct error *err)
{
    enum { LAST = sizeof "</worksheet>" - 1 };
    struct part *part;
    char name[PACKAGE_NAME], bytes[LAST + 65536] = "";
    int64_t got;
    snprintf(name, sizeof name, "xl/worksheets/sheet%d.xml", number);
    if (part_open(package, name, &part, err) != 1)
        return err->fault ? -1 : cannot_write(err, name);
    while ((got = part_read(part, bytes + LAST, sizeof bytes - LAST, err)) > 0)
        memmove(bytes, bytes + got, LAST); /* what was read last stands in front */
    part_close(part);
    if (got == 0)
        return memcmp(bytes, "</worksheet>", LAST) == 0 ? 0 : cannot_write(err, name);
    error_clear(err);
    return fail(err, FAULT_TOO_LARGE, "export.large", "内容太多，一个工作簿放不下，请缩小筛选范围，或改为导出 CSV",
                "Too much for one workbook; narrow the filter, or export CSV");
}

/* The library does not look whether its own writing went through: a sheet that was cut off does not end as one. */
static int sheets_whole(int fd, int count, struct error *err)
{
    struct package package;
    if (package_open(fd, &package, err) < 0)
        return -1;
    for (int i = 1; i <= count; i++)
        if (sheet_whole(&package, i, err) < 0)
            return -1;
    return 0;
}

int book_close(struct book *book, struct error *err)
{
    int count = book->sheet_count;
    for (int i = 0; i < count; i++) {
        FILE *rows = book->sheets[i]->optimize_tmpfile;
        if (rows && (fflush(rows) != 0 || ferror(rows)))
            return cannot_write(err, strerror(errno));
    }
    lxw_error wrong = workbook_close(book->workbook);
    book->workbook = NULL;
    if (wrong)
        return cannot_write(err, lxw_strerror(wrong));
    return sheets_whole(book->fd, count, err) < 0 ? -1 : book->quoted ? quote_styles(book->fd, err) : 0;
}

/* ---- cells ---- */

bool book_is_escape(const char *at)
{
    for (int i = 2; i < 6; i++)
        if (at[0] != '_' || at[1] != 'x' || !isxdigit((unsigned char)at[i]))
            return false;
    return at[6] == '_';
}

enum book_look book_look_of(struct book *book, const char *text, enum book_look look)
{
    if (look > BOOK_LONG_QUOTED || !strchr("=+-@", text[0]))
        return look;
    book->quoted = true;
    return look % 2 == 0 ? (enum book_look)(look + 1) : look;
}

void book_text(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
               enum book_look look)
{
    AUTO_TEXT escaped = TEXT_LIMIT(1 << 20);
    if (!*text)
        return;
    /* _x0041_ is how the format spells a character: what only reads like it has its first mark spelt. */
    for (const char *at = strstr(text, "_x"); at; at = strstr(at + 1, "_x"))
        if (book_is_escape(at)) {
            for (at = text; *at; at++)
                text_str(&escaped, book_is_escape(at) ? "_x005F_" : (char[]){ *at, '\0' });
            text = text_get(&escaped);
            break;
        }
    worksheet_write_string(sheet, row, column, text, book->looks[book_look_of(book, text, look)]);
}

lxw_error book_pick(lxw_worksheet *sheet, lxw_row_t first, lxw_row_t last, lxw_col_t column, lxw_data_validation *check,
                    const char *formula)
{
    static const char *const some[] = { "-", NULL };
    check->validate = LXW_VALIDATION_TYPE_LIST;
    check->value_list = (char **)some;
    lxw_error wrong = worksheet_data_validation_range(sheet, first, column, last, column, check);
    if (wrong)
        return wrong;
    lxw_data_val_obj *one, *kept = NULL;
    STAILQ_FOREACH(one, sheet->data_validations, list_pointers)
    kept = one;
    char *copy = strdup(formula); /* the library frees it with free() */
    if (!kept || !copy) {
        free(copy);
        return LXW_ERROR_MEMORY_MALLOC_FAILED;
    }
    free(kept->value_formula);
    kept->value_formula = copy;
    return LXW_NO_ERROR;
}

int book_width(const char *text)
{
    int width = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        width += *at < 0x80 ? 1 : *at >= 0xE0 ? 2 : *at >= 0xC0 ? 1 : 0;
    return width;
}
