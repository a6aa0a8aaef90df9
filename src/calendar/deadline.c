#include "calendar/deadline.h"

#include "base/clock.h"

#include <string.h>

enum { HOUR_MS = 3600 * 1000, EXPIRING_DAYS = 90, URGENT_DAYS = 30 };

static int64_t day_of_part(int64_t from, int months, int count)
{
    int y, m, d;
    day_to_ymd(from, &y, &m, &d);
    return day_add_months(day_from_ymd(y, (m - 1) / months * months + 1, 1), months) + count - 1;
}

int64_t period_last_day(const struct calendar *c, int64_t from, const struct period *p)
{
    int64_t last = from;
    switch (p->unit) {
    case PERIOD_HOURS: last = day_of_ms(day_end_ms(from - 1) + (int64_t)p->count * HOUR_MS); break;
    case PERIOD_DAYS: last = from + p->count; break;
    case PERIOD_WORKING_DAYS: last = working_days_add(c, from, p->count); break;
    case PERIOD_MONTHS: last = day_add_months(from, p->count); break;
    case PERIOD_YEARS: last = day_add_months(from, 12 * p->count); break;
    case PERIOD_NEXT_QUARTER: last = day_of_part(from, 3, p->count); break;
    case PERIOD_NEXT_YEAR: last = day_of_part(from, 12, p->count); break;
    }
    return p->rolls ? working_day_from(c, last) : last;
}

int64_t period_end_ms(const struct calendar *c, int64_t from_ms, const struct period *p)
{
    if (p->unit == PERIOD_HOURS)
        return from_ms + (int64_t)p->count * HOUR_MS;
    return day_end_ms(period_last_day(c, day_of_ms(from_ms), p));
}

int64_t days_late(int64_t due, int64_t day)
{
    return day > due ? day - due : 0;
}

/* ---- rules ---- */

#define IN(n, unit_)                  \
    {                                 \
        .count = (n), .unit = (unit_) \
    }
#define ROLLING(n, unit_)                            \
    {                                                \
        .count = (n), .unit = (unit_), .rolls = true \
    }

static const struct deadline_rule rules[] = {
    { "hazard.self_fix", "企业自查一般隐患整改", "General hazard found by the firm itself", "总局令16号 第15条",
      "found_on", IN(15, PERIOD_DAYS), .settled = false },
    { "hazard.recheck", "整改复查", "Re-check of a repair", "2015 年办法的通行做法", "recheck_from",
      IN(10, PERIOD_DAYS), .settled = false },
    { "hazard.objection", "责任单位提出异议", "Objection by the unit", "项目缺省值", "assigned_on",
      IN(3, PERIOD_WORKING_DAYS), .settled = false },
    { "hazard.major_report", "重大隐患报告主管部门", "Report of a major hazard", "安全生产法 第41条；总局令16号 第14条",
      "major_on", IN(24, PERIOD_HOURS), .settled = false },
    { "hazard.quarter_statistics", "企业季度隐患统计", "The firm's quarterly statistics", "总局令16号 第14条",
      "found_on", IN(15, PERIOD_NEXT_QUARTER), .settled = true, .waits_for = "report" },
    { "hazard.year_statistics", "企业年度隐患统计", "The firm's yearly statistics", "总局令16号 第14条", "found_on",
      IN(31, PERIOD_NEXT_YEAR), .settled = true, .waits_for = "report" },
    { "hazard.resume_check", "停产整改后恢复生产核查", "Check before production resumes", "总局令16号 第23条",
      "applied_on", IN(10, PERIOD_DAYS), .settled = true, .waits_for = "order" },
    { "coal.major_report", "煤矿重大隐患季度书面报告", "Quarterly report of a coal mine's major hazards",
      "煤矿安全生产条例 第35条", "found_on", IN(0, PERIOD_NEXT_QUARTER), .settled = true, .valid_from = 20240501,
      .waits_for = "report" },
    { "coal.resume_check", "煤矿复产验收", "Check before a coal mine resumes", "煤矿安全生产条例 第48条", "applied_on",
      IN(20, PERIOD_DAYS), .settled = true, .valid_from = 20240501, .waits_for = "order" },
    { "power.cut_notice", "停电停供提前通知", "Notice before power is cut", "安全生产法 第70条", "cut_at",
      IN(-24, PERIOD_HOURS), .settled = true, .valid_from = 20210901, .waits_for = "order" },
    { "hazard.look_back", "重大隐患回头看", "Look-back on a major hazard", "项目缺省值", "closed_on",
      IN(6, PERIOD_MONTHS), .settled = false },
    { "hazard.look_back_sample", "抽到的一般隐患回头看", "Look-back on a general hazard that was drawn", "项目缺省值",
      "closed_on", IN(3, PERIOD_MONTHS), .settled = false },
    { "hazard.repeat", "同类隐患重复发生的计算期", "Time in which a hazard counts as repeated", "项目缺省值",
      "found_on", IN(-12, PERIOD_MONTHS), .settled = false },
    { "listing.too_long", "整改时间过长须市级挂牌", "Repair so long that the city lists it", "项目缺省值", "found_on",
      IN(3, PERIOD_MONTHS), .settled = false },
    { "listing.overdue", "逾期过久须挂牌督办", "So long overdue that it is listed", "项目缺省值", "due",
      IN(30, PERIOD_DAYS), .settled = false },
    { "penalty.decide", "立案至作出处罚决定", "From filing to the decision", "行政处罚法 第60条、第85条", "filed_on",
      ROLLING(90, PERIOD_DAYS), .settled = true, .valid_from = 20210715, .waits_for = "enforcement_case" },
    { "evidence.decide", "先行登记保存证据处理", "Decision on evidence kept in place", "行政处罚法 第56条、第85条",
      "kept_on", IN(7, PERIOD_WORKING_DAYS), .settled = true, .valid_from = 20210715, .waits_for = "enforcement_case" },
    { "accident.report", "事故调查报告", "Report of an accident investigation", "国务院令493号 第29条", "occurred_on",
      IN(60, PERIOD_DAYS), .settled = true, .waits_for = "investigation" },
    { "accident.reply", "事故调查报告批复", "Reply to an investigation report", "国务院令493号 第32条", "received_on",
      IN(15, PERIOD_DAYS), .settled = true, .waits_for = "investigation" },
    { "tenure.high_risk", "主要负责人和安全管理人员任职后考核合格", "Examination after an appointment",
      "生产经营单位安全培训规定（总局令3号） 第24条", "head_since", IN(6, PERIOD_MONTHS), .settled = true },
    { "tenure.named", "建筑施工、运输单位主要负责人和安全管理人员任职后考核合格",
      "Examination after an appointment, builders and carriers", "安全生产法 第27条；期限为项目缺省值", "head_since",
      IN(6, PERIOD_MONTHS), .settled = false },
    { "plan.filing", "应急预案备案", "Filing of an emergency plan", "应急管理部令2号", "published_on",
      IN(20, PERIOD_WORKING_DAYS), .settled = true, .waits_for = "emergency_plan" },
};

