#include "desk/draft.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/seal.h"
#include "record/kind.h"

#include <stdlib.h>
#include <string.h>

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column draft_columns[] = {
    { "account", COLUMN_INT, COLUMN_NOT_NULL },   { "form", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "at", COLUMN_INT, COLUMN_NOT_NULL },        { "version", COLUMN_INT, COLUMN_NOT_NULL },
    { "entries", COLUMN_BYTES, COLUMN_NOT_NULL },
};
const struct table draft_table = { .name = "draft", LISTED(draft_columns), .primary_key = NAMES("account", "form") };

static const char context[] = "draft.entries";

bool draft_form_ok(const char *form)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t n = form ? strlen(form) : 0;
    return n > 0 && n <= DRAFT_FORM && strspn(form, allowed) == n;
}

int draft_put(struct db *db, int64_t account, const char *form, int64_t now_ms, struct json *j, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct rows rows;
    if (db_query(db, &rows, "SELECT at, version, entries FROM draft WHERE account = ? AND form = ? AND at > ?",
                 BIND(value_int(account), value_text(form), value_int(now_ms - (int64_t)DRAFT_DAYS * DAY_MS)), err) < 0)
        return -1;
    const char *values = NULL;
    if (rows_next(&rows)) {
        char at[INSTANT_TEXT];
        struct value sealed = rows_value(&rows, 2);
        if (unseal(&arena, context, sealed.at, sealed.size, &values)) {
            instant_print(rows_int(&rows, 0), at);
            json_open(j, '{');
            json_key_str(j, "form", form);
            json_key_str(j, "at", at);
            json_key(j, "version");
            if (rows_int(&rows, 1))
                json_put_int(j, rows_int(&rows, 1));
            else
                json_put_null(j);
            json_key(j, "values");
            json_put_raw(j, values);
            json_close(j, '}');
        }
    }
    if (!values)
        json_put_null(j);
    return rows_done(&rows, err);
}

struct keeping {
    int64_t account, version, seen, now;
    const char *form;
    const void *sealed;
    size_t size;
};

static int keep_job(struct db *db, void *args, struct error *err)
{
    const struct keeping *k = args;
    int64_t at = 0;
    bool found;
    if (db_get_int(db, "SELECT at FROM draft WHERE account = ? AND form = ?",
                   BIND(value_int(k->account), value_text(k->form)), &at, &found, err) < 0)
        return -1;
    if (found && at != k->seen)
        return fail(err, FAULT_CONFLICT, "draft.newer", "另一个窗口也在填这张表，并且存得更晚。请选定用哪一份",
                    "Another window is filling in the same form and was kept later. Choose which one to use");
    if (db_run(db,
               "INSERT INTO draft (account, form, at, version, entries) VALUES (?, ?, ?, ?, ?) ON CONFLICT (account, "
               "form) DO UPDATE SET at = excluded.at, version = excluded.version, entries = excluded.entries",
               BIND(value_int(k->account), value_text(k->form), value_int(k->now), value_int(k->version),
                    value_bytes(k->sealed, k->size)),
               NULL, err) < 0 ||
        db_run(db, "DELETE FROM draft WHERE account = ? AND at <= ?",
               BIND(value_int(k->account), value_int(k->now - (int64_t)DRAFT_DAYS * DAY_MS)), NULL, err) < 0)
        return -1;
    return db_run(db,
                  "DELETE FROM draft WHERE account = ? AND form NOT IN (SELECT form FROM draft WHERE account = ? ORDER "
                  "BY at DESC, form LIMIT ?)",
                  BIND(value_int(k->account), value_int(k->account), value_int(LIMIT_DRAFTS)), NULL, err);
}

int draft_keep(struct store *store, int64_t account, const char *form, const json_t *values, int64_t version,
               int64_t seen, int64_t now_ms, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    if (!json_is_object(values))
        return fail_field(err, "values", "应是填写的内容", "It must be an object of what was typed");
    char *text = json_dumps(values, JSON_COMPACT);
    size_t size = text ? strlen(text) : 0;
    struct keeping k = { .account = account, .form = form, .version = version, .seen = seen, .now = now_ms };
    if (size && size <= LIMIT_DRAFT)
        k.sealed = seal(&arena, context, text, size, &k.size);
    free(text);
    if (!k.sealed)
        return fail_field(err, "values", "填写的内容太多，草稿没有存下。请先保存",
                          "Too much to keep as a draft. Save it first");
    return store_write(store, keep_job, &k, err);
}

static int drop_job(struct db *db, void *args, struct error *err)
{
    const struct keeping *k = args;
    return db_run(db, "DELETE FROM draft WHERE account = ? AND form = ?",
                  BIND(value_int(k->account), value_text(k->form)), NULL, err);
}

int draft_drop(struct store *store, int64_t account, const char *form, struct error *err)
{
    struct keeping k = { .account = account, .form = form };
    return store_write(store, drop_job, &k, err);
}
