/* Instants in milliseconds UTC. RFC 3339 in JSON; in cells China time, "2024-03-05 13:45" with seconds and milliseconds
** only where there are any. A day without a time is its first moment, as a spreadsheet prints midnight. */
#include "record/types/shared.h"

#include "base/clock.h"

static const struct type_column columns[] = { { "", COLUMN_INT } };

/* Whatever zone it is printed in, the year stays inside what the readers accept. */
static int keep(const struct type_context *ctx, int64_t ms, void *member, struct error *err)
{
    int64_t first = day_from_ymd(1900, 1, 1) * DAY_MS;
    int64_t end = day_from_ymd(2201, 1, 1) * DAY_MS - CHINA_OFFSET_MS;
    if (ms < first || ms >= end)
        return fail_field(err, ctx->name, "年份应在 1900 到 2200 之间。例：2026-03-17 09:30",
                          "The year must lie between 1900 and 2200. Example: 2026-03-17 09:30");
    member_put_int(member, ms);
    return 0;
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    (void)f;
    int64_t ms;
    const char *text;
    if (!type_string(in, &text) || !instant_parse(text, strlen(text), &ms))
        return fail_field(err, ctx->name, "时间请写成 2026-03-17T09:30:00+08:00 这样的文字",
                          "Write the time as text like 2026-03-17T09:30:00+08:00");
    return keep(ctx, ms, member, err);
}

static bool take_two(const char **at, int least, int most, int *out)
{
    int count = 0;
    *out = 0;
    for (; count < 2 && **at >= '0' && **at <= '9'; ++*at, count++)
        *out = *out * 10 + (**at - '0');
    return count >= least && *out <= most;
}

static bool take_any(const char **at, const char *const *words)
{
    for (; *words; words++)
        if (strncmp(*at, *words, strlen(*words)) == 0) {
            *at += strlen(*words);
            return true;
        }
    return false;
}

/* "13:45", "13:45:10.250", "13时45分", "13点45分10秒" */
static bool read_clock(const char *at, int64_t *ms)
{
    static const char *const after_hour[] = { ":", "时", "点", NULL };
    static const char *const minute_word[] = { "分", NULL };
    static const char *const after_second[] = { "秒", NULL };
    int hour, minute, second = 0, milli = 0;
    if (!take_two(&at, 1, 23, &hour) || !take_any(&at, after_hour) || !take_two(&at, 2, 59, &minute))
        return false;
    if (*at == ':' || (take_any(&at, minute_word) && *at)) {
        at += *at == ':';
        if (!take_two(&at, 2, 59, &second))
            return false;
        if (*at == '.') {
            int count = 0;
            for (at++; *at >= '0' && *at <= '9' && count < 3; at++, count++)
                milli = milli * 10 + (*at - '0');
            if (count != 3)
                return false;
        }
        take_any(&at, after_second);
    }
    *ms = ((hour * 60 + minute) * 60 + second) * 1000LL + milli;
    return *at == '\0';
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    (void)f;
    int64_t day, ms = 0;
    const char *text = type_fold(ctx, in), *rest;
    if (instant_parse(text, strlen(text), &ms))
        return keep(ctx, ms, member, err);
    if (date_take(ctx, text, &day, &rest, err) < 0)
        return -1;
    rest += strspn(rest, " T");
    if (*rest && !read_clock(rest, &ms))
        return fail_field(err, ctx->name, "时间写得不对。例：2026-03-17 09:30",
                          "The time cannot be read. Example: 2026-03-17 09:30");
    return keep(ctx, day * DAY_MS - CHINA_OFFSET_MS + (*rest ? ms : 0), member, err);
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
    char instant[INSTANT_TEXT];
    instant_print(member_int(member), instant);
    text_printf(out, "\"%s\"", instant);
}

static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    (void)f, (void)ctx, (void)en;
    int64_t day = day_of_ms(member_int(member));
    int rest = (int)(member_int(member) + CHINA_OFFSET_MS - day * DAY_MS);
    char date[DAY_TEXT];
    day_print(day, date);
    text_printf(out, "%s %02d:%02d", date, rest / 3600000, rest / 60000 % 60);
    if (rest % 60000)
        text_printf(out, ":%02d", rest / 1000 % 60);
    if (rest % 1000)
        text_printf(out, ".%03d", rest % 1000);
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)f, (void)kind;
    text_str(out, "{\"type\":\"string\",\"format\":\"date-time\"}");
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

const struct field_type type_date_time = {
    .name = "date-time",
    .columns = columns,
    .column_count = COUNT(columns),
    .filter = FILTER_RANGE | FILTER_NONE,
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
