/* The loop of a hazard: which move leaves which state, the rules that stand in its way, and thousands of random moves. */
#include "domain/town.h"

#include "access/query.h"
#include "base/clock.h"
#include "base/text.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/ladder.h"
#include "domain/object/enterprise.h"
#include "record/type.h"

#include <string.h>

enum { STATES = HAZARD_ENDED + 1, MOVERS = 8 };

static const char *const moves[] = { "classify",
                                     "assign",
                                     "spot-fix",
                                     "submit",
                                     "start",
                                     "recheck-pass",
                                     "recheck-fail",
                                     "object",
                                     "objection-accept",
                                     "objection-refuse",
                                     "extend-request",
                                     "extend-approve",
                                     "extend-refuse",
                                     "extend-withdraw",
                                     "resume",
                                     "delist",
                                     "reopen",
                                     "reclassify",
                                     "transfer",
                                     "list",
                                     "suspend",
                                     "end",
                                     "report",
                                     "report-received",
                                     "look-back",
                                     "recheck-expired",
                                     "complete" };
enum {
    CLASSIFY,
    ASSIGN,
    SPOT_FIX,
    SUBMIT,
    START,
    PASS,
    RETURN,
    OBJECT,
    ACCEPT,
    DISMISS,
    ASK,
    GRANT,
    REFUSE,
    WITHDRAW,
    RESUME,
    DELIST,
    REOPEN,
    RECLASSIFY,
    TRANSFER,
    ENLIST,
    SUSPEND,
    END,
    REPORT,
    RECEIVE,
    LOOK_BACK,
    EXPIRED,
    COMPLETE,
    MOVES
};
enum { NO = -1 };

/* Where each move leads from each state, one more than the state; 0: nowhere. The whole matrix: every cell is tried. */
static const int ways[STATES][MOVES] = {
    [HAZARD_FOUND] = { [CLASSIFY] = HAZARD_CLASSIFIED + 1, [END] = HAZARD_ENDED + 1 },
    [HAZARD_CLASSIFIED] = { [ASSIGN] = HAZARD_ASSIGNED + 1,
                            [SPOT_FIX] = HAZARD_FIXED + 1,
                            [RECLASSIFY] = HAZARD_FOUND + 1,
                            [ENLIST] = HAZARD_CLASSIFIED + 1,
                            [REPORT] = HAZARD_CLASSIFIED + 1,
                            [RECEIVE] = HAZARD_CLASSIFIED + 1,
                            [END] = HAZARD_ENDED + 1 },
    [HAZARD_ASSIGNED] = { [SUBMIT] = HAZARD_FIXED + 1,
                          [START] = HAZARD_RECTIFYING + 1,
                          [OBJECT] = HAZARD_OBJECTED + 1,
                          [ASK] = HAZARD_EXTENSION + 1,
                          [TRANSFER] = HAZARD_ASSIGNED + 1,
                          [ENLIST] = HAZARD_ASSIGNED + 1,
                          [EXPIRED] = HAZARD_RECTIFYING + 1,
                          [REPORT] = HAZARD_ASSIGNED + 1,
                          [RECEIVE] = HAZARD_ASSIGNED + 1,
                          [COMPLETE] = HAZARD_ASSIGNED + 1,
                          [SUSPEND] = HAZARD_SUSPENDED + 1,
                          [END] = HAZARD_ENDED + 1 },
    [HAZARD_OBJECTED] = { [ACCEPT] = HAZARD_FOUND + 1,
                          [DISMISS] = HAZARD_ASSIGNED + 1,
                          [ENLIST] = HAZARD_OBJECTED + 1,
                          [REPORT] = HAZARD_OBJECTED + 1,
                          [RECEIVE] = HAZARD_OBJECTED + 1,
                          [END] = HAZARD_ENDED + 1 },
    [HAZARD_RECTIFYING] = { [SUBMIT] = HAZARD_FIXED + 1,
                            [ASK] = HAZARD_EXTENSION + 1,
                            [TRANSFER] = HAZARD_ASSIGNED + 1,
                            [ENLIST] = HAZARD_RECTIFYING + 1,
                            [EXPIRED] = HAZARD_RECTIFYING + 1,
                            [REPORT] = HAZARD_RECTIFYING + 1,
                            [RECEIVE] = HAZARD_RECTIFYING + 1,
                            [COMPLETE] = HAZARD_RECTIFYING + 1,
                            [SUSPEND] = HAZARD_SUSPENDED + 1,
                            [END] = HAZARD_ENDED + 1 },
    [HAZARD_EXTENSION] = { [GRANT] = HAZARD_RECTIFYING + 1,
                           [REFUSE] = HAZARD_RECTIFYING + 1,
                           [WITHDRAW] = HAZARD_RECTIFYING + 1,
                           [ENLIST] = HAZARD_EXTENSION + 1,
                           [REPORT] = HAZARD_EXTENSION + 1,
                           [RECEIVE] = HAZARD_EXTENSION + 1,
                           [END] = HAZARD_ENDED + 1 },
    [HAZARD_SUSPENDED] = { [RESUME] = HAZARD_RECTIFYING + 1,
                           [ENLIST] = HAZARD_SUSPENDED + 1,
                           [REPORT] = HAZARD_SUSPENDED + 1,
                           [RECEIVE] = HAZARD_SUSPENDED + 1,
                           [END] = HAZARD_ENDED + 1 },
    [HAZARD_FIXED] = { [PASS] = HAZARD_CLOSED + 1,
                       [RETURN] = HAZARD_RECTIFYING + 1,
                       [ENLIST] = HAZARD_FIXED + 1,
                       [REPORT] = HAZARD_FIXED + 1,
                       [RECEIVE] = HAZARD_FIXED + 1,
                       [END] = HAZARD_ENDED + 1 },
    [HAZARD_CLOSED] = { [DELIST] = HAZARD_CLOSED + 1,
                        [LOOK_BACK] = HAZARD_CLOSED + 1,
                        [REOPEN] = HAZARD_RECTIFYING + 1 },
    [HAZARD_ENDED] = { 0 },
};

static int leads(int state, int move)
{
    return ways[state][move] - 1;
}

/* To whom a major hazard is reported. */
static int64_t bureau(struct town *t)
{
    int64_t id = count_of(t, "SELECT coalesce(max(id), 0) FROM organisation WHERE name = '北县应急管理局'");
    return id ? id : must_create(t, PROGRAM, &organisation_kind, "{\"name\":\"北县应急管理局\"}");
}

/* Who may be made responsible at firm A1. */
static void staff(struct town *t)
{
    town_employ(t, SAFETY, FIRM_A1, NULL);
    town_employ(t, NAMED, FIRM_A1, NULL);
}

#define REPORT_WORDS "{\"reported_to\":%lld,\"report_cause\":\"年久失修\",\"report_analysis\":\"可停用整改\""
/* A body each move accepts, and somebody who may make it. */
static const char *good_body(struct town *t, int move)
{
    switch (move) {
    case CLASSIFY: return "{\"level\":\"general\",\"clause\":\"同一条款\"}";
    case OBJECT:
    case ACCEPT:
    case DISMISS:
    case REFUSE:
    case DELIST:
    case RECLASSIFY:
    case SUSPEND: return "{\"reason\":\"情况说明\"}";
    case ASK: return "{\"reason\":\"配件未到\",\"extension_to\":\"2026-04-20\"}";
    case RESUME: return "{\"due\":\"2026-05-01\"}";
    case REOPEN: return "{\"reason\":\"又出现\",\"due\":\"2026-05-01\"}";
    case TRANSFER: return say(t, "{\"reason\":\"换人\",\"responsible\":%lld}", (long long)t->people[NAMED].id);
    case ENLIST: return "{\"listed_level\":\"county\",\"listing_no\":\"督办〔2026〕1号\"}";
    case END: return "{\"closure_document\":\"关停〔2026〕1号\"}";
    case REPORT: return say(t, REPORT_WORDS "}", (long long)bureau(t));
    case RECEIVE: return say(t, REPORT_WORDS ",\"reported_on\":\"2026-03-09\"}", (long long)bureau(t));
    case LOOK_BACK: return "{\"look_back_opinion\":\"没有反弹\"}";
    case GRANT:
    case COMPLETE:
    case WITHDRAW: return "{}";
    case ASSIGN:
        return say(t,
                   "{\"measures\":\"更换\",\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停用\","
                   "\"responsible\":%lld}",
                   (long long)t->people[SAFETY].id);
    case SPOT_FIX:
    case SUBMIT:
        return say(t, "{\"rectification\":\"已改\",\"evidence\":[%lld]}", (long long)must_file(t, SAFETY, "after"));
    case START: return "{}";
    case PASS: return "{\"opinion\":\"到位\"}";
    default: return "{\"opinion\":\"未到位\",\"due\":\"2026-04-15\"}";
    }
}

static enum who mover(int move)
{
    const char *needs = move_find(&hazard_kind, moves[move])->needs;
    return strcmp(needs, "rectify") == 0 ? SAFETY : strcmp(needs, "approve") == 0 ? OFFICE : COUNTY;
}

/* A hazard ends with its unit alone: for that the firm is closed, and opened again afterwards. */
static void turn_firm(struct town *t, const char *move)
{
    struct error err = { 0 };
    bool close = strcmp(move, "close") == 0;
    must(town_act(t, &(struct act){ .who = OFFICE }, &enterprise_kind, t->spots[FIRM_A1], move,
                  close
                      ? "{\"state_since\":\"2026-03-09\",\"state_document\":\"关停〔2026〕1号\",\"end_hazards\":false}"
                      : "{\"state_since\":\"2026-03-09\",\"state_reason\":\"复业\"}",
                  NULL, &err),
         &err);
}

static void go(struct town *t, int64_t id, int move)
{
    if (move == END)
        turn_firm(t, "close");
    must_move(t, mover(move), id, moves[move], good_body(t, move));
    if (move == END)
        turn_firm(t, "reopen");
}

/* A hazard of firm A1 in that state. */
static int64_t hazard_in(struct town *t, enum hazard_state state)
{
    static const int way[][7] = {
        [HAZARD_FOUND] = { MOVES },
        [HAZARD_CLASSIFIED] = { CLASSIFY, MOVES },
        [HAZARD_ASSIGNED] = { CLASSIFY, ASSIGN, MOVES },
        [HAZARD_RECTIFYING] = { CLASSIFY, ASSIGN, START, MOVES },
        [HAZARD_FIXED] = { CLASSIFY, ASSIGN, SUBMIT, MOVES },
        [HAZARD_CLOSED] = { CLASSIFY, ASSIGN, SUBMIT, ENLIST, PASS, MOVES },
        [HAZARD_OBJECTED] = { CLASSIFY, ASSIGN, OBJECT, MOVES },
        [HAZARD_EXTENSION] = { CLASSIFY, ASSIGN, START, ASK, MOVES },
        [HAZARD_SUSPENDED] = { CLASSIFY, ASSIGN, SUSPEND, MOVES },
        [HAZARD_ENDED] = { END, MOVES },
    };
    static const struct town *warmed;
    if (warmed != t) { /* so that every later one is a repeated hazard, which may be listed */
        warmed = t;
        staff(t);
        go(t, must_hazard(t, GRID_A, t->spots[FIRM_A1], "流程"), CLASSIFY);
    }
    int64_t id = must_hazard(t, GRID_A, t->spots[FIRM_A1], "流程");
    for (const int *step = way[state]; *step != MOVES; step++)
        go(t, id, *step);
    return id;
}

