/* The row of an import: upload, settings, starting, taking back, discarding. */
#include "exchange/session.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/seal.h"
#include "record/type.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SETTINGS_MAX = 8 << 20, FIXES = 20000 };

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column import_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "file", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "at", COLUMN_INT, COLUMN_NOT_NULL },
    { "size", COLUMN_INT, COLUMN_NOT_NULL },
    { "state", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "job", COLUMN_INT, 0 },
    { "encoding", COLUMN_TEXT, 0 },
    { "separator", COLUMN_TEXT, 0 },
    { "settings", COLUMN_BYTES, 0 },
    { "report", COLUMN_BYTES, 0 },
    { "row_count", COLUMN_INT, COLUMN_NOT_NULL },
    { "imported", COLUMN_INT, COLUMN_NOT_NULL },
    { "updated", COLUMN_INT, COLUMN_NOT_NULL },
    { "duplicates", COLUMN_INT, COLUMN_NOT_NULL },
    { "rejected", COLUMN_INT, COLUMN_NOT_NULL },
    { "pending", COLUMN_INT, COLUMN_NOT_NULL },
    { "log_size", COLUMN_INT, COLUMN_NOT_NULL },
    { "undone", COLUMN_INT, COLUMN_NOT_NULL },
    { "left_over", COLUMN_INT, COLUMN_NOT_NULL },
    { "began_at", COLUMN_INT, 0 },
    { "ended_at", COLUMN_INT, 0 },
};
static const struct index_decl import_indexes[] = { { "import_of_account", NAMES("account", "id"), false, NULL },
                                                    { "import_of_kind", NAMES("kind", "id"), false, NULL } };
/* Records an import has changed, so that it can be taken back. */
static const struct column touch_columns[] = { { "import", COLUMN_INT, COLUMN_NOT_NULL },
                                               { "record", COLUMN_INT, COLUMN_NOT_NULL },
                                               { "version", COLUMN_INT, COLUMN_NOT_NULL } };
static const struct column mapping_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },        { "name", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },     { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "shared", COLUMN_INT, COLUMN_NOT_NULL },    { "at", COLUMN_INT, COLUMN_NOT_NULL },
    { "mapping", COLUMN_BYTES, COLUMN_NOT_NULL },
};
static const struct index_decl mapping_indexes[] = { { "import_mapping_of_kind", NAMES("kind", "id"), false, NULL } };
const struct table import_tables[] = {
    { .name = "import", LISTED(import_columns), .indexes = import_indexes, .index_count = COUNT(import_indexes) },
    { .name = "import_touch", LISTED(touch_columns), .primary_key = NAMES("import", "record", "version") },
    { .name = "import_mapping",
      LISTED(mapping_columns),
      .indexes = mapping_indexes,
      .index_count = COUNT(mapping_indexes) },
};
const size_t import_table_count = COUNT(import_tables);

/* ---- the row ---- */

static const char seal_settings[] = "import.settings";
const char session_mapping_seal[] = "import.mapping";

const void *session_seal(struct arena *arena, const json_t *value, size_t *size)
{
    char *text = json_dumps(value, JSON_COMPACT);
    const void *sealed = seal(arena, seal_settings, text ? text : "{}", text ? strlen(text) : 2, size);
    free(text);
    return sealed;
}

json_t *session_opened(struct arena *arena, const char *context, struct value sealed)
{
    const char *plain;
    json_t *out = sealed.is == VALUE_BYTES && unseal(arena, context, sealed.at, sealed.size, &plain)
                      ? json_loads(plain, 0, NULL)
                      : NULL;
    return json_is_object(out) ? out : NULL;
}

void session_done(struct session *s)
{
    json_decref(s->settings);
    json_decref(s->report);
    s->settings = s->report = NULL;
}

static bool may_see(const struct actor *actor, const struct session *s)
{
    struct scope scope;
    if (s->account == actor->id)
        return true;
    scope_compile(actor, s->kind, verb_bit("import"), &scope);
    return scope_is_all(&scope);
}

