/* The row of an import: upload, settings, the check, discarding. */
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

enum { GROUPS = 500, SETTINGS_MAX = 8 << 20, FIXES = 20000 };

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

static const char seal_settings[] = "import.settings", seal_mapping[] = "import.mapping";

const void *session_seal(struct arena *arena, const json_t *value, size_t *size)
{
    char *text = json_dumps(value, JSON_COMPACT);
    const void *sealed = seal(arena, seal_settings, text ? text : "{}", text ? strlen(text) : 2, size);
    free(text);
    return sealed;
}

static json_t *opened(struct arena *arena, const char *context, struct value sealed)
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
            .settings = opened(arena, seal_settings, rows_value(&rows, 10)),
            .report = opened(arena, seal_settings, rows_value(&rows, 11)),
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
        json_t *saved = opened(arena, seal_mapping, rows_value(&rows, 1));
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
    return 0;
}

/* ---- the check ---- */

struct problem_group {
    int column;
    enum problem_level level;
    const char *field, *zh, *en;
    const char *value; /* of a column whose words stand for something: one group per foreign word; NULL */
    int64_t count, first;
};

struct check {
    struct house *house;
    struct db *db;
    struct arena arena;
    struct session s;
    struct ledger *ledger;
    struct intake *intake;
    struct blocks *verdicts;
    struct job *job;
    const struct actor *actor;
    struct chunk *chunk; /* under way */
    struct problem_group *groups;
    size_t group_count;
    int64_t total, totals_skipped, first_total, used;
    struct sheet_info *sheets;
    size_t sheet_count;
    int64_t now;
};

/* The sheet as rows on disk; read once, however often it is checked. */
static int stage_rows(struct check *k, struct error *err)
{
    int fd = -1;
    struct sheet *sheet = NULL;
    struct blocks *out = NULL;
    AUTO_TEXT block = TEXT_LIMIT(BLOCK_BYTES);
    size_t in_block = 0;
    if (staging_file(k->house, k->s.id, &fd, err) < 0)
        return -1;
    int64_t index = json_integer_value(json_object_get(k->s.settings, "sheet"));
    int got = sheet_list(fd, k->s.file, &k->arena, &k->sheets, &k->sheet_count, err);
    if (got == 0)
        got = sheet_open(fd, k->s.file, (size_t)index, &sheet, err);
    if (got == 0)
        got = staging_create(k->house, k->s.id, STAGED_ROW, &out, err);
    struct sheet_row row;
    while (got == 0 && (got = sheet_next(sheet, &row, err)) > 0) {
        got = 0;
        if (row.blank)
            continue;
        staged_put_row(&block, &row);
        if (++in_block == STAGED_ROWS || block.used > (1 << 20)) {
            got = blocks_put(out, text_get(&block), block.used, err);
            text_clear(&block);
            in_block = 0;
        }
        if (k->job && job_cancelled(k->job))
            got = job_stopped(err);
    }
    if (got == 0 && in_block)
        got = blocks_put(out, text_get(&block), block.used, err);
    if (got == 0)
        got = blocks_sync(out, err);
    if (got == 0) {
        k->s.encoding = arena_str(&k->arena, sheet_encoding(sheet));
        k->s.separator = arena_str(&k->arena, sheet_separator(sheet));
    }
    blocks_close(out);
    sheet_close(sheet);
    close(fd);
    return got;
}

static struct problem_group *group_of(struct check *k, const struct problem *p, const char *value)
{
    for (size_t i = 0; i < k->group_count; i++) {
        struct problem_group *g = &k->groups[i];
        if (g->column == p->column && g->level == p->level &&
            (value ? g->value && strcmp(g->value, value) == 0 : !g->value) && strcmp(g->en, p->en) == 0 &&
            strcmp(g->field, p->field) == 0)
            return g;
    }
    if (k->group_count == GROUPS) { /* what is beyond is counted with the last */
        struct problem_group *last = &k->groups[GROUPS - 1];
        *last = (struct problem_group){ .column = -1,
                                        .level = last->level,
                                        .field = "",
                                        .zh = "其他问题",
                                        .en = "Other problems",
                                        .count = last->count,
                                        .first = last->first };
        return last;
    }
    struct problem_group *g = &k->groups[k->group_count++];
    *g = (struct problem_group){ .column = p->column,
                                 .level = p->level,
                                 .field = arena_str(&k->arena, p->field),
                                 .value = value ? arena_str(&k->arena, value) : NULL,
                                 .zh = arena_str(&k->arena, p->zh),
                                 .en = arena_str(&k->arena, p->en) };
    return g;
}

