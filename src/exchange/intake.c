#include "exchange/intake.h"

#include "access/query.h"
#include "base/memory.h"
#include "base/seal.h"
#include "base/utf8.h"
#include "domain/grid/grid.h"
#include "domain/object/enterprise.h"
#include "record/table.h"
#include "record/type.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_KEPT = 1 << 16 };

/* What a name in a cell stands for. */
enum found { FOUND_NOT_ASKED, FOUND_ONE, FOUND_NONE, FOUND_SEVERAL };

struct known_name {
    const char *text;
    const struct field *field;
    int64_t id;
    enum found found;
};

struct seen {
    uint64_t hash; /* 0: an empty slot */
    int64_t row;   /* where it stood first */
};

struct intake {
    struct intake_order order;
    const struct kind *kind;
    struct arena arena;
    struct known_name *names; /* open-addressed by text and field; no more than NAMES_KEPT are kept */
    size_t name_count;
    struct seen *seen; /* identities met earlier in the same file: a check stores nothing, so it remembers */
    size_t seen_count, seen_room;
    struct arena scratch;          /* of one row */
    const struct field **left_out; /* in scratch: what the row says and another choice of it leaves out */
    size_t left_out_count;
    bool careful; /* each row in a savepoint */
};

struct intake *intake_new(const struct intake_order *order)
{
    struct intake *in = memory_new(sizeof *in);
    in->order = *order;
    in->kind = order->ledger->kind;
    in->names = memory_new(2 * NAMES_KEPT * sizeof *in->names);
    return in;
}

void intake_free(struct intake *in)
{
    if (!in)
        return;
    arena_done(&in->arena);
    arena_done(&in->scratch);
    memory_free(in->names);
    memory_free(in->seen);
    memory_free(in);
}

/* ---- reading a row ---- */

/* The line of totals under the table is not a record. */
static bool is_total(const char *text)
{
    static const char *const totals[] = { "合计", "总计", "小计", "共计", "total", NULL };
    if (strlen(text) > 64)
        return false;
    AUTO_TEXT plain = TEXT_LIMIT(256);
    AUTO_TEXT word = TEXT_LIMIT(256);
    utf8_plain(&plain, text, strlen(text));
    for (const char *at = text_get(&plain); *at; at++)
        if (*at != ' ' && *at != ':')
            text_char(&word, (char)tolower((unsigned char)*at));
    return name_listed(totals, COUNT(totals), text_get(&word));
}

static bool is_blank(const char *text)
{
    while (isspace((unsigned char)*text) || strncmp(text, "\xe3\x80\x80", 3) == 0)
        text += isspace((unsigned char)*text) ? 1 : 3;
    return *text == '\0';
}

static const char *corrected(const struct intake *in, int64_t number, size_t column, struct arena *arena)
{
    char letter[CSV_COLUMN_NAME];
    if (!in->order.cells || json_object_size(in->order.cells) == 0)
        return NULL;
    csv_column_name(column, letter);
    return json_string_value(json_object_get(in->order.cells, arena_printf(arena, "%s%" PRId64, letter, number)));
}

static const char *mapped(const struct mapped_column *c, const char *text)
{
    if (!c->values)
        return text;
    AUTO_TEXT plain = TEXT_LIMIT(LIMIT_CELL_BYTES);
    const char *to = json_string_value(json_object_get(c->values, text));
    if (!to) {
        utf8_plain(&plain, text, strlen(text));
        to = json_string_value(json_object_get(c->values, text_get(&plain)));
    }
    return to ? to : text;
}

