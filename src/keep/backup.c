#include "keep/backup.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/seal.h"
#include "record/json.h"
#include "record/kind.h"
#include "search/search.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FORMAT = 1, PATH_BYTES = 4096, BLOCK = 64 << 10, ROW_BYTES = 32 << 20, LOAD = 200, MANIFEST = 4 << 20 };

/* ---- rows as text ---- */

static void put_row(struct text *out, struct arena *arena, const struct table *table, const struct value *values)
{
    struct json j = { .out = out };
    json_open(&j, '[');
    for (size_t i = 0; i < table->column_count; i++) {
        switch (values[i].is) {
        case VALUE_NULL: json_put_null(&j); break;
        case VALUE_INT: json_put_int(&j, values[i].number); break;
        case VALUE_TEXT: json_put_str(&j, values[i].at); break;
        case VALUE_BYTES:
            json_open(&j, '{');
            json_key_str(&j, "b", base64_put(arena, values[i].at, values[i].size));
            json_close(&j, '}');
            break;
        }
    }
    json_close(&j, ']');
    text_char(out, '\n');
}

bool backup_holds(const struct table *table)
{
    return strcmp(table->name, "session") != 0;
}

struct sums {
    crypto_hash_sha256_state hash;
    int64_t rows;
    const struct table *table;
    struct text line;
    /* where a backup puts the rows; NULL when only the digest is wanted */
    int (*take)(struct sums *s, struct error *err);
    void *arg;
};

static int sum_row(const struct value *values, void *arg, struct error *err)
{
    struct sums *s = arg;
    AUTO_ARENA arena = { 0 };
    text_clear(&s->line);
    put_row(&s->line, &arena, s->table, values);
    if (!text_ok(&s->line))
        return fail(err, FAULT_TOO_LARGE, "backup.row", "表 %s 有一行太大", "A row of table %s is too large",
                    s->table->name);
    crypto_hash_sha256_update(&s->hash, (const unsigned char *)s->line.at, s->line.used);
    s->rows++;
    return s->take ? s->take(s, err) : 0;
}

static int sum_table(struct db *db, struct sums *s, char digest[BACKUP_DIGEST], struct error *err)
{
    unsigned char raw[32];
    s->line = (struct text)TEXT_LIMIT(ROW_BYTES);
    crypto_hash_sha256_init(&s->hash);
    int got = copy_out(db, s->table, sum_row, s, err);
    text_done(&s->line);
    crypto_hash_sha256_final(&s->hash, raw);
    sodium_bin2hex(digest, BACKUP_DIGEST, raw, sizeof raw);
    return got;
}

int backup_digest(struct db *db, const struct table *table, int64_t *rows, char digest[BACKUP_DIGEST],
                  struct error *err)
{
    struct sums s = { .table = table };
    if (sum_table(db, &s, digest, err) < 0)
        return -1;
    *rows = s.rows;
    return 0;
}

/* ---- writing ---- */

struct writer {
    const struct backup_place *place;
    struct archive *out;
    struct backup_sum sum;
    int64_t at; /* seconds */
    struct text part;
    int parts;
    json_t *tables;
};

static int broken(struct archive *archive, struct error *err)
{
    const char *why = archive_error_string(archive);
    return fail(err, archive_errno(archive) == ENOSPC ? FAULT_FULL : FAULT_INTERNAL, "backup.file",
                "备份文件读写失败：%s", "The backup cannot be read or written: %s", why ? why : "");
}

static int begin_member(struct writer *w, const char *name, int64_t size, struct error *err)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_mtime(entry, w->at, 0);
    int rc = archive_write_header(w->out, entry);
    archive_entry_free(entry);
    return rc == ARCHIVE_OK ? 0 : broken(w->out, err);
}

static int add_bytes(struct writer *w, const void *bytes, size_t size, struct error *err)
{
    return archive_write_data(w->out, bytes, size) == (la_ssize_t)size ? 0 : broken(w->out, err);
}

static int add_member(struct writer *w, const char *name, const void *bytes, size_t size, struct error *err)
{
    return begin_member(w, name, (int64_t)size, err) < 0 ? -1 : add_bytes(w, bytes, size, err);
}

