/*
** A growing text with a ceiling stated at birth. Once an append would pass the ceiling the text stays failed, so
** callers append freely and ask text_ok() at the end. Bytes are kept NUL-terminated.
*/
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *at;    /* NULL while empty */
    size_t used; /* without the final NUL */
    size_t room, limit;
    bool bad;
};

#define TEXT_LIMIT(bytes) \
    {                     \
        .limit = (bytes)  \
    }

void text_done(struct text *text);
void text_clear(struct text *text); /* empty again, memory kept */
bool text_ok(const struct text *text);
const char *text_get(const struct text *text); /* "" while empty */
char *text_take(struct text *text);            /* caller frees with memory_free; text is empty again */

void text_add(struct text *text, const void *bytes, size_t size);
void text_str(struct text *text, const char *string);
void text_char(struct text *text, char c);
void text_int(struct text *text, int64_t number);
void text_fixed(struct text *text, int64_t number, int scale); /* 12345, 2 -> 123.45 */
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define AUTO_TEXT __attribute__((cleanup(text_done))) struct text
