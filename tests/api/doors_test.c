/*
** What lies outside the scope does not exist: by no address, list, count, search, reference, file, export, import or
** event does town B learn what town A has. Every refusal is compared byte by byte with that for an id nobody has.
*/
#include "api/office.h"

#include "base/clock.h"

#include <string.h>

enum { NO_ID = 99999999 };

static const char secret[] = "南门配电柜甲乙丙未接地";
static const char secret_firm[] = "禾川";

/* A hazard of town A with a file and a history, told apart by words nothing else holds. */
struct planted {
    long long id, file;
};

static struct planted plant(struct office *o)
{
    struct planted p;
    struct reply *r = make_hazard(o, OFFICE, o->firm_a, secret);
    p.id = number_at(r, "id");
    p.file = make_file(o, OFFICE, "甲乙丙.png", "bytes");
    expect(patch(o, OFFICE, 1, say(o, "{\"photos\":[%lld],\"location\":\"甲乙丙南门\"}", p.file),
                 "/api/v1/hazards/%lld", p.id),
           200);
    return p;
}

static void by_no_address_does_town_b_reach_a_record_of_town_a(void **state)
{
    static const struct {
        const char *method, *path; /* %lld: the record */
        const char *body;
        int64_t version;
        int status;
    } rows[] = {
        { "GET", "/api/v1/hazards/%lld", NULL, 0, 404 },
        { "HEAD", "/api/v1/hazards/%lld", NULL, 0, 404 },
        { "GET", "/api/v1/hazards/%lld/history", NULL, 0, 404 },
        { "GET", "/api/v1/hazards/%lld/files", NULL, 0, 404 },
        { "PATCH", "/api/v1/hazards/%lld", "{\"location\":\"x\"}", 2, 404 },
        { "PATCH", "/api/v1/hazards/%lld", "{\"location\":\"x\"}", 1, 404 }, /* stale: no `current` either */
        { "PATCH", "/api/v1/hazards/%lld", "{}", 2, 404 },
        { "PATCH", "/api/v1/hazards/%lld", "{\"due\":null}", 2, 404 },
        { "PATCH", "/api/v1/hazards/%lld", "{}", 0, 428 },
        { "POST", "/api/v1/hazards/%lld/moves/classify", "{\"level\":\"general\"}", 2, 404 },
        { "POST", "/api/v1/hazards/%lld/moves/recheck-pass", "{\"opinion\":\"x\"}", 2, 404 },
        { "POST", "/api/v1/hazards/%lld/moves/submit", "{}", 2, 403 }, /* a verb he has nowhere */
        { "DELETE", "/api/v1/hazards/%lld", NULL, 2, 403 },
        { "POST", "/api/v1/hazards/%lld/restore", NULL, 0, 403 },
        { "POST", "/api/v1/hazards/%lld/unmask", "{\"field\":\"description\"}", 0, 403 },
        { "POST", "/api/v1/hazards/%lld/moves/nonsense", "{}", 2, 404 },
    };
    struct office *o = OFFICE(state);
    struct planted p = plant(o);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ask ask = { .who = GRID_B, .method = rows[i].method, .body = rows[i].body, .version = rows[i].version };
        ask.path = say(o, rows[i].path, p.id);
        struct reply *there = expect(office_ask(o, &ask), rows[i].status);
        ask.path = say(o, rows[i].path, (long long)NO_ID);
        expect_same(there, office_ask(o, &ask));
        expect_silent(there, "甲乙丙");
        expect_silent(there, secret_firm);
    }
    assert_int_equal(number_at(get(o, OFFICE, "/api/v1/hazards/%lld", p.id), "version"), 2);
}