int session_read(struct db *db, const struct actor *actor, int64_t id, bool owner_only, struct arena *arena,
                 struct session *out, struct error *err)
{
    struct rows rows;
    struct session s = { 0 };
    if (db_query(
            db, &rows,
            "SELECT id, kind, file, account, at, size, state, job, encoding, separator, settings, report, row_count, "
            "imported, updated, duplicates, rejected, pending, log_size, undone, left_over, began_at, ended_at "
            "FROM import WHERE id = ?",
            BIND(value_int(id)), err) < 0)
        return -1;
    bool found = rows_next(&rows);
    if (found) {
        s = (struct session){
            .id = rows_int(&rows, 0),
            .kind = kind_find(rows_text(&rows, 1)),
            .file = arena_str(arena, rows_text(&rows, 2)),
            .account = rows_int(&rows, 3),
            .at = rows_int(&rows, 4),
            .size = rows_int(&rows, 5),
            .job = rows_int(&rows, 7),
            .encoding = arena_str(arena, rows_text(&rows, 8)),
            .separator = arena_str(arena, rows_text(&rows, 9)),
            .settings = session_opened(arena, seal_settings, rows_value(&rows, 10)),
            .report = session_opened(arena, seal_settings, rows_value(&rows, 11)),
            .sum = { .rows = rows_int(&rows, 12),
                     .imported = rows_int(&rows, 13),
                     .updated = rows_int(&rows, 14),
                     .duplicates = rows_int(&rows, 15),
                     .rejected = rows_int(&rows, 16),
                     .pending = rows_int(&rows, 17),
                     .undone = rows_int(&rows, 19),
                     .left = rows_int(&rows, 20) },
            .log_size = rows_int(&rows, 18),
            .began_at = rows_int(&rows, 21),
            .ended_at = rows_int(&rows, 22),
        };
        snprintf(s.sum.state, sizeof s.sum.state, "%s", rows_text(&rows, 6));
        if (!s.settings)
            s.settings = json_object();
    }
    int got = rows_done(&rows, err);
    if (got == 0 && (!found || !s.kind || (owner_only ? s.account != actor->id : !may_see(actor, &s))))
        got = fail(err, FAULT_MISSING, "import.missing", "没有这次导入", "There is no such import");
    if (got < 0) {
        session_done(&s);
        return -1;
    }
    *out = s;
    return 0;
}

int session_load(struct house *house, const struct actor *actor, int64_t id, bool owner_only, struct arena *arena,
                 struct session *out, struct error *err)
{
    struct db *db;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = session_read(db, actor, id, owner_only, arena, out, err);
    store_reader_back(house->store, db);
    return got;
}

static int step_row(struct db *db, void *args, struct error *err)
{
    const struct session_step *s = args;
    struct rows rows;
    char now[18] = "";
    if (db_query(db, &rows,
                 db_engine(db) == STORE_POSTGRES ? "SELECT state FROM import WHERE id = ? FOR UPDATE"
                                                 : "SELECT state FROM import WHERE id = ?",
                 BIND(value_int(s->id)), err) < 0)
        return -1;
    if (rows_next(&rows))
        snprintf(now, sizeof now, ",%s,", rows_text(&rows, 0));
    if (rows_done(&rows, err) < 0)
        return -1;
    if (!*now || !strstr(s->from, now))
        return fail(err, FAULT_CONFLICT, "import.state", "这次导入正在办理或已经办完，请刷新后再看",
                    "This import is being worked on or is finished; look at it again");
    return db_run(db,
                  "UPDATE import SET state = ?, job = ?, began_at = CASE WHEN ? > 0 "
                  "THEN ? ELSE began_at END, ended_at = CASE WHEN ? > 0 THEN ? ELSE ended_at END WHERE id = ?",
                  BIND(value_text(s->to), s->job ? value_int(s->job) : value_null(), value_int(s->began_at),
                       value_int(s->began_at), value_int(s->ended_at), value_int(s->ended_at), value_int(s->id)),
                  NULL, err);
}

