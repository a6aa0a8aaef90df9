/* The moves of a hazard and the rules that stand in their way (hazard reference §4 to §7). */
#include "base/clock.h"
#include "base/text.h"
#include "calendar/deadline.h"
#include "domain/change.h"
#include "domain/hazard/hazard.h"
#include "domain/lists.h"

#include <string.h>

/* Evidence of this repair: a file the record did not have before. */
static bool has_new_evidence(const struct change *c)
{
    const struct hazard *was = c->before, *h = c->after;
    if (!has(h, evidence))
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
    unset(h, site_review_on);
}

/* 立行立改: only what is small enough to be removed at once (总局令16号 art 3). */
static int may_fix_on_the_spot(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    if (hazard_is_major(h))
        return refuse(err, "hazard.major_spot_fix", "重大隐患不能立行立改，请五落实交办",
                      "A major hazard cannot be fixed on the spot; assign it with the five arrangements");
    if (!has_new_evidence(c))
        return fail_field(err, "evidence", "请上传整改后的照片或材料", "Upload a photo or paper of the repair");
    begin_round(c);
    return 0;
}

/* Who decides about more time stands above all who assigned it or set its deadline. Where the program acts in somebody's name, as
** in a demonstration, that person's own level counts. */
static int say_level(struct change *c, bool anew, struct error *err)
{
    struct hazard *h = c->after;
    const struct actor *who = c->actor;
    struct actor person;
    if (who->program && who->id != ACCOUNT_SYSTEM) {
        if (actor_load(c->db, who->id, day_of_ms(c->now), c->arena, &person, err) < 0)
            return -1;
        who = &person;
    }
    int level = who->program ? -1 : actor_standing(who, &hazard_kind, verb_bit(c->move->needs), &h->is.own, true);
    int stood = !anew && has(h, set_level) ? standing_find(h->set_level) : -1;
    if (anew)
        unset(h, set_level);
    if (level > stood)
        set(h, set_level, standings.items[level].code);
    return 0;
}

static int check_due(struct change *c, struct error *err)
{
    const struct hazard *h = c->after;
    if (has(h, due) && h->due < day_of_ms(c->now))
        return fail_field(err, "due", "整改期限不能早于今天", "The deadline cannot be before today");
    return 0;
}

/* Same unit, same clause, within twelve months (hazard reference §3). */
static int find_repeat(struct change *c, int64_t *out, struct error *err)
{
    struct hazard *h = c->after;
    const struct deadline_rule *rule = deadline_rule_on(&deadline_rules, "hazard.repeat", h->found_on);
    bool found = false;
    *out = 0;
    if (!rule || !has(h, clause))
        return 0;
    return db_get_int(
        c->db,
        "SELECT id FROM hazard WHERE own_object = ? AND removed_at IS NULL AND id <> ? AND clause = ? AND "
        "found_on >= ? AND found_on <= ? ORDER BY found_on DESC, id DESC LIMIT 1",
        BIND(value_int(h->is.own.object), value_int(h->is.id), value_text(h->clause),
             value_int(period_last_day(c->calendar, h->found_on, &rule->period)), value_int(h->found_on)),
        out, &found, err);
}

static int may_classify(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    int64_t former;
    if (find_repeat(c, &former, err) < 0)
        return -1;
    set(h, repeated, former != 0);
    if (former)
        set(h, repeat_of, former);
    else
        unset(h, repeat_of);
    if (hazard_is_major(h))
        set(h, major_on, day_of_ms(c->now));
    else
        unset(h, major_on);
    return 0;
}

/* 安全生产法 art 41, 总局令16号 art 14: the firm reports a major hazard to the department that supervises it. */
static int may_report(struct change *c, struct error *err)
{
    const struct hazard *was = c->before;
    struct hazard *h = c->after;
    if (!hazard_is_major(h))
        return refuse(err, "hazard.report_general", "只有重大隐患须单独报告，这条是一般隐患",
                      "Only a major hazard is reported by itself; this one is general");
    if (has(was, reported_on))
        return refuse(err, "hazard.reported_already", "这条重大隐患已报告", "It is reported already");
    set(h, reported_on, day_of_ms(c->now));
    return 0;
}

/* What came on paper, or by another way, with the day it came. */
static int may_receive_report(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    bool said = given(h, reported_on) && has(h, reported_on);
    int64_t day = h->reported_on;
    if (may_report(c, err) < 0)
        return -1;
    if (!said) {
        unset(h, reported_on);
        return 0;
    }
    set(h, reported_on, day);
    if (day < h->found_on || day > day_of_ms(c->now))
        return fail_field(err, "reported_on", "报告日期应在发现日期之后、今天之前（含）",
                          "It lies between the date found and today");
    return 0;
}

