/* Papers: what a draft is filled with, what stands in its way, what issuing binds, and what stays afterwards. */
#include "domain/town.h"

#include "base/clock.h"
#include "base/text.h"
#include "domain/enforcement/paper.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"

#include <inttypes.h>
#include <string.h>

enum { ISSUERS = 8, EACH = 4 };

static int64_t unit(struct town *t)
{
    static int64_t units[2];
    int64_t *id = &units[t->engine == STORE_POSTGRES];
    if (!*id)
        *id = must_create(t, PROGRAM, &organisation_kind,
                          "{\"name\":\"北区应急管理局\",\"short_name\":\"北区应急局\",\"document_word\":\"北安监\","
                          "\"region\":\"990102000000\"}");
    t->people[OFFICE].organisation = *id;
    return *id;
}

static int64_t hazard_of(struct town *t, enum spot spot, const char *words)
{
    return must_hazard(t, OFFICE, t->spots[spot], words);
}

static const char *order_body(struct town *t, int64_t a, int64_t b, const char *more)
{
    const char *second = b ? say(t, ",{\"hazard\":%" PRId64 "}", b) : "";
    return say(t, "{\"type\":\"instruction\",\"items\":[{\"hazard\":%" PRId64 "}%s]%s}", a, second, more);
}

static int64_t draft(struct town *t, int64_t a, int64_t b, const char *more)
{
    unit(t);
    return must_create(t, OFFICE, &paper_kind, order_body(t, a, b, more));
}

static int issue_at(struct town *t, int64_t paper, int64_t now, const char *body, struct error *err)
{
    return town_act(t, &(struct act){ .who = OFFICE, .now = now }, &paper_kind, paper, "issue", body, NULL, err);
}

static const char *second(struct town *t)
{
    return say(t, "{\"second_officer\":%" PRId64 "}", t->people[CHECKER].id);
}

static const struct paper_record *must_issue(struct town *t, int64_t paper)
{
    struct error err = { 0 };
    must(issue_at(t, paper, 0, second(t), &err), &err);
    return must_read(t, OFFICE, &paper_kind, paper);
}

static const struct paper_item_line *item(const struct paper_record *p, size_t i)
{
    return (const struct paper_item_line *)p->items->rows + i;
}

/* ---- drafts ---- */

static void a_draft_is_filled_from_its_hazards_and_its_unit(void **state)
{
    struct town *t = TOWN(state);
    int64_t a = hazard_of(t, FIRM_A1, "储罐未设紧急切断阀"), b = hazard_of(t, FIRM_A1, "无台账");
    must_move(t, OFFICE, a, "classify", "{\"level\":\"major\",\"clause\":\"GM-3-2\"}");
    const struct paper_record *p = must_read(t, OFFICE, &paper_kind, draft(t, a, b, ",\"due\":\"2026-03-20\""));
    assert_int_equal(p->state, DOCUMENT_DRAFT);
    assert_int_equal(p->object, t->spots[FIRM_A1]);
    assert_string_equal(p->recipient, "河口化工有限公司");
    assert_int_equal(p->officer, t->people[OFFICE].id);
    assert_int_equal(p->organisation, unit(t));
    assert_int_equal(p->is.own.town, town_a);
    assert_int_equal(p->items->count, 2);
    assert_string_equal(item(p, 0)->text, "储罐未设紧急切断阀");
    assert_string_equal(item(p, 0)->basis, "应急管理部令第10号第3条第2项");
    assert_true(item(p, 0)->major && !item(p, 1)->major);
    assert_false(has(p, doc_number));
}

static void expect_refused(struct town *t, const char *body, const char *field)
{
    struct error err = { 0 };
    int64_t id;
    unit(t);
    expect_field(town_create(t, OFFICE, &paper_kind, body, &id, &err), &err, field);
}

static void a_draft_speaks_of_open_hazards_of_one_unit_each_once(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id, a = hazard_of(t, FIRM_A1, "一"), other = hazard_of(t, FIRM_B1, "别家的");
    expect_refused(t, order_body(t, a, other, ""), "items.2.hazard");
    expect_refused(t, order_body(t, a, a, ""), "items.2.hazard");
    expect_refused(t, order_body(t, a, 999999, ""), "items.2.hazard");
    expect_refused(t,
                   order_body(t, a, 0,
                              say(t, ",\"officer\":%" PRId64 ",\"second_officer\":%" PRId64, t->people[COUNTY].id,
                                  t->people[COUNTY].id)),
                   "second_officer");
    /* Whoever patrols another town sees neither hazard nor unit. */
    t->people[GRID_B].grants[1].kinds = ",hazard,enterprise,facility,paper,";
    assert_int_equal(town_create(t, GRID_B, &paper_kind, order_body(t, a, 0, ""), &id, &err), -1);
    assert_int_equal(err.fault, FAULT_INVALID);
}

