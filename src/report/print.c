#include "report/print.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/memory.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <string.h>

enum { COLUMNS = 64 };

#define TITLE_FONTS "FZXiaoBiaoSong-B05S,方正小标宋简体,Noto Serif CJK SC"
#define BODY_FONTS  "FangSong_GB2312,仿宋_GB2312,FangSong,STFangsong,Noto Serif CJK SC"
#define NOTE_FONTS  "Noto Sans CJK SC,WenQuanYi Micro Hei,sans-serif"

static const double a4_width = MM(210.0), a4_height = MM(297.0);

struct print {
    const struct print_options *options;
    cairo_t *cairo;
    bool drawing; /* the second run */
    double width, height, y;
    int page, pages;
    int part_begins;                   /* page before the first of the part */
    int part_ends[PRINT_PAGES], parts; /* last page of each part, from the first run */
    int part;
    struct print_table table; /* count 0: none is open */
    double head_height;
    bool full;               /* more than PRINT_PAGES */
    bool undrawn;            /* a picture was not made */
    cairo_surface_t *canvas; /* pictures: the page being drawn; NULL: a PDF */
    struct text *out;
};

static struct {
    int dpi, most;
} pictures;

void print_pictures(int dpi, int most)
{
    pictures.dpi = dpi < PRINT_DPI_MOST ? dpi : PRINT_DPI_MOST;
    pictures.most = most;
}

/* ---- pages ---- */

static void frame(struct print *p)
{
    if (!p->options->frame)
        return;
    int last = p->drawing ? p->part_ends[p->part] : p->page;
    p->options->frame(p, p->page - p->part_begins, last - p->part_begins, p->options->arg);
}

