/*
** Child rows: an array of objects of the child kind's fields, kept in a table of their own by record/table. Given whole
** and replaced whole, so a masked number in a row is looked up among the rows the member held before.
**
** In a cell a row is a line and its fields stand between bars, in the order of the table; \| \\ and \n are a bar, a
** backslash and a line break inside a field:
**
**   张三 | 主要负责人 | 138****1234
**   李四 | 安全员 |
*/
#include "record/types/shared.h"

#include "base/limits.h"

#include <stdio.h>

enum { LINE_NAME = 160 };

static int64_t most(const struct field *f)
{
    return f->max ? f->max : LIMIT_LINES;
}

static const struct lines *lines_of(const void *member)
{
    const struct lines *lines;
    memcpy(&lines, member, sizeof lines);
    return lines;
}

static void *row_at(const struct field *f, const struct lines *lines, size_t row)
{
    return (char *)lines->rows + row * f->lines->size;
}

static bool is_known(const struct field *child, const void *row)
{
    return record_bit(record_of_const(row)->known, field_slot(child));
}

static struct type_context child_context(const struct field *f, const struct type_context *ctx, const char *name)
{
    return (struct type_context){ .arena = ctx->arena, .kind = f->lines, .name = name, .day = ctx->day };
}

static const char *child_name(const struct type_context *ctx, size_t row, const char *field)
{
    char name[LINE_NAME];
    snprintf(name, sizeof name, "%s.%zu%s%s", ctx->name, row + 1, field ? "." : "", field ? field : "");
    return arena_str(ctx->arena, name);
}

static const char *printed(const struct type_context *ctx, const struct field *child, const void *row)
{
    AUTO_TEXT out = TEXT_LIMIT(LIMIT_BODY);
    if (is_known(child, row))
        child->type->to_text(child, ctx, field_member_const(child, row), false, &out);
    return arena_strn(ctx->arena, text_get(&out), out.used);
}

/* The one old value that looks like the mask; NULL when there is none or there are several. With alike set, only rows
** whose first field reads the same as that row's count. */
static const char *behind_mask(const struct field *f, const struct type_context *ctx, const struct field *child,
                               const struct lines *old, const char *masked, const void *alike)
{
    const struct field *first = &f->lines->fields[0];
    const char *found = NULL;
    for (size_t i = 0; old && i < old->count; i++) {
        const void *row = row_at(f, old, i);
        if (!is_known(child, row) || strcmp(printed(ctx, child, row), masked) != 0)
            continue;
        if (alike && strcmp(printed(ctx, first, row), printed(ctx, first, alike)) != 0)
            continue;
        const char *value = member_text(field_member_const(child, row));
        if (found && strcmp(found, value) != 0)
            return NULL;
        found = value;
    }
    return found;
}

/* A row being read. masked[i] is what was given for field i when that was a masked form: looked up after the others,
** because the first field tells rows with the same mask apart. */
struct reading {
    const struct field *f;
    const struct type_context *ctx;
    const struct lines *old;
    size_t at;
    void *row;
    const char **masked;
};

static void begin(struct reading *r, const struct field *f, const struct type_context *ctx, const void *member,
                  struct lines *lines, size_t at)
{
    *r = (struct reading){ f, ctx, lines_of(member), at, row_at(f, lines, at), NULL };
    r->masked = ARENA_ARRAY(ctx->arena, const char *, f->lines->field_count);
}

/* What reading one field of a row came to; given is its text. */
static int settle(struct reading *r, const struct field *child, const char *given, int got)
{
    record_set_bit(record_of(r->row)->given, field_slot(child), true);
    record_set_bit(record_of(r->row)->known, field_slot(child), got == 0);
    if (got == 1)
        r->masked[child - r->f->lines->fields] = type_fold(r->ctx, given);
    return got < 0 ? -1 : 0;
}

