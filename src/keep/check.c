#include "keep/check.h"

#include "base/memory.h"
#include "store/schema.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN = 20, SQL_BYTES = 4096, PATH_BYTES = 4096, BLOCK = 64 << 10 };

struct look {
    struct db *db;
    FILE *out;
    int64_t faults;
};

/* Rows that should not be there: their ids are listed, the first SHOWN of them, and all are counted. */
static int none_of(struct look *l, const char *what, const char *sql, struct error *err)
{
    struct rows rows;
    int64_t count = 0;
    if (db_query(l->db, &rows, sql, NO_BINDS, err) < 0)
        return -1;
    for (; rows_next(&rows); count++)
        if (count < SHOWN)
            fprintf(l->out, "%s%" PRId64, count ? " " : what, rows_int(&rows, 0));
    if (rows_done(&rows, err) < 0)
        return -1;
    if (count)
        fprintf(l->out, count > SHOWN ? " … (%" PRId64 ")\n" : "\n", count);
    l->faults += count;
    return 0;
}

static int check_history(struct look *l, const struct kind *kind, struct error *err)
{
    AUTO_TEXT sql = TEXT_LIMIT(SQL_BYTES);
    AUTO_TEXT what = TEXT_LIMIT(256);
    text_printf(&what, "%s: history and version differ / 经过与版本不符: ", kind->name);
    text_printf(&sql,
                "SELECT k.id FROM %s k LEFT JOIN (SELECT id, count(*) AS n, max(version) AS v FROM history WHERE kind "
                "= '%s' GROUP BY id) h ON h.id = k.id WHERE h.n IS NULL OR h.n <> k.version OR h.v <> k.version "
                "ORDER BY k.id",
                kind->name, kind->name);
    return none_of(l, text_get(&what), text_get(&sql), err);
}

static int check_owner(struct look *l, const struct kind *kind, struct error *err)
{
    AUTO_TEXT sql = TEXT_LIMIT(SQL_BYTES);
    AUTO_TEXT what = TEXT_LIMIT(256);
    text_printf(&what, "%s: not where its object is / 属地与监管对象不符: ", kind->name);
    text_printf(&sql,
                "SELECT k.id FROM %s k LEFT JOIN object o ON o.id = k.own_object WHERE k.own_object > 0 AND (o.id IS "
                "NULL OR o.county <> k.own_county OR o.town <> k.own_town OR o.village <> k.own_village OR "
                "coalesce(o.sector, '') <> coalesce(k.own_sector, '')) ORDER BY k.id",
                kind->name);
    return none_of(l, text_get(&what), text_get(&sql), err);
}

static int check_search(struct look *l, const struct kind *kind, struct error *err)
{
    AUTO_TEXT sql = TEXT_LIMIT(SQL_BYTES);
    AUTO_TEXT what = TEXT_LIMIT(256);
    text_printf(&what, "%s: search entry of no record / 检索条目没有对应记录: ", kind->name);
    text_printf(&sql,
                "SELECT s.id FROM search_doc s LEFT JOIN %s k ON k.id = s.id WHERE s.kind = '%s' AND k.id IS NULL "
                "ORDER BY s.id",
                kind->name, kind->name);
    return none_of(l, text_get(&what), text_get(&sql), err);
}

static int check_kind(struct look *l, const struct kind *kind, struct error *err)
{
    if (check_history(l, kind, err) < 0 || check_search(l, kind, err) < 0)
        return -1;
    return kind->scope == SCOPE_OBJECT || kind->scope == SCOPE_IS_OBJECT ? check_owner(l, kind, err) : 0;
}

/* NULL when the bytes are those the name promises. */
static const char *file_fault(const char *folder, const char *sha256, char *block)
{
    AUTO_TEXT path = TEXT_LIMIT(PATH_BYTES);
    crypto_hash_sha256_state hash;
    unsigned char raw[32];
    char hex[65];
    ssize_t n;
    text_printf(&path, "%s/files/%.2s/%s", folder, sha256, sha256 + 2);
    int fd = open(text_get(&path), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return "missing / 缺失";
    crypto_hash_sha256_init(&hash);
    while ((n = read(fd, block, BLOCK)) > 0)
        crypto_hash_sha256_update(&hash, (const unsigned char *)block, (size_t)n);
    close(fd);
    crypto_hash_sha256_final(&hash, raw);
    sodium_bin2hex(hex, sizeof hex, raw, sizeof raw);
    return n < 0 || strcmp(hex, sha256) != 0 ? "damaged / 已损坏" : NULL;
}

static int check_files(struct look *l, const char *folder, struct error *err)
{
    struct rows rows;
    char *block = memory_new(BLOCK);
    if (db_query(l->db, &rows, "SELECT DISTINCT sha256 FROM file ORDER BY sha256", NO_BINDS, err) < 0) {
        memory_free(block);
        return -1;
    }
    while (rows_next(&rows)) {
        const char *fault = file_fault(folder, rows_text(&rows, 0), block);
        if (fault) {
            fprintf(l->out, "file %s: %s\n", rows_text(&rows, 0), fault);
            l->faults++;
        }
    }
    memory_free(block);
    return rows_done(&rows, err);
}

static int check_schema(struct look *l, const struct schema *schema, struct error *err)
{
    AUTO_TEXT lines = TEXT_LIMIT(1 << 20);
    if (schema_differences(l->db, schema, &lines, err) < 0)
        return -1;
    for (const char *at = text_get(&lines); *at; at++)
        l->faults += *at == '\n';
    fputs(text_get(&lines), l->out);
    return 0;
}

static int print_digests(struct look *l, const struct schema *schema, struct error *err)
{
    for (size_t i = 0; i < schema->table_count; i++) {
        char digest[BACKUP_DIGEST];
        int64_t rows;
        if (!backup_holds(schema->tables[i]))
            continue;
        if (backup_digest(l->db, schema->tables[i], &rows, digest, err) < 0)
            return -1;
        fprintf(l->out, "%-28s %10" PRId64 " %s\n", schema->tables[i]->name, rows, digest);
    }
    return 0;
}

static int look_inside(struct look *l, const struct backup_place *place, const struct kind *const *kinds, bool digests,
                       struct error *err)
{
    if (check_schema(l, place->schema, err) < 0 || (digests && print_digests(l, place->schema, err) < 0))
        return -1;
    for (const struct kind *const *k = kinds; *k; k++)
        if (!(*k)->child && check_kind(l, *k, err) < 0)
            return -1;
    return check_files(l, place->folder, err);
}

int check_all(const struct backup_place *place, const struct kind *const *kinds, bool digests, FILE *out,
              int64_t *faults, struct error *err)
{
    struct look l = { .out = out };
    if (store_reader(place->store, &l.db, err) < 0)
        return -1;
    int got = db_snapshot_begin(l.db, err);
    if (got == 0) {
        got = look_inside(&l, place, kinds, digests, err);
        db_snapshot_end(l.db);
    }
    store_reader_back(place->store, l.db);
    if (got < 0)
        return -1;
    fprintf(out, "faults=%" PRId64 "\n", l.faults);
    *faults = l.faults;
    return 0;
}
