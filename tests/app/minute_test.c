/* The minute's thread: makes up for a standstill at once, outlives a store that fails, and stops when told. */
#include "domain/town.h"

#include "app/minute.h"
#include "base/clock.h"
#include "domain/hazard/hazard.h"

#include <stdatomic.h>
#include <unistd.h>

enum { DUE = TODAY + 11, PAUSE_MS = 20 };

static atomic_llong clock_ms;

static int64_t now(void)
{
    return atomic_load(&clock_ms);
}

static int64_t assigned(struct town *t)
{
    town_employ(t, SAFETY, FIRM_A1, "2026-03-09");
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_A1], "催办");
    must_move(t, OFFICE, id, "classify", "{\"level\":\"general\"}");
    must_move(
        t, OFFICE, id, "assign",
        say(t, "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-03-20\",\"contingency\":\"停\",\"responsible\":%lld}",
            (long long)t->people[SAFETY].id));
    return id;
}

static int64_t fired(struct town *t, int64_t id)
{
    return count_of(t, "SELECT count(*) FROM ladder_fired WHERE kind = 'hazard' AND id = %lld", (long long)id);
}

/* The test's time limit is the only clock. */
static void until_fired(struct town *t, int64_t id, int64_t rungs)
{
    while (fired(t, id) < rungs)
        usleep(2000);
    assert_int_equal(fired(t, id), rungs);
}

static struct minute *start(struct town *t, int64_t day)
{
    struct minute *m;
    struct error err = { 0 };
    atomic_store(&clock_ms, town_noon + (day - TODAY) * DAY_MS);
    must(minute_start(&t->house, now, PAUSE_MS, &m, &err), &err);
    return m;
}

static void what_a_standstill_missed_is_made_up_at_the_start(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = assigned(t);
    struct minute *m = start(t, DUE + 7);
    until_fired(t, id, 5);
    minute_stop(m);
    assert_int_equal(count_of(t, "SELECT count(*) FROM ladder_fired WHERE id = %lld AND late > 0", (long long)id), 5);
}

static void a_day_that_begins_while_it_runs_fires_what_is_due(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = assigned(t);
    struct minute *m = start(t, TODAY);
    usleep(3 * PAUSE_MS * 1000);
    assert_int_equal(fired(t, id), 0);
    atomic_store(&clock_ms, town_noon + (DUE - 3 - TODAY) * DAY_MS);
    until_fired(t, id, 1);
    minute_stop(m);
    assert_int_equal(count_of(t, "SELECT late FROM ladder_fired WHERE id = %lld", (long long)id), 0);
}

static void a_store_that_fails_is_asked_again_the_next_minute(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = assigned(t);
    must_write(t->house.store, "ALTER TABLE ladder_watch RENAME TO ladder_away", NO_BINDS);
    struct minute *m = start(t, DUE - 3);
    usleep(5 * PAUSE_MS * 1000);
    assert_int_equal(fired(t, id), 0);
    must_write(t->house.store, "ALTER TABLE ladder_away RENAME TO ladder_watch", NO_BINDS);
    until_fired(t, id, 1);
    minute_stop(m);
}

static void it_stops_when_told_in_the_middle_of_its_rest_too(void **state)
{
    struct town *t = TOWN(state);
    struct minute *m;
    struct error err = { 0 };
    atomic_store(&clock_ms, town_noon);
    must(minute_start(&t->house, now, (int64_t)3600 * 1000, &m, &err), &err);
    int64_t began = clock_ticks_us();
    usleep(20 * 1000);
    minute_stop(m);
    assert_true(clock_ticks_us() - began < 600 * 1000000LL); /* not the hour it rests */
    minute_stop(NULL);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(what_a_standstill_missed_is_made_up_at_the_start),
        SAYS(a_day_that_begins_while_it_runs_fires_what_is_due),
        SAYS(a_store_that_fails_is_asked_again_the_next_minute),
        SAYS(it_stops_when_told_in_the_middle_of_its_rest_too),
    };
    return RUN_TOWNS(tests);
}
