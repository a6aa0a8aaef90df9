#include "record/table.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "record/type.h"

#include <string.h>

enum { COLUMNS_MAX = 32 + TYPE_COLUMNS * LIMIT_FIELDS, SQL_MAX = 64 * 1024, INDEX_COLUMNS = 16 };

static const char *const head_columns[] = { "id",         "version",    "created_at", "created_by",
                                            "changed_at", "changed_by", "removed_at" };
static const char *const own_columns[] = { "own_county", "own_town", "own_village", "own_object", "own_sector" };
static const char *const fact_columns[] = { "fact_county", "fact_town", "fact_village", "fact_object", "fact_sector" };

static bool has_fact(const struct kind *kind)
{
    return kind->scope == SCOPE_OBJECT;
}

/* A sort over a field that may be null needs a column of its own. */
static bool needs_sort_column(const struct kind *kind, const char *sort)
{
    const struct field *f = field_find(kind, sort);
    return f && !(f->flags & REQUIRED);
}

const char *sort_column(struct arena *arena, const struct kind *kind, const char *sort)
{
    return needs_sort_column(kind, sort) ? arena_printf(arena, "sort_%s", sort) : sort;
}

bool sort_is_text(const struct kind *kind, const char *sort)
{
    const struct field *f = field_find(kind, sort);
    return f && f->type->columns[0].type == COLUMN_TEXT;
}

struct value sort_value(struct arena *arena, const struct kind *kind, const char *sort, const void *record)
{
    const struct field *f = field_find(kind, sort);
    if (!f)
        return value_int(record_of_const(record)->id);
    if (!record_bit(record_of_const(record)->known, field_slot(f)))
        return sort_is_text(kind, sort) ? value_text("") : value_int(INT64_MAX); /* unknown dates come last */
    struct value values[TYPE_COLUMNS];
    struct type_context ctx = { .arena = arena, .kind = kind, .name = f->name };
    f->type->to_values(f, &ctx, field_member_const(f, record), values);
    return values[0];
}

int64_t fact_day(const struct kind *kind, const void *record)
{
    const struct field *f = kind->fact_date ? field_find(kind, kind->fact_date) : NULL;
    if (f && record_bit(record_of_const(record)->known, field_slot(f)))
        return *(const int64_t *)field_member_const(f, record);
    return day_of_ms(record_of_const(record)->created_at);
}

const char *record_number(struct arena *arena, const struct kind *kind, const void *record)
{
    const struct record *r = record_of_const(record);
    if (!kind->numbered)
        return NULL;
    int year, month, day;
    day_to_ymd(day_of_ms(r->created_at), &year, &month, &day);
    return arena_printf(arena, "%04d-%06lld", year, (long long)r->id);
}

/* ---- declaration ---- */

struct draft {
    struct arena *arena;
    struct column columns[COLUMNS_MAX];
    size_t column_count;
    struct index_decl indexes[96];
    size_t index_count;
    const char *table;
};

static void add_column(struct draft *d, const char *name, enum column_type type, unsigned flags)
{
    d->columns[d->column_count++] = (struct column){ name, type, flags };
}

/* Columns of an index in the making; a column that is there already is not put twice. */
struct columns {
    const char *at[INDEX_COLUMNS + 1];
    size_t count;
};

static void put_column(struct columns *c, const char *name)
{
    if (!name_listed(c->at, c->count, name) && c->count < INDEX_COLUMNS)
        c->at[c->count++] = name;
}

static void add_index_of(struct draft *d, const char *name, bool unique, const char *where, const struct columns *c)
{
    d->indexes[d->index_count++] =
        (struct index_decl){ arena_printf(d->arena, "%s_%s", d->table, name),
                             arena_copy(d->arena, c->at, (c->count + 1) * sizeof c->at[0]), unique, where };
}

static void add_index(struct draft *d, const char *name, bool unique, const char *where, const char *a, const char *b)
{
    struct columns c = { { a, b }, b ? 2 : 1 };
    add_index_of(d, name, unique, where, &c);
}

