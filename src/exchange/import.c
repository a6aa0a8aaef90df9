#include "exchange/import.h"

#include "access/query.h"
#include "base/memory.h"
#include "base/seal.h"
#include "base/utf8.h"
#include "domain/grid/grid.h"
#include "domain/object/enterprise.h"
#include "exchange/csv.h"
#include "exchange/export.h"
#include "record/table.h"
#include "record/type.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 200, HEADER_WITHIN = 10, PROBLEMS = 1000, PREVIEW = 200, COLUMNS = CSV_COLUMNS };

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column import_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },       { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "file", COLUMN_TEXT, COLUMN_NOT_NULL },    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "at", COLUMN_INT, COLUMN_NOT_NULL },       { "row_count", COLUMN_INT, COLUMN_NOT_NULL },
    { "imported", COLUMN_INT, COLUMN_NOT_NULL }, { "duplicates", COLUMN_INT, COLUMN_NOT_NULL },
    { "rejected", COLUMN_INT, COLUMN_NOT_NULL },
};
const struct table import_table = { .name = "import", LISTED(import_columns) };

struct problem {
    int64_t row;
    int column; /* -1: the row as a whole */
    bool warning;
    const char *field, *value, *zh, *en;
};

enum verdict { VERDICT_IMPORT, VERDICT_DUPLICATE, VERDICT_REJECT };

struct row {
    int64_t number;
    const char **cells;
    size_t count;
    enum verdict verdict;
    bool pending;
};

struct import {
    const struct import_order *order;
    struct arena arena;
    const struct field *fields[COLUMNS]; /* per column; NULL = not imported */
    const char *headers[COLUMNS];
    size_t column_count;
    bool ours;     /* exported here: the version is in the last column */
    size_t number; /* ours: the column of the number */
    struct problem problems[PROBLEMS];
    size_t problem_count;
    struct row preview[PREVIEW];
    size_t preview_count;
    struct import_sum sum;
    struct arena chunk; /* cells and keys of the rows being worked on */
    uint64_t *seen;     /* hashes of identities met earlier in the same file */
    size_t seen_count, seen_room;
    uint64_t seen_hash; /* of the slot asked for last */
};

/* ---- header ---- */

/* What offices write above their columns, beside the labels themselves. */
static const struct {
    const char *field, *header;
} synonyms[] = {
    { "name", "单位名称" },
    { "name", "企业名称" },
    { "name", "名称" },
    { "name", "公司名称" },
    { "name", "name" },
    { "credit_code", "信用代码" },
    { "credit_code", "社会信用代码" },
    { "credit_code", "统一代码" },
    { "phone", "电话" },
    { "phone", "手机" },
    { "phone", "联系方式" },
    { "phone", "手机号" },
    { "head", "负责人" },
    { "head", "企业负责人" },
    { "legal_representative", "法人" },
    { "legal_representative", "法人代表" },
    { "sector", "行业" },
    { "sector", "所属行业" },
    { "region", "所属区域" },
    { "region", "所在乡镇" },
    { "region", "乡镇" },
    { "region", "镇街" },
    { "region", "所属乡镇" },
    { "staff", "职工人数" },
    { "staff", "人数" },
    { "staff", "员工人数" },
    { "address", "详细地址" },
    { "address", "经营地址" },
    { "address", "street" },
    { "founded_on", "成立时间" },
    { "remark", "说明" },
    { "external_no", "企业编号" },
    { "external_no", "编号" },
    { "external_no", "enterprise_no" },
    { "description", "问题描述" },
    { "description", "隐患描述" },
    { "object", "受检单位" },
    { "object", "单位名称" },
    { "object", "企业名称" },
    { "found_on", "发现日期" },
    { "found_on", "检查日期" },
    { "capital", "注册资金" },
};

/* "联系电话（手机）", " 联系 电话 " -> what is compared: folded, without spaces and what stands in brackets. */
static const char *header_plain(struct arena *arena, const char *text)
{
    AUTO_TEXT folded = TEXT_LIMIT(LIMIT_CELL);
    AUTO_TEXT out = TEXT_LIMIT(LIMIT_CELL);
    utf8_plain(&folded, text, strlen(text));
    for (const char *at = text_get(&folded); *at; at++) {
        if (*at == '(')
            break;
        if (!isspace((unsigned char)*at) && *at != '*')
            text_char(&out, (char)tolower((unsigned char)*at));
    }
    return arena_str(arena, text_get(&out));
}

