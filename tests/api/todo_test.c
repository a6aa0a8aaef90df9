/* What waits for whom: every number of a to-do list is the number of rows its own address opens, for every role. */
#include "api/office.h"

#include "base/clock.h"

#include <string.h>

static const enum who everybody[] = { OFFICE, LEADER, INSPECTOR, GRID_A, GRID_B, OFFICER, DEPARTMENT };

static const char *plural_of(const char *kind)
{
    const struct kind *k = kind_find(kind);
    assert_non_null(k);
    return k->plural;
}

/* The group of a move in the reader's list; NULL when nothing waits. */
static const json_t *group_of(struct office *o, enum who who, const char *name)
{
    struct reply *r = expect(get(o, who, "/api/v1/todo"), 200);
    size_t i;
    json_t *group;
    json_array_foreach(json_object_get(r->json, "groups"), i,
                       group) if (strcmp(json_string_value(json_object_get(group, "move")), name) == 0) return group;
    return NULL;
}

static int64_t count_of(struct office *o, enum who who, const char *name)
{
    const json_t *g = group_of(o, who, name);
    return g ? json_integer_value(json_object_get(json_object_get(g, "all"), "count")) : 0;
}

static bool holds(struct office *o, enum who who, const char *name, int64_t id)
{
    struct reply *r = expect(get(o, who, "/api/v1/hazards?todo=%s&limit=200&count=exact", name), 200);
    size_t i;
    json_t *item;
    assert_true(number_at(r, "total.count") <= 200);
    json_array_foreach(json_object_get(r->json, "items"), i,
                       item) if (json_integer_value(json_object_get(item, "id")) == id) return true;
    return false;
}

static bool names(const struct reply *record, const char *list, const char *move)
{
    size_t i;
    json_t *one;
    assert_true(json_is_array(json_object_get(record->json, list)));
    json_array_foreach(json_object_get(record->json, list), i,
                       one) if (strcmp(json_string_value(one), move) == 0) return true;
    return false;
}

/* What the record itself says to that reader: "-" the move is not there, "barred", "may", "expected". */
static const char *said_of(struct office *o, enum who who, int64_t id, const char *move)
{
    struct reply *r = expect(get(o, who, "/api/v1/hazards/%lld", (long long)id), 200);
    bool may = names(r, "moves", move), expected = names(r, "expected", move), barred = names(r, "barred", move);
    assert_true(barred ? !may && !expected : may || !expected);
    return expected ? "expected" : may ? "may" : barred ? "barred" : "-";
}

/* ---- numbers are rows ---- */

static void check_count(struct office *o, enum who who, const json_t *group, const char *span)
{
    const json_t *c = json_object_get(group, span);
    if (!json_is_object(c))
        return;
    const char *plural = plural_of(json_string_value(json_object_get(group, "kind")));
    struct reply *list = expect(
        get(o, who, "/api/v1/%s?%s&limit=200&count=exact", plural, json_string_value(json_object_get(c, "query"))),
        200);
    int64_t said = json_integer_value(json_object_get(c, "count"));
    if (number_at(list, "total.count") != said)
        fail_msg("%s, %s, %s: said %lld, the list has %lld", office_names[who],
                 json_string_value(json_object_get(group, "move")), span, (long long)said,
                 (long long)number_at(list, "total.count"));
    if (said <= 200)
        assert_int_equal(count_at(list, "items"), said);
}

static void every_number_opens_exactly_its_rows(void **state)
{
    struct office *o = OFFICE(state);
    size_t groups = 0;
    for (size_t w = 0; w < COUNT(everybody); w++) {
        struct reply *r = expect(get(o, everybody[w], "/api/v1/todo"), 200);
        size_t i;
        json_t *group;
        json_array_foreach(json_object_get(r->json, "groups"), i, group)
        {
            static const char *const spans[] = { "all", "late", "today", "week", "later", "undated" };
            for (size_t s = 0; s < COUNT(spans); s++)
                check_count(o, everybody[w], group, spans[s]);
            groups++;
        }
    }
    assert_true(groups >= 8);
}