/* Words of such a column may be given another meaning. */
static bool has_words(const struct field *f)
{
    return f->choices || f->type == &type_state || f->type == &type_yes_no || f->type == &type_region ||
           f->type == &type_object || f->type == &type_reference;
}

const char *session_word(const struct session *s, const struct problem *p, const char *const *cells, size_t count)
{
    const struct field *f = *p->field ? field_find(s->kind, p->field) : NULL;
    return f && p->level == PROBLEM_ERROR && has_words(f) && p->column >= 0 && (size_t)p->column < count &&
                   *cells[p->column]
               ? cells[p->column]
               : NULL;
}

static void count_problem(struct check *k, const struct intake_row *row, const struct problem *p)
{
    struct problem_group *g = group_of(k, p, session_word(&k->s, p, row->cells, k->ledger->count));
    if (g->count++ == 0)
        g->first = row->number;
}

static int check_rows(struct change *c, void *args, struct error *err)
{
    const struct check *k = args;
    struct chunk *chunk = k->chunk;
    c->import_id = -1;
    for (size_t i = 0; i < chunk->count; i++)
        if (intake_take(k->intake, c, &chunk->rows[i], &chunk->arena, err) < 0)
            return -1;
    return 0;
}

static int check_chunk(void *args, struct chunk *chunk, struct error *err)
{
    struct check *k = args;
    AUTO_TEXT block = TEXT_LIMIT(BLOCK_BYTES);
    struct change_order order = { .actor = k->actor, .now_ms = k->now, .cause = "import" };
    k->chunk = chunk;
    /* One state of the database for these rows; a short one, so that nothing old is held for a large ledger. */
    if (db_snapshot_begin(k->db, err) < 0)
        return -1;
    int got = change_check(k->db, &order, check_rows, k, err);
    db_snapshot_end(k->db);
    if (got < 0)
        return -1;
    for (size_t i = 0; i < chunk->count; i++) {
        const struct row_verdict *v = &chunk->rows[i].verdict;
        staged_put_verdict(&block, v);
        for (size_t p = 0; p < v->problem_count; p++)
            count_problem(k, &chunk->rows[i], &v->problems[p]);
        sum_add(&k->s.sum, &chunk->rows[i]);
    }
    if (k->job) {
        job_progress(k->job, k->s.sum.rows, k->total > k->s.sum.rows ? k->total : 0);
        if (job_cancelled(k->job))
            return job_stopped(err);
    }
    return blocks_put(k->verdicts, text_get(&block), block.used, err);
}

static void count_total(void *args, int64_t row)
{
    struct check *k = args;
    if (k->totals_skipped++ == 0)
        k->first_total = row;
}

void sum_add(struct import_sum *sum, const struct intake_row *row)
{
    const struct row_verdict *v = &row->verdict;
    sum->rows++;
    sum->imported += v->verdict == VERDICT_IMPORT;
    sum->updated += row->updated;
    sum->duplicates += v->verdict == VERDICT_DUPLICATE;
    sum->rejected += v->verdict == VERDICT_REJECT;
    sum->pending += v->verdict == VERDICT_IMPORT && v->pending;
}

/* One way through the rows of one level. */
static int walk_level(const struct session_walk *w, struct chunk *chunk, int level, struct error *err)
{
    struct blocks *in;
    struct staged_row *rows;
    size_t count;
    int got;
    if (staging_open(w->house, w->s->id, STAGED_ROW, &in, err) < 0)
        return -1;
    do {
        got = staged_rows(in, &chunk->arena, &rows, &count, err);
        for (size_t i = 0; got > 0 && i < count; i++) {
            struct intake_row *row = &chunk->rows[chunk->count];
            bool total;
            if (intake_read(w->intake, &rows[i], &chunk->arena, row, &total))
                chunk->count += intake_level(w->intake, row) == level;
            else if (total && level == 0 && w->total)
                w->total(w->args, rows[i].number);
        }
        /* A block holds at most as many rows as a chunk, and a chunk's rows point into the arena. */
        if (got > 0 && chunk->count > 0 && w->take(w->args, chunk, err) < 0)
            got = -1;
        chunk->count = 0;
        arena_done(&chunk->arena);
    } while (got > 0);
    blocks_close(in);
    return got;
}

