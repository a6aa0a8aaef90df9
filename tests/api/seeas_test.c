/* Why a record is seen, and seeing as somebody else: reading alone, never more than either of the two may. */
#include "api/office.h"

#include "base/clock.h"

#include <string.h>

/* ---- asking through somebody's eyes ---- */

static int64_t account_named(struct office *o, const char *name)
{
    return count_rows(o, say(o, "SELECT coalesce(max(id), 0) FROM account WHERE name = '%s'", name));
}

static struct reply *ask_as(struct office *o, enum who who, int64_t target, const char *method, const char *path)
{
    return ASK(o, .who = who, .method = method, .path = path,
               .headers = say(o, "X-Anlan-As: %lld\n", (long long)target));
}

static struct reply *see(struct office *o, enum who who, enum who target, const char *path)
{
    return ask_as(o, who, o->people[target].id, "GET", path);
}

/* Somebody else than the people of the demonstration: the office of town A alone, met once. */
struct guest {
    int64_t id;
    char key[TOKEN_TEXT];
};

static struct guest town_office(struct office *o)
{
    struct guest g = { .id = account_named(o, "town.office") };
    struct error err = { 0 };
    int64_t ignored;
    if (!g.id) {
        g.id = number_at(
            expect(post(o, SECURITY, "{\"name\":\"town.office\",\"display_name\":\"章安宁\"}", "/api/v1/accounts"),
                   201),
            "id");
        expect(post(o, SECURITY,
                    say(o,
                        "{\"role\":\"office\",\"holder_account\":%lld,\"area\":\"990102001000\","
                        "\"valid_from\":\"2026-01-01\"}",
                        (long long)g.id),
                    "/api/v1/assignments"),
               201);
    }
    struct origin by = { .now = clock_now_ms(), .account = g.id };
    must(key_make(o->house.store, &by, g.id, &(struct key_terms){ .name = "guest", .days = 1 }, g.key, &ignored, &err),
         &err);
    return g;
}

static struct reply *guest_asks(struct office *o, const struct guest *g, int64_t target, const char *path)
{
    const char *as = target ? say(o, "X-Anlan-As: %lld\n", (long long)target) : "";
    return ASK(o, .method = "GET", .path = path, .headers = say(o, "Authorization: Bearer %s\n%s", g->key, as));
}

/* ---- seeing as ---- */

static void nobody_sees_through_other_eyes_more_than_either_may(void **state)
{
    static const char *const kinds[] = { "hazards", "enterprises", "facilities", "assignments", "accounts" };
    static const enum who targets[] = { LEADER, INSPECTOR, GRID_A, GRID_B, OFFICER, DEPARTMENT, SECURITY };
    struct office *o = OFFICE(state);
    struct guest town = town_office(o);
    make_hazard(o, OFFICE, o->firm_a, "甲镇的隐患");
    make_hazard(o, OFFICE, o->firm_b, "乙镇的隐患");
    for (size_t t = 0; t < COUNT(targets); t++)
        for (size_t k = 0; k < COUNT(kinds); k++) {
            struct reply *r =
                guest_asks(o, &town, o->people[targets[t]].id, say(o, "/api/v1/%s?limit=40&sort=-id", kinds[k]));
            if (r->status == 403)
                continue; /* one of the two reads no such rows at all */
            expect(r, 200);
            for (size_t i = 0; i < count_at(r, "items"); i++) {
                const char *path =
                    say(o, "/api/v1/%s/%lld", kinds[k], (long long)number_at(r, say(o, "items.%zu.id", i)));
                expect(get(o, targets[t], "%s", path), 200);
                expect(guest_asks(o, &town, 0, path), 200);
                expect(guest_asks(o, &town, o->people[targets[t]].id, path), 200);
            }
        }
}

