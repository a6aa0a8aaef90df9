/* Who answers for what, who rules when nobody does, and an enterprise that goes to another area. */
#include "api/office.h"

#include <stdio.h>
#include <string.h>

static const json_t *line_of(const struct reply *r, const char *role, const char *level)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)at(r, "items"), i,
                       one) if (strcmp(json_string_value(json_object_get(one, "role")), role) == 0 &&
                                strcmp(json_string_value(json_object_get(one, "level")), level) == 0) return one;
    return NULL;
}

static bool has_gap(const struct reply *r, const char *role, const char *level)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)at(r, "gaps"), i,
                       one) if (strcmp(json_string_value(json_object_get(one, "role")), role) == 0 &&
                                strcmp(json_string_value(json_object_get(one, "level")), level) == 0) return true;
    return false;
}

static const json_t *owned(const struct reply *r, int64_t object)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)at(r, "items"), i,
                       one) if (json_integer_value(json_object_get(json_object_get(one, "object"), "id")) ==
                                object) return one;
    return NULL;
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void everybody_who_answers_for_a_firm_is_named_from_the_city_down(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(get(o, GRID_A, "/api/v1/responsible?object=%lld", (long long)o->firm_a), 200);
    const json_t *city = line_of(r, "first_responsible", "city"), *town = line_of(r, "first_responsible", "town");
    assert_non_null(city);
    assert_non_null(town);
    assert_non_null(line_of(r, "first_responsible", "object"));
    assert_non_null(line_of(r, "direct", "city"));
    assert_non_null(line_of(r, "grid", "town"));
    assert_string_equal(json_string_value(json_object_get(json_object_get(town, "holder"), "kind")), "account");
    assert_string_equal(json_string_value(json_object_get(town, "post")), "临河镇镇长");
    /* What is said of a level above is known, not opened. */
    assert_true(json_is_null(json_object_get(city, "assignment")));
    assert_true(json_is_integer(json_object_get(town, "assignment")));
    expect_silent(r, "13920260");
    assert_true(has_gap(r, "grid_head", "village") || line_of(r, "grid_head", "village"));
    assert_null(line_of(r, "system_admin", "city"));
    assert_null(line_of(r, "holds", "town"));
}

/* ---- whom a field may name ---- */

/* Where the person stands in the answer; -1: not there. */
static int place_of(const struct reply *r, const char *name)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)at(r, "items"), i,
                       one) if (strcmp(json_string_value(json_object_get(one, "display_name")), name) ==
                                0) return (int)i;
    return -1;
}

static const char *said_of(struct office *o, const struct reply *r, const char *name, const char *what)
{
    return text_at(r, say(o, "items.%d.%s", place_of(r, name), what));
}

