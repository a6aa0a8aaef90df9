#include "table.h"

#include "base/error.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

struct status_row {
    const char *says;
    enum fault fault;
    int status;
};

static const struct status_row statuses[] = {
    { "no fault is 200", FAULT_NONE, 200 },
    { "unreadable is 400", FAULT_MALFORMED, 400 },
    { "nobody signed in is 401", FAULT_UNAUTHENTICATED, 401 },
    { "never allowed is 403", FAULT_FORBIDDEN, 403 },
    { "not there or not in scope is 404", FAULT_MISSING, 404 },
    { "wrong method is 405", FAULT_METHOD, 405 },
    { "in the way is 409", FAULT_CONFLICT, 409 },
    { "changed meanwhile is 412", FAULT_STALE, 412 },
    { "too large is 413", FAULT_TOO_LARGE, 413 },
    { "unknown content type is 415", FAULT_MEDIA, 415 },
    { "wrong fields are 422", FAULT_INVALID, 422 },
    { "refused by a rule is 422", FAULT_REFUSED, 422 },
    { "no version stated is 428", FAULT_PRECONDITION, 428 },
    { "too many tries is 429", FAULT_LIMITED, 429 },
    { "our fault is 500", FAULT_INTERNAL, 500 },
    { "come back later is 503", FAULT_UNAVAILABLE, 503 },
    { "no room on disk is 507", FAULT_FULL, 507 },
};

static void has_a_status(void **state)
{
    const struct status_row *row = *state;
    assert_int_equal(fault_status(row->fault), row->status);
}

static void both_languages_take_the_same_arguments(void **state)
{
    (void)state;
    struct error err = { 0 };
    assert_int_equal(fail(&err, FAULT_REFUSED, "hazard.same_person", "第 %d 条：%s", "Row %d: %s", 7, "x"), -1);
    assert_int_equal(err.fault, FAULT_REFUSED);
    assert_string_equal(err.code, "hazard.same_person");
    assert_string_equal(err.zh, "第 7 条：x");
    assert_string_equal(err.en, "Row 7: x");
}

struct cut_row {
    const char *says;
    size_t lead; /* ASCII bytes before the Chinese, so that the cut falls into each place of a character */
};

static const struct cut_row cuts[] = {
    { "a cut after whole characters", 1 }, { "a cut after the first byte", 0 }, { "a cut after the second byte", 2 },
    { "a cut far behind ASCII", 160 },     { "a cut in ASCII alone", 400 },
};

static void a_long_sentence_is_cut_between_characters(void **state)
{
    const struct cut_row *row = *state;
    char text[2000] = { 0 };
    memset(text, 'a', row->lead);
    for (size_t at = row->lead; at + 3 < sizeof text; at += 3)
        memcpy(text + at, "患", 3);
    struct error err = { 0 };
    fail(&err, FAULT_INVALID, "x", "%s", "%s", text);
    assert_true(utf8_valid(err.zh, strlen(err.zh)));
    assert_true(utf8_valid(err.en, strlen(err.en)));
    assert_true(strlen(err.zh) > sizeof err.zh - 4);
    assert_memory_equal(err.zh, text, strlen(err.zh));

    fail_field(&err, "title", "%s", "%s", text);
    assert_true(utf8_valid(err.fields[0].zh, strlen(err.fields[0].zh)));
    assert_true(utf8_valid(err.fields[0].en, strlen(err.fields[0].en)));
    assert_true(strlen(err.fields[0].zh) > sizeof err.fields[0].zh - 4);

    error_add(&err, "文件", "file");
    error_add(&err, "一", "b");
    error_add(&err, "二二", "cc");
    assert_true(utf8_valid(err.zh, strlen(err.zh)));
    assert_true(utf8_valid(err.en, strlen(err.en)));
    assert_memory_equal(err.zh, "二二：一：文件：", strlen("二二：一：文件："));
}

