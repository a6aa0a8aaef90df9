/* What a record page asks beside the record: counts, where it stands on a day, who supplied what and who verified it. */
#include "api/office.h"

#include "base/clock.h"

#include <string.h>

static const json_t *with(const struct reply *r, const char *list, const char *key, const char *value)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)at(r, list), i,
                       one) if (strcmp(json_string_value(json_object_get(one, key)), value) == 0) return one;
    fail_msg("no %s %s in %s", key, value, r->body);
    return NULL;
}

static int64_t counted(const struct reply *r, const char *kind)
{
    return json_integer_value(json_object_get(with(r, "items", "kind", kind), "count"));
}

static int64_t of_firm(struct office *o, const char *kind)
{
    return count_rows(
        o, say(o, "SELECT count(*) FROM %s WHERE object = %lld AND removed_at IS NULL", kind, (long long)o->firm_a));
}

static void the_counts_of_a_firm_are_the_lists_of_who_asks(void **state)
{
    struct office *o = OFFICE(state);
    static const struct {
        const char *kind, *plural;
    } kinds[] = { { "hazard", "hazards" },         { "licence", "licences" },
                  { "person", "persons" },         { "certificate", "certificates" },
                  { "assignment", "assignments" }, { "major_hazard_source", "major-hazard-sources" } };
    for (enum who who = OFFICE; who < PEOPLE; who++) {
        if (who == GRID_B)
            continue; /* the firm lies in the other town */
        struct reply *r = expect(get(o, who, "/api/v1/enterprises/%lld/counts", (long long)o->firm_a), 200);
        for (size_t i = 0; i < COUNT(kinds); i++) {
            struct reply *list = expect(
                get(o, who, "/api/v1/%s?object=%lld&count=exact&limit=1", kinds[i].plural, (long long)o->firm_a), 200);
            assert_int_equal(counted(r, kinds[i].kind), number_at(list, "total.count"));
        }
    }
    assert_true(of_firm(o, "licence") > 0 && of_firm(o, "person") > 0);
    expect_code(get(o, GRID_B, "/api/v1/enterprises/%lld/counts", (long long)o->firm_a), 404, "record.missing");
}

static void a_count_stops_at_999(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *firm =
        expect(post(o, OFFICE, "{\"name\":\"隐患多\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}",
                    "/api/v1/enterprises"),
               201);
    long long id = number_at(firm, "id");
    make_hazard(o, OFFICE, id, "一条");
    run_sql(
        o,
        say(o,
            "INSERT INTO licence (version, created_at, created_by, changed_at, changed_by, own_county, own_town, "
            "own_village, own_object, fact_county, fact_town, fact_village, fact_object, title, state, object, type, "
            "sort_valid_until) "
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001) "
            "SELECT 1, 0, 1, 0, 1, 990102000000, 990102001000, 990102001001, %lld, 990102000000, 990102001000, "
            "990102001001, %lld, 'x', 'in_force', %lld, 'other', 0 FROM n",
            id, id, id));
    struct reply *r = expect(get(o, OFFICE, "/api/v1/enterprises/%lld/counts", id), 200);
    assert_int_equal(counted(r, "licence"), 999);
    assert_true(json_is_true(json_object_get(with(r, "items", "kind", "licence"), "capped")));
    assert_int_equal(counted(r, "hazard"), 1);
    run_sql(o, say(o, "DELETE FROM licence WHERE object = %lld", id));
}

static const json_t *lamp(const struct reply *r, const char *code)
{
    return with(r, "lamps", "code", code);
}

static const json_t *finding(const struct reply *r, const char *lamp_code, const char *code)
{
    const json_t *l = lamp(r, lamp_code);
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(l, "findings"), i,
                       one) if (strcmp(json_string_value(json_object_get(one, "code")), code) == 0) return one;
    fail_msg("no finding %s in %s", code, r->body);
    return NULL;
}

static bool met(const json_t *f)
{
    return json_is_true(json_object_get(f, "met"));
}

static const char *words(const json_t *f)
{
    return json_string_value(json_object_get(json_object_get(f, "text"), "zh"));
}

