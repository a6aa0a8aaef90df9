#include "domain/object/credential.h"

#include "calendar/calendar.h"
#include "calendar/deadline.h"

#include <string.h>

enum { REVIEW_DUE_DAYS = 60 };

const struct state credential_states[CREDENTIAL_STATES] = {
    [CREDENTIAL_IN_FORCE] = { "in_force", { "有效", "In force" }, TONE_RUNNING, false },
    [CREDENTIAL_SUSPENDED] = { "suspended", { "已暂扣", "Suspended" }, TONE_STOPPED, false },
    [CREDENTIAL_REVOKED] = { "revoked", { "已吊销", "Revoked" }, TONE_STOPPED, true },
    [CREDENTIAL_WITHDRAWN] = { "withdrawn", { "已撤销", "Withdrawn" }, TONE_STOPPED, true },
    [CREDENTIAL_CANCELLED] = { "cancelled", { "已注销", "Cancelled" }, TONE_DONE, true },
};

#define ITEM(c, zh_, en_)                     \
    {                                         \
        .code = (c), .label = {(zh_), (en_) } \
    }
static const struct choice status_items[] = {
    [STATUS_VALID] = ITEM("valid", "有效", "Valid"),
    [STATUS_EXPIRING] = ITEM("expiring", "即将到期", "Expiring"),
    [STATUS_URGENT] = ITEM("urgent", "30 天内到期", "Expires within 30 days"),
    [STATUS_EXPIRED] = ITEM("expired", "已过期", "Expired"),
    [STATUS_REVIEW_DUE] = ITEM("review_due", "待复审", "Review due"),
    [STATUS_REVIEW_OVERDUE] = ITEM("review_overdue", "逾期未复审", "Review overdue"),
    [STATUS_SUSPENDED] = ITEM("suspended", "已暂扣", "Suspended"),
    [STATUS_REVOKED] = ITEM("revoked", "已失效", "Revoked"),
};
const struct choices credential_statuses = { .name = "credential_status",
                                             .label = { "证照状态", "Status of a paper" },
                                             .items = status_items,
                                             .count = COUNT(status_items) };

/* The day that decides while the paper is in force: its review, where that comes first and has not been done. */
static int64_t next_day(const struct credential_life *p, int64_t day, bool *review)
{
    bool reviewed = p->reviewed_on && p->reviewed_on <= day;
    *review = p->review_by && !reviewed && (!p->until || p->review_by < p->until);
    return *review ? p->review_by : p->until;
}

enum credential_status credential_status_on(const struct credential_life *p, int64_t day)
{
    bool review;
    int64_t last = next_day(p, day, &review);
    if (p->state != CREDENTIAL_IN_FORCE && (!p->decided_on || day >= p->decided_on))
        return p->state == CREDENTIAL_SUSPENDED ? STATUS_SUSPENDED : STATUS_REVOKED;
    if (p->until && validity_on(p->until, day) == VALIDITY_EXPIRED)
        return STATUS_EXPIRED;
    if (review)
        return day > last ? STATUS_REVIEW_OVERDUE : last - day <= REVIEW_DUE_DAYS ? STATUS_REVIEW_DUE : STATUS_VALID;
    if (!last)
        return STATUS_VALID;
    switch (validity_on(last, day)) {
    case VALIDITY_VALID: return STATUS_VALID;
    case VALIDITY_EXPIRING: return STATUS_EXPIRING;
    case VALIDITY_URGENT: return STATUS_URGENT;
    case VALIDITY_EXPIRED: return STATUS_EXPIRED;
    }
    return STATUS_VALID;
}

bool credential_days_left(const struct credential_life *p, int64_t day, int64_t *days)
{
    bool review;
    enum credential_status status = credential_status_on(p, day);
    int64_t last = status == STATUS_EXPIRED ? p->until : next_day(p, day, &review);
    if (!last || status == STATUS_SUSPENDED || status == STATUS_REVOKED)
        return false;
    *days = last - day;
    return true;
}