static void the_first_rows_belong_to_the_group_and_late_ones_come_first(void **state)
{
    struct office *o = OFFICE(state);
    char today[DAY_TEXT];
    day_print(day_of_ms(clock_now_ms()), today);
    for (size_t w = 0; w < COUNT(everybody); w++) {
        struct reply *r = expect(get(o, everybody[w], "/api/v1/todo?rows=50"), 200);
        size_t g, i;
        json_t *group, *item;
        json_array_foreach(json_object_get(r->json, "groups"), g, group)
        {
            const char *move_name = json_string_value(json_object_get(group, "move"));
            const char *plural = plural_of(json_string_value(json_object_get(group, "kind")));
            bool rest = false;
            int64_t late = 0;
            json_array_foreach(json_object_get(group, "items"), i, item)
            {
                const char *due = json_string_value(json_object_get(item, "due"));
                bool is_late = due && strcmp(due, today) < 0;
                assert_false(is_late && rest);
                rest |= !is_late;
                late += is_late;
                struct reply *record = expect(
                    get(o, everybody[w], "/api/v1/%s/%lld", plural, json_integer_value(json_object_get(item, "id"))),
                    200);
                /* expected of him, so he may, and the record says so itself */
                assert_true(names(record, "moves", move_name) && names(record, "expected", move_name));
            }
            if (json_is_object(json_object_get(group, "late")))
                assert_int_equal(json_integer_value(json_object_get(json_object_get(group, "late"), "count")), late);
        }
    }
}

/* ---- whose it is ---- */

static void a_found_hazard_waits_for_the_grid_member_of_its_town_and_not_of_another(void **state)
{
    struct office *o = OFFICE(state);
    int64_t a = count_of(o, GRID_A, "classify"), b = count_of(o, GRID_B, "classify"),
            county = count_of(o, INSPECTOR, "classify");
    int64_t id = number_at(make_hazard(o, OFFICE, o->firm_a, "等着定级的隐患"), "id");
    assert_int_equal(count_of(o, GRID_A, "classify"), a + 1);
    assert_int_equal(count_of(o, GRID_B, "classify"), b);
    assert_int_equal(count_of(o, INSPECTOR, "classify"), county + 1);
    assert_true(holds(o, GRID_A, "classify", id));
    assert_false(holds(o, GRID_B, "classify", id));
    /* The office and the leader see it; nobody expects them to classify. The officer may not. */
    assert_null(group_of(o, OFFICE, "classify"));
    assert_null(group_of(o, LEADER, "classify"));
    assert_null(group_of(o, OFFICER, "classify"));
}

static struct reply *assigned_to(struct office *o, enum who who, const char *description)
{
    struct reply *h = make_hazard(o, GRID_A, o->firm_a, description);
    h = expect(move(o, GRID_A, h->json, "classify", "{\"level\":\"general\"}"), 200);
    char due[DAY_TEXT];
    day_print(day_of_ms(clock_now_ms()) + 5, due);
    return expect(move(o, GRID_A, h->json, "assign",
                       say(o,
                           "{\"measures\":\"更换\",\"responsible\":%lld,\"funds\":0,\"due\":\"%s\",\"contingency\":"
                           "\"看守\"}",
                           (long long)o->people[who].id, due)),
                  200);
}

static void a_repair_waits_for_whom_it_was_assigned_to_alone(void **state)
{
    struct office *o = OFFICE(state);
    int64_t head = count_rows(o, "SELECT id FROM account WHERE name = 'fanguolin'");
    int64_t id = number_at(assigned_to(o, OFFICER, "交办给安全员的隐患"), "id");
    assert_true(holds(o, OFFICER, "submit", id));
    assert_int_equal(count_rows(o, say(o, "SELECT count(*) FROM hazard WHERE id = %lld AND responsible = %lld",
                                       (long long)id, (long long)head)),
                     0);
    /* 许静 may repair anywhere; what names somebody else does not wait for her. */
    assert_false(holds(o, OFFICE, "submit", id));
    assert_string_equal(said_of(o, OFFICE, id, "submit"), "may");
    assert_string_equal(said_of(o, OFFICER, id, "submit"), "expected");
    assert_string_equal(said_of(o, OFFICER, id, "start"), "may");
    int64_t hers = number_at(assigned_to(o, OFFICE, "交办给安委办的隐患"), "id");
    assert_true(holds(o, OFFICE, "submit", hers));
    assert_false(holds(o, OFFICER, "submit", hers));
    /* A ledger without a person's account: whoever is responsible for the firm. */
    run_sql(o, say(o, "UPDATE hazard SET responsible = NULL WHERE id = %lld", (long long)hers));
    assert_true(holds(o, OFFICER, "submit", hers));
    assert_false(holds(o, OFFICE, "submit", hers));
}

