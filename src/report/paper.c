#include "report/paper.h"

static const double foot_top = MM(263.0), foot_room = MM(297.0 - 260.0), seal_radius = MM(21.0), sign_block = MM(56.0);

static const struct print_style agency_style = { PRINT_TITLE, 16, 24, PRINT_CENTRE, 0, 0, true };
static const struct print_style title_style = { PRINT_TITLE, 22, 36, PRINT_CENTRE, 0, 0, true };
static const struct print_style number_style = { PRINT_BODY, 14, 24, PRINT_RIGHT, 0, 0, false };
static const struct print_style to_style = { PRINT_BODY, 14, 25.5, PRINT_LEFT, 0, 0, false };
static const struct print_style body_style = { PRINT_BODY, 14, 25.5, PRINT_JUSTIFY, 28, 0, false };
static const struct print_style sign_style = { PRINT_BODY, 10.5, 24, PRINT_LEFT, 0, 0, false };
static const struct print_style seal_style = { PRINT_BODY, 13, 25.5, PRINT_CENTRE, 0, 0, false };
static const struct print_style foot_style = { PRINT_NOTE, 8.5, 13, PRINT_LEFT, 0, 0, false };
static const struct print_style code_style = { PRINT_NOTE, 10, 14, PRINT_LEFT, 0, 0, true };

/* ---- enforcement papers ---- */

struct batch {
    const struct paper *papers;
    size_t count;
    size_t at; /* the paper being drawn: the frame belongs to it */
};

static void put_foot(struct print *p, const char *qr, const char *left_bold, const char *left, const char *const *right)
{
    struct print_style aside = foot_style;
    aside.align = PRINT_RIGHT;
    double x = print_left(p), y = foot_top + MM(3.0), width = print_width(p);
    print_line(p, x, foot_top, print_right(p), foot_top, 0.5);
    if (qr && print_qr(p, qr, x, y, MM(20.0)) == 0)
        x += MM(24.0);
    double at = y + MM(3.0);
    if (left_bold)
        at += print_at(p, &code_style, left_bold, x, at, width / 2);
    if (left)
        print_at(p, &foot_style, left, x, at, width / 2);
    at = y + MM(3.0);
    for (; *right; right++)
        at += print_at(p, &aside, *right, print_left(p) + width / 2, at, width / 2);
}

static void paper_frame(struct print *p, int page, int pages, void *arg)
{
    const struct batch *b = arg;
    const struct paper *w = &b->papers[b->at];
    AUTO_ARENA arena = { 0 };
    const char *right[4] = { NULL };
    size_t n = 0;
    if (w->draft)
        print_stamp(p, "草稿");
    if (w->copies)
        right[n++] = print_escape(&arena, w->copies);
    right[n++] = arena_printf(&arena, "%s　第 %d 页，共 %d 页", print_escape(&arena, w->form), page, pages);
    if (w->printed)
        right[n++] = print_escape(&arena, w->printed);
    put_foot(p, w->qr, w->check_code ? arena_printf(&arena, "核验码 %s", print_escape(&arena, w->check_code)) : NULL,
             w->qr ? "扫码或在“文书核验”页输入核验码，\n可核对真伪与是否被改动。" : NULL, right);
}

static void put_items(struct print *p, const struct paper *w, struct arena *arena)
{
    struct print_style item = body_style;
    item.indent = 0;
    item.hanging = 28;
    for (size_t i = 0; i < w->item_count; i++)
        print_markup(p, &item,
                     arena_printf(arena, "　　%zu.\u2005%s%s%s%s%s", i + 1, print_escape(arena, w->items[i].text),
                                  w->items[i].stress ? "<b>" : "", print_escape(arena, w->items[i].stress),
                                  w->items[i].stress ? "</b>" : "",
                                  i + 1 == w->item_count ? "<span foreground=\"#444444\">（以下空白）</span>" : ""),
                     0);
}

static const char *with_bold(struct arena *arena, const char *markup)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    for (; *markup; markup++)
        if (*markup == '\x02')
            text_str(&out, "<b>");
        else if (*markup == '\x03')
            text_str(&out, "</b>");
        else
            text_char(&out, *markup);
    return arena_str(arena, text_get(&out));
}

static void put_signatures(struct print *p, const struct paper *w, struct arena *arena)
{
    double top = print_y(p) + MM(7.0), y = top, ring = print_right(p) - MM(23.0);
    for (size_t i = 0; i < w->signer_count; i++) {
        const struct paper_signer *s = &w->signers[i];
        double from = print_left(p) + MM(s->note ? 36.0 : 48.0), to = print_left(p) + MM(s->note ? 62.0 : 96.0);
        print_at(p, &sign_style, print_escape(arena, s->label), print_left(p), y, MM(52.0));
        print_line(p, from, y + 19, to, y + 19, 0.5);
        if (s->note)
            print_at(p, &sign_style, print_escape(arena, s->note), to + MM(2.0), y, MM(36.0));
        y += 27;
    }
    print_ring(p, ring, top + MM(18.0), seal_radius);
    print_at(p, &seal_style, print_escape(arena, w->agency), ring - MM(29.0), top + MM(10.0), MM(58.0));
    print_at(p, &seal_style, print_escape(arena, w->day), ring - MM(29.0), top + MM(19.0), MM(58.0));
    print_down(p, sign_block);
}

