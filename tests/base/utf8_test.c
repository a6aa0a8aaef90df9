#include "table.h"

#include "base/utf8.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define BYTES(literal) (literal), sizeof(literal) - 1

struct valid_row {
    const char *says;
    const char *at;
    size_t size;
    bool valid;
};

static const struct valid_row validity[] = {
    { "the empty text is valid", BYTES(""), true },
    { "ASCII is valid", BYTES("hazard 12"), true },
    { "Chinese is valid", BYTES("隐患整改"), true },
    { "a character outside the basic plane is valid", BYTES("𠮷😀"), true },
    { "the last character of two bytes", BYTES("\xDF\xBF"), true },
    { "the first character of three bytes", BYTES("\xE0\xA0\x80"), true },
    { "the last before the surrogates", BYTES("\xED\x9F\xBF"), true },
    { "the first after the surrogates", BYTES("\xEE\x80\x80"), true },
    { "the last character of all", BYTES("\xF4\x8F\xBF\xBF"), true },
    { "a zero byte is refused", BYTES("a\0b"), false },
    { "an overlong slash in two bytes", BYTES("\xC0\xAF"), false },
    { "an overlong slash in three bytes", BYTES("\xE0\x80\xAF"), false },
    { "an overlong slash in four bytes", BYTES("\xF0\x80\x80\xAF"), false },
    { "an overlong zero", BYTES("\xC0\x80"), false },
    { "the greatest overlong of two bytes", BYTES("\xC1\xBF"), false },
    { "the greatest overlong of three bytes", BYTES("\xE0\x9F\xBF"), false },
    { "the greatest overlong of four bytes", BYTES("\xF0\x8F\xBF\xBF"), false },
    { "the first surrogate", BYTES("\xED\xA0\x80"), false },
    { "the last surrogate", BYTES("\xED\xBF\xBF"), false },
    { "a surrogate pair in six bytes", BYTES("\xED\xA0\xBD\xED\xB8\x80"), false },
    { "one past the last character", BYTES("\xF4\x90\x80\x80"), false },
    { "a lead byte of five", BYTES("\xF8\x88\x80\x80\x80"), false },
    { "the byte FE", BYTES("\xFE"), false },
    { "the byte FF", BYTES("\xFF"), false },
    { "a continuation alone", BYTES("\x80"), false },
    { "a lead byte at the end", BYTES("a\xE9"), false },
    { "two of three bytes", BYTES("\xE9\x9A"), false },
    { "three of four bytes", BYTES("\xF0\x9F\x98"), false },
    { "a lead byte before ASCII",
      BYTES("\xE9"
            "abc"),
      false },
    { "GB 18030 is not UTF-8", BYTES("\xD2\xFE\xBB\xBC"), false },
};

static void tells_valid_from_broken(void **state)
{
    const struct valid_row *row = *state;
    char *exact = malloc(row->size + 1); /* no byte more than stated, so that reading past the end is seen */
    memcpy(exact, row->at, row->size);
    char *shrunk = realloc(exact, row->size ? row->size : 1);
    assert_non_null(shrunk);
    assert_int_equal(utf8_valid(shrunk, row->size), row->valid);
    free(shrunk);
}

static void every_code_point_survives_put_and_next(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(8);
    for (int32_t code = 1; code <= 0x10FFFF; code++) {
        if (code == 0xD800)
            code = 0xE000;
        text_clear(&out);
        utf8_put(&out, code);
        const char *at = text_get(&out), *end = at + out.used;
        if (utf8_next(&at, end) != code || at != end || utf8_chars(text_get(&out)) != 1)
            fail_msg("U+%04X does not survive", (unsigned)code);
    }
}

static void walking_stops_at_a_broken_byte_and_stays_there(void **state)
{
    (void)state;
    const char *text = "中\xFF文", *at = text, *end = text + strlen(text);
    assert_int_equal(utf8_next(&at, end), 0x4E2D);
    assert_int_equal(utf8_next(&at, end), -1);
    assert_ptr_equal(at, text + 3);
    at++;
    assert_int_equal(utf8_next(&at, end), 0x6587);
    assert_int_equal(utf8_next(&at, end), -1);
    assert_ptr_equal(at, end);
}

static void characters_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(utf8_chars(""), 0);
    assert_int_equal(utf8_chars("abc"), 3);
    assert_int_equal(utf8_chars("隐患abc"), 5);
    assert_int_equal(utf8_chars("😀😀"), 2);
}

struct text_row {
    const char *says;
    const char *at;
    size_t size;
    const char *result;
};

