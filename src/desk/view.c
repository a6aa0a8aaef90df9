#include "desk/view.h"

#include "access/query.h"
#include "base/utf8.h"
#include "exchange/columns.h"
#include "record/table.h"

#include <stdlib.h>
#include <string.h>

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column view_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "name", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "filter", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "sort", COLUMN_TEXT, 0 },
    { "in_columns", COLUMN_TEXT, 0 },
    { "density", COLUMN_TEXT, 0 },
    { "shared", COLUMN_TEXT, 0 },
    { "organisation", COLUMN_INT, 0 },
};
static const struct index_decl view_indexes[] = {
    { "saved_view_of_account", NAMES("account", "kind"), false, NULL },
    { "saved_view_shared", NAMES("shared", "kind", "organisation"), false, NULL },
};
static const struct column choice_columns[] = {
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "arrangement", COLUMN_TEXT, COLUMN_NOT_NULL }, /* ids in the reader's order, a JSON array */
    { "first", COLUMN_INT, 0 },
};
const struct table view_tables[] = {
    { .name = "saved_view", LISTED(view_columns), .indexes = view_indexes, .index_count = COUNT(view_indexes) },
    { .name = "view_choice", LISTED(choice_columns), .primary_key = NAMES("account", "kind") },
};
const size_t view_table_count = COUNT(view_tables);

enum { MOST_SEEN = LIMIT_VIEWS * 3 };

/* Whose they are, what the organisation shares, what everybody sees. Binds: account, organisation. */
#define SEEN "(v.account = ? OR v.shared = 'everyone' OR (v.shared = 'organisation' AND v.organisation = ?))"

struct view {
    int64_t id, account;
    const char *by, *kind, *name, *filter, *sort, *columns, *density, *shared;
};

struct arrangement {
    int64_t order[MOST_SEEN];
    size_t count;
    int64_t first; /* 0: none */
};

static int missing(struct error *err)
{
    return fail(err, FAULT_MISSING, "view.missing", "没有这个页签，或它已不再共享",
                "There is no such view, or it is no longer shared");
}

/* ---- reading ---- */

static int read_views(struct db *db, const struct actor *actor, const char *kind, int64_t one, struct arena *arena,
                      struct view *list, size_t *count, struct error *err)
{
    struct rows rows;
    *count = 0;
    if (db_query(db, &rows,
                 "SELECT v.id, v.account, a.display_name, v.kind, v.name, v.filter, v.sort, v.in_columns, v.density, "
                 "v.shared FROM saved_view v LEFT JOIN account a ON a.id = v.account WHERE " SEEN
                 " AND (? = 0 OR v.id = ?) AND (? = '' OR v.kind = ?) "
                 "ORDER BY CASE WHEN v.account = ? THEN 0 ELSE 1 END, v.id LIMIT ?",
                 BIND(value_int(actor->id), value_int(actor->organisation), value_int(one), value_int(one),
                      value_text(kind), value_text(kind), value_int(actor->id), value_int(MOST_SEEN)),
                 err) < 0)
        return -1;
    while (*count < MOST_SEEN && rows_next(&rows))
        list[(*count)++] = (struct view){ .id = rows_int(&rows, 0),
                                          .account = rows_int(&rows, 1),
                                          .by = arena_str(arena, rows_text(&rows, 2)),
                                          .kind = arena_str(arena, rows_text(&rows, 3)),
                                          .name = arena_str(arena, rows_text(&rows, 4)),
                                          .filter = arena_str(arena, rows_text(&rows, 5)),
                                          .sort = arena_str(arena, rows_text(&rows, 6)),
                                          .columns = arena_str(arena, rows_text(&rows, 7)),
                                          .density = arena_str(arena, rows_text(&rows, 8)),
                                          .shared = arena_str(arena, rows_text(&rows, 9)) };
    return rows_done(&rows, err);
}

