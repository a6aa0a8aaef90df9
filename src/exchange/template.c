#include "exchange/template.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"
#include "exchange/book.h"
#include "exchange/columns.h"
#include "record/type.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = LIMIT_FIELDS + 2, WIDTH_MOST = 40 };

/* ---- areas ---- */

struct area {
    int64_t id, parent;
    const char *name, *label; /* label: with what it lies in before it where the name alone is not enough */
    bool kept;
};

struct areas {
    struct area *all;
    size_t count;
    const struct area **levels[3]; /* counties, towns, villages, each sorted by what they lie in */
    size_t counts[3];
};

static struct area *area_find(const struct areas *a, int64_t id)
{
    size_t low = 0, high = a->count;
    while (low < high) {
        size_t at = low + (high - low) / 2;
        if (a->all[at].id == id)
            return &a->all[at];
        if (a->all[at].id < id)
            low = at + 1;
        else
            high = at;
    }
    return NULL;
}

static int areas_read(struct db *db, int64_t day, struct arena *arena, struct areas *out, struct error *err)
{
    struct rows rows;
    size_t room = 1024;
    out->all = ARENA_ARRAY(arena, struct area, room);
    if (db_query(db, &rows,
                 "SELECT id, parent, name FROM region WHERE removed_at IS NULL AND (valid_from IS NULL OR "
                 "valid_from <= ?) AND (valid_to IS NULL OR valid_to >= ?) ORDER BY id",
                 BIND(value_int(day), value_int(day)), err) < 0)
        return -1;
    while (rows_next(&rows)) {
        if (out->count == room) {
            struct area *more = ARENA_ARRAY(arena, struct area, room * 2);
            memcpy(more, out->all, room * sizeof *more);
            out->all = more;
            room *= 2;
        }
        const char *name = arena_str(arena, rows_text(&rows, 2));
        out->all[out->count++] =
            (struct area){ .id = rows_int(&rows, 0), .parent = rows_int(&rows, 1), .name = name, .label = name };
    }
    return rows_done(&rows, err);
}

static bool in_scope(const struct scope *scope, int64_t code)
{
    struct owner own = { .county = region_at(code, REGION_COUNTY),
                         .town = region_at(code, REGION_TOWN),
                         .village = region_at(code, REGION_VILLAGE) };
    for (size_t i = 0; i < scope->count; i++) {
        struct scope part = { .kind = scope->kind, .parts = { scope->parts[i] }, .count = 1 };
        part.parts[0].sectors = NULL; /* an area has all of them */
        if (part.parts[0].level != LEVEL_OBJECT && part.parts[0].level != LEVEL_PARTY &&
            scope_covers(&part, &own, false))
            return true;
    }
    return false;
}

/* What is in the scope, and the way up from it. */
static void keep_areas(struct areas *a, const struct scope *scope)
{
    for (size_t i = 0; i < a->count; i++)
        if (region_level(a->all[i].id) >= REGION_COUNTY && in_scope(scope, a->all[i].id))
            for (struct area *up = &a->all[i]; up && !up->kept; up = area_find(a, up->parent))
                up->kept = true;
}

static int by_parent(const void *a, const void *b)
{
    const struct area *x = *(const struct area *const *)a, *y = *(const struct area *const *)b;
    return x->parent != y->parent ? (x->parent > y->parent) - (x->parent < y->parent)
                                  : (x->id > y->id) - (x->id < y->id);
}

/* A city without counties stands in the first list itself. */
static bool is_first(const struct areas *a, const struct area *area)
{
    if (region_level(area->id) == REGION_COUNTY)
        return true;
    for (size_t i = 0; i < a->counts[1]; i++)
        if (a->levels[1][i]->parent == area->id)
            return true;
    return false;
}