static const struct field *guess(struct import *im, const char *header)
{
    const struct kind *kind = im->order->kind;
    const char *plain = header_plain(&im->arena, header);
    if (!*plain)
        return NULL;
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        if (strcmp(plain, f->name) == 0 || strcmp(plain, header_plain(&im->arena, f->label.zh)) == 0 ||
            strcmp(plain, header_plain(&im->arena, f->label.en)) == 0)
            return f;
    }
    for (size_t i = 0; i < COUNT(synonyms); i++)
        if (strcmp(plain, synonyms[i].header) == 0 && field_find(kind, synonyms[i].field))
            return field_find(kind, synonyms[i].field);
    return NULL;
}

static bool may_import(const struct field *f)
{
    return !(f->flags & (MOVE_ONLY | DERIVED)) && f->type != &type_state && f->type != &type_lines &&
           f->type != &type_files;
}

static size_t header_score(struct import *im, const struct csv_row *row)
{
    size_t score = 0;
    for (size_t i = 0; i < row->count && i < COLUMNS; i++)
        score += row->cells[i].size && guess(im, row->cells[i].at) != NULL;
    return score;
}

static int apply_mapping(struct import *im, struct error *err)
{
    const struct kind *kind = im->order->kind;
    const char *letter;
    json_t *name;
    json_object_foreach((json_t *)im->order->mapping, letter, name)
    {
        for (size_t i = 0; i < im->column_count; i++) {
            char own[CSV_COLUMN_NAME];
            csv_column_name(i, own);
            if (strcmp(own, letter) != 0)
                continue;
            im->fields[i] = json_is_string(name) ? field_find(kind, json_string_value(name)) : NULL;
            if (json_is_string(name) && (!im->fields[i] || !may_import(im->fields[i])))
                return fail_field(err, "mapping", "%s 列不能导入到“%s”", "Column %s cannot go to \"%s\"", letter,
                                  json_string_value(name));
        }
    }
    return 0;
}

static void take_header(struct import *im, const struct csv_row *row)
{
    im->column_count = row->count < COLUMNS ? row->count : COLUMNS;
    for (size_t i = 0; i < im->column_count; i++)
        im->headers[i] = arena_str(&im->arena, row->cells[i].at);
    /* Its rows are known by their number. */
    im->ours = row->count <= COLUMNS && export_is_ours(im->headers, im->column_count, &im->number);
    for (size_t i = 0; i < im->column_count; i++) {
        const struct field *f = guess(im, row->cells[i].at);
        if (f && (!may_import(f) || (im->ours && (i == im->number || i == im->column_count - 1))))
            f = NULL;
        for (size_t k = 0; f && k < i; k++)
            if (im->fields[k] == f)
                f = NULL; /* the first column of a name is meant */
        im->fields[i] = f;
    }
}

static int need_columns(struct import *im, struct error *err)
{
    const struct kind *kind = im->order->kind;
    const struct field *title = field_title(kind);
    for (size_t i = 0; i < im->column_count; i++)
        if (im->fields[i] == title)
            return 0;
    return fail_field(err, "mapping", "没有找到“%s”%.0s这一列，请对应表头", "No column for %.0s%s; map the header",
                      title->label.zh, title->label.en);
}

/* ---- cells ---- */

static void complain(struct import *im, int64_t row, int column, bool warning, const char *value,
                     const struct field_error *why)
{
    if (im->problem_count == PROBLEMS)
        return;
    const struct field *f = column >= 0 ? im->fields[column] : NULL;
    im->problems[im->problem_count++] = (struct problem){ .row = row,
                                                          .column = column,
                                                          .warning = warning,
                                                          .field = f ? f->name : arena_str(&im->arena, why->name),
                                                          .value = arena_str(&im->arena, value),
                                                          .zh = arena_str(&im->arena, why->zh),
                                                          .en = arena_str(&im->arena, why->en) };
}

static int column_of(const struct import *im, const char *field)
{
    size_t n = strcspn(field, ".");
    for (size_t i = 0; i < im->column_count; i++)
        if (im->fields[i] && strncmp(im->fields[i]->name, field, n) == 0 && im->fields[i]->name[n] == '\0')
            return (int)i;
    return -1;
}