static void a_place_longer_than_the_sentence_stays_valid(void **state)
{
    (void)state;
    char place[1000] = { 0 };
    for (size_t at = 0; at + 3 < sizeof place; at += 3)
        memcpy(place + at, "区", 3);
    struct error err = { 0 };
    fail(&err, FAULT_INVALID, "x", "原因", "reason");
    assert_int_equal(error_add(&err, place, place), -1);
    assert_true(utf8_valid(err.zh, strlen(err.zh)));
    assert_true(utf8_valid(err.en, strlen(err.en)));
}

static void a_sentence_that_fits_exactly_is_not_cut(void **state)
{
    (void)state;
    char text[ERROR_SENTENCE] = { 0 };
    memset(text, 'a', ERROR_SENTENCE - 1);
    memcpy(text + ERROR_SENTENCE - 4, "患", 3);
    struct error err = { 0 };
    fail(&err, FAULT_INVALID, "x", "%s", "%s", text);
    assert_string_equal(err.zh, text);
    assert_string_equal(err.en, text);
}

static void the_place_stands_before_the_sentence(void **state)
{
    (void)state;
    struct error err = { 0 };
    fail(&err, FAULT_INVALID, "x", "日期不对", "Bad date");
    assert_int_equal(error_add(&err, "第 3 行", "row 3"), -1);
    error_add(&err, "企业.csv", "firms.csv");
    assert_string_equal(err.zh, "企业.csv：第 3 行：日期不对");
    assert_string_equal(err.en, "firms.csv: row 3: Bad date");
    assert_int_equal(err.fault, FAULT_INVALID);
    assert_string_equal(err.code, "x");
}

static void wrong_fields_gather_under_one_sentence(void **state)
{
    (void)state;
    struct error err = { 0 };
    assert_int_equal(fail_field(&err, "due", "期限 %d", "due %d", 1), -1);
    fail_field(&err, "lines.2.title", "标题", "title");
    assert_int_equal(err.fault, FAULT_INVALID);
    assert_string_equal(err.code, "invalid");
    assert_true(err.zh[0] != '\0' && err.en[0] != '\0');
    assert_int_equal(err.field_count, 2);
    assert_string_equal(err.fields[0].name, "due");
    assert_string_equal(err.fields[0].zh, "期限 1");
    assert_string_equal(err.fields[0].en, "due 1");
    assert_string_equal(err.fields[1].name, "lines.2.title");
}

static void fields_past_the_room_are_counted_only(void **state)
{
    (void)state;
    struct error err = { 0 };
    for (int i = 0; i < ERROR_FIELDS + 5; i++)
        fail_field(&err, "f", "%d", "%d", i);
    assert_int_equal(err.field_count, ERROR_FIELDS + 5);
    assert_string_equal(err.fields[ERROR_FIELDS - 1].zh, "15");
}

static void a_cleared_error_is_no_error(void **state)
{
    (void)state;
    struct error err = { 0 };
    fail_field(&err, "due", "期限", "due");
    err.retry_after_s = 3;
    error_clear(&err);
    assert_int_equal(err.fault, FAULT_NONE);
    assert_int_equal(err.field_count, 0);
    assert_int_equal(err.retry_after_s, 0);
    assert_string_equal(err.zh, "");
    assert_string_equal(err.code, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_languages_take_the_same_arguments),
        cmocka_unit_test(a_place_longer_than_the_sentence_stays_valid),
        cmocka_unit_test(a_sentence_that_fits_exactly_is_not_cut),
        cmocka_unit_test(the_place_stands_before_the_sentence),
        cmocka_unit_test(wrong_fields_gather_under_one_sentence),
        cmocka_unit_test(fields_past_the_room_are_counted_only),
        cmocka_unit_test(a_cleared_error_is_no_error),
    };
    int failed = RUN_TABLE(statuses, has_a_status) + RUN_TABLE(cuts, a_long_sentence_is_cut_between_characters);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