static void sort_areas(struct areas *a, struct arena *arena)
{
    for (int level = 2; level >= 0; level--) {
        a->levels[level] = ARENA_ARRAY(arena, const struct area *, a->count + 1);
        for (size_t i = 0; i < a->count; i++) {
            const struct area *one = &a->all[i];
            bool here = level == 0 ? region_level(one->id) <= REGION_COUNTY && is_first(a, one)
                                   : region_level(one->id) == (level == 1 ? REGION_TOWN : REGION_VILLAGE);
            if (one->kept && here)
                a->levels[level][a->counts[level]++] = one;
        }
        qsort(a->levels[level], a->counts[level], sizeof *a->levels[level], by_parent);
    }
    for (size_t i = 0; i < a->counts[0]; i++)
        for (size_t k = 0; k < a->counts[0]; k++) {
            struct area *one = area_find(a, a->levels[0][i]->id), *up = area_find(a, one->parent);
            if (i != k && up && strcmp(one->name, a->levels[0][k]->name) == 0)
                one->label = arena_printf(arena, "%s%s", up->name, one->name);
        }
}

/* ---- columns ---- */

enum { LIST_COUNTY, LIST_TOWN_OF, LIST_TOWN, LIST_VILLAGE_OF, LIST_VILLAGE, LIST_FIRST_CHOICE, LISTS = COLUMNS + 8 };

struct form_column {
    const struct field *field;
    int area; /* 0 to 2: county, town, village; -1: no area */
    int list; /* on the hidden sheet; -1: none */
    size_t at;
};

struct form {
    const struct kind *kind;
    bool english;
    int64_t day;
    struct arena arena;
    struct areas areas;
    struct form_column columns[COLUMNS];
    size_t count;
    const char **lists[LISTS];
    size_t list_sizes[LISTS], list_count;
    struct book book;
};

static const struct label area_heads[] = { { "区县", "County" }, { "乡镇街道", "Town" }, { "村居", "Village" } };

static const char *in(const struct form *f, const char *zh, const char *en)
{
    return f->english ? en : zh;
}

static const char *head_of(const struct form *f, const struct form_column *c)
{
    const struct label *label = c->area >= 0 ? &area_heads[c->area] : &c->field->label;
    return in(f, label->zh, label->en);
}

static bool may_fill(const struct field *f)
{
    return !(f->flags & (MOVE_ONLY | DERIVED)) && f->type != &type_state && column_fits(f);
}

static int list_of_choices(struct form *f, const struct choices *choices)
{
    int list = (int)f->list_count++;
    f->lists[list] = ARENA_ARRAY(&f->arena, const char *, choices->count + 1);
    for (size_t i = 0; i < choices->count; i++) {
        const struct choice *c = &choices->items[i];
        if (choice_find(choices, c->code, f->day) == c)
            f->lists[list][f->list_sizes[list]++] = in(f, c->label.zh, c->label.en);
    }
    return list;
}

static int list_of_yes_no(struct form *f)
{
    int list = (int)f->list_count++;
    f->lists[list] = ARENA_ARRAY(&f->arena, const char *, 2);
    f->lists[list][0] = in(f, "是", "yes");
    f->lists[list][1] = in(f, "否", "no");
    f->list_sizes[list] = 2;
    return list;
}

static void add_field(struct form *f, const struct field *field)
{
    struct form_column c = { .field = field, .area = -1, .list = -1, .at = f->count };
    for (size_t i = 0; i < f->count; i++)
        if (f->columns[i].field == field)
            return; /* the ledger had it */
    if (field->type == &type_region) {
        for (c.area = 0; c.area < 3; c.area++, c.at++) {
            c.list = c.area == 0 ? LIST_COUNTY : c.area == 1 ? LIST_TOWN : LIST_VILLAGE;
            f->columns[f->count++] = c;
        }
        return;
    }
    if (field->type == &type_choice)
        c.list = list_of_choices(f, field->choices);
    else if (field->type == &type_yes_no)
        c.list = list_of_yes_no(f);
    f->columns[f->count++] = c;
}

