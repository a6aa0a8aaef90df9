#include "types_sample.h"

#define TEN     "一二三四五六七八九十"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct type_row rows[] = {
    { "a text is taken as it is", "title", .json = "\"氨罐（1号）泄漏\"", .gives = "\"氨罐（1号）泄漏\"" },
    { "white space around a text goes, ideographic space too", "title", .json = "\" 　a  b\\t\"", .gives = "\"a  b\"" },
    { "full-width letters in a text stay the writer's", "title", .text = "　ＡＢ，１２　", .gives = "\"ＡＢ，１２\"" },
    { "quotes and backslashes survive", "title", .json = "\"\\\"\\\\\"", .gives = "\"\\\"\\\\\"" },
    { "a character of four bytes counts as one", "short_code", .json = "\"𠮷𠮷𠮷𠮷𠮷\"", .gives = "\"𠮷𠮷𠮷𠮷𠮷\"" },
    { "two hundred characters fit a text", "title", .text = HUNDRED HUNDRED, .gives = "\"" HUNDRED HUNDRED "\"" },
    { "two hundred and one do not", "title", .text = HUNDRED HUNDRED "甲", .refusal = "最多 200 个字，现在有 201 个" },
    { "one character over in JSON is refused too", "short_code", .json = "\"abcdef\"", .refusal = "最多 5 个字" },
    { "one character short is refused", "short_code", .json = "\"ab\"", .refusal = "至少 3 个字" },
    { "a number is no text", "title", .json = "12", .refusal = "应写成文字" },
    { "an array is no text", "title", .json = "[\"a\"]", .refusal = "应写成文字" },
    { "true is no text", "title", .json = "true", .refusal = "应写成文字" },
    { "an empty text is refused", "title", .json = "\"\"", .refusal = "空" },
    { "a text of spaces is refused", "title", .json = "\" \\u3000 \"", .refusal = "空" },
    { "a NUL is refused", "title", .json = "\"a\\u0000b\"", .refusal = "无法识别" },
    { "broken UTF-8 is refused", "title", .text = "a\xFFz", .refusal = "无法识别" },
    { "a surrogate in UTF-8 is refused", "title", .text = "\xED\xA0\x80", .refusal = "无法识别" },
    { "a line break in one line is refused", "title", .json = "\"a\\nb\"", .refusal = "只能写一行" },
    { "a wrapped cell of one line is joined", "title", .text = "澜北 \r\n化工\n厂", .gives = "\"澜北 化工 厂\"" },
    { "a tab in a cell becomes a space", "title", .text = "a \t b", .gives = "\"a b\"" },
    { "a tab in one line of JSON is refused", "title", .json = "\"a\\tb\"", .refusal = "控制字符" },
    { "an escape character is refused", "title", .text = "a\x1b[31m", .refusal = "控制字符" },
    { "a delete character is refused", "note", .text = "a\x7f", .refusal = "控制字符" },
    { "what no XML may hold is refused", "title", .text = "a\xEF\xBF\xBFz", .refusal = "控制字符" },
    { "nor its neighbour", "note", .json = "\"a\\uFFFEz\"", .refusal = "控制字符" },
    { "the sign for an unreadable character is text", "title", .text = "a\xEF\xBF\xBDz",
      .gives = "\"a\xEF\xBF\xBDz\"" },
    { "a C1 control is refused", "note", .text = "a\xC2\x85z", .refusal = "控制字符" },
    { "a long text keeps lines and tabs", "note", .json = "\"a\\n\\n\\tb\"", .gives = "\"a\\n\\n\\u0009b\"" },
    { "line ends of three systems become one", "note", .text = "a\r\nb\rc\n", .gives = "\"a\\nb\\nc\"" },
};

struct nothing_row {
    const char *says, *json;
    bool nothing;
};

static const struct nothing_row nothings[] = {
    { "null says nothing", "null", true },
    { "an empty string says nothing", "\"\"", true },
    { "spaces say nothing", "\" \\u3000\"", true },
    { "an empty array says nothing", "[]", true },
    { "zero says something", "0", false },
    { "false says something", "false", false },
    { "an empty object says something", "{}", false },
    { "a letter says something", "\"a\"", false },
    { "an array of null says something", "[null]", false },
};

static void check_nothing(void **state)
{
    const struct nothing_row *row = *state;
    json_t *value = json_loads(row->json, JSON_DECODE_ANY, NULL);
    assert_int_equal(type_nothing(value), row->nothing);
    json_decref(value);
}

static void a_long_text_of_4000_fits_and_of_4001_does_not(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT text = TEXT_LIMIT(1 << 20);
    const struct field *f = sample_field("note");
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = "note" };
    struct error err = { 0 };
    const char *member = NULL;
    for (int i = 0; i < 40; i++)
        text_str(&text, HUNDRED);
    assert_int_equal(sample_read(f, &ctx, NULL, text_get(&text), &member, &err), 0);
    assert_string_equal(member, text_get(&text));
    text_char(&text, 'x');
    assert_int_equal(sample_read(f, &ctx, NULL, text_get(&text), &member, &err), -1);
    assert_non_null(strstr(err.fields[0].zh, "最多 4000 个字，现在有 4001 个"));
}

int main(void)
{
    const struct CMUnitTest long_ones[] = { cmocka_unit_test(a_long_text_of_4000_fits_and_of_4001_does_not) };
    return cmocka_run_group_tests(long_ones, NULL, NULL) + RUN_TABLE(rows, check_type_row) +
           RUN_TABLE(nothings, check_nothing);
}