static const struct hazard *hazard_of(struct town *t, int64_t id)
{
    return must_read(t, PROGRAM, &hazard_kind, id);
}

static void every_state_lets_out_its_moves_and_no_other(void **state)
{
    struct town *t = TOWN(state);
    assert_int_equal(hazard_kind.move_count, MOVES);
    assert_int_equal(hazard_kind.state_count, STATES);
    for (int from = 0; from < STATES; from++)
        for (int m = 0; m < MOVES; m++) {
            struct error err = { 0 };
            int64_t id = hazard_in(t, from);
            int64_t version = hazard_of(t, id)->is.version;
            const char *body = good_body(t, m);
            if (m == END)
                turn_firm(t, "close");
            int got = town_move(t, mover(m), id, moves[m], version, body, &err);
            if (m == END)
                turn_firm(t, "reopen");
            const struct hazard *h = hazard_of(t, id);
            if (leads(from, m) == NO) {
                if (got == 0 || err.fault != FAULT_CONFLICT || strcmp(err.code, "move.state") != 0)
                    fail_msg("%s from state %d: %s", moves[m], from, got == 0 ? "accepted" : err.code);
                assert_int_equal(h->state, from);
                assert_int_equal(h->is.version, version);
            } else if (m == REPORT || m == RECEIVE || m == EXPIRED) { /* these are general ones, and not ordered */
                expect_fault(got, &err, FAULT_REFUSED, m == EXPIRED ? "hazard.not_ordered" : "hazard.report_general");
                assert_int_equal(h->is.version, version);
            } else if (m == COMPLETE) { /* and whole ones */
                expect_fault(got, &err, FAULT_REFUSED, "hazard.five_whole");
                assert_int_equal(h->is.version, version);
            } else {
                if (got < 0)
                    fail_msg("%s from state %d: %s %s", moves[m], from, err.code, err.en);
                assert_int_equal(h->state, leads(from, m));
                assert_int_equal(h->is.version, version + 1);
            }
        }
}

static void who_repaired_and_who_judged_is_on_the_record(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = hazard_in(t, HAZARD_FIXED);
    const struct hazard *h = hazard_of(t, id);
    assert_int_equal(h->rectifier, t->people[SAFETY].id);
    assert_int_equal(h->fixed_on, TODAY);
    assert_false(has(h, rechecker));
    assert_false(has(h, recheck_on));
    go(t, id, RETURN);
    h = hazard_of(t, id);
    assert_int_equal(h->rechecker, t->people[COUNTY].id);
    assert_int_equal(h->recheck_on, TODAY);
    assert_int_equal(h->returns, 1);
    assert_int_equal(h->due, day_from_ymd(2026, 4, 15));
    assert_false(has(h, closed_on));
    go(t, id, SUBMIT);
    assert_false(has(hazard_of(t, id), opinion)); /* the next re-check speaks for itself */
    struct error err = { 0 };
    expect_field(town_move(t, CHECKER, id, "recheck-pass", 0, "{}", &err), &err, "opinion");
    const struct act later = { .who = CHECKER, .now = town_noon + DAY_MS };
    must(town_act(t, &later, &hazard_kind, id, "recheck-pass", "{\"opinion\":\"到位\"}", NULL, &err), &err);
    h = hazard_of(t, id);
    assert_int_equal(h->rechecker, t->people[CHECKER].id);
    assert_int_equal(h->recheck_on, TODAY + 1);
    assert_int_equal(h->closed_on, TODAY + 1);
    assert_int_equal(h->returns, 1);
}

static void who_reports_has_found_it_unless_another_is_named(void **state)
{
    struct town *t = TOWN(state);
    const struct hazard *h = hazard_of(t, must_hazard(t, GRID_A, t->spots[FIRM_A1], "自己发现"));
    assert_string_equal(h->finder, t->people[GRID_A].display_name);
    const char *body = say(t,
                           "{\"description\":\"群众发现\",\"object\":%lld,\"found_on\":\"2026-03-09\","
                           "\"source\":\"report\",\"finder\":\"路过的张某\"}",
                           (long long)t->spots[FIRM_A1]);
    h = hazard_of(t, must_create(t, GRID_A, &hazard_kind, body));
    assert_string_equal(h->finder, "路过的张某");
    h = hazard_of(t, must_hazard(t, PROGRAM, t->spots[FIRM_A1], "程序登记"));
    assert_false(has(h, finder));
}

/* ---- rules ---- */

static const struct rule {
    const char *says;
    enum hazard_state state;
    enum who who;
    const char *move, *body;
    const char *code, *field; /* refused with this code, or this field alone */
} rules[] = {
    { "a major one names its clause", HAZARD_FOUND, COUNTY, "classify", "{\"level\":\"major\"}", NULL, "clause" },
    { "an empty clause is none", HAZARD_FOUND, COUNTY, "classify", "{\"level\":\"major\",\"clause\":\" \"}", NULL,
      "clause" },
    { "a level is needed", HAZARD_FOUND, COUNTY, "classify", "{\"category\":\"thing\"}", NULL, "level" },
    { "a level there is", HAZARD_FOUND, COUNTY, "classify", "{\"level\":\"grave\"}", NULL, "level" },
    { "nothing but what the move takes", HAZARD_FOUND, COUNTY, "classify", "{\"level\":\"general\",\"due\":null}", NULL,
      "due" },
    { "not the state by hand", HAZARD_FOUND, COUNTY, "classify", "{\"level\":\"general\",\"state\":\"closed\"}", NULL,
      "state" },
    { "no measures", HAZARD_CLASSIFIED, COUNTY, "assign",
      "{\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停\",\"responsible\":@}", NULL, "measures" },
    { "nobody responsible", HAZARD_CLASSIFIED, COUNTY, "assign",
      "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停\"}", NULL, "responsible" },
    { "no funds, not even none", HAZARD_CLASSIFIED, COUNTY, "assign",
      "{\"measures\":\"改\",\"due\":\"2026-04-01\",\"contingency\":\"停\",\"responsible\":@}", NULL, "funds" },
    { "no deadline", HAZARD_CLASSIFIED, COUNTY, "assign",
      "{\"measures\":\"改\",\"funds\":0,\"contingency\":\"停\",\"responsible\":@}", NULL, "due" },
    { "no contingency plan", HAZARD_CLASSIFIED, COUNTY, "assign",
      "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-04-01\",\"responsible\":@}", NULL, "contingency" },
    { "funds given as nothing", HAZARD_CLASSIFIED, COUNTY, "assign",
      "{\"measures\":\"改\",\"funds\":null,\"due\":\"2026-04-01\",\"contingency\":\"停\",\"responsible\":@}", NULL,
      "funds" },
    { "nobody of that number", HAZARD_CLASSIFIED, COUNTY, "assign",
      "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停\",\"responsible\":987654}", NULL,
      "responsible" },
    { "a deadline that has passed", HAZARD_CLASSIFIED, COUNTY, "assign",
      "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-03-08\",\"contingency\":\"停\",\"responsible\":@}", NULL,
      "due" },
    { "a repair without evidence", HAZARD_ASSIGNED, SAFETY, "submit", "{\"rectification\":\"已改\"}", NULL,
      "evidence" },
    { "evidence that is nothing", HAZARD_ASSIGNED, SAFETY, "submit", "{\"rectification\":\"已改\",\"evidence\":[]}",
      NULL, "evidence" },
    { "somebody else's evidence", HAZARD_ASSIGNED, SAFETY, "submit", "{\"rectification\":\"已改\",\"evidence\":[#]}",
      NULL, "evidence" },
    { "a repair nobody describes", HAZARD_ASSIGNED, SAFETY, "submit", "{\"evidence\":[*]}", NULL, "rectification" },
    { "a return without a reason", HAZARD_FIXED, COUNTY, "recheck-fail", "{\"due\":\"2026-04-15\"}", NULL, "opinion" },
    { "a return without a new deadline", HAZARD_FIXED, COUNTY, "recheck-fail", "{\"opinion\":\"再改\"}", NULL, "due" },
    { "a return with no deadline", HAZARD_FIXED, COUNTY, "recheck-fail", "{\"opinion\":\"再改\",\"due\":null}", NULL,
      "due" },
    { "a return to yesterday", HAZARD_FIXED, COUNTY, "recheck-fail", "{\"opinion\":\"再改\",\"due\":\"2026-03-08\"}",
      NULL, "due" },
    { "a pass without an opinion", HAZARD_FIXED, COUNTY, "recheck-pass", "{}", NULL, "opinion" },
    { "an objection without a reason", HAZARD_ASSIGNED, SAFETY, "object", "{}", NULL, "reason" },
    { "an objection refused without a reason of its own", HAZARD_OBJECTED, OFFICE, "objection-refuse", "{}", NULL,
      "reason" },
    { "more time without a reason", HAZARD_RECTIFYING, SAFETY, "extend-request", "{\"extension_to\":\"2026-05-01\"}",
      NULL, "reason" },
    { "more time to an earlier day", HAZARD_RECTIFYING, SAFETY, "extend-request",
      "{\"extension_to\":\"2026-04-01\",\"reason\":\"慢\"}", NULL, "extension_to" },
    { "more time, granted to yesterday", HAZARD_EXTENSION, OFFICE, "extend-approve",
      "{\"extension_to\":\"2026-03-08\"}", NULL, "extension_to" },
    { "more time, granted to the old day", HAZARD_EXTENSION, OFFICE, "extend-approve",
      "{\"extension_to\":\"2026-04-01\"}", NULL, "extension_to" },
    { "more time, granted to no day", HAZARD_EXTENSION, OFFICE, "extend-approve", "{\"extension_to\":null}", NULL,
      "extension_to" },
    { "more time refused without a reason of its own", HAZARD_EXTENSION, OFFICE, "extend-refuse", "{}", NULL,
      "reason" },
    { "suspended without a reason", HAZARD_ASSIGNED, OFFICE, "suspend", "{}", NULL, "reason" },
    { "resumed without a new deadline", HAZARD_SUSPENDED, OFFICE, "resume", "{}", NULL, "due" },
    { "resumed to yesterday", HAZARD_SUSPENDED, OFFICE, "resume", "{\"due\":\"2026-03-08\"}", NULL, "due" },
    { "reopened without a reason", HAZARD_CLOSED, COUNTY, "reopen", "{\"due\":\"2026-05-01\"}", NULL, "reason" },
    { "reopened without a deadline", HAZARD_CLOSED, COUNTY, "reopen", "{\"reason\":\"又\"}", NULL, "due" },
    { "a look-back that says nothing", HAZARD_CLOSED, COUNTY, "look-back", "{}", NULL, "look_back_opinion" },
    { "a look-back before the closing", HAZARD_CLOSED, COUNTY, "look-back",
      "{\"look_back_opinion\":\"好\",\"look_back_on\":\"2026-03-08\"}", NULL, "look_back_on" },
    { "a look-back tomorrow", HAZARD_CLOSED, COUNTY, "look-back",
      "{\"look_back_opinion\":\"好\",\"look_back_on\":\"2026-03-10\"}", NULL, "look_back_on" },
    { "a look-back that says its own result", HAZARD_CLOSED, COUNTY, "look-back",
      "{\"look_back_opinion\":\"好\",\"look_back_result\":\"holds\"}", NULL, "look_back_result" },
    { "handed to the same person", HAZARD_ASSIGNED, COUNTY, "transfer", "{\"reason\":\"换\",\"responsible\":@}", NULL,
      "responsible" },
    { "a plan for what is no major hazard", HAZARD_CLASSIFIED, COUNTY, "assign",
      "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停\",\"plan_goal\":\"消除\","
      "\"responsible\":@}",
      NULL, "plan_goal" },
    { "an assessment of what is no major hazard", HAZARD_ASSIGNED, SAFETY, "submit",
      "{\"rectification\":\"已改\",\"evidence\":[*],\"assessment\":\"合格\"}", NULL, "assessment" },
    { "a staff congress about what is no major hazard", HAZARD_ASSIGNED, SAFETY, "submit",
      "{\"rectification\":\"已改\",\"evidence\":[*],\"congress_on\":\"2026-03-09\"}", NULL, "congress_on" },
    { "a review on site of what is no major hazard", HAZARD_FIXED, COUNTY, "recheck-pass",
      "{\"opinion\":\"好\",\"site_review_on\":\"2026-03-09\"}", NULL, "site_review_on" },
    { "listed without a notice", HAZARD_ASSIGNED, OFFICE, "list", "{\"listed_level\":\"city\"}", NULL, "listing_no" },
    { "ended while the unit works", HAZARD_FOUND, OFFICE, "end", "{\"closure_document\":\"关停〔2026〕2号\"}",
      "hazard.unit_open", NULL },
    { "a pass by the rectifier", HAZARD_FIXED, OFFICE, "recheck-pass", "{\"opinion\":\"好\"}", "hazard.same_person",
      NULL },
    { "a return by the rectifier", HAZARD_FIXED, OFFICE, "recheck-fail", "{\"opinion\":\"好\",\"due\":\"2026-04-15\"}",
      "hazard.same_person", NULL },
};

