/* One act over many records: what the preview says is what is done, row by row, by id and version. */
#include "api/office.h"

#include "base/clock.h"

#include <string.h>

static const char *rows_of(struct office *o, struct reply *const *records, size_t count)
{
    const char *out = "";
    for (size_t i = 0; i < count; i++)
        out = say(o, "%s%s{\"id\":%lld,\"version\":%lld}", out, i ? "," : "", (long long)number_at(records[i], "id"),
                  (long long)number_at(records[i], "version"));
    return out;
}

static struct reply *bulk(struct office *o, enum who who, const char *act, const char *rows, bool preview)
{
    return post(o, who, say(o, "{%s,\"rows\":[%s],\"preview\":%s}", act, rows, preview ? "true" : "false"),
                "/api/v1/hazards/bulk");
}

#define CLASSIFY "\"move\":\"classify\",\"fields\":{\"level\":\"general\"}"

static struct reply *fresh(struct office *o, enum who who, const struct reply *record)
{
    return expect(get(o, who, "/api/v1/hazards/%lld", (long long)number_at(record, "id")), 200);
}

static void a_preview_says_what_each_row_becomes_and_writes_nothing(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *made[2] = { make_hazard(o, GRID_A, o->firm_a, "批量一"),
                              make_hazard(o, GRID_A, o->firm_a, "批量二") };
    int64_t history = count_rows(o, "SELECT count(*) FROM history");
    struct reply *r = expect(bulk(o, GRID_A, CLASSIFY, rows_of(o, made, 2), true), 200);
    assert_int_equal(number_at(r, "ok"), 2);
    assert_int_equal(number_at(r, "refused"), 0);
    assert_string_equal(text_at(r, "items.0.title"), "批量一");
    bool state_shown = false;
    for (size_t i = 0; i < count_at(r, "items.0.changes"); i++)
        if (strcmp(text_at(r, say(o, "items.0.changes.%zu.field", i)), "state") == 0) {
            assert_string_equal(text_at(r, say(o, "items.0.changes.%zu.old", i)), "found");
            assert_string_equal(text_at(r, say(o, "items.0.changes.%zu.new", i)), "classified");
            state_shown = true;
        }
    assert_true(state_shown);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM history"), history);
    assert_int_equal(number_at(fresh(o, GRID_A, made[0]), "version"), 1);
}

static void each_row_is_done_or_refused_by_itself(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *made[3];
    for (int i = 0; i < 3; i++)
        made[i] = make_hazard(o, GRID_A, o->firm_a, say(o, "各自的结果 %d", i));
    const char *rows = rows_of(o, made, 3);
    /* One somebody else moved on meanwhile, one of another town. */
    expect(move(o, OFFICE, made[1]->json, "classify", "{\"level\":\"general\"}"), 200);
    struct reply *far = make_hazard(o, OFFICE, o->firm_b, "别的镇的");
    rows = say(o, "%s,{\"id\":%lld,\"version\":1}", rows, (long long)number_at(far, "id"));
    for (int preview = 1; preview >= 0; preview--) {
        struct reply *r = expect(bulk(o, GRID_A, CLASSIFY, rows, preview), 200);
        assert_int_equal(number_at(r, "total"), 4);
        assert_int_equal(number_at(r, "ok"), 2);
        assert_int_equal(number_at(r, "refused"), 2);
        assert_string_equal(text_at(r, "items.1.code"), "record.stale");
        assert_string_equal(text_at(r, "items.1.title"), "各自的结果 1");
        assert_string_equal(text_at(r, "items.3.code"), "record.missing");
        assert_null(text_at(r, "items.3.title"));
    }
    assert_string_equal(text_at(fresh(o, GRID_A, made[0]), "state"), "classified");
    assert_string_equal(text_at(fresh(o, GRID_A, made[2]), "state"), "classified");
    assert_string_equal(text_at(fresh(o, OFFICE, far), "state"), "found");
    /* Asked again, every row is another version by now: nothing happens twice. */
    struct reply *again = expect(bulk(o, GRID_A, CLASSIFY, rows, false), 200);
    assert_int_equal(number_at(again, "ok"), 0);
    assert_int_equal(number_at(again, "refused"), 4);
}

