#include "domain/files.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/seal.h"
#include "record/type.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column file_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "sha256", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "name", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "type", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "size", COLUMN_INT, COLUMN_NOT_NULL },
    { "uploaded_at", COLUMN_INT, COLUMN_NOT_NULL },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "kind", COLUMN_TEXT, 0 },
    { "record", COLUMN_INT, 0 },
    { "field", COLUMN_TEXT, 0 },
    { "taken_at", COLUMN_INT, 0 },
    { "taken_zone", COLUMN_INT, 0 }, /* minutes east of UTC, where the device said it */
    { "taken_lon", COLUMN_INT, 0 },
    { "taken_lat", COLUMN_INT, 0 },
};
static const struct index_decl file_indexes[] = {
    { "file_of_record", NAMES("kind", "record"), false, NULL },
    { "file_unused", NAMES("uploaded_at"), false, "record IS NULL" },
    { "file_unused_of_account", NAMES("account"), false, "record IS NULL" },
    { "file_by_content", NAMES("sha256"), false, NULL },
};
const struct table file_table = {
    .name = "file", LISTED(file_columns), .indexes = file_indexes, .index_count = COUNT(file_indexes)
};

enum { PATH_MAX_BYTES = 4096, HASH_TEXT = 65, UNUSED_MS = 24 * 3600 * 1000, UNUSED_MOST = 200 };
enum { HOUR_MS = 3600 * 1000, FOLDERS = 256, FORGET_MOST = 1000 };
#define ORPHAN_MS (30LL * 24 * HOUR_MS)

/* Taken to read while bytes and their row are being made, to write while bytes are judged and removed: no upload finds
** content that is on its way out. */
static pthread_rwlock_t making = PTHREAD_RWLOCK_INITIALIZER;

static void file_path(const struct house *house, const char *sha256, char folder[PATH_MAX_BYTES],
                      char path[PATH_MAX_BYTES])
{
    snprintf(folder, PATH_MAX_BYTES, "%s/files/%.2s", house->folder, sha256);
    snprintf(path, PATH_MAX_BYTES, "%s/files/%.2s/%s", house->folder, sha256, sha256 + 2);
}

static int disk_failed(struct error *err)
{
    if (errno == ENOSPC || errno == EDQUOT)
        return fail(err, FAULT_FULL, "file.full", "服务器存储已满，文件没有保存，请联系管理员",
                    "The server's disk is full; the file was not kept. Tell the administrator");
    return fail(err, FAULT_INTERNAL, "file.write", "文件没有保存：%s", "The file was not kept: %s", strerror(errno));
}

static int copy_to(int from, int to)
{
    char buffer[64 * 1024];
    ssize_t n;
    if (lseek(from, 0, SEEK_SET) < 0)
        return -1;
    while ((n = read(from, buffer, sizeof buffer)) > 0)
        for (ssize_t done = 0; done < n;) {
            ssize_t wrote = write(to, buffer + done, (size_t)(n - done));
            if (wrote < 0)
                return -1;
            done += wrote;
        }
    return n < 0 || fsync(to) < 0 ? -1 : 0;
}

static void sync_folder(const char *folder)
{
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0) {
        fsync(dir);
        close(dir);
    }
}

/* A new folder is only there after a power cut when its parent has been synced too. */
static int make_folder(const char *folder, const char *parent)
{
    if (mkdir(folder, 0700) == 0)
        sync_folder(parent);
    else if (errno != EEXIST)
        return -1;
    return 0;
}

static int keep_bytes(const struct house *house, const char *hex, int fd, struct error *err)
{
    char folder[PATH_MAX_BYTES], path[PATH_MAX_BYTES], part[PATH_MAX_BYTES + 16];
    file_path(house, hex, folder, path);
    if (utimensat(AT_FDCWD, path, NULL, 0) == 0)
        return 0; /* the same content is kept once; it is as young as its last upload */
    snprintf(part, sizeof part, "%s/files", house->folder);
    if (make_folder(part, house->folder) < 0 || make_folder(folder, part) < 0)
        return disk_failed(err);
    snprintf(part, sizeof part, "%s/part-XXXXXX", folder);
    int out = mkstemp(part);
    if (out < 0)
        return disk_failed(err);
    int got = copy_to(fd, out);
    if (got == 0 && rename(part, path) < 0)
        got = -1;
    int why = errno;
    close(out);
    if (got < 0) {
        unlink(part);
        errno = why;
        return disk_failed(err);
    }
    sync_folder(folder);
    return 0;
}

