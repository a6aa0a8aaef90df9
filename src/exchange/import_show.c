/* What is told of an import: its state, its rows, the file of the rejected ones. */
#include "access/query.h"
#include "base/clock.h"
#include "base/memory.h"
#include "exchange/session.h"
#include "record/table.h"
#include "record/type.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RECEIPTS = 200, PIECE = 256 * 1024 };

static bool is_one_of(const char *state, const char *states)
{
    AUTO_TEXT word = TEXT_LIMIT(64);
    text_printf(&word, ",%s,", state);
    return strstr(states, text_get(&word)) != NULL;
}

static void put_json(struct json *j, const char *key, const json_t *value, const char *otherwise)
{
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    json_key(j, key);
    json_put_raw(j, text ? text : otherwise);
    free(text);
}

static void put_file(struct json *j, const struct session *s)
{
    json_key(j, "file");
    json_open(j, '{');
    json_key_str(j, "name", s->file);
    json_key_int(j, "size", s->size);
    json_key_str(j, "encoding", s->encoding);
    json_key_str(j, "separator", s->separator);
    json_close(j, '}');
}

static int put_starter(struct json *j, struct db *db, const struct session *s, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows, "SELECT display_name FROM account WHERE id = ?", BIND(value_int(s->account)), err) < 0)
        return -1;
    bool found = rows_next(&rows);
    json_key(j, "started_by");
    json_open(j, '{');
    json_key_int(j, "id", s->account);
    json_key_str(j, "name", found ? rows_text(&rows, 0) : NULL);
    json_close(j, '}');
    return rows_done(&rows, err);
}

static int put_job(struct json *j, struct house *house, struct db *db, const struct actor *actor,
                   const struct session *s, bool english, struct error *err)
{
    struct error none = { 0 };
    json_key(j, "job");
    if (s->job && house->jobs && job_put(house->jobs, db, actor, s->job, english, j, &none) == 0)
        return 0;
    json_put_null(j); /* somebody else's, or forgotten since */
    if (none.fault && none.fault != FAULT_MISSING) {
        *err = none;
        return -1;
    }
    return 0;
}

static void put_receipt(struct json *j, const struct session *s)
{
    json_key(j, "receipt");
    if (!s->began_at || !s->ended_at) {
        json_put_null(j);
        return;
    }
    int64_t ms = s->ended_at > s->began_at ? s->ended_at - s->began_at : 1;
    json_open(j, '{');
    json_key_int(j, "rows", s->sum.rows);
    json_key_int(j, "imported", s->sum.imported);
    json_key_int(j, "updated", s->sum.updated);
    json_key_int(j, "duplicates", s->sum.duplicates);
    json_key_int(j, "rejected", s->sum.rejected);
    json_key_int(j, "pending", s->sum.pending);
    json_key_int(j, "seconds", (ms + 999) / 1000);
    json_key_int(j, "rows_per_second", s->sum.rows * 1000 / ms);
    char ended[INSTANT_TEXT];
    instant_print(s->ended_at, ended);
    json_key_str(j, "ended_at", ended);
    json_close(j, '}');
}

static void put_undo(struct json *j, const struct actor *actor, const struct session *s, bool english)
{
    const char *reason = NULL;
    json_key(j, "undo");
    if (!s->began_at) {
        json_put_null(j);
        return;
    }
    if (!is_one_of(s->sum.state, ",imported,failed,cancelled,"))
        reason = strcmp(s->sum.state, "undone") == 0 ? (english ? "It was taken back" : "已经撤销")
                                                     : (english ? "It is being worked on" : "正在办理");
    else if (!actor_may(actor, s->kind, verb_bit("import")) || !actor_may(actor, s->kind, verb_bit("remove")))
        reason = english ? "It takes the right to remove; ask the office" : "撤销需要删除权限，请联系安委办";
    json_open(j, '{');
    json_key_bool(j, "possible", reason == NULL);
    json_key_str(j, "reason", reason);
    json_key_int(j, "undone", s->sum.undone);
    json_key_int(j, "left", s->sum.left);
    json_close(j, '}');
}

