/*
** What the program tells whoever watches over it: whether it lives (/healthz), whether it can work (/readyz), and its
** figures for Prometheus (/metrics, text format 0.0.4).
**
** /healthz and /readyz answer anybody and say nothing about the house beyond "ok" or which of "store", "disk" fails; a
** server that is stopping answers every address 503 by itself. /metrics stands on a listener of its own (decision 0030):
** counts, sizes and times only, never a name, an address of a person or a path with an id in it: requests are counted by
** the pattern of their route.
*/
#pragma once
#include "http/web.h"

/* Requests that belong to no route. */
enum gauge_other { GAUGE_PAGE = -1, GAUGE_UNKNOWN = -2, GAUGE_REFUSED = -3 };

/* After a reply, from any thread. place: index of the route in routes[], or one of gauge_other. */
void gauge_count(long place, int status, int64_t took_us);

/* Answers /healthz and /readyz. False when the request is for neither. */
bool gauge_health(const struct web *web, const struct request *rq, struct response *rs);

/* The listener of /metrics: app of its http_options. */
struct gauge {
    const struct web *web;
    const char *key; /* Authorization: Bearer …; NULL: whoever reaches the listener may read */
    int64_t started_ms;
};
void gauge_handle(void *app, struct http_worker *worker, struct request *rq, struct response *rs);