static void what_a_ledger_left_out_waits_for_those_who_assign_and_the_repair_for_nobody(void **state)
{
    struct office *o = OFFICE(state);
    int64_t id = number_at(assigned_to(o, OFFICER, "台账缺资金"), "id");
    assert_string_equal(said_of(o, INSPECTOR, id, "complete"), "-");
    run_sql(o, say(o, "UPDATE hazard SET funds = NULL, lacks = ',funds,' WHERE id = %lld", (long long)id));
    static const enum who completes[] = { GRID_A, INSPECTOR, OFFICE };
    for (size_t i = 0; i < COUNT(completes); i++) {
        assert_string_equal(said_of(o, completes[i], id, "complete"), "expected");
        assert_true(holds(o, completes[i], "complete", id));
    }
    assert_string_equal(said_of(o, OFFICER, id, "complete"), "-");
    assert_string_equal(said_of(o, OFFICER, id, "submit"), "may");
    assert_false(holds(o, OFFICER, "submit", id));
    struct reply *h = expect(get(o, INSPECTOR, "/api/v1/hazards/%lld", (long long)id), 200);
    assert_string_equal(text_at(h, "lacks.0"), "funds");
    expect_field(move(o, INSPECTOR, h->json, "complete", "{\"measures\":\"别的\",\"funds\":0}"), "measures");
    expect(move(o, INSPECTOR, h->json, "complete", "{\"funds\":0}"), 200);
    assert_string_equal(said_of(o, INSPECTOR, id, "complete"), "-");
    assert_true(holds(o, OFFICER, "submit", id));
}

static struct reply *major(struct office *o, const char *words)
{
    struct reply *h = make_hazard(o, INSPECTOR, o->firm_a, words);
    return expect(move(o, INSPECTOR, h->json, "classify", "{\"level\":\"major\",\"clause\":\"GM-13-2\"}"), 200);
}

static void a_major_hazard_waits_to_be_listed_by_the_level_entitled(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = major(o, "等着挂牌的重大隐患");
    int64_t id = number_at(h, "id");
    assert_string_equal(text_at(h, "lists"), "county");
    assert_true(holds(o, INSPECTOR, "list", id));
    assert_false(holds(o, OFFICE, "list", id));
    assert_null(group_of(o, GRID_A, "list"));
    assert_null(group_of(o, LEADER, "list"));
    assert_null(group_of(o, OFFICER, "list"));
    /* Found again: the city's. */
    run_sql(o, say(o, "UPDATE hazard SET lists = 'city' WHERE id = %lld", (long long)id));
    assert_false(holds(o, INSPECTOR, "list", id));
    assert_true(holds(o, OFFICE, "list", id));
    h = expect(get(o, OFFICE, "/api/v1/hazards/%lld", (long long)id), 200);
    expect(move(o, OFFICE, h->json, "list", "{\"listed_level\":\"city\",\"listing_no\":\"安委督〔2026〕9号\"}"), 200);
    assert_false(holds(o, OFFICE, "list", id));
    /* A general one waits for nobody. */
    struct reply *small = make_hazard(o, INSPECTOR, o->firm_a, "一般隐患不挂牌");
    small = expect(move(o, INSPECTOR, small->json, "classify", "{\"level\":\"general\"}"), 200);
    assert_null(text_at(small, "lists"));
    assert_false(holds(o, INSPECTOR, "list", number_at(small, "id")));
}

