/*
** One message to one recipient over SMTP (libcurl). TLS is required, with the server's certificate checked against the
** system's; only a server on this very machine (127.x, ::1, localhost) is spoken to without. Proxies of the environment
** are not used. What goes wrong is told by numbers of the protocol: neither addresses, nor the server's words, nor a
** secret ever stand in an error.
**
** Threads: any, one call each. smtp_begin once before the first thread.
*/
#pragma once
#include "base/error.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct smtp {
    const char *url;             /* smtp://host:port (STARTTLS) or smtps://host:port; no user or password in it */
    const char *from;            /* the address alone */
    const char *user, *password; /* NULL: the server asks for none */
};

void smtp_begin(void);

/* FAULT_MALFORMED "mail.url" or "mail.from". */
int smtp_check(const struct smtp *server, struct error *err);

/* 0: the server took it over. FAULT_REFUSED "mail.refused": it never will (5xx to the recipient or the message);
** FAULT_UNAVAILABLE "mail.server" (not reached, or not let in), "mail.later" (4xx to this one). stop becomes true to
** break off. */
int smtp_send(const struct smtp *server, const char *to, const char *message, size_t size, const atomic_bool *stop,
              struct error *err);
