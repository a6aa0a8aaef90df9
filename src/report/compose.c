#include "report/compose.h"

#include "base/clock.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/lists.h"
#include "domain/render.h"
#include "record/table.h"
#include "record/type.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BOLD(text) "\x02" text "\x03"
enum { FACT_BYTES = 8192 };

json_t *compose_document(const char *what, int64_t at_ms)
{
    return json_pack("{s:s, s:I, s:[]}", "what", what, "at_ms", (json_int_t)at_ms, "items");
}

const char *compose_instant(struct arena *arena, int64_t ms)
{
    char day[DAY_TEXT];
    int64_t at = day_of_ms(ms), minutes = (ms + CHINA_OFFSET_MS - at * DAY_MS) / 60000;
    day_print(at, day);
    return arena_printf(arena, "%s %02d:%02d", day, (int)(minutes / 60), (int)(minutes % 60));
}

/* 2026年2月27日: no leading zeros in a paper. */
static const char *day_words(struct arena *arena, int64_t day)
{
    int year, month, dom;
    day_to_ymd(day, &year, &month, &dom);
    return arena_printf(arena, "%d年%d月%d日", year, month, dom);
}

static void put(json_t *to, const char *name, const char *value)
{
    if (value)
        json_object_set_new(to, name, json_string(value));
}

/* ---- papers ---- */

static const struct paper_item_line *item_at(const struct paper_record *p, size_t i)
{
    return (const struct paper_item_line *)p->items->rows + i;
}

static int64_t item_due(const struct paper_record *p, const struct paper_item_line *item)
{
    return has(item, due) ? item->due : has(p, due) ? p->due : 0;
}

static json_t *paper_items(const struct compose *c, const struct paper_record *p)
{
    json_t *list = json_array();
    for (size_t i = 0; has(p, items) && i < p->items->count; i++) {
        const struct paper_item_line *item = item_at(p, i);
        const char *text = has(item, text) ? item->text : "";
        bool major = has(item, major) && item->major,
             ends = strlen(text) > 3 && (strstr(text + strlen(text) - 3, "。"));
        json_t *one = json_object();
        if (!ends)
            text = arena_printf(c->arena, "%s。", text);
        if (paper_is_instruction(p)) {
            put(one, "text", has(item, basis) && !major ? arena_printf(c->arena, "%s（%s）", text, item->basis) : text);
            if (major)
                put(one, "stress",
                    has(item, basis) ? arena_printf(c->arena, "（重大事故隐患，%s）", item->basis)
                                     : "（重大事故隐患）");
        } else {
            const struct choice *result = has(item, result) ? choice_find(&paper_results, item->result, 0) : NULL;
            put(one, "text", text);
            put(one, "stress", arena_printf(c->arena, "复查结果：%s。", result ? result->label.zh : "待定"));
        }
        json_array_append_new(list, one);
    }
    return list;
}

/* "对上述第 1、3 项问题于…前（含当日）整改完毕": items of one day together, in the order of the days. */
static void put_deadlines(const struct compose *c, const struct paper_record *p, int64_t today, struct text *out)
{
    size_t count = has(p, items) ? p->items->count : 0, said = 0;
    bool one_day = true;
    for (size_t i = 1; i < count; i++)
        one_day &= item_due(p, item_at(p, i)) == item_due(p, item_at(p, 0));
    for (int64_t last = -1; said < count;) {
        int64_t day = INT64_MAX;
        for (size_t i = 0; i < count; i++)
            if (item_due(p, item_at(p, i)) > last && item_due(p, item_at(p, i)) < day)
                day = item_due(p, item_at(p, i));
        text_str(out, said ? "，对第" : one_day ? "对上述问题" : "对上述第");
        bool first = true;
        for (size_t i = 0; i < count; i++) {
            if (item_due(p, item_at(p, i)) != day)
                continue;
            if (!one_day)
                text_printf(out, "%s%zu", first ? "" : "、", i + 1);
            first = false;
            said++;
        }
        text_str(out, one_day ? "" : "项问题");
        if (day == 0)
            text_str(out, "于" BOLD("（期限未填）") "前整改完毕");
        else if (day == today)
            text_str(out, BOLD("立即整改"));
        else
            text_printf(out, "于" BOLD("%s") "前（含当日）整改完毕", day_words(c->arena, day));
        last = day;
    }
}

