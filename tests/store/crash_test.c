/* What was acknowledged is there after the program, or on PostgreSQL the program and the server, died without warning. */
#include "store/world.h"

#include "base/memory.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, ENOUGH = 200, MOST = 100000 };

static struct {
    struct store *store;
    int pipe;
    int64_t first;
} child;

static int insert_number(struct db *db, void *args, struct error *err)
{
    return db_run(db, "INSERT INTO seen (n) VALUES (?)", BIND(value_int(*(const int64_t *)args)), NULL, err);
}

static void *acknowledge(void *arg)
{
    struct error err;
    for (int64_t n = child.first + *(int *)arg; n < MOST; n += THREADS) {
        if (store_write(child.store, insert_number, &n, &err) < 0 || write(child.pipe, &n, sizeof n) != sizeof n)
            _exit(1);
    }
    return NULL;
}

static _Noreturn void write_until_killed(const struct world *world, int64_t first, int pipe)
{
    struct error err;
    pthread_t threads[THREADS];
    int numbers[THREADS];
    child.pipe = pipe;
    child.first = first;
    if (store_open(&world->options, &child.store, &err) < 0)
        _exit(1);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        if (pthread_create(&threads[i], NULL, acknowledge, &numbers[i]) != 0)
            _exit(1);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    _exit(1);
}

/* Reads what the child acknowledged; kills it, and the server, in the middle. Returns the number of them. */
static int collect(const struct world *world, pid_t pid, int pipe, bool *acknowledged)
{
    int count = 0;
    for (int64_t n; read(pipe, &n, sizeof n) == sizeof n; count++) {
        assert_in_range(n, 0, MOST - 1);
        acknowledged[n] = true;
        if (count + 1 == ENOUGH) {
            if (world->engine == STORE_POSTGRES)
                pg_fixture_private_kill();
            kill(pid, SIGKILL);
        }
    }
    return count;
}

static void crash_once(struct world *world, int64_t first, bool *acknowledged)
{
    int ends[2], status = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        write_until_killed(world, first, ends[1]);
    }
    close(ends[1]);
    int count = collect(world, pid, ends[0], acknowledged);
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(count >= ENOUGH);
    if (world->engine == STORE_POSTGRES)
        pg_fixture_private_start();
}

static void acknowledged_writes_survive_a_kill(void **state)
{
    struct world *world = WORLD(state);
    if (world->engine == STORE_POSTGRES) { /* the shared server of a test run must not be killed */
        world_close(world);
        memory_free(world->url);
        world->url = pg_fixture_private_database();
        world->options.url = world->url;
        world_open(world);
    }
    must_script(world->store, "CREATE TABLE seen (n BIGINT PRIMARY KEY)");
    bool *acknowledged = memory_new(MOST);
    for (int round = 0; round < 3; round++) {
        world_close(world);
        crash_once(world, round * (MOST / 4), acknowledged);
        world_open(world);
        int64_t expected = 0;
        for (int64_t n = 0; n < MOST; n++) {
            if (!acknowledged[n])
                continue;
            expected++;
            assert_int_equal(must_count(world->store, "SELECT count(*) FROM seen WHERE n = ?", BIND(value_int(n))), 1);
        }
        assert_true(must_count(world->store, "SELECT count(*) FROM seen", NO_BINDS) >= expected);
    }
    memory_free(acknowledged);
}

int main(void)
{
    static const struct both tests[] = { SAYS(acknowledged_writes_survive_a_kill) };
    return RUN_BOTH(tests);
}
