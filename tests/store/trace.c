#include "store/trace.h"

#include "base/memory.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char *const traced_endings[TRACED_FILES] = { "", "-wal", "-journal" };

/* The default's own file lies behind it, in the same memory. */
struct wrapped {
    sqlite3_file base;
    sqlite3_file *real;
    enum traced_file file; /* TRACED_FILES: not recorded */
    bool folder;           /* its next flush is one of the folder too */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct trace trace;
static const char *traced_path;
static sqlite3_vfs *below, recording;

static void record(enum traced_act act, enum traced_file file, int64_t offset, const void *bytes, int64_t size)
{
    if (file == TRACED_FILES)
        return;
    struct traced t = { act, file, offset, size, NULL };
    if (size > 0) {
        t.bytes = memory_new((size_t)size);
        memcpy(t.bytes, bytes, (size_t)size);
    }
    pthread_mutex_lock(&lock);
    if (trace.count == trace.room) {
        trace.room = trace.room ? trace.room * 2 : 1024;
        trace.all = memory_resize(trace.all, trace.room * sizeof *trace.all);
    }
    trace.all[trace.count++] = t;
    pthread_mutex_unlock(&lock);
}

static enum traced_file which(const char *name)
{
    size_t size = strlen(traced_path);
    if (!name || strncmp(name, traced_path, size) != 0)
        return TRACED_FILES;
    for (int i = 0; i < TRACED_FILES; i++)
        if (strcmp(name + size, traced_endings[i]) == 0)
            return (enum traced_file)i;
    return TRACED_FILES;
}

/* ---- a file ---- */

#define REAL(file)         (((struct wrapped *)(file))->real)
#define CALL(file, m, ...) (REAL(file)->pMethods->m(REAL(file), __VA_ARGS__))

static int file_close(sqlite3_file *file)
{
    return REAL(file)->pMethods->xClose(REAL(file));
}

static int file_read(sqlite3_file *file, void *out, int size, sqlite3_int64 at)
{
    return CALL(file, xRead, out, size, at);
}

static int file_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    int rc = CALL(file, xWrite, bytes, size, at);
    if (rc == SQLITE_OK)
        record(TRACE_WRITE, ((struct wrapped *)file)->file, at, bytes, size);
    return rc;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int rc = CALL(file, xTruncate, size);
    if (rc == SQLITE_OK)
        record(TRACE_TRUNCATE, ((struct wrapped *)file)->file, size, NULL, 0);
    return rc;
}

static int file_sync(sqlite3_file *file, int flags)
{
    int rc = CALL(file, xSync, flags);
    struct wrapped *w = (struct wrapped *)file;
    if (rc == SQLITE_OK) {
        record(TRACE_SYNC, w->file, 0, NULL, 0);
        if (w->folder)
            record(TRACE_FOLDER, w->file, 0, NULL, 0);
        w->folder = false;
    }
    return rc;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return CALL(file, xFileSize, size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return CALL(file, xLock, level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return CALL(file, xUnlock, level);
}

static int file_reserved(sqlite3_file *file, int *held)
{
    return CALL(file, xCheckReservedLock, held);
}

static int file_control(sqlite3_file *file, int what, void *arg)
{
    return CALL(file, xFileControl, what, arg);
}

static int file_sector(sqlite3_file *file)
{
    return REAL(file)->pMethods->xSectorSize(REAL(file));
}

static int file_traits(sqlite3_file *file)
{
    return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}

static int file_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
    return CALL(file, xShmMap, region, size, extend, out);
}

static int file_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return CALL(file, xShmLock, offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static int file_shm_unmap(sqlite3_file *file, int gone)
{
    return CALL(file, xShmUnmap, gone);
}

static int file_fetch(sqlite3_file *file, sqlite3_int64 at, int size, void **out)
{
    return CALL(file, xFetch, at, size, out);
}

static int file_unfetch(sqlite3_file *file, sqlite3_int64 at, void *bytes)
{
    return CALL(file, xUnfetch, at, bytes);
}

static const sqlite3_io_methods methods = {
    .iVersion = 3,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
    .xFetch = file_fetch,
    .xUnfetch = file_unfetch,
};

/* ---- the file system ---- */

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given)
{
    (void)vfs;
    struct wrapped *w = (struct wrapped *)file;
    w->real = (sqlite3_file *)(w + 1);
    w->file = which(name);
    w->folder = (flags & SQLITE_OPEN_CREATE) && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL));
    int rc = below->xOpen(below, name, w->real, flags, given);
    w->base.pMethods = w->real->pMethods ? &methods : NULL;
    return rc;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    int rc = below->xDelete(below, name, sync);
    if (rc == SQLITE_OK) {
        record(TRACE_DELETE, which(name), 0, NULL, 0);
        if (sync)
            record(TRACE_FOLDER, which(name), 0, NULL, 0);
    }
    return rc;
}

void trace_begin(const char *path)
{
    sqlite3_initialize();
    trace = (struct trace){ 0 };
    traced_path = path;
    below = sqlite3_vfs_find(NULL);
    recording = *below; /* all but these are the default's, and look at nothing of the structure */
    recording.zName = "recording";
    recording.pNext = NULL;
    recording.szOsFile = (int)sizeof(struct wrapped) + below->szOsFile;
    recording.xOpen = vfs_open;
    recording.xDelete = vfs_delete;
    if (sqlite3_vfs_register(&recording, 1) != SQLITE_OK)
        abort();
}

void trace_said(int64_t change)
{
    record(TRACE_SAID, TRACED_DATABASE, change, NULL, 0);
}

struct trace trace_end(void)
{
    sqlite3_vfs_unregister(&recording);
    sqlite3_vfs_register(below, 1);
    return trace;
}

void trace_free(struct trace *given)
{
    for (size_t i = 0; i < given->count; i++)
        memory_free(given->all[i].bytes);
    memory_free(given->all);
    *given = (struct trace){ 0 };
}
