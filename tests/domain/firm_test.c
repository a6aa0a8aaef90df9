/* What a firm keeps of itself: licences, people, certificates, major hazards, sites, its operating state. */
#include "domain/town.h"

#include "base/clock.h"
#include "domain/hazard/hazard.h"
#include "domain/ladder.h"
#include "domain/object/certificate.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "domain/object/licence.h"
#include "domain/object/major_hazard_source.h"
#include "domain/object/person.h"
#include "domain/object/safety_promise.h"
#include "domain/object/standardization.h"
#include "domain/object/standing_part.h"

#include <string.h>

static int64_t day(const char *text)
{
    int64_t out = 0;
    assert_true(day_parse(text, strlen(text), &out));
    return out;
}

static int64_t must_licence(struct town *t, const char *rest)
{
    return must_create(t, OFFICE, &licence_kind, say(t, "{\"object\":%lld,%s}", (long long)t->spots[FIRM_A1], rest));
}

static void a_licence_ends_by_its_rule_and_says_when_to_renew(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = must_licence(t, "\"type\":\"work_safety\",\"licence_no\":\"FM-1\",\"valid_from\":\"2025-07-01\"");
    const struct licence *l = must_read(t, OFFICE, &licence_kind, id);
    assert_int_equal(l->valid_until, day("2028-06-30"));
    assert_int_equal(l->renew_by, day("2028-03-30"));
    assert_string_equal(l->title, "安全生产许可证 FM-1");
    assert_int_equal(l->state, CREDENTIAL_IN_FORCE);
    must_patch(t, OFFICE, &licence_kind, id, "{\"valid_until\":\"2027-06-30\"}");
    l = must_read(t, OFFICE, &licence_kind, id);
    assert_int_equal(l->renew_by, day("2027-03-30"));
}

static void a_licence_that_holds_too_long_is_refused_by_name_of_the_rule(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id;
    expect_field(town_create(t, OFFICE, &licence_kind,
                             say(t,
                                 "{\"object\":%lld,\"type\":\"fireworks_retail\",\"valid_from\":\"2025-01-01\","
                                 "\"valid_until\":\"2027-06-30\"}",
                                 (long long)t->spots[FIRM_A1]),
                             &id, &err),
                 &err, "valid_until");
    assert_non_null(strstr(err.fields[0].zh, "65号"));
}

static void a_revoked_licence_was_in_force_before_its_decision(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = must_licence(t, "\"type\":\"hazchem_trade\",\"valid_from\":\"2025-01-01\"");
    struct act act = { .who = OFFICE };
    expect_field(town_act(t, &act, &licence_kind, id, "revoke", "{\"decided_on\":\"2026-02-01\"}", NULL, &err), &err,
                 "decision_no");
    error_clear(&err);
    must(town_act(t, &act, &licence_kind, id, "revoke",
                  "{\"decision_no\":\"安应急罚〔2026〕1号\",\"decided_on\":\"2026-02-01\"}", NULL, &err),
         &err);
    const struct licence *l = must_read(t, OFFICE, &licence_kind, id);
    struct credential_life p = licence_credential(l);
    assert_int_equal(credential_status_on(&p, day("2026-01-31")), STATUS_VALID);
    assert_int_equal(credential_status_on(&p, day("2026-02-01")), STATUS_REVOKED);
}

static int64_t must_person(struct town *t, const char *rest)
{
    return must_create(t, OFFICE, &person_kind, say(t, "{\"object\":%lld,%s}", (long long)t->spots[FIRM_A1], rest));
}

static void training_is_counted_by_class_and_day(void **state)
{
    struct town *t = TOWN(state);
    int64_t id =
        must_person(t, "\"name\":\"操作工\",\"category\":\"worker\",\"hired_on\":\"2024-01-10\",\"trainings\":["
                       "{\"held_on\":\"2024-01-05\",\"purpose\":\"initial\",\"hours\":\"71.0\"},"
                       "{\"held_on\":\"2024-01-08\",\"purpose\":\"initial\",\"hours\":\"1.0\",\"passed\":true},"
                       "{\"held_on\":\"2024-01-09\",\"purpose\":\"initial\",\"hours\":\"8.0\",\"passed\":false},"
                       "{\"held_on\":\"2025-06-01\",\"purpose\":\"yearly\",\"hours\":\"19.5\"}]");
    const struct person *p = must_read(t, OFFICE, &person_kind, id);
    struct trained before = person_trained_on(p, TRADE_HAZCHEM, day("2024-01-07"));
    assert_int_equal(before.initial, 710);
    assert_false(before.initial_met);
    struct trained after = person_trained_on(p, TRADE_HAZCHEM, day("2024-01-08"));
    assert_true(after.initial_met);
    assert_false(after.yearly_due);
    struct trained year = person_trained_on(p, TRADE_HAZCHEM, day("2026-03-09"));
    assert_true(year.yearly_due);
    assert_int_equal(year.yearly, 195);
    assert_false(year.yearly_met);
    assert_true(person_trained_on(p, TRADE_OTHER, day("2026-03-09")).yearly_met);
    assert_true(person_works_on(p, day("2026-03-09")));
    assert_false(person_works_on(p, day("2024-01-09")));
}

