/* What a request may say: presence, types, versions, repeated keys, broken bodies. */
#include "api/office.h"

#include <pthread.h>
#include <string.h>

static const char hazard_start[] = "\"found_on\":\"2026-01-05\",\"source\":\"grid\"";

static struct reply *make_firm(struct office *o, const char *name)
{
    return expect(
        post(o, OFFICE,
             say(o, "{\"name\":\"%s\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"staff\":7}", name),
             "/api/v1/enterprises"),
        201);
}

/* ---- absent, null, zero ---- */

static void an_empty_patch_changes_nothing_and_leaves_no_history(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = make_hazard(o, GRID_A, o->firm_a, "空改");
    long long id = number_at(r, "id");
    struct reply *same = expect(patch(o, GRID_A, 1, "{}", "/api/v1/hazards/%lld", id), 200);
    assert_int_equal(number_at(same, "version"), 1);
    assert_string_equal(header_of(same, "ETag"), "\"1\"");
    same = expect(patch(o, GRID_A, 1, "{\"description\":\"空改\",\"location\":null}", "/api/v1/hazards/%lld", id), 200);
    assert_int_equal(number_at(same, "version"), 1);
    same =
        expect(ASK(o, .who = GRID_A, .method = "PATCH", .path = say(o, "/api/v1/hazards/%lld", id), .version = 1), 200);
    assert_int_equal(number_at(same, "version"), 1);
    assert_int_equal(count_at(get(o, GRID_A, "/api/v1/hazards/%lld/history", id), "items"), 1);
}

static void absent_null_and_zero_are_three_things(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = make_firm(o, "三态厂");
    long long id = number_at(r, "id");
    r = expect(patch(o, OFFICE, 1, "{\"staff\":0}", "/api/v1/enterprises/%lld", id), 200);
    assert_int_equal(number_at(r, "staff"), 0);
    r = expect(patch(o, OFFICE, 2, "{\"head\":\"甲\"}", "/api/v1/enterprises/%lld", id), 200);
    assert_int_equal(number_at(r, "staff"), 0);
    r = expect(patch(o, OFFICE, 3, "{\"staff\":null}", "/api/v1/enterprises/%lld", id), 200);
    assert_true(json_is_null(at(r, "staff")));
    struct reply *h = get(o, OFFICE, "/api/v1/enterprises/%lld/history", id);
    assert_int_equal(count_at(h, "items"), 4);
    assert_int_equal(number_at(h, "items.0.changes.0.old"), 0);
    assert_true(json_is_null(at(h, "items.0.changes.0.new")));
    assert_int_equal(number_at(h, "items.2.changes.0.old"), 7);
    assert_int_equal(number_at(h, "items.2.changes.0.new"), 0);
}

static void what_only_a_move_or_the_program_writes_is_refused_by_name(void **state)
{
    static const struct {
        const char *body, *field;
    } rows[] = { { "{\"due\":null}", "due" },
                 { "{\"due\":\"2099-01-01\"}", "due" },
                 { "{\"level\":\"general\"}", "level" },
                 { "{\"state\":\"closed\"}", "state" },
                 { "{\"returns\":0}", "returns" },
                 { "{\"rectifier\":null}", "rectifier" },
                 { "{\"object\":1}", "object" },
                 { "{\"description\":null}", "description" },
                 { "{\"description\":\"  \"}", "description" },
                 { "{\"found_on\":null}", "found_on" },
                 { "{\"colour\":\"red\"}", "colour" },
                 { "{\"id\":5}", "id" },
                 { "{\"version\":9}", "version" },
                 { "{\"note\":\"x\"}", "note" },
                 { "{\"found_on\":\"2099-01-01\"}", "found_on" } };
    struct office *o = OFFICE(state);
    long long id = number_at(make_hazard(o, GRID_A, o->firm_a, "规则"), "id");
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_field(patch(o, GRID_A, 1, rows[i].body, "/api/v1/hazards/%lld", id), rows[i].field);
    assert_int_equal(number_at(get(o, GRID_A, "/api/v1/hazards/%lld", id), "version"), 1);
}