static struct reply *standing(struct office *o, long long firm, const char *on)
{
    return expect(get(o, OFFICE, "/api/v1/enterprises/%lld/standing?on=%s", firm, on), 200);
}

static struct reply *make(struct office *o, const char *plural, const char *body)
{
    return expect(post(o, OFFICE, body, "/api/v1/%s", plural), 201);
}

static void the_lamps_follow_from_rows_and_day(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = make(o, "enterprises",
                           "{\"name\":\"五到位化工\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"sector\":"
                           "\"HAZCHEM\",\"flags\":[\"HZ_STOR\"],\"staff\":260}");
    long long firm = number_at(r, "id");
    struct reply *none = standing(o, firm, "2026-03-09");
    assert_int_equal(count_at(none, "lamps"), 5);
    for (size_t i = 0; i < 5; i++)
        assert_false(json_is_true(at(none, say(o, "lamps.%zu.on", i))));
    assert_string_equal(words(finding(none, "management", "headcount")), "从业人员 260 人，需要 6 名专职，现有 0 名");
    for (int i = 0; i < 6; i++)
        make(o, "persons",
             say(o,
                 "{\"object\":%lld,\"name\":\"安全员%d\",\"category\":\"manager\",\"safety_role\":\"full_time\","
                 "\"engineer\":%s,"
                 "\"hired_on\":\"2025-06-01\",\"duty_signed_on\":\"2026-01-10\",\"trainings\":[{\"held_on\":"
                 "\"2025-06-01\",\"purpose\":\"initial\",\"hours\":\"48.0\"}]}",
                 firm, i, i == 0 ? "true" : "false"));
    make(o, "licences",
         say(o,
             "{\"object\":%lld,\"type\":\"plan_filing\",\"valid_from\":\"2025-07-01\",\"valid_until\":"
             "\"2026-06-30\"}",
             firm));
    make(o, "standardizations",
         say(o,
             "{\"object\":%lld,\"level\":\"two\",\"score\":\"74.5\",\"graded_on\":\"2025-06-01\",\"valid_from\":"
             "\"2025-07-01\",\"valid_until\":\"2026-06-30\"}",
             firm));
    static const char *const fitness[] = { "head_fitness", "manager_fitness" };
    for (size_t i = 0; i < COUNT(fitness); i++)
        make(o, "certificates",
             say(o,
                 "{\"object\":%lld,\"holder_name\":\"持证人\",\"type\":\"%s\",\"issued_on\":"
                 "\"2025-07-01\"}",
                 firm, fitness[i]));
    r = expect(get(o, OFFICE, "/api/v1/enterprises/%lld", firm), 200);
    expect(
        patch(o, OFFICE, number_at(r, "version"),
              "{\"head\":\"负责人\",\"insurance_end\":\"2026-12-31\",\"rescue\":\"own\",\"drilled_on\":\"2025-10-01\","
              "\"safety_costs\":[{\"year\":2025,\"required\":1000000,\"used\":1000000}]}",
              "/api/v1/enterprises/%lld", firm),
        200);
    struct reply *all = standing(o, firm, "2026-03-09");
    for (size_t i = 0; i < 5; i++)
        if (!json_is_true(at(all, say(o, "lamps.%zu.on", i))))
            fail_msg("lamp %zu is dark: %s", i, all->body);
    assert_string_equal(words(finding(all, "management", "headcount")), "从业人员 260 人，需要 6 名专职，现有 6 名");
    assert_true(met(finding(all, "management", "engineers")));
    /* Whose certificate it is counts; without the day of the appointment that is a gap, with it a clock that runs out. */
    assert_false(met(finding(all, "training", "head_exam")));
    assert_non_null(strstr(words(finding(all, "training", "head_exam")), "未填任职日期"));
    r = expect(get(o, OFFICE, "/api/v1/enterprises/%lld", firm), 200);
    expect(
        patch(o, OFFICE, number_at(r, "version"), "{\"head_since\":\"2025-09-20\"}", "/api/v1/enterprises/%lld", firm),
        200);
    all = standing(o, firm, "2026-03-20");
    assert_true(json_is_true(json_object_get(finding(all, "training", "head_exam"), "advisory")));
    assert_true(json_is_true(json_object_get(lamp(all, "training"), "on")));
    all = standing(o, firm, "2026-03-21");
    assert_non_null(strstr(words(finding(all, "training", "head_exam")), "应在 2026-03-20 前考核合格"));
    assert_false(json_is_true(json_object_get(lamp(all, "training"), "on")));
    /* The same rows on a later day: papers have ended, letters are old, the half year of the drill is over. */
    struct reply *later = standing(o, firm, "2027-02-01");
    assert_false(met(finding(later, "management", "standardization")));
    assert_false(met(finding(later, "duty", "letters")));
    assert_false(met(finding(later, "rescue", "drill")));
    assert_false(met(finding(later, "rescue", "plan")));
    assert_false(met(finding(later, "investment", "costs")));
    assert_false(met(finding(later, "investment", "insurance")));
    assert_false(met(finding(later, "training", "yearly")));
    assert_true(met(finding(later, "training", "initial")));
    /* And one that left is no longer counted. */
    expect_silent(get(o, NOBODY, "/api/v1/enterprises/%lld/standing", firm), "安全员");
}

