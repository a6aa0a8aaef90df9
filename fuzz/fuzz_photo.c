/*
** Any bytes at all go through the reader of photos. Beyond not crashing: what is told lies within what can be, and the
** same bytes tell the same twice.
*/
#include "photo/photo.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const int64_t first_ms = 946598400000; /* 1999-12-31: midnight of 2000 in the earliest zone */
    static int fd = -1;
    struct photo_facts once, twice;
    memset(&once, 0, sizeof once);
    memset(&twice, 0, sizeof twice);
    if (fd < 0)
        fd = memfd_create("photo", MFD_CLOEXEC);
    must(fd >= 0 && ftruncate(fd, (off_t)size) == 0 && pwrite(fd, bytes, size, 0) == (ssize_t)size);
    photo_read(fd, (int64_t)size, &once);
    photo_read(fd, (int64_t)size, &twice);
    must(once.timed == twice.timed && once.taken_ms == twice.taken_ms && once.placed == twice.placed);
    must(!once.timed || (once.taken_ms >= first_ms && once.zone_min >= -840 && once.zone_min <= 840));
    must(!once.zoned || once.timed);
    must(!once.placed || (once.lat <= 900000000 && once.lat >= -900000000 && once.lon <= 1800000000 &&
                          once.lon >= -1800000000 && (once.lat || once.lon)));
    return 0;
}
