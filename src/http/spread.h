/* How many rows of a list lie in each of the areas below one. */
#pragma once
#include "http/web.h"

int spread_read(struct visit *v, struct error *err);