const struct deadline_book deadline_rules = { rules, sizeof rules / sizeof rules[0] };

static bool in_force(const struct deadline_rule *r, int64_t day)
{
    return (r->valid_from == 0 || day >= day_of_number(r->valid_from)) &&
           (r->valid_to == 0 || day <= day_of_number(r->valid_to));
}

static bool overlap(const struct deadline_rule *a, const struct deadline_rule *b)
{
    return (b->valid_to == 0 || a->valid_from <= b->valid_to) && (a->valid_to == 0 || b->valid_from <= a->valid_to);
}

int deadline_book_check(const struct deadline_book *book, struct error *err)
{
    for (size_t i = 0; i < book->count; i++) {
        const struct deadline_rule *r = &book->rules[i];
        if (!r->code || !r->zh || !r->en || !r->basis || !r->fact)
            return fail(err, FAULT_INVALID, "deadline.rules", "第 %zu 条时限规则缺名称、依据或起算事实",
                        "Deadline rule %zu lacks its name, basis or fact", i + 1);
        for (size_t j = 0; j < i; j++)
            if (strcmp(r->code, book->rules[j].code) == 0 && overlap(r, &book->rules[j]))
                return fail(err, FAULT_INVALID, "deadline.rules", "时限规则 %s 有两条在同一天有效，请改起止日期",
                            "Two rows of the deadline rule %s are in force on the same day; change their days",
                            r->code);
    }
    return 0;
}

const struct deadline_rule *deadline_rule_on(const struct deadline_book *book, const char *code, int64_t day)
{
    for (size_t i = 0; i < book->count; i++)
        if (strcmp(book->rules[i].code, code) == 0 && in_force(&book->rules[i], day))
            return &book->rules[i];
    return NULL;
}

int deadline_day(const struct calendar *c, const struct deadline_book *book, const char *code, int64_t fact,
                 int64_t *out, struct error *err)
{
    const struct deadline_rule *r = deadline_rule_on(book, code, fact);
    if (!r) {
        char day[DAY_TEXT];
        day_print(fact, day);
        return fail(err, FAULT_MISSING, "deadline.rule", "时限规则 %s 在 %s 没有有效的版本，请补上",
                    "The deadline rule %s has no row in force on %s; add one", code, day);
    }
    *out = period_last_day(c, fact, &r->period);
    return 0;
}

enum validity validity_on(int64_t last, int64_t day)
{
    int64_t left = last - day;
    if (left < 0)
        return VALIDITY_EXPIRED;
    return left <= URGENT_DAYS ? VALIDITY_URGENT : left <= EXPIRING_DAYS ? VALIDITY_EXPIRING : VALIDITY_VALID;
}