static void of_what_another_town_s_member_sees_an_office_of_one_town_sees_nothing(void **state)
{
    struct office *o = OFFICE(state);
    struct guest town = town_office(o);
    int64_t b = o->people[GRID_B].id, county = o->people[INSPECTOR].id;
    long long in_a = number_at(make_hazard(o, OFFICE, o->firm_a, "只在甲镇看得见"), "id");
    long long in_b = number_at(make_hazard(o, OFFICE, o->firm_b, "只在乙镇看得见"), "id");
    struct reply *own = expect(guest_asks(o, &town, 0, "/api/v1/hazards?count=exact"), 200);
    struct reply *through = expect(guest_asks(o, &town, county, "/api/v1/hazards?count=exact"), 200);
    assert_true(number_at(own, "total.count") > 0);
    assert_int_equal(number_at(through, "total.count"), number_at(own, "total.count"));
    through = expect(guest_asks(o, &town, b, "/api/v1/hazards?count=exact"), 200);
    assert_int_equal(number_at(through, "total.count"), 0);
    struct reply *far = expect(guest_asks(o, &town, b, say(o, "/api/v1/hazards/%lld", in_b)), 404);
    expect_same(far, expect(guest_asks(o, &town, b, say(o, "/api/v1/hazards/%lld", in_a)), 404));
    expect_same(far, expect(guest_asks(o, &town, b, "/api/v1/hazards/99999999"), 404));
    expect(guest_asks(o, &town, county, say(o, "/api/v1/hazards/%lld/history", in_b)), 404);
    expect(guest_asks(o, &town, county, say(o, "/api/v1/hazards/%lld/why", in_b)), 404);
    struct reply *found = expect(guest_asks(o, &town, county, "/api/v1/search?q=镇看得见"), 200);
    assert_int_equal(count_at(found, "items"), 1);
    assert_int_equal(number_at(found, "items.0.id"), in_a);
    assert_int_equal(count_at(expect(guest_asks(o, &town, b, "/api/v1/search?q=镇看得见"), 200), "items"), 0);
    /* The office of the city sees exactly what the member sees. */
    own = expect(get(o, GRID_B, "/api/v1/hazards?count=exact"), 200);
    through = expect(see(o, OFFICE, GRID_B, "/api/v1/hazards?count=exact"), 200);
    assert_int_equal(number_at(through, "total.count"), number_at(own, "total.count"));
}

static void search_finds_what_both_see_behind_however_much_one_sees(void **state)
{
    struct office *o = OFFICE(state);
    struct guest town = town_office(o);
    for (int i = 0; i < 21; i++)
        make_hazard(o, OFFICE, o->firm_b, "堆在前头的铁桶");
    long long in_a = number_at(make_hazard(o, OFFICE, o->firm_a, "堆在前头的铁桶"), "id");
    for (int i = 0; i < 21; i++)
        make_hazard(o, OFFICE, o->firm_b, "堆在前头的铁桶");
    struct reply *r = expect(guest_asks(o, &town, o->people[INSPECTOR].id, "/api/v1/search?q=前头的铁桶"), 200);
    assert_int_equal(count_at(r, "items"), 1);
    assert_int_equal(number_at(r, "items.0.id"), in_a);
}

static bool heard(const struct reply *stream, const char *word)
{
    AUTO_TEXT out = TEXT_LIMIT(64 * 1024);
    for (size_t before = 1; before != out.used;) {
        before = out.used;
        assert_true(stream->rs.stream->next(stream->rs.stream->state, &out));
    }
    return out.used && strstr(text_get(&out), word);
}

static void a_stream_through_other_eyes_tells_what_both_may_read(void **state)
{
    struct office *o = OFFICE(state);
    struct guest town = town_office(o);
    struct reply *county = expect(guest_asks(o, &town, o->people[INSPECTOR].id, "/api/v1/events"), 200);
    struct reply *far = expect(guest_asks(o, &town, o->people[GRID_B].id, "/api/v1/events"), 200);
    long long in_b = number_at(make_hazard(o, OFFICE, o->firm_b, "乙镇的动静"), "id");
    assert_false(heard(county, say(o, "\"id\":%lld,", in_b)));
    assert_false(heard(far, say(o, "\"id\":%lld,", in_b)));
    long long in_a = number_at(make_hazard(o, OFFICE, o->firm_a, "甲镇的动静"), "id");
    assert_true(heard(county, say(o, "\"id\":%lld,", in_a)));
    assert_false(heard(far, say(o, "\"id\":%lld,", in_a)));
}

