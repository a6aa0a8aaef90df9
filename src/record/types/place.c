/* A point, WGS-84, in 1e-7 degrees (about a centimetre). Digits beyond that are rounded: receivers print noise there.
** Numbers are accepted beside strings because maps hand out numbers; everything is written as strings. */
#include "record/types/shared.h"

enum { PLACE_SCALE = 7 };

static const int64_t degree = 10000000;
static const int64_t too_far = 10000000000; /* stands for any number out of every range */

static const struct type_column columns[] = { { "_lon", COLUMN_INT }, { "_lat", COLUMN_INT } };

static int keep(const struct type_context *ctx, int64_t lon, int64_t lat, void *member, struct error *err)
{
    if ((lat < -90 * degree || lat > 90 * degree) && lat >= -180 * degree && lat <= 180 * degree &&
        lon >= -90 * degree && lon <= 90 * degree)
        return fail_field(err, ctx->name, "纬度应在 -90 到 90 之间，可能把经度和纬度写反了。例：120.35,36.1",
                          "The latitude lies outside -90 to 90: are the two swapped? Example: 120.35,36.1");
    if (lon < -180 * degree || lon > 180 * degree)
        return fail_field(err, ctx->name, "经度应在 -180 到 180 之间。例：120.35",
                          "The longitude must lie between -180 and 180. Example: 120.35");
    if (lat < -90 * degree || lat > 90 * degree)
        return fail_field(err, ctx->name, "纬度应在 -90 到 90 之间。例：36.1",
                          "The latitude must lie between -90 and 90. Example: 36.1");
    struct place place = { (int32_t)lon, (int32_t)lat };
    memcpy(member, &place, sizeof place);
    return 0;
}

static bool read_degrees(const json_t *in, int64_t *out)
{
    const char *text;
    if (type_string(in, &text)) {
        enum fixed got = fixed_read(text, strlen(text), PLACE_SCALE, true, out);
        if (got == FIXED_TOO_LARGE)
            *out = too_far;
        return got != FIXED_NO_NUMBER;
    }
    if (!json_is_number(in))
        return false;
    double value = json_number_value(in);
    *out = value > -1000 && value < 1000 ? (int64_t)(value * (double)degree + (value < 0 ? -0.5 : 0.5)) : too_far;
    return true;
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    (void)f;
    int64_t lon, lat;
    if (!json_is_object(in) || json_object_size(in) != 2 || !read_degrees(json_object_get(in, "lon"), &lon) ||
        !read_degrees(json_object_get(in, "lat"), &lat))
        return fail_field(err, ctx->name, "位置请写成 {\"lon\":\"120.35\",\"lat\":\"36.1\"}",
                          "Write the place as {\"lon\":\"120.35\",\"lat\":\"36.1\"}");
    return keep(ctx, lon, lat, member, err);
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    (void)f;
    int64_t lon = 0, lat = 0;
    const char *text = type_fold(ctx, in);
    const char *at = text;
    while (*at && type_separator(at) == 0)
        at++;
    size_t first = (size_t)(at - text);
    for (size_t n; (n = type_separator(at)) > 0;)
        at += n;
    enum fixed x = fixed_read(text, first, PLACE_SCALE, true, &lon);
    enum fixed y = fixed_read(at, strlen(at), PLACE_SCALE, true, &lat);
    if (x == FIXED_NO_NUMBER || y == FIXED_NO_NUMBER)
        return fail_field(err, ctx->name, "位置请写成“经度,纬度”，用度和小数，不用度分秒。例：120.35,36.1",
                          "Write longitude,latitude in decimal degrees. Example: 120.35,36.1");
    return keep(ctx, x == FIXED_OK ? lon : too_far, y == FIXED_OK ? lat : too_far, member, err);
}

static struct place place_of(const void *member)
{
    struct place place;
    memcpy(&place, member, sizeof place);
    return place;
}

static void to_values(const struct field *f, const struct type_context *ctx, const void *member, struct value *out)
{
    (void)f, (void)ctx;
    out[0] = value_int(place_of(member).lon);
    out[1] = value_int(place_of(member).lat);
}

static bool from_values(const struct field *f, const struct type_context *ctx, const struct value *in, void *member)
{
    (void)f, (void)ctx;
    if (in[0].is != VALUE_INT || in[1].is != VALUE_INT || in[0].number < -180 * degree || in[0].number > 180 * degree ||
        in[1].number < -90 * degree || in[1].number > 90 * degree)
        return false;
    struct place place = { (int32_t)in[0].number, (int32_t)in[1].number };
    memcpy(member, &place, sizeof place);
    return true;
}

static void to_json(const struct field *f, const struct type_context *ctx, const void *member, bool masked,
                    struct text *out)
{
    (void)f, (void)ctx, (void)masked;
    text_str(out, "{\"lon\":\"");
    text_fixed(out, place_of(member).lon, PLACE_SCALE);
    text_str(out, "\",\"lat\":\"");
    text_fixed(out, place_of(member).lat, PLACE_SCALE);
    text_str(out, "\"}");
}

static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    (void)f, (void)ctx, (void)en;
    text_fixed(out, place_of(member).lon, PLACE_SCALE);
    text_char(out, ',');
    text_fixed(out, place_of(member).lat, PLACE_SCALE);
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)f, (void)kind;
    static const char degrees[] = "{\"type\":\"string\",\"pattern\":\"^-?[0-9]{1,3}\\\\.[0-9]{7}$\"}";
    text_printf(out,
                "{\"type\":\"object\",\"properties\":{\"lon\":%s,\"lat\":%s},\"required\":[\"lon\",\"lat\"],"
                "\"additionalProperties\":false,\"description\":\"WGS-84\"}",
                degrees, degrees);
}

static const char *typescript(const struct field *f, struct arena *arena)
{
    (void)f, (void)arena;
    return "{ lon: string; lat: string }";
}

static const char *check(const struct field *f, struct arena *arena)
{
    (void)arena;
    return type_check_row(f, 0);
}

const struct field_type type_place = {
    .name = "place",
    .columns = columns,
    .column_count = COUNT(columns),
    .filter = FILTER_NONE,
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
