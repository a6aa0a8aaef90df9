#include "store/journal.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>

static sqlite3_mem_methods plain;
static _Atomic(void *) kept;

/* The library's own xFree and xSize take no NULL. */
static void drop(void *block)
{
    if (block)
        plain.xFree(block);
}

static void *take(int size)
{
    if (size >= JOURNAL_BYTES) {
        void *block = atomic_exchange(&kept, NULL);
        if (block && plain.xSize(block) >= size)
            return block;
        drop(block);
    }
    return plain.xMalloc(size);
}

static void give(void *block)
{
    void *none = NULL;
    if (block && plain.xSize(block) >= JOURNAL_BYTES && atomic_compare_exchange_strong(&kept, &none, block))
        return;
    drop(block);
}

static void shut_down(void *data)
{
    drop(atomic_exchange(&kept, NULL));
    plain.xShutdown(data);
}

void journal_in_memory(void)
{
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
        return;
    sqlite3_mem_methods keeping = plain;
    keeping.xMalloc = take;
    keeping.xFree = give;
    keeping.xShutdown = shut_down;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &keeping);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, JOURNAL_BYTES);
}