int session_step(struct house *house, const struct session_step *step, struct error *err)
{
    struct session_step copy = *step;
    return store_write(house->store, step_row, &copy, err);
}

int import_sum(struct house *house, int64_t id, struct import_sum *out, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct actor program = actor_program();
    struct session s;
    if (session_load(house, &program, id, false, &arena, &s, err) < 0)
        return -1;
    *out = s.sum;
    out->job = s.job;
    session_done(&s);
    return 0;
}

static int job_why(struct house *house, int64_t job, struct error *err)
{
    struct db *db;
    struct rows rows;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = db_query(db, &rows, "SELECT problem_zh, problem_en FROM job WHERE id = ?", BIND(value_int(job)), err);
    if (got == 0) {
        const char *zh = rows_next(&rows) ? rows_text(&rows, 0) : NULL, *en = zh ? rows_text(&rows, 1) : NULL;
        struct error why = { 0 };
        fail(&why, FAULT_CONFLICT, "import.failed", "%s%.0s", "%.0s%s", zh ? zh : "导入没有完成",
             en ? en : "Not finished");
        if (rows_done(&rows, err) == 0)
            *err = why;
    }
    store_reader_back(house->store, db);
    return -1;
}

int import_wait(struct house *house, int64_t id, struct error *err)
{
    struct import_sum sum;
    if (import_sum(house, id, &sum, err) < 0)
        return -1;
    if (!strstr(",checking,importing,undoing,", sum.state))
        return 0;
    if (jobs_run(house->jobs, sum.job, err) < 0 || import_sum(house, id, &sum, err) < 0)
        return -1;
    return strstr(",failed,cancelled,", sum.state) ? job_why(house, sum.job, err) : 0;
}

/* ---- settings ---- */

enum import_duplicates session_duplicates(const struct session *s)
{
    const char *word = json_string_value(json_object_get(s->settings, "duplicates"));
    return word && strcmp(word, "update") == 0 ? IMPORT_UPDATE
           : word && strcmp(word, "new") == 0  ? IMPORT_NEW
                                               : IMPORT_SKIP;
}

/* The newest saved mapping whose every header is there, or the one the person chose. */
static int use_saved(const struct session *s, struct db *db, struct arena *arena, struct ledger *l, int64_t *used,
                     struct error *err)
{
    int64_t wanted = json_integer_value(json_object_get(s->settings, "use_mapping"));
    struct rows rows;
    *used = 0;
    if (json_is_false(json_object_get(s->settings, "use_mapping")))
        return 0;
    if (db_query(
            db, &rows,
            "SELECT id, mapping FROM import_mapping WHERE kind = ? AND (account = ? OR shared = 1) ORDER BY id DESC "
            "LIMIT 200",
            BIND(value_text(s->kind->name), value_int(s->account)), err) < 0)
        return -1;
    while (!*used && rows_next(&rows)) {
        json_t *saved = session_opened(arena, session_mapping_seal, rows_value(&rows, 1));
        int64_t id = rows_int(&rows, 0);
        if (saved && (wanted ? id == wanted : ledger_fits(l, saved))) {
            ledger_use(l, saved);
            *used = id;
            json_object_set(s->settings, "saved", saved); /* its values are borrowed by the ledger */
        }
        json_decref(saved);
    }
    return rows_done(&rows, err);
}