/* ---- issuing ---- */

static void an_order_needs_two_officers_a_unit_and_a_day_to_come(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t paper = draft(t, hazard_of(t, FIRM_A1, "缺人"), 0, "");
    expect_field(issue_at(t, paper, 0, "{}", &err), &err, "second_officer");
    error_clear(&err);
    expect_field(issue_at(t, paper, 0, second(t), &err), &err, "due");
    error_clear(&err);
    const char *late = say(t, "{\"second_officer\":%" PRId64 ",\"due\":\"2026-03-08\"}", t->people[CHECKER].id);
    expect_field(issue_at(t, paper, 0, late, &err), &err, "due");
    error_clear(&err);
    int64_t own = t->people[OFFICE].organisation;
    t->people[OFFICE].organisation = 0;
    t->people[OFFICE].grants[0].verbs &= ~verb_bit("rule");
    expect_field(issue_at(t, paper, 0, second(t), &err), &err, "organisation");
    t->people[OFFICE].grants[0].verbs |= verb_bit("rule");
    t->people[OFFICE].organisation = own;
}

static void an_order_gives_a_hazard_its_deadline_and_repeats_one_that_runs(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t fresh = hazard_of(t, FIRM_A2, "没有期限"), bound = hazard_of(t, FIRM_A2, "已有期限");
    int64_t first = draft(t, bound, 0, ",\"due\":\"2026-03-15\"");
    must_issue(t, first);
    int64_t paper = draft(t, fresh, bound, ",\"due\":\"2026-03-30\"");
    expect_field(issue_at(t, paper, 0, second(t), &err), &err, "due"); /* the second runs until the 15th */
    const struct hazard *h = must_read(t, OFFICE, &hazard_kind, fresh);
    assert_false(has(h, due)); /* all of it or nothing */
    must_patch(
        t, OFFICE, &paper_kind, paper,
        say(t, "{\"items\":[{\"hazard\":%" PRId64 "},{\"hazard\":%" PRId64 ",\"due\":\"2026-03-15\"}]}", fresh, bound));
    const struct paper_record *p = must_issue(t, paper);
    assert_int_equal(item(p, 0)->due, day_from_ymd(2026, 3, 30));
    assert_int_equal(item(p, 1)->due, day_from_ymd(2026, 3, 15));
    h = must_read(t, OFFICE, &hazard_kind, fresh);
    assert_int_equal(h->due, day_from_ymd(2026, 3, 30));
    assert_int_equal(h->is.version, 2);
    assert_int_equal(((const struct hazard *)must_read(t, OFFICE, &hazard_kind, bound))->is.version, 2);
}

/* An order with one more behind it is still an order. */
static void a_hazard_is_ordered_while_an_instruction_that_names_it_stands(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = hazard_of(t, FIRM_A2, "责令整改"), papers[2];
    for (int i = 0; i < 2; i++) {
        papers[i] = draft(t, id, 0, ",\"due\":\"2026-03-20\"");
        assert_int_equal(has((const struct hazard *)must_read(t, OFFICE, &hazard_kind, id), ordered_on), i == 1);
        must_issue(t, papers[i]);
        assert_int_equal(((const struct hazard *)must_read(t, OFFICE, &hazard_kind, id))->ordered_on, TODAY);
    }
    for (int i = 0; i < 2; i++) {
        struct act act = { .who = OFFICE };
        must(town_act(t, &act, &paper_kind, papers[i], "void", "{\"void_reason\":\"重复出具\"}", NULL, &err), &err);
        assert_int_equal(has((const struct hazard *)must_read(t, OFFICE, &hazard_kind, id), ordered_on), i == 0);
    }
}