static void through_other_eyes_nothing_is_written(void **state)
{
    static const struct {
        const char *method, *tail, *body;
        int64_t version;
    } rows[] = { { "PATCH", "", "{\"location\":\"门\"}", 1 },
                 { "DELETE", "", NULL, 1 },
                 { "POST", "/restore", "{}", 0 },
                 { "POST", "/undo", "{\"version\":1}", 0 },
                 { "POST", "/moves/classify", "{\"level\":\"general\"}", 1 },
                 { "POST", "/unmask", "{\"field\":\"phone\"}", 0 } };
    struct office *o = OFFICE(state);
    long long id = number_at(make_hazard(o, OFFICE, o->firm_a, "只看不动"), "id");
    const char *as = say(o, "X-Anlan-As: %lld\n", (long long)o->people[GRID_A].id);
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_code(ASK(o, .who = OFFICE, .method = rows[i].method, .body = rows[i].body, .version = rows[i].version,
                        .path = say(o, "/api/v1/hazards/%lld%s", id, rows[i].tail), .headers = as),
                    403, "as.readonly");
    expect_code(ASK(o, .who = OFFICE, .method = "POST", .path = "/api/v1/hazards", .body = "{}", .headers = as), 403,
                "as.readonly");
    expect_code(ASK(o, .who = OFFICE, .method = "POST", .path = "/api/v1/files?name=a.png", .body = "x",
                    .type = "image/png", .headers = as),
                403, "as.readonly");
    struct reply *r = expect(see(o, OFFICE, GRID_A, say(o, "/api/v1/hazards/%lld", id)), 200);
    assert_int_equal(number_at(r, "version"), 1);
    assert_int_equal(count_at(r, "moves"), 0);
    assert_int_equal(count_at(r, "may"), 0);
    expect(ask_as(o, OFFICE, o->people[GRID_A].id, "HEAD", say(o, "/api/v1/hazards/%lld", id)), 200);
    expect_code(see(o, OFFICE, LEADER, "/api/v1/hazards/export"), 403, "verb.missing");
    expect_code(see(o, OFFICE, INSPECTOR,
                    say(o, "/api/v1/enterprises/%lld/transfer?region=990102002001", (long long)o->firm_a)),
                403, "verb.missing");
}

static void personal_values_stay_masked_through_other_eyes(void **state)
{
    struct office *o = OFFICE(state);
    long long id = number_at(expect(post(o, OFFICE,
                                         "{\"name\":\"打码厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\","
                                         "\"phone\":\"13712345678\"}",
                                         "/api/v1/enterprises"),
                                    201),
                             "id");
    struct reply *r = expect(see(o, OFFICE, INSPECTOR, say(o, "/api/v1/enterprises/%lld", id)), 200);
    assert_non_null(strstr(text_at(r, "phone"), "****"));
    expect_silent(r, "13712345678");
    expect_code(see(o, OFFICE, INSPECTOR, "/api/v1/enterprises?phone=13712345678"), 403, "filter.masked");
    expect_code(see(o, OFFICE, INSPECTOR, "/api/v1/hazards?enterprise.phone=13712345678"), 403, "filter.masked");
}

static void what_is_about_oneself_is_not_seen_as_somebody_else(void **state)
{
    static const char *const paths[] = { "/api/v1/me/keys", "/api/v1/me/sessions", "/api/v1/audit",
                                         "/api/v1/audit/export", "/api/v1/as-candidates" };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(paths); i++) {
        expect_code(see(o, OFFICE, AUDITOR, paths[i]), 403, "as.own");
        expect_code(see(o, SECURITY, AUDITOR, paths[i]), 403, "as.own");
    }
    const char *sessions = say(o, "/api/v1/accounts/%lld/sessions", (long long)o->people[GRID_A].id);
    expect(get(o, SECURITY, "%s", sessions), 200);
    expect_code(see(o, OFFICE, SECURITY, sessions), 403, "as.own");
    /* Going home is always possible, and it is oneself who goes. */
    expect(ask_as(o, OFFICE, o->people[GRID_A].id, "DELETE", "/api/v1/session"), 204);
}

static void only_the_office_and_who_manages_accounts_look_through_others(void **state)
{
    static const enum who others[] = { LEADER, INSPECTOR, GRID_A, GRID_B, OFFICER, AUDITOR, DEPARTMENT };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(others); i++) {
        expect_code(see(o, others[i], OFFICE, "/api/v1/hazards"), 403, "as.forbidden");
        expect_code(see(o, others[i], others[i], "/api/v1/me"), 403, "as.forbidden");
    }
    expect(see(o, OFFICE, LEADER, "/api/v1/hazards"), 200);
    expect(see(o, SECURITY, LEADER, "/api/v1/accounts"), 200);
    expect_code(ask_as(o, OFFICE, 99999999, "GET", "/api/v1/me"), 404, "as.missing");
    expect_code(ask_as(o, OFFICE, ACCOUNT_SYSTEM, "GET", "/api/v1/me"), 404, "as.missing");
    expect_code(ASK(o, .who = OFFICE, .method = "GET", .path = "/api/v1/me", .headers = "X-Anlan-As: grid-a\n"), 400,
                "as.form");
    /* A key that does not name the right does not bring it. */
    char token[TOKEN_TEXT];
    int64_t key;
    struct error err = { 0 };
    struct origin by = { .now = clock_now_ms(), .account = o->people[SECURITY].id };
    must(key_make(o->house.store, &by, by.account, &(struct key_terms){ .name = "read", .days = 1, .verbs = "read" },
                  token, &key, &err),
         &err);
    const char *headers =
        say(o, "Authorization: Bearer %s\nX-Anlan-As: %lld\n", token, (long long)o->people[LEADER].id);
    expect_code(ASK(o, .method = "GET", .path = "/api/v1/accounts", .headers = headers), 403, "as.forbidden");
}

