/*
** A file of sealed blocks, written once from front to back: what an import keeps on disk while it waits (its cells hold
** personal data). Each block is sealed on its own, bound to the file's purpose and to its place in it, so that blocks
** cannot be taken out, moved or put into another file without the reader noticing.
**
** Form: blocks of u32 size (little-endian, of what follows) ‖ sealed bytes (base/seal.h). A block holds at most
** BLOCK_BYTES. A file cut short by a crash is cut back to a size that blocks_size gave before (blocks_resume).
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum { BLOCK_BYTES = 32 << 20 };

struct blocks;

/* purpose: "import.7.rows". Makes the file anew (0600). */
int blocks_create(const char *path, const char *purpose, struct blocks **out, struct error *err);
/* For writing on: everything behind `size` is thrown away, and what a power cut took from before it is done without. */
int blocks_resume(const char *path, const char *purpose, int64_t size, struct blocks **out, struct error *err);
int blocks_open(const char *path, const char *purpose, struct blocks **out, struct error *err);
void blocks_close(struct blocks *blocks); /* NULL is fine */

int blocks_put(struct blocks *blocks, const void *bytes, size_t size, struct error *err);
int blocks_sync(struct blocks *blocks, struct error *err); /* what was put is on disk */
int64_t blocks_size(const struct blocks *blocks);
/* Back to where the file ended before the last block was put: a transaction that is run again writes it again. */
void blocks_take_back(struct blocks *blocks);

/* 1 with a block (in the arena), 0 at the end, -1 with *err. */
int blocks_next(struct blocks *blocks, struct arena *arena, const char **bytes, size_t *size, struct error *err);
