/* Several entries of a list: ",a,b," in the order of the list, each once, so that equal sets are equal texts and one
** entry is found by its code between commas. */
#include "record/types/shared.h"

#include "base/utf8.h"

static const struct type_column columns[] = { { "", COLUMN_TEXT } };

enum { CHOICES_TEXT = 16 * 1024 };

/* The item at place i of the list, or the first edition of its code: one place per code. */
static size_t place_of(const struct choices *list, const struct choice *c)
{
    return (size_t)(choice_find(list, c->code, 0) - list->items);
}

static void keep(const struct field *f, const struct type_context *ctx, const bool *chosen, void *member)
{
    AUTO_TEXT out = TEXT_LIMIT(CHOICES_TEXT);
    text_char(&out, ',');
    for (size_t i = 0; i < f->choices->count; i++)
        if (chosen[i]) {
            text_str(&out, f->choices->items[i].code);
            text_char(&out, ',');
        }
    member_put_text(member, arena_strn(ctx->arena, text_get(&out), out.used));
}

static int empty(const struct type_context *ctx, struct error *err)
{
    return fail_field(err, ctx->name, "请至少选一项；一项也没有就写 null", "Choose at least one; write null for none");
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    if (!json_is_array(in))
        return fail_field(err, ctx->name, "应写成选项代码的数组。例：[\"a\",\"b\"]",
                          "Must be an array of codes. Example: [\"a\",\"b\"]");
    if (json_array_size(in) == 0)
        return empty(ctx, err);
    bool *chosen = ARENA_ARRAY(ctx->arena, bool, f->choices->count);
    size_t i;
    const json_t *item;
    json_array_foreach(in, i, item)
    {
        const char *code = NULL;
        const struct choice *c = type_string(item, &code) ? choice_find(f->choices, code, ctx->day) : NULL;
        if (!c)
            return choice_refuse(ctx, f->choices, code, err);
        chosen[place_of(f->choices, c)] = true;
    }
    keep(f, ctx, chosen, member);
    return 0;
}

/* Labels may contain spaces and slashes, so the longest run of text up to some separator that names an item wins. */
static const struct choice *take(const struct field *f, const struct type_context *ctx, const char **at)
{
    const struct choice *found = NULL;
    const char *end = *at, *found_end = NULL;
    while (*end) {
        while (*end && type_separator(end) == 0)
            end++;
        const struct choice *c = choice_named(ctx, f->choices, *at, (size_t)(end - *at));
        if (c) {
            found = c;
            found_end = end;
        }
        end += type_separator(end);
    }
    if (found)
        *at = found_end;
    return found;
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    bool *chosen = ARENA_ARRAY(ctx->arena, bool, f->choices->count);
    bool any = false;
    for (const char *at = in;;) {
        for (size_t n; (n = type_separator(at)) > 0;)
            at += n;
        if (*at == '\0')
            break;
        const char *from = at;
        const struct choice *c = take(f, ctx, &at);
        if (!c) {
            size_t size = 0;
            while (from[size] && type_separator(from + size) == 0)
                size++;
            return choice_refuse(ctx, f->choices, arena_strn(ctx->arena, from, size), err);
        }
        chosen[place_of(f->choices, c)] = any = true;
    }
    if (!any)
        return empty(ctx, err);
    keep(f, ctx, chosen, member);
    return 0;
}

static void to_values(const struct field *f, const struct type_context *ctx, const void *member, struct value *out)
{
    (void)f, (void)ctx;
    out[0] = value_text(member_text(member));
}

static bool from_values(const struct field *f, const struct type_context *ctx, const struct value *in, void *member)
{
    (void)f;
    if (in[0].is != VALUE_TEXT || in[0].size < 3 || in[0].at[0] != ',' || in[0].at[in[0].size - 1] != ',')
        return false;
    member_put_text(member, arena_strn(ctx->arena, in[0].at, in[0].size));
    return true;
}

/* Walks ",a,b,": the next code in the arena, NULL at the end. */
static const char *next_code(const struct type_context *ctx, const char **at)
{
    size_t size = strcspn(*at, ",");
    if (size == 0)
        return NULL;
    const char *code = arena_strn(ctx->arena, *at, size);
    *at += size + 1;
    return code;
}

static void to_json(const struct field *f, const struct type_context *ctx, const void *member, bool masked,
                    struct text *out)
{
    (void)f, (void)masked;
    const char *at = member_text(member) + 1, *code;
    text_char(out, '[');
    for (bool first = true; (code = next_code(ctx, &at)) != NULL; first = false) {
        if (!first)
            text_char(out, ',');
        utf8_json(out, code);
    }
    text_char(out, ']');
}

static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    const char *at = member_text(member) + 1, *code;
    for (bool first = true; (code = next_code(ctx, &at)) != NULL; first = false) {
        if (!first)
            text_str(out, en ? "; " : "、");
        text_str(out, choice_print(ctx, f->choices, code, en));
    }
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)kind;
    text_str(out, "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[");
    choice_put_codes(f, ",", out);
    text_str(out, "]},\"minItems\":1,\"uniqueItems\":true}");
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    text_char(&out, '(');
    choice_put_codes(f, " | ", &out);
    text_str(&out, ")[]");
    return arena_str(arena, text_get(&out));
}

static const char *check(const struct field *f, struct arena *arena)
{
    (void)arena;
    const char *why = type_check_row(f, ROW_CHOICES | ROW_SEARCH);
    return why ? why : choice_check_list(f->choices, true);
}

const struct field_type type_choices = {
    .name = "choices",
    .columns = columns,
    .column_count = COUNT(columns),
    .filter = FILTER_EQUAL | FILTER_NONE,
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