/* The columns of the paper ledger first, then the others. */
static void choose_columns(struct form *f)
{
    f->list_count = LIST_FIRST_CHOICE;
    for (size_t i = 0; i < f->kind->ledger_count; i++) {
        const struct field *field = field_find(f->kind, f->kind->ledger[i].field);
        if (field && may_fill(field))
            add_field(f, field);
    }
    for (size_t i = 0; i < f->kind->field_count; i++)
        if (may_fill(&f->kind->fields[i]))
            add_field(f, &f->kind->fields[i]);
}

/* What stands in the hidden columns of areas; a key says in which county, and in which town of it. */
static void list_areas(struct form *f)
{
    struct areas *a = &f->areas;
    for (int i = LIST_COUNTY; i <= LIST_VILLAGE; i++)
        f->lists[i] = ARENA_ARRAY(&f->arena, const char *,
                                  a->counts[i == LIST_COUNTY ? 0
                                            : i <= LIST_TOWN ? 1
                                                             : 2] +
                                      1);
    for (size_t i = 0; i < a->counts[0]; i++)
        f->lists[LIST_COUNTY][f->list_sizes[LIST_COUNTY]++] = a->levels[0][i]->label;
    for (size_t i = 0; i < a->counts[1]; i++) {
        const struct area *up = area_find(a, a->levels[1][i]->parent);
        if (!up)
            continue;
        f->lists[LIST_TOWN_OF][f->list_sizes[LIST_TOWN_OF]++] = up->label;
        f->lists[LIST_TOWN][f->list_sizes[LIST_TOWN]++] = a->levels[1][i]->name;
    }
    for (size_t i = 0; i < a->counts[2] && a->counts[2] <= TEMPLATE_VILLAGES; i++) {
        const struct area *town = area_find(a, a->levels[2][i]->parent), *up = town ? area_find(a, town->parent) : NULL;
        if (!up)
            continue;
        f->lists[LIST_VILLAGE_OF][f->list_sizes[LIST_VILLAGE_OF]++] =
            arena_printf(&f->arena, "%s/%s", up->label, town->name);
        f->lists[LIST_VILLAGE][f->list_sizes[LIST_VILLAGE]++] = a->levels[2][i]->name;
    }
}

/* ---- what is said of a column ---- */

static const struct {
    const struct field_type *type;
    struct label how;
    struct label example;
} words[] = {
    { &type_integer, { "整数", "A whole number" }, { "12", "12" } },
    { &type_decimal, { "数字", "A number" }, { "12.5", "12.5" } },
    { &type_money, { "金额，单位元", "An amount in yuan" }, { "10000", "10000" } },
    { &type_yes_no, { "从列表中选", "Choose from the list" }, { "是", "yes" } },
    { &type_date, { "日期，写到日", "A date" }, { "2026-03-17", "2026-03-17" } },
    { &type_date_time, { "日期和时间", "Date and time" }, { "2026-03-17 09:30", "2026-03-17 09:30" } },
    { &type_choice, { "从列表中选", "Choose from the list" }, { NULL, NULL } },
    { &type_choices, { "可填多项，用顿号分开", "Several, with semicolons between" }, { NULL, NULL } },
    { &type_reference, { "名称，须已在系统中登记", "A name that is registered here" }, { NULL, NULL } },
    { &type_object,
      { "单位或场所全称，须已在系统中登记", "Full name of a unit or place registered here" },
      { NULL, NULL } },
    { &type_place,
      { "经度,纬度，单位度", "Longitude,latitude in degrees" },
      { "120.3526,36.1048", "120.3526,36.1048" } },
    { &type_id_number, { "18 位证件号，按文字填", "The 18 digits, as text" }, { NULL, NULL } },
    { &type_phone,
      { "手机或带区号的座机", "Mobile, or fixed with its area code" },
      { "0532-88880000", "0532-88880000" } },
};

static bool is_code_of(const char *codes, const char *code)
{
    size_t n = strlen(code);
    for (const char *at = codes; (at = strstr(at, code)) != NULL; at += n)
        if (at > codes && at[-1] == ',' && at[n] == ',')
            return true;
    return false;
}