/* 区县, 乡镇街道 and 村居 in three columns: the way down as one text, in the last of them. */
static void join_area(const struct ledger *l, struct intake_row *row, struct arena *arena)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct field *f = l->columns[i].field;
        if (!f || f->type != &type_region || !row->read[i])
            continue;
        for (size_t k = i + 1; k < l->count; k++) {
            if (l->columns[k].field != f)
                continue;
            const char *upper = row->read[i], *lower = row->read[k];
            bool again = is_blank(upper) || (!is_blank(lower) && strncmp(lower, upper, strlen(upper)) == 0);
            row->read[k] = is_blank(lower) ? upper : again ? lower : arena_printf(arena, "%s%s", upper, lower);
            row->read[i] = "";
            break;
        }
    }
}

/* 经度 and 纬度 in two columns: the place as one text, in the last of them. */
static void join_place(const struct ledger *l, struct intake_row *row, struct arena *arena)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct field *f = l->columns[i].field;
        if (!f || f->type != &type_place || !row->read[i])
            continue;
        for (size_t k = i + 1; k < l->count; k++) {
            if (l->columns[k].field != f)
                continue;
            bool turned = l->columns[i].half == HALF_LAT || l->columns[k].half == HALF_LON;
            const char *lon = row->read[turned ? k : i], *lat = row->read[turned ? i : k];
            row->read[k] = is_blank(lon) && is_blank(lat) ? "" : arena_printf(arena, "%s,%s", lon, lat);
            row->read[i] = "";
            break;
        }
    }
}

bool intake_read(struct intake *in, const struct staged_row *staged, struct arena *arena, struct intake_row *out,
                 bool *total)
{
    const struct ledger *l = in->order.ledger;
    *total = false;
    if (staged->number < l->header_row + l->header_rows)
        return false;
    *out = (struct intake_row){ .number = staged->number, .staged = staged };
    out->cells = ARENA_ARRAY(arena, const char *, 2 * l->count + 2);
    out->read = out->cells + l->count + 1;
    bool any = false, first = true;
    size_t wide = staged->count > l->count ? staged->count : l->count;
    for (size_t i = 0; i < wide; i++) {
        const char *text = i < staged->count ? staged->cells[i].at : "";
        const char *fixed = corrected(in, staged->number, i, arena);
        if (fixed)
            text = fixed;
        if (i < l->count) {
            out->cells[i] = text;
            out->read[i] = fixed ? text : mapped(&l->columns[i], text);
        }
        if (is_blank(text))
            continue;
        any = true;
        if (first && is_total(text)) {
            *total = true;
            return false;
        }
        first = false;
        if (i >= l->count && !out->wide) {
            out->wide = true;
            out->beyond = i;
        }
    }
    join_area(l, out, arena);
    join_place(l, out, arena);
    out->verdict.number = staged->number;
    return any;
}

/* ---- cells ---- */