static int read_choice(struct db *db, int64_t account, const char *kind, struct arrangement *out, struct error *err)
{
    struct rows rows;
    *out = (struct arrangement){ 0 };
    if (db_query(db, &rows, "SELECT arrangement, first FROM view_choice WHERE account = ? AND kind = ?",
                 BIND(value_int(account), value_text(kind)), err) < 0)
        return -1;
    if (rows_next(&rows)) {
        json_t *order = json_loads(rows_text(&rows, 0), 0, NULL), *id;
        size_t i;
        json_array_foreach(order, i, id)
        {
            if (out->count < MOST_SEEN)
                out->order[out->count++] = json_integer_value(id);
        }
        json_decref(order);
        out->first = rows_int(&rows, 1);
    }
    return rows_done(&rows, err);
}

static size_t rank(const struct arrangement *choice, int64_t id)
{
    size_t at = 0;
    while (at < choice->count && choice->order[at] != id)
        at++;
    return at;
}

/* In the reader's order; those never arranged stay behind, as they were read. */
static void arrange(struct view *list, size_t count, const struct arrangement *choice)
{
    for (size_t i = 1; i < count; i++) {
        struct view v = list[i];
        size_t at = i;
        while (at > 0 && rank(choice, list[at - 1].id) > rank(choice, v.id)) {
            list[at] = list[at - 1];
            at--;
        }
        list[at] = v;
    }
}

static int parse(const struct kind *kind, const char *text, int64_t day, struct arena *arena, struct filter *out,
                 struct error *err)
{
    struct filter_pair *pairs = ARENA_ARRAY(arena, struct filter_pair, LIMIT_QUERY);
    size_t count;
    if (filter_split(text, arena, pairs, &count, err) < 0)
        return -1;
    filter_days(kind, pairs, count, day, arena);
    return filter_parse(kind, pairs, count, arena, out, err);
}

/* A filter of before, by a field the kind has lost or the reader sees masked, is no failure: there is no number. */
static int put_total(struct db *db, const struct actor *actor, const struct kind *kind, const struct view *v,
                     struct json *j, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct filter filter;
    struct scope scope;
    struct error refused = { 0 };
    if (parse(kind, v->filter, actor->day, &arena, &filter, &refused) < 0 ||
        list_scope(actor, kind, "read", &filter, &scope, &refused) < 0) {
        json_put_null(j);
        return 0;
    }
    struct list_query query = { .kind = kind, .actor = actor, .scope = &scope, .filter = &filter };
    int64_t count;
    if (list_count(db, &query, LIMIT_VIEW_COUNT + 1, &arena, &count, err) < 0)
        return -1;
    json_open(j, '{');
    json_key_int(j, "count", count > LIMIT_VIEW_COUNT ? LIMIT_VIEW_COUNT : count);
    json_key_bool(j, "capped", count > LIMIT_VIEW_COUNT);
    json_close(j, '}');
    return 0;
}

static int put_view(struct db *db, const struct actor *actor, const struct kind *kind, const struct view *v, bool first,
                    bool counts, struct json *j, struct error *err)
{
    json_open(j, '{');
    json_key_int(j, "id", v->id);
    json_key_str(j, "kind", v->kind);
    json_key_str(j, "name", v->name);
    json_key_str(j, "filter", v->filter);
    json_key_str(j, "sort", v->sort);
    json_key(j, "columns");
    json_put_raw(j, v->columns ? v->columns : "null");
    json_key_str(j, "density", v->density);
    json_key_str(j, "shared", v->shared);
    json_key_bool(j, "own", v->account == actor->id);
    json_key(j, "by");
    json_open(j, '{');
    json_key_int(j, "id", v->account);
    json_key_str(j, "name", v->by);
    json_close(j, '}');
    json_key_bool(j, "first", first);
    json_key(j, "total");
    if (!counts)
        json_put_null(j);
    else if (put_total(db, actor, kind, v, j, err) < 0)
        return -1;
    json_close(j, '}');
    return 0;
}

int views_put(struct db *db, const struct actor *actor, const struct kind *kind, int64_t one, bool counts,
              struct json *j, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct view *list = ARENA_ARRAY(&arena, struct view, MOST_SEEN);
    struct arrangement choice;
    size_t count;
    if (read_views(db, actor, kind->name, one, &arena, list, &count, err) < 0 ||
        read_choice(db, actor->id, kind->name, &choice, err) < 0)
        return -1;
    if (one && count == 0)
        return missing(err);
    arrange(list, count, &choice);
    for (size_t i = 0; i < count; i++)
        if (put_view(db, actor, kind, &list[i], list[i].id == choice.first, counts, j, err) < 0)
            return -1;
    return 0;
}

