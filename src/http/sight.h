/* Who sees what: why the reader sees a record, and whom one may look through. */
#pragma once
#include "http/web.h"

int why_seen(struct visit *v, struct error *err);
int as_candidates(struct visit *v, struct error *err);