static void a_field_names_the_firms_own_people_first_and_strangers_only_when_asked_for(void **state)
{
    struct office *o = OFFICE(state);
    long long firm = (long long)o->firm_a;
    struct reply *r = expect(get(o, INSPECTOR, "/api/v1/account-candidates?object=%lld", firm), 200);
    assert_string_equal(said_of(o, r, "郑海生", "of"), "object");
    assert_string_equal(said_of(o, r, "郑海生", "organisation"), "澜北禾川精细化工有限公司");
    assert_string_equal(said_of(o, r, "高源", "of"), "organisation");
    assert_non_null(said_of(o, r, "高源", "organisation"));
    assert_int_equal(place_of(r, "范国林"), 0); /* its head, then its safety officer, then who works there */
    assert_int_equal(place_of(r, "郑海生"), 1);
    assert_true(place_of(r, "郑海生") < place_of(r, "高源"));
    for (size_t i = 0; i < count_at(r, "items"); i++)
        assert_non_null(text_at(r, say(o, "items.%zu.of", i)));
    assert_int_equal(place_of(r, "汪海涛"), -1);
    expect_silent(r, "phone");

    r = expect(get(o, INSPECTOR, "/api/v1/account-candidates?object=%lld&q=汪海涛", firm), 200);
    assert_null(said_of(o, r, "汪海涛", "of"));
    r = expect(get(o, INSPECTOR, "/api/v1/account-candidates?q=郑海生"), 200);
    assert_null(said_of(o, r, "郑海生", "of"));

    /* Where the field says by which verb one answers, whom the move would refuse is found by name alone, and marked. */
    r = expect(get(o, INSPECTOR, "/api/v1/account-candidates?object=%lld&field=hazard.responsible", firm), 200);
    assert_int_equal(count_at(r, "items"), 2); /* head and safety officer, no worker */
    assert_int_equal(place_of(r, "高源"), -1);
    r = expect(get(o, INSPECTOR, "/api/v1/account-candidates?object=%lld&field=hazard.responsible&q=高源", firm), 200);
    assert_true(json_is_false(at(r, "items.0.able")));
    r = expect(get(o, INSPECTOR, "/api/v1/account-candidates?object=%lld&field=hazard.responsible&q=郑海生", firm),
               200);
    assert_true(json_is_true(at(r, "items.0.able")));
    expect_field(get(o, INSPECTOR, "/api/v1/account-candidates?field=hazard"), "field");
    expect_field(get(o, INSPECTOR, "/api/v1/account-candidates?field=hazard.nothing"), "field");

    /* Whoever does not see the firm is not told whose people are whose, nor the firm's name. */
    int64_t home = count_rows(o, "SELECT organisation FROM account WHERE name = 'zhenghaisheng'");
    run_sql(o, "UPDATE account SET organisation = NULL WHERE name = 'zhenghaisheng'");
    r = expect(get(o, INSPECTOR, "/api/v1/account-candidates?object=%lld", firm), 200);
    assert_string_equal(said_of(o, r, "郑海生", "organisation"), "澜北禾川精细化工有限公司");
    expect(get(o, GRID_B, "/api/v1/account-candidates?object=%lld", firm), 404);
    r = expect(get(o, GRID_B, "/api/v1/account-candidates?q=郑海生"), 200);
    assert_null(said_of(o, r, "郑海生", "organisation"));
    run_sql(o, say(o, "UPDATE account SET organisation = %lld WHERE name = 'zhenghaisheng'", (long long)home));
    expect_field(get(o, INSPECTOR, "/api/v1/account-candidates?object=x"), "object");
}

static void only_who_sees_the_firm_or_the_area_is_told(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *far = expect(get(o, GRID_B, "/api/v1/responsible?object=%lld", (long long)o->firm_a), 404);
    expect_same(far, expect(get(o, GRID_B, "/api/v1/responsible?object=99999999"), 404));
    struct reply *near = expect(get(o, GRID_A, "/api/v1/responsible?region=990102001000"), 200);
    assert_string_equal(text_at(near, "region.name"), "临河镇");
    assert_true(json_is_null(at(near, "object")));
    near = expect(get(o, GRID_A, "/api/v1/responsible?object=%lld", (long long)o->firm_a), 200);
    assert_string_equal(text_at(near, "object.kind"), "enterprise");
    assert_true(json_is_string(at(near, "object.name")));
    expect(get(o, GRID_A, "/api/v1/responsible?region=990102001001"), 200);
    expect(get(o, GRID_A, "/api/v1/responsible?region=990102000000"), 404);
    expect(get(o, GRID_B, "/api/v1/responsible?region=990102001000"), 404);
    expect(get(o, OFFICER, "/api/v1/responsible?region=990102001000"), 404);
    expect(get(o, SECURITY, "/api/v1/responsible?object=%lld", (long long)o->firm_a), 404);
    expect_field(get(o, OFFICE, "/api/v1/responsible"), "object");
    expect_field(get(o, OFFICE, "/api/v1/responsible?region=1"), "region");
    expect_field(get(o, OFFICE, "/api/v1/responsible?region=990102000000&on=soon"), "on");
}

static void a_past_day_is_answered_as_it_was(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r =
        expect(get(o, OFFICE, "/api/v1/responsible?object=%lld&on=2001-02-03", (long long)o->firm_a), 200);
    assert_string_equal(text_at(r, "on"), "2001-02-03");
    assert_int_equal(count_at(r, "items"), 0);
    assert_true(has_gap(r, "first_responsible", "city"));
    assert_true(has_gap(r, "direct", "object"));
}