static void administrators_see_no_business_through_anybody(void **state)
{
    struct office *o = OFFICE(state);
    long long id = number_at(make_hazard(o, OFFICE, o->firm_a, "管理员看不到的隐患"), "id");
    static const enum who targets[] = { OFFICE, LEADER, INSPECTOR, OFFICER, DEPARTMENT };
    for (size_t i = 0; i < COUNT(targets); i++) {
        expect_code(see(o, SECURITY, targets[i], "/api/v1/hazards"), 403, "verb.missing");
        expect_code(see(o, SECURITY, targets[i], say(o, "/api/v1/hazards/%lld", id)), 403, "verb.missing");
        expect_code(see(o, SECURITY, targets[i], say(o, "/api/v1/hazards/%lld/why", id)), 403, "verb.missing");
        expect_code(see(o, SECURITY, targets[i], "/api/v1/enterprises"), 403, "verb.missing");
        expect(see(o, SECURITY, targets[i], say(o, "/api/v1/responsible?object=%lld", (long long)o->firm_a)), 404);
        expect(see(o, SECURITY, targets[i], "/api/v1/owners/none"), 403);
        struct reply *r = expect(see(o, SECURITY, targets[i], "/api/v1/search?q=管理员看不到"), 200);
        assert_int_equal(count_at(r, "items"), 0);
        r = expect(see(o, SECURITY, targets[i], "/api/v1/me"), 200);
        assert_null(json_object_get(at(r, "verbs"), "hazard"));
        assert_int_equal(count_at(r, "rights"), 0);
        assert_null(strstr(text_at(r, "scope.zh"), "澜北禾川精细化工有限公司"));
    }
    assert_string_equal(text_at(get(o, OFFICER, "/api/v1/me"), "scope.zh"), "澜北禾川精细化工有限公司");
}

static void looking_through_somebody_is_in_the_trail_once(void **state)
{
    struct office *o = OFFICE(state);
    long long viewer = o->people[OFFICE].id, target = o->people[DEPARTMENT].id;
    const char *count =
        say(o, "SELECT count(*) FROM audit WHERE act = 'see-as' AND account = %lld AND record = %lld", viewer, target);
    int64_t before = count_rows(o, count);
    for (int i = 0; i < 3; i++)
        expect(see(o, OFFICE, DEPARTMENT, "/api/v1/hazards"), 200);
    assert_int_equal(count_rows(o, count), before + 1);
    const char *as = say(o, "X-Anlan-As: %lld\n", target);
    for (int i = 0; i < 2; i++)
        expect(ASK(o, .who = OFFICE, .cookie = true, .method = "GET", .path = "/api/v1/me", .headers = as), 200);
    assert_int_equal(count_rows(o, count), before + 2);
    /* Refused, nobody has looked. */
    expect(ASK(o, .who = GRID_A, .method = "GET", .path = "/api/v1/hazards", .headers = as), 403);
    struct reply *r = expect(get(o, AUDITOR, "/api/v1/audit?act=see-as&record=%lld&kind=account&limit=1", target), 200);
    assert_int_equal(number_at(r, "items.0.account.id"), viewer);
    assert_int_equal(number_at(r, "items.0.record"), target);
    assert_string_equal(text_at(r, "items.0.label.zh"), "以他人身份查看");
    /* What is opened on the way is opened by whoever looks. */
    int64_t file = make_file(o, OFFICE, "e.png", "bytes");
    long long id = number_at(make_hazard(o, OFFICE, o->firm_a, "有照片"), "id");
    expect(patch(o, OFFICE, 1, say(o, "{\"photos\":[%lld]}", (long long)file), "/api/v1/hazards/%lld", id), 200);
    expect(see(o, OFFICE, GRID_A, say(o, "/api/v1/hazards/%lld/files/%lld", id, (long long)file)), 200);
    r = expect(get(o, AUDITOR, "/api/v1/audit?act=file&kind=hazard&record=%lld", id), 200);
    assert_int_equal(count_at(r, "items"), 1);
    assert_int_equal(number_at(r, "items.0.account.id"), viewer);
}

