#include "base/arena.h"

#include "base/memory.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Blocks are zeroed when they are taken. Most arenas live for one statement and need little: the first block is small,
** each further one twice the one before. */
enum { BLOCK_FIRST = 1024, BLOCK_MOST = 16 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t used, room;
    alignas(max_align_t) unsigned char bytes[];
};

void arena_done(struct arena *arena)
{
    for (struct arena_block *b = arena->block, *next; b; b = next) {
        next = b->next;
        memory_free(b);
    }
    arena->block = NULL;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t step = alignof(max_align_t);
    size = (size + step - 1) / step * step;
    struct arena_block *b = arena->block;
    if (!b || b->room - b->used < size) {
        size_t room = !b ? BLOCK_FIRST : b->room < BLOCK_MOST ? 2 * b->room : BLOCK_MOST;
        while (room < size && room < BLOCK_MOST)
            room *= 2;
        bool giant = size > room;
        if (giant)
            room = size;
        b = memory_new(sizeof *b + room);
        b->room = room;
        if (giant && arena->block) { /* a giant gets its own block behind the current one */
            b->next = arena->block->next;
            arena->block->next = b;
        } else {
            b->next = arena->block;
            arena->block = b;
        }
    }
    void *at = b->bytes + b->used;
    b->used += size;
    return at;
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    void *copy = arena_alloc(arena, size ? size : 1);
    if (size)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_strn(struct arena *arena, const char *text, size_t size)
{
    char *copy = arena_alloc(arena, size + 1);
    if (size)
        memcpy(copy, text, size);
    return copy;
}

char *arena_str(struct arena *arena, const char *text)
{
    return text ? arena_strn(arena, text, strlen(text)) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    char some[256];
    int n = vsnprintf(some, sizeof some, format, args);
    char *out = arena_alloc(arena, (size_t)(n < 0 ? 0 : n) + 1);
    if (n >= (int)sizeof some)
        vsnprintf(out, (size_t)n + 1, format, again);
    else if (n > 0)
        memcpy(out, some, (size_t)n);
    va_end(again);
    va_end(args);
    return out;
}
