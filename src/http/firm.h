/* What a record page shows beside the record: related rows counted, where the record stands, who supplied what. */
#pragma once
#include "http/web.h"

int counts_read(struct visit *v, struct error *err);
int standing_answer(struct visit *v, struct error *err);
int sources_answer(struct visit *v, struct error *err);
int verify_run(struct visit *v, struct error *err);