/* A firm of a line of business that the demonstration's departments do not supervise. */
static struct reply *unsupervised(struct office *o, const char *name)
{
    return expect(
        post(o, OFFICE,
             say(o, "{\"name\":\"%s\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"sector\":\"TOUR\"}",
                 name),
             "/api/v1/enterprises"),
        201);
}

static void what_nobody_supervises_is_claimed_and_ruled_into_a_duty(void **state)
{
    struct office *o = OFFICE(state);
    int64_t firm = number_at(unsupervised(o, "无主密室娱乐店"), "id");
    struct reply *none = expect(get(o, GRID_A, "/api/v1/owners/none?region=990102001000"), 200);
    assert_non_null(owned(none, firm));
    assert_true(json_is_null(json_object_get(owned(none, firm), "claim")));
    assert_string_equal(json_string_value(json_object_get(json_object_get(owned(none, firm), "region"), "name")),
                        "临河社区");
    assert_null(owned(expect(get(o, GRID_B, "/api/v1/owners/none"), 200), firm));
    expect(get(o, OFFICER, "/api/v1/owners/none"), 403);
    expect(get(o, SECURITY, "/api/v1/owners/none"), 403);

    struct reply *claim = expect(post(o, OFFICE, say(o, "{\"object\":%lld}", (long long)firm), "/api/v1/claims"), 201);
    none = expect(get(o, OFFICE, "/api/v1/owners/none?region=990102001000"), 200);
    assert_int_equal(number_of(json_object_get(owned(none, firm), "claim"), "id"), number_at(claim, "id"));
    int64_t bureau = count_rows(o, "SELECT id FROM organisation WHERE short_name = '市应急局'");
    const char *body = say(o, "{\"claimant\":%lld,\"basis\":\"安全生产法第十条第二款\"}", (long long)bureau);
    const char *ruling = say(o, "/api/v1/claims/%lld/moves/rule", (long long)number_at(claim, "id"));
    expect(ASK(o, .who = GRID_A, .method = "POST", .path = ruling, .body = body, .version = 1), 403);
    struct reply *done =
        expect(ASK(o, .who = OFFICE, .method = "POST", .path = ruling, .body = body, .version = 1), 200);
    assert_string_equal(text_at(done, "state"), "ruled");
    assert_null(owned(expect(get(o, OFFICE, "/api/v1/owners/none?region=990102001000"), 200), firm));
    struct reply *r = expect(get(o, OFFICE, "/api/v1/responsible?object=%lld", (long long)firm), 200);
    const json_t *direct = line_of(r, "direct", "object");
    assert_non_null(direct);
    assert_string_equal(json_string_value(json_object_get(direct, "basis")), "安全生产法第十条第二款");
}

static void two_of_the_same_nearness_are_in_each_other_s_way_until_ruled(void **state)
{
    struct office *o = OFFICE(state);
    int64_t firm = number_at(unsupervised(o, "两家共管密室店"), "id");
    int64_t ids[2];
    const char *names[] = { "市应急局", "市住建局" };
    for (int i = 0; i < 2; i++) {
        long long bureau = count_rows(o, say(o, "SELECT id FROM organisation WHERE short_name = '%s'", names[i]));
        ids[i] = number_at(expect(post(o, OFFICE,
                                       say(o,
                                           "{\"role\":\"direct\",\"holder_organisation\":%lld,\"object\":%lld,"
                                           "\"valid_from\":\"2026-01-01\"}",
                                           bureau, (long long)firm),
                                       "/api/v1/assignments"),
                                  201),
                           "id");
    }
    struct reply *many = expect(get(o, OFFICE, "/api/v1/owners/many"), 200);
    assert_non_null(owned(many, firm));
    assert_int_equal(json_array_size(json_object_get(owned(many, firm), "organisations")), 2);
    struct reply *one = expect(get(o, OFFICE, "/api/v1/assignments/%lld", (long long)ids[1]), 200);
    expect(patch(o, OFFICE, number_at(one, "version"), "{\"valid_to\":\"2026-01-02\"}", "/api/v1/assignments/%lld",
                 (long long)ids[1]),
           200);
    assert_null(owned(expect(get(o, OFFICE, "/api/v1/owners/many"), 200), firm));
}

