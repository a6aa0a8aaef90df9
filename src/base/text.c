#include "base/text.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_done(struct text *text)
{
    memory_free(text->at);
    *text = (struct text){ .limit = text->limit };
}

void text_clear(struct text *text)
{
    text->used = 0;
    text->bad = false;
    if (text->at)
        text->at[0] = '\0';
}

bool text_ok(const struct text *text)
{
    return !text->bad;
}

const char *text_get(const struct text *text)
{
    return text->at ? text->at : "";
}

char *text_take(struct text *text)
{
    char *out = text->at ? text->at : memory_str("");
    *text = (struct text){ .limit = text->limit };
    return out;
}

static bool text_room(struct text *text, size_t more)
{
    if (text->bad || more > text->limit || text->used + more > text->limit) {
        text->bad = true;
        return false;
    }
    if (text->used + more + 1 > text->room) {
        size_t room = text->room ? text->room * 2 : 256;
        while (room < text->used + more + 1)
            room *= 2;
        text->at = memory_resize(text->at, room);
        text->room = room;
    }
    return true;
}

void text_add(struct text *text, const void *bytes, size_t size)
{
    if (!text_room(text, size))
        return;
    if (size)
        memcpy(text->at + text->used, bytes, size);
    text->used += size;
    text->at[text->used] = '\0';
}

void text_str(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_char(struct text *text, char c)
{
    text_add(text, &c, 1);
}

static void add_digits(struct text *text, uint64_t rest)
{
    char digits[24];
    char *at = digits + sizeof digits;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    text_add(text, at, (size_t)(digits + sizeof digits - at));
}

void text_int(struct text *text, int64_t number)
{
    if (number < 0)
        text_char(text, '-');
    add_digits(text, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void text_fixed(struct text *text, int64_t number, int scale)
{
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    uint64_t unit = 1;
    for (int i = 0; i < scale; i++)
        unit *= 10;
    if (number < 0)
        text_char(text, '-');
    add_digits(text, rest / unit);
    if (scale == 0)
        return;
    char digits[24];
    rest %= unit;
    for (int i = scale; i-- > 0; rest /= 10)
        digits[i] = (char)('0' + rest % 10);
    text_char(text, '.');
    text_add(text, digits, (size_t)scale);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t room = text->room - text->used; /* most of the time it fits what is there */
    int n = vsnprintf(text->at ? text->at + text->used : NULL, room, format, args);
    if (n >= 0 && text_room(text, (size_t)n)) {
        if ((size_t)n >= room)
            vsnprintf(text->at + text->used, (size_t)n + 1, format, again);
        text->used += (size_t)n;
    } else if (text->at) {
        text->at[text->used] = '\0';
    }
    va_end(again);
    va_end(args);
}