int session_ledger(struct house *house, const struct session *s, struct db *db, struct arena *arena, struct ledger *out,
                   int64_t *used, struct error *err)
{
    const char *datum = json_string_value(json_object_get(s->settings, "datum"));
    struct blocks *b;
    struct staged_row *rows;
    size_t count = 0;
    *out = (struct ledger){ .kind = s->kind, .arena = arena };
    if (staging_open(house, s->id, STAGED_ROW, &b, err) < 0)
        return -1;
    int got = staged_rows(b, arena, &rows, &count, err);
    blocks_close(b);
    if (got < 0)
        return -1;
    ledger_head(out, rows, count, json_integer_value(json_object_get(s->settings, "header_row")));
    if (use_saved(s, db, arena, out, used, err) < 0 ||
        ledger_map(out, json_object_get(s->settings, "mapping"), err) < 0)
        return -1;
    ledger_values(out, json_object_get(s->settings, "values"));
    if (datum)
        datum_parse(datum, &out->datum);
    return 0;
}

int session_save(struct db *db, void *args, struct error *err)
{
    const struct session *s = args;
    AUTO_ARENA arena = { 0 };
    size_t size;
    const void *sealed = session_seal(&arena, s->settings, &size);
    return db_run(db, "UPDATE import SET settings = ? WHERE id = ?", BIND(value_bytes(sealed, size), value_int(s->id)),
                  NULL, err);
}

/* ---- upload, correct, discard ---- */

struct fresh {
    const struct actor *actor;
    const struct import_upload *upload;
    int64_t now, id;
};

static int insert_import(struct db *db, void *args, struct error *err)
{
    struct fresh *f = args;
    bool found;
    return db_get_int(
        db,
        "INSERT INTO import (kind, file, account, at, size, state, row_count, imported, updated, "
        "duplicates, rejected, pending, log_size, undone, left_over) VALUES (?, ?, ?, ?, ?, 'checking', 0, "
        "0, 0, 0, 0, 0, 0, 0, 0) RETURNING id",
        BIND(value_text(f->upload->kind->name), value_text(f->upload->file_name), value_int(f->actor->id),
             value_int(f->now), value_int(f->upload->size)),
        &f->id, &found, err);
}

static int forget_import(struct db *db, void *args, struct error *err)
{
    return db_run(db, "DELETE FROM import WHERE id = ?", BIND(value_int(*(const int64_t *)args)), NULL, err);
}

static int start_job(struct house *house, const struct actor *actor, int64_t id, const char *type,
                     const struct kind *kind, int64_t *job, struct error *err)
{
    json_t *args = json_pack("{s:I}", "import", (json_int_t)id);
    int got = house->jobs ? jobs_add(house->jobs, actor, type, kind, args, job, err)
                          : fail(err, FAULT_UNAVAILABLE, "job.none", "后台任务没有启动", "No jobs are worked on here");
    json_decref(args);
    return got;
}

static int keep_job(struct house *house, int64_t id, const char *state, int64_t job, struct error *err)
{
    AUTO_TEXT from = TEXT_LIMIT(64);
    text_printf(&from, ",%s,", state);
    struct error late = { 0 };
    /* The job may have ended already: then its state stands. */
    if (session_step(house, &(struct session_step){ .id = id, .from = text_get(&from), .to = state, .job = job },
                     &late) < 0 &&
        late.fault != FAULT_CONFLICT) {
        *err = late;
        return -1;
    }
    return 0;
}

int import_begin(struct house *house, struct db *reader, const struct actor *actor, const struct import_upload *upload,
                 int64_t now, bool at_once, int64_t *id, struct error *err)
{
    struct fresh f = { actor, upload, now, 0 };
    int64_t job = 0;
    if (store_write(house->store, insert_import, &f, err) < 0)
        return -1;
    int got = staging_keep_file(house, f.id, upload->fd, err);
    if (got == 0 && at_once)
        got = session_check(house, reader, actor, f.id, now, NULL, err);
    else if (got == 0 && (got = start_job(house, actor, f.id, "import_check", upload->kind, &job, err)) == 0)
        got = keep_job(house, f.id, "checking", job, err);
    if (got < 0) {
        struct error ignored = { 0 };
        staging_remove(house, f.id);
        store_write(house->store, forget_import, &f.id, &ignored);
        return -1;
    }
    *id = f.id;
    return 0;
}