static const char *fill_in(struct town *t, const char *body)
{
    AUTO_TEXT out = TEXT_LIMIT(4096);
    for (; *body; body++)
        if (*body == '@')
            text_int(&out, t->people[SAFETY].id);
        else if (*body == '*')
            text_int(&out, must_file(t, SAFETY, "mine"));
        else if (*body == '#')
            text_int(&out, must_file(t, COUNTY, "not mine"));
        else
            text_char(&out, *body);
    return say(t, "%s", text_get(&out));
}

static void the_rules_of_the_moves_name_what_they_miss(void **state)
{
    struct town *t = TOWN(state);
    for (size_t i = 0; i < COUNT(rules); i++) {
        const struct rule *r = &rules[i];
        struct error err = { 0 };
        int64_t id = hazard_in(t, r->state == HAZARD_FIXED && r->code ? HAZARD_ASSIGNED : r->state);
        if (r->state == HAZARD_FIXED && r->code) /* repaired by whoever is going to judge it */
            must_move(
                t, r->who, id, "submit",
                say(t, "{\"rectification\":\"已改\",\"evidence\":[%lld]}", (long long)must_file(t, r->who, "own")));
        int64_t version = hazard_of(t, id)->is.version;
        int got = town_move(t, r->who, id, r->move, 0, fill_in(t, r->body), &err);
        if (got == 0)
            fail_msg("accepted: %s", r->says);
        if (r->code)
            expect_fault(got, &err, FAULT_REFUSED, r->code);
        else if (err.fault != FAULT_INVALID || err.field_count != 1 || strcmp(err.fields[0].name, r->field) != 0)
            fail_msg("%s: %s, %zu fields, %s: %s", r->says, err.code, err.field_count, err.fields[0].name,
                     err.fields[0].en);
        assert_int_equal(hazard_of(t, id)->is.version, version);
    }
}

static void all_five_arrangements_are_asked_for_at_once(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = hazard_in(t, HAZARD_CLASSIFIED);
    expect_fault(town_move(t, COUNTY, id, "assign", 0, "{}", &err), &err, FAULT_INVALID, NULL);
    assert_int_equal(err.field_count, 5);
}

static void whoever_is_responsible_may_not_judge_though_another_repaired(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = hazard_in(t, HAZARD_CLASSIFIED);
    must_move(t, COUNTY, id, "assign",
              say(t,
                  "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停\","
                  "\"responsible\":%lld}",
                  (long long)t->people[OFFICE].id));
    go(t, id, SUBMIT);
    expect_fault(town_move(t, OFFICE, id, "recheck-pass", 0, "{\"opinion\":\"好\"}", &err), &err, FAULT_REFUSED,
                 "hazard.same_person");
    must_move(t, CHECKER, id, "recheck-pass", "{\"opinion\":\"好\"}");
}

static int move_on(struct town *t, enum who who, int64_t day, int64_t id, const char *move, const char *body,
                   struct error *err);

static void work_at(struct town *t, enum who who, enum spot spot)
{
    must_create(t, PROGRAM, &assignment_kind,
                say(t, "{\"role\":\"worker\",\"holder_account\":%lld,\"object\":%lld,\"valid_from\":\"2020-01-01\"}",
                    (long long)t->people[who].id, (long long)t->spots[spot]));
}

/* Who may be made responsible, and when: asked of assign and transfer alike. */
static void a_hazard_is_not_given_to_somebody_who_can_do_nothing_about_it(void **state)
{
    static const struct {
        const char *says;
        enum spot firm;
        enum who who;
        int64_t day;
        bool able;
    } rows[] = {
        { "the firm's safety officer", FIRM_A1, SAFETY, TODAY, true },
        { "whoever may repair everything", FIRM_A1, OFFICE, TODAY, true },
        { "a worker of the firm, who reads what names him and hands no repair in", FIRM_A1, VILLAGE, TODAY, false },
        { "an inspector, who reads it and may not repair it", FIRM_A1, COUNTY, TODAY, false },
        { "the grid member", FIRM_A1, GRID_A, TODAY, false },
        { "the safety officer of another firm", FIRM_A1, SECTOR, TODAY, false },
        { "somebody without any right", FIRM_A1, NOBODY, TODAY, false },
        { "an officer on the last day", FIRM_B1, MIXED, TODAY, true },
        { "an officer on the day after", FIRM_B1, MIXED, TODAY + 1, false },
    };
    struct town *t = TOWN(state);
    staff(t);
    work_at(t, VILLAGE, FIRM_A1);
    town_employ(t, SECTOR, FIRM_A2, NULL);
    town_employ(t, MIXED, FIRM_B1, "2026-03-09");
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int m = 0; m < 2; m++) {
            struct error err = { 0 };
            int64_t id = must_hazard(t, OFFICE, t->spots[rows[i].firm], "交给谁");
            must_move(t, OFFICE, id, "classify", "{\"level\":\"general\"}");
            if (m)
                must_move(t, COUNTY, id, "assign",
                          "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停\","
                          "\"responsible_name\":\"厂长\"}");
            const char *body = say(t,
                                   m ? "{\"reason\":\"换\",\"responsible\":%lld}"
                                     : "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停\","
                                       "\"responsible\":%lld}",
                                   (long long)t->people[rows[i].who].id);
            int got = move_on(t, COUNTY, rows[i].day, id, m ? "transfer" : "assign", body, &err);
            if (rows[i].able && got < 0)
                fail_msg("%s is refused: %s", rows[i].says, err.fields[0].en);
            if (rows[i].able)
                continue;
            if (got == 0)
                fail_msg("%s is made responsible", rows[i].says);
            expect_field(got, &err, "responsible");
            assert_non_null(strstr(err.fields[0].zh, "须能查看并整改"));
            assert_non_null(strstr(err.fields[0].zh, "登记账号和责任关系"));
        }
}

static void who_has_no_account_is_named_in_words(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = hazard_in(t, HAZARD_CLASSIFIED);
    must_move(t, COUNTY, id, "assign",
              "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停\","
              "\"responsible_name\":\"承包商王某\"}");
    assert_string_equal(hazard_of(t, id)->responsible_name, "承包商王某");
    assert_false(has(hazard_of(t, id), responsible));
    expect_field(
        town_move(t, COUNTY, id, "transfer", 0, "{\"reason\":\"换\",\"responsible_name\":\"承包商王某\"}", &err), &err,
        "responsible");
    /* Whoever is named now is alone: an account takes the words' place, and the other way round. */
    must_move(t, COUNTY, id, "transfer", good_body(t, TRANSFER));
    assert_int_equal(hazard_of(t, id)->responsible, t->people[NAMED].id);
    assert_false(has(hazard_of(t, id), responsible_name));
    must_move(t, COUNTY, id, "transfer", "{\"reason\":\"换\",\"responsible_name\":\"承包商李某\"}");
    assert_false(has(hazard_of(t, id), responsible));
    must_move(t, SAFETY, id, "submit", good_body(t, SUBMIT));
}

static bool offers_to(struct town *t, enum who who, int64_t id, const char *move);
static bool is_offered(struct town *t, int64_t id, const char *move);

/* A row as a ledger brings it: half way, and with some of the five. */
static int ledger_row(struct change *c, void *args, struct error *err)
{
    const struct hazard *like = args;
    struct hazard *h = change_new(c, &hazard_kind);
    int64_t id = h->is.id;
    *h = *like;
    h->is.id = id;
    h->is.created_at = h->is.changed_at = c->now;
    c->import_id = 1;
    return change_create(c, &hazard_kind, h, err);
}

static int64_t from_ledger(struct town *t, struct hazard *like, int64_t state)
{
    struct change_order order = { .actor = &t->people[OFFICE], .now_ms = town_noon, .cause = "import 1" };
    struct change_result done;
    struct error err = { 0 };
    set(like, state, state);
    set(like, description, "台账行");
    set(like, object, t->spots[FIRM_A1]);
    set(like, found_on, TODAY - 20);
    set(like, source, "grid");
    set(like, level, "general");
    must(change_run(&t->house, &order, ledger_row, like, &done, &err), &err);
    return done.id;
}

static void what_a_ledger_left_out_of_the_five_is_completed_before_the_repair(void **state)
{
    static const struct {
        const char *lacks, *zh; /* what is missing, and how the refusal names it */
        const char *body;
    } rows[] = {
        { ",measures,", "缺整改措施：", "{\"measures\":\"更换\"}" },
        { ",responsible,", "缺责任人：", "{\"responsible\":@}" },
        { ",responsible,", "缺责任人：", "{\"responsible_name\":\"厂长\"}" },
        { ",funds,", "缺整改资金：", "{\"funds\":0}" },
        { ",due,", "缺整改期限：", "{\"due\":\"2026-04-01\"}" },
        { ",contingency,", "缺应急预案：", "{\"contingency\":\"停用\"}" },
        { ",funds,contingency,", "缺整改资金、应急预案：", "{\"funds\":100,\"contingency\":\"停用\"}" },
        { ",measures,responsible,funds,due,contingency,", "缺整改措施、责任人、整改资金、整改期限、应急预案：",
          "{\"measures\":\"更换\",\"responsible\":@,\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停用\"}" },
    };
    struct town *t = TOWN(state);
    staff(t);
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int64_t from = HAZARD_ASSIGNED; from <= HAZARD_RECTIFYING; from += HAZARD_RECTIFYING - HAZARD_ASSIGNED) {
            struct hazard like = { 0 };
            struct error err = { 0 };
            if (!strstr(rows[i].lacks, "measures"))
                set(&like, measures, "台账的措施");
            if (!strstr(rows[i].lacks, "responsible"))
                set(&like, responsible_name, "台账的人");
            if (!strstr(rows[i].lacks, "funds"))
                set(&like, funds, 7);
            if (!strstr(rows[i].lacks, "due"))
                set(&like, due, TODAY - 2);
            if (!strstr(rows[i].lacks, "contingency"))
                set(&like, contingency, "台账的预案");
            int64_t id = from_ledger(t, &like, from);
            assert_string_equal(hazard_of(t, id)->lacks, rows[i].lacks);
            expect_fault(town_move(t, SAFETY, id, "submit", 0, good_body(t, SUBMIT), &err), &err, FAULT_REFUSED,
                         "hazard.five_lacking");
            if (!strstr(err.zh, rows[i].zh))
                fail_msg("%s is not named: %s", rows[i].lacks, err.zh);
            error_clear(&err);
            if (from == HAZARD_ASSIGNED) {
                expect_fault(town_move(t, SAFETY, id, "start", 0, "{}", &err), &err, FAULT_REFUSED,
                             "hazard.five_lacking");
                error_clear(&err);
            }
            expect_fault(town_move(t, SAFETY, id, "complete", 0, "{}", &err), &err, FAULT_FORBIDDEN, "verb.missing");
            error_clear(&err);
            expect_fault(town_move(t, COUNTY, id, "complete", 0, "{}", &err), &err, FAULT_INVALID, NULL);
            error_clear(&err);
            assert_true(is_offered(t, id, "complete"));
            must_move(t, COUNTY, id, "complete", fill_in(t, rows[i].body));
            const struct hazard *h = hazard_of(t, id);
            assert_int_equal(h->state, from);
            assert_false(has(h, lacks));
            assert_int_equal(h->assigner, t->people[COUNTY].id);
            assert_false(is_offered(t, id, "complete"));
            must_move(t, SAFETY, id, "submit", good_body(t, SUBMIT));
        }
}

