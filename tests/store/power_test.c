/*
** A loss of power, SQLite: the disk keeps what it was told to flush, and of what came after anything or nothing. All that the
** store's writer asks of the disk is recorded (trace.h) while changes are written and acknowledged; then the files are made
** again as they might have stood at every flush, and before it with what was not flushed dropped, kept in part, or torn
** between blocks. Each time the database has to open whole, with every change acknowledged by then, and none by half.
*/
#include "store/trace.h"
#include "store/world.h"

#include "base/memory.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A change writes its slot anew, over several pages, and says so in a second table. A thread has slots of its own, so that of
** two changes of one slot the later number is the later one. SESSION changes fill the log beyond where it is written back. */
enum {
    THREADS = 4,
    SESSIONS = 2,
    SESSION = 100,
    CHANGES = SESSIONS * SESSION,
    SLOTS = 16,
    BLOCK = 4096,
    MADE = CHANGES
};

static const char MAKE[] = "CREATE TABLE page (slot INTEGER PRIMARY KEY, change INTEGER, body BLOB) STRICT;"
                           "CREATE TABLE told (change INTEGER PRIMARY KEY, slot INTEGER) STRICT";

static int64_t slot_of(int64_t change)
{
    return change % SLOTS; /* SLOTS is a multiple of THREADS */
}

static size_t body_size(int64_t change)
{
    return 600 + (size_t)(change * 7919 % 97) * 880;
}

/* Never the same bytes for two changes, at any place. */
static void body_fill(int64_t change, uint64_t *body)
{
    for (size_t i = 0; i < body_size(change) / sizeof *body; i++)
        body[i] = ((uint64_t)change + 1) * 0x9E3779B97F4A7C15u ^ i * 0xBF58476D1CE4E5B9u;
}

static uint64_t bodies[CHANGES][(600 + 96 * 880) / sizeof(uint64_t)];

/* ---- recording ---- */

static int write_change(struct db *db, void *args, struct error *err)
{
    int64_t change = *(const int64_t *)args;
    if (db_run(db,
               "INSERT INTO page (slot, change, body) VALUES (?, ?, ?) ON CONFLICT (slot) DO UPDATE SET change = "
               "excluded.change, body = excluded.body",
               BIND(value_int(slot_of(change)), value_int(change), value_bytes(bodies[change], body_size(change))),
               NULL, err) < 0)
        return -1;
    return db_run(db, "INSERT INTO told (change, slot) VALUES (?, ?)",
                  BIND(value_int(change), value_int(slot_of(change))), NULL, err);
}

struct writer {
    struct store *store;
    int64_t first, end;
    struct error err;
    pthread_t thread;
};

static void *write_changes(void *arg)
{
    struct writer *w = arg;
    for (int64_t change = w->first; change < w->end; change += THREADS) {
        if (store_write(w->store, write_change, &change, &w->err) < 0)
            return w;
        trace_said(change);
    }
    return NULL;
}

static struct trace record_work(struct world *world)
{
    trace_begin(world->url + strlen("sqlite:"));
    for (int session = 0; session < SESSIONS; session++) {
        struct writer writers[THREADS];
        world_open(world);
        if (session == 0) {
            must_script(world->store, MAKE);
            trace_said(MADE);
        }
        for (int i = 0; i < THREADS; i++) {
            writers[i] = (struct writer){ world->store, session * SESSION + i, (session + 1) * SESSION, { 0 }, 0 };
            assert_int_equal(pthread_create(&writers[i].thread, NULL, write_changes, &writers[i]), 0);
        }
        for (int i = 0; i < THREADS; i++) {
            void *failed;
            pthread_join(writers[i].thread, &failed);
            must(failed ? -1 : 0, &writers[i].err);
        }
        world_close(world);
    }
    return trace_end();
}

/* ---- the disk afterwards ---- */

struct image {
    unsigned char *bytes;
    size_t size, room;
};

struct disk {
    const struct trace *trace;
    struct image flushed[TRACED_FILES];
    size_t *waiting[TRACED_FILES]; /* of the trace, since the last flush of that file */
    size_t waiting_count[TRACED_FILES];
    bool told[CHANGES + 1];
    char path[96];
    int64_t cases;
};

static void image_resize(struct image *image, size_t size)
{
    if (size > image->room) {
        image->room = size * 2;
        image->bytes = memory_resize(image->bytes, image->room);
    }
    if (size > image->size)
        memset(image->bytes + image->size, 0, size - image->size);
    image->size = size;
}

static void image_apply(struct image *image, const struct traced *t)
{
    size_t end = (size_t)(t->offset + t->size);
    if (t->act == TRACE_WRITE) {
        if (end > image->size)
            image_resize(image, end);
        memcpy(image->bytes + t->offset, t->bytes, (size_t)t->size);
    } else {
        image_resize(image, t->act == TRACE_TRUNCATE ? (size_t)t->offset : 0);
    }
}