static bool asked(const struct reply *r, const char *lamp_code, const char *code)
{
    const json_t *l = lamp(r, lamp_code);
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(l, "findings"), i, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "code")), code) == 0)
            return true;
    }
    return false;
}

static void what_a_firm_must_hold_follows_from_its_flags(void **state)
{
    struct office *o = OFFICE(state);
    static const struct {
        const char *says, *rest;
        const char *asked[3];
        const char *not_asked[3];
    } firms[] = {
        { "a maker of fireworks",
          "\"sector\":\"FIREWORK\",\"flags\":[\"FW_PROD\"]",
          { "work_safety", "engineers" },
          { "fireworks_retail" } },
        { "a fireworks shop",
          "\"sector\":\"FIREWORK\",\"flags\":[\"FW_RETAIL\"]",
          { "fireworks_retail" },
          { "work_safety", "engineers" } },
        { "fireworks wholesale",
          "\"sector\":\"FIREWORK\",\"flags\":[\"FW_WHOLE\"]",
          { "fireworks_wholesale", "engineers" },
          { "work_safety" } },
        { "a petrol station",
          "\"sector\":\"HAZCHEM\",\"flags\":[\"HZ_OPER\"]",
          { "hazchem_trade" },
          { "work_safety", "engineers", "flag_chemicals" } },
        { "a works that uses chemicals",
          "\"sector\":\"INDUSTRY\",\"flags\":[\"HZ_USE\"]",
          { "hazchem_use" },
          { "work_safety", "engineers" } },
        { "a maker of civil explosives",
          "\"sector\":\"CIVEXP\",\"industry\":\"C2671\"",
          { "work_safety", "engineers" },
          { "hazchem_trade" } },
        { "of the sector, and nobody says what it does",
          "\"sector\":\"HAZCHEM\"",
          { "flag_chemicals" },
          { "engineers", "work_safety" } },
        { "a coal mine ten in a hundred over",
          "\"flags\":[\"COAL\"],\"coal_approved\":\"120.0000\",\"coal_year\":\"132.0000\"",
          { "work_safety", "capacity" },
          { "flag_dust" } },
        { "a code whose organisation has another check character",
          "\"credit_code\":\"91370211MA3C1D2E5G\"",
          { "credit_code" },
          { NULL } },
        { "dust and ammonia without their flags",
          "\"dust_workers\":12,\"ammonia\":\"0.800\"",
          { "flag_dust", "flag_ammonia" },
          { "dust" } },
    };
    for (size_t i = 0; i < COUNT(firms); i++) {
        long long firm = number_at(make(o, "enterprises",
                                        say(o,
                                            "{\"name\":\"标签厂%zu\",\"no_code_reason\":\"new\",\"region\":"
                                            "\"990102001001\",%s}",
                                            i, firms[i].rest)),
                                   "id");
        struct reply *r = standing(o, firm, "2026-03-09");
        for (size_t k = 0; k < 3 && firms[i].asked[k]; k++)
            if (!asked(r, "management", firms[i].asked[k]))
                fail_msg("%s is not asked for %s", firms[i].says, firms[i].asked[k]);
        for (size_t k = 0; k < 3 && firms[i].not_asked[k]; k++)
            if (asked(r, "management", firms[i].not_asked[k]))
                fail_msg("%s is asked for %s", firms[i].says, firms[i].not_asked[k]);
    }
}