/* The items of a line in their order. */
static void say_lines(struct form *f, const struct field *field, struct text *out)
{
    text_str(out, in(f, "每行一条，各项用 | 分开，没有的留空：",
                     "A line each, items with | between, empty ones left empty: "));
    for (size_t i = 0; i < field->lines->field_count; i++) {
        const struct field *child = &field->lines->fields[i];
        text_printf(out, "%s%s", i ? " | " : "", in(f, child->label.zh, child->label.en));
        if (child->unit.zh)
            text_printf(out, in(f, "（%s）", " (%s)"), in(f, child->unit.zh, child->unit.en));
    }
}

static void say_how(struct form *f, const struct form_column *c, struct text *out)
{
    const struct field *field = c->field;
    int64_t most = field->max ? field->max : field->type == &type_text ? 200 : 4000;
    if (c->area >= 0) {
        text_str(out, c->area == 0
                          ? in(f, "从列表中选", "Choose from the list")
                          : in(f, "先填前一列，再从列表中选", "Fill the column before, then choose from the list"));
        return;
    }
    if (field->type == &type_text || field->type == &type_long_text)
        text_printf(out, in(f, "文字，不超过 %d 字", "Text, at most %d characters"), (int)most);
    for (size_t i = 0; i < COUNT(words); i++)
        if (words[i].type == field->type)
            text_str(out, in(f, words[i].how.zh, words[i].how.en));
    if (field->type == &type_lines)
        say_lines(f, field, out);
    if (field->unit.zh && field->type != &type_money)
        text_printf(out, in(f, "，单位%s", ", in %s"), in(f, field->unit.zh, field->unit.en));
    const struct field *by = field->when ? field_find(f->kind, field->when) : NULL;
    if (by) {
        text_printf(out, in(f, "；只在“%s”为以下各项时填：", "; only where %s is: "),
                    in(f, by->label.zh, by->label.en));
        for (size_t i = 0, n = 0; i < by->choices->count; i++)
            if (is_code_of(field->when_codes, by->choices->items[i].code))
                text_printf(out, "%s%s", n++ ? in(f, "、", ", ") : "",
                            in(f, by->choices->items[i].label.zh, by->choices->items[i].label.en));
    }
    if (field->hint.zh)
        text_printf(out, in(f, "；%s", "; %s"), in(f, field->hint.zh, field->hint.en));
}

static const char *example_of(struct form *f, const struct form_column *c)
{
    if (c->list >= 0 && f->list_sizes[c->list] > 0)
        return f->lists[c->list][0];
    for (size_t i = 0; i < COUNT(words); i++)
        if (words[i].type == c->field->type && words[i].example.zh)
            return in(f, words[i].example.zh, words[i].example.en);
    return "";
}

static bool is_must(const struct form_column *c)
{
    return (c->field->flags & REQUIRED) && c->area < 2; /* a firm may lie in a town and no village of it */
}

/* ---- the three sheets ---- */

static void put_notes(struct form *f)
{
    lxw_worksheet *sheet = book_sheet(&f->book, in(f, "填写说明", "How to fill it"));
    static const struct label heads[] = { { "列", "Column" },
                                          { "必填", "Required" },
                                          { "怎么填", "How" },
                                          { "例", "Example" },
                                          { "可填内容", "What may stand there" } };
    static const double widths[] = { 20, 8, 44, 24, 80 };
    for (size_t i = 0; i < COUNT(heads); i++) {
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
        book_text(&f->book, sheet, 0, (lxw_col_t)i, in(f, heads[i].zh, heads[i].en), BOOK_HEAD);
    }
    worksheet_freeze_panes(sheet, 1, 0);
    for (size_t i = 0; i < f->count; i++) {
        const struct form_column *c = &f->columns[i];
        lxw_row_t row = (lxw_row_t)i + 1;
        AUTO_TEXT how = TEXT_LIMIT(2048);
        AUTO_TEXT all = TEXT_LIMIT(LIMIT_CELL_BYTES);
        say_how(f, c, &how);
        for (size_t k = 0; c->area < 0 && c->field->choices && k < c->field->choices->count; k++) {
            const struct choice *one = &c->field->choices->items[k];
            if (choice_find(c->field->choices, one->code, f->day) == one)
                text_printf(&all, "%s%s", all.used ? in(f, "、", "; ") : "", in(f, one->label.zh, one->label.en));
        }
        book_text(&f->book, sheet, row, 0, head_of(f, c), BOOK_NAME);
        book_text(&f->book, sheet, row, 1, is_must(c) ? in(f, "是", "yes") : "", BOOK_TEXT);
        book_text(&f->book, sheet, row, 2, text_get(&how), BOOK_LONG);
        book_text(&f->book, sheet, row, 3, example_of(f, c), BOOK_LONG);
        book_text(&f->book, sheet, row, 4, text_get(&all), BOOK_LONG);
    }
}

