/* The check of an import: reading the sheet, trying every row, the report. */
#include "exchange/session.h"

#include "base/memory.h"
#include "record/type.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GROUPS = 500 };

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
        if (block.used > VERDICT_BYTES) {
            if (blocks_put(k->verdicts, text_get(&block), block.used, err) < 0)
                return -1;
            text_clear(&block);
        }
        for (size_t p = 0; p < v->problem_count; p++)
            count_problem(k, &chunk->rows[i], &v->problems[p]);
        sum_add(&k->s.sum, &chunk->rows[i]);
    }
    if (k->job) {
        job_progress(k->job, k->s.sum.rows, k->total > k->s.sum.rows ? k->total : 0);
        if (job_cancelled(k->job))
            return job_stopped(err);
    }
    return block.used ? blocks_put(k->verdicts, text_get(&block), block.used, err) : 0;
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

static int hand_over(const struct session_walk *w, struct chunk *chunk, struct error *err)
{
    int got = chunk->count ? w->take(w->args, chunk, err) : 0;
    chunk->count = 0;
    arena_done(&chunk->arena);
    return got;
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
        /* A chunk's rows point into its arena, and a block holds at most STAGED_ROWS. */
        got = chunk->count + STAGED_ROWS > CHUNK_ROWS ? hand_over(w, chunk, err) : 0;
        if (got == 0)
            got = staged_rows(in, &chunk->arena, &rows, &count, err);
        for (size_t i = 0; got > 0 && i < count; i++) {
            struct intake_row *row = &chunk->rows[chunk->count];
            bool total;
            if (intake_read(w->intake, &rows[i], &chunk->arena, row, &total))
                chunk->count += intake_level(w->intake, row) == level;
            else if (total && level == 0 && w->total)
                w->total(w->args, rows[i].number);
        }
    } while (got > 0);
    if (got == 0)
        got = hand_over(w, chunk, err);
    blocks_close(in);
    return got;
}

int session_walk(const struct session_walk *w, struct error *err)
{
    int levels = w->s->kind->id_field ? INTAKE_LEVELS : 1, got = 0;
    struct chunk *chunk = memory_new(sizeof *chunk);
    for (int level = 0; got == 0 && level < levels; level++)
        got = walk_level(w, chunk, level, err);
    arena_done(&chunk->arena);
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
        json_array_append_new(columns, json_pack("{s:s, s:s, s:s?, s:b, s:[]}", "letter", letter, "header", c->header,
                                                 "field", c->field ? c->field->name : NULL, "guessed",
                                                 (int)(c->guessed && !c->known), "samples"));
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
    if (ledger_has_place(k->ledger))
        json_object_set_new(o.report, "datum", json_string(datum_names[k->ledger->datum]));
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
        if (store_write(k->house->store, session_save, &k->s, err) < 0)
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
