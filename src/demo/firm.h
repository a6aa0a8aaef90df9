/* What the demonstration's firms keep of themselves: people with training, licences, certificates, major hazards. */
#pragma once
#include "domain/change.h"

/* For the enterprises and facilities that are there; once, after they were made. */
int demo_firms(struct house *house, int64_t now_ms, struct error *err);
