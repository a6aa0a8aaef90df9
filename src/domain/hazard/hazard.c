#include "domain/hazard/hazard.h"

#include "base/clock.h"
#include "domain/change.h"
#include "domain/lists.h"
#include "record/type.h"

#include <string.h>

static bool is_major(const struct hazard *h)
{
    return has(h, level) && strcmp(h->level, "major") == 0;
}

static int hazard_check(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    int64_t today = day_of_ms(c->now);
    if (h->found_on > today)
        fail_field(err, "found_on", "发现日期不能晚于今天", "It cannot have been found after today");
    if (has(h, due) && h->due < h->found_on)
        fail_field(err, "due", "整改期限早于发现日期，请改期限", "The deadline is before the date found; change it");
    if (is_major(h) && !has(h, clause))
        fail_field(err, "clause", "重大隐患必须写明判定依据的条款", "A major hazard needs the clause it is judged by");
    if (!c->before)
        set(h, returns, 0);
    return err->fault ? -1 : 0;
}

/* Evidence of this repair: a file the record did not have before. */
static bool has_new_evidence(const struct change *c)
{
    const struct hazard *was = c->before, *h = c->after;
    if (!given(h, evidence) || !has(h, evidence))
        return false;
    for (const char *at = h->evidence; at[1]; at += 1 + strcspn(at + 1, ",")) {
        const char *id = arena_strn(c->arena, at, strcspn(at + 1, ",") + 2);
        if (!has(was, evidence) || !strstr(was->evidence, id))
            return true;
    }
    return false;
}

/* A new round of repair: what the last re-check said is in the history, the next one speaks for itself. */
static void begin_round(struct change *c)
{
    struct hazard *h = c->after;
    set(h, rectifier, c->actor->id);
    set(h, fixed_on, day_of_ms(c->now));
    unset(h, opinion);
}

/* 立行立改: only what is small enough to be removed at once (总局令16号 art 3). */
static int may_fix_on_the_spot(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    if (is_major(h))
        return refuse(err, "hazard.major_spot_fix", "重大隐患不能立行立改，请五落实交办",
                      "A major hazard cannot be fixed on the spot; assign it with the five arrangements");
    if (!has_new_evidence(c))
        return fail_field(err, "evidence", "请上传整改后的照片或材料", "Upload a photo or paper of the repair");
    begin_round(c);
    return 0;
}

static int may_assign(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    if (has(h, due) && h->due < day_of_ms(c->now))
        return fail_field(err, "due", "整改期限不能早于今天", "The deadline cannot be before today");
    return 0;
}

static int may_submit(struct change *c, struct error *err)
{
    if (!has_new_evidence(c))
        return fail_field(err, "evidence", "请上传这次整改后的照片或材料", "Upload a photo or paper of this repair");
    begin_round(c);
    return 0;
}

/* 复查人不能是整改人: neither who was made responsible nor who reported the repair. */
static int is_another(const struct change *c, struct error *err)
{
    const struct hazard *h = c->before;
    if ((has(h, rectifier) && h->rectifier == c->actor->id) || (has(h, responsible) && h->responsible == c->actor->id))
        return refuse(err, "hazard.same_person",
                      "复查人不能是整改人：这条隐患由您负责或提交整改，请由其他有复查权限的人员复查",
                      "The re-checker must be another person: you are responsible for this repair or reported it");
    return 0;
}

static int may_pass(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    if (is_another(c, err) < 0)
        return -1;
    set(h, rechecker, c->actor->id);
    set(h, closed_on, day_of_ms(c->now));
    return 0;
}

static int may_return(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    if (is_another(c, err) < 0)
        return -1;
    if (!given(h, due))
        return fail_field(err, "due", "复查不通过须另定整改期限", "A failed re-check needs a new deadline");
    if (has(h, due) && h->due < day_of_ms(c->now))
        return fail_field(err, "due", "整改期限不能早于今天", "The deadline cannot be before today");
    set(h, rechecker, c->actor->id);
    set(h, returns, h->returns + 1);
    return 0;
}

