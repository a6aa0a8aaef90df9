/* Unified social credit code, GB 32100-2015: 18 of 31 characters, the last a check over the others. */
#include "record/type.h"

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int place_in_alphabet(char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* GB 32100: closes the first seventeen characters; '\0' where one of them is none. */
static char last_of(const char *code)
{
    int sum = 0, weight = 1; /* powers of 3 modulo 31 */
    for (int i = 0; i < 17; i++) {
        int value = place_in_alphabet(code[i]);
        if (value < 0)
            return '\0';
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    return alphabet[(31 - sum % 31) % 31];
}

/* GB 11714: closes the first eight characters of the organisation, letters from A = 10. */
static char last_of_organisation(const char *code)
{
    static const int weights[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    for (int i = 0; i < 8; i++) {
        char c = code[8 + i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'A' || c > 'Z'))
            return '\0';
        sum += (digit ? c - '0' : c - 'A' + 10) * weights[i];
    }
    return "0X987654321"[sum % 11];
}

bool credit_code_valid(const char *code)
{
    return strlen(code) == 18 && code[17] == last_of(code);
}

bool credit_code_organisation_valid(const char *code)
{
    return strlen(code) == 18 && code[16] == last_of_organisation(code);
}

void credit_code_close(char code[19])
{
    code[16] = last_of_organisation(code);
    code[17] = last_of(code);
}