static int unmask(struct reading *r, struct error *err)
{
    int wrong = 0;
    for (size_t i = 0; i < r->f->lines->field_count; i++) {
        const struct field *child = &r->f->lines->fields[i];
        struct type_context inner = child_context(r->f, r->ctx, child_name(r->ctx, r->at, child->name));
        if (!r->masked[i])
            continue;
        const char *found = behind_mask(r->f, &inner, child, r->old, r->masked[i], NULL);
        if (!found)
            found = behind_mask(r->f, &inner, child, r->old, r->masked[i], r->row);
        if (found) {
            member_put_text(field_member(child, r->row), found);
            record_set_bit(record_of(r->row)->known, field_slot(child), true);
        } else {
            wrong = fail_field(err, inner.name, "看不出是原来的哪个号码，请写完整号码",
                               "Stands for no single old number; write the full one");
        }
    }
    return wrong;
}

/* After the fields of a row were read: what it must have. */
static int finish(struct reading *r, int wrong, struct error *err)
{
    const struct record *record = record_of_const(r->row);
    if (wrong || unmask(r, err) < 0)
        return -1;
    if (record->known[0] == 0 && record->known[1] == 0)
        return fail_field(err, child_name(r->ctx, r->at, NULL), "第 %d 行是空的，请填写或删去",
                          "Row %d is empty; fill or remove it", (int)r->at + 1);
    for (size_t i = 0; i < r->f->lines->field_count; i++) {
        const struct field *child = &r->f->lines->fields[i];
        if ((child->flags & REQUIRED) && !is_known(child, r->row))
            wrong = fail_field(err, child_name(r->ctx, r->at, child->name), "请填写%s%.0s", "Please give: %.0s%s",
                               child->label.zh, child->label.en);
    }
    return wrong;
}

static int check_count(const struct field *f, const struct type_context *ctx, size_t count, struct error *err)
{
    if (count == 0)
        return fail_field(err, ctx->name, "一行也没有；没有内容就写 null", "Has no rows; write null for none");
    if ((int64_t)count > most(f))
        return fail_field(err, ctx->name, "最多 %lld 行，现在有 %lld 行，请删去一些",
                          "Takes at most %lld rows; there are %lld", (long long)most(f), (long long)count);
    if ((int64_t)count < f->min)
        return fail_field(err, ctx->name, "至少 %lld 行，现在有 %lld 行", "Takes at least %lld rows; there are %lld",
                          (long long)f->min, (long long)count);
    return 0;
}

static struct lines *lines_new(const struct field *f, struct arena *arena, size_t count)
{
    struct lines *lines = ARENA_NEW(arena, struct lines);
    lines->count = count;
    lines->rows = arena_alloc(arena, count * f->lines->size);
    return lines;
}

static int read_row(struct reading *r, const json_t *in, struct error *err)
{
    int wrong = 0;
    const char *key;
    json_t *value;
    if (!json_is_object(in))
        return fail_field(err, child_name(r->ctx, r->at, NULL), "第 %d 行应是一个 JSON 对象",
                          "Row %d must be a JSON object", (int)r->at + 1);
    json_object_foreach((json_t *)in, key, value)
    {
        const struct field *child = field_find(r->f->lines, key);
        if (!child) {
            wrong = fail_field(err, child_name(r->ctx, r->at, NULL), "第 %d 行里没有“%s”这一项",
                               "Row %d has no field \"%s\"", (int)r->at + 1, strlen(key) > 48 ? "…" : key);
            continue;
        }
        if (type_nothing(value)) {
            record_set_bit(record_of(r->row)->given, field_slot(child), true);
            continue;
        }
        struct type_context inner = child_context(r->f, r->ctx, child_name(r->ctx, r->at, key));
        int got = child->type->read_json(child, &inner, value, field_member(child, r->row), err);
        if (settle(r, child, json_is_string(value) ? json_string_value(value) : "", got) < 0)
            wrong = -1;
    }
    return finish(r, wrong, err);
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    if (!json_is_array(in))
        return fail_field(err, ctx->name, "应写成行的数组，每行一个 JSON 对象",
                          "Must be an array with an object per row");
    if (check_count(f, ctx, json_array_size(in), err) < 0)
        return -1;
    int wrong = 0;
    struct lines *lines = lines_new(f, ctx->arena, json_array_size(in));
    for (size_t i = 0; i < lines->count; i++) {
        struct reading row;
        begin(&row, f, ctx, member, lines, i);
        if (read_row(&row, json_array_get(in, i), err) < 0)
            wrong = -1;
    }
    if (wrong == 0)
        memcpy(member, &lines, sizeof lines);
    return wrong;
}

