#include "exchange/encoding.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    RAW = 256 * 1024, /* bytes read at once, and what is seen of a pipe before its encoding is decided */
    WIDEST = 4,       /* bytes of the longest character in any of the encodings */
    CLEARLY_BROKEN = 4096,
};

const char *encoding_name(enum encoding encoding)
{
    switch (encoding) {
    case ENCODING_UTF8: return "UTF-8";
    case ENCODING_GB18030: return "GB 18030";
    case ENCODING_UTF16LE: return "UTF-16LE";
    case ENCODING_UTF16BE: return "UTF-16BE";
    }
    return "UTF-8";
}

/* ---- the guess ----
** In GB 18030 text nearly every character breaks UTF-8 and three bytes that happen to form a UTF-8 character are rare,
** so comparing the two counts tells the encodings apart even if a UTF-8 file has a broken byte in it.
*/

struct census {
    size_t wide;   /* well-formed characters of three or four bytes */
    size_t broken; /* bytes that cannot stand where they are in UTF-8 */
};

/* Returns how many bytes were judged: a character cut by the end is left for the next call unless last. */
static size_t count_utf8(struct census *census, const unsigned char *bytes, size_t size, bool last)
{
    const char *at = (const char *)bytes, *end = at + size;
    while (at < end) {
        if ((unsigned char)*at < 0x80) {
            at++;
            continue;
        }
        const char *from = at;
        if (utf8_next(&at, end) >= 0) {
            census->wide += at - from >= 3;
        } else if (!last && end - at < WIDEST) {
            break;
        } else {
            census->broken++;
            at++;
        }
    }
    return size - (size_t)(end - at);
}

static enum encoding census_verdict(const struct census *census)
{
    return census->broken == 0 || census->wide > 2 * census->broken ? ENCODING_UTF8 : ENCODING_GB18030;
}

/* Looks through the rest of a regular file, and the last `again` bytes read, without moving its position. */
static void count_file(struct census *census, int fd, size_t again)
{
    off_t offset = lseek(fd, 0, SEEK_CUR) - (off_t)again;
    unsigned char *buffer = memory_new(RAW);
    size_t kept = 0;
    for (;;) {
        ssize_t n = pread(fd, buffer + kept, RAW - kept, offset);
        if (n < 0 && errno == EINTR)
            continue;
        size_t size = kept + (n > 0 ? (size_t)n : 0);
        size_t judged = count_utf8(census, buffer, size, n <= 0);
        if (n <= 0 || (census->broken > CLEARLY_BROKEN && census->broken > census->wide))
            break;
        offset += n;
        kept = size - judged;
        memmove(buffer, buffer + judged, kept);
    }
    memory_free(buffer);
}

/* ---- reading ---- */

/* Moves what is left to the front and reads until the buffer is full or the source ends. */
static void fill(struct decoder *d)
{
    if (d->fd < 0 || d->ended)
        return;
    size_t left = d->end - d->at;
    memmove(d->own, d->own + d->at, left);
    d->at = 0;
    d->end = left;
    while (d->end < RAW) {
        ssize_t n = read(d->fd, d->own + d->end, RAW - d->end);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            d->reason = errno;
        if (n <= 0) {
            d->ended = true;
            return;
        }
        d->end += (size_t)n;
    }
}

static int unreadable(const struct decoder *d, struct error *err)
{
    return fail(err, FAULT_INTERNAL, "encoding.unreadable", "文件读不出来（%s），请重新上传或换一个位置再试",
                "The file cannot be read (%s); upload it again or try another place", strerror(d->reason));
}

static int choose(struct decoder *d, struct error *err)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum encoding encoding;
    } marks[] = {
        { "\xEF\xBB\xBF", 3, ENCODING_UTF8 },
        { "\xFF\xFE", 2, ENCODING_UTF16LE },
        { "\xFE\xFF", 2, ENCODING_UTF16BE },
    };
    size_t mark = sizeof marks / sizeof *marks;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (d->end - d->at >= marks[i].size && memcmp(d->raw + d->at, marks[i].bytes, marks[i].size) == 0)
            mark = i;
    if (mark < sizeof marks / sizeof *marks) {
        d->encoding = marks[mark].encoding;
        d->at += marks[mark].size;
    } else {
        struct census census = { 0 };
        struct stat is;
        size_t here = d->end - d->at;
        size_t cut = here - count_utf8(&census, d->raw + d->at, here, d->ended);
        if (!d->ended && fstat(d->fd, &is) == 0 && S_ISREG(is.st_mode))
            count_file(&census, d->fd, cut);
        d->encoding = census_verdict(&census);
    }
    if (d->encoding == ENCODING_UTF8)
        return 0;
    const char *names[] = { "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE" };
    d->conversion = iconv_open("UTF-8", names[d->encoding]);
    if (d->conversion == (iconv_t)-1)
        return fail(err, FAULT_INTERNAL, "encoding.missing",
                    "本机缺少 %s 编码的转换表，请把文件另存为“CSV UTF-8”再导入",
                    "This machine has no conversion for %s; save the file as “CSV UTF-8” and import it again",
                    encoding_name(d->encoding));
    d->converting = true;
    return 0;
}

