/*
** Memory that follows a lifetime: a request, an import row, a process. Freed whole; inside a handler there is no free.
** Out of memory ends the process (base/memory.h), so no allocation here can fail. Not shared between threads.
*/
#pragma once
#include <stdarg.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *block; /* newest first; NULL when empty */
};

void arena_done(struct arena *arena); /* frees everything; the arena is empty and usable again */

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for any type */
void *arena_copy(struct arena *arena, const void *bytes, size_t size);
char *arena_str(struct arena *arena, const char *text);               /* NULL stays NULL */
char *arena_strn(struct arena *arena, const char *text, size_t size); /* adds the final NUL */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))
#define AUTO_ARENA                      __attribute__((cleanup(arena_done))) struct arena