static void an_issued_paper_stays_as_it_is_and_keeps_its_number(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t paper = draft(t, hazard_of(t, FIRM_A1, "定稿"), 0, ",\"due\":\"2026-03-20\"");
    const struct paper_record *p = must_issue(t, paper);
    char code[PAPER_CODE_TEXT];
    const char *number = p->doc_number;
    assert_string_equal(p->issuer, "北区应急管理局");
    assert_string_equal(p->remedy, "北区人民政府");
    assert_true(strncmp(number, "北安监责改〔2026〕", strlen("北安监责改〔2026〕")) == 0);
    assert_true(paper_code_read(p->check_code, code));
    expect_fault(town_patch(t, OFFICE, &paper_kind, paper, 0, "{\"recipient\":\"别人\"}", NULL, &err), &err,
                 FAULT_REFUSED, "paper.issued");
    error_clear(&err);
    expect_fault(town_remove(t, OFFICE, &paper_kind, paper, &err), &err, FAULT_REFUSED, "paper.numbered");
    error_clear(&err);
    expect_fault(issue_at(t, paper, 0, "{}", &err), &err, FAULT_CONFLICT, "move.state");
    error_clear(&err);
    must(town_act(t, &(struct act){ .who = OFFICE }, &paper_kind, paper, "void", "{\"void_reason\":\"写错\"}", NULL,
                  &err),
         &err);
    p = must_read(t, OFFICE, &paper_kind, paper);
    assert_string_equal(p->doc_number, number);
    int64_t next = draft(t, hazard_of(t, FIRM_A1, "下一份"), 0, ",\"due\":\"2026-03-20\"");
    assert_string_not_equal(must_issue(t, next)->doc_number, number);
}

static void a_draft_goes_into_the_bin(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t paper = draft(t, hazard_of(t, FIRM_A1, "不出了"), 0, "");
    must(town_remove(t, OFFICE, &paper_kind, paper, &err), &err);
}

/* ---- service ---- */

static const struct {
    const char *says, *body, *field;
} services[] = {
    { "before it was issued", "{\"served_on\":\"2026-03-08\",\"service_mode\":\"post\"}", "served_on" },
    { "after today", "{\"served_on\":\"2026-03-10\",\"service_mode\":\"post\"}", "served_on" },
    { "in person to nobody", "{\"served_on\":\"2026-03-09\",\"service_mode\":\"direct\"}", "receiver" },
    { "left without a witness", "{\"served_on\":\"2026-03-09\",\"service_mode\":\"left\"}", "service_note" },
    { "in no way", "{\"served_on\":\"2026-03-09\"}", "service_mode" },
    { "in person", "{\"served_on\":\"2026-03-09\",\"service_mode\":\"direct\",\"receiver\":\"王五\"}", NULL },
};

static void a_paper_is_served_after_its_issue_to_somebody(void **state)
{
    struct town *t = TOWN(state);
    int64_t paper = draft(t, hazard_of(t, FIRM_A1, "送达"), 0, ",\"due\":\"2026-03-20\"");
    must_issue(t, paper);
    for (size_t i = 0; i < COUNT(services); i++) {
        struct error err = { 0 };
        int got =
            town_act(t, &(struct act){ .who = OFFICE }, &paper_kind, paper, "serve", services[i].body, NULL, &err);
        if (services[i].field ? got == 0 || strcmp(err.fields[0].name, services[i].field) != 0 : got < 0)
            fail_msg("served %s: %s %s", services[i].says, err.en, err.fields[0].name);
    }
}

/* ---- the answer ---- */

static void an_opinion_answers_every_item_of_an_issued_order(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t a = hazard_of(t, FIRM_A1, "甲"), b = hazard_of(t, FIRM_A1, "乙"), id;
    int64_t order = draft(t, a, b, ",\"due\":\"2026-03-20\"");
    const char *body = say(t, "{\"type\":\"recheck\",\"instruction\":%" PRId64 "}", order);
    expect_field(town_create(t, OFFICE, &paper_kind, body, &id, &err), &err, "instruction"); /* still a draft */
    must_issue(t, order);
    int64_t opinion = must_create(t, OFFICE, &paper_kind, body);
    const struct paper_record *p = must_read(t, OFFICE, &paper_kind, opinion);
    assert_int_equal(p->items->count, 2);
    assert_string_equal(item(p, 0)->result, "failed"); /* nobody has repaired it yet */
    p = must_issue(t, opinion);
    assert_true(strstr(p->doc_number, "复查〔2026〕") != NULL);
    error_clear(&err);
    body = say(t, "{\"type\":\"recheck\",\"instruction\":%" PRId64 ",\"items\":[{\"hazard\":%" PRId64 "}]}", order,
               hazard_of(t, FIRM_A1, "没写进去"));
    expect_field(town_create(t, OFFICE, &paper_kind, body, &id, &err), &err, "items.1.hazard");
}

/* ---- numbers ---- */

static int64_t serial_of(const struct paper_record *p)
{
    return strtoll(strstr(p->doc_number, "〕") + strlen("〕"), NULL, 10);
}

