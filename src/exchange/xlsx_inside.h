/* Inside exchange only: what the parts of the xlsx reader share (xlsx.c, xlsx_book.c, xlsx_look.c). */
#pragma once
#include "exchange/package.h"
#include "exchange/xlsx.h"

enum {
    NUMBER_TEXT = 400,
    FORMATS = 4096,
    FORMAT_TEXT = 256,
};

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

struct look look_of_format(const char *format);
struct look look_of_number(int64_t id);
/* What a person sees of a number. False when it is none, and then the text stays what it is. */
bool look_print(const char *raw, struct look look, bool from_1904, char out[NUMBER_TEXT], enum cell_trouble *trouble);

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

/* Over the ceiling of a cell a string is cut there and one byte longer, so that the cell naming it is refused. */
struct strings {
    struct text bytes; /* each with a final NUL */
    uint32_t *starts;  /* one more than count */
    size_t count, room;
};

int xlsx_read_book(struct book *book, int fd, struct error *err);
int xlsx_read_styles(struct book *book, struct error *err);
int xlsx_read_strings(const struct book *book, struct strings *strings, struct error *err);
void xlsx_book_done(struct book *book);

enum place xlsx_place_in(enum place parent, const char *name);
bool xlsx_is_true(const char *value);
/* Puts what _xHHHH_ stands for in its place, from `start` of the text on. False when that is NUL. Half a pair of
** surrogates stays as it is written. */
bool xlsx_unescape(struct text *text, size_t start);