static json_t *instruction_words(const struct compose *c, const struct paper_record *p, const char *remedy)
{
    AUTO_TEXT order = TEXT_LIMIT(16 * 1024);
    bool major = false;
    for (size_t i = 0; has(p, items) && i < p->items->count; i++)
        major |= has(item_at(p, i), major) && item_at(p, i)->major;
    text_str(&order, "现责令你单位");
    put_deadlines(c, p, day_of_ms(has(p, issued_at) ? p->issued_at : c->now_ms), &order);
    text_str(&order, "，达到有关法律法规规章和标准规定的要求。由此造成事故的，依法追究有关人员的责任。");
    json_t *list = json_array();
    json_array_append_new(list, json_string(text_get(&order)));
    if (major)
        json_array_append_new(list,
                              json_string("重大事故隐患排除前或者排除过程中无法保证安全的，应当从危险区域内撤出作业"
                                          "人员，暂时停产停业或者停止使用相关设施、设备。"));
    json_array_append_new(
        list,
        json_string("整改期间，你单位应当采取措施，确保安全生产。逾期不整改或者整改不合格的，将依法予以行政处罚。"));
    json_array_append_new(list, json_string(arena_printf(
                                    c->arena,
                                    "如不服本指令，可以自收到之日起六十日内向%s申请行政复议，或者六个月内向有管辖权的"
                                    "人民法院提起行政诉讼。复议、诉讼期间不停止执行，法律另有规定的除外。",
                                    remedy)));
    return list;
}

static json_t *opinion_words(const struct paper_record *p)
{
    json_t *list = json_array();
    bool passed = true;
    for (size_t i = 0; has(p, items) && i < p->items->count; i++)
        passed &= has(item_at(p, i), result) && strcmp(item_at(p, i)->result, "passed") == 0;
    if (has(p, opinion))
        json_array_append_new(list, json_string(p->opinion));
    json_array_append_new(list, json_string(passed ? "上述问题已按要求整改完毕。你单位应当巩固整改成果，防止反弹。"
                                                   : "对未整改合格的问题，你单位应当继续采取措施确保安全，本机关将依法"
                                                     "处理。"));
    return list;
}

static void put_signers(const struct compose *c, const struct paper_record *p, json_t *paper)
{
    bool order = paper_is_instruction(p);
    const char *const certificates[] = { has(p, officer_certificate) ? p->officer_certificate : NULL,
                                         has(p, second_certificate) ? p->second_certificate : NULL };
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT(certificates); i++)
        json_array_append_new(
            list,
            json_pack("{s:s, s:s}", "label",
                      i       ? ""
                      : order ? "执法人员（签名）"
                              : "复查人员（签名）",
                      "note", arena_printf(c->arena, "证号 %s", certificates[i] ? certificates[i] : "____________")));
    json_array_append_new(list,
                          json_pack("{s:s}", "label", order ? "被检查单位负责人（签名）" : "被复查单位负责人（签名）"));
    json_object_set_new(paper, "signers", list);
}

/* What is frozen when the paper is issued, looked up for a draft. */
static int draft_words(const struct compose *c, const struct paper_record *p, const char **agency, struct error *err)
{
    struct names *n = names_new(c->arena);
    names_want(n, &organisation_kind, has(p, organisation) ? p->organisation : 0);
    if (names_load(n, c->db, c->actor, err) < 0)
        return -1;
    const char *name = names_get(n, &organisation_kind, has(p, organisation) ? p->organisation : 0);
    *agency = name ? name : "（签发单位未填）";
    return 0;
}

static int order_of(const struct compose *c, const struct paper_record *p, const char **out, struct error *err)
{
    struct rows rows;
    *out = "经对你单位整改情况进行复查，提出如下意见：";
    if (!has(p, instruction))
        return 0;
    if (db_query(c->db, &rows, "SELECT doc_number, issued_at FROM paper WHERE id = ?", BIND(value_int(p->instruction)),
                 err) < 0)
        return -1;
    if (rows_next(&rows))
        *out = arena_printf(c->arena,
                            "本机关于%s作出了责令限期整改的决定（%s），经对你单位整改情况进行复查，提出如下意见：",
                            day_words(c->arena, day_of_ms(rows_int(&rows, 1))), rows_text(&rows, 0));
    return rows_done(&rows, err);
}