static int end_part(struct writer *w, const struct table *table, struct error *err)
{
    AUTO_TEXT name = TEXT_LIMIT(PATH_BYTES);
    text_printf(&name, "tables/%s/%06d", table->name, ++w->parts);
    int got = add_member(w, text_get(&name), text_get(&w->part), w->part.used, err);
    text_clear(&w->part);
    return got;
}

static void head_part(struct writer *w, const struct table *table)
{
    struct json j = { .out = &w->part };
    json_open(&j, '[');
    for (size_t i = 0; i < table->column_count; i++)
        json_put_str(&j, table->columns[i].name);
    json_close(&j, ']');
    text_char(&w->part, '\n');
}

static int keep_row(struct sums *s, struct error *err)
{
    struct writer *w = s->arg;
    if (w->part.used == 0)
        head_part(w, s->table);
    text_add(&w->part, s->line.at, s->line.used);
    if (!text_ok(&w->part))
        return fail(err, FAULT_TOO_LARGE, "backup.part", "表 %s 有一行太大", "A row of table %s is too large",
                    s->table->name);
    return w->part.used >= BACKUP_PART ? end_part(w, s->table, err) : 0;
}

static int add_table(struct writer *w, struct db *db, const struct table *table, struct error *err)
{
    char digest[BACKUP_DIGEST];
    struct sums s = { .table = table, .take = keep_row, .arg = w };
    w->parts = 0;
    if (sum_table(db, &s, digest, err) < 0 || (w->part.used && end_part(w, table, err) < 0))
        return -1;
    json_object_set_new(w->tables, table->name, json_pack("{s:I, s:s}", "rows", (json_int_t)s.rows, "digest", digest));
    w->sum.tables++;
    w->sum.rows += s.rows;
    return 0;
}

static int add_file(struct writer *w, const char *sha256, struct error *err)
{
    AUTO_TEXT path = TEXT_LIMIT(PATH_BYTES);
    AUTO_TEXT name = TEXT_LIMIT(PATH_BYTES);
    struct stat st;
    text_printf(&name, "files/%.2s/%s", sha256, sha256 + 2);
    text_printf(&path, "%s/%s", w->place->folder, text_get(&name));
    int fd = open(text_get(&path), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) {
        if (fd >= 0)
            close(fd);
        return fail(err, FAULT_INTERNAL, "backup.lost", "附件 %s 的内容不在存储里",
                    "The bytes of file %s are not there", sha256);
    }
    int got = begin_member(w, text_get(&name), st.st_size, err);
    char *block = memory_new(BLOCK);
    for (ssize_t n; got == 0 && (n = read(fd, block, BLOCK)) > 0;)
        got = add_bytes(w, block, (size_t)n, err);
    memory_free(block);
    close(fd);
    w->sum.files++;
    w->sum.bytes += st.st_size;
    return got;
}

/* Every content that a row of `file` names, once. */
static int add_files(struct writer *w, struct db *db, struct error *err)
{
    enum { MOST = 500 };
    char last[65] = "";
    for (size_t count = MOST; count == MOST;) {
        AUTO_ARENA arena = { 0 };
        struct rows rows;
        const char *names[MOST];
        count = 0;
        if (db_query(db, &rows, "SELECT DISTINCT sha256 FROM file WHERE sha256 > ? ORDER BY sha256 LIMIT ?",
                     BIND(value_text(last), value_int(MOST)), err) < 0)
            return -1;
        while (count < MOST && rows_next(&rows))
            names[count++] = arena_str(&arena, rows_text(&rows, 0));
        if (rows_done(&rows, err) < 0)
            return -1;
        for (size_t i = 0; i < count; i++)
            if (add_file(w, names[i], err) < 0)
                return -1;
        if (count)
            memcpy(last, names[count - 1], strlen(names[count - 1]) + 1);
    }
    return 0;
}

