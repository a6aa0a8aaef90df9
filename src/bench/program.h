/*
** The program as a process of its own, started and asked over loopback: what is measured is what somebody would wait for.
*/
#pragma once
#include "base/error.h"

#include <sys/types.h>

struct program {
    const char *folder, *db; /* db: NULL for the folder's own */
    pid_t pid;
    int port;
    double ready_ms; /* from the fork to READY=1 */
    int notify;
    char notify_path[64];
};

/* `anlan serve` of that folder on a free port, ready. The limits of requests an address may make are the widest there are. */
int program_start(struct program *p, struct error *err);
/* SIGTERM, and its end waited for. FAULT_INTERNAL when it did not leave with 0. */
int program_stop(struct program *p, struct error *err);

/* One connection that stays open. At most CLIENT_REPLY bytes a reply. */
enum { CLIENT_REPLY = 1 << 20 };
struct client {
    int port, fd; /* fd: -1 until the first question */
    char *room;   /* CLIENT_REPLY + 1 bytes of the caller's */
};
/* GET path with that key (NULL: none): its status and the bytes of its body; 0 when the connection broke, which is then
** closed. */
int client_ask(struct client *c, const char *token, const char *path, size_t *bytes);
void client_close(struct client *c);
