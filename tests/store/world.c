#include "store/world.h"

#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <stdlib.h>

static void make_sqlite(struct world *world)
{
    const char *base = getenv("TMPDIR");
    snprintf(world->folder, sizeof world->folder, "%s/anlan-store-XXXXXX", base && strlen(base) < 40 ? base : "/tmp");
    assert_non_null(mkdtemp(world->folder));
    struct text url = TEXT_LIMIT(256);
    text_printf(&url, "sqlite:%s/anlan.db", world->folder);
    world->url = text_take(&url);
}

static void remove_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    for (const struct dirent *entry; dir && (entry = readdir(dir)) != NULL;)
        unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(folder);
}

int world_make(void **state)
{
    enum store_engine engine = *(enum store_engine *)*state;
    struct world *world = memory_new(sizeof *world);
    world->engine = engine;
    if (engine == STORE_SQLITE)
        make_sqlite(world);
    else
        world->url = pg_fixture_database();
    world->options = (struct store_options){ .url = world->url, .readers = 3, .writers = 3 };
    world_open(world);
    *state = world;
    return 0;
}

int world_end(void **state)
{
    struct world *world = *state;
    world_close(world);
    if (world->engine == STORE_SQLITE)
        remove_folder(world->folder);
    memory_free(world->url);
    memory_free(world);
    return 0;
}

void must(int result, const struct error *err)
{
    if (result < 0)
        fail_msg("%s: %s", err->code, err->en);
}

void world_open(struct world *world)
{
    struct error err = { 0 };
    must(store_open(&world->options, &world->store, &err), &err);
}

void world_close(struct world *world)
{
    store_close(world->store);
    world->store = NULL;
}

struct statement_args {
    const char *sql;
    const struct value *binds;
    size_t count;
};

static int run_statement(struct db *db, void *args, struct error *err)
{
    const struct statement_args *a = args;
    return db_run(db, a->sql, a->binds, a->count, NULL, err);
}

static int run_script(struct db *db, void *args, struct error *err)
{
    return db_script(db, args, err);
}

void must_write(struct store *store, const char *sql, const struct value *binds, size_t count)
{
    struct error err = { 0 };
    struct statement_args args = { sql, binds, count };
    must(store_write(store, run_statement, &args, &err), &err);
}

void must_script(struct store *store, const char *sql)
{
    struct error err = { 0 };
    must(store_write(store, run_script, (void *)(uintptr_t)sql, &err), &err);
}

int64_t must_count(struct store *store, const char *sql, const struct value *binds, size_t count)
{
    struct error err = { 0 };
    struct db *db = NULL;
    int64_t number = -1;
    bool found = false;
    must(store_reader(store, &db, &err), &err);
    int result = db_get_int(db, sql, binds, count, &number, &found, &err);
    store_reader_back(store, db);
    must(result, &err);
    assert_true(found);
    return number;
}

int run_on(enum store_engine engine, const struct both *tests, size_t count)
{
    const char *name = engine == STORE_SQLITE ? "sqlite" : "postgres";
    struct CMUnitTest *list = memory_new(sizeof *list * count);
    for (size_t i = 0; i < count; i++) {
        struct text says = TEXT_LIMIT(256);
        text_printf(&says, "%s: %s", name, tests[i].says);
        list[i] = (struct CMUnitTest){ text_take(&says), tests[i].body, world_make, world_end, &engine };
    }
    int failures = _cmocka_run_group_tests(name, list, count, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        memory_free((void *)(uintptr_t)list[i].name);
    memory_free(list);
    return failures;
}

/* ./test --quick runs on a machine without a PostgreSQL server and says so. */
static bool is_wanted(enum store_engine engine)
{
    const char *engines = getenv("ANLAN_TEST_ENGINES");
    return !engines || strstr(engines, engine == STORE_SQLITE ? "sqlite" : "postgres");
}

int run_both(const struct both *tests, size_t count)
{
    return (is_wanted(STORE_SQLITE) ? run_on(STORE_SQLITE, tests, count) : 0) +
           (is_wanted(STORE_POSTGRES) ? run_on(STORE_POSTGRES, tests, count) : 0);
}

void gate_init(struct gate *gate)
{
    *gate = (struct gate){ 0 };
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->moved, NULL);
}

void gate_pass(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->entered++;
    pthread_cond_broadcast(&gate->moved);
    while (!gate->open)
        pthread_cond_wait(&gate->moved, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

void gate_wait(struct gate *gate, int entered)
{
    pthread_mutex_lock(&gate->lock);
    while (gate->entered < entered)
        pthread_cond_wait(&gate->moved, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

void gate_open(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->open = true;
    pthread_cond_broadcast(&gate->moved);
    pthread_mutex_unlock(&gate->lock);
}
