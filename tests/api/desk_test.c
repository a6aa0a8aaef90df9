/*
** What a person keeps at hand: saved views of lists with their numbers, order and sharing; forms typed and not saved.
*/
#include "api/office.h"

#include <string.h>

static int64_t id_of(const struct reply *r)
{
    return number_at(r, "id");
}

static struct reply *views(struct office *o, enum who who)
{
    return expect(get(o, who, "/api/v1/views?kind=hazard&counts=true"), 200);
}

static struct reply *save(struct office *o, enum who who, const char *name, const char *more)
{
    return post(o, who, say(o, "{\"kind\":\"hazard\",\"name\":\"%s\"%s}", name, more), "/api/v1/views");
}

static struct reply *change(struct office *o, enum who who, int64_t id, const char *body)
{
    return ASK(o, .who = who, .method = "PATCH", .path = say(o, "/api/v1/views/%lld", (long long)id), .body = body);
}

static struct reply *end(struct office *o, enum who who, int64_t id)
{
    return ASK(o, .who = who, .method = "DELETE", .path = say(o, "/api/v1/views/%lld", (long long)id));
}

/* The place of a view in the list of that person; -1 when it is not there. */
static int place_of(struct office *o, enum who who, int64_t id)
{
    struct reply *r = views(o, who);
    for (size_t i = 0; i < count_at(r, "items"); i++)
        if (number_at(r, say(o, "items.%zu.id", i)) == id)
            return (int)i;
    return -1;
}

static void a_view_is_kept_as_it_was_saved_and_counts_what_its_owner_sees(void **state)
{
    struct office *o = OFFICE(state);
    make_hazard(o, OFFICE, o->firm_a, "页签甲一");
    make_hazard(o, OFFICE, o->firm_a, "页签甲二");
    make_hazard(o, OFFICE, o->firm_b, "页签甲三");
    const char *more = ",\"filter\":\"q=%E9%A1%B5%E7%AD%BE%E7%94%B2&state=found\",\"sort\":\"-due\","
                       "\"columns\":[\"number\",\"due\"],\"density\":\"roomy\"";
    struct reply *r = expect(save(o, OFFICE, "我的甲", more), 201);
    int64_t mine = id_of(r);
    assert_string_equal(text_at(r, "filter"), "q=%E9%A1%B5%E7%AD%BE%E7%94%B2&state=found");
    assert_string_equal(text_at(r, "sort"), "-due");
    assert_string_equal(text_at(r, "columns.1"), "due");
    assert_string_equal(text_at(r, "density"), "roomy");
    assert_null(text_at(r, "shared"));
    assert_int_equal(number_at(r, "total.count"), 3);
    assert_true(json_is_false(at(r, "total.capped")));
    r = expect(save(o, GRID_A, "我的甲", more), 201);
    assert_int_equal(number_at(r, "total.count"), 2);
    assert_int_equal(place_of(o, GRID_A, mine), -1);
    expect(end(o, GRID_A, mine), 404);
    expect(change(o, GRID_A, mine, "{\"name\":\"别人的\"}"), 404);
    expect(end(o, OFFICE, mine), 204);
    expect(end(o, GRID_A, id_of(r)), 204);
}

static void the_number_on_a_tab_stops_at_999(void **state)
{
    struct office *o = OFFICE(state);
    int64_t had = number_at(get(o, OFFICE, "/api/v1/hazards?limit=1&count=exact"), "total.count");
    int64_t made = id_of(expect(save(o, OFFICE, "全部", ""), 201));
    struct reply *r = views(o, OFFICE);
    assert_int_equal(number_at(r, "items.0.total.count"), had > 999 ? 999 : had);
    assert_int_equal(json_is_true(at(r, "items.0.total.capped")), had > 999);
    assert_int_equal(number_at(r, "all.count"), had > 999 ? 999 : had);
    r = expect(get(o, OFFICE, "/api/v1/views?kind=hazard"), 200);
    assert_true(json_is_null(at(r, "all")));
    assert_true(json_is_null(at(r, "items.0.total")));
    expect(end(o, OFFICE, made), 204);
}

