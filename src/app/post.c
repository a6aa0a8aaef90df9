#include "app/post.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_password(const char *path, char out[PASSWORD_LINE], struct error *err)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) < 0) {
        fail(err, FAULT_MALFORMED, "options.password", "无法打开 %s：%s", "Cannot open %s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    ssize_t n = read(fd, out, PASSWORD_LINE - 1);
    close(fd);
    if (about.st_mode & 077)
        return fail(err, FAULT_MALFORMED, "options.password", "%s 别人也能读，请 chmod 600 后再启动",
                    "%s can be read by others; chmod 600 it and start again", path);
    out[n > 0 ? n : 0] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    return *out ? 0
                : fail(err, FAULT_MALFORMED, "options.password", "%s 的第一行是空的", "The first line of %s is empty",
                       path);
}

/* "https://host[:port]" and no more, so that a path can be put behind it. */
static int read_site(const char *url, char out[SITE_LINE], struct error *err)
{
    size_t n = strlen(url);
    bool known = strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0;
    if (!known || n >= SITE_LINE || strpbrk(url, " \r\n<>\"") || !strstr(url, "://")[3])
        return fail(err, FAULT_MALFORMED, "options.site", "--public-url 应写成 https://anlan.example.cn",
                    "--public-url is written https://anlan.example.cn");
    memcpy(out, url, n + 1);
    while (n > 0 && out[n - 1] == '/')
        out[--n] = '\0';
    return 0;
}

int post_read(const struct options *o, struct house *house, struct post *post, struct error *err)
{
    char *end;
    *post = (struct post){ .wanted = o->smtp_url != NULL };
    if (!post->wanted)
        return 0;
    post->options = (struct mail_options){ .house = house,
                                           .server = { .url = o->smtp_url, .from = o->smtp_from, .user = o->smtp_user },
                                           .gather_ms = MAIL_GATHER_MS,
                                           .pause_ms = MAIL_PAUSE_MS,
                                           .now = clock_now_ms };
    if (o->mail_gather) {
        long long minutes = strtoll(o->mail_gather, &end, 10);
        if (end == o->mail_gather || *end || minutes < 0 || minutes > 1440)
            return fail(err, FAULT_MALFORMED, "options.gather", "--mail-gather 取 0 至 1440",
                        "--mail-gather takes 0 to 1440");
        post->options.gather_ms = minutes * 60000;
    }
    if (o->smtp_password_file) {
        if (read_password(o->smtp_password_file, post->password, err) < 0)
            return -1;
        post->options.server.password = post->password;
    }
    if (o->public_url) {
        if (read_site(o->public_url, post->site, err) < 0)
            return -1;
        post->options.site = post->site;
    }
    return smtp_check(&post->options.server, err);
}

int post_start(const struct post *post, struct mail **out, struct error *err)
{
    *out = NULL;
    return post->wanted ? mail_start(&post->options, out, err) : 0;
}

void post_done(struct post *post)
{
    explicit_bzero(post->password, sizeof post->password);
}