static int insert_row(struct db *db, const struct file_row *row, int64_t at, int64_t by, int64_t *id, struct error *err)
{
    const struct photo_facts *says = &row->says;
    bool found;
    return db_get_int(db,
                      "INSERT INTO file (sha256, name, type, size, uploaded_at, account, taken_at, taken_zone, "
                      "taken_lon, taken_lat) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                      BIND(value_text(row->sha256), value_text(row->name), value_text(row->type), value_int(row->size),
                           value_int(at), value_int(by), says->timed ? value_int(says->taken_ms) : value_null(),
                           says->zoned ? value_int(says->zone_min) : value_null(),
                           says->placed ? value_int(says->lon) : value_null(),
                           says->placed ? value_int(says->lat) : value_null()),
                      id, &found, err);
}

struct keep {
    struct file_row row;
};

static int keep_row(struct db *db, void *args, struct error *err)
{
    struct keep *k = args;
    bool found;
    int64_t waiting = 0;
    if (db_get_int(db, "SELECT count(*) FROM file WHERE account = ? AND record IS NULL AND uploaded_at >= ?",
                   BIND(value_int(k->row.by), value_int(k->row.at - UNUSED_MS)), &waiting, &found, err) < 0)
        return -1;
    if (waiting >= UNUSED_MOST)
        return fail(err, FAULT_LIMITED, "file.unused", "您有 %d 个上传后没有使用的文件，请先提交或一天后再传",
                    "You have %d uploads that no record uses; submit them or try again in a day", UNUSED_MOST);
    return insert_row(db, &k->row, k->row.at, k->row.by, &k->row.id, err);
}

int file_keep(struct house *house, const struct actor *actor, int64_t now_ms, int fd, const char *name,
              const char *type, const unsigned char sha256_bytes[32], int64_t size, int64_t *id, struct error *err)
{
    char hex[HASH_TEXT];
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", sha256_bytes[i]);
    struct keep k = { .row = {
                          .sha256 = hex, .name = name, .type = type, .size = size, .at = now_ms, .by = actor->id } };
    photo_read(fd, size, &k.row.says);
    pthread_rwlock_rdlock(&making);
    int got = keep_bytes(house, hex, fd, err);
    if (got == 0)
        got = store_write(house->store, keep_row, &k, err);
    pthread_rwlock_unlock(&making);
    if (got == 0)
        *id = k.row.id;
    return got;
}

int file_again(struct change *c, const struct file_row *like, int64_t *id, struct error *err)
{
    return insert_row(c->db, like, c->now, c->actor->id, id, err);
}

static const char file_columns_sql[] =
    "SELECT id, sha256, name, type, size, uploaded_at, account, kind, record, field, taken_at, taken_zone, "
    "taken_lon, taken_lat FROM file ";

enum { CHINA_ZONE_MIN = CHINA_OFFSET_MS / 60000 };

static struct photo_facts read_facts(const struct rows *rows, int at)
{
    bool zoned = rows_value(rows, at + 1).is != VALUE_NULL;
    return (struct photo_facts){ .timed = rows_value(rows, at).is != VALUE_NULL,
                                 .taken_ms = rows_int(rows, at),
                                 .zoned = zoned,
                                 .zone_min = zoned ? (int)rows_int(rows, at + 1) : CHINA_ZONE_MIN,
                                 .placed = rows_value(rows, at + 2).is != VALUE_NULL,
                                 .lon = (int32_t)rows_int(rows, at + 2),
                                 .lat = (int32_t)rows_int(rows, at + 3) };
}

static struct file_row read_row(const struct rows *rows, struct arena *arena)
{
    return (struct file_row){ .id = rows_int(rows, 0),
                              .sha256 = arena_str(arena, rows_text(rows, 1)),
                              .name = arena_str(arena, rows_text(rows, 2)),
                              .type = arena_str(arena, rows_text(rows, 3)),
                              .size = rows_int(rows, 4),
                              .at = rows_int(rows, 5),
                              .by = rows_int(rows, 6),
                              .kind = arena_str(arena, rows_text(rows, 7)),
                              .record = rows_int(rows, 8),
                              .field = arena_str(arena, rows_text(rows, 9)),
                              .says = read_facts(rows, 10) };
}

