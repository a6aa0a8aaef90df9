/* One line, or several: UTF-8 without control characters, trimmed, counted in characters. Kept as it was written:
** full-width letters and punctuation are the writer's. */
#include "record/types/shared.h"

#include "base/utf8.h"

enum { TEXT_MAX = 200, LONG_TEXT_MAX = 4000 };

static const struct type_column columns[] = { { "", COLUMN_TEXT } };

static bool is_long(const struct field *f)
{
    return f->type == &type_long_text;
}

static int64_t most(const struct field *f)
{
    return f->max ? f->max : is_long(f) ? LONG_TEXT_MAX : TEXT_MAX;
}

/* Line ends become \n. In a one-line cell a wrapped line is a layout matter: the break and the spaces around it become
** one space. */
static char *unwrap(struct arena *arena, const char *in, size_t size, bool join)
{
    char *out = arena_alloc(arena, size + 1);
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        bool crlf = in[i] == '\r' && i + 1 < size && in[i + 1] == '\n';
        bool newline = in[i] == '\n' || in[i] == '\r';
        if (crlf)
            i++;
        if (join && (newline || in[i] == '\t')) {
            while (used && out[used - 1] == ' ')
                used--;
            while (i + 1 < size && strchr(" \t\r\n", in[i + 1]))
                i++;
            out[used++] = ' ';
        } else {
            out[used++] = newline ? '\n' : in[i];
        }
    }
    return out;
}

static int read_clean(const struct field *f, const struct type_context *ctx, const char *in, size_t size, bool cell,
                      void *member, struct error *err)
{
    if (!utf8_valid(in, size))
        return fail_field(err, ctx->name, "含有无法识别的字符，请重新输入",
                          "Contains characters that cannot be read; type it again");
    in = type_trim(in, &size);
    if (size == 0)
        return fail_field(err, ctx->name, "内容是空的，请填写；没有内容就写 null", "Is empty; write null for no text");
    const char *text = unwrap(ctx->arena, in, size, cell && !is_long(f));
    const char *at = text, *end = text + strlen(text);
    while (at < end) {
        int32_t code = utf8_next(&at, end);
        if ((code == '\n' || code == '\t') && is_long(f))
            continue;
        if (code == '\n')
            return fail_field(err, ctx->name, "只能写一行，请去掉换行", "Takes one line; remove the line breaks");
        /* U+FFFE and U+FFFF may stand in no XML: one of them would make a whole workbook unreadable. */
        if (code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0xFFFE || code == 0xFFFF)
            return fail_field(err, ctx->name, "含有看不见的控制字符，请删去后重新输入",
                              "Contains invisible control characters; remove them");
    }
    int64_t chars = (int64_t)utf8_chars(text);
    if (chars > most(f))
        return fail_field(err, ctx->name, "最多 %lld 个字，现在有 %lld 个，请缩短",
                          "Takes at most %lld characters; there are %lld", (long long)most(f), (long long)chars);
    if (chars < f->min)
        return fail_field(err, ctx->name, "至少 %lld 个字，现在只有 %lld 个",
                          "Takes at least %lld characters; there are %lld", (long long)f->min, (long long)chars);
    member_put_text(member, text);
    return 0;
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    if (!json_is_string(in))
        return fail_field(err, ctx->name, "应写成文字（JSON 字符串）", "Must be a JSON string");
    return read_clean(f, ctx, json_string_value(in), json_string_length(in), false, member, err);
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    return read_clean(f, ctx, in, strlen(in), true, member, err);
}

static void to_values(const struct field *f, const struct type_context *ctx, const void *member, struct value *out)
{
    (void)f, (void)ctx;
    out[0] = value_text(member_text(member));
}

static bool from_values(const struct field *f, const struct type_context *ctx, const struct value *in, void *member)
{
    (void)f;
    if (in[0].is != VALUE_TEXT)
        return false;
    member_put_text(member, arena_strn(ctx->arena, in[0].at, in[0].size));
    return true;
}

static void to_json(const struct field *f, const struct type_context *ctx, const void *member, bool masked,
                    struct text *out)
{
    (void)f, (void)ctx, (void)masked;
    utf8_json(out, member_text(member));
}

static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    (void)f, (void)ctx, (void)en;
    text_str(out, member_text(member));
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)kind;
    text_printf(out, "{\"type\":\"string\",\"minLength\":%lld,\"maxLength\":%lld}",
                (long long)(f->min > 1 ? f->min : 1), (long long)most(f));
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    (void)f, (void)arena;
    return "string";
}

static const char *check(const struct field *f, struct arena *arena)
{
    (void)arena;
    if (f->min < 0 || f->max < 0)
        return "has a negative number of characters";
    if (f->min > most(f))
        return "has a max below its min";
    return type_check_row(f, ROW_LIMITS | ROW_SEARCH | (is_long(f) ? 0 : ROW_INDEX | ROW_TITLE));
}

const struct field_type type_text = {
    .name = "text",
    .columns = columns,
    .column_count = COUNT(columns),
    .filter = FILTER_EQUAL | FILTER_IN | FILTER_NONE,
    .sortable = true,
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

const struct field_type type_long_text = {
    .name = "long-text",
    .columns = columns,
    .column_count = COUNT(columns),
    .filter = FILTER_NONE,
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