static bool all_texts(const json_t *object, bool nulls)
{
    const char *name;
    json_t *one;
    json_object_foreach((json_t *)object, name,
                        one) if (!json_is_string(one) && !(nulls && json_is_null(one))) return false;
    return json_is_object(object);
}

static void merge(json_t *settings, const char *name, const json_t *news, bool nulls_remove)
{
    json_t *into = json_object_get(settings, name), *one;
    const char *key;
    if (!into)
        json_object_set_new(settings, name, into = json_object());
    json_object_foreach((json_t *)news, key, one)
    {
        if (nulls_remove && json_is_null(one))
            json_object_del(into, key);
        else
            json_object_set(into, key, one);
    }
}

static int merge_values(json_t *settings, const json_t *values, struct error *err)
{
    json_t *into = json_object_get(settings, "values"), *one;
    const char *letter;
    if (!json_is_object(values))
        return fail_field(err, "values", "应是一个 JSON 对象", "It must be a JSON object");
    if (!into)
        json_object_set_new(settings, "values", into = json_object());
    json_object_foreach((json_t *)values, letter, one)
    {
        if (!json_is_null(one) && !all_texts(one, true))
            return fail_field(err, "values", "%s 列的对应应是“原文”到“改为”的对象",
                              "Column %s needs an object of old text to new text", letter);
        if (json_is_null(one))
            json_object_del(into, letter);
        else
            merge(into, letter, one, true);
    }
    return 0;
}

static int take_patch(struct session *s, const json_t *patch, struct error *err)
{
    json_t *value;
    const char *name;
    json_object_foreach((json_t *)patch, name, value)
    {
        if (strcmp(name, "sheet") == 0) {
            if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) >= SHEET_COUNT)
                return fail_field(err, name, "请写工作表的序号，从 0 起", "Give the number of the sheet, from 0");
            if (json_integer_value(value) != json_integer_value(json_object_get(s->settings, "sheet")))
                for (size_t i = 0; i < 5; i++)
                    json_object_del(s->settings, ((const char *const[]){ "header_row", "mapping", "values", "cells",
                                                                         "use_mapping" })[i]);
            json_object_set(s->settings, "sheet", value);
        } else if (strcmp(name, "header_row") == 0) {
            if (!json_is_null(value) && (!json_is_integer(value) || json_integer_value(value) < 1 ||
                                         json_integer_value(value) > LIMIT_IMPORT_ROWS))
                return fail_field(err, name, "请写表头所在的行号", "Give the row of the header");
            json_object_set(s->settings, name, value);
            json_object_del(s->settings, "mapping");
            json_object_del(s->settings, "values");
        } else if (strcmp(name, "mapping") == 0) {
            if (!all_texts(value, true))
                return fail_field(err, name, "应是一个 JSON 对象，例：{\"B\":\"name\",\"C\":null}",
                                  "It must be a JSON object, e.g. {\"B\":\"name\",\"C\":null}");
            merge(s->settings, name, value, false);
        } else if (strcmp(name, "cells") == 0) {
            if (!all_texts(value, true))
                return fail_field(err, name, "应是一个 JSON 对象，例：{\"C5\":\"新内容\"}",
                                  "It must be a JSON object, e.g. {\"C5\":\"new text\"}");
            merge(s->settings, name, value, true);
            if (json_object_size(json_object_get(s->settings, name)) > FIXES)
                return fail_field(err, name, "改动的单元格超过 %d 个，请在表里改好后重新上传",
                                  "More than %d cells are corrected; correct the file and upload it again", FIXES);
        } else if (strcmp(name, "values") == 0) {
            if (merge_values(s->settings, value, err) < 0)
                return -1;
        } else if (strcmp(name, "duplicates") == 0) {
            const char *word = json_string_value(value);
            if (!word || !name_listed((const char *const[]){ "skip", "update", "new", NULL }, 4, word))
                return fail_field(err, name, "只能写 skip、update 或 new", "Write skip, update or new");
            json_object_set(s->settings, name, value);
        } else if (strcmp(name, "datum") == 0) {
            enum datum datum;
            if (!json_is_string(value) || !datum_parse(json_string_value(value), &datum))
                return fail_field(err, name, "坐标系只能写 wgs84（CGCS2000 相同）、gcj02（高德、腾讯）或 bd09（百度）",
                                  "The datum is wgs84 (or CGCS2000), gcj02 (Gaode, Tencent) or bd09 (Baidu)");
            json_object_set_new(s->settings, name, json_string(datum_names[datum]));
        } else if (strcmp(name, "use_mapping") == 0) {
            if (!json_is_null(value) && !json_is_integer(value))
                return fail_field(err, name, "请写已存对应的编号", "Give the number of a saved mapping");
            /* null: none at all, not even one that fits */
            json_object_set_new(s->settings, name, json_is_null(value) ? json_false() : json_incref(value));
            json_object_del(s->settings, "mapping");
            json_object_del(s->settings, "datum");
        } else {
            return fail_field(err, name, "没有“%s”这一项", "There is no \"%s\"", name);
        }
    }
    return 0;
}

