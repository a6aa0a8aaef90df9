/* The deadlines of a hazard. */
#include "domain/hazard/hazard.h"
#include "domain/ladder.h"

/* From the assignment until the repair is handed in; neither an objection nor a request for more time stops it (decision
** 25), a suspension does. */
static bool rectification_runs(const struct calendar *calendar, const void *record, int64_t *due)
{
    const struct hazard *h = record;
    (void)calendar;
    if (!has(h, due) || !hazard_in_repair(h))
        return false;
    *due = h->due;
    return true;
}

static bool recheck_runs(const struct calendar *calendar, const void *record, int64_t *due)
{
    const struct hazard *h = record;
    const struct deadline_rule *rule = NULL;
    if (has(h, recheck_from) && (h->state == HAZARD_FIXED || (has(h, ordered_on) && hazard_in_repair(h))))
        rule = deadline_rule_on(&deadline_rules, "hazard.recheck", h->recheck_from);
    if (!rule)
        return false;
    *due = period_last_day(calendar, h->recheck_from, &rule->period);
    return true;
}

/* From its being classified as a major hazard until the report is recorded, or the hazard is over. */
static bool report_runs(const struct calendar *calendar, const void *record, int64_t *due)
{
    const struct hazard *h = record;
    const struct deadline_rule *rule = NULL;
    if (hazard_is_major(h) && has(h, major_on) && !has(h, reported_on) && h->state != HAZARD_FOUND &&
        h->state != HAZARD_CLOSED && h->state != HAZARD_ENDED)
        rule = deadline_rule_on(&deadline_rules, "hazard.major_report", h->major_on);
    if (!rule)
        return false;
    *due = period_last_day(calendar, h->major_on, &rule->period);
    return true;
}

/* Of a major hazard alone: what is drawn of the general ones waits, and nobody above is told. */
static bool look_back_runs(const struct calendar *calendar, const void *record, int64_t *due)
{
    const struct hazard *h = record;
    (void)calendar;
    if (h->state != HAZARD_CLOSED || !hazard_is_major(h) || !has(h, look_back_due))
        return false;
    *due = h->look_back_due;
    return true;
}

static int64_t responsible_for(const void *record)
{
    const struct hazard *h = record;
    return has(h, responsible) ? h->responsible : 0;
}

const struct watch hazard_rectify = {
    .name = "rectify",
    .label = { "整改期限", "Rectification deadline" },
    .kind = &hazard_kind,
    .ladder = &ladder_rectify,
    .runs = rectification_runs,
    .responsible = responsible_for,
};
const struct watch hazard_recheck = {
    .name = "recheck",
    .label = { "复查期限", "Re-check deadline" },
    .kind = &hazard_kind,
    .ladder = &ladder_recheck,
    .runs = recheck_runs,
    .responsible = responsible_for,
};
const struct watch hazard_report = {
    .name = "report",
    .label = { "重大隐患报告期限", "Deadline to report the major hazard" },
    .kind = &hazard_kind,
    .ladder = &ladder_report,
    .runs = report_runs,
};
const struct watch hazard_look_back = {
    .name = "look_back",
    .label = { "回头看期限", "Deadline to look back" },
    .kind = &hazard_kind,
    .ladder = &ladder_look_back,
    .runs = look_back_runs,
};