static void add_field_columns(struct draft *d, const struct kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        for (size_t j = 0; j < f->type->column_count; j++)
            add_column(d, arena_printf(d->arena, "%s%s", f->name, f->type->columns[j].suffix), f->type->columns[j].type,
                       0);
    }
}

static const struct table *finish(struct draft *d)
{
    struct table *t = ARENA_NEW(d->arena, struct table);
    t->name = d->table;
    t->columns = arena_copy(d->arena, d->columns, d->column_count * sizeof d->columns[0]);
    t->column_count = d->column_count;
    t->indexes = arena_copy(d->arena, d->indexes, d->index_count * sizeof d->indexes[0]);
    t->index_count = d->index_count;
    return t;
}

static const char live[] = "removed_at IS NULL";

static bool belongs_to_object(const struct kind *kind)
{
    return kind->scope == SCOPE_OBJECT || kind->scope == SCOPE_TARGET;
}

/* Every list is asked for a state: where it is INDEXED the other indexes hold it too, so that walking them needs no row. */
static void put_state(struct columns *c, const struct kind *kind)
{
    const struct field *state = field_state(kind);
    if (state && (state->flags & INDEXED))
        put_column(c, state->name);
}

/* What a list asks of a row and puts it in order by. */
static void put_place_and_order(struct draft *d, struct columns *c, const struct kind *kind)
{
    if (kind->scope != SCOPE_OPEN) {
        put_column(c, "own_county");
        put_column(c, "own_town");
        put_column(c, "own_village");
    }
    if (belongs_to_object(kind)) {
        put_column(c, "own_object");
        put_column(c, "own_sector");
    }
    put_state(c, kind);
    for (size_t i = 0; i < COUNT(kind->sorts) && kind->sorts[i]; i++)
        put_column(c, sort_column(d->arena, kind, kind->sorts[i]));
    put_column(c, "id");
}

static void add_sort_indexes(struct draft *d, const struct kind *kind)
{
    static const struct {
        const char *column, *name;
    } levels[] = { { NULL, "all" }, { "own_county", "county" }, { "own_town", "town" }, { "own_object", "object" } };
    size_t level_count = kind->scope == SCOPE_OPEN ? 1 : kind->scope == SCOPE_REGION ? 3 : COUNT(levels);
    for (size_t s = 0; s < COUNT(kind->sorts) && kind->sorts[s]; s++)
        for (size_t l = 0; l < level_count; l++) {
            struct columns c = { 0 };
            if (levels[l].column)
                put_column(&c, levels[l].column);
            put_column(&c, sort_column(d->arena, kind, kind->sorts[s]));
            put_column(&c, "id");
            put_state(&c, kind);
            if (strcmp(kind->sorts[s], "id") == 0 && !levels[l].column)
                put_place_and_order(d, &c, kind);
            add_index_of(d, arena_printf(d->arena, "by_%s_%s", levels[l].name, kind->sorts[s]), false, live, &c);
        }
    if (belongs_to_object(kind))
        add_index(d, "of_object", false, NULL, "own_object", NULL);
    if (kind->scope != SCOPE_OPEN)
        add_index(d, "by_village", false, live, "own_village", "id");
}

static bool is_awaited(const struct kind *kind)
{
    for (size_t i = 0; i < kind->move_count; i++)
        if (kind->moves[i].expected.label.zh)
            return true;
    return false;
}

/* What a to-do list asks of the rows of a state (access/clause.c): counted there, it needs none of them. */
static void put_awaited(struct columns *c, const struct kind *kind)
{
    for (size_t i = 0; i < kind->move_count; i++) {
        const struct move *m = &kind->moves[i];
        const struct expected *e = &m->expected;
        const char *const asked[] = { e->whose, e->since, m->never[0], m->never[1], m->never[2] };
        for (size_t k = 0; e->label.zh && !e->where && k < COUNT(asked); k++)
            if (asked[k])
                put_column(c, asked[k]);
    }
}

const char *waiting_index(const struct move *move)
{
    return move->expected.label.zh ? move->expected.where : NULL;
}