static void completing_changes_nothing_that_stands(void **state)
{
    static const struct {
        const char *field, *body;
    } rows[] = {
        { "measures", "{\"measures\":\"别的\",\"funds\":0}" },
        { "measures", "{\"measures\":null,\"funds\":0}" },
        { "due", "{\"due\":\"2026-06-01\",\"funds\":0}" },
        { "responsible", "{\"responsible\":@,\"funds\":0}" }, /* a name stands */
        { "responsible_name", "{\"responsible_name\":\"别人\",\"funds\":0}" },
    };
    struct town *t = TOWN(state);
    struct hazard like = { 0 };
    struct error err = { 0 };
    set(&like, measures, "台账的措施");
    set(&like, responsible_name, "台账的人");
    set(&like, due, TODAY + 5);
    set(&like, contingency, "台账的预案");
    int64_t id = from_ledger(t, &like, HAZARD_ASSIGNED);
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect_field(town_move(t, COUNTY, id, "complete", 0, fill_in(t, rows[i].body), &err), &err, rows[i].field);
        error_clear(&err);
    }
    must_move(t, COUNTY, id, "complete", "{\"funds\":0}");
    assert_string_equal(hazard_of(t, id)->measures, "台账的措施");
    /* The day that is missing may not lie before today. */
    struct hazard late = { 0 };
    set(&late, measures, "台账的措施");
    set(&late, responsible_name, "台账的人");
    set(&late, funds, 0);
    set(&late, contingency, "台账的预案");
    id = from_ledger(t, &late, HAZARD_RECTIFYING);
    expect_field(town_move(t, COUNTY, id, "complete", 0, "{\"due\":\"2026-03-08\"}", &err), &err, "due");
    error_clear(&err);
    expect_field(town_move(t, COUNTY, id, "complete", 0, "{}", &err), &err, "due");
    error_clear(&err);
    /* What an account's correction writes elsewhere is looked at again. */
    struct hazard nobody = { 0 };
    set(&nobody, measures, "台账的措施");
    set(&nobody, funds, 0);
    set(&nobody, due, TODAY + 5);
    set(&nobody, contingency, "台账的预案");
    id = from_ledger(t, &nobody, HAZARD_ASSIGNED);
    must_patch(t, OFFICE, &hazard_kind, id, "{\"responsible_name\":\"厂长\"}");
    assert_false(has(hazard_of(t, id), lacks));
}

static void a_major_hazard_is_not_fixed_on_the_spot(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = hazard_in(t, HAZARD_FOUND);
    must_move(t, COUNTY, id, "classify", "{\"level\":\"major\",\"clause\":\"HC-1\"}");
    expect_fault(town_move(t, SAFETY, id, "spot-fix", 0, good_body(t, SPOT_FIX), &err), &err, FAULT_REFUSED,
                 "hazard.major_spot_fix");
}

static int64_t self_found(struct town *t, const char *source, const char *found_on)
{
    staff(t);
    int64_t id = must_create(t, SAFETY, &hazard_kind,
                             say(t, "{\"description\":\"自查\",\"object\":%lld,\"found_on\":\"%s\",\"source\":\"%s\"}",
                                 (long long)t->spots[FIRM_A1], found_on, source));
    must_move(t, COUNTY, id, "classify", "{\"level\":\"general\"}");
    return id;
}

static const char *four_of_five(struct town *t, const char *due)
{
    return say(t, "{\"measures\":\"更换\",\"funds\":0,\"contingency\":\"停用\",\"responsible\":%lld%s}",
               (long long)t->people[SAFETY].id, due);
}

static const json_t *proposed(struct town *t, enum who who, int64_t id)
{
    return json_array_get(json_object_get(must_render(t, who, &hazard_kind, id), "proposes"), 0);
}

/* 总局令16号 art 15, with this project's fifteen days. */
static void what_the_firm_found_itself_is_due_in_fifteen_days_unless_another_day_is_given(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = self_found(t, "self", "2026-03-07");
    const json_t *p = proposed(t, COUNTY, id);
    assert_string_equal(json_string_value(json_object_get(p, "move")), "assign");
    assert_string_equal(json_string_value(json_object_get(p, "field")), "due");
    assert_string_equal(json_string_value(json_object_get(p, "value")), "2026-03-22");
    assert_string_equal(json_string_value(json_object_get(p, "basis")), "总局令16号 第15条");
    assert_true(json_is_false(json_object_get(p, "settled")));
    assert_null(proposed(t, SAFETY, id)); /* who cannot assign is proposed nothing */
    must_move(t, COUNTY, id, "assign", four_of_five(t, ""));
    assert_int_equal(hazard_of(t, id)->due, day_from_ymd(2026, 3, 22));
    assert_non_null(json_object_get(must_changes(t, &hazard_kind, id, hazard_of(t, id)->is.version), "due"));
    assert_null(proposed(t, COUNTY, id));

    id = self_found(t, "self", "2026-03-07");
    must_move(t, COUNTY, id, "assign", four_of_five(t, ",\"due\":\"2026-04-30\""));
    assert_int_equal(hazard_of(t, id)->due, day_from_ymd(2026, 4, 30));
    id = self_found(t, "self", "2026-03-07");
    expect_field(town_move(t, COUNTY, id, "assign", 0, four_of_five(t, ",\"due\":null"), &err), &err, "due");
    error_clear(&err);
    id = self_found(t, "self", "2026-02-21"); /* its fifteen days are over */
    assert_null(proposed(t, COUNTY, id));
    expect_field(town_move(t, COUNTY, id, "assign", 0, four_of_five(t, ""), &err), &err, "due");
    error_clear(&err);
    id = self_found(t, "inspection", "2026-03-07"); /* by the order, 安全生产法 art 65 */
    assert_null(proposed(t, COUNTY, id));
    expect_field(town_move(t, COUNTY, id, "assign", 0, four_of_five(t, ""), &err), &err, "due");
}

static int64_t major_of(struct town *t)
{
    int64_t id = hazard_in(t, HAZARD_FOUND);
    must_move(t, COUNTY, id, "classify", "{\"level\":\"major\",\"clause\":\"GM-13-2\"}");
    return id;
}

static bool report_runs(struct town *t, int64_t id, int64_t *due)
{
    return watch_due(house_calendar(&t->house), &hazard_kind, "report", hazard_of(t, id), due);
}

/* 安全生产法 art 41, 总局令16号 art 14. */
static void a_major_hazard_is_reported_by_the_next_day_and_a_general_one_is_not(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t due = 0, id = major_of(t);
    assert_int_equal(hazard_of(t, id)->major_on, TODAY);
    assert_true(report_runs(t, id, &due));
    assert_int_equal(due, TODAY + 1);
    expect_fault(town_move(t, SAFETY, id, "report", 0, "{}", &err), &err, FAULT_INVALID, NULL);
    assert_int_equal(err.field_count, 3); /* to whom, the cause, the analysis */
    error_clear(&err);
    go(t, id, REPORT);
    assert_int_equal(hazard_of(t, id)->reported_on, TODAY);
    assert_int_equal(hazard_of(t, id)->state, HAZARD_CLASSIFIED);
    assert_false(report_runs(t, id, &due));
    expect_fault(town_move(t, SAFETY, id, "report", 0, good_body(t, REPORT), &err), &err, FAULT_REFUSED,
                 "hazard.reported_already");
    error_clear(&err);
    assert_false(report_runs(t, hazard_in(t, HAZARD_CLASSIFIED), &due));
    id = major_of(t); /* found to be no major one: nothing is left to report */
    must_move(t, COUNTY, id, "reclassify", "{\"reason\":\"误判\"}");
    assert_false(report_runs(t, id, &due));
    must_move(t, COUNTY, id, "classify", "{\"level\":\"general\"}");
    assert_false(report_runs(t, id, &due));
    assert_false(has(hazard_of(t, id), major_on));
}

static void a_report_on_paper_is_recorded_with_the_day_it_came(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t due, id = major_of(t);
    const char *body = say(t, "{\"reported_to\":%lld}", (long long)bureau(t));
    expect_field(town_move(t, COUNTY, id, "report-received", 0, body, &err), &err, "reported_on");
    error_clear(&err);
    static const char *const wrong[] = { "2026-02-28", "2026-03-10" };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        body = say(t, "{\"reported_to\":%lld,\"reported_on\":\"%s\"}", (long long)bureau(t), wrong[i]);
        expect_field(town_move(t, COUNTY, id, "report-received", 0, body, &err), &err, "reported_on");
        error_clear(&err);
    }
    expect_fault(town_move(t, SAFETY, id, "report-received", 0, good_body(t, RECEIVE), &err), &err, FAULT_FORBIDDEN,
                 NULL);
    error_clear(&err);
    must(move_on(t, COUNTY, TODAY + 3, id, "report-received", good_body(t, RECEIVE), &err), &err);
    assert_int_equal(hazard_of(t, id)->reported_on, TODAY);
    assert_false(report_runs(t, id, &due));
}

/* 安全生产法 art 41: whenever the firm says it, with the report or later. */
static void the_staff_congress_hears_between_the_finding_and_today(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = major_of(t);
    static const char *const wrong[] = { "2026-02-28", "2026-03-10" };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        const char *body = say(t, REPORT_WORDS ",\"congress_on\":\"%s\"}", (long long)bureau(t), wrong[i]);
        expect_field(town_move(t, SAFETY, id, "report", 0, body, &err), &err, "congress_on");
        error_clear(&err);
    }
    go(t, id, REPORT);
    assert_false(has(hazard_of(t, id), congress_on)); /* it need not be held yet */
    must_patch(t, OFFICE, &hazard_kind, id, "{\"congress_on\":\"2026-03-09\"}");
    assert_int_equal(hazard_of(t, id)->congress_on, TODAY);
}

