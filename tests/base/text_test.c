#include "table.h"

#include "base/memory.h"
#include "base/text.h"

#include <string.h>

struct fixed_row {
    const char *says;
    int64_t number;
    int scale;
    const char *text;
};

static const struct fixed_row fixed[] = {
    { "two digits after the point", 12345, 2, "123.45" },
    { "zeros after the point stay", 12300, 2, "123.00" },
    { "less than one begins with zero", 5, 2, "0.05" },
    { "zero has its digits", 0, 2, "0.00" },
    { "scale 0 has no point", 12345, 0, "12345" },
    { "minus stands once", -12345, 2, "-123.45" },
    { "minus less than one keeps its sign", -5, 2, "-0.05" },
    { "seven digits for degrees", 1203756200, 7, "120.3756200" },
    { "the greatest number", INT64_MAX, 2, "92233720368547758.07" },
    { "the least number", INT64_MIN, 2, "-92233720368547758.08" },
    { "the least number without a point", INT64_MIN, 0, "-9223372036854775808" },
    { "more digits than the number has", 7, 18, "0.000000000000000007" },
};

static void prints_fixed(void **state)
{
    const struct fixed_row *row = *state;
    AUTO_TEXT out = TEXT_LIMIT(100);
    text_fixed(&out, row->number, row->scale);
    assert_true(text_ok(&out));
    assert_string_equal(text_get(&out), row->text);
}

struct int_row {
    const char *says;
    int64_t number;
    const char *text;
};

static const struct int_row ints[] = {
    { "zero", 0, "0" },
    { "one digit", 7, "7" },
    { "a minus", -7, "-7" },
    { "a twelve-digit region code", 370211005012, "370211005012" },
    { "the greatest integer", INT64_MAX, "9223372036854775807" },
    { "the least integer", INT64_MIN, "-9223372036854775808" },
};

static void prints_int(void **state)
{
    const struct int_row *row = *state;
    AUTO_TEXT out = TEXT_LIMIT(100);
    text_int(&out, row->number);
    assert_string_equal(text_get(&out), row->text);
}

static void an_empty_text_reads_as_the_empty_string(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(10);
    assert_string_equal(text_get(&out), "");
    assert_true(text_ok(&out));
    text_add(&out, NULL, 0);
    assert_true(text_ok(&out));
    assert_int_equal(out.used, 0);
}

static void a_text_may_fill_its_ceiling_exactly(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(5);
    text_str(&out, "12345");
    assert_true(text_ok(&out));
    assert_string_equal(text_get(&out), "12345");
    text_str(&out, "");
    assert_true(text_ok(&out));
}

static void one_byte_past_the_ceiling_fails_and_stays_failed(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(5);
    text_str(&out, "123");
    text_str(&out, "456");
    assert_false(text_ok(&out));
    assert_string_equal(text_get(&out), "123");
    text_char(&out, '4');
    text_int(&out, 5);
    text_printf(&out, "%d", 6);
    assert_false(text_ok(&out));
    assert_string_equal(text_get(&out), "123");
}

static void printing_past_the_ceiling_fails_too(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(5);
    text_printf(&out, "%s", "123456");
    assert_false(text_ok(&out));
    assert_string_equal(text_get(&out), "");
}

static void an_absurd_size_fails_without_being_allocated(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(SIZE_MAX / 2);
    text_str(&out, "x");
    text_add(&out, "x", SIZE_MAX);
    assert_false(text_ok(&out));
}

static void a_cleared_text_starts_again(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(3);
    text_str(&out, "1234");
    assert_false(text_ok(&out));
    text_clear(&out);
    assert_true(text_ok(&out));
    text_str(&out, "123");
    assert_true(text_ok(&out));
    assert_string_equal(text_get(&out), "123");
}

static void a_taken_text_belongs_to_the_caller(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(100);
    text_str(&out, "given away");
    char *mine = text_take(&out);
    text_str(&out, "new");
    assert_string_equal(mine, "given away");
    assert_string_equal(text_get(&out), "new");
    memory_free(mine);

    struct text empty = TEXT_LIMIT(100);
    mine = text_take(&empty);
    assert_string_equal(mine, "");
    memory_free(mine);
    text_done(&empty);
}

static void bytes_with_zeros_are_kept(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(100);
    text_add(&out, "a\0b", 3);
    text_char(&out, 'c');
    assert_int_equal(out.used, 4);
    assert_memory_equal(out.at, "a\0bc", 5);
}

static void it_grows_through_many_sizes(void **state)
{
    (void)state;
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    for (int i = 0; i < 100000; i++)
        text_printf(&out, "%d", i % 10);
    assert_true(text_ok(&out));
    assert_int_equal(out.used, 100000);
    assert_int_equal(strlen(out.at), 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(out.at[i], '0' + i % 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_text_reads_as_the_empty_string),
        cmocka_unit_test(a_text_may_fill_its_ceiling_exactly),
        cmocka_unit_test(one_byte_past_the_ceiling_fails_and_stays_failed),
        cmocka_unit_test(printing_past_the_ceiling_fails_too),
        cmocka_unit_test(an_absurd_size_fails_without_being_allocated),
        cmocka_unit_test(a_cleared_text_starts_again),
        cmocka_unit_test(a_taken_text_belongs_to_the_caller),
        cmocka_unit_test(bytes_with_zeros_are_kept),
        cmocka_unit_test(it_grows_through_many_sizes),
    };
    return RUN_TABLE(fixed, prints_fixed) + RUN_TABLE(ints, prints_int) + cmocka_run_group_tests(tests, NULL, NULL);
}