static void all_wrong_entries_are_named_at_once(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(
        post(o, GRID_A, "{\"location\":5,\"colour\":1,\"due\":\"2099-01-01\",\"source\":\"dream\"}", "/api/v1/hazards"),
        422);
    static const char *const names[] = { "location", "colour", "due", "source", "description", "object", "found_on" };
    for (size_t i = 0; i < COUNT(names); i++)
        assert_non_null(text_at(r, say(o, "fields.%s", names[i])));
    assert_int_equal(count_at(r, "fields"), COUNT(names));
}

/* ---- one wrong value per type and way of being wrong ---- */

struct wrong {
    const char *field, *value; /* JSON */
};

static const struct wrong wrongs[] = {
    { "name", "5" },
    { "name", "true" },
    { "name", "[]" },
    { "name", "{}" },
    { "remark", "1.5" },
    { "staff", "\"7\"" },
    { "staff", "1.5" },
    { "staff", "-1" },
    { "staff", "1000001" },
    { "staff", "99999999999999999999999" },
    { "staff", "1e400" },
    { "staff", "[1]" },
    { "floor_area", "12.5" },
    { "floor_area", "\"12.345\"" },
    { "floor_area", "\"1,2\"" },
    { "floor_area", "\"99999999999999999999\"" },
    { "capital", "\"5\"" },
    { "capital", "0.5" },
    { "insured", "\"yes\"" },
    { "insured", "1" },
    { "founded_on", "20260101" },
    { "founded_on", "\"2026-02-30\"" },
    { "founded_on", "\"2026-1-5\"" },
    { "founded_on", "\"2026-01-05T00:00:00Z\"" },
    { "sector", "\"危险化学品\"" },
    { "sector", "\"NOSUCH\"" },
    { "sector", "5" },
    { "flags", "\"a\"" },
    { "flags", "[\"nosuch\"]" },
    { "flags", "[5]" },
    { "region", "990102001001" },
    { "region", "\"12345\"" },
    { "region", "\"990199999999\"" },
    { "region", "{\"name\":\"x\"}" },
    { "place", "\"1,2\"" },
    { "place", "{\"lon\":\"120\"}" },
    { "place", "{\"lon\":\"181\",\"lat\":\"36\"}" },
    { "place", "[120,36]" },
    { "papers", "5" },
    { "papers", "[99999999]" },
    { "papers", "[\"a\"]" },
    { "phone", "13812345678" },
    { "phone", "\"12\"" },
    { "phone", "\"abcdefgh\"" },
    { "head_id_number", "\"110105194912310021\"" },
    { "head_id_number", "5" },
    { "credit_code", "\"91350100M000100Y44\"" },
    { "key_persons", "{}" },
    { "key_persons", "[5]" },
};

static void a_wrong_value_of_any_type_is_refused_by_its_field(void **state)
{
    struct office *o = OFFICE(state);
    long long id = number_at(make_firm(o, "类型厂"), "id");
    for (size_t i = 0; i < COUNT(wrongs); i++) {
        const char *body = say(o, "{\"%s\":%s}", wrongs[i].field, wrongs[i].value);
        struct reply *r = patch(o, OFFICE, 1, body, "/api/v1/enterprises/%lld", id);
        /* A number JSON itself cannot hold never reaches the field. */
        if (r->status == 400 && strcmp(text_at(r, "code"), "body.json") == 0 && strpbrk(wrongs[i].value, "e9"))
            continue;
        const char *name;
        json_t *why;
        expect(r, 422);
        json_object_foreach((json_t *)at(r, "fields"), name, why)
        {
            if (strncmp(name, wrongs[i].field, strlen(wrongs[i].field)) != 0)
                fail_msg("%s: named %s", body, name);
        }
        assert_true(count_at(r, "fields") > 0);
    }
    assert_int_equal(number_at(get(o, OFFICE, "/api/v1/enterprises/%lld", id), "version"), 1);
}

