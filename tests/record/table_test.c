/* Kind <-> table: the catalogue equals the declaration, a new field is one more column, the sort key is never null. */
#include "domain/town.h"

#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "record/table.h"
#include "record/type.h"
#include "store/dialect.h"

#include <stdio.h>
#include <string.h>

static void expect_equal(struct town *t, const struct schema *schema)
{
    struct error err = { 0 };
    struct db *db;
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    must(store_reader(t->house.store, &db, &err), &err);
    int got = schema_differences(db, schema, &out, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    if (out.used)
        fail_msg("%s", text_get(&out));
}

static void the_catalogue_equals_the_declaration(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int changes = -1;
    expect_equal(t, house_schema());
    must(schema_apply(t->house.store, house_schema(), &changes, &err), &err);
    assert_int_equal(changes, 0);
}

/* ---- adding a field ---- */

struct wider {
    const struct schema *old;
    const struct table *tables[256];
    struct schema schema;
    struct table table;
    struct column columns[160];
};

/* The declared schema with one more column in a kind's table, as one more field row would give. */
static const struct schema *with_column(struct wider *w, const char *name, struct column column)
{
    *w = (struct wider){ .old = house_schema() };
    for (size_t i = 0; i < w->old->table_count; i++) {
        w->tables[i] = w->old->tables[i];
        if (strcmp(w->tables[i]->name, name) != 0)
            continue;
        w->table = *w->tables[i];
        memcpy(w->columns, w->table.columns, w->table.column_count * sizeof w->columns[0]);
        w->columns[w->table.column_count++] = column;
        w->table.columns = w->columns;
        w->tables[i] = &w->table;
    }
    w->schema = (struct schema){ w->tables, w->old->table_count };
    return &w->schema;
}

static void a_new_nullable_field_is_added_and_rows_stay(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct wider w;
    int changes = 0;
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_A1], "加一列之前");
    int64_t rows = count_of(t, "SELECT count(*) FROM hazard");
    const struct schema *wide = with_column(&w, "hazard", (struct column){ "penalty", COLUMN_INT, 0 });
    must(schema_apply(t->house.store, wide, &changes, &err), &err);
    assert_int_equal(changes, 1);
    expect_equal(t, wide);
    assert_int_equal(count_of(t, "SELECT count(*) FROM hazard WHERE penalty IS NULL"), rows);
    /* A program of the day before still reads and writes beside it. */
    must_patch(t, OFFICE, &hazard_kind, id, "{\"location\":\"照旧\"}");
    assert_int_equal(record_of(must_read(t, OFFICE, &hazard_kind, id))->version, 2);
    must_script(t->house.store, "ALTER TABLE hazard DROP COLUMN penalty;\n");
    expect_equal(t, house_schema());
}

static void a_new_required_column_is_refused_by_name(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct wider w;
    const struct schema *wide = with_column(&w, "hazard", (struct column){ "penalty", COLUMN_INT, COLUMN_NOT_NULL });
    expect_fault(schema_apply(t->house.store, wide, NULL, &err), &err, FAULT_REFUSED, "store.schema");
    assert_non_null(strstr(err.en, "penalty"));
    expect_equal(t, house_schema());
}

/* ---- what the tables look like ---- */

static const struct table *table_of(const char *name)
{
    const struct schema *s = house_schema();
    for (size_t i = 0; i < s->table_count; i++)
        if (strcmp(s->tables[i]->name, name) == 0)
            return s->tables[i];
    fail_msg("there is no table %s", name);
    return NULL;
}

static const struct column *column_of(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return NULL;
}

static void every_field_has_the_columns_of_its_type(void **state)
{
    (void)state;
    for (const struct kind *const *k = all_kinds; *k; k++)
        for (size_t i = 0; i < (*k)->field_count && !(*k)->child; i++) {
            const struct field *f = &(*k)->fields[i];
            for (size_t c = 0; c < f->type->column_count; c++) {
                char name[96];
                snprintf(name, sizeof name, "%s%s", f->name, f->type->columns[c].suffix);
                const struct column *column = column_of(table_of((*k)->name), name);
                if (!column || column->type != f->type->columns[c].type || column->flags)
                    fail_msg("%s.%s is not as its type says", (*k)->name, name);
            }
        }
}

static void a_sort_key_is_never_null(void **state)
{
    for (const struct kind *const *k = all_kinds; *k; k++)
        for (size_t s = 0; !(*k)->child && s < COUNT((*k)->sorts) && (*k)->sorts[s]; s++) {
            AUTO_ARENA arena = { 0 };
            const char *name = sort_column(&arena, *k, (*k)->sorts[s]);
            const struct field *f = field_find(*k, (*k)->sorts[s]);
            if (strcmp(name, "id") == 0)
                continue;
            const struct column *column = column_of(table_of((*k)->name), name);
            assert_non_null(column);
            assert_true((column->flags & COLUMN_NOT_NULL) || (f->flags & REQUIRED));
        }
    struct town *t = TOWN(state);
    const struct hazard *h = must_read(t, OFFICE, &hazard_kind, must_hazard(t, OFFICE, t->spots[FIRM_A1], "无期限"));
    assert_false(has(h, due));
    assert_int_equal(
        count_of(t, "SELECT count(*) FROM hazard WHERE due IS NULL AND sort_due <> %lld", (long long)INT64_MAX), 0);
    assert_int_equal(sort_value(&t->arena, &hazard_kind, "due", h).number, INT64_MAX);
}

static void a_number_tells_year_and_id(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_A1], "编号");
    assert_string_equal(record_number(&t->arena, &hazard_kind, must_read(t, OFFICE, &hazard_kind, id)),
                        say(t, "2026-%06lld", (long long)id));
    assert_null(record_number(&t->arena, &enterprise_kind, must_read(t, OFFICE, &enterprise_kind, t->spots[FIRM_A1])));
}

static void an_id_is_never_used_twice(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t first = must_hazard(t, OFFICE, t->spots[FIRM_A1], "先");
    must(town_remove(t, OFFICE, &hazard_kind, first, &err), &err);
    assert_true(must_hazard(t, OFFICE, t->spots[FIRM_A1], "后") > first);
    int64_t place = must_create(t, OFFICE, &enterprise_kind,
                                "{\"name\":\"同号段\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}");
    assert_int_equal(count_of(t, "SELECT count(*) FROM facility WHERE id = %lld", (long long)place), 0);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(the_catalogue_equals_the_declaration),
        SAYS(a_new_nullable_field_is_added_and_rows_stay),
        SAYS(a_new_required_column_is_refused_by_name),
        SAYS(every_field_has_the_columns_of_its_type),
        SAYS(a_sort_key_is_never_null),
        SAYS(a_number_tells_year_and_id),
        SAYS(an_id_is_never_used_twice),
    };
    return RUN_TOWNS(tests);
}