static void the_rules_of_the_trade_are_asked_in_the_preview_too(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *mine = make_fixed(o, OFFICE, "本人整改的"), *found = make_hazard(o, OFFICE, o->firm_a, "还没定级");
    struct reply *both[2] = { mine, found };
    const char *act = "\"move\":\"recheck-pass\",\"fields\":{\"opinion\":\"同意\"}";
    for (int preview = 1; preview >= 0; preview--) {
        struct reply *r = expect(bulk(o, OFFICE, act, rows_of(o, both, 2), preview), 200);
        assert_string_equal(text_at(r, "items.0.code"), "hazard.same_person");
        assert_string_equal(text_at(r, "items.1.code"), "move.state");
    }
    struct reply *r =
        expect(bulk(o, GRID_A, "\"move\":\"recheck-pass\",\"fields\":{}", rows_of(o, both, 1), true), 200);
    assert_string_equal(text_at(r, "items.0.code"), "invalid");
    assert_non_null(text_at(r, "items.0.fields.opinion"));
}

static void one_field_of_many_is_changed_and_many_go_to_the_bin_and_back(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *made[2] = { make_hazard(o, OFFICE, o->firm_a, "改一项甲"),
                              make_hazard(o, OFFICE, o->firm_a, "改一项乙") };
    struct reply *r = expect(bulk(o, OFFICE, "\"change\":{\"category\":\"thing\"}", rows_of(o, made, 2), false), 200);
    assert_int_equal(number_at(r, "ok"), 2);
    for (int i = 0; i < 2; i++)
        assert_string_equal(text_at(made[i] = fresh(o, OFFICE, made[i]), "category"), "thing");
    r = expect(bulk(o, OFFICE, "\"change\":{\"category\":\"thing\"}", rows_of(o, made, 2), false), 200);
    assert_int_equal(number_at(r, "unchanged"), 2);
    r = expect(bulk(o, OFFICE, "\"remove\":true", rows_of(o, made, 2), true), 200);
    assert_int_equal(number_at(r, "ok"), 2);
    r = expect(bulk(o, OFFICE, "\"remove\":true", rows_of(o, made, 2), false), 200);
    assert_int_equal(number_at(r, "ok"), 2);
    for (int i = 0; i < 2; i++)
        assert_non_null(text_at(made[i] = fresh(o, OFFICE, made[i]), "removed_at"));
    r = expect(bulk(o, OFFICE, "\"restore\":true", rows_of(o, made, 2), false), 200);
    assert_int_equal(number_at(r, "ok"), 2);
    for (int i = 0; i < 2; i++)
        assert_null(text_at(fresh(o, OFFICE, made[i]), "removed_at"));
}

static void a_filter_is_previewed_and_its_rows_are_named_for_the_act(void **state)
{
    struct office *o = OFFICE(state);
    make_hazard(o, OFFICE, o->firm_a, "按条件选中的木箱");
    make_hazard(o, OFFICE, o->firm_a, "按条件选中的木桶");
    struct reply *r = expect(
        post(o, OFFICE, "{" CLASSIFY ",\"filter\":\"q=条件选中的木\",\"preview\":true}", "/api/v1/hazards/bulk"), 200);
    assert_int_equal(number_at(r, "ok"), 2);
    assert_int_equal(number_at(r, "items.0.version"), 1);
    expect_field(post(o, OFFICE, "{" CLASSIFY ",\"filter\":\"q=条件选中的木\"}", "/api/v1/hazards/bulk"), "rows");
    expect_field(post(o, OFFICE, "{" CLASSIFY ",\"filter\":\"colour=red\",\"preview\":true}", "/api/v1/hazards/bulk"),
                 "colour");
}