static void what_a_major_hazard_is_judged_by_was_in_force_when_it_was_found(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = hazard_in(t, HAZARD_FOUND);
    static const char *const none[] = { "x", "第七条", "判定标准条款见台账", "GM-99-1" };
    for (size_t i = 0; i < COUNT(none); i++) {
        expect_field(
            town_move(t, COUNTY, id, "classify", 0, say(t, "{\"level\":\"major\",\"clause\":\"%s\"}", none[i]), &err),
            &err, "clause");
        error_clear(&err);
    }
    must_move(t, COUNTY, id, "classify", "{\"level\":\"major\",\"clause\":\"GM-13-2\"}");
    /* Another day, and the edition of that day decides. */
    expect_field(town_patch(t, OFFICE, &hazard_kind, id, 0, "{\"found_on\":\"2023-05-14\"}", NULL, &err), &err,
                 "clause");
    must_patch(t, OFFICE, &hazard_kind, id, "{\"found_on\":\"2023-05-15\"}");
    must_patch(t, OFFICE, &hazard_kind, id, "{\"location\":\"罐区\"}");
}

/* 总局令16号 art 15, 18; 安全生产法 art 65: plan signed by the head, assessed, reviewed on site. */
static void a_major_hazard_is_planned_assessed_and_reviewed_on_site(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = hazard_in(t, HAZARD_FOUND);
    must_move(t, COUNTY, id, "classify", "{\"level\":\"major\",\"clause\":\"HC-1\"}");
    expect_fault(town_move(t, COUNTY, id, "assign", 0, good_body(t, ASSIGN), &err), &err, FAULT_INVALID, NULL);
    assert_int_equal(err.field_count, 2);
    error_clear(&err);
    must_move(t, COUNTY, id, "assign",
              say(t,
                  "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停\",\"responsible\":%lld,"
                  "\"plan_goal\":\"消除\",\"plan_signed_on\":\"2026-03-09\"}",
                  (long long)t->people[SAFETY].id));
    expect_field(town_move(t, SAFETY, id, "submit", 0, good_body(t, SUBMIT), &err), &err, "assessment");
    error_clear(&err);
    must_move(t, SAFETY, id, "submit",
              say(t, "{\"rectification\":\"已改\",\"assessment\":\"专家组：已消除\",\"evidence\":[%lld]}",
                  (long long)must_file(t, SAFETY, "after")));
    expect_field(town_move(t, COUNTY, id, "recheck-pass", 0, good_body(t, PASS), &err), &err, "site_review_on");
    error_clear(&err);
    expect_field(
        town_move(t, COUNTY, id, "recheck-pass", 0, "{\"opinion\":\"好\",\"site_review_on\":\"2026-03-08\"}", &err),
        &err, "site_review_on");
    must_move(t, COUNTY, id, "recheck-pass", "{\"opinion\":\"好\",\"site_review_on\":\"2026-03-09\"}");
    assert_int_equal(hazard_of(t, id)->state, HAZARD_CLOSED);
}

static int move_on(struct town *t, enum who who, int64_t day, int64_t id, const char *move, const char *body,
                   struct error *err)
{
    struct act act = { .who = who, .now = town_noon + (day - TODAY) * DAY_MS };
    return town_act(t, &act, &hazard_kind, id, move, body, NULL, err);
}

/* Decision 25. */
static void the_old_deadline_runs_until_more_time_is_granted(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t due = day_from_ymd(2026, 4, 1), id = hazard_in(t, HAZARD_RECTIFYING);
    must(move_on(t, SAFETY, due, id, "extend-request", good_body(t, ASK), &err), &err);
    assert_int_equal(hazard_of(t, id)->due, due);
    int64_t version = hazard_of(t, id)->is.version;
    must(move_on(t, OFFICE, due + 5, id, "extend-approve", "{}", &err), &err);
    const struct hazard *h = hazard_of(t, id);
    assert_int_equal(h->due, day_from_ymd(2026, 4, 20)); /* five days late, and late no more */
    assert_int_equal(h->extensions, 1);
    assert_false(has(h, extension_to));
    const json_t *both = json_object_get(must_changes(t, &hazard_kind, id, version + 1), "due");
    assert_string_equal(json_string_value(json_array_get(both, 0)), "2026-04-01");
    assert_string_equal(json_string_value(json_array_get(both, 1)), "2026-04-20");
    must(move_on(t, SAFETY, due + 6, id, "extend-request", "{\"reason\":\"再\",\"extension_to\":\"2026-05-01\"}", &err),
         &err);
    must(move_on(t, OFFICE, due + 7, id, "extend-refuse", "{\"reason\":\"不足\"}", &err), &err);
    assert_int_equal(hazard_of(t, id)->due, day_from_ymd(2026, 4, 20));
    assert_int_equal(hazard_of(t, id)->extensions, 1);
}

static void more_time_is_asked_for_before_the_deadline_has_passed(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t due = day_from_ymd(2026, 4, 1), id = hazard_in(t, HAZARD_RECTIFYING);
    expect_fault(move_on(t, SAFETY, due + 1, id, "extend-request", good_body(t, ASK), &err), &err, FAULT_REFUSED,
                 "hazard.extension_late");
    error_clear(&err);
    must(move_on(t, SAFETY, due, id, "extend-request", good_body(t, ASK), &err), &err);
}

static void whoever_assigned_or_asked_does_not_decide(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t asked = hazard_in(t, HAZARD_RECTIFYING), assigned = hazard_in(t, HAZARD_CLASSIFIED);
    must_move(t, OFFICE, asked, "extend-request", good_body(t, ASK));
    expect_fault(town_move(t, OFFICE, asked, "extend-approve", 0, "{}", &err), &err, FAULT_REFUSED,
                 "hazard.approver_same");
    error_clear(&err);
    must_move(t, CITY, asked, "extend-approve", "{}");
    must_move(t, OFFICE, assigned, "assign", good_body(t, ASSIGN));
    go(t, assigned, OBJECT);
    expect_fault(town_move(t, OFFICE, assigned, "objection-refuse", 0, good_body(t, DISMISS), &err), &err,
                 FAULT_REFUSED, "hazard.approver_same");
    error_clear(&err);
    must_move(t, CITY, assigned, "objection-refuse", good_body(t, DISMISS));
    expect_fault(town_move(t, COUNTY, asked, "suspend", 0, good_body(t, SUSPEND), &err), &err, FAULT_FORBIDDEN,
                 "verb.missing");
}

/* Who decides about what somebody of that level assigned: the guard and what the record offers, alike. */
static void who_decides_stands_above_who_assigned(void **state)
{
    static const struct {
        const char *assigned; /* NULL: a ledger does not say */
        enum who who;
        bool decides;
    } rows[] = {
        { "town", COUNTY, false },        { "town", CITY, true },        { "town", PROVINCE, true },
        { "county", CITY, true },         { "county", OFFICE, true },    { "city", PROVINCE, true },
        { "city", CITY, true },           { "city_office", CITY, true }, { "city_office", OFFICE, true },
        { "province", CITY, false },      { "province", OFFICE, false }, { "province", PROVINCE, false },
        { "city_office", SAFETY, false }, { NULL, CITY, true },          { NULL, PROVINCE, true },
        { "unit", CITY, true },
    };
    static const char *const decisions[] = { "extend-approve", "extend-refuse" };
    struct town *t = TOWN(state);
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t d = 0; d < COUNT(decisions); d++) {
            struct error err = { 0 };
            int64_t id = hazard_in(t, HAZARD_EXTENSION);
            must_write(t->house.store, "UPDATE hazard SET set_level = ? WHERE id = ?",
                       BIND(rows[i].assigned ? value_text(rows[i].assigned) : value_null(), value_int(id)));
            bool offered = offers_to(t, rows[i].who, id, decisions[d]);
            int got = town_move(t, rows[i].who, id, decisions[d], 0, d ? "{\"reason\":\"不足\"}" : "{}", &err);
            if (offered != rows[i].decides || (got == 0) != rows[i].decides)
                fail_msg("%s by %s of what %s assigned: %s, %s", decisions[d], town_names[rows[i].who],
                         rows[i].assigned ? rows[i].assigned : "a ledger", offered ? "offered" : "not offered",
                         got == 0 ? "accepted" : err.code);
            if (got < 0 && err.fault != FAULT_FORBIDDEN)
                expect_fault(got, &err, FAULT_REFUSED, "hazard.approver_same");
        }
}

static void the_highest_who_assigned_or_set_the_deadline_is_on_the_record(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = hazard_in(t, HAZARD_CLASSIFIED);
    must_move(t, GRID_A, id, "assign", good_body(t, ASSIGN));
    assert_string_equal(hazard_of(t, id)->set_level, "town");
    go(t, id, SUBMIT);
    go(t, id, RETURN); /* the county sets another day */
    assert_string_equal(hazard_of(t, id)->set_level, "county");
    go(t, id, SUBMIT);
    must_move(t, GRID_A, id, "recheck-fail", "{\"opinion\":\"再改\",\"due\":\"2026-04-20\"}");
    assert_string_equal(hazard_of(t, id)->set_level, "county");
    must_move(t, OFFICE, id, "suspend", good_body(t, SUSPEND));
    must_move(t, OFFICE, id, "resume", good_body(t, RESUME));
    assert_string_equal(hazard_of(t, id)->set_level, "city_office");
    must_move(t, GRID_A, id, "transfer", good_body(t, TRANSFER));
    assert_string_equal(hazard_of(t, id)->set_level, "city_office");
}

static void the_unit_objects_within_three_working_days(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = hazard_in(t, HAZARD_ASSIGNED); /* on Monday the 9th */
    expect_fault(move_on(t, SAFETY, TODAY + 4, id, "object", good_body(t, OBJECT), &err), &err, FAULT_REFUSED,
                 "hazard.objection_late");
    error_clear(&err);
    must(move_on(t, SAFETY, TODAY + 3, id, "object", good_body(t, OBJECT), &err), &err);
    assert_int_equal(hazard_of(t, id)->due, day_from_ymd(2026, 4, 1));
}

static void who_closed_it_first_stays_on_a_reopened_hazard(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = hazard_in(t, HAZARD_CLOSED);
    must_move(t, CHECKER, id, "reopen", good_body(t, REOPEN));
    const struct hazard *h = hazard_of(t, id);
    assert_int_equal(h->first_closer, t->people[COUNTY].id);
    assert_int_equal(h->first_closed_on, TODAY);
    assert_false(has(h, closed_on));
    go(t, id, SUBMIT);
    must_move(t, CHECKER, id, "recheck-pass", "{\"opinion\":\"好\"}");
    must_move(t, COUNTY, id, "reopen", good_body(t, REOPEN));
    h = hazard_of(t, id);
    assert_int_equal(h->first_closer, t->people[COUNTY].id);
    assert_int_equal(h->reopened, 2);
    assert_true(h->repeated);
}

/* The instruction is issued and its paper binds the hazard (enforcement_paper_test.c); here what follows of that alone. */
static int64_t ordered(struct town *t, enum hazard_state state)
{
    int64_t id = hazard_in(t, state);
    must_write(t->house.store, "UPDATE hazard SET ordered_on = ?, recheck_from = due WHERE id = ?",
               BIND(value_int(TODAY), value_int(id)));
    return id;
}

static int64_t recheck_due(struct town *t, int64_t id)
{
    int64_t due = 0;
    watch_due(house_calendar(&t->house), &hazard_kind, "recheck", hazard_of(t, id), &due);
    return due;
}

