/* Number series leave no gap: with many who draw at once, with changes that are rolled back, after a kill. */
#include "store/world.h"

#include "base/memory.h"
#include "domain/number.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ISSUERS = 8, ROUNDS = 25, YEAR = 2026, ENOUGH = 60, KILL_THREADS = 4 };

static const char tables[] =
    "CREATE TABLE number_series (organisation BIGINT NOT NULL, word TEXT NOT NULL, year BIGINT NOT "
    "NULL, last BIGINT NOT NULL, PRIMARY KEY (organisation, word, year));\n"
    "CREATE TABLE drawn (organisation BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY "
    "(organisation, n));\n";

struct draw {
    int64_t organisation;
    bool doomed;
};

/* As a paper does it: the number, and the row that carries it, in one transaction. */
static int draw(struct db *db, void *args, struct error *err)
{
    const struct draw *d = args;
    struct change c = { .db = db };
    int64_t n = 0;
    if (number_draw(&c, d->organisation, "责改", YEAR, &n, err) < 0 ||
        db_run(db, "INSERT INTO drawn (organisation, n) VALUES (?, ?)", BIND(value_int(d->organisation), value_int(n)),
               NULL, err) < 0)
        return -1;
    return d->doomed ? fail(err, FAULT_REFUSED, "test.doomed", "不行", "no") : 0;
}

struct issuer {
    struct store *store;
    pthread_t thread;
    int failed;
};

static void *issue(void *arg)
{
    struct issuer *i = arg;
    for (int n = 0; n < ROUNDS; n++) {
        struct error err = { 0 };
        struct draw d = { .organisation = 1 + n % 2, .doomed = n % 3 == 2 };
        int got = store_write(i->store, draw, &d, &err);
        i->failed += d.doomed ? got == 0 : got < 0;
    }
    return NULL;
}

/* 1, 2, 3, … and the series stands at the last of them. */
static int64_t expect_no_gap(struct store *store, int64_t organisation)
{
    struct value o = value_int(organisation);
    int64_t count = must_count(store, "SELECT count(*) FROM drawn WHERE organisation = ?", BIND(o));
    assert_int_equal(must_count(store, "SELECT coalesce(min(n), 1) FROM drawn WHERE organisation = ?", BIND(o)), 1);
    assert_int_equal(must_count(store, "SELECT coalesce(max(n), 0) FROM drawn WHERE organisation = ?", BIND(o)), count);
    assert_int_equal(
        must_count(store, "SELECT coalesce(max(last), 0) FROM number_series WHERE organisation = ?", BIND(o)), count);
    return count;
}

static void eight_who_issue_at_once_leave_no_gap_though_every_third_is_rolled_back(void **state)
{
    struct world *world = WORLD(state);
    struct issuer issuers[ISSUERS] = { 0 };
    must_script(world->store, tables);
    for (int i = 0; i < ISSUERS; i++) {
        issuers[i].store = world->store;
        assert_int_equal(pthread_create(&issuers[i].thread, NULL, issue, &issuers[i]), 0);
    }
    for (int i = 0; i < ISSUERS; i++)
        pthread_join(issuers[i].thread, NULL);
    for (int i = 0; i < ISSUERS; i++)
        assert_int_equal(issuers[i].failed, 0);
    int stand = 0;
    for (int n = 0; n < ROUNDS; n++)
        stand += n % 3 != 2;
    assert_int_equal(expect_no_gap(world->store, 1) + expect_no_gap(world->store, 2), ISSUERS * stand);
}

static struct {
    struct store *store;
    int pipe;
} child;

static void *issue_for_ever(void *arg)
{
    struct error err;
    (void)arg;
    for (;;) {
        struct draw d = { .organisation = 1 };
        if (store_write(child.store, draw, &d, &err) < 0 || write(child.pipe, "n", 1) != 1)
            _exit(1);
    }
    return NULL;
}

static _Noreturn void issue_until_killed(const struct world *world, int pipe)
{
    struct error err;
    pthread_t threads[KILL_THREADS];
    child.pipe = pipe;
    if (store_open(&world->options, &child.store, &err) < 0)
        _exit(1);
    for (int i = 0; i < KILL_THREADS; i++)
        if (pthread_create(&threads[i], NULL, issue_for_ever, NULL) != 0)
            _exit(1);
    pthread_join(threads[0], NULL);
    _exit(1);
}

static void a_kill_leaves_no_gap(void **state)
{
    struct world *world = WORLD(state);
    int ends[2], status;
    char told;
    must_script(world->store, tables);
    for (int round = 0; round < 3; round++) {
        world_close(world);
        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            close(ends[0]);
            issue_until_killed(world, ends[1]);
        }
        close(ends[1]);
        int acknowledged = 0;
        while (read(ends[0], &told, 1) == 1)
            if (++acknowledged == ENOUGH)
                kill(pid, SIGKILL);
        close(ends[0]);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(acknowledged >= ENOUGH);
        world_open(world);
        assert_true(expect_no_gap(world->store, 1) >= (round + 1) * ENOUGH);
    }
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(eight_who_issue_at_once_leave_no_gap_though_every_third_is_rolled_back),
        SAYS(a_kill_leaves_no_gap),
    };
    return RUN_BOTH(tests);
}