static void what_was_written_is_read_back_the_same_for_every_type(void **state)
{
    static const struct wrong rows[] = {
        { "name", "\"往返厂\"" },
        { "staff", "1000000" },
        { "floor_area", "\"12.50\"" },
        { "capital", "123456789012345" },
        { "insured", "false" },
        { "founded_on", "\"2019-03-05\"" },
        { "sector", "\"HAZCHEM\"" },
        { "place", "{\"lon\": \"120.3500000\", \"lat\": \"36.1000000\"}" },
        { "remark", "\"一行\\n二行 \\\"引号\\\" <b>&amp;</b>\"" },
        { "industry", "\"C2614\"" },
    };
    struct office *o = OFFICE(state);
    long long id = number_at(make_firm(o, "往返"), "id");
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *body = say(o, "{\"%s\":%s}", rows[i].field, rows[i].value);
        struct reply *r = expect(patch(o, OFFICE, (int64_t)i + 1, body, "/api/v1/enterprises/%lld", id), 200);
        json_t *sent = json_loads(rows[i].value, JSON_DECODE_ANY, NULL);
        if (!json_equal(sent, at(r, rows[i].field)))
            fail_msg("%s came back otherwise: %s", body, r->body);
        json_decref(sent);
    }
}

/* ---- versions ---- */

static void a_change_names_the_version_it_saw(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = make_hazard(o, GRID_A, o->firm_a, "版本");
    const char *path = say(o, "/api/v1/hazards/%lld", (long long)number_at(r, "id"));
    assert_string_equal(header_of(r, "ETag"), "\"1\"");
    assert_string_equal(header_of(r, "Location"), path);
    expect_code(patch(o, GRID_A, 0, "{\"location\":\"a\"}", "%s", path), 428, "version.missing");
    expect(patch(o, GRID_A, 1, "{\"location\":\"a\"}", "%s", path), 200);
    r = expect_code(patch(o, GRID_A, 1, "{\"location\":\"b\"}", "%s", path), 412, "record.stale");
    assert_int_equal(number_at(r, "current.version"), 2);
    assert_string_equal(text_at(r, "current.location"), "a");
    r = expect_code(patch(o, GRID_A, 9, "{}", "%s", path), 412, "record.stale");
    assert_int_equal(number_at(r, "current.version"), 2);
}

static void a_tag_may_be_weak_but_not_nonsense(void **state)
{
    static const struct {
        const char *tag;
        int status;
    } rows[] = { { "W/\"1\"", 200 },
                 { "\"1\"", 200 },
                 { "1", 200 },
                 { "*", 400 },
                 { "\"\"", 400 },
                 { "\"x\"", 400 },
                 { "\"0\"", 400 },
                 { "\"-1\"", 400 },
                 { "\"1\", \"2\"", 400 },
                 { "\"1x\"", 400 },
                 { "\"99999999999999999999999\"", 412 } };
    struct office *o = OFFICE(state);
    const char *path =
        say(o, "/api/v1/hazards/%lld", (long long)number_at(make_hazard(o, GRID_A, o->firm_a, "标"), "id"));
    for (size_t i = 0; i < COUNT(rows); i++)
        expect(ASK(o, .who = GRID_A, .method = "PATCH", .path = path, .body = "{}",
                   .headers = say(o, "If-Match: %s", rows[i].tag)),
               rows[i].status);
}

/* ---- bodies ---- */