static void a_repair_is_never_re_checked_by_whoever_made_it(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = make_fixed(o, OFFICE, "整改人不复查");
    int64_t id = number_at(h, "id");
    assert_true(holds(o, GRID_A, "recheck-pass", id));
    run_sql(o, say(o, "UPDATE hazard SET rectifier = %lld WHERE id = %lld", (long long)o->people[GRID_A].id,
                   (long long)id));
    assert_false(holds(o, GRID_A, "recheck-pass", id));
    assert_true(holds(o, INSPECTOR, "recheck-pass", id));
}

static void what_the_rules_keep_apart_is_not_offered_and_still_refused(void **state)
{
    struct office *o = OFFICE(state);
    static const char *const checks[] = { "recheck-pass", "recheck-fail" };
    static const char *const decides[] = { "extend-approve", "extend-refuse" };
    struct reply *h = make_fixed(o, OFFICE, "两种结论都不给整改人");
    int64_t id = number_at(h, "id");
    for (int i = 0; i < 2; i++) {
        assert_string_equal(said_of(o, OFFICE, id, checks[i]), "barred");
        assert_string_equal(said_of(o, GRID_A, id, checks[i]), "expected");
    }
    expect_code(move(o, OFFICE, h->json, "recheck-pass", "{\"opinion\":\"到位\"}"), 422, "hazard.same_person");

    char later[DAY_TEXT];
    day_print(day_of_ms(clock_now_ms()) + 9, later);
    h = assigned_to(o, OFFICER, "交办人不批延期");
    id = number_at(h, "id");
    /* asked for before the repair was begun */
    h = expect(
        move(o, OFFICER, h->json, "extend-request", say(o, "{\"extension_to\":\"%s\",\"reason\":\"配件未到\"}", later)),
        200);
    assert_string_equal(text_at(h, "state"), "extension_pending");
    static const struct {
        const char *level, *inspector;
    } levels[] = {
        { "county", "barred" }, { "county_office", "barred" }, { "city", "barred" }, { "town", "expected" }
    };
    assert_string_equal(text_at(h, "set_level"), "town");
    for (size_t l = 0; l < COUNT(levels); l++) { /* the to-do list, the record and the guard compare alike */
        run_sql(o, say(o, "UPDATE hazard SET set_level = '%s' WHERE id = %lld", levels[l].level, (long long)id));
        bool may = strcmp(levels[l].inspector, "expected") == 0;
        for (int i = 0; i < 2; i++) {
            assert_string_equal(said_of(o, OFFICE, id, decides[i]), "expected");
            assert_string_equal(said_of(o, INSPECTOR, id, decides[i]), levels[l].inspector);
        }
        assert_true(holds(o, OFFICE, "extend-approve", id));
        assert_int_equal(holds(o, INSPECTOR, "extend-approve", id), may);
        if (!may)
            expect_code(move(o, INSPECTOR, h->json, "extend-approve", "{}"), 422, "hazard.approver_same");
    }
    run_sql(
        o, say(o, "UPDATE hazard SET assigner = %lld WHERE id = %lld", (long long)o->people[OFFICE].id, (long long)id));
    for (int i = 0; i < 2; i++) {
        assert_string_equal(said_of(o, OFFICE, id, decides[i]), "barred");
        assert_string_equal(said_of(o, INSPECTOR, id, decides[i]), "expected");
    }
    h = expect(get(o, OFFICE, "/api/v1/hazards/%lld", (long long)id), 200);
    expect_code(move(o, OFFICE, h->json, "extend-approve", "{}"), 422, "hazard.approver_same");
    /* Whoever asked is told why he does not decide though no right would let him; who is named nowhere is told nothing. Lists
    ** leave both out: they are asked of each row anew. */
    assert_string_equal(said_of(o, OFFICER, id, decides[0]), "barred");
    assert_string_equal(said_of(o, GRID_A, id, decides[0]), "-");
    struct reply *list = expect(get(o, OFFICE, "/api/v1/hazards?limit=1"), 200);
    assert_null(json_object_get(json_array_get(json_object_get(list->json, "items"), 0), "expected"));
    assert_null(json_object_get(json_array_get(json_object_get(list->json, "items"), 0), "barred"));
}

