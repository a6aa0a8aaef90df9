/* Where a record stands in its flow: the place of the state in the kind's table, stored as its code so that a state
** added in the middle of the table moves no record. Written by moves alone. */
#include "record/types/shared.h"

#include "base/utf8.h"

#include <strings.h>

static const struct type_column columns[] = { { "", COLUMN_TEXT } };

static const struct state *state_of(const struct type_context *ctx, const void *member)
{
    return &ctx->kind->states[member_int(member)];
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    (void)f, (void)in, (void)member;
    return fail_field(err, ctx->name, "状态只能由办理改变，不能直接填写", "The state changes by moves only");
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    (void)f;
    const char *word = type_fold(ctx, in);
    for (size_t i = 0; i < ctx->kind->state_count; i++) {
        const struct state *s = &ctx->kind->states[i];
        if (strcasecmp(s->code, word) == 0 || type_same_word(ctx, s->label.zh, word) ||
            type_same_word(ctx, s->label.en, word)) {
            member_put_int(member, (int64_t)i);
            return 0;
        }
    }
    AUTO_TEXT zh = TEXT_LIMIT(100);
    AUTO_TEXT en = TEXT_LIMIT(100);
    for (size_t i = 0; i < ctx->kind->state_count; i++) {
        text_printf(&zh, "%s%s", i ? "、" : "", ctx->kind->states[i].label.zh);
        text_printf(&en, "%s%s", i ? ", " : "", ctx->kind->states[i].label.en);
    }
    return fail_field(err, ctx->name, "没有这个状态，可选：%s%.0s", "No such state; choose one of: %.0s%s",
                      text_get(&zh), text_get(&en));
}

static void to_values(const struct field *f, const struct type_context *ctx, const void *member, struct value *out)
{
    (void)f;
    out[0] = value_text(state_of(ctx, member)->code);
}

static bool from_values(const struct field *f, const struct type_context *ctx, const struct value *in, void *member)
{
    (void)f;
    int at = in[0].is == VALUE_TEXT ? state_find(ctx->kind, arena_strn(ctx->arena, in[0].at, in[0].size)) : -1;
    if (at < 0)
        return false;
    member_put_int(member, at);
    return true;
}

static void to_json(const struct field *f, const struct type_context *ctx, const void *member, bool masked,
                    struct text *out)
{
    (void)f, (void)masked;
    utf8_json(out, state_of(ctx, member)->code);
}

static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    (void)f;
    text_str(out, en ? state_of(ctx, member)->label.en : state_of(ctx, member)->label.zh);
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)f;
    text_str(out, "{\"type\":\"string\",\"readOnly\":true,\"enum\":[");
    for (size_t i = 0; i < kind->state_count; i++) {
        if (i)
            text_char(out, ',');
        utf8_json(out, kind->states[i].code);
    }
    text_str(out, "]}");
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    (void)f, (void)arena;
    return "string";
}

static const char *check(const struct field *f, struct arena *arena)
{
    (void)arena;
    return type_check_row(f, ROW_INDEX);
}

const struct field_type type_state = {
    .name = "state",
    .columns = columns,
    .column_count = COUNT(columns),
    .filter = FILTER_EQUAL | FILTER_IN,
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