/* What the list says too. */
static int put_common(struct json *j, struct house *house, struct db *db, const struct actor *actor,
                      const struct session *s, bool english, struct error *err)
{
    static const char *const words[] = { [IMPORT_SKIP] = "skip", [IMPORT_UPDATE] = "update", [IMPORT_NEW] = "new" };
    char at[INSTANT_TEXT];
    json_key_int(j, "id", s->id);
    json_key_str(j, "kind", s->kind->name);
    put_file(j, s);
    json_key_str(j, "duplicates", words[session_duplicates(s)]);
    json_key_str(j, "state", s->sum.state);
    if (put_job(j, house, db, actor, s, english, err) < 0)
        return -1;
    json_key_int(j, "rows", s->sum.rows);
    json_key_int(j, "imported", s->sum.imported);
    json_key_int(j, "updated", s->sum.updated); /* of the duplicates */
    json_key_int(j, "duplicates_found", s->sum.duplicates);
    json_key_int(j, "rejected", s->sum.rejected);
    json_key_int(j, "pending", s->sum.pending);
    instant_print(s->at, at);
    if (put_starter(j, db, s, err) < 0)
        return -1;
    json_key_str(j, "at", at);
    put_receipt(j, s);
    put_undo(j, actor, s, english);
    return 0;
}

static void put_groups(struct json *j, const json_t *groups, bool english)
{
    size_t i;
    json_t *g;
    json_key(j, "problem_groups");
    json_open(j, '[');
    json_array_foreach(groups, i, g)
    {
        const char *field = json_string_value(json_object_get(g, "field"));
        json_open(j, '{');
        json_key_str(j, "field", field && *field ? field : NULL);
        json_key_str(j, "header", json_string_value(json_object_get(g, "header")));
        json_key_str(j, "message", json_string_value(json_object_get(g, english ? "en" : "zh")));
        json_key_str(j, "level", json_string_value(json_object_get(g, "level")));
        json_key_int(j, "count", json_integer_value(json_object_get(g, "count")));
        json_key_int(j, "first", json_integer_value(json_object_get(g, "first")));
        put_json(j, "remedy", json_object_get(g, "remedy"), "null");
        json_close(j, '}');
    }
    json_close(j, ']');
}

static int put_mappings(struct json *j, struct db *db, const struct session *s, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows,
                 "SELECT id, name FROM import_mapping WHERE kind = ? AND (account = ? OR shared = 1) ORDER BY id DESC "
                 "LIMIT ?",
                 BIND(value_text(s->kind->name), value_int(s->account), value_int(RECEIPTS)), err) < 0)
        return -1;
    json_key(j, "mapping");
    json_open(j, '{');
    json_key(j, "saved");
    json_open(j, '[');
    while (rows_next(&rows)) {
        json_open(j, '{');
        json_key_int(j, "id", rows_int(&rows, 0));
        json_key_str(j, "name", rows_text(&rows, 1));
        json_close(j, '}');
    }
    json_close(j, ']');
    put_json(j, "used", json_object_get(s->report, "used"), "null");
    json_close(j, '}');
    return rows_done(&rows, err);
}

/* What stands in the cells is for whoever uploaded them. */
static int put_content(struct json *j, struct db *db, const struct session *s, bool english, struct error *err)
{
    put_json(j, "sheets", json_object_get(s->report, "sheets"), "[]");
    put_json(j, "sheet", json_object_get(s->settings, "sheet"), "0");
    put_json(j, "header_row", json_object_get(s->report, "header_row"), "0");
    put_json(j, "header_rows", json_object_get(s->report, "header_rows"), "1");
    put_json(j, "columns", json_object_get(s->report, "columns"), "[]");
    put_json(j, "datum", json_object_get(s->report, "datum"), "null");
    put_json(j, "cells", json_object_get(s->settings, "cells"), "{}");
    put_json(j, "values", json_object_get(s->settings, "values"), "{}");
    put_groups(j, json_object_get(s->report, "groups"), english);
    return put_mappings(j, db, s, err);
}

