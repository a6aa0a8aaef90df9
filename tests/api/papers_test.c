/* Papers over the interface: the original, cards, many at once, ledgers on paper, and whether a paper is genuine. */
#include "api/office.h"

#include "base/base64.h"
#include "report/render.h"

#include <stdlib.h>
#include <string.h>

static int64_t hazard_of(struct office *o, const char *words)
{
    return number_at(make_hazard(o, INSPECTOR, o->firm_a, words), "id");
}

static struct reply *draft(struct office *o, int64_t hazard, const char *more)
{
    return expect(post(o, INSPECTOR,
                       say(o,
                           "{\"type\":\"instruction\",\"items\":[{\"hazard\":%lld}],\"due\":\"2190-01-31\","
                           "\"second_officer\":%lld%s}",
                           (long long)hazard, (long long)o->people[DEPARTMENT].id, more),
                       "/api/v1/papers"),
                  201);
}

static struct reply *act(struct office *o, enum who who, const struct reply *paper, const char *name, const char *body)
{
    return ASK(o, .who = who, .method = "POST", .body = body, .version = number_at(paper, "version"),
               .path = say(o, "/api/v1/papers/%lld/moves/%s", (long long)number_at(paper, "id"), name));
}

static struct reply *issued(struct office *o, const char *words)
{
    return expect(act(o, INSPECTOR, draft(o, hazard_of(o, words), ""), "issue", "{}"), 200);
}

static struct reply *original(struct office *o, enum who who, const struct reply *paper)
{
    struct reply *r = expect(get(o, who, "/api/v1/papers/%lld/pdf", (long long)number_at(paper, "id")), 200);
    assert_string_equal(r->rs.type, "application/pdf");
    assert_true(r->size > 1000 && memcmp(r->body, "%PDF-", 5) == 0);
    return r;
}

static const char *hex_of(struct office *o, const struct reply *r)
{
    unsigned char hash[32];
    const char *out = "";
    sha256(r->body, r->size, hash);
    for (int i = 0; i < 32; i++)
        out = say(o, "%s%02x", out, hash[i]);
    return out;
}

static void an_issued_paper_has_its_original_with_the_digest_and_gives_the_same_bytes_for_ever(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *paper = issued(o, "原件"), *one = original(o, INSPECTOR, paper);
    assert_string_equal(text_at(paper, "digest"), hex_of(o, one));
    assert_int_equal(count_at(paper, "document"), 1);
    assert_non_null(strstr(header_of(one, "Content-Security-Policy"), "object-src 'self'"));
    struct reply *now = expect(act(o, INSPECTOR, paper, "serve",
                                   say(o, "{\"served_on\":\"%.10s\",\"service_mode\":\"post\"}",
                                       text_at(get(o, INSPECTOR, "/api/v1/me"), "server_day"))),
                               200);
    now = expect(act(o, INSPECTOR, now, "void", "{\"void_reason\":\"写错\"}"), 200);
    struct reply *two = original(o, LEADER, now);
    assert_int_equal(one->size, two->size);
    assert_memory_equal(one->body, two->body, one->size);
    struct reply *again = ASK(o, .who = INSPECTOR, .method = "GET",
                              .path = say(o, "/api/v1/papers/%lld/pdf", (long long)number_at(now, "id")),
                              .headers = say(o, "If-None-Match: \"%s\"", text_at(now, "digest")));
    expect(again, 304);
}

static void a_draft_is_looked_at_before_it_is_made_and_nothing_is_kept(void **state)
{
    struct office *o = OFFICE(state);
    int64_t hazard = hazard_of(o, "先看一看"), before = count_rows(o, "SELECT count(*) FROM paper");
    const char *body = say(o,
                           "{\"type\":\"instruction\",\"items\":[{\"hazard\":%lld}],\"due\":\"2190-01-31\","
                           "\"second_officer\":%lld}",
                           (long long)hazard, (long long)o->people[DEPARTMENT].id);
    struct reply *r = expect(post(o, INSPECTOR, body, "/api/v1/papers/preview"), 200);
    const void *png;
    size_t size;
    struct arena arena = { 0 };
    assert_int_equal(number_at(r, "pages"), 1);
    assert_int_equal(count_at(r, "pictures"), 1);
    assert_true(base64_get(&arena, text_at(r, "pictures.0"), &png, &size));
    assert_true(size > 10000 && memcmp(png, "\x89PNG\r\n\x1a\n", 8) == 0);
    arena_done(&arena);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM paper"), before);
    /* The rules of a draft are asked: what could not be made cannot be looked at. */
    expect_field(
        post(o, INSPECTOR,
             say(o, "{\"type\":\"instruction\",\"items\":[{\"hazard\":%lld}],\"due\":\"spring\"}", (long long)hazard),
             "/api/v1/papers/preview"),
        "due");
    expect_code(post(o, LEADER, body, "/api/v1/papers/preview"), 403, "verb.missing");
}

