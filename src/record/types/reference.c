/* The id of another record: of one kind (reference) or of an enterprise or facility (object). Whether it exists and may
** be named is for domain/change; turning a name in a cell into an id is for the importer. */
#include "record/types/shared.h"

static const struct type_column columns[] = { { "", COLUMN_INT } };

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    (void)f;
    int64_t id = type_json_id(in);
    if (id == 0)
        return fail_field(err, ctx->name, "应写成记录的编号（大于 0 的整数）或 {\"id\":编号}",
                          "Must be the id of a record, a whole number above 0, or {\"id\":…}");
    member_put_int(member, id);
    return 0;
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    (void)f;
    const char *text = type_fold(ctx, in);
    int64_t id = type_text_id(text, strlen(text));
    if (id == 0)
        return fail_field(err, ctx->name, "找不到这个名称，请核对，或写记录的编号（只写数字）",
                          "Nothing has this name; check it, or write the record's id in digits");
    member_put_int(member, id);
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
    bool object = f->type == &type_object;
    text_str(out, "{\"oneOf\":[{\"type\":\"integer\",\"minimum\":1},{\"type\":\"object\",\"properties\":{"
                  "\"id\":{\"type\":\"integer\",\"minimum\":1},\"name\":{\"type\":[\"string\",\"null\"]}");
    if (object)
        text_str(out, ",\"kind\":{\"type\":[\"string\",\"null\"]}");
    text_str(out, "},\"required\":[\"id\"]}]");
    if (!object)
        text_printf(out, ",\"x-kind\":\"%s\"", f->ref);
    text_char(out, '}');
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    (void)arena;
    return f->type == &type_object ? "{ id: number; name: string | null; kind: string | null }"
                                   : "{ id: number; name: string | null }";
}

static const char *check(const struct field *f, struct arena *arena)
{
    (void)arena;
    return type_check_row(f, ROW_INDEX | (f->type == &type_reference ? ROW_REF : 0));
}

const struct field_type type_reference = {
    .name = "reference",
    .columns = columns,
    .column_count = COUNT(columns),
    .filter = FILTER_EQUAL | FILTER_IN | FILTER_NONE,
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

const struct field_type type_object = {
    .name = "object",
    .columns = columns,
    .column_count = COUNT(columns),
    .filter = FILTER_EQUAL | FILTER_IN | FILTER_NONE,
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
