#include "base/value.h"

#include <string.h>

struct value value_null(void)
{
    return (struct value){ .is = VALUE_NULL };
}

struct value value_int(int64_t number)
{
    return (struct value){ .is = VALUE_INT, .number = number };
}

struct value value_text(const char *text)
{
    return text ? (struct value){ .is = VALUE_TEXT, .at = text, .size = strlen(text) } : value_null();
}

struct value value_bytes(const void *bytes, size_t size)
{
    return (struct value){ .is = VALUE_BYTES, .at = bytes, .size = size };
}

int value_same(const struct value *a, const struct value *b)
{
    if (a->is != b->is)
        return 0;
    if (a->is == VALUE_INT)
        return a->number == b->number;
    if (a->is == VALUE_NULL)
        return 1;
    return a->size == b->size && (a->size == 0 || memcmp(a->at, b->at, a->size) == 0);
}