static void a_body_that_is_no_object_is_refused_before_anything_happens(void **state)
{
    static const struct {
        const char *body;
        const char *code;
    } rows[] = { { "{", "body.json" },
                 { "{\"a\":1,}", "body.json" },
                 { "nonsense", "body.json" },
                 { "[]", "body.object" },
                 { "[{\"description\":\"x\"}]", "body.object" },
                 { "5", "body.json" },
                 { "\"text\"", "body.json" },
                 { "null", "body.json" },
                 { "{\"description\":\"a\",\"description\":\"b\"}", "body.json" },
                 { "{\"description\":\"a\\u0000b\"}", "body.json" },
                 { "{\"description\":\"\\ud800\"}", "body.json" },
                 { "{\"description\":\"a\xff\"}", "body.json" },
                 { "{\"description\":\"a\xc0\xaf\"}", "body.json" },
                 { "{\"description\":\"a\xed\xa0\x80\"}", "body.json" },
                 { "{\"description\":\"a\"} {}", "body.json" },
                 { "{'description':'a'}", "body.json" },
                 { "{\"found_on\":NaN}", "body.json" } };
    struct office *o = OFFICE(state);
    int64_t before = count_rows(o, "SELECT count(*) FROM hazard");
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_code(post(o, GRID_A, rows[i].body, "/api/v1/hazards"), 400, rows[i].code);
    static const char nul[] = "{\"description\":\"a\0b\"}";
    expect_code(ASK(o, .who = GRID_A, .method = "POST", .path = "/api/v1/hazards", .body = nul, .size = sizeof nul - 1),
                400, "body.json");
    assert_int_equal(count_rows(o, "SELECT count(*) FROM hazard"), before);
}

static void ten_thousand_levels_are_not_followed(void **state)
{
    enum { LEVELS = 10000 };
    struct office *o = OFFICE(state);
    char *deep = malloc(2 * LEVELS + 64);
    int n = snprintf(deep, 64, "{\"description\":");
    memset(deep + n, '[', LEVELS);
    memset(deep + n + LEVELS, ']', LEVELS);
    memcpy(deep + n + 2 * LEVELS, "}", 2);
    expect_code(post(o, GRID_A, deep, "/api/v1/hazards"), 400, "body.json");
    for (int i = 0; i < LEVELS / 5; i++)
        memcpy(deep + n + 5 * i, "{\"a\":", 5);
    memcpy(deep + n + LEVELS, "1", 2);
    expect_code(post(o, GRID_A, deep, "/api/v1/hazards"), 400, "body.json");
    free(deep);
}

static void only_json_is_read_as_json(void **state)
{
    static const struct {
        const char *type;
        int status;
    } rows[] = { { "application/json", 422 },
                 { "application/json; charset=utf-8", 422 },
                 { "Application/JSON", 422 },
                 { "text/plain", 415 },
                 { "application/x-www-form-urlencoded", 415 },
                 { "multipart/form-data; boundary=x", 415 },
                 { "application/jsonx", 415 },
                 { "", 415 } };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(rows); i++)
        expect(ASK(o, .who = GRID_A, .method = "POST", .path = "/api/v1/hazards", .body = "{\"colour\":1}",
                   .type = rows[i].type),
               rows[i].status);
}

static void a_line_of_a_record_is_told_by_its_place(void **state)
{
    struct office *o = OFFICE(state);
    long long id = number_at(make_firm(o, "明细厂"), "id");
    struct reply *r = expect(
        patch(o, OFFICE, 1, "{\"key_persons\":[{\"name\":\"甲\",\"post\":\"电工\"},{\"name\":\"乙\",\"age\":3}]}",
              "/api/v1/enterprises/%lld", id),
        422);
    expect_silent(r, "key_persons.1"); /* counted from 1, as people count */
    assert_non_null(strstr(r->body, "key_persons.2"));
    r = expect(patch(o, OFFICE, 1, "{\"key_persons\":[{\"name\":\"甲\",\"post\":\"电工\",\"phone\":\"13912345678\"}]}",
                     "/api/v1/enterprises/%lld", id),
               200);
    assert_string_equal(text_at(r, "key_persons.0.phone"), "139****5678");
    /* The masked form written back leaves the number as it is. */
    r = expect(patch(o, OFFICE, 2, "{\"key_persons\":[{\"name\":\"甲\",\"post\":\"焊工\",\"phone\":\"139****5678\"}]}",
                     "/api/v1/enterprises/%lld", id),
               200);
    assert_string_equal(text_at(r, "key_persons.0.phone"), "139****5678");
}

