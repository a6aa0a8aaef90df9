/*
** Region codes and the field type that holds one. A code is 12 digits: province 2, city 2, county 2, town 3, village 3;
** the level is that of its last segment that is not zero. Some trees leave a level out: the towns of 441900000000
** stand directly under the city, and 419001000000 is a county directly under the province whose city segment, 4190,
** stands for "directly governed".
*/
#include "record/types/shared.h"

static const struct type_column columns[] = { { "", COLUMN_INT } };

/* What one step of that level is worth, by enum region_level. */
static const int64_t unit_of[] = { 1000000000000, 10000000000, 100000000, 1000000, 1000, 1 };

enum region_level region_level(int64_t code)
{
    for (int level = REGION_VILLAGE; level > REGION_NATION; level--)
        if (code % unit_of[level - 1] / unit_of[level])
            return (enum region_level)level;
    return REGION_NATION;
}

static int64_t cut(int64_t code, enum region_level level)
{
    return code - code % unit_of[level];
}

int64_t region_parent(int64_t code)
{
    enum region_level level = region_level(code);
    return level <= REGION_PROVINCE ? 0 : cut(code, level - 1);
}

int64_t region_at(int64_t code, enum region_level level)
{
    int64_t at = cut(code, level);
    return level >= REGION_TOWN && region_level(at) != level ? 0 : at;
}

bool region_within(int64_t code, int64_t area)
{
    return cut(code, region_level(area)) == area;
}

int64_t region_last(int64_t area)
{
    return area + unit_of[region_level(area)] - 1;
}

bool region_parse(const char *text, int64_t *code)
{
    size_t size = strlen(text);
    int64_t value = type_text_id(text, size);
    if ((size != 2 && size != 4 && size != 6 && size != 9 && size != 12) || value == 0)
        return false;
    for (; size < 12; size++)
        value *= 10;
    if (value < 11 * unit_of[REGION_PROVINCE])
        return false;
    *code = value;
    return true;
}

static int refuse(const struct type_context *ctx, struct error *err)
{
    return fail_field(err, ctx->name, "区划代码应是 2、4、6、9 或 12 位数字。例：370211005000",
                      "A region code has 2, 4, 6, 9 or 12 digits. Example: 370211005000");
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    (void)f;
    int64_t code;
    const char *text;
    if (!type_string(json_is_object(in) ? json_object_get(in, "code") : in, &text))
        return fail_field(err, ctx->name, "区划请写成代码文字，或 {\"code\":代码}。例：\"370211005000\"",
                          "Write the code as text, or {\"code\":…}. Example: \"370211005000\"");
    if (!region_parse(text, &code))
        return refuse(ctx, err);
    member_put_int(member, code);
    return 0;
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    (void)f;
    int64_t code;
    if (!region_parse(type_fold(ctx, in), &code))
        return refuse(ctx, err);
    member_put_int(member, code);
    return 0;
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
    text_printf(out, "\"%012lld\"", (long long)member_int(member));
}

static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    (void)f, (void)ctx, (void)en;
    text_printf(out, "%012lld", (long long)member_int(member));
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)f, (void)kind;
    text_str(out, "{\"oneOf\":[{\"type\":\"string\",\"pattern\":\"^[0-9]{12}$\"},{\"type\":\"object\",\"properties\":{"
                  "\"code\":{\"type\":\"string\",\"pattern\":\"^[0-9]{12}$\"},"
                  "\"name\":{\"type\":[\"string\",\"null\"]},\"path\":{\"type\":[\"string\",\"null\"]}},\"required\":["
                  "\"code\"]}]}");
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    (void)f, (void)arena;
    return "{ code: string; name: string | null; path?: string | null }";
}

static const char *check(const struct field *f, struct arena *arena)
{
    (void)arena;
    return type_check_row(f, ROW_INDEX);
}

const struct field_type type_region = {
    .name = "region",
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