/* The few rows where a field is known, of however many there are in the state: counted and put in order there. */
static void add_waiting_where(struct draft *d, const struct kind *kind)
{
    for (size_t i = 0; i < kind->move_count; i++) {
        const char *where = waiting_index(&kind->moves[i]);
        struct columns c = { 0 };
        bool is_first = where != NULL;
        for (size_t j = 0; j < i && is_first; j++)
            is_first = !waiting_index(&kind->moves[j]) || strcmp(waiting_index(&kind->moves[j]), where) != 0;
        if (!is_first)
            continue;
        put_place_and_order(d, &c, kind);
        for (size_t j = i; j < kind->move_count; j++) {
            const struct move *m = &kind->moves[j];
            const struct expected *e = &m->expected;
            const char *const asked[] = {
                e->whose, e->since, e->due, e->unless, m->never[0], m->never[1], m->never[2]
            };
            for (size_t k = 0; waiting_index(m) && strcmp(waiting_index(m), where) == 0 && k < COUNT(asked); k++)
                if (asked[k])
                    put_column(&c, asked[k]);
        }
        add_index_of(d, arena_printf(d->arena, "waits_%s", where), false,
                     arena_printf(d->arena, "%s AND %s IS NOT NULL", live, where), &c);
    }
}

/* Rows of one value: counted in every scope, and the few of them put in order, without a look at the rows themselves.
** second: by two values; may be NULL. */
static void add_value_index(struct draft *d, const struct kind *kind, const char *name, const char *column,
                            const char *second)
{
    struct columns c = { 0 };
    put_column(&c, column);
    if (second)
        put_column(&c, second);
    put_place_and_order(d, &c, kind);
    if (field_state(kind) && strcmp(field_state(kind)->name, column) == 0)
        put_awaited(&c, kind);
    add_index_of(d, arena_printf(d->arena, "of_%s", name), false, live, &c);
}

static void add_field_index(struct draft *d, const struct kind *kind, const struct field *f)
{
    const char *column = f->type->personal ? arena_printf(d->arena, "%s_hash", f->name) : f->name;
    /* Most rows name nobody and have no number: they cost nothing. */
    const char *known = arena_printf(d->arena, "%s AND %s IS NOT NULL", live, column);
    if (f->type->column_count == 0)
        return;
    if (f->flags & UNIQUE)
        add_index(d, arena_printf(d->arena, "one_%s", f->name), true, known, column, NULL);
    else if (f->type == &type_reference || ((f->flags & INDEXED) && f->type->personal))
        add_index(d, arena_printf(d->arena, "of_%s", f->name), false, known, column, "id");
    else if (f->flags & INDEXED)
        add_value_index(d, kind, f->name, column, NULL);
    /* A department asks for its sectors with every state. */
    if (f == field_state(kind) && (f->flags & INDEXED) && belongs_to_object(kind))
        add_value_index(d, kind, arena_printf(d->arena, "%s_sector", f->name), column, "own_sector");
}

const char *waiting_sort(const struct kind *kind)
{
    for (size_t i = 0; i < kind->move_count; i++) {
        const char *due = kind->moves[i].expected.due;
        if (due && name_listed(kind->sorts, COUNT(kind->sorts), due))
            return due;
    }
    return "id";
}

/* What waits for somebody (decision 17): rows of a state, by place, the next deadline first. */
static void add_waiting_indexes(struct draft *d, const struct kind *kind)
{
    static const char *const levels[][2] = { { "waits_county", "own_county" }, { "waits_town", "own_town" } };
    for (size_t i = 0; is_awaited(kind) && i < COUNT(levels); i++) {
        struct columns c = { { field_state(kind)->name, levels[i][1] }, 2 };
        put_column(&c, sort_column(d->arena, kind, waiting_sort(kind)));
        put_column(&c, "id");
        add_index_of(d, levels[i][0], false, live, &c);
    }
}