int import_put(struct house *house, struct db *db, const struct actor *actor, int64_t id, bool english, struct json *j,
               struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct session s;
    if (session_read(db, actor, id, false, &arena, &s, err) < 0)
        return -1;
    json_open(j, '{');
    int got = put_common(j, house, db, actor, &s, english, err);
    if (got == 0 && s.account == actor->id)
        got = put_content(j, db, &s, english, err);
    json_close(j, '}');
    session_done(&s);
    return got;
}

int imports_put(struct house *house, struct db *db, const struct actor *actor, const struct kind *kind, bool english,
                struct json *j, struct error *err)
{
    int64_t ids[RECEIPTS];
    size_t count = 0;
    struct rows rows;
    /* Of everybody only where the reader may import everything; the others are asked for by account alone. */
    struct scope scope;
    AUTO_TEXT kinds = TEXT_LIMIT(4096);
    for (const struct kind *const *k = all_kinds; *k; k++) {
        scope_compile(actor, *k, verb_bit("import"), &scope);
        if (!(*k)->child && scope_is_all(&scope))
            text_printf(&kinds, ",%s,", (*k)->name);
    }
    if (db_query(
            db, &rows,
            "SELECT id FROM import WHERE (account = ? OR ? LIKE '%,' || kind || ',%') AND (? = '' OR kind = ?) AND "
            "state <> 'discarded' ORDER BY id DESC LIMIT ?",
            BIND(value_int(actor->id), value_text(text_get(&kinds)), value_text(kind ? kind->name : ""),
                 value_text(kind ? kind->name : ""), value_int(RECEIPTS)),
            err) < 0)
        return -1;
    while (count < RECEIPTS && rows_next(&rows))
        ids[count++] = rows_int(&rows, 0);
    if (rows_done(&rows, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        AUTO_ARENA arena = { 0 };
        struct session s;
        if (session_read(db, actor, ids[i], false, &arena, &s, err) < 0) {
            if (err->fault != FAULT_MISSING)
                return -1;
            error_clear(err);
            continue;
        }
        json_open(j, '{');
        int got = put_common(j, house, db, actor, &s, english, err);
        json_close(j, '}');
        session_done(&s);
        if (got < 0)
            return -1;
    }
    return 0;
}

/* ---- rows ---- */

struct shown {
    struct arena arena; /* verdicts */
    struct session s;
    struct ledger *ledger;
    struct intake *intake;
    struct row_verdict *checked, *results;
    size_t checked_count, result_count;
    struct made *made; /* by record: found when the first repeated row is shown */
    size_t made_count;
};

/* A record that the import made, and of which row. */
struct made {
    int64_t record, row;
};

static int load_verdicts(struct house *house, struct shown *v, enum staged what, struct row_verdict **out,
                         size_t *count, struct error *err)
{
    struct blocks *b;
    if (staging_open(house, v->s.id, what, &b, err) < 0)
        return -1;
    int got = staged_verdicts(b, &v->arena, out, count, err);
    blocks_close(b);
    return got;
}

static int show_open(struct house *house, struct db *db, const struct actor *actor, int64_t id, struct shown *v,
                     struct error *err)
{
    int64_t used;
    if (session_read(db, actor, id, true, &v->arena, &v->s, err) < 0)
        return -1;
    if (!v->s.report)
        return fail(err, FAULT_MISSING, "import.rows", "暂存的内容已清除或还没有检查完，请重新上传",
                    "What was staged is cleared away or not yet checked; upload the file again");
    v->ledger = ARENA_NEW(&v->arena, struct ledger);
    if (session_ledger(house, &v->s, db, &v->arena, v->ledger, &used, err) < 0 ||
        load_verdicts(house, v, STAGED_VERDICT, &v->checked, &v->checked_count, err) < 0)
        return -1;
    /* While it runs the file of results grows; what the check said is shown until it has ended. */
    if (v->s.log_size && strcmp(v->s.sum.state, "importing") != 0 &&
        load_verdicts(house, v, STAGED_RESULT, &v->results, &v->result_count, err) < 0)
        return -1;
    v->intake = intake_new(&(struct intake_order){ .ledger = v->ledger,
                                                   .cells = json_object_get(v->s.settings, "cells"),
                                                   .duplicates = session_duplicates(&v->s),
                                                   .dry = true });
    return 0;
}

static void show_close(struct shown *v)
{
    intake_free(v->intake);
    session_done(&v->s);
    arena_done(&v->arena);
}

static const struct row_verdict *find(const struct row_verdict *list, size_t count, int64_t number)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (list[mid].number < number)
            low = mid + 1;
        else
            high = mid;
    }
    return low < count && list[low].number == number ? &list[low] : NULL;
}