/* Who is responsible is an account or, of somebody without one, a name: of the two, the one given now. Whom an account names
** has to be able to do it (field.answers). */
static void take_person(struct hazard *h)
{
    bool account = given(h, responsible) && has(h, responsible);
    bool name = given(h, responsible_name) && has(h, responsible_name);
    if (account && !name)
        unset(h, responsible_name);
    else if (name && !account)
        unset(h, responsible);
}

static int may_assign(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    int64_t today = day_of_ms(c->now);
    if (has(h, due) && h->due < today)
        fail_field(err, "due", "整改期限不能早于今天", "The deadline cannot be before today");
    if (hazard_is_major(h) && !has(h, plan_goal))
        fail_field(err, "plan_goal", "重大隐患须写明治理目标和任务", "A major hazard needs the aim of its plan");
    if (hazard_is_major(h) && !has(h, plan_signed_on))
        fail_field(err, "plan_signed_on", "重大隐患的治理方案须由主要负责人签署，请填签署日期",
                   "The head of the unit signs the plan of a major hazard; give the date");
    if (has(h, plan_signed_on) && h->plan_signed_on > today)
        fail_field(err, "plan_signed_on", "签署日期不能晚于今天", "It cannot have been signed after today");
    take_person(h);
    set(h, assigner, c->actor->id);
    set(h, assigned_on, today);
    return err->fault ? -1 : say_level(c, true, err);
}

static bool is_another_person(const struct hazard *was, const struct hazard *h)
{
    if (given(h, responsible) && has(h, responsible))
        return !has(was, responsible) || h->responsible != was->responsible;
    return given(h, responsible_name) && has(h, responsible_name) &&
           (has(was, responsible) || !has(was, responsible_name) ||
            strcmp(h->responsible_name, was->responsible_name) != 0);
}

static int may_transfer(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    take_person(h);
    if (!is_another_person(c->before, h))
        return fail_field(err, "responsible", "请选择另一位责任人", "Choose another person");
    set(h, assigner, c->actor->id);
    set(h, assigned_on, day_of_ms(c->now));
    return say_level(c, false, err);
}

/* A ledger's row may stand here without some of the five: nothing is repaired before they are made. */
static int check_five(struct change *c, struct error *err)
{
    const char *lacks = hazard_lacking(c->after, c->arena);
    AUTO_TEXT zh = TEXT_LIMIT(256);
    AUTO_TEXT en = TEXT_LIMIT(256);
    for (size_t i = 0; lacks && i < arrangements.count; i++) {
        const struct choice *one = &arrangements.items[i];
        if (!strstr(lacks, arena_printf(c->arena, ",%s,", one->code)))
            continue;
        text_printf(&zh, "%s%s", zh.used ? "、" : "", one->label.zh);
        text_printf(&en, "%s%s", en.used ? ", " : "", one->label.en);
    }
    return lacks ? refuse(err, "hazard.five_lacking", "五落实还缺%s%.0s：请先由交办的人办理“补全五落实”",
                          "Still missing of the five arrangements:%.0s %s. "
                          "Whoever may assign it completes them first",
                          text_get(&zh), text_get(&en))
                 : 0;
}

static bool is_lacking(const void *record)
{
    const struct hazard *h = record;
    return has(h, lacks);
}

/* Whoever makes them all known is who assigned it, where nobody is known to have. */
static int may_complete(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    AUTO_ARENA arena = { 0 };
    if (!hazard_lacking(c->before, &arena))
        return refuse(err, "hazard.five_whole", "五落实没有缺项，不用补全",
                      "Nothing is missing of the five arrangements");
    if (given(h, due))
        check_due(c, err);
    if (!has(h, assigner)) {
        set(h, assigner, c->actor->id);
        set(h, assigned_on, day_of_ms(c->now));
    }
    return err->fault ? -1 : say_level(c, false, err);
}

/* The unit may object for a few working days; after that the assignment stands. */
static int may_object(struct change *c, struct error *err)
{
    const struct hazard *h = c->after;
    int64_t last;
    char day[DAY_TEXT];
    if (has(h, assigned_on)) {
        if (deadline_day(c->calendar, &deadline_rules, "hazard.objection", h->assigned_on, &last, err) < 0)
            return -1;
        day_print(last, day);
        if (day_of_ms(c->now) > last)
            return refuse(err, "hazard.objection_late", "异议期已于 %s 届满，请按期整改，或申请延期",
                          "The time to object ended on %s; repair it, or ask for more time", day);
    }
    return 0;
}

static int may_ask_extension(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    if (has(h, due) && day_of_ms(c->now) > h->due)
        return refuse(err, "hazard.extension_late", "整改期限已过，不能再申请延期，请尽快整改并提交",
                      "The deadline has passed; no extension can be asked for. Repair it and submit");
    if (has(h, due) && has(h, extension_to) && h->extension_to <= h->due)
        fail_field(err, "extension_to", "延期日期须晚于现在的整改期限", "It must be later than the deadline");
    set(h, extension_by, c->actor->id);
    return err->fault ? -1 : 0;
}

