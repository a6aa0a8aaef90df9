/*
** A whole house without a socket: a data folder with the demonstration, the six people of it with a key each, and
** requests made by hand that go through web_handle as those of the server do.
**
** An executable has one office per engine; its tests share it and make the records they need. What a test was answered
** lives until it ends.
*/
#pragma once
#include "table.h"

#include "app/house.h"
#include "base/seal.h"
#include "http/web.h"
#include "store/world.h"

#include <jansson.h>

/* The people of the demonstration by what they are. Towns A and B lie in the inspector's county. */
enum who {
    NOBODY,
    OFFICE,            /* 许静: everything in the city */
    LEADER,            /* 吴成栋: reads and exports in the city */
    INSPECTOR,         /* 周明远: the county; not rectify */
    GRID_A,            /* 贺志成: town A; neither rectify nor unmask nor remove */
    GRID_B,            /* 汪海涛: town B, the same verbs */
    OFFICER,           /* 郑海生: the first enterprise of town A; read, create, rectify */
    PEOPLE,            /* those above work with the rows; those below are met beside them */
    SECURITY = PEOPLE, /* secadmin: people and rights, no business */
    AUDITOR,           /* auditadmin: the trail, no business */
    DEPARTMENT,        /* 高源: what the emergency bureau supervises in the city */
    WORKER,            /* 罗晓芳: reports in the first enterprise of town A, and reads what she reported */
    MET,
};

struct person {
    const char *name;
    int64_t id;
    char key[TOKEN_TEXT];
    char token[TOKEN_TEXT]; /* of a session */
};

struct office {
    enum store_engine engine;
    char folder[96];
    char *url; /* of the PostgreSQL database; NULL */
    struct house house;
    struct web web;
    struct person people[MET];
    int64_t firm_a, firm_b; /* enterprises in the two towns; firm_a is the officer's */
    pthread_mutex_t lock;   /* replies */
    struct reply *replies;
};

struct reply {
    int status;
    const char *body; /* also of a reply sent from a file */
    size_t size;
    json_t *json; /* NULL when the body is none */
    struct response rs;
    struct request rq;
    struct arena arena;
    struct reply *next;
};

struct ask {
    enum who who;
    bool cookie; /* with the session instead of the key */
    const char *method, *path;
    const char *body;
    size_t size;         /* 0: strlen(body) */
    const char *type;    /* NULL: application/json with a body */
    int64_t version;     /* 0: no If-Match */
    const char *once;    /* Idempotency-Key */
    const char *peer;    /* NULL: 127.0.0.1 */
    const char *host;    /* NULL: localhost:8787; "": none */
    const char *headers; /* "Name: value\nName: value" */
};

/* From any thread. */
struct reply *office_ask(struct office *office, const struct ask *ask);
#define ASK(office, ...) office_ask((office), &(const struct ask){ __VA_ARGS__ })

/* The usual ones; the address is a format. */
struct reply *get(struct office *o, enum who who, const char *path, ...) __attribute__((format(printf, 3, 4)));
struct reply *post(struct office *o, enum who who, const char *body, const char *path, ...)
    __attribute__((format(printf, 4, 5)));
struct reply *patch(struct office *o, enum who who, int64_t version, const char *body, const char *path, ...)
    __attribute__((format(printf, 5, 6)));
struct reply *move(struct office *o, enum who who, const json_t *record, const char *move, const char *body);

/* Does the jobs that wait: no thread does them here. */
void work_off(struct office *o);

/* Text that lives until the test ends. */
const char *say(struct office *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Each fails the test with the whole reply. */
struct reply *expect(struct reply *reply, int status);
struct reply *expect_code(struct reply *reply, int status, const char *code);
struct reply *expect_field(struct reply *reply, const char *field); /* 422, and of the fields this one alone */
void expect_same(const struct reply *a, const struct reply *b);     /* status, headers and bytes */
void expect_silent(const struct reply *reply, const char *word);    /* neither in the body nor in a header */

/* "items.0.id" in the reply; fails the test when it is not there. */
const json_t *at(const struct reply *reply, const char *path);
const char *text_at(const struct reply *reply, const char *path); /* NULL for null */
int64_t number_at(const struct reply *reply, const char *path);
size_t count_at(const struct reply *reply, const char *path); /* of an array or object */
const char *header_of(const struct reply *reply, const char *name);

/* Records and files, made by whoever. */
int64_t make_file(struct office *o, enum who who, const char *name, const char *bytes);
struct reply *make_hazard(struct office *o, enum who who, int64_t object, const char *description);
/* One that waits for its re-check; the rectifier is `who`. */
struct reply *make_fixed(struct office *o, enum who who, const char *description);

/* SQL beside the program. */
int64_t count_rows(struct office *o, const char *sql);
void run_sql(struct office *o, const char *sql);

extern const char *const office_names[MET]; /* "office", "grid-a": for messages */

/* Once per engine (ANLAN_TEST_ENGINES=sqlite: SQLite alone). */
int run_offices(const struct both *tests, size_t count);
#define RUN_OFFICES(tests) run_offices((tests), sizeof(tests) / sizeof(tests)[0])
#define OFFICE(state)      (*(struct office **)(state))
