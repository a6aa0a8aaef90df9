#include "record/types/shared.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <strings.h>

const struct field_type *const type_all[] = {
    &type_text,      &type_long_text, &type_integer,   &type_decimal, &type_money,     &type_yes_no, &type_date,
    &type_date_time, &type_choice,    &type_choices,   &type_state,   &type_reference, &type_object, &type_region,
    &type_place,     &type_files,     &type_id_number, &type_phone,   &type_lines,     NULL,
};

static bool is_space(int32_t code)
{
    return code == ' ' || (code >= '\t' && code <= '\r') || code == 0xA0 || code == 0x3000 || code == 0xFEFF;
}

const char *type_trim(const char *in, size_t *size)
{
    const char *at = in, *end = in + *size, *first = end, *last = end;
    while (at < end) {
        const char *from = at;
        int32_t code = utf8_next(&at, end);
        if (code < 0)
            at = from + 1;
        if (!is_space(code)) {
            if (first == end)
                first = from;
            last = at;
        }
    }
    *size = (size_t)(last - first);
    return first;
}

const char *type_fold(const struct type_context *ctx, const char *in)
{
    size_t size = strlen(in);
    if (size <= LIMIT_BODY && utf8_is_plain(in, size))
        return arena_strn(ctx->arena, in, size);
    AUTO_TEXT out = TEXT_LIMIT(LIMIT_BODY);
    utf8_plain(&out, in, size);
    return arena_strn(ctx->arena, text_get(&out), out.used);
}

bool type_same_word(const struct type_context *ctx, const char *word, const char *folded)
{
    return strcasecmp(utf8_is_plain(word, strlen(word)) ? word : type_fold(ctx, word), folded) == 0;
}

bool type_nothing(const json_t *in)
{
    if (json_is_string(in)) {
        size_t size = json_string_length(in);
        type_trim(json_string_value(in), &size);
        return size == 0;
    }
    return json_is_null(in) || (json_is_array(in) && json_array_size(in) == 0);
}

bool type_string(const json_t *in, const char **out)
{
    if (!json_is_string(in) || strlen(json_string_value(in)) != json_string_length(in))
        return false;
    *out = json_string_value(in);
    return true;
}

int64_t type_json_id(const json_t *in)
{
    const json_t *id = json_is_object(in) ? json_object_get(in, "id") : in;
    return json_is_integer(id) && json_integer_value(id) > 0 ? json_integer_value(id) : 0;
}

int64_t type_text_id(const char *in, size_t size)
{
    int64_t id = 0;
    if (size == 0 || size > 18)
        return 0;
    for (size_t i = 0; i < size; i++) {
        if (in[i] < '0' || in[i] > '9')
            return 0;
        id = id * 10 + (in[i] - '0');
    }
    return id;
}

bool type_cut_end(const char *in, size_t *size, const char *word)
{
    size_t n = word ? strlen(word) : 0;
    if (n == 0 || n > *size || memcmp(in + *size - n, word, n) != 0)
        return false;
    *size -= n;
    while (*size && in[*size - 1] == ' ')
        --*size;
    return true;
}

size_t type_separator(const char *at)
{
    static const char *const words[] = { "、", "，", "；", "\xE3\x80\x80" };
    if (*at && strchr(",;/ \t\r\n", *at))
        return 1;
    for (size_t i = 0; i < COUNT(words); i++)
        if (strncmp(at, words[i], 3) == 0)
            return 3;
    return 0;
}

/* ---- numbers ---- */

int64_t fixed_unit(int scale)
{
    int64_t unit = 1;
    while (scale-- > 0)
        unit *= 10;
    return unit;
}

enum fixed fixed_read(const char *in, size_t size, int scale, bool round, int64_t *out)
{
    const char *at = in, *end = in + size;
    bool minus = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    int64_t value = 0;
    int whole = 0, after = 0, digits = 0; /* digits: significant ones */
    bool point = false, up = false, fine = false;
    for (; at < end; at++) {
        if (*at == '.' && !point) {
            point = true;
            continue;
        }
        if (*at < '0' || *at > '9')
            return FIXED_NO_NUMBER;
        if (point && after++ >= scale) {
            up |= after == scale + 1 && *at >= '5';
            fine |= *at != '0';
            continue;
        }
        whole += !point;
        digits += digits || *at != '0';
        if (digits > 18)
            return FIXED_TOO_LARGE;
        value = value * 10 + (*at - '0');
    }
    if (whole + after == 0 || (point && after == 0))
        return FIXED_NO_NUMBER;
    if (fine && !round)
        return FIXED_TOO_FINE;
    for (; after < scale; after++) {
        digits += digits > 0;
        if (digits > 18)
            return FIXED_TOO_LARGE;
        value *= 10;
    }
    value += round && up;
    *out = minus ? -value : value;
    return FIXED_OK;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

const char *fixed_plain(const struct field *f, const struct type_context *ctx, const char *in, size_t *size)
{
    const char *folded = type_fold(ctx, in);
    *size = strlen(folded);
    if (f->unit.zh && !type_cut_end(folded, size, type_fold(ctx, f->unit.zh)))
        type_cut_end(folded, size, f->unit.en);
    if (!memchr(folded, ',', *size))
        return folded;
    char *out = arena_alloc(ctx->arena, *size + 1);
    size_t used = 0, run = 0;
    bool comma = false, point = false;
    for (size_t i = 0; i < *size; i++) {
        if (folded[i] == ',') {
            if (point || (comma ? run != 3 : run < 1 || run > 3))
                return NULL;
            comma = true;
            run = 0;
            continue;
        }
        if (folded[i] == '.') {
            if (comma && !point && run != 3)
                return NULL;
            point = true;
        }
        run += !point && is_digit(folded[i]);
        out[used++] = folded[i];
    }
    if (!point && run != 3)
        return NULL;
    *size = used;
    return out;
}

/* ---- declarations ---- */

const char *type_check_row(const struct field *f, unsigned takes)
{
    if (!f->label.zh || !f->label.zh[0] || !f->label.en || !f->label.en[0])
        return "needs a label in both languages";
    if (!(takes & ROW_LIMITS) && (f->min || f->max))
        return "has limits its type does not take";
    if (f->max && f->min > f->max)
        return "has a max below its min";
    if (!(takes & ROW_SCALE) && f->scale)
        return "has a scale its type does not take";
    if (!(takes & ROW_REF) != !f->ref)
        return f->ref ? "has a ref its type does not take" : "needs a ref";
    if (!(takes & ROW_CHOICES) != !f->choices)
        return f->choices ? "has a list its type does not take" : "needs a list of choices";
    if (!(takes & ROW_LINES) != !f->lines)
        return f->lines ? "has lines its type does not take" : "needs a child kind";
    if (!(takes & ROW_INDEX) && (f->flags & (UNIQUE | INDEXED)))
        return "cannot be indexed or unique";
    if (!(takes & ROW_SEARCH) && (f->flags & SEARCH))
        return "cannot be searched";
    if (!(takes & ROW_TITLE) && (f->flags & TITLE))
        return "cannot be a title";
    return NULL;
}
