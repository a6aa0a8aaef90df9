/* Yes or no: 1 or 0. */
#include "record/types/shared.h"

#include <strings.h>

static const struct type_column columns[] = { { "", COLUMN_INT } };

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    (void)f;
    if (!json_is_boolean(in))
        return fail_field(err, ctx->name, "应写成 true 或 false", "Must be true or false");
    member_put_int(member, json_is_true(in));
    return 0;
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    static const char *const yes[] = { "是", "有", "true", "1", "Y", "yes", "√", "✓" };
    static const char *const no[] = { "否", "无", "false", "0", "N", "no", "×", "✗" };
    (void)f;
    const char *text = type_fold(ctx, in);
    for (size_t i = 0; i < COUNT(yes); i++)
        if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
            member_put_int(member, strcasecmp(text, yes[i]) == 0);
            return 0;
        }
    return fail_field(err, ctx->name, "请写“是”或“否”", "Write yes or no");
}

static void to_values(const struct field *f, const struct type_context *ctx, const void *member, struct value *out)
{
    (void)f, (void)ctx;
    out[0] = value_int(member_int(member) != 0);
}

static bool from_values(const struct field *f, const struct type_context *ctx, const struct value *in, void *member)
{
    (void)f, (void)ctx;
    if (in[0].is != VALUE_INT || in[0].number < 0 || in[0].number > 1)
        return false;
    member_put_int(member, in[0].number);
    return true;
}

static void to_json(const struct field *f, const struct type_context *ctx, const void *member, bool masked,
                    struct text *out)
{
    (void)f, (void)ctx, (void)masked;
    text_str(out, member_int(member) ? "true" : "false");
}

static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    (void)f, (void)ctx;
    if (en)
        text_str(out, member_int(member) ? "Yes" : "No");
    else
        text_str(out, member_int(member) ? "是" : "否");
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)f, (void)kind;
    text_str(out, "{\"type\":\"boolean\"}");
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    (void)f, (void)arena;
    return "boolean";
}

static const char *check(const struct field *f, struct arena *arena)
{
    (void)arena;
    return type_check_row(f, ROW_INDEX);
}

const struct field_type type_yes_no = {
    .name = "yes-no",
    .columns = columns,
    .column_count = COUNT(columns),
    .filter = FILTER_EQUAL | FILTER_NONE,
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