static const json_t *site_finding(const struct reply *r, const char *code)
{
    const json_t *found = with(r, "findings", "code", code);
    assert_non_null(found);
    return found;
}

static void a_works_site_says_what_it_lacks(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = make(o, "facilities",
                           "{\"name\":\"三期工地\",\"type\":\"works_site\",\"region\":\"990102001001\",\"builder\":"
                           "\"三建公司\",\"labourers\":201,\"labour_safety\":2}");
    long long site = number_at(r, "id");
    const char *path = say(o, "/api/v1/facilities/%lld", site);
    r = expect(get(o, OFFICE, "%s/standing?on=2026-03-09", path), 200);
    assert_false(met(site_finding(r, "works_permit")));
    assert_true(met(site_finding(r, "builder")));
    assert_non_null(strstr(words(site_finding(r, "safety_staff")), "无法计算"));
    assert_string_equal(words(site_finding(r, "labour_safety")), "劳务 201 人，需要 3 名，现有 2 名");
    expect(patch(o, OFFICE, 1,
                 "{\"works_permit\":\"9901\",\"works_type\":\"house\",\"works_area\":\"10000.00\",\"labour_safety\":3}",
                 "%s", path),
           200);
    make(o, "persons",
         say(o, "{\"object\":%lld,\"name\":\"驻场安全员\",\"category\":\"manager\",\"safety_role\":\"full_time\"}",
             site));
    r = expect(get(o, OFFICE, "%s/standing?on=2026-03-09", path), 200);
    assert_string_equal(words(site_finding(r, "safety_staff")), "需要 2 名，现有 1 名");
    assert_true(met(site_finding(r, "works_permit")) && met(site_finding(r, "labour_safety")));
    /* Civil works by their price. */
    expect(patch(o, OFFICE, 2, "{\"works_type\":\"civil\",\"works_cost\":4999999999}", "%s", path), 200);
    r = expect(get(o, OFFICE, "%s/standing?on=2026-03-09", path), 200);
    assert_true(met(site_finding(r, "safety_staff")));
    /* Of another type nothing follows. */
    r = make(o, "facilities", "{\"name\":\"商场\",\"type\":\"mall\",\"region\":\"990102001001\"}");
    r = expect(get(o, OFFICE, "/api/v1/facilities/%lld/standing", (long long)number_at(r, "id")), 200);
    assert_int_equal(count_at(r, "findings"), 0);
}

static void a_grade_stands_by_the_rules_of_its_day(void **state)
{
    struct office *o = OFFICE(state);
    static const struct {
        const char *graded, *standard, *element;
    } editions[] = { { "2025-10-30", "gbt33000_2016", "目标职责" }, { "2025-10-31", "gbt33000_2025", "领导作用" } };
    for (size_t i = 0; i < COUNT(editions); i++) {
        struct reply *r = make(o, "standardizations",
                               say(o,
                                   "{\"object\":%lld,\"level\":\"two\",\"score\":\"74.9\",\"graded_on\":\"%s\","
                                   "\"valid_from\":\"2025-11-01\"}",
                                   (long long)o->firm_a, editions[i].graded));
        long long id = number_at(r, "id");
        assert_string_equal(text_at(r, "standard"), editions[i].standard);
        assert_string_equal(text_at(r, "valid_until"), "2028-10-31");
        assert_string_equal(text_at(r, "renew_by"), "2028-07-31");
        struct reply *s = expect(get(o, OFFICER, "/api/v1/standardizations/%lld/standing?on=2028-08-10", id), 200);
        assert_string_equal(text_at(s, "status.code"), "expiring");
        const char *body = s->body;
        assert_non_null(strstr(body, editions[i].element));
        assert_non_null(strstr(body, "74.9 分，该等级一般不低于 75 分"));
        assert_non_null(strstr(body, "条文待核"));
        assert_non_null(strstr(body, "省级应急管理部门"));
        s = expect(get(o, OFFICER, "/api/v1/standardizations/%lld/standing?on=2028-11-01", id), 200);
        assert_string_equal(text_at(s, "status.code"), "expired");
        expect(ASK(o, .who = OFFICE, .method = "DELETE", .version = 1,
                   .path = say(o, "/api/v1/standardizations/%lld", id)),
               204);
    }
}

