/* What is read of a photo, and that nothing at all in one can do harm. The photos are made here, byte by byte. */
#include "table.h"

#include "base/clock.h"
#include "base/memory.h"
#include "photo/photo.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- making photos ---- */

enum { ROOM = 256 << 10 };

struct bytes {
    unsigned char at[ROOM];
    size_t used;
    bool big; /* the order of numbers in the EXIF */
};

static void put(struct bytes *b, const void *from, size_t size)
{
    assert_true(b->used + size <= ROOM);
    memcpy(b->at + b->used, from, size);
    b->used += size;
}

static void put_number(struct bytes *b, uint32_t n, int bytes, bool big)
{
    for (int i = 0; i < bytes; i++)
        put(b, &(unsigned char){ (unsigned char)(n >> 8 * (big ? bytes - 1 - i : i)) }, 1);
}

/* One entry of a directory; what is longer than four bytes is appended to `more` and named by its place. */
static void put_entry(struct bytes *b, struct bytes *more, size_t more_at, int tag, int format, uint32_t count,
                      const void *data, size_t size)
{
    put_number(b, (uint32_t)tag, 2, b->big);
    put_number(b, (uint32_t)format, 2, b->big);
    put_number(b, count, 4, b->big);
    if (size > 4) {
        put_number(b, (uint32_t)(more_at + more->used), 4, b->big);
        put(more, data, size);
    } else {
        unsigned char in_place[4] = { 0 };
        memcpy(in_place, data, size);
        put(b, in_place, 4);
    }
}

static void put_text(struct bytes *b, struct bytes *more, size_t more_at, int tag, const char *text)
{
    if (text)
        put_entry(b, more, more_at, tag, 2, (uint32_t)strlen(text) + 1, text, strlen(text) + 1);
}

struct camera {
    const char *says;
    const char *taken, *zone; /* NULL: not written */
    const char *north, *east; /* the letters; NULL: no place */
    uint32_t lat[6], lon[6];  /* three fractions each */
    const char *status, *datum;
    /* what is read */
    const char *instant; /* NULL: none */
    int zone_min;
    bool zoned, placed;
    int32_t at_lon, at_lat;
    bool noted; /* with a maker's note of a kind the library decodes */
};

enum {
    BEGIN = 8,
    MAIN = 3,
    EXIF_MOST = 3,
    GPS_MOST = 6,
    MORE = BEGIN + (2 + 12 * MAIN + 4) + (2 + 12 * EXIF_MOST + 4) + (2 + 12 * GPS_MOST + 4)
};

static void put_rationals(struct bytes *b, struct bytes *more, int tag, const uint32_t numbers[6])
{
    struct bytes *packed = memory_new(sizeof *packed);
    for (int i = 0; i < 6; i++)
        put_number(packed, numbers[i], 4, b->big);
    put_entry(b, more, MORE, tag, 5, 3, packed->at, packed->used);
    memory_free(packed);
}

static void put_exif(struct bytes *b, const struct camera *c)
{
    struct bytes *more = memory_new(sizeof *more);
    int in_exif = (c->taken != NULL) + (c->zone != NULL) + c->noted;
    int in_gps = c->north ? 4 + (c->status != NULL) + (c->datum != NULL) : 0;
    uint32_t exif_at = BEGIN + 2 + 12 * MAIN + 4, gps_at = exif_at + 2 + 12 * EXIF_MOST + 4;
    put(b, b->big ? "MM" : "II", 2);
    put_number(b, 42, 2, b->big);
    put_number(b, BEGIN, 4, b->big);
    put_number(b, MAIN, 2, b->big);
    put_text(b, more, MORE, 0x010F, "Canon");
    for (int i = 0; i < 2; i++) {
        put_number(b, i ? 0x8825 : 0x8769, 2, b->big);
        put_number(b, 4, 2, b->big);
        put_number(b, 1, 4, b->big);
        put_number(b, i ? gps_at : exif_at, 4, b->big);
    }
    put_number(b, 0, 4, b->big);
    put_number(b, (uint32_t)in_exif, 2, b->big);
    put_text(b, more, MORE, 0x9003, c->taken);
    if (c->noted)
        put_entry(b, more, MORE, 0x927C, 7, 40,
                  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                  40);
    put_text(b, more, MORE, 0x9011, c->zone);
    put_number(b, 0, 4, b->big);
    while (b->used % (1 << 20) < gps_at)
        put(b, "", 1);
    put_number(b, (uint32_t)in_gps, 2, b->big);
    if (c->north) {
        put_text(b, more, MORE, 1, c->north);
        put_rationals(b, more, 2, c->lat);
        put_text(b, more, MORE, 3, c->east);
        put_rationals(b, more, 4, c->lon);
        put_text(b, more, MORE, 9, c->status);
        put_text(b, more, MORE, 18, c->datum);
    }
    put_number(b, 0, 4, b->big);
    while (b->used < MORE)
        put(b, "", 1);
    put(b, more->at, more->used);
    memory_free(more);
}