int decoder_open_fd(struct decoder *decoder, int fd, struct error *err)
{
    struct decoder d = { .fd = fd, .own = memory_new(RAW), .stopped = DECODED_SOME };
    d.raw = d.own;
    fill(&d);
    if (d.reason) {
        unreadable(&d, err);
        memory_free(d.own);
        return -1;
    }
    if (choose(&d, err) < 0) {
        memory_free(d.own);
        return -1;
    }
    *decoder = d;
    return 0;
}

int decoder_open_memory(struct decoder *decoder, const void *bytes, size_t size, struct error *err)
{
    struct decoder d = { .fd = -1, .end = size, .ended = true, .stopped = DECODED_SOME };
    d.raw = size ? bytes : (const void *)"";
    if (choose(&d, err) < 0)
        return -1;
    *decoder = d;
    return 0;
}

void decoder_done(struct decoder *decoder)
{
    if (decoder->converting)
        iconv_close(decoder->conversion);
    memory_free(decoder->own);
    *decoder = (struct decoder){ .fd = -1, .stopped = DECODED_END };
}

const unsigned char *decoder_head(const struct decoder *decoder, size_t *size)
{
    *size = decoder->end;
    return decoder->raw;
}

static void note_bad(struct decoder *d)
{
    size_t left = d->end - d->at;
    d->bad_size = left < sizeof d->bad ? left : sizeof d->bad;
    memcpy(d->bad, d->raw + d->at, d->bad_size);
    d->stopped = DECODED_BROKEN;
}

/* The source has no more bytes and what is left of it, if anything, is no whole character. */
static void end_of_source(struct decoder *d)
{
    if (d->reason)
        d->stopped = DECODED_UNREADABLE;
    else if (d->at < d->end)
        note_bad(d);
    else
        d->stopped = DECODED_END;
}

/* UTF-8 is only checked and copied. Returns the bytes written; 0 without `stopped` means more has to be read. */
static size_t copy_utf8(struct decoder *d, char *out, size_t room)
{
    const char *from = (const char *)d->raw + d->at;
    size_t here = d->end - d->at < room ? d->end - d->at : room;
    const char *at = from, *end = from + here;
    bool broken = false;
    while (at < end) {
        const char *was = at;
        int32_t code = utf8_next(&at, end);
        if (code > 0)
            continue;
        if (code == 0) {
            at = was;
            d->stopped = DECODED_NUL;
            break;
        }
        broken = end - at >= WIDEST; /* otherwise perhaps only cut */
        break;
    }
    size_t used = (size_t)(at - from);
    if (used)
        memcpy(out, from, used);
    d->at += used;
    if (broken)
        note_bad(d);
    return used;
}

static size_t convert(struct decoder *d, char *out, size_t room)
{
    char *in = (char *)d->raw + d->at, *to = out; /* iconv does not write through its input */
    size_t in_left = d->end - d->at, out_left = room;
    bool broken = iconv(d->conversion, &in, &in_left, &to, &out_left) == (size_t)-1 && errno == EILSEQ;
    size_t used = room - out_left;
    const char *nul = used ? memchr(out, '\0', used) : NULL;
    d->at = d->end - in_left;
    if (nul) {
        used = (size_t)(nul - out);
        d->stopped = DECODED_NUL;
    } else if (broken) {
        note_bad(d);
    }
    return used;
}

enum decoded decoder_read(struct decoder *decoder, char *out, size_t room, size_t *got)
{
    *got = 0;
    while (decoder->stopped == DECODED_SOME) {
        *got = decoder->converting ? convert(decoder, out, room) : copy_utf8(decoder, out, room);
        if (*got)
            return DECODED_SOME;
        if (decoder->stopped != DECODED_SOME)
            break;
        if (decoder->ended)
            end_of_source(decoder);
        else
            fill(decoder);
    }
    return decoder->stopped;
}
