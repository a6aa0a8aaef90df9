#include "base/error.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* vsnprintf may have cut inside a character; a sentence that fills its room loses such a broken tail. */
static void cut_utf8(char *text, size_t room)
{
    size_t n = strlen(text), last = n;
    if (n + 1 < room)
        return;
    while (last > 0 && ((unsigned char)text[last - 1] & 0xC0) == 0x80)
        last--;
    if (last == 0)
        return;
    const char *at = text + --last;
    if (utf8_next(&at, text + n) < 0)
        text[last] = '\0';
}

int fail(struct error *err, enum fault fault, const char *code, const char *zh, const char *en, ...)
{
    va_list args, again;
    err->fault = fault;
    snprintf(err->code, sizeof err->code, "%s", code);
    va_start(args, en);
    va_copy(again, args);
    vsnprintf(err->zh, sizeof err->zh, zh, args);
    vsnprintf(err->en, sizeof err->en, en, again);
    va_end(again);
    va_end(args);
    cut_utf8(err->zh, sizeof err->zh);
    cut_utf8(err->en, sizeof err->en);
    return -1;
}

int fail_field(struct error *err, const char *field, const char *zh, const char *en, ...)
{
    if (err->fault != FAULT_INVALID)
        fail(err, FAULT_INVALID, "invalid", "有内容需要更正", "Some entries need correcting");
    if (err->field_count >= ERROR_FIELDS) {
        err->field_count++;
        return -1;
    }
    struct field_error *f = &err->fields[err->field_count++];
    va_list args, again;
    snprintf(f->name, sizeof f->name, "%s", field);
    va_start(args, en);
    va_copy(again, args);
    vsnprintf(f->zh, sizeof f->zh, zh, args);
    vsnprintf(f->en, sizeof f->en, en, again);
    va_end(again);
    va_end(args);
    cut_utf8(f->zh, sizeof f->zh);
    cut_utf8(f->en, sizeof f->en);
    return -1;
}

static void prepend(char *sentence, const char *place)
{
    char was[ERROR_SENTENCE];
    snprintf(was, sizeof was, "%s", sentence);
    int n = snprintf(sentence, ERROR_SENTENCE, "%s", place);
    if (n < 0 || n >= ERROR_SENTENCE)
        return;
    snprintf(sentence + n, ERROR_SENTENCE - (size_t)n, "%s", was);
    cut_utf8(sentence, ERROR_SENTENCE);
}

int error_add(struct error *err, const char *zh_place, const char *en_place)
{
    char place[ERROR_SENTENCE];
    snprintf(place, sizeof place, "%s：", zh_place);
    prepend(err->zh, place);
    snprintf(place, sizeof place, "%s: ", en_place);
    prepend(err->en, place);
    return -1;
}

void error_clear(struct error *err)
{
    err->fault = FAULT_NONE;
    err->code[0] = err->zh[0] = err->en[0] = '\0';
    err->field_count = 0;
    err->retry_after_s = 0;
}

int fault_status(enum fault fault)
{
    switch (fault) {
    case FAULT_NONE: return 200;
    case FAULT_MALFORMED: return 400;
    case FAULT_UNAUTHENTICATED: return 401;
    case FAULT_FORBIDDEN: return 403;
    case FAULT_MISSING: return 404;
    case FAULT_METHOD: return 405;
    case FAULT_CONFLICT: return 409;
    case FAULT_STALE: return 412;
    case FAULT_TOO_LARGE: return 413;
    case FAULT_MEDIA: return 415;
    case FAULT_INVALID:
    case FAULT_REFUSED: return 422;
    case FAULT_PRECONDITION: return 428;
    case FAULT_LIMITED: return 429;
    case FAULT_INTERNAL: return 500;
    case FAULT_UNAVAILABLE: return 503;
    case FAULT_FULL: return 507;
    }
    return 500;
}
