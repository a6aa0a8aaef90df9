/* One-time codes against the vectors of RFC 4226 (appendix D) and RFC 6238 (appendix B, SHA-1). */
#include "table.h"

#include "base/otp.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const unsigned char secret[] = "12345678901234567890";
enum { SECRET = sizeof secret - 1 };

struct hotp_row {
    const char *says;
    uint64_t counter;
    const char *code;
};

static const struct hotp_row hotp_rows[] = {
    { "RFC 4226 count 0", 0, "755224" }, { "RFC 4226 count 1", 1, "287082" }, { "RFC 4226 count 2", 2, "359152" },
    { "RFC 4226 count 3", 3, "969429" }, { "RFC 4226 count 4", 4, "338314" }, { "RFC 4226 count 5", 5, "254676" },
    { "RFC 4226 count 6", 6, "287922" }, { "RFC 4226 count 7", 7, "162583" }, { "RFC 4226 count 8", 8, "399871" },
    { "RFC 4226 count 9", 9, "520489" },
};

static void check_hotp(void **state)
{
    const struct hotp_row *r = *state;
    char code[OTP_DIGITS + 1];
    otp_code(secret, SECRET, r->counter, code);
    assert_string_equal(code, r->code);
}

struct totp_row {
    const char *says;
    int64_t at_s;
    const char *code; /* the last six of the eight figures */
};

static const struct totp_row totp_rows[] = {
    { "RFC 6238 at 59 s", 59, "287082" },
    { "RFC 6238 in 2005", 1111111109, "081804" },
    { "RFC 6238 in 2005, the step after", 1111111111, "050471" },
    { "RFC 6238 in 2009", 1234567890, "005924" },
    { "RFC 6238 in 2033", 2000000000, "279037" },
    { "RFC 6238 in 2603", 20000000000, "353130" },
};

static void check_totp(void **state)
{
    const struct totp_row *r = *state;
    int64_t step = 0, now = r->at_s * 1000;
    assert_true(otp_check(secret, SECRET, now, r->code, 0, &step));
    assert_int_equal(step, r->at_s / 30);
    assert_true(otp_check(secret, SECRET, now + OTP_STEP_MS, r->code, 0, &step));
    assert_true(otp_check(secret, SECRET, now - OTP_STEP_MS, r->code, 0, &step));
    assert_false(otp_check(secret, SECRET, now + 2 * OTP_STEP_MS, r->code, 0, &step));
    if (now >= 2 * OTP_STEP_MS)
        assert_false(otp_check(secret, SECRET, now - 2 * OTP_STEP_MS, r->code, 0, &step));
    assert_false(otp_check(secret, SECRET, now, r->code, step, &step)); /* used */
}

static void what_is_no_code_is_never_right(void **state)
{
    static const char *const codes[] = { "", "2", "28708", "2870820", "abcdef", "28708 ", "２８７０８２" };
    int64_t step;
    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++)
        assert_false(otp_check(secret, SECRET, 59000, codes[i], 0, &step));
}

static void the_secret_is_written_as_the_apps_read_it(void **state)
{
    char out[OTP_BASE32];
    (void)state;
    otp_base32(secret, out);
    assert_string_equal(out, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_code_is_never_right),
        cmocka_unit_test(the_secret_is_written_as_the_apps_read_it),
    };
    return RUN_TABLE(hotp_rows, check_hotp) + RUN_TABLE(totp_rows, check_totp) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
