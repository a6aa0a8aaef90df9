/* Bytes as URL-safe base64 without padding. */
#pragma once
#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

char *base64_put(struct arena *arena, const void *bytes, size_t size);
bool base64_get(struct arena *arena, const char *text, const void **bytes, size_t *size);