int compose_paper(const struct compose *c, const struct paper_record *p, json_t *document, struct error *err)
{
    bool order = paper_is_instruction(p), issued = has(p, issued_at);
    const char *agency = issued ? p->issuer : NULL, *opening = "经查，你单位存在下列问题：";
    const struct choice *type = choice_find(&paper_types, p->type, 0);
    if ((!issued && draft_words(c, p, &agency, err) < 0) || (!order && order_of(c, p, &opening, err) < 0))
        return -1;
    json_t *paper = json_object();
    put(paper, "agency", agency);
    put(paper, "title", type ? type->label.zh : "文书");
    put(paper, "number", issued ? p->doc_number : "（草稿，未编号）");
    put(paper, "recipient", has(p, recipient) ? p->recipient : "");
    put(paper, "opening", opening);
    json_object_set_new(paper, "items", paper_items(c, p));
    json_object_set_new(paper, "paragraphs",
                        order ? instruction_words(c, p, has(p, remedy) ? p->remedy : "本级人民政府")
                              : opinion_words(p));
    put_signers(c, p, paper);
    put(paper, "day", issued ? day_words(c->arena, day_of_ms(p->issued_at)) : "　　年　　月　　日");
    if (issued) {
        put(paper, "check_code", p->check_code);
        put(paper, "qr",
            c->public_url ? arena_printf(c->arena, "%s/verify/%s", c->public_url, p->check_code)
                          : arena_printf(c->arena, "%s 核验码 %s", p->doc_number, p->check_code));
        put(paper, "copies",
            order ? "本文书一式两份，一份交被检查单位，一份存档。" : "本文书一式两份，一份交被复查单位，一份存档。");
        put(paper, "printed",
            arena_printf(c->arena, "签发 %s %s", has(p, issued_name) ? p->issued_name : "",
                         compose_instant(c->arena, p->issued_at)));
    } else {
        json_object_set_new(paper, "draft", json_true());
        put(paper, "copies", "草稿，仅供核对，不作文书使用。");
        put(paper, "printed",
            arena_printf(c->arena, "打印 %s %s", c->actor->display_name, compose_instant(c->arena, c->now_ms)));
    }
    put(paper, "form", order ? "文书格式 ZF-05" : "文书格式 ZF-06");
    json_array_append_new(json_object_get(document, "items"), paper);
    return 0;
}

/* ---- cards ---- */

struct attached {
    struct file_row *rows;
    size_t count;
};

/* "3 个文件（照片自带时间：2026-11-25 09:12、2026-11-25 09:15）" of a list of ids. */
static const char *file_words(const struct compose *c, const struct attached *files, const char *ids)
{
    AUTO_TEXT times = TEXT_LIMIT(FACT_BYTES);
    size_t count = 0;
    for (const char *at = ids + 1; *at; count++) {
        char *end;
        int64_t id = strtoll(at, &end, 10);
        for (size_t i = 0; i < files->count; i++)
            if (files->rows[i].id == id && files->rows[i].says.timed)
                text_printf(&times, "%s%s", times.used ? "、" : "",
                            compose_instant(c->arena, files->rows[i].says.taken_ms));
        at = *end ? end + 1 : end;
    }
    if (times.used)
        return arena_printf(c->arena, "%zu 个文件（照片自带时间：%s）", count, text_get(&times));
    return count ? arena_printf(c->arena, "%zu 个文件", count) : NULL;
}

static const char *value_words(const struct compose *c, const struct kind *kind, const struct field *f,
                               const void *record, const struct names *n, const struct attached *files)
{
    const void *member = field_member_const(f, record);
    AUTO_TEXT out = TEXT_LIMIT(FACT_BYTES);
    struct type_context ctx = { .arena = c->arena, .kind = kind, .name = f->name };
    if (f->type == &type_object || f->type == &type_reference) {
        const char *name = names_get(n, f->ref ? kind_find(f->ref) : NULL, *(const int64_t *)member);
        return name;
    }
    if (f->type == &type_region) {
        names_region_path(n, *(const int64_t *)member, &out);
        return arena_str(c->arena, text_get(&out));
    }
    if (f->type == &type_files)
        return file_words(c, files, *(const char *const *)member);
    if (f->type == &type_lines)
        return NULL;
    f->type->to_text(f, &ctx, member, false, &out);
    if (f->unit.zh)
        text_printf(&out, " %s", f->unit.zh);
    return text_ok(&out) ? arena_str(c->arena, text_get(&out)) : NULL;
}

