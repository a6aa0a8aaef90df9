/* Amounts, kept and sent as whole fen; min and max of the field are fen too. In cells and filters they are yuan. */
#include "record/types/shared.h"

static const int64_t money_most = 9007199254740991; /* what a browser holds exactly: 90 million million yuan */

static const struct type_column columns[] = { { "", COLUMN_INT } };

static const char *yuan(const struct type_context *ctx, int64_t fen)
{
    AUTO_TEXT out = TEXT_LIMIT(64);
    if (fen % 100)
        text_fixed(&out, fen, 2);
    else
        text_int(&out, fen / 100);
    return arena_str(ctx->arena, text_get(&out));
}

static int keep(const struct field *f, const struct type_context *ctx, int64_t fen, void *member, struct error *err)
{
    int64_t most = f->max ? f->max : money_most;
    if (fen < f->min && !f->max)
        return fail_field(err, ctx->name, "金额不能小于 %s 元", "The amount must be %s yuan or more",
                          yuan(ctx, f->min));
    if (fen < f->min || fen > most)
        return fail_field(err, ctx->name, "金额应在 %s 元到 %s 元之间", "The amount must lie between %s and %s yuan",
                          yuan(ctx, f->min), yuan(ctx, most));
    member_put_int(member, fen);
    return 0;
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    if (!json_is_integer(in))
        return fail_field(err, ctx->name, "金额请写成整数，单位是分。例：123450 就是 1234.50 元",
                          "Write the amount as a whole number of fen. Example: 123450 is 1234.50 yuan");
    return keep(f, ctx, json_integer_value(in), member, err);
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    static const struct {
        const char *word;
        int scale; /* digits after the point of that unit down to the fen */
    } units[] = { { "万元", 6 }, { "亿元", 10 }, { "元整", 2 }, { "元", 2 }, { "万", 6 }, { "亿", 10 } };
    static const char *const signs[] = { "￥", "¥", "RMB", "人民币" };
    size_t size;
    int64_t fen = 0;
    int scale = 2;
    const char *text = type_fold(ctx, in);
    for (size_t i = 0; i < COUNT(signs); i++)
        if (strncmp(text, signs[i], strlen(signs[i])) == 0) {
            text += strlen(signs[i]);
            break;
        }
    size = strlen(text);
    for (size_t i = 0; i < COUNT(units); i++)
        if (type_cut_end(text, &size, units[i].word)) {
            scale = units[i].scale;
            break;
        }
    text = fixed_plain(f, ctx, arena_strn(ctx->arena, text, size), &size);
    enum fixed got = text ? fixed_read(text, size, scale, false, &fen) : FIXED_NO_NUMBER;
    if (got == FIXED_NO_NUMBER)
        return fail_field(err, ctx->name, "不是金额。例：1234.50 或 1.2万元", "Is no amount. Example: 1234.50");
    if (got == FIXED_TOO_FINE)
        return fail_field(err, ctx->name, "金额只到分，元以后最多两位小数",
                          "Amounts end at the fen: two digits after the point");
    return keep(f, ctx, got == FIXED_TOO_LARGE ? money_most + 1 : fen, member, err);
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
    text_fixed(out, member_int(member), 2);
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)kind;
    text_printf(out, "{\"type\":\"integer\",\"minimum\":%lld,\"maximum\":%lld,\"description\":\"fen\"}",
                (long long)f->min, (long long)(f->max ? f->max : money_most));
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    (void)f, (void)arena;
    return "number";
}

static const char *check(const struct field *f, struct arena *arena)
{
    (void)arena;
    if (f->min < -money_most || f->max > money_most || f->min > money_most)
        return "has limits beyond what an amount can hold";
    return type_check_row(f, ROW_LIMITS | ROW_INDEX);
}

const struct field_type type_money = {
    .name = "money",
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
