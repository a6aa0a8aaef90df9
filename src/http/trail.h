/* The audit trail, for whoever holds the right "audit" and for nobody else. */
#pragma once
#include "http/web.h"

int audit_list(struct visit *v, struct error *err);
int audit_sheet(struct visit *v, struct error *err);
