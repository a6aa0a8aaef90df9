/*
** Land that fits together: a lattice whose nodes are moved about by a fixed rule, so that every line between two of them
** is wobbly and whoever follows the same line gets the same points. An area is a block of cells; cut into parts it has
** neither holes nor overlaps, and every edge is shared point by point. The demonstration and the tests draw with it.
*/
#pragma once
#include "geo/geojson.h"

/* Cells west ≤ x < east, south ≤ y < north. */
struct land {
    int west, south, east, north;
};

enum { LAND_CELLS = 128 }; /* the side of the city: 0.64 degrees of longitude and latitude */
extern const struct land land_city;

/* The i-th of n parts of about the same size. Neither side of the whole may be shorter than n cells. */
struct land land_part(struct land whole, size_t n, size_t i);

/* Its outline as one polygon, WGS-84. */
struct geo_shape land_shape(struct land land, struct arena *arena);

/* A point inside: x and y from 0 to 1 across the block, away from the edge. */
struct lonlat land_point(struct land land, double x, double y);