static int may_withdraw(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    (void)err;
    unset(h, extension_to);
    return 0;
}

/* The lateness of the days between goes with it: what is overdue follows from the deadline alone, and the history keeps
** both deadlines (decision 25). */
static int may_grant(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    if (!has(h, extension_to))
        return fail_field(err, "extension_to", "请填准予延期至哪一天", "Give the day it is granted to");
    if (h->extension_to < day_of_ms(c->now))
        return fail_field(err, "extension_to", "准予的期限不能早于今天，请改日期",
                          "It cannot be before today; change it");
    if (has(h, due) && h->extension_to <= h->due)
        return fail_field(err, "extension_to", "延期日期须晚于现在的整改期限", "It must be later than the deadline");
    set(h, due, h->extension_to);
    unset(h, extension_to);
    set(h, extensions, h->extensions + 1);
    return 0;
}

static int may_refuse_extension(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    (void)err;
    unset(h, extension_to);
    return 0;
}

static int may_submit(struct change *c, struct error *err)
{
    if (check_five(c, err) < 0)
        return -1;
    if (!has_new_evidence(c))
        return fail_field(err, "evidence", "请上传这次整改后的照片或材料", "Upload a photo or paper of this repair");
    if (hazard_is_major(c->after) && !has((struct hazard *)c->after, assessment))
        return fail_field(err, "assessment", "重大隐患整改后须组织评估，请写明评估单位和结论",
                          "A major hazard is assessed after its repair; say by whom and the finding");
    begin_round(c);
    return 0;
}

static int may_pass(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    const char *rule = hazard_look_back_rule(h);
    int64_t last;
    if (hazard_is_major(h) && !has(h, site_review_on))
        return fail_field(err, "site_review_on", "重大隐患须现场审查后销号，请填现场审查日期",
                          "A major hazard is reviewed on site before it is closed; give the date");
    if (has(h, site_review_on) && (h->site_review_on > day_of_ms(c->now) || h->site_review_on < h->fixed_on))
        return fail_field(err, "site_review_on", "现场审查日期应在整改完成之后、今天之前（含）",
                          "The review lies between the repair and today");
    set(h, rechecker, c->actor->id);
    set(h, recheck_on, day_of_ms(c->now));
    set(h, closed_on, day_of_ms(c->now));
    if (!rule)
        return 0;
    if (deadline_day(c->calendar, &deadline_rules, rule, h->closed_on, &last, err) < 0)
        return -1;
    set(h, look_back_due, last);
    return 0;
}

static int may_return(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    if (check_due(c, err) < 0)
        return -1;
    set(h, rechecker, c->actor->id);
    set(h, recheck_on, day_of_ms(c->now));
    set(h, returns, h->returns + 1);
    return say_level(c, false, err);
}

/* 责令限期整改 and nothing handed in: the authority sees for itself that it is not repaired, and sets another day. */
static int may_recheck_expired(struct change *c, struct error *err)
{
    const struct hazard *was = c->before;
    char day[DAY_TEXT];
    if (!has(was, ordered_on) || !has(was, due))
        return refuse(err, "hazard.not_ordered", "这条隐患没有责令限期整改，不用到期复查，请催办或延期",
                      "It was not ordered by an instruction: there is nothing to re-check before it is handed in");
    if (day_of_ms(c->now) <= was->due) {
        day_print(was->due, day);
        return refuse(err, "hazard.not_expired", "整改期限到 %s 才届满，届满后仍未提交的再到期复查",
                      "The time ordered runs until %s; re-check once it is over and nothing was handed in", day);
    }
    return may_return(c, err);
}

/* Whatever it found, it was the one that was due. */
static void look_back(struct change *c, int64_t day, const char *result)
{
    struct hazard *h = c->after;
    set(h, look_back_on, day);
    set(h, look_back_by, c->actor->id);
    set(h, look_back_result, result);
    set(h, look_backs, h->look_backs + 1);
    unset(h, look_back_due);
}

/* 回头看 found nothing back. */
static int may_look_back(struct change *c, struct error *err)
{
    const struct hazard *h = c->after;
    int64_t today = day_of_ms(c->now), day = has(h, look_back_on) ? h->look_back_on : today;
    if (day > today || (has(h, closed_on) && day < h->closed_on))
        return fail_field(err, "look_back_on", "回头看日期应在销号之后、今天之前（含）",
                          "The look-back lies between the closing and today");
    look_back(c, day, "holds");
    return 0;
}