static void what_could_not_be_printed_when_it_was_issued_is_printed_for_the_first_who_asks(void **state)
{
    struct office *o = OFFICE(state);
    render_settings("/nonexistent", NULL, NULL, NULL);
    struct reply *paper = issued(o, "打印机坏了");
    assert_null(text_at(paper, "digest"));
    assert_non_null(text_at(paper, "doc_number"));
    expect_code(get(o, INSPECTOR, "/api/v1/papers/%lld/pdf", (long long)number_at(paper, "id")), 500, "render.start");
    render_settings(getenv("ANLAN_PROGRAM"), NULL, NULL, NULL);
    struct reply *one = original(o, LEADER, paper);
    paper = get(o, INSPECTOR, "/api/v1/papers/%lld", (long long)number_at(paper, "id"));
    assert_string_equal(text_at(paper, "digest"), hex_of(o, one));
}

static void a_draft_is_printed_as_it_would_look_and_nothing_is_kept(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *paper = draft(o, hazard_of(o, "草稿"), "");
    int64_t files = count_rows(o, "SELECT count(*) FROM file");
    original(o, INSPECTOR, paper);
    assert_int_equal(count_rows(o, "SELECT count(*) FROM file"), files);
    assert_null(text_at(paper, "check_code"));
}

static void who_does_not_see_the_unit_sees_no_paper_of_it_and_who_patrols_issues_none(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *paper = issued(o, "范围"), *open = draft(o, hazard_of(o, "谁签发"), "");
    int64_t id = number_at(paper, "id");
    original(o, GRID_A, paper);
    expect(get(o, GRID_B, "/api/v1/papers/%lld/pdf", (long long)id), 404);
    original(o, OFFICER, paper);
    expect(get(o, NOBODY, "/api/v1/papers/%lld/pdf", (long long)id), 401);
    expect(act(o, GRID_A, open, "issue", "{}"), 403);
    expect(act(o, LEADER, open, "issue", "{}"), 403);
    expect(post(o, GRID_A, "{\"type\":\"instruction\"}", "/api/v1/papers"), 403);
}

/* Nothing differs from a paper that does not exist. */
static void expect_none(struct office *o, enum who who, int64_t id, bool there)
{
    static const char *const doors[] = { "", "/history", "/files", "/counts", "/sources", "/why", "/pdf" };
    for (size_t i = 0; i < COUNT(doors); i++) {
        struct reply *r = get(o, who, "/api/v1/papers/%lld%s", (long long)id, doors[i]);
        if (!there)
            expect_same(expect(r, 404), get(o, who, "/api/v1/papers/99999999%s", doors[i]));
        else if (strcmp(doors[i], "/pdf") != 0)
            expect(r, 200);
    }
    struct reply *list = expect(get(o, who, "/api/v1/papers?q=丁卯签发&count=exact"), 200);
    assert_int_equal(number_at(list, "total.count"), there);
    list = expect(get(o, who, "/api/v1/papers?recipient=丁卯签发单位&count=exact"), 200);
    assert_int_equal(number_at(list, "total.count"), there);
    struct reply *sheet = expect(get(o, who, "/api/v1/papers/export"), 200);
    assert_int_equal(strstr(sheet->body, "丁卯签发单位") != NULL, there);
    struct reply *found = expect(get(o, who, "/api/v1/search?q=丁卯签发"), 200);
    assert_int_equal(strstr(found->body, "\"paper\"") != NULL, there);
}

/* Every value of the paper comes from its issue, or from what was done with it afterwards. */
static void expect_sources_since(struct office *o, enum who who, int64_t id, int64_t issue)
{
    struct reply *r = expect(get(o, who, "/api/v1/papers/%lld/sources", (long long)id), 200);
    bool recipient = false;
    assert_true(count_at(r, "items") > 5);
    for (size_t i = 0; i < count_at(r, "items"); i++) {
        const char *item = say(o, "items.%zu", i);
        if (number_at(r, say(o, "%s.version", item)) < issue)
            fail_msg("%s is told from version %lld", text_at(r, say(o, "%s.field", item)),
                     (long long)number_at(r, say(o, "%s.version", item)));
        if (strcmp(text_at(r, say(o, "%s.field", item)), "recipient") == 0) {
            recipient = true;
            assert_string_equal(text_at(r, say(o, "%s.act", item)), "move");
            assert_int_equal(number_at(r, say(o, "%s.by.id", item)), o->people[INSPECTOR].id);
        }
    }
    assert_true(recipient);
}

