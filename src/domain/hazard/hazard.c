#include "domain/hazard/hazard.h"

#include "base/clock.h"
#include "calendar/deadline.h"
#include "domain/change.h"
#include "domain/hazard/clause.h"
#include "domain/lists.h"
#include "record/type.h"

#include <string.h>

bool hazard_is_major(const struct hazard *h)
{
    return has(h, level) && strcmp(h->level, "major") == 0;
}

bool hazard_in_repair(const struct hazard *h)
{
    return h->state == HAZARD_ASSIGNED || h->state == HAZARD_OBJECTED || h->state == HAZARD_RECTIFYING ||
           h->state == HAZARD_EXTENSION;
}

/* Numbers given one after the other fall into blocks; which one of a block is drawn does not show. */
bool hazard_is_drawn(int64_t id)
{
    uint64_t x = (uint64_t)id / HAZARD_DRAWN_OF;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return (uint64_t)id % HAZARD_DRAWN_OF == (x ^ x >> 31) % HAZARD_DRAWN_OF;
}

const char *hazard_look_back_rule(const struct hazard *h)
{
    if (hazard_is_major(h))
        return "hazard.look_back";
    return hazard_is_drawn(h->is.id) ? "hazard.look_back_sample" : NULL;
}

/* Each entry of the list is the field of that name; a person may be named in words. */
const char *hazard_lacking(const struct hazard *h, struct arena *arena)
{
    const char *out = NULL;
    for (size_t i = 0; i < arrangements.count; i++) {
        const struct field *f = field_find(&hazard_kind, arrangements.items[i].code);
        const struct field *words = f->companion ? field_find(&hazard_kind, f->companion) : NULL;
        if (!record_bit(h->is.known, field_slot(f)) && !(words && record_bit(h->is.known, field_slot(words))))
            out = arena_printf(arena, "%s%s,", out ? out : ",", f->name);
    }
    return out;
}

static void say_lacking(struct change *c, struct hazard *h)
{
    bool runs = h->state == HAZARD_ASSIGNED || h->state == HAZARD_RECTIFYING;
    const char *lacks = runs ? hazard_lacking(h, c->arena) : NULL;
    if (lacks)
        set(h, lacks, lacks);
    else
        unset(h, lacks);
}

/* An old ledger brings hazards that are half way or closed. What it does not say stays unknown; what it says must not
** contradict itself. */
static void check_ledger(const struct hazard *h, int64_t today, struct error *err)
{
    if (has(h, fixed_on) && (h->fixed_on < h->found_on || h->fixed_on > today))
        fail_field(err, "fixed_on", "整改完成日期应在发现日期之后、今天之前，请核对两个日期",
                   "It must lie between the date found and today; check both dates");
    if (has(h, closed_on) && (h->closed_on < h->found_on || h->closed_on > today))
        fail_field(err, "closed_on", "复查（销号）日期应在发现日期之后、今天之前，请核对两个日期",
                   "It must lie between the date found and today; check both dates");
    else if (has(h, closed_on) && has(h, fixed_on) && h->closed_on < h->fixed_on)
        fail_field(err, "closed_on", "复查（销号）日期早于整改完成日期，请核对",
                   "It was closed before it was fixed; check it");
    if (has(h, closed_on) && h->state != HAZARD_CLOSED)
        fail_field(err, "state", "有销号日期，状态却不是“已销号”，请核对",
                   "It has a closing date but is not closed; check it");
}

/* Whoever ordered it re-checks it after the repair is handed in or the time is over, whichever is first (hazard reference §5):
** an order nobody obeys is the authority's to follow up, and a late repair gives it no more time. The day stays on the record
** afterwards, as that of the repair does. */
static void say_recheck(struct hazard *h)
{
    bool fixed = h->state == HAZARD_FIXED && has(h, fixed_on), ordered = has(h, ordered_on) && has(h, due);
    if (ordered && (hazard_in_repair(h) || (fixed && h->due < h->fixed_on)))
        set(h, recheck_from, h->due);
    else if (fixed)
        set(h, recheck_from, h->fixed_on);
}

