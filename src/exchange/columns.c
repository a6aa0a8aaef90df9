#include "exchange/columns.h"

#include "record/table.h"
#include "record/type.h"

#include <stdlib.h>
#include <string.h>

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column choice_columns[] = {
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "in_list", COLUMN_TEXT, 0 },
    { "in_export", COLUMN_TEXT, 0 },
};
const struct table column_table = { .name = "column_choice",
                                    LISTED(choice_columns),
                                    .primary_key = NAMES("account", "kind") };

static const struct {
    const char *member, *beside[4]; /* what stands beside the fields */
} uses[] = {
    [COLUMNS_LIST] = { "list", { "number", "owner", "changed_at", NULL } },
    [COLUMNS_EXPORT] = { "export", { "number", LEDGER_ROW, NULL } },
};

bool column_fits(const struct field *f)
{
    for (size_t i = 0; f->type == &type_lines && i < f->lines->field_count; i++) {
        const struct field_type *type = f->lines->fields[i].type;
        if (type->personal || type == &type_reference || type == &type_object)
            return false;
    }
    return f->type != &type_files;
}

static bool is_column(const struct kind *kind, enum column_use use, const char *name)
{
    const struct field *f = field_find(kind, name);
    return f ? column_fits(f) && (use == COLUMNS_EXPORT || f->type != &type_lines)
             : name_listed(uses[use].beside, COUNT(uses[use].beside), name);
}

static bool stands_before(const json_t *names, size_t at)
{
    const char *name = json_string_value(json_array_get(names, at));
    for (size_t i = 0; i < at; i++)
        if (strcmp(json_string_value(json_array_get(names, i)), name) == 0)
            return true;
    return false;
}

int columns_check(const struct kind *kind, enum column_use use, const json_t *names, const char *member,
                  struct error *err)
{
    size_t count = json_array_size(names);
    if (!json_is_array(names))
        return fail_field(err, member, "应是列名的数组", "It must be an array of column names");
    if (use == COLUMNS_EXPORT && count == 0)
        return fail_field(err, member, "请至少选择一列", "Choose at least one column");
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (!name || !is_column(kind, use, name))
            return fail_field(err, member, "没有“%s”这一列", "There is no column \"%s\"", name ? name : "");
        if (stands_before(names, i))
            return fail_field(err, member, "“%s”这一列写了两次", "The column \"%s\" is named twice", name);
    }
    return 0;
}

/* ---- kept ---- */

/* A kind may have lost a field since. */
static json_t *still_there(const struct kind *kind, enum column_use use, const char *text)
{
    json_t *kept = text ? json_loads(text, 0, NULL) : NULL, *out;
    if (!json_is_array(kept)) {
        json_decref(kept);
        return json_null();
    }
    out = json_array();
    size_t i;
    json_t *name;
    json_array_foreach(kept, i, name) if (is_column(kind, use, json_string_value(name))) json_array_append(out, name);
    json_decref(kept);
    return out;
}

int columns_read(struct db *db, int64_t account, const struct kind *kind, json_t **out, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows, "SELECT in_list, in_export FROM column_choice WHERE account = ? AND kind = ?",
                 BIND(value_int(account), value_text(kind->name)), err) < 0)
        return -1;
    json_t *chosen = json_object();
    bool any = rows_next(&rows);
    for (int use = COLUMNS_LIST; use <= COLUMNS_EXPORT; use++)
        json_object_set_new(chosen, uses[use].member,
                            still_there(kind, (enum column_use)use, any ? rows_text(&rows, use) : NULL));
    if (rows_done(&rows, err) < 0) {
        json_decref(chosen);
        return -1;
    }
    *out = chosen;
    return 0;
}

struct chosen {
    int64_t account;
    const struct kind *kind;
    char *names[COLUMNS_EXPORT + 1]; /* JSON; NULL: never chosen */
};

static int keep_row(struct db *db, void *args, struct error *err)
{
    const struct chosen *c = args;
    return db_run(db,
                  "INSERT INTO column_choice (account, kind, in_list, in_export) VALUES (?, ?, ?, ?) ON CONFLICT "
                  "(account, kind) DO UPDATE SET in_list = excluded.in_list, in_export = excluded.in_export",
                  BIND(value_int(c->account), value_text(c->kind->name), value_text(c->names[COLUMNS_LIST]),
                       value_text(c->names[COLUMNS_EXPORT])),
                  NULL, err);
}

int columns_keep(struct store *store, int64_t account, const struct kind *kind, const json_t *chosen, struct error *err)
{
    struct chosen c = { .account = account, .kind = kind };
    int got = 0;
    for (int use = COLUMNS_LIST; got == 0 && use <= COLUMNS_EXPORT; use++) {
        const json_t *names = json_object_get(chosen, uses[use].member);
        if (!names || json_is_null(names))
            continue;
        got = columns_check(kind, (enum column_use)use, names, uses[use].member, err);
        c.names[use] = got == 0 ? json_dumps(names, JSON_COMPACT) : NULL;
    }
    if (got == 0)
        got = store_write(store, keep_row, &c, err);
    for (size_t i = 0; i < COUNT(c.names); i++)
        free(c.names[i]);
    return got;
}
