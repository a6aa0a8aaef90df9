/* Numbers with a fixed count of digits after the point, kept as an integer: 12.50 at scale 2 is 1250. min and max of
** the field are whole numbers of the value itself, not of the scaled integer. In JSON a string, because a JSON real has
** already lost digits when it arrives; whole JSON numbers are exact and accepted. */
#include "record/types/shared.h"

enum { DECIMAL_DIGITS = 18, SCALE_MAX = 9 };

static const struct type_column columns[] = { { "", COLUMN_INT } };

static int64_t most(const struct field *f)
{
    return f->max ? f->max : fixed_unit(DECIMAL_DIGITS - f->scale) - 1;
}

static int keep(const struct field *f, const struct type_context *ctx, enum fixed got, int64_t value, void *member,
                struct error *err)
{
    int64_t unit = fixed_unit(f->scale);
    if (got == FIXED_NO_NUMBER)
        return fail_field(err, ctx->name, "不是数字，请只写数字和小数点。例：12.5",
                          "Is no number; write digits and a point only. Example: 12.5");
    if (got == FIXED_TOO_FINE)
        return fail_field(err, ctx->name, "最多 %d 位小数", "Takes at most %d digits after the point", f->scale);
    if (got == FIXED_OK && !f->max && value < f->min * unit)
        return fail_field(err, ctx->name, "不能小于 %lld", "Must be %lld or more", (long long)f->min);
    if (got == FIXED_TOO_LARGE || value < f->min * unit || value / unit > most(f) ||
        (value / unit == most(f) && value % unit > 0 && f->max))
        return fail_field(err, ctx->name, "应在 %lld 到 %lld 之间", "Must lie between %lld and %lld", (long long)f->min,
                          (long long)most(f));
    member_put_int(member, value);
    return 0;
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    int64_t value = 0;
    const char *text;
    if (json_is_integer(in)) {
        int64_t whole = json_integer_value(in), top = fixed_unit(DECIMAL_DIGITS - f->scale);
        enum fixed got = whole < top && whole > -top ? FIXED_OK : FIXED_TOO_LARGE;
        return keep(f, ctx, got, got == FIXED_OK ? whole * fixed_unit(f->scale) : 0, member, err);
    }
    if (!type_string(in, &text))
        return fail_field(err, ctx->name, "小数请写成文字（加引号）。例：\"12.5\"",
                          "Write it as text, in quotes. Example: \"12.5\"");
    enum fixed got = fixed_read(text, strlen(text), f->scale, false, &value);
    return keep(f, ctx, got, value, member, err);
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    size_t size;
    int64_t value = 0;
    const char *plain = fixed_plain(f, ctx, in, &size);
    enum fixed got = plain ? fixed_read(plain, size, f->scale, false, &value) : FIXED_NO_NUMBER;
    return keep(f, ctx, got, value, member, err);
}

static void to_values(const struct field *f, const struct type_context *ctx, const void *member, struct value *out)
{
    (void)f, (void)ctx;
    out[0] = value_int(member_int(member));
}

static bool from_values(const struct field *f, const struct type_context *ctx, const struct value *in, void *member)
{
    (void)f, (void)ctx;
    if (in[0].is != VALUE_INT)
        return false;
    member_put_int(member, in[0].number);
    return true;
}

static void to_json(const struct field *f, const struct type_context *ctx, const void *member, bool masked,
                    struct text *out)
{
    (void)ctx, (void)masked;
    text_char(out, '"');
    text_fixed(out, member_int(member), f->scale);
    text_char(out, '"');
}

static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    (void)ctx, (void)en;
    text_fixed(out, member_int(member), f->scale);
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)kind;
    if (f->scale)
        text_printf(out, "{\"type\":\"string\",\"pattern\":\"^-?[0-9]+\\\\.[0-9]{%d}$\",", f->scale);
    else
        text_str(out, "{\"type\":\"string\",\"pattern\":\"^-?[0-9]+$\",");
    text_printf(out, "\"x-scale\":%d,\"x-minimum\":%lld,\"x-maximum\":%lld}", f->scale, (long long)f->min,
                (long long)most(f));
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    (void)f, (void)arena;
    return "string";
}

static const char *check(const struct field *f, struct arena *arena)
{
    (void)arena;
    if (f->scale < 0 || f->scale > SCALE_MAX)
        return "has a scale outside 0 to 9";
    int64_t top = fixed_unit(DECIMAL_DIGITS - f->scale);
    if (f->min <= -top || f->max >= top || f->min >= top)
        return "has limits beyond what a number can hold";
    return type_check_row(f, ROW_LIMITS | ROW_SCALE | ROW_INDEX);
}

const struct field_type type_decimal = {
    .name = "decimal",
    .columns = columns,
    .column_count = COUNT(columns),
    .filter = FILTER_EQUAL | FILTER_RANGE | FILTER_NONE,
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