/* ---- claimed by two, ruled by the office ---- */

static long long bureau_named(struct office *o, const char *short_name)
{
    return count_rows(o, say(o, "SELECT id FROM organisation WHERE short_name = '%s'", short_name));
}

static struct reply *act_on(struct office *o, enum who who, const struct reply *claim, const char *act,
                            const char *body)
{
    struct reply *now = get(o, OFFICE, "/api/v1/claims/%lld", (long long)number_at(claim, "id"));
    return ASK(o, .who = who, .method = "POST",
               .path = say(o, "/api/v1/claims/%lld/moves/%s", (long long)number_at(claim, "id"), act), .body = body,
               .version = number_at(now, "version"));
}

static long long give_duty(struct office *o, long long bureau, long long firm)
{
    return number_at(expect(post(o, OFFICE,
                                 say(o,
                                     "{\"role\":\"direct\",\"holder_organisation\":%lld,\"object\":%lld,"
                                     "\"valid_from\":\"2026-01-01\"}",
                                     bureau, firm),
                                 "/api/v1/assignments"),
                            201),
                     "id");
}

static void a_department_claims_for_itself_alone_and_the_office_rules_with_its_reason(void **state)
{
    struct office *o = OFFICE(state);
    long long firm = number_at(unsupervised(o, "两家争管密室店"), "id"), own = bureau_named(o, "市应急局"),
              other = bureau_named(o, "市住建局"), first = give_duty(o, own, firm), second = give_duty(o, other, firm);
    struct reply *claim = expect(post(o, OFFICE, say(o, "{\"object\":%lld}", firm), "/api/v1/claims"), 201);
    const char *ours = say(o, "{\"claimant\":%lld,\"basis\":\"三定规定第五条\"}", own);
    const char *theirs = say(o, "{\"claimant\":%lld,\"basis\":\"按照业务相近的原则\"}", other);
    long long id = number_at(claim, "id");

    /* Who sees the firm sees its claim; nobody else knows that there is one. */
    expect(get(o, GRID_A, "/api/v1/claims/%lld", id), 200);
    expect(get(o, DEPARTMENT, "/api/v1/claims/%lld", id), 200);
    expect_same(expect(get(o, GRID_B, "/api/v1/claims/%lld", id), 404),
                expect(get(o, GRID_B, "/api/v1/claims/99999999"), 404));
    expect(get(o, OFFICER, "/api/v1/claims/%lld", id), 403);
    expect(get(o, SECURITY, "/api/v1/claims/%lld", id), 403);

    /* A department speaks for itself, with its basis; it rules nothing. */
    expect_field(act_on(o, DEPARTMENT, claim, "claim", theirs), "claimant");
    expect_field(act_on(o, DEPARTMENT, claim, "claim", say(o, "{\"claimant\":%lld}", own)), "basis");
    expect(act_on(o, GRID_A, claim, "claim", ours), 403);
    expect(act_on(o, DEPARTMENT, claim, "rule", ours), 403);
    struct reply *claimed = expect(act_on(o, DEPARTMENT, claim, "claim", ours), 200);
    assert_string_equal(text_at(claimed, "state"), "claimed");
    expect_code(act_on(o, DEPARTMENT, claim, "claim", ours), 409, "move.state");

    /* The office decides for the other one and ends the first duty; a duty of another kind is not ended here. */
    long long head = count_rows(o, say(o, "SELECT min(id) FROM assignment WHERE role = 'first_responsible' AND "
                                          "valid_to IS NULL AND removed_at IS NULL"));
    const char *ruling = "{\"claimant\":%lld,\"basis\":\"市政府会议纪要〔2026〕3号\",\"opinion\":\"按业务相近确定\","
                         "\"others\":[{\"assignment\":%lld}%s]}";
    char body[512];
    snprintf(body, sizeof body, ruling, other, head, "");
    expect_field(act_on(o, OFFICE, claim, "rule", body), "others");
    assert_int_equal(count_rows(o, say(o, "SELECT count(*) FROM assignment WHERE object = %lld", firm)), 2);
    snprintf(body, sizeof body, ruling, other, first, say(o, ",{\"assignment\":%lld}", second));
    struct reply *ruled = expect(act_on(o, OFFICE, claim, "rule", body), 200);
    assert_string_equal(text_at(ruled, "state"), "ruled");
    assert_string_equal(text_at(ruled, "opinion"), "按业务相近确定");
    assert_null(owned(expect(get(o, OFFICE, "/api/v1/owners/many"), 200), firm));
    assert_null(owned(expect(get(o, OFFICE, "/api/v1/owners/none"), 200), firm));
    struct reply *made =
        expect(get(o, OFFICE, "/api/v1/assignments/%lld", (long long)number_at(ruled, "assignment.id")), 200);
    assert_int_equal(number_at(made, "holder_organisation.id"), other);
    assert_string_equal(text_at(made, "basis"), "市政府会议纪要〔2026〕3号");
    /* Both earlier duties have ended and say when; the history says who ruled. */
    assert_int_equal(
        count_rows(o, say(o, "SELECT count(*) FROM assignment WHERE id IN (%lld, %lld) AND valid_to IS NOT NULL", first,
                          second)),
        2);
    struct reply *history = expect(get(o, GRID_A, "/api/v1/claims/%lld/history", id), 200);
    assert_string_equal(text_at(history, "items.0.move"), "rule");
    assert_int_equal(number_at(history, "items.0.actor.id"), o->people[OFFICE].id);
    assert_string_equal(text_at(history, "items.1.move"), "claim");
    /* What is ruled is ruled. */
    expect_code(act_on(o, OFFICE, claim, "rule", ours), 409, "move.state");
    expect_code(act_on(o, OFFICE, claim, "withdraw", "{\"opinion\":\"再议\"}"), 409, "move.state");
}

