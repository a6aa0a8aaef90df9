/*
** Where SQLite keeps what a savepoint may have to put back.
**
** By default it moves that journal to a file beyond 64 KiB, which made 72 small writes of every row of an import. Told to
** keep more in memory, it allocates the whole limit for every savepoint that writes anything: a fresh mapping of 64 MiB
** per change, and one page fault for every page changed. Here the block of the last savepoint is kept for the next one.
** Other memory of SQLite comes from the C library as always.
*/
#pragma once

/* Beyond so much a savepoint goes on in a file: an import's chunk of 200 rows with all its indexes stays below. What
** the largest job has touched of it stays with the process. */
enum { JOURNAL_BYTES = 64 << 20 };

/* Once per process, before SQLite is first used; thread-safe afterwards. */
void journal_in_memory(void);