static void an_ordinary_manager_with_11_5_hours_in_the_second_year_lacks_training(void **state)
{
    struct town *t = TOWN(state);
    int64_t id =
        must_person(t, "\"name\":\"安全科长\",\"category\":\"manager\",\"hired_on\":\"2024-01-10\",\"trainings\":["
                       "{\"held_on\":\"2024-01-05\",\"purpose\":\"initial\",\"hours\":\"32.0\"},"
                       "{\"held_on\":\"2025-06-01\",\"purpose\":\"yearly\",\"hours\":\"11.5\"}]");
    const struct person *p = must_read(t, OFFICE, &person_kind, id);
    struct trained got = person_trained_on(p, TRADE_OTHER, day("2026-03-09"));
    assert_true(got.initial_met);
    assert_false(got.yearly_met);
}

static void a_certificate_keeps_no_identity_number_in_clear_and_finds_its_holder(void **state)
{
    struct town *t = TOWN(state);
    int64_t person = must_person(t, "\"name\":\"焊工\",\"category\":\"worker\",\"id_number\":\"11010519491231002X\"");
    int64_t id = must_create(t, OFFICE, &certificate_kind,
                             say(t,
                                 "{\"object\":%lld,\"type\":\"special_operation\",\"category\":\"welding\","
                                 "\"certificate_no\":\"T11010519491231002X\",\"issued_on\":\"2022-05-10\"}",
                                 (long long)t->spots[FIRM_A1]));
    const struct certificate *c = must_read(t, OFFICE, &certificate_kind, id);
    assert_string_equal(c->certificate_no, "T110105********002X");
    assert_string_equal(c->holder_id_number, "11010519491231002X");
    assert_int_equal(c->holder, person);
    assert_string_equal(c->holder_name, "焊工");
    assert_int_equal(c->valid_until, day("2028-05-10"));
    assert_int_equal(c->review_by, day("2025-05-10"));
    assert_string_equal(c->title, "焊工 特种作业操作证·焊接与热切割作业");
    assert_int_equal(count_of(t, "SELECT count(*) FROM certificate WHERE certificate_no LIKE '%%19491231%%'"), 0);
}

static void a_certificate_of_a_person_is_of_that_persons_unit(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t person = must_person(t, "\"name\":\"电工\",\"category\":\"worker\""), id;
    int64_t by_holder = must_create(t, OFFICE, &certificate_kind,
                                    say(t, "{\"holder\":%lld,\"type\":\"manager_fitness\"}", (long long)person));
    const struct certificate *c = must_read(t, OFFICE, &certificate_kind, by_holder);
    assert_int_equal(c->object, t->spots[FIRM_A1]);
    expect_field(town_create(t, OFFICE, &certificate_kind,
                             say(t, "{\"object\":%lld,\"holder\":%lld,\"type\":\"manager_fitness\"}",
                                 (long long)t->spots[FIRM_A2], (long long)person),
                             &id, &err),
                 &err, "holder");
    error_clear(&err);
    expect_field(town_create(t, OFFICE, &certificate_kind,
                             say(t, "{\"holder\":%lld,\"type\":\"manager_fitness\",\"category\":\"electric\"}",
                                 (long long)person),
                             &id, &err),
                 &err, "category");
}

static void reminders_run_before_the_review_and_stop_with_it(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = must_create(t, OFFICE, &certificate_kind,
                             say(t,
                                 "{\"object\":%lld,\"holder_name\":\"外聘\",\"type\":\"special_operation\","
                                 "\"category\":\"height\",\"issued_on\":\"2023-06-01\"}",
                                 (long long)t->spots[FIRM_A1]));
    static const char running[] =
        "SELECT count(*) FROM ladder_watch WHERE kind = 'certificate' AND running = 1 AND watch = '%s' AND id = %lld";
    assert_int_equal(count_of(t, running, "review", (long long)id), 1);
    assert_int_equal(count_of(t, running, "ends", (long long)id), 1);
    must_patch(t, OFFICE, &certificate_kind, id, "{\"reviewed_on\":\"2026-03-01\"}");
    assert_int_equal(count_of(t, running, "review", (long long)id), 0);
    assert_int_equal(count_of(t, running, "ends", (long long)id), 1);
}

static void a_reminder_fires_60_days_before_a_licence_ends(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct ladder_run did;
    int64_t id = must_licence(t, "\"type\":\"gas_trade\",\"valid_from\":\"2023-05-11\",\"valid_until\":\"2026-05-10\"");
    must(ladder_run(&t->house, town_noon + 2 * DAY_MS, &did, &err), &err); /* 2026-03-11 */
    assert_int_equal(count_of(t,
                              "SELECT count(*) FROM ladder_fired WHERE kind = 'licence' AND id = %lld AND "
                              "rung = 'd60'",
                              (long long)id),
                     1);
}

static int64_t watched(struct town *t, const char *kind, const char *watch, int64_t id)
{
    return count_of(
        t, "SELECT count(*) FROM ladder_watch WHERE kind = '%s' AND running = 1 AND watch = '%s' AND id = %lld", kind,
        watch, (long long)id);
}