/* A major hazard that a ledger brings closed is looked back at while its months run; what they are over for stays closed. */
static int say_look_back(struct change *c, struct hazard *h, struct error *err)
{
    int64_t last;
    if (c->before || h->state != HAZARD_CLOSED || !hazard_is_major(h) || !has(h, closed_on))
        return 0;
    if (deadline_day(c->calendar, &deadline_rules, hazard_look_back_rule(h), h->closed_on, &last, err) < 0)
        return -1;
    if (last >= day_of_ms(c->now))
        set(h, look_back_due, last);
    return 0;
}

/* The county lists every major hazard, the city what was found again or is to take too long. Which of them are late follows
** from the day and stands in no field. */
static int say_lists(struct change *c, struct hazard *h, struct error *err)
{
    int64_t last = INT64_MAX;
    if (!hazard_is_major(h)) {
        unset(h, lists);
        return 0;
    }
    if (has(h, due) && deadline_day(c->calendar, &deadline_rules, "listing.too_long", h->found_on, &last, err) < 0)
        return -1;
    bool city = (has(h, repeated) && h->repeated) || (has(h, due) && h->due > last);
    set(h, lists, city ? "city" : "county");
    return 0;
}

/* By what it is judged on the day it was found: asked again whenever one of the three is another, and of a ledger's row. */
static void check_clause(struct change *c, const struct hazard *h, struct error *err)
{
    static const char *const asked[] = { "level", "clause", "found_on" };
    bool differs = !c->before;
    for (size_t i = 0; i < COUNT(asked) && !differs; i++)
        differs = change_differs(c, field_find(&hazard_kind, asked[i]));
    if (!has(h, clause)) {
        if (hazard_is_major(h))
            fail_field(err, "clause", "重大隐患必须写明判定依据的条款",
                       "A major hazard needs the clause it is judged by");
    } else if (differs) {
        clause_check("clause", h->clause, hazard_is_major(h), h->found_on, err);
    }
}

static int hazard_check(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    int64_t today = day_of_ms(c->now);
    if (h->found_on > today)
        fail_field(err, "found_on", "发现日期不能晚于今天", "It cannot have been found after today");
    if (has(h, due) && h->due < h->found_on)
        fail_field(err, "due", "整改期限早于发现日期，请改期限", "The deadline is before the date found; change it");
    if (has(h, congress_on) && (h->congress_on < h->found_on || h->congress_on > today))
        fail_field(err, "congress_on", "职工大会报告日期应在发现日期之后、今天之前（含）",
                   "It lies between the date found and today");
    check_clause(c, h, err);
    if (!c->before && c->import_id)
        check_ledger(h, today, err);
    if (!c->before) {
        if (!has(h, returns))
            set(h, returns, 0);
        set(h, extensions, 0);
        set(h, reopened, 0);
        set(h, look_backs, 0);
        /* A person who reports it has found it, unless they say who did; a ledger says it itself. */
        if (!has(h, finder) && !c->import_id && !c->actor->program)
            set(h, finder, c->actor->display_name);
        if (!c->import_id && !c->actor->program)
            set(h, reporter, c->actor->id);
    }
    say_recheck(h);
    say_lacking(c, h);
    return err->fault || say_look_back(c, h, err) < 0 ? -1 : say_lists(c, h, err);
}

static const struct group hazard_groups[] = {
    { "found", { "基本情况", "What was found" } },
    { "level", { "定级与报告", "Classification and report" } },
    { "five", { "五落实", "Five arrangements" } },
    { "repair", { "整改", "Rectification" } },
    { "recheck", { "复查", "Re-check" } },
    { "look_back", { "回头看", "Look-back" } },
    { "listing", { "督办与关闭", "Listing and closure" } },
};

/* What the law asks of a major hazard alone. */
#define ONLY_MAJOR WHEN("level", ",major,")

