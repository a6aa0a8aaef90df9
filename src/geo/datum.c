#include "geo/datum.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

const char *const datum_names[] = { "wgs84", "gcj02", "bd09", NULL };

bool datum_parse(const char *text, enum datum *out)
{
    static const struct {
        const char *name;
        enum datum is;
    } names[] = {
        { "wgs84", DATUM_WGS84 }, { "cgcs2000", DATUM_WGS84 }, { "gcj02", DATUM_GCJ02 }, { "bd09", DATUM_BD09 }
    };
    char plain[16];
    size_t n = 0;
    for (; *text; text++) {
        if (*text == '-' || *text == '_' || *text == ' ')
            continue;
        if (n == sizeof plain - 1)
            return false;
        plain[n++] = (char)tolower((unsigned char)*text);
    }
    plain[n] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(plain, names[i].name) != 0)
            continue;
        *out = names[i].is;
        return true;
    }
    return false;
}

/* ---- GCJ-02 ---- */

static const double AXIS = 6378245.0, ECCENTRICITY_2 = 0.00669342162296594323; /* Krasovsky's ellipsoid */

static bool in_rectangle(struct lonlat p)
{
    return p.lon > 73.66 && p.lon < 135.05 && p.lat > 3.86 && p.lat < 53.55;
}

static double half_turns(double t)
{
    return sin(t * M_PI);
}

/* What is added to WGS-84, in degrees. */
static struct lonlat gcj02_offset(struct lonlat p)
{
    double x = p.lon - 105, y = p.lat - 35, root = sqrt(fabs(x));
    double both = (20 * half_turns(6 * x) + 20 * half_turns(2 * x)) * 2 / 3;
    double lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both +
                 (20 * half_turns(y) + 40 * half_turns(y / 3)) * 2 / 3 +
                 (160 * half_turns(y / 12) + 320 * half_turns(y / 30)) * 2 / 3;
    double lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both +
                 (20 * half_turns(x) + 40 * half_turns(x / 3)) * 2 / 3 +
                 (150 * half_turns(x / 12) + 300 * half_turns(x / 30)) * 2 / 3;
    double radians = p.lat * M_PI / 180, sine = sin(radians);
    double m = 1 - ECCENTRICITY_2 * sine * sine, s = sqrt(m);
    return (struct lonlat){ lon * 180 / (AXIS / s * cos(radians) * M_PI),
                            lat * 180 / (AXIS * (1 - ECCENTRICITY_2) / (m * s) * M_PI) };
}

static struct lonlat gcj02_from_wgs84(struct lonlat p)
{
    struct lonlat offset = gcj02_offset(p);
    return (struct lonlat){ p.lon + offset.lon, p.lat + offset.lat };
}

/* ---- BD-09 ---- */

static const double BD_PI = M_PI * 3000 / 180;

static struct lonlat bd09_from_gcj02(struct lonlat p)
{
    double z = sqrt(p.lon * p.lon + p.lat * p.lat) + 0.00002 * sin(p.lat * BD_PI);
    double theta = atan2(p.lat, p.lon) + 0.000003 * cos(p.lon * BD_PI);
    return (struct lonlat){ z * cos(theta) + 0.0065, z * sin(theta) + 0.006 };
}

struct lonlat datum_bd09_guess(struct lonlat bd09)
{
    double x = bd09.lon - 0.0065, y = bd09.lat - 0.006;
    double z = sqrt(x * x + y * y) - 0.00002 * sin(y * BD_PI);
    double theta = atan2(y, x) - 0.000003 * cos(x * BD_PI);
    return (struct lonlat){ z * cos(theta), z * sin(theta) };
}

/* ---- back ---- */

/* The point that `forward` turns into `wanted`. Both offsets change slowly from place to place, so each round leaves
** about a thousandth of the error of the one before; two to four rounds do. */
static struct lonlat search(struct lonlat (*forward)(struct lonlat), struct lonlat wanted, struct lonlat guess)
{
    enum { ROUNDS = 20 };
    const double near = 1e-10;
    for (int i = 0; i < ROUNDS; i++) {
        struct lonlat made = forward(guess);
        double east = made.lon - wanted.lon, north = made.lat - wanted.lat;
        guess.lon -= east;
        guess.lat -= north;
        if (fabs(east) < near && fabs(north) < near)
            break;
    }
    return guess;
}

struct lonlat datum_to_wgs84(enum datum from, struct lonlat p)
{
    if (from == DATUM_WGS84 || !in_rectangle(p))
        return p;
    if (from == DATUM_BD09)
        p = search(bd09_from_gcj02, p, datum_bd09_guess(p));
    return search(gcj02_from_wgs84, p, p);
}

struct lonlat datum_from_wgs84(enum datum to, struct lonlat p)
{
    if (to == DATUM_WGS84 || !in_rectangle(p))
        return p;
    struct lonlat gcj02 = gcj02_from_wgs84(p);
    return to == DATUM_BD09 ? bd09_from_gcj02(gcj02) : gcj02;
}

void place_from_datum(enum datum from, int32_t *lon, int32_t *lat)
{
    struct lonlat p = datum_to_wgs84(from, (struct lonlat){ *lon / 1e7, *lat / 1e7 });
    *lon = (int32_t)lround(p.lon * 1e7);
    *lat = (int32_t)lround(p.lat * 1e7);
}