/* ---- the same request twice ---- */

static const char *hazard_body(struct office *o, const char *text)
{
    return say(o, "{\"description\":\"%s\",\"object\":%lld,%s}", text, (long long)o->firm_a, hazard_start);
}

static void the_same_key_with_the_same_body_makes_one_record(void **state)
{
    struct office *o = OFFICE(state);
    const char *body = hazard_body(o, "重复提交");
    struct ask ask = {
        .who = GRID_A, .method = "POST", .path = "/api/v1/hazards", .body = body, .once = "key-one-0001"
    };
    struct reply *first = expect(office_ask(o, &ask), 201);
    struct reply *second = expect(office_ask(o, &ask), 201);
    expect_same(first, second);
    ask.body = hazard_body(o, "另一份");
    expect_code(office_ask(o, &ask), 422, "idempotency.differs");
    ask.body = body;
    ask.path = "/api/v1/enterprises";
    expect_code(office_ask(o, &ask), 422, "idempotency.differs");
    ask.path = "/api/v1/hazards";
    ask.who = OFFICE;
    struct reply *other = expect(office_ask(o, &ask), 201); /* a key is its user's */
    assert_int_not_equal(number_at(other, "id"), number_at(first, "id"));
    assert_int_equal(count_rows(o, "SELECT count(*) FROM hazard WHERE description = '重复提交'"), 2);
}

static void a_failed_request_does_not_use_up_its_key(void **state)
{
    struct office *o = OFFICE(state);
    struct ask ask = {
        .who = GRID_A, .method = "POST", .path = "/api/v1/hazards", .body = "{}", .once = "key-two-0001"
    };
    expect(office_ask(o, &ask), 422);
    ask.body = hazard_body(o, "改正后");
    expect(office_ask(o, &ask), 201);
}

static void a_move_repeated_with_its_key_is_made_once(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = make_hazard(o, GRID_A, o->firm_a, "重复办理");
    struct ask ask = { .who = INSPECTOR,
                       .method = "POST",
                       .path = say(o, "/api/v1/hazards/%lld/moves/classify", (long long)number_at(r, "id")),
                       .body = "{\"level\":\"general\"}",
                       .version = 1,
                       .once = "key-move-0001" };
    expect_same(expect(office_ask(o, &ask), 200), expect(office_ask(o, &ask), 200));
    assert_int_equal(number_at(get(o, GRID_A, "/api/v1/hazards/%lld", (long long)number_at(r, "id")), "version"), 2);
}

static void a_malformed_key_is_refused(void **state)
{
    static const char *const keys[] = { "short", "has space in it", "ключ-ключ-ключ",
                                        "x1234567890123456789012345678901234567890123456789012345678901234",
                                        "slash/slash/slash" };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(keys); i++)
        expect_code(ASK(o, .who = GRID_A, .method = "POST", .path = "/api/v1/hazards", .body = hazard_body(o, "坏键"),
                        .once = keys[i]),
                    400, "idempotency.form");
    assert_int_equal(count_rows(o, "SELECT count(*) FROM hazard WHERE description = '坏键'"), 0);
}

enum { TWINS = 8 };

struct twin {
    struct office *o;
    const char *body;
    pthread_barrier_t *start;
    struct reply *reply;
};