static const struct field hazard_fields[] = {
    { TEXT(struct hazard, description), .label = { "隐患内容", "Description" }, .max = 500,
      .flags = REQUIRED | TITLE | SEARCH | LIST | WIDE, .group = "found" },
    { CHOICE(struct hazard, level), .label = { "隐患级别", "Level" }, .choices = &hazard_levels,
      .flags = MOVE_ONLY | LIST | INDEXED, .group = "level" },
    { STATE(struct hazard, state), .label = { "隐患状态", "State" }, .flags = LIST | INDEXED, .group = "found" },
    { OBJECT(struct hazard, object), .label = { "责任单位", "Responsible unit" }, .flags = REQUIRED | FIXED | LIST,
      .group = "found" },
    { DATE(struct hazard, found_on), .label = { "排查日期", "Found on" }, .flags = REQUIRED | LIST, .group = "found" },
    { DATE(struct hazard, due), .label = { "整改期限", "Fix by" }, .flags = MOVE_ONLY | LIST, .group = "five" },
    { REFERENCE(struct hazard, responsible), .label = { "责任人", "Responsible person" }, .ref = "account",
      .flags = MOVE_ONLY | LIST | PARTY, .group = "five", .companion = "responsible_name", .answers = "rectify" },
    { TEXT(struct hazard, finder), .label = { "排查人", "Found by" }, .max = 60, .group = "found",
      .hint = { "不填即为登记人", "Whoever reports it, when left empty" } },
    /* A worker reads of the firm's hazards what he reported himself and what names him. */
    { REFERENCE(struct hazard, reporter), .label = { "报告人", "Reported by" }, .ref = "account",
      .flags = DERIVED | PARTY, .group = "found" },
    { TEXT(struct hazard, location), .label = { "具体位置", "Location" }, .max = 100, .flags = SEARCH,
      .group = "found" },
    { PLACE(struct hazard, place), .label = { "坐标", "Coordinates" }, .group = "found",
      .hint = { "WGS-84 经纬度", "WGS-84 longitude and latitude" } },
    { CHOICE(struct hazard, source), .label = { "发现方式", "How found" }, .choices = &hazard_sources,
      .flags = REQUIRED | IMPORTED, .group = "found" },
    { CHOICE(struct hazard, category), .label = { "隐患类型", "Category" }, .choices = &hazard_categories,
      .group = "found" },
    { FILES(struct hazard, photos), .label = { "现场照片", "Photos" }, .max = 20, .flags = WIDE, .group = "found",
      .shows_on = "found_on" },
    { TEXT(struct hazard, external_no), .label = { "原系统编号", "Source number" }, .max = 60, .flags = UNIQUE | SEARCH,
      .group = "found" },
    { TEXT(struct hazard, external_type), .label = { "原系统分类", "Source type" }, .max = 60, .flags = INDEXED,
      .group = "found", .hint = { "原台账或原系统里的分类", "How the source ledger sorts it" } },
    { MONEY(struct hazard, fine), .label = { "罚款金额", "Fine" }, .unit = { "元", "yuan" }, .group = "found" },
    { MONEY(struct hazard, fine_first), .label = { "最初罚款金额", "Fine at first" }, .unit = { "元", "yuan" },
      .group = "found", .hint = { "复议、诉讼或减免之前", "Before an appeal or a settlement changed it" } },
    { TEXT(struct hazard, clause), .label = { "判定依据", "Clause" }, .max = 200, .flags = MOVE_ONLY | SEARCH,
      .group = "level",
      .hint = { "重大隐患必填：选条款；库里没有的写标准编号和条款",
                "Needed for a major hazard: a clause of the library, else number and clause of the standard" } },
    { DATE(struct hazard, major_on), .label = { "定为重大日期", "Major since" }, .flags = DERIVED, .group = "level" },
    { DATE(struct hazard, reported_on), .label = { "报告日期", "Reported on" }, .flags = MOVE_ONLY, .group = "level",
      .hint = { "主管部门收到重大隐患报告的日期", "The day the department got the report" }, ONLY_MAJOR },
    { REFERENCE(struct hazard, reported_to), .label = { "报告部门", "Reported to" }, .ref = "organisation",
      .flags = MOVE_ONLY, .group = "level",
      .hint = { "负有安全生产监督管理职责的部门", "The department that supervises it" }, ONLY_MAJOR },
    { DATE(struct hazard, congress_on), .label = { "职工大会报告日期", "Told to the staff congress on" },
      .group = "level",
      .hint = { "向职工大会或者职工代表大会报告排查治理情况的日期",
                "The day its finding and treatment were reported there" },
      ONLY_MAJOR },
    { LONG_TEXT(struct hazard, report_cause), .label = { "现状及产生原因", "Present state and cause" }, .max = 1000,
      .flags = MOVE_ONLY | WIDE, .group = "level", ONLY_MAJOR },
    { LONG_TEXT(struct hazard, report_analysis), .label = { "危害程度和整改难易程度", "Harm and effort" }, .max = 1000,
      .flags = MOVE_ONLY | WIDE, .group = "level", ONLY_MAJOR },
    { LONG_TEXT(struct hazard, measures), .label = { "整改措施", "Measures" }, .max = 1000, .flags = MOVE_ONLY | WIDE,
      .group = "five" },
    { MONEY(struct hazard, funds), .label = { "整改资金", "Funds" }, .unit = { "元", "yuan" }, .flags = MOVE_ONLY,
      .group = "five", .hint = { "不花钱的填 0", "Write 0 when it costs nothing" } },
    { LONG_TEXT(struct hazard, contingency), .label = { "应急预案", "Contingency plan" }, .max = 1000,
      .flags = MOVE_ONLY | WIDE, .group = "five" },
    { CHOICES(struct hazard, lacks), .label = { "五落实缺项", "Arrangements missing" }, .choices = &arrangements,
      .flags = DERIVED, .group = "five",
      .hint = { "原台账没有写的，补全后才能提交整改",
                "What a ledger left out: needed before the repair is handed in" } },
    { TEXT(struct hazard, responsible_name), .label = { "责任人姓名", "Name of the responsible person" }, .max = 60,
      .group = "five",
      .hint = { "责任人在本系统没有账号时，写姓名", "Of a responsible person who has no account here" } },
    { TEXT(struct hazard, plan_goal), .label = { "治理目标", "Aim of the treatment plan" }, .max = 500,
      .flags = MOVE_ONLY | WIDE, .group = "five", ONLY_MAJOR },
    { DATE(struct hazard, plan_signed_on), .label = { "治理方案签署日期", "Plan signed on" }, .flags = MOVE_ONLY,
      .group = "five", .hint = { "由主要负责人签署", "By the head of the unit" }, ONLY_MAJOR },
    { REFERENCE(struct hazard, assigner), .label = { "交办人", "Assigner" }, .ref = "account", .flags = DERIVED,
      .group = "five" },
    { DATE(struct hazard, assigned_on), .label = { "交办日期", "Assigned on" }, .flags = DERIVED, .group = "five" },
    { DATE(struct hazard, ordered_on), .label = { "责令整改日期", "Ordered on" }, .flags = DERIVED, .group = "five" },
    { CHOICE(struct hazard, set_level), .label = { "交办层级", "Level that assigned it" }, .choices = &standings,
      .flags = DERIVED, .group = "five",
      .hint = { "交办、另定期限的人所在层级；延期和异议由其上级决定",
                "Of whoever assigned it or set its deadline; more time and objections are for those above" } },
    { LONG_TEXT(struct hazard, reason), .label = { "理由", "Reason" }, .max = 1000, .flags = MOVE_ONLY | WIDE | PASSING,
      .group = "repair" },
    { DATE(struct hazard, extension_to), .label = { "申请延期至", "Extension asked to" }, .flags = MOVE_ONLY,
      .group = "repair" },
    { REFERENCE(struct hazard, extension_by), .label = { "延期申请人", "Extension asked by" }, .ref = "account",
      .flags = DERIVED, .group = "repair" },
    { INTEGER(struct hazard, extensions), .label = { "延期次数", "Extensions" }, .flags = DERIVED, .group = "repair" },
    { LONG_TEXT(struct hazard, assessment), .label = { "治理评估", "Assessment" }, .max = 1000,
      .flags = MOVE_ONLY | WIDE, .group = "repair",
      .hint = { "评估单位或专家及结论", "Who assessed it, and the finding" }, ONLY_MAJOR },
    { LONG_TEXT(struct hazard, rectification), .label = { "整改情况", "What was done" }, .max = 2000,
      .flags = MOVE_ONLY | WIDE, .group = "repair" },
    { FILES(struct hazard, evidence), .label = { "整改后照片", "Evidence" }, .max = 20, .flags = MOVE_ONLY | WIDE,
      .group = "repair", .shows_on = "fixed_on" },
    { REFERENCE(struct hazard, rectifier), .label = { "整改人", "Rectifier" }, .ref = "account",
      .flags = DERIVED | LEDGER | PARTY, .group = "repair" },
    { DATE(struct hazard, fixed_on), .label = { "整改完成日期", "Fixed on" }, .flags = DERIVED | LEDGER,
      .group = "repair" },
    { LONG_TEXT(struct hazard, opinion), .label = { "复查意见", "Opinion" }, .max = 1000, .flags = MOVE_ONLY | WIDE,
      .group = "recheck" },
    { DATE(struct hazard, site_review_on), .label = { "现场审查日期", "Reviewed on site" }, .flags = MOVE_ONLY,
      .group = "recheck", ONLY_MAJOR },
    { REFERENCE(struct hazard, rechecker), .label = { "复查人", "Re-checker" }, .ref = "account",
      .flags = DERIVED | LEDGER | PARTY, .group = "recheck", .companion = "rechecker_name" },
    { DATE(struct hazard, recheck_on), .label = { "复查日期", "Re-checked on" }, .flags = DERIVED | LEDGER,
      .group = "recheck" },
    { TEXT(struct hazard, rechecker_name), .label = { "复查人姓名", "Name of the re-checker" }, .max = 60,
      .group = "recheck",
      .hint = { "原台账所写，本系统没有该账号时", "As the source ledger says it, of somebody without an account" } },
    { INTEGER(struct hazard, returns), .label = { "退回次数", "Returns" }, .flags = DERIVED | LEDGER,
      .group = "recheck" },
    { DATE(struct hazard, closed_on), .label = { "销号日期", "Closed on" }, .flags = DERIVED | LEDGER,
      .group = "recheck" },
    { DATE(struct hazard, recheck_from), .label = { "复查起算日期", "Re-check counts from" }, .flags = DERIVED,
      .group = "recheck",
      .hint = { "提交整改或责令期限届满，以先到的为准",
                "The repair or the end of the time ordered, whichever is first" } },
    { CHOICE(struct hazard, look_back_result), .label = { "回头看结果", "What the look-back found" },
      .choices = &look_back_results, .flags = DERIVED, .group = "look_back" },
    { LONG_TEXT(struct hazard, look_back_opinion), .label = { "回头看情况", "What was seen" }, .max = 1000,
      .flags = MOVE_ONLY | WIDE, .group = "look_back" },
    { DATE(struct hazard, look_back_on), .label = { "回头看日期", "Looked back on" }, .flags = MOVE_ONLY,
      .group = "look_back", .hint = { "不填即为今天", "Today, when left empty" } },
    { REFERENCE(struct hazard, look_back_by), .label = { "回头看人员", "Looked back by" }, .ref = "account",
      .flags = DERIVED | PARTY, .group = "look_back" },
    { FILES(struct hazard, look_back_photos), .label = { "回头看照片", "Photos of the look-back" }, .max = 20,
      .flags = MOVE_ONLY | WIDE, .group = "look_back" },
    { DATE(struct hazard, look_back_due), .label = { "回头看期限", "Look back by" }, .flags = DERIVED,
      .group = "look_back" },
    { INTEGER(struct hazard, look_backs), .label = { "回头看次数", "Times looked back at" }, .flags = DERIVED,
      .group = "look_back" },
    { INTEGER(struct hazard, reopened), .label = { "回头看反弹次数", "Times reopened" }, .flags = DERIVED,
      .group = "look_back" },
    { YES_NO(struct hazard, repeated), .label = { "重复隐患", "Repeated" }, .flags = DERIVED, .group = "level" },
    { REFERENCE(struct hazard, repeat_of), .label = { "前次隐患", "Repeats" }, .ref = "hazard", .flags = DERIVED,
      .group = "level", .hint = { "同一单位、同一条款，十二个月内", "Same unit, same clause, within twelve months" } },
    { REFERENCE(struct hazard, first_closer), .label = { "首次销号人", "First closed by" }, .ref = "account",
      .flags = DERIVED | PARTY, .group = "recheck" },
    { DATE(struct hazard, first_closed_on), .label = { "首次销号日期", "First closed on" }, .flags = DERIVED,
      .group = "recheck" },
    { CHOICE(struct hazard, lists), .label = { "应由哪级挂牌", "Listed by" }, .choices = &listing_levels,
      .flags = DERIVED, .group = "listing" },
    { CHOICE(struct hazard, listed_level), .label = { "挂牌督办级别", "Level of listing" }, .choices = &listing_levels,
      .flags = MOVE_ONLY, .group = "listing" },
    { TEXT(struct hazard, listing_no), .label = { "督办通知书文号", "Listing notice" }, .max = 60, .flags = MOVE_ONLY,
      .group = "listing" },
    { DATE(struct hazard, listed_on), .label = { "挂牌日期", "Listed on" }, .flags = DERIVED, .group = "listing" },
    { DATE(struct hazard, delisted_on), .label = { "摘牌日期", "Delisted on" }, .flags = DERIVED, .group = "listing" },
    { TEXT(struct hazard, closure_document), .label = { "关闭取缔文号", "Closure document" }, .max = 60,
      .flags = MOVE_ONLY, .group = "listing" },
};