static void a_day_that_moves_is_kept_as_such_and_means_today_when_asked(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *today = get(o, OFFICE, "/api/v1/me");
    const char *day = text_at(today, "server_day");
    make_hazard(o, OFFICE, o->firm_a, "会走的日子");
    struct reply *r =
        expect(save(o, OFFICE, "近七天", ",\"filter\":\"found_on.after=today-7&found_on.before=today%2B1\""), 201);
    assert_string_equal(text_at(r, "filter"), "found_on.after=today-7&found_on.before=today%2B1");
    int64_t counted = number_at(r, "total.count");
    assert_true(counted > 0);
    r = expect(get(o, OFFICE, "/api/v1/hazards?found_on.after=today-7&found_on.before=today%%2B1&count=exact"), 200);
    assert_int_equal(number_at(r, "total.count"), counted);
    r = expect(get(o, OFFICE, "/api/v1/hazards?found_on.before=today&count=exact"), 200);
    struct reply *same = expect(get(o, OFFICE, "/api/v1/hazards?found_on.before=%s&count=exact", day), 200);
    assert_int_equal(number_at(r, "total.count"), number_at(same, "total.count"));
    expect_field(get(o, OFFICE, "/api/v1/hazards?found_on.before=today-99999"), "found_on.before");
    expect_field(get(o, OFFICE, "/api/v1/hazards?found_on=today"), "found_on");
    run_sql(o, "DELETE FROM saved_view");
}

