/* Field rows that contradict their type: the program must not start with them. */
#include "types_sample.h"

static const struct choices no_items = { .name = "none" };
static const struct choice joined_items[] = { ITEM("a", "生产、储存", "Makes; stores"), ITEM("b", "使用", "Uses") };
static const struct choices joined = { "joined", { "用途", "Use" }, LISTED(joined_items) };
static const struct choice twin_items[] = { ITEM("a", "甲", "A"), ITEM("A", "乙", "B") };
static const struct choices twins = { "twins", { "重码", "Twins" }, LISTED(twin_items) };
static const struct choice same_items[] = { ITEM("a", "甲", "A"), ITEM("b", "甲", "B") };
static const struct choices same = { "same", { "重名", "Same" }, LISTED(same_items) };
static const struct choice editions_items[] = {
    { .code = "a", .label = { "甲", "A" }, .valid_to = 100 },
    { .code = "a", .label = { "甲", "A" }, .valid_from = 101 },
};
static const struct choices editions = { "editions", { "各版", "Editions" }, LISTED(editions_items) };
static const struct choice backwards_items[] = {
    { .code = "a", .label = { "甲", "A" }, .valid_from = 9, .valid_to = 8 }
};
static const struct choices backwards = { "backwards", { "倒置", "Backwards" }, LISTED(backwards_items) };
static const struct choice comma_items[] = { ITEM("a,b", "甲", "A") };
static const struct choices commas = { "commas", { "逗号", "Commas" }, LISTED(comma_items) };
static const struct choice mute_items[] = { { .code = "a", .label = { "甲", NULL } } };
static const struct choices mute = { "mute", { "无名", "Mute" }, LISTED(mute_items) };

static const struct field nested_fields[] = {
    { .name = "rows", .type = &type_lines, .label = { "行", "Rows" }, .lines = &person_kind },
};
static const struct kind nested = { .name = "nested", .fields = LISTED(nested_fields), .child = true };
static const struct field wrong_fields[] = {
    { .name = "size", .type = &type_integer, .label = { "数", "Size" }, .scale = 2 }
};
static const struct kind wrong_child = { .name = "wrong", .fields = LISTED(wrong_fields), .child = true };

#define ROW(t, ...)                                                       \
    {                                                                     \
        .name = "x", .type = &(t), .label = { "项", "Item" }, __VA_ARGS__ \
    }

struct check_row {
    const char *says;
    struct field field;
    const char *why; /* NULL: sound */
};