static const struct table *kind_table(struct arena *arena, const struct kind *kind)
{
    struct draft *d = ARENA_NEW(arena, struct draft);
    d->arena = arena;
    d->table = kind->name;
    add_column(d, "id", COLUMN_INT, COLUMN_IDENTITY);
    add_column(d, "version", COLUMN_INT, COLUMN_NOT_NULL);
    add_column(d, "created_at", COLUMN_INT, COLUMN_NOT_NULL);
    add_column(d, "created_by", COLUMN_INT, COLUMN_NOT_NULL);
    add_column(d, "changed_at", COLUMN_INT, COLUMN_NOT_NULL);
    add_column(d, "changed_by", COLUMN_INT, COLUMN_NOT_NULL);
    add_column(d, "removed_at", COLUMN_INT, 0);
    add_column(d, "import_id", COLUMN_INT, 0);
    for (size_t i = 0; i < COUNT(own_columns); i++)
        add_column(d, own_columns[i], i == 4 ? COLUMN_TEXT : COLUMN_INT, i == 4 ? 0 : COLUMN_NOT_NULL);
    for (size_t i = 0; has_fact(kind) && i < COUNT(fact_columns); i++)
        add_column(d, fact_columns[i], i == 4 ? COLUMN_TEXT : COLUMN_INT, i == 4 ? 0 : COLUMN_NOT_NULL);
    for (size_t i = 0; i < COUNT(kind->sorts) && kind->sorts[i]; i++)
        if (needs_sort_column(kind, kind->sorts[i]))
            add_column(d, sort_column(arena, kind, kind->sorts[i]),
                       sort_is_text(kind, kind->sorts[i]) ? COLUMN_TEXT : COLUMN_INT, COLUMN_NOT_NULL);
    add_field_columns(d, kind);

    add_sort_indexes(d, kind);
    add_waiting_indexes(d, kind);
    add_waiting_where(d, kind);
    for (size_t i = 0; i < kind->field_count; i++)
        add_field_index(d, kind, &kind->fields[i]);
    if (belongs_to_object(kind))
        add_value_index(d, kind, "own_sector", "own_sector", NULL);
    add_index(d, "of_import", false, "import_id IS NOT NULL", "import_id", "id");
    add_index(d, "in_bin", false, "removed_at IS NOT NULL", "removed_at", "id");
    return finish(d);
}

static const char *lines_table_name(struct arena *arena, const struct kind *kind, const struct field *f)
{
    return arena_printf(arena, "%s_%s", kind->name, f->name);
}

static const struct table *lines_table(struct arena *arena, const struct kind *kind, const struct field *f)
{
    struct draft *d = ARENA_NEW(arena, struct draft);
    d->arena = arena;
    d->table = lines_table_name(arena, kind, f);
    add_column(d, "id", COLUMN_INT, COLUMN_IDENTITY);
    add_column(d, "record", COLUMN_INT, COLUMN_NOT_NULL);
    add_column(d, "line", COLUMN_INT, COLUMN_NOT_NULL);
    add_field_columns(d, f->lines);
    add_index(d, "of_record", true, NULL, "record", "line");
    for (size_t i = 0; i < f->lines->field_count; i++)
        if (f->lines->fields[i].type == &type_reference)
            add_index(d, arena_printf(arena, "of_%s", f->lines->fields[i].name), false, NULL, f->lines->fields[i].name,
                      "record");
    return finish(d);
}

size_t kind_tables(struct arena *arena, const struct table **out, size_t room)
{
    size_t count = 0;
    for (const struct kind *const *k = all_kinds; *k; k++) {
        if ((*k)->child)
            continue;
        if (count < room)
            out[count++] = kind_table(arena, *k);
        for (size_t i = 0; i < (*k)->field_count; i++)
            if ((*k)->fields[i].type == &type_lines && count < room)
                out[count++] = lines_table(arena, *k, &(*k)->fields[i]);
    }
    return count;
}

/* ---- rows ---- */

static void put_name(struct text *out, const char *prefix, const char *name, const char *suffix)
{
    if (out->used)
        text_char(out, ',');
    text_str(out, prefix);
    text_str(out, name);
    text_str(out, suffix);
}