/* Hazard reference §5: within ten days of the application or of the end of the time ordered, whichever is first. */
static void an_order_is_re_checked_after_the_repair_or_the_end_of_its_time_whichever_is_first(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t due = day_from_ymd(2026, 4, 1);
    static const struct {
        bool ordered;
        int handed_in; /* days after the deadline; 0: nothing is */
        int from;      /* so many days after the deadline the ten begin */
    } rows[] = { { true, -3, -3 }, { true, 0, 0 }, { true, 4, 0 }, { false, 4, 4 }, { false, -3, -3 } };
    assert_int_equal(recheck_due(t, hazard_in(t, HAZARD_ASSIGNED)), 0); /* nobody ordered it */
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t id = rows[i].ordered ? ordered(t, HAZARD_ASSIGNED) : hazard_in(t, HAZARD_ASSIGNED);
        assert_int_equal(recheck_due(t, id), rows[i].ordered ? due + 10 : 0);
        int64_t day = due + rows[i].handed_in;
        const char *body =
            say(t, "{\"rectification\":\"已改\",\"evidence\":[%lld]}",
                (long long)must_file_at(t, SAFETY, "after", town_noon + (day - TODAY) * (int64_t)DAY_MS));
        must(move_on(t, SAFETY, day, id, "submit", body, &err), &err);
        assert_int_equal(recheck_due(t, id), due + rows[i].from + 10);
        must(move_on(t, COUNTY, day, id, "recheck-pass", good_body(t, PASS), &err), &err);
        assert_int_equal(recheck_due(t, id), 0);
    }
    /* More time moves both, and a suspension stops both. */
    int64_t id = ordered(t, HAZARD_RECTIFYING);
    go(t, id, ASK);
    assert_int_equal(recheck_due(t, id), due + 10);
    go(t, id, GRANT);
    assert_int_equal(recheck_due(t, id), day_from_ymd(2026, 4, 30));
    go(t, id, SUSPEND);
    assert_int_equal(recheck_due(t, id), 0);
}

static void what_was_ordered_and_not_handed_in_is_found_unrepaired_once_its_time_is_over(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t due = day_from_ymd(2026, 4, 1), id = ordered(t, HAZARD_RECTIFYING);
    expect_fault(move_on(t, COUNTY, due, id, "recheck-expired", "{\"opinion\":\"未改\",\"due\":\"2026-04-20\"}", &err),
                 &err, FAULT_REFUSED, "hazard.not_expired");
    error_clear(&err);
    expect_field(
        move_on(t, COUNTY, due + 1, id, "recheck-expired", "{\"opinion\":\"未改\",\"due\":\"2026-04-01\"}", &err), &err,
        "due");
    error_clear(&err);
    must_write(t->house.store, "UPDATE hazard SET responsible = ? WHERE id = ?",
               BIND(value_int(t->people[CHECKER].id), value_int(id)));
    const char *body = "{\"opinion\":\"现场仍未整改\",\"due\":\"2026-04-20\"}";
    expect_fault(move_on(t, CHECKER, due + 1, id, "recheck-expired", body, &err), &err, FAULT_REFUSED,
                 "hazard.same_person");
    error_clear(&err);
    must(move_on(t, COUNTY, due + 1, id, "recheck-expired", body, &err), &err);
    const struct hazard *h = hazard_of(t, id);
    assert_int_equal(h->state, HAZARD_RECTIFYING);
    assert_int_equal(h->returns, 1);
    assert_int_equal(h->recheck_on, due + 1);
    assert_int_equal(h->rechecker, t->people[COUNTY].id);
    assert_int_equal(recheck_due(t, id), day_from_ymd(2026, 4, 30)); /* the order stands, with the new day */
    /* Fulfilled, it is no order any more: what is found back takes another. */
    id = ordered(t, HAZARD_ASSIGNED);
    go(t, id, SUBMIT);
    go(t, id, PASS);
    go(t, id, REOPEN);
    assert_false(has(hazard_of(t, id), ordered_on));
    assert_int_equal(recheck_due(t, id), 0);
}

static bool look_back_runs(struct town *t, int64_t id, int64_t *due)
{
    return watch_due(house_calendar(&t->house), &hazard_kind, "look_back", hazard_of(t, id), due);
}

static int64_t closed_major(struct town *t)
{
    int64_t id = major_of(t);
    must_move(t, COUNTY, id, "assign",
              say(t,
                  "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停\",\"responsible\":%lld,"
                  "\"plan_goal\":\"消除\",\"plan_signed_on\":\"2026-03-09\"}",
                  (long long)t->people[SAFETY].id));
    must_move(t, SAFETY, id, "submit",
              say(t, "{\"rectification\":\"已改\",\"assessment\":\"专家组：已消除\",\"evidence\":[%lld]}",
                  (long long)must_file(t, SAFETY, "after")));
    must_move(t, COUNTY, id, "recheck-pass", "{\"opinion\":\"好\",\"site_review_on\":\"2026-03-09\"}");
    return id;
}

/* 回头看 (hazard reference §7): due six months after the closing, settled by a look-back and by what is found back. */
static void a_major_hazard_is_looked_back_at_within_six_months(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t due = 0, id = closed_major(t), sept = day_from_ymd(2026, 9, 9);
    assert_true(look_back_runs(t, id, &due));
    assert_int_equal(due, sept);
    assert_int_equal(hazard_of(t, id)->look_back_due, sept);
    assert_int_equal(hazard_of(t, id)->look_backs, 0);
    int64_t photo = must_file_at(t, CHECKER, "later", town_noon + 40 * (int64_t)DAY_MS);
    must(move_on(t, CHECKER, TODAY + 40, id, "look-back",
                 say(t,
                     "{\"look_back_opinion\":\"通风和监护仍在执行\",\"look_back_on\":\"2026-04-16\","
                     "\"look_back_photos\":[%lld]}",
                     (long long)photo),
                 &err),
         &err);
    const struct hazard *h = hazard_of(t, id);
    assert_int_equal(h->state, HAZARD_CLOSED);
    assert_int_equal(h->look_back_on, day_from_ymd(2026, 4, 16)); /* seen on Thursday, entered on Saturday */
    assert_int_equal(h->look_back_by, t->people[CHECKER].id);
    assert_string_equal(h->look_back_result, "holds");
    assert_string_equal(h->look_back_photos, say(t, ",%lld,", (long long)photo));
    assert_int_equal(h->look_backs, 1);
    assert_int_equal(h->reopened, 0);
    assert_int_equal(h->closed_on, TODAY);
    assert_false(has(h, look_back_due));
    assert_false(look_back_runs(t, id, &due));
    /* Nobody has to, and anybody may: once more, and today where no day is said. */
    must(move_on(t, COUNTY, TODAY + 41, id, "look-back", good_body(t, LOOK_BACK), &err), &err);
    h = hazard_of(t, id);
    assert_int_equal(h->look_back_on, TODAY + 41);
    assert_false(has(h, look_back_photos)); /* each says its own */
    assert_int_equal(h->look_backs, 2);
}

static void what_a_look_back_finds_back_settles_it_and_closing_anew_asks_again(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t due = 0, id = closed_major(t), may = day_from_ymd(2026, 5, 4);
    must(move_on(t, CHECKER, TODAY + 30, id, "look-back", good_body(t, LOOK_BACK), &err), &err);
    must(move_on(t, CHECKER, TODAY + 40, id, "reopen", good_body(t, REOPEN), &err), &err);
    const struct hazard *h = hazard_of(t, id);
    assert_string_equal(h->look_back_result, "relapsed");
    assert_int_equal(h->look_back_on, TODAY + 40);
    assert_false(has(h, look_back_opinion)); /* that was the first one's */
    assert_int_equal(h->look_backs, 2);
    assert_int_equal(h->reopened, 1);
    assert_false(has(h, look_back_due) || look_back_runs(t, id, &due));
    int64_t file = must_file_at(t, SAFETY, "again", town_noon + (may - TODAY) * DAY_MS);
    must(move_on(t, SAFETY, may, id, "submit",
                 say(t, "{\"rectification\":\"再改\",\"assessment\":\"合格\",\"evidence\":[%lld]}", (long long)file),
                 &err),
         &err);
    must(move_on(t, CHECKER, may, id, "recheck-pass", "{\"opinion\":\"好\",\"site_review_on\":\"2026-05-04\"}", &err),
         &err);
    assert_true(look_back_runs(t, id, &due));
    assert_int_equal(due, day_from_ymd(2026, 11, 4));
}

static void who_repaired_does_not_look_back(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = hazard_in(t, HAZARD_ASSIGNED);
    must_move(t, OFFICE, id, "submit",
              say(t, "{\"rectification\":\"已改\",\"evidence\":[%lld]}", (long long)must_file(t, OFFICE, "own")));
    go(t, id, PASS);
    expect_fault(town_move(t, OFFICE, id, "look-back", 0, good_body(t, LOOK_BACK), &err), &err, FAULT_REFUSED,
                 "hazard.look_back_same");
    assert_int_equal(hazard_of(t, id)->look_backs, 0);
    must_move(t, CHECKER, id, "look-back", good_body(t, LOOK_BACK));
}

/* At least a tenth of the general ones each quarter: one in eight is drawn. They wait, and no ladder climbs for them. */
static void of_eight_general_hazards_in_a_row_one_is_drawn(void **state)
{
    struct town *t = TOWN(state);
    int64_t due, at[HAZARD_DRAWN_OF] = { 0 };
    for (int64_t block = 0; block < 4000; block++) {
        int drawn = 0;
        for (int i = 0; i < HAZARD_DRAWN_OF; i++)
            if (hazard_is_drawn(block * HAZARD_DRAWN_OF + i)) {
                drawn++;
                at[i]++;
            }
        assert_int_equal(drawn, 1);
    }
    for (int i = 0; i < HAZARD_DRAWN_OF; i++) /* no place in its block is safe, none is sure */
        assert_in_range(at[i], 400, 600);
    int seen = 0;
    for (int i = 0; i < 2 * HAZARD_DRAWN_OF; i++) {
        int64_t id = hazard_in(t, HAZARD_CLOSED);
        const struct hazard *h = hazard_of(t, id);
        assert_int_equal(has(h, look_back_due), hazard_is_drawn(id));
        assert_false(look_back_runs(t, id, &due));
        if (!has(h, look_back_due))
            continue;
        seen++;
        assert_int_equal(h->look_back_due, day_from_ymd(2026, 6, 9));
        go(t, id, LOOK_BACK);
        assert_false(has(hazard_of(t, id), look_back_due));
    }
    assert_true(seen >= 1);
}

static void the_same_clause_within_a_year_is_a_repeat(void **state)
{
    struct town *t = TOWN(state);
    static const struct {
        enum spot firm;
        const char *clause, *found_on;
        bool repeated;
    } rows[] = {
        { FIRM_B2, "甲款", "2025-01-10", false }, { FIRM_B2, "甲款", "2026-01-11", false },
        { FIRM_B2, "甲款", "2026-03-01", true },  { FIRM_B2, "乙款", "2026-03-01", false },
        { FIRM_B1, "甲款", "2026-03-01", false },
    };
    int64_t former = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t id =
            must_create(t, OFFICE, &hazard_kind,
                        say(t, "{\"description\":\"重复\",\"object\":%lld,\"found_on\":\"%s\",\"source\":\"grid\"}",
                            (long long)t->spots[rows[i].firm], rows[i].found_on));
        must_move(t, OFFICE, id, "classify", say(t, "{\"level\":\"general\",\"clause\":\"%s\"}", rows[i].clause));
        assert_int_equal(hazard_of(t, id)->repeated, rows[i].repeated);
        assert_int_equal(hazard_of(t, id)->repeat_of, rows[i].repeated ? former : 0);
        former = id;
    }
}