static void what_is_owed_first_is_owed_before_looking_through_others(void **state)
{
    struct office *o = OFFICE(state);
    const char *as = say(o, "X-Anlan-As: %lld\n", (long long)o->people[LEADER].id);
    o->house.demo = false;
    struct reply *me = ASK(o, .who = SECURITY, .cookie = true, .method = "GET", .path = "/api/v1/me");
    struct reply *through =
        ASK(o, .who = SECURITY, .cookie = true, .method = "GET", .path = "/api/v1/me", .headers = as);
    o->house.demo = true;
    expect(me, 200);
    expect_code(through, 403, "totp.enrol");
}

static void me_says_the_roles_the_rights_and_through_whom_one_looks(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(get(o, OFFICE, "/api/v1/me"), 200);
    assert_int_equal(count_at(r, "roles"), 1);
    assert_string_equal(text_at(r, "roles.0.role"), "office");
    assert_string_equal(text_at(r, "roles.0.label.zh"), "安委办");
    assert_true(*text_at(r, "roles.0.words.zh") && *text_at(r, "roles.0.words.en"));
    assert_int_equal(count_at(r, "rights"), 0);
    assert_true(json_is_null(at(r, "as")));
    r = expect(get(o, SECURITY, "/api/v1/me"), 200);
    assert_int_equal(count_at(r, "rights"), 1);
    assert_string_equal(text_at(r, "rights.0"), "manage");
    assert_string_equal(text_at(expect(get(o, AUDITOR, "/api/v1/me"), 200), "rights.0"), "audit");
    r = expect(see(o, OFFICE, GRID_A, "/api/v1/me"), 200);
    assert_int_equal(number_at(r, "as.id"), o->people[GRID_A].id);
    assert_string_equal(text_at(r, "as.name"), "贺志成");
    assert_int_equal(number_at(r, "id"), o->people[GRID_A].id);
    assert_string_equal(text_at(r, "roles.0.role"), "grid");
    assert_int_equal(count_at(r, "verbs.hazard"), 1);
    assert_string_equal(text_at(r, "verbs.hazard.0"), "read");
    expect(see(o, OFFICE, GRID_A, "/api/v1/meta"), 200);
}

static void candidates_are_active_people_found_by_their_words(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(get(o, OFFICE, "/api/v1/as-candidates?q=贺志成"), 200);
    assert_int_equal(count_at(r, "items"), 1);
    assert_int_equal(number_at(r, "items.0.id"), o->people[GRID_A].id);
    assert_string_equal(text_at(r, "items.0.display_name"), "贺志成");
    assert_true(json_is_string(at(r, "items.0.organisation")));
    assert_true(json_object_get(at(r, "items.0"), "post") != NULL);
    assert_int_equal(count_at(expect(get(o, OFFICE, "/api/v1/as-candidates?q=许静"), 200), "items"), 0);
    r = expect(get(o, SECURITY, "/api/v1/as-candidates"), 200);
    assert_true(count_at(r, "items") > 5);
    for (size_t i = 0; i < count_at(r, "items"); i++)
        expect(ask_as(o, SECURITY, number_at(r, say(o, "items.%zu.id", i)), "GET", "/api/v1/me"), 200);
    expect_code(get(o, GRID_A, "/api/v1/as-candidates"), 403, "as.forbidden");
}

/* ---- why ---- */

static bool says_verb(const struct reply *r, const char *verb)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)at(r, "items.0.verbs"), i,
                       one) if (strcmp(json_string_value(one), verb) == 0) return true;
    return false;
}