int session_walk(const struct session_walk *w, struct error *err)
{
    int levels = w->s->kind->id_field ? INTAKE_LEVELS : 1, got = 0;
    struct chunk *chunk = memory_new(sizeof *chunk);
    for (int level = 0; got == 0 && level < levels; level++)
        got = walk_level(w, chunk, level, err);
    memory_free(chunk);
    return got;
}

static void note_group(struct check *k, enum problem_level level, const char *field, int64_t count, int64_t first,
                       const char *zh, const char *en)
{
    struct problem_group *g = group_of(k, &(struct problem){ -1, level, field, zh, en }, NULL);
    g->count += count;
    g->first = first;
}

static int check_all(struct check *k, struct error *err)
{
    struct session_walk walk = { k->house, &k->s, k->intake, check_chunk, count_total, k };
    if (staging_create(k->house, k->s.id, STAGED_VERDICT, &k->verdicts, err) < 0 || session_walk(&walk, err) < 0)
        return -1;
    if (k->totals_skipped)
        note_group(k, PROBLEM_NOTE, "", k->totals_skipped, k->first_total, "合计行不是记录，没有导入",
                   "Rows of totals are no records; they are left out");
    return 0;
}

static json_t *report_columns(struct check *k)
{
    json_t *columns = json_array();
    for (size_t i = 0; i < k->ledger->count; i++) {
        const struct mapped_column *c = &k->ledger->columns[i];
        char letter[CSV_COLUMN_NAME];
        csv_column_name(i, letter);
        json_array_append_new(columns,
                              json_pack("{s:s, s:s, s:s?, s:b, s:[]}", "letter", letter, "header", c->header, "field",
                                        c->field ? c->field->name : NULL, "guessed", (int)c->guessed, "samples"));
    }
    return columns;
}

/* The first three different values under each header. */
static int add_samples(struct check *k, json_t *columns, struct error *err)
{
    struct blocks *in;
    struct staged_row *rows;
    size_t count = 0;
    AUTO_ARENA arena = { 0 };
    if (staging_open(k->house, k->s.id, STAGED_ROW, &in, err) < 0)
        return -1;
    int got = staged_rows(in, &arena, &rows, &count, err);
    blocks_close(in);
    for (size_t r = 0; got > 0 && r < count; r++)
        for (size_t i = 0; i < rows[r].count && rows[r].number >= k->ledger->header_row + k->ledger->header_rows; i++) {
            json_t *samples = json_object_get(json_array_get(columns, i), "samples"), *one;
            const char *text = rows[r].cells[i].at;
            size_t at;
            bool known = !samples || !*text || json_array_size(samples) >= LEDGER_SAMPLES;
            json_array_foreach(samples, at, one) known |= strcmp(json_string_value(one), text) == 0;
            if (!known)
                json_array_append_new(samples, json_string(text));
        }
    return got < 0 ? -1 : 0;
}

/* What one touch can do about it: give the word another meaning, give a column the field that is missing, or leave the
** column out. */
static json_t *remedy_of(const struct check *k, const struct problem_group *g)
{
    char letter[CSV_COLUMN_NAME] = "";
    const struct field *f = *g->field ? field_find(k->s.kind, g->field) : NULL;
    if (g->level != PROBLEM_ERROR || !f)
        return json_null();
    if (g->column < 0)
        return json_pack("{s:s, s:s}", "kind", "map", "field", f->name);
    csv_column_name((size_t)g->column, letter);
    if (g->value)
        return json_pack("{s:s, s:s, s:s}", "kind", "value", "letter", letter, "value", g->value);
    return f->flags & REQUIRED ? json_null() : json_pack("{s:s, s:s}", "kind", "ignore", "letter", letter);
}

