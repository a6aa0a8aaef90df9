/* What a record's running deadlines have told and will tell. */
#pragma once
#include "http/web.h"

int ladder_read(struct visit *v, struct error *err);
