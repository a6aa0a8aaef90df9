/* Signing in and out, who am I, the demo's accounts, event streams. */
#pragma once
#include "http/web.h"

int session_create(struct visit *v, struct error *err);
int session_delete(struct visit *v, struct error *err);
int me_read(struct visit *v, struct error *err);
int demo_accounts(struct visit *v, struct error *err);
int demo_session(struct visit *v, struct error *err);
int demo_next_day(struct visit *v, struct error *err);
int events_open(struct visit *v, struct error *err);
