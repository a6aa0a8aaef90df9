/*
** Bytes of a text file as offices save them, handed on as UTF-8.
**
**   byte order mark EF BB BF / FF FE / FE FF  ->  UTF-8, UTF-16LE, UTF-16BE
**   valid UTF-8                               ->  UTF-8
**   anything else                             ->  GB 18030 (which contains GBK and GB 2312)
**
** A UTF-8 file with a few broken bytes is still taken for UTF-8, so that the broken place is named and the whole file
** does not turn into wrong characters. A regular file and a memory block are looked at whole before the first byte is
** handed on; a pipe only as far as its first 256 KiB. A file descriptor stays the caller's and is read from where it
** stands. One decoder belongs to one thread.
*/
#pragma once
#include "base/error.h"

#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>

enum encoding { ENCODING_UTF8, ENCODING_GB18030, ENCODING_UTF16LE, ENCODING_UTF16BE };

const char *encoding_name(enum encoding encoding);

enum decoded {
    DECODED_SOME,       /* *got bytes of UTF-8 were written, whole characters without NUL */
    DECODED_END,        /* nothing is left */
    DECODED_NUL,        /* the next character is NUL */
    DECODED_BROKEN,     /* the next bytes are no character; see decoder.bad */
    DECODED_UNREADABLE, /* read failed; see decoder.reason */
};

struct decoder {
    enum encoding encoding;
    unsigned char bad[4]; /* the first bytes of a broken sequence */
    size_t bad_size;
    int reason; /* errno of a failed read */

    int fd;                   /* -1: everything is in raw already */
    const unsigned char *raw; /* what was read and not yet decoded: raw[at .. end) */
    unsigned char *own;       /* the buffer behind raw when reading from a file descriptor */
    size_t at, end;
    bool ended;      /* the file descriptor gave its last byte */
    bool converting; /* conversion is open */
    iconv_t conversion;
    enum decoded stopped; /* what to answer once the good bytes before it are handed out */
};

/* Both leave the source at its first character, behind a byte order mark. Fails when it cannot be read. */
int decoder_open_fd(struct decoder *decoder, int fd, struct error *err);
int decoder_open_memory(struct decoder *decoder, const void *bytes, size_t size, struct error *err);
void decoder_done(struct decoder *decoder);

/* The first bytes as they stand in the file, byte order mark included; valid until the first decoder_read. */
const unsigned char *decoder_head(const struct decoder *decoder, size_t *size);

/* room is at least 8. Good bytes before a broken place are handed out first; from then on the answer stays. */
enum decoded decoder_read(struct decoder *decoder, char *out, size_t room, size_t *got);