static json_t *card_facts(const struct compose *c, const struct kind *kind, const void *record, const struct names *n,
                          const struct attached *files)
{
    json_t *list = json_array();
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        if (f->type == &type_state)
            continue;
        const char *value = record_bit(record_of_const(record)->known, field_slot(f))
                                ? value_words(c, kind, f, record, n, files)
                                : NULL;
        const struct field *companion = f->companion ? field_find(kind, f->companion) : NULL;
        if (!value && companion && record_bit(record_of_const(record)->known, field_slot(companion)))
            value = value_words(c, kind, companion, record, n, files);
        if (value && *value)
            json_array_append_new(list, json_pack("{s:s, s:s}", "label", f->label.zh, "value", value));
    }
    return list;
}

/* What an act said: the note, and what it wrote that can be read as it stands. */
static const char *act_words(const struct compose *c, const struct kind *kind, const struct history_row *row)
{
    AUTO_TEXT out = TEXT_LIMIT(LIMIT_CELL_BYTES);
    json_t *changes = json_loads(row->changes, 0, NULL);
    if (row->note)
        text_str(&out, row->note);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        const char *value = json_string_value(json_array_get(json_object_get(changes, f->name), 1));
        bool plain = f->type == &type_text || f->type == &type_long_text || f->type == &type_date;
        const struct choice *choice = value && f->type == &type_choice ? choice_find(f->choices, value, 0) : NULL;
        if (value && (plain || choice))
            text_printf(&out, "%s%s：%s", out.used ? "；" : "", f->label.zh, choice ? choice->label.zh : value);
    }
    json_decref(changes);
    return arena_str(c->arena, text_get(&out));
}

static const char *act_name(const struct kind *kind, const struct history_row *row)
{
    static const char *const words[][2] = { { "create", "登记" },  { "change", "修改" }, { "remove", "移入回收站" },
                                            { "restore", "恢复" }, { "import", "导入" }, { "transfer", "移交" },
                                            { "undo", "撤销" } };
    const struct move *move = row->move ? move_find(kind, row->move) : NULL;
    for (size_t i = 0; !move && i < COUNT(words); i++)
        if (strcmp(words[i][0], row->act) == 0)
            return words[i][1];
    return move ? move->label.zh : row->act;
}

int compose_card(const struct compose *c, const struct kind *kind, const void *record, json_t *document,
                 struct error *err)
{
    const struct record *r = record_of_const(record);
    const struct field *state = field_state(kind);
    struct names *n = names_new(c->arena);
    struct history_row *rows;
    size_t count;
    struct attached files;
    if (history_read(c->db, kind, r->id, c->arena, &rows, &count, err) < 0 ||
        file_rows_of(c->db, kind, r->id, c->arena, &files.rows, &files.count, err) < 0)
        return -1;
    names_want_record(n, kind, record);
    for (size_t i = 0; i < count; i++)
        names_want(n, &account_kind, rows[i].actor);
    if (names_load(n, c->db, c->actor, err) < 0)
        return -1;
    json_t *card = json_object(), *events = json_array();
    const char *number = record_number(c->arena, kind, record);
    put(card, "agency", c->actor->organisation_name ? c->actor->organisation_name : "");
    put(card, "title", arena_printf(c->arena, "%s%s登记卡", kind == &hazard_kind ? "事故" : "", kind->label.zh));
    put(card, "number", number ? number : arena_printf(c->arena, "%" PRId64, r->id));
    if (state)
        put(card, "state", kind->states[*(const int64_t *)field_member_const(state, record)].label.zh);
    json_object_set_new(card, "facts", card_facts(c, kind, record, n, &files));
    for (size_t i = count; i > 0; i--) { /* oldest first */
        const struct history_row *h = &rows[i - 1];
        const char *who = names_get(n, &account_kind, h->actor);
        json_array_append_new(events,
                              json_pack("{s:s, s:s, s:s, s:s}", "when", compose_instant(c->arena, h->at), "what",
                                        act_name(kind, h), "who", who ? who : "", "text", act_words(c, kind, h)));
    }
    json_object_set_new(card, "events", events);
    if (c->public_url)
        put(card, "qr", arena_printf(c->arena, "%s/%s/%" PRId64, c->public_url, kind->plural, r->id));
    put(card, "printed",
        arena_printf(c->arena, "打印 %s %s", c->actor->display_name ? c->actor->display_name : "系统",
                     compose_instant(c->arena, c->now_ms)));
    json_array_append_new(json_object_get(document, "items"), card);
    return 0;
}