int file_row(struct db *db, int64_t id, struct arena *arena, struct file_row *out, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows, arena_printf(arena, "%sWHERE id = ?", file_columns_sql), BIND(value_int(id)), err) < 0)
        return -1;
    bool found = rows_next(&rows);
    struct file_row row = { 0 };
    if (found)
        row = read_row(&rows, arena);
    if (rows_done(&rows, err) < 0)
        return -1;
    if (!found)
        return fail(err, FAULT_MISSING, "file.missing", "没有这个文件", "There is no such file");
    *out = row;
    return 0;
}

int file_rows_of(struct db *db, const struct kind *kind, int64_t record, struct arena *arena, struct file_row **out,
                 size_t *count, struct error *err)
{
    enum { MOST = 500 };
    struct rows rows;
    struct file_row *list = ARENA_ARRAY(arena, struct file_row, MOST);
    size_t n = 0;
    if (db_query(db, &rows,
                 arena_printf(arena, "%sWHERE kind = ? AND record = ? ORDER BY id LIMIT ?", file_columns_sql),
                 BIND(value_text(kind->name), value_int(record), value_int(MOST)), err) < 0)
        return -1;
    while (n < MOST && rows_next(&rows))
        list[n++] = read_row(&rows, arena);
    if (rows_done(&rows, err) < 0)
        return -1;
    *out = list;
    *count = n;
    return 0;
}

int file_open(const struct house *house, const char *sha256, int *fd, struct error *err)
{
    char folder[PATH_MAX_BYTES], path[PATH_MAX_BYTES];
    file_path(house, sha256, folder, path);
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return fail(err, FAULT_INTERNAL, "file.lost", "文件内容不在存储里，请从备份恢复",
                    "The file's bytes are not in the store; restore them from a backup");
    return 0;
}

static bool listed(const char *list, int64_t id)
{
    char word[32];
    if (!list)
        return false;
    snprintf(word, sizeof word, ",%lld,", (long long)id);
    return strstr(list, word) != NULL;
}

static int attach_one(struct change *c, const struct kind *kind, const struct field *f, int64_t record, int64_t id,
                      struct error *err)
{
    struct file_row row;
    struct error missing = { 0 };
    if (file_row(c->db, id, c->arena, &row, &missing) < 0) {
        if (missing.fault != FAULT_MISSING) {
            *err = missing;
            return -1;
        }
        row = (struct file_row){ 0 };
    }
    bool mine = row.id && !row.record && row.by == c->actor->id && row.at >= c->now - UNUSED_MS;
    bool here = row.id && row.record == record && row.kind && strcmp(row.kind, kind->name) == 0;
    if (!mine && !here)
        return fail_field(err, f->name, "有文件没有上传成功，请重新上传",
                          "A file has not been uploaded; upload it again");
    /* The condition again: of two changes that want the same upload at once only one may have it. */
    int64_t changed = 0;
    if (db_run(c->db, "UPDATE file SET kind = ?, record = ?, field = ? WHERE id = ? AND (record IS NULL OR record = ?)",
               BIND(value_text(kind->name), value_int(record), value_text(f->name), value_int(id), value_int(record)),
               &changed, err) < 0)
        return -1;
    return changed == 1 ? 0
                        : fail_field(err, f->name, "文件刚被另一条记录使用，请重新上传",
                                     "Another record has just taken this file; upload it again");
}

int files_attach(struct change *c, const struct kind *kind, const void *before, const void *after, struct error *err)
{
    const struct record *r = record_of_const(after);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        if (f->type != &type_files || !record_bit(r->given, field_slot(f)) || !record_bit(r->known, field_slot(f)))
            continue;
        const char *was = before && record_bit(record_of_const(before)->known, field_slot(f))
                              ? *(const char *const *)field_member_const(f, before)
                              : NULL;
        for (const char *at = *(const char *const *)field_member_const(f, after) + 1; *at;) {
            char *end;
            int64_t id = strtoll(at, &end, 10);
            if (!listed(was, id) && attach_one(c, kind, f, r->id, id, err) < 0)
                return -1;
            at = *end ? end + 1 : end;
        }
    }
    return 0;
}

/* ---- collecting ---- */