/* Every row that is a record, in the order of the sheet, with what became of it. */
typedef int (*show_row)(struct shown *v, const struct intake_row *row, const struct row_verdict *verdict, void *args,
                        struct error *err); /* 1: enough */

static int show_rows(struct house *house, struct shown *v, show_row fn, void *args, struct error *err)
{
    struct blocks *in;
    int got;
    if (staging_open(house, v->s.id, STAGED_ROW, &in, err) < 0)
        return -1;
    do {
        AUTO_ARENA arena = { 0 };
        struct staged_row *rows;
        size_t count = 0;
        got = staged_rows(in, &arena, &rows, &count, err);
        for (size_t i = 0; got > 0 && i < count; i++) {
            struct intake_row row;
            bool total;
            const struct row_verdict *verdict = find(v->results, v->result_count, rows[i].number);
            if (!verdict)
                verdict = find(v->checked, v->checked_count, rows[i].number);
            if (!verdict || !intake_read(v->intake, &rows[i], &arena, &row, &total))
                continue;
            int told = fn(v, &row, verdict, args, err);
            if (told != 0) {
                blocks_close(in);
                return told < 0 ? -1 : 0;
            }
        }
    } while (got > 0);
    blocks_close(in);
    return got;
}

/* ---- what a repeated row repeats ---- */

static int by_record(const void *a, const void *b)
{
    const struct made *x = a, *y = b;
    return x->record < y->record ? -1 : x->record > y->record;
}

static void find_made(struct shown *v)
{
    v->made = ARENA_ARRAY(&v->arena, struct made, v->result_count + 1);
    for (size_t i = 0; i < v->result_count; i++)
        if (v->results[i].verdict == VERDICT_IMPORT && v->results[i].record)
            v->made[v->made_count++] = (struct made){ v->results[i].record, v->results[i].number };
    qsort(v->made, v->made_count, sizeof *v->made, by_record);
}

static int64_t row_of_made(struct shown *v, int64_t record)
{
    if (!v->made)
        find_made(v);
    const struct made *found =
        bsearch(&(struct made){ .record = record }, v->made, v->made_count, sizeof *v->made, by_record);
    return found ? found->row : 0;
}

/* The record as the reader may see it now: null when it went out of sight since. */
static int put_same_record(struct json *j, struct db *db, const struct actor *actor, const struct kind *kind,
                           int64_t id, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct error missing = { 0 };
    struct scope scope;
    void *record = NULL;
    scope_compile(actor, kind, verb_bit("read"), &scope);
    json_key(j, "record");
    if (id && record_read(db, &scope, id, false, false, &arena, &record, &missing) < 0 &&
        missing.fault != FAULT_MISSING) {
        *err = missing;
        return -1;
    }
    if (!record) {
        json_put_null(j);
        return 0;
    }
    json_open(j, '{');
    json_key_int(j, "id", id);
    json_key_str(j, "number", record_number(&arena, kind, record));
    json_key_str(j, "title", *(const char *const *)field_member_const(field_title(kind), record));
    json_close(j, '}');
    return 0;
}

