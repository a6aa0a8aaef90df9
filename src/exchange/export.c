#include "exchange/export.h"

#include "base/clock.h"
#include "base/text.h"
#include "domain/render.h"
#include "exchange/book.h"
#include "exchange/columns.h"
#include "exchange/csv.h"
#include "record/table.h"
#include "record/type.h"
#include "report/compose.h"
#include "report/paper.h"
#include "report/render.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER = 1 << 20, COLUMNS = LIMIT_FIELDS + 3, WIDTH_LEAST = 8, WIDTH_MOST = 48 };

static const struct label number_head = { "编号", "Number" }, version_head = { "版本", "Version" },
                          row_head = { "序号", "No." };

struct export_column {
    enum { COLUMN_ROW, COLUMN_NUMBER, COLUMN_VERSION, COLUMN_FIELD } is;
    const struct field *field;
    const struct field *companion; /* shown where the field is not known; NULL when none */
    const struct label *head;
    bool unit;  /* the field's unit stands in the head */
    int places; /* digits after the point; -1: no number */
};

struct sheet {
    const struct export_order *order;
    struct export_column columns[COLUMNS];
    size_t count;
    int64_t rows;
    struct text out, cell;
    bool with_lines; /* a column holds lines: they are read for each row */
    bool too_long;   /* a cell was longer than a spreadsheet takes */
    struct book book;
    lxw_worksheet *page;
    struct book_rows table;
    json_t *lines, *line; /* pdf: rows of cells, and the one that is filled */
};

/* ---- columns ---- */

static void add_column(struct sheet *s, struct export_column column)
{
    const struct field *f = column.field;
    column.places = !f                         ? -1
                    : f->type == &type_integer ? 0
                    : f->type == &type_money   ? 2
                    : f->type == &type_decimal ? f->scale
                                               : -1;
    s->with_lines |= f && f->type == &type_lines;
    if (f && f->companion)
        column.companion = field_find(s->order->query->kind, f->companion);
    s->columns[s->count++] = column;
}

static void add_field(struct sheet *s, const struct field *f)
{
    add_column(s,
               (struct export_column){ .is = COLUMN_FIELD, .field = f, .head = &f->label, .unit = f->unit.zh != NULL });
}

static bool has_column(const struct sheet *s, int is, const struct field *f)
{
    for (size_t i = 0; i < s->count; i++)
        if ((int)s->columns[i].is == is && s->columns[i].field == f)
            return true;
    return false;
}

static int add_named(struct sheet *s, const char *name, struct error *err)
{
    const struct field *f = field_find(s->order->query->kind, name);
    int is = f ? COLUMN_FIELD : strcmp(name, LEDGER_ROW) == 0 ? COLUMN_ROW : COLUMN_NUMBER;
    if (f ? !column_fits(f) : is == COLUMN_NUMBER && strcmp(name, "number") != 0)
        return fail_field(err, "columns", "没有“%s”这一列", "There is no column \"%s\"", name);
    if (has_column(s, is, f))
        return fail_field(err, "columns", "“%s”这一列写了两次", "The column \"%s\" is named twice", name);
    if (f)
        add_field(s, f);
    else
        add_column(s, (struct export_column){ .is = is, .head = is == COLUMN_ROW ? &row_head : &number_head });
    return 0;
}