enum loss { ALL_LOST, SOME_LOST, NONE_LOST };

static uint64_t thrown(uint64_t *random)
{
    *random += 0x9E3779B97F4A7C15u;
    uint64_t x = *random;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static void put(int fd, const unsigned char *bytes, size_t size, int64_t at)
{
    if (size > 0)
        assert_int_equal(pwrite(fd, bytes, size, at), size);
}

/* A write in its blocks, each of which reached the disk or did not. */
static void put_torn(int fd, const struct traced *t, uint64_t *random)
{
    for (int64_t at = t->offset, end = t->offset + t->size, next; at < end; at = next) {
        next = (at / BLOCK + 1) * BLOCK < end ? (at / BLOCK + 1) * BLOCK : end;
        if (thrown(random) & 1)
            put(fd, t->bytes + (at - t->offset), (size_t)(next - at), at);
    }
}

static void put_waiting(int fd, const struct disk *d, int file, enum loss loss, uint64_t *random)
{
    for (size_t i = 0; loss != ALL_LOST && i < d->waiting_count[file]; i++) {
        const struct traced *t = &d->trace->all[d->waiting[file][i]];
        bool kept = loss == NONE_LOST || thrown(random) & 1;
        if (t->act == TRACE_WRITE && loss == SOME_LOST)
            put_torn(fd, t, random);
        else if (t->act == TRACE_WRITE)
            put(fd, t->bytes, (size_t)t->size, t->offset);
        else if (kept)
            assert_int_equal(ftruncate(fd, t->act == TRACE_TRUNCATE ? t->offset : 0), 0);
        else if (t->act == TRACE_DELETE)
            return; /* the old file is still there, and what was written into the one after it is not */
    }
}

static void make_files(const struct disk *d, enum loss loss, uint64_t seed)
{
    char path[128];
    for (int file = 0; file < TRACED_FILES; file++) {
        snprintf(path, sizeof path, "%s%s", d->path, traced_endings[file]);
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(ftruncate(fd, (off_t)d->flushed[file].size), 0);
        put(fd, d->flushed[file].bytes, d->flushed[file].size, 0);
        put_waiting(fd, d, file, loss, &seed);
        struct stat about;
        assert_int_equal(fstat(fd, &about), 0);
        close(fd);
        if (file != TRACED_DATABASE && about.st_size == 0)
            unlink(path);
    }
    snprintf(path, sizeof path, "%s-shm", d->path); /* lies in memory only */
    unlink(path);
}

/* ---- what is asked of it ---- */

static int64_t number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int64_t number = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;
    sqlite3_finalize(stmt);
    return number;
}

