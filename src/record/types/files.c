/* Ids of uploaded files, in the order they were given: ",12,15,". Whether they exist and may be used is for
** domain/change. */
#include "record/types/shared.h"

#include "base/limits.h"

static const struct type_column columns[] = { { "", COLUMN_TEXT } };

struct ids {
    int64_t at[LIMIT_FILES];
    size_t count;
};

static int64_t most(const struct field *f)
{
    return f->max ? f->max : LIMIT_FILES;
}

static int too_many(const struct field *f, const struct type_context *ctx, struct error *err)
{
    return fail_field(err, ctx->name, "最多 %lld 个文件，请删去一些", "Takes at most %lld files; remove some",
                      (long long)most(f));
}

/* A file named twice is kept once. False when there is no room. */
static bool add(const struct field *f, struct ids *ids, int64_t id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (ids->at[i] == id)
            return true;
    if ((int64_t)ids->count >= most(f))
        return false;
    ids->at[ids->count++] = id;
    return true;
}

static int keep(const struct field *f, const struct type_context *ctx, const struct ids *ids, void *member,
                struct error *err)
{
    if (ids->count == 0)
        return fail_field(err, ctx->name, "没有文件；一个也没有就写 null", "Has no files; write null for none");
    if ((int64_t)ids->count < f->min)
        return fail_field(err, ctx->name, "至少 %lld 个文件，现在有 %d 个", "Takes at least %lld files; there are %d",
                          (long long)f->min, (int)ids->count);
    AUTO_TEXT out = TEXT_LIMIT(LIMIT_FILES * 20 + 2);
    text_char(&out, ',');
    for (size_t i = 0; i < ids->count; i++) {
        text_int(&out, ids->at[i]);
        text_char(&out, ',');
    }
    member_put_text(member, arena_strn(ctx->arena, text_get(&out), out.used));
    return 0;
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    struct ids ids = { .count = 0 };
    size_t i;
    const json_t *item;
    if (!json_is_array(in))
        return fail_field(err, ctx->name, "应写成文件编号的数组。例：[12,15]",
                          "Must be an array of file ids. Example: [12,15]");
    json_array_foreach(in, i, item)
    {
        int64_t id = type_json_id(item);
        if (id == 0)
            return fail_field(err, ctx->name, "第 %d 个不是文件编号（大于 0 的整数）",
                              "Number %d is no file id (a whole number above 0)", (int)i + 1);
        if (!add(f, &ids, id))
            return too_many(f, ctx, err);
    }
    return keep(f, ctx, &ids, member, err);
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    struct ids ids = { .count = 0 };
    for (const char *at = type_fold(ctx, in);;) {
        for (size_t n; (n = type_separator(at)) > 0;)
            at += n;
        if (*at == '\0')
            return keep(f, ctx, &ids, member, err);
        const char *from = at;
        while (*at && type_separator(at) == 0)
            at++;
        int64_t id = type_text_id(from, (size_t)(at - from));
        if (id == 0)
            return fail_field(err, ctx->name, "应写成文件编号，用顿号分开。例：12、15",
                              "Write file ids with commas between. Example: 12, 15");
        if (!add(f, &ids, id))
            return too_many(f, ctx, err);
    }
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
    for (size_t i = 1; i < in[0].size; i++)
        if (in[0].at[i] == ',' ? in[0].at[i - 1] == ',' : in[0].at[i] < '0' || in[0].at[i] > '9')
            return false;
    member_put_text(member, arena_strn(ctx->arena, in[0].at, in[0].size));
    return true;
}

static void put_ids(const void *member, const char *between, struct text *out)
{
    const char *at = member_text(member) + 1;
    for (bool first = true; *at; first = false) {
        size_t size = strcspn(at, ",");
        if (!first)
            text_str(out, between);
        text_add(out, at, size);
        at += size + 1;
    }
}

static void to_json(const struct field *f, const struct type_context *ctx, const void *member, bool masked,
                    struct text *out)
{
    (void)f, (void)ctx, (void)masked;
    text_char(out, '[');
    put_ids(member, ",", out);
    text_char(out, ']');
}

/* Not "12,15": a spreadsheet reads that as one number. */
static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    (void)f, (void)ctx;
    put_ids(member, en ? "; " : "、", out);
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)kind;
    text_printf(out,
                "{\"type\":\"array\",\"items\":{\"oneOf\":[{\"type\":\"integer\",\"minimum\":1},{\"type\":\"object\","
                "\"properties\":{\"id\":{\"type\":\"integer\",\"minimum\":1}},\"required\":[\"id\"]}]},"
                "\"minItems\":%lld,\"maxItems\":%lld}",
                (long long)(f->min > 1 ? f->min : 1), (long long)most(f));
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    (void)f, (void)arena;
    return "{ id: number; name: string; type: string; size: number; sha256: string }[]";
}

static const char *check(const struct field *f, struct arena *arena)
{
    (void)arena;
    if (f->min < 0 || f->max < 0 || f->max > LIMIT_FILES || f->min > most(f))
        return "has limits outside what a field of files can hold";
    return type_check_row(f, ROW_LIMITS);
}

const struct field_type type_files = {
    .name = "files",
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
