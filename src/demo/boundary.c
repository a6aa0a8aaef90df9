#include "demo/boundary.h"

#include <math.h>

/* In the sea: no place is real. */
static const double WEST = 122.30, SOUTH = 35.20, STEP = 0.005;

const struct land land_city = { 0, 0, LAND_CELLS, LAND_CELLS };

/* -1 to 1, the same for the same numbers (the finaliser of SplitMix64). */
static double noise(int x, int y, uint64_t salt)
{
    uint64_t z = (uint64_t)(uint32_t)x << 32 ^ (uint32_t)y ^ salt << 17;
    z = (z + 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return (double)(z >> 11) / (double)(1ull << 52) - 1;
}

/* A node leaves its place by less than half a step against its neighbours, so cells never turn over. */
static struct lonlat node(int x, int y)
{
    const double small = 0.22;
    double east = x + small * noise(x, y, 1) + 2.5 * sin(y * 0.11) + 1.5 * sin(x * 0.07 + 2);
    double north = y + small * noise(x, y, 2) + 2.0 * sin(x * 0.13 + 1) + 1.5 * sin(y * 0.06);
    return (struct lonlat){ round((WEST + STEP * east) * 1e6) / 1e6, round((SOUTH + STEP * north) * 1e6) / 1e6 };
}

struct land land_part(struct land whole, size_t n, size_t i)
{
    while (n > 1) {
        int wide = whole.east - whole.west, high = whole.north - whole.south;
        size_t first = n / 2;
        int cut = (int)lround((double)(wide >= high ? wide : high) * (double)first / (double)n);
        bool in_first = i < first;
        if (wide >= high && in_first)
            whole.east = whole.west + cut;
        else if (wide >= high)
            whole.west += cut;
        else if (in_first)
            whole.north = whole.south + cut;
        else
            whole.south += cut;
        i -= in_first ? 0 : first;
        n = in_first ? first : n - first;
    }
    return whole;
}

struct geo_shape land_shape(struct land l, struct arena *arena)
{
    size_t count = 0, room = 2 * (size_t)(l.east - l.west + l.north - l.south) + 1;
    struct lonlat *points = ARENA_ARRAY(arena, struct lonlat, room);
    for (int x = l.west; x < l.east; x++)
        points[count++] = node(x, l.south);
    for (int y = l.south; y < l.north; y++)
        points[count++] = node(l.east, y);
    for (int x = l.east; x > l.west; x--)
        points[count++] = node(x, l.north);
    for (int y = l.north; y > l.south; y--)
        points[count++] = node(l.west, y);
    points[count++] = points[0];
    struct geo_span *ring = ARENA_NEW(arena, struct geo_span), *polygon = ARENA_NEW(arena, struct geo_span);
    *ring = (struct geo_span){ 0, count };
    *polygon = (struct geo_span){ 0, 1 };
    return (struct geo_shape){ points, count, ring, 1, polygon, 1 };
}

struct lonlat land_point(struct land l, double x, double y)
{
    double east = l.west + 1 + x * (l.east - l.west - 2), north = l.south + 1 + y * (l.north - l.south - 2);
    return node((int)lround(east), (int)lround(north));
}