static json_t *report_groups(const struct check *k)
{
    json_t *groups = json_array();
    for (size_t i = 0; i < k->group_count; i++) {
        const struct problem_group *g = &k->groups[i];
        const char *header =
            g->column >= 0 && (size_t)g->column < k->ledger->count ? k->ledger->columns[g->column].header : NULL;
        json_array_append_new(groups,
                              json_pack("{s:i, s:s, s:s?, s:s?, s:s, s:s, s:s, s:I, s:I, s:o}", "column", g->column,
                                        "field", g->field, "value", g->value, "header", header, "zh", g->zh, "en",
                                        g->en, "level", problem_levels[g->level], "count", (json_int_t)g->count,
                                        "first", (json_int_t)g->first, "remedy", remedy_of(k, g)));
    }
    return groups;
}

static json_t *report_sheets(const struct check *k)
{
    json_t *sheets = json_array();
    for (size_t i = 0; i < k->sheet_count; i++)
        json_array_append_new(sheets,
                              json_pack("{s:s, s:b}", "name", k->sheets[i].name, "hidden", (int)k->sheets[i].hidden));
    return sheets;
}

struct outcome {
    struct check *k;
    json_t *report;
};

static int keep_outcome(struct db *db, void *args, struct error *err)
{
    const struct outcome *o = args;
    AUTO_ARENA arena = { 0 };
    const struct session *s = &o->k->s;
    size_t size;
    const void *sealed = session_seal(&arena, o->report, &size);
    return db_run(db,
                  "UPDATE import SET state = 'checked', report = ?, encoding = ?, separator = ?, row_count = ?, "
                  "imported = ?, updated = ?, duplicates = ?, rejected = ?, pending = ?, log_size = 0 WHERE id = ? AND "
                  "state = 'checking'",
                  BIND(value_bytes(sealed, size), value_text(s->encoding), value_text(s->separator),
                       value_int(s->sum.rows), value_int(s->sum.imported), value_int(s->sum.updated),
                       value_int(s->sum.duplicates), value_int(s->sum.rejected), value_int(s->sum.pending),
                       value_int(s->id)),
                  NULL, err);
}

static int keep_report(struct check *k, struct error *err)
{
    json_t *columns = report_columns(k);
    if (add_samples(k, columns, err) < 0) {
        json_decref(columns);
        return -1;
    }
    struct outcome o = { k,
                         json_pack("{s:o, s:I, s:i, s:o, s:o, s:o, s:I}", "sheets", report_sheets(k), "header_row",
                                   (json_int_t)k->ledger->header_row, "header_rows", k->ledger->header_rows, "columns",
                                   columns, "groups", report_groups(k), "used",
                                   k->used ? json_integer(k->used) : json_null(), "rows", (json_int_t)k->s.sum.rows) };
    int got = store_write(k->house->store, keep_outcome, &o, err);
    json_decref(o.report);
    return got;
}

static bool rows_are_staged(const struct check *k)
{
    const json_t *staged = json_object_get(k->s.settings, "staged"), *sheet = json_object_get(k->s.settings, "sheet");
    return json_is_integer(staged) && json_integer_value(staged) == json_integer_value(sheet) && k->s.report;
}

static int keep_sheets(struct check *k)
{
    const json_t *sheets = json_object_get(k->s.report, "sheets");
    k->sheet_count = json_array_size(sheets);
    k->sheets = ARENA_ARRAY(&k->arena, struct sheet_info, k->sheet_count + 1);
    for (size_t i = 0; i < k->sheet_count; i++) {
        const json_t *one = json_array_get(sheets, i);
        k->sheets[i] = (struct sheet_info){ json_string_value(json_object_get(one, "name")),
                                            json_is_true(json_object_get(one, "hidden")) };
    }
    return 0;
}

static int save_settings(struct db *db, void *args, struct error *err)
{
    const struct session *s = args;
    AUTO_ARENA arena = { 0 };
    size_t size;
    const void *sealed = session_seal(&arena, s->settings, &size);
    return db_run(db, "UPDATE import SET settings = ? WHERE id = ?", BIND(value_bytes(sealed, size), value_int(s->id)),
                  NULL, err);
}

