#include "photo/photo.h"

#include "base/clock.h"
#include "base/memory.h"
#include "geo/datum.h"

#include <libexif/exif-data.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- where the EXIF lies in the file ---- */

static const char head[6] = "Exif\0"; /* before EXIF in a JPEG, and what the library asks for */

enum { HEAD = sizeof head, TIFF = 8 };

struct found {
    int64_t at; /* of the TIFF structure in the file */
    size_t size;
};

static bool read_at(int fd, int64_t at, void *out, size_t size)
{
    return at >= 0 && pread(fd, out, size, (off_t)at) == (ssize_t)size;
}

static uint32_t big(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t little(const unsigned char *at)
{
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* Takes the part as EXIF when it fits; what some programs write in front of it in every format is passed over. */
static bool take(int fd, int64_t at, int64_t size, struct found *out)
{
    char begin[HEAD];
    if (size >= HEAD && read_at(fd, at, begin, HEAD) && memcmp(begin, head, HEAD) == 0) {
        at += HEAD;
        size -= HEAD;
    }
    if (size < TIFF || size > PHOTO_EXIF)
        return false;
    *out = (struct found){ at, (size_t)size };
    return true;
}

/* Segments up to the first scan: FF, marker, length of two bytes that counts itself. Padding may stand before a marker. */
static bool find_in_jpeg(int fd, struct found *out)
{
    enum { APP1 = 0xE1, SCAN = 0xDA, END = 0xD9 };
    int64_t at = 2;
    unsigned char part[4 + HEAD];
    for (int i = 0; i < PHOTO_PARTS && read_at(fd, at, part, 4) && part[0] == 0xFF; i++) {
        int64_t size = part[2] << 8 | part[3];
        if (part[1] == 0xFF) {
            at++;
            continue;
        }
        if (part[1] == SCAN || part[1] == END || size < 2)
            return false;
        /* XMP stands in a segment of the same number. */
        if (part[1] == APP1 && size >= 2 + HEAD && read_at(fd, at, part, sizeof part) &&
            memcmp(part + 4, head, HEAD) == 0)
            return take(fd, at + 4, size - 2, out);
        at += 2 + size;
    }
    return false;
}

/* Chunks: length, name, content, checksum. */
static bool find_in_png(int fd, struct found *out)
{
    int64_t at = 8;
    unsigned char part[8];
    for (int i = 0; i < PHOTO_PARTS && read_at(fd, at, part, sizeof part); i++) {
        int64_t size = big(part);
        if (memcmp(part + 4, "eXIf", 4) == 0)
            return take(fd, at + 8, size, out);
        if (memcmp(part + 4, "IEND", 4) == 0)
            return false;
        at += 12 + size;
    }
    return false;
}

/* Chunks of RIFF: name, length, content, filled up to an even length. */
static bool find_in_webp(int fd, struct found *out)
{
    int64_t at = 12;
    unsigned char part[8];
    for (int i = 0; i < PHOTO_PARTS && read_at(fd, at, part, sizeof part); i++) {
        int64_t size = little(part + 4);
        if (memcmp(part, "EXIF", 4) == 0)
            return take(fd, at + 8, size, out);
        at += 8 + size + size % 2;
    }
    return false;
}

static bool find(int fd, struct found *out)
{
    unsigned char begin[12];
    if (!read_at(fd, 0, begin, sizeof begin))
        return false;
    if (memcmp(begin, "\xFF\xD8\xFF", 3) == 0)
        return find_in_jpeg(fd, out);
    if (memcmp(begin, "\x89PNG\r\n\x1a\n", 8) == 0)
        return find_in_png(fd, out);
    return memcmp(begin, "RIFF", 4) == 0 && memcmp(begin + 8, "WEBP", 4) == 0 && find_in_webp(fd, out);
}

/* ---- the library, within bounds ---- */

/* Every entry may name the same 64 KB again: the sum is capped, not the block. What is given back is not counted, so that
** the work is capped too. The library asks for memory without saying for whom; a photo is read on one thread. */
static _Thread_local size_t left;

static bool spend(size_t size)
{
    if (size > left)
        return false;
    left -= size;
    return true;
}

static void *give(ExifLong size)
{
    return spend(size) ? memory_new(size) : NULL;
}

static void *give_more(void *memory, ExifLong size)
{
    return spend(size) ? memory_resize(memory, size) : NULL;
}

/* Makers' notes are formats of their own, one decoder each in the library, and many of the faults found in it lay
** there. Nothing of them is needed: the entry that leads to one gets the number of the padding, which is left alone. */
static void hide_maker_note(unsigned char *at, size_t size)
{
    enum { FORMATS = 12 };
    for (size_t i = 0; i + 4 <= size; i++) {
        if (at[i] == 0x92 && at[i + 1] == 0x7C && at[i + 2] == 0 && at[i + 3] <= FORMATS)
            memcpy(at + i, "\xEA\x1C", 2);
        else if (at[i] == 0x7C && at[i + 1] == 0x92 && at[i + 2] <= FORMATS && at[i + 3] == 0)
            memcpy(at + i, "\x1C\xEA", 2);
    }
}

static const ExifEntry *entry_of(const ExifData *data, ExifIfd ifd, int tag, ExifFormat format, size_t size)
{
    const ExifEntry *e = exif_content_get_entry(data->ifd[ifd], (ExifTag)tag);
    return e && e->data && e->format == format && e->size >= size ? e : NULL;
}

/* ---- time ---- */

/* Digits where the pattern has a 0, itself elsewhere. */
static bool looks_like(const unsigned char *text, const char *pattern)
{
    for (; *pattern; text++, pattern++)
        if (*pattern == '0' ? *text < '0' || *text > '9' : *text != (unsigned char)*pattern)
            return false;
    return true;
}

static int number(const unsigned char *text, int digits)
{
    int n = 0;
    for (int i = 0; i < digits; i++)
        n = 10 * n + (text[i] - '0');
    return n;
}

/* "+08:00"; farther than any place on earth keeps its clock is no offset. */
static bool read_zone(const ExifData *data, int *minutes)
{
    enum { FARTHEST = 14 * 60 };
    const ExifEntry *e = entry_of(data, EXIF_IFD_EXIF, EXIF_TAG_OFFSET_TIME_ORIGINAL, EXIF_FORMAT_ASCII, 6);
    if (!e || (e->data[0] != '+' && e->data[0] != '-') || !looks_like(e->data + 1, "00:00"))
        return false;
    int n = 60 * number(e->data + 1, 2) + number(e->data + 4, 2);
    if (n > FARTHEST || number(e->data + 4, 2) > 59)
        return false;
    *minutes = e->data[0] == '-' ? -n : n;
    return true;
}

/* "2026:11:25 09:12:40" */
static void read_time(const ExifData *data, struct photo_facts *out)
{
    enum { MINUTE = 60 * 1000 };
    const ExifEntry *e = entry_of(data, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL, EXIF_FORMAT_ASCII, 19);
    if (!e || !looks_like(e->data, "0000:00:00 00:00:00"))
        return;
    int year = number(e->data, 4), month = number(e->data + 5, 2), day = number(e->data + 8, 2);
    int hour = number(e->data + 11, 2), minute = number(e->data + 14, 2), second = number(e->data + 17, 2);
    if (year < PHOTO_FIRST_YEAR || !ymd_valid(year, month, day) || hour > 23 || minute > 59 || second > 59)
        return;
    out->zone_min = CHINA_OFFSET_MS / MINUTE;
    out->zoned = read_zone(data, &out->zone_min);
    out->taken_ms = day_from_ymd(year, month, day) * DAY_MS + 1000LL * (3600 * hour + 60 * minute + second) -
                    (int64_t)out->zone_min * MINUTE;
    out->timed = true;
}

/* ---- place ---- */

enum { GPS_LATITUDE_REF = 1, GPS_LATITUDE, GPS_LONGITUDE_REF, GPS_LONGITUDE, GPS_STATUS = 9, GPS_DATUM = 18 };

/* Degrees, minutes, seconds as fractions; with the letter of the other half they are less than nought. */
static bool read_degrees(const ExifData *data, int tag, char less, double most, int32_t *out)
{
    const ExifEntry *e = entry_of(data, EXIF_IFD_GPS, tag, EXIF_FORMAT_RATIONAL, 24);
    const ExifEntry *half = entry_of(data, EXIF_IFD_GPS, tag - 1, EXIF_FORMAT_ASCII, 1);
    double degrees = 0, part = 1;
    if (!e || !half)
        return false;
    for (int i = 0; i < 3; i++, part *= 60) {
        ExifRational r = exif_get_rational(e->data + 8 * i, exif_data_get_byte_order((ExifData *)data));
        if (r.denominator == 0 && (r.numerator != 0 || i == 0))
            return false;
        degrees += r.denominator ? (double)r.numerator / r.denominator / part : 0;
    }
    if (!(degrees <= most))
        return false;
    *out = (int32_t)(degrees * 1e7 + 0.5) * (half->data[0] == less ? -1 : 1);
    return true;
}

static void read_place(const ExifData *data, struct photo_facts *out)
{
    enum { DATUM_TEXT = 32 };
    const ExifEntry *status = entry_of(data, EXIF_IFD_GPS, GPS_STATUS, EXIF_FORMAT_ASCII, 1);
    const ExifEntry *named = entry_of(data, EXIF_IFD_GPS, GPS_DATUM, EXIF_FORMAT_ASCII, 2);
    enum datum datum = DATUM_WGS84;
    char name[DATUM_TEXT] = "";
    if (named)
        memcpy(name, named->data, named->size < sizeof name ? named->size : sizeof name - 1);
    if ((status && status->data[0] == 'V') || (name[0] && !datum_parse(name, &datum)) ||
        !read_degrees(data, GPS_LATITUDE, 'S', 90, &out->lat) ||
        !read_degrees(data, GPS_LONGITUDE, 'W', 180, &out->lon) || (out->lat == 0 && out->lon == 0))
        return;
    place_from_datum(datum, &out->lon, &out->lat);
    out->placed = true;
}

void photo_read(int fd, int64_t size, struct photo_facts *out)
{
    struct found found;
    struct photo_facts facts = { .timed = false };
    *out = facts;
    if (size < TIFF || !find(fd, &found) || found.at + (int64_t)found.size > size)
        return;
    unsigned char *bytes = memory_new(HEAD + found.size);
    memcpy(bytes, head, HEAD);
    left = PHOTO_MEMORY;
    ExifMem *within = exif_mem_new(give, give_more, memory_free);
    ExifData *data = within ? exif_data_new_mem(within) : NULL;
    if (data && read_at(fd, found.at, bytes + HEAD, found.size)) {
        hide_maker_note(bytes + HEAD, found.size);
        exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
        exif_data_load_data(data, bytes, (unsigned)(HEAD + found.size));
        read_time(data, &facts);
        read_place(data, &facts);
        *out = facts;
    }
    if (data)
        exif_data_unref(data);
    if (within)
        exif_mem_unref(within);
    memory_free(bytes);
}
