/* The grid: which area holds a place, boundaries in and out, and where the areas below one do not fit together. */
#pragma once
#include "http/web.h"

int grid_place(struct visit *v, struct error *err);     /* GET /grid/at */
int grid_draw(struct visit *v, struct error *err);      /* GET /grid/boundaries */
int grid_fit(struct visit *v, struct error *err);       /* GET /grid/check */
int grid_take(struct visit *v, struct error *err);      /* POST /grid/boundaries */
int outline_read(struct visit *v, struct error *err);   /* GET /regions/{id}/boundary */
int outline_put(struct visit *v, struct error *err);    /* PUT */
int outline_remove(struct visit *v, struct error *err); /* DELETE */
