#include "calendar/ladder.h"

#include <string.h>

/* Offsets and posts are defaults of this project; what the city orders differently is a change here, with its document. */
static const struct rung rectify_rungs[] = {
    { "soon", -3, true, "responsible", "到期前 3 个工作日提醒责任人",
      "Three working days before: the person responsible" },
    { "today", 0, false, "responsible", "到期当天提醒责任人", "On the last day: the person responsible" },
    { "late", 1, false, "safety", "逾期第 1 天提醒企业安全员", "First day late: the firm's safety officer" },
    { "late_head", 3, false, "head", "逾期 3 天告知企业主要负责人", "Three days late: the head of the firm" },
    { "late_grid", 5, false, "grid", "逾期 5 天告知网格员", "Five days late: the grid member" },
    { "late_inspector", 10, false, "inspector", "逾期 10 天交执法检查人员", "Ten days late: the inspector" },
    { "late_department", 15, false, "department", "逾期 15 天告知行业部门", "Fifteen days late: the department" },
    { "late_office", 31, false, "office", "逾期超过 30 天由安委办挂牌督办",
      "Over thirty days late: the committee office lists it" },
};
static const struct rung recheck_rungs[] = {
    { "soon", -2, true, "inspector", "复查到期前 2 个工作日提醒检查人员", "Two working days before: the inspector" },
    { "late", 1, false, "inspector", "复查逾期第 1 天提醒检查人员", "First day late: the inspector" },
    { "late_department", 5, false, "department", "复查逾期 5 天告知行业部门", "Five days late: the department" },
    { "late_office", 15, false, "office", "复查逾期 15 天告知安委办", "Fifteen days late: the committee office" },
};
static const struct rung report_rungs[] = {
    { "today", 0, false, "safety", "报告期限当天提醒企业安全员", "On the last day to report: the safety officer" },
    { "late", 1, false, "head", "报告逾期第 1 天告知企业主要负责人", "First day late: the head of the firm" },
    { "late_inspector", 3, false, "inspector", "报告逾期 3 天交执法检查人员", "Three days late: the inspector" },
    { "late_department", 7, false, "department", "报告逾期 7 天告知行业部门", "Seven days late: the department" },
    { "late_office", 15, false, "office", "报告逾期 15 天告知安委办", "Fifteen days late: the committee office" },
};
static const struct rung look_back_rungs[] = {
    { "d30", -30, false, "inspector", "回头看到期前 30 天提醒检查人员", "30 days before: the inspector" },
    { "soon", -5, true, "inspector", "回头看到期前 5 个工作日提醒检查人员", "Five working days before: the inspector" },
    { "late", 1, false, "inspector", "回头看逾期第 1 天提醒检查人员", "First day late: the inspector" },
    { "late_department", 10, false, "department", "回头看逾期 10 天告知行业部门", "Ten days late: the department" },
    { "late_office", 30, false, "office", "回头看逾期 30 天告知安委办", "Thirty days late: the committee office" },
};
static const struct rung certificate_rungs[] = {
    { "d90", -90, false, "safety", "到期前 90 天提醒企业安全员", "90 days before: the safety officer" },
    { "d60", -60, false, "safety", "到期前 60 天提醒企业安全员", "60 days before: the safety officer" },
    { "d30", -30, false, "head", "到期前 30 天提醒企业主要负责人", "30 days before: the head of the firm" },
    { "expired", 1, false, "department", "过期第 1 天告知行业部门", "First day expired: the department" },
};

#define LADDER(name, rows)                             \
    {                                                  \
        (name), (rows), sizeof(rows) / sizeof(rows)[0] \
    }
const struct ladder ladder_rectify = LADDER("rectify", rectify_rungs);
const struct ladder ladder_recheck = LADDER("recheck", recheck_rungs);
const struct ladder ladder_report = LADDER("report", report_rungs);
const struct ladder ladder_look_back = LADDER("look_back", look_back_rungs);
const struct ladder ladder_certificate = LADDER("certificate", certificate_rungs);

int ladder_check(const struct ladder *l, struct error *err)
{
    bool sound = l->count <= RUNGS_MOST;
    for (size_t i = 0; sound && i < l->count; i++) {
        const struct rung *r = &l->rungs[i];
        sound = r->code && r->role && r->zh && r->en && (i == 0 || r->offset > l->rungs[i - 1].offset);
        for (size_t j = 0; sound && j < i; j++)
            sound = strcmp(r->code, l->rungs[j].code) != 0;
    }
    return sound
               ? 0
               : fail(err, FAULT_INVALID, "ladder.rungs", "催办阶梯 %s 有误：每级须有代码、对象和文字，时间须依次推后",
                      "The ladder %s is wrong: each rung needs a code, somebody to tell and words, and later days",
                      l->code);
}

static int64_t rung_day(const struct calendar *c, const struct rung *r, int64_t due)
{
    return r->working ? working_days_add(c, due, r->offset) : due + r->offset;
}

void ladder_view(const struct ladder *l, const struct calendar *c, const struct ladder_case *at, int64_t today,
                 struct ladder_view *out)
{
    size_t highest = l->count; /* of those that had passed before the deadline was set */
    *out = (struct ladder_view){ .next = INT64_MAX, .count = l->count };
    for (size_t i = 0; i < l->count; i++) {
        out->rungs[i].rung = &l->rungs[i];
        out->rungs[i].day = rung_day(c, &l->rungs[i], at->due);
        if (out->rungs[i].day < at->set_on && l->rungs[i].offset > 0)
            highest = i;
    }
    for (size_t i = 0; i < l->count; i++) {
        struct rung_view *v = &out->rungs[i];
        if (at->fired >> i & 1)
            v->state = RUNG_FIRED;
        else if (v->day < at->set_on && i != highest)
            v->state = RUNG_SKIPPED;
        else
            v->state = v->day > today ? RUNG_FUTURE : RUNG_DUE;
        if (v->state == RUNG_DUE) {
            int64_t since = v->day < at->set_on ? at->set_on : v->day;
            v->late = today > since ? today - since : 0;
        }
        if ((v->state == RUNG_DUE || v->state == RUNG_FUTURE) && v->day < out->next)
            out->next = v->day;
    }
}

int ladder_climb(const struct ladder *l, size_t rung, role_filled ask, void *args, size_t *out, struct error *err)
{
    const char *tried = NULL;
    for (size_t i = rung; i < l->count; i++) {
        bool filled;
        if (tried && strcmp(tried, l->rungs[i].role) == 0)
            continue;
        tried = l->rungs[i].role;
        if (ask(args, tried, &filled, err) < 0)
            return -1;
        if (filled) {
            *out = i;
            return 0;
        }
    }
    *out = l->count;
    return 0;
}