static bool is_wanted(const uint64_t *wanted, const struct field *f)
{
    return !wanted || record_bit(wanted, field_slot(f));
}

static void put_field_names(struct text *out, const char *prefix, const struct kind *kind, const uint64_t *wanted)
{
    for (size_t i = 0; i < kind->field_count; i++)
        for (size_t j = 0; is_wanted(wanted, &kind->fields[i]) && j < kind->fields[i].type->column_count; j++)
            put_name(out, prefix, kind->fields[i].name, kind->fields[i].type->columns[j].suffix);
}

static void put_owner_names(struct text *out, const char *prefix, const char *const *names)
{
    for (size_t i = 0; i < COUNT(own_columns); i++)
        put_name(out, prefix, names[i], "");
}

const char *row_columns(struct arena *arena, const struct kind *kind, const char *prefix, const uint64_t *wanted)
{
    AUTO_TEXT out = TEXT_LIMIT(SQL_MAX);
    for (size_t i = 0; i < COUNT(head_columns); i++)
        put_name(&out, prefix, head_columns[i], "");
    if (!wanted)
        put_owner_names(&out, prefix, own_columns);
    if (!wanted && has_fact(kind))
        put_owner_names(&out, prefix, fact_columns);
    put_field_names(&out, prefix, kind, wanted);
    return arena_str(arena, text_get(&out));
}

static int read_fields(const struct kind *kind, const uint64_t *wanted, const struct rows *rows, int at,
                       struct arena *arena, void *record, struct error *err)
{
    struct record *r = record_of(record);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        if (f->type->column_count == 0 || !is_wanted(wanted, f))
            continue;
        struct value values[TYPE_COLUMNS];
        for (size_t j = 0; j < f->type->column_count; j++)
            values[j] = rows_value(rows, at++);
        bool known = values[0].is != VALUE_NULL;
        record_set_bit(r->known, field_slot(f), known);
        struct type_context ctx = { .arena = arena, .kind = kind, .name = f->name };
        if (known && !f->type->from_values(f, &ctx, values, field_member(f, record)))
            return fail(err, FAULT_INTERNAL, "row.unreadable", "记录 %s/%lld 的 %s 无法读出，请检查密钥和备份",
                        "Record %s/%lld: field %s cannot be read; check keys and backup", kind->name, (long long)r->id,
                        f->name);
    }
    return 0;
}

static int read_owner(const struct rows *rows, int at, struct arena *arena, struct owner *out)
{
    out->county = rows_int(rows, at++);
    out->town = rows_int(rows, at++);
    out->village = rows_int(rows, at++);
    out->object = rows_int(rows, at++);
    out->sector = arena_str(arena, rows_text(rows, at++));
    return at;
}

int row_read(const struct kind *kind, const uint64_t *wanted, const struct rows *rows, struct arena *arena,
             void *record, struct error *err)
{
    struct record *r = record_of(record);
    memset(record, 0, kind->size);
    r->id = rows_int(rows, 0);
    r->version = rows_int(rows, 1);
    r->created_at = rows_int(rows, 2);
    r->created_by = rows_int(rows, 3);
    r->changed_at = rows_int(rows, 4);
    r->changed_by = rows_int(rows, 5);
    r->removed_at = rows_int(rows, 6);
    int at = (int)COUNT(head_columns);
    if (!wanted)
        at = read_owner(rows, at, arena, &r->own);
    if (!wanted && has_fact(kind))
        at = read_owner(rows, at, arena, &r->fact);
    return read_fields(kind, wanted, rows, at, arena, record, err);
}

struct binds {
    struct value *values; /* as many as the kind has columns */
    size_t count;
};

static struct binds *binds_new(struct arena *arena, const struct kind *kind)
{
    struct binds *b = ARENA_NEW(arena, struct binds);
    size_t room = COUNT(head_columns) + 2 * COUNT(own_columns) + COUNT(kind->sorts) + 2; /* import_id, id or version */
    for (size_t i = 0; i < kind->field_count; i++)
        room += kind->fields[i].type->column_count;
    b->values = ARENA_ARRAY(arena, struct value, room);
    return b;
}

