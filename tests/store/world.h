/*
** One test body, both engines: a world is a fresh database with an open store; RUN_BOTH runs every test of a table
** once in a SQLite world and once in a PostgreSQL world. The name of a failing test begins with the engine.
*/
#pragma once
#include "table.h"

#include "store/pg_fixture.h"
#include "store/store.h"

#include <pthread.h>
#include <stdbool.h>

struct world {
    enum store_engine engine;
    char folder[64]; /* of the SQLite file */
    char *url;
    struct store_options options;
    struct store *store; /* may be closed and opened again by the test */
};

#define WORLD(state) (*(struct world **)(state))

int world_make(void **state);
int world_end(void **state);
void world_open(struct world *world); /* with its options; fails the test when it cannot */
void world_close(struct world *world);

/* Run SQL outside the thing tested; a failure fails the test with its sentence. */
void must_write(struct store *store, const char *sql, const struct value *binds, size_t count);
int64_t must_count(struct store *store, const char *sql, const struct value *binds, size_t count);
void must_script(struct store *store, const char *sql);
void must(int result, const struct error *err);

struct both {
    const char *says;
    CMUnitTestFunction body;
};

int run_both(const struct both *tests, size_t count);
int run_on(enum store_engine engine, const struct both *tests, size_t count);
#define RUN_BOTH(tests)       run_both((tests), sizeof(tests) / sizeof(tests)[0])
#define RUN_ON(engine, tests) run_on((engine), (tests), sizeof(tests) / sizeof(tests)[0])
#define SAYS(body)  \
    {               \
#body, body \
    }

/* A job may not assert: it runs on another thread. Tests hold it and let it go with these. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int entered;
    bool open;
};

void gate_init(struct gate *gate);
void gate_pass(struct gate *gate);              /* in the job: says it is there, waits until the gate is open */
void gate_wait(struct gate *gate, int entered); /* in the test: until that many are there */
void gate_open(struct gate *gate);
