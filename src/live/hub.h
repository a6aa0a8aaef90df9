/*
** Who changed what, for the open pages. A change publishes {kind, id, version} and where the row belongs after its
** commit; every event stream reads the ring with its own cursor and sees only what its filter lets through (the
** reader's compiled scope, decided in memory). A reader that falls behind the ring gets one "resync" and starts anew.
** Not for delivery: an event may be missed, the page then reads the list again. Notices use the outbox.
** Threads: every function from any thread.
*/
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { HUB_RING = 4096 };

struct hub;

struct hub_event {
    uint64_t seq;     /* set by hub_publish */
    const char *kind; /* static storage */
    int64_t id, version;
    bool many; /* not one row but a batch of the kind changed: everyone who may read some of it looks anew */
    /* where the row belongs, for the reader's scope; 0 or NULL when it belongs nowhere */
    int64_t county, town, village, object;
    char sector[32];
    /* The row speaks to nobody outside yet: only the people of this organisation and this account hear of it. */
    bool draft;
    int64_t office, person;
    int64_t actor; /* the user who did it */
    int64_t only;  /* an account: nobody else hears of it (kind "job"); 0 = whoever may read the row */
    bool rights;   /* it may have changed who sees what: readers look up their scope anew */
};

struct hub *hub_new(void);
void hub_free(struct hub *hub);

void hub_publish(struct hub *hub, const struct hub_event *event);
uint64_t hub_now(struct hub *hub); /* seq of the newest event */

/* The first event after *cursor. Returns 1 and moves the cursor; 0 when there is none; -1 when the cursor fell out of
** the ring or lies ahead of it, as one from before a restart may (the cursor then moves to the newest). */
int hub_next(struct hub *hub, uint64_t *cursor, struct hub_event *out);

/* Called after every publish, from the publisher's thread and without the lock; used by http/server to wake its
** streams. One listener; wake NULL ends listening. On return the former one is no longer running, so what arg points
** to may be freed. Not to be called from inside wake. */
void hub_listen(struct hub *hub, void (*wake)(void *arg), void *arg);