static void a_missing_promise_is_a_gap_and_darkens_no_lamp(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *none = standing(o, o->firm_a, "2020-01-01");
    const json_t *gap = finding(none, "duty", "promise");
    assert_false(met(gap));
    assert_true(json_is_true(json_object_get(gap, "advisory")));
    make(o, "safety-promises",
         say(o, "{\"object\":%lld,\"promised_on\":\"2020-01-01\",\"covers_until\":\"2020-01-03\",\"risk\":\"blue\"}",
             (long long)o->firm_a));
    assert_true(met(finding(standing(o, o->firm_a, "2020-01-03"), "duty", "promise")));
    assert_false(met(finding(standing(o, o->firm_a, "2020-01-04"), "duty", "promise")));
    /* A firm without a major hazard is not asked for one. */
    expect_silent(standing(o, o->firm_b, "2020-01-01"), "safety_promise");
}

/* 安全生产法 art 41. Of a firm that has none nothing is said. */
static void a_major_hazard_the_staff_congress_has_not_heard_of_is_a_gap(void **state)
{
    struct office *o = OFFICE(state);
    char today[DAY_TEXT];
    day_print(day_of_ms(clock_now_ms()), today);
    long long firm = number_at(
        make(o, "enterprises", "{\"name\":\"大会机械\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}"), "id");
    assert_null(strstr(standing(o, firm, today)->body, "congress"));
    struct reply *h = make_hazard(o, INSPECTOR, firm, "有限空间无审批");
    h = expect(move(o, INSPECTOR, h->json, "classify", "{\"level\":\"major\",\"clause\":\"GM-13-2\"}"), 200);
    struct reply *r = standing(o, firm, today);
    const json_t *gap = finding(r, "management", "congress");
    assert_false(met(gap));
    assert_true(json_is_true(json_object_get(gap, "advisory")));
    assert_string_equal(words(gap), "近一年 1 条，1 条未登记报告日期");
    run_sql(o, say(o, "UPDATE hazard SET congress_on = major_on WHERE id = %lld", (long long)number_at(h, "id")));
    assert_true(met(finding(standing(o, firm, today), "management", "congress")));
    assert_null(strstr(standing(o, firm, "2020-01-01")->body, "congress"));
}

static void a_licence_has_a_status_on_any_day(void **state)
{
    struct office *o = OFFICE(state);
    static const struct {
        const char *on, *status;
        int64_t days;
    } days[] = { { "2025-03-31", "valid", 91 },
                 { "2025-04-01", "expiring", 90 },
                 { "2025-05-31", "urgent", 30 },
                 { "2025-06-30", "urgent", 0 },
                 { "2025-07-01", "expired", -1 } };
    struct reply *r = make(o, "licences",
                           say(o,
                               "{\"object\":%lld,\"type\":\"work_safety\",\"valid_from\":\"2022-07-01\","
                               "\"valid_until\":\"2025-06-30\"}",
                               (long long)o->firm_a));
    long long id = number_at(r, "id");
    for (size_t i = 0; i < COUNT(days); i++) {
        r = expect(get(o, OFFICER, "/api/v1/licences/%lld/standing?on=%s", id, days[i].on), 200);
        assert_string_equal(text_at(r, "status.code"), days[i].status);
        assert_int_equal(number_at(r, "status.days"), days[i].days);
    }
    expect_field(get(o, OFFICE, "/api/v1/licences/%lld/standing?on=today", id), "on");
}