enum frame { JPEG, JPEG_BIG, PNG, WEBP, FRAMES };

static void put_jpeg(struct bytes *b, const struct bytes *exif)
{
    put(b, "\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0", 20);
    put(b, "\xFF\xE1\0\x09http:/\0\xFF", 12); /* XMP has the same marker; a byte of padding follows */
    put(b, "\xFF\xE1", 2);
    put_number(b, (uint32_t)exif->used + 8, 2, true);
    put(b, "Exif\0\0", 6);
    put(b, exif->at, exif->used);
    put(b, "\xFF\xDA\0\2\xFF\xD9", 6);
}

static void put_png(struct bytes *b, const struct bytes *exif)
{
    put(b, "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0crc!", 33);
    put(b, "\0\0\0\3IDATxyzcrc!", 15);
    put_number(b, (uint32_t)exif->used, 4, true);
    put(b, "eXIf", 4);
    put(b, exif->at, exif->used);
    put(b, "crc!\0\0\0\0IENDcrc!", 16);
}

static void put_webp(struct bytes *b, const struct bytes *exif)
{
    put(b, "RIFF\0\0\0\0WEBPVP8 \3\0\0\0xyz\0", 24);
    put(b, "EXIF", 4);
    put_number(b, (uint32_t)exif->used + 6, 4, false);
    put(b, "Exif\0\0", 6);
    put(b, exif->at, exif->used);
}

static void make(struct bytes *out, enum frame frame, const struct camera *c)
{
    struct bytes *exif = memory_new(sizeof *exif);
    exif->big = frame == JPEG_BIG || frame == PNG;
    put_exif(exif, c);
    if (frame == PNG)
        put_png(out, exif);
    else if (frame == WEBP)
        put_webp(out, exif);
    else
        put_jpeg(out, exif);
    memory_free(exif);
}

static struct photo_facts facts_of(const unsigned char *bytes, size_t size)
{
    struct photo_facts facts;
    memset(&facts, 0xAA, sizeof facts);
    int fd = memfd_create("photo", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    photo_read(fd, (int64_t)size, &facts);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), size);
    close(fd);
    return facts;
}

/* ---- what is read ---- */

#define NORTH .north = "N", .east = "E", .lat = { 36, 1, 6, 1, 12345, 1000 }, .lon = { 120, 1, 21, 1, 678, 100 }
#define THERE .placed = true, .at_lat = 361034292, .at_lon = 1203518833