static void numbers_begin_anew_with_the_year_and_with_the_unit(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    unit(t);
    int64_t other = must_create(t, PROGRAM, &organisation_kind, "{\"name\":\"南县应急管理局\"}");
    int64_t h = hazard_of(t, FIRM_C1, "跨年");
    int64_t old = draft(t, h, 0, ",\"due\":\"2027-12-01\""), fresh = draft(t, h, 0, ",\"due\":\"2027-12-01\"");
    must_issue(t, old);
    int64_t next_year = (day_from_ymd(2027, 1, 2)) * DAY_MS;
    must(issue_at(t, fresh, next_year, second(t), &err), &err);
    const struct paper_record *p = must_read(t, OFFICE, &paper_kind, fresh);
    assert_string_equal(p->doc_number, "北安监责改〔2027〕1号");
    int64_t theirs = draft(t, h, 0, say(t, ",\"due\":\"2027-12-01\",\"organisation\":%" PRId64, other));
    p = must_issue(t, theirs);
    assert_string_equal(p->doc_number, "南县应急管理局责改〔2026〕1号"); /* no word, no short name: the name */
}

struct issuer {
    struct town *town;
    pthread_t thread;
    int64_t papers[EACH];
    const char *body;
    int failed;
};

static void *issue_all(void *arg)
{
    struct issuer *i = arg;
    for (int n = 0; n < EACH; n++) {
        struct error err = { 0 };
        i->failed += issue_at(i->town, i->papers[n], 0, i->body, &err) < 0;
    }
    return NULL;
}

/* All of them also save the same hazard: record, parent, number series, in that order. */
static void eight_who_issue_papers_at_once_get_numbers_that_follow_each_other(void **state)
{
    struct town *t = TOWN(state);
    struct issuer issuers[ISSUERS] = { 0 };
    bool seen[ISSUERS * EACH] = { false };
    int64_t shared = hazard_of(t, FIRM_B1, "同一条"), before = draft(t, shared, 0, ",\"due\":\"2026-03-20\"");
    int64_t first = serial_of(must_issue(t, before)) + 1;
    for (int i = 0; i < ISSUERS; i++) {
        issuers[i].town = t;
        issuers[i].body = second(t);
        for (int n = 0; n < EACH; n++)
            issuers[i].papers[n] = draft(t, shared, hazard_of(t, FIRM_B1, "各自的"), ",\"due\":\"2026-03-20\"");
    }
    for (int i = 0; i < ISSUERS; i++)
        assert_int_equal(pthread_create(&issuers[i].thread, NULL, issue_all, &issuers[i]), 0);
    for (int i = 0; i < ISSUERS; i++)
        pthread_join(issuers[i].thread, NULL);
    for (int i = 0; i < ISSUERS; i++) {
        assert_int_equal(issuers[i].failed, 0);
        for (int n = 0; n < EACH; n++) {
            int64_t at = serial_of(must_read(t, OFFICE, &paper_kind, issuers[i].papers[n])) - first;
            assert_in_range(at, 0, ISSUERS * EACH - 1);
            assert_false(seen[at]);
            seen[at] = true;
        }
    }
}

/* ---- check codes ---- */

static void a_check_code_is_read_as_people_type_it(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *read;
    } codes[] = {
        { "7K3M-9Q2F", "7K3M-9Q2F" },
        { "7k3m9q2f", "7K3M-9Q2F" },
        { " 7K3M 9Q2F ", "7K3M-9Q2F" },
        { "7K3M-9Q2", NULL },
        { "7K3M-9Q2FF", NULL },
        { "7K3M-9Q0F", NULL },
        { "", NULL },
        { "7K3M-9Q2'", NULL },
    };
    for (size_t i = 0; i < COUNT(codes); i++) {
        char out[PAPER_CODE_TEXT];
        bool read = paper_code_read(codes[i].typed, out);
        if (read != (codes[i].read != NULL) || (read && strcmp(out, codes[i].read) != 0))
            fail_msg("“%s” was read as %s", codes[i].typed, read ? out : "none");
    }
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_draft_is_filled_from_its_hazards_and_its_unit),
        SAYS(a_draft_speaks_of_open_hazards_of_one_unit_each_once),
        SAYS(an_order_needs_two_officers_a_unit_and_a_day_to_come),
        SAYS(an_order_gives_a_hazard_its_deadline_and_repeats_one_that_runs),
        SAYS(a_hazard_is_ordered_while_an_instruction_that_names_it_stands),
        SAYS(an_issued_paper_stays_as_it_is_and_keeps_its_number),
        SAYS(a_draft_goes_into_the_bin),
        SAYS(a_paper_is_served_after_its_issue_to_somebody),
        SAYS(an_opinion_answers_every_item_of_an_issued_order),
        SAYS(numbers_begin_anew_with_the_year_and_with_the_unit),
        SAYS(eight_who_issue_papers_at_once_get_numbers_that_follow_each_other),
        SAYS(a_check_code_is_read_as_people_type_it),
    };
    return RUN_TOWNS(tests);
}