static void a_source_shows_its_sheet_step_by_step(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r =
        make(o, "major-hazard-sources",
             say(o,
                 "{\"object\":%lld,\"name\":\"液氨液氯罐区\",\"unit_type\":\"storage\",\"people\":60,\"inventory\":"
                 "[{\"good\":\"ammonia\",\"tonnes\":\"8\"},{\"good\":\"chlorine\",\"tonnes\":\"2\"}]}",
                 (long long)o->firm_a));
    assert_string_equal(text_at(r, "grade"), "four");
    r = expect(get(o, OFFICER, "/api/v1/major-hazard-sources/%lld/standing", (long long)number_at(r, "id")), 200);
    assert_int_equal(count_at(r, "sheet.lines"), 2);
    assert_string_equal(text_at(r, "sheet.lines.0.ratio"), "0.800000");
    assert_string_equal(text_at(r, "sheet.lines.1.term"), "1.600000");
    assert_string_equal(text_at(r, "sheet.s"), "1.200000");
    assert_string_equal(text_at(r, "sheet.sum"), "3.200000");
    assert_string_equal(text_at(r, "sheet.alpha"), "1.5");
    assert_string_equal(text_at(r, "sheet.r"), "4.800000");
    assert_string_equal(text_at(r, "sheet.grade"), "four");
    assert_non_null(with(r, "findings", "code", "principal"));
}

static const json_t *source_of(struct office *o, long long firm, const char *field)
{
    return with(expect(get(o, OFFICE, "/api/v1/enterprises/%lld/sources", firm), 200), "items", "field", field);
}

static bool verified(struct office *o, long long firm, const char *field)
{
    return json_is_object(json_object_get(source_of(o, firm, field), "verified"));
}

static void a_fact_tells_who_supplied_it_and_is_verified_until_it_changes(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r =
        make(o, "enterprises",
             "{\"name\":\"核实厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"head\":\"甲\","
             "\"phone\":\"13712340000\",\"staff\":10}");
    long long firm = number_at(r, "id");
    expect(patch(o, GRID_A, 1, "{\"staff\":12}", "/api/v1/enterprises/%lld", firm), 200);
    const json_t *staff = source_of(o, firm, "staff"), *head = source_of(o, firm, "head");
    assert_string_equal(json_string_value(json_object_get(staff, "act")), "change");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(staff, "by"), "id")), o->people[GRID_A].id);
    assert_string_equal(json_string_value(json_object_get(head, "act")), "create");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(head, "by"), "id")), o->people[OFFICE].id);
    r = expect(ASK(o, .who = GRID_A, .method = "POST", .path = say(o, "/api/v1/enterprises/%lld/verify", firm),
                   .body = "{\"fields\":[\"head\",\"phone\",\"staff\"]}", .version = 2),
               200);
    assert_int_equal(number_at(r, "version"), 3);
    assert_true(verified(o, firm, "head") && verified(o, firm, "phone") && verified(o, firm, "staff"));
    assert_false(verified(o, firm, "name"));
    /* Who verifies supplies nothing. */
    assert_int_equal(json_integer_value(json_object_get(json_object_get(source_of(o, firm, "head"), "by"), "id")),
                     o->people[OFFICE].id);
    expect(patch(o, OFFICE, 3, "{\"head\":\"乙\"}", "/api/v1/enterprises/%lld", firm), 200);
    assert_false(verified(o, firm, "head"));
    assert_true(verified(o, firm, "phone"));
    r = expect(get(o, OFFICE, "/api/v1/enterprises/%lld/history", firm), 200);
    assert_string_equal(text_at(r, "items.1.act"), "verify");
    assert_int_equal(count_at(r, "items.1.changes"), 3);
    expect_silent(r, "13712340000");
}