static struct known_name *name_slot(struct intake *in, const struct field *f, const char *text)
{
    uint64_t hash = 14695981039346656037u ^ (uint64_t)(f - in->kind->fields);
    for (const char *at = text; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    size_t at = (size_t)(hash % (2 * NAMES_KEPT));
    while (in->names[at].text && (in->names[at].field != f || strcmp(in->names[at].text, text) != 0))
        at = (at + 1) % (2 * NAMES_KEPT);
    return &in->names[at];
}

static void keep_name(struct intake *in, const struct field *f, const char *text, int64_t id, enum found found)
{
    /* What was not found may be there by the time the import itself comes to the next row. */
    if (in->name_count == NAMES_KEPT || (!in->order.dry && found != FOUND_ONE))
        return;
    struct known_name *slot = name_slot(in, f, text);
    in->name_count += slot->text == NULL;
    *slot = (struct known_name){ arena_str(&in->arena, text), f, id, found };
}

static bool is_target(const struct field *f, const struct kind *k)
{
    return f->type == &type_object ? k->scope == SCOPE_IS_OBJECT : strcmp(k->name, f->ref) == 0;
}

/* By the number of the source ledger, as far as the importer sees the record. */
static int by_source_number(struct change *c, const struct kind *kind, const char *text, int64_t *ids, size_t most,
                            size_t *count, struct error *err)
{
    int64_t id = 0;
    bool live = false;
    if (*count == most || !field_find(kind, "external_no"))
        return 0;
    if (row_find(c->db, kind, "external_no", value_text(text), &id, err) < 0 ||
        (id && record_is_live(c->db, c->actor, kind, id, &live, err) < 0))
        return -1;
    if (live && (*count == 0 || ids[0] != id))
        ids[(*count)++] = id;
    return 0;
}

/* Names in cells become ids: the unit, the person; also numbers of the source ledger. A number that is none of these is
** taken for the record's own. */
static int id_by_name(struct change *c, const struct field *f, const char *text, bool number, int64_t *id,
                      enum found *found, struct error *err)
{
    int64_t ids[2] = { 0, 0 };
    size_t count = 0;
    /* What lies outside the scope is told apart from what does not exist by nothing. */
    for (const struct kind *const *k = all_kinds; *k && !number; k++)
        if (is_target(f, *k) && record_ids_named(c->db, c->actor, *k, text, ids, COUNT(ids), &count, err) < 0)
            return -1;
    for (const struct kind *const *k = all_kinds; *k && count == 0; k++)
        if (is_target(f, *k) && by_source_number(c, *k, text, ids, COUNT(ids), &count, err) < 0)
            return -1;
    *id = ids[0];
    *found = count == 0 ? FOUND_NONE : count == 1 ? FOUND_ONE : FOUND_SEVERAL;
    return 0;
}

/* "澜北区临河镇", "临河镇", "990101001000": the names of the way down, the last one decides. */
static int region_by_name(struct change *c, const char *text, int64_t *code, enum found *found, struct error *err)
{
    struct rows rows;
    size_t count = 0;
    if (region_parse(text, code)) {
        *found = FOUND_ONE;
        return 0;
    }
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
            *code = rows_int(&rows, 0);
            count++;
        }
    }
    *found = count == 0 ? FOUND_NONE : count == 1 ? FOUND_ONE : FOUND_SEVERAL;
    return rows_done(&rows, err);
}

static bool means_area(const struct field *f)
{
    return f->type == &type_region || (f->type == &type_reference && strcmp(f->ref, region_kind.name) == 0);
}

static int id_of_name(struct intake *in, struct change *c, const struct field *f, const char *text, int64_t *id,
                      struct error *err)
{
    bool number = strspn(text, "0123456789") == strlen(text);
    struct known_name known = *name_slot(in, f, text);
    if (!known.text) {
        int got = means_area(f) ? region_by_name(c, text, &known.id, &known.found, err)
                                : id_by_name(c, f, text, number, &known.id, &known.found, err);
        if (got < 0)
            return -1;
        if (known.found == FOUND_NONE && number && !means_area(f) && strlen(text) <= 18) {
            known.id = strtoll(text, NULL, 10);
            known.found = FOUND_ONE; /* the references are checked with the record */
        }
        keep_name(in, f, text, known.id, known.found);
    }
    *id = known.id;
    if (known.found == FOUND_ONE)
        return 0;
    if (means_area(f))
        return known.found == FOUND_NONE ? fail_field(err, f->name, "没有这个区划，请写“区县＋乡镇”或 12 位代码",
                                                      "No such area; write county and town, or the 12-digit code")
                                         : fail_field(err, f->name, "这个名称不止一处，请加写区县",
                                                      "There are several of this name; add the county");
    return known.found == FOUND_NONE
               ? fail_field(err, f->name, "查无此名，请核对或先登记", "No such name; check it or register it first")
               : fail_field(err, f->name, "有重名，请改用编号", "Two have this name; use the number");
}

/* Whoever has no account here stays as the ledger says it, in the text beside. */
static const struct field *name_beside(const struct kind *kind, const struct field *f, const struct error *why)
{
    return f->companion && why->fault == FAULT_INVALID ? field_find(kind, f->companion) : NULL;
}