static bool offers_to(struct town *t, enum who who, int64_t id, const char *move)
{
    size_t i;
    json_t *name;
    json_array_foreach(json_object_get(must_render(t, who, &hazard_kind, id), "moves"), i, name)
    {
        if (strcmp(json_string_value(name), move) == 0)
            return true;
    }
    return false;
}

static bool is_offered(struct town *t, int64_t id, const char *move)
{
    return offers_to(t, OFFICE, id, move);
}

static void what_is_listed_and_delisted(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    staff(t);
    int64_t id = must_hazard(t, GRID_A, t->spots[FIRM_A1], "挂牌");
    must_move(t, COUNTY, id, "classify", "{\"level\":\"general\"}");
    go(t, id, ASSIGN);
    int64_t due = hazard_of(t, id)->due;
    expect_fault(move_on(t, OFFICE, due + 30, id, "list", good_body(t, ENLIST), &err), &err, FAULT_REFUSED,
                 "hazard.list_general");
    error_clear(&err);
    must(move_on(t, OFFICE, due + 31, id, "list", good_body(t, ENLIST), &err), &err);
    assert_int_equal(hazard_of(t, id)->state, HAZARD_ASSIGNED);
    assert_int_equal(hazard_of(t, id)->listed_on, due + 31);
    expect_fault(town_move(t, OFFICE, id, "list", 0, good_body(t, ENLIST), &err), &err, FAULT_REFUSED,
                 "hazard.listed_already");
    error_clear(&err);
    go(t, id, SUBMIT);
    go(t, id, PASS);
    assert_true(is_offered(t, id, "delist"));
    go(t, id, DELIST);
    assert_false(is_offered(t, id, "delist"));
    assert_true(has(hazard_of(t, id), delisted_on));
    expect_fault(town_move(t, OFFICE, id, "delist", 0, good_body(t, DELIST), &err), &err, FAULT_REFUSED,
                 "hazard.not_listed");
    error_clear(&err);
    id = hazard_in(t, HAZARD_FOUND);
    must_move(t, COUNTY, id, "classify", "{\"level\":\"major\",\"clause\":\"HC-1\"}");
    assert_false(is_offered(t, id, "spot-fix"));
    assert_true(is_offered(t, id, "list"));
    go(t, id, ENLIST);
    assert_false(is_offered(t, id, "list"));
}

static void the_second_repair_needs_evidence_of_its_own(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = hazard_in(t, HAZARD_ASSIGNED), first = must_file(t, SAFETY, "first");
    const char *old = say(t, "{\"rectification\":\"已改\",\"evidence\":[%lld]}", (long long)first);
    must_move(t, SAFETY, id, "submit", old);
    go(t, id, RETURN);
    expect_field(town_move(t, SAFETY, id, "submit", 0, old, &err), &err, "evidence");
    error_clear(&err);
    expect_field(town_move(t, SAFETY, id, "submit", 0, "{\"rectification\":\"再改\"}", &err), &err, "evidence");
    must_move(t, SAFETY, id, "submit",
              say(t, "{\"rectification\":\"再改\",\"evidence\":[%lld,%lld]}", (long long)first,
                  (long long)must_file(t, SAFETY, "second")));
}

/* The round after a return: what the first one said is neither kept for it nor lost. */
static void a_second_round_says_its_own_and_the_course_keeps_both(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = hazard_in(t, HAZARD_ASSIGNED), first = must_file(t, SAFETY, "first");
    must_move(t, SAFETY, id, "submit", say(t, "{\"rectification\":\"已改\",\"evidence\":[%lld]}", (long long)first));
    go(t, id, RETURN);
    int64_t second = must_file(t, SAFETY, "second");
    const char *files = say(t, "{\"evidence\":[%lld]}", (long long)second);
    expect_field(town_move(t, SAFETY, id, "submit", 0, files, &err), &err, "rectification");
    error_clear(&err);
    assert_string_equal(hazard_of(t, id)->rectification, "已改"); /* a refused move empties nothing */

    must_move(t, SAFETY, id, "submit", say(t, "{\"rectification\":\"已改\",\"evidence\":[%lld]}", (long long)second));
    const struct hazard *h = hazard_of(t, id);
    assert_string_equal(h->evidence, say(t, ",%lld,", (long long)second));
    assert_false(has(h, opinion));

    /* In the same words, and yet said anew. */
    const json_t *changes = must_changes(t, &hazard_kind, id, h->is.version);
    assert_int_equal(json_array_size(json_object_get(changes, "rectification")), 2);
    assert_string_equal(json_string_value(json_array_get(json_object_get(changes, "rectification"), 1)), "已改");
    assert_non_null(json_object_get(changes, "evidence"));
    assert_int_equal(count_of(t, "SELECT count(*) FROM file WHERE kind = 'hazard' AND record = %lld", (long long)id),
                     2);
}

/* ---- days ---- */

static int assign_at(struct town *t, int64_t now, const char *due, struct error *err)
{
    int64_t id = hazard_in(t, HAZARD_CLASSIFIED);
    const char *body =
        say(t, "{\"measures\":\"改\",\"funds\":0,\"due\":\"%s\",\"contingency\":\"停\",\"responsible\":%lld}", due,
            (long long)t->people[SAFETY].id);
    return town_act(t, &(struct act){ .who = COUNTY, .now = now }, &hazard_kind, id, "assign", body, NULL, err);
}

static void the_whole_day_belongs_to_the_deadline(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t midnight = day_end_ms(TODAY); /* in China */
    must(assign_at(t, midnight - 1, "2026-03-09", &err), &err);
    expect_field(assign_at(t, midnight, "2026-03-09", &err), &err, "due");
    error_clear(&err);
    must(assign_at(t, midnight, "2026-03-10", &err), &err);
    /* Found tomorrow is refused until it is tomorrow. */
    const char *body =
        say(t, "{\"description\":\"明天\",\"object\":%lld,\"found_on\":\"2026-03-10\",\"source\":\"grid\"}",
            (long long)t->spots[FIRM_A1]);
    struct act act = { .who = GRID_A, .now = midnight - 1 };
    expect_field(town_act(t, &act, &hazard_kind, 0, NULL, body, NULL, &err), &err, "found_on");
    error_clear(&err);
    act.now = midnight;
    must(town_act(t, &act, &hazard_kind, 0, NULL, body, NULL, &err), &err);
}