/* A mapping that cannot be is refused before the check begins anew. */
static int try_settings(struct house *house, struct db *db, const struct session *s, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct ledger *l = ARENA_NEW(&arena, struct ledger);
    int64_t used;
    if (json_integer_value(json_object_get(s->settings, "sheet")) !=
        json_integer_value(json_object_get(s->settings, "staged")))
        return 0;
    int got = session_ledger(house, s, db, &arena, l, &used, err);
    json_object_del(s->settings, "saved");
    return got;
}

int import_correct(struct house *house, struct db *reader, const struct actor *actor, int64_t id, const json_t *patch,
                   int64_t now, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct session s;
    int64_t job = 0;
    if (session_read(reader, actor, id, true, &arena, &s, err) < 0)
        return -1;
    int64_t size = s.size;
    const struct kind *kind = s.kind;
    int got = s.began_at ? fail(err, FAULT_CONFLICT, "import.state", "已经导入的不能再改，可以撤销后重新上传",
                                "What was imported is not corrected any more; undo it and upload the file again")
                         : take_patch(&s, patch, err);
    if (got == 0)
        got = try_settings(house, reader, &s, err);
    char *text = json_dumps(s.settings, JSON_COMPACT);
    if (got == 0 && (!text || strlen(text) > SETTINGS_MAX))
        got = fail(err, FAULT_TOO_LARGE, "import.settings", "改动太多，请在表里改好后重新上传",
                   "Too much is corrected; correct the file and upload it again");
    free(text);
    if (got == 0)
        got =
            session_step(house, &(struct session_step){ .id = id, .from = ",checked,failed,", .to = "checking" }, err);
    if (got == 0)
        got = store_write(house->store, session_save, &s, err);
    session_done(&s);
    if (got < 0)
        return -1;
    if (size <= IMPORT_AT_ONCE)
        return session_check(house, reader, actor, id, now, NULL, err);
    return start_job(house, actor, id, "import_check", kind, &job, err) < 0 ? -1
                                                                            : keep_job(house, id, "checking", job, err);
}