/* 回头看 found it back: who closed it first stays on the line. */
static int may_reopen(struct change *c, struct error *err)
{
    const struct hazard *was = c->before;
    struct hazard *h = c->after;
    check_due(c, err);
    look_back(c, day_of_ms(c->now), "relapsed");
    unset(h, look_back_opinion); /* of an earlier one; the reason speaks of this one */
    unset(h, look_back_photos);
    if (!has(was, first_closer) && has(was, rechecker)) {
        set(h, first_closer, was->rechecker);
        set(h, first_closed_on, was->closed_on);
    }
    unset(h, closed_on);
    unset(h, ordered_on); /* that order was fulfilled; what is found back takes another */
    unset(h, opinion);
    set(h, repeated, 1);
    set(h, reopened, h->reopened + 1);
    return err->fault ? -1 : say_level(c, false, err);
}

static int may_resume(struct change *c, struct error *err)
{
    return check_due(c, err) < 0 ? -1 : say_level(c, false, err);
}

/* 挂牌督办: every major hazard; a general one when it is a repeated one or more than 30 days late. */
static int may_list(struct change *c, struct error *err)
{
    const struct hazard *was = c->before;
    struct hazard *h = c->after;
    int64_t last = INT64_MAX;
    if (has(was, listed_on) && !has(was, delisted_on))
        return refuse(err, "hazard.listed_already", "这条隐患已挂牌督办", "It is listed already");
    if (has(h, due) && deadline_day(c->calendar, &deadline_rules, "listing.overdue", h->due, &last, err) < 0)
        return -1;
    if (!hazard_is_major(h) && !(has(h, repeated) && h->repeated) && day_of_ms(c->now) <= last)
        return refuse(err, "hazard.list_general", "一般隐患只有重复发生或逾期超过 30 天才挂牌督办",
                      "A general hazard is listed only when repeated or more than 30 days late");
    set(h, listed_on, day_of_ms(c->now));
    unset(h, delisted_on);
    return 0;
}

static int may_delist(struct change *c, struct error *err)
{
    struct hazard *h = c->after;
    if (!has(h, listed_on) || has(h, delisted_on))
        return refuse(err, "hazard.not_listed", "这条隐患没有挂牌，不用摘牌", "It is not listed");
    set(h, delisted_on, day_of_ms(c->now));
    return 0;
}

/* It ends with its unit: the unit is closed, or is being closed in this very change (object/enterprise.c). */
static int may_end(struct change *c, struct error *err)
{
    const struct hazard *h = c->after;
    int64_t closed = 0;
    bool found;
    if (db_get_int(c->db, "SELECT count(*) FROM enterprise WHERE id = ? AND operating_state = 'closed'",
                   BIND(value_int(h->object)), &closed, &found, err) < 0)
        return -1;
    if (!closed)
        return refuse(err, "hazard.unit_open",
                      "责任单位没有关闭，隐患不能随单位终结：请先在单位档案办理“关闭”，可同时终结未销号隐患",
                      "The unit is not closed, so the hazard cannot end with it: close the unit on its record first, "
                      "which may end its open hazards as well");
    return 0;
}

static bool is_small(const void *record)
{
    return !hazard_is_major(record);
}

/* 总局令16号 art 15: the firm removes at once what it finds itself and is no major hazard; the days are a default. */
static bool is_own_general(const void *record)
{
    const struct hazard *h = record;
    return has(h, level) && strcmp(h->level, "general") == 0 && has(h, source) && strcmp(h->source, "self") == 0;
}

static bool is_ordered(const void *record)
{
    const struct hazard *h = record;
    return has(h, ordered_on);
}

static bool is_unreported_major(const void *record)
{
    const struct hazard *h = record;
    return hazard_is_major(h) && !has(h, reported_on);
}

static bool is_listed(const void *record)
{
    const struct hazard *h = record;
    return has(h, listed_on) && !has(h, delisted_on);
}

static bool is_not_listed(const void *record)
{
    return !is_listed(record);
}

/* 复查人不能是整改人: neither who was made responsible nor who reported the repair. */
static const struct bar not_by_the_rectifier = {
    .code = "hazard.same_person",
    .refusal = { "复查人不能是整改人：这条隐患由您负责或提交整改，请由其他有复查权限的人员复查",
                 "The re-checker must be another person: you are responsible for this repair or reported it" },
    .in_place = { "整改由您负责或登记，须由他人复查",
                  "You answer for this repair or reported it: another person re-checks" },
};

static const struct bar not_expired_by_the_responsible = {
    .code = "hazard.same_person",
    .refusal = { "到期复查不能由整改人自己做：这条隐患由您负责或提交整改，请由其他有复查权限的人员办理",
                 "Another person re-checks when the time is over: you are responsible for this repair or reported it" },
    .in_place = { "责令期限届满仍未提交整改的，由他人到期复查",
                  "If nothing is handed in by the day ordered, another person re-checks" },
};
static const struct bar not_looked_back_by_the_rectifier = {
    .code = "hazard.look_back_same",
    .refusal = { "回头看不能由整改人自己做：这条隐患由您负责或提交整改，请由其他有复查权限的人员办理",
                 "Another person looks back: you are responsible for this repair or reported it" },
    .in_place = { "整改由您负责或登记，回头看由他人进行",
                  "You answer for this repair or reported it: another person looks back" },
};

