/* UTF-8: checking, walking, counting, and the JSON string form. Lengths are in bytes unless a name says characters. */
#pragma once
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_valid(const char *text, size_t size);      /* also refuses NUL, surrogates and overlong forms */
size_t utf8_chars(const char *text);                 /* characters in a valid text */
size_t utf8_units(const char *text, size_t size);    /* the same as spreadsheets count: two beyond U+FFFF */
int32_t utf8_next(const char **at, const char *end); /* next code point; -1 at the end or on a broken byte */
void utf8_put(struct text *out, int32_t code);

void utf8_json(struct text *out, const char *text); /* quoted and escaped; broken bytes become U+FFFD */
void utf8_json_n(struct text *out, const char *text, size_t size);

/* Full-width forms and ideographic space become ASCII; outer white space goes; inner white space is kept.
** "ＡＢ　１２ " -> "AB 12". Appends to out. */
void utf8_plain(struct text *out, const char *text, size_t size);
/* Certainly the same after utf8_plain; false also where only looking closer would tell. */
bool utf8_is_plain(const char *text, size_t size);
