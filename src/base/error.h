/*
** Errors are values with a sentence a person can act on, in both languages.
**
** A function that can fail returns int (0, or -1 with *err filled) and takes struct error * last. On failure it
** leaves its outputs untouched. Messages say what is wrong and what to do; `code` is stable and meant for programs
** and tests ("hazard.same_person"). A caller may add where it was with error_add. Only the edge (server, worker,
** main) logs an error or turns it into an HTTP reply.
**
** Threads: a struct error belongs to whoever declared it. It owns no memory.
*/
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* What went wrong, as the HTTP edge sees it. */
enum fault {
    FAULT_NONE,
    FAULT_MALFORMED,       /* 400 the request cannot be read at all */
    FAULT_UNAUTHENTICATED, /* 401 nobody is signed in */
    FAULT_FORBIDDEN,       /* 403 this person may never do that; names no record */
    FAULT_MISSING,         /* 404 no such thing, or not in the reader's scope: never tells which */
    FAULT_METHOD,          /* 405 the address exists, the method does not */
    FAULT_CONFLICT,        /* 409 the state of the record, or a running twin, stands in the way */
    FAULT_STALE,           /* 412 somebody changed the record since it was read */
    FAULT_TOO_LARGE,       /* 413 over a stated ceiling */
    FAULT_MEDIA,           /* 415 a content type nobody can read */
    FAULT_INVALID,         /* 422 fields are wrong; see error.fields */
    FAULT_REFUSED,         /* 422 a rule of the trade refuses it */
    FAULT_PRECONDITION,    /* 428 the version has to be stated */
    FAULT_LIMITED,         /* 429 too many tries */
    FAULT_INTERNAL,        /* 500 our fault */
    FAULT_UNAVAILABLE,     /* 503 come back later */
    FAULT_FULL,            /* 507 no room left on disk */
};

enum { ERROR_FIELDS = 16, ERROR_SENTENCE = 320 };

struct field_error {
    char name[64]; /* field name as the API spells it; "phone", "lines.2.title" */
    char zh[160], en[160];
};

struct error {
    enum fault fault;
    char code[48];
    char zh[ERROR_SENTENCE], en[ERROR_SENTENCE];
    struct field_error fields[ERROR_FIELDS]; /* the first ERROR_FIELDS wrong fields; the rest are counted only */
    size_t field_count;
    int retry_after_s; /* > 0: send Retry-After */
};

/* Fills *err and returns -1. Both formats take the same arguments in the same order. */
int fail(struct error *err, enum fault fault, const char *code, const char *zh, const char *en, ...)
    __attribute__((format(printf, 4, 6), format(printf, 5, 6)));

/* Adds one wrong field (fault becomes FAULT_INVALID, a general sentence is set if none was). Returns -1. */
int fail_field(struct error *err, const char *field, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

/* Puts "place: " before both sentences. Returns -1, so that callers can `return error_add(...)`. */
int error_add(struct error *err, const char *zh_place, const char *en_place);

void error_clear(struct error *err);

/* HTTP status for a fault; 200 for FAULT_NONE. */
int fault_status(enum fault fault);
