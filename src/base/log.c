#include "base/log.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

static _Atomic int threshold = LOG_INFO;

void log_threshold(enum log_level least)
{
    threshold = (int)least;
}

void log_event(enum log_level level, const char *event, ...)
{
    static const char *const names[] = { "debug", "info", "warn", "error" };
    if ((int)level < threshold)
        return;
    AUTO_TEXT line = TEXT_LIMIT(PIPE_BUF); /* up to there the kernel writes a line to a pipe whole */
    char at[INSTANT_TEXT];
    instant_print(clock_now_ms(), at);
    text_printf(&line, "{\"at\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"", at, names[level], event);
    size_t head = line.used;
    va_list args;
    va_start(args, event);
    for (const char *name; (name = va_arg(args, const char *)) != NULL;) {
        const char *value = va_arg(args, const char *);
        text_char(&line, ',');
        utf8_json(&line, name);
        text_char(&line, ':');
        utf8_json(&line, value ? value : "");
    }
    va_end(args);
    text_str(&line, "}\n");
    if (!text_ok(&line)) { /* too long for its fields; that it happened is worth more than silence */
        line.used = head;
        line.bad = false;
        text_str(&line, ",\"cut\":\"true\"}\n");
    }
    for (size_t done = 0; done < line.used;) {
        ssize_t n = write(STDERR_FILENO, line.at + done, line.used - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        done += (size_t)n;
    }
}