/* Of the member's eight bytes, which are a struct place. */
static int64_t in_wgs84(enum datum datum, int64_t member)
{
    struct place place;
    memcpy(&place, &member, sizeof place);
    place_from_datum(datum, &place.lon, &place.lat);
    memcpy(&member, &place, sizeof place);
    return member;
}

/* text is the cell folded, for names and codes; the type folds for itself and wants the cell as it was written. */
static void take_cell(struct intake *in, struct change *c, const struct field *f, const char *cell, const char *text,
                      void *record, struct error *err)
{
    struct type_context ctx = { c->arena, c->kind, f->name, 0 };
    int64_t member = 0;
    int got;
    if (f->type == &type_object || f->type == &type_reference || f->type == &type_region) {
        struct error why = { 0 };
        got = id_of_name(in, c, f, text, &member, f->companion ? &why : err);
        const struct field *beside = name_beside(c->kind, f, &why);
        if (beside) {
            take_cell(in, c, beside, cell, text, record, err);
            return;
        }
        if (got < 0 && why.fault)
            *err = why;
    } else
        got = f->type->read_text(f, &ctx, cell, &member, err);
    if (got != 0)
        return;
    if (f->type == &type_place)
        member = in_wgs84(in->order.ledger->datum, member);
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

static bool says_nothing(const char *text)
{
    return !*text || strcmp(text, "-") == 0 || strcmp(text, "/") == 0 || strcmp(text, "无") == 0;
}

/* What the spreadsheet itself has spoiled. A corrected cell is no longer what stood there. */
static bool is_spoiled(const struct intake_row *row, size_t i, const struct field *f, struct error *err)
{
    if (i >= row->staged->count || row->cells[i] != row->staged->cells[i].at)
        return false;
    switch (row->staged->cells[i].trouble) {
    case CELL_FINE:
    case CELL_FORMULA: return false;
    case CELL_LOST_DIGITS:
        fail_field(err, f->name, "长号码被存成了数字，末尾几位已丢失，请把这一列设为文本后重填",
                   "A long number was kept as a number and lost digits; make the column text and fill it again");
        return true;
    case CELL_ERROR:
        fail_field(err, f->name, "单元格是公式错误（如 #REF!），请改成实际内容",
                   "The cell is a formula error (such as #REF!); write what it should say");
        return true;
    case CELL_NO_VALUE:
        fail_field(err, f->name, "公式没有算出的结果，请用表格软件打开并保存一次，或直接填写结果",
                   "The formula has no stored result; open and save the file once, or write the result");
        return true;
    }
    return false;
}

/* again: into a record that is there; what is fixed at creation or written by moves stays as it was. */
static void take_row(struct intake *in, struct change *c, const struct intake_row *row, bool again, void *record,
                     struct error *err)
{
    const struct ledger *l = in->order.ledger;
    for (size_t i = 0; i < l->count; i++) {
        const struct field *f = l->columns[i].field;
        if (!f || (again && ((f->flags & FIXED) || ledger_only_new(f))) || is_spoiled(row, i, f, err))
            continue;
        AUTO_TEXT plain = TEXT_LIMIT(LIMIT_CELL_BYTES);
        utf8_plain(&plain, row->read[i], strlen(row->read[i]));
        const char *text = text_get(&plain), *was;
        if (says_nothing(text))
            continue; /* what offices write for "nothing" */
        if ((f->type == &type_text || f->type == &type_id_number) && lost_digits(text) &&
            !(again && text_of(c->kind, f->name, record, &was) && strcmp(was, text) == 0)) {
            fail_field(err, f->name, "长号码被存成了数字，末尾几位已丢失，请把这一列设为文本后重填",
                       "A long number was kept as a number and lost digits; make the column text and fill it again");
            continue;
        }
        take_cell(in, c, f, row->read[i], text, record, err);
    }
}

/* Ledgers have one shape for all rows: what goes with another choice than the row's (the aim of the plan of a hazard that is
** no major one) is left out and told, and the row is read. Where the choice itself is wrong, that alone is told. */
static void leave_out(struct intake *in, const struct error *err, void *record)
{
    const struct ledger *l = in->order.ledger;
    struct record *r = record_of(record);
    in->left_out = ARENA_ARRAY(&in->scratch, const struct field *, l->count + 1);
    in->left_out_count = 0;
    for (size_t i = 0; i < l->count; i++) {
        const struct field *f = l->columns[i].field;
        bool wrong = false;
        if (!f || !f->when || !record_bit(r->given, field_slot(f)) || !record_bit(r->known, field_slot(f)) ||
            field_applies(in->kind, f, record))
            continue;
        record_set_bit(r->known, field_slot(f), false);
        record_set_bit(r->given, field_slot(f), false);
        for (size_t e = 0; e < err->field_count && e < ERROR_FIELDS; e++)
            wrong |= strcmp(err->fields[e].name, f->when) == 0;
        if (!wrong)
            in->left_out[in->left_out_count++] = f;
    }
}

/* ---- the same one ---- */

/* By what a record says "the same one": the kind's identity, else the source number, else — for objects alone, two
** hazards may well read alike — the title. The text that is compared, or NULL. */
static const char *identity_of(const struct kind *kind, const void *record, const char **column)
{
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
static int find_same(const struct intake *in, struct change *c, const void *record, int64_t *id, struct error *err)
{
    const struct kind *kind = in->kind;
    const char *column = NULL, *value = kind->id_field ? NULL : identity_of(kind, record, &column);
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

static struct seen *seen_find(const struct intake *in, uint64_t hash)
{
    size_t at = (size_t)hash & (in->seen_room - 1);
    while (in->seen[at].hash && in->seen[at].hash != hash)
        at = (at + 1) & (in->seen_room - 1);
    return &in->seen[at];
}

static uint64_t seen_hash(struct intake *in, const char *column, const char *value)
{
    unsigned char digest[32];
    uint64_t hash;
    const char *key = arena_printf(&in->scratch, "%s=%s", column, value);
    sha256(key, strlen(key), digest);
    memcpy(&hash, digest, sizeof hash);
    return hash | 1; /* 0 is an empty slot */
}

static void see(struct intake *in, const char *column, const char *value, int64_t row)
{
    uint64_t hash = seen_hash(in, column, value);
    if (in->seen_count * 2 >= in->seen_room) {
        struct seen *old = in->seen;
        size_t room = in->seen_room;
        in->seen_room = room ? room * 2 : 1024;
        in->seen = memory_new(in->seen_room * sizeof *in->seen);
        for (size_t i = 0; i < room; i++)
            if (old[i].hash)
                *seen_find(in, old[i].hash) = old[i];
        memory_free(old);
    }
    struct seen *slot = seen_find(in, hash);
    if (slot->hash)
        return;
    in->seen_count++;
    *slot = (struct seen){ hash, row };
}

/* The row where it stood first; 0 when it is new. */
static int64_t seen(struct intake *in, const char *column, const char *value)
{
    return in->seen_room ? seen_find(in, seen_hash(in, column, value))->row : 0;
}

static const char *own_id(struct intake *in, const void *record)
{
    const struct field *f = field_find(in->kind, in->kind->id_field);
    return record_bit(record_of_const(record)->known, field_slot(f))
               ? arena_printf(&in->scratch, "%" PRId64, *(const int64_t *)field_member_const(f, record))
               : "";
}

static int64_t seen_before(struct intake *in, const void *record)
{
    const char *column, *value;
    if (in->kind->id_field)
        return seen(in, "id", own_id(in, record));
    value = identity_of(in->kind, record, &column);
    return value ? seen(in, column, value) : 0;
}

/* By everything a later row could be recognised by. */
static void remember(struct intake *in, const void *record, int64_t row)
{
    const struct kind *kind = in->kind;
    const char *by[] = { kind->identity, "external_no", field_title(kind)->name }, *value;
    if (kind->id_field)
        see(in, "id", own_id(in, record), row);
    for (size_t i = 0; i < COUNT(by); i++)
        if (text_of(kind, by[i], record, &value))
            see(in, by[i], value, row);
}

/* Made as new, a second row of the same number meets the first one's. */
static void check_seen_unique(struct intake *in, const void *record, struct error *err)
{
    for (size_t i = 0; i < in->kind->field_count; i++) {
        const struct field *f = &in->kind->fields[i];
        const char *value;
        if ((f->flags & UNIQUE) && text_of(in->kind, f->name, record, &value) && seen(in, f->name, value))
            fail_field(err, f->name, "已有另一条记录用了同样的%s%.0s，请核对",
                       "Another record has the same%.0s %s; check it", f->label.zh, f->label.en);
    }
}

/* A row of the same file that the check has let pass may be named by the ones below it. */
static void trust_own_file(struct intake *in, void *record)
{
    for (size_t i = 0; i < in->kind->field_count; i++) {
        const struct field *f = &in->kind->fields[i];
        if (f->type != &type_reference || strcmp(f->ref, in->kind->name) != 0 ||
            !record_bit(record_of(record)->known, field_slot(f)))
            continue;
        int64_t id = *(const int64_t *)field_member_const(f, record);
        if (seen(in, "id", arena_printf(&in->scratch, "%" PRId64, id)))
            record_set_bit(record_of(record)->given, field_slot(f), false);
    }
}

/* 0 when it is none. */
static int64_t whole_number(const char *text)
{
    size_t n = strlen(text);
    return n > 0 && n <= 18 && strspn(text, "0123456789") == n ? strtoll(text, NULL, 10) : 0;
}

/* The record whose number an exported row carries, when the importer sees it; 0 for any other row. */
static int find_number(const struct intake *in, struct change *c, const struct intake_row *row, int64_t *id,
                       struct error *err)
{
    const struct kind *kind = in->kind;
    struct scope scope;
    void *record;
    *id = 0;
    if (!in->order.ledger->ours || kind->id_field || in->order.duplicates == IMPORT_NEW)
        return 0;
    const char *cell = row->cells[in->order.ledger->number], *dash = strrchr(cell, '-');
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

/* ---- rows ---- */

/* What a ledger may leave open: the record is pending, and says so itself. */
static void settle_gaps(const struct intake *in, struct intake_row *row, void *record)
{
    if (in->kind == &enterprise_kind) {
        struct enterprise *e = record;
        if (!has(e, credit_code) && !has(e, no_code_reason)) {
            set(e, no_code_reason, "ledger");
            row->verdict.pending = true;
        }
        row->verdict.pending |= !has(e, region) || !has(e, sector);
    }
    for (size_t i = 0; i < in->kind->field_count; i++) {
        const struct field *f = &in->kind->fields[i];
        if (!(f->flags & IMPORTED) || record_bit(record_of(record)->known, field_slot(f)))
            continue;
        *(const char **)field_member(f, record) = "import";
        record_set_bit(record_of(record)->known, field_slot(f), true);
    }
}

static int update_same(struct intake *in, struct change *c, struct intake_row *row, int64_t id, struct error *err)
{
    void *before;
    if (change_get(c, in->kind, id, 0, "change", &before, err) < 0)
        return -1;
    void *after = change_copy(c, in->kind, before);
    const struct ledger *l = in->order.ledger;
    int64_t version = l->ours ? whole_number(row->cells[l->version]) : 0;
    take_row(in, c, row, true, after, err);
    leave_out(in, err, after);
    c->result = (struct change_result){ 0 };
    if (err->fault || change_save(c, in->kind, before, after, err) < 0)
        return -1;
    row->updated = !c->result.unchanged;
    row->updated_version = row->updated ? record_of(before)->version + 1 : 0;
    /* The savepoint takes back what was saved over somebody else's work. */
    if (version && version != record_of(before)->version && row->updated)
        return fail(err, FAULT_CONFLICT, "import.stale", "这条记录在导出后已被修改，请重新导出再改",
                    "The record was changed after this export; export it again and edit that");
    return 0;
}

/* same: 0 when it was met in the same file, in the row `twin`. */
static int take_same(struct intake *in, struct change *c, struct intake_row *row, int64_t same, int64_t twin,
                     struct error *err)
{
    row->verdict.verdict = VERDICT_DUPLICATE;
    row->verdict.record = same;
    row->verdict.twin = twin;
    row->verdict.pending = false;
    return same && in->order.duplicates == IMPORT_UPDATE ? update_same(in, c, row, same, err) : 0;
}

static int take(struct intake *in, struct change *c, struct intake_row *row, struct error *err)
{
    int64_t same = 0;
    void *record = change_new(c, in->kind);
    c->kind = in->kind;
    if (row->wide)
        return fail_field(err, "", "这一格在表头之外，请补上表头或删去内容",
                          "This cell lies beyond the header; give it a header or empty it");
    if (find_number(in, c, row, &same, err) < 0)
        return -1;
    if (same)
        return take_same(in, c, row, same, 0, err);
    take_row(in, c, row, false, record, err);
    if (in->kind->tidy) /* before the gaps are counted: it may fill some, as the area of a known place */
        in->kind->tidy(c, record);
    settle_gaps(in, row, record);
    leave_out(in, err, record);
    if (in->order.dry && in->kind->id_field)
        trust_own_file(in, record);
    if (err->fault) /* with what is missing, so that a row is corrected in one go */
        return err->fault == FAULT_INVALID ? change_create(c, in->kind, record, err) : -1;
    if (in->order.duplicates != IMPORT_NEW || in->kind->id_field) {
        if (find_same(in, c, record, &same, err) < 0)
            return -1;
        int64_t twin = !same && in->order.dry ? seen_before(in, record) : 0;
        if (same || twin)
            return take_same(in, c, row, same, twin, err);
    }
    if (in->order.dry && in->order.duplicates == IMPORT_NEW)
        check_seen_unique(in, record, err);
    if (change_create(c, in->kind, record, err) < 0)
        return -1;
    row->verdict.record = record_of(record)->id;
    if (in->order.dry)
        remember(in, record, row->number);
    return 0;
}

struct attempt {
    struct intake *in;
    struct change *c;
    struct intake_row *row;
};

static int take_in_savepoint(struct db *db, void *args, struct error *err)
{
    (void)db;
    const struct attempt *a = args;
    return take(a->in, a->c, a->row, err);
}

/* ---- what is told ---- */

static int column_of(const struct ledger *l, const char *field)
{
    size_t n = strcspn(field, ".");
    int found = -1;
    for (size_t i = 0; i < l->count; i++)
        if (l->columns[i].field && strncmp(l->columns[i].field->name, field, n) == 0 &&
            l->columns[i].field->name[n] == '\0')
            found = (int)i; /* of the columns of one area or place the last, where they were joined */
    return found;
}

struct told {
    struct problem items[2 * ERROR_FIELDS + 4];
    size_t count;
};

static void tell(struct told *t, struct arena *arena, int column, enum problem_level level, const char *field,
                 const char *zh, const char *en)
{
    if (t->count < COUNT(t->items))
        t->items[t->count++] =
            (struct problem){ column, level, arena_str(arena, field), arena_str(arena, zh), arena_str(arena, en) };
}

static void tell_error(const struct ledger *l, const struct intake_row *row, const struct error *err, struct told *t,
                       struct arena *arena)
{
    if (err->field_count == 0)
        tell(t, arena, -1, PROBLEM_ERROR, "", err->zh, err->en);
    for (size_t i = 0; i < err->field_count && i < ERROR_FIELDS; i++) {
        int column = *err->fields[i].name ? column_of(l, err->fields[i].name) : (int)row->beyond;
        tell(t, arena, column, PROBLEM_ERROR, err->fields[i].name, err->fields[i].zh, err->fields[i].en);
    }
}

static void tell_beside(const struct ledger *l, const struct intake_row *row, struct told *t, struct arena *arena)
{
    const struct staged_row *s = row->staged;
    if (s->hidden)
        tell(t, arena, -1, PROBLEM_NOTE, "", "这一行在表里被隐藏或筛掉，照样读入",
             "The row is hidden or filtered away in the sheet; it is read all the same");
    for (size_t i = 0; i < s->count && i < l->count; i++)
        if (s->cells[i].trouble == CELL_FORMULA && l->columns[i].field)
            tell(t, arena, (int)i, PROBLEM_WARNING, l->columns[i].field->name, "单元格是公式，导入的是算出的结果",
                 "The cell is a formula; its stored result is taken");
}

static void tell_left_out(const struct intake *in, struct told *t, struct arena *arena)
{
    for (size_t i = 0; i < in->left_out_count; i++) {
        const struct field *f = in->left_out[i], *by = field_find(in->kind, f->when);
        tell(t, arena, column_of(in->order.ledger, f->name), PROBLEM_WARNING, f->name,
             arena_printf(arena, "这一项与本行的%s不符，这一格没有读入", by->label.zh),
             arena_printf(arena, "It does not go with the %s of this row; the cell is left out", by->label.en));
    }
}

void intake_careful(struct intake *in, bool careful)
{
    in->careful = careful;
}

/* What was not written need not be taken back. */
static int take_plainly(struct intake *in, struct change *c, struct intake_row *row, struct error *err)
{
    unsigned before = db_writes(c->db);
    if (take(in, c, row, err) == 0)
        return 0;
    if (!in->order.dry && db_writes(c->db) != before) {
        error_clear(err);
        fail(err, FAULT_INTERNAL, "import.stumbled", "这一行只写了一半，须整批重来",
             "The row was half written; its rows are taken again");
    }
    return -1;
}

int intake_take(struct intake *in, struct change *c, struct intake_row *row, struct arena *arena, struct error *err)
{
    struct attempt a = { in, c, row };
    struct told told = { .count = 0 };
    struct error why = { 0 };
    row->verdict = (struct row_verdict){ .number = row->number, .verdict = VERDICT_IMPORT };
    row->updated = false;
    arena_done(&in->scratch);
    in->left_out_count = 0;
    int got = in->careful ? db_try(c->db, take_in_savepoint, &a, &why) : take_plainly(in, c, row, &why);
    if (got < 0) {
        if (why.fault == FAULT_INTERNAL || why.fault == FAULT_UNAVAILABLE || why.fault == FAULT_FULL) {
            *err = why;
            return -1;
        }
        row->verdict = (struct row_verdict){ .number = row->number, .verdict = VERDICT_REJECT };
        row->updated = false;
        tell_error(in->order.ledger, row, &why, &told, arena);
    }
    tell_beside(in->order.ledger, row, &told, arena);
    tell_left_out(in, &told, arena);
    row->verdict.problem_count = told.count;
    row->verdict.problems = told.count ? arena_copy(arena, told.items, told.count * sizeof told.items[0]) : NULL;
    return 0;
}

int intake_level(const struct intake *in, const struct intake_row *row)
{
    int64_t code;
    int column = in->kind->id_field ? column_of(in->order.ledger, in->kind->id_field) : -1;
    if (column < 0)
        return 0;
    AUTO_TEXT plain = TEXT_LIMIT(LIMIT_CELL_BYTES);
    utf8_plain(&plain, row->read[column], strlen(row->read[column]));
    return region_parse(text_get(&plain), &code) ? (int)region_level(code) : 0;
}
