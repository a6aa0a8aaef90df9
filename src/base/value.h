/* What may stand in one column of one row: nothing, a 64-bit integer, a text, or bytes. Borrowed, never owned. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum value_is { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BYTES };

struct value {
    enum value_is is;
    int64_t number;
    const char *at; /* text (NUL-terminated) or bytes; valid as long as whoever filled it says */
    size_t size;
};

struct value value_null(void);
struct value value_int(int64_t number);
struct value value_text(const char *text); /* NULL becomes VALUE_NULL */
struct value value_bytes(const void *bytes, size_t size);
int value_same(const struct value *a, const struct value *b); /* 1 when equal */