bool credential_holds(enum credential_status status)
{
    return status != STATUS_EXPIRED && status != STATUS_REVIEW_OVERDUE && status != STATUS_SUSPENDED &&
           status != STATUS_REVOKED;
}

static const struct credential_rule rules[] = {
    { "work_safety", 36, .lead_months = 3, .basis = "安全生产许可证条例第九条", .settled = true },
    { "hazchem_trade", 36, .lead_months = 3, .basis = "危险化学品经营许可证管理办法（总局令55号）", .settled = true },
    { "hazchem_use", 36, .lead_months = 3, .basis = "危险化学品安全使用许可证实施办法（总局令57号）", .settled = true },
    { "hazchem_registration", 36, .lead_months = 3, .basis = "危险化学品登记管理办法（总局令53号）", .settled = true },
    { "fireworks_wholesale", 36, .lead_months = 3, .basis = "烟花爆竹经营许可实施办法（总局令65号）", .settled = true },
    { "fireworks_retail", 24, .at_most = true, .basis = "烟花爆竹经营许可实施办法（总局令65号）", .settled = true },
    { "safety_evaluation", 36, .at_most = true, .basis = "危险化学品安全管理条例第二十二条", .settled = true,
      .valid_to = 20260430 },
    { "safety_evaluation", 36, .at_most = true, .basis = "危险化学品安全法（2026年5月1日起施行）", .settled = false,
      .valid_from = 20260501 },
    { "source_filing", 36, .at_most = true, .basis = "危险化学品重大危险源监督管理暂行规定（总局令40号）",
      .settled = true },
    { "plan_filing", 36, .at_most = true, .basis = "生产安全事故应急预案管理办法（应急管理部令2号）", .settled = true },
    { "standardization", 36, .lead_months = 3, .basis = "应急〔2021〕83号", .settled = true },
    { "equipment_registration", 0, .lead_months = 1, .basis = "特种设备安全法第三十三条、第四十条", .settled = true },
    { "gas_trade", 0, .basis = "证载有效期（各地规定）", .settled = false },
    { "road_transport", 0, .basis = "证载有效期（按类别）", .settled = false },
    /* Certificates of people. */
    { "special_operation", 72, .review_months = 36, .basis = "特种作业人员安全技术培训考核管理规定（总局令30号）",
      .settled = true },
    { "building_operation", 24, .basis = "建筑施工特种作业人员管理规定", .settled = false },
    { "equipment_operation", 48, .basis = "特种设备作业人员监督管理办法", .settled = false },
    { "head_fitness", 36, .basis = "安全生产法第二十七条", .settled = false },
    { "manager_fitness", 36, .basis = "安全生产法第二十七条", .settled = false },
    { "safety_engineer", 60, .basis = "注册安全工程师分类管理办法（2017）", .settled = false },
};

static bool in_force(const struct credential_rule *r, int64_t day)
{
    return (!r->valid_from || day >= day_of_number(r->valid_from)) &&
           (!r->valid_to || day <= day_of_number(r->valid_to));
}

const struct credential_rule *credential_rule_on(const char *type, int64_t day)
{
    for (size_t i = 0; type && i < COUNT(rules); i++)
        if (strcmp(rules[i].type, type) == 0 && in_force(&rules[i], day))
            return &rules[i];
    return NULL;
}

int credential_rules_check(struct error *err)
{
    for (size_t i = 0; i < COUNT(rules); i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(rules[i].type, rules[j].type) == 0 &&
                (!rules[j].valid_to || rules[i].valid_from <= rules[j].valid_to) &&
                (!rules[i].valid_to || rules[j].valid_from <= rules[i].valid_to))
                return fail(err, FAULT_INVALID, "credential.rules", "证照规则 %s 有两条在同一天有效",
                            "Two rules of the paper %s hold on the same day", rules[i].type);
    return 0;
}

int64_t credential_last_day(const struct credential_rule *rule, int64_t from)
{
    return rule && rule->months && !rule->at_most ? day_add_months(from, rule->months) - 1 : 0;
}