static const struct camera cameras[] = {
    { "time with its offset and the place", .taken = "2026:11:25 09:12:40", .zone = "+08:00", NORTH,
      .instant = "2026-11-25T01:12:40.000Z", .zoned = true, .zone_min = 480, THERE },
    { "without an offset the clock shows China's time", .taken = "2026:11:25 09:12:40",
      .instant = "2026-11-25T01:12:40.000Z", .zone_min = 480 },
    { "another offset is gone by", .taken = "2026:11:25 09:12:40", .zone = "-03:30",
      .instant = "2026-11-25T12:42:40.000Z", .zoned = true, .zone_min = -210 },
    { "an offset that is none counts as none", .taken = "2026:11:25 09:12:40", .zone = "+19:00",
      .instant = "2026-11-25T01:12:40.000Z", .zone_min = 480 },
    { "so does a blank one", .taken = "2026:11:25 09:12:40", .zone = "   :  ", .instant = "2026-11-25T01:12:40.000Z",
      .zone_min = 480 },
    { "a time in the future is what the device says", .taken = "2099:01:01 00:00:00",
      .instant = "2098-12-31T16:00:00.000Z", .zone_min = 480 },
    { "a clock that was never set shows no time", .taken = "1999:12:31 23:59:59" },
    { "a blank time is none", .taken = "    :  :     :  :  " },
    { "nor are noughts", .taken = "0000:00:00 00:00:00" },
    { "there is no 30 February", .taken = "2026:02:30 09:00:00" },
    { "nor an hour 24", .taken = "2026:02:20 24:00:00" },
    { "a day alone is no time", .taken = "2026:02:20" },
    { "a place without a time", NORTH, THERE },
    { "south and west", .north = "S", .east = "W", .lat = { 33, 1, 30, 1, 0, 1 }, .lon = { 70, 1, 40, 1, 0, 1 },
      .placed = true, .at_lat = -335000000, .at_lon = -706666667 },
    { "minutes as a fraction and no seconds", .north = "N", .east = "E", .lat = { 36, 1, 612345, 100000, 0, 0 },
      .lon = { 120, 1, 21, 1, 0, 0 }, .placed = true, .at_lat = 361020575, .at_lon = 1203500000 },
    { "nought degrees both ways is a receiver without a fix", .north = "N", .east = "E", .lat = { 0, 1, 0, 1, 0, 1 },
      .lon = { 0, 1, 0, 1, 0, 1 } },
    { "a latitude beyond the pole is none", .north = "N", .east = "E", .lat = { 91, 1, 0, 1, 0, 1 },
      .lon = { 120, 1, 0, 1, 0, 1 } },
    { "a fraction by nought is none", .north = "N", .east = "E", .lat = { 36, 0, 0, 1, 0, 1 },
      .lon = { 120, 1, 0, 1, 0, 1 } },
    { "a void place is none", NORTH, .status = "V" },
    { "one that is active is", NORTH, .status = "A", THERE },
    { "WGS-84 by name", NORTH, .datum = "WGS-84", THERE },
    { "GCJ-02 is converted", NORTH, .datum = "GCJ-02", .placed = true, .at_lat = 361031937, .at_lon = 1203467835 },
    { "a datum nobody knows makes no place", NORTH, .datum = "TOKYO" },
    { "what a maker notes is passed over", .taken = "2026:11:25 09:12:40", .noted = true, NORTH,
      .instant = "2026-11-25T01:12:40.000Z", .zone_min = 480, THERE },
    { "nothing at all", .taken = NULL },
};

static void is_read_from_every_frame(void **state)
{
    const struct camera *c = *state;
    for (enum frame frame = 0; frame < FRAMES; frame++) {
        char instant[INSTANT_TEXT] = "";
        struct bytes *photo = memory_new(sizeof *photo);
        make(photo, frame, c);
        struct photo_facts f = facts_of(photo->at, photo->used);
        if (f.timed)
            instant_print(f.taken_ms, instant);
        assert_string_equal(instant, c->instant ? c->instant : "");
        assert_int_equal(f.timed ? f.zone_min : 0, c->zone_min);
        assert_int_equal(f.zoned, c->zoned);
        assert_int_equal(f.placed, c->placed);
        if (c->placed)
            if (labs((long)f.lon - c->at_lon) > 1 || labs((long)f.lat - c->at_lat) > 1)
                fail_msg("is at %d, %d", (int)f.lon, (int)f.lat);
        memory_free(photo);
    }
}

/* ---- what does no harm ---- */

static void a_photo_cut_anywhere_is_a_photo_without_facts_or_with_some(void **state)
{
    (void)state;
    for (enum frame frame = 0; frame < FRAMES; frame++) {
        struct bytes *photo = memory_new(sizeof *photo);
        make(photo, frame, &cameras[0]);
        size_t whole = 0;
        for (size_t size = 0; size <= photo->used; size++)
            whole += facts_of(photo->at, size).timed;
        assert_in_range(whole, 1, 40); /* what the frame has behind its EXIF may be missing */
        memory_free(photo);
    }
}

static void a_byte_changed_anywhere_does_no_harm(void **state)
{
    (void)state;
    struct bytes *photo = memory_new(sizeof *photo);
    make(photo, JPEG, &cameras[0]);
    for (size_t at = 0; at < photo->used; at++)
        for (int how = 0; how < 3; how++) {
            unsigned char was = photo->at[at];
            photo->at[at] = how == 0 ? 0 : how == 1 ? 0xFF : was ^ 1;
            struct photo_facts f = facts_of(photo->at, photo->used);
            assert_false(f.placed && (f.lat > 900000000 || f.lat < -900000000));
            photo->at[at] = was;
        }
    memory_free(photo);
}