static void bind(struct binds *b, struct value v)
{
    b->values[b->count++] = v;
}

static void bind_owner(struct binds *b, const struct owner *o)
{
    bind(b, value_int(o->county));
    bind(b, value_int(o->town));
    bind(b, value_int(o->village));
    bind(b, value_int(o->object));
    bind(b, value_text(o->sector));
}

static void bind_fields(struct binds *b, const struct kind *kind, const void *record, struct arena *arena)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        struct value values[TYPE_COLUMNS] = { { .is = VALUE_NULL } };
        struct type_context ctx = { .arena = arena, .kind = kind, .name = f->name };
        if (f->type->column_count && record_bit(record_of_const(record)->known, field_slot(f)))
            f->type->to_values(f, &ctx, field_member_const(f, record), values);
        for (size_t j = 0; j < f->type->column_count; j++)
            bind(b, values[j]);
    }
}

static void bind_sorts(struct binds *b, struct text *names, const struct kind *kind, const void *record,
                       struct arena *arena)
{
    for (size_t i = 0; i < COUNT(kind->sorts) && kind->sorts[i]; i++)
        if (needs_sort_column(kind, kind->sorts[i])) {
            put_name(names, "", sort_column(arena, kind, kind->sorts[i]), "");
            bind(b, sort_value(arena, kind, kind->sorts[i], record));
        }
}

/* Names and values of everything but the id, in the same order. */
static void bind_row(struct binds *b, struct text *names, const struct kind *kind, const void *record,
                     struct arena *arena)
{
    const struct record *r = record_of_const(record);
    for (size_t i = 1; i < COUNT(head_columns); i++)
        put_name(names, "", head_columns[i], "");
    bind(b, value_int(r->version));
    bind(b, value_int(r->created_at));
    bind(b, value_int(r->created_by));
    bind(b, value_int(r->changed_at));
    bind(b, value_int(r->changed_by));
    bind(b, r->removed_at ? value_int(r->removed_at) : value_null());
    put_owner_names(names, "", own_columns);
    bind_owner(b, &r->own);
    if (has_fact(kind)) {
        put_owner_names(names, "", fact_columns);
        bind_owner(b, &r->fact);
    }
    bind_sorts(b, names, kind, record, arena);
    put_field_names(names, "", kind, NULL);
    bind_fields(b, kind, record, arena);
}

static void put_marks(struct text *sql, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_str(sql, i ? ",?" : "?");
}

static bool has_unique(const struct kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].flags & UNIQUE)
            return true;
    return false;
}

int row_expect(struct db *db, const struct kind *kind, size_t rows, struct error *err)
{
    return db_expect(db, kind->name, kind->id_field || has_unique(kind) ? 0 : rows, err);
}

int row_insert(struct db *db, const struct kind *kind, void *record, int64_t import_id, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT names = TEXT_LIMIT(SQL_MAX);
    AUTO_TEXT sql = TEXT_LIMIT(SQL_MAX);
    struct record *r = record_of(record);
    struct binds *b = binds_new(&arena, kind);
    int64_t expected = r->id ? 0 : db_expected(db, kind->name);
    if (expected)
        r->id = expected;
    bind_row(b, &names, kind, record, &arena);
    put_name(&names, "", "import_id", "");
    bind(b, import_id ? value_int(import_id) : value_null());
    if (r->id) {
        put_name(&names, "", "id", "");
        bind(b, value_int(r->id));
    }
    text_str(&sql, "INSERT INTO ");
    text_str(&sql, kind->name);
    text_str(&sql, " (");
    text_str(&sql, text_get(&names));
    text_str(&sql, ") VALUES (");
    put_marks(&sql, b->count);
    text_char(&sql, ')');
    return expected ? db_put(db, text_get(&sql), b->values, b->count, err)
                    : db_insert(db, text_get(&sql), b->values, b->count, &r->id, err);
}

