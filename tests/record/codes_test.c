#include "types_sample.h"

/* Every case of the reference table for GB 32100-2015. */
struct code_row {
    const char *says, *code;
    bool valid;
};

static const struct code_row credit_codes[] = {
    { "the standard's own example", "91350100M000100Y43", true },
    { "Z is not in the alphabet", "91350100M000100Y4Z", false },
    { "a wrong check character", "91350100M000100Y44", false },
    { "check character 4", "91370211MA3C1D2E14", true },
    { "check character T", "91410122123456788T", true },
    { "check character Q", "91500103MA5UKQ1BXQ", true },
    { "remainder 0 gives character 0", "913702000000001230", true },
    { "remainder 1 gives the last character", "9137020000000006XY", true },
    { "seventeen characters", "91130205000000000", false },
    { "I is not in the alphabet", "91410122I23456788T", false },
    { "two characters swapped", "91410212123456788T", false },
    { "nothing", "", false },
    { "nineteen characters", "91350100M000100Y430", false },
    { "lower case is folded by the caller", "91350100m000100y43", false },
    { "a space inside", "91350100M000100 43", false },
};

static void check_credit_code(void **state)
{
    const struct code_row *row = *state;
    assert_int_equal(credit_code_valid(row->code), row->valid);
}

/* The organisation inside a code: the examples of the enterprise reference §1, GB 11714. */
static const struct code_row organisations[] = {
    { "MA3C1D2E has the check 1", "91370211MA3C1D2E14", true },
    { "MA5UKQ1B has X", "91500103MA5UKQ1BXQ", true },
    { "12345678 has 8", "91410122123456788T", true },
    { "another check is told", "91370211MA3C1D2E24", false },
    { "a code of seventeen", "91370211MA3C1D2E1", false },
};

static void check_organisation(void **state)
{
    const struct code_row *row = *state;
    assert_int_equal(credit_code_organisation_valid(row->code), row->valid);
}

static void every_swap_of_neighbours_in_a_credit_code_is_found(void **state)
{
    (void)state;
    static const char *const codes[] = { "91350100M000100Y43", "91370211MA3C1D2E14", "91410122123456788T",
                                         "91500103MA5UKQ1BXQ", "913702000000001230" };
    for (size_t i = 0; i < COUNT(codes); i++)
        for (int at = 0; at < 17; at++) {
            char code[19];
            memcpy(code, codes[i], sizeof code);
            char c = code[at];
            code[at] = code[at + 1];
            code[at + 1] = c;
            assert_int_equal(credit_code_valid(code), strcmp(code, codes[i]) == 0);
        }
}

static const struct code_row id_numbers[] = {
    { "a number with a digit at the end", "11010519491231002X", true },
    { "a number with a digit check", "440524188001010014", false }, /* sound but for the year 1880 */
    { "a birthday in a leap year", "370211200002290014", true },
    { "29 February of another year", "370211200102290011", false },
    { "a wrong check digit", "110105194912310021", false },
    { "a small x is folded by the reader", "11010519491231002x", false },
    { "X in the middle", "1101051949123100X2", false },
    { "seventeen characters", "11010519491231002", false },
    { "nineteen characters", "11010519491231002X0", false },
    { "fifteen digits of the old form", "110105491231002", false },
    { "month 13", "11010519491331002X", false },
    { "nothing", "", false },
};

static void check_id_number(void **state)
{
    const struct code_row *row = *state;
    assert_int_equal(id_number_valid(row->code), row->valid);
}

static void one_check_character_in_eleven_fits(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        char number[40];
        int fit = 0;
        for (int c = 0; c < 11; c++) {
            snprintf(number, sizeof number, "37021119900307%03d%c", i, "0123456789X"[c]);
            fit += id_number_valid(number);
        }
        assert_int_equal(fit, 1);
    }
}

struct region_row {
    const char *says;
    int64_t code;
    enum region_level level;
    int64_t parent, county, town, village;
};

