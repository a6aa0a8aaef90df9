#include "domain/object/standardization.h"

#include "base/clock.h"
#include "calendar/calendar.h"
#include "domain/change.h"
#include "domain/ladder.h"
#include "domain/lists.h"
#include "domain/object/decision.h"
#include "record/type.h"

#include <string.h>

struct credential_life standardization_credential(const struct standardization *s)
{
    return (struct credential_life){ .until = has(s, valid_until) ? s->valid_until : 0,
                                     .state = s->state == STANDARDIZATION_IN_FORCE ? CREDENTIAL_IN_FORCE
                                                                                   : CREDENTIAL_WITHDRAWN,
                                     .decided_on = has(s, decided_on) ? s->decided_on : 0 };
}

/* ---- rules ---- */

static const char by[] = "应急〔2021〕83号";
static const struct standardization_rule rules[] = {
    { "one", { "应急管理部", "the ministry" }, 900, false, by, 0, 0 },
    { "two", { "省级应急管理部门", "the department of the province" }, 750, false, by, 0, 0 },
    { "three", { "设区的市级应急管理部门", "the department of the city" }, 600, false, by, 0, 0 },
};

const struct standardization_rule *standardization_rule_on(const char *level, int64_t day)
{
    for (size_t i = 0; level && i < COUNT(rules); i++)
        if (strcmp(rules[i].level, level) == 0 && (!rules[i].valid_from || day >= day_of_number(rules[i].valid_from)) &&
            (!rules[i].valid_to || day <= day_of_number(rules[i].valid_to)))
            return &rules[i];
    return NULL;
}

const struct credential_rule *standardization_validity_on(int64_t day)
{
    return credential_rule_on("standardization", day);
}

const char *standardization_elements(const char *standard)
{
    static const char *const sets[][2] = {
        { "gbt33000_2016",
          "目标职责、制度化管理、教育培训、现场管理、安全风险管控及隐患排查治理、应急管理、事故管理、持续改进" },
        { "gbt33000_2025",
          "领导作用、基础保障、策划、风险分级管控、隐患排查治理、人员与现场管理、应急准备与处置、检查评价与持续改进" },
    };
    for (size_t i = 0; standard && i < COUNT(sets); i++)
        if (strcmp(sets[i][0], standard) == 0)
            return sets[i][1];
    return NULL;
}

/* ---- a row ---- */

/* The edition whose days hold the day of grading; what the firm wrote stays. */
static const char *standard_on(int64_t day)
{
    const struct choices *list = &standardization_standards;
    for (size_t i = 0; i < list->count; i++)
        if ((list->items[i].valid_from || list->items[i].valid_to) &&
            choice_find(list, list->items[i].code, day) == &list->items[i])
            return list->items[i].code;
    return NULL;
}

static void standardization_tidy(struct change *c, void *record)
{
    struct standardization *s = record;
    const struct choice *level = has(s, level) ? choice_find(&standardization_levels, s->level, 0) : NULL;
    const struct credential_rule *rule = has(s, valid_from) ? standardization_validity_on(s->valid_from) : NULL;
    if (!has(s, standard) && has(s, graded_on) && standard_on(s->graded_on))
        set(s, standard, standard_on(s->graded_on));
    if (!has(s, valid_until) && credential_last_day(rule, has(s, valid_from) ? s->valid_from : 0))
        set(s, valid_until, credential_last_day(rule, s->valid_from));
    if (rule && rule->lead_months && has(s, valid_until))
        set(s, renew_by, day_add_months(s->valid_until, -rule->lead_months));
    else
        unset(s, renew_by);
    set(s, title,
        arena_printf(c->arena, "标准化%s%s%s", level ? level->label.zh : "", has(s, certificate_no) ? " " : "",
                     has(s, certificate_no) ? s->certificate_no : ""));
}

static int check_order(const struct standardization *s, int64_t today, struct error *err)
{
    if (has(s, graded_on) && s->graded_on > today)
        fail_field(err, "graded_on", "定级日期不能晚于今天", "It cannot have been graded after today");
    if (has(s, applied_on) && has(s, graded_on) && s->graded_on < s->applied_on)
        fail_field(err, "graded_on", "定级日期早于申请日期，请核对", "It was graded before it was applied for");
    if (has(s, announced_on) && has(s, graded_on) && s->announced_on < s->graded_on)
        fail_field(err, "announced_on", "公告日期早于定级日期，请核对", "It was announced before it was graded");
    if (has(s, announced_on) && s->announced_on > today)
        fail_field(err, "announced_on", "公告日期不能晚于今天", "It cannot have been announced after today");
    return err->fault ? -1 : 0;
}

static int standardization_check(struct change *c, struct error *err)
{
    const struct standardization *s = c->after;
    const struct credential_rule *rule = has(s, valid_from) ? standardization_validity_on(s->valid_from) : NULL;
    if (has(s, valid_from) && has(s, valid_until) && s->valid_until < s->valid_from)
        return fail_field(err, "valid_until", "到期日早于生效日，请核对证书",
                          "It ends before it begins; see the paper");
    /* One day more: papers print the day of the month either way. */
    if (rule && rule->months && has(s, valid_until) && s->valid_until > day_add_months(s->valid_from, rule->months))
        fail_field(err, "valid_until", "有效期最长 %d 个月（%s），请核对起止日期",
                   "It holds for at most %d months (%s); check both days", rule->months, rule->basis);
    return check_order(s, day_of_ms(c->now), err);
}

