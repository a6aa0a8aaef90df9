#include "live/hub.h"

#include "base/memory.h"

#include <pthread.h>

struct hub {
    pthread_mutex_t lock;
    pthread_cond_t quiet; /* nobody is inside a listener */
    uint64_t newest;
    int waking; /* publishers inside the listener */
    void (*wake)(void *arg);
    void *arg;
    struct hub_event ring[HUB_RING]; /* the event with seq n lies at n % HUB_RING */
};

struct hub *hub_new(void)
{
    struct hub *hub = memory_new(sizeof *hub);
    pthread_mutex_init(&hub->lock, NULL);
    pthread_cond_init(&hub->quiet, NULL);
    return hub;
}

void hub_free(struct hub *hub)
{
    if (!hub)
        return;
    pthread_cond_destroy(&hub->quiet);
    pthread_mutex_destroy(&hub->lock);
    memory_free(hub);
}

void hub_publish(struct hub *hub, const struct hub_event *event)
{
    pthread_mutex_lock(&hub->lock);
    uint64_t seq = ++hub->newest;
    struct hub_event *slot = &hub->ring[seq % HUB_RING];
    *slot = *event;
    slot->seq = seq;
    void (*wake)(void *) = hub->wake;
    void *arg = hub->arg;
    if (wake)
        hub->waking++;
    pthread_mutex_unlock(&hub->lock);
    if (!wake)
        return;
    wake(arg);
    pthread_mutex_lock(&hub->lock);
    if (--hub->waking == 0)
        pthread_cond_broadcast(&hub->quiet);
    pthread_mutex_unlock(&hub->lock);
}

uint64_t hub_now(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    uint64_t now = hub->newest;
    pthread_mutex_unlock(&hub->lock);
    return now;
}

int hub_next(struct hub *hub, uint64_t *cursor, struct hub_event *out)
{
    int result = 1;
    pthread_mutex_lock(&hub->lock);
    if (*cursor == hub->newest) {
        result = 0;
    } else if (*cursor > hub->newest || hub->newest - *cursor > HUB_RING) {
        *cursor = hub->newest;
        result = -1;
    } else {
        ++*cursor;
        *out = hub->ring[*cursor % HUB_RING];
    }
    pthread_mutex_unlock(&hub->lock);
    return result;
}

void hub_listen(struct hub *hub, void (*wake)(void *arg), void *arg)
{
    pthread_mutex_lock(&hub->lock);
    hub->wake = wake;
    hub->arg = arg;
    while (hub->waking > 0)
        pthread_cond_wait(&hub->quiet, &hub->lock);
    pthread_mutex_unlock(&hub->lock);
}