static void the_inspector_reaches_no_record_of_another_county(void **state)
{
    static const struct {
        const char *method, *path, *body;
        int64_t version;
    } rows[] = {
        { "GET", "/api/v1/enterprises/%lld", NULL, 0 },
        { "DELETE", "/api/v1/enterprises/%lld", NULL, 1 },
        { "POST", "/api/v1/enterprises/%lld/restore", NULL, 0 },
        { "POST", "/api/v1/enterprises/%lld/unmask", "{\"field\":\"phone\"}", 0 },
        { "PATCH", "/api/v1/enterprises/%lld", "{\"staff\":1}", 1 },
    };
    struct office *o = OFFICE(state);
    long long far_away = count_rows(o, "SELECT id FROM enterprise WHERE name = '青屿仁和医院'");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ask ask = {
            .who = INSPECTOR, .method = rows[i].method, .body = rows[i].body, .version = rows[i].version
        };
        ask.path = say(o, rows[i].path, far_away);
        struct reply *there = expect(office_ask(o, &ask), 404);
        ask.path = say(o, rows[i].path, (long long)NO_ID);
        expect_same(there, office_ask(o, &ask));
    }
}

static void the_officer_reaches_only_the_own_enterprise(void **state)
{
    struct office *o = OFFICE(state);
    long long next_door = count_rows(o, "SELECT id FROM enterprise WHERE name = '澜北清源污水处理有限公司'");
    struct reply *r = get(o, OFFICER, "/api/v1/enterprises?count=exact");
    assert_int_equal(number_at(r, "total.count"), 1);
    assert_int_equal(number_at(r, "items.0.id"), o->firm_a);
    expect_same(expect(get(o, OFFICER, "/api/v1/enterprises/%lld", next_door), 404),
                get(o, OFFICER, "/api/v1/enterprises/%d", NO_ID));
    const char *body = "{\"description\":\"邻居\",\"object\":%lld,\"found_on\":\"2026-01-05\",\"source\":\"self\"}";
    expect_same(expect_field(post(o, OFFICER, say(o, body, next_door), "/api/v1/hazards"), "object"),
                post(o, OFFICER, say(o, body, (long long)NO_ID), "/api/v1/hazards"));
    expect(post(o, OFFICER, say(o, body, (long long)o->firm_a), "/api/v1/hazards"), 201);
    expect_code(get(o, OFFICER, "/api/v1/facilities"), 403, "verb.missing");
}

static void no_list_count_or_filter_shows_it(void **state)
{
    static const char *const asks[] = { "q=甲乙丙",
                                        "q=南门配电柜",
                                        "region=990102001000",
                                        "region=990102001001",
                                        "region=990102001",
                                        "description=南门配电柜甲乙丙未接地",
                                        "location=甲乙丙南门",
                                        "enterprise.name=澜北禾川精细化工有限公司",
                                        "enterprise.name.in=澜北禾川精细化工有限公司,x",
                                        "enterprise.sector=HAZCHEM",
                                        "enterprise.staff.min=186&enterprise.staff.max=186",
                                        "enterprise.region=990102001000",
                                        "facility.region=990102001000" };
    struct office *o = OFFICE(state);
    struct planted p = plant(o);
    int64_t own = number_at(get(o, GRID_B, "/api/v1/hazards?count=exact&limit=1"), "total.count");
    assert_int_equal(own,
                     count_rows(o, "SELECT count(*) FROM hazard WHERE own_town = 990102002000 AND removed_at IS NULL"));
    for (size_t i = 0; i < COUNT(asks); i++) {
        struct reply *r = expect(get(o, GRID_B, "/api/v1/hazards?count=exact&%s", asks[i]), 200);
        if (count_at(r, "items") != 0 || number_at(r, "total.count") != 0)
            fail_msg("%s: %s", asks[i], r->body);
        expect_silent(r, "甲乙丙");
        r = expect(get(o, GRID_A, "/api/v1/hazards?count=exact&%s", asks[i]), 200);
        if (strncmp(asks[i], "facility", 8) != 0 && number_at(r, "total.count") == 0)
            fail_msg("%s should find it in town A", asks[i]);
    }
    struct reply *r = get(o, GRID_B, "/api/v1/hazards?object=%lld&count=exact", (long long)o->firm_a);
    assert_int_equal(number_at(r, "total.count"), 0);
    /* "Not of that sector" over a hop may not count what cannot be seen. */
    r = expect(get(o, GRID_B, "/api/v1/hazards?enterprise.sector.none=false&count=exact"), 200);
    assert_true(number_at(r, "total.count") <= own);
    for (int bin = 0; bin < 2; bin++)
        expect_silent(get(o, GRID_B, "/api/v1/hazards?limit=200&removed=%s", bin ? "true" : "false"), "甲乙丙");
    expect(get(o, GRID_A, "/api/v1/hazards/%lld", p.id), 200);
}

