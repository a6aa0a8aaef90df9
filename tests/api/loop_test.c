/* The whole loop of a hazard by three people, and the rules that stand in its way. */
#include "api/office.h"

#include <string.h>

static const char five[] = "\"measures\":\"更换压力表\",\"funds\":0,\"due\":\"2099-12-31\",\"contingency\":\"停用\"";

static const char *assignment(struct office *o, enum who responsible)
{
    return say(o, "{%s,\"responsible\":%lld}", five, (long long)o->people[responsible].id);
}

static const char *repair(struct office *o, enum who who)
{
    return say(o, "{\"rectification\":\"已更换\",\"evidence\":[%lld]}",
               (long long)make_file(o, who, "后.png", "after"));
}

static struct reply *assigned(struct office *o, enum who responsible)
{
    struct reply *r = make_hazard(o, GRID_A, o->firm_a, "压力表失效");
    r = expect(move(o, INSPECTOR, r->json, "classify", "{\"level\":\"general\"}"), 200);
    return expect(move(o, INSPECTOR, r->json, "assign", assignment(o, responsible)), 200);
}

static void a_hazard_goes_round_the_loop_and_history_shows_every_step(void **state)
{
    static const struct {
        const char *act, *move;
        enum who who;
    } steps[] = { { "move", "recheck-pass", INSPECTOR },
                  { "move", "submit", OFFICER },
                  { "move", "recheck-fail", INSPECTOR },
                  { "move", "submit", OFFICER },
                  { "move", "assign", INSPECTOR },
                  { "move", "classify", INSPECTOR },
                  { "create", NULL, GRID_A } };
    struct office *o = OFFICE(state);
    struct reply *r = assigned(o, OFFICER);
    assert_string_equal(text_at(r, "state"), "assigned");
    r = expect(move(o, OFFICER, r->json, "submit", repair(o, OFFICER)), 200);
    assert_int_equal(number_at(r, "rectifier.id"), o->people[OFFICER].id);
    assert_int_equal(count_at(r, "evidence"), 1);
    r = expect(move(o, INSPECTOR, r->json, "recheck-fail", "{\"opinion\":\"不归零\",\"due\":\"2099-06-30\"}"), 200);
    assert_string_equal(text_at(r, "state"), "rectifying");
    assert_int_equal(number_at(r, "returns"), 1);
    r = expect(move(o, OFFICER, r->json, "submit", repair(o, OFFICER)), 200);
    r = expect(move(o, INSPECTOR, r->json, "recheck-pass", "{\"opinion\":\"到位\",\"note\":\"现场核实\"}"), 200);
    assert_string_equal(text_at(r, "state"), "closed");
    assert_int_equal(count_at(r, "moves"), 2); /* it was never listed: nothing to delist */
    assert_string_equal(text_at(r, "moves.0"), "look-back");
    assert_string_equal(text_at(r, "moves.1"), "reopen");
    assert_int_equal(number_at(r, "version"), COUNT(steps));
    assert_int_equal(number_at(r, "rechecker.id"), o->people[INSPECTOR].id);
    struct reply *h = expect(get(o, GRID_A, "/api/v1/hazards/%lld/history", (long long)number_at(r, "id")), 200);
    assert_int_equal(count_at(h, "items"), COUNT(steps));
    for (size_t i = 0; i < COUNT(steps); i++) {
        assert_int_equal(number_at(h, say(o, "items.%zu.version", i)), COUNT(steps) - i);
        assert_string_equal(text_at(h, say(o, "items.%zu.act", i)), steps[i].act);
        assert_int_equal(number_at(h, say(o, "items.%zu.actor.id", i)), o->people[steps[i].who].id);
        const char *made = text_at(h, say(o, "items.%zu.move", i));
        assert_string_equal(made ? made : "none", steps[i].move ? steps[i].move : "none");
    }
    assert_string_equal(text_at(h, "items.0.note"), "现场核实");
    assert_string_equal(text_at(h, "items.0.changes.0.field"), "state");
    assert_string_equal(text_at(h, "items.0.changes.0.old"), "fixed");
    assert_string_equal(text_at(h, "items.0.changes.0.new"), "closed");
}

