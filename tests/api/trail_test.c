/* The audit trail: everything is in it, once, only the right "audit" reads it, and nothing takes it back. */
#include "api/office.h"

#include "access/audit.h"
#include "base/clock.h"

#include <string.h>

static const json_t *newest(struct office *o, const char *act)
{
    return at(expect(get(o, AUDITOR, "/api/v1/audit?limit=1&act=%s", act), 200), "items.0");
}

static const char *word(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

static void a_write_is_told_with_who_what_and_from_where_but_never_its_words(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(make_hazard(o, GRID_A, o->firm_a, "只有业务人员才该看到的内容"), 201);
    struct reply *list =
        expect(get(o, AUDITOR, "/api/v1/audit?kind=hazard&record=%lld", (long long)number_at(r, "id")), 200);
    assert_int_equal(count_at(list, "items"), 1);
    assert_string_equal(text_at(list, "items.0.act"), "create");
    assert_int_equal(number_at(list, "items.0.account.id"), o->people[GRID_A].id);
    assert_int_equal(number_at(list, "items.0.version"), 1);
    assert_string_equal(text_at(list, "items.0.peer"), "127.0.0.1");
    assert_int_equal(strncmp(text_at(list, "items.0.by"), "key ", 4), 0);
    assert_non_null(strstr(text_at(list, "items.0.title"), text_at(r, "number")));
    expect_silent(list, "只有业务人员才该看到的内容");
    expect(patch(o, GRID_A, 1, "{\"location\":\"东门\"}", "/api/v1/hazards/%lld", (long long)number_at(r, "id")), 200);
    list = expect(get(o, AUDITOR, "/api/v1/audit?kind=hazard&record=%lld", (long long)number_at(r, "id")), 200);
    assert_string_equal(text_at(list, "items.0.detail"), "location");
    expect_silent(list, "东门");
}

static void every_reading_of_a_personal_value_is_told(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *firm = expect(post(o, OFFICE,
                                     "{\"name\":\"审计厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\","
                                     "\"phone\":\"13612340000\"}",
                                     "/api/v1/enterprises"),
                                201);
    expect(
        post(o, OFFICE, "{\"field\":\"phone\"}", "/api/v1/enterprises/%lld/unmask", (long long)number_at(firm, "id")),
        200);
    const json_t *row = newest(o, "unmask");
    assert_string_equal(word(row, "detail"), "phone");
    assert_int_equal(json_integer_value(json_object_get(row, "record")), number_at(firm, "id"));
    expect(get(o, OFFICE, "/api/v1/enterprises?phone=13612340000"), 200);
    row = newest(o, "look-up");
    assert_string_equal(word(row, "kind"), "enterprise");
    expect(get(o, OFFICE, "/api/v1/enterprises/export"), 200);
    assert_non_null(strstr(word(newest(o, "export"), "detail"), "rows"));
    expect(get(o, OFFICE, "/api/v1/organisations/export?columns=name"), 200);
    assert_null(strstr(word(newest(o, "export"), "detail"), "personal"));
    expect(get(o, OFFICE, "/api/v1/organisations/export?columns=name,phone"), 200);
    assert_non_null(strstr(word(newest(o, "export"), "detail"), "rows; personal: phone"));
    expect_silent(get(o, AUDITOR, "/api/v1/audit"), "13612340000");
}

static void a_name_nobody_has_is_kept_as_a_hash(void **state)
{
    struct office *o = OFFICE(state);
    expect(ASK(o, .method = "POST", .path = "/api/v1/session", .peer = say(o, "10.9.%d.1", o->engine),
               .body = "{\"name\":\"MySecretPassword\",\"password\":\"x\"}"),
           401);
    const json_t *row = newest(o, "session.failed");
    assert_int_equal(strncmp(word(row, "detail"), "name #", 6), 0);
    assert_true(json_is_null(json_object_get(row, "account")));
    expect_silent(get(o, AUDITOR, "/api/v1/audit"), "MySecretPassword");
}

static void all_pages_together_are_every_row_once_in_order(void **state)
{
    struct office *o = OFFICE(state);
    int64_t until = clock_now_ms(),
            want = count_rows(o, "SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM "
                                 "history)"),
            got = 0;
    const char *after = "", *before = "9999";
    char to[INSTANT_TEXT];
    json_t *seen = json_object();
    instant_print(until + 1, to);
    while (after) {
        struct reply *r =
            expect(get(o, AUDITOR, "/api/v1/audit?limit=7&to=%s%s%s", to, *after ? "&after=" : "", after), 200);
        for (size_t i = 0; i < count_at(r, "items"); i++) {
            const char *at_now = text_at(r, say(o, "items.%zu.at", i)), *id = text_at(r, say(o, "items.%zu.id", i));
            assert_true(strcmp(at_now, before) <= 0);
            assert_null(json_object_get(seen, id));
            json_object_set_new(seen, id, json_true());
            before = at_now;
            got++;
        }
        after = text_at(r, "next");
    }
    json_decref(seen);
    assert_int_equal(got, want);
    expect_field(get(o, AUDITOR, "/api/v1/audit?after=AAAA"), "after");
    struct reply *r = expect(get(o, AUDITOR, "/api/v1/audit?limit=1"), 200);
    expect_field(get(o, AUDITOR, "/api/v1/audit?limit=1&act=create&after=%s", text_at(r, "next")), "after");
}

static void reading_the_trail_is_in_the_trail(void **state)
{
    struct office *o = OFFICE(state);
    int64_t before = count_rows(o, "SELECT count(*) FROM audit WHERE act = 'audit.read'");
    expect(get(o, AUDITOR, "/api/v1/audit?kind=hazard"), 200);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM audit WHERE act = 'audit.read'"), before + 1);
    assert_string_equal(word(newest(o, "audit.read"), "detail"), "kind=hazard");
    struct reply *sheet = expect(get(o, AUDITOR, "/api/v1/audit/export?kind=account"), 200);
    assert_int_equal(strncmp(sheet->body, "\xef\xbb\xbf时间,人员,操作", strlen("\xef\xbb\xbf时间,人员,操作")), 0);
    assert_non_null(strstr(word(newest(o, "audit.export"), "detail"), "kind=account"));
}

static void questions_nobody_can_answer_are_refused_by_name(void **state)
{
    static const struct {
        const char *query, *field;
    } rows[] = { { "from=yesterday", "from" }, { "to=2026-13-01", "to" },  { "act=dream", "act" },
                 { "kind=dragon", "kind" },    { "record=5", "kind" },     { "limit=0", "limit" },
                 { "limit=201", "limit" },     { "account=0", "account" }, { "colour=red", "colour" } };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_field(get(o, AUDITOR, "/api/v1/audit?%s", rows[i].query), rows[i].field);
}

static int refused_job(struct db *db, void *args, struct error *err)
{
    return db_run(db, args, NO_BINDS, NULL, err);
}

static void neither_database_lets_the_trail_be_rewritten(void **state)
{
    static const char *const statements[] = {
        "UPDATE audit SET peer = NULL",         "DELETE FROM audit",
        "UPDATE history SET actor = 1",         "DELETE FROM history",
        "UPDATE audit_forgotten SET until = 0", "DELETE FROM audit_forgotten",
    };
    struct office *o = OFFICE(state);
    struct error setup_err = { 0 };
    struct origin by = { .now = clock_now_ms(), .account = 1 };
    int64_t dropped;
    /* Something to rewrite in each. */
    must(audit_forget(o->house.store, &by, by.now - 400LL * DAY_MS, &dropped, &setup_err), &setup_err);
    int64_t rows = count_rows(o, "SELECT count(*) FROM audit"),
            versions = count_rows(o, "SELECT count(*) FROM history");
    for (size_t i = 0; i < COUNT(statements); i++) {
        struct error err = { 0 };
        if (store_write(o->house.store, refused_job, (void *)(uintptr_t)statements[i], &err) == 0)
            fail_msg("%s is let through", statements[i]);
    }
    if (o->engine == STORE_POSTGRES) {
        struct error err = { 0 };
        static char truncate[] = "TRUNCATE audit, history";
        assert_int_equal(store_write(o->house.store, refused_job, truncate, &err), -1);
    }
    assert_int_equal(count_rows(o, "SELECT count(*) FROM audit"), rows);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM history"), versions);
}

static void old_rows_go_by_a_recorded_act_and_young_ones_never(void **state)
{
    struct office *o = OFFICE(state);
    struct error err = { 0 };
    int64_t now = clock_now_ms(), dropped = 0;
    struct origin old = { .now = now - 300LL * DAY_MS, .account = 1 }, by = { .now = now, .account = 1 };
    must(audit_write(o->house.store, &old, "session.begin", NULL, 0, "old", &err), &err);
    assert_int_equal(audit_forget(o->house.store, &by, now - 100LL * DAY_MS, &dropped, &err), -1);
    assert_string_equal(err.code, "audit.young");
    error_clear(&err);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM audit WHERE detail = 'old'"), 1);
    must(audit_forget(o->house.store, &by, now - 200LL * DAY_MS, &dropped, &err), &err);
    assert_true(dropped >= 1);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM audit WHERE detail = 'old'"), 0);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM audit_forgotten") > 0, 1);
    assert_non_null(newest(o, "audit.forget"));
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_write_is_told_with_who_what_and_from_where_but_never_its_words),
        SAYS(every_reading_of_a_personal_value_is_told),
        SAYS(a_name_nobody_has_is_kept_as_a_hash),
        SAYS(all_pages_together_are_every_row_once_in_order),
        SAYS(reading_the_trail_is_in_the_trail),
        SAYS(questions_nobody_can_answer_are_refused_by_name),
        SAYS(neither_database_lets_the_trail_be_rewritten),
        SAYS(old_rows_go_by_a_recorded_act_and_young_ones_never),
    };
    return RUN_OFFICES(tests);
}
