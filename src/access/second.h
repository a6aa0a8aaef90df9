/*
** The second factor: a time-based one-time code (base/otp.h) with ten recovery codes.
**
** Codes go by the true time (origin.ahead_ms): a demonstration's clock moves, a phone's does not.
** The secret is sealed at rest. A code works once: the step of the last one used is kept, and only later steps count.
** Recovery codes are kept as keyed hashes and work once each. Enrolling takes two requests: second_begin makes a secret
** that is in force only after second_confirm has seen a code made from it.
*/
#pragma once
#include "access/password.h"
#include "base/otp.h"

enum { SPARE_CODES = 10, SPARE_TEXT = 12 }; /* "k7m2p-9x4qd" and the final NUL */

/* FAULT_CONFLICT totp.on when one is in force already. Begun again, the secret before is forgotten. */
int second_begin(struct store *store, const struct origin *by, char secret[OTP_BASE32], struct error *err);
int second_confirm(struct store *store, const struct origin *by, const char *code,
                   char recovery[SPARE_CODES][SPARE_TEXT], struct error *err);
/* The person's own: password and code. A wrong one of either counts as a wrong try. */
int second_end(struct store *store, const struct origin *by, const char *password, const char *code, struct error *err);
/* Of somebody else, by an administrator. */
int second_reset(struct store *store, const struct origin *by, int64_t account, struct error *err);

/* Inside a write job, the credential held: is the code right now? Uses it up. A recovery code is recorded. */
int second_check(struct db *db, const struct origin *by, int64_t account, const char *code, bool *right,
                 struct error *err);

extern const struct table second_tables[];
extern const size_t second_table_count;