/* ---- cells ---- */

static void put_escaped(const char *at, struct text *out)
{
    for (; *at; at++) {
        if (*at == '|' || *at == '\\')
            text_char(out, '\\');
        if (*at == '\n')
            text_str(out, "\\n");
        else
            text_char(out, *at);
    }
}

/* Takes the text up to the next bar or the end of the line, unescaped, and steps over the bar. False when the line was
** already at its end. */
static bool take_cell(const struct type_context *ctx, const char **at, const char **cell)
{
    if (!*at)
        return false;
    AUTO_TEXT out = TEXT_LIMIT(LIMIT_BODY);
    const char *from = *at;
    for (; *from && *from != '|'; from++) {
        if (*from == '\\' && from[1]) {
            from++;
            text_char(&out, *from == 'n' ? '\n' : *from);
        } else {
            text_char(&out, *from);
        }
    }
    size_t size = out.used;
    const char *trimmed = type_trim(text_get(&out), &size);
    *cell = arena_strn(ctx->arena, trimmed, size);
    *at = *from ? from + 1 : NULL;
    return true;
}

static int read_line(struct reading *r, const char *line, struct error *err)
{
    const struct kind *kind = r->f->lines;
    size_t count = 0;
    int wrong = 0;
    const char *cell;
    for (; take_cell(r->ctx, &line, &cell); count++) {
        if (count >= kind->field_count || cell[0] == '\0')
            continue;
        const struct field *child = &kind->fields[count];
        struct type_context inner = child_context(r->f, r->ctx, child_name(r->ctx, r->at, child->name));
        int got = child->type->read_text(child, &inner, cell, field_member(child, r->row), err);
        if (settle(r, child, cell, got) < 0)
            wrong = -1;
    }
    if (count != kind->field_count)
        return fail_field(err, child_name(r->ctx, r->at, NULL), "第 %d 行应有 %d 项，用 | 分开，现在有 %d 项",
                          "Row %d must have %d items with | between them; there are %d", (int)r->at + 1,
                          (int)kind->field_count, (int)count);
    return finish(r, wrong, err);
}

/* The next line that is not blank, in the arena; NULL at the end. */
static const char *next_line(const struct type_context *ctx, const char **at)
{
    while (**at) {
        size_t size = strcspn(*at, "\r\n");
        const char *line = *at;
        *at += size + (line[size] != '\0');
        size_t left = size;
        const char *trimmed = type_trim(line, &left);
        if (left)
            return arena_strn(ctx->arena, trimmed, left);
    }
    return NULL;
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    size_t count = 0;
    for (const char *at = in; next_line(ctx, &at);)
        count++;
    if (check_count(f, ctx, count, err) < 0)
        return -1;
    int wrong = 0;
    struct lines *lines = lines_new(f, ctx->arena, count);
    for (size_t i = 0; i < count; i++) {
        struct reading row;
        begin(&row, f, ctx, member, lines, i);
        if (read_line(&row, next_line(ctx, &in), err) < 0)
            wrong = -1;
    }
    if (wrong == 0)
        memcpy(member, &lines, sizeof lines);
    return wrong;
}

static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    const struct lines *lines = lines_of(member);
    for (size_t i = 0; i < lines->count; i++) {
        const void *row = row_at(f, lines, i);
        if (i)
            text_char(out, '\n');
        for (size_t j = 0; j < f->lines->field_count; j++) {
            const struct field *child = &f->lines->fields[j];
            struct type_context inner = child_context(f, ctx, child->name);
            if (j)
                text_str(out, " | ");
            if (!is_known(child, row))
                continue;
            AUTO_TEXT cell = TEXT_LIMIT(LIMIT_BODY);
            child->type->to_text(child, &inner, field_member_const(child, row), en, &cell);
            put_escaped(text_get(&cell), out);
        }
    }
}