/* ---- declaration ---- */

static const struct state standardization_states[] = {
    [STANDARDIZATION_IN_FORCE] = { "in_force", { "有效", "In force" }, TONE_RUNNING, false },
    [STANDARDIZATION_WITHDRAWN] = { "withdrawn", { "已撤销", "Withdrawn" }, TONE_STOPPED, true },
};

static const struct move standardization_moves[] = {
    { .name = "withdraw",
      .label = { "撤销等级", "Withdraw the grade" },
      .hint = { "写明撤销情形、决定文号和日期。", "Give the cause, the decision and its day." },
      .from = { STANDARDIZATION_IN_FORCE },
      .from_count = 1,
      .to = STANDARDIZATION_WITHDRAWN,
      .needs = "approve",
      .accepts = { "withdraw_cause", "decision_no", "decided_on", "decision_reason" },
      .must = { "withdraw_cause", "decision_no", "decided_on" },
      .danger = true,
      .check = decision_check },
};

static const struct group standardization_groups[] = { { "grade", { "等级", "Grade" } },
                                                       { "days", { "评定过程", "Grading" } },
                                                       { "paper", { "证书", "Certificate" } },
                                                       DECISION_GROUP };

#define S struct standardization
static const struct field standardization_fields[] = {
    { TEXT(S, title), .label = { "标准化等级", "Grade" }, .max = 200,
      .flags = REQUIRED | TITLE | DERIVED | SEARCH | LIST, .group = "grade" },
    { STATE(S, state), .label = { "状态", "State" }, .flags = LIST | INDEXED, .group = "grade" },
    { OBJECT(S, object), .label = { "达标单位", "Unit" }, .flags = REQUIRED | FIXED | LIST, .group = "grade" },
    { CHOICE(S, level), .label = { "等级", "Level" }, .choices = &standardization_levels,
      .flags = REQUIRED | INDEXED | LIST, .group = "grade" },
    { CHOICE(S, round), .label = { "评定类别", "Round" }, .choices = &standardization_rounds, .flags = LIST,
      .group = "grade" },
    { CHOICE(S, standard), .label = { "评定标准", "Standard" }, .choices = &standardization_standards, .group = "grade",
      .hint = { "不填按定级日期选用", "By the day of grading, when empty" } },
    { DECIMAL(S, score), .label = { "评审得分", "Score" }, .scale = 1, .max = 100, .unit = { "分", "points" },
      .group = "grade" },
    { DATE(S, applied_on), .label = { "申请日期", "Applied on" }, .group = "days" },
    { DATE(S, graded_on), .label = { "定级日期", "Graded on" }, .group = "days" },
    { DATE(S, announced_on), .label = { "公告日期", "Announced on" }, .group = "days" },
    { TEXT(S, issuer), .label = { "定级部门", "Graded by" }, .max = 80, .group = "days" },
    { TEXT(S, certificate_no), .label = { "证书编号", "Number" }, .max = 80, .flags = UNIQUE | SEARCH,
      .group = "paper" },
    { DATE(S, valid_from), .label = { "有效期起", "Valid from" }, .group = "paper" },
    { DATE(S, valid_until), .label = { "有效期止", "Valid until" }, .flags = LIST | INDEXED, .group = "paper",
      .hint = { "不填按规定的有效期推算", "Worked out by the rule, when empty" } },
    { DATE(S, renew_by), .label = { "最迟申请复评日", "Renewal by" }, .flags = DERIVED | LIST, .group = "paper" },
    { FILES(S, papers), .label = { "证书扫描件", "Scans" }, .max = 10, .flags = WIDE, .group = "paper" },
    { TEXT(S, external_no), .label = { "原系统编号", "Source number" }, .max = 60, .flags = UNIQUE | SEARCH,
      .group = "paper" },
    { LONG_TEXT(S, remark), .label = { "备注", "Remark" }, .max = 1000, .flags = WIDE, .group = "paper" },
    { CHOICE(S, withdraw_cause), .label = { "撤销情形", "Cause" }, .choices = &withdraw_causes, .flags = MOVE_ONLY,
      .group = "decision" },
    DECISION_FIELDS(S),
};

const struct kind standardization_kind = {
    .name = "standardization",
    .plural = "standardizations",
    .label = { "安全生产标准化", "Standardisation" },
    .menu = "objects",
    .size = sizeof(S),
    .fields = LISTED(standardization_fields),
    .groups = LISTED(standardization_groups),
    .states = LISTED(standardization_states),
    .moves = LISTED(standardization_moves),
    .scope = SCOPE_OBJECT,
    .scope_field = "object",
    .sorts = { "valid_until", "id" },
    .fact_date = "graded_on",
    .identity = "certificate_no",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_IMPORT | CAN_EXPORT | CAN_VERIFY,
    .tidy = standardization_tidy,
    .check = standardization_check,
};

static bool ends(const struct calendar *calendar, const void *record, int64_t *due)
{
    const struct standardization *s = record;
    (void)calendar;
    if (s->state != STANDARDIZATION_IN_FORCE || !has(s, valid_until))
        return false;
    *due = s->valid_until;
    return true;
}

const struct watch standardization_ends = {
    .name = "ends",
    .label = { "标准化等级有效期", "Grade ends" },
    .kind = &standardization_kind,
    .ladder = &ladder_certificate,
    .runs = ends,
};