static void complain_all(struct import *im, const struct row *row, const struct error *err)
{
    struct field_error whole = { .name = "" };
    if (err->field_count == 0) {
        memcpy(whole.zh, err->zh, sizeof whole.zh - 1);
        memcpy(whole.en, err->en, sizeof whole.en - 1);
        complain(im, row->number, -1, false, NULL, &whole);
    }
    for (size_t i = 0; i < err->field_count && i < ERROR_FIELDS; i++) {
        int column = column_of(im, err->fields[i].name);
        const char *value = column >= 0 && (size_t)column < row->count ? row->cells[column] : NULL;
        complain(im, row->number, column, false, value, &err->fields[i]);
    }
}

/* Names in cells become ids: the unit, the person, the area as offices write them. */
static int id_by_name(struct change *c, const struct field *f, const char *text, int64_t *id, struct error *err)
{
    const struct kind *kinds[4] = { NULL };
    size_t kind_count = 0, count = 0;
    for (const struct kind *const *k = all_kinds; *k && kind_count < COUNT(kinds); k++)
        if (f->type == &type_object ? (*k)->scope == SCOPE_IS_OBJECT : strcmp((*k)->name, f->ref) == 0)
            kinds[kind_count++] = *k;
    int64_t found[2] = { 0, 0 };
    /* What lies outside the scope is told apart from what does not exist by nothing. */
    for (size_t i = 0; i < kind_count; i++)
        if (record_ids_named(c->db, c->actor, kinds[i], text, found, COUNT(found), &count, err) < 0)
            return -1;
    if (count == 0)
        return fail_field(err, f->name, "查无此名，请核对或先登记", "No such name; check it or register it first");
    if (count == 2)
        return fail_field(err, f->name, "有重名，请改用编号", "Two have this name; use the number");
    *id = found[0];
    return 0;
}

