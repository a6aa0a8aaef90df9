#include "domain/object/standing_part.h"
#include "base/clock.h"
#include "base/text.h"
#include "domain/grid/responsible.h"
#include "domain/lists.h"
#include "domain/object/certificate.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "domain/object/headcount.h"
#include "domain/object/licence.h"
#include "domain/object/major_hazard_source.h"
#include "domain/object/person.h"
#include "domain/object/safety_promise.h"
#include "domain/object/standardization.h"
#include "store/store.h"

#include <inttypes.h>
#include <string.h>

bool standing_is_known(const struct kind *kind)
{
    return kind == &standardization_kind || kind == &safety_promise_kind || kind == &enterprise_kind ||
           kind == &facility_kind || kind == &licence_kind || kind == &certificate_kind || kind == &person_kind ||
           kind == &major_hazard_source_kind;
}

struct finding *finding_add(struct finding *list, size_t *count, const char *code, const char *zh, const char *en,
                            bool met)
{
    struct finding *f = &list[*count < FINDINGS_MOST ? (*count)++ : FINDINGS_MOST - 1];
    *f = (struct finding){ .code = code, .label = { zh, en }, .met = met };
    return f;
}

bool standing_may_see(const struct actor *actor, const struct kind *kind, const struct owner *own)
{
    struct scope scope;
    scope_compile(actor, kind, verb_bit("read"), &scope);
    return scope_covers(&scope, own, false);
}

static const char *tenths(struct arena *arena, int64_t value)
{
    AUTO_TEXT out = TEXT_LIMIT(64);
    if (value % 10)
        text_fixed(&out, value, 1);
    else
        text_int(&out, value / 10);
    return arena_str(arena, text_get(&out));
}

/* ---- papers, people, major hazards ---- */

static void credential_standing(const struct credential_life *p, struct standing *out)
{
    out->has_status = true;
    out->status = credential_status_on(p, out->day);
    out->has_days = credential_days_left(p, out->day, &out->days);
}

static void rule_finding(struct standing *out, const struct credential_rule *rule, struct arena *arena)
{
    if (!rule || !(rule->months || rule->lead_months || rule->review_months))
        return;
    struct finding *f = finding_add(out->findings, &out->count, "rule", "有效期规则", "Rule of validity", true);
    f->text.zh =
        arena_printf(arena, "%s%s%s",
                     rule->months ? arena_printf(arena, "有效期%s %d 个月", rule->at_most ? "最长" : "", rule->months)
                                  : "有效期以证载为准",
                     rule->lead_months ? arena_printf(arena, "，届满前 %d 个月申请延期", rule->lead_months) : "",
                     rule->review_months ? arena_printf(arena, "，每 %d 个月复审一次", rule->review_months) : "");
    f->text.en = arena_printf(
        arena, "%s%s%s",
        rule->months ? arena_printf(arena, "Holds for %s%d months", rule->at_most ? "at most " : "", rule->months)
                     : "Holds as the paper says",
        rule->lead_months ? arena_printf(arena, "; renewal is asked for %d months before", rule->lead_months) : "",
        rule->review_months ? arena_printf(arena, "; reviewed every %d months", rule->review_months) : "");
    f->basis = rule->settled ? rule->basis : arena_printf(arena, "%s（条文待核）", rule->basis);
}

static void licence_standing(const struct licence *l, struct arena *arena, struct standing *out)
{
    struct credential_life p = licence_credential(l);
    char day[DAY_TEXT];
    credential_standing(&p, out);
    rule_finding(out, has(l, valid_from) ? credential_rule_on(l->type, l->valid_from) : NULL, arena);
    if (!has(l, renew_by) || !credential_holds(out->status))
        return;
    day_print(l->renew_by, day);
    struct finding *f =
        finding_add(out->findings, &out->count, "renewal", "申请延期", "Renewal", out->day <= l->renew_by);
    f->text.zh = arena_printf(arena, "最迟 %s 申请延期", day);
    f->text.en = arena_printf(arena, "To be asked for by %s", day);
}

