/* The authenticator app of a test's person: makes the code that their phone would show at an instant. */
#pragma once
#include "base/otp.h"

#include <stdint.h>
#include <string.h>

static inline void phone_code(const char *base32, int64_t now_ms, char out[OTP_DIGITS + 1])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned char secret[OTP_SECRET] = { 0 };
    for (size_t i = 0; base32[i]; i++)
        for (size_t b = 0; b < 5; b++)
            if ((strchr(letters, base32[i]) - letters) >> (4 - b) & 1)
                secret[(i * 5 + b) / 8] |= (unsigned char)(0x80 >> ((i * 5 + b) % 8));
    otp_code(secret, sizeof secret, (uint64_t)(now_ms / OTP_STEP_MS), out);
}