static void the_search_box_finds_it_for_its_own_people_alone(void **state)
{
    static const char *const words[] = { "甲乙丙", "南门配电柜", "禾川", "陈国梁", "化工路" };
    struct office *o = OFFICE(state);
    plant(o);
    for (size_t i = 0; i < COUNT(words); i++) {
        assert_true(count_at(expect(get(o, GRID_A, "/api/v1/search?q=%s", words[i]), 200), "items") > 0);
        struct reply *r = expect(get(o, GRID_B, "/api/v1/search?q=%s", words[i]), 200);
        for (size_t k = 0; k < count_at(r, "items"); k++) /* organisations are everybody's */
            assert_string_equal(text_at(r, say(o, "items.%zu.kind", k)), "organisation");
    }
}

static void a_cursor_serves_its_reader_and_its_list_alone(void **state)
{
    struct office *o = OFFICE(state);
    const char *own = text_at(get(o, GRID_A, "/api/v1/hazards?limit=1"), "next");
    const char *all = text_at(get(o, OFFICE, "/api/v1/hazards?limit=1"), "next");
    assert_non_null(own);
    assert_non_null(all);
    expect(get(o, GRID_A, "/api/v1/hazards?limit=1&after=%s", own), 200);
    expect_field(get(o, GRID_B, "/api/v1/hazards?limit=1&after=%s", own), "after");
    expect_field(get(o, GRID_B, "/api/v1/hazards?limit=1&after=%s", all), "after");
    expect_field(get(o, GRID_A, "/api/v1/hazards?limit=1&state=found&after=%s", own), "after");
    expect_field(get(o, GRID_A, "/api/v1/hazards?limit=1&sort=due&after=%s", own), "after");
    expect_field(get(o, GRID_A, "/api/v1/enterprises?limit=1&after=%s", own), "after");
    expect_field(get(o, GRID_A, "/api/v1/hazards?limit=1&after=AAAA"), "after");
    expect_field(get(o, GRID_A, "/api/v1/hazards?limit=1&after="), "after");
}

static void a_reference_cannot_name_what_its_writer_cannot_see(void **state)
{
    struct office *o = OFFICE(state);
    const char *hazard = "{\"description\":\"越界\",\"object\":%lld,\"found_on\":\"2026-01-05\",\"source\":\"grid\"}";
    const char *place = "{\"name\":\"越界场所\",\"type\":\"crowd\",\"region\":\"990102002001\",\"enterprise\":%lld}";
    struct reply *r = expect_field(post(o, GRID_B, say(o, hazard, (long long)o->firm_a), "/api/v1/hazards"), "object");
    expect_same(r, post(o, GRID_B, say(o, hazard, (long long)NO_ID), "/api/v1/hazards"));
    r = expect_field(post(o, GRID_B, say(o, place, (long long)o->firm_a), "/api/v1/facilities"), "enterprise");
    expect_same(r, post(o, GRID_B, say(o, place, (long long)NO_ID), "/api/v1/facilities"));
    r = expect(post(o, GRID_B, say(o, place, (long long)o->firm_b), "/api/v1/facilities"), 201);
    long long id = number_at(r, "id");
    r = expect_field(
        patch(o, GRID_B, 1, say(o, "{\"enterprise\":%lld}", (long long)o->firm_a), "/api/v1/facilities/%lld", id),
        "enterprise");
    expect_same(r, patch(o, GRID_B, 1, "{\"enterprise\":99999999}", "/api/v1/facilities/%lld", id));
    /* Nor can a record be put into another town or taken there. */
    expect_field(post(o, GRID_B, "{\"name\":\"临河新厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}",
                      "/api/v1/enterprises"),
                 "region");
    expect_field(patch(o, GRID_B, 1, "{\"region\":\"990102001001\"}", "/api/v1/facilities/%lld", id), "region");
}