static int choose_columns(struct sheet *s, struct error *err)
{
    const struct kind *kind = s->order->query->kind;
    const char *columns = s->order->columns;
    for (size_t i = 0; !columns && i < kind->ledger_count; i++) {
        const struct field *f = field_find(kind, kind->ledger[i].field);
        add_column(s, (struct export_column){
                          .is = f ? COLUMN_FIELD : COLUMN_ROW, .field = f, .head = &kind->ledger[i].header });
    }
    for (size_t i = 0; !columns && !kind->ledger && i < kind->field_count; i++)
        if (column_fits(&kind->fields[i]))
            add_field(s, &kind->fields[i]);
    while (columns && *columns) {
        char name[64] = "";
        size_t n = strcspn(columns, ",");
        if (n < sizeof name)
            memcpy(name, columns, n);
        if (add_named(s, name, err) < 0)
            return -1;
        columns += n + (columns[n] == ',');
    }
    if (s->order->format == EXPORT_PDF)
        return s->count <= EXPORT_PDF_COLUMNS
                   ? 0
                   : fail_field(err, "columns", "打印的台账最多 %d 列，请少选几列，或改为导出电子表格",
                                "A printed ledger has at most %d columns; choose fewer, or export a spreadsheet",
                                EXPORT_PDF_COLUMNS);
    if (!has_column(s, COLUMN_NUMBER, NULL))
        add_column(s, (struct export_column){ .is = COLUMN_NUMBER, .head = &number_head });
    add_column(s, (struct export_column){ .is = COLUMN_VERSION, .head = &version_head });
    return 0;
}

bool export_is_ours(const char *const *headers, size_t count, size_t *number)
{
    for (size_t i = 0; count >= 3 && i < count - 1; i++)
        if ((strcmp(headers[i], number_head.zh) == 0 && strcmp(headers[count - 1], version_head.zh) == 0) ||
            (strcmp(headers[i], number_head.en) == 0 && strcmp(headers[count - 1], version_head.en) == 0)) {
            *number = i;
            return true;
        }
    return false;
}

/* ---- csv ---- */

static int flush(struct sheet *s, struct error *err)
{
    if (!text_ok(&s->out))
        return fail(err, FAULT_TOO_LARGE, "export.row", "有一行内容太长，无法导出", "A row is too long to be exported");
    for (size_t done = 0; done < s->out.used;) {
        ssize_t n = write(s->order->fd, s->out.at + done, s->out.used - done);
        if (n < 0)
            return fail(err, errno == ENOSPC ? FAULT_FULL : FAULT_INTERNAL, "export.write", "导出文件无法写入：%s",
                        "The export cannot be written: %s", strerror(errno));
        done += (size_t)n;
    }
    text_clear(&s->out);
    return 0;
}

/* ---- cells, of either format ---- */

static void put_text(struct sheet *s, size_t at, const char *text, enum book_look look)
{
    if (s->line)
        json_array_append_new(s->line, json_string(text));
    else if (s->page)
        book_rows_text(&s->table, (lxw_col_t)at, text, look);
    else
        csv_cell(&s->out, text, strlen(text), CSV_TEXT);
}

/* number / 10^places. A spreadsheet keeps 15 digits: what has more goes out as text. */
static void put_number(struct sheet *s, size_t at, int64_t number, int places)
{
    enum book_look look = places == 2 ? BOOK_MONEY : places ? BOOK_DECIMAL : BOOK_WHOLE;
    if (s->page && book_rows_number(&s->table, (lxw_col_t)at, number, places, look))
        return;
    text_clear(&s->cell);
    text_fixed(&s->cell, number, places);
    if (s->line || s->page)
        put_text(s, at, text_get(&s->cell), BOOK_TEXT);
    else
        csv_cell(&s->out, text_get(&s->cell), s->cell.used, CSV_NUMBER);
}

static void put_value(struct sheet *s, size_t at, const struct names *n, const struct field *f, const void *record,
                      struct arena *arena)
{
    const void *member = field_member_const(f, record);
    const struct kind *kind = s->order->query->kind;
    const struct export_column *column = &s->columns[at];
    if (column->places >= 0) {
        put_number(s, at, *(const int64_t *)member, column->places);
        return;
    }
    if (f->type == &type_date && s->page) {
        book_rows_day(&s->table, (lxw_col_t)at, *(const int64_t *)member);
        return;
    }
    if (f->type == &type_object || f->type == &type_reference) {
        const char *name = names_get(n, f->ref ? kind_find(f->ref) : NULL, *(const int64_t *)member);
        put_text(s, at, name ? name : "", BOOK_TEXT);
        return;
    }
    struct type_context ctx = { .arena = arena, .kind = kind, .name = f->name };
    text_clear(&s->cell);
    f->type->to_text(f, &ctx, member, s->order->english, &s->cell);
    s->too_long |= !text_ok(&s->cell) || (s->page && !cell_fits(text_get(&s->cell), s->cell.used));
    put_text(s, at, text_get(&s->cell), f->type == &type_long_text || (f->flags & WIDE) ? BOOK_LONG : BOOK_TEXT);
}

