#include "base/base64.h"

#include <sodium.h>
#include <string.h>

char *base64_put(struct arena *arena, const void *bytes, size_t size)
{
    size_t room = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *out = arena_alloc(arena, room);
    sodium_bin2base64(out, room, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return out;
}

bool base64_get(struct arena *arena, const char *text, const void **bytes, size_t *size)
{
    size_t length = strlen(text);
    unsigned char *out = arena_alloc(arena, length + 1);
    if (sodium_base642bin(out, length, text, length, NULL, size, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    *bytes = out;
    return true;
}