static void a_name_outside_the_scope_is_null_wherever_a_row_points_at_it(void **state)
{
    struct office *o = OFFICE(state);
    const char *body = "{\"name\":\"观潮仓库\",\"type\":\"crowd\",\"region\":\"990102002001\",\"enterprise\":%lld}";
    struct reply *r = expect(post(o, OFFICE, say(o, body, (long long)o->firm_b), "/api/v1/facilities"), 201);
    long long id = number_at(r, "id");
    expect(patch(o, OFFICE, 1, say(o, "{\"enterprise\":%lld}", (long long)o->firm_a), "/api/v1/facilities/%lld", id),
           200);
    r = expect(get(o, GRID_B, "/api/v1/facilities/%lld", id), 200);
    assert_int_equal(number_at(r, "enterprise.id"), o->firm_a);
    assert_true(json_is_null(at(r, "enterprise.name")));
    r = get(o, GRID_B, "/api/v1/facilities/%lld/history", id);
    assert_true(json_is_null(at(r, "items.0.changes.0.new.name")));
    assert_non_null(text_at(r, "items.0.changes.0.old.name"));
    expect_silent(r, secret_firm);
    expect_silent(get(o, GRID_B, "/api/v1/facilities"), secret_firm);
    expect_silent(expect(get(o, GRID_B, "/api/v1/facilities/export"), 200), secret_firm);
    assert_int_equal(count_at(get(o, GRID_B, "/api/v1/facilities?enterprise.name=澜北禾川精细化工有限公司"), "items"),
                     0);
    assert_int_equal(count_at(get(o, OFFICE, "/api/v1/facilities?enterprise.name=澜北禾川精细化工有限公司"), "items"),
                     1);
    /* The row may be changed elsewhere without touching what its writer cannot see. */
    expect(patch(o, GRID_B, 2, "{\"address\":\"三号\"}", "/api/v1/facilities/%lld", id), 200);
}

static void a_file_is_reached_through_its_own_record_alone(void **state)
{
    struct office *o = OFFICE(state);
    struct planted p = plant(o);
    long long own = number_at(make_hazard(o, GRID_B, o->firm_b, "自己的"), "id");
    expect(get(o, GRID_A, "/api/v1/hazards/%lld/files/%lld", p.id, p.file), 200);
    struct reply *none = expect(get(o, GRID_B, "/api/v1/hazards/%lld/files/%d", own, NO_ID), 404);
    expect_same(none, get(o, GRID_B, "/api/v1/hazards/%lld/files/%lld", own, p.file));
    expect_same(expect(get(o, GRID_B, "/api/v1/hazards/%lld/files/%lld", p.id, p.file), 404),
                get(o, GRID_B, "/api/v1/hazards/%d/files/%lld", NO_ID, p.file));
    /* Nor taken over: not the file of a record, not somebody's upload that waits. */
    long long waiting = make_file(o, GRID_A, "w.png", "waiting");
    const char *body = "{\"photos\":[%lld]}";
    struct reply *no =
        expect_field(patch(o, GRID_B, 1, say(o, body, (long long)NO_ID), "/api/v1/hazards/%lld", own), "photos");
    expect_same(no, patch(o, GRID_B, 1, say(o, body, p.file), "/api/v1/hazards/%lld", own));
    expect_same(no, patch(o, GRID_B, 1, say(o, body, waiting), "/api/v1/hazards/%lld", own));
    /* An upload nobody used yet is reached by no address, not even its maker's. */
    expect(get(o, GRID_A, "/api/v1/hazards/%lld/files/%lld", p.id, waiting), 404);
}