static void a_re_check_is_late_ten_days_after_the_repair(void **state)
{
    struct office *o = OFFICE(state);
    int64_t id = number_at(make_fixed(o, OFFICE, "复查期限"), "id"), today = day_of_ms(clock_now_ms());
    for (int day = 9; day <= 11; day++) {
        run_sql(o, say(o, "UPDATE hazard SET recheck_from = %lld WHERE id = %lld", (long long)(today - day),
                       (long long)id));
        const json_t *g = group_of(o, GRID_A, "recheck-pass");
        bool late = false, due_today = false;
        static const char *const spans[] = { "late", "today" };
        for (int s = 0; s < 2; s++) {
            const char *query = json_string_value(json_object_get(json_object_get(g, spans[s]), "query"));
            struct reply *r = expect(get(o, GRID_A, "/api/v1/hazards?%s&limit=200", query), 200);
            size_t i;
            json_t *item;
            json_array_foreach(json_object_get(r->json, "items"), i,
                               item) if (json_integer_value(json_object_get(item, "id")) == id) *
                (s ? &due_today : &late) = true;
        }
        assert_int_equal(late, day == 11);
        assert_int_equal(due_today, day == 10);
    }
}

static bool has_turn(struct office *o, enum who who, int64_t id, const char *move_name)
{
    struct reply *r = expect(get(o, who, "/api/v1/hazards/%lld/ladder", (long long)id), 200);
    size_t i;
    json_t *turn;
    json_array_foreach(json_object_get(r->json, "turns"), i,
                       turn) if (strcmp(json_string_value(json_object_get(turn, "move")), move_name) == 0) return true;
    return false;
}

/* It can be done once the time is over: until then it waits for nobody. */
static void an_order_waits_to_be_re_checked_from_the_day_after_its_last(void **state)
{
    struct office *o = OFFICE(state);
    int64_t id = number_at(assigned_to(o, OFFICER, "责令到期未交"), "id"), today = day_of_ms(clock_now_ms());
    for (int day = -11; day <= 1; day++) {
        run_sql(o, say(o, "UPDATE hazard SET ordered_on = %lld, due = %lld, recheck_from = %lld WHERE id = %lld",
                       (long long)(today - 20), (long long)(today + day), (long long)(today + day), (long long)id));
        assert_int_equal(holds(o, INSPECTOR, "recheck-expired", id), day < 0);
        assert_string_equal(said_of(o, INSPECTOR, id, "recheck-expired"), day < 0 ? "expected" : "may");
        assert_int_equal(has_turn(o, OFFICER, id, "recheck-expired"), day < 0);
        if (day != -11 && day != -10)
            continue;
        const json_t *g = group_of(o, INSPECTOR, "recheck-expired");
        check_count(o, INSPECTOR, g, "late");
        check_count(o, INSPECTOR, g, "today");
        const char *query = json_string_value(json_object_get(json_object_get(g, "late"), "query"));
        struct reply *r = expect(get(o, INSPECTOR, "/api/v1/hazards?%s&limit=200", query), 200);
        bool late = false;
        size_t i;
        json_t *item;
        json_array_foreach(json_object_get(r->json, "items"), i, item) late |=
            json_integer_value(json_object_get(item, "id")) == id;
        assert_int_equal(late, day == -11);
    }
    run_sql(o, say(o, "UPDATE hazard SET ordered_on = NULL WHERE id = %lld", (long long)id));
    assert_false(holds(o, INSPECTOR, "recheck-expired", id));
    assert_string_equal(said_of(o, INSPECTOR, id, "recheck-expired"), "-");
}