static int check_session(struct check *k, struct error *err)
{
    int64_t rows_before = k->s.sum.rows;
    k->s.sum = (struct import_sum){ 0 };
    k->total = rows_before;
    if (!rows_are_staged(k)) {
        if (stage_rows(k, err) < 0)
            return -1;
        json_object_set_new(k->s.settings, "staged",
                            json_integer(json_integer_value(json_object_get(k->s.settings, "sheet"))));
        if (store_write(k->house->store, save_settings, &k->s, err) < 0)
            return -1;
    } else {
        keep_sheets(k);
    }
    if (session_ledger(k->house, &k->s, k->db, &k->arena, k->ledger, &k->used, err) < 0)
        return -1;
    if (k->ledger->header_row == 0)
        return fail_field(err, "file", "表里没有内容，请检查后重新上传",
                          "The sheet is empty; check it and upload it again");
    k->intake = intake_new(&(struct intake_order){ .ledger = k->ledger,
                                                   .cells = json_object_get(k->s.settings, "cells"),
                                                   .duplicates = session_duplicates(&k->s),
                                                   .dry = true });
    return check_all(k, err) < 0 ? -1 : keep_report(k, err);
}

int session_check(struct house *house, struct db *reader, const struct actor *actor, int64_t id, int64_t now,
                  struct job *job, struct error *err)
{
    struct check *k = memory_new(sizeof *k);
    k->house = house;
    k->db = reader;
    k->job = job;
    k->actor = actor;
    k->now = now;
    k->groups = memory_new(GROUPS * sizeof *k->groups);
    k->ledger = ARENA_NEW(&k->arena, struct ledger);
    int got = session_read(reader, actor, id, true, &k->arena, &k->s, err);
    if (got == 0)
        got = check_session(k, err);
    if (got < 0) {
        struct error ignored = { 0 };
        session_step(house,
                     &(struct session_step){ .id = id, .from = ",checking,", .to = "failed", .job = job ? job->id : 0 },
                     &ignored);
    }
    intake_free(k->intake);
    blocks_close(k->verdicts);
    session_done(&k->s);
    memory_free(k->groups);
    arena_done(&k->arena);
    memory_free(k);
    return got;
}

static int check_job(struct job *job, struct error *err)
{
    struct db *db;
    if (!job->kind || !actor_may(job->actor, job->kind, verb_bit("import")))
        return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限", "You are not entitled to do this");
    if (store_reader(job->house->store, &db, err) < 0)
        return -1;
    int got = session_check(job->house, db, job->actor, json_integer_value(json_object_get(job->args, "import")),
                            job_now(job), job, err);
    store_reader_back(job->house->store, db);
    json_object_set(job->result, "import", json_object_get(job->args, "import"));
    return got;
}

void session_drop(struct house *house, const json_t *args, const char *from, const char *to)
{
    struct error ignored = { 0 };
    session_step(
        house,
        &(struct session_step){ .id = json_integer_value(json_object_get(args, "import")), .from = from, .to = to },
        &ignored);
}

static void drop_check(struct house *house, const json_t *args)
{
    session_drop(house, args, ",checking,", "failed");
}

