/* Who answers for what; objects without one direct supervisor; an object that goes to another area. */
#pragma once
#include "http/web.h"

int responsible_answer(struct visit *v, struct error *err);
int owners_none(struct visit *v, struct error *err);
int owners_many(struct visit *v, struct error *err);
int transfer_preview(struct visit *v, struct error *err);
int transfer_run(struct visit *v, struct error *err);
