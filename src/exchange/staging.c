#include "exchange/staging.h"

#include "base/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, PIECE = 256 * 1024, MERGED = 0x80, HIDDEN = 1, INTERN = 4096 };

const char *const verdict_words[] = { "import", "duplicate", "reject", NULL };
const char *const problem_levels[] = { "error", "warning", "note", NULL };

static const char *const ends[] = { "file", "rows", "verdicts", "results" };

static void names_of(const struct house *house, int64_t import, enum staged what, char path[PATH_BYTES],
                     char purpose[64])
{
    snprintf(path, PATH_BYTES, "%s/imports/%" PRId64 ".%s", house->folder, import, ends[what]);
    snprintf(purpose, 64, "import.%" PRId64 ".%s", import, ends[what]);
}

int staging_folder(const struct house *house, struct error *err)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/imports", house->folder);
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return fail(err, errno == ENOSPC ? FAULT_FULL : FAULT_INTERNAL, "import.folder", "无法创建 %s：%s",
                    "Cannot create %s: %s", path, strerror(errno));
    return 0;
}

int staging_create(const struct house *house, int64_t import, enum staged what, struct blocks **out, struct error *err)
{
    char path[PATH_BYTES], purpose[64];
    names_of(house, import, what, path, purpose);
    return blocks_create(path, purpose, out, err);
}

int staging_open(const struct house *house, int64_t import, enum staged what, struct blocks **out, struct error *err)
{
    char path[PATH_BYTES], purpose[64];
    names_of(house, import, what, path, purpose);
    return blocks_open(path, purpose, out, err);
}

int staging_resume(const struct house *house, int64_t import, enum staged what, int64_t size, struct blocks **out,
                   struct error *err)
{
    char path[PATH_BYTES], purpose[64];
    names_of(house, import, what, path, purpose);
    return blocks_resume(path, purpose, size, out, err);
}

void staging_remove(const struct house *house, int64_t import)
{
    char path[PATH_BYTES], purpose[64];
    for (int what = STAGED_FILE; what <= STAGED_RESULT; what++) {
        names_of(house, import, (enum staged)what, path, purpose);
        unlink(path);
    }
}

int staging_keep_file(const struct house *house, int64_t import, int fd, struct error *err)
{
    struct blocks *b;
    char *piece = memory_new(PIECE);
    ssize_t n = 0;
    if (staging_folder(house, err) < 0 || staging_create(house, import, STAGED_FILE, &b, err) < 0) {
        memory_free(piece);
        return -1;
    }
    int got = lseek(fd, 0, SEEK_SET) < 0 ? -1 : 0;
    while (got == 0 && (n = read(fd, piece, PIECE)) > 0)
        got = blocks_put(b, piece, (size_t)n, err);
    if ((n < 0 || got < 0) && !err->fault)
        fail(err, FAULT_INTERNAL, "import.read", "上传的文件无法读出：%s", "The upload cannot be read: %s",
             strerror(errno));
    if (got == 0 && n == 0)
        got = blocks_sync(b, err);
    blocks_close(b);
    memory_free(piece);
    return err->fault ? -1 : got;
}

int staging_file(const struct house *house, int64_t import, int *fd, struct error *err)
{
    struct blocks *b;
    const char *bytes;
    size_t size;
    int got;
    if (staging_open(house, import, STAGED_FILE, &b, err) < 0)
        return -1;
    int out = memfd_create("import", MFD_CLOEXEC);
    if (out < 0) {
        blocks_close(b);
        return fail(err, FAULT_UNAVAILABLE, "import.memory", "内存不足，请稍后再试", "Short of memory; try again soon");
    }
    do {
        AUTO_ARENA arena = { 0 };
        got = blocks_next(b, &arena, &bytes, &size, err);
        if (got > 0 && write(out, bytes, size) != (ssize_t)size)
            got = fail(err, FAULT_UNAVAILABLE, "import.memory", "内存不足，请稍后再试",
                       "Short of memory; try again soon");
    } while (got > 0);
    blocks_close(b);
    if (got < 0) {
        close(out);
        return -1;
    }
    lseek(out, 0, SEEK_SET);
    *fd = out;
    return 0;
}

/* ---- putting and taking bytes ---- */

static void put_number(struct text *out, int64_t number)
{
    text_add(out, &number, sizeof number);
}

static void put_text(struct text *out, const char *text, size_t size)
{
    uint32_t n = (uint32_t)size;
    text_add(out, &n, sizeof n);
    text_add(out, text, size);
    text_char(out, '\0');
}

struct bytes {
    const char *at, *end;
    bool bad;
};

static void take(struct bytes *in, void *out, size_t size)
{
    if ((size_t)(in->end - in->at) < size) {
        in->bad = true;
        memset(out, 0, size);
        return;
    }
    memcpy(out, in->at, size);
    in->at += size;
}

static int64_t take_number(struct bytes *in)
{
    int64_t number;
    take(in, &number, sizeof number);
    return number;
}

static int take_byte(struct bytes *in)
{
    unsigned char byte;
    take(in, &byte, 1);
    return byte;
}

/* Where it stands: as long as the block. */
static const char *take_text(struct bytes *in)
{
    uint32_t n;
    take(in, &n, sizeof n);
    if (in->bad || (size_t)(in->end - in->at) <= n) {
        in->bad = true;
        return "";
    }
    const char *text = in->at;
    in->at += (size_t)n + 1;
    return text;
}

static int broken(struct error *err)
{
    return fail(err, FAULT_INTERNAL, "import.broken", "暂存的内容已损坏，请重新上传",
                "What was staged is damaged; upload the file again");
}