static void a_worker_reads_what_she_reported_and_no_other_hazard_of_the_firm(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *others = make_hazard(o, OFFICER, o->firm_a, "班组自查发现的");
    struct reply *r = make_hazard(o, WORKER, o->firm_a, "通道堆放纸箱");
    assert_int_equal(number_at(r, "reporter.id"), o->people[WORKER].id);
    assert_int_equal(count_at(r, "moves"), 0);
    expect(get(o, WORKER, "/api/v1/hazards/%lld", (long long)number_at(others, "id")), 404);
    struct reply *list = expect(get(o, WORKER, "/api/v1/hazards?count=exact"), 200);
    assert_int_equal(number_at(list, "total.count"), 1);
    r = expect(move(o, INSPECTOR, r->json, "classify", "{\"level\":\"general\"}"), 200);
    struct reply *seen = expect(get(o, WORKER, "/api/v1/hazards/%lld", (long long)number_at(r, "id")), 200);
    assert_string_equal(text_at(seen, "state"), "classified");
    expect(ASK(o, .who = WORKER, .method = "POST",
               .path = say(o, "/api/v1/hazards/%lld/moves/assign", (long long)number_at(r, "id")),
               .body = assignment(o, OFFICER), .version = number_at(seen, "version")),
           403);
}

static void whoever_repaired_may_neither_pass_nor_return_it(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = make_fixed(o, OFFICE, "自查自改");
    struct reply *no =
        expect_code(move(o, OFFICE, r->json, "recheck-pass", "{\"opinion\":\"合格\"}"), 422, "hazard.same_person");
    assert_non_null(strstr(text_at(no, "detail"), "复查人不能是整改人"));
    expect_code(move(o, OFFICE, r->json, "recheck-fail", "{\"opinion\":\"再改\",\"due\":\"2099-01-01\"}"), 422,
                "hazard.same_person");
    assert_int_equal(number_at(get(o, OFFICE, "/api/v1/hazards/%lld", (long long)number_at(r, "id")), "version"),
                     number_at(r, "version"));
    expect(move(o, INSPECTOR, r->json, "recheck-pass", "{\"opinion\":\"合格\"}"), 200);
}

/* No right to re-check, and yet the rule is what stands in the way: an administrator could not help. */
static void the_officer_of_a_firm_hears_the_rule_before_the_missing_right(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = make_fixed(o, OFFICER, "企业自己整改自己复查");
    const char *verbs[] = { "recheck-pass", "recheck-fail" };
    for (size_t i = 0; i < COUNT(verbs); i++) {
        struct reply *no =
            expect_code(move(o, OFFICER, r->json, verbs[i], "{\"opinion\":\"合格\"}"), 422, "hazard.same_person");
        assert_non_null(strstr(text_at(no, "detail"), "复查人不能是整改人"));
    }
    struct reply *page = expect(get(o, OFFICER, "/api/v1/hazards/%lld", (long long)number_at(r, "id")), 200);
    assert_string_equal(text_at(page, "barred.0"), "recheck-pass");
    assert_int_equal(count_at(page, "moves"), 0);
    /* One that names him nowhere he has no right to. */
    struct reply *other = make_fixed(o, OFFICE, "别人整改的");
    expect_code(move(o, OFFICER, other->json, "recheck-pass", "{\"opinion\":\"合格\"}"), 403, "verb.missing");
    page = expect(get(o, OFFICER, "/api/v1/hazards/%lld", (long long)number_at(other, "id")), 200);
    assert_int_equal(count_at(page, "barred"), 0);
    /* What he may not read tells him nothing. */
    struct reply *worker =
        expect_code(move(o, WORKER, r->json, "recheck-pass", "{\"opinion\":\"好\"}"), 403, "verb.missing");
    assert_null(strstr(text_at(worker, "detail"), "复查人"));
}

static void whoever_is_responsible_may_not_recheck_though_another_repaired(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = assigned(o, OFFICE);
    r = expect(move(o, OFFICER, r->json, "submit", repair(o, OFFICER)), 200);
    expect_code(move(o, OFFICE, r->json, "recheck-pass", "{\"opinion\":\"合格\"}"), 422, "hazard.same_person");
    expect(move(o, INSPECTOR, r->json, "recheck-pass", "{\"opinion\":\"合格\"}"), 200);
}

