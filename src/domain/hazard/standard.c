#include "domain/hazard/standard.h"

#include "access/query.h"
#include "calendar/calendar.h"
#include "domain/hazard/clause.h"
#include "domain/lists.h"
#include "record/type.h"

#include <string.h>

static const struct field clause_fields[] = {
    { TEXT(struct standard, content), .label = { "判定情形", "What makes it major" }, .max = 300,
      .flags = REQUIRED | TITLE | SEARCH | LIST | WIDE },
    { TEXT(struct standard, code), .label = { "条款编码", "Code" }, .max = 20, .flags = REQUIRED | SEARCH | LIST },
    { CHOICE(struct standard, sector), .label = { "行业领域", "Sector" }, .choices = &sectors,
      .flags = REQUIRED | LIST },
    { TEXT(struct standard, standard), .label = { "标准", "Standard" }, .max = 100, .flags = REQUIRED | SEARCH | LIST },
    { TEXT(struct standard, article), .label = { "条款", "Article" }, .max = 60, .flags = REQUIRED | SEARCH | LIST },
    { YES_NO(struct standard, held), .label = { "已收录条文", "Words held" }, .flags = LIST,
      .hint = { "否：标准的这部分没有收录，请对照原文", "No: this part of the standard is not here; read it" } },
    { DATE(struct standard, valid_from), .label = { "施行日期", "In force from" }, .flags = REQUIRED | LIST },
    { DATE(struct standard, valid_to), .label = { "废止前最后一日", "Last day in force" }, .flags = LIST,
      .hint = { "不填为现行有效", "Empty: in force" } },
};

const struct kind clause_kind = {
    .name = "clause",
    .plural = "clauses",
    .label = { "判定标准", "Judgement standard" },
    .menu = "hazards",
    .size = sizeof(struct standard),
    .fields = LISTED(clause_fields),
    .scope = SCOPE_OPEN,
    .sorts = { "code", "id" },
    .fact_date = "valid_from",
    .verbs = CAN_EXPORT,
    .open_label = true,
};

struct kept {
    int64_t id, valid_from, valid_to; /* valid_to 0 = open */
    int64_t held;
    const char *code, *content;
};

enum { KEPT_MOST = 4096 };

/* The clauses, then the gaps as rows of the same shape. */
static struct clause nth(size_t i, bool *held)
{
    *held = i < clause_count;
    if (*held)
        return clauses[i];
    const struct clause_gap *gap = &clause_gaps[i - clause_count];
    return (struct clause){ gap->code,    gap->sector,     gap->text,    gap->standard,
                            "未收录条文", gap->valid_from, gap->valid_to };
}

static size_t row_count(void)
{
    return clause_count + clause_gap_count;
}

static int read_kept(struct db *db, struct arena *arena, struct kept *list, size_t *count, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows, "SELECT id, code, content, valid_from, valid_to, held FROM clause ORDER BY id LIMIT ?",
                 BIND(value_int(KEPT_MOST)), err) < 0)
        return -1;
    for (*count = 0; rows_next(&rows); ++*count)
        list[*count] = (struct kept){ .id = rows_int(&rows, 0),
                                      .code = arena_str(arena, rows_text(&rows, 1)),
                                      .content = arena_str(arena, rows_text(&rows, 2)),
                                      .valid_from = rows_int(&rows, 3),
                                      .valid_to = rows_int(&rows, 4),
                                      .held = rows_int(&rows, 5) };
    return rows_done(&rows, err);
}

static const struct kept *find_kept(const struct kept *list, size_t count, const struct clause *clause)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].valid_from == day_of_number(clause->valid_from) && strcmp(list[i].code, clause->code) == 0)
            return &list[i];
    return NULL;
}

static int64_t last_day(const struct clause *clause)
{
    return clause->valid_to ? day_of_number(clause->valid_to) : 0;
}

static bool is_alike(const struct kept *kept, const struct clause *clause, bool held)
{
    return kept && kept->valid_to == last_day(clause) && kept->held == held && strcmp(kept->content, clause->text) == 0;
}

static void fill(const struct clause *clause, bool held, struct standard *s)
{
    set(s, held, held);
    set(s, content, clause->text);
    set(s, code, clause->code);
    set(s, sector, clause->sector);
    set(s, standard, clause->standard);
    set(s, article, clause->article);
    set(s, valid_from, day_of_number(clause->valid_from));
    if (clause->valid_to)
        set(s, valid_to, last_day(clause));
    else
        unset(s, valid_to);
}

static int keep_one(struct change *c, const struct kept *kept, const struct clause *clause, bool held,
                    struct error *err)
{
    void *before;
    if (!kept) {
        struct standard *made = change_new(c, &clause_kind);
        fill(clause, held, made);
        return change_create(c, &clause_kind, made, err);
    }
    if (change_get(c, &clause_kind, kept->id, 0, "read", &before, err) < 0)
        return -1;
    struct standard *after = change_copy(c, &clause_kind, before);
    fill(clause, held, after);
    return change_save(c, &clause_kind, before, after, err);
}

static int keep_all(struct change *c, void *args, struct error *err)
{
    struct kept *list = ARENA_ARRAY(c->arena, struct kept, KEPT_MOST);
    size_t count;
    (void)args;
    c->quiet = true;
    if (read_kept(c->db, c->arena, list, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < row_count(); i++) {
        bool held;
        struct clause row = nth(i, &held);
        const struct kept *kept = find_kept(list, count, &row);
        if (!is_alike(kept, &row, held) && keep_one(c, kept, &row, held, err) < 0)
            return -1;
    }
    return 0;
}

int standards_keep(struct house *house, int64_t now_ms, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct kept *list = ARENA_ARRAY(&arena, struct kept, KEPT_MOST);
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = now_ms, .cause = "first start" };
    struct db *db;
    size_t count, alike = 0;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = read_kept(db, &arena, list, &count, err);
    store_reader_back(house->store, db);
    if (got < 0)
        return -1;
    for (size_t i = 0; i < row_count(); i++) {
        bool held;
        struct clause row = nth(i, &held);
        alike += is_alike(find_kept(list, count, &row), &row, held);
    }
    return alike == row_count() ? 0 : change_run(house, &order, keep_all, NULL, NULL, err);
}
