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

/* A region's code in the address, 0 when it is not there. What is none names the parameter. */
int grid_area_param(struct visit *v, const char *name, int64_t *out, struct error *err);