int row_update(struct db *db, const struct kind *kind, const void *record, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT names = TEXT_LIMIT(SQL_MAX);
    AUTO_TEXT sql = TEXT_LIMIT(SQL_MAX);
    struct binds *b = binds_new(&arena, kind);
    bind_row(b, &names, kind, record, &arena);
    text_str(&sql, "UPDATE ");
    text_str(&sql, kind->name);
    text_str(&sql, " SET (");
    text_str(&sql, text_get(&names));
    text_str(&sql, ") = (");
    put_marks(&sql, b->count);
    text_str(&sql, ") WHERE id = ? AND version = ?");
    bind(b, value_int(record_of_const(record)->id));
    bind(b, value_int(record_of_const(record)->version - 1));
    int64_t changed = 0;
    if (db_run(db, text_get(&sql), b->values, b->count, &changed, err) < 0)
        return -1;
    if (changed != 1)
        return fail(err, FAULT_STALE, "record.stale", "这条记录刚被别人修改，请比较差别后再保存",
                    "Somebody has just changed this record; compare before saving");
    return 0;
}

int row_find(struct db *db, const struct kind *kind, const char *column, struct value value, int64_t *id,
             struct error *err)
{
    AUTO_TEXT sql = TEXT_LIMIT(1024);
    bool found;
    text_printf(&sql, "SELECT id FROM %s WHERE %s = ? AND removed_at IS NULL ORDER BY id LIMIT 1", kind->name, column);
    int64_t got = 0;
    if (db_get_int(db, text_get(&sql), BIND(value), &got, &found, err) < 0)
        return -1;
    *id = found ? got : 0;
    return 0;
}

int row_count_of(struct db *db, const struct kind *kind, int64_t object, int64_t *count, struct error *err)
{
    AUTO_TEXT sql = TEXT_LIMIT(256);
    bool found;
    text_printf(&sql, "SELECT count(*) FROM %s WHERE own_object = ? AND removed_at IS NULL", kind->name);
    return db_get_int(db, text_get(&sql), BIND(value_int(object)), count, &found, err);
}

int row_imported(struct db *db, const struct kind *kind, int64_t import, int64_t below, int64_t *ids, size_t most,
                 size_t *count, struct error *err)
{
    AUTO_TEXT sql = TEXT_LIMIT(1024);
    struct rows rows;
    *count = 0;
    text_printf(&sql,
                "SELECT id FROM %s WHERE import_id = ? AND removed_at IS NULL AND id < ? ORDER BY id DESC LIMIT ?",
                kind->name);
    if (db_query(db, &rows, text_get(&sql), BIND(value_int(import), value_int(below), value_int((int64_t)most)), err) <
        0)
        return -1;
    while (*count < most && rows_next(&rows))
        ids[(*count)++] = rows_int(&rows, 0);
    return rows_done(&rows, err);
}

int row_follow(struct db *db, const struct kind *kind, const struct owner *own, int64_t *ids, size_t most,
               size_t *count, struct error *err)
{
    AUTO_TEXT sql = TEXT_LIMIT(1024);
    struct rows rows;
    text_printf(&sql,
                "SELECT id FROM %s WHERE own_object = ? AND (own_county <> ? OR own_town <> ? OR own_village <> ? OR "
                "coalesce(own_sector, '') <> ?) ORDER BY id LIMIT ?",
                kind->name);
    if (db_query(db, &rows, text_get(&sql),
                 BIND(value_int(own->object), value_int(own->county), value_int(own->town), value_int(own->village),
                      value_text(own->sector ? own->sector : ""), value_int((int64_t)most)),
                 err) < 0)
        return -1;
    while (*count < most && rows_next(&rows))
        ids[(*count)++] = rows_int(&rows, 0);
    if (rows_done(&rows, err) < 0)
        return -1;
    if (*count == 0)
        return 0;
    text_clear(&sql);
    text_printf(&sql,
                "UPDATE %s SET own_county = ?, own_town = ?, own_village = ?, own_sector = ? WHERE own_object = ? AND "
                "id BETWEEN ? AND ?",
                kind->name);
    return db_run(db, text_get(&sql),
                  BIND(value_int(own->county), value_int(own->town), value_int(own->village), value_text(own->sector),
                       value_int(own->object), value_int(ids[0]), value_int(ids[*count - 1])),
                  NULL, err);
}