static void a_renewed_paper_silences_the_one_before(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct ladder_run did;
    int64_t old = must_licence(t, "\"type\":\"fireworks_wholesale\",\"licence_no\":\"YH-1\",\"valid_from\":"
                                  "\"2023-03-21\",\"valid_until\":\"2026-03-20\"");
    assert_int_equal(watched(t, "licence", "ends", old), 1);
    int64_t renewed = must_licence(t, "\"type\":\"fireworks_wholesale\",\"licence_no\":\"YH-2\",\"valid_from\":"
                                      "\"2026-03-21\",\"valid_until\":\"2029-03-20\"");
    assert_int_equal(watched(t, "licence", "ends", old), 0);
    assert_int_equal(watched(t, "licence", "ends", renewed), 1);
    const struct licence *l = must_read(t, OFFICE, &licence_kind, old);
    assert_true(has(l, renewed) && l->renewed);
    must(ladder_run(&t->house, town_noon + (int64_t)30 * DAY_MS, &did, &err), &err);
    assert_int_equal(count_of(t,
                              "SELECT count(*) FROM ladder_fired WHERE kind = 'licence' AND id = %lld AND rung = "
                              "'expired'",
                              (long long)old),
                     0);
    /* The new paper is taken back: the old one speaks again. */
    struct act act = { .who = OFFICE };
    must(town_act(t, &act, &licence_kind, renewed, "revoke",
                  "{\"decision_no\":\"安应急罚〔2026〕9号\",\"decided_on\":\"2026-03-01\"}", NULL, &err),
         &err);
    assert_int_equal(watched(t, "licence", "ends", old), 1);
}

static const struct successor {
    const char *says, *type, *rest;
    bool silences;
} successors[] = {
    { "a paper that begins the day after", "work_safety", "\"valid_from\":\"2026-06-01\"", true },
    { "one that begins in a month's gap still to come", "work_safety", "\"valid_from\":\"2026-07-01\"", false },
    { "one that ended before", "work_safety", "\"valid_from\":\"2020-01-01\"", false },
    { "one of another type", "hazchem_trade", "\"valid_from\":\"2026-06-01\"", false },
    { "of a machine no other machine's", "equipment_registration",
      "\"valid_from\":\"2026-06-01\",\"valid_until\":\"2029-06-01\"", false },
};

static void what_goes_on_where_a_paper_ends_silences_it(void **state)
{
    struct town *t = TOWN(state);
    for (size_t i = 0; i < COUNT(successors); i++) {
        const char *first =
            strcmp(successors[i].type, "equipment_registration") == 0 ? successors[i].type : "work_safety";
        int64_t firm =
            must_create(t, OFFICE, &enterprise_kind,
                        say(t, "{\"name\":\"换证厂%zu\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}", i));
        int64_t old = must_create(t, OFFICE, &licence_kind,
                                  say(t,
                                      "{\"object\":%lld,\"type\":\"%s\",\"valid_from\":\"2023-06-01\",\"valid_until\":"
                                      "\"2026-05-31\"}",
                                      (long long)firm, first));
        must_create(
            t, OFFICE, &licence_kind,
            say(t, "{\"object\":%lld,\"type\":\"%s\",%s}", (long long)firm, successors[i].type, successors[i].rest));
        if (watched(t, "licence", "ends", old) == successors[i].silences)
            fail_msg("%s", successors[i].says);
    }
}

/* Without anybody's save: a paper stored before the mark was kept, and a successor that has begun after a gap. */
static void a_stored_paper_follows_its_successor(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t ids[2];
    for (int gap = 0; gap < 2; gap++) {
        int64_t firm =
            must_create(t, OFFICE, &enterprise_kind,
                        say(t, "{\"name\":\"旧证厂%d\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}", gap));
        ids[gap] =
            must_create(t, OFFICE, &licence_kind,
                        say(t,
                            "{\"object\":%lld,\"type\":\"gas_trade\",\"valid_from\":\"2023-06-01\",\"valid_until\":"
                            "\"2026-05-31\"}",
                            (long long)firm));
        must_create(t, OFFICE, &licence_kind,
                    say(t,
                        "{\"object\":%lld,\"type\":\"gas_trade\",\"valid_from\":\"%s\",\"valid_until\":"
                        "\"2029-06-30\"}",
                        (long long)firm, gap ? "2026-07-01" : "2026-06-01"));
    }
    must_write(t->house.store, say(t, "UPDATE licence SET renewed = NULL WHERE id = %lld", (long long)ids[0]),
               NO_BINDS);
    must(licences_keep(&t->house, town_noon, &err), &err);
    assert_int_equal(count_of(t, "SELECT count(*) FROM licence WHERE renewed = 1 AND id = %lld", (long long)ids[0]), 1);
    assert_int_equal(count_of(t, "SELECT count(*) FROM licence WHERE renewed = 1 AND id = %lld", (long long)ids[1]), 0);
    must(licences_keep(&t->house, town_noon + (int64_t)114 * DAY_MS, &err), &err); /* 2026-07-01 */
    assert_int_equal(count_of(t, "SELECT count(*) FROM licence WHERE renewed = 1 AND id = %lld", (long long)ids[1]), 1);
}

static void the_licence_of_a_fireworks_point_is_watched(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = must_create(t, OFFICE, &facility_kind,
                             "{\"name\":\"零售点\",\"type\":\"fireworks\",\"region\":\"990102001001\",\"licence_no\":"
                             "\"LS-1\",\"licence_until\":\"2026-05-10\"}");
    assert_int_equal(watched(t, "facility", "licence", id), 1);
    must_patch(t, OFFICE, &facility_kind, id, "{\"type\":\"crowd\"}");
    assert_int_equal(watched(t, "facility", "licence", id), 0);
}