static void why_names_the_assignment_that_lets_the_reader_see_the_record(void **state)
{
    struct office *o = OFFICE(state);
    long long id = number_at(make_hazard(o, OFFICE, o->firm_a, "凭什么看得到"), "id");
    const char *path = say(o, "/api/v1/hazards/%lld/why", id);
    struct reply *r = expect(get(o, GRID_A, "%s", path), 200);
    assert_int_equal(count_at(r, "items"), 1);
    long long assignment = number_at(r, "items.0.assignment");
    assert_int_equal(
        count_rows(o, say(o, "SELECT count(*) FROM assignment WHERE id = %lld AND role = 'grid'", assignment)), 1);
    assert_string_equal(text_at(r, "items.0.role.zh"), "网格员");
    assert_non_null(strstr(text_at(r, "items.0.where.zh"), "临河镇"));
    assert_true(*text_at(r, "items.0.holder.zh"));
    assert_int_equal(strlen(text_at(r, "items.0.from")), 10);
    assert_true(json_is_null(at(r, "items.0.to")) || json_is_string(at(r, "items.0.to")));
    assert_non_null(json_object_get(at(r, "items.0"), "basis"));
    assert_true(says_verb(r, "recheck"));
    assert_false(says_verb(r, "rectify"));
    expect_same(expect(get(o, GRID_B, "%s", path), 404), expect(get(o, GRID_B, "/api/v1/hazards/99999999/why"), 404));
    /* What one may only look up has no assignment behind it. */
    r = expect(get(o, GRID_A, "/api/v1/accounts/%lld/why", (long long)o->people[GRID_B].id), 200);
    assert_true(json_is_null(at(r, "items.0.assignment")));
    assert_true(json_is_null(at(r, "items.0.from")));
    r = expect(get(o, OFFICER, "%s", path), 200);
    assert_string_equal(text_at(r, "items.0.where.zh"), "澜北禾川精细化工有限公司");
    /* Through the office's eyes: the ground of the other person, for reading. */
    r = expect(see(o, OFFICE, GRID_A, path), 200);
    assert_int_equal(number_at(r, "items.0.assignment"), assignment);
    assert_int_equal(count_at(r, "items.0.verbs"), 1);
}

static void why_names_the_duty_of_the_organisation_for_one_object(void **state)
{
    struct office *o = OFFICE(state);
    long long firm =
        number_at(expect(post(o, OFFICE,
                              "{\"name\":\"单独监管的民宿\",\"no_code_reason\":\"new\",\"region\":\"990102001001\","
                              "\"sector\":\"TOUR\"}",
                              "/api/v1/enterprises"),
                         201),
                  "id");
    expect(get(o, DEPARTMENT, "/api/v1/enterprises/%lld/why", firm), 404);
    long long bureau = count_rows(o, "SELECT id FROM organisation WHERE short_name = '市应急局'");
    long long duty = number_at(expect(post(o, OFFICE,
                                           say(o,
                                               "{\"role\":\"direct\",\"holder_organisation\":%lld,\"object\":%lld,"
                                               "\"basis\":\"指定监管文件\",\"valid_from\":\"2026-01-01\"}",
                                               bureau, firm),
                                           "/api/v1/assignments"),
                                      201),
                               "id");
    struct reply *r = expect(get(o, DEPARTMENT, "/api/v1/enterprises/%lld/why", firm), 200);
    assert_int_equal(count_at(r, "items"), 1);
    assert_int_equal(number_at(r, "items.0.assignment"), duty);
    assert_string_equal(text_at(r, "items.0.role.zh"), "直接监管");
    assert_string_equal(text_at(r, "items.0.basis"), "指定监管文件");
    assert_string_equal(text_at(r, "items.0.from"), "2026-01-01");
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(nobody_sees_through_other_eyes_more_than_either_may),
        SAYS(of_what_another_town_s_member_sees_an_office_of_one_town_sees_nothing),
        SAYS(search_finds_what_both_see_behind_however_much_one_sees),
        SAYS(a_stream_through_other_eyes_tells_what_both_may_read),
        SAYS(through_other_eyes_nothing_is_written),
        SAYS(personal_values_stay_masked_through_other_eyes),
        SAYS(what_is_about_oneself_is_not_seen_as_somebody_else),
        SAYS(only_the_office_and_who_manages_accounts_look_through_others),
        SAYS(administrators_see_no_business_through_anybody),
        SAYS(looking_through_somebody_is_in_the_trail_once),
        SAYS(what_is_owed_first_is_owed_before_looking_through_others),
        SAYS(me_says_the_roles_the_rights_and_through_whom_one_looks),
        SAYS(candidates_are_active_people_found_by_their_words),
        SAYS(why_names_the_assignment_that_lets_the_reader_see_the_record),
        SAYS(why_names_the_duty_of_the_organisation_for_one_object),
    };
    return RUN_OFFICES(tests);
}