static void over_two_hundred_rows_are_a_job_with_a_sheet_of_results(void **state)
{
    struct office *o = OFFICE(state);
    const char *rows = "";
    for (int i = 0; i < 205; i++) {
        struct reply *h = make_hazard(o, GRID_B, o->firm_b, say(o, "成批的第%d条", i));
        rows = say(o, "%s%s{\"id\":%lld,\"version\":%d}", rows, i ? "," : "", (long long)number_at(h, "id"),
                   i == 7 ? 2 : 1);
    }
    struct reply *job = expect(bulk(o, GRID_B, CLASSIFY, rows, true), 202);
    work_off(o);
    long long id = number_at(job, "id");
    job = expect(get(o, GRID_B, "/api/v1/jobs/%lld", id), 200);
    assert_string_equal(text_at(job, "state"), "done");
    assert_int_equal(number_at(job, "result.ok"), 204);
    assert_int_equal(number_at(job, "result.refused"), 1);
    struct reply *file = expect(get(o, GRID_B, "/api/v1/jobs/%lld/file", id), 200);
    assert_int_equal(count_at(file, "items"), 205);
    assert_string_equal(text_at(file, "items.7.code"), "record.stale");
    job = expect(bulk(o, GRID_B, CLASSIFY, rows, false), 202);
    work_off(o);
    id = number_at(job, "id");
    job = expect(get(o, GRID_B, "/api/v1/jobs/%lld", id), 200);
    assert_string_equal(text_at(job, "state"), "done");
    assert_int_equal(number_at(job, "result.ok"), 204);
    file = expect(get(o, GRID_B, "/api/v1/jobs/%lld/file", id), 200);
    assert_non_null(strstr(file->body, "成批的第204条"));
    assert_non_null(strstr(file->body, "已办理"));
    assert_non_null(strstr(file->body, "这条记录刚被别人修改"));
    expect(get(o, GRID_A, "/api/v1/jobs/%lld/file", id), 404);
}

static void what_cannot_be_done_to_many_is_named(void **state)
{
    struct office *o = OFFICE(state);
    const char *one = "{\"id\":1,\"version\":1}";
    expect_field(bulk(o, OFFICE, "\"move\":\"jump\"", one, true), "move");
    expect_field(bulk(o, OFFICE, "\"move\":\"classify\",\"remove\":true", one, true), "move");
    expect_field(bulk(o, OFFICE, "\"change\":{\"category\":\"thing\",\"fine\":1}", one, true), "change");
    expect_field(bulk(o, OFFICE, "\"move\":\"submit\",\"fields\":{\"evidence\":[1]}", one, true), "evidence");
    expect_field(bulk(o, OFFICE, CLASSIFY, "{\"id\":1,\"version\":1},{\"id\":1,\"version\":1}", true), "rows");
    expect_field(bulk(o, OFFICE, CLASSIFY, "{\"id\":1}", true), "rows");
    expect_field(bulk(o, OFFICE, CLASSIFY ",\"colour\":1", one, true), "colour");
    expect_code(bulk(o, LEADER, CLASSIFY, one, true), 403, "verb.missing");
    expect_code(bulk(o, GRID_A, "\"remove\":true", one, true), 403, "verb.missing");
    expect_code(bulk(o, SECURITY, CLASSIFY, one, true), 403, "verb.missing");
}

/* As one by one: the rule that bars him is heard before the right he lacks. */
static void a_row_that_bars_whoever_lacks_the_verb_says_the_rule(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *both[2] = { make_fixed(o, OFFICER, "自己整改的"), make_hazard(o, OFFICER, o->firm_a, "自己报的") };
    const char *rows = rows_of(o, both, 2);
    for (int preview = 1; preview >= 0; preview--) {
        struct reply *r =
            expect(bulk(o, OFFICER, "\"move\":\"recheck-pass\",\"fields\":{\"opinion\":\"好\"}", rows, preview), 200);
        assert_int_equal(number_at(r, "ok"), 0);
        assert_int_equal(number_at(r, "refused"), 2);
        assert_string_equal(text_at(r, "items.0.code"), "hazard.same_person");
        assert_string_equal(text_at(r, "items.1.code"), "verb.missing");
    }
}

static const struct both tests[] = {
    { "a preview says what each row becomes and writes nothing",
      a_preview_says_what_each_row_becomes_and_writes_nothing },
    { "each row is done or refused by itself", each_row_is_done_or_refused_by_itself },
    { "the rules of the trade are asked in the preview too", the_rules_of_the_trade_are_asked_in_the_preview_too },
    { "one field of many is changed, and many go to the bin and back",
      one_field_of_many_is_changed_and_many_go_to_the_bin_and_back },
    { "a filter is previewed and its rows are named for the act",
      a_filter_is_previewed_and_its_rows_are_named_for_the_act },
    { "over two hundred rows are a job with a sheet of results",
      over_two_hundred_rows_are_a_job_with_a_sheet_of_results },
    { "a row that bars whoever lacks the verb says the rule", a_row_that_bars_whoever_lacks_the_verb_says_the_rule },
    { "what cannot be done to many is named", what_cannot_be_done_to_many_is_named },
};

int main(void)
{
    return RUN_OFFICES(tests);
}
