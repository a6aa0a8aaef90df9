#include "domain/enforcement/paper.h"

#include "access/query.h"
#include "base/clock.h"
#include "base/seal.h"
#include "domain/change.h"
#include "domain/grid/grid.h"
#include "domain/hazard/clause.h"
#include "domain/hazard/hazard.h"
#include "domain/lists.h"
#include "domain/number.h"
#include "domain/render.h"
#include "record/type.h"

#include <inttypes.h>
#include <string.h>

/* Without 0 O 1 I L: read aloud and typed from paper. */
static const char code_letters[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
enum { CODE_LETTERS = sizeof code_letters - 1, CODE_HALF = 4 };

bool paper_is_instruction(const struct paper_record *p)
{
    return has(p, type) && strcmp(p->type, "instruction") == 0;
}

bool paper_code_read(const char *typed, char out[PAPER_CODE_TEXT])
{
    size_t n = 0;
    for (; *typed; typed++) {
        char c = *typed >= 'a' && *typed <= 'z' ? (char)(*typed - 'a' + 'A') : *typed;
        if (c == '-' || c == ' ')
            continue;
        if (!strchr(code_letters, c) || n == PAPER_CODE_TEXT - 1)
            return false;
        if (n == CODE_HALF)
            out[n++] = '-';
        out[n++] = c;
    }
    out[n] = '\0';
    return n == PAPER_CODE_TEXT - 1;
}

static const char *code_make(struct arena *arena)
{
    char code[2 * CODE_HALF + 1] = "", *out = arena_alloc(arena, PAPER_CODE_TEXT);
    for (size_t n = 0; n < sizeof code - 1;) {
        unsigned char byte;
        random_bytes(&byte, 1);
        if (byte < 256 / CODE_LETTERS * CODE_LETTERS) /* every letter equally often */
            code[n++] = code_letters[byte % CODE_LETTERS];
    }
    paper_code_read(code, out);
    return out;
}

/* ---- what a draft is filled with ---- */

static size_t item_count(const struct paper_record *p)
{
    return has(p, items) ? p->items->count : 0;
}

static struct paper_item_line *item_at(const struct paper_record *p, size_t i)
{
    return (struct paper_item_line *)p->items->rows + i;
}

/* The rows are filled in, so they must not be those of the record as it was. */
static void own_items(struct change *c, struct paper_record *p)
{
    if (!item_count(p))
        return;
    struct lines *items = arena_copy(c->arena, p->items, sizeof *items);
    items->rows = arena_copy(c->arena, items->rows, items->count * sizeof(struct paper_item_line));
    give(p, items, items);
}

/* A hazard or paper the drafter may read; NULL when not: the checks say so. */
static const void *seen(struct change *c, const struct kind *kind, int64_t id)
{
    struct scope scope;
    struct error ignored = { 0 };
    void *record;
    scope_compile(c->actor, kind, verb_bit("read"), &scope);
    return record_read(c->db, &scope, id, false, false, c->arena, &record, &ignored) == 0 ? record : NULL;
}

static const char *clause_words(struct change *c, const struct hazard *h)
{
    const struct clause *clause = clause_on(h->clause, h->found_on);
    return clause ? arena_printf(c->arena, "%s%s", clause->standard, clause->article) : h->clause;
}

static const char *result_of(const struct hazard *h)
{
    return h->state == HAZARD_CLOSED ? "passed" : h->state == HAZARD_FIXED ? "waiting" : "failed";
}

static void fill_item(struct change *c, const struct paper_record *p, struct paper_item_line *item)
{
    const struct hazard *h = has(item, hazard) ? seen(c, &hazard_kind, item->hazard) : NULL;
    if (!h)
        return;
    if (!has(item, text))
        set(item, text, h->description);
    if (!has(item, basis) && has(h, clause))
        set(item, basis, clause_words(c, h));
    if (!has(item, major))
        set(item, major, hazard_is_major(h));
    if (!paper_is_instruction(p) && !has(item, result) && strcmp(result_of(h), "waiting") != 0)
        set(item, result, result_of(h));
}

/* The opinion on an instruction answers each of its items. */
static void items_of_instruction(struct change *c, struct paper_record *p)
{
    const struct paper_record *order = has(p, instruction) ? seen(c, &paper_kind, p->instruction) : NULL;
    if (!order || !has(order, items))
        return;
    struct lines *items = ARENA_NEW(c->arena, struct lines);
    struct paper_item_line *rows = ARENA_ARRAY(c->arena, struct paper_item_line, order->items->count);
    for (size_t i = 0; i < order->items->count; i++) {
        const struct paper_item_line *from = item_at(order, i);
        set(&rows[i], hazard, from->hazard);
        set(&rows[i], text, from->text);
        if (has(from, basis))
            set(&rows[i], basis, from->basis);
        if (has(from, major))
            set(&rows[i], major, from->major);
    }
    *items = (struct lines){ order->items->count, rows };
    set(p, items, items);
    if (!has(p, recipient) && has(order, recipient))
        set(p, recipient, order->recipient);
}

static void fill_officer(struct change *c, int64_t account, const char **out)
{
    struct error ignored = { 0 };
    struct rows rows;
    *out = NULL;
    if (db_query(c->db, &rows, "SELECT certificate FROM account WHERE id = ?", BIND(value_int(account)), &ignored) < 0)
        return;
    if (rows_next(&rows))
        *out = arena_str(c->arena, rows_text(&rows, 0));
    rows_done(&rows, &ignored);
}

static const char *object_name(struct change *c, int64_t object)
{
    struct error ignored = { 0 };
    struct names *n = names_new(c->arena);
    names_want(n, NULL, object);
    return names_load(n, c->db, c->actor, &ignored) == 0 ? names_get(n, NULL, object) : NULL;
}

static const char *type_words(const struct paper_record *p)
{
    const struct choice *type = has(p, type) ? choice_find(&paper_types, p->type, 0) : NULL;
    return type ? type->label.zh : "文书";
}

static void paper_tidy(struct change *c, void *record)
{
    struct paper_record *p = record;
    const char *certificate;
    if (has(p, state) && p->state != DOCUMENT_DRAFT)
        return;
    if (!has(p, organisation) && c->actor->organisation)
        set(p, organisation, c->actor->organisation);
    if (!has(p, officer) && !c->actor->program)
        set(p, officer, c->actor->id);
    if (has(p, officer) && !has(p, officer_certificate)) {
        fill_officer(c, p->officer, &certificate);
        if (certificate)
            set(p, officer_certificate, certificate);
    }
    if (has(p, second_officer) && !has(p, second_certificate)) {
        fill_officer(c, p->second_officer, &certificate);
        if (certificate)
            set(p, second_certificate, certificate);
    }
    if (!paper_is_instruction(p) && !item_count(p))
        items_of_instruction(c, p);
    if (!c->before || given(p, items))
        own_items(c, p);
    for (size_t i = 0; given(p, items) && i < item_count(p); i++)
        fill_item(c, p, item_at(p, i));
    const struct hazard *first = item_count(p) ? seen(c, &hazard_kind, item_at(p, 0)->hazard) : NULL;
    if (!has(p, object) && first)
        set(p, object, first->object);
    if (!has(p, recipient) && has(p, object)) {
        const char *name = object_name(c, p->object);
        if (name)
            set(p, recipient, name);
    }
    set(p, title, arena_printf(c->arena, "%s（%s）", type_words(p), has(p, recipient) ? p->recipient : "未写明"));
}

/* ---- rules of a draft ---- */

static const char *item_field(struct change *c, size_t i, const char *field)
{
    return arena_printf(c->arena, "items.%zu.%s", i + 1, field);
}

/* Locks the hazard: what is said of it holds until the change stands. */
static int get_hazard(struct change *c, size_t i, const struct paper_item_line *item, const char *verb, void **out,
                      struct error *err)
{
    struct error why = { 0 };
    if (change_get(c, &hazard_kind, item->hazard, 0, verb, out, &why) == 0)
        return 0;
    if (why.fault != FAULT_MISSING) {
        *err = why;
        return -1;
    }
    return fail_field(err, item_field(c, i, "hazard"), "没有这条隐患，请重新选择",
                      "There is no such hazard; choose again");
}

static bool names_hazard(const struct paper_record *p, size_t before, int64_t hazard)
{
    for (size_t i = 0; i < before; i++)
        if (item_at(p, i)->hazard == hazard)
            return true;
    return false;
}

static int check_item(struct change *c, size_t i, struct error *err)
{
    const struct paper_record *p = c->after;
    const struct paper_item_line *item = item_at(p, i);
    void *record;
    if (get_hazard(c, i, item, "read", &record, err) < 0)
        return -1;
    const struct hazard *h = record;
    if (h->object != p->object)
        return fail_field(err, item_field(c, i, "hazard"), "一份文书只写一个单位的隐患，这一条属于别的单位",
                          "A paper speaks to one unit; this hazard belongs to another");
    if (names_hazard(p, i, item->hazard))
        return fail_field(err, item_field(c, i, "hazard"), "这条隐患写了两次", "This hazard stands there twice");
    if (paper_is_instruction(p) && (h->state == HAZARD_CLOSED || h->state == HAZARD_ENDED))
        return fail_field(err, item_field(c, i, "hazard"), "这条隐患已销号或终结，不能再责令整改",
                          "This hazard is closed; it cannot be ordered to be removed");
    return 0;
}

static int check_answer(struct change *c, struct error *err)
{
    const struct paper_record *p = c->after;
    void *record;
    struct error why = { 0 };
    if (!has(p, instruction))
        return fail_field(err, "instruction", "请选择所复查的责令限期整改指令书", "Choose the instruction it answers");
    if (change_get(c, &paper_kind, p->instruction, 0, "read", &record, &why) < 0) {
        if (why.fault != FAULT_MISSING) {
            *err = why;
            return -1;
        }
        return fail_field(err, "instruction", "没有这份指令书，请重新选择",
                          "There is no such instruction; choose again");
    }
    const struct paper_record *order = record;
    if (!paper_is_instruction(order) || order->object != p->object)
        return fail_field(err, "instruction", "应是同一单位的责令限期整改指令书",
                          "It must be an instruction to the same unit");
    if (order->state != DOCUMENT_ISSUED && order->state != DOCUMENT_SERVED)
        return fail_field(err, "instruction", "指令书尚未签发或已作废，不能据以复查",
                          "The instruction is not issued, or void");
    for (size_t i = 0; i < item_count(p); i++)
        if (!names_hazard(order, item_count(order), item_at(p, i)->hazard))
            return fail_field(err, item_field(c, i, "hazard"), "指令书里没有这条隐患",
                              "The instruction does not name this hazard");
    return 0;
}

static int check_draft(struct change *c, struct error *err)
{
    const struct paper_record *p = c->after;
    if (item_count(p) == 0)
        return fail_field(err, "items", "请写明至少一条隐患", "Name at least one hazard");
    for (size_t i = 0; i < item_count(p); i++)
        if (check_item(c, i, err) < 0 && err->fault != FAULT_INVALID)
            return -1;
    if (has(p, officer) && has(p, second_officer) && p->officer == p->second_officer)
        fail_field(err, "second_officer", "两名执法人员应是不同的人", "The two officers must be two people");
    if (!paper_is_instruction(p) && check_answer(c, err) < 0 && err->fault != FAULT_INVALID)
        return -1;
    return err->fault ? -1 : 0;
}

/* A move has asked what it needs before it drew a number: no lock is taken after that one. */
static int paper_check(struct change *c, struct error *err)
{
    const struct paper_record *was = c->before;
    if (c->move)
        return 0;
    if (was && was->state != DOCUMENT_DRAFT && !c->actor->program)
        return refuse(err, "paper.issued", "文书已签发，内容不能再改；有错误请作废后另行出具",
                      "It is issued and stays as it is; declare it void and issue another");
    return was && was->state != DOCUMENT_DRAFT ? 0 : check_draft(c, err);
}

/* ---- issuing ---- */

/* The hazard is saved within the move of the paper, which goes on as if nothing had been in between. */
static int save_hazard(struct change *c, const struct hazard *before, struct hazard *h, struct error *err)
{
    struct change outer = *c;
    int got = change_save(c, &hazard_kind, before, h, err);
    c->kind = outer.kind;
    c->before = outer.before;
    c->after = outer.after;
    c->move = outer.move;
    c->note = outer.note;
    return got;
}

/* 安全生产法 art 65: what government finds is ordered to be removed at once or by a day. A hazard has one deadline: the one
** that runs is repeated; where none runs any more, the paper's becomes it. */
static int bind_item(struct change *c, size_t i, struct error *err)
{
    struct paper_record *p = c->after;
    struct paper_item_line *item = item_at(p, i);
    int64_t today = day_of_ms(c->now);
    char day[DAY_TEXT];
    void *record;
    if (get_hazard(c, i, item, "assign", &record, err) < 0)
        return -1;
    const struct hazard *h = record;
    if (h->state == HAZARD_CLOSED || h->state == HAZARD_ENDED)
        return fail_field(err, item_field(c, i, "hazard"), "这条隐患已销号或终结，不能再责令整改",
                          "This hazard is closed; it cannot be ordered to be removed");
    bool runs = has(h, due) && h->due >= today;
    if (!has(item, due) && (has(p, due) || runs))
        set(item, due, has(p, due) ? p->due : h->due);
    if (!has(item, due))
        return fail_field(err, "due", "请写整改期限", "Give the deadline");
    if (item->due < today)
        return fail_field(err, has(p, due) && p->due == item->due ? "due" : item_field(c, i, "due"),
                          "整改期限不能早于今天", "The deadline cannot be before today");
    if (runs && h->due != item->due) {
        day_print(h->due, day);
        return fail_field(err, "due", "第 %zu 项隐患的整改期限是 %s，文书应与它一致；要改期限请先办延期",
                          "Item %zu is due on %s already: the paper must say the same; extend it first", i + 1, day);
    }
    if (runs && has(h, ordered_on) && h->ordered_on == today)
        return 0;
    struct hazard *ordered = change_copy(c, &hazard_kind, h);
    set(ordered, due, item->due);
    set(ordered, ordered_on, today);
    return save_hazard(c, h, ordered, err);
}

static int check_results(struct change *c, struct error *err)
{
    const struct paper_record *p = c->after;
    for (size_t i = 0; i < item_count(p); i++)
        if (!has(item_at(p, i), result))
            return fail_field(err, item_field(c, i, "result"), "请写第 %zu 项的复查结果", "Give the result of item %zu",
                              i + 1);
    return 0;
}

/* 行政复议法 (2023) art 24: against a department, its own government; against a town's office, the county's. */
static const char region_sql[] =
    "SELECT o.name, o.short_name, o.document_word, r.name, r.level, p.name FROM organisation o "
    "LEFT JOIN region r ON r.id = o.region LEFT JOIN region p ON p.id = r.parent "
    "WHERE o.id = ? AND o.removed_at IS NULL";

static int name_issuer(struct change *c, const char **word, struct error *err)
{
    struct paper_record *p = c->after;
    struct rows rows;
    if (db_query(c->db, &rows, region_sql, BIND(value_int(p->organisation)), err) < 0)
        return -1;
    bool found = rows_next(&rows);
    if (found) {
        const char *name = arena_str(c->arena, rows_text(&rows, 0)), *level = rows_text(&rows, 4);
        bool below = level && (strcmp(level, "town") == 0 || strcmp(level, "village") == 0);
        const char *area = rows_text(&rows, below ? 5 : 3);
        *word = arena_str(c->arena, rows_text(&rows, 2)   ? rows_text(&rows, 2)
                                    : rows_text(&rows, 1) ? rows_text(&rows, 1)
                                                          : name);
        set(p, issuer, name);
        set(p, remedy, area ? arena_printf(c->arena, "%s人民政府", area) : "本级人民政府");
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    return found ? 0
                 : fail_field(err, "organisation", "签发单位不存在，请重新选择",
                              "There is no such organisation; choose again");
}

static int may_issue(struct change *c, struct error *err)
{
    struct paper_record *p = c->after;
    const char *word = NULL;
    int64_t serial = 0;
    int year, month, dom;
    if (!c->actor->program && p->organisation != c->actor->organisation &&
        !actor_may(c->actor, &paper_kind, verb_bit("rule")))
        return fail_field(err, "organisation", "只能以本单位名义签发", "Issue it in the name of the own organisation");
    if (!has(p, officer) || !has(p, second_officer) || p->officer == p->second_officer)
        return fail_field(err, "second_officer", "执法人员不得少于两人，请写明第二名执法人员",
                          "There must be two officers; name the second");
    if (check_draft(c, err) < 0)
        return -1;
    own_items(c, p);
    for (size_t i = 0; paper_is_instruction(p) && i < item_count(p); i++)
        if (bind_item(c, i, err) < 0)
            return -1;
    if ((!paper_is_instruction(p) && check_results(c, err) < 0) || name_issuer(c, &word, err) < 0)
        return -1;
    set(p, issued_at, c->now);
    set(p, issued_by, c->actor->id);
    set(p, issued_name, c->actor->display_name);
    set(p, check_code, code_make(c->arena));
    day_to_ymd(day_of_ms(c->now), &year, &month, &dom);
    const char *kind = paper_is_instruction(p) ? "责改" : "复查";
    if (number_draw(c, p->organisation, kind, year, &serial, err) < 0)
        return -1;
    set(p, doc_number, arena_printf(c->arena, "%s%s〔%d〕%" PRId64 "号", word, kind, year, serial));
    set(p, title, arena_printf(c->arena, "%s（%s）", type_words(p), p->recipient));
    return 0;
}

/* ---- afterwards ---- */

/* What a void instruction ordered is ordered no more, unless another that stands does. */
static int release_item(struct change *c, size_t i, struct error *err)
{
    const struct paper_record *p = c->after;
    struct error why = { 0 };
    void *record;
    int64_t others;
    bool found;
    if (change_get(c, &hazard_kind, item_at(p, i)->hazard, 0, "read", &record, &why) < 0) {
        if (why.fault == FAULT_MISSING) /* in the bin, or out of reach: it has no deadline here */
            return 0;
        *err = why;
        return -1;
    }
    const struct hazard *h = record;
    if (!has(h, ordered_on))
        return 0;
    if (db_get_int(
            c->db,
            "SELECT count(*) FROM paper_items i JOIN paper p ON p.id = i.record WHERE i.hazard = ? AND p.id <> ? "
            "AND p.type = 'instruction' AND p.state IN ('issued', 'served') AND p.removed_at IS NULL",
            BIND(value_int(h->is.id), value_int(p->is.id)), &others, &found, err) < 0)
        return -1;
    if (others > 0)
        return 0;
    struct hazard *released = change_copy(c, &hazard_kind, h);
    unset(released, ordered_on);
    return save_hazard(c, h, released, err);
}

static int may_serve(struct change *c, struct error *err)
{
    const struct paper_record *p = c->after;
    if (has(p, served_on) && (p->served_on < day_of_ms(p->issued_at) || p->served_on > day_of_ms(c->now)))
        fail_field(err, "served_on", "送达日期应在签发之后、今天之前（含）",
                   "It is served between its issue and today");
    bool left = has(p, service_mode) && strcmp(p->service_mode, "left") == 0;
    bool direct = has(p, service_mode) && strcmp(p->service_mode, "direct") == 0;
    if (direct && !has(p, receiver))
        fail_field(err, "receiver", "直接送达须写签收人", "Served directly: name who signed for it");
    if (left && !has(p, service_note))
        fail_field(err, "service_note", "留置送达须写明拒收事由和见证人",
                   "Left: say why it was refused, and the witness");
    return err->fault ? -1 : 0;
}

static int may_void(struct change *c, struct error *err)
{
    struct paper_record *p = c->after;
    set(p, voided_at, c->now);
    for (size_t i = 0; paper_is_instruction(p) && i < item_count(p); i++)
        if (release_item(c, i, err) < 0)
            return -1;
    return 0;
}

/* A number that was given stays with its paper. */
static int paper_kept(struct change *c, struct error *err)
{
    const struct paper_record *p = c->after;
    if (p->is.removed_at && p->state != DOCUMENT_DRAFT)
        return refuse(err, "paper.numbered", "已编号的文书不能移入回收站，请作废",
                      "It has a number: declare it void instead");
    return 0;
}

static bool paper_settled(const void *record)
{
    return ((const struct paper_record *)record)->state != DOCUMENT_DRAFT;
}

/* ---- declaration ---- */

static const struct field item_fields[] = {
    { REFERENCE(struct paper_item_line, hazard), .label = { "隐患", "Hazard" }, .ref = "hazard", .flags = REQUIRED },
    { TEXT(struct paper_item_line, text), .label = { "存在的问题", "What is wrong" }, .max = 500, .flags = WIDE },
    { TEXT(struct paper_item_line, basis), .label = { "依据", "Basis" }, .max = 200 },
    { YES_NO(struct paper_item_line, major), .label = { "重大隐患", "Major" } },
    { DATE(struct paper_item_line, due), .label = { "整改期限", "Fix by" } },
    { CHOICE(struct paper_item_line, result), .label = { "复查结果", "Result" }, .choices = &paper_results },
};

const struct kind paper_item_kind = {
    .name = "paper_item",
    .plural = "paper-items",
    .label = { "文书条目", "Item of a paper" },
    .size = sizeof(struct paper_item_line),
    .fields = LISTED(item_fields),
    .child = true,
};

static const struct group paper_groups[] = { { "what", { "文书", "Paper" } },
                                             { "who", { "签发", "Issue" } },
                                             { "service", { "送达", "Service" } },
                                             { "proof", { "核验", "Proof" } } };

#define P struct paper_record
static const struct field paper_fields[] = {
    { TEXT(P, title), .label = { "名称", "Title" }, .max = 200, .flags = REQUIRED | TITLE | DERIVED | SEARCH | LIST,
      .group = "what" },
    { TEXT(P, doc_number), .label = { "文号", "Number" }, .max = 60, .flags = DERIVED | UNIQUE | SEARCH | LIST,
      .group = "what" },
    { STATE(P, state), .label = { "文书状态", "State" }, .flags = LIST | INDEXED, .group = "what" },
    { CHOICE(P, type), .label = { "文书种类", "Type" }, .choices = &paper_types, .flags = REQUIRED | FIXED | INDEXED,
      .group = "what" },
    { OBJECT(P, object), .label = { "被检查单位", "Inspected unit" }, .flags = REQUIRED | DERIVED, .group = "what" },
    { TEXT(P, recipient), .label = { "文书抬头", "Addressed to" }, .max = 100, .flags = SEARCH, .group = "what",
      .hint = { "不填即为单位名称", "The unit's name, when left empty" } },
    { REFERENCE(P, instruction), .label = { "所复查的指令书", "Answers" }, .ref = "paper", .flags = FIXED,
      .group = "what" },
    { LINES(P, items), .label = { "条目", "Items" }, .lines = &paper_item_kind, .max = PAPER_ITEMS_MAX, .flags = WIDE,
      .group = "what" },
    { DATE(P, due), .label = { "整改期限", "Fix by" }, .flags = LIST, .group = "what",
      .hint = { "条目另写期限的，以条目为准；写当天即为立即整改",
                "An item's own day comes first; today means at once" } },
    { LONG_TEXT(P, opinion), .label = { "复查意见", "Opinion" }, .max = 1000, .flags = WIDE, .group = "what" },
    { REFERENCE(P, organisation), .label = { "签发单位", "Issued by" }, .ref = "organisation", .flags = LIST,
      .group = "who" },
    { TEXT(P, issuer), .label = { "签发单位名称", "Name of the issuer" }, .max = 100, .flags = DERIVED,
      .group = "who" },
    { TEXT(P, remedy), .label = { "复议机关", "Review by" }, .max = 100, .flags = DERIVED, .group = "who" },
    { REFERENCE(P, officer), .label = { "执法人员", "Officer" }, .ref = "account", .group = "who" },
    { TEXT(P, officer_certificate), .label = { "执法证号", "Certificate" }, .max = 30, .group = "who" },
    { REFERENCE(P, second_officer), .label = { "第二名执法人员", "Second officer" }, .ref = "account", .group = "who",
      .hint = { "执法人员不得少于两人；草稿可以先空着，签发前须写明",
                "There must be two officers; a draft may wait for the second, its issue does not" } },
    { TEXT(P, second_certificate), .label = { "第二人执法证号", "Second certificate" }, .max = 30, .group = "who" },
    { DATE_TIME(P, issued_at), .label = { "签发时间", "Issued at" }, .flags = DERIVED | LIST, .group = "who" },
    { REFERENCE(P, issued_by), .label = { "签发人", "Signed by" }, .ref = "account", .flags = DERIVED, .group = "who" },
    { TEXT(P, issued_name), .label = { "签发人姓名", "Name of the signer" }, .max = 60, .flags = DERIVED,
      .group = "who" },
    { DATE(P, served_on), .label = { "送达日期", "Served on" }, .flags = MOVE_ONLY | LIST, .group = "service" },
    { CHOICE(P, service_mode), .label = { "送达方式", "Way of service" }, .choices = &service_modes, .flags = MOVE_ONLY,
      .group = "service" },
    { TEXT(P, receiver), .label = { "签收人", "Signed for by" }, .max = 60, .flags = MOVE_ONLY, .group = "service" },
    { TEXT(P, service_note), .label = { "送达情况", "Remarks on service" }, .max = 200, .flags = MOVE_ONLY | WIDE,
      .group = "service" },
    { FILES(P, receipt), .label = { "送达回执", "Receipt" }, .max = 5, .flags = MOVE_ONLY | WIDE, .group = "service" },
    { TEXT(P, void_reason), .label = { "作废原因", "Why void" }, .max = 200, .flags = MOVE_ONLY | WIDE,
      .group = "service" },
    { DATE_TIME(P, voided_at), .label = { "作废时间", "Void since" }, .flags = DERIVED, .group = "service" },
    { TEXT(P, check_code), .label = { "核验码", "Check code" }, .max = 12, .flags = DERIVED | UNIQUE,
      .group = "proof" },
    { FILES(P, document), .label = { "文书原件", "Document" }, .max = 1, .flags = DERIVED | WIDE, .group = "proof" },
    { TEXT(P, digest), .label = { "SHA-256", "SHA-256" }, .max = 64, .flags = DERIVED | WIDE, .group = "proof" },
};

static const struct state paper_states[] = {
    [DOCUMENT_DRAFT] = { "draft", { "草稿", "Draft" }, TONE_IDLE, false },
    [DOCUMENT_ISSUED] = { "issued", { "已签发", "Issued" }, TONE_RUNNING, false },
    [DOCUMENT_SERVED] = { "served", { "已送达", "Served" }, TONE_DONE, true },
    [DOCUMENT_VOID] = { "void", { "已作废", "Void" }, TONE_STOPPED, true },
};

static const struct move paper_moves[] = {
    { .name = "issue",
      .label = { "签发", "Issue" },
      .hint = { "签发即编号，内容不能再改；隐患的整改期限以文书为准。",
                "Gives it its number and freezes it; its deadlines bind the hazards." },
      .from = { DOCUMENT_DRAFT },
      .from_count = 1,
      .to = DOCUMENT_ISSUED,
      .needs = "issue",
      .accepts = { "due", "officer", "officer_certificate", "second_officer", "second_certificate" },
      .must = { "officer", "second_officer" },
      .check = may_issue },
    { .name = "serve",
      .label = { "登记送达", "Record the service" },
      .hint = { "写明送达日期、方式和签收人。", "Say when, how and who signed for it." },
      .from = { DOCUMENT_ISSUED },
      .from_count = 1,
      .to = DOCUMENT_SERVED,
      .needs = "issue",
      .accepts = { "served_on", "service_mode", "receiver", "service_note", "receipt" },
      .must = { "served_on", "service_mode" },
      .check = may_serve },
    { .name = "void",
      .label = { "作废", "Declare void" },
      .hint = { "作废的文书保留文号和原件，核验时显示已作废。",
                "It keeps its number and its document; whoever verifies it is told." },
      .from = { DOCUMENT_ISSUED, DOCUMENT_SERVED },
      .from_count = 2,
      .to = DOCUMENT_VOID,
      .needs = "issue",
      .accepts = { "void_reason" },
      .must = { "void_reason" },
      .danger = true,
      .check = may_void },
};

/* 文书登记簿. */
static const struct ledger_column paper_ledger[] = {
    { LEDGER_ROW, { "序号", "No." } },
    { "doc_number", { "文号", "Number" } },
    { "type", { "文书种类", "Type" } },
    { "recipient", { "被检查单位", "Inspected unit" } },
    { "issuer", { "签发单位", "Issued by" } },
    { "issued_at", { "签发时间", "Issued at" } },
    { "due", { "整改期限", "Fix by" } },
    { "served_on", { "送达日期", "Served on" } },
    { "service_mode", { "送达方式", "Service" } },
    { "receiver", { "签收人", "Signed for by" } },
    { "state", { "文书状态", "State" } },
};

const struct kind paper_kind = {
    .name = "paper",
    .plural = "papers",
    .label = { "文书", "Paper" },
    .menu = "hazards",
    .size = sizeof(P),
    .fields = LISTED(paper_fields),
    .groups = LISTED(paper_groups),
    .states = LISTED(paper_states),
    .moves = LISTED(paper_moves),
    .scope = SCOPE_OBJECT,
    .scope_field = "object",
    .open_states = ",issued,served,void,",
    .drafted_by = "organisation",
    .sorts = { "id" },
    .newest_first = true,
    .ledger = LISTED(paper_ledger),
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_EXPORT,
    .settled = paper_settled,
    .tidy = paper_tidy,
    .check = paper_check,
    .kept = paper_kept,
};