/* The county's own hazard ledger, column by column (隐患排查治理台账). */
static const struct ledger_column hazard_ledger[] = {
    { LEDGER_ROW, { "序号", "No." } },
    { "description", { "隐患内容", "Description" } },
    { "found_on", { "排查日期", "Found on" } },
    { "category", { "隐患类型", "Category" } },
    { "level", { "隐患级别", "Level" } },
    { "object", { "责任单位", "Responsible unit" } },
    { "responsible", { "责任人", "Responsible person" } },
    { "due", { "整改期限", "Fix by" } },
    { "measures", { "整改措施与要求", "Measures and requirements" } },
    { "finder", { "排查人", "Found by" } },
    { "recheck_on", { "复查日期", "Re-checked on" } },
    { "rechecker", { "复查人", "Re-checker" } },
    { "state", { "隐患状态", "State" } },
};

static const struct state hazard_states[] = {
    [HAZARD_FOUND] = { "found", { "已发现", "Found" }, TONE_IDLE, false },
    [HAZARD_CLASSIFIED] = { "classified", { "已定级", "Classified" }, TONE_IDLE, false },
    [HAZARD_ASSIGNED] = { "assigned", { "已交办", "Assigned" }, TONE_IDLE, false },
    [HAZARD_OBJECTED] = { "objected", { "异议待核", "Objected to" }, TONE_REQUEST, false },
    [HAZARD_RECTIFYING] = { "rectifying", { "整改中", "Being rectified" }, TONE_RUNNING, false },
    [HAZARD_EXTENSION] = { "extension_pending", { "延期待批", "Extension asked for" }, TONE_REQUEST, false },
    [HAZARD_SUSPENDED] = { "suspended", { "已中止", "Suspended" }, TONE_STOPPED, false },
    [HAZARD_FIXED] = { "fixed", { "待复查", "To re-check" }, TONE_JUDGE, false },
    [HAZARD_CLOSED] = { "closed", { "已销号", "Closed" }, TONE_DONE, true },
    [HAZARD_ENDED] = { "closed_by_closure", { "随单位关闭终结", "Ended by closure" }, TONE_STOPPED, true },
};

const struct kind hazard_kind = {
    .name = "hazard",
    .plural = "hazards",
    .label = { "隐患", "Hazard" },
    .menu = "hazards",
    .size = sizeof(struct hazard),
    .fields = LISTED(hazard_fields),
    .groups = LISTED(hazard_groups),
    .states = LISTED(hazard_states),
    .moves = hazard_moves,
    .move_count = HAZARD_MOVES,
    .scope = SCOPE_OBJECT,
    .scope_field = "object",
    .sorts = { "found_on", "due", "id" },
    .ledger = LISTED(hazard_ledger),
    .newest_first = true,
    .on_the_spot = true,
    .fact_date = "found_on",
    .identity = "external_no",
    .numbered = true,
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_IMPORT | CAN_EXPORT,
    .check = hazard_check,
};
