/*
** Notices by e-mail: a durable outbox and the thread that drains it.
**
** A notice that is wanted by e-mail is a row of `notice` with mail = 0, written in the transaction of what it tells
** about (domain/notice.h). Order, every MAIL_PAUSE_MS:
**
**   gather   a person's waiting notices become one letter (a row of `mail`) when the oldest has waited gather_ms: a digest
**            instead of a flood. What waited longer than MAIL_OLD_MS, for want of a mail server, is not sent any more.
**   send     letters whose time has come, oldest first. The text is made at that moment through the reader's own scope:
**            what was read on the page meanwhile, or has left the scope, is left out; with nothing left, no address or a
**            disabled account the letter is void.
**
** Retries: a server that is away or says "later" puts the letter off for 1, 2, 4, … minutes, at most MAIL_WAIT_MOST_MS; after
** MAIL_TRIES tries it is dead. A refused recipient is dead at once. A server that cannot be reached ends the round, and none
** is tried before the first letter's next time. Dead letters stay for the system administrator, who may send them again.
**
** At least once: the server takes a letter over, then the row says so. Whoever is killed between the two sends it again,
** with the same Message-ID, by which a mail box recognises the second copy.
**
** Stopping: mail_stop breaks off a sending under way (the letter stays waiting) and joins the thread.
**
** Threads: mail_stop from the thread that owns the house, everything else from any.
*/
#pragma once
#include "domain/change.h"
#include "notify/smtp.h"
#include "record/json.h"

enum {
    MAIL_PAUSE_MS = 5 * 1000,
    MAIL_GATHER_MS = 15 * 60 * 1000,
    MAIL_OLD_MS = 3 * 24 * 3600 * 1000,
    MAIL_WAIT_MOST_MS = 4 * 3600 * 1000,
    MAIL_TRIES = 15,     /* about 32 hours */
    MAIL_KEPT_DAYS = 90, /* letters that are sent, void or dead */
    MAIL_LIST_MOST = 100,
};

struct mail;

struct mail_options {
    struct house *house;
    struct smtp server; /* borrowed as long as the mail lives */
    const char *site;   /* address people reach the pages by, without a slash at the end; NULL: letters without links */
    int64_t gather_ms;
    int64_t pause_ms; /* between two rounds; 0: no thread, whoever calls mail_round sends */
    int64_t (*now)(void);
};

int mail_start(const struct mail_options *options, struct mail **out, struct error *err);
void mail_stop(struct mail *mail); /* NULL is fine */
/* Gathers and sends what has come due. -1 when the store fails; a server that fails is in the letters. */
int mail_round(struct mail *mail, struct error *err);

/* For the system administrator: how many wait, are dead; the newest letters of a state (NULL: dead). Neither address nor
** contents. Into an open object. */
int mails_put(struct db *db, const struct actor *actor, const char *state, bool english, struct arena *arena,
              struct json *j, struct error *err);
/* A dead letter is tried anew. FAULT_MISSING "mail.missing" when it is not dead. */
int mail_again(struct store *store, int64_t id, int64_t now, struct error *err);

extern const struct table mail_table;