const struct job_type import_check_job = {
    .name = "import_check",
    .label = { "检查导入文件：", "Check of an import" },
    .resumes = true,
    .run = check_job,
    .dropped = drop_check,
};

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
        } else if (strcmp(name, "use_mapping") == 0) {
            if (!json_is_null(value) && !json_is_integer(value))
                return fail_field(err, name, "请写已存对应的编号", "Give the number of a saved mapping");
            /* null: none at all, not even one that fits */
            json_object_set_new(s->settings, name, json_is_null(value) ? json_false() : json_incref(value));
            json_object_del(s->settings, "mapping");
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
        got = store_write(house->store, save_settings, &s, err);
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

/* ---- saved mappings ---- */

int mappings_put(struct db *db, const struct actor *actor, const struct kind *kind, int64_t one, struct json *j,
                 struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct rows rows;
    if (db_query(db, &rows,
                 "SELECT id, name, shared, mapping FROM import_mapping WHERE kind = ? AND (account = ? OR shared = 1) "
                 "AND (? = 0 OR id = ?) ORDER BY id DESC LIMIT 200",
                 BIND(value_text(kind->name), value_int(actor->id), value_int(one), value_int(one)), err) < 0)
        return -1;
    while (rows_next(&rows)) {
        json_t *mapping = opened(&arena, seal_mapping, rows_value(&rows, 3));
        char *columns = json_dumps(json_object_get(mapping, "columns"), JSON_COMPACT);
        json_open(j, '{');
        json_key_int(j, "id", rows_int(&rows, 0));
        json_key_str(j, "name", rows_text(&rows, 1));
        json_key_str(j, "kind", kind->name);
        json_key(j, "columns");
        json_put_raw(j, columns ? columns : "{}");
        json_key_bool(j, "shared", rows_int(&rows, 2) != 0);
        json_close(j, '}');
        free(columns);
        json_decref(mapping);
    }
    return rows_done(&rows, err);
}

struct mapping_row {
    const struct actor *actor;
    const struct kind *kind;
    const char *name;
    const void *sealed;
    size_t size;
    bool shared;
    int64_t now, id;
};

static int insert_mapping(struct db *db, void *args, struct error *err)
{
    struct mapping_row *m = args;
    int64_t own = 0;
    bool found;
    /* A name saved again is saved over. */
    if (db_run(db, "DELETE FROM import_mapping WHERE kind = ? AND account = ? AND name = ?",
               BIND(value_text(m->kind->name), value_int(m->actor->id), value_text(m->name)), NULL, err) < 0 ||
        db_get_int(db, "SELECT count(*) FROM import_mapping WHERE account = ?", BIND(value_int(m->actor->id)), &own,
                   &found, err) < 0)
        return -1;
    if (own >= LIMIT_MAPPINGS)
        return fail(err, FAULT_LIMITED, "mapping.many", "您已存了 %d 份对应，请先删去不用的",
                    "You have saved %d mappings; remove some first", LIMIT_MAPPINGS);
    return db_get_int(db,
                      "INSERT INTO import_mapping (name, kind, account, shared, at, mapping) VALUES (?, ?, ?, ?, ?, ?) "
                      "RETURNING id",
                      BIND(value_text(m->name), value_text(m->kind->name), value_int(m->actor->id),
                           value_int(m->shared), value_int(m->now), value_bytes(m->sealed, m->size)),
                      &m->id, &found, err);
}

int mapping_save(struct house *house, struct db *db, const struct actor *actor, int64_t import, const char *name,
                 bool shared, int64_t now, int64_t *id, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct session s;
    struct ledger *l = ARENA_NEW(&arena, struct ledger);
    int64_t used;
    if (session_read(db, actor, import, true, &arena, &s, err) < 0)
        return -1;
    int got = session_ledger(house, &s, db, &arena, l, &used, err);
    if (got == 0) {
        json_t *saved = ledger_save(l);
        char *text = json_dumps(saved, JSON_COMPACT);
        struct mapping_row m = { .actor = actor, .kind = s.kind, .name = name, .shared = shared, .now = now };
        m.sealed = seal(&arena, seal_mapping, text ? text : "{}", text ? strlen(text) : 2, &m.size);
        got = store_write(house->store, insert_mapping, &m, err);
        *id = m.id;
        free(text);
        json_decref(saved);
    }
    session_done(&s);
    return got;
}

struct mapping_end {
    int64_t id, account, changed;
};

static int delete_mapping(struct db *db, void *args, struct error *err)
{
    struct mapping_end *m = args;
    return db_run(db, "DELETE FROM import_mapping WHERE id = ? AND account = ?",
                  BIND(value_int(m->id), value_int(m->account)), &m->changed, err);
}

int mapping_remove(struct house *house, const struct actor *actor, int64_t id, struct error *err)
{
    struct mapping_end m = { id, actor->id, 0 };
    if (store_write(house->store, delete_mapping, &m, err) < 0)
        return -1;
    return m.changed ? 0 : fail(err, FAULT_MISSING, "mapping.missing", "没有这份对应", "There is no such mapping");
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