static bool is_ended(struct office *o, long long assignment)
{
    return count_rows(
               o, say(o, "SELECT count(*) FROM assignment WHERE id = %lld AND valid_to IS NOT NULL", assignment)) == 1;
}

static void a_ruling_leaves_nobody_else_in_charge_of_the_same(void **state)
{
    struct office *o = OFFICE(state);
    long long firm = number_at(unsupervised(o, "裁定之后独管密室店"), "id"), own = bureau_named(o, "市应急局"),
              other = bureau_named(o, "市住建局"), first = give_duty(o, own, firm), second = give_duty(o, other, firm);
    struct reply *claim = expect(post(o, OFFICE, say(o, "{\"object\":%lld}", firm), "/api/v1/claims"), 201);
    assert_non_null(owned(expect(get(o, OFFICE, "/api/v1/owners/many"), 200), firm));
    struct reply *ruled =
        expect(act_on(o, OFFICE, claim, "rule", say(o, "{\"claimant\":%lld,\"basis\":\"会议纪要\"}", own)), 200);
    assert_null(owned(expect(get(o, OFFICE, "/api/v1/owners/many"), 200), firm));
    assert_null(owned(expect(get(o, OFFICE, "/api/v1/owners/none"), 200), firm));
    assert_true(is_ended(o, first) && is_ended(o, second));
    assert_int_equal(count_at(ruled, "others"), 2); /* the claim says what it ended */
}