static void what_is_wrong_with_a_view_is_named(void **state)
{
    struct office *o = OFFICE(state);
    static const struct {
        const char *name, *more, *field;
    } wrong[] = {
        { "", "", "name" },
        { "一二三四五六七八九十一二三四五六七八九十一", "", "name" },
        { "甲", ",\"filter\":\"colour=red\"", "colour" },
        { "甲", ",\"filter\":7", "filter" },
        { "甲", ",\"sort\":\"colour\"", "sort" },
        { "甲", ",\"columns\":[\"colour\"]", "columns" },
        { "甲", ",\"density\":\"tight\"", "density" },
        { "甲", ",\"shared\":\"world\"", "shared" },
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        expect_field(save(o, OFFICE, wrong[i].name, wrong[i].more), wrong[i].field);
    expect_field(post(o, OFFICE, "{\"kind\":\"nothing\",\"name\":\"甲\"}", "/api/v1/views"), "kind");
    expect(post(o, OFFICER, "{\"kind\":\"facility\",\"name\":\"甲\"}", "/api/v1/views"), 403);
    expect(get(o, OFFICER, "/api/v1/views?kind=facility"), 403);
    /* a personal value would stand in clear in a row of views */
    expect_field(
        post(o, OFFICE, "{\"kind\":\"enterprise\",\"name\":\"甲\",\"filter\":\"phone=13900001234\"}", "/api/v1/views"),
        "filter");
}

static void a_shared_view_is_seen_by_those_it_is_shared_with_and_changed_by_its_maker_alone(void **state)
{
    struct office *o = OFFICE(state);
    expect_code(save(o, GRID_A, "给所有人", ",\"shared\":\"everyone\""), 403, "view.share");
    int64_t all =
        id_of(expect(save(o, OFFICE, "汛前专查", ",\"filter\":\"state=found\",\"shared\":\"everyone\""), 201));
    int64_t ours = id_of(expect(save(o, INSPECTOR, "本单位的", ",\"shared\":\"organisation\""), 201));
    assert_true(place_of(o, GRID_A, all) >= 0);
    assert_int_equal(place_of(o, OFFICE, ours), -1);
    struct reply *r = views(o, GRID_A);
    assert_true(json_is_false(at(r, "items.0.own")));
    assert_string_equal(text_at(r, "items.0.by.name"), "许静");
    expect_code(change(o, GRID_A, all, "{\"name\":\"改名\"}"), 403, "view.other");
    expect(end(o, GRID_A, all), 404);
    expect(change(o, OFFICE, all, "{\"shared\":null}"), 200);
    assert_int_equal(place_of(o, GRID_A, all), -1);
    expect(end(o, OFFICE, all), 204);
    expect(end(o, INSPECTOR, ours), 204);
}

static void order_and_first_are_the_reader_s_own(void **state)
{
    struct office *o = OFFICE(state);
    int64_t shared = id_of(expect(save(o, OFFICE, "共享", ",\"shared\":\"everyone\""), 201));
    int64_t one = id_of(expect(save(o, GRID_A, "一", ""), 201));
    int64_t two = id_of(expect(save(o, GRID_A, "二", ""), 201));
    assert_int_equal(place_of(o, GRID_A, one), 0);
    assert_int_equal(place_of(o, GRID_A, shared), 2);
    expect(change(o, GRID_A, shared, "{\"place\":0,\"first\":true}"), 200);
    struct reply *r = views(o, GRID_A);
    assert_int_equal(number_at(r, "items.0.id"), shared);
    assert_true(json_is_true(at(r, "items.0.first")));
    assert_int_equal(number_at(r, "items.1.id"), one);
    assert_true(json_is_false(at(views(o, OFFICE), "items.0.first")));
    expect(change(o, GRID_A, two, "{\"first\":true}"), 200);
    r = views(o, GRID_A);
    assert_true(json_is_false(at(r, "items.0.first")));
    assert_true(json_is_true(at(r, "items.2.first")));
    expect(change(o, GRID_A, two, "{\"first\":false,\"place\":99}"), 200);
    assert_int_equal(place_of(o, GRID_A, two), 2);
    expect_field(change(o, GRID_A, two, "{\"place\":\"front\"}"), "place");
    expect(end(o, OFFICE, shared), 204);
    expect(end(o, GRID_A, one), 204);
    expect(end(o, GRID_A, two), 204);
}

static void one_person_saves_at_most_thirty_views_of_a_kind(void **state)
{
    struct office *o = OFFICE(state);
    int64_t last = 0;
    for (int i = 0; i < 30; i++)
        last = id_of(expect(save(o, GRID_B, say(o, "第%d个", i), ""), 201));
    expect_code(save(o, GRID_B, "再一个", ""), 422, "view.many");
    expect(post(o, GRID_B, "{\"kind\":\"enterprise\",\"name\":\"别的列表\"}", "/api/v1/views"), 201);
    expect(change(o, GRID_B, last, "{\"name\":\"改名不算多\"}"), 200);
    expect(end(o, GRID_B, last), 204);
    expect(save(o, GRID_B, "又有地方", ""), 201);
    run_sql(o, "DELETE FROM saved_view");
}

/* ---- drafts ---- */

static struct reply *keep(struct office *o, enum who who, const char *form, const char *body)
{
    return ASK(o, .who = who, .method = "PUT", .path = say(o, "/api/v1/me/drafts?form=%s", form), .body = body);
}

static struct reply *draft(struct office *o, enum who who, const char *form)
{
    return expect(get(o, who, "/api/v1/me/drafts?form=%s", form), 200);
}

static void what_is_typed_is_there_again_for_that_person_and_form_and_is_sealed(void **state)
{
    struct office *o = OFFICE(state);
    assert_true(json_is_null(at(draft(o, GRID_A, "enterprise.new"), "draft")));
    struct reply *r = expect(keep(o, GRID_A, "enterprise.new",
                                  "{\"values\":{\"name\":\"甲厂\",\"phone\":\"13912345678\"},\"version\":null}"),
                             200);
    assert_non_null(text_at(r, "at"));
    r = draft(o, GRID_A, "enterprise.new");
    assert_string_equal(text_at(r, "draft.values.phone"), "13912345678");
    assert_true(json_is_null(at(r, "draft.version")));
    assert_true(json_is_null(at(draft(o, GRID_B, "enterprise.new"), "draft")));
    assert_true(json_is_null(at(draft(o, GRID_A, "enterprise.12"), "draft")));
    assert_int_equal(count_rows(o, "SELECT count(*) FROM draft WHERE form = 'enterprise.new'"), 1);
    if (o->engine == STORE_SQLITE)
        assert_int_equal(count_rows(o, "SELECT count(*) FROM draft WHERE instr(entries, '13912345678') > 0"), 0);
    else
        assert_int_equal(
            count_rows(o,
                       "SELECT count(*) FROM draft WHERE position('\\x3133393132333435363738'::bytea in entries) > 0"),
            0);
    expect(ASK(o, .who = GRID_A, .method = "DELETE", .path = "/api/v1/me/drafts?form=enterprise.new"), 204);
    assert_true(json_is_null(at(draft(o, GRID_A, "enterprise.new"), "draft")));
}

static void of_two_windows_the_one_that_has_not_seen_the_other_s_state_is_told(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *first = expect(keep(o, GRID_A, "hazard.7", "{\"values\":{\"location\":\"甲\"},\"version\":3}"), 200);
    const char *at_first = text_at(first, "at");
    expect_code(keep(o, GRID_A, "hazard.7", "{\"values\":{\"location\":\"乙\"},\"version\":3}"), 409, "draft.newer");
    assert_string_equal(text_at(draft(o, GRID_A, "hazard.7"), "draft.values.location"), "甲");
    expect(keep(o, GRID_A, "hazard.7",
                say(o, "{\"values\":{\"location\":\"丙\"},\"version\":3,\"seen\":\"%s\"}", at_first)),
           200);
    struct reply *r = draft(o, GRID_A, "hazard.7");
    assert_string_equal(text_at(r, "draft.values.location"), "丙");
    assert_int_equal(number_at(r, "draft.version"), 3);
}

static void a_draft_that_is_none_is_named(void **state)
{
    struct office *o = OFFICE(state);
    expect_field(keep(o, GRID_A, "hazard.8", "{\"values\":[]}"), "values");
    expect_field(keep(o, GRID_A, "hazard.8", "{}"), "values");
    expect_field(keep(o, GRID_A, "Hazard%208", "{\"values\":{}}"), "form");
    expect_field(get(o, GRID_A, "/api/v1/me/drafts"), "form");
    expect_field(keep(o, GRID_A, "hazard.8", "{\"values\":{},\"seen\":\"yesterday\"}"), "seen");
    char big[140 << 10];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    expect_field(keep(o, GRID_A, "hazard.8", say(o, "{\"values\":{\"location\":\"%s\"}}", big)), "values");
}

static void the_oldest_draft_is_forgotten_beyond_a_hundred(void **state)
{
    struct office *o = OFFICE(state);
    for (int i = 0; i <= 100; i++) {
        expect(keep(o, DEPARTMENT, say(o, "hazard.%d", i + 1), "{\"values\":{\"location\":\"门\"}}"), 200);
        run_sql(o, "UPDATE draft SET at = at - 1000");
    }
    assert_true(json_is_null(at(draft(o, DEPARTMENT, "hazard.1"), "draft")));
    assert_false(json_is_null(at(draft(o, DEPARTMENT, "hazard.2"), "draft")));
    run_sql(o, "DELETE FROM draft");
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_view_is_kept_as_it_was_saved_and_counts_what_its_owner_sees),
        SAYS(the_number_on_a_tab_stops_at_999),
        SAYS(a_day_that_moves_is_kept_as_such_and_means_today_when_asked),
        SAYS(what_is_wrong_with_a_view_is_named),
        SAYS(a_shared_view_is_seen_by_those_it_is_shared_with_and_changed_by_its_maker_alone),
        SAYS(order_and_first_are_the_reader_s_own),
        SAYS(one_person_saves_at_most_thirty_views_of_a_kind),
        SAYS(what_is_typed_is_there_again_for_that_person_and_form_and_is_sealed),
        SAYS(of_two_windows_the_one_that_has_not_seen_the_other_s_state_is_told),
        SAYS(a_draft_that_is_none_is_named),
        SAYS(the_oldest_draft_is_forgotten_beyond_a_hundred),
    };
    return RUN_OFFICES(tests);
}