static const struct region_row regions[] = {
    { "a province", 370000000000, REGION_PROVINCE, 0, 370000000000, 0, 0 },
    { "a city", 370200000000, REGION_CITY, 370000000000, 370200000000, 0, 0 },
    { "a county", 370211000000, REGION_COUNTY, 370200000000, 370211000000, 0, 0 },
    { "a town", 370211005000, REGION_TOWN, 370211000000, 370211000000, 370211005000, 0 },
    { "a village", 370211005012, REGION_VILLAGE, 370211005000, 370211000000, 370211005000, 370211005012 },
    { "Dongguan has no counties", 441900000000, REGION_CITY, 440000000000, 441900000000, 0, 0 },
    { "a town directly under Dongguan", 441900003000, REGION_TOWN, 441900000000, 441900000000, 441900003000, 0 },
    { "a village in it", 441900003001, REGION_VILLAGE, 441900003000, 441900000000, 441900003000, 441900003001 },
    { "Jiyuan is governed by the province", 419001000000, REGION_COUNTY, 419000000000, 419001000000, 0, 0 },
    { "a town of Jiyuan", 419001001000, REGION_TOWN, 419001000000, 419001000000, 419001001000, 0 },
    { "a village directly under a county has no town", 370211000012, REGION_VILLAGE, 370211000000, 370211000000, 0,
      370211000012 },
    { "a city whose last digit is zero", 371000000000, REGION_CITY, 370000000000, 371000000000, 0, 0 },
    { "a town whose last digits are zero", 370211100000, REGION_TOWN, 370211000000, 370211000000, 370211100000, 0 },
    { "nowhere is the nation", 0, REGION_NATION, 0, 0, 0, 0 },
};

static void check_region(void **state)
{
    const struct region_row *row = *state;
    assert_int_equal(region_level(row->code), row->level);
    assert_int_equal(region_parent(row->code), row->parent);
    assert_int_equal(region_at(row->code, REGION_COUNTY), row->county);
    assert_int_equal(region_at(row->code, REGION_TOWN), row->town);
    assert_int_equal(region_at(row->code, REGION_VILLAGE), row->village);
    assert_int_equal(region_at(row->code, REGION_PROVINCE), row->code / 10000000000 * 10000000000);
    assert_int_equal(region_at(row->code, REGION_NATION), 0);
    for (int64_t area = row->code; area; area = region_parent(area)) {
        assert_true(region_within(row->code, area));
        assert_int_equal(region_within(area, row->code), area == row->code);
    }
    assert_true(region_within(row->code, 0));
}

struct within_row {
    const char *says;
    int64_t code, area;
    bool within;
};

static const struct within_row withins[] = {
    { "a town lies in its city", 370211005000, 370200000000, true },
    { "a town does not lie in the next county", 370211005000, 370212000000, false },
    { "a county does not lie in its town", 370211000000, 370211005000, false },
    { "the next city shares three digits only", 370300000000, 370200000000, false },
    { "Dongguan's town lies in Dongguan", 441900003000, 441900000000, true },
    { "Jiyuan does not lie in a city of Henan", 419001000000, 410100000000, false },
    { "Jiyuan lies in Henan", 419001000000, 410000000000, true },
    { "nowhere lies in no area", 0, 370000000000, false },
    { "everything lies in the nation", 370211005012, 0, true },
};

static void check_within(void **state)
{
    const struct within_row *row = *state;
    assert_int_equal(region_within(row->code, row->area), row->within);
}

struct parse_row {
    const char *says, *text;
    int64_t code; /* 0: refused */
};

static const struct parse_row parses[] = {
    { "two digits", "37", 370000000000 },
    { "four digits", "3702", 370200000000 },
    { "six digits", "370211", 370211000000 },
    { "nine digits", "370211005", 370211005000 },
    { "twelve digits", "370211005012", 370211005012 },
    { "the lowest province", "11", 110000000000 },
    { "a province below 11", "10", 0 },
    { "zeros", "000000", 0 },
    { "nothing", "", 0 },
    { "one digit", "3", 0 },
    { "three digits", "370", 0 },
    { "eight digits", "37021100", 0 },
    { "thirteen digits", "3702110050120", 0 },
    { "a letter", "37021X", 0 },
    { "a space", "3702 1", 0 },
    { "a sign", "-37021", 0 },
};

static void check_parse(void **state)
{
    const struct parse_row *row = *state;
    int64_t code = 0;
    assert_int_equal(region_parse(row->text, &code), row->code != 0);
    assert_int_equal(code, row->code);
}

int main(void)
{
    const struct CMUnitTest swaps[] = {
        cmocka_unit_test(every_swap_of_neighbours_in_a_credit_code_is_found),
        cmocka_unit_test(one_check_character_in_eleven_fits),
    };
    return RUN_TABLE(credit_codes, check_credit_code) + RUN_TABLE(organisations, check_organisation) +
           RUN_TABLE(id_numbers, check_id_number) + RUN_TABLE(regions, check_region) +
           RUN_TABLE(withins, check_within) + RUN_TABLE(parses, check_parse) +
           cmocka_run_group_tests(swaps, NULL, NULL);
}
