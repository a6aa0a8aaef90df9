/*
** One-time codes: HOTP (RFC 4226) and TOTP (RFC 6238) with SHA-1, 30 seconds and 6 digits, which is what every
** authenticator app understands. HMAC comes from OpenSSL; nothing here keeps state: whoever asks remembers the step that
** was used last, so that a code works once.
*/
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OTP_SECRET = 20, OTP_STEP_MS = 30 * 1000, OTP_DIGITS = 6, OTP_BASE32 = 33 };

void otp_code(const unsigned char *secret, size_t size, uint64_t counter, char out[OTP_DIGITS + 1]);

/* Is the code right at that instant, give or take one step, and newer than the step `after`? Fills *step. All three
** steps are computed whatever the code, and compared in constant time. */
bool otp_check(const unsigned char *secret, size_t size, int64_t now_ms, const char *code, int64_t after,
               int64_t *step);

/* The secret as authenticator apps take it (RFC 4648, no padding). */
void otp_base32(const unsigned char secret[OTP_SECRET], char out[OTP_BASE32]);