static const struct check_row rows[] = {
    { "a plain text is sound", ROW(type_text, .flags = REQUIRED | SEARCH | LIST | UNIQUE | TITLE), NULL },
    { "a text without a label", { .name = "x", .type = &type_text }, "label" },
    { "a text without an English label", { .name = "x", .type = &type_text, .label = { "项", "" } }, "label" },
    { "a text whose most is below its least", ROW(type_text, .min = 5, .max = 4), "below" },
    { "a text whose least is above the type's own most", ROW(type_text, .min = 201), "below" },
    { "a text with a negative length", ROW(type_text, .min = -1), "negative" },
    { "a text with a list", ROW(type_text, .choices = &sample_levels), "list" },
    { "a text with a scale", ROW(type_text, .scale = 1), "scale" },
    { "a long text that is unique", ROW(type_long_text, .flags = UNIQUE), "indexed or unique" },
    { "a long text as a title", ROW(type_long_text, .flags = TITLE), "title" },
    { "an integer with limits is sound", ROW(type_integer, .min = -5, .max = 5), NULL },
    { "an integer whose most is below its least", ROW(type_integer, .min = 5, .max = 4), "below" },
    { "an integer beyond what a browser holds", ROW(type_integer, .max = INT64_MAX), "limits" },
    { "an integer with a scale", ROW(type_integer, .scale = 2), "scale" },
    { "an integer that is searched", ROW(type_integer, .flags = SEARCH), "searched" },
    { "a decimal of nine digits is sound", ROW(type_decimal, .scale = 9, .max = 999999999), NULL },
    { "a decimal of ten digits", ROW(type_decimal, .scale = 10), "scale" },
    { "a decimal of minus one digit", ROW(type_decimal, .scale = -1), "scale" },
    { "a decimal whose most does not fit its digits", ROW(type_decimal, .scale = 9, .max = 1000000000), "limits" },
    { "an amount beyond what a browser holds", ROW(type_money, .min = INT64_MIN), "limits" },
    { "a boolean with limits", ROW(type_yes_no, .max = 1), "limits" },
    { "a date with limits", ROW(type_date, .min = 1), "limits" },
    { "a date-time that is a title", ROW(type_date_time, .flags = TITLE), "title" },
    { "a choice with a list is sound", ROW(type_choice, .choices = &sample_levels, .flags = INDEXED), NULL },
    { "a choice without a list", ROW(type_choice, .flags = LIST), "needs a list" },
    { "a choice with an empty list", ROW(type_choice, .choices = &no_items), "empty" },
    { "a choice with the joining mark in a label is sound", ROW(type_choice, .choices = &joined), NULL },
    { "choices with the joining mark in a label", ROW(type_choices, .choices = &joined), "joins" },
    { "two codes that differ by case", ROW(type_choice, .choices = &twins), "one code" },
    { "two codes with one label", ROW(type_choice, .choices = &same), "one label" },
    { "two editions of one code are sound", ROW(type_choices, .choices = &editions), NULL },
    { "an edition that ends before it begins", ROW(type_choice, .choices = &backwards), "before" },
    { "a code with a comma", ROW(type_choices, .choices = &commas), "letters" },
    { "a choice without an English label", ROW(type_choice, .choices = &mute), "labels" },
    { "choices that are indexed", ROW(type_choices, .choices = &sample_flags, .flags = INDEXED), "indexed" },
    { "a state with a list", ROW(type_state, .choices = &sample_levels), "list" },
    { "a reference is sound", ROW(type_reference, .ref = "account", .flags = UNIQUE | PARTY), NULL },
    { "a reference without a ref", ROW(type_reference, .flags = LIST), "needs a ref" },
    { "an object with a ref", ROW(type_object, .ref = "enterprise"), "ref" },
    { "a region with a ref", ROW(type_region, .ref = "region"), "ref" },
    { "a place that is indexed", ROW(type_place, .flags = INDEXED), "indexed" },
    { "files above the ceiling", ROW(type_files, .max = 31), "limits" },
    { "files whose least is above the ceiling", ROW(type_files, .min = 31), "limits" },
    { "a phone that is unique is sound", ROW(type_phone, .flags = UNIQUE), NULL },
    { "a phone that is searched", ROW(type_phone, .flags = SEARCH), "searched" },
    { "an identity number that is searched", ROW(type_id_number, .flags = SEARCH), "searched" },
    { "an identity number with a length", ROW(type_id_number, .max = 18), "limits" },
    { "lines are sound", ROW(type_lines, .lines = &person_kind, .max = 200), NULL },
    { "lines without a child kind", ROW(type_lines, .flags = WIDE), "child kind" },
    { "lines of a kind that is no child", ROW(type_lines, .lines = &sample_kind), "child kind" },
    { "lines above the ceiling", ROW(type_lines, .lines = &person_kind, .max = 201), "limits" },
    { "lines in lines", ROW(type_lines, .lines = &nested), "lines with lines" },
    { "lines with a wrong child field", ROW(type_lines, .lines = &wrong_child), "child field size that has a scale" },
    { "lines that are searched", ROW(type_lines, .lines = &person_kind, .flags = SEARCH), "searched" },
};

static void check_row(void **state)
{
    const struct check_row *row = *state;
    AUTO_ARENA arena = { 0 };
    const char *why = row->field.type->check(&row->field, &arena);
    if (!row->why) {
        if (why)
            fail_msg("refused: %s", why);
        return;
    }
    assert_non_null(why);
    if (!strstr(why, row->why))
        fail_msg("refused for another reason: %s", why);
}

static void the_sample_is_sound(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    for (size_t i = 0; i < COUNT(sample_fields); i++) {
        const char *why = sample_fields[i].type->check(&sample_fields[i], &arena);
        if (why)
            fail_msg("%s %s", sample_fields[i].name, why);
    }
}

int main(void)
{
    const struct CMUnitTest sound[] = { cmocka_unit_test(the_sample_is_sound) };
    return cmocka_run_group_tests(sound, NULL, NULL) + RUN_TABLE(rows, check_row);
}