static const struct group hazard_groups[] = {
    { "found", { "基本情况", "What was found" } }, { "level", { "定级", "Classification" } },
    { "five", { "五落实", "Five arrangements" } }, { "repair", { "整改", "Rectification" } },
    { "recheck", { "复查", "Re-check" } },
};

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
      .flags = MOVE_ONLY | LIST | PARTY, .group = "five" },
    { TEXT(struct hazard, location), .label = { "具体位置", "Location" }, .max = 100, .flags = SEARCH,
      .group = "found" },
    { PLACE(struct hazard, place), .label = { "坐标", "Coordinates" }, .group = "found",
      .hint = { "WGS-84 经纬度", "WGS-84 longitude and latitude" } },
    { CHOICE(struct hazard, source), .label = { "发现方式", "How found" }, .choices = &hazard_sources,
      .flags = REQUIRED, .group = "found" },
    { CHOICE(struct hazard, category), .label = { "隐患类型", "Category" }, .choices = &hazard_categories,
      .group = "found" },
    { FILES(struct hazard, photos), .label = { "现场照片", "Photos" }, .max = 20, .flags = WIDE, .group = "found" },
    { TEXT(struct hazard, external_no), .label = { "原系统编号", "Source number" }, .max = 60, .flags = UNIQUE,
      .group = "found" },
    { TEXT(struct hazard, clause), .label = { "判定依据", "Clause" }, .max = 200, .flags = MOVE_ONLY | SEARCH,
      .group = "level",
      .hint = { "重大隐患必填，写明判定标准的条款", "Needed for a major hazard: standard and clause" } },
    { LONG_TEXT(struct hazard, measures), .label = { "整改措施", "Measures" }, .max = 1000, .flags = MOVE_ONLY | WIDE,
      .group = "five" },
    { MONEY(struct hazard, funds), .label = { "整改资金", "Funds" }, .unit = { "元", "yuan" }, .flags = MOVE_ONLY,
      .group = "five", .hint = { "不花钱的填 0", "Write 0 when it costs nothing" } },
    { LONG_TEXT(struct hazard, contingency), .label = { "应急预案", "Contingency plan" }, .max = 1000,
      .flags = MOVE_ONLY | WIDE, .group = "five" },
    { LONG_TEXT(struct hazard, rectification), .label = { "整改情况", "What was done" }, .max = 2000,
      .flags = MOVE_ONLY | WIDE, .group = "repair" },
    { FILES(struct hazard, evidence), .label = { "整改后照片", "Evidence" }, .max = 20, .flags = MOVE_ONLY | WIDE,
      .group = "repair" },
    { REFERENCE(struct hazard, rectifier), .label = { "整改人", "Rectifier" }, .ref = "account",
      .flags = DERIVED | PARTY, .group = "repair" },
    { DATE(struct hazard, fixed_on), .label = { "整改完成日期", "Fixed on" }, .flags = DERIVED, .group = "repair" },
    { LONG_TEXT(struct hazard, opinion), .label = { "复查意见", "Opinion" }, .max = 1000, .flags = MOVE_ONLY | WIDE,
      .group = "recheck" },
    { REFERENCE(struct hazard, rechecker), .label = { "复查人", "Re-checker" }, .ref = "account",
      .flags = DERIVED | PARTY, .group = "recheck" },
    { INTEGER(struct hazard, returns), .label = { "退回次数", "Returns" }, .flags = DERIVED, .group = "recheck" },
    { DATE(struct hazard, closed_on), .label = { "销号日期", "Closed on" }, .flags = DERIVED, .group = "recheck" },
};

static const struct state hazard_states[] = {
    [HAZARD_FOUND] = { "found", { "已发现", "Found" }, TONE_IDLE, false },
    [HAZARD_CLASSIFIED] = { "classified", { "已定级", "Classified" }, TONE_IDLE, false },
    [HAZARD_ASSIGNED] = { "assigned", { "已交办", "Assigned" }, TONE_IDLE, false },
    [HAZARD_RECTIFYING] = { "rectifying", { "整改中", "Being rectified" }, TONE_RUNNING, false },
    [HAZARD_FIXED] = { "fixed", { "待复查", "To re-check" }, TONE_JUDGE, false },
    [HAZARD_CLOSED] = { "closed", { "已销号", "Closed" }, TONE_DONE, true },
};

