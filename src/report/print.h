/*
** A PDF being written: pages, text that flows over them, tables with a repeated head. Pango breaks Chinese lines, Cairo
** draws. The same calls give the same bytes: the document's date is an argument, nothing else of the machine goes in
** (the fonts do: another machine with other fonts gives another picture of the same words).
**
** Lengths are points (1 mm = 72/25.4 pt), from the upper left corner. Text is UTF-8; in print_markup the characters & < >
** of data must have been escaped (print_escape).
**
** Fonts are settings by role (decision 38), each a list of families of which the first that is installed is taken; the
** last, Noto Serif CJK SC or Noto Sans CJK SC, is a package the program asks for.
**
** One struct print belongs to one thread. The first page of a process costs about 50 ms more: the font map.
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

#define MM(millimetres) ((millimetres)*72 / 25.4)

enum { PRINT_BYTES = 64 << 20, PRINT_PAGES = 2000, PRINT_DPI_MOST = 300 };

enum print_role { PRINT_TITLE, PRINT_BODY, PRINT_NOTE };
enum print_align { PRINT_LEFT, PRINT_CENTRE, PRINT_RIGHT, PRINT_JUSTIFY };

struct print_fonts {
    const char *title, *body, *note; /* NULL: as installed */
};

struct print_style {
    enum print_role role;
    double size, line; /* type size and distance of lines */
    enum print_align align;
    double indent;  /* of the first line */
    double hanging; /* of the lines after the first */
    bool bold;
};

struct print;

struct print_options {
    const char *title, *author; /* of the document */
    int64_t at_ms;              /* its date */
    bool landscape;             /* A4 upright otherwise */
    double top, right, bottom, left;
    struct print_fonts fonts;
    /* Draws what stands on every page; page counts from 1, pages is the number of all. NULL for nothing. */
    void (*frame)(struct print *p, int page, int pages, void *arg);
    void *arg;
};

/* Text flows twice: once to count the pages, once to draw them; `draw` is called for both and must do the same. */
int print_document(const struct print_options *options, void (*draw)(struct print *p, void *arg), void *arg,
                   struct text *out, int *pages, struct error *err);

/* From here on documents of this process come out as pictures of their first `most` pages, for looking at:
** {"pages":2,"pictures":["…"]}, each a PNG of `dpi` dots an inch in base64 (base/base64.h). dpi 0: as PDF again. */
void print_pictures(int dpi, int most);

/* ---- the flow ---- */
double print_y(const struct print *p);     /* where the next block begins */
double print_width(const struct print *p); /* between the margins */
double print_left(const struct print *p);
double print_right(const struct print *p);
double print_room(const struct print *p); /* from y to the bottom margin */
void print_down(struct print *p, double points);
void print_page(struct print *p); /* the next one */
/* The page breaks before the next block unless so much room is left. */
void print_need(struct print *p, double points);
/* Counts pages of its own from here on ("page 1 of 2" of one paper in a batch). */
void print_part(struct print *p);

/* A paragraph over the whole width, broken between its lines where the page ends; keep: the last lines that stay
** together with what follows, which needs `after` points. */
void print_markup(struct print *p, const struct print_style *style, const char *markup, double after);
/* One block at a place, cut to `width`, not part of the flow; returns its height. */
double print_at(struct print *p, const struct print_style *style, const char *markup, double x, double y, double width);
/* Height print_at would take. */
double print_height(struct print *p, const struct print_style *style, const char *markup, double width);

void print_line(struct print *p, double x1, double y1, double x2, double y2, double width);
void print_ring(struct print *p, double x, double y, double radius); /* dashed and red: where the seal goes */
/* Large and pale across the page, not part of the flow: 草稿. */
void print_stamp(struct print *p, const char *words);
void print_fill(struct print *p, double x, double y, double width, double height, double grey);
int print_qr(struct print *p, const char *words, double x, double y, double side);

/* ---- tables ---- */
struct print_column {
    const char *head;
    double share; /* of the width */
    enum print_align align;
};

struct print_table {
    const struct print_column *columns;
    size_t count;
    struct print_style head, cell;
    double padding;
};

/* Head now and again on every page a row begins; rows are never cut unless one is taller than a page. */
void print_table_begin(struct print *p, const struct print_table *table);
void print_table_row(struct print *p, const char *const *cells);
void print_table_end(struct print *p);

const char *print_escape(struct arena *arena, const char *text); /* for markup; NULL gives "" */
