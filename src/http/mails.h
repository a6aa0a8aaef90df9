/* The outbox of notices by e-mail, for the system administrator (right "operate"). */
#pragma once
#include "http/web.h"

int mails_list(struct visit *v, struct error *err);
int mails_again(struct visit *v, struct error *err);