static cairo_status_t take(void *closure, const unsigned char *bytes, unsigned int size)
{
    text_add(closure, bytes, size);
    return text_ok(closure) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void blank(struct print *p)
{
    cairo_save(p->cairo);
    cairo_set_source_rgb(p->cairo, 1, 1, 1);
    cairo_paint(p->cairo);
    cairo_restore(p->cairo);
}

/* The canvas is used again for the next page. */
static void put_picture(struct print *p)
{
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT png = TEXT_LIMIT(PRINT_BYTES);
    if (p->page > pictures.most)
        return;
    p->undrawn |= cairo_surface_write_to_png_stream(p->canvas, take, &png) != CAIRO_STATUS_SUCCESS;
    if (!p->undrawn)
        text_printf(p->out, "%s\"%s\"", p->page > 1 ? "," : "", base64_put(&arena, png.at, png.used));
    blank(p);
}

static void end_page(struct print *p)
{
    frame(p);
    if (p->canvas)
        put_picture(p);
    else
        cairo_show_page(p->cairo);
}

double print_y(const struct print *p)
{
    return p->y;
}

double print_left(const struct print *p)
{
    return p->options->left;
}

double print_right(const struct print *p)
{
    return p->width - p->options->right;
}

double print_width(const struct print *p)
{
    return p->width - p->options->left - p->options->right;
}

double print_room(const struct print *p)
{
    return p->height - p->options->bottom - p->y;
}

void print_down(struct print *p, double points)
{
    p->y += points;
}

static void put_head(struct print *p);

void print_page(struct print *p)
{
    end_page(p);
    if (p->page >= PRINT_PAGES - 1)
        p->full = true;
    else
        p->page++;
    p->y = p->options->top;
    if (p->table.count)
        put_head(p);
}

void print_need(struct print *p, double points)
{
    double whole = p->height - p->options->top - p->options->bottom;
    if (print_room(p) < points && p->y > p->options->top && points <= whole)
        print_page(p);
}

static void end_part(struct print *p)
{
    if (p->drawing)
        p->part++;
    else if (p->parts < PRINT_PAGES)
        p->part_ends[p->parts++] = p->page;
}

void print_part(struct print *p)
{
    if (p->page == 1 && p->y <= p->options->top)
        return; /* the first part begins where the document does */
    end_page(p);
    end_part(p);
    p->part_begins = p->page;
    if (p->page >= PRINT_PAGES - 1)
        p->full = true;
    else
        p->page++;
    p->y = p->options->top;
}

/* ---- text ---- */

static const char *families(const struct print *p, enum print_role role)
{
    const struct print_fonts *f = &p->options->fonts;
    switch (role) {
    case PRINT_TITLE: return f->title ? f->title : TITLE_FONTS;
    case PRINT_BODY: return f->body ? f->body : BODY_FONTS;
    case PRINT_NOTE: return f->note ? f->note : NOTE_FONTS;
    }
    return NOTE_FONTS;
}

static PangoLayout *layout(struct print *p, const struct print_style *style, const char *markup, double width)
{
    PangoLayout *l = pango_cairo_create_layout(p->cairo);
    /* Both runs measure alike: a hinted width would depend on the surface. */
    cairo_font_options_t *plain = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(plain, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(plain, CAIRO_HINT_STYLE_NONE);
    pango_cairo_context_set_font_options(pango_layout_get_context(l), plain);
    cairo_font_options_destroy(plain);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family(font, families(p, style->role));
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(l, font);
    pango_font_description_free(font);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(l, style->align == PRINT_CENTRE  ? PANGO_ALIGN_CENTER
                                  : style->align == PRINT_RIGHT ? PANGO_ALIGN_RIGHT
                                                                : PANGO_ALIGN_LEFT);
    pango_layout_set_justify(l, style->align == PRINT_JUSTIFY);
    pango_layout_set_indent(l, (int)((style->hanging > 0 ? -style->hanging : style->indent) * PANGO_SCALE));
    pango_layout_set_markup(l, markup, -1);
    return l;
}

/* Every line takes the style's distance, whatever fonts it mixes. */
static void show_line(struct print *p, PangoLayoutIter *iter, const struct print_style *style, double x, double y)
{
    PangoRectangle logical;
    PangoLayoutLine *line = pango_layout_iter_get_line_readonly(iter);
    pango_layout_iter_get_line_extents(iter, NULL, &logical);
    double ascent = (double)(pango_layout_iter_get_baseline(iter) - logical.y) / PANGO_SCALE;
    double height = (double)logical.height / PANGO_SCALE;
    cairo_move_to(p->cairo, x + (double)logical.x / PANGO_SCALE, y + (style->line - height) / 2 + ascent);
    pango_cairo_show_layout_line(p->cairo, line);
}

void print_markup(struct print *p, const struct print_style *style, const char *markup, double after)
{
    PangoLayout *l = layout(p, style, markup, print_width(p));
    PangoLayoutIter *iter = pango_layout_get_iter(l);
    int left = pango_layout_get_line_count(l);
    do {
        /* The last two lines go over together, with what has to stand under them. */
        double needed = left <= 2 ? left * style->line + after : style->line;
        print_need(p, left == 1 && pango_layout_get_line_count(l) > 1 ? style->line + after : needed);
        show_line(p, iter, style, print_left(p), p->y);
        p->y += style->line;
        left--;
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
    g_object_unref(l);
}

double print_at(struct print *p, const struct print_style *style, const char *markup, double x, double y, double width)
{
    PangoLayout *l = layout(p, style, markup, width);
    PangoLayoutIter *iter = pango_layout_get_iter(l);
    double at = y;
    do {
        show_line(p, iter, style, x, at);
        at += style->line;
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
    g_object_unref(l);
    return at - y;
}

double print_height(struct print *p, const struct print_style *style, const char *markup, double width)
{
    PangoLayout *l = layout(p, style, markup, width);
    double height = pango_layout_get_line_count(l) * style->line;
    g_object_unref(l);
    return height;
}

const char *print_escape(struct arena *arena, const char *text)
{
    AUTO_TEXT out = TEXT_LIMIT(PRINT_BYTES);
    for (; text && *text; text++)
        switch (*text) {
        case '&': text_str(&out, "&amp;"); break;
        case '<': text_str(&out, "&lt;"); break;
        case '>': text_str(&out, "&gt;"); break;
        default: text_char(&out, *text);
        }
    return arena_str(arena, text_get(&out));
}

/* ---- lines and shapes ---- */

void print_line(struct print *p, double x1, double y1, double x2, double y2, double width)
{
    cairo_set_line_width(p->cairo, width);
    cairo_move_to(p->cairo, x1, y1);
    cairo_line_to(p->cairo, x2, y2);
    cairo_stroke(p->cairo);
}

void print_ring(struct print *p, double x, double y, double radius)
{
    static const double dashes[] = { 2, 2 };
    cairo_save(p->cairo);
    cairo_set_source_rgb(p->cairo, 0.70, 0.13, 0.16);
    cairo_set_dash(p->cairo, dashes, 2, 0);
    cairo_set_line_width(p->cairo, 0.6);
    cairo_new_sub_path(p->cairo);
    cairo_arc(p->cairo, x, y, radius, 0, 2 * G_PI);
    cairo_stroke(p->cairo);
    cairo_restore(p->cairo);
}

void print_stamp(struct print *p, const char *words)
{
    static const struct print_style large = { PRINT_TITLE, 130, 130, PRINT_LEFT, 0, 0, true };
    PangoRectangle logical;
    PangoLayout *l = layout(p, &large, words, p->width * 2);
    pango_layout_get_extents(l, NULL, &logical);
    cairo_save(p->cairo);
    cairo_translate(p->cairo, p->width / 2, p->height / 2);
    cairo_rotate(p->cairo, -G_PI / 5);
    cairo_set_source_rgba(p->cairo, 0.70, 0.13, 0.16, 0.14);
    cairo_move_to(p->cairo, -(double)logical.width / PANGO_SCALE / 2, -(double)logical.height / PANGO_SCALE / 2);
    pango_cairo_show_layout(p->cairo, l);
    cairo_restore(p->cairo);
    g_object_unref(l);
}

void print_fill(struct print *p, double x, double y, double width, double height, double grey)
{
    cairo_save(p->cairo);
    cairo_set_source_rgb(p->cairo, grey, grey, grey);
    cairo_rectangle(p->cairo, x, y, width, height);
    cairo_fill(p->cairo);
    cairo_restore(p->cairo);
}

int print_qr(struct print *p, const char *words, double x, double y, double side)
{
    QRcode *code = QRcode_encodeString8bit(words, 0, QR_ECLEVEL_M);
    if (!code)
        return -1;
    double unit = side / code->width;
    for (int row = 0; row < code->width; row++)
        for (int column = 0; column < code->width; column++)
            if (code->data[row * code->width + column] & 1)
                cairo_rectangle(p->cairo, x + column * unit, y + row * unit, unit, unit);
    cairo_save(p->cairo);
    cairo_set_antialias(p->cairo, CAIRO_ANTIALIAS_NONE);
    cairo_fill(p->cairo);
    cairo_restore(p->cairo);
    QRcode_free(code);
    return 0;
}

/* ---- tables ---- */

static double shares(const struct print_table *t)
{
    double sum = 0;
    for (size_t i = 0; i < t->count; i++)
        sum += t->columns[i].share;
    return sum;
}

static double row_height(struct print *p, const struct print_style *style, const char *const *cells)
{
    const struct print_table *t = &p->table;
    double highest = style->line, unit = print_width(p) / shares(t);
    for (size_t i = 0; i < t->count; i++) {
        double height = print_height(p, style, cells[i], t->columns[i].share * unit - 2 * t->padding);
        highest = height > highest ? height : highest;
    }
    return highest + 2 * t->padding;
}

static void put_cells(struct print *p, const struct print_style *style, const char *const *cells, double height)
{
    const struct print_table *t = &p->table;
    double x = print_left(p), unit = print_width(p) / shares(t);
    for (size_t i = 0; i < t->count; i++) {
        struct print_style own = *style;
        double width = t->columns[i].share * unit;
        own.align = t->columns[i].align;
        print_at(p, &own, cells[i], x + t->padding, p->y + t->padding, width - 2 * t->padding);
        print_line(p, x, p->y, x, p->y + height, 0.4);
        x += width;
    }
    print_line(p, x, p->y, x, p->y + height, 0.4);
    p->y += height;
    print_line(p, print_left(p), p->y, print_right(p), p->y, 0.4);
}

static void put_head(struct print *p)
{
    const struct print_table *t = &p->table;
    const char *heads[COLUMNS];
    for (size_t i = 0; i < t->count; i++)
        heads[i] = t->columns[i].head;
    double height = row_height(p, &t->head, heads);
    print_fill(p, print_left(p), p->y, print_width(p), height, 0.93);
    print_line(p, print_left(p), p->y, print_right(p), p->y, 0.8);
    put_cells(p, &t->head, heads, height);
}

void print_table_begin(struct print *p, const struct print_table *table)
{
    p->table = *table;
    if (p->table.count > COLUMNS)
        p->table.count = COLUMNS;
    put_head(p);
}

void print_table_row(struct print *p, const char *const *cells)
{
    double height = row_height(p, &p->table.cell, cells);
    print_need(p, height);
    put_cells(p, &p->table.cell, cells, height);
}

void print_table_end(struct print *p)
{
    p->table.count = 0;
}

/* ---- the document ---- */

static void set_about(cairo_surface_t *surface, const struct print_options *o)
{
    char when[INSTANT_TEXT];
    instant_print(o->at_ms, when);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, o->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, o->author ? o->author : "");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Anlan");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, when);
}

static void run(struct print *p, void (*draw)(struct print *p, void *arg), void *arg)
{
    p->page = 1;
    p->y = p->options->top;
    p->part_begins = p->part = 0;
    p->table.count = 0;
    draw(p, arg);
    end_page(p);
    end_part(p);
}

static int written(struct print *p, cairo_surface_t *surface, struct error *err)
{
    cairo_status_t got = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (got == CAIRO_STATUS_SUCCESS && !p->undrawn && text_ok(p->out))
        return 0;
    return fail(err, text_ok(p->out) ? FAULT_INTERNAL : FAULT_TOO_LARGE, "print.write", "文件没有生成：%s",
                "The document was not made: %s", cairo_status_to_string(got));
}

static int draw_pdf(struct print *p, void (*draw)(struct print *p, void *arg), void *arg, struct error *err)
{
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(take, p->out, p->width, p->height);
    set_about(surface, p->options);
    p->cairo = cairo_create(surface);
    run(p, draw, arg);
    cairo_destroy(p->cairo);
    cairo_surface_finish(surface);
    return written(p, surface, err);
}

static int draw_pictures(struct print *p, void (*draw)(struct print *p, void *arg), void *arg, struct error *err)
{
    double scale = pictures.dpi / 72.0;
    p->canvas =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(p->width * scale + 0.5), (int)(p->height * scale + 0.5));
    p->cairo = cairo_create(p->canvas);
    cairo_scale(p->cairo, scale, scale);
    blank(p);
    text_printf(p->out, "{\"pages\":%d,\"pictures\":[", p->part_ends[p->parts - 1]);
    run(p, draw, arg);
    text_str(p->out, "]}");
    cairo_destroy(p->cairo);
    return written(p, p->canvas, err);
}

int print_document(const struct print_options *options, void (*draw)(struct print *p, void *arg), void *arg,
                   struct text *out, int *pages, struct error *err)
{
    struct print *p = memory_new(sizeof *p);
    p->options = options;
    p->width = options->landscape ? a4_height : a4_width;
    p->height = options->landscape ? a4_width : a4_height;
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    p->cairo = cairo_create(surface);
    run(p, draw, arg);
    cairo_destroy(p->cairo);
    cairo_surface_destroy(surface);
    int got = p->full ? fail(err, FAULT_TOO_LARGE, "print.pages", "超过 %d 页，请缩小范围分几次打印",
                             "More than %d pages; print fewer at a time", PRINT_PAGES)
                      : 0;
    if (got == 0) {
        p->drawing = true;
        p->out = out;
        got = pictures.dpi ? draw_pictures(p, draw, arg, err) : draw_pdf(p, draw, arg, err);
        *pages = p->page;
    }
    memory_free(p);
    return got;
}
