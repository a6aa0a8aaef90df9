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