int import_start(struct house *house, const struct actor *actor, int64_t id, int64_t now, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct session s;
    int64_t job = 0;
    if (session_load(house, actor, id, true, &arena, &s, err) < 0)
        return -1;
    session_done(&s);
    /* Asked again, it is what it is: running, or done. */
    if (strcmp(s.sum.state, "importing") == 0 || strcmp(s.sum.state, "imported") == 0)
        return 0;
    if (session_step(
            house,
            &(struct session_step){
                .id = id, .from = ",checked,failed,cancelled,", .to = "importing", .began_at = s.began_at ? 0 : now },
            err) < 0)
        return -1;
    if (start_job(house, actor, id, "import", s.kind, &job, err) < 0) {
        struct error ignored = { 0 };
        session_step(house, &(struct session_step){ .id = id, .from = ",importing,", .to = s.sum.state }, &ignored);
        return -1;
    }
    return keep_job(house, id, "importing", job, err);
}

int import_undo(struct house *house, const struct actor *actor, int64_t id, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct session s;
    int64_t job = 0;
    if (session_load(house, actor, id, false, &arena, &s, err) < 0)
        return -1;
    session_done(&s);
    if (strcmp(s.sum.state, "undoing") == 0 || strcmp(s.sum.state, "undone") == 0)
        return 0;
    if (!actor_may(actor, s.kind, verb_bit("import")))
        return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限", "You are not entitled to do this");
    if (!s.began_at)
        return fail(err, FAULT_CONFLICT, "import.state", "还没有导入，没有可撤销的", "Nothing was imported yet");
    if (session_step(house, &(struct session_step){ .id = id, .from = ",imported,failed,cancelled,", .to = "undoing" },
                     err) < 0)
        return -1;
    if (start_job(house, actor, id, "import_undo", s.kind, &job, err) < 0) {
        struct error ignored = { 0 };
        session_step(house, &(struct session_step){ .id = id, .from = ",undoing,", .to = s.sum.state }, &ignored);
        return -1;
    }
    return keep_job(house, id, "undoing", job, err);
}

int import_discard(struct house *house, const struct actor *actor, int64_t id, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct session s;
    if (session_load(house, actor, id, true, &arena, &s, err) < 0)
        return -1;
    session_done(&s);
    if (s.began_at)
        return fail(err, FAULT_CONFLICT, "import.state", "已经导入的不能丢弃，可以撤销",
                    "What was imported cannot be discarded; undo it");
    if (session_step(house, &(struct session_step){ .id = id, .from = ",checking,checked,failed,", .to = "discarded" },
                     err) < 0)
        return -1;
    staging_remove(house, id);
    return 0;
}

/* ---- clearing ---- */

struct old_imports {
    int64_t before, ids[200];
    size_t count;
};

static int find_old(struct db *db, void *args, struct error *err)
{
    struct old_imports *o = args;
    struct rows rows;
    o->count = 0;
    if (db_query(
            db, &rows,
            "SELECT id FROM import WHERE settings IS NOT NULL AND at < ? AND COALESCE(ended_at, 0) < ? AND state NOT "
            "IN ('checking', 'importing', 'undoing') ORDER BY id LIMIT 200",
            BIND(value_int(o->before), value_int(o->before)), err) < 0)
        return -1;
    while (o->count < COUNT(o->ids) && rows_next(&rows))
        o->ids[o->count++] = rows_int(&rows, 0);
    if (rows_done(&rows, err) < 0)
        return -1;
    for (size_t i = 0; i < o->count; i++)
        if (db_run(db,
                   "UPDATE import SET settings = NULL, report = NULL, state = CASE WHEN began_at IS NULL THEN "
                   "'discarded' ELSE state END WHERE id = ?",
                   BIND(value_int(o->ids[i])), NULL, err) < 0)
            return -1;
    return 0;
}

void import_tidy(struct house *house, int64_t now)
{
    struct old_imports o = { .before = now - IMPORT_KEPT_MS };
    struct error err = { 0 };
    do {
        if (store_write(house->store, find_old, &o, &err) < 0) {
            log_event(LOG_WARN, "import.tidy", "code", err.code, "why", err.en, NULL);
            return;
        }
        for (size_t i = 0; i < o.count; i++)
            staging_remove(house, o.ids[i]);
    } while (o.count == COUNT(o.ids));
}