static void a_source_is_judged_as_it_is_saved(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id;
    const char *body =
        say(t,
            "{\"object\":%lld,\"name\":\"罐区\",\"unit_type\":\"storage\",\"assessed_on\":\"2025-03-01\","
            "\"inventory\":[{\"good\":\"ammonia\",\"tonnes\":\"8\"},{\"good\":\"chlorine\",\"tonnes\":\"2\"}]",
            (long long)t->spots[FIRM_A1]);
    expect_field(town_create(t, OFFICE, &major_hazard_source_kind, say(t, "%s}", body), &id, &err), &err, "people");
    error_clear(&err);
    id = must_create(t, OFFICE, &major_hazard_source_kind, say(t, "%s,\"people\":60}", body));
    const struct major_hazard_source *m = must_read(t, OFFICE, &major_hazard_source_kind, id);
    assert_int_equal(m->s_value, 1200000);
    assert_int_equal(m->r_value, 4800000);
    assert_string_equal(m->grade, "four");
    assert_int_equal(m->reassess_by, day("2028-03-01"));
    must_patch(t, OFFICE, &major_hazard_source_kind, id, "{\"inventory\":[{\"good\":\"petrol\",\"tonnes\":\"199\"}]}");
    m = must_read(t, OFFICE, &major_hazard_source_kind, id);
    assert_string_equal(m->grade, "none");
    assert_false(has(m, r_value));
    expect_field(town_patch(t, OFFICE, &major_hazard_source_kind, id, 0,
                            "{\"inventory\":[{\"good\":\"bromine\",\"tonnes\":\"20\",\"beta\":\"2.0\"}]}", NULL, &err),
                 &err, "inventory");
}

static void sites_are_numbered_and_keep_their_number(void **state)
{
    struct town *t = TOWN(state);
    int64_t id =
        must_create(t, OFFICE, &enterprise_kind,
                    "{\"name\":\"三处经营\",\"credit_code\":\"91350100M000100Y43\",\"region\":\"990102001001\","
                    "\"sites\":[{\"name\":\"一店\"},{\"name\":\"三店\",\"site_no\":3},{\"name\":\"二店\"}]}");
    const struct enterprise *e = must_read(t, OFFICE, &enterprise_kind, id);
    const struct site *s = e->sites->rows;
    assert_string_equal(s[0].site_key, "91350100M000100Y43-01");
    assert_string_equal(s[1].site_key, "91350100M000100Y43-03");
    assert_string_equal(s[2].site_key, "91350100M000100Y43-02");
    must_patch(t, OFFICE, &enterprise_kind, id, "{\"credit_code\":\"91370211MA3C1D2E14\"}");
    e = must_read(t, OFFICE, &enterprise_kind, id);
    s = e->sites->rows;
    assert_string_equal(s[1].site_key, "91370211MA3C1D2E14-03");
}

static void a_firm_stopped_by_order_resumes_by_the_authority(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = must_create(t, OFFICE, &enterprise_kind,
                             "{\"name\":\"停产厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}");
    struct act office = { .who = OFFICE }, own = { .who = GRID_A };
    must(town_act(t, &own, &enterprise_kind, id, "stop", "{\"state_since\":\"2026-03-01\"}", NULL, &err), &err);
    must(town_act(t, &own, &enterprise_kind, id, "resume", "{\"state_since\":\"2026-03-02\"}", NULL, &err), &err);
    must(town_act(t, &office, &enterprise_kind, id, "stop",
                  "{\"state_since\":\"2026-03-03\",\"state_document\":\"安应急停〔2026〕3号\"}", NULL, &err),
         &err);
    expect_fault(town_act(t, &own, &enterprise_kind, id, "resume", "{\"state_since\":\"2026-03-05\"}", NULL, &err),
                 &err, FAULT_REFUSED, "enterprise.ordered");
    error_clear(&err);
    must(town_act(t, &office, &enterprise_kind, id, "resume", "{\"state_since\":\"2026-03-05\"}", NULL, &err), &err);
    const struct enterprise *e = must_read(t, OFFICE, &enterprise_kind, id);
    assert_int_equal(e->operating_state, OPERATING);
    assert_false(has(e, state_document));
}

/* No way round: neither another kind of stop nor another state empties the document on the way. */
static void an_order_is_not_left_by_a_detour(void **state)
{
    struct town *t = TOWN(state);
    static const char *const orders[] = { "stop", "suspend" };
    static const char *const ways[] = { "suspend", "build", "resume" };
    struct act office = { .who = OFFICE }, own = { .who = GRID_A };
    for (size_t i = 0; i < COUNT(orders); i++) {
        int64_t id =
            must_create(t, OFFICE, &enterprise_kind,
                        say(t, "{\"name\":\"绕行厂%zu\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}", i));
        struct error err = { 0 };
        must(town_act(t, &office, &enterprise_kind, id, orders[i],
                      "{\"state_since\":\"2026-03-03\",\"state_document\":\"安应急停〔2026〕4号\"}", NULL, &err),
             &err);
        for (size_t k = 0; k < COUNT(ways); k++) {
            const struct move *way = move_find(&enterprise_kind, ways[k]);
            if (!move_leaves(way, i == 0 ? OPERATING_STOPPED : OPERATING_SUSPENDED))
                continue;
            expect_fault(
                town_act(t, &own, &enterprise_kind, id, ways[k], "{\"state_since\":\"2026-03-05\"}", NULL, &err), &err,
                FAULT_REFUSED, "enterprise.ordered");
            assert_non_null(strstr(err.zh, "安应急停〔2026〕4号"));
            error_clear(&err);
        }
        /* The authority may, and a suspension of what was stopped is still under the order. */
        if (i == 0) {
            must(town_act(t, &office, &enterprise_kind, id, "suspend", "{\"state_since\":\"2026-03-05\"}", NULL, &err),
                 &err);
            const struct enterprise *e = must_read(t, OFFICE, &enterprise_kind, id);
            assert_string_equal(e->state_document, "安应急停〔2026〕4号");
            expect_fault(
                town_act(t, &own, &enterprise_kind, id, "resume", "{\"state_since\":\"2026-03-06\"}", NULL, &err), &err,
                FAULT_REFUSED, "enterprise.ordered");
            error_clear(&err);
        }
        must(town_act(t, &office, &enterprise_kind, id, "resume", "{\"state_since\":\"2026-03-06\"}", NULL, &err),
             &err);
    }
}