/* Of however many closed ones those wait whose look-back is due; what is found back is the other outcome. */
static void a_closed_hazard_waits_to_be_looked_back_at_once_it_is_due(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = make_fixed(o, OFFICE, "到期回头看");
    int64_t id = number_at(h, "id"), today = day_of_ms(clock_now_ms());
    h = expect(move(o, INSPECTOR, h->json, "recheck-pass", "{\"opinion\":\"到位\"}"), 200);
    run_sql(o, say(o, "UPDATE hazard SET look_back_due = NULL WHERE id = %lld", (long long)id));
    assert_false(holds(o, INSPECTOR, "look-back", id));
    assert_string_equal(said_of(o, INSPECTOR, id, "look-back"), "may");
    for (int day = -1; day <= 1; day++) {
        run_sql(o, say(o, "UPDATE hazard SET look_back_due = %lld WHERE id = %lld", (long long)(today + day),
                       (long long)id));
        assert_true(holds(o, INSPECTOR, "look-back", id));
        const json_t *g = group_of(o, INSPECTOR, "look-back"), *item;
        size_t i;
        bool late = false, found = false;
        check_count(o, INSPECTOR, g, "late");
        const char *query = json_string_value(json_object_get(json_object_get(g, "late"), "query"));
        struct reply *r = expect(get(o, INSPECTOR, "/api/v1/hazards?%s&limit=200", query), 200);
        json_array_foreach(json_object_get(r->json, "items"), i, item) late |=
            json_integer_value(json_object_get(item, "id")) == id;
        assert_int_equal(late, day == -1);
        json_array_foreach(json_object_get(g, "items"), i, item) found |=
            json_integer_value(json_object_get(item, "id")) == id;
        assert_true(found || day > -1); /* late ones come first */
    }
    static const char *const outcomes[] = { "look-back", "reopen" };
    for (int i = 0; i < 2; i++)
        assert_string_equal(said_of(o, INSPECTOR, id, outcomes[i]), "expected");
    assert_string_equal(said_of(o, OFFICE, id, "look-back"), "barred"); /* whoever repaired it */
    assert_string_equal(said_of(o, OFFICER, id, "look-back"), "-");
    assert_false(holds(o, GRID_A, "look-back", id));
    expect_code(move(o, OFFICE, h->json, "look-back", "{\"look_back_opinion\":\"好\"}"), 422, "hazard.look_back_same");
    expect(move(o, INSPECTOR, h->json, "look-back", "{\"look_back_opinion\":\"仍在执行\"}"), 200);
    assert_false(holds(o, INSPECTOR, "look-back", id));
}

/* ---- asking ---- */

static void what_is_not_expected_is_no_filter(void **state)
{
    struct office *o = OFFICE(state);
    expect_field(get(o, OFFICE, "/api/v1/hazards?todo=suspend"), "todo");
    expect_field(get(o, OFFICE, "/api/v1/hazards?todo=nothing"), "todo");
    expect_field(get(o, OFFICE, "/api/v1/enterprises?todo=classify"), "todo");
    expect_field(get(o, OFFICE, "/api/v1/todo?rows=51"), "rows");
    expect_code(ASK(o, .method = "GET", .path = "/api/v1/todo"), 401, "session.none");
    expect_code(ASK(o, .who = OFFICE, .method = "GET", .path = "/api/v1/todo",
                    .headers = say(o, "X-Anlan-As: %lld\n", (long long)o->people[GRID_A].id)),
                403, "as.own");
}

static void nothing_of_the_business_waits_for_administrators(void **state)
{
    struct office *o = OFFICE(state);
    assert_int_equal(count_at(expect(get(o, SECURITY, "/api/v1/todo"), 200), "groups"), 0);
    assert_int_equal(count_at(expect(get(o, AUDITOR, "/api/v1/todo"), 200), "groups"), 0);
}

/* ---- at hand ---- */

static bool at_hand(struct office *o, enum who who, const char *list, int64_t id)
{
    struct reply *r = expect(get(o, who, "/api/v1/me/marks"), 200);
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(r->json, list), i,
                       item) if (json_integer_value(json_object_get(item, "id")) == id) return true;
    return false;
}

