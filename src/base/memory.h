/* Heap memory. Running out ends the process with a line in the log: the store is crash-safe, half-made state is not. */
#pragma once
#include <stddef.h>

void *memory_new(size_t size); /* zeroed */
void *memory_resize(void *memory, size_t size);
char *memory_str(const char *text);
void memory_free(void *memory); /* NULL is fine */