static int64_t due_before(struct town *t, const char *day)
{
    struct error err = { 0 };
    struct scope scope;
    struct filter filter;
    struct list_page page;
    struct db *db;
    const struct filter_pair pairs[] = { { "due.before", day }, { "q", "期限边界" } };
    must(filter_parse(&hazard_kind, pairs, 2, &t->arena, &filter, &err), &err);
    scope_compile(&t->people[OFFICE], &hazard_kind, verb_bit("read"), &scope);
    struct list_query q = { .kind = &hazard_kind,
                            .actor = &t->people[OFFICE],
                            .scope = &scope,
                            .filter = &filter,
                            .sort = "due",
                            .limit = 10,
                            .count = COUNT_EXACT };
    must(store_reader(t->house.store, &db, &err), &err);
    int got = list_run(db, &q, &t->arena, &page, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    return page.total;
}

static void what_is_due_today_is_overdue_tomorrow(void **state)
{
    struct town *t = TOWN(state);
    staff(t);
    int64_t id = must_hazard(t, GRID_A, t->spots[FIRM_A1], "期限边界");
    must_move(t, COUNTY, id, "classify", "{\"level\":\"general\"}");
    must_move(t, COUNTY, id, "assign",
              say(t,
                  "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-03-09\",\"contingency\":\"停\","
                  "\"responsible\":%lld}",
                  (long long)t->people[SAFETY].id));
    assert_int_equal(due_before(t, "2026-03-08"), 0);
    assert_int_equal(due_before(t, "2026-03-09"), 0);
    assert_int_equal(due_before(t, "2026-03-10"), 1);
}

/* ---- random moves ---- */

struct walker {
    struct town *town;
    pthread_t thread;
    uint64_t seed;
    const int64_t *ids;
    size_t count;
    int steps, done;
    struct error wrong; /* a failure that is no refusal */
};

static uint64_t next(uint64_t *seed)
{
    uint64_t x = *seed += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

/* %lld is a person, or an upload where the body is that of a repair. */
#define FIVE                                                                                                              \
    "\"plan_goal\":\"目标\",\"plan_signed_on\":\"2026-03-09\",\"measures\":\"改\",\"funds\":0,\"due\":\"2026-04-01\"," \
    "\"contingency\":\"停\",\"responsible\":%lld"
static const char *const random_bodies[] = {
    "{\"level\":\"general\"}",
    "{\"level\":\"major\"}",
    "{\"level\":\"major\",\"clause\":\"HC-1\"}",
    "{" FIVE "}",
    "{\"rectification\":\"已改\",\"evidence\":[%lld],\"assessment\":\"合格\"}",
    "{\"opinion\":\"好\",\"site_review_on\":\"2026-03-09\"}",
    "{\"opinion\":\"再改\",\"due\":\"2026-05-01\"}",
    "{}",
    "{\"reason\":\"理由\"}",
    "{\"reason\":\"理由\",\"extension_to\":\"2026-06-01\"}",
    "{\"due\":\"2026-05-01\"}",
    "{\"reason\":\"理由\",\"due\":\"2026-05-01\"}",
    "{\"reason\":\"理由\",\"responsible\":%lld}",
    "{\"listed_level\":\"county\",\"listing_no\":\"督1\"}",
    "{\"closure_document\":\"文1\"}",
    "{\"report_cause\":\"锈蚀\",\"report_analysis\":\"可停用\",\"reported_to\":1}",
    "{\"reported_on\":\"2026-03-09\",\"reported_to\":1}",
    "{\"look_back_opinion\":\"好\"}"
};

/* Made by SQL: random moves come from many threads, which must not assert. */
struct upload {
    int64_t account, id;
};

static int make_upload(struct db *db, void *args, struct error *err)
{
    struct upload *u = args;
    bool found;
    return db_get_int(db,
                      "INSERT INTO file (sha256, name, type, size, uploaded_at, account) VALUES ('00', 'a', 'b', 1, ?, "
                      "?) RETURNING id",
                      BIND(value_int(town_noon), value_int(u->account)), &u->id, &found, err);
}

static int random_step(struct walker *w, struct arena *arena, struct error *err)
{
    static const enum who people[] = { OFFICE, COUNTY, CHECKER, GRID_A, SAFETY, SAFETY, OFFICE, NAMED, GRID_B };
    struct town *t = w->town;
    uint64_t r = next(&w->seed);
    enum who who = people[r % COUNT(people)];
    int64_t id = w->ids[(r >> 8) % w->count];
    int act = (int)((r >> 24) % 20);
    struct act by = { .who = who };
    if (act == 0)
        return town_act(t, &by, &hazard_kind, id, NULL,
                        arena_printf(arena, "{\"location\":\"位置%llu\"}", (unsigned long long)(r >> 40) % 50), NULL,
                        err);
    if (act == 1)
        return town_remove(t, who, &hazard_kind, id, err);
    if (act <= 3)
        return town_restore(t, who, &hazard_kind, id, err);
    int move = (int)((r >> 32) % MOVES);
    static const size_t usual[MOVES] = {
        [CLASSIFY] = 0, [ASSIGN] = 3,  [SPOT_FIX] = 4, [SUBMIT] = 4,     [START] = 7,     [PASS] = 5,    [RETURN] = 6,
        [OBJECT] = 8,   [ACCEPT] = 8,  [DISMISS] = 8,  [ASK] = 9,        [GRANT] = 7,     [REFUSE] = 8,  [WITHDRAW] = 7,
        [RESUME] = 10,  [DELIST] = 8,  [REOPEN] = 11,  [RECLASSIFY] = 8, [TRANSFER] = 12, [ENLIST] = 13, [SUSPEND] = 8,
        [END] = 14,     [REPORT] = 15, [RECEIVE] = 16, [LOOK_BACK] = 17, [EXPIRED] = 6,   [COMPLETE] = 7
    };
    size_t body = move == CLASSIFY ? (r >> 40) % 3 : usual[move];
    if ((r >> 44) % 16 == 0)
        body = (r >> 48) % COUNT(random_bodies);
    int64_t number = t->people[(r >> 52) % 2 ? SAFETY : NAMED].id;
    if (body == 4) {
        struct upload u = { .account = t->people[who].id };
        if (store_write(t->house.store, make_upload, &u, err) < 0)
            return -1;
        number = u.id;
    }
    AUTO_TEXT text = TEXT_LIMIT(1024);
    const char *mark = strstr(random_bodies[body], "%lld");
    if (mark)
        text_printf(&text, "%.*s%lld%s", (int)(mark - random_bodies[body]), random_bodies[body], (long long)number,
                    mark + 4);
    else
        text_str(&text, random_bodies[body]);
    return town_act(t, &by, &hazard_kind, id, moves[move], text_get(&text), NULL, err);
}

static void *walk(void *args)
{
    struct walker *w = args;
    for (int i = 0; i < w->steps; i++) {
        AUTO_ARENA arena = { 0 };
        struct error err = { 0 };
        int got = random_step(w, &arena, &err);
        w->done += got == 0;
        if (got < 0 && fault_status(err.fault) >= 500)
            w->wrong = err;
    }
    return NULL;
}

/* The way a hazard went, read out of its history: every step is a declared one. */
static void expect_declared_way(struct town *t, int64_t id)
{
    const struct hazard *h = hazard_of(t, id);
    int state = HAZARD_FOUND;
    bool removed = false;
    struct error err = { 0 };
    struct db *db;
    struct rows rows;
    int64_t version = 0;
    must(store_reader(t->house.store, &db, &err), &err);
    must(db_query(db, &rows,
                  "SELECT version, act, move, changes FROM history WHERE kind = 'hazard' AND id = ? ORDER BY version",
                  BIND(value_int(id)), &err),
         &err);
    while (rows_next(&rows)) {
        const char *act = rows_text(&rows, 1), *name = rows_text(&rows, 2);
        json_t *changes = json_loads(rows_text(&rows, 3), 0, NULL);
        const char *old = json_string_value(json_array_get(json_object_get(changes, "state"), 0)),
                   *new = json_string_value(json_array_get(json_object_get(changes, "state"), 1));
        assert_int_equal(rows_int(&rows, 0), ++version);
        if (name) {
            int move = 0;
            while (strcmp(moves[move], name) != 0)
                move++;
            assert_false(removed);
            assert_string_equal(act, "move");
            if (leads(state, move) == NO)
                fail_msg("hazard %lld went by %s from state %d", (long long)id, name, state);
            if (leads(state, move) == state) {
                assert_null(old);
            } else {
                assert_string_equal(old, hazard_kind.states[state].code);
                state = leads(state, move);
                assert_string_equal(new, hazard_kind.states[state].code);
            }
        } else {
            assert_null(old);
        }
        assert_int_equal(removed, strcmp(act, "restore") == 0);
        removed = strcmp(act, "remove") == 0;
        json_decref(changes);
    }
    must(rows_done(&rows, &err), &err);
    store_reader_back(t->house.store, db);
    assert_int_equal(h->is.version, version);
    assert_int_equal(h->state, state);
    assert_int_equal(h->is.removed_at != 0, removed);
    if (has(h, level) && strcmp(h->level, "major") == 0)
        assert_true(has(h, clause));
    if (h->state == HAZARD_FIXED || h->state == HAZARD_CLOSED)
        assert_true(has(h, rectifier) && has(h, evidence) && has(h, rectification));
    if (h->state == HAZARD_CLOSED) {
        assert_true(has(h, rechecker) && has(h, opinion) && has(h, closed_on));
        assert_int_not_equal(h->rechecker, h->rectifier);
        assert_true(!has(h, responsible) || h->rechecker != h->responsible);
    }
    /* Whoever is named stands in the list of parties, and nobody else. */
    assert_int_equal(
        count_of(t, "SELECT count(*) FROM record_party WHERE kind = 'hazard' AND id = %lld", (long long)id),
        has(h, reporter) + has(h, responsible) + has(h, rectifier) + has(h, rechecker) + has(h, first_closer) +
            has(h, look_back_by));
    if (h->state == HAZARD_ENDED)
        assert_true(has(h, closure_document));
    if (h->state == HAZARD_EXTENSION)
        assert_true(has(h, extension_to) && has(h, due) && h->extension_to > h->due);
    assert_true(h->look_backs >= h->reopened);
    assert_int_equal(h->look_backs > 0, has(h, look_back_on) && has(h, look_back_by) && has(h, look_back_result));
    assert_true(!has(h, look_back_due) || h->state == HAZARD_CLOSED);
    if (h->reopened)
        assert_true(has(h, first_closer) && has(h, first_closed_on) && h->repeated);
}

static bool finds(struct town *t, int64_t id, const char *words)
{
    struct error err = { 0 };
    struct scope scope;
    struct filter filter = { .words = words };
    struct list_page page;
    struct db *db;
    scope_compile(&t->people[OFFICE], &hazard_kind, verb_bit("read"), &scope);
    struct list_query q = { .kind = &hazard_kind,
                            .actor = &t->people[OFFICE],
                            .scope = &scope,
                            .filter = &filter,
                            .sort = "id",
                            .limit = LIMIT_PAGE };
    must(store_reader(t->house.store, &db, &err), &err);
    int got = list_run(db, &q, &t->arena, &page, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    for (size_t i = 0; i < page.count; i++)
        if (record_of(page.rows[i])->id == id)
            return true;
    return false;
}

static void check_all(struct town *t, const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect_declared_way(t, ids[i]);
        const struct hazard *h = hazard_of(t, ids[i]);
        bool live = !h->is.removed_at;
        assert_int_equal(finds(t, ids[i], say(t, "漫步%zu号", i)), live);
        for (int place = 0; place < 50; place += 7)
            assert_int_equal(finds(t, ids[i], say(t, "位置%d", place)),
                             live && has(h, location) && strstr(h->location, say(t, "位置%d", place)));
    }
}

static void make_walk(struct town *t, int64_t *ids, size_t count)
{
    staff(t);
    for (size_t i = 0; i < count; i++)
        ids[i] = must_hazard(t, GRID_A, t->spots[FIRM_A1], say(t, "漫步%zu号", i));
}

static void a_thousand_random_moves_stay_on_declared_ways(void **state)
{
    struct town *t = TOWN(state);
    int64_t ids[12];
    make_walk(t, ids, COUNT(ids));
    struct walker w = { .town = t, .seed = 20260309, .ids = ids, .count = COUNT(ids), .steps = 1000 };
    walk(&w);
    if (w.wrong.fault)
        fail_msg("%s: %s", w.wrong.code, w.wrong.en);
    assert_true(w.done > 50);
    check_all(t, ids, COUNT(ids));
}

static void eight_at_once_stay_on_declared_ways(void **state)
{
    struct town *t = TOWN(state);
    int64_t ids[12];
    struct walker walkers[MOVERS];
    make_walk(t, ids, COUNT(ids));
    for (int i = 0; i < MOVERS; i++) {
        walkers[i] =
            (struct walker){ .town = t, .seed = (uint64_t)i * 7919 + 1, .ids = ids, .count = COUNT(ids), .steps = 250 };
        assert_int_equal(pthread_create(&walkers[i].thread, NULL, walk, &walkers[i]), 0);
    }
    int done = 0;
    for (int i = 0; i < MOVERS; i++) {
        pthread_join(walkers[i].thread, NULL);
        done += walkers[i].done;
        if (walkers[i].wrong.fault)
            fail_msg("%s: %s", walkers[i].wrong.code, walkers[i].wrong.en);
    }
    assert_true(done > 50);
    check_all(t, ids, COUNT(ids));
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(every_state_lets_out_its_moves_and_no_other),
        SAYS(who_repaired_and_who_judged_is_on_the_record),
        SAYS(who_reports_has_found_it_unless_another_is_named),
        SAYS(the_rules_of_the_moves_name_what_they_miss),
        SAYS(all_five_arrangements_are_asked_for_at_once),
        SAYS(whoever_is_responsible_may_not_judge_though_another_repaired),
        SAYS(a_hazard_is_not_given_to_somebody_who_can_do_nothing_about_it),
        SAYS(who_has_no_account_is_named_in_words),
        SAYS(what_a_ledger_left_out_of_the_five_is_completed_before_the_repair),
        SAYS(completing_changes_nothing_that_stands),
        SAYS(a_major_hazard_is_not_fixed_on_the_spot),
        SAYS(what_the_firm_found_itself_is_due_in_fifteen_days_unless_another_day_is_given),
        SAYS(a_major_hazard_is_reported_by_the_next_day_and_a_general_one_is_not),
        SAYS(a_report_on_paper_is_recorded_with_the_day_it_came),
        SAYS(the_staff_congress_hears_between_the_finding_and_today),
        SAYS(what_a_major_hazard_is_judged_by_was_in_force_when_it_was_found),
        SAYS(a_major_hazard_is_planned_assessed_and_reviewed_on_site),
        SAYS(the_old_deadline_runs_until_more_time_is_granted),
        SAYS(more_time_is_asked_for_before_the_deadline_has_passed),
        SAYS(whoever_assigned_or_asked_does_not_decide),
        SAYS(who_decides_stands_above_who_assigned),
        SAYS(the_highest_who_assigned_or_set_the_deadline_is_on_the_record),
        SAYS(the_unit_objects_within_three_working_days),
        SAYS(who_closed_it_first_stays_on_a_reopened_hazard),
        SAYS(an_order_is_re_checked_after_the_repair_or_the_end_of_its_time_whichever_is_first),
        SAYS(what_was_ordered_and_not_handed_in_is_found_unrepaired_once_its_time_is_over),
        SAYS(a_major_hazard_is_looked_back_at_within_six_months),
        SAYS(what_a_look_back_finds_back_settles_it_and_closing_anew_asks_again),
        SAYS(who_repaired_does_not_look_back),
        SAYS(of_eight_general_hazards_in_a_row_one_is_drawn),
        SAYS(the_same_clause_within_a_year_is_a_repeat),
        SAYS(what_is_listed_and_delisted),
        SAYS(the_second_repair_needs_evidence_of_its_own),
        SAYS(a_second_round_says_its_own_and_the_course_keeps_both),
        SAYS(the_whole_day_belongs_to_the_deadline),
        SAYS(what_is_due_today_is_overdue_tomorrow),
        SAYS(a_thousand_random_moves_stay_on_declared_ways),
        SAYS(eight_at_once_stay_on_declared_ways),
    };
    return RUN_TOWNS(tests);
}