/* ---- rows ---- */

void staged_put_row(struct text *block, const struct sheet_row *row)
{
    size_t count = row->count;
    while (count > 0 && row->cells[count - 1].size == 0 && !row->cells[count - 1].merged &&
           row->cells[count - 1].trouble == CELL_FINE)
        count--;
    put_number(block, row->number);
    text_char(block, row->hidden ? HIDDEN : 0);
    put_number(block, (int64_t)count);
    for (size_t i = 0; i < count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        text_char(block, (char)((int)cell->trouble | (cell->merged ? MERGED : 0)));
        put_text(block, cell->at, cell->size);
        if (cell->merged)
            put_text(block, cell->merged, strlen(cell->merged));
    }
}

static bool take_row(struct bytes *in, struct arena *arena, struct staged_row *out)
{
    out->number = take_number(in);
    out->hidden = take_byte(in) & HIDDEN;
    int64_t count = take_number(in);
    if (in->bad || count < 0 || count > CSV_COLUMNS)
        return false;
    struct staged_cell *cells = ARENA_ARRAY(arena, struct staged_cell, (size_t)count + 1);
    out->count = (size_t)count;
    out->cells = cells;
    for (int64_t i = 0; i < count; i++) {
        int byte = take_byte(in);
        cells[i].trouble = (enum cell_trouble)(byte & ~MERGED);
        cells[i].at = take_text(in);
        cells[i].merged = byte & MERGED ? take_text(in) : NULL;
    }
    return !in->bad;
}

int staged_rows(struct blocks *rows, struct arena *arena, struct staged_row **out, size_t *count, struct error *err)
{
    const char *bytes;
    size_t size, n = 0;
    int got = blocks_next(rows, arena, &bytes, &size, err);
    if (got <= 0)
        return got;
    struct bytes in = { bytes, bytes + size, false };
    struct staged_row *list = ARENA_ARRAY(arena, struct staged_row, STAGED_ROWS);
    while (in.at < in.end && n < STAGED_ROWS)
        if (!take_row(&in, arena, &list[n++]))
            return broken(err);
    *out = list;
    *count = n;
    return 1;
}

/* ---- verdicts ---- */

void staged_put_verdict(struct text *block, const struct row_verdict *v)
{
    put_number(block, v->number);
    put_number(block, v->record ? v->record : -v->twin); /* one place for both */
    text_char(block, (char)v->verdict);
    text_char(block, v->pending);
    text_char(block, (char)v->problem_count);
    for (size_t i = 0; i < v->problem_count; i++) {
        const struct problem *p = &v->problems[i];
        put_number(block, p->column);
        text_char(block, (char)p->level);
        put_text(block, p->field, strlen(p->field));
        put_text(block, p->zh, strlen(p->zh));
        put_text(block, p->en, strlen(p->en));
    }
}

/* The same sentence again and again: each place remembers the last one of its hash. */
struct intern {
    struct arena *arena;
    const char *places[INTERN];
};

static const char *intern(struct intern *in, const char *text)
{
    uint32_t hash = 2166136261u;
    for (const char *at = text; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    const char **place = &in->places[hash % INTERN];
    if (!*place || strcmp(*place, text) != 0)
        *place = arena_str(in->arena, text);
    return *place;
}

static bool take_verdict(struct bytes *in, struct intern *words, struct row_verdict *out)
{
    out->number = take_number(in);
    int64_t record = take_number(in);
    out->record = record > 0 ? record : 0;
    out->twin = record < 0 ? -record : 0;
    int verdict = take_byte(in);
    out->pending = take_byte(in) != 0;
    out->problem_count = (size_t)take_byte(in);
    if (verdict > VERDICT_REJECT || in->bad)
        return false;
    out->verdict = (enum verdict)verdict;
    struct problem *problems =
        out->problem_count ? ARENA_ARRAY(words->arena, struct problem, out->problem_count) : NULL;
    out->problems = problems;
    for (size_t i = 0; i < out->problem_count; i++) {
        problems[i].column = (int)take_number(in);
        int level = take_byte(in);
        problems[i].level = level <= PROBLEM_NOTE ? (enum problem_level)level : PROBLEM_ERROR;
        problems[i].field = intern(words, take_text(in));
        problems[i].zh = intern(words, take_text(in));
        problems[i].en = intern(words, take_text(in));
    }
    return !in->bad;
}

static int by_number(const void *a, const void *b)
{
    const struct row_verdict *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

int staged_verdicts(struct blocks *verdicts, struct arena *arena, struct row_verdict **out, size_t *count,
                    struct error *err)
{
    struct intern *words = memory_new(sizeof *words);
    struct row_verdict *list = NULL;
    size_t n = 0, room = 0;
    const char *bytes;
    size_t size;
    int got;
    words->arena = arena;
    do {
        AUTO_ARENA block = { 0 };
        got = blocks_next(verdicts, &block, &bytes, &size, err);
        struct bytes in = { bytes, bytes + (got > 0 ? size : 0), false };
        while (got > 0 && in.at < in.end) {
            if (n == room) {
                room = room ? room * 2 : 1024;
                list = memory_resize(list, room * sizeof *list);
            }
            if (!take_verdict(&in, words, &list[n++]))
                got = broken(err);
        }
    } while (got > 0);
    memory_free(words);
    if (got == 0) {
        if (n)
            qsort(list, n, sizeof *list, by_number);
        *out = n ? arena_copy(arena, list, n * sizeof *list) : NULL;
        *count = n;
    }
    memory_free(list);
    return got;
}
