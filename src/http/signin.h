/* Passwords, second factor, sessions and keys: one's own, and with the right "manage" those of others. */
#pragma once
#include "http/web.h"

int my_password(struct visit *v, struct error *err);
int my_sessions(struct visit *v, struct error *err);
int my_session_end(struct visit *v, struct error *err);
int my_totp_begin(struct visit *v, struct error *err);
int my_totp_confirm(struct visit *v, struct error *err);
int my_totp_end(struct visit *v, struct error *err);
int my_keys(struct visit *v, struct error *err);
int my_key_make(struct visit *v, struct error *err);
int my_key_end(struct visit *v, struct error *err);

int account_sessions(struct visit *v, struct error *err);
int account_sessions_end(struct visit *v, struct error *err);
int account_password(struct visit *v, struct error *err);
int account_unlocked(struct visit *v, struct error *err);
int account_totp_end(struct visit *v, struct error *err);
int account_keys(struct visit *v, struct error *err);
int account_key_end(struct visit *v, struct error *err);