static void closing_a_firm_ends_its_open_hazards_when_asked(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct act act = { .who = OFFICE };
    for (int end = 0; end < 2; end++) {
        int64_t id =
            must_create(t, OFFICE, &enterprise_kind,
                        say(t, "{\"name\":\"关闭厂%d\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}", end));
        int64_t hazards[] = { must_hazard(t, OFFICE, id, "一"), must_hazard(t, OFFICE, id, "二") };
        struct change_result done;
        must_move(t, OFFICE, hazards[1], "classify", "{\"level\":\"general\"}");
        must(town_act(
                 t, &act, &enterprise_kind, id, "close",
                 say(t, "{\"state_since\":\"2026-03-09\",\"state_document\":\"安政闭〔2026〕1号\",\"end_hazards\":%s}",
                     end ? "true" : "false"),
                 &done, &err),
             &err);
        assert_string_equal(done.kind, "enterprise");
        assert_int_equal(done.id, id);
        for (size_t i = 0; i < COUNT(hazards); i++) {
            const struct hazard *h = must_read(t, OFFICE, &hazard_kind, hazards[i]);
            assert_int_equal(h->state == HAZARD_ENDED, end);
            if (end)
                assert_string_equal(h->closure_document, "安政闭〔2026〕1号");
        }
        const struct enterprise *e = must_read(t, OFFICE, &enterprise_kind, id);
        assert_int_equal(e->operating_state, OPERATING_CLOSED);
        assert_int_equal(has(e, ended_hazards) ? e->ended_hazards : 0, end ? 2 : 0);
        if (!end) { /* what was left then ends one by one, and says by which document */
            expect_field(town_move(t, OFFICE, hazards[0], "end", 0, "{}", &err), &err, "closure_document");
            error_clear(&err);
            must_move(t, OFFICE, hazards[0], "end", "{\"closure_document\":\"安政闭〔2026〕1号\"}");
        }
    }
}

static void what_belongs_to_another_type_is_refused_and_falls_away(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id;
    expect_field(town_create(t, OFFICE, &facility_kind,
                             "{\"name\":\"库\",\"type\":\"mall\",\"region\":\"990102001001\",\"dam_height\":\"12.5\"}",
                             &id, &err),
                 &err, "dam_height");
    error_clear(&err);
    id = must_create(t, OFFICE, &facility_kind,
                     "{\"name\":\"库\",\"type\":\"tailings\",\"region\":\"990102001001\",\"dam_height\":\"12.5\","
                     "\"mineral\":\"铁\"}");
    must_patch(t, OFFICE, &facility_kind, id, "{\"type\":\"closed_mine\"}");
    const struct facility *f = must_read(t, OFFICE, &facility_kind, id);
    assert_false(has(f, dam_height));
    assert_string_equal(f->mineral, "铁");
    const json_t *changes = must_changes(t, &facility_kind, id, 2);
    assert_string_equal(json_string_value(json_array_get(json_object_get(changes, "dam_height"), 0)), "12.5");
}

static void a_grade_is_withdrawn_for_a_cause_and_watched_until_then(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct act act = { .who = OFFICE };
    static const char running[] =
        "SELECT count(*) FROM ladder_watch WHERE kind = 'standardization' AND running = 1 AND "
        "watch = 'ends' AND id = %lld";
    int64_t id = must_create(t, OFFICE, &standardization_kind,
                             say(t,
                                 "{\"object\":%lld,\"level\":\"three\",\"certificate_no\":\"AQB-1\","
                                 "\"valid_from\":\"2025-07-01\"}",
                                 (long long)t->spots[FIRM_A1]));
    const struct standardization *s = must_read(t, OFFICE, &standardization_kind, id);
    assert_int_equal(s->valid_until, day("2028-06-30"));
    assert_string_equal(s->title, "标准化三级 AQB-1");
    assert_int_equal(count_of(t, running, (long long)id), 1);
    const char *no_cause = "{\"decision_no\":\"安应急撤〔2026〕1号\",\"decided_on\":\"2026-02-01\"}";
    expect_field(town_act(t, &act, &standardization_kind, id, "withdraw", no_cause, NULL, &err), &err,
                 "withdraw_cause");
    error_clear(&err);
    expect_field(town_act(t, &act, &standardization_kind, id, "withdraw",
                          "{\"withdraw_cause\":\"death\",\"decision_no\":\"1号\",\"decided_on\":\"2099-02-01\"}", NULL,
                          &err),
                 &err, "decided_on");
    error_clear(&err);
    must(town_act(t, &act, &standardization_kind, id, "withdraw",
                  "{\"withdraw_cause\":\"death\",\"decision_no\":\"安应急撤〔2026〕1号\",\"decided_on\":"
                  "\"2026-02-01\"}",
                  NULL, &err),
         &err);
    assert_int_equal(count_of(t, running, (long long)id), 0);
    s = must_read(t, OFFICE, &standardization_kind, id);
    struct credential_life life = standardization_credential(s);
    assert_int_equal(credential_status_on(&life, day("2026-01-31")), STATUS_VALID);
    assert_int_equal(credential_status_on(&life, day("2026-02-01")), STATUS_REVOKED);
}