int views_put_all(struct db *db, const struct actor *actor, const struct kind *kind, struct json *j, struct error *err)
{
    struct view all = { .filter = "" };
    return put_total(db, actor, kind, &all, j, err);
}

int view_kind(struct db *db, const struct actor *actor, int64_t id, const struct kind **out, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct view *list = ARENA_ARRAY(&arena, struct view, MOST_SEEN);
    size_t count;
    if (read_views(db, actor, "", id, &arena, list, &count, err) < 0)
        return -1;
    const struct kind *kind = count ? kind_find(list[0].kind) : NULL;
    if (!kind)
        return missing(err);
    *out = kind;
    return 0;
}

/* ---- writing ---- */

struct writing {
    const struct actor *actor;
    const struct kind *kind;
    int64_t id;
    const char *name, *filter, *sort, *density, *shared;
    char *columns;
    bool place_said, first_said, first;
    int64_t place;
    int64_t changed;
};

static bool is_office(const struct actor *actor)
{
    for (size_t i = 0; i < actor->grant_count; i++)
        if (actor->grants[i].role && strcmp(actor->grants[i].role, "office") == 0)
            return true;
    return false;
}

/* Text or null. */
static void text_of(const json_t *body, const char *member, const char **out, struct error *err)
{
    const json_t *value = json_object_get(body, member);
    if (value && !json_is_null(value) && !json_is_string(value))
        fail_field(err, member, "应是文字", "It must be text");
    *out = json_string_value(value);
}

static void one_of(const char *member, const char *value, const char *a, const char *b, struct error *err)
{
    if (value && strcmp(value, a) != 0 && strcmp(value, b) != 0)
        fail_field(err, member, "只能写 %s 或 %s", "Write %s or %s", a, b);
}

/* What a whole view says; everything that is wrong is named at once. */
static int read_body(const struct actor *actor, const struct kind *kind, const json_t *body, struct arena *arena,
                     struct writing *w, struct error *err)
{
    const char *sort;
    bool descending;
    struct filter filter = { 0 };
    text_of(body, "name", &w->name, err);
    text_of(body, "filter", &w->filter, err);
    text_of(body, "sort", &w->sort, err);
    text_of(body, "density", &w->density, err);
    text_of(body, "shared", &w->shared, err);
    if (err->fault)
        return -1;
    size_t chars = w->name ? utf8_chars(w->name) : 0;
    if (chars == 0 || chars > VIEW_NAME)
        fail_field(err, "name", "请给页签起个名字，最多 %d 个字", "Give the view a name of at most %d characters",
                   VIEW_NAME);
    w->filter = w->filter ? w->filter : "";
    if (parse(kind, w->filter, actor->day, arena, &filter, err) == 0 && filter.personal)
        fail_field(err, "filter", "按个人信息查找的条件不能存为页签，请去掉后再存",
                   "A comparison of personal data cannot be kept as a view; take it out first");
    if (w->sort)
        list_sort_parse(kind, w->sort, &sort, &descending, err);
    one_of("density", w->density, "compact", "roomy", err);
    one_of("shared", w->shared, "organisation", "everyone", err);
    const json_t *columns = json_object_get(body, "columns");
    if (columns && !json_is_null(columns))
        columns_check(kind, COLUMNS_LIST, columns, "columns", err);
    if (err->fault)
        return -1;
    if (w->shared && strcmp(w->shared, "everyone") == 0 && !is_office(actor))
        return fail(err, FAULT_FORBIDDEN, "view.share", "只有安委办能共享给所有人，您可以共享给本单位",
                    "Only the office shares with everybody; you may share with your organisation");
    if (w->shared && !actor->organisation)
        return fail(err, FAULT_FORBIDDEN, "view.share", "您的账号没有所属单位，不能共享页签",
                    "Your account belongs to no organisation, so it cannot share a view");
    w->columns = columns && !json_is_null(columns) ? json_dumps(columns, JSON_COMPACT) : NULL;
    return 0;
}