static int put_same(struct json *j, struct db *db, const struct actor *actor, struct shown *v,
                    const struct row_verdict *verdict, struct error *err)
{
    json_key(j, "same");
    if (verdict->verdict != VERDICT_DUPLICATE) {
        json_put_null(j);
        return 0;
    }
    int64_t row = verdict->twin ? verdict->twin : row_of_made(v, verdict->record);
    json_open(j, '{');
    json_key(j, "row");
    if (row)
        json_put_int(j, row);
    else
        json_put_null(j);
    int got = put_same_record(j, db, actor, v->s.kind, verdict->record, err);
    json_close(j, '}');
    return got;
}

/* ---- a page of rows ---- */

struct page {
    struct db *db;
    const struct actor *actor;
    const struct import_rows *which;
    const json_t *group; /* of the report; NULL: any */
    struct json *j;
    bool english;
    int count;
    int64_t last;
    bool more;
};

static bool in_group(const struct shown *v, const struct intake_row *row, const struct row_verdict *verdict,
                     const json_t *group)
{
    const char *field = json_string_value(json_object_get(group, "field")),
               *en = json_string_value(json_object_get(group, "en")),
               *value = json_string_value(json_object_get(group, "value"));
    int column = (int)json_integer_value(json_object_get(group, "column"));
    for (size_t i = 0; i < verdict->problem_count; i++) {
        const struct problem *p = &verdict->problems[i];
        const char *word = session_word(&v->s, p, row->cells, v->ledger->count);
        if (p->column == column && strcmp(p->field, field) == 0 && strcmp(p->en, en) == 0 &&
            (value ? word && strcmp(word, value) == 0 : !word))
            return true;
    }
    return false;
}

static int put_row(const struct page *p, struct shown *v, const struct intake_row *row,
                   const struct row_verdict *verdict, struct error *err)
{
    struct json *j = p->j;
    json_open(j, '{');
    json_key_int(j, "row", row->number);
    json_key_str(j, "verdict", verdict_words[verdict->verdict]);
    json_key_bool(j, "pending", verdict->pending);
    json_key(j, "cells");
    json_open(j, '[');
    for (size_t i = 0; i < v->ledger->count; i++)
        json_put_str(j, row->cells[i]);
    json_close(j, ']');
    json_key(j, "problems");
    json_open(j, '[');
    for (size_t i = 0; i < verdict->problem_count; i++) {
        const struct problem *problem = &verdict->problems[i];
        char letter[CSV_COLUMN_NAME];
        if (problem->column >= 0)
            csv_column_name((size_t)problem->column, letter);
        json_open(j, '{');
        json_key_str(j, "letter", problem->column >= 0 ? letter : NULL);
        json_key_str(j, "field", *problem->field ? problem->field : NULL);
        json_key_str(j, "message", p->english ? problem->en : problem->zh);
        json_key_str(j, "level", problem_levels[problem->level]);
        json_close(j, '}');
    }
    json_close(j, ']');
    int got = put_same(j, p->db, p->actor, v, verdict, err);
    json_close(j, '}');
    return got;
}

static int page_row(struct shown *v, const struct intake_row *row, const struct row_verdict *verdict, void *args,
                    struct error *err)
{
    struct page *p = args;
    if (row->number <= p->which->after || (p->which->verdict >= 0 && (int)verdict->verdict != p->which->verdict) ||
        (p->group && !in_group(v, row, verdict, p->group)))
        return 0;
    if (p->count == p->which->limit) {
        p->more = true;
        return 1;
    }
    if (put_row(p, v, row, verdict, err) < 0)
        return -1;
    p->count++;
    p->last = row->number;
    return 0;
}

