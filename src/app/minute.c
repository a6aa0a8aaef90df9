#include "app/minute.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "domain/ladder.h"
#include "domain/notice.h"
#include "domain/object/licence.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

enum {
    NUMBER = 24,
    /* After so many deadlines a step's time is followed by as many of rest: each commit makes every reader look at its
    ** pages anew, and catching up with a hundred thousand must not be felt by whoever works meanwhile. */
    BURST = 2000,
    RESTS = 3
};

struct minute {
    struct house *house;
    int64_t (*now)(void);
    int64_t pause_ms;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stop;
    atomic_bool stopping;
};

static void log_round(const struct ladder_run *sum)
{
    char fired[NUMBER], late[NUMBER], climbed[NUMBER], unheard[NUMBER], put_off[NUMBER];
    if (!sum->fired && !sum->put_off)
        return;
    snprintf(fired, sizeof fired, "%" PRId64, sum->fired);
    snprintf(late, sizeof late, "%" PRId64, sum->late);
    snprintf(climbed, sizeof climbed, "%" PRId64, sum->climbed);
    snprintf(unheard, sizeof unheard, "%" PRId64, sum->unheard);
    snprintf(put_off, sizeof put_off, "%" PRId64, sum->put_off);
    log_event(LOG_INFO, "ladder.fired", "rungs", fired, "late", late, "climbed", climbed, "unheard", unheard, NULL);
    if (sum->put_off)
        log_event(LOG_ERROR, "ladder.put_off", "deadlines", put_off, "code", sum->why.code, "why", sum->why.en, NULL);
}

/* False when the house goes down. */
static bool rest(struct minute *m, int64_t us)
{
    int64_t at = clock_ticks_us() + us;
    struct timespec until = { .tv_sec = at / 1000000, .tv_nsec = at % 1000000 * 1000 };
    pthread_mutex_lock(&m->lock);
    for (int rc = 0; rc == 0 && !atomic_load(&m->stopping);)
        rc = pthread_cond_timedwait(&m->stop, &m->lock, &until);
    pthread_mutex_unlock(&m->lock);
    return !atomic_load(&m->stopping);
}

/* Step by step, so that a stop in the middle of a long catching-up waits for one chunk alone. */
static int round_of(struct house *house, int64_t now_ms, struct minute *resting, struct error *err)
{
    struct ladder_run sum = { .more = true };
    bool goes_on = true;
    int got = 0;
    while (got == 0 && sum.more && goes_on) {
        struct ladder_run did;
        int64_t began = clock_ticks_us();
        if ((got = ladder_step(house, now_ms, &did, err)) < 0)
            break;
        ladder_add_up(&sum, &did);
        goes_on = !resting || !did.more || sum.looked < BURST || rest(resting, RESTS * (clock_ticks_us() - began));
    }
    log_round(&sum);
    return got;
}

int minute_round(struct house *house, int64_t now_ms, struct error *err)
{
    return round_of(house, now_ms, NULL, err);
}

/* Once an hour, the first time an hour after the start: no start waits for it. */
static void tidy_up(struct minute *m, int64_t *due_us)
{
    struct error err = { 0 };
    if (clock_ticks_us() < *due_us)
        return;
    *due_us = clock_ticks_us() + (int64_t)3600 * 1000000;
    if (notices_forget(m->house->store, m->now(), &err) < 0)
        log_event(LOG_WARN, "notices.forget", "code", err.code, "why", err.en, NULL);
    error_clear(&err);
    if (licences_keep(m->house, m->now(), &err) < 0)
        log_event(LOG_WARN, "licences.keep", "code", err.code, "why", err.en, NULL);
}

static void *run(void *arg)
{
    struct minute *m = arg;
    int64_t clearing_us = clock_ticks_us() + (int64_t)3600 * 1000000;
    do {
        struct error err = { 0 };
        tidy_up(m, &clearing_us);
        if (round_of(m->house, m->now(), m, &err) < 0)
            log_event(LOG_ERROR, "ladder.failed", "code", err.code, "why", err.en, NULL);
    } while (rest(m, m->pause_ms * 1000));
    return NULL;
}

int minute_start(struct house *house, int64_t (*now)(void), int64_t pause_ms, struct minute **out, struct error *err)
{
    pthread_condattr_t attributes;
    struct minute *m = memory_new(sizeof *m);
    *m = (struct minute){ .house = house, .now = now, .pause_ms = pause_ms };
    pthread_mutex_init(&m->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&m->stop, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&m->thread, NULL, run, m) == 0) {
        *out = m;
        return 0;
    }
    pthread_cond_destroy(&m->stop);
    pthread_mutex_destroy(&m->lock);
    memory_free(m);
    return fail(err, FAULT_INTERNAL, "minute.thread", "定时线程无法启动", "The minute's thread cannot be started");
}

void minute_stop(struct minute *m)
{
    if (!m)
        return;
    pthread_mutex_lock(&m->lock);
    atomic_store(&m->stopping, true);
    pthread_cond_broadcast(&m->stop);
    pthread_mutex_unlock(&m->lock);
    pthread_join(m->thread, NULL);
    pthread_cond_destroy(&m->stop);
    pthread_mutex_destroy(&m->lock);
    memory_free(m);
}