/* 1,000 entries that all name the same 60,000 bytes, 60 MB for whoever believes them; with few of them the time that
** follows is read. */
static bool timed_behind(int entries)
{
    enum { EACH = 60000, BEHIND = 12100 };
    struct bytes *exif = memory_new(sizeof *exif), *photo = memory_new(sizeof *photo);
    put(exif, "II\x2a\0\x08\0\0\0", 8);
    put_number(exif, (uint32_t)entries + 1, 2, false);
    for (int i = 0; i <= entries; i++) {
        put_number(exif, i < entries ? 0x010E : 0x8769, 2, false);
        put_number(exif, i < entries ? 2 : 4, 2, false);
        put_number(exif, i < entries ? EACH : 1, 4, false);
        put_number(exif, i < entries ? 8 : BEHIND, 4, false);
    }
    while (exif->used < BEHIND)
        put(exif, "", 1);
    put(exif, "\1\0\x03\x90\2\0\x14\0\0\0", 10);
    put_number(exif, BEHIND + 18, 4, false);
    put(exif, "\0\0\0\0", 4);
    put(exif, "2026:11:25 09:12:40", 20);
    while (exif->used < 65000)
        put(exif, "", 1);
    put_jpeg(photo, exif);
    bool timed = facts_of(photo->at, photo->used).timed;
    memory_free(exif);
    memory_free(photo);
    return timed;
}

static void entries_that_name_the_same_bytes_again_and_again_come_to_nothing(void **state)
{
    (void)state;
    assert_true(timed_behind(10));
    assert_false(timed_behind(1000));
}

static void directories_that_name_each_other_end(void **state)
{
    (void)state;
    struct bytes *exif = memory_new(sizeof *exif), *photo = memory_new(sizeof *photo);
    put(exif, "II\x2a\0\x08\0\0\0\2\0", 10);
    for (int i = 0; i < 2; i++) { /* both directories are this one */
        put_number(exif, i ? 0x8825 : 0x8769, 2, false);
        put_number(exif, 4, 2, false);
        put_number(exif, 1, 4, false);
        put_number(exif, 8, 4, false);
    }
    put_number(exif, 8, 4, false); /* and so is the next */
    put_jpeg(photo, exif);
    struct photo_facts f = facts_of(photo->at, photo->used);
    assert_false(f.timed || f.placed);
    memory_free(exif);
    memory_free(photo);
}

static void parts_of_no_length_end_the_search(void **state)
{
    (void)state;
    struct bytes *photo = memory_new(sizeof *photo);
    put(photo, "\x89PNG\r\n\x1a\n", 8);
    while (photo->used + 12 <= ROOM)
        put(photo, "\0\0\0\0junkcrc!", 12);
    assert_false(facts_of(photo->at, photo->used).timed);
    photo->used = 0;
    put(photo, "\xFF\xD8", 2);
    while (photo->used < ROOM)
        put(photo, "\xFF", 1);
    assert_false(facts_of(photo->at, photo->used).timed);
    memory_free(photo);
}

static void what_is_no_photo_says_nothing(void **state)
{
    (void)state;
    static const char *const others[] = {
        "", "x", "\xFF\xD8\xFF", "%PDF-1.7 and more", "Exif", "RIFF....WAVE....", "\x89PNG\r\n\x1a\n"
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct photo_facts f = facts_of((const unsigned char *)others[i], strlen(others[i]));
        assert_false(f.timed || f.placed || f.zoned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_photo_cut_anywhere_is_a_photo_without_facts_or_with_some),
        cmocka_unit_test(a_byte_changed_anywhere_does_no_harm),
        cmocka_unit_test(entries_that_name_the_same_bytes_again_and_again_come_to_nothing),
        cmocka_unit_test(directories_that_name_each_other_end),
        cmocka_unit_test(parts_of_no_length_end_the_search),
        cmocka_unit_test(what_is_no_photo_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) + RUN_TABLE(cameras, is_read_from_every_frame);
}