static int room_left(struct db *db, const struct writing *w, struct error *err)
{
    int64_t own = 0, shared = 0;
    bool found;
    if (db_get_int(db, "SELECT count(*) FROM saved_view WHERE account = ? AND kind = ? AND id <> ?",
                   BIND(value_int(w->actor->id), value_text(w->kind->name), value_int(w->id)), &own, &found, err) < 0)
        return -1;
    if (w->shared && db_get_int(db,
                                "SELECT count(*) FROM saved_view WHERE shared = ? AND kind = ? AND id <> ? AND (shared "
                                "= 'everyone' OR organisation = ?)",
                                BIND(value_text(w->shared), value_text(w->kind->name), value_int(w->id),
                                     value_int(w->actor->organisation)),
                                &shared, &found, err) < 0)
        return -1;
    if (own >= LIMIT_VIEWS)
        return fail(err, FAULT_REFUSED, "view.many", "您在这个列表已存了 %d 个页签，请先删去不用的",
                    "You have saved %d views of this list; remove some first", LIMIT_VIEWS);
    if (shared >= LIMIT_VIEWS)
        return fail(err, FAULT_REFUSED, "view.many", "这个列表已共享了 %d 个页签，请先取消不用的",
                    "%d views of this list are shared already; end some first", LIMIT_VIEWS);
    return 0;
}

static struct value organisation_of(const struct writing *w)
{
    return w->shared ? value_int(w->actor->organisation) : value_null();
}

static int insert_job(struct db *db, void *args, struct error *err)
{
    struct writing *w = args;
    bool found;
    if (room_left(db, w, err) < 0)
        return -1;
    return db_get_int(db,
                      "INSERT INTO saved_view (account, kind, name, filter, sort, in_columns, density, shared, "
                      "organisation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                      BIND(value_int(w->actor->id), value_text(w->kind->name), value_text(w->name),
                           value_text(w->filter), value_text(w->sort), value_text(w->columns), value_text(w->density),
                           value_text(w->shared), organisation_of(w)),
                      &w->changed, &found, err);
}

int view_make(struct store *store, const struct actor *actor, const struct kind *kind, const json_t *body, int64_t *id,
              struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct writing w = { .actor = actor, .kind = kind };
    int got = read_body(actor, kind, body, &arena, &w, err);
    if (got == 0)
        got = store_write(store, insert_job, &w, err);
    free(w.columns);
    if (got == 0)
        *id = w.changed;
    return got;
}

/* first and place are the reader's own: the whole order is written, as it is seen now with this one moved. */
static int keep_choice(struct db *db, const struct writing *w, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct view *list = ARENA_ARRAY(&arena, struct view, MOST_SEEN), moved = { 0 };
    struct arrangement choice;
    size_t count, kept = 0;
    if (read_views(db, w->actor, w->kind->name, 0, &arena, list, &count, err) < 0 ||
        read_choice(db, w->actor->id, w->kind->name, &choice, err) < 0)
        return -1;
    arrange(list, count, &choice);
    if (w->place_said) {
        for (size_t i = 0; i < count; i++) {
            if (list[i].id == w->id)
                moved = list[i];
            else
                list[kept++] = list[i];
        }
        size_t at = w->place < 0 ? 0 : (size_t)w->place > kept ? kept : (size_t)w->place;
        if (kept < count) {
            memmove(&list[at + 1], &list[at], (kept - at) * sizeof list[0]);
            list[at] = moved;
        }
    }
    if (w->first_said && (w->first || choice.first == w->id))
        choice.first = w->first ? w->id : 0;
    json_t *order = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(order, json_integer(list[i].id));
    char *text = json_dumps(order, JSON_COMPACT);
    int got = db_run(db,
                     "INSERT INTO view_choice (account, kind, arrangement, first) VALUES (?, ?, ?, ?) ON CONFLICT "
                     "(account, kind) DO UPDATE SET arrangement = excluded.arrangement, first = excluded.first",
                     BIND(value_int(w->actor->id), value_text(w->kind->name), value_text(text),
                          choice.first ? value_int(choice.first) : value_null()),
                     NULL, err);
    free(text);
    json_decref(order);
    return got;
}