static void put_paper(struct print *p, const struct paper *w)
{
    AUTO_ARENA arena = { 0 };
    print_markup(p, &agency_style, print_escape(&arena, w->agency), 0);
    print_markup(p, &title_style, print_escape(&arena, w->title), 0);
    print_down(p, MM(4.0));
    print_markup(p, &number_style, print_escape(&arena, w->number), 0);
    print_line(p, print_left(p), print_y(p) + MM(2.0), print_right(p), print_y(p) + MM(2.0), 0.5);
    print_down(p, MM(7.0));
    print_markup(p, &to_style, arena_printf(&arena, "%s：", print_escape(&arena, w->recipient)), 0);
    if (w->opening)
        print_markup(p, &body_style, print_escape(&arena, w->opening), 0);
    put_items(p, w, &arena);
    for (const char *const *s = w->paragraphs; s && *s; s++)
        print_markup(p, &body_style, with_bold(&arena, print_escape(&arena, *s)), s[1] ? 0 : sign_block);
    print_need(p, sign_block);
    put_signatures(p, w, &arena);
}

static void draw_batch(struct print *p, void *arg)
{
    struct batch *b = arg;
    for (size_t i = 0; i < b->count; i++) {
        print_part(p); /* the page before it is ended with its own foot */
        b->at = i;
        put_paper(p, &b->papers[i]);
    }
}

int paper_print(const struct paper *papers, size_t count, const struct print_fonts *fonts, int64_t at_ms,
                struct text *out, int *pages, struct error *err)
{
    struct batch batch = { papers, count, 0 };
    if (count == 0 || count > PAPER_BATCH)
        return fail(err, FAULT_TOO_LARGE, "paper.batch", "一次打印 1 至 %d 份", "Print 1 to %d papers at a time",
                    PAPER_BATCH);
    struct print_options options = { .title = count == 1 ? papers[0].number : papers[0].title,
                                     .author = papers[0].agency,
                                     .at_ms = at_ms,
                                     .top = MM(27.0),
                                     .right = MM(26.0),
                                     .bottom = foot_room,
                                     .left = MM(28.0),
                                     .frame = paper_frame,
                                     .arg = &batch };
    if (fonts)
        options.fonts = *fonts;
    return print_document(&options, draw_batch, &batch, out, pages, err);
}

/* ---- the card ---- */

struct cards {
    const struct paper_card *cards;
    size_t count, at;
};

static const struct print_style card_label = { PRINT_NOTE, 9.5, 15, PRINT_LEFT, 0, 0, false };
static const struct print_style card_head = { PRINT_NOTE, 9.5, 15, PRINT_LEFT, 0, 0, true };

static void card_frame(struct print *p, int page, int pages, void *arg)
{
    const struct cards *b = arg;
    const struct paper_card *c = &b->cards[b->at];
    AUTO_ARENA arena = { 0 };
    const char *right[3] = { arena_printf(&arena, "第 %d 页，共 %d 页", page, pages), print_escape(&arena, c->printed),
                             NULL };
    put_foot(p, c->qr, NULL, c->qr ? "扫码打开这条记录（须登录）" : NULL, right);
}

static void put_card(struct print *p, const struct paper_card *c)
{
    static const struct print_column facts[] = { { "项目", 22, PRINT_LEFT }, { "内容", 134, PRINT_LEFT } };
    static const struct print_column course[] = {
        { "时间", 30, PRINT_LEFT }, { "办理", 24, PRINT_LEFT }, { "人员", 38, PRINT_LEFT }, { "说明", 64, PRINT_LEFT }
    };
    AUTO_ARENA arena = { 0 };
    print_markup(p, &agency_style, print_escape(&arena, c->agency), 0);
    print_markup(p, &title_style, print_escape(&arena, c->title), 0);
    print_down(p, MM(3.0));
    print_markup(
        p, &card_head,
        arena_printf(&arena, "编号 %s　　状态 %s", print_escape(&arena, c->number), print_escape(&arena, c->state)), 0);
    print_down(p, MM(1.5));
    print_table_begin(p, &(struct print_table){ facts, 2, card_head, card_label, 4 });
    for (size_t i = 0; i < c->fact_count; i++)
        print_table_row(p, (const char *const[]){ print_escape(&arena, c->facts[i].label),
                                                  print_escape(&arena, c->facts[i].value) });
    print_table_end(p);
    print_down(p, MM(5.0));
    print_need(p, MM(30.0));
    print_markup(p, &card_head, "办理经过", 0);
    print_down(p, MM(1.5));
    print_table_begin(p, &(struct print_table){ course, 4, card_head, card_label, 4 });
    for (size_t i = 0; i < c->event_count; i++) {
        const struct paper_event *e = &c->events[i];
        print_table_row(p, (const char *const[]){ print_escape(&arena, e->when), print_escape(&arena, e->what),
                                                  print_escape(&arena, e->who), print_escape(&arena, e->text) });
    }
    print_table_end(p);
}