/* A duty that was to begin later and was ended by a ruling before that. */
static void a_duty_ended_before_it_begins_holds_no_day(void **state)
{
    struct office *o = OFFICE(state);
    long long firm = number_at(unsupervised(o, "明年才归口的密室店"), "id"), own = bureau_named(o, "市应急局"),
              other = bureau_named(o, "市住建局");
    const char *body = say(o,
                           "{\"role\":\"direct\",\"holder_organisation\":%lld,\"object\":%lld,"
                           "\"valid_from\":\"2090-01-01\"%%s}",
                           other, firm);
    char text[256];
    snprintf(text, sizeof text, body, ",\"valid_to\":\"2026-01-01\"");
    expect_field(post(o, OFFICE, text, "/api/v1/assignments"), "valid_to");
    snprintf(text, sizeof text, body, "");
    struct reply *duty = expect(post(o, OFFICE, text, "/api/v1/assignments"), 201);
    long long later = number_at(duty, "id");
    expect_field(patch(o, OFFICE, 1, "{\"valid_to\":\"2089-12-31\"}", "/api/v1/assignments/%lld", later), "valid_to");
    struct reply *claim = expect(post(o, OFFICE, say(o, "{\"object\":%lld}", firm), "/api/v1/claims"), 201);
    expect(act_on(o, OFFICE, claim, "rule", say(o, "{\"claimant\":%lld,\"basis\":\"会议纪要\"}", own)), 200);
    assert_true(is_ended(o, later));
    duty = expect(get(o, OFFICE, "/api/v1/assignments/%lld", later), 200);
    assert_true(strcmp(text_at(duty, "valid_to"), text_at(duty, "valid_from")) < 0);
    /* Neither its first day nor any other: as every question about a day is asked. */
    assert_int_equal(count_rows(o, say(o,
                                       "SELECT count(*) FROM assignment a JOIN assignment d ON d.id <> 0 WHERE a.id = "
                                       "%lld AND a.valid_from <= d.valid_from AND a.valid_to >= d.valid_from",
                                       later)),
                     0);
    /* A second ruling has nothing of it left to end. */
    claim = expect(post(o, OFFICE, say(o, "{\"object\":%lld}", firm), "/api/v1/claims"), 201);
    struct reply *again =
        expect(act_on(o, OFFICE, claim, "rule", say(o, "{\"claimant\":%lld,\"basis\":\"会议纪要\"}", other)), 200);
    assert_int_equal(count_at(again, "others"), 1);
}

static long long give_area(struct office *o, long long bureau, const char *sectors)
{
    return number_at(expect(post(o, OFFICE,
                                 say(o,
                                     "{\"role\":\"direct\",\"holder_organisation\":%lld,\"area\":\"990102001001\","
                                     "\"sectors\":[%s],\"valid_from\":\"2026-01-01\"}",
                                     bureau, sectors),
                                 "/api/v1/assignments"),
                            201),
                     "id");
}

static void a_ruling_on_a_sector_ends_no_duty_that_reaches_further_unless_it_is_named(void **state)
{
    struct office *o = OFFICE(state);
    long long own = bureau_named(o, "市应急局"), other = bureau_named(o, "市住建局");
    long long same = give_area(o, other, "\"ELDER\""), elsewhere = give_area(o, other, "\"SCHOOL\""),
              wide = give_area(o, other, "\"ELDER\",\"SCHOOL\"");
    struct reply *claim =
        expect(post(o, OFFICE, "{\"sector\":\"ELDER\",\"region\":\"990102001001\"}", "/api/v1/claims"), 201);
    struct reply *refused = act_on(o, OFFICE, claim, "rule", say(o, "{\"claimant\":%lld,\"basis\":\"会议纪要\"}", own));
    expect_field(refused, "others");
    assert_non_null(strstr(refused->body, "还直接监管该区域的其他行业"));
    assert_false(is_ended(o, same) || is_ended(o, wide));
    struct reply *ruled = expect(act_on(o, OFFICE, claim, "rule",
                                        say(o,
                                            "{\"claimant\":%lld,\"basis\":\"会议纪要\",\"others\":"
                                            "[{\"assignment\":%lld}]}",
                                            own, wide)),
                                 200);
    assert_true(is_ended(o, same) && is_ended(o, wide));
    assert_false(is_ended(o, elsewhere));
    assert_int_equal(count_at(ruled, "others"), 2);
}

/* ---- to another area ---- */

