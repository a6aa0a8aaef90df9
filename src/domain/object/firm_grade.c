#include "domain/object/firm_grade.h"

#include "base/clock.h"
#include "domain/change.h"
#include "record/type.h"

enum { GRADE_ON = 1, GRADE_BY = 2 }; /* places in the move's accepts */

static bool is_known(const struct field *f, const void *record)
{
    return record_bit(record_of_const(record)->known, field_slot(f));
}

static int64_t day_in(const struct field *f, const void *record)
{
    return is_known(f, record) ? *(const int64_t *)field_member_const(f, record) : 0;
}

int firm_graded(struct change *c, struct error *err)
{
    const struct field *on = field_find(c->kind, c->move->accepts[GRADE_ON]),
                       *by = field_find(c->kind, c->move->accepts[GRADE_BY]);
    if (day_in(on, c->after) > day_of_ms(c->now))
        fail_field(err, on->name, "日期不能晚于今天", "It cannot lie after today");
    if (is_known(on, c->after) && day_in(on, c->after) < day_in(on, c->before))
        fail_field(err, on->name, "早于现行等级的评定日期，请核对", "It lies before the day of the grade it replaces");
    if (err->fault)
        return -1;
    if (!is_known(by, c->after) && c->actor->organisation_name && c->actor->organisation_name[0]) {
        *(const char **)field_member(by, c->after) = c->actor->organisation_name;
        record_set_bit(record_of(c->after)->known, field_slot(by), true);
    }
    return 0;
}