/* The officers sign it; who wrote the draft is its office's business, in a list, on the record and after a refusal. */
static void expect_author(struct office *o, enum who who, int64_t id, int64_t author)
{
    struct reply *one = expect(get(o, who, "/api/v1/papers/%lld", (long long)id), 200);
    struct reply *list = expect(get(o, who, "/api/v1/papers?limit=200"), 200);
    const json_t *row, *items = at(list, "items");
    bool found = false;
    size_t i;
    json_array_foreach((json_t *)items, i, row) if (json_integer_value(json_object_get(row, "id")) == id)
    {
        const json_t *by = json_object_get(row, "created_by");
        found = author ? json_integer_value(json_object_get(by, "id")) == author : json_is_null(by);
    }
    assert_true(found);
    if (author)
        assert_int_equal(number_at(one, "created_by.id"), author);
    else
        assert_true(json_is_null(at(one, "created_by")));
    assert_int_equal(number_at(one, "officer.id"), o->people[INSPECTOR].id);
    assert_non_null(text_at(one, "officer.name"));
    assert_non_null(text_at(one, "second_officer.name"));
    assert_int_equal(number_at(one, "issued_by.id"), o->people[INSPECTOR].id);
}

static const char *told(struct office *o, struct reply *stream)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 16);
    for (size_t used = (size_t)-1; used != out.used;) {
        used = out.used;
        assert_true(stream->rs.stream->next(stream->rs.stream->state, &out));
    }
    return say(o, "%s", text_get(&out));
}

static void a_paper_is_its_office_s_own_until_it_is_issued_and_then_the_firm_s_as_well(void **state)
{
    struct office *o = OFFICE(state);
    static const enum who outside[] = { OFFICE, LEADER, OFFICER }; /* GRID_A may not export papers */
    struct reply *firm = get(o, OFFICER, "/api/v1/events"), *office = get(o, INSPECTOR, "/api/v1/events"),
                 *town = get(o, GRID_A, "/api/v1/events");
    struct reply *paper = draft(o, hazard_of(o, "有待签发"), ",\"recipient\":\"丁卯签发单位\"");
    int64_t id = number_at(paper, "id");
    const char *event = say(o, "\"paper\",\"id\":%lld", (long long)id);
    assert_non_null(strstr(told(o, office), event));
    assert_null(strstr(told(o, firm), event));
    assert_null(strstr(told(o, town), event));
    for (size_t i = 0; i < COUNT(outside); i++)
        expect_none(o, outside[i], id, false);
    expect(get(o, GRID_A, "/api/v1/papers/%lld", (long long)id), 404);
    expect_none(o, INSPECTOR, id, true);
    paper = expect(patch(o, INSPECTOR, number_at(paper, "version"), "{\"due\":\"2030-01-31\"}", "/api/v1/papers/%lld",
                         (long long)id),
                   200);
    paper = expect(act(o, INSPECTOR, paper, "issue", "{}"), 200);
    /* What the draft said before is not told afterwards either. */
    const char *versions = say(o, "/api/v1/papers/%lld/history", (long long)id);
    size_t all = count_at(expect(get(o, INSPECTOR, "%s", versions), 200), "items");
    for (size_t i = 0; i < COUNT(outside); i++) {
        struct reply *history = expect(get(o, outside[i], "%s", versions), 200);
        size_t left = count_at(history, "items");
        assert_int_equal(all - left, 2);
        assert_string_equal(text_at(history, say(o, "items.%zu.move", left - 1)), "issue");
    }
    assert_non_null(strstr(told(o, firm), event));
    assert_non_null(strstr(told(o, town), event));
    for (size_t i = 0; i < COUNT(outside); i++)
        expect_none(o, outside[i], id, true);
    int64_t issue = number_at(expect(get(o, OFFICER, "%s", versions), 200), say(o, "items.%zu.version", all - 3));
    for (size_t i = 0; i < COUNT(outside); i++)
        expect_sources_since(o, outside[i], id, issue);
    for (size_t i = 0; i < COUNT(outside); i++)
        expect_author(o, outside[i], id, 0);
    expect_author(o, INSPECTOR, id, o->people[INSPECTOR].id);
    struct reply *sources = expect(get(o, INSPECTOR, "/api/v1/papers/%lld/sources", (long long)id), 200);
    assert_int_equal(number_at(sources, "items.0.version"), 1);
    original(o, OFFICER, paper);
    /* To read is all: what is done with it is the office's. */
    assert_int_equal(count_at(expect(get(o, OFFICER, "/api/v1/papers/%lld", (long long)id), 200), "moves"), 0);
    expect(act(o, OFFICER, paper, "void", "{\"void_reason\":\"x\"}"), 403);
    paper = expect(act(o, INSPECTOR, paper, "void", "{\"void_reason\":\"写错\"}"), 200);
    expect_none(o, OFFICER, id, true);
    expect_sources_since(o, OFFICER, id, issue);
    /* Another firm's paper is nobody's here. */
    struct reply *other = make_hazard(o, OFFICE, o->firm_b, "别家的隐患");
    expect(get(o, OFFICER, "/api/v1/papers?items.hazard=%lld", (long long)number_at(other, "id")), 200);
    assert_int_equal(number_at(get(o, OFFICER, "/api/v1/papers?count=exact"), "total.count"),
                     count_rows(o, say(o,
                                       "SELECT count(*) FROM paper WHERE object = %lld AND state <> 'draft' AND "
                                       "removed_at IS NULL",
                                       (long long)o->firm_a)));
}

