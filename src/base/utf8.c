#include "base/utf8.h"

#include <string.h>

int32_t utf8_next(const char **at, const char *end)
{
    const unsigned char *s = (const unsigned char *)*at;
    size_t left = (size_t)(end - *at);
    if (left == 0)
        return -1;
    if (s[0] < 0x80) {
        *at += 1;
        return s[0];
    }
    static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    int size = s[0] >= 0xF0 && s[0] < 0xF5 ? 4 : s[0] >= 0xE0 && s[0] < 0xF0 ? 3 : s[0] >= 0xC2 && s[0] < 0xE0 ? 2 : 0;
    if (size == 0 || left < (size_t)size)
        return -1;
    int32_t code = s[0] & (0xFF >> (size + 1));
    for (int i = 1; i < size; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return -1;
        code = code << 6 | (s[i] & 0x3F);
    }
    if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return -1;
    *at += size;
    return code;
}

bool utf8_valid(const char *text, size_t size)
{
    const char *end = text + size;
    while (text < end)
        if (utf8_next(&text, end) <= 0)
            return false;
    return true;
}

size_t utf8_chars(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

size_t utf8_units(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += (((unsigned char)text[i] & 0xC0) != 0x80) + ((unsigned char)text[i] >= 0xF0);
    return count;
}

void utf8_put(struct text *out, int32_t code)
{
    if (code < 0x80) {
        text_char(out, (char)code);
    } else if (code < 0x800) {
        text_char(out, (char)(0xC0 | code >> 6));
        text_char(out, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        text_char(out, (char)(0xE0 | code >> 12));
        text_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
        text_char(out, (char)(0x80 | (code & 0x3F)));
    } else {
        text_char(out, (char)(0xF0 | code >> 18));
        text_char(out, (char)(0x80 | (code >> 12 & 0x3F)));
        text_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
        text_char(out, (char)(0x80 | (code & 0x3F)));
    }
}

void utf8_json_n(struct text *out, const char *text, size_t size)
{
    const char *end = text + size;
    text_char(out, '"');
    while (text < end) {
        const char *plain = text;
        while (text < end && (unsigned char)*text >= 0x20 && (unsigned char)*text < 0x80 && *text != '"' &&
               *text != '\\')
            text++;
        if (text > plain)
            text_add(out, plain, (size_t)(text - plain));
        if (text == end)
            break;
        const char *from = text;
        int32_t code = utf8_next(&text, end);
        if (code < 0) {
            text++;
            text_str(out, "\xEF\xBF\xBD");
        } else if (code == '"' || code == '\\') {
            text_char(out, '\\');
            text_char(out, (char)code);
        } else if (code == '\n') {
            text_str(out, "\\n");
        } else if (code < 0x20) {
            text_printf(out, "\\u%04x", (unsigned)code);
        } else {
            text_add(out, from, (size_t)(text - from));
        }
    }
    text_char(out, '"');
}

void utf8_json(struct text *out, const char *text)
{
    utf8_json_n(out, text, strlen(text));
}

static bool is_space(int32_t code)
{
    return code == ' ' || (code >= '\t' && code <= '\r') || code == 0xA0 || code == 0x3000 || code == 0xFEFF;
}

static bool is_ascii_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Everything else that is space or has a full width begins with one of three bytes: U+00A0 with C2, U+3000 with E3, U+FEFF
** and U+FF01 to U+FF5E with EF. */
static bool may_fold(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0xC2 && (c == 0xC2 || c == 0xE3 || c == 0xEF))
            return true;
    }
    return false;
}

bool utf8_is_plain(const char *text, size_t size)
{
    return size == 0 || (!is_ascii_space(text[0]) && !is_ascii_space(text[size - 1]) && !may_fold(text, size));
}

static void plain_of_ascii_space(struct text *out, const char *text, size_t size)
{
    while (size && is_ascii_space(text[size - 1]))
        size--;
    for (; size && is_ascii_space(*text); size--)
        text++;
    text_add(out, text, size);
}

void utf8_plain(struct text *out, const char *text, size_t size)
{
    if (!may_fold(text, size)) {
        plain_of_ascii_space(out, text, size);
        return;
    }
    const char *at = text, *end = text + size, *keep = text;
    bool started = false;
    const char *first = NULL;
    while (at < end) {
        const char *from = at;
        int32_t code = utf8_next(&at, end);
        if (code < 0) {
            at = from + 1;
            code = 0xFFFD;
        }
        if (!is_space(code)) {
            if (!started)
                first = from;
            started = true;
            keep = at;
        }
    }
    if (!started)
        return;
    for (at = first; at < keep;) {
        const char *from = at;
        int32_t code = utf8_next(&at, keep);
        if (code < 0) {
            at = from + 1;
            text_add(out, from, 1); /* left as it was: the caller's validity check names it */
        } else if (code >= 0xFF01 && code <= 0xFF5E) {
            text_char(out, (char)(code - 0xFEE0));
        } else if (code == 0x3000 || code == 0xA0) {
            text_char(out, ' ');
        } else {
            text_add(out, from, (size_t)(at - from));
        }
    }
}
