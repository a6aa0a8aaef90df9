#include "domain/propose.h"

#include <string.h>

static const int64_t *day_of(const struct kind *kind, const char *name, const void *record)
{
    const struct field *f = field_find(kind, name);
    return record_bit(record_of_const(record)->known, field_slot(f)) ? field_member_const(f, record) : NULL;
}

bool move_proposes(const struct calendar *calendar, const struct kind *kind, const struct move *move,
                   const void *record, int64_t today, struct proposed *out)
{
    const struct proposal *p = &move->proposes;
    if (!p->field || (p->fits && !p->fits(record)) || day_of(kind, p->field, record))
        return false;
    const int64_t *since = day_of(kind, p->since, record);
    const struct deadline_rule *rule = since ? deadline_rule_on(&deadline_rules, p->period, *since) : NULL;
    if (!rule)
        return false;
    *out = (struct proposed){ field_find(kind, p->field), rule, period_last_day(calendar, *since, &rule->period) };
    return out->day >= today;
}

int proposals_check(struct error *err)
{
    for (const struct kind *const *k = all_kinds; *k; k++)
        for (size_t i = 0; i < (*k)->move_count; i++) {
            const struct proposal *p = &(*k)->moves[i].proposes;
            bool found = false;
            for (size_t r = 0; p->field && r < deadline_rules.count; r++)
                found |= strcmp(deadline_rules.rules[r].code, p->period) == 0 &&
                         strcmp(deadline_rules.rules[r].fact, p->since) == 0;
            if (p->field && !found)
                return fail(err, FAULT_INTERNAL, "proposal.period", "%s 的 %s 没有时限规则 %s",
                            "%s.%s proposes a day by a rule that does not run from its field: %s", (*k)->name,
                            (*k)->moves[i].name, p->period);
        }
    return 0;
}