static void put_cell(struct sheet *s, size_t at, const struct names *n, const void *record, struct arena *arena)
{
    const struct export_column *c = &s->columns[at];
    const struct record *r = record_of_const(record);
    const char *number;
    switch (c->is) {
    case COLUMN_ROW: put_number(s, at, s->rows + 1, 0); return;
    case COLUMN_VERSION: put_number(s, at, r->version, 0); return;
    case COLUMN_NUMBER:
        number = record_number(arena, s->order->query->kind, record);
        put_text(s, at, number ? number : arena_printf(arena, "%" PRId64, r->id), BOOK_TEXT);
        return;
    case COLUMN_FIELD: break;
    }
    if (record_bit(r->known, field_slot(c->field)))
        put_value(s, at, n, c->field, record, arena);
    else if (c->companion && record_bit(r->known, field_slot(c->companion)))
        put_value(s, at, n, c->companion, record, arena);
    else
        put_text(s, at, "", BOOK_TEXT);
}

static int put_page(void *const *rows, size_t count, void *arg, struct error *err)
{
    struct sheet *s = arg;
    AUTO_ARENA arena = { 0 };
    const struct list_query *query = s->order->query;
    struct names *n = names_new(&arena);
    if (s->page && s->rows + (int64_t)count > LIMIT_IMPORT_ROWS)
        return fail(err, FAULT_TOO_LARGE, "export.rows", "超过 %d 行，一个工作簿放不下，请缩小筛选范围，或改为导出 CSV",
                    "More than %d rows do not fit one workbook; narrow the filter, or export CSV", LIMIT_IMPORT_ROWS);
    if (s->lines && s->rows + (int64_t)count > LEDGER_ROWS)
        return fail(err, FAULT_TOO_LARGE, "paper.ledger", "台账最多打印 %d 行，请加筛选条件或导出电子表格",
                    "At most %d rows can be printed; filter further, or export a spreadsheet", LEDGER_ROWS);
    for (size_t i = 0; i < count; i++)
        names_want_record(n, query->kind, rows[i]);
    if (names_load(n, s->order->db, query->actor, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++, s->rows++) {
        AUTO_ARENA lines = { 0 };
        if (s->with_lines && lines_read(s->order->db, query->kind, rows[i], &lines, err) < 0)
            return -1;
        s->line = s->lines ? json_array() : NULL;
        for (size_t k = 0; k < s->count; k++)
            put_cell(s, k, n, rows[i], &arena);
        if (s->too_long)
            return fail(err, FAULT_TOO_LARGE, "export.cell",
                        "有一格内容超过电子表格的上限，请不选带明细的列，或改为导出 CSV",
                        "A cell is longer than a spreadsheet takes; leave the columns with lines out, or export CSV");
        if (s->line)
            json_array_append_new(s->lines, s->line);
        if (s->page && book_rows_next(&s->table, err) < 0)
            return -1;
        if (s->page || s->line)
            continue;
        csv_end_row(&s->out);
        if (s->out.used > BUFFER / 2 && flush(s, err) < 0)
            return -1;
    }
    if (s->order->tick && !s->order->tick(s->order->arg, s->rows))
        return fail(err, FAULT_CONFLICT, "export.cancelled", "导出已取消", "The export was cancelled");
    return 0;
}

/* Nothing is read that no column shows: of sixty fields a ledger shows a dozen. */
static int each_page(struct sheet *s, struct error *err)
{
    struct list_query query = *s->order->query;
    uint64_t wanted[2] = { 0, 0 };
    for (size_t i = 0; i < s->count; i++) {
        const struct export_column *c = &s->columns[i];
        if (c->field)
            record_set_bit(wanted, field_slot(c->field), true);
        if (c->companion)
            record_set_bit(wanted, field_slot(c->companion), true);
    }
    query.wanted = wanted;
    return list_each(s->order->db, &query, put_page, s, err);
}

/* ---- the two files ---- */

static void head_text(const struct sheet *s, const struct export_column *c, struct text *out)
{
    const struct label *unit = c->unit ? &c->field->unit : NULL;
    text_str(out, s->order->english ? c->head->en : c->head->zh);
    if (unit)
        text_printf(out, s->order->english ? " (%s)" : "（%s）", s->order->english ? unit->en : unit->zh);
}

static int run_csv(struct sheet *s, struct error *err)
{
    csv_begin(&s->out);
    for (size_t i = 0; i < s->count; i++) {
        text_clear(&s->cell);
        head_text(s, &s->columns[i], &s->cell);
        csv_cell(&s->out, text_get(&s->cell), s->cell.used, CSV_TEXT);
    }
    csv_end_row(&s->out);
    if (each_page(s, err) < 0)
        return -1;
    return flush(s, err);
}

static double width_of(const struct export_column *c, int head)
{
    const struct field *f = c->field;
    int width = head + 4; /* with the arrow of the filter */
    int wants = !f                                                                         ? 0
                : f->type == &type_long_text || (f->flags & WIDE)                          ? WIDTH_MOST
                : f->type == &type_object || f->type == &type_region || (f->flags & TITLE) ? 28
                : f->type == &type_text || f->type == &type_date_time                      ? 18
                                                                                           : 12;
    if (c->is == COLUMN_NUMBER)
        wants = 14;
    width = width < wants ? wants : width;
    return width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
}

static void put_heads(struct sheet *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct export_column *c = &s->columns[i];
        const struct field *f = c->field;
        bool long_text = f && (f->type == &type_long_text || (f->flags & WIDE));
        enum book_look look = c->is == COLUMN_ROW || c->is == COLUMN_VERSION || c->places == 0 ? BOOK_WHOLE
                              : c->places == 2                                                 ? BOOK_MONEY
                              : c->places > 0                                                  ? BOOK_DECIMAL
                              : f && f->type == &type_date                                     ? BOOK_DATE
                              : long_text                                                      ? BOOK_LONG
                                                                                               : BOOK_TEXT;
        text_clear(&s->cell);
        head_text(s, c, &s->cell);
        worksheet_set_column(s->page, (lxw_col_t)i, (lxw_col_t)i, width_of(c, book_width(text_get(&s->cell))),
                             s->book.looks[look]);
        book_text(&s->book, s->page, 0, (lxw_col_t)i, text_get(&s->cell), BOOK_HEAD);
    }
    worksheet_freeze_panes(s->page, 1, 0);
    /* As offices print it: A4 across, as wide as one page, the header on each. */
    worksheet_set_paper(s->page, 9);
    worksheet_set_landscape(s->page);
    worksheet_fit_to_pages(s->page, 1, 0);
    worksheet_repeat_rows(s->page, 0, 0);
}