static void what_is_empty_or_derived_is_not_verified_nor_is_it_taken_back(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r =
        make(o, "enterprises", "{\"name\":\"核实二厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}");
    const char *path = say(o, "/api/v1/enterprises/%lld/verify", (long long)number_at(r, "id"));
    static const char *const wrong[] = { "{\"fields\":[\"head\"]}",
                                         "{\"fields\":[\"nothing\"]}",
                                         "{\"fields\":[\"operating_state\"]}",
                                         "{\"fields\":[]}",
                                         "{\"fields\":\"name\"}",
                                         "{\"fields\":[1]}",
                                         "{}" };
    for (size_t i = 0; i < COUNT(wrong); i++)
        expect_field(ASK(o, .who = OFFICE, .method = "POST", .path = path, .body = wrong[i], .version = 1), "fields");
    expect(ASK(o, .who = OFFICE, .method = "POST", .path = path, .body = "{\"fields\":[\"name\"]}", .version = 1), 200);
    expect_code(post(o, OFFICE, "{\"version\":2}", "/api/v1/enterprises/%lld/undo", (long long)number_at(r, "id")), 422,
                "undo.verify");
    expect_code(ASK(o, .who = OFFICE, .method = "POST", .path = path, .body = "{\"fields\":[\"name\"]}", .version = 1),
                412, "record.stale");
    r = make_hazard(o, OFFICE, o->firm_a, "不能核实");
    expect_code(ASK(o, .who = OFFICE, .method = "POST",
                    .path = say(o, "/api/v1/hazards/%lld/verify", (long long)number_at(r, "id")),
                    .body = "{\"fields\":[\"description\"]}", .version = 1),
                405, "kind.verb");
}

/* The fold against a copy kept beside the edits. */
static void sources_are_what_the_edits_were(void **state)
{
    struct office *o = OFFICE(state);
    static const char *const fields[] = { "head", "address", "remark", "policy_no", "industry" };
    static const char *const values[] = { "\"C2614\"", "\"C2011\"", "null" };
    struct reply *r =
        make(o, "enterprises",
             "{\"name\":\"乱改厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"head\":\"C2614\"}");
    long long firm = number_at(r, "id"), version = 1;
    struct {
        const char *value;
        enum who by;
        bool verified;
    } now[COUNT(fields)] = { { "\"C2614\"", OFFICE, false } };
    unsigned seed = 7;
    for (int turn = 0; turn < 60; turn++) {
        seed = seed * 1103515245 + 12345;
        size_t f = seed / 65536 % COUNT(fields), v = seed / 1024 % COUNT(values);
        enum who who = seed / 256 % 2 ? OFFICE : GRID_A;
        if (seed / 4096 % 3 == 0 && now[f].value) {
            expect(ASK(o, .who = who, .method = "POST", .path = say(o, "/api/v1/enterprises/%lld/verify", firm),
                       .body = say(o, "{\"fields\":[\"%s\"]}", fields[f]), .version = version),
                   200);
            version++;
            now[f].verified = true;
            continue;
        }
        const char *value = v == 2 ? NULL : values[v];
        r = expect(
            patch(o, who, version, say(o, "{\"%s\":%s}", fields[f], values[v]), "/api/v1/enterprises/%lld", firm), 200);
        if (number_at(r, "version") == version)
            continue; /* nothing differed */
        version++;
        now[f].value = value;
        now[f].by = who;
        now[f].verified = false;
    }
    r = expect(get(o, OFFICE, "/api/v1/enterprises/%lld/sources", firm), 200);
    for (size_t f = 0; f < COUNT(fields); f++) {
        size_t i;
        const json_t *one, *found = NULL;
        json_array_foreach((json_t *)at(r, "items"), i,
                           one) if (strcmp(json_string_value(json_object_get(one, "field")), fields[f]) == 0) found =
            one;
        assert_int_equal(found != NULL, now[f].value != NULL);
        if (!found)
            continue;
        assert_int_equal(json_integer_value(json_object_get(json_object_get(found, "by"), "id")),
                         o->people[now[f].by].id);
        assert_int_equal(json_is_object(json_object_get(found, "verified")), now[f].verified);
    }
}

