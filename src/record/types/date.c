/* Days, as days since 1970-01-01. Offices write 2024-03-05, 2024/3/5, 2024.3.5, 2024年3月5日 and 20240305; a spreadsheet
** adds " 0:00" to them. A month, a two-digit year and the serial numbers of a spreadsheet are refused with the remedy:
** guessing them would store a wrong day. */
#include "record/types/shared.h"

#include "base/clock.h"

static const struct type_column columns[] = { { "", COLUMN_INT } };

static void skip_spaces(const char **at)
{
    *at += strspn(*at, " ");
}

/* Digits at the start; returns how many, -1 when more than nine. */
static int take_digits(const char **at, int *out)
{
    int count = 0;
    *out = 0;
    for (; **at >= '0' && **at <= '9'; ++*at) {
        if (++count > 9)
            return -1;
        *out = *out * 10 + (**at - '0');
    }
    return count;
}

static bool take_word(const char **at, const char *word)
{
    const char *from = *at;
    skip_spaces(&from);
    if (strncmp(from, word, strlen(word)) != 0)
        return false;
    *at = from + strlen(word);
    skip_spaces(at);
    return true;
}

static int which_day(const struct type_context *ctx, struct error *err)
{
    return fail_field(err, ctx->name, "没有写明是哪一天，请写到日。例：2026-03-17",
                      "Does not say which day. Example: 2026-03-17");
}

static int no_date(const struct type_context *ctx, struct error *err)
{
    return fail_field(err, ctx->name, "看不出是哪一天。例：2026-03-17", "Is no date. Example: 2026-03-17");
}

static int keep(const struct type_context *ctx, int year, int month, int dom, int64_t *day, struct error *err)
{
    if (year < 1900 || year > 2200)
        return fail_field(err, ctx->name, "年份应在 1900 到 2200 之间。例：2026-03-17",
                          "The year must lie between 1900 and 2200. Example: 2026-03-17");
    if (month < 1 || month > 12)
        return fail_field(err, ctx->name, "没有 %d 月。例：2026-03-17", "There is no month %d. Example: 2026-03-17",
                          month);
    if (!ymd_valid(year, month, dom))
        return fail_field(err, ctx->name, "%d 年 %d 月没有 %d 日。例：2026-02-28",
                          "%d-%02d has no day %d. Example: 2026-02-28", year, month, dom);
    *day = day_from_ymd(year, month, dom);
    return 0;
}

int date_take(const struct type_context *ctx, const char *in, int64_t *day, const char **rest, struct error *err)
{
    static const char *const separators[] = { "-", "/", "." };
    const char *at = in;
    int year, month, dom;
    int digits = take_digits(&at, &year);
    if (digits == 8) {
        *rest = at;
        return keep(ctx, year / 10000, year / 100 % 100, year % 100, day, err);
    }
    const char *separator = NULL;
    bool chinese = take_word(&at, "年");
    for (size_t i = 0; i < COUNT(separators) && !chinese && !separator; i++)
        if (take_word(&at, separators[i]))
            separator = separators[i];
    if (digits > 0 && !chinese && !separator && *at == '\0') {
        if (digits == 5)
            return fail_field(err, ctx->name, "像是表格软件的日期序号，请把这一列改成日期格式。例：2026-03-17",
                              "Looks like a spreadsheet's serial number; format the column as dates");
        return digits == 4 || digits == 6 ? which_day(ctx, err) : no_date(ctx, err);
    }
    if (digits < 1 || (!chinese && !separator))
        return no_date(ctx, err);
    if (digits <= 2)
        return fail_field(err, ctx->name, "年份请写四位。例：2026-03-17",
                          "Write the year with four digits. Example: 2026-03-17");
    if (digits != 4)
        return no_date(ctx, err);
    int got = take_digits(&at, &month);
    if (got == 0)
        return *at ? no_date(ctx, err) : which_day(ctx, err);
    if (got < 0 || got > 2)
        return no_date(ctx, err);
    if (*at == '\0' || (chinese && !take_word(&at, "月")) || (!chinese && !take_word(&at, separator)))
        return *at ? no_date(ctx, err) : which_day(ctx, err);
    got = take_digits(&at, &dom);
    if (got == 0 && *at == '\0')
        return which_day(ctx, err);
    if (got < 1 || got > 2)
        return no_date(ctx, err);
    if (chinese && !take_word(&at, "日"))
        take_word(&at, "号");
    *rest = at;
    return keep(ctx, year, month, dom, day, err);
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    (void)f;
    int64_t day;
    const char *text, *rest;
    if (!type_string(in, &text) || strlen(text) != 10 || text[4] != '-' || text[7] != '-' ||
        strspn(text, "0123456789-") != 10)
        return fail_field(err, ctx->name, "日期请写成 2026-03-17 这样的文字", "Write the date as text like 2026-03-17");
    if (date_take(ctx, text, &day, &rest, err) < 0)
        return -1;
    member_put_int(member, day);
    return 0;
}

static bool is_midnight(const char *rest)
{
    static const char *const ways[] = { "", "0:00", "00:00", "0:00:00", "00:00:00", "00:00:00.000" };
    rest += strspn(rest, " T");
    for (size_t i = 0; i < COUNT(ways); i++)
        if (strcmp(rest, ways[i]) == 0)
            return true;
    return false;
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    (void)f;
    int64_t day;
    const char *rest;
    if (date_take(ctx, type_fold(ctx, in), &day, &rest, err) < 0)
        return -1;
    if (!is_midnight(rest))
        return fail_field(err, ctx->name, "只写日期，日期后面不要再写别的。例：2026-03-17",
                          "Takes a date and nothing after it. Example: 2026-03-17");
    member_put_int(member, day);
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
    char day[DAY_TEXT];
    day_print(member_int(member), day);
    text_printf(out, "\"%s\"", day);
}

static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    (void)f, (void)ctx, (void)en;
    char day[DAY_TEXT];
    day_print(member_int(member), day);
    text_str(out, day);
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)f, (void)kind;
    text_str(out, "{\"type\":\"string\",\"format\":\"date\"}");
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

const struct field_type type_date = {
    .name = "date",
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