static void papers_are_found_by_a_hazard_that_stands_in_their_items(void **state)
{
    struct office *o = OFFICE(state);
    int64_t a = hazard_of(o, "甲项"), b = hazard_of(o, "乙项");
    struct reply *paper = draft(o, a, "");
    struct reply *list = expect(get(o, INSPECTOR, "/api/v1/papers?items.hazard=%lld&count=exact", (long long)a), 200);
    assert_int_equal(number_at(list, "total.count"), 1);
    assert_int_equal(number_at(list, "items.0.id"), number_at(paper, "id"));
    list = expect(get(o, INSPECTOR, "/api/v1/papers?items.hazard=%lld&count=exact", (long long)b), 200);
    assert_int_equal(number_at(list, "total.count"), 0);
    expect(get(o, INSPECTOR, "/api/v1/papers?items.text=x"), 422);
}

/* ---- genuine? ---- */

static void anybody_verifies_a_paper_by_its_code_and_learns_nothing_personal(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *paper = issued(o, "核验内容");
    const char *code = text_at(paper, "check_code");
    struct reply *r =
        expect(ASK(o, .method = "GET", .path = say(o, "/api/v1/verify/%s", code), .peer = "10.9.9.1"), 200);
    assert_string_equal(text_at(r, "number"), text_at(paper, "doc_number"));
    assert_string_equal(text_at(r, "sha256"), text_at(paper, "digest"));
    assert_string_equal(text_at(r, "issuer"), "澜北区应急管理局");
    assert_true(json_is_false(at(r, "void")));
    assert_int_equal(json_object_size(r->json), 8);
    const char *const secret[] = { "禾川", "周明远", "高源", "核验内容", "hazard", "recipient" };
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
        expect_silent(r, secret[i]);
    expect(act(o, INSPECTOR, paper, "void", "{\"void_reason\":\"写错\"}"), 200);
    r = expect(ASK(o, .method = "GET", .path = say(o, "/api/v1/verify/%s", code), .peer = "10.9.9.1"), 200);
    assert_true(json_is_true(at(r, "void")));
    expect_code(ASK(o, .method = "GET", .path = "/api/v1/verify/2222-2222", .peer = "10.9.9.1"), 404, "verify.none");
    expect_code(ASK(o, .method = "GET", .path = "/api/v1/verify/%27%20OR%201", .peer = "10.9.9.1"), 404, "verify.none");
}

static void codes_are_not_tried_one_after_another(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = NULL;
    int answered = 0;
    /* Counting is the process's, not the house's: the other engine's run has an address of its own. */
    static int runs;
    const char *peer = say(o, "10.9.8.%d", ++runs);
    for (int i = 0; i < 60; i++) {
        r = ASK(o, .method = "GET", .path = "/api/v1/verify/2222-2222", .peer = peer);
        answered += r->status == 404;
    }
    expect(r, 429);
    assert_non_null(header_of(r, "Retry-After"));
    assert_in_range(answered, 30, 35);
}

