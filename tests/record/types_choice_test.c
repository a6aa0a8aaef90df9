#include "types_sample.h"

enum { IN_2023 = 19600, IN_2024 = 19800 };

static const struct type_row choices[] = {
    { "a code", "level", .json = "\"major\"", .gives = "\"major\"" },
    { "a label is no code in JSON", "level", .json = "\"一般隐患\"", .refusal = "可选：一般隐患、重大隐患" },
    { "another case is no code in JSON", "level", .json = "\"MAJOR\"", .refusal = "没有这个选项" },
    { "an unknown code lists what there is", "level", .json = "\"x\"",
      .refusal = "没有这个选项，可选：一般隐患、重大隐患（挂牌）、较大隐患、特别重大" },
    { "a number is refused", "level", .json = "1", .refusal = "代码" },
    { "an empty string is refused", "level", .json = "\"\"", .refusal = "没有这个选项" },
    { "a code in a cell", "level", .text = "major", .gives = "\"major\"" },
    { "a Chinese label", "level", .text = " 一般隐患 ", .gives = "\"general\"" },
    { "an English label in any case", "level", .text = "GENERAL", .gives = "\"general\"" },
    { "a label with full-width marks", "level", .text = "重大隐患（挂牌）", .gives = "\"major\"" },
    { "the same label with narrow marks", "level", .text = "重大隐患(挂牌)", .gives = "\"major\"" },
    { "a part of a label is refused", "level", .text = "重大", .refusal = "没有这个选项" },
    { "an old entry on an old day", "level", .json = "\"old\"", .gives = "\"old\"", .day = IN_2023 },
    { "its last day", "level", .json = "\"old\"", .gives = "\"old\"", .day = 19722 },
    { "the day after is refused by date", "level", .json = "\"old\"", .refusal = "这一项在 2024-01-01 不适用",
      .day = 19723 },
    { "its label in a cell is refused by date too", "level", .text = "较大隐患", .refusal = "在 2024-03-18 不适用",
      .day = IN_2024 },
    { "a new entry on its first day", "level", .json = "\"grave\"", .gives = "\"grave\"", .day = 19723 },
    { "the day before is refused", "level", .json = "\"grave\"", .refusal = "在 2023-12-31 不适用", .day = 19722 },
    { "its label on its first day", "level", .text = "特别重大", .gives = "\"grave\"", .day = 19723 },
    { "its label the day before is refused", "level", .text = "特别重大", .refusal = "在 2023-12-31 不适用",
      .day = 19722 },
    { "an old label on its last day", "level", .text = "较大隐患", .gives = "\"old\"", .day = 19722 },
    { "without a day every edition is taken", "level", .text = "特别重大", .gives = "\"grave\"" },
};

static const struct type_row sets[] = {
    { "one code", "flags", .json = "[\"DUST\"]", .gives = "[\"DUST\"]" },
    { "codes come back in the order of the list, each once", "flags", .json = "[\"DUST\",\"HZ_PROD\",\"DUST\"]",
      .gives = "[\"HZ_PROD\",\"DUST\"]" },
    { "all of them", "flags", .json = "[\"DUST\",\"HOT_HIGH\",\"HOT\",\"HZ_PROD\"]",
      .gives = "[\"HZ_PROD\",\"HOT\",\"HOT_HIGH\",\"DUST\"]" },
    { "none is refused", "flags", .json = "[]", .refusal = "至少选一项" },
    { "an unknown code is refused", "flags", .json = "[\"HOT\",\"x\"]", .refusal = "可选：危化生产、动火、" },
    { "a number inside is refused", "flags", .json = "[1]", .refusal = "没有这个选项" },
    { "null inside is refused", "flags", .json = "[null]", .refusal = "没有这个选项" },
    { "a string is no array", "flags", .json = "\"HOT\"", .refusal = "数组" },
    { "an object is no array", "flags", .json = "{\"a\":1}", .refusal = "数组" },
    { "labels with the ideographic comma", "flags", .text = "动火、危化生产", .gives = "[\"HZ_PROD\",\"HOT\"]" },
    { "labels with every other mark", "flags", .text = "动火，危化生产；HOT_HIGH,DUST",
      .gives = "[\"HZ_PROD\",\"HOT\",\"HOT_HIGH\",\"DUST\"]" },
    { "labels with spaces between", "flags", .text = "危化生产 动火", .gives = "[\"HZ_PROD\",\"HOT\"]" },
    { "the longest label wins", "flags", .text = "动火 高处", .gives = "[\"HOT_HIGH\"]" },
    { "a label with a slash is one", "flags", .text = "粉尘/涉爆/动火", .gives = "[\"HOT\",\"DUST\"]" },
    { "English labels of several words", "flags", .text = "Hot work; Hot work at height",
      .gives = "[\"HOT\",\"HOT_HIGH\"]" },
    { "marks at both ends", "flags", .text = "、动火；", .gives = "[\"HOT\"]" },
    { "marks alone are refused", "flags", .text = "、；", .refusal = "至少选一项" },
    { "an unknown word is refused", "flags", .text = "动火、吊装", .refusal = "没有这个选项" },
    { "a longer word is refused", "flags", .text = "动火作业", .refusal = "没有这个选项" },
};

