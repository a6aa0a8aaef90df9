/* One search box over all kinds. */
#pragma once
#include "http/web.h"

int search_everything(struct visit *v, struct error *err);