static int add_manifest(struct writer *w, const char *version, int64_t now_ms, struct error *err)
{
    json_t *manifest = json_pack("{s:i, s:s, s:I, s:I, s:O}", "format", FORMAT, "version", version, "taken_at",
                                 (json_int_t)now_ms, "files", (json_int_t)w->sum.files, "tables", w->tables);
    char *words = json_dumps(manifest, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(manifest);
    int got = add_member(w, "anlan.json", words, strlen(words), err);
    free(words);
    return got;
}

static int write_inside(struct writer *w, struct db *db, const char *version, int64_t now_ms, struct error *err)
{
    unsigned char wrapped[RECOVERY_WRAPPED];
    AUTO_TEXT keys = TEXT_LIMIT(PATH_BYTES);
    text_printf(&keys, "%s/keys", w->place->folder);
    if (recovery_wrap(text_get(&keys), wrapped, err) < 0 ||
        add_member(w, "keys/wrapped", wrapped, sizeof wrapped, err) < 0 || db_snapshot_begin(db, err) < 0)
        return -1;
    int got = 0;
    for (size_t i = 0; got == 0 && i < w->place->schema->table_count; i++)
        if (backup_holds(w->place->schema->tables[i]))
            got = add_table(w, db, w->place->schema->tables[i], err);
    if (got == 0)
        got = add_files(w, db, err);
    db_snapshot_end(db);
    return got < 0 ? -1 : add_manifest(w, version, now_ms, err);
}

int backup_write(const struct backup_place *place, const char *version, int64_t now_ms, int fd, struct backup_sum *sum,
                 struct error *err)
{
    struct writer w = { .place = place,
                        .out = archive_write_new(),
                        .at = now_ms / 1000,
                        .part = TEXT_LIMIT(BACKUP_PART + ROW_BYTES),
                        .tables = json_object() };
    struct db *db;
    archive_write_set_format_pax_restricted(w.out);
    archive_write_add_filter_gzip(w.out);
    archive_write_set_filter_option(w.out, "gzip", "compression-level", "1");
    int got =
        archive_write_open_fd(w.out, fd) == ARCHIVE_OK ? store_reader(place->store, &db, err) : broken(w.out, err);
    if (got == 0) {
        got = write_inside(&w, db, version, now_ms, err);
        store_reader_back(place->store, db);
    }
    if (got == 0 && (archive_write_close(w.out) != ARCHIVE_OK))
        got = broken(w.out, err);
    if (got == 0 && fsync(fd) < 0 && errno != EINVAL)
        got = fail(err, FAULT_FULL, "backup.flush", "备份没有写到磁盘：%s", "The backup did not reach the disk: %s",
                   strerror(errno));
    archive_write_free(w.out);
    text_done(&w.part);
    json_decref(w.tables);
    if (got == 0)
        *sum = w.sum;
    return got;
}

/* ---- reading ---- */

static struct archive *open_archive(int fd, struct error *err)
{
    struct archive *in = archive_read_new();
    archive_read_support_format_tar(in);
    archive_read_support_filter_gzip(in);
    if (lseek(fd, 0, SEEK_SET) == 0 && archive_read_open_fd(in, fd, BLOCK) == ARCHIVE_OK)
        return in;
    archive_read_free(in);
    fail(err, FAULT_INVALID, "backup.format", "这不是安澜的备份文件", "This is not a backup of Anlan");
    return NULL;
}

/* The member's bytes, at most `most`, in *out. */
static int read_member(struct archive *in, size_t most, struct text *out, struct error *err)
{
    char block[16 << 10];
    la_ssize_t n;
    while ((n = archive_read_data(in, block, sizeof block)) > 0) {
        text_add(out, block, (size_t)n);
        if (!text_ok(out) || out->used > most)
            return fail(err, FAULT_INVALID, "backup.part", "备份文件里有一段太大", "A part of the backup is too large");
    }
    return n < 0 ? broken(in, err) : 0;
}

int backup_restore_keys(int fd, const char *folder, const char *passphrase, struct error *err)
{
    struct archive_entry *entry;
    AUTO_TEXT wrapped = TEXT_LIMIT(RECOVERY_WRAPPED + 1);
    AUTO_TEXT keys = TEXT_LIMIT(PATH_BYTES);
    struct archive *in = open_archive(fd, err);
    int got = -1;
    if (!in)
        return -1;
    text_printf(&keys, "%s/keys", folder);
    if (archive_read_next_header(in, &entry) == ARCHIVE_OK &&
        strcmp(archive_entry_pathname(entry), "keys/wrapped") == 0 &&
        read_member(in, RECOVERY_WRAPPED, &wrapped, err) == 0 && wrapped.used == RECOVERY_WRAPPED)
        got = recovery_install(text_get(&keys), (const unsigned char *)wrapped.at, passphrase, err);
    else if (!err->fault)
        fail(err, FAULT_INVALID, "backup.format", "这不是安澜的备份文件", "This is not a backup of Anlan");
    archive_read_free(in);
    return got;
}

struct reader {
    const struct backup_place *place;
    struct archive *in;
    struct backup_sum sum;
    json_t *manifest;
};

static const struct table *table_named(const struct schema *schema, const char *name, size_t size)
{
    for (size_t i = 0; i < schema->table_count; i++)
        if (strlen(schema->tables[i]->name) == size && strncmp(schema->tables[i]->name, name, size) == 0)
            return schema->tables[i];
    return NULL;
}

/* One part of a table on its way in. */
struct part {
    const struct table *table;
    const char *at, *end;
    size_t columns[512]; /* of the line -> of the table */
    size_t column_count;
    int64_t rows;
};

static json_t *next_line(struct part *p)
{
    const char *line = p->at, *stop = line < p->end ? memchr(line, '\n', (size_t)(p->end - line)) : NULL;
    if (!stop)
        return NULL;
    p->at = stop + 1;
    json_t *row = json_loadb(line, (size_t)(stop - line), 0, NULL);
    if (row && json_is_array(row))
        return row;
    json_decref(row);
    return NULL;
}

static int spoiled(const struct table *table, struct error *err)
{
    return fail(err, FAULT_INVALID, "backup.spoiled", "备份文件中表 %s 的内容已损坏",
                "Table %s in the backup is damaged", table->name);
}

static int read_head(struct part *p, struct error *err)
{
    json_t *head = next_line(p), *name;
    size_t i;
    int got = head && json_array_size(head) <= COUNT(p->columns) ? 0 : spoiled(p->table, err);
    json_array_foreach(head, i, name)
    {
        size_t k = 0;
        while (k < p->table->column_count && strcmp(p->table->columns[k].name, json_string_value(name)) != 0)
            k++;
        if (k == p->table->column_count && got == 0)
            got = fail(err, FAULT_REFUSED, "backup.newer",
                       "备份里表 %s 有这个版本没有的列 %s，请用生成备份的版本或更新的版本恢复",
                       "Table %s in the backup has a column %s unknown to this version; restore with a newer one",
                       p->table->name, json_string_value(name));
        p->columns[p->column_count++] = k;
    }
    json_decref(head);
    return got;
}

static bool take_value(struct arena *arena, const json_t *in, struct value *out)
{
    const void *bytes;
    size_t size;
    if (json_is_null(in))
        *out = value_null();
    else if (json_is_integer(in))
        *out = value_int(json_integer_value(in));
    else if (json_is_string(in))
        *out = (struct value){ .is = VALUE_TEXT,
                               .at = arena_strn(arena, json_string_value(in), json_string_length(in)),
                               .size = json_string_length(in) };
    else if (base64_get(arena, json_string_value(json_object_get(in, "b")), &bytes, &size))
        *out = value_bytes(bytes, size);
    else
        return false;
    return true;
}

/* May run more than once: what it moves on is a copy, taken over after the commit. */
struct load {
    const struct part *from;
    struct part to;
};

static int load_rows(struct db *db, void *arg, struct error *err)
{
    struct load *l = arg;
    struct part *p = &l->to;
    *p = *l->from;
    for (int i = 0; i < LOAD && p->at < p->end; i++) {
        AUTO_ARENA arena = { 0 };
        struct value *values = ARENA_ARRAY(&arena, struct value, p->table->column_count + 1);
        json_t *row = next_line(p);
        bool good = row && json_array_size(row) == p->column_count;
        for (size_t k = 0; good && k < p->column_count; k++) {
            const json_t *in = json_array_get(row, k);
            good = (!json_is_object(in) || json_is_string(json_object_get(in, "b"))) &&
                   take_value(&arena, in, &values[p->columns[k]]);
        }
        json_decref(row);
        if (!good)
            return spoiled(p->table, err);
        if (copy_in(db, p->table, values, err) < 0)
            return -1;
        p->rows++;
    }
    return 0;
}

static int load_part(struct reader *r, const struct table *table, struct error *err)
{
    AUTO_TEXT bytes = TEXT_LIMIT(BACKUP_PART + 2 * ROW_BYTES);
    struct part *p = memory_new(sizeof *p);
    p->table = table;
    int got = read_member(r->in, BACKUP_PART + 2 * ROW_BYTES, &bytes, err);
    p->at = text_get(&bytes);
    p->end = p->at + bytes.used;
    if (got == 0)
        got = read_head(p, err);
    struct load *load = memory_new(sizeof *load);
    load->from = p;
    while (got == 0 && p->at < p->end) {
        got = store_write_large(r->place->store, load_rows, load, err);
        if (got == 0)
            *p = load->to;
    }
    r->sum.rows += p->rows;
    memory_free(load);
    memory_free(p);
    return got;
}

static int load_file(struct reader *r, const char *name, struct error *err)
{
    AUTO_TEXT path = TEXT_LIMIT(PATH_BYTES);
    AUTO_TEXT folder = TEXT_LIMIT(PATH_BYTES);
    crypto_hash_sha256_state hash;
    unsigned char raw[32];
    char hex[65], want[65] = "";
    if (strlen(name) != 6 + 3 + 62 || name[8] != '/' || strspn(name + 6, "0123456789abcdef/") != 65)
        return fail(err, FAULT_INVALID, "backup.name", "备份文件里有不认识的内容：%s",
                    "Unknown content in the backup: %s", name);
    memcpy(want, name + 6, 2);
    memcpy(want + 2, name + 9, 62);
    text_printf(&folder, "%s/files", r->place->folder);
    bool good = mkdir(text_get(&folder), 0700) == 0 || errno == EEXIST;
    text_printf(&folder, "/%.2s", want);
    good = good && (mkdir(text_get(&folder), 0700) == 0 || errno == EEXIST);
    text_printf(&path, "%s/%s", text_get(&folder), want + 2);
    int fd = good ? open(text_get(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (fd < 0)
        return fail(err, FAULT_INTERNAL, "backup.write", "附件没有写入：%s", "A file was not written: %s",
                    strerror(errno));
    crypto_hash_sha256_init(&hash);
    char *block = memory_new(BLOCK);
    la_ssize_t n;
    while (good && (n = archive_read_data(r->in, block, BLOCK)) != 0) {
        good = n > 0 && write(fd, block, (size_t)n) == n;
        if (good)
            crypto_hash_sha256_update(&hash, (const unsigned char *)block, (size_t)n);
        r->sum.bytes += good ? n : 0;
    }
    memory_free(block);
    good = good && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    crypto_hash_sha256_final(&hash, raw);
    sodium_bin2hex(hex, sizeof hex, raw, sizeof raw);
    r->sum.files++;
    if (!good)
        return fail(err, FAULT_FULL, "backup.write", "附件没有写入：%s", "A file was not written: %s", strerror(errno));
    return strcmp(hex, want) == 0 ? 0
                                  : fail(err, FAULT_INVALID, "backup.spoiled_file", "附件 %s 在备份里已损坏",
                                         "File %s is damaged in the backup", want);
}

static int load_member(struct reader *r, const char *name, struct error *err)
{
    if (strcmp(name, "keys/wrapped") == 0)
        return 0;
    if (strncmp(name, "files/", 6) == 0)
        return load_file(r, name, err);
    if (strcmp(name, "anlan.json") == 0) {
        AUTO_TEXT words = TEXT_LIMIT(MANIFEST);
        if (read_member(r->in, MANIFEST - 1, &words, err) < 0)
            return -1;
        r->manifest = json_loads(text_get(&words), JSON_REJECT_DUPLICATES, NULL);
        return 0;
    }
    const char *table = strncmp(name, "tables/", 7) == 0 ? name + 7 : "";
    size_t n = strcspn(table, "/");
    const struct table *found = table_named(r->place->schema, table, n);
    if (!found)
        return fail(err, FAULT_REFUSED, "backup.newer_table",
                    "备份里有这个版本没有的内容 %s，请用生成备份的版本或更新的版本恢复",
                    "The backup has %s, unknown to this version; restore with a newer one", name);
    return load_part(r, found, err);
}

/* What a restored house begins with is what the file holds: nothing of its own may be there. */
static int must_be_empty(const struct backup_place *place, struct error *err)
{
    struct db *db;
    if (store_reader(place->store, &db, err) < 0)
        return -1;
    int got = 0;
    for (size_t i = 0; got == 0 && i < place->schema->table_count; i++) {
        bool empty;
        got = copy_is_empty(db, place->schema->tables[i], &empty, err);
        if (got == 0 && !empty)
            got = fail(err, FAULT_CONFLICT, "backup.filled", "数据库里已有数据（表 %s），请恢复到空的数据库",
                       "The database holds data already (table %s); restore into an empty one",
                       place->schema->tables[i]->name);
    }
    store_reader_back(place->store, db);
    return got;
}

static int finish(struct db *db, void *arg, struct error *err)
{
    const struct schema *schema = arg;
    for (size_t i = 0; i < schema->table_count; i++)
        if (copy_end(db, schema->tables[i], err) < 0)
            return -1;
    return 0;
}

static int prove(struct reader *r, struct error *err)
{
    struct db *db;
    const char *name;
    json_t *want;
    const json_t *tables = json_object_get(r->manifest, "tables");
    if (!json_is_object(tables) || json_integer_value(json_object_get(r->manifest, "format")) != FORMAT)
        return fail(err, FAULT_INVALID, "backup.cut", "备份文件不完整：没有结尾的清单",
                    "The backup is cut short: the list at its end is missing");
    if (json_integer_value(json_object_get(r->manifest, "files")) != r->sum.files)
        return fail(err, FAULT_INVALID, "backup.files", "备份文件缺少附件", "The backup lacks attached files");
    if (store_reader(r->place->store, &db, err) < 0)
        return -1;
    int got = 0;
    json_object_foreach((json_t *)tables, name, want)
    {
        char digest[BACKUP_DIGEST];
        int64_t rows;
        const struct table *table = table_named(r->place->schema, name, strlen(name));
        if (got < 0)
            break;
        got = table ? backup_digest(db, table, &rows, digest, err) : 0;
        if (got == 0 && table &&
            (rows != json_integer_value(json_object_get(want, "rows")) ||
             strcmp(digest, json_string_value(json_object_get(want, "digest"))) != 0))
            got = fail(err, FAULT_INTERNAL, "backup.differs", "表 %s 恢复后与备份不一致，请不要使用这个数据库",
                       "Table %s differs from the backup after the restore; do not use this database", name);
        r->sum.tables++;
    }
    store_reader_back(r->place->store, db);
    return got;
}

int backup_restore(const struct backup_place *place, int fd, struct backup_sum *sum, struct error *err)
{
    struct archive_entry *entry;
    struct reader r = { .place = place };
    int rc = ARCHIVE_EOF, got = must_be_empty(place, err);
    r.in = got == 0 ? open_archive(fd, err) : NULL;
    if (!r.in)
        return -1;
    while (got == 0 && (rc = archive_read_next_header(r.in, &entry)) == ARCHIVE_OK)
        got = load_member(&r, archive_entry_pathname(entry), err);
    if (got == 0 && rc != ARCHIVE_EOF)
        got = broken(r.in, err);
    archive_read_free(r.in);
    if (got == 0)
        got = store_write(place->store, finish, (void *)(uintptr_t)place->schema, err);
    if (got == 0)
        got = search_rebuild(place->store, err);
    if (got == 0)
        got = prove(&r, err);
    json_decref(r.manifest);
    if (got == 0)
        *sum = r.sum;
    return got;
}