/* What was forgotten the hour before: its bytes go now. More than these, and what a restart forgets, waits 30 days. */
static struct {
    char hashes[FORGET_MOST][HASH_TEXT];
    size_t count;
} forgotten;

struct forget {
    int64_t before;
    size_t count;
    char hashes[FORGET_MOST][HASH_TEXT];
};

static int forget_rows(struct db *db, void *args, struct error *err)
{
    struct forget *f = args;
    int64_t ids[FORGET_MOST];
    struct rows rows;
    f->count = 0;
    if (db_query(db, &rows,
                 "SELECT id, sha256 FROM file WHERE record IS NULL AND uploaded_at < ? ORDER BY uploaded_at LIMIT ?",
                 BIND(value_int(f->before), value_int(FORGET_MOST)), err) < 0)
        return -1;
    while (f->count < FORGET_MOST && rows_next(&rows)) {
        ids[f->count] = rows_int(&rows, 0);
        snprintf(f->hashes[f->count++], HASH_TEXT, "%s", rows_text(&rows, 1));
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    for (size_t i = 0; i < f->count; i++) /* a change may have taken it meanwhile */
        if (db_run(db, "DELETE FROM file WHERE id = ? AND record IS NULL", BIND(value_int(ids[i])), NULL, err) < 0)
            return -1;
    return 0;
}

static int remove_if_unnamed(const struct house *house, struct db *db, const char *sha256, struct error *err)
{
    char folder[PATH_MAX_BYTES], path[PATH_MAX_BYTES];
    int64_t one;
    bool named;
    file_path(house, sha256, folder, path);
    pthread_rwlock_wrlock(&making);
    int got =
        db_get_int(db, "SELECT 1 FROM file WHERE sha256 = ? LIMIT 1", BIND(value_text(sha256)), &one, &named, err);
    if (got == 0 && !named)
        unlink(path);
    pthread_rwlock_unlock(&making);
    return got;
}

/* One of the folders at a time, another each hour: all of them in eleven days. */
static int sweep_folder(const struct house *house, struct db *db, int64_t now_ms, struct error *err)
{
    char path[PATH_MAX_BYTES], sha256[HASH_TEXT];
    struct stat is;
    unsigned number = (unsigned)(now_ms / HOUR_MS % FOLDERS);
    snprintf(path, sizeof path, "%s/files/%02x", house->folder, number);
    DIR *folder = opendir(path);
    if (!folder)
        return 0; /* no file begins so */
    int got = 0;
    for (struct dirent *entry; got == 0 && (entry = readdir(folder)) != NULL;) {
        bool whole = strlen(entry->d_name) == 62, part = strncmp(entry->d_name, "part-", 5) == 0;
        if ((!whole && !part) || fstatat(dirfd(folder), entry->d_name, &is, AT_SYMLINK_NOFOLLOW) < 0 ||
            now_ms - (int64_t)is.st_mtime * 1000 < ORPHAN_MS)
            continue;
        snprintf(sha256, sizeof sha256, "%02x%.62s", number, entry->d_name);
        if (part)
            unlinkat(dirfd(folder), entry->d_name, 0);
        else
            got = remove_if_unnamed(house, db, sha256, err);
    }
    closedir(folder);
    return got;
}

void files_tidy(struct house *house, int64_t now_ms)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    struct error err = { 0 };
    struct db *db = NULL;
    struct forget *f = memory_new(sizeof *f);
    f->before = now_ms - UNUSED_MS;
    pthread_mutex_lock(&one_at_a_time);
    int got = store_reader(house->store, &db, &err);
    for (size_t i = 0; got == 0 && i < forgotten.count; i++)
        got = remove_if_unnamed(house, db, forgotten.hashes[i], &err);
    if (got == 0)
        got = sweep_folder(house, db, now_ms, &err);
    if (db)
        store_reader_back(house->store, db);
    forgotten.count = 0;
    if (got == 0 && (got = store_write(house->store, forget_rows, f, &err)) == 0) {
        memcpy(forgotten.hashes, f->hashes, sizeof forgotten.hashes);
        forgotten.count = f->count;
    }
    pthread_mutex_unlock(&one_at_a_time);
    memory_free(f);
    if (got < 0)
        log_event(LOG_WARN, "files.tidy", "code", err.code, "why", err.en, NULL);
}