static void each_of_the_five_arrangements_is_asked_for_by_name(void **state)
{
    static const char *const names[] = { "measures", "funds", "due", "contingency", "responsible" };
    struct office *o = OFFICE(state);
    struct reply *r = make_hazard(o, GRID_A, o->firm_a, "缺一不可");
    r = expect(move(o, INSPECTOR, r->json, "classify", "{\"level\":\"general\"}"), 200);
    for (size_t i = 0; i < COUNT(names); i++) {
        json_t *body = json_loads(assignment(o, OFFICER), 0, NULL);
        json_object_del(body, names[i]);
        char *text = json_dumps(body, 0);
        expect_field(move(o, INSPECTOR, r->json, "assign", text), names[i]);
        free(text);
        json_decref(body);
    }
}

static void a_move_refuses_what_it_does_not_take_and_what_has_passed(void **state)
{
    static const struct {
        const char *body, *field;
    } rows[] = { { "{\"level\":\"general\",\"measures\":\"x\"}", "measures" },
                 { "{\"level\":\"general\",\"state\":\"closed\"}", "state" },
                 { "{\"level\":\"general\",\"returns\":3}", "returns" },
                 { "{\"level\":\"general\",\"colour\":1}", "colour" },
                 { "{\"level\":\"grave\"}", "level" },
                 { "{\"level\":\"major\"}", "clause" },
                 { "{\"level\":null}", "level" },
                 { "{}", "level" },
                 { "{\"level\":\"general\",\"note\":1}", "note" } };
    struct office *o = OFFICE(state);
    struct reply *r = make_hazard(o, GRID_A, o->firm_a, "定级");
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_field(move(o, INSPECTOR, r->json, "classify", rows[i].body), rows[i].field);
    r = expect(move(o, INSPECTOR, r->json, "classify", "{\"level\":\"general\"}"), 200);
    const char *late = say(o,
                           "{\"measures\":\"a\",\"funds\":0,\"due\":\"2026-01-06\",\"contingency\":\"b\","
                           "\"responsible\":%lld}",
                           (long long)o->people[OFFICER].id);
    expect_field(move(o, INSPECTOR, r->json, "assign", late), "due");
}

static void a_state_is_left_only_by_its_moves(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = make_hazard(o, GRID_A, o->firm_a, "状态");
    expect_code(move(o, OFFICER, r->json, "submit", repair(o, OFFICER)), 409, "move.state");
    expect_code(move(o, INSPECTOR, r->json, "recheck-pass", "{\"opinion\":\"x\"}"), 409, "move.state");
    expect_code(move(o, INSPECTOR, r->json, "recheck", "{}"), 404, "address");
    assert_int_equal(number_at(get(o, GRID_A, "/api/v1/hazards/%lld", (long long)number_at(r, "id")), "version"), 1);
}

static void a_major_hazard_is_not_fixed_on_the_spot(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = make_hazard(o, GRID_A, o->firm_a, "重大");
    r = expect(move(o, INSPECTOR, r->json, "classify", "{\"level\":\"major\",\"clause\":\"HC-1\"}"), 200);
    expect_code(move(o, OFFICER, r->json, "spot-fix", repair(o, OFFICER)), 422, "hazard.major_spot_fix");
}