static void the_firm_keeps_its_papers_and_does_not_judge_them(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r =
        expect(post(o, OFFICER,
                    say(o, "{\"object\":%lld,\"name\":\"本厂职工\",\"category\":\"worker\"}", (long long)o->firm_a),
                    "/api/v1/persons"),
               201);
    expect_code(ASK(o, .who = OFFICER, .method = "POST",
                    .path = say(o, "/api/v1/persons/%lld/verify", (long long)number_at(r, "id")),
                    .body = "{\"fields\":[\"name\"]}", .version = 1),
                403, "verb.missing");
    expect_field(post(o, OFFICER,
                      say(o, "{\"object\":%lld,\"name\":\"别厂职工\",\"category\":\"worker\"}", (long long)o->firm_b),
                      "/api/v1/persons"),
                 "object");
    r = expect(
        post(o, OFFICER, say(o, "{\"object\":%lld,\"type\":\"other\"}", (long long)o->firm_a), "/api/v1/licences"),
        201);
    expect_code(ASK(o, .who = OFFICER, .method = "POST",
                    .path = say(o, "/api/v1/licences/%lld/moves/revoke", (long long)number_at(r, "id")), .body = "{}",
                    .version = 1),
                403, "verb.missing");
}

/* Whoever supervises grades; whoever patrols and the firm itself read it. */
static void a_firm_is_graded_by_who_supervises_it(void **state)
{
    struct office *o = OFFICE(state);
    static const struct {
        enum who who;
        int status;
    } cases[] = { { OFFICE, 200 }, { INSPECTOR, 200 }, { DEPARTMENT, 200 },
                  { LEADER, 403 }, { GRID_A, 403 },    { OFFICER, 403 } };
    struct reply *r = NULL;
    char today[DAY_TEXT];
    day_print(day_of_ms(clock_now_ms()), today);
    for (size_t i = 0; i < COUNT(cases); i++) {
        r = expect(get(o, OFFICE, "/api/v1/enterprises/%lld", (long long)o->firm_a), 200);
        expect(
            ASK(o, .who = cases[i].who, .method = "POST", .version = number_at(r, "version"),
                .path = say(o, "/api/v1/enterprises/%lld/moves/grade", (long long)o->firm_a),
                .body = say(o, "{\"supervision_grade\":\"D\",\"grade_on\":\"%s\",\"grade_reason\":\"复评\"}", today)),
            cases[i].status);
    }
    r = expect(get(o, OFFICER, "/api/v1/enterprises/%lld", (long long)o->firm_a), 200);
    assert_string_equal(text_at(r, "supervision_grade"), "D");
    assert_string_equal(text_at(r, "grade_by"), "安澜市应急管理局");
    r = expect(get(o, OFFICE, "/api/v1/enterprises?supervision_grade=D&risk_level=%s", text_at(r, "risk_level")), 200);
    assert_true(count_at(r, "items") > 0);
    r = expect(get(o, OFFICE, "/api/v1/enterprises/export?columns=name,supervision_grade,risk_level,grade_on"), 200);
    assert_non_null(strstr(r->body, "监管等级"));
    assert_non_null(strstr(r->body, "D级"));
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(the_counts_of_a_firm_are_the_lists_of_who_asks),
        SAYS(a_count_stops_at_999),
        SAYS(the_lamps_follow_from_rows_and_day),
        SAYS(what_a_firm_must_hold_follows_from_its_flags),
        SAYS(a_works_site_says_what_it_lacks),
        SAYS(a_firm_is_graded_by_who_supervises_it),
        SAYS(a_grade_stands_by_the_rules_of_its_day),
        SAYS(a_missing_promise_is_a_gap_and_darkens_no_lamp),
        SAYS(a_major_hazard_the_staff_congress_has_not_heard_of_is_a_gap),
        SAYS(a_licence_has_a_status_on_any_day),
        SAYS(a_source_shows_its_sheet_step_by_step),
        SAYS(a_fact_tells_who_supplied_it_and_is_verified_until_it_changes),
        SAYS(what_is_empty_or_derived_is_not_verified_nor_is_it_taken_back),
        SAYS(sources_are_what_the_edits_were),
        SAYS(the_firm_keeps_its_papers_and_does_not_judge_them),
    };
    return RUN_OFFICES(tests);
}
