/* The people of the grid: areas without them, and each area with its own. */
#pragma once
#include "http/web.h"

int grid_coverage(struct visit *v, struct error *err); /* GET /grid/coverage */
int grid_tree(struct visit *v, struct error *err);     /* GET /grid/tree */
