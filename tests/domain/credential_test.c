/* What a licence or certificate is worth on a day: the tables of the enterprise reference, §6 and §9. */
#include "domain/object/credential.h"
#include "table.h"

#include "calendar/calendar.h"

#include <stdio.h>
#include <string.h>

static const struct status_case {
    const char *says;
    int day, until, review_by, reviewed_on, decided_on;
    enum credential_state state;
    const char *status;
} statuses[] = {
    { "91 days before its end a licence is valid", 20250331, 20250630, .status = "valid" },
    { "90 days before it is expiring", 20250401, 20250630, .status = "expiring" },
    { "31 days before it is expiring still", 20250530, 20250630, .status = "expiring" },
    { "30 days before it is urgent", 20250531, 20250630, .status = "urgent" },
    { "on its last day it is valid, and urgent", 20250630, 20250630, .status = "urgent" },
    { "the day after it has expired", 20250701, 20250630, .status = "expired" },
    { "without a last day it is valid", 20990101, 0, .status = "valid" },
    { "suspended is told before expiring", 20250601, 20250630, .state = CREDENTIAL_SUSPENDED, .status = "suspended" },
    { "revoked is told before expired", 20250801, 20250630, .state = CREDENTIAL_REVOKED, .status = "revoked" },
    { "withdrawn is out of force as well", 20250101, 20250630, .state = CREDENTIAL_WITHDRAWN, .status = "revoked" },
    { "cancelled too", 20250101, 20250630, .state = CREDENTIAL_CANCELLED, .status = "revoked" },
    { "before the day of the decision it was in force", 20250101, 20250630, .state = CREDENTIAL_REVOKED,
      .decided_on = 20250110, .status = "valid" },
    { "from that day it was not", 20250110, 20250630, .state = CREDENTIAL_REVOKED, .decided_on = 20250110,
      .status = "revoked" },
    /* A special operation certificate of 2022-05-10: review by 2025-05-10, end 2028-05-10. */
    { "61 days before its review a certificate is valid", 20250310, 20280510, 20250510, .status = "valid" },
    { "60 days before, the review is due", 20250311, 20280510, 20250510, .status = "review_due" },
    { "on the day of the review it is due still", 20250510, 20280510, 20250510, .status = "review_due" },
    { "the day after it is overdue", 20250511, 20280510, 20250510, .status = "review_overdue" },
    { "reviewed in time it is valid", 20250511, 20280510, 20250510, 20250420, .status = "valid" },
    { "a review of a later day does not count yet", 20250511, 20280510, 20250510, 20250601,
      .status = "review_overdue" },
    { "after six years it has expired", 20280511, 20280510, 20250510, 20250420, .status = "expired" },
    { "expired is told before the review that was missed", 20280511, 20280510, 20250510, .status = "expired" },
    { "reviewed, its end is what comes next", 20280501, 20280510, 20250510, 20250420, .status = "urgent" },
};

static int64_t day_or_0(int number)
{
    return number ? day_of_number(number) : 0;
}

static void check_status(void **state)
{
    const struct status_case *s = *state;
    struct credential_life p = { day_or_0(s->until), s->state, day_or_0(s->decided_on), day_or_0(s->review_by),
                                 day_or_0(s->reviewed_on) };
    assert_string_equal(credential_statuses.items[credential_status_on(&p, day_of_number(s->day))].code, s->status);
}

static const struct left_case {
    const char *says;
    int day, until, review_by;
    enum credential_state state;
    bool told;
    int64_t days;
} lefts[] = {
    { "days are counted to the end", 20250601, 20250630, .told = true, .days = 29 },
    { "after it they are negative", 20250710, 20250630, .told = true, .days = -10 },
    { "a review that comes first is counted to", 20250501, 20280510, 20250510, .told = true, .days = 9 },
    { "a revoked paper has no days left", 20250601, 20250630, .state = CREDENTIAL_REVOKED },
    { "nor has one without an end", .day = 20250601 },
};

static void check_left(void **state)
{
    const struct left_case *l = *state;
    struct credential_life p = { day_or_0(l->until), .state = l->state, .review_by = day_or_0(l->review_by) };
    int64_t days = 0;
    assert_int_equal(credential_days_left(&p, day_of_number(l->day), &days), l->told);
    assert_int_equal(days, l->days);
}

static const struct rule_case {
    const char *says, *type;
    int from, last;
    int lead;
    const char *basis; /* a part of it */
} rules[] = {
    { "a work safety licence holds for three years", "work_safety", 20250701, 20280630, 3, "第九条" },
    { "so does the certificate of standardisation", "standardization", 20240229, 20270227, 3, "83号" },
    { "fireworks retail says its own end, two years at most", "fireworks_retail", 20250701, 0, 0, "65号" },
    { "a special operation certificate holds for six years", "special_operation", 20220510, 20280509, 0, "30号" },
    { "an evaluation of April 2026 goes by the regulations", "safety_evaluation", 20260430, 0, 0, "条例" },
    { "one of May 2026 by the law", "safety_evaluation", 20260501, 0, 0, "安全法" },
    { "a gas licence says its own end", "gas_trade", 20250701, 0, 0, "证载" },
};

static void check_rule(void **state)
{
    const struct rule_case *r = *state;
    int64_t from = day_of_number(r->from);
    const struct credential_rule *rule = credential_rule_on(r->type, from);
    assert_non_null(rule);
    assert_int_equal(credential_last_day(rule, from), day_or_0(r->last));
    assert_int_equal(rule->lead_months, r->lead);
    assert_non_null(strstr(rule->basis, r->basis));
}

static void no_two_rules_hold_on_one_day(void **state)
{
    struct error err = { 0 };
    (void)state;
    assert_int_equal(credential_rules_check(&err), 0);
    assert_null(credential_rule_on("nothing", 20000));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_two_rules_hold_on_one_day) };
    return RUN_TABLE(statuses, check_status) + RUN_TABLE(lefts, check_left) + RUN_TABLE(rules, check_rule) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