static void put_lists(struct form *f)
{
    lxw_worksheet *sheet = book_sheet(&f->book, "lists");
    size_t rows = 0;
    for (size_t i = 0; i < f->list_count; i++)
        rows = f->list_sizes[i] > rows ? f->list_sizes[i] : rows;
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < f->list_count; i++)
            if (r < f->list_sizes[i])
                book_text(&f->book, sheet, (lxw_row_t)r, (lxw_col_t)i, f->lists[i][r], BOOK_TEXT);
    worksheet_hide(sheet);
}

/* lists!$B$1:$B$120 */
static const char *range_of(struct form *f, int list)
{
    char at[32] = "";
    lxw_rowcol_to_range_abs(at, 0, (lxw_col_t)list, (lxw_row_t)f->list_sizes[list] - 1, (lxw_col_t)list);
    return f->list_sizes[list] == 1 ? arena_printf(&f->arena, "lists!%s:%s", at, at)
                                    : arena_printf(&f->arena, "lists!%s", at);
}

/* The part of a sorted list whose keys are what stands in the row already: the block is found, not copied. */
static const char *list_formula(struct form *f, const struct form_column *c)
{
    if (f->list_sizes[c->list] == 0)
        return NULL;
    if (c->area < 1)
        return arena_printf(&f->arena, "%s", range_of(f, c->list));
    char county[16] = "", town[16] = "", first[16] = "";
    lxw_rowcol_to_cell_abs(county, 1, (lxw_col_t)(c->at - (size_t)c->area), false, true);
    lxw_rowcol_to_cell_abs(town, 1, (lxw_col_t)(c->at - 1), false, true);
    lxw_rowcol_to_cell_abs(first, 0, (lxw_col_t)c->list, true, true);
    const char *key = c->area == 1 ? county : arena_printf(&f->arena, "%s&\"/\"&%s", county, town);
    const char *keys = range_of(f, c->list - 1);
    return arena_printf(&f->arena, "OFFSET(lists!%s,MATCH(%s,%s,0)-1,0,COUNTIF(%s,%s),1)", first, key, keys, keys, key);
}

static void check_of(struct form *f, const struct form_column *c, lxw_data_validation *check)
{
    const struct field *field = c->field;
    check->validate = LXW_VALIDATION_TYPE_ANY;
    check->criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
    check->error_title = (char *)in(f, "请核对", "Please check");
    if (c->list >= 0) {
        check->error_message = (char *)in(f, "请从列表中选。", "Choose from the list.");
    } else if (field->type == &type_date) {
        check->validate = LXW_VALIDATION_TYPE_DATE_NUMBER;
        check->minimum_number = 1;
        check->maximum_number = 109938; /* 2200-12-31 */
        check->error_message = (char *)in(f, "请填日期，例：2026-03-17。", "Write a date, for example 2026-03-17.");
    } else if (field->type == &type_integer) {
        check->validate = LXW_VALIDATION_TYPE_INTEGER;
        check->minimum_number = (double)field->min;
        check->maximum_number = field->max ? (double)field->max : 999999999999999;
        check->error_message =
            (char *)in(f, "请填整数，并看是否过大或过小。", "Write a whole number, not too big or small.");
    } else if (field->type == &type_decimal || field->type == &type_money) {
        check->validate = LXW_VALIDATION_TYPE_DECIMAL;
        check->minimum_number = 0;
        check->maximum_number = 9999999999999;
        check->error_message = (char *)in(f, "请填数字。", "Write a number.");
    }
}