/* ---- cards, many, ledgers ---- */

static void a_hazard_has_a_card(void **state)
{
    struct office *o = OFFICE(state);
    int64_t id = hazard_of(o, "登记卡");
    struct reply *r = expect(get(o, OFFICER, "/api/v1/hazards/%lld/card.pdf", (long long)id), 200);
    assert_memory_equal(r->body, "%PDF-", 5);
    expect(get(o, GRID_B, "/api/v1/hazards/%lld/card.pdf", (long long)id), 404);
    assert_true(count_rows(o, "SELECT count(*) FROM audit WHERE act = 'print'") > 0);
}

static struct reply *done(struct office *o, enum who who, struct reply *started)
{
    work_off(o);
    return expect(get(o, who, "/api/v1/jobs/%lld", (long long)number_at(expect(started, 202), "id")), 200);
}

static void several_are_one_document_and_what_is_out_of_scope_is_left_out(void **state)
{
    struct office *o = OFFICE(state);
    int64_t a = hazard_of(o, "第一张"), b = hazard_of(o, "第二张");
    const char *ids = say(o, "{\"ids\":[%lld,%lld,999999]}", (long long)a, (long long)b);
    struct reply *job = done(o, INSPECTOR, post(o, INSPECTOR, ids, "/api/v1/hazards/print"));
    assert_string_equal(text_at(job, "state"), "done");
    assert_int_equal(number_at(job, "result.rows"), 2);
    assert_int_equal(number_at(job, "result.missing"), 1);
    struct reply *file = expect(get(o, INSPECTOR, "/api/v1/jobs/%lld/file", (long long)number_at(job, "id")), 200);
    assert_memory_equal(file->body, "%PDF-", 5);
    job = done(o, GRID_B, post(o, GRID_B, ids, "/api/v1/hazards/print"));
    assert_string_equal(text_at(job, "state"), "failed");
    assert_string_equal(text_at(job, "problem.code"), "print.none");
    struct reply *paper = issued(o, "批量");
    job =
        done(o, INSPECTOR,
             post(o, INSPECTOR, say(o, "{\"ids\":[%lld]}", (long long)number_at(paper, "id")), "/api/v1/papers/print"));
    assert_string_equal(text_at(job, "state"), "done");
    expect_field(post(o, INSPECTOR, "{\"ids\":[]}", "/api/v1/hazards/print"), "ids");
    expect_field(post(o, INSPECTOR, "{\"ids\":[\"1\"]}", "/api/v1/hazards/print"), "ids");
    expect(post(o, OFFICER, ids, "/api/v1/hazards/print"), 403);
}

static void a_list_is_exported_as_a_ledger_on_paper(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *job =
        done(o, LEADER, post(o, LEADER, "{\"format\":\"pdf\",\"filter\":\"level=general\"}", "/api/v1/hazards/export"));
    assert_string_equal(text_at(job, "state"), "done");
    assert_string_equal(text_at(job, "file.type"), "application/pdf");
    struct reply *file = expect(get(o, LEADER, "/api/v1/jobs/%lld/file", (long long)number_at(job, "id")), 200);
    assert_memory_equal(file->body, "%PDF-", 5);
    expect_field(post(o, LEADER, "{\"format\":\"doc\"}", "/api/v1/hazards/export"), "format");
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(an_issued_paper_has_its_original_with_the_digest_and_gives_the_same_bytes_for_ever),
        SAYS(a_draft_is_looked_at_before_it_is_made_and_nothing_is_kept),
        SAYS(what_could_not_be_printed_when_it_was_issued_is_printed_for_the_first_who_asks),
        SAYS(a_draft_is_printed_as_it_would_look_and_nothing_is_kept),
        SAYS(who_does_not_see_the_unit_sees_no_paper_of_it_and_who_patrols_issues_none),
        SAYS(a_paper_is_its_office_s_own_until_it_is_issued_and_then_the_firm_s_as_well),
        SAYS(papers_are_found_by_a_hazard_that_stands_in_their_items),
        SAYS(anybody_verifies_a_paper_by_its_code_and_learns_nothing_personal),
        SAYS(codes_are_not_tried_one_after_another),
        SAYS(a_hazard_has_a_card),
        SAYS(several_are_one_document_and_what_is_out_of_scope_is_left_out),
        SAYS(a_list_is_exported_as_a_ledger_on_paper),
    };
    render_settings(getenv("ANLAN_PROGRAM"), NULL, NULL, NULL);
    return RUN_OFFICES(tests);
}
