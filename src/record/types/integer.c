/* Whole numbers. Their own range is what a browser holds exactly: 2^53 - 1 either way. */
#include "record/types/shared.h"

static const int64_t integer_most = 9007199254740991;

static const struct type_column columns[] = { { "", COLUMN_INT } };

static int keep(const struct field *f, const struct type_context *ctx, int64_t value, void *member, struct error *err)
{
    int64_t most = f->max ? f->max : integer_most;
    if (value < f->min && !f->max)
        return fail_field(err, ctx->name, "不能小于 %lld", "Must be %lld or more", (long long)f->min);
    if (value < f->min || value > most)
        return fail_field(err, ctx->name, "应在 %lld 到 %lld 之间", "Must lie between %lld and %lld", (long long)f->min,
                          (long long)most);
    member_put_int(member, value);
    return 0;
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    if (!json_is_integer(in))
        return fail_field(err, ctx->name, "应写成整数（JSON 数字，不带小数点和引号）。例：120",
                          "Must be a whole JSON number without point or quotes. Example: 120");
    return keep(f, ctx, json_integer_value(in), member, err);
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    size_t size;
    int64_t value = 0;
    const char *plain = fixed_plain(f, ctx, in, &size);
    enum fixed got = plain ? fixed_read(plain, size, 0, false, &value) : FIXED_NO_NUMBER;
    if (got == FIXED_TOO_FINE)
        return fail_field(err, ctx->name, "应是整数，不能有小数。例：120", "Must be a whole number. Example: 120");
    if (got == FIXED_TOO_LARGE)
        value = integer_most + 1;
    if (got == FIXED_NO_NUMBER)
        return fail_field(err, ctx->name, "不是数字，请只写数字。例：120",
                          "Is no number; write digits only. Example: 120");
    return keep(f, ctx, value, member, err);
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
    (void)f, (void)ctx, (void)masked;
    text_int(out, member_int(member));
}

static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    (void)f, (void)ctx, (void)en;
    text_int(out, member_int(member));
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)kind;
    text_printf(out, "{\"type\":\"integer\",\"minimum\":%lld,\"maximum\":%lld}", (long long)f->min,
                (long long)(f->max ? f->max : integer_most));
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    (void)f, (void)arena;
    return "number";
}

static const char *check(const struct field *f, struct arena *arena)
{
    (void)arena;
    if (f->min < -integer_most || f->max > integer_most || f->min > integer_most)
        return "has limits beyond what a number can hold";
    return type_check_row(f, ROW_LIMITS | ROW_INDEX);
}

const struct field_type type_integer = {
    .name = "integer",
    .columns = columns,
    .column_count = COUNT(columns),
    .filter = FILTER_EQUAL | FILTER_IN | FILTER_RANGE | FILTER_NONE,
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