static void score_finding(struct standing *out, const struct standardization *s, struct arena *arena)
{
    const struct standardization_rule *rule = standardization_rule_on(s->level, s->graded_on);
    if (!rule)
        return;
    struct finding *f = finding_add(out->findings, &out->count, "authority", "定级权限", "Graded by", true);
    f->text = (struct label){ rule->authority.zh, rule->authority.en };
    f->basis = rule->basis;
    if (!has(s, score))
        return;
    f = finding_add(out->findings, &out->count, "score", "评审得分", "Score", s->score >= rule->floor);
    f->text.zh =
        arena_printf(arena, "%s 分，该等级一般不低于 %s 分", tenths(arena, s->score), tenths(arena, rule->floor));
    f->text.en =
        arena_printf(arena, "%s; this level usually asks for %s", tenths(arena, s->score), tenths(arena, rule->floor));
    f->basis = rule->floor_settled ? "行业评定标准" : "行业评定标准（条文待核）";
    f->fill_field = "score";
}

static void standardization_standing(const struct standardization *s, struct arena *arena, struct standing *out)
{
    struct credential_life p = standardization_credential(s);
    const struct choice *edition = has(s, standard) ? choice_find(&standardization_standards, s->standard, 0) : NULL;
    char day[DAY_TEXT];
    credential_standing(&p, out);
    rule_finding(out, has(s, valid_from) ? standardization_validity_on(s->valid_from) : NULL, arena);
    if (has(s, graded_on))
        score_finding(out, s, arena);
    if (edition && standardization_elements(s->standard)) {
        struct finding *f = finding_add(out->findings, &out->count, "elements", "评定要素", "Elements", true);
        f->text = (struct label){ standardization_elements(s->standard), standardization_elements(s->standard) };
        f->basis = edition->label.zh;
    }
    if (!has(s, renew_by) || !credential_holds(out->status))
        return;
    day_print(s->renew_by, day);
    struct finding *f =
        finding_add(out->findings, &out->count, "renewal", "期满复评", "Renewal", out->day <= s->renew_by);
    f->text.zh = arena_printf(arena, "最迟 %s 申请复评", day);
    f->text.en = arena_printf(arena, "To be asked for by %s", day);
}

/* Signed by whoever leads the firm, and the three who vouch for the major hazard are named. */
static int promise_standing(struct db *db, const struct safety_promise *p, struct arena *arena, struct standing *out,
                            struct error *err)
{
    const char *head;
    if (promise_head(db, p->object, arena, &head, err) < 0)
        return -1;
    if (head && *head) {
        bool met = strcmp(head, p->signer) == 0;
        struct finding *f = finding_add(out->findings, &out->count, "signer", "承诺人", "Signed by", met);
        f->text = met ? (struct label){ "是主要负责人", "The head of the firm" }
                      : (struct label){ arena_printf(arena, "企业资料里的主要负责人是%s", head),
                                        arena_printf(arena, "The firm's record names %s as its head", head) };
        f->basis = "应急厅〔2021〕12号";
        f->fill_field = "signer";
    }
    bool named = has(p, principal) && has(p, technical) && has(p, operational);
    struct finding *f = finding_add(out->findings, &out->count, "vouch", "包保责任人", "Who vouches", named);
    f->text =
        named ? (struct label){ "三名责任人均已写明", "All three are named" }
              : (struct label){ "有重大危险源的，应写明主要、技术、操作负责人", "With a major hazard, name all three" };
    f->basis = "应急厅〔2021〕12号";
    f->fill_field = !has(p, principal) ? "principal" : !has(p, technical) ? "technical" : "operational";
    return 0;
}

static void certificate_standing(const struct certificate *t, struct arena *arena, struct standing *out)
{
    struct credential_life p = certificate_credential(t);
    credential_standing(&p, out);
    rule_finding(out, has(t, issued_on) ? credential_rule_on(t->type, t->issued_on) : NULL, arena);
}

static int trade_of_object(struct db *db, int64_t object, enum trade *out, struct error *err)
{
    struct rows rows;
    *out = TRADE_OTHER;
    if (db_query(db, &rows, "SELECT sector, flags, industry FROM enterprise WHERE id = ?", BIND(value_int(object)),
                 err) < 0)
        return -1;
    if (rows_next(&rows))
        *out = trade_of(rows_text(&rows, 0), rows_text(&rows, 1), rows_text(&rows, 2));
    return rows_done(&rows, err);
}

static void hours_finding(struct standing *out, struct arena *arena, const char *code, struct label label, bool met,
                          int64_t need, int64_t got, const char *basis)
{
    struct finding *f = finding_add(out->findings, &out->count, code, label.zh, label.en, met);
    f->text.zh = need ? arena_printf(arena, "需要 %s 学时，已有 %s 学时", tenths(arena, need), tenths(arena, got))
                      : "没有规定学时";
    f->text.en = need ? arena_printf(arena, "Needs %s h, has %s h", tenths(arena, need), tenths(arena, got))
                      : "No hours are fixed";
    f->basis = basis;
    f->fill_field = "trainings";
}