static void the_days_of_a_grade_follow_each_other(void **state)
{
    struct town *t = TOWN(state);
    static const struct {
        const char *body, *field;
    } wrong[] = {
        { "\"valid_from\":\"2025-07-01\",\"valid_until\":\"2028-07-02\"", "valid_until" },
        { "\"valid_from\":\"2025-07-01\",\"valid_until\":\"2025-06-30\"", "valid_until" },
        { "\"applied_on\":\"2025-07-02\",\"graded_on\":\"2025-07-01\"", "graded_on" },
        { "\"graded_on\":\"2025-07-02\",\"announced_on\":\"2025-07-01\"", "announced_on" },
        { "\"graded_on\":\"2099-07-02\"", "graded_on" },
        { "\"score\":\"100.1\"", "score" },
        { "\"graded_on\":\"2025-10-30\",\"standard\":\"gbt33000_2025\"", "standard" },
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct error err = { 0 };
        int64_t id;
        expect_field(
            town_create(t, OFFICE, &standardization_kind,
                        say(t, "{\"object\":%lld,\"level\":\"two\",%s}", (long long)t->spots[FIRM_A1], wrong[i].body),
                        &id, &err),
            &err, wrong[i].field);
        error_clear(&err);
    }
}

static void a_promise_is_made_once_a_day_and_signed_by_the_head(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t firm =
        must_create(t, OFFICE, &enterprise_kind,
                    "{\"name\":\"承诺厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"head\":\"陈承诺\"}");
    const char *rest = "\"promised_on\":\"2026-03-09\",\"risk\":\"yellow\"";
    int64_t id = must_create(t, OFFICE, &safety_promise_kind, say(t, "{\"object\":%lld,%s}", (long long)firm, rest)),
            again;
    const struct safety_promise *p = must_read(t, OFFICE, &safety_promise_kind, id);
    assert_string_equal(p->signer, "陈承诺");
    assert_int_equal(p->covers_until, day("2026-03-09"));
    const char *const wrong[][2] = {
        { rest, "promised_on" },
        { "\"promised_on\":\"2099-03-09\",\"risk\":\"yellow\"", "promised_on" },
        { "\"promised_on\":\"2026-03-01\",\"covers_until\":\"2026-04-01\",\"risk\":\"yellow\"", "covers_until" },
        { "\"promised_on\":\"2026-03-01\",\"special_work_count\":2,\"risk\":\"yellow\"", "special_works" },
        { "\"promised_on\":\"2026-03-01\"", "risk" },
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        expect_field(town_create(t, OFFICE, &safety_promise_kind,
                                 say(t, "{\"object\":%lld,%s}", (long long)firm, wrong[i][0]), &again, &err),
                     &err, wrong[i][1]);
        error_clear(&err);
    }
}

/* ---- what the authority thinks of a firm ---- */

static const struct graded {
    const char *says, *move, *body, *field; /* NULL: taken */
} gradings[] = {
    { "a grade has a reason", "grade", "{\"supervision_grade\":\"B\",\"grade_on\":\"2026-03-01\"}", "grade_reason" },
    { "and a day", "grade", "{\"supervision_grade\":\"B\",\"grade_reason\":\"年度评定\"}", "grade_on" },
    { "of the past", "grade", "{\"supervision_grade\":\"B\",\"grade_on\":\"2026-03-10\",\"grade_reason\":\"年度评定\"}",
      "grade_on" },
    { "one of four", "grade", "{\"supervision_grade\":\"E\",\"grade_on\":\"2026-03-01\",\"grade_reason\":\"年度评定\"}",
      "supervision_grade" },
    { "a firm is graded", "grade",
      "{\"supervision_grade\":\"B\",\"grade_on\":\"2026-03-01\",\"grade_reason\":\"年度评定\",\"grade_by\":\"区局\","
      "\"grade_document\":\"1号\"}",
      NULL },
    { "not again on an earlier day", "grade",
      "{\"supervision_grade\":\"C\",\"grade_on\":\"2026-02-28\",\"grade_reason\":\"复评\"}", "grade_on" },
    { "but on a later one", "grade",
      "{\"supervision_grade\":\"C\",\"grade_on\":\"2026-03-05\",\"grade_reason\":\"复评\"}", NULL },
    { "the risk is a colour", "rate-risk", "{\"risk_level\":\"A\",\"risk_on\":\"2026-03-05\",\"risk_reason\":\"辨识\"}",
      "risk_level" },
    { "with its day and what it rests on", "rate-risk",
      "{\"risk_level\":\"orange\",\"risk_on\":\"2026-03-05\",\"risk_reason\":\"辨识\"}", NULL },
    { "so is the credit", "rate-credit",
      "{\"credit_grade\":\"A\",\"credit_on\":\"2026-03-05\",\"credit_reason\":\"评价\"}", NULL },
};

