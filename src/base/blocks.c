#include "base/blocks.h"

#include "base/memory.h"
#include "base/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PURPOSE = 96, HEAD = 4 };

struct blocks {
    int fd;
    int64_t size;   /* bytes read or written so far */
    int64_t before; /* size before the last block was put */
    uint64_t index; /* of the next block */
    char purpose[PURPOSE];
};

static int disk_failed(struct error *err)
{
    if (errno == ENOSPC || errno == EDQUOT)
        return fail(err, FAULT_FULL, "blocks.full", "服务器存储已满，请联系管理员清理后再试",
                    "The server's disk is full; have it cleaned and try again");
    if (errno == ENOENT)
        return fail(err, FAULT_MISSING, "blocks.gone", "暂存的文件已清理，请重新上传",
                    "The staged file has been cleared away; upload it again");
    return fail(err, FAULT_INTERNAL, "blocks.io", "暂存文件读写失败：%s", "A staged file cannot be read or written: %s",
                strerror(errno));
}

static int broken(struct error *err)
{
    return fail(err, FAULT_INTERNAL, "blocks.broken", "暂存的文件已损坏，请重新上传",
                "The staged file is damaged; upload it again");
}

static int open_with(const char *path, const char *purpose, int flags, struct blocks **out, struct error *err)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd < 0)
        return disk_failed(err);
    struct blocks *b = memory_new(sizeof *b);
    b->fd = fd;
    snprintf(b->purpose, sizeof b->purpose, "%s", purpose);
    *out = b;
    return 0;
}

int blocks_create(const char *path, const char *purpose, struct blocks **out, struct error *err)
{
    return open_with(path, purpose, O_RDWR | O_CREAT | O_TRUNC, out, err);
}

int blocks_open(const char *path, const char *purpose, struct blocks **out, struct error *err)
{
    return open_with(path, purpose, O_RDONLY, out, err);
}

void blocks_close(struct blocks *b)
{
    if (!b)
        return;
    close(b->fd);
    memory_free(b);
}

int64_t blocks_size(const struct blocks *b)
{
    return b->size;
}

/* 1 when all was read, 0 at the very end, -1. */
static int read_all(struct blocks *b, void *out, size_t size, struct error *err)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pread(b->fd, (char *)out + done, size - done, (off_t)(b->size + (int64_t)done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return disk_failed(err);
        if (n == 0)
            return done == 0 ? 0 : broken(err);
        done += (size_t)n;
    }
    return 1;
}

static int next_size(struct blocks *b, size_t *size, struct error *err)
{
    unsigned char head[HEAD];
    int got = read_all(b, head, sizeof head, err);
    if (got <= 0)
        return got;
    *size = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    return *size <= BLOCK_BYTES + SEAL_EXTRA ? 1 : broken(err);
}

static const char *place_of(const struct blocks *b, char out[PURPOSE + 24])
{
    snprintf(out, PURPOSE + 24, "%s#%" PRIu64, b->purpose, b->index);
    return out;
}

int blocks_next(struct blocks *b, struct arena *arena, const char **bytes, size_t *size, struct error *err)
{
    char place[PURPOSE + 24];
    size_t sealed_size;
    int got = next_size(b, &sealed_size, err);
    if (got <= 0)
        return got;
    void *sealed = memory_new(sealed_size + 1);
    b->size += HEAD;
    got = read_all(b, sealed, sealed_size, err);
    if (got == 0 || (got > 0 && !unseal(arena, place_of(b, place), sealed, sealed_size, bytes)))
        got = broken(err);
    memory_free(sealed);
    if (got < 0)
        return -1;
    b->size += (int64_t)sealed_size;
    b->index++;
    *size = sealed_size - SEAL_EXTRA;
    return 1;
}

int blocks_resume(const char *path, const char *purpose, int64_t size, struct blocks **out, struct error *err)
{
    struct blocks *b = NULL;
    size_t next;
    if (open_with(path, purpose, O_RDWR | O_CREAT, &b, err) < 0)
        return -1;
    int got = 1;
    off_t end = lseek(b->fd, 0, SEEK_END);
    while (b->size + HEAD <= size && (got = next_size(b, &next, err)) > 0) {
        if (b->size + HEAD + (int64_t)next > size || b->size + HEAD + (int64_t)next > end)
            break;
        b->size += HEAD + (int64_t)next;
        b->index++;
    }
    b->before = b->size;
    if (got < 0)
        error_clear(err); /* a head cut short: the block before it was the last */
    got = ftruncate(b->fd, (off_t)b->size) < 0 ? disk_failed(err) : 0;
    if (got < 0) {
        blocks_close(b);
        return -1;
    }
    *out = b;
    return 0;
}

void blocks_take_back(struct blocks *b)
{
    if (b->before == b->size)
        return;
    b->size = b->before;
    b->index--;
}

static int write_all(struct blocks *b, const void *bytes, size_t size, struct error *err)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(b->fd, (const char *)bytes + done, size - done, (off_t)(b->size + (int64_t)done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return disk_failed(err);
        done += (size_t)n;
    }
    b->size += (int64_t)size;
    return 0;
}

int blocks_put(struct blocks *b, const void *bytes, size_t size, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    char place[PURPOSE + 24];
    size_t sealed_size;
    if (size > BLOCK_BYTES)
        return fail(err, FAULT_TOO_LARGE, "blocks.size", "一段内容太大，无法暂存", "A piece is too large to be staged");
    const void *sealed = seal(&arena, place_of(b, place), bytes, size, &sealed_size);
    unsigned char head[HEAD] = { (unsigned char)sealed_size, (unsigned char)(sealed_size >> 8),
                                 (unsigned char)(sealed_size >> 16), (unsigned char)(sealed_size >> 24) };
    int64_t before = b->size;
    if (write_all(b, head, sizeof head, err) < 0 || write_all(b, sealed, sealed_size, err) < 0) {
        b->size = before;
        return -1;
    }
    b->before = before;
    b->index++;
    return 0;
}

int blocks_sync(struct blocks *b, struct error *err)
{
    /* What was taken back may have been longer than what was put in its place. */
    return ftruncate(b->fd, (off_t)b->size) == 0 && fdatasync(b->fd) == 0 ? 0 : disk_failed(err);
}