static const struct text_row plain[] = {
    { "full-width letters and digits become ASCII", BYTES("ＡＢ１２"), "AB12" },
    { "the ideographic space becomes a space", BYTES("甲　乙"), "甲 乙" },
    { "the example of the header", BYTES("ＡＢ　１２ "), "AB 12" },
    { "full-width punctuation becomes ASCII", BYTES("（１，２）：［３］"), "(1,2):[3]" },
    { "the full stop of Chinese stays", BYTES("完成。"), "完成。" },
    { "outer white space of every sort goes", BYTES(" \t\r\n　\xC2\xA0甲\xEF\xBB\xBF　 "), "甲" },
    { "inner white space is kept", BYTES("  a  b\tc\nd  "), "a  b\tc\nd" },
    { "a no-break space inside becomes a space",
      BYTES("a\xC2\xA0"
            "b"),
      "a b" },
    { "nothing stays nothing", BYTES(""), "" },
    { "only white space becomes nothing", BYTES(" 　\t"), "" },
    { "the full-width tilde is the last that folds", BYTES("～｟"), "~｟" },
    { "ASCII passes", BYTES("plain text"), "plain text" },
    { "half-width katakana is left alone", BYTES("ｱ"), "ｱ" },
    { "a broken byte is kept for the check that names it",
      BYTES(" a\xFF"
            "b "),
      "a\xFF"
      "b" },
    { "a broken byte at the end is kept", BYTES("a\xE9"), "a\xE9" },
    { "only a broken byte", BYTES(" \x80 "), "\x80" },
};

static void folds(void **state)
{
    const struct text_row *row = *state;
    AUTO_TEXT out = TEXT_LIMIT(1000);
    text_str(&out, ">");
    utf8_plain(&out, row->at, row->size);
    assert_string_equal(text_get(&out) + 1, row->result);
    if (utf8_is_plain(row->at, row->size)) {
        assert_int_equal(out.used - 1, row->size);
        assert_memory_equal(row->at, row->result, row->size);
    }
}

static void folding_twice_changes_nothing_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        AUTO_TEXT out = TEXT_LIMIT(1000);
        utf8_plain(&out, plain[i].result, strlen(plain[i].result));
        assert_string_equal(text_get(&out), plain[i].result);
    }
}

static void what_folding_leaves_alone_is_known_at_sight(void **state)
{
    (void)state;
    static const char *const plain_ones[] = { "", "a b", "隐患", "第 3 号" };
    static const char *const others[] = { " a", "a\n", "（一）", "甲　乙" };
    for (size_t i = 0; i < sizeof plain_ones / sizeof plain_ones[0]; i++) {
        assert_true(utf8_is_plain(plain_ones[i], strlen(plain_ones[i])));
        assert_false(utf8_is_plain(others[i], strlen(others[i])));
    }
}

static const struct text_row json[] = {
    { "plain text is quoted", BYTES("abc"), "\"abc\"" },
    { "Chinese is written as it is", BYTES("隐患"), "\"隐患\"" },
    { "quotes and backslashes are escaped", BYTES("a\"b\\c"), "\"a\\\"b\\\\c\"" },
    { "a line feed is \\n", BYTES("a\nb"), "\"a\\nb\"" },
    { "other control characters are numbers", BYTES("\t\x01\x1F"), "\"\\u0009\\u0001\\u001f\"" },
    { "a zero byte is a number", BYTES("a\0b"), "\"a\\u0000b\"" },
    { "a broken byte becomes the replacement character",
      BYTES("a\xFF"
            "b"),
      "\"a\xEF\xBF\xBD"
      "b\"" },
    { "each broken byte becomes one", BYTES("\xE9\x9A"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    { "a surrogate becomes three", BYTES("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    { "the empty text", BYTES(""), "\"\"" },
    { "characters outside the basic plane are written as they are", BYTES("😀"), "\"😀\"" },
};

static void quotes(void **state)
{
    const struct text_row *row = *state;
    AUTO_TEXT out = TEXT_LIMIT(1000);
    utf8_json_n(&out, row->at, row->size);
    assert_string_equal(text_get(&out), row->result);
}

static void any_bytes_become_json_that_a_reader_accepts(void **state)
{
    (void)state;
    uint32_t seed = 20260317;
    for (int round = 0; round < 5000; round++) {
        char bytes[24];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = (char)(seed >> 24);
        }
        AUTO_TEXT out = TEXT_LIMIT(1000);
        text_char(&out, '[');
        utf8_json_n(&out, bytes, sizeof bytes);
        text_char(&out, ']');
        json_error_t problem;
        json_t *read = json_loads(text_get(&out), JSON_ALLOW_NUL, &problem);
        if (!read)
            fail_msg("round %d: %s in %s", round, problem.text, text_get(&out));
        json_decref(read);
    }
}

static void valid_text_comes_back_from_json_unchanged(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "隐患\n整改\t\"完成\"", "a/b\\c", "😀\x7F\x01" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        AUTO_TEXT out = TEXT_LIMIT(1000);
        utf8_json(&out, texts[i]);
        json_t *read = json_loads(text_get(&out), JSON_DECODE_ANY, NULL);
        assert_non_null(read);
        assert_string_equal(json_string_value(read), texts[i]);
        json_decref(read);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_survives_put_and_next),
        cmocka_unit_test(walking_stops_at_a_broken_byte_and_stays_there),
        cmocka_unit_test(characters_are_counted_not_bytes),
        cmocka_unit_test(folding_twice_changes_nothing_more),
        cmocka_unit_test(what_folding_leaves_alone_is_known_at_sight),
        cmocka_unit_test(any_bytes_become_json_that_a_reader_accepts),
        cmocka_unit_test(valid_text_comes_back_from_json_unchanged),
    };
    int failed = RUN_TABLE(validity, tells_valid_from_broken) + RUN_TABLE(plain, folds) + RUN_TABLE(json, quotes);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
