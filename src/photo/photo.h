/*
** What a photo says of itself: when and where it was taken, as the device wrote it into the file (EXIF 2.32, in JPEG,
** PNG and WebP). It can be written by anybody and is worth what decision 42 says; it is never a reason to refuse a file.
** What is wrong, missing or senseless is simply absent, and the bytes of the file are not touched.
**
** Time: DateTimeOriginal is a wall clock. OffsetTimeOriginal, where the device says it, makes it an instant; where it
** does not, the clock is taken to show China's time. A year before 2000 is a clock that was never set: no time.
** Place: WGS-84, as EXIF has it; another datum that the file names and geo/datum.h knows is converted, one that it does
** not know is no place. Neither is 0,0, a degree out of range, or what the receiver itself calls void.
**
** Ceilings: of a file only its frame is walked, at most PHOTO_PARTS parts of it, and at most PHOTO_EXIF bytes of EXIF are
** read; reading them takes at most PHOTO_MEMORY bytes. Beyond: no facts. HEIC is not looked into.
*/
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum {
    PHOTO_EXIF = 64 << 10,   /* what one segment of a JPEG can hold */
    PHOTO_PARTS = 8192,      /* segments or chunks: a PNG of 20 MB in chunks of 8 KB has 2,560 */
    PHOTO_MEMORY = 4 << 20,  /* allocated in all while one photo is read; an honest one needs 200 KB */
    PHOTO_FIRST_YEAR = 2000, /* a clock that shows less was never set */
};

struct photo_facts {
    bool timed;       /* taken_ms is known */
    bool zoned;       /* the device said its offset from UTC; otherwise China's was taken */
    bool placed;      /* lon and lat are known */
    int64_t taken_ms; /* instant: milliseconds since 1970 UTC */
    int zone_min;     /* minutes east of UTC; 480 where not zoned */
    int32_t lon, lat; /* WGS-84, 1e-7 degrees */
};

/* Reads with pread from the file's beginning; where fd stands does not change. */
void photo_read(int fd, int64_t size, struct photo_facts *out);