static void draw_cards(struct print *p, void *arg)
{
    struct cards *b = arg;
    for (size_t i = 0; i < b->count; i++) {
        print_part(p);
        b->at = i;
        put_card(p, &b->cards[i]);
    }
}

int paper_print_card(const struct paper_card *cards, size_t count, const struct print_fonts *fonts, int64_t at_ms,
                     struct text *out, int *pages, struct error *err)
{
    struct cards batch = { cards, count, 0 };
    if (count == 0 || count > PAPER_BATCH)
        return fail(err, FAULT_TOO_LARGE, "paper.batch", "一次打印 1 至 %d 份", "Print 1 to %d papers at a time",
                    PAPER_BATCH);
    struct print_options options = { .title = cards[0].title,
                                     .author = cards[0].agency,
                                     .at_ms = at_ms,
                                     .top = MM(20.0),
                                     .right = MM(26.0),
                                     .bottom = foot_room,
                                     .left = MM(28.0),
                                     .frame = card_frame,
                                     .arg = &batch };
    if (fonts)
        options.fonts = *fonts;
    return print_document(&options, draw_cards, &batch, out, pages, err);
}

/* ---- the ledger ---- */

static const struct print_style ledger_title = { PRINT_TITLE, 18, 28, PRINT_CENTRE, 0, 0, true };
static const struct print_style ledger_note = { PRINT_NOTE, 9, 14, PRINT_LEFT, 0, 0, false };
static const struct print_style ledger_head = { PRINT_NOTE, 9, 13, PRINT_LEFT, 0, 0, true };
static const struct print_style ledger_cell = { PRINT_NOTE, 9, 13, PRINT_LEFT, 0, 0, false };

static void ledger_frame(struct print *p, int page, int pages, void *arg)
{
    const struct paper_ledger *l = arg;
    AUTO_ARENA arena = { 0 };
    struct print_style right = ledger_note;
    right.align = PRINT_RIGHT;
    double y = MM(200.0);
    print_at(p, &ledger_note, print_escape(&arena, l->printed), print_left(p), y, print_width(p) / 2);
    print_at(p, &right, arena_printf(&arena, "第 %d 页，共 %d 页", page, pages), print_left(p) + print_width(p) / 2, y,
             print_width(p) / 2);
}

static void draw_ledger(struct print *p, void *arg)
{
    const struct paper_ledger *l = arg;
    AUTO_ARENA arena = { 0 };
    print_markup(p, &ledger_title, print_escape(&arena, l->title), 0);
    print_down(p, MM(1.0));
    print_markup(p, &ledger_note,
                 arena_printf(&arena, "%s　数据截至 %s，共 %zu 条", print_escape(&arena, l->filter),
                              print_escape(&arena, l->as_of), l->row_count),
                 0);
    print_down(p, MM(1.5));
    print_table_begin(p, &(struct print_table){ l->columns, l->column_count, ledger_head, ledger_cell, 3 });
    for (size_t i = 0; i < l->row_count; i++)
        print_table_row(p, l->rows[i]);
    print_table_end(p);
}

int paper_print_ledger(const struct paper_ledger *ledger, const struct print_fonts *fonts, int64_t at_ms,
                       struct text *out, int *pages, struct error *err)
{
    if (ledger->row_count > LEDGER_ROWS)
        return fail(err, FAULT_TOO_LARGE, "paper.ledger", "台账最多打印 %d 行，请加筛选条件或导出电子表格",
                    "At most %d rows can be printed; filter further, or export a spreadsheet", LEDGER_ROWS);
    struct print_options options = { .title = ledger->title,
                                     .at_ms = at_ms,
                                     .landscape = true,
                                     .top = MM(15.0),
                                     .right = MM(15.0),
                                     .bottom = MM(14.0),
                                     .left = MM(15.0),
                                     .frame = ledger_frame,
                                     .arg = (void *)(uintptr_t)ledger };
    if (fonts)
        options.fonts = *fonts;
    return print_document(&options, draw_ledger, (void *)(uintptr_t)ledger, out, pages, err);
}