static void an_import_learns_nothing_by_naming_it(void **state)
{
    struct office *o = OFFICE(state);
    plant(o);
    const char *sheet = "隐患内容,责任单位,排查日期\n甲,%s,2026-01-05\n";
    struct reply *there =
        expect(post(o, GRID_B, say(o, sheet, "澜北禾川精细化工有限公司"), "/api/v1/hazards/import?name=a.csv"), 201);
    struct reply *none =
        expect(post(o, GRID_B, say(o, sheet, "没有这家公司"), "/api/v1/hazards/import?name=a.csv"), 201);
    assert_int_equal(number_at(there, "rejected"), 1);
    assert_string_equal(text_at(there, "problem_groups.0.message"), text_at(none, "problem_groups.0.message"));
    struct reply *own =
        expect(post(o, GRID_B, say(o, sheet, "望潮锦悦商业管理有限公司"), "/api/v1/hazards/import?name=a.csv"), 201);
    assert_int_equal(number_at(own, "imported"), 1);
}

static void an_export_holds_the_reader_s_rows_alone(void **state)
{
    struct office *o = OFFICE(state);
    plant(o);
    expect_silent(expect(get(o, GRID_B, "/api/v1/hazards/export"), 200), "甲乙丙");
    expect_silent(expect(get(o, GRID_B, "/api/v1/hazards/export?enterprise.name=澜北禾川精细化工有限公司"), 200),
                  "禾川");
    expect_silent(expect(get(o, GRID_B, "/api/v1/enterprises/export"), 200), "禾川");
    struct reply *r = expect(get(o, GRID_A, "/api/v1/hazards/export"), 200);
    assert_non_null(memmem(r->body, r->size, "甲乙丙", strlen("甲乙丙")));
}

/* Each grant is whole: what one allows in its town is not lent to the towns of another. */
static void a_right_held_in_one_town_does_not_reach_into_another(void **state)
{
    struct office *o = OFFICE(state);
    long long leader = o->people[LEADER].id;
    const char *patched = "{\"phone\":\"13512340987\"}";
    for (int town = 0; town < 2; town++) {
        int64_t firm = town ? o->firm_b : o->firm_a;
        struct reply *r = expect(get(o, OFFICE, "/api/v1/enterprises/%lld", (long long)firm), 200);
        expect(patch(o, OFFICE, number_at(r, "version"), patched, "/api/v1/enterprises/%lld", (long long)firm), 200);
    }
    /* Given by whoever keeps the rights, it works at once. */
    run_sql(
        o, say(o,
               "INSERT INTO assignment (version, created_at, created_by, changed_at, changed_by, own_county, own_town, "
               "own_village, own_object, title, role, holder_account, area, valid_from) VALUES (1, 0, 1, 0, 1, 0, 0, "
               "0, 0, 'x', 'inspector', %lld, 990102001000, 0)",
               leader));
    expect(post(o, LEADER, "{\"field\":\"phone\"}", "/api/v1/enterprises/%lld/unmask", (long long)o->firm_a), 200);
    expect(post(o, LEADER, "{\"field\":\"phone\"}", "/api/v1/enterprises/%lld/unmask", (long long)o->firm_b), 404);
    struct reply *found = expect(get(o, LEADER, "/api/v1/enterprises?phone=13512340987&count=exact"), 200);
    assert_int_equal(number_at(found, "total.count"), 1);
    assert_int_equal(number_at(found, "items.0.id"), o->firm_a);
    struct reply *a = make_hazard(o, OFFICE, o->firm_a, "两地甲"), *b = make_hazard(o, OFFICE, o->firm_b, "两地乙");
    expect(patch(o, LEADER, 1, "{\"location\":\"x\"}", "/api/v1/hazards/%lld", (long long)number_at(a, "id")), 200);
    expect_code(patch(o, LEADER, 1, "{\"location\":\"x\"}", "/api/v1/hazards/%lld", (long long)number_at(b, "id")), 403,
                "verb.missing");
    expect_code(move(o, LEADER, b->json, "classify", "{\"level\":\"general\"}"), 403, "verb.missing");
    assert_int_equal(count_at(get(o, LEADER, "/api/v1/hazards/%lld", (long long)number_at(b, "id")), "moves"), 0);
    assert_int_equal(count_at(get(o, LEADER, "/api/v1/hazards/%lld", (long long)number_at(a, "id")), "moves"), 2);
    run_sql(o, say(o, "DELETE FROM assignment WHERE holder_account = %lld AND role = 'inspector'", leader));
}