int import_rows_put(struct house *house, struct db *db, const struct actor *actor, int64_t id,
                    const struct import_rows *which, bool english, struct json *j, struct error *err)
{
    struct shown v = { 0 };
    struct page page = { .db = db, .actor = actor, .which = which, .j = j, .english = english };
    int got = show_open(house, db, actor, id, &v, err);
    if (got == 0 && which->problem >= 0) {
        page.group = json_array_get(json_object_get(v.s.report, "groups"), (size_t)which->problem);
        if (!page.group)
            got = fail_field(err, "problem", "没有这一类问题", "There is no such group of problems");
    }
    if (got == 0) {
        json_open(j, '{');
        json_key(j, "items");
        json_open(j, '[');
        got = show_rows(house, &v, page_row, &page, err);
        json_close(j, ']');
        json_key(j, "next");
        if (page.more)
            json_put_int(j, page.last);
        else
            json_put_null(j);
        json_close(j, '}');
    }
    show_close(&v);
    return got;
}

/* ---- the rejected ones ---- */

struct rejected {
    int fd;
    bool english;
    struct text piece;
};

static int flush(struct rejected *r, struct error *err)
{
    const char *at = text_get(&r->piece);
    for (size_t done = 0; done < r->piece.used;) {
        ssize_t n = write(r->fd, at + done, r->piece.used - done);
        if (n < 0 && errno != EINTR)
            return fail(err, FAULT_UNAVAILABLE, "import.memory", "内存不足，请稍后再试",
                        "Short of memory; try again soon");
        done += n > 0 ? (size_t)n : 0;
    }
    text_clear(&r->piece);
    return 0;
}

static void put_cell(struct text *out, const char *text)
{
    csv_cell(out, text, strlen(text), CSV_TEXT);
}

static int rejected_row(struct shown *v, const struct intake_row *row, const struct row_verdict *verdict, void *args,
                        struct error *err)
{
    struct rejected *r = args;
    if (verdict->verdict != VERDICT_REJECT)
        return 0;
    AUTO_TEXT why = TEXT_LIMIT(LIMIT_CELL_BYTES);
    for (size_t i = 0; i < verdict->problem_count; i++) {
        const struct problem *p = &verdict->problems[i];
        if (p->level != PROBLEM_ERROR)
            continue;
        if (why.used)
            text_str(&why, r->english ? "; " : "；");
        if (p->column >= 0 && (size_t)p->column < v->ledger->count)
            text_printf(&why, "%s%s", v->ledger->columns[p->column].header, r->english ? ": " : "：");
        text_str(&why, r->english ? p->en : p->zh);
    }
    for (size_t i = 0; i < v->ledger->count; i++)
        put_cell(&r->piece, row->cells[i]);
    put_cell(&r->piece, text_get(&why));
    /* What lay beyond the header stands beyond it still. */
    for (size_t i = v->ledger->count; i < row->staged->count; i++)
        put_cell(&r->piece, row->staged->cells[i].at);
    csv_end_row(&r->piece);
    return r->piece.used > PIECE ? flush(r, err) : 0;
}

int import_rejected(struct house *house, struct db *db, const struct actor *actor, int64_t id, bool english, int *fd,
                    int64_t *size, struct error *err)
{
    struct shown v = { 0 };
    struct rejected r = { .fd = -1, .english = english, .piece = TEXT_LIMIT(4 << 20) };
    int got = show_open(house, db, actor, id, &v, err);
    if (got == 0 && (r.fd = memfd_create("rejected", MFD_CLOEXEC)) < 0)
        got = fail(err, FAULT_UNAVAILABLE, "import.memory", "内存不足，请稍后再试", "Short of memory; try again soon");
    if (got == 0) {
        csv_begin(&r.piece);
        for (size_t i = 0; i < v.ledger->count; i++)
            put_cell(&r.piece, v.ledger->columns[i].header);
        put_cell(&r.piece, english ? "Reason" : "原因");
        csv_end_row(&r.piece);
        got = show_rows(house, &v, rejected_row, &r, err);
    }
    if (got == 0)
        got = flush(&r, err);
    text_done(&r.piece);
    show_close(&v);
    if (got < 0) {
        if (r.fd >= 0)
            close(r.fd);
        return -1;
    }
    *size = (int64_t)lseek(r.fd, 0, SEEK_CUR);
    lseek(r.fd, 0, SEEK_SET);
    *fd = r.fd;
    return 0;
}