/* "澜北区临河镇", "临河镇", "990101001000": the names of the way down, the last one decides. */
static int region_by_name(struct change *c, const struct field *f, const char *text, int64_t *code, struct error *err)
{
    struct rows rows;
    int64_t found = 0;
    size_t count = 0;
    if (region_parse(text, code))
        return 0;
    if (db_query(c->db, &rows,
                 "SELECT r.id, r.name, p.name, g.name FROM region r LEFT JOIN region p ON p.id = r.parent LEFT JOIN "
                 "region g ON g.id = p.parent WHERE ? LIKE '%' || r.name",
                 BIND(value_text(text)), err) < 0)
        return -1;
    while (rows_next(&rows)) {
        const char *own = rows_text(&rows, 1), *parent = rows_text(&rows, 2), *grand = rows_text(&rows, 3);
        size_t left = strlen(text) - strlen(own);
        size_t p = parent ? strlen(parent) : 0, g = grand ? strlen(grand) : 0;
        bool fits = left == 0 || (left >= p && p && strncmp(text + left - p, parent, p) == 0 &&
                                  (left == p || (left >= p + g && g && strncmp(text + left - p - g, grand, g) == 0)));
        if (fits) {
            found = rows_int(&rows, 0);
            count++;
        }
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    if (count != 1)
        return count == 0 ? fail_field(err, f->name, "没有这个区划，请写“区县＋乡镇”或 12 位代码",
                                       "No such area; write county and town, or the 12-digit code")
                          : fail_field(err, f->name, "这个名称不止一处，请加写区县",
                                       "There are several of this name; add the county");
    *code = found;
    return 0;
}

/* text is the cell folded, for names and codes; the type folds for itself and wants the cell as it was written. */
static void take_cell(struct change *c, const struct field *f, const char *cell, const char *text, void *record,
                      struct error *err)
{
    struct type_context ctx = { c->arena, c->kind, f->name, 0 };
    int64_t member = 0;
    int got;
    bool number = strspn(text, "0123456789") == strlen(text);
    if ((f->type == &type_object || f->type == &type_reference) && !number)
        got = id_by_name(c, f, arena_str(c->arena, text), &member, err);
    else if (f->type == &type_region)
        got = region_by_name(c, f, arena_str(c->arena, text), &member, err);
    else
        got = f->type->read_text(f, &ctx, cell, &member, err);
    if (got != 0)
        return;
    memcpy(field_member(f, record), &member, sizeof member);
    record_set_bit(record_of(record)->known, field_slot(f), true);
    record_set_bit(record_of(record)->given, field_slot(f), true);
}

/* An 18-digit code that a spreadsheet kept as a number has lost its last digits (decision 11). */
static bool lost_digits(const char *text)
{
    const char *e = strpbrk(text, "eE");
    return e && (e[1] == '+' || isdigit((unsigned char)e[1])) && isdigit((unsigned char)text[0]) &&
           strspn(text, "0123456789.") == (size_t)(e - text);
}

static bool text_of(const struct kind *kind, const char *field, const void *record, const char **out)
{
    const struct field *f = field ? field_find(kind, field) : NULL;
    if (!f || f->type != &type_text || !record_bit(record_of_const(record)->known, field_slot(f)))
        return false;
    *out = *(const char *const *)field_member_const(f, record);
    return true;
}

/* again: into a record that is there; what is fixed at creation stays as it was. */
static void take_row(struct import *im, struct change *c, const struct row *row, bool again, void *record,
                     struct error *err)
{
    for (size_t i = 0; i < im->column_count && i < row->count; i++) {
        const struct field *f = im->fields[i];
        if (f && again && (f->flags & FIXED))
            continue;
        AUTO_TEXT plain = TEXT_LIMIT(LIMIT_CELL);
        utf8_plain(&plain, row->cells[i], strlen(row->cells[i]));
        const char *text = text_get(&plain);
        if (!f || plain.used == 0 || strcmp(text, "-") == 0 || strcmp(text, "/") == 0 || strcmp(text, "无") == 0)
            continue; /* what offices write for "nothing" */
        const char *was;
        if ((f->type == &type_text || f->type == &type_id_number) && lost_digits(text) &&
            !(again && text_of(c->kind, f->name, record, &was) && strcmp(was, text) == 0)) {
            fail_field(err, f->name, "长号码被存成了数字，末尾几位已丢失，请把这一列设为文本后重填",
                       "A long number was kept as a number and lost digits; make the column text and fill it again");
            continue;
        }
        take_cell(c, f, row->cells[i], text, record, err);
    }
}

/* ---- the same one ---- */

/* By what a record says "the same one": the kind's identity, else the source number, else — for objects alone, two
** hazards may well read alike — the title within its town. The text that is compared, or NULL. */
static const char *identity_of(struct import *im, const void *record, const char **column)
{
    const struct kind *kind = im->order->kind;
    const char *by[] = { kind->identity, "external_no", field_title(kind)->name }, *value;
    size_t ways = kind->scope == SCOPE_IS_OBJECT ? COUNT(by) : COUNT(by) - 1;
    for (size_t i = 0; i < ways; i++)
        if (text_of(kind, by[i], record, &value)) {
            *column = by[i];
            return value;
        }
    return NULL;
}

/* A row outside the importer's scope is not found: "duplicate" would tell that it exists. */
static int find_same(struct import *im, struct change *c, const void *record, int64_t *id, struct error *err)
{
    const struct kind *kind = im->order->kind;
    const char *column = NULL, *value = kind->id_field ? NULL : identity_of(im, record, &column);
    bool live = false;
    *id = 0;
    if (kind->id_field) {
        const struct field *f = field_find(kind, kind->id_field);
        return row_find(c->db, kind, "id", value_int(*(const int64_t *)field_member_const(f, record)), id, err);
    }
    if (value && column == field_title(kind)->name) {
        size_t count = 0;
        return record_ids_named(c->db, c->actor, kind, value, id, 1, &count, err);
    }
    if (value && row_find(c->db, kind, column, value_text(value), id, err) < 0)
        return -1;
    if (*id && record_is_live(c->db, c->actor, kind, *id, &live, err) < 0)
        return -1;
    if (!live)
        *id = 0;
    return 0;
}

static uint64_t *seen_find(const struct import *im, uint64_t hash)
{
    size_t at = (size_t)hash & (im->seen_room - 1);
    while (im->seen[at] && im->seen[at] != hash)
        at = (at + 1) & (im->seen_room - 1);
    return &im->seen[at];
}

/* 0 when it is none. */
static int64_t whole_number(const char *text)
{
    size_t n = strlen(text);
    return n > 0 && n <= 18 && strspn(text, "0123456789") == n ? strtoll(text, NULL, 10) : 0;
}

static int64_t number_in(const struct row *row, size_t column)
{
    return column < row->count ? whole_number(row->cells[column]) : 0;
}

/* The record whose number an exported row carries, when the importer sees it; 0 for any other row. */
static int find_number(struct import *im, struct change *c, const struct row *row, int64_t *id, struct error *err)
{
    const struct kind *kind = im->order->kind;
    struct scope scope;
    void *record;
    *id = 0;
    if (!im->ours || row->count <= im->number || kind->id_field || im->order->duplicates == IMPORT_NEW)
        return 0;
    const char *cell = row->cells[im->number], *dash = strrchr(cell, '-');
    int64_t number = whole_number(kind->numbered ? (dash ? dash + 1 : "") : cell);
    if (number == 0)
        return 0;
    scope_compile(c->actor, kind, verb_bit("read"), &scope);
    if (record_read(c->db, &scope, number, false, false, c->arena, &record, err) < 0) {
        if (err->fault != FAULT_MISSING)
            return -1;
        error_clear(err);
        return 0;
    }
    if (!kind->numbered || strcmp(record_number(c->arena, kind, record), cell) == 0)
        *id = number;
    return 0;
}

/* A dry run stores nothing, so it remembers itself what it has met: an open-addressed set of hashes. */
static uint64_t *seen_slot(struct import *im, const char *column, const char *value)
{
    unsigned char digest[32];
    uint64_t hash;
    const char *key = arena_printf(&im->chunk, "%s=%s", column, value);
    sha256(key, strlen(key), digest);
    memcpy(&hash, digest, sizeof hash);
    im->seen_hash = hash | 1; /* 0 is an empty slot */
    if (im->seen_count * 2 >= im->seen_room) {
        uint64_t *old = im->seen;
        size_t room = im->seen_room;
        im->seen_room = room ? room * 2 : 1024;
        im->seen = memory_new(im->seen_room * sizeof *im->seen);
        for (size_t i = 0; i < room; i++)
            if (old[i])
                *seen_find(im, old[i]) = old[i];
        memory_free(old);
    }
    return seen_find(im, im->seen_hash);
}

static bool seen_before(struct import *im, const void *record)
{
    const char *column, *value = im->order->dry ? identity_of(im, record, &column) : NULL;
    return value && *seen_slot(im, column, value) != 0;
}

/* By everything a later row could be recognised by. */
static void remember(struct import *im, const void *record)
{
    const struct kind *kind = im->order->kind;
    const char *by[] = { kind->identity, "external_no", field_title(kind)->name }, *value;
    for (size_t i = 0; im->order->dry && i < COUNT(by); i++)
        if (text_of(kind, by[i], record, &value)) {
            uint64_t *slot = seen_slot(im, by[i], value);
            im->seen_count += *slot == 0;
            *slot = im->seen_hash;
        }
}

/* ---- rows ---- */

/* What a ledger may leave open: the record is pending, and says so itself. */
static void settle_gaps(struct import *im, struct row *row, void *record)
{
    if (im->order->kind == &enterprise_kind) {
        struct enterprise *e = record;
        if (!has(e, credit_code) && !has(e, no_code_reason)) {
            set(e, no_code_reason, "ledger");
            row->pending = true;
        }
        row->pending |= !has(e, region) || !has(e, sector);
    }
    const struct field *source = field_find(im->order->kind, "source");
    if (source && !record_bit(record_of(record)->known, field_slot(source))) {
        *(const char **)field_member(source, record) = "import";
        record_set_bit(record_of(record)->known, field_slot(source), true);
    }
}

struct one {
    struct import *im;
    struct change *c;
    struct row *row;
    bool *kept;
};

static int update_same(struct import *im, struct change *c, const struct row *row, int64_t id, struct error *err)
{
    void *before;
    if (change_get(c, im->order->kind, id, 0, "change", &before, err) < 0)
        return -1;
    void *after = change_copy(c, im->order->kind, before);
    int64_t version = im->ours ? number_in(row, im->column_count - 1) : 0;
    take_row(im, c, row, true, after, err);
    if (err->fault || change_save(c, im->order->kind, before, after, err) < 0)
        return -1;
    /* The savepoint takes back what was saved over somebody else's work. */
    if (version && version != record_of(before)->version && !c->result.unchanged)
        return fail(err, FAULT_CONFLICT, "import.stale", "这条记录在导出后已被修改，请重新导出再改",
                    "The record was changed after this export; export it again and edit that");
    return 0;
}

/* same: 0 when it was met in the same file. */
static int take_same(struct one *o, int64_t same, struct error *err)
{
    o->row->verdict = VERDICT_DUPLICATE;
    return same && o->im->order->duplicates == IMPORT_UPDATE ? update_same(o->im, o->c, o->row, same, err) : 0;
}

static int row_in_savepoint(struct db *db, void *args, struct error *err)
{
    (void)db;
    struct one *o = args;
    struct import *im = o->im;
    int64_t same = 0;
    void *record = change_new(o->c, im->order->kind);
    o->c->kind = im->order->kind;
    if (find_number(im, o->c, o->row, &same, err) < 0)
        return -1;
    if (same)
        return take_same(o, same, err);
    take_row(im, o->c, o->row, false, record, err);
    if (im->order->kind->tidy)
        im->order->kind->tidy(o->c, record);
    settle_gaps(im, o->row, record);
    if (err->fault) /* with what is missing, so that a row is corrected in one go */
        return err->fault == FAULT_INVALID ? change_create(o->c, im->order->kind, record, err) : -1;
    if (im->order->duplicates != IMPORT_NEW || im->order->kind->id_field) {
        if (find_same(im, o->c, record, &same, err) < 0)
            return -1;
        if (same || (!*o->kept && seen_before(im, record)))
            return take_same(o, same, err);
    }
    if (change_create(o->c, im->order->kind, record, err) < 0)
        return -1;
    if (!*o->kept)
        remember(im, record);
    *o->kept = true;
    return 0;
}

struct chunk {
    struct import *im;
    struct row rows[CHUNK];
    size_t count;
    size_t problem_count; /* to begin again when the transaction is repeated */
    bool kept[CHUNK];     /* made in an earlier run of the same transaction: not its own duplicate */
};

static const char dry_end[] = "import.dry";

static int chunk_in_change(struct change *c, void *args, struct error *err)
{
    struct chunk *k = args;
    struct import *im = k->im;
    im->problem_count = k->problem_count;
    c->import_id = im->sum.receipt ? im->sum.receipt : -1;
    c->quiet = true;
    for (size_t i = 0; i < k->count; i++) {
        struct row *row = &k->rows[i];
        struct error why = { 0 };
        struct one one = { im, c, row, &k->kept[i] };
        row->verdict = VERDICT_IMPORT;
        row->pending = false;
        if (db_try(c->db, row_in_savepoint, &one, &why) == 0)
            continue;
        if (why.fault == FAULT_INTERNAL || why.fault == FAULT_UNAVAILABLE || why.fault == FAULT_FULL) {
            *err = why;
            return -1;
        }
        row->verdict = VERDICT_REJECT;
        complain_all(im, row, &why);
    }
    return im->order->dry ? fail(err, FAULT_REFUSED, dry_end, "预检", "dry run") : 0;
}

static struct row keep_row(struct import *im, const struct row *row)
{
    struct row kept = *row;
    kept.cells = ARENA_ARRAY(&im->arena, const char *, row->count + 1);
    for (size_t i = 0; i < row->count; i++)
        kept.cells[i] = arena_str(&im->arena, row->cells[i]);
    return kept;
}

static int run_chunk(struct chunk *k, struct error *err)
{
    struct import *im = k->im;
    const struct import_order *o = im->order;
    struct change_order order = { .actor = o->actor,
                                  .now_ms = o->now_ms,
                                  .cause = arena_printf(&im->arena, "import %" PRId64, im->sum.receipt) };
    k->problem_count = im->problem_count;
    if (k->count == 0)
        return 0;
    if (change_run(o->house, &order, chunk_in_change, k, NULL, err) < 0) {
        if (strcmp(err->code, dry_end) != 0)
            return -1;
        error_clear(err);
    }
    for (size_t i = 0; i < k->count; i++) {
        im->sum.imported += k->rows[i].verdict == VERDICT_IMPORT;
        im->sum.duplicates += k->rows[i].verdict == VERDICT_DUPLICATE;
        im->sum.rejected += k->rows[i].verdict == VERDICT_REJECT;
        im->sum.pending += k->rows[i].verdict == VERDICT_IMPORT && k->rows[i].pending;
        if (im->preview_count < PREVIEW)
            im->preview[im->preview_count++] = keep_row(im, &k->rows[i]);
        k->kept[i] = false;
    }
    arena_done(&im->chunk);
    im->sum.rows += (int64_t)k->count;
    k->count = 0;
    return 0;
}

/* A row without words, or the line of totals under the table, is not a record. */
static bool is_beside(const struct csv_row *row)
{
    static const char *const totals[] = { "合计", "总计", "小计", "共计", "total", NULL };
    for (size_t i = 0; i < row->count; i++) {
        AUTO_TEXT plain = TEXT_LIMIT(LIMIT_CELL);
        AUTO_TEXT word = TEXT_LIMIT(LIMIT_CELL);
        utf8_plain(&plain, row->cells[i].at, row->cells[i].size);
        for (const char *at = text_get(&plain); *at; at++)
            if (*at != ' ' && *at != ':')
                text_char(&word, (char)tolower((unsigned char)*at));
        if (word.used)
            return name_listed(totals, COUNT(totals), text_get(&word));
    }
    return true;
}

static void take_cells(struct import *im, const struct csv_row *in, struct row *out)
{
    out->number = in->number;
    out->count = in->count < im->column_count ? in->count : im->column_count;
    out->cells = ARENA_ARRAY(&im->chunk, const char *, out->count + 1);
    for (size_t i = 0; i < out->count; i++) {
        struct csv_span cell = in->cells[i];
        csv_unprotect(&cell);
        out->cells[i] = arena_str(&im->chunk, cell.at);
        if (im->order->cells) {
            char letter[CSV_COLUMN_NAME], name[CSV_COLUMN_NAME + 24];
            csv_column_name(i, letter);
            AUTO_TEXT key = TEXT_LIMIT(sizeof name);
            text_printf(&key, "%s%" PRId64, letter, in->number);
            const json_t *fixed = json_object_get(im->order->cells, text_get(&key));
            if (json_is_string(fixed))
                out->cells[i] = arena_str(&im->chunk, json_string_value(fixed));
        }
    }
}

static int read_header(struct import *im, struct csv *csv, int64_t *header_row, struct error *err)
{
    struct csv_row row;
    size_t best = 0;
    int got = 1;
    *header_row = 0;
    for (int i = 0; i < HEADER_WITHIN && (got = csv_next(csv, &row, err)) > 0; i++) {
        size_t score = header_score(im, &row);
        if (score > best || (*header_row == 0 && !row.blank && im->order->mapping)) {
            best = score;
            *header_row = row.number;
            memset(im->fields, 0, sizeof im->fields);
            take_header(im, &row);
        }
    }
    if (got < 0)
        return -1;
    if (*header_row == 0)
        return fail_field(err, "file", "前 %d 行里没有认得的表头，请保留表头行，例：企业名称、统一社会信用代码",
                          "No known header in the first %d rows; keep the header row", HEADER_WITHIN);
    return im->order->mapping && apply_mapping(im, err) < 0 ? -1 : need_columns(im, err);
}

static int read_rows(struct import *im, struct csv *csv, int64_t header_row, struct error *err)
{
    struct chunk *chunk = ARENA_NEW(&im->arena, struct chunk);
    struct csv_row row;
    int got;
    chunk->im = im;
    csv_expect(csv, im->column_count);
    while ((got = csv_next(csv, &row, err)) > 0) {
        if (row.number <= header_row || is_beside(&row))
            continue;
        struct error wide = { 0 };
        if (row.given > im->column_count && csv_row_check(csv, &row, &wide) < 0) {
            /* A cell beyond the header would be lost without a word: its row is told instead. */
            complain_all(im, &(struct row){ .number = row.number }, &wide);
            im->sum.rows++;
            im->sum.rejected++;
            continue;
        }
        take_cells(im, &row, &chunk->rows[chunk->count++]);
        if (chunk->count == CHUNK && run_chunk(chunk, err) < 0)
            return -1;
    }
    return got < 0 ? -1 : run_chunk(chunk, err);
}

/* ---- the answer ---- */

static void put_columns(const struct import *im, struct json *j)
{
    json_key(j, "columns");
    json_open(j, '[');
    for (size_t i = 0; i < im->column_count; i++) {
        char letter[CSV_COLUMN_NAME];
        csv_column_name(i, letter);
        json_open(j, '{');
        json_key_str(j, "letter", letter);
        json_key_str(j, "header", im->headers[i]);
        json_key_str(j, "field", im->fields[i] ? im->fields[i]->name : NULL);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_problems(const struct import *im, struct json *j)
{
    json_key(j, "problems");
    json_open(j, '[');
    for (size_t i = 0; i < im->problem_count; i++) {
        const struct problem *p = &im->problems[i];
        char letter[CSV_COLUMN_NAME] = "";
        if (p->column >= 0)
            csv_column_name((size_t)p->column, letter);
        json_open(j, '{');
        json_key_int(j, "row", p->row);
        json_key_str(j, "letter", p->column >= 0 ? letter : NULL);
        json_key_str(j, "header", p->column >= 0 ? im->headers[p->column] : NULL);
        json_key_str(j, "field", p->field);
        json_key_str(j, "value", p->value);
        json_key_str(j, "message", im->order->english ? p->en : p->zh);
        json_key_str(j, "level", p->warning ? "warning" : "error");
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_preview(const struct import *im, struct json *j)
{
    static const char *const words[] = { "import", "duplicate", "reject" };
    json_key(j, "preview");
    json_open(j, '[');
    for (size_t i = 0; i < im->preview_count; i++) {
        const struct row *row = &im->preview[i];
        json_open(j, '{');
        json_key_int(j, "row", row->number);
        json_key_str(j, "verdict", words[row->verdict]);
        json_key_bool(j, "pending", row->pending);
        json_key(j, "cells");
        json_open(j, '[');
        for (size_t k = 0; k < row->count; k++)
            json_put_str(j, row->cells[k]);
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_answer(const struct import *im, const struct csv *csv, struct json *j)
{
    json_open(j, '{');
    json_key(j, "file");
    json_open(j, '{');
    json_key_str(j, "name", im->order->file_name);
    json_key_str(j, "encoding", csv_encoding_name(csv));
    json_key_str(j, "separator", csv_separator(csv));
    json_close(j, '}');
    put_columns(im, j);
    json_key_int(j, "rows", im->sum.rows);
    json_key_int(j, "imported", im->sum.imported);
    json_key_int(j, "duplicates", im->sum.duplicates);
    json_key_int(j, "rejected", im->sum.rejected);
    json_key_int(j, "pending", im->sum.pending);
    put_problems(im, j);
    put_preview(im, j);
    json_key(j, "receipt");
    if (im->sum.receipt)
        json_put_int(j, im->sum.receipt);
    else
        json_put_null(j);
    json_close(j, '}');
}

/* ---- the receipt ---- */

struct receipt {
    const struct import *im;
    int64_t id;
};

static int receipt_open(struct db *db, void *args, struct error *err)
{
    struct receipt *r = args;
    const struct import_order *o = r->im->order;
    bool found;
    return db_get_int(
        db,
        "INSERT INTO import (kind, file, account, at, row_count, imported, duplicates, rejected) "
        "VALUES (?, ?, ?, ?, 0, 0, 0, 0) RETURNING id",
        BIND(value_text(o->kind->name), value_text(o->file_name), value_int(o->actor->id), value_int(o->now_ms)),
        &r->id, &found, err);
}

static int receipt_close(struct db *db, void *args, struct error *err)
{
    const struct import_sum *sum = &((const struct receipt *)args)->im->sum;
    return db_run(db, "UPDATE import SET row_count = ?, imported = ?, duplicates = ?, rejected = ? WHERE id = ?",
                  BIND(value_int(sum->rows), value_int(sum->imported), value_int(sum->duplicates),
                       value_int(sum->rejected), value_int(sum->receipt)),
                  NULL, err);
}

int import_run(const struct import_order *order, struct json *j, struct import_sum *sum, struct error *err)
{
    struct import *im = memory_new(sizeof *im);
    struct csv *csv = NULL;
    int64_t header_row;
    im->order = order;
    int got = csv_open_fd(order->fd, &csv, err);
    if (got == 0)
        got = read_header(im, csv, &header_row, err);
    struct receipt receipt = { .im = im };
    if (got == 0 && !order->dry) {
        got = store_write(order->house->store, receipt_open, &receipt, err);
        im->sum.receipt = receipt.id;
    }
    if (got == 0) {
        /* From the beginning again: the header was looked for in rows that may be data. */
        csv_close(csv);
        csv = NULL;
        got = lseek(order->fd, 0, SEEK_SET) < 0
                  ? fail(err, FAULT_INTERNAL, "import.seek", "文件无法重读", "The file cannot be read again")
                  : csv_open_fd(order->fd, &csv, err);
    }
    if (got == 0)
        got = read_rows(im, csv, header_row, err);
    if (im->sum.receipt) {
        /* Also when it stopped early: what was committed before is counted. */
        struct error late = { 0 };
        if (store_write(order->house->store, receipt_close, &receipt, &late) < 0 && got == 0) {
            *err = late;
            got = -1;
        }
    }
    if (got == 0 && j)
        put_answer(im, csv, j);
    if (got == 0 && order->house->hub && !order->dry)
        hub_publish(order->house->hub,
                    &(struct hub_event){ .kind = order->kind->name, .many = true, .actor = order->actor->id });
    if (got == 0 && sum)
        *sum = im->sum;
    csv_close(csv);
    memory_free(im->seen);
    arena_done(&im->chunk);
    arena_done(&im->arena);
    memory_free(im);
    return got;
}