/* Who decides stands above who assigned and set the deadline (hazard reference §4), and is neither that person nor who asked. */
static const struct bar not_on_the_objection = {
    .code = "hazard.approver_same",
    .refusal = { "异议不能由交办人或与其同级的人核定，请由上级核定",
                 "Whoever assigned it, or stands no higher, cannot decide the objection; it is for those above" },
    .in_place = { "这条隐患由您或同级、上级交办，异议须由交办层级的上级核定",
                  "It was assigned by you or at your level or above: the objection is for those above" },
};
static const struct bar not_on_the_extension = {
    .code = "hazard.approver_same",
    .refusal = { "审批人不能是交办人、申请人或与交办人同级的人，请由上级审批",
                 "Whoever assigned it, stands no higher, or asked for it cannot decide; it is for those above" },
    .in_place = { "延期由您申请，或由您、同级、上级交办，须由交办层级的上级审批",
                  "You asked, or it was assigned by you or at your level or above: it is for those above to decide" },
};

/* Classified, and not over. */
#define ONCE_CLASSIFIED                                                                                         \
    HAZARD_CLASSIFIED, HAZARD_ASSIGNED, HAZARD_OBJECTED, HAZARD_RECTIFYING, HAZARD_EXTENSION, HAZARD_SUSPENDED, \
        HAZARD_FIXED