int row_follow_left(struct db *db, const struct kind *kind, const struct owner *own, int64_t *count, struct error *err)
{
    AUTO_TEXT sql = TEXT_LIMIT(1024);
    bool found;
    text_printf(
        &sql,
        "SELECT count(*) FROM %s WHERE own_object = ? AND (own_county <> ? OR own_town <> ? OR own_village <> ? "
        "OR coalesce(own_sector, '') <> ?)",
        kind->name);
    return db_get_int(db, text_get(&sql),
                      BIND(value_int(own->object), value_int(own->county), value_int(own->town),
                           value_int(own->village), value_text(own->sector ? own->sector : "")),
                      count, &found, err);
}

/* ---- lines ---- */

int lines_read(struct db *db, const struct kind *kind, void *record, struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        if (f->type != &type_lines)
            continue;
        AUTO_TEXT sql = TEXT_LIMIT(SQL_MAX);
        AUTO_TEXT names = TEXT_LIMIT(SQL_MAX);
        put_name(&names, "", "id", "");
        put_field_names(&names, "", f->lines, NULL);
        text_printf(&sql, "SELECT %s FROM %s WHERE record = ? ORDER BY line", text_get(&names),
                    lines_table_name(arena, kind, f));
        struct rows rows;
        if (db_query(db, &rows, text_get(&sql), BIND(value_int(record_of(record)->id)), err) < 0)
            return -1;
        struct lines *lines = ARENA_NEW(arena, struct lines);
        size_t size = f->lines->size;
        char *at = arena_alloc(arena, size * LIMIT_LINES);
        lines->rows = at;
        while (rows_next(&rows) && lines->count < LIMIT_LINES) {
            void *line = at + size * lines->count;
            record_of(line)->id = rows_int(&rows, 0);
            if (read_fields(f->lines, NULL, &rows, 1, arena, line, err) < 0) {
                struct error ignored = { 0 };
                rows_done(&rows, &ignored);
                return -1;
            }
            lines->count++;
        }
        if (rows_done(&rows, err) < 0)
            return -1;
        *(struct lines **)field_member(f, record) = lines;
        record_set_bit(record_of(record)->known, field_slot(f), lines->count > 0);
    }
    return 0;
}

int lines_write(struct db *db, const struct kind *kind, const void *record, struct error *err)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        if (f->type != &type_lines || !record_bit(record_of_const(record)->given, field_slot(f)))
            continue;
        AUTO_ARENA arena = { 0 };
        AUTO_TEXT sql = TEXT_LIMIT(SQL_MAX);
        int64_t id = record_of_const(record)->id;
        const char *table = lines_table_name(&arena, kind, f);
        text_printf(&sql, "DELETE FROM %s WHERE record = ?", table);
        if (db_run(db, text_get(&sql), BIND(value_int(id)), NULL, err) < 0)
            return -1;
        if (!record_bit(record_of_const(record)->known, field_slot(f)))
            continue;
        const struct lines *lines = *(struct lines *const *)field_member_const(f, record);
        for (size_t n = 0; n < lines->count; n++) {
            AUTO_TEXT names = TEXT_LIMIT(SQL_MAX);
            struct binds *b = binds_new(&arena, f->lines);
            put_name(&names, "", "record", "");
            put_name(&names, "", "line", "");
            bind(b, value_int(id));
            bind(b, value_int((int64_t)n + 1));
            put_field_names(&names, "", f->lines, NULL);
            bind_fields(b, f->lines, (const char *)lines->rows + n * f->lines->size, &arena);
            text_clear(&sql);
            text_printf(&sql, "INSERT INTO %s (%s) VALUES (", table, text_get(&names));
            put_marks(&sql, b->count);
            text_char(&sql, ')');
            if (db_run(db, text_get(&sql), b->values, b->count, NULL, err) < 0)
                return -1;
        }
    }
    return 0;
}
