/* One entry of a list, kept as its code. JSON takes codes; cells and filters take codes and labels of either language.
** Entries out of force on the day of the fact are refused on the way in; what is stored stays readable for ever. */
#include "record/types/shared.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <strings.h>

static const struct type_column columns[] = { { "", COLUMN_TEXT } };

static bool in_force(const struct choice *c, int64_t day)
{
    return day == 0 || ((c->valid_from == 0 || day >= c->valid_from) && (c->valid_to == 0 || day <= c->valid_to));
}

const struct choice *choice_named(const struct type_context *ctx, const struct choices *list, const char *in,
                                  size_t size)
{
    const char *word = type_fold(ctx, arena_strn(ctx->arena, in, size));
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < list->count; i++) {
            const struct choice *c = &list->items[i];
            if (!in_force(c, ctx->day))
                continue;
            if (pass == 0 ? strcasecmp(c->code, word) == 0
                          : type_same_word(ctx, c->label.zh, word) || type_same_word(ctx, c->label.en, word))
                return c;
        }
    return NULL;
}

static const char *allowed(const struct type_context *ctx, const struct choices *list, bool en)
{
    AUTO_TEXT out = TEXT_LIMIT(4096);
    for (size_t i = 0; i < list->count; i++) {
        const struct choice *c = &list->items[i];
        const char *label = en ? c->label.en : c->label.zh;
        if (!in_force(c, ctx->day))
            continue;
        if (out.used + strlen(label) > 90) {
            text_str(&out, en ? " …" : "等");
            break;
        }
        if (out.used)
            text_str(&out, en ? ", " : "、");
        text_str(&out, label);
    }
    return arena_str(ctx->arena, text_get(&out));
}

int choice_refuse(const struct type_context *ctx, const struct choices *list, const char *in, struct error *err)
{
    struct type_context any = *ctx;
    any.day = 0;
    const char *zh = allowed(ctx, list, false), *en = allowed(ctx, list, true);
    if (in && ctx->day && choice_named(&any, list, in, strlen(in))) {
        char day[DAY_TEXT];
        day_print(ctx->day, day);
        return fail_field(err, ctx->name, "这一项在 %s 不适用，可选：%s%.0s",
                          "Was not in force on %s; choose one of: %.0s%s", day, zh, en);
    }
    return fail_field(err, ctx->name, "没有这个选项，可选：%s%.0s", "No such choice; choose one of: %.0s%s", zh, en);
}

/* The label, or the code where the label would be read back as another entry. */
const char *choice_print(const struct type_context *ctx, const struct choices *list, const char *code, bool en)
{
    const struct choice *c = choice_find(list, code, ctx->day);
    if (!c)
        return code;
    const char *label = en ? c->label.en : c->label.zh;
    const struct choice *back = choice_named(ctx, list, label, strlen(label));
    return back && strcmp(back->code, code) == 0 ? label : code;
}

void choice_put_codes(const struct field *f, const char *between, struct text *out)
{
    bool first = true;
    for (size_t i = 0; i < f->choices->count; i++) {
        const char *code = f->choices->items[i].code;
        if (choice_find(f->choices, code, 0) != &f->choices->items[i])
            continue; /* a later edition of the same code */
        if (!first)
            text_str(out, between);
        first = false;
        utf8_json(out, code);
    }
}

static bool overlap(const struct choice *a, const struct choice *b)
{
    return (a->valid_to == 0 || b->valid_from == 0 || b->valid_from <= a->valid_to) &&
           (b->valid_to == 0 || a->valid_from == 0 || a->valid_from <= b->valid_to);
}

const char *choice_check_list(const struct choices *list, bool joined)
{
    if (!list->items || list->count == 0)
        return "has an empty list of choices";
    for (size_t i = 0; i < list->count; i++) {
        const struct choice *c = &list->items[i];
        if (!c->code || !c->code[0] || strlen(c->code) > 64)
            return "has a choice without a code of 1 to 64 characters";
        for (const char *at = c->code; *at; at++)
            if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.", *at))
                return "has a choice whose code is not made of letters, digits, _ - and .";
        if (!c->label.zh || !c->label.zh[0] || !c->label.en || !c->label.en[0])
            return "has a choice without labels in both languages";
        if (c->valid_from && c->valid_to && c->valid_from > c->valid_to)
            return "has a choice that ends before it begins";
        if (joined && (strstr(c->label.zh, "、") || strchr(c->label.en, ';')))
            return "has a choice whose label contains the mark that joins choices";
        for (size_t j = 0; j < i; j++) {
            const struct choice *b = &list->items[j];
            if (overlap(b, c) && strcasecmp(b->code, c->code) == 0)
                return "has two choices with one code at the same time";
            if (overlap(b, c) &&
                (strcasecmp(b->label.zh, c->label.zh) == 0 || strcasecmp(b->label.en, c->label.en) == 0))
                return "has two choices with one label at the same time";
        }
    }
    return NULL;
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    const char *code;
    if (!type_string(in, &code))
        return fail_field(err, ctx->name, "应写成选项的代码（文字）", "Must be the code of a choice, as text");
    const struct choice *c = choice_find(f->choices, code, ctx->day);
    if (!c)
        return choice_refuse(ctx, f->choices, code, err);
    member_put_text(member, c->code);
    return 0;
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    const struct choice *c = choice_named(ctx, f->choices, in, strlen(in));
    if (!c)
        return choice_refuse(ctx, f->choices, in, err);
    member_put_text(member, c->code);
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
    if (in[0].is != VALUE_TEXT || in[0].size == 0)
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
    text_str(out, choice_print(ctx, f->choices, member_text(member), en));
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)kind;
    text_str(out, "{\"type\":\"string\",\"enum\":[");
    choice_put_codes(f, ",", out);
    text_str(out, "]}");
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    choice_put_codes(f, " | ", &out);
    return arena_str(arena, text_get(&out));
}

static const char *check(const struct field *f, struct arena *arena)
{
    (void)arena;
    const char *why = type_check_row(f, ROW_CHOICES | ROW_INDEX | ROW_SEARCH);
    return why ? why : choice_check_list(f->choices, false);
}

const struct field_type type_choice = {
    .name = "choice",
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