/* ---- events ---- */

static const char *heard(struct office *o, const struct reply *stream)
{
    struct text out = TEXT_LIMIT(1 << 16);
    size_t before;
    do {
        before = out.used;
        assert_true(stream->rs.stream->next(stream->rs.stream->state, &out));
    } while (out.used > before);
    const char *kept = say(o, "%s", text_get(&out));
    text_done(&out);
    return kept;
}

static void a_stream_tells_of_a_change_only_those_who_may_read_it(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *streams[PEOPLE] = { NULL };
    for (enum who who = OFFICE; who < PEOPLE; who++) {
        streams[who] = expect(get(o, who, "/api/v1/events"), 200);
        assert_non_null(streams[who]->rs.stream);
        assert_string_equal(heard(o, streams[who]), "");
    }
    struct reply *r = make_hazard(o, OFFICE, o->firm_a, "广播");
    const char *said = say(o, "event: change\ndata: {\"kind\":\"hazard\",\"id\":%lld,\"version\":1}\n\n",
                           (long long)number_at(r, "id"));
    for (enum who who = OFFICE; who < PEOPLE; who++)
        assert_string_equal(heard(o, streams[who]), who == GRID_B ? "" : said);
    make_hazard(o, GRID_B, o->firm_b, "广播二");
    for (enum who who = OFFICE; who < PEOPLE; who++)
        assert_int_equal(strlen(heard(o, streams[who])) > 0, who != GRID_A && who != OFFICER);
    expect(patch(o, GRID_A, 1, "{}", "/api/v1/hazards/%lld", (long long)number_at(r, "id")), 200);
    expect(patch(o, GRID_A, 1, "{\"colour\":1}", "/api/v1/hazards/%lld", (long long)number_at(r, "id")), 422);
    for (enum who who = OFFICE; who < PEOPLE; who++)
        assert_string_equal(heard(o, streams[who]), ""); /* nothing changed, nothing is told */
}

/* Told to look anew, and then the end. */
static bool ended(const struct reply *stream)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 16);
    size_t before;
    do {
        before = out.used;
        if (!stream->rs.stream->next(stream->rs.stream->state, &out))
            return strstr(text_get(&out), "event: resync") != NULL;
    } while (out.used > before);
    return false;
}

/* What a stream may tell was settled when it was opened: whoever loses the session, key or duty behind it loses it too. */
static void a_stream_ends_with_the_session_the_key_or_the_duty_behind_it(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *made = expect(post(o, SECURITY,
                                     say(o,
                                         "{\"role\":\"duty\",\"holder_account\":%lld,\"area\":\"990102001000\","
                                         "\"valid_from\":\"2026-01-01\",\"basis\":\"值班表\"}",
                                         (long long)o->people[GRID_B].id),
                                     "/api/v1/assignments"),
                                201);
    struct reply *a = expect(get(o, GRID_A, "/api/v1/events"), 200), *b = expect(get(o, GRID_B, "/api/v1/events"), 200);
    expect(post(o, SECURITY, "{}", "/api/v1/accounts/%lld/password", (long long)o->people[GRID_B].id), 200);
    assert_true(ended(b));
    assert_false(ended(a)); /* nobody else's */
    expect(patch(o, SECURITY, number_at(made, "version"), "{\"valid_to\":\"2026-01-02\"}", "/api/v1/assignments/%lld",
                 (long long)number_at(made, "id")),
           200);
    assert_true(ended(a)); /* a duty is everybody's: each looks up the own rights anew */
}