static int change_job(struct db *db, void *args, struct error *err)
{
    struct writing *w = args;
    if (w->name) {
        if (room_left(db, w, err) < 0 ||
            db_run(db,
                   "UPDATE saved_view SET name = ?, filter = ?, sort = ?, in_columns = ?, density = ?, shared = ?, "
                   "organisation = ? WHERE id = ? AND account = ?",
                   BIND(value_text(w->name), value_text(w->filter), value_text(w->sort), value_text(w->columns),
                        value_text(w->density), value_text(w->shared), organisation_of(w), value_int(w->id),
                        value_int(w->actor->id)),
                   &w->changed, err) < 0)
            return -1;
        if (!w->changed)
            return missing(err);
    }
    return w->place_said || w->first_said ? keep_choice(db, w, err) : 0;
}

static json_t *as_json(const struct view *v)
{
    json_t *out = json_pack("{s:s, s:s, s:s?, s:s?, s:s?}", "name", v->name, "filter", v->filter, "sort", v->sort,
                            "density", v->density, "shared", v->shared);
    json_object_set_new(out, "columns", v->columns ? json_loads(v->columns, 0, NULL) : json_null());
    return out;
}

static int read_own_members(const json_t *body, struct writing *w, struct error *err)
{
    const json_t *first = json_object_get(body, "first"), *place = json_object_get(body, "place");
    if (first && !json_is_boolean(first))
        fail_field(err, "first", "只能写 true 或 false", "Write true or false");
    if (place && !json_is_integer(place))
        fail_field(err, "place", "应是从 0 数起的位置", "It must be a place counted from 0");
    w->first_said = first != NULL;
    w->first = json_is_true(first);
    w->place_said = place != NULL;
    w->place = json_integer_value(place);
    return err->fault ? -1 : 0;
}

int view_change(struct store *store, struct db *db, const struct actor *actor, const struct kind *kind, int64_t id,
                const json_t *body, struct error *err)
{
    static const char *const members[] = { "name", "filter", "sort", "columns", "density", "shared", NULL };
    AUTO_ARENA arena = { 0 };
    struct view *list = ARENA_ARRAY(&arena, struct view, MOST_SEEN);
    struct writing w = { .actor = actor, .kind = kind, .id = id };
    size_t count;
    bool whole = false;
    for (size_t i = 0; members[i]; i++)
        whole |= json_object_get(body, members[i]) != NULL;
    if (read_own_members(body, &w, err) < 0 || read_views(db, actor, kind->name, id, &arena, list, &count, err) < 0)
        return -1;
    if (count == 0)
        return missing(err);
    if (whole && list[0].account != actor->id)
        return fail(err, FAULT_FORBIDDEN, "view.other", "这是%s共享的页签，只能由本人修改；可另存为自己的页签",
                    "This view is shared by %s, who alone may change it; save it as your own instead",
                    list[0].by ? list[0].by : "");
    int got = 0;
    json_t *said = as_json(&list[0]);
    for (size_t i = 0; members[i]; i++) {
        json_t *value = json_object_get(body, members[i]);
        if (value)
            json_object_set(said, members[i], value);
    }
    if (whole)
        got = read_body(actor, kind, said, &arena, &w, err);
    if (got == 0)
        got = store_write(store, change_job, &w, err);
    free(w.columns);
    json_decref(said);
    return got;
}

static int remove_job(struct db *db, void *args, struct error *err)
{
    struct writing *w = args;
    return db_run(db, "DELETE FROM saved_view WHERE id = ? AND account = ?",
                  BIND(value_int(w->id), value_int(w->actor->id)), &w->changed, err);
}

int view_remove(struct store *store, const struct actor *actor, int64_t id, struct error *err)
{
    struct writing w = { .actor = actor, .id = id };
    if (store_write(store, remove_job, &w, err) < 0)
        return -1;
    return w.changed ? 0 : missing(err);
}
