#include "app/day.h"

#include "access/session.h"
#include "app/minute.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 32, PATH_BYTES = 4096 };

int day_open(const char *folder, struct error *err)
{
    char path[PATH_BYTES], line[LINE] = "";
    snprintf(path, sizeof path, "%s/clock", folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof line - 1);
    if (fd >= 0)
        close(fd);
    char *end = line;
    long long ms = n > 0 ? strtoll(line, &end, 10) : 0;
    if (end == line || (*end && *end != '\n'))
        return fail(err, FAULT_INTERNAL, "day.file", "%s 不是一个毫秒数，请删除后重新启动",
                    "%s is no number of milliseconds; remove it and start again", path);
    clock_shift_by(ms - clock_shift());
    return 0;
}

/* Beside its place and moved there: the file is whole or the old one. */
int day_keep(const char *folder, int64_t shift_ms, struct error *err)
{
    char path[PATH_BYTES], part[PATH_BYTES + 8], line[LINE];
    snprintf(path, sizeof path, "%s/clock", folder);
    snprintf(part, sizeof part, "%s.part", path);
    int size = snprintf(line, sizeof line, "%" PRId64 "\n", shift_ms);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool kept = fd >= 0 && write(fd, line, (size_t)size) == size && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (kept && rename(part, path) == 0)
        return 0;
    return fail(err, FAULT_FULL, "day.keep", "时钟无法保存到 %s：%s", "The clock cannot be kept in %s: %s", path,
                strerror(errno));
}

static int jump(struct house *house, struct error *err)
{
    int64_t shift = clock_shift() + DAY_MS;
    if (shift > (int64_t)DAY_FURTHEST * DAY_MS)
        return fail(err, FAULT_REFUSED, "day.furthest", "演示的时钟最多比今天晚 %d 天",
                    "A demonstration goes at most %d days ahead", DAY_FURTHEST);
    if (day_keep(house->folder, shift, err) < 0 || sessions_follow(house->store, DAY_MS, err) < 0)
        return -1;
    clock_shift_by(DAY_MS);
    return 0;
}

int day_next(struct house *house, struct error *err)
{
    static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    struct error why = { 0 };
    pthread_mutex_lock(&turn);
    int got = jump(house, err);
    /* The day has come whether or not its ladders can be run now; the minute tries again. */
    if (got == 0 && minute_round(house, clock_now_ms(), &why) < 0)
        log_event(LOG_ERROR, "ladder.failed", "code", why.code, "why", why.en, NULL);
    pthread_mutex_unlock(&turn);
    if (got == 0 && house->hub)
        hub_publish(house->hub, &(struct hub_event){ .kind = "day", .rights = true });
    return got;
}