/* 说明: what a print of the first sheet alone does not say. */
static void put_notes(struct sheet *s)
{
    const struct export_order *o = s->order;
    const struct actor *actor = o->query->actor;
    const struct kind *kind = o->query->kind;
    bool en = o->english;
    AUTO_ARENA arena = { 0 };
    char day[DAY_TEXT];
    int64_t day_at = day_of_ms(o->now_ms), minutes = (o->now_ms + CHINA_OFFSET_MS - day_at * DAY_MS) / 60000;
    day_print(day_at, day);
    const char *const lines[][2] = {
        { en ? "Content" : "内容",
          arena_printf(&arena, en ? "%s, ledger" : "%s台账", en ? kind->label.en : kind->label.zh) },
        { en ? "Filter" : "筛选", o->filter && *o->filter ? o->filter
                                  : en                    ? "None: all within the scope"
                                                          : "无（数据范围内全部）" },
        { en ? "Exported by" : "导出人", actor->display_name ? actor->display_name
                                         : actor->program    ? (en ? "The program" : "系统")
                                                             : "" },
        { en ? "As of" : "数据截至",
          arena_printf(&arena, "%s %02d:%02d", day, (int)(minutes / 60), (int)(minutes % 60)) },
        { en ? "Rows" : "行数", arena_printf(&arena, "%" PRId64, s->rows) },
        { en ? "Please note" : "注意",
          en ? "Number and version say which record a row is: leave them as they are and the sheet can be imported "
               "again "
               "after editing. Phone and ID numbers are masked."
             : "“编号”“版本”两列用来认出每一行是哪条记录，请不要改动，改好的表可以再导入。电话和证件号已遮盖。" },
    };
    lxw_worksheet *page = book_sheet(&s->book, en ? "Notes" : "说明");
    worksheet_set_column(page, 0, 0, 14, NULL);
    worksheet_set_column(page, 1, 1, 80, NULL);
    for (size_t i = 0; i < COUNT(lines); i++) {
        book_text(&s->book, page, (lxw_row_t)i, 0, lines[i][0], BOOK_NAME);
        book_text(&s->book, page, (lxw_row_t)i, 1, lines[i][1], BOOK_LONG);
    }
}

