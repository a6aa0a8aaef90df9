/*
** Numbers that name a person: identity card and phone. The member holds the normal form (no spaces, no +86, X in upper
** case); the store gets it sealed under "kind.field" with HMACs beside it for equality. JSON is masked unless the reader
** asked otherwise; text of cells is always masked, so that an export is no way around the gate.
**
** Reading a masked form back returns 1, "leave it as it is". Messages never repeat the number.
*/
#include "record/types/shared.h"

#include "base/clock.h"
#include "base/seal.h"
#include "base/utf8.h"

#include <strings.h>

enum { PHONE_MAX = 32 };

static const struct type_column id_columns[] = { { "", COLUMN_BYTES }, { "_hash", COLUMN_BYTES } };
static const struct type_column phone_columns[] = { { "", COLUMN_BYTES },
                                                    { "_hash", COLUMN_BYTES },
                                                    { "_tail", COLUMN_BYTES } };

/* ---- hashes ---- */

static void hash_as(const struct kind *kind, const struct field *f, const char *what, const char *text,
                    unsigned char out[SEAL_HASH])
{
    AUTO_TEXT purpose = TEXT_LIMIT(256);
    text_printf(&purpose, "%s.%s%s", kind->name, f->name, what);
    seal_hash(text_get(&purpose), text, strlen(text), out);
}

void personal_hash(const struct kind *kind, const struct field *f, const char *normal, unsigned char out[32])
{
    hash_as(kind, f, "", normal, out);
}

void personal_tail(const struct kind *kind, const struct field *f, const char *last4, unsigned char out[32])
{
    hash_as(kind, f, ".tail", last4, out);
}

/* ---- identity card ---- */