static void *send_twin(void *arg)
{
    struct twin *t = arg;
    pthread_barrier_wait(t->start);
    t->reply = ASK(t->o, .who = GRID_A, .method = "POST", .path = "/api/v1/hazards", .body = t->body,
                   .once = "key-twins-0001");
    return NULL;
}

static void twins_sent_together_make_one_record(void **state)
{
    struct office *o = OFFICE(state);
    struct twin twins[TWINS];
    pthread_t threads[TWINS];
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, TWINS);
    for (int i = 0; i < TWINS; i++) {
        twins[i] = (struct twin){ .o = o, .body = hazard_body(o, "同时提交"), .start = &start };
        pthread_create(&threads[i], NULL, send_twin, &twins[i]);
    }
    int64_t id = 0;
    for (int i = 0; i < TWINS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < TWINS; i++) {
        struct reply *r = twins[i].reply;
        if (r->status == 409) {
            expect_code(r, 409, "idempotency.running");
            assert_non_null(header_of(r, "Retry-After"));
            continue;
        }
        expect(r, 201);
        assert_true(id == 0 || id == number_at(r, "id"));
        id = number_at(r, "id");
    }
    assert_true(id > 0);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM hazard WHERE description = '同时提交'"), 1);
    pthread_barrier_destroy(&start);
}

struct mover {
    struct office *o;
    enum who who;
    const json_t *record;
    pthread_barrier_t *start;
    struct reply *reply;
};

static void *send_pass(void *arg)
{
    struct mover *m = arg;
    pthread_barrier_wait(m->start);
    m->reply = move(m->o, m->who, m->record, "recheck-pass", "{\"opinion\":\"好\"}");
    return NULL;
}

static void of_eight_who_close_one_hazard_exactly_one_succeeds(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *h = make_fixed(o, OFFICER, "同时销号");
    struct mover movers[TWINS];
    pthread_t threads[TWINS];
    pthread_barrier_t start;
    int closed = 0;
    pthread_barrier_init(&start, NULL, TWINS);
    for (int i = 0; i < TWINS; i++) {
        movers[i] = (struct mover){ o, i % 2 ? INSPECTOR : OFFICE, h->json, &start, NULL };
        pthread_create(&threads[i], NULL, send_pass, &movers[i]);
    }
    for (int i = 0; i < TWINS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < TWINS; i++) {
        closed += movers[i].reply->status == 200;
        if (movers[i].reply->status != 200)
            expect(movers[i].reply, 412);
    }
    assert_int_equal(closed, 1);
    struct reply *r = get(o, OFFICE, "/api/v1/hazards/%lld/history", (long long)number_at(h, "id"));
    assert_int_equal(count_at(r, "items"), number_at(h, "version") + 1);
    pthread_barrier_destroy(&start);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(an_empty_patch_changes_nothing_and_leaves_no_history),
        SAYS(absent_null_and_zero_are_three_things),
        SAYS(what_only_a_move_or_the_program_writes_is_refused_by_name),
        SAYS(all_wrong_entries_are_named_at_once),
        SAYS(a_wrong_value_of_any_type_is_refused_by_its_field),
        SAYS(what_was_written_is_read_back_the_same_for_every_type),
        SAYS(a_change_names_the_version_it_saw),
        SAYS(a_tag_may_be_weak_but_not_nonsense),
        SAYS(a_body_that_is_no_object_is_refused_before_anything_happens),
        SAYS(ten_thousand_levels_are_not_followed),
        SAYS(only_json_is_read_as_json),
        SAYS(a_line_of_a_record_is_told_by_its_place),
        SAYS(the_same_key_with_the_same_body_makes_one_record),
        SAYS(a_failed_request_does_not_use_up_its_key),
        SAYS(a_move_repeated_with_its_key_is_made_once),
        SAYS(a_malformed_key_is_refused),
        SAYS(twins_sent_together_make_one_record),
        SAYS(of_eight_who_close_one_hazard_exactly_one_succeeds),
    };
    return RUN_OFFICES(tests);
}