static void a_firm_is_graded_with_day_and_reason_and_what_was_said_before_stays(void **state)
{
    struct town *t = TOWN(state);
    struct act act = { .who = OFFICE };
    int64_t id = must_create(t, OFFICE, &enterprise_kind,
                             "{\"name\":\"分级厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}");
    for (size_t i = 0; i < COUNT(gradings); i++) {
        const struct graded *g = &gradings[i];
        struct error err = { 0 };
        int got = town_act(t, &act, &enterprise_kind, id, g->move, g->body, NULL, &err);
        if ((got == 0) != !g->field)
            fail_msg("%s: %s", g->says, got == 0 ? "taken" : err.en);
        if (g->field)
            expect_field(got, &err, g->field);
        error_clear(&err);
    }
    const struct enterprise *e = must_read(t, OFFICE, &enterprise_kind, id);
    assert_string_equal(e->supervision_grade, "C");
    assert_string_equal(e->risk_level, "orange");
    assert_string_equal(e->credit_grade, "A");
    assert_int_equal(e->operating_state, OPERATING);
    assert_false(has(e, grade_document)); /* of the first grade alone */
    const json_t *was = must_changes(t, &enterprise_kind, id, 3);
    assert_string_equal(json_string_value(json_array_get(json_object_get(was, "supervision_grade"), 0)), "B");
    assert_string_equal(json_string_value(json_array_get(json_object_get(was, "grade_reason"), 0)), "年度评定");
    struct error err = { 0 };
    expect_field(town_patch(t, OFFICE, &enterprise_kind, id, 0, "{\"supervision_grade\":\"A\"}", NULL, &err), &err,
                 "supervision_grade");
}

/* ---- who is in charge is examined within six months ---- */