static int two(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

static bool id_date_valid(const char *number)
{
    return ymd_valid(two(number + 6) * 100 + two(number + 8), two(number + 10), two(number + 12));
}

static char id_check(const char *number)
{
    int sum = 0, weight = 1; /* from the right: powers of 2 modulo 11 */
    for (int i = 16; i >= 0; i--) {
        weight = weight * 2 % 11;
        sum += (number[i] - '0') * weight;
    }
    return "10X98765432"[sum % 11];
}

bool id_number_valid(const char *number)
{
    return strlen(number) == 18 && strspn(number, "0123456789") >= 17 && number[0] != '0' && id_date_valid(number) &&
           number[17] == id_check(number);
}

static bool is_masked(const char *text)
{
    size_t head = strspn(text, "0123456789");
    size_t stars = strspn(text + head, "*");
    size_t tail = strspn(text + head + stars, "0123456789Xx");
    return head > 0 && stars > 0 && tail > 0 && text[head + stars + tail] == '\0';
}

static int half_masked(const struct type_context *ctx, struct error *err)
{
    return fail_field(err, ctx->name, "号码里有星号。要修改请写完整号码，不修改请保持原样",
                      "Contains stars. Write the full number, or leave the masked one as it was");
}

static int read_id(const struct type_context *ctx, const char *in, void *member, struct error *err)
{
    char *text = arena_str(ctx->arena, type_fold(ctx, in));
    size_t used = 0;
    for (const char *at = text; *at; at++)
        if (*at != ' ')
            text[used++] = *at == 'x' ? 'X' : *at;
    text[used] = '\0';
    if (strchr(text, '*'))
        return is_masked(text) ? 1 : half_masked(ctx, err);
    if (strpbrk(text, "Ee.") && strspn(text, "0123456789.+Ee") == used)
        return fail_field(err, ctx->name, "号码被表格软件改成了科学记数，请把这一列设为文本后重新填写",
                          "A spreadsheet turned the number into 3.7E+17; format the column as text and fill it again");
    if (used != 18)
        return fail_field(err, ctx->name, "身份证号码应是 18 位，现在是 %d 位，请核对",
                          "An identity number has 18 characters, this has %d; check it", (int)utf8_chars(text));
    if (strspn(text, "0123456789") < 17 || (text[17] != 'X' && (text[17] < '0' || text[17] > '9')) || text[0] == '0')
        return fail_field(err, ctx->name, "身份证号码只有数字，最后一位可以是 X，请核对",
                          "An identity number is digits, the last may be X; check it");
    if (!id_date_valid(text))
        return fail_field(err, ctx->name, "身份证号码第 7 至 14 位不是真实的出生日期，请核对",
                          "Digits 7 to 14 of the identity number are no date of birth; check them");
    if (!id_number_valid(text))
        return fail_field(err, ctx->name, "身份证号码的校验位不对，请核对是否抄错",
                          "The check digit of the identity number is wrong; look for a slip");
    member_put_text(member, text);
    return 0;
}

/* ---- phone ---- */

static bool is_mobile(const char *digits, size_t size)
{
    return size == 11 && digits[0] == '1' && digits[1] >= '3';
}

/* 010 and 02x have eight digits behind them, the others seven or eight. */
static size_t area_size(const char *digits)
{
    return digits[0] != '0'                                             ? 0
           : digits[1] == '2' || (digits[1] == '1' && digits[2] == '0') ? 3
           : digits[1] >= '3'                                           ? 4
                                                                        : 0;
}

static bool is_landline(const char *digits, size_t size)
{
    size_t area = area_size(digits);
    return area && size > area && digits[area] >= '2' && (area == 3 ? size == 11 : size == 11 || size == 12);
}

static bool is_service(const char *digits, size_t size)
{
    return (size == 10 && (strncmp(digits, "400", 3) == 0 || strncmp(digits, "800", 3) == 0)) ||
           (size >= 5 && size <= 8 && strncmp(digits, "95", 2) == 0);
}

static bool is_phone(const char *digits, size_t size)
{
    return is_mobile(digits, size) || is_landline(digits, size) || is_service(digits, size);
}

struct phone {
    char digits[PHONE_MAX]; /* the number, without country code */
    size_t size;
    char extension[8];
    size_t groups[8]; /* digits before each '-' */
    size_t group_count;
};

/* Digits with ' ', '(', ')' and '-' between them; 转, ext and # begin an extension. */
static bool phone_split(const char *at, struct phone *p)
{
    static const char *const begin[] = { "转", "ext.", "ext", "x", "#" };
    *p = (struct phone){ .size = 0 };
    for (; *at; at++) {
        if (*at >= '0' && *at <= '9') {
            if (p->size + 1 >= sizeof p->digits)
                return false;
            p->digits[p->size++] = *at;
            continue;
        }
        if (*at == ' ' || *at == '(' || *at == ')')
            continue;
        if (*at == '-') {
            if (p->group_count == COUNT(p->groups) || p->size == 0)
                return false;
            p->groups[p->group_count++] = p->size;
            continue;
        }
        for (size_t i = 0; i < COUNT(begin); i++) {
            size_t n = strlen(begin[i]);
            if (strncasecmp(at, begin[i], n) != 0)
                continue;
            at += n;
            at += strspn(at, " -:");
            size_t digits = strspn(at, "0123456789");
            if (digits < 1 || digits > 6 || at[digits])
                return false;
            memcpy(p->extension, at, digits);
            return true;
        }
        return false;
    }
    return true;
}

/* 0532-88881234-801: what follows the last dash is an extension when the rest is a landline by itself, or when the
** groups say so (0532-8888123-4 would be a number of its own otherwise). */
static void phone_take_extension(struct phone *p)
{
    size_t count = p->group_count;
    size_t last = count ? p->groups[count - 1] : 0;
    size_t tail = p->size - last;
    if (p->extension[0] || tail < 1 || tail > 6 || !is_landline(p->digits, last))
        return;
    bool whole = is_landline(p->digits, p->size);
    size_t area = area_size(p->digits);
    if (whole && !(count >= 2 && p->groups[count - 2] == area && last - area >= 7))
        return;
    memcpy(p->extension, p->digits + last, tail);
    p->extension[tail] = '\0';
    p->digits[last] = '\0';
    p->size = last;
}

/* +86, 0086, or 86 before a mobile number. A landline behind it has lost its 0. */
static const char *phone_cut_country(const char *text)
{
    size_t size = strncmp(text, "+86", 3) == 0                                                                      ? 3
                  : strncmp(text, "0086", 4) == 0                                                                   ? 4
                  : strncmp(text, "86", 2) == 0 && strlen(text) >= 13 && text[strspn(text, "0123456789 -")] == '\0' ? 2
                                                                                                                    : 0;
    return size ? text + size + strspn(text + size, " -") : text;
}

static int read_phone(const struct type_context *ctx, const char *in, void *member, struct error *err)
{
    const char *text = type_fold(ctx, in);
    const char *number = phone_cut_country(text);
    struct phone p;
    if (strchr(text, '*'))
        return is_masked(text) ? 1 : half_masked(ctx, err);
    if (*number == '+')
        return fail_field(err, ctx->name, "只能填写国内号码（+86）。例：13812345678 或 0532-88881234",
                          "Takes numbers of mainland China (+86). Example: 13812345678 or 0532-88881234");
    bool sound = phone_split(number, &p);
    if (sound && number != text && p.digits[0] != '0' && !is_phone(p.digits, p.size) && p.size + 2 < sizeof p.digits) {
        memmove(p.digits + 1, p.digits, p.size + 1);
        p.digits[0] = '0';
        p.size++;
        for (size_t i = 0; i < p.group_count; i++)
            p.groups[i]++;
    }
    if (sound)
        phone_take_extension(&p);
    if (sound && p.extension[0] && !is_landline(p.digits, p.size))
        sound = is_service(p.digits, p.size);
    if (sound && p.digits[0] >= '2' && (p.size == 7 || p.size == 8) && !is_service(p.digits, p.size))
        return fail_field(err, ctx->name, "固定电话请加区号。例：0532-88881234",
                          "A landline needs its area code. Example: 0532-88881234");
    if (p.size > 20 || strpbrk(text, "/,;") || strstr(text, "、"))
        return fail_field(err, ctx->name, "这里只填一个号码。例：13812345678 或 0532-88881234",
                          "Takes one number. Example: 13812345678 or 0532-88881234");
    if (sound && p.digits[0] == '1' && p.size != 11)
        return fail_field(err, ctx->name, "手机号码应是 11 位，现在是 %d 位，请核对",
                          "A mobile number has 11 digits, this has %d; check it", (int)p.size);
    if (!sound || !is_phone(p.digits, p.size))
        return fail_field(err, ctx->name, "不是电话号码，请核对。例：13812345678 或 0532-88881234",
                          "Is no phone number; check it. Example: 13812345678 or 0532-88881234");
    member_put_text(member, arena_printf(ctx->arena, "%s%s%s", p.digits, p.extension[0] ? "-" : "", p.extension));
    return 0;
}

/* ---- the type ---- */

static bool is_id(const struct field *f)
{
    return f->type == &type_id_number;
}

static int read_json(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err)
{
    const char *text;
    if (!type_string(in, &text))
        return fail_field(err, ctx->name, "号码请写成文字（加引号）", "Write the number as text, in quotes");
    return is_id(f) ? read_id(ctx, text, member, err) : read_phone(ctx, text, member, err);
}

static int read_text(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err)
{
    return is_id(f) ? read_id(ctx, in, member, err) : read_phone(ctx, in, member, err);
}

static const char *seal_context(const struct field *f, const struct type_context *ctx)
{
    return arena_printf(ctx->arena, "%s.%s", ctx->kind->name, f->name);
}

static void to_values(const struct field *f, const struct type_context *ctx, const void *member, struct value *out)
{
    const char *normal = member_text(member);
    size_t sealed_size, size = strlen(normal);
    const void *sealed = seal(ctx->arena, seal_context(f, ctx), normal, size, &sealed_size);
    unsigned char *hash = arena_alloc(ctx->arena, SEAL_HASH);
    personal_hash(ctx->kind, f, normal, hash);
    out[0] = value_bytes(sealed, sealed_size);
    out[1] = value_bytes(hash, SEAL_HASH);
    if (is_id(f))
        return;
    size_t number = strcspn(normal, "-"); /* every phone has at least five digits */
    unsigned char *tail = arena_alloc(ctx->arena, SEAL_HASH);
    personal_tail(ctx->kind, f, arena_strn(ctx->arena, normal + number - 4, 4), tail);
    out[2] = value_bytes(tail, SEAL_HASH);
}

static bool from_values(const struct field *f, const struct type_context *ctx, const struct value *in, void *member)
{
    const char *normal;
    if (in[0].is != VALUE_BYTES || !unseal(ctx->arena, seal_context(f, ctx), in[0].at, in[0].size, &normal))
        return false;
    member_put_text(member, normal);
    return true;
}

/* 370211********1234, 138****1234, 053*******34, 95**8 */
static void put_masked(const struct field *f, const char *normal, struct text *out)
{
    size_t size = strcspn(normal, "-"), head, tail;
    if (is_id(f)) {
        head = 6;
        tail = 4;
    } else {
        head = size > 8 ? 3 : 2;
        tail = is_mobile(normal, size) ? 4 : size > 8 ? 2 : 1;
    }
    text_add(out, normal, head);
    for (size_t i = head; i < size - tail; i++)
        text_char(out, '*');
    text_add(out, normal + size - tail, tail);
}

static void to_json(const struct field *f, const struct type_context *ctx, const void *member, bool masked,
                    struct text *out)
{
    (void)ctx;
    text_char(out, '"');
    if (masked)
        put_masked(f, member_text(member), out);
    else
        text_str(out, member_text(member));
    text_char(out, '"');
}

static void to_text(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out)
{
    (void)ctx, (void)en;
    put_masked(f, member_text(member), out);
}

static void schema(const struct field *f, const struct kind *kind, struct text *out)
{
    (void)kind;
    text_printf(out, "{\"type\":\"string\",\"maxLength\":%d,\"x-personal\":true,\"description\":\"%s\"}",
                is_id(f) ? 18 : PHONE_MAX, "masked unless unmasked");
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

const struct field_type type_id_number = {
    .name = "id-number",
    .columns = id_columns,
    .column_count = COUNT(id_columns),
    .filter = FILTER_EQUAL | FILTER_NONE,
    .personal = true,
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

const struct field_type type_phone = {
    .name = "phone",
    .columns = phone_columns,
    .column_count = COUNT(phone_columns),
    .filter = FILTER_EQUAL | FILTER_NONE,
    .personal = true,
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