static void clauses_are_suggested_by_the_day_and_checked_when_classifying(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(get(o, GRID_A,
                                 "/api/v1/clauses/suggest?sector=INDUSTRY&on=2026-03-09&q="
                                 "有限空间作业未审批，无监护人员"),
                             200);
    assert_string_equal(text_at(r, "items.0.code"), "GM-13-2");
    assert_true(number_at(r, "items.0.score") > 0);
    assert_int_equal(count_at(r, "missing"), 0);
    r = expect(get(o, GRID_A, "/api/v1/clauses/suggest?sector=FIRE&on=2025-11-01&q=安全出口数量不足"), 200);
    assert_string_equal(text_at(r, "missing.0.standard"), "GB 35181-2025");
    assert_int_equal(
        count_at(
            expect(get(o, GRID_A, "/api/v1/clauses/suggest?sector=INDUSTRY&on=2022-01-01&q=有限空间作业未审批"), 200),
            "items"),
        0);
    /* Of a firm: its sector is known to the program. */
    r = expect(get(o, GRID_A, "/api/v1/clauses/suggest?object=%lld&q=主要负责人未经考核合格", (long long)o->firm_a),
               200);
    assert_string_equal(text_at(r, "items.0.code"), "HC-1");
    expect(get(o, GRID_B, "/api/v1/clauses/suggest?object=%lld&q=主要负责人未经考核合格", (long long)o->firm_a), 404);
    expect_field(get(o, GRID_A, "/api/v1/clauses/suggest?q=a&object=x"), "object");
    expect_field(get(o, GRID_A, "/api/v1/clauses/suggest?q=a&object=1&sector=INDUSTRY"), "sector");
    expect_field(get(o, GRID_A, "/api/v1/clauses/suggest"), "q");
    expect_field(get(o, GRID_A, "/api/v1/clauses/suggest?q=a&sector=MOON"), "sector");
    expect_field(get(o, GRID_A, "/api/v1/clauses/suggest?q=a&on=today"), "on");
    r = make_hazard(o, GRID_A, o->firm_a, "未审批");
    expect_field(move(o, INSPECTOR, r->json, "classify", "{\"level\":\"major\",\"clause\":\"GM-99-1\"}"), "clause");
    expect(move(o, INSPECTOR, r->json, "classify", "{\"level\":\"major\",\"clause\":\"GM-13-2\"}"), 200);
}

static void what_was_removed_moves_only_after_it_came_back(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = make_hazard(o, GRID_A, o->firm_a, "回收");
    long long id = number_at(r, "id");
    const char *path = say(o, "/api/v1/hazards/%lld", id);
    expect_code(ASK(o, .who = INSPECTOR, .method = "DELETE", .path = path), 428, "version.missing");
    expect(ASK(o, .who = INSPECTOR, .method = "DELETE", .path = path, .version = 1), 204);
    assert_int_equal(count_at(get(o, GRID_A, "/api/v1/hazards?q=回收"), "items"), 0);
    assert_int_equal(number_at(get(o, GRID_A, "/api/v1/hazards?removed=true"), "items.0.id"), id);
    r = expect(get(o, GRID_A, "/api/v1/hazards/%lld", id), 200);
    assert_non_null(text_at(r, "removed_at"));
    assert_int_equal(count_at(r, "moves"), 0);
    expect_code(move(o, INSPECTOR, r->json, "classify", "{\"level\":\"general\"}"), 409, "record.removed");
    expect_code(patch(o, INSPECTOR, 2, "{\"location\":\"x\"}", "/api/v1/hazards/%lld", id), 409, "record.removed");
    expect_code(ASK(o, .who = INSPECTOR, .method = "DELETE", .path = path, .version = 2), 409, "record.removed");
    r = expect(post(o, INSPECTOR, NULL, "/api/v1/hazards/%lld/restore", id), 200);
    assert_int_equal(number_at(r, "version"), 3);
    expect_code(post(o, INSPECTOR, NULL, "/api/v1/hazards/%lld/restore", id), 409, "record.live");
    expect(move(o, INSPECTOR, r->json, "classify", "{\"level\":\"general\"}"), 200);
    assert_int_equal(count_at(get(o, GRID_A, "/api/v1/hazards?q=回收"), "items"), 1);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_hazard_goes_round_the_loop_and_history_shows_every_step),
        SAYS(a_worker_reads_what_she_reported_and_no_other_hazard_of_the_firm),
        SAYS(whoever_repaired_may_neither_pass_nor_return_it),
        SAYS(the_officer_of_a_firm_hears_the_rule_before_the_missing_right),
        SAYS(whoever_is_responsible_may_not_recheck_though_another_repaired),
        SAYS(each_of_the_five_arrangements_is_asked_for_by_name),
        SAYS(a_move_refuses_what_it_does_not_take_and_what_has_passed),
        SAYS(a_state_is_left_only_by_its_moves),
        SAYS(a_major_hazard_is_not_fixed_on_the_spot),
        SAYS(clauses_are_suggested_by_the_day_and_checked_when_classifying),
        SAYS(what_was_removed_moves_only_after_it_came_back),
    };
    return RUN_OFFICES(tests);
}