static void expect_whole(sqlite3 *db)
{
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL), SQLITE_OK);
    if (sqlite3_step(stmt) != SQLITE_ROW)
        fail_msg("the check does not run: %s", sqlite3_errmsg(db));
    if (strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") != 0)
        fail_msg("the database is damaged: %s", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
}

/* Of each slot the last change that was told of has to be the one written, and all of it. */
static void expect_no_halves(sqlite3 *db)
{
    sqlite3_stmt *stmt;
    int rc = sqlite3_prepare_v2(db,
                                "SELECT t.slot, max(t.change), p.change, p.body FROM told t LEFT JOIN page p ON "
                                "p.slot = t.slot GROUP BY t.slot",
                                -1, &stmt, NULL);
    int64_t slots = 0;
    assert_int_equal(rc, SQLITE_OK);
    for (; (rc = sqlite3_step(stmt)) == SQLITE_ROW; slots++) {
        int64_t slot = sqlite3_column_int64(stmt, 0), last = sqlite3_column_int64(stmt, 1);
        if (sqlite3_column_int64(stmt, 2) != last)
            fail_msg("of change %lld only the second half is there", (long long)last);
        if ((size_t)sqlite3_column_bytes(stmt, 3) != body_size(last) || slot != slot_of(last) ||
            memcmp(sqlite3_column_blob(stmt, 3), bodies[last], body_size(last)) != 0)
            fail_msg("change %lld is not what was written", (long long)last);
    }
    assert_int_equal(rc, SQLITE_DONE);
    sqlite3_finalize(stmt);
    assert_int_equal(number_of(db, "SELECT count(*) FROM page"), slots); /* no first half without its second */
}

static void expect_told(sqlite3 *db, const bool *told)
{
    sqlite3_stmt *stmt;
    bool there[CHANGES] = { false };
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT change FROM told", -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        there[sqlite3_column_int64(stmt, 0)] = true;
    sqlite3_finalize(stmt);
    for (int i = 0; i < CHANGES; i++)
        if (told[i] && !there[i])
            fail_msg("change %d was acknowledged and is lost", i);
}

static void lose_power(struct disk *d, size_t at, enum loss loss)
{
    sqlite3 *db;
    d->cases++;
    make_files(d, loss, at);
    assert_int_equal(sqlite3_open_v2(d->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    expect_whole(db);
    bool made = number_of(db, "SELECT count(*) FROM sqlite_schema WHERE name IN ('page', 'told')") == 2;
    assert_true(made || !d->told[MADE]);
    if (made) {
        expect_no_halves(db);
        expect_told(db, d->told);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* The first n that wait for the flush of a file are on the disk now. */
static void flushed(struct disk *d, int file, size_t n)
{
    for (size_t i = 0; i < n; i++)
        image_apply(&d->flushed[file], &d->trace->all[d->waiting[file][i]]);
    d->waiting_count[file] -= n;
    memmove(d->waiting[file], d->waiting[file] + n, d->waiting_count[file] * sizeof **d->waiting);
}

/* A file that was deleted is gone for good; what was written into a new one of its name still waits. */
static void folder_flushed(struct disk *d)
{
    for (int file = 0; file < TRACED_FILES; file++)
        for (size_t n = d->waiting_count[file]; n > 0; n--)
            if (d->trace->all[d->waiting[file][n - 1]].act == TRACE_DELETE) {
                flushed(d, file, n);
                break;
            }
}

static size_t waiting(const struct disk *d)
{
    return d->waiting_count[TRACED_DATABASE] + d->waiting_count[TRACED_LOG] + d->waiting_count[TRACED_JOURNAL];
}

static void replay(struct disk *d)
{
    size_t since = 0; /* the writes after which the power was last lost */
    for (size_t i = 0; i < d->trace->count; i++) {
        const struct traced *t = &d->trace->all[i];
        int file = t->file;
        if (t->act == TRACE_SAID) {
            d->told[t->offset] = true;
        } else if (t->act == TRACE_FOLDER) {
            folder_flushed(d);
        } else if (t->act != TRACE_SYNC) {
            d->waiting[file][d->waiting_count[file]++] = i;
            if (++since % 128 == 0)
                lose_power(d, i, SOME_LOST);
        } else {
            lose_power(d, i, ALL_LOST);
            if (waiting(d) > 0)
                lose_power(d, i, SOME_LOST);
            flushed(d, file, d->waiting_count[file]);
            if (waiting(d) > 0)
                lose_power(d, i, NONE_LOST);
        }
    }
    lose_power(d, d->trace->count, ALL_LOST);
}

static int64_t count_acts(const struct trace *trace, enum traced_act act, enum traced_file file)
{
    int64_t n = 0;
    for (size_t i = 0; i < trace->count; i++)
        n += trace->all[i].act == act && trace->all[i].file == file;
    return n;
}

static void what_was_acknowledged_survives_a_loss_of_power_at_every_flush(void **state)
{
    struct world *world = WORLD(state);
    world_close(world); /* opened once, so that the library is set up as the store wants it */
    assert_int_equal(unlink(world->url + strlen("sqlite:")), 0);
    for (int64_t i = 0; i < CHANGES; i++)
        body_fill(i, bodies[i]);
    struct trace trace = record_work(world);
    /* Else the trace would show less than it claims: a flush for every commit, the log written back in the midst of work, by
    ** each close, and begun anew. */
    assert_int_equal(count_acts(&trace, TRACE_SAID, TRACED_DATABASE), CHANGES + 1);
    assert_true(count_acts(&trace, TRACE_SYNC, TRACED_LOG) >= CHANGES / THREADS);
    assert_true(count_acts(&trace, TRACE_SYNC, TRACED_DATABASE) > SESSIONS + 1);

    struct disk *d = memory_new(sizeof *d);
    d->trace = &trace;
    snprintf(d->path, sizeof d->path, "%s/after.db", world->folder);
    for (int i = 0; i < TRACED_FILES; i++)
        d->waiting[i] = memory_new(trace.count * sizeof **d->waiting);
    replay(d);
    assert_true(d->cases > CHANGES / 2);

    /* The store itself goes on with what it finds. */
    char url[sizeof d->path + 8];
    snprintf(url, sizeof url, "sqlite:%s", d->path);
    world->options.url = url;
    world_open(world);
    assert_int_equal(must_count(world->store, "SELECT count(*) FROM told", NO_BINDS), CHANGES);
    world_close(world);
    for (int i = 0; i < TRACED_FILES; i++) {
        memory_free(d->flushed[i].bytes);
        memory_free(d->waiting[i]);
    }
    memory_free(d);
    trace_free(&trace);
}

int main(void)
{
    static const struct both tests[] = { SAYS(what_was_acknowledged_survives_a_loss_of_power_at_every_flush) };
    return RUN_ON(STORE_SQLITE, tests);
}
