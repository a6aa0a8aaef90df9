#include "base/otp.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

void otp_code(const unsigned char *secret, size_t size, uint64_t counter, char out[OTP_DIGITS + 1])
{
    unsigned char message[8], mac[EVP_MAX_MD_SIZE];
    size_t made = 0;
    for (int i = 0; i < 8; i++)
        message[i] = (unsigned char)(counter >> (56 - 8 * i));
    if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, secret, size, message, sizeof message, mac, sizeof mac, &made) ||
        made != 20)
        __builtin_trap(); /* only out of memory, or a library without SHA-1: never a code made of nothing */
    unsigned at = mac[19] & 0x0F;
    uint32_t number = (uint32_t)(mac[at] & 0x7F) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 |
                      (uint32_t)mac[at + 3];
    snprintf(out, OTP_DIGITS + 1, "%06u", number % 1000000);
}

bool otp_check(const unsigned char *secret, size_t size, int64_t now_ms, const char *code, int64_t after, int64_t *step)
{
    bool right = false;
    if (strlen(code) != OTP_DIGITS)
        return false;
    for (int64_t at = now_ms / OTP_STEP_MS - 1; at <= now_ms / OTP_STEP_MS + 1; at++) {
        char want[OTP_DIGITS + 1];
        otp_code(secret, size, (uint64_t)at, want);
        if (sodium_memcmp(want, code, OTP_DIGITS) == 0 && at > after && !right) {
            right = true;
            *step = at;
        }
    }
    return right;
}

void otp_base32(const unsigned char secret[OTP_SECRET], char out[OTP_BASE32])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (size_t i = 0; i < OTP_BASE32 - 1; i++) {
        size_t bit = i * 5, byte = bit / 8, shift = bit % 8;
        unsigned pair = (unsigned)secret[byte] << 8 | (byte + 1 < OTP_SECRET ? secret[byte + 1] : 0);
        out[i] = letters[pair >> (11 - shift) & 31];
    }
    out[OTP_BASE32 - 1] = '\0';
}