static void a_stream_tells_of_a_job_its_owner_alone(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *streams[PEOPLE] = { NULL };
    for (enum who who = OFFICE; who < PEOPLE; who++)
        streams[who] = expect(get(o, who, "/api/v1/events"), 200);
    hub_publish(o->house.hub, &(struct hub_event){ .kind = "job", .id = 7, .only = o->people[GRID_A].id });
    for (enum who who = OFFICE; who < PEOPLE; who++)
        assert_string_equal(heard(o, streams[who]), who == GRID_A ? "event: job\ndata: {\"id\":7}\n\n" : "");
}

static void a_stream_opened_with_a_key_tells_of_the_kinds_of_the_key_alone(void **state)
{
    struct office *o = OFFICE(state);
    char token[TOKEN_TEXT];
    int64_t key;
    struct error err = { 0 };
    struct origin by = { .now = clock_now_ms(), .account = o->people[OFFICE].id };
    struct key_terms terms = { .name = "firms", .days = 1, .kinds = "enterprise" };
    must(key_make(o->house.store, &by, by.account, &terms, token, &key, &err), &err);
    struct reply *stream = expect(
        ASK(o, .method = "GET", .path = "/api/v1/events", .headers = say(o, "Authorization: Bearer %s\n", token)), 200);
    make_hazard(o, OFFICE, o->firm_a, "钥匙以外");
    assert_string_equal(heard(o, stream), "");
    expect(post(o, OFFICE, "{\"name\":\"钥匙以内厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}",
                "/api/v1/enterprises"),
           201);
    assert_non_null(strstr(heard(o, stream), "enterprise"));
}

static void where_a_moved_enterprise_was_and_where_it_is_are_both_told(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *e =
        expect(post(o, OFFICE, "{\"name\":\"搬迁厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\"}",
                    "/api/v1/enterprises"),
               201);
    struct reply *h = make_hazard(o, OFFICE, number_at(e, "id"), "搬迁前的隐患丁戊");
    long long hazard = number_at(h, "id");
    struct reply *a = get(o, GRID_A, "/api/v1/events"), *b = get(o, GRID_B, "/api/v1/events");
    expect(
        patch(o, OFFICE, 1, "{\"region\":\"990102002001\"}", "/api/v1/enterprises/%lld", (long long)number_at(e, "id")),
        200);
    assert_non_null(strstr(heard(o, a), "enterprise"));
    assert_non_null(strstr(heard(o, b), "enterprise"));
    expect(get(o, GRID_A, "/api/v1/hazards/%lld", hazard), 404);
    expect(get(o, GRID_B, "/api/v1/hazards/%lld", hazard), 200);
    assert_int_equal(count_at(get(o, GRID_A, "/api/v1/search?q=丁戊"), "items"), 0);
    assert_int_equal(count_at(get(o, GRID_B, "/api/v1/search?q=丁戊"), "items"), 1);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(by_no_address_does_town_b_reach_a_record_of_town_a),
        SAYS(the_inspector_reaches_no_record_of_another_county),
        SAYS(the_officer_reaches_only_the_own_enterprise),
        SAYS(no_list_count_or_filter_shows_it),
        SAYS(the_search_box_finds_it_for_its_own_people_alone),
        SAYS(a_cursor_serves_its_reader_and_its_list_alone),
        SAYS(a_reference_cannot_name_what_its_writer_cannot_see),
        SAYS(a_name_outside_the_scope_is_null_wherever_a_row_points_at_it),
        SAYS(a_file_is_reached_through_its_own_record_alone),
        SAYS(an_import_learns_nothing_by_naming_it),
        SAYS(an_export_holds_the_reader_s_rows_alone),
        SAYS(a_right_held_in_one_town_does_not_reach_into_another),
        SAYS(a_stream_tells_of_a_change_only_those_who_may_read_it),
        SAYS(a_stream_tells_of_a_job_its_owner_alone),
        SAYS(a_stream_opened_with_a_key_tells_of_the_kinds_of_the_key_alone),
        SAYS(where_a_moved_enterprise_was_and_where_it_is_are_both_told),
        SAYS(a_stream_ends_with_the_session_the_key_or_the_duty_behind_it), /* last: it ends sessions */
    };
    return RUN_OFFICES(tests);
}
