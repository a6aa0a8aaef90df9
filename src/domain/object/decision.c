#include "domain/object/decision.h"

#include "base/clock.h"
#include "domain/change.h"

int decision_check(struct change *c, struct error *err)
{
    const struct field *f = field_find(c->kind, "decided_on");
    if (record_bit(record_of_const(c->after)->known, field_slot(f)) &&
        *(const int64_t *)field_member_const(f, c->after) > day_of_ms(c->now))
        return fail_field(err, f->name, "决定日期不能晚于今天", "It cannot have been decided after today");
    return 0;
}
