/*
** Where a pair of degrees lies depends on who wrote it down. Stored is WGS-84 alone; CGCS2000, in which offices keep
** their boundaries, differs by centimetres and is taken as the same. Chinese map sites hand out GCJ-02 (Gaode, Tencent)
** or BD-09 (Baidu), hundreds of metres off; it is converted at the edge, when it comes in and when it goes out.
**
** The offset of GCJ-02 is not published; the formula everybody uses agrees with the map sites to a metre or two: enough
** to find a village, not to survey a plot. It is applied inside a rectangle around China; elsewhere nothing changes.
** The way back is exact: it is searched until it converts to the same point again, to 1e-9 degrees.
*/
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum datum { DATUM_WGS84, DATUM_GCJ02, DATUM_BD09 };

struct lonlat {
    double lon, lat;
};

extern const char *const datum_names[]; /* "wgs84", "gcj02", "bd09" in the order of the enum, NULL at the end */
bool datum_parse(const char *text, enum datum *out); /* also "WGS-84", "CGCS2000", "GCJ-02", "BD-09" */

struct lonlat datum_to_wgs84(enum datum from, struct lonlat point);
struct lonlat datum_from_wgs84(enum datum to, struct lonlat point);

/* The published way from BD-09 to GCJ-02, up to 0.15 m off: where the search for the exact one begins. */
struct lonlat datum_bd09_guess(struct lonlat bd09);

/* A place as records keep it, in 1e-7 degrees: turns what was read in another datum into WGS-84 in place. */
void place_from_datum(enum datum from, int32_t *lon, int32_t *lat);
