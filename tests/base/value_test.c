#include "table.h"

#include "base/value.h"

struct row {
    const char *says;
    struct value a, b;
    int same;
};

#define VTEXT(s)                                           \
    {                                                      \
        .is = VALUE_TEXT, .at = (s), .size = sizeof(s) - 1 \
    }
#define VBYTES(s)                                           \
    {                                                       \
        .is = VALUE_BYTES, .at = (s), .size = sizeof(s) - 1 \
    }
#define VINT(n)                        \
    {                                  \
        .is = VALUE_INT, .number = (n) \
    }
#define VNULL            \
    {                    \
        .is = VALUE_NULL \
    }
#define VNULL_WITH_N                  \
    {                                 \
        .is = VALUE_NULL, .number = 5 \
    }

static const struct row pairs[] = {
    { "nothing is nothing", VNULL, VNULL_WITH_N, 1 },
    { "nothing is not zero", VNULL, VINT(0), 0 },
    { "nothing is not the empty text", VNULL, VTEXT(""), 0 },
    { "equal integers", VINT(INT64_MIN), VINT(INT64_MIN), 1 },
    { "integers apart", VINT(1), VINT(-1), 0 },
    { "an integer is not its text", VINT(1), VTEXT("1"), 0 },
    { "equal texts", VTEXT("隐患"), VTEXT("隐患"), 1 },
    { "a beginning is not the whole", VTEXT("隐患"), VTEXT("隐"), 0 },
    { "empty texts", VTEXT(""), VTEXT(""), 1 },
    { "a text is not its bytes", VTEXT("a"), VBYTES("a"), 0 },
    { "bytes behind a zero count", VBYTES("a\0b"), VBYTES("a\0c"), 0 },
    { "equal bytes with a zero", VBYTES("a\0b"), VBYTES("a\0b"), 1 },
};

static void compares(void **state)
{
    const struct row *row = *state;
    assert_int_equal(value_same(&row->a, &row->b), row->same);
    assert_int_equal(value_same(&row->b, &row->a), row->same);
    assert_int_equal(value_same(&row->a, &row->a), 1);
}

static void makers_say_what_they_hold(void **state)
{
    (void)state;
    assert_int_equal(value_null().is, VALUE_NULL);
    assert_int_equal(value_int(-3).is, VALUE_INT);
    assert_int_equal(value_int(-3).number, -3);
    assert_int_equal(value_text(NULL).is, VALUE_NULL);
    struct value text = value_text("隐患");
    assert_int_equal(text.is, VALUE_TEXT);
    assert_int_equal(text.size, 6);
    struct value bytes = value_bytes("a\0b", 3);
    assert_int_equal(bytes.is, VALUE_BYTES);
    assert_int_equal(bytes.size, 3);
}

static void empty_bytes_need_no_address(void **state)
{
    (void)state;
    struct value a = value_bytes(NULL, 0), b = value_bytes("", 0);
    assert_int_equal(value_same(&a, &b), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makers_say_what_they_hold),
        cmocka_unit_test(empty_bytes_need_no_address),
    };
    return RUN_TABLE(pairs, compares) + cmocka_run_group_tests(tests, NULL, NULL);
}