static enum book_look look_of(const struct field *f)
{
    return f->type == &type_integer                          ? BOOK_WHOLE
           : f->type == &type_money                          ? BOOK_MONEY
           : f->type == &type_decimal                        ? BOOK_DECIMAL
           : f->type == &type_date                           ? BOOK_DATE
           : f->type == &type_long_text || (f->flags & WIDE) ? BOOK_LONG
                                                             : BOOK_TEXT;
}

static int put_form(struct form *f, struct error *err)
{
    lxw_worksheet *sheet = book_sheet(&f->book, in(f, f->kind->label.zh, f->kind->label.en));
    for (size_t i = 0; i < f->count; i++) {
        const struct form_column *c = &f->columns[i];
        const char *head = head_of(f, c);
        lxw_col_t at = (lxw_col_t)i;
        int width = book_width(head) + 4, least = c->field->flags & WIDE ? WIDTH_MOST : 14;
        AUTO_TEXT message = TEXT_LIMIT(2048);
        text_str(&message, is_must(c) ? in(f, "必填。", "Required. ") : "");
        say_how(f, c, &message);
        if (*example_of(f, c))
            text_printf(&message, in(f, "。例：%s", ". Example: %s"), example_of(f, c));
        lxw_data_validation check = { .input_title = (char *)head, .input_message = message.at };
        check_of(f, c, &check);
        worksheet_set_column(sheet, at, at,
                             width < least        ? least
                             : width > WIDTH_MOST ? WIDTH_MOST
                                                  : width,
                             f->book.looks[c->area >= 0 ? BOOK_TEXT : look_of(c->field)]);
        book_text(&f->book, sheet, 0, at, head, is_must(c) ? BOOK_MUST : BOOK_HEAD);
        const char *formula = c->list >= 0 ? list_formula(f, c) : NULL;
        lxw_error wrong = formula ? book_pick(sheet, 1, LIMIT_IMPORT_ROWS, at, &check, formula)
                                  : worksheet_data_validation_range(sheet, 1, at, LIMIT_IMPORT_ROWS, at, &check);
        if (wrong)
            return fail(err, FAULT_INTERNAL, "template.check", "模板的“%s”列做不出来：%s",
                        "The column \"%s\" of the empty ledger cannot be made: %s", c->field->name,
                        lxw_strerror(wrong));
    }
    worksheet_freeze_panes(sheet, 1, 0);
    return 0;
}

static int form_write(struct form *f, struct db *db, const struct scope *scope, int fd,
                      const struct book_words *words_of, struct error *err)
{
    choose_columns(f);
    if (areas_read(db, f->day, &f->arena, &f->areas, err) < 0)
        return -1;
    keep_areas(&f->areas, scope);
    sort_areas(&f->areas, &f->arena);
    list_areas(f);
    if (book_open(&f->book, fd, words_of, err) < 0 || put_form(f, err) < 0)
        return -1;
    put_notes(f);
    put_lists(f);
    return book_close(&f->book, err);
}

int template_write(struct db *db, const struct actor *actor, const struct kind *kind, int64_t now_ms, bool english,
                   int fd, struct error *err)
{
    struct form f = { .kind = kind, .english = english, .day = day_of_ms(now_ms) };
    struct scope scope;
    struct book_words words_of = { .title = english ? kind->label.en : kind->label.zh,
                                   .author = actor->display_name,
                                   .now_ms = now_ms };
    scope_compile(actor, kind, verb_bit("import"), &scope);
    if (!(kind->verbs & CAN_IMPORT) || scope.count == 0)
        return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限", "You are not entitled to do this");
    int got = form_write(&f, db, &scope, fd, &words_of, err);
    book_drop(&f.book);
    arena_done(&f.arena);
    return got;
}
