#include "exchange/export.h"

#include "base/text.h"
#include "domain/render.h"
#include "exchange/csv.h"
#include "record/table.h"
#include "record/type.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER = 1 << 20 };

const struct label export_number = { "编号", "Number" }, export_version = { "版本", "Version" };

struct sheet {
    struct db *db;
    const struct list_query *query;
    const struct field *columns[LIMIT_FIELDS];
    size_t column_count;
    bool english;
    int fd;
    int64_t size, rows;
    struct text out;
};

static int flush(struct sheet *s, struct error *err)
{
    if (!text_ok(&s->out))
        return fail(err, FAULT_TOO_LARGE, "export.row", "有一行内容太长，无法导出", "A row is too long to be exported");
    for (size_t done = 0; done < s->out.used;) {
        ssize_t n = write(s->fd, s->out.at + done, s->out.used - done);
        if (n < 0)
            return fail(err, errno == ENOSPC ? FAULT_FULL : FAULT_INTERNAL, "export.write", "导出文件无法写入：%s",
                        "The export cannot be written: %s", strerror(errno));
        done += (size_t)n;
    }
    s->size += (int64_t)s->out.used;
    text_clear(&s->out);
    return 0;
}

static void put_label(struct sheet *s, const struct label *label, const struct label *unit)
{
    AUTO_TEXT name = TEXT_LIMIT(512);
    text_str(&name, s->english ? label->en : label->zh);
    if (unit && unit->zh)
        text_printf(&name, s->english ? " (%s)" : "（%s）", s->english ? unit->en : unit->zh);
    csv_cell(&s->out, text_get(&name), name.used, CSV_TEXT);
}

static void put_cell(struct sheet *s, const struct names *n, const struct field *f, const void *record,
                     struct arena *arena)
{
    const struct kind *kind = s->query->kind;
    AUTO_TEXT cell = TEXT_LIMIT(LIMIT_CELL);
    enum csv_as as = CSV_TEXT;
    if (record_bit(record_of_const(record)->known, field_slot(f))) {
        struct type_context ctx = { .arena = arena, .kind = kind, .name = f->name };
        int64_t id = *(const int64_t *)field_member_const(f, record);
        if (f->type == &type_object) {
            const char *name = names_get(n, NULL, id);
            text_str(&cell, name ? name : "");
        } else if (f->type == &type_reference) {
            const char *name = names_get(n, kind_find(f->ref), id);
            text_str(&cell, name ? name : "");
        } else {
            f->type->to_text(f, &ctx, field_member_const(f, record), s->english, &cell);
        }
        if (f->type == &type_integer || f->type == &type_decimal || f->type == &type_money)
            as = CSV_NUMBER;
    }
    csv_cell(&s->out, text_get(&cell), cell.used, as);
}

static int put_page(void *const *rows, size_t count, void *arg, struct error *err)
{
    struct sheet *s = arg;
    AUTO_ARENA arena = { 0 };
    const struct kind *kind = s->query->kind;
    struct names *n = names_new(&arena);
    for (size_t i = 0; i < count; i++)
        names_want_record(n, kind, rows[i]);
    if (names_load(n, s->db, s->query->actor, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct record *r = record_of_const(rows[i]);
        const char *number = record_number(&arena, kind, rows[i]);
        if (!number)
            number = arena_printf(&arena, "%" PRId64, r->id);
        const char *version = arena_printf(&arena, "%" PRId64, r->version);
        csv_cell(&s->out, number, strlen(number), CSV_TEXT);
        for (size_t k = 0; k < s->column_count; k++)
            put_cell(s, n, s->columns[k], rows[i], &arena);
        csv_cell(&s->out, version, strlen(version), CSV_NUMBER);
        csv_end_row(&s->out);
        if (s->out.used > BUFFER / 2 && flush(s, err) < 0)
            return -1;
        s->rows++;
    }
    return 0;
}

static int choose_columns(struct sheet *s, const char *columns, struct error *err)
{
    const struct kind *kind = s->query->kind;
    for (size_t i = 0; !columns && i < kind->field_count; i++)
        if (kind->fields[i].type != &type_lines && kind->fields[i].type != &type_files)
            s->columns[s->column_count++] = &kind->fields[i];
    while (columns && *columns) {
        char name[64] = "";
        size_t n = strcspn(columns, ",");
        if (n < sizeof name)
            memcpy(name, columns, n);
        const struct field *f = field_find(kind, name);
        if (!f || f->type == &type_lines || f->type == &type_files || s->column_count == LIMIT_FIELDS)
            return fail_field(err, "columns", "没有“%s”这一列", "There is no column \"%s\"", name);
        s->columns[s->column_count++] = f;
        columns += n + (columns[n] == ',');
    }
    return 0;
}

int export_csv(struct db *db, const struct list_query *query, const char *columns, bool english, int *fd, int64_t *size,
               int64_t *rows, struct error *err)
{
    struct sheet s = { .db = db, .query = query, .english = english, .out = TEXT_LIMIT(BUFFER) };
    const char *folder = getenv("TMPDIR");
    AUTO_TEXT path = TEXT_LIMIT(4096);
    if (choose_columns(&s, columns, err) < 0)
        return -1;
    text_printf(&path, "%s/anlan-export-XXXXXX", folder && *folder ? folder : "/tmp");
    s.fd = mkostemp(path.at, O_CLOEXEC);
    if (s.fd < 0)
        return fail(err, FAULT_FULL, "export.open", "导出文件无法创建：%s", "The export cannot be created: %s",
                    strerror(errno));
    unlink(text_get(&path));
    csv_begin(&s.out);
    put_label(&s, &export_number, NULL);
    for (size_t i = 0; i < s.column_count; i++)
        put_label(&s, &s.columns[i]->label, &s.columns[i]->unit);
    put_label(&s, &export_version, NULL);
    csv_end_row(&s.out);
    int got = list_each(db, query, put_page, &s, err);
    if (got == 0)
        got = flush(&s, err);
    text_done(&s.out);
    if (got < 0 || lseek(s.fd, 0, SEEK_SET) < 0) {
        close(s.fd);
        return -1;
    }
    *fd = s.fd;
    *size = s.size;
    *rows = s.rows;
    return 0;
}
