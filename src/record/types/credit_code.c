/* Unified social credit code, GB 32100-2015: 18 of 31 characters, the last a check over the others. */
#include "record/type.h"

#include <string.h>

static int place_in_alphabet(char c)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

bool credit_code_valid(const char *code)
{
    int sum = 0, weight = 1; /* powers of 3 modulo 31 */
    if (strlen(code) != 18)
        return false;
    for (int i = 0; i < 17; i++) {
        int value = place_in_alphabet(code[i]);
        if (value < 0)
            return false;
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    return place_in_alphabet(code[17]) == (31 - sum % 31) % 31;
}

/* GB 11714: weights over the first eight of the nine characters of the organisation, letters from A = 10. */
bool credit_code_organisation_valid(const char *code)
{
    static const int weights[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    if (strlen(code) != 18)
        return false;
    for (int i = 0; i < 8; i++) {
        char c = code[8 + i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'A' || c > 'Z'))
            return false;
        sum += (digit ? c - '0' : c - 'A' + 10) * weights[i];
    }
    return code[16] == "0X987654321"[sum % 11];
}