static int run_xlsx(struct sheet *s, struct error *err)
{
    const struct export_order *o = s->order;
    const char *label = o->english ? o->query->kind->label.en : o->query->kind->label.zh;
    struct book_words words = { .title = label, .author = o->query->actor->display_name, .now_ms = o->now_ms };
    if (book_open(&s->book, o->fd, &words, err) < 0)
        return -1;
    s->page = book_sheet(&s->book, label);
    put_heads(s);
    book_rows_begin(&s->table, &s->book, s->page, 1);
    if (each_page(s, err) < 0)
        return -1;
    worksheet_autofilter(s->page, 0, 0, (lxw_row_t)s->rows, (lxw_col_t)(s->count - 1));
    char range[64] = "";
    lxw_rowcol_to_range(range, 0, 0, (lxw_row_t)s->rows, (lxw_col_t)(s->count - 1));
    worksheet_ignore_errors(s->page, LXW_IGNORE_NUMBER_STORED_AS_TEXT, range);
    put_notes(s);
    return book_close(&s->book, err);
}

/* What a column gets of the width of the paper: a date stays on one line, and so does a head of four characters. */
static double paper_share(const struct export_column *c, double width)
{
    const struct field *f = c->field;
    if (c->is == COLUMN_ROW)
        return 5;
    if (c->is == COLUMN_NUMBER || (f && f->type == &type_date))
        return 17;
    if (f && f->type == &type_date_time)
        return 20;
    return width * 0.8 < 13 ? 13 : width * 0.8;
}

static json_t *ledger_columns(struct sheet *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->count; i++) {
        const struct export_column *c = &s->columns[i];
        text_clear(&s->cell);
        head_text(s, c, &s->cell);
        double share = paper_share(c, width_of(c, book_width(text_get(&s->cell))));
        json_array_append_new(list, json_pack("{s:s, s:f, s:b}", "head", text_get(&s->cell), "share", share, "right",
                                              c->is == COLUMN_ROW || c->places >= 0));
    }
    return list;
}