static struct reply *transfer(struct office *o, enum who who, const struct reply *firm, const char *body)
{
    return ASK(o, .who = who, .method = "POST",
               .path = say(o, "/api/v1/enterprises/%lld/transfer", (long long)number_at(firm, "id")), .body = body,
               .version = number_at(firm, "version"));
}

static bool named(const struct reply *r, const char *list, int64_t account)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)at(r, list), i, one) if (number_of(one, "id") == account) return true;
    return false;
}

static void a_firm_goes_with_its_rows_and_both_sides_know_before(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *firm = unsupervised(o, "要搬家的店");
    long long id = number_at(firm, "id");
    struct reply *hazard = make_hazard(o, OFFICE, id, "随店走");
    struct reply *r = expect(get(o, INSPECTOR, "/api/v1/enterprises/%lld/transfer?region=990102002001", id), 200);
    assert_int_equal(number_at(r, "rows.hazard"), 1);
    assert_true(named(r, "gains", o->people[GRID_B].id));
    assert_true(named(r, "loses", o->people[GRID_A].id));
    assert_false(named(r, "loses", o->people[OFFICE].id));
    expect_field(transfer(o, INSPECTOR, firm, "{\"region\":\"990102002001\"}"), "reason");
    expect_field(transfer(o, INSPECTOR, firm, "{\"reason\":\"迁址\"}"), "region");
    expect_field(transfer(o, INSPECTOR, firm, "{\"region\":\"990121001001\",\"reason\":\"迁址\"}"), "region");
    expect(transfer(o, GRID_A, firm, "{\"region\":\"990102002001\",\"reason\":\"迁址\"}"), 403);
    expect(transfer(o, INSPECTOR, firm, "{\"region\":\"990102002001\",\"reason\":\"企业迁址\"}"), 200);
    expect(get(o, GRID_A, "/api/v1/enterprises/%lld", id), 404);
    expect(get(o, GRID_B, "/api/v1/enterprises/%lld", id), 200);
    expect(get(o, GRID_A, "/api/v1/hazards/%lld", (long long)number_at(hazard, "id")), 404);
    expect(get(o, GRID_B, "/api/v1/hazards/%lld", (long long)number_at(hazard, "id")), 200);
    r = expect(get(o, GRID_B, "/api/v1/enterprises/%lld/history", id), 200);
    assert_string_equal(text_at(r, "items.0.act"), "transfer");
    assert_string_equal(text_at(r, "items.0.note"), "企业迁址");
}

/* 东莞 (441900003000: towns straight under the city) and 济源 (419001000000: a county straight under the province). */
static void trees_that_leave_a_level_out_take_and_give_firms_all_the_same(void **state)
{
    static const struct {
        const char *code, *name;
    } areas[] = { { "990300000000", "直筒市" },
                  { "990300003000", "直筒镇" },
                  { "999001000000", "省直辖县" },
                  { "999001001000", "直辖县一街" },
                  { "999001001001", "直辖县一村" } };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(areas); i++)
        expect(post(o, OFFICE, say(o, "{\"code\":\"%s\",\"name\":\"%s\"}", areas[i].code, areas[i].name),
                    "/api/v1/regions"),
               201);
    struct reply *firm = unsupervised(o, "走遍各地的店");
    long long id = number_at(firm, "id");
    firm = expect(transfer(o, OFFICE, firm, "{\"region\":\"990300003000\",\"reason\":\"迁往直筒市\"}"), 200);
    struct reply *r = expect(get(o, OFFICE, "/api/v1/responsible?object=%lld", id), 200);
    assert_true(has_gap(r, "first_responsible", "town"));
    assert_false(has_gap(r, "first_responsible", "county")); /* there is none between city and town */
    assert_int_equal(number_at(get(o, OFFICE, "/api/v1/enterprises?region=990300000000&count=exact"), "total.count"),
                     1);
    firm = expect(transfer(o, OFFICE, firm, "{\"region\":\"999001001001\",\"reason\":\"迁往省直辖县\"}"), 200);
    r = expect(get(o, OFFICE, "/api/v1/responsible?object=%lld", id), 200);
    assert_true(has_gap(r, "first_responsible", "county"));
    assert_true(has_gap(r, "grid", "town"));
    assert_int_equal(number_at(get(o, OFFICE, "/api/v1/enterprises?region=999001000000&count=exact"), "total.count"),
                     1);
    assert_int_equal(number_at(get(o, OFFICE, "/api/v1/enterprises?region=990300000000&count=exact"), "total.count"),
                     0);
}