static int person_standing(struct db *db, const struct person *p, struct arena *arena, struct standing *out,
                           struct error *err)
{
    enum trade trade;
    if (trade_of_object(db, p->object, &trade, err) < 0)
        return -1;
    struct trained t = person_trained_on(p, trade, out->day);
    hours_finding(out, arena, "initial", (struct label){ "岗前（初次）培训", "Training before the work" },
                  t.initial_met, t.rule.initial, t.initial, t.rule.basis);
    if (t.yearly_due)
        hours_finding(out, arena, "yearly", (struct label){ "近 12 个月再培训", "Training of the last 12 months" },
                      t.yearly_met, t.rule.yearly, t.yearly, t.rule.basis);
    return 0;
}

static int guarantors(struct db *db, const struct major_hazard_source *m, struct arena *arena, struct standing *out,
                      struct error *err)
{
    static const struct {
        const char *role, *code;
        struct label label;
    } three[] = { { "principal", "principal", { "包保主要负责人", "Guarantor: principal" } },
                  { "technical", "technical", { "包保技术负责人", "Guarantor: technical" } },
                  { "operational", "operational", { "包保操作负责人", "Guarantor: operations" } } };
    struct responsible *list;
    size_t count;
    struct owner own = m->is.own;
    own.object = m->object;
    if (responsible_read(db, out->day, &own, arena, &list, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < COUNT(three); i++) {
        const char *who = NULL;
        for (size_t k = 0; k < count && !who; k++)
            if (list[k].level == DUTY_OBJECT && strcmp(list[k].role->code, three[i].role) == 0)
                who = list[k].holder_name;
        struct finding *f =
            finding_add(out->findings, &out->count, three[i].code, three[i].label.zh, three[i].label.en, who != NULL);
        f->text = who ? (struct label){ who, who } : (struct label){ "未明确", "Nobody is named" };
        f->basis = "应急厅〔2021〕12号";
    }
    return 0;
}

/* ---- a works site ---- */

static const char works_staff_basis[] =
    "建筑施工企业安全生产管理机构设置及专职安全生产管理人员配备办法（建质〔2008〕91号）";

static void named_on_site(struct standing *out, const char *code, const char *zh, const char *en, const char *what,
                          const char *basis)
{
    struct finding *f = finding_add(out->findings, &out->count, code, zh, en, what != NULL);
    f->text = what ? (struct label){ what, what } : (struct label){ "未填写", "Not entered" };
    f->basis = basis;
    f->fill_field = code;
}

/* How many full-time safety staff the builder needs at the project; false where what decides it is not entered: `lacks`. */
static bool site_needs(const struct facility *f, int64_t *need, const char **lacks)
{
    bool house = has(f, works_type) && strcmp(f->works_type, "house") == 0;
    *lacks = !has(f, works_type) ? "works_type" : house ? "works_area" : "works_cost";
    if (!has(f, works_type) || (house ? !has(f, works_area) : !has(f, works_cost)))
        return false;
    *need = house ? headcount_building(f->works_area / 100) : headcount_works(f->works_cost / 100);
    return true;
}

static int site_staff(struct db *db, const struct facility *f, struct arena *arena, struct standing *out,
                      struct error *err)
{
    struct value day = value_int(out->day);
    int64_t need = 0, there = 0;
    const char *lacks;
    bool found;
    if (db_get_int(db,
                   "SELECT count(*) FROM person WHERE own_object = ? AND removed_at IS NULL AND safety_role = "
                   "'full_time' AND (hired_on IS NULL OR hired_on <= ?) AND (left_on IS NULL OR left_on >= ?)",
                   BIND(value_int(f->is.id), day, day), &there, &found, err) < 0)
        return -1;
    bool known = site_needs(f, &need, &lacks);
    struct finding *one = finding_add(out->findings, &out->count, "safety_staff", "项目专职安全生产管理人员",
                                      "Full-time safety staff of the project", known && there >= need);
    one->basis = works_staff_basis;
    if (!known) {
        one->text = (struct label){ "未填工程类别、施工面积或合同价，无法计算应配人数",
                                    "The type, area or price is not entered: how many are needed is unknown" };
        one->fill_field = lacks;
        return 0;
    }
    one->text.zh = arena_printf(arena, "需要 %" PRId64 " 名，现有 %" PRId64 " 名", need, there);
    one->text.en = arena_printf(arena, "Needs %" PRId64 ", has %" PRId64, need, there);
    one->fill_kind = &person_kind;
    one->fill_query = "safety_role=full_time";
    return 0;
}

static int site_standing(struct db *db, const struct actor *actor, const struct facility *f, struct arena *arena,
                         struct standing *out, struct error *err)
{
    struct owner own = f->is.own;
    own.object = f->is.id;
    if (strcmp(f->type, "works_site") != 0)
        return 0;
    named_on_site(out, "works_permit", "施工许可证", "Works permit", has(f, works_permit) ? f->works_permit : NULL,
                  "建筑法第七条");
    named_on_site(out, "builder", "施工单位", "Builder", has(f, builder) ? f->builder : NULL, NULL);
    if (standing_may_see(actor, &person_kind, &own) && site_staff(db, f, arena, out, err) < 0)
        return -1;
    if (!has(f, labourers) || f->labourers == 0)
        return 0;
    int64_t need = headcount_labour(f->labourers), there = has(f, labour_safety) ? f->labour_safety : 0;
    struct finding *one = finding_add(out->findings, &out->count, "labour_safety", "劳务分包单位专职安全员",
                                      "Safety staff of the labour subcontractors", there >= need);
    one->text.zh =
        arena_printf(arena, "劳务 %" PRId64 " 人，需要 %" PRId64 " 名，现有 %" PRId64 " 名", f->labourers, need, there);
    one->text.en =
        arena_printf(arena, "%" PRId64 " labourers: needs %" PRId64 ", has %" PRId64, f->labourers, need, there);
    one->basis = works_staff_basis;
    one->fill_field = "labour_safety";
    return 0;
}

static void duty_of_source(struct standing *out, const char *code, struct label label, bool met, const char *field)
{
    struct finding *f = finding_add(out->findings, &out->count, code, label.zh, label.en, met);
    f->text = met ? (struct label){ "已落实", "In place" } : (struct label){ "未落实", "Not in place" };
    f->basis = "危险化学品重大危险源监督管理暂行规定（总局令40号）";
    f->fill_field = field;
}

static int source_standing(struct db *db, const struct major_hazard_source *m, struct arena *arena,
                           struct standing *out, struct error *err)
{
    bool high = has(m, grade) && (strcmp(m->grade, "one") == 0 || strcmp(m->grade, "two") == 0);
    if (!has(m, grade) || strcmp(m->grade, "none") == 0)
        return 0;
    duty_of_source(out, "filed", (struct label){ "备案", "Filed" }, has(m, filing_no), "filing_no");
    duty_of_source(out, "assessed", (struct label){ "三年内安全评估", "Assessed within three years" },
                   has(m, reassess_by) && m->reassess_by >= out->day, "assessed_on");
    duty_of_source(out, "monitored", (struct label){ "监测监控", "Monitored" }, has(m, monitored) && m->monitored,
                   "monitored");
    if (high)
        duty_of_source(out, "shut_down", (struct label){ "紧急停车（切断）系统", "Emergency shut-down" },
                       has(m, shut_down) && m->shut_down, "shut_down");
    if (high && has(m, toxic) && m->toxic)
        duty_of_source(out, "independent_sis", (struct label){ "独立安全仪表系统", "Independent SIS" },
                       has(m, independent_sis) && m->independent_sis, "independent_sis");
    return guarantors(db, m, arena, out, err);
}

int standing_read(struct db *db, const struct actor *actor, const struct kind *kind, const void *record, int64_t day,
                  struct arena *arena, struct standing *out, struct error *err)
{
    *out = (struct standing){ .day = day };
    if (kind == &enterprise_kind)
        return firm_standing(db, actor, record, arena, out, err);
    if (kind == &facility_kind)
        return site_standing(db, actor, record, arena, out, err);
    if (kind == &person_kind)
        return person_standing(db, record, arena, out, err);
    if (kind == &major_hazard_source_kind)
        return source_standing(db, record, arena, out, err);
    if (kind == &safety_promise_kind)
        return promise_standing(db, record, arena, out, err);
    if (kind == &standardization_kind)
        standardization_standing(record, arena, out);
    if (kind == &licence_kind)
        licence_standing(record, arena, out);
    if (kind == &certificate_kind)
        certificate_standing(record, arena, out);
    return 0;
}
