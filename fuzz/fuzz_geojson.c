/*
** Any bytes at all go through the GeoJSON reader, as one shape and as a collection. Beyond not crashing: what is wrong
** is told in both languages, and what was accepted comes back the same from well-known binary.
*/
#include "base/utf8.h"
#include "geo/area.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static int told(const struct error *err)
{
    must(err->fault != FAULT_NONE && err->zh[0] && err->en[0] && utf8_valid(err->zh, strlen(err->zh)));
    return 0;
}

static int in_collection(const struct geo_feature *f, void *arg, struct error *err)
{
    struct geo_shape shape;
    struct arena *arena = arg;
    struct error why = { 0 };
    (void)err;
    const char *name = geojson_property(f, "name", arena);
    must(!name || utf8_valid(name, strlen(name)));
    if (geojson_feature_shape(f, arena, &shape, &why) < 0)
        told(&why);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    AUTO_ARENA arena = { 0 };
    struct geo_shape shape;
    struct error err = { 0 };
    struct area *area, *again = NULL;
    const void *wkb, *twice;
    size_t n, m = 0;
    if (geojson_features((const char *)bytes, size, in_collection, &arena, &err) < 0)
        told(&err);
    error_clear(&err);
    if (geojson_shape((const char *)bytes, size, &arena, &shape, &err) < 0 ||
        area_make(&shape, DATUM_GCJ02, &area, &err) < 0)
        return told(&err);
    must(area_to_wkb(area, &arena, &wkb, &n, &err) == 0 && area_from_wkb(wkb, n, &again, &err) == 0 &&
         area_to_wkb(again, &arena, &twice, &m, &err) == 0);
    must(n == m && memcmp(wkb, twice, n) == 0 && area_square_metres(area) >= 0);
    area_free(area);
    area_free(again);
    return 0;
}
