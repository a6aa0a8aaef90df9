/*
** What SQLite asked of the disk, in its order. trace_begin puts a file system of its own before SQLite's default one, so
** that whatever opens a database from then on is recorded; trace_end puts the default back. What is recorded are the files
** of one database: itself, its write-ahead log, its rollback journal. One trace at a time; any thread may write to it.
*/
#pragma once
#include <stddef.h>
#include <stdint.h>

enum traced_file { TRACED_DATABASE, TRACED_LOG, TRACED_JOURNAL, TRACED_FILES };
extern const char *const traced_endings[TRACED_FILES]; /* "", "-wal", "-journal" */

enum traced_act {
    TRACE_WRITE,    /* size bytes at offset */
    TRACE_TRUNCATE, /* to offset bytes */
    TRACE_DELETE,
    TRACE_SYNC,   /* what was written into this file before is on the disk */
    TRACE_FOLDER, /* and what files there are: SQLite flushes that with the first flush of a new log or journal */
    TRACE_SAID,   /* of no file: somebody was told that change number `offset` is stored */
};

struct traced {
    enum traced_act act;
    enum traced_file file;
    int64_t offset, size;
    unsigned char *bytes;
};

struct trace {
    struct traced *all;
    size_t count, room;
};

/* path: of the database, as the store is given it; it outlives the trace. */
void trace_begin(const char *path);
void trace_said(int64_t change);
/* Nothing is open any more. The trace is the caller's. */
struct trace trace_end(void);
void trace_free(struct trace *trace);