static void to_json(const struct field *f, const struct type_context *ctx, const void *member, bool masked,
                    struct text *out)
{
    const struct lines *lines = lines_of(member);
    text_char(out, '[');
    for (size_t i = 0; i < lines->count; i++) {
        const void *row = row_at(f, lines, i);
        text_str(out, i ? ",{" : "{");
        for (size_t j = 0; j < f->lines->field_count; j++) {
            const struct field *child = &f->lines->fields[j];
            struct type_context inner = child_context(f, ctx, child->name);
            text_printf(out, "%s\"%s\":", j ? "," : "", child->name);
            if (is_known(child, row))
                child->type->to_json(child, &inner, field_member_const(child, row), masked, out);
            else
                text_str(out, "null");
        }
        text_char(out, '}');
    }
    text_char(out, ']');
}

/* ---- no columns ---- */

static void to_values(const struct field *f, const struct type_context *ctx, const void *member, struct value *out)
{
    (void)f, (void)ctx, (void)member, (void)out;
}

static bool from_values(const struct field *f, const struct type_context *ctx, const struct value *in, void *member)
{
    (void)f, (void)ctx, (void)in, (void)member;
    return false;
}

/* ---- declarations ---- */

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)kind;
    bool first = true;
    text_str(out, "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{");
    for (size_t i = 0; i < f->lines->field_count; i++) {
        const struct field *child = &f->lines->fields[i];
        bool required = child->flags & REQUIRED;
        text_printf(out, "%s\"%s\":%s", i ? "," : "", child->name, required ? "" : "{\"anyOf\":[");
        child->type->schema(child, f->lines, out);
        text_str(out, required ? "" : ",{\"type\":\"null\"}]}");
    }
    text_str(out, "},\"required\":[");
    for (size_t i = 0; i < f->lines->field_count; i++)
        if (f->lines->fields[i].flags & REQUIRED) {
            text_printf(out, "%s\"%s\"", first ? "" : ",", f->lines->fields[i].name);
            first = false;
        }
    text_printf(out, "],\"additionalProperties\":false},\"minItems\":%lld,\"maxItems\":%lld}",
                (long long)(f->min > 1 ? f->min : 1), (long long)most(f));
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    text_str(&out, "{ ");
    for (size_t i = 0; i < f->lines->field_count; i++) {
        const struct field *child = &f->lines->fields[i];
        text_printf(&out, "%s%s: %s%s", i ? "; " : "", child->name, child->type->typescript(child, arena),
                    child->flags & REQUIRED ? "" : " | null");
    }
    text_str(&out, " }[]");
    return arena_str(arena, text_get(&out));
}

static const char *check(const struct field *f, struct arena *arena)
{
    const char *why = type_check_row(f, ROW_LIMITS | ROW_LINES);
    if (why)
        return why;
    if (f->min < 0 || f->max < 0 || f->max > LIMIT_LINES || f->min > most(f))
        return "has limits outside what lines can hold";
    if (!f->lines->child || f->lines->field_count == 0)
        return "needs a child kind with fields";
    for (size_t i = 0; i < f->lines->field_count; i++) {
        const struct field *child = &f->lines->fields[i];
        if (child->type == &type_lines || child->type == &type_state || child->type == &type_files)
            return "has lines with lines, files or states in them";
        if (child->flags & UNIQUE)
            return "has lines with a unique field";
        why = child->type->check(child, arena);
        if (why)
            return arena_printf(arena, "has a child field %s that %s", child->name, why);
    }
    return NULL;
}

const struct field_type type_lines = {
    .name = "lines",
    .read_json = read_json,
    .read_text = read_text,
    .to_values = to_values,
    .from_values = from_values,
    .to_json = to_json,
    .to_text = to_text,
    .schema = schema,
    .typescript = typescript,
    .check = check,
};