/* ---- giving rights ---- */

static struct reply *give_role(struct office *o, enum who by, const char *role, enum who to, const char *target)
{
    return post(o, by,
                say(o,
                    "{\"role\":\"%s\",\"holder_account\":%lld,%s\"valid_from\":\"2026-01-01\",\"basis\":\"任命文件\"}",
                    role, (long long)o->people[to].id, target),
                "/api/v1/assignments");
}

static void rights_are_given_by_another_and_administrators_are_not_joined(void **state)
{
    struct office *o = OFFICE(state);
    expect_code(give_role(o, SECURITY, "inspector", SECURITY, "\"area\":\"990102000000\","), 422, "rights.own");
    expect_code(give_role(o, OFFICE, "inspector", GRID_B, "\"area\":\"990102000000\","), 403, "rights.manage");
    expect_code(give_role(o, OFFICE, "inspector", OFFICE, "\"area\":\"990102000000\","), 403, "rights.manage");
    static const char *const alone[] = { "system_admin", "security_admin", "audit_admin" };
    for (size_t i = 0; i < COUNT(alone); i++) {
        expect_code(give_role(o, SECURITY, alone[i], GRID_A, ""), 422, "rights.apart"); /* he has duties */
        if (strcmp(alone[i], "audit_admin") != 0)
            expect_code(give_role(o, SECURITY, alone[i], AUDITOR, ""), 422, "rights.apart"); /* he is another one */
    }
    expect_code(give_role(o, SECURITY, "grid", AUDITOR, "\"area\":\"990102001000\","), 422, "rights.apart");
}

static void nobody_holds_more_rights_at_once_than_a_scope_has_parts(void **state)
{
    struct office *o = OFFICE(state);
    long long given[LIMIT_GRANTS + 1];
    int count = 0;
    struct reply *r = NULL;
    for (; count <= LIMIT_GRANTS; count++) {
        r = give_role(o, SECURITY, "duty", LEADER, "\"area\":\"990102001000\",");
        if (r->status != 201)
            break;
        given[count] = number_at(r, "id");
    }
    expect_code(r, 422, "rights.many");
    assert_in_range(count, 1, LIMIT_GRANTS);
    for (int i = 0; i < count; i++)
        run_sql(o, say(o, "UPDATE assignment SET removed_at = 1 WHERE id = %lld", given[i]));
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(everybody_who_answers_for_a_firm_is_named_from_the_city_down),
        SAYS(a_field_names_the_firms_own_people_first_and_strangers_only_when_asked_for),
        SAYS(only_who_sees_the_firm_or_the_area_is_told),
        SAYS(a_past_day_is_answered_as_it_was),
        SAYS(what_nobody_supervises_is_claimed_and_ruled_into_a_duty),
        SAYS(two_of_the_same_nearness_are_in_each_other_s_way_until_ruled),
        SAYS(a_department_claims_for_itself_alone_and_the_office_rules_with_its_reason),
        SAYS(a_ruling_leaves_nobody_else_in_charge_of_the_same),
        SAYS(a_duty_ended_before_it_begins_holds_no_day),
        SAYS(a_ruling_on_a_sector_ends_no_duty_that_reaches_further_unless_it_is_named),
        SAYS(a_firm_goes_with_its_rows_and_both_sides_know_before),
        SAYS(trees_that_leave_a_level_out_take_and_give_firms_all_the_same),
        SAYS(rights_are_given_by_another_and_administrators_are_not_joined),
        SAYS(nobody_holds_more_rights_at_once_than_a_scope_has_parts),
    };
    return RUN_OFFICES(tests);
}