static const struct move hazard_moves[] = {
    { .name = "classify",
      .label = { "定级", "Classify" },
      .hint = { "按判定标准定为一般或重大；重大须写明条款。",
                "General or major by the standard; major needs the clause." },
      .from = { HAZARD_FOUND },
      .from_count = 1,
      .to = HAZARD_CLASSIFIED,
      .needs = "classify",
      .accepts = { "level", "clause", "category" },
      .must = { "level" } },
    { .name = "assign",
      .label = { "五落实交办", "Assign" },
      .hint = { "措施、责任、资金、时限、预案，五项都要落实。",
                "Measures, person, funds, deadline and plan: all five." },
      .from = { HAZARD_CLASSIFIED },
      .from_count = 1,
      .to = HAZARD_ASSIGNED,
      .needs = "assign",
      .accepts = { "measures", "responsible", "funds", "due", "contingency" },
      .must = { "measures", "responsible", "funds", "due", "contingency" },
      .check = may_assign },
    { .name = "spot-fix",
      .label = { "立行立改", "Fix on the spot" },
      .hint = { "一般隐患当场整改，提交后由他人复查。", "A general hazard removed at once; another person re-checks." },
      .from = { HAZARD_CLASSIFIED },
      .from_count = 1,
      .to = HAZARD_FIXED,
      .needs = "rectify",
      .accepts = { "rectification", "evidence" },
      .must = { "rectification", "evidence" },
      .check = may_fix_on_the_spot },
    { .name = "submit",
      .label = { "提交整改", "Submit the repair" },
      .hint = { "写明整改情况，上传整改后的照片或材料。", "Say what was done and upload a photo or paper." },
      .from = { HAZARD_ASSIGNED, HAZARD_RECTIFYING },
      .from_count = 2,
      .to = HAZARD_FIXED,
      .needs = "rectify",
      .accepts = { "rectification", "evidence" },
      .must = { "rectification", "evidence" },
      .check = may_submit },
    { .name = "start",
      .label = { "开始整改", "Start" },
      .from = { HAZARD_ASSIGNED },
      .from_count = 1,
      .to = HAZARD_RECTIFYING,
      .needs = "rectify" },
    { .name = "recheck-pass",
      .label = { "复查通过", "Pass the re-check" },
      .hint = { "须由整改人以外的人员复查。", "Only by a person other than the rectifier." },
      .from = { HAZARD_FIXED },
      .from_count = 1,
      .to = HAZARD_CLOSED,
      .needs = "recheck",
      .accepts = { "opinion" },
      .must = { "opinion" },
      .check = may_pass },
    { .name = "recheck-fail",
      .label = { "复查退回", "Return for correction" },
      .hint = { "写明不通过的原因，并另定整改期限。", "Say why and set a new deadline." },
      .from = { HAZARD_FIXED },
      .from_count = 1,
      .to = HAZARD_RECTIFYING,
      .needs = "recheck",
      .accepts = { "opinion", "due" },
      .must = { "opinion", "due" },
      .danger = true,
      .check = may_return },
};

const struct kind hazard_kind = {
    .name = "hazard",
    .plural = "hazards",
    .label = { "隐患", "Hazard" },
    .size = sizeof(struct hazard),
    .fields = LISTED(hazard_fields),
    .groups = LISTED(hazard_groups),
    .states = LISTED(hazard_states),
    .moves = LISTED(hazard_moves),
    .scope = SCOPE_OBJECT,
    .scope_field = "object",
    .sorts = { "found_on", "due", "id" },
    .newest_first = true,
    .fact_date = "found_on",
    .identity = "external_no",
    .numbered = true,
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_IMPORT | CAN_EXPORT,
    .check = hazard_check,
};