static int64_t must_chemist(struct town *t, const char *name, const char *rest)
{
    return must_create(
        t, OFFICE, &enterprise_kind,
        say(t, "{\"name\":\"%s\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",%s}", name, rest));
}

static const struct appointed {
    const char *says, *rest, *until; /* until NULL: no clock */
} appointments[] = {
    { "a head of chemicals", "\"flags\":[\"HZ_PROD\"],\"head\":\"甲\",\"head_since\":\"2025-12-31\"", "2026-06-30" },
    { "a builder's", "\"flags\":[\"BUILD\"],\"head\":\"甲\",\"head_since\":\"2026-01-15\"", "2026-07-15" },
    { "one of a trade the law does not name", "\"head\":\"甲\",\"head_since\":\"2026-01-15\"", NULL },
    { "nobody knows since when", "\"flags\":[\"HZ_PROD\"],\"head\":\"甲\"", NULL },
    { "a day without a name", "\"flags\":[\"HZ_PROD\"],\"head_since\":\"2026-01-15\"", NULL },
};

static void an_appointment_starts_a_clock_in_the_trades_the_law_names(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id;
    for (size_t i = 0; i < COUNT(appointments); i++) {
        const struct appointed *a = &appointments[i];
        id = must_chemist(t, say(t, "任职厂%zu", i), a->rest);
        const struct enterprise *e = must_read(t, OFFICE, &enterprise_kind, id);
        if (has(e, head_exam_by) != (a->until != NULL) || (a->until && e->head_exam_by != day(a->until)) ||
            watched(t, "enterprise", "head_exam", id) != (a->until != NULL))
            fail_msg("%s", a->says);
    }
    expect_field(town_create(t, OFFICE, &enterprise_kind,
                             "{\"name\":\"x\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"head\":\"甲\","
                             "\"head_since\":\"2026-03-10\"}",
                             &id, &err),
                 &err, "head_since");
}

static void another_head_begins_anew_and_a_certificate_by_that_name_stops_it(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct act act = { .who = OFFICE };
    int64_t id = must_chemist(t, "换人厂", "\"flags\":[\"HZ_PROD\"],\"head\":\"旧人\",\"head_since\":\"2020-05-01\"");
    const char *certificate = "{\"object\":%lld,\"holder_name\":\"%s\",\"type\":\"%s\",\"issued_on\":\"2026-01-20\"}";
    must_create(t, OFFICE, &certificate_kind, say(t, certificate, (long long)id, "旧人", "head_fitness"));
    const struct enterprise *e = must_read(t, OFFICE, &enterprise_kind, id);
    assert_true(has(e, head_examined) && e->head_examined);
    assert_int_equal(watched(t, "enterprise", "head_exam", id), 0);
    /* Another name: from today, unless the day is given; the old certificate is the other one's. */
    must_patch(t, OFFICE, &enterprise_kind, id, "{\"head\":\"新人\"}");
    e = must_read(t, OFFICE, &enterprise_kind, id);
    assert_int_equal(e->head_since, TODAY);
    assert_int_equal(e->head_exam_by, day("2026-09-09"));
    assert_false(has(e, head_examined));
    assert_int_equal(watched(t, "enterprise", "head_exam", id), 1);
    must_patch(t, OFFICE, &enterprise_kind, id, "{\"head_since\":\"2026-02-01\"}");
    e = must_read(t, OFFICE, &enterprise_kind, id);
    assert_int_equal(e->head_exam_by, day("2026-08-01"));
    /* A safety manager's paper does not stop it. */
    must_create(t, OFFICE, &certificate_kind, say(t, certificate, (long long)id, "新人", "manager_fitness"));
    assert_int_equal(watched(t, "enterprise", "head_exam", id), 1);
    int64_t paper =
        must_create(t, OFFICE, &certificate_kind, say(t, certificate, (long long)id, "新人", "head_fitness"));
    e = must_read(t, OFFICE, &enterprise_kind, id);
    assert_true(has(e, head_examined) && e->head_examined);
    assert_int_equal(watched(t, "enterprise", "head_exam", id), 0);
    must(town_act(t, &act, &certificate_kind, paper, "revoke",
                  "{\"decision_no\":\"安应急罚〔2026〕7号\",\"decided_on\":\"2026-03-01\"}", NULL, &err),
         &err);
    assert_int_equal(watched(t, "enterprise", "head_exam", id), 1);
    /* Who is in charge of safety has a clock of the same kind, and either paper counts. */
    must_patch(t, OFFICE, &enterprise_kind, id, "{\"safety_head\":\"新人\",\"safety_head_since\":\"2026-02-01\"}");
    assert_int_equal(watched(t, "enterprise", "safety_head_exam", id), 0);
    must_patch(t, OFFICE, &enterprise_kind, id, "{\"safety_head\":\"别人\"}");
    assert_int_equal(watched(t, "enterprise", "safety_head_exam", id), 1);
    must_patch(t, OFFICE, &enterprise_kind, id, "{\"safety_head\":null}");
    e = must_read(t, OFFICE, &enterprise_kind, id);
    assert_false(has(e, safety_head_since));
    assert_int_equal(watched(t, "enterprise", "safety_head_exam", id), 0);
}

static void a_firm_with_a_defect_keeps_nobody_from_entering_a_certificate(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = must_chemist(t, "缺项厂", "\"flags\":[\"HZ_PROD\"],\"head\":\"甲\",\"head_since\":\"2026-02-01\"");
    must_write(t->house.store, say(t, "UPDATE enterprise SET industry = 'Z99' WHERE id = %lld", (long long)id),
               NO_BINDS);
    must_create(t, OFFICE, &certificate_kind,
                say(t, "{\"object\":%lld,\"holder_name\":\"甲\",\"type\":\"head_fitness\"}", (long long)id));
    assert_int_equal(watched(t, "enterprise", "head_exam", id), 1);
    must_patch(t, OFFICE, &enterprise_kind, id, "{\"industry\":\"C2614\"}");
    assert_int_equal(watched(t, "enterprise", "head_exam", id), 0);
}

static size_t marks_of(const char *sql)
{
    size_t n = 0;
    for (; *sql; sql++)
        n += *sql == '?';
    return n;
}

/* Each is asked for every page of a firm: none may walk the rows of all firms. */
static void the_lamps_of_a_firm_are_read_by_indexes(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct db *db;
    AUTO_ARENA arena = { 0 };
    const bool postgres = t->engine == STORE_POSTGRES;
    struct value any[16];
    for (size_t i = 0; i < COUNT(any); i++)
        any[i] = value_int(1);
    must(store_reader(t->house.store, &db, &err), &err);
    if (postgres)
        must(db_script(db, "SET enable_seqscan = off", &err), &err); /* it rightly scans a few rows */
    for (size_t i = 0; firm_statements[i]; i++) {
        const char *plan = db_explain(db, &arena, firm_statements[i], any, marks_of(firm_statements[i]), &err);
        if (!plan)
            fail_msg("%s", err.en);
        if (strstr(plan, postgres ? "Seq Scan" : "SCAN") || !strstr(plan, "own_object"))
            fail_msg("%s:\n%s", firm_statements[i], plan);
    }
    if (postgres)
        must(db_script(db, "SET enable_seqscan = on", &err), &err);
    store_reader_back(t->house.store, db);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_licence_ends_by_its_rule_and_says_when_to_renew),
        SAYS(a_licence_that_holds_too_long_is_refused_by_name_of_the_rule),
        SAYS(a_revoked_licence_was_in_force_before_its_decision),
        SAYS(training_is_counted_by_class_and_day),
        SAYS(an_ordinary_manager_with_11_5_hours_in_the_second_year_lacks_training),
        SAYS(a_certificate_keeps_no_identity_number_in_clear_and_finds_its_holder),
        SAYS(a_certificate_of_a_person_is_of_that_persons_unit),
        SAYS(reminders_run_before_the_review_and_stop_with_it),
        SAYS(a_reminder_fires_60_days_before_a_licence_ends),
        SAYS(a_renewed_paper_silences_the_one_before),
        SAYS(what_goes_on_where_a_paper_ends_silences_it),
        SAYS(a_stored_paper_follows_its_successor),
        SAYS(the_licence_of_a_fireworks_point_is_watched),
        SAYS(a_source_is_judged_as_it_is_saved),
        SAYS(sites_are_numbered_and_keep_their_number),
        SAYS(a_firm_stopped_by_order_resumes_by_the_authority),
        SAYS(an_order_is_not_left_by_a_detour),
        SAYS(closing_a_firm_ends_its_open_hazards_when_asked),
        SAYS(what_belongs_to_another_type_is_refused_and_falls_away),
        SAYS(a_grade_is_withdrawn_for_a_cause_and_watched_until_then),
        SAYS(the_days_of_a_grade_follow_each_other),
        SAYS(a_promise_is_made_once_a_day_and_signed_by_the_head),
        SAYS(an_appointment_starts_a_clock_in_the_trades_the_law_names),
        SAYS(another_head_begins_anew_and_a_certificate_by_that_name_stops_it),
        SAYS(a_firm_with_a_defect_keeps_nobody_from_entering_a_certificate),
        SAYS(the_lamps_of_a_firm_are_read_by_indexes),
        SAYS(a_firm_is_graded_with_day_and_reason_and_what_was_said_before_stays),
    };
    return RUN_TOWNS(tests);
}