static const struct type_row states[] = {
    { "a state is never written", "state", .json = "\"found\"", .refusal = "状态只能由办理改变" },
    { "a code in a filter", "state", .text = "fixed", .gives = "\"fixed\"" },
    { "a label in a filter", "state", .text = "已销号", .gives = "\"closed\"" },
    { "an English label in a filter", "state", .text = "to re-check", .gives = "\"fixed\"" },
    { "the first state, whose number is 0", "state", .text = "found", .gives = "\"found\"" },
    { "another word lists the states", "state", .text = "done", .refusal = "可选：已发现、待复查、已销号" },
};

static void a_stored_code_that_left_the_list_stays_readable(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT out = TEXT_LIMIT(1000);
    const struct field *f = sample_field("level");
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = "level" };
    struct value stored = value_text("abolished");
    int64_t member = 0;
    assert_true(f->type->from_values(f, &ctx, &stored, &member));
    f->type->to_json(f, &ctx, &member, false, &out);
    f->type->to_text(f, &ctx, &member, false, &out);
    assert_string_equal(text_get(&out), "\"abolished\"abolished");
}

static void an_unknown_stored_state_is_not_read(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    const struct field *f = sample_field("state");
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = "state" };
    struct value stored = value_text("flying"), number = value_int(1);
    int64_t member = 0;
    assert_false(f->type->from_values(f, &ctx, &stored, &member));
    assert_false(f->type->from_values(f, &ctx, &number, &member));
}

static void a_set_is_stored_between_commas(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    const struct field *f = sample_field("flags");
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = "flags" };
    struct error err = { 0 };
    struct value stored;
    int64_t member = 0;
    assert_int_equal(sample_read(f, &ctx, NULL, "粉尘/涉爆、危化生产", &member, &err), 0);
    f->type->to_values(f, &ctx, &member, &stored);
    assert_string_equal(stored.at, ",HZ_PROD,DUST,");
}

/* A label that moved from one code to another is printed as the code where the label would be read as the other one. */
static void a_label_with_two_codes_is_printed_so_that_it_reads_back(void **state)
{
    (void)state;
    static const struct choice items[] = {
        { .code = "first", .label = { "同名", "Same" }, .valid_to = 100 },
        { .code = "second", .label = { "同名", "Same" }, .valid_from = 101 },
    };
    static const struct choices list = { "same", { "同名", "Same" }, LISTED(items) };
    static const struct {
        int64_t day;
        const char *code, *prints;
    } rows[] = {
        { 50, "first", "同名" },   { 200, "second", "同名" }, { 0, "first", "同名" },
        { 0, "second", "second" }, { 200, "first", "first" },
    };
    struct field f = *sample_field("level");
    f.choices = &list;
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO_ARENA arena = { 0 };
        AUTO_TEXT out = TEXT_LIMIT(100);
        struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = "level", .day = rows[i].day };
        f.type->to_text(&f, &ctx, &rows[i].code, false, &out);
        assert_string_equal(text_get(&out), rows[i].prints);
    }
}

int main(void)
{
    const struct CMUnitTest stored[] = {
        cmocka_unit_test(a_stored_code_that_left_the_list_stays_readable),
        cmocka_unit_test(an_unknown_stored_state_is_not_read),
        cmocka_unit_test(a_set_is_stored_between_commas),
        cmocka_unit_test(a_label_with_two_codes_is_printed_so_that_it_reads_back),
    };
    return RUN_TABLE(choices, check_type_row) + RUN_TABLE(sets, check_type_row) + RUN_TABLE(states, check_type_row) +
           cmocka_run_group_tests(stored, NULL, NULL);
}
