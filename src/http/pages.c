#include "http/pages.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
** Archive: "ANLNWEB1", count (u32 little-endian), then per file: name length (u16), name, type length (u16), type,
** three sizes (u32): plain, gzip, brotli; then all bytes in the same order.
*/
enum { ENCODINGS = 3, NAME_MAX_BYTES = 512 };

struct page {
    char name[NAME_MAX_BYTES]; /* "/index.html" */
    char type[64];
    const unsigned char *bytes[ENCODINGS];
    size_t size[ENCODINGS];
};

struct pages {
    char folder[4096]; /* empty: the archive */
    struct page *list;
    size_t count;
};

#ifdef WEB_ARCHIVE
__asm__(".section .rodata\n.balign 16\n.global web_archive\nweb_archive:\n.incbin \"" WEB_ARCHIVE
        "\"\n.global web_archive_end\nweb_archive_end:\n.byte 0\n.previous\n");
extern const unsigned char web_archive[], web_archive_end[];
#endif

static uint32_t little(const unsigned char *at, int bytes)
{
    uint32_t out = 0;
    for (int i = bytes; i-- > 0;)
        out = out << 8 | at[i];
    return out;
}

static bool archive_read(struct pages *pages, const unsigned char *at, const unsigned char *end)
{
    if (end - at < 12 || memcmp(at, "ANLNWEB1", 8) != 0)
        return false;
    pages->count = little(at + 8, 4);
    at += 12;
    if (pages->count > 100000)
        return false;
    pages->list = memory_new(pages->count * sizeof *pages->list);
    for (size_t i = 0; i < pages->count; i++) {
        struct page *p = &pages->list[i];
        char *parts[] = { p->name, p->type };
        size_t rooms[] = { sizeof p->name, sizeof p->type };
        for (int k = 0; k < 2; k++) {
            size_t n = end - at < 2 ? SIZE_MAX : little(at, 2);
            if (n >= rooms[k] || (size_t)(end - at) < n + 2)
                return false;
            memcpy(parts[k], at + 2, n);
            at += 2 + n;
        }
        if (end - at < 12)
            return false;
        for (int k = 0; k < ENCODINGS; k++)
            p->size[k] = little(at + 4 * k, 4);
        at += 12;
    }
    for (size_t i = 0; i < pages->count; i++)
        for (int k = 0; k < ENCODINGS; k++) {
            struct page *p = &pages->list[i];
            if ((size_t)(end - at) < p->size[k])
                return false;
            p->bytes[k] = at;
            at += p->size[k];
        }
    return at == end;
}

int pages_open(const char *folder, struct pages **out, struct error *err)
{
    struct pages *pages = memory_new(sizeof *pages);
#ifdef WEB_DIR
    if (!folder)
        folder = WEB_DIR; /* a development build reads what the bundler wrote */
#endif
    if (folder) {
        snprintf(pages->folder, sizeof pages->folder, "%s", folder);
        *out = pages;
        return 0;
    }
#ifdef WEB_ARCHIVE
    if (!archive_read(pages, web_archive, web_archive_end)) {
        pages_close(pages);
        return fail(err, FAULT_INTERNAL, "pages.archive", "程序里的页面档案损坏，请重新构建",
                    "The page archive in the program is damaged; build it again");
    }
    *out = pages;
    return 0;
#else
    (void)err;
    (void)archive_read;
    memory_free(pages);
    *out = NULL; /* a build without pages: only the interface answers */
    return 0;
#endif
}

void pages_close(struct pages *pages)
{
    if (!pages)
        return;
    memory_free(pages->list);
    memory_free(pages);
}

static const char *type_of(const char *name)
{
    static const struct {
        const char *end, *type;
    } types[] = { { ".html", "text/html; charset=utf-8" },
                  { ".js", "text/javascript; charset=utf-8" },
                  { ".css", "text/css; charset=utf-8" },
                  { ".svg", "image/svg+xml" },
                  { ".png", "image/png" },
                  { ".ico", "image/x-icon" },
                  { ".json", "application/json" },
                  { ".webmanifest", "application/manifest+json" },
                  { ".woff2", "font/woff2" } };
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t m = strlen(types[i].end);
        if (n > m && strcmp(name + n - m, types[i].end) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

static void cache(const char *name, struct response *rs)
{
    /* The bundler puts the content's hash into the names under /assets/, so those never change. */
    response_header(rs, "Cache-Control",
                    strncmp(name, "/assets/", 8) == 0 ? "public, max-age=31536000, immutable" : "no-cache");
}

static bool from_archive(const struct pages *pages, const char *name, const struct request *rq, struct response *rs)
{
    for (size_t i = 0; i < pages->count; i++) {
        const struct page *p = &pages->list[i];
        if (strcmp(p->name, name) != 0)
            continue;
        const char *accepts = request_header(rq, "Accept-Encoding");
        int pick = accepts && strstr(accepts, "br") && p->size[2]     ? 2
                   : accepts && strstr(accepts, "gzip") && p->size[1] ? 1
                                                                      : 0;
        rs->type = p->type;
        rs->fixed = p->bytes[pick];
        rs->fixed_size = p->size[pick];
        if (pick)
            response_header(rs, "Content-Encoding", pick == 2 ? "br" : "gzip");
        response_header(rs, "Vary", "Accept-Encoding");
        cache(p->name, rs);
        return true;
    }
    return false;
}

static bool from_folder(const struct pages *pages, const char *name, const struct request *rq, struct response *rs)
{
    struct stat about;
    if (strstr(name, ".."))
        return false;
    const char *path = arena_printf(rq->arena, "%s%s", pages->folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    if (fstat(fd, &about) < 0 || !S_ISREG(about.st_mode)) {
        close(fd);
        return false;
    }
    rs->fd = fd;
    rs->fd_size = about.st_size;
    rs->type = type_of(name);
    cache(name, rs);
    return true;
}

static bool page(const struct pages *pages, const char *name, const struct request *rq, struct response *rs)
{
    return pages->folder[0] ? from_folder(pages, name, rq, rs) : from_archive(pages, name, rq, rs);
}

bool pages_reply(const struct pages *pages, const struct request *rq, struct response *rs)
{
    if (rq->method != HTTP_GET && rq->method != HTTP_HEAD)
        return false;
    if (!pages)
        return false;
    if (strcmp(rq->path, "/") != 0 && page(pages, rq->path, rq, rs))
        return true;
    const char *last = strrchr(rq->path, '/');
    return !strchr(last ? last : rq->path, '.') && page(pages, "/index.html", rq, rs);
}