const struct move hazard_moves[HAZARD_MOVES] = {
    { .name = "classify",
      .label = { "定级", "Classify" },
      .hint = { "按判定标准定为一般或重大；重大须写明条款。",
                "General or major by the standard; major needs the clause." },
      .from = { HAZARD_FOUND },
      .from_count = 1,
      .to = HAZARD_CLASSIFIED,
      .needs = "classify",
      .expected = { .label = { "待我定级", "To classify" },
                    .go = { "去定级", "Classify" },
                    .roles = ",grid,inspector,department," },
      .accepts = { "level", "clause", "category" },
      .must = { "level" },
      .check = may_classify },
    { .name = "assign",
      .label = { "五落实交办", "Assign" },
      .hint = { "措施、责任、资金、时限、预案，五项都要落实。",
                "Measures, person, funds, deadline and plan: all five." },
      .from = { HAZARD_CLASSIFIED },
      .from_count = 1,
      .to = HAZARD_ASSIGNED,
      .needs = "assign",
      .expected = { .label = { "待我交办", "To assign" },
                    .go = { "去交办", "Assign" },
                    .roles = ",grid,inspector,department," },
      .accepts = { "measures", "responsible", "responsible_name", "funds", "due", "contingency", "plan_goal",
                   "plan_signed_on" },
      .must = { "measures", "responsible", "funds", "due", "contingency", "plan_goal", "plan_signed_on" },
      .proposes = { "due", "found_on", "hazard.self_fix", is_own_general },
      .check = may_assign },
    { .name = "complete",
      .label = { "补全五落实", "Complete the arrangements" },
      .hint = { "原台账没有写全的，补上缺的几项；已有的不改。",
                "Adds what the ledger left out; what stands is not changed." },
      .from = { HAZARD_ASSIGNED, HAZARD_RECTIFYING },
      .from_count = 2,
      .to = MOVE_STAYS,
      .needs = "assign",
      .expected = { .label = { "待我补全五落实", "To complete" },
                    .go = { "去补全", "Complete" },
                    .roles = ",grid,inspector,department,office,",
                    .due = "due",
                    .where = "lacks" },
      .accepts = { "measures", "responsible", "responsible_name", "funds", "due", "contingency" },
      .must = { "measures", "responsible", "funds", "due", "contingency" },
      .fills = true,
      .fits = is_lacking,
      .check = may_complete },
    { .name = "report",
      .label = { "报告主管部门", "Report to the department" },
      .hint = { "重大隐患须及时报告：现状及原因、危害和整改难易程度；治理方案随五落实报送。",
                "A major hazard is reported: its state and cause, its harm and effort; the plan follows." },
      .from = { ONCE_CLASSIFIED },
      .from_count = 7,
      .to = MOVE_STAYS,
      .needs = "rectify",
      .expected = { .label = { "待我报告", "To report" },
                    .go = { "去报告", "Report" },
                    .roles = ",head,safety,",
                    .since = "major_on",
                    .period = "hazard.major_report",
                    .unless = "reported_on",
                    .where = "major_on" },
      .accepts = { "reported_to", "report_cause", "report_analysis", "congress_on" },
      .must = { "reported_to", "report_cause", "report_analysis" },
      .fits = is_unreported_major,
      .check = may_report },
    { .name = "report-received",
      .label = { "登记收到报告", "Record a report received" },
      .hint = { "单位已用书面等方式报告的，登记收到日期。", "For what was reported on paper: the day it came." },
      .from = { ONCE_CLASSIFIED },
      .from_count = 7,
      .to = MOVE_STAYS,
      .needs = "classify",
      .accepts = { "reported_on", "reported_to", "report_cause", "report_analysis", "congress_on" },
      .must = { "reported_on", "reported_to" },
      .fits = is_unreported_major,
      .check = may_receive_report },
    { .name = "spot-fix",
      .label = { "立行立改", "Fix on the spot" },
      .hint = { "一般隐患当场整改，提交后由他人复查。", "A general hazard removed at once; another person re-checks." },
      .from = { HAZARD_CLASSIFIED },
      .from_count = 1,
      .to = HAZARD_FIXED,
      .needs = "rectify",
      .accepts = { "rectification", "evidence" },
      .must = { "rectification", "evidence" },
      .fresh = { "rectification", "evidence" },
      .fits = is_small,
      .check = may_fix_on_the_spot },
    { .name = "submit",
      .label = { "提交整改", "Submit the repair" },
      .hint = { "写明整改情况，上传整改后的照片或材料。", "Say what was done and upload a photo or paper." },
      .from = { HAZARD_ASSIGNED, HAZARD_RECTIFYING },
      .from_count = 2,
      .to = HAZARD_FIXED,
      .needs = "rectify",
      .expected = { .label = { "待我整改", "To repair" },
                    .go = { "去整改", "Repair" },
                    .roles = ",head,safety,",
                    .whose = "responsible",
                    .due = "due",
                    .unless = "lacks" },
      .accepts = { "rectification", "evidence", "assessment", "congress_on" },
      .must = { "rectification", "evidence", "assessment" },
      .fresh = { "rectification", "evidence", "assessment" },
      .check = may_submit },
    { .name = "start",
      .label = { "开始整改", "Start" },
      .from = { HAZARD_ASSIGNED },
      .from_count = 1,
      .to = HAZARD_RECTIFYING,
      .needs = "rectify",
      .check = check_five },
    { .name = "recheck-pass",
      .label = { "复查通过", "Pass the re-check" },
      .hint = { "须由整改人以外的人员复查。", "Only by a person other than the rectifier." },
      .from = { HAZARD_FIXED },
      .from_count = 1,
      .to = HAZARD_CLOSED,
      .needs = "recheck",
      .expected = { .label = { "待我复查", "To re-check" },
                    .go = { "去复查", "Re-check" },
                    .roles = ",grid,inspector,department,",
                    .since = "recheck_from",
                    .period = "hazard.recheck" },
      .never = { "rectifier", "responsible" },
      .barred = &not_by_the_rectifier,
      .accepts = { "opinion", "site_review_on" },
      .must = { "opinion", "site_review_on" },
      .fresh = { "opinion", "site_review_on" },
      .check = may_pass },
    { .name = "recheck-fail",
      .label = { "复查退回", "Return for correction" },
      .hint = { "写明不通过的原因，并另定整改期限。", "Say why and set a new deadline." },
      .from = { HAZARD_FIXED },
      .from_count = 1,
      .to = HAZARD_RECTIFYING,
      .needs = "recheck",
      .never = { "rectifier", "responsible" },
      .barred = &not_by_the_rectifier,
      .accepts = { "opinion", "due" },
      .must = { "opinion", "due" },
      .fresh = { "opinion", "due" },
      .other_of = "recheck-pass",
      .danger = true,
      .check = may_return },
    {
        .name = "recheck-expired",
        .label = { "到期复查未整改", "Not repaired when due" },
        .hint = { "责令整改期限届满仍未提交的，现场复查后写明情况，另定整改期限。",
                  "The time ordered is over and nothing was handed in: say what was seen and set another day." },
        .from = { HAZARD_ASSIGNED, HAZARD_RECTIFYING },
        .from_count = 2,
        .to = HAZARD_RECTIFYING,
        .needs = "recheck",
        .expected = { .label = { "期满待我复查", "Time over, to re-check" },
                      .go = { "去复查", "Re-check" },
                      .roles = ",inspector,department,",
                      .since = "recheck_from",
                      .period = "hazard.recheck",
                      .past = true,
                      .where = "ordered_on" },
        .never = { "rectifier", "responsible" },
        .barred = &not_expired_by_the_responsible,
        .accepts = { "opinion", "due" },
        .must = { "opinion", "due" },
        .fresh = { "opinion", "due" },
        .fits = is_ordered,
        .danger = true,
        .check = may_recheck_expired,
    },
    {
        .name = "object",
        .label = { "提出异议", "Object" },
        .hint = { "责任单位在交办后 3 个工作日内可以提出，写明理由；期限照常计算。",
                  "The unit may object within three working days; the deadline runs on." },
        .from = { HAZARD_ASSIGNED },
        .from_count = 1,
        .to = HAZARD_OBJECTED,
        .needs = "rectify",
        .accepts = { "reason" },
        .must = { "reason" },
        .fresh = { "reason" },
        .check = may_object,
    },
    {
        .name = "objection-accept",
        .label = { "采纳异议", "Accept the objection" },
        .hint = { "退回重新定级。", "Goes back to be classified again." },
        .from = { HAZARD_OBJECTED },
        .from_count = 1,
        .to = HAZARD_FOUND,
        .needs = "approve",
        .expected = { .label = { "待我核异议", "Objections to decide" },
                      .go = { "去核异议", "Decide" },
                      .roles = ",inspector,office,",
                      .due = "due" },
        .never = { "assigner" },
        .above = "set_level",
        .barred = &not_on_the_objection,
        .accepts = { "reason" },
        .must = { "reason" },
        .fresh = { "reason" },
    },
    {
        .name = "objection-refuse",
        .label = { "驳回异议", "Refuse the objection" },
        .hint = { "写明理由，原期限不变。", "Say why; the deadline stays." },
        .from = { HAZARD_OBJECTED },
        .from_count = 1,
        .to = HAZARD_ASSIGNED,
        .needs = "approve",
        .never = { "assigner" },
        .above = "set_level",
        .barred = &not_on_the_objection,
        .accepts = { "reason" },
        .must = { "reason" },
        .fresh = { "reason" },
        .other_of = "objection-accept",
        .danger = true,
    },
    {
        .name = "extend-request",
        .label = { "申请延期", "Ask for more time" },
        .hint = { "须在期限届满前提出；批准前原期限照常计算。",
                  "Before the deadline; until it is granted the old one runs." },
        .from = { HAZARD_ASSIGNED, HAZARD_RECTIFYING },
        .from_count = 2,
        .to = HAZARD_EXTENSION,
        .needs = "rectify",
        .accepts = { "extension_to", "reason" },
        .must = { "extension_to", "reason" },
        .fresh = { "extension_to", "reason" },
        .check = may_ask_extension,
    },
    {
        .name = "extend-approve",
        .label = { "同意延期", "Grant more time" },
        .hint = { "可以改准予的日期。", "The date granted may differ from the one asked for." },
        .from = { HAZARD_EXTENSION },
        .from_count = 1,
        .to = HAZARD_RECTIFYING,
        .needs = "approve",
        .expected = { .label = { "待我批延期", "Extensions to decide" },
                      .go = { "去审批", "Decide" },
                      .roles = ",inspector,office,",
                      .due = "due" },
        .never = { "assigner", "extension_by" },
        .above = "set_level",
        .barred = &not_on_the_extension,
        .accepts = { "extension_to" },
        .calls = { "extension_to", { "准予延期至", "Granted until" } },
        .check = may_grant,
    },
    {
        .name = "extend-refuse",
        .label = { "不同意延期", "Refuse more time" },
        .hint = { "写明理由，原期限不变。", "Say why; the deadline stays." },
        .from = { HAZARD_EXTENSION },
        .from_count = 1,
        .to = HAZARD_RECTIFYING,
        .needs = "approve",
        .never = { "assigner", "extension_by" },
        .above = "set_level",
        .barred = &not_on_the_extension,
        .accepts = { "reason" },
        .must = { "reason" },
        .fresh = { "reason" },
        .other_of = "extend-approve",
        .danger = true,
        .check = may_refuse_extension,
    },
    {
        .name = "extend-withdraw",
        .label = { "撤回延期申请", "Withdraw the request" },
        .from = { HAZARD_EXTENSION },
        .from_count = 1,
        .to = HAZARD_RECTIFYING,
        .needs = "rectify",
        .check = may_withdraw,
    },
    {
        .name = "resume",
        .label = { "恢复整改", "Resume" },
        .hint = { "重新定整改期限。", "Set a new deadline." },
        .from = { HAZARD_SUSPENDED },
        .from_count = 1,
        .to = HAZARD_RECTIFYING,
        .needs = "approve",
        .accepts = { "due" },
        .must = { "due" },
        .fresh = { "due" },
        .check = may_resume,
    },
    {
        .name = "delist",
        .label = { "摘牌", "Delist" },
        .hint = { "现场核实后摘牌，写明核实情况。", "After verification on site; say what was found." },
        .from = { HAZARD_CLOSED },
        .from_count = 1,
        .to = HAZARD_CLOSED,
        .needs = "approve",
        .accepts = { "reason" },
        .must = { "reason" },
        .fresh = { "reason" },
        .fits = is_listed,
        .check = may_delist,
    },
    {
        .name = "look-back",
        .label = { "回头看无反弹", "Nothing found back" },
        .hint = { "销号后再到现场核实，没有反弹的写明情况；反弹的办理“回头看反弹”。",
                  "Seen again after the closing and not found back; what is found back is reopened." },
        .from = { HAZARD_CLOSED },
        .from_count = 1,
        .to = HAZARD_CLOSED,
        .needs = "recheck",
        .expected = { .label = { "待我回头看", "To look back at" },
                      .go = { "去回头看", "Look back" },
                      .roles = ",inspector,department,",
                      .due = "look_back_due",
                      .where = "look_back_due" },
        .never = { "rectifier", "responsible" },
        .barred = &not_looked_back_by_the_rectifier,
        .accepts = { "look_back_opinion", "look_back_on", "look_back_photos" },
        .must = { "look_back_opinion" },
        .fresh = { "look_back_opinion", "look_back_on", "look_back_photos" },
        .check = may_look_back,
    },
    {
        .name = "reopen",
        .label = { "回头看反弹", "Reopen" },
        .hint = { "销号后又出现的，重新整改；首次销号人留在记录上。",
                  "Found back after closing; who closed it first stays on the record." },
        .from = { HAZARD_CLOSED },
        .from_count = 1,
        .to = HAZARD_RECTIFYING,
        .needs = "recheck",
        .accepts = { "reason", "due" },
        .must = { "reason", "due" },
        .fresh = { "reason", "due" },
        .other_of = "look-back",
        .danger = true,
        .check = may_reopen,
    },
    {
        .name = "reclassify",
        .label = { "退回定级", "Send back to classify" },
        .hint = { "定级有误的退回，写明理由。", "Wrongly classified; say why." },
        .from = { HAZARD_CLASSIFIED },
        .from_count = 1,
        .to = HAZARD_FOUND,
        .needs = "classify",
        .accepts = { "reason" },
        .must = { "reason" },
        .fresh = { "reason" },
        .danger = true,
    },
    {
        .name = "transfer",
        .label = { "改派", "Reassign" },
        .hint = { "换责任人，写明理由；期限不变。", "Another person; say why. The deadline stays." },
        .from = { HAZARD_ASSIGNED, HAZARD_RECTIFYING },
        .from_count = 2,
        .to = HAZARD_ASSIGNED,
        .needs = "assign",
        .accepts = { "responsible", "responsible_name", "reason" },
        .must = { "responsible", "reason" },
        .fresh = { "reason" },
        .check = may_transfer,
    },
    {
        .name = "list",
        .label = { "挂牌督办", "List" },
        .hint = { "重大隐患一律挂牌；一般隐患限重复发生或逾期超过 30 天。",
                  "Every major hazard; general ones when repeated or over 30 days late." },
        .from = { ONCE_CLASSIFIED },
        .from_count = 7,
        .to = MOVE_STAYS,
        .needs = "approve",
        .expected = { .label = { "待我挂牌", "To list" },
                      .go = { "去挂牌", "List" },
                      .roles = ",office,inspector,department,",
                      .due = "due",
                      .unless = "listed_on",
                      .level = "lists" },
        .accepts = { "listed_level", "listing_no" },
        .must = { "listed_level", "listing_no" },
        .fresh = { "listed_level", "listing_no" },
        .fits = is_not_listed,
        .check = may_list,
    },
    {
        .name = "suspend",
        .label = { "中止整改", "Suspend" },
        .hint = { "因停产、不可抗力等不能整改的，写明理由；期限停止计算。",
                  "Repair cannot go on; say why. The deadline stops." },
        .from = { HAZARD_ASSIGNED, HAZARD_RECTIFYING },
        .from_count = 2,
        .to = HAZARD_SUSPENDED,
        .needs = "approve",
        .accepts = { "reason" },
        .must = { "reason" },
        .fresh = { "reason" },
        .danger = true,
    },
    {
        .name = "end",
        .label = { "随单位关闭终结", "End with the unit" },
        .hint = { "单位已依法关闭取缔、档案里已办关闭的，写明文号。",
                  "The unit was closed by law and on its record; give the document." },
        .from = { HAZARD_FOUND, HAZARD_CLASSIFIED, HAZARD_ASSIGNED, HAZARD_OBJECTED, HAZARD_RECTIFYING,
                  HAZARD_EXTENSION, HAZARD_SUSPENDED, HAZARD_FIXED },
        .from_count = 8,
        .to = HAZARD_ENDED,
        .needs = "approve",
        .accepts = { "closure_document" },
        .must = { "closure_document" },
        .danger = true,
        .check = may_end,
    },
};