static json_t *ledger_document(struct sheet *s, struct arena *arena)
{
    const struct export_order *o = s->order;
    const struct actor *actor = o->query->actor;
    const struct label *label = &o->query->kind->label;
    json_t *doc = compose_document("ledger", o->now_ms);
    json_object_set_new(
        doc, "title",
        json_string(arena_printf(arena, o->english ? "%s: ledger" : "%s台账", o->english ? label->en : label->zh)));
    json_object_set_new(doc, "filter",
                        json_string(!o->filter || !*o->filter
                                        ? (o->english ? "All within the scope" : "条件：数据范围内全部")
                                        : arena_printf(arena, o->english ? "Filter: %s" : "条件：%s", o->filter)));
    json_object_set_new(doc, "as_of", json_string(compose_instant(arena, o->now_ms)));
    json_object_set_new(doc, "columns", ledger_columns(s));
    json_object_set_new(doc, "printed",
                        json_string(arena_printf(arena, o->english ? "Printed by %s %s" : "打印 %s %s",
                                                 actor->display_name ? actor->display_name : "系统",
                                                 compose_instant(arena, o->now_ms))));
    return doc;
}

static int write_pdf(int fd, const struct text *pdf, struct error *err)
{
    for (size_t done = 0; done < pdf->used;) {
        ssize_t n = write(fd, pdf->at + done, pdf->used - done);
        if (n < 0)
            return fail(err, errno == ENOSPC ? FAULT_FULL : FAULT_INTERNAL, "export.write", "导出文件无法写入：%s",
                        "The export cannot be written: %s", strerror(errno));
        done += (size_t)n;
    }
    return 0;
}

static int run_pdf(struct sheet *s, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT pdf = TEXT_LIMIT(PRINT_BYTES);
    json_t *doc = ledger_document(s, &arena);
    s->lines = json_object_get(doc, "items");
    int got = each_page(s, err);
    if (got == 0)
        got = render_pdf(doc, RENDER_LEDGER_MS, &pdf, err);
    json_decref(doc);
    return got < 0 ? -1 : write_pdf(s->order->fd, &pdf, err);
}

int export_file(int *fd, struct error *err)
{
    const char *folder = getenv("TMPDIR");
    AUTO_TEXT path = TEXT_LIMIT(4096);
    text_printf(&path, "%s/anlan-export-XXXXXX", folder && *folder ? folder : "/tmp");
    *fd = mkostemp(path.at, O_CLOEXEC);
    if (*fd < 0)
        return fail(err, FAULT_FULL, "export.open", "导出文件无法创建：%s", "The export cannot be created: %s",
                    strerror(errno));
    unlink(text_get(&path));
    return 0;
}

int export_run(const struct export_order *order, struct export_sum *sum, struct error *err)
{
    struct sheet s = { .order = order, .out = TEXT_LIMIT(BUFFER), .cell = TEXT_LIMIT(LIMIT_BODY) };
    struct stat file;
    int got = choose_columns(&s, err);
    if (got == 0)
        got = order->format == EXPORT_XLSX  ? run_xlsx(&s, err)
              : order->format == EXPORT_PDF ? run_pdf(&s, err)
                                            : run_csv(&s, err);
    book_drop(&s.book);
    book_rows_done(&s.table);
    text_done(&s.out);
    text_done(&s.cell);
    if (got < 0)
        return -1;
    *sum = (struct export_sum){ .rows = s.rows, .size = fstat(order->fd, &file) == 0 ? file.st_size : 0 };
    for (size_t i = 0; i < s.count; i++)
        if (s.columns[i].field && s.columns[i].field->type->personal) {
            size_t used = strlen(sum->personal);
            snprintf(sum->personal + used, sizeof sum->personal - used, "%s%s", used ? "," : "",
                     s.columns[i].field->name);
        }
    return 0;
}

const char *export_detail(const struct export_sum *sum, struct arena *arena)
{
    return arena_printf(arena, "%" PRId64 " rows%s%s", sum->rows, sum->personal[0] ? "; personal: " : "",
                        sum->personal);
}
