#include "domain/object/person.h"

#include "base/clock.h"
#include "calendar/calendar.h"
#include "domain/change.h"
#include "domain/lists.h"
#include "record/type.h"

#include <string.h>

bool person_works_on(const struct person *p, int64_t day)
{
    return (!has(p, hired_on) || p->hired_on <= day) && (!has(p, left_on) || p->left_on >= day);
}

static bool is_manager(const struct person *p)
{
    return (has(p, category) && (strcmp(p->category, "head") == 0 || strcmp(p->category, "manager") == 0)) ||
           has(p, safety_role);
}

struct trained training_judge(enum trade trade, enum post_class post, int64_t initial, int64_t yearly, int64_t hired_on,
                              int64_t day)
{
    struct trained t = { .rule = training_required(trade, post), .initial = initial, .yearly = yearly };
    /* The first year is covered by the training before the work. */
    t.yearly_due = t.rule.yearly > 0 && hired_on && hired_on <= day_add_months(day, -12);
    t.initial_met = t.initial >= t.rule.initial;
    t.yearly_met = !t.yearly_due || t.yearly >= t.rule.yearly;
    return t;
}

struct trained person_trained_on(const struct person *p, enum trade trade, int64_t day)
{
    int64_t year_ago = day_add_months(day, -12), initial = 0, yearly = 0;
    for (size_t i = 0; has(p, trainings) && i < p->trainings->count; i++) {
        const struct training *one = (const struct training *)p->trainings->rows + i;
        if (one->held_on > day || (has(one, passed) && !one->passed))
            continue;
        if (strcmp(one->purpose, "initial") == 0)
            initial += one->hours;
        else if (one->held_on > year_ago)
            yearly += one->hours;
    }
    return training_judge(trade, is_manager(p) ? POST_MANAGER : POST_WORKER, initial, yearly,
                          has(p, hired_on) ? p->hired_on : 0, day);
}

static int person_check(struct change *c, struct error *err)
{
    const struct person *p = c->after;
    int64_t today = day_of_ms(c->now);
    if (has(p, hired_on) && has(p, left_on) && p->left_on < p->hired_on)
        fail_field(err, "left_on", "离职日期早于入职日期，请核对", "They left before they came; check both days");
    if (has(p, duty_signed_on) && p->duty_signed_on > today)
        fail_field(err, "duty_signed_on", "签订日期不能晚于今天", "It cannot have been signed after today");
    for (size_t i = 0; has(p, trainings) && i < p->trainings->count; i++)
        if (((const struct training *)p->trainings->rows)[i].held_on > today)
            fail_field(err, "trainings", "第 %d 条培训的日期晚于今天，请在培训后登记",
                       "Training %d lies after today; enter it once it was held", (int)i + 1);
    return err->fault ? -1 : 0;
}

static const struct field training_fields[] = {
    { DATE(struct training, held_on), .label = { "培训日期", "Held on" }, .flags = REQUIRED },
    { CHOICE(struct training, purpose), .label = { "培训性质", "Purpose" }, .choices = &training_purposes,
      .flags = REQUIRED },
    { DECIMAL(struct training, hours), .label = { "学时", "Hours" }, .scale = 1, .max = 1000, .flags = REQUIRED,
      .unit = { "学时", "h" } },
    { TEXT(struct training, topic), .label = { "内容", "Topic" }, .max = 100 },
    { YES_NO(struct training, passed), .label = { "考核合格", "Passed" } },
};

const struct kind training_kind = {
    .name = "training",
    .plural = "trainings",
    .label = { "培训记录", "Training" },
    .size = sizeof(struct training),
    .fields = LISTED(training_fields),
    .child = true,
};

static const struct group person_groups[] = { { "who", { "基本信息", "Basics" } },
                                              { "work", { "岗位", "Work" } },
                                              { "training", { "培训", "Training" } } };

static const struct field person_fields[] = {
    { TEXT(struct person, name), .label = { "姓名", "Name" }, .max = 40, .flags = REQUIRED | TITLE | SEARCH | LIST,
      .group = "who" },
    { OBJECT(struct person, object), .label = { "所在单位", "Works for" }, .flags = REQUIRED | FIXED | LIST,
      .group = "who" },
    { ID_NUMBER(struct person, id_number), .label = { "证件号", "ID number" }, .group = "who" },
    { PHONE(struct person, phone), .label = { "联系电话", "Phone" }, .flags = LIST, .group = "who" },
    { CHOICE(struct person, category), .label = { "人员类别", "Class" }, .choices = &person_categories,
      .flags = REQUIRED | LIST | INDEXED, .group = "work" },
    { TEXT(struct person, post), .label = { "岗位", "Post" }, .max = 60, .flags = LIST, .group = "work" },
    { CHOICE(struct person, safety_role), .label = { "安全管理", "Looks after safety" }, .choices = &safety_roles,
      .flags = LIST, .group = "work", .hint = { "专职或兼职安全生产管理人员", "Full or part time; empty: no" } },
    { YES_NO(struct person, engineer), .label = { "注册安全工程师", "Registered safety engineer" }, .group = "work" },
    { DATE(struct person, hired_on), .label = { "入职日期", "Hired on" }, .flags = LIST, .group = "work" },
    { DATE(struct person, left_on), .label = { "离职日期", "Left on" }, .group = "work" },
    { DATE(struct person, duty_signed_on), .label = { "责任书签订日期", "Duty signed on" }, .group = "work",
      .hint = { "本岗位安全生产责任书", "The letter of duty of the post" } },
    { LINES(struct person, trainings), .label = { "培训记录", "Training" }, .lines = &training_kind, .max = 60,
      .flags = WIDE, .group = "training" },
    { FILES(struct person, papers), .label = { "培训档案", "Papers" }, .max = 10, .flags = WIDE, .group = "training" },
    { LONG_TEXT(struct person, remark), .label = { "备注", "Remark" }, .max = 1000, .flags = WIDE,
      .group = "training" },
};

const struct kind person_kind = {
    .name = "person",
    .plural = "persons",
    .label = { "从业人员", "Person" },
    .size = sizeof(struct person),
    .fields = LISTED(person_fields),
    .groups = LISTED(person_groups),
    .scope = SCOPE_OBJECT,
    .scope_field = "object",
    .sorts = { "name", "id" },
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_IMPORT | CAN_EXPORT | CAN_VERIFY,
    .check = person_check,
};