static struct reply *follow(struct office *o, enum who who, bool yes, int64_t id)
{
    return ASK(o, .who = who, .method = "PUT", .path = say(o, "/api/v1/me/follows/hazards/%lld", (long long)id),
               .body = yes ? "{\"follow\":true}" : "{\"follow\":false}");
}

static void what_one_follows_and_opened_is_shown_to_oneself_while_one_may_see_it(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = make_hazard(o, OFFICE, o->firm_a, "值得关注");
    int64_t id = number_at(h, "id");
    expect(follow(o, GRID_A, true, id), 204);
    assert_true(at_hand(o, GRID_A, "followed", id));
    assert_false(at_hand(o, GRID_A, "opened", id));
    assert_false(at_hand(o, OFFICE, "followed", id));
    struct reply *r = expect(post(o, GRID_A, "{}", "/api/v1/hazards/%lld/opened", (long long)id), 200);
    assert_true(json_is_true(at(r, "followed")));
    assert_true(at_hand(o, GRID_A, "opened", id));
    expect_code(follow(o, GRID_B, true, id), 404, "record.missing");
    /* In the bin it is no longer at hand. */
    expect(
        ASK(o, .who = OFFICE, .method = "DELETE", .path = say(o, "/api/v1/hazards/%lld", (long long)id), .version = 1),
        204);
    assert_false(at_hand(o, GRID_A, "followed", id));
    expect(post(o, OFFICE, "{}", "/api/v1/hazards/%lld/restore", (long long)id), 200);
    expect(follow(o, GRID_A, false, id), 204);
    assert_false(at_hand(o, GRID_A, "followed", id));
}

static void only_the_last_twenty_opened_are_kept(void **state)
{
    struct office *o = OFFICE(state);
    int64_t first = 0;
    for (int i = 0; i < 22; i++) {
        int64_t id = number_at(make_hazard(o, OFFICE, o->firm_b, "打开过"), "id");
        first = first ? first : id;
        expect(post(o, GRID_B, "{}", "/api/v1/hazards/%lld/opened", (long long)id), 200);
    }
    assert_int_equal(count_at(expect(get(o, GRID_B, "/api/v1/me/marks"), 200), "opened"), 20);
    assert_false(at_hand(o, GRID_B, "opened", first));
}

static const struct both tests[] = {
    { "every number opens exactly its rows", every_number_opens_exactly_its_rows },
    { "the first rows belong to the group and late ones come first",
      the_first_rows_belong_to_the_group_and_late_ones_come_first },
    { "a found hazard waits for the grid member of its town and not of another",
      a_found_hazard_waits_for_the_grid_member_of_its_town_and_not_of_another },
    { "a repair waits for whom it was assigned to alone", a_repair_waits_for_whom_it_was_assigned_to_alone },
    { "what a ledger left out waits for those who assign, and the repair for nobody",
      what_a_ledger_left_out_waits_for_those_who_assign_and_the_repair_for_nobody },
    { "a major hazard waits to be listed by the level entitled",
      a_major_hazard_waits_to_be_listed_by_the_level_entitled },
    { "a repair is never re-checked by whoever made it", a_repair_is_never_re_checked_by_whoever_made_it },
    { "what the rules keep apart is not offered, and still refused",
      what_the_rules_keep_apart_is_not_offered_and_still_refused },
    { "a re-check is late ten days after the repair", a_re_check_is_late_ten_days_after_the_repair },
    { "an order waits to be re-checked from the day after its last",
      an_order_waits_to_be_re_checked_from_the_day_after_its_last },
    { "a closed hazard waits to be looked back at once it is due",
      a_closed_hazard_waits_to_be_looked_back_at_once_it_is_due },
    { "what one follows and opened is shown to oneself, while one may see it",
      what_one_follows_and_opened_is_shown_to_oneself_while_one_may_see_it },
    { "only the last twenty opened are kept", only_the_last_twenty_opened_are_kept },
    { "what is not expected is no filter", what_is_not_expected_is_no_filter },
    { "nothing of the business waits for administrators", nothing_of_the_business_waits_for_administrators },
};

int main(void)
{
    return RUN_OFFICES(tests);
}
